//! What was typed into a form and not saved yet. It outlives a sign-out for inactivity, for the same user alone.
//!
//! It is kept in memory, and is not in the page while nobody is signed in.

use leptos::prelude::*;
use rustc_hash::FxHashMap;

use crate::{
    browser::effect::{follow, follow_from},
    session::{Ended, Session, State},
    ui::dialog::Open,
    unsaved::Unsaved,
};

/// The typed texts by form. Copy it freely; all copies are the same.
#[derive(Clone, Copy)]
pub struct Drafts {
    session: Session,
    owner: StoredValue<Option<String>>,
    texts: StoredValue<FxHashMap<String, Vec<String>>>,
}

impl Drafts {
    /// Nothing typed yet; put into the context for the components below.
    pub fn provide(session: Session) {
        let drafts =
            Self { session, owner: StoredValue::new(None), texts: StoredValue::new(FxHashMap::default()) };
        // Who signs out has done with what was typed; a session that ended by itself has not.
        follow(move || {
            if session.state().get() == State::SignedOut(Some(Ended::SignedOut)) {
                drafts.texts.update_value(FxHashMap::clear);
            }
        });
        provide_context(drafts);
    }

    /// The drafts of the surrounding app.
    pub fn here() -> Self {
        expect_context()
    }

    /// What the person who is signed in had typed into this form.
    pub fn of(self, form: &str) -> Option<Vec<String>> {
        self.claim();
        self.texts.with_value(|texts| texts.get(form).cloned())
    }

    /// Whether something is kept of this form.
    pub fn has(self, form: &str) -> bool {
        self.texts.with_value(|texts| texts.contains_key(form))
    }

    /// Keeps what is typed.
    pub fn keep(self, form: &str, typed: Vec<String>) {
        self.claim();
        self.texts.update_value(|texts| _ = texts.insert(form.to_owned(), typed));
    }

    /// The form was saved or given up.
    pub fn forget(self, form: &str) {
        self.texts.update_value(|texts| _ = texts.remove(form));
    }

    /// Guards what is typed into a form whose texts are kept here, also while another tab of the page is shown.
    pub fn guard(self, unsaved: Unsaved, form: String, what: impl Fn() -> String + Send + Sync + 'static) {
        let key = form.clone();
        unsaved.guard(move || self.has(&key).then(&what), move || self.forget(&form));
    }

    /// Another user than the one before starts clean.
    fn claim(self) {
        // What was typed just before the session ended still belongs to who typed it.
        let Some(account) = untrack(|| self.session.account()) else { return };
        if self.owner.with_value(|owner| owner.as_ref() != Some(&account.username)) {
            self.texts.update_value(FxHashMap::clear);
            self.owner.set_value(Some(account.username));
        }
    }
}

/// What would be lost if a dialog with this form were closed now. Once it is closed, nothing of it is kept.
pub fn at_stake(open: Open, draft: String, what: &'static str) -> Signal<Option<String>> {
    let drafts = Drafts::here();
    let key = draft.clone();
    follow_from(move |before: Option<bool>| {
        let now = open.get();
        if before == Some(true) && !now {
            drafts.forget(&key);
        }
        now
    });
    let key = draft.clone();
    let kept = Signal::derive(move || drafts.has(&key).then(|| what.to_owned()));
    Unsaved::here().guard(
        move || untrack(|| kept.get()).filter(|_| open.get_untracked()),
        move || drafts.forget(&draft),
    );
    kept
}
