//! One connection with a console, whoever dialled.

use std::net::IpAddr;
use std::sync::Arc;
use std::time::Duration;

use engine_link::{
    Connection, ConsoleHello, EngineHello, Fingerprint, LinkError, Message, Place, Sender, Standing,
    UpdateAnswer,
};
use tokio::time::{Instant, MissedTickBehavior, interval, timeout};

use crate::links::LinkState;
use crate::registry::{Contact, Refusal, Target};
use crate::shared::Shared;

/// A console that dialled and says nothing for this long is gone: it pings much more often.
const SILENCE: Duration = Duration::from_secs(15);
/// One that this engine dialled is dialled again sooner: its status has to be right within five seconds.
const SILENCE_DIALLED: Duration = Duration::from_secs(4);
/// A console that was dialled and has said nothing for this long is pinged.
const QUIET: Duration = Duration::from_millis(1500);
/// How often the silence is measured.
const TICK: Duration = Duration::from_millis(500);
/// How long a console may take to say who it is.
const HELLO: Duration = Duration::from_secs(5);

/// Why a session ended that was to continue.
#[derive(Debug, thiserror::Error)]
pub(crate) enum SessionError {
    /// Before the console had said who it is.
    #[error("the connection failed: {0}")]
    Introduction(LinkError),
    /// The console does not take this engine.
    #[error("the console refuses: {0}")]
    RefusedBy(String),
    /// This engine does not take the console.
    #[error("the console {name:?} is refused: {refusal}")]
    Refused { name: String, refusal: Refusal },
    /// Later.
    #[error("console {id}: {error}")]
    Link { id: u32, error: LinkError },
}

/// Who has opened the connection.
#[derive(Clone, Copy)]
pub(crate) enum Origin<'a> {
    /// The console. A connection whose console is not enabled ends after [`Shared::waiting_time`], so that nobody holds
    /// its place for ever.
    Accepted(&'a Place),
    /// This engine, for that entry. It ends when the entry does not want it any more.
    Dialled(&'a Target),
}

/// Introduces the engine, gives the console its entry, and answers it until the connection ends.
///
/// # Errors
/// [`SessionError`]; a connection that one side has closed in order is none.
pub(crate) async fn run(
    shared: &Arc<Shared>,
    mut connection: Connection,
    origin: Origin<'_>,
) -> Result<(), SessionError> {
    let (place, dialled) = match origin {
        Origin::Accepted(place) => (Some(place), None),
        Origin::Dialled(target) => (None, Some(target)),
    };
    let seen = connection.peer_address().ip().to_canonical();
    let certificate = connection.peer_certificate().clone();
    let hello = introduce(shared, &mut connection).await?;
    // From here on, so that nothing between reading the entry and waiting for its change is missed.
    let mut changes = shared.registry.watch();
    let contact = match dialled {
        Some(target) => shared.registry.dialled(target.id, &certificate, &hello, seen),
        None => shared.registry.contact(&certificate, &hello, seen),
    };
    let id = match contact {
        Ok(contact) => {
            report(shared, contact, &hello, seen);
            contact.id()
        }
        Err(refusal) => {
            let (mut sender, _) = connection.split();
            if sender.send(&Message::Refused { reason: refusal.to_string() }).await.is_ok() {
                sender.close().await;
            }
            return Err(SessionError::Refused { name: hello.name, refusal });
        }
    };
    if dialled.is_some() {
        shared.links.set(id, LinkState::Connected);
    }

    let (sender, mut receiver) = connection.split();
    let own = certificate.fingerprint();
    let mut session = Session { shared, id, own, seen, sender, place, enabled: false };
    let silence = if dialled.is_some() { SILENCE_DIALLED } else { SILENCE };
    let mut ticks = interval(TICK);
    ticks.set_missed_tick_behavior(MissedTickBehavior::Delay);
    let mut heard = Instant::now();
    let mut pinged = heard;
    let mut waits_since = heard;
    let mut result = session.tell_authorization().await;
    while result.is_ok() {
        result = tokio::select! {
            message = receiver.recv() => match message {
                Ok(message) => {
                    heard = Instant::now();
                    session.answer(message).await
                }
                Err(error) => Err(error),
            },
            _ = ticks.tick() => {
                if session.enabled {
                    waits_since = Instant::now();
                }
                if heard.elapsed() > silence {
                    Err(LinkError::Timeout(silence))
                } else if place.is_some() && waits_since.elapsed() > shared.waiting_time() {
                    session.sender.close().await;
                    return Ok(());
                } else if dialled.is_some() && heard.elapsed() > QUIET && pinged.elapsed() > QUIET {
                    pinged = Instant::now();
                    session.sender.send(&Message::Ping { number: 0 }).await
                } else {
                    Ok(())
                }
            }
            Ok(()) = changes.changed() => {
                let wanted = dialled.is_none_or(|target| shared.registry.wants(target));
                match shared.registry.standing(id, own) {
                    Some(enabled) if wanted => {
                        if enabled == session.enabled { Ok(()) } else { session.tell_authorization().await }
                    }
                    // The console has no entry any more, or is not to be dialled any more.
                    _ => {
                        session.sender.close().await;
                        return Ok(());
                    }
                }
            }
            () = shared.goes_down() => {
                session.sender.close().await;
                return Ok(());
            }
        };
    }
    match result {
        Ok(()) | Err(LinkError::Closed) => Ok(()),
        Err(error) => Err(SessionError::Link { id, error }),
    }
}

async fn introduce(shared: &Shared, connection: &mut Connection) -> Result<ConsoleHello, SessionError> {
    let hello = async {
        connection.send(&Message::EngineHello(EngineHello { name: shared.name.clone() })).await?;
        timeout(HELLO, connection.recv()).await.map_err(|_| LinkError::Timeout(HELLO))?
    };
    match hello.await.map_err(SessionError::Introduction)? {
        Message::ConsoleHello(hello) => Ok(hello),
        Message::Refused { reason } => Err(SessionError::RefusedBy(reason)),
        _ => Err(SessionError::Introduction(LinkError::Unexpected)),
    }
}

fn report(shared: &Shared, contact: Contact, hello: &ConsoleHello, seen: IpAddr) {
    match contact {
        Contact::Known(_) => {}
        Contact::New { id, instead_of } => {
            let rebuilt = instead_of.map_or_else(String::new, |other| {
                format!(
                    "; console {other} has the same address and another certificate: if the console was rebuilt, \
                     delete console {other}"
                )
            });
            shared.log.line(format!(
                "first contact of the console {:?} at {seen}: enable console {id} lets it use this engine{rebuilt}",
                hello.name
            ));
        }
        Contact::Reset(id) => shared.log.line(format!(
            "the console {:?} at {seen} has added this engine again: enable console {id} lets it use the engine again",
            hello.name
        )),
    }
}

struct Session<'a> {
    shared: &'a Arc<Shared>,
    id: u32,
    /// Whose session it is: an entry with another certificate is another console's.
    own: Fingerprint,
    seen: IpAddr,
    sender: Sender,
    /// Its place, if the console has dialled.
    place: Option<&'a Place>,
    /// What the console was told.
    enabled: bool,
}

impl Session<'_> {
    fn is_enabled(&self) -> bool {
        self.shared.registry.standing(self.id, self.own) == Some(true)
    }

    async fn tell_authorization(&mut self) -> Result<(), LinkError> {
        self.enabled = self.is_enabled();
        if let Some(place) = self.place {
            place.stands(if self.enabled { Standing::Trusted(self.own) } else { Standing::Known(self.own) });
        }
        self.sender.send(&Message::Authorization { enabled: self.enabled, seen: self.seen }).await
    }

    async fn answer(&mut self, message: Message) -> Result<(), LinkError> {
        // Read again for each message: what was just disabled must not get one more answer.
        let enabled = self.is_enabled();
        match message {
            Message::Ping { number } => self.sender.send(&Message::Pong { number }).await,
            Message::VersionQuestion if enabled => {
                self.sender.send(&Message::Versions(self.shared.versions.current())).await
            }
            Message::Direction { engine_dials } if enabled => {
                let stored = self.turn(engine_dials);
                self.sender.send(&Message::DirectionAnswer { stored }).await
            }
            Message::VersionQuestion | Message::Direction { .. } => self.tell_authorization().await,
            Message::Update { product, content } => {
                let answer = self.update(enabled, product, content);
                self.sender.send(&Message::UpdateAnswer { answer }).await
            }
            Message::Unknown | Message::Pong { .. } => Ok(()),
            _ => Err(LinkError::Unexpected),
        }
    }

    /// The console says who opens the connection from now on.
    fn turn(&self, engine_dials: bool) -> bool {
        let id = self.id;
        match self.shared.registry.set_connect_to(id, engine_dials) {
            Ok(changed) => {
                if changed {
                    let who = if engine_dials { "this engine dials it" } else { "it dials this engine" };
                    self.shared
                        .log
                        .line(format!("console {id} has reversed the direction: {who} from now on"));
                }
                true
            }
            Err(error) => {
                self.shared.log.line(format!("console {id} can't reverse the direction: {error}"));
                false
            }
        }
    }

    fn update(&self, enabled: bool, product: String, content: String) -> UpdateAnswer {
        if !enabled {
            UpdateAnswer::Unauthorized
        } else if self.shared.is_updating() {
            UpdateAnswer::Busy
        } else if self.shared.versions.has(&product, &content) {
            UpdateAnswer::UpToDate
        } else if self.shared.start_update(product, content) {
            UpdateAnswer::Applying
        } else {
            UpdateAnswer::Busy
        }
    }
}
