//! A console in memory. It answers as console-facts.md tells, and each answer can be replaced or held back.

use std::{
    cell::{Cell, RefCell},
    collections::HashMap,
    rc::Rc,
};

use console_api::{Method, Request, Response, TransportError};
use engine_console::data::transport::AppTransport;
use futures::{
    FutureExt,
    channel::oneshot,
    future::{Shared, pending},
};

/// What the console does with a call instead of its usual answer.
#[derive(Clone)]
pub(crate) enum Fault {
    /// Nobody is there.
    Unreachable,
    /// The answer breaks off on the way.
    CutOff,
    /// Another status and body.
    Answer(u16, &'static str, String),
    /// No answer at all.
    Silence,
}

/// An engine as the console's JSON has it.
#[derive(Clone)]
pub(crate) struct Engine {
    pub(crate) id: u64,
    pub(crate) name: String,
    pub(crate) address: String,
    pub(crate) status: &'static str,
    /// What it tells more, as JSON that begins with a comma.
    pub(crate) more: &'static str,
}

/// The shared secret of the console in memory.
pub(crate) const SECRET: &str = "99DB-B9F0-CD8B-5997-06BF-607B-BA21-0A81";

/// The console. Copies are the same one.
#[derive(Clone)]
pub(crate) struct Console {
    state: Rc<State>,
}

struct State {
    engines: RefCell<Vec<Engine>>,
    after_asking: RefCell<Vec<Engine>>,
    password: RefCell<String>,
    faults: RefCell<HashMap<&'static str, Fault>>,
    held: RefCell<HashMap<&'static str, Shared<oneshot::Receiver<()>>>>,
    calls: RefCell<Vec<String>>,
    bodies: RefCell<Vec<String>>,
    may_command: Cell<bool>,
    /// Seconds that the shared secret is still valid, if there is one.
    secret: Cell<Option<u64>>,
    printed: RefCell<String>,
    /// The scans that are under way, as JSON.
    scans: RefCell<&'static str>,
}

impl Console {
    /// A console with these engines, the users `admin` and `colleague`, password `right`.
    pub(crate) fn with(engines: &[(u64, &str, &str, &'static str)]) -> Self {
        let engines = engines
            .iter()
            .map(|(id, name, address, status)| Engine {
                id: *id,
                name: (*name).to_owned(),
                address: (*address).to_owned(),
                status,
                more: "",
            })
            .collect::<Vec<_>>();
        Self {
            state: Rc::new(State {
                after_asking: RefCell::new(engines.clone()),
                engines: RefCell::new(engines),
                password: RefCell::new("right".to_owned()),
                faults: RefCell::default(),
                held: RefCell::default(),
                calls: RefCell::default(),
                bodies: RefCell::default(),
                may_command: Cell::new(true),
                secret: Cell::new(None),
                printed: RefCell::new("Remote Engine Name: x\n".to_owned()),
                scans: RefCell::new(""),
            }),
        }
    }

    /// A console with many engines.
    pub(crate) fn with_many(count: u64) -> Self {
        let console = Self::with(&[]);
        let engines = (1..=count)
            .map(|id| Engine {
                id,
                name: format!("engine-{id:05}"),
                address: format!("10.0.{}.{}", id / 250, id % 250),
                status: if id % 10 == 0 { "not-responding" } else { "active" },
                more: "",
            })
            .collect::<Vec<_>>();
        *console.state.engines.borrow_mut() = engines.clone();
        *console.state.after_asking.borrow_mut() = engines;
        console
    }

    /// What the engine's status turns out to be when the engines are asked.
    pub(crate) fn really(&self, id: u64, status: &'static str) {
        for engine in self.state.after_asking.borrow_mut().iter_mut().filter(|engine| engine.id == id) {
            engine.status = status;
        }
    }

    /// The engine tells this more: JSON that begins with a comma.
    pub(crate) fn tells(&self, id: u64, more: &'static str) {
        self.change(id, |engine| engine.more = more);
    }

    /// Somebody else changes the engine.
    pub(crate) fn change(&self, id: u64, change: impl Fn(&mut Engine)) {
        for engines in [&self.state.engines, &self.state.after_asking] {
            engines.borrow_mut().iter_mut().filter(|engine| engine.id == id).for_each(&change);
        }
    }

    /// Somebody else deletes the engine.
    pub(crate) fn remove(&self, id: u64) {
        for engines in [&self.state.engines, &self.state.after_asking] {
            engines.borrow_mut().retain(|engine| engine.id != id);
        }
    }

    /// The shared secret is valid for so many seconds, or there is none.
    pub(crate) fn secret_for(&self, seconds: Option<u64>) {
        self.state.secret.set(seconds);
    }

    /// These scans are under way: JSON objects.
    pub(crate) fn scans(&self, scans: &'static str) {
        *self.state.scans.borrow_mut() = scans;
    }

    /// What commands print.
    pub(crate) fn prints(&self, text: &str) {
        *self.state.printed.borrow_mut() = text.to_owned();
    }

    /// The bodies that were sent, in order.
    pub(crate) fn bodies(&self) -> Vec<String> {
        self.state.bodies.borrow().clone()
    }

    /// From now on only this password is right for `admin`.
    pub(crate) fn set_password(&self, password: &str) {
        *self.state.password.borrow_mut() = password.to_owned();
    }

    /// From now on the account may not send commands.
    pub(crate) fn forbid_commands(&self) {
        self.state.may_command.set(false);
    }

    /// Calls whose path ends so go wrong from now on.
    pub(crate) fn fault(&self, path_end: &'static str, fault: Fault) {
        self.state.faults.borrow_mut().insert(path_end, fault);
    }

    /// All goes well again.
    pub(crate) fn heal(&self) {
        self.state.faults.borrow_mut().clear();
    }

    /// Holds answers to calls whose path ends so, until the sender is used or dropped.
    pub(crate) fn hold(&self, path_end: &'static str) -> oneshot::Sender<()> {
        let (sender, receiver) = oneshot::channel();
        self.state.held.borrow_mut().insert(path_end, receiver.shared());
        sender
    }

    /// How often a path was called.
    pub(crate) fn calls(&self, path_end: &str) -> usize {
        self.state.calls.borrow().iter().filter(|path| path.ends_with(path_end)).count()
    }

    pub(crate) fn transport(&self) -> AppTransport {
        let console = self.clone();
        AppTransport::from_fn(move |request| {
            let console = console.clone();
            Box::pin(async move { console.answer(request).await })
        })
    }

    async fn answer(&self, request: Request) -> Result<Response, TransportError> {
        let path = request.path_and_query.clone();
        self.state.calls.borrow_mut().push(path.clone());
        if let Some(body) = &request.body {
            self.state.bodies.borrow_mut().push(String::from_utf8_lossy(body).into_owned());
        }
        let held = self
            .state
            .held
            .borrow()
            .iter()
            .find(|(end, _)| is_meant(end, &path))
            .map(|(_, wait)| wait.clone());
        if let Some(held) = held {
            // Dropped or used: either way it goes on.
            _ = held.await;
        }
        let fault = self
            .state
            .faults
            .borrow()
            .iter()
            .find(|(end, _)| is_meant(end, &path))
            .map(|(_, fault)| fault.clone());
        match fault {
            Some(Fault::Unreachable) => return Err(TransportError::Network("connection refused".to_owned())),
            Some(Fault::CutOff) => return Err(TransportError::CutOff { received: 100 }),
            Some(Fault::Answer(status, kind, body)) => return Ok(response(status, kind, body)),
            Some(Fault::Silence) => return pending().await,
            None => {}
        }
        Ok(self.usual_answer(&request))
    }

    fn usual_answer(&self, request: &Request) -> Response {
        let path = request.path_and_query.as_str();
        if path.is_empty() {
            return response(200, "text/html", "<!doctype html><title>Security Console</title>".to_owned());
        }
        if !self.is_signed_in(request) {
            return error(401, "The request requires valid authentication.");
        }
        match (request.method, path) {
            (Method::Put, "api/2.1/engine/1/reverseConnection") => {
                self.tells(1, r#","connectionDirection":"engine-to-console""#);
                json(r#"{"message":"The direction is turned around."}"#.to_owned())
            }
            (Method::Get, "api/3") | (Method::Put, _) => json(r#"{"links":[]}"#.to_owned()),
            (Method::Get, "api/3/administration/info") => {
                json(
                    r#"{"fqdn":"console.example.org","ip":"10.9.8.7","version":{"semantic":"6.6.200","platform":"Linux64"}}"#
                        .to_owned(),
                )
            }
            (Method::Get, "api/3/scan_engines") => {
                let engines = self.state.engines.borrow();
                let engines = engines.iter().map(engine_json).collect::<Vec<_>>().join(",");
                json(format!(r#"{{"resources":[{engines}]}}"#))
            }
            (Method::Get, "api/3/scan_engine_pools") => {
                json(r#"{"resources":[{"id":900,"name":"Europe","engines":[1,2],"sites":[7,8]}]}"#.to_owned())
            }
            (Method::Post, "api/3/administration/commands") if self.state.may_command.get() => {
                *self.state.engines.borrow_mut() = self.state.after_asking.borrow().clone();
                let printed = String::from(js_sys::JSON::stringify(&self.state.printed.borrow().as_str().into()).unwrap());
                json(format!(r#"{{"output":{printed}}}"#))
            }
            (Method::Post, "api/3/administration/commands") => {
                error(401, "The user does not have permission.")
            }
            (_, "api/3/scan_engines/shared_secret") => self.secret(request.method),
            (Method::Get, "api/3/scan_engines/shared_secret/time_to_live") => match self.state.secret.get() {
                Some(seconds) => json(seconds.to_string()),
                None => error(404, "There is no valid shared secret."),
            },
            (Method::Get, path) if path.starts_with("api/3/scans?active=true") => {
                let resources = self.state.scans.borrow();
                json(format!(r#"{{"resources":[{resources}],"page":{{"number":0,"size":500,"totalPages":1,"totalResources":1}}}}"#))
            }
            (Method::Post, "api/3/scan_engines") => {
                response(201, "application/json", r#"{"id":77,"links":[]}"#.to_owned())
            }
            (Method::Post, "data/engine/1/update") => json(r#"{"message":"berlin: the update was sent"}"#.to_owned()),
            (Method::Delete, path) => {
                let id = path.strip_prefix("api/3/scan_engines/").and_then(|id| id.parse::<u64>().ok());
                self.state.engines.borrow_mut().retain(|engine| Some(engine.id) != id);
                json(r#"{"links":[]}"#.to_owned())
            }
            (Method::Get, path) => {
                let id = path.strip_prefix("api/3/scan_engines/").and_then(|id| id.parse::<u64>().ok());
                let engines = self.state.engines.borrow();
                let engine = id.and_then(|id| engines.iter().find(|engine| engine.id == id));
                engine.map_or_else(|| error(404, "Not found."), |engine| json(engine_json(engine)))
            }
            _ => error(405, "No such call."),
        }
    }

    fn secret(&self, method: Method) -> Response {
        let valid = self.state.secret.get().is_some();
        let plain = |status| response(status, "text/plain", SECRET.to_owned());
        match method {
            Method::Get if valid => plain(200),
            Method::Post => {
                self.state.secret.set(self.state.secret.get().or(Some(3600)));
                plain(201)
            }
            Method::Delete if valid => {
                self.state.secret.set(None);
                json(r#"{"links":[]}"#.to_owned())
            }
            _ => error(404, "There is no valid shared secret."),
        }
    }

    fn is_signed_in(&self, request: &Request) -> bool {
        let admin = format!("admin:{}", self.state.password.borrow());
        [admin.as_str(), "colleague:right"].into_iter().any(|login| {
            let encoded = web_sys::window().unwrap().btoa(login).unwrap();
            request.header("Authorization") == Some(format!("Basic {encoded}").as_str())
        })
    }
}

/// The root page has the empty path, which every path ends with.
fn is_meant(end: &str, path: &str) -> bool {
    if end.is_empty() { path.is_empty() } else { path.ends_with(end) }
}

fn engine_json(engine: &Engine) -> String {
    let Engine { id, name, address, status, more } = engine;
    let name = String::from(js_sys::JSON::stringify(&name.into()).unwrap());
    let sites = if more.contains("\"sites\"") { String::new() } else { format!(r#","sites":[{id}]"#) };
    format!(
        r#"{{"id":{id},"name":{name},"address":"{address}","port":40814,"status":"{status}","productVersion":"6.6.{id}"{sites}{more}}}"#
    )
}

fn json(body: String) -> Response {
    response(200, "application/json", body)
}

fn error(status: u16, message: &str) -> Response {
    response(status, "application/json", format!(r#"{{"status":{status},"message":"{message}","links":[]}}"#))
}

fn response(status: u16, kind: &str, body: String) -> Response {
    Response { status, content_type: Some(kind.to_owned()), body: body.into_bytes(), ..Response::default() }
}
