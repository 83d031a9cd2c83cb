//! Instructions for an engine's host, step by step, with **Copy** at each command.

use console_api::rules::{EngineHost, PairingStep};
use leptos::prelude::*;

use super::{
    copy::CopyButton,
    tabs::{Tab, Tabs},
};
use crate::browser::preference::Preference;

/// Which kind of host was chosen last: `linux` or `windows`.
pub const HOST: Preference = Preference::named("engine-console.engine-host");
const HOSTS: &[Tab] = &[("linux", "Linux"), ("windows", "Windows")];

/// The steps for Linux or Windows, whichever was chosen last.
#[component]
pub fn PairingSteps(
    /// Gives the steps for a host.
    steps: Callback<EngineHost, Vec<PairingStep>>,
) -> impl IntoView {
    let chosen = RwSignal::new(HOST.remembered().unwrap_or_default());
    let choose = move |host: &'static str| {
        HOST.remember(host);
        chosen.set(host.to_owned());
    };
    let panel = move |host| {
        let host = if host == "windows" { EngineHost::Windows } else { EngineHost::Linux };
        let items = steps.run(host).into_iter().map(|step| view! { <Step step /> }).collect_view();
        view! { <ol class="steps">{items}</ol> }.into_any()
    };
    view! {
        <Tabs
            name="The engine's operating system"
            tabs=HOSTS
            chosen
            on_choose=Callback::new(choose)
            panel=Callback::new(panel)
        />
    }
}

#[component]
fn Step(step: PairingStep) -> impl IntoView {
    let PairingStep { what, command } = step;
    let command = command.map(|command| {
        view! {
            <div class="command">
                <code>{command.clone()}</code>
                <CopyButton command />
            </div>
        }
    });
    view! { <li>{what} {command}</li> }
}
