//! Who is signed in. Credentials live in memory alone and go when the person does.

use std::time::Duration;

use console_api::{Client, Credentials, CredentialsError, Error};
use futures::channel::oneshot;
use leptos::prelude::*;

use crate::browser::{clock::monotonic_ms, preference::Preference, transport::AppTransport};

/// The console's client as the app uses it.
pub type Console = Client<AppTransport>;

/// The person at work.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Account {
    /// The user name.
    pub username: String,
    /// Whether a two-factor token was needed. Such a session ends when the token runs out.
    pub two_factor: bool,
}

/// Why nobody is signed in.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Ended {
    /// The person asked for it.
    SignedOut,
    /// Nothing was done for the chosen time.
    Idle,
}

/// Where the session stands.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum State {
    /// Nobody is signed in; on the first visit there is no reason for it.
    SignedOut(Option<Ended>),
    /// Someone is at work.
    SignedIn(Account),
    /// The console no longer takes the credentials. The page stays, and a dialog asks for them again.
    Over(Account),
}

/// After this many minutes without keyboard or pointer input the app signs out, unless the person has chosen a longer time.
pub const IDLE: u64 = 15;
/// The longest time that can be chosen, in minutes.
const LONGEST_IDLE: u64 = 12 * 60;
/// The chosen time, in minutes.
const CHOSEN_IDLE: Preference = Preference::named("engine-console.sign-out-after");
/// How long before that it says so.
pub const WARNING: Duration = Duration::from_secs(60);

/// The session of this page. Copy it freely; all copies are the same session.
#[derive(Clone, Copy)]
pub struct Session {
    state: RwSignal<State>,
    transport: StoredValue<AppTransport, LocalStorage>,
    credentials: StoredValue<Option<Credentials>, LocalStorage>,
    /// Whether the console can be told to forget them.
    offers_sign_out: StoredValue<bool>,
    waiting: StoredValue<Vec<oneshot::Sender<()>>, LocalStorage>,
    /// Counts the visits: what was begun in one does not concern the next.
    visit: RwSignal<u64>,
    leave: StoredValue<Vec<Callback<()>>>,
    /// Tells whether work that the person has begun is still running.
    at_work: StoredValue<Vec<Callback<(), bool>>>,
    active: StoredValue<Moment>,
    /// How long nothing may be done, in minutes.
    idle: RwSignal<u64>,
    /// Whether the session ends within [`WARNING`] unless something is done.
    ends_soon: RwSignal<bool>,
}

/// A moment by both of the browser's clocks, in milliseconds.
#[derive(Clone, Copy)]
struct Moment {
    /// Runs on while a laptop sleeps, but can be set back.
    date: f64,
    /// Nobody can set it, but it may stand still during a sleep.
    monotonic: f64,
}

impl Moment {
    fn now() -> Self {
        Self { date: js_sys::Date::now(), monotonic: monotonic_ms() }
    }

    /// How long ago it was, by the clock that says more.
    fn age_ms(self) -> f64 {
        let now = Self::now();
        (now.date - self.date).max(now.monotonic - self.monotonic)
    }
}

impl Session {
    /// A session in which nobody is signed in, put into the context for the components below.
    pub fn provide(transport: AppTransport) -> Self {
        let session = Self {
            state: RwSignal::new(State::SignedOut(None)),
            transport: StoredValue::new_local(transport),
            credentials: StoredValue::new_local(None),
            offers_sign_out: StoredValue::new(false),
            waiting: StoredValue::new_local(Vec::new()),
            visit: RwSignal::new(0),
            leave: StoredValue::new(Vec::new()),
            at_work: StoredValue::new(Vec::new()),
            active: StoredValue::new(Moment::now()),
            idle: RwSignal::new(chosen_idle()),
            ends_soon: RwSignal::new(false),
        };
        provide_context(session);
        session
    }

    /// One in which somebody is signed in already, with no console behind it but this transport.
    pub fn rehearsed(transport: AppTransport) -> Self {
        let session = Self::provide(transport);
        session.credentials.set_value(Credentials::new("rehearsal", "rehearsal", None).ok());
        session.state.set(State::SignedIn(Account { username: String::new(), two_factor: false }));
        session
    }

    /// The session of the surrounding app.
    pub fn here() -> Self {
        expect_context()
    }

    /// Where it stands.
    pub fn state(self) -> Signal<State> {
        self.state.into()
    }

    /// Which visit this is. It changes when someone signs out, also when another user takes over.
    pub fn visit(self) -> u64 {
        self.visit.get()
    }

    /// Whether this visit still lasts; also where the app may be gone.
    pub fn is_visit(self, visit: u64) -> bool {
        self.visit.try_get_untracked() == Some(visit)
    }

    /// Calls this each time that a visit ends, before anything of the next: what one person saw is not there for the
    /// other.
    pub fn when_it_ends(self, forget: impl Fn() + Send + Sync + 'static) {
        self.leave.update_value(|leave| leave.push(Callback::new(move |()| forget())));
    }

    /// Who is signed in, or was until the console stopped taking the credentials.
    pub fn account(self) -> Option<Account> {
        match self.state.get() {
            State::SignedIn(account) | State::Over(account) => Some(account),
            State::SignedOut(_) => None,
        }
    }

    /// The user's name, as it is now; empty if nobody is signed in.
    pub fn username(self) -> String {
        untrack(|| self.account()).map(|account| account.username).unwrap_or_default()
    }

    /// Tries the credentials at the console and, if it takes them, begins the session or continues with it.
    ///
    /// # Errors
    /// [`SignInError`]; whatever was the case before stays so.
    pub async fn sign_in(
        self,
        username: &str,
        password: &str,
        token: Option<&str>,
    ) -> Result<(), SignInError> {
        let credentials = Credentials::new(username, password, token).map_err(SignInError::Input)?;
        self.begin(credentials).await
    }

    /// Continues with the same user and password and another two-factor token, for the old one ran out.
    ///
    /// # Errors
    /// [`SignInError`]; the session stays over.
    pub async fn renew_token(self, token: &str) -> Result<(), SignInError> {
        let Some(known) = self.credentials.get_value() else {
            return Err(SignInError::Console(Error::Cancelled));
        };
        let credentials = known.with_token(token).map_err(SignInError::Input)?;
        self.begin(credentials).await
    }

    async fn begin(self, credentials: Credentials) -> Result<(), SignInError> {
        let account =
            Account { username: credentials.username().to_owned(), two_factor: credentials.has_token() };
        let visit = self.visit.get_untracked();
        let client = Client::new(self.transport.get_value(), credentials.clone());
        let welcome = client.sign_in().await.map_err(SignInError::Console)?;
        if visit != self.visit.get_untracked() {
            return Err(SignInError::Console(Error::Cancelled));
        }
        // A different user starts clean: what was under way belongs to the previous one.
        if self.state.with_untracked(
            |state| matches!(state, State::Over(before) if before.username != account.username),
        ) {
            self.sign_out(Ended::SignedOut);
        }
        self.credentials.set_value(Some(credentials));
        self.offers_sign_out.set_value(welcome.offers_sign_out);
        self.begin_idle_time();
        self.state.set(State::SignedIn(account));
        self.waiting.update_value(|waiting| {
            for waiter in waiting.drain(..) {
                // Whoever no longer waits needs no word.
                _ = waiter.send(());
            }
        });
        Ok(())
    }

    /// Ends the session: the credentials are wiped, and what is under way is given up. The console is told to forget them
    /// too, where it offers that.
    pub fn sign_out(self, why: Ended) {
        let known = self.credentials.try_update_value(Option::take).flatten();
        // The console need not forget what it no longer accepts.
        let is_taken = self.state.with_untracked(|state| matches!(state, State::SignedIn(_)));
        if let Some(known) = known.filter(|_| is_taken && self.offers_sign_out.get_value()) {
            let client = Client::new(self.transport.get_value(), known);
            leptos::task::spawn_local(async move {
                // Here the session is over whatever the answer. There, without this, it ends by itself.
                _ = client.sign_out().await;
            });
        }
        self.waiting.update_value(Vec::clear);
        for forget in self.leave.get_value() {
            forget.run(());
        }
        self.visit.update(|visit| *visit += 1);
        self.state.set(State::SignedOut(Some(why)));
    }

    /// Calls the console as the person who is signed in. When the console stops taking the credentials, a dialog asks
    /// for them, and the call is made again: what was answered with 401 was not done
    /// (docs/api-quirks.md, "Signing in").
    ///
    /// # Errors
    /// Whatever the call gives; [`Error::Cancelled`] when the person signed out in the meantime.
    pub async fn call<T>(self, operation: impl AsyncFn(Console) -> Result<T, Error>) -> Result<T, Error> {
        // Nothing: the app has gone.
        let visit = self.visit.try_get_untracked();
        loop {
            let Some(credentials) = self.credentials.try_get_value().flatten() else {
                return Err(Error::Cancelled);
            };
            // They are known to be refused: each attempt more counts against the account, which a console may lock.
            if self.state.with_untracked(|state| matches!(state, State::Over(_))) {
                self.wait_for_sign_in(&credentials).await?;
                continue;
            }
            let result = operation(Client::new(self.transport.get_value(), credentials.clone())).await;
            if visit != self.visit.try_get_untracked() {
                return Err(Error::Cancelled);
            }
            match result {
                Err(Error::Unauthorized) => self.wait_for_sign_in(&credentials).await?,
                result => return result,
            }
        }
    }

    async fn wait_for_sign_in(self, refused: &Credentials) -> Result<(), Error> {
        // Someone else's call may have brought new credentials while this one was on its way.
        if self.credentials.with_value(|now| now.as_ref().is_some_and(|now| now != refused)) {
            return Ok(());
        }
        let (sender, receiver) = oneshot::channel();
        self.waiting.update_value(|waiting| waiting.push(sender));
        self.state.update(|state| {
            if let State::SignedIn(account) = state {
                *state = State::Over(account.clone());
            }
        });
        receiver.await.map_err(|_| Error::Cancelled)
    }

    /// Counts as activity as long as this says so: work that the person has begun ends before the session does.
    pub fn stays_while(self, at_work: impl Fn() -> bool + Send + Sync + 'static) {
        self.at_work.update_value(|all| all.push(Callback::new(move |()| at_work())));
    }

    /// Whether such work continues.
    pub fn is_at_work(self) -> bool {
        let all = self.at_work.get_value();
        untrack(|| all.iter().any(|at_work| at_work.run(())))
    }

    /// Whether the session ends within [`WARNING`] unless something is done.
    pub fn ends_soon(self) -> Signal<bool> {
        self.ends_soon.into()
    }

    /// After how many minutes without keyboard or pointer input the app signs out.
    pub fn idle(self) -> u64 {
        self.idle.get()
    }

    /// Chooses that time for this browser, from [`IDLE`] to twelve hours.
    pub fn choose_idle(self, minutes: u64) {
        CHOSEN_IDLE.remember(&minutes.to_string());
        self.idle.set(minutes.clamp(IDLE, LONGEST_IDLE));
    }

    /// The person did something: the idle time begins again, unless it was over already, as on a laptop that has slept.
    pub fn touch(self) {
        self.sign_out_if_idle();
        self.begin_idle_time();
    }

    fn begin_idle_time(self) {
        self.active.set_value(Moment::now());
        self.warn(false);
    }

    fn warn(self, ends_soon: bool) {
        if self.ends_soon.get_untracked() != ends_soon {
            self.ends_soon.set(ends_soon);
        }
    }

    /// Signs out if nothing was done for the chosen time, and says so [`WARNING`] before.
    pub fn sign_out_if_idle(self) {
        if self.state.with_untracked(|state| matches!(state, State::SignedOut(_))) {
            self.warn(false);
            return;
        }
        let left = self.idle.get_untracked() as f64 * 60_000.0 - self.active.get_value().age_ms();
        if self.is_at_work() {
            self.begin_idle_time();
        } else if left < 0.0 {
            self.sign_out(Ended::Idle);
            self.warn(false);
        } else {
            self.warn(left < WARNING.as_millis() as f64);
        }
    }
}

/// What was chosen the last time. What someone else wrote there can't lengthen it beyond the longest.
fn chosen_idle() -> u64 {
    let chosen = CHOSEN_IDLE.remembered().and_then(|minutes| minutes.parse().ok());
    chosen.unwrap_or(IDLE).clamp(IDLE, LONGEST_IDLE)
}

/// Why someone could not sign in.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum SignInError {
    /// What was typed can't be sent.
    Input(CredentialsError),
    /// The console was asked and said no, or did not answer.
    Console(Error),
}
