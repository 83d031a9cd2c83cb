//! One call: headers, retries, and what its answer means.

use core::time::Duration;

use serde::Deserialize;
use zeroize::Zeroizing;

use crate::client::Client;
use crate::credentials::Credentials;
use crate::error::{Error, is_unexpected};
use crate::transport::{Header, Method, Request, Response, Transport, TransportError};
use crate::wire::{self, LinkWire, Many, Read, Row};

/// How long the read of one thing may take.
pub(crate) const READ_TIME: Duration = Duration::from_secs(30);
/// How long a list may take: slow consoles need more than 30 s for 500 sites (docs/api-quirks.md, "Reading").
pub(crate) const LIST_TIME: Duration = Duration::from_secs(60);
/// How long a change may take: the console may contact an engine before it answers.
pub(crate) const CHANGE_TIME: Duration = Duration::from_secs(60);

/// What `/data` and `/api/2.1` want in a header and, some of them, in a cookie.
const SESSION_NAME: &str = "nexposeCCSessionID";
const NO_SESSION: &str = "0000000000000000000000000000000000000000";

pub(crate) const JSON: &str = "application/json";
const HTML: &str = "text/html";

/// One call before the credentials are added.
#[derive(Clone)]
pub(crate) struct Call {
    pub(crate) method: Method,
    pub(crate) path: String,
    pub(crate) accept: &'static str,
    pub(crate) body: Option<Vec<u8>>,
    pub(crate) timeout: Duration,
    /// Whether `/data` and `/api/2.1` are to see their session header.
    pub(crate) session_header: bool,
    /// Whether they are to see the cookie of that name as well.
    pub(crate) session_cookie: bool,
    /// `false` for the public root page: no credentials, and redirects are followed.
    pub(crate) signed_in: bool,
}

impl Call {
    pub(crate) fn read(path: impl Into<String>) -> Self {
        Self {
            method: Method::Get,
            path: path.into(),
            accept: JSON,
            body: None,
            timeout: READ_TIME,
            session_header: false,
            session_cookie: false,
            signed_in: true,
        }
    }

    pub(crate) fn change(method: Method, path: impl Into<String>, body: Option<Vec<u8>>) -> Self {
        Self { method, body, timeout: CHANGE_TIME, ..Self::read(path) }
    }
}

/// The relation of the root's link to [`Client::sign_out`]. Only the embedded console has it.
const SESSION: &str = "Session";

/// What a console that takes the credentials offers to whoever has signed in.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Welcome {
    /// Whether it can be told to forget the credentials ([`Client::sign_out`]). Real consoles offer nothing of the kind.
    pub offers_sign_out: bool,
}

/// Any object will do: what the root holds besides differs from console to console.
impl Read for Welcome {
    type Wire<'a> = RootWire<'a>;

    fn read(root: RootWire<'_>) -> Row<Self> {
        let links = root.links.items().unwrap_or_default();
        Row::Read(Self { offers_sign_out: links.iter().any(|Relation(name)| name == SESSION) })
    }
}

/// The root as it comes.
#[derive(Default, Deserialize)]
#[serde(default)]
pub(crate) struct RootWire<'a> {
    #[serde(borrow)]
    links: Many<'a, Relation>,
}

/// What a link leads to.
struct Relation(String);

impl Read for Relation {
    type Wire<'a> = LinkWire<'a>;

    fn read(link: LinkWire<'_>) -> Row<Self> {
        link.rel.text().map(Self).into()
    }
}

impl<T: Transport> Client<T> {
    /// A read of API v3.
    pub(crate) async fn get(&self, path: impl Into<String>) -> Result<Response, Error> {
        self.v3(Call::read(path)).await
    }

    /// A read of a list in API v3.
    pub(crate) async fn get_list(&self, path: impl Into<String>) -> Result<Response, Error> {
        self.v3(Call { timeout: LIST_TIME, ..Call::read(path) }).await
    }

    /// A change through API v3 after which nobody looks: a failure that leaves doubt says so.
    pub(crate) async fn send(
        &self,
        method: Method,
        path: String,
        body: Option<Vec<u8>>,
    ) -> Result<(), Error> {
        self.change(method, path, body).await.map(drop).map_err(Error::of_change)
    }

    /// A change through API v3.
    pub(crate) async fn change(
        &self,
        method: Method,
        path: impl Into<String>,
        body: Option<Vec<u8>>,
    ) -> Result<Response, Error> {
        self.v3(Call::change(method, path, body)).await
    }

    /// A call of API v3: a success, or what went wrong. 401 is looked into (docs/api-quirks.md, "Signing in").
    pub(crate) async fn v3(&self, call: Call) -> Result<Response, Error> {
        let response = self.exchange(call).await?;
        if response.status == 401 {
            return Err(self.why_401(&response).await);
        }
        settle(response)
    }

    /// Whether the console takes these credentials (`GET /api/3`).
    ///
    /// # Errors
    /// [`Error::Unauthorized`], [`Error::Maintenance`], and whatever can go wrong on the way.
    pub async fn sign_in(&self) -> Result<Welcome, Error> {
        let response = self.exchange(Call::read("api/3")).await?;
        if response.status == 401 {
            return Err(self.unauthorized_or_maintenance().await);
        }
        if wire::find_ignoring_case(&response.body, b"insight.rapid7.com").is_some()
            && wire::is_html(&response)
        {
            return Err(Error::InsightPlatform);
        }
        // Another page here is a proxy's or another server's, not a console's.
        wire::one(&settle(response)?)
    }

    /// Has the console forget these credentials, where it offers that ([`Welcome::offers_sign_out`]): elsewhere there is
    /// no such call, and nothing to forget.
    ///
    /// # Errors
    /// Any [`Error`] of a change.
    pub async fn sign_out(&self) -> Result<(), Error> {
        self.change(Method::Delete, "api/3/session", None).await.map(drop)
    }

    /// A 401 in the middle of work can mean "not permitted": if `GET /api/3` still answers, the user is signed in
    /// (docs/api-quirks.md, "Signing in").
    async fn why_401(&self, refusal: &Response) -> Error {
        match self.sign_in().await {
            Ok(_) => refusal_of(403, refusal),
            Err(error) => error,
        }
    }

    /// In maintenance mode every call answers 401, and the console's root page holds the word "maintenance"
    /// (docs/api-quirks.md, "Signing in"). When the page can't be read, it was the credentials as far as anyone knows.
    async fn unauthorized_or_maintenance(&self) -> Error {
        let call = Call { accept: HTML, signed_in: false, ..Call::read("") };
        match self.exchange(call).await {
            Ok(page) if mentions_maintenance(&page) => Error::Maintenance,
            Err(TransportError::Cancelled) => Error::Cancelled,
            Ok(_) | Err(_) => Error::Unauthorized,
        }
    }

    /// Sends a call; a read is sent again after a passing failure.
    pub(crate) async fn exchange(&self, call: Call) -> Result<Response, TransportError> {
        let mut tries = if call.method == Method::Get { self.retry.tries.max(1) } else { 1 };
        let mut wait = self.retry.first_wait;
        loop {
            let result = self.transport.send(request(&call, &self.credentials)).await;
            tries -= 1;
            let asked = match &result {
                Err(TransportError::Network(_) | TransportError::CutOff { .. }) => None,
                // Maintenance takes longer than anyone waits here.
                Ok(response) if is_busy(response.status) && !mentions_maintenance(response) => {
                    retry_after(response)
                }
                Ok(_) | Err(_) => return result,
            };
            if tries == 0 || asked.is_some_and(|asked| asked > self.retry.longest_wait) {
                return result;
            }
            self.transport.sleep(asked.unwrap_or_else(|| jittered(wait, self.transport.random()))).await;
            wait = (wait * 2).min(self.retry.longest_wait);
        }
    }
}

/// The call with all its headers. Made again for each try.
fn request(call: &Call, credentials: &Credentials) -> Request {
    let mut headers = vec![plain_header("Accept", call.accept)];
    if call.signed_in {
        headers.extend(credentials.headers());
    }
    if call.body.is_some() {
        headers.push(plain_header("Content-Type", JSON));
    }
    if call.session_header {
        // Forty zeros beside Basic are said to stand for "no session yet" (uncertain: docs/api-quirks.md, "Beyond v3").
        headers.push(plain_header(SESSION_NAME, NO_SESSION));
        headers.push(plain_header("X-Requested-With", "XMLHttpRequest"));
    }
    Request {
        method: call.method,
        path_and_query: call.path.clone(),
        headers,
        body: call.body.clone(),
        follow_redirects: !call.signed_in,
        cookie: call.session_cookie.then_some((SESSION_NAME, NO_SESSION)),
        timeout: call.timeout,
    }
}

fn plain_header(name: &'static str, value: &str) -> Header {
    Header { name, value: Zeroizing::new(value.to_owned()) }
}

/// What a v3 response other than 401 means.
pub(crate) fn settle(response: Response) -> Result<Response, Error> {
    let status = response.status;
    match status {
        // A proxy's or a portal's page: the console itself may never have seen the request.
        200..=299 if wire::is_html(&response) => Err(wire::unexpected(&response)),
        200..=299 => Ok(response),
        400..=599 => Err(refusal(&response)),
        _ => Err(wire::unexpected(&response)),
    }
}

/// What a refusing status means (docs/api-quirks.md, "Signing in").
pub(crate) fn refusal(response: &Response) -> Error {
    refusal_of(response.status, response)
}

/// The same, as if it had come with this status.
fn refusal_of(status: u16, response: &Response) -> Error {
    let message = wire::message(response);
    match status {
        // These words say more than the status (docs/api-quirks.md, "Changing").
        status if message.as_deref().is_some_and(is_unexpected) => {
            Error::Rejected { status, message: message.unwrap_or_default() }
        }
        401 => Error::Unauthorized,
        403 => Error::NotPermitted { message },
        404 => Error::NotFound { message },
        503 if mentions_maintenance(response) => Error::Maintenance,
        status if is_busy(status) => Error::Busy { status, retry_after: retry_after(response), message },
        status => Error::Rejected { status, message: message.unwrap_or_else(|| meaning(status).to_owned()) },
    }
}

/// The passing refusals. Others, 500 among them, answer the same way again.
const fn is_busy(status: u16) -> bool {
    matches!(status, 429 | 502 | 503 | 504)
}

/// Words for a status that came without any.
const fn meaning(status: u16) -> &'static str {
    match status {
        400 => "The request is not valid.",
        405 => "The console does not know this action.",
        408 => "The request took too long.",
        409 => "It conflicts with something else.",
        413 => "The request is too large.",
        415 => "The console does not accept this kind of request.",
        500..=599 => "It gave no message.",
        _ => "No reason was given.",
    }
}

fn mentions_maintenance(response: &Response) -> bool {
    wire::find_ignoring_case(&response.body, b"maintenance").is_some()
}

/// `Retry-After` in seconds. A date there is as good as nothing: the two clocks differ.
fn retry_after(response: &Response) -> Option<Duration> {
    response.retry_after.as_deref()?.trim().parse().ok().map(Duration::from_secs)
}

/// Between half of the wait and all of it.
fn jittered(wait: Duration, random: u64) -> Duration {
    let half = wait / 2;
    let span = u64::try_from(half.as_millis()).unwrap_or(u64::MAX).saturating_add(1);
    half + Duration::from_millis(random % span)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_wait_is_between_half_of_it_and_all_of_it() {
        let wait = Duration::from_millis(300);
        for random in [0, 1, 149, 150, 151, u64::MAX] {
            let wait_now = jittered(wait, random);
            assert!(wait / 2 <= wait_now && wait_now <= wait, "{wait_now:?}");
        }
        assert_eq!(jittered(Duration::ZERO, 7), Duration::ZERO);
    }

    #[test]
    fn retry_after_takes_seconds_only() {
        let with =
            |text: &str| retry_after(&Response { retry_after: Some(text.to_owned()), ..Response::default() });
        assert_eq!(with(" 120 "), Some(Duration::from_secs(120)));
        assert_eq!(with("Wed, 21 Oct 2026 07:28:00 GMT"), None);
        assert_eq!(with("-1"), None);
    }
}
