//! What went wrong, in one line that says what to do.

use std::fmt;
use std::io;
use std::path::Path;

/// The one line that a person reads when a command cannot continue.
#[derive(Debug)]
pub(crate) struct Failure(String);

/// The result of every step here.
pub(crate) type Outcome<T = ()> = Result<T, Failure>;

impl Failure {
    /// A failure in the given words.
    pub(crate) fn new(words: impl Into<String>) -> Self {
        Self(words.into())
    }

    /// A file operation that failed; `doing` reads like "write" or "start".
    pub(crate) fn file(doing: &str, path: &Path, error: &io::Error) -> Self {
        let advice = match error.kind() {
            io::ErrorKind::StorageFull => ": the disk is full, make room and start again",
            io::ErrorKind::PermissionDenied => ": give yourself the right to it and start again",
            io::ErrorKind::ReadOnlyFilesystem => ": the project needs a folder that can be written",
            _ => "",
        };
        Self(format!("cannot {doing} {}: {error}{advice}", path.display()))
    }
}

impl fmt::Display for Failure {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

/// Ends with a failure in the given words.
pub(crate) fn fail<T>(words: impl Into<String>) -> Outcome<T> {
    Err(Failure::new(words))
}

/// Names the file in an I/O error.
pub(crate) trait OnFile<T> {
    /// `doing` reads like "write" or "start".
    fn on(self, doing: &str, path: impl AsRef<Path>) -> Outcome<T>;
}

impl<T> OnFile<T> for io::Result<T> {
    fn on(self, doing: &str, path: impl AsRef<Path>) -> Outcome<T> {
        self.map_err(|error| Failure::file(doing, path.as_ref(), &error))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_full_disk_is_one_line_that_says_what_to_do() {
        let full: io::Result<()> = Err(io::Error::from(io::ErrorKind::StorageFull));
        let words = full.on("write", "var/engines").unwrap_err().to_string();
        assert!(words.starts_with("cannot write var/engines: "), "{words}");
        assert!(words.ends_with("the disk is full, make room and start again"), "{words}");
        assert_eq!(words.lines().count(), 1);
    }
}
