//! Who may sign in, and what for.

pub(crate) mod cache;
pub(crate) mod password;
pub(crate) mod session;
pub(crate) mod slow;

use std::io;
use std::net::IpAddr;
use std::sync::Arc;
use std::time::{SystemTime, UNIX_EPOCH};

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use sha2::{Digest as _, Sha256};
use tokio::sync::{OwnedMutexGuard, OwnedSemaphorePermit, Semaphore};
use totp_rs::{Algorithm, Builder, Secret};
use zeroize::{Zeroize, ZeroizeOnDrop};

use self::cache::{CredentialCache, Proof};
use self::slow::{Pace, Record, SlowDown, one_address};
use crate::db::users::{self, UserRow};
use crate::db::{Database, DbError};

/// Passwords that are hashed at the same time: each takes 19 MiB and a core.
const CHECKS: usize = 2;
/// The longest user name that is looked at, in bytes. What is longer belongs to nobody.
const LONGEST_NAME: usize = 255;
/// The longest password that is looked at, in bytes.
pub(crate) const LONGEST_PASSWORD: usize = 1_024;
/// The longest token that is looked at, in bytes.
const LONGEST_TOKEN: usize = 64;
/// The longest `Authorization` that is decoded: name, colon and password in base64, and the scheme before it.
const LONGEST_AUTHORIZATION: usize = 16 + (LONGEST_NAME + 1 + LONGEST_PASSWORD).div_ceil(3) * 4;

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

/// Who sends a request, as far as that can be told: whose credentials are recognised, and whose failures count together.
#[derive(Debug, Clone)]
pub(crate) struct Peer {
    pub(crate) address: IpAddr,
    /// A hash of what the program calls itself: it tells peers apart that share an address.
    agent: [u8; 32],
    /// The connection, unless it is a proxy's, on which all come.
    connection: Option<u64>,
}

impl Peer {
    /// A peer at this address whose program calls itself `agent`.
    pub(crate) fn new(address: IpAddr, agent: &[u8], connection: Option<u64>) -> Self {
        Self { address, agent: Sha256::digest(agent).into(), connection }
    }
}

/// What a request says of who sends it. Wiped from memory when it is dropped.
#[derive(Zeroize, ZeroizeOnDrop)]
pub(crate) struct Credentials {
    user: String,
    password: String,
    token: String,
}

impl Credentials {
    /// Reads an `Authorization: Basic` value, and the value of the `Token` header. What is longer than any credential can
    /// be is none.
    pub(crate) fn parse(authorization: &str, token: Option<&str>) -> Option<Self> {
        if authorization.len() > LONGEST_AUTHORIZATION {
            return None;
        }
        let (scheme, encoded) = authorization.split_once(' ')?;
        if !scheme.eq_ignore_ascii_case("basic") {
            return None;
        }
        let mut decoded = STANDARD.decode(encoded.trim()).ok()?;
        let pair = std::str::from_utf8(&decoded).ok().and_then(|text| text.split_once(':'));
        let token = token.unwrap_or_default().trim();
        let credentials = pair
            .filter(|(user, password)| {
                user.len() <= LONGEST_NAME
                    && password.len() <= LONGEST_PASSWORD
                    && token.len() <= LONGEST_TOKEN
            })
            .map(|(user, password)| Self {
                user: user.to_owned(),
                password: password.to_owned(),
                token: token.to_owned(),
            });
        decoded.zeroize();
        credentials
    }
}

/// Why a sign-in did not succeed.
#[derive(Debug)]
pub(crate) enum Refusal {
    /// The name, the password or the token is wrong. Which of them is not told. With the user, if there is one of that
    /// name: what was typed as another name may be anything, also a password.
    Wrong(Option<Arc<str>>),
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

/// A user who was let in.
#[derive(Debug)]
pub(crate) struct SignedIn {
    pub(crate) user: User,
    /// What the credential is known by from now on.
    pub(crate) proof: Proof,
    /// Whether it was checked just now, and not recognised.
    pub(crate) is_new: bool,
}

/// Checks credentials: at once those that were right lately, slowly all others.
pub(crate) struct Authenticator {
    db: Database,
    cache: CredentialCache,
    /// Users at an address: one attempt at a time.
    lanes: SlowDown,
    /// Addresses.
    pace: Pace,
    /// Users, wherever the attempts come from.
    users: SlowDown,
    /// Users at peers that signed in before: these wait for nobody but themselves.
    known: SlowDown,
    /// What failed lately at peers that signed in before.
    misses: Pace,
    checks: Arc<Semaphore>,
    /// The same for peers that signed in before.
    own_checks: Arc<Semaphore>,
    scratch: Arc<password::Scratch>,
}

impl Authenticator {
    /// An authenticator over the users in the database.
    pub(crate) fn new(db: Database) -> io::Result<Self> {
        Ok(Self {
            db,
            cache: CredentialCache::new()?,
            lanes: SlowDown::default(),
            pace: Pace::default(),
            users: SlowDown::default(),
            known: SlowDown::default(),
            misses: Pace::default(),
            checks: Arc::new(Semaphore::new(CHECKS)),
            own_checks: Arc::new(Semaphore::new(1)),
            scratch: Arc::default(),
        })
    }

    /// The user that these credentials belong to.
    ///
    /// A credential that was right is recognised when the same peer sends it again ([`cache::IDLE`], [`cache::LONGEST`]),
    /// its two-factor token included. All else takes its turn, whether it is right or not: otherwise the answers to a
    /// flood would tell the one credential that is known.
    ///
    /// A peer that this user signed in from before has turns of its own. All others wait for those of their address and
    /// of the user, each after a delay that grows with the failures there.
    pub(crate) async fn sign_in(
        self: &Arc<Self>,
        credentials: Credentials,
        peer: &Peer,
    ) -> Result<SignedIn, Refusal> {
        let user: Arc<str> = credentials.user.as_str().into();
        let address = one_address(peer.address);
        let proof = self.cache.proof(&user, &credentials.password, &credentials.token, peer);
        let own_lane = OwnLane { user: Arc::clone(&user), address, agent: peer.agent };
        let recognised = |calm| {
            let user = self.cache.recognise(&proof, peer.connection, calm)?;
            Some(SignedIn { user, proof, is_new: false })
        };
        if let Some(signed_in) = recognised(self.misses.is_calm(&own_lane)) {
            return Ok(signed_in);
        }
        let mut attempt =
            Attempt { own_lane, proof, connection: peer.connection, is_known: false, _lane: None };
        attempt.is_known = self.known.knows(&attempt.own_lane);
        let turn = if attempt.is_known {
            // This counts for whether the peer is calm. How long it is to wait is the turn's to say.
            let _ = self.misses.attempt(&attempt.own_lane);
            self.known.turn(&attempt.own_lane).await
        } else {
            // One from each address waits for the user's turn: an address full of them holds up no other.
            attempt._lane = Some(self.lanes.turn((&user, address)).await.ok_or(Refusal::TooMany)?);
            let wait = self.pace.attempt(address).ok_or(Refusal::TooMany)?;
            tokio::time::sleep(wait).await;
            self.users.turn(&user).await
        };
        let turn = turn.ok_or(Refusal::TooMany)?;
        tokio::time::sleep(turn.delay()).await;
        // Another request of this peer may have been checked while this one waited.
        if let Some(signed_in) = recognised(true) {
            self.was_no_failure(&attempt);
            return Ok(signed_in);
        }
        self.check(credentials, attempt, turn).await
    }

    /// Checks credentials whose turn it is.
    async fn check(
        self: &Arc<Self>,
        credentials: Credentials,
        attempt: Attempt,
        mut turn: OwnedMutexGuard<Record>,
    ) -> Result<SignedIn, Refusal> {
        let checks = if attempt.is_known { &self.own_checks } else { &self.checks };
        let permit = Arc::clone(checks).acquire_owned().await.map_err(|_| DbError::Ended)?;
        let this = Arc::clone(self);
        // To its end, also when the client goes away: a guess counts whether its answer is waited for or not.
        let checked = tokio::spawn(async move {
            match this.verify(credentials, permit).await {
                Ok(user) => {
                    turn.succeeded();
                    this.was_no_failure(&attempt);
                    this.known.know(&attempt.own_lane);
                    this.cache.remember(attempt.proof, user.clone(), attempt.connection);
                    Ok(SignedIn { user, proof: attempt.proof, is_new: true })
                }
                Err(refusal) => {
                    if matches!(refusal, Refusal::Wrong(_)) {
                        turn.failed();
                    }
                    Err(refusal)
                }
            }
        });
        checked.await.map_err(|_| DbError::Ended)?
    }

    fn was_no_failure(&self, attempt: &Attempt) {
        if attempt.is_known {
            self.misses.succeeded(&attempt.own_lane);
        } else {
            self.pace.succeeded(attempt.own_lane.address);
        }
    }

    async fn verify(&self, credentials: Credentials, permit: OwnedSemaphorePermit) -> Result<User, Refusal> {
        let name = credentials.user.clone();
        let found: Option<UserRow> = self.db.read(move |tx| users::find(tx, &name)).await?;
        let hash = found.as_ref().map_or_else(|| NOBODY.to_owned(), |user| user.password_hash.clone());
        let scratch = Arc::clone(&self.scratch);
        let (right, credentials) = tokio::task::spawn_blocking(move || {
            let _permit = permit;
            (scratch.verify(&credentials.password, &hash), credentials)
        })
        .await
        .map_err(|_| DbError::Ended)?;
        let Some(found) = found else { return Err(Refusal::Wrong(None)) };
        let user = User { name: credentials.user.as_str().into(), role: found.role };
        let wrong = || Err(Refusal::Wrong(Some(Arc::clone(&user.name))));
        if !right {
            return wrong();
        }
        if let Some(secret) = &found.totp_secret {
            let Some(step) = period_of(secret, &credentials.token) else { return wrong() };
            let name = Arc::clone(&user.name);
            // Noted on disk before anyone is let in: a restart makes no token good again.
            let is_first: bool = self.db.write(move |tx| users::use_token(tx, &name, step)).await?;
            if !is_first {
                return wrong();
            }
        }
        Ok(user)
    }

    /// Forgets a credential of this peer: its next request is checked like any other.
    pub(crate) fn sign_out(&self, proof: &Proof) {
        self.cache.forget(proof);
    }
}

/// A user at a peer.
#[derive(Hash)]
struct OwnLane {
    user: Arc<str>,
    address: IpAddr,
    agent: [u8; 32],
}

/// An attempt to sign in, while it waits and is checked.
struct Attempt {
    own_lane: OwnLane,
    proof: Proof,
    connection: Option<u64>,
    /// Whether this user signed in at this peer before.
    is_known: bool,
    /// Held until the end: the turn of this user at this address.
    _lane: Option<OwnedMutexGuard<Record>>,
}

/// The period in which a token is right now (30 seconds, one period of tolerance either way). None: in none.
fn period_of(secret: &str, token: &str) -> Option<i64> {
    let now = SystemTime::now().duration_since(UNIX_EPOCH).map_or(0, |since| since.as_secs());
    totp(secret)?.check(token, now).and_then(|step| i64::try_from(step).ok())
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
    fn what_is_longer_than_any_credential_is_none() {
        let read = |name: usize, password: usize, token: usize| {
            let pair = format!("{}:{}", "n".repeat(name), "p".repeat(password));
            let token = "1".repeat(token);
            Credentials::parse(&format!("Basic {}", STANDARD.encode(pair)), Some(&token)).is_some()
        };
        assert!(read(LONGEST_NAME, LONGEST_PASSWORD, LONGEST_TOKEN));
        assert!(!read(LONGEST_NAME + 1, 1, 0));
        assert!(!read(1, LONGEST_PASSWORD + 1, 0));
        assert!(!read(1, 1, LONGEST_TOKEN + 1));
        assert!(!read(290_000, 1, 0));
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
        let period = i64::try_from(now / 30).unwrap();
        // The half minute may have ended in the meantime.
        assert!((period - 1..=period + 1).contains(&period_of(&secret, &token).unwrap()));
        let old = two_factor_token(&secret, now - 300).unwrap();
        assert!(period_of(&secret, &old).is_none() || old == token);
        for wrong in ["", "12345", "1234567", "abcdef"] {
            assert!(period_of(&secret, wrong).is_none(), "{wrong}");
        }
    }

    #[test]
    fn the_token_of_rfc_6238_comes_out() {
        // RFC 6238 appendix B, SHA-1, the last six of eight digits at 59 s.
        assert_eq!(two_factor_token("GEZDGNBVGY3TQOJQGEZDGNBVGY3TQOJQ", 59).as_deref(), Some("287082"));
    }
}
