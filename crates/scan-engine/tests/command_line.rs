//! The program as a person or a script has it: its standard input and output, its files, and signals.

#![expect(clippy::unwrap_used, reason = "the helpers of tests may fail as the tests do")]

use std::fs;
use std::io::{BufRead as _, BufReader, Read as _, Write as _};
use std::net::SocketAddr;
use std::path::{Path, PathBuf};
use std::process::{Child, ChildStdin, Command, ExitStatus, Stdio};
use std::sync::mpsc::{Receiver, channel};
use std::thread;
use std::time::{Duration, Instant};

use engine_link::{Connection, ConsoleHello, Identity, Message, Timeouts, UpdateAnswer, dial};
use tokio::time::timeout;

/// What nothing in these tests comes near to.
const BOUND: Duration = Duration::from_secs(20);

/// A running engine and what it prints.
struct Engine {
    child: Child,
    input: Option<ChildStdin>,
    output: Receiver<String>,
    log: Receiver<String>,
    address: SocketAddr,
}

impl Engine {
    fn start(dir: &Path) -> Self {
        let mut child = command(dir, "127.0.0.1:0").spawn().unwrap();
        let output = lines(child.stdout.take().unwrap());
        let log = lines(child.stderr.take().unwrap());
        let ready = output.recv_timeout(BOUND).unwrap();
        let address = ready.strip_prefix("listening on ").unwrap().parse().unwrap();
        Self { input: child.stdin.take(), child, output, log, address }
    }

    fn type_line(&mut self, line: &str) {
        writeln!(self.input.as_mut().unwrap(), "{line}").unwrap();
    }

    /// Types a line and gives the first line of the answer.
    fn ask(&mut self, line: &str) -> String {
        self.type_line(line);
        self.output.recv_timeout(BOUND).unwrap()
    }

    /// The consoles' lines of `show consoles`.
    fn consoles(&mut self) -> Vec<String> {
        self.type_line("show consoles");
        let mut consoles = Vec::new();
        loop {
            let line = self.output.recv_timeout(BOUND).unwrap();
            if line.starts_with("This engine's fingerprint: ") {
                return consoles;
            }
            consoles.push(line);
        }
    }

    fn logs(&self, what: &str) {
        let found = std::iter::from_fn(|| self.log.recv_timeout(BOUND).ok()).any(|line| line.contains(what));
        assert!(found, "no log line with {what:?}");
    }

    fn signal(&self, signal: &str) {
        let pid = self.child.id().to_string();
        assert!(Command::new("kill").args([signal, &pid]).status().unwrap().success());
    }

    fn ends(&mut self) -> ExitStatus {
        ends(&mut self.child)
    }
}

impl Drop for Engine {
    fn drop(&mut self) {
        // It may have ended already.
        drop(self.child.kill());
        drop(self.child.wait());
    }
}

fn command(dir: &Path, listen: &str) -> Command {
    let mut command = Command::new(env!("CARGO_BIN_EXE_scan-engine"));
    command
        .args(["--listen", listen, "--name", "London", "--product-version", "6.6.200"])
        .arg("--dir")
        .arg(dir);
    command.stdin(Stdio::piped()).stdout(Stdio::piped()).stderr(Stdio::piped());
    command
}

fn ends(child: &mut Child) -> ExitStatus {
    let started = Instant::now();
    loop {
        if let Some(status) = child.try_wait().unwrap() {
            return status;
        }
        assert!(started.elapsed() < BOUND, "the engine did not end");
        thread::yield_now();
    }
}

/// Starts the program in a way in which it must not start, and gives what it says.
fn refused(dir: &Path, listen: &str) -> String {
    let mut child = command(dir, listen).spawn().unwrap();
    assert_eq!(ends(&mut child).code(), Some(1));
    let mut error = String::new();
    child.stderr.unwrap().read_to_string(&mut error).unwrap();
    error
}

fn lines(from: impl std::io::Read + Send + 'static) -> Receiver<String> {
    let (sender, receiver) = channel();
    thread::spawn(move || {
        for line in BufReader::new(from).lines().map_while(Result::ok) {
            if sender.send(line).is_err() {
                return;
            }
        }
    });
    receiver
}

fn consoles_xml(dir: &Path) -> PathBuf {
    dir.join("nse/conf/consoles.xml")
}

/// A console's side of one connection, up to the engine's word on authorisation.
struct Console {
    connection: Connection,
    enabled: bool,
}

impl Console {
    async fn contact(identity: &Identity, engine: SocketAddr, first_contact: bool) -> Self {
        let mut connection =
            dial(identity, engine, None, Timeouts { connect: BOUND, handshake: BOUND }).await.unwrap();
        let hello = ConsoleHello {
            name: "Head \"office\"".to_owned(),
            address: "console.example".to_owned(),
            port: 40815,
            first_contact,
        };
        connection.send(&Message::ConsoleHello(hello)).await.unwrap();
        let mut console = Self { connection, enabled: false };
        assert!(matches!(console.recv().await, Message::EngineHello(hello) if hello.name == "London"));
        let Message::Authorization { enabled, .. } = console.recv().await else { panic!("no authorization") };
        console.enabled = enabled;
        console
    }

    async fn recv(&mut self) -> Message {
        timeout(BOUND, self.connection.recv()).await.unwrap().unwrap()
    }

    async fn ask(&mut self, message: Message) -> Message {
        self.connection.send(&message).await.unwrap();
        self.recv().await
    }
}

#[tokio::test]
async fn a_console_is_shown_enabled_and_disabled_while_it_is_connected() {
    let dir = tempfile::tempdir().unwrap();
    let mut engine = Engine::start(dir.path());
    assert_eq!(
        engine.consoles(),
        ["no consoles yet: add this engine on a Security Console, and its entry appears here"]
    );

    let identity = Identity::ephemeral("console").unwrap();
    let mut console = Console::contact(&identity, engine.address, true).await;
    assert!(!console.enabled);
    engine.logs("enable console 1 lets it use this engine");
    let line = |enabled| {
        format!(
            "ID=1  IP=127.0.0.1  enabled={enabled}  connectTo=0  port=40815  name=\"Head \"office\"\"  fingerprint={}",
            identity.fingerprint()
        )
    };
    assert_eq!(engine.consoles(), [line(0)]);
    assert!(matches!(
        console.ask(Message::VersionQuestion).await,
        Message::Authorization { enabled: false, .. }
    ));

    assert_eq!(engine.ask("enable console 1"), "console 1 is enabled now");
    assert!(matches!(console.recv().await, Message::Authorization { enabled: true, .. }));
    assert_eq!(engine.consoles(), [line(1)]);
    let Message::Versions(versions) = console.ask(Message::VersionQuestion).await else { panic!() };
    assert_eq!(versions.product, "6.6.200");
    assert_eq!(engine.ask("enable console 1"), "console 1 is enabled already");

    assert_eq!(engine.ask("Disable  Console 1"), "console 1 is disabled now");
    assert!(matches!(console.recv().await, Message::Authorization { enabled: false, .. }));
    let xml = fs::read_to_string(consoles_xml(dir.path())).unwrap();
    assert!(xml.contains("<console id=\"1\" enabled=\"0\" connectTo=\"0\""), "{xml}");
    assert!(xml.contains("lastAddress=\"console.example\" port=\"40815\""), "{xml}");
}

#[tokio::test]
async fn the_file_is_obeyed_when_it_was_edited_while_the_engine_was_stopped() {
    let dir = tempfile::tempdir().unwrap();
    let identity = Identity::ephemeral("console").unwrap();
    let mut engine = Engine::start(dir.path());
    assert!(!Console::contact(&identity, engine.address, true).await.enabled);
    assert_eq!(engine.ask("quit"), "stopping the Scan Engine");
    assert!(engine.ends().success());

    let path = consoles_xml(dir.path());
    let xml = fs::read_to_string(&path).unwrap();
    let edited = xml.replace("enabled=\"0\"", "enabled=\"1\" note=\"by hand\"");
    fs::write(&path, &edited).unwrap();
    let engine = Engine::start(dir.path());
    assert!(Console::contact(&identity, engine.address, false).await.enabled);
    // Another console with the same name and address is another one.
    let stranger = Identity::ephemeral("console").unwrap();
    assert!(!Console::contact(&stranger, engine.address, false).await.enabled);
    let xml = fs::read_to_string(&path).unwrap();
    assert!(
        xml.contains("enabled=\"1\" note=\"by hand\"") && xml.contains("<console id=\"2\" enabled=\"0\""),
        "{xml}"
    );
}

#[tokio::test]
async fn an_update_is_applied_and_kept() {
    let dir = tempfile::tempdir().unwrap();
    let identity = Identity::ephemeral("console").unwrap();
    let mut engine = Engine::start(dir.path());
    let mut console = Console::contact(&identity, engine.address, true).await;
    let update = Message::Update { product: "6.6.300".to_owned(), content: "9".to_owned() };
    let answer = |answer| Message::UpdateAnswer { answer };
    assert_eq!(console.ask(update.clone()).await, answer(UpdateAnswer::Unauthorized));
    engine.ask("enable console 1");
    assert!(matches!(console.recv().await, Message::Authorization { enabled: true, .. }));
    assert_eq!(console.ask(update.clone()).await, answer(UpdateAnswer::Applying));
    assert_eq!(console.ask(update.clone()).await, answer(UpdateAnswer::Busy));
    assert!(timeout(BOUND, console.connection.recv()).await.unwrap().is_err(), "the engine restarts");
    engine.logs("update applied");

    engine.signal("-KILL");
    engine.ends();
    let engine = Engine::start(dir.path());
    let mut console = Console::contact(&identity, engine.address, false).await;
    let Message::Versions(versions) = console.ask(Message::VersionQuestion).await else { panic!() };
    assert_eq!(versions.product, "6.6.300");
    assert_eq!(console.ask(update).await, answer(UpdateAnswer::UpToDate));
}

#[test]
fn mistakes_on_the_command_line_say_what_to_type() {
    let dir = tempfile::tempdir().unwrap();
    let mut engine = Engine::start(dir.path());
    for (line, answer) in [
        ("enable console 4", "no console with ID 4: show consoles lists them"),
        (
            "enable console",
            "enable console needs the ID of one console, as in \"enable console 1\": show consoles lists them",
        ),
        ("shwo consoles", "unknown command \"shwo consoles\": help lists the commands"),
        ("help", "show consoles            list the consoles that this engine knows, with their IDs"),
    ] {
        assert_eq!(engine.ask(line), answer);
    }
}

#[test]
fn the_end_of_the_input_stops_nothing_and_sigterm_stops_at_once() {
    for (signal, dir) in [("-TERM", tempfile::tempdir().unwrap()), ("-INT", tempfile::tempdir().unwrap())] {
        let mut engine = Engine::start(dir.path());
        // A last line without its end is a line all the same.
        write!(engine.input.as_mut().unwrap(), "enable console 9").unwrap();
        drop(engine.input.take());
        assert_eq!(
            engine.output.recv_timeout(BOUND).unwrap(),
            "no console with ID 9: show consoles lists them"
        );
        assert!(engine.child.try_wait().unwrap().is_none());
        // Nobody sits at a pipe who could be asked: ctrl-c ends it as well.
        engine.signal(signal);
        assert!(engine.ends().success());
    }
}

#[test]
fn a_broken_file_is_told_with_its_line_and_left_alone() {
    let dir = tempfile::tempdir().unwrap();
    let path = consoles_xml(dir.path());
    fs::create_dir_all(path.parent().unwrap()).unwrap();
    let broken = "<Consoles>\n<console id=\"1\" enabled=\"maybe\"/>\n</Consoles>\n";
    fs::write(&path, broken).unwrap();
    let error = refused(dir.path(), "127.0.0.1:0");
    assert!(error.contains("consoles.xml: line 2: enabled=\"maybe\": must be 0 or 1"), "{error}");
    assert_eq!(fs::read_to_string(&path).unwrap(), broken);
}

#[test]
fn a_full_disk_is_told_and_changes_nothing() {
    let dir = tempfile::tempdir().unwrap();
    let mut engine = Engine::start(dir.path());
    let path = consoles_xml(dir.path());
    engine.signal("-KILL");
    engine.ends();
    let file =
        "<Consoles><console id=\"1\" enabled=\"0\"/><!--".to_owned() + &"x".repeat(2000) + "--></Consoles>";
    fs::write(&path, &file).unwrap();

    let mut engine = Engine::start(dir.path());
    // The engine's files can't grow beyond this any more: as on a full disk, but with a signal.
    let pid = engine.child.id().to_string();
    assert!(Command::new("prlimit").args(["--pid", &pid, "--fsize=1000:"]).status().unwrap().success());
    let answer = engine.ask("enable console 1");
    assert!(answer.contains("consoles.xml") && answer.contains("File too large"), "{answer}");
    assert_eq!(fs::read_to_string(&path).unwrap(), file);
    assert!(engine.consoles()[0].contains("enabled=0"));
    assert!(Command::new("prlimit").args(["--pid", &pid, "--fsize=1000000:"]).status().unwrap().success());
    assert_eq!(engine.ask("enable console 1"), "console 1 is enabled now");
}

#[test]
fn a_port_or_a_directory_that_is_in_use_is_one_clear_line() {
    let (dir, other) = (tempfile::tempdir().unwrap(), tempfile::tempdir().unwrap());
    let engine = Engine::start(dir.path());
    let error = refused(other.path(), &engine.address.to_string());
    assert_eq!(
        error.trim_end(),
        format!(
            "scan-engine: can't listen on {}: the port is used by another program: stop that one, or give another \
             --listen",
            engine.address
        )
    );
    let error = refused(dir.path(), "127.0.0.1:0");
    assert!(error.contains("another Scan Engine runs in this directory"), "{error}");
}
