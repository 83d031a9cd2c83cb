//! A program that `cargo xtask run` started and watches: the console, or an engine with its command line.

use std::fs::{self, File};
use std::io::{self, BufRead as _, BufReader, Read as _, Write};
use std::net::TcpListener;
use std::os::unix::net::{UnixListener, UnixStream};
use std::os::unix::process::CommandExt as _;
use std::path::{Path, PathBuf};
use std::process::{ChildStdin, Command, Stdio};
use std::sync::mpsc::{self, Sender};
use std::sync::{Arc, Condvar, Mutex, MutexGuard, PoisonError};
use std::thread;
use std::time::{Duration, Instant};

use nix::sys::signal::Signal;

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
    /// Its standard input.
    pub(crate) stdin: ChildStdin,
    /// The lines it printed up to that one.
    pub(crate) lines: Vec<String>,
}

/// Starts a program in a group of its own, so that a terminal's Ctrl-C reaches this one first, and waits for its line
/// `listening on …`. Everything that it prints goes to the log and to `output`.
pub(crate) fn start(
    who: &str,
    mut command: Command,
    files: &Files,
    events: Sender<Event>,
    mut output: impl FnMut(&[u8]) + Send + 'static,
) -> Outcome<Started> {
    let mut log = File::create(&files.log).on("write", &files.log)?;
    let errors = log.try_clone().on("write", &files.log)?;
    command.stdin(Stdio::piped()).stdout(Stdio::piped()).stderr(errors).process_group(0);
    let mut child = command.spawn().on("start", Path::new(command.get_program()))?;
    let running = Running { pid: child.id(), ended: Arc::default() };
    let (Some(stdin), Some(stdout)) = (child.stdin.take(), child.stdout.take()) else {
        return fail(format!("{who} has no standard input and output"));
    };
    let pid_file = files.pid.clone();
    let noted = fs::write(&pid_file, format!("{}\n", running.pid)).on("write", &pid_file);

    let (lines, heard) = mpsc::channel::<String>();
    let reader = thread::spawn(move || {
        let mut stdout = BufReader::new(stdout);
        let mut line = Vec::new();
        while stdout.read_until(b'\n', &mut line).is_ok_and(|count| count > 0) {
            let _ = log.write_all(&line);
            output(&line);
            // Nobody listens any more after the start.
            let _ = lines.send(String::from_utf8_lossy(&line).trim_end().to_owned());
            line.clear();
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
                let ready = line.starts_with("listening on ");
                said.push(line);
                if ready && noted.is_ok() {
                    return Ok(Started { running, stdin, lines: said });
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

/// What joins an engine's command line with those that are attached to it.
struct Hub {
    name: String,
    stdin: Mutex<Option<ChildStdin>>,
    attached: Mutex<Vec<UnixStream>>,
}

impl Hub {
    /// Shows something to all that are attached. One that does not read is dropped rather than waited for.
    fn show(&self, bytes: &[u8]) {
        lock(&self.attached).retain_mut(|stream| stream.write_all(bytes).is_ok());
    }

    /// Types something into the engine's command line.
    fn type_in(&self, bytes: &[u8]) -> io::Result<()> {
        match lock(&self.stdin).as_mut() {
            Some(stdin) => stdin.write_all(bytes).and_then(|()| stdin.flush()),
            None => Err(io::ErrorKind::BrokenPipe.into()),
        }
    }

    fn attach(&self, stream: UnixStream) {
        let own = stream.try_clone().and_then(|own| {
            own.set_write_timeout(Some(Duration::from_secs(1)))?;
            Ok(own)
        });
        let Ok(own) = own else { return };
        lock(&self.attached).push(own);
        let mut buffer = [0; 1024];
        let mut stream = stream;
        while let Ok(count @ 1..) = stream.read(&mut buffer) {
            if self.type_in(&buffer[..count]).is_err() {
                let words =
                    format!("{0} is not running: start it with `cargo xtask engine start {0}`\n", self.name);
                let _ = stream.write_all(words.as_bytes());
            }
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
        let hub =
            Arc::new(Hub { name: spec.name.clone(), stdin: Mutex::default(), attached: Mutex::default() });
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
        let started = start(name, command, &files, events, move |bytes| hub.show(bytes))?;
        *lock(&self.hub.stdin) = Some(started.stdin);
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
        *lock(&self.hub.stdin) = None;
        let name = &self.spec.name;
        self.hub.show(
            format!("{name} has ended. `cargo xtask engine start {name}` starts it again.\n").as_bytes(),
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
            .type_in(format!("enable console {id}\n").as_bytes())
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
            start("it", script("echo hello; echo listening on here; exec sleep 600"), &files, events, |_| {})
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
        let words = start(
            "the console",
            script("echo the port is used >&2; exit 1"),
            &files(folder.path()),
            events,
            |_| {},
        )
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
        let started = start("it", script(text), &files(folder.path()), events, |_| {}).unwrap();
        end(std::slice::from_ref(&started.running), Duration::from_millis(100));
        assert!(started.running.wait(Duration::ZERO));
    }
}
