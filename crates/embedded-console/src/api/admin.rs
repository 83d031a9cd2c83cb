//! The API's root and what the console tells about itself.

use std::sync::Arc;

use axum::Extension;
use axum::extract::State;
use axum::response::Response;
use http::StatusCode;
use serde::Serialize;
use utoipa::ToSchema;

use super::answer::{LinksOnly, done, json};
use super::document::{Anywhere, Missing};
use super::error::ApiError;
use super::links::{Link, Links};
use super::sign_in::Credential;
use crate::console::{Console, Host};
use crate::dialect::Quirk;

/// `GET /api/3`: what there is. Also the way to find out whether one is signed in (docs/api-quirks.md, "Signing in").
#[utoipa::path(
    get, path = "/api/3", tag = "Root", operation_id = "getRoot", summary = "Links to everything; also the way to check that the credentials are accepted",
    responses((status = 200, description = "The links", body = LinksOnly), Anywhere)
)]
pub(super) async fn root(
    State(console): State<Arc<Console>>,
    Extension(links): Extension<Links>,
) -> Response {
    let mut all = vec![
        links.this(),
        links.to("/administration/info", "Information"),
        links.to("/administration/commands", "Console Commands"),
        links.to("/scan_engines", "Scan Engines"),
        links.to("/scan_engine_pools", "Engine Pools"),
        links.to("/scan_templates", "Scan Templates"),
        links.to("/scans", "Scans"),
        links.to("/sites", "Sites"),
    ];
    if !console.has(Quirk::NoExtras) {
        all.push(links.to("/session", "Session"));
    }
    json(StatusCode::OK, &LinksOnly { links: all })
}

/// `DELETE /session`: forgets the credentials of this very request, and the sessions of the console's own pages that were
/// opened with them. An extra of this console, which the root links to.
#[utoipa::path(
    delete, path = "/api/3/session", tag = "Root", operation_id = "signOut", summary = "Forgets these credentials: the next request with them is checked again. Other consoles have no such call; where the root links to it (`Session`), it is there",
    responses((status = 200, description = "Done", body = LinksOnly), Missing, Anywhere)
)]
pub(super) async fn sign_out(
    State(console): State<Arc<Console>>,
    Extension(links): Extension<Links>,
    Extension(Credential(proof)): Extension<Credential>,
) -> Result<Response, ApiError> {
    if console.has(Quirk::NoExtras) {
        return Err(ApiError::missing());
    }
    console.auth.sign_out(&proof);
    console.sessions.close(&proof);
    Ok(done(&links))
}

#[derive(Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
struct Info {
    #[serde(skip_serializing_if = "Option::is_none")]
    cpu: Option<Cpu>,
    distinguished_name: String,
    /// Where engines dial this console for reverse pairs: an extra field of this console.
    #[serde(skip_serializing_if = "Option::is_none")]
    engine_listener_port: Option<u16>,
    fqdn: String,
    host: String,
    /// Where engines reach this console. Left out when it listens on every address of the machine: which of them leads
    /// here from an engine is not known.
    #[serde(skip_serializing_if = "Option::is_none")]
    ip: Option<String>,
    links: [Link; 1],
    #[serde(skip_serializing_if = "Option::is_none")]
    memory: Option<Memory>,
    #[serde(skip_serializing_if = "Option::is_none")]
    operating_system: Option<String>,
    serial: String,
    #[serde(skip_serializing_if = "Option::is_none")]
    superuser: Option<bool>,
    #[serde(skip_serializing_if = "Option::is_none")]
    user: Option<String>,
    version: Version,
}

#[derive(Serialize, ToSchema)]
struct Cpu {
    count: usize,
}

#[derive(Serialize, ToSchema)]
struct Memory {
    free: Bytes,
    total: Bytes,
}

#[derive(Serialize, ToSchema)]
struct Bytes {
    bytes: u64,
    formatted: String,
}

impl Bytes {
    fn new(bytes: u64) -> Self {
        #[expect(clippy::cast_precision_loss, reason = "shown with one digit after the point")]
        let gibibytes = bytes as f64 / f64::from(1 << 30);
        Self { bytes, formatted: format!("{gibibytes:.1} GB") }
    }
}

#[derive(Serialize, ToSchema)]
struct Version {
    platform: String,
    semantic: String,
    update: Update,
}

#[derive(Serialize, ToSchema)]
struct Update {
    content: String,
}

/// `GET /administration/info`. What this console does not have (Java, installed sizes) is left out.
#[utoipa::path(
    get, path = "/api/3/administration/info", tag = "Administration", operation_id = "getConsoleInfo", summary = "What the console reports about itself",
    responses((status = 200, description = "The console", body = Info), Anywhere)
)]
pub(super) async fn info(
    State(console): State<Arc<Console>>,
    Extension(links): Extension<Links>,
) -> Response {
    let host = console.host.clone();
    let info = Info {
        cpu: host.processors.map(|count| Cpu { count }),
        distinguished_name: format!("CN={}", host.name),
        engine_listener_port: (!console.has(Quirk::NoExtras)).then(|| console.engine_listener.port()),
        fqdn: host.name.clone(),
        host: host.name.split('.').next().unwrap_or_default().to_ascii_uppercase(),
        ip: [console.engine_listener.ip(), console.listen.ip()]
            .into_iter()
            .find(|ip| !ip.is_unspecified())
            .map(|ip| ip.to_string()),
        links: [links.this()],
        memory: Host::memory()
            .map(|(free, total)| Memory { free: Bytes::new(free), total: Bytes::new(total) }),
        operating_system: host.operating_system,
        serial: console.serial.clone(),
        superuser: host.superuser,
        user: host.user,
        version: Version {
            platform: host.platform,
            semantic: console.versions.product.clone(),
            update: Update { content: console.versions.content.clone() },
        },
    };
    json(StatusCode::OK, &info)
}
