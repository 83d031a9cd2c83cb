//! What is kept in this browser for one user of one console, in its IndexedDB.
//!
//! It is optional: where the browser keeps nothing, the app works without it, and [`Kept::trouble`] says why. It never holds a
//! secret. A database belongs to one user of one console: browsers separate them by origin, which is the console's, and the
//! user is in its name.
//!
//! Each call opens the database and closes it. That takes a few milliseconds, and no tab stands in the way of another one that
//! has a later version of the app, or of someone who clears the browser's storage.
//!
//! Only the later part of the app may reach this: the list of engines does without.

use std::{cell::Cell, rc::Rc, time::Duration};

use futures::{
    channel::oneshot,
    future::{Either, select},
};
use idb::{
    Database, DatabaseEvent, Factory, KeyRange, ObjectStore, ObjectStoreParams, Request, Transaction,
    TransactionMode,
};
use js_sys::{Array, JsString};
use leptos::prelude::*;
use wasm_bindgen::{JsCast, JsValue};
use wasm_bindgen_futures::{JsFuture, spawn_local};
use web_sys::DomException;

use super::timer::sleep;

/// The version of the databases' layout. One of a newer app is left alone.
const VERSION: u32 = 1;

/// Who waits longer than this waits for another tab, which may never finish.
const PATIENCE: Duration = Duration::from_secs(10);

/// What is kept, by its kind.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Store {
    /// What was done here.
    Activity,
    /// Notes and tags on engines.
    Notes,
    /// Saved views of the list of engines.
    Views,
    /// What was seen of the engines over time.
    History,
    /// When it was watched.
    Watched,
}

impl Store {
    /// All of them.
    pub const ALL: [Self; 5] = [Self::Activity, Self::Notes, Self::Views, Self::History, Self::Watched];

    const fn name(self) -> &'static str {
        match self {
            Self::Activity => "activity",
            Self::Notes => "notes",
            Self::Views => "views",
            Self::History => "history",
            Self::Watched => "watched",
        }
    }
}

/// Why the browser keeps nothing.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Unkept {
    /// It does not allow it, as in some private windows and with some settings.
    Forbidden,
    /// Its storage is full. What was kept before can still be read.
    Full,
    /// Another tab is using it and does not finish.
    Busy,
    /// A newer version of the app has kept it in another layout.
    Newer,
    /// It failed for another reason.
    Failed,
}

impl Unkept {
    const ALL: [Self; 5] = [Self::Forbidden, Self::Full, Self::Busy, Self::Newer, Self::Failed];

    /// By the name that browsers give the error.
    fn of(error: Option<&DomException>) -> Self {
        match error.map(DomException::name).unwrap_or_default().as_str() {
            "QuotaExceededError" => Self::Full,
            "VersionError" => Self::Newer,
            "SecurityError" | "InvalidStateError" | "NotAllowedError" => Self::Forbidden,
            _ => Self::Failed,
        }
    }
}

/// A key with what is kept under it. Keys are numbers or texts, values are texts or byte arrays (`Uint8Array`).
pub type Pair = (JsValue, JsValue);

/// Keys from the first to before the second, in the order of the database: numbers first, then texts.
pub type Span = (JsValue, JsValue);

/// Whatever begins with this text.
pub fn beginning_with(text: &str) -> Span {
    (text.into(), format!("{text}\u{ffff}").into())
}

/// Takes the answer out of what was asked in a transaction, once that has ended well.
type Answer = Box<dyn FnOnce() -> Result<Vec<Array>, idb::Error>>;
/// Asks for something in a transaction.
type Ask = Box<dyn FnOnce(&ObjectStore) -> Result<Answer, idb::Error>>;

/// What is kept for one user. Clone it freely; all clones are the same.
#[derive(Clone)]
pub struct Kept {
    name: Rc<str>,
    /// The place of the trouble in [`Unkept::ALL`], from 1 on; 0 is none.
    trouble: RwSignal<u64>,
}

impl Kept {
    /// What is kept for this user of the console that the page comes from. The signal, at first 0, tells of trouble.
    pub fn of(user: &str, trouble: RwSignal<u64>) -> Self {
        Self { name: format!("engine-console: {user}").into(), trouble }
    }

    /// Why the browser keeps nothing, as of the last attempt. It follows what happens.
    pub fn trouble(&self) -> Option<Unkept> {
        let place = self.trouble.get().checked_sub(1)?;
        Unkept::ALL.get(usize::try_from(place).ok()?).copied()
    }

    /// What is kept under a key.
    ///
    /// # Errors
    /// [`Unkept`], as with everything here.
    pub async fn get(&self, store: Store, key: impl Into<JsValue>) -> Result<Option<JsValue>, Unkept> {
        let key = key.into();
        let ask: Ask = Box::new(move |store| {
            let request = store.get(key)?;
            Ok(Box::new(move || Ok(vec![Array::of1(&request.result()?)])))
        });
        let answer = self.work(store, TransactionMode::ReadOnly, ask).await?;
        Ok(answer.first().map(|found| found.get(0)).filter(|value| !value.is_undefined()))
    }

    /// All that is kept in the span, or in the whole store, in the order of the keys.
    ///
    /// # Errors
    /// [`Unkept`]
    pub async fn read(&self, store: Store, span: Option<Span>) -> Result<Vec<Pair>, Unkept> {
        let ask: Ask = Box::new(move |store| {
            let span = span.map(range).transpose()?;
            let keys = store.get_all_keys(span.clone().map(Into::into), None)?;
            let values = store.get_all(span.map(Into::into), None)?;
            Ok(Box::new(move || Ok(vec![keys.result()?.unchecked_into(), values.result()?.unchecked_into()])))
        });
        let answer = self.work(store, TransactionMode::ReadOnly, ask).await?;
        let [keys, values] = &answer[..] else { return Ok(Vec::new()) };
        Ok(keys.iter().zip(values.iter()).collect())
    }

    /// Forgets what is kept in these spans, and keeps these pairs: both or, if it fails, neither. What was kept under the same
    /// key gives way.
    ///
    /// # Errors
    /// [`Unkept`]
    pub async fn change(&self, store: Store, forget: Vec<Span>, keep: Vec<Pair>) -> Result<(), Unkept> {
        let ask: Ask = Box::new(move |store| {
            for span in forget {
                store.delete(range(span)?)?;
            }
            for (key, value) in keep {
                store.put(&value, Some(&key))?;
            }
            Ok(Box::new(|| Ok(Vec::new())))
        });
        self.work(store, TransactionMode::ReadWrite, ask).await.map(|_| ())
    }

    /// Keeps these pairs, all or none. What was kept under the same key gives way.
    ///
    /// # Errors
    /// [`Unkept`]
    pub async fn put(&self, store: Store, pairs: Vec<Pair>) -> Result<(), Unkept> {
        self.change(store, Vec::new(), pairs).await
    }

    /// Forgets everything in the store.
    ///
    /// # Errors
    /// [`Unkept`]
    pub async fn clear(&self, store: Store) -> Result<(), Unkept> {
        let ask: Ask = Box::new(|store| {
            store.clear()?;
            Ok(Box::new(|| Ok(Vec::new())))
        });
        self.work(store, TransactionMode::ReadWrite, ask).await.map(|_| ())
    }

    /// How many pairs are in the store.
    ///
    /// # Errors
    /// [`Unkept`]
    pub async fn count(&self, store: Store) -> Result<u64, Unkept> {
        let ask: Ask = Box::new(|store| {
            let request = store.count(None)?;
            Ok(Box::new(move || Ok(vec![Array::of1(&request.result()?)])))
        });
        let answer = self.work(store, TransactionMode::ReadOnly, ask).await?;
        Ok(answer.first().and_then(|count| count.get(0).as_f64()).unwrap_or_default() as u64)
    }

    async fn work(&self, store: Store, mode: TransactionMode, ask: Ask) -> Result<Vec<Array>, Unkept> {
        let name = Rc::clone(&self.name);
        let (sender, receiver) = oneshot::channel();
        // In a task of its own: what the browser calls back must be there, even if nobody is waiting any more.
        spawn_local(async move {
            // Nobody is waiting any more.
            _ = sender.send(work(&name, store, mode, ask).await);
        });
        let result = match select(receiver, sleep(PATIENCE)).await {
            Either::Left((result, _)) => result.unwrap_or(Err(Unkept::Failed)),
            Either::Right(_) => Err(Unkept::Busy),
        };
        let trouble = result.as_ref().err().and_then(|why| Unkept::ALL.iter().position(|it| it == why));
        let now = trouble.map_or(0, |place| place as u64 + 1);
        // Reading what was kept does not mean that there is room for more.
        let is_still_full = now == 0
            && matches!(mode, TransactionMode::ReadOnly)
            && self.trouble.try_get_untracked().is_some_and(|before| {
                Unkept::ALL.get((before as usize).wrapping_sub(1)) == Some(&Unkept::Full)
            });
        if !is_still_full && self.trouble.try_get_untracked() != Some(now) {
            self.trouble.try_set(now);
        }
        result
    }
}

/// How many bytes the browser keeps for this origin, by its own estimate; `None` where it does not say.
pub async fn estimated_bytes() -> Option<u64> {
    // Browsers have it on secure connections only.
    let storage = js_sys::Reflect::get(&window().navigator(), &"storage".into()).ok()?;
    let storage = storage.dyn_into::<web_sys::StorageManager>().ok()?;
    let estimate = JsFuture::from(storage.estimate().ok()?).await.ok()?;
    let usage = js_sys::Reflect::get(&estimate, &"usage".into()).ok()?;
    usage.as_f64().map(|bytes| bytes as u64)
}

fn range((from, to): Span) -> Result<KeyRange, idb::Error> {
    KeyRange::bound(&from, &to, Some(false), Some(true))
}

async fn work(name: &str, store: Store, mode: TransactionMode, ask: Ask) -> Result<Vec<Array>, Unkept> {
    let database = open(name).await?;
    let answer = transact(&database, store, mode, ask).await;
    database.close();
    answer
}

async fn open(name: &str) -> Result<Database, Unkept> {
    let factory = Factory::new().map_err(|_| Unkept::Forbidden)?;
    let mut request = factory.open(name, Some(VERSION)).map_err(|_| Unkept::Forbidden)?;
    request.on_upgrade_needed(|event| {
        let Ok(database) = event.database() else { return };
        let known = database.store_names();
        for store in Store::ALL {
            if !known.iter().any(|known| known == store.name()) {
                // If this fails, the browser gives up the whole upgrade, and opening fails.
                _ = database.create_object_store(store.name(), ObjectStoreParams::new());
            }
        }
    });
    let (good, bad, ended) = either();
    request.on_success(move |_| good());
    request.on_error(move |event| {
        // The app reports it: it is not an error of the page.
        web_sys::Event::from(event).prevent_default();
        bad();
    });
    // Its answer is in the request.
    _ = ended.await;
    request.database().map_err(|_| match Unkept::of(request.error().ok().flatten().as_ref()) {
        // Chromium calls it an unknown error when its settings forbid it. They forbid the other storage as well.
        Unkept::Failed if window().local_storage().is_err() => Unkept::Forbidden,
        why => why,
    })
}

async fn transact(
    database: &Database,
    store: Store,
    mode: TransactionMode,
    ask: Ask,
) -> Result<Vec<Array>, Unkept> {
    let failed = |_: idb::Error| Unkept::Failed;
    let mut transaction = database.transaction(&[store.name()], mode).map_err(failed)?;
    let (good, bad, ended) = either();
    transaction.on_complete(move |_| good());
    transaction.on_abort(move |_| bad());
    let asked = transaction.object_store(store.name()).and_then(|store| ask(&store));
    let Ok(answer) = asked else { return give_up(transaction) };
    if ended.await == Ok(true) {
        answer().map_err(failed)
    } else {
        Err(Unkept::of(transaction.error().as_ref()))
    }
}

/// What could not be requested as a whole is not done in part.
fn give_up(mut transaction: Transaction) -> Result<Vec<Array>, Unkept> {
    transaction.on_abort(|_| ());
    transaction.forget_callbacks();
    // Fails where it has already ended.
    _ = transaction.abort();
    Err(Unkept::Failed)
}

/// One of two ends comes: success, or failure.
fn either() -> (impl FnOnce(), impl FnOnce(), oneshot::Receiver<bool>) {
    let (sender, receiver) = oneshot::channel();
    let good = Rc::new(Cell::new(Some(sender)));
    let bad = Rc::clone(&good);
    let tell = |end: &Cell<Option<oneshot::Sender<bool>>>, well| {
        if let Some(sender) = end.take() {
            // Nobody is waiting any more.
            _ = sender.send(well);
        }
    };
    (move || tell(&good, true), move || tell(&bad, false), receiver)
}

/// A text that was kept.
pub fn text(value: &JsValue) -> Option<String> {
    value.dyn_ref::<JsString>().map(String::from)
}
