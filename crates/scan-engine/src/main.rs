//! The scan engine program: the engine, its command line on the standard input, and signals.

use std::io::{self, BufRead as _, IsTerminal as _, Write as _};
use std::net::SocketAddr;
use std::path::PathBuf;
use std::process::ExitCode;
use std::thread;

use clap::Parser;
use scan_engine::{Engine, Options};
use tokio::net::TcpListener;
use tokio::sync::mpsc;

/// A Scan Engine stand-in: pairs with a Security Console, tells its status, applies updates, runs no scans.
///
/// Commands are read from the standard input; `help` lists them.
#[derive(Debug, Parser)]
#[command(version)]
struct Arguments {
    /// Where to listen for consoles. The documented port is 40814; port 0 takes a free one.
    #[arg(long, value_name = "ADDR:PORT")]
    listen: SocketAddr,
    /// The installation directory, with nse/conf/consoles.xml. It is made if missing.
    #[arg(long)]
    dir: PathBuf,
    /// The engine's name, instead of the directory's.
    #[arg(long)]
    name: Option<String>,
    /// The product version of a new installation.
    #[arg(long, value_name = "VERSION")]
    product_version: Option<String>,
    /// The content version of a new installation.
    #[arg(long, value_name = "VERSION")]
    content_version: Option<String>,
}

#[tokio::main(worker_threads = 2)]
async fn main() -> ExitCode {
    match run(Arguments::parse()).await {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            drop(writeln!(io::stderr(), "scan-engine: {error}"));
            ExitCode::FAILURE
        }
    }
}

async fn run(arguments: Arguments) -> Result<(), String> {
    let mut signals = Signals::new().map_err(|error| format!("can't wait for signals: {error}"))?;
    let engine = Engine::open(Options {
        name: arguments.name,
        product_version: arguments.product_version,
        content_version: arguments.content_version,
        ..Options::new(arguments.dir)
    })
    .map_err(|error| error.to_string())?;
    let listener = TcpListener::bind(arguments.listen).await.map_err(|error| {
        let reason = match error.kind() {
            io::ErrorKind::AddrInUse => {
                "the port is used by another program: stop that one, or give another --listen".to_owned()
            }
            io::ErrorKind::AddrNotAvailable => "this machine does not have the address".to_owned(),
            _ => error.to_string(),
        };
        format!("can't listen on {}: {reason}", arguments.listen)
    })?;
    let address = listener.local_addr().map_err(|error| error.to_string())?;
    print(&format!("listening on {address}\n"));
    engine.log().line(format!(
        "Scan Engine {:?} listens on {address}; fingerprint {}",
        engine.name(),
        engine.fingerprint()
    ));

    let serve = engine.serve(listener);
    tokio::pin!(serve);
    let mut terminal = Terminal::start();
    loop {
        tokio::select! {
            () = &mut serve => {}
            line = terminal.line() => {
                match terminal.stop_answered(&line) {
                    Some(true) => return Ok(()),
                    Some(false) => continue,
                    None => {}
                }
                let reply = engine.command(&line);
                terminal.answer(&reply.text);
                if reply.quit {
                    return Ok(());
                }
            }
            signal = signals.next() => match signal {
                Signal::Interrupt if terminal.asks_before_stop() => {}
                Signal::Interrupt | Signal::Terminate => return Ok(()),
            },
        }
    }
}

/// The standard input and output, with a prompt when a person sits there.
struct Terminal {
    lines: mpsc::UnboundedReceiver<String>,
    interactive: bool,
    /// ctrl-c was pressed: the next line is the answer to the question whether to stop.
    asked: bool,
    ended: bool,
}

impl Terminal {
    fn start() -> Self {
        let (sender, lines) = mpsc::unbounded_channel();
        // A thread of its own, that nobody waits for: reading the standard input can't be given up.
        thread::spawn(move || {
            let mut input = io::stdin().lock();
            let mut line = Vec::new();
            // Bytes that are no UTF-8 make an unknown command, and don't end the reading.
            while let Ok(1..) = input.read_until(b'\n', &mut line) {
                if sender.send(String::from_utf8_lossy(&line).into_owned()).is_err() {
                    return;
                }
                line.clear();
            }
        });
        let interactive = io::stdin().is_terminal() && io::stdout().is_terminal();
        let terminal = Self { lines, interactive, asked: false, ended: false };
        terminal.prompt();
        terminal
    }

    /// The next line. After the end of the input there is none any more, and the engine runs on.
    async fn line(&mut self) -> String {
        if !self.ended {
            if let Some(line) = self.lines.recv().await {
                return line;
            }
            self.ended = true;
        }
        std::future::pending().await
    }

    /// Asks whether to stop, if there is somebody to ask: ctrl-c is easily pressed to get away from the terminal, and
    /// ends the service (the documents warn of it).
    fn asks_before_stop(&mut self) -> bool {
        if !self.interactive || self.ended {
            return false;
        }
        self.asked = true;
        print("\nThis stops the Scan Engine service. Stop it? Type yes to stop, anything else to go on: ");
        true
    }

    /// Whether the line is the answer to that question, and is it yes? The answer is never a command as well.
    fn stop_answered(&mut self, line: &str) -> Option<bool> {
        if !std::mem::take(&mut self.asked) {
            return None;
        }
        let stop = matches!(line.trim().to_lowercase().as_str(), "yes" | "y");
        if !stop {
            self.answer("The Scan Engine goes on.");
        }
        Some(stop)
    }

    fn answer(&self, text: &str) {
        if !text.is_empty() {
            print(&format!("{text}\n"));
        }
        self.prompt();
    }

    fn prompt(&self) {
        if self.interactive {
            print("> ");
        }
    }
}

/// Writes at once. Nobody may be reading any more: that must not end the engine.
fn print(text: &str) {
    let mut output = io::stdout().lock();
    drop(output.write_all(text.as_bytes()).and_then(|()| output.flush()));
}

/// SIGXFSZ, which has no name in tokio: a file has reached the size that `ulimit -f` allows.
#[cfg(unix)]
const FILE_TOO_LARGE: i32 = 25;

/// What stops the engine from outside.
enum Signal {
    /// ctrl-c.
    Interrupt,
    /// SIGTERM: what the service manager sends.
    Terminate,
}

struct Signals {
    #[cfg(unix)]
    interrupt: tokio::signal::unix::Signal,
    #[cfg(unix)]
    terminate: tokio::signal::unix::Signal,
}

#[cfg(unix)]
impl Signals {
    fn new() -> io::Result<Self> {
        use tokio::signal::unix::{SignalKind, signal};
        // With a handler the write fails, as on a full disk, and is told; without one the program would just die.
        drop(signal(SignalKind::from_raw(FILE_TOO_LARGE))?);
        Ok(Self { interrupt: signal(SignalKind::interrupt())?, terminate: signal(SignalKind::terminate())? })
    }

    async fn next(&mut self) -> Signal {
        tokio::select! {
            Some(()) = self.interrupt.recv() => Signal::Interrupt,
            Some(()) = self.terminate.recv() => Signal::Terminate,
            else => std::future::pending().await,
        }
    }
}

#[cfg(not(unix))]
impl Signals {
    fn new() -> io::Result<Self> {
        Ok(Self {})
    }

    async fn next(&mut self) -> Signal {
        match tokio::signal::ctrl_c().await {
            Ok(()) => Signal::Interrupt,
            Err(_) => std::future::pending().await,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn terminal(interactive: bool) -> Terminal {
        let (_, lines) = mpsc::unbounded_channel();
        Terminal { lines, interactive, asked: false, ended: false }
    }

    #[test]
    fn on_a_terminal_ctrl_c_asks_and_only_a_yes_stops_the_engine() {
        let mut terminal = terminal(true);
        for (answer, stops) in [("no", false), ("", false), ("help", false), (" Yes\n", true), ("y", true)] {
            assert!(terminal.asks_before_stop());
            assert_eq!(terminal.stop_answered(answer), Some(stops), "{answer}");
            assert_eq!(terminal.stop_answered("yes"), None, "without a question, a line is a command");
        }
    }

    #[test]
    fn where_nobody_can_answer_ctrl_c_does_not_ask() {
        assert!(!terminal(false).asks_before_stop());
        let mut gone = terminal(true);
        gone.ended = true;
        assert!(!gone.asks_before_stop());
    }
}
