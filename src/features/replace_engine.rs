//! **Replace engine**: another one takes over all of its sites and its places in pools.

use std::sync::Arc;

use console_api::{
    Engine, EngineId,
    rules::{
        Change, OwnedSite, ScansOn, engine_successors, may_delete, pools_of, replacement, sites_in_words,
        some_names,
    },
};
use leptos::{prelude::*, task::spawn_local};
use leptos_router::hooks::use_navigate;

use super::bulk::{BulkDialog, Plan};
use crate::{
    data::{Data, query::Query},
    forms::picker::{Picker, Picking},
    routes::{self, Route},
    ui::{
        dialog::Open,
        live::{follow, live},
        load_error::sites_unread,
    },
};

/// How many of its sites are named in the sentence; all of them stand below.
const NAMED: usize = 3;

/// Asks which engine takes its place, and says what that means.
#[component]
pub fn ReplaceDialog(
    /// The engine that is replaced.
    engine: Memo<Option<Arc<Engine>>>,
    /// Whether it is open.
    #[prop(into)]
    open: Open,
) -> impl IntoView {
    let data = Data::here();
    let navigate = use_navigate();
    let sites = Query::<Vec<OwnedSite>>::new();
    let (delete, gone) = (RwSignal::new(false), RwSignal::new(false));
    let running = RwSignal::new(ScansOn::default());
    let now = move || engine.get();
    let name = move || now().map(|engine| engine.name.clone()).unwrap_or_default();
    let read = move || {
        if let Some(engine) = untrack(now) {
            sites.read(data.sites_of(vec![engine.id]));
        }
    };
    follow(move || {
        if !open.get() {
            return;
        }
        // What is left of earlier work is cleared away.
        data.bulk.close();
        delete.set(false);
        running.set(ScansOn::default());
        read();
        untrack(|| data.want_scanners());
        let Some(engine) = untrack(now) else { return };
        spawn_local(async move {
            if let Ok(scans) = data.scans_on_one(&engine).await {
                _ = running.try_set(scans);
            }
        });
    });
    follow(move || {
        if gone.get() && !open.get() {
            gone.set(false);
            routes::go(&navigate, &Route::Engines.href());
        }
    });
    let successors = Memo::new(move |_| {
        let found = match (data.engines.value(), data.pools.value(), now()) {
            (Some(engines), Some(pools), Some(engine)) => {
                engine_successors(engine.id, &engines.items, &pools.items)
            }
            _ => Vec::new(),
        };
        Arc::new(found)
    });
    let picking = Picking::new(successors);
    follow(move || {
        if open.get() {
            picking.clear();
        }
    });
    let changes = move || {
        let (engine, pools, known, to) = (now()?, data.pools.value()?, sites.value()?, picking.chosen()?);
        let to = EngineId(to.get());
        Some(replacement(&engine, to, &known, &pools.items, delete.get()))
    };
    let may_go = move || now().is_some_and(|engine| may_delete(&engine).is_ok());
    let plan = Memo::new(move |_| {
        let planned = changes();
        let scans = (delete.get() && running.with(|scans| scans.sure > 0))
            .then(|| "A scan is running on it: it can't be deleted now.".to_owned());
        let nothing =
            planned.as_ref().is_some_and(Vec::is_empty).then(|| "It has no sites and no pools.".to_owned());
        let refused =
            scans.or(nothing).or_else(|| match (sites.value(), sites.failed(), data.pools.value()) {
                (_, Some(_), _) => Some("Its sites could not be read.".to_owned()),
                (None, ..) | (_, _, None) => Some("Its sites and pools are being read.".to_owned()),
                _ if picking.chosen().is_some() => None,
                _ => picking.wrong().or_else(|| Some("First choose the replacement.".to_owned())),
            });
        let title = match (picking.label(), delete.get()) {
            (None, _) => format!("Replace {}", name()),
            (Some(other), false) => format!("Replace {} with {other}", name()),
            (Some(other), true) => format!("Replace {} with {other}, then delete it", name()),
        };
        let names = planned.unwrap_or_default().iter().map(Change::label).collect();
        Arc::new(Plan { title, names, what: ("change", "be made"), left_out: Vec::new(), refused })
    });
    let start = Callback::new(move |()| {
        let Some(planned) = untrack(changes) else { return };
        let deletes = delete.get_untracked();
        data.carry_out(planned, "Replacing an engine", move |left| {
            if deletes && !left.iter().any(|change| matches!(change, Change::Delete { .. })) {
                _ = gone.try_set(true);
            }
        });
    });
    let what = move || {
        let (engine, pools, known) = (now()?, data.pools.value()?, sites.value()?);
        let other = picking.label().unwrap_or_else(|| "The engine that you choose".to_owned());
        let pools = pools_of(engine.id, &pools.items);
        let pools = pools.iter().map(|pool| pool.name.as_str()).collect::<Vec<_>>();
        let names = known.iter().map(|site| site.name.as_str()).collect::<Vec<_>>();
        let sites = match names.len() {
            0 => "No site is assigned to it directly.".to_owned(),
            count => format!("{other} gets {}: {}.", sites_in_words(count), some_names(&names, NAMED)),
        };
        let pools = match &pools[..] {
            [] => "It is in no pool.".to_owned(),
            [one] => format!(
                "{other} takes its place in the pool {one}: it joins first, then {} leaves.",
                engine.name
            ),
            many => format!(
                "{other} takes its place in the pools {}: it joins first, then {} leaves.",
                many.join(", "),
                engine.name
            ),
        };
        let view = view! {
            <ul class="plain">
                <li>{sites}</li>
                <li>{pools}</li>
                <li>{format!("{} then has no sites and no pools, and can be deleted.", engine.name)}</li>
            </ul>
        };
        Some(view.into_any())
    };
    let scans = move || {
        running.with(|scans| {
            let words = || format!("{} Scans under way on it finish there.", scans.words());
            (!scans.is_empty()).then(|| view! { <p>{words()}</p> })
        })
    };
    let failed = move || sites.failed().map(|error| sites_unread(&error, true, read));
    view! {
        <BulkDialog
            open
            bulk=data.bulk
            heading=Signal::derive(move || format!("Replace {}", name()))
            plan
            destructive=delete
            on_start=start
        >
            <Picker label="Engine that takes its place" help="Type part of its name." picking />
            {live(what)}
            {live(scans)}
            {live(failed)}
            {live(move || {
                may_go()
                    .then(|| {
                        view! {
                            <label class="check">
                                <input
                                    type="checkbox"
                                    prop:checked=move || delete.get()
                                    on:change=move |event| delete.set(event_target_checked(&event))
                                />
                                {format!("Then delete {}", name())}
                            </label>
                        }
                    })
            })}
        </BulkDialog>
    }
}
