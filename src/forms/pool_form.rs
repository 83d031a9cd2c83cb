//! The form of an engine pool: its name, and its engines in two lists.

use std::sync::Arc;

use console_api::{
    Engine, EngineId, Error, Pool, PoolDraft, PoolId, Saved,
    rules::{check_pool, field_of_refusal, only_in},
};
use leptos::{ev, html, prelude::*, task::spawn_local};

use super::{
    draft::Drafts,
    edit_conflict::{compared, earlier_input, theirs_beside_yours},
    members::MemberLists,
};
use crate::{
    data::Data,
    ui::{
        button::Refused,
        field::{FormField, problem_line},
        live::{follow, live, live_attribute},
        toast::{Toasts, Tone},
    },
};

/// So many names are spelled out where two versions differ; the rest is a number.
const NAMES: usize = 12;

/// The console's refusal, and what it was about: something else may be fine.
#[derive(Clone, Debug, PartialEq, Eq)]
struct Refusal {
    at_name: bool,
    words: String,
    about: PoolDraft,
}

/// What the form's parts share. Copy it freely; all copies are the same.
#[derive(Clone, Copy)]
struct Form {
    data: Data,
    name: RwSignal<String>,
    members: RwSignal<Vec<EngineId>>,
    /// The pool as it was when it was opened or last saved; `None` for a new one.
    opened: RwSignal<Option<Pool>>,
    refusal: RwSignal<Option<Refusal>>,
    /// Somebody else has changed the pool since it was opened. This is how it is now.
    theirs: RwSignal<Option<Pool>>,
    sent: RwSignal<bool>,
    busy: RwSignal<bool>,
}

impl Form {
    /// What is on screen, as it was typed.
    fn typed(self) -> PoolDraft {
        PoolDraft { name: self.name.get(), engines: self.members.get() }
    }

    fn fill(self, draft: PoolDraft) {
        self.name.set(draft.name);
        self.members.set(draft.engines);
    }

    fn opened_draft(self) -> PoolDraft {
        draft_of(self.opened.get().as_ref())
    }

    /// The refusal, as long as what is on screen is what was refused.
    fn refused(self) -> Option<Refusal> {
        self.refusal.get().filter(|refusal| {
            let same_name = self.name.with(|name| *name == refusal.about.name);
            same_name && (refusal.at_name || refusal.about.same_as(&self.typed()))
        })
    }
}

fn draft_of(pool: Option<&Pool>) -> PoolDraft {
    pool.map_or_else(|| PoolDraft { name: String::new(), engines: Vec::new() }, PoolDraft::of)
}

/// What was typed, as the drafts keep it: the name, then the ids of the engines.
fn to_texts(draft: &PoolDraft) -> Vec<String> {
    let ids = draft.engines.iter().map(ToString::to_string).collect::<Vec<_>>();
    vec![draft.name.clone(), ids.join(" ")]
}

fn from_texts(texts: Vec<String>) -> Option<PoolDraft> {
    let [name, ids] = <[String; 2]>::try_from(texts).ok()?;
    let engines = ids.split_whitespace().filter_map(|id| id.parse().ok().map(EngineId)).collect();
    Some(PoolDraft { name, engines })
}

/// The form, for a new pool or for one that is there. What was typed stays whatever happens.
///
/// It reads the engines and the pools if nobody has yet: names are checked against the ones, and the others can join.
#[component]
pub fn PoolForm(
    /// The pool; `None` adds one.
    pool: Option<Arc<Pool>>,
    /// Under which key [`Drafts`] keeps what is typed: the path of the screen, or of the dialog.
    draft: String,
    /// Called with the pool as it was created or saved, after the news has told.
    on_saved: Callback<Pool>,
    /// Called when the person gives up.
    on_cancel: Callback<()>,
) -> impl IntoView {
    let data = Data::here();
    let drafts = Drafts::here();
    let draft = StoredValue::new(draft);
    let id = pool.as_ref().map(|pool| pool.id);
    if untrack(|| data.engines.value().is_none() || data.pools.value().is_none()) {
        data.read_engines();
    }
    let opened = RwSignal::new(pool.map(|pool| (*pool).clone()));
    let start = draft_of(untrack(|| opened.get()).as_ref());
    let (name, members) = (RwSignal::new(start.name), RwSignal::new(start.engines));
    let check = Memo::new(move |_| {
        let list = data.pools.value();
        let listed = list.as_ref().map_or(&[][..], |list| &list.items);
        name.with(|name| members.with(|members| check_pool(name, members, id, listed)))
    });
    let changed = Memo::new(move |_| {
        let typed = PoolDraft { name: name.get(), engines: members.get() };
        !typed.same_as(&draft_of(opened.get().as_ref()))
    });
    let form = Form {
        data,
        name,
        members,
        opened,
        refusal: RwSignal::new(None),
        theirs: RwSignal::new(None),
        sent: RwSignal::new(false),
        busy: RwSignal::new(false),
    };
    let restored = RwSignal::new(false);
    if let Some(typed) = draft.with_value(|draft| drafts.of(draft)).and_then(from_texts) {
        form.fill(typed);
        restored.set(true);
    }
    follow(move || {
        let typed = form.typed();
        draft.with_value(|draft| {
            if changed.get() {
                drafts.keep(draft, to_texts(&typed));
            } else {
                drafts.forget(draft);
            }
        });
    });
    // Who has typed nothing sees the pool as it is now.
    follow(move || {
        let Some(now) = data.pool.value().filter(|pool| Some(pool.id) == id) else { return };
        untrack(|| {
            if !changed.get() && form.theirs.with(Option::is_none) && !form.busy.get() {
                form.opened.set(Some((*now).clone()));
                form.fill(PoolDraft::of(&now));
            }
        });
    });

    let input = NodeRef::<html::Input>::new();
    let focus_name = move || {
        if let Some(input) = input.get_untracked() {
            // An element that can't take the focus leaves it where it was.
            _ = input.focus();
        }
    };
    let send = Callback::new(move |()| {
        form.sent.set(true);
        if form.busy.get_untracked() {
            return;
        }
        let Some(wanted) = check.with_untracked(|check| check.draft.clone()) else {
            focus_name();
            return;
        };
        form.busy.set(true);
        let toasts = Toasts::here();
        spawn_local(async move {
            let saved = save(form, wanted, toasts).await;
            // The page may have been left meanwhile.
            if form.busy.try_set(false).is_some() {
                return;
            }
            match saved {
                Ok(Some(pool)) => {
                    draft.with_value(|draft| drafts.forget(draft));
                    on_saved.run(pool);
                }
                Ok(None) | Err(Error::Cancelled) => {}
                Err(error) => {
                    let gone = id.filter(|_| matches!(error, Error::NotFound { .. }));
                    let at_name = match &error {
                        Error::Rejected { message, .. } => field_of_refusal(message).is_some(),
                        _ => false,
                    };
                    let words = match (gone, at_name) {
                        (Some(id), _) => {
                            data.read_pool(id);
                            "Somebody has deleted this pool meanwhile. What you typed is still here: New engine pool adds it again.".to_owned()
                        }
                        (None, true) => error.to_string(),
                        (None, false) => error.in_full(),
                    };
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
            (id.is_some() && !changed.get()).then(|| "Nothing was changed.".to_owned())
        }
    });
    let submit = move |event: ev::SubmitEvent| {
        event.prevent_default();
        // A dialog with this form may stand inside another form's part of the tree.
        event.stop_propagation();
        if untrack(|| refused.get().is_none()) {
            send.run(());
        }
    };
    let cancel = move |_| {
        draft.with_value(|draft| drafts.forget(draft));
        on_cancel.run(());
    };
    let problem = Memo::new(move |_| {
        let by_rule = check.with(|check| check.name.clone());
        by_rule.or_else(|| form.refused().filter(|it| it.at_name).map(|it| it.words))
    });
    view! {
        <form class="form pool-form" novalidate=true on:submit=submit>
            {live(move || form.theirs.get().map(|theirs| conflict(form, theirs, send)))}
            {live(move || restored.get().then(|| earlier_input(restored, move || form.fill(untrack(|| form.opened_draft())))))}
            <FormField
                label="Name"
                name="pool-name"
                value=name
                problem
                sent=form.sent
                input
                help="Unique among the pools of this console."
            />
            <MemberLists members />
            <div role="alert">
                {live(move || {
                    let refusal = form.refused().filter(|refusal| !refusal.at_name);
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

/// Theirs beside yours, and which of the two it shall be.
fn conflict(form: Form, theirs: Pool, send: Callback<()>) -> AnyView {
    let rows = {
        let theirs = theirs.clone();
        move || {
            let engines = form.data.engines.value();
            let listed = engines.as_ref().map_or(&[][..], |list| &list.items);
            let mine = form.members.get();
            let alone = |these: &[EngineId], those: &[EngineId]| names(&only_in(these, those), listed);
            [
                ("Name", theirs.name.clone(), form.name.get()),
                ("Engines", theirs.engines.len().to_string(), mine.len().to_string()),
                ("Only here", alone(&theirs.engines, &mine), alone(&mine, &theirs.engines)),
            ]
            .map(|(label, theirs, yours)| compared(label, theirs, yours.into_any()))
            .into_iter()
            .collect::<Vec<_>>()
        }
    };
    let now = theirs.clone();
    theirs_beside_yours(
        "Somebody else has changed this pool meanwhile. Nothing was saved.",
        "What you chose",
        live(rows).into_any(),
        move || {
            form.opened.set(Some(theirs.clone()));
            form.fill(PoolDraft::of(&theirs));
            form.theirs.set(None);
        },
        move || {
            form.opened.set(Some(now.clone()));
            form.theirs.set(None);
            send.run(());
        },
    )
}

/// The names of these engines; of many the first ones, and how many more.
fn names(ids: &[EngineId], engines: &[Engine]) -> String {
    if ids.is_empty() {
        return "–".to_owned();
    }
    let name = |id: &EngineId| {
        let engine = engines.iter().find(|engine| engine.id == *id);
        engine.map_or_else(|| format!("Engine {id}"), |engine| engine.name.clone())
    };
    let mut text = ids.iter().take(NAMES).map(name).collect::<Vec<_>>().join(", ");
    if let Some(more) = ids.len().checked_sub(NAMES).filter(|more| *more > 0) {
        text.push_str(&format!(" and {more} more"));
    }
    text
}

/// Sends the form, and tells the news. `None`: nothing was saved, for somebody else was faster, and the form shows it.
async fn save(form: Form, wanted: PoolDraft, toasts: Toasts) -> Result<Option<Pool>, Error> {
    let pool_of =
        |id: PoolId, draft: PoolDraft, sites| Pool { id, name: draft.name, engines: draft.engines, sites };
    let Some(opened) = form.opened.get_untracked() else {
        let created = form.data.create_pool(wanted.clone()).await?;
        match created.despite {
            None => toasts.say(Tone::Good, format!("{} is created.", wanted.name), None),
            Some(error) => toasts.say(
                Tone::Uncertain,
                format!("{} is created, though the console answered with a failure. {error}", wanted.name),
                None,
            ),
        }
        return Ok(Some(pool_of(created.id, wanted, Some(Vec::new()))));
    };
    match form.data.save_pool(opened.id, PoolDraft::of(&opened), wanted.clone()).await? {
        Saved::Done => {
            toasts.say(Tone::Good, format!("{} is saved.", wanted.name), None);
            let saved = pool_of(opened.id, wanted, opened.sites);
            // The page may have been left meanwhile.
            form.opened.try_set(Some(saved.clone()));
            // Blanks at the ends were not saved; what was typed since then stays.
            form.name.try_maybe_update(|name| {
                let same = name.trim() == saved.name && *name != saved.name;
                if same {
                    name.clone_from(&saved.name);
                }
                (same, ())
            });
            form.sent.try_set(false);
            Ok(Some(saved))
        }
        Saved::ChangedMeanwhile(theirs) => {
            form.theirs.try_set(Some(theirs));
            Ok(None)
        }
    }
}
