//! The app's files: made at build time, compressed at build time, served as they are.

use std::path::{Path, PathBuf};
use std::sync::Arc;

use axum::Router;
use axum::body::Body;
use axum::extract::{Request, State};
use axum::response::{IntoResponse as _, Redirect, Response};
use http::header::{ALLOW, CACHE_CONTROL, CONTENT_TYPE, VARY};
use http::{HeaderValue, Method, StatusCode, Uri};
use tower::ServiceExt as _;
use tower_http::services::ServeDir;

use crate::console::Console;
use crate::security;

/// The app's routes: each answers with the app's index, so that links and reloads work. `:id` stands for a number.
pub const APP_ROUTES: [&str; 15] = [
    "/",
    "/activity",
    "/administration",
    "/engines",
    "/engines/new",
    "/engines/add",
    "/engines/:id",
    "/pools",
    "/pools/new",
    "/pools/:id",
    "/shared-secret",
    "/sites",
    "/sites/new",
    "/sites/:id",
    "/health",
];

/// For files whose name changes with their content.
const FOREVER: HeaderValue = HeaderValue::from_static("public, max-age=31536000, immutable");
/// For the index and other files whose name stays: kept, but asked for again each time.
const ASK_AGAIN: HeaderValue = HeaderValue::from_static("no-cache");

#[derive(Clone)]
struct Files {
    console: Arc<Console>,
    directory: ServeDir,
    /// With a slash at both ends.
    public_path: Arc<str>,
}

/// Everything that is not the API.
pub(crate) fn router(console: &Arc<Console>, directory: Option<&Path>, public_path: &str) -> Router {
    let directory = directory.map_or_else(|| PathBuf::from("/nonexistent"), Path::to_path_buf);
    let files = Files {
        console: Arc::clone(console),
        directory: ServeDir::new(directory)
            .append_index_html_on_directories(false)
            .precompressed_br()
            .precompressed_gzip(),
        public_path: public_path.into(),
    };
    Router::new().fallback(serve).with_state(files)
}

async fn serve(State(files): State<Files>, request: Request) -> Response {
    if request.method() != Method::GET && request.method() != Method::HEAD {
        let mut response = notice(StatusCode::METHOD_NOT_ALLOWED, "Not allowed", "Files can only be read.");
        response.headers_mut().insert(ALLOW, HeaderValue::from_static("GET, HEAD"));
        return response;
    }
    let (parts, body) = request.into_parts();
    if security::check_page(&files.console, &parts).is_err() {
        return notice(StatusCode::FORBIDDEN, "Not allowed", "This request comes from another site.");
    }
    let path = parts.uri.path();
    if path == "/" && files.console.maintenance {
        let words = "The Security Console is in maintenance mode. Try again later.";
        return notice(StatusCode::OK, "Security Console", words);
    }
    let Some(inside) = path.strip_prefix(&*files.public_path) else {
        // The way in for those who type the host name only, or leave out the last slash.
        if path == "/" || path == files.public_path.trim_end_matches('/') {
            return Redirect::temporary(&files.public_path).into_response();
        }
        return missing();
    };
    let inside = format!("/{inside}");
    let is_index = is_app_route(&inside);
    if !is_index && inside.ends_with('/') {
        // The file of that name is at another address.
        return missing();
    }
    let file = if is_index { "/index.html" } else { inside.as_str() };
    let cache = if !is_index && is_hashed(file) { FOREVER } else { ASK_AGAIN };
    let Ok(uri) = file.parse::<Uri>() else { return missing() };
    let mut request = Request::from_parts(parts, body);
    *request.uri_mut() = uri;
    // Reading a file answers with the file, 304 or 416, or not at all: it never fails otherwise.
    let Ok(response) = files.directory.oneshot(request).await;
    if response.status() == StatusCode::NOT_FOUND
        || response.status().is_redirection() && response.status() != StatusCode::NOT_MODIFIED
    {
        return missing();
    }
    let mut response = response.map(Body::new);
    response.headers_mut().insert(CACHE_CONTROL, cache);
    response.headers_mut().insert(VARY, HeaderValue::from_static("accept-encoding"));
    response
}

fn missing() -> Response {
    notice(StatusCode::NOT_FOUND, "Not found", "There is nothing at this address.")
}

/// A small page of the console's own. The texts are this program's: nothing from a request gets in.
pub(crate) fn notice(status: StatusCode, title: &str, text: &str) -> Response {
    let html = format!(
        "<!doctype html>\n<html lang=\"en\">\n<meta charset=\"utf-8\">\n<title>{title}</title>\n<h1>{title}</h1>\n<p>{text}</p>\n</html>\n"
    );
    let mut response = Response::new(Body::from(html));
    *response.status_mut() = status;
    let headers = response.headers_mut();
    headers.insert(CONTENT_TYPE, HeaderValue::from_static("text/html;charset=UTF-8"));
    headers.insert(CACHE_CONTROL, HeaderValue::from_static("no-store"));
    response
}

/// Whether a path is one of the app's routes. One slash at the end is forgiven.
fn is_app_route(path: &str) -> bool {
    let path = path.strip_suffix('/').filter(|path| !path.is_empty() && !path.ends_with('/')).unwrap_or(path);
    APP_ROUTES.iter().any(|route| {
        let (mut wanted, mut found) = (route.split('/'), path.split('/'));
        loop {
            match (wanted.next(), found.next()) {
                (None, None) => return true,
                (Some(":id"), Some(id)) if !id.is_empty() && id.bytes().all(|byte| byte.is_ascii_digit()) => {
                }
                (Some(wanted), Some(found)) if wanted == found => {}
                _ => return false,
            }
        }
    })
}

/// Whether a file's name has a hash of its content in it: `name-<16 hexadecimal digits>.ext` or `…_bg.wasm`.
fn is_hashed(path: &str) -> bool {
    let name = path.rsplit('/').next().unwrap_or_default();
    name.match_indices('-').any(|(at, _)| {
        let rest = &name[at + 1..];
        let digits = rest.bytes().take_while(u8::is_ascii_hexdigit).count();
        digits == 16 && (rest[16..].starts_with('.') || rest[16..].starts_with("_bg."))
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_apps_routes_get_the_index_and_files_do_not() {
        for route in
            ["/", "/engines", "/engines/", "/engines/17", "/engines/new", "/pools/3", "/health", "/sites/9"]
        {
            assert!(is_app_route(route), "{route}");
        }
        for other in [
            "/engines/x.js",
            "/engines/17/scans",
            "/engine",
            "//",
            "/favicon.ico",
            "/engines//",
            "/engines/-1",
        ] {
            assert!(!is_app_route(other), "{other}");
        }
    }

    #[test]
    fn only_names_with_a_hash_are_kept_for_ever() {
        for hashed in [
            "/app-0123456789abcdef.js",
            "/app-0123456789abcdef_bg.wasm",
            "/a/main-style-0123456789abcdef.css",
        ] {
            assert!(is_hashed(hashed), "{hashed}");
        }
        for plain in [
            "/index.html",
            "/app.js",
            "/app-0123456789abcde.js",
            "/app-0123456789abcdef0.js",
            "/a-0123456789abcdef/x.js",
            "/app-0123456789abcdef",
        ] {
            assert!(!is_hashed(plain), "{plain}");
        }
    }
}
