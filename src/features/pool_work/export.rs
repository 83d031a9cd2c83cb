//! **Export pool plan**: the pools with their engines and sites as a file.

use console_api::{
    Timestamp,
    rules::{PoolPlan, SiteList},
};
use js_sys::Array;
use leptos::prelude::*;

use super::{import::this_console, pool_list::pool_list};
use crate::{
    browser::{
        clock,
        download::{dated_name, save},
    },
    data::{Data, all_sites::Reading},
    ui::{
        live::follow,
        toast::{Toasts, Tone},
    },
};

/// Saves the pools whenever that is `wanted`, once the names of their sites are known.
pub(super) fn follow_export(data: Data, toasts: Toasts, wanted: RwSignal<bool>) {
    follow(move || {
        if !wanted.get() {
            return;
        }
        let has_sites = untrack(|| has_sites(data));
        let sites = match data.all_sites.reading() {
            _ if !has_sites => None,
            Reading::Idle => data.all_sites.list(),
            Reading::Running(_) => return,
            Reading::Failed(_, error) => {
                wanted.set(false);
                let advice = format!("The names of the sites could not be read. {}", error.in_full());
                toasts.say(Tone::Bad, "The pool plan was not saved.", Some(advice));
                return;
            }
            Reading::Stopped(_) => {
                data.go_on_reading_sites();
                return;
            }
        };
        if has_sites && sites.is_none() {
            return;
        }
        wanted.set(false);
        if untold(data) {
            toasts.say(
                Tone::Bad,
                "The pool plan was not saved.",
                Some("The console does not report the sites of every pool, so the plan would be incomplete. Reload the page, then try again.".to_owned()),
            );
            return;
        }
        let text = plan(data, sites.as_deref()).to_json();
        if save(&dated_name("pool-plan", "json"), "application/json", &Array::of1(&text.into())).is_err() {
            let what = "The browser did not save the file.";
            toasts.say(Tone::Bad, what, Some("Try again, or check its download settings.".to_owned()));
        }
    });
}

/// Whether any pool has sites.
pub(super) fn has_sites(data: Data) -> bool {
    pool_list(data).iter().any(|pool| pool.sites.as_ref().is_some_and(|sites| !sites.is_empty()))
}

/// Whether the sites of a pool are not known.
fn untold(data: Data) -> bool {
    untrack(|| pool_list(data)).iter().any(|pool| pool.sites.is_none())
}

fn plan(data: Data, sites: Option<&SiteList>) -> PoolPlan {
    let engines = untrack(|| data.engines.value());
    let engines = engines.as_ref().map_or(&[][..], |list| &list.items);
    let name = |site| sites.and_then(|sites| Some(sites.name(sites.place(site)?).to_owned()));
    let now = Timestamp::from_unix_ms(clock::now()).to_string();
    PoolPlan::of(engines, &untrack(|| pool_list(data)), &name, &this_console(), &now)
}
