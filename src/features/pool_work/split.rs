//! **Split into pools**: new pools of equal size from the available engines, changed by hand before anything is created.

use std::{collections::BTreeMap, sync::Arc};

use console_api::{
    EngineId, PoolDraft, PoolId,
    rules::{
        EngineColumn, EngineFilter, EngineSort, SplitProposal, new_pool_names, pools_of, select, unavailable,
    },
};
use leptos::{ev, prelude::*};

use super::pool_list::pool_list;
use crate::{
    browser::number::counted,
    data::Data,
    features::bulk::Plan,
    forms::members::{EngineRows, status_cell},
    ui::{
        button::ActionButton,
        dialog::unique_id,
        field::problem_line,
        icon::{Icon, glyph},
        live::{follow, live, live_attribute},
        table::{
            cells::row_head,
            columns::{Column, SortBy},
            data_table::{DataTable, RowPlace, target_in_row},
            light::El,
            row::Keys,
            selection::{Selecting, Selection},
        },
    },
};

const COLUMNS: [Column; 2] = [
    Column { key: "name", label: "Name", numeric: false, sortable: false },
    Column { key: "status", label: "Status", numeric: false, sortable: false },
];
/// By what the engines can be distributed.
const ORDERS: [EngineColumn; 4] =
    [EngineColumn::Name, EngineColumn::Address, EngineColumn::Sites, EngineColumn::ProductVersion];
/// More pools than these are not made in one go.
const MOST: usize = 50;
/// What new pools are called at first, with a number behind it.
const BASE: &str = "Pool";

const TOO_FEW: &str = "Splitting needs at least two available engines: active ones that can join a pool.";

/// What is chosen. Copy it freely; all copies are the same.
#[derive(Clone, Copy)]
pub(super) struct Splitting {
    data: Data,
    rows: Memo<Arc<EngineRows>>,
    order: RwSignal<EngineColumn>,
    /// Whether engines that are already in a pool are left out.
    only_free: RwSignal<bool>,
    proposal: RwSignal<SplitProposal>,
    /// Whether something of it was typed or moved by hand.
    touched: RwSignal<bool>,
    /// What has been created of the proposal, by its place there.
    created: RwSignal<BTreeMap<usize, PoolId>>,
    /// What had been created before the rest was changed, with the engines.
    earlier: RwSignal<Vec<(PoolId, PoolDraft)>>,
    /// What is being dragged.
    dragged: StoredValue<Vec<EngineId>>,
    /// What happened last, for those who don't see it.
    said: RwSignal<String>,
}

impl Splitting {
    pub(super) fn new(data: Data, rows: Memo<Arc<EngineRows>>) -> Self {
        Self {
            data,
            rows,
            order: RwSignal::new(EngineColumn::Name),
            only_free: RwSignal::new(false),
            proposal: RwSignal::new(SplitProposal::default()),
            touched: RwSignal::new(false),
            created: RwSignal::new(BTreeMap::new()),
            earlier: RwSignal::new(Vec::new()),
            dragged: StoredValue::new(Vec::new()),
            said: RwSignal::new(String::new()),
        }
    }

    pub(super) fn begin(self) {
        self.created.set(BTreeMap::new());
        self.earlier.set(Vec::new());
        self.only_free.set(false);
        self.order.set(EngineColumn::Name);
        self.proposal.set(SplitProposal::default());
        self.touched.set(false);
        self.resize(2);
    }

    /// What is lost when the dialog closes before anything was created.
    pub(super) fn at_stake(self) -> Option<String> {
        self.touched.get().then(|| "The new pools as you changed them".to_owned())
    }

    /// Whether some of the pools have already been created.
    fn has_begun(self) -> bool {
        !self.created.with(BTreeMap::is_empty) || !self.earlier.with(Vec::is_empty)
    }

    /// Why an engine takes no part.
    fn obstacle(self, at: usize, rows: &EngineRows) -> Option<String> {
        let engine = &rows.all[at].engine;
        let given = || {
            self.earlier.with(|earlier| {
                let pool = earlier.iter().find(|(_, pool)| pool.engines.contains(&engine.id));
                pool.map(|(_, pool)| format!("It is in the new pool {}.", pool.name))
            })
        };
        unavailable(engine).or_else(given).or_else(|| {
            let pools = self.only_free.get().then(|| self.data.pools.value()).flatten()?;
            let first = pools_of(engine.id, &pools.items).first().map(|pool| pool.name.clone())?;
            Some(format!("It is already in {first}."))
        })
    }

    /// The engines that take part, in the order in which they are distributed.
    fn available(self) -> Vec<EngineId> {
        let rows = self.rows.get();
        let sort = EngineSort { column: self.order.get(), descending: false };
        let all = select(&rows.all, &EngineFilter::default(), sort);
        let all = all.into_iter().filter(|at| self.obstacle(*at, &rows).is_none());
        all.map(|at| rows.all[at].engine.id).collect()
    }

    /// Makes it so many pools. Names that were typed stay.
    fn resize(self, count: usize) {
        let engines = untrack(|| self.available());
        let mut names = self.proposal.with_untracked(|it| {
            it.pools.iter().map(|pool| pool.name.clone()).take(count).collect::<Vec<_>>()
        });
        let pools = untrack(|| pool_list(self.data));
        let free = new_pool_names(BASE, count + names.len(), &pools);
        for name in free {
            if names.len() < count && !names.contains(&name) {
                names.push(name);
            }
        }
        self.proposal.set(SplitProposal::new(names, &engines));
    }

    /// Distributes the engines again.
    fn deal(self) {
        let engines = untrack(|| self.available());
        self.proposal.update(|proposal| proposal.deal(&engines));
    }

    /// Whether there is nothing to split.
    fn is_too_small(self) -> bool {
        let engines = self.proposal.with(|it| it.pools.iter().map(|pool| pool.engines.len()).sum::<usize>());
        engines < 2 && !self.has_begun()
    }

    fn problems(self) -> Vec<Option<String>> {
        let pools = self.data.pools.value();
        let listed = pools.as_ref().map_or(&[][..], |list| &list.items);
        self.proposal.with(|proposal| proposal.problems(listed))
    }

    pub(super) fn plan(self) -> Plan {
        let rows = self.rows.get();
        let left_out = (0..rows.all.len())
            .filter_map(|at| Some((rows.all[at].engine.name.clone(), self.obstacle(at, &rows)?)))
            .collect();
        let names = self.proposal.with(|proposal| {
            let line = |name: &str, engines: usize| format!("{name}: {}", counted(engines, "engine"));
            proposal.pools.iter().map(|pool| line(pool.name.trim(), pool.engines.len())).collect::<Vec<_>>()
        });
        let refused = if self.is_too_small() {
            Some(TOO_FEW.to_owned())
        } else if self.problems().iter().any(Option::is_some) {
            Some("Give each pool a different name first.".to_owned())
        } else {
            None
        };
        let title = format!("Create {}", counted(names.len(), "pool"));
        Plan { title, names, what: ("pool", "be created"), left_out, refused }
    }

    pub(super) fn start(self) {
        let mut pools = self.proposal.with_untracked(|proposal| proposal.pools.clone());
        for pool in &mut pools {
            pool.name = pool.name.trim().to_owned();
        }
        self.created.set(BTreeMap::new());
        let created = self.created;
        // The page may have been left in the meantime.
        self.data.create_pools(pools, move |at, id| {
            created.try_update(|created| created.insert(at, id));
        });
    }

    fn move_to(self, engines: &[EngineId], to: usize) {
        if engines.is_empty() {
            return;
        }
        self.proposal.update(|proposal| proposal.move_to(engines, to));
        self.touched.set(true);
        let what = match engines {
            [one] => self.rows.with_untracked(|rows| rows.name(one.get())),
            many => counted(many.len(), "engine"),
        };
        self.said.set(format!("{what} moved to new pool {}.", to + 1));
    }

    fn cells(self, RowPlace { key, .. }: RowPlace) -> Vec<El> {
        let rows = self.rows.get();
        let name = rows.name(key);
        let grip = El::new("span", "grip").is("draggable", "true").text(name.clone());
        vec![row_head(&name).with(grip), status_cell(rows.get(key), None)]
    }

    /// What has been created of the proposal.
    fn done(self) -> Vec<(PoolId, PoolDraft)> {
        let created = self.created.get();
        self.proposal.with(|proposal| {
            let pool = |(at, id): (&usize, &PoolId)| Some((*id, proposal.pools.get(*at)?.clone()));
            created.iter().filter_map(pool).collect()
        })
    }
}

/// How many, by what order, with which names, and which engines where.
#[component]
pub(super) fn SplitQuestion(splitting: Splitting) -> impl IntoView {
    let count = Memo::new(move |_| splitting.proposal.with(|proposal| proposal.pools.len()));
    // Who opens it before the lists have come sees the proposal as soon as they are there.
    follow(move || {
        let there = splitting.data.engines.value().is_some() && splitting.data.pools.value().is_some();
        let dealt = untrack(|| {
            splitting.proposal.with(|proposal| proposal.pools.iter().any(|pool| !pool.engines.is_empty()))
        });
        if there && !dealt && !untrack(|| splitting.has_begun()) {
            splitting.resize(count.get_untracked().max(2));
        }
    });
    let (count_id, order_id) = (unique_id("pool-count"), unique_id("pool-order"));
    let set_count = move |event| {
        let most = untrack(|| splitting.available()).len().clamp(2, MOST);
        let wanted = event_target_value(&event).trim().parse::<usize>().unwrap_or(2).clamp(2, most);
        splitting.resize(wanted);
    };
    let set_order = move |event| {
        splitting
            .order
            .set(EngineColumn::from_key(&event_target_value(&event)).unwrap_or(EngineColumn::Name));
        splitting.deal();
    };
    let orders = ORDERS.map(|column| {
        view! {
            <option value=column.key() selected=move || splitting.order.get() == column>
                {column.label()}
            </option>
        }
        .into_any()
    });
    let set_free = move |event| {
        splitting.only_free.set(event_target_checked(&event));
        splitting.deal();
    };
    view! {
        <div class="split">
            <p>
                "The active engines that can join a pool are distributed evenly. Drag an engine to another pool, or select some and move them. They stay in their other pools."
            </p>
            <div class="split-controls">
                <div class="field">
                    <label for=count_id.clone()>"Number of pools"</label>
                    <input
                        class="input"
                        id=count_id
                        type="number"
                        min="2"
                        max=MOST.to_string()
                        step="1"
                        prop:value=move || count.get().to_string()
                        on:change=set_count
                    />
                </div>
                <div class="field">
                    <label for=order_id.clone()>"Distribute by"</label>
                    <select class="select" id=order_id on:change=set_order>
                        {orders.into_iter().collect_view()}
                    </select>
                </div>
                <label class="check">
                    <input type="checkbox" prop:checked=move || splitting.only_free.get() on:change=set_free />
                    "Only engines that aren't in a pool yet"
                </label>
                <ActionButton
                    icon=Icon::Refresh
                    label="Distribute evenly".to_owned()
                    on_press=Callback::new(move |()| splitting.deal())
                />
            </div>
            {live(move || {
                let too_few = splitting.is_too_small() && splitting.data.engines.value().is_some();
                too_few.then(|| problem_line(TOO_FEW.to_owned()))
            })}
            <div class="split-pools">
                {live(move || (0..count.get()).map(|at| view! { <NewPoolCard splitting at count /> }).collect_view())}
            </div>
            <p class="unseen" role="status">
                {live(move || splitting.said.get())}
            </p>
        </div>
    }
}

/// One of the new pools: its name, its engines, and where they can go.
#[component]
fn NewPoolCard(splitting: Splitting, at: usize, count: Memo<usize>) -> impl IntoView {
    let number = at + 1;
    let selection = Selection::new();
    let keys = Memo::new(move |_| -> Keys {
        let keys = splitting.proposal.with(|proposal| {
            let pool = proposal.pools.get(at)?;
            Some(pool.engines.iter().map(|id| id.get()).collect::<Vec<_>>())
        });
        Some(Arc::new(keys.unwrap_or_default()))
    });
    // An engine that was moved away is no longer meant here.
    follow(move || {
        let keys = keys.get().unwrap_or_default();
        if untrack(|| selection.count()) > 0 {
            selection.keep(|key| keys.contains(&key));
        }
    });
    let name = move || {
        splitting
            .proposal
            .with(|proposal| proposal.pools.get(at).map(|pool| pool.name.clone()))
            .unwrap_or_default()
    };
    let set_name = move |event| {
        let text = event_target_value(&event);
        splitting.proposal.update(|proposal| {
            if let Some(pool) = proposal.pools.get_mut(at) {
                pool.name = text;
            }
        });
        splitting.touched.set(true);
    };
    let problem = Memo::new(move |_| splitting.problems().get(at).cloned().flatten());
    let size = move || counted(keys.with(|keys| keys.as_ref().map_or(0, |keys| keys.len())), "engine");
    let to = RwSignal::new(usize::from(at == 0));
    let others = move || {
        (0..count.get())
            .filter(|other| *other != at)
            .map(|other| {
                let label = move || {
                    let name =
                        splitting.proposal.with(|it| it.pools.get(other).map(|pool| pool.name.clone()));
                    name.filter(|name| !name.trim().is_empty())
                        .unwrap_or_else(|| format!("New pool {}", other + 1))
                };
                view! {
                    <option value=other.to_string() selected=move || to.get() == other>
                        {live(label)}
                    </option>
                }
                .into_any()
            })
            .collect::<Vec<_>>()
    };
    let chosen = move || {
        let keys = keys.get_untracked().unwrap_or_default();
        let chosen = keys.iter().copied().filter(|key| selection.contains(*key));
        chosen.map(EngineId).collect::<Vec<_>>()
    };
    let refused = move || (selection.count() == 0).then(|| "Select engines in the list first.".to_owned());
    let move_chosen = move |_| {
        if untrack(refused).is_none() {
            let chosen = untrack(chosen);
            splitting.move_to(&chosen, to.get_untracked());
        }
    };
    let begin = move |event: ev::DragEvent| {
        let Some((_, key)) = target_in_row(&event) else { return };
        let together = untrack(|| selection.contains(key));
        splitting.dragged.set_value(if together { untrack(chosen) } else { vec![EngineId(key)] });
        // Firefox drags nothing without data. Where it can't be set nothing is dragged.
        if let Some(transfer) = event.data_transfer() {
            _ = transfer.set_data("text/plain", &key.to_string());
        }
    };
    let over = RwSignal::new(false);
    let on_over = move |event: ev::DragEvent| {
        if splitting.dragged.with_value(|dragged| !dragged.is_empty()) {
            event.prevent_default();
            over.set(true);
        }
    };
    let on_drop = move |event: ev::DragEvent| {
        event.prevent_default();
        over.set(false);
        let dragged = splitting.dragged.try_update_value(std::mem::take).unwrap_or_default();
        splitting.move_to(&dragged, at);
    };
    let (name_id, problem_id) = (unique_id("new-pool"), unique_id("new-pool-problem"));
    view! {
        <section
            class=move || if over.get() { "members split-pool over" } else { "members split-pool" }
            aria-label=format!("New pool {number}")
            on:dragstart=begin
            on:dragend=move |_| splitting.dragged.set_value(Vec::new())
            on:dragover=on_over
            on:dragleave=move |_| over.set(false)
            on:drop=on_drop
        >
            <div class="field">
                <label for=name_id.clone()>{format!("Name of new pool {number}")}</label>
                <input
                    class="input"
                    id=name_id
                    type="text"
                    autocomplete="off"
                    spellcheck="false"
                    prop:value=name
                    on:input=set_name
                    aria-invalid=live_attribute(move || problem.with(Option::is_some).then_some("true"))
                    aria-describedby=problem_id.clone()
                />
                <div id=problem_id aria-live="polite">
                    {live(move || problem.get().map(problem_line))}
                </div>
            </div>
            <p class="split-size">{live(size)}</p>
            <DataTable
                name=format!("Engines of new pool {number}")
                class="members-table picks"
                columns=Signal::stored(COLUMNS.to_vec())
                keys
                sort=Memo::new(|_| SortBy::from_query(""))
                on_sort=Callback::new(|_| ())
                cells=Callback::new(move |place| Some(splitting.cells(place)))
                working=Callback::new(|_| false)
                selecting=Selecting {
                    selection,
                    name: Callback::new(move |key| splitting.rows.with(|rows| rows.name(key))),
                }
                empty=Callback::new(|()| {
                    view! {
                        <div class="table-empty">
                            <p>"No engines. The pool is created empty."</p>
                        </div>
                    }
                    .into_any()
                })
            />
            <div class="split-move">
                <select
                    class="select"
                    aria-label=format!("Move selected of new pool {number} to")
                    on:change=move |event| to.set(event_target_value(&event).parse().unwrap_or(0))
                >
                    {live(others)}
                </select>
                <button
                    type="button"
                    class="button small"
                    aria-label=format!("Move selected of new pool {number}")
                    aria-disabled=live_attribute(move || refused().map(|_| "true"))
                    title=live_attribute(refused)
                    on:click=move_chosen
                >
                    "Move selected"
                </button>
            </div>
        </section>
    }
}

/// Where not all could be created: what exists now, and the ways on.
#[component]
pub(super) fn SplitResult(splitting: Splitting) -> impl IntoView {
    live(move || {
        let whole = splitting
            .data
            .bulk
            .look(|run| run.is_none_or(|run| run.running || run.failed.is_empty() && run.left.is_empty()));
        let exist = splitting.earlier.get().into_iter().chain(splitting.done()).collect::<Vec<_>>();
        let names = exist.iter().map(|(id, pool)| (*id, pool.name.clone())).collect::<Vec<_>>();
        // While new pools are taken back, the run is about those.
        let creating = splitting.data.bulk.look(|run| run.is_some_and(|run| run.doing == "Creating pools"));
        if whole || !creating {
            return None;
        }
        let bulk = splitting.data.bulk;
        let change = move |_| {
            let done = untrack(|| splitting.done());
            splitting.earlier.update(|earlier| earlier.extend(done));
            let created = splitting.created.try_update(std::mem::take).unwrap_or_default();
            splitting.proposal.update(|proposal| {
                let pools = std::mem::take(&mut proposal.pools).into_iter().enumerate();
                proposal.pools =
                    pools.filter(|(at, _)| !created.contains_key(at)).map(|(_, pool)| pool).collect();
            });
            // Asked for again, with what is left.
            bulk.close();
        };
        let exist = if names.is_empty() {
            "None of the pools was created.".to_owned()
        } else {
            let names = names.iter().map(|(_, name)| name.as_str()).collect::<Vec<_>>();
            format!("These pools were created: {}.", names.join(", "))
        };
        let nothing_to_take_back = names.is_empty();
        let take_back = move |_| {
            bulk.close();
            splitting.data.take_back_pools(names.clone(), move |id| {
                // The page may have been left in the meantime.
                splitting.created.try_update(|created| created.retain(|_, it| *it != id));
                splitting.earlier.try_update(|earlier| earlier.retain(|(it, _)| *it != id));
            });
        };
        Some(view! {
            <div class="notice uncertain">
                <strong>{exist}</strong>
                <span>"Retry failed creates the others as they are. You can change their names and engines first."</span>
                <div class="buttons">
                    <button type="button" class="button" on:click=change>
                        {glyph(Icon::Edit, "")}
                        "Change the others"
                    </button>
                    {(!nothing_to_take_back)
                        .then(|| {
                            view! {
                                <button type="button" class="button" on:click=take_back>
                                    {glyph(Icon::Delete, "")}
                                    "Delete the new pools"
                                </button>
                            }
                        })}
                </div>
            </div>
        })
    })
}
