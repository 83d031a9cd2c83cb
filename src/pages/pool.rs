//! One engine pool.

use console_api::PoolId;
use leptos::prelude::*;

/// The screen.
#[component]
pub fn PoolPage(
    /// The pool; none for a new one.
    id: Option<PoolId>,
) -> impl IntoView {
    let _ = id;
    document().set_title("Scan Engine Pool – Engine console");
    view! {
        <section class="page" aria-labelledby="page-heading">
            <div class="page-head">
                <h1 id="page-heading" tabindex="-1">
                    "Scan Engine Pool"
                </h1>
            </div>
        </section>
    }
}
