//! Scan engines.

use std::collections::HashMap;
use std::net::{Ipv4Addr, Ipv6Addr};
use std::sync::Arc;

use axum::Extension;
use axum::extract::State;
use axum::response::Response;
use http::StatusCode;
use rusqlite::Transaction;
use serde::{Deserialize, Serialize};
use serde_json::Value;
use utoipa::ToSchema;

use super::answer::{Created, LinksOnly, Resources, about, created, done, json, json_bytes};
use super::body::{JsonBody, required};
use super::dialect::PoolAmongEngines;
use super::document::{Anywhere, Missing, Refusable, WithBody};
use super::error::ApiError;
use super::links::{Link, Links};
use super::path::Id;
use super::pools::PoolJson;
use crate::clock;
use crate::config::ENGINE_PORT;
use crate::console::Console;
use crate::db::engines::{self, EngineKind, EngineRow};
use crate::db::{DbError, pools, scans, sites};
use crate::fleet::{EngineReport, EngineStatus};
use crate::persist;

/// An engine as the API shows it. What is not known is left out.
#[derive(Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
#[schema(as = Engine)]
pub(crate) struct EngineJson {
    address: String,
    /// The fingerprint of the engine's certificate, as this console has pinned it: an extra field of this console.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(super) certificate_fingerprint: Option<String>,
    /// Who opens the connection: an extra field of this console. The local and the hosted engine can't be reversed, so
    /// theirs is always the standard one.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(pattern = "^(console-to-engine|engine-to-console)$")]
    pub(super) connection_direction: Option<String>,
    /// The fingerprint of this console's own certificate, beside the engine's: what the engine has pinned. An extra field
    /// of this console.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(super) console_fingerprint: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(super) content_version: Option<String>,
    /// The pools that it is in: only older consoles tell them here.
    #[serde(skip_serializing_if = "Option::is_none")]
    engine_pools: Option<Vec<i64>>,
    id: i64,
    #[serde(rename = "isAWSPreAuthEngine", skip_serializing_if = "Option::is_none")]
    pub(super) is_aws_pre_auth_engine: Option<bool>,
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(format = DateTime)]
    pub(super) last_refreshed_date: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(format = DateTime)]
    pub(super) last_updated_date: Option<String>,
    links: Vec<Link>,
    name: String,
    port: u16,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(super) product_version: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(super) serial_number: Option<String>,
    sites: Vec<i64>,
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(pattern = "^(active|unknown|pending-authorization|incompatible-version|not-responding)$")]
    pub(super) status: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(super) status_message: Option<String>,
}

/// What belongs to an engine, for its answer.
pub(super) struct Belongings {
    /// The sites that are assigned to it directly.
    sites: Vec<i64>,
    /// The pools that it is in, if the console's dialect tells them here.
    pools: Option<Vec<i64>>,
}

impl Belongings {
    /// What belongs to one engine.
    pub(super) fn of(console: &Console, tx: &Transaction<'_>, engine: i64) -> Result<Self, DbError> {
        let sites = sites::ids_of_scanner(tx, engine)?;
        let pools = console.dialect.tells_pools_of_engines().then(|| pools::of_engine(tx, engine));
        let pools = pools.transpose()?.map(|pools| pools.into_iter().map(|pool| pool.id).collect());
        Ok(Self { sites, pools })
    }
}

/// Why the status of an engine outside of the networks does not change.
pub(super) const NOT_CONTACTED: &str =
    "This console does not contact the engine: its address lies outside of the networks that it may contact.";

/// An engine with what is known of it at this moment: stored, overlaid with what the fleet reports.
pub(crate) fn current(console: &Console, mut row: EngineRow) -> EngineRow {
    if row.kind == EngineKind::Local {
        // A part of this very process: it runs whenever it can be asked for.
        EngineStatus::Active.as_str().clone_into(&mut row.status);
        row.product_version = Some(console.versions.product.clone());
        row.content_version = Some(console.versions.content.clone());
        row.serial_number = Some(console.serial.clone());
        row.platform = Some(console.host.platform.clone());
        return row;
    }
    let Some(report) = console.fleet.report(row.id) else {
        // It lies outside of the networks: what is stored is all there is, and why nothing helps is worth a sentence.
        if row.status != EngineStatus::Active.as_str() {
            row.status_message.get_or_insert_with(|| NOT_CONTACTED.to_owned());
        }
        return row;
    };
    let EngineReport { status, status_message, direction, last_contact, pinned, .. } = report;
    status.as_str().clone_into(&mut row.status);
    row.status_message = status_message;
    direction.as_str().clone_into(&mut row.direction);
    row.product_version = report.product_version.or(row.product_version);
    row.content_version = report.content_version.or(row.content_version);
    row.serial_number = report.serial_number.or(row.serial_number);
    row.platform = report.platform.or(row.platform);
    row.pinned = pinned.map(|fingerprint| fingerprint.to_string());
    row.last_refreshed = row.last_refreshed.max(last_contact.map(clock::to_millis));
    row
}

/// How an engine looks in an answer at this moment. `related`: with links to what belongs to it, as a single engine has
/// them.
pub(super) fn engine_json(
    console: &Console,
    row: EngineRow,
    belongings: Belongings,
    links: &Links,
    related: bool,
) -> EngineJson {
    let row = current(console, row);
    let path = format!("/scan_engines/{}", row.id);
    let mut all = vec![links.to(&path, "self")];
    if related {
        all.push(links.to(&format!("{path}/scan_engine_pools"), "Engine Pools"));
        all.push(links.to(&format!("{path}/scans"), "Scans"));
        all.push(links.to(&format!("{path}/sites"), "Sites"));
    }
    console.dialect.engine(EngineJson {
        address: row.address,
        console_fingerprint: row.pinned.as_ref().map(|_| console.fingerprint.to_string()),
        certificate_fingerprint: row.pinned,
        connection_direction: Some(row.direction),
        content_version: row.content_version,
        engine_pools: belongings.pools,
        id: row.id,
        is_aws_pre_auth_engine: Some(row.kind == EngineKind::Aws),
        last_refreshed_date: row.last_refreshed.map(clock::iso),
        last_updated_date: row.last_updated.map(clock::iso),
        links: all,
        name: row.name,
        port: row.port,
        product_version: row.product_version,
        serial_number: row.serial_number,
        sites: belongings.sites,
        status: Some(row.status),
        status_message: row.status_message,
    })
}

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
            let tells_pools = console.dialect.tells_pools_of_engines();
            let pools = if tells_pools { pools::all(tx)? } else { Vec::new() };
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
                .filter_map(|pool| Some(Listed::Pool(console.dialect.among_engines(pool, &links)?)));
            let resources = engines.chain(among_them).collect();
            // Written here, on the blocking thread: for ten thousand engines these are megabytes.
            serde_json::to_vec(&Resources::new(&links, resources)).map_err(|_| ApiError::unexpected())
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
            let pool = pools::find(tx, id)?.and_then(|pool| console.dialect.among_engines(&pool, &links));
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
    let dialect = console.dialect;
    let pools = console
        .db
        .read(move |tx| {
            engines::find(tx, id)?.ok_or_else(ApiError::missing)?;
            let pools = pools::of_engine(tx, id)?
                .into_iter()
                .map(|pool| {
                    let sites = sites::ids_of_scanner(tx, pool.id)?;
                    Ok(PoolJson::new(pool, sites, &links, dialect))
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
    /// In a change it must be the path's, if it is there; in a creation it must not be there.
    #[schema(value_type = Option<i64>)]
    id: Option<Value>,
    #[schema(required, nullable = false, min_length = 1, max_length = 255)]
    name: Option<String>,
    /// A host name or an IP address.
    #[schema(required, nullable = false, min_length = 1, max_length = 255)]
    address: Option<String>,
    #[schema(required, nullable = false, minimum = 1, maximum = 65535)]
    port: Option<u16>,
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

/// A host name or an IP address, in the one way that it is stored: an IPv6 address has many spellings, with brackets
/// and without, and all are one place.
fn host(address: &str) -> Option<String> {
    let bare = address.strip_prefix('[').and_then(|rest| rest.strip_suffix(']'));
    if let Ok(ip) = bare.unwrap_or(address).parse::<Ipv6Addr>() {
        return Some(ip.to_string());
    }
    let name = address.strip_suffix('.').unwrap_or(address);
    let is_name = name.len() <= 253
        && name.split('.').all(|label| {
            (1..=63).contains(&label.len())
                && !label.starts_with('-')
                && !label.ends_with('-')
                && label.bytes().all(|byte| byte.is_ascii_alphanumeric() || byte == b'-' || byte == b'_')
        });
    // No top-level domain is a number, but resolvers read `10.1` and `0x7f.1` as addresses.
    let last = name.rsplit('.').next().unwrap_or_default();
    let is_number =
        last.bytes().all(|byte| byte.is_ascii_digit()) || last.starts_with("0x") || last.starts_with("0X");
    (is_name && (!is_number || address.parse::<Ipv4Addr>().is_ok())).then(|| address.to_owned())
}

/// Whether this is where the local engine listens, by another name than the stored `127.0.0.1`
/// (docs/api-quirks.md, "Special engines and pools").
fn is_local(address: &str, port: u16) -> bool {
    port == ENGINE_PORT && (address == "::1" || address.eq_ignore_ascii_case("localhost"))
}

/// What of a new engine is not free, and the engine that has it.
pub(crate) enum Conflict {
    Name(EngineRow),
    Place(EngineRow),
}

/// Name, and address with port, must be free.
pub(crate) fn conflict(
    tx: &Transaction<'_>,
    name: &str,
    address: &str,
    port: u16,
    except: i64,
) -> Result<Option<Conflict>, DbError> {
    if let Some(engine) = engines::named(tx, name, except)? {
        return Ok(Some(Conflict::Name(engine)));
    }
    let at_place = if is_local(address, port) {
        engines::find(tx, engines::local_id(tx)?)?
    } else {
        engines::at_place(tx, address, port, except)?
    };
    Ok(at_place.map(Conflict::Place))
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
    request_body(content = EngineBody),
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
            engines::find(tx, id)?.ok_or_else(ApiError::unexpected)
        })
        .await?;
    let (id, name) = (row.id, row.name.clone());
    // Outside the networks the fleet contacts nobody; a host name may lead inside some day.
    console.fleet.add(persist::target(row)).await;
    forget_if_deleted(&console, id).await?;
    let response = created(StatusCode::CREATED, id, links.to(&format!("/scan_engines/{id}"), "self"));
    Ok(about(response, "name", name))
}

/// Somebody else may have deleted the engine while it was being contacted.
pub(crate) async fn forget_if_deleted(console: &Console, id: i64) -> Result<(), ApiError> {
    let found = console.db.read(move |tx| engines::find(tx, id).map_err(ApiError::from)).await?;
    if found.is_none() {
        console.fleet.remove(id);
    }
    Ok(())
}

/// `PUT /scan_engines/{id}`: replaces the whole engine. Sites that are left out lose it, and go to the local engine,
/// because a site always has one (docs/api-quirks.md, "Changing").
#[utoipa::path(
    put, path = "/api/3/scan_engines/{id}", tag = "Scan Engines", operation_id = "replaceScanEngine", summary = "Replaces a scan engine: sites that are left out lose it",
    params(("id" = i64, Path, description = "The engine's id")),
    request_body(content = EngineBody),
    responses((status = 200, description = "It is done", body = LinksOnly), WithBody, Missing, Anywhere)
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

/// Gives a scanner exactly these sites. Those that it had besides go to the local engine.
pub(super) fn assign_exactly(tx: &Transaction<'_>, scanner: i64, wanted: &[i64]) -> Result<(), ApiError> {
    let local = engines::local_id(tx)?;
    let wanted_set: std::collections::HashSet<i64> = wanted.iter().copied().collect();
    for site in sites::ids_of_scanner(tx, scanner)? {
        if !wanted_set.contains(&site) {
            sites::assign(tx, site, local)?;
        }
    }
    for site in wanted_set {
        if !sites::assign(tx, site, scanner)? {
            return Err(ApiError::invalid());
        }
    }
    Ok(())
}

/// `DELETE /scan_engines/{id}`. The engine must have no site and no scan that is not over; it leaves its pools by
/// itself (docs/api-quirks.md, "Changing").
#[utoipa::path(
    delete, path = "/api/3/scan_engines/{id}", tag = "Scan Engines", operation_id = "deleteScanEngine", summary = "Deletes a scan engine that has no site and no running scan",
    params(("id" = i64, Path, description = "The engine's id")),
    responses((status = 200, description = "It is done", body = LinksOnly), Refusable, Missing, Anywhere)
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

#[cfg(test)]
mod tests {
    use super::host;

    #[test]
    fn host_names_and_addresses_are_taken() {
        for good in
            ["10.0.0.7", "::1", "engine", "engine-1.acme.com", "scan_engine.local", "a.", "7.acme.com"]
        {
            assert_eq!(host(good).as_deref(), Some(good));
        }
    }

    #[test]
    fn an_ipv6_address_is_one_place_however_it_is_written() {
        for same in ["2001:db8::7", "[2001:db8::7]", "2001:0DB8:0:0::7"] {
            assert_eq!(host(same).as_deref(), Some("2001:db8::7"), "{same}");
        }
    }

    #[test]
    fn everything_else_is_refused() {
        for bad in [
            "",
            "https://engine",
            "engine:40814",
            "two words",
            "-engine",
            "engine-",
            "a..b",
            "ä.de",
            "10.0.0.0/8",
            "999.1.1.1",
            "10.1",
            "1",
            "0x7f.1",
            "10.0.0.7.",
            "[::1",
            "::1]",
            "[10.0.0.7]",
        ] {
            assert_eq!(host(bad), None, "{bad}");
        }
    }
}
