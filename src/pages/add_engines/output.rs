//! What is to be done on the engines that were added.

use console_api::rules::{EngineHost, counted, pairing_script};
use js_sys::Array;
use leptos::prelude::*;

use super::AddState;
use crate::{
    browser::download::{dated_name, save},
    ui::{
        button::ActionButton,
        icon::Icon,
        live::live,
        steps::HOST,
        toast::{Toasts, Tone},
    },
};

/// **Download**: the pairing steps of all engines of the table that are in the console.
#[component]
pub(super) fn PairingOutput(page: AddState, toasts: Toasts) -> impl IntoView {
    let count = Memo::new(move |_| page.engines().len());
    let host = RwSignal::new(HOST.remembered().unwrap_or_default());
    let download = Callback::new(move |()| {
        let engines = untrack(|| page.engines());
        let host = if host.get_untracked() == "windows" { EngineHost::Windows } else { EngineHost::Linux };
        let engines = engines.iter().collect::<Vec<_>>();
        let text = pairing_script(host, &engines, &untrack(|| page.data.place()));
        let name = dated_name("pairing-steps", "txt");
        if save(&name, "text/plain;charset=utf-8", &Array::of1(&text.into())).is_err() {
            let what = "The browser did not save the file.";
            toasts.say(Tone::Bad, what, Some("Try again, or check its download settings.".to_owned()));
        }
    });
    let content = move || {
        (count.get() > 0).then(|| {
            view! {
                <div class="card">
                    <h2>"Pairing"</h2>
                    <p>
                        {format!(
                            "{} in the table {} now in the console. An engine becomes active once it is paired, that is, once the console is enabled on it. The file has the documented commands for each engine, and no secrets.",
                            counted(count.get(), "engine"),
                            if count.get() == 1 { "is" } else { "are" },
                        )}
                    </p>
                    <div class="buttons">
                        <label class="inline-select">
                            "The engines run on"
                            <select
                                class="select"
                                prop:value=move || host.get()
                                on:change=move |event| host.set(event_target_value(&event))
                            >
                                <option value="linux">"Linux"</option>
                                <option value="windows">"Windows"</option>
                            </select>
                        </label>
                        <ActionButton icon=Icon::Export label="Download pairing steps".to_owned() on_press=download />
                    </div>
                </div>
            }
        })
    };
    live(content)
}
