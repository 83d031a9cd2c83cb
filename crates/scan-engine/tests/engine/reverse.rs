//! Engine-to-console pairs: the commands of the second document, and the connection that the engine keeps.

use std::fs;
use std::net::SocketAddr;
use std::path::Path;
use std::time::{Duration, Instant};

use engine_link::{Identity, Message, PairRefusal, SharedSecret};
use tokio::task::JoinHandle;
use tokio::time::timeout;

use crate::support::{BOUND, Console, Engine, Listening, Verdict, consoles_xml};

/// Within this time after the console is back, it has to know how the engine stands.
const RIGHT_WITHIN: Duration = Duration::from_secs(5);

/// An engine that has been told to dial this console, and waits for its secret.
fn told_to_dial(dir: &Path, console: SocketAddr) -> Engine {
    let mut engine = Engine::start(dir);
    engine.ask(&format!("add console {console}"));
    engine.ask("connect to console 1");
    engine
}

/// Types the secret on the engine while the console does its part. Gives the console back, and the verdict.
async fn pair(
    engine: &mut Engine,
    console: Listening,
    verdict: Verdict,
    secret: &SharedSecret,
) -> (Listening, String) {
    let pairing = tokio::spawn(async move {
        console.pairs(verdict).await;
        console
    });
    engine.type_line("add shared secret 1");
    let answer = engine.ask(&secret.expose());
    (pairing.await.unwrap(), answer)
}

/// An engine that is paired with this console, enabled, and connected.
async fn paired(dir: &Path) -> (Engine, Listening, Console) {
    let console = Listening::start().await;
    let mut engine = told_to_dial(dir, console.address());
    let secret = SharedSecret::generate().unwrap();
    let (console, answer) = pair(&mut engine, console, Verdict::Knows(secret.clone()), &secret).await;
    assert!(answer.starts_with("The shared secret was applied successfully"), "{answer}");
    skip_to(&engine, "Next: enable console 1");
    assert_eq!(engine.ask("enable console 1"), "console 1 is enabled now");
    let talk = console.talks().await;
    assert!(talk.enabled);
    (engine, console, talk)
}

fn skip_to(engine: &Engine, line: &str) {
    while engine.output.recv_timeout(BOUND).unwrap() != line {}
}

/// The next session with an engine, in the background.
fn next(console: Listening) -> JoinHandle<(Listening, Console)> {
    tokio::spawn(async move {
        let talk = console.talks().await;
        (console, talk)
    })
}

fn is_versions(message: &Message) -> bool {
    matches!(message, Message::Versions(versions) if versions.product == "6.6.200")
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn the_commands_of_the_document_pair_the_engine_one_after_the_other() {
    let dir = tempfile::tempdir().unwrap();
    let console = Listening::start().await;
    let (at, own) = (console.address(), console.identity.fingerprint());
    let mut engine = Engine::start(dir.path());
    assert_eq!(
        engine.ask(&format!("add console {at}")),
        format!("console 1 is added: {at}. Next: connect to console 1")
    );
    let line = |connect_to: u8, rest: &str| {
        format!(
            "ID=1  IP=127.0.0.1  enabled=0  connectTo={connect_to}  port={}  name=\"\"  fingerprint={rest}",
            at.port()
        )
    };
    assert_eq!(engine.consoles(), [line(0, "none")]);
    assert!(
        engine
            .ask(&format!("add console {at}"))
            .starts_with(&format!("console 1 has the address {at} already"))
    );
    assert_eq!(
        engine.ask("add shared secret 1"),
        "console 1 has connectTo=0, so this engine does not dial it: type \"connect to console 1\" first"
    );
    assert_eq!(
        engine.ask("connect to console 1"),
        "console 1 has connectTo=1 now: this engine dials it. Next: add shared secret 1"
    );
    assert_eq!(
        engine.consoles(),
        [line(1, "none  state=\"waits for a shared secret: add shared secret 1\"")]
    );

    let secret = SharedSecret::generate().unwrap();
    let known = secret.clone();
    let pairing = tokio::spawn(async move {
        let told = console.pairs(Verdict::Knows(known)).await;
        (console, told)
    });
    engine.type_line("add shared secret 1");
    // As people type it.
    assert_eq!(
        engine.ask(&format!("  {} ", secret.expose().to_lowercase())),
        format!("The shared secret was applied successfully: console 1 at {at} has proved that it made it.")
    );
    let (console, (port, from)) = pairing.await.unwrap();
    assert_eq!(port, engine.address.port(), "the console is told where the engine listens");
    assert_eq!(from.ip(), engine.address.ip());
    let output: Vec<String> = (0..2).map(|_| engine.output.recv_timeout(BOUND).unwrap()).collect();
    assert_eq!(
        output,
        [format!("Its certificate is pinned now; fingerprint {own}"), "Next: enable console 1".to_owned()]
    );

    let mut talk = console.talks().await;
    assert!(!talk.enabled, "paired, and not enabled yet");
    assert!(matches!(
        talk.ask(Message::VersionQuestion).await,
        Message::Authorization { enabled: false, .. }
    ));
    assert_eq!(engine.ask("enable console 1"), "console 1 is enabled now");
    assert!(matches!(talk.hear().await, Message::Authorization { enabled: true, .. }));
    assert!(is_versions(&talk.ask(Message::VersionQuestion).await));
    assert_eq!(
        engine.consoles(),
        [format!(
            "ID=1  IP=127.0.0.1  enabled=1  connectTo=1  port={}  name=\"Head \"office\"\"  fingerprint={own}  \
         state=\"connected\"",
            at.port()
        )]
    );

    // What the console says of its address does not change where the engine dials.
    let xml = fs::read_to_string(consoles_xml(dir.path())).unwrap();
    assert!(xml.contains(&format!("lastAddress=\"127.0.0.1\" port=\"{}\"", at.port())), "{xml}");
    assert!(xml.contains("enabled=\"1\" connectTo=\"1\"") && xml.contains("<cert>"), "{xml}");
    for file in [consoles_xml(dir.path()), dir.path().join("nse/conf/versions.json")] {
        let text = fs::read_to_string(file).unwrap().to_uppercase();
        assert!(!text.contains(secret.expose().as_str()), "nothing of the secret is kept");
    }
    assert!(!engine.logged().to_uppercase().contains(secret.expose().as_str()));
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_secret_that_is_not_taken_is_told_with_what_to_do_and_changes_nothing() {
    let dir = tempfile::tempdir().unwrap();
    let mut console = Listening::start().await;
    let mut engine = told_to_dial(dir.path(), console.address());
    let before = fs::read_to_string(consoles_xml(dir.path())).unwrap();
    let taken = PairRefusal::Taken { reason: "there is another engine London: delete it first".to_owned() };
    for (verdict, words) in [
        (Verdict::Knows(SharedSecret::generate().unwrap()), "does not accept this shared secret: compare it"),
        (Verdict::Refuses(PairRefusal::Expired), "this shared secret has expired"),
        (Verdict::Refuses(PairRefusal::Revoked), "this shared secret was revoked on the console"),
        (
            Verdict::Refuses(taken),
            "does not pair with this engine: there is another engine London: delete it first",
        ),
        (
            Verdict::Pretends,
            "could not prove that it knows the shared secret: it is not the console that made it",
        ),
    ] {
        let answer;
        (console, answer) = pair(&mut engine, console, verdict, &SharedSecret::generate().unwrap()).await;
        assert!(answer.contains(words), "{answer}");
        assert_eq!(fs::read_to_string(consoles_xml(dir.path())).unwrap(), before);
        assert!(engine.consoles()[0].contains("fingerprint=none  state=\"waits for a shared secret"));
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_text_that_is_no_secret_is_told_without_dialling() {
    let dir = tempfile::tempdir().unwrap();
    let console = Listening::start().await;
    let mut engine = told_to_dial(dir.path(), console.address());
    engine.type_line("add shared secret 1");
    let answer = engine.ask("99DB-B9F0");
    assert!(answer.starts_with("a shared secret has eight groups of four hexadecimal digits"), "{answer}");
    assert!(answer.ends_with("Nothing was sent: type \"add shared secret 1\" again"), "{answer}");
    // The first one to call is the one with a real secret.
    let secret = SharedSecret::generate().unwrap();
    let (_, answer) = pair(&mut engine, console, Verdict::Knows(secret.clone()), &secret).await;
    assert!(answer.starts_with("The shared secret was applied"), "{answer}");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn what_is_no_console_and_what_is_not_there_is_told() {
    let dir = tempfile::tempdir().unwrap();
    let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await.unwrap();
    let at = listener.local_addr().unwrap();
    let mut engine = told_to_dial(dir.path(), at);
    let secret = SharedSecret::generate().unwrap();
    let closes = tokio::spawn(async move { drop(listener.accept().await.unwrap()) });
    engine.type_line("add shared secret 1");
    let answer = engine.ask(&secret.expose());
    assert!(answer.contains("Check that a Security Console listens at this address and port"), "{answer}");
    closes.await.unwrap();
    engine.type_line("add shared secret 1");
    let answer = engine.ask(&secret.expose());
    let words = format!("console 1 can't be reached: nothing listens there ({at}). Check the address, start");
    assert!(answer.starts_with(&words), "{answer}");

    engine.ask("add console console.invalid");
    engine.ask("connect to console 2");
    engine.type_line("add shared secret 2");
    let answer = engine.ask(&secret.expose());
    assert!(
        answer.starts_with("console 2 can't be reached: the name console.invalid has no address"),
        "{answer}"
    );
    assert!(
        answer.ends_with("Correct the address: \"delete console 2\", then \"add console <address>\""),
        "{answer}"
    );
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_name_is_dialled_at_the_address_that_answers() {
    let dir = tempfile::tempdir().unwrap();
    let console = Listening::start().await;
    let mut engine = Engine::start(dir.path());
    // It may lead to ::1 as well, where nothing listens.
    engine.ask(&format!("add console LocalHost:{}", console.address().port()));
    engine.ask("connect to console 1");
    let secret = SharedSecret::generate().unwrap();
    let (console, answer) = pair(&mut engine, console, Verdict::Knows(secret.clone()), &secret).await;
    assert!(answer.contains("console 1 at localhost:"), "{answer}");
    assert!(!console.talks().await.enabled);
    engine.shows("IP=localhost  ");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn the_engine_dials_from_the_address_on_which_it_listens() {
    let dir = tempfile::tempdir().unwrap();
    let console = Listening::start().await;
    let mut engine = Engine::start_at(dir.path(), "127.0.3.9:0");
    engine.ask(&format!("add console {}", console.address()));
    engine.ask("connect to console 1");
    let secret = SharedSecret::generate().unwrap();
    let (console, _) = pair(&mut engine, console, Verdict::Knows(secret.clone()), &secret).await;
    let talk = console.talks().await;
    assert_eq!(talk.connection.peer_address().ip(), engine.address.ip());
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_console_that_was_away_is_dialled_again_and_so_it_is_after_a_restart_of_the_engine() {
    let dir = tempfile::tempdir().unwrap();
    let (mut engine, console, talk) = paired(dir.path()).await;
    let (at, identity) = (console.address(), console.identity.clone());
    drop((console, talk));
    engine.shows(&format!("state=\"not connected: nothing listens there ({at})\""));

    let mut console = Listening::start_at(&at.to_string()).await;
    console.identity = identity;
    let started = Instant::now();
    let talk = console.talks().await;
    assert!(talk.enabled);
    assert!(started.elapsed() < RIGHT_WITHIN, "{:?}", started.elapsed());
    engine.shows("state=\"connected\"");

    engine.signal("-KILL");
    engine.ends();
    talk.ended().await;
    let _engine = Engine::start(dir.path());
    assert!(console.talks().await.enabled);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_console_that_falls_silent_is_pinged_and_dialled_again() {
    let dir = tempfile::tempdir().unwrap();
    let (_engine, console, mut talk) = paired(dir.path()).await;
    let silent = Instant::now();
    while !matches!(talk.recv().await, Message::Ping { .. }) {}
    // A host that is gone answers nothing, and does not close the connection either.
    console.talks().await;
    assert!(silent.elapsed() < Duration::from_secs(8), "{:?}", silent.elapsed());
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_console_that_answers_pings_is_not_dialled_again() {
    let dir = tempfile::tempdir().unwrap();
    let (_engine, _console, mut talk) = paired(dir.path()).await;
    let started = Instant::now();
    while started.elapsed() < RIGHT_WITHIN {
        if let Message::Ping { number } = talk.recv().await {
            talk.connection.send(&Message::Pong { number }).await.unwrap();
        }
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_rebuilt_console_is_refused_until_it_has_proved_a_new_secret() {
    let dir = tempfile::tempdir().unwrap();
    let (mut engine, console, talk) = paired(dir.path()).await;
    let (at, old) = (console.address(), console.identity.fingerprint());
    drop((console, talk));
    let rebuilt = Listening::start_at(&at.to_string()).await;
    let new = rebuilt.identity.fingerprint();
    let secret = SharedSecret::generate().unwrap();
    let known = secret.clone();
    let pairing = tokio::spawn(async move {
        loop {
            let (stream, _) = timeout(BOUND, rebuilt.accept_raw()).await.unwrap();
            // An engine with the old pin goes away after the handshake, before anything is said.
            if let Ok(connection) = engine_link::accept(&rebuilt.identity, stream, BOUND).await {
                rebuilt.pairs_on(connection, Verdict::Knows(known)).await;
                return rebuilt;
            }
        }
    });
    engine.shows(&format!(
        "state=\"not connected: another certificate was shown than the one that was pinned ({new}). If the console was \
         rebuilt, generate a shared secret on it, then: add shared secret 1\""
    ));
    engine.type_line("add shared secret 1");
    let answer = engine.ask(&secret.expose());
    assert!(answer.starts_with("The shared secret was applied"), "{answer}");
    skip_to(&engine, &format!("It replaces another certificate, which had the fingerprint {old}"));
    skip_to(&engine, "Console 1 is already enabled");
    let rebuilt = pairing.await.unwrap();
    let talk = rebuilt.talks().await;
    assert!(talk.enabled);
    engine.shows(&format!("fingerprint={new}  state=\"connected\""));
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_console_that_is_enabled_reverses_the_direction_there_and_back() {
    let dir = tempfile::tempdir().unwrap();
    let mut console = Listening::start_at("127.0.0.1:0").await;
    let port = console.address().port();
    let mut engine = Engine::start(dir.path());
    let mut talk = Console::contact_at(&console.identity, engine.address, "127.0.0.1", port).await;
    let turn = |engine_dials| Message::Direction { engine_dials };
    assert!(
        matches!(talk.ask(turn(true)).await, Message::Authorization { enabled: false, .. }),
        "a console that is not enabled has no say"
    );
    assert!(engine.consoles()[0].contains("connectTo=0"));
    engine.ask("enable console 1");
    assert!(matches!(talk.hear().await, Message::Authorization { enabled: true, .. }));
    assert_eq!(talk.ask(turn(true)).await, Message::DirectionAnswer { stored: true });

    // For a moment there are two connections, one each way, and both work.
    let mut dialled;
    (console, dialled) = next(console).await.unwrap();
    assert!(dialled.enabled);
    assert!(is_versions(&dialled.ask(Message::VersionQuestion).await));
    assert!(is_versions(&talk.ask(Message::VersionQuestion).await));
    drop(talk);
    engine.shows("enabled=1  connectTo=1");
    engine.shows("state=\"connected\"");
    assert_eq!(dialled.ask(turn(true)).await, Message::DirectionAnswer { stored: true }, "it is so already");

    assert_eq!(dialled.ask(turn(false)).await, Message::DirectionAnswer { stored: true });
    dialled.ended().await;
    let xml = fs::read_to_string(consoles_xml(dir.path())).unwrap();
    assert!(xml.contains("enabled=\"1\" connectTo=\"0\""), "{xml}");
    assert!(!engine.consoles()[0].contains("state="));
    let again = Console::contact(&console.identity, engine.address, false).await;
    assert!(again.enabled);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_console_that_does_not_know_the_engine_any_more_is_told_once() {
    let dir = tempfile::tempdir().unwrap();
    let (mut engine, console, talk) = paired(dir.path()).await;
    drop(talk);
    let reason = "this console does not know the engine: pair it again";
    for _ in 0..4 {
        let mut connection = console.accepts().await;
        connection.send(&Message::Refused { reason: reason.to_owned() }).await.unwrap();
        connection.split().0.close().await;
    }
    engine.shows(&format!("state=\"not connected: the console refuses: {reason}\""));
    assert_eq!(engine.logged().matches(reason).count(), 1);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_connection_ends_with_its_entry_or_its_connect_to() {
    let dir = tempfile::tempdir().unwrap();
    let (mut engine, console, talk) = paired(dir.path()).await;
    assert_eq!(
        engine.ask("disconnect from console 1"),
        "console 1 has connectTo=0 now: this engine does not dial it"
    );
    talk.ended().await;
    assert_eq!(
        engine.ask("connect to console 1"),
        "console 1 has connectTo=1 now: this engine dials it. show consoles shows the state of the connection"
    );
    let talk = console.talks().await;
    // One that the console has made ends as well.
    let dialled = Console::contact(&console.identity, engine.address, false).await;
    assert!(dialled.enabled);
    assert_eq!(engine.ask("delete console 1"), "console 1 is deleted");
    talk.ended().await;
    dialled.ended().await;
    let xml = fs::read_to_string(consoles_xml(dir.path())).unwrap();
    assert_eq!(xml, "<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n<Consoles>\n</Consoles>\n");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn an_entry_by_hand_is_dialled_from_the_next_start_on() {
    let dir = tempfile::tempdir().unwrap();
    let console = Listening::start().await;
    let at = console.address();
    let path = consoles_xml(dir.path());
    fs::create_dir_all(path.parent().unwrap()).unwrap();
    fs::write(
        &path,
        format!(
            "<Consoles>\n<console id=\"5\" enabled=\"1\" connectTo=\"1\" lastAddress=\"127.0.0.1\" port=\"{}\">\
             <cert>{}</cert></console>\n<console id=\"6\" connectTo=\"1\"/></Consoles>",
            at.port(),
            console.identity.certificate_pem()
        ),
    )
    .unwrap();
    let mut engine = Engine::start(dir.path());
    let talk = console.talks().await;
    assert!(talk.enabled);
    engine.shows("ID=5");
    assert!(engine.consoles()[1].ends_with("state=\"not connected: lastAddress is missing\""));
    let answer = engine.ask("add shared secret 6");
    assert!(answer.starts_with("console 6 has no lastAddress in consoles.xml"), "{answer}");
    assert!(engine.ask("connect to console 6").starts_with("console 6 has no lastAddress"));
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_console_may_be_known_under_two_entries() {
    let dir = tempfile::tempdir().unwrap();
    let console = Listening::start().await;
    let mut engine = Engine::start(dir.path());
    // The console has added the engine, and the administrator adds the console by its address.
    let first = Console::contact(&console.identity, engine.address, true).await;
    assert!(engine.ask(&format!("add console {}", console.address())).starts_with("console 2 is added"));
    engine.ask("connect to console 2");
    let secret = SharedSecret::generate().unwrap();
    let known = secret.clone();
    let pairing = tokio::spawn(async move {
        console.pairs(Verdict::Knows(known)).await;
        console
    });
    engine.type_line("add shared secret 2");
    engine.ask(&secret.expose());
    skip_to(
        &engine,
        "Console 1 is the same console: \"delete console 1\" removes the entry that is not needed",
    );
    skip_to(&engine, "Next: enable console 2");
    let console = pairing.await.unwrap();
    let second = console.talks().await;
    engine.ask("delete console 1");
    first.ended().await;
    engine.ask("enable console 2");
    let mut second = second;
    assert!(matches!(second.hear().await, Message::Authorization { enabled: true, .. }));
}

#[test]
fn an_address_that_is_none_is_told() {
    let dir = tempfile::tempdir().unwrap();
    let mut engine = Engine::start(dir.path());
    for (line, words) in [
        (
            "add console 10.0.0.300",
            "\"10.0.0.300\" is not the address of a console: an IPv4 address has four numbers",
        ),
        ("add console host:99999", "a port is a number from 1 to 65535"),
        ("add console https://console:3780/", "it is an address of a page"),
        ("add console 10.0.0.1 10.0.0.2", "add console needs one address"),
    ] {
        let answer = engine.ask(line);
        assert!(answer.contains(words), "{answer}");
    }
    assert_eq!(
        engine.ask("add console [::1]"),
        "console 1 is added: [::1]:40815. Next: connect to console 1"
    );
    assert!(engine.ask("add console ::1").starts_with("console 1 has the address [::1]:40815 already"));
}

/// A stranger whose key is not the entry's gets nothing of what the entry allows.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn another_key_at_a_paired_address_is_another_console() {
    let dir = tempfile::tempdir().unwrap();
    let (mut engine, _console, _talk) = paired(dir.path()).await;
    let stranger = Identity::ephemeral("stranger").unwrap();
    let contact = Console::contact(&stranger, engine.address, false).await;
    assert!(!contact.enabled);
    assert_eq!(engine.consoles().len(), 2);
}
