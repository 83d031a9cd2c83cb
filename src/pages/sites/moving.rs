//! **Move to another engine or pool**: the selected sites, a few at a time.

use std::sync::Arc;

use console_api::{
    Site, SiteId,
    rules::{SiteMove, site_successors, sites_in_words},
};
use leptos::prelude::*;

use super::{Opened, SitesState};
use crate::{
    features::bulk::{BulkDialog, BulkLine, Plan},
    forms::picker::{Picker, Picking},
    ui::{button::ActionButton, dialog::Open, icon::Icon, live::follow},
};

/// What can be done with the selected sites.
#[component]
pub(super) fn SelectionActions(page: SitesState) -> impl IntoView {
    let busy = Signal::derive(move || {
        page.data.bulk.is_running().then(|| "Another job is still running.".to_owned())
    });
    view! {
        <ActionButton
            icon=Icon::Replace
            label="Move to another engine or pool".to_owned()
            small=true
            refused=busy
            on_press=Callback::new(move |()| {
                // What is left of earlier work is cleared away.
                page.data.bulk.close();
                page.opened.set(Some(Opened::Move));
            })
        />
    }
}

/// The dialog about it, and the line that leads back to it.
#[component]
pub(super) fn MoveSitesDialog(page: SitesState) -> impl IntoView {
    let data = page.data;
    let open = Open::one_of(page.opened, Opened::Move);
    let targets = Memo::new(move |_| {
        let (engines, pools) = (data.engines.value(), data.pools.value());
        let engines = engines.as_ref().map_or(&[][..], |list| &list.items);
        let pools = pools.as_ref().map_or(&[][..], |list| &list.items);
        Arc::new(if open.get() { site_successors(engines, pools, &[]) } else { Vec::new() })
    });
    let picking = Picking::new(targets);
    follow(move || {
        if open.get() {
            picking.clear();
            untrack(|| data.want_scanners());
        }
    });
    // Which are meant, and which are already there.
    let parts = move || {
        let to = picking.chosen();
        let is_there = |site: &Site| to.is_some() && site.scanner == to;
        let (there, meant): (Vec<_>, Vec<_>) = page.selected().into_iter().partition(is_there);
        (meant, there)
    };
    let plan = Memo::new(move |_| {
        if !open.get() {
            return Arc::default();
        }
        let (meant, there) = parts();
        let what = match &meant[..] {
            [one] => one.name.clone(),
            many => sites_in_words(many.len()),
        };
        let (title, refused) = match picking.label() {
            Some(to) => (format!("Move {what} to {to}"), None),
            None => {
                let none = || "Choose the engine or pool first.".to_owned();
                (format!("Move {what}"), Some(picking.wrong().unwrap_or_else(none)))
            }
        };
        let left_out = there.into_iter().map(|site| (site.name, "It is already there.".to_owned()));
        let names = meant.into_iter().map(|site| site.name).collect();
        Arc::new(Plan { title, names, what: ("site", "move"), left_out: left_out.collect(), refused })
    });
    let start = Callback::new(move |()| {
        let Some(to) = untrack(|| picking.chosen()) else { return };
        let (meant, _) = untrack(parts);
        let one = |site: Site| SiteMove { site: site.id, name: site.name, from: site.scanner, to };
        let moves = meant.into_iter().map(one).collect();
        // Those that have not been moved stay selected.
        let on_end = move |left: Vec<SiteMove>| {
            if page.opened.try_get_untracked().is_some() {
                page.selection.choose(left.iter().map(|it| it.site.get()));
            }
        };
        data.move_sites(moves, "Moving sites", on_end);
    });
    view! {
        <BulkLine open bulk=data.bulk name="Work on several items" />
        <BulkDialog open bulk=data.bulk plan destructive=false on_start=start>
            <p>"New scans of these sites run there. Scans under way finish where they are."</p>
            <Picker
                label="Engine or pool"
                help="It will scan these sites. Type part of its name."
                picking
            />
        </BulkDialog>
    }
}

/// What a site's select box is about.
pub(super) fn name_of(page: SitesState, key: u64) -> String {
    page.site(key).map_or_else(|| format!("Site {}", SiteId(key)), |site| site.name)
}
