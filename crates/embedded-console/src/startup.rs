//! From a [`Config`] to a running console, and back.

use std::fs::{self, File, TryLockError};
use std::io;
use std::net::SocketAddr;
use std::os::unix::fs::{DirBuilderExt as _, OpenOptionsExt as _, PermissionsExt as _};
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::sync::atomic::AtomicU32;
use std::time::Duration;

use axum::Router;
use axum::middleware;
use engine_link::{Fingerprint, Identity};
use futures::future::ready;
use futures::{StreamExt as _, stream};
use tokio::net::TcpListener;
use tokio::sync::{Mutex, watch};
use tokio::task::JoinHandle;
use tokio_rustls::TlsAcceptor;
use tower::util::MapRequest;

use crate::api;
use crate::audit::{Audit, Entry};
use crate::auth::session::Sessions;
use crate::auth::slow::SlowDown;
use crate::auth::{Authenticator, LONGEST_PASSWORD, Role, password};
use crate::config::Config;
use crate::console::{Console, Host};
use crate::db::engines::{self, EngineRow};
use crate::db::users::{self, UserRow};
use crate::db::{self, Database, DbError};
use crate::fleet::{Direction, Fleet, FleetConfig};
use crate::secrets::Secrets;
use crate::serve::{Limits, serve};
use crate::{engine_listener, hosts, persist, security, seed, static_files, tls};

/// How long requests that are under way may still take when the console stops.
const GRACE: Duration = Duration::from_secs(5);
/// Host names that are looked up at the same time, to say at the start where they lead.
const LOOKUPS: usize = 32;
/// The administrator's name.
const ADMINISTRATOR: &str = "admin";
/// The shortest password that is taken, in characters.
const SHORTEST_PASSWORD: usize = 12;

/// Why a console did not start. Each is one line for a person, with what to do.
#[derive(Debug, thiserror::Error)]
pub enum StartError {
    /// Another program has the port, or the address is not this machine's: that of the app or that for engines.
    #[error("cannot listen on {address}: {error}{hint}")]
    Listen {
        /// The address that was asked for.
        address: SocketAddr,
        /// The operating system's reason.
        error: io::Error,
        /// What to do, as the end of the sentence.
        hint: String,
    },
    /// Passwords would go over the network in the clear.
    #[error("{0} can be reached from other machines: give --tls-cert and --tls-key, or --behind-proxy")]
    Unprotected(SocketAddr),
    /// The data directory can't be made or written to.
    #[error("cannot write to the data directory {}: {error}; {}", path.display(), room(error))]
    DataDirectory {
        /// The directory.
        path: PathBuf,
        /// The operating system's reason.
        error: io::Error,
    },
    /// Others than its owner may change the data directory, or read what is secret in it.
    #[error("{} can be {} by others (mode {mode:03o}): it holds secrets, so make it yours alone (chmod {} {})",
        path.display(), if path.is_dir() { "changed" } else { "read or changed" },
        if path.is_dir() { "700" } else { "600" }, path.display())]
    Loose {
        /// The directory or the file.
        path: PathBuf,
        /// Its mode.
        mode: u32,
    },
    /// The administrator's password is no good one. A generated one always is.
    #[error(
        "the password in {} {reason}: put another one there, or delete the file to have one made", path.display()
    )]
    Password {
        /// The file.
        path: PathBuf,
        /// What is wrong with it, as the middle of the sentence.
        reason: &'static str,
    },
    /// The file of the security log can't be opened.
    #[error("cannot write the security log {}: {error}; give another --audit-log", path.display())]
    AuditLog {
        /// The file.
        path: PathBuf,
        /// The operating system's reason.
        error: io::Error,
    },
    /// A file of passwords can't be read or written.
    #[error("cannot read or write {}: {error}; give another --admin-password-file or --data-dir", path.display())]
    PasswordFile {
        /// The file.
        path: PathBuf,
        /// The operating system's reason.
        error: io::Error,
    },
    /// Another console uses the data directory.
    #[error("the data directory {} is in use by another console: stop it, or use another --data-dir", .0.display())]
    InUse(PathBuf),
    /// The database can't be opened or filled.
    #[error("the database {}: {reason}", path.display())]
    Database {
        /// The file.
        path: PathBuf,
        /// What SQLite says, and what to do.
        reason: String,
    },
    /// The app's files are not there.
    #[error("no app in {}: build it first (cargo xtask build), or give another --app-dir", .0.display())]
    NoApp(PathBuf),
    /// The public path has not the form `/x/`.
    #[error(
        "the public path {0:?} can't be used: give one like /x/ or /x/y/, of letters, digits, - . _ and ~, that is not \
         the API's"
    )]
    PublicPath(String),
    /// Certificate or key can't be used.
    #[error("TLS: {0}")]
    Tls(String),
    /// The operating system failed in another way.
    #[error("{0}")]
    Other(#[from] io::Error),
}

impl StartError {
    fn database(path: &Path, error: &DbError) -> Self {
        Self::Database { path: path.to_path_buf(), reason: format!("{error}{}", error.hint()) }
    }
}

/// A console that runs until it is told to stop. Dropping it does not stop it.
pub struct Running {
    address: SocketAddr,
    engine_listener: SocketAddr,
    tls: bool,
    admin_password_file: PathBuf,
    fingerprint: Fingerprint,
    console: Arc<Console>,
    stop: watch::Sender<bool>,
    serving: JoinHandle<()>,
    listening: JoinHandle<()>,
    persisting: JoinHandle<()>,
    /// Held while the console runs: a second one on the same data would spoil both.
    _lock: File,
}

impl Running {
    /// Where the console listens; the port is the real one also when any was asked for.
    pub fn address(&self) -> SocketAddr {
        self.address
    }

    /// Where engines dial; the port is the real one also when any was asked for.
    pub fn engine_listener(&self) -> SocketAddr {
        self.engine_listener
    }

    /// The console's address for a browser, with a slash at the end.
    pub fn url(&self) -> String {
        format!("{}://{}/", if self.tls { "https" } else { "http" }, self.address)
    }

    /// Where the administrator's password is told.
    pub fn admin_password_file(&self) -> &Path {
        &self.admin_password_file
    }

    /// The certificate that engines see.
    pub fn fingerprint(&self) -> Fingerprint {
        self.fingerprint
    }

    /// Waits until the console ends by itself, which it does only when it fails.
    ///
    /// # Errors
    /// Why it ended.
    pub async fn ended(&mut self) -> io::Result<()> {
        (&mut self.serving).await.map_err(io::Error::other)
    }

    /// Stops: no new requests, a few seconds for those under way, the engines' connections closed, contact times
    /// written.
    pub async fn shutdown(mut self) {
        self.console.audit.write(Entry::new("console-stopped"));
        let _ = self.stop.send(true);
        if !self.serving.is_finished() && tokio::time::timeout(GRACE, &mut self.serving).await.is_err() {
            self.serving.abort();
        }
        // Nobody new: it has ended, or is about to.
        let _ = self.listening.await;
        // In this order the last contact times are the fleet's last words.
        let _ = self.persisting.await;
        self.console.fleet.shutdown().await;
    }
}

/// Starts a console. When this returns, it can be reached.
///
/// # Errors
/// [`StartError`]: one line for a person.
pub async fn start(config: Config) -> Result<Running, StartError> {
    check(&config)?;
    let tls_config = match &config.tls {
        Some(files) => Some(tls::server_config(&files.certificate, &files.key).map_err(StartError::Tls)?),
        None => None,
    };
    let audit = Audit::open(config.audit_log.as_deref()).map_err(|error| {
        let path = config.audit_log.clone().unwrap_or_default();
        StartError::AuditLog { path, error }
    })?;
    // The port first: a console that runs already is the likeliest reason to stop here.
    let listener = listen(config.listen, "--listen").await?;
    let address = listener.local_addr()?;
    let engines = listen(config.engine_listener, "--engine-listener").await?;
    let engine_listener = engines.local_addr()?;
    let (prepared, config) =
        tokio::task::spawn_blocking(move || prepare(&config).map(|prepared| (prepared, config)))
            .await
            .map_err(io::Error::other)??;
    let Prepared { lock, db, identity, serial, rows } = prepared;
    let host = Host::of_this_machine();
    let fingerprint = identity.fingerprint();

    let (fleet, events) = Fleet::start(
        FleetConfig {
            identity: identity.clone(),
            console_name: host.name.clone(),
            console_address: console_address(engine_listener),
            listener_port: engine_listener.port(),
            networks: config.engine_networks.clone(),
            product_version: config.versions.product.clone(),
            content_version: config.versions.content.clone(),
        },
        rows.iter().filter(|row| row.kind.is_dialled()).cloned().map(persist::target).collect(),
    );
    report_networks(&config, &fleet, &rows);

    let console = Arc::new(Console {
        auth: Arc::new(Authenticator::new(db.clone())?),
        db,
        fleet,
        sessions: Sessions::default(),
        secrets: Secrets::new(config.shared_secret_lifetime.min(Duration::from_secs(60 * 60))),
        guesses: SlowDown::default(),
        moves: Mutex::new(()),
        versions: config.versions.clone(),
        serial,
        host,
        listen: address,
        engine_listener,
        fingerprint,
        tls: tls_config.is_some(),
        names: config.hosts.clone(),
        proxies: if config.behind_proxy { config.trusted_proxies.clone() } else { Vec::new() },
        audit,
        maintenance: config.maintenance,
        data_calls: config.data_calls,
        quirks: config.quirks,
        time_per_row: config.time_per_row,
        reports: AtomicU32::new(0),
    });
    let (stop, stopped) = watch::channel(false);
    let persisting = tokio::spawn(persist::run(
        Arc::clone(&console),
        events,
        config.contacts_every,
        until(stopped.clone()),
    ));
    let listening =
        tokio::spawn(engine_listener::serve(engines, identity, Arc::clone(&console), until(stopped.clone())));
    let app = router(&console, &config);
    let limits = Limits::new(console.proxies.clone());
    let serving =
        tokio::spawn(serve(listener, tls_config.map(TlsAcceptor::from), app, limits, until(stopped)));
    let started = Entry::new("console-started").with("version", env!("CARGO_PKG_VERSION"));
    console.audit.write(started.with("listen", address.to_string()));
    Ok(Running {
        address,
        engine_listener,
        tls: console.tls,
        admin_password_file: config.admin_password_path(),
        fingerprint,
        console,
        stop,
        serving,
        listening,
        persisting,
        _lock: lock,
    })
}

fn router(console: &Arc<Console>, config: &Config) -> Router {
    let routes = api::router(console).merge(static_files::router(
        console,
        config.app_dir.as_deref(),
        &config.public_path,
    ));
    Router::new()
        .fallback_service(MapRequest::new(routes, api::without_last_slash))
        .layer(middleware::from_fn_with_state(Arc::clone(console), hosts::check))
        .layer(middleware::from_fn_with_state(Arc::clone(console), security::headers))
}

async fn until(mut stopped: watch::Receiver<bool>) {
    // An error means that nobody is left who could say it: that is the end as well.
    let _ = stopped.wait_for(|stop| *stop).await;
}

/// What can be said without touching anything.
fn check(config: &Config) -> Result<(), StartError> {
    if !config.listen.ip().is_loopback() && config.tls.is_none() && !config.behind_proxy {
        return Err(StartError::Unprotected(config.listen));
    }
    if !is_public_path(&config.public_path) {
        return Err(StartError::PublicPath(config.public_path.clone()));
    }
    match &config.app_dir {
        Some(directory) if !directory.join("index.html").is_file() => {
            Err(StartError::NoApp(directory.clone()))
        }
        _ => Ok(()),
    }
}

/// Whether the app can be at this path: segments between single slashes, and none of the paths that the API has.
fn is_public_path(path: &str) -> bool {
    if path == "/" {
        return true;
    }
    let Some(inside) = path.strip_prefix('/').and_then(|rest| rest.strip_suffix('/')) else { return false };
    let is_segment = |segment: &str| {
        !matches!(segment, "" | "." | "..")
            && segment.bytes().all(|byte| byte.is_ascii_alphanumeric() || b"-._~".contains(&byte))
    };
    !matches!(inside.split('/').next(), Some("api" | "data")) && inside.split('/').all(is_segment)
}

/// What to do about a data directory that can't be written to.
fn room(error: &io::Error) -> &'static str {
    match error.kind() {
        io::ErrorKind::StorageFull | io::ErrorKind::QuotaExceeded | io::ErrorKind::FileTooLarge => {
            "make room there, or give another --data-dir"
        }
        _ => "give another --data-dir",
    }
}

/// `option`: what to give to have another address.
async fn listen(address: SocketAddr, option: &str) -> Result<TcpListener, StartError> {
    TcpListener::bind(address).await.map_err(|error| {
        let hint = match error.kind() {
            io::ErrorKind::AddrInUse => format!("; stop the program that uses it, or give another {option}"),
            io::ErrorKind::PermissionDenied => {
                format!("; ports below 1024 need more rights: give another {option}")
            }
            io::ErrorKind::AddrNotAvailable => {
                format!("; it is not an address of this machine: give another {option}")
            }
            _ => String::new(),
        };
        StartError::Listen { address, error, hint }
    })
}

/// What engines write down as this console's address; empty: the one that they see.
fn console_address(engine_listener: SocketAddr) -> String {
    if engine_listener.ip().is_unspecified() { String::new() } else { engine_listener.ip().to_string() }
}

fn report_networks(config: &Config, fleet: &Fleet, rows: &[EngineRow]) {
    let dials = Direction::EngineToConsole.as_str();
    let dialled: Vec<&EngineRow> =
        rows.iter().filter(|row| row.kind.is_dialled() && row.direction != dials).collect();
    let networks: Vec<String> = config.engine_networks.iter().map(ToString::to_string).collect();
    let networks = networks.join(", ");
    let outside = dialled.iter().filter(|row| fleet.inside(&row.address) == Some(false)).count();
    tracing::info!(
        "{} engines to contact, {outside} outside {networks}: these are left alone and keep their stored status",
        dialled.len(),
    );
    let names: Vec<String> = dialled
        .iter()
        .filter(|row| fleet.inside(&row.address).is_none())
        .map(|row| row.address.clone())
        .collect();
    if names.is_empty() {
        return;
    }
    // The name service may take long: nobody waits for it.
    let fleet = fleet.clone();
    tokio::spawn(async move {
        let all = names.len();
        let lookups = stream::iter(names).map(|name| {
            let fleet = fleet.clone();
            async move { fleet.reachable(&name).await }
        });
        let outside = lookups.buffer_unordered(LOOKUPS).filter(|inside| ready(!inside)).count().await;
        tracing::info!(
            "{all} of them have host names, {outside} of which resolve to no address in {networks}: likewise"
        );
    });
}

/// What is there before the first request.
struct Prepared {
    lock: File,
    db: Database,
    identity: Identity,
    serial: String,
    rows: Vec<EngineRow>,
}

fn prepare(config: &Config) -> Result<Prepared, StartError> {
    let directory = &config.data_dir;
    let unwritable = |error| StartError::DataDirectory { path: directory.clone(), error };
    fs::DirBuilder::new().recursive(true).mode(0o700).create(directory).map_err(unwritable)?;
    // Who may change the directory may put other files into it, whatever the modes of those that are there.
    not_loose(directory, 0o022).map_err(unwritable)??;
    for secret in ["console.db", "identity.key"] {
        not_loose(&directory.join(secret), 0o077).map_err(unwritable)??;
    }
    let lock = File::options()
        .create(true)
        .truncate(false)
        .write(true)
        .open(directory.join("lock"))
        .map_err(unwritable)?;
    match lock.try_lock() {
        Ok(()) => {}
        Err(TryLockError::WouldBlock) => return Err(StartError::InUse(directory.clone())),
        Err(TryLockError::Error(error)) => return Err(unwritable(error)),
    }
    let identity = Identity::load_or_create(directory, "Security Console").map_err(unwritable)?;

    let path = directory.join("console.db");
    // Password hashes and two-factor secrets are in it. SQLite gives its other files the same mode.
    File::options().create(true).append(true).mode(0o600).open(&path).map_err(unwritable)?;
    let broken = |error: DbError| StartError::database(&path, &error);
    let db = Database::open(&path).map_err(broken)?;
    let seeded = seed::fill(&db, config.seed).map_err(broken)?;
    if seeded.demo_users {
        write_demo_users(&db, directory, &path)?;
    }
    set_administrator(&db, &config.admin_password_path(), &path)?;
    let serial = db.write_blocking(serial).map_err(broken)?;
    let rows = db.write_blocking(engines::all).map_err(broken)?;
    Ok(Prepared { lock, db, identity, serial, rows })
}

/// The console's serial number: forty upper-case hexadecimal digits, made once.
fn serial(tx: &rusqlite::Transaction<'_>) -> Result<String, DbError> {
    if let Some(serial) = db::meta(tx, "serial")? {
        return Ok(serial);
    }
    let mut bytes = [0_u8; 20];
    getrandom::fill(&mut bytes).map_err(|_| DbError::Ended)?;
    let serial = hex::encode_upper(bytes);
    db::set_meta(tx, "serial", &serial)?;
    Ok(serial)
}

/// The password file is what counts: its password is made at the first start, and who changes the file and starts
/// again has changed the password.
fn set_administrator(db: &Database, file: &Path, database: &Path) -> Result<(), StartError> {
    let unwritable = |error| StartError::PasswordFile { path: file.to_path_buf(), error };
    let broken = |error: DbError| StartError::database(database, &error);
    let told = match fs::read_to_string(file) {
        Ok(text) => Some(text.lines().next().unwrap_or_default().trim().to_owned()),
        Err(error) if error.kind() == io::ErrorKind::NotFound => None,
        Err(error) => return Err(unwritable(error)),
    };
    let password = match told.filter(|password| !password.is_empty()) {
        Some(password) => {
            let weak = |reason| StartError::Password { path: file.to_path_buf(), reason };
            if password.chars().count() < SHORTEST_PASSWORD {
                return Err(weak("has fewer than 12 characters"));
            }
            if password.len() > LONGEST_PASSWORD {
                return Err(weak("has more than 1,024 bytes"));
            }
            let known = db.write_blocking(|tx| users::find(tx, ADMINISTRATOR)).map_err(broken)?;
            if known.is_some_and(|user| password::Scratch::default().verify(&password, &user.password_hash)) {
                return Ok(());
            }
            zeroize::Zeroizing::new(password)
        }
        None => {
            let password = password::generate()?;
            // First the file: a database whose password nobody knows would be worse than a file without use.
            password::write_private(file, &format!("{}\n", *password)).map_err(unwritable)?;
            password
        }
    };
    let user = UserRow {
        password_hash: password::hash(&password)?,
        role: Role::GlobalAdministrator,
        totp_secret: None,
    };
    db.write_blocking(|tx| users::put(tx, ADMINISTRATOR, &user)).map_err(broken)?;
    tracing::info!("the password of {ADMINISTRATOR} is in {}", file.display());
    Ok(())
}

/// Refuses a directory or a file with any of the mode's bits in `loose`. One that is not there is fine.
fn not_loose(path: &Path, loose: u32) -> io::Result<Result<(), StartError>> {
    let mode = match fs::metadata(path) {
        Ok(found) => found.permissions().mode() & 0o777,
        Err(error) if error.kind() == io::ErrorKind::NotFound => 0,
        Err(error) => return Err(error),
    };
    Ok(if mode & loose == 0 { Ok(()) } else { Err(StartError::Loose { path: path.to_path_buf(), mode }) })
}

/// The demo's other users: one without Global Administrator, one with two-factor tokens.
fn write_demo_users(db: &Database, directory: &Path, database: &Path) -> Result<(), StartError> {
    let mut lines = String::new();
    let mut rows = Vec::new();
    for (name, two_factor) in [("operator", false), ("twofactor", true)] {
        let password = password::generate()?;
        let totp_secret = if two_factor { Some(crate::auth::new_totp_secret()?) } else { None };
        lines.push_str(&format!("{name}\t{}\t{}\n", *password, totp_secret.as_deref().unwrap_or_default()));
        let role = if two_factor { Role::GlobalAdministrator } else { Role::SecurityManager };
        rows.push((name, UserRow { password_hash: password::hash(&password)?, role, totp_secret }));
    }
    let file = directory.join("demo-users");
    password::write_private(&file, &lines)
        .map_err(|error| StartError::PasswordFile { path: file.clone(), error })?;
    db.write_blocking(|tx| rows.iter().try_for_each(|(name, user)| users::put(tx, name, user)))
        .map_err(|error| StartError::database(database, &error))?;
    tracing::info!("the demo's other users are in {}", file.display());
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::is_public_path;

    #[test]
    fn the_app_can_be_at_any_plain_path_that_is_not_the_apis() {
        for good in ["/", "/x/", "/security/console/", "/engine-console_2.0~/", "/apis/"] {
            assert!(is_public_path(good), "{good}");
        }
        for bad in
            ["", "x", "/x", "x/", "//", "/x//", "/../", "/./", "/api/", "/api/3/", "/data/", "/a b/", "/ä/"]
        {
            assert!(!is_public_path(bad), "{bad}");
        }
    }
}
