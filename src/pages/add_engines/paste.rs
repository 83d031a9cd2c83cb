//! Where a table is pasted, dropped or chosen from the disk.

use console_api::rules::{counted, read_engines_csv};
use leptos::{ev, prelude::*};
use wasm_bindgen::JsCast;
use web_sys::FileList;

use super::AddState;
use crate::{
    browser::file::read_first,
    ui::{
        button::ActionButton,
        icon::{Icon, glyph},
        live::live,
        toast::{Toasts, Tone},
    },
};

const EXAMPLE: &str =
    "Name,Address,Port,Pools,Sites\nberlin-01,10.2.0.11,40814,Europe,Berlin office; Berlin lab";

/// The field, and what was found in it.
#[component]
pub(super) fn PasteForm(page: AddState, toasts: Toasts) -> impl IntoView {
    let said = RwSignal::new(String::new());
    let take = move |text: String| {
        let found = read_engines_csv(&text);
        if found.rows.is_empty() {
            said.set("No engines were found. Each line needs at least a name and an address.".to_owned());
            return;
        }
        let heads =
            if found.has_heads { "the first line names the columns" } else { "no line names the columns" };
        let parted = match found.separator {
            ';' => "semicolons",
            '\t' => "tabs",
            _ => "commas",
        };
        let ignored = match found.ignored.len() {
            0 => String::new(),
            _ => format!(" Columns ignored: {}.", found.ignored.join(", ")),
        };
        said.set(format!(
            "{} read: separated by {parted}, {heads}.{ignored}",
            counted(found.rows.len(), "row")
        ));
        page.append(found.rows);
        page.text.set(String::new());
    };
    let take_file = move |files: Option<FileList>| {
        read_first(files, move |text| match text {
            Some(text) => take(text),
            None => toasts.say(
                Tone::Bad,
                "The file could not be read.",
                Some("Choose a text file of at most 16 MB, such as a spreadsheet saved as CSV.".to_owned()),
            ),
        });
    };
    let drop = move |event: ev::DragEvent| {
        let files = event.data_transfer().and_then(|data| data.files()).filter(|files| files.length() > 0);
        if files.is_some() {
            event.prevent_default();
            take_file(files);
        }
    };
    let choose = move |event: ev::Event| {
        let input = event.target().and_then(|input| input.dyn_into::<web_sys::HtmlInputElement>().ok());
        if let Some(input) = input {
            take_file(input.files());
            // The same file may be chosen again, once it was corrected.
            input.set_value("");
        }
    };
    // What is pasted into the empty field is a whole table.
    let paste = move |_| {
        if page.text.with_untracked(|text| text.trim().is_empty()) {
            let taken = move || {
                let text = page.text.try_get_untracked().unwrap_or_default();
                if !text.trim().is_empty() {
                    take(text);
                }
            };
            set_timeout(taken, std::time::Duration::ZERO);
        }
    };
    let refused = Signal::derive(move || {
        let empty = page.text.with(|text| text.trim().is_empty());
        page.busy().or_else(|| empty.then(|| "Paste or type a table first.".to_owned()))
    });
    view! {
        <div class="card">
            <div class="field">
                <label for="engines-csv">"Table of engines (CSV)"</label>
                <textarea
                    class="input textarea csv"
                    id="engines-csv"
                    rows="5"
                    spellcheck="false"
                    autocomplete="off"
                    autocapitalize="none"
                    placeholder=EXAMPLE
                    aria-describedby="engines-csv-help"
                    prop:value=move || page.text.get()
                    on:input=move |event| page.text.set(event_target_value(&event))
                    on:paste=paste
                    on:drop=drop
                ></textarea>
                <p class="help" id="engines-csv-help">
                    "Paste or type a table, or drop a file here. Columns: name, address, port, pools, sites, separated by commas, semicolons or tabs, with or without a header line. The port is 40814 unless given. Separate several pools or sites in one cell with semicolons or bars."
                </p>
            </div>
            <div class="buttons">
                <ActionButton
                    icon=Icon::Add
                    label="Show as table".to_owned()
                    refused
                    on_press=Callback::new(move |()| take(page.text.get_untracked()))
                />
                <label class="button file-button">
                    {glyph(Icon::Import, "")} "Choose a file"
                    <input type="file" class="unseen" accept=".csv,.tsv,.txt,text/csv,text/plain" on:change=choose />
                </label>
                <ActionButton
                    icon=Icon::Edit
                    label="Type them in a table".to_owned()
                    on_press=Callback::new(move |()| page.add_blank_row())
                />
            </div>
            <div role="status">{live(move || said.get())}</div>
        </div>
    }
}
