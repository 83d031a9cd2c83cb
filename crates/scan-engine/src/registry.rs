//! The consoles that this engine knows, in memory and in the file.

use std::fs;
use std::io;
use std::io::Write as _;
use std::net::IpAddr;
use std::path::{Path, PathBuf};
use std::sync::{Mutex, MutexGuard, PoisonError};

use engine_link::{Certificate, ConsoleHello};
use tokio::sync::watch;

use crate::consoles_file::{ConsoleEntry, ConsolesFile, ConsolesFileError};

/// How many entries that are not enabled may stand in the file before another console is refused: anybody who reaches
/// the port can make one.
pub const MAX_NOT_ENABLED: usize = 16;

/// A file longer than this, in bytes, is no consoles.xml.
const MAX_FILE: u64 = 4 * 1024 * 1024;

/// Something is wrong with the file.
#[derive(Debug, thiserror::Error)]
pub enum RegistryError {
    /// Its content.
    #[error("{}: {error}. Correct the file; it was not changed.", path.display())]
    Broken {
        /// The file.
        path: PathBuf,
        /// What is wrong, with the line.
        error: ConsolesFileError,
    },
    /// Reading or writing it.
    #[error("{}: {error}", path.display())]
    Io {
        /// The file.
        path: PathBuf,
        /// What the file system says.
        error: io::Error,
    },
    /// There is no such console.
    #[error("no console with ID {0}: show consoles lists them")]
    NoConsole(u32),
    /// Somebody took the console out of the file.
    #[error("console {id} is no longer in {}: restart the engine to apply the change", path.display())]
    Gone {
        /// The console.
        id: u32,
        /// The file.
        path: PathBuf,
    },
}

/// Why a console that made contact gets no entry.
#[derive(Debug, thiserror::Error)]
pub enum Refusal {
    /// There are [`MAX_NOT_ENABLED`] entries that nobody enabled.
    #[error(
        "{MAX_NOT_ENABLED} consoles wait to be enabled already: enable or delete some of them in consoles.xml"
    )]
    TooMany,
    /// The file could not be written.
    #[error(transparent)]
    File(#[from] RegistryError),
}

/// A console that is known, as `show consoles` lists it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct KnownConsole {
    /// What holds since the engine was started, and what was changed by commands since.
    pub entry: ConsoleEntry,
    /// The address that its last contact came from, since the engine was started.
    pub seen: Option<IpAddr>,
}

impl KnownConsole {
    /// The address for people: the one that was seen, or else the one that the console told.
    #[must_use]
    pub fn address(&self) -> String {
        self.seen.map_or_else(|| self.entry.last_address.clone(), |seen| seen.to_string())
    }
}

/// What a contact changed.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Contact {
    /// The console was known, and nothing is different.
    Known(u32),
    /// A new entry was made.
    New(u32),
    /// The console has added this engine anew: the entry is not enabled any more.
    Reset(u32),
}

impl Contact {
    /// The entry's id.
    #[must_use]
    pub const fn id(self) -> u32 {
        match self {
            Self::Known(id) | Self::New(id) | Self::Reset(id) => id,
        }
    }
}

/// The consoles that this engine knows.
///
/// What holds is read from the file once, when the engine starts; later changes of the file by hand wait for the next
/// start, as the documents say. The engine's own changes are made to the file as it is then, so that a change by hand
/// that waits is not lost.
#[derive(Debug)]
pub struct Registry {
    path: PathBuf,
    consoles: Mutex<Vec<KnownConsole>>,
    changed: watch::Sender<()>,
}

impl Registry {
    /// Reads the file; no file means no consoles.
    ///
    /// # Errors
    /// [`RegistryError`] when it can't be read or has no meaning.
    pub fn open(path: PathBuf) -> Result<Self, RegistryError> {
        let file = read(&path)?;
        let consoles =
            file.entries().map(|entry| KnownConsole { entry: entry.clone(), seen: None }).collect();
        Ok(Self { path, consoles: Mutex::new(consoles), changed: watch::Sender::new(()) })
    }

    /// Every console, by id.
    #[must_use]
    pub fn list(&self) -> Vec<KnownConsole> {
        let mut consoles = self.lock().clone();
        consoles.sort_by_key(|console| console.entry.id);
        consoles
    }

    /// Whether this console may use the engine now.
    #[must_use]
    pub fn is_enabled(&self, id: u32) -> bool {
        self.lock().iter().any(|console| console.entry.id == id && console.entry.enabled)
    }

    /// Is told whenever a console was enabled or disabled.
    #[must_use]
    pub fn watch(&self) -> watch::Receiver<()> {
        self.changed.subscribe()
    }

    /// A console has shown its certificate and told who it is: finds its entry, or makes one with `enabled="0"`.
    ///
    /// An entry belongs to a certificate: the same name or address with another one is another console.
    ///
    /// # Errors
    /// [`Refusal`]; nothing is changed then.
    pub fn contact(
        &self,
        certificate: &Certificate,
        hello: &ConsoleHello,
        seen: IpAddr,
    ) -> Result<Contact, Refusal> {
        let address = if hello.address.is_empty() { seen.to_string() } else { hello.address.clone() };
        let mut consoles = self.lock();
        // With two entries for one certificate, which only a person can have written, the enabled one counts.
        let known = consoles
            .iter_mut()
            .filter(|console| console.entry.certificate.as_ref() == Some(certificate))
            .max_by_key(|console| console.entry.enabled);
        if let Some(known) = known {
            known.seen = Some(seen);
            let mut entry = known.entry.clone();
            // An entry that somebody wrote and enabled before the first contact is meant to be used.
            let reset = hello.first_contact && entry.enabled && !entry.last_address.is_empty();
            entry.enabled &= !reset;
            entry.name.clone_from(&hello.name);
            entry.last_address = address;
            entry.port = hello.port;
            let contact = if reset { Contact::Reset(entry.id) } else { Contact::Known(entry.id) };
            if entry != known.entry {
                let port = entry.port.to_string();
                let mut values = vec![
                    ("name", entry.name.as_str()),
                    ("lastAddress", &entry.last_address),
                    ("port", &port),
                ];
                if reset {
                    values.push(("enabled", "0"));
                }
                let mut file = read(&self.path)?;
                // Gone from the file: a change by hand that waits for the next start.
                if file.set(entry.id, &values).map_err(|error| self.broken(error))? {
                    self.write(&file)?;
                }
                known.entry = entry;
                if reset {
                    self.changed.send_replace(());
                }
            }
            return Ok(contact);
        }
        if consoles.iter().filter(|console| !console.entry.enabled).count() >= MAX_NOT_ENABLED {
            return Err(Refusal::TooMany);
        }
        let mut file = read(&self.path)?;
        let last =
            consoles.iter().map(|console| &console.entry).chain(file.entries()).map(|entry| entry.id).max();
        let entry = ConsoleEntry {
            id: last.unwrap_or(0) + 1,
            enabled: false,
            connect_to: false,
            name: hello.name.clone(),
            last_address: address,
            port: hello.port,
            certificate: Some(certificate.clone()),
        };
        file.add(&entry).map_err(|error| self.broken(error))?;
        self.write(&file)?;
        let contact = Contact::New(entry.id);
        consoles.push(KnownConsole { entry, seen: Some(seen) });
        Ok(contact)
    }

    /// Enables or disables a console at once. `false`: it was so already.
    ///
    /// # Errors
    /// [`RegistryError`]; nothing is changed then.
    pub fn set_enabled(&self, id: u32, enabled: bool) -> Result<bool, RegistryError> {
        let mut consoles = self.lock();
        let console =
            consoles.iter_mut().find(|console| console.entry.id == id).ok_or(RegistryError::NoConsole(id))?;
        let mut file = read(&self.path)?;
        let value = if enabled { "1" } else { "0" };
        if !file.set(id, &[("enabled", value)]).map_err(|error| self.broken(error))? {
            return Err(RegistryError::Gone { id, path: self.path.clone() });
        }
        self.write(&file)?;
        let changed = console.entry.enabled != enabled;
        console.entry.enabled = enabled;
        self.changed.send_replace(());
        Ok(changed)
    }

    fn broken(&self, error: ConsolesFileError) -> RegistryError {
        RegistryError::Broken { path: self.path.clone(), error }
    }

    /// The file is whole at every moment: either the old one or the new one.
    fn write(&self, file: &ConsolesFile) -> Result<(), RegistryError> {
        write_whole(&self.path, file.text().as_bytes())
            .map_err(|error| RegistryError::Io { path: self.path.clone(), error })
    }

    fn lock(&self) -> MutexGuard<'_, Vec<KnownConsole>> {
        self.consoles.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

fn read(path: &Path) -> Result<ConsolesFile, RegistryError> {
    let io = |error| RegistryError::Io { path: path.to_owned(), error };
    match fs::metadata(path) {
        Err(error) if error.kind() == io::ErrorKind::NotFound => return Ok(ConsolesFile::default()),
        Err(error) => return Err(io(error)),
        Ok(metadata) if metadata.len() > MAX_FILE => {
            return Err(io(io::Error::new(io::ErrorKind::FileTooLarge, "too long for a consoles.xml")));
        }
        Ok(_) => {}
    }
    let text = fs::read_to_string(path).map_err(io)?;
    ConsolesFile::parse(&text).map_err(|error| RegistryError::Broken { path: path.to_owned(), error })
}

/// Writes beside the file, makes sure that it is on the disk, and puts it in the file's place.
pub(crate) fn write_whole(path: &Path, content: &[u8]) -> io::Result<()> {
    let mut new = path.as_os_str().to_owned();
    new.push(".new");
    let mut file = fs::File::create(&new)?;
    file.write_all(content)?;
    file.sync_all()?;
    fs::rename(&new, path)?;
    // The rename itself is on the disk once its directory is.
    match path.parent() {
        Some(directory) if cfg!(unix) => fs::File::open(directory)?.sync_all(),
        _ => Ok(()),
    }
}

#[cfg(test)]
mod tests {
    use engine_link::Identity;

    use super::*;

    const SEEN: IpAddr = IpAddr::V4(std::net::Ipv4Addr::LOCALHOST);

    fn certificate() -> Certificate {
        Identity::ephemeral("console").unwrap().certificate().clone()
    }

    fn hello(first_contact: bool) -> ConsoleHello {
        ConsoleHello { name: "HQ".to_owned(), address: "10.0.0.1".to_owned(), port: 40815, first_contact }
    }

    fn registry() -> (tempfile::TempDir, PathBuf, Registry) {
        let dir = tempfile::tempdir().unwrap();
        let path = dir.path().join("consoles.xml");
        let registry = Registry::open(path.clone()).unwrap();
        (dir, path, registry)
    }

    #[test]
    fn the_first_contact_makes_an_entry_that_is_not_enabled_and_later_ones_find_it() {
        let (_dir, path, registry) = registry();
        let console = certificate();
        assert_eq!(registry.contact(&console, &hello(true), SEEN).unwrap(), Contact::New(1));
        assert_eq!(registry.contact(&console, &hello(false), SEEN).unwrap(), Contact::Known(1));
        assert!(!registry.is_enabled(1));
        assert!(fs::read_to_string(path).unwrap().contains("lastAddress=\"10.0.0.1\""));
    }

    #[test]
    fn another_certificate_is_another_console_whatever_it_says() {
        let (_dir, _path, registry) = registry();
        registry.contact(&certificate(), &hello(true), SEEN).unwrap();
        registry.set_enabled(1, true).unwrap();
        assert_eq!(registry.contact(&certificate(), &hello(false), SEEN).unwrap(), Contact::New(2));
        assert!(registry.is_enabled(1));
        assert!(!registry.is_enabled(2));
    }

    #[test]
    fn an_engine_that_was_added_anew_has_to_be_enabled_anew() {
        let (_dir, path, registry) = registry();
        let console = certificate();
        registry.contact(&console, &hello(true), SEEN).unwrap();
        registry.set_enabled(1, true).unwrap();
        let mut watch = registry.watch();
        assert_eq!(registry.contact(&console, &hello(true), SEEN).unwrap(), Contact::Reset(1));
        assert!(watch.has_changed().unwrap());
        watch.mark_unchanged();
        assert!(!Registry::open(path).unwrap().is_enabled(1));
    }

    #[test]
    fn an_entry_that_was_written_and_enabled_before_the_first_contact_is_used() {
        let (_dir, path, _) = registry();
        let console = certificate();
        let pem = console.to_pem();
        fs::write(
            &path,
            format!("<Consoles><console id=\"7\" enabled=\"1\"><cert>{pem}</cert></console></Consoles>"),
        )
        .unwrap();
        let registry = Registry::open(path).unwrap();
        assert_eq!(registry.contact(&console, &hello(true), SEEN).unwrap(), Contact::Known(7));
        assert!(registry.is_enabled(7));
    }

    #[test]
    fn a_change_by_hand_waits_for_the_next_start_and_is_not_lost() {
        let (_dir, path, registry) = registry();
        registry.contact(&certificate(), &hello(true), SEEN).unwrap();
        let by_hand = fs::read_to_string(&path).unwrap().replace("enabled=\"0\"", "enabled=\"1\"");
        fs::write(&path, by_hand).unwrap();
        assert!(!registry.is_enabled(1));
        registry.contact(&certificate(), &hello(true), SEEN).unwrap();
        let restarted = Registry::open(path).unwrap();
        assert!(restarted.is_enabled(1));
        assert_eq!(restarted.list().len(), 2);
    }

    #[test]
    fn at_most_sixteen_consoles_wait_to_be_enabled() {
        let (_dir, _path, registry) = registry();
        for _ in 0..MAX_NOT_ENABLED {
            registry.contact(&certificate(), &hello(true), SEEN).unwrap();
        }
        assert!(matches!(registry.contact(&certificate(), &hello(true), SEEN), Err(Refusal::TooMany)));
        registry.set_enabled(3, true).unwrap();
        assert_eq!(registry.contact(&certificate(), &hello(true), SEEN).unwrap(), Contact::New(17));
    }

    #[test]
    fn a_broken_file_is_not_overwritten() {
        let (_dir, path, registry) = registry();
        registry.contact(&certificate(), &hello(true), SEEN).unwrap();
        fs::write(&path, "<Consoles>\n<console").unwrap();
        let error = registry.set_enabled(1, true).unwrap_err().to_string();
        assert!(error.contains("consoles.xml: line 2"), "{error}");
        assert!(registry.contact(&certificate(), &hello(true), SEEN).is_err());
        assert_eq!(fs::read_to_string(&path).unwrap(), "<Consoles>\n<console");
        assert!(!registry.is_enabled(1));
    }
}
