//! Where engines dial: those that are paired from their side, and those that want to be (docs/api-quirks.md, "Ports").
//!
//! Anyone who reaches the port can connect. So there is a bound on how many do at a time, on how many of these come
//! from one address, and on how long each may take to say what it wants. When there are too many, an older one gives way.

use std::collections::HashSet;
use std::io;
use std::net::IpAddr;
use std::pin::pin;
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use engine_link::{Identity, Limits, LinkError, Message, Place, Places, Standing, accept};
use tokio::net::{TcpListener, TcpStream};
use tokio::task::JoinSet;
use tokio::time::{sleep, timeout};

use crate::console::Console;
use crate::pairing;

/// Connections that nobody has taken yet: one that an engine of this console has taken over does not count. Strangers take
/// nothing from the engines that are paired; nobody is known and not trusted here.
const LIMITS: Limits =
    Limits { strangers: 128, strangers_of_address: 64, known: 0, known_of_address: 0, of_certificate: 4 };
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
    let shared = Arc::new(Shared { identity, console, places: Places::new(LIMITS), told: Mutex::default() });
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
        Some(self.places.take(peer))
    }

    /// Whether this is to be logged: what comes again and again is said once, and there is a bound on what may come.
    fn is_new(&self, what: &str) -> bool {
        let mut told = self.told.lock().unwrap_or_else(PoisonError::into_inner);
        told.len() < TOLD && told.insert(what.to_owned())
    }
}

async fn serve_one(shared: Arc<Shared>, stream: TcpStream, peer: IpAddr, place: Place) {
    tokio::select! {
        answered = answer(&shared, stream, peer, &place) => {
            if let Err(error) = answered {
                tracing::debug!(%peer, %error, "a connection to the engines' port failed");
            }
        }
        () = place.lost() => {
            if shared.is_new(&format!("full {peer}")) {
                tracing::warn!(%peer, "a connection to the engines' port was closed: there are too many, from there or in all");
            }
        }
    }
}

/// The first message says what the other side wants.
async fn answer(shared: &Shared, stream: TcpStream, peer: IpAddr, place: &Place) -> Result<(), LinkError> {
    let mut connection = accept(&shared.identity, stream, HANDSHAKE).await?;
    if shared.console.fleet.expects(connection.peer_fingerprint()) {
        place.stands(Standing::Trusted(connection.peer_fingerprint()));
    }
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
