//! One site.

use console_api::SiteId;
use leptos::prelude::*;

/// The screen.
#[component]
pub fn SitePage(
    /// The site; none for a new one.
    id: Option<SiteId>,
) -> impl IntoView {
    let _ = id;
    document().set_title("Site Configuration – Engine console");
    view! {
        <section class="page" aria-labelledby="page-heading">
            <div class="page-head">
                <h1 id="page-heading" tabindex="-1">
                    "Site Configuration"
                </h1>
            </div>
        </section>
    }
}
