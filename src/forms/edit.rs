//! What every form does with the thing that it edits, new or not: what it was when it was opened, what is typed, what was sent,
//! what someone else has made of it in the meantime, what was refused, and what is kept over a sign-out.
//!
//! The rules are the same for engines, pools and sites:
//! - What is typed while a save is under way stays, and a refusal is about the text that was sent, not about a later one.
//! - A save that was sent continues when its page is left. The news then reports the outcome, and what could not be saved is there
//!   again when the form is opened again.
//! - Whoever has typed nothing sees the thing as the console has it now.

use std::sync::Arc;

use console_api::Error;
use futures::future::LocalBoxFuture;
use leptos::prelude::*;

use super::{
    draft::Drafts,
    edit_conflict::{EarlierInputNotice, TheirsBesideYours},
};
use crate::ui::{
    button::Refused,
    field::problem_line,
    live::{follow, live, live_attribute},
    toast::{News, Toasts, Tone},
};

/// The fields of a form.
pub trait Fields: Copy + Send + Sync + 'static {
    /// What is edited, such as an engine.
    type Thing: Clone + Send + Sync + 'static;
    /// What the fields hold together.
    type Typed: Clone + Send + Sync + 'static;
    /// The field that a refusal can be about.
    type Field: Copy + PartialEq + Send + Sync + 'static;

    /// What is typed now, as it is.
    fn typed(self) -> Self::Typed;
    /// What the fields hold of this thing; `None`: of one that is new.
    fn of(thing: Option<&Self::Thing>) -> Self::Typed;
    /// Whether two are the same; with a field, in that field.
    fn same(one: &Self::Typed, other: &Self::Typed, field: Option<Self::Field>) -> bool;
    /// Puts `now` into each field that still holds what `before` has; without `before`, into all.
    fn fill(self, now: Self::Typed, before: Option<&Self::Typed>);
    /// As [`Drafts`] keep it.
    fn to_texts(typed: &Self::Typed) -> Vec<String>;
    /// The other way round.
    fn from_texts(texts: Vec<String>) -> Option<Self::Typed>;
}

/// Puts `now` into a field that still holds `before`. For [`Fields::fill`].
pub fn fill<T: PartialEq + Send + Sync + 'static>(field: RwSignal<T>, now: T, before: Option<&T>) {
    // Nothing that is the same already: a cursor in it would jump to the end.
    let wanted = field.with_untracked(|held| *held != now && before.is_none_or(|before| held == before));
    if wanted {
        field.set(now);
    }
}

/// The console's refusal, and what it was about: another text may be fine.
#[derive(Clone)]
struct Refusal<F: Fields> {
    field: Option<F::Field>,
    words: String,
    about: F::Typed,
}

/// What the console made of what was sent, and what follows from it for the page.
pub enum Sent<T, D> {
    /// It is as it was wanted.
    Saved(T, D),
    /// It is new.
    Created {
        /// What is said of it.
        news: News,
        /// The path of its own form.
        path: String,
        /// What follows.
        then: D,
    },
    /// Someone else was faster, and this is what they made of it. Nothing was saved.
    Theirs(T),
}

/// The outcome for the form.
pub enum Ended<D> {
    /// It is saved.
    Saved(D),
    /// It was refused, and the form says why.
    Refused,
    /// Someone else was faster, and the form shows it.
    Theirs,
    /// Nobody is at the form any more. The news has reported it, if there was anything to report.
    Left,
}

/// How the news reports a save.
pub struct Words {
    /// It is saved.
    pub saved: String,
    /// It is not, and nobody is at the form any more.
    pub not_saved: String,
}

impl Words {
    /// Of something with this name.
    pub fn of(name: &str) -> Self {
        Self { saved: format!("{name} is saved."), not_saved: format!("{name} was not saved.") }
    }
}

/// Says that something was not saved, to who has left its form, and keeps what was typed there.
fn keep_for_later(toasts: Toasts, drafts: Drafts, what: String, why: &str, key: &str, texts: Vec<String>) {
    // Unless something else is typed there by now.
    if !drafts.has(key) {
        drafts.keep(key, texts);
    }
    let more = format!("{why} What you typed is kept: it is there when you open the form again.");
    toasts.say(Tone::Bad, what, Some(more));
}

/// What is said of something new. `despite`: it is there, though the console answered with a failure.
pub fn created_news(name: &str, done: &str, despite: Option<Error>) -> News {
    match despite {
        None => (Tone::Good, format!("{name} is {done}."), None),
        Some(error) => (
            Tone::Uncertain,
            format!("{name} is {done}, although the console reported a failure. {error}"),
            None,
        ),
    }
}

/// **Save** and **Cancel** at the end of a form.
#[component]
pub fn SaveAndCancel(
    /// Why it can't be saved now.
    refused: Refused,
    /// Gives up what is typed.
    cancel: Callback<()>,
) -> impl IntoView {
    Toasts::here().stand_above("above-buttons", || true);
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
}

/// One thing in a form. Copy it freely; all copies are the same.
pub struct Edit<F: Fields> {
    /// The fields.
    pub fields: F,
    /// Whether it was tried to send it: what is missing is said from then on.
    pub sent: RwSignal<bool>,
    /// The thing as it was when it was opened or last saved; `None` for a new one.
    opened: RwSignal<Option<F::Thing>>,
    theirs: RwSignal<Option<F::Thing>>,
    refusal: RwSignal<Option<Refusal<F>>>,
    busy: RwSignal<bool>,
    /// Whether the fields hold what was typed before the session ended.
    restored: RwSignal<bool>,
    toasts: Toasts,
    drafts: Drafts,
    /// Under which key the drafts keep what is typed.
    key: StoredValue<String>,
}

// Deriving these would ask the same of `Fields::Thing`, which is behind a signal.
impl<F: Fields> Copy for Edit<F> {}

impl<F: Fields> Clone for Edit<F> {
    fn clone(&self) -> Self {
        *self
    }
}

impl<F: Fields> Edit<F> {
    /// Opens a thing in fields that hold it already; `None` adds one. What is typed is kept under `key`.
    pub fn open(fields: F, thing: Option<F::Thing>, key: StoredValue<String>) -> Self {
        let edit = Self {
            fields,
            sent: RwSignal::new(false),
            opened: RwSignal::new(thing),
            theirs: RwSignal::new(None),
            refusal: RwSignal::new(None),
            busy: RwSignal::new(false),
            restored: RwSignal::new(false),
            toasts: Toasts::here(),
            drafts: Drafts::here(),
            key,
        };
        if let Some(typed) = key.with_value(|key| edit.drafts.of(key)).and_then(F::from_texts) {
            fields.fill(typed, None);
            edit.restored.set(true);
        }
        follow(move || {
            let typed = fields.typed();
            let changed = edit.is_changed();
            key.with_value(|key| match changed {
                true => edit.drafts.keep(key, F::to_texts(&typed)),
                false => edit.drafts.forget(key),
            });
        });
        edit
    }

    /// Shows the thing as the console has it now to who has typed nothing.
    pub fn follow_the_console(self, now: impl Fn() -> Option<Arc<F::Thing>> + 'static) {
        follow(move || {
            let Some(now) = now() else { return };
            untrack(|| {
                if !self.is_changed() && self.refused().is_none() {
                    self.take((*now).clone());
                }
            });
        });
    }

    /// The thing as it was opened or last saved, not followed.
    pub fn opened(self) -> Option<F::Thing> {
        self.opened.get_untracked()
    }

    /// The same, followed.
    pub fn opened_now(self) -> Option<F::Thing> {
        self.opened.get()
    }

    /// Whether something is typed that is not saved.
    pub fn is_changed(self) -> bool {
        let opened = self.opened.with(|opened| F::of(opened.as_ref()));
        !F::same(&self.fields.typed(), &opened, None)
    }

    /// Why it can't be sent now.
    pub fn refused(self) -> Option<String> {
        if self.busy.get() {
            Some("It is being saved.".to_owned())
        } else if self.theirs.with(Option::is_some) {
            Some("Choose between theirs and yours first.".to_owned())
        } else {
            None
        }
    }

    /// The same for a form that has nothing else to save.
    pub fn refused_alone(self) -> Option<String> {
        self.refused().or_else(|| {
            (self.opened.with(Option::is_some) && !self.is_changed())
                .then(|| "There are no changes to save.".to_owned())
        })
    }

    /// What the console had against this field, or against no field, as long as the text is the one that was refused.
    pub fn refusal(self, field: Option<F::Field>) -> Option<String> {
        let refusal = self.refusal.get().filter(|refusal| refusal.field == field)?;
        F::same(&self.fields.typed(), &refusal.about, field).then_some(refusal.words)
    }

    /// What is typed is given up, or saved: it will not come back.
    pub fn forget(self) {
        self.key.try_with_value(|key| self.drafts.forget(key));
    }

    /// What someone else has made of it, while nobody has chosen between the two.
    pub fn theirs(self) -> Option<F::Thing> {
        self.theirs.get()
    }

    fn take(self, thing: F::Thing) {
        self.fields.fill(F::of(Some(&thing)), None);
        self.opened.set(Some(thing));
        self.theirs.set(None);
    }

    /// Sends what is typed by `work`, which must not read the page's signals, to its end, and says the outcome: in the news, or in
    /// the form. `explain` says at which field a failure belongs, and in which words.
    pub async fn save<D>(
        self,
        words: Words,
        work: LocalBoxFuture<'static, Result<Sent<F::Thing, D>, Error>>,
        explain: impl FnOnce(&Error) -> (Option<F::Field>, String),
    ) -> Ended<D> {
        let Self { toasts, drafts, .. } = self;
        let about = untrack(|| self.fields.typed());
        let (key, texts) = (self.key.get_value(), F::to_texts(&about));
        self.busy.set(true);
        let result = work.await;
        let left = self.busy.try_set(false).is_some();
        match &result {
            Ok(Sent::Saved(..)) => toasts.say(Tone::Good, words.saved, None),
            Ok(Sent::Created { news, .. }) => toasts.show(news.clone()),
            Ok(Sent::Theirs(_)) | Err(_) => {}
        }
        if left {
            let lost = match result {
                Ok(Sent::Saved(..) | Sent::Created { .. }) | Err(Error::Cancelled) => None,
                Ok(Sent::Theirs(_)) => Some("Someone else has changed it in the meantime.".to_owned()),
                Err(error) => Some(error.in_full()),
            };
            if let Some(why) = lost {
                keep_for_later(toasts, drafts, words.not_saved, &why, &key, texts);
            }
            return Ended::Left;
        }
        match result {
            Ok(Sent::Saved(thing, then)) => {
                self.fields.fill(F::of(Some(&thing)), Some(&about));
                self.opened.set(Some(thing));
                self.sent.set(false);
                Ended::Saved(then)
            }
            Ok(Sent::Created { path, then, .. }) => {
                let typed = untrack(|| self.fields.typed());
                if !F::same(&typed, &about, None) {
                    drafts.keep(&path, F::to_texts(&typed));
                }
                self.forget();
                Ended::Saved(then)
            }
            Ok(Sent::Theirs(theirs)) => {
                self.theirs.set(Some(theirs));
                Ended::Theirs
            }
            Err(Error::Cancelled) => Ended::Left,
            Err(error) => {
                let (field, words) = explain(&error);
                self.refusal.set(Some(Refusal { field, words, about }));
                Ended::Refused
            }
        }
    }
}

/// Theirs beside yours, and which of the two it shall be.
#[component]
pub fn Conflict<F: Fields>(
    /// What is edited.
    edit: Edit<F>,
    /// What has changed, and that nothing was saved.
    words: &'static str,
    /// The head of the second column.
    yours: &'static str,
    /// What someone else has made of it.
    theirs: F::Thing,
    /// Saves.
    send: Callback<()>,
    /// The rows: [`ComparedRow`](super::edit_conflict::ComparedRow).
    children: Children,
) -> impl IntoView {
    let now = theirs.clone();
    let take_theirs = Callback::new(move |()| edit.take(theirs.clone()));
    let save_mine = Callback::new(move |()| {
        edit.opened.set(Some(now.clone()));
        edit.theirs.set(None);
        send.run(());
    });
    view! {
        <TheirsBesideYours words yours take_theirs save_mine>
            {children()}
        </TheirsBesideYours>
    }
}

/// Says that what was typed before the session ended is still here, and how to discard it.
#[component]
pub fn EarlierInput<F: Fields>(
    /// What is edited.
    edit: Edit<F>,
) -> impl IntoView {
    let restored = edit.restored;
    let discard = Callback::new(move |()| edit.fields.fill(F::of(edit.opened().as_ref()), None));
    live(move || restored.get().then(|| view! { <EarlierInputNotice restored discard /> }))
}

/// The line about a refusal that belongs to no field.
#[component]
pub fn RefusalLine<F: Fields>(
    /// What is edited.
    edit: Edit<F>,
) -> impl IntoView {
    view! { <div role="alert">{live(move || edit.refusal(None).map(problem_line))}</div> }
}
