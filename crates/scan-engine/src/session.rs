//! One connection with a console, whoever dialled.

use std::net::IpAddr;
use std::sync::Arc;
use std::time::Duration;

use engine_link::{Connection, ConsoleHello, EngineHello, LinkError, Message, Sender, UpdateAnswer};
use tokio::time::timeout;

use crate::engine::Shared;
use crate::registry::Contact;

/// A console that says nothing for this long is gone: it pings much more often.
const SILENCE: Duration = Duration::from_secs(15);
/// How long a console may take to say who it is.
const HELLO: Duration = Duration::from_secs(5);

/// Introduces the engine, gives the console its entry, and answers it until the connection ends.
pub(crate) async fn run(shared: &Arc<Shared>, mut connection: Connection) {
    let seen = connection.peer_address().ip().to_canonical();
    let hello = match introduce(shared, &mut connection).await {
        Ok(hello) => hello,
        Err(error) => {
            shared.log.failure(format!("a connection from {seen} came to nothing: {error}"));
            return;
        }
    };
    // From here on, so that nothing between reading the entry and waiting for its change is missed.
    let mut changes = shared.registry.watch();
    let id = match shared.registry.contact(connection.peer_certificate(), &hello, seen) {
        Ok(contact) => {
            report(shared, contact, &hello, seen);
            contact.id()
        }
        Err(refusal) => {
            shared.log.failure(format!("the console {:?} at {seen} is refused: {refusal}", hello.name));
            let (mut sender, _) = connection.split();
            if sender.send(&Message::Refused { reason: refusal.to_string() }).await.is_ok() {
                sender.close().await;
            }
            return;
        }
    };

    let (sender, mut receiver) = connection.split();
    let mut session = Session { shared, id, seen, sender, enabled: false };
    let mut result = session.tell_authorization().await;
    while result.is_ok() {
        tokio::select! {
            message = timeout(SILENCE, receiver.recv()) => {
                result = match message {
                    Ok(Ok(message)) => session.answer(message).await,
                    Ok(Err(error)) => Err(error),
                    Err(_) => Err(LinkError::Timeout(SILENCE)),
                };
            }
            Ok(()) = changes.changed() => {
                if shared.registry.is_enabled(id) != session.enabled {
                    result = session.tell_authorization().await;
                }
            }
            () = shared.goes_down() => {
                session.sender.close().await;
                return;
            }
        }
    }
    match result {
        Ok(()) | Err(LinkError::Closed) => {}
        Err(error) => shared.log.failure(format!("console {id} ({seen}): {error}")),
    }
}

async fn introduce(shared: &Shared, connection: &mut Connection) -> Result<ConsoleHello, LinkError> {
    connection.send(&Message::EngineHello(EngineHello { name: shared.name.clone() })).await?;
    match timeout(HELLO, connection.recv()).await.map_err(|_| LinkError::Timeout(HELLO))?? {
        Message::ConsoleHello(hello) => Ok(hello),
        _ => Err(LinkError::Unexpected),
    }
}

fn report(shared: &Shared, contact: Contact, hello: &ConsoleHello, seen: IpAddr) {
    match contact {
        Contact::Known(_) => {}
        Contact::New(id) => shared.log.line(format!(
            "first contact of the console {:?} at {seen}: enable console {id} lets it use this engine",
            hello.name
        )),
        Contact::Reset(id) => shared.log.line(format!(
            "the console {:?} at {seen} has added this engine anew: enable console {id} lets it use the engine again",
            hello.name
        )),
    }
}

struct Session<'a> {
    shared: &'a Arc<Shared>,
    id: u32,
    seen: IpAddr,
    sender: Sender,
    /// What the console was told.
    enabled: bool,
}

impl Session<'_> {
    async fn tell_authorization(&mut self) -> Result<(), LinkError> {
        self.enabled = self.shared.registry.is_enabled(self.id);
        self.sender.send(&Message::Authorization { enabled: self.enabled, seen: self.seen }).await
    }

    async fn answer(&mut self, message: Message) -> Result<(), LinkError> {
        // Read anew for each message: what was just disabled must not get one more answer.
        let enabled = self.shared.registry.is_enabled(self.id);
        match message {
            Message::Ping { number } => self.sender.send(&Message::Pong { number }).await,
            Message::VersionQuestion if enabled => {
                self.sender.send(&Message::Versions(self.shared.versions.current())).await
            }
            Message::VersionQuestion => self.tell_authorization().await,
            Message::Update { product, content } => {
                let answer = self.update(enabled, product, content);
                self.sender.send(&Message::UpdateAnswer { answer }).await
            }
            Message::Unknown | Message::Pong { .. } => Ok(()),
            _ => Err(LinkError::Unexpected),
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
