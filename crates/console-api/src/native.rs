//! The native transport, over reqwest.

use core::fmt;
use core::time::Duration;

use reqwest::header::{CONTENT_TYPE, COOKIE, RETRY_AFTER};
use reqwest::redirect::Policy;

use crate::transport::{Method, Request, Response, Transport, TransportError};

/// Sends requests with reqwest, for tests and tools. Must be used within a tokio runtime.
#[derive(Debug)]
pub struct NativeTransport {
    client: reqwest::Client,
    following: reqwest::Client,
    root: String,
}

/// The transport could not be set up. The text is the HTTP library's own.
#[derive(Debug)]
pub struct NativeTransportError(String);

impl fmt::Display for NativeTransportError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "the HTTP client could not be set up: {}", self.0)
    }
}

impl core::error::Error for NativeTransportError {}

impl NativeTransport {
    /// A transport to the console at this root, such as `https://console.example:3780/`; it may have a path.
    ///
    /// # Errors
    /// [`NativeTransportError`] if the root is not an http or https address.
    pub fn new(root: &str) -> Result<Self, NativeTransportError> {
        Self::with_setup(root, |builder| builder)
    }

    /// The same, with settings of one's own for the HTTP client, such as the console's own certificate authority.
    ///
    /// # Errors
    /// [`NativeTransportError`] if the root is not an http or https address or the client can't be built.
    pub fn with_setup(
        root: &str,
        setup: impl Fn(reqwest::ClientBuilder) -> reqwest::ClientBuilder,
    ) -> Result<Self, NativeTransportError> {
        if rustls::crypto::CryptoProvider::get_default().is_none() {
            // Losing the race to another installer is as good as winning it.
            let _ = rustls::crypto::ring::default_provider().install_default();
        }
        // reqwest decides about redirects per client, not per request: hence two.
        let build = |policy| {
            setup(reqwest::Client::builder())
                .redirect(policy)
                .build()
                .map_err(|error| NativeTransportError(error.to_string()))
        };
        let client = build(Policy::none())?;
        let following = build(Policy::limited(10))?;
        let url = reqwest::Url::parse(root).map_err(|error| NativeTransportError(error.to_string()))?;
        if !matches!(url.scheme(), "http" | "https") {
            return Err(NativeTransportError(format!("{root} is not an http or https address")));
        }
        let root = format!("{}/", url.as_str().trim_end_matches('/'));
        Ok(Self { client, following, root })
    }
}

impl Transport for NativeTransport {
    async fn send(&self, request: Request) -> Result<Response, TransportError> {
        let method = match request.method {
            Method::Get => reqwest::Method::GET,
            Method::Post => reqwest::Method::POST,
            Method::Put => reqwest::Method::PUT,
            Method::Delete => reqwest::Method::DELETE,
        };
        let url = format!("{}{}", self.root, request.path_and_query);
        let client = if request.follow_redirects { &self.following } else { &self.client };
        let mut call = client.request(method, &url).timeout(request.timeout);
        for header in &request.headers {
            call = call.header(header.name, header.value.as_str());
        }
        if let Some((name, value)) = request.cookie {
            call = call.header(COOKIE, format!("{name}={value}"));
        }
        if let Some(body) = request.body {
            call = call.body(body);
        }
        let mut response = call.send().await.map_err(|error| transport_error(&error))?;
        let text = |name| {
            let value = response.headers().get(name)?;
            Some(String::from_utf8_lossy(value.as_bytes()).into_owned())
        };
        let (content_type, retry_after) = (text(CONTENT_TYPE), text(RETRY_AFTER));
        let status = response.status();
        let redirected = status.is_redirection() || response.url().as_str() != url;
        let mut body = Vec::new();
        loop {
            match response.chunk().await {
                Ok(Some(chunk)) => body.extend_from_slice(&chunk),
                Ok(None) => break,
                Err(error) if error.is_timeout() => return Err(TransportError::Timeout),
                Err(_) => return Err(TransportError::CutOff { received: body.len() }),
            }
        }
        Ok(Response { status: status.as_u16(), redirected, content_type, retry_after, body })
    }

    async fn sleep(&self, duration: Duration) {
        tokio::time::sleep(duration).await;
    }

    fn random(&self) -> u64 {
        fastrand::u64(..)
    }
}

/// The innermost cause is the one that tells ("Connection refused").
fn transport_error(error: &reqwest::Error) -> TransportError {
    if error.is_timeout() {
        return TransportError::Timeout;
    }
    let mut cause: &dyn core::error::Error = error;
    while let Some(inner) = cause.source() {
        cause = inner;
    }
    TransportError::Network(cause.to_string())
}
