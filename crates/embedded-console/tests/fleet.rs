//! The fleet against real scan engines on loopback: every status, and how it comes about.

#![expect(clippy::unwrap_used, reason = "the helpers of tests may fail as the tests do")]

use std::fs;
use std::net::{Ipv4Addr, SocketAddr};
use std::path::PathBuf;
use std::time::Duration;

use embedded_console::fleet::{
    DialCounts, Direction, EngineReport, EngineStatus, EngineTarget, Fleet, FleetConfig, FleetEvent,
    FleetEvents, UpdateOutcome,
};
use engine_link::{EngineHello, EngineVersions, Fingerprint, Identity, LinkError, Message, accept};
use futures::StreamExt as _;
use futures::stream::FuturesUnordered;
use scan_engine::{Engine, Options, StartError};
use tempfile::TempDir;
use tokio::net::TcpListener;
use tokio::task::JoinHandle;
use tokio::time::{Instant, timeout};

/// A status has to be right this long after it changed.
const RIGHT_WITHIN: Duration = Duration::from_secs(5);
/// What nothing in these tests comes near to.
const BOUND: Duration = Duration::from_secs(30);
const PRODUCT: &str = "6.6.300";
const CONTENT: &str = "300";
const ID: i64 = 7;

/// A console's fleet, and what it tells.
struct Console {
    fleet: Fleet,
    events: FleetEvents,
}

impl Console {
    fn start(engines: Vec<EngineTarget>) -> Self {
        Self::with(Identity::ephemeral("console").unwrap(), "127.0.0.0/8", engines)
    }

    fn with(identity: Identity, network: &str, engines: Vec<EngineTarget>) -> Self {
        let config = FleetConfig {
            identity,
            console_name: "Head office".to_owned(),
            console_address: "127.0.0.1".to_owned(),
            listener_port: 40815,
            networks: vec![network.parse().unwrap()],
            product_version: PRODUCT.to_owned(),
            content_version: CONTENT.to_owned(),
        };
        let (fleet, events) = Fleet::start(config, engines);
        Self { fleet, events }
    }

    fn report(&self) -> EngineReport {
        self.fleet.report(ID).unwrap()
    }

    /// The next event for which `wanted` finds something.
    async fn event<T>(&mut self, limit: Duration, mut wanted: impl FnMut(&FleetEvent) -> Option<T>) -> T {
        let mut others = Vec::new();
        let found = timeout(limit, async {
            loop {
                let event = self.events.recv().await.expect("the fleet ended");
                match wanted(&event) {
                    Some(found) => return found,
                    None => others.push(event),
                }
            }
        });
        match found.await {
            Ok(found) => found,
            Err(_) => panic!("the event did not come within {limit:?}, but {others:?}"),
        }
    }

    /// Waits until the engine gets this status, and gives its message.
    async fn becomes(&mut self, wanted: EngineStatus) -> Option<String> {
        self.event(RIGHT_WITHIN, |event| match event {
            FleetEvent::Status { id: ID, status, message } if *status == wanted => Some(message.clone()),
            _ => None,
        })
        .await
    }

    /// Adds the engine, enables this console on it, and waits until it is active.
    async fn pair(&mut self, engine: &Running) {
        assert!(self.fleet.add(engine.target()).await);
        assert_eq!(engine.command("enable console 1"), "console 1 is enabled now");
        self.fleet.ask_all().await;
        assert_eq!(self.report().status, EngineStatus::Active);
    }
}

/// A scan engine of this process, which can be killed and started again.
struct Running {
    dir: TempDir,
    address: SocketAddr,
    engine: Engine,
    task: JoinHandle<()>,
}

impl Running {
    async fn start() -> Self {
        Self::with_product(PRODUCT).await
    }

    async fn with_product(product: &str) -> Self {
        let any = SocketAddr::from((Ipv4Addr::LOCALHOST, 0));
        Self::start_in(tempfile::tempdir().unwrap(), any, product).await
    }

    async fn start_in(dir: TempDir, address: SocketAddr, product: &str) -> Self {
        let engine = timeout(BOUND, async {
            loop {
                let options = Options {
                    product_version: Some(product.to_owned()),
                    content_version: Some("100".to_owned()),
                    update_time: Duration::from_millis(900),
                    ..Options::new(dir.path())
                };
                match Engine::open(options) {
                    Ok(engine) => return engine,
                    // The last connections of the one before are just ending.
                    Err(StartError::InUse(_)) => tokio::task::yield_now().await,
                    Err(error) => panic!("{error}"),
                }
            }
        })
        .await
        .expect("the directory is free again");
        let listener = TcpListener::bind(address).await.unwrap();
        let address = listener.local_addr().unwrap();
        let serving = engine.clone();
        let task = tokio::spawn(async move { serving.serve(listener).await });
        Self { dir, address, engine, task }
    }

    /// Ends the engine without a word, and leaves its directory.
    async fn kill(self) -> (TempDir, SocketAddr) {
        self.task.abort();
        assert!(self.task.await.unwrap_err().is_cancelled());
        (self.dir, self.address)
    }

    fn command(&self, line: &str) -> String {
        self.engine.command(line).text
    }

    fn target(&self) -> EngineTarget {
        target(ID, self.address)
    }

    fn consoles_xml(&self) -> PathBuf {
        self.dir.path().join("nse/conf/consoles.xml")
    }
}

fn target(id: i64, address: SocketAddr) -> EngineTarget {
    EngineTarget {
        id,
        name: "London".to_owned(),
        address: address.ip().to_string(),
        port: address.port(),
        pinned: None,
        asked: false,
        status: EngineStatus::Unknown,
        direction: Direction::ConsoleToEngine,
    }
}

fn dead_address() -> SocketAddr {
    let listener = std::net::TcpListener::bind("127.0.0.1:0").unwrap();
    listener.local_addr().unwrap()
}

#[tokio::test]
async fn an_engine_is_unknown_then_pending_then_active() {
    let engine = Running::start().await;
    let mut console = Console::start(Vec::new());

    // The first contact writes the console's entry and pins the engine's certificate, and nothing else.
    assert!(console.fleet.add(engine.target()).await);
    let xml = fs::read_to_string(engine.consoles_xml()).unwrap();
    assert!(xml.contains(r#"<console id="1" enabled="0" connectTo="0" name="Head office" lastAddress="127.0.0.1" port="40815">"#), "{xml}");
    let pinned = engine.engine.fingerprint();
    assert_eq!(console.events.recv().await, Some(FleetEvent::Pinned { id: ID, fingerprint: pinned }));
    let report = console.report();
    assert_eq!(report.status, EngineStatus::Unknown);
    assert_eq!(report.status_message, None);
    assert_eq!(report.pinned, Some(pinned));
    assert_eq!(report.direction, Direction::ConsoleToEngine);
    assert!(report.last_contact.is_some());

    // `version engines`
    console.fleet.ask_all().await;
    let report = console.report();
    assert_eq!(report.status, EngineStatus::PendingAuthorization);
    let unauthorized = "Cannot refresh scan engine (London): Unauthorized console connection from: 127.0.0.1";
    assert_eq!(report.status_message.as_deref(), Some(unauthorized));
    assert_eq!(report.product_version, None, "an engine tells its versions to consoles that are enabled");
    assert_eq!(console.events.recv().await, Some(FleetEvent::Asked { id: ID }));

    // From then on the status follows by itself.
    engine.command("enable console 1");
    assert_eq!(console.becomes(EngineStatus::Active).await, None);
    let report = console.report();
    assert_eq!(report.status_message, None);
    assert_eq!(report.product_version.as_deref(), Some(PRODUCT));
    assert_eq!(report.content_version.as_deref(), Some("100"));
    assert_eq!(report.serial_number.map(|serial| serial.len()), Some(40));
    assert!(report.platform.is_some());

    engine.command("disable console 1");
    assert_eq!(console.becomes(EngineStatus::PendingAuthorization).await.as_deref(), Some(unauthorized));

    // The message has the engine's name of today.
    console.fleet.renamed(ID, "Paris");
    let message = console.becomes(EngineStatus::PendingAuthorization).await.unwrap();
    assert!(message.starts_with("Cannot refresh scan engine (Paris): "), "{message}");
}

#[tokio::test]
async fn an_engine_that_is_killed_does_not_respond_until_it_is_back() {
    let engine = Running::start().await;
    let mut console = Console::start(Vec::new());
    console.pair(&engine).await;

    let (dir, address) = engine.kill().await;
    let message = console.becomes(EngineStatus::NotResponding).await.unwrap();
    assert_eq!(
        message,
        format!(
            "Cannot refresh scan engine (London): nothing listens there ({address}). Start the engine, or open port {} \
             on the firewall.",
            address.port()
        )
    );

    let _engine = Running::start_in(dir, address, PRODUCT).await;
    assert_eq!(console.becomes(EngineStatus::Active).await, None);
}

#[tokio::test]
async fn an_engine_that_falls_silent_does_not_respond() {
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let address = listener.local_addr().unwrap();
    // It introduces itself, and from then on never says a word.
    let silent = tokio::spawn(async move {
        let identity = Identity::ephemeral("engine").unwrap();
        let mut kept = Vec::new();
        while let Ok((stream, _)) = listener.accept().await {
            let Ok(mut connection) = accept(&identity, stream, BOUND).await else { continue };
            let hello = Message::EngineHello(EngineHello { name: "silent".to_owned() });
            let seen = Ipv4Addr::LOCALHOST.into();
            for message in [hello, Message::Authorization { enabled: true, seen }] {
                connection.send(&message).await.unwrap();
            }
            kept.push(connection);
        }
    });
    let mut console = Console::start(Vec::new());
    assert!(console.fleet.add(target(ID, address)).await);

    let asked = Instant::now();
    console.fleet.ask_all().await;
    assert!(asked.elapsed() < RIGHT_WITHIN, "{:?}", asked.elapsed());
    let message = console.becomes(EngineStatus::NotResponding).await.unwrap();
    assert!(message.contains("no answer within 3.5 s"), "{message}");
    silent.abort();
}

/// An engine that does as it likes: it introduces itself as one on which the console is enabled, says this many versions of
/// itself, and answers nothing but pings.
async fn unruly(versions: usize) -> (SocketAddr, JoinHandle<()>) {
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let address = listener.local_addr().unwrap();
    let task = tokio::spawn(async move {
        let identity = Identity::ephemeral("engine").unwrap();
        loop {
            let (stream, _) = listener.accept().await.unwrap();
            let Ok(mut connection) = accept(&identity, stream, BOUND).await else { continue };
            let hello = Message::EngineHello(EngineHello { name: "unruly".to_owned() });
            let seen = Ipv4Addr::LOCALHOST.into();
            // The console closes its first contact at any of these.
            let talk = async {
                for message in [hello, Message::Authorization { enabled: true, seen }] {
                    connection.send(&message).await?;
                }
                while !matches!(connection.recv().await?, Message::VersionQuestion) {}
                for number in 1..=versions {
                    let versions = EngineVersions {
                        product: PRODUCT.to_owned(),
                        content: number.to_string(),
                        serial: String::new(),
                        platform: String::new(),
                    };
                    connection.send(&Message::Versions(versions)).await?;
                }
                loop {
                    if let Message::Ping { number } = connection.recv().await? {
                        connection.send(&Message::Pong { number }).await?;
                    }
                }
            };
            let ended: Result<(), LinkError> = talk.await;
            drop(ended);
        }
    });
    (address, task)
}

#[tokio::test]
async fn an_engine_with_ever_new_versions_fills_no_queue() {
    const MANY: usize = 5000;
    let (address, engine) = unruly(MANY).await;
    let mut console = Console::start(Vec::new());
    assert!(console.fleet.add(target(ID, address)).await);
    console.fleet.ask_all().await;
    let last = Some(MANY.to_string());
    timeout(BOUND, async {
        while console.report().content_version != last {
            tokio::task::yield_now().await;
        }
    })
    .await
    .expect("all are heard");
    // Nobody has fetched an event until now.
    let events: Vec<FleetEvent> = std::iter::from_fn(|| console.events.try_recv()).collect();
    let versions: Vec<&String> = events
        .iter()
        .filter_map(|event| match event {
            FleetEvent::Versions { content, .. } => Some(content),
            _ => None,
        })
        .collect();
    assert_eq!(versions, [&MANY.to_string()], "{events:?}");
    assert!(events.len() <= 6, "one of each kind: {events:?}");
    engine.abort();
}

#[tokio::test]
async fn an_engine_that_never_answers_does_not_collect_those_who_ask() {
    let (address, engine) = unruly(0).await;
    let console = Console::start(Vec::new());
    assert!(console.fleet.add(target(ID, address)).await);
    let mut all: FuturesUnordered<_> = (0..1000).map(|_| console.fleet.update(ID)).collect();
    for _ in 0..900 {
        let outcome = timeout(Duration::from_secs(5), all.next()).await.expect("at once").unwrap();
        let UpdateOutcome::Offline(why) = outcome else { panic!("{outcome:?}") };
        assert!(why.contains("has left too many requests unanswered: try again"), "{why}");
    }
    engine.abort();
}

#[tokio::test]
async fn another_key_at_the_same_address_is_refused_until_the_engine_is_added_anew() {
    let engine = Running::start().await;
    let mut console = Console::start(Vec::new());
    console.pair(&engine).await;
    let old = engine.engine.fingerprint();

    let (_dir, address) = engine.kill().await;
    console.becomes(EngineStatus::NotResponding).await;
    let rebuilt = Running::start_in(tempfile::tempdir().unwrap(), address, PRODUCT).await;
    let new = rebuilt.engine.fingerprint();
    let message = console.becomes(EngineStatus::NotResponding).await.unwrap();
    assert_eq!(
        message,
        format!(
            "Cannot refresh scan engine (London): the certificate changed: {new} instead of {old} ({address}). If the \
             engine was rebuilt, delete it and add it again."
        )
    );
    assert!(!rebuilt.consoles_xml().exists(), "the console told the stranger nothing");

    console.fleet.remove(ID);
    assert_eq!(console.fleet.report(ID), None);
    console.pair(&rebuilt).await;
    assert_eq!(console.report().pinned, Some(new));
}

#[tokio::test]
async fn a_changed_address_needs_pairing_again() {
    let engine = Running::start().await;
    let mut console = Console::start(Vec::new());
    console.pair(&engine).await;

    // The same engine at another port.
    let (dir, _) = engine.kill().await;
    let engine = Running::start_in(dir, "127.0.0.1:0".parse().unwrap(), PRODUCT).await;
    assert!(console.fleet.moved(ID, "127.0.0.1", engine.address.port()).await);
    let report = console.report();
    assert_eq!(report.status, EngineStatus::Unknown);
    assert_eq!(report.status_message, None);
    assert!(engine.command("show consoles").contains("enabled=0"));

    console.fleet.ask_all().await;
    assert_eq!(console.report().status, EngineStatus::PendingAuthorization);
    engine.command("enable console 1");
    console.becomes(EngineStatus::Active).await;
}

#[tokio::test]
async fn an_engine_of_another_major_version_is_incompatible_until_it_is_updated() {
    let engine = Running::with_product("5.17.4").await;
    let mut console = Console::start(Vec::new());
    assert!(console.fleet.add(engine.target()).await);
    assert_eq!(console.fleet.update(ID).await, UpdateOutcome::NotAuthorized);
    engine.command("enable console 1");
    assert_eq!(
        console.becomes(EngineStatus::IncompatibleVersion).await.as_deref(),
        Some(
            "Scan engine (London) has product version 5.17.4, this console 6.6.300: they do not work together. Update \
             the engine."
        )
    );

    assert_eq!(console.fleet.update(ID).await, UpdateOutcome::Sent);
    assert!(console.report().updating);
    assert_eq!(console.fleet.update(ID).await, UpdateOutcome::AlreadyUpdating);
    // It goes down for a moment, which is no news: it comes back with the new versions.
    let mut seen = Vec::new();
    console
        .event(BOUND, |event| {
            if let FleetEvent::Status { status, .. } = event {
                seen.push(*status);
            }
            matches!(event, FleetEvent::Updated { id: ID, .. }).then_some(())
        })
        .await;
    assert!(!seen.contains(&EngineStatus::NotResponding), "{seen:?}");
    console.becomes(EngineStatus::Active).await;
    let report = console.report();
    assert!(!report.updating);
    assert_eq!(report.product_version.as_deref(), Some(PRODUCT));
    assert_eq!(report.content_version.as_deref(), Some(CONTENT));
    assert_eq!(console.fleet.update(ID).await, UpdateOutcome::UpToDate);

    // What was applied is kept.
    let (dir, address) = engine.kill().await;
    let _engine = Running::start_in(dir, address, "5.17.4").await;
    console.fleet.ask_all().await;
    assert_eq!(console.report().status, EngineStatus::Active);
}

#[tokio::test]
async fn an_update_does_not_help_an_engine_that_is_newer_than_the_console() {
    let engine = Running::with_product("7.0.1").await;
    let mut console = Console::start(Vec::new());
    assert!(console.fleet.add(engine.target()).await);
    engine.command("enable console 1");
    let UpdateOutcome::Incompatible(why) = console.fleet.update(ID).await else { panic!("not incompatible") };
    let words = "Scan engine (London) has product version 7.0.1, this console 6.6.300: they do not work together. Update \
                 the console.";
    assert_eq!(why, words);
    assert_eq!(console.becomes(EngineStatus::IncompatibleVersion).await.as_deref(), Some(words));
}

#[tokio::test]
async fn an_update_of_an_engine_that_is_down_says_why_not() {
    let console = Console::start(Vec::new());
    assert!(!console.fleet.add(target(ID, dead_address())).await);
    assert_eq!(console.report().status, EngineStatus::Unknown);
    let UpdateOutcome::Offline(why) = console.fleet.update(ID).await else { panic!("not offline") };
    assert!(why.starts_with("Cannot refresh scan engine (London): nothing listens there"), "{why}");
    assert_eq!(console.report().status, EngineStatus::NotResponding);
}

#[tokio::test]
async fn a_console_that_starts_again_finds_its_engines_by_itself() {
    let engine = Running::start().await;
    let identity = Identity::ephemeral("console").unwrap();
    let mut console = Console::with(identity.clone(), "127.0.0.0/8", Vec::new());
    console.pair(&engine).await;
    console.fleet.shutdown().await;

    let pinned = Some(engine.engine.fingerprint());
    let stored = EngineTarget { pinned, asked: true, status: EngineStatus::NotResponding, ..engine.target() };
    let mut console = Console::with(identity.clone(), "127.0.0.0/8", vec![stored.clone()]);
    console.becomes(EngineStatus::Active).await;
    console.fleet.shutdown().await;

    // One whose key is another one than the stored is none of them.
    let stored = EngineTarget { pinned: Some(Fingerprint([0; 32])), ..stored };
    let mut console = Console::with(identity, "127.0.0.0/8", vec![stored]);
    let message = console.becomes(EngineStatus::NotResponding).await.unwrap();
    assert!(message.contains("the certificate changed"), "{message}");
}

#[tokio::test]
async fn an_entry_that_was_enabled_by_hand_counts_when_the_engine_is_restarted() {
    let engine = Running::start().await;
    let mut console = Console::start(Vec::new());
    assert!(console.fleet.add(engine.target()).await);
    console.fleet.ask_all().await;
    console.becomes(EngineStatus::PendingAuthorization).await;

    let path = engine.consoles_xml();
    let (dir, address) = engine.kill().await;
    let xml = fs::read_to_string(&path).unwrap();
    fs::write(&path, xml.replace("enabled=\"0\"", "enabled=\"1\"")).unwrap();
    let _engine = Running::start_in(dir, address, PRODUCT).await;
    console.becomes(EngineStatus::Active).await;
}

#[tokio::test]
async fn an_engine_outside_of_the_networks_is_never_contacted() {
    let listener = std::net::TcpListener::bind("127.0.0.1:0").unwrap();
    listener.set_nonblocking(true).unwrap();
    let outside = target(ID, listener.local_addr().unwrap());
    let identity = Identity::ephemeral("console").unwrap();
    let stored = EngineTarget { asked: true, status: EngineStatus::Active, ..outside.clone() };
    let console = Console::with(identity, "127.0.1.0/24", vec![stored]);

    assert!(!console.fleet.reachable("127.0.0.1").await);
    assert!(console.fleet.reachable("127.0.1.1").await);
    console.fleet.ask_all().await;
    assert!(!console.fleet.add(outside).await);
    assert!(!console.fleet.moved(ID, "127.0.0.1", 1).await);
    assert_eq!(console.fleet.report(ID), None, "the stored status counts");
    let UpdateOutcome::Offline(why) = console.fleet.update(ID).await else { panic!("not offline") };
    assert!(why.contains("outside of the networks"), "{why}");
    assert_eq!(console.fleet.dial_counts().total, 0);
    assert_eq!(listener.accept().unwrap_err().kind(), std::io::ErrorKind::WouldBlock);
}

#[tokio::test]
async fn thousands_of_engines_that_are_down_are_dialled_a_few_at_a_time() {
    const MANY: u16 = 2000;
    let port = dead_address().port();
    let down = |number: u16| {
        let [high, low] = number.to_be_bytes();
        let address = SocketAddr::from((Ipv4Addr::new(127, 9, high, low), port));
        EngineTarget { asked: true, ..target(1000 + i64::from(number), address) }
    };
    let started = Instant::now();
    let mut console = Console::start((0..MANY).map(down).collect());
    let mut left: std::collections::HashSet<i64> = (0..MANY).map(|number| 1000 + i64::from(number)).collect();
    console
        .event(BOUND, |event| {
            if let FleetEvent::Status { id, status: EngineStatus::NotResponding, .. } = event {
                left.remove(id);
            }
            left.is_empty().then_some(())
        })
        .await;

    // Meanwhile an engine that is there is as quick as ever.
    let engine = Running::start().await;
    assert!(console.fleet.add(engine.target()).await);

    let counts = console.fleet.dial_counts();
    assert!(counts.peak <= DialCounts::MOST, "{counts:?}");
    // 128 places, each kept for a quarter of a second.
    let most = 128 + 512 * (started.elapsed().as_millis() / 1000 + 1);
    assert!(counts.total as u128 <= most, "{counts:?} in {:?}", started.elapsed());
    console.fleet.shutdown().await;
    assert_eq!(console.fleet.dial_counts().running, 0);
}
