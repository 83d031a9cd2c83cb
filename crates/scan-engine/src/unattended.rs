//! Pairing without a command line: a `consoles.xml` that was put in place before the first start has the shared secret in
//! plain text (docs/api-quirks.md, "Engine side").
//!
//! It is used at the start, for entries with `enabled="1"` and `connectTo="1"`, and is taken out of the file as soon as it is
//! useless any more: the engine is paired, or the console has said that the secret is not valid. Until then it is tried
//! again: the console may be started after the engine.

use std::time::Duration;

use engine_link::{PairError, PairRefusal};
use tokio::task::JoinSet;
use tokio::time::sleep;

use crate::consoles_file::Given;
use crate::engine::Engine;
use crate::log::Kind;
use crate::pairing::PairingError;

/// The pause after the first attempt; each is twice as long as the one before.
const FIRST_PAUSE: Duration = Duration::from_millis(500);
/// The longest pause.
const LONGEST_PAUSE: Duration = Duration::from_secs(15);

/// Pairs with the consoles whose secrets stood in the file at the start. Ends when all are paired or given up.
pub(crate) async fn run(engine: &Engine) {
    let mut tasks = JoinSet::new();
    for (id, secret) in engine.registry().take_secrets() {
        let engine = engine.clone();
        tasks.spawn(async move { pair(&engine, id, secret).await });
    }
    while tasks.join_next().await.is_some() {}
}

async fn pair(engine: &Engine, id: u32, given: Given) {
    let (log, kind) = (engine.log(), Kind::Console(id));
    let secret = match given {
        Ok(secret) => secret.expose(),
        Err(error) => {
            log.line(format!("console {id} has no shared secret in plaintext_sharedSecret: {error}"));
            return;
        }
    };
    let mut pause = FIRST_PAUSE;
    loop {
        match engine.registry().get(id) {
            Ok(console) if console.entry.enabled && console.entry.connect_to => {}
            Ok(_) => {
                log.line(format!(
                    "the shared secret of console {id} in consoles.xml is not used: that takes enabled=\"1\" and \
                     connectTo=\"1\""
                ));
                return;
            }
            // Deleted in the meantime, and the secret with it.
            Err(_) => return,
        }
        match engine.add_shared_secret(id, &secret).await {
            Ok(_) => break,
            Err(error) if is_final(&error) => {
                log.line(format!(
                    "the shared secret of console {id} in consoles.xml was not applied: {error}"
                ));
                if is_spent(&error) {
                    break;
                }
                return;
            }
            Err(error) => {
                log.failure(kind, format!("the shared secret of console {id} waits to be applied: {error}"));
            }
        }
        sleep(pause).await;
        pause = (pause * 2).min(LONGEST_PAUSE);
    }
    match engine.registry().forget_secret(id) {
        Ok(()) => log.line(format!("the shared secret of console {id} was removed from consoles.xml")),
        Err(error) => log.line(format!(
            "the shared secret of console {id} could not be removed from consoles.xml: {error}"
        )),
    }
}

/// Whether another attempt would end in the same way.
fn is_final(error: &PairingError) -> bool {
    match error {
        PairingError::Dial { .. } | PairingError::NotListening => false,
        PairingError::Pair { error, .. } => !matches!(
            **error,
            PairError::Link(_) | PairError::Io(_) | PairError::Refused(PairRefusal::Failed { .. })
        ),
        PairingError::Registry(_)
        | PairingError::NotDialled(_)
        | PairingError::NoAddress(_)
        | PairingError::Malformed(..) => true,
    }
}

/// Whether the console has said that the secret is not valid.
fn is_spent(error: &PairingError) -> bool {
    let PairingError::Pair { error, .. } = error else { return false };
    matches!(
        **error,
        PairError::Refused(PairRefusal::NotAccepted | PairRefusal::Expired | PairRefusal::Revoked)
    )
}
