//! The audit for elsewhere: **Export CSV** and **Print**. Both take what the search leaves, and are made bit by bit, with
//! time for the browser between.

use console_api::rules::sort_by_cached_key;
use std::sync::Arc;

use console_api::{
    EngineId, ScannerId, SiteId,
    rules::{Audit, AuditEngine, csv_row},
};
use js_sys::Array;
use leptos::{ev, prelude::*, task::spawn_local};
use wasm_bindgen::JsValue;
use web_sys::Element;

use super::AuditState;
use crate::{
    browser::{
        clock,
        download::{CSV_MARK, csv_name, save_csv},
        number,
        timer::breathe,
    },
    ui::{
        button::ActionButton,
        icon::Icon,
        toast::{Toasts, Tone},
    },
};

/// How long one bit may take, in milliseconds.
const BIT_MS: f64 = 16.0;

/// Gives the browser time when a bit has taken long enough.
struct Breath(f64);

impl Breath {
    fn new() -> Self {
        Self(clock::monotonic_ms())
    }

    async fn take(&mut self) {
        if clock::monotonic_ms() - self.0 > BIT_MS {
            breathe().await;
            self.0 = clock::monotonic_ms();
        }
    }
}

fn nothing_to_take(page: AuditState, busy: RwSignal<bool>) -> Signal<Option<String>> {
    Signal::derive(move || {
        if busy.get() {
            return Some("It is being prepared.".to_owned());
        }
        let none = page.keys.with(|keys| keys.as_ref().is_none_or(|keys| keys.is_empty()));
        none.then(|| "There is nothing to export yet.".to_owned())
    })
}

/// **Export CSV**: a row for each site of each engine, or for each site.
#[component]
pub(super) fn ExportAudit(page: AuditState) -> impl IntoView {
    let toasts = Toasts::here();
    let busy = RwSignal::new(false);
    let on_press = Callback::new(move |()| {
        let (Some(audit), Some(keys)) = (page.audit.get_untracked(), page.keys.get_untracked()) else {
            return;
        };
        let by_site = page.by_site.get_untracked();
        busy.set(true);
        spawn_local(async move {
            let texts = csv(&audit, &keys, by_site).await;
            busy.try_set(false);
            let name = csv_name(if by_site { "audit-sites" } else { "audit-engines" });
            if save_csv(&name, &texts).is_err() {
                let advice = "Try again, or check its download settings.".to_owned();
                toasts.say(Tone::Bad, "The browser did not save the file.", Some(advice));
            }
        });
    });
    let refused = nothing_to_take(page, busy);
    view! { <ActionButton icon=Icon::Export label="Export CSV".to_owned() small=true refused on_press /> }
        .into_any()
}

async fn csv(audit: &Audit, keys: &[u64], by_site: bool) -> Array {
    let texts = Array::new();
    let mut text = CSV_MARK.to_owned();
    let heads: &[&str] = if by_site { &Audit::SITE_HEADS } else { &Audit::ENGINE_HEADS };
    csv_row(&mut text, heads.iter().copied());
    let mut breath = Breath::new();
    for key in keys {
        if by_site {
            if let Some(place) = audit.list().place(SiteId(*key)) {
                audit.csv_of_site(&mut text, place);
            }
        } else if let Some(engine) = audit.engine(EngineId(*key)) {
            audit.csv_of_engine(&mut text, engine);
        }
        // Handing a text over takes time as well.
        if text.len() > 64 * 1024 {
            texts.push(&JsValue::from_str(&text));
            text.clear();
        }
        breath.take().await;
    }
    texts.push(&JsValue::from_str(&text));
    texts
}

/// **Print**: a document for paper with everything that the search leaves, since the tables on screen hold only the rows
/// in view. It is in the page while the browser prints.
#[component]
pub(super) fn PrintAudit(page: AuditState) -> impl IntoView {
    let toasts = Toasts::here();
    let busy = RwSignal::new(false);
    on_cleanup(remove_paper);
    let done = window_event_listener(ev::afterprint, |_| remove_paper());
    on_cleanup(move || done.remove());
    let on_press = Callback::new(move |()| {
        let (Some(audit), Some(keys)) = (page.audit.get_untracked(), page.keys.get_untracked()) else {
            return;
        };
        let (by_site, filter) = (page.by_site.get_untracked(), untrack(|| page.filter.get()));
        busy.set(true);
        spawn_local(async move {
            let made = paper(&audit, &keys, by_site, &filter).await;
            // Whoever has left the page prints nothing any more.
            if busy.try_set(false).is_some() {
                remove_paper();
                return;
            }
            if made.and_then(|()| window().print()).is_err() {
                remove_paper();
                let advice = "Try again, or export the audit and print the file.".to_owned();
                toasts.say(Tone::Bad, "The browser did not print.", Some(advice));
            }
        });
    });
    let refused = nothing_to_take(page, busy);
    view! { <ActionButton icon=Icon::Print label="Print".to_owned() small=true refused on_press /> }
        .into_any()
}

const PAPER: &str = "paper";

fn remove_paper() {
    if let Some(paper) = document().get_element_by_id(PAPER) {
        paper.remove();
    }
}

fn add(parent: &Element, tag: &str, text: &str) -> Result<Element, JsValue> {
    let element = document().create_element(tag)?;
    element.set_text_content(Some(text));
    parent.append_child(&element)?;
    Ok(element)
}

/// Puts the document for paper into the page. Sites of pools are named once, under their pool: with ten thousand engines
/// the paper would have no end otherwise.
async fn paper(audit: &Arc<Audit>, keys: &[u64], by_site: bool, filter: &str) -> Result<(), JsValue> {
    remove_paper();
    let paper = document().create_element("div")?;
    paper.set_id(PAPER);
    let title =
        if by_site { "Sites with the engines that may scan them" } else { "Engines with their sites" };
    add(&paper, "h1", title)?;
    let now = console_api::Timestamp::from_unix_ms(clock::now());
    let shown = number::count(keys.len() as u64);
    let what = match (by_site, keys.len()) {
        (true, 1) => "site",
        (true, _) => "sites",
        (false, 1) => "engine",
        (false, _) => "engines",
    };
    let filter = filter.trim();
    let search = if filter.is_empty() { String::new() } else { format!(" with “{filter}”") };
    let host = window().location().host().unwrap_or_default();
    add(&paper, "p", &format!("{host}, {now}: {shown} {what}{search}."))?;
    let mut breath = Breath::new();
    if by_site {
        let list = add(&paper, "ul", "")?;
        for place in keys.iter().filter_map(|key| audit.list().place(SiteId(*key))) {
            let engines =
                audit.engines_of(place).iter().map(|engine| engine.name.as_str()).collect::<Vec<_>>();
            let label = audit.scanner_label(place);
            let words = match (audit.pool_of(place), label.is_empty()) {
                (_, true) => "not reported".to_owned(),
                (Some(_), _) if engines.is_empty() => format!("{label} (no engine)"),
                (Some(_), _) => format!("{label} ({})", engines.join(", ")),
                (None, _) => label,
            };
            let item = add(&list, "li", "")?;
            add(&item, "strong", audit.list().name(place))?;
            add(&item, "span", &format!(" – {words}"))?;
            breath.take().await;
        }
    } else {
        let mut pools = Vec::new();
        for engine in keys.iter().filter_map(|key| audit.engine(EngineId(*key))) {
            engine_on_paper(&paper, audit, engine)?;
            pools.extend(
                engine.pools.iter().filter(|pool| !pools.contains(*pool)).copied().collect::<Vec<_>>(),
            );
            breath.take().await;
        }
        sort_by_cached_key(&mut pools, |pool| audit.pool_name(*pool).to_owned());
        if !pools.is_empty() {
            add(&paper, "h1", "Pools")?;
        }
        for pool in pools {
            add(&paper, "h2", audit.pool_name(pool))?;
            add(&paper, "p", &names(audit, pool.into()))?;
            breath.take().await;
        }
    }
    if let Some(body) = document().body() {
        body.append_child(&paper)?;
    }
    Ok(())
}

fn engine_on_paper(paper: &Element, audit: &Audit, engine: &AuditEngine) -> Result<(), JsValue> {
    add(paper, "h2", &format!("{} – {}", engine.name, engine.status.label()))?;
    add(paper, "p", &format!("Directly: {}", names(audit, engine.id.into())))?;
    if !engine.pools.is_empty() {
        let pools = engine.pools.iter().map(|pool| audit.pool_name(*pool)).collect::<Vec<_>>();
        add(paper, "p", &format!("Through pools: {}", pools.join(", ")))?;
    }
    Ok(())
}

/// The names of the sites that an engine or a pool has, with their number.
fn names(audit: &Audit, scanner: ScannerId) -> String {
    let places = audit.places_of(scanner);
    if places.is_empty() {
        return "no site.".to_owned();
    }
    let names = places.iter().map(|place| audit.list().name(*place as usize)).collect::<Vec<_>>();
    format!("{}: {}.", console_api::rules::sites_in_words(names.len()), names.join("; "))
}
