//! Two ends of a connection on loopback, in order and out of order.

#![expect(clippy::unwrap_used, reason = "the helpers of tests may fail as the tests do")]

mod raw;

use std::net::SocketAddr;
use std::time::Duration;

use engine_link::{
    Connection, Fingerprint, Identity, LinkError, MAX_FRAME, Message, PROTOCOL_VERSION, Timeouts, accept,
    dial, encode,
};
use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
use tokio::net::{TcpListener, TcpStream};
use tokio::task::JoinHandle;

const HANDSHAKE: Duration = Duration::from_secs(20);
const SHORT: Timeouts = Timeouts { connect: Duration::from_secs(20), handshake: Duration::from_millis(100) };
const LONG: Timeouts = Timeouts { connect: Duration::from_secs(20), handshake: HANDSHAKE };

fn identity() -> Identity {
    Identity::ephemeral("test").unwrap()
}

/// Takes one connection with this identity.
async fn listening(identity: Identity) -> (SocketAddr, JoinHandle<Result<Connection, LinkError>>) {
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let address = listener.local_addr().unwrap();
    let accepting = tokio::spawn(async move {
        let (stream, _) = listener.accept().await.unwrap();
        accept(&identity, stream, HANDSHAKE).await
    });
    (address, accepting)
}

/// Both ends of a connection.
async fn pair() -> (Connection, Connection) {
    let (address, accepting) = listening(identity()).await;
    let dialled = dial(&identity(), address, None, LONG).await.unwrap();
    (dialled, accepting.await.unwrap().unwrap())
}

#[tokio::test]
async fn both_sides_see_each_others_certificate_and_share_a_value_of_their_own() {
    let (console, engine) = (identity(), identity());
    let (address, accepting) = listening(engine.clone()).await;
    let dialled = dial(&console, address, Some(engine.fingerprint()), LONG).await.unwrap();
    let accepted = accepting.await.unwrap().unwrap();
    assert_eq!(dialled.peer_fingerprint(), engine.fingerprint());
    assert_eq!(accepted.peer_fingerprint(), console.fingerprint());
    assert_eq!(accepted.peer_certificate(), console.certificate());
    assert_eq!(dialled.exporter(), accepted.exporter());

    let (other, _) = pair().await;
    assert_ne!(other.exporter(), accepted.exporter());
}

#[tokio::test]
async fn messages_go_both_ways_in_order() {
    let (mut one, mut other) = pair().await;
    for number in 0..100 {
        one.send(&Message::Ping { number }).await.unwrap();
    }
    for number in 0..100 {
        assert_eq!(other.recv().await.unwrap(), Message::Ping { number });
    }
    other.send(&Message::VersionQuestion).await.unwrap();
    assert_eq!(one.recv().await.unwrap(), Message::VersionQuestion);
    drop(one);
    assert!(matches!(other.recv().await, Err(LinkError::Closed)));
}

#[tokio::test]
async fn another_certificate_than_the_pinned_one_is_refused_before_a_word_is_said() {
    let engine = identity();
    let (address, accepting) = listening(engine.clone()).await;
    let expected = Fingerprint([7; 32]);
    let error = dial(&identity(), address, Some(expected), LONG).await.unwrap_err();
    assert!(
        matches!(error, LinkError::CertificateChanged { expected: e, found } if e == expected && found == engine.fingerprint()),
        "{error}"
    );
    assert!(matches!(accepting.await.unwrap(), Err(LinkError::Closed)), "nothing came behind the handshake");
}

#[tokio::test]
async fn nothing_listens_there() {
    let address = TcpListener::bind("127.0.0.1:0").await.unwrap().local_addr().unwrap();
    let error = dial(&identity(), address, None, LONG).await.unwrap_err();
    assert!(matches!(error, LinkError::Connect(_)), "{error}");
    assert_eq!(error.to_string(), "nothing listens there");
}

#[tokio::test]
async fn a_side_that_says_nothing_is_given_up() {
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let error = dial(&identity(), listener.local_addr().unwrap(), None, SHORT).await.unwrap_err();
    assert!(matches!(error, LinkError::Timeout(_)), "{error}");

    let _silent = TcpStream::connect(listener.local_addr().unwrap()).await.unwrap();
    // The first one in the queue is the dial from above.
    drop(listener.accept().await.unwrap());
    let (stream, _) = listener.accept().await.unwrap();
    let error = accept(&identity(), stream, SHORT.handshake).await.unwrap_err();
    assert!(matches!(error, LinkError::Timeout(_)), "{error}");
}

#[tokio::test]
async fn a_side_that_speaks_no_tls_is_refused() {
    let (address, accepting) = listening(identity()).await;
    let mut stream = TcpStream::connect(address).await.unwrap();
    stream.write_all(b"GET / HTTP/1.1\r\nHost: engine\r\n\r\n").await.unwrap();
    assert!(matches!(accepting.await.unwrap(), Err(LinkError::Handshake(_))));
}

#[tokio::test]
async fn a_side_that_shows_no_certificate_is_refused() {
    let (address, accepting) = listening(identity()).await;
    let mut stream = raw::anonymous(address).await;
    // TLS 1.3 tells it after the dialling side has finished: at its first read.
    assert!(stream.read_u8().await.is_err());
    assert!(matches!(accepting.await.unwrap(), Err(LinkError::Handshake(_))));
}

#[tokio::test]
async fn another_protocol_version_is_told_with_both_numbers() {
    let (address, accepting) = listening(identity()).await;
    let mut stream = raw::known(address).await;
    let later = serde_json::json!({"protocol": "engine-link", "version": 99, "something": ["new"]});
    stream.write_all(&encode(&later).unwrap()).await.unwrap();
    let error = accepting.await.unwrap().unwrap_err();
    assert!(matches!(error, LinkError::Version { ours: PROTOCOL_VERSION, theirs: 99 }), "{error}");
    assert_eq!(error.to_string(), "the other side speaks version 99 of the protocol, this one version 1");
}

#[tokio::test]
async fn what_is_no_preamble_is_another_protocol() {
    for bytes in
        [encode(&"hello").unwrap(), encode(&serde_json::json!({"protocol": "x", "version": 1})).unwrap()]
    {
        let (address, accepting) = listening(identity()).await;
        let mut stream = raw::known(address).await;
        stream.write_all(&bytes).await.unwrap();
        assert!(matches!(accepting.await.unwrap(), Err(LinkError::OtherProtocol)));
    }
}

#[tokio::test]
async fn frames_that_are_too_long_or_cut_off_end_the_connection() {
    let too_long = u32::try_from(MAX_FRAME + 1).unwrap().to_be_bytes();
    let cut_off = [0, 0, 0, 9, b'{'];
    for (bytes, is_long) in [(&too_long[..], true), (&cut_off[..], false)] {
        let (address, accepting) = listening(identity()).await;
        let mut stream = raw::known(address).await;
        stream.write_all(&encode(&engine_link::Preamble::ours()).unwrap()).await.unwrap();
        stream.write_all(bytes).await.unwrap();
        stream.flush().await.unwrap();
        let mut connection = accepting.await.unwrap().unwrap();
        drop(stream);
        match connection.recv().await.unwrap_err() {
            LinkError::Frame(_) => assert!(is_long),
            LinkError::Cut => assert!(!is_long),
            error => panic!("{error}"),
        }
    }
}
