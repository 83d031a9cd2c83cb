//! State that lives in the address bar, so that a reload, the back button and a colleague's click bring it back.

use std::time::Duration;

use gloo_timers::callback::Timeout;
use leptos::prelude::*;
use leptos_router::{
    NavigateOptions,
    hooks::{use_location, use_navigate},
};
use web_sys::UrlSearchParams;

use super::{effect::follow_from, timer::after};

/// Browsers limit how often the address may change; typing is written once it pauses.
const PAUSE: Duration = Duration::from_millis(300);

/// Writes the texts of parameters; true replaces the current step of the back button instead of adding one.
type Write = Box<dyn Fn(&[(&str, &str)], bool)>;

/// One parameter of the address. Copy it freely; all copies are the same.
#[derive(Clone, Copy)]
pub struct AddressParam {
    key: &'static str,
    value: RwSignal<String>,
    write: StoredValue<Write, LocalStorage>,
    pending: StoredValue<Option<Timeout>, LocalStorage>,
}

impl AddressParam {
    /// The parameter of this name on the current page. Absent and empty are the same.
    pub fn of(key: &'static str) -> Self {
        let location = use_location();
        let navigate = use_navigate();
        // The router's own map of the parameters has them unescaped twice: "%2541" would be "A".
        let in_address = Memo::new(move |_| {
            let params = location.search.with(|search| UrlSearchParams::new_with_str(search));
            params.ok().and_then(|params| params.get(key)).unwrap_or_default()
        });
        let path = location.pathname.get_untracked();
        let write: Write = Box::new(move |texts, replace| {
            // A late write must not come to another page's address.
            if location.pathname.get_untracked() != path {
                return;
            }
            // What the address says now: the router's own signals follow it a little later.
            let search = window().location().search().unwrap_or_default();
            let Ok(params) = UrlSearchParams::new_with_str(&search) else { return };
            for (key, text) in texts {
                if text.is_empty() {
                    params.delete(key);
                } else {
                    params.set(key, text);
                }
            }
            let search = String::from(params.to_string());
            let mark = if search.is_empty() { "" } else { "?" };
            let options =
                NavigateOptions { resolve: false, replace, scroll: false, ..NavigateOptions::default() };
            navigate(&format!("{path}{mark}{search}"), options);
        });
        let param = Self {
            key,
            value: RwSignal::new(in_address.get_untracked()),
            write: StoredValue::new_local(write),
            pending: StoredValue::new_local(None),
        };
        // Back and forward change the address; what is on screen follows.
        follow_from(move |before: Option<String>| {
            let now = in_address.get();
            if before.is_some_and(|before| before != now) && param.value.get_untracked() != now {
                param.forget_pending();
                param.value.set(now.clone());
            }
            now
        });
        param
    }

    /// The value on screen, which the address follows.
    pub fn get(self) -> String {
        self.value.get()
    }

    /// Looks at the value on screen.
    pub fn with<T>(self, look: impl FnOnce(&String) -> T) -> T {
        self.value.with(look)
    }

    /// A value that is being typed: the address follows when the typing pauses, without a step for the back button.
    pub fn type_in(self, text: String) {
        self.forget_pending();
        self.value.set(text);
        self.pending.set_value(Some(after(PAUSE, move || self.write_now(true))));
    }

    /// A value that was chosen: the back button leads to the one before.
    pub fn choose(self, text: String) {
        self.forget_pending();
        self.value.set(text);
        self.write_now(false);
    }

    /// The same where many rows are to be drawn at once: the address follows when they are. Browser and router take 5 of the 25 ms that a
    /// click on a table's head took to its rows.
    pub fn choose_order(self, text: String) {
        self.forget_pending();
        self.value.set(text);
        request_animation_frame(move || set_timeout(move || self.write_now(false), Duration::ZERO));
    }

    /// A value that makes no sense is corrected: the address follows without a step for the back button, which would lead to the
    /// wrong one, and so here again.
    pub fn correct(self, text: String) {
        self.forget_pending();
        self.value.set(text);
        self.write_now(true);
    }

    /// Two values that were chosen with one step: the back button leads to both before.
    pub fn choose_both(self, text: &str, other: Self, other_text: &str) {
        for (param, text) in [(self, text), (other, other_text)] {
            param.forget_pending();
            param.value.set(text.to_owned());
        }
        let texts = [(self.key, text), (other.key, other_text)];
        self.write.try_with_value(|write| write(&texts, false));
    }

    /// The parameters as they are in an address; empty if none of them has a value.
    pub fn query_of(params: &[Self]) -> String {
        // A browser without it would have no address either.
        let Ok(query) = UrlSearchParams::new() else { return String::new() };
        for param in params {
            if let Some(text) = param.value.try_get_untracked().filter(|text| !text.is_empty()) {
                query.set(param.key, &text);
            }
        }
        String::from(query.to_string())
    }

    fn write_now(self, replace: bool) {
        let Some(text) = self.value.try_get_untracked() else { return };
        self.write.try_with_value(|write| write(&[(self.key, &text)], replace));
    }

    fn forget_pending(self) {
        self.pending.try_set_value(None);
    }
}
