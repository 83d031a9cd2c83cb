//! Times in the page's language and the reader's zone.

use console_api::{Timestamp, rules::Day};
use js_sys::{Date, Intl, Object, Reflect};
use leptos::prelude::*;
use wasm_bindgen::{JsCast, JsValue};

use super::language::english;

/// Now, in milliseconds since 1970.
pub fn now() -> i64 {
    Date::now() as i64
}

/// The day of the calendar in so many days, in the reader's zone; 0 is today. `None` where the browser's clock makes no sense.
pub fn day_in(days: u32) -> Option<Day> {
    let date = Date::new(&JsValue::from_f64(Date::now()));
    date.set_date(date.get_date() + days);
    Day::new(date.get_full_year(), date.get_month() + 1, date.get_date())
}

/// Milliseconds of a clock that nobody can set. On some systems it stands still while the machine sleeps.
pub fn monotonic_ms() -> f64 {
    window().performance().map_or_else(Date::now, |performance| performance.now())
}

/// The clock of the app: relative times are worked out again when it ticks.
#[derive(Clone, Copy)]
pub struct Clock {
    tick: RwSignal<i64>,
    relative: StoredValue<Intl::RelativeTimeFormat, LocalStorage>,
    exact: StoredValue<Intl::DateTimeFormat, LocalStorage>,
}

impl Clock {
    /// A clock that ticks every half minute, put into the context for the components below.
    pub fn provide() -> Self {
        let options = Object::new();
        for (key, value) in
            [("numeric", "auto"), ("style", "short"), ("dateStyle", "medium"), ("timeStyle", "long")]
        {
            // Fails only for frozen objects.
            _ = Reflect::set(&options, &key.into(), &JsValue::from(value));
        }
        let language = english();
        let clock = Self {
            tick: RwSignal::new(now()),
            relative: StoredValue::new_local(Intl::RelativeTimeFormat::new(&language, &options)),
            exact: StoredValue::new_local(Intl::DateTimeFormat::new(&language, &options)),
        };
        if let Ok(handle) =
            set_interval_with_handle(move || clock.tick.set(now()), std::time::Duration::from_secs(30))
        {
            on_cleanup(move || handle.clear());
        }
        provide_context(clock);
        clock
    }

    /// The clock of the surrounding app.
    pub fn here() -> Self {
        expect_context()
    }

    /// Now, to half a minute; follows the clock.
    pub fn now(self) -> Timestamp {
        Timestamp::from_unix_ms(self.tick.get())
    }

    /// For example "5 min. ago"; follows the clock.
    pub fn relative(self, time: Timestamp) -> String {
        let (value, unit) = largest_unit(time.unix_ms() - self.tick.get());
        self.relative.with_value(|format| format.format(value as f64, unit).into())
    }

    /// Date and time with the zone.
    pub fn exact(self, time: Timestamp) -> String {
        let date = Date::new(&JsValue::from_f64(time.unix_ms() as f64));
        self.exact.with_value(|format| {
            format
                .format()
                .call1(&JsValue::UNDEFINED, &date)
                .ok()
                .and_then(|text| text.dyn_into::<js_sys::JsString>().ok())
                .map(String::from)
                .unwrap_or_default()
        })
    }
}

/// A span of time in its largest whole unit, with the unit's name as `Intl` has it. Under a minute it is 0 minutes
/// ("this minute"), since seconds would have to tick.
fn largest_unit(milliseconds: i64) -> (i64, &'static str) {
    const MINUTE: i64 = 60_000;
    for (unit, length) in [("year", 365 * 24 * 60 * MINUTE), ("day", 24 * 60 * MINUTE), ("hour", 60 * MINUTE)]
    {
        if milliseconds.abs() >= length {
            return (milliseconds / length, unit);
        }
    }
    (milliseconds / MINUTE, "minute")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_span_is_told_in_its_largest_unit() {
        for (milliseconds, told) in [
            (-1, (0, "minute")),
            (-59_999, (0, "minute")),
            (-60_000, (-1, "minute")),
            (-3_599_999, (-59, "minute")),
            (-7_200_000, (-2, "hour")),
            (-86_400_000 * 40, (-40, "day")),
            (-86_400_000 * 800, (-2, "year")),
            (86_400_000, (1, "day")),
        ] {
            assert_eq!(largest_unit(milliseconds), told);
        }
    }
}
