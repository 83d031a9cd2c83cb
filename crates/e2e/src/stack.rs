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
    /// What the test itself asks of the console goes through a proxy of its own: it is held against the document too, and
    /// is not among what the browser asked.
    own: Proxy,
    address: SocketAddr,
    engine_listener: SocketAddr,
    app_dir: PathBuf,
    options: Vec<String>,
    dir: TempDir,
}

impl Stack {
    /// A console without any engine but its own.
    pub async fn start() -> Self {
        Self::with(&["--seed", "empty"]).await
    }

    /// A console without any engine but its own, that answers as one of another age does (`current`, `6.6.55` or `2018`), or
    /// in nearly every way that people met (`awkward`).
    pub async fn speaking(dialect: &str) -> Self {
        Self::with(&["--seed", "empty", "--dialect", dialect]).await
    }

    /// A console with the demo's organisation and users. Its engines are never contacted: they may be those of a demo
    /// that someone runs on this machine.
    pub async fn demo() -> Self {
        Self::with(&["--seed", "demo", "--engine-network", "192.0.2.0/24"]).await
    }

    /// A console with these options more.
    ///
    /// # Panics
    /// If it does not come up.
    pub async fn with(options: &[&str]) -> Self {
        Self::serving(&settings().dist, options).await
    }

    /// A console with these options more, that serves another folder than the app's.
    ///
    /// # Panics
    /// If it does not come up.
    pub async fn serving(app_dir: &Path, options: &[&str]) -> Self {
        let dir = TempDir::with_prefix("engine-console-e2e-")
            .unwrap_or_else(|error| panic!("no folder for the test's data: {error}"));
        let options: Vec<_> = options.iter().map(|&option| option.to_owned()).collect();
        let any_port = SocketAddr::from(([127, 0, 0, 1], 0));
        let (console, address, engine_listener) =
            start_console(dir.path(), app_dir, &options, any_port).await;
        let (proxy, own) = if is_odd(&options) {
            (Proxy::before_odd(address).await, Proxy::before_odd(address).await)
        } else {
            (Proxy::start(address).await, Proxy::start(address).await)
        };
        let app_dir = app_dir.to_path_buf();
        Self { console: Some(console), proxy, own, address, engine_listener, app_dir, options, dir }
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

    /// Where the console listens for engines that dial it. It stays the same when the console is started again.
    #[must_use]
    pub fn engine_listener(&self) -> SocketAddr {
        self.engine_listener
    }

    /// Everything that the running console has printed so far: its log.
    #[must_use]
    pub fn console_said(&self) -> Vec<String> {
        self.console.as_ref().map(Process::lines).unwrap_or_default()
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
        // Engines that dial it have written this address down.
        let (console, address, _) =
            start_console(self.dir.path(), &self.app_dir, &self.options, self.engine_listener).await;
        self.console = Some(console);
        self.address = address;
        self.proxy.lead_to(address);
        self.own.lead_to(address);
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
        let transport = NativeTransport::new(&format!("http://{}/", self.own.address()))
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
        let engine = self.unknown_engine_with(name, options).await;
        let id = self.add(name, &engine.address.ip().to_string(), engine.address.port()).await;
        Engine { id: Some(id), ..engine }
    }

    /// Starts an engine that the console does not know: installed and running, and no more.
    ///
    /// # Panics
    /// If the engine does not come up.
    pub async fn unknown_engine(&self, name: &str) -> Engine {
        self.unknown_engine_with(name, &[]).await
    }

    /// Starts an engine with these options more that the console does not know.
    ///
    /// # Panics
    /// If the engine does not come up.
    pub async fn unknown_engine_with(&self, name: &str, options: &[&str]) -> Engine {
        Engine::start(self.dir.path(), name, options).await
    }

    /// The id of the engine of that name, as the console has it.
    ///
    /// # Panics
    /// If the console has none, or does not answer.
    pub async fn id_of(&self, name: &str) -> EngineId {
        match self.api().engines().await {
            Ok(list) => match list.items.iter().find(|engine| engine.name == name) {
                Some(engine) => engine.id,
                None => panic!("the console has no engine {name}"),
            },
            Err(error) => panic!("the console does not list its engines: {error}"),
        }
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

/// Whether a console with these options answers otherwise than its document says.
fn is_odd(options: &[String]) -> bool {
    const ODD: [&str; 7] = [
        "awkward",
        "odd-rows",
        "one-row-and-none",
        "links-alone",
        "foreign-objects",
        "plain-errors",
        "html-errors",
    ];
    options.iter().any(|option| ODD.contains(&option.as_str()))
}

fn password_file(dir: &Path) -> PathBuf {
    dir.join("admin-password")
}

fn read(path: &Path) -> String {
    std::fs::read_to_string(path).unwrap_or_else(|error| panic!("{} can't be read: {error}", path.display()))
}

/// The console, where it listens for browsers, and where for engines.
async fn start_console(
    dir: &Path,
    app_dir: &Path,
    options: &[String],
    engine_listener: SocketAddr,
) -> (Process, SocketAddr, SocketAddr) {
    let mut command = Command::new(settings().bin_dir.join("embedded-console"));
    command.args(["--listen", "127.0.0.1:0", "--engine-listener", &engine_listener.to_string()]);
    command.arg("--data-dir").arg(dir.join("console"));
    command.arg("--app-dir").arg(app_dir);
    command.arg("--admin-password-file").arg(password_file(dir));
    command.args(options);
    let mut console = Process::start("embedded-console", &mut command);
    let url = console.word_after("listening on http://", START).await;
    let address = parse_address("the console", url.trim_end_matches('/'));
    let engines = console.word_after("engines connect to ", START).await;
    let engine_listener = parse_address("the console", &engines);
    (console, address, engine_listener)
}

fn parse_address(who: &str, said: &str) -> SocketAddr {
    said.parse().unwrap_or_else(|error| panic!("{who} listens on {said}, which is no address: {error}"))
}

/// A running scan engine. Dropping it kills it.
#[derive(Debug)]
pub struct Engine {
    process: Process,
    dir: PathBuf,
    name: String,
    options: Vec<String>,
    address: SocketAddr,
    id: Option<EngineId>,
    asked: u32,
}

/// The file of the engine that names its consoles (docs/api-quirks.md, "Engine side").
const CONSOLES_XML: &str = "nse/conf/consoles.xml";

/// A line of `show consoles`.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ShownConsole {
    /// `ID`.
    pub id: u32,
    /// `IP`.
    pub address: String,
    /// `enabled`.
    pub enabled: bool,
    /// `connectTo`: whether the engine dials the console.
    pub connect_to: bool,
    /// `port`: where the console listens for the engine.
    pub port: u16,
    /// The fingerprint of the console's certificate; `none` before the first contact.
    pub fingerprint: String,
}

impl ShownConsole {
    fn read(line: &str) -> Option<Self> {
        let value = |key: &str| {
            let key = format!("{key}=");
            line.split_whitespace().find_map(|word| word.strip_prefix(&key))
        };
        Some(Self {
            id: value("ID")?.parse().ok()?,
            address: value("IP")?.to_owned(),
            enabled: value("enabled")? == "1",
            connect_to: value("connectTo")? == "1",
            port: value("port")?.parse().ok()?,
            fingerprint: value("fingerprint")?.to_owned(),
        })
    }
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
        Self { process, dir, name: name.to_owned(), options, address, id: None, asked: 0 }
    }

    /// Its id at the console.
    ///
    /// # Panics
    /// If the harness has not added it; see [`Stack::id_of`].
    #[must_use]
    pub fn id(&self) -> EngineId {
        match self.id {
            Some(id) => id,
            None => panic!("the harness has not added {} to the console", self.name),
        }
    }

    /// Its name.
    #[must_use]
    pub fn name(&self) -> &str {
        &self.name
    }

    /// Where it listens.
    #[must_use]
    pub fn address(&self) -> SocketAddr {
        self.address
    }

    /// Its `consoles.xml` (docs/api-quirks.md, "Engine side"), empty before a console's first contact.
    #[must_use]
    pub fn consoles_xml(&self) -> String {
        std::fs::read_to_string(self.dir.join(CONSOLES_XML)).unwrap_or_default()
    }

    /// Edits its `consoles.xml` by hand, or puts it there: the engine takes no notice before it is started again.
    ///
    /// # Panics
    /// If nothing in it changes, or if it can't be written.
    pub fn edit_consoles_xml(&self, edit: impl FnOnce(&str) -> String) {
        let path = self.dir.join(CONSOLES_XML);
        let before = self.consoles_xml();
        let after = edit(&before);
        assert_ne!(before, after, "the edit changes nothing in:\n{before}");
        let folder = path.parent().map_or(Ok(()), std::fs::create_dir_all);
        if let Err(error) = folder.and_then(|()| std::fs::write(&path, after)) {
            panic!("{} can't be written: {error}", path.display());
        }
    }

    /// Everything it has printed since it was started: answers and log.
    #[must_use]
    pub fn said(&self) -> Vec<String> {
        self.process.lines()
    }

    /// Types a line on its command line.
    pub async fn type_line(&mut self, line: &str) {
        self.process.type_line(line).await;
    }

    /// Types a line on its command line and gives the whole answer, without the log.
    ///
    /// # Panics
    /// If no answer comes.
    pub async fn answer(&mut self, line: &str) -> String {
        self.answer_to(&[line]).await
    }

    /// Types lines, of which each may be an answer to what the one before has asked, and gives all that was answered.
    async fn answer_to(&mut self, lines: &[&str]) -> String {
        // The engine answers line by line: what it says to a line that is no command ends the answer before.
        self.asked += 1;
        let end = format!("end-of-answer-{}", self.asked);
        let before = self.process.output().len();
        for line in lines.iter().copied().chain([end.as_str()]) {
            self.process.type_line(line).await;
        }
        let answer = until(PATIENCE, async || {
            let said = self.process.output().split_off(before);
            match said.iter().position(|line| line.contains(&end)) {
                Some(at) => Ok(said[..at].join("\n")),
                None => Err(said.join("\n")),
            }
        });
        match answer.await {
            Ok(answer) => answer,
            Err(said) => panic!("{} does not answer “{}”; it said:\n{said}", self.name, lines[0]),
        }
    }

    /// `show consoles`.
    ///
    /// # Panics
    /// If a line of the answer can't be read.
    pub async fn show_consoles(&mut self) -> Vec<ShownConsole> {
        let answer = self.answer("show consoles").await;
        let lines = answer.lines().filter(|line| line.starts_with("ID="));
        let read = |line: &str| {
            ShownConsole::read(line)
                .unwrap_or_else(|| panic!("{}: no line of show consoles: {line}", self.name))
        };
        lines.map(read).collect()
    }

    /// The one console that it knows.
    ///
    /// # Panics
    /// If it knows none, or more.
    pub async fn show_console(&mut self) -> ShownConsole {
        let mut consoles = self.show_consoles().await;
        match (consoles.pop(), consoles.is_empty()) {
            (Some(console), true) => console,
            (last, _) => panic!("{} does not know exactly one console: {consoles:?} {last:?}", self.name),
        }
    }

    /// The fingerprint of its own certificate, as `show consoles` tells it.
    ///
    /// # Panics
    /// If it does not.
    pub async fn fingerprint(&mut self) -> String {
        let answer = self.answer("show consoles").await;
        let found = answer.lines().find_map(|line| line.strip_prefix("This engine's fingerprint: "));
        found.map_or_else(
            || panic!("{} does not tell its fingerprint:\n{answer}", self.name),
            |fingerprint| fingerprint.trim().to_owned(),
        )
    }

    /// `add shared secret <ID>`, and the secret where the engine asks for it. What the engine says to it.
    pub async fn add_shared_secret(&mut self, id: u32, secret: &str) -> String {
        self.answer_to(&[&format!("add shared secret {id}"), secret]).await
    }

    /// Pairs it from its side, as the document has it: adds the console, sets it to dial it, gives the secret, and
    /// enables the console. What the engine said to the secret.
    ///
    /// # Panics
    /// If the console is not there after it was added.
    pub async fn pair_with(&mut self, stack: &Stack, secret: &str) -> String {
        self.answer(&format!("add console {}", stack.engine_listener())).await;
        let id = self.show_console().await.id;
        self.answer(&format!("connect to console {id}")).await;
        let verdict = self.add_shared_secret(id, secret).await;
        self.answer(&format!("enable console {id}")).await;
        verdict
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

    /// Restarts the service.
    pub async fn restart(&mut self) {
        self.kill().await;
        self.start_again().await;
    }

    /// Installs it again on the same host: it has a new key, knows no console, and listens at the same address.
    ///
    /// # Panics
    /// If its old files can't be removed.
    pub async fn rebuild(&mut self) {
        self.kill().await;
        let removed = std::fs::remove_dir_all(self.dir.join("keys"))
            .and_then(|()| std::fs::remove_file(self.dir.join(CONSOLES_XML)));
        if let Err(error) = removed {
            panic!("{} can't be rebuilt: {error}", self.name);
        }
        self.start_again().await;
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
    (process, parse_address(name, &address))
}
