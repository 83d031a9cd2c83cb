//! The heading of a screen.

use leptos::prelude::*;

use crate::routes::Route;

/// The screen's heading, which gets the focus after navigation.
#[component]
pub fn PageHeading(
    /// Of which screen.
    route: Route,
) -> impl IntoView {
    view! {
        <h1 id="page-heading" tabindex="-1">
            {route.heading()}
        </h1>
    }
}
