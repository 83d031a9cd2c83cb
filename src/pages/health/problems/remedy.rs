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
        icon::Icon,
        table::{cells::glyph_el, light::El},
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
        | Remedy::OpenEngine(id)
        | Remedy::History(id) => engine(id),
        Remedy::OpenPool(id) => listed.pool(id).map(|pool| pool.name.clone()),
        Remedy::CompareVersions => None,
    };
    name.unwrap_or_default()
}

/// What is in the row for one remedy.
#[derive(Default)]
struct Control {
    icon: Option<Icon>,
    words: &'static str,
    /// Where it leads; a button does it where it leads nowhere.
    href: Option<String>,
    /// Why not now.
    refused: Option<String>,
}

fn control(page: ProblemsState, remedy: Remedy) -> Control {
    let link = |icon, words, href| Control { icon: Some(icon), words, href: Some(href), refused: None };
    let button = |icon, words, refused| Control { icon: Some(icon), words, href: None, refused };
    match remedy {
        Remedy::Refresh(id) => {
            let busy = page.data.work.refreshing.is_on(id).then(|| "It is being refreshed.".to_owned());
            button(Icon::Refresh, "Refresh", busy)
        }
        Remedy::Update(id) => {
            let busy = page.data.work.updating.is_on(id).then(|| "It is being updated.".to_owned());
            let refused = busy.or_else(|| {
                engine_of(page, id).and_then(|engine| may_update(&engine).err()).map(|why| why.to_string())
            });
            button(Icon::Update, "Update", refused)
        }
        Remedy::SelectSites(_) => {
            let busy = page.data.bulk.is_running().then(|| "Another job is still running.".to_owned());
            button(Icon::Site, "Select sites", busy)
        }
        Remedy::MoveSites(_) => {
            let busy = page.data.bulk.is_running().then(|| "Another job is still running.".to_owned());
            button(Icon::Site, "Move sites", busy)
        }
        Remedy::Pairing(id) => link(Icon::Key, "Pairing", Route::Engine(id).href_with("tab", "pairing")),
        Remedy::History(id) => link(Icon::History, "History", Route::Engine(id).href_with("tab", "history")),
        Remedy::OpenEngine(id) => link(Icon::Engine, "Open", Route::Engine(id).href()),
        Remedy::OpenPool(id) => link(Icon::Pool, "Open pool", Route::Pool(id).href()),
        Remedy::CompareVersions => {
            link(Icon::Engine, "Compare versions", Route::Engines.href_with("sort", "product-version"))
        }
    }
}

/// Does what a button of the row stands for.
pub(super) fn act(page: ProblemsState, remedy: Remedy) {
    match remedy {
        Remedy::Refresh(id) => {
            if let Some(engine) = engine_of(page, id) {
                refresh_engine(page.data, page.toasts, id, engine.name);
            }
        }
        Remedy::Update(id) => {
            if let Some(engine) = engine_of(page, id) {
                page.data.update_engine(engine);
            }
        }
        Remedy::SelectSites(id) => {
            page.sites_of.set(Some(id));
            page.dialog.set(Some(Opened::Sites));
        }
        Remedy::MoveSites(id) => {
            page.sites_of.set(Some(id));
            page.dialog.set(Some(Opened::MoveSites));
        }
        // These are links.
        Remedy::Pairing(_)
        | Remedy::History(_)
        | Remedy::OpenEngine(_)
        | Remedy::OpenPool(_)
        | Remedy::CompareVersions => {}
    }
    focus_heading_if_lost();
}

/// The button, or the link, that does it; nothing is in sight without a remedy. Its name has the thing's, `name`; the first one has words,
/// the others are icons. `action` is what the button says to the table.
pub(super) fn remedy_control(
    page: ProblemsState,
    remedy: Option<Remedy>,
    name: &str,
    action: &'static str,
    tabindex: &'static str,
) -> [El; 2] {
    let is_first = action == FIRST;
    let Control { icon, words, href, refused } =
        remedy.map(|remedy| control(page, remedy)).unwrap_or_default();
    let (said, thing) = if is_first { (words, format!(" {name}")) } else { ("", String::new()) };
    let class = if is_first { "button small" } else { "icon-button" };
    let label = (!is_first).then(|| format!("{words} {name}"));
    let (is_link, is_button) = (href.is_some(), icon.is_some() && href.is_none());
    let face = |element: El| {
        let name = El::new("span", "unseen").text(thing.clone());
        element.with(glyph_el(icon.unwrap_or(Icon::Engine), "")).text(said).with(name)
    };
    let link = El::new("a", class)
        .is("href", href)
        .is("aria-label", label.clone())
        .is("title", label.clone())
        .is("hidden", !is_link)
        .is("tabindex", tabindex);
    let button = El::new("button", class)
        .is("type", "button")
        .is("data-action", action)
        .is("aria-label", label.clone())
        .is("aria-disabled", refused.is_some().then_some("true"))
        .is("title", refused.or(label))
        .is("hidden", !is_button)
        .is("tabindex", tabindex);
    [face(link), face(button)]
}

/// What the button of the first remedy says to the table.
pub(super) const FIRST: &str = "0";

fn engine_of(page: ProblemsState, id: EngineId) -> Option<Engine> {
    untrack(|| page.listed.with(|listed| listed.as_ref()?.engine(id).cloned()))
}
