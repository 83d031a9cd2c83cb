//! Pairing with a shared secret, between two ends on loopback: in order, and against whoever wants to cheat.

#![expect(clippy::unwrap_used, reason = "the helpers of tests may fail as the tests do")]

mod raw;

use std::net::SocketAddr;
use std::time::Duration;

use engine_link::{
    Claim, Connection, Fingerprint, FrameError, Identity, LinkError, MAX_FRAME, Message, Nonce, PairError,
    PairRefusal, Preamble, Proof, SharedSecret, Timeouts, accept, dial, encode, pair_with_console,
};
use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
use tokio::net::{TcpListener, TcpStream};
use tokio::task::JoinHandle;
use tokio_rustls::client::TlsStream;

const BOUND: Duration = Duration::from_secs(20);
const TIMEOUTS: Timeouts = Timeouts { connect: BOUND, handshake: BOUND };

fn identity() -> Identity {
    Identity::ephemeral("test").unwrap()
}

fn secret() -> SharedSecret {
    SharedSecret::generate().unwrap()
}

/// Takes one connection with this identity.
async fn listening(identity: Identity) -> (SocketAddr, JoinHandle<Result<Connection, LinkError>>) {
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let address = listener.local_addr().unwrap();
    let accepting = tokio::spawn(async move {
        let (stream, _) = listener.accept().await.unwrap();
        accept(&identity, stream, BOUND).await
    });
    (address, accepting)
}

/// An engine's and a console's end of one connection, the engine's dialled.
async fn ends(engine: &Identity, console: &Identity) -> (Connection, Connection) {
    let (address, accepting) = listening(console.clone()).await;
    let dialled = dial(engine, address, None, TIMEOUTS).await.unwrap();
    (dialled, accepting.await.unwrap().unwrap())
}

/// An engine asks to be paired, in the background; its certificate to pin comes back, or why not.
fn engine(
    mut connection: Connection,
    identity: &Identity,
    secret: &SharedSecret,
) -> JoinHandle<Result<Fingerprint, PairError>> {
    let (own, secret) = (identity.fingerprint(), secret.clone());
    tokio::spawn(async move {
        pair_with_console(&mut connection, own, &secret, "Oslo", 40814).await?;
        Ok(connection.peer_fingerprint())
    })
}

/// The console's side up to the engine's proof.
async fn claim(mut connection: Connection, identity: &Identity) -> Result<Claim, PairError> {
    let Message::PairRequest { name, port, nonce } = connection.recv().await.unwrap() else {
        panic!("no request");
    };
    Claim::challenge(connection, identity.fingerprint(), name, port, nonce).await
}

/// A console that knows this secret takes or refuses the engine, as a console does it.
async fn decides(connection: Connection, identity: &Identity, secret: &SharedSecret) -> bool {
    let claim = claim(connection, identity).await.unwrap();
    let proves = claim.proves(secret);
    if proves {
        claim.accept(secret).await.unwrap();
    } else {
        claim.refuse(PairRefusal::NotAccepted).await;
    }
    proves
}

/// The proof in a message.
fn proof(message: Message) -> Proof {
    match message {
        Message::PairProof { proof } | Message::PairAccepted { proof } => proof,
        other => panic!("{other:?}"),
    }
}

#[tokio::test]
async fn the_right_secret_pairs_and_each_side_has_the_others_fingerprint() {
    let (one, other, secret) = (identity(), identity(), secret());
    let (dialled, accepted) = ends(&one, &other).await;
    let pairing = engine(dialled, &one, &secret);
    let claim = claim(accepted, &other).await.unwrap();
    assert_eq!((claim.name(), claim.port()), ("Oslo", 40814));
    assert_eq!(claim.connection().peer_fingerprint(), one.fingerprint());
    assert!(claim.proves(&secret));
    assert!(!claim.proves(&self::secret()));
    claim.accept(&secret).await.unwrap();
    assert_eq!(pairing.await.unwrap().unwrap(), other.fingerprint());
}

#[tokio::test]
async fn who_dialled_makes_no_difference() {
    let (one, other, secret) = (identity(), identity(), secret());
    let (console, engines) = ends(&other, &one).await;
    let pairing = engine(engines, &one, &secret);
    assert!(decides(console, &other, &secret).await);
    assert_eq!(pairing.await.unwrap().unwrap(), other.fingerprint());
}

#[tokio::test]
async fn the_wrong_secret_is_not_accepted() {
    let (one, other) = (identity(), identity());
    let (dialled, accepted) = ends(&one, &other).await;
    let pairing = engine(dialled, &one, &secret());
    assert!(!decides(accepted, &other, &secret()).await);
    assert!(matches!(pairing.await.unwrap(), Err(PairError::Refused(PairRefusal::NotAccepted))));
}

#[tokio::test]
async fn the_engine_hears_why_the_console_refuses() {
    let taken = || PairRefusal::Taken { reason: "Oslo has another key".to_owned() };
    for (refusal, words) in [
        (PairRefusal::Expired, "this shared secret has expired: generate a new one on the Security Console"),
        (PairRefusal::Revoked, "this shared secret was revoked: generate a new one on the Security Console"),
        (taken(), "Oslo has another key"),
        (PairRefusal::Failed { reason: "busy".to_owned() }, "busy"),
    ] {
        let (one, other, secret) = (identity(), identity(), secret());
        let (dialled, accepted) = ends(&one, &other).await;
        let pairing = engine(dialled, &one, &secret);
        claim(accepted, &other).await.unwrap().refuse(refusal.clone()).await;
        let error = pairing.await.unwrap().unwrap_err();
        assert_eq!(error.to_string(), words);
        assert!(matches!(error, PairError::Refused(told) if told == refusal));
    }
}

#[tokio::test]
async fn a_console_may_refuse_before_it_asks_for_a_proof() {
    let (one, other) = (identity(), identity());
    let (dialled, mut accepted) = ends(&one, &other).await;
    let pairing = engine(dialled, &one, &secret());
    accepted.recv().await.unwrap();
    accepted.send(&Message::PairRefused { refusal: PairRefusal::Expired }).await.unwrap();
    assert!(matches!(pairing.await.unwrap(), Err(PairError::Refused(PairRefusal::Expired))));
}

#[tokio::test]
async fn a_refusal_of_a_later_version_is_a_refusal() {
    let (address, accepting) = listening(identity()).await;
    let mut console = speaking(address).await;
    let one = identity();
    let pairing = engine(accepting.await.unwrap().unwrap(), &one, &secret());
    say(&mut console, r#"{"type":"pair-refused","refusal":{"why":"moon-phase","phase":"full"}}"#).await;
    assert!(matches!(pairing.await.unwrap(), Err(PairError::Refused(PairRefusal::Unknown))));
}

#[tokio::test]
async fn a_message_of_a_later_version_in_between_is_passed_over() {
    let (one, other, secret) = (identity(), identity(), secret());
    let (dialled, mut accepted) = ends(&one, &other).await;
    let pairing = engine(dialled, &one, &secret);
    accepted.send(&Message::Unknown).await.unwrap();
    assert!(decides(accepted, &other, &secret).await);
    pairing.await.unwrap().unwrap();
}

#[tokio::test]
async fn a_proof_from_an_earlier_connection_proves_nothing() {
    let (one, other, secret) = (identity(), identity(), secret());
    // A first connection, on which everything that the engine says is kept.
    let (dialled, mut accepted) = ends(&one, &other).await;
    let pairing = engine(dialled, &one, &secret);
    let request = accepted.recv().await.unwrap();
    accepted.send(&Message::PairChallenge { nonce: nonce().await }).await.unwrap();
    let kept = accepted.recv().await.unwrap();
    drop(accepted);
    assert!(pairing.await.unwrap().is_err());

    // The same words of the same engine, on a second one.
    let (mut dialled, accepted) = ends(&one, &other).await;
    dialled.send(&request).await.unwrap();
    dialled.send(&kept).await.unwrap();
    assert!(!decides(accepted, &other, &secret).await);
}

#[tokio::test]
async fn even_the_same_nonces_make_another_proof_on_another_connection() {
    let (one, other, secret) = (identity(), identity(), secret());
    let mut proofs = Vec::new();
    let challenge = Message::PairChallenge { nonce: nonce().await };
    for _ in 0..2 {
        let (dialled, mut accepted) = ends(&one, &other).await;
        let pairing = engine(dialled, &one, &secret);
        accepted.recv().await.unwrap();
        accepted.send(&challenge).await.unwrap();
        proofs.push(proof(accepted.recv().await.unwrap()));
        drop(accepted);
        assert!(pairing.await.unwrap().is_err());
    }
    assert_ne!(proofs[0], proofs[1]);
}

#[tokio::test]
async fn each_attempt_has_nonces_of_its_own() {
    assert_ne!(nonce().await, nonce().await);
}

#[tokio::test]
async fn a_console_that_does_not_know_the_secret_is_found_out() {
    let (one, rogue, secret) = (identity(), identity(), secret());
    let (dialled, accepted) = ends(&one, &rogue).await;
    let pairing = engine(dialled, &one, &secret);
    let claim = claim(accepted, &rogue).await.unwrap();
    // It says yes whatever the engine has shown, with the proof of a secret that it made up.
    claim.accept(&self::secret()).await.unwrap();
    assert!(matches!(pairing.await.unwrap(), Err(PairError::NotTheConsole)));
}

#[tokio::test]
async fn the_engines_own_proof_sent_back_to_it_is_found_out() {
    let (one, rogue, secret) = (identity(), identity(), secret());
    let (dialled, mut accepted) = ends(&one, &rogue).await;
    let pairing = engine(dialled, &one, &secret);
    let Message::PairRequest { nonce, .. } = accepted.recv().await.unwrap() else { panic!() };
    // Its nonce as well, so that nothing but the role tells the two proofs apart.
    accepted.send(&Message::PairChallenge { nonce }).await.unwrap();
    let proof = proof(accepted.recv().await.unwrap());
    accepted.send(&Message::PairAccepted { proof }).await.unwrap();
    assert!(matches!(pairing.await.unwrap(), Err(PairError::NotTheConsole)));
}

#[tokio::test]
async fn who_stands_between_the_two_with_a_certificate_of_his_own_gets_nothing() {
    let (one, other, middle, secret) = (identity(), identity(), identity(), secret());
    let (dialled, mut to_engine) = ends(&one, &middle).await;
    let (mut to_console, accepted) = ends(&middle, &other).await;
    let pairing = engine(dialled, &one, &secret);
    let deciding = tokio::spawn(async move { decides(accepted, &other, &secret).await });

    // He hands on every word.
    to_console.send(&to_engine.recv().await.unwrap()).await.unwrap();
    to_engine.send(&to_console.recv().await.unwrap()).await.unwrap();
    to_console.send(&to_engine.recv().await.unwrap()).await.unwrap();
    assert!(!deciding.await.unwrap(), "the console takes nobody for the engine");
    to_engine.send(&to_console.recv().await.unwrap()).await.unwrap();
    assert!(matches!(pairing.await.unwrap(), Err(PairError::Refused(PairRefusal::NotAccepted))));
}

#[tokio::test]
async fn a_consoles_proof_for_another_engine_is_of_no_use() {
    let (one, middle, secret) = (identity(), identity(), secret());
    let (dialled, mut to_engine) = ends(&one, &middle).await;
    let pairing = engine(dialled, &one, &secret);
    to_engine.recv().await.unwrap();
    to_engine.send(&Message::PairChallenge { nonce: nonce().await }).await.unwrap();
    to_engine.recv().await.unwrap();
    to_engine.send(&Message::PairAccepted { proof: elsewhere(&secret).await }).await.unwrap();
    assert!(matches!(pairing.await.unwrap(), Err(PairError::NotTheConsole)));
}

#[tokio::test]
async fn without_a_certificate_there_is_nothing_to_pair() {
    let (address, accepting) = listening(identity()).await;
    let mut stream = raw::anonymous(address).await;
    assert!(stream.read_u8().await.is_err());
    assert!(matches!(accepting.await.unwrap(), Err(LinkError::Handshake(_))));
}

#[tokio::test]
async fn another_version_of_the_protocol_is_told_before_anything_is_proved() {
    let (address, accepting) = listening(identity()).await;
    let mut stream = raw::known(address).await;
    stream.write_all(&encode(&Preamble { version: 2, ..Preamble::ours() }).unwrap()).await.unwrap();
    say(&mut stream, r#"{"type":"pair-request","name":"Oslo"}"#).await;
    assert!(matches!(accepting.await.unwrap(), Err(LinkError::Version { ours: 1, theirs: 2 })));
}

/// Whether it is the error that was expected.
type Expected = fn(&LinkError) -> bool;

/// What is sent in place of a right message, and by which error it is known.
fn nonsense() -> Vec<(Vec<u8>, Expected)> {
    let json = |text: &str| {
        let mut frame = u32::try_from(text.len()).unwrap().to_be_bytes().to_vec();
        frame.extend_from_slice(text.as_bytes());
        frame
    };
    let too_long = u32::try_from(MAX_FRAME + 1).unwrap().to_be_bytes().to_vec();
    vec![
        (too_long, |error| matches!(error, LinkError::Frame(FrameError::TooLong { length: 65_537 }))),
        (b"\0\0\x01\0{\"type\":".to_vec(), |error| matches!(error, LinkError::Cut)),
        (b"\0\0".to_vec(), |error| matches!(error, LinkError::Cut)),
        (Vec::new(), |error| matches!(error, LinkError::Closed)),
        (json(r#"{"type":"ping","number":1}"#), |error| matches!(error, LinkError::Unexpected)),
        (json(r#"{"type":"pair-challenge","nonce":"00"}"#), |error| matches!(error, LinkError::Frame(_))),
        (json(r#"{"type":"pair-proof"}"#), |error| matches!(error, LinkError::Frame(_))),
        (json("[]"), |error| matches!(error, LinkError::Frame(_))),
    ]
}

#[tokio::test]
async fn nonsense_in_place_of_the_challenge_or_of_the_verdict_ends_the_attempt() {
    for after_challenge in [false, true] {
        for (bytes, expected) in nonsense() {
            let (address, accepting) = listening(identity()).await;
            let mut console = speaking(address).await;
            let one = identity();
            let pairing = engine(accepting.await.unwrap().unwrap(), &one, &secret());
            if after_challenge {
                let challenge = Message::PairChallenge { nonce: nonce().await };
                console.write_all(&encode(&challenge).unwrap()).await.unwrap();
            }
            console.write_all(&bytes).await.unwrap();
            console.shutdown().await.unwrap();
            match pairing.await.unwrap() {
                Err(PairError::Link(error)) => assert!(expected(&error), "{bytes:?}: {error}"),
                other => panic!("{bytes:?}: {other:?}"),
            }
        }
    }
}

#[tokio::test]
async fn nonsense_in_place_of_the_proof_ends_the_attempt() {
    for (bytes, expected) in nonsense() {
        let console = identity();
        let (address, accepting) = listening(console.clone()).await;
        let mut engine = speaking(address).await;
        let request = Message::PairRequest { name: "Oslo".to_owned(), port: 1, nonce: nonce().await };
        engine.write_all(&encode(&request).unwrap()).await.unwrap();
        engine.write_all(&bytes).await.unwrap();
        engine.shutdown().await.unwrap();
        match claim(accepting.await.unwrap().unwrap(), &console).await {
            Err(PairError::Link(error)) => assert!(expected(&error), "{bytes:?}: {error}"),
            other => panic!("{bytes:?}: {other:?}"),
        }
    }
}

/// The clock is stopped, and continues by itself when nothing happens any more: the real bound, in no time.
#[tokio::test]
async fn a_console_that_says_nothing_is_given_up_within_fifteen_seconds() {
    for after_challenge in [false, true] {
        let (one, other) = (identity(), identity());
        let (dialled, mut accepted) = ends(&one, &other).await;
        if after_challenge {
            accepted.send(&Message::PairChallenge { nonce: nonce().await }).await.unwrap();
        }
        given_up(engine(dialled, &one, &secret())).await;
        drop(accepted);
    }
}

#[tokio::test]
async fn an_engine_that_says_nothing_is_given_up_within_fifteen_seconds() {
    let (one, other) = (identity(), identity());
    let (mut dialled, accepted) = ends(&one, &other).await;
    let request = Message::PairRequest { name: "Oslo".to_owned(), port: 1, nonce: nonce().await };
    dialled.send(&request).await.unwrap();
    given_up(tokio::spawn(async move { claim(accepted, &other).await })).await;
}

/// A side that says something all the time, and nothing to the point.
#[tokio::test]
async fn chatter_does_not_prolong_the_bound() {
    let (one, other) = (identity(), identity());
    let (dialled, mut accepted) = ends(&one, &other).await;
    let pairing = engine(dialled, &one, &secret());
    tokio::spawn(async move {
        while accepted.send(&Message::Unknown).await.is_ok() {
            tokio::time::sleep(Duration::from_secs(1)).await;
        }
    });
    given_up(pairing).await;
}

async fn given_up<T: std::fmt::Debug>(attempt: JoinHandle<Result<T, PairError>>) {
    tokio::time::pause();
    let started = tokio::time::Instant::now();
    let result = attempt.await.unwrap();
    assert!(matches!(result, Err(PairError::Link(LinkError::Timeout(_)))), "{result:?}");
    assert!(started.elapsed() <= Duration::from_secs(16), "{:?}", started.elapsed());
    tokio::time::resume();
}

/// A fresh nonce, as an engine makes it.
async fn nonce() -> Nonce {
    let (one, other) = (identity(), identity());
    let (dialled, mut accepted) = ends(&one, &other).await;
    let pairing = engine(dialled, &one, &secret());
    let Message::PairRequest { nonce, .. } = accepted.recv().await.unwrap() else { panic!() };
    pairing.abort();
    nonce
}

/// The proof of a console that knows the secret, for another engine on another connection.
async fn elsewhere(secret: &SharedSecret) -> Proof {
    let (one, other) = (identity(), identity());
    let (mut dialled, accepted) = ends(&one, &other).await;
    let request = Message::PairRequest { name: "Oslo".to_owned(), port: 1, nonce: nonce().await };
    dialled.send(&request).await.unwrap();
    let known = secret.clone();
    tokio::spawn(async move { claim(accepted, &other).await.unwrap().accept(&known).await.unwrap() });
    let Message::PairChallenge { .. } = dialled.recv().await.unwrap() else { panic!() };
    // Whatever the proof is: this console takes it.
    let any: Proof = serde_json::from_value("00".repeat(32).into()).unwrap();
    dialled.send(&Message::PairProof { proof: any }).await.unwrap();
    proof(dialled.recv().await.unwrap())
}

/// Someone who has agreed on the version and says what he likes from here on.
async fn speaking(address: SocketAddr) -> TlsStream<TcpStream> {
    let mut stream = raw::known(address).await;
    stream.write_all(&encode(&Preamble::ours()).unwrap()).await.unwrap();
    stream
}

async fn say(stream: &mut TlsStream<TcpStream>, json: &str) {
    let length = u32::try_from(json.len()).unwrap().to_be_bytes();
    stream.write_all(&length).await.unwrap();
    stream.write_all(json.as_bytes()).await.unwrap();
    stream.flush().await.unwrap();
}
