//! **Delete {name}**: says which sites use the pool, and gives them to another engine or pool first.

use std::sync::Arc;

use console_api::{
    Pool, PoolId, ScannerId, SiteId,
    rules::{SiteMove, scanner_candidates, sites_in_words},
};
use leptos::prelude::*;

use super::pool_list::pool_list;
use crate::{
    data::{Data, site_names::SiteNames},
    features::bulk::Plan,
    forms::picker::{Picker, Picking},
    ui::{
        field::problem_line,
        live::{follow, live},
    },
};

/// What is chosen. Copy it freely; all copies are the same.
#[derive(Clone, Copy)]
pub(super) struct Deleting {
    data: Data,
    pool: RwSignal<Option<PoolId>>,
    /// The engine or pool that the sites get.
    to: Picking,
    /// Whether the work has begun.
    begun: RwSignal<bool>,
    names: SiteNames,
}

impl Deleting {
    pub(super) fn new(data: Data) -> Self {
        let pool = RwSignal::new(None::<PoolId>);
        let others = Memo::new(move |_| {
            let Some(pool) = pool.get() else { return Arc::default() };
            let itself = |id| (id == ScannerId::from(pool)).then(|| "This is the pool itself.".to_owned());
            Arc::new(scanner_candidates(&data.scanners(), |it| itself(it.id)))
        });
        Self {
            data,
            pool,
            to: Picking::new(others),
            begun: RwSignal::new(false),
            names: SiteNames::new(data),
        }
    }

    pub(super) fn begin(self, pool: PoolId) {
        self.pool.set(Some(pool));
        self.to.clear();
        self.begun.set(false);
    }

    fn target(self) -> Option<Pool> {
        let id = self.pool.get()?;
        let open = self.data.pool.value().filter(|pool| pool.id == id).map(|pool| (*pool).clone());
        pool_list(self.data).into_iter().find(|pool| pool.id == id).or(open)
    }

    /// Whether the pool has been deleted.
    pub(super) fn is_gone(self) -> bool {
        self.begun.get()
            && self.pool.get().is_some_and(|id| !pool_list(self.data).iter().any(|pool| pool.id == id))
    }

    /// What the sites get, or why that is not known.
    fn new_scanner(self) -> Result<ScannerId, String> {
        self.to.chosen().ok_or_else(|| {
            let none = || "Choose the engine or pool that its sites get.".to_owned();
            self.to.wrong().unwrap_or_else(none)
        })
    }

    fn moves(self, sites: &[SiteId], from: PoolId, to: ScannerId) -> Vec<SiteMove> {
        let one = |site: &SiteId| SiteMove {
            site: *site,
            name: self.names.name(*site),
            from: Some(from.into()),
            to,
        };
        sites.iter().map(one).collect()
    }

    pub(super) fn plan(self) -> Plan {
        let Some(pool) = self.target() else {
            return Plan {
                title: "Delete the pool".to_owned(),
                names: vec!["Nothing: it has already been deleted.".to_owned()],
                what: ("change", "be made"),
                ..Plan::default()
            };
        };
        let sites = pool.sites.unwrap_or_default();
        let to = if sites.is_empty() { None } else { Some(self.new_scanner()) };
        let label = self.to.label();
        let moved = sites.iter().map(|site| {
            let name = self.names.name(*site);
            label.as_ref().map_or_else(|| name.clone(), |to| format!("{name}: moves to {to}"))
        });
        let names = moved.chain([format!("{}: is deleted", pool.name)]).collect();
        let title = match sites.len() {
            0 => format!("Delete {}", pool.name),
            many => format!("Move {} and delete {}", sites_in_words(many), pool.name),
        };
        Plan {
            title,
            names,
            what: ("change", "be made"),
            left_out: Vec::new(),
            refused: to.and_then(Result::err),
        }
    }

    pub(super) fn start(self) {
        let Some(pool) = untrack(|| self.target()) else { return };
        let sites = pool.sites.clone().unwrap_or_default();
        let moves = if sites.is_empty() {
            Vec::new()
        } else {
            let Ok(to) = untrack(|| self.new_scanner()) else { return };
            untrack(|| self.moves(&sites, pool.id, to))
        };
        self.begun.set(true);
        self.data.delete_pool_and_move_sites(&pool, &moves);
    }
}

/// What stands in the way, and the way around it.
#[component]
pub(super) fn DeleteQuestion(deleting: Deleting) -> impl IntoView {
    follow(move || {
        let sites = deleting.target().and_then(|pool| pool.sites).unwrap_or_default();
        untrack(|| deleting.names.want(&sites));
    });
    let facts = Memo::new(move |_| {
        deleting
            .target()
            .map(|pool| (pool.name.clone(), pool.engines.len(), pool.sites.map(|sites| sites.len())))
    });
    live(move || {
        let Some((name, engines, sites)) = facts.get() else {
            return view! { <p>"Someone else has already deleted this pool."</p> }.into_any();
        };
        let engines = match engines {
            0 => "It has no engine.".to_owned(),
            1 => "Its engine stays in the console and in its other pools.".to_owned(),
            many => format!("Its {many} engines stay in the console and in their other pools."),
        };
        let sites = match sites {
            Some(0) => view! { <p>"No site uses it."</p> }.into_any(),
            None => view! {
                <p>"This console does not report which sites use it. If any do, it refuses to delete the pool."</p>
            }
            .into_any(),
            Some(many) => {
                let use_it = if many == 1 { "1 site uses".to_owned() } else { format!("{many} sites use") };
                view! {
                    {problem_line(format!("{use_it} {name}. A site always needs an engine or a pool: they get another one first."))}
                    <Picker label="Move its sites to" help="Type part of its name." picking=deleting.to />
                }
                .into_any()
            }
        };
        view! {
            {sites}
            <p>{engines}</p>
        }
        .into_any()
    })
}
