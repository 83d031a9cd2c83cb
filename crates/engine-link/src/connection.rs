//! Connections: dialled or accepted, with both certificates shown and the protocol version agreed on.

use std::fmt;
use std::io;
use std::net::{IpAddr, SocketAddr};
use std::time::Duration;

use rustls::ConnectionCommon;
use serde::Serialize;
use serde::de::DeserializeOwned;
use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _, ReadHalf, WriteHalf};
use tokio::net::{TcpSocket, TcpStream};
use tokio::time::timeout;
use tokio_rustls::{TlsAcceptor, TlsConnector, TlsStream};

use crate::frame::{self, FrameDecoder, FrameError};
use crate::message::{Message, PROTOCOL_VERSION, Preamble};
use crate::{Certificate, Fingerprint, Identity, tls};

/// How long the parts of a connection's beginning may take.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Timeouts {
    /// For the TCP connection.
    pub connect: Duration,
    /// For TLS and the version handshake together.
    pub handshake: Duration,
}

impl Default for Timeouts {
    /// 1.5 s for the connection, so that a lost first packet, sent again after one second, still makes it; 2 s for
    /// the handshake.
    fn default() -> Self {
        Self { connect: Duration::from_millis(1500), handshake: Duration::from_secs(2) }
    }
}

/// How long one message may take on its way out before the other side counts as gone.
const SEND_TIMEOUT: Duration = Duration::from_secs(5);

/// The label of the exporter value, as RFC 5705 wants it.
const EXPORTER_LABEL: &[u8] = b"EXPORTER-engine-link-v1";

/// Why there is no connection, or no longer.
#[derive(Debug, thiserror::Error)]
pub enum LinkError {
    /// The address did not take the connection.
    #[error("{}", connect_words(.0))]
    Connect(io::Error),
    /// TLS failed: no TLS 1.3 there, no certificate, or a key that is not the certificate's.
    #[error("the secure connection could not be made ({0})")]
    Handshake(io::Error),
    /// Another certificate than the pinned one.
    #[error("the certificate changed: {found} instead of {expected}")]
    CertificateChanged {
        /// The pinned one.
        expected: Fingerprint,
        /// The one that was shown.
        found: Fingerprint,
    },
    /// The other side speaks another version of this protocol.
    #[error("the other side speaks version {theirs} of the protocol, this one version {ours}")]
    Version {
        /// This side's version.
        ours: u32,
        /// The other side's version.
        theirs: u32,
    },
    /// The other side does not speak this protocol.
    #[error("the other side does not speak the protocol of scan engines")]
    OtherProtocol,
    /// A step took too long.
    #[error("no answer within {:.1} s", .0.as_secs_f32())]
    Timeout(Duration),
    /// A frame that is too long or can't be read.
    #[error(transparent)]
    Frame(#[from] FrameError),
    /// The other side ended the connection between two messages.
    #[error("the other side ended the connection")]
    Closed,
    /// The connection ended in the middle of a message.
    #[error("the connection was cut in the middle of a message")]
    Cut,
    /// A message that has no place here.
    #[error("an unexpected message")]
    Unexpected,
    /// The connection failed.
    #[error("the connection failed ({0})")]
    Io(io::Error),
}

/// What a failed connection attempt means, without the number of the operating system's error.
fn connect_words(error: &io::Error) -> String {
    match error.kind() {
        io::ErrorKind::ConnectionRefused => "nothing listens there".to_owned(),
        io::ErrorKind::TimedOut => "no answer".to_owned(),
        io::ErrorKind::HostUnreachable => "the host can't be reached".to_owned(),
        io::ErrorKind::NetworkUnreachable => "the network can't be reached".to_owned(),
        _ => error.to_string(),
    }
}

/// A connection on which both sides have shown their certificates and speak the same protocol version.
pub struct Connection {
    sender: Sender,
    receiver: Receiver,
    peer: Certificate,
    address: SocketAddr,
    exporter: [u8; 32],
}

/// Without the exporter value, which nobody but the two ends is to have.
impl fmt::Debug for Connection {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Connection({} at {})", self.peer_fingerprint(), self.address)
    }
}

/// The half that sends.
#[derive(Debug)]
pub struct Sender {
    stream: WriteHalf<TlsStream<TcpStream>>,
}

/// The half that receives.
#[derive(Debug)]
pub struct Receiver {
    stream: ReadHalf<TlsStream<TcpStream>>,
    decoder: FrameDecoder,
    chunk: Box<[u8; 4096]>,
}

/// Connects to `address`. With `pinned`, only the holder of that certificate's key is taken.
///
/// # Errors
/// [`LinkError`]; nothing of this side's but its certificate was sent when it is [`LinkError::CertificateChanged`].
pub async fn dial(
    identity: &Identity,
    address: SocketAddr,
    pinned: Option<Fingerprint>,
    timeouts: Timeouts,
) -> Result<Connection, LinkError> {
    dial_from(None, identity, address, pinned, timeouts).await
}

/// The same, from one of this machine's own addresses: the other side sees the connection come from there. An address
/// of the other family than `address` has no effect.
///
/// # Errors
/// As of [`dial`]; also [`LinkError::Connect`] when this machine does not have the address.
pub async fn dial_from(
    from: Option<IpAddr>,
    identity: &Identity,
    address: SocketAddr,
    pinned: Option<Fingerprint>,
    timeouts: Timeouts,
) -> Result<Connection, LinkError> {
    let stream = timeout(timeouts.connect, connect(from, address))
        .await
        .map_err(|_| LinkError::Timeout(timeouts.connect))?
        .map_err(LinkError::Connect)?;
    let handshake = async {
        stream.set_nodelay(true).map_err(LinkError::Io)?;
        let name = tls::server_name().map_err(|error| LinkError::Handshake(io::Error::other(error)))?;
        let stream = TlsConnector::from(identity.client())
            .connect(name, stream)
            .await
            .map_err(LinkError::Handshake)?;
        let (peer, exporter) = shown(stream.get_ref().1)?;
        if let Some(expected) = pinned
            && expected != peer.fingerprint()
        {
            return Err(LinkError::CertificateChanged { expected, found: peer.fingerprint() });
        }
        Connection::agree(stream.into(), peer, address, exporter).await
    };
    timeout(timeouts.handshake, handshake).await.map_err(|_| LinkError::Timeout(timeouts.handshake))?
}

async fn connect(from: Option<IpAddr>, address: SocketAddr) -> io::Result<TcpStream> {
    let Some(from) = from.filter(|from| from.is_ipv4() == address.is_ipv4() && !from.is_unspecified()) else {
        return TcpStream::connect(address).await;
    };
    let socket = if address.is_ipv4() { TcpSocket::new_v4()? } else { TcpSocket::new_v6()? };
    socket.bind(SocketAddr::new(from, 0))?;
    socket.connect(address).await
}

/// Takes a connection that came in. Who it is, the caller decides by [`Connection::peer_fingerprint`].
///
/// # Errors
/// [`LinkError`]; a side that says nothing ends after `handshake`.
pub async fn accept(
    identity: &Identity,
    stream: TcpStream,
    handshake: Duration,
) -> Result<Connection, LinkError> {
    let agree = async {
        let address = stream.peer_addr().map_err(LinkError::Io)?;
        stream.set_nodelay(true).map_err(LinkError::Io)?;
        let stream =
            TlsAcceptor::from(identity.server()).accept(stream).await.map_err(LinkError::Handshake)?;
        let (peer, exporter) = shown(stream.get_ref().1)?;
        Connection::agree(stream.into(), peer, address, exporter).await
    };
    timeout(handshake, agree).await.map_err(|_| LinkError::Timeout(handshake))?
}

/// The other side's certificate, and the value that only the two ends of this TLS connection have.
fn shown<Data>(connection: &ConnectionCommon<Data>) -> Result<(Certificate, [u8; 32]), LinkError> {
    let no_certificate = || LinkError::Handshake(io::Error::other("no certificate was shown"));
    let der = connection.peer_certificates().and_then(<[_]>::first).ok_or_else(no_certificate)?;
    let exporter = connection
        .export_keying_material([0_u8; 32], EXPORTER_LABEL, None)
        .map_err(|error| LinkError::Handshake(io::Error::other(error)))?;
    Ok((Certificate::from_der(der.to_vec()), exporter))
}

impl Connection {
    /// The version handshake.
    async fn agree(
        stream: TlsStream<TcpStream>,
        peer: Certificate,
        address: SocketAddr,
        exporter: [u8; 32],
    ) -> Result<Self, LinkError> {
        let (read, write) = tokio::io::split(stream);
        let mut sender = Sender { stream: write };
        let mut receiver =
            Receiver { stream: read, decoder: FrameDecoder::default(), chunk: Box::new([0; 4096]) };
        sender.send_value(&Preamble::ours()).await?;
        let theirs: Preamble = match receiver.recv_value().await {
            Err(LinkError::Frame(_)) => return Err(LinkError::OtherProtocol),
            other => other?,
        };
        if theirs.protocol != Preamble::PROTOCOL {
            return Err(LinkError::OtherProtocol);
        }
        if theirs.version != PROTOCOL_VERSION {
            return Err(LinkError::Version { ours: PROTOCOL_VERSION, theirs: theirs.version });
        }
        Ok(Self { sender, receiver, peer, address, exporter })
    }

    /// Sends one message.
    ///
    /// # Errors
    /// [`LinkError`]; the connection is of no more use then.
    pub async fn send(&mut self, message: &Message) -> Result<(), LinkError> {
        self.sender.send(message).await
    }

    /// Waits for the next message. It may be dropped while waiting: nothing is lost.
    ///
    /// # Errors
    /// [`LinkError`]; the connection is of no more use then.
    pub async fn recv(&mut self) -> Result<Message, LinkError> {
        self.receiver.recv().await
    }

    /// The two halves, to be used side by side.
    #[must_use]
    pub fn split(self) -> (Sender, Receiver) {
        (self.sender, self.receiver)
    }

    /// The certificate whose key the other side has proved to hold.
    #[must_use]
    pub fn peer_certificate(&self) -> &Certificate {
        &self.peer
    }

    /// Its fingerprint.
    #[must_use]
    pub fn peer_fingerprint(&self) -> Fingerprint {
        self.peer.fingerprint()
    }

    /// The other side's address.
    #[must_use]
    pub fn peer_address(&self) -> SocketAddr {
        self.address
    }

    /// A value that only the two ends of this very TLS connection can know (RFC 8446, exporters): a proof that is
    /// bound to it can't be carried over to another connection by someone in between.
    #[must_use]
    pub fn exporter(&self) -> &[u8; 32] {
        &self.exporter
    }
}

impl Sender {
    /// Sends one message. It must not be dropped half-way, or the other side gets half a frame.
    ///
    /// # Errors
    /// [`LinkError`]; the connection is of no more use then.
    pub async fn send(&mut self, message: &Message) -> Result<(), LinkError> {
        self.send_value(message).await
    }

    async fn send_value<T: Serialize>(&mut self, value: &T) -> Result<(), LinkError> {
        let frame = frame::encode(value)?;
        let write = async {
            self.stream.write_all(&frame).await?;
            self.stream.flush().await
        };
        timeout(SEND_TIMEOUT, write).await.map_err(|_| LinkError::Timeout(SEND_TIMEOUT))?.map_err(ended)
    }

    /// Says that this side is done. Errors are of no interest any more.
    pub async fn close(mut self) {
        drop(timeout(SEND_TIMEOUT, self.stream.shutdown()).await);
    }
}

impl Receiver {
    /// Waits for the next message. It may be dropped while waiting: nothing is lost.
    ///
    /// # Errors
    /// [`LinkError`]; the connection is of no more use then.
    pub async fn recv(&mut self) -> Result<Message, LinkError> {
        self.recv_value().await
    }

    async fn recv_value<T: DeserializeOwned>(&mut self) -> Result<T, LinkError> {
        loop {
            if let Some(value) = self.decoder.take()? {
                return Ok(value);
            }
            match self.stream.read(&mut self.chunk[..]).await.map_err(ended) {
                Ok(0) | Err(LinkError::Closed) => {
                    return Err(if self.decoder.is_empty() { LinkError::Closed } else { LinkError::Cut });
                }
                Ok(count) => self.decoder.push(&self.chunk[..count]),
                Err(error) => return Err(error),
            }
        }
    }
}

/// A process that is killed says no good-bye in TLS: for us that is an end like another.
fn ended(error: io::Error) -> LinkError {
    match error.kind() {
        io::ErrorKind::UnexpectedEof
        | io::ErrorKind::ConnectionReset
        | io::ErrorKind::ConnectionAborted
        | io::ErrorKind::BrokenPipe => LinkError::Closed,
        _ => LinkError::Io(error),
    }
}
