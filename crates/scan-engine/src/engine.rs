//! The engine: what it keeps, and how it answers consoles.

use std::fs;
use std::io;
use std::net::IpAddr;
use std::path::PathBuf;
use std::sync::Arc;
use std::time::Duration;

use engine_link::{Fingerprint, Identity, Limits, Place, Places, Standing, accept};
use tokio::net::{TcpListener, TcpStream};
use tokio::task::JoinSet;

use crate::log::{Kind, Log};
use crate::registry::Registry;
use crate::reverse;
use crate::session::{self, Origin, SessionError};
use crate::shared::{Shared, Times};
use crate::unattended;
use crate::versions::{DEFAULT_CONTENT_VERSION, DEFAULT_PRODUCT_VERSION, Versions, at};

/// How many connections there may be. A console needs one; a second one while the first, which the network has cut, is
/// not known to be dead. There are [`MAX_NOT_ENABLED`](crate::MAX_NOT_ENABLED) certificates of strangers at most, each of
/// which may have its four.
const LIMITS: Limits =
    Limits { strangers: 128, strangers_of_address: 64, known: 64, known_of_address: 32, of_certificate: 4 };
/// How long a console may take for TLS and the version handshake.
const HANDSHAKE: Duration = Duration::from_secs(5);

/// With what an engine is started.
#[derive(Debug, Clone)]
pub struct Options {
    /// The installation directory: `nse/conf/consoles.xml` and everything else lies in it. It is made if missing.
    pub dir: PathBuf,
    /// The engine's name; the directory's without it.
    pub name: Option<String>,
    /// The product version, if the directory has none stored yet.
    pub product_version: Option<String>,
    /// The content version, likewise.
    pub content_version: Option<String>,
    /// How long an update takes.
    pub update_time: Duration,
    /// How long a console that has dialled may stay connected without being enabled. It is welcome to dial again.
    pub waiting_time: Duration,
}

impl Options {
    /// An engine in this directory, with everything else as it comes; an update takes 1.5 seconds, and a console that
    /// is not enabled may stay for one minute.
    #[must_use]
    pub fn new(dir: impl Into<PathBuf>) -> Self {
        Self {
            dir: dir.into(),
            name: None,
            product_version: None,
            content_version: None,
            update_time: Duration::from_millis(1500),
            waiting_time: Duration::from_secs(60),
        }
    }
}

/// Why the engine can't be started.
#[derive(Debug, thiserror::Error)]
pub enum StartError {
    /// Another process has the directory.
    #[error("{}: another Scan Engine runs in this directory", .0.display())]
    InUse(PathBuf),
    /// A file or directory.
    #[error("{0}")]
    Io(#[from] io::Error),
    /// consoles.xml.
    #[error(transparent)]
    Consoles(#[from] crate::registry::RegistryError),
}

/// A Scan Engine. Clones are the same engine.
#[derive(Debug, Clone)]
pub struct Engine {
    shared: Arc<Shared>,
}

impl Engine {
    /// Reads the directory, or makes what it lacks.
    ///
    /// # Errors
    /// [`StartError`], with the file and what to do about it.
    pub fn open(options: Options) -> Result<Self, StartError> {
        let Options { dir, name, product_version, content_version, update_time, waiting_time } = options;
        let conf = dir.join("nse").join("conf");
        fs::create_dir_all(&conf).map_err(|error| at(&conf, &error))?;
        let lock_path = dir.join("engine.lock");
        let lock = fs::File::create(&lock_path).map_err(|error| at(&lock_path, &error))?;
        match lock.try_lock() {
            Ok(()) => {}
            Err(fs::TryLockError::WouldBlock) => return Err(StartError::InUse(dir)),
            Err(fs::TryLockError::Error(error)) => return Err(at(&lock_path, &error).into()),
        }
        let name = name
            .or_else(|| dir.file_name().map(|name| name.to_string_lossy().into_owned()))
            .unwrap_or_else(|| "Scan Engine".to_owned());
        let identity = Identity::load_or_create(&dir.join("keys"), &name)?;
        let registry = Registry::open(conf.join("consoles.xml"))?;
        let versions = Versions::open(
            conf.join("versions.json"),
            product_version.as_deref().unwrap_or(DEFAULT_PRODUCT_VERSION),
            content_version.as_deref().unwrap_or(DEFAULT_CONTENT_VERSION),
        )?;
        let shared =
            Shared::new(name, identity, registry, versions, Times { update_time, waiting_time }, lock);
        Ok(Self { shared: Arc::new(shared) })
    }

    /// The engine's name.
    #[must_use]
    pub fn name(&self) -> &str {
        &self.shared.name
    }

    /// The fingerprint of the engine's certificate.
    #[must_use]
    pub fn fingerprint(&self) -> Fingerprint {
        self.shared.identity.fingerprint()
    }

    /// The consoles that the engine knows.
    #[must_use]
    pub fn registry(&self) -> &Registry {
        &self.shared.registry
    }

    /// The log.
    #[must_use]
    pub fn log(&self) -> &Log {
        &self.shared.log
    }

    pub(crate) fn shared(&self) -> &Shared {
        &self.shared
    }

    /// Answers consoles, and dials those that are to be dialled, until it is dropped; then every connection ends.
    pub async fn serve(&self, listener: TcpListener) {
        self.shared.set_listens(listener.local_addr().ok());
        tokio::join!(
            self.accept(listener),
            reverse::run(Arc::clone(&self.shared)),
            self.shared.registry.keep_saved(&self.shared.log),
            unattended::run(self),
        );
    }

    async fn accept(&self, listener: TcpListener) {
        let places = Places::new(LIMITS);
        let mut connections = JoinSet::new();
        loop {
            let (stream, peer) = match listener.accept().await {
                Ok((stream, peer)) => (stream, peer.ip().to_canonical()),
                Err(error) => {
                    self.shared.log.failure(Kind::Accept, format!("can't accept connections: {error}"));
                    // No descriptors left, for instance: give the others time to end.
                    tokio::time::sleep(Duration::from_millis(100)).await;
                    continue;
                }
            };
            while connections.try_join_next().is_some() {}
            if self.shared.is_down() {
                continue;
            }
            let place = places.take(peer);
            let shared = Arc::clone(&self.shared);
            connections.spawn(async move {
                tokio::select! {
                    () = answer(&shared, stream, peer, &place) => {}
                    () = place.lost() => {
                        shared.log.failure(Kind::Full, format!("too many connections: one from {peer} gives way to a newer one"));
                    }
                }
            });
        }
    }
}

async fn answer(shared: &Arc<Shared>, stream: TcpStream, peer: IpAddr, place: &Place) {
    match accept(&shared.identity, stream, HANDSHAKE).await {
        Ok(connection) => {
            let certificate = connection.peer_fingerprint();
            if shared.registry.trusts(certificate) {
                // From here on strangers can't take its place, not even before it has said a word.
                place.stands(Standing::Trusted(certificate));
            }
            if let Err(error) = session::run(shared, connection, Origin::Accepted(place)).await {
                let kind = match error {
                    SessionError::Link { id, .. } if shared.registry.is_enabled(id) => Kind::Console(id),
                    _ => Kind::Connection,
                };
                shared.log.failure(kind, format!("a connection from {peer}: {error}"));
            }
        }
        Err(error) => {
            shared.log.failure(Kind::Connection, format!("a connection from {peer} failed: {error}"));
        }
    }
}
