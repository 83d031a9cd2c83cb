//! Keys that are none.

use leptos::{ev, prelude::*};
use wasm_bindgen::{JsCast, closure::Closure};

/// Keeps `keydown` events without a key from all listeners of the app, as long as the surrounding component is there. Browsers make such
/// events up when a suggestion is chosen or a password is filled in: they are no `KeyboardEvent`s, and asking one for its key stops
/// the program.
pub fn keep_keyless_events_away() {
    let meet = Closure::<dyn Fn(ev::Event)>::new(|event: ev::Event| {
        if !event.has_type::<ev::KeyboardEvent>() {
            event.stop_immediate_propagation();
        }
    });
    // On the way down from the window: before every other listener.
    // Neither of the two fails: it is a function.
    _ = window().add_event_listener_with_callback_and_bool("keydown", meet.as_ref().unchecked_ref(), true);
    let meet = StoredValue::new_local(Some(meet));
    on_cleanup(move || {
        if let Some(meet) = meet.try_update_value(Option::take).flatten() {
            _ = window().remove_event_listener_with_callback_and_bool(
                "keydown",
                meet.as_ref().unchecked_ref(),
                true,
            );
        }
    });
}
