//! Files that are whole at every moment, also when the power fails.

use std::fs;
use std::io;
use std::io::Write as _;
use std::path::Path;

/// Who may read a file, on systems that have modes.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Access {
    /// Its owner alone (0600), whatever it was before.
    Private,
    /// Whoever may read the one that it takes the place of; for a new one the umask decides.
    Kept,
}

/// Writes beside the file (`.new` behind its name), makes sure that it is on the disk, and puts it in the file's place:
/// there is the old content or the new one at every moment, never a part.
///
/// # Errors
/// What the file system says; the old content is there then, or the new one is and may not survive a power failure.
pub fn write_whole(path: &Path, content: &[u8], access: Access) -> io::Result<()> {
    let mut new = path.as_os_str().to_owned();
    new.push(".new");
    let new = Path::new(&new);
    match fs::remove_file(new) {
        Ok(()) => {}
        // It is only there after a crash; it may have any mode then.
        Err(error) if error.kind() == io::ErrorKind::NotFound => {}
        Err(error) => return Err(error),
    }
    let kept = match (access, fs::metadata(path)) {
        (Access::Private, _) => None,
        (Access::Kept, Ok(metadata)) => Some(metadata.permissions()),
        (Access::Kept, Err(error)) if error.kind() == io::ErrorKind::NotFound => None,
        (Access::Kept, Err(error)) => return Err(error),
    };
    let mut options = fs::OpenOptions::new();
    options.write(true).create_new(true);
    #[cfg(unix)]
    if access == Access::Private || kept.is_some() {
        // Nobody else reads it before it has its mode.
        std::os::unix::fs::OpenOptionsExt::mode(&mut options, 0o600);
    }
    let mut file = options.open(new)?;
    file.write_all(content)?;
    if let Some(permissions) = kept {
        file.set_permissions(permissions)?;
    }
    file.sync_all()?;
    drop(file);
    fs::rename(new, path)?;
    sync_directory_of(path)
}

/// Makes sure that what was made, renamed or removed under this name is on the disk: that is a change of its directory.
///
/// # Errors
/// What the file system says.
pub(crate) fn sync_directory_of(path: &Path) -> io::Result<()> {
    match path.parent() {
        Some(directory) if cfg!(unix) => {
            let directory = if directory.as_os_str().is_empty() { Path::new(".") } else { directory };
            fs::File::open(directory)?.sync_all()
        }
        _ => Ok(()),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_content_is_replaced_and_nothing_else_is_left() {
        let dir = tempfile::tempdir().unwrap();
        let path = dir.path().join("file");
        fs::write(dir.path().join("file.new"), "what a crash has left").unwrap();
        write_whole(&path, b"one", Access::Kept).unwrap();
        write_whole(&path, b"two", Access::Kept).unwrap();
        assert_eq!(fs::read(&path).unwrap(), b"two");
        assert_eq!(fs::read_dir(dir.path()).unwrap().count(), 1);
        assert!(write_whole(&dir.path().join("missing/file"), b"", Access::Private).is_err());
    }

    #[cfg(unix)]
    #[test]
    fn a_file_keeps_its_mode_and_a_private_one_is_private() {
        use std::os::unix::fs::PermissionsExt as _;
        let dir = tempfile::tempdir().unwrap();
        let path = dir.path().join("file");
        let mode = || fs::metadata(&path).unwrap().permissions().mode() & 0o7777;
        for kept in [0o600, 0o640, 0o664, 0o444] {
            fs::write(&path, "old").unwrap();
            fs::set_permissions(&path, fs::Permissions::from_mode(kept)).unwrap();
            write_whole(&path, b"new", Access::Kept).unwrap();
            assert_eq!(mode(), kept);
            fs::set_permissions(&path, fs::Permissions::from_mode(0o644)).unwrap();
        }
        write_whole(&path, b"new", Access::Private).unwrap();
        assert_eq!(mode(), 0o600);
    }
}
