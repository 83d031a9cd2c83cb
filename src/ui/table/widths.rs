//! Columns that a person makes wider or narrower.

use leptos::{ev, prelude::*};
use wasm_bindgen::JsCast;

/// No column is narrower than this, in CSS pixels.
const LEAST: f64 = 40.0;
/// Nor wider than this.
const MOST: f64 = 1200.0;

/// The widths that a person has given to columns; the others have those of the stylesheet. Copy it freely; all copies are the
/// same.
#[derive(Clone, Copy)]
pub struct Widths(RwSignal<Vec<(String, u32)>>);

impl Widths {
    /// Reads what [`to_text`](Self::to_text) wrote. What makes no sense is left out.
    pub fn from_text(text: &str) -> Self {
        let width = |text: &str| {
            let (column, width) = text.split_once(':')?;
            Some((column.to_owned(), width.parse::<u32>().ok()?.clamp(LEAST as u32, MOST as u32)))
        };
        Self(RwSignal::new(text.split(',').filter_map(width).collect()))
    }

    /// All of them, to be remembered: "name:240,status:180".
    pub fn to_text(self) -> String {
        let widths = self.0.get();
        widths.iter().map(|(column, width)| format!("{column}:{width}")).collect::<Vec<_>>().join(",")
    }

    /// The width of a column in CSS pixels, if it was given one.
    pub fn get(self, column: &str) -> Option<u32> {
        self.0.with(|widths| widths.iter().find(|(it, _)| it == column).map(|(_, width)| *width))
    }

    /// Gives a column a width in CSS pixels; `None`: that of the stylesheet.
    pub fn set(self, column: &str, width: Option<f64>) {
        self.0.update(|widths| {
            widths.retain(|(it, _)| it != column);
            widths.extend(width.map(|width| (column.to_owned(), width.clamp(LEAST, MOST).round() as u32)));
        });
    }

    /// All columns have the widths of the stylesheet.
    pub fn reset(self) {
        self.0.set(Vec::new());
    }
}

/// The edge of a column's head: it is drawn to where the column is to end, and a double click puts it back. Whoever can't
/// draw has the same beside the names of the columns.
#[component]
pub(super) fn Edge(widths: Widths, column: &'static str) -> impl IntoView {
    // Where the pointer took it, and how wide the column was then.
    let taken = StoredValue::new(None::<(f64, f64)>);
    let edge = |event: &ev::PointerEvent| {
        event.current_target().and_then(|edge| edge.dyn_into::<web_sys::Element>().ok())
    };
    let take = move |event: ev::PointerEvent| {
        let Some(edge) = edge(&event) else { return };
        // Fails only where the pointer has gone.
        _ = edge.set_pointer_capture(event.pointer_id());
        let head = edge.parent_element().map_or(0.0, |head| head.get_bounding_client_rect().width());
        taken.set_value(Some((f64::from(event.client_x()), head)));
        event.prevent_default();
    };
    let draw = move |event: ev::PointerEvent| {
        if let Some((from, width)) = taken.get_value() {
            widths.set(column, Some(width + f64::from(event.client_x()) - from));
        }
    };
    view! {
        <span
            class="edge"
            aria-hidden="true"
            on:pointerdown=take
            on:pointermove=draw
            on:pointerup=move |_| taken.set_value(None)
            on:pointercancel=move |_| taken.set_value(None)
            on:dblclick=move |_| widths.set(column, None)
        ></span>
    }
}
