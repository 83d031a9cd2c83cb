//! The consoles that this engine dials (`connectTo="1"`): a task for each keeps a connection with it.

use std::collections::HashMap;
use std::net::{IpAddr, SocketAddr};
use std::sync::Arc;
use std::time::Duration;

use engine_link::{Connection, Fingerprint, LinkError, Timeouts, dial_from};
use tokio::net::lookup_host;
use tokio::task::{Id, JoinSet};
use tokio::time::{Instant, sleep, timeout};

use crate::address::ConsoleAddress;
use crate::links::LinkState;
use crate::log::Kind;
use crate::registry::Target;
use crate::session::{self, Origin};
use crate::shared::Shared;

/// The first pause between two attempts; each is twice as long as the one before.
const FIRST_PAUSE: Duration = Duration::from_millis(200);
/// The longest pause, before a fifth more or less of it: the console has to know within five seconds how it stands.
const LONGEST_PAUSE: Duration = Duration::from_millis(2500);
/// A connection that lasted this long was a good one: the pauses start again.
const GOOD: Duration = Duration::from_secs(2);
/// How long a name may take to be looked up.
const LOOKUP: Duration = Duration::from_secs(5);

/// Why a console could not be dialled.
#[derive(Debug, thiserror::Error)]
pub enum DialError {
    /// Its name leads nowhere.
    #[error("the name {host} has no address ({reason})")]
    NoName {
        /// The name.
        host: String,
        /// What the resolver says.
        reason: String,
    },
    /// The connection.
    #[error("{error} ({place})")]
    Link {
        /// Where.
        place: ConsoleAddress,
        /// What happened.
        error: LinkError,
    },
}

/// Keeps a connection with every console to be dialled, until it is dropped.
pub(crate) async fn run(shared: Arc<Shared>) {
    let mut changes = shared.registry.watch();
    let mut tasks = JoinSet::new();
    let mut running: HashMap<u32, (Target, Id)> = HashMap::new();
    loop {
        // Tasks end by themselves when their target is not wanted any more.
        for target in shared.registry.targets() {
            if running.get(&target.id).is_none_or(|(known, _)| *known != target) {
                let task = tasks.spawn(keep(Arc::clone(&shared), target.clone()));
                running.insert(target.id, (target, task.id()));
            }
        }
        tokio::select! {
            // The registry lives as long as `shared`: this can't fail.
            Ok(()) = changes.changed() => {}
            Some(ended) = tasks.join_next_with_id() => {
                let task = match ended {
                    Ok((task, ())) => task,
                    Err(error) => error.id(),
                };
                running.retain(|_, (_, known)| *known != task);
            }
        }
    }
}

/// Dials one console, answers it, and dials again, as long as its entry wants it.
async fn keep(shared: Arc<Shared>, target: Target) {
    let kind = Kind::Console(target.id);
    let mut pause = FIRST_PAUSE;
    loop {
        let started = Instant::now();
        let result = tokio::select! {
            result = connect(&shared, &target) => result,
            () = unwanted(&shared, &target) => break,
        };
        let mut good = false;
        let reason = match result {
            Ok(connection) => {
                let ended = session::run(&shared, connection, Origin::Dialled(&target)).await;
                if !shared.registry.wants(&target) {
                    break;
                }
                good = started.elapsed() > GOOD;
                ended.map_or_else(|error| error.to_string(), |()| "the connection ended".to_owned())
            }
            Err(error) => advice(&error, target.id),
        };
        if good {
            // It was there until just now, so that this is news.
            pause = FIRST_PAUSE;
            shared.log.recovered(kind);
        }
        shared.log.failure(kind, format!("console {} at {}: {reason}", target.id, target.place));
        shared.links.set(target.id, LinkState::NotConnected(reason));
        tokio::select! {
            () = sleep(jittered(pause)) => pause = (pause * 2).min(LONGEST_PAUSE),
            () = unwanted(&shared, &target) => break,
        }
    }
    shared.links.forget(target.id);
    shared.log.forget(kind);
}

/// What happened, and what helps if it won't pass by itself.
fn advice(error: &DialError, id: u32) -> String {
    match error {
        DialError::Link { error: LinkError::CertificateChanged { found, .. }, .. } => format!(
            "another certificate was shown than the one that was pinned ({found}). If the console was rebuilt, \
             generate a shared secret on it, then: add shared secret {id}"
        ),
        _ => error.to_string(),
    }
}

/// Ends when the entry does not want this connection any more.
async fn unwanted(shared: &Shared, target: &Target) {
    let mut changes = shared.registry.watch();
    while shared.registry.wants(target) {
        if changes.changed().await.is_err() {
            return;
        }
    }
}

async fn connect(shared: &Shared, target: &Target) -> Result<Connection, DialError> {
    // An engine that is restarted by an update dials nobody.
    shared.is_up().await;
    dial(shared, &target.place, Some(target.pinned)).await
}

/// Dials each of the addresses of a place until one takes the connection.
///
/// # Errors
/// [`DialError`], the last one.
pub(crate) async fn dial(
    shared: &Shared,
    place: &ConsoleAddress,
    pinned: Option<Fingerprint>,
) -> Result<Connection, DialError> {
    let no_name = |reason: String| DialError::NoName { host: place.host.clone(), reason };
    let addresses = timeout(LOOKUP, lookup_host((place.host.as_str(), place.port)))
        .await
        .map_err(|_| no_name("the name server does not answer".to_owned()))?
        .map_err(|error| no_name(error.to_string()))?;
    let mut result = Err(no_name("it leads nowhere".to_owned()));
    for address in addresses {
        let from = source(shared.listens(), address);
        result = dial_from(from, &shared.identity, address, pinned, Timeouts::default())
            .await
            .map_err(|error| DialError::Link { place: place.clone(), error });
        // A name may have two addresses, of which the console listens on one.
        if !matches!(
            result,
            Err(DialError::Link { error: LinkError::Connect(_) | LinkError::Timeout(_), .. })
        ) {
            break;
        }
    }
    result
}

/// Which of this machine's addresses the connection comes from: the one on which the engine listens, for the console
/// takes the address that it sees for the engine's. Loopback reaches nothing but loopback.
fn source(listens: Option<SocketAddr>, console: SocketAddr) -> Option<IpAddr> {
    let own = listens?.ip();
    (!own.is_unspecified() && (console.ip().is_loopback() || !own.is_loopback())).then_some(own)
}

/// A fifth more or less, so that engines that lost their console together don't all dial it at the same moment.
fn jittered(pause: Duration) -> Duration {
    pause.mul_f64(0.8 + 0.4 * fastrand::f64())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_engine_dials_from_the_address_on_which_it_listens_where_that_works() {
        for (listens, console, from) in [
            ("127.0.1.5:40814", "127.0.0.1:40815", Some("127.0.1.5")),
            ("127.0.1.5:40814", "192.0.2.1:40815", None),
            ("192.0.2.7:40814", "192.0.2.1:40815", Some("192.0.2.7")),
            ("192.0.2.7:40814", "127.0.0.1:40815", Some("192.0.2.7")),
            ("0.0.0.0:40814", "192.0.2.1:40815", None),
            ("[::]:40814", "[2001:db8::1]:40815", None),
        ] {
            let expected = from.map(|from| from.parse().unwrap());
            assert_eq!(
                source(Some(listens.parse().unwrap()), console.parse().unwrap()),
                expected,
                "{listens}"
            );
        }
        assert_eq!(source(None, "192.0.2.1:1".parse().unwrap()), None);
    }

    #[test]
    fn pauses_stay_within_a_fifth() {
        for _ in 0..100 {
            let pause = jittered(LONGEST_PAUSE);
            assert!(pause >= Duration::from_secs(2) && pause <= Duration::from_secs(3), "{pause:?}");
        }
    }
}
