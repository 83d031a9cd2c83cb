//! Sites.

use std::sync::Arc;

use axum::Extension;
use axum::extract::State;
use axum::response::Response;
use http::{StatusCode, Uri};
use rusqlite::Transaction;
use serde::{Deserialize, Serialize};
use serde_json::{Map, Value};
use utoipa::ToSchema;
use utoipa::openapi::Object;
use utoipa::openapi::schema::{ObjectBuilder, SchemaType, Type};

use super::answer::{Created, LinksOnly, about, created, done, json};
use super::assign::check_scanner;
use super::body::{JsonBody, LONGEST_TEXT, not_longer, required};
use super::document::{Anywhere, Missing, PageOfSites, Refusable, WithBody};
use super::error::ApiError;
use super::links::{Link, Links};
use super::paging::{Page, Paging};
use super::path::Id;
use super::shapes::{Belongings, EngineJson, PoolJson, Vulnerabilities, engine_json};
use crate::clock;
use crate::console::Console;
use crate::db::sites::{NewSite, SiteRow};
use crate::db::{engines, pools, scans, sites};
use crate::templates::{DEFAULT_TEMPLATE, TEMPLATES, is_template};

/// The importance words of the API.
const IMPORTANCES: [&str; 5] = ["very_low", "low", "normal", "high", "very_high"];

/// A site as the API shows it.
#[derive(Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
#[schema(as = Site)]
struct SiteJson {
    assets: i64,
    #[serde(skip_serializing_if = "Option::is_none")]
    connection_type: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    description: Option<String>,
    id: i64,
    #[schema(pattern = "^(very_low|low|normal|high|very_high)$")]
    importance: String,
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(format = DateTime)]
    last_scan_time: Option<String>,
    links: Vec<Link>,
    name: String,
    risk_score: f64,
    scan_engine: i64,
    scan_template: String,
    #[serde(rename = "type")]
    #[schema(pattern = "^(static|dynamic|agent)$")]
    kind: String,
    vulnerabilities: Vulnerabilities,
}

impl SiteJson {
    fn new(row: SiteRow, links: &Links) -> Self {
        let path = format!("/sites/{}", row.id);
        Self {
            assets: row.assets,
            connection_type: row.connection_type,
            description: row.description,
            id: row.id,
            importance: row.importance,
            last_scan_time: row.last_scan.map(clock::iso),
            links: vec![
                links.to(&path, "self"),
                links.to(&format!("{path}/scan_engine"), "Scan Engine"),
                links.to(&format!("{path}/scans"), "Scans"),
            ],
            name: row.name,
            risk_score: row.risk_score,
            scan_engine: row.scan_engine,
            scan_template: row.scan_template,
            kind: row.kind,
            vulnerabilities: Vulnerabilities::new(row.critical, row.severe, row.moderate),
        }
    }
}

/// `GET /sites`: paged and sorted here, never filtered (docs/api-quirks.md, "Reading").
#[utoipa::path(
    get, path = "/api/3/sites", tag = "Sites", operation_id = "getSites", summary = "A page of the sites",
    params(PageOfSites),
    responses((status = 200, description = "The page", body = Page<SiteJson>), Refusable, Anywhere)
)]
pub(super) async fn list(
    State(console): State<Arc<Console>>,
    Extension(links): Extension<Links>,
    uri: Uri,
) -> Result<Response, ApiError> {
    page(&console, links, &uri, None).await
}

/// `GET /scan_engines/{id}/sites`: those that use the engine directly.
#[utoipa::path(
    get, path = "/api/3/scan_engines/{id}/sites", tag = "Scan Engines", operation_id = "getSitesOfScanEngine", summary = "A page of the sites that use an engine directly",
    params(("id" = i64, Path, description = "The engine's id"), PageOfSites),
    responses((status = 200, description = "The page", body = Page<SiteJson>), Refusable, Missing, Anywhere)
)]
pub(super) async fn of_engine(
    State(console): State<Arc<Console>>,
    Extension(links): Extension<Links>,
    Id(id): Id,
    uri: Uri,
) -> Result<Response, ApiError> {
    page(&console, links, &uri, Some(id)).await
}

async fn page(console: &Console, links: Links, uri: &Uri, engine: Option<i64>) -> Result<Response, ApiError> {
    let paging = Paging::read(uri, sites::SORTABLE, console.quirks)?;
    let page = console
        .db
        .read(move |tx| {
            if let Some(engine) = engine {
                engines::find(tx, engine)?.ok_or_else(ApiError::missing)?;
            }
            let (rows, total) = sites::page(tx, engine, &paging.order, paging.offset(), paging.limit())?;
            let resources = rows.into_iter().map(|row| SiteJson::new(row, &links)).collect();
            Ok::<_, ApiError>(paging.wrap(&links, resources, total))
        })
        .await?;
    page.take_time(console.time_per_row).await;
    Ok(json(StatusCode::OK, &page))
}

/// `GET /sites/{id}`.
#[utoipa::path(
    get, path = "/api/3/sites/{id}", tag = "Sites", operation_id = "getSite", summary = "One site",
    params(("id" = i64, Path, description = "The site's id")),
    responses((status = 200, description = "The site", body = SiteJson), Missing, Anywhere)
)]
pub(super) async fn one(
    State(console): State<Arc<Console>>,
    Extension(links): Extension<Links>,
    Id(id): Id,
) -> Result<Response, ApiError> {
    let site = console.db.read(move |tx| found(tx, id)).await?;
    Ok(json(StatusCode::OK, &SiteJson::new(site, &links)))
}

fn found(tx: &Transaction<'_>, id: i64) -> Result<SiteRow, ApiError> {
    sites::find(tx, id)?.ok_or_else(ApiError::missing)
}

/// What a client sends of a site.
#[derive(Deserialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub(super) struct SiteBody {
    #[schema(
        required,
        nullable = false,
        min_length = 1,
        max_length = 255,
        pattern = r"^(?=.*\S)[^\u0000-\u001f\u007f-\u009f]+$"
    )]
    name: Option<String>,
    #[schema(max_length = 4096)]
    description: Option<String>,
    #[schema(pattern = "^(very_low|low|normal|high|very_high)$")]
    importance: Option<String>,
    engine_id: Option<i64>,
    #[schema(schema_with = template_or_null)]
    scan_template_id: Option<String>,
    scan: Option<ScopeBody>,
}

/// What a client sends to replace a site. [`SiteBody`] reads it.
#[derive(ToSchema)]
#[serde(rename_all = "camelCase")]
#[expect(dead_code, reason = "it describes what is read")]
pub(super) struct SiteChangeBody {
    #[schema(min_length = 1, max_length = 255, pattern = r"^(?=.*\S)[^\u0000-\u001f\u007f-\u009f]+$")]
    name: String,
    #[schema(max_length = 4096)]
    description: Option<String>,
    #[schema(pattern = "^(very_low|low|normal|high|very_high)$")]
    importance: String,
    engine_id: i64,
    /// A scan template's id, or the one that the site has.
    #[schema(min_length = 1, max_length = 255)]
    scan_template_id: String,
}

fn template_or_null() -> Object {
    let ids = TEMPLATES.iter().map(|template| Some(template.id)).chain([None]);
    ObjectBuilder::new()
        .schema_type(SchemaType::Array(vec![Type::String, Type::Null]))
        .description(Some("A scan template's id"))
        .enum_values(Some(ids))
        .build()
}

/// What a new site scans: assets or a discovery connection, not both.
#[derive(Deserialize, Serialize, ToSchema)]
pub(super) struct ScopeBody {
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(value_type = Option<Object>)]
    assets: Option<Map<String, Value>>,
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(value_type = Option<Object>)]
    connection: Option<Map<String, Value>>,
}

/// The longest description of what a site scans that is taken, in characters of JSON.
const LONGEST_SCOPE: usize = 256 * 1024;

fn importance(word: Option<String>) -> Result<Option<String>, ApiError> {
    match word {
        Some(word) if !IMPORTANCES.contains(&word.as_str()) => Err(ApiError::invalid()),
        other => Ok(other),
    }
}

fn check_name(tx: &Transaction<'_>, name: &str, except: i64) -> Result<(), ApiError> {
    if sites::name_taken(tx, name, except)? {
        return Err(ApiError::refused(format!("A site with the name {name} already exists.")));
    }
    Ok(())
}

/// `POST /sites`. Without an engine the site gets the local one, because it always has one.
#[utoipa::path(
    post, path = "/api/3/sites", tag = "Sites", operation_id = "createSite", summary = "Adds a site: without an engine it gets the local one",
    request_body(content = SiteBody),
    responses((status = 201, description = "The new site's id", body = Created), WithBody, Anywhere)
)]
pub(super) async fn create(
    State(console): State<Arc<Console>>,
    Extension(links): Extension<Links>,
    JsonBody(body): JsonBody<SiteBody>,
) -> Result<Response, ApiError> {
    let name = required("name", body.name.as_deref())?;
    not_longer("description", body.description.as_deref().unwrap_or_default(), LONGEST_TEXT)?;
    let importance = importance(body.importance)?.unwrap_or_else(|| "normal".to_owned());
    let template =
        required("scanTemplateId", Some(body.scan_template_id.as_deref().unwrap_or(DEFAULT_TEMPLATE)))?;
    if !is_template(&template) {
        return Err(ApiError::invalid());
    }
    let is_dynamic = match &body.scan {
        Some(ScopeBody { assets: Some(_), connection: Some(_) }) => return Err(ApiError::invalid()),
        Some(ScopeBody { connection: Some(_), .. }) => true,
        _ => false,
    };
    let scope =
        body.scan.map(|scan| serde_json::to_string(&scan)).transpose().map_err(|_| ApiError::invalid())?;
    not_longer("scan", scope.as_deref().unwrap_or_default(), LONGEST_SCOPE)?;
    let told = name.clone();
    let id = console
        .db
        .write(move |tx| {
            check_name(tx, &name, 0)?;
            let scan_engine = match body.engine_id {
                Some(id) => id,
                None => engines::local_id(tx)?,
            };
            check_scanner(tx, scan_engine)?;
            let site = NewSite {
                name: &name,
                description: body.description.as_deref(),
                kind: if is_dynamic { "dynamic" } else { "static" },
                connection_type: None,
                importance: &importance,
                scan_engine,
                scan_template: &template,
                scope: scope.as_deref(),
            };
            Ok::<_, ApiError>(sites::insert(tx, &site)?)
        })
        .await?;
    let response = created(StatusCode::CREATED, id, links.to(&format!("/sites/{id}"), "self"));
    Ok(about(response, "name", told))
}

/// `PUT /sites/{id}`: wants name, importance, engineId and scanTemplateId (docs/api-quirks.md, "Changing").
#[utoipa::path(
    put, path = "/api/3/sites/{id}", tag = "Sites", operation_id = "replaceSite", summary = "Replaces a site: name, importance, engineId and scanTemplateId must be there",
    params(("id" = i64, Path, description = "The site's id")),
    request_body(content = SiteChangeBody),
    responses((status = 200, description = "Done", body = LinksOnly), WithBody, Missing, Anywhere)
)]
pub(super) async fn replace(
    State(console): State<Arc<Console>>,
    Extension(links): Extension<Links>,
    Id(id): Id,
    JsonBody(body): JsonBody<SiteBody>,
) -> Result<Response, ApiError> {
    let name = required("name", body.name.as_deref())?;
    not_longer("description", body.description.as_deref().unwrap_or_default(), LONGEST_TEXT)?;
    let (Some(importance), Some(engine), Some(template)) =
        (importance(body.importance)?, body.engine_id, body.scan_template_id)
    else {
        return Err(ApiError::invalid());
    };
    let template = required("scanTemplateId", Some(&template))?;
    let told = name.clone();
    console
        .db
        .write(move |tx| {
            let before = found(tx, id)?;
            // One that a site has from before is kept, whatever it is.
            if !is_template(&template) && before.scan_template != template {
                return Err(ApiError::invalid());
            }
            check_name(tx, &name, id)?;
            check_scanner(tx, engine)?;
            Ok::<_, ApiError>(sites::update(
                tx,
                id,
                &name,
                body.description.as_deref(),
                &importance,
                engine,
                &template,
            )?)
        })
        .await?;
    Ok(about(done(&links), "name", told))
}

/// `DELETE /sites/{id}`: the site goes with its scans, none of which may be under way.
#[utoipa::path(
    delete, path = "/api/3/sites/{id}", tag = "Sites", operation_id = "deleteSite", summary = "Deletes a site with its scans: none may be under way",
    params(("id" = i64, Path, description = "The site's id")),
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
            let site = found(tx, id)?;
            let active = scans::active_of_site(tx, id)?;
            if active > 0 {
                return Err(ApiError::refused(format!(
                    "The site {} cannot be deleted: {active} scan(s) of it are running.",
                    site.name
                )));
            }
            sites::delete(tx, id)?;
            Ok(site.name)
        })
        .await?;
    Ok(about(done(&links), "name", name))
}

/// What scans a site.
#[derive(Serialize, ToSchema)]
#[serde(untagged)]
#[expect(clippy::large_enum_variant, reason = "there is one in an answer")]
enum Scanner {
    Engine(EngineJson),
    Pool(PoolJson),
}

/// `GET /sites/{id}/scan_engine`: the site's engine, or its pool.
#[utoipa::path(
    get, path = "/api/3/sites/{id}/scan_engine", tag = "Sites", operation_id = "getScanEngineOfSite", summary = "A site's engine, or its pool",
    params(("id" = i64, Path, description = "The site's id")),
    responses((status = 200, description = "The engine or the pool", body = Scanner), Missing, Anywhere)
)]
pub(super) async fn scan_engine(
    State(console): State<Arc<Console>>,
    Extension(links): Extension<Links>,
    Id(id): Id,
) -> Result<Response, ApiError> {
    let scanner = console
        .db
        .clone()
        .read(move |tx| {
            let scanner = found(tx, id)?.scan_engine;
            if let Some(row) = engines::find(tx, scanner)? {
                let belongings = Belongings::of(&console, tx, scanner)?;
                return Ok::<_, ApiError>(Scanner::Engine(engine_json(
                    &console, row, belongings, &links, true,
                )));
            }
            let pool = pools::find(tx, scanner)?.ok_or_else(ApiError::missing)?;
            let sites = sites::ids_of_scanner(tx, scanner)?;
            Ok(Scanner::Pool(PoolJson::new(pool, sites, &links, console.quirks)))
        })
        .await?;
    Ok(json(StatusCode::OK, &scanner))
}

/// `PUT /sites/{id}/scan_engine`: the body is a bare integer, the id of an engine or of a pool
/// (docs/api-quirks.md, "Changing").
#[utoipa::path(
    put, path = "/api/3/sites/{id}/scan_engine", tag = "Sites", operation_id = "setScanEngineOfSite", summary = "Moves a site to another engine or pool",
    params(("id" = i64, Path, description = "The site's id")),
    request_body(content = i64, content_type = "application/json", description = "The id of an engine or of a pool, as a bare integer"),
    responses((status = 200, description = "Done", body = LinksOnly), WithBody, Missing, Anywhere)
)]
pub(super) async fn set_scan_engine(
    State(console): State<Arc<Console>>,
    Extension(links): Extension<Links>,
    Id(id): Id,
    JsonBody(scanner): JsonBody<i64>,
) -> Result<Response, ApiError> {
    console
        .db
        .write(move |tx| {
            found(tx, id)?;
            check_scanner(tx, scanner)?;
            sites::assign(tx, id, scanner)?;
            Ok::<_, ApiError>(())
        })
        .await?;
    Ok(about(done(&links), "scanEngine", scanner.to_string()))
}
