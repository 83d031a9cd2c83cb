//! What gives way on narrow screens.

use leptos::{ev, html, prelude::*};
use wasm_bindgen::JsCast;

use super::{
    dialog::unique_id,
    icon::{Icon, glyph},
};

/// Stands in its line where there is room. Under 720 px, and under 920 px in a low window, it is a sheet at the screen's foot, which a button opens: one
/// element in both cases, so that what is in it stays as it is when the window changes. With `always` the button is there
/// at every width, and opens a menu below itself where there is room.
#[component]
pub fn Fold(
    /// What the button says, and what the sheet is called.
    #[prop(into)]
    label: Signal<String>,
    /// What the button shows.
    icon: Icon,
    /// Whether the button shows its words, and not its icon alone.
    #[prop(default = false)]
    words: bool,
    /// Whether it is never in the line: rarely used actions.
    #[prop(default = false)]
    always: bool,
    /// What is in it.
    children: Children,
) -> impl IntoView {
    let id = unique_id("fold");
    let button = NodeRef::<html::Button>::new();
    let sheet = NodeRef::<html::Div>::new();
    // Where the menu begins, for the stylesheet: what the browser lays over the page knows no element around it.
    let place = move |_: ev::Event| {
        if let (Some(button), Some(sheet)) = (button.get_untracked(), sheet.get_untracked()) {
            let (rect, style) = (button.get_bounding_client_rect(), web_sys::HtmlElement::style(&sheet));
            let right = f64::from(document().body().map_or(0, |body| body.client_width())) - rect.right();
            // They fail for names that are no properties.
            _ = style.set_property("--below", &format!("{}px", rect.bottom().round() as i32));
            _ = style.set_property("--right", &format!("{}px", right.round() as i32));
        }
    };
    let class = move |base: &str| if always { format!("{base} always") } else { base.to_owned() };
    let close = move |event: ev::MouseEvent| {
        let target = event.target().and_then(|target| target.dyn_into::<web_sys::Element>().ok());
        // What does something has been chosen; what is only set stays in reach.
        let acts =
            target.is_some_and(|it| it.closest("button:not([aria-pressed]), a").ok().flatten().is_some());
        if let Some(sheet) = sheet.get_untracked().filter(|_| acts)
            && sheet.matches(":popover-open").unwrap_or(false)
        {
            // It is open, so hiding it can't fail.
            _ = sheet.hide_popover();
        }
    };
    view! {
        <button
            type="button"
            class=class(if words { "button small fold-button" } else { "icon-button fold-button" })
            popovertarget=id.clone()
            node_ref=button
            aria-label=move || label.get()
            title=move || label.get()
        >
            {glyph(icon, "")}
            {words.then(|| view! { <span class="text">{move || label.get()}</span> })}
        </button>
        <div class=class("fold") id=id popover="auto" node_ref=sheet on:beforetoggle=place on:click=close>
            {children()}
        </div>
    }
}
