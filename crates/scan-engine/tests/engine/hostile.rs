//! Neighbours who mean no good: each attack is bounded in count and time, and stays on loopback.

use std::collections::BTreeSet;
use std::fs;
use std::net::{Ipv4Addr, SocketAddr};
use std::process::Stdio;
use std::time::Duration;

use engine_link::{ConsoleHello, Identity, LinkError, Message, Timeouts, dial_from};
use scan_engine::{MAX_NOT_ENABLED, Options};
use tokio::net::{TcpListener, TcpSocket, TcpStream};
use tokio::task::JoinSet;
use tokio::time::{Instant, timeout};

use crate::support::{BOUND, Console, Engine, command, consoles_xml, ends};

/// More than there are places for.
const MANY: usize = 150;
/// The connections that one certificate may have.
const OF_CERTIFICATE: usize = 4;

/// A console that is enabled on the engine and connected.
async fn enabled(engine: &mut Engine, identity: &Identity) -> Console {
    let mut console = Console::contact(identity, engine.address, true).await;
    assert_eq!(engine.ask("enable console 1"), "console 1 is enabled now");
    assert!(matches!(console.recv().await, Message::Authorization { enabled: true, .. }));
    console
}

async fn answers(console: &mut Console) {
    assert!(matches!(console.ask(Message::VersionQuestion).await, Message::Versions(_)));
}

/// Connects from that address and says nothing.
async fn silent(from: Ipv4Addr, engine: SocketAddr) -> TcpStream {
    let socket = TcpSocket::new_v4().unwrap();
    socket.bind(SocketAddr::from((from, 0))).unwrap();
    timeout(BOUND, socket.connect(engine)).await.unwrap().unwrap()
}

/// Waits until all but so many of these connections have ended.
async fn all_but(most: usize, held: Vec<Console>) {
    let mut left = held.len();
    let mut ended: JoinSet<()> = held.into_iter().map(Console::ended).collect();
    while left > most {
        timeout(BOUND, ended.join_next()).await.expect("more connections end").unwrap().unwrap();
        left -= 1;
    }
}

#[tokio::test]
async fn connections_of_one_certificate_do_not_shut_the_console_out() {
    let dir = tempfile::tempdir().unwrap();
    let mut engine = Engine::start(dir.path());
    let identity = Identity::ephemeral("console").unwrap();
    let mut console = enabled(&mut engine, &identity).await;

    let stranger = Identity::ephemeral("stranger").unwrap();
    let mut held = Vec::new();
    for _ in 0..MANY {
        held.push(Console::contact(&stranger, engine.address, false).await);
    }
    answers(&mut console).await;
    // It has lost its connection, say, and comes back.
    let mut again = Console::contact(&identity, engine.address, false).await;
    assert!(again.enabled);
    answers(&mut again).await;
    // So does one that nobody knows yet: how else could it be enabled?
    let new = Console::contact(&Identity::ephemeral("new").unwrap(), engine.address, true).await;
    assert!(!new.enabled);
    all_but(OF_CERTIFICATE, held).await;
}

#[tokio::test]
async fn connections_that_say_nothing_do_not_shut_the_console_out() {
    let dir = tempfile::tempdir().unwrap();
    let mut engine = Engine::start(dir.path());
    let identity = Identity::ephemeral("console").unwrap();
    let mut console = enabled(&mut engine, &identity).await;

    let mut held = Vec::new();
    // Some from the console's own address, more from others.
    for number in 0..u8::try_from(MANY).unwrap() {
        held.push(silent(Ipv4Addr::LOCALHOST, engine.address).await);
        held.push(silent(Ipv4Addr::new(127, 0, 5, 1 + number % 4), engine.address).await);
    }
    let started = Instant::now();
    let mut again = Console::contact(&identity, engine.address, false).await;
    let new = Console::contact(&Identity::ephemeral("new").unwrap(), engine.address, true).await;
    // The silent ones have five seconds: it was not their end that has made room.
    assert!(started.elapsed() < Duration::from_secs(4), "{:?}", started.elapsed());
    assert!(again.enabled && !new.enabled);
    answers(&mut console).await;
    answers(&mut again).await;
    drop(held);
}

#[tokio::test]
async fn made_up_certificates_fill_the_list_and_shut_nobody_out_who_is_enabled() {
    let dir = tempfile::tempdir().unwrap();
    let mut engine = Engine::start(dir.path());
    let identity = Identity::ephemeral("console").unwrap();
    let mut console = enabled(&mut engine, &identity).await;

    let mut held = Vec::new();
    let mut refused = 0;
    for number in 0..2 * MAX_NOT_ENABLED {
        let stranger = Identity::ephemeral("stranger").unwrap();
        let from = Ipv4Addr::new(127, 0, 6, u8::try_from(number).unwrap() + 1);
        for _ in 0..OF_CERTIFICATE + 2 {
            let timeouts = Timeouts { connect: BOUND, handshake: BOUND };
            let mut connection =
                dial_from(Some(from.into()), &stranger, engine.address, None, timeouts).await.unwrap();
            let hello = ConsoleHello {
                name: format!("stranger {number}"),
                address: String::new(),
                port: 40815,
                first_contact: true,
            };
            connection.send(&Message::ConsoleHello(hello)).await.unwrap();
            assert!(matches!(connection.recv().await, Ok(Message::EngineHello(_))));
            match connection.recv().await.unwrap() {
                Message::Authorization { enabled: false, .. } => held.push(connection),
                Message::Refused { .. } => refused += 1,
                other => panic!("{other:?}"),
            }
        }
    }
    assert_eq!(held.len(), MAX_NOT_ENABLED * (OF_CERTIFICATE + 2));
    assert_eq!(refused, MAX_NOT_ENABLED * (OF_CERTIFICATE + 2));
    assert_eq!(engine.consoles().len(), 1 + MAX_NOT_ENABLED);
    answers(&mut console).await;
    let mut again = Console::contact(&identity, engine.address, false).await;
    answers(&mut again).await;
}

#[tokio::test]
async fn a_console_with_many_connections_keeps_its_newest() {
    let dir = tempfile::tempdir().unwrap();
    let mut engine = Engine::start(dir.path());
    let identity = Identity::ephemeral("console").unwrap();
    let mut held = vec![enabled(&mut engine, &identity).await];
    for _ in 0..MANY {
        held.push(Console::contact(&identity, engine.address, false).await);
    }
    let mut newest = held.split_off(held.len() - OF_CERTIFICATE);
    all_but(0, held).await;
    for console in &mut newest {
        answers(console).await;
    }
}

#[tokio::test]
async fn a_connection_that_is_never_enabled_ends() {
    let dir = tempfile::tempdir().unwrap();
    let options = Options { waiting_time: Duration::from_millis(300), ..Options::new(dir.path()) };
    let engine = scan_engine::Engine::open(Options { name: Some("London".to_owned()), ..options }).unwrap();
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let address = listener.local_addr().unwrap();
    let serving = engine.clone();
    let task = tokio::spawn(async move { serving.serve(listener).await });

    let identity = Identity::ephemeral("console").unwrap();
    let mut console = Console::contact(&identity, address, true).await;
    assert_eq!(engine.command("enable console 1").text, "console 1 is enabled now");
    assert!(matches!(console.recv().await, Message::Authorization { enabled: true, .. }));
    // However busy it is, it ends; and whoever is enabled stays.
    let stranger = Identity::ephemeral("stranger").unwrap();
    let mut waiting = Console::contact(&stranger, address, true).await;
    let end = async {
        loop {
            if let Err(error) = waiting.connection.send(&Message::Ping { number: 1 }).await {
                return error;
            }
            if let Err(error) = waiting.connection.recv().await {
                return error;
            }
            tokio::task::yield_now().await;
        }
    };
    let error = timeout(BOUND, end).await.expect("it ends");
    assert!(matches!(error, LinkError::Closed), "{error}");
    answers(&mut console).await;
    assert!(!Console::contact(&stranger, address, false).await.enabled, "it may come back");

    // One that loses its right has the same time.
    assert_eq!(engine.command("disable console 1").text, "console 1 is disabled now");
    console.ended().await;
    task.abort();
}

#[tokio::test]
async fn failures_that_take_turns_do_not_fill_the_log() {
    let dir = tempfile::tempdir().unwrap();
    let mut engine = Engine::start(dir.path());
    for number in 0..MANY {
        let mut stream = silent(Ipv4Addr::LOCALHOST, engine.address).await;
        if number % 2 == 0 {
            // No TLS.
            tokio::io::AsyncWriteExt::write_all(&mut stream, b"GET / HTTP/1.1\r\n\r\n").await.unwrap();
        }
        // It has heard of it, whichever way.
        drop(stream);
    }
    // The last word is not said before everything else was.
    let identity = Identity::ephemeral("console").unwrap();
    drop(enabled(&mut engine, &identity).await);
    assert_eq!(engine.ask("quit"), "stopping the Scan Engine");
    assert!(engine.ends().success());
    let log = engine.last_words();
    let failures = log.lines().filter(|line| line.contains("failed: ")).count();
    assert!((1..=5).contains(&failures), "{log}");
    assert!(log.contains("first contact of the console"), "{log}");
}

#[tokio::test]
async fn ever_new_names_do_not_keep_the_disk_busy() {
    let dir = tempfile::tempdir().unwrap();
    let mut engine = Engine::start(dir.path());
    let stranger = Identity::ephemeral("stranger").unwrap();
    let started = Instant::now();
    let mut versions = BTreeSet::new();
    for number in 0..MANY {
        let timeouts = Timeouts { connect: BOUND, handshake: BOUND };
        let mut connection = dial_from(None, &stranger, engine.address, None, timeouts).await.unwrap();
        let hello = ConsoleHello {
            name: format!("name {number}"),
            address: format!("10.0.0.{number}"),
            port: 40815,
            first_contact: true,
        };
        connection.send(&Message::ConsoleHello(hello)).await.unwrap();
        while !matches!(connection.recv().await.unwrap(), Message::Authorization { .. }) {}
        versions.insert(fs::read_to_string(consoles_xml(dir.path())).unwrap());
    }
    // The entry, the first new name, and one more in each ten seconds.
    let most = 2 + started.elapsed().as_secs() / 10;
    assert!(versions.len() as u64 <= most, "{} in {:?}", versions.len(), started.elapsed());
    assert!(engine.consoles()[0].contains(&format!("name=\"name {}\"", MANY - 1)));
    assert_eq!(engine.ask("quit"), "stopping the Scan Engine");
    assert!(engine.ends().success());
    let last = fs::read_to_string(consoles_xml(dir.path())).unwrap();
    assert!(last.contains(&format!("name=\"name {}\"", MANY - 1)), "nothing is lost: {last}");
}

#[cfg(unix)]
#[tokio::test]
async fn the_file_keeps_its_mode() {
    use std::os::unix::fs::PermissionsExt as _;
    let dir = tempfile::tempdir().unwrap();
    let mut engine = Engine::start(dir.path());
    let _console = enabled(&mut engine, &Identity::ephemeral("console").unwrap()).await;
    let path = consoles_xml(dir.path());
    fs::set_permissions(&path, fs::Permissions::from_mode(0o600)).unwrap();
    assert_eq!(engine.ask("disable console 1"), "console 1 is disabled now");
    assert_eq!(fs::metadata(&path).unwrap().permissions().mode() & 0o777, 0o600);
}

/// Nobody reads what the program says: with `head`, say, or when the session that had started it is over.
#[tokio::test]
async fn an_engine_that_nobody_listens_to_goes_on_and_ends_quietly() {
    let dir = tempfile::tempdir().unwrap();
    let mut engine = Engine::start(dir.path());
    // The other end of its standard output is closed with this.
    let (_, closed) = std::sync::mpsc::channel();
    engine.output = closed;
    let identity = Identity::ephemeral("console").unwrap();
    let mut console = Console::contact(&identity, engine.address, true).await;
    for line in ["help", "show consoles", "enable console 1"] {
        engine.type_line(line);
    }
    assert!(matches!(console.recv().await, Message::Authorization { enabled: true, .. }));
    engine.type_line("quit");
    assert!(engine.ends().success());
    let log = engine.last_words();
    assert!(!log.contains("panic") && !log.to_lowercase().contains("pipe"), "{log}");

    let mut help = command(dir.path(), "127.0.0.1:0");
    let mut help = help.arg("--help").stdout(Stdio::piped()).spawn().unwrap();
    drop(help.stdout.take());
    assert!(ends(&mut help).success());
    let mut said = String::new();
    std::io::Read::read_to_string(&mut help.stderr.unwrap(), &mut said).unwrap();
    assert_eq!(said, "");
}
