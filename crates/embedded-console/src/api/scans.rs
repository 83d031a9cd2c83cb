//! Scans. This console scans nothing: a scan that is started runs for [`LENGTH`] and then is finished.

use std::sync::Arc;
use std::time::Duration;

use axum::Extension;
use axum::extract::State;
use axum::response::Response;
use http::{StatusCode, Uri};
use rusqlite::Transaction;
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use super::answer::{Created, LinksOnly, created, done, json};
use super::body::{JsonBody, required};
use super::document::{ActiveParameter, Anywhere, Missing, PageOfScans, Refusable, WithBody};
use super::error::ApiError;
use super::links::{Link, Links};
use super::paging::{Page, Paging};
use super::path::Id;
use super::shapes::Vulnerabilities;
use crate::auth::User;
use crate::clock;
use crate::console::Console;
use crate::db::scans::{NewScan, ScanRow, Which};
use crate::db::sites::Findings;
use crate::db::{engines, pools, scans, sites};
use crate::dialect::{Quirk, Quirks};
use crate::engine_rules::current;
use crate::fleet::EngineStatus;

/// The engine's id of a scan that runs on a pool, on consoles that tell no engine then.
const OF_POOL: i64 = -1;
/// How long a scan runs that was started through the API.
const LENGTH: Duration = Duration::from_secs(10 * 60);

/// A scan as the API shows it.
#[derive(Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
#[schema(as = Scan)]
struct ScanJson {
    assets: i64,
    #[serde(skip_serializing_if = "Option::is_none")]
    duration: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(format = DateTime)]
    end_time: Option<String>,
    /// -1 on some consoles: the scan runs on a pool.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(minimum = -1)]
    engine_id: Option<i64>,
    #[serde(skip_serializing_if = "Option::is_none")]
    engine_ids: Option<EngineIds>,
    engine_name: String,
    id: i64,
    links: Vec<Link>,
    #[serde(skip_serializing_if = "Option::is_none")]
    message: Option<String>,
    scan_name: String,
    scan_type: String,
    site_id: i64,
    site_name: String,
    #[schema(format = DateTime)]
    start_time: String,
    #[serde(skip_serializing_if = "Option::is_none")]
    started_by: Option<String>,
    /// Who started it, on consoles that have no `startedBy`.
    #[serde(skip_serializing_if = "Option::is_none")]
    started_by_username: Option<String>,
    #[schema(pattern = "^(aborted|unknown|running|finished|stopped|error|paused|dispatched|integrating)$")]
    status: String,
    vulnerabilities: Vulnerabilities,
}

/// The engines of a scan.
#[derive(Serialize, ToSchema)]
#[serde(untagged)]
enum EngineIds {
    /// A list of integers, as live consoles send it.
    List([i64; 1]),
    /// One object, as others do.
    One {
        id: i64,
        #[serde(rename = "newScanEngine")]
        new_scan_engine: bool,
        scope: &'static str,
    },
}

/// How a scan names its engine (docs/api-quirks.md, "Reading").
#[derive(Clone, Copy)]
enum Naming {
    /// `engineId` and a list.
    Usual,
    /// An object.
    Object,
    /// The name and the link.
    Link,
    /// -1, and the pool's name.
    Pool,
}

impl Naming {
    /// The way of this console for this scan. Several ways take turns. `in_pool`: whether the scan's site uses a pool.
    fn of(quirks: Quirks, scan: i64, in_pool: bool) -> Self {
        let ways: Vec<Self> = [
            (Quirk::EngineIdsObject, true, Self::Object),
            (Quirk::ScanEngineLink, true, Self::Link),
            (Quirk::ScanOfPool, in_pool, Self::Pool),
        ]
        .into_iter()
        .filter(|(quirk, can, _)| quirks.has(*quirk) && *can)
        .map(|(_, _, way)| way)
        .collect();
        let turn = usize::try_from(scan).unwrap_or_default().checked_rem(ways.len());
        turn.map_or(Self::Usual, |turn| ways[turn])
    }
}

/// Whom a console names that has no `startedBy` when nobody is known.
const NOBODY: &str = "N/A";
/// What the console starts by itself is not started by a person.
const CONSOLE_ITSELF: &str = "System";

impl ScanJson {
    /// How a scan looks in an answer of that console. `pool`: the name of the pool that its site uses, if this console
    /// tells pools instead of engines.
    fn new(mut row: ScanRow, pool: Option<String>, links: &Links, quirks: Quirks) -> Self {
        let way = Naming::of(quirks, row.id, pool.is_some());
        let by_username = quirks.has(Quirk::StartedByUsername);
        if by_username {
            let person = row.started_by.clone().filter(|name| name != CONSOLE_ITSELF);
            if row.status == "stopped" && person.is_some() {
                row.message.clone_from(&person);
            }
            row.started_by = Some(person.unwrap_or_else(|| NOBODY.to_owned()));
        }
        let until = row.end_time.unwrap_or_else(clock::now);
        let Findings { assets, critical, severe, moderate } = row.findings;
        Self {
            assets,
            duration: Some(clock::iso_duration(until - row.start_time)),
            end_time: row.end_time.map(clock::iso),
            engine_id: match way {
                Naming::Usual => Some(row.engine_id),
                Naming::Pool => Some(OF_POOL),
                Naming::Object | Naming::Link => None,
            },
            engine_ids: match way {
                Naming::Usual => Some(EngineIds::List([row.engine_id])),
                Naming::Object => {
                    Some(EngineIds::One { id: row.engine_id, new_scan_engine: true, scope: "silo" })
                }
                Naming::Link | Naming::Pool => None,
            },
            engine_name: match (way, pool) {
                (Naming::Pool, Some(pool)) => pool,
                _ => row.engine_name,
            },
            id: row.id,
            links: [
                Some(links.to(&format!("/scans/{}", row.id), "self")),
                matches!(way, Naming::Usual | Naming::Link)
                    .then(|| links.to(&format!("/scan_engines/{}", row.engine_id), "Scan Engine")),
                Some(links.to(&format!("/sites/{}", row.site_id), "Site")),
            ]
            .into_iter()
            .flatten()
            .collect(),
            message: row.message,
            scan_name: row.name,
            scan_type: row.kind,
            site_id: row.site_id,
            site_name: row.site_name,
            start_time: clock::iso(row.start_time),
            started_by: row.started_by.clone().filter(|_| !by_username),
            started_by_username: row.started_by.filter(|_| by_username),
            status: row.status,
            vulnerabilities: Vulnerabilities::new(critical, severe, moderate),
        }
    }
}

/// `GET /scans?active=`: past scans unless `active` is true, as the Swagger file says.
#[utoipa::path(
    get, path = "/api/3/scans", tag = "Scans", operation_id = "getScans", summary = "A page of the scans that have ended, or of those under way",
    params(PageOfScans, ActiveParameter),
    responses((status = 200, description = "The page", body = Page<ScanJson>), Refusable, Anywhere)
)]
pub(super) async fn list(
    State(console): State<Arc<Console>>,
    Extension(links): Extension<Links>,
    uri: Uri,
) -> Result<Response, ApiError> {
    page(&console, links, &uri, Which::default(), true).await
}

/// `GET /sites/{id}/scans?active=`.
#[utoipa::path(
    get, path = "/api/3/sites/{id}/scans", tag = "Sites", operation_id = "getScansOfSite", summary = "A page of a site's scans that have ended, or of those under way",
    params(("id" = i64, Path, description = "The site's id"), PageOfScans, ActiveParameter),
    responses((status = 200, description = "The page", body = Page<ScanJson>), Refusable, Missing, Anywhere)
)]
pub(super) async fn of_site(
    State(console): State<Arc<Console>>,
    Extension(links): Extension<Links>,
    Id(id): Id,
    uri: Uri,
) -> Result<Response, ApiError> {
    page(&console, links, &uri, Which { site: Some(id), ..Which::default() }, true).await
}

/// `GET /scan_engines/{id}/scans`: all of them, running ones too.
#[utoipa::path(
    get, path = "/api/3/scan_engines/{id}/scans", tag = "Scan Engines", operation_id = "getScansOfScanEngine", summary = "A page of all scans of an engine",
    params(("id" = i64, Path, description = "The engine's id"), PageOfScans),
    responses((status = 200, description = "The page", body = Page<ScanJson>), Refusable, Missing, Anywhere)
)]
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
    let paging = Paging::read(uri, scans::SORTABLE, console.quirks)?;
    let quirks = console.quirks;
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
            let resources =
                rows.into_iter().map(|row| shown(tx, row, &links, quirks)).collect::<Result<_, _>>()?;
            Ok::<_, ApiError>(paging.wrap(&links, resources, total))
        })
        .await?;
    page.take_time(console.time_per_row).await;
    Ok(json(StatusCode::OK, &page))
}

/// `GET /scans/{id}`.
#[utoipa::path(
    get, path = "/api/3/scans/{id}", tag = "Scans", operation_id = "getScan", summary = "One scan",
    params(("id" = i64, Path, description = "The scan's id")),
    responses((status = 200, description = "The scan", body = ScanJson), Missing, Anywhere)
)]
pub(super) async fn one(
    State(console): State<Arc<Console>>,
    Extension(links): Extension<Links>,
    Id(id): Id,
) -> Result<Response, ApiError> {
    let quirks = console.quirks;
    let scan = console
        .db
        .read(move |tx| {
            let row = scans::find(tx, id)?.ok_or_else(ApiError::missing)?;
            shown(tx, row, &links, quirks)
        })
        .await?;
    Ok(json(StatusCode::OK, &scan))
}

fn shown(tx: &Transaction<'_>, row: ScanRow, links: &Links, quirks: Quirks) -> Result<ScanJson, ApiError> {
    let mut pool = None;
    if quirks.has(Quirk::ScanOfPool)
        && let Some(site) = sites::find(tx, row.site_id)?
    {
        pool = pools::find(tx, site.scan_engine)?.map(|pool| pool.name);
    }
    Ok(ScanJson::new(row, pool, links, quirks))
}

/// What a person can do to a scan that is under way.
#[derive(Clone, Copy)]
enum Step {
    Pause,
    Resume,
    Stop,
}

/// `POST /scans/{id}/pause`.
#[utoipa::path(
    post, path = "/api/3/scans/{id}/pause", tag = "Scans", operation_id = "pauseScan", summary = "Pauses a running scan",
    params(("id" = i64, Path, description = "The scan's id")),
    responses((status = 200, description = "Done", body = LinksOnly), Refusable, Missing, Anywhere)
)]
pub(super) async fn pause(
    State(console): State<Arc<Console>>,
    Extension(links): Extension<Links>,
    Extension(user): Extension<User>,
    Id(id): Id,
) -> Result<Response, ApiError> {
    take(&console, &links, user, id, Step::Pause).await
}

/// `POST /scans/{id}/resume`. It runs for [`LENGTH`] at least from then on.
#[utoipa::path(
    post, path = "/api/3/scans/{id}/resume", tag = "Scans", operation_id = "resumeScan", summary = "Resumes a paused scan",
    params(("id" = i64, Path, description = "The scan's id")),
    responses((status = 200, description = "Done", body = LinksOnly), Refusable, Missing, Anywhere)
)]
pub(super) async fn resume(
    State(console): State<Arc<Console>>,
    Extension(links): Extension<Links>,
    Extension(user): Extension<User>,
    Id(id): Id,
) -> Result<Response, ApiError> {
    take(&console, &links, user, id, Step::Resume).await
}

/// `POST /scans/{id}/stop`.
#[utoipa::path(
    post, path = "/api/3/scans/{id}/stop", tag = "Scans", operation_id = "stopScan", summary = "Stops a scan that is under way",
    params(("id" = i64, Path, description = "The scan's id")),
    responses((status = 200, description = "Done", body = LinksOnly), Refusable, Missing, Anywhere)
)]
pub(super) async fn stop(
    State(console): State<Arc<Console>>,
    Extension(links): Extension<Links>,
    Extension(user): Extension<User>,
    Id(id): Id,
) -> Result<Response, ApiError> {
    take(&console, &links, user, id, Step::Stop).await
}

async fn take(
    console: &Console,
    links: &Links,
    user: User,
    id: i64,
    step: Step,
) -> Result<Response, ApiError> {
    console
        .db
        .write(move |tx| {
            let scan = scans::find(tx, id)?.ok_or_else(ApiError::missing)?;
            let now = clock::now();
            match (step, scan.status.as_str()) {
                (Step::Pause, "running" | "dispatched") => scans::pause(tx, id)?,
                (Step::Resume, "paused") => scans::resume(tx, id, now + clock::millis(LENGTH))?,
                (Step::Stop, "running" | "dispatched" | "paused") => scans::stop(tx, id, &user.name, now)?,
                (_, status) => {
                    let wanted = match step {
                        Step::Pause => "paused",
                        Step::Resume => "resumed",
                        Step::Stop => "stopped",
                    };
                    return Err(ApiError::refused(format!("The scan is {status} and cannot be {wanted}.")));
                }
            }
            Ok(())
        })
        .await?;
    Ok(done(links))
}

/// What a client sends to start a scan. Hosts, asset groups and template make no difference here.
#[derive(Default, Deserialize, ToSchema)]
#[serde(rename_all = "camelCase", default)]
pub(super) struct ScanBody {
    engine_id: Option<i64>,
    #[schema(min_length = 1, max_length = 255, pattern = r"^(?=.*\S)[^\u0000-\u001f\u007f-\u009f]+$")]
    name: Option<String>,
}

/// `POST /sites/{id}/scans`. A pool's scan runs on the member that has the fewest scans at the moment; only active
/// engines share the load (docs/api-quirks.md, "Special engines and pools").
#[utoipa::path(
    post, path = "/api/3/sites/{id}/scans", tag = "Sites", operation_id = "startScan", summary = "Starts a scan of a site",
    params(("id" = i64, Path, description = "The site's id")),
    request_body(content = Option<ScanBody>),
    responses((status = 200, description = "The new scan's id", body = Created), WithBody, Missing, Anywhere)
)]
pub(super) async fn start(
    State(console): State<Arc<Console>>,
    Extension(links): Extension<Links>,
    Extension(user): Extension<User>,
    Id(id): Id,
    JsonBody(body): JsonBody<Option<ScanBody>>,
) -> Result<Response, ApiError> {
    let body = body.unwrap_or_default();
    let name = required("name", Some(body.name.as_deref().unwrap_or("API scan")))?;
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
