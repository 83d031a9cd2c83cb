//! The windowed table: ten thousand rows, of which only those in view are in the document.
//!
//! It is a plain `<table>`, with `aria-rowcount` and `aria-rowindex` for what is not rendered. One row at a time
//! takes part in the tab order, with its buttons; the arrow keys, Home, End, Page Up and Page Down move it.

use std::{
    cell::{Cell, RefCell},
    sync::Arc,
};

use leptos::{ev, html, prelude::*};
use wasm_bindgen::{JsCast, closure::Closure};

use super::{
    body::{Body, Line, gap},
    columns::{Column, SortBy},
    group_row::{fold, group_line, select_cell},
    groups::{Groups, Lines, is_group},
    heads::{SelectAll, SortChoice, col, head_cell},
    keys::KeyMap,
    light::El,
    order::{Asked, ordered},
    place::{self, Place, Places, TableKey},
    row::{Keys, RowKey},
    selection::{Rows, Selecting},
    widths::Widths,
    window::{Viewport, Window, scroll_to_show},
};
use crate::ui::{
    focus::{RowFocus, focus_heading_if_lost, focus_in_place, row_in},
    live::{follow, follow_from, live, live_attribute},
};

/// What the cells of a row need to know of the table around them.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct RowPlace {
    /// The row's identity.
    pub key: RowKey,
    /// Goes to the row's buttons: only those of the current row take part in the tab order.
    pub tabindex: &'static str,
}

/// Before anything is measured.
const GUESS: Viewport = Viewport { top: 0.0, height: 900.0, row: 36.0, group: 36.0 };
/// How many rows of bones stand for a list that is on its way.
const BONES: usize = 12;
/// How many rows are made at a time: twelve take a quick machine 5 ms and a slow one 20, so that the first are seen at once and no
/// key waits for all of them.
const MADE_AT_ONCE: usize = 12;

/// A table of rows of which only those in view are rendered. It knows the rows by their keys alone, so that its code
/// is there once however many kinds of rows the screens have.
#[component]
pub fn DataTable(
    /// The table's accessible name.
    #[prop(into)]
    name: String,
    /// The class for column widths and cards.
    class: &'static str,
    /// The columns, in order.
    #[prop(into)]
    columns: Signal<Vec<Column>>,
    /// Whether the rows are as low as they can be.
    #[prop(into, default = Signal::stored(false))]
    compact: Signal<bool>,
    /// The rows.
    keys: Memo<Keys>,
    /// What a person chose of the rows, where the app reads them again by itself.
    #[prop(optional)]
    asked: Option<Asked>,
    /// Whether **Back** to the page leads to where the person was in the table.
    #[prop(optional)]
    comes_back: bool,
    /// What the rows are grouped by, if they are.
    #[prop(optional)]
    groups: Option<Signal<Option<Arc<Groups>>>>,
    /// The column that the rows are sorted by.
    sort: Memo<SortBy>,
    /// Called with the order that a person asks for.
    on_sort: Callback<SortBy>,
    /// The widths that a person has given to columns, where they may.
    #[prop(optional)]
    widths: Option<Widths>,
    /// Whether a click with Shift sorts by a second column.
    #[prop(optional)]
    sorts_by_two: bool,
    /// How rows are selected, if they can be.
    #[prop(optional)]
    selecting: Option<Selecting>,
    /// What Space on a row does where rows are not selected: one of them may be chosen.
    #[prop(optional)]
    on_space: Option<Callback<RowKey>>,
    /// The cells of a row as it is now, all of one shape; nothing for a row that has just left the list. Asked again when a signal that it
    /// read changes.
    cells: Callback<RowPlace, Option<Vec<El>>>,
    /// Does what a button of a row says in `data-action`; one that is `aria-disabled` does nothing. One listener for all rows.
    #[prop(optional)]
    on_action: Option<Callback<(RowKey, String)>>,
    /// Is told what is typed into a field of a row: the row, what the field says in `data-field`, and its text.
    #[prop(optional)]
    on_input: Option<Callback<(RowKey, String, String)>>,
    /// Whether a row is being worked on.
    working: Callback<RowKey, bool>,
    /// What stands in the table's place when there are no rows, be it that none match or that none could be read.
    empty: Callback<(), AnyView>,
) -> impl IntoView {
    let frame = NodeRef::<html::Div>::new();
    let table = comes_back.then(|| TableKey::here(&name));
    let back = table.as_ref().and_then(|table| Places::here().come_back(table));
    let view = RwSignal::new(back.as_ref().map_or(GUESS, |place| place.view));
    let active = RwSignal::new(back.as_ref().and_then(|place| place.row));
    let pointed_at = StoredValue::new(false);
    let turn = RwSignal::new(0_u64);
    let rows = ordered(keys, asked, turn, move || pointed_at.get_value() || place::has_focus(frame));
    let all_keys = Memo::new(move |_| rows.with(|rows| rows.keys.clone()));
    let folded = RwSignal::new(back.as_ref().map(|place| place.folded.clone()).unwrap_or_default());
    let lines = Memo::new(move |_| {
        let groups = groups.and_then(|groups| groups.get());
        rows.with(|rows| folded.with(|folded| Lines::of(&rows.keys, groups.as_deref(), folded)))
    });
    // The lines on screen; those of groups are among them.
    let keys = Memo::new(move |_| lines.with(|lines| lines.keys.clone()));
    let columns = Memo::new(move |_| columns.get());
    let column_count = move || columns.with(Vec::len) + usize::from(selecting.is_some());

    let index = Memo::new(move |_| {
        let keys = keys.get().unwrap_or_default();
        Arc::new(keys.iter().enumerate().map(|(at, key)| (*key, at)).collect::<KeyMap<_>>())
    });
    let total = move || keys.with(|keys| keys.as_ref().map_or(0, |keys| keys.len()));
    let key_at = move |at: usize| keys.with(|keys| keys.as_ref().and_then(|keys| keys.get(at).copied()));
    let active_index = move || active.get().and_then(|key| index.with(|index| index.get(&key).copied()));
    // The first row stands in for one that went away, so that Tab always finds the table.
    follow(move || {
        if active_index().is_none()
            && let Some(first) = key_at(0)
        {
            active.set(Some(first));
        }
    });
    let made = RwSignal::new(MADE_AT_ONCE);
    let window = Memo::new(move |_| {
        lines.with(|lines| Window::of(lines.stacked(), view.get(), active_index(), made.get()))
    });
    follow(move || {
        if made.get() < window.with(|window| window.wanted) {
            request_animation_frame(move || _ = made.try_update(|made| *made += MADE_AT_ONCE));
        }
    });
    let top_of = move |at: usize| {
        let view = view.try_get_untracked().unwrap_or(GUESS);
        lines.try_with_untracked(|lines| lines.stacked().top_of(at, view)).unwrap_or_default()
    };
    let measure = move || {
        let Some(frame) = frame.try_get_untracked().flatten() else { return };
        let old = view.get_untracked();
        let now = Viewport {
            top: f64::from(frame.scroll_top()),
            height: f64::from(frame.client_height()),
            row: height_of(&frame, "tbody tr.row:not([hidden], .group)").unwrap_or(old.row),
            group: height_of(&frame, "tbody tr.group:not([hidden])").unwrap_or(old.group),
        };
        if now != old {
            view.set(now);
        }
    };
    watch_size(frame, measure);
    if let Some(place) = back {
        go_back_to(place, frame, selecting, measure, Signal::derive(move || total() > 0));
    }
    if let Some(table) = table {
        let places = Places::here();
        on_cleanup(move || {
            let selected = selecting.map(|it| untrack(|| it.selection.look(Clone::clone)));
            let place = Place {
                view: view.try_get_untracked().unwrap_or(GUESS),
                row: active.try_get_untracked().flatten(),
                focused: place::has_focus(frame),
                selected: selected.unwrap_or_default(),
                folded: folded.try_get_untracked().unwrap_or_default(),
                page_top: place::page_top(),
            };
            places.leave(table.clone(), place);
        });
    }
    // The first rows tell how high a row is.
    follow(move || {
        if total() > 0 {
            request_animation_frame(measure);
        }
    });

    // Other columns or another density may make the rows higher or lower: the first one in view stays the first.
    follow_from(move |before: Option<()>| {
        columns.track();
        compact.track();
        if before.is_none() {
            return;
        }
        let old = view.get_untracked();
        let first = window.with_untracked(|window| window.first);
        request_animation_frame(move || {
            measure();
            request_animation_frame(move || {
                let row = view.try_get_untracked().map_or(old.row, |view| view.row);
                if let Some(frame) = frame.try_get_untracked().flatten()
                    && row != old.row
                {
                    frame.set_scroll_top(top_of(first).round() as i32);
                }
            });
        });
    });

    let move_to = move |at: usize| {
        let (Some(key), Some(frame)) = (untrack(|| key_at(at)), frame.get_untracked()) else { return };
        active.set(Some(key));
        let head = height_of(&frame, "thead").unwrap_or_default();
        let top = scroll_to_show(top_of(at), top_of(at + 1), view.get_untracked(), head);
        frame.set_scroll_top(top as i32);
        measure();
        // The row may only now come into the document.
        request_animation_frame(move || focus_row(&frame, key));
    };
    let with_rows = move |run: &dyn Fn(&Rows<'_>)| {
        if let Some(keys) = keys.get_untracked() {
            let index = index.get_untracked();
            run(&Rows { keys: &keys, index: &index });
        }
    };
    let on_key = move |event: ev::KeyboardEvent| {
        // In a field the keys are those of its text.
        if event.ctrl_key() || event.alt_key() || event.meta_key() || is_in_field(&event) {
            return;
        }
        let (Some(last), Some(at)) = (untrack(total).checked_sub(1), untrack(active_index)) else { return };
        let view = view.get_untracked();
        let page = ((view.height / view.row) as usize).saturating_sub(2).max(1);
        let to = match event.key().as_str() {
            "ArrowDown" => at + 1,
            "ArrowUp" => at.saturating_sub(1),
            "PageDown" => at + page,
            "PageUp" => at.saturating_sub(page),
            "Home" => 0,
            "End" => last,
            "ArrowLeft" | "ArrowRight" => {
                let group = active
                    .get_untracked()
                    .and_then(|key| lines.with_untracked(|it| it.groups.get(&key).cloned()));
                if let Some(group) = group {
                    event.prevent_default();
                    fold(folded, &group.name, event.key() == "ArrowLeft");
                }
                return;
            }
            " " if is_on_row(&event) && active.get_untracked().is_some_and(is_group) => {
                event.prevent_default();
                let rows = active.get_untracked().and_then(|key| {
                    lines.with_untracked(|lines| Some(Arc::clone(&lines.groups.get(&key)?.rows)))
                });
                if let (Some(Selecting { selection, .. }), Some(rows)) = (selecting, rows) {
                    selection.set(&rows, untrack(|| selection.count_of(&rows)) < rows.len());
                }
                return;
            }
            // On the row itself: its buttons and its box have Space for their own.
            " " if is_on_row(&event) => {
                if let (Some(on_space), Some(key)) = (on_space, active.get_untracked()) {
                    event.prevent_default();
                    on_space.run(key);
                }
                if let (Some(Selecting { selection, .. }), Some(key)) = (selecting, active.get_untracked()) {
                    event.prevent_default();
                    if event.shift_key() {
                        with_rows(&|rows| selection.choose_up_to(key, true, rows));
                    } else {
                        selection.toggle(key);
                    }
                }
                return;
            }
            // What the row is about is where its first link leads, or else what its first button does.
            "Enter" if is_on_row(&event) => {
                let row = event.target().and_then(|row| row.dyn_into::<web_sys::Element>().ok());
                let first = |what| row.as_ref().and_then(|row| row.query_selector(what).ok().flatten());
                let link = first("a[href]").or_else(|| first("button"));
                if let Some(link) = link.and_then(|link| link.dyn_into::<web_sys::HtmlElement>().ok()) {
                    event.prevent_default();
                    link.click();
                }
                return;
            }
            _ => return,
        };
        event.prevent_default();
        let to = to.min(last);
        if let Some(Selecting { selection, .. }) = selecting {
            if event.shift_key() {
                with_rows(&|rows| selection.extend(at, to, rows));
            } else {
                selection.end_range();
            }
        }
        move_to(to);
    };

    let is_selected = move |key| selecting.is_some_and(|selecting| selecting.selection.contains(key));
    let row = move |at: usize, key: RowKey, tabindex: &'static str| {
        let cells = cells.run(RowPlace { key, tabindex })?;
        let (works, selected) = (working.run(key), is_selected(key));
        let class = match (works, selected) {
            (false, false) => "row",
            (true, false) => "row working",
            (false, true) => "row selected",
            (true, true) => "row working selected",
        };
        let select = selecting.map(|Selecting { name, .. }| {
            let label = format!("Select {}", name.run(key));
            select_cell(label, tabindex, [selected, false])
        });
        Some(
            line_of(at, key, class, tabindex)
                .is("aria-busy", works.then_some("true"))
                .with_all(select)
                .with_all(cells),
        )
    };
    let line = move |at: usize| {
        let key = key_at(at)?;
        let tabindex = if active.get() == Some(key) { "0" } else { "-1" };
        if !is_group(key) {
            return row(at, key, tabindex).map(Line::Row);
        }
        let group = lines.with(|lines| lines.groups.get(&key).cloned())?;
        let selected = selecting.map(|selecting| selecting.selection.count_of(&group.rows));
        let cells = group_line(&group, selected, tabindex, columns.with(Vec::len));
        Some(Line::Group(line_of(at, key, "row group", tabindex).with_all(cells)))
    };
    // The focus stays with its row when other elements show it.
    let held = StoredValue::new_local(None::<RowFocus>);
    let keep_focus = move |focus: RowFocus| {
        let in_list = |key: RowKey| index.with_untracked(|index| index.contains_key(&key));
        if !focus.key().is_some_and(in_list) {
            focus.keep_or_leave();
        } else if !focus.keep()
            && let Some((frame, key)) = frame.get_untracked().zip(active.get_untracked())
            && let Some(row) = row_in(&frame, &key.to_string())
        {
            focus_in_place(&row);
        }
    };
    let body = NodeRef::<html::Tbody>::new();
    let drawn = RefCell::new(None::<Body>);
    follow(move || {
        let Some(body) = body.get() else { return };
        let mut drawn = drawn.borrow_mut();
        let drawn = drawn.get_or_insert_with(|| Body::of(&body));
        let window = window.get();
        let in_view = window.rows.clone().filter_map(line).collect::<Vec<_>>();
        // It is lost where the elements that have it go out of sight.
        let focus = held.get_value();
        drawn.draw(
            in_view,
            [false, true].map(|below| window.kept_at(below).and_then(line)),
            || window.rows.clone().find_map(line),
            window.gaps.map(|height| gap(height.round() as u64, column_count())),
        );
        if let Some(focus) = focus {
            keep_focus(focus);
        }
    });
    let shift_held = StoredValue::new(false);
    let on_click = move |event: ev::MouseEvent| {
        let Some((target, key)) = target_in_row(&event) else { return };
        if let Some(button) = target.closest("[data-action]").ok().flatten() {
            let action = button.get_attribute("data-action").unwrap_or_default();
            if let (Some(on_action), false) = (on_action, button.has_attribute("aria-disabled")) {
                on_action.run((key, action));
            }
        } else if let Some(group) = lines.with_untracked(|lines| lines.groups.get(&key).cloned()) {
            if matches!(target.closest(".group-head"), Ok(Some(_))) {
                fold(folded, &group.name, !group.folded);
            } else if let (Some(Selecting { selection, .. }), true) = (selecting, is_input(&target)) {
                selection.set(&group.rows, untrack(|| selection.count_of(&group.rows)) < group.rows.len());
            }
        } else if let (Some(Selecting { selection, .. }), Ok(Some(_))) =
            (selecting, target.closest(".c-select"))
        {
            // A click on the room around the box comes a second time, as one on the box.
            if !is_input(&target) {
                shift_held.set_value(event.shift_key());
                return;
            }
            let held = shift_held.get_value();
            shift_held.set_value(false);
            if event.shift_key() || held {
                let on = !untrack(|| selection.contains(key));
                with_rows(&|rows| selection.choose_up_to(key, on, rows));
            } else {
                selection.toggle(key);
            }
        }
    };
    let on_typed = move |event: ev::Event| {
        let field =
            target_in_row(&event).and_then(|(target, key)| Some((key, target.get_attribute("data-field")?)));
        if let (Some(on_input), Some((key, field))) = (on_input, field) {
            on_input.run((key, field, event_target_value(&event)));
        }
    };
    // Or the browser would mark the text between.
    let on_mouse_down = move |event: ev::MouseEvent| {
        let in_box = |target: &web_sys::Element| matches!(target.closest(".select-room"), Ok(Some(_)));
        if event.shift_key() && target_in_row(&event).is_some_and(|(target, _)| in_box(&target)) {
            event.prevent_default();
        }
    };
    let on_focus = move |event: ev::FocusEvent| {
        held.set_value(RowFocus::now());
        if let Some((_, key)) = target_in_row(&event).filter(|(_, key)| active.get_untracked() != Some(*key))
        {
            active.set(Some(key));
        }
    };

    view! {
        <div class=move || if compact.get() { "table-frame compact" } else { "table-frame" } node_ref=frame
            on:scroll=move |_| measure()
            on:pointerenter=move |_| pointed_at.set_value(true)
            on:pointerleave=move |_| pointed_at.set_value(false)
        >
            <table
                class=move || columns.with(|columns| class_with(class, columns))
                aria-label=name
                aria-rowcount=live_attribute(move || Some((total() + 1).to_string()))
                aria-busy=live_attribute(move || keys.with(Option::is_none).then_some("true"))
            >
                <colgroup>
                    {selecting.map(|_| view! { <col class="col-select" /> })}
                    {live(move || {
                        columns
                            .get()
                            .into_iter()
                            .map(|column| col(column.key, widths))
                            .collect_view()
                    })}
                </colgroup>
                <thead>
                    <tr aria-rowindex="1">
                        {selecting.map(|selecting| view! { <SelectAll selection=selecting.selection shown=all_keys /> })}
                        {live(move || {
                            columns.get().into_iter().map(|column| head_cell(column, sort, on_sort, sorts_by_two, widths)).collect_view()
                        })}
                        <SortChoice columns sort on_sort />
                    </tr>
                </thead>
                <tbody
                    node_ref=body
                    on:keydown=on_key
                    on:click=on_click
                    on:mousedown=on_mouse_down
                    on:input=on_typed
                    on:focusin=on_focus
                    on:focusout=move |_| held.set_value(None)
                ></tbody>
                {live(move || {
                    keys.with(Option::is_none)
                        .then(|| {
                            let bones = (0..BONES).map(|at| view! { <BoneRow columns=column_count() at /> }).collect_view();
                            view! { <tbody aria-hidden="true">{bones}</tbody> }
                        })
                })}
            </table>
            {live(move || keys.with(|keys| keys.as_ref().is_some_and(|keys| keys.is_empty())).then(|| empty.run(())))}
        </div>
        {asked.map(|_| {
            let is_older = Memo::new(move |_| rows.with(|rows| rows.is_older));
            view! {
                <div class="older-order" role="status">
                    {live(move || is_older.get().then(|| view! { <OlderOrder turn /> }))}
                </div>
            }
        })}
    }
}

/// The class of a table says which columns it has, for the style. (`:has()` would say it as well, and then each row that is made has the browser
/// work out the style of the whole page again: 83 ms instead of 30 from **Sign in** to the first two dozen rows, in Chromium.)
fn class_with(class: &str, columns: &[Column]) -> String {
    columns.iter().fold(format!("table {class}"), |class, column| class + " with-" + column.key)
}

/// The rows stand as an earlier reading had them, for somebody is at them.
#[component]
fn OlderOrder(turn: RwSignal<u64>) -> impl IntoView {
    let sort_again = move |_| {
        turn.update(|turn| *turn += 1);
        focus_heading_if_lost();
    };
    view! {
        <span>"The list has changed since it was sorted."</span>
        <button type="button" class="button quiet small" on:click=sort_again>
            "Sort again"
        </button>
    }
}

/// Leads to where a person was, once there are rows.
fn go_back_to(
    place: Place,
    frame: NodeRef<html::Div>,
    selecting: Option<Selecting>,
    measure: impl Fn() + Copy + 'static,
    has_rows: Signal<bool>,
) {
    if let Some(Selecting { selection, .. }) = selecting {
        selection.choose(place.selected.iter().copied());
    }
    let place = Cell::new(Some(place));
    follow(move || {
        let Some(place) = has_rows.get().then(|| place.take()).flatten() else { return };
        request_animation_frame(move || {
            let Some(frame) = frame.try_get_untracked().flatten() else { return };
            place::scroll_page(place.page_top);
            frame.set_scroll_top(place.view.top as i32);
            measure();
            // The page's heading has got the focus meanwhile, as after every move.
            request_animation_frame(move || {
                if let Some(key) = place.row.filter(|_| place.focused) {
                    focus_row(&frame, key);
                }
            });
        });
    });
}

fn is_on_row(event: &ev::KeyboardEvent) -> bool {
    let target = event.target().and_then(|target| target.dyn_into::<web_sys::Element>().ok());
    target.is_some_and(|target| target.has_attribute("data-key"))
}

fn is_in_field(event: &ev::KeyboardEvent) -> bool {
    let target = event.target().and_then(|target| target.dyn_into::<web_sys::Element>().ok());
    target.is_some_and(|target| target.has_attribute("data-field"))
}

fn is_input(element: &web_sys::Element) -> bool {
    element.has_type::<web_sys::HtmlInputElement>()
}

/// The element of a line of the table, at this place of the list: the head is the first row.
fn line_of(at: usize, key: RowKey, class: &'static str, tabindex: &'static str) -> El {
    El::new("tr", class)
        .is("hidden", false)
        .is("aria-rowindex", (at + 2).to_string())
        .is("data-key", key.to_string())
        .is("tabindex", tabindex)
}

/// What an event was on, and the row around it.
pub fn target_in_row(event: &ev::Event) -> Option<(web_sys::Element, RowKey)> {
    let target = event.target()?.dyn_into::<web_sys::Element>().ok()?;
    let row = target.closest("tr[data-key]").ok()??;
    let key = row.get_attribute("data-key")?.parse().ok()?;
    Some((target, key))
}

#[component]
fn BoneRow(columns: usize, at: usize) -> impl IntoView {
    let cells = (0..columns)
        .map(|column| {
            // Differing widths read as text on its way; the same ones each time, so nothing flickers.
            let class = ["bone w3", "bone w2", "bone w1"][(at * 7 + column * 5) % 3];
            view! { <td><span class=class></span></td> }
        })
        .collect_view();
    view! { <tr class="row">{cells}</tr> }
}

fn height_of(frame: &web_sys::HtmlDivElement, selector: &str) -> Option<f64> {
    let element = frame.query_selector(selector).ok().flatten()?;
    Some(element.get_bounding_client_rect().height()).filter(|height| *height > 0.0)
}

fn focus_row(frame: &web_sys::HtmlDivElement, key: RowKey) {
    let row = row_in(frame, &key.to_string());
    if let Some(row) = row.and_then(|row| row.dyn_into::<web_sys::HtmlElement>().ok()) {
        // An element that can't take the focus leaves it where it was.
        _ = row.focus();
    }
}

/// Calls `measure` whenever the frame's size changes, until the owner goes away.
fn watch_size(frame: NodeRef<html::Div>, measure: impl Fn() + Copy + 'static) {
    let observer = StoredValue::new_local(None::<(web_sys::ResizeObserver, Closure<dyn FnMut()>)>);
    follow(move || {
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
