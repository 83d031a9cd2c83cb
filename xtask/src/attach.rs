//! `cargo xtask engine …`: talks to the demo that `cargo xtask run` keeps running in another terminal.

use std::io::{self, IsTerminal as _, Read as _, Write as _};
use std::net::Shutdown;
use std::os::unix::net::UnixStream;
use std::path::{Path, PathBuf};
use std::sync::mpsc;
use std::thread;
use std::time::Duration;

use crate::engine::Engine;
use crate::failure::{OnFile as _, Outcome, fail};
use crate::paths;
use crate::steps::{print, say};

/// What to do with which engine.
#[derive(Debug, PartialEq)]
pub(crate) enum EngineRequest {
    /// Say which there are.
    List,
    /// Join its command line.
    Attach(String),
    /// Start another one of that name.
    New(String),
    /// Start it again.
    Start(String),
    /// Stop it.
    Stop(String),
}

/// How long the last answers may take when commands came from a pipe: nothing says which answer is the last.
const QUIET: Duration = Duration::from_millis(700);

/// The socket at which the running demo takes requests.
pub(crate) fn requests_socket() -> PathBuf {
    Path::new(paths::VAR).join("run.sock")
}

/// Does what was asked for.
pub(crate) fn engine(request: &EngineRequest) -> Outcome {
    let line = match request {
        EngineRequest::Attach(name) => return attach(name),
        EngineRequest::List => "list".to_owned(),
        EngineRequest::New(name) => format!("new {name}"),
        EngineRequest::Start(name) => format!("start {name}"),
        EngineRequest::Stop(name) => format!("stop {name}"),
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
        return fail(format!("there is no engine {name} in this demo. There are:\n{list}"));
    };
    let typed = io::stdin().is_terminal();
    if typed {
        say(&format!("Attached to {}", known.split_whitespace().collect::<Vec<_>>().join(" ")));
        say("Type `help` for its commands. Leave with ctrl-d: the engine goes on.");
    }
    let mut incoming = stream.try_clone().on("use", &socket)?;
    let (heard, hears) = mpsc::channel();
    let reader = thread::spawn(move || {
        let mut buffer = [0; 4096];
        while let Ok(count @ 1..) = incoming.read(&mut buffer) {
            let mut stdout = io::stdout().lock();
            if stdout.write_all(&buffer[..count]).and_then(|()| stdout.flush()).is_err() {
                return;
            }
            let _ = heard.send(());
        }
        say("The demo has ended.");
        std::process::exit(0);
    });
    let mut to_engine = &stream;
    io::copy(&mut io::stdin().lock(), &mut to_engine).on("write to", &socket)?;
    if !typed {
        while hears.recv_timeout(QUIET).is_ok() {}
    }
    // Both halves, or the reading thread would take this for the demo's end.
    drop(reader);
    let _ = stream.shutdown(Shutdown::Write);
    Ok(())
}
