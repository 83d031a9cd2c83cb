//! What can be done on the page, for the **Command palette**.

use leptos::prelude::*;

use super::button::Refused;

/// Something that can be done on the page.
#[derive(Clone, Copy)]
pub struct Command {
    /// The verb and the thing.
    pub label: Signal<String>,
    /// Why not now.
    pub refused: Refused,
    /// Does it.
    pub run: Callback<()>,
}

/// Whether the palette is open, and what it offers of the page. Copy it freely; all copies are the same.
#[derive(Clone, Copy)]
pub struct Commands {
    /// Whether the palette is open.
    pub open: RwSignal<bool>,
    offered: RwSignal<Vec<(u64, Command)>>,
    next: StoredValue<u64>,
}

impl Commands {
    /// None yet; put into the context for the components below.
    pub fn provide() {
        provide_context(Self {
            open: RwSignal::new(false),
            offered: RwSignal::new(Vec::new()),
            next: StoredValue::new(0),
        });
    }

    /// Those of the surrounding app.
    pub fn here() -> Self {
        expect_context()
    }

    /// Offers this as long as the surrounding component is there.
    pub fn offer(self, command: Command) {
        let id = self.next.get_value();
        self.next.set_value(id + 1);
        self.offered.update(|offered| offered.push((id, command)));
        on_cleanup(move || _ = self.offered.try_update(|offered| offered.retain(|(other, _)| *other != id)));
    }

    /// What is offered now.
    pub fn offered(self) -> Vec<Command> {
        self.offered.with(|offered| offered.iter().map(|(_, command)| *command).collect())
    }
}
