//! The only place that talks to the console: reads that are kept, and what changes them.

pub mod activity;
pub mod add_engines;
pub mod all_sites;
pub mod bulk;
mod engine;
mod engine_work;
pub mod health;
pub mod history;
pub mod keeping;
mod marks;
mod membership;
mod pool_plan;
mod pools;
pub mod query;
pub mod refresh;
pub mod scans;
pub mod secret;
pub mod site_filter;
mod site_moves;
pub mod site_names;
pub mod sites;
mod slot;
pub mod staged_update;
pub mod start_view;
mod takeover;
mod undo;
pub mod update;
pub mod version_report;

use std::{future::Future, sync::Arc};

use console_api::{
    ConsoleInfo, Engine, EngineId, EngineStatus, Error, List, Pool, ScanTemplate, Site,
    rules::{ConsolePlace, NextStep, console_place, next_step_at},
};
use futures::FutureExt;
use leptos::{prelude::*, task::spawn_local};

pub use self::slot::Slot;
use self::{
    activity::Activity, all_sites::AllSites, bulk::Bulk, health::FleetHealth, history::HistoryPlace,
    query::Query, refresh::Work, secret::Secret, sites::Listed, version_report::LatestReport,
};
use crate::{
    browser::{effect::follow, kept::Kept, timer::breathe},
    session::{Session, State},
};

/// From here on, what is done with all engines is a task of its own.
pub const MANY: usize = 1000;

/// A list of engines that was left for one of them.
#[derive(Clone)]
pub struct LeftList {
    /// Its parameters in the address: filter, statuses and order.
    pub query: String,
    /// The ids of its engines, in the order on screen.
    pub engines: Arc<Vec<u64>>,
}

/// What the app knows of the console. Copy it freely; all copies are the same.
#[derive(Clone, Copy)]
pub struct Data {
    session: Session,
    place: Memo<ConsolePlace>,
    /// All scan engines.
    pub engines: Query<List<Engine>>,
    /// The engine whose screen is open.
    pub engine: Query<Engine>,
    /// The list of engines as it was last left.
    pub left: StoredValue<Option<LeftList>>,
    /// All engine pools.
    pub pools: Query<List<Pool>>,
    /// Whether this console has no pools for this account, as without a licence for them.
    without_pools: RwSignal<bool>,
    /// The pool whose screen is open.
    pub pool: Query<Pool>,
    /// The page of sites that is on screen.
    pub sites: Query<Listed>,
    /// The site whose screen is open.
    pub site: Query<Site>,
    /// What a new site's scans can look for.
    pub scan_templates: Query<List<ScanTemplate>>,
    /// A page of the sites that are assigned to the engine whose screen is open, directly.
    pub engine_sites: Query<(EngineId, Listed)>,
    /// All sites.
    pub all_sites: AllSites,
    /// How the fleet is, as it was last found out.
    pub health: FleetHealth,
    /// What was seen of the engines over time.
    pub history: HistoryPlace,
    /// The console itself. Not every account may read it.
    pub info: Query<ConsoleInfo>,
    /// The shared secret for engines that call the console.
    pub secret: Secret,
    /// What the console reported its engines when it last asked them; not every account may make it ask.
    pub version_report: LatestReport,
    /// Which engines are being worked on.
    pub work: Work,
    /// Work on several items.
    pub bulk: Bulk,
    /// What is done here, and was.
    pub activity: Activity,
    /// All notes on engines, as they are kept, and as they are read.
    all_notes: Slot,
    notes_read: Slot,
    /// The saved views of the list of engines.
    views_read: Slot,
    /// Why the browser keeps nothing, for [`Kept`].
    unkept: RwSignal<u64>,
}

impl Data {
    /// Nothing read yet; put into the context for the components below.
    pub fn provide(session: Session) -> Self {
        let info = Query::<ConsoleInfo>::new();
        let activity = Activity::new(session);
        let data = Self {
            session,
            place: Memo::new(move |_| {
                let host = window().location().hostname().unwrap_or_default();
                console_place(info.value().as_deref(), &host)
            }),
            engines: Query::new(),
            engine: Query::new(),
            left: StoredValue::new(None),
            pools: Query::new(),
            without_pools: RwSignal::new(false),
            pool: Query::new(),
            engine_sites: Query::new(),
            all_sites: AllSites::new(),
            sites: Query::new(),
            site: Query::new(),
            scan_templates: Query::new(),
            health: FleetHealth::new(),
            history: HistoryPlace::new(),
            info,
            secret: Secret::new(),
            version_report: LatestReport::new(),
            work: Work::new(),
            bulk: Bulk::new(activity),
            activity,
            all_notes: Slot::new(),
            notes_read: Slot::new(),
            views_read: Slot::new(),
            unkept: RwSignal::new(0),
        };
        follow(move || {
            if matches!(session.state().get(), State::SignedIn(_)) && untrack(|| data.info.value()).is_none()
            {
                data.info.read(session.call(async |console| console.console_info().await));
            }
        });
        session.stays_while(move || data.bulk.is_running() || data.work.updating.is_on_any());
        provide_context(data);
        data
    }

    /// The data of the surrounding app.
    pub fn here() -> Self {
        expect_context()
    }

    /// Reads the engines and the pools again. Both are asked for at once, before what the page shows in the meantime is made.
    pub fn read_engines(self) {
        // The shorter answer first: where it is there before the other, the rows are made once.
        // The queries keep why they failed.
        start(async move { _ = self.read_pools_now().await });
        start(async move { _ = self.read_engines_alone().await });
    }

    /// Reads the engines and the pools, unless the first answer of this visit is on its way.
    pub fn want_engines(self) {
        if !untrack(|| self.engines.value().is_none() && self.engines.is_reading()) {
            self.read_engines();
        }
    }

    /// Reads the engines and the pools again, and waits for the engines.
    ///
    /// # Errors
    /// Why the engines could not be read, which the query keeps as well.
    pub async fn read_engines_now(self) -> Result<(), Error> {
        self.read_pools();
        self.read_engines_alone().await
    }

    async fn read_engines_alone(self) -> Result<(), Error> {
        let read = async {
            let mut list = self.session.call(async |console| console.engines().await).await?;
            // With ten thousand engines, reading the answer and making the rows are 40 ms each: what was typed comes between.
            if list.items.len() > MANY {
                breathe().await;
                if self.has_gone() {
                    return Err(Error::Cancelled);
                }
            }
            self.fill_in(&mut list.items);
            Ok(list)
        };
        self.engines.read_now(read).await
    }

    /// Whether the app has gone, as a rehearsed one does.
    fn has_gone(self) -> bool {
        self.unkept.try_get_untracked().is_none()
    }

    /// Adds what is known of these engines from elsewhere than the console's answer.
    fn fill_in(self, engines: &mut [Engine]) {
        self.version_report.complete(engines);
        marks::put_on(engines);
    }

    /// Where engines reach this console, as far as it tells: otherwise the host in the address bar.
    pub fn place(self) -> ConsolePlace {
        self.place.get()
    }

    /// What to do next about an engine; `None` when it is active.
    pub fn next_step(self, engine: &Engine) -> Option<NextStep> {
        // Most are: to their rows it makes no difference when the console reports where it is.
        if engine.status == EngineStatus::Active {
            return None;
        }
        next_step_at(engine, &self.place())
    }

    /// What is kept in this browser for whoever is signed in; `None` when nobody is. Only the later part of the app may ask.
    pub fn kept(self) -> Option<Kept> {
        if self.has_gone() {
            return None;
        }
        let account = untrack(|| self.session.account())?;
        Some(Kept::of(&account.username, self.unkept))
    }

    /// Forgets everything and gives up what is under way, as on sign-out.
    pub fn forget(self) {
        self.engines.forget();
        self.engine.forget();
        self.pools.forget();
        self.without_pools.set(false);
        self.pool.forget();
        self.engine_sites.forget();
        self.all_sites.forget();
        self.sites.forget();
        self.site.forget();
        self.scan_templates.forget();
        self.left.set_value(None);
        self.health.forget();
        self.history.forget();
        self.info.forget();
        self.secret.forget();
        self.version_report.forget();
        self.work.forget();
        self.bulk.forget_all();
        self.activity.forget();
        self.all_notes.forget();
        self.notes_read.forget();
        self.views_read.forget();
        self.unkept.set(0);
    }
}

/// Begins at once, as far as it gets without waiting, and continues by itself.
fn start(work: impl Future<Output = ()> + 'static) {
    let mut work = Box::pin(work);
    if untrack(|| (&mut work).now_or_never()).is_none() {
        spawn_local(work);
    }
}
