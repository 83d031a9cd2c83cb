//! **Views**: what the list shows, under a name. It comes with the rest of the app, and the list is there without it.

use console_api::rules::{VIEW_ADDRESS, View};
use leptos::{ev, prelude::*};
use leptos_router::hooks::use_navigate;

use super::EnginesState;
use crate::{
    browser::address::AddressParam,
    data::start_view,
    features::kept::NotKept,
    routes::{self, Route},
    session::Session,
    ui::{
        dialog::unique_id,
        icon::{Icon, glyph},
        live::{live, live_attribute},
    },
};

/// The fields that are not in the address.
const LAYOUT: [&str; 2] = ["columns", "density"];

/// The views of this user, and what is on screen as a new one.
#[component]
pub fn SavedViews() -> impl IntoView {
    let page: EnginesState = expect_context();
    let data = page.data;
    let user = StoredValue::new(Session::here().username());
    let start = RwSignal::new(user.with_value(|user| start_view::key_of(user)));
    let name = RwSignal::new(String::new());
    let navigate = StoredValue::new_local(use_navigate());
    let open = move |view: &View| {
        page.layout.show_keys(view.get("columns"));
        page.layout.set_compact(view.get("density") == "compact");
        let query = view.address();
        let mark = if query.is_empty() { "" } else { "?" };
        let href = format!("{}{mark}{query}", Route::Engines.href());
        navigate.with_value(|navigate| routes::go(navigate, &href));
    };
    let save = move |event: ev::SubmitEvent| {
        event.prevent_default();
        let typed = name.get_untracked();
        if typed.trim().is_empty() {
            return;
        }
        let view = untrack(|| {
            let in_address = [page.filter, page.status, page.sort, page.group].map(AddressParam::get);
            let in_address = VIEW_ADDRESS.into_iter().zip(in_address);
            let layout = [page.layout.shown_keys(), page.layout.density().to_owned()];
            let fields = in_address.chain(LAYOUT.into_iter().zip(layout)).collect::<Vec<_>>();
            View::new(&typed, &fields)
        });
        if start.with_untracked(|start| *start == view.key()) {
            user.with_value(|user| start_view::remember(user, Some(&view)));
        }
        data.save_view(view, &LAYOUT);
        name.set(String::new());
    };
    let line = move |view: &View| {
        let (title, key) = (view.name().to_owned(), view.key());
        let (at_start, delete_key) = (view.clone(), key.clone());
        let is_start = move || start.with(|start| *start == key);
        let view = view.clone();
        view! {
            <li class="saved-view">
                <button type="button" class="link-button" on:click=move |_| open(&view)>
                    {title.clone()}
                </button>
                <button
                    type="button"
                    class="button small"
                    aria-pressed=live_attribute({
                        let is_start = is_start.clone();
                        move || Some(is_start().to_string())
                    })
                    title="Shown when the app opens"
                    on:click=move |_| {
                        let view = (!untrack(&is_start)).then_some(&at_start);
                        user.with_value(|user| start_view::remember(user, view));
                        start.set(view.map(View::key).unwrap_or_default());
                    }
                >
                    "Start view"
                    <span class="unseen">": " {title.clone()}</span>
                </button>
                <button
                    type="button"
                    class="icon-button"
                    aria-label=format!("Delete {title}")
                    title=format!("Delete {title}")
                    on:click=move |_| {
                        if start.with_untracked(|start| *start == delete_key) {
                            user.with_value(|user| start_view::remember(user, None));
                            start.set(String::new());
                        }
                        data.delete_view(&delete_key);
                    }
                >
                    {glyph(Icon::Delete, "")}
                </button>
            </li>
        }
    };
    let list = move || {
        let views = data.views().unwrap_or_default();
        if views.is_empty() {
            return view! { <p class="secondary">"No views saved yet."</p> }.into_any();
        }
        let lines = views.iter().map(line).collect::<Vec<_>>();
        view! { <ul class="rows" aria-label="Saved views">{lines}</ul> }.into_any()
    };
    let field = unique_id("view-name");
    view! {
        <div class="saved-views">
            {live(list)}
            <form on:submit=save>
                <label for=field.clone()>"Name of the view"</label>
                <div class="row-line">
                    <input
                        class="input"
                        id=field
                        type="text"
                        maxlength="60"
                        autocomplete="off"
                        prop:value=move || name.get()
                        on:input=move |event| name.set(event_target_value(&event))
                    />
                    <button type="submit" class="button">
                        "Save view"
                    </button>
                </div>
            </form>
            <p class="secondary">
                "A view saves the current filter, order, grouping, columns and density. Views stay in this browser; Stored data on Activity exports them. To share what the list shows, copy its address."
            </p>
            <NotKept />
        </div>
    }
}
