//! Where engines dial: those that are paired from their side, and those that want to be (docs/api-quirks.md, "Ports").
//!
//! Anybody who reaches the port can connect. So there is a bound on how many do at a time, on how many of these come
//! from one address, and on how long each may take to say what it wants.

use std::collections::{HashMap, HashSet};
use std::io;
use std::net::IpAddr;
use std::pin::pin;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use engine_link::{Identity, LinkError, Message, accept};
use tokio::net::{TcpListener, TcpStream};
use tokio::task::JoinSet;
use tokio::time::{sleep, timeout};

use crate::console::Console;
use crate::pairing;

/// Connections that nobody has taken yet. One that an engine of this console has taken over does not count.
const PLACES: usize = 128;
/// How many of these one address may have: half, so that it can't keep out all others.
const PLACES_OF_ONE: usize = PLACES / 2;
/// How long TLS and the version handshake may take.
const HANDSHAKE: Duration = Duration::from_secs(3);
/// How long the first message may take after that.
const FIRST_MESSAGE: Duration = Duration::from_secs(3);
/// How long nothing is accepted when the operating system could not.
const PAUSE: Duration = Duration::from_millis(100);
/// How many different things are told once.
const TOLD: usize = 256;

/// Takes connections until `stop`. Dropping this ends those that nobody has taken yet.
pub(crate) async fn serve(
    listener: TcpListener,
    identity: Identity,
    console: Arc<Console>,
    stop: impl Future<Output = ()>,
) {
    let shared = Arc::new(Shared { identity, console, places: Arc::default(), told: Mutex::default() });
    let mut connections = JoinSet::new();
    let mut stop = pin!(stop);
    loop {
        let accepted = tokio::select! {
            accepted = listener.accept() => accepted,
            Some(_) = connections.join_next() => continue,
            () = &mut stop => return,
        };
        match accepted {
            Ok((stream, peer)) => {
                let peer = peer.ip().to_canonical();
                if let Some(place) = shared.admit(peer) {
                    connections.spawn(serve_one(Arc::clone(&shared), stream, peer, place));
                }
            }
            // No descriptors left, for instance: others have to end first.
            Err(error) => {
                tracing::warn!(%error, "connections of engines could not be accepted");
                sleep(PAUSE).await;
            }
        }
    }
}

struct Shared {
    identity: Identity,
    console: Arc<Console>,
    places: Arc<Places>,
    told: Mutex<HashSet<String>>,
}

impl Shared {
    /// A place for a connection from there, if it may have one.
    fn admit(&self, peer: IpAddr) -> Option<Place> {
        if self.console.fleet.inside(&peer.to_string()) != Some(true) {
            if self.is_new(&peer.to_string()) {
                tracing::warn!(
                    %peer,
                    "a connection from outside of the engines' networks was closed: --engine-network allows more"
                );
            }
            return None;
        }
        let place = Places::take(&self.places, peer);
        if place.is_none() && self.is_new(&format!("full {peer}")) {
            tracing::warn!(
                %peer,
                "a connection was closed, because {PLACES} of engines, or {PLACES_OF_ONE} from this address, are under way"
            );
        }
        place
    }

    /// Whether this is to be logged: what comes again and again is said once, and there is a bound on what may come.
    fn is_new(&self, what: &str) -> bool {
        let mut told = self.told.lock().unwrap_or_else(PoisonError::into_inner);
        told.len() < TOLD && told.insert(what.to_owned())
    }
}

async fn serve_one(shared: Arc<Shared>, stream: TcpStream, peer: IpAddr, _place: Place) {
    if let Err(error) = answer(&shared, stream, peer).await {
        tracing::debug!(%peer, %error, "a connection to the engines' port came to nothing");
    }
}

/// The first message says what the other side wants.
async fn answer(shared: &Shared, stream: TcpStream, peer: IpAddr) -> Result<(), LinkError> {
    let mut connection = accept(&shared.identity, stream, HANDSHAKE).await?;
    let first =
        timeout(FIRST_MESSAGE, connection.recv()).await.map_err(|_| LinkError::Timeout(FIRST_MESSAGE))??;
    match first {
        Message::EngineHello(hello) => {
            let key = connection.peer_fingerprint();
            if let Err(reason) = shared.console.fleet.connected(connection).await
                && shared.is_new(&format!("{key} {reason}"))
            {
                tracing::info!(%peer, engine = %hello.name, certificate = %key, "an engine was refused: {reason}");
            }
            Ok(())
        }
        Message::PairRequest { name, port, nonce } => {
            pairing::pair(&shared.console, connection, name, port, nonce).await.map_err(|error| match error {
                engine_link::PairError::Link(error) => error,
                error => LinkError::Io(io::Error::other(error)),
            })
        }
        _ => Err(LinkError::Unexpected),
    }
}

/// How many connections there are from where.
#[derive(Default)]
struct Places {
    taken: Mutex<Taken>,
}

#[derive(Default)]
struct Taken {
    all: usize,
    by_peer: HashMap<IpAddr, usize>,
}

/// One connection's place, until it is dropped.
struct Place {
    places: Arc<Places>,
    peer: IpAddr,
}

impl Places {
    fn take(places: &Arc<Self>, peer: IpAddr) -> Option<Place> {
        let mut taken = places.taken();
        let of_peer = taken.by_peer.get(&peer).copied().unwrap_or_default();
        if taken.all >= PLACES || of_peer >= PLACES_OF_ONE {
            return None;
        }
        taken.all += 1;
        taken.by_peer.insert(peer, of_peer + 1);
        Some(Place { places: Arc::clone(places), peer })
    }

    fn taken(&self) -> MutexGuard<'_, Taken> {
        self.taken.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Drop for Place {
    fn drop(&mut self) {
        let mut taken = self.places.taken();
        taken.all -= 1;
        if let Some(of_peer) = taken.by_peer.get_mut(&self.peer) {
            *of_peer -= 1;
            if *of_peer == 0 {
                taken.by_peer.remove(&self.peer);
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn peer(number: u8) -> IpAddr {
        IpAddr::from([10, 0, 0, number])
    }

    #[test]
    fn one_address_has_half_of_the_places_and_all_together_have_them_all() {
        let places = Arc::new(Places::default());
        let mut kept: Vec<Place> =
            (0..PLACES_OF_ONE).map(|_| Places::take(&places, peer(1)).unwrap()).collect();
        assert!(Places::take(&places, peer(1)).is_none());
        kept.extend((0..PLACES - PLACES_OF_ONE).map(|_| Places::take(&places, peer(2)).unwrap()));
        assert!(Places::take(&places, peer(3)).is_none());
        kept.pop();
        assert!(Places::take(&places, peer(3)).is_some());
        drop(kept);
        let taken = places.taken();
        assert_eq!((taken.all, taken.by_peer.len()), (0, 0), "nothing is left of them");
    }
}
