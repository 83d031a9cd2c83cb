//! The back end of a test: a real console, real engines, and the proxy that the browser goes through.

use std::net::SocketAddr;
use std::path::{Path, PathBuf};
use std::time::Duration;

use console_api::{Client, Credentials, EngineDraft, EngineId, NativeTransport};
use tempfile::TempDir;
use tokio::process::Command;
use totp_rs::{Algorithm, Builder, Secret};

use crate::process::Process;
use crate::proxy::Proxy;
use crate::settings::settings;
use crate::wait::{PATIENCE, until};

/// How long a program may take to say that it is ready. A large seed is made before that.
const START: Duration = Duration::from_secs(60);

/// A console with its data in a folder of its own, its engines, and the proxy. Dropping it ends and removes all.
#[derive(Debug)]
pub struct Stack {
    // Before the folder, so that nothing writes any more when it is removed.
    console: Option<Process>,
    proxy: Proxy,
    address: SocketAddr,
    options: Vec<String>,
    dir: TempDir,
}

impl Stack {
    /// A console without any engine but its own.
    pub async fn start() -> Self {
        Self::with(&["--seed", "empty"]).await
    }

    /// A console with the demo's organisation and users. Its engines are never contacted: they may be those of a demo
    /// that somebody runs on this machine.
    pub async fn demo() -> Self {
        Self::with(&["--seed", "demo", "--engine-network", "192.0.2.0/24"]).await
    }

    /// A console with these options more.
    ///
    /// # Panics
    /// If it does not come up.
    pub async fn with(options: &[&str]) -> Self {
        let dir = TempDir::with_prefix("engine-console-e2e-")
            .unwrap_or_else(|error| panic!("no folder for the test's data: {error}"));
        let options: Vec<_> = options.iter().map(|&option| option.to_owned()).collect();
        let (console, address) = start_console(dir.path(), &options).await;
        let proxy = Proxy::start(address).await;
        Self { console: Some(console), proxy, address, options, dir }
    }

    /// The proxy, which makes answers fail and knows what was asked.
    #[must_use]
    pub fn proxy(&self) -> &Proxy {
        &self.proxy
    }

    /// Where the console itself listens, behind the proxy.
    #[must_use]
    pub fn console_address(&self) -> SocketAddr {
        self.address
    }

    /// The address of a path of the app, as the browser opens it.
    #[must_use]
    pub fn url(&self, path: &str) -> String {
        format!("http://{}{path}", self.proxy.address())
    }

    /// The password of the user `admin`.
    ///
    /// # Panics
    /// If the console has not written it.
    #[must_use]
    pub fn password(&self) -> String {
        read(&password_file(self.dir.path())).trim().to_owned()
    }

    /// One of the demo's other users.
    ///
    /// # Panics
    /// If the demo has none of that name.
    #[must_use]
    pub fn demo_user(&self, name: &str) -> DemoUser {
        let file = read(&self.dir.path().join("console/demo-users"));
        let user = file.lines().find_map(|line| {
            let mut parts = line.split('\t');
            let (known, password, secret) = (parts.next()?, parts.next()?, parts.next()?);
            (known == name).then(|| DemoUser {
                name: known.to_owned(),
                password: password.to_owned(),
                secret: (!secret.is_empty()).then(|| secret.to_owned()),
            })
        });
        user.unwrap_or_else(|| panic!("the demo has no user {name}:\n{file}"))
    }

    /// Stops the console at once, as a crash does.
    ///
    /// # Panics
    /// If it was stopped already.
    pub async fn stop_console(&mut self) {
        match self.console.take() {
            Some(mut console) => console.kill().await,
            None => panic!("the console is stopped already"),
        }
    }

    /// Starts the console again, with the same data.
    ///
    /// # Panics
    /// If it does not come up.
    pub async fn start_console(&mut self) {
        let (console, address) = start_console(self.dir.path(), &self.options).await;
        self.console = Some(console);
        self.address = address;
        self.proxy.lead_to(address);
    }

    /// Stops the console and starts it again with other options.
    ///
    /// # Panics
    /// If it does not come up.
    pub async fn restart_console_with(&mut self, options: &[&str]) {
        self.stop_console().await;
        self.options = options.iter().map(|&option| option.to_owned()).collect();
        self.start_console().await;
    }

    /// Stops the console, gives the user `admin` another password, and starts it again.
    ///
    /// # Panics
    /// If the file can't be written or the console does not come up.
    pub async fn change_password(&mut self, password: &str) {
        self.stop_console().await;
        let file = password_file(self.dir.path());
        if let Err(error) = std::fs::write(&file, format!("{password}\n")) {
            panic!("{} can't be written: {error}", file.display());
        }
        self.start_console().await;
    }

    /// The console's API, as the user `admin`.
    ///
    /// # Panics
    /// If the password can't be a header.
    #[must_use]
    pub fn api(&self) -> Client<NativeTransport> {
        let transport = NativeTransport::new(&format!("http://{}/", self.address))
            .unwrap_or_else(|error| panic!("no client for the console: {error}"));
        let credentials = Credentials::new("admin", &self.password(), None)
            .unwrap_or_else(|error| panic!("the password can't be sent: {error}"));
        Client::new(transport, credentials)
    }

    /// Starts an engine and adds it to the console under the same name.
    ///
    /// # Panics
    /// If the engine does not come up or the console refuses it.
    pub async fn engine(&self, name: &str) -> Engine {
        self.engine_with(name, &[]).await
    }

    /// Starts an engine with these options more and adds it to the console under the same name.
    ///
    /// # Panics
    /// If the engine does not come up or the console refuses it.
    pub async fn engine_with(&self, name: &str, options: &[&str]) -> Engine {
        let engine = Engine::start(self.dir.path(), name, options).await;
        let id = self.add(name, &engine.address.ip().to_string(), engine.address.port()).await;
        Engine { id, ..engine }
    }

    /// Adds an engine to the console that nothing is known of but its address.
    ///
    /// # Panics
    /// If the console refuses it.
    pub async fn add(&self, name: &str, address: &str, port: u16) -> EngineId {
        let draft = EngineDraft { name: name.to_owned(), address: address.to_owned(), port };
        match self.api().create_engine(&draft).await {
            Ok(created) => created.id,
            Err(error) => panic!("the console does not take the engine {name}: {error}"),
        }
    }
}

/// A user of the demo.
#[derive(Clone, Debug)]
pub struct DemoUser {
    /// The user name.
    pub name: String,
    /// The password.
    pub password: String,
    secret: Option<String>,
}

impl DemoUser {
    /// The two-factor token that an authenticator shows now.
    ///
    /// # Panics
    /// If the user needs none.
    #[must_use]
    pub fn token(&self) -> String {
        let secret = self.secret.as_deref().and_then(|secret| Secret::try_from_base32(secret).ok());
        let Some(secret) = secret else { panic!("{} has no secret for tokens", self.name) };
        let totp = Builder::new().with_algorithm(Algorithm::SHA1).with_digits(6).with_step_duration(30);
        let totp = totp.with_secret(secret).build();
        let totp = totp.unwrap_or_else(|error| panic!("{}'s secret makes no tokens: {error}", self.name));
        totp.generate_current().to_string()
    }
}

fn password_file(dir: &Path) -> PathBuf {
    dir.join("admin-password")
}

fn read(path: &Path) -> String {
    std::fs::read_to_string(path).unwrap_or_else(|error| panic!("{} can't be read: {error}", path.display()))
}

async fn start_console(dir: &Path, options: &[String]) -> (Process, SocketAddr) {
    let mut command = Command::new(settings().bin_dir.join("embedded-console"));
    command.args(["--listen", "127.0.0.1:0", "--engine-listener", "127.0.0.1:0"]);
    command.arg("--data-dir").arg(dir.join("console"));
    command.arg("--app-dir").arg(&settings().dist);
    command.arg("--admin-password-file").arg(password_file(dir));
    command.args(options);
    let mut console = Process::start("embedded-console", &mut command);
    let url = console.word_after("listening on http://", START).await;
    let address = url.trim_end_matches('/').parse();
    (
        console,
        address.unwrap_or_else(|error| panic!("the console listens on {url}, which is no address: {error}")),
    )
}

/// A running scan engine. Dropping it kills it.
#[derive(Debug)]
pub struct Engine {
    process: Process,
    dir: PathBuf,
    name: String,
    options: Vec<String>,
    address: SocketAddr,
    id: EngineId,
}

impl Engine {
    async fn start(dir: &Path, name: &str, options: &[&str]) -> Self {
        let dir = tempfile::Builder::new()
            .prefix("engine-")
            .disable_cleanup(true)
            .tempdir_in(dir)
            .unwrap_or_else(|error| panic!("no folder for the engine {name}: {error}"))
            .keep();
        let options: Vec<_> = options.iter().map(|&option| option.to_owned()).collect();
        let (process, address) = start_engine(&dir, name, &options, "127.0.0.1:0").await;
        Self { process, dir, name: name.to_owned(), options, address, id: EngineId(0) }
    }

    /// Its id at the console.
    #[must_use]
    pub fn id(&self) -> EngineId {
        self.id
    }

    /// Where it listens.
    #[must_use]
    pub fn address(&self) -> SocketAddr {
        self.address
    }

    /// Its `consoles.xml` (console-facts §6), empty before a console's first contact.
    #[must_use]
    pub fn consoles_xml(&self) -> String {
        std::fs::read_to_string(self.dir.join("nse/conf/consoles.xml")).unwrap_or_default()
    }

    /// Pairs it, as its administrator does: waits for the console's entry and enables it on the command line.
    ///
    /// # Panics
    /// If the entry does not come, or is not enabled afterwards.
    pub async fn enable_console(&mut self) {
        self.wait_for_entry("enabled=\"0\"").await;
        self.process.type_line("enable console 1").await;
        self.wait_for_entry("enabled=\"1\"").await;
    }

    async fn wait_for_entry(&self, words: &str) {
        let found = until(PATIENCE, async || {
            let file = self.consoles_xml();
            if file.contains(words) { Ok(()) } else { Err(file) }
        })
        .await;
        if let Err(file) = found {
            panic!("{}: consoles.xml has no entry with {words}:\n{file}", self.name);
        }
    }

    /// Ends it at once, as a crash does.
    pub async fn kill(&mut self) {
        self.process.kill().await;
    }

    /// Starts it again at the same address, with what it had stored.
    pub async fn start_again(&mut self) {
        let (process, _) =
            start_engine(&self.dir, &self.name, &self.options, &self.address.to_string()).await;
        self.process = process;
    }
}

async fn start_engine(dir: &Path, name: &str, options: &[String], listen: &str) -> (Process, SocketAddr) {
    let mut command = Command::new(settings().bin_dir.join("scan-engine"));
    command.args(["--listen", listen, "--name", name]).arg("--dir").arg(dir).args(options);
    let mut process = Process::start(format!("scan-engine {name}"), &mut command);
    let address = process.word_after("listening on ", START).await;
    let parsed = address.parse();
    (
        process,
        parsed.unwrap_or_else(|error| panic!("{name} listens on {address}, which is no address: {error}")),
    )
}
