//! The only place that talks to the console: reads that are kept, and what changes them.

pub mod bulk;
mod engine;
pub mod query;
pub mod refresh;
pub mod secret;
pub mod told;
pub mod transport;
mod update;

use console_api::{
    ConsoleInfo, Engine, Error, List, Pool,
    rules::{ConsolePlace, NextStep, console_place, next_step_at},
};
use leptos::{prelude::*, task::spawn_local};

use self::{bulk::Bulk, query::Query, refresh::Work, secret::Secret, told::Told};
use crate::components::live::follow;
use crate::session::{Session, State};

/// What the app knows of the console. Copy it freely; all copies are the same.
#[derive(Clone, Copy)]
pub struct Data {
    session: Session,
    /// All scan engines.
    pub engines: Query<List<Engine>>,
    /// The engine whose screen is open.
    pub engine: Query<Engine>,
    /// All engine pools.
    pub pools: Query<List<Pool>>,
    /// The console itself. Not every account may read it.
    pub info: Query<ConsoleInfo>,
    /// The shared secret for engines that call the console.
    pub secret: Secret,
    /// What the console told of its engines when it last asked them; not every account may make it ask.
    pub told: Told,
    /// Which engines are being worked on.
    pub work: Work,
    /// Work on many things.
    pub bulk: Bulk,
}

impl Data {
    /// Nothing read yet; put into the context for the components below.
    pub fn provide(session: Session) -> Self {
        let data = Self {
            session,
            engines: Query::new(),
            engine: Query::new(),
            pools: Query::new(),
            info: Query::new(),
            secret: Secret::new(),
            told: Told::new(),
            work: Work::new(),
            bulk: Bulk::new(),
        };
        follow(move || {
            if matches!(session.state().get(), State::SignedIn(_)) && untrack(|| data.info.value()).is_none()
            {
                data.info.read(session.call(async |console| console.console_info().await));
            }
        });
        provide_context(data);
        data
    }

    /// The data of the app around.
    pub fn here() -> Self {
        expect_context()
    }

    /// Reads the engines and the pools anew.
    pub fn read_engines(self) {
        spawn_local(async move {
            // The query keeps why it failed.
            _ = self.read_engines_now().await;
        });
    }

    /// Reads the engines and the pools anew, and waits for the engines.
    ///
    /// # Errors
    /// Why the engines could not be read, which the query keeps as well.
    pub async fn read_engines_now(self) -> Result<(), Error> {
        self.pools.read(self.session.call(async |console| console.pools_with_sites().await));
        let read = async {
            let mut list = self.session.call(async |console| console.engines().await).await?;
            self.told.complete(&mut list.items);
            Ok(list)
        };
        self.engines.read_now(read).await
    }

    /// Where engines reach this console, as far as it tells: otherwise the host in the address bar.
    pub fn place(self) -> ConsolePlace {
        let host = window().location().hostname().unwrap_or_default();
        console_place(self.info.value().as_deref(), &host)
    }

    /// What to do next about an engine; `None` when it is active.
    pub fn next_step(self, engine: &Engine) -> Option<NextStep> {
        next_step_at(engine, &self.place())
    }

    /// Forgets everything and gives up what is under way, as on sign-out.
    pub fn forget(self) {
        self.engines.forget();
        self.engine.forget();
        self.pools.forget();
        self.info.forget();
        self.secret.forget();
        self.told.forget();
        self.work.forget();
        self.bulk.forget();
    }
}
