//! The dialog that asks before something is done, and shows the outcome.

use std::future::Future;

use console_api::Error;
use leptos::prelude::*;

use super::{
    dialog::{Dialog, Open},
    field::problem_line,
    live::{follow, live, live_attribute},
    toast::{Toasts, Tone},
};

/// A question, and the action that it asks for: whether that is under way, and why it failed the last time. Copy it freely; all
/// copies are the same.
#[derive(Clone, Copy)]
pub struct Asked {
    open: Open,
    busy: RwSignal<bool>,
    problem: RwSignal<Option<String>>,
    toasts: Toasts,
}

impl Asked {
    /// A question that is open when `open` says so.
    pub fn new(open: impl Into<Open>) -> Self {
        Self {
            open: open.into(),
            busy: RwSignal::new(false),
            problem: RwSignal::new(None),
            toasts: Toasts::here(),
        }
    }

    /// Does what was asked for, to its end, and closes the question when it is done. A failure is in the question, in `words`; where
    /// that was closed or its page left in the meantime, the news tell it, after `failed`.
    ///
    /// # Errors
    /// What `work` gives.
    pub async fn run<R>(
        self,
        failed: String,
        words: impl FnOnce(&Error) -> String,
        work: impl Future<Output = Result<R, Error>>,
    ) -> Result<R, Error> {
        self.busy.set(true);
        let result = work.await;
        // Nothing is claimed that nobody knows.
        let failed = match &result {
            Err(Error::UnknownOutcome(_)) => failed.replace("was not", "may not have been"),
            _ => failed,
        };
        self.ended(failed, result.as_ref().err().map(|error| (*error == Error::Cancelled, words(error))));
        result
    }

    /// `problem`: why it failed, and whether that is only that the visit is over.
    fn ended(self, failed: String, problem: Option<(bool, String)>) {
        let here = self.busy.try_set(false).is_none();
        match problem {
            None => self.open.set(false),
            Some((true, _)) => {}
            Some((false, words)) if here && self.open.get_untracked() => self.problem.set(Some(words)),
            Some((false, words)) => self.toasts.say(Tone::Bad, failed, Some(words)),
        }
    }
}

/// A question with one action. It stays open while the action runs and when it fails, so that nothing is lost.
#[component]
pub fn Confirm(
    /// The question.
    asked: Asked,
    /// The heading, which names the thing.
    #[prop(into)]
    title: Signal<String>,
    /// The verb and the thing, on the button.
    #[prop(into)]
    action: Signal<String>,
    /// Whether the action takes something away.
    #[prop(default = false)]
    destructive: bool,
    /// Why it can't be done now.
    #[prop(into, default = Signal::stored(None))]
    refused: Signal<Option<String>>,
    /// Does it.
    on_confirm: Callback<()>,
    /// What is asked.
    children: ChildrenFn,
) -> impl IntoView {
    let Asked { open, busy, problem, .. } = asked;
    let reason = move || if busy.get() { Some("It is under way.".to_owned()) } else { refused.get() };
    let children = StoredValue::new(children);
    // What failed the last time is old news when it is asked again.
    follow(move || {
        if open.get() {
            problem.set(None);
        }
    });
    view! {
        <Dialog open title>
            {children.with_value(|children| children())}
            <div role="alert">{live(move || problem.get().map(problem_line))}</div>
            <footer>
                <button type="button" class="button" on:click=move |_| open.set(false)>
                    "Cancel"
                </button>
                <button
                    type="button"
                    class=if destructive { "button danger" } else { "button primary" }
                    aria-disabled=live_attribute(move || reason().map(|_| "true"))
                    title=live_attribute(reason)
                    on:click=move |_| {
                        if untrack(reason).is_none() {
                            problem.set(None);
                            on_confirm.run(());
                        }
                    }
                >
                    {live(move || action.get())}
                </button>
            </footer>
        </Dialog>
    }
}
