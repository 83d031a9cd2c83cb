//! Notes each reading of the list of engines, and keeps the history in the browser. All of it in small steps while nothing else is
//! to do: the list must not wait for it.

use std::{cell::Cell, rc::Rc, sync::Arc};

use console_api::{
    Engine, List, Timestamp,
    rules::{HISTORY_PARTS, History, HistoryProblem, Reading},
};
use js_sys::Uint8Array;
use leptos::{prelude::*, task::spawn_local};
use wasm_bindgen::{JsCast, JsValue};

use crate::{
    browser::{
        alone::{Alone, alone},
        clock::now,
        kept::{Kept, Pair, Store, Unkept, text},
        timer::breathe,
    },
    data::{Data, history::Memory},
    features::history::FOR_THE_LIST,
    session::Session,
    ui::live::follow,
};

/// How many engines are noted in one go.
const AT_ONCE: usize = 500;
/// How many are compacted in one go, which takes longer.
const COMPACTED_AT_ONCE: usize = 50;
/// Where nothing but the time has changed, it is kept so often, in milliseconds.
const SELDOM: i64 = 60_000;
/// The key of the head; those of the parts are their numbers.
const HEAD: &str = "head";
/// What is held while a tab notes the history, with the user's name behind it.
const LOCK: &str = "engine-console.history";

/// What notes the history. Copy it freely; all copies are the same.
#[derive(Clone, Copy)]
pub(super) struct Recorder {
    data: Data,
    memory: StoredValue<Memory>,
    /// The reading that is to be noted next.
    next: StoredValue<Option<(Arc<List<Engine>>, Timestamp)>>,
    inner: StoredValue<Rc<Inner>, LocalStorage>,
}

struct Inner {
    kept: Option<Kept>,
    /// What is held while this tab notes the history.
    lock: String,
    /// Whether the history was loaded, or can't be.
    loaded: Cell<bool>,
    /// Whether the task that notes is at it.
    noting: Cell<bool>,
    /// The right of this tab to keep what it notes.
    alone: Cell<Option<Alone>>,
    saved_at: Cell<i64>,
    /// The head that was last loaded or kept: another one is another tab's.
    head: Cell<Vec<u8>>,
    saving: Cell<bool>,
    /// Why what is kept can't be used.
    problem: Cell<Option<HistoryProblem>>,
    /// Whether what is kept is known. Nothing is kept over what could not be read.
    known: Cell<bool>,
}

impl Recorder {
    /// Loads the history, and notes from then on.
    pub(super) fn start(data: Data) -> Self {
        let user = Session::here().username();
        let inner = Inner {
            kept: data.kept(),
            lock: format!("{LOCK}: {user}"),
            loaded: Cell::new(false),
            noting: Cell::new(false),
            alone: Cell::new(None),
            saved_at: Cell::new(0),
            head: Cell::new(Vec::new()),
            saving: Cell::new(false),
            problem: Cell::new(None),
            known: Cell::new(false),
        };
        let recorder = Self {
            data,
            memory: StoredValue::new(Memory::default()),
            next: StoredValue::new(None),
            inner: StoredValue::new_local(Rc::new(inner)),
        };
        spawn_local(async move {
            recorder.load().await;
            recorder.take_over().await;
        });
        let noted_at = StoredValue::new(None);
        follow(move || {
            let (Some(list), Some(at)) = (data.engines.value(), data.engines.read_at()) else { return };
            if noted_at.get_value() != Some(at) {
                noted_at.set_value(Some(at));
                recorder.next.set_value(Some((list, at)));
                spawn_local(recorder.note());
            }
        });
        // The visit is over: what was noted is kept, and another tab may continue.
        on_cleanup(move || {
            if let Some((inner, memory)) = recorder.parts() {
                spawn_local(async move { end(&inner, &memory).await });
            }
        });
        recorder
    }

    /// The two, as long as the visit lasts.
    fn parts(self) -> Option<(Rc<Inner>, Memory)> {
        Some((self.inner.try_get_value()?, self.memory.try_get_value()?))
    }

    /// Why what is kept can't be used; nothing is noted over it.
    pub(super) fn problem(self) -> Option<HistoryProblem> {
        self.parts()?.0.problem.get()
    }

    /// Whether this tab keeps what it notes; otherwise another one does, or nobody can.
    pub(super) fn keeps(self) -> bool {
        let Some((inner, _)) = self.parts() else { return false };
        let alone = inner.alone.take();
        let keeps = alone.is_some();
        inner.alone.set(alone);
        keeps
    }

    async fn load(self) {
        let Some((inner, memory)) = self.parts() else { return };
        load_into(&inner, &memory).await;
        inner.loaded.set(true);
        if self.parts().is_some() {
            self.data.history.changed(&memory, FOR_THE_LIST);
            self.note().await;
        }
    }

    /// Waits until no other tab keeps the history. What the others have kept in the meantime counts.
    async fn take_over(self) {
        let Some((inner, memory)) = self.parts() else { return };
        let Some(kept) = &inner.kept else { return };
        let mine = alone(&inner.lock).await;
        if self.parts().is_none() {
            return;
        }
        let head = inner.head.take();
        let is_other = match kept.get(Store::History, HEAD).await {
            Ok(Some(now)) => now.dyn_ref::<Uint8Array>().is_none_or(|now| now.to_vec() != head),
            Ok(None) | Err(_) => false,
        };
        inner.head.set(head);
        if is_other {
            load_into(&inner, &memory).await;
        }
        inner.alone.set(Some(mine));
        if self.parts().is_some() {
            let known = untrack(|| Some((self.data.engines.value()?, self.data.engines.read_at()?)));
            self.next.set_value(known);
            self.note().await;
        }
    }

    /// Notes what was read last, and continues as long as there is something.
    async fn note(self) {
        let Some((inner, memory)) = self.parts() else { return };
        if !inner.loaded.get() || inner.noting.replace(true) {
            return;
        }
        while let Some((list, at)) = self.next.try_update_value(Option::take).flatten() {
            // What the page makes of the same reading comes first.
            breathe().await;
            // A browser that could not read it may have been busy.
            if !inner.known.get() && inner.problem.get().is_none() && now() - inner.saved_at.get() >= SELDOM {
                inner.saved_at.set(now());
                load_into(&inner, &memory).await;
            }
            if let Some(reading) = memory.with(|history| history.begin(at)) {
                note_reading(&memory, reading, &list).await;
            }
            compact(&memory).await;
            let is_news = memory.with(History::take_news);
            if self.parts().is_none() {
                break;
            }
            self.data.history.changed(&memory, FOR_THE_LIST);
            if is_news || now() - inner.saved_at.get() >= SELDOM {
                save(&inner, &memory).await;
            }
        }
        inner.noting.set(false);
    }

    /// Keeps what was noted, now.
    pub(super) fn save_soon(self) {
        if let Some((inner, memory)) = self.parts() {
            spawn_local(async move { save(&inner, &memory).await });
        }
    }

    /// Forgets all of it, here and in the browser.
    ///
    /// # Errors
    /// Why the browser did not.
    pub(super) async fn clear(self) -> Result<(), Unkept> {
        self.replace(History::default()).await
    }

    /// Puts another history in the place of this one, here and in the browser.
    ///
    /// # Errors
    /// Why the browser did not.
    pub(super) async fn replace(self, history: History) -> Result<(), Unkept> {
        let Some((inner, memory)) = self.parts() else { return Ok(()) };
        while inner.saving.get() {
            breathe().await;
        }
        if let Some(kept) = &inner.kept {
            kept.clear(Store::History).await?;
        }
        inner.problem.set(None);
        inner.known.set(true);
        inner.head.set(Vec::new());
        let parts = (0..HISTORY_PARTS).collect::<Vec<_>>();
        memory.with(|now| {
            *now = history;
            now.not_written(&parts);
        });
        if self.parts().is_some() {
            let known = untrack(|| Some((self.data.engines.value()?, self.data.engines.read_at()?)));
            self.next.set_value(known);
            self.note().await;
            self.data.history.changed(&memory, FOR_THE_LIST);
            save(&inner, &memory).await;
        }
        Ok(())
    }
}

async fn note_reading(memory: &Memory, reading: Reading, list: &List<Engine>) {
    for some in list.items.chunks(AT_ONCE) {
        memory.with(|history| history.note_some(reading, some));
        breathe().await;
    }
    // What could not be understood is not gone.
    if list.unreadable == 0 {
        let ids = list.items.iter().map(|engine| engine.id).collect();
        memory.with(|history| history.note_gone(reading, &ids));
    }
}

async fn compact(memory: &Memory) {
    if !memory.with(|history| history.is_compaction_due()) {
        return;
    }
    let ids = memory.with(|history| history.ids());
    for some in ids.chunks(COMPACTED_AT_ONCE) {
        breathe().await;
        memory.with(|history| history.compact_some(some));
    }
    memory.with(History::end_compaction);
}

/// Puts what is kept into the memory; where that can't be read, it stays as it is.
async fn load_into(inner: &Inner, memory: &Memory) {
    match load(inner).await {
        Ok(history) => {
            memory.with(|now| *now = history);
            inner.known.set(true);
        }
        Err(problem) => {
            inner.problem.set(problem);
            inner.known.set(false);
        }
    }
}

async fn load(inner: &Inner) -> Result<History, Option<HistoryProblem>> {
    let Some(kept) = &inner.kept else { return Err(None) };
    // What keeps it says why not.
    let pairs = kept.read(Store::History, None).await.map_err(|_| None)?;
    let bytes = |value: &JsValue| value.dyn_ref::<Uint8Array>().map(Uint8Array::to_vec);
    let is_head = |pair: &&Pair| text(&pair.0).as_deref() == Some(HEAD);
    let Some(head) = pairs.iter().find(is_head).and_then(|(_, head)| bytes(head)) else {
        return Ok(History::default());
    };
    let mut history = History::from_head(&head).map_err(Some)?;
    for (_, part) in pairs.iter().filter(|pair| !is_head(pair)) {
        breathe().await;
        if let Some(part) = bytes(part) {
            history.add_part(&part).map_err(Some)?;
        }
    }
    inner.head.set(head);
    Ok(history)
}

/// Keeps what has changed, all or nothing, if it is this tab that keeps the history.
async fn save(inner: &Inner, memory: &Memory) {
    let Some(kept) = &inner.kept else { return };
    let alone = inner.alone.take();
    let may_save = alone.is_some() && inner.known.get();
    inner.alone.set(alone);
    if !may_save || inner.saving.replace(true) {
        return;
    }
    let parts = memory.with(History::take_changed);
    let mut pairs: Vec<Pair> = Vec::new();
    for part in &parts {
        let bytes = memory.with(|history| history.part(*part));
        pairs.push((f64::from(*part).into(), Uint8Array::from(&bytes[..]).into()));
        breathe().await;
    }
    // It has the words that the parts refer to, including those that have come in the meantime.
    let head = memory.with(|history| history.head());
    pairs.push((HEAD.into(), Uint8Array::from(&head[..]).into()));
    if kept.put(Store::History, pairs).await.is_ok() {
        inner.head.set(head);
    } else {
        memory.with(|history| history.not_written(&parts));
    }
    inner.saved_at.set(now());
    inner.saving.set(false);
}

async fn end(inner: &Inner, memory: &Memory) {
    save(inner, memory).await;
    inner.alone.set(None);
}
