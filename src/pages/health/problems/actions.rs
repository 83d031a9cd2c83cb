//! What can be done with the selected problems, **Refresh**, **Update** and **Mute**, and the dialogs of work on several items.

use std::sync::Arc;

use console_api::{
    Engine,
    rules::{SiteMove, may_update},
};
use leptos::prelude::*;

use super::{Opened, ProblemsState};
use crate::{
    browser::number::counted,
    features::{
        bulk::{BulkDialog, BulkLine, Plan},
        refresh::refresh_displayed,
        relieve::MoveSitesDialog,
        select_sites::SelectSites,
        update_engine::update_engines,
    },
    ui::{button::ActionButton, dialog::Open, icon::Icon, live::live, table::keys::KeySet},
};

/// The engines of the selected problems, each once, and the words for those that are about none.
fn meant(page: ProblemsState) -> (Vec<Engine>, Vec<String>) {
    let Some(listed) = page.listed.get() else { return Default::default() };
    let (mut engines, mut others, mut seen) = (Vec::new(), Vec::new(), KeySet::default());
    for key in page.selected() {
        let Some(cause) = listed.cause(key) else { continue };
        match cause.problem.engine().and_then(|id| listed.engine(id)) {
            Some(engine) if seen.insert(engine.id.get()) => engines.push(engine.clone()),
            Some(_) => {}
            None => others.extend(page.said(&listed, cause).map(|words| words.what)),
        }
    }
    (engines, others)
}

/// The buttons beside the number of selected problems.
#[component]
pub(super) fn ProblemActions(page: ProblemsState) -> impl IntoView {
    let data = page.data;
    let no_engine = Memo::new(move |_| {
        page.listed.with(|listed| {
            let listed = listed.as_ref()?;
            page.selection.look(|chosen| {
                let engine = |key: &u64| listed.cause(*key).and_then(|cause| cause.problem.engine());
                chosen
                    .iter()
                    .all(|key| engine(key).is_none())
                    .then(|| "None of them is about an engine.".to_owned())
            })
        })
    });
    let busy = move || data.bulk.is_running().then(|| "Another job is still running.".to_owned());
    let refreshing =
        move || data.work.refreshing.is_on_any().then(|| "Engines are being refreshed.".to_owned());
    view! {
        <ActionButton
            icon=Icon::Refresh
            label="Refresh".to_owned()
            small=true
            refused=Signal::derive(move || no_engine.get().or_else(refreshing))
            on_press=Callback::new(move |()| {
                let (engines, _) = untrack(|| meant(page));
                let ids = engines.iter().map(|engine| engine.id).collect::<Vec<_>>();
                refresh_displayed(data, page.toasts, &ids);
            })
        />
        <ActionButton
            icon=Icon::Update
            label="Update".to_owned()
            small=true
            refused=Signal::derive(move || no_engine.get().or_else(busy))
            on_press=Callback::new(move |()| {
                // What is left of earlier work is cleared away.
                data.bulk.close();
                page.dialog.set(Some(Opened::Work));
            })
        />
        <ActionButton
            icon=Icon::Mute
            label="Mute".to_owned()
            small=true
            on_press=Callback::new(move |()| page.mute(untrack(|| page.selected())))
        />
    }
}

/// **Update** of the selected engines, **Select Sites**, and the line that leads back to work that continues.
#[component]
pub(super) fn ProblemDialogs(page: ProblemsState) -> impl IntoView {
    let data = page.data;
    let open = Open::one_of(page.dialog, Opened::Work);
    let parts = move || {
        let (engines, others) = meant(page);
        let refused = |engine: &Engine| may_update(engine).err().map(|refusal| refusal.to_string());
        let (able, unable): (Vec<_>, Vec<_>) = engines.into_iter().partition(|it| refused(it).is_none());
        let unable = unable.into_iter().map(|it| (it.name.clone(), refused(&it).unwrap_or_default()));
        let others = others.into_iter().map(|what| (what, "It is not about one engine.".to_owned()));
        (able, unable.chain(others).collect::<Vec<_>>())
    };
    let plan = Memo::new(move |_| {
        if !open.get() {
            return Arc::default();
        }
        let (able, left_out) = parts();
        let title = match &able[..] {
            [] => "Update engines".to_owned(),
            [one] => format!("Update {}", one.name),
            many => format!("Update {}", counted(many.len(), "engine")),
        };
        let names = able.into_iter().map(|engine| engine.name).collect();
        Arc::new(Plan { title, names, what: ("engine", "be updated"), left_out, refused: None })
    });
    let start = Callback::new(move |()| update_engines(data, page.toasts, &untrack(parts).0));
    let scanners = Memo::new(move |_| Arc::new(data.scanners()));
    let moved = Memo::new(move |_| {
        let id = page.sites_of.get()?;
        data.engines.value()?.items.iter().find(|engine| engine.id == id).cloned().map(Arc::new)
    });
    // What will move from where to where is in the dialog: its Save does it.
    let move_sites = move |moves: Vec<SiteMove>| {
        if !moves.is_empty() {
            data.bulk.close();
            data.move_sites(moves, "Assigning sites", |_| {});
            page.dialog.set(Some(Opened::Work));
        }
    };
    view! {
        <BulkLine open bulk=data.bulk name="Work on several items" />
        <MoveSitesDialog engine=moved open=Open::one_of(page.dialog, Opened::MoveSites) />
        <BulkDialog open bulk=data.bulk plan destructive=false on_start=start>
            <p>
                "The console sends the available update to each of these engines. An engine is briefly unavailable while it installs the update, and scans on it may be interrupted."
            </p>
        </BulkDialog>
        {live(move || {
            page.sites_of
                .get()
                .map(|engine| {
                    view! {
                        <SelectSites
                            open=Open::one_of(page.dialog, Opened::Sites)
                            scanner=engine.into()
                            scanners
                            pending=Signal::stored(Vec::new())
                            on_save=Callback::new(move_sites)
                        />
                    }
                })
        })}
    }
}
