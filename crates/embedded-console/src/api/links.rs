//! Hypermedia links: absolute, as the client reached the console.

use std::sync::Arc;

use http::request::Parts;
use serde::Serialize;
use utoipa::ToSchema;

use crate::console::Console;

/// One link.
#[derive(Debug, Clone, Serialize, ToSchema)]
pub(crate) struct Link {
    href: String,
    rel: &'static str,
}

/// Makes links for the answer to one request.
#[derive(Debug, Clone)]
pub(crate) struct Links {
    /// Scheme, host and port, without a slash at the end.
    origin: Arc<str>,
    /// Path and query of the request.
    this: Arc<str>,
}

impl Links {
    /// Links for the answer to this request.
    pub(crate) fn of(console: &Console, parts: &Parts) -> Self {
        let this = parts.uri.path_and_query().map_or("/", |both| both.as_str());
        Self { origin: origin(console, parts).into(), this: this.into() }
    }

    /// Links for a request that is for another host: nothing of that gets into them.
    pub(crate) fn of_this_console(console: &Console) -> Self {
        let scheme = if console.tls { "https" } else { "http" };
        Self { origin: format!("{scheme}://{}", console.listen).into(), this: "/".into() }
    }

    /// The request's own address.
    pub(crate) fn this(&self) -> Link {
        Link { href: format!("{}{}", self.origin, self.this), rel: "self" }
    }

    /// A resource of API v3; `path` starts with a slash.
    pub(crate) fn to(&self, path: &str, rel: &'static str) -> Link {
        Link { href: format!("{}/api/3{path}", self.origin), rel }
    }

    /// The request's own path with another query.
    pub(crate) fn with_query(&self, query: &str, rel: &'static str) -> Link {
        let path = self.this.split('?').next().unwrap_or_default();
        Link { href: format!("{}{path}?{query}", self.origin), rel }
    }
}

/// Scheme, host and port as the client sees them. Behind a proxy that is what the proxy forwards.
pub(crate) fn origin(console: &Console, parts: &Parts) -> String {
    let scheme = if console.is_https(parts) { "https" } else { "http" };
    match console.host(parts).filter(|host| is_authority(host)) {
        Some(host) => format!("{scheme}://{host}"),
        None => format!("{scheme}://{}", console.listen),
    }
}

/// A host name or address, with or without a port: nothing else gets into links.
fn is_authority(text: &str) -> bool {
    !text.is_empty()
        && text.len() <= 300
        && text.bytes().all(|byte| byte.is_ascii_alphanumeric() || b".-_:[]".contains(&byte))
}

#[cfg(test)]
mod tests {
    use super::is_authority;

    #[test]
    fn only_hosts_get_into_links() {
        for good in ["console", "console.example:3780", "[::1]:3780", "127.0.0.1"] {
            assert!(is_authority(good), "{good}");
        }
        for bad in ["", "a/b", "a b", "a\"", "user@host", "ä"] {
            assert!(!is_authority(bad), "{bad}");
        }
    }
}
