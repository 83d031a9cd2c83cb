//! A console in memory. It has the quirks of docs/api-quirks.md, and each answer can be replaced or held back.

use std::{
    cell::{Cell, RefCell},
    collections::HashMap,
    rc::Rc,
};

mod pools;

pub(crate) use pools::Pool;

use console_api::{Method, Request, Response, TransportError};
use engine_console::browser::transport::AppTransport;
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
    /// No answer in the time that the call is given, which need not be waited for.
    Late,
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

/// A site as the console's JSON has it.
#[derive(Clone)]
pub(crate) struct Site {
    pub(crate) id: u64,
    pub(crate) name: String,
    pub(crate) importance: &'static str,
    pub(crate) description: String,
    /// The engine or pool that scans it.
    pub(crate) scanner: u64,
    pub(crate) assets: u64,
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
    sites: RefCell<Vec<Site>>,
    pools: RefCell<Vec<Pool>>,
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
    /// What a test answers itself.
    also: RefCell<Option<Also>>,
}

/// Answers a call with this method, path and body, if it is one of its own.
type Also = Box<dyn Fn(Method, &str, &str) -> Option<Response>>;

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
                sites: RefCell::default(),
                pools: RefCell::new(vec![Pool::new(900, "Europe", &[1, 2], &[7, 8])]),
                password: RefCell::new("right".to_owned()),
                faults: RefCell::default(),
                held: RefCell::default(),
                calls: RefCell::default(),
                bodies: RefCell::default(),
                may_command: Cell::new(true),
                secret: Cell::new(None),
                printed: RefCell::new("Remote Engine Name: x\n".to_owned()),
                scans: RefCell::new(""),
                also: RefCell::new(None),
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

    /// So many sites, scanned by engine 1: `site-0001` and on, with as many assets as their number.
    pub(crate) fn with_sites(self, count: u64) -> Self {
        let site = |id| Site {
            id,
            name: format!("site-{id:04}"),
            importance: "normal",
            description: String::new(),
            scanner: 1,
            assets: id,
        };
        *self.state.sites.borrow_mut() = (1..=count).map(site).collect();
        self
    }

    /// Someone else changes the site.
    pub(crate) fn change_site(&self, id: u64, change: impl Fn(&mut Site)) {
        self.state.sites.borrow_mut().iter_mut().filter(|site| site.id == id).for_each(change);
    }

    /// The sites that there are now.
    pub(crate) fn site_ids(&self) -> Vec<u64> {
        self.state.sites.borrow().iter().map(|site| site.id).collect()
    }

    /// The site as it is now.
    pub(crate) fn site(&self, id: u64) -> Site {
        self.state.sites.borrow().iter().find(|site| site.id == id).cloned().unwrap()
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

    /// Someone adds an engine.
    pub(crate) fn add(&self, id: u64, name: &str, address: &str, status: &'static str) {
        let (name, address) = (name.to_owned(), address.to_owned());
        let engine = Engine { id, name, address, status, more: r#","sites":[]"# };
        for engines in [&self.state.engines, &self.state.after_asking] {
            engines.borrow_mut().push(engine.clone());
        }
    }

    /// Someone else changes the engine.
    pub(crate) fn change(&self, id: u64, change: impl Fn(&mut Engine)) {
        for engines in [&self.state.engines, &self.state.after_asking] {
            engines.borrow_mut().iter_mut().filter(|engine| engine.id == id).for_each(&change);
        }
    }

    /// Someone else deletes the engine.
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

    /// The test answers some calls itself, before the console's usual answers.
    pub(crate) fn also(&self, answer: impl Fn(Method, &str, &str) -> Option<Response> + 'static) {
        *self.state.also.borrow_mut() = Some(Box::new(answer));
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
            // Dropped or used: either way it continues.
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
            Some(Fault::Late) => return Err(TransportError::Timeout),
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
        let body = request.body.as_deref().map(String::from_utf8_lossy).unwrap_or_default();
        if let Some(answer) =
            self.state.also.borrow().as_ref().and_then(|also| also(request.method, path, &body))
        {
            return answer;
        }
        if let Some(answer) = self.sites(request).or_else(|| self.pools(request)) {
            return answer;
        }
        match (request.method, path) {
            (Method::Put, "api/2.1/engine/1/reverseConnection") => {
                self.tells(1, r#","connectionDirection":"engine-to-console""#);
                json("true".to_owned())
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
            (Method::Post, "api/3/administration/commands") if self.state.may_command.get() => {
                *self.state.engines.borrow_mut() = self.state.after_asking.borrow().clone();
                let printed = String::from(js_sys::JSON::stringify(&self.state.printed.borrow().as_str().into()).unwrap());
                json(format!(r#"{{"output":{printed}}}"#))
            }
            (Method::Post, "api/3/administration/commands") => {
                error(401, "The user does not have permission.")
            }
            (Method::Get, "api/3/scan_templates") => json(
                r#"{"resources":[{"id":"discovery","name":"Discovery Scan"},{"id":"full-audit","name":"Full audit"}]}"#
                    .to_owned(),
            ),
            (_, "api/3/scan_engines/shared_secret") => self.secret(request.method),
            (Method::Get, "api/3/scan_engines/shared_secret/time_to_live") => match self.state.secret.get() {
                Some(seconds) => json(seconds.to_string()),
                None => error(404, "There is no valid shared secret."),
            },
            (Method::Get, path) if path.starts_with("api/3/scan_engines/") && path.contains("/sites?") => {
                let (engine, query) = path["api/3/scan_engines/".len()..].split_once("/sites?").unwrap();
                let sites = self.state.sites.borrow();
                let its = sites.iter().filter(|site| site.scanner.to_string() == engine).cloned();
                page_of_sites(&its.collect::<Vec<_>>(), query)
            }
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

    /// What is about sites: pages of them, one of them, and its engine or pool.
    fn sites(&self, request: &Request) -> Option<Response> {
        let rest = request.path_and_query.strip_prefix("api/3/sites")?;
        let mut sites = self.state.sites.borrow_mut();
        let body = || {
            let text = String::from_utf8_lossy(request.body.as_deref().unwrap_or_default()).into_owned();
            js_sys::JSON::parse(&text).unwrap()
        };
        let text = |body: &wasm_bindgen::JsValue, key: &str| {
            js_sys::Reflect::get(body, &key.into()).unwrap().as_string().unwrap_or_default()
        };
        let number = |body: &wasm_bindgen::JsValue, key: &str| {
            js_sys::Reflect::get(body, &key.into()).unwrap().as_f64().map(|number| number as u64)
        };
        let taken = |sites: &[Site], name: &str, except: u64| {
            sites
                .iter()
                .any(|site| site.name == name && site.id != except)
                .then(|| error(400, &format!("A site with the name {name} already exists.")))
        };
        if rest.is_empty() {
            let body = body();
            let name = text(&body, "name");
            if let Some(refusal) = taken(&sites, &name, 0) {
                return Some(refusal);
            }
            let id = sites.iter().map(|site| site.id).max().unwrap_or(0) + 1;
            sites.push(Site {
                id,
                name,
                importance: "normal",
                description: text(&body, "description"),
                scanner: number(&body, "engineId").unwrap_or(3),
                assets: 0,
            });
            return Some(response(201, "application/json", format!(r#"{{"id":{id},"links":[]}}"#)));
        }
        if let Some(query) = rest.strip_prefix('?') {
            return Some(page_of_sites(&sites, query));
        }
        let (id, what) = rest.trim_start_matches('/').split_once('/').unwrap_or((&rest[1..], ""));
        let id = id.parse::<u64>().unwrap();
        let Some(site) = sites.iter().position(|site| site.id == id) else {
            return Some(error(404, "The resource does not exist."));
        };
        Some(match (request.method, what) {
            (Method::Delete, "") => {
                sites.remove(site);
                json(r#"{"links":[]}"#.to_owned())
            }
            (Method::Get, "") => json(site_json(&sites[site])),
            (Method::Get, what) if what.starts_with("scans?") => json(
                r#"{"resources":[],"page":{"number":0,"size":5,"totalPages":0,"totalResources":0}}"#
                    .to_owned(),
            ),
            (Method::Get, _) => json(format!(r#"{{"id":{},"name":"x"}}"#, sites[site].scanner)),
            (_, "") => {
                let body = body();
                let name = text(&body, "name");
                if let Some(refusal) = taken(&sites, &name, id) {
                    return Some(refusal);
                }
                sites[site].name = name;
                sites[site].description = text(&body, "description");
                json(r#"{"links":[]}"#.to_owned())
            }
            _ => {
                sites[site].scanner = body().as_f64().unwrap() as u64;
                json(r#"{"links":[]}"#.to_owned())
            }
        })
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

fn site_json(site: &Site) -> String {
    let Site { id, name, importance, description, scanner, assets } = site;
    let quoted = |text: &str| String::from(js_sys::JSON::stringify(&text.into()).unwrap());
    format!(
        r#"{{"id":{id},"name":{},"type":"static","importance":"{importance}","description":{},"assets":{assets},"riskScore":1234.5,"scanEngine":{scanner},"scanTemplate":"discovery","lastScanTime":"2026-11-20T10:00:00Z"}}"#,
        quoted(name),
        quoted(description),
    )
}

/// The console sorts by name and by assets here.
fn page_of_sites(sites: &[Site], query: &str) -> Response {
    let value = |key: &str| query.split('&').find_map(|pair| pair.strip_prefix(key)?.strip_prefix('='));
    let number = |key: &str| value(key).unwrap().parse::<usize>().unwrap();
    let (page, size) = (number("page"), number("size"));
    let mut sorted = sites.to_vec();
    match value("sort") {
        Some("assets,ASC") => sorted.sort_by_key(|site| site.assets),
        Some("assets,DESC") => sorted.sort_by_key(|site| std::cmp::Reverse(site.assets)),
        Some("name,DESC") => sorted.sort_by(|a, b| b.name.cmp(&a.name)),
        Some("id,DESC") => sorted.sort_by_key(|site| std::cmp::Reverse(site.id)),
        _ => sorted.sort_by(|a, b| a.name.cmp(&b.name)),
    }
    let rows = sorted.iter().skip(page * size).take(size).map(site_json).collect::<Vec<_>>().join(",");
    let (pages, total) = (sites.len().div_ceil(size), sites.len());
    json(format!(
        r#"{{"resources":[{rows}],"page":{{"number":{page},"size":{size},"totalPages":{pages},"totalResources":{total}}}}}"#
    ))
}

pub(crate) fn json(body: String) -> Response {
    response(200, "application/json", body)
}

pub(crate) fn error(status: u16, message: &str) -> Response {
    response(status, "application/json", format!(r#"{{"status":{status},"message":"{message}","links":[]}}"#))
}

fn response(status: u16, kind: &str, body: String) -> Response {
    Response { status, content_type: Some(kind.to_owned()), body: body.into_bytes(), ..Response::default() }
}
