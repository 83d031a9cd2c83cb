//! Which sites a scanner has: an engine, or a pool.

use std::collections::HashSet;

use rusqlite::Transaction;

use super::error::ApiError;
use crate::db::{engines, sites};

/// Gives a scanner exactly these sites. Those that it had besides go to the local engine.
pub(super) fn assign_exactly(tx: &Transaction<'_>, scanner: i64, wanted: &[i64]) -> Result<(), ApiError> {
    let local = engines::local_id(tx)?;
    let wanted_set: HashSet<i64> = wanted.iter().copied().collect();
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

/// Refuses what is neither an engine nor a pool.
pub(super) fn check_scanner(tx: &Transaction<'_>, id: i64) -> Result<(), ApiError> {
    if sites::scanner_exists(tx, id)? { Ok(()) } else { Err(ApiError::invalid()) }
}
