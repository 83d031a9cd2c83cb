//! **Scan Engine Configuration**: one engine, what is known of it, and what can be done with it.

mod history;
mod note;
mod panel;
mod pools;
mod scans;
mod sites;

use std::sync::Arc;

use console_api::{
    Direction, Engine, EngineId, EngineStatus, Error,
    rules::{
        Arrow, Refusal, deletion, may_be_hosted, may_reverse, may_update, pools_of, reverse_pairing,
        reverse_refusal, standard_pairing,
    },
};
use leptos::{prelude::*, task::spawn_local};

use self::{
    history::EngineHistory,
    note::EngineNote,
    panel::{Panel, PanelButtons},
    pools::EnginePools,
    scans::EngineScans,
    sites::EngineSites,
};
use crate::{
    browser::{address::AddressParam, clock::Clock, number, title::Title},
    data::Data,
    features::{
        bulk::{BulkLine, WorkDialog},
        delete_engine::DeleteDialog,
        refresh::refresh_engine,
        relieve::MoveSitesDialog,
        replace_engine::ReplaceDialog,
        seen_as::seen_as,
    },
    forms::{draft::Drafts, engine_form::GeneralFields},
    routes::Route,
    ui::{
        button::{ActionButton, Refused},
        confirm::{Asked, Confirm},
        copy::CopyButton,
        dialog::Open,
        fold::Fold,
        heading::PageHeading,
        icon::{Icon, glyph},
        live::{follow, live, live_attribute},
        load_error::{LoadError, LoadFailure},
        status::status_mark,
        steps::PairingSteps,
        table::keys::KeySet,
        tabs::{Tab, Tabs},
        toast::{Toasts, Tone},
        vendor_page::{VendorLink, VendorPage},
    },
    unsaved::Unsaved,
};

const TABS: &[Tab] = &[
    ("general", "General"),
    ("sites", "Sites"),
    ("pools", "Pools"),
    ("scans", "Scans"),
    ("history", "History"),
    ("pairing", "Pairing"),
];

/// What the page's parts share. Copy it freely; all copies are the same.
#[derive(Clone, Copy)]
struct EngineState {
    id: EngineId,
    data: Data,
    clock: Clock,
    /// The engine, once it was read.
    engine: Memo<Option<Arc<Engine>>>,
}

/// The screen at `/engines/:id`.
#[component]
pub fn EnginePage(
    /// Which engine.
    id: EngineId,
) -> impl IntoView {
    let data = Data::here();
    data.open_engine(id);
    let engine = Memo::new(move |_| data.engine.value().filter(|engine| engine.id == id));
    let page = EngineState { id, data, clock: Clock::here(), engine };
    let title = Title::here();
    follow(move || {
        let name = engine.with(|engine| engine.as_ref().map(|engine| engine.name.clone()));
        let name = name.unwrap_or_else(|| format!("Engine {id}"));
        title.set(name);
    });
    Drafts::here().guard(Unsaved::here(), Route::Engine(id).path(), move || {
        let name = engine.with(|engine| engine.as_ref().map(|engine| engine.name.clone()));
        format!("The changes to {}", name.unwrap_or_else(|| format!("engine {id}")))
    });
    let there = Memo::new(move |_| engine.with(Option::is_some));
    view! {
        <section class="page of-one" aria-labelledby="page-heading">
            <EngineNeighbours page />
            <div class="page-head">
                <PageHeading route=Route::Engine(page.id) />
                {live(move || there.get().then(|| view! { <EngineActions page /> }))}
            </div>
            <div role="status" class="troubles">
                <EngineTroubles page />
            </div>
            <EngineSummary page />
            {live(move || there.get().then(|| view! { <EngineNote page /> }))}
            {live(move || there.get().then(|| view! { <EngineTabs page /> }))}
        </section>
    }
}

/// The way back to the list as it was left, and to the engines before and after this one in it.
#[component]
fn EngineNeighbours(page: EngineState) -> impl IntoView {
    let left = page.data.left.get_value();
    let list = Route::Engines.href();
    let back = match left.as_ref().filter(|left| !left.query.is_empty()) {
        Some(left) => format!("{list}?{}", left.query),
        None => list,
    };
    let place = left.and_then(|left| {
        // What was deleted in the meantime is skipped.
        let list = untrack(|| page.data.engines.value());
        let there = list.map(|list| list.items.iter().map(|it| it.id.get()).collect::<KeySet>());
        let is_there =
            |id: &&u64| **id == page.id.get() || there.as_ref().is_none_or(|there| there.contains(id));
        let engines = left.engines.iter().filter(is_there).copied().collect::<Vec<_>>();
        let at = engines.iter().position(|id| *id == page.id.get())?;
        Some((engines, at))
    });
    let beside = place.map(|(engines, at)| {
        let link = |word: &'static str, icon: Icon, at: Option<usize>| {
            let id = EngineId(*engines.get(at?)?);
            let name = live_attribute(move || {
                let list = page.data.engines.value();
                let name = list.and_then(|list| Some(list.items.iter().find(|it| it.id == id)?.name.clone()));
                Some(format!("{word}: {}", name.unwrap_or_else(|| format!("engine {id}"))))
            });
            Some(view! {
                <a class="icon-button" href=Route::Engine(id).href() aria-label=name.clone() title=name>
                    {glyph(icon, "")}
                </a>
            })
        };
        view! {
            {link("Previous", Icon::Previous, at.checked_sub(1))}
            <span class="secondary">{format!("{} of {}", number::count(at as u64 + 1), number::count(engines.len() as u64))}</span>
            {link("Next", Icon::Next, Some(at + 1))}
        }
    });
    view! {
        <nav class="way-back" aria-label="List of engines">
            <a href=back>"Back to Scan Engines"</a>
            {beside}
        </nav>
    }
}

/// The engine could not be read. What is on screen stays.
#[component]
fn EngineTroubles(page: EngineState) -> impl IntoView {
    live(move || {
        let error = page.data.engine.failed()?;
        let known_since = page.data.engine.read_at().filter(|_| page.engine.with(Option::is_some));
        let which = format!("engine with ID {}", page.id);
        let thing = LoadError { which, kind: "engine", list: ("Go to Scan Engines", Route::Engines.href()) };
        let again = Callback::new(move |()| page.data.read_engine(page.id));
        Some(view! { <LoadFailure thing error known_since clock=page.clock again /> })
    })
}

/// What is known of the engine.
#[component]
fn EngineSummary(page: EngineState) -> impl IntoView {
    live(move || {
        let Some(engine) = page.engine.get() else {
            if page.data.engine.failed().is_some() {
                return ().into_any();
            }
            let bones =
                ["w2", "w1", "w3"].map(|width| view! { <p><span class=format!("bone {width}")></span></p> });
            return view! {
                <div class="card" aria-busy="true">
                    <span class="unseen">"The engine is being read."</span>
                    {bones.into_iter().collect_view()}
                </div>
            }
            .into_any();
        };
        let pools = page.data.pools.value();
        let listed = pools.as_ref().map_or(&[][..], |pools| &pools.items);
        let pools = pools_of(engine.id, listed);
        let through = pools.iter().map(|pool| pool.sites.as_ref().map(Vec::len)).sum::<Option<usize>>();
        let through = through.map_or_else(|| "an unknown number".to_owned(), |through| through.to_string());
        let sites = format!("{} directly, {through} through pools", engine.sites.len());
        let time = |time: Option<_>| time.map(|time| (page.clock.relative(time), page.clock.exact(time)));
        let unknown = || ("–".to_owned(), "Not reported by this console".to_owned());
        let text =
            |text: &Option<String>| text.as_ref().map_or_else(unknown, |text| (text.clone(), String::new()));
        let port = engine.port.map(|port| format!(":{port}")).unwrap_or_default();
        let facts = [
            ("Address", "mono", (format!("{}{port}", engine.address), String::new())),
            ("Product version", "mono", text(&engine.product_version)),
            ("Content version", "mono", text(&engine.content_version)),
            ("Serial number", "mono", text(&engine.serial_number)),
            ("Last refreshed", "", time(engine.last_refreshed).unwrap_or_else(unknown)),
            ("Last updated", "", time(engine.last_updated).unwrap_or_else(unknown)),
        ];
        let pools = pools.iter().enumerate().map(|(at, pool)| {
            view! {
                {(at > 0).then_some(", ")}
                <a href=Route::Pool(pool.id).href()>{pool.name.clone()}</a>
            }
        });
        let pools = pools.collect::<Vec<_>>();
        let in_none = pools.is_empty().then_some("None");
        let facts = facts.map(|(label, class, (value, title))| {
            view! {
                <div>
                    <dt>{label}</dt>
                    <dd class=class title=title>
                        {value}
                    </dd>
                </div>
            }
        });
        let working = page.data.work.is_on(page.id);
        let step = page.data.next_step(&engine).map(|step| {
            let help = step.pairing_helps.then(|| {
                view! { <a href=Route::Engine(page.id).href_with("tab", "pairing")>"Pairing steps"</a> }
            });
            view! {
                <p class="next-step">
                    {step.why} " " <strong>{step.what}</strong> " " {help}
                </p>
                {seen_as(&engine)}
            }
        });
        view! {
            <section
                class=if working { "card summary working" } else { "card summary" }
                aria-label="Summary"
                aria-busy=working.then_some("true")
            >
                <div class="summary-head">
                    <h2>{engine.name.clone()}</h2>
                    {status_mark(&engine)}
                    <span class="secondary">{Arrow::of(&engine).direction_label()}</span>
                </div>
                {step}
                <dl class="summary-facts">
                    {facts.into_iter().collect_view()} <div>
                        <dt>"Sites"</dt>
                        <dd>
                            <a href=Route::Engine(page.id).href_with("tab", "sites")>{sites}</a>
                        </dd>
                    </div> <div>
                        <dt>"Pools"</dt>
                        <dd>{in_none} {pools}</dd>
                    </div>
                </dl>
            </section>
        }
        .into_any()
    })
}

/// Why something can't be done with the engine as it is now.
fn unless(page: EngineState, rule: impl Fn(&Engine) -> Option<String> + Send + Sync + 'static) -> Refused {
    Signal::derive(move || page.engine.with(|engine| rule(engine.as_ref()?)))
}

/// The dialogs of the page's head, of which one may be open.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Asks {
    Reverse,
    Replace,
    MoveSites,
    Delete,
}

/// The actions of the page's head, with the dialogs that ask first.
#[component]
fn EngineActions(page: EngineState) -> impl IntoView {
    let toasts = Toasts::here();
    let (data, id) = (page.data, page.id);
    let work = data.work;
    let refreshing =
        Signal::derive(move || work.refreshing.is_on(id).then(|| "It is being refreshed.".to_owned()));
    let updating = Signal::derive(move || {
        let busy = work.updating.is_on(id).then(|| "It is being updated.".to_owned());
        busy.or_else(|| {
            page.engine.with(|engine| may_update(engine.as_ref()?).err().map(|it| it.to_string()))
        })
    });
    let dialog = RwSignal::new(None);
    view! {
        <div class="actions">
            <ActionButton
                icon=Icon::Refresh
                label="Refresh".to_owned()
                refused=refreshing
                on_press=Callback::new(move |()| {
                    if let Some(engine) = untrack(|| page.engine.get()) {
                        refresh_engine(data, toasts, id, engine.name.clone());
                    }
                })
            />
            <ActionButton
                icon=Icon::Update
                label="Update".to_owned()
                refused=updating
                on_press=Callback::new(move |()| {
                    if let Some(engine) = untrack(|| page.engine.get()) {
                        data.update_engine((*engine).clone());
                    }
                })
            />
            <Fold label="More actions" icon=Icon::More always=true>
            <ActionButton
                icon=Icon::Reverse
                label="Reverse direction".to_owned()
                refused=unless(page, reverse_refusal)
                on_press=Callback::new(move |()| dialog.set(Some(Asks::Reverse)))
            />
            <ActionButton
                icon=Icon::Replace
                label="Replace engine".to_owned()
                on_press=Callback::new(move |()| dialog.set(Some(Asks::Replace)))
            />
            <ActionButton
                icon=Icon::Site
                label="Move its sites…".to_owned()
                refused=unless(page, |engine| {
                    engine.sites.is_empty().then(|| "It has no sites of its own.".to_owned())
                })
                on_press=Callback::new(move |()| dialog.set(Some(Asks::MoveSites)))
            />
            <ActionButton
                icon=Icon::Delete
                label="Delete".to_owned()
                refused=unless(page, |engine| deletion(engine, &[]).refused)
                on_press=Callback::new(move |()| dialog.set(Some(Asks::Delete)))
            />
            </Fold>
        </div>
        <ReverseDialog page open=Open::one_of(dialog, Asks::Reverse) />
        <ReplaceDialog engine=page.engine open=Open::one_of(dialog, Asks::Replace) />
        <MoveSitesDialog engine=page.engine open=Open::one_of(dialog, Asks::MoveSites) />
        <DeleteDialog engine=page.engine open=Open::one_of(dialog, Asks::Delete) leave=true />
    }
}

/// Asks before the direction is reversed, and warns about firewalls.
#[component]
fn ReverseDialog(page: EngineState, open: Open) -> impl IntoView {
    let toasts = Toasts::here();
    let asked = Asked::new(open);
    let name = move || {
        page.engine.with(|engine| engine.as_ref().map(|engine| engine.name.clone())).unwrap_or_default()
    };
    let words = move || {
        let engine = page.engine.get()?;
        let console = page.data.place();
        let port = engine.port.unwrap_or(40814);
        let to_engine = format!(
            "The console will call the engine at {}, port {port}. Open this port on every firewall between them, from the console to the engine.",
            engine.address
        );
        let to_console = format!(
            "The engine will call the console at {}, port {}. Open this port on every firewall between them, from the engine to the console.",
            console.address, console.port
        );
        let words = match engine.direction {
            Some(Direction::ConsoleToEngine) => {
                vec![("Now the console calls the engine.".to_owned()), to_console]
            }
            Some(Direction::EngineToConsole) => {
                vec![("Now the engine calls the console.".to_owned()), to_engine]
            }
            None => vec![
                "This console does not report which side connects. Reversing switches the sides.".to_owned(),
                to_console,
                "Or, if the engine already calls the console:".to_owned(),
                to_engine,
            ],
        };
        Some(words.into_iter().map(|words| view! { <p>{words}</p> }).collect_view())
    };
    let confirm = Callback::new(move |()| {
        let name = untrack(name);
        spawn_local(async move {
            let failed = format!("{name}: the direction was not reversed.");
            if asked.run(failed, Error::in_full, page.data.reverse_engine(page.id)).await.is_ok() {
                let more = Some("If nothing changes, the console may need a restart.".to_owned());
                toasts.say(Tone::Good, format!("{name}: the direction is reversed."), more);
            }
        });
    });
    view! {
        <Confirm
            asked
            title=Signal::derive(move || format!("Reverse direction of {}", name()))
            action="Reverse direction".to_owned()
            on_confirm=confirm
        >
            {live(words)}
            <p>"If a firewall blocks this port, the engine will be Not responding until the direction is reversed again."</p>
        </Confirm>
    }
}

/// What the tab of this key counts.
fn count(page: EngineState, tab: &'static str) -> Option<usize> {
    let engine = page.engine.get()?;
    match tab {
        "sites" => Some(engine.sites.len()),
        "pools" => page.data.pools.value().map(|pools| pools_of(engine.id, &pools.items).len()),
        _ => None,
    }
}

#[component]
fn EngineTabs(page: EngineState) -> impl IntoView {
    let tab = AddressParam::of("tab");
    // Made once and not by its tab: what is changed on one tab is saved from any of them.
    let panel_state = Panel::open(page, tab);
    let general = move || {
        view! {
            <form class="form" novalidate=true on:submit=panel_state.on_submit()>
                <GeneralFields general=panel_state.general send=Callback::new(move |()| panel_state.save()) />
                <PanelButtons panel=panel_state />
            </form>
        }
        .into_any()
    };
    let panel = move |tab| match tab {
        "sites" => view! { <EngineSites panel=panel_state /> }.into_any(),
        "pools" => view! { <EnginePools page /> }.into_any(),
        "scans" => view! { <EngineScans page /> }.into_any(),
        "history" => view! { <EngineHistory page /> }.into_any(),
        "pairing" => view! { <Pairing page /> }.into_any(),
        _ => untrack(general),
    };
    view! {
        <Tabs
            name="Scan Engine Configuration"
            tabs=TABS
            counts=Callback::new(move |key| count(page, key))
            chosen=Signal::derive(move || tab.get())
            on_choose=Callback::new(move |key: &'static str| {
                tab.choose(if key == TABS[0].0 { String::new() } else { key.to_owned() });
            })
            panel=Callback::new(panel)
        />
        <BulkLine open=panel_state.working bulk=page.data.bulk name="Work on several sites" />
        <WorkDialog open=panel_state.working bulk=page.data.bulk />
    }
}

/// **Run by Rapid7**, for an engine where only a person can know.
#[component]
fn RunByRapid7(page: EngineState, engine: Arc<Engine>) -> impl IntoView {
    may_be_hosted(&engine).then(|| {
        view! {
            <section class="card">
                <label class="check">
                    <input
                        type="checkbox"
                        prop:checked=engine.run_by_rapid7
                        on:change=move |event| page.data.mark_run_by_rapid7(&engine, event_target_checked(&event))
                    />
                    "Run by Rapid7"
                </label>
                <p>
                    "An engine of Rapid7's External Scanning Service can be listed here with an IP address of its own. You have no access to its command line: Rapid7 Support pairs it. The console does not report this, so tick it yourself; it is remembered in this browser only."
                </p>
            </section>
        }
    })
}

/// **Pairing**: what to do on the engine, both ways, with this engine's and this console's values.
#[component]
fn Pairing(page: EngineState) -> impl IntoView {
    live(move || {
        let Some(engine) = page.engine.get() else { return ().into_any() };
        if let Err(special) = may_reverse(&engine) {
            let hosted = special == Refusal::Hosted;
            let step = page.data.next_step(&engine).filter(|_| hosted);
            let (heading, words) = match step {
                Some(step) => ("Rapid7 pairs this engine", step.what),
                None if hosted => (
                    "This engine needs no pairing",
                    "Rapid7 runs it, and has paired it with this console.".to_owned(),
                ),
                None => ("This engine needs no pairing", "It comes with the console.".to_owned()),
            };
            return view! {
                <div class="notice">
                    <strong>{heading}</strong>
                    <span>{words}</span>
                    {hosted.then(|| seen_as(&engine))}
                </div>
                <RunByRapid7 page engine=Arc::clone(&engine) />
            }
            .into_any();
        }
        let console = page.data.place();
        let fingerprint = |text: &Option<String>| {
            text.clone().map_or_else(
                || view! { <span class="secondary">"Not available yet"</span> }.into_any(),
                |text| view! { <div class="command"><code class="fingerprint">{text.clone()}</code> <CopyButton command=text /></div> }.into_any(),
            )
        };
        let (standard, reverse) = (Arc::clone(&engine), Arc::clone(&engine));
        let (at, place) = (console.clone(), console.clone());
        let is_reverse = engine.direction == Some(Direction::EngineToConsole);
        let is_paired = engine.status == EngineStatus::Active;
        let paired = is_paired.then(|| {
            let who = match engine.direction {
                Some(Direction::ConsoleToEngine) => ": the console calls it",
                Some(Direction::EngineToConsole) => ": it calls the console",
                None => "",
            };
            view! { <p class="notice">{format!("{} is paired{who}. No action needed.", engine.name)}</p> }
        });
        view! {
            {paired}
            {(!is_paired).then(|| seen_as(&engine))}
            <details class="card" open=!is_reverse && !is_paired>
                <summary>
                    <h2>"The console calls the engine (standard pair)"</h2>
                </summary>
                <PairingSteps steps=Callback::new(move |host| standard_pairing(host, &standard, &at)) />
            </details>
            <details class="card" open=is_reverse && !is_paired>
                <summary>
                    <h2>"The engine calls the console (reverse pair)"</h2>
                </summary>
                <p>
                    "For an engine that the console does not know yet, or that was deleted. A shared secret comes from "
                    <a href=Route::SharedSecret.href()>"Generate Scan Engine Shared Secret"</a>
                    ". To turn a paired engine around, use Reverse direction instead."
                </p>
                <PairingSteps steps=Callback::new(move |host| reverse_pairing(host, Some(&reverse), &place)) />
            </details>
            <section class="card" aria-labelledby="fingerprints">
                <h2 id="fingerprints">"Certificates"</h2>
                <p>
                    "Compare these SHA-256 fingerprints with what "<code>"show consoles"</code>
                    " prints on the engine. If they match, the connection isn't being intercepted."
                </p>
                <dl class="facts">
                    <dt>"This engine"</dt>
                    <dd>{fingerprint(&engine.certificate_fingerprint)}</dd>
                    <dt>"This console"</dt>
                    <dd>{fingerprint(&engine.console_fingerprint)}</dd>
                </dl>
            </section>
            <RunByRapid7 page engine=Arc::clone(&engine) />
            <p class="secondary">
                "In Rapid7's documentation: " <VendorLink page=VendorPage::DistributedEngines /> ", "
                <VendorLink page=VendorPage::EngineToConsole />
            </p>
        }
        .into_any()
    })
}
