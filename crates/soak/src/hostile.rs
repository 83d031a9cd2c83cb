//! Neighbours who mean no good, and three people at work beside them.
//!
//! Everything is bounded: so many of each kind at a time and in all, and all of it ends with the run. Each neighbour has
//! addresses of its own on loopback, and so has each person.

use std::collections::{BTreeMap, VecDeque};
use std::io;
use std::net::{IpAddr, Ipv4Addr, SocketAddr};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use console_api::{
    Client, Credentials, EngineId, Error, NativeTransport, NewSite, PageRequest, PoolDraft, RetryPolicy,
    ScannerId,
};
use engine_link::{
    Connection, ConsoleHello, EngineHello, Identity, LinkError, Message, SharedSecret, Timeouts, dial_from,
    pair_with_console,
};
use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
use tokio::net::{TcpSocket, TcpStream};
use tokio::sync::watch;
use tokio::task::JoinSet;
use tokio::time::{Instant, MissedTickBehavior, interval, timeout};

use crate::report::{mebibytes, seconds};
use crate::usage::Memory;

/// The most memory that the console may ever have.
pub(crate) const MOST_MEMORY: u64 = 200 << 20;
/// People at work.
const PEOPLE: u8 = 3;
/// How long a person waits between two things.
const BETWEEN: Duration = Duration::from_millis(250);
/// How many engines strangers choose.
const TARGETS: usize = 4;
/// Connections that strangers hold: of each kind, at engines, at the console's port for engines and at its pages.
const HELD: usize = 300;
/// Connections to the console's pages that say nothing, or one byte now and then.
const HELD_PAGES: usize = 1_000;
/// Guesses that wait for their answer at a time.
const GUESSING: usize = 16;
/// What any neighbour does in all, at most.
const MOST: u64 = 50_000;
/// How long a neighbour waits for an answer.
const PATIENCE: Duration = Duration::from_secs(20);
/// Of an answer no more is read.
const MOST_READ: u64 = 1 << 20;
/// How many errors of people are told one by one.
const TOLD: usize = 20;

/// What happened, in all.
#[derive(Debug, Default)]
pub(crate) struct Tally {
    state: Mutex<State>,
}

#[derive(Debug, Default)]
struct State {
    /// By attack and outcome.
    attacks: BTreeMap<(&'static str, &'static str), u64>,
    /// By what a person did.
    work: BTreeMap<&'static str, Work>,
    errors: Vec<String>,
}

#[derive(Debug, Default, Clone, Copy)]
struct Work {
    count: u64,
    errors: u64,
    slowest: Duration,
}

impl Tally {
    fn state(&self) -> MutexGuard<'_, State> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// An attack has come to this.
    fn attack(&self, name: &'static str, outcome: &'static str) {
        *self.state().attacks.entry((name, outcome)).or_default() += 1;
    }

    /// A person has done this, or could not.
    pub(crate) fn worked<T>(&self, what: &'static str, took: Duration, result: &Result<T, Error>) {
        let mut state = self.state();
        let work = state.work.entry(what).or_default();
        work.count += 1;
        work.slowest = work.slowest.max(took);
        if let Err(error) = result {
            work.errors += 1;
            if state.errors.len() < TOLD {
                state.errors.push(format!("{what}, after {}: {error}", seconds(took)));
            }
        }
    }

    /// Whether nobody at work had an error, everybody worked, and the console's memory stayed within its bound.
    pub(crate) fn is_good(&self, memory: Memory) -> bool {
        let state = self.state();
        !state.work.is_empty()
            && state.work.values().all(|work| work.errors == 0)
            && memory.peak < MOST_MEMORY
    }

    /// The table.
    pub(crate) fn lines(&self, memory: Memory) -> Vec<String> {
        let state = self.state();
        let mut lines = vec![String::new(), format!("{:<30} {:<34} {:>8}", "neighbours", "came to", "times")];
        let attacks = state.attacks.iter();
        lines.extend(attacks.map(|((name, outcome), count)| format!("{name:<30} {outcome:<34} {count:>8}")));
        lines.push(String::new());
        lines.push(format!("{:<30} {:>8} {:>8} {:>10}", "people at work", "times", "errors", "slowest"));
        lines.extend(state.work.iter().map(|(what, work)| {
            format!("{what:<30} {:>8} {:>8} {:>10}", work.count, work.errors, seconds(work.slowest))
        }));
        lines.extend(state.errors.iter().map(|error| format!("  {error}")));
        let verdict = if memory.peak < MOST_MEMORY { "within" } else { "beyond" };
        lines.push(format!(
            "{:<30} {}, {verdict} {}",
            "console's memory at most",
            mebibytes(memory.peak),
            mebibytes(MOST_MEMORY)
        ));
        lines
    }
}

/// Whom it is about.
#[derive(Debug, Clone)]
pub(crate) struct Targets {
    /// The console's pages and API.
    pub(crate) console: SocketAddr,
    /// Where engines dial.
    pub(crate) engine_listener: SocketAddr,
    /// The engines.
    pub(crate) engines: Vec<SocketAddr>,
    /// Their ids, for people.
    pub(crate) ids: Vec<EngineId>,
    /// The password of `admin`.
    pub(crate) password: String,
}

/// Starts all of them. They end when this is dropped.
pub(crate) fn start(targets: &Targets, tally: &Arc<Tally>) -> Result<JoinSet<()>, String> {
    let mut all = JoinSet::new();
    let identities = (0..32).map(|number| Identity::ephemeral(&format!("made up {number}")));
    let identities: Vec<Identity> = identities
        .collect::<io::Result<_>>()
        .map_err(|error| format!("no certificates can be made up: {error}"))?;
    let neighbour = || (targets.clone(), Arc::clone(tally));

    let (to, count) = neighbour();
    let made_up = identities.clone();
    all.spawn(async move { strangers_at_engines(&to, &made_up, &count).await });
    let (to, count) = neighbour();
    all.spawn(async move {
        let engines: Vec<SocketAddr> = to.engines.iter().take(TARGETS).copied().collect();
        silent("silent at engines", &engines, 1, HELD, None, &count).await;
    });
    let (to, count) = neighbour();
    all.spawn(async move { strangers_at_console(&to, &identities, &count).await });
    let (to, count) = neighbour();
    all.spawn(async move {
        silent("silent at the engines' port", &[to.engine_listener], 3, HELD, None, &count).await;
    });
    let (to, count) = neighbour();
    all.spawn(async move {
        silent("silent at the pages", &[to.console], 4, HELD_PAGES, None, &count).await;
    });
    let (to, count) = neighbour();
    all.spawn(async move {
        let head = b"GET /api/3/scan_engines HTTP/1.1\r\nX-Never-Ending: ";
        silent("dripping heads at the pages", &[to.console], 5, HELD_PAGES / 2, Some(head), &count).await;
    });
    let (to, count) = neighbour();
    all.spawn(async move {
        let body = format!(
            "POST /api/3/sites HTTP/1.1\r\nHost: {}\r\nContent-Type: application/json\r\nContent-Length: 900000\r\n\r\n",
            to.console
        );
        silent("dripping bodies at the pages", &[to.console], 8, HELD_PAGES / 2, Some(body.as_bytes()), &count).await;
    });
    // Whoever reads and goes away has signed in before: while passwords of the same user are guessed at, who comes again
    // waits for long.
    let (is_in, signed_in) = watch::channel(false);
    for worker in 0..GUESSING {
        let (to, count) = neighbour();
        let mut signed_in = signed_in.clone();
        all.spawn(async move {
            if signed_in.wait_for(|is_in| *is_in).await.is_ok() {
                guesses(&to, worker, &count).await;
            }
        });
    }
    let (to, count) = neighbour();
    all.spawn(async move { aborted_reads(&to, &count, &is_in).await });
    for person in 0..PEOPLE {
        let api = person_at(targets, person)?;
        let (to, count) = neighbour();
        all.spawn(async move { Person { api: &api, tally: &count }.works(&to, person).await });
    }
    Ok(all)
}

/// An address of a neighbour: four to each kind, so that a bound for one address is not all that is tried.
fn address(kind: u8, number: u64) -> Ipv4Addr {
    let last = u8::try_from(number % 4).unwrap_or_default() + 1;
    Ipv4Addr::new(127, 66, kind, last)
}

async fn connect(from: Ipv4Addr, to: SocketAddr) -> io::Result<TcpStream> {
    let socket = TcpSocket::new_v4()?;
    socket.bind(SocketAddr::from((from, 0)))?;
    timeout(PATIENCE, socket.connect(to)).await.map_err(|_| io::ErrorKind::TimedOut)?
}

/// Ticks that don't come all at once after a pause.
fn ticks(per_second: u64) -> tokio::time::Interval {
    let mut ticks = interval(Duration::from_secs(1) / u32::try_from(per_second).unwrap_or(1));
    ticks.set_missed_tick_behavior(MissedTickBehavior::Delay);
    ticks
}

/// Connections with made-up certificates, most of them with one for each engine, which are held.
async fn strangers_at_engines(targets: &Targets, identities: &[Identity], tally: &Tally) {
    const NAME: &str = "strangers at engines";
    let mut ticks = ticks(40);
    let mut held: VecDeque<Connection> = VecDeque::new();
    for number in 0..MOST {
        ticks.tick().await;
        let at = usize::try_from(number).unwrap_or_default();
        let engine = at % targets.engines.len().clamp(1, TARGETS);
        let Some(to) = targets.engines.get(engine) else { return };
        // Each engine has its stranger; one time in eight it is another one.
        let round = at / TARGETS;
        let identity = if round % 8 == 7 { round / 8 } else { engine };
        let identity = &identities[identity % identities.len()];
        match stranger(address(0, number / TARGETS as u64), identity, *to, number).await {
            Ok((connection, outcome)) => {
                tally.attack(NAME, outcome);
                held.push_back(connection);
                if held.len() > HELD {
                    held.pop_front();
                }
            }
            Err(_) => tally.attack(NAME, "not connected"),
        }
    }
}

/// A console with another name each time. Gives the connection, and what the engine said.
async fn stranger(
    from: Ipv4Addr,
    identity: &Identity,
    to: SocketAddr,
    number: u64,
) -> Result<(Connection, &'static str), LinkError> {
    let from = Some(IpAddr::V4(from));
    let mut connection = dial_from(from, identity, to, None, Timeouts::default()).await?;
    let hello = ConsoleHello {
        name: format!("stranger {number}"),
        address: String::new(),
        port: 40815,
        first_contact: true,
    };
    connection.send(&Message::ConsoleHello(hello)).await?;
    let outcome =
        timeout(PATIENCE, word(&mut connection)).await.map_err(|_| LinkError::Timeout(PATIENCE))??;
    Ok((connection, outcome))
}

/// What the engine makes of a stranger.
async fn word(connection: &mut Connection) -> Result<&'static str, LinkError> {
    loop {
        match connection.recv().await? {
            Message::EngineHello(_) => {}
            Message::Refused { .. } => return Ok("refused"),
            Message::Authorization { enabled: false, .. } => return Ok("held, not enabled"),
            _ => return Ok("something else"),
        }
    }
}

/// Engines with made-up certificates at the console: some say hello, some want to be paired with a secret that is none.
async fn strangers_at_console(targets: &Targets, identities: &[Identity], tally: &Tally) {
    const NAME: &str = "strangers at the engines' port";
    let mut ticks = ticks(20);
    for number in 0..MOST {
        ticks.tick().await;
        let identity = &identities[usize::try_from(number).unwrap_or_default() % identities.len()];
        let from = Some(IpAddr::V4(address(2, number)));
        let attempt = engine_of_nobody(from, identity, targets.engine_listener, number % 5 == 0);
        match timeout(PATIENCE, attempt).await {
            Ok(Ok(outcome)) => tally.attack(NAME, outcome),
            Ok(Err(_)) | Err(_) => tally.attack(NAME, "not connected"),
        }
    }
}

/// Says hello, or wants to be paired, and tells what became of it.
async fn engine_of_nobody(
    from: Option<IpAddr>,
    identity: &Identity,
    to: SocketAddr,
    pairs: bool,
) -> Result<&'static str, LinkError> {
    let mut connection = dial_from(from, identity, to, None, Timeouts::default()).await?;
    if pairs {
        let secret = SharedSecret::generate().map_err(LinkError::Io)?;
        let paired = pair_with_console(&mut connection, identity.fingerprint(), &secret, "stranger", 40814);
        return Ok(if paired.await.is_ok() { "paired!" } else { "not paired" });
    }
    connection.send(&Message::EngineHello(EngineHello { name: "stranger".to_owned() })).await?;
    match connection.recv().await? {
        Message::Refused { .. } => Ok("refused"),
        _ => Ok("taken!"),
    }
}

/// Connections that are held and say nothing; or, with `drip`, begin with that and continue with one byte in a second.
async fn silent(
    name: &'static str,
    to: &[SocketAddr],
    kind: u8,
    most: usize,
    drip: Option<&[u8]>,
    tally: &Tally,
) {
    const PER_SECOND: u64 = 100;
    let mut ticks = ticks(PER_SECOND);
    let mut held: VecDeque<TcpStream> = VecDeque::new();
    for number in 0..MOST {
        ticks.tick().await;
        let Some(to) = to.get(usize::try_from(number).unwrap_or_default() % to.len().max(1)) else { return };
        // As many as there may be: look how one of them does, the oldest first.
        if held.len() >= most
            && let Some(stream) = held.pop_front()
        {
            if is_over(&stream) {
                tally.attack(name, "closed by the other side");
            } else {
                held.push_back(stream);
            }
        }
        if drip.is_some() && number % PER_SECOND == 0 {
            for stream in &held {
                // One that is over does not take it: that is found out above.
                let _ = stream.try_write(b"x");
            }
        }
        if held.len() < most {
            match connect(address(kind, number / TARGETS as u64), *to).await {
                Ok(stream) => {
                    let _ = stream.try_write(drip.unwrap_or_default());
                    tally.attack(name, "held");
                    held.push_back(stream);
                }
                Err(_) => tally.attack(name, "not connected"),
            }
        }
    }
}

/// Whether the other side has ended the connection. What it has said is passed over.
fn is_over(stream: &TcpStream) -> bool {
    let mut chunk = [0; 4096];
    loop {
        match stream.try_read(&mut chunk) {
            Ok(0) => return true,
            Ok(_) => {}
            Err(error) => return error.kind() != io::ErrorKind::WouldBlock,
        }
    }
}

/// Passwords that are wrong, of the administrator and of people whom nobody knows; some names are as long as a request
/// may be.
async fn guesses(targets: &Targets, worker: usize, tally: &Tally) {
    const NAME: &str = "guessed passwords";
    for number in 0..MOST / GUESSING as u64 {
        let user = match number % 8 {
            0 => "x".repeat(200_000) + &format!("{worker} {number}"),
            1..4 => format!("user {worker} {number}"),
            _ => "admin".to_owned(),
        };
        let request =
            request(targets.console, "/api/3/scan_engines", &user, &format!("guess {worker} {number}"));
        let outcome = match ask(address(6, number), targets.console, &request).await {
            Ok(200..300) => "right!",
            Ok(401) => "401",
            Ok(429) => "429",
            Ok(431) => "431",
            Ok(400..500) => "another refusal",
            Ok(500..600) => "an error of the console",
            Ok(_) | Err(_) => "no answer",
        };
        tally.attack(NAME, outcome);
        // Even one that is refused at once keeps nobody's processor busy here.
        tokio::time::sleep(Duration::from_millis(50)).await;
    }
}

/// Someone who is signed in asks for long lists and goes away before the answer.
async fn aborted_reads(targets: &Targets, tally: &Tally, is_in: &watch::Sender<bool>) {
    const NAME: &str = "aborted reads";
    let from = address(7, 0);
    let lists = ["/api/3/scan_engines", "/api/3/sites?size=500", "/api/3/scan_engine_pools"];
    let read = |path: &str| request(targets.console, path, "admin", &targets.password);
    while !matches!(ask(from, targets.console, &read(lists[0])).await, Ok(200)) {
        tally.attack(NAME, "not signed in yet");
        tokio::time::sleep(BETWEEN).await;
    }
    is_in.send_replace(true);
    let mut ticks = ticks(100);
    for number in 0..MOST {
        ticks.tick().await;
        let path = lists[usize::try_from(number).unwrap_or_default() % lists.len()];
        let Ok(mut stream) = connect(from, targets.console).await else {
            tally.attack(NAME, "not connected");
            continue;
        };
        match stream.write_all(&read(path)).await {
            Ok(()) => tally.attack(NAME, "asked and gone"),
            Err(_) => tally.attack(NAME, "not asked"),
        }
        // Some leave at once, some while it is being worked on.
        if number % 2 == 0 {
            tokio::time::sleep(Duration::from_millis(number % 10)).await;
        }
    }
}

/// A read of the console's API as this user.
fn request(console: SocketAddr, path: &str, user: &str, password: &str) -> Vec<u8> {
    let credentials = STANDARD.encode(format!("{user}:{password}"));
    format!(
        "GET {path} HTTP/1.1\r\nHost: {console}\r\nAuthorization: Basic {credentials}\r\nConnection: close\r\n\r\n"
    )
    .into_bytes()
}

/// Sends a request and gives the status of the answer.
async fn ask(from: Ipv4Addr, to: SocketAddr, request: &[u8]) -> io::Result<u16> {
    timeout(PATIENCE, status(from, to, request)).await.map_err(|_| io::ErrorKind::TimedOut)?
}

async fn status(from: Ipv4Addr, to: SocketAddr, request: &[u8]) -> io::Result<u16> {
    let mut stream = connect(from, to).await?;
    stream.write_all(request).await?;
    let mut head = [0; 12];
    stream.read_exact(&mut head).await?;
    let code = head.strip_prefix(b"HTTP/1.1 ").and_then(|code| std::str::from_utf8(code).ok());
    let code = code.and_then(|code| code.parse().ok());
    let code = code.ok_or_else(|| io::Error::other("no answer in HTTP"))?;
    // The rest is read as long as it comes, so that the console has no reason to complain.
    let mut rest = Vec::new();
    drop(timeout(PATIENCE, stream.take(MOST_READ).read_to_end(&mut rest)).await);
    Ok(code)
}

/// A person who sits at an address of their own. Nothing is tried twice: what fails, fails.
fn person_at(targets: &Targets, person: u8) -> Result<Client<NativeTransport>, String> {
    let own = IpAddr::from([127, 0, 10, person + 1]);
    let root = format!("http://{}/", targets.console);
    let transport = NativeTransport::with_setup(&root, |builder| builder.local_address(own))
        .map_err(|error| error.to_string())?;
    let credentials = Credentials::new("admin", &targets.password, None)
        .map_err(|error| format!("the console's password can't be sent: {error}"))?;
    Ok(Client::new(transport, credentials).with_retry(RetryPolicy::NEVER))
}

/// One person, and what becomes of what they do.
struct Person<'a> {
    api: &'a Client<NativeTransport>,
    tally: &'a Tally,
}

impl Person<'_> {
    async fn does<T>(&self, what: &'static str, call: impl Future<Output = Result<T, Error>>) -> Option<T> {
        let begun = Instant::now();
        let result = call.await;
        self.tally.worked(what, begun.elapsed(), &result);
        tokio::time::sleep(BETWEEN).await;
        result.ok()
    }

    /// All day, without an end.
    async fn works(&self, targets: &Targets, number: u8) {
        let api = self.api;
        let mut ids = targets.ids.iter().cycle().skip(usize::from(number));
        let Some(first) = ids.next() else { return };
        let site = NewSite {
            name: format!("Site of person {number}"),
            importance: None,
            description: None,
            scanner: Some(ScannerId::from(*first)),
            scan_template: None,
        };
        let site = loop {
            if let Some(made) = self.does("sites made", api.create_site(&site)).await {
                break made.id;
            }
        };
        for (round, id) in (0_u64..).zip(ids.step_by(usize::from(PEOPLE))) {
            self.does("lists of engines", api.engines()).await;
            self.does("lists of sites", api.sites(&PageRequest::default())).await;
            self.does("engines looked at", api.engine(*id)).await;
            self.does("engines of a site changed", api.set_site_scanner(site, ScannerId::from(*id))).await;
            let pool = PoolDraft { name: format!("Pool {round} of person {number}"), engines: vec![*id] };
            if let Some(made) = self.does("pools made", api.create_pool(&pool)).await {
                self.does("pools deleted", api.delete_pool(made.id)).await;
            }
            self.does("lists of pools", api.pools()).await;
            if round % 4 == 0
                && let Ok(again) = person_at(targets, number)
            {
                self.does("sign-ins", again.sign_in()).await;
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const LITTLE: Memory = Memory { now: 50 << 20, peak: 60 << 20 };

    #[test]
    fn one_error_of_a_person_or_too_much_memory_is_too_much_and_attacks_may_come_to_anything() {
        let tally = Tally::default();
        assert!(!tally.is_good(LITTLE), "nobody has worked");
        tally.attack("guessed passwords", "401");
        tally.attack("guessed passwords", "401");
        tally.worked("lists of engines", Duration::from_millis(1500), &Ok(()));
        tally.worked("lists of engines", Duration::from_millis(100), &Ok(()));
        assert!(tally.is_good(LITTLE));
        assert!(!tally.is_good(Memory { peak: 200 << 20, ..LITTLE }));
        let text = tally.lines(LITTLE).join("\n");
        for line in [
            "guessed passwords              401                                       2",
            "lists of engines                      2        0      1.5 s",
            "console's memory at most       60.0 MiB, within 200.0 MiB",
        ] {
            assert!(text.lines().any(|found| found == line), "{line} is missing in:\n{text}");
        }
        tally.worked("pools made", Duration::from_secs(2), &Err::<(), _>(Error::Maintenance));
        assert!(!tally.is_good(LITTLE));
        assert!(tally.lines(LITTLE).iter().any(|line| line.starts_with("  pools made, after 2.0 s: ")));
    }

    #[tokio::test]
    async fn what_is_held_is_bounded_and_what_is_closed_is_replaced() {
        let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await.unwrap();
        let to = [listener.local_addr().unwrap()];
        let tally = Tally::default();
        let accepting = async {
            let mut kept = Vec::new();
            for number in 0..6 {
                let (stream, peer) = listener.accept().await.unwrap();
                assert!(peer.ip().to_string().starts_with("127.66.9."), "{peer}");
                // The first three are closed.
                if number >= 3 {
                    kept.push(stream);
                }
            }
            kept
        };
        let kept = tokio::select! {
            () = silent("silent", &to, 9, 3, None, &tally) => unreachable!("it has much to do"),
            kept = timeout(PATIENCE, accepting) => kept.unwrap(),
        };
        let state = tally.state();
        assert_eq!((kept.len(), state.attacks[&("silent", "closed by the other side")]), (3, 3));
    }
}
