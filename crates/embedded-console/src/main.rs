//! The program `embedded-console`: a Security Console for trying out, developing and testing.

use std::io::Write as _;
use std::net::SocketAddr;
use std::path::PathBuf;
use std::process::ExitCode;
use std::time::Duration;

use clap::Parser;
use embedded_console::Config;
use embedded_console::config::{self, DIFFERENCES, DataCalls, Dialect, Quirk, Seed, TlsFiles};
use embedded_console::seed::DEMO_FLEET;
use ipnet::IpNet;
use tokio::signal::unix::{SignalKind, signal};
use tracing_subscriber::EnvFilter;

/// A Security Console for demos, development and tests.
#[derive(Parser)]
#[command(version)]
struct Arguments {
    /// Address and port of the app and the API
    #[arg(long, value_name = "ADDR:PORT", default_value_t = SocketAddr::from(([127, 0, 0, 1], config::CONSOLE_PORT)))]
    listen: SocketAddr,
    /// Address and port that engines dial for reverse pairs
    #[arg(long, value_name = "ADDR:PORT",
          default_value_t = SocketAddr::from(([127, 0, 0, 1], config::ENGINE_LISTENER_PORT)))]
    engine_listener: SocketAddr,
    /// Directory of the database, the certificate and the passwords
    #[arg(long, value_name = "DIR", required_unless_present_any = ["print_demo_fleet", "print_quirks"])]
    data_dir: Option<PathBuf>,
    /// Directory of the app's built files
    #[arg(long, value_name = "DIR", required_unless_present_any = ["print_demo_fleet", "print_quirks"])]
    app_dir: Option<PathBuf>,
    /// Path of the app below the host, with a slash at both ends
    #[arg(long, value_name = "/X/", default_value = "/")]
    public_path: String,
    /// File with the administrator's password [default: DATA_DIR/admin-password]
    #[arg(long, value_name = "FILE")]
    admin_password_file: Option<PathBuf>,
    /// What to fill an empty database with: demo, empty or large:ENGINES,SITES
    #[arg(long, default_value_t = Seed::Empty)]
    seed: Seed,
    /// Network that engines may be in; can be repeated [default: loopback]
    #[arg(long = "engine-network", value_name = "CIDR", value_parser = config::parse_network)]
    engine_networks: Vec<IpNet>,
    /// Certificate chain (PEM) of the console's address
    #[arg(long, value_name = "FILE", requires = "tls_key")]
    tls_cert: Option<PathBuf>,
    /// Key (PEM) of the certificate
    #[arg(long, value_name = "FILE", requires = "tls_cert")]
    tls_key: Option<PathBuf>,
    /// A proxy in front adds TLS and sets X-Forwarded-For, -Host and -Proto
    #[arg(long)]
    behind_proxy: bool,
    /// Network that the proxy may be in; can be repeated [default: loopback]
    #[arg(long = "trusted-proxy", value_name = "CIDR", value_parser = config::parse_network, requires = "behind_proxy")]
    trusted_proxies: Vec<IpNet>,
    /// Name by which browsers reach the console, besides the loopback names and its address; can be repeated
    #[arg(long = "host", value_name = "NAME", value_parser = config::parse_host)]
    hosts: Vec<String>,
    /// File to append the security log to, besides standard error
    #[arg(long, value_name = "FILE")]
    audit_log: Option<PathBuf>,
    /// Maintenance mode: 401 for every call
    #[arg(long)]
    maintenance: bool,
    /// How /data and /api/2.1 answer, since consoles differ: basic, cookie, redirect, page or unauthorized [default: basic, and
    /// cookie in the dialect awkward]
    #[arg(long, value_name = "WAY")]
    data_calls: Option<DataCalls>,
    /// Which kind of console to imitate: current, 6.6.55, 2018 or awkward
    #[arg(long, value_name = "DIALECT", default_value = "current")]
    dialect: Dialect,
    /// One more quirk on top of the dialect; can be repeated. --print-quirks lists them
    #[arg(long = "quirk", value_name = "QUIRK")]
    quirks: Vec<Quirk>,
    /// How long a page of sites or scans takes for each of its rows, in milliseconds [default: 0, and 5 in the dialect awkward]
    #[arg(long, value_name = "MILLISECONDS", value_parser = clap::value_parser!(u32).range(0..=60_000))]
    time_per_row: Option<u32>,
    /// How long a shared secret is valid, in seconds
    #[arg(long, value_name = "SECONDS", default_value_t = 3600,
          value_parser = clap::value_parser!(u32).range(1..=3600))]
    shared_secret_lifetime: u32,
    /// Print the engines of the demo seed and exit: name, address, product version, content version, state
    #[arg(long)]
    print_demo_fleet: bool,
    /// Print the quirks and exit: name, dialects, what is answered, source
    #[arg(long)]
    print_quirks: bool,
}

impl Arguments {
    fn config(self) -> Option<Config> {
        let mut config = Config::new(self.data_dir?);
        config.listen = self.listen;
        config.engine_listener = self.engine_listener;
        config.app_dir = self.app_dir;
        config.public_path = self.public_path;
        config.admin_password_file = self.admin_password_file;
        config.seed = self.seed;
        if !self.engine_networks.is_empty() {
            config.engine_networks = self.engine_networks;
        }
        config.maintenance = self.maintenance;
        config.tls = self.tls_cert.zip(self.tls_key).map(|(certificate, key)| TlsFiles { certificate, key });
        config.behind_proxy = self.behind_proxy;
        if !self.trusted_proxies.is_empty() {
            config.trusted_proxies = self.trusted_proxies;
        }
        config.hosts = self.hosts;
        config.audit_log = self.audit_log;
        config.speak(self.dialect);
        self.quirks.into_iter().for_each(|quirk| config.quirks.insert(quirk));
        if let Some(data_calls) = self.data_calls {
            config.data_calls = data_calls;
        }
        if let Some(milliseconds) = self.time_per_row {
            config.time_per_row = Duration::from_millis(milliseconds.into());
        }
        config.shared_secret_lifetime = Duration::from_secs(self.shared_secret_lifetime.into());
        Some(config)
    }
}

/// How long work on threads of its own may still take when everything else has ended.
const LAST_WORK: Duration = Duration::from_secs(1);
/// SIGXFSZ, which has no name in tokio: a file has reached the size that `ulimit -f` allows.
const FILE_TOO_LARGE: i32 = 25;

fn main() -> ExitCode {
    let arguments = match Arguments::try_parse() {
        Ok(arguments) => arguments,
        Err(error) => {
            if !error.use_stderr() {
                // Help and version go to standard output and are no failure.
                let _ = error.print();
                return ExitCode::SUCCESS;
            }
            return failed(&one_line(&error.to_string()));
        }
    };
    if arguments.print_demo_fleet {
        let mut lines = String::new();
        for engine in DEMO_FLEET {
            lines.push_str(&format!("{engine}\n"));
        }
        return match say(&lines) {
            Ok(_) => ExitCode::SUCCESS,
            Err(message) => failed(&message),
        };
    }
    if arguments.print_quirks {
        let lines: String = DIFFERENCES.iter().map(|difference| format!("{difference}\n")).collect();
        return match say(&lines) {
            Ok(_) => ExitCode::SUCCESS,
            Err(message) => failed(&message),
        };
    }
    let Some(config) = arguments.config() else { return ExitCode::FAILURE };
    let filter = EnvFilter::try_from_default_env().unwrap_or_else(|_| EnvFilter::new("info"));
    tracing_subscriber::fmt()
        .with_env_filter(filter)
        .with_writer(std::io::stderr)
        .with_target(false)
        // A log on a full disk loses lines. Telling that on the same log would panic.
        .log_internal_errors(false)
        .init();
    let result = tokio::runtime::Runtime::new().map_err(|error| error.to_string()).and_then(|runtime| {
        let result = runtime.block_on(run(config));
        // A name service that does not answer holds its threads for long: the end does not wait for them.
        runtime.shutdown_timeout(LAST_WORK);
        result
    });
    match result {
        Ok(()) => ExitCode::SUCCESS,
        Err(message) => failed(&message),
    }
}

/// Says why the program ends, even if nobody is there to read it.
fn failed(message: &str) -> ExitCode {
    let _ = writeln!(std::io::stderr(), "embedded-console: {message}");
    ExitCode::FAILURE
}

/// Says something on the standard output. False: whoever read it has gone, as `head` does, and nobody wants more.
fn say(text: &str) -> Result<bool, String> {
    let mut output = std::io::stdout().lock();
    match output.write_all(text.as_bytes()).and_then(|()| output.flush()) {
        Ok(()) => Ok(true),
        Err(error) if error.kind() == std::io::ErrorKind::BrokenPipe => Ok(false),
        Err(error) => Err(format!("cannot write to the standard output: {error}")),
    }
}

/// The first paragraph of a message of several lines, without its first word.
fn one_line(message: &str) -> String {
    let paragraph = message.split("\n\n").next().unwrap_or_default();
    let words: Vec<&str> = paragraph.trim_start_matches("error:").split_whitespace().collect();
    words.join(" ")
}

async fn run(config: Config) -> Result<(), String> {
    // Before anything is started, so that no signal finds the program unprepared.
    let mut terminate = signal(SignalKind::terminate()).map_err(|error| error.to_string())?;
    // With a handler the write fails, as on a full disk, and is told; without one the program would just die.
    drop(signal(SignalKind::from_raw(FILE_TOO_LARGE)).map_err(|error| error.to_string())?);
    let mut running = embedded_console::start(config).await.map_err(|error| error.to_string())?;
    let ready = format!("listening on {}\nengines connect to {}\n", running.url(), running.engine_listener());
    if !say(&ready)? {
        running.shutdown().await;
        return Ok(());
    }
    tokio::select! {
        ended = running.ended() => return ended.map_err(|error| error.to_string()),
        interrupted = tokio::signal::ctrl_c() => interrupted.map_err(|error| error.to_string())?,
        _ = terminate.recv() => {}
    }
    running.shutdown().await;
    Ok(())
}
