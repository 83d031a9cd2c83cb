//! The note on an engine and its tags, which only this browser keeps.

use console_api::rules::{LONGEST_NOTE, tags_from};
use leptos::{ev, html, prelude::*};

use super::EngineState;
use crate::{
    features::kept::NotKept,
    ui::{
        dialog::{Dialog, Open, unique_id},
        icon::{Icon, glyph},
        live::live,
    },
};

/// What is typed, and what it was when the dialog was opened. Copy it freely; all copies are the same.
#[derive(Clone, Copy)]
struct Typed {
    tags: RwSignal<String>,
    text: RwSignal<String>,
    before: StoredValue<String>,
}

impl Typed {
    fn now(self) -> String {
        format!("{}\n{}", self.tags.get(), self.text.get())
    }
}

/// What is written about the engine, and **Edit**.
#[component]
pub(super) fn EngineNote(page: EngineState) -> impl IntoView {
    let open = RwSignal::new(false);
    let typed = Typed {
        tags: RwSignal::new(String::new()),
        text: RwSignal::new(String::new()),
        before: StoredValue::new(String::new()),
    };
    let note = move || page.data.notes().and_then(|notes| notes.of(page.id).cloned());
    let edit = move |_| {
        let note = untrack(note);
        typed.tags.set(note.as_ref().map(|note| note.tags.join(", ")).unwrap_or_default());
        typed.text.set(note.map(|note| note.text).unwrap_or_default());
        typed.before.set_value(untrack(|| typed.now()));
        open.set(true);
    };
    let name = move || page.engine.get().map(|engine| engine.name.clone()).unwrap_or_default();
    let at_stake = Signal::derive(move || {
        let changed = open.get() && typed.before.with_value(|before| *before != typed.now());
        changed.then(|| format!("The note on {}", name()))
    });
    let shown = move || {
        let Some(note) = note() else {
            return view! { <p class="secondary">"No note and no tags."</p> }.into_any();
        };
        let tags = note.tags.into_iter().map(|tag| view! { <li class="tag">{tag}</li> }).collect::<Vec<_>>();
        let tags = (!tags.is_empty()).then(|| view! { <ul class="tags" aria-label="Tags">{tags}</ul> });
        view! {
            {tags}
            <p class="note-text">{note.text}</p>
        }
        .into_any()
    };
    view! {
        <section class="card engine-note" aria-labelledby="note-heading">
            <div class="summary-head">
                <h2 id="note-heading">"Notes and tags"</h2>
                <button type="button" class="button small" on:click=edit>
                    {glyph(Icon::Edit, "")}
                    "Edit"
                    <span class="unseen">" notes and tags"</span>
                </button>
            </div>
            {live(shown)}
            <NotKept />
        </section>
        <Dialog open title=Signal::derive(move || format!("Notes and tags of {}", name())) at_stake>
            <NoteForm page open=open.into() typed />
        </Dialog>
    }
}

#[component]
fn NoteForm(page: EngineState, open: Open, typed: Typed) -> impl IntoView {
    let [tags_id, text_id, help_id] = ["note-tags", "note-text", "note-help"].map(unique_id);
    let input = NodeRef::<html::Input>::new();
    let save = move |event: ev::SubmitEvent| {
        event.prevent_default();
        let Some(engine) = page.engine.get_untracked() else { return };
        let tags = tags_from(&typed.tags.get_untracked());
        page.data.write_note(&engine, typed.text.with_untracked(|text| text.trim().to_owned()), tags);
        open.set(false);
    };
    view! {
        <p class="secondary">
            "Kept in this browser only, for you at this console. Activity exports and imports it. Don't write down passwords or other secrets."
        </p>
        <form class="form" on:submit=save>
            <div class="field">
                <label for=tags_id.clone()>"Tags"</label>
                <input
                    class="input"
                    id=tags_id
                    name="note-tags"
                    type="text"
                    node_ref=input
                    autocomplete="off"
                    autocapitalize="none"
                    spellcheck="false"
                    prop:value=move || typed.tags.get()
                    on:input=move |event| typed.tags.set(event_target_value(&event))
                    aria-describedby=help_id.clone()
                />
                <p class="help" id=help_id>
                    "Separate tags with commas. Filter engines finds them with tag:"
                </p>
            </div>
            <div class="field">
                <label for=text_id.clone()>"Note"</label>
                <textarea
                    class="input textarea"
                    id=text_id
                    name="note-text"
                    rows="6"
                    maxlength=LONGEST_NOTE.to_string()
                    prop:value=move || typed.text.get()
                    on:input=move |event| typed.text.set(event_target_value(&event))
                ></textarea>
            </div>
            <footer>
                <button type="button" class="button" on:click=move |_| open.set(false)>
                    "Cancel"
                </button>
                <button type="submit" class="button primary">
                    "Save note"
                </button>
            </footer>
        </form>
    }
}
