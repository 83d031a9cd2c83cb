//! What **Columns** opens: which columns the table has, in which order, and how wide.

use console_api::rules::EngineColumn;
use leptos::{html, prelude::*};

use super::columns::{AT_FIRST, Layout, ORDER, can_be_hidden};
use crate::ui::icon::{Icon, glyph};

/// How much wider or narrower a press makes a column, in CSS pixels.
const STEP: f64 = 24.0;

/// The panel, for the layout in the context: the columns on screen in their order, then the others.
#[component]
pub fn ColumnChoice() -> impl IntoView {
    let layout: Layout = expect_context();
    let is_changed = move || {
        layout.shown.with(|shown| shown[..] != ORDER[..AT_FIRST]) || !layout.widths.to_text().is_empty()
    };
    let reset = move |_| {
        layout.show(ORDER[..AT_FIRST].to_vec());
        layout.widths.reset();
    };
    view! {
        <ul class="column-choice">
            <For each=move || in_order(layout) key=|column| column.key() children=move |column| view! { <Line layout column /> } />
        </ul>
        <button
            type="button"
            class="button small"
            aria-disabled=move || (!is_changed()).then_some("true")
            on:click=reset
        >
            "Reset columns"
        </button>
    }
}

/// The columns on screen in their order, the others where they would come: a line stays where it is when it is chosen.
fn in_order(layout: Layout) -> Vec<EngineColumn> {
    let shown = layout.shown();
    let hidden = ORDER.into_iter().filter(|column| !shown.contains(column)).collect::<Vec<_>>();
    hidden.into_iter().fold(shown, with)
}

/// The columns with one more, where it is in the usual order as far as that is kept.
fn with(mut columns: Vec<EngineColumn>, column: EngineColumn) -> Vec<EngineColumn> {
    let rank = |column: &EngineColumn| ORDER.iter().position(|it| it == column);
    let at = columns.iter().position(|it| rank(it) > rank(&column)).unwrap_or(columns.len());
    columns.insert(at, column);
    columns
}

#[component]
fn Line(layout: Layout, column: EngineColumn) -> impl IntoView {
    let place = Memo::new(move |_| layout.shown.with(|shown| shown.iter().position(|it| *it == column)));
    let choose = move |show: bool| {
        let mut now = layout.shown.get_untracked();
        now.retain(|it| *it != column);
        layout.show(if show { with(now, column) } else { now });
    };
    let swap = move |at: usize, with: usize| {
        let mut now = layout.shown.get_untracked();
        now.swap(at, with);
        layout.show(now);
    };
    // What the column has on screen, where nobody has chosen.
    let width = move || {
        let head = document().query_selector(&format!("th.h-{}", column.key())).ok().flatten();
        layout
            .widths
            .get(column.key())
            .map(f64::from)
            .or_else(|| Some(head?.get_bounding_client_rect().width()))
    };
    let resize = move |by: f64| {
        if let Some(width) = untrack(width) {
            layout.widths.set(column.key(), Some(width + by));
        }
    };
    let label = column.label();
    let can_move = move |by: isize| {
        let at = place.get()?.checked_add_signed(by)?;
        (at < layout.shown.with(Vec::len)).then_some(at)
    };
    let mover = move |icon: Icon, side: &str, by: isize| {
        let press = Callback::new(move |()| {
            if let (Some(at), Some(to)) = untrack(|| (place.get(), can_move(by))) {
                swap(at, to);
            }
        });
        view! { <Tool icon name=format!("Move {label} {side}") can=Signal::derive(move || can_move(by).is_some()) press /> }
    };
    let resizer = move |icon: Icon, how: &str, by: f64| {
        let press = Callback::new(move |()| resize(by));
        view! { <Tool icon name=format!("Make {label} {how}") width=true can=Signal::stored(true) press /> }
    };
    view! {
        <li>
            <label class="check">
                <input
                    type="checkbox"
                    prop:checked=move || place.get().is_some()
                    disabled=!can_be_hidden(column)
                    on:change=move |event| choose(event_target_checked(&event))
                />
                {label}
            </label>
            <Show when=move || place.get().is_some()>
                {mover(Icon::Previous, "left", -1)} {mover(Icon::Next, "right", 1)}
                {resizer(Icon::Less, "narrower", -STEP)} {resizer(Icon::Add, "wider", STEP)}
            </Show>
        </li>
    }
}

/// A small button beside a column's name.
#[component]
fn Tool(
    icon: Icon,
    name: String,
    /// Whether it is about the column's width, which narrow screens don't have.
    #[prop(default = false)]
    width: bool,
    /// Whether there is anything to do.
    can: Signal<bool>,
    press: Callback<()>,
) -> impl IntoView {
    let button = NodeRef::<html::Button>::new();
    view! {
        <button
            type="button"
            node_ref=button
            class=if width { "icon-button width" } else { "icon-button" }
            aria-label=name.clone()
            title=name
            aria-disabled=move || (!can.get()).then_some("true")
            on:click=move |_| {
                if can.get_untracked() {
                    press.run(());
                    // A line that moves loses the focus.
                    request_animation_frame(move || {
                        if let Some(button) = button.try_get_untracked().flatten() {
                            // An element that can't take the focus leaves it where it was.
                            _ = button.focus();
                        }
                    });
                }
            }
        >
            {glyph(icon, "")}
        </button>
    }
}
