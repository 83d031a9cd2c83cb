//! Light, dark, or as the system is.

use leptos::prelude::*;

use super::{effect::follow, preference::Preference};

/// What the person chose. It is remembered, because it is not a secret.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Theme {
    /// As the system is.
    #[default]
    System,
    /// Light.
    Light,
    /// Dark.
    Dark,
}

const CHOICE: Preference = Preference::named("engine-console.theme");

impl Theme {
    /// All, in the order of the menu.
    pub const ALL: [Self; 3] = [Self::System, Self::Light, Self::Dark];

    /// The word on screen.
    pub const fn label(self) -> &'static str {
        match self {
            Self::System => "System",
            Self::Light => "Light",
            Self::Dark => "Dark",
        }
    }

    /// The word in storage and in the document.
    pub const fn key(self) -> &'static str {
        match self {
            Self::System => "system",
            Self::Light => "light",
            Self::Dark => "dark",
        }
    }

    /// Reads what [`key`](Self::key) wrote; anything else is the system's.
    pub fn from_key(key: &str) -> Self {
        Self::ALL.into_iter().find(|theme| theme.key() == key).unwrap_or_default()
    }

    /// Takes what was chosen last time, and applies and remembers every later choice.
    pub fn provide() -> RwSignal<Self> {
        let theme = RwSignal::new(Self::from_key(&CHOICE.remembered().unwrap_or_default()));
        follow(move || {
            if let Some(root) = document().document_element() {
                // Fails only for a name that is not one.
                _ = root.set_attribute("data-theme", theme.get().key());
            }
        });
        CHOICE.follow(move || theme.get().key());
        theme
    }
}
