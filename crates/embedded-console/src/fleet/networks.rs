//! Which addresses the console may contact.

use std::io;
use std::net::{IpAddr, SocketAddr};
use std::time::Duration;

use ipnet::IpNet;
use tokio::sync::Semaphore;
use tokio::time::timeout;

/// The hosted engines of the real product (docs/api-quirks.md, "Special engines and pools"). They are not paired, and
/// never contacted from here.
const HOSTED: &str = "nse.extranet.rapid7.com";
/// How long the name service may take when someone waits for the answer.
const NAME_TIMEOUT: Duration = Duration::from_secs(1);
/// Names that are looked up at the same time. The database works on the same threads, of which there are 512: a name
/// service that is down must not take them all.
const LOOKUPS: usize = 64;

/// What an engine's address is, as far as can be said without asking anyone.
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

/// The networks, and the way to the name service.
#[derive(Debug)]
pub(super) struct Networks {
    networks: Vec<IpNet>,
    lookups: Semaphore,
}

impl Networks {
    pub(super) fn new(networks: Vec<IpNet>) -> Self {
        Self { networks, lookups: Semaphore::new(LOOKUPS) }
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

    /// Whether the address is inside. For a host name the name service is asked, which is given [`NAME_TIMEOUT`].
    pub(super) async fn reachable(&self, address: &str) -> bool {
        match self.known(address) {
            Some(known) => known,
            None => match timeout(NAME_TIMEOUT, self.addresses(address, 0)).await {
                Ok(found) => found != Err(NoAddress::Outside),
                Err(_) => self.everywhere(),
            },
        }
    }

    /// What to dial. A name is resolved each time and only its addresses inside the networks count, so that a name
    /// that changes its mind leads nowhere else.
    pub(super) async fn addresses(&self, address: &str, port: u16) -> Result<Vec<SocketAddr>, NoAddress> {
        let found: Vec<SocketAddr> = match place(address) {
            Place::Ip(ip) => vec![SocketAddr::new(ip, port)],
            Place::Hosted => return Err(NoAddress::Outside),
            Place::Name => match self.look_up(address, port).await {
                Ok(found) => found,
                Err(error) if self.everywhere() => return Err(NoAddress::NoName(error.to_string())),
                Err(_) => return Err(NoAddress::Outside),
            },
        };
        let mut inside: Vec<_> = found.into_iter().filter(|address| self.contain(address.ip())).collect();
        inside.dedup();
        if inside.is_empty() { Err(NoAddress::Outside) } else { Ok(inside) }
    }

    /// Asks the name service, which takes a thread as long as it takes to answer.
    async fn look_up(&self, name: &str, port: u16) -> io::Result<Vec<SocketAddr>> {
        // The semaphore is never closed: there is always a permit in the end.
        let _permit = self.lookups.acquire().await;
        Ok(tokio::net::lookup_host((name, port)).await?.collect())
    }
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

#[cfg(test)]
mod tests {
    use super::*;

    fn networks(text: &[&str]) -> Networks {
        Networks::new(text.iter().map(|network| network.parse().unwrap()).collect())
    }

    #[tokio::test]
    async fn an_address_is_reachable_inside_the_networks_only() {
        let networks = networks(&["127.0.0.0/8", "10.1.0.0/16", "::1/128"]);
        for inside in ["127.0.1.7", "10.1.2.3", "::1", "[::1]", "::ffff:10.1.2.3", "localhost", "LOCALHOST"] {
            assert!(networks.reachable(inside).await, "{inside}");
        }
        for outside in ["192.0.2.1", "10.2.0.1", "0.0.0.0", "::", "2001:db8::1", HOSTED, "name.invalid", ""] {
            assert!(!networks.reachable(outside).await, "{outside}");
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
        assert!(everywhere.reachable("name.invalid").await);
        assert!(!everywhere.reachable(HOSTED).await);
    }
}
