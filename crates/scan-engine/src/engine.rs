//! The engine: what it keeps, and how it answers consoles.

use std::fs;
use std::io;
use std::path::PathBuf;
use std::sync::Arc;
use std::time::Duration;

use engine_link::{Fingerprint, Identity, accept};
use tokio::net::{TcpListener, TcpStream};
use tokio::sync::Semaphore;
use tokio::task::JoinSet;

use crate::log::Log;
use crate::registry::Registry;
use crate::reverse;
use crate::session;
use crate::shared::Shared;
use crate::versions::{DEFAULT_CONTENT_VERSION, DEFAULT_PRODUCT_VERSION, Versions, at};

/// How many connections an engine has at a time; more are closed at once.
const MAX_CONNECTIONS: usize = 64;
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
}

impl Options {
    /// An engine in this directory, with everything else as it comes; an update takes 1.5 seconds.
    #[must_use]
    pub fn new(dir: impl Into<PathBuf>) -> Self {
        Self {
            dir: dir.into(),
            name: None,
            product_version: None,
            content_version: None,
            update_time: Duration::from_millis(1500),
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
        let Options { dir, name, product_version, content_version, update_time } = options;
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
        let shared = Shared::new(name, identity, registry, versions, update_time, lock);
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
        tokio::join!(self.accept(listener), reverse::run(Arc::clone(&self.shared)));
    }

    async fn accept(&self, listener: TcpListener) {
        let places = Arc::new(Semaphore::new(MAX_CONNECTIONS));
        let mut connections = JoinSet::new();
        loop {
            let stream = match listener.accept().await {
                Ok((stream, _)) => stream,
                Err(error) => {
                    self.shared.log.failure(format!("can't accept connections: {error}"));
                    // No descriptors left, for instance: give the others time to end.
                    tokio::time::sleep(Duration::from_millis(100)).await;
                    continue;
                }
            };
            while connections.try_join_next().is_some() {}
            if self.shared.is_down() {
                continue;
            }
            let Ok(place) = Arc::clone(&places).try_acquire_owned() else {
                self.shared
                    .log
                    .failure(format!("more than {MAX_CONNECTIONS} connections: the newest is closed"));
                continue;
            };
            let shared = Arc::clone(&self.shared);
            connections.spawn(async move {
                answer(shared, stream).await;
                drop(place);
            });
        }
    }
}

async fn answer(shared: Arc<Shared>, stream: TcpStream) {
    let Ok(peer) = stream.peer_addr() else { return };
    let peer = peer.ip().to_canonical();
    match accept(&shared.identity, stream, HANDSHAKE).await {
        Ok(connection) => {
            if let Err(error) = session::run(&shared, connection, None).await {
                shared.log.failure(format!("a connection from {peer}: {error}"));
            }
        }
        Err(error) => shared.log.failure(format!("a connection from {peer} came to nothing: {error}")),
    }
}
