//! Whether single keys do something, where `/` leads, and what is selected by Ctrl A.
//!
//! They can be switched off, for speech input types letters (WCAG 2.1.4).

use leptos::{html, prelude::*};

use crate::browser::preference::Preference;

const CHOICE: Preference = Preference::named("engine-console.single-key-shortcuts");

/// Whether single keys do something. Copy it freely; all copies are the same.
#[derive(Clone, Copy)]
pub struct Shortcuts {
    on: RwSignal<bool>,
    slash: RwSignal<Option<NodeRef<html::Input>>>,
    selecting: RwSignal<Option<SelectionKeys>>,
}

/// What the keys do with the rows of the page's table.
#[derive(Clone, Copy)]
pub struct SelectionKeys {
    /// Selects all that the filter leaves.
    pub all: Callback<()>,
    /// Selects nothing.
    pub clear: Callback<()>,
}

impl Shortcuts {
    /// Takes what was chosen last time; put into the context for the components below.
    pub fn provide() -> Self {
        let on = CHOICE.remembered().as_deref() != Some("off");
        let shortcuts =
            Self { on: RwSignal::new(on), slash: RwSignal::new(None), selecting: RwSignal::new(None) };
        CHOICE.follow(move || if shortcuts.on.get() { "on" } else { "off" });
        provide_context(shortcuts);
        shortcuts
    }

    /// Those of the surrounding app.
    pub fn here() -> Self {
        expect_context()
    }

    /// Whether they are switched on.
    pub fn on(self) -> RwSignal<bool> {
        self.on
    }

    /// Goes to the filter of the page. False: it has none.
    pub fn go_to_filter(self) -> bool {
        let input = self.slash.get_untracked().and_then(|input| input.get_untracked());
        if let Some(input) = &input {
            // An element that can't take the focus leaves it where it was.
            _ = input.focus();
            input.select();
        }
        input.is_some()
    }

    /// What the keys do with the page's table; `None`: it has none, or one without a selection.
    pub fn selection(self) -> Option<SelectionKeys> {
        self.selecting.get_untracked()
    }
}

/// Makes `/` lead to this field while the page that has it is on screen.
pub fn focus_on_slash(input: NodeRef<html::Input>) {
    let Some(shortcuts) = use_context::<Shortcuts>() else { return };
    shortcuts.slash.set(Some(input));
    on_cleanup(move || _ = shortcuts.slash.try_set(None));
}

/// Makes Ctrl A and Escape select rows while the page that has them is on screen.
pub fn select_by_keys(keys: SelectionKeys) {
    let Some(shortcuts) = use_context::<Shortcuts>() else { return };
    shortcuts.selecting.set(Some(keys));
    on_cleanup(move || _ = shortcuts.selecting.try_set(None));
}
