//! The task of one engine: dials it, talks to it, and dials again.

use std::net::IpAddr;
use std::sync::Arc;
use std::time::Duration;

use engine_link::{Connection, ConsoleHello, LinkError, Message, Sender, Timeouts, UpdateAnswer, dial};
use tokio::sync::{mpsc, oneshot};
use tokio::time::{Instant, MissedTickBehavior, interval, sleep, timeout};

use super::lanes::Place;
use super::link::Link;
use super::networks::NoAddress;
use super::types::UpdateOutcome;

/// From the first packet to the engine's word on authorisation.
const GREET: Duration = Duration::from_secs(4);
/// How often an engine is pinged.
const PING: Duration = Duration::from_secs(1);
/// An engine that says nothing for this long is gone. The pings before leave a busy engine two seconds and a half.
const SILENCE: Duration = Duration::from_millis(3500);
/// The first pause between two attempts; each is twice as long as the one before.
const FIRST_PAUSE: Duration = Duration::from_millis(200);
/// The longest pause, before a fifth more or less of it: a status has to be right five seconds after it changed.
const LONGEST_PAUSE: Duration = Duration::from_millis(2500);
/// How often a name outside of the networks is looked up again.
const NAME_PAUSE: Duration = Duration::from_secs(30);
/// A connection that lasted this long was a good one: the pauses start anew.
const GOOD: Duration = Duration::from_secs(2);

/// What the console wants of the engine.
#[derive(Debug)]
pub(super) enum Wish {
    /// The first contact, of an engine that was just added. Answered by whether it was reached.
    Contact(oneshot::Sender<bool>),
    /// Ask it now, and watch it from now on. Answered when its report is fresh.
    Ask(oneshot::Sender<()>),
    /// Send the available update.
    Update(oneshot::Sender<UpdateOutcome>),
}

/// Why there is no connection with an engine.
enum Failure {
    /// Nothing to dial.
    NoAddress(NoAddress),
    /// The connection failed.
    Link(LinkError),
    /// The engine has no room for this console.
    Refused(String),
}

/// An engine that was reached.
struct Greeted {
    connection: Connection,
    enabled: bool,
    seen: IpAddr,
}

/// Those who wait for the engine.
#[derive(Default)]
struct Waiting {
    contacts: Vec<oneshot::Sender<bool>>,
    asks: Vec<oneshot::Sender<()>>,
    updates: Vec<oneshot::Sender<UpdateOutcome>>,
}

/// Serves one engine until the fleet drops its end of `wishes`.
pub(super) async fn watch(link: Arc<Link>, mut wishes: mpsc::UnboundedReceiver<Wish>) {
    let mut waiting = Waiting::default();
    let mut pause = FIRST_PAUSE;
    if !link.is_inside() {
        // A name: whether it leads inside the networks is to be found out.
        link.found(link.common.networks.addresses(&link.address, link.port).await != Err(NoAddress::Outside));
    }
    loop {
        // Before the first question nothing is dialled unless somebody wishes it.
        if !link.is_asked() && waiting.is_empty() {
            let Some(wish) = wishes.recv().await else { return };
            waiting.take(wish, &link);
        }
        let started = Instant::now();
        let mut longest = LONGEST_PAUSE;
        let (greeted, place) = greet(&link).await;
        match greeted {
            Ok(greeted) => {
                drop(place);
                waiting.reached();
                if link.is_asked() {
                    talk(&link, greeted, &mut waiting, &mut wishes).await;
                    if wishes.is_closed() {
                        return;
                    }
                }
                if started.elapsed() > GOOD {
                    // It was there until just now: whether it still is, is found out at once.
                    pause = FIRST_PAUSE;
                    continue;
                }
            }
            Err(failure) => {
                if matches!(failure, Failure::NoAddress(NoAddress::Outside)) {
                    longest = NAME_PAUSE;
                }
                note(&link, failure);
                waiting.failed(&link);
                if let Some(place) = place {
                    place.leave().await;
                }
            }
        }
        if !link.is_asked() {
            continue;
        }
        tokio::select! {
            () = sleep(jittered(pause)) => pause = (pause * 2).min(longest),
            wish = wishes.recv() => match wish {
                Some(wish) => waiting.take(wish, &link),
                None => return,
            },
        }
    }
}

impl Waiting {
    fn take(&mut self, wish: Wish, link: &Link) {
        match wish {
            Wish::Contact(reply) => self.contacts.push(reply),
            Wish::Ask(reply) => {
                link.asked();
                self.asks.push(reply);
            }
            Wish::Update(reply) => {
                link.asked();
                self.updates.push(reply);
            }
        }
    }

    fn is_empty(&self) -> bool {
        self.contacts.is_empty() && self.asks.is_empty() && self.updates.is_empty()
    }

    fn reached(&mut self) {
        for reply in self.contacts.drain(..) {
            // Whoever asked may have stopped waiting; so below.
            let _ = reply.send(true);
        }
    }

    fn answered(&mut self) {
        for reply in self.asks.drain(..) {
            let _ = reply.send(());
        }
    }

    fn updated(&mut self, outcome: &UpdateOutcome) {
        for reply in self.updates.drain(..) {
            drop(reply.send(outcome.clone()));
        }
    }

    /// The engine can't be reached: everybody hears it.
    fn failed(&mut self, link: &Link) {
        for reply in self.contacts.drain(..) {
            let _ = reply.send(false);
        }
        self.answered();
        if !self.updates.is_empty() {
            let why = link.report().and_then(|report| report.status_message);
            self.updated(&UpdateOutcome::Offline(why.unwrap_or_else(|| outside(link))));
        }
    }
}

/// Why an engine outside of the networks is not contacted.
pub(super) fn outside(link: &Link) -> String {
    format!(
        "Scan engine ({}) at {} is outside of the networks that this console may contact: --engine-network allows more.",
        link.name(),
        link.place()
    )
}

fn note(link: &Link, failure: Failure) {
    match failure {
        Failure::NoAddress(NoAddress::Outside) => link.found(false),
        Failure::NoAddress(NoAddress::NoName(error)) => link.no_name(&error),
        Failure::Link(error) => link.failed(&error),
        Failure::Refused(reason) => link.unauthorized(None, Some(reason)),
    }
}

/// A fifth more or less, so that engines that went down together are not dialled together for ever.
fn jittered(pause: Duration) -> Duration {
    // Without random numbers there is no jitter, and nothing worse.
    let random = getrandom::u32().map_or(0.5, |number| f64::from(number) / f64::from(u32::MAX));
    pause.mul_f64(0.8 + 0.4 * random)
}

/// Dials the engine and introduces this console. The place in the lane comes back with it, if one was taken.
async fn greet(link: &Link) -> (Result<Greeted, Failure>, Option<Place>) {
    let addresses = match link.common.networks.addresses(&link.address, link.port).await {
        Ok(addresses) => addresses,
        Err(none) => return (Err(Failure::NoAddress(none)), None),
    };
    link.found(true);
    // Somebody waits for a first contact; and who was there a moment ago is expected back.
    let quick = !link.is_asked() || link.is_recent();
    let place = link.common.lanes.place(quick).await;
    let mut result = Err(Failure::NoAddress(NoAddress::Outside));
    for address in addresses {
        result = timeout(GREET, async {
            let pinned = link.pinned();
            let identity = &link.common.config.identity;
            let connection =
                dial(identity, address, pinned, Timeouts::default()).await.map_err(Failure::Link)?;
            introduce(link, connection, pinned.is_none()).await
        })
        .await
        .unwrap_or(Err(Failure::Link(LinkError::Timeout(GREET))));
        // A name may have two addresses, of which the engine listens on one.
        if !matches!(result, Err(Failure::Link(LinkError::Connect(_) | LinkError::Timeout(_)))) {
            break;
        }
    }
    (result, Some(place))
}

async fn introduce(link: &Link, mut connection: Connection, first_contact: bool) -> Result<Greeted, Failure> {
    let config = &link.common.config;
    let hello = ConsoleHello {
        name: config.console_name.clone(),
        address: config.console_address.clone(),
        port: config.listener_port,
        first_contact,
    };
    connection.send(&Message::ConsoleHello(hello)).await.map_err(Failure::Link)?;
    let Message::EngineHello(_) = connection.recv().await.map_err(Failure::Link)? else {
        return Err(Failure::Link(LinkError::Unexpected));
    };
    match connection.recv().await.map_err(Failure::Link)? {
        Message::Authorization { enabled, seen } => {
            link.greeted(connection.peer_fingerprint());
            Ok(Greeted { connection, enabled, seen })
        }
        Message::Refused { reason } => Err(Failure::Refused(reason)),
        _ => Err(Failure::Link(LinkError::Unexpected)),
    }
}

/// Talks to the engine until the connection ends, or nobody needs the engine any more.
async fn talk(
    link: &Link,
    greeted: Greeted,
    waiting: &mut Waiting,
    wishes: &mut mpsc::UnboundedReceiver<Wish>,
) {
    let (sender, mut receiver) = greeted.connection.split();
    let mut talk = Talk { link, sender, waiting, enabled: false };
    let mut result = talk.authorization(greeted.enabled, greeted.seen).await;
    // Those who wait since before the connection was there.
    if result.is_ok() && !talk.waiting.updates.is_empty() {
        result = talk.send_update().await;
    }
    let mut pings = interval(PING);
    pings.set_missed_tick_behavior(MissedTickBehavior::Delay);
    let mut number = 0_u32;
    let mut heard = Instant::now();
    while result.is_ok() {
        result = tokio::select! {
            message = receiver.recv() => match message {
                Ok(message) => {
                    heard = Instant::now();
                    talk.answer(message).await
                }
                Err(error) => Err(error),
            },
            _ = pings.tick() => {
                if heard.elapsed() > SILENCE {
                    Err(LinkError::Timeout(SILENCE))
                } else {
                    number = number.wrapping_add(1);
                    talk.sender.send(&Message::Ping { number }).await
                }
            }
            wish = wishes.recv() => match wish {
                Some(wish) => talk.wish(wish).await,
                None => return,
            },
        };
    }
    link.ended();
    // An engine that fell silent is known to be gone. One that ended the connection may be back already.
    if let Err(error @ (LinkError::Timeout(_) | LinkError::Frame(_) | LinkError::Unexpected)) = result {
        link.failed(&error);
        talk.waiting.failed(link);
    }
}

struct Talk<'a> {
    link: &'a Link,
    sender: Sender,
    waiting: &'a mut Waiting,
    enabled: bool,
}

impl Talk<'_> {
    async fn authorization(&mut self, enabled: bool, seen: IpAddr) -> Result<(), LinkError> {
        self.enabled = enabled;
        if enabled {
            // The status follows the answer: the engine may be incompatible.
            return self.sender.send(&Message::VersionQuestion).await;
        }
        self.link.unauthorized(Some(seen), None);
        self.waiting.answered();
        self.waiting.updated(&UpdateOutcome::NotAuthorized);
        Ok(())
    }

    async fn answer(&mut self, message: Message) -> Result<(), LinkError> {
        self.link.heard();
        match message {
            Message::Authorization { enabled, seen } => self.authorization(enabled, seen).await,
            Message::Versions(versions) => {
                self.link.versions(versions);
                self.waiting.answered();
                Ok(())
            }
            Message::UpdateAnswer { answer } => {
                let outcome = match answer {
                    UpdateAnswer::Applying => UpdateOutcome::Sent,
                    UpdateAnswer::UpToDate => UpdateOutcome::UpToDate,
                    UpdateAnswer::Busy => UpdateOutcome::AlreadyUpdating,
                    UpdateAnswer::Unauthorized => UpdateOutcome::NotAuthorized,
                };
                if matches!(answer, UpdateAnswer::Applying | UpdateAnswer::Busy) {
                    self.link.updating();
                }
                self.waiting.updated(&outcome);
                Ok(())
            }
            Message::Ping { number } => self.sender.send(&Message::Pong { number }).await,
            Message::Pong { .. } | Message::Unknown => Ok(()),
            _ => Err(LinkError::Unexpected),
        }
    }

    async fn wish(&mut self, wish: Wish) -> Result<(), LinkError> {
        let update = matches!(wish, Wish::Update(_));
        self.waiting.take(wish, self.link);
        self.waiting.reached();
        // An engine on which the console is not enabled answers both with that.
        if update { self.send_update().await } else { self.sender.send(&Message::VersionQuestion).await }
    }

    async fn send_update(&mut self) -> Result<(), LinkError> {
        let config = &self.link.common.config;
        let (product, content) = (config.product_version.clone(), config.content_version.clone());
        self.sender.send(&Message::Update { product, content }).await
    }
}
