//! A console inside the test, and ways to talk to it.

use std::fmt::Display;
use std::fs;
use std::path::Path;

use console_api::{Client, Credentials, NativeTransport};
use embedded_console::{Config, Running};
use http::{HeaderMap, Method, StatusCode};
use reqwest::redirect::Policy;
use serde_json::Value;
use tempfile::TempDir;

/// A running console in a directory of its own. It ends with the test.
pub(crate) struct Lab {
    pub(crate) running: Running,
    pub(crate) directory: TempDir,
    password: String,
    http: reqwest::Client,
}

/// What came back.
#[derive(Debug)]
pub(crate) struct Answer {
    pub(crate) status: StatusCode,
    pub(crate) headers: HeaderMap,
    pub(crate) text: String,
}

impl Answer {
    pub(crate) fn json(&self) -> Value {
        serde_json::from_str(&self.text).unwrap_or_else(|error| panic!("{error}: {self:?}"))
    }

    /// The new thing's id.
    pub(crate) fn id(&self) -> u64 {
        self.json()["id"].as_u64().unwrap_or_else(|| panic!("no id: {self:?}"))
    }

    pub(crate) fn header(&self, name: &str) -> Option<&str> {
        self.headers.get(name).map(|value| value.to_str().unwrap())
    }

    /// The words of an error, after a look at its form.
    pub(crate) fn error(&self, status: u16) -> String {
        assert_eq!(self.status, status, "{self:?}");
        let body = self.json();
        assert_eq!(body["status"], status, "live consoles send a number");
        assert_eq!(body["links"][0]["rel"], "self");
        body["message"].as_str().unwrap().to_owned()
    }
}

/// A client as a script would have one: no redirects followed.
pub(crate) fn http() -> reqwest::Client {
    // An error means that another test has done it.
    let _ = rustls::crypto::ring::default_provider().install_default();
    reqwest::Client::builder().redirect(Policy::none()).build().unwrap()
}

impl Lab {
    /// A console with nothing but what every console has.
    pub(crate) async fn start() -> Self {
        Self::with(|_| {}).await
    }

    /// A console with other settings.
    pub(crate) async fn with(change: impl FnOnce(&mut Config)) -> Self {
        let directory = tempfile::tempdir().unwrap();
        let mut config = Config::new(directory.path().join("data"));
        change(&mut config);
        Self::run(config, directory).await
    }

    async fn run(config: Config, directory: TempDir) -> Self {
        let running = embedded_console::start(config).await.unwrap();
        let password = first_line(running.admin_password_file());
        Self { running, directory, password, http: http() }
    }

    /// The same console after a stop and a start.
    pub(crate) async fn restart(self, change: impl FnOnce(&mut Config)) -> Self {
        self.running.shutdown().await;
        let mut config = Config::new(self.directory.path().join("data"));
        change(&mut config);
        Self::run(config, self.directory).await
    }

    /// The app's client, signed in as the administrator.
    pub(crate) fn client(&self) -> Client<NativeTransport> {
        self.client_of("admin", &self.password, None)
    }

    /// The app's client with these credentials.
    pub(crate) fn client_of(
        &self,
        user: &str,
        password: &str,
        token: Option<&str>,
    ) -> Client<NativeTransport> {
        let transport = NativeTransport::new(&self.running.url()).unwrap();
        Client::new(transport, Credentials::new(user, password, token).unwrap())
    }

    pub(crate) fn password(&self) -> &str {
        &self.password
    }

    /// Password and two-factor secret of one of the demo's other users.
    pub(crate) fn demo_user(&self, name: &str) -> (String, Option<String>) {
        let text = fs::read_to_string(self.directory.path().join("data/demo-users")).unwrap();
        let fields: Vec<&str> =
            text.lines().find(|line| line.starts_with(name)).unwrap().split('\t').collect();
        (fields[1].to_owned(), Some(fields[2].to_owned()).filter(|secret| !secret.is_empty()))
    }

    pub(crate) fn url(&self, path: &str) -> String {
        format!("{}{}", self.running.url(), path.trim_start_matches('/'))
    }

    /// A request without credentials.
    pub(crate) fn stranger(&self, method: Method, path: &str) -> reqwest::RequestBuilder {
        self.http.request(method, self.url(path))
    }

    /// A request of the administrator's.
    pub(crate) fn request(&self, method: Method, path: &str) -> reqwest::RequestBuilder {
        self.stranger(method, path).basic_auth("admin", Some(&self.password))
    }

    pub(crate) async fn get(&self, path: &str) -> Answer {
        send(self.request(Method::GET, path)).await
    }

    pub(crate) async fn delete(&self, path: &str) -> Answer {
        send(self.request(Method::DELETE, path)).await
    }

    pub(crate) async fn post(&self, path: &str, body: &Value) -> Answer {
        self.with_body(Method::POST, path, body).await
    }

    pub(crate) async fn put(&self, path: &str, body: &Value) -> Answer {
        self.with_body(Method::PUT, path, body).await
    }

    async fn with_body(&self, method: Method, path: &str, body: &Value) -> Answer {
        let request = self.request(method, path).header("content-type", "application/json");
        send(request.body(body.to_string())).await
    }

    /// What a console command prints.
    pub(crate) async fn command(&self, command: &str) -> String {
        let request = self.request(Method::POST, "/api/3/administration/commands");
        let answer = send(request.header("content-type", "application/json").body(command.to_owned())).await;
        assert_eq!(answer.status, StatusCode::OK, "{answer:?}");
        answer.json()["output"].as_str().unwrap().to_owned()
    }

    /// Turns the direction of an engine around, as the app does. Whether the console says that it is done.
    pub(crate) async fn reverse(&self, engine: impl Display) -> bool {
        let request = self.request(Method::PUT, &format!("/api/2.1/engine/{engine}/reverseConnection"));
        let answer = send(request.header("nexposeCCSessionID", "0".repeat(40))).await;
        assert_eq!(answer.status, StatusCode::OK, "{answer:?}");
        answer.json().as_bool().unwrap_or_else(|| panic!("neither true nor false: {answer:?}"))
    }

    /// Adds an engine in a documentation network: it is never contacted. Returns its id.
    pub(crate) async fn engine(&self, name: &str, host: u8) -> u64 {
        let body = serde_json::json!({"name": name, "address": format!("192.0.2.{host}"), "port": 40814});
        let answer = self.post("/api/3/scan_engines", &body).await;
        assert_eq!(answer.status, StatusCode::CREATED, "{answer:?}");
        answer.id()
    }

    /// Adds a pool. Returns its id.
    pub(crate) async fn pool(&self, name: &str, engines: &[u64]) -> u64 {
        let body = serde_json::json!({"name": name, "engines": engines});
        let answer = self.post("/api/3/scan_engine_pools", &body).await;
        assert_eq!(answer.status, StatusCode::OK, "{answer:?}");
        answer.id()
    }

    /// Adds a site that uses an engine or a pool. Returns its id.
    pub(crate) async fn site(&self, name: &str, scanner: u64) -> u64 {
        let answer = self.post("/api/3/sites", &serde_json::json!({"name": name, "engineId": scanner})).await;
        assert_eq!(answer.status, StatusCode::CREATED, "{answer:?}");
        answer.id()
    }
}

pub(crate) fn first_line(path: &Path) -> String {
    fs::read_to_string(path).unwrap().lines().next().unwrap().to_owned()
}

pub(crate) async fn send(request: reqwest::RequestBuilder) -> Answer {
    let response = request.send().await.unwrap();
    let (status, headers) = (response.status(), response.headers().clone());
    Answer { status, headers, text: response.text().await.unwrap() }
}
