//! How engines and pools look in answers, whichever call gives them.

use rusqlite::Transaction;
use serde::Serialize;
use utoipa::ToSchema;

use super::links::{Link, Links};
use crate::clock;
use crate::console::Console;
use crate::db::engines::{EngineKind, EngineRow};
use crate::db::pools::PoolRow;
use crate::db::{DbError, pools, sites};
use crate::dialect::{Quirk, Quirks};
use crate::engine_rules::current;

/// An engine as the API shows it. What is not known is left out.
#[derive(Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
#[schema(as = Engine)]
pub(crate) struct EngineJson {
    address: String,
    /// The fingerprint of the engine's certificate, as this console has pinned it: an extra field of this console.
    #[serde(skip_serializing_if = "Option::is_none")]
    certificate_fingerprint: Option<String>,
    /// Who opens the connection: an extra field of this console. The local and the hosted engine can't be reversed, so
    /// theirs is always the standard one.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(pattern = "^(console-to-engine|engine-to-console)$")]
    connection_direction: Option<String>,
    /// The fingerprint of this console's own certificate, beside the engine's: what the engine has pinned. An extra field
    /// of this console.
    #[serde(skip_serializing_if = "Option::is_none")]
    console_fingerprint: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    content_version: Option<String>,
    /// The pools that it is in: only older consoles tell them here.
    #[serde(skip_serializing_if = "Option::is_none")]
    engine_pools: Option<Vec<i64>>,
    id: i64,
    #[serde(rename = "isAWSPreAuthEngine", skip_serializing_if = "Option::is_none")]
    is_aws_pre_auth_engine: Option<bool>,
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(format = DateTime)]
    last_refreshed_date: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(format = DateTime)]
    last_updated_date: Option<String>,
    links: Vec<Link>,
    name: String,
    port: u16,
    #[serde(skip_serializing_if = "Option::is_none")]
    product_version: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    serial_number: Option<String>,
    sites: Vec<i64>,
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(pattern = "^(active|unknown|pending-authorization|incompatible-version|not-responding)$")]
    status: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    status_message: Option<String>,
}

/// What belongs to an engine, for its answer.
pub(super) struct Belongings {
    /// The sites that are assigned to it directly.
    pub(super) sites: Vec<i64>,
    /// The pools that it is in, if this console tells them here.
    pub(super) pools: Option<Vec<i64>>,
}

impl Belongings {
    /// What belongs to one engine.
    pub(super) fn of(console: &Console, tx: &Transaction<'_>, engine: i64) -> Result<Self, DbError> {
        let sites = sites::ids_of_scanner(tx, engine)?;
        let pools = console.has(Quirk::EnginePools).then(|| pools::of_engine(tx, engine));
        let pools = pools.transpose()?.map(|pools| pools.into_iter().map(|pool| pool.id).collect());
        Ok(Self { sites, pools })
    }
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
    let [extras, newer, details] =
        [Quirk::NoExtras, Quirk::NoNewerFields, Quirk::NoEngineDetails].map(|quirk| !console.has(quirk));
    EngineJson {
        address: row.address,
        console_fingerprint: row.pinned.as_ref().filter(|_| extras).map(|_| console.fingerprint.to_string()),
        certificate_fingerprint: row.pinned.filter(|_| extras),
        connection_direction: extras.then_some(row.direction),
        content_version: row.content_version.filter(|_| details),
        engine_pools: belongings.pools,
        id: row.id,
        is_aws_pre_auth_engine: newer.then_some(row.kind == EngineKind::Aws),
        last_refreshed_date: row.last_refreshed.filter(|_| details).map(clock::iso),
        last_updated_date: row.last_updated.filter(|_| details).map(clock::iso),
        links: all,
        name: row.name,
        port: row.port,
        product_version: row.product_version.filter(|_| details),
        serial_number: row.serial_number.filter(|_| newer),
        sites: belongings.sites,
        status: details.then_some(row.status),
        status_message: row.status_message.filter(|_| extras),
    }
}

/// A pool as the API shows it.
#[derive(Serialize, ToSchema)]
#[schema(as = Pool)]
pub(crate) struct PoolJson {
    engines: Vec<i64>,
    id: i64,
    links: Vec<Link>,
    name: String,
    #[serde(skip_serializing_if = "Option::is_none")]
    sites: Option<Vec<i64>>,
}

impl PoolJson {
    /// How a pool looks in an answer of that console.
    pub(crate) fn new(pool: PoolRow, sites: Vec<i64>, links: &Links, quirks: Quirks) -> Self {
        let path = format!("/scan_engine_pools/{}", pool.id);
        let links = vec![
            links.to(&path, "self"),
            links.to(&format!("{path}/engines"), "Engines"),
            links.to(&format!("{path}/sites"), "Sites"),
        ];
        let sites = (!quirks.has(Quirk::NoPoolSites)).then_some(sites);
        Self { engines: pool.engines, id: pool.id, links, name: pool.name, sites }
    }
}

/// The port of what is no engine (docs/api-quirks.md, "Reading").
const NO_PORT: i32 = -1;

/// A pool in the list of engines, as older consoles have it.
#[derive(Serialize, ToSchema)]
pub(super) struct PoolAmongEngines {
    address: &'static str,
    id: i64,
    links: [Link; 1],
    name: String,
    /// Not a port: the sign of a pool.
    #[schema(minimum = -1, maximum = -1)]
    port: i32,
}

impl PoolAmongEngines {
    /// How a pool looks among the engines, if it is there at all.
    pub(super) fn new(pool: &PoolRow, links: &Links, quirks: Quirks) -> Option<Self> {
        quirks.has(Quirk::PoolsAmongEngines).then(|| Self {
            address: "",
            id: pool.id,
            links: [links.to(&format!("/scan_engines/{}", pool.id), "self")],
            name: pool.name.clone(),
            port: NO_PORT,
        })
    }
}

/// Distinct vulnerabilities by severity.
#[derive(Serialize, ToSchema)]
pub(super) struct Vulnerabilities {
    critical: i64,
    moderate: i64,
    severe: i64,
    total: i64,
}

impl Vulnerabilities {
    pub(super) fn new(critical: i64, severe: i64, moderate: i64) -> Self {
        Self { critical, moderate, severe, total: critical + severe + moderate }
    }
}
