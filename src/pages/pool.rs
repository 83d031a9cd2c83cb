//! One engine pool.

use std::sync::Arc;

use console_api::{Error, Pool, PoolId};
use leptos::prelude::*;
use leptos_router::hooks::use_navigate;

use crate::{
    clock::Clock,
    components::{
        icon::{Icon, glyph},
        live::{follow, live},
        pool_form::PoolForm,
    },
    data::Data,
    routes::{self, Route},
};

/// The screen at `/pools/new` and `/pools/:id`.
#[component]
pub fn PoolPage(
    /// The pool; none for a new one.
    id: Option<PoolId>,
) -> impl IntoView {
    match id {
        None => new_pool(),
        Some(id) => one_pool(id),
    }
}

fn new_pool() -> AnyView {
    document().set_title("New engine pool – Engine console");
    let navigate = use_navigate();
    let leave = navigate.clone();
    let saved = Callback::new(move |pool: Pool| routes::go(&navigate, &Route::Pool(pool.id).href()));
    let cancel = Callback::new(move |()| routes::go(&leave, &Route::Pools.href()));
    view! {
        <section class="page" aria-labelledby="page-heading">
            <div class="page-head">
                <h1 id="page-heading" tabindex="-1">
                    "New engine pool"
                </h1>
            </div>
            <p class="secondary">
                "A site that uses a pool is scanned by all of its active engines together. A pool may be empty at first."
            </p>
            <PoolForm pool=None draft=Route::NewPool.path() on_saved=saved on_cancel=cancel />
        </section>
    }
    .into_any()
}

/// What the page's parts share. Copy it freely; all copies are the same.
#[derive(Clone, Copy)]
struct Page {
    id: PoolId,
    data: Data,
    clock: Clock,
    /// The pool, once it was read.
    pool: Memo<Option<Arc<Pool>>>,
}

fn one_pool(id: PoolId) -> AnyView {
    let data = Data::here();
    data.open_pool(id);
    let pool = Memo::new(move |_| data.pool.value().filter(|pool| pool.id == id));
    let page = Page { id, data, clock: Clock::here(), pool };
    follow(move || {
        let name = pool.with(|pool| pool.as_ref().map(|pool| pool.name.clone()));
        let name = name.unwrap_or_else(|| format!("Pool {id}"));
        document().set_title(&format!("{name} – Engine console"));
    });
    let there = Memo::new(move |_| pool.with(Option::is_some));
    let navigate = use_navigate();
    let cancel = Callback::new(move |()| routes::go(&navigate, &Route::Pools.href()));
    view! {
        <section class="page" aria-labelledby="page-heading">
            <div class="page-head">
                <h1 id="page-heading" tabindex="-1">
                    "Scan Engine Pool"
                </h1>
            </div>
            <div role="status" class="troubles">
                {live(move || troubles(page))}
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
        </section>
    }
    .into_any()
}

/// The pool could not be read. What is on screen stays.
fn troubles(page: Page) -> Option<AnyView> {
    let error = page.data.pool.failed()?;
    let known = page.pool.with(Option::is_some);
    let missing = matches!(error, Error::NotFound { .. });
    let what = match (missing, page.data.pool.read_at().filter(|_| known)) {
        (true, _) => format!("There is no engine pool with ID {}, or this account may not see it.", page.id),
        (false, Some(at)) => {
            format!("The pool could not be read again. What is shown is from {}.", page.clock.exact(at))
        }
        (false, None) => "The pool could not be read.".to_owned(),
    };
    let more = if missing { String::new() } else { error.in_full() };
    let view = view! {
        <div class="notice bad">
            <strong class="problem-line">{glyph(Icon::Failed, "")} {what}</strong>
            <span>{more}</span>
            <div class="buttons">
                <button type="button" class="button" on:click=move |_| page.data.read_pool(page.id)>
                    "Try again"
                </button>
                <a class="button" href=Route::Pools.href()>
                    "Go to Scan Engine Pools"
                </a>
            </div>
        </div>
    };
    Some(view.into_any())
}
