//! The dialog that asks before something is done, and shows what came of it.

use leptos::prelude::*;

use super::{
    dialog::{Dialog, Open},
    field::problem_line,
    live::{follow, live, live_attribute},
};

/// A question with one action. It stays open while the action runs and when it fails, so that nothing is lost.
#[component]
pub fn Confirm(
    /// Whether it is open.
    #[prop(into)]
    open: Open,
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
    /// Whether it is under way.
    busy: RwSignal<bool>,
    /// Why it failed the last time.
    problem: RwSignal<Option<String>>,
    /// What is asked.
    children: ChildrenFn,
) -> impl IntoView {
    let reason = move || if busy.get() { Some("It is under way.".to_owned()) } else { refused.get() };
    let children = StoredValue::new(children);
    // What failed the last time is old news when it is asked anew.
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
