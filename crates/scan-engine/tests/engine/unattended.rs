//! Pairing without a command line: the shared secret is in the `consoles.xml` that the engine finds at its first start.

use std::fs;
use std::net::SocketAddr;
use std::os::unix::fs::{OpenOptionsExt as _, PermissionsExt as _};
use std::path::Path;

use engine_link::{PairRefusal, SharedSecret};

use crate::support::{Engine, Listening, Verdict, consoles_xml};

/// Puts the file in place, for its owner alone.
fn put(dir: &Path, console: SocketAddr, switches: &str, secret: &str) -> String {
    let text = format!(
        "<?xml version=\"1.0\" encoding=\"utf-8\"?>\n<!-- from the image -->\n<Consoles>\n  <console id=\"1\" {switches} \
         name=\"Console\" lastAddress=\"{}\" port=\"{}\" plaintext_sharedSecret=\"{secret}\"><cert></cert></console>\n\
         </Consoles>\n",
        console.ip(),
        console.port(),
    );
    let path = consoles_xml(dir);
    fs::create_dir_all(path.parent().unwrap()).unwrap();
    let file = fs::OpenOptions::new().create_new(true).write(true).mode(0o600).open(&path);
    std::io::Write::write_all(&mut file.unwrap(), text.as_bytes()).unwrap();
    text
}

fn has_secret(dir: &Path) -> bool {
    fs::read_to_string(consoles_xml(dir)).unwrap().contains("plaintext_sharedSecret")
}

const BOTH: &str = "enabled=\"1\" connectTo=\"1\"";
const GONE: &str = "the shared secret of console 1 was removed from consoles.xml";

#[tokio::test]
async fn an_engine_pairs_at_its_start_and_keeps_nothing_of_the_secret() {
    let dir = tempfile::tempdir().unwrap();
    let console = Listening::start().await;
    let secret = SharedSecret::generate().unwrap();
    put(dir.path(), console.address(), BOTH, &secret.expose());
    let mut engine = Engine::start(dir.path());
    console.pairs(Verdict::Knows(secret.clone())).await;
    assert!(console.talks().await.enabled, "and it is enabled");
    engine.shows("enabled=1  connectTo=1");
    engine.logs(GONE);
    let text = fs::read_to_string(consoles_xml(dir.path())).unwrap();
    assert!(!text.contains("plaintext_sharedSecret") && !text.contains(secret.expose().as_str()), "{text}");
    assert!(text.contains("BEGIN CERTIFICATE") && text.contains("<!-- from the image -->"), "{text}");
    let mode = fs::metadata(consoles_xml(dir.path())).unwrap().permissions().mode();
    assert_eq!(mode & 0o777, 0o600);

    // The next start needs no secret.
    drop(engine);
    let _engine = Engine::start(dir.path());
    assert!(console.talks().await.enabled);
}

#[tokio::test]
async fn a_console_that_comes_later_is_waited_for() {
    let dir = tempfile::tempdir().unwrap();
    let free = Listening::start().await.address();
    let secret = SharedSecret::generate().unwrap();
    put(dir.path(), free, BOTH, &secret.expose());
    let engine = Engine::start(dir.path());
    engine.logs("the shared secret of console 1 waits to be applied: console 1 can't be reached");
    assert!(has_secret(dir.path()), "it is needed yet");
    let console = Listening::start_at(&free.to_string()).await;
    console.pairs(Verdict::Knows(secret)).await;
    engine.logs(GONE);
    assert!(!has_secret(dir.path()));
}

#[tokio::test]
async fn a_secret_that_is_not_valid_is_said_without_it_and_taken_out() {
    for (refusal, words) in [
        (PairRefusal::NotAccepted, "does not accept this shared secret"),
        (PairRefusal::Expired, "this shared secret has expired"),
        (PairRefusal::Revoked, "this shared secret was revoked"),
    ] {
        let dir = tempfile::tempdir().unwrap();
        let console = Listening::start().await;
        let secret = SharedSecret::generate().unwrap();
        put(dir.path(), console.address(), BOTH, &secret.expose());
        let mut engine = Engine::start(dir.path());
        console.pairs(Verdict::Refuses(refusal)).await;
        let mut log = String::new();
        while !log.contains(GONE) {
            log += &engine.next_line();
        }
        assert!(log.contains("in consoles.xml was not applied") && log.contains(words), "{log}");
        engine.child.kill().unwrap();
        log += &engine.last_words();
        assert!(!log.contains(secret.expose().as_str()), "{log}");
        assert!(!has_secret(dir.path()));
    }
}

#[tokio::test]
async fn a_secret_that_is_none_or_of_an_entry_that_is_not_used_is_said_and_left_alone() {
    let secret = SharedSecret::generate().unwrap().expose().to_string();
    for (switches, secret, words) in [
        ("enabled=\"0\" connectTo=\"1\"", secret.as_str(), "in consoles.xml is not used"),
        ("enabled=\"1\" connectTo=\"0\"", secret.as_str(), "in consoles.xml is not used"),
        (BOTH, "top secret", "console 1 has no shared secret in plaintext_sharedSecret"),
    ] {
        let dir = tempfile::tempdir().unwrap();
        let console = Listening::start().await;
        let before = put(dir.path(), console.address(), switches, secret);
        let engine = Engine::start(dir.path());
        let mut log = String::new();
        while !log.contains(words) {
            log += &engine.next_line();
        }
        assert!(!log.contains(secret), "{log}");
        assert_eq!(fs::read_to_string(consoles_xml(dir.path())).unwrap(), before);
    }
}
