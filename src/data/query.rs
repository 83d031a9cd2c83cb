//! A cached read: what was last read, since when, and what went wrong after that.

use std::{future::Future, sync::Arc};

use console_api::{Error, Timestamp};
use futures::future::{AbortHandle, abortable};
use leptos::{prelude::*, task::spawn_local};

use crate::clock;

/// What was read, and when.
struct Known<T> {
    value: Arc<T>,
    at: Timestamp,
}

/// A read whose last answer is kept. A list that was read once stays on screen while it is read again and when that
/// fails. Copy it freely; all copies are the same read.
pub struct Query<T: Send + Sync + 'static> {
    known: RwSignal<Option<Known<T>>>,
    failed: RwSignal<Option<Error>>,
    reading: RwSignal<bool>,
    turn: StoredValue<u64>,
    under_way: StoredValue<Option<AbortHandle>>,
}

impl<T: Send + Sync + 'static> Clone for Query<T> {
    fn clone(&self) -> Self {
        *self
    }
}

impl<T: Send + Sync + 'static> Copy for Query<T> {}

impl<T: Send + Sync + PartialEq + 'static> Query<T> {
    /// Nothing read yet.
    #[expect(clippy::new_without_default, reason = "a query belongs to the reactive owner that makes it")]
    pub fn new() -> Self {
        Self {
            known: RwSignal::new(None),
            failed: RwSignal::new(None),
            reading: RwSignal::new(false),
            turn: StoredValue::new(0),
            under_way: StoredValue::new(None),
        }
    }

    /// What was last read.
    pub fn value(self) -> Option<Arc<T>> {
        self.known.with(|known| known.as_ref().map(|known| Arc::clone(&known.value)))
    }

    /// When it was last read.
    pub fn read_at(self) -> Option<Timestamp> {
        self.known.with(|known| known.as_ref().map(|known| known.at))
    }

    /// Why the last try failed; `None` once one has succeeded after it.
    pub fn failed(self) -> Option<Error> {
        self.failed.get()
    }

    /// Whether it is being read now.
    pub fn is_reading(self) -> bool {
        self.reading.get()
    }

    /// Reads. An earlier read that is still under way is given up.
    pub fn read(self, read: impl Future<Output = Result<T, Error>> + 'static) {
        spawn_local(async move {
            // The signals carry the outcome; only who waits for the answer itself needs it.
            _ = self.read_now(read).await;
        });
    }

    /// Reads and waits for the answer.
    ///
    /// # Errors
    /// Whatever the read gives; [`Error::Cancelled`] when a later read took its place.
    pub async fn read_now(self, read: impl Future<Output = Result<T, Error>>) -> Result<(), Error> {
        let (read, handle) = abortable(read);
        self.give_up();
        let turn = self.turn.get_value();
        self.under_way.set_value(Some(handle));
        self.reading.set(true);
        let result = read.await.unwrap_or(Err(Error::Cancelled));
        if self.turn.try_get_value() != Some(turn) {
            return Err(Error::Cancelled);
        }
        self.reading.set(false);
        match result {
            Ok(value) => {
                self.failed.set(None);
                self.set(value);
                Ok(())
            }
            Err(Error::Cancelled) => Err(Error::Cancelled),
            Err(error) => {
                self.failed.set(Some(error.clone()));
                Err(error)
            }
        }
    }

    /// Puts a value that is known from elsewhere, as the answer to a change is.
    pub fn set(self, value: T) {
        let at = Timestamp::from_unix_ms(clock::now());
        self.known.update(|known| {
            // An equal value keeps its identity, so that nothing is worked out or drawn again.
            let value = match known.take() {
                Some(old) if *old.value == value => old.value,
                _ => Arc::new(value),
            };
            *known = Some(Known { value, at });
        });
    }

    /// Changes the value in place, without calling it newly read.
    pub fn patch(self, change: impl FnOnce(&mut T))
    where
        T: Clone,
    {
        self.known.update(|known| {
            if let Some(known) = known {
                change(Arc::make_mut(&mut known.value));
            }
        });
    }

    /// Forgets everything, as on sign-out.
    pub fn forget(self) {
        self.give_up();
        self.known.set(None);
        self.failed.set(None);
        self.reading.set(false);
    }

    fn give_up(self) {
        self.turn.update_value(|turn| *turn += 1);
        if let Some(handle) = self.under_way.try_update_value(Option::take).flatten() {
            handle.abort();
        }
    }
}
