//! The form of a site: name, importance and description; for a new one its engine or pool as well.

use std::sync::Arc;

use console_api::{
    Error, NewSite, Saved, ScannerId, Site, SiteDraft,
    rules::{IMPORTANCES, SiteCheck, check_site, importance_label, refuses_site_name},
};
use leptos::{ev, html, prelude::*, task::spawn_local};
use leptos_router::hooks::use_navigate;

use super::{
    draft::Drafts,
    edit_conflict::{compared, earlier_input, theirs_beside_yours},
    scanner_picker::ScannerPicker,
};
use crate::{
    data::Data,
    routes::{self, Route},
    ui::{
        button::Refused,
        dialog::unique_id,
        field::{FormField, problem_line},
        focus::focus_heading_if_lost,
        live::{follow, live, live_attribute},
        toast::{Toasts, Tone},
    },
};

/// The console's refusal, and what it was about: another text may be fine.
#[derive(Clone, Debug, PartialEq, Eq)]
struct Refusal {
    at_name: bool,
    words: String,
    about: SiteDraft,
}

/// What the form's parts share. Copy it freely; all copies are the same.
#[derive(Clone, Copy)]
struct Form {
    name: RwSignal<String>,
    importance: RwSignal<String>,
    description: RwSignal<String>,
    /// What is to scan a new site; the console decides where nothing is chosen.
    scanner: RwSignal<Option<ScannerId>>,
    /// The site as it was when it was opened or last saved; `None` for a new one.
    opened: RwSignal<Option<Site>>,
    check: Memo<SiteCheck>,
    refusal: RwSignal<Option<Refusal>>,
    /// Somebody else has changed the site since it was opened. This is how it is now.
    theirs: RwSignal<Option<Site>>,
    sent: RwSignal<bool>,
    busy: RwSignal<bool>,
}

impl Form {
    fn typed(self) -> SiteDraft {
        SiteDraft {
            name: self.name.get(),
            importance: self.importance.get(),
            description: self.description.get(),
        }
    }

    fn fill(self, draft: SiteDraft) {
        self.name.set(draft.name);
        self.importance.set(draft.importance);
        self.description.set(draft.description);
    }

    fn is_changed(self) -> bool {
        self.typed() != draft_of(self.opened.get().as_ref()) || self.scanner.get().is_some()
    }

    /// What is wrong with the name: what the rules say, or else the console's refusal of this very text.
    fn name_problem(self) -> Memo<Option<String>> {
        Memo::new(move |_| {
            let by_rule = self.check.with(|check| check.name.clone());
            by_rule.or_else(|| {
                let refusal = self.refusal.get().filter(|refusal| refusal.at_name)?;
                self.name.with(|name| *name == refusal.about.name).then_some(refusal.words)
            })
        })
    }
}

fn draft_of(site: Option<&Site>) -> SiteDraft {
    site.map_or_else(
        || SiteDraft {
            name: String::new(),
            importance: SiteDraft::DEFAULT_IMPORTANCE.to_owned(),
            description: String::new(),
        },
        SiteDraft::of,
    )
}

/// The form, for a new site or for one that is there. What was typed stays whatever happens.
#[component]
pub fn SiteForm(
    /// The site; `None` adds one.
    site: Option<Arc<Site>>,
) -> impl IntoView {
    let data = Data::here();
    let drafts = Drafts::here();
    let id = site.as_ref().map(|site| site.id);
    let place = id.map_or(Route::NewSite, Route::Site);
    let opened = RwSignal::new(site.map(|site| (*site).clone()));
    let start = draft_of(untrack(|| opened.get()).as_ref());
    let [name, importance, description] =
        [start.name, start.importance, start.description].map(RwSignal::new);
    let check = Memo::new(move |_| {
        check_site(&SiteDraft {
            name: name.get(),
            importance: importance.get(),
            description: description.get(),
        })
    });
    let form = Form {
        name,
        importance,
        description,
        scanner: RwSignal::new(None),
        opened,
        check,
        refusal: RwSignal::new(None),
        theirs: RwSignal::new(None),
        sent: RwSignal::new(false),
        busy: RwSignal::new(false),
    };
    let restored = RwSignal::new(false);
    if let Some(typed) = drafts.of(&place.path())
        && let Ok([name, importance, description, scanner]) = <[String; 4]>::try_from(typed)
    {
        form.fill(SiteDraft { name, importance, description });
        form.scanner.set(scanner.parse().ok().map(ScannerId));
        restored.set(true);
    }
    follow(move || {
        let SiteDraft { name, importance, description } = form.typed();
        let scanner = form.scanner.get().map(|scanner| scanner.to_string()).unwrap_or_default();
        if form.is_changed() {
            drafts.keep(&place.path(), vec![name, importance, description, scanner]);
        } else {
            drafts.forget(&place.path());
        }
    });
    // Who has typed nothing sees the site as it is now.
    follow(move || {
        let Some(now) = data.site.value().filter(|site| Some(site.id) == id) else { return };
        untrack(|| {
            if !form.is_changed() && form.theirs.with(Option::is_none) && !form.busy.get() {
                form.opened.set(Some((*now).clone()));
                form.fill(SiteDraft::of(&now));
            }
        });
    });

    let input = NodeRef::<html::Input>::new();
    let description = NodeRef::<html::Textarea>::new();
    let focus_name = move || {
        if let Some(input) = input.get_untracked() {
            // An element that can't take the focus leaves it where it was.
            _ = input.focus();
        }
    };
    let navigate = use_navigate();
    let leave = navigate.clone();
    let toasts = Toasts::here();
    let send = Callback::new(move |()| {
        form.sent.set(true);
        if form.busy.get_untracked() {
            return;
        }
        let Some(draft) = form.check.with_untracked(|check| check.draft.clone()) else {
            if form.check.with_untracked(|check| check.name.is_some()) {
                focus_name();
            } else if let Some(text) = description.get_untracked() {
                // As above.
                _ = text.focus();
            }
            return;
        };
        form.busy.set(true);
        let navigate = navigate.clone();
        spawn_local(async move {
            let saved = save(data, form, draft).await;
            form.busy.set(false);
            match saved {
                Ok(Some(done)) => {
                    drafts.forget(&place.path());
                    toasts.show(done.news);
                    if let Some(to) = done.leads_to {
                        routes::go(&navigate, &to.href());
                        focus_heading_if_lost();
                    }
                }
                Ok(None) | Err(Error::Cancelled) => {}
                Err(Error::NotFound { .. }) if id.is_some() => {
                    if let Some(id) = id {
                        data.read_site(id);
                    }
                    let words = "Somebody has deleted this site meanwhile, or this account may no longer see it. What you typed is still here.";
                    let about = untrack(|| form.typed());
                    form.refusal.set(Some(Refusal { at_name: false, words: words.to_owned(), about }));
                }
                Err(error) => {
                    let at_name =
                        matches!(&error, Error::Rejected { message, .. } if refuses_site_name(message));
                    let words = if at_name { error.to_string() } else { error.in_full() };
                    let about = untrack(|| form.typed());
                    form.refusal.set(Some(Refusal { at_name, words, about }));
                    if at_name {
                        focus_name();
                    }
                }
            }
        });
    });
    let refused: Refused = Signal::derive(move || {
        if form.busy.get() {
            Some("It is being saved.".to_owned())
        } else if form.theirs.with(Option::is_some) {
            Some("Choose between theirs and yours first.".to_owned())
        } else {
            (id.is_some() && !form.is_changed()).then(|| "Nothing was changed.".to_owned())
        }
    });
    let submit = move |event: ev::SubmitEvent| {
        event.prevent_default();
        if untrack(|| refused.get().is_none()) {
            send.run(());
        }
    };
    let cancel = move |_| {
        drafts.forget(&place.path());
        routes::go(&leave, &Route::Sites.href());
    };
    view! {
        <form class="form" novalidate=true on:submit=submit>
            {live(move || form.theirs.get().map(|theirs| conflict(form, theirs, send)))}
            {live(move || restored.get().then(|| earlier_input(restored, move || {
                form.fill(untrack(|| draft_of(form.opened.get().as_ref())));
                form.scanner.set(None);
            })))}
            <FormField
                label="Name"
                name="site-name"
                value=name
                problem=form.name_problem()
                sent=form.sent
                input
                help="Unique in this console."
            />
            {importance_field(form)}
            {description_field(form, description)}
            {id.is_none().then(|| scanner_field(form))}
            <div role="alert">
                {live(move || {
                    let refusal = form.refusal.get().filter(|refusal| !refusal.at_name);
                    let refusal = refusal.filter(|refusal| refusal.about == form.typed());
                    refusal.map(|refusal| problem_line(refusal.words))
                })}
            </div>
            <div class="form-actions">
                <button type="button" class="button" on:click=cancel>
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
        </form>
    }
}

fn importance_field(form: Form) -> AnyView {
    let id = unique_id("site-importance");
    let help = format!("{id}-help");
    // One that is not in the list stays as it is unless another is chosen.
    let options = move || {
        let now = form.importance.get();
        let other = IMPORTANCES.iter().all(|(key, _)| *key != now).then(|| (now.clone(), now.clone()));
        let known = IMPORTANCES.iter().map(|(key, label)| ((*key).to_owned(), (*label).to_owned()));
        let options = known.chain(other).map(|(key, label)| {
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
            <label for=id.clone()>"Importance"</label>
            <select
                class="select"
                id=id
                name="site-importance"
                aria-describedby=help.clone()
                on:change=move |event| form.importance.set(event_target_value(&event))
            >
                {live(options)}
            </select>
            <p class="help" id=help>
                "How much the risk of its assets counts."
            </p>
        </div>
    }
    .into_any()
}

fn description_field(form: Form, text: NodeRef<html::Textarea>) -> AnyView {
    let id = unique_id("site-description");
    let problem_id = format!("{id}-problem");
    let problem = Memo::new(move |_| form.check.with(|check| check.description.clone()));
    view! {
        <div class="field">
            <label for=id.clone()>"Description"</label>
            <textarea
                class="input textarea"
                id=id
                name="site-description"
                node_ref=text
                rows="3"
                prop:value=move || form.description.get()
                on:input=move |event| form.description.set(event_target_value(&event))
                aria-invalid=live_attribute(move || problem.get().map(|_| "true"))
                aria-describedby=problem_id.clone()
            ></textarea>
            <div id=problem_id aria-live="polite">
                {live(move || problem.get().map(problem_line))}
            </div>
        </div>
    }
    .into_any()
}

fn scanner_field(form: Form) -> AnyView {
    let actions = move || {
        live(move || {
            form.scanner.get().map(|_| {
                view! {
                    <button
                        type="button"
                        class="button small"
                        on:click=move |_| {
                            form.scanner.set(None);
                            focus_heading_if_lost();
                        }
                    >
                        "Let the console decide"
                    </button>
                }
            })
        })
    };
    view! {
        <fieldset class="field">
            <legend>"Engine or pool"</legend>
            <ScannerPicker
                chosen=form.scanner
                none="None chosen: the console gives the site its default engine."
                actions
            />
        </fieldset>
    }
    .into_any()
}

/// Theirs beside yours, and which of the two it shall be.
fn conflict(form: Form, theirs: Site, send: Callback<()>) -> AnyView {
    let draft = SiteDraft::of(&theirs);
    let row = |label, theirs, yours: fn(Form) -> String| {
        compared(label, theirs, live(move || yours(form)).into_any())
    };
    let importance = importance_label(&draft.importance).to_owned();
    let rows = vec![
        row("Name", draft.name, |form| form.name.get()),
        row("Importance", importance, |form| importance_label(&form.importance.get()).to_owned()),
        row("Description", draft.description, |form| form.description.get()),
    ];
    let now = theirs.clone();
    theirs_beside_yours(
        "Somebody else has changed this site meanwhile. Nothing was saved.",
        "What you typed",
        rows.into_any(),
        move || {
            form.opened.set(Some(theirs.clone()));
            form.fill(SiteDraft::of(&theirs));
            form.theirs.set(None);
        },
        move || {
            form.opened.set(Some(now.clone()));
            form.theirs.set(None);
            send.run(());
        },
    )
}

/// What came of saving.
struct Done {
    news: (Tone, String, Option<String>),
    leads_to: Option<Route>,
}

/// Sends the form. `None`: nothing was saved, for somebody else was faster, and the form shows it.
async fn save(data: Data, form: Form, draft: SiteDraft) -> Result<Option<Done>, Error> {
    let name = draft.name.clone();
    let Some(opened) = form.opened.get_untracked() else {
        let SiteDraft { name, importance, description } = draft;
        let site = NewSite {
            name: name.clone(),
            importance: Some(importance),
            description: Some(description).filter(|text| !text.is_empty()),
            scanner: form.scanner.get_untracked(),
            scan_template: None,
        };
        let created = data.create_site(site).await?;
        let news = match created.despite {
            None => (Tone::Good, format!("{name} is created."), None),
            Some(error) => (
                Tone::Uncertain,
                format!("{name} is created, though the console answered with a failure. {error}"),
                None,
            ),
        };
        return Ok(Some(Done { news, leads_to: Some(Route::Site(created.id)) }));
    };
    match data.save_site(opened.id, SiteDraft::of(&opened), draft.clone()).await? {
        Saved::Done => {
            let SiteDraft { name: new, importance, description } = draft;
            form.opened.set(Some(Site {
                name: new,
                importance: Some(importance),
                description: Some(description),
                ..opened
            }));
            form.fill(untrack(|| draft_of(form.opened.get().as_ref())));
            form.sent.set(false);
            Ok(Some(Done { news: (Tone::Good, format!("{name} is saved."), None), leads_to: None }))
        }
        Saved::ChangedMeanwhile(theirs) => {
            form.theirs.set(Some(theirs));
            Ok(None)
        }
    }
}
