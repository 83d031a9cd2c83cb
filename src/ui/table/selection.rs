//! Which rows of a table are selected, and the bar that says how many and what can be done with them.

use leptos::prelude::*;

use super::{
    groups::rows_of,
    keys::{KeyMap, KeySet},
    row::{Keys, RowKey},
};
use crate::browser::number;
use crate::ui::{
    icon::{Icon, glyph},
    live::live,
    shortcuts::{SelectionKeys, select_by_keys},
    toast::Toasts,
};

/// How rows are selected.
#[derive(Clone, Copy)]
pub struct Selecting {
    /// The selected rows.
    pub selection: Selection,
    /// What a row's select box is about.
    pub name: Callback<RowKey, String>,
}

/// The selected rows, by their keys: it survives filtering, sorting and reading again. Copy it freely; all copies are
/// the same.
#[derive(Clone, Copy)]
pub struct Selection {
    chosen: RwSignal<KeySet>,
    /// Where a range begins.
    anchor: StoredValue<Option<RowKey>>,
}

impl Selection {
    /// Nothing is selected.
    #[expect(clippy::new_without_default, reason = "a selection belongs to the reactive owner that makes it")]
    pub fn new() -> Self {
        Self { chosen: RwSignal::new(KeySet::default()), anchor: StoredValue::new(None) }
    }

    /// Whether this row is selected.
    pub fn contains(self, key: RowKey) -> bool {
        self.chosen.with(|chosen| chosen.contains(&key))
    }

    /// How many rows are selected, also such as a filter hides.
    pub fn count(self) -> usize {
        self.chosen.with(KeySet::len)
    }

    /// How many of these rows are selected.
    pub fn count_of(self, keys: &[RowKey]) -> usize {
        self.chosen.with(|chosen| keys.iter().filter(|key| chosen.contains(key)).count())
    }

    /// Selects these rows as well, or no longer.
    pub fn set(self, keys: &[RowKey], on: bool) {
        self.chosen.update(|chosen| change(chosen, keys, on));
    }

    /// Selects just these rows.
    pub fn choose(self, keys: impl Iterator<Item = RowKey>) {
        self.anchor.set_value(None);
        self.chosen.set(keys.collect());
    }

    /// Looks at the keys of all selected rows.
    pub fn look<T>(self, look: impl FnOnce(&KeySet) -> T) -> T {
        self.chosen.with(look)
    }

    /// Selects nothing.
    pub fn clear(self) {
        self.anchor.set_value(None);
        self.chosen.update(KeySet::clear);
    }

    /// Drops rows that are no longer there.
    pub fn keep(self, is_there: impl Fn(RowKey) -> bool) {
        if self.chosen.with_untracked(|chosen| chosen.iter().any(|key| !is_there(*key))) {
            self.chosen.update(|chosen| chosen.retain(|key| is_there(*key)));
        }
    }

    /// A row was chosen by itself: it turns, and the next range begins there.
    pub(super) fn toggle(self, key: RowKey) {
        self.anchor.set_value(Some(key));
        let on = !self.chosen.with_untracked(|chosen| chosen.contains(&key));
        self.set(&[key], on);
    }

    /// All rows from where the range begins to this one become like this one is to be.
    pub(super) fn choose_up_to(self, key: RowKey, on: bool, rows: &Rows<'_>) {
        match (self.anchor.get_value().and_then(|anchor| rows.at(anchor)), rows.at(key)) {
            (Some(from), Some(to)) => self.set(rows.between(from, to), on),
            _ => {
                self.anchor.set_value(Some(key));
                self.set(&[key], on);
            }
        }
    }

    /// The current row moves with Shift held: the range follows it, and grows or shrinks.
    pub(super) fn extend(self, at: usize, to: usize, rows: &Rows<'_>) {
        let from = self.anchor.get_value().and_then(|anchor| rows.at(anchor)).unwrap_or(at);
        self.anchor.set_value(rows.keys.get(from).copied());
        self.chosen.update(|chosen| {
            change(chosen, rows.between(from, at), false);
            change(chosen, rows.between(from, to), true);
        });
    }

    /// The current row moved without Shift: the next range begins anew.
    pub(super) fn end_range(self) {
        self.anchor.set_value(None);
    }
}

fn change(chosen: &mut KeySet, keys: &[RowKey], on: bool) {
    for key in rows_of(keys) {
        if on {
            chosen.insert(key);
        } else {
            chosen.remove(&key);
        }
    }
}

/// The rows in the order on screen.
pub(super) struct Rows<'a> {
    pub(super) keys: &'a [RowKey],
    pub(super) index: &'a KeyMap<usize>,
}

impl Rows<'_> {
    fn at(&self, key: RowKey) -> Option<usize> {
        self.index.get(&key).copied()
    }

    fn between(&self, one: usize, other: usize) -> &[RowKey] {
        self.keys.get(one.min(other)..=one.max(other)).unwrap_or_default()
    }
}

/// Says how many rows are selected, while any are, with what can be done with them. It stands below the table, which
/// gives up room at its foot: no row moves.
#[component]
pub fn SelectionBar(
    /// The selection.
    selection: Selection,
    /// The rows that the filter leaves.
    shown: Memo<Keys>,
    /// The actions.
    children: ChildrenFn,
) -> impl IntoView {
    let any = Memo::new(move |_| selection.count() > 0);
    Toasts::here().stand_above("above-selection", move || any.get());
    let children = StoredValue::new(children);
    let select_all = move || {
        if let Some(keys) = shown.get_untracked() {
            selection.set(&keys, true);
        }
    };
    select_by_keys(SelectionKeys {
        all: Callback::new(move |()| select_all()),
        clear: Callback::new(move |()| selection.clear()),
    });
    let rest = Memo::new(move |_| {
        let keys = shown.get().unwrap_or_default();
        (selection.count_of(&keys) < keys.len()).then_some(keys.len())
    });
    let all = move || {
        rest.get().map(|count| {
            view! {
                <button type="button" class="button quiet small" on:click=move |_| select_all()>
                    {format!("Select all {} that match", number::count(count as u64))}
                </button>
            }
        })
    };
    view! {
        <div class=move || if any.get() { "selection-bar" } else { "selection-bar none" } role="group" aria-label="Selection">
            <span role="status" class="selected-count">
                {live(move || any.get().then(|| format!("{} selected", number::count(selection.count() as u64))))}
            </span>
            {live(move || {
                any.get()
                    .then(|| {
                        view! {
                            {live(all)}
                            <div class="actions">
                                {children.with_value(|children| children())}
                                <button type="button" class="button quiet small" on:click=move |_| selection.clear()>
                                    {glyph(Icon::Close, "")}
                                    "Clear"
                                </button>
                            </div>
                        }
                    })
            })}
        </div>
    }
}
