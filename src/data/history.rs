//! What was seen of the engines over time. What notes it comes with the later part of the app; this is where all screens find it.

use std::sync::{Arc, Mutex, PoisonError};

use console_api::{
    EngineId,
    rules::{EngineColumn, EngineRow, History, SeenKeys},
};

use super::{Data, slot::Slot};

/// The history of the fleet, in memory. Clones are the same.
#[derive(Clone, Default)]
pub struct Memory(Arc<Mutex<History>>);

impl Memory {
    /// Reads or changes it.
    pub fn with<R>(&self, act: impl FnOnce(&mut History) -> R) -> R {
        // A panic ends the whole app.
        act(&mut self.0.lock().unwrap_or_else(PoisonError::into_inner))
    }
}

/// What a cell of the list of engines shows of the history.
pub struct HistoryCell {
    /// Its words.
    pub text: String,
    /// More of it, for a pointer.
    pub title: String,
    /// A drawing instead of the words, as [`WeekDrawing::paths`](console_api::rules::WeekDrawing::paths) has it.
    pub paths: Option<[String; 3]>,
}

/// What the list of engines asks of the history. Its code comes with the part that notes it.
#[derive(Clone, Copy)]
pub struct ForTheList {
    /// Makes the cell of an engine in one of the columns that the history has.
    pub cell: fn(Data, EngineId, EngineColumn) -> HistoryCell,
    /// What these rows are sorted by in those columns, row by row.
    pub sort_keys: fn(&Memory, &[EngineRow]) -> Vec<SeenKeys>,
}

/// Where the history is found. Copy it freely; all copies are the same.
#[derive(Clone, Copy)]
pub struct HistoryPlace {
    /// [`Memory`].
    memory: Slot,
    /// [`ForTheList`].
    list: Slot,
    /// Who watches, and how; its kind is that of the part that watches.
    pub watching: Slot,
}

impl HistoryPlace {
    pub(super) fn new() -> Self {
        Self { memory: Slot::new(), list: Slot::new(), watching: Slot::new() }
    }

    /// The history, once it was loaded. Follows each change of it.
    pub fn memory(self) -> Option<Memory> {
        self.memory.get::<Memory>().map(|memory| Memory::clone(&memory))
    }

    /// Something was noted.
    pub fn changed(self, memory: &Memory, list: ForTheList) {
        self.memory.set(memory.clone());
        self.list.set(list);
    }

    /// What the list of engines shows of an engine in one of the history's columns; nothing before that was loaded. Follows
    /// each change.
    pub fn cell(self, data: Data, id: EngineId, column: EngineColumn) -> Option<HistoryCell> {
        self.list.get::<ForTheList>().map(|list| (list.cell)(data, id, column))
    }

    /// What these rows are sorted by in the history's columns; nothing before that was loaded. Follows each change.
    pub fn sort_keys(self, rows: &[EngineRow]) -> Vec<SeenKeys> {
        let (list, memory) = (self.list.get::<ForTheList>(), self.memory());
        list.zip(memory).map(|(list, memory)| (list.sort_keys)(&memory, rows)).unwrap_or_default()
    }

    pub(super) fn forget(self) {
        for slot in [self.memory, self.list, self.watching] {
            slot.forget();
        }
    }
}
