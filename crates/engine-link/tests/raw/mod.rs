//! Ends that do what this library never does.

#![expect(clippy::unwrap_used, reason = "the helpers of tests may fail as the tests do")]

use std::fs;
use std::net::SocketAddr;
use std::sync::Arc;

use engine_link::Identity;
use rustls::client::danger::{HandshakeSignatureValid, ServerCertVerified, ServerCertVerifier};
use rustls::crypto::ring;
use rustls::pki_types::pem::PemObject as _;
use rustls::pki_types::{CertificateDer, PrivateKeyDer, ServerName, UnixTime};
use rustls::{ClientConfig, ConfigBuilder, DigitallySignedStruct, Error, SignatureScheme};
use tokio::net::TcpStream;
use tokio_rustls::TlsConnector;
use tokio_rustls::client::TlsStream;

/// Without a certificate.
pub(crate) async fn anonymous(address: SocketAddr) -> TlsStream<TcpStream> {
    connect(builder().with_no_client_auth(), address).await
}

/// With the certificate of an identity, for saying something else than the protocol.
pub(crate) async fn known(address: SocketAddr) -> TlsStream<TcpStream> {
    let dir = tempfile::tempdir().unwrap();
    Identity::load_or_create(dir.path(), "raw").unwrap();
    let read = |name: &str| fs::read(dir.path().join(name)).unwrap();
    let certificate = CertificateDer::from_pem_slice(&read("identity.crt")).unwrap();
    let key = PrivateKeyDer::from_pem_slice(&read("identity.key")).unwrap();
    connect(builder().with_client_auth_cert(vec![certificate], key).unwrap(), address).await
}

fn builder() -> ConfigBuilder<ClientConfig, rustls::client::WantsClientCert> {
    ClientConfig::builder_with_provider(Arc::new(ring::default_provider()))
        .with_protocol_versions(&[&rustls::version::TLS13])
        .unwrap()
        .dangerous()
        .with_custom_certificate_verifier(Arc::new(Anybody))
}

async fn connect(config: ClientConfig, address: SocketAddr) -> TlsStream<TcpStream> {
    let stream = TcpStream::connect(address).await.unwrap();
    let name = ServerName::try_from("engine").unwrap();
    TlsConnector::from(Arc::new(config)).connect(name, stream).await.unwrap()
}

#[derive(Debug)]
struct Anybody;

impl ServerCertVerifier for Anybody {
    fn verify_server_cert(
        &self,
        _: &CertificateDer<'_>,
        _: &[CertificateDer<'_>],
        _: &ServerName<'_>,
        _: &[u8],
        _: UnixTime,
    ) -> Result<ServerCertVerified, Error> {
        Ok(ServerCertVerified::assertion())
    }

    fn verify_tls12_signature(
        &self,
        _: &[u8],
        _: &CertificateDer<'_>,
        _: &DigitallySignedStruct,
    ) -> Result<HandshakeSignatureValid, Error> {
        Ok(HandshakeSignatureValid::assertion())
    }

    fn verify_tls13_signature(
        &self,
        _: &[u8],
        _: &CertificateDer<'_>,
        _: &DigitallySignedStruct,
    ) -> Result<HandshakeSignatureValid, Error> {
        Ok(HandshakeSignatureValid::assertion())
    }

    fn supported_verify_schemes(&self) -> Vec<SignatureScheme> {
        vec![SignatureScheme::ECDSA_NISTP256_SHA256]
    }
}
