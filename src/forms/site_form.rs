//! The form of a site: name, importance and description; for a new one its scan template and its engine or pool as well.

use std::sync::Arc;

use console_api::{
    Error, NewSite, Saved, ScannerId, Site, SiteDraft, SiteId,
    rules::{IMPORTANCES, SiteCheck, check_site, importance_label, refuses_site_name},
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
    ui::{
        button::Refused,
        dialog::unique_id,
        field::{FormField, problem_line},
        focus::focus_heading_if_lost,
        live::{live, live_attribute},
    },
};

/// The one field that the console refuses by itself.
#[derive(Clone, Copy, PartialEq, Eq)]
struct Name;

/// What is typed, field by field. Copy it freely; all copies are the same.
#[derive(Clone, Copy)]
struct Typed {
    name: RwSignal<String>,
    importance: RwSignal<String>,
    description: RwSignal<String>,
    /// What is to scan a new site; the console decides where nothing is chosen.
    scanner: RwSignal<Option<ScannerId>>,
    /// The id of a new site's scan template; the console decides where it is empty.
    template: RwSignal<String>,
}

impl Typed {
    fn draft(self) -> SiteDraft {
        SiteDraft {
            name: self.name.get(),
            importance: self.importance.get(),
            description: self.description.get(),
        }
    }
}

impl Fields for Typed {
    type Thing = Site;
    type Typed = (SiteDraft, Option<ScannerId>, String);
    type Field = Name;

    fn typed(self) -> Self::Typed {
        (self.draft(), self.scanner.get(), self.template.get())
    }

    fn of(site: Option<&Site>) -> Self::Typed {
        let new = || SiteDraft {
            name: String::new(),
            importance: SiteDraft::DEFAULT_IMPORTANCE.to_owned(),
            description: String::new(),
        };
        (site.map_or_else(new, SiteDraft::of), None, String::new())
    }

    fn same(one: &Self::Typed, other: &Self::Typed, field: Option<Name>) -> bool {
        match field {
            Some(Name) => one.0.name == other.0.name,
            None => one == other,
        }
    }

    fn fill(self, (now, scanner, template): Self::Typed, before: Option<&Self::Typed>) {
        let draft = before.map(|(draft, ..)| draft);
        edit::fill(self.name, now.name, draft.map(|before| &before.name));
        edit::fill(self.importance, now.importance, draft.map(|before| &before.importance));
        edit::fill(self.description, now.description, draft.map(|before| &before.description));
        edit::fill(self.scanner, scanner, before.map(|(_, scanner, _)| scanner));
        edit::fill(self.template, template, before.map(|(.., template)| template));
    }

    fn to_texts((draft, scanner, template): &Self::Typed) -> Vec<String> {
        let scanner = scanner.map(|scanner| scanner.to_string()).unwrap_or_default();
        let SiteDraft { name, importance, description } = draft.clone();
        vec![name, importance, description, scanner, template.clone()]
    }

    fn from_texts(texts: Vec<String>) -> Option<Self::Typed> {
        let [name, importance, description, scanner, template] = <[String; 5]>::try_from(texts).ok()?;
        Some((SiteDraft { name, importance, description }, scanner.parse().ok().map(ScannerId), template))
    }
}

/// A site in its form, new or not: its fields, and what saving them comes to. What was typed stays whatever happens. Copy it freely;
/// all copies are the same.
#[derive(Clone, Copy)]
pub struct SiteEdit {
    edit: Edit<Typed>,
    check: Memo<SiteCheck>,
    id: Option<SiteId>,
    data: Data,
    name: NodeRef<html::Input>,
    description: NodeRef<html::Textarea>,
}

/// What came of saving.
enum Outcome {
    /// It is saved. What follows is the page of a site that is new.
    Saved(Option<Route>),
    /// Something is wrong with the name or the description.
    Bad,
    /// The form says why not, or the person has left.
    NotSaved,
}

impl SiteEdit {
    /// The fields of this site; `None` adds one. The drafts keep what is typed under the path of its screen.
    pub fn open(site: Option<Arc<Site>>) -> Self {
        let data = Data::here();
        let id = site.as_ref().map(|site| site.id);
        let (start, ..) = Typed::of(site.as_deref());
        let [name, importance, description] =
            [start.name, start.importance, start.description].map(RwSignal::new);
        let (scanner, template) = (RwSignal::new(None), RwSignal::default());
        let fields = Typed { name, importance, description, scanner, template };
        let check = Memo::new(move |_| check_site(&fields.draft()));
        let key = StoredValue::new(id.map_or(Route::NewSite, Route::Site).path());
        let edit = Edit::open(fields, site.map(Arc::unwrap_or_clone), key);
        edit.follow_the_console(move || data.site.value().filter(|site| Some(site.id) == id));
        Self { edit, check, id, data, name: NodeRef::new(), description: NodeRef::new() }
    }

    /// What is to scan a new site; the console decides where nothing is chosen.
    pub fn scanner(self) -> RwSignal<Option<ScannerId>> {
        self.edit.fields.scanner
    }

    /// What is wrong with the name: what the rules say, or else the console's refusal of this very text.
    fn bad_name(self) -> Option<String> {
        let by_rule = self.check.with(|check| check.name.clone());
        by_rule.or_else(|| self.edit.refusal(Some(Name)))
    }

    /// Leads to what is wrong, once it is in the document.
    fn focus_bad(self) {
        request_animation_frame(move || {
            // Nothing: the person has left.
            let Some(fine) = self.check.try_with_untracked(|check| check.draft.is_some()) else { return };
            // An element that can't take the focus leaves it where it was.
            if untrack(|| self.bad_name()).is_some() {
                _ = self.name.get_untracked().map(|input| input.focus());
            } else if !fine {
                _ = self.description.get_untracked().map(|text| text.focus());
            }
        });
    }

    async fn save(self) -> Outcome {
        let Self { edit, check, id, data, .. } = self;
        edit.sent.set(true);
        if untrack(|| edit.refused()).is_some() {
            return Outcome::NotSaved;
        }
        let Some(draft) = check.with_untracked(|check| check.draft.clone()) else { return Outcome::Bad };
        let name = draft.name.clone();
        let (scanner, template) = untrack(|| (edit.fields.scanner.get(), edit.fields.template.get()));
        let work = save(data, edit.opened(), draft, scanner, template).boxed_local();
        let explain = move |error: &Error| match (error, id) {
            (Error::NotFound { .. }, Some(id)) => {
                data.read_site(id);
                let words = "Someone else has deleted this site, or this account may no longer see it. What you typed is still here.";
                (None, words.to_owned())
            }
            (Error::Rejected { status: ..500, message }, _) if refuses_site_name(message) => {
                (Some(Name), error.to_string())
            }
            _ => (None, error.in_full()),
        };
        match edit.save(Words::of(&name), work, explain).await {
            Ended::Saved(to) => Outcome::Saved(to),
            Ended::Refused if untrack(|| edit.refusal(Some(Name))).is_some() => Outcome::Bad,
            _ => Outcome::NotSaved,
        }
    }
}

/// The form of a site that is there.
#[component]
pub fn SiteForm(
    /// The site.
    site: Arc<Site>,
) -> impl IntoView {
    let form = SiteEdit::open(Some(site));
    view! {
        <SiteFormFrame form on_bad=Callback::new(|()| ())>
            <SiteFields form />
        </SiteFormFrame>
    }
}

/// What is around the fields: what someone else has changed, what was typed before, what was refused, **Save** and **Cancel**.
#[component]
pub fn SiteFormFrame(
    /// What is typed.
    form: SiteEdit,
    /// Called when something is wrong with the fields: they come into the document, unless they are there.
    on_bad: Callback<()>,
    /// The fields.
    children: Children,
) -> impl IntoView {
    let edit = form.edit;
    let navigate = use_navigate();
    let leave = navigate.clone();
    let send = Callback::new(move |()| {
        let navigate = navigate.clone();
        spawn_local(async move {
            match form.save().await {
                Outcome::Saved(Some(to)) => {
                    routes::go(&navigate, &to.href());
                    focus_heading_if_lost();
                }
                Outcome::Bad => {
                    on_bad.run(());
                    form.focus_bad();
                }
                Outcome::Saved(None) | Outcome::NotSaved => {}
            }
        });
    });
    let refused: Refused = Signal::derive(move || edit.refused_alone());
    let submit = move |event: ev::SubmitEvent| {
        event.prevent_default();
        if untrack(|| refused.get().is_none()) {
            send.run(());
        }
    };
    let cancel = Callback::new(move |()| {
        edit.forget();
        routes::go(&leave, &Route::Sites.href());
    });
    view! {
        <form class="form" novalidate=true on:submit=submit>
            {live(move || edit.theirs().map(|theirs| view! { <SiteConflict edit theirs send /> }))}
            <EarlierInput edit />
            {children()}
            <RefusalLine edit />
            <SaveAndCancel refused cancel />
        </form>
    }
}

/// **General** of a site.
#[component]
pub fn SiteFields(
    /// What is typed.
    form: SiteEdit,
) -> impl IntoView {
    let SiteEdit { edit, check, id, .. } = form;
    let Typed { name, importance, description, template, .. } = edit.fields;
    view! {
        <FormField
            label="Name"
            name="site-name"
            value=name
            problem=Memo::new(move |_| form.bad_name())
            sent=edit.sent
            input=form.name
            help="Unique in this console."
        />
        <ImportanceField importance />
        <DescriptionField description check text=form.description />
        {id.is_none().then(|| view! { <ScanTemplateField chosen=template /> })}
    }
}

#[component]
fn ImportanceField(importance: RwSignal<String>) -> impl IntoView {
    let known = IMPORTANCES.map(|(key, label)| (key.to_owned(), label.to_owned())).to_vec();
    view! {
        <SelectField
            label="Importance"
            name="site-importance"
            chosen=importance
            choices=Signal::stored(known)
            help="How much the risk of its assets counts."
        />
    }
}

/// The console's scan templates, of which a new site gets one.
#[component]
fn ScanTemplateField(
    /// The id of the chosen one; empty where the console decides.
    chosen: RwSignal<String>,
) -> impl IntoView {
    let data = Data::here();
    data.read_scan_templates();
    let choices = move || {
        let default = (String::new(), "The console's default".to_owned());
        let list = data.scan_templates.value();
        let listed = list.iter().flat_map(|list| &list.items);
        std::iter::once(default).chain(listed.map(|it| (it.id.clone(), it.name.clone()))).collect()
    };
    let failed = move || {
        let error = data.scan_templates.failed()?;
        let again = move |_| {
            data.read_scan_templates();
            focus_heading_if_lost();
        };
        Some(view! {
            <span>{format!("The console's scan templates could not be read. {}", error.in_full())}</span>
            " "
            <button type="button" class="button small" on:click=again>
                "Try again"
            </button>
        })
    };
    view! {
        <SelectField
            label="Scan template"
            name="site-scan-template"
            chosen
            choices=Signal::derive(choices)
            help="What its scans look for, and how thoroughly."
        >
            <div class="help" role="status">
                {live(failed)}
            </div>
        </SelectField>
    }
}

/// One of several choices.
#[component]
fn SelectField(
    label: &'static str,
    name: &'static str,
    /// The key of what is chosen. One that is not among the choices stays as it is unless another is chosen.
    chosen: RwSignal<String>,
    /// Each choice's key and what people read.
    choices: Signal<Vec<(String, String)>>,
    help: &'static str,
    /// What stands below the help.
    #[prop(optional)]
    children: Option<Children>,
) -> impl IntoView {
    let id = unique_id(name);
    let help_id = format!("{id}-help");
    let options = move || {
        let now = chosen.get();
        let choices = choices.get();
        let other = choices.iter().all(|(key, _)| *key != now).then(|| (now.clone(), now.clone()));
        let options = choices.into_iter().chain(other).map(|(key, label)| {
            let selected = key == now;
            view! {
                <option value=key selected=selected>
                    {label}
                </option>
            }
        });
        options.collect_view()
    };
    view! {
        <div class="field">
            <label for=id.clone()>{label}</label>
            <select
                class="select"
                id=id
                name=name
                aria-describedby=help_id.clone()
                on:change=move |event| chosen.set(event_target_value(&event))
            >
                {live(options)}
            </select>
            <p class="help" id=help_id>
                {help}
            </p>
            {children.map(|children| children())}
        </div>
    }
}

#[component]
fn DescriptionField(
    description: RwSignal<String>,
    check: Memo<SiteCheck>,
    text: NodeRef<html::Textarea>,
) -> impl IntoView {
    let id = unique_id("site-description");
    let problem_id = format!("{id}-problem");
    let problem = Memo::new(move |_| check.with(|check| check.description.clone()));
    view! {
        <div class="field">
            <label for=id.clone()>"Description"</label>
            <textarea
                class="input textarea"
                id=id
                name="site-description"
                node_ref=text
                rows="3"
                prop:value=move || description.get()
                on:input=move |event| description.set(event_target_value(&event))
                aria-invalid=live_attribute(move || problem.get().map(|_| "true"))
                aria-describedby=problem_id.clone()
            ></textarea>
            <div id=problem_id aria-live="polite">
                {live(move || problem.get().map(problem_line))}
            </div>
        </div>
    }
}

/// Theirs beside yours, and which of the two it shall be.
#[component]
fn SiteConflict(edit: Edit<Typed>, theirs: Site, send: Callback<()>) -> impl IntoView {
    let draft = SiteDraft::of(&theirs);
    let importance = importance_label(&draft.importance).to_owned();
    let fields = edit.fields;
    let words = "Someone else has changed this site in the meantime. Nothing was saved.";
    view! {
        <Conflict edit words yours="What you typed" theirs send>
            <ComparedRow label="Name" theirs=draft.name>
                {move || fields.name.get()}
            </ComparedRow>
            <ComparedRow label="Importance" theirs=importance>
                {move || importance_label(&fields.importance.get()).to_owned()}
            </ComparedRow>
            <ComparedRow label="Description" theirs=draft.description>
                {move || fields.description.get()}
            </ComparedRow>
        </Conflict>
    }
}

/// Sends the form. What follows is the page of a site that is new.
async fn save(
    data: Data,
    opened: Option<Site>,
    draft: SiteDraft,
    scanner: Option<ScannerId>,
    template: String,
) -> Result<Sent<Site, Option<Route>>, Error> {
    let Some(opened) = opened else {
        let SiteDraft { name, importance, description } = draft;
        let site = NewSite {
            name: name.clone(),
            importance: Some(importance),
            description: Some(description).filter(|text| !text.is_empty()),
            scanner,
            scan_template: Some(template).filter(|id| !id.is_empty()),
        };
        let created = data.create_site(site).await?;
        let to = Route::Site(created.id);
        let news = created_news(&name, "created", created.despite);
        return Ok(Sent::Created { news, path: to.path(), then: Some(to) });
    };
    match data.save_site(opened.id, SiteDraft::of(&opened), draft.clone()).await? {
        Saved::Done => {
            let SiteDraft { name, importance, description } = draft;
            let (importance, description) = (Some(importance), Some(description));
            Ok(Sent::Saved(Site { name, importance, description, ..opened }, None))
        }
        Saved::ChangedMeanwhile(theirs) => Ok(Sent::Theirs(theirs)),
    }
}
