//! `cargo xtask run`: the console and its demo fleet, from nothing to a browser's address.

use std::collections::BTreeMap;
use std::fs;
use std::io::{BufRead as _, BufReader, Write as _};
use std::net::{SocketAddr, TcpListener};
use std::os::unix::net::{UnixListener, UnixStream};
use std::path::{Path, PathBuf};
use std::process::Command;
use std::sync::mpsc::{self, Receiver, Sender};
use std::thread;
use std::time::Duration;

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use clap::Args;

use crate::app;
use crate::attach;
use crate::cmd;
use crate::demo::{self, Spec, State};
use crate::engine::{self, END_BOUND, Engine, Event, Files, Running};
use crate::failure::{Failure, OnFile as _, Outcome, fail};
use crate::leftovers;
use crate::paths::{self, VAR};
use crate::steps::{Steps, print, say};
use crate::values;

/// Where engines that call the console themselves find it.
const ENGINE_LISTENER: &str = "127.0.0.1:40815";
/// The port of a scan engine.
const ENGINE_PORT: u16 = 40814;

/// What `cargo xtask run` was asked for.
#[derive(Debug, PartialEq, Args)]
pub(crate) struct RunOptions {
    /// Where the console listens.
    #[arg(long, value_name = "ADDR", default_value = "127.0.0.1:3780", value_parser = values::address)]
    pub(crate) listen: SocketAddr,
    /// Further arguments for the console.
    #[arg(last = true, value_name = "OPTIONS OF embedded-console")]
    pub(crate) console_args: Vec<String>,
}

/// Sets up, builds, starts everything, and stays until Ctrl-C.
pub(crate) fn run(options: &RunOptions) -> Outcome {
    let (events, happens) = mpsc::channel();
    let interrupt = events.clone();
    let _lock = leftovers::take_lock()?;
    leftovers::end_all()?;
    require_port(
        options.listen,
        "choose another with `cargo xtask run --listen 127.0.0.1:3790`, or stop what is using it",
    )?;
    require_port(
        ENGINE_LISTENER.parse().map_err(|_| Failure::new("the engines' port is no address"))?,
        "stop what is using it, such as the demo of another clone, and start again",
    )?;

    let mut steps = Steps::new();
    // A whole build needs about three gigabytes; a start after that only room for its data.
    paths::require_space(if paths::programs().join("embedded-console").exists() { 200 } else { 4000 })?;
    build(&mut steps)?;

    // From here on there is something to stop.
    ctrlc::set_handler(move || {
        let _ = interrupt.send(Event::Interrupt);
    })
    .map_err(|error| Failure::new(format!("cannot listen for ctrl-c: {error}")))?;
    let mut demo = Demo::new(events);
    let outcome = demo.start(&mut steps, options, &happens).and_then(|()| {
        steps.print_table();
        demo.welcome(options);
        demo.watch(&happens)
    });
    demo.stop();
    outcome
}

/// Tools, app and programs. The programs are built beside the others, for the app's compiler keeps one core busy: its 2 min 20 s
/// take 2 min 27 s of processor time.
fn build(steps: &mut Steps) -> Outcome {
    thread::scope(|scope| {
        let programs = scope.spawn(|| cmd::output(programs().arg("--quiet")));
        app::set_up(steps)?;
        app::build_if_older(steps)?;
        steps.step("Wait for the console and the engine, which are being built", || {
            programs.join().map_err(|_| Failure::new("their build has stopped because of a defect"))?
        })
    })?;
    Ok(())
}

/// Builds the two programs.
pub(crate) fn build_programs(steps: &mut Steps) -> Outcome {
    let about = "Build the console and the engine for release (about 4 minutes from scratch)";
    steps.step(about, || cmd::run(&mut programs()))
}

fn programs() -> Command {
    let mut cargo = cmd::cargo();
    cargo.args(["build", "--release", "-p", "embedded-console", "-p", "scan-engine"]);
    cargo
}

fn require_port(address: SocketAddr, advice: &str) -> Outcome {
    match TcpListener::bind(address) {
        Ok(_) => Ok(()),
        Err(error) if error.kind() == std::io::ErrorKind::AddrInUse => {
            fail(format!("the port {address} is used by another program: {advice}"))
        }
        Err(error) => fail(format!("{address} can't be listened on ({error}): {advice}")),
    }
}

struct Demo {
    events: Sender<Event>,
    engines: BTreeMap<String, Engine>,
    console: Option<Running>,
    /// The console's address for a browser, with the slash at its end.
    url: String,
}

impl Demo {
    fn new(events: Sender<Event>) -> Self {
        Self { events, engines: BTreeMap::new(), console: None, url: String::new() }
    }

    fn start(&mut self, steps: &mut Steps, options: &RunOptions, happens: &Receiver<Event>) -> Outcome {
        let mut fleet = demo::parse(&cmd::output(
            Command::new(paths::programs().join("embedded-console")).arg("--print-demo-fleet"),
        )?)?;
        fleet.extend(made_by_hand(&fleet));
        steps.step(&format!("Start {} scan engines", fleet.len()), || {
            for spec in fleet {
                let name = spec.name.clone();
                let mut engine = Engine::new(spec)?;
                // A stopped engine must have been paired once: then it is the console that finds it down.
                if engine.spec.state != State::Stopped
                    || !engine.first_console().is_some_and(|(_, enabled)| enabled)
                {
                    engine.start(self.events.clone())?;
                }
                self.engines.insert(name, engine);
                interrupted(happens)?;
            }
            Ok(())
        })?;
        steps.step("Start the console", || self.start_console(options))?;
        self.open_requests()?;
        let new: Vec<&Engine> = self.engines.values().filter(|engine| must_be_paired(engine)).collect();
        if !new.is_empty() {
            steps.step(&format!("Enable the console on {} engines", new.len()), || {
                for engine in new {
                    interrupted(happens)?;
                    engine.enable_console()?;
                }
                self.ask_versions()
            })?;
        }
        for engine in self.engines.values_mut().filter(|engine| engine.spec.state == State::Stopped) {
            engine.stop();
        }
        Ok(())
    }

    fn start_console(&mut self, options: &RunOptions) -> Outcome {
        let var = Path::new(VAR);
        let mut command = Command::new(paths::programs().join("embedded-console"));
        command.args(["--listen", &options.listen.to_string(), "--engine-listener", ENGINE_LISTENER]);
        command.args(["--data-dir", VAR, "--seed", "demo", "--app-dir"]).arg(paths::app());
        command.arg("--admin-password-file").arg(password_file());
        command.args(&options.console_args);
        let files = Files { log: var.join("console.log"), pid: var.join("console.pid") };
        let started = engine::start("the console", command, &files, self.events.clone())?;
        for line in &started.lines {
            say(&format!("    {line}"));
        }
        let listening = started.lines.last().and_then(|line| line.strip_prefix("listening on "));
        self.url = listening.unwrap_or_default().trim().trim_end_matches('/').to_owned() + "/";
        self.console = Some(started.running);
        Ok(())
    }

    /// The console command that makes it ask all engines: after that it watches them.
    fn ask_versions(&self) -> Outcome {
        let file = password_file();
        let password = fs::read_to_string(&file).on("read", &file)?;
        let answer = ureq::post(format!("{}api/3/administration/commands", self.url))
            .config()
            .timeout_global(Some(Duration::from_secs(60)))
            .build()
            .header(
                "Authorization",
                format!("Basic {}", STANDARD.encode(format!("admin:{}", password.trim()))),
            )
            .header("Content-Type", "application/json")
            .send("version engines");
        match answer {
            Ok(_) => Ok(()),
            Err(error) => fail(format!(
                "the console did not accept the command `version engines`: {error} (its output: {VAR}/console.log)"
            )),
        }
    }

    /// Opens the socket at which `cargo xtask engine …` finds this demo.
    fn open_requests(&self) -> Outcome {
        let socket = attach::requests_socket();
        let _ = fs::remove_file(&socket);
        let listener = UnixListener::bind(&socket).on("open", &socket)?;
        let events = self.events.clone();
        thread::spawn(move || {
            for stream in listener.incoming().flatten() {
                let events = events.clone();
                thread::spawn(move || answer_request(stream, &events));
            }
        });
        Ok(())
    }

    /// Stays until Ctrl-C or the console's end.
    fn watch(&mut self, happens: &Receiver<Event>) -> Outcome {
        for event in happens {
            match event {
                Event::Interrupt => return Ok(()),
                Event::Ended { pid, ending }
                    if self.console.as_ref().is_some_and(|console| console.pid == pid) =>
                {
                    self.console = None;
                    let log = fs::read_to_string(Path::new(VAR).join("console.log")).unwrap_or_default();
                    return fail(format!(
                        "the console has ended unexpectedly ({ending}): {} (all of it: {VAR}/console.log)",
                        cmd::last_line(&log)
                    ));
                }
                Event::Ended { pid, ending } => {
                    let engine = self
                        .engines
                        .values_mut()
                        .find(|engine| engine.running().is_some_and(|it| it.pid == pid));
                    if let Some(engine) = engine {
                        let name = engine.spec.name.clone();
                        engine.has_ended();
                        say(&format!(
                            "{name} has ended ({ending}). Start it again: cargo xtask engine start {name}"
                        ));
                    }
                }
                Event::Request(line, answer) => {
                    let words = self.request(&line).unwrap_or_else(|failure| format!("error: {failure}"));
                    let _ = answer.send(words);
                }
            }
        }
        Ok(())
    }

    /// Does what `cargo xtask engine …` asked for, and says the outcome.
    fn request(&mut self, line: &str) -> Outcome<String> {
        let events = self.events.clone();
        match line.split_once(' ').unwrap_or((line, "")) {
            ("list", "") => Ok(self.list()),
            ("new", name) => self.add(name),
            ("start", name) => {
                let engine = self.named(name)?;
                let address = engine.spec.address;
                if engine.running().is_some() {
                    return Ok(format!("{name} is already running, on {address}"));
                }
                engine.start(events)?;
                say(&format!("{name} is started"));
                Ok(format!("{name} is running, on {address}. The console sees it within seconds."))
            }
            ("stop", name) => {
                let engine = self.named(name)?;
                if engine.running().is_none() {
                    return Ok(format!("{name} is not running"));
                }
                engine.stop();
                say(&format!("{name} is stopped"));
                Ok(format!("{name} is stopped. Start it again: cargo xtask engine start {name}"))
            }
            _ => fail(format!("the demo does not know the request {line:?}")),
        }
    }

    fn named(&mut self, name: &str) -> Outcome<&mut Engine> {
        let known = self.engines.keys().cloned().collect::<Vec<_>>().join(", ");
        match self.engines.get_mut(name) {
            Some(engine) => Ok(engine),
            None => fail(format!("there is no engine {name} in this demo: there are {known}")),
        }
    }

    fn add(&mut self, name: &str) -> Outcome<String> {
        if self.engines.contains_key(name) {
            return fail(format!(
                "there is already an engine {name}: attach to it with `cargo xtask engine {name}`"
            ));
        }
        // Of the fleet's most common version, so that the console finds it compatible.
        let mut versions: BTreeMap<(&str, &str), usize> = BTreeMap::new();
        for Engine { spec, .. } in self.engines.values() {
            *versions.entry((&spec.product, &spec.content)).or_default() += 1;
        }
        let common = versions.into_iter().max_by_key(|(_, count)| *count).map(|(version, _)| version);
        let Some((product, content)) = common else { return fail("the demo has no engines") };
        let taken: Vec<SocketAddr> = self.engines.values().map(|engine| engine.spec.address).collect();
        let address = (1..=254)
            .map(|last| SocketAddr::from(([127, 0, 1, last], ENGINE_PORT)))
            .find(|address| !taken.contains(address) && TcpListener::bind(address).is_ok());
        let Some(address) = address else { return fail("no address in 127.0.1.0/24 is free") };
        let spec = Spec {
            name: name.to_owned(),
            address,
            product: product.to_owned(),
            content: content.to_owned(),
            state: State::Enabled,
        };
        let mut engine = Engine::new(spec)?;
        engine.start(self.events.clone())?;
        let file = hand_made_file(name);
        fs::write(&file, demo::line(&engine.spec)).on("write", &file)?;
        self.engines.insert(name.to_owned(), engine);
        say(&format!("{name} is started on {address}"));
        Ok(format!(
            "{name} is running, on {address}. There are two ways to pair it with the console:\n\
             - The console calls the engine: in the app, New engine with the address {ip}. Then `cargo xtask engine {name}`,\n  \
               type `enable console 1`, and Refresh it in the app.\n\
             - The engine calls the console: in the app, Shared Secret and Generate. Then `cargo xtask engine {name}`, and\n  \
               follow the steps that the page shows.",
            ip = address.ip(),
        ))
    }

    fn list(&self) -> String {
        let line = |engine: &Engine| {
            let state = match (engine.running(), engine.first_console()) {
                (None, _) => State::Stopped,
                (Some(_), Some((_, true))) => State::Enabled,
                (Some(_), _) => State::NotEnabled,
            };
            format!("{:24} {:22} {}", engine.spec.name, engine.spec.address.to_string(), state.word())
        };
        self.engines.values().map(line).collect::<Vec<_>>().join("\n")
    }

    /// Where to go and with which credentials.
    fn welcome(&self, options: &RunOptions) {
        let password = fs::read_to_string(password_file()).unwrap_or_default();
        let example = self.engines.values().find(|engine| engine.running().is_some());
        let example = example.map_or("NAME", |engine| engine.spec.name.as_str());
        print("");
        print(&format!("  Open       {}", self.url));
        print(&format!("  Sign in    admin  {}   (kept in {})", password.trim(), password_file().display()));
        print(&format!("  Others     name, password and token secret, one user a line: {VAR}/demo-users"));
        print("  Engines");
        for line in self.list().lines() {
            print(&format!("    {line}"));
        }
        print("  In another terminal");
        print(&format!("    cargo xtask engine {example:16}  its command line (help, show consoles)"));
        print("    cargo xtask engine stop | start NAME  stop one, start it again");
        print("    cargo xtask engine new NAME          start another one");
        print(&format!("  Logs       {VAR}/console.log, {VAR}/engines/NAME/engine.log"));
        if !options.listen.ip().is_loopback() {
            print("  Others on the network can reach this console.");
        }
        print("  Ctrl-C stops all of it; the data stays.");
        print("");
    }

    fn stop(&mut self) {
        say("==> Stopping the console and the engines …");
        let mut all: Vec<Running> =
            self.engines.values().filter_map(|engine| engine.running().cloned()).collect();
        all.extend(self.console.take());
        engine::end(&all, END_BOUND);
        let _ = fs::remove_file(attach::requests_socket());
        for name in self.engines.keys() {
            let _ = fs::remove_file(Engine::socket(name));
        }
        say("==> All stopped");
    }
}

/// Ctrl-C during the start.
fn interrupted(happens: &Receiver<Event>) -> Outcome {
    match happens.try_recv() {
        Ok(Event::Interrupt) => fail("interrupted"),
        Ok(Event::Ended { ending, .. }) => {
            fail(format!("a program of the demo has ended unexpectedly ({ending})"))
        }
        Ok(Event::Request(..)) | Err(_) => Ok(()),
    }
}

/// True for an engine that the demo shows as paired and that nobody has enabled the console on.
fn must_be_paired(engine: &Engine) -> bool {
    let wanted = match engine.spec.state {
        State::Enabled => !hand_made_file(&engine.spec.name).exists(),
        State::Stopped => true,
        State::NotEnabled => false,
    };
    // Someone may have disabled it since: then there is an entry, and it stays as it is.
    wanted && engine.running().is_some() && engine.first_console().is_none_or(|(_, enabled)| !enabled)
}

fn password_file() -> PathBuf {
    Path::new(VAR).join("admin-password")
}

/// The file that keeps an engine of `cargo xtask engine new` for the next start.
fn hand_made_file(name: &str) -> PathBuf {
    Engine::folder(name).join("made-by-hand")
}

/// The engines that someone added in earlier runs. One that can't be read is left out, with a word.
fn made_by_hand(fleet: &[Spec]) -> Vec<Spec> {
    let Ok(folders) = fs::read_dir(Path::new(VAR).join("engines")) else { return Vec::new() };
    let mut found: Vec<Spec> = Vec::new();
    for folder in folders.flatten() {
        let name = folder.file_name().to_string_lossy().into_owned();
        let file = hand_made_file(&name);
        let Ok(line) = fs::read_to_string(&file) else { continue };
        match demo::parse(&line).map(|specs| specs.into_iter().next()) {
            Ok(Some(spec)) if spec.name == name && fleet.iter().all(|one| one.address != spec.address) => {
                found.push(spec);
            }
            _ => say(&format!("{} is no longer an engine of this demo: it is left out", file.display())),
        }
    }
    found.sort_by(|a, b| a.name.cmp(&b.name));
    found
}

fn answer_request(stream: UnixStream, events: &Sender<Event>) {
    let Ok(mut writer) = stream.try_clone() else { return };
    let _ = stream.set_read_timeout(Some(Duration::from_secs(5)));
    let mut line = String::new();
    if BufReader::new(stream).read_line(&mut line).is_err() {
        return;
    }
    let (answer, answered) = mpsc::channel();
    if events.send(Event::Request(line.trim().to_owned(), answer)).is_ok()
        && let Ok(words) = answered.recv()
    {
        let _ = writeln!(writer, "{words}");
    }
}
