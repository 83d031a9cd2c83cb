//! One demo at a time in a clone, and the processes that a killed one left behind.

use std::fs::{self, File, TryLockError};
use std::io::{Seek as _, Write as _};
use std::os::unix::fs::DirBuilderExt as _;
use std::path::{Path, PathBuf};
use std::time::{Duration, Instant};

use nix::sys::signal::Signal;

use crate::cmd;
use crate::engine::{END_BOUND, until};
use crate::failure::{OnFile as _, Outcome, fail};
use crate::paths;
use crate::steps::say;

/// Held as long as the demo runs. The system gives it up with the process, however that ends.
pub(crate) struct OnlyOne(#[expect(dead_code, reason = "the open file is the lock")] File);

/// Takes the lock of this clone's demo, or says who has it.
pub(crate) fn take_lock() -> Outcome<OnlyOne> {
    let var = Path::new(paths::VAR);
    // The console keeps its data there, and takes no folder that others may write to.
    fs::DirBuilder::new().recursive(true).mode(0o700).create(var).on("make", var)?;
    let path = var.join("run.lock");
    let mut file =
        File::options().create(true).read(true).write(true).truncate(false).open(&path).on("open", &path)?;
    match file.try_lock() {
        Ok(()) => {}
        Err(TryLockError::WouldBlock) => {
            let pid = fs::read_to_string(&path).unwrap_or_default();
            return fail(format!(
                "the demo of this clone is already running (process {}): stop it there with ctrl-c, then start again",
                pid.trim()
            ));
        }
        Err(TryLockError::Error(error)) => return Err(error).on("lock", &path),
    }
    file.set_len(0)
        .and_then(|()| file.rewind())
        .and_then(|()| writeln!(file, "{}", std::process::id()))
        .on("write", &path)?;
    Ok(OnlyOne(file))
}

/// Ends what a killed demo of this clone left running. Only to be called with the lock: then none of them is anyone's.
pub(crate) fn end_all() -> Outcome {
    let root = paths::root()?;
    let var = Path::new(paths::VAR);
    let mut files = vec![(var.join("console.pid"), "embedded-console")];
    if let Ok(engines) = fs::read_dir(var.join("engines")) {
        files.extend(engines.flatten().map(|engine| (engine.path().join("engine.pid"), "scan-engine")));
    }
    let left: Vec<u32> = files
        .iter()
        .filter_map(|(file, program)| leftover(file, program, &root, Path::new("/proc")))
        .collect();
    if left.is_empty() {
        return Ok(());
    }
    say(&format!("==> Ending {} processes of a demo that was killed", left.len()));
    for pid in &left {
        cmd::signal(*pid, Signal::SIGTERM);
    }
    let deadline = Instant::now() + END_BOUND;
    for pid in &left {
        if !gone(*pid, deadline.saturating_duration_since(Instant::now())) {
            cmd::signal(*pid, Signal::SIGKILL);
            if !gone(*pid, END_BOUND) {
                return fail(format!(
                    "process {pid} of an earlier demo can't be ended: end it and start again"
                ));
            }
        }
    }
    for (file, _) in files {
        let _ = fs::remove_file(file);
    }
    Ok(())
}

fn gone(pid: u32, bound: Duration) -> bool {
    until(bound, || {
        let state = fs::read_to_string(format!("/proc/{pid}/stat")).ok();
        // A zombie only waits for its parent.
        let lives = state
            .is_some_and(|stat| !stat.rsplit(')').next().unwrap_or_default().trim_start().starts_with('Z'));
        (!lives).then_some(())
    })
    .is_some()
}

/// The process of a pid file, when it is still that program, started in this clone. The number may belong to someone
/// else's process by now.
fn leftover(pid_file: &Path, program: &str, root: &Path, proc: &Path) -> Option<u32> {
    let pid: u32 = fs::read_to_string(pid_file).ok()?.trim().parse().ok()?;
    let process = proc.join(pid.to_string());
    let here = fs::read_link(process.join("cwd")).ok()? == root;
    let exe: PathBuf = fs::read_link(process.join("exe")).ok()?;
    // A rebuilt program's old file shows as "scan-engine (deleted)".
    let name = exe.file_name()?.to_str()?;
    let same = name == program || name.strip_suffix(" (deleted)") == Some(program);
    (here && same).then_some(pid)
}

#[cfg(test)]
mod tests {
    use std::os::unix::fs::symlink;

    use super::*;

    #[test]
    fn only_a_process_that_is_still_ours_is_a_leftover() {
        let folder = tempfile::tempdir().expect("a folder");
        let root = folder.path().join("clone");
        let process = |pid: u32, cwd: &Path, exe: &str| {
            let place = folder.path().join("proc").join(pid.to_string());
            fs::create_dir_all(&place).expect("a folder");
            symlink(cwd, place.join("cwd")).expect("a link");
            symlink(exe, place.join("exe")).expect("a link");
        };
        process(10, &root, "/x/target/release/scan-engine");
        process(11, &root, "/x/target/release/scan-engine (deleted)");
        process(12, &root, "/usr/bin/vim");
        process(13, Path::new("/another/clone"), "/x/target/release/scan-engine");
        let check = |content: &str| {
            let file = folder.path().join("engine.pid");
            fs::write(&file, content).expect("a file");
            leftover(&file, "scan-engine", &root, &folder.path().join("proc"))
        };
        assert_eq!(check("10\n"), Some(10));
        assert_eq!(check("11\n"), Some(11));
        assert_eq!(check("12\n"), None, "the number went to another program");
        assert_eq!(check("13\n"), None, "another clone's engine");
        assert_eq!(check("14\n"), None, "no such process");
        assert_eq!(check("nonsense"), None);
        assert_eq!(leftover(&folder.path().join("none.pid"), "scan-engine", &root, Path::new("/proc")), None);
    }
}
