//! What can be done with the selected engines: **Refresh**, **Update**, **Add to pool**, **Delete**.

use std::sync::Arc;

use console_api::{
    Engine, EngineId, Pool,
    rules::{
        OwnedSite, ScansOn, deletion, may_delete, may_join_pool, may_update, pool_candidates, retirement,
        site_successors, sites_in_words, some_names,
    },
};
use leptos::{prelude::*, task::spawn_local};
use rustc_hash::{FxHashMap, FxHashSet};

use super::{EnginesState, Opened};
use crate::{
    browser::number::counted,
    data::query::Query,
    features::{
        bulk::{BulkDialog, BulkLine, Plan},
        refresh::refresh_displayed,
        update_engine::update_engines,
    },
    forms::picker::{Picker, Picking},
    routes::Route,
    ui::{
        button::ActionButton,
        commands::{Command, Commands},
        dialog::Open,
        field::problem_line,
        icon::Icon,
        live::{follow, live},
    },
};

/// How many pools are named in a sentence.
const NAMED: usize = 5;

/// What is asked about the selected engines.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Action {
    Update,
    AddToPool,
    Delete,
}

impl Action {
    /// What happens to an engine.
    const fn passive(self) -> &'static str {
        match self {
            Self::Update => "be updated",
            Self::AddToPool => "be added",
            Self::Delete => "be deleted",
        }
    }
}

/// The buttons beside the number of selected engines.
#[component]
pub(super) fn BulkActions(page: EnginesState) -> impl IntoView {
    let busy = Signal::derive(move || {
        page.data.bulk.is_running().then(|| "Another job on engines is still running.".to_owned())
    });
    let no_pools = Signal::derive(move || busy.get().or_else(|| page.data.no_pools()));
    let ask = move |action| {
        Callback::new(move |()| {
            // What is left of earlier work is cleared away.
            page.data.bulk.close();
            page.asked.set(Some(action));
            page.dialog.set(Some(Opened::Work));
        })
    };
    let refreshing = Signal::derive(move || {
        page.data.work.refreshing.is_on_any().then(|| "Engines are being refreshed.".to_owned())
    });
    let refresh = Callback::new(move |()| {
        let ids = untrack(|| page.selected()).iter().map(|engine| engine.id).collect::<Vec<_>>();
        refresh_displayed(page.data, page.toasts, &ids);
    });
    let all = [
        (Icon::Refresh, "Refresh", "", refreshing, refresh),
        (Icon::Update, "Update", "", busy, ask(Action::Update)),
        (Icon::Add, "Add to pool", " to a pool", no_pools, ask(Action::AddToPool)),
        (Icon::Delete, "Delete", "", busy, ask(Action::Delete)),
    ];
    all.map(|(icon, label, to, refused, on_press)| {
        // The palette has no bar around that says how many are meant.
        let verb = if to.is_empty() { label } else { "Add" };
        let named =
            Signal::derive(move || format!("{verb} {}{to}", counted(page.selection.count(), "engine")));
        Commands::here().offer(Command { label: named, refused, run: on_press });
        view! { <ActionButton icon label=label.to_owned() small=true refused on_press /> }
    })
    .collect_view()
}

/// The sites that stand in the way of deleting the selected engines, and where they may go first. Copy it freely; all
/// copies are the same.
#[derive(Clone, Copy)]
struct Moving {
    page: EnginesState,
    /// Where the sites go; nothing as long as the engines that have some are left out.
    to: Picking,
    sites: Query<Vec<OwnedSite>>,
    /// The scans that are or may be under way on the engines that have any. Where that can't be read, the console has the
    /// last word.
    scans: RwSignal<FxHashMap<EngineId, ScansOn>>,
    /// The engines with sites whose deletion nothing else stands in the way of.
    blocked: Memo<Vec<EngineId>>,
}

impl Moving {
    fn new(page: EnginesState) -> Self {
        let asks = Memo::new(move |_| {
            page.dialog.get() == Some(Opened::Work) && page.asked.get() == Some(Action::Delete)
        });
        let scans = RwSignal::new(FxHashMap::default());
        let blocked = Memo::new(move |_| {
            let has_sites = |engine: &Engine| !engine.sites.is_empty() && may_delete(engine).is_ok();
            let free = |engine: &Engine| {
                scans
                    .with(|scans: &FxHashMap<_, ScansOn>| scans.get(&engine.id).is_none_or(|on| on.sure == 0))
            };
            let selected = if asks.get() { page.selected() } else { Vec::new() };
            selected.iter().filter(|it| has_sites(it) && free(it)).map(|it| it.id).collect::<Vec<_>>()
        });
        let data = page.data;
        let successors = Memo::new(move |_| {
            let selected = if asks.get() { page.selected() } else { Vec::new() };
            let going = selected.iter().filter(|engine| may_delete(engine).is_ok());
            let going = going.map(|engine| engine.id).collect::<Vec<_>>();
            match (data.engines.value(), data.pools.value()) {
                (Some(engines), Some(pools)) if !blocked.with(Vec::is_empty) => {
                    Arc::new(site_successors(&engines.items, &pools.items, &going))
                }
                _ => Arc::default(),
            }
        });
        let moving = Self { page, to: Picking::new(successors), sites: Query::new(), scans, blocked };
        let scans_matter = Memo::new(move |_| {
            let action = page.asked.get().filter(|_| page.dialog.get() == Some(Opened::Work));
            action.filter(|action| matches!(action, Action::Delete | Action::Update))
        });
        follow(move || {
            if scans_matter.get().is_none() {
                return;
            }
            moving.to.clear();
            moving.sites.forget();
            scans.set(FxHashMap::default());
            let selected = untrack(|| page.selected());
            let ids = selected.iter().map(|engine| engine.id).collect::<Vec<_>>();
            spawn_local(async move {
                if let Ok(on) = page.data.scans_on(selected).await {
                    let some = ids.into_iter().zip(on).filter(|(_, on)| !on.is_empty());
                    _ = scans.try_set(some.collect());
                }
            });
        });
        // Asked only when someone wants it: there may be a thousand engines with sites.
        let wanted = Memo::new(move |_| {
            // While the work continues the selection shrinks; that is no reason to ask again.
            let idle = page.data.bulk.look(|run| run.is_none());
            (idle && moving.to.chosen().is_some()).then(|| blocked.get())
        });
        follow(move || {
            if let Some(engines) = wanted.get() {
                moving.sites.read(page.data.sites_of(engines));
            }
        });
        moving
    }

    fn obstacle(self, engine: &Engine) -> Option<String> {
        let check = deletion(engine, &[]);
        let scans = self.scans.with(|scans| {
            let on = scans.get(&engine.id).filter(|on| on.sure > 0)?;
            Some(ScansOn { sure: on.sure, maybe: Vec::new() }.words())
        });
        let sites = match check.sites {
            _ if self.to.chosen().is_some() => None,
            0 => None,
            1 => Some("1 site is assigned to it.".to_owned()),
            sites => Some(format!("{sites} sites are assigned to it.")),
        };
        check.refused.or(scans).or(sites)
    }

    /// How many sites have to move, or why it is not known; `None` where none has to.
    fn count(self, meant: &[Engine]) -> Option<Result<usize, String>> {
        self.to.chosen()?;
        meant.iter().any(|engine| !engine.sites.is_empty()).then(|| match self.sites.failed() {
            Some(_) => Err("Their sites could not be read.".to_owned()),
            None if self.sites.is_reading() => Err("Their sites are being read.".to_owned()),
            None => {
                self.sites.value().map(|sites| sites.len()).ok_or("Their sites are being read.".to_owned())
            }
        })
    }

    fn start(self, meant: &[Engine]) {
        let EnginesState { data, .. } = self.page;
        match (untrack(|| self.to.chosen()), untrack(|| self.sites.value())) {
            (Some(to), Some(sites)) if !sites.is_empty() => {
                let engines = meant.iter().collect::<Vec<_>>();
                let changes = retirement(&engines, &sites, Some(to));
                data.carry_out(changes, "Moving sites, then deleting", |_| {});
            }
            _ => data.delete_engines(meant),
        }
    }
}

/// On which of the selected engines scans are or may be under way, in words; nothing where there are none. Those that are to
/// be `deleted` are left out where it is sure.
#[component]
fn ScansInWords(moving: Moving, deleted: bool) -> impl IntoView {
    live(move || {
        let selected = moving.page.selected();
        let words = moving.scans.with(|scans| {
            let on = selected.iter().filter_map(|it| Some((it, scans.get(&it.id)?)));
            // Those that can't be updated, or are left out, are not meant.
            let on = on.filter(|(it, on)| {
                if deleted { on.sure == 0 && may_delete(it).is_ok() } else { may_update(it).is_ok() }
            });
            let (sure, maybe): (Vec<_>, Vec<_>) = on.partition(|(_, on)| on.sure > 0);
            let names = |on: &[(&Engine, &ScansOn)]| {
                some_names(&on.iter().map(|(it, _)| it.name.as_str()).collect::<Vec<_>>(), NAMED)
            };
            let mut words = Vec::new();
            if !sure.is_empty() {
                words.push(format!("Scans are under way on {}.", names(&sure)));
            }
            if let Some((_, on)) = maybe.first() {
                words.push(format!("Scans may be under way on {}. {}", names(&maybe), on.words()));
            }
            words
        });
        (!words.is_empty()).then(|| problem_line(words.join(" ")))
    })
}

#[component]
fn DeleteChoices(moving: Moving) -> impl IntoView {
    let data = moving.page.data;
    let pools = move || {
        let list = data.pools.value()?;
        let selected = moving.page.selected();
        let selected = selected.iter().map(|engine| engine.id).collect::<FxHashSet<_>>();
        let loses = |pool: &&Pool| pool.engines.iter().any(|id| selected.contains(id));
        let left = list.items.iter().filter(loses).map(|pool| pool.name.as_str()).collect::<Vec<_>>();
        (!left.is_empty())
            .then(|| view! { <p>{format!("Pools that lose engines: {}.", some_names(&left, NAMED))}</p> })
    };
    let failed = move || {
        moving
            .sites
            .failed()
            .map(|error| problem_line(format!("Their sites could not be read. {}", error.in_full())))
    };
    let has_blocked = Memo::new(move |_| !moving.blocked.with(Vec::is_empty));
    view! {
        {live(pools)}
        {live(move || {
            has_blocked
                .get()
                .then(|| {
                    view! {
                        <p>
                            "A site always needs an engine or a pool. Engines with sites are left out unless their sites move first."
                        </p>
                        <Picker
                            label="Move their sites to"
                            help="The engine or pool that will scan them. Type part of its name, or leave this empty."
                            picking=moving.to
                        />
                    }
                })
        })}
        {live(failed)}
    }
}

/// The dialog about them, and the line that leads back to it.
#[component]
pub(super) fn SelectionDialog(page: EnginesState) -> impl IntoView {
    let data = page.data;
    let open = Open::one_of(page.dialog, Opened::Work);
    let moving = Moving::new(page);
    let joins = Memo::new(move |_| open.get() && page.asked.get() == Some(Action::AddToPool));
    let pools = Memo::new(move |_| {
        Arc::new(if joins.get() { pool_candidates(&data.scanners(), |_| None) } else { Vec::new() })
    });
    let picking = Picking::new(pools);
    follow(move || {
        if !joins.get() {
            return;
        }
        match pools.get_untracked().as_slice() {
            [only] => picking.choose(only.id),
            _ => picking.clear(),
        }
    });
    let pool = move || {
        let id = picking.chosen()?;
        data.pools.value()?.items.iter().find(|pool| id == pool.id.into()).cloned()
    };
    // Why it can't be done to this engine.
    let obstacle = move |action: Action, engine: &Engine| match action {
        Action::Update => may_update(engine).err().map(|refusal| refusal.to_string()),
        Action::AddToPool => {
            let member = pool().is_some_and(|pool| pool.engines.contains(&engine.id));
            let refused = may_join_pool(engine).err().map(|refusal| refusal.to_string());
            refused.or_else(|| member.then(|| "It is already in this pool.".to_owned()))
        }
        Action::Delete => moving.obstacle(engine),
    };
    let parts = move |action: Action| {
        let mut meant = Vec::new();
        let mut left_out = Vec::new();
        for engine in page.selected() {
            match obstacle(action, &engine) {
                None => meant.push(engine),
                Some(why) => left_out.push((engine.name, why)),
            }
        }
        (meant, left_out)
    };
    let plan = Memo::new(move |_| {
        let Some(action) = page.asked.get().filter(|_| open.get()) else { return Arc::default() };
        let (meant, left_out) = parts(action);
        let what = match &meant[..] {
            [] => "engines".to_owned(),
            [one] => one.name.clone(),
            many => counted(many.len(), "engine"),
        };
        let (title, refused) = match action {
            Action::Update => (format!("Update {what}"), None),
            Action::AddToPool => match pool() {
                Some(pool) => (format!("Add {what} to {}", pool.name), None),
                None => {
                    let refused = picking.wrong().unwrap_or_else(|| "Choose the pool first.".to_owned());
                    (format!("Add {what} to a pool"), Some(refused))
                }
            },
            Action::Delete => match (moving.to.wrong(), moving.count(&meant)) {
                (Some(wrong), _) => {
                    (format!("Delete {what}"), Some(format!("{wrong} Or clear “Move their sites to”.")))
                }
                (None, None) => (format!("Delete {what}"), None),
                (None, Some(Ok(sites))) => {
                    (format!("Move {}, then delete {what}", sites_in_words(sites)), None)
                }
                (None, Some(Err(refused))) => (format!("Delete {what}"), Some(refused)),
            },
        };
        let names = meant.into_iter().map(|engine| engine.name).collect();
        Arc::new(Plan { title, names, what: ("engine", action.passive()), left_out, refused })
    });
    let start = Callback::new(move |()| {
        let Some(action) = page.asked.get_untracked() else { return };
        let (meant, _) = untrack(|| parts(action));
        match action {
            Action::Update => update_engines(data, page.toasts, &meant),
            Action::AddToPool => {
                if let Some(pool) = untrack(pool) {
                    data.add_to_pool(&meant, pool.id);
                }
            }
            Action::Delete => moving.start(&meant),
        }
    });
    let pool_choice = move || {
        view! {
            <p>"A site that uses the pool is then scanned by these engines too. They stay in their other pools."</p>
            <Picker
                label="Engine pool"
                help="Type part of its name."
                picking
                new_pool=format!("{}#new-pool", Route::Engines.path())
            />
        }
        .into_any()
    };
    let words = move || {
        match page.asked.get() {
        Some(Action::Update) => view! {
            <p>
                "The console sends the available update to each of these engines. An engine is briefly unavailable while it installs the update, and scans on it may be interrupted."
            </p>
            <ScansInWords moving deleted=false />
            <div class="buttons">
                <button
                    type="button"
                    class="button"
                    on:click=move |_| page.dialog.set(Some(Opened::Stages))
                >
                    "In stages…"
                </button>
                <span class="secondary">"One wave at a time, stopping if an engine does not come back."</span>
            </div>
        }
        .into_any(),
        Some(Action::AddToPool) => pool_choice(),
        Some(Action::Delete) => view! {
            <p>
                "These engines and their pairing are removed from the console, and they leave their pools. The engines themselves keep running. To use one again, add it and pair it again."
            </p>
            <ScansInWords moving deleted=true />
            <DeleteChoices moving />
        }
        .into_any(),
        None => ().into_any(),
    }
    };
    view! {
        <BulkLine open bulk=data.bulk />
        <BulkDialog
            open
            bulk=data.bulk
            plan
            destructive=Signal::derive(move || page.asked.get() == Some(Action::Delete))
            on_start=start
        >
            {live(words)}
        </BulkDialog>
    }
}
