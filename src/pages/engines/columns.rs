//! **Columns** and **Density**: what the table shows of an engine, and how high its rows are.

use console_api::rules::EngineColumn;
use leptos::prelude::*;

use crate::{
    browser::preference::Preference,
    ui::{icon::Icon, menu::Menu, table::data_table::Column},
};

/// All columns, in the order of the table.
const ORDER: [EngineColumn; 14] = [
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
];
/// So many of them are shown to whoever has not chosen.
const AT_FIRST: usize = 9;

const COLUMNS: Preference = Preference::named("engine-console.engines.columns");
const DENSITY: Preference = Preference::named("engine-console.density");

const fn can_be_hidden(column: EngineColumn) -> bool {
    !matches!(column, EngineColumn::Name | EngineColumn::Status)
}

/// What a person chose about the table. Copy it freely; all copies are the same.
#[derive(Clone, Copy)]
pub(super) struct Layout {
    shown: RwSignal<Vec<EngineColumn>>,
    compact: RwSignal<bool>,
}

impl Layout {
    /// What was chosen last time.
    pub(super) fn remembered() -> Self {
        let shown = COLUMNS.remembered().map(|keys| {
            let keys = keys.split(',').filter_map(EngineColumn::from_key).collect::<Vec<_>>();
            ORDER.into_iter().filter(|column| !can_be_hidden(*column) || keys.contains(column)).collect()
        });
        let layout = Self {
            shown: RwSignal::new(shown.unwrap_or_else(|| ORDER[..AT_FIRST].to_vec())),
            compact: RwSignal::new(DENSITY.remembered().as_deref() == Some("compact")),
        };
        DENSITY.follow(move || if layout.compact.get() { "compact" } else { "comfortable" });
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

    fn choose(self, column: EngineColumn, show: bool) {
        let before = self.shown.get_untracked();
        let now = ORDER.into_iter().filter(|it| if *it == column { show } else { before.contains(it) });
        let now = now.collect::<Vec<_>>();
        let keys = now.iter().map(|column| column.key()).collect::<Vec<_>>();
        COLUMNS.remember(&keys.join(","));
        self.shown.set(now);
    }
}

/// **Density** and **Columns**.
#[component]
pub(super) fn LayoutControls(layout: Layout) -> impl IntoView {
    view! {
        <label class="inline-select density">
            "Density"
            <select
                class="select"
                prop:value=move || if layout.compact.get() { "compact" } else { "comfortable" }
                on:change=move |event| layout.compact.set(event_target_value(&event) == "compact")
            >
                <option value="comfortable">"Comfortable"</option>
                <option value="compact">"Compact"</option>
            </select>
        </label>
        <Menu label="Columns" icon=Icon::Columns>
            {ORDER
                .map(|column| {
                    view! {
                        <label class="check">
                            <input
                                type="checkbox"
                                prop:checked=move || layout.shown.with(|shown| shown.contains(&column))
                                disabled=!can_be_hidden(column)
                                on:change=move |event| layout.choose(column, event_target_checked(&event))
                            />
                            {column.label()}
                        </label>
                    }
                })
                .collect_view()}
        </Menu>
    }
}
