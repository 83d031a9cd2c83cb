//! **Move engine**: one engine or several from one pool to another, with what that changes before and after.

use std::sync::Arc;

use console_api::{
    EngineId, Pool, PoolId, ScannerId,
    rules::{EngineFilter, EngineSort, PoolChange, pool_candidates, pool_changes, select, sort_distinct},
};
use leptos::prelude::*;

use super::pool_list::pool_list;
use crate::{
    browser::number::counted,
    data::Data,
    features::bulk::Plan,
    forms::{
        members::{EngineRows, status_cell},
        picker::{Picker, Picking},
    },
    routes::Route,
    ui::{
        field::problem_line,
        filter::SearchBox,
        live::{follow_from, live},
        table::{
            cells::row_head,
            columns::{Column, SortBy},
            data_table::{DataTable, RowPlace},
            light::El,
            row::{Keys, RowKey},
            selection::{Selecting, Selection},
        },
    },
};

const COLUMNS: [Column; 2] = [
    Column { key: "name", label: "Name", numeric: false, sortable: true },
    Column { key: "status", label: "Status", numeric: false, sortable: true },
];

/// What is chosen. Copy it freely; all copies are the same.
#[derive(Clone, Copy)]
pub(super) struct Moving {
    data: Data,
    rows: Memo<Arc<EngineRows>>,
    from: Picking,
    to: Picking,
    filter: RwSignal<String>,
    sort: RwSignal<EngineSort>,
    selection: Selection,
}

impl Moving {
    pub(super) fn new(data: Data, rows: Memo<Arc<EngineRows>>) -> Self {
        let from = Picking::new(Memo::new(move |_| Arc::new(pool_candidates(&data.scanners(), |_| None))));
        let others = Memo::new(move |_| {
            let left = from.chosen();
            let refuse =
                |id: PoolId| (left == Some(id.into())).then(|| "The engines leave this pool.".to_owned());
            Arc::new(pool_candidates(&data.scanners(), refuse))
        });
        Self {
            data,
            rows,
            from,
            to: Picking::new(others),
            filter: RwSignal::new(String::new()),
            sort: RwSignal::new(EngineSort::default()),
            selection: Selection::new(),
        }
    }

    pub(super) fn begin(self, from: Option<PoolId>) {
        let pools = untrack(|| pool_list(self.data));
        let from = from.or_else(|| pools.iter().find(|pool| !pool.engines.is_empty()).map(|pool| pool.id));
        match from {
            Some(from) => self.from.choose(from.into()),
            None => self.from.clear(),
        }
        // Where there is only one other pool, it is chosen.
        let mut others = pools.iter().filter(|pool| Some(pool.id) != from);
        match (others.next(), others.next()) {
            (Some(only), None) => self.to.choose(only.id.into()),
            _ => self.to.clear(),
        }
        self.filter.set(String::new());
        self.selection.clear();
    }

    /// The two pools, as far as they are chosen.
    fn pools(self) -> (Option<Pool>, Option<Pool>) {
        let pools = pool_list(self.data);
        let find = |id: Option<ScannerId>| pools.iter().find(|pool| Some(pool.id.into()) == id).cloned();
        (find(self.from.chosen()), find(self.to.chosen()))
    }

    /// The selected engines of the pool that they leave.
    fn meant(self) -> Vec<EngineId> {
        let (from, _) = self.pools();
        let members = from.map(|pool| pool.engines).unwrap_or_default();
        members.into_iter().filter(|id| self.selection.contains(id.get())).collect()
    }

    pub(super) fn plan(self) -> Plan {
        let (from, to) = self.pools();
        let meant = self.meant();
        let names = self.rows.with(|rows| meant.iter().map(|id| rows.name(id.get())).collect::<Vec<_>>());
        let what = match &names[..] {
            [] => "engine".to_owned(),
            [one] => one.clone(),
            many => counted(many.len(), "engine"),
        };
        let (title, refused) = match (&from, &to) {
            (Some(from), Some(to)) if !names.is_empty() => {
                (format!("Move {what} from {} to {}", from.name, to.name), None)
            }
            (Some(_), Some(_)) => ("Move engine".to_owned(), Some("Select the engines first.".to_owned())),
            (None, _) => {
                let none = || "Choose the pool that they leave.".to_owned();
                ("Move engine".to_owned(), Some(self.from.wrong().unwrap_or_else(none)))
            }
            (_, None) => {
                let none = || "Choose the pool that they move to.".to_owned();
                ("Move engine".to_owned(), Some(self.to.wrong().unwrap_or_else(none)))
            }
        };
        Plan { title, names, what: ("engine", "move"), left_out: Vec::new(), refused }
    }

    pub(super) fn start(self) {
        let ((Some(from), Some(to)), meant) = untrack(|| (self.pools(), self.meant())) else { return };
        let rows = self.rows.get_untracked();
        let engines = meant.into_iter().map(|id| (id, rows.name(id.get()))).collect();
        self.data.move_engines(engines, &from, &to);
    }

    fn cells(self, RowPlace { key, .. }: RowPlace) -> Vec<El> {
        let rows = self.rows.get();
        let name = rows.name(key);
        let head = row_head(&name).is("data-action", "choose").text(name);
        vec![head, status_cell(rows.get(key), None)]
    }

    fn toggle(self, key: RowKey) {
        let on = !untrack(|| self.selection.contains(key));
        self.selection.set(&[key], on);
    }

    fn empty(self) -> AnyView {
        let filtered = self.filter.with(|filter| !filter.trim().is_empty());
        let words =
            if filtered { "No engine of the pool matches the filter." } else { "The pool has no engine." };
        view! {
            <div class="table-empty">
                <p>{words}</p>
            </div>
        }
        .into_any()
    }
}

/// From where, to where, which, and what that changes.
#[component]
pub(super) fn MoveQuestion(moving: Moving) -> impl IntoView {
    let keys = Memo::new(move |_| -> Keys {
        let rows = moving.rows.get();
        let (from, _) = moving.pools();
        let mut members = from.map(|pool| pool.engines).unwrap_or_default();
        sort_distinct(&mut members);
        let filter = moving.filter.with(|filter| EngineFilter::new(filter, Vec::new()));
        let shown = select(&rows.all, &filter, moving.sort.get());
        let shown = shown.into_iter().map(|at| rows.all[at].engine.id);
        let mut keys =
            shown.filter(|id| members.binary_search(id).is_ok()).map(EngineId::get).collect::<Vec<_>>();
        // A pool may have engines that this account does not see.
        if filter.is_empty() {
            let unseen = members.iter().map(|id| id.get()).filter(|key| rows.get(*key).is_none());
            keys.extend(unseen);
        }
        Some(Arc::new(keys))
    });
    // Those of another pool are others.
    follow_from(move |before: Option<Option<ScannerId>>| {
        let from = moving.from.chosen();
        if before.is_some_and(|before| before != from) {
            moving.selection.clear();
        }
        from
    });
    view! {
        <p>
            "Each engine is added to the other pool first and removed from its own after that, so it always belongs to a pool."
        </p>
        <div class="ways">
            <Picker label="From pool" picking=moving.from />
            <Picker
                label="To pool"
                picking=moving.to
                new_pool=format!("{}#new-pool", Route::Pools.path())
            />
        </div>
        <section class="members" aria-label="Engines to move">
            <SearchBox
                label="Filter engines to move"
                title="Searches name, address, status and versions. All words must occur."
                value=moving.filter
            />
            <DataTable
                name="Engines to move"
                class="members-table picks"
                columns=Signal::stored(COLUMNS.to_vec())
                keys
                sort=Memo::new(move |_| SortBy::from_query(&moving.sort.get().key()))
                on_sort=Callback::new(move |by: SortBy| {
                    moving.sort.set(EngineSort::from_key(&by.to_query()).unwrap_or_default());
                })
                cells=Callback::new(move |place| Some(moving.cells(place)))
                on_action=Callback::new(move |(key, _)| moving.toggle(key))
                working=Callback::new(|_| false)
                selecting=Selecting {
                    selection: moving.selection,
                    name: Callback::new(move |key| moving.rows.with(|rows| rows.name(key))),
                }
                empty=Callback::new(move |()| moving.empty())
            />
        </section>
        <PoolChanges moving />
    }
}

/// Both pools before and after.
#[component]
fn PoolChanges(moving: Moving) -> impl IntoView {
    live(move || {
        let meant = moving.meant();
        let (Some(from), Some(to)) = moving.pools() else { return None };
        if meant.is_empty() {
            return None;
        }
        let engines = moving.data.engines.value();
        let listed = engines.as_ref().map_or(&[][..], |list| &list.items);
        let changes = pool_changes(&meant, &from, &to, listed);
        let warnings = changes.iter().filter_map(PoolChange::warning).map(problem_line).collect::<Vec<_>>();
        let rows = changes.map(|it| {
            let [before, after] = [0, 1].map(|at| format!("{} ({} active)", it.engines[at], it.active[at]));
            view! { <ComparisonRow name=it.name cells=vec![before, after, sites(it.sites)] /> }.into_any()
        });
        Some(view! {
            <Comparison
                name="What it changes"
                heads=&["Engines now", "Engines after", "Sites"]
                rows=rows.into_iter().collect()
            />
            {warnings}
        })
    })
}

/// Both pools as they are after it.
#[component]
pub(super) fn MoveResult(moving: Moving) -> impl IntoView {
    live(move || {
        let engines = moving.data.engines.value();
        let listed = engines.as_ref().map_or(&[][..], |list| &list.items);
        let pools = pool_list(moving.data);
        let rows = [moving.from.chosen(), moving.to.chosen()].into_iter().filter_map(|id| {
            let pool = pools.iter().find(|pool| Some(pool.id.into()) == id)?;
            let [now, _] = pool_changes(&[], pool, pool, listed);
            let engines = format!("{} ({} active)", now.engines[0], now.active[0]);
            Some(view! { <ComparisonRow name=now.name cells=vec![engines, sites(now.sites)] /> }.into_any())
        });
        view! { <Comparison name="As it is now" heads=&["Engines", "Sites"] rows=rows.collect() /> }
    })
}

fn sites(sites: Option<usize>) -> String {
    sites.map_or_else(|| "–".to_owned(), |sites| sites.to_string())
}

#[component]
fn ComparisonRow(name: String, cells: Vec<String>) -> impl IntoView {
    let cells = cells.into_iter().map(|text| view! { <td>{text}</td> }.into_any()).collect::<Vec<_>>();
    view! {
        <tr>
            <th scope="row">{name}</th>
            {cells}
        </tr>
    }
}

#[component]
fn Comparison(
    name: &'static str,
    /// The heads of the columns behind the pool's.
    heads: &'static [&'static str],
    rows: Vec<AnyView>,
) -> impl IntoView {
    let heads =
        heads.iter().map(|head| view! { <th scope="col">{*head}</th> }.into_any()).collect::<Vec<_>>();
    view! {
        <table class="compare">
            <caption>{name}</caption>
            <thead>
                <tr>
                    <th scope="col">"Pool"</th>
                    {heads}
                </tr>
            </thead>
            <tbody>{rows}</tbody>
        </table>
    }
}
