//! The ways to begin, below a list with no engine but the console's own.

use leptos::prelude::*;

use crate::{
    routes::Route,
    ui::vendor_page::{VendorLink, VendorPage},
};

/// All three of them.
#[component]
pub fn FirstSteps() -> impl IntoView {
    let ways = [
        (
            "The console connects to the engine",
            "Install the engine, open port 40814 to it, and add it here. Then enable this console on the engine.",
            Route::NewEngine,
            "Add an engine",
        ),
        (
            "The engine connects to the console",
            "For an engine behind a firewall: generate a shared secret and enter it on the engine, which then pairs itself.",
            Route::SharedSecret,
            "Get a shared secret",
        ),
        (
            "Together with a site",
            "Create a site, and add the engine that scans it on the site's Engines tab.",
            Route::NewSite,
            "Create a site",
        ),
    ];
    let ways = ways.map(|(heading, what, route, action)| {
        view! {
            <li class="card">
                <h3>{heading}</h3>
                <p>{what}</p>
                <a href=route.href()>{action}</a>
            </li>
        }
    });
    view! {
        <section class="first-steps" aria-labelledby="first-steps">
            <h2 id="first-steps">"Add your first engine"</h2>
            <ul>{ways.into_iter().collect_view()}</ul>
            <p class="secondary">"In Rapid7's documentation: " <VendorLink page=VendorPage::DistributedEngines /></p>
        </section>
    }
}
