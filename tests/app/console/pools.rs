//! What the console in memory answers about engine pools.

use console_api::{Method, Request, Response};
use wasm_bindgen::JsValue;

use super::{Console, error, json, response};

/// A pool as the console's JSON has it.
#[derive(Clone, Debug)]
pub(crate) struct Pool {
    pub(crate) id: u64,
    pub(crate) name: String,
    pub(crate) engines: Vec<u64>,
    pub(crate) sites: Vec<u64>,
}

impl Pool {
    pub(crate) fn new(id: u64, name: &str, engines: &[u64], sites: &[u64]) -> Self {
        Self { id, name: name.to_owned(), engines: engines.to_vec(), sites: sites.to_vec() }
    }
}

impl Console {
    /// These pools and no others.
    pub(crate) fn with_pools(self, pools: &[Pool]) -> Self {
        *self.state.pools.borrow_mut() = pools.to_vec();
        self
    }

    /// The pool as it is now.
    pub(crate) fn pool(&self, name: &str) -> Option<Pool> {
        self.pools_now().into_iter().find(|pool| pool.name == name)
    }

    /// Someone else changes the pool.
    pub(crate) fn change_pool(&self, id: u64, change: impl Fn(&mut Pool)) {
        self.state.pools.borrow_mut().iter_mut().filter(|pool| pool.id == id).for_each(change);
    }

    /// The site is scanned by this engine or pool.
    pub(crate) fn move_site(&self, id: u64, scanner: u64) {
        self.change_site(id, |site| site.scanner = scanner);
    }

    fn pools_now(&self) -> Vec<Pool> {
        let sites = self.state.sites.borrow();
        let mut pools = self.state.pools.borrow().clone();
        for pool in &mut pools {
            pool.sites.retain(|id| !sites.iter().any(|site| site.id == *id));
            pool.sites.extend(sites.iter().filter(|site| site.scanner == pool.id).map(|site| site.id));
        }
        pools
    }

    /// What is about pools: all of them, one of them, and its engines.
    pub(super) fn pools(&self, request: &Request) -> Option<Response> {
        let rest = request.path_and_query.strip_prefix("api/3/scan_engine_pools")?;
        let parts = rest.split('/').skip(1).collect::<Vec<_>>();
        let body = || {
            let text = String::from_utf8_lossy(request.body.as_deref().unwrap_or_default()).into_owned();
            let body = js_sys::JSON::parse(&text).unwrap();
            let get = |key: &str| js_sys::Reflect::get(&body, &JsValue::from_str(key)).unwrap();
            let engines =
                js_sys::Array::from(&get("engines")).into_iter().map(|id| id.as_f64().unwrap() as u64);
            (get("name").as_string().unwrap(), engines.collect::<Vec<_>>())
        };
        let taken = |name: &str, except: u64| {
            let taken = self.state.pools.borrow().iter().any(|pool| pool.name == name && pool.id != except);
            taken.then(|| error(400, &format!("A scan engine pool with the name {name} already exists.")))
        };
        let id = parts.first().and_then(|id| id.parse::<u64>().ok());
        let now = self.pools_now();
        let Some(id) = id else {
            if request.method == Method::Post {
                let (name, engines) = body();
                if let Some(refusal) = taken(&name, 0) {
                    return Some(refusal);
                }
                let id = now.iter().map(|pool| pool.id).max().unwrap_or(900) + 1;
                self.state.pools.borrow_mut().push(Pool { id, name, engines, sites: Vec::new() });
                return Some(response(201, "application/json", format!(r#"{{"id":{id},"links":[]}}"#)));
            }
            let all = now.iter().map(pool_json).collect::<Vec<_>>().join(",");
            return Some(json(format!(r#"{{"resources":[{all}]}}"#)));
        };
        let Some(pool) = now.iter().find(|pool| pool.id == id) else { return Some(error(404, "Not found.")) };
        let done = || json(r#"{"links":[]}"#.to_owned());
        Some(match (request.method, &parts[1..]) {
            (Method::Get, []) => json(pool_json(pool)),
            (Method::Get, ["engines"]) => json(format!(r#"{{"resources":{:?}}}"#, pool.engines)),
            (Method::Get, ["sites"]) => json(format!(r#"{{"resources":{:?}}}"#, pool.sites)),
            (Method::Put, []) => {
                let (name, engines) = body();
                if let Some(refusal) = taken(&name, id) {
                    return Some(refusal);
                }
                self.change_pool(id, |pool| {
                    pool.name.clone_from(&name);
                    pool.engines.clone_from(&engines);
                });
                done()
            }
            (Method::Delete, []) if pool.sites.is_empty() => {
                self.state.pools.borrow_mut().retain(|pool| pool.id != id);
                done()
            }
            (Method::Delete, []) => error(400, "The pool is in use by a site."),
            (method, ["engines", engine]) => {
                let engine = engine.parse::<u64>().unwrap();
                self.change_pool(id, |pool| {
                    pool.engines.retain(|it| *it != engine);
                    if method == Method::Put {
                        pool.engines.push(engine);
                    }
                });
                done()
            }
            _ => error(405, "No such call."),
        })
    }
}

fn pool_json(pool: &Pool) -> String {
    let Pool { id, name, engines, sites } = pool;
    let name = String::from(js_sys::JSON::stringify(&name.into()).unwrap());
    format!(r#"{{"id":{id},"name":{name},"engines":{engines:?},"sites":{sites:?}}}"#)
}
