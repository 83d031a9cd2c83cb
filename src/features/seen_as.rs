//! The console's address as an engine sees it, where the console has reported: who enables the console has to know it.

use console_api::{
    Engine,
    rules::{is_hosted, seen_by},
};
use leptos::prelude::*;

use crate::ui::copy::CopyButton;

/// The address, with **Copy**; nothing where it is not known.
pub fn seen_as(engine: &Engine) -> Option<AnyView> {
    let ip = seen_by(engine)?.to_owned();
    let words = if is_hosted(engine) {
        "Rapid7 Support needs this address of the console:"
    } else {
        "On the engine, show consoles lists this console as"
    };
    let view = view! {
        <div class="command">
            <span>{words}</span>
            <code>{ip.clone()}</code>
            <CopyButton command=ip />
        </div>
    };
    Some(view.into_any())
}
