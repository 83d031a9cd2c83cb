//! Who may sign in, and what for.

pub(crate) mod cache;
pub(crate) mod password;
pub(crate) mod session;
pub(crate) mod slow;

use std::io;
use std::net::IpAddr;
use std::sync::Arc;
use std::time::{Duration, SystemTime, UNIX_EPOCH};

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use tokio::sync::Semaphore;
use totp_rs::{Algorithm, Builder, Secret};
use zeroize::{Zeroize, ZeroizeOnDrop};

use self::cache::CredentialCache;
use self::slow::SlowDown;
use crate::db::users::{self, UserRow};
use crate::db::{Database, DbError};

/// Passwords that are hashed at the same time: each takes 19 MiB and a core.
const CHECKS: usize = 2;

/// Checked for unknown users, so that they take as long as known ones. Whether it fits makes no difference.
const NOBODY: &str =
    "$argon2id$v=19$m=19456,t=2,p=1$ci6WpybmvrV84zqLUykNTg$pJwz27VnccAyK55Am4AGMQWPez2cHirZldIA+c7jzug";

/// What a user may do.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Role {
    /// Everything.
    GlobalAdministrator,
    /// Sites, engines and pools, but no console commands (docs/api-quirks.md, "Beyond v3").
    SecurityManager,
}

impl Role {
    /// The word in the database.
    pub(crate) fn as_str(self) -> &'static str {
        match self {
            Self::GlobalAdministrator => "global-admin",
            Self::SecurityManager => "security-manager",
        }
    }

    /// The role that a word in the database means. An unknown one gets the lesser rights.
    pub(crate) fn from_word(word: &str) -> Self {
        if word == "global-admin" { Self::GlobalAdministrator } else { Self::SecurityManager }
    }
}

/// A user who has signed in.
#[derive(Debug, Clone)]
pub(crate) struct User {
    pub(crate) name: Arc<str>,
    pub(crate) role: Role,
}

/// What a request says of who sends it. Wiped from memory when it is dropped.
#[derive(Zeroize, ZeroizeOnDrop)]
pub(crate) struct Credentials {
    user: String,
    password: String,
    token: String,
}

impl Credentials {
    /// Reads an `Authorization: Basic` value, and the value of the `Token` header.
    pub(crate) fn parse(authorization: &str, token: Option<&str>) -> Option<Self> {
        let (scheme, encoded) = authorization.split_once(' ')?;
        if !scheme.eq_ignore_ascii_case("basic") {
            return None;
        }
        let mut decoded = STANDARD.decode(encoded.trim()).ok()?;
        let pair = std::str::from_utf8(&decoded).ok().and_then(|text| text.split_once(':'));
        let credentials = pair.map(|(user, password)| Self {
            user: user.to_owned(),
            password: password.to_owned(),
            token: token.unwrap_or_default().trim().to_owned(),
        });
        decoded.zeroize();
        credentials
    }
}

/// Why a sign-in did not succeed.
#[derive(Debug)]
pub(crate) enum Refusal {
    /// The name, the password or the token is wrong. Which of them is not told.
    Wrong,
    /// Too many attempts wait for their turn: nothing was checked.
    TooMany,
    /// The database could not be asked.
    Failed(DbError),
}

impl From<DbError> for Refusal {
    fn from(error: DbError) -> Self {
        Self::Failed(error)
    }
}

/// Checks credentials: at once those that were right lately, slowly all others.
pub(crate) struct Authenticator {
    db: Database,
    cache: CredentialCache,
    slow: SlowDown,
    checks: Arc<Semaphore>,
}

impl Authenticator {
    /// An authenticator over the users in the database.
    pub(crate) fn new(db: Database) -> io::Result<Self> {
        Ok(Self {
            db,
            cache: CredentialCache::new()?,
            slow: SlowDown::default(),
            checks: Arc::new(Semaphore::new(CHECKS)),
        })
    }

    /// The user that these credentials belong to.
    ///
    /// A credential that was right is recognised for [`cache::LIFETIME`], its two-factor token included. Others are
    /// checked one after the other per user and peer, after a delay that grows with each failure.
    pub(crate) async fn sign_in(&self, credentials: Credentials, peer: IpAddr) -> Result<User, Refusal> {
        let proof = self.cache.proof(&credentials.user, &credentials.password, &credentials.token);
        if let Some(user) = self.cache.recognise(&proof) {
            return Ok(user);
        }
        let Some(mut turn) = self.slow.turn(&credentials.user, peer).await else {
            return Err(Refusal::TooMany);
        };
        // Another request with the same credentials may have been checked while this one waited.
        if let Some(user) = self.cache.recognise(&proof) {
            return Ok(user);
        }
        let delay = turn.delay();
        if delay > Duration::ZERO {
            tokio::time::sleep(delay).await;
        }
        match self.check(credentials).await {
            Ok(user) => {
                turn.succeeded();
                self.cache.remember(proof, user.clone());
                Ok(user)
            }
            Err(refusal) => {
                if matches!(refusal, Refusal::Wrong) {
                    turn.failed();
                }
                Err(refusal)
            }
        }
    }

    async fn check(&self, credentials: Credentials) -> Result<User, Refusal> {
        let name = credentials.user.clone();
        let found: Option<UserRow> = self.db.read(move |tx| users::find(tx, &name)).await?;
        let hash = found.as_ref().map_or_else(|| NOBODY.to_owned(), |user| user.password_hash.clone());
        let permit = Arc::clone(&self.checks).acquire_owned().await.map_err(|_| DbError::Ended)?;
        let (right, credentials) = tokio::task::spawn_blocking(move || {
            let _permit = permit;
            (password::verify(&credentials.password, &hash), credentials)
        })
        .await
        .map_err(|_| DbError::Ended)?;
        match found {
            Some(user) if right && token_fits(user.totp_secret.as_deref(), &credentials.token) => {
                Ok(User { name: credentials.user.as_str().into(), role: user.role })
            }
            _ => Err(Refusal::Wrong),
        }
    }
}

/// Whether a token is right now (30 seconds, one step of tolerance either way). Users without a secret need none.
fn token_fits(secret: Option<&str>, token: &str) -> bool {
    let Some(secret) = secret else { return true };
    let now = SystemTime::now().duration_since(UNIX_EPOCH).map_or(0, |since| since.as_secs());
    totp(secret).is_some_and(|totp| totp.check(token, now).is_some())
}

/// The two-factor tokens of a base32 secret, as every authenticator app makes them: SHA-1, six digits, 30 seconds.
fn totp(secret: &str) -> Option<totp_rs::Totp> {
    let secret = Secret::try_from_base32(secret).ok()?;
    Builder::new()
        .with_algorithm(Algorithm::SHA1)
        .with_digits(6)
        .with_skew(1)
        .with_step_duration(30)
        .with_secret(secret)
        .build()
        .ok()
}

/// A new two-factor secret: 160 random bits in base32.
pub(crate) fn new_totp_secret() -> io::Result<String> {
    let mut bytes = [0_u8; 20];
    getrandom::fill(&mut bytes).map_err(|error| io::Error::other(format!("random numbers: {error}")))?;
    Ok(Secret::from(bytes.to_vec()).to_base32())
}

/// The two-factor token of a base32 secret at a time, in seconds since 1970 UTC: for tests and demonstrations.
/// None: the secret is not valid.
pub fn two_factor_token(secret: &str, at: u64) -> Option<String> {
    Some(totp(secret)?.generate(at).to_string())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn basic_credentials_are_read_and_others_are_not() {
        let read = |text: &str| Credentials::parse(text, Some(" 123456 "));
        let credentials = read("Basic YWRtaW46YTpi").unwrap();
        assert_eq!((credentials.user.as_str(), credentials.password.as_str()), ("admin", "a:b"));
        assert_eq!(credentials.token, "123456");
        assert!(read("basic YWRtaW46YTpi").is_some(), "the scheme has no case");
        for wrong in ["", "Basic", "Bearer YWRtaW46YTpi", "Basic ???", "Basic YWRtaW4=", "Basic //79"] {
            assert!(read(wrong).is_none(), "{wrong}");
        }
    }

    #[test]
    fn an_unknown_user_costs_what_a_known_one_costs() {
        let settings = |hash: &str| hash.rsplitn(3, '$').nth(2).unwrap().to_owned();
        assert_eq!(settings(NOBODY), settings(&password::hash("x").unwrap()));
    }

    #[test]
    fn a_token_fits_for_half_a_minute_and_its_neighbours() {
        let secret = new_totp_secret().unwrap();
        let now = SystemTime::now().duration_since(UNIX_EPOCH).unwrap().as_secs();
        let token = two_factor_token(&secret, now).unwrap();
        assert_eq!(token.len(), 6);
        assert!(token_fits(Some(&secret), &token));
        let old = two_factor_token(&secret, now - 300).unwrap();
        assert!(!token_fits(Some(&secret), &old) || old == token);
        for wrong in ["", "12345", "1234567", "abcdef"] {
            assert!(!token_fits(Some(&secret), wrong), "{wrong}");
        }
        assert!(token_fits(None, ""), "users without two-factor need no token");
    }

    #[test]
    fn the_token_of_rfc_6238_comes_out() {
        // RFC 6238 appendix B, SHA-1, the last six of eight digits at 59 s.
        assert_eq!(two_factor_token("GEZDGNBVGY3TQOJQGEZDGNBVGY3TQOJQ", 59).as_deref(), Some("287082"));
    }
}
