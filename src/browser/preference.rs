//! What a person chose about the app itself, or has told it, remembered in the browser. Never anything secret.

use leptos::prelude::*;

use super::effect::follow_from;

/// A choice that outlives the page where the browser allows it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Preference(&'static str);

impl Preference {
    /// The choice that is remembered under this name.
    pub const fn named(name: &'static str) -> Self {
        Self(name)
    }

    /// What was chosen last time; nothing if nothing was, or the browser refuses storage.
    pub fn remembered(self) -> Option<String> {
        window().local_storage().ok()??.get_item(self.0).ok()?
    }

    /// Remembers a choice for the next time. False where the browser does not, as with a full storage: then the choice is lost
    /// with the page, no more.
    pub fn remember(self, choice: &str) -> bool {
        let storage = window().local_storage().ok().flatten();
        storage.is_some_and(|storage| storage.set_item(self.0, choice).is_ok())
    }

    /// Remembers each later choice, from the signal's text.
    pub fn follow(self, choice: impl Fn() -> &'static str + 'static) {
        follow_from(move |before: Option<&'static str>| {
            let now = choice();
            if before.is_some_and(|before| before != now) {
                self.remember(now);
            }
            now
        });
    }
}
