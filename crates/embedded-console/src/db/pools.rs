//! Engine pools in the database.

use std::collections::HashMap;

use rusqlite::{OptionalExtension as _, Transaction, params};

use super::DbError;
use super::engines::new_scanner_id;

/// One pool with its members.
#[derive(Debug, Clone)]
pub(crate) struct PoolRow {
    pub(crate) id: i64,
    pub(crate) name: String,
    pub(crate) engines: Vec<i64>,
}

/// Every pool, by id.
pub(crate) fn all(tx: &Transaction<'_>) -> Result<Vec<PoolRow>, DbError> {
    let mut members: HashMap<i64, Vec<i64>> = HashMap::new();
    let mut statement =
        tx.prepare_cached("SELECT pool_id, engine_id FROM pool_engines ORDER BY pool_id, engine_id")?;
    let mut rows = statement.query([])?;
    while let Some(row) = rows.next()? {
        members.entry(row.get(0)?).or_default().push(row.get(1)?);
    }
    let mut statement = tx.prepare_cached("SELECT id, name FROM pools ORDER BY id")?;
    let pools = statement.query_map([], |row| {
        let id = row.get(0)?;
        Ok(PoolRow { id, name: row.get(1)?, engines: members.remove(&id).unwrap_or_default() })
    })?;
    Ok(pools.collect::<Result<_, _>>()?)
}

/// One pool. An engine's id finds nothing.
pub(crate) fn find(tx: &Transaction<'_>, id: i64) -> Result<Option<PoolRow>, DbError> {
    let name = tx
        .prepare_cached("SELECT name FROM pools WHERE id = ?1")?
        .query_row([id], |row| row.get(0))
        .optional()?;
    let Some(name) = name else { return Ok(None) };
    Ok(Some(PoolRow { id, name, engines: engines_of(tx, id)? }))
}

fn engines_of(tx: &Transaction<'_>, id: i64) -> Result<Vec<i64>, DbError> {
    let mut statement =
        tx.prepare_cached("SELECT engine_id FROM pool_engines WHERE pool_id = ?1 ORDER BY engine_id")?;
    let rows = statement.query_map([id], |row| row.get(0))?;
    Ok(rows.collect::<Result<_, _>>()?)
}

/// The pools that an engine is in, by id.
pub(crate) fn of_engine(tx: &Transaction<'_>, engine: i64) -> Result<Vec<PoolRow>, DbError> {
    let mut statement = tx.prepare_cached(
        "SELECT id, name FROM pools JOIN pool_engines ON pool_id = id WHERE engine_id = ?1 ORDER BY id",
    )?;
    let rows = statement.query_map([engine], |row| Ok((row.get(0)?, row.get(1)?)))?;
    let named: Vec<(i64, String)> = rows.collect::<Result<_, _>>()?;
    named.into_iter().map(|(id, name)| Ok(PoolRow { id, name, engines: engines_of(tx, id)? })).collect()
}

/// Another pool of that name.
pub(crate) fn name_taken(tx: &Transaction<'_>, name: &str, except: i64) -> Result<bool, DbError> {
    Ok(tx
        .prepare_cached("SELECT 1 FROM pools WHERE name = ?1 AND id <> ?2")?
        .exists(params![name, except])?)
}

/// Stores a new pool without members. Returns its id.
pub(crate) fn insert(tx: &Transaction<'_>, name: &str) -> Result<i64, DbError> {
    let id = new_scanner_id(tx)?;
    tx.prepare_cached("INSERT INTO pools (id, name) VALUES (?1, ?2)")?.execute(params![id, name])?;
    Ok(id)
}

/// Gives a pool another name.
pub(crate) fn rename(tx: &Transaction<'_>, id: i64, name: &str) -> Result<(), DbError> {
    tx.prepare_cached("UPDATE pools SET name = ?2 WHERE id = ?1")?.execute(params![id, name])?;
    Ok(())
}

/// Adds an engine to a pool; already being there is fine.
pub(crate) fn add_engine(tx: &Transaction<'_>, pool: i64, engine: i64) -> Result<(), DbError> {
    tx.prepare_cached("INSERT OR IGNORE INTO pool_engines (pool_id, engine_id) VALUES (?1, ?2)")?
        .execute([pool, engine])?;
    Ok(())
}

/// Removes an engine from a pool. False: it was not in it.
pub(crate) fn remove_engine(tx: &Transaction<'_>, pool: i64, engine: i64) -> Result<bool, DbError> {
    let removed = tx
        .prepare_cached("DELETE FROM pool_engines WHERE pool_id = ?1 AND engine_id = ?2")?
        .execute([pool, engine])?;
    Ok(removed > 0)
}

/// Replaces the members of a pool.
pub(crate) fn set_engines(tx: &Transaction<'_>, pool: i64, engines: &[i64]) -> Result<(), DbError> {
    tx.execute("DELETE FROM pool_engines WHERE pool_id = ?1", [pool])?;
    for engine in engines {
        add_engine(tx, pool, *engine)?;
    }
    Ok(())
}

/// Removes a pool; a site that still uses it makes this fail.
pub(crate) fn delete(tx: &Transaction<'_>, id: i64) -> Result<(), DbError> {
    tx.execute("DELETE FROM pools WHERE id = ?1", [id])?;
    tx.execute("DELETE FROM scanners WHERE id = ?1", [id])?;
    Ok(())
}
