//! Passwords: how they are made, hashed and checked, and the files that generated ones are told in.

use std::fs::{self, File, OpenOptions};
use std::io::{self, Write as _};
use std::os::unix::fs::OpenOptionsExt as _;
use std::path::Path;
use std::sync::{Mutex, MutexGuard, PoisonError};

use argon2::password_hash::PasswordHasher as _;
use argon2::password_hash::phc::{Output, PasswordHash};
use argon2::{Algorithm, Argon2, Block, Params, Version};
use zeroize::Zeroizing;

/// Letters and digits that are hard to take for one another.
const ALPHABET: &[u8] = b"abcdefghijkmnpqrstuvwxyzABCDEFGHJKLMNPQRSTUVWXYZ23456789";

/// Characters in a generated password: 20 of 56 are 116 bits.
const LENGTH: usize = 20;

/// 19 MiB, two passes, one lane: the second of the settings that OWASP recommends for argon2id.
fn hasher() -> Argon2<'static> {
    Argon2::new(Algorithm::Argon2id, Version::V0x13, Params::DEFAULT)
}

/// Hashes a password with a salt of its own. The result is a PHC string. Takes tens of milliseconds.
pub(crate) fn hash(password: &str) -> io::Result<String> {
    let hash = hasher().hash_password(password.as_bytes());
    hash.map(|hash| hash.to_string()).map_err(|error| io::Error::other(format!("password hashing: {error}")))
}

/// Memory of checks, to be used again: 19 MiB each. If every check allocated its own, the allocator would keep one for each
/// thread that ever made one, and a flood of guesses would take ten times what two checks at a time need.
#[derive(Default)]
pub(crate) struct Scratch(Mutex<Vec<Vec<Block>>>);

impl Scratch {
    /// Whether a password belongs to a PHC string. Takes tens of milliseconds.
    pub(crate) fn verify(&self, password: &str, hash: &str) -> bool {
        let mut blocks = self.spare().pop().unwrap_or_default();
        let right = verify(password, hash, &mut blocks).unwrap_or(false);
        // As many as there are checks at a time: whoever calls this bounds them.
        self.spare().push(blocks);
        right
    }

    fn spare(&self) -> MutexGuard<'_, Vec<Vec<Block>>> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// None: it is no hash of argon2id.
fn verify(password: &str, hash: &str, blocks: &mut Vec<Block>) -> Option<bool> {
    let parsed = PasswordHash::new(hash).ok()?;
    let algorithm = Algorithm::try_from(parsed.algorithm.as_str()).ok()?;
    let version = Version::try_from(parsed.version?).ok()?;
    let (salt, expected) = (parsed.salt.as_ref()?, parsed.hash.as_ref()?);
    let argon2 = Argon2::new(algorithm, version, Params::try_from(&parsed).ok()?);
    let mut output = Zeroizing::new([0; Output::MAX_LENGTH]);
    let output = output.get_mut(..expected.len())?;
    blocks.resize(argon2.params().block_count(), Block::new());
    argon2.hash_password_into_with_memory(password.as_bytes(), salt, output, blocks).ok()?;
    // These are compared in constant time.
    Some(Output::new(output).ok()? == *expected)
}

/// A new random password.
pub(crate) fn generate() -> io::Result<Zeroizing<String>> {
    let mut password = Zeroizing::new(String::with_capacity(LENGTH));
    while password.len() < LENGTH {
        let mut bytes = Zeroizing::new([0_u8; 32]);
        getrandom::fill(bytes.as_mut_slice())
            .map_err(|error| io::Error::other(format!("random numbers: {error}")))?;
        // Values beyond the last whole multiple would make the first letters likelier.
        let limit = 256 - 256 % ALPHABET.len();
        for byte in bytes.iter().map(|byte| usize::from(*byte)).filter(|byte| *byte < limit) {
            if password.len() < LENGTH {
                password.push(char::from(ALPHABET[byte % ALPHABET.len()]));
            }
        }
    }
    Ok(password)
}

/// Writes a file that only its owner can read (mode 0600). It appears whole or not at all, and is on disk when this
/// returns.
pub(crate) fn write_private(path: &Path, content: &str) -> io::Result<()> {
    let directory = path.parent().filter(|parent| !parent.as_os_str().is_empty()).unwrap_or(Path::new("."));
    fs::create_dir_all(directory)?;
    let Some(name) = path.file_name() else {
        return Err(io::Error::new(io::ErrorKind::InvalidInput, "not a file name"));
    };
    let mut temporary_name = name.to_os_string();
    temporary_name.push(".new");
    let temporary = directory.join(temporary_name);
    match fs::remove_file(&temporary) {
        Err(error) if error.kind() != io::ErrorKind::NotFound => return Err(error),
        _ => {}
    }
    let mut file = OpenOptions::new().write(true).create_new(true).mode(0o600).open(&temporary)?;
    file.write_all(content.as_bytes())?;
    file.sync_all()?;
    fs::rename(&temporary, path)?;
    File::open(directory)?.sync_all()
}

#[cfg(test)]
mod tests {
    use std::os::unix::fs::PermissionsExt as _;

    use super::*;

    #[test]
    fn a_password_is_recognised_and_others_are_not() {
        let hash = hash("correct horse").unwrap();
        assert!(hash.starts_with("$argon2id$v=19$m=19456,t=2,p=1$"), "{hash}");
        let scratch = Scratch::default();
        // Whatever is left in the memory of the check before makes no difference.
        for _ in 0..2 {
            assert!(scratch.verify("correct horse", &hash));
            assert!(!scratch.verify("correct horsf", &hash));
            assert!(!scratch.verify("correct horse", "not a hash"));
        }
        assert_eq!(scratch.spare().len(), 1, "one check after the other needs one piece of memory");
    }

    #[test]
    fn generated_passwords_are_long_and_different() {
        let (one, two) = (generate().unwrap(), generate().unwrap());
        assert_eq!(one.len(), LENGTH);
        assert!(one.bytes().all(|byte| ALPHABET.contains(&byte)), "{}", *one);
        assert_ne!(*one, *two);
    }

    #[test]
    fn a_private_file_is_for_its_owner_only_and_replaces_the_old_one() {
        let directory = tempfile::tempdir().unwrap();
        let path = directory.path().join("deep/admin-password");
        write_private(&path, "first\n").unwrap();
        write_private(&path, "second\n").unwrap();
        assert_eq!(fs::read_to_string(&path).unwrap(), "second\n");
        assert_eq!(fs::metadata(&path).unwrap().permissions().mode() & 0o777, 0o600);
        assert_eq!(fs::read_dir(directory.path().join("deep")).unwrap().count(), 1);
    }
}
