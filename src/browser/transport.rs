//! How the app's requests travel: through the browser's `fetch`, or, in tests of components, through a function.

use std::{
    cell::Cell,
    future::Future,
    pin::{Pin, pin},
    rc::Rc,
    time::Duration,
};

use console_api::{Header, Method, Request, Response, Transport, TransportError};
use futures::future::{Either, select};
use gloo_net::http::RequestBuilder;
use js_sys::Uint8Array;
use wasm_bindgen::JsValue;
use web_sys::{AbortController, RequestCache, RequestCredentials, RequestRedirect};

use super::timer::{breathe, sleep};

/// From here on, in bytes, a body is decoded in a task of its own. With ten thousand engines (4.7 MB) the browser needs
/// 20 to 40 ms for handing it over, and together with the decoding it would not answer for longer than a person bears.
const LARGE_BODY: usize = 256 * 1024;

/// What a transport gives back, boxed.
pub type Answer = Pin<Box<dyn Future<Output = Result<Response, TransportError>>>>;

/// Carries requests to the console that the page came from.
#[derive(Clone)]
pub struct AppTransport(Rc<dyn Fn(Request) -> Answer>);

impl AppTransport {
    /// The browser's `fetch`, to the page's own origin: a console sends no CORS headers
    /// (docs/api-quirks.md, "Signing in").
    pub fn fetch() -> Self {
        Self::from_fn(|request| Box::pin(fetch(request)))
    }

    /// Answers made by a function.
    pub fn from_fn(answer: impl Fn(Request) -> Answer + 'static) -> Self {
        Self(Rc::new(answer))
    }
}

impl Transport for AppTransport {
    fn send(&self, request: Request) -> impl Future<Output = Result<Response, TransportError>> {
        (self.0)(request)
    }

    fn sleep(&self, duration: Duration) -> impl Future<Output = ()> {
        sleep(duration)
    }

    fn random(&self) -> u64 {
        (js_sys::Math::random() * 2f64.powi(53)) as u64
    }
}

/// Aborts the request when it is dropped before its end.
struct AbortOnDrop {
    controller: AbortController,
    done: Cell<bool>,
}

impl Drop for AbortOnDrop {
    fn drop(&mut self) {
        if !self.done.get() {
            self.controller.abort();
        }
    }
}

async fn fetch(request: Request) -> Result<Response, TransportError> {
    let controller = AbortController::new().map_err(network)?;
    let signal = controller.signal();
    let guard = AbortOnDrop { controller, done: Cell::new(false) };
    let timeout = request.timeout;
    let exchange = pin!(exchange(request, &signal));
    let answer = match select(exchange, sleep(timeout)).await {
        Either::Left((answer, _)) => answer,
        Either::Right(_) => return Err(TransportError::Timeout),
    };
    guard.done.set(true);
    answer
}

async fn exchange(request: Request, signal: &web_sys::AbortSignal) -> Result<Response, TransportError> {
    let url = format!("/{}", request.path_and_query);
    let method = match request.method {
        Method::Get => gloo_net::http::Method::GET,
        Method::Post => gloo_net::http::Method::POST,
        Method::Put => gloo_net::http::Method::PUT,
        Method::Delete => gloo_net::http::Method::DELETE,
    };
    // `omit` keeps cookies out and the browser's own password dialog away.
    let redirect = if request.follow_redirects { RequestRedirect::Follow } else { RequestRedirect::Manual };
    let mut builder = RequestBuilder::new(&url)
        .method(method)
        .credentials(RequestCredentials::Omit)
        .redirect(redirect)
        .cache(RequestCache::NoStore)
        .abort_signal(Some(signal));
    for Header { name, value } in &request.headers {
        builder = builder.header(name, value);
    }
    let request = match request.body {
        Some(body) => builder.body(Uint8Array::from(body.as_slice())),
        None => builder.build(),
    }
    .map_err(network)?;
    let response = request.send().await.map_err(network)?;
    let headers = response.headers();
    let (status, redirected) = (response.status(), response.redirected() || response.status() == 0);
    let (content_type, retry_after) = (headers.get("content-type"), headers.get("retry-after"));
    let body = match response.binary().await {
        Ok(body) => body,
        // A redirect that was not followed has no body to read.
        Err(_) if status == 0 => Vec::new(),
        Err(_) => return Err(TransportError::CutOff { received: 0 }),
    };
    if body.len() >= LARGE_BODY {
        breathe().await;
    }
    Ok(Response { status, redirected, content_type, retry_after, body })
}

fn network(error: impl Into<Problem>) -> TransportError {
    TransportError::Network(error.into().0)
}

/// The words of whatever layer failed.
struct Problem(String);

impl From<gloo_net::Error> for Problem {
    fn from(error: gloo_net::Error) -> Self {
        Self(error.to_string())
    }
}

impl From<JsValue> for Problem {
    fn from(error: JsValue) -> Self {
        Self(js_sys::Error::from(error).message().into())
    }
}

#[cfg(all(test, target_arch = "wasm32"))]
mod tests {
    use futures::{FutureExt, poll};
    use js_sys::{Array, Function};
    use wasm_bindgen_test::wasm_bindgen_test;

    use super::*;

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
        let give_back =
            "window.fetch = book.fetch; return book.asked.map((request) => request.signal.aborted);";
        let aborted = Function::new_with_args("book", give_back).call1(&JsValue::NULL, &book);
        assert_eq!(answer, Err(TransportError::Timeout));
        let aborted: Vec<_> =
            Array::from(&aborted.expect("a script")).iter().map(|it| it.as_bool()).collect();
        assert_eq!(aborted, [Some(true)]);
    }
}
