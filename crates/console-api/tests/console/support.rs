//! A console that follows a script: which calls come, in which order, and what it answers.

use std::collections::VecDeque;
use std::sync::{Arc, Mutex, MutexGuard};
use std::time::Duration;

use console_api::{Client, Credentials, Engine, Pool, Request, Response, Transport, TransportError};
use serde_json::Value;

pub(crate) type Answer = Result<Response, TransportError>;

/// The script, and what was sent so far. Clones share both.
#[derive(Clone, Default)]
pub(crate) struct Script(Arc<Mutex<State>>);

#[derive(Default)]
struct State {
    steps: VecDeque<(String, Answer)>,
    sent: Vec<Request>,
    slept: Vec<Duration>,
}

impl Script {
    pub(crate) fn new() -> Self {
        Self::default()
    }

    /// The next call is this (`GET api/3/scan_engines`), and gets this answer.
    pub(crate) fn then(self, call: &str, answer: Answer) -> Self {
        self.state().steps.push_back((call.to_owned(), answer));
        self
    }

    /// A client that talks to this console.
    pub(crate) fn client(&self) -> Client<Self> {
        Client::new(self.clone(), Credentials::new("admin", "secret", None).unwrap())
    }

    /// The requests that came so far.
    pub(crate) fn sent(&self) -> Vec<Request> {
        self.state().sent.clone()
    }

    /// The body of the last request, as JSON.
    pub(crate) fn last_body(&self) -> Value {
        let sent = self.sent();
        let body =
            sent.last().and_then(|request| request.body.as_deref()).expect("the last request had no body");
        serde_json::from_slice(body).expect("the last body was not JSON")
    }

    /// How long the client waited between tries.
    pub(crate) fn slept(&self) -> Vec<Duration> {
        self.state().slept.clone()
    }

    /// Fails if a step of the script was not taken.
    pub(crate) fn assert_done(&self) {
        let left: Vec<String> = self.state().steps.iter().map(|(call, _)| call.clone()).collect();
        assert!(left.is_empty(), "these calls did not come: {left:?}");
    }

    fn state(&self) -> MutexGuard<'_, State> {
        self.0.lock().unwrap()
    }
}

impl Transport for Script {
    async fn send(&self, request: Request) -> Answer {
        let call = format!("{} {}", request.method.as_str(), request.path_and_query);
        let mut state = self.state();
        let step = state.steps.pop_front();
        state.sent.push(request);
        drop(state);
        let (expected, answer) = step.unwrap_or_else(|| panic!("unexpected call: {call}"));
        assert_eq!(call, expected);
        answer
    }

    async fn sleep(&self, duration: Duration) {
        self.state().slept.push(duration);
    }

    fn random(&self) -> u64 {
        0
    }
}

fn answer(status: u16, content_type: &str, body: &str) -> Answer {
    Ok(Response {
        status,
        content_type: Some(content_type.to_owned()),
        body: body.as_bytes().to_vec(),
        ..Response::default()
    })
}

/// A JSON answer with this body, word for word.
pub(crate) fn json(status: u16, body: &str) -> Answer {
    answer(status, "application/json;charset=UTF-8", body)
}

pub(crate) fn text(status: u16, body: &str) -> Answer {
    answer(status, "text/plain", body)
}

pub(crate) fn html(status: u16, body: &str) -> Answer {
    answer(status, "text/html", body)
}

/// An error of API v3 as it comes live: the status is a number.
pub(crate) fn refused(status: u16, message: &str) -> Answer {
    json(status, &serde_json::json!({"status": status, "message": message, "links": []}).to_string())
}

/// Any 2xx answer to a change.
pub(crate) fn done() -> Answer {
    json(200, r#"{"links":[]}"#)
}

/// The answer of `GET /api/3` to someone who is signed in.
pub(crate) fn welcome() -> Answer {
    json(200, r#"{"links":[{"href":"https://console:3780/api/3","rel":"self"}]}"#)
}

pub(crate) fn offline() -> Answer {
    Err(TransportError::Network("connection refused".to_owned()))
}

/// Runs a future that never waits for anything outside.
pub(crate) fn now<F: Future>(future: F) -> F::Output {
    tokio::runtime::Builder::new_current_thread().build().unwrap().block_on(future)
}

/// An engine as a console would write it, with some fields on top of a plain one.
pub(crate) fn engine(fields: &Value) -> Engine {
    let mut engine = serde_json::json!({
        "id": 6, "name": "Oslo", "address": "192.0.2.6", "port": 40814, "status": "active", "sites": []
    });
    for (key, value) in fields.as_object().expect("fields are an object") {
        engine[key] = value.clone();
    }
    let script = Script::new().then("GET api/3/scan_engines/6", json(200, &engine.to_string()));
    now(script.client().engine(console_api::EngineId(6))).unwrap()
}

/// A pool with these engines and sites.
pub(crate) fn pool(id: u64, name: &str, engines: &[u64], sites: &[u64]) -> Pool {
    use console_api::{EngineId, PoolId, SiteId};
    Pool {
        id: PoolId(id),
        name: name.to_owned(),
        engines: engines.iter().copied().map(EngineId).collect(),
        sites: Some(sites.iter().copied().map(SiteId).collect()),
    }
}
