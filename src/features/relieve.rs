//! **Move its sites…** of an engine, with a proposal where they should go; **Even out the load** of all engines. Both show all moves
//! before anything is done, and can be taken back.

use std::sync::Arc;

use console_api::{
    Engine, EngineId, ScannerId,
    rules::{
        EvenOut, OwnedSite, SiteMove, counted, even_out, relief, site_successors, sites_in_words, sites_text,
    },
};
use leptos::prelude::*;

use super::bulk::{BulkDialog, Plan};
use crate::{
    data::{Data, all_sites::Reading, query::Query},
    forms::picker::{Picker, Picking},
    ui::{
        dialog::Open,
        icon::{Icon, glyph},
        live::{follow, follow_from, live},
        load_error::sites_unread,
        table::{
            cells::{row_head, text_cell},
            columns::{Column, SortBy},
            data_table::{DataTable, RowPlace},
            row::Keys,
        },
    },
};

const DOING: &str = "Moving sites";
const TAKING_BACK: &str = "Moving sites back";

const COLUMNS: [Column; 3] = [
    Column { key: "name", label: "Engine", numeric: false, sortable: false },
    Column { key: "before", label: "Sites now", numeric: true, sortable: false },
    Column { key: "after", label: "Then", numeric: true, sortable: false },
];

/// Sites that were moved, and the way back. Copy it freely; all copies are the same.
#[derive(Clone, Copy)]
struct Moved {
    data: Data,
    sites: RwSignal<Vec<SiteMove>>,
}

impl Moved {
    fn start(self, moves: Vec<SiteMove>) {
        self.sites.set(Vec::new());
        let all = moves.clone();
        self.data.move_sites(moves, DOING, move |left| {
            let is_left = |it: &SiteMove| left.iter().any(|other| other.site == it.site);
            // The page may have been left in the meantime.
            self.sites.try_set(all.iter().filter(|it| !is_left(it)).cloned().collect());
        });
    }

    /// The button that takes it back, once it has ended.
    fn way_back(self) -> AnyView {
        let ended = self.data.bulk.look(|run| run.is_some_and(|run| !run.running && run.doing == DOING));
        let back = |it: SiteMove| Some(SiteMove { from: Some(it.to), to: it.from?, ..it });
        let back = self.sites.get().into_iter().filter_map(back).collect::<Vec<_>>();
        if !ended || back.is_empty() {
            return ().into_any();
        }
        let words = format!("Undo {}", counted(back.len(), "move"));
        let take_back = move |_| {
            self.data.bulk.close();
            self.sites.set(Vec::new());
            self.data.move_sites(back.clone(), TAKING_BACK, |_| {});
        };
        view! {
            <div class="buttons">
                <button type="button" class="button" on:click=take_back>
                    {glyph(Icon::Reverse, "")}
                    {words}
                </button>
            </div>
        }
        .into_any()
    }
}

/// Gives the sites of an engine to another one or to a pool.
#[component]
pub fn MoveSitesDialog(
    /// The engine.
    engine: Memo<Option<Arc<Engine>>>,
    /// Whether it is open.
    #[prop(into)]
    open: Open,
) -> impl IntoView {
    let data = Data::here();
    let sites = Query::<Vec<OwnedSite>>::new();
    let moved = Moved { data, sites: RwSignal::new(Vec::new()) };
    let read = move || {
        if let Some(engine) = engine.get_untracked() {
            sites.read(data.sites_of(vec![engine.id]));
        }
    };
    let proposed = Memo::new(move |_| {
        let (engines, pools) = (data.engines.value()?, data.pools.value()?);
        let engine = engine.get().filter(|_| open.get())?;
        relief(&engine, &engines.items, &pools.items).map(|it| (it.to, it.why))
    });
    let successors = Memo::new(move |_| {
        Arc::new(match (data.engines.value(), data.pools.value(), engine.get()) {
            (Some(engines), Some(pools), Some(engine)) if open.get() => {
                site_successors(&engines.items, &pools.items, &[engine.id])
            }
            _ => Vec::new(),
        })
    });
    let picking = Picking::new(successors);
    follow_from(move |before: Option<bool>| {
        let (open, proposed) = (open.get(), proposed.get());
        if open && before != Some(true) {
            // What is left of earlier work is cleared away.
            data.bulk.close();
            picking.clear();
            read();
            untrack(|| data.want_scanners());
        }
        // As soon as it is known; what the person chooses stays.
        if let Some((to, _)) = proposed
            && untrack(|| picking.label().is_none() && picking.wrong().is_none())
        {
            picking.choose(to);
        }
        open
    });
    let plan = Memo::new(move |_| {
        let Some(engine) = engine.get().filter(|_| open.get()) else { return Arc::default() };
        let known = sites.value();
        let count = known.as_ref().map_or(engine.sites.len(), |sites| sites.len());
        let title = match picking.label() {
            Some(to) => format!("Move {} to {to}", sites_in_words(count)),
            None => format!("Move {}", sites_in_words(count)),
        };
        let refused = match (&known, sites.failed()) {
            (_, Some(_)) => Some("Its sites could not be read.".to_owned()),
            (None, None) => Some("Its sites are being read.".to_owned()),
            (Some(known), _) if known.is_empty() => Some("It has no sites of its own.".to_owned()),
            _ if picking.chosen().is_some() => None,
            _ => picking
                .wrong()
                .or_else(|| Some("First choose which engine or pool gets its sites.".to_owned())),
        };
        let names = known.iter().flat_map(|sites| sites.iter().map(|it| it.name.clone())).collect();
        Arc::new(Plan { title, names, what: ("site", "move"), left_out: Vec::new(), refused })
    });
    let start = Callback::new(move |()| {
        if let (Some(to), Some(sites)) = (untrack(|| picking.chosen()), untrack(|| sites.value())) {
            let one = |it: &OwnedSite| SiteMove {
                site: it.site,
                name: it.name.clone(),
                from: Some(it.engine.into()),
                to,
            };
            moved.start(sites.iter().map(one).collect());
        }
    });
    let heading = Signal::derive(move || {
        format!("Move the sites of {}", engine.get().map(|engine| engine.name.clone()).unwrap_or_default())
    });
    let why = move || {
        let chosen = picking.chosen();
        proposed
            .get()
            .filter(|(to, _)| chosen == Some(*to))
            .map(|(_, why)| view! { <p>"Proposed: " {why}</p> })
    };
    let failed = move || {
        let error = sites.failed()?;
        Some(sites_unread(&error, false, read))
    };
    view! {
        <BulkDialog
            open
            bulk=data.bulk
            heading
            plan
            destructive=false
            on_start=start
            after=Callback::new(move |()| moved.way_back())
        >
            <Picker label="Move its sites to" help="Type part of its name." picking />
            <div role="status">{live(why)} {live(failed)}</div>
        </BulkDialog>
    }
}

/// Evens out what the engines carry.
#[component]
pub fn EvenOutDialog(
    /// Whether it is open.
    #[prop(into)]
    open: Open,
) -> impl IntoView {
    let data = Data::here();
    let moved = Moved { data, sites: RwSignal::new(Vec::new()) };
    follow(move || {
        if open.get() {
            // What is left of earlier work is cleared away.
            data.bulk.close();
            data.want_all_sites();
        }
    });
    let even = Memo::new(move |_| {
        let (engines, pools) = (data.engines.value()?, data.pools.value()?);
        let sites = data.all_sites.list().filter(|_| open.get())?;
        Some(Arc::new(even_out(&engines.items, &pools.items, &sites)))
    });
    let plan = Memo::new(move |_| {
        if !open.get() {
            return Arc::default();
        }
        let found = even.get();
        let moves = found.as_ref().map_or(&[][..], |even| &even.moves);
        let scanners = data.scanners();
        let label = |it: &SiteMove| {
            let from = it.from.map(|from| scanners.label(from)).unwrap_or_default();
            format!("{}: from {from} to {}", it.name, scanners.label(it.to))
        };
        let refused = match (&found, data.all_sites.reading()) {
            (None, Reading::Failed(_, error)) => {
                Some(format!("The sites could not be read. {}", error.in_full()))
            }
            (None, _) => Some("The engines, pools and sites are being read.".to_owned()),
            (Some(even), _) if even.moves.is_empty() => Some("The load is as even as it can be.".to_owned()),
            _ => None,
        };
        Arc::new(Plan {
            title: format!("Move {}", sites_in_words(moves.len())),
            names: moves.iter().map(label).collect(),
            what: ("site", "move"),
            left_out: Vec::new(),
            refused,
        })
    });
    let start = Callback::new(move |()| {
        if let Some(even) = even.get_untracked() {
            moved.start(even.moves.clone());
        }
    });
    let has_moves =
        Memo::new(move |_| even.with(|even| even.as_ref().is_some_and(|even| !even.moves.is_empty())));
    let said = move || {
        let reason = plan.with(|plan| plan.refused.clone());
        reason.map(|reason| view! { <p>{reason}</p> })
    };
    view! {
        <BulkDialog
            open
            bulk=data.bulk
            heading=Signal::stored("Even out the load".to_owned())
            plan
            destructive=false
            on_start=start
            after=Callback::new(move |()| moved.way_back())
        >
            <p>
                "Sites that are assigned directly move from the active engines with the most load to those with the least. They move only between engines that share a pool or a network, because the console does not report what else an engine can reach. Pools keep their sites."
            </p>
            <div role="status">{live(said)}</div>
            {live(move || has_moves.get().then(|| view! { <Loads data even /> }))}
        </BulkDialog>
    }
}

/// What each engine that takes part carries, before and after.
#[component]
fn Loads(data: Data, even: Memo<Option<Arc<EvenOut>>>) -> impl IntoView {
    let keys = Memo::new(move |_| -> Keys {
        let even = even.get()?;
        Some(Arc::new(even.loads.iter().map(|(id, ..)| id.get()).collect()))
    });
    let scanners = Memo::new(move |_| Arc::new(data.scanners()));
    let cells = move |RowPlace { key, .. }: RowPlace| {
        let even = even.get();
        let found = even.as_ref().and_then(|even| even.loads.iter().find(|(id, ..)| *id == EngineId(key)));
        let (id, before, after) = found?;
        let name = scanners.with(|scanners| scanners.label(ScannerId::from(*id)));
        Some(vec![
            row_head(&name).text(name.clone()),
            text_cell("numeric", "Sites now", sites_text(*before), None),
            text_cell("numeric", "Then", sites_text(*after), None),
        ])
    };
    view! {
        <div class="short-table">
            <DataTable
                name="What each engine carries"
                class="even-loads"
                columns=Signal::stored(COLUMNS.to_vec())
                keys
                sort=Memo::new(|_| SortBy::by("", false))
                on_sort=Callback::new(|_| ())
                cells=Callback::new(cells)
                working=Callback::new(|_| false)
                empty=Callback::new(|()| ().into_any())
            />
        </div>
    }
}
