//! **Delete {name}** of a site: asks, and names the scans that go with it.

use std::sync::Arc;

use console_api::{Error, Scan, Site, SiteId};
use leptos::{prelude::*, task::spawn_local};

use crate::{
    browser::{clock::Clock, number},
    data::{Data, query::Query, scans::ScansOfSite},
    ui::{
        confirm::{Asked, Confirm},
        dialog::Open,
        field::problem_line,
        live::{follow, live},
        toast::{Toasts, Tone},
    },
};

/// Asks before a site is deleted.
#[component]
pub fn DeleteSiteDialog(
    /// The site that it is about.
    site: Memo<Option<Arc<Site>>>,
    /// Whether it is open.
    #[prop(into)]
    open: Open,
    /// Called once the console has deleted it and the question is closed.
    on_deleted: Callback<SiteId>,
) -> impl IntoView {
    let data = Data::here();
    let toasts = Toasts::here();
    let scans = Query::<ScansOfSite>::new();
    let gone = RwSignal::new(None::<SiteId>);
    follow(move || {
        if !open.get() {
            return;
        }
        scans.forget();
        if let Some(site) = untrack(|| site.get()) {
            scans.read(data.scans_that_go_with(site.id));
        }
    });
    follow(move || {
        if let Some(id) = gone.get().filter(|_| !open.get()) {
            gone.set(None);
            on_deleted.run(id);
        }
    });
    let asked = Asked::new(open);
    let confirm = Callback::new(move |()| {
        let Some(target) = site.get_untracked() else { return };
        spawn_local(async move {
            let failed = format!("{} was not deleted.", target.name);
            if asked.run(failed, Error::in_full, data.delete_site(target.id)).await.is_ok() {
                toasts.say(Tone::Good, format!("{} is deleted.", target.name), None);
                _ = gone.try_set(Some(target.id));
            }
        });
    });
    let title = Signal::derive(move || {
        let name = site.with(|site| site.as_ref().map(|site| site.name.clone()));
        format!("Delete {}", name.unwrap_or_default())
    });
    let refused = Signal::derive(move || {
        let under_way = scans.value().is_some_and(|scans| scans.under_way > 0);
        under_way.then(|| "A scan of this site is under way.".to_owned())
    });
    view! {
        <Confirm asked title action=title destructive=true refused on_confirm=confirm>
            <p>"The site is removed from the console, with its settings and the results of its scans. This can't be undone."</p>
            <div role="status" class="goes-along">
                <ScansInWords scans />
            </div>
        </Confirm>
    }
}

/// The scans that go with it, as far as they are known.
#[component]
fn ScansInWords(scans: Query<ScansOfSite>) -> impl IntoView {
    let clock = Clock::here();
    live(move || {
        if let Some(error) = scans.failed() {
            let words = format!("Its scans could not be read; they are deleted with it. {}", error.in_full());
            return problem_line(words).into_any();
        }
        let Some(scans) = scans.value() else {
            return view! { <p>"Its scans are being read."</p> }.into_any();
        };
        let running = (scans.under_way > 0).then(|| {
            let what = match scans.under_way {
                1 => "1 scan of this site is under way. Wait until it has ended, or stop it in the console.".to_owned(),
                many => format!(
                    "{many} scans of this site are under way. Wait until they have ended, or stop them in the console."
                ),
            };
            problem_line(what)
        });
        let words = match scans.count {
            0 if scans.under_way > 0 => None,
            0 => Some("It has no known scans.".to_owned()),
            1 => Some("1 scan is deleted with it:".to_owned()),
            many => Some(format!("{} scans are deleted with it:", number::count(many))),
        };
        let named = scans.newest.iter().map(|scan| scan_in_words(clock, scan));
        let more = scans.count.saturating_sub(scans.newest.len() as u64);
        let more = (more > 0).then(|| format!("and {} more", number::count(more)));
        let lines = named.chain(more).map(|line| view! { <li>{line}</li> }.into_any()).collect::<Vec<_>>();
        let lines = (!lines.is_empty()).then(|| view! { <ul class="plain">{lines}</ul> });
        view! {
            {running}
            {words.map(|words| view! { <p>{words}</p> })}
            {lines}
        }
        .into_any()
    })
}

/// For example "Weekly scan, Finished, 3 Nov 2026, 10:15".
fn scan_in_words(clock: Clock, scan: &Scan) -> String {
    let name = scan.name.clone().unwrap_or_else(|| format!("Scan {}", scan.id));
    let began = scan.started.map(|at| format!(", {}", clock.exact(at)));
    format!("{name}, {}{}", scan.status.label(), began.unwrap_or_default())
}
