//! Which versions this engine has, and its serial number: kept in `DIR/nse/conf/versions.json`.

use std::fs;
use std::io;
use std::path::{Path, PathBuf};
use std::sync::{Mutex, PoisonError};

use engine_link::{Access, EngineVersions, compare_versions, write_whole};
use serde::{Deserialize, Serialize};

/// The product version of an engine that was told none: older than the embedded console's, so that there is an update.
pub const DEFAULT_PRODUCT_VERSION: &str = "6.6.260";
/// The content version of an engine that was told none, likewise.
pub const DEFAULT_CONTENT_VERSION: &str = "2026-10-28";

/// How the file looks.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
struct Stored {
    product_version: String,
    content_version: String,
    serial_number: String,
}

/// The versions, in memory and in the file.
#[derive(Debug)]
pub(crate) struct Versions {
    path: PathBuf,
    stored: Mutex<Stored>,
}

impl Versions {
    /// Reads the file, or makes it with these versions and a new serial number.
    ///
    /// # Errors
    /// What the file system says, with the path; [`io::ErrorKind::InvalidData`] when the file has no meaning.
    pub(crate) fn open(path: PathBuf, product: &str, content: &str) -> io::Result<Self> {
        let stored = match fs::read(&path) {
            Ok(bytes) => serde_json::from_slice(&bytes)
                .map_err(|error| at(&path, &io::Error::new(io::ErrorKind::InvalidData, error)))?,
            Err(error) if error.kind() == io::ErrorKind::NotFound => {
                let stored = Stored {
                    product_version: product.to_owned(),
                    content_version: content.to_owned(),
                    serial_number: new_serial_number()?,
                };
                store(&path, &stored)?;
                stored
            }
            Err(error) => return Err(at(&path, &error)),
        };
        Ok(Self { path, stored: Mutex::new(stored) })
    }

    /// What is in use now.
    pub(crate) fn current(&self) -> EngineVersions {
        let stored = self.stored.lock().unwrap_or_else(PoisonError::into_inner).clone();
        EngineVersions {
            product: stored.product_version,
            content: stored.content_version,
            serial: stored.serial_number,
            platform: platform(),
        }
    }

    /// Whether these versions bring nothing new. An engine never goes back to an older version.
    pub(crate) fn has(&self, product: &str, content: &str) -> bool {
        let current = self.current();
        compare_versions(&current.product, product).is_ge()
            && compare_versions(&current.content, content).is_ge()
    }

    /// Puts the newer ones in use, and keeps them over a restart. The file has the old ones or the new ones at every
    /// moment.
    ///
    /// # Errors
    /// What the file system says, with the path; the old versions stay in use then.
    pub(crate) fn apply(&self, product: &str, content: &str) -> io::Result<()> {
        let newer = |ours: &str, theirs: &str| {
            if compare_versions(ours, theirs).is_lt() { theirs.to_owned() } else { ours.to_owned() }
        };
        let mut current = self.stored.lock().unwrap_or_else(PoisonError::into_inner);
        let stored = Stored {
            product_version: newer(&current.product_version, product),
            content_version: newer(&current.content_version, content),
            serial_number: current.serial_number.clone(),
        };
        store(&self.path, &stored)?;
        *current = stored;
        Ok(())
    }
}

fn store(path: &Path, stored: &Stored) -> io::Result<()> {
    let mut json = serde_json::to_vec_pretty(stored).map_err(io::Error::other)?;
    json.push(b'\n');
    write_whole(path, &json, Access::Kept).map_err(|error| at(path, &error))
}

/// 40 hexadecimal digits, as the real product's.
fn new_serial_number() -> io::Result<String> {
    let mut bytes = [0_u8; 20];
    getrandom::fill(&mut bytes).map_err(|error| io::Error::other(error.to_string()))?;
    Ok(hex::encode_upper(bytes))
}

/// `Linux-x86_64`, say.
fn platform() -> String {
    let name = match std::env::consts::OS {
        "linux" => "Linux",
        "windows" => "Windows",
        "macos" => "macOS",
        other => other,
    };
    format!("{name}-{}", std::env::consts::ARCH)
}

/// The error with the path that it is about.
pub(crate) fn at(path: &Path, error: &io::Error) -> io::Error {
    io::Error::new(error.kind(), format!("{}: {error}", path.display()))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_was_told_at_the_first_start_and_what_an_update_brought_is_kept() {
        let dir = tempfile::tempdir().unwrap();
        let path = dir.path().join("versions.json");
        let first = Versions::open(path.clone(), "6.6.200", "100").unwrap();
        assert!(!first.has("6.6.200", "101"));
        first.apply("6.6.200", "101").unwrap();
        assert!(first.has("6.6.200", "101"));

        let again = Versions::open(path, "5.0.0", "1").unwrap();
        assert_eq!(again.current(), first.current());
        assert_eq!(again.current().content, "101");
        assert_eq!(again.current().serial.len(), 40);
    }

    #[test]
    fn an_update_never_goes_back() {
        let dir = tempfile::tempdir().unwrap();
        let versions = Versions::open(dir.path().join("versions.json"), "6.6.300", "100").unwrap();
        assert!(versions.has("6.6.99", "100"));
        versions.apply("6.6.99", "200").unwrap();
        assert_eq!(versions.current().product, "6.6.300");
        assert_eq!(versions.current().content, "200");
    }
}
