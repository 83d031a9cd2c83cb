//! What this browser keeps: taken to another browser, added from there, deleted.

use js_sys::Array;
use leptos::{html, prelude::*};

use super::ActivityState;
use crate::{
    browser::{download::save, file::read_chosen, number::counted},
    ui::{
        button::ActionButton,
        dialog::{Dialog, Open},
        fold::Fold,
        icon::Icon,
        toast::{Toasts, Tone},
    },
};

/// Which question is open: what is to be deleted.
const ACTIVITY: &str = "activity";
const NOTES: &str = "notes";

/// **Stored data**: **Export**, **Import**, and both ways to delete it.
#[component]
pub(super) fn KeptData(page: ActivityState) -> impl IntoView {
    let toasts = Toasts::here();
    let data = page.data;
    let field = NodeRef::<html::Input>::new();
    let asked = RwSignal::new(String::new());
    let export = Callback::new(move |()| {
        let file = Array::of1(&data.kept_as_file().into());
        if save("engine-console-kept-data.json", "application/json", &file).is_err() {
            let advice = "Try again, or check its download settings.".to_owned();
            toasts.say(Tone::Bad, "The browser did not save the file.", Some(advice));
        }
    });
    let import = Callback::new(move |()| {
        if let Some(field) = field.get_untracked() {
            field.click();
        }
    });
    let chosen = move |_| {
        let Some(field) = field.get_untracked() else { return };
        read_chosen(&field, move |text| match text.and_then(|text| data.add_from_file(&text)) {
            Some((entries, notes, views)) => {
                let entries = counted(entries, "action");
                let (notes, views) = (counted(notes, "note"), counted(views, "view"));
                let what = format!("Imported {entries}, {notes} and {views}.");
                let more = "Where an engine had two notes, the newer one was kept.".to_owned();
                toasts.say(Tone::Good, what, Some(more));
            }
            None => {
                let what = "Nothing was imported: this file does not hold stored data.";
                let more = "Choose a file that Export saved, here or in another browser.".to_owned();
                toasts.say(Tone::Bad, what, Some(more));
            }
        });
    };
    let ask = move |what: &'static str| Callback::new(move |()| asked.set(what.to_owned()));
    view! {
        <Fold label="Stored data" icon=Icon::More words=true always=true>
            <ActionButton icon=Icon::Export label="Export".to_owned() on_press=export />
            <ActionButton icon=Icon::Import label="Import".to_owned() on_press=import />
            <ActionButton icon=Icon::Delete label="Delete activity".to_owned() on_press=ask(ACTIVITY) />
            <ActionButton icon=Icon::Delete label="Delete notes and tags".to_owned() on_press=ask(NOTES) />
        </Fold>
        <input
            type="file"
            hidden
            accept=".json,application/json"
            aria-label="File with stored data"
            node_ref=field
            on:change=chosen
        />
        <Question
            asked
            what=ACTIVITY
            title="Delete activity"
            words="All finished entries are deleted from this browser. What they changed stays changed, and can no longer be undone from here."
            act=Callback::new(move |()| data.forget_entries())
        />
        <Question
            asked
            what=NOTES
            title="Delete notes and tags"
            words="The notes and tags of all engines are deleted from this browser. Export them first if you may need them again."
            act=Callback::new(move |()| data.forget_notes())
        />
    }
}

#[component]
fn Question(
    asked: RwSignal<String>,
    what: &'static str,
    title: &'static str,
    words: &'static str,
    act: Callback<()>,
) -> impl IntoView {
    let close = move || _ = asked.try_set(String::new());
    let open = Open::derived(move || asked.with(|asked| asked == what), close);
    view! {
        <Dialog open title=title.to_owned()>
            <p>{words}</p>
            <footer>
                <button type="button" class="button" on:click=move |_| close()>
                    "Cancel"
                </button>
                <button
                    type="button"
                    class="button danger"
                    on:click=move |_| {
                        act.run(());
                        close();
                    }
                >
                    {title}
                </button>
            </footer>
        </Dialog>
    }
}
