//! Which addresses the console may contact.

use std::collections::HashMap;
use std::net::{IpAddr, Ipv4Addr, Ipv6Addr, SocketAddr};
use std::sync::{Mutex, PoisonError, mpsc};
use std::thread;
use std::time::{Duration, Instant};

use ipnet::IpNet;
use tokio::runtime::{Handle, RuntimeFlavor};

/// The hosted engines of the real product (console-facts §5). They are not paired, and never contacted from here.
const HOSTED: &str = "nse.extranet.rapid7.com";
/// How long an answer of the name service counts.
const NAME_KEPT: Duration = Duration::from_secs(30);
/// How long the name service may take when somebody waits for the answer.
const NAME_TIMEOUT: Duration = Duration::from_secs(1);
/// How many names are kept; far more than there are in use.
const NAMES: usize = 1000;

/// What an engine's address is, as far as can be said without asking anybody.
#[derive(Debug, Clone, PartialEq, Eq)]
enum Place {
    Ip(IpAddr),
    Name,
    Hosted,
}

/// Why there is nothing to dial.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum NoAddress {
    /// Outside of the networks, or a name that may well lead there.
    Outside,
    /// The name has no address now; why.
    NoName(String),
}

/// The networks, and what the name service said lately.
#[derive(Debug)]
pub(super) struct Networks {
    networks: Vec<IpNet>,
    names: Mutex<HashMap<String, (Instant, bool)>>,
}

impl Networks {
    pub(super) fn new(networks: Vec<IpNet>) -> Self {
        Self { networks, names: Mutex::new(HashMap::new()) }
    }

    fn contain(&self, ip: IpAddr) -> bool {
        let ip = ip.to_canonical();
        self.networks.iter().any(|network| network.contains(&ip))
    }

    /// Whether every address is inside, so that a name can't lead outside.
    fn everywhere(&self) -> bool {
        self.networks.iter().any(|network| network.prefix_len() == 0)
    }

    /// Whether the address is inside; `None` for a name, for which the name service has to be asked.
    pub(super) fn known(&self, address: &str) -> Option<bool> {
        match place(address) {
            Place::Ip(ip) => Some(self.contain(ip)),
            Place::Hosted => Some(false),
            Place::Name => None,
        }
    }

    /// Whether the address is inside. For a host name the name service is asked, which takes a second at most; the
    /// answer is kept for half a minute.
    pub(super) fn reachable(&self, address: &str) -> bool {
        if let Some(known) = self.known(address) {
            return known;
        }
        if is_localhost(address) {
            return self.contain(Ipv4Addr::LOCALHOST.into()) || self.contain(Ipv6Addr::LOCALHOST.into());
        }
        let mut names = self.names.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some((asked, inside)) = names.get(address)
            && asked.elapsed() < NAME_KEPT
        {
            return *inside;
        }
        drop(names);
        let found = resolve_blocking(address);
        let inside = found.into_iter().any(|ip| self.contain(ip)) || self.everywhere();
        names = self.names.lock().unwrap_or_else(PoisonError::into_inner);
        if names.len() >= NAMES {
            names.clear();
        }
        names.insert(address.to_owned(), (Instant::now(), inside));
        inside
    }

    /// What to dial. A name is resolved each time and only its addresses inside the networks count, so that a name
    /// that changes its mind leads nowhere else.
    pub(super) async fn addresses(&self, address: &str, port: u16) -> Result<Vec<SocketAddr>, NoAddress> {
        let found: Vec<SocketAddr> = match place(address) {
            Place::Ip(ip) => vec![SocketAddr::new(ip, port)],
            Place::Hosted => return Err(NoAddress::Outside),
            Place::Name => match tokio::net::lookup_host((address, port)).await {
                Ok(found) => found.collect(),
                Err(error) if self.everywhere() => return Err(NoAddress::NoName(error.to_string())),
                Err(_) => return Err(NoAddress::Outside),
            },
        };
        let mut inside: Vec<_> = found.into_iter().filter(|address| self.contain(address.ip())).collect();
        inside.dedup();
        if inside.is_empty() { Err(NoAddress::Outside) } else { Ok(inside) }
    }
}

fn is_localhost(address: &str) -> bool {
    address.eq_ignore_ascii_case("localhost")
}

fn place(address: &str) -> Place {
    if let Ok(ip) = address.trim_start_matches('[').trim_end_matches(']').parse() {
        Place::Ip(ip)
    } else if address.eq_ignore_ascii_case(HOSTED) {
        Place::Hosted
    } else {
        Place::Name
    }
}

/// The addresses of a name, from a thread that nobody waits for longer than [`NAME_TIMEOUT`].
fn resolve_blocking(name: &str) -> Vec<IpAddr> {
    let (sender, receiver) = mpsc::channel();
    let query = (name.to_owned(), 0_u16);
    thread::spawn(move || {
        let found = std::net::ToSocketAddrs::to_socket_addrs(&query);
        let found: Vec<IpAddr> = found.into_iter().flatten().map(|address| address.ip()).collect();
        // The one who asked may have given up.
        drop(sender.send(found));
    });
    let wait = move || receiver.recv_timeout(NAME_TIMEOUT).unwrap_or_default();
    match Handle::try_current() {
        Ok(runtime) if runtime.runtime_flavor() == RuntimeFlavor::MultiThread => {
            tokio::task::block_in_place(wait)
        }
        _ => wait(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn networks(text: &[&str]) -> Networks {
        Networks::new(text.iter().map(|network| network.parse().unwrap()).collect())
    }

    #[test]
    fn an_address_is_reachable_inside_the_networks_only() {
        let networks = networks(&["127.0.0.0/8", "10.1.0.0/16", "::1/128"]);
        for inside in ["127.0.1.7", "10.1.2.3", "::1", "[::1]", "::ffff:10.1.2.3", "localhost", "LOCALHOST"] {
            assert!(networks.reachable(inside), "{inside}");
        }
        for outside in ["192.0.2.1", "10.2.0.1", "0.0.0.0", "::", "2001:db8::1", HOSTED, "name.invalid", ""] {
            assert!(!networks.reachable(outside), "{outside}");
        }
    }

    #[tokio::test]
    async fn a_name_is_dialled_at_its_addresses_inside_the_networks() {
        let loopback = networks(&["127.0.0.0/8"]);
        assert_eq!(
            loopback.addresses("localhost", 40814).await,
            Ok(vec![SocketAddr::from(([127, 0, 0, 1], 40814))])
        );
        assert_eq!(networks(&["10.0.0.0/8"]).addresses("localhost", 1).await, Err(NoAddress::Outside));
        assert_eq!(loopback.addresses("192.0.2.1", 1).await, Err(NoAddress::Outside));
        assert_eq!(loopback.addresses("name.invalid", 1).await, Err(NoAddress::Outside));
    }

    #[tokio::test]
    async fn a_name_without_address_is_said_to_be_one_where_every_network_is_allowed() {
        let everywhere = networks(&["0.0.0.0/0"]);
        assert!(matches!(everywhere.addresses("name.invalid", 1).await, Err(NoAddress::NoName(_))));
        assert!(everywhere.reachable("name.invalid"));
        assert!(!everywhere.reachable(HOSTED));
    }
}
