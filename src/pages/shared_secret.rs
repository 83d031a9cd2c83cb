//! **Generate Scan Engine Shared Secret**: for engines that call the console (a reverse pair).
//!
//! The secret is not in the document until **Show**, and is fetched for **Show** and **Copy** alone.

use std::time::Duration;

use console_api::{
    Error,
    rules::{consoles_file, reverse_pairing},
};
use js_sys::Array;
use leptos::{ev, prelude::*, task::spawn_local};

use crate::{
    browser::{clock, download::save, title::Title},
    data::{Data, secret::Validity},
    routes::Route,
    ui::{
        button::{ActionButton, Refused},
        confirm::{Asked, Confirm},
        copy::copy,
        field::problem_line,
        focus::focus_heading_if_lost,
        heading::PageHeading,
        icon::{Icon, glyph},
        live::{follow, follow_from, live},
        steps::PairingSteps,
        toast::{Toasts, Tone},
        vendor_page::{VendorLink, VendorPage},
    },
};

/// How often the countdown moves.
const TICK: Duration = Duration::from_millis(500);
/// How often the console is asked how long the secret is still valid, in milliseconds.
const ASK_EVERY_MS: f64 = 30_000.0;
/// When the two clocks of the browser drift apart by more than this many milliseconds, the laptop slept or someone set one.
const JUMP_MS: f64 = 2_000.0;

/// What the page's parts share. Copy it freely; all copies are the same.
#[derive(Clone, Copy)]
struct SecretState {
    data: Data,
    toasts: Toasts,
    /// The secret's text while it is shown.
    shown: RwSignal<Option<String>>,
    busy: RwSignal<bool>,
    problem: RwSignal<Option<String>>,
    /// Seconds that the secret is still valid, as it counts down.
    left: RwSignal<Option<u64>>,
}

impl SecretState {
    fn hide(self) {
        self.shown.set(None);
    }

    fn failed(self, error: &Error) {
        if *error != Error::Cancelled {
            self.problem.try_set(Some(error.in_full()));
        }
    }

    fn generate(self) {
        self.problem.set(None);
        self.busy.set(true);
        spawn_local(async move {
            let generated = self.data.generate_secret().await;
            let left = self.busy.try_set(false).is_some();
            match generated {
                Ok(true) => self.toasts.say(Tone::Good, "A new shared secret was generated.", None),
                Ok(false) => self.toasts.say(
                    Tone::Good,
                    "No new shared secret was generated: this one is still valid.",
                    Some("Revoke it first if you want another.".to_owned()),
                ),
                Err(Error::Cancelled) => {}
                Err(error) if left => {
                    self.toasts.say(Tone::Bad, "No new shared secret was generated.", Some(error.in_full()));
                }
                Err(error) => self.failed(&error),
            }
        });
    }

    /// Takes the secret from the console, for `then`.
    fn reveal(self, then: impl FnOnce(&str) + 'static) {
        self.problem.set(None);
        spawn_local(async move {
            match self.data.reveal_secret().await {
                Ok(Some(secret)) => then(secret.reveal()),
                // That it is gone is in its place.
                Ok(None) => {}
                Err(error) => self.failed(&error),
            }
        });
    }
}

/// The screen at `/shared-secret`.
#[component]
pub fn SharedSecretPage() -> impl IntoView {
    Title::here().set(Route::SharedSecret.heading());
    let data = Data::here();
    let page = SecretState {
        data,
        toasts: Toasts::here(),
        shown: RwSignal::new(None),
        busy: RwSignal::new(false),
        problem: RwSignal::new(None),
        left: RwSignal::new(None),
    };
    data.ask_secret();
    count_down(page);
    let valid = Memo::new(move |_| matches!(data.secret.validity.get(), Validity::Until(_)));
    // What is no longer valid is not shown any more either.
    follow(move || {
        if !valid.get() {
            page.hide();
            // Show, Copy and Revoke go with it.
            focus_heading_if_lost();
        }
    });
    // Nor is one that a colleague has replaced in the meantime: the time that is left is the new one's.
    follow_from(move |before: Option<Validity>| {
        let now = data.secret.validity.get();
        if before.is_some_and(|before| before.is_another(now)) {
            page.hide();
        }
        now
    });
    let busy: Refused = Signal::derive(move || page.busy.get().then(|| "It is under way.".to_owned()));
    view! {
        <section class="page narrow" aria-labelledby="page-heading">
            <div class="page-head">
                <PageHeading route=Route::SharedSecret />
            </div>
            <p>
                "With a shared secret, an engine that calls this console pairs itself (engine-to-console, or reverse pair). One secret pairs any number of engines, and is valid for 60 minutes."
            </p>
            <section class="card" aria-labelledby="secret-heading">
                <h2 id="secret-heading">"Shared secret"</h2>
                <div role="status">
                    <SecretStatus page />
                </div>
                {live(move || valid.get().then(|| view! { <ValidSecret page /> }))}
                <div role="alert">{live(move || page.problem.get().map(problem_line))}</div>
                <div class="buttons">
                    <ActionButton
                        icon=Icon::Key
                        label="Generate".to_owned()
                        // With one at hand, Copy is what the page is for.
                        primary=Signal::derive(move || !valid.get())
                        refused=busy
                        on_press=Callback::new(move |()| page.generate())
                    />
                    {live(move || (valid.get() && !data.secret.older.get()).then(|| view! { <Revoke page /> }))}
                </div>
                {live(move || valid.get().then(|| view! { <p class="secondary">{what_generate_does(data.secret.older.get())}</p> }))}
            </section>
            {live(move || valid.get().then(|| view! { <UnattendedEngines page /> }))}
            <section class="card" aria-labelledby="steps-heading">
                <h2 id="steps-heading">"Steps on the engine"</h2>
                {live(move || {
                    let console = data.place();
                    view! { <PairingSteps steps=Callback::new(move |host| reverse_pairing(host, None, &console)) /> }
                })}
                <p>
                    "Afterwards the engine is in the list: "
                    <a href=Route::Engines.href()>"Scan Engines"</a>
                    ", then Refresh displayed engines."
                </p>
                <p class="secondary">"In Rapid7's documentation: " <VendorLink page=VendorPage::EngineToConsole /></p>
            </section>
        </section>
    }
}

/// What **Generate** would do while a secret is valid. On an `older` console nothing can be revoked.
fn what_generate_does(older: bool) -> &'static str {
    if older {
        "As long as this one is valid, Generate makes no new one."
    } else {
        "As long as this one is valid, Generate makes no new one. For a new one, revoke it first."
    }
}

/// Whether a secret is valid, in words.
#[component]
fn SecretStatus(page: SecretState) -> impl IntoView {
    live(move || {
        let failed = page.data.secret.failed.get().map(|error| {
            view! {
                <div class="notice bad">
                    <strong class="problem-line">
                        {glyph(Icon::Failed, "")} "The console could not be asked about the secret."
                    </strong>
                    <span>{error.in_full()}</span>
                    <div>
                        <button type="button" class="button" on:click=move |_| page.data.ask_secret()>
                            "Try again"
                        </button>
                    </div>
                </div>
            }
        });
        let words = match page.data.secret.validity.get() {
            Validity::Unknown if failed.is_some() => "",
            Validity::Unknown => "The console is being asked …",
            Validity::None => "There is no valid shared secret. Generate makes one.",
            Validity::Until(_) => "A shared secret is valid.",
            Validity::Expired => "The shared secret has expired. Generate makes a new one.",
            Validity::Gone => {
                "The shared secret is no longer valid: it was revoked, or the console was restarted. Generate makes a new one."
            }
        };
        view! { <p>{words}</p> {failed} }
    })
}

/// The secret that is valid: hidden or shown, with its time.
#[component]
fn ValidSecret(page: SecretState) -> impl IntoView {
    let value = move || {
        match page.shown.get() {
        Some(text) => view! { <code class="secret">{text}</code> }.into_any(),
        None => {
            view! { <span class="secret secondary">"•••• •••• •••• •••• •••• •••• •••• ••••"<span class="unseen">"hidden"</span></span> }
                .into_any()
        }
    }
    };
    let show = move |_| {
        if page.shown.with_untracked(Option::is_some) {
            page.hide();
        } else {
            page.reveal(move |text| {
                // Whoever has left the page in the meantime does not see it.
                _ = page.shown.try_set(Some(text.to_owned()));
            });
        }
    };
    let copy_it = move |_| {
        page.reveal(move |text| {
            let text = console_api::SharedSecret::parse(text);
            spawn_local(async move {
                if let Some(secret) = text {
                    copy(secret.reveal(), "the shared secret", page.toasts).await;
                }
            });
        });
    };
    view! {
        <div class="command">
            {live(value)}
            <button type="button" class="button small" on:click=show>
                {live(move || if page.shown.with(Option::is_some) { "Hide" } else { "Show" })}
            </button>
            <button type="button" class="button primary small" on:click=copy_it>
                {glyph(Icon::Copy, "")}
                "Copy"
            </button>
        </div>
        <p>
            "Valid for "
            <span role="timer" class="countdown" aria-label="Time left">
                {live(move || page.left.get().map(minutes_and_seconds))}
            </span>
            " of 60 minutes."
        </p>
    }
}

/// The `consoles.xml` for engines without a command line. The secret is in it only where it is copied or saved.
#[component]
fn UnattendedEngines(page: SecretState) -> impl IntoView {
    let take = move |then: fn(SecretState, String)| {
        let place = untrack(|| page.data.place());
        page.reveal(move |secret| then(page, consoles_file(&place, secret)));
    };
    let copy_it = move |_| {
        take(|page, file| spawn_local(async move { copy(&file, "consoles.xml", page.toasts).await }));
    };
    let save_it = move |_| {
        take(|page, file| {
            if save("consoles.xml", "text/xml", &Array::of1(&file.into())).is_err() {
                page.toasts.say(Tone::Bad, "The browser did not save consoles.xml.", None);
            }
        });
    };
    view! {
        <section class="card" aria-labelledby="unattended-heading">
            <h2 id="unattended-heading">"Engines without a command line"</h2>
            <p>
                "For images and containers: put this consoles.xml into nse/conf in the engine's installation directory before the engine first starts. While the secret is valid, the engine then pairs itself with this console, and removes the secret from the file."
            </p>
            <pre class="output" tabindex="0">
                {live(move || consoles_file(&page.data.place(), "••••"))}
            </pre>
            <div class="buttons">
                <button type="button" class="button" aria-label="Copy consoles.xml" on:click=copy_it>
                    {glyph(Icon::Copy, "")}
                    "Copy"
                </button>
                <button type="button" class="button" aria-label="Download consoles.xml" on:click=save_it>
                    {glyph(Icon::Export, "")}
                    "Download"
                </button>
            </div>
        </section>
    }
}

/// **Revoke**, which asks first.
#[component]
fn Revoke(page: SecretState) -> impl IntoView {
    let open = RwSignal::new(false);
    let asked = Asked::new(open);
    let confirm = Callback::new(move |()| {
        spawn_local(async move {
            let failed = "The shared secret was not revoked.".to_owned();
            if let Ok(done) = asked.run(failed, Error::in_full, page.data.revoke_secret()).await {
                let words = if done {
                    "The shared secret is revoked."
                } else {
                    "There was no valid shared secret left."
                };
                page.toasts.say(Tone::Good, words, None);
            }
        });
    });
    view! {
        <ActionButton icon=Icon::Delete label="Revoke".to_owned() on_press=Callback::new(move |()| open.set(true)) />
        <Confirm
            asked
            title="Revoke the shared secret".to_owned()
            action="Revoke the shared secret".to_owned()
            destructive=true
            on_confirm=confirm
        >
            <p>"No more engines can pair with it. Engines that are already paired stay paired."</p>
        </Confirm>
    }
}

/// Lets the countdown move, and asks the console again: now and then, at its end, when the page is looked at again, and
/// when the browser's clocks show that the laptop slept or a clock was set.
fn count_down(page: SecretState) {
    let apart = || clock::now() as f64 - clock::monotonic_ms();
    let asked = StoredValue::new(clock::monotonic_ms());
    let gap = StoredValue::new(apart());
    let ask = move || {
        asked.set_value(clock::monotonic_ms());
        gap.set_value(apart());
        page.data.ask_secret();
    };
    let tick = move || {
        let left = untrack(|| page.data.secret.seconds_left());
        if untrack(|| page.left.get()) != left {
            page.left.set(left);
        }
        if left.is_none() {
            return;
        }
        let since = clock::monotonic_ms() - asked.get_value();
        let jumped = (apart() - gap.get_value()).abs() > JUMP_MS;
        // At its end the console has the last word.
        if jumped || since > ASK_EVERY_MS || (left == Some(0) && since > 1_000.0) {
            ask();
        }
    };
    // A new word of the console shows at once.
    follow(move || {
        page.data.secret.validity.track();
        untrack(|| page.left.set(page.data.secret.seconds_left()));
    });
    let timer = set_interval_with_handle(tick, TICK).ok();
    let looked = window_event_listener(ev::focus, move |_| ask());
    let shown = window_event_listener(ev::visibilitychange, move |_| {
        if !document().hidden() {
            ask();
        }
    });
    on_cleanup(move || {
        looked.remove();
        shown.remove();
        if let Some(timer) = timer {
            timer.clear();
        }
    });
}

/// `mm:ss`.
fn minutes_and_seconds(seconds: u64) -> String {
    format!("{:02}:{:02}", seconds / 60, seconds % 60)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_time_left_is_told_in_minutes_and_seconds() {
        for (seconds, told) in [(3600, "60:00"), (3599, "59:59"), (61, "01:01"), (0, "00:00")] {
            assert_eq!(minutes_and_seconds(seconds), told);
        }
    }
}
