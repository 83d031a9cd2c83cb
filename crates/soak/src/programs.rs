//! The console and the engines: real processes that write what they say to files.

use std::fs::{self, File};
use std::net::{Ipv4Addr, SocketAddr};
use std::path::{Path, PathBuf};
use std::process::Stdio;
use std::time::Duration;

use console_api::{Client, Credentials, EngineDraft, NativeTransport, SharedSecret};
use nix::sys::signal::{Signal, kill};
use nix::unistd::Pid;
use tokio::io::AsyncWriteExt as _;
use tokio::process::{Child, Command};
use tokio::time::{Instant, sleep};

use crate::board::Side;
use crate::plan::Change;

/// How long a program may take to say something that it was started or asked for. Hundreds may be starting.
const PATIENCE: Duration = Duration::from_secs(60);
/// How often is looked whether it did.
const POLL: Duration = Duration::from_millis(25);
/// The port of every engine, each at an address of its own.
const ENGINE_PORT: u16 = 40814;
/// How many engines share the third number of their address.
const PER_BLOCK: usize = 250;
/// How many engines there may be: as many as have addresses.
pub(crate) const MOST_ENGINES: usize = PER_BLOCK * 256;

/// A running console. Dropping it kills it.
#[derive(Debug)]
pub(crate) struct Console {
    child: Child,
    engine_listener: SocketAddr,
    url: String,
    password: String,
    log: PathBuf,
}

impl Console {
    /// Starts one with its data below `dir`, at free ports.
    pub(crate) async fn start(programs: &Path, dir: &Path) -> Result<Self, String> {
        // The app has no part in this, and the console does not start without one.
        let app = dir.join("app");
        fs::create_dir_all(&app)
            .and_then(|()| fs::write(app.join("index.html"), "<!doctype html><title>No app</title>"))
            .map_err(|error| format!("{} can't be made: {error}", app.display()))?;
        let mut command = Command::new(programs.join("embedded-console"));
        command.args(["--listen", "127.0.0.1:0", "--engine-listener", "127.0.0.1:0", "--seed", "empty"]);
        command.arg("--data-dir").arg(dir.join("console")).arg("--app-dir").arg(&app);
        let password_file = dir.join("admin-password");
        command.arg("--admin-password-file").arg(&password_file);
        let (out, log) = (dir.join("console.out"), dir.join("console.log"));
        let mut child = spawn(&mut command, Stdio::null(), &out, &log)?;
        let url = said_after("the console", &mut child, &out, &log, "listening on ").await?;
        let listener = said_after("the console", &mut child, &out, &log, "engines connect to ").await?;
        let engine_listener = listener
            .parse()
            .map_err(|error| format!("the console says that engines connect to {listener}: {error}"))?;
        let password = fs::read_to_string(&password_file)
            .map_err(|error| format!("{} can't be read: {error}", password_file.display()))?;
        Ok(Self { child, engine_listener, url, password: password.trim().to_owned(), log })
    }

    /// Its API, as the user `admin`.
    pub(crate) fn api(&self) -> Result<Client<NativeTransport>, String> {
        let transport = NativeTransport::new(&self.url).map_err(|error| error.to_string())?;
        let credentials = Credentials::new("admin", &self.password, None)
            .map_err(|error| format!("the console's password can't be sent: {error}"))?;
        Ok(Client::new(transport, credentials))
    }

    /// Where its pages and its API are.
    pub(crate) fn address(&self) -> Result<SocketAddr, String> {
        let address = self.url.strip_prefix("http://").map(|rest| rest.trim_end_matches('/'));
        let address = address.and_then(|address| address.parse().ok());
        address.ok_or_else(|| format!("the console says that it listens on {}", self.url))
    }

    /// Where engines dial.
    pub(crate) const fn engine_listener(&self) -> SocketAddr {
        self.engine_listener
    }

    /// The password of `admin`.
    pub(crate) fn password(&self) -> &str {
        &self.password
    }

    /// Its process.
    pub(crate) fn pid(&self) -> Option<u32> {
        self.child.id()
    }

    /// Where it writes its log.
    pub(crate) fn log(&self) -> &Path {
        &self.log
    }

    /// Ends it, and waits until it is gone.
    pub(crate) async fn end(mut self) {
        // One that has already ended is as good.
        let _ = self.child.kill().await;
    }
}

/// An engine at its own address, running or not. Dropping it kills it.
#[derive(Debug)]
pub(crate) struct Engine {
    program: PathBuf,
    name: String,
    side: Side,
    address: SocketAddr,
    dir: PathBuf,
    child: Option<Child>,
}

impl Engine {
    /// The engine of that number, from 0, with its files below `dir`; not started yet.
    pub(crate) fn new(programs: &Path, dir: &Path, number: usize, side: Side) -> Result<Self, String> {
        let (block, last) = (number / PER_BLOCK, number % PER_BLOCK + 1);
        let (Ok(block), Ok(last)) = (u8::try_from(block), u8::try_from(last)) else {
            return Err(format!("there is no address for more than {MOST_ENGINES} engines"));
        };
        let name = format!("{}-{:03}", side.word(), number + 1);
        Ok(Self {
            program: programs.join("scan-engine"),
            dir: dir.join("engines").join(&name),
            name,
            side,
            // The console bounds the connections of one address that are not paired yet.
            address: SocketAddr::from((Ipv4Addr::new(127, 40, block, last), ENGINE_PORT)),
            child: None,
        })
    }

    /// Its name, at the console as well.
    pub(crate) fn name(&self) -> &str {
        &self.name
    }

    /// Who opens the connection.
    pub(crate) const fn side(&self) -> Side {
        self.side
    }

    /// Where it listens.
    pub(crate) const fn address(&self) -> SocketAddr {
        self.address
    }

    /// Its process, while there is one.
    pub(crate) fn pid(&self) -> Option<u32> {
        self.child.as_ref()?.id()
    }

    /// Starts it for the first time and pairs it with the console, as its administrator does.
    pub(crate) async fn pair(
        &mut self,
        console: &Console,
        api: &Client<NativeTransport>,
        secret: &SharedSecret,
    ) -> Result<(), String> {
        fs::create_dir_all(&self.dir)
            .map_err(|error| format!("{} can't be made: {error}", self.dir.display()))?;
        self.start(Stdio::piped())?;
        let (out, log) = (self.file("out"), self.file("log"));
        let Some(child) = &mut self.child else { return Err(format!("{} does not run", self.name)) };
        said_after(&self.name, child, &out, &log, "listening on ").await?;
        let commands = match self.side {
            Side::Standard => {
                let draft = EngineDraft {
                    name: self.name.clone(),
                    address: self.address.ip().to_string(),
                    port: self.address.port(),
                };
                api.create_engine(&draft)
                    .await
                    .map_err(|error| format!("the console does not take {}: {error}", self.name))?;
                self.wait_for_entry("enabled=\"0\"").await?;
                "enable console 1\n".to_owned()
            }
            Side::Reverse => format!(
                "add console {}\nconnect to console 1\nadd shared secret 1\n{}\nenable console 1\n",
                console.engine_listener,
                secret.reveal()
            ),
        };
        if let Some(child) = &mut self.child
            // Dropped at the end: the engine continues without an input, and a pipe is saved.
            && let Some(mut input) = child.stdin.take()
        {
            input
                .write_all(commands.as_bytes())
                .await
                .map_err(|error| format!("{} takes no commands: {error}", self.name))?;
        }
        if self.side == Side::Reverse {
            let Some(child) = &mut self.child else { return Err(format!("{} does not run", self.name)) };
            said_after(&self.name, child, &out, &log, "The shared secret was applied").await?;
        }
        self.wait_for_entry("enabled=\"1\"").await
    }

    /// Waits until its `consoles.xml` has an entry with these words.
    async fn wait_for_entry(&self, words: &str) -> Result<(), String> {
        let file = self.dir.join("nse/conf/consoles.xml");
        let end = Instant::now() + PATIENCE;
        loop {
            // It is not there before the first entry.
            let text = fs::read_to_string(&file).unwrap_or_default();
            if text.contains(words) {
                return Ok(());
            }
            if Instant::now() > end {
                let said = last_line(&self.file("out"));
                return Err(format!(
                    "{} has no console with {words} after {PATIENCE:?}; it said last: {said}",
                    self.name
                ));
            }
            sleep(POLL).await;
        }
    }

    /// Does what the plan says, and gives the moment that counts.
    pub(crate) async fn apply(&mut self, change: Change) -> Result<Instant, String> {
        match change {
            Change::Kill => self.kill().await,
            Change::Freeze => self.signal(Signal::SIGSTOP),
            Change::Thaw => self.signal(Signal::SIGCONT),
            Change::Start => {
                self.start(Stdio::null())?;
                Ok(Instant::now())
            }
            Change::Restart => {
                self.kill().await?;
                self.start(Stdio::null())?;
                Ok(Instant::now())
            }
        }
    }

    /// Whether the process is there, if it is to be.
    pub(crate) fn check(&mut self) -> Result<(), String> {
        let Some(child) = &mut self.child else { return Ok(()) };
        match child.try_wait() {
            Ok(None) => Ok(()),
            Ok(Some(status)) => Err(format!(
                "{} has ended unexpectedly ({status}); it said last: {}",
                self.name,
                last_line(&self.file("log"))
            )),
            Err(error) => Err(format!("{} can't be looked after: {error}", self.name)),
        }
    }

    /// Ends it if it runs, and waits until it is gone.
    pub(crate) async fn end(mut self) {
        if let Some(mut child) = self.child.take() {
            // One that has already ended is as good.
            let _ = child.kill().await;
        }
    }

    fn start(&mut self, input: Stdio) -> Result<(), String> {
        let mut command = Command::new(&self.program);
        command.args(["--listen", &self.address.to_string(), "--name", &self.name]);
        command.arg("--dir").arg(&self.dir);
        self.child = Some(spawn(&mut command, input, &self.file("out"), &self.file("log"))?);
        Ok(())
    }

    async fn kill(&mut self) -> Result<Instant, String> {
        self.check()?;
        let Some(mut child) = self.child.take() else { return Err(format!("{} does not run", self.name)) };
        let at = Instant::now();
        child.kill().await.map_err(|error| format!("{} can't be killed: {error}", self.name))?;
        Ok(at)
    }

    fn signal(&mut self, signal: Signal) -> Result<Instant, String> {
        self.check()?;
        let Some(pid) = self.pid().and_then(|pid| i32::try_from(pid).ok()) else {
            return Err(format!("{} does not run", self.name));
        };
        kill(Pid::from_raw(pid), signal)
            .map_err(|error| format!("{} can't be sent {signal}: {error}", self.name))?;
        Ok(Instant::now())
    }

    /// Beside its directory: `NAME.out` has its answers, `NAME.log` its log.
    fn file(&self, ending: &str) -> PathBuf {
        self.dir.with_extension(ending)
    }
}

/// Starts a program, in the group of this one, that adds what it says to these files.
fn spawn(command: &mut Command, input: Stdio, out: &Path, log: &Path) -> Result<Child, String> {
    let open = |path: &Path| {
        File::options()
            .append(true)
            .create(true)
            .open(path)
            .map_err(|error| format!("{} can't be written: {error}", path.display()))
    };
    command.stdin(input).stdout(open(out)?).stderr(open(log)?).kill_on_drop(true);
    command.spawn().map_err(|error| {
        format!("{} can't be started: {error}", Path::new(command.as_std().get_program()).display())
    })
}

/// Waits for a line with the marker, and gives the word behind it.
async fn said_after(
    who: &str,
    child: &mut Child,
    out: &Path,
    log: &Path,
    marker: &str,
) -> Result<String, String> {
    let end = Instant::now() + PATIENCE;
    loop {
        let said =
            fs::read_to_string(out).map_err(|error| format!("{} can't be read: {error}", out.display()))?;
        // A line that is not complete yet may lack a part of the word.
        let complete = said.split_inclusive('\n').filter_map(|line| line.strip_suffix('\n'));
        let found = complete.filter_map(|line| line.split_once(marker)).next_back();
        if let Some((_, rest)) = found {
            let word = rest.split_whitespace().next().unwrap_or_default();
            return Ok(word.trim_end_matches('.').to_owned());
        }
        let problem = match child.try_wait() {
            Ok(Some(status)) => format!("has ended ({status})"),
            _ if Instant::now() > end => format!("did not say “{}” within {PATIENCE:?}", marker.trim()),
            _ => {
                sleep(POLL).await;
                continue;
            }
        };
        return Err(format!("{who} {problem}; it said last: {} / {}", last_line(out), last_line(log)));
    }
}

fn last_line(file: &Path) -> String {
    let text = fs::read_to_string(file).unwrap_or_default();
    text.lines().next_back().unwrap_or("nothing").to_owned()
}
