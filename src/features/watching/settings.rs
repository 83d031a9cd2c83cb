//! The dialog **Watching**: whether this browser keeps watching and notifies, and what it has kept of the engines' history.

use console_api::rules::{History, QuietHours};
use js_sys::Array;
use leptos::{ev, prelude::*, task::spawn_local};
use wasm_bindgen::JsCast;

use super::{
    Watching,
    notify::{NotifyBox, NotifyProblem, QUIET, SignOutAfter},
};
use crate::{
    browser::{
        download::{csv_name, save},
        file::read_chosen,
        kept::Unkept,
    },
    data::Data,
    features::history::{KEPT_HERE, extent},
    ui::{
        button::ActionButton,
        confirm::{Asked, Confirm},
        dialog::{Dialog, Open},
        icon::{Icon, glyph},
        live::{follow, live},
        toast::{Toasts, Tone},
    },
};

/// The button **Watching** in the header.
#[component]
pub fn WatchingButton() -> impl IntoView {
    let data = Data::here();
    // What it opens may come a little later.
    live(move || {
        Watching::of(data).map(|watching| {
            view! {
                <button type="button" class="button quiet" on:click=move |_| watching.open()>
                    {glyph(Icon::View, "")}
                    "Watching"
                </button>
            }
        })
    })
}

/// What is asked before it is done.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Asks {
    Clear,
    Import,
}

#[component]
pub(super) fn WatchingDialog(watching: Watching) -> impl IntoView {
    let asks = RwSignal::new(None);
    let chosen = RwSignal::new(String::new());
    let toasts = Toasts::here();
    let clear = Asked::new(Open::one_of(asks, Asks::Clear));
    let import = Asked::new(Open::one_of(asks, Asks::Import));
    let what_is_lost = move || {
        let words = watching.data.history.memory().and_then(|memory| memory.with(|history| extent(history)));
        words.map(|words| format!("What is kept now: {words}"))
    };
    view! {
        <Dialog open=watching.open title="Watching".to_owned()>
            <Choices watching />
            <Quiet />
            <Kept watching asks chosen />
        </Dialog>
        <Confirm
            asked=clear
            title="Clear the history".to_owned()
            action="Clear the history".to_owned()
            destructive=true
            on_confirm=Callback::new(move |()| {
                spawn_local(async move {
                    asks.set(None);
                    said(toasts, "The history is cleared.", watching.recorder.clear().await);
                });
            })
        >
            <p>{live(what_is_lost)}</p>
            <p>"This can't be undone. Export it first if you may need it."</p>
        </Confirm>
        <Confirm
            asked=import
            title="Replace the history".to_owned()
            action="Replace the history".to_owned()
            destructive=true
            on_confirm=Callback::new(move |()| {
                asks.set(None);
                take(watching, toasts, &chosen.get_untracked());
            })
        >
            <p>{live(what_is_lost)}</p>
            <p>"The file replaces it. This can't be undone. Export it first if you may need it."</p>
        </Confirm>
    }
}

/// Says what came of a change of what is kept.
fn said(toasts: Toasts, done: &str, result: Result<(), Unkept>) {
    match result {
        Ok(()) => toasts.say(Tone::Good, done, None),
        Err(why) => toasts.say(Tone::Bad, "The history was not changed.", Some(unkept(why).to_owned())),
    }
}

/// Why the browser keeps nothing, and what helps.
fn unkept(why: Unkept) -> &'static str {
    match why {
        Unkept::Forbidden => {
            "This browser does not let the app store anything, as in a private window. Allow it in its settings for this site."
        }
        Unkept::Full => "The browser's storage is full. Clear the history, or free space on this computer.",
        Unkept::Busy => "Another tab is busy with it. Close the other tabs of this app.",
        Unkept::Newer => "A newer version of this app has saved it. Reload the page.",
        Unkept::Failed => "The browser could not save it. Reload the page, or restart the browser.",
    }
}

/// **Keep watching** and **Notify me**, which stay signed in for longer.
#[component]
fn Choices(watching: Watching) -> impl IntoView {
    let two_factor = untrack(|| watching.session.account()).is_some_and(|account| account.two_factor);
    let ends = two_factor.then(|| {
        view! {
            <p class="secondary">
                "You signed in with a two-factor token. When it expires, nothing is watched until you sign in again; a notification tells you."
            </p>
        }
    });
    view! {
        <div class="watching-choices">
            <label class="check">
                <input
                    type="checkbox"
                    prop:checked=move || watching.keep.get()
                    on:change=move |event| watching.choose_keep(event_target_checked(&event))
                />
                "Keep watching"
            </label>
            <p class="help">
                "Reads the engines at the interval of Auto-refresh (every 5 minutes if that is off) on every screen, and while this tab is in the background. The tab must stay open."
            </p>
            <NotifyBox watching />
            <NotifyProblem />
            {live(move || {
                let only_kept = watching.keep.get() && !watching.notify.get();
                only_kept.then(|| view! { <SignOutAfter session=watching.session /> })
            })}
            {ends}
        </div>
    }
}

/// **Quiet hours**.
#[component]
fn Quiet() -> impl IntoView {
    let kept = QUIET.remembered().unwrap_or_default();
    let (from, to) = kept.split_once('-').unwrap_or_default();
    let (from, to) = (RwSignal::new(from.to_owned()), RwSignal::new(to.to_owned()));
    let field = |label: &'static str, value: RwSignal<String>| {
        view! {
            <label class="inline-select">
                {label}
                <input
                    class="input"
                    type="time"
                    prop:value=move || value.get()
                    on:input=move |event| {
                        value.set(event_target_value(&event));
                        QUIET.remember(&format!("{}-{}", from.get_untracked(), to.get_untracked()));
                    }
                />
            </label>
        }
    };
    let words = move || {
        let (from, to) = (from.get(), to.get());
        match QuietHours::new(&from, &to) {
            Some(_) => {
                "No notifications during these hours. Anything still wrong at the end is reported then."
            }
            None if from.is_empty() && to.is_empty() => "Notifications come at any hour.",
            None => "Choose two different times. Until then, notifications come at any hour.",
        }
    };
    view! {
        <fieldset class="quiet-hours">
            <legend>"Quiet hours"</legend>
            {field("From", from)}
            {field("To", to)}
            <p class="help" role="status">
                {words}
            </p>
        </fieldset>
    }
}

/// What is kept of the history: **Export**, **Import** and **Clear**.
#[component]
fn Kept(watching: Watching, asks: RwSignal<Option<Asks>>, chosen: RwSignal<String>) -> impl IntoView {
    let data = watching.data;
    let toasts = Toasts::here();
    let words = move || {
        let memory = data.history.memory()?;
        Some(
            memory
                .with(|history| extent(history))
                .unwrap_or_else(|| "Nothing has been recorded yet.".to_owned()),
        )
    };
    let trouble = move || {
        data.history.memory();
        let why = data.kept().and_then(|kept| kept.trouble()).map(unkept);
        let other =
            watching.recorder.problem().map(|problem| format!("The saved history can't be read. {problem} "));
        let words = match (other, why) {
            (Some(other), _) => {
                format!(
                    "{other}Clear it to start over. Until then, the history is lost when this page closes."
                )
            }
            (None, Some(why)) => format!("{why} Until then, the history is lost when this page closes."),
            (None, None) => return None,
        };
        Some(view! { <div class="notice uncertain">{words}</div> })
    };
    let is_empty = move || {
        let empty = data.history.memory().is_none_or(|memory| memory.with(|history| history.is_empty()));
        empty.then(|| "Nothing has been recorded yet.".to_owned())
    };
    let elsewhere = move || {
        data.history.memory();
        let works = data.kept().is_some_and(|kept| kept.trouble().is_none());
        (works && !watching.recorder.keeps())
            .then(|| "Another tab of this app keeps the history. Do it there, or close it.".to_owned())
    };
    let export = Callback::new(move |()| {
        let Some(memory) = untrack(|| data.history.memory()) else { return };
        let text = memory.with(|history| history.to_text(&owner(watching)));
        let name = csv_name("engine-history").replace(".csv", ".txt");
        if save(&name, "text/plain;charset=utf-8", &Array::of1(&text.into())).is_err() {
            let help = Some("Try again, or check its download settings.".to_owned());
            toasts.say(Tone::Bad, "The browser did not save the file.", help);
        }
    });
    let clear_refused = Signal::derive(move || {
        elsewhere().or_else(|| is_empty().filter(|_| watching.recorder.problem().is_none()))
    });
    view! {
        <section class="kept-history" aria-labelledby="kept-history">
            <h3 id="kept-history">"History of the engines"</h3>
            <p>{KEPT_HERE}</p>
            <p role="status">{live(words)}</p>
            <div role="status">{live(trouble)}</div>
            <div class="buttons">
                <ActionButton icon=Icon::Export label="Export history".to_owned() small=true refused=Signal::derive(is_empty) on_press=export />
                <ImportButton watching asks chosen refused=Signal::derive(elsewhere) />
                <ActionButton
                    icon=Icon::Delete
                    label="Clear history".to_owned()
                    small=true
                    refused=clear_refused
                    on_press=Callback::new(move |()| asks.set(Some(Asks::Clear)))
                />
            </div>
        </section>
    }
}

/// Whose history it is.
fn owner(watching: Watching) -> String {
    let user = watching.session.username();
    let console = window().location().origin().unwrap_or_default();
    format!("{user} at {console}")
}

/// **Import history**, from a file.
#[component]
fn ImportButton(
    watching: Watching,
    asks: RwSignal<Option<Asks>>,
    chosen: RwSignal<String>,
    refused: Signal<Option<String>>,
) -> impl IntoView {
    let toasts = Toasts::here();
    let input = NodeRef::<leptos::html::Input>::new();
    let read = move |event: ev::Event| {
        read_chosen(&event_target(&event), move |text| {
            let Some(text) = text else {
                toasts.say(Tone::Bad, "The file could not be read.", None);
                return;
            };
            let is_empty = untrack(|| watching.data.history.memory())
                .is_none_or(|memory| memory.with(|history| history.is_empty()));
            // What can't be taken is not asked about.
            if is_empty || History::from_text(&text, &owner(watching)).is_err() {
                take(watching, toasts, &text);
            } else if chosen.try_set(text).is_none() {
                asks.set(Some(Asks::Import));
            }
        });
    };
    let press = Callback::new(move |()| {
        if let Some(input) = input.get_untracked() {
            input.click();
        }
    });
    follow(move || {
        if let Some(input) = input.get() {
            // It is opened by the button, which says what it is for.
            _ = input.unchecked_ref::<web_sys::HtmlElement>().set_attribute("tabindex", "-1");
        }
    });
    view! {
        <ActionButton icon=Icon::Import label="Import history".to_owned() small=true refused on_press=press />
        <input type="file" class="unseen" accept=".txt,text/plain" aria-label="History file" aria-hidden="true" node_ref=input on:change=read />
    }
}

/// Takes an exported history in the place of what is there.
fn take(watching: Watching, toasts: Toasts, text: &str) {
    match History::from_text(text, &owner(watching)) {
        Err(why) => toasts.say(Tone::Bad, "The history was not imported.", Some(why.to_string())),
        Ok(history) => spawn_local(async move {
            said(toasts, "The history is imported.", watching.recorder.replace(history).await);
        }),
    }
}
