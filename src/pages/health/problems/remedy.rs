//! What can be done about a problem at its row.

use console_api::{
    Engine, EngineId,
    rules::{Remedy, may_update},
};
use leptos::prelude::*;

use super::{Opened, ProblemsState, listed::Listed};
use crate::{
    features::refresh::refresh_engine,
    routes::Route,
    ui::{
        focus::focus_heading_if_lost,
        icon::{Icon, glyph},
    },
};

/// The name of the thing that a remedy is for.
pub(super) fn name_of(listed: &Listed, remedy: Remedy) -> String {
    let engine = |id| listed.engine(id).map(|engine| engine.name.clone());
    let name = match remedy {
        Remedy::Refresh(id)
        | Remedy::Update(id)
        | Remedy::Pairing(id)
        | Remedy::SelectSites(id)
        | Remedy::MoveSites(id)
        | Remedy::OpenEngine(id) => engine(id),
        Remedy::OpenPool(id) => listed.pool(id).map(|pool| pool.name.clone()),
        Remedy::CompareVersions => None,
    };
    name.unwrap_or_default()
}

/// The button, or the link, that does it. Its name has the thing's; the best one has words, the others are icons. A function, for a
/// component's body is not followed.
pub(super) fn remedy_control(
    page: ProblemsState,
    remedy: Remedy,
    name: &str,
    is_first: bool,
    tabindex: &'static str,
) -> AnyView {
    let name = name.to_owned();
    let link = |icon, words: &'static str, href: String| {
        view! { <RemedyLink icon words href name=name.clone() is_first tabindex /> }.into_any()
    };
    let button = |icon, verb: &'static str, refused: Option<String>, on_press: Callback<()>| {
        view! { <RemedyButton icon verb name=name.clone() is_first refused tabindex on_press /> }.into_any()
    };
    match remedy {
        Remedy::Refresh(id) => {
            let busy = page.data.work.refreshing.is_on(id).then(|| "It is being refreshed.".to_owned());
            let on_press = Callback::new(move |()| {
                if let Some(engine) = engine_of(page, id) {
                    refresh_engine(page.data, page.toasts, id, engine.name);
                }
            });
            button(Icon::Refresh, "Refresh", busy, on_press)
        }
        Remedy::Update(id) => {
            let busy = page.data.work.updating.is_on(id).then(|| "It is being updated.".to_owned());
            let refused = busy.or_else(|| {
                engine_of(page, id).and_then(|engine| may_update(&engine).err()).map(|why| why.to_string())
            });
            let on_press = Callback::new(move |()| {
                if let Some(engine) = engine_of(page, id) {
                    page.data.update_engine(engine);
                }
            });
            button(Icon::Update, "Update", refused, on_press)
        }
        Remedy::SelectSites(id) => {
            let busy = page.data.bulk.is_running().then(|| "Other work is still running.".to_owned());
            let on_press = Callback::new(move |()| {
                page.sites_of.set(Some(id));
                page.dialog.set(Some(Opened::Sites));
            });
            button(Icon::Site, "Select sites", busy, on_press)
        }
        Remedy::MoveSites(id) => {
            let busy = page.data.bulk.is_running().then(|| "Other work is still running.".to_owned());
            let on_press = Callback::new(move |()| {
                page.sites_of.set(Some(id));
                page.dialog.set(Some(Opened::MoveSites));
            });
            button(Icon::Site, "Move sites", busy, on_press)
        }
        Remedy::Pairing(id) => link(Icon::Key, "Pairing", Route::Engine(id).href_with("tab", "pairing")),
        Remedy::OpenEngine(id) => link(Icon::Engine, "Open", Route::Engine(id).href()),
        Remedy::OpenPool(id) => link(Icon::Pool, "Open pool", Route::Pool(id).href()),
        Remedy::CompareVersions => {
            link(Icon::Engine, "Compare versions", Route::Engines.href_with("sort", "product-version"))
        }
    }
}

/// What stands in a link or button: an icon with words, or the icon alone, whose name is in its label.
fn face(icon: Icon, words: &'static str, name: &str, is_first: bool) -> impl IntoView + use<> {
    let words = is_first.then(|| {
        view! {
            {words}
            <span class="unseen">" " {name.to_owned()}</span>
        }
    });
    (glyph(icon, ""), words)
}

#[component]
fn RemedyLink(
    icon: Icon,
    words: &'static str,
    href: String,
    /// The thing's name.
    name: String,
    is_first: bool,
    tabindex: &'static str,
) -> impl IntoView {
    let label = (!is_first).then(|| format!("{words} {name}"));
    view! {
        <a
            class=if is_first { "button small" } else { "icon-button" }
            href=href
            aria-label=label.clone()
            title=label
            tabindex=tabindex
        >
            {face(icon, words, &name, is_first)}
        </a>
    }
}

#[component]
fn RemedyButton(
    icon: Icon,
    verb: &'static str,
    /// The thing's name.
    name: String,
    is_first: bool,
    /// Why not now.
    refused: Option<String>,
    tabindex: &'static str,
    /// Does it.
    on_press: Callback<()>,
) -> impl IntoView {
    let disabled = refused.is_some();
    let label = (!is_first).then(|| format!("{verb} {name}"));
    view! {
        <button
            type="button"
            class=if is_first { "button small" } else { "icon-button" }
            aria-label=label.clone()
            aria-disabled=disabled.then_some("true")
            title=refused.or(label)
            tabindex=tabindex
            on:click=move |_| {
                if !disabled {
                    on_press.run(());
                    focus_heading_if_lost();
                }
            }
        >
            {face(icon, verb, &name, is_first)}
        </button>
    }
}

fn engine_of(page: ProblemsState, id: EngineId) -> Option<Engine> {
    untrack(|| page.listed.with(|listed| listed.as_ref()?.engine(id).cloned()))
}
