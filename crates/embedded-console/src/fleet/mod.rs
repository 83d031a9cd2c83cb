//! The engines that this console talks to.
//!
//! Each engine inside the networks has a task (`watch`). It keeps a connection, pings it, and dials again when it
//! ends; what it learns goes into the engine's `Link`, from where [`Fleet::report`] reads it, and as a
//! [`FleetEvent`] to the database. An engine that was added is contacted once, which writes the console's entry into
//! its consoles.xml, and stays `unknown` until the first [`Fleet::ask_all`].
//!
//! The certificate that an engine shows at the first contact is pinned. An engine that opens the connection itself (a
//! reverse pair) is known by the certificate that was pinned when it was paired: [`Fleet::connected`] brings its
//! connections to its task, which waits for them instead of dialling.

use std::collections::HashMap;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use engine_link::{Connection, Fingerprint, Message};
use tokio::sync::oneshot;
use tokio::task::JoinHandle;
use tokio::time::{Instant, timeout, timeout_at};

mod events;
mod lanes;
mod link;
mod networks;
mod types;
mod watch;
mod wishes;

use lanes::Lanes;
use link::{Common, Link};
use networks::Networks;
use watch::{Turn, Wish};
use wishes::{Busy, Wisher};

pub use events::FleetEvents;
pub use lanes::DialCounts;
pub use types::{
    Direction, EngineReport, EngineStatus, EngineTarget, FleetConfig, FleetEvent, StatusError, UpdateOutcome,
};

/// How long the one who adds an engine waits for the first contact.
const FIRST_CONTACT: Duration = Duration::from_secs(3);
/// How long [`Fleet::ask_all`] takes at most, however many engines are down: within the five minutes of the app.
const ASK_ALL: Duration = Duration::from_secs(120);
/// How long [`Fleet::update`] waits for one engine's answer.
const UPDATE: Duration = Duration::from_secs(10);
/// How long [`Fleet::reverse`] waits for the engine's answer.
const REVERSE: Duration = Duration::from_secs(5);

/// Said to an engine that dials and that this console has no key of.
const UNKNOWN: &str =
    "this console does not know the engine, or has deleted it: pair it again with a shared secret";
/// Said to an engine that dials although this console does.
const NOT_EXPECTED: &str = "this console opens the connection to the engine itself: reverse the direction on the console, \
     or pair the engine again with a shared secret";

/// The engines that this console talks to. Clones share them.
#[derive(Debug, Clone)]
pub struct Fleet {
    common: Arc<Common>,
    engines: Arc<Mutex<HashMap<i64, Engine>>>,
}

#[derive(Debug)]
struct Engine {
    link: Arc<Link>,
    /// None for an engine outside of the networks: it is never contacted.
    task: Option<Task>,
}

#[derive(Debug)]
struct Task {
    wishes: Wisher,
    handle: JoinHandle<()>,
}

/// Why nothing comes of a wish.
enum NotWished {
    /// The engine is outside of the networks.
    Outside,
    /// It has kept too many others waiting.
    Busy,
}

impl Drop for Engine {
    fn drop(&mut self) {
        self.link.forget();
        if let Some(task) = &self.task {
            task.handle.abort();
        }
    }
}

impl Fleet {
    /// Takes the engines of the database and starts to watch those that were asked before. The receiver tells what is
    /// to be stored.
    ///
    /// # Panics
    /// Outside of a tokio runtime.
    #[must_use]
    pub fn start(config: FleetConfig, engines: Vec<EngineTarget>) -> (Self, FleetEvents) {
        let (events, receiver) = events::channel();
        let networks = Networks::new(config.networks.clone());
        let common = Arc::new(Common { config, networks, lanes: Arc::new(Lanes::new()), events });
        let engines = engines.into_iter().map(|engine| (engine.id, Engine::new(engine, &common))).collect();
        (Self { common, engines: Arc::new(Mutex::new(engines)) }, receiver)
    }

    /// Whether the address is inside the networks that the console may contact; `None` for a host name, which has to
    /// be looked up first.
    #[must_use]
    pub fn inside(&self, address: &str) -> Option<bool> {
        self.common.networks.known(address)
    }

    /// The same, with host names looked up: a name is inside if one of its addresses is. The name service is given a
    /// second.
    pub async fn reachable(&self, address: &str) -> bool {
        self.common.networks.reachable(address).await
    }

    /// Takes a new engine and makes the first contact, waiting for at most 3 s. `true`: the engine was reached, and
    /// the console's entry is in its consoles.xml.
    pub async fn add(&self, target: EngineTarget) -> bool {
        let engine = Engine::new(target, &self.common);
        let (reply, reached) = oneshot::channel();
        let wished = engine.wish(Wish::Contact(reply)).is_ok();
        self.engines().insert(engine.link.id, engine);
        wished && matches!(timeout(FIRST_CONTACT, reached).await, Ok(Ok(true)))
    }

    /// The engine has another name now: messages say it from now on.
    pub fn renamed(&self, id: i64, name: &str) {
        if let Some(engine) = self.engines().get(&id) {
            engine.link.renamed(name);
        }
    }

    /// The engine has another address now: pin and pairing are dropped, the status is unknown, and the first contact
    /// is made at the new place, as [`Fleet::add`] does. Events of the old place don't come any more.
    pub async fn moved(&self, id: i64, address: &str, port: u16) -> bool {
        let Some(name) = self.engines().get(&id).map(|engine| engine.link.name()) else { return false };
        self.add(EngineTarget {
            id,
            name,
            address: address.to_owned(),
            port,
            pinned: None,
            asked: false,
            status: EngineStatus::Unknown,
            direction: Direction::ConsoleToEngine,
        })
        .await
    }

    /// Takes an engine that has just been paired from its side, in place of what was known of it before. From now on its
    /// connections are taken.
    pub fn paired(&self, target: EngineTarget) {
        let (id, direction) = (target.id, target.direction);
        let engine = Engine::new(target, &self.common);
        self.engines().insert(id, engine);
        // What was still to be stored of it may have been something older.
        self.common.events.tell(FleetEvent::Direction { id, direction });
    }

    /// Takes a connection that came in and whose engine has introduced itself: it is the engine's whose pinned certificate
    /// that is, and replaces an older one.
    ///
    /// # Errors
    /// Why not; the engine was told, and the connection is closed.
    pub async fn connected(&self, mut connection: Connection) -> Result<(), &'static str> {
        let (known, expected) = self.of_key(connection.peer_fingerprint());
        let Some(wishes) = expected else {
            let reason = if known { NOT_EXPECTED } else { UNKNOWN };
            // An engine that is gone needs no reason.
            if connection.send(&Message::Refused { reason: reason.to_owned() }).await.is_ok() {
                connection.split().0.close().await;
            }
            return Err(reason);
        };
        // If the engine is removed just now, so is its connection.
        wishes.arrived(connection);
        Ok(())
    }

    /// Whether an engine with this key is to open its connection itself.
    #[must_use]
    pub fn expects(&self, key: Fingerprint) -> bool {
        self.of_key(key).1.is_some()
    }

    /// Whether there is an engine with this key, and the task of the one that opens the connection itself.
    fn of_key(&self, key: Fingerprint) -> (bool, Option<Wisher>) {
        let mut known = false;
        for engine in self.engines().values() {
            if engine.link.pinned() == Some(key) {
                known = true;
                if engine.link.direction() == Direction::EngineToConsole {
                    return (known, engine.task.as_ref().map(|task| task.wishes.clone()));
                }
            }
        }
        (known, None)
    }

    /// Lets the other side open the connection from now on, and says which side that is.
    ///
    /// An engine that is to dial must be active, because it has to agree. One that dials and is not there is told later, so
    /// that it can be had back when a firewall does not let it through.
    ///
    /// # Errors
    /// Why not, with what to do: the end of a sentence that begins with the engine's name.
    pub async fn reverse(&self, id: i64) -> Result<Direction, String> {
        let link = self.engines().get(&id).map(|engine| Arc::clone(&engine.link));
        let Some(link) = link else { return Err("is not one of the engines of this console".to_owned()) };
        let direction = link.direction().reversed();
        let report = link.report();
        match direction {
            Direction::EngineToConsole => {
                let active = report.as_ref().is_some_and(|report| report.status == EngineStatus::Active);
                if !active {
                    let why = match report {
                        Some(report) => report
                            .status_message
                            .unwrap_or_else(|| format!("it is {}. Refresh it first", report.status)),
                        None => watch::outside(&link),
                    };
                    return Err(format!("must be active to be told: {why}"));
                }
                if let Some(key) = report.and_then(|report| report.pinned)
                    && self.of_key(key).1.is_some()
                {
                    return Err("has the same certificate as another engine, which already dials this console: delete \
                                one of the two"
                        .to_owned());
                }
            }
            Direction::ConsoleToEngine => {
                if self.inside(&link.address) == Some(false) {
                    return Err(format!("can't be dialled: {}", watch::outside(&link)));
                }
            }
        }
        match self.turn(id, direction, true).await {
            Ok(true) => Ok(direction),
            Ok(false) => Err("could not store it: check the engine's log".to_owned()),
            // It is not there, not enabled, or does not answer.
            Err(_) if direction == Direction::ConsoleToEngine => {
                match self.turn(id, direction, false).await {
                    Ok(true) => Ok(direction),
                    _ => Err("was deleted or moved in the meantime".to_owned()),
                }
            }
            Err(what) => {
                Err(format!("{what}, and the direction stays as it is: refresh the engine, and try again"))
            }
        }
    }

    /// Whether the engine has stored it, or why it could not be asked.
    async fn turn(&self, id: i64, direction: Direction, agreed: bool) -> Result<bool, String> {
        let (reply, answer) = oneshot::channel();
        let wished = self
            .engines()
            .get(&id)
            .is_some_and(|engine| engine.wish(Wish::Turn(Turn { direction, agreed, reply })).is_ok());
        match timeout(REVERSE, answer).await {
            Ok(Ok(stored)) if wished => Ok(stored),
            Ok(_) => Err("was not reached".to_owned()),
            Err(_) => Err(format!("did not answer within {} s", REVERSE.as_secs())),
        }
    }

    /// The engine is no longer this console's: its connection ends, and no more events come of it.
    pub fn remove(&self, id: i64) {
        self.engines().remove(&id);
    }

    /// What is known of the engine; `None` when it is outside the networks or unknown to the fleet, and the stored
    /// status counts.
    #[must_use]
    pub fn report(&self, id: i64) -> Option<EngineReport> {
        let link = self.engines().get(&id).map(|engine| Arc::clone(&engine.link))?;
        link.report()
    }

    /// `version engines` (docs/api-quirks.md, "Beyond v3"): asks every engine inside the networks at the same time,
    /// each for at most about 5 s. Afterwards reports are fresh, and the statuses are watched.
    ///
    /// Dials are bounded ([`DialCounts::MOST`]), so with thousands of engines that do not answer it takes longer, but
    /// never more than two minutes.
    pub async fn ask_all(&self) {
        let mut answers = Vec::new();
        for engine in self.engines().values() {
            let (reply, answer) = oneshot::channel();
            if engine.wish(Wish::Ask(reply)).is_ok() {
                answers.push(answer);
            }
        }
        let deadline = Instant::now() + ASK_ALL;
        for answer in answers {
            // An engine that was removed in the meantime does not answer; the others still do.
            drop(timeout_at(deadline, answer).await);
        }
    }

    /// Sends the available update to one engine, and watches it from then on. It returns when the engine has answered,
    /// which is before the update is applied: then [`FleetEvent::Updated`] comes.
    pub async fn update(&self, id: i64) -> UpdateOutcome {
        let (reply, outcome) = oneshot::channel();
        let link = match self.engines().get(&id) {
            Some(engine) => match engine.wish(Wish::Update(reply)) {
                Ok(()) => Arc::clone(&engine.link),
                Err(NotWished::Outside) => return UpdateOutcome::Offline(watch::outside(&engine.link)),
                Err(NotWished::Busy) => return watch::too_many(&engine.link),
            },
            None => return UpdateOutcome::Offline(format!("There is no scan engine with ID {id}.")),
        };
        match timeout(UPDATE, outcome).await {
            Ok(Ok(outcome)) => outcome,
            Ok(Err(_)) => {
                UpdateOutcome::Offline(format!("Scan engine ({}) was deleted or moved.", link.name()))
            }
            Err(_) => UpdateOutcome::Offline(format!(
                "Scan engine ({}) did not answer within {} s.",
                link.name(),
                UPDATE.as_secs()
            )),
        }
    }

    /// Ends every connection and waits for it.
    pub async fn shutdown(&self) {
        let engines: Vec<Engine> = self.engines().drain().map(|(_, engine)| engine).collect();
        for mut engine in engines {
            if let Some(task) = engine.task.take() {
                engine.link.forget();
                task.handle.abort();
                // It ends by being aborted: that is no news.
                drop(task.handle.await);
            }
        }
    }

    /// How many dials there were and are.
    #[must_use]
    pub fn dial_counts(&self) -> DialCounts {
        self.common.lanes.counts()
    }

    fn engines(&self) -> MutexGuard<'_, HashMap<i64, Engine>> {
        self.engines.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Engine {
    fn new(target: EngineTarget, common: &Arc<Common>) -> Self {
        // An engine that dials is where its connections come from, which the listener sees.
        let outside = target.direction == Direction::ConsoleToEngine
            && common.networks.known(&target.address) == Some(false);
        let link = Arc::new(Link::new(target, Arc::clone(common)));
        let task = (!outside).then(|| {
            let (wishes, receiver) = wishes::channel();
            Task { wishes, handle: tokio::spawn(watch::watch(Arc::clone(&link), receiver)) }
        });
        Self { link, task }
    }

    fn wish(&self, wish: Wish) -> Result<(), NotWished> {
        let task = self.task.as_ref().ok_or(NotWished::Outside)?;
        task.wishes.wish(wish).map_err(|Busy| NotWished::Busy)
    }
}
