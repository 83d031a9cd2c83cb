//! The windowed table: ten thousand rows, of which only those in view are in the document.
//!
//! It is a plain `<table>`, with `aria-rowcount` and `aria-rowindex` for what is not rendered. One row at a time
//! takes part in the tab order, with its buttons; the arrow keys, Home, End, Page Up and Page Down move it.

use std::{collections::HashMap, sync::Arc};

use leptos::{either::Either, ev, html, prelude::*};
use wasm_bindgen::{JsCast, closure::Closure};

use super::{
    icon::{Glyph, Icon},
    window::{Piece, Viewport, Window, scroll_to_show},
};

/// A column of a table.
#[derive(Clone, Copy, Debug)]
pub struct Column {
    /// Its class for widths (`<col>`), and the word for it in the address bar.
    pub key: &'static str,
    /// What its head says.
    pub label: &'static str,
    /// Numbers stand at the right.
    pub numeric: bool,
    /// Whether its head sorts.
    pub sortable: bool,
}

/// By which column a table is sorted.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct SortBy {
    /// The column's key.
    pub column: String,
    /// Largest first.
    pub descending: bool,
}

impl SortBy {
    /// Reads `name` or `-name`, as the address bar holds it.
    pub fn from_query(text: &str) -> Self {
        match text.strip_prefix('-') {
            Some(column) => Self { column: column.to_owned(), descending: true },
            None => Self { column: text.to_owned(), descending: false },
        }
    }

    /// The text for the address bar.
    pub fn to_query(&self) -> String {
        format!("{}{}", if self.descending { "-" } else { "" }, self.column)
    }

    /// What a click on the head of `column` leads to: the other direction, or that column with the smallest first.
    pub fn toggled(&self, column: &str) -> Self {
        Self { column: column.to_owned(), descending: self.column == column && !self.descending }
    }
}

/// The identity of a row: two readings of the same thing have the same key.
pub type RowKey = u64;

/// What a table needs to know of the rows that it shows.
pub trait TableRow: Clone + PartialEq + Send + Sync + 'static {
    /// The row's identity.
    fn key(&self) -> RowKey;
}

impl<R: TableRow> TableRow for Arc<R> {
    fn key(&self) -> RowKey {
        R::key(self)
    }
}

/// Puts the focus on the table's current row, as after work that a row's button started.
#[derive(Clone, Copy, Debug)]
struct Active(RwSignal<Option<RowKey>>);

/// Whether the buttons of a row take part in the tab order: those of the current row do.
///
/// Row content reads it with `tabindex=row_tabindex(key)`.
pub fn row_tabindex(key: RowKey) -> impl Fn() -> &'static str + Copy + Send + Sync + 'static {
    let active = use_context::<Active>();
    move || match active {
        Some(Active(active)) if active.get() != Some(key) => "-1",
        _ => "0",
    }
}

/// Before anything is measured.
const GUESS: Viewport = Viewport { top: 0.0, height: 900.0, row: 36.0 };
/// How many rows of bones stand for a list that is on its way.
const BONES: usize = 12;

/// A table of rows of which only those in view are rendered.
#[component]
pub fn DataTable<R, V, C>(
    /// The table's accessible name.
    name: &'static str,
    /// The class for column widths and cards.
    class: &'static str,
    /// The columns, in order.
    columns: &'static [Column],
    /// All rows, filtered and sorted; `None` while the first answer is on its way.
    #[prop(into)]
    rows: Signal<Option<Arc<Vec<R>>>>,
    /// The column that the rows are sorted by.
    #[prop(into)]
    sort: Signal<SortBy>,
    /// Called with the order that a person asks for.
    on_sort: impl Fn(SortBy) + Clone + 'static,
    /// The cells of a row, from the row as it is now.
    cells: C,
    /// Whether a row is being worked on.
    #[prop(into)]
    working: Callback<RowKey, bool>,
    /// What stands in the table's place when there are no rows.
    #[prop(into)]
    empty: ViewFn,
) -> impl IntoView
where
    R: TableRow,
    V: IntoView + 'static,
    C: Fn(RowKey, Signal<R>) -> V + Send + Sync + 'static,
{
    let frame = NodeRef::<html::Div>::new();
    let view = RwSignal::new(GUESS);
    let active = RwSignal::new(None::<RowKey>);
    provide_context(Active(active));

    let index = Memo::new(move |_| {
        rows.with(|rows| {
            let rows = rows.as_deref().map_or(&[][..], Vec::as_slice);
            Arc::new(rows.iter().enumerate().map(|(at, row)| (row.key(), at)).collect::<HashMap<_, _>>())
        })
    });
    let total = move || rows.with(|rows| rows.as_ref().map_or(0, |rows| rows.len()));
    let active_index = move || active.get().and_then(|key| index.with(|index| index.get(&key).copied()));
    // The first row stands in for one that went away, so that Tab always finds the table.
    Effect::new(move |_| {
        if active_index().is_none() {
            active.set(rows.with(|rows| rows.as_ref().and_then(|rows| rows.first().map(TableRow::key))));
        }
    });
    let window = Memo::new(move |_| Window::of(total(), view.get(), active_index()));
    let row_at = move |key: RowKey| {
        let at = index.with(|index| index.get(&key).copied())?;
        rows.with(|rows| rows.as_ref()?.get(at).cloned())
    };
    let pieces = move || {
        rows.with(|rows| {
            let rows = rows.as_deref().map_or(&[][..], Vec::as_slice);
            window.with(|window| {
                window
                    .pieces()
                    .into_iter()
                    .filter_map(|piece| match piece {
                        Piece::Gap(slot) => Some((true, slot as u64)),
                        Piece::Row(at) => rows.get(at).map(|row| (false, row.key())),
                    })
                    .collect::<Vec<_>>()
            })
        })
    };

    let measure = move || {
        let Some(frame) = frame.get_untracked() else { return };
        let row = frame
            .query_selector("tbody tr.row")
            .ok()
            .flatten()
            .map_or(0.0, |row| row.get_bounding_client_rect().height());
        let now = Viewport {
            top: f64::from(frame.scroll_top()),
            height: f64::from(frame.client_height()),
            row: if row > 0.0 { row } else { view.get_untracked().row },
        };
        if now != view.get_untracked() {
            view.set(now);
        }
    };
    watch_size(frame, measure);
    // The first rows tell how high a row is.
    Effect::new(move |_| {
        if total() > 0 {
            request_animation_frame(measure);
        }
    });

    let move_to = move |at: usize| {
        let Some(key) = rows.with_untracked(|rows| rows.as_ref().and_then(|rows| rows.get(at).map(TableRow::key)))
        else {
            return;
        };
        let Some(frame) = frame.get_untracked() else { return };
        active.set(Some(key));
        let head = frame
            .query_selector("thead")
            .ok()
            .flatten()
            .map_or(0.0, |head| head.get_bounding_client_rect().height());
        frame.set_scroll_top(scroll_to_show(at, view.get_untracked(), head) as i32);
        measure();
        // The row may only now come into the document.
        request_animation_frame(move || focus_row(&frame, key));
    };
    let on_key = move |event: ev::KeyboardEvent| {
        if event.ctrl_key() || event.alt_key() || event.meta_key() {
            return;
        }
        let count = total();
        let (Some(last), Some(at)) = (count.checked_sub(1), active_index()) else { return };
        let page = ((view.get_untracked().height / view.get_untracked().row) as usize).saturating_sub(2).max(1);
        let to = match event.key().as_str() {
            "ArrowDown" => at + 1,
            "ArrowUp" => at.saturating_sub(1),
            "PageDown" => at + page,
            "PageUp" => at.saturating_sub(page),
            "Home" => 0,
            "End" => last,
            _ => return,
        };
        event.prevent_default();
        move_to(to.min(last));
    };

    let cells = Arc::new(cells);
    let body = move || {
        let cells = Arc::clone(&cells);
        view! {
            <tbody on:keydown=on_key>
                <For each=pieces key=|piece| *piece let:piece>
                    {
                        let (is_gap, key) = piece;
                        if is_gap {
                            Either::Left(view! {
                                <tr class="gap" aria-hidden="true">
                                    <td
                                        colspan=columns.len()
                                        style:height=move || {
                                            let rows = window.with(|window| window.gaps[key as usize]);
                                            format!("{}px", rows as f64 * view.get().row)
                                        }
                                    ></td>
                                </tr>
                            })
                        } else {
                            let first = row_at(key);
                            let row = Memo::new(move |last: Option<&Option<R>>| {
                                // A row that has just left the list keeps its last content until it leaves the document.
                                row_at(key).or_else(|| last.cloned().flatten()).or_else(|| first.clone())
                            });
                            let row = Signal::derive(move || row.get());
                            Either::Right(
                                row.get_untracked()
                                    .map(|known| {
                                        let row = Signal::derive(move || row.get().unwrap_or_else(|| known.clone()));
                                        view! {
                                            <tr
                                                class="row"
                                                class:working=move || working.run(key)
                                                aria-busy=move || working.run(key).then_some("true")
                                                aria-rowindex=move || {
                                                    index.with(|index| index.get(&key).map(|at| at + 2))
                                                }
                                                data-key=key
                                                tabindex=row_tabindex(key)
                                                on:focusin=move |_| active.set(Some(key))
                                            >
                                                {cells(key, row)}
                                            </tr>
                                        }
                                    }),
                            )
                        }
                    }
                </For>
            </tbody>
        }
    };

    let waiting = move || rows.with(Option::is_none);
    let is_empty = move || rows.with(|rows| rows.as_ref().is_some_and(|rows| rows.is_empty()));
    view! {
        <div class="table-frame" node_ref=frame on:scroll=move |_| measure()>
            <table
                class=format!("table {class}")
                aria-label=name
                aria-rowcount=move || total() + 1
                aria-busy=move || waiting().then_some("true")
            >
                <colgroup>{columns.iter().map(|column| view! { <col class=column.key /> }).collect_view()}</colgroup>
                <thead>
                    <tr aria-rowindex="1">
                        {columns
                            .iter()
                            .map(|column| head_cell(*column, sort, on_sort.clone()))
                            .collect_view()}
                    </tr>
                </thead>
                {body}
                <Show when=waiting>
                    <tbody aria-hidden="true">{(0..BONES).map(|at| bones(columns, at)).collect_view()}</tbody>
                </Show>
            </table>
            <Show when=is_empty>{empty.run()}</Show>
        </div>
    }
}

fn head_cell(column: Column, sort: Signal<SortBy>, on_sort: impl Fn(SortBy) + 'static) -> impl IntoView {
    let direction = move || sort.with(|sort| (sort.column == column.key).then_some(sort.descending));
    view! {
        <th
            scope="col"
            class:numeric=column.numeric
            aria-sort=move || direction().map(|descending| if descending { "descending" } else { "ascending" })
        >
            {if column.sortable {
                Either::Left(view! {
                    <button
                        type="button"
                        class="sort"
                        on:click=move |_| on_sort(sort.get_untracked().toggled(column.key))
                    >
                        <span class="label">{column.label}</span>
                        <Glyph
                            class=""
                            icon=Signal::derive(move || {
                                if direction() == Some(true) { Icon::Descending } else { Icon::Ascending }
                            })
                        />
                    </button>
                })
            } else {
                Either::Right(view! { <span class="unseen">{column.label}</span> })
            }}
        </th>
    }
}

fn bones(columns: &[Column], at: usize) -> impl IntoView + use<> {
    let cells = (0..columns.len())
        .map(|column| {
            // Differing widths read as text on its way; the same ones each time, so nothing flickers.
            let class = ["bone w3", "bone w2", "bone w1"][(at * 7 + column * 5) % 3];
            view! { <td><span class=class></span></td> }
        })
        .collect_view();
    view! { <tr class="row">{cells}</tr> }
}

fn focus_row(frame: &web_sys::HtmlDivElement, key: RowKey) {
    let row = frame.query_selector(&format!("tr[data-key='{key}']")).ok().flatten();
    if let Some(row) = row.and_then(|row| row.dyn_into::<web_sys::HtmlElement>().ok()) {
        // The frame has been scrolled already; an element that can't take the focus simply does not.
        _ = row.focus();
    }
}

/// Calls `measure` whenever the frame's size changes, until the owner goes away.
fn watch_size(frame: NodeRef<html::Div>, measure: impl Fn() + Copy + 'static) {
    let observer = StoredValue::new_local(None::<(web_sys::ResizeObserver, Closure<dyn FnMut()>)>);
    Effect::new(move |_| {
        let Some(frame) = frame.get() else { return };
        let callback = Closure::<dyn FnMut()>::new(move || {
            // A measurement that re-renders inside the observer's own round would be reported as a loop.
            request_animation_frame(measure);
        });
        if let Ok(watching) = web_sys::ResizeObserver::new(callback.as_ref().unchecked_ref()) {
            watching.observe(&frame);
            observer.set_value(Some((watching, callback)));
        }
    });
    on_cleanup(move || {
        observer.try_update_value(|observer| {
            if let Some((watching, _)) = observer.take() {
                watching.disconnect();
            }
        });
    });
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_click_on_a_head_turns_the_order_round() {
        let by_name = SortBy::from_query("name");
        assert_eq!(by_name.toggled("name").to_query(), "-name");
        assert_eq!(by_name.toggled("name").toggled("name").to_query(), "name");
        assert_eq!(by_name.toggled("sites").to_query(), "sites");
        assert_eq!(SortBy::from_query("-sites").toggled("name").to_query(), "name");
    }
}
