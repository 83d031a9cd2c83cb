//! The engines that this console talks to.

use std::collections::HashMap;
use std::sync::{Arc, Mutex};

use tokio::sync::mpsc;

mod types;

pub use types::{
    Direction, EngineReport, EngineStatus, EngineTarget, FleetConfig, FleetEvent, StatusError, UpdateOutcome,
};

/// The engines that this console talks to. Clones share them.
#[derive(Debug, Clone)]
pub struct Fleet {
    config: Arc<FleetConfig>,
    engines: Arc<Mutex<HashMap<i64, EngineTarget>>>,
}

impl Fleet {
    /// Takes the engines of the database and starts to watch those that were asked before.
    #[must_use]
    pub fn start(
        config: FleetConfig,
        engines: Vec<EngineTarget>,
    ) -> (Self, mpsc::UnboundedReceiver<FleetEvent>) {
        let (_events, receiver) = mpsc::unbounded_channel();
        let engines = engines.into_iter().map(|engine| (engine.id, engine)).collect();
        (Self { config: Arc::new(config), engines: Arc::new(Mutex::new(engines)) }, receiver)
    }

    /// Whether the address lies in one of the networks that the console may contact.
    #[must_use]
    pub fn reachable(&self, address: &str) -> bool {
        address == "localhost"
            || address.parse().is_ok_and(|ip: std::net::IpAddr| {
                self.config.networks.iter().any(|network| network.contains(&ip))
            })
    }

    /// Takes a new engine and makes the first contact (at most 3 s). `true` when the engine was reached.
    pub async fn add(&self, target: EngineTarget) -> bool {
        self.engines().insert(target.id, target);
        false
    }

    /// The engine has another name now.
    pub fn renamed(&self, id: i64, name: &str) {
        if let Some(engine) = self.engines().get_mut(&id) {
            name.clone_into(&mut engine.name);
        }
    }

    /// The engine has another address now: the pin is dropped and the first contact made there.
    pub async fn moved(&self, id: i64, address: &str, port: u16) -> bool {
        if let Some(engine) = self.engines().get_mut(&id) {
            address.clone_into(&mut engine.address);
            engine.port = port;
        }
        false
    }

    /// The engine is no longer this console's.
    pub fn remove(&self, id: i64) {
        self.engines().remove(&id);
    }

    /// What is known of the engine; `None` when it is outside the networks or not there.
    #[must_use]
    pub fn report(&self, id: i64) -> Option<EngineReport> {
        let _ = id;
        None
    }

    /// `version engines`: asks every engine now.
    pub async fn ask_all(&self) {}

    /// Sends the available update to one engine.
    pub async fn update(&self, id: i64) -> UpdateOutcome {
        UpdateOutcome::Offline(format!("engine {id} was not contacted"))
    }

    /// Ends every connection.
    pub async fn shutdown(&self) {
        self.engines().clear();
    }

    fn engines(&self) -> std::sync::MutexGuard<'_, HashMap<i64, EngineTarget>> {
        self.engines.lock().unwrap_or_else(std::sync::PoisonError::into_inner)
    }
}
