//! A running engine, and consoles to talk to it.

use std::io::{BufRead as _, BufReader, Read as _, Write as _};
use std::net::SocketAddr;
use std::path::{Path, PathBuf};
use std::process::{Child, ChildStdin, Command, ExitStatus, Stdio};
use std::sync::mpsc::{Receiver, channel};
use std::thread;
use std::time::{Duration, Instant};

use engine_link::{
    Claim, Connection, ConsoleHello, Identity, Message, PairRefusal, SharedSecret, Timeouts, accept, dial,
};
use tokio::net::{TcpListener, TcpStream};
use tokio::time::timeout;

/// What nothing in these tests comes near to.
pub(crate) const BOUND: Duration = Duration::from_secs(20);

/// A running engine and what it prints.
pub(crate) struct Engine {
    pub(crate) child: Child,
    pub(crate) input: Option<ChildStdin>,
    pub(crate) output: Receiver<String>,
    log: Receiver<String>,
    pub(crate) address: SocketAddr,
}

impl Engine {
    pub(crate) fn start(dir: &Path) -> Self {
        Self::start_at(dir, "127.0.0.1:0")
    }

    pub(crate) fn start_at(dir: &Path, listen: &str) -> Self {
        let mut child = command(dir, listen).spawn().unwrap();
        let output = lines(child.stdout.take().unwrap());
        let log = lines(child.stderr.take().unwrap());
        let ready = output.recv_timeout(BOUND).unwrap();
        let address = ready.strip_prefix("listening on ").unwrap().parse().unwrap();
        Self { input: child.stdin.take(), child, output, log, address }
    }

    pub(crate) fn type_line(&mut self, line: &str) {
        writeln!(self.input.as_mut().unwrap(), "{line}").unwrap();
    }

    /// Types a line and gives the first line of the answer.
    pub(crate) fn ask(&mut self, line: &str) -> String {
        self.type_line(line);
        self.output.recv_timeout(BOUND).unwrap()
    }

    /// Waits until `show consoles` has this in its first line.
    pub(crate) fn shows(&mut self, what: &str) {
        let started = Instant::now();
        loop {
            let consoles = self.consoles();
            if consoles[0].contains(what) {
                return;
            }
            assert!(started.elapsed() < BOUND, "no {what:?} in {consoles:?}");
            thread::sleep(Duration::from_millis(20));
        }
    }

    /// All that was logged until now.
    pub(crate) fn logged(&self) -> String {
        self.log.try_iter().map(|line| line + "\n").collect()
    }

    /// The next line of the log.
    pub(crate) fn next_line(&self) -> String {
        self.log.recv_timeout(BOUND).unwrap() + "\n"
    }

    /// All that was logged and not read yet, up to the end of the program.
    pub(crate) fn last_words(&self) -> String {
        self.log.iter().map(|line| line + "\n").collect()
    }

    /// The consoles' lines of `show consoles`.
    pub(crate) fn consoles(&mut self) -> Vec<String> {
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

    pub(crate) fn logs(&self, what: &str) {
        let found = std::iter::from_fn(|| self.log.recv_timeout(BOUND).ok()).any(|line| line.contains(what));
        assert!(found, "no log line with {what:?}");
    }

    pub(crate) fn signal(&self, signal: &str) {
        let pid = self.child.id().to_string();
        assert!(Command::new("kill").args([signal, &pid]).status().unwrap().success());
    }

    pub(crate) fn ends(&mut self) -> ExitStatus {
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

pub(crate) fn command(dir: &Path, listen: &str) -> Command {
    let mut command = Command::new(env!("CARGO_BIN_EXE_scan-engine"));
    command
        .args(["--listen", listen, "--name", "London", "--product-version", "6.6.200"])
        .arg("--dir")
        .arg(dir);
    command.stdin(Stdio::piped()).stdout(Stdio::piped()).stderr(Stdio::piped());
    command
}

pub(crate) fn ends(child: &mut Child) -> ExitStatus {
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
pub(crate) fn refused(dir: &Path, listen: &str) -> String {
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

pub(crate) fn consoles_xml(dir: &Path) -> PathBuf {
    dir.join("nse/conf/consoles.xml")
}

/// A console's side of one connection, up to the engine's word on authorisation.
pub(crate) struct Console {
    pub(crate) connection: Connection,
    pub(crate) enabled: bool,
}

impl Console {
    /// Dials the engine.
    pub(crate) async fn contact(identity: &Identity, engine: SocketAddr, first_contact: bool) -> Self {
        let connection =
            dial(identity, engine, None, Timeouts { connect: BOUND, handshake: BOUND }).await.unwrap();
        Self::introduce(connection, "console.example", 40815, first_contact).await
    }

    /// Dials the engine for the first time, and says that it listens at this address.
    pub(crate) async fn contact_at(
        identity: &Identity,
        engine: SocketAddr,
        address: &str,
        port: u16,
    ) -> Self {
        let connection =
            dial(identity, engine, None, Timeouts { connect: BOUND, handshake: BOUND }).await.unwrap();
        Self::introduce(connection, address, port, true).await
    }

    async fn introduce(mut connection: Connection, address: &str, port: u16, first_contact: bool) -> Self {
        let hello = ConsoleHello {
            name: "Head \"office\"".to_owned(),
            address: address.to_owned(),
            port,
            first_contact,
        };
        connection.send(&Message::ConsoleHello(hello)).await.unwrap();
        let mut console = Self { connection, enabled: false };
        assert!(matches!(console.recv().await, Message::EngineHello(hello) if hello.name == "London"));
        let Message::Authorization { enabled, .. } = console.recv().await else { panic!("no authorization") };
        console.enabled = enabled;
        console
    }

    pub(crate) async fn recv(&mut self) -> Message {
        timeout(BOUND, self.connection.recv()).await.unwrap().unwrap()
    }

    /// The next message that is no ping: an engine pings the console that it has dialled.
    pub(crate) async fn hear(&mut self) -> Message {
        loop {
            match self.recv().await {
                Message::Ping { .. } => {}
                message => return message,
            }
        }
    }

    pub(crate) async fn ask(&mut self, message: Message) -> Message {
        self.connection.send(&message).await.unwrap();
        self.hear().await
    }

    /// Waits until the engine has ended the connection.
    pub(crate) async fn ended(mut self) {
        let end = async { while self.connection.recv().await.is_ok() {} };
        timeout(BOUND, end).await.unwrap();
    }
}

/// A console to which engines dial.
pub(crate) struct Listening {
    pub(crate) identity: Identity,
    listener: TcpListener,
}

/// What a console does with an engine that wants to be paired.
#[derive(Clone)]
pub(crate) enum Verdict {
    /// It knows this secret.
    Knows(SharedSecret),
    /// It refuses, whatever the engine shows.
    Refuses(PairRefusal),
    /// It says that it knows the secret.
    Pretends,
}

impl Listening {
    pub(crate) async fn start() -> Self {
        Self::start_at("127.0.0.1:0").await
    }

    pub(crate) async fn start_at(address: &str) -> Self {
        let listener = TcpListener::bind(address).await.unwrap();
        Self { identity: Identity::ephemeral("console").unwrap(), listener }
    }

    pub(crate) fn address(&self) -> SocketAddr {
        self.listener.local_addr().unwrap()
    }

    /// The next connection, about which nothing is known yet.
    pub(crate) async fn accept_raw(&self) -> (TcpStream, SocketAddr) {
        self.listener.accept().await.unwrap()
    }

    /// The next engine that has shown a certificate.
    pub(crate) async fn accepts(&self) -> Connection {
        let (stream, _) = timeout(BOUND, self.accept_raw()).await.unwrap();
        accept(&self.identity, stream, BOUND).await.unwrap()
    }

    /// The next engine that wants to talk.
    pub(crate) async fn talks(&self) -> Console {
        // What it says of its address is another than the one at which it was dialled.
        Console::introduce(self.accepts().await, "console.example", 40815, false).await
    }

    /// The next engine wants to be paired. Gives the port that it told, and where it came from.
    pub(crate) async fn pairs(&self, verdict: Verdict) -> (u16, SocketAddr) {
        self.pairs_on(self.accepts().await, verdict).await
    }

    /// The same, on a connection that is there.
    pub(crate) async fn pairs_on(&self, mut connection: Connection, verdict: Verdict) -> (u16, SocketAddr) {
        let Message::PairRequest { name, port, nonce } = connection.recv().await.unwrap() else {
            panic!("no request");
        };
        assert_eq!(name, "London");
        let address = connection.peer_address();
        let claim =
            Claim::challenge(connection, self.identity.fingerprint(), name, port, nonce).await.unwrap();
        match verdict {
            Verdict::Knows(secret) if claim.proves(&secret) => claim.accept(&secret).await.unwrap(),
            Verdict::Knows(_) => claim.refuse(PairRefusal::NotAccepted).await,
            Verdict::Refuses(refusal) => claim.refuse(refusal).await,
            Verdict::Pretends => claim.accept(&SharedSecret::generate().unwrap()).await.unwrap(),
        }
        (port, address)
    }
}
