//! The engines of a pool as two lists: **Available engines** and **Engines in pool**.
//!
//! Each is a table of which only the rows in view are in the document, so that ten thousand engines are no trouble. A
//! row's button, or Enter on the row, moves its engine over; the selected ones move together.

use console_api::rules::{sort_by, sort_by_cached_key};
use std::sync::Arc;

use console_api::{
    EngineId, EngineStatus,
    rules::{Arrow, EngineFilter, EngineRow, EngineSort, may_join_pool, only_in, prepare_rows, select},
};
use leptos::prelude::*;
use wasm_bindgen::JsCast;

use crate::{
    browser::number,
    data::Data,
    ui::{
        button::ActionButton,
        filter::SearchBox,
        icon::Icon,
        live::{live, live_attribute},
        status::mark_title,
        table::{
            cells::{actions_cell, mark_el, row_button},
            columns::{Column, SortBy},
            data_table::{DataTable, RowPlace},
            keys::KeyMap,
            light::El,
            order::Asked,
            row::{Keys, RowKey},
            selection::{Selecting, Selection},
        },
    },
};

const COLUMNS: [Column; 3] = [
    Column { key: "name", label: "Name", numeric: false, sortable: true },
    Column { key: "status", label: "Status", numeric: false, sortable: true },
    Column { key: "actions", label: "Actions", numeric: false, sortable: false },
];

/// All engines, ready to be shown in lists beside one another.
#[derive(Debug, Default, PartialEq, Eq)]
pub struct EngineRows {
    /// The engines.
    pub all: Vec<EngineRow>,
    place: KeyMap<usize>,
}

impl EngineRows {
    /// The engines that the console lists now, as a signal; none before they were read.
    pub fn follow(data: Data) -> Memo<Arc<Self>> {
        Memo::new(move |_| {
            let Some(list) = data.engines.value() else { return Arc::default() };
            let all = prepare_rows(list.items.clone(), &[], None);
            let place = all.iter().enumerate().map(|(at, row)| (row.engine.id.get(), at)).collect();
            Arc::new(Self { all, place })
        })
    }

    /// The engine of a key; `None` when the list does not have it.
    pub fn get(&self, key: RowKey) -> Option<&EngineRow> {
        self.all.get(*self.place.get(&key)?)
    }

    /// Whether an engine can join a pool.
    fn can_join(&self, key: RowKey) -> bool {
        self.get(key).is_some_and(|row| may_join_pool(&row.engine).is_ok())
    }

    /// The name of an engine, also of one that the list does not have.
    pub fn name(&self, key: RowKey) -> String {
        self.get(key).map_or_else(|| format!("Engine {key}"), |row| row.engine.name.clone())
    }
}

/// One of the two lists.
#[derive(Clone, Copy)]
struct Side {
    data: Data,
    /// Whether it is the list of those in the pool.
    inside: bool,
    rows: Memo<Arc<EngineRows>>,
    members: RwSignal<Vec<EngineId>>,
    filter: RwSignal<String>,
    sort: RwSignal<EngineSort>,
    /// What the filter leaves, in order.
    keys: Memo<Keys>,
    selection: Selection,
    /// What happened last, for those who don't see it.
    said: RwSignal<String>,
}

impl Side {
    const fn name(self) -> &'static str {
        if self.inside { "Engines in pool" } else { "Available engines" }
    }

    const fn verb(self) -> &'static str {
        if self.inside { "Remove" } else { "Add" }
    }

    fn name_of(self, key: RowKey) -> String {
        self.rows.with(|rows| rows.name(key))
    }

    /// Why this engine can't go over to the other list.
    fn refusal(self, key: RowKey) -> Option<String> {
        if self.inside {
            return None;
        }
        self.rows.with(|rows| may_join_pool(&rows.get(key)?.engine).err().map(|refusal| refusal.to_string()))
    }

    /// The selected engines of those on screen that can go over.
    fn meant(self) -> Vec<RowKey> {
        let keys = self.keys.get().unwrap_or_default();
        let meant = |key: &RowKey| self.selection.contains(*key) && self.refusal(*key).is_none();
        keys.iter().copied().filter(meant).collect()
    }

    /// Moves engines over to the other list.
    fn move_over(self, keys: &[RowKey]) {
        let ids = keys.iter().copied().map(EngineId).collect::<Vec<_>>();
        let what = match keys {
            [one] => untrack(|| self.name_of(*one)),
            many => number::counted(many.len(), "engine"),
        };
        self.selection.set(keys, false);
        self.members.update(|members| {
            if self.inside {
                *members = only_in(members, &ids);
            } else {
                let new = only_in(&ids, members);
                members.extend(new);
            }
        });
        let done = if self.inside { "removed" } else { "added" };
        self.said.set(format!("{what} {done}."));
    }

    /// Moves one engine over. Its row leaves the list, and the focus goes to the one that takes its place.
    fn move_one(self, key: RowKey) {
        let at = untrack(|| self.keys.get()).and_then(|keys| keys.iter().position(|it| *it == key));
        self.move_over(&[key]);
        let Some(at) = at else { return };
        let left = untrack(|| self.keys.get()).map_or(0, |keys| keys.len());
        let selector = match left.checked_sub(1) {
            // The head is the first row.
            Some(last) => {
                format!("table[aria-label='{}'] tr[aria-rowindex='{}']", self.name(), at.min(last) + 2)
            }
            None => format!("input[aria-label='{}']", self.filter_label()),
        };
        request_animation_frame(move || {
            let next = document().query_selector(&selector).ok().flatten();
            if let Some(next) = next.and_then(|next| next.dyn_into::<web_sys::HtmlElement>().ok()) {
                // An element that can't take the focus leaves it where it was.
                _ = next.focus();
            }
        });
    }

    const fn filter_label(self) -> &'static str {
        if self.inside { "Filter engines in pool" } else { "Filter available engines" }
    }
}

/// The two lists.
#[component]
pub fn MemberLists(
    /// The engines in the pool.
    members: RwSignal<Vec<EngineId>>,
) -> impl IntoView {
    let data = Data::here();
    let rows = EngineRows::follow(data);
    let said = RwSignal::new(String::new());
    // The ids in order, for looking up.
    let inside = Memo::new(move |_| {
        let mut keys = members.with(|members| members.iter().map(|id| id.get()).collect::<Vec<_>>());
        sort_by(&mut keys, Ord::cmp);
        Arc::new(keys)
    });
    let side = |is_inside: bool| {
        let (filter, sort) = (RwSignal::new(String::new()), RwSignal::new(EngineSort::default()));
        // What moving an engine over does not change.
        let order = Memo::new(move |_| {
            let rows = rows.get();
            let filter = filter.with(|filter| EngineFilter::new(filter, Vec::new()));
            let order = select(&rows.all, &filter, sort.get());
            Arc::new(order.into_iter().map(|at| rows.all[at].engine.id.get()).collect::<Vec<_>>())
        });
        let keys = Memo::new(move |_| {
            if data.engines.value().is_none() {
                // A list that could not be read is no longer on its way.
                return data.engines.failed().map(|_| Arc::default());
            }
            let (order, inside) = (order.get(), inside.get());
            let here = |key: &RowKey| inside.binary_search(key).is_ok() == is_inside;
            let mut keys = order.iter().copied().filter(here).collect::<Vec<_>>();
            if !is_inside {
                // Those that can't join come last.
                sort_by_cached_key(&mut keys, |key| rows.with(|rows| !rows.can_join(*key)));
            }
            // A pool may have engines that this account does not see. They must not be lost.
            if is_inside && filter.with(|filter| filter.trim().is_empty()) {
                let rows = rows.get();
                keys.extend(inside.iter().copied().filter(|key| rows.get(*key).is_none()));
            }
            Some(Arc::new(keys))
        });
        Side { data, inside: is_inside, rows, members, filter, sort, keys, selection: Selection::new(), said }
    };
    view! {
        <div class="member-lists">
            <MemberList side={side(false)} /> <MemberList side={side(true)} />
            <p class="unseen" role="status">
                {live(move || said.get())}
            </p>
        </div>
    }
}

#[component]
fn MemberList(side: Side) -> impl IntoView {
    let number = |count: usize| number::count(count as u64);
    let count = move || {
        let rows = side.rows.get();
        if !side.inside {
            let (can, all) = side.keys.with(|keys| {
                let keys = keys.as_ref()?;
                Some((keys.iter().filter(|key| rows.can_join(**key)).count(), keys.len()))
            })?;
            let others =
                if can < all { format!(" ({} can't join)", number(all - can)) } else { String::new() };
            return Some(format!("{}{others}", number(can)));
        }
        let active =
            |id: &&EngineId| rows.get(id.get()).is_some_and(|row| row.engine.status == EngineStatus::Active);
        Some(side.members.with(|members| {
            let active = members.iter().filter(active).count();
            format!("{} ({} active)", number(members.len()), number(active))
        }))
    };
    let refused = Signal::derive(move || {
        let selected = side.keys.with(|keys| keys.as_ref().map_or(0, |keys| side.selection.count_of(keys)));
        if selected == 0 {
            Some("Select engines in the list first.".to_owned())
        } else {
            side.meant().is_empty().then(|| "None of the selected engines can join a pool.".to_owned())
        }
    });
    let label = Signal::derive(move || format!("{} selected", side.verb()));
    let move_all = Callback::new(move |()| {
        let meant = untrack(|| side.meant());
        side.move_over(&meant);
    });
    view! {
        <section class="members" aria-label=side.name()>
            <h2>{side.name()} ": " <span class="number">{live(count)}</span></h2>
            <SearchBox
                label=side.filter_label()
                title="Searches name, address, status and versions. All words must occur."
                value=side.filter
            />
            <DataTable
                name=side.name()
                class="members-table"
                columns=Signal::stored(COLUMNS.to_vec())
                keys=side.keys
                asked=Asked::of(move || format!("{} {}", side.sort.get().key(), side.filter.get()))
                sort=Memo::new(move |_| SortBy::from_query(&side.sort.get().key()))
                on_sort=Callback::new(move |by: SortBy| {
                    side.sort.set(EngineSort::from_key(&by.to_query()).unwrap_or_default());
                })
                cells=Callback::new(move |place| Some(cells(side, place)))
                on_action=Callback::new(move |(key, _)| side.move_one(key))
                working=Callback::new(|_| false)
                selecting=Selecting { selection: side.selection, name: Callback::new(move |key| side.name_of(key)) }
                empty=Callback::new(move |()| empty(side))
            />
            <div class="buttons">
                <ActionButton
                    icon=if side.inside { Icon::Close } else { Icon::Add }
                    label
                    small=true
                    refused
                    on_press=move_all
                />
            </div>
        </section>
    }
}

fn cells(side: Side, RowPlace { key, tabindex }: RowPlace) -> Vec<El> {
    let name = side.name_of(key);
    let refusal = side.refusal(key);
    let rows = side.rows.get();
    let row = rows.get(key);
    let address = row.map(|row| row.engine.address.clone()).unwrap_or_default();
    let status = status_cell(row, refusal.as_deref());
    let icon = if side.inside { Icon::Close } else { Icon::Add };
    let label = format!("{} {name}", side.verb());
    vec![
        El::new("th", "c-name").is("scope", "row").is("title", format!("{name} {address}")).text(name),
        status,
        actions_cell([row_button(icon, "move", label, refusal, tabindex)]),
    ]
}

/// What is in the place of a list without rows.
fn empty(side: Side) -> AnyView {
    let data = side.data;
    if let Some(error) = data.engines.failed().filter(|_| data.engines.value().is_none()) {
        return view! {
            <div class="table-empty">
                <p role="alert">"The engines could not be read. " {error.in_full()}</p>
                <button
                    type="button"
                    class="button"
                    aria-disabled=live_attribute(move || data.engines.is_reading().then_some("true"))
                    on:click=move |_| data.read_engines()
                >
                    "Try again"
                </button>
            </div>
        }
        .into_any();
    }
    let filtered = side.filter.with(|filter| !filter.trim().is_empty());
    let words = match (filtered, side.inside) {
        (true, _) => "No engine matches the filter.",
        (false, true) => "No engine is in the pool. It can be saved empty.",
        (false, false) if side.rows.with(|rows| rows.all.is_empty()) => "The console has no engine yet.",
        (false, false) => "All engines are in the pool.",
    };
    view! {
        <div class="table-empty">
            <p>{words}</p>
        </div>
    }
    .into_any()
}

/// The cell with an engine's status, or why it can't join.
pub fn status_cell(row: Option<&EngineRow>, refusal: Option<&str>) -> El {
    let mark =
        row.filter(|_| refusal.is_none()).map(|row| (Arrow::of(&row.engine), row.engine.status.label()));
    let (words, title) = match (refusal, mark) {
        (Some(why), _) => (format!("Can't join: {}", in_short(why)), Some(why.to_owned())),
        (None, Some(_)) => (String::new(), None),
        (None, None) => (
            "Not in the list of engines".to_owned(),
            Some("It is in the pool, but not in the console's list of engines.".to_owned()),
        ),
    };
    let class = if mark.is_some() { "c-status" } else { "c-status cannot" };
    let on_hover = mark.map(|(arrow, label)| mark_title(arrow, label)).unwrap_or_default();
    El::new("td", class).is("title", title).with(mark_el(mark, on_hover)).text(words)
}

/// The kind of engine alone, of a sentence that says for which kind something is not possible.
fn in_short(why: &str) -> String {
    let kind = why.strip_prefix("Not possible for ").unwrap_or(why);
    kind.split_once(',').map_or(kind, |(kind, _)| kind).trim_end_matches('.').to_owned()
}
