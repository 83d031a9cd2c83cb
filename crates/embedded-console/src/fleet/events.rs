//! What the fleet tells, until someone fetches it.
//!
//! Engines decide how often something changes, and the disk decides how soon it is stored. So that neither makes the
//! console's memory grow, at most one event of each kind waits for each engine: the newest, which says all that counts.

use std::collections::{BTreeMap, HashMap};
use std::mem::{Discriminant, discriminant};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use tokio::sync::Notify;

use super::types::FleetEvent;

/// Where the events of a fleet come out.
#[derive(Debug)]
pub struct FleetEvents {
    queue: Arc<Queue>,
}

/// Where they go in. When it is dropped, the fleet has ended.
#[derive(Debug)]
pub(super) struct Teller {
    queue: Arc<Queue>,
}

#[derive(Debug, Default)]
struct Queue {
    waiting: Mutex<Waiting>,
    news: Notify,
}

#[derive(Debug, Default)]
struct Waiting {
    /// In the order in which they came.
    events: BTreeMap<u64, FleetEvent>,
    /// Where the one of an engine and a kind is.
    places: HashMap<(i64, Discriminant<FleetEvent>), u64>,
    next: u64,
    ended: bool,
}

pub(super) fn channel() -> (Teller, FleetEvents) {
    let queue = Arc::new(Queue::default());
    (Teller { queue: Arc::clone(&queue) }, FleetEvents { queue })
}

impl Teller {
    /// Takes the place of an event of the same kind of this engine that nobody has fetched yet.
    pub(super) fn tell(&self, event: FleetEvent) {
        let mut waiting = self.queue.waiting();
        let place = waiting.next;
        waiting.next += 1;
        if let Some(older) = waiting.places.insert((event.id(), discriminant(&event)), place) {
            waiting.events.remove(&older);
        }
        waiting.events.insert(place, event);
        self.queue.news.notify_one();
    }
}

impl Drop for Teller {
    fn drop(&mut self) {
        self.queue.waiting().ended = true;
        self.queue.news.notify_one();
    }
}

impl FleetEvents {
    /// The next event; `None` when the fleet has ended. It may be dropped while waiting: nothing is lost.
    pub async fn recv(&mut self) -> Option<FleetEvent> {
        loop {
            {
                let mut waiting = self.queue.waiting();
                if let Some(event) = waiting.take() {
                    return Some(event);
                }
                if waiting.ended {
                    return None;
                }
            }
            self.queue.news.notified().await;
        }
    }

    /// The next event, if there is one now.
    pub fn try_recv(&mut self) -> Option<FleetEvent> {
        self.queue.waiting().take()
    }
}

impl Queue {
    fn waiting(&self) -> MutexGuard<'_, Waiting> {
        self.waiting.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Waiting {
    fn take(&mut self) -> Option<FleetEvent> {
        let (_, event) = self.events.pop_first()?;
        self.places.remove(&(event.id(), discriminant(&event)));
        Some(event)
    }
}

#[cfg(test)]
mod tests {
    use super::super::types::EngineStatus;
    use super::*;

    fn status(id: i64, status: EngineStatus) -> FleetEvent {
        FleetEvent::Status { id, status, message: None }
    }

    #[tokio::test]
    async fn an_engine_that_changes_all_the_time_takes_one_place_for_each_kind() {
        let (teller, mut events) = channel();
        teller.tell(FleetEvent::Asked { id: 1 });
        for turn in 0..100_000_i64 {
            let flapping = if turn % 2 == 0 { EngineStatus::Active } else { EngineStatus::NotResponding };
            teller.tell(status(turn % 10, flapping));
        }
        teller.tell(FleetEvent::Asked { id: 2 });
        assert_eq!(events.queue.waiting().events.len(), 12);
        assert_eq!(events.recv().await, Some(FleetEvent::Asked { id: 1 }));
        for id in 0..10 {
            let last = if id % 2 == 0 { EngineStatus::Active } else { EngineStatus::NotResponding };
            assert_eq!(events.recv().await, Some(status(id, last)), "the newest, in the order of the newest");
        }
        assert_eq!(events.try_recv(), Some(FleetEvent::Asked { id: 2 }));
        assert_eq!(events.try_recv(), None);
        assert!(events.queue.waiting().places.is_empty(), "nothing is left of them");

        teller.tell(FleetEvent::Asked { id: 3 });
        drop(teller);
        assert_eq!(events.recv().await, Some(FleetEvent::Asked { id: 3 }), "what was told still counts");
        assert_eq!(events.recv().await, None);
    }

    #[tokio::test]
    async fn whoever_waits_is_woken() {
        let (teller, mut events) = channel();
        let (event, ()) = tokio::join!(events.recv(), async { teller.tell(status(1, EngineStatus::Active)) });
        assert_eq!(event, Some(status(1, EngineStatus::Active)));
        let (end, ()) = tokio::join!(events.recv(), async { drop(teller) });
        assert_eq!(end, None);
    }
}
