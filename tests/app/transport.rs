//! Requests by the browser's own `fetch`, and their timers.

use std::time::Duration;

use console_api::{Method, Request, Transport, TransportError};
use engine_console::browser::transport::AppTransport;
use futures::{FutureExt, poll};
use js_sys::{Array, Function};
use wasm_bindgen::JsValue;
use wasm_bindgen_test::wasm_bindgen_test;

/// A time that nothing else here waits for: the requests' timers are told by it.
const TIMEOUT: Duration = Duration::from_millis(33_333);

/// The page's timers of that length, counted until this goes.
struct Timers(JsValue);

impl Timers {
    fn counted() -> Self {
        let count = Function::new_with_args(
            "length",
            "const book = { set: window.setTimeout, clear: window.clearTimeout, begun: 0, open: new Set() };
            window.setTimeout = (run, time, ...more) => {
                const id = book.set.call(window, (...all) => { book.open.delete(id); run(...all); }, time, ...more);
                if (time === length) { book.begun += 1; book.open.add(id); }
                return id;
            };
            window.clearTimeout = (id) => { book.open.delete(id); book.clear.call(window, id); };
            return book;",
        );
        let length = JsValue::from_f64(TIMEOUT.as_millis() as f64);
        Self(count.call1(&JsValue::NULL, &length).expect("a script"))
    }

    /// How many were begun, and how many of them are still there.
    fn begun_and_left(&self) -> (f64, f64) {
        let ask = Function::new_with_args("book", "return [book.begun, book.open.size];");
        let told = Array::from(&ask.call1(&JsValue::NULL, &self.0).expect("a script"));
        (told.get(0).as_f64().expect("a number"), told.get(1).as_f64().expect("a number"))
    }
}

impl Drop for Timers {
    fn drop(&mut self) {
        let give_back = "window.setTimeout = book.set; window.clearTimeout = book.clear;";
        _ = Function::new_with_args("book", give_back).call1(&JsValue::NULL, &self.0);
    }
}

/// Of the page that the tests run in.
fn request(timeout: Duration) -> Request {
    Request {
        method: Method::Get,
        path_and_query: String::new(),
        headers: Vec::new(),
        body: None,
        follow_redirects: true,
        cookie: None,
        timeout,
    }
}

#[wasm_bindgen_test]
async fn an_answered_request_leaves_no_timer() {
    let (timers, transport) = (Timers::counted(), AppTransport::fetch());
    let mut answer = transport.send(request(TIMEOUT)).boxed_local();
    assert!(poll!(&mut answer).is_pending());
    assert_eq!(timers.begun_and_left(), (1.0, 1.0), "it is bounded");
    let answer = answer.await.expect("the page of the tests");
    assert_eq!(answer.status, 200);
    assert_eq!(timers.begun_and_left(), (1.0, 0.0));
}

#[wasm_bindgen_test]
async fn a_request_that_nobody_waits_for_leaves_no_timer() {
    let (timers, transport) = (Timers::counted(), AppTransport::fetch());
    let mut answer = transport.send(request(TIMEOUT)).boxed_local();
    assert!(poll!(&mut answer).is_pending());
    drop(answer);
    assert_eq!(timers.begun_and_left(), (1.0, 0.0));
}

#[wasm_bindgen_test]
async fn a_request_without_an_answer_is_given_up_when_its_time_is_over() {
    let silence = "const book = { fetch: window.fetch, asked: [] };
        window.fetch = (request) => { book.asked.push(request); return new Promise(() => {}); };
        return book;";
    let book = Function::new_no_args(silence).call0(&JsValue::NULL).expect("a script");
    let answer = AppTransport::fetch().send(request(Duration::from_millis(20))).await;
    let give_back = "window.fetch = book.fetch; return book.asked.map((request) => request.signal.aborted);";
    let aborted = Function::new_with_args("book", give_back).call1(&JsValue::NULL, &book);
    assert_eq!(answer, Err(TransportError::Timeout));
    let aborted: Vec<_> = Array::from(&aborted.expect("a script")).iter().map(|it| it.as_bool()).collect();
    assert_eq!(aborted, [Some(true)]);
}

#[wasm_bindgen_test]
async fn a_cookie_is_there_for_its_own_request_alone() {
    let watch = "const book = { fetch: window.fetch, seen: [] };
        window.fetch = (request) => {
            book.seen.push(request.credentials + ' ' + document.cookie);
            return Promise.resolve(new Response('true'));
        };
        return book;";
    let book = Function::new_no_args(watch).call0(&JsValue::NULL).expect("a script");
    let transport = AppTransport::fetch();
    // For the path that the page was loaded from: of other paths' cookies it sees nothing, whatever its address has become since.
    let path_and_query = "?x=1".to_owned();
    for cookie in [None, Some(("nexposeCCSessionID", "0000"))] {
        let request = Request { cookie, path_and_query: path_and_query.clone(), ..request(TIMEOUT) };
        assert_eq!(transport.send(request).await.expect("an answer").body, b"true");
    }
    let give_back = "window.fetch = book.fetch; book.seen.push(document.cookie); return book.seen;";
    let seen = Function::new_with_args("book", give_back).call1(&JsValue::NULL, &book).expect("a script");
    let seen: Vec<String> = Array::from(&seen).iter().filter_map(|it| it.as_string()).collect();
    assert!(seen[0].starts_with("omit") && !seen[0].contains("nexposeCCSessionID"), "{seen:?}");
    assert!(seen[1].starts_with("same-origin") && seen[1].contains("nexposeCCSessionID=0000"), "{seen:?}");
    assert!(!seen[2].contains("nexposeCCSessionID"), "{seen:?}");
}
