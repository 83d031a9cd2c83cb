//! A cached read: what was last read, since when, and what went wrong after that.

use std::{any::Any, future::Future, marker::PhantomData, sync::Arc};

use console_api::{Error, Timestamp};
use futures::{
    FutureExt,
    future::{AbortHandle, LocalBoxFuture, abortable},
};
use leptos::{prelude::*, task::spawn_local};

use crate::browser::clock;

/// A value of any kind. The reads' own code, 3.7 kB before compression, and that of their signal are so there once and not for each of
/// the 11 kinds of things that are read.
type Value = Arc<dyn Any + Send + Sync>;
/// A change of a value.
type Patch = Box<dyn Fn(Value) -> Value>;
/// Whether two values of the same kind are equal.
type Equal = fn(&Value, &Value) -> bool;

/// What was read, and when.
struct Known {
    value: Value,
    at: Timestamp,
}

/// A read whose last answer is kept. A list that was read once stays on screen while it is read again and when that
/// fails. Copy it freely; all copies are the same read.
pub struct Query<T> {
    store: Store,
    kind: PhantomData<fn() -> T>,
}

impl<T> Clone for Query<T> {
    fn clone(&self) -> Self {
        *self
    }
}

impl<T> Copy for Query<T> {}

impl<T: Send + Sync + PartialEq + 'static> Query<T> {
    /// Nothing read yet.
    #[expect(clippy::new_without_default, reason = "a query belongs to the reactive owner that makes it")]
    pub fn new() -> Self {
        Self { store: Store::new(), kind: PhantomData }
    }

    /// What was last read.
    pub fn value(self) -> Option<Arc<T>> {
        self.store.value()?.downcast().ok()
    }

    /// When it was last read.
    pub fn read_at(self) -> Option<Timestamp> {
        self.store.known.with(|known| known.as_ref().map(|known| known.at))
    }

    /// Why the last try failed; `None` once one has succeeded after it.
    pub fn failed(self) -> Option<Error> {
        self.store.failed.get()
    }

    /// Whether it is being read now.
    pub fn is_reading(self) -> bool {
        self.store.reading.get()
    }

    /// Reads. An earlier read that is still under way is given up.
    pub fn read(self, read: impl Future<Output = Result<T, Error>> + 'static) {
        let reading = self.store.read(erased(read), equal::<T>);
        spawn_local(async move {
            // The signals carry the outcome; only whoever waits for the answer itself needs it.
            _ = reading.await;
        });
    }

    /// Reads and waits for the answer.
    ///
    /// # Errors
    /// Whatever the read gives; [`Error::Cancelled`] when a later read took its place.
    pub async fn read_now(self, read: impl Future<Output = Result<T, Error>>) -> Result<(), Error> {
        self.store.read(erased(read), equal::<T>).await
    }

    /// Puts a value that is known from elsewhere, as the answer to a change is. A read that is under way was asked before that, and
    /// is given up.
    pub fn set(self, value: T) {
        self.store.give_up();
        self.store.reading.set(false);
        self.store.set(Arc::new(value), equal::<T>, clock::now());
    }

    /// Changes the value in place, without calling it newly read. The answer to a read that is under way is changed in the same
    /// way when it comes: it was asked for before.
    pub fn patch(self, change: impl Fn(&mut T) + 'static)
    where
        T: Clone,
    {
        let patch = move |value: Value| match value.downcast::<T>() {
            Ok(mut value) => {
                change(Arc::make_mut(&mut value));
                value
            }
            Err(value) => value,
        };
        self.store.patch(Box::new(patch));
    }

    /// Forgets everything, as on sign-out.
    pub fn forget(self) {
        self.store.forget();
    }
}

fn erased<'a, T: Send + Sync + 'static>(
    read: impl Future<Output = Result<T, Error>> + 'a,
) -> LocalBoxFuture<'a, Result<Value, Error>> {
    read.map(|result| result.map(|value| Arc::new(value) as Value)).boxed_local()
}

fn equal<T: PartialEq + 'static>(one: &Value, other: &Value) -> bool {
    one.downcast_ref::<T>() == other.downcast_ref::<T>()
}

/// What all kinds of queries are.
#[derive(Clone, Copy)]
struct Store {
    known: RwSignal<Option<Known>>,
    failed: RwSignal<Option<Error>>,
    reading: RwSignal<bool>,
    turn: StoredValue<u64>,
    under_way: StoredValue<Option<AbortHandle>>,
    /// What was changed since the read that is under way was begun.
    patches: StoredValue<Vec<Patch>, LocalStorage>,
}

impl Store {
    fn new() -> Self {
        Self {
            known: RwSignal::new(None),
            failed: RwSignal::new(None),
            reading: RwSignal::new(false),
            turn: StoredValue::new(0),
            under_way: StoredValue::new(None),
            patches: StoredValue::new_local(Vec::new()),
        }
    }

    fn value(self) -> Option<Value> {
        self.known.with(|known| known.as_ref().map(|known| Arc::clone(&known.value)))
    }

    /// Begins at once; what it gives waits for the answer.
    fn read<'a>(
        self,
        read: LocalBoxFuture<'a, Result<Value, Error>>,
        equal: Equal,
    ) -> LocalBoxFuture<'a, Result<(), Error>> {
        let (read, handle) = abortable(read);
        self.give_up();
        let turn = self.turn.get_value();
        self.under_way.set_value(Some(handle));
        self.reading.set(true);
        // What is read is as old as the question.
        let asked = clock::now();
        async move {
            let result = read.await.unwrap_or(Err(Error::Cancelled));
            if self.turn.try_get_value() != Some(turn) {
                return Err(Error::Cancelled);
            }
            self.reading.set(false);
            match result {
                Ok(value) => {
                    self.failed.set(None);
                    let patches = self.patches.try_update_value(std::mem::take).unwrap_or_default();
                    self.set(patches.iter().fold(value, |value, patch| patch(value)), equal, asked);
                    Ok(())
                }
                Err(Error::Cancelled) => Err(Error::Cancelled),
                Err(error) => {
                    self.failed.set(Some(error.clone()));
                    Err(error)
                }
            }
        }
        .boxed_local()
    }

    /// `at`: when it was asked for, in milliseconds since 1970.
    fn set(self, value: Value, equal: Equal, at: i64) {
        let at = Timestamp::from_unix_ms(at);
        self.known.update(|known| {
            // An equal value keeps its identity, so that nothing is worked out or drawn again.
            let value = match known.take() {
                Some(old) if equal(&old.value, &value) => old.value,
                _ => value,
            };
            *known = Some(Known { value, at });
        });
    }

    fn patch(self, patch: Patch) {
        self.known.update(|known| {
            if let Some(known) = known {
                // Nobody else holds it in the meantime, so that it is changed in place.
                let value = std::mem::replace(&mut known.value, Arc::new(()));
                known.value = patch(value);
            }
        });
        if self.reading.get_untracked() {
            self.patches.update_value(|patches| patches.push(patch));
        }
    }

    fn forget(self) {
        self.give_up();
        self.known.set(None);
        self.failed.set(None);
        self.reading.set(false);
    }

    fn give_up(self) {
        self.turn.update_value(|turn| *turn += 1);
        self.patches.update_value(Vec::clear);
        if let Some(handle) = self.under_way.try_update_value(Option::take).flatten() {
            handle.abort();
        }
    }
}
