//! Buttons for actions, which say why when the action can't be done now.

use leptos::prelude::*;

use super::{
    icon::{Icon, glyph},
    live::{live, live_attribute},
};

/// Why an action can't be done now; `None` when it can.
pub type Refused = Signal<Option<String>>;

/// A button of a page's head: an icon and words.
#[component]
pub fn ActionButton(
    /// What it shows beside the words.
    icon: Icon,
    /// The verb and the thing.
    #[prop(into)]
    label: Signal<String>,
    /// Whether it is what the page is for.
    #[prop(into, default = Signal::stored(false))]
    primary: Signal<bool>,
    /// Whether it is in a line of lesser things.
    #[prop(default = false)]
    small: bool,
    /// Why not now.
    #[prop(into, default = Signal::stored(None))]
    refused: Refused,
    /// Does it.
    on_press: Callback<()>,
) -> impl IntoView {
    view! {
        <button
            type="button"
            class=move || match (primary.get(), small) {
                (true, _) => "button primary",
                (false, true) => "button small",
                (false, false) => "button",
            }
            aria-disabled=live_attribute(move || refused.get().map(|_| "true"))
            title=live_attribute(move || refused.get())
            on:click=move |_| {
                if refused.get_untracked().is_none() {
                    on_press.run(());
                }
            }
        >
            {glyph(icon, "")}
            {live(move || label.get())}
        </button>
    }
}
