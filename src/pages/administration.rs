//! **Administration**: the documents' way in, and what the console says about itself.

use leptos::prelude::*;

use crate::{
    browser::title::Title,
    data::Data,
    routes::Route,
    ui::{
        copy::CopyButton,
        heading::PageHeading,
        live::live,
        vendor_page::{VendorLink, VendorPage},
    },
};

/// The screen at `/administration`.
#[component]
pub fn AdministrationPage() -> impl IntoView {
    Title::here().set(Route::Administration.heading());
    let info = Data::here().info;
    let facts = move || {
        let Some(info) = info.value() else {
            let words = match info.failed() {
                Some(error) => {
                    format!("The console's details could not be read. {}", error.in_full())
                }
                None => "The console's details are being read.".to_owned(),
            };
            return view! { <p class="secondary">{words}</p> }.into_any();
        };
        let name = info.name().map(str::to_owned);
        let rows = [
            ("Host", name),
            ("Address", info.ip.clone()),
            ("Version", info.version.clone()),
            ("Platform", info.platform.clone()),
            ("Operating system", info.operating_system.clone()),
        ];
        let rows = rows.into_iter().map(|(label, value)| {
            view! {
                <dt>{label}</dt>
                <dd>{value.unwrap_or_else(|| "–".to_owned())}</dd>
            }
        });
        view! { <dl class="facts">{rows.collect_view()}</dl> }.into_any()
    };
    let command = |command: &'static str, what: &'static str| {
        view! {
            <li>
                {what}
                <div class="command">
                    <code>{command}</code>
                    <CopyButton command=command.to_owned() />
                </div>
            </li>
        }
    };
    view! {
        <section class="page narrow" aria-labelledby="page-heading">
            <div class="page-head">
                <PageHeading route=Route::Administration />
            </div>
            <section class="card" aria-labelledby="scan-options">
                <h2 id="scan-options">"Scan Options"</h2>
                <div class="option">
                    <div>
                        <h3 id="option-engines">"Engines"</h3>
                        <p class="secondary">"Add, pair, refresh and update Scan Engines."</p>
                    </div>
                    <a class="button" aria-describedby="option-engines" href=Route::Engines.href()>
                        "Manage"
                    </a>
                </div>
                <div class="option">
                    <div>
                        <h3 id="option-secret">"Shared secret"</h3>
                        <p class="secondary">"For engines that call this console (reverse pair)."</p>
                    </div>
                    <a href=Route::SharedSecret.href()>"Generate Scan Engine Shared Secret"</a>
                </div>
            </section>
            <section class="card" aria-labelledby="elsewhere">
                <h2 id="elsewhere">"In the console itself"</h2>
                <p>
                    "Performance settings for all engines are in the console's own configuration panel: this app can't change them."
                </p>
                <p>"The console's command line has two commands for all engines. This app sends them for you, if your account may run them."</p>
                <ul class="plain">
                    {command("version engines", "Asks every engine for its version, as Refresh displayed engines does:")}
                    {command("update engines", "Sends the available update to every engine, as Update all engines does:")}
                </ul>
            </section>
            <section class="card" aria-labelledby="documentation">
                <h2 id="documentation">"Rapid7's documentation"</h2>
                <ul class="plain">
                    {VendorPage::ALL.map(|page| view! { <li><VendorLink page /></li> }).collect_view()}
                </ul>
            </section>
            <section class="card" aria-labelledby="this-console">
                <h2 id="this-console">"This console"</h2>
                {live(facts)}
            </section>
        </section>
    }
}
