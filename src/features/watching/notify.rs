//! News of engines that go bad or come back: in the app, and in the browser's notifications for whoever wants them, on whatever screen.

use std::sync::Arc;

use console_api::{
    Engine, List, Severity,
    rules::{QuietHours, notices, turns, turns_in_words},
};
use js_sys::{Date, Reflect};
use leptos::{prelude::*, task::spawn_local};
use wasm_bindgen_futures::JsFuture;
use web_sys::{Notification, NotificationOptions, NotificationPermission};

use super::{NOTIFY, Watching};
use crate::{
    browser::preference::Preference,
    data::Data,
    routes::{self, Route},
    session::{Ended, Session, State},
    ui::{
        live::{follow, follow_from, live},
        toast::{Toasts, Tone},
    },
};

pub(super) const QUIET: Preference = Preference::named("engine-console.quiet-hours");

/// After how many minutes without activity to sign out, for whoever watches.
const SIGN_OUT_AFTER: [(u64, &str); 4] = [(15, "15 min"), (60, "1 h"), (240, "4 h"), (720, "12 h")];

const UNSUPPORTED: &str = "This browser does not support notifications, or only with HTTPS.";
const DENIED: &str = "The browser blocks notifications from this address. Allow them in its settings for this site, then try again.";
const UNANSWERED: &str = "The browser was not allowed to show notifications yet. Try again and choose Allow.";

impl Watching {
    fn choose_notify(self, on: bool) {
        NOTIFY.remember(if on { "on" } else { "off" });
        self.notify.set(on);
        self.problem.set(None);
        self.sign_out_as_usual();
    }

    /// Switches them on or off. Only this asks the browser for its permission.
    fn toggle(self) {
        if self.notify.get_untracked() {
            self.choose_notify(false);
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
                None if self.notify.try_get_untracked().is_some() => self.choose_notify(true),
                None => {}
                Some(why) => _ = self.problem.try_set(Some(why)),
            }
        });
    }

    /// Shows a notification, if they are wanted.
    fn tell(self, what: &str, more: &str) {
        // Nothing: the visit is over.
        if self.notify.try_get_untracked() == Some(true) && !show(what, more) {
            self.notify.set(false);
            self.problem.set(Some(UNSUPPORTED));
        }
    }
}

/// Shows a notification. False where the browser has none after all.
fn show(what: &str, more: &str) -> bool {
    if refusal().is_some() {
        return true;
    }
    let options = NotificationOptions::new();
    options.set_body(if more.is_empty() { "Engine console" } else { more });
    // Mobile browsers have the permission but not the call.
    Notification::new_with_options(what, &options).is_ok()
}

/// Why the browser would show none; `None` when it does.
pub(super) fn refusal() -> Option<&'static str> {
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

/// Whether it is quiet now.
fn is_quiet() -> bool {
    let hours = QUIET.remembered().and_then(|text| QuietHours::from_text(&text));
    let now = Date::new_0();
    hours.is_some_and(|hours| hours.contains(now.get_hours() * 60 + now.get_minutes()))
}

/// **Notify me**.
#[component]
pub fn NotifyMe() -> impl IntoView {
    let data = Data::here();
    live(move || Watching::of(data).map(|watching| view! { <NotifyBox watching /> }))
}

#[component]
pub(super) fn NotifyBox(watching: Watching) -> impl IntoView {
    view! {
        <label class="check" title="Browser notifications when an engine fails or recovers, on any screen, even while the tab is hidden">
            <input
                type="checkbox"
                prop:checked=move || watching.notify.get()
                on:change=move |event| {
                    // The box follows what the browser allows.
                    watching.toggle();
                    let on = watching.notify.get_untracked();
                    event_target::<web_sys::HtmlInputElement>(&event).set_checked(on);
                }
            />
            "Notify me"
        </label>
        {live(move || watching.notify.get().then(|| view! { <SignOutAfter session=watching.session /> }))}
    }
}

/// **Sign out after**: whoever watches may leave the page alone for longer.
#[component]
pub(super) fn SignOutAfter(session: Session) -> impl IntoView {
    view! {
        <label class="inline-select" title="How long this browser stays signed in without activity">
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

/// Why no notification will come although someone asked for them.
#[component]
pub fn NotifyProblem() -> impl IntoView {
    let data = Data::here();
    live(move || {
        Watching::of(data)?.problem.get().map(|why| {
            view! {
                <div class="notice uncertain">
                    {why} " Until then, only the Health page shows changes."
                </div>
            }
        })
    })
}

/// Compares each reading of the engines with the one before, and tells who failed or came back: on the page Health, and to
/// whoever wants to be notified. Says as well when it ends.
pub(super) fn notify(watching: Watching) {
    let data = watching.data;
    let toasts = Toasts::here();
    let here = routes::current();
    follow_from(move |before: Option<Option<Arc<List<Engine>>>>| {
        let now = data.engines.value();
        let is_wanted = watching.notify.get_untracked();
        if let (Some(Some(before)), Some(now)) = (&before, &now)
            && !Arc::ptr_eq(before, now)
            && (is_wanted || here.get_untracked() == Some(Route::Health))
        {
            let mut turned = turns(&before.items, &now.items);
            turned.retain(|turn| !data.health.silences(turn.engine));
            let advice = "The list of problems in Health says what to do.".to_owned();
            for (severity, words) in turns_in_words(&turned) {
                match severity {
                    Severity::Bad => toasts.say(Tone::Bad, words, Some(advice.clone())),
                    _ => toasts.say(Tone::Good, words, None),
                }
            }
        }
        now
    });
    // What happens in quiet hours is told when they are over, as far as it is still so: what was told last stays what the list
    // is compared with.
    follow_from(move |told: Option<Option<Arc<List<Engine>>>>| {
        let now = data.engines.value();
        let is_wanted = watching.notify.get();
        match (told.flatten(), now) {
            (Some(told), Some(now)) if is_wanted && !Arc::ptr_eq(&told, &now) => {
                if is_quiet() {
                    return Some(told);
                }
                tell_turns(watching, &told, Arc::clone(&now));
                Some(now)
            }
            (_, now) => now,
        }
    });
    say_when_it_ends(watching);
}

/// One notice for all engines that turned to the same status.
fn tell_turns(watching: Watching, before: &List<Engine>, now: Arc<List<Engine>>) {
    let data = watching.data;
    let mut turned = turns(&before.items, &now.items);
    turned.retain(|turn| !data.health.silences(turn.engine));
    if turned.is_empty() {
        return;
    }
    // A moment later Health has found out what follows from it.
    set_timeout(
        move || {
            let (pools, found) = untrack(|| (data.pools.value(), data.health.found()));
            let pools = pools.as_ref().map_or(&[][..], |list| &list.items);
            let causes = found.as_ref().map_or(&[][..], |found| &found.causes);
            for notice in notices(&turned, &now.items, pools, causes) {
                watching.tell(&notice.what, &notice.more);
            }
        },
        std::time::Duration::from_millis(300),
    );
}

/// Nobody is notified any more once the console takes the credentials no longer, as when a two-factor token has run out, or the time
/// without a key or a click is over.
fn say_when_it_ends(watching: Watching) {
    let session = watching.session;
    let tell = move || {
        let two_factor = untrack(|| session.account()).is_some_and(|account| account.two_factor);
        let why =
            if two_factor { "The two-factor token has expired" } else { "The console asks for sign-in" };
        watching.tell("Engines are no longer watched", &format!("{why}. Sign in again to continue."));
    };
    follow(move || {
        if matches!(session.state().get(), State::Over(_)) {
            untrack(tell);
        }
    });
    on_cleanup(move || {
        let is_over =
            matches!(session.state().try_get_untracked(), Some(State::SignedOut(Some(Ended::Idle))));
        let is_wanted = NOTIFY.remembered().as_deref() == Some("on");
        if is_over && is_wanted {
            // Where the browser shows none, there is nothing left that could tell.
            _ = show("Engines are no longer watched", "You were signed out because of inactivity.");
        }
    });
}
