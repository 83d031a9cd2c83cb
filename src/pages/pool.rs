//! One engine pool.

use std::sync::Arc;

use console_api::{Pool, PoolId, rules::SiteMove};
use leptos::prelude::*;
use leptos_router::hooks::use_navigate;

use crate::{
    browser::{address::AddressParam, clock::Clock, title::Title},
    data::{Data, site_names::SiteNames},
    features::{
        pool_scans::PoolScans,
        pool_work::{Asking, PoolWorkDialog, Question},
        select_sites::SelectSites,
    },
    forms::{draft::Drafts, pool_form::PoolForm},
    routes::{self, Route},
    ui::{
        button::ActionButton,
        heading::PageHeading,
        icon::Icon,
        live::{follow, live, live_attribute},
        load_error::{LoadError, LoadFailure},
    },
    unsaved::Unsaved,
};

/// How many of the sites that use a pool are shown with their names.
const SHOWN: usize = 200;

/// The screen at `/pools/new` and `/pools/:id`.
#[component]
pub fn PoolPage(
    /// The pool; none for a new one.
    id: Option<PoolId>,
) -> impl IntoView {
    match id {
        None => view! { <NewPool /> }.into_any(),
        Some(id) => view! { <OnePool id /> }.into_any(),
    }
}

#[component]
fn NewPool() -> impl IntoView {
    Title::here().set(Route::NewPool.heading());
    let data = Data::here();
    data.want_scanners();
    Drafts::here().guard(Unsaved::here(), Route::NewPool.path(), || "The new engine pool".to_owned());
    let navigate = use_navigate();
    let leave = navigate.clone();
    let saved = Callback::new(move |pool: Pool| routes::go(&navigate, &Route::Pool(pool.id).href()));
    let cancel = Callback::new(move |()| routes::go(&leave, &Route::Pools.href()));
    view! {
        <section class="page" aria-labelledby="page-heading">
            <div class="page-head">
                <PageHeading route=Route::NewPool />
            </div>
            <p class="secondary">
                "A site that uses a pool is scanned by all of its active engines together. A pool may be empty at first."
            </p>
            {live(move || match data.no_pools() {
                Some(why) => view! { <p class="notice">{why}</p> }.into_any(),
                None => view! { <PoolForm pool=None draft=Route::NewPool.path() on_saved=saved on_cancel=cancel /> }.into_any(),
            })}
        </section>
    }
}

/// What the page's parts share. Copy it freely; all copies are the same.
#[derive(Clone, Copy)]
struct PoolState {
    id: PoolId,
    data: Data,
    clock: Clock,
    /// The pool, once it was read.
    pool: Memo<Option<Arc<Pool>>>,
}

#[component]
fn OnePool(id: PoolId) -> impl IntoView {
    let data = Data::here();
    data.open_pool(id);
    let asking = Asking::new(data);
    Drafts::here().guard(Unsaved::here(), Route::Pool(id).path(), move || {
        let name = data.pool.value().filter(|pool| pool.id == id).map(|pool| pool.name.clone());
        format!("The changes to {}", name.unwrap_or_else(|| format!("pool {id}")))
    });
    let pool = Memo::new(move |_| data.pool.value().filter(|pool| pool.id == id));
    let page = PoolState { id, data, clock: Clock::here(), pool };
    let title = Title::here();
    follow(move || {
        let name = pool.with(|pool| pool.as_ref().map(|pool| pool.name.clone()));
        let name = name.unwrap_or_else(|| format!("Pool {id}"));
        title.set(name);
    });
    let there = Memo::new(move |_| pool.with(Option::is_some));
    // Whoever has deleted it here is done with it.
    let navigate = use_navigate();
    let leave = navigate.clone();
    follow(move || {
        let listed = data.pools.value().is_some_and(|list| list.items.iter().any(|pool| pool.id == id));
        let deleted = data.bulk.look(|run| run.is_none()) && asking.has_deleted();
        if !listed && deleted {
            routes::go(&leave, &Route::Pools.href());
        }
    });
    let names = SiteNames::new(data);
    let scanners = Memo::new(move |_| Arc::new(data.scanners()));
    // What will move from where to where is in the dialog: its Save does it.
    let assign = move |moves: Vec<SiteMove>| {
        if !moves.is_empty() {
            data.bulk.close();
            data.move_sites(moves, "Assigning sites", move |_| data.read_pool(id));
            asking.watch();
        }
    };
    let cancel = Callback::new(move |()| routes::go(&navigate, &Route::Pools.href()));
    view! {
        <section class="page" aria-labelledby="page-heading">
            <div class="page-head">
                <PageHeading route=Route::Pool(id) />
                {live(move || there.get().then(|| view! { <PoolActions id asking /> }))}
            </div>
            <div role="status" class="troubles">
                <PoolTroubles page />
            </div>
            {live(move || {
                there
                    .get()
                    .then(|| {
                        view! {
                            <PoolForm
                                pool=untrack(|| pool.get())
                                draft=Route::Pool(id).path()
                                on_saved=Callback::new(|_| ())
                                on_cancel=cancel
                            />
                        }
                    })
            })}
            {live(move || there.get().then(|| view! { <PoolSites page names asking /> }))}
            {live(move || there.get().then(|| view! { <ScansCard page /> }))}
            <PoolWorkDialog asking />
            <SelectSites
                open=asking.sites()
                scanner=id.into()
                scanners
                pending=Signal::stored(Vec::new())
                on_save=Callback::new(assign)
            />
        </section>
    }
}

/// The actions of the page's head.
#[component]
fn PoolActions(id: PoolId, asking: Asking) -> impl IntoView {
    let busy = asking.busy();
    view! {
        <div class="actions">
            <ActionButton
                icon=Icon::Reverse
                label="Move engine".to_owned()
                refused=busy
                on_press=Callback::new(move |()| asking.ask(Question::Move(Some(id))))
            />
            <ActionButton
                icon=Icon::Delete
                label="Delete".to_owned()
                refused=busy
                on_press=Callback::new(move |()| asking.ask(Question::Delete(id)))
            />
        </div>
    }
}

/// The sites that use the pool, as far as the console reports.
#[component]
fn PoolSites(page: PoolState, names: SiteNames, asking: Asking) -> impl IntoView {
    let sites = Memo::new(move |_| page.pool.with(|pool| pool.as_ref().and_then(|pool| pool.sites.clone())));
    follow(move || {
        let sites = sites.get().unwrap_or_default();
        untrack(|| names.want(&sites[..sites.len().min(SHOWN)]));
    });
    let list = move || {
        let Some(sites) = sites.get() else {
            return view! { <p>"This console does not report which sites use the pool."</p> }.into_any();
        };
        if sites.is_empty() {
            return view! { <p class="secondary">"No site uses it."</p> }.into_any();
        }
        let links = sites.iter().take(SHOWN).map(|id| {
            let id = *id;
            view! {
                <li>
                    <a href=Route::Site(id).href()>{live(move || names.name(id))}</a>
                </li>
            }
            .into_any()
        });
        let more = sites.len().checked_sub(SHOWN).filter(|more| *more > 0);
        view! {
            <ul class="site-links">{links.collect::<Vec<_>>()}</ul>
            {more.map(|more| view! { <p class="secondary">{format!("and {more} more.")}</p> })}
        }
        .into_any()
    };
    let count = move || sites.get().map(|sites| format!(": {}", sites.len()));
    view! {
        <section class="card" aria-labelledby="pool-sites">
            <div class="card-head">
                <h2 id="pool-sites">"Sites" {live(count)}</h2>
                <ActionButton
                    icon=Icon::Site
                    label="Assign sites".to_owned()
                    refused=asking.busy()
                    on_press=Callback::new(move |()| asking.ask(Question::Sites))
                />
            </div>
            {live(list)}
        </section>
    }
}

/// **Scans**, which are read once they are asked for: that takes a call for each site.
#[component]
fn ScansCard(page: PoolState) -> impl IntoView {
    let shown = AddressParam::of("scans");
    let open = Memo::new(move |_| !shown.with(String::is_empty));
    let sites = Memo::new(move |_| page.pool.with(|pool| pool.as_ref().and_then(|pool| pool.sites.clone())));
    let toggle = move |_| shown.choose(if open.get_untracked() { String::new() } else { "shown".to_owned() });
    view! {
        <section class="card" aria-labelledby="pool-scans">
            <div class="card-head">
                <h2 id="pool-scans">"Scans"</h2>
                <button
                    type="button"
                    class="button"
                    aria-expanded=live_attribute(move || Some(open.get().to_string()))
                    on:click=toggle
                >
                    {live(move || if open.get() { "Hide scans" } else { "Show scans" })}
                </button>
            </div>
            {live(move || open.get().then(|| view! { <PoolScans sites /> }))}
        </section>
    }
}

/// The pool could not be read. What is on screen stays.
#[component]
fn PoolTroubles(page: PoolState) -> impl IntoView {
    live(move || {
        let error = page.data.pool.failed()?;
        let known_since = page.data.pool.read_at().filter(|_| page.pool.with(Option::is_some));
        let which = format!("engine pool with ID {}", page.id);
        let thing = LoadError { which, kind: "pool", list: ("Go to Scan Engine Pools", Route::Pools.href()) };
        let again = Callback::new(move |()| page.data.read_pool(page.id));
        Some(view! { <LoadFailure thing error known_since clock=page.clock again /> })
    })
}
