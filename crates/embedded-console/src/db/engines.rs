//! Engines in the database.

use std::collections::HashMap;

use rusqlite::{OptionalExtension as _, Row, Transaction, params};

use super::DbError;

/// What an engine is, which the API v3 has no field for (docs/api-quirks.md, "Special engines and pools").
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum EngineKind {
    /// Comes with the console and is a part of its process.
    Local,
    /// Run by Rapid7.
    Hosted,
    /// Pre-authorised in AWS.
    Aws,
    /// An ordinary distributed engine.
    Distributed,
}

impl EngineKind {
    /// The word in the database.
    pub(crate) fn as_str(self) -> &'static str {
        match self {
            Self::Local => "local",
            Self::Hosted => "hosted",
            Self::Aws => "aws",
            Self::Distributed => "distributed",
        }
    }

    fn from_word(word: &str) -> Self {
        match word {
            "local" => Self::Local,
            "hosted" => Self::Hosted,
            "aws" => Self::Aws,
            _ => Self::Distributed,
        }
    }

    /// Whether the console talks to it over the network at all. The hosted engine is reached in Rapid7's own way.
    pub(crate) fn is_dialled(self) -> bool {
        matches!(self, Self::Aws | Self::Distributed)
    }

    /// Why such an engine can't be a member of a pool, if so (docs/api-quirks.md, "Special engines and pools").
    pub(crate) fn barred_from_pools(self) -> Option<&'static str> {
        match self {
            Self::Local => Some("the local scan engine cannot be in a pool"),
            Self::Hosted => Some("a hosted scan engine cannot be in a pool"),
            Self::Aws => Some("an AWS pre-authorized scan engine cannot be in a pool"),
            Self::Distributed => None,
        }
    }
}

/// One engine as stored. Times are milliseconds since 1970 UTC.
#[derive(Debug, Clone)]
pub(crate) struct EngineRow {
    pub(crate) id: i64,
    pub(crate) kind: EngineKind,
    pub(crate) name: String,
    pub(crate) address: String,
    pub(crate) port: u16,
    pub(crate) direction: String,
    pub(crate) status: String,
    pub(crate) status_message: Option<String>,
    pub(crate) product_version: Option<String>,
    pub(crate) content_version: Option<String>,
    pub(crate) serial_number: Option<String>,
    pub(crate) platform: Option<String>,
    pub(crate) last_refreshed: Option<i64>,
    pub(crate) last_updated: Option<i64>,
    pub(crate) pinned: Option<String>,
    pub(crate) asked: bool,
}

const COLUMNS: &str = "id, kind, name, address, port, direction, status, status_message, product_version, \
    content_version, serial_number, platform, last_refreshed, last_updated, pinned, asked";

fn from_row(row: &Row<'_>) -> rusqlite::Result<EngineRow> {
    Ok(EngineRow {
        id: row.get(0)?,
        kind: EngineKind::from_word(row.get_ref(1)?.as_str()?),
        name: row.get(2)?,
        address: row.get(3)?,
        port: row.get(4)?,
        direction: row.get(5)?,
        status: row.get(6)?,
        status_message: row.get(7)?,
        product_version: row.get(8)?,
        content_version: row.get(9)?,
        serial_number: row.get(10)?,
        platform: row.get(11)?,
        last_refreshed: row.get(12)?,
        last_updated: row.get(13)?,
        pinned: row.get(14)?,
        asked: row.get(15)?,
    })
}

/// Every engine, by id.
pub(crate) fn all(tx: &Transaction<'_>) -> Result<Vec<EngineRow>, DbError> {
    let mut statement = tx.prepare_cached(&format!("SELECT {COLUMNS} FROM engines ORDER BY id"))?;
    let rows = statement.query_map([], from_row)?;
    Ok(rows.collect::<Result<_, _>>()?)
}

/// One engine. A pool's id finds nothing.
pub(crate) fn find(tx: &Transaction<'_>, id: i64) -> Result<Option<EngineRow>, DbError> {
    let mut statement = tx.prepare_cached(&format!("SELECT {COLUMNS} FROM engines WHERE id = ?1"))?;
    Ok(statement.query_row([id], from_row).optional()?)
}

/// The local engine's id: the default for new sites, and where sites go that lost theirs.
pub(crate) fn local_id(tx: &Transaction<'_>) -> Result<i64, DbError> {
    Ok(tx.query_row("SELECT id FROM engines WHERE kind = 'local'", [], |row| row.get(0))?)
}

/// Another engine of that name.
pub(crate) fn named(tx: &Transaction<'_>, name: &str, except: i64) -> Result<Option<EngineRow>, DbError> {
    let mut statement =
        tx.prepare_cached(&format!("SELECT {COLUMNS} FROM engines WHERE name = ?1 AND id <> ?2"))?;
    Ok(statement.query_row(params![name, except], from_row).optional()?)
}

/// Another engine at that address and port together.
pub(crate) fn at_place(
    tx: &Transaction<'_>,
    address: &str,
    port: u16,
    except: i64,
) -> Result<Option<EngineRow>, DbError> {
    let mut statement = tx.prepare_cached(&format!(
        "SELECT {COLUMNS} FROM engines WHERE address = ?1 AND port = ?2 AND id <> ?3"
    ))?;
    Ok(statement.query_row(params![address, port, except], from_row).optional()?)
}

/// The engine whose certificate this is. If it stands at several addresses: the one that dials, or else the oldest.
pub(crate) fn of_key(tx: &Transaction<'_>, pinned: &str) -> Result<Option<EngineRow>, DbError> {
    let mut statement = tx.prepare_cached(&format!(
        "SELECT {COLUMNS} FROM engines WHERE pinned = ?1 ORDER BY direction = 'engine-to-console' DESC, id LIMIT 1"
    ))?;
    Ok(statement.query_row([pinned], from_row).optional()?)
}

/// Pairs an engine from its side: it opens the connection, and this is its certificate.
pub(crate) fn pair_reverse(tx: &Transaction<'_>, id: i64, pinned: &str) -> Result<(), DbError> {
    tx.prepare_cached("UPDATE engines SET direction = 'engine-to-console', pinned = ?2 WHERE id = ?1")?
        .execute(params![id, pinned])?;
    Ok(())
}

/// Notes where an engine is, which is paired by its certificate and stays so.
pub(crate) fn set_place(tx: &Transaction<'_>, id: i64, address: &str, port: u16) -> Result<(), DbError> {
    tx.prepare_cached("UPDATE engines SET address = ?2, port = ?3 WHERE id = ?1")?
        .execute(params![id, address, port])?;
    Ok(())
}

/// A fresh id from the space that engines and pools share.
pub(crate) fn new_scanner_id(tx: &Transaction<'_>) -> Result<i64, DbError> {
    tx.prepare_cached("INSERT INTO scanners DEFAULT VALUES")?.execute([])?;
    Ok(tx.last_insert_rowid())
}

/// Stores a new engine that nothing is known of. Returns its id.
pub(crate) fn insert(
    tx: &Transaction<'_>,
    kind: EngineKind,
    name: &str,
    address: &str,
    port: u16,
) -> Result<i64, DbError> {
    let id = new_scanner_id(tx)?;
    tx.prepare_cached("INSERT INTO engines (id, kind, name, address, port) VALUES (?1, ?2, ?3, ?4, ?5)")?
        .execute(params![id, kind.as_str(), name, address, port])?;
    Ok(id)
}

/// Overwrites everything that is known of an engine but its id, kind and place: for seeds.
pub(crate) fn store_knowledge(tx: &Transaction<'_>, engine: &EngineRow) -> Result<(), DbError> {
    tx.prepare_cached(
        "UPDATE engines SET status = ?2, status_message = ?3, product_version = ?4, content_version = ?5, \
         serial_number = ?6, platform = ?7, last_refreshed = ?8, last_updated = ?9, pinned = ?10, asked = ?11 \
         WHERE id = ?1",
    )?
    .execute(params![
        engine.id,
        engine.status,
        engine.status_message,
        engine.product_version,
        engine.content_version,
        engine.serial_number,
        engine.platform,
        engine.last_refreshed,
        engine.last_updated,
        engine.pinned,
        engine.asked,
    ])?;
    Ok(())
}

/// Gives an engine another name.
pub(crate) fn rename(tx: &Transaction<'_>, id: i64, name: &str) -> Result<(), DbError> {
    tx.prepare_cached("UPDATE engines SET name = ?2 WHERE id = ?1")?.execute(params![id, name])?;
    Ok(())
}

/// Puts an engine at another address. The pairing belongs to the old one, and so does all that was learned
/// from there (docs/api-quirks.md, "Engine side").
pub(crate) fn relocate(tx: &Transaction<'_>, id: i64, address: &str, port: u16) -> Result<(), DbError> {
    tx.prepare_cached(
        "UPDATE engines SET address = ?2, port = ?3, direction = 'console-to-engine', status = 'unknown', \
         status_message = NULL, product_version = NULL, content_version = NULL, serial_number = NULL, \
         platform = NULL, last_refreshed = NULL, last_updated = NULL, pinned = NULL, asked = 0 WHERE id = ?1",
    )?
    .execute(params![id, address, port])?;
    Ok(())
}

/// Removes an engine. It leaves its pools by itself; a site that still uses it makes this fail.
pub(crate) fn delete(tx: &Transaction<'_>, id: i64) -> Result<(), DbError> {
    tx.execute("DELETE FROM engines WHERE id = ?1", [id])?;
    tx.execute("DELETE FROM scanners WHERE id = ?1", [id])?;
    Ok(())
}

/// What the fleet has learned about an engine. What it does not know is left as it was.
pub(crate) struct Learned {
    pub(crate) id: i64,
    pub(crate) status: &'static str,
    pub(crate) status_message: Option<String>,
    pub(crate) product_version: Option<String>,
    pub(crate) content_version: Option<String>,
    pub(crate) serial_number: Option<String>,
    pub(crate) platform: Option<String>,
    pub(crate) direction: &'static str,
    pub(crate) last_contact: Option<i64>,
    pub(crate) pinned: Option<String>,
}

/// Stores what the fleet has learned.
pub(crate) fn learn(tx: &Transaction<'_>, learned: &Learned) -> Result<(), DbError> {
    tx.prepare_cached(
        "UPDATE engines SET status = ?2, status_message = ?3, \
         product_version = COALESCE(?4, product_version), content_version = COALESCE(?5, content_version), \
         serial_number = COALESCE(?6, serial_number), platform = COALESCE(?7, platform), direction = ?8, \
         last_refreshed = MAX(COALESCE(?9, last_refreshed), COALESCE(last_refreshed, ?9)), \
         pinned = COALESCE(?10, pinned) WHERE id = ?1",
    )?
    .execute(params![
        learned.id,
        learned.status,
        learned.status_message,
        learned.product_version,
        learned.content_version,
        learned.serial_number,
        learned.platform,
        learned.direction,
        learned.last_contact,
        learned.pinned,
    ])?;
    Ok(())
}

/// Notes that `version engines` has been asked since the engine was added.
pub(crate) fn mark_asked(tx: &Transaction<'_>, id: i64) -> Result<(), DbError> {
    tx.prepare_cached("UPDATE engines SET asked = 1 WHERE id = ?1")?.execute([id])?;
    Ok(())
}

/// Notes when an engine was last updated.
pub(crate) fn mark_updated(tx: &Transaction<'_>, id: i64, at: i64) -> Result<(), DbError> {
    tx.prepare_cached("UPDATE engines SET last_updated = ?2 WHERE id = ?1")?.execute([id, at])?;
    Ok(())
}

/// Notes when an engine last talked to the console. A time before the stored one changes nothing.
pub(crate) fn mark_contact(tx: &Transaction<'_>, id: i64, at: i64) -> Result<(), DbError> {
    tx.prepare_cached(
        "UPDATE engines SET last_refreshed = ?2 WHERE id = ?1 AND COALESCE(last_refreshed, 0) < ?2",
    )?
    .execute([id, at])?;
    Ok(())
}

/// Site ids by the engine or pool that they use directly, in one pass over an index.
pub(crate) fn sites_by_scanner(tx: &Transaction<'_>) -> Result<HashMap<i64, Vec<i64>>, DbError> {
    let mut statement = tx.prepare_cached("SELECT scan_engine, id FROM sites ORDER BY scan_engine, id")?;
    let mut rows = statement.query([])?;
    let mut sites: HashMap<i64, Vec<i64>> = HashMap::new();
    let mut current = (0, Vec::new());
    while let Some(row) = rows.next()? {
        let scanner: i64 = row.get(0)?;
        if scanner != current.0 {
            sites.insert(current.0, std::mem::take(&mut current.1));
            current.0 = scanner;
        }
        current.1.push(row.get(1)?);
    }
    sites.insert(current.0, current.1);
    Ok(sites)
}
