//! The shared secret, and how each side proves that it has it without giving it away.

use std::fmt;
use std::io;
use std::str::FromStr;

use hmac::{Hmac, KeyInit as _, Mac as _};
use serde::{Deserialize, Serialize};
use sha2::Sha256;
use zeroize::Zeroizing;

use crate::fingerprint::Fingerprint;

/// A shared secret: 128 random bits, written as eight groups of four upper-case hexadecimal digits
/// (docs/api-quirks.md, "Shared secret").
///
/// It is wiped from memory when it is dropped, and its `Debug` shows nothing of it.
#[derive(Clone)]
pub struct SharedSecret(Zeroizing<[u8; 16]>);

/// The text is no shared secret.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error(
    "a shared secret has eight groups of four hexadecimal digits, as in 0123-4567-89AB-CDEF-0123-4567-89AB-CDEF"
)]
pub struct SharedSecretError;

impl SharedSecret {
    /// A new one.
    ///
    /// # Errors
    /// When the operating system has no random numbers.
    pub fn generate() -> io::Result<Self> {
        let mut bytes = Zeroizing::new([0_u8; 16]);
        random(bytes.as_mut_slice())?;
        Ok(Self(bytes))
    }

    /// The text for people. Whoever asks for it takes care that it goes nowhere else.
    #[must_use]
    pub fn expose(&self) -> Zeroizing<String> {
        let mut text = Zeroizing::new(String::with_capacity(39));
        for (index, byte) in self.0.iter().enumerate() {
            if index > 0 && index % 2 == 0 {
                text.push('-');
            }
            for digit in [byte >> 4, byte & 0xF] {
                text.push(char::from(b"0123456789ABCDEF"[usize::from(digit)]));
            }
        }
        text
    }
}

impl fmt::Debug for SharedSecret {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("SharedSecret(…)")
    }
}

/// Reads it without regard to case, to spaces around it and to how the groups are separated: it is typed by hand.
impl FromStr for SharedSecret {
    type Err = SharedSecretError;

    fn from_str(text: &str) -> Result<Self, SharedSecretError> {
        let mut bytes = Zeroizing::new([0_u8; 16]);
        let mut count = 0;
        for character in text.chars().filter(|character| !character.is_whitespace() && *character != '-') {
            let digit = character.to_digit(16).and_then(|digit| u8::try_from(digit).ok());
            let byte = bytes.get_mut(count / 2).ok_or(SharedSecretError)?;
            *byte = (*byte << 4) | digit.ok_or(SharedSecretError)?;
            count += 1;
        }
        if count == 32 { Ok(Self(bytes)) } else { Err(SharedSecretError) }
    }
}

/// A random number of 256 bits, for one attempt on one connection. It travels as 64 hexadecimal digits.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub struct Nonce(#[serde(with = "hex::serde")] [u8; 32]);

/// The proof that its sender has the shared secret. It travels as 64 hexadecimal digits, and is compared by
/// [`Claim::proves`](crate::Claim::proves) and [`pair_with_console`](crate::pair_with_console), in constant time.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub struct Proof(#[serde(with = "hex::serde")] [u8; 32]);

impl Nonce {
    pub(crate) fn new() -> io::Result<Self> {
        let mut bytes = [0; 32];
        random(&mut bytes)?;
        Ok(Self(bytes))
    }
}

fn random(bytes: &mut [u8]) -> io::Result<()> {
    getrandom::fill(bytes).map_err(|error| io::Error::other(format!("random numbers: {error}")))
}

/// Who makes a proof.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Role {
    Engine,
    Console,
}

impl Role {
    const fn label(self) -> &'static [u8; 28] {
        match self {
            Self::Engine => b"engine-link v1 pair: engine ",
            Self::Console => b"engine-link v1 pair: console",
        }
    }
}

/// What both proofs of an attempt are about. Every part has a fixed length, so that no two say the same. The exporter
/// value stands for all that was said on the connection so far, but for the certificate of the side that dialled.
#[derive(Clone, Copy)]
pub(crate) struct Transcript {
    pub(crate) engine_nonce: Nonce,
    pub(crate) console_nonce: Nonce,
    pub(crate) engine: Fingerprint,
    pub(crate) console: Fingerprint,
    pub(crate) exporter: [u8; 32],
}

/// Without the exporter value, which nobody but the two ends is to have.
impl fmt::Debug for Transcript {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Transcript({} with {})", self.engine, self.console)
    }
}

impl Transcript {
    fn mac(&self, secret: &SharedSecret, role: Role) -> Hmac<Sha256> {
        // The key's own length is 64 bytes; a shorter one is filled with zeros, as HMAC says.
        let mut key = Zeroizing::new([0_u8; 64]);
        key[..16].copy_from_slice(secret.0.as_slice());
        let mut mac = Hmac::<Sha256>::new((&*key).into());
        mac.update(role.label());
        for part in
            [&self.engine_nonce.0, &self.console_nonce.0, &self.engine.0, &self.console.0, &self.exporter]
        {
            mac.update(part);
        }
        mac
    }

    pub(crate) fn proof(&self, secret: &SharedSecret, role: Role) -> Proof {
        Proof(self.mac(secret, role).finalize().into_bytes().into())
    }

    /// In constant time.
    pub(crate) fn verifies(&self, secret: &SharedSecret, role: Role, proof: Proof) -> bool {
        self.mac(secret, role).verify_slice(&proof.0).is_ok()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn secret() -> SharedSecret {
        "00010203-0405-0607-0809-0a0b0c0d0e0f".parse().unwrap()
    }

    fn transcript() -> Transcript {
        Transcript {
            engine_nonce: Nonce([1; 32]),
            console_nonce: Nonce([2; 32]),
            engine: Fingerprint([3; 32]),
            console: Fingerprint([4; 32]),
            exporter: [5; 32],
        }
    }

    /// Worked out with Python's `hmac`, from the description at the top of this file and the key's 16 bytes.
    #[test]
    fn the_proofs_of_known_values_are_known() {
        let hex = |role| serde_json::to_value(transcript().proof(&secret(), role)).unwrap();
        assert_eq!(hex(Role::Engine), "a3acc0b5c463442480d2365f23d78a8a38c9dafc2419922a0073905b3197d64c");
        assert_eq!(hex(Role::Console), "af6201d4ec95c16adcacf77b5f46bdd4aa7389a302d540fe39d845875d8e177c");
    }

    #[test]
    fn a_proof_holds_for_its_secret_its_role_and_its_transcript_alone() {
        let proof = transcript().proof(&secret(), Role::Engine);
        assert!(transcript().verifies(&secret(), Role::Engine, proof));
        assert!(!transcript().verifies(&secret(), Role::Console, proof));
        assert!(!transcript().verifies(&SharedSecret::generate().unwrap(), Role::Engine, proof));
        let with = transcript();
        for other in [
            Transcript { engine_nonce: Nonce([9; 32]), ..with },
            Transcript { console_nonce: Nonce([9; 32]), ..with },
            Transcript { engine: Fingerprint([9; 32]), ..with },
            Transcript { console: Fingerprint([9; 32]), ..with },
            Transcript { exporter: [9; 32], ..with },
            // The same bytes, in other places.
            Transcript { engine_nonce: with.console_nonce, console_nonce: with.engine_nonce, ..with },
            Transcript { engine: with.console, console: with.engine, ..with },
        ] {
            assert!(!other.verifies(&secret(), Role::Engine, proof));
        }
        let mut bytes = proof.0;
        bytes[31] ^= 1;
        assert!(!transcript().verifies(&secret(), Role::Engine, Proof(bytes)));
    }

    #[test]
    fn a_secret_is_written_in_eight_groups_and_read_as_people_type_it() {
        let text = "99DB-B9F0-CD8B-5997-06BF-607B-BA21-0A81";
        let secret: SharedSecret = text.parse().unwrap();
        assert_eq!(*secret.expose(), text);
        for typed in [
            "99db-b9f0-cd8b-5997-06bf-607b-ba21-0a81",
            " 99DBB9F0CD8B599706BF607BBA210A81\r\n",
            "99DB B9F0 CD8B 5997 06BF 607B BA21 0A81",
        ] {
            assert_eq!(typed.parse::<SharedSecret>().unwrap().0, secret.0, "{typed}");
        }
        for bad in
            ["", "99DB", &text[..38], &format!("{text}0"), &text.replace('F', "G"), &text.replace("0A", "٠A")]
        {
            assert!(bad.parse::<SharedSecret>().is_err(), "{bad}");
        }
        assert_ne!(SharedSecret::generate().unwrap().0, SharedSecret::generate().unwrap().0);
    }

    #[test]
    fn nothing_of_a_secret_is_shown() {
        assert_eq!(format!("{:?}", secret()), "SharedSecret(…)");
        assert!(!format!("{:?}", transcript()).contains("5, 5"));
    }

    #[test]
    fn nonces_and_proofs_travel_as_64_hexadecimal_digits() {
        let nonce = Nonce::new().unwrap();
        let text = serde_json::to_string(&nonce).unwrap();
        assert_eq!(text.len(), 66);
        assert_eq!(serde_json::from_str::<Nonce>(&text).unwrap(), nonce);
        assert_ne!(Nonce::new().unwrap(), nonce);
        for bad in [String::new(), "ab".repeat(31), "ab".repeat(33), "+1".repeat(32), "é".repeat(32)] {
            assert!(serde_json::from_value::<Proof>(bad.clone().into()).is_err(), "{bad}");
        }
    }
}
