//! A place for what a later part of the app has found out, so that all screens can read it.

use std::{any::Any, sync::Arc};

use leptos::prelude::*;

/// Something that the later part has found out. Its kind is named where it is used, so that its code comes with that part and not
/// with the list of engines. Copy it freely; all copies are the same.
#[derive(Clone, Copy)]
pub struct Slot(RwSignal<Option<Arc<dyn Any + Send + Sync>>>);

impl Slot {
    pub(super) fn new() -> Self {
        Self(RwSignal::new(None))
    }

    /// What was found out last, if it is of this kind; follows it.
    pub fn get<T: Send + Sync + 'static>(self) -> Option<Arc<T>> {
        self.0.get()?.downcast().ok()
    }

    /// This was found out.
    pub fn set<T: Send + Sync + 'static>(self, value: T) {
        self.0.try_set(Some(Arc::new(value)));
    }

    /// Whether that is what was found out last.
    pub fn is<T: PartialEq + 'static>(self, value: &T) -> bool {
        self.0.with_untracked(|known| known.as_ref().and_then(|known| known.downcast_ref()) == Some(value))
    }

    pub(super) fn forget(self) {
        self.0.set(None);
    }
}
