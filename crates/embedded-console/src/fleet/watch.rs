//! The task of one engine: dials it, or waits for it to dial; talks to it; and does so again.

use std::collections::VecDeque;
use std::net::IpAddr;
use std::sync::Arc;
use std::time::Duration;

use engine_link::{Connection, ConsoleHello, LinkError, Message, Sender, Timeouts, UpdateAnswer, dial};
use futures::future::Either;
use tokio::sync::oneshot;
use tokio::time::{Instant, MissedTickBehavior, interval, sleep, sleep_until, timeout};

use super::lanes::Place;
use super::link::Link;
use super::networks::NoAddress;
use super::types::{Direction, EngineStatus, UpdateOutcome};
use super::wishes::Wishes;

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
/// A connection that lasted this long was a good one: the pauses start again.
const GOOD: Duration = Duration::from_secs(2);
/// How long an engine that dials may take after this console has started, or after it was paired or turned, before it
/// counts as not responding: it tries again after at most about three seconds.
const FIRST_ARRIVAL: Duration = Duration::from_secs(5);
/// The same after its connection ended: it dials again at once.
const NEXT_ARRIVAL: Duration = Duration::from_millis(3500);
/// How many may wait for one answer of an engine. One that keeps its connection and never gives the answer would else
/// collect them without end.
const MOST_WAITING: usize = 256;
/// How many words about the direction an engine may leave without an answer.
const MOST_TURNS: usize = 16;
/// How often an engine is looked for that is away for its update.
const UPDATE_ARRIVAL: Duration = Duration::from_millis(500);

/// What the console wants of the engine.
#[derive(Debug)]
pub(super) enum Wish {
    /// The first contact, of an engine that was just added. Answered by whether it was reached.
    Contact(oneshot::Sender<bool>),
    /// Ask it now, and watch it from now on. Answered when its report is fresh.
    Ask(oneshot::Sender<()>),
    /// Send the available update.
    Update(oneshot::Sender<UpdateOutcome>),
    /// Here is a connection that the engine has opened.
    Arrived(Box<Connection>),
    /// Another side is to open the connection from now on.
    Turn(Turn),
}

/// A wish to turn the direction.
#[derive(Debug)]
pub(super) struct Turn {
    pub(super) direction: Direction,
    /// Whether the engine has to agree. Otherwise it is told when it is there.
    pub(super) agreed: bool,
    /// Answered by whether the engine has stored it. Dropped: it could not be asked, or the connection ended.
    pub(super) reply: oneshot::Sender<bool>,
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
    turns: Vec<Turn>,
}

/// Serves one engine until the fleet drops its end of `wishes`.
pub(super) async fn watch(link: Arc<Link>, wishes: Wishes) {
    let mut watch = Watch { link: &link, wishes, waiting: Waiting::default() };
    loop {
        let ended = match link.direction() {
            Direction::ConsoleToEngine => watch.dial().await,
            Direction::EngineToConsole => watch.expect().await,
        };
        if ended.is_err() {
            return;
        }
    }
}

/// The fleet has dropped its end: nobody needs the engine any more.
struct Unneeded;

struct Watch<'a> {
    link: &'a Link,
    wishes: Wishes,
    waiting: Waiting,
}

/// What comes next for an engine that dials.
enum Next {
    Arrived(Box<Connection>),
    /// The console dials from now on.
    Turned,
}

impl Watch<'_> {
    async fn wish(&mut self) -> Result<Wish, Unneeded> {
        self.wishes.recv().await.ok_or(Unneeded)
    }

    /// Dials the engine, and again whenever the connection ends, until the engine is to dial.
    async fn dial(&mut self) -> Result<(), Unneeded> {
        let link = self.link;
        let mut pause = FIRST_PAUSE;
        if !link.is_inside() {
            // A name: whether it leads inside the networks is to be found out.
            let found = link.common.networks.addresses(&link.address, link.port).await;
            link.found(found != Err(NoAddress::Outside));
        }
        while link.direction() == Direction::ConsoleToEngine {
            // Before the first question nothing is dialled unless someone wishes it.
            if !link.is_asked() && self.waiting.is_empty() {
                let wish = self.wish().await?;
                self.waiting.take(wish, link);
                self.turned();
                continue;
            }
            let started = Instant::now();
            let mut longest = LONGEST_PAUSE;
            let (greeted, place) = greet(link).await;
            match greeted {
                Ok(greeted) => {
                    drop(place);
                    self.waiting.reached();
                    if link.is_asked() {
                        self.talk(greeted).await?;
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
                    note(link, failure);
                    self.waiting.failed(link);
                    if let Some(place) = place {
                        place.leave().await;
                    }
                }
            }
            if !link.is_asked() || link.direction() != Direction::ConsoleToEngine {
                continue;
            }
            tokio::select! {
                () = sleep(jittered(pause)) => pause = (pause * 2).min(longest),
                wish = self.wish() => {
                    let wish = wish?;
                    self.waiting.take(wish, link);
                }
            }
        }
        Ok(())
    }

    /// Waits for the engine to dial, and again whenever the connection ends, until the console is to dial.
    async fn expect(&mut self) -> Result<(), Unneeded> {
        let mut due = Some(Instant::now() + FIRST_ARRIVAL);
        let mut arrived = None;
        while self.link.direction() == Direction::EngineToConsole {
            let connection = match arrived.take() {
                Some(connection) => connection,
                None => match self.arrival(&mut due).await? {
                    Next::Arrived(connection) => connection,
                    Next::Turned => break,
                },
            };
            match self.introduced(connection).await? {
                Either::Left(Ok(greeted)) => {
                    self.waiting.reached();
                    arrived = self.talk(greeted).await?;
                    due = Some(Instant::now() + NEXT_ARRIVAL);
                }
                Either::Left(Err(Failure::Link(error))) => {
                    // It is not there yet; when it was due stays as it was.
                    tracing::debug!(engine = %self.link.name(), %error, "a connection of the engine failed");
                }
                Either::Left(Err(failure)) => {
                    note(self.link, failure);
                    self.waiting.failed(self.link);
                }
                Either::Right(Next::Arrived(connection)) => arrived = Some(connection),
                Either::Right(Next::Turned) => break,
            }
        }
        Ok(())
    }

    /// Waits for a connection of the engine. When it is `due` and not there, it does not respond.
    async fn arrival(&mut self, due: &mut Option<Instant>) -> Result<Next, Unneeded> {
        loop {
            let missed = async {
                match *due {
                    Some(due) => sleep_until(due).await,
                    None => std::future::pending().await,
                }
            };
            tokio::select! {
                wish = self.wishes.recv() => match wish.ok_or(Unneeded)? {
                    Wish::Arrived(connection) => return Ok(Next::Arrived(connection)),
                    wish => {
                        self.waiting.take(wish, self.link);
                        if self.turned() {
                            return Ok(Next::Turned);
                        }
                    }
                },
                () = missed => *due = None,
            }
            if due.is_none() {
                if self.link.absent() {
                    self.waiting.failed(self.link);
                } else {
                    *due = Some(Instant::now() + UPDATE_ARRIVAL);
                }
            }
        }
    }

    /// Introduces this console to an engine that dialled, unless it dials once more in the meantime.
    async fn introduced(
        &mut self,
        connection: Box<Connection>,
    ) -> Result<Either<Result<Greeted, Failure>, Next>, Unneeded> {
        let link = self.link;
        let introduction = timeout(GREET, introduce_in_return(link, *connection));
        let mut introduction = std::pin::pin!(introduction);
        loop {
            tokio::select! {
                greeted = &mut introduction => {
                    return Ok(Either::Left(
                        greeted.unwrap_or(Err(Failure::Link(LinkError::Timeout(GREET)))),
                    ));
                }
                wish = self.wishes.recv() => match wish.ok_or(Unneeded)? {
                    Wish::Arrived(connection) => return Ok(Either::Right(Next::Arrived(connection))),
                    wish => {
                        self.waiting.take(wish, link);
                        if self.turned() {
                            return Ok(Either::Right(Next::Turned));
                        }
                    }
                },
            }
        }
    }

    /// Without a connection nobody can be asked. A turn that the engine need not agree to is made; the others are
    /// dropped, which tells those who wished them.
    fn turned(&mut self) -> bool {
        for turn in self.waiting.turns.drain(..) {
            if !turn.agreed && !turn.reply.is_closed() {
                self.link.turned(turn.direction, false);
                // Whoever asked may have stopped waiting.
                let _ = turn.reply.send(true);
            }
        }
        self.link.direction() == Direction::ConsoleToEngine
    }

    /// Talks to the engine until the connection ends. Gives the connection that takes its place, if the engine has opened
    /// another one.
    async fn talk(&mut self, greeted: Greeted) -> Result<Option<Box<Connection>>, Unneeded> {
        let link = self.link;
        let direction = link.direction();
        let (sender, mut receiver) = greeted.connection.split();
        let mut talk = Talk {
            link,
            sender,
            waiting: &mut self.waiting,
            enabled: false,
            told: false,
            known: false,
            asked: VecDeque::new(),
        };
        let mut result = talk.authorization(greeted.enabled, greeted.seen).await;
        // Those who wait since before the connection was there.
        if result.is_ok() && !talk.waiting.updates.is_empty() {
            result = talk.send_update().await;
        }
        if result.is_ok() {
            result = talk.send_turns().await;
        }
        let mut pings = interval(PING);
        pings.set_missed_tick_behavior(MissedTickBehavior::Delay);
        let mut number = 0_u32;
        let mut heard = Instant::now();
        while result.is_ok() {
            if link.direction() != direction {
                // The other side opens the next one.
                talk.sender.close().await;
                return Ok(None);
            }
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
                wish = self.wishes.recv() => match wish.ok_or(Unneeded)? {
                    Wish::Arrived(connection) => return Ok(Some(connection)),
                    wish => talk.wish(wish).await,
                },
            };
        }
        link.ended();
        // An engine that fell silent is known to be gone. One that ended the connection may be back already.
        if let Err(error @ (LinkError::Timeout(_) | LinkError::Frame(_) | LinkError::Unexpected)) = result {
            link.failed(&error);
            self.waiting.failed(link);
        }
        Ok(None)
    }
}

impl Waiting {
    fn take(&mut self, wish: Wish, link: &Link) {
        match wish {
            // Whoever is one too many hears it by the reply being dropped; so below.
            Wish::Contact(reply) => drop(keep(&mut self.contacts, reply, oneshot::Sender::is_closed)),
            Wish::Ask(reply) => {
                link.asked();
                drop(keep(&mut self.asks, reply, oneshot::Sender::is_closed));
            }
            Wish::Update(reply) => {
                link.asked();
                if let Err(reply) = keep(&mut self.updates, reply, oneshot::Sender::is_closed) {
                    // Whoever asked may have stopped waiting.
                    drop(reply.send(too_many(link)));
                }
            }
            Wish::Turn(turn) => drop(keep(&mut self.turns, turn, |turn| turn.reply.is_closed())),
            // The console dials this engine: the connection ends, and the next one that the engine opens is refused.
            Wish::Arrived(_) => {}
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
        // Those who wished them hear it by that.
        self.turns.clear();
        for reply in self.contacts.drain(..) {
            let _ = reply.send(false);
        }
        self.answered();
        if !self.updates.is_empty() {
            let report = link.report();
            let incompatible =
                report.as_ref().is_some_and(|report| report.status == EngineStatus::IncompatibleVersion);
            let why = report.and_then(|report| report.status_message).unwrap_or_else(|| outside(link));
            self.updated(&if incompatible {
                UpdateOutcome::Incompatible(why)
            } else {
                UpdateOutcome::Offline(why)
            });
        }
    }
}

/// Takes one more into those who wait, unless there are [`MOST_WAITING`] whose askers are still there.
fn keep<T>(waiting: &mut Vec<T>, new: T, gone: impl Fn(&T) -> bool) -> Result<(), T> {
    if waiting.len() >= MOST_WAITING {
        waiting.retain(|one| !gone(one));
    }
    if waiting.len() >= MOST_WAITING {
        return Err(new);
    }
    waiting.push(new);
    Ok(())
}

/// What is said to whoever is one too many.
pub(super) fn too_many(link: &Link) -> UpdateOutcome {
    UpdateOutcome::Offline(format!(
        "Scan engine ({}) at {} has left too many requests unanswered: try again in a minute, or restart it.",
        link.name(),
        link.place()
    ))
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
    pause.mul_f64(0.8 + 0.4 * fastrand::f64())
}

/// Dials the engine and introduces this console. The place in the lane comes back with it, if one was taken.
async fn greet(link: &Link) -> (Result<Greeted, Failure>, Option<Place>) {
    let addresses = match link.common.networks.addresses(&link.address, link.port).await {
        Ok(addresses) => addresses,
        Err(none) => return (Err(Failure::NoAddress(none)), None),
    };
    link.found(true);
    // Someone waits for a first contact; and who was there a moment ago is expected back.
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

/// Introduces this console to an engine that it has dialled.
async fn introduce(link: &Link, mut connection: Connection, first_contact: bool) -> Result<Greeted, Failure> {
    say_hello(link, &mut connection, first_contact).await.map_err(Failure::Link)?;
    let Message::EngineHello(_) = connection.recv().await.map_err(Failure::Link)? else {
        return Err(Failure::Link(LinkError::Unexpected));
    };
    hear_authorization(link, connection).await
}

/// The same with an engine that has dialled, and has said who it is.
async fn introduce_in_return(link: &Link, mut connection: Connection) -> Result<Greeted, Failure> {
    say_hello(link, &mut connection, false).await.map_err(Failure::Link)?;
    hear_authorization(link, connection).await
}

async fn say_hello(link: &Link, connection: &mut Connection, first_contact: bool) -> Result<(), LinkError> {
    let config = &link.common.config;
    let hello = ConsoleHello {
        name: config.console_name.clone(),
        address: config.console_address.clone(),
        port: config.listener_port,
        first_contact,
    };
    connection.send(&Message::ConsoleHello(hello)).await
}

async fn hear_authorization(link: &Link, mut connection: Connection) -> Result<Greeted, Failure> {
    match connection.recv().await.map_err(Failure::Link)? {
        Message::Authorization { enabled, seen } => {
            link.greeted(connection.peer_fingerprint());
            Ok(Greeted { connection, enabled, seen })
        }
        Message::Refused { reason } => Err(Failure::Refused(reason)),
        _ => Err(Failure::Link(LinkError::Unexpected)),
    }
}

struct Talk<'a> {
    link: &'a Link,
    sender: Sender,
    waiting: &'a mut Waiting,
    enabled: bool,
    /// On this connection the engine was told that the console opens it.
    told: bool,
    /// On this connection the engine has said which versions it has.
    known: bool,
    /// What was said of the direction and not answered yet, in order; with those who wait for the answer.
    asked: VecDeque<(Direction, Option<oneshot::Sender<bool>>)>,
}

impl Talk<'_> {
    async fn authorization(&mut self, enabled: bool, seen: IpAddr) -> Result<(), LinkError> {
        self.enabled = enabled;
        if enabled {
            if self.link.is_to_be_told() && !self.told {
                self.told = true;
                self.send_direction(Direction::ConsoleToEngine, None).await?;
            }
            // Nothing is asked of an engine before someone wants to know.
            if !self.link.is_asked() {
                return Ok(());
            }
            // The status follows the answer: the engine may be incompatible.
            return self.sender.send(&Message::VersionQuestion).await;
        }
        // It answers nothing else from here on. Those who wait hear it by that.
        self.asked.clear();
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
                let first = !std::mem::replace(&mut self.known, true);
                if first && !self.waiting.updates.is_empty() { self.send_update().await } else { Ok(()) }
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
            Message::DirectionAnswer { stored } => self.direction_answer(stored).await,
            Message::Ping { number } => self.sender.send(&Message::Pong { number }).await,
            Message::Pong { .. } | Message::Unknown => Ok(()),
            _ => Err(LinkError::Unexpected),
        }
    }

    async fn wish(&mut self, wish: Wish) -> Result<(), LinkError> {
        let update = matches!(wish, Wish::Update(_));
        let turn = matches!(wish, Wish::Turn(_));
        self.waiting.take(wish, self.link);
        self.waiting.reached();
        // An engine on which the console is not enabled answers the first and the last with that.
        if update && (self.known || !self.enabled) {
            self.send_update().await
        } else if turn {
            self.send_turns().await
        } else {
            self.sender.send(&Message::VersionQuestion).await
        }
    }

    async fn send_turns(&mut self) -> Result<(), LinkError> {
        for turn in std::mem::take(&mut self.waiting.turns) {
            if turn.reply.is_closed() {
                continue;
            }
            if !turn.agreed {
                self.link.turned(turn.direction, false);
                // Whoever asked may have stopped waiting.
                let _ = turn.reply.send(true);
            } else if self.link.direction() == turn.direction {
                // Two wished the same.
                let _ = turn.reply.send(true);
            } else if self.enabled {
                self.send_direction(turn.direction, Some(turn.reply)).await?;
            }
        }
        Ok(())
    }

    /// Until the engine confirms it, what it knows is not known.
    async fn send_direction(
        &mut self,
        direction: Direction,
        reply: Option<oneshot::Sender<bool>>,
    ) -> Result<(), LinkError> {
        self.link.told(false);
        if self.asked.len() >= MOST_TURNS {
            // Whoever waits hears it by the reply being dropped.
            return Ok(());
        }
        self.asked.push_back((direction, reply));
        let engine_dials = direction == Direction::EngineToConsole;
        self.sender.send(&Message::Direction { engine_dials }).await
    }

    async fn direction_answer(&mut self, stored: bool) -> Result<(), LinkError> {
        // Nobody asked: of no interest.
        let Some((direction, reply)) = self.asked.pop_front() else { return Ok(()) };
        if !stored {
            if let Some(reply) = reply {
                let _ = reply.send(false);
            }
            return Ok(());
        }
        match reply {
            Some(reply) if !reply.is_closed() => {
                self.link.turned(direction, true);
                let _ = reply.send(true);
                Ok(())
            }
            // Nobody is waiting any more, and the caller was told that nothing has changed: so it has to be.
            Some(_) => self.send_direction(self.link.direction(), None).await,
            None => {
                self.link.told(true);
                Ok(())
            }
        }
    }

    /// An engine that is too new gets none: it would take what of it is newer.
    async fn send_update(&mut self) -> Result<(), LinkError> {
        if self.enabled && !self.known {
            // It is sent when the versions are there.
            return Ok(());
        }
        if let Some(why) = self.link.is_too_new() {
            self.waiting.updated(&UpdateOutcome::Incompatible(why));
            return Ok(());
        }
        let config = &self.link.common.config;
        let (product, content) = (config.product_version.clone(), config.content_version.clone());
        self.sender.send(&Message::Update { product, content }).await
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn those_who_wait_for_one_answer_are_bounded_and_those_who_gave_up_make_room() {
        let mut waiting = Vec::new();
        let mut askers = Vec::new();
        for _ in 0..MOST_WAITING {
            let (reply, asker) = oneshot::channel::<()>();
            keep(&mut waiting, reply, oneshot::Sender::is_closed).unwrap();
            askers.push(asker);
        }
        let (reply, mut asker) = oneshot::channel();
        drop(keep(&mut waiting, reply, oneshot::Sender::is_closed).unwrap_err());
        assert_eq!(asker.try_recv(), Err(oneshot::error::TryRecvError::Closed), "it hears it at once");

        askers.truncate(1);
        for _ in 0..10 * MOST_WAITING {
            let (reply, _) = oneshot::channel();
            keep(&mut waiting, reply, oneshot::Sender::is_closed).unwrap();
        }
        assert!(waiting.len() <= MOST_WAITING);
        assert!(!waiting[0].is_closed(), "the one who still waits keeps the place");
    }
}
