//! A program that `cargo xtask run` started and watches: the console, or an engine with its command line.

use std::fs::{self, File};
use std::io::{self, BufRead as _, BufReader, Read, Write as _};
use std::net::TcpListener;
use std::os::unix::net::{UnixListener, UnixStream};
use std::os::unix::process::CommandExt as _;
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use std::sync::mpsc::{self, Sender};
use std::sync::{Arc, Condvar, Mutex, MutexGuard, PoisonError};
use std::thread;
use std::time::{Duration, Instant};

use nix::sys::signal::Signal;
use pty_process::Size;
use pty_process::blocking::{Command as OnTerminal, Pty, open as open_terminal};

use crate::cmd;
use crate::demo::{self, Spec};
use crate::failure::{Failure, OnFile as _, Outcome, fail};
use crate::paths;

/// How long a program may take until it listens.
const START_BOUND: Duration = Duration::from_secs(60);
/// How long a program may take to end after SIGTERM.
pub(crate) const END_BOUND: Duration = Duration::from_secs(5);

/// What happens while the demo runs.
pub(crate) enum Event {
    /// Ctrl-C, SIGTERM or SIGHUP.
    Interrupt,
    /// A program ended: its process and how it ended.
    Ended {
        /// Its process id.
        pid: u32,
        /// `exit code 1` and the like.
        ending: String,
    },
    /// A line from another `cargo xtask engine …`, and where its answer goes.
    Request(String, Sender<String>),
}

/// A poisoned lock still guards whole values here: each is set in one step.
fn lock<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}

/// A running program.
#[derive(Clone)]
pub(crate) struct Running {
    /// Its process id.
    pub(crate) pid: u32,
    ended: Arc<(Mutex<bool>, Condvar)>,
}

impl Running {
    /// Waits until it has ended; false when it has not within the bound.
    pub(crate) fn wait(&self, bound: Duration) -> bool {
        let (ended, changed) = &*self.ended;
        let (ended, _) = changed
            .wait_timeout_while(lock(ended), bound, |ended| !*ended)
            .unwrap_or_else(PoisonError::into_inner);
        *ended
    }

    /// Sends a signal, unless it has ended: its number may belong to another process by then.
    pub(crate) fn signal(&self, signal: Signal) {
        if !*lock(&self.ended.0) {
            cmd::signal(self.pid, signal);
        }
    }
}

/// Ends programs together: SIGTERM, and SIGKILL for those that don't listen to it.
pub(crate) fn end(programs: &[Running], bound: Duration) {
    for program in programs {
        program.signal(Signal::SIGTERM);
    }
    let deadline = Instant::now() + bound;
    for program in programs {
        if !program.wait(deadline.saturating_duration_since(Instant::now())) {
            program.signal(Signal::SIGKILL);
            program.wait(END_BOUND);
        }
    }
}

/// Where a program's files go.
pub(crate) struct Files {
    /// What it prints, both streams.
    pub(crate) log: PathBuf,
    /// Its process id, for a later start that finds it left over.
    pub(crate) pid: PathBuf,
}

/// A program that has said that it listens.
pub(crate) struct Started {
    /// The process.
    pub(crate) running: Running,
    /// The terminal that it sits at.
    terminal: Option<Arc<Pty>>,
    /// The lines it printed up to that one.
    pub(crate) lines: Vec<String>,
}

/// Starts a program in a group of its own, so that a terminal's Ctrl-C reaches this one first, and waits for its line
/// `listening on …`. Everything that it prints goes to the log.
pub(crate) fn start(
    who: &str,
    mut command: Command,
    files: &Files,
    events: Sender<Event>,
) -> Outcome<Started> {
    let log = File::create(&files.log).on("write", &files.log)?;
    let errors = log.try_clone().on("write", &files.log)?;
    command.stdin(Stdio::null()).stdout(Stdio::piped()).stderr(errors).process_group(0);
    let mut child = command.spawn().on("start", Path::new(command.get_program()))?;
    let Some(stdout) = child.stdout.take() else { return fail(format!("{who} has no standard output")) };
    follow(who, child, stdout, Log { file: log, all: true }, files, events, |_| {})
}

/// The same with a terminal of its own, as the product has one in `screen`. What is shown there goes to `show`; only
/// what comes before that line goes to the log as well, and what the program writes to the standard error.
fn start_on_terminal(
    who: &str,
    command: Command,
    files: &Files,
    events: Sender<Event>,
    show: impl FnMut(&[u8]) + Send + 'static,
) -> Outcome<Started> {
    let log = File::create(&files.log).on("write", &files.log)?;
    let errors = log.try_clone().on("write", &files.log)?;
    let program = command.get_program().to_owned();
    let failed = |error: pty_process::Error| {
        Failure::new(format!(
            "can't start {} on a terminal for {who}: {error}",
            Path::new(&program).display()
        ))
    };
    let (terminal, its_end) = open_terminal().map_err(failed)?;
    terminal.resize(Size::new(USUAL.0, USUAL.1)).map_err(failed)?;
    // Whoever attaches has one that can at least do this.
    let command = OnTerminal::from(command).env("TERM", "xterm").stderr(errors);
    let child = command.spawn(its_end).map_err(failed)?;
    let terminal = Arc::new(terminal);
    let output = SharedTerminal(Arc::clone(&terminal));
    let started = follow(who, child, output, Log { file: log, all: false }, files, events, show)?;
    Ok(Started { terminal: Some(terminal), ..started })
}

/// A terminal that one thread reads and another writes.
struct SharedTerminal(Arc<Pty>);

impl Read for SharedTerminal {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        (&*self.0).read(buffer)
    }
}

/// How the line begins by which a program says that it is ready.
const READY: &str = "listening on ";

/// Where lines that a program prints are kept.
struct Log {
    file: File,
    /// All of them; otherwise those up to [`READY`].
    all: bool,
}

/// Reads what a program prints, and waits until it is ready.
fn follow(
    who: &str,
    mut child: Child,
    mut stdout: impl Read + Send + 'static,
    mut log: Log,
    files: &Files,
    events: Sender<Event>,
    mut show: impl FnMut(&[u8]) + Send + 'static,
) -> Outcome<Started> {
    let running = Running { pid: child.id(), ended: Arc::default() };
    let pid_file = files.pid.clone();
    let noted = fs::write(&pid_file, format!("{}\n", running.pid)).on("write", &pid_file);

    let (lines, heard) = mpsc::channel::<String>();
    let reader = thread::spawn(move || {
        let mut buffer = [0; 4096];
        let mut line = Vec::new();
        let mut logs = true;
        // A terminal whose program has ended gives an error.
        while let Ok(count @ 1..) = stdout.read(&mut buffer) {
            show(&buffer[..count]);
            for &byte in &buffer[..count] {
                line.push(byte);
                if byte == b'\n' {
                    if logs {
                        let _ = log.file.write_all(&line);
                    }
                    logs &= log.all || !line.starts_with(READY.as_bytes());
                    // Nobody listens any more after the start.
                    let _ = lines.send(String::from_utf8_lossy(&line).trim_end().to_owned());
                    line.clear();
                }
            }
        }
        if logs {
            let _ = log.file.write_all(&line);
        }
    });
    let ended = Arc::clone(&running.ended);
    let pid = running.pid;
    thread::spawn(move || {
        let ending = child.wait().map_or_else(|error| error.to_string(), cmd::ending);
        let _ = reader.join();
        let _ = fs::remove_file(&pid_file);
        *lock(&ended.0) = true;
        ended.1.notify_all();
        let _ = events.send(Event::Ended { pid, ending });
    });

    let deadline = Instant::now() + START_BOUND;
    let mut said = Vec::new();
    let failure = loop {
        match heard.recv_timeout(deadline.saturating_duration_since(Instant::now())) {
            Ok(line) => {
                let ready = line.starts_with(READY);
                said.push(line);
                if ready && noted.is_ok() {
                    return Ok(Started { running, terminal: None, lines: said });
                }
                if ready {
                    break None;
                }
            }
            Err(mpsc::RecvTimeoutError::Timeout) => {
                break Some(format!("{who} did not listen within {} s", START_BOUND.as_secs()));
            }
            Err(mpsc::RecvTimeoutError::Disconnected) => break Some(format!("{who} did not start")),
        }
    };
    end(std::slice::from_ref(&running), END_BOUND);
    noted?;
    let log = fs::read_to_string(&files.log).unwrap_or_default();
    let words = failure.unwrap_or_default();
    fail(format!("{words}: {} (all of it: {})", cmd::last_line(&log), files.log.display()))
}

/// How much of what an engine's terminal has shown is shown again to who attaches, in bytes.
const RECENT: usize = 4096;

/// Rows and columns of an engine's terminal before anyone has attached.
const USUAL: (u16, u16) = (24, 80);

/// For a script: no line is broken.
const WIDE: (u16, u16) = (24, 2000);

/// What someone wants who connects to an engine's socket: the first line that is sent there.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Attach {
    /// A person at a terminal of this many rows and columns.
    Person(u16, u16),
    /// That terminal has another size now. Nothing else is said on this connection.
    Size(u16, u16),
    /// A script.
    Script,
}

impl Attach {
    /// The line, with its end.
    pub(crate) fn line(self) -> String {
        match self {
            Self::Person(rows, columns) => format!("person {rows} {columns}\n"),
            Self::Size(rows, columns) => format!("size {rows} {columns}\n"),
            Self::Script => "script\n".to_owned(),
        }
    }

    fn read(line: &str) -> Option<Self> {
        let words: Vec<&str> = line.split_whitespace().collect();
        match words.as_slice() {
            ["person", rows, columns] => Some(Self::Person(rows.parse().ok()?, columns.parse().ok()?)),
            ["size", rows, columns] => Some(Self::Size(rows.parse().ok()?, columns.parse().ok()?)),
            ["script"] => Some(Self::Script),
            _ => None,
        }
    }
}

/// What joins an engine's terminal with those that are attached to it.
struct Hub {
    name: String,
    terminal: Mutex<Option<Arc<Pty>>>,
    /// Rows and columns of the terminal of the person who came last.
    size: Mutex<(u16, u16)>,
    shown: Mutex<Shown>,
}

#[derive(Default)]
struct Shown {
    attached: Vec<UnixStream>,
    recent: Vec<u8>,
}

impl Hub {
    fn new(name: &str) -> Self {
        Self {
            name: name.to_owned(),
            terminal: Mutex::default(),
            size: Mutex::new(USUAL),
            shown: Mutex::default(),
        }
    }

    /// Shows something to all that are attached. One that does not read is dropped rather than waited for.
    fn show(&self, bytes: &[u8]) {
        let mut shown = lock(&self.shown);
        shown.attached.retain_mut(|stream| stream.write_all(bytes).is_ok());
        shown.recent.extend_from_slice(bytes);
        let surplus = shown.recent.len().saturating_sub(RECENT);
        if surplus > 0 {
            // Up to the end of a line: nothing begins in the middle of a word, or of what moves the cursor.
            let end = shown.recent.iter().skip(surplus).position(|byte| *byte == b'\n');
            shown.recent.drain(..end.map_or(surplus, |end| surplus + end + 1));
        }
    }

    /// Types something into the engine's terminal.
    fn type_in(&self, bytes: &[u8]) -> io::Result<()> {
        // Not while it is locked: an engine that does not read must not hold up its end.
        let terminal = lock(&self.terminal).clone();
        match terminal {
            Some(terminal) => (&*terminal).write_all(bytes),
            None => Err(io::ErrorKind::BrokenPipe.into()),
        }
    }

    fn resize(&self, (rows, columns): (u16, u16)) {
        if let Some(terminal) = &*lock(&self.terminal) {
            // The lines are broken in the wrong places then, and nothing worse.
            let _ = terminal.resize(Size::new(rows, columns));
        }
    }

    fn attach(&self, stream: UnixStream) {
        let Ok(mut own) = stream.try_clone() else { return };
        let mut stream = BufReader::new(stream);
        let mut line = String::new();
        let wanted = stream.read_line(&mut line).ok().and_then(|_| Attach::read(&line));
        let person = match wanted {
            Some(Attach::Size(rows, columns)) => {
                *lock(&self.size) = (rows, columns);
                self.resize((rows, columns));
                return;
            }
            Some(Attach::Person(rows, columns)) => {
                *lock(&self.size) = (rows, columns);
                self.resize((rows, columns));
                true
            }
            Some(Attach::Script) => {
                self.resize(WIDE);
                false
            }
            None => return,
        };
        if own.set_write_timeout(Some(Duration::from_secs(1))).is_err() {
            return;
        }
        {
            // Nothing is shown twice, or not at all.
            let mut shown = lock(&self.shown);
            if person && own.write_all(&shown.recent).is_err() {
                return;
            }
            shown.attached.push(own);
        }
        let mut not_running = false;
        let mut buffer = [0; 1024];
        while let Ok(count @ 1..) = stream.read(&mut buffer) {
            if self.type_in(&buffer[..count]).is_err() && !std::mem::replace(&mut not_running, true) {
                let words = format!(
                    "{0} is not running: start it with `cargo xtask engine start {0}`\r\n",
                    self.name
                );
                let _ = stream.get_mut().write_all(words.as_bytes());
            }
        }
        if !person {
            self.resize(*lock(&self.size));
        }
    }
}

/// An engine of the demo, running or not.
pub(crate) struct Engine {
    /// What it is.
    pub(crate) spec: Spec,
    hub: Arc<Hub>,
    running: Option<Running>,
}

impl Engine {
    /// The engine's folder.
    pub(crate) fn folder(name: &str) -> PathBuf {
        Path::new(paths::VAR).join("engines").join(name)
    }

    /// The socket at which one attaches to an engine.
    pub(crate) fn socket(name: &str) -> PathBuf {
        Self::folder(name).join("line.sock")
    }

    /// Makes the engine's folder and opens its socket. It does not run yet.
    pub(crate) fn new(spec: Spec) -> Outcome<Self> {
        let folder = Self::folder(&spec.name);
        fs::create_dir_all(&folder).on("make", &folder)?;
        let socket = Self::socket(&spec.name);
        let _ = fs::remove_file(&socket);
        let listener = UnixListener::bind(&socket).on("open", &socket)?;
        let hub = Arc::new(Hub::new(&spec.name));
        let accepting = Arc::clone(&hub);
        thread::spawn(move || {
            for stream in listener.incoming().flatten() {
                let hub = Arc::clone(&accepting);
                thread::spawn(move || hub.attach(stream));
            }
        });
        Ok(Self { spec, hub, running: None })
    }

    /// Starts the process and waits until it listens.
    pub(crate) fn start(&mut self, events: Sender<Event>) -> Outcome {
        let Spec { name, address, product, content, .. } = &self.spec;
        if let Err(error) = TcpListener::bind(address) {
            return fail(format!(
                "{address}, where {name} belongs, can't be used ({error}): end what uses it, \
                 such as the demo of another clone, and start again"
            ));
        }
        let folder = Self::folder(name);
        let mut command = Command::new(paths::programs().join("scan-engine"));
        command.args(["--listen", &address.to_string(), "--dir"]).arg(&folder);
        command.args(["--name", name, "--product-version", product, "--content-version", content]);
        let files = Files { log: folder.join("engine.log"), pid: folder.join("engine.pid") };
        let hub = Arc::clone(&self.hub);
        let started = start_on_terminal(name, command, &files, events, move |bytes| hub.show(bytes))?;
        *lock(&self.hub.terminal) = started.terminal;
        self.running = Some(started.running);
        Ok(())
    }

    /// The process, while it runs.
    pub(crate) fn running(&self) -> Option<&Running> {
        self.running.as_ref()
    }

    /// Notes that the process has ended, and tells those that are attached.
    pub(crate) fn has_ended(&mut self) {
        self.running = None;
        *lock(&self.hub.terminal) = None;
        let name = &self.spec.name;
        self.hub.show(
            format!("\r\n{name} has ended. `cargo xtask engine start {name}` starts it again.\r\n")
                .as_bytes(),
        );
    }

    /// Stops the process, if it runs.
    pub(crate) fn stop(&mut self) {
        if let Some(running) = self.running.clone() {
            end(&[running], END_BOUND);
            self.has_ended();
        }
    }

    /// The number of the first console that called, and whether any is enabled.
    pub(crate) fn first_console(&self) -> Option<(u32, bool)> {
        let file = Self::folder(&self.spec.name).join("nse/conf/consoles.xml");
        demo::first_console(&fs::read_to_string(file).ok()?)
    }

    /// Does what a person would do on the engine's command line: enables the console once it has called.
    pub(crate) fn enable_console(&self) -> Outcome {
        let name = &self.spec.name;
        let Some((id, enabled)) = until(Duration::from_secs(20), || self.first_console()) else {
            return fail(format!(
                "the console did not call {name} within 20 s: see {}/console.log",
                paths::VAR
            ));
        };
        if enabled {
            return Ok(());
        }
        self.hub
            .type_in(format!("enable console {id}\r").as_bytes())
            .map_err(|error| Failure::new(format!("the command line of {name} can't be reached: {error}")))?;
        match until(Duration::from_secs(10), || self.first_console().filter(|(_, enabled)| *enabled)) {
            Some(_) => Ok(()),
            None => fail(format!(
                "{name} did not enable the console: see {}",
                Self::folder(name).join("engine.log").display()
            )),
        }
    }
}

/// Asks until there is an answer or the bound is over.
pub(crate) fn until<T>(bound: Duration, ask: impl Fn() -> Option<T>) -> Option<T> {
    let deadline = Instant::now() + bound;
    loop {
        match ask() {
            Some(answer) => return Some(answer),
            None if Instant::now() >= deadline => return None,
            None => thread::sleep(Duration::from_millis(30)),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn files(folder: &Path) -> Files {
        Files { log: folder.join("log"), pid: folder.join("pid") }
    }

    fn script(text: &str) -> Command {
        let mut command = Command::new("sh");
        command.args(["-c", text]);
        command
    }

    #[test]
    fn a_program_is_started_when_it_says_that_it_listens_and_ends_when_asked() {
        let folder = tempfile::tempdir().expect("a folder");
        let (events, happened) = mpsc::channel();
        let files = files(folder.path());
        let started =
            start("it", script("echo hello; echo listening on here; exec sleep 600"), &files, events)
                .unwrap();
        assert_eq!(started.lines, ["hello", "listening on here"]);
        assert_eq!(fs::read_to_string(&files.pid).expect("pid").trim(), started.running.pid.to_string());
        end(std::slice::from_ref(&started.running), END_BOUND);
        let Ok(Event::Ended { pid, ending }) = happened.recv_timeout(END_BOUND) else { panic!("no event") };
        assert_eq!((pid, ending.as_str()), (started.running.pid, "ended by SIGTERM"));
        assert!(!files.pid.exists(), "the pid file goes with the process");
        assert_eq!(fs::read_to_string(&files.log).expect("log"), "hello\nlistening on here\n");
    }

    #[test]
    fn a_program_that_does_not_start_is_quoted_in_one_line() {
        let folder = tempfile::tempdir().expect("a folder");
        let (events, _happened) = mpsc::channel();
        let words =
            start("the console", script("echo the port is used >&2; exit 1"), &files(folder.path()), events)
                .err()
                .map(|failure| failure.to_string())
                .unwrap_or_default();
        assert!(words.starts_with("the console did not start: the port is used (all of it: "), "{words}");
    }

    #[test]
    fn a_program_that_ignores_sigterm_is_killed() {
        let folder = tempfile::tempdir().expect("a folder");
        let (events, _happened) = mpsc::channel();
        let text = "trap '' TERM; echo listening on here; while :; do sleep 1; done";
        let started = start("it", script(text), &files(folder.path()), events).unwrap();
        end(std::slice::from_ref(&started.running), Duration::from_millis(100));
        assert!(started.running.wait(Duration::ZERO));
    }

    /// Reads from a socket until this was shown.
    fn shows(stream: &mut UnixStream, text: &str) -> String {
        let mut shown = String::new();
        let mut buffer = [0; 256];
        while !shown.contains(text) {
            let count = stream.read(&mut buffer).expect("something is shown");
            assert!(count > 0, "no {text:?} in {shown:?}");
            shown.push_str(&String::from_utf8_lossy(&buffer[..count]));
        }
        shown
    }

    fn attached(hub: &Arc<Hub>, how: Attach) -> UnixStream {
        let (ours, theirs) = UnixStream::pair().expect("a pair");
        let hub = Arc::clone(hub);
        thread::spawn(move || hub.attach(theirs));
        ours.set_read_timeout(Some(Duration::from_secs(20))).expect("a bound");
        (&ours).write_all(how.line().as_bytes()).expect("a line");
        ours
    }

    #[test]
    fn an_engine_sits_at_a_terminal_of_its_own_at_which_people_join_it() {
        let folder = tempfile::tempdir().expect("a folder");
        let (events, happened) = mpsc::channel();
        let hub = Arc::new(Hub::new("it"));
        let text =
            "echo listening on here; echo log >&2; tty; while read line; do stty size; echo got $line; done";
        let (files, show) = (files(folder.path()), Arc::clone(&hub));
        let started =
            start_on_terminal("it", script(text), &files, events, move |bytes| show.show(bytes)).unwrap();
        *lock(&hub.terminal) = started.terminal.clone();
        assert_eq!(started.lines, ["listening on here"]);

        let mut one = attached(&hub, Attach::Person(33, 99));
        let shown = shows(&mut one, "/dev/pts/");
        assert!(shown.contains("listening on here"), "what was shown before is shown again: {shown}");
        one.write_all(b"hello\n").expect("typed");
        assert!(shows(&mut one, "got hello").contains("33 99"), "the size of the person's terminal");
        let mut other = attached(&hub, Attach::Script);
        other.write_all(b"there\n").expect("typed");
        for stream in [&mut one, &mut other] {
            assert!(shows(stream, "got there").contains("24 2000"), "no line of a script is broken");
        }
        drop(other);
        drop(attached(&hub, Attach::Size(7, 8)));
        assert!(
            until(Duration::from_secs(20), || {
                (&one).write_all(b"again\n").ok()?;
                shows(&mut one.try_clone().ok()?, "got again").contains("7 8").then_some(())
            })
            .is_some()
        );

        end(std::slice::from_ref(&started.running), END_BOUND);
        assert!(matches!(happened.recv_timeout(END_BOUND), Ok(Event::Ended { .. })));
        let log = fs::read_to_string(&files.log).expect("log");
        assert!(
            log.contains("listening on here") && log.contains("log\n") && !log.contains("hello"),
            "{log}"
        );
        *lock(&hub.terminal) = None;
        one.write_all(b"\n").expect("typed");
        shows(&mut one, "it is not running: start it with `cargo xtask engine start it`");
    }

    #[test]
    fn what_was_shown_is_kept_in_whole_lines() {
        let hub = Hub::new("it");
        for number in 0..2000 {
            hub.show(format!("line {number}\r\n").as_bytes());
        }
        hub.show(b"> ");
        let recent = String::from_utf8(lock(&hub.shown).recent.clone()).expect("text");
        assert!(recent.len() <= RECENT && recent.len() > RECENT - 20, "{}", recent.len());
        assert!(recent.starts_with("line ") && recent.ends_with("line 1999\r\n> "), "{recent}");
    }
}
