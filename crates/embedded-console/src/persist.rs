//! What the fleet learns goes into the database: changes at once, or four times a second when there are very many; contact
//! times at most once a minute.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;
use std::time::Duration;

use rusqlite::Transaction;
use tokio::time::{Instant, MissedTickBehavior, sleep_until};

use crate::clock;
use crate::console::Console;
use crate::db::engines::{self, EngineRow, Learned};
use crate::db::{DbError, scans};
use crate::fleet::{Direction, EngineStatus, EngineTarget, Fleet, FleetEvent, FleetEvents};

/// Events that are stored in one transaction.
const BATCH: usize = 1_024;
/// How often changes are stored at most, on average: an engine can change its mind much more often, and each time waits for
/// the disk.
const PAUSE: Duration = Duration::from_millis(250);
/// How many times in a row they are stored at once all the same.
const BURST: u32 = 20;

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
        direction: Direction::from_word(&row.direction),
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

/// What is not in the database yet. A write that failed, on a full disk say, leaves it as it is for the next one; it
/// never grows beyond one entry for each engine.
#[derive(Default)]
struct Unsaved {
    asked: BTreeSet<i64>,
    updated: BTreeMap<i64, i64>,
    changed: BTreeSet<i64>,
}

impl Unsaved {
    fn note(&mut self, event: &FleetEvent) {
        match event {
            FleetEvent::Asked { id } => {
                self.asked.insert(*id);
            }
            FleetEvent::Updated { id, at } => {
                self.updated.insert(*id, clock::to_millis(*at));
                self.changed.insert(*id);
            }
            FleetEvent::Pinned { id, .. }
            | FleetEvent::Direction { id, .. }
            | FleetEvent::Status { id, .. }
            | FleetEvent::Versions { id, .. } => {
                self.changed.insert(*id);
            }
        }
    }

    fn is_empty(&self) -> bool {
        self.asked.is_empty() && self.changed.is_empty()
    }

    fn store(&self, tx: &Transaction<'_>, fleet: &Fleet) -> Result<(), DbError> {
        for id in &self.asked {
            engines::mark_asked(tx, *id)?;
        }
        for (id, at) in &self.updated {
            engines::mark_updated(tx, *id, *at)?;
        }
        self.changed.iter().try_for_each(|id| learn_from_report(tx, fleet, *id))
    }
}

/// Runs until the fleet has ended, or until `stop`; then writes the contact times once more. `contacts_every`: how
/// often they are written before that.
pub(crate) async fn run(
    console: Arc<Console>,
    mut events: FleetEvents,
    contacts_every: Duration,
    stop: impl Future<Output = ()>,
) {
    let mut contacts = tokio::time::interval(contacts_every);
    contacts.set_missed_tick_behavior(MissedTickBehavior::Delay);
    contacts.tick().await;
    let mut stop = std::pin::pin!(stop);
    // When all that was stored so far would be stored, one after each pause.
    let mut even = Instant::now();
    let mut unsaved = Unsaved::default();
    loop {
        tokio::select! {
            event = after(even.checked_sub(PAUSE * BURST), events.recv()) => {
                let Some(event) = event else { break };
                unsaved.note(&event);
                std::iter::from_fn(|| events.try_recv()).take(BATCH).for_each(|event| unsaved.note(&event));
                unsaved = save(&console, unsaved).await;
                even = even.max(Instant::now()) + PAUSE;
            }
            _ = contacts.tick() => {
                unsaved = save(&console, unsaved).await;
                save_contacts(&console).await;
            }
            () = &mut stop => break,
        }
    }
    // What was said before the end still counts.
    while let Some(event) = events.try_recv() {
        unsaved.note(&event);
    }
    save(&console, unsaved).await;
    save_contacts(&console).await;
}

/// The same, not before that moment.
async fn after<T>(moment: Option<Instant>, then: impl Future<Output = T>) -> T {
    if let Some(moment) = moment {
        sleep_until(moment).await;
    }
    then.await
}

/// Stores what changed, and gives back what could not be stored.
async fn save(console: &Arc<Console>, unsaved: Unsaved) -> Unsaved {
    if unsaved.is_empty() {
        return unsaved;
    }
    let unsaved = Arc::new(unsaved);
    let (fleet, work) = (console.fleet.clone(), Arc::clone(&unsaved));
    match console.db.write(move |tx| work.store(tx, &fleet)).await {
        Ok(()) => Unsaved::default(),
        Err(error) => {
            let error: DbError = error;
            tracing::error!(%error, "what the engines reported could not be stored: it will be tried again");
            // The work is over, and its share of this is gone.
            Arc::into_inner(unsaved).unwrap_or_default()
        }
    }
}

async fn save_contacts(console: &Arc<Console>) {
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
