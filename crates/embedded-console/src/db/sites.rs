//! Sites in the database.

use rusqlite::{OptionalExtension as _, Row, Transaction, params};

use super::DbError;

/// One site. Times are milliseconds since 1970 UTC.
#[derive(Debug, Clone)]
pub(crate) struct SiteRow {
    pub(crate) id: i64,
    pub(crate) name: String,
    pub(crate) description: Option<String>,
    pub(crate) kind: String,
    pub(crate) connection_type: Option<String>,
    pub(crate) importance: String,
    pub(crate) scan_engine: i64,
    pub(crate) scan_template: String,
    pub(crate) assets: i64,
    pub(crate) risk_score: f64,
    pub(crate) critical: i64,
    pub(crate) severe: i64,
    pub(crate) moderate: i64,
    pub(crate) last_scan: Option<i64>,
}

const COLUMNS: &str = "id, name, description, type, connection_type, importance, scan_engine, scan_template, \
    assets, risk_score, critical, severe, moderate, last_scan";

fn from_row(row: &Row<'_>) -> rusqlite::Result<SiteRow> {
    Ok(SiteRow {
        id: row.get(0)?,
        name: row.get(1)?,
        description: row.get(2)?,
        kind: row.get(3)?,
        connection_type: row.get(4)?,
        importance: row.get(5)?,
        scan_engine: row.get(6)?,
        scan_template: row.get(7)?,
        assets: row.get(8)?,
        risk_score: row.get(9)?,
        critical: row.get(10)?,
        severe: row.get(11)?,
        moderate: row.get(12)?,
        last_scan: row.get(13)?,
    })
}

/// The property names that sites can be sorted by, and what they are in the database. Importance sorts by weight,
/// not by letter.
pub(crate) const SORTABLE: &[(&str, &str)] = &[
    ("id", "id"),
    ("name", "name COLLATE NOCASE"),
    ("description", "description"),
    ("type", "type"),
    ("connectionType", "connection_type"),
    (
        "importance",
        "CASE importance WHEN 'very_low' THEN 0 WHEN 'low' THEN 1 WHEN 'normal' THEN 2 WHEN 'high' THEN 3 ELSE 4 END",
    ),
    ("scanEngine", "scan_engine"),
    ("scanTemplate", "scan_template"),
    ("assets", "assets"),
    ("riskScore", "risk_score"),
    ("lastScanTime", "last_scan"),
];

/// A page of sites and how many there are; of one scanner or of all. `order` is made of [`SORTABLE`] only.
pub(crate) fn page(
    tx: &Transaction<'_>,
    scanner: Option<i64>,
    order: &str,
    offset: i64,
    limit: i64,
) -> Result<(Vec<SiteRow>, i64), DbError> {
    let filter = if scanner.is_some() { "WHERE scan_engine = ?1" } else { "WHERE ?1 IS NULL" };
    let total = tx
        .prepare_cached(&format!("SELECT COUNT(*) FROM sites {filter}"))?
        .query_row([scanner], |row| row.get(0))?;
    let sql = format!("SELECT {COLUMNS} FROM sites {filter} ORDER BY {order} LIMIT ?2 OFFSET ?3");
    let mut statement = tx.prepare_cached(&sql)?;
    let rows = statement.query_map(params![scanner, limit, offset], from_row)?;
    Ok((rows.collect::<Result<_, _>>()?, total))
}

/// One site.
pub(crate) fn find(tx: &Transaction<'_>, id: i64) -> Result<Option<SiteRow>, DbError> {
    let mut statement = tx.prepare_cached(&format!("SELECT {COLUMNS} FROM sites WHERE id = ?1"))?;
    Ok(statement.query_row([id], from_row).optional()?)
}

/// The ids of the sites that use an engine or a pool directly.
pub(crate) fn ids_of_scanner(tx: &Transaction<'_>, scanner: i64) -> Result<Vec<i64>, DbError> {
    let mut statement = tx.prepare_cached("SELECT id FROM sites WHERE scan_engine = ?1 ORDER BY id")?;
    let rows = statement.query_map([scanner], |row| row.get(0))?;
    Ok(rows.collect::<Result<_, _>>()?)
}

/// Another site of that name.
pub(crate) fn name_taken(tx: &Transaction<'_>, name: &str, except: i64) -> Result<bool, DbError> {
    Ok(tx
        .prepare_cached("SELECT 1 FROM sites WHERE name = ?1 AND id <> ?2")?
        .exists(params![name, except])?)
}

/// What makes a new site; the rest is zero or empty until it is scanned.
pub(crate) struct NewSite<'a> {
    pub(crate) name: &'a str,
    pub(crate) description: Option<&'a str>,
    pub(crate) kind: &'a str,
    pub(crate) connection_type: Option<&'a str>,
    pub(crate) importance: &'a str,
    pub(crate) scan_engine: i64,
    pub(crate) scan_template: &'a str,
    pub(crate) scope: Option<&'a str>,
}

/// Stores a new site. Returns its id.
pub(crate) fn insert(tx: &Transaction<'_>, site: &NewSite<'_>) -> Result<i64, DbError> {
    tx.prepare_cached(
        "INSERT INTO sites (name, description, type, connection_type, importance, scan_engine, scan_template, scope) \
         VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8)",
    )?
    .execute(params![
        site.name,
        site.description,
        site.kind,
        site.connection_type,
        site.importance,
        site.scan_engine,
        site.scan_template,
        site.scope,
    ])?;
    Ok(tx.last_insert_rowid())
}

/// What scanning has found in a site.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Findings {
    pub(crate) assets: i64,
    pub(crate) critical: i64,
    pub(crate) severe: i64,
    pub(crate) moderate: i64,
}

/// Stores what scanning has found in a site, and when.
pub(crate) fn set_findings(
    tx: &Transaction<'_>,
    id: i64,
    findings: Findings,
    risk_score: f64,
    last_scan: Option<i64>,
) -> Result<(), DbError> {
    tx.prepare_cached(
        "UPDATE sites SET assets = ?2, critical = ?3, severe = ?4, moderate = ?5, risk_score = ?6, last_scan = ?7 \
         WHERE id = ?1",
    )?
    .execute(params![
        id,
        findings.assets,
        findings.critical,
        findings.severe,
        findings.moderate,
        risk_score,
        last_scan
    ])?;
    Ok(())
}

/// Replaces what a person can change of a site.
pub(crate) fn update(
    tx: &Transaction<'_>,
    id: i64,
    name: &str,
    description: Option<&str>,
    importance: &str,
    scan_engine: i64,
    scan_template: &str,
) -> Result<(), DbError> {
    tx.execute(
        "UPDATE sites SET name = ?2, description = ?3, importance = ?4, scan_engine = ?5, scan_template = ?6 \
         WHERE id = ?1",
        params![id, name, description, importance, scan_engine, scan_template],
    )?;
    Ok(())
}

/// Removes a site with its scans.
pub(crate) fn delete(tx: &Transaction<'_>, id: i64) -> Result<(), DbError> {
    tx.execute("DELETE FROM scans WHERE site_id = ?1", [id])?;
    tx.execute("DELETE FROM sites WHERE id = ?1", [id])?;
    Ok(())
}

/// Gives a site to an engine or a pool. False: there is no such site.
pub(crate) fn assign(tx: &Transaction<'_>, site: i64, scanner: i64) -> Result<bool, DbError> {
    let changed =
        tx.prepare_cached("UPDATE sites SET scan_engine = ?2 WHERE id = ?1")?.execute([site, scanner])?;
    Ok(changed > 0)
}

/// Whether an id is an engine's or a pool's.
pub(crate) fn scanner_exists(tx: &Transaction<'_>, id: i64) -> Result<bool, DbError> {
    Ok(tx.prepare_cached("SELECT 1 FROM scanners WHERE id = ?1")?.exists([id])?)
}
