//! News of engines that go bad or come back while the page is open: in the app, and in the browser's notifications for
//! whoever wants them.

use std::sync::Arc;

use console_api::{
    Engine, List, Severity,
    rules::{turns, turns_in_words},
};
use js_sys::Reflect;
use leptos::{prelude::*, task::spawn_local};
use wasm_bindgen_futures::JsFuture;
use web_sys::{Notification, NotificationOptions, NotificationPermission};

use crate::{
    browser::preference::Preference,
    data::Data,
    session::{IDLE, Session},
    ui::{
        live::{follow_from, live},
        toast::{Toasts, Tone},
    },
};

const NOTIFY: Preference = Preference::named("engine-console.notify");

/// After how many minutes without activity to sign out, for whoever waits for notifications.
const SIGN_OUT_AFTER: [(u64, &str); 4] = [(15, "15 min"), (60, "1 h"), (240, "4 h"), (720, "12 h")];

/// Whether somebody wants notifications, and what stands in the way. Copy it freely; all copies are the same.
#[derive(Clone, Copy)]
pub(super) struct Notifier {
    wanted: RwSignal<bool>,
    problem: RwSignal<Option<&'static str>>,
    session: Session,
}

const UNSUPPORTED: &str = "This browser has no notifications, or none for an address without HTTPS.";
const DENIED: &str = "The browser blocks notifications of this address. Allow them in its settings for this site, then try again.";
const UNANSWERED: &str = "The browser was not allowed to show notifications yet. Try again and choose Allow.";

impl Notifier {
    /// As it was the last time, if the browser still allows it.
    pub(super) fn remembered() -> Self {
        let wanted = NOTIFY.remembered().as_deref() == Some("on") && refusal().is_none();
        let session = Session::here();
        if !wanted {
            session.choose_idle(IDLE);
        }
        Self { wanted: RwSignal::new(wanted), problem: RwSignal::new(None), session }
    }

    /// Whether notifications will come.
    pub(super) fn is_on(self) -> bool {
        self.wanted.get()
    }

    fn choose(self, on: bool) {
        NOTIFY.remember(if on { "on" } else { "off" });
        self.wanted.set(on);
        self.problem.set(None);
        if !on {
            self.session.choose_idle(IDLE);
        }
    }

    /// Switches them on or off. Only this asks the browser for its permission.
    fn toggle(self) {
        if self.wanted.get_untracked() {
            self.choose(false);
            return;
        }
        spawn_local(async move {
            let refused = match refusal() {
                Some(UNANSWERED) => {
                    if let Ok(asked) = Notification::request_permission() {
                        // The permission itself tells how it was answered.
                        _ = JsFuture::from(asked).await;
                    }
                    refusal()
                }
                other => other,
            };
            match refused {
                None => self.choose(true),
                Some(why) => _ = self.problem.try_set(Some(why)),
            }
        });
    }

    /// Shows a notification, if they are wanted.
    fn tell(self, text: &str) {
        if !self.wanted.get_untracked() || refusal().is_some() {
            return;
        }
        let options = NotificationOptions::new();
        options.set_body("Engine console");
        // Mobile browsers have the permission but not the call.
        if Notification::new_with_options(text, &options).is_err() {
            self.wanted.set(false);
            self.problem.set(Some(UNSUPPORTED));
        }
    }
}

/// Why the browser would show none; `None` when it does.
fn refusal() -> Option<&'static str> {
    let there = Reflect::has(&window(), &"Notification".into()).unwrap_or(false);
    if !there {
        return Some(UNSUPPORTED);
    }
    match Notification::permission() {
        NotificationPermission::Granted => None,
        NotificationPermission::Denied => Some(DENIED),
        _ => Some(UNANSWERED),
    }
}

/// **Notify me**, and why not where the browser does not.
#[component]
pub(super) fn NotifyMe(notifier: Notifier) -> impl IntoView {
    view! {
        <label class="check" title="Notifications of the browser when an engine goes bad or comes back, also while this page is hidden">
            <input
                type="checkbox"
                prop:checked=move || notifier.is_on()
                on:change=move |event| {
                    // The box follows what the browser allows.
                    notifier.toggle();
                    let on = notifier.wanted.get_untracked();
                    event_target::<web_sys::HtmlInputElement>(&event).set_checked(on);
                }
            />
            "Notify me"
        </label>
        {live(move || notifier.is_on().then(|| view! { <SignOutAfter session=notifier.session /> }))}
    }
}

/// **Sign out after**: whoever waits for notifications may leave the page alone for longer.
#[component]
fn SignOutAfter(session: Session) -> impl IntoView {
    view! {
        <label class="inline-select" title="How long this browser stays signed in without a key or a click">
            "Sign out after"
            <select
                class="select"
                prop:value=move || session.idle().to_string()
                on:change=move |event| {
                    if let Ok(minutes) = event_target_value(&event).parse() {
                        session.choose_idle(minutes);
                    }
                }
            >
                {SIGN_OUT_AFTER
                    .map(|(minutes, label)| view! { <option value=minutes.to_string()>{label}</option> })
                    .collect_view()}
            </select>
        </label>
    }
}

/// Why no notification will come although somebody asked for them.
#[component]
pub(super) fn NotifyProblem(notifier: Notifier) -> impl IntoView {
    live(move || {
        notifier.problem.get().map(|why| {
            view! {
                <div class="notice uncertain">
                    {why} " Until then, news is shown on this page only."
                </div>
            }
        })
    })
}

/// Compares each reading of the engines with the one before, and tells who went bad or came back.
pub(super) fn tell_turns(data: Data, notifier: Notifier) {
    let toasts = Toasts::here();
    follow_from(move |before: Option<Option<Arc<List<Engine>>>>| {
        let now = data.engines.value();
        if let (Some(Some(before)), Some(now)) = (before, &now)
            && !Arc::ptr_eq(&before, now)
        {
            let mut turned = turns(&before.items, &now.items);
            turned.retain(|turn| !data.health.silences(turn.engine));
            let turned = turns_in_words(&turned);
            let advice = "The list of problems says what to do.".to_owned();
            for (severity, words) in turned {
                notifier.tell(&words);
                match severity {
                    Severity::Bad => toasts.say(Tone::Bad, words, Some(advice.clone())),
                    _ => toasts.say(Tone::Good, words, None),
                }
            }
        }
        now
    });
}
