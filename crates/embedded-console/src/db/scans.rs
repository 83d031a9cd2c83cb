//! Scans in the database.

use rusqlite::{OptionalExtension as _, Row, Transaction, params};

use super::DbError;
use super::sites::Findings;

/// One scan with the names that its answer shows. Times are milliseconds since 1970 UTC.
#[derive(Debug, Clone)]
pub(crate) struct ScanRow {
    pub(crate) id: i64,
    pub(crate) site_id: i64,
    pub(crate) site_name: String,
    pub(crate) engine_id: i64,
    pub(crate) engine_name: String,
    pub(crate) name: String,
    pub(crate) kind: String,
    pub(crate) status: String,
    pub(crate) message: Option<String>,
    pub(crate) started_by: Option<String>,
    pub(crate) start_time: i64,
    pub(crate) end_time: Option<i64>,
    pub(crate) findings: Findings,
}

const COLUMNS: &str = "scans.id, site_id, sites.name, engine_id, COALESCE(engines.name, engine_name), scans.name, \
    scans.type, scans.status, message, started_by, start_time, end_time, scans.assets, scans.critical, \
    scans.severe, scans.moderate";

const TABLES: &str = "scans JOIN sites ON sites.id = site_id LEFT JOIN engines ON engines.id = engine_id";

/// The statuses of a scan that is not over: it may still use its engine.
const ACTIVE: &str = "('running', 'dispatched', 'integrating', 'paused')";

fn from_row(row: &Row<'_>) -> rusqlite::Result<ScanRow> {
    Ok(ScanRow {
        id: row.get(0)?,
        site_id: row.get(1)?,
        site_name: row.get(2)?,
        engine_id: row.get(3)?,
        engine_name: row.get(4)?,
        name: row.get(5)?,
        kind: row.get(6)?,
        status: row.get(7)?,
        message: row.get(8)?,
        started_by: row.get(9)?,
        start_time: row.get(10)?,
        end_time: row.get(11)?,
        findings: Findings {
            assets: row.get(12)?,
            critical: row.get(13)?,
            severe: row.get(14)?,
            moderate: row.get(15)?,
        },
    })
}

/// The property names that scans can be sorted by, and what they are in the database.
pub(crate) const SORTABLE: &[(&str, &str)] = &[
    ("id", "scans.id"),
    ("scanName", "scans.name"),
    ("scanType", "scans.type"),
    ("status", "scans.status"),
    ("startTime", "start_time"),
    ("endTime", "end_time"),
    ("startedBy", "started_by"),
    ("assets", "scans.assets"),
    ("engineId", "engine_id"),
    ("engineName", "COALESCE(engines.name, engine_name)"),
    ("siteId", "site_id"),
    ("siteName", "sites.name"),
    ("duration", "COALESCE(end_time, CAST(strftime('%s', 'now') AS INTEGER) * 1000) - start_time"),
    ("vulnerabilities.total", "scans.critical + scans.severe + scans.moderate"),
];

/// Which scans are meant.
#[derive(Debug, Clone, Copy, Default)]
pub(crate) struct Which {
    /// Only those of this site.
    pub(crate) site: Option<i64>,
    /// Only those that ran on this engine.
    pub(crate) engine: Option<i64>,
    /// Only those that are not over (true), or only those that are (false).
    pub(crate) active: Option<bool>,
}

impl Which {
    /// Bound as ?1 (site) and ?2 (engine).
    fn filter(self) -> String {
        let site = if self.site.is_some() { "site_id = ?1" } else { "?1 IS NULL" };
        let engine = if self.engine.is_some() { "engine_id = ?2" } else { "?2 IS NULL" };
        let active = match self.active {
            None => String::new(),
            Some(true) => format!(" AND scans.status IN {ACTIVE}"),
            Some(false) => format!(" AND scans.status NOT IN {ACTIVE}"),
        };
        format!("WHERE {site} AND {engine}{active}")
    }
}

/// A page of scans and how many there are. `order` is made of [`SORTABLE`] only.
pub(crate) fn page(
    tx: &Transaction<'_>,
    which: Which,
    order: &str,
    offset: i64,
    limit: i64,
) -> Result<(Vec<ScanRow>, i64), DbError> {
    let filter = which.filter();
    let total = tx
        .prepare_cached(&format!("SELECT COUNT(*) FROM scans {filter}"))?
        .query_row(params![which.site, which.engine], |row| row.get(0))?;
    let sql = format!("SELECT {COLUMNS} FROM {TABLES} {filter} ORDER BY {order} LIMIT ?3 OFFSET ?4");
    let mut statement = tx.prepare_cached(&sql)?;
    let rows = statement.query_map(params![which.site, which.engine, limit, offset], from_row)?;
    Ok((rows.collect::<Result<_, _>>()?, total))
}

/// One scan.
pub(crate) fn find(tx: &Transaction<'_>, id: i64) -> Result<Option<ScanRow>, DbError> {
    let mut statement = tx.prepare_cached(&format!("SELECT {COLUMNS} FROM {TABLES} WHERE scans.id = ?1"))?;
    Ok(statement.query_row([id], from_row).optional()?)
}

/// How many scans on an engine are not over.
pub(crate) fn active_on_engine(tx: &Transaction<'_>, engine: i64) -> Result<i64, DbError> {
    let sql = format!("SELECT COUNT(*) FROM scans WHERE engine_id = ?1 AND status IN {ACTIVE}");
    Ok(tx.prepare_cached(&sql)?.query_row([engine], |row| row.get(0))?)
}

/// How many scans of a site are not over.
pub(crate) fn active_of_site(tx: &Transaction<'_>, site: i64) -> Result<i64, DbError> {
    let sql = format!("SELECT COUNT(*) FROM scans WHERE site_id = ?1 AND status IN {ACTIVE}");
    Ok(tx.prepare_cached(&sql)?.query_row([site], |row| row.get(0))?)
}

/// Pauses a running scan.
pub(crate) fn pause(tx: &Transaction<'_>, id: i64) -> Result<(), DbError> {
    tx.execute("UPDATE scans SET status = 'paused' WHERE id = ?1", [id])?;
    Ok(())
}

/// Resumes a paused scan, until `planned_end` at least.
pub(crate) fn resume(tx: &Transaction<'_>, id: i64, planned_end: i64) -> Result<(), DbError> {
    tx.execute(
        "UPDATE scans SET status = 'running', planned_end = MAX(COALESCE(planned_end, 0), ?2) WHERE id = ?1",
        [id, planned_end],
    )?;
    Ok(())
}

/// Ends a scan before its time. `by`: who wanted it, which is all that a console reports of it.
pub(crate) fn stop(tx: &Transaction<'_>, id: i64, by: &str, now: i64) -> Result<(), DbError> {
    tx.execute(
        "UPDATE scans SET status = 'stopped', message = ?2, end_time = ?3, planned_end = NULL WHERE id = ?1",
        params![id, by, now],
    )?;
    Ok(())
}

/// A scan to be stored.
pub(crate) struct NewScan<'a> {
    pub(crate) site_id: i64,
    pub(crate) engine_id: i64,
    pub(crate) engine_name: &'a str,
    pub(crate) name: &'a str,
    pub(crate) kind: &'a str,
    pub(crate) status: &'a str,
    pub(crate) message: Option<&'a str>,
    pub(crate) started_by: &'a str,
    pub(crate) start_time: i64,
    pub(crate) end_time: Option<i64>,
    pub(crate) planned_end: Option<i64>,
    pub(crate) findings: Findings,
}

/// Stores a scan. Returns its id.
pub(crate) fn insert(tx: &Transaction<'_>, scan: &NewScan<'_>) -> Result<i64, DbError> {
    tx.prepare_cached(
        "INSERT INTO scans (site_id, engine_id, engine_name, name, type, status, message, started_by, start_time, \
         end_time, planned_end, assets, critical, severe, moderate) \
         VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10, ?11, ?12, ?13, ?14, ?15)",
    )?
    .execute(params![
        scan.site_id,
        scan.engine_id,
        scan.engine_name,
        scan.name,
        scan.kind,
        scan.status,
        scan.message,
        scan.started_by,
        scan.start_time,
        scan.end_time,
        scan.planned_end,
        scan.findings.assets,
        scan.findings.critical,
        scan.findings.severe,
        scan.findings.moderate,
    ])?;
    Ok(tx.last_insert_rowid())
}

/// Ends the scans whose time has come, at the time that was planned: nothing here really scans. Returns how many.
pub(crate) fn finish_due(tx: &Transaction<'_>, now: i64) -> Result<usize, DbError> {
    tx.execute(
        "UPDATE sites SET last_scan = due.at FROM (SELECT site_id, MAX(planned_end) AS at FROM scans \
         WHERE status = 'running' AND planned_end <= ?1 GROUP BY site_id) AS due WHERE sites.id = due.site_id",
        [now],
    )?;
    let finished = tx.execute(
        "UPDATE scans SET status = 'finished', end_time = planned_end, planned_end = NULL \
         WHERE status = 'running' AND planned_end <= ?1",
        [now],
    )?;
    Ok(finished)
}
