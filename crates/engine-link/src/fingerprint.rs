//! Certificates and their fingerprints: what both sides pin.

use std::fmt;
use std::slice;
use std::str::FromStr;

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use pem::{EncodeConfig, LineEnding, Pem};
use rustls::pki_types::CertificateDer;
use rustls::pki_types::pem::PemObject as _;
use serde::{Deserialize, Deserializer, Serialize, Serializer};
use sha2::{Digest as _, Sha256};

/// The SHA-256 digest of a certificate's DER bytes.
///
/// It is written as 32 pairs of upper-case hexadecimal digits with colons between them (`AB:CD:…`), which is what
/// `show consoles` and the Pairing tab show, so that a careful person can compare the two. Reading takes either case.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Fingerprint(pub [u8; 32]);

impl Fingerprint {
    /// The fingerprint of a certificate given as DER.
    #[must_use]
    pub fn of_der(der: &[u8]) -> Self {
        Self(Sha256::digest(der).into())
    }
}

impl fmt::Display for Fingerprint {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        for (index, byte) in self.0.iter().enumerate() {
            if index > 0 {
                f.write_str(":")?;
            }
            write!(f, "{byte:02X}")?;
        }
        Ok(())
    }
}

impl fmt::Debug for Fingerprint {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Display::fmt(self, f)
    }
}

/// The text is not a fingerprint: it must be 32 pairs of hexadecimal digits with colons between them.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("not a certificate fingerprint: 32 pairs of hexadecimal digits with colons between them are needed")]
pub struct FingerprintError;

impl FromStr for Fingerprint {
    type Err = FingerprintError;

    fn from_str(text: &str) -> Result<Self, FingerprintError> {
        let mut bytes = [0_u8; 32];
        let mut pairs = text.split(':');
        for byte in &mut bytes {
            let pair = pairs.next().ok_or(FingerprintError)?;
            hex::decode_to_slice(pair, slice::from_mut(byte)).map_err(|_| FingerprintError)?;
        }
        if pairs.next().is_some() {
            return Err(FingerprintError);
        }
        Ok(Self(bytes))
    }
}

impl Serialize for Fingerprint {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_str(self)
    }
}

impl<'de> Deserialize<'de> for Fingerprint {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        String::deserialize(deserializer)?.parse().map_err(serde::de::Error::custom)
    }
}

/// A certificate as the other side showed it, or as it is in a file.
#[derive(Clone, PartialEq, Eq)]
pub struct Certificate {
    der: Vec<u8>,
}

/// The text holds no certificate in PEM or base64.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("no certificate in PEM or base64")]
pub struct CertificateError;

impl Certificate {
    /// Takes the DER bytes as they are; that they are a certificate is checked by the TLS handshake.
    #[must_use]
    pub fn from_der(der: Vec<u8>) -> Self {
        Self { der }
    }

    /// Reads PEM, or the bare base64 between its two marks.
    ///
    /// # Errors
    /// [`CertificateError`] when there is neither.
    pub fn from_text(text: &str) -> Result<Self, CertificateError> {
        let der = if text.contains("-----BEGIN") {
            CertificateDer::from_pem_slice(text.as_bytes()).map_err(|_| CertificateError)?.to_vec()
        } else {
            let digits: String = text.split_whitespace().collect();
            STANDARD.decode(digits).map_err(|_| CertificateError)?
        };
        // Every certificate is a DER sequence, which starts so; this catches text that is base64 by accident.
        if der.first() == Some(&0x30) { Ok(Self { der }) } else { Err(CertificateError) }
    }

    /// The DER bytes.
    #[must_use]
    pub fn der(&self) -> &[u8] {
        &self.der
    }

    /// PEM, with 64 digits a line and a newline at the end.
    #[must_use]
    pub fn to_pem(&self) -> String {
        let pem = Pem::new("CERTIFICATE", self.der.as_slice());
        pem::encode_config(&pem, EncodeConfig::new().set_line_ending(LineEnding::LF))
    }

    /// The SHA-256 fingerprint.
    #[must_use]
    pub fn fingerprint(&self) -> Fingerprint {
        Fingerprint::of_der(&self.der)
    }
}

impl fmt::Debug for Certificate {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Certificate({})", self.fingerprint())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_fingerprint_is_written_in_upper_case_pairs_and_read_in_either_case() {
        let fingerprint = Fingerprint::of_der(b"certificate");
        let text = fingerprint.to_string();
        assert_eq!(text.len(), 32 * 3 - 1);
        assert_eq!(text, text.to_uppercase());
        assert_eq!(text.parse(), Ok(fingerprint));
        assert_eq!(text.to_lowercase().parse(), Ok(fingerprint));
    }

    #[test]
    fn a_fingerprint_travels_in_json_as_its_text() {
        let fingerprint = Fingerprint([0xAB; 32]);
        let json = serde_json::to_string(&fingerprint).unwrap();
        assert_eq!(json, format!("\"{fingerprint}\""));
        assert_eq!(serde_json::from_str::<Fingerprint>(&json).unwrap(), fingerprint);
    }

    #[test]
    fn what_is_no_fingerprint_is_refused() {
        let good = Fingerprint([1; 32]).to_string();
        for bad in
            ["", "AB", &good[3..], &format!("{good}:00"), &good.replace(':', ""), &good.replace("01", "+1")]
        {
            assert_eq!(bad.parse::<Fingerprint>(), Err(FingerprintError), "{bad}");
        }
    }

    #[test]
    fn a_certificate_is_read_from_pem_and_from_bare_base64() {
        let certificate = Certificate::from_der([0x30].into_iter().chain(1..=200).collect());
        let pem = certificate.to_pem();
        assert!(pem.lines().all(|line| line.len() <= 64), "{pem}");
        assert_eq!(Certificate::from_text(&pem), Ok(certificate.clone()));

        let bare: Vec<&str> = pem.lines().filter(|line| !line.starts_with('-')).collect();
        assert_eq!(Certificate::from_text(&format!("  {}\n ", bare.join("\n  "))), Ok(certificate));
        assert_eq!(Certificate::from_text("hello"), Err(CertificateError));
        assert_eq!(Certificate::from_text(""), Err(CertificateError));
    }
}
