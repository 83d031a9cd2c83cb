//! `cargo xtask engine …`: talks to the demo that `cargo xtask run` keeps running in another terminal.

use std::io::{self, BufRead, IsTerminal as _, Read as _, Write};
use std::os::unix::net::UnixStream;
use std::path::{Path, PathBuf};
use std::sync::mpsc::{self, RecvTimeoutError};
use std::thread;
use std::time::Duration;

use clap::{Args, Subcommand};
use rustix::termios::{OptionalActions, Termios, tcgetattr, tcgetwinsize, tcsetattr};

use crate::engine::{Attach, Engine};
use crate::failure::{OnFile as _, Outcome, fail};
use crate::paths;
use crate::steps::{print, say};
use crate::values;

/// What to do with which engine.
#[derive(Debug, PartialEq, Args)]
#[command(args_conflicts_with_subcommands = true)]
pub(crate) struct EngineRequest {
    /// The engine whose command line to join; none named: say which there are.
    #[arg(value_parser = values::engine_name)]
    name: Option<String>,
    #[command(subcommand)]
    change: Option<Change>,
}

/// What changes in the demo.
#[derive(Debug, PartialEq, Subcommand)]
enum Change {
    /// Start another engine of that name.
    New {
        #[arg(value_parser = values::engine_name)]
        name: String,
    },
    /// Start it again.
    Start {
        #[arg(value_parser = values::engine_name)]
        name: String,
    },
    /// Stop it.
    Stop {
        #[arg(value_parser = values::engine_name)]
        name: String,
    },
}

/// The socket at which the running demo takes requests.
pub(crate) fn requests_socket() -> PathBuf {
    Path::new(paths::VAR).join("run.sock")
}

/// Does what was asked for.
pub(crate) fn engine(request: &EngineRequest) -> Outcome {
    let line = match (&request.change, &request.name) {
        (Some(Change::New { name }), _) => format!("new {name}"),
        (Some(Change::Start { name }), _) => format!("start {name}"),
        (Some(Change::Stop { name }), _) => format!("stop {name}"),
        (None, Some(name)) => return attach(name),
        (None, None) => "list".to_owned(),
    };
    let answer = ask(&line)?;
    match answer.strip_prefix("error: ") {
        Some(words) => fail(words),
        None => {
            print(&answer);
            Ok(())
        }
    }
}

/// Sends one line to the running demo and waits for its answer.
fn ask(line: &str) -> Outcome<String> {
    let socket = requests_socket();
    let Ok(mut stream) = UnixStream::connect(&socket) else {
        return fail("no demo is running in this clone: start it with `cargo xtask run` in another terminal");
    };
    stream.write_all(format!("{line}\n").as_bytes()).on("write to", &socket)?;
    let mut answer = String::new();
    stream.read_to_string(&mut answer).on("read from", &socket)?;
    if answer.is_empty() {
        return fail("the demo ended before it answered: start it again with `cargo xtask run`");
    }
    Ok(answer.trim_end().to_owned())
}

fn attach(name: &str) -> Outcome {
    let list = ask("list")?;
    let socket = Engine::socket(name);
    let known = list.lines().find(|line| line.split_whitespace().next() == Some(name));
    let (Some(known), Ok(stream)) = (known, UnixStream::connect(&socket)) else {
        return fail(format!("there is no engine {name} in this demo. The engines are:\n{list}"));
    };
    if !io::stdin().is_terminal() {
        return converse(stream, io::stdin().lock(), io::stdout().lock(), ANSWER).on("talk through", &socket);
    }
    say(&format!("Attached to {}", known.split_whitespace().collect::<Vec<_>>().join(" ")));
    say("Type `help` for its commands. Leave with ctrl-a d, or ctrl-d: the engine keeps running.");
    let left = relay(stream, &socket).on("talk through", &socket)?;
    say(match left {
        Left::Detached => "Detached: the engine keeps running.",
        Left::Ended => "The demo has ended.",
    });
    Ok(())
}

/// How a person left an engine's terminal.
enum Left {
    /// By ctrl-a d or ctrl-d.
    Detached,
    /// The demo was stopped.
    Ended,
}

/// How often the size of the person's terminal is looked at.
const LOOK: Duration = Duration::from_millis(300);

/// Joins this terminal with an engine's: each key goes there as it is, until one detaches.
fn relay(mut stream: UnixStream, socket: &Path) -> io::Result<Left> {
    let size = || tcgetwinsize(io::stdin()).map_or((24, 80), |size| (size.ws_row, size.ws_col));
    let mut before = size();
    stream.write_all(Attach::Person(before.0, before.1).line().as_bytes())?;
    let _raw = Raw::start()?;
    let (leave, left) = mpsc::channel();

    let mut incoming = stream.try_clone()?;
    let ended = leave.clone();
    thread::spawn(move || {
        let mut buffer = [0; 4096];
        while let Ok(count @ 1..) = incoming.read(&mut buffer) {
            let mut stdout = io::stdout().lock();
            if stdout.write_all(&buffer[..count]).and_then(|()| stdout.flush()).is_err() {
                break;
            }
        }
        let _ = ended.send(Left::Ended);
    });
    thread::spawn(move || {
        let mut keys = Keys::default();
        let mut buffer = [0; 1024];
        let mut stdin = io::stdin().lock();
        while let Ok(count @ 1..) = stdin.read(&mut buffer) {
            let (typed, detach) = keys.take(&buffer[..count]);
            if stream.write_all(&typed).is_err() || detach {
                break;
            }
        }
        let _ = leave.send(Left::Detached);
    });
    loop {
        match left.recv_timeout(LOOK) {
            Ok(left) => return Ok(left),
            Err(RecvTimeoutError::Disconnected) => return Ok(Left::Ended),
            Err(RecvTimeoutError::Timeout) => {
                let now = size();
                if now != before {
                    before = now;
                    // Lines are broken in the wrong places without it, and nothing worse.
                    let _ = UnixStream::connect(socket).and_then(|mut stream| {
                        stream.write_all(Attach::Size(now.0, now.1).line().as_bytes())
                    });
                }
            }
        }
    }
}

/// The terminal hands on each key as it is, and shows nothing by itself, until this is dropped.
struct Raw(Termios);

impl Raw {
    fn start() -> io::Result<Self> {
        let before = tcgetattr(io::stdin())?;
        let mut raw = before.clone();
        raw.make_raw();
        tcsetattr(io::stdin(), OptionalActions::Now, &raw)?;
        Ok(Self(before))
    }
}

impl Drop for Raw {
    fn drop(&mut self) {
        // The terminal may be gone. What moved the cursor or asked for marks around what is pasted is taken back.
        let _ = tcsetattr(io::stdin(), OptionalActions::Now, &self.0);
        let mut stdout = io::stdout().lock();
        let _ = stdout.write_all(b"\x1b[?2004l\r\n").and_then(|()| stdout.flush());
    }
}

const CTRL_A: u8 = 1;
const CTRL_D: u8 = 4;

/// The keys that a person types, of which some are for this program: ctrl-a d detaches, as in `screen`, and ctrl-d.
#[derive(Default)]
struct Keys {
    /// ctrl-a was typed, and nothing yet behind it.
    command: bool,
}

impl Keys {
    /// What goes to the engine of this, and whether to detach then.
    fn take(&mut self, typed: &[u8]) -> (Vec<u8>, bool) {
        let mut rest = Vec::with_capacity(typed.len());
        for &key in typed {
            match (std::mem::take(&mut self.command), key) {
                (_, CTRL_D) | (true, b'd') => return (rest, true),
                (false, CTRL_A) => self.command = true,
                // As in `screen`: ctrl-a a is ctrl-a itself.
                (true, b'a' | CTRL_A) => rest.push(CTRL_A),
                (true, other) => rest.extend([CTRL_A, other]),
                (false, other) => rest.push(other),
            }
        }
        (rest, false)
    }
}

/// How long an engine may take for one answer: pairing is the longest, with its time-outs.
const ANSWER: Duration = Duration::from_secs(60);

/// How the engine's questions end: the next line goes there. What stands before such an end is what it answers.
const QUESTIONS: [&str; 3] = ["> ", "(it is not shown): ", "anything else to continue): "];

/// Types each line of a script when the engine asks for one, and prints what it answers: without the questions, and
/// without what a terminal shows of the typing.
fn converse(
    mut stream: UnixStream,
    script: impl BufRead,
    mut answers: impl Write,
    bound: Duration,
) -> io::Result<()> {
    stream.write_all(Attach::Script.line().as_bytes())?;
    stream.set_read_timeout(Some(bound))?;
    for line in script.lines() {
        // Someone may have left half a line there: ctrl-u takes it away.
        let typed = format!("\x15{}\r", line?);
        stream.write_all(typed.as_bytes())?;
        let mut shown = Vec::new();
        let mut buffer = [0; 4096];
        let (answer, more) = loop {
            let count = match stream.read(&mut buffer) {
                Ok(count @ 1..) => count,
                Ok(0) => break (plain(&shown), false),
                // A signal, such as that of a child which has ended.
                Err(error) if error.kind() == io::ErrorKind::Interrupted => continue,
                Err(error) if error.kind() == io::ErrorKind::WouldBlock => {
                    return Err(io::Error::new(
                        io::ErrorKind::TimedOut,
                        format!("the engine has not answered within {} s", bound.as_secs()),
                    ));
                }
                Err(error) => return Err(error),
            };
            shown.extend_from_slice(&buffer[..count]);
            let text = plain(&shown);
            // The first line is that of the question, with what was typed.
            if let Some((_, answer)) = text.split_once('\n') {
                let asks = QUESTIONS.iter().any(|question| answer.ends_with(question));
                if asks || answer.contains("cargo xtask engine start ") {
                    break (text, asks);
                }
            }
        };
        let lines: Vec<&str> = answer.split('\n').skip(1).collect();
        let kept = if more { lines.len().saturating_sub(1) } else { lines.len() };
        for line in lines.iter().take(kept).filter(|line| more || !line.is_empty()) {
            writeln!(answers, "{line}")?;
        }
        answers.flush()?;
        if !more {
            break;
        }
    }
    Ok(())
}

/// What a terminal shows, without what moves its cursor.
fn plain(shown: &[u8]) -> String {
    String::from_utf8_lossy(&strip_ansi_escapes::strip(shown)).replace('\r', "")
}

#[cfg(test)]
mod tests {
    use std::io::BufReader;

    use super::*;

    #[test]
    fn ctrl_a_d_and_ctrl_d_detach_and_everything_else_goes_to_the_engine() {
        for (typed, goes, detaches) in [
            (&b"show\x03\x1b[A"[..], &b"show\x03\x1b[A"[..], false),
            (b"sh\x01dow", b"sh", true),
            (b"sh\x04ow", b"sh", true),
            (b"\x01\x04", b"", true),
            (b"\x01ad", b"\x01d", false),
            (b"\x01\x01d", b"\x01d", false),
            (b"\x01x", b"\x01x", false),
        ] {
            assert_eq!(Keys::default().take(typed), (goes.to_vec(), detaches), "{typed:?}");
        }
        let mut keys = Keys::default();
        assert_eq!(keys.take(b"\x01"), (vec![], false));
        assert_eq!(keys.take(b"d"), (vec![], true), "in two pieces");
    }

    /// Someone who answers as an engine's terminal does.
    fn engine(mut stream: UnixStream, answers: &'static [&str]) -> thread::JoinHandle<Vec<String>> {
        thread::spawn(move || {
            let mut heard = BufReader::new(stream.try_clone().expect("a second end"));
            let mut lines = Vec::new();
            let mut line = String::new();
            heard.read_line(&mut line).expect("a line");
            lines.push(line);
            for answer in answers {
                let mut typed = Vec::new();
                heard.read_until(b'\r', &mut typed).expect("a line");
                let typed = String::from_utf8_lossy(&typed).trim_start_matches('\x15').trim().to_owned();
                write!(stream, "\r\x1b[K> {typed}\x1b[?2004l\r\n{answer}").expect("an answer");
                lines.push(typed);
            }
            lines
        })
    }

    #[test]
    fn a_script_has_its_lines_typed_one_after_the_other_and_sees_only_the_answers() {
        let (ours, theirs) = UnixStream::pair().expect("a pair");
        let engine = engine(
            theirs,
            &[
                "ID=1  IP=127.0.0.1\r\nThis engine\r\n\x1b[?2004h> ",
                "\x1b[?2004hShared secret for console 1 (it is not shown): ",
                "applied\r\n> ",
                "> ",
                "stopping\r\n\r\nit has ended. `cargo xtask engine start it` starts it again.\r\n",
            ],
        );
        let script = "show consoles\nadd shared secret 1\n99DB\n\nquit\nnever typed\n";
        let mut answers = Vec::new();
        converse(ours, script.as_bytes(), &mut answers, Duration::from_secs(20)).expect("a conversation");
        assert_eq!(
            String::from_utf8(answers).expect("text"),
            "ID=1  IP=127.0.0.1\nThis engine\napplied\nstopping\nit has ended. `cargo xtask engine start it` starts it again.\n"
        );
        let typed = engine.join().expect("the engine");
        assert_eq!(typed, ["script\n", "show consoles", "add shared secret 1", "99DB", "", "quit"]);
    }

    #[test]
    fn an_engine_that_does_not_answer_is_told() {
        let (ours, _theirs) = UnixStream::pair().expect("a pair");
        let error =
            converse(ours, &b"help\n"[..], Vec::new(), Duration::from_millis(50)).expect_err("no answer");
        assert!(error.to_string().contains("has not answered within"), "{error}");
    }
}
