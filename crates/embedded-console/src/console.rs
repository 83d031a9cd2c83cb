//! What every request works with.

use std::fs;
use std::net::{IpAddr, SocketAddr};

use axum::extract::ConnectInfo;
use engine_link::Fingerprint;
use http::request::Parts;
use tokio::sync::Mutex;

use crate::api::Secrets;
use crate::auth::Authenticator;
use crate::auth::session::Sessions;
use crate::auth::slow::SlowDown;
use crate::config::{DataCalls, Dialect, Versions};
use crate::db::Database;
use crate::fleet::Fleet;
use crate::tls::Peer;

/// The parts of a running console, shared by all requests.
pub(crate) struct Console {
    pub(crate) db: Database,
    pub(crate) fleet: Fleet,
    pub(crate) auth: Authenticator,
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
    pub(crate) behind_proxy: bool,
    pub(crate) maintenance: bool,
    pub(crate) data_calls: DataCalls,
    pub(crate) dialect: Dialect,
}

impl Console {
    /// Who sends a request: the address that sign-ins are slowed down by. Behind a proxy it is what the proxy added
    /// last to `X-Forwarded-For`; what stands before that may be invented.
    pub(crate) fn peer(&self, parts: &Parts) -> IpAddr {
        let direct = parts
            .extensions
            .get::<ConnectInfo<Peer>>()
            .map_or(IpAddr::from([0, 0, 0, 0]), |ConnectInfo(peer)| peer.0.ip());
        if !self.behind_proxy {
            return direct;
        }
        parts
            .headers
            .get_all("x-forwarded-for")
            .iter()
            .next_back()
            .and_then(|value| value.to_str().ok())
            .and_then(|value| value.rsplit(',').next())
            .and_then(|address| address.trim().parse().ok())
            .unwrap_or(direct)
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
