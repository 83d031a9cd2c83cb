//! **Pools** of an engine: which ones it is in, with a way into another and out of each.

use std::sync::Arc;

use console_api::{
    Engine, EngineStatus, Error, Pool, PoolId,
    rules::{may_join_pool, pool_candidates, pools_of, sites_in_words},
};
use leptos::{html, prelude::*, task::spawn_local};
use rustc_hash::FxHashMap;

use super::EngineState;
use crate::{
    browser::number::counted,
    forms::picker::{Picker, Picking},
    routes::Route,
    ui::{
        confirm::{Asked, Confirm},
        dialog::Open,
        field::problem_line,
        focus::focus_heading_if_lost,
        icon::{Icon, glyph},
        live::{live, live_attribute},
        toast::{Toasts, Tone},
    },
};

/// What the tab's parts share. Copy it freely; all copies are the same.
#[derive(Clone, Copy)]
struct Tab {
    page: EngineState,
    toasts: Toasts,
    /// The pools that it is being added to or taken out of.
    busy: RwSignal<Vec<PoolId>>,
    /// What went wrong, by pool.
    failed: RwSignal<FxHashMap<PoolId, String>>,
    /// The pool that it is not taken out of without a question.
    asked: RwSignal<Option<PoolId>>,
    /// The pool that it is to join.
    joins: Picking,
}

impl Tab {
    fn change(self, pool: PoolId, name: String, joins: bool) {
        if self.busy.with_untracked(|busy| busy.contains(&pool)) {
            return;
        }
        let Some(engine) = untrack(|| self.page.engine.get()) else { return };
        self.busy.update(|busy| busy.push(pool));
        self.failed.update(|failed| _ = failed.remove(&pool));
        spawn_local(async move {
            let data = self.page.data;
            let result = match joins {
                true => data.join_pool(engine.id, pool).await,
                false => data.leave_pool(engine.id, pool).await,
            };
            _ = self.busy.try_update(|busy| busy.retain(|it| *it != pool));
            match result {
                Ok(()) => {
                    if joins && self.joins.has(pool.into()) {
                        self.joins.clear();
                    }
                    let how = if joins { "is in" } else { "is no longer in" };
                    self.toasts.say(Tone::Good, format!("{} {how} pool {name}.", engine.name), None);
                    focus_heading_if_lost();
                }
                Err(Error::Cancelled) => {}
                Err(error) => {
                    let what = if joins { "It was not added to" } else { "It was not removed from" };
                    let words = format!("{what} pool {name}. {}", error.in_full());
                    // Who has left the tab hears it in the news.
                    if self.failed.try_update(|failed| failed.insert(pool, words.clone())).is_none() {
                        self.toasts.say(Tone::Bad, engine.name.clone(), Some(words));
                    }
                }
            }
        });
    }
}

/// The tab.
#[component]
pub(super) fn EnginePools(page: EngineState) -> impl IntoView {
    let pools = Memo::new(move |_| {
        let member =
            page.data.pools.value().map(|list| {
                pools_of(page.id, &list.items).into_iter().map(|pool| pool.id).collect::<Vec<_>>()
            });
        let member = member.unwrap_or_default();
        let refuse = |id| member.contains(&id).then(|| "The engine is already in this pool.".to_owned());
        Arc::new(pool_candidates(&page.data.scanners(), refuse))
    });
    let tab = Tab {
        page,
        toasts: Toasts::here(),
        busy: RwSignal::new(Vec::new()),
        failed: RwSignal::new(FxHashMap::default()),
        asked: RwSignal::new(None),
        joins: Picking::new(pools),
    };
    untrack(|| page.data.want_scanners());
    let there = Memo::new(move |_| page.data.pools.value().is_some());
    view! {
        <div role="status" class="troubles">
            <EnginePoolsTroubles page />
        </div>
        {live(move || {
            if there.get() {
                return view! {
                    <Memberships tab />
                    <AddToPool tab />
                    <LastEngineDialog tab />
                }
                .into_any();
            }
            if page.data.pools.failed().is_some() {
                return ().into_any();
            }
            let bones = ["w2", "w1"].map(|width| view! { <p><span class=format!("bone {width}")></span></p> });
            view! {
                <div class="card" aria-busy="true">
                    <span class="unseen">"The pools are being read."</span>
                    {bones.into_iter().collect_view()}
                </div>
            }
                .into_any()
        })}
    }
}

/// The pools could not be read. What is on screen stays.
#[component]
fn EnginePoolsTroubles(page: EngineState) -> impl IntoView {
    live(move || {
        let error = page.data.pools.failed()?;
        let what = page.data.pools.read_at().map_or_else(
            || "The pools could not be read.".to_owned(),
            |at| format!("The pools could not be reloaded. What you see is from {}.", page.clock.exact(at)),
        );
        let view = view! {
            <div class="notice bad">
                <strong class="problem-line">{glyph(Icon::Failed, "")} {what}</strong>
                <span>{error.in_full()}</span>
                <div>
                    <button type="button" class="button" on:click=move |_| page.data.read_engines()>
                        "Try again"
                    </button>
                </div>
            </div>
        };
        Some(view)
    })
}

/// The pools that it is in.
#[component]
fn Memberships(tab: Tab) -> impl IntoView {
    live(move || {
        let (Some(engine), Some(list)) = (tab.page.engine.get(), tab.page.data.pools.value()) else {
            return ().into_any();
        };
        let pools = pools_of(engine.id, &list.items);
        if pools.is_empty() {
            let none = "It is in no pool, so it alone scans its sites.";
            return view! { <p>{tab.page.data.no_pools().unwrap_or_else(|| none.to_owned())}</p> }.into_any();
        }
        let rows = pools.into_iter().map(|pool| {
            let [active, others] = [false, true].map(|besides| active_besides(tab, pool, besides));
            view! { <Membership tab pool=pool.clone() active others /> }
        });
        view! {
            <ul class="rows" aria-label="Pools of this engine">
                {rows.collect_view()}
            </ul>
        }
        .into_any()
    })
}

#[component]
fn Membership(
    tab: Tab,
    pool: Pool,
    /// How many engines of the pool are active.
    active: usize,
    /// The same without this one.
    others: usize,
) -> impl IntoView {
    let id = pool.id;
    let name = pool.name.clone();
    let engines = counted(pool.engines.len(), "engine");
    let sites = pool.sites.as_ref().map(|sites| format!(", {}", sites_in_words(sites.len())));
    let facts = format!("{engines}, {active} active{}", sites.unwrap_or_default());
    let busy = move || tab.busy.with(|busy| busy.contains(&id));
    let remove = {
        let name = name.clone();
        let asks = others == 0 && pool.sites.as_ref().is_none_or(|sites| !sites.is_empty());
        move |_| {
            if asks {
                tab.asked.set(Some(id));
            } else {
                tab.change(id, name.clone(), false);
            }
        }
    };
    view! {
        <li>
            <div class="row-line">
                <a href=Route::Pool(id).href()>{name.clone()}</a>
                <span class="secondary">{facts}</span>
                <button
                    type="button"
                    class="button small"
                    aria-label=format!("Remove from {name}")
                    aria-disabled=live_attribute(move || busy().then_some("true"))
                    on:click=remove
                >
                    "Remove"
                </button>
            </div>
            <div role="alert">
                {live(move || tab.failed.with(|failed| failed.get(&id).cloned()).map(problem_line))}
            </div>
        </li>
    }
}

/// How many engines of the pool are active, with or without this one.
fn active_besides(tab: Tab, pool: &Pool, besides: bool) -> usize {
    let list = tab.page.data.engines.value();
    let engines = list.as_ref().map_or(&[][..], |list| &list.items);
    let counts = |engine: &&Engine| {
        engine.status == EngineStatus::Active
            && pool.engines.contains(&engine.id)
            && !(besides && engine.id == tab.page.id)
    };
    engines.iter().filter(counts).count()
}

/// The way into another pool. The card stays while the engine and the pools are read again, and with it the focus and the choice.
#[component]
fn AddToPool(tab: Tab) -> impl IntoView {
    let input = NodeRef::<html::Input>::new();
    // Whether **Add to pool** was pressed too early: then what is missing is shown.
    let pressed = RwSignal::new(false);
    let refused = move || {
        let refusal = tab.page.engine.with(|engine| may_join_pool(engine.as_ref()?).err());
        refusal.map(|refusal| refusal.to_string()).or_else(|| tab.page.data.no_pools())
    };
    let chosen = move || Some((tab.joins.chosen()?, tab.joins.label()?));
    let choice = move || {
        view! {
            <Picker
                label="Engine pool"
                help="Type part of its name."
                picking=tab.joins
                missing=Signal::derive(move || {
                    pressed.get().then(|| "Choose the pool first.".to_owned()).filter(|_| tab.joins.chosen().is_none())
                })
                input
                new_pool=format!("{}#new-pool", Route::Engine(tab.page.id).path())
            />
        }
    };
    let can_be = Memo::new(move |_| refused().is_none());
    let add = move |_| {
        if !can_be.get_untracked() {
            return;
        }
        pressed.set(true);
        if let Some((id, name)) = untrack(chosen) {
            tab.change(PoolId(id.get()), name, true);
        } else if let Some(input) = input.get_untracked() {
            // An element that can't take the focus leaves it where it was.
            _ = input.focus();
        }
    };
    view! {
        <section class="card" aria-labelledby="add-to-pool">
            <h2 id="add-to-pool">"Add to another pool"</h2>
            <p>
                {live(move || {
                    refused()
                        .unwrap_or_else(|| {
                            "The engine then shares the load of the sites that use the pool. It stays in its other pools, and keeps its own sites."
                                .to_owned()
                        })
                })}
            </p>
            {live(move || can_be.get().then(choice))}
            <div class="buttons">
                <button
                    type="button"
                    class="button"
                    aria-disabled=live_attribute(move || (!can_be.get()).then_some("true"))
                    title=live_attribute(refused)
                    on:click=add
                >
                    {glyph(Icon::Add, "")}
                    "Add to pool"
                </button>
            </div>
            <div role="alert">
                {live(move || {
                    let chosen = PoolId(tab.joins.chosen()?.get());
                    tab.failed.with(|failed| failed.get(&chosen).cloned()).map(problem_line)
                })}
            </div>
        </section>
    }
}

/// Asks before a pool that sites use loses its last active engine.
#[component]
fn LastEngineDialog(tab: Tab) -> impl IntoView {
    let open = Open::derived(move || tab.asked.with(Option::is_some), move || tab.asked.set(None));
    let pool = Memo::new(move |_| {
        let id = tab.asked.get()?;
        tab.page.data.pools.value()?.items.iter().find(|pool| pool.id == id).cloned()
    });
    let name = move || pool.with(|pool| pool.as_ref().map(|pool| pool.name.clone())).unwrap_or_default();
    let words = move || {
        let sites = pool.with(|pool| pool.as_ref().and_then(|pool| pool.sites.as_ref().map(Vec::len)));
        let sites = sites.map_or_else(
            || "Sites that use it are".to_owned(),
            |count| match count {
                1 => "1 site uses it, and is".to_owned(),
                count => format!("{count} sites use it, and are"),
            },
        );
        format!("No other engine of the pool is active. {sites} not scanned until one is.")
    };
    let confirm = Callback::new(move |()| {
        if let Some(pool) = pool.get_untracked() {
            tab.change(pool.id, pool.name, false);
        }
        open.set(false);
    });
    view! {
        <Confirm
            asked=Asked::new(open)
            title=Signal::derive(move || format!("Remove from {}", name()))
            action=Signal::derive(move || format!("Remove from {}", name()))
            destructive=true
            on_confirm=confirm
        >
            <p>{live(words)}</p>
        </Confirm>
    }
}
