//! When a page makes its table.

use leptos::prelude::*;

/// Whether it is the table's turn. A rehearsal of the page provides it: page and table at once take it 25 ms, in which no key is taken.
#[derive(Clone, Copy)]
pub struct TableTurn(pub Memo<bool>);

/// Whether the page may make its table; always so but for a rehearsal.
pub fn is_tables_turn() -> impl Fn() -> bool + Copy + Send + Sync {
    let turn = use_context::<TableTurn>();
    move || turn.is_none_or(|turn| turn.0.get())
}
