//! The drawings of all icons and arrows, once for the page.

use leptos::prelude::*;

use super::{icon, status};

/// What each icon and arrow of the page points to: an icon takes two elements where it stands, and its strokes are read once.
#[component]
pub fn Sprite() -> impl IntoView {
    view! {
        <svg class="sprite" aria-hidden="true">
            {icon::symbols()} {status::symbols()}
        </svg>
    }
}
