//! **Auto-refresh**, and how old the list is.

use std::time::Duration;

use leptos::{ev, prelude::*};

use crate::{
    browser::{
        clock::{Clock, now},
        preference::Preference,
    },
    data::Data,
    session::Session,
    ui::live::{follow, live_attribute},
};

/// How often the list is read again by itself.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
struct Interval {
    label: &'static str,
    key: &'static str,
    seconds: u64,
}

const NEVER: Interval = Interval { label: "Off", key: "off", seconds: 0 };
const INTERVALS: [Interval; 4] = [
    NEVER,
    Interval { label: "30 s", key: "30", seconds: 30 },
    Interval { label: "1 min", key: "60", seconds: 60 },
    Interval { label: "5 min", key: "300", seconds: 300 },
];
const AUTO_REFRESH: Preference = Preference::named("engine-console.auto-refresh");
/// While something begun here is changing the engines, the list is read this often, in seconds.
const CHANGING: u64 = 3;
/// The age is told again this often.
const TICK: Duration = Duration::from_secs(1);

/// How often someone wants the list to be read, in seconds. Whoever has switched it off and watches all the same has the longest
/// interval.
pub fn chosen_interval() -> u64 {
    let longest = INTERVALS[INTERVALS.len() - 1].seconds;
    let chosen = AUTO_REFRESH.remembered().and_then(|key| INTERVALS.iter().find(|it| it.key == key).copied());
    Some(chosen.unwrap_or(INTERVALS[1]).seconds).filter(|seconds| *seconds > 0).unwrap_or(longest)
}

/// **Auto-refresh** reads the list again, only while the page is visible: as often as chosen, and faster for half a
/// minute after something began to change it. It never makes the console ask its engines
/// (docs/api-quirks.md, "Beyond v3"), and stays off for accounts whose two-factor token will run out. While nobody sees the page, and
/// on other screens, the list is read for whoever [watches](super::watching).
#[component]
pub fn AutoRefresh() -> impl IntoView {
    let data = Data::here();
    let session = Session::here();
    let interval_of = |key: &str| INTERVALS.into_iter().find(|interval| interval.key == key);
    let remembered = AUTO_REFRESH.remembered().and_then(|key| interval_of(&key));
    let chosen = RwSignal::new(remembered.unwrap_or(INTERVALS[1]));
    AUTO_REFRESH.follow(move || chosen.get().key);
    let two_factor = Memo::new(move |_| session.account().is_some_and(|account| account.two_factor));
    let interval = move || if two_factor.get() { NEVER } else { chosen.get() };
    // A console that does not answer is not asked more often than usual.
    let period = Memo::new(move |_| match interval().seconds {
        0 => 0,
        _ if data.work.is_changing() && data.engines.failed().is_none() => CHANGING,
        seconds => seconds,
    });
    let read = move || {
        if !document().hidden() && !untrack(|| data.engines.is_reading()) {
            data.read_engines();
        }
    };
    follow(move || {
        let period = Duration::from_secs(period.get());
        if period.is_zero() {
            return;
        }
        if let Ok(timer) = set_interval_with_handle(read, period) {
            on_cleanup(move || timer.clear());
        }
    });
    // Whoever comes back to the page does not look at what is older than it should be.
    let shown = window_event_listener(ev::visibilitychange, move |_| {
        let due = untrack(|| {
            let period = i64::try_from(period.get()).unwrap_or(i64::MAX);
            period > 0
                && data
                    .engines
                    .read_at()
                    .is_some_and(|at| now() - at.unix_ms() >= period.saturating_mul(1000))
        });
        if due {
            read();
        }
    });
    on_cleanup(move || shown.remove());
    view! {
        <label class="inline-select">
            "Auto-refresh"
            <select
                class="select"
                title=live_attribute(move || {
                    two_factor.get().then_some("Off for accounts with a two-factor token, because the token expires.")
                })
                disabled=move || two_factor.get()
                prop:value=move || interval().key
                on:change=move |event| chosen.set(interval_of(&event_target_value(&event)).unwrap_or(NEVER))
            >
                {INTERVALS.map(|interval| view! { <option value=interval.key>{interval.label}</option> }).collect_view()}
            </select>
        </label>
    }
}

/// How old the list is, told again each second while the page is visible.
#[component]
pub fn ListAge() -> impl IntoView {
    let data = Data::here();
    let clock = Clock::here();
    let tick = RwSignal::new(now());
    let advance = move || {
        if !document().hidden() {
            tick.set(now());
        }
    };
    if let Ok(timer) = set_interval_with_handle(advance, TICK) {
        on_cleanup(move || timer.clear());
    }
    let words = Memo::new(move |_| {
        let at = data.engines.read_at()?;
        // What was read after the last tick is new.
        let seconds = (tick.get() - at.unix_ms()).max(0) / 1000;
        Some(match seconds {
            0..60 => format!("Updated {seconds} s ago"),
            _ => format!("Updated {}", clock.relative(at)),
        })
    });
    let exact = move || data.engines.read_at().map(|at| clock.exact(at));
    view! {
        <span class="age" title=live_attribute(exact)>
            {move || words.get()}
        </span>
    }
}
