//! The command line as a person has it, at a terminal.

use std::io::{Read as _, Write as _};
use std::path::Path;
use std::process::Child;
use std::sync::{Arc, Condvar, Mutex};
use std::thread;

use engine_link::{Message, SharedSecret};
use pty_process::Size;
use pty_process::blocking::{Command, Pty, open};

use crate::support::{BOUND, Console, Listening, Verdict, command, ends};

const CTRL_C: &str = "\x03";
const CTRL_D: &str = "\x04";
const CTRL_U: &str = "\x15";
const CTRL_Y: &str = "\x19";
const UP: &str = "\x1b[A";
const ENTER: &str = "\r";

/// A secret that no console knows.
const SECRET: &str = "99DB-B9F0-CD8B-5997-06BF-607B-BA21-0A81";

/// An engine in a terminal.
struct Screen {
    child: Child,
    keys: Arc<Pty>,
    shown: Arc<(Mutex<String>, Condvar)>,
    /// How much of what was shown has been looked at.
    seen: usize,
}

impl Screen {
    fn start(dir: &Path) -> Self {
        Self::of_kind(dir, "xterm-256color")
    }

    fn of_kind(dir: &Path, term: &str) -> Self {
        let (pty, pts) = open().unwrap();
        pty.resize(Size::new(40, 200)).unwrap();
        let plain = command(dir, "127.0.0.1:0");
        let child =
            Command::new(plain.get_program()).args(plain.get_args()).env("TERM", term).spawn(pts).unwrap();
        let keys = Arc::new(pty);
        let shown = Arc::new((Mutex::new(String::new()), Condvar::new()));
        let (from, into) = (Arc::clone(&keys), Arc::clone(&shown));
        thread::spawn(move || {
            let mut buffer = [0; 4096];
            // A terminal whose program has ended gives an error.
            while let Ok(count @ 1..) = (&*from).read(&mut buffer) {
                into.0.lock().unwrap().push_str(&String::from_utf8_lossy(&buffer[..count]));
                into.1.notify_all();
            }
        });
        let mut screen = Self { child, keys, shown, seen: 0 };
        screen.shows("listening on ");
        screen.shows("> ");
        screen
    }

    fn types(&self, keys: &str) {
        (&*self.keys).write_all(keys.as_bytes()).unwrap();
    }

    /// Waits until this is shown, behind what was looked at before.
    fn shows(&mut self, text: &str) {
        let (shown, changed) = &*self.shown;
        let (shown, timeout) = changed
            .wait_timeout_while(shown.lock().unwrap(), BOUND, |shown| !shown[self.seen..].contains(text))
            .unwrap();
        assert!(!timeout.timed_out(), "no {text:?} behind {:?}", &shown[self.seen..]);
        self.seen += shown[self.seen..].find(text).unwrap() + text.len();
    }

    /// All that was ever shown.
    fn all(&self) -> String {
        self.shown.0.lock().unwrap().clone()
    }

    /// The address on which the engine listens.
    fn address(&self) -> std::net::SocketAddr {
        let all = self.all();
        let line = all.lines().find_map(|line| line.strip_prefix("listening on ")).unwrap();
        line.trim().parse().unwrap()
    }

    /// Brings the engine to the point where it asks for a secret.
    fn asks_for_secret(&mut self, console: &str) {
        self.types(&format!("add console {console}{ENTER}"));
        self.shows("console 1 is added");
        self.types(&format!("connect to console 1{ENTER}"));
        self.shows("Next: add shared secret 1");
        self.shows("> ");
        self.types(&format!("add shared secret 1{ENTER}"));
        self.shows("Shared secret for console 1 (it is not shown): ");
    }

    fn shows_nothing_of(&self, secret: &str) {
        let all = self.all().to_uppercase();
        for group in secret.split('-') {
            assert!(!all.contains(group), "{group} of the secret in {all:?}");
        }
    }
}

impl Drop for Screen {
    fn drop(&mut self) {
        // It may have ended already.
        drop(self.child.kill());
        drop(self.child.wait());
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn the_secret_is_asked_for_and_not_shown() {
    let dir = tempfile::tempdir().unwrap();
    let console = Listening::start().await;
    let mut screen = Screen::start(dir.path());
    screen.asks_for_secret(&console.address().to_string());
    let secret = SharedSecret::generate().unwrap();
    let known = secret.clone();
    let pairing = tokio::spawn(async move {
        console.pairs(Verdict::Knows(known)).await;
        console
    });
    // Letter by letter, with a mistake that is taken back.
    for key in secret.expose().chars() {
        screen.types(&key.to_string());
    }
    screen.types(&format!("x\x7f{ENTER}"));
    screen.shows("The shared secret was applied successfully");
    screen.shows("Next: enable console 1");
    screen.types(&format!("enable console 1{ENTER}"));
    screen.shows("console 1 is enabled now");
    let console = pairing.await.unwrap();
    drop(console.talks().await);
    // Fingerprints and times have digits of their own: the secret's groups could be among them by accident.
    assert!(!screen.all().to_uppercase().contains(&secret.expose()[..9]));
}

#[test]
fn the_secret_is_not_in_the_history_and_the_commands_are() {
    let dir = tempfile::tempdir().unwrap();
    let mut screen = Screen::start(dir.path());
    screen.asks_for_secret("127.0.0.1:9");
    screen.types(&format!("{SECRET}{ENTER}"));
    screen.shows("console 1 can't be reached: nothing listens there");
    screen.shows("> ");
    // The last line that is remembered is the command before the secret.
    screen.types(UP);
    screen.shows("add shared secret 1");
    screen.types(ENTER);
    screen.shows("Shared secret for console 1");
    screen.types(CTRL_C);
    screen.shows("No shared secret was given: console 1 is unchanged.");
    screen.shows("> ");
    screen.types(&format!("{UP}{UP}{ENTER}"));
    screen.shows("console 1 has connectTo=1 already");
    screen.shows_nothing_of(SECRET);
}

#[test]
fn a_secret_that_was_typed_where_a_command_belongs_is_not_remembered() {
    let dir = tempfile::tempdir().unwrap();
    let mut screen = Screen::start(dir.path());
    screen.types(&format!("help quit{ENTER}"));
    screen.shows("stop the Scan Engine service");
    screen.types(&format!("add shared secret 1 {SECRET}{ENTER}"));
    screen.shows("this looks like a shared secret, which was not asked for");
    screen.shows("> ");
    screen.types(&format!("{UP}{ENTER}"));
    screen.shows("stop the Scan Engine service");
}

#[test]
fn what_is_taken_away_while_typing_a_secret_can_not_be_put_back_elsewhere() {
    let dir = tempfile::tempdir().unwrap();
    let mut screen = Screen::start(dir.path());
    screen.asks_for_secret("127.0.0.1:9");
    for taking in [CTRL_U, "\x17", "\x01\x0b", "\x1b\x7f"] {
        screen.types(&format!("{SECRET}{taking}"));
    }
    // Nothing is left of it.
    screen.types(ENTER);
    screen.shows("a shared secret has eight groups");
    screen.shows("> ");
    screen.types(&format!("help {CTRL_Y}{ENTER}"));
    screen.shows("list the consoles that this engine knows");
    screen.shows_nothing_of(SECRET);
}

#[test]
fn a_secret_that_is_typed_ahead_is_not_shown_either() {
    let dir = tempfile::tempdir().unwrap();
    let mut screen = Screen::start(dir.path());
    screen.types(&format!(
        "add console 127.0.0.1:9{ENTER}connect to console 1{ENTER}add shared secret 1{ENTER}{SECRET}{ENTER}help quit{ENTER}"
    ));
    screen.shows("console 1 can't be reached: nothing listens there");
    screen.shows("stop the Scan Engine service");
    screen.shows_nothing_of(SECRET);
}

#[test]
fn a_terminal_without_line_editing_does_not_show_the_secret_either() {
    let dir = tempfile::tempdir().unwrap();
    let mut screen = Screen::of_kind(dir.path(), "dumb");
    screen.asks_for_secret("127.0.0.1:9");
    screen.types(&format!("{SECRET}\n"));
    screen.shows("console 1 can't be reached: nothing listens there");
    screen.shows("> ");
    screen.types("help quit\n");
    screen.shows("help quit");
    screen.shows("stop the Scan Engine service");
    screen.shows_nothing_of(SECRET);
}

#[test]
fn ctrl_c_asks_and_only_a_yes_stops_the_engine() {
    let dir = tempfile::tempdir().unwrap();
    let mut screen = Screen::start(dir.path());
    for (answer, line) in [
        ("no\r", "keeps running"),
        ("\r", "keeps running"),
        ("help\r", "keeps running"),
        (CTRL_C, "keeps running"),
    ] {
        screen.types(&format!("half a comm{CTRL_C}"));
        screen.shows("This stops the Scan Engine service. Stop it?");
        screen.types(answer);
        screen.shows(line);
        screen.shows("> ");
    }
    assert!(!screen.all().contains("show consoles  "), "an answer is never a command as well");
    screen.types(CTRL_C);
    screen.shows("Stop it?");
    screen.types(&format!("yes{ENTER}"));
    assert!(ends(&mut screen.child).success());
}

#[test]
fn ctrl_d_stops_nothing() {
    let dir = tempfile::tempdir().unwrap();
    let mut screen = Screen::start(dir.path());
    for _ in 0..3 {
        screen.types(CTRL_D);
        screen.shows("The Scan Engine keeps running. Detach with ctrl-a d (in screen); quit stops it.");
    }
    screen.types(&format!("quit{ENTER}"));
    screen.shows("stopping the Scan Engine");
    assert!(ends(&mut screen.child).success());
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn ctrl_c_gives_up_a_pairing_that_is_under_way() {
    let dir = tempfile::tempdir().unwrap();
    let console = Listening::start().await;
    let mut screen = Screen::start(dir.path());
    screen.asks_for_secret(&console.address().to_string());
    screen.types(&format!("{SECRET}{ENTER}"));
    // A console that says nothing.
    let mut connection = console.accepts().await;
    assert!(matches!(connection.recv().await.unwrap(), Message::PairRequest { .. }));
    // Someone types it once more in the meantime. A line of the log shows that the terminal has had the time to show it.
    screen.types(SECRET);
    let _contact = Console::contact(&console.identity, screen.address(), true).await;
    screen.shows("lets it use this engine");
    screen.shows_nothing_of(SECRET);
    screen.types(CTRL_C);
    screen.shows("Cancelled: console 1 is unchanged.");
    screen.types(&format!("help quit{ENTER}"));
    screen.shows("stop the Scan Engine service");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_line_of_the_log_does_not_tear_what_is_being_typed() {
    let dir = tempfile::tempdir().unwrap();
    let console = Listening::start().await;
    let mut screen = Screen::start(dir.path());
    screen.types("show cons");
    screen.shows("show cons");
    let _contact = Console::contact(&console.identity, screen.address(), true).await;
    screen.shows("enable console 1 lets it use this engine");
    // The line is there again behind it.
    screen.shows("> show cons");
    screen.types(&format!("oles{ENTER}"));
    screen.shows("ID=1  IP=127.0.0.1  enabled=0");
}

#[test]
fn a_tab_completes_a_command() {
    let dir = tempfile::tempdir().unwrap();
    let mut screen = Screen::start(dir.path());
    screen.types("sh\t");
    screen.shows("show consoles ");
    screen.types(ENTER);
    screen.shows("This engine's fingerprint: ");
}
