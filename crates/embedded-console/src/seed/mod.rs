//! What an empty database is filled with.

mod demo;
mod large;
mod random;

use rusqlite::Transaction;

use crate::config::{ENGINE_PORT, Seed};
use crate::db::engines::{self, EngineKind};
use crate::db::{self, Database, DbError, pools, users};

pub use demo::{DEMO_FLEET, DemoEngine, DemoState};

/// What filling has left to be done.
pub(crate) struct Seeded {
    /// The demo's users are not there yet.
    pub(crate) demo_users: bool,
}

/// Fills an empty database, in one transaction; one that holds anything is left alone.
pub(crate) fn fill(db: &Database, seed: Seed) -> Result<Seeded, DbError> {
    db.write_blocking(|tx| {
        let filled_before = db::meta(tx, "seed")?;
        if let Some(before) = filled_before {
            // The program may have ended between the demo's data and its users.
            let demo_users = before == "demo" && users::find(tx, "operator")?.is_none();
            return Ok(Seeded { demo_users });
        }
        let base = base(tx)?;
        match seed {
            Seed::Empty => {}
            Seed::Demo => demo::fill(tx, &base)?,
            Seed::Large { engines, sites } => large::fill(tx, &base, engines, sites)?,
        }
        db::set_meta(tx, "seed", &seed.to_string())?;
        Ok(Seeded { demo_users: seed == Seed::Demo })
    })
}

/// What every console has from the start (docs/api-quirks.md, "Special engines and pools").
struct Base {
    local: i64,
}

fn base(tx: &Transaction<'_>) -> Result<Base, DbError> {
    let local = engines::insert(tx, EngineKind::Local, "Local scan engine", "127.0.0.1", ENGINE_PORT)?;
    pools::insert(tx, "Default Engine Pool")?;
    Ok(Base { local })
}
