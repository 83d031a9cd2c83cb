//! Where things are. Everything inside the project is relative to its root, which is made the working folder at the
//! start: messages stay short, and so do the paths of Unix sockets, which may have 108 bytes only.

use std::env;
use std::path::{Path, PathBuf};

use nix::sys::statvfs::statvfs;

use crate::failure::{Failure, OnFile, Outcome, fail};

/// The data of `cargo xtask run`, kept between starts.
pub(crate) const VAR: &str = "var";

/// Cargo's target folder.
pub(crate) fn target() -> PathBuf {
    env::var_os("CARGO_TARGET_DIR")
        .filter(|set| !set.is_empty())
        .map_or_else(|| "target".into(), PathBuf::from)
}

/// The finished app. Not trunk's own `dist`, so that `trunk serve` can run beside.
pub(crate) fn app() -> PathBuf {
    target().join("xtask").join("app")
}

/// Where `cargo build --release` leaves the two programs.
pub(crate) fn programs() -> PathBuf {
    target().join("release")
}

/// Makes the project's root the working folder.
pub(crate) fn enter_root() -> Outcome {
    // Trunk calls this program in the project's root.
    if env::var_os("TRUNK_SOURCE_DIR").is_some() {
        return Ok(());
    }
    let manifest = env::var_os("CARGO_MANIFEST_DIR")
        .ok_or_else(|| Failure::new("start this as `cargo xtask …`, inside the project"))?;
    let root = Path::new(&manifest)
        .parent()
        .map(Path::to_path_buf)
        .ok_or_else(|| Failure::new("the project has no root folder"))?;
    env::set_current_dir(&root).on("enter", &root)
}

/// The project's root as an absolute path, for what is handed to programs that change their folder.
pub(crate) fn root() -> Outcome<PathBuf> {
    env::current_dir().on("find", ".")
}

/// The folder with the tools, shared by all clones of one user: `$XDG_CACHE_HOME/engine-console/tools`, or below
/// `~/.cache`.
pub(crate) fn tools_cache() -> Outcome<PathBuf> {
    let absolute = |name: &str| env::var_os(name).map(PathBuf::from).filter(|path| path.is_absolute());
    let cache = match (absolute("XDG_CACHE_HOME"), absolute("HOME")) {
        (Some(cache), _) => cache,
        (None, Some(home)) => home.join(".cache"),
        (None, None) => return fail("no place for the tools: set HOME or XDG_CACHE_HOME to a folder"),
    };
    Ok(cache.join("engine-console").join("tools"))
}

/// The program of that name on the search path.
pub(crate) fn on_path(program: &str) -> Option<PathBuf> {
    which::which(program).ok()
}

/// Says early that the disk is too full, rather than late and by a compiler. `needed` in megabytes.
pub(crate) fn require_space(needed: u64) -> Outcome {
    let mut folders = vec![root()?];
    // The cache's folder may not be there yet: its nearest parent that is, lies on the same disk.
    folders.extend(tools_cache()?.ancestors().find(|folder| folder.exists()).map(Path::to_path_buf));
    for folder in folders {
        // A file system that doesn't tell is taken to have room.
        let Ok(space) = statvfs(&folder) else { continue };
        let free = space.blocks_available() * space.fragment_size() / 1_000_000;
        if free < needed {
            return fail(format!(
                "{} MB are free at {}, but about {} MB are needed: make room and start again",
                free,
                folder.display(),
                needed
            ));
        }
    }
    Ok(())
}

/// Removes a folder and all in it, if it is there.
pub(crate) fn remove_folder(folder: &Path) -> Outcome {
    match std::fs::remove_dir_all(folder) {
        Err(error) if error.kind() == std::io::ErrorKind::NotFound => Ok(()),
        other => other.on("remove", folder),
    }
}
