//! **Columns** and **Density**: what the table shows of an engine, and how high its rows are.

use console_api::rules::EngineColumn;
use leptos::prelude::*;

use crate::{
    browser::{effect::follow_from, preference::Preference},
    ui::{
        icon::Icon,
        later::{Addition, Later},
        menu::Menu,
        table::{columns::Column, widths::Widths},
    },
};

/// All columns, in the order of the table.
pub(super) const ORDER: [EngineColumn; 16] = [
    EngineColumn::Status,
    EngineColumn::Name,
    EngineColumn::Address,
    EngineColumn::Port,
    EngineColumn::ProductVersion,
    EngineColumn::ContentVersion,
    EngineColumn::Sites,
    EngineColumn::Pools,
    EngineColumn::LastRefreshed,
    EngineColumn::Id,
    EngineColumn::SerialNumber,
    EngineColumn::LastUpdated,
    EngineColumn::AwsPreAuthorised,
    EngineColumn::Platform,
    EngineColumn::Since,
    EngineColumn::LastWeek,
];
/// How many of them are shown to whoever has not chosen.
pub(super) const AT_FIRST: usize = 9;

const COLUMNS: Preference = Preference::named("engine-console.engines.columns");
const WIDTHS: Preference = Preference::named("engine-console.engines.widths");
const DENSITY: Preference = Preference::named("engine-console.density");

pub(super) const fn can_be_hidden(column: EngineColumn) -> bool {
    !matches!(column, EngineColumn::Name | EngineColumn::Status)
}

/// The columns with these keys, with those that can't be hidden.
fn with_these_keys(keys: &str) -> Vec<EngineColumn> {
    let mut shown = keys.split(',').filter_map(EngineColumn::from_key).collect::<Vec<_>>();
    let needed = ORDER.into_iter().filter(|column| !can_be_hidden(*column));
    let missing = needed.filter(|column| !shown.contains(column)).collect::<Vec<_>>();
    shown.splice(..0, missing);
    shown
}

/// What a person chose about the table. Copy it freely; all copies are the same.
#[derive(Clone, Copy)]
pub struct Layout {
    pub(super) shown: RwSignal<Vec<EngineColumn>>,
    pub(super) widths: Widths,
    compact: RwSignal<bool>,
}

impl Layout {
    /// The next list of engines has the columns with these keys and this density; empty is no choice.
    pub fn remember(columns: &str, density: &str) {
        for (preference, choice) in [(COLUMNS, columns), (DENSITY, density)] {
            if !choice.is_empty() {
                preference.remember(choice);
            }
        }
    }

    /// What was chosen last time.
    pub(super) fn remembered() -> Self {
        let shown = COLUMNS.remembered().map(|keys| with_these_keys(&keys));
        let layout = Self {
            shown: RwSignal::new(shown.unwrap_or_else(|| ORDER[..AT_FIRST].to_vec())),
            widths: Widths::from_text(&WIDTHS.remembered().unwrap_or_default()),
            compact: RwSignal::new(DENSITY.remembered().as_deref() == Some("compact")),
        };
        DENSITY.follow(move || if layout.compact.get() { "compact" } else { "comfortable" });
        follow_from(move |before: Option<String>| {
            let now = layout.widths.to_text();
            if before.is_some_and(|before| before != now) {
                WIDTHS.remember(&now);
            }
            now
        });
        layout
    }

    /// The columns on screen, in order.
    pub(super) fn shown(self) -> Vec<EngineColumn> {
        self.shown.get()
    }

    /// The table's heads.
    pub(super) fn columns(self) -> Signal<Vec<Column>> {
        Signal::derive(move || {
            let numeric = |column| {
                matches!(
                    column,
                    EngineColumn::Port | EngineColumn::Sites | EngineColumn::Pools | EngineColumn::Id
                )
            };
            let columns = self.shown.get().into_iter().map(|column| Column {
                key: column.key(),
                label: column.label(),
                numeric: numeric(column),
                sortable: true,
            });
            let actions = Column { key: "actions", label: "Actions", numeric: false, sortable: false };
            columns.chain([actions]).collect()
        })
    }

    /// Whether rows are as low as they can be.
    pub(super) fn compact(self) -> Signal<bool> {
        self.compact.into()
    }

    /// Shows the columns with these keys; no keys are no choice.
    pub(super) fn show_keys(self, keys: &str) {
        if !keys.is_empty() {
            self.show(with_these_keys(keys));
        }
    }

    /// The keys of the columns on screen.
    pub(super) fn shown_keys(self) -> String {
        self.shown.with(|shown| shown.iter().map(|column| column.key()).collect::<Vec<_>>().join(","))
    }

    /// How high the rows are, by its key.
    pub(super) fn density(self) -> &'static str {
        if self.compact.get() { "compact" } else { "comfortable" }
    }

    /// Makes the rows low, or not.
    pub(super) fn set_compact(self, compact: bool) {
        self.compact.set(compact);
    }

    /// Shows these columns, now and the next time.
    pub(super) fn show(self, now: Vec<EngineColumn>) {
        let keys = now.iter().map(|column| column.key()).collect::<Vec<_>>();
        COLUMNS.remember(&keys.join(","));
        self.shown.set(now);
    }
}

/// **Density** and **Columns**.
#[component]
pub(super) fn LayoutControls(layout: Layout) -> impl IntoView {
    provide_context(layout);
    view! {
        <label class="inline-select density">
            <span class="text">"Density"</span>
            <select
                class="select"
                prop:value=move || if layout.compact.get() { "compact" } else { "comfortable" }
                on:change=move |event| layout.compact.set(event_target_value(&event) == "compact")
            >
                <option value="comfortable">"Comfortable"</option>
                <option value="compact">"Compact"</option>
            </select>
        </label>
        <Menu label="Views" icon=Icon::Saved>
            <Addition what=Later::SavedViews wanted=Signal::stored(true) missing=Callback::new(|()| ()) />
        </Menu>
        <Menu label="Columns" icon=Icon::Columns>
            <Addition what=Later::ColumnChoice wanted=Signal::stored(true) missing=Callback::new(|()| ()) />
        </Menu>
    }
}
