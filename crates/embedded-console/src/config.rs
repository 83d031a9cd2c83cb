//! How a console is started.

use std::fmt;
use std::net::{IpAddr, Ipv4Addr, Ipv6Addr, SocketAddr};
use std::path::PathBuf;
use std::str::FromStr;
use std::time::Duration;

use ipnet::{IpNet, Ipv4Net, Ipv6Net};

use crate::dialect::AWKWARD_TIME_PER_ROW;
pub use crate::dialect::{
    CONTENT_VERSION, DIFFERENCES, Dialect, Difference, PRODUCT_VERSION, Quirk, Quirks, Versions,
};

/// The port that a Security Console is reached at (docs/api-quirks.md, "Ports").
pub const CONSOLE_PORT: u16 = 3780;
/// The port that engines dial for reverse pairs (docs/api-quirks.md, "Ports").
pub const ENGINE_LISTENER_PORT: u16 = 40_815;
/// The port that engines listen on (docs/api-quirks.md, "Ports").
pub const ENGINE_PORT: u16 = 40_814;

/// Everything that can be chosen at the start. [`Config::new`] has the usual values.
#[derive(Debug, Clone)]
pub struct Config {
    /// Where the app and the API are served. Port 0 takes any free one. Another address than loopback needs `tls` or
    /// `behind_proxy`, because passwords would go over the network in the clear.
    pub listen: SocketAddr,
    /// Where engines dial for reverse pairs, with a secure connection of their own; it gets into their consoles.xml. Port 0
    /// takes any free one. Only engines inside `engine_networks` are answered.
    pub engine_listener: SocketAddr,
    /// Database, certificate and passwords. Made if it is not there.
    pub data_dir: PathBuf,
    /// The app's built files. None: no app is served, only the API.
    pub app_dir: Option<PathBuf>,
    /// Where the app is below the host; with a slash at both ends. The API is always at `/api/3`.
    pub public_path: String,
    /// Where the administrator's password is told; `admin-password` in the data directory unless given. A password
    /// that is in it already is used.
    pub admin_password_file: Option<PathBuf>,
    /// What an empty database is filled with.
    pub seed: Seed,
    /// Engines outside these networks are never contacted, and get no answer. Loopback unless given.
    pub engine_networks: Vec<IpNet>,
    /// 401 for every call, and a root page that says "maintenance" (docs/api-quirks.md, "Signing in").
    pub maintenance: bool,
    /// Certificate and key of the console's address.
    pub tls: Option<TlsFiles>,
    /// A proxy in front adds TLS, and tells about it in `X-Forwarded-For`, `-Host` and `-Proto`.
    pub behind_proxy: bool,
    /// Where that proxy may be. What others forward is not believed. Loopback unless given.
    pub trusted_proxies: Vec<IpNet>,
    /// Names that requests may be for, in small letters and without a port, besides those of loopback and the address that
    /// they came to. Others are answered with 421: the page of another site could have had its own name lead here.
    pub hosts: Vec<String>,
    /// A file that the security log is appended to, besides the standard error. Made with mode 0600 if it is not there.
    pub audit_log: Option<PathBuf>,
    /// How the calls of the console's own pages are answered.
    pub data_calls: DataCalls,
    /// In what the API's answers differ from a current console's. [`Config::speak`] sets those of a dialect, together with
    /// the versions that belong to it.
    pub quirks: Quirks,
    /// How long a page of sites or scans takes for each of its rows, as on a slow console (docs/api-quirks.md, "Reading").
    pub time_per_row: Duration,
    /// The versions that the console says it has, and that an update brings to engines.
    pub versions: Versions,
    /// How long a shared secret is valid; an hour at most (docs/api-quirks.md, "Shared secret").
    pub shared_secret_lifetime: Duration,
    /// How often the times of the engines' last contacts are written to the database. Not less than a minute, but for
    /// tests: every engine is in contact every second.
    pub contacts_every: Duration,
}

impl Config {
    /// A console on this machine with its data in `data_dir`: any free ports, no app, an empty database.
    pub fn new(data_dir: impl Into<PathBuf>) -> Self {
        Self {
            listen: SocketAddr::from((Ipv4Addr::LOCALHOST, 0)),
            engine_listener: SocketAddr::from((Ipv4Addr::LOCALHOST, 0)),
            data_dir: data_dir.into(),
            app_dir: None,
            public_path: "/".to_owned(),
            admin_password_file: None,
            seed: Seed::Empty,
            engine_networks: loopback(),
            maintenance: false,
            tls: None,
            behind_proxy: false,
            trusted_proxies: loopback(),
            hosts: Vec::new(),
            audit_log: None,
            data_calls: DataCalls::Basic,
            quirks: Quirks::default(),
            time_per_row: Duration::ZERO,
            versions: Versions::default(),
            shared_secret_lifetime: Duration::from_secs(60 * 60),
            contacts_every: Duration::from_secs(60),
        }
    }

    /// Makes it a console of another age, or an awkward one: its answers, and its versions.
    pub fn speak(&mut self, dialect: Dialect) {
        self.quirks = dialect.quirks();
        self.versions = dialect.versions();
        if dialect == Dialect::Awkward {
            self.data_calls = DataCalls::Cookie;
            self.time_per_row = AWKWARD_TIME_PER_ROW;
        }
    }

    /// Where the administrator's password is told.
    pub fn admin_password_path(&self) -> PathBuf {
        self.admin_password_file.clone().unwrap_or_else(|| self.data_dir.join("admin-password"))
    }
}

/// 127.0.0.0/8 and ::1/128: the networks that engines may be in unless others are given.
pub fn loopback() -> Vec<IpNet> {
    vec![
        IpNet::V4(Ipv4Net::new_assert(Ipv4Addr::new(127, 0, 0, 0), 8)),
        IpNet::V6(Ipv6Net::new_assert(Ipv6Addr::LOCALHOST, 128)),
    ]
}

/// Reads a network such as `10.0.0.0/8`. A single address is a network of its own.
///
/// # Errors
/// What is neither; the text is for a person.
pub fn parse_network(text: &str) -> Result<IpNet, String> {
    text.parse()
        .or_else(|_| text.parse::<IpAddr>().map(IpNet::from))
        .map_err(|_| format!("{text:?} is not a network: use an address and a prefix, such as 10.0.0.0/8"))
}

/// Reads a host name or an address, as browsers send it: without a port.
///
/// # Errors
/// What is neither; the text is for a person.
pub fn parse_host(text: &str) -> Result<String, String> {
    let name = text.strip_suffix('.').unwrap_or(text).to_ascii_lowercase();
    let bare = name.strip_prefix('[').and_then(|rest| rest.strip_suffix(']')).unwrap_or(&name);
    if let Ok(address) = bare.parse::<IpAddr>() {
        return Ok(address.to_string());
    }
    let is_name = (1..=253).contains(&name.len())
        && name.split('.').all(|label| {
            (1..=63).contains(&label.len())
                && label.bytes().all(|byte| byte.is_ascii_alphanumeric() || b"-_".contains(&byte))
        });
    if is_name {
        Ok(name)
    } else {
        Err(format!(
            "{text:?} is not a host: use a name or an address without a port, such as console.example"
        ))
    }
}

/// PEM files for TLS.
#[derive(Debug, Clone)]
pub struct TlsFiles {
    /// The certificate, followed by those that lead to its issuer.
    pub certificate: PathBuf,
    /// The certificate's key.
    pub key: PathBuf,
}

/// What an empty database is filled with. A database that holds anything is left as it is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Seed {
    /// Nothing but what every console has: the local engine, the Default Engine Pool and the administrator.
    Empty,
    /// A believable organisation, whose loopback engines are [`crate::seed::DEMO_FLEET`].
    Demo,
    /// Many engines and sites, made in bulk, in networks that are reserved for documentation.
    Large {
        /// How many engines, besides the local one; at most 1,000,000.
        engines: u32,
        /// How many sites; at most 10,000,000.
        sites: u32,
    },
}

impl FromStr for Seed {
    type Err = String;

    fn from_str(text: &str) -> Result<Self, String> {
        match text {
            "empty" => return Ok(Self::Empty),
            "demo" => return Ok(Self::Demo),
            _ => {}
        }
        let numbers = text.strip_prefix("large:").and_then(|rest| rest.split_once(','));
        let numbers = numbers.and_then(|(engines, sites)| Some((engines.parse().ok()?, sites.parse().ok()?)));
        match numbers {
            Some((engines, sites)) if engines <= 1_000_000 && sites <= 10_000_000 => {
                Ok(Self::Large { engines, sites })
            }
            Some(_) => Err("at most 1000000 engines and 10000000 sites can be made".to_owned()),
            None => Err("use demo, empty or large:ENGINES,SITES".to_owned()),
        }
    }
}

impl fmt::Display for Seed {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Empty => f.write_str("empty"),
            Self::Demo => f.write_str("demo"),
            Self::Large { engines, sites } => write!(f, "large:{engines},{sites}"),
        }
    }
}

/// How `/data` and `/api/2.1` answer: real consoles differ here (docs/api-quirks.md, "Beyond v3").
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub enum DataCalls {
    /// Basic credentials with a session header of forty zeros are taken, and a session is opened.
    #[default]
    Basic,
    /// The same, but the cookie of forty zeros must be there as well.
    Cookie,
    /// Everything is redirected to the sign-in page.
    Redirect,
    /// Everything is answered with the sign-in page itself, status 200.
    Page,
    /// Everything is answered with 401.
    Unauthorized,
}

impl FromStr for DataCalls {
    type Err = String;

    fn from_str(text: &str) -> Result<Self, String> {
        match text {
            "basic" => Ok(Self::Basic),
            "cookie" => Ok(Self::Cookie),
            "redirect" => Ok(Self::Redirect),
            "page" => Ok(Self::Page),
            "unauthorized" => Ok(Self::Unauthorized),
            _ => Err("use basic, cookie, redirect, page or unauthorized".to_owned()),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn seeds_are_read_as_they_are_written() {
        for text in ["empty", "demo", "large:10000,100000"] {
            assert_eq!(text.parse::<Seed>().unwrap().to_string(), text);
        }
        for wrong in ["", "big", "large", "large:1", "large:1,-1", "large:1000001,1"] {
            assert!(wrong.parse::<Seed>().is_err(), "{wrong}");
        }
    }

    #[test]
    fn a_host_is_read_without_case_and_nonsense_is_refused_in_words() {
        assert_eq!(parse_host("Console.Example.").unwrap(), "console.example");
        assert_eq!(parse_host("[2001:DB8::1]").unwrap(), "2001:db8::1");
        for wrong in ["", ".", "console.example:443", "https://console", "a b", "*.example"] {
            assert!(parse_host(wrong).unwrap_err().contains("is not a host"), "{wrong}");
        }
    }

    #[test]
    fn a_network_is_read_and_nonsense_is_refused_in_words() {
        assert_eq!(parse_network("10.0.0.0/8").unwrap().to_string(), "10.0.0.0/8");
        assert_eq!(parse_network("127.0.1.7").unwrap().to_string(), "127.0.1.7/32");
        assert!(parse_network("10.0.0.0/33").unwrap_err().contains("\"10.0.0.0/33\" is not a network"));
    }
}
