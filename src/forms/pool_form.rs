//! The form of an engine pool: its name, and its engines in two lists.

use std::sync::Arc;

use console_api::{
    Engine, EngineId, Error, Pool, PoolDraft, PoolId, Saved,
    rules::{check_pool, field_of_refusal, only_in},
};
use futures::FutureExt;
use leptos::{ev, html, prelude::*, task::spawn_local};

use super::{
    edit::{
        self, Conflict, EarlierInput, Edit, Ended, Fields, RefusalLine, SaveAndCancel, Sent, Words,
        created_news,
    },
    edit_conflict::ComparedRow,
    members::MemberLists,
};
use crate::{
    data::Data,
    routes::Route,
    ui::{button::Refused, field::FormField, live::live},
};

/// How many names are spelled out where two versions differ; the rest is a number.
const NAMES: usize = 12;

/// The one field that the console refuses by itself.
#[derive(Clone, Copy, PartialEq, Eq)]
struct Name;

/// What is typed and chosen. Copy it freely; all copies are the same.
#[derive(Clone, Copy)]
struct Typed {
    name: RwSignal<String>,
    members: RwSignal<Vec<EngineId>>,
}

impl Fields for Typed {
    type Thing = Pool;
    type Typed = PoolDraft;
    type Field = Name;

    fn typed(self) -> PoolDraft {
        PoolDraft { name: self.name.get(), engines: self.members.get() }
    }

    fn of(pool: Option<&Pool>) -> PoolDraft {
        pool.map_or_else(|| PoolDraft { name: String::new(), engines: Vec::new() }, PoolDraft::of)
    }

    fn same(one: &PoolDraft, other: &PoolDraft, field: Option<Name>) -> bool {
        match field {
            Some(Name) => one.name == other.name,
            None => one.same_as(other),
        }
    }

    fn fill(self, now: PoolDraft, before: Option<&PoolDraft>) {
        edit::fill(self.name, now.name, before.map(|before| &before.name));
        edit::fill(self.members, now.engines, before.map(|before| &before.engines));
    }

    /// The name, then the ids of the engines.
    fn to_texts(typed: &PoolDraft) -> Vec<String> {
        let ids = typed.engines.iter().map(ToString::to_string).collect::<Vec<_>>();
        vec![typed.name.clone(), ids.join(" ")]
    }

    fn from_texts(texts: Vec<String>) -> Option<PoolDraft> {
        let [name, ids] = <[String; 2]>::try_from(texts).ok()?;
        let engines = ids.split_whitespace().filter_map(|id| id.parse().ok().map(EngineId)).collect();
        Some(PoolDraft { name, engines })
    }
}

/// The form, for a new pool or for one that is there. What was typed stays whatever happens.
///
/// It reads the engines and the pools if nobody has yet: names are checked against the ones, and the others can join.
#[component]
pub fn PoolForm(
    /// The pool; `None` adds one.
    pool: Option<Arc<Pool>>,
    /// Under which key [`Drafts`](super::draft::Drafts) keeps what is typed: the path of the screen, or of the dialog.
    draft: String,
    /// Called with the pool as it was created or saved, after the news has told.
    on_saved: Callback<Pool>,
    /// Called when the person gives up.
    on_cancel: Callback<()>,
) -> impl IntoView {
    let data = Data::here();
    let id = pool.as_ref().map(|pool| pool.id);
    if untrack(|| data.engines.value().is_none() || data.pools.value().is_none()) {
        data.read_engines();
    }
    let start = Typed::of(pool.as_deref());
    let (name, members) = (RwSignal::new(start.name), RwSignal::new(start.engines));
    let check = Memo::new(move |_| {
        let list = data.pools.value();
        let listed = list.as_ref().map_or(&[][..], |list| &list.items);
        name.with(|name| members.with(|members| check_pool(name, members, id, listed)))
    });
    let edit = Edit::open(Typed { name, members }, pool.map(Arc::unwrap_or_clone), StoredValue::new(draft));
    edit.follow_the_console(move || data.pool.value().filter(|pool| Some(pool.id) == id));

    let input = NodeRef::<html::Input>::new();
    let focus_name = move || {
        if let Some(input) = input.get_untracked() {
            // An element that can't take the focus leaves it where it was.
            _ = input.focus();
        }
    };
    let send = Callback::new(move |()| {
        edit.sent.set(true);
        if untrack(|| edit.refused()).is_some() {
            return;
        }
        let Some(wanted) = check.with_untracked(|check| check.draft.clone()) else {
            focus_name();
            return;
        };
        let name = wanted.name.clone();
        let work = save(data, edit.opened(), wanted).boxed_local();
        let explain = move |error: &Error| match (error, id) {
            (Error::NotFound { .. }, Some(id)) => {
                data.read_pool(id);
                let words = "Someone else has already deleted this pool. What you typed is still here: New engine pool adds it again.";
                (None, words.to_owned())
            }
            (Error::Rejected { status: ..500, message }, _) if field_of_refusal(message).is_some() => {
                (Some(Name), error.to_string())
            }
            _ => (None, error.in_full()),
        };
        spawn_local(async move {
            match edit.save(Words::of(&name), work, explain).await {
                Ended::Saved(pool) => on_saved.run(pool),
                Ended::Refused if untrack(|| edit.refusal(Some(Name))).is_some() => focus_name(),
                _ => {}
            }
        });
    });
    let refused: Refused = Signal::derive(move || edit.refused_alone());
    let submit = move |event: ev::SubmitEvent| {
        event.prevent_default();
        // A dialog with this form may stand inside another form's part of the tree.
        event.stop_propagation();
        if untrack(|| refused.get().is_none()) {
            send.run(());
        }
    };
    let cancel = Callback::new(move |()| {
        edit.forget();
        on_cancel.run(());
    });
    let problem = Memo::new(move |_| {
        let by_rule = check.with(|check| check.name.clone());
        by_rule.or_else(|| edit.refusal(Some(Name)))
    });
    view! {
        <form class="form pool-form" novalidate=true on:submit=submit>
            {live(move || edit.theirs().map(|theirs| view! { <PoolConflict edit data theirs send /> }))}
            <EarlierInput edit />
            <FormField
                label="Name"
                name="pool-name"
                value=name
                problem
                sent=edit.sent
                input
                help="Unique among the pools of this console."
            />
            <MemberLists members />
            <RefusalLine edit />
            <SaveAndCancel refused cancel />
        </form>
    }
}

/// Theirs beside yours, and which of the two it shall be.
#[component]
fn PoolConflict(edit: Edit<Typed>, data: Data, theirs: Pool, send: Callback<()>) -> impl IntoView {
    let Typed { name, members } = edit.fields;
    let rows = {
        let theirs = theirs.clone();
        move || {
            let engines = data.engines.value();
            let listed = engines.as_ref().map_or(&[][..], |list| &list.items);
            let mine = members.get();
            let alone = |these: &[EngineId], those: &[EngineId]| names(&only_in(these, those), listed);
            [
                ("Name", theirs.name.clone(), name.get()),
                ("Engines", theirs.engines.len().to_string(), mine.len().to_string()),
                ("Only here", alone(&theirs.engines, &mine), alone(&mine, &theirs.engines)),
            ]
            .map(|(label, theirs, yours)| view! { <ComparedRow label theirs>{yours}</ComparedRow> })
            .into_iter()
            .collect_view()
        }
    };
    let words = "Someone else has changed this pool in the meantime. Nothing was saved.";
    view! {
        <Conflict edit words yours="What you chose" theirs send>
            {live(rows)}
        </Conflict>
    }
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

/// Sends the form.
async fn save(data: Data, opened: Option<Pool>, wanted: PoolDraft) -> Result<Sent<Pool, Pool>, Error> {
    let pool_of =
        |id: PoolId, draft: PoolDraft, sites| Pool { id, name: draft.name, engines: draft.engines, sites };
    let Some(opened) = opened else {
        let created = data.create_pool(wanted.clone()).await?;
        let news = created_news(&wanted.name, "created", created.despite);
        let path = Route::Pool(created.id).path();
        return Ok(Sent::Created { news, path, then: pool_of(created.id, wanted, Some(Vec::new())) });
    };
    match data.save_pool(opened.id, PoolDraft::of(&opened), wanted.clone()).await? {
        Saved::Done => {
            let pool = pool_of(opened.id, wanted, opened.sites);
            Ok(Sent::Saved(pool.clone(), pool))
        }
        Saved::ChangedMeanwhile(theirs) => Ok(Sent::Theirs(theirs)),
    }
}
