//! The engine pools.

use leptos::prelude::*;

/// The screen.
#[component]
pub fn PoolsPage() -> impl IntoView {
    document().set_title("Scan Engine Pools – Engine console");
    view! {
        <section class="page" aria-labelledby="page-heading">
            <div class="page-head">
                <h1 id="page-heading" tabindex="-1">
                    "Scan Engine Pools"
                </h1>
            </div>
        </section>
    }
}
