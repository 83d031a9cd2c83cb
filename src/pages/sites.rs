//! The sites.

use leptos::prelude::*;

/// The screen.
#[component]
pub fn SitesPage() -> impl IntoView {
    document().set_title("Sites – Engine console");
    view! {
        <section class="page" aria-labelledby="page-heading">
            <div class="page-head">
                <h1 id="page-heading" tabindex="-1">
                    "Sites"
                </h1>
            </div>
        </section>
    }
}
