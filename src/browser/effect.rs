//! Effects.
//!
//! `Effect::new` brings some 1.8 kB of code for each closure that it is given, before compression. Boxed as here, all share one copy.

use std::cell::Cell;

use leptos::prelude::*;

/// Does something now, and again when a signal that it read has changed.
pub fn follow(run: impl Fn() + 'static) {
    let run: Box<dyn Fn()> = Box::new(run);
    Effect::new(move |_: Option<()>| run());
}

/// The same, with what it gave the last time.
pub fn follow_from<T: 'static>(run: impl Fn(Option<T>) -> T + 'static) {
    let before = Cell::new(None);
    follow(move || before.set(Some(run(before.take()))));
}
