//! An engine of the protocol alone, for what a good engine never does.

use std::net::{IpAddr, Ipv4Addr, SocketAddr};
use std::sync::{Arc, Mutex};
use std::time::Duration;

use engine_link::{
    Connection, EngineHello, EngineVersions, Fingerprint, Identity, LinkError, Message, PROTOCOL_VERSION,
    PairError, PairRefusal, Preamble, Timeouts, UpdateAnswer, accept, dial_from, encode, pair_with_console,
};
use rustls::client::danger::{HandshakeSignatureValid, ServerCertVerified, ServerCertVerifier};
use rustls::crypto::CryptoProvider;
use rustls::pki_types::{CertificateDer, PrivateKeyDer, ServerName, UnixTime};
use rustls::{DigitallySignedStruct, SignatureScheme};
use tokio::io::AsyncWriteExt as _;
use tokio::net::{TcpListener, TcpStream};
use tokio::sync::watch;
use tokio::task::{JoinHandle, JoinSet};
use tokio::time::timeout;
use tokio_rustls::{TlsAcceptor, TlsConnector, client};

use crate::lab::Lab;

/// What nothing in these tests comes near to.
pub(crate) const BOUND: Duration = Duration::from_secs(15);
const PATIENT: Timeouts = Timeouts { connect: BOUND, handshake: BOUND };

/// What an engine has, running or not.
#[derive(Clone)]
pub(crate) struct SmallEngine {
    pub(crate) identity: Identity,
    pub(crate) name: String,
    /// Where it says that it listens. Also the address that it dials from.
    pub(crate) address: SocketAddr,
    /// Whether it does listen there.
    pub(crate) listens: bool,
    /// Whether the console is enabled on it.
    pub(crate) enabled: bool,
    /// Whether it answers when the direction is to be turned.
    pub(crate) turns: bool,
    /// Whether it dials the console.
    pub(crate) connect_to: Arc<watch::Sender<bool>>,
    /// What it heard of the direction.
    pub(crate) directions: Arc<Mutex<Vec<bool>>>,
    /// Why the console did not take it.
    pub(crate) refused: Arc<watch::Sender<Option<String>>>,
}

/// A running one. It ends with this, at once.
pub(crate) struct Alive(JoinHandle<()>);

impl Drop for Alive {
    fn drop(&mut self) {
        self.0.abort();
    }
}

impl SmallEngine {
    /// One that dials from this host, and listens nowhere.
    pub(crate) fn new(name: &str, host: Ipv4Addr, port: u16) -> Self {
        Self {
            identity: Identity::ephemeral(name).unwrap(),
            name: name.to_owned(),
            address: SocketAddr::from((host, port)),
            listens: false,
            enabled: true,
            turns: true,
            connect_to: Arc::new(watch::Sender::new(true)),
            directions: Arc::default(),
            refused: Arc::default(),
        }
    }

    /// One that listens there, and dials nobody.
    pub(crate) fn listening(name: &str, port: u16) -> Self {
        let engine = Self { listens: true, ..Self::new(name, Ipv4Addr::new(127, 0, 3, 1), port) };
        engine.connect_to.send_replace(false);
        engine
    }

    /// For a request that adds it.
    pub(crate) fn draft(&self) -> serde_json::Value {
        serde_json::json!({"name": self.name, "address": self.address.ip(), "port": self.address.port()})
    }

    pub(crate) fn fingerprint(&self) -> Fingerprint {
        self.identity.fingerprint()
    }

    /// Dials the console, and says nothing yet.
    pub(crate) async fn dial(&self, console: SocketAddr) -> Result<Connection, LinkError> {
        dial_from(Some(self.address.ip()), &self.identity, console, None, PATIENT).await
    }

    /// `add shared secret`. Gives the certificate that it pins.
    pub(crate) async fn pair_at(&self, console: SocketAddr, secret: &str) -> Result<Fingerprint, PairError> {
        let mut connection = self.dial(console).await?;
        let (key, secret, port) = (self.fingerprint(), secret.parse().unwrap(), self.address.port());
        let paired = pair_with_console(&mut connection, key, &secret, &self.name, port);
        timeout(BOUND, paired).await.expect("a verdict")?;
        Ok(connection.peer_fingerprint())
    }

    /// The same with the console of a lab.
    pub(crate) async fn pair(&self, lab: &Lab, secret: &str) -> Result<(), PairError> {
        let pinned = self.pair_at(lab.running.engine_listener(), secret).await?;
        assert_eq!(pinned, lab.running.fingerprint());
        Ok(())
    }

    /// Why the console does not pair with it.
    pub(crate) async fn refusal(&self, lab: &Lab, secret: &str) -> PairRefusal {
        match self.pair(lab, secret).await {
            Err(PairError::Refused(refusal)) => refusal,
            other => panic!("not refused: {other:?}"),
        }
    }

    /// Dials the console and introduces itself: its first connection, or why it is refused.
    pub(crate) async fn connect(&self, console: SocketAddr) -> Result<Connection, String> {
        let mut connection = self.dial(console).await.unwrap();
        let hello = EngineHello { name: self.name.clone() };
        connection.send(&Message::EngineHello(hello)).await.unwrap();
        match timeout(BOUND, connection.recv()).await.expect("an answer").unwrap() {
            Message::ConsoleHello(hello) => {
                assert!(!hello.first_contact, "the console has pinned it when it was paired");
                assert_eq!(hello.port, console.port());
                Ok(connection)
            }
            Message::Refused { reason } => Err(reason),
            other => panic!("{other:?}"),
        }
    }

    /// Listens, if it is one that does, and dials the console while it is to.
    pub(crate) async fn start(&self, console: SocketAddr) -> Alive {
        let mut sessions = JoinSet::new();
        let dialling = self.clone();
        sessions.spawn(async move { dialling.keep_dialling(console).await });
        if self.listens {
            let listener = timeout(BOUND, async {
                loop {
                    // The one before it may be just ending.
                    match TcpListener::bind(self.address).await {
                        Ok(listener) => return listener,
                        Err(_) => tokio::task::yield_now().await,
                    }
                }
            });
            let listener = listener.await.expect("the port is free");
            let listening = self.clone();
            sessions.spawn(async move { listening.listen(listener).await });
        }
        Alive(tokio::spawn(async move { while sessions.join_next().await.is_some() {} }))
    }

    async fn listen(&self, listener: TcpListener) {
        let mut sessions = JoinSet::new();
        while let Ok((stream, _)) = listener.accept().await {
            let engine = self.clone();
            sessions.spawn(async move {
                let Ok(connection) = accept(&engine.identity, stream, BOUND).await else { return };
                // However it ends, the console dials again.
                drop(engine.session(connection).await);
            });
        }
    }

    async fn keep_dialling(&self, console: SocketAddr) {
        let mut connect_to = self.connect_to.subscribe();
        let mut pause = tokio::time::interval(Duration::from_millis(100));
        while connect_to.wait_for(|dials| *dials).await.is_ok() {
            pause.tick().await;
            if let Ok(connection) = self.dial(console).await {
                drop(self.session(connection).await);
            }
        }
    }

    async fn session(&self, mut connection: Connection) -> Result<(), LinkError> {
        let seen = IpAddr::from(Ipv4Addr::LOCALHOST);
        connection.send(&Message::EngineHello(EngineHello { name: self.name.clone() })).await?;
        loop {
            let answer = match connection.recv().await? {
                Message::ConsoleHello(_) => Message::Authorization { enabled: self.enabled, seen },
                Message::Refused { reason } => {
                    self.refused.send_replace(Some(reason));
                    return Ok(());
                }
                Message::Ping { number } => Message::Pong { number },
                Message::VersionQuestion if self.enabled => Message::Versions(EngineVersions {
                    product: "6.6.1".to_owned(),
                    content: "2026-01-01".to_owned(),
                    serial: "A".repeat(40),
                    platform: "Linux64".to_owned(),
                }),
                Message::VersionQuestion => Message::Authorization { enabled: false, seen },
                Message::Update { .. } => Message::UpdateAnswer { answer: UpdateAnswer::UpToDate },
                Message::Direction { .. } if !self.turns => continue,
                Message::Direction { engine_dials } => {
                    self.directions.lock().unwrap().push(engine_dials);
                    self.connect_to.send_replace(engine_dials);
                    Message::DirectionAnswer { stored: true }
                }
                other => panic!("{other:?}"),
            };
            connection.send(&answer).await?;
        }
    }
}

/// The first frame of a side that speaks a later version of the protocol.
pub(crate) fn later_preamble() -> Vec<u8> {
    let preamble = Preamble { version: PROTOCOL_VERSION + 1, ..Preamble::ours() };
    encode(&preamble).unwrap()
}

fn certificate() -> (Vec<CertificateDer<'static>>, PrivateKeyDer<'static>) {
    let key = rcgen::KeyPair::generate().unwrap();
    let certificate = rcgen::CertificateParams::new(Vec::new()).unwrap().self_signed(&key).unwrap();
    (vec![certificate.der().clone()], PrivateKeyDer::try_from(key.serialize_der()).unwrap())
}

/// Connects with TLS and any certificate, and sends these bytes.
pub(crate) async fn raw(console: SocketAddr, bytes: &[u8]) -> client::TlsStream<TcpStream> {
    let (certificate, key) = certificate();
    let provider = Arc::new(rustls::crypto::ring::default_provider());
    let config = rustls::ClientConfig::builder_with_provider(Arc::clone(&provider))
        .with_protocol_versions(&[&rustls::version::TLS13])
        .unwrap()
        .dangerous()
        .with_custom_certificate_verifier(Arc::new(Anybody(provider)))
        .with_client_auth_cert(certificate, key)
        .unwrap();
    let stream = TcpStream::connect(console).await.unwrap();
    let name = ServerName::try_from("console").unwrap();
    let mut stream = TlsConnector::from(Arc::new(config)).connect(name, stream).await.unwrap();
    stream.write_all(bytes).await.unwrap();
    stream
}

/// Listens with TLS and any certificate, and sends these bytes to each who connects.
pub(crate) async fn raw_listener(bytes: Vec<u8>) -> SocketAddr {
    let (certificate, key) = certificate();
    let provider = Arc::new(rustls::crypto::ring::default_provider());
    let config = rustls::ServerConfig::builder_with_provider(provider)
        .with_protocol_versions(&[&rustls::version::TLS13])
        .unwrap()
        .with_no_client_auth()
        .with_single_cert(certificate, key)
        .unwrap();
    let acceptor = TlsAcceptor::from(Arc::new(config));
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let address = listener.local_addr().unwrap();
    tokio::spawn(async move {
        let mut kept = Vec::new();
        while let Ok((stream, _)) = listener.accept().await {
            let Ok(mut stream) = acceptor.accept(stream).await else { continue };
            if stream.write_all(&bytes).await.is_ok() {
                kept.push(stream);
            }
        }
    });
    address
}

/// Takes every certificate.
#[derive(Debug)]
struct Anybody(Arc<CryptoProvider>);

impl ServerCertVerifier for Anybody {
    fn verify_server_cert(
        &self,
        _: &CertificateDer<'_>,
        _: &[CertificateDer<'_>],
        _: &ServerName<'_>,
        _: &[u8],
        _: UnixTime,
    ) -> Result<ServerCertVerified, rustls::Error> {
        Ok(ServerCertVerified::assertion())
    }

    fn verify_tls12_signature(
        &self,
        _: &[u8],
        _: &CertificateDer<'_>,
        _: &DigitallySignedStruct,
    ) -> Result<HandshakeSignatureValid, rustls::Error> {
        unreachable!("TLS 1.3 alone")
    }

    fn verify_tls13_signature(
        &self,
        _: &[u8],
        _: &CertificateDer<'_>,
        _: &DigitallySignedStruct,
    ) -> Result<HandshakeSignatureValid, rustls::Error> {
        Ok(HandshakeSignatureValid::assertion())
    }

    fn supported_verify_schemes(&self) -> Vec<SignatureScheme> {
        self.0.signature_verification_algorithms.supported_schemes()
    }
}
