//! What every connection of an engine needs.

use std::fs;
use std::net::SocketAddr;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use engine_link::Identity;
use tokio::sync::watch;

use crate::links::Links;
use crate::log::Log;
use crate::registry::Registry;
use crate::versions::Versions;

/// How long things take.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Times {
    /// An update.
    pub(crate) update_time: Duration,
    /// A console that has dialled and is not enabled may stay connected for this long.
    pub(crate) waiting_time: Duration,
}

/// What every connection of the engine needs.
#[derive(Debug)]
pub(crate) struct Shared {
    pub(crate) name: String,
    pub(crate) identity: Identity,
    pub(crate) registry: Registry,
    pub(crate) versions: Versions,
    pub(crate) log: Log,
    pub(crate) links: Links,
    /// Where the engine listens, once it does.
    listens: Mutex<Option<SocketAddr>>,
    /// An update is being applied.
    updating: AtomicBool,
    /// The part of it in which the engine is down.
    down: watch::Sender<bool>,
    times: Times,
    /// Locked as long as the engine lives: two engines in one directory would take turns overwriting the files.
    _lock: fs::File,
}

impl Shared {
    /// An engine that does not listen yet. `lock` is the locked file of its directory.
    pub(crate) fn new(
        name: String,
        identity: Identity,
        registry: Registry,
        versions: Versions,
        times: Times,
        lock: fs::File,
    ) -> Self {
        Self {
            name,
            identity,
            registry,
            versions,
            log: Log::default(),
            links: Links::default(),
            listens: Mutex::default(),
            updating: AtomicBool::new(false),
            down: watch::Sender::new(false),
            times,
            _lock: lock,
        }
    }

    /// Starts to apply an update, unless one is under way (`false`).
    ///
    /// The first two thirds of the time the engine works on, then it is down for a moment, as a service that is
    /// restarted, and comes back with the new versions.
    pub(crate) fn start_update(self: &Arc<Self>, product: String, content: String) -> bool {
        if self.updating.swap(true, Ordering::AcqRel) {
            return false;
        }
        let shared = Arc::clone(self);
        tokio::spawn(async move {
            shared.log.line(format!("applying update: product {product}, content {content}"));
            tokio::time::sleep(shared.times.update_time * 2 / 3).await;
            match shared.versions.apply(&product, &content) {
                Ok(()) => {
                    shared.down.send_replace(true);
                    tokio::time::sleep(shared.times.update_time / 3).await;
                    shared.log.line("update applied");
                }
                Err(error) => shared.log.line(format!("the update could not be applied: {error}")),
            }
            shared.updating.store(false, Ordering::Release);
            shared.down.send_replace(false);
        });
        true
    }

    /// Whether an update is being applied.
    pub(crate) fn is_updating(&self) -> bool {
        self.updating.load(Ordering::Acquire)
    }

    /// How long a console that has dialled and is not enabled may stay connected.
    pub(crate) fn waiting_time(&self) -> Duration {
        self.times.waiting_time
    }

    /// From now on the engine listens there.
    pub(crate) fn set_listens(&self, address: Option<SocketAddr>) {
        *self.listens.lock().unwrap_or_else(PoisonError::into_inner) = address;
    }

    /// Where the engine listens, once it does.
    pub(crate) fn listens(&self) -> Option<SocketAddr> {
        *self.listens.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Whether an update has taken the engine down.
    pub(crate) fn is_down(&self) -> bool {
        *self.down.borrow()
    }

    /// Waits while an update has taken the engine down.
    pub(crate) async fn is_up(&self) {
        // The sender lives as long as `self`: this can't fail.
        drop(self.down.subscribe().wait_for(|down| !*down).await);
    }

    /// Waits until an update takes the engine down.
    pub(crate) async fn goes_down(&self) {
        // The sender lives as long as `self`: this can't fail.
        drop(self.down.subscribe().wait_for(|down| *down).await);
    }
}
