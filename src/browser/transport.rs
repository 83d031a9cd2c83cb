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
use leptos::prelude::document;
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

/// A cookie that one request needs, for the path of that request alone. It is gone again when this is dropped.
struct Cookie(String);

impl Cookie {
    fn set((name, value): (&str, &str), url: &str) -> Self {
        let path = url.split('?').next().unwrap_or_default();
        let cookie = Self([name, "=", value, "; SameSite=Strict; Path=", path].concat());
        cookie.write("");
        cookie
    }

    fn write(&self, more: &str) {
        // Where the browser keeps no cookies, the console refuses the call as it did without one.
        _ = js_sys::Reflect::set(&document(), &"cookie".into(), &[&self.0, more].concat().into());
    }
}

impl Drop for Cookie {
    fn drop(&mut self) {
        self.write("; Max-Age=0");
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
    let cookie = request.cookie.map(|cookie| Cookie::set(cookie, &url));
    // `omit` keeps cookies out and the browser's own password dialog away.
    let credentials = match cookie {
        Some(_) => RequestCredentials::SameOrigin,
        None => RequestCredentials::Omit,
    };
    let redirect = if request.follow_redirects { RequestRedirect::Follow } else { RequestRedirect::Manual };
    let mut builder = RequestBuilder::new(&url)
        .method(method)
        .credentials(credentials)
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
