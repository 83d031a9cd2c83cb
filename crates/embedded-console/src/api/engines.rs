//! Scan engines.

use std::collections::HashMap;
use std::sync::Arc;

use axum::Extension;
use axum::extract::State;
use axum::response::{IntoResponse as _, Response};
use http::StatusCode;
use rusqlite::Transaction;
use serde::{Deserialize, Serialize};
use serde_json::Value;
use utoipa::ToSchema;

use super::answer::{Created, LinksOnly, Resources, about, created, done, json, json_bytes};
use super::assign::assign_exactly;
use super::body::{JsonBody, required};
use super::document::{Anywhere, Missing, Refusable, WithBody, must_not_be_there};
use super::error::{ApiError, UNEXPECTED};
use super::links::Links;
use super::path::Id;
use super::shapes::{Belongings, EngineJson, PoolAmongEngines, PoolJson, engine_json};
use crate::console::Console;
use crate::db::engines::{self, EngineKind};
use crate::db::{pools, scans, sites};
use crate::dialect::Quirk;
use crate::engine_rules::{Conflict, conflict, forget_if_deleted, host};
use crate::persist;

/// `GET /scan_engines`: all of them, unpaged. Two queries, however many engines and sites there are; two more for the
/// pools, if they are to be told here.
#[utoipa::path(
    get, path = "/api/3/scan_engines", tag = "Scan Engines", operation_id = "getScanEngines", summary = "All scan engines, unpaged",
    responses((status = 200, description = "The engines; on older consoles the pools too", body = Resources<Listed>), Anywhere)
)]
pub(super) async fn list(
    State(console): State<Arc<Console>>,
    Extension(links): Extension<Links>,
) -> Result<Response, ApiError> {
    let bytes = console
        .db
        .clone()
        .read(move |tx| -> Result<Vec<u8>, ApiError> {
            let mut sites = engines::sites_by_scanner(tx)?;
            let tells_pools = console.has(Quirk::EnginePools);
            let pools = if tells_pools || console.has(Quirk::PoolsAmongEngines) {
                pools::all(tx)?
            } else {
                Vec::new()
            };
            let mut pools_by_engine: HashMap<i64, Vec<i64>> = HashMap::new();
            for pool in &pools {
                for engine in &pool.engines {
                    pools_by_engine.entry(*engine).or_default().push(pool.id);
                }
            }
            let engines = engines::all(tx)?.into_iter().map(|row| {
                let id = row.id;
                let belongings = Belongings {
                    sites: sites.remove(&id).unwrap_or_default(),
                    pools: tells_pools.then(|| pools_by_engine.remove(&id).unwrap_or_default()),
                };
                Listed::Engine(engine_json(&console, row, belongings, &links, false))
            });
            let among_them = pools
                .iter()
                .filter_map(|pool| Some(Listed::Pool(PoolAmongEngines::new(pool, &links, console.quirks)?)));
            let resources = engines.chain(among_them).collect();
            // Written here, on the blocking thread: for ten thousand engines these are megabytes.
            serde_json::to_vec(&Resources::new(&links, resources))
                .map_err(|error| ApiError::unexpected(&error.to_string()))
        })
        .await?;
    Ok(json_bytes(StatusCode::OK, bytes))
}

/// What the list of engines holds: on older consoles that is not engines alone.
#[derive(Serialize, ToSchema)]
#[serde(untagged)]
#[expect(clippy::large_enum_variant, reason = "nearly all are engines: a box for each would only cost")]
#[schema(as = EngineOrPoolAmongEngines)]
enum Listed {
    Engine(EngineJson),
    Pool(PoolAmongEngines),
}

/// `GET /scan_engines/{id}`.
#[utoipa::path(
    get, path = "/api/3/scan_engines/{id}", tag = "Scan Engines", operation_id = "getScanEngine", summary = "One scan engine",
    params(("id" = i64, Path, description = "The engine's id")),
    responses((status = 200, description = "The engine", body = Listed), Missing, Anywhere)
)]
pub(super) async fn one(
    State(console): State<Arc<Console>>,
    Extension(links): Extension<Links>,
    Id(id): Id,
) -> Result<Response, ApiError> {
    let engine = console
        .db
        .clone()
        .read(move |tx| {
            if let Some(row) = engines::find(tx, id)? {
                let belongings = Belongings::of(&console, tx, id)?;
                return Ok(Listed::Engine(engine_json(&console, row, belongings, &links, true)));
            }
            let pool =
                pools::find(tx, id)?.and_then(|pool| PoolAmongEngines::new(&pool, &links, console.quirks));
            pool.map(Listed::Pool).ok_or_else(ApiError::missing)
        })
        .await?;
    Ok(json(StatusCode::OK, &engine))
}

/// `GET /scan_engines/{id}/scan_engine_pools`.
#[utoipa::path(
    get, path = "/api/3/scan_engines/{id}/scan_engine_pools", tag = "Scan Engines", operation_id = "getPoolsOfScanEngine", summary = "The pools that an engine is in, unpaged",
    params(("id" = i64, Path, description = "The engine's id")),
    responses((status = 200, description = "The pools", body = Resources<PoolJson>), Missing, Anywhere)
)]
pub(super) async fn pools(
    State(console): State<Arc<Console>>,
    Extension(links): Extension<Links>,
    Id(id): Id,
) -> Result<Response, ApiError> {
    let quirks = console.quirks;
    let pools = console
        .db
        .read(move |tx| {
            // Whoever follows the list of engines asks for the pools of those in it too: they are in none.
            let is_listed = quirks.has(Quirk::PoolsAmongEngines) && pools::find(tx, id)?.is_some();
            if !is_listed {
                engines::find(tx, id)?.ok_or_else(ApiError::missing)?;
            }
            let pools = pools::of_engine(tx, id)?
                .into_iter()
                .map(|pool| {
                    let sites = sites::ids_of_scanner(tx, pool.id)?;
                    Ok(PoolJson::new(pool, sites, &links, quirks))
                })
                .collect::<Result<_, ApiError>>()?;
            Ok::<_, ApiError>(Resources::new(&links, pools))
        })
        .await?;
    Ok(json(StatusCode::OK, &pools))
}

/// What a client sends of an engine. Read-only properties are ignored, as in the console.
#[derive(Deserialize, ToSchema)]
pub(super) struct EngineBody {
    /// The path's, if it is there.
    #[schema(value_type = Option<i64>)]
    id: Option<Value>,
    #[schema(
        required,
        nullable = false,
        min_length = 1,
        max_length = 255,
        pattern = r"^(?=.*\S)[^\u0000-\u001f\u007f-\u009f]+$"
    )]
    name: Option<String>,
    /// A host name or an IP address.
    #[schema(
        required,
        nullable = false,
        min_length = 1,
        max_length = 255,
        pattern = r"^[\[\]A-Za-z0-9._:-]+$"
    )]
    address: Option<String>,
    #[schema(required, nullable = false, minimum = 1, maximum = 65535)]
    port: Option<u16>,
    sites: Option<Vec<i64>>,
}

/// What a client sends of a new engine. [`EngineBody`] reads it.
#[derive(ToSchema)]
#[expect(dead_code, reason = "it describes what is read")]
pub(super) struct NewEngineBody {
    #[schema(schema_with = must_not_be_there)]
    id: Option<Value>,
    #[schema(min_length = 1, max_length = 255, pattern = r"^(?=.*\S)[^\u0000-\u001f\u007f-\u009f]+$")]
    name: String,
    /// A host name or an IP address.
    #[schema(min_length = 1, max_length = 255, pattern = r"^[\[\]A-Za-z0-9._:-]+$")]
    address: String,
    #[schema(minimum = 1, maximum = 65535)]
    port: u16,
    /// They make no difference: a new engine has no sites.
    sites: Option<Vec<i64>>,
}

/// The part of a request's engine that is checked without the database.
struct Wanted {
    name: String,
    address: String,
    port: u16,
}

impl EngineBody {
    fn wanted(&self) -> Result<Wanted, ApiError> {
        let name = required("name", self.name.as_deref())?;
        let address = host(&required("address", self.address.as_deref())?).ok_or_else(ApiError::invalid)?;
        let port = self.port.filter(|port| *port > 0).ok_or_else(ApiError::invalid)?;
        Ok(Wanted { name, address, port })
    }
}

fn check_unique(tx: &Transaction<'_>, wanted: &Wanted, except: i64) -> Result<(), ApiError> {
    let words = match conflict(tx, &wanted.name, &wanted.address, wanted.port, except)? {
        None => return Ok(()),
        Some(Conflict::Name(_)) => format!("A scan engine with the name {} already exists.", wanted.name),
        Some(Conflict::Place(_)) => format!(
            "A scan engine with the address {} and the port {} already exists.",
            wanted.address, wanted.port
        ),
    };
    Err(ApiError::refused(words))
}

/// `POST /scan_engines`. The answer comes after the first contact, which is bounded: when the engine could be reached
/// its consoles.xml has this console's entry by then. `sites` is ignored (docs/api-quirks.md, "Changing").
#[utoipa::path(
    post, path = "/api/3/scan_engines", tag = "Scan Engines", operation_id = "createScanEngine", summary = "Adds a scan engine: the answer comes after the first contact",
    request_body(content = NewEngineBody),
    responses((status = 201, description = "The new engine's id", body = Created), WithBody, Anywhere)
)]
pub(super) async fn create(
    State(console): State<Arc<Console>>,
    Extension(links): Extension<Links>,
    JsonBody(body): JsonBody<EngineBody>,
) -> Result<Response, ApiError> {
    if body.id.as_ref().is_some_and(|id| !id.is_null()) {
        return Err(ApiError::invalid());
    }
    let wanted = body.wanted()?;
    let row = console
        .db
        .write(move |tx| {
            check_unique(tx, &wanted, 0)?;
            let kind = EngineKind::Distributed;
            let id = engines::insert(tx, kind, &wanted.name, &wanted.address, wanted.port)?;
            engines::find(tx, id)?
                .ok_or_else(|| ApiError::unexpected("the new engine is not in the database"))
        })
        .await?;
    let (id, name) = (row.id, row.name.clone());
    // Outside the networks the fleet contacts nobody; a host name may lead inside some day.
    console.fleet.add(persist::target(row)).await;
    forget_if_deleted(&console, id).await?;
    if console.has(Quirk::DoubtfulCreation) && !was_reached(&console, id) {
        let failed = ApiError::refused(UNEXPECTED).into_response();
        return Ok(about(about(failed, "id", id.to_string()), "name", name));
    }
    let response = created(StatusCode::CREATED, id, links.to(&format!("/scan_engines/{id}"), "self"));
    Ok(about(response, "name", name))
}

/// Whether an engine has answered, in whatever way.
fn was_reached(console: &Console, id: i64) -> bool {
    // Whatever it said, it has shown its certificate then.
    console.fleet.report(id).is_some_and(|report| report.pinned.is_some())
}

/// `PUT /scan_engines/{id}`: replaces the whole engine. Sites that are left out lose it, and go to the local engine,
/// because a site always has one (docs/api-quirks.md, "Changing").
#[utoipa::path(
    put, path = "/api/3/scan_engines/{id}", tag = "Scan Engines", operation_id = "replaceScanEngine", summary = "Replaces a scan engine: sites that are left out lose it",
    params(("id" = i64, Path, description = "The engine's id")),
    request_body(content = EngineBody),
    responses((status = 200, description = "Done", body = LinksOnly), WithBody, Missing, Anywhere)
)]
pub(super) async fn replace(
    State(console): State<Arc<Console>>,
    Extension(links): Extension<Links>,
    Id(id): Id,
    JsonBody(mut body): JsonBody<EngineBody>,
) -> Result<Response, ApiError> {
    if body.id.as_ref().is_some_and(|sent| !sent.is_null() && sent.as_i64() != Some(id)) {
        return Err(ApiError::invalid());
    }
    let wanted = body.wanted()?;
    let sites = body.sites.take().unwrap_or_default();
    // One move at a time: database and fleet change together, in the same order.
    let _turn = console.moves.lock().await;
    let (before, after) = console
        .db
        .write(move |tx| {
            let before = engines::find(tx, id)?.ok_or_else(ApiError::missing)?;
            check_unique(tx, &wanted, id)?;
            let moves = (&before.address, before.port) != (&wanted.address, wanted.port);
            if moves && !before.kind.is_dialled() {
                return Err(ApiError::refused("The address of this scan engine cannot be changed."));
            }
            engines::rename(tx, id, &wanted.name)?;
            if moves {
                engines::relocate(tx, id, &wanted.address, wanted.port)?;
            }
            assign_exactly(tx, id, &sites)?;
            Ok::<_, ApiError>((before, wanted))
        })
        .await?;
    if before.name != after.name {
        console.fleet.renamed(id, &after.name);
    }
    if (&before.address, before.port) != (&after.address, after.port) {
        relocate_in_fleet(&console, id, &after).await?;
    }
    let response = about(done(&links), "name", after.name);
    Ok(about(response, "address", format!("{}, port {}", after.address, after.port)))
}

/// Tells the fleet of the new place, and stores what was learned there. What an earlier event may have stored of the
/// old place since is wiped again.
async fn relocate_in_fleet(console: &Arc<Console>, id: i64, wanted: &Wanted) -> Result<(), ApiError> {
    console.fleet.moved(id, &wanted.address, wanted.port).await;
    forget_if_deleted(console, id).await?;
    let (fleet, address, port) = (console.fleet.clone(), wanted.address.clone(), wanted.port);
    console
        .db
        .write(move |tx| {
            engines::relocate(tx, id, &address, port)?;
            Ok::<_, ApiError>(persist::learn_from_report(tx, &fleet, id)?)
        })
        .await
}

/// `DELETE /scan_engines/{id}`. The engine must have no site and no scan that is not over; it leaves its pools by
/// itself (docs/api-quirks.md, "Changing").
#[utoipa::path(
    delete, path = "/api/3/scan_engines/{id}", tag = "Scan Engines", operation_id = "deleteScanEngine", summary = "Deletes a scan engine that has no site and no running scan",
    params(("id" = i64, Path, description = "The engine's id")),
    responses((status = 200, description = "Done", body = LinksOnly), Refusable, Missing, Anywhere)
)]
pub(super) async fn delete(
    State(console): State<Arc<Console>>,
    Extension(links): Extension<Links>,
    Id(id): Id,
) -> Result<Response, ApiError> {
    let name = console
        .db
        .write(move |tx| {
            let row = engines::find(tx, id)?.ok_or_else(ApiError::missing)?;
            if matches!(row.kind, EngineKind::Local | EngineKind::Hosted) {
                return Err(ApiError::refused(format!(
                    "The scan engine {} belongs to the Security Console and cannot be deleted.",
                    row.name
                )));
            }
            let sites = sites::ids_of_scanner(tx, id)?.len();
            if sites > 0 {
                return Err(ApiError::refused(format!(
                    "The scan engine {} cannot be deleted: it is assigned to {sites} site(s).",
                    row.name
                )));
            }
            let scans = scans::active_on_engine(tx, id)?;
            if scans > 0 {
                return Err(ApiError::refused(format!(
                    "The scan engine {} cannot be deleted: {scans} scan(s) are running on it.",
                    row.name
                )));
            }
            engines::delete(tx, id)?;
            Ok(row.name)
        })
        .await?;
    console.fleet.remove(id);
    Ok(about(done(&links), "name", name))
}
