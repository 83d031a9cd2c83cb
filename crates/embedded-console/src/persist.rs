//! What the fleet learns goes into the database: changes at once, contact times at most once a minute.

use std::sync::Arc;
use std::time::Duration;

use rusqlite::Transaction;
use tokio::sync::mpsc::UnboundedReceiver;
use tokio::time::MissedTickBehavior;

use crate::clock;
use crate::console::Console;
use crate::db::engines::{self, EngineRow, Learned};
use crate::db::{DbError, scans};
use crate::fleet::{EngineStatus, EngineTarget, Fleet, FleetEvent};

/// How often contact times are written.
const CONTACTS_EVERY: Duration = Duration::from_secs(60);
/// Events that are stored in one transaction.
const BATCH: usize = 1_024;

/// A stored engine as the fleet wants it.
pub(crate) fn target(row: EngineRow) -> EngineTarget {
    EngineTarget {
        id: row.id,
        name: row.name,
        address: row.address,
        port: row.port,
        pinned: row.pinned.and_then(|text| text.parse().ok()),
        asked: row.asked,
        status: row.status.parse().unwrap_or(EngineStatus::Unknown),
    }
}

/// Stores what the fleet knows of an engine at this moment. Events only say that something changed: taking the state
/// from here means that an event that comes late can't bring back something old.
pub(crate) fn learn_from_report(tx: &Transaction<'_>, fleet: &Fleet, id: i64) -> Result<(), DbError> {
    let Some(report) = fleet.report(id) else { return Ok(()) };
    engines::learn(
        tx,
        &Learned {
            id,
            status: report.status.as_str(),
            status_message: report.status_message,
            product_version: report.product_version,
            content_version: report.content_version,
            serial_number: report.serial_number,
            platform: report.platform,
            direction: report.direction.as_str(),
            last_contact: report.last_contact.map(clock::to_millis),
            pinned: report.pinned.map(|fingerprint| fingerprint.to_string()),
        },
    )
}

fn store(tx: &Transaction<'_>, fleet: &Fleet, events: &[FleetEvent]) -> Result<(), DbError> {
    let mut changed = Vec::with_capacity(events.len());
    for event in events {
        match event {
            FleetEvent::Asked { id } => engines::mark_asked(tx, *id)?,
            FleetEvent::Updated { id, at } => {
                engines::mark_updated(tx, *id, clock::to_millis(*at))?;
                changed.push(*id);
            }
            FleetEvent::Pinned { id, .. }
            | FleetEvent::Status { id, .. }
            | FleetEvent::Versions { id, .. } => {
                changed.push(*id);
            }
        }
    }
    changed.sort_unstable();
    changed.dedup();
    changed.into_iter().try_for_each(|id| learn_from_report(tx, fleet, id))
}

/// Runs until the fleet has ended, or until `stop`; then writes the contact times once more.
pub(crate) async fn run(
    console: Arc<Console>,
    mut events: UnboundedReceiver<FleetEvent>,
    stop: impl Future<Output = ()>,
) {
    let mut minute = tokio::time::interval(CONTACTS_EVERY);
    minute.set_missed_tick_behavior(MissedTickBehavior::Delay);
    minute.tick().await;
    let mut stop = std::pin::pin!(stop);
    let mut batch = Vec::with_capacity(BATCH);
    loop {
        tokio::select! {
            count = events.recv_many(&mut batch, BATCH) => {
                if count == 0 {
                    break;
                }
                save(&console, std::mem::take(&mut batch)).await;
            }
            _ = minute.tick() => every_minute(&console).await,
            () = &mut stop => break,
        }
    }
    // What was said before the end still counts.
    while let Ok(event) = events.try_recv() {
        batch.push(event);
    }
    save(&console, batch).await;
    every_minute(&console).await;
}

async fn save(console: &Arc<Console>, events: Vec<FleetEvent>) {
    if events.is_empty() {
        return;
    }
    let fleet = console.fleet.clone();
    if let Err(error) = console.db.write(move |tx| store(tx, &fleet, &events)).await {
        tracing::error!(%error, "what the engines told could not be stored");
    }
}

async fn every_minute(console: &Arc<Console>) {
    let fleet = console.fleet.clone();
    let result = console
        .db
        .write(move |tx| {
            for engine in engines::all(tx)? {
                if let Some(at) = fleet.report(engine.id).and_then(|report| report.last_contact) {
                    engines::mark_contact(tx, engine.id, clock::to_millis(at))?;
                }
            }
            scans::finish_due(tx, clock::now())
        })
        .await;
    if let Err(error) = result {
        let error: DbError = error;
        tracing::error!(%error, "contact times could not be stored");
    }
}
