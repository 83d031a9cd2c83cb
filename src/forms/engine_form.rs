//! **General**: an engine's name, address and port, checked as one types.

use std::sync::Arc;

use console_api::{
    Engine, EngineDraft, EngineId, Error, Saved,
    rules::{EngineCheck, EngineField, EngineText, check_engine, field_of_refusal, needs_pairing_again},
};
use leptos::{ev, html, prelude::*, task::spawn_local};
use leptos_router::hooks::use_navigate;

use super::{
    draft::Drafts,
    edit_conflict::{compared, earlier_input, theirs_beside_yours},
};
use crate::{
    data::Data,
    routes::{self, Route},
    ui::{
        button::Refused,
        field::{FormField, problem_line},
        focus::focus_heading_if_lost,
        live::{follow, live, live_attribute},
        toast::{Toasts, Tone},
    },
};

/// A field: which, its label, its name, and the sentence below it.
type Field = (EngineField, &'static str, &'static str, &'static str);

const NAME: Field =
    (EngineField::Name, "Name", "engine-name", "Unique in this console, and easy to remember.");
const ADDRESS: Field = (
    EngineField::Address,
    "Address",
    "engine-address",
    "Host name or IP address under which the console reaches the engine.",
);
const PORT: Field = (
    EngineField::Port,
    "Port",
    "engine-port",
    "Where the engine listens for the console: 40814 unless changed.",
);

/// The console's refusal, and the texts that it was about: another text may be fine.
#[derive(Clone, Debug, PartialEq, Eq)]
struct Refusal {
    field: Option<EngineField>,
    words: String,
    about: EngineText,
}

/// What the form's parts share. Copy it freely; all copies are the same.
#[derive(Clone, Copy)]
struct Form {
    name: RwSignal<String>,
    address: RwSignal<String>,
    port: RwSignal<String>,
    /// What the fields held when they were opened or last saved; `None` for a new engine.
    opened: RwSignal<Option<Engine>>,
    check: Memo<EngineCheck>,
    refusal: RwSignal<Option<Refusal>>,
    /// Somebody else has changed the engine since it was opened. This is how it is now.
    theirs: RwSignal<Option<Engine>>,
    sent: RwSignal<bool>,
    busy: RwSignal<bool>,
}

impl Form {
    fn text(self) -> EngineText {
        EngineText { name: self.name.get(), address: self.address.get(), port: self.port.get() }
    }

    fn fill(self, text: EngineText) {
        self.name.set(text.name);
        self.address.set(text.address);
        self.port.set(text.port);
    }

    fn opened_text(self) -> EngineText {
        self.opened.with(|opened| opened.as_ref().map(EngineText::of)).unwrap_or_default()
    }

    fn is_changed(self) -> bool {
        self.text() != self.opened_text()
    }

    /// What is wrong with a field: what the rules say, or else the console's refusal of this very text.
    fn problem(self, field: EngineField) -> Memo<Option<String>> {
        Memo::new(move |_| {
            let by_rule = self.check.with(|check| match field {
                EngineField::Name => check.name.clone(),
                EngineField::Address => check.address.clone(),
                EngineField::Port => check.port.clone(),
            });
            by_rule.or_else(|| self.refused().filter(|it| it.field == Some(field)).map(|it| it.words))
        })
    }

    /// The refusal, as long as the text is the one that was refused.
    fn refused(self) -> Option<Refusal> {
        self.refusal.get().filter(|refusal| refusal.about == self.text())
    }
}

/// **General** of an engine, new or not: its fields, and what saving them comes to. Typed text stays whatever happens. Copy
/// it freely; all copies are the same.
#[derive(Clone, Copy)]
pub struct General {
    form: Form,
    id: Option<EngineId>,
    data: Data,
    drafts: Drafts,
    /// Under which key the drafts keep what is typed.
    draft: StoredValue<String>,
    /// Whether the fields hold what was typed before the session ended.
    restored: RwSignal<bool>,
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
    /// The person has left meanwhile.
    Cancelled,
}

impl General {
    /// The fields of this engine; `None` adds one. The drafts keep what is typed under the key `draft`, otherwise under the
    /// path of the engine's own screen.
    pub fn open(engine: Option<Arc<Engine>>, draft: Option<StoredValue<String>>) -> Self {
        let data = Data::here();
        let drafts = Drafts::here();
        let id = engine.as_ref().map(|engine| engine.id);
        let opened = RwSignal::new(engine.map(|engine| (*engine).clone()));
        let start = untrack(|| opened.get()).as_ref().map(EngineText::of).unwrap_or_default();
        let [name, address, port] = [start.name, start.address, start.port].map(RwSignal::new);
        let check = Memo::new(move |_| {
            let list = data.engines.value();
            let text = EngineText { name: name.get(), address: address.get(), port: port.get() };
            check_engine(&text, id, list.as_ref().map_or(&[], |list| &list.items))
        });
        let form = Form {
            name,
            address,
            port,
            opened,
            check,
            refusal: RwSignal::new(None),
            theirs: RwSignal::new(None),
            sent: RwSignal::new(false),
            busy: RwSignal::new(false),
        };
        let general = Self {
            form,
            id,
            data,
            drafts,
            draft: draft
                .unwrap_or_else(|| StoredValue::new(id.map_or(Route::NewEngine, Route::Engine).path())),
            restored: RwSignal::new(false),
            inputs: [NodeRef::new(), NodeRef::new(), NodeRef::new()],
        };
        general.keep_drafts();
        general.follow_the_console();
        general
    }

    fn keep_drafts(self) {
        let Self { form, drafts, draft, .. } = self;
        if let Some(typed) = draft.with_value(|draft| drafts.of(draft))
            && let Ok([name, address, port]) = <[String; 3]>::try_from(typed)
        {
            form.fill(EngineText { name, address, port });
            self.restored.set(true);
        }
        follow(move || {
            let EngineText { name, address, port } = form.text();
            draft.with_value(|draft| {
                if form.is_changed() {
                    drafts.keep(draft, vec![name, address, port]);
                } else {
                    drafts.forget(draft);
                }
            });
        });
    }

    /// Who has typed nothing sees the engine as it is now.
    fn follow_the_console(self) {
        let Self { form, id, data, .. } = self;
        follow(move || {
            let Some(now) = data.engine.value().filter(|engine| Some(engine.id) == id) else { return };
            untrack(|| {
                if !form.is_changed() && form.theirs.with(Option::is_none) && !form.busy.get() {
                    form.opened.set(Some((*now).clone()));
                    form.fill(EngineText::of(&now));
                }
            });
        });
    }

    /// Whether something is typed that is not saved.
    pub fn is_changed(self) -> bool {
        self.form.is_changed()
    }

    /// Why it can't be saved now.
    pub fn refused(self) -> Option<String> {
        if self.form.busy.get() {
            Some("It is being saved.".to_owned())
        } else if self.form.theirs.with(Option::is_some) {
            Some("Choose between theirs and yours first.".to_owned())
        } else {
            None
        }
    }

    /// What was typed is given up: it will not come back.
    pub fn forget(self) {
        self.draft.try_with_value(|draft| self.drafts.forget(draft));
    }

    /// Leads to the first field with something wrong, once it is in the document.
    fn focus_first_bad(self) {
        request_animation_frame(move || {
            let form = self.form;
            let bad = form
                .check
                .try_with_untracked(|check| [&check.name, &check.address, &check.port].map(Option::is_some));
            let refused = || form.refusal.try_get_untracked()?.and_then(|refusal| refusal.field);
            let at = bad.and_then(|bad| bad.iter().position(|bad| *bad)).or_else(|| {
                Some(match refused()? {
                    EngineField::Name => 0,
                    EngineField::Address => 1,
                    EngineField::Port => 2,
                })
            });
            if let Some(input) = at.and_then(|at| self.inputs[at].try_get_untracked().flatten()) {
                // An element that can't take the focus leaves it where it was.
                _ = input.focus();
            }
        });
    }

    /// Sends what is typed, and says in the news or at the fields what came of it.
    pub async fn save(self, toasts: Toasts) -> Outcome {
        let form = self.form;
        form.sent.set(true);
        if form.busy.get_untracked() {
            return Outcome::NotSaved;
        }
        let Some(draft) = form.check.with_untracked(|check| check.draft.clone()) else {
            self.focus_first_bad();
            return Outcome::NotSaved;
        };
        form.busy.set(true);
        let saved = save(self.data, form, draft).await;
        form.busy.try_set(false);
        match saved {
            Ok(Some(done)) => {
                self.forget();
                toasts.show(done.news);
                return Outcome::Saved { created: done.created, leads_to: done.leads_to };
            }
            Ok(None) => {}
            Err(Error::Cancelled) => return Outcome::Cancelled,
            Err(error) => self.refuse(&error),
        }
        Outcome::NotSaved
    }

    fn refuse(self, error: &Error) {
        let form = self.form;
        let about = untrack(|| form.text());
        let refusal = match (error, self.id) {
            (Error::NotFound { .. }, Some(id)) => {
                self.data.read_engine(id);
                let words = "Somebody has deleted this engine meanwhile. What you typed is still here: New engine adds it again.";
                Refusal { field: None, words: words.to_owned(), about }
            }
            (Error::Rejected { message, .. }, _) if let Some(field) = field_of_refusal(message.as_str()) => {
                Refusal { field: Some(field), words: error.to_string(), about }
            }
            _ => Refusal { field: None, words: error.in_full(), about },
        };
        let at_field = refusal.field.is_some();
        form.refusal.set(Some(refusal));
        if at_field {
            self.focus_first_bad();
        }
    }

    /// The fields, with what is wrong and what is to be decided. `send` saves.
    pub fn fields(self, send: Callback<()>) -> AnyView {
        let Self { form, restored, inputs: [at_name, at_address, at_port], .. } = self;
        let field = |(field, label, name, help): Field, value, input| {
            view! { <FormField label name value problem=form.problem(field) sent=form.sent input help /> }
        };
        let fields = [
            field(NAME, form.name, at_name),
            field(ADDRESS, form.address, at_address),
            field(PORT, form.port, at_port),
        ];
        view! {
            {live(move || form.theirs.get().map(|theirs| conflict(form, theirs, send)))}
            {live(move || restored.get().then(|| earlier_input(restored, move || form.fill(untrack(|| form.opened_text())))))}
            {fields.into_iter().collect_view()}
            <div role="status" class="troubles">
                {live(move || moves(form))}
            </div>
            <div role="alert">
                {live(move || {
                    let refusal = form.refused().filter(|refusal| refusal.field.is_none());
                    refusal.map(|refusal| problem_line(refusal.words))
                })}
            </div>
        }
        .into_any()
    }
}

/// **Save** and **Cancel** at the end of a form.
pub fn save_and_cancel(refused: Refused, cancel: Callback<()>) -> AnyView {
    view! {
        <div class="form-actions">
            <button type="button" class="button" on:click=move |_| cancel.run(())>
                "Cancel"
            </button>
            <button
                type="submit"
                class="button primary"
                aria-disabled=live_attribute(move || refused.get().map(|_| "true"))
                title=live_attribute(move || refused.get())
            >
                "Save"
            </button>
        </div>
    }
    .into_any()
}

/// What a form does that is part of another screen.
#[derive(Clone, Copy)]
pub struct Inside {
    /// Under which key [`Drafts`] keeps what is typed.
    pub draft: StoredValue<String>,
    /// Called with the engine that was added.
    pub on_created: Callback<EngineId>,
    /// Called when the person gives up.
    pub on_cancel: Callback<()>,
}

/// The form for a new engine.
#[component]
pub fn EngineForm(
    /// Where the form stands in another screen's dialog; otherwise it leads to the engine's own screens.
    #[prop(optional)]
    inside: Option<Inside>,
) -> impl IntoView {
    let general = General::open(None, inside.map(|inside| inside.draft));
    let toasts = Toasts::here();
    let navigate = use_navigate();
    let leave = navigate.clone();
    let send = Callback::new(move |()| {
        let navigate = navigate.clone();
        spawn_local(async move {
            match (general.save(toasts).await, inside) {
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
            {general.fields(send)}
            {save_and_cancel(Signal::derive(move || general.refused()), cancel)}
        </form>
    }
}

/// The note that a new address has to be paired, before it is saved.
fn moves(form: Form) -> Option<AnyView> {
    let opened = form.opened.get()?;
    let wanted = form.check.with(|check| check.draft.clone())?;
    needs_pairing_again(&EngineDraft::of(&opened), &wanted).then(|| {
        view! {
            <div class="notice uncertain">
                <strong>"The engine must be paired again"</strong>
                <span>
                    "The pairing belongs to the old address. After saving, the status is Unknown until the console is enabled on the engine at the new one."
                </span>
            </div>
        }
        .into_any()
    })
}

/// Theirs beside yours, and which of the two it shall be.
fn conflict(form: Form, theirs: Engine, send: Callback<()>) -> AnyView {
    let text = EngineText::of(&theirs);
    let row = |label, theirs, yours: RwSignal<String>| {
        compared(label, theirs, live(move || yours.get()).into_any())
    };
    let rows = vec![
        row("Name", text.name, form.name),
        row("Address", text.address, form.address),
        row("Port", text.port, form.port),
    ];
    let now = theirs.clone();
    theirs_beside_yours(
        "Somebody else has changed this engine meanwhile. Nothing was saved.",
        "What you typed",
        rows.into_any(),
        move || {
            form.opened.set(Some(theirs.clone()));
            form.fill(EngineText::of(&theirs));
            form.theirs.set(None);
        },
        move || {
            form.opened.set(Some(now.clone()));
            form.theirs.set(None);
            send.run(());
        },
    )
}

/// What came of sending it.
struct Done {
    news: (Tone, String, Option<String>),
    created: Option<EngineId>,
    leads_to: Option<String>,
}

/// Sends the form. `None`: nothing was saved, for somebody else was faster, and the form shows it.
async fn save(data: Data, form: Form, draft: EngineDraft) -> Result<Option<Done>, Error> {
    let name = draft.name.clone();
    let Some(opened) = form.opened.get_untracked() else {
        let created = data.create_engine(draft).await?;
        let news = match created.despite {
            None => (Tone::Good, format!("{name} is added."), None),
            Some(error) => (
                Tone::Uncertain,
                format!("{name} is added, though the console answered with a failure. {error}"),
                None,
            ),
        };
        let leads_to = Some(Route::Engine(created.id).href_with("tab", "pairing"));
        return Ok(Some(Done { news, created: Some(created.id), leads_to }));
    };
    let moved = needs_pairing_again(&EngineDraft::of(&opened), &draft);
    match data.save_engine(opened.id, EngineDraft::of(&opened), draft.clone()).await? {
        Saved::Done => {
            let EngineDraft { name, address, port } = draft;
            let news = format!("{name} is saved.");
            form.opened.set(Some(Engine { name, address, port: Some(port), ..opened.clone() }));
            form.fill(untrack(|| form.opened_text()));
            form.sent.set(false);
            let leads_to = moved.then(|| Route::Engine(opened.id).href_with("tab", "pairing"));
            Ok(Some(Done { news: (Tone::Good, news, None), created: None, leads_to }))
        }
        Saved::ChangedMeanwhile(theirs) => {
            form.theirs.set(Some(theirs));
            Ok(None)
        }
    }
}
