//! **Copy**: puts a text into the clipboard.

use leptos::{prelude::*, task::spawn_local};
use wasm_bindgen::JsValue;
use wasm_bindgen_futures::JsFuture;

use super::{
    icon::{Icon, glyph},
    toast::{Toasts, Tone},
};

/// Puts a text into the clipboard. Browsers give it to pages of a safe origin alone: https, or this machine.
///
/// # Errors
/// What to do instead.
pub async fn to_clipboard(text: &str) -> Result<(), &'static str> {
    const BY_HAND: &str = "Select the text and copy it with the keyboard.";
    let navigator = window().navigator();
    // Outside of safe origins there is no clipboard, whatever its type says.
    let missing = js_sys::Reflect::get(&navigator, &JsValue::from_str("clipboard"))
        .is_ok_and(|clipboard| clipboard.is_undefined());
    if missing {
        return Err(BY_HAND);
    }
    JsFuture::from(navigator.clipboard().write_text(text)).await.map(drop).map_err(|_| BY_HAND)
}

/// Says in the news whether `what` is in the clipboard now.
pub async fn copy(text: &str, what: &str, toasts: Toasts) {
    match to_clipboard(text).await {
        Ok(()) => toasts.say(Tone::Good, format!("Copied: {what}."), None),
        Err(help) => toasts.say(
            Tone::Bad,
            format!("The browser does not let the app copy {what}."),
            Some(help.to_owned()),
        ),
    }
}

/// The button **Copy** beside a command, which its name ends with.
#[component]
pub fn CopyButton(
    /// The command.
    command: String,
) -> impl IntoView {
    let toasts = Toasts::here();
    let name = format!("Copy {command}");
    view! {
        <button
            type="button"
            class="button small"
            aria-label=name
            on:click=move |_| {
                let command = command.clone();
                spawn_local(async move { copy(&command, &command, toasts).await });
            }
        >
            {glyph(Icon::Copy, "")}
            "Copy"
        </button>
    }
}
