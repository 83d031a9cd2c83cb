//! For which names this console answers.
//!
//! A browser takes a page's name for its origin, wherever the name leads. Whoever has a name can have it lead to this machine
//! when his page is already open (DNS rebinding), and would then be of the same origin as this console. So requests for other
//! names than this console's are not answered.

use std::net::{IpAddr, SocketAddr};
use std::sync::Arc;

use axum::extract::{Request, State};
use axum::middleware::Next;
use axum::response::Response;
use http::StatusCode;
use http::header::HOST;
use http::request::Parts;

use crate::api::error::ApiError;
use crate::api::links::Links;
use crate::audit::Entry;
use crate::config::parse_host;
use crate::console::Console;
use crate::serve::Connection;
use crate::static_files;

/// Why a request is not answered.
#[derive(Debug, PartialEq, Eq)]
enum Wrong {
    /// It does not say once, and as a host, which host it is for.
    Unclear,
    /// It is for another host.
    Other(String),
}

/// Answers requests for this console, and none for others.
pub(crate) async fn check(State(console): State<Arc<Console>>, request: Request, next: Next) -> Response {
    let (parts, body) = request.into_parts();
    match wrong(&console, &parts) {
        None => next.run(Request::from_parts(parts, body)).await,
        Some(wrong) => refuse(&console, &parts, wrong),
    }
}

fn wrong(console: &Console, parts: &Parts) -> Option<Wrong> {
    let mut named: Vec<&[u8]> = parts.headers.get_all(HOST).iter().map(http::HeaderValue::as_bytes).collect();
    if named.len() != 1 {
        return Some(Wrong::Unclear);
    }
    // The form of requests to proxies, which says it once more.
    named.extend(parts.uri.authority().map(|authority| authority.as_str().as_bytes()));
    if console.is_forwarded(parts) {
        let forwarded: Vec<&[u8]> =
            parts.headers.get_all("x-forwarded-host").iter().map(http::HeaderValue::as_bytes).collect();
        if forwarded.len() > 1 {
            return Some(Wrong::Unclear);
        }
        named.extend(forwarded);
    }
    let local = parts.extensions.get::<Connection>().map(|connection| connection.local);
    let is_ours = |name: &str| match name.parse::<IpAddr>() {
        Ok(address) => {
            address.to_canonical().is_loopback()
                || Some(address.to_canonical()) == local
                || address == console.listen.ip()
                || console.names.iter().any(|known| known == name)
        }
        Err(_) => name == "localhost" || console.names.iter().any(|known| known == name),
    };
    named.into_iter().find_map(|name| match host(name) {
        None => Some(Wrong::Unclear),
        Some(name) => (!is_ours(&name)).then_some(Wrong::Other(name)),
    })
}

/// The host of `host` or `host:port`, in the one way that it is compared. Any port will do: it may have been forwarded.
fn host(authority: &[u8]) -> Option<String> {
    let text = std::str::from_utf8(authority).ok()?;
    if let Ok(socket) = text.parse::<SocketAddr>() {
        return Some(socket.ip().to_string());
    }
    let is_ipv6 = text.ends_with(']');
    let (name, port) = text.rsplit_once(':').filter(|_| !is_ipv6).unwrap_or((text, "0"));
    let is_port = port.len() <= 5 && port.bytes().all(|byte| byte.is_ascii_digit());
    parse_host(name).ok().filter(|_| is_port)
}

fn refuse(console: &Console, parts: &Parts, wrong: Wrong) -> Response {
    let entry = Entry::new("request-refused").with("peer", console.address(parts).to_string());
    let (status, words) = match wrong {
        Wrong::Unclear => {
            console.audit.refused(entry.with("reason", "no one host"));
            (StatusCode::BAD_REQUEST, "The request does not say which host it is for, or says it twice.")
        }
        Wrong::Other(name) => {
            console.audit.refused(entry.with("reason", "another host").with("host", name));
            let words = "This console does not answer to that name. The option --host adds a name.";
            (StatusCode::MISDIRECTED_REQUEST, words)
        }
    };
    let path = parts.uri.path();
    if ["/api", "/data"].iter().any(|start| path.starts_with(start)) {
        ApiError::new(status, words).render(&Links::of_this_console(console), console.quirks)
    } else {
        static_files::notice(status, "Not here", words)
    }
}

#[cfg(test)]
mod tests {
    use super::host;

    #[test]
    fn a_host_is_read_with_and_without_a_port() {
        for (text, name) in [
            ("localhost", "localhost"),
            ("LOCALHOST.:3780", "localhost"),
            ("127.0.0.1:3780", "127.0.0.1"),
            ("[::1]:3780", "::1"),
            ("[::1]", "::1"),
            ("console.example:443", "console.example"),
        ] {
            assert_eq!(host(text.as_bytes()).as_deref(), Some(name), "{text}");
        }
        for text in ["", ":80", "a b", "user@host", "host:port", "host:123456", "a/b", "a, b", "ä", "[::1"] {
            assert_eq!(host(text.as_bytes()), None, "{text}");
        }
    }
}
