//! The certificate and key of one side.

use std::fmt;
use std::fs;
use std::io;
use std::path::Path;
use std::sync::Arc;

use rcgen::{CertificateParams, DnType, KeyPair, PKCS_ECDSA_P256_SHA256};
use rustls::pki_types::pem::PemObject as _;
use rustls::pki_types::{CertificateDer, PrivateKeyDer};
use rustls::{ClientConfig, ServerConfig};

use crate::files::{Access, sync_directory_of, write_whole};
use crate::{Certificate, Fingerprint, tls};

const CERTIFICATE_FILE: &str = "identity.crt";
const KEY_FILE: &str = "identity.key";

/// A self-signed certificate with its private key: who this console or this engine is.
///
/// Nobody signs it, and its dates mean nothing: the other side pins its [`Fingerprint`]. Cloning is cheap.
#[derive(Clone)]
pub struct Identity {
    certificate: Certificate,
    server: Arc<ServerConfig>,
    client: Arc<ClientConfig>,
}

impl Identity {
    /// Reads `identity.crt` and `identity.key` from `dir`, or makes them (mode 0600) with a new ECDSA P-256 key.
    ///
    /// `common_name` is the name written into a new certificate. It is a help for people alone.
    ///
    /// # Errors
    /// What the file system says, with the path; and [`io::ErrorKind::InvalidData`] when the files are no certificate
    /// and key, don't belong together, or the key is missing beside its certificate.
    pub fn load_or_create(dir: &Path, common_name: &str) -> io::Result<Self> {
        let (certificate_path, key_path) = (dir.join(CERTIFICATE_FILE), dir.join(KEY_FILE));
        // The certificate is written last: without it the key was never shown to anyone, and making both again
        // loses nothing.
        if certificate_path.try_exists().map_err(|error| at(&certificate_path, error))? {
            return Self::load(&certificate_path, &key_path);
        }
        fs::create_dir_all(dir).and_then(|()| sync_directory_of(dir)).map_err(|error| at(dir, error))?;
        let (certificate, key) = generate(common_name)?;
        write_private(&key_path, key.as_bytes())?;
        write_private(&certificate_path, certificate.as_bytes())?;
        Self::load(&certificate_path, &key_path)
    }

    /// Makes an identity that lives in memory only.
    ///
    /// # Errors
    /// [`io::ErrorKind::Other`] when the system gives no random numbers.
    pub fn ephemeral(common_name: &str) -> io::Result<Self> {
        let (certificate, key) = generate(common_name)?;
        Self::from_pem(&certificate, &key).map_err(io::Error::other)
    }

    fn load(certificate_path: &Path, key_path: &Path) -> io::Result<Self> {
        let certificate =
            fs::read_to_string(certificate_path).map_err(|error| at(certificate_path, error))?;
        let key = fs::read_to_string(key_path).map_err(|error| at(key_path, error))?;
        Self::from_pem(&certificate, &key)
            .map_err(|reason| at(certificate_path, io::Error::new(io::ErrorKind::InvalidData, reason)))
    }

    fn from_pem(certificate: &str, key: &str) -> Result<Self, String> {
        let certificate = CertificateDer::from_pem_slice(certificate.as_bytes())
            .map_err(|error| format!("not a certificate in PEM ({error})"))?;
        let key = PrivateKeyDer::from_pem_slice(key.as_bytes())
            .map_err(|error| format!("the key beside it is not a key in PEM ({error})"))?;
        let unusable = |error: rustls::Error| format!("certificate and key do not belong together ({error})");
        let server = tls::server_config(certificate.clone(), key.clone_key()).map_err(unusable)?;
        let client = tls::client_config(certificate.clone(), key).map_err(unusable)?;
        Ok(Self {
            certificate: Certificate::from_der(certificate.to_vec()),
            server: Arc::new(server),
            client: Arc::new(client),
        })
    }

    /// The certificate.
    #[must_use]
    pub fn certificate(&self) -> &Certificate {
        &self.certificate
    }

    /// The certificate in PEM.
    #[must_use]
    pub fn certificate_pem(&self) -> String {
        self.certificate.to_pem()
    }

    /// The certificate's fingerprint: what the other side pins.
    #[must_use]
    pub fn fingerprint(&self) -> Fingerprint {
        self.certificate.fingerprint()
    }

    pub(crate) fn server(&self) -> Arc<ServerConfig> {
        Arc::clone(&self.server)
    }

    pub(crate) fn client(&self) -> Arc<ClientConfig> {
        Arc::clone(&self.client)
    }
}

impl fmt::Debug for Identity {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Identity({})", self.fingerprint())
    }
}

/// Certificate and key in PEM.
fn generate(common_name: &str) -> io::Result<(String, String)> {
    let key = KeyPair::generate_for(&PKCS_ECDSA_P256_SHA256).map_err(io::Error::other)?;
    let mut params = CertificateParams::new(Vec::new()).map_err(io::Error::other)?;
    params.distinguished_name.push(DnType::CommonName, common_name);
    let certificate = params.self_signed(&key).map_err(io::Error::other)?;
    Ok((certificate.pem(), key.serialize_pem()))
}

/// Writes the file whole or not at all, readable by its owner only.
fn write_private(path: &Path, content: &[u8]) -> io::Result<()> {
    write_whole(path, content, Access::Private).map_err(|error| at(path, error))
}

fn at(path: &Path, error: impl Into<io::Error>) -> io::Error {
    let error = error.into();
    io::Error::new(error.kind(), format!("{}: {error}", path.display()))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_identity_is_made_once_and_found_again() {
        let dir = tempfile::tempdir().unwrap();
        let dir = dir.path().join("keys");
        let first = Identity::load_or_create(&dir, "London engine").unwrap();
        let second = Identity::load_or_create(&dir, "another name").unwrap();
        assert_eq!(first.fingerprint(), second.fingerprint());
        assert_eq!(
            Certificate::from_text(&first.certificate_pem()).unwrap().fingerprint(),
            first.fingerprint()
        );
    }

    #[cfg(unix)]
    #[test]
    fn both_files_are_the_owners_only() {
        use std::os::unix::fs::PermissionsExt as _;
        let dir = tempfile::tempdir().unwrap();
        Identity::load_or_create(dir.path(), "engine").unwrap();
        for file in [CERTIFICATE_FILE, KEY_FILE] {
            let mode = fs::metadata(dir.path().join(file)).unwrap().permissions().mode();
            assert_eq!(mode & 0o777, 0o600, "{file}");
        }
    }

    #[test]
    fn a_key_that_belongs_to_another_certificate_is_refused() {
        let (ours, other) = (tempfile::tempdir().unwrap(), tempfile::tempdir().unwrap());
        Identity::load_or_create(ours.path(), "ours").unwrap();
        Identity::load_or_create(other.path(), "other").unwrap();
        fs::copy(other.path().join(KEY_FILE), ours.path().join(KEY_FILE)).unwrap();
        let error = Identity::load_or_create(ours.path(), "ours").unwrap_err();
        assert_eq!(error.kind(), io::ErrorKind::InvalidData);
        assert!(error.to_string().contains(CERTIFICATE_FILE), "{error}");
    }

    #[test]
    fn a_certificate_without_its_key_is_an_error_and_not_replaced() {
        let dir = tempfile::tempdir().unwrap();
        Identity::load_or_create(dir.path(), "engine").unwrap();
        fs::remove_file(dir.path().join(KEY_FILE)).unwrap();
        let error = Identity::load_or_create(dir.path(), "engine").unwrap_err();
        assert!(error.to_string().contains(KEY_FILE), "{error}");
    }

    #[test]
    fn a_creation_that_was_cut_off_before_the_certificate_starts_over() {
        let dir = tempfile::tempdir().unwrap();
        fs::write(dir.path().join(KEY_FILE), "half a key").unwrap();
        Identity::load_or_create(dir.path(), "engine").unwrap();
    }
}
