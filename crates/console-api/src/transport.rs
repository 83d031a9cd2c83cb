//! The boundary to the network: one request out, one response back.

use core::fmt;
use core::future::Future;
use core::time::Duration;

use zeroize::Zeroizing;

/// The HTTP methods that a Security Console's calls use.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Method {
    /// Reads; the client repeats it after a passing failure.
    Get,
    /// Creates or acts; never repeated by itself.
    Post,
    /// Replaces a whole resource.
    Put,
    /// Deletes.
    Delete,
}

impl Method {
    /// The name as HTTP writes it.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Get => "GET",
            Self::Post => "POST",
            Self::Put => "PUT",
            Self::Delete => "DELETE",
        }
    }
}

/// One request header. The value is wiped from memory when it is dropped and is not shown by `Debug`, because it can
/// be the `Authorization` header.
#[derive(Clone, PartialEq, Eq)]
pub struct Header {
    /// The header's name.
    pub name: &'static str,
    /// The header's value; visible ASCII only.
    pub value: Zeroizing<String>,
}

impl fmt::Debug for Header {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}: …", self.name)
    }
}

/// One request, complete: the transport adds nothing but the console's root and the connection.
///
/// A transport sends it without cookies of its own and without the browser's own sign-in (`credentials: "omit"`), because the
/// `Authorization` header is among [`headers`](Self::headers) already.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Request {
    /// The method.
    pub method: Method,
    /// Path and query, relative to the console's root and without a leading slash: `api/3/scan_engines`. Empty for the
    /// root page.
    pub path_and_query: String,
    /// The headers, `Authorization` and `Content-Type` among them where they belong.
    pub headers: Vec<Header>,
    /// The body, if there is one.
    pub body: Option<Vec<u8>>,
    /// Whether to follow redirects. Only the root page is read so: API v3 knows no redirects, and elsewhere one means
    /// "not signed in" (docs/api-quirks.md, "Beyond v3").
    pub follow_redirects: bool,
    /// A cookie, by its name and value, that this request alone carries: the browser's transport sets it for this path and
    /// clears it again, and sends no others (docs/api-quirks.md, "Beyond v3").
    pub cookie: Option<(&'static str, &'static str)>,
    /// How long the whole exchange may take, body included; then [`TransportError::Timeout`].
    pub timeout: Duration,
}

impl Request {
    /// The value of the header with this name (without regard to case), if it is there.
    #[must_use]
    pub fn header(&self, name: &str) -> Option<&str> {
        self.headers
            .iter()
            .find(|header| header.name.eq_ignore_ascii_case(name))
            .map(|header| header.value.as_str())
    }
}

/// One response, with its whole body. Any status is a response; only when none came is it a [`TransportError`].
#[derive(Clone, Default, PartialEq, Eq)]
pub struct Response {
    /// The HTTP status. 0 for a redirect that the browser hides (`redirect: "manual"`).
    pub status: u16,
    /// Whether the answer came from somewhere else than asked: `Response.redirected` of the browser's fetch, or a
    /// 3xx status that was not followed.
    pub redirected: bool,
    /// The `Content-Type` header as it came.
    pub content_type: Option<String>,
    /// The `Retry-After` header as it came: seconds, or a date (which is not used).
    pub retry_after: Option<String>,
    /// The body. Empty when there was none.
    pub body: Vec<u8>,
}

/// The body is left out: it can be a shared secret.
impl fmt::Debug for Response {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Response")
            .field("status", &self.status)
            .field("redirected", &self.redirected)
            .field("content_type", &self.content_type)
            .field("retry_after", &self.retry_after)
            .field("body_bytes", &self.body.len())
            .finish()
    }
}

/// Why there is no whole response.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum TransportError {
    /// The console could not be reached, or the connection broke before the answer began. The text is the lower
    /// layer's own, for the details line.
    Network(String),
    /// The answer began and then broke off.
    CutOff {
        /// How many bytes of the body had come; 0 where the platform does not tell.
        received: usize,
    },
    /// [`Request::timeout`] passed.
    Timeout,
    /// The request was given up on purpose.
    Cancelled,
}

/// What carries requests to the console. Dropping a future cancels what it does.
///
/// The futures need not be `Send`: the browser's are not.
pub trait Transport {
    /// Sends one request and collects the whole response.
    ///
    /// # Errors
    /// [`TransportError`] when no whole response came. An answer with a bad status is not an error here.
    fn send(&self, request: Request) -> impl Future<Output = Result<Response, TransportError>>;

    /// Waits, between two tries of a read.
    fn sleep(&self, duration: Duration) -> impl Future<Output = ()>;

    /// A number that differs from call to call, so that many clients do not retry in step. It need not be secret.
    fn random(&self) -> u64;
}
