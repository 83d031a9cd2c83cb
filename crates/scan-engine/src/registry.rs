//! The consoles that this engine knows, in memory and in the file.

use std::collections::BTreeSet;
use std::fs;
use std::io;
use std::net::IpAddr;
use std::path::{Path, PathBuf};
use std::sync::{Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use engine_link::{Access, Certificate, ConsoleHello, Fingerprint, write_whole};
use tokio::sync::{Notify, watch};
use tokio::time::{Instant, sleep_until};

use crate::address::ConsoleAddress;
use crate::consoles_file::{ConsoleEntry, ConsolesFile, ConsolesFileError, Given};
use crate::log::{Kind, Log};

/// How many entries that are not enabled may stand in the file before another console is refused: anyone who reaches
/// the port can make one.
pub const MAX_NOT_ENABLED: usize = 16;

/// How often what consoles say of themselves is written: a stranger may have another name with each connection, and each
/// write waits for the disk.
const PER_SAVE: Duration = Duration::from_secs(10);

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
    /// The highest id that there can be is taken.
    #[error("{}: no id is left for another console: give its entries lower ones", .0.display())]
    NoId(PathBuf),
    /// Someone took the console out of the file.
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
        "{MAX_NOT_ENABLED} consoles already wait to be enabled: \"enable console\" or \"delete console\" on the \
         engine's command line makes room"
    )]
    TooMany,
    /// This engine has dialled the console for an entry that is no longer there, or has another certificate now.
    #[error("its entry was changed in the meantime")]
    Changed,
    /// The file could not be written.
    #[error(transparent)]
    File(#[from] RegistryError),
}

/// Why `add console` adds none.
#[derive(Debug, thiserror::Error)]
pub enum AddError {
    /// An entry has this address and port.
    #[error(
        "console {id} already has the address {address}: \"connect to console {id}\" makes this engine dial it, \
         \"delete console {id}\" removes it"
    )]
    Exists {
        /// The entry.
        id: u32,
        /// The address.
        address: ConsoleAddress,
    },
    /// The file.
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
    /// The address for people: the one that this engine dials; or the one that was seen, or else the one that the
    /// console told.
    #[must_use]
    pub fn address(&self) -> String {
        match self.seen {
            Some(seen) if !self.entry.connect_to => seen.to_string(),
            _ => self.entry.last_address.clone(),
        }
    }

    /// Where the console listens for engines.
    #[must_use]
    pub fn place(&self) -> ConsoleAddress {
        ConsoleAddress::of_entry(&self.entry.last_address, self.entry.port)
    }
}

/// A console that this engine dials: an entry with `connectTo="1"`, an address and a certificate.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Target {
    /// The entry.
    pub(crate) id: u32,
    /// Where it listens.
    pub(crate) place: ConsoleAddress,
    /// Who it must be.
    pub(crate) pinned: Fingerprint,
}

/// What a contact changed.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Contact {
    /// The console was known, and nothing is different.
    Known(u32),
    /// A new entry was made.
    New {
        /// The entry.
        id: u32,
        /// Another entry with the same address and another certificate: the console may have been rebuilt.
        instead_of: Option<u32>,
    },
    /// The console has added this engine again: the entry is not enabled any more.
    Reset(u32),
}

impl Contact {
    /// The entry's id.
    #[must_use]
    pub const fn id(self) -> u32 {
        match self {
            Self::Known(id) | Self::New { id, .. } | Self::Reset(id) => id,
        }
    }
}

/// The consoles that this engine knows.
///
/// What holds is read from the file once, when the engine starts; later changes of the file by hand wait for the next
/// start, as the documents say. The engine's own changes are made to the file as it is then, so that a change by hand
/// that waits is not lost. They are written at once, but for what consoles say of themselves: that is written at most once
/// in ten seconds, and at the end.
#[derive(Debug)]
pub struct Registry {
    path: PathBuf,
    known: Mutex<Known>,
    changed: watch::Sender<()>,
    /// Something waits to be written.
    unsaved: Notify,
    /// The shared secrets that stood in the file at the start.
    secrets: Mutex<Vec<(u32, Given)>>,
}

#[derive(Debug)]
struct Known {
    consoles: Vec<KnownConsole>,
    /// The highest id since the start: an id that someone has read is not given to another console.
    last_id: u32,
    /// Consoles whose name or address in the file is not what they say now.
    unsaved: BTreeSet<u32>,
    /// When these were last written, or were to be.
    saved: Option<Instant>,
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
        let last_id = file.entries().map(|entry| entry.id).max().unwrap_or(0);
        let known = Known { consoles, last_id, unsaved: BTreeSet::new(), saved: None };
        let secrets = Mutex::new(file.secrets().collect());
        let (changed, unsaved) = (watch::Sender::new(()), Notify::new());
        Ok(Self { path, known: Mutex::new(known), changed, unsaved, secrets })
    }

    /// Every console, by id.
    #[must_use]
    pub fn list(&self) -> Vec<KnownConsole> {
        let mut consoles = self.lock().consoles.clone();
        consoles.sort_by_key(|console| console.entry.id);
        consoles
    }

    /// One console.
    ///
    /// # Errors
    /// [`RegistryError::NoConsole`].
    pub fn get(&self, id: u32) -> Result<KnownConsole, RegistryError> {
        let known = self.lock();
        known.find(id).cloned().ok_or(RegistryError::NoConsole(id))
    }

    /// Whether this console may use the engine now.
    #[must_use]
    pub fn is_enabled(&self, id: u32) -> bool {
        self.lock().find(id).is_some_and(|console| console.entry.enabled)
    }

    /// The same for the holder of this certificate; `None` when the entry is gone or has another one.
    pub(crate) fn standing(&self, id: u32, certificate: Fingerprint) -> Option<bool> {
        let known = self.lock();
        let entry = &known.find(id)?.entry;
        (entry.fingerprint() == Some(certificate)).then_some(entry.enabled)
    }

    /// Whether a console with this certificate may use the engine.
    pub(crate) fn trusts(&self, certificate: Fingerprint) -> bool {
        let known = self.lock();
        known
            .consoles
            .iter()
            .any(|console| console.entry.enabled && console.entry.fingerprint() == Some(certificate))
    }

    /// The consoles that this engine dials.
    pub(crate) fn targets(&self) -> Vec<Target> {
        self.lock().consoles.iter().filter_map(target).collect()
    }

    /// Whether this one is still to be dialled.
    pub(crate) fn wants(&self, wanted: &Target) -> bool {
        self.lock().find(wanted.id).and_then(target).as_ref() == Some(wanted)
    }

    /// Is told whenever a console was added, changed or removed.
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
        let mut known = self.lock();
        // With two entries for one certificate, which only a person can have made, the enabled one counts.
        let console = known
            .consoles
            .iter()
            .filter(|console| console.entry.certificate.as_ref() == Some(certificate))
            .max_by_key(|console| console.entry.enabled);
        if let Some(id) = console.map(|console| console.entry.id) {
            return self.known_contact(&mut known, id, hello, seen, hello.first_contact);
        }
        if known.waiting() >= MAX_NOT_ENABLED {
            return Err(Refusal::TooMany);
        }
        let address = if hello.address.is_empty() { seen.to_string() } else { hello.address.clone() };
        let place = ConsoleAddress::of_entry(&address, hello.port);
        let instead_of =
            known.consoles.iter().find(|other| other.place() == place).map(|other| other.entry.id);
        let entry = ConsoleEntry {
            id: 0,
            enabled: false,
            connect_to: false,
            name: hello.name.clone(),
            last_address: address,
            port: hello.port,
            certificate: Some(certificate.clone()),
        };
        let id = self.insert(&mut known, entry, Some(seen))?;
        Ok(Contact::New { id, instead_of })
    }

    /// This engine has dialled the console of an entry, and was told who it is.
    ///
    /// # Errors
    /// [`Refusal`]; nothing is changed then.
    pub(crate) fn dialled(
        &self,
        id: u32,
        certificate: &Certificate,
        hello: &ConsoleHello,
        seen: IpAddr,
    ) -> Result<Contact, Refusal> {
        let mut known = self.lock();
        known
            .find(id)
            .filter(|console| console.entry.certificate.as_ref() == Some(certificate))
            .ok_or(Refusal::Changed)?;
        // Pairing was this engine's doing: the console can't have added it again.
        self.known_contact(&mut known, id, hello, seen, false)
    }

    fn known_contact(
        &self,
        known: &mut Known,
        id: u32,
        hello: &ConsoleHello,
        seen: IpAddr,
        first_contact: bool,
    ) -> Result<Contact, Refusal> {
        let console = known.find_mut(id).ok_or(Refusal::Changed)?;
        console.seen = Some(seen);
        let mut entry = console.entry.clone();
        // An entry that someone wrote and enabled before the first contact is meant to be used.
        let reset = first_contact && entry.enabled && !entry.last_address.is_empty();
        entry.enabled &= !reset;
        entry.name.clone_from(&hello.name);
        // Where this engine dials to is the administrator's word.
        if !entry.connect_to || entry.last_address.is_empty() {
            entry.last_address =
                if hello.address.is_empty() { seen.to_string() } else { hello.address.clone() };
            entry.port = hello.port;
        }
        if reset {
            // A right that is lost stays lost, whatever happens next. Gone from the file: a change by hand that waits for
            // the next start.
            self.edit(|file| file.set(id, &[("enabled", "0")]))?;
        }
        if entry != console.entry {
            console.entry = entry;
            known.unsaved.insert(id);
            if known.save_due().is_some_and(|due| due <= Instant::now()) {
                // What can't be written now is tried again, and told, by `keep_saved`.
                drop(self.save(known));
            }
            self.unsaved.notify_one();
            self.changed.send_replace(());
        }
        Ok(if reset { Contact::Reset(id) } else { Contact::Known(id) })
    }

    /// Writes what consoles say of themselves, where it could not be written at once. Never ends.
    pub(crate) async fn keep_saved(&self, log: &Log) {
        loop {
            // A statement of its own: nothing may be locked while it waits.
            let due = self.lock().save_due();
            let Some(due) = due else {
                self.unsaved.notified().await;
                continue;
            };
            sleep_until(due).await;
            if let Err(error) = self.save(&mut self.lock()) {
                log.failure(Kind::File, format!("what a console says of itself was not stored: {error}"));
            }
        }
    }

    /// Writes the names and addresses that are not in the file yet.
    fn save(&self, known: &mut Known) -> Result<(), RegistryError> {
        if known.unsaved.is_empty() {
            return Ok(());
        }
        known.saved = Some(Instant::now());
        let entries: Vec<&ConsoleEntry> = known
            .consoles
            .iter()
            .map(|console| &console.entry)
            .filter(|entry| known.unsaved.contains(&entry.id))
            .collect();
        self.edit(|file| {
            entries.iter().try_for_each(|entry| {
                let port = entry.port.to_string();
                let values =
                    [("name", entry.name.as_str()), ("lastAddress", &entry.last_address), ("port", &port)];
                // Gone from the file: a change by hand that waits for the next start.
                file.set(entry.id, &values).map(drop)
            })
        })?;
        known.unsaved.clear();
        Ok(())
    }

    /// Adds a console that this engine is to dial: not enabled, not dialled yet, and without a certificate. Gives its
    /// id.
    ///
    /// # Errors
    /// [`AddError`]; nothing is changed then.
    pub fn add(&self, place: &ConsoleAddress) -> Result<u32, AddError> {
        let mut known = self.lock();
        if let Some(other) = known.consoles.iter().find(|other| other.place() == *place) {
            return Err(AddError::Exists { id: other.entry.id, address: place.clone() });
        }
        let entry = ConsoleEntry {
            id: 0,
            enabled: false,
            connect_to: false,
            name: String::new(),
            last_address: place.host.clone(),
            port: place.port,
            certificate: None,
        };
        Ok(self.insert(&mut known, entry, None)?)
    }

    /// Gives the entry its id and stores it.
    fn insert(
        &self,
        known: &mut Known,
        mut entry: ConsoleEntry,
        seen: Option<IpAddr>,
    ) -> Result<u32, RegistryError> {
        let id = self.edit(|file| {
            let last = file.entries().map(|entry| entry.id).fold(known.last_id, u32::max);
            let Some(id) = last.checked_add(1) else { return Ok(None) };
            entry.id = id;
            file.add(&entry).map(|()| Some(id))
        })?;
        let id = id.ok_or_else(|| RegistryError::NoId(self.path.clone()))?;
        known.last_id = id;
        known.consoles.push(KnownConsole { entry, seen });
        self.changed.send_replace(());
        Ok(id)
    }

    /// Enables or disables a console at once. `false`: it was so already.
    ///
    /// # Errors
    /// [`RegistryError`]; nothing is changed then.
    pub fn set_enabled(&self, id: u32, enabled: bool) -> Result<bool, RegistryError> {
        let value = if enabled { "1" } else { "0" };
        self.change(
            id,
            |file| file.set(id, &[("enabled", value)]),
            |entry| std::mem::replace(&mut entry.enabled, enabled) != enabled,
        )
    }

    /// Makes the engine dial a console from now on, or no longer. `false`: it was so already.
    ///
    /// # Errors
    /// [`RegistryError`]; nothing is changed then.
    pub fn set_connect_to(&self, id: u32, connect_to: bool) -> Result<bool, RegistryError> {
        let value = if connect_to { "1" } else { "0" };
        self.change(
            id,
            |file| file.set(id, &[("connectTo", value)]),
            |entry| std::mem::replace(&mut entry.connect_to, connect_to) != connect_to,
        )
    }

    /// Pins a console's certificate: it has proved to be the one that the entry means. Gives the one that was pinned
    /// before, if it was another.
    ///
    /// # Errors
    /// [`RegistryError`]; nothing is changed then.
    pub(crate) fn pin(
        &self,
        id: u32,
        certificate: &Certificate,
    ) -> Result<Option<Certificate>, RegistryError> {
        self.change(
            id,
            |file| file.set_certificate(id, certificate),
            |entry| entry.certificate.replace(certificate.clone()).filter(|old| old != certificate),
        )
    }

    /// The shared secrets that stood in the file at the start, with the ids of their entries. Gives each once.
    pub(crate) fn take_secrets(&self) -> Vec<(u32, Given)> {
        std::mem::take(&mut *self.secrets.lock().unwrap_or_else(PoisonError::into_inner))
    }

    /// Takes an entry's shared secret out of the file, whose mode stays.
    ///
    /// # Errors
    /// [`RegistryError`]; nothing is changed then.
    pub(crate) fn forget_secret(&self, id: u32) -> Result<(), RegistryError> {
        let _known = self.lock();
        // Gone from the file: the secret is gone with it.
        self.edit(|file| file.remove_secret(id)).map(drop)
    }

    /// Removes a console's entry, and ends its connections.
    ///
    /// # Errors
    /// [`RegistryError`]; nothing is changed then.
    pub fn delete(&self, id: u32) -> Result<(), RegistryError> {
        let mut known = self.lock();
        if known.find(id).is_none() {
            return Err(RegistryError::NoConsole(id));
        }
        // Whoever took it out by hand wanted the same.
        self.edit(|file| file.remove(id))?;
        known.consoles.retain(|console| console.entry.id != id);
        known.unsaved.remove(&id);
        self.changed.send_replace(());
        Ok(())
    }

    /// Changes one entry, in the file first.
    fn change<T>(
        &self,
        id: u32,
        edit: impl FnOnce(&mut ConsolesFile) -> Result<bool, ConsolesFileError>,
        apply: impl FnOnce(&mut ConsoleEntry) -> T,
    ) -> Result<T, RegistryError> {
        let mut known = self.lock();
        let console = known.find_mut(id).ok_or(RegistryError::NoConsole(id))?;
        if !self.edit(edit)? {
            return Err(RegistryError::Gone { id, path: self.path.clone() });
        }
        let result = apply(&mut console.entry);
        self.changed.send_replace(());
        Ok(result)
    }

    /// Changes the file as it is now, and writes it if something is different then. It is whole at every moment: either
    /// the old one or the new one.
    fn edit<T>(
        &self,
        edit: impl FnOnce(&mut ConsolesFile) -> Result<T, ConsolesFileError>,
    ) -> Result<T, RegistryError> {
        let mut file = read(&self.path)?;
        let before = file.text().to_owned();
        let result =
            edit(&mut file).map_err(|error| RegistryError::Broken { path: self.path.clone(), error })?;
        if file.text() != before {
            write_whole(&self.path, file.text().as_bytes(), Access::Kept)
                .map_err(|error| RegistryError::Io { path: self.path.clone(), error })?;
        }
        Ok(result)
    }

    fn lock(&self) -> MutexGuard<'_, Known> {
        self.known.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// What waits to be written is written at the end.
impl Drop for Registry {
    fn drop(&mut self) {
        // There is nobody left to be told.
        drop(self.save(&mut self.lock()));
    }
}

impl Known {
    /// When what is not in the file yet may be written; `None`: everything is.
    fn save_due(&self) -> Option<Instant> {
        let due = self.saved.map_or_else(Instant::now, |saved| saved + PER_SAVE);
        (!self.unsaved.is_empty()).then_some(due)
    }

    fn find(&self, id: u32) -> Option<&KnownConsole> {
        self.consoles.iter().find(|console| console.entry.id == id)
    }

    fn find_mut(&mut self, id: u32) -> Option<&mut KnownConsole> {
        self.consoles.iter_mut().find(|console| console.entry.id == id)
    }

    /// How many entries strangers may have made. Those that an administrator added have no certificate, or are dialled.
    fn waiting(&self) -> usize {
        self.consoles
            .iter()
            .map(|console| &console.entry)
            .filter(|entry| !entry.enabled && !entry.connect_to && entry.certificate.is_some())
            .count()
    }
}

fn target(console: &KnownConsole) -> Option<Target> {
    let entry = &console.entry;
    let pinned = entry.fingerprint().filter(|_| entry.connect_to && !entry.last_address.is_empty())?;
    Some(Target { id: entry.id, place: console.place(), pinned })
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
        assert_eq!(
            registry.contact(&console, &hello(true), SEEN).unwrap(),
            Contact::New { id: 1, instead_of: None }
        );
        assert_eq!(registry.contact(&console, &hello(false), SEEN).unwrap(), Contact::Known(1));
        assert!(!registry.is_enabled(1));
        assert!(fs::read_to_string(path).unwrap().contains("lastAddress=\"10.0.0.1\""));
    }

    #[test]
    fn another_certificate_is_another_console_whatever_it_says() {
        let (_dir, _path, registry) = registry();
        registry.contact(&certificate(), &hello(true), SEEN).unwrap();
        registry.set_enabled(1, true).unwrap();
        assert_eq!(
            registry.contact(&certificate(), &hello(false), SEEN).unwrap(),
            Contact::New { id: 2, instead_of: Some(1) },
            "a rebuilt console, perhaps"
        );
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
        assert_eq!(registry.contact(&certificate(), &hello(true), SEEN).unwrap().id(), 17);
        assert!(matches!(registry.contact(&certificate(), &hello(true), SEEN), Err(Refusal::TooMany)));
        registry.delete(4).unwrap();
        assert_eq!(registry.contact(&certificate(), &hello(true), SEEN).unwrap().id(), 18);
        assert_eq!(
            registry.add(&"10.0.0.9".parse().unwrap()).unwrap(),
            19,
            "strangers don't keep the administrator out"
        );
    }

    #[test]
    fn a_console_is_added_by_its_address_once() {
        let (_dir, path, registry) = registry();
        assert_eq!(registry.add(&"Console.example".parse().unwrap()).unwrap(), 1);
        let error = registry.add(&"console.example:40815".parse().unwrap()).unwrap_err().to_string();
        assert!(error.starts_with("console 1 has the address console.example:40815 already"), "{error}");
        assert_eq!(registry.add(&"console.example:40816".parse().unwrap()).unwrap(), 2);
        // One that made contact has the address that it told.
        registry.contact(&certificate(), &hello(true), SEEN).unwrap();
        assert!(matches!(registry.add(&"10.0.0.1".parse().unwrap()), Err(AddError::Exists { id: 3, .. })));
        let xml = fs::read_to_string(path).unwrap();
        assert!(
            xml.contains("<console id=\"1\" enabled=\"0\" connectTo=\"0\" name=\"\" lastAddress=\"console.example\" port=\"40815\">"),
            "{xml}"
        );
    }

    #[test]
    fn a_console_is_dialled_once_it_has_an_address_a_certificate_and_connect_to() {
        let (_dir, path, registry) = registry();
        let (console, rebuilt) = (certificate(), certificate());
        let id = registry.add(&"10.0.0.9:7".parse().unwrap()).unwrap();
        assert!(registry.set_connect_to(id, true).unwrap());
        assert!(!registry.set_connect_to(id, true).unwrap());
        assert_eq!(registry.targets(), []);
        assert_eq!(registry.pin(id, &console).unwrap(), None);
        assert_eq!(registry.pin(id, &console).unwrap(), None);
        let [target] = &registry.targets()[..] else { panic!() };
        assert_eq!(
            (target.place.to_string(), target.pinned),
            ("10.0.0.9:7".to_owned(), console.fingerprint())
        );
        assert_eq!(
            Registry::open(path.clone()).unwrap().targets()[..],
            *std::slice::from_ref(target),
            "after a restart"
        );

        assert_eq!(registry.pin(id, &rebuilt).unwrap(), Some(console.clone()));
        assert!(!registry.wants(target));
        assert_eq!(registry.standing(id, console.fingerprint()), None, "the old one has no entry any more");
        assert_eq!(registry.standing(id, rebuilt.fingerprint()), Some(false));
        registry.set_connect_to(id, false).unwrap();
        assert_eq!(Registry::open(path).unwrap().targets(), []);
    }

    #[test]
    fn where_the_engine_dials_is_not_changed_by_what_the_console_says() {
        let (_dir, path, registry) = registry();
        let console = certificate();
        let id = registry.add(&"console.example:7".parse().unwrap()).unwrap();
        registry.set_connect_to(id, true).unwrap();
        registry.pin(id, &console).unwrap();
        registry.set_enabled(id, true).unwrap();
        assert_eq!(registry.dialled(id, &console, &hello(true), SEEN).unwrap(), Contact::Known(id));
        let known = registry.get(id).unwrap();
        assert_eq!(
            (known.entry.name.as_str(), known.place().to_string().as_str()),
            ("HQ", "console.example:7")
        );
        assert_eq!(known.address(), "console.example");
        assert!(known.entry.enabled, "a console that was dialled has not added the engine anew");
        assert_eq!(Registry::open(path).unwrap().get(id).unwrap().entry, known.entry);
        assert!(matches!(registry.dialled(id, &certificate(), &hello(false), SEEN), Err(Refusal::Changed)));
    }

    #[test]
    fn a_console_that_was_deleted_is_gone_and_its_id_is_not_used_again() {
        let (_dir, path, registry) = registry();
        let console = certificate();
        registry.contact(&console, &hello(true), SEEN).unwrap();
        let mut watch = registry.watch();
        registry.delete(1).unwrap();
        assert!(watch.has_changed().unwrap());
        watch.mark_unchanged();
        assert_eq!(fs::read_to_string(&path).unwrap().matches("<console ").count(), 0);
        assert!(matches!(registry.delete(1), Err(RegistryError::NoConsole(1))));
        assert!(matches!(registry.set_connect_to(1, true), Err(RegistryError::NoConsole(1))));
        assert_eq!(registry.contact(&console, &hello(true), SEEN).unwrap().id(), 2);
    }

    #[test]
    fn a_console_with_ever_new_names_is_written_once() {
        let (_dir, path, registry) = registry();
        let console = certificate();
        registry.contact(&console, &hello(true), SEEN).unwrap();
        let named = |number: u32| ConsoleHello { name: format!("name {number}"), ..hello(false) };
        let mut versions = BTreeSet::new();
        for number in 0..1000 {
            assert_eq!(registry.contact(&console, &named(number), SEEN).unwrap(), Contact::Known(1));
            versions.insert(fs::read_to_string(&path).unwrap());
        }
        assert_eq!(versions.len(), 1, "the first one, in the ten seconds after it");
        assert!(versions.pop_first().unwrap().contains("name=\"name 0\""));
        assert_eq!(registry.get(1).unwrap().entry.name, "name 999");
        // Nothing that matters waits for it.
        assert!(registry.set_enabled(1, true).unwrap());
        assert!(fs::read_to_string(&path).unwrap().contains("enabled=\"1\" connectTo=\"0\" name=\"name 0\""));
        assert_eq!(registry.contact(&console, &hello(true), SEEN).unwrap(), Contact::Reset(1));
        assert!(fs::read_to_string(&path).unwrap().contains("enabled=\"0\" connectTo=\"0\" name=\"name 0\""));
        drop(registry);
        assert!(fs::read_to_string(&path).unwrap().contains("name=\"HQ\""), "the last one, at the end");
    }

    #[tokio::test(start_paused = true)]
    async fn what_could_not_be_written_at_once_is_written_ten_seconds_later() {
        let (dir, path, registry) = registry();
        let log = Log::default();
        let console = certificate();
        registry.contact(&console, &hello(true), SEEN).unwrap();
        let named = |name: &str| ConsoleHello { name: name.to_owned(), ..hello(false) };
        registry.contact(&console, &named("one"), SEEN).unwrap();
        registry.contact(&console, &named("two"), SEEN).unwrap();
        let moved = dir.path().join("elsewhere");
        let until = async |name: &str| {
            while !fs::read_to_string(&path).is_ok_and(|text| text.contains(name)) {
                tokio::time::sleep(Duration::from_millis(100)).await;
            }
            Instant::now()
        };
        let work = async {
            let start = Instant::now();
            let written = until("name=\"two\"").await - start;
            assert!(written >= PER_SAVE && written < PER_SAVE * 2, "{written:?}");

            // The next time it fails once, and is tried again.
            registry.contact(&console, &named("three"), SEEN).unwrap();
            fs::rename(&path, &moved).unwrap();
            fs::create_dir(&path).unwrap();
            tokio::time::sleep(PER_SAVE).await;
            fs::remove_dir(&path).unwrap();
            fs::rename(&moved, &path).unwrap();
            until("name=\"three\"").await;
        };
        tokio::select! {
            () = registry.keep_saved(&log) => unreachable!("it never ends"),
            () = work => {}
        }
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
