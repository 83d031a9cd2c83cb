//! For an address that is no screen.

use leptos::prelude::*;

use crate::routes::Route;

/// Says that there is nothing here and leads back.
#[component]
pub fn NotFound() -> impl IntoView {
    view! {
        <div class="page">
            <h1 tabindex="-1">"Nothing here"</h1>
            <p>"There is no screen at this address. It may be mistyped, or from another version."</p>
            <a href=Route::Engines.href()>"Go to Scan Engines"</a>
        </div>
    }
}
