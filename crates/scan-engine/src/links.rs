//! How the connections stand that this engine opens itself.

use std::collections::HashMap;
use std::sync::{Mutex, PoisonError};

/// How the connection to a console stands that this engine dials.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum LinkState {
    /// It is there.
    Connected,
    /// It is not, and why.
    NotConnected(String),
}

/// How the connections stand, by the entries' ids.
#[derive(Debug, Default)]
pub(crate) struct Links(Mutex<HashMap<u32, LinkState>>);

impl Links {
    pub(crate) fn set(&self, id: u32, state: LinkState) {
        self.0.lock().unwrap_or_else(PoisonError::into_inner).insert(id, state);
    }

    /// `None`: not dialled, or not yet.
    pub(crate) fn get(&self, id: u32) -> Option<LinkState> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner).get(&id).cloned()
    }

    pub(crate) fn forget(&self, id: u32) {
        self.0.lock().unwrap_or_else(PoisonError::into_inner).remove(&id);
    }
}
