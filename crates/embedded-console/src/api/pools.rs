//! Engine pools.

use std::collections::BTreeSet;
use std::sync::Arc;

use axum::Extension;
use axum::extract::State;
use axum::response::Response;
use http::StatusCode;
use rusqlite::Transaction;
use serde::Deserialize;
use serde_json::Value;
use utoipa::ToSchema;

use super::answer::{Created, LinksOnly, Resources, about, created, done, json};
use super::assign::assign_exactly;
use super::body::{JsonArray, JsonBody, required};
use super::document::{Anywhere, Missing, Refusable, WithBody, must_not_be_there};
use super::error::ApiError;
use super::links::Links;
use super::path::{Id, TwoIds};
use super::shapes::PoolJson;
use crate::console::Console;
use crate::db::pools::PoolRow;
use crate::db::{engines, pools, sites};

/// `GET /scan_engine_pools`: all of them, unpaged.
#[utoipa::path(
    get, path = "/api/3/scan_engine_pools", tag = "Engine Pools", operation_id = "getPools", summary = "All engine pools, unpaged",
    responses((status = 200, description = "The pools", body = Resources<PoolJson>), Missing, Anywhere)
)]
pub(super) async fn list(
    State(console): State<Arc<Console>>,
    Extension(links): Extension<Links>,
) -> Result<Response, ApiError> {
    let quirks = console.quirks;
    let pools = console
        .db
        .read(move |tx| {
            let mut sites = engines::sites_by_scanner(tx)?;
            let pools = pools::all(tx)?
                .into_iter()
                .map(|pool| {
                    let sites = sites.remove(&pool.id).unwrap_or_default();
                    PoolJson::new(pool, sites, &links, quirks)
                })
                .collect();
            Ok::<_, ApiError>(Resources::new(&links, pools))
        })
        .await?;
    Ok(json(StatusCode::OK, &pools))
}

/// `GET /scan_engine_pools/{id}`.
#[utoipa::path(
    get, path = "/api/3/scan_engine_pools/{id}", tag = "Engine Pools", operation_id = "getPool", summary = "One engine pool",
    params(("id" = i64, Path, description = "The pool's id")),
    responses((status = 200, description = "The pool", body = PoolJson), Missing, Anywhere)
)]
pub(super) async fn one(
    State(console): State<Arc<Console>>,
    Extension(links): Extension<Links>,
    Id(id): Id,
) -> Result<Response, ApiError> {
    let quirks = console.quirks;
    let pool = console
        .db
        .read(move |tx| {
            let pool = found(tx, id)?;
            Ok::<_, ApiError>(PoolJson::new(pool, sites::ids_of_scanner(tx, id)?, &links, quirks))
        })
        .await?;
    Ok(json(StatusCode::OK, &pool))
}

fn found(tx: &Transaction<'_>, id: i64) -> Result<PoolRow, ApiError> {
    pools::find(tx, id)?.ok_or_else(ApiError::missing)
}

/// What a client sends of a pool.
#[derive(Deserialize, ToSchema)]
pub(super) struct PoolBody {
    /// The path's: without it the answer is 500, and with another one 400.
    #[schema(value_type = i64, required)]
    id: Option<Value>,
    #[schema(
        required,
        nullable = false,
        min_length = 1,
        max_length = 255,
        pattern = r"^(?=.*\S)[^\u0000-\u001f\u007f-\u009f]+$"
    )]
    name: Option<String>,
    engines: Option<Vec<i64>>,
    sites: Option<Vec<i64>>,
}

/// What a client sends of a new pool. [`PoolBody`] reads it.
#[derive(ToSchema)]
#[expect(dead_code, reason = "it describes what is read")]
pub(super) struct NewPoolBody {
    #[schema(schema_with = must_not_be_there)]
    id: Option<Value>,
    #[schema(min_length = 1, max_length = 255, pattern = r"^(?=.*\S)[^\u0000-\u001f\u007f-\u009f]+$")]
    name: String,
    engines: Option<Vec<i64>>,
    sites: Option<Vec<i64>>,
}

/// Replaces a pool's members, if all of them exist and can be in a pool
/// (docs/api-quirks.md, "Special engines and pools").
fn set_members(tx: &Transaction<'_>, pool: i64, members: &[i64]) -> Result<(), ApiError> {
    // Each once: a body has room for millions, and others wait while this is written.
    let members: BTreeSet<i64> = members.iter().copied().collect();
    for engine in &members {
        check_member(tx, *engine, ApiError::invalid)?;
    }
    let members: Vec<i64> = members.into_iter().collect();
    Ok(pools::set_engines(tx, pool, &members)?)
}

fn check_member(tx: &Transaction<'_>, engine: i64, missing: fn() -> ApiError) -> Result<(), ApiError> {
    let row = engines::find(tx, engine)?.ok_or_else(missing)?;
    match row.kind.barred_from_pools() {
        None => Ok(()),
        Some(reason) => {
            Err(ApiError::refused(format!("The scan engine {} cannot join a pool: {reason}.", row.name)))
        }
    }
}

fn check_name(tx: &Transaction<'_>, name: &str, except: i64) -> Result<(), ApiError> {
    if pools::name_taken(tx, name, except)? {
        return Err(ApiError::refused(format!("A scan engine pool with the name {name} already exists.")));
    }
    Ok(())
}

/// `POST /scan_engine_pools`: fails if the body has an id (docs/api-quirks.md, "Changing").
#[utoipa::path(
    post, path = "/api/3/scan_engine_pools", tag = "Engine Pools", operation_id = "createPool", summary = "Adds an engine pool",
    request_body(content = NewPoolBody),
    responses((status = 200, description = "The new pool's id", body = Created), WithBody, Missing, Anywhere)
)]
pub(super) async fn create(
    State(console): State<Arc<Console>>,
    Extension(links): Extension<Links>,
    JsonBody(body): JsonBody<PoolBody>,
) -> Result<Response, ApiError> {
    if body.id.is_some_and(|id| !id.is_null()) {
        return Err(ApiError::invalid());
    }
    let name = required("name", body.name.as_deref())?;
    let told = name.clone();
    let id = console
        .db
        .write(move |tx| {
            check_name(tx, &name, 0)?;
            let id = pools::insert(tx, &name)?;
            set_members(tx, id, &body.engines.unwrap_or_default())?;
            assign_exactly(tx, id, &body.sites.unwrap_or_default())?;
            Ok::<_, ApiError>(id)
        })
        .await?;
    let response = created(StatusCode::OK, id, links.to(&format!("/scan_engine_pools/{id}"), "self"));
    Ok(about(response, "name", told))
}

/// `PUT /scan_engine_pools/{id}`: replaces the whole pool. Without an id in the body the console fails with 500
/// (docs/api-quirks.md, "Changing"), and so does this one.
#[utoipa::path(
    put, path = "/api/3/scan_engine_pools/{id}", tag = "Engine Pools", operation_id = "replacePool", summary = "Replaces an engine pool: without an id in the body the answer is 500",
    params(("id" = i64, Path, description = "The pool's id")),
    request_body(content = PoolBody),
    responses((status = 200, description = "Done", body = LinksOnly), WithBody, Missing, Anywhere)
)]
pub(super) async fn replace(
    State(console): State<Arc<Console>>,
    Extension(links): Extension<Links>,
    Id(id): Id,
    JsonBody(body): JsonBody<PoolBody>,
) -> Result<Response, ApiError> {
    match body.id {
        None | Some(Value::Null) => {
            return Err(ApiError::unexpected(
                "a pool is changed without an id in the body, which consoles do not take: docs/api-quirks.md, \"Changing\"",
            ));
        }
        Some(sent) if sent.as_i64() != Some(id) => return Err(ApiError::invalid()),
        Some(_) => {}
    }
    let name = required("name", body.name.as_deref())?;
    let told = name.clone();
    console
        .db
        .write(move |tx| {
            found(tx, id)?;
            check_name(tx, &name, id)?;
            pools::rename(tx, id, &name)?;
            set_members(tx, id, &body.engines.unwrap_or_default())?;
            assign_exactly(tx, id, &body.sites.unwrap_or_default())
        })
        .await?;
    Ok(about(done(&links), "name", told))
}

/// `DELETE /scan_engine_pools/{id}`. A site always has an engine or a pool, so a pool in use stays.
#[utoipa::path(
    delete, path = "/api/3/scan_engine_pools/{id}", tag = "Engine Pools", operation_id = "deletePool", summary = "Deletes an engine pool that no site uses",
    params(("id" = i64, Path, description = "The pool's id")),
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
            let pool = found(tx, id)?;
            let sites = sites::ids_of_scanner(tx, id)?.len();
            if sites > 0 {
                return Err(ApiError::refused(format!(
                    "The scan engine pool {} cannot be deleted: it is assigned to {sites} site(s).",
                    pool.name
                )));
            }
            pools::delete(tx, id)?;
            Ok(pool.name)
        })
        .await?;
    Ok(about(done(&links), "name", name))
}

/// `GET /scan_engine_pools/{id}/engines`: the members' ids.
#[utoipa::path(
    get, path = "/api/3/scan_engine_pools/{id}/engines", tag = "Engine Pools", operation_id = "getEnginesOfPool", summary = "The ids of the engines in a pool",
    params(("id" = i64, Path, description = "The pool's id")),
    responses((status = 200, description = "The ids", body = Resources<i64>), Missing, Anywhere)
)]
pub(super) async fn engines(
    State(console): State<Arc<Console>>,
    Extension(links): Extension<Links>,
    Id(id): Id,
) -> Result<Response, ApiError> {
    let pool = console.db.read(move |tx| found(tx, id)).await?;
    Ok(json(StatusCode::OK, &Resources::new(&links, pool.engines)))
}

/// `PUT /scan_engine_pools/{id}/engines`: replaces the members. The body is an array of ids.
#[utoipa::path(
    put, path = "/api/3/scan_engine_pools/{id}/engines", tag = "Engine Pools", operation_id = "setEnginesOfPool", summary = "Replaces the engines in a pool",
    params(("id" = i64, Path, description = "The pool's id")),
    request_body(content = Vec<i64>, content_type = "application/json", description = "The engines' ids"),
    responses((status = 200, description = "Done", body = LinksOnly), WithBody, Missing, Anywhere)
)]
pub(super) async fn set_engines(
    State(console): State<Arc<Console>>,
    Extension(links): Extension<Links>,
    Id(id): Id,
    JsonArray(members): JsonArray<i64>,
) -> Result<Response, ApiError> {
    console
        .db
        .write(move |tx| {
            found(tx, id)?;
            set_members(tx, id, &members)
        })
        .await?;
    Ok(done(&links))
}

/// `PUT /scan_engine_pools/{id}/engines/{engine}`. Being a member already is fine.
#[utoipa::path(
    put, path = "/api/3/scan_engine_pools/{id}/engines/{engine}", tag = "Engine Pools", operation_id = "addEngineToPool", summary = "Adds an engine to a pool",
    params(("id" = i64, Path, description = "The pool's id"), ("engine" = i64, Path, description = "The engine's id")),
    responses((status = 200, description = "Done", body = LinksOnly), Refusable, Missing, Anywhere)
)]
pub(super) async fn add_engine(
    State(console): State<Arc<Console>>,
    Extension(links): Extension<Links>,
    TwoIds(id, engine): TwoIds,
) -> Result<Response, ApiError> {
    console
        .db
        .write(move |tx| {
            found(tx, id)?;
            check_member(tx, engine, ApiError::missing)?;
            Ok::<_, ApiError>(pools::add_engine(tx, id, engine)?)
        })
        .await?;
    Ok(done(&links))
}

/// `DELETE /scan_engine_pools/{id}/engines/{engine}`.
#[utoipa::path(
    delete, path = "/api/3/scan_engine_pools/{id}/engines/{engine}", tag = "Engine Pools", operation_id = "removeEngineFromPool", summary = "Removes an engine from a pool",
    params(("id" = i64, Path, description = "The pool's id"), ("engine" = i64, Path, description = "The engine's id")),
    responses((status = 200, description = "Done", body = LinksOnly), Missing, Anywhere)
)]
pub(super) async fn remove_engine(
    State(console): State<Arc<Console>>,
    Extension(links): Extension<Links>,
    TwoIds(id, engine): TwoIds,
) -> Result<Response, ApiError> {
    console
        .db
        .write(move |tx| {
            found(tx, id)?;
            if pools::remove_engine(tx, id, engine)? { Ok(()) } else { Err(ApiError::missing()) }
        })
        .await?;
    Ok(done(&links))
}

/// `GET /scan_engine_pools/{id}/sites`: the ids of the sites that use the pool.
#[utoipa::path(
    get, path = "/api/3/scan_engine_pools/{id}/sites", tag = "Engine Pools", operation_id = "getSitesOfPool", summary = "The ids of the sites that use a pool",
    params(("id" = i64, Path, description = "The pool's id")),
    responses((status = 200, description = "The ids", body = Resources<i64>), Missing, Anywhere)
)]
pub(super) async fn sites(
    State(console): State<Arc<Console>>,
    Extension(links): Extension<Links>,
    Id(id): Id,
) -> Result<Response, ApiError> {
    let sites = console
        .db
        .read(move |tx| {
            found(tx, id)?;
            Ok::<_, ApiError>(sites::ids_of_scanner(tx, id)?)
        })
        .await?;
    Ok(json(StatusCode::OK, &Resources::new(&links, sites)))
}
