//! **General**: an engine's name, address and port, checked as one types.

use std::sync::Arc;

use console_api::{
    Engine, EngineDraft, EngineId, Error, Saved,
    rules::{EngineCheck, EngineField, EngineText, check_engine, field_of_refusal, needs_pairing_again},
};
use futures::FutureExt;
use leptos::{ev, html, prelude::*, task::spawn_local};
use leptos_router::hooks::use_navigate;

use super::{
    edit::{
        self, Conflict, EarlierInput, Edit, Ended, Fields, RefusalLine, SaveAndCancel, Sent, Words,
        created_news,
    },
    edit_conflict::ComparedRow,
};
use crate::{
    data::Data,
    routes::{self, Route},
    ui::{field::FormField, focus::focus_heading_if_lost, live::live},
};

/// A field: which, its label, its name, and the sentence below it.
type Field = (EngineField, &'static str, &'static str, &'static str);

const NAME: Field =
    (EngineField::Name, "Name", "engine-name", "Unique in this console, and easy to remember.");
const ADDRESS: Field = (
    EngineField::Address,
    "Address",
    "engine-address",
    "Host name or IP address at which the console reaches the engine.",
);
const PORT: Field = (
    EngineField::Port,
    "Port",
    "engine-port",
    "Where the engine listens for the console: 40814 unless changed.",
);

/// What is typed, field by field. Copy it freely; all copies are the same.
#[derive(Clone, Copy)]
struct Typed {
    name: RwSignal<String>,
    address: RwSignal<String>,
    port: RwSignal<String>,
}

impl Fields for Typed {
    type Thing = Engine;
    type Typed = EngineText;
    type Field = EngineField;

    fn typed(self) -> EngineText {
        EngineText { name: self.name.get(), address: self.address.get(), port: self.port.get() }
    }

    fn of(engine: Option<&Engine>) -> EngineText {
        engine.map(EngineText::of).unwrap_or_default()
    }

    fn same(one: &EngineText, other: &EngineText, field: Option<EngineField>) -> bool {
        match field {
            None => one == other,
            Some(EngineField::Name) => one.name == other.name,
            Some(EngineField::Address) => one.address == other.address,
            Some(EngineField::Port) => one.port == other.port,
        }
    }

    fn fill(self, now: EngineText, before: Option<&EngineText>) {
        edit::fill(self.name, now.name, before.map(|before| &before.name));
        edit::fill(self.address, now.address, before.map(|before| &before.address));
        edit::fill(self.port, now.port, before.map(|before| &before.port));
    }

    fn to_texts(typed: &EngineText) -> Vec<String> {
        vec![typed.name.clone(), typed.address.clone(), typed.port.clone()]
    }

    fn from_texts(texts: Vec<String>) -> Option<EngineText> {
        let [name, address, port] = <[String; 3]>::try_from(texts).ok()?;
        Some(EngineText { name, address, port })
    }
}

/// **General** of an engine, new or not: its fields, and what saving them comes to. Typed text stays whatever happens. Copy
/// it freely; all copies are the same.
#[derive(Clone, Copy)]
pub struct General {
    edit: Edit<Typed>,
    check: Memo<EngineCheck>,
    id: Option<EngineId>,
    data: Data,
    inputs: [NodeRef<html::Input>; 3],
}

/// What came of saving.
pub enum Outcome {
    /// It is saved.
    Saved {
        /// The engine, if it is new.
        created: Option<EngineId>,
        /// The address of the page that follows from it, if one does.
        leads_to: Option<String>,
    },
    /// The fields say why not.
    NotSaved,
    /// The person has left in the meantime.
    Left,
}

impl General {
    /// The fields of this engine; `None` adds one. The drafts keep what is typed under the key `draft`, otherwise under the
    /// path of the engine's own screen.
    pub fn open(engine: Option<Arc<Engine>>, draft: Option<StoredValue<String>>) -> Self {
        let data = Data::here();
        let id = engine.as_ref().map(|engine| engine.id);
        let start = Typed::of(engine.as_deref());
        let [name, address, port] = [start.name, start.address, start.port].map(RwSignal::new);
        let fields = Typed { name, address, port };
        let check = Memo::new(move |_| {
            let list = data.engines.value();
            check_engine(&fields.typed(), id, list.as_ref().map_or(&[], |list| &list.items))
        });
        let key =
            draft.unwrap_or_else(|| StoredValue::new(id.map_or(Route::NewEngine, Route::Engine).path()));
        let edit = Edit::open(fields, engine.map(Arc::unwrap_or_clone), key);
        edit.follow_the_console(move || data.engine.value().filter(|engine| Some(engine.id) == id));
        Self { edit, check, id, data, inputs: [NodeRef::new(), NodeRef::new(), NodeRef::new()] }
    }

    /// Whether something is typed that is not saved.
    pub fn is_changed(self) -> bool {
        self.edit.is_changed()
    }

    /// Why it can't be saved now.
    pub fn refused(self) -> Option<String> {
        self.edit.refused()
    }

    /// What was typed is given up: it will not come back.
    pub fn forget(self) {
        self.edit.forget();
    }

    /// What is wrong with a field: what the rules say, or else the console's refusal of this very text.
    fn problem(self, field: EngineField) -> Memo<Option<String>> {
        Memo::new(move |_| {
            let by_rule = self.check.with(|check| match field {
                EngineField::Name => check.name.clone(),
                EngineField::Address => check.address.clone(),
                EngineField::Port => check.port.clone(),
            });
            by_rule.or_else(|| self.edit.refusal(Some(field)))
        })
    }

    /// Leads to the first field with something wrong, once it is in the document.
    fn focus_first_bad(self) {
        const FIELDS: [EngineField; 3] = [EngineField::Name, EngineField::Address, EngineField::Port];
        request_animation_frame(move || {
            let bad = self
                .check
                .try_with_untracked(|check| [&check.name, &check.address, &check.port].map(Option::is_some));
            let Some(bad) = bad else { return };
            let refused =
                || FIELDS.into_iter().position(|field| untrack(|| self.edit.refusal(Some(field))).is_some());
            let at = bad.into_iter().position(|bad| bad).or_else(refused);
            if let Some(input) = at.and_then(|at| self.inputs[at].try_get_untracked().flatten()) {
                // An element that can't take the focus leaves it where it was.
                _ = input.focus();
            }
        });
    }

    /// Sends what is typed, and reports the outcome in the news or at the fields.
    pub async fn save(self) -> Outcome {
        let Self { edit, data, id, .. } = self;
        edit.sent.set(true);
        if untrack(|| edit.refused()).is_some() {
            return Outcome::NotSaved;
        }
        let Some(draft) = self.check.with_untracked(|check| check.draft.clone()) else {
            self.focus_first_bad();
            return Outcome::NotSaved;
        };
        let name = draft.name.clone();
        let work = save(data, edit.opened(), draft).boxed_local();
        let explain = |error: &Error| match (error, id) {
            (Error::NotFound { .. }, Some(id)) => {
                data.read_engine(id);
                let words = "Someone else has deleted this engine. What you typed is still here: New engine adds it again.";
                (None, words.to_owned())
            }
            (Error::Rejected { status: ..500, message }, _)
                if let Some(field) = field_of_refusal(message) =>
            {
                (Some(field), error.to_string())
            }
            _ => (None, error.in_full()),
        };
        match edit.save(Words::of(&name), work, explain).await {
            Ended::Saved(Done { created, leads_to }) => Outcome::Saved { created, leads_to },
            Ended::Refused => {
                self.focus_first_bad();
                Outcome::NotSaved
            }
            Ended::Theirs => Outcome::NotSaved,
            Ended::Left => Outcome::Left,
        }
    }
}

/// The fields, with what is wrong and what is to be decided.
#[component]
pub fn GeneralFields(
    /// What is typed.
    general: General,
    /// Saves.
    send: Callback<()>,
) -> impl IntoView {
    let General { edit, check, inputs: [at_name, at_address, at_port], .. } = general;
    let Typed { name, address, port } = edit.fields;
    let field = |(field, label, name, help): Field, value, input| {
        view! { <FormField label name value problem=general.problem(field) sent=edit.sent input help /> }
    };
    let fields =
        [field(NAME, name, at_name), field(ADDRESS, address, at_address), field(PORT, port, at_port)];
    view! {
        {live(move || edit.theirs().map(|theirs| view! { <EngineConflict edit theirs send /> }))}
        <EarlierInput edit />
        {fields.into_iter().collect_view()}
        <div role="status" class="troubles">
            <PairingNote edit check />
        </div>
        <RefusalLine edit />
    }
}

/// What must be true before an engine is added.
#[component]
pub fn BeforeAdding(
    /// What follows once it is saved, in a sentence or two.
    then: &'static str,
) -> impl IntoView {
    view! {
        <div class="notice">
            <strong>"Before you add an engine"</strong>
            <ul class="plain">
                <li>"The engine is installed on its host, and running."</li>
                <li>"Port 40814 is open on every firewall between this console and the engine."</li>
            </ul>
            <span>{then}</span>
        </div>
    }
}

/// What a form does that is part of another screen.
#[derive(Clone, Copy)]
pub struct Inside {
    /// Under which key [`Drafts`](super::draft::Drafts) keeps what is typed.
    pub draft: StoredValue<String>,
    /// Called with the engine that was added.
    pub on_created: Callback<EngineId>,
    /// Called when the person gives up.
    pub on_cancel: Callback<()>,
}

/// The form for a new engine.
#[component]
pub fn EngineForm(
    /// Where the form is in another screen's dialog; otherwise it leads to the engine's own screens.
    #[prop(optional)]
    inside: Option<Inside>,
) -> impl IntoView {
    let general = General::open(None, inside.map(|inside| inside.draft));
    let navigate = use_navigate();
    let leave = navigate.clone();
    let send = Callback::new(move |()| {
        let navigate = navigate.clone();
        spawn_local(async move {
            match (general.save().await, inside) {
                (Outcome::Saved { created: Some(id), .. }, Some(inside)) => inside.on_created.run(id),
                (Outcome::Saved { leads_to: Some(href), .. }, _) => {
                    routes::go(&navigate, &href);
                    focus_heading_if_lost();
                }
                _ => {}
            }
        });
    });
    let submit = move |event: ev::SubmitEvent| {
        event.prevent_default();
        // A dialog with this form may stand inside another form's part of the tree.
        event.stop_propagation();
        if untrack(|| general.refused().is_none()) {
            send.run(());
        }
    };
    let cancel = Callback::new(move |()| {
        general.forget();
        match inside {
            Some(inside) => inside.on_cancel.run(()),
            None => routes::go(&leave, &Route::Engines.href()),
        }
    });
    view! {
        <form class="form" novalidate=true on:submit=submit>
            <GeneralFields general send />
            <SaveAndCancel refused=Signal::derive(move || general.refused()) cancel />
        </form>
    }
}

/// The note that a new address has to be paired, before it is saved.
#[component]
fn PairingNote(edit: Edit<Typed>, check: Memo<EngineCheck>) -> impl IntoView {
    live(move || {
        let opened = edit.opened_now()?;
        let wanted = check.with(|check| check.draft.clone())?;
        needs_pairing_again(&EngineDraft::of(&opened), &wanted).then(|| {
            view! {
                <div class="notice uncertain">
                    <strong>"The engine must be paired again"</strong>
                    <span>
                        "The pairing belongs to the old address. After saving, the status is Unknown until the console is enabled on the engine at the new one."
                    </span>
                </div>
            }
        })
    })
}

/// Theirs beside yours, and which of the two it shall be.
#[component]
fn EngineConflict(edit: Edit<Typed>, theirs: Engine, send: Callback<()>) -> impl IntoView {
    let text = EngineText::of(&theirs);
    let Typed { name, address, port } = edit.fields;
    let words = "Someone else has changed this engine in the meantime. Nothing was saved.";
    view! {
        <Conflict edit words yours="What you typed" theirs send>
            <ComparedRow label="Name" theirs=text.name>
                {move || name.get()}
            </ComparedRow>
            <ComparedRow label="Address" theirs=text.address>
                {move || address.get()}
            </ComparedRow>
            <ComparedRow label="Port" theirs=text.port>
                {move || port.get()}
            </ComparedRow>
        </Conflict>
    }
}

/// What follows from a save.
struct Done {
    created: Option<EngineId>,
    leads_to: Option<String>,
}

/// Sends the form.
async fn save(data: Data, opened: Option<Engine>, draft: EngineDraft) -> Result<Sent<Engine, Done>, Error> {
    let Some(opened) = opened else {
        let created = data.create_engine(draft.clone()).await?;
        let leads_to = Some(Route::Engine(created.id).href_with("tab", "pairing"));
        return Ok(Sent::Created {
            news: created_news(&draft.name, "added", created.despite),
            path: Route::Engine(created.id).path(),
            then: Done { created: Some(created.id), leads_to },
        });
    };
    let moved = needs_pairing_again(&EngineDraft::of(&opened), &draft);
    match data.save_engine(opened.id, EngineDraft::of(&opened), draft.clone()).await? {
        Saved::Done => {
            let EngineDraft { name, address, port } = draft;
            let leads_to = moved.then(|| Route::Engine(opened.id).href_with("tab", "pairing"));
            let thing = Engine { name, address, port: Some(port), ..opened };
            Ok(Sent::Saved(thing, Done { created: None, leads_to }))
        }
        Saved::ChangedMeanwhile(theirs) => Ok(Sent::Theirs(theirs)),
    }
}
