//! What every request works with.

use std::fs;
use std::net::{IpAddr, SocketAddr};
use std::sync::Arc;
use std::sync::atomic::AtomicU32;
use std::time::Duration;

use engine_link::Fingerprint;
use http::header::{HOST, USER_AGENT};
use http::request::Parts;
use ipnet::IpNet;
use tokio::sync::Mutex;

use crate::audit::Audit;
use crate::auth::session::Sessions;
use crate::auth::slow::SlowDown;
use crate::auth::{Authenticator, Peer};
use crate::config::DataCalls;
use crate::db::Database;
use crate::dialect::{Quirk, Quirks, Versions};
use crate::fleet::Fleet;
use crate::secrets::Secrets;
use crate::serve::Connection;

/// The parts of a running console, shared by all requests.
pub(crate) struct Console {
    pub(crate) db: Database,
    pub(crate) fleet: Fleet,
    pub(crate) auth: Arc<Authenticator>,
    pub(crate) sessions: Sessions,
    pub(crate) secrets: Secrets,
    /// Engines that had a wrong shared secret.
    pub(crate) guesses: SlowDown,
    /// Held while an engine's place changes in the database and in the fleet.
    pub(crate) moves: Mutex<()>,
    pub(crate) versions: Versions,
    pub(crate) serial: String,
    pub(crate) host: Host,
    pub(crate) listen: SocketAddr,
    /// Where engines dial.
    pub(crate) engine_listener: SocketAddr,
    /// The certificate that engines see.
    pub(crate) fingerprint: Fingerprint,
    pub(crate) tls: bool,
    /// Names, besides those of this machine's loopback, that requests may be for.
    pub(crate) names: Vec<String>,
    /// Where the proxy in front may be; none, if there is no proxy.
    pub(crate) proxies: Vec<IpNet>,
    pub(crate) audit: Audit,
    pub(crate) maintenance: bool,
    pub(crate) data_calls: DataCalls,
    pub(crate) quirks: Quirks,
    /// How long a page of a list takes for each of its rows.
    pub(crate) time_per_row: Duration,
    /// How often `version engines` was asked for, where its answers take turns.
    pub(crate) reports: AtomicU32,
}

/// A header that must be there once at most. None: it is not there, or it says two things.
fn single<'a>(parts: &'a Parts, name: &str) -> Option<&'a str> {
    let mut all = parts.headers.get_all(name).iter();
    all.next().filter(|_| all.next().is_none()).and_then(|value| value.to_str().ok())
}

impl Console {
    /// Whether this console differs from a current one in that.
    pub(crate) fn has(&self, quirk: Quirk) -> bool {
        self.quirks.has(quirk)
    }

    fn connected(parts: &Parts) -> IpAddr {
        let connection = parts.extensions.get::<Connection>();
        connection.map_or(IpAddr::from([0, 0, 0, 0]), |connection| connection.peer.ip().to_canonical())
    }

    fn is_proxy(&self, address: IpAddr) -> bool {
        self.proxies.iter().any(|network| network.contains(&address))
    }

    /// Whether a request comes from the proxy in front. From nobody else is believed what it forwards.
    pub(crate) fn is_forwarded(&self, parts: &Parts) -> bool {
        self.is_proxy(Self::connected(parts))
    }

    /// Where a request comes from. Behind proxies it is the last in `X-Forwarded-For` that is no proxy itself: each adds
    /// whom it sees at the end, and what stands before a stranger may be invented.
    pub(crate) fn address(&self, parts: &Parts) -> IpAddr {
        let mut address = Self::connected(parts);
        let forwarded = parts.headers.get_all("x-forwarded-for").iter().rev();
        let mut forwarded =
            forwarded.filter_map(|value| value.to_str().ok()).flat_map(|value| value.rsplit(','));
        while self.is_proxy(address)
            && let Some(before) = forwarded.next()
        {
            let before = before.trim();
            let parsed: Option<IpAddr> =
                before.parse().ok().or_else(|| before.parse().ok().map(|socket: SocketAddr| socket.ip()));
            let Some(before) = parsed else { break };
            address = before.to_canonical();
        }
        address
    }

    /// Who sends a request: whose sign-ins count together.
    pub(crate) fn peer(&self, parts: &Parts) -> Peer {
        let agent = parts.headers.get(USER_AGENT).map(http::HeaderValue::as_bytes).unwrap_or_default();
        // A proxy sends the requests of many on one connection.
        let connection = parts.extensions.get::<Connection>().filter(|_| !self.is_forwarded(parts));
        Peer::new(self.address(parts), agent, connection.map(Connection::id))
    }

    /// Whether the client's side of the request is encrypted.
    pub(crate) fn is_https(&self, parts: &Parts) -> bool {
        match single(parts, "x-forwarded-proto").filter(|_| self.is_forwarded(parts)) {
            Some(forwarded) if forwarded.eq_ignore_ascii_case("https") => true,
            Some(forwarded) if forwarded.eq_ignore_ascii_case("http") => false,
            _ => self.tls,
        }
    }

    /// Host and port as the client sees them.
    pub(crate) fn host<'a>(&self, parts: &'a Parts) -> Option<&'a str> {
        let forwarded = single(parts, "x-forwarded-host").filter(|_| self.is_forwarded(parts));
        forwarded.or_else(|| single(parts, HOST.as_str()))
    }
}

/// The machine that the console runs on, as far as it tells.
#[derive(Debug, Clone)]
pub(crate) struct Host {
    pub(crate) name: String,
    pub(crate) operating_system: Option<String>,
    /// As the console writes it: `Linux64`.
    pub(crate) platform: String,
    pub(crate) user: Option<String>,
    pub(crate) superuser: Option<bool>,
    pub(crate) processors: Option<usize>,
}

impl Host {
    /// Asks the operating system.
    pub(crate) fn of_this_machine() -> Self {
        let file = |path: &str| fs::read_to_string(path).ok();
        let name = file("/proc/sys/kernel/hostname")
            .map(|name| name.trim().to_owned())
            .filter(|name| !name.is_empty())
            .unwrap_or_else(|| "localhost".to_owned());
        let operating_system = file("/etc/os-release").and_then(|text| {
            let line = text.lines().find_map(|line| line.strip_prefix("PRETTY_NAME="))?;
            Some(line.trim_matches('"').to_owned())
        });
        // The second number of the line is the effective user.
        let uid: Option<u32> = file("/proc/self/status").and_then(|text| {
            text.lines().find_map(|line| line.strip_prefix("Uid:"))?.split_whitespace().nth(1)?.parse().ok()
        });
        let user = uid.and_then(|uid| {
            file("/etc/passwd")?.lines().find_map(|line| {
                let mut fields = line.split(':');
                let name = fields.next()?;
                (fields.nth(1)?.parse() == Ok(uid)).then(|| name.to_owned())
            })
        });
        let system = match std::env::consts::OS {
            "linux" => "Linux",
            "windows" => "Windows",
            "macos" => "macOS",
            other => other,
        };
        Self {
            name,
            operating_system,
            platform: format!("{system}{}", usize::BITS),
            user,
            superuser: uid.map(|uid| uid == 0),
            processors: std::thread::available_parallelism().ok().map(usize::from),
        }
    }

    /// Free and whole memory in bytes, at this moment.
    pub(crate) fn memory() -> Option<(u64, u64)> {
        let text = fs::read_to_string("/proc/meminfo").ok()?;
        let kibibytes = |key: &str| -> Option<u64> {
            let line = text.lines().find_map(|line| line.strip_prefix(key))?;
            line.split_whitespace().next()?.parse().ok()
        };
        Some((kibibytes("MemAvailable:")? * 1024, kibibytes("MemTotal:")? * 1024))
    }
}
