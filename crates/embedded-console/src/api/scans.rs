//! Scans. This console scans nothing: a scan that is started runs for [`LENGTH`] and then is finished.

use std::sync::Arc;
use std::time::Duration;

use axum::Extension;
use axum::extract::State;
use axum::response::Response;
use http::{StatusCode, Uri};
use serde::{Deserialize, Serialize};

use super::body::{JsonBody, required};
use super::engines::current;
use super::error::ApiError;
use super::links::{Link, Links};
use super::paging::Paging;
use super::sites::Vulnerabilities;
use super::{Id, created, json};
use crate::auth::User;
use crate::clock;
use crate::console::Console;
use crate::db::scans::{NewScan, ScanRow, Which};
use crate::db::sites::Findings;
use crate::db::{engines, pools, scans, sites};
use crate::fleet::EngineStatus;

/// How long a scan runs that was started through the API.
const LENGTH: Duration = Duration::from_secs(10 * 60);

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct ScanJson {
    assets: i64,
    #[serde(skip_serializing_if = "Option::is_none")]
    duration: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    end_time: Option<String>,
    engine_id: i64,
    /// A list of integers in live answers (console-facts §2).
    engine_ids: [i64; 1],
    engine_name: String,
    id: i64,
    links: Vec<Link>,
    #[serde(skip_serializing_if = "Option::is_none")]
    message: Option<String>,
    scan_name: String,
    scan_type: String,
    site_id: i64,
    site_name: String,
    start_time: String,
    #[serde(skip_serializing_if = "Option::is_none")]
    started_by: Option<String>,
    status: String,
    vulnerabilities: Vulnerabilities,
}

impl ScanJson {
    fn new(row: ScanRow, links: &Links) -> Self {
        let until = row.end_time.unwrap_or_else(clock::now);
        let Findings { assets, critical, severe, moderate } = row.findings;
        Self {
            assets,
            duration: Some(clock::iso_duration(until - row.start_time)),
            end_time: row.end_time.map(clock::iso),
            engine_id: row.engine_id,
            engine_ids: [row.engine_id],
            engine_name: row.engine_name,
            id: row.id,
            links: vec![
                links.to(&format!("/scans/{}", row.id), "self"),
                links.to(&format!("/scan_engines/{}", row.engine_id), "Scan Engine"),
                links.to(&format!("/sites/{}", row.site_id), "Site"),
            ],
            message: row.message,
            scan_name: row.name,
            scan_type: row.kind,
            site_id: row.site_id,
            site_name: row.site_name,
            start_time: clock::iso(row.start_time),
            started_by: row.started_by,
            status: row.status,
            vulnerabilities: Vulnerabilities::new(critical, severe, moderate),
        }
    }
}

/// `GET /scans?active=`: past scans unless `active` is true, as the Swagger file says.
pub(super) async fn list(
    State(console): State<Arc<Console>>,
    Extension(links): Extension<Links>,
    uri: Uri,
) -> Result<Response, ApiError> {
    page(&console, links, &uri, Which::default(), true).await
}

/// `GET /sites/{id}/scans?active=`.
pub(super) async fn of_site(
    State(console): State<Arc<Console>>,
    Extension(links): Extension<Links>,
    Id(id): Id,
    uri: Uri,
) -> Result<Response, ApiError> {
    page(&console, links, &uri, Which { site: Some(id), ..Which::default() }, true).await
}

/// `GET /scan_engines/{id}/scans`: all of them, running ones too.
pub(super) async fn of_engine(
    State(console): State<Arc<Console>>,
    Extension(links): Extension<Links>,
    Id(id): Id,
    uri: Uri,
) -> Result<Response, ApiError> {
    page(&console, links, &uri, Which { engine: Some(id), ..Which::default() }, false).await
}

async fn page(
    console: &Console,
    links: Links,
    uri: &Uri,
    mut which: Which,
    by_activity: bool,
) -> Result<Response, ApiError> {
    let paging = Paging::read(uri, scans::SORTABLE)?;
    if by_activity {
        which.active = Some(paging.active.unwrap_or(false));
    }
    let page = console
        .db
        .read(move |tx| {
            if let Some(site) = which.site {
                sites::find(tx, site)?.ok_or_else(ApiError::missing)?;
            }
            if let Some(engine) = which.engine {
                engines::find(tx, engine)?.ok_or_else(ApiError::missing)?;
            }
            let (rows, total) = scans::page(tx, which, &paging.order, paging.offset(), paging.limit())?;
            let resources = rows.into_iter().map(|row| ScanJson::new(row, &links)).collect();
            Ok::<_, ApiError>(paging.wrap(&links, resources, total))
        })
        .await?;
    Ok(json(StatusCode::OK, &page))
}

/// `GET /scans/{id}`.
pub(super) async fn one(
    State(console): State<Arc<Console>>,
    Extension(links): Extension<Links>,
    Id(id): Id,
) -> Result<Response, ApiError> {
    let scan = console.db.read(move |tx| scans::find(tx, id)?.ok_or_else(ApiError::missing)).await?;
    Ok(json(StatusCode::OK, &ScanJson::new(scan, &links)))
}

/// What a client sends to start a scan. Hosts, asset groups and template make no difference here.
#[derive(Default, Deserialize)]
#[serde(rename_all = "camelCase", default)]
pub(super) struct ScanBody {
    engine_id: Option<i64>,
    name: Option<String>,
}

/// `POST /sites/{id}/scans`. A pool's scan runs on the member that has the fewest scans at the moment; only active
/// engines share the load (console-facts §5).
pub(super) async fn start(
    State(console): State<Arc<Console>>,
    Extension(links): Extension<Links>,
    Extension(user): Extension<User>,
    Id(id): Id,
    JsonBody(body): JsonBody<Option<ScanBody>>,
) -> Result<Response, ApiError> {
    let body = body.unwrap_or_default();
    let name = required(Some(body.name.as_deref().unwrap_or("API scan")))?;
    let scan = console
        .db
        .clone()
        .write(move |tx| {
            let site = sites::find(tx, id)?.ok_or_else(ApiError::missing)?;
            let scanner = body.engine_id.unwrap_or(site.scan_engine);
            let candidates = match pools::find(tx, scanner)? {
                Some(pool) => pool.engines,
                None => vec![scanner],
            };
            let mut free = Vec::new();
            for engine in candidates {
                let engine = engines::find(tx, engine)?.ok_or_else(ApiError::invalid)?;
                let engine = current(&console, engine);
                if engine.status == EngineStatus::Active.as_str() {
                    free.push((scans::active_on_engine(tx, engine.id)?, engine));
                }
            }
            let Some((_, engine)) = free.into_iter().min_by_key(|(load, engine)| (*load, engine.id)) else {
                return Err(ApiError::refused(format!(
                    "The scan of the site {} cannot start: no scan engine for it is active.",
                    site.name
                )));
            };
            let now = clock::now();
            Ok(scans::insert(
                tx,
                &NewScan {
                    site_id: id,
                    engine_id: engine.id,
                    engine_name: &engine.name,
                    name: &name,
                    kind: "manual",
                    status: "running",
                    message: None,
                    started_by: &user.name,
                    start_time: now,
                    end_time: None,
                    planned_end: Some(now + clock::millis(LENGTH)),
                    findings: Findings {
                        assets: site.assets,
                        critical: site.critical,
                        severe: site.severe,
                        moderate: site.moderate,
                    },
                },
            )?)
        })
        .await?;
    Ok(created(StatusCode::OK, scan, links.to(&format!("/scans/{scan}"), "self")))
}
