//! The scan engine program: the engine, its command line on the standard input, and signals.

mod terminal;

use std::io::{self, Write as _};
use std::net::SocketAddr;
use std::path::PathBuf;
use std::process::ExitCode;

use clap::Parser;
use scan_engine::{Engine, Options, Reply, Then};
use terminal::{Ask, Terminal, Typed, print};
use tokio::net::TcpListener;

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

    let terminal =
        Terminal::start(engine.log()).map_err(|error| format!("can't use the terminal: {error}"))?;
    let interrupts = terminal.interrupts();
    let serve = engine.serve(listener);
    let commands = command_line(&engine, terminal);
    tokio::pin!(serve, commands);
    loop {
        tokio::select! {
            // The engine listens before the first command is read.
            biased;
            () = &mut serve => {}
            () = &mut commands => return Ok(()),
            signal = signals.next() => match (signal, &interrupts) {
                (Signal::Interrupt, Some(interrupts)) => interrupts.notify_one(),
                // Nobody sits there who could be asked.
                (Signal::Interrupt, None) | (Signal::Terminate, _) => return Ok(()),
            },
        }
    }
}

/// Reads commands and answers them, until the engine is to stop.
async fn command_line(engine: &Engine, mut terminal: Terminal) {
    loop {
        let line = match terminal.read(Ask::Command).await {
            Typed::Line(line) => line,
            Typed::Interrupt if stop(&mut terminal).await => return,
            Typed::Interrupt => continue,
            Typed::Leave => {
                answer("The Scan Engine keeps running. Detach with ctrl-a d (in screen); quit stops it.");
                continue;
            }
        };
        let Reply { text, then } = engine.command(&line);
        answer(&text);
        match then {
            Then::Next => {}
            Then::Quit => return,
            Then::AskSecret(id) => add_shared_secret(engine, &mut terminal, id).await,
        }
    }
}

/// Asks whether to stop: ctrl-c is easily pressed to get away from the terminal, and ends the service (the documents
/// warn of it). The answer is never a command as well.
async fn stop(terminal: &mut Terminal) -> bool {
    if let Typed::Line(line) = terminal.read(Ask::Stop).await
        && matches!(line.trim().to_lowercase().as_str(), "yes" | "y")
    {
        return true;
    }
    answer("The Scan Engine keeps running.");
    false
}

async fn add_shared_secret(engine: &Engine, terminal: &mut Terminal, id: u32) {
    let Typed::Line(secret) = terminal.read(Ask::Secret(id)).await else {
        answer(&format!("No shared secret was given: console {id} is unchanged."));
        return;
    };
    tokio::select! {
        result = engine.add_shared_secret(id, &secret) => match result {
            Ok(paired) => answer(&paired.to_string()),
            Err(error) => answer(&error.to_string()),
        },
        () = terminal.interrupted() => answer(&format!("Cancelled: console {id} is unchanged.")),
    }
}

fn answer(text: &str) {
    if !text.is_empty() {
        print(&format!("{text}\n"));
    }
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
