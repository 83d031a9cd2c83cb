//! The modal dialog: the browser's own, opened and closed by a signal.

use std::sync::atomic::{AtomicU32, Ordering};

use leptos::{ev, html, prelude::*};
use wasm_bindgen::JsCast;

use super::{
    focus::RowFocus,
    icon::{Icon, glyph},
    live::{follow, live},
};
use crate::unsaved::Unsaved;

/// An element id that no other element of the page has, for `aria-labelledby` and its like.
pub fn unique_id(prefix: &str) -> String {
    static NEXT: AtomicU32 = AtomicU32::new(0);
    format!("{prefix}-{}", NEXT.fetch_add(1, Ordering::Relaxed))
}

/// Whether a dialog is open: a signal of its own, or one of a page's dialogs, of which at most one is. Copy it freely; all copies
/// are the same.
#[derive(Clone, Copy)]
pub struct Open(Which);

#[derive(Clone, Copy)]
enum Which {
    Alone(RwSignal<bool>),
    OneOf { is: Memo<bool>, set: StoredValue<Box<dyn Fn(bool) + Send + Sync>> },
}

impl From<RwSignal<bool>> for Open {
    fn from(open: RwSignal<bool>) -> Self {
        Self(Which::Alone(open))
    }
}

impl Open {
    /// Open while `is` says so; `close` is called when it is closed, and makes it say otherwise.
    pub fn derived(
        is: impl Fn() -> bool + Send + Sync + 'static,
        close: impl Fn() + Send + Sync + 'static,
    ) -> Self {
        Self::of(is, move |open| {
            if !open {
                close();
            }
        })
    }

    /// Open while `which` has this.
    pub fn one_of<T>(which: RwSignal<Option<T>>, this: T) -> Self
    where
        T: Copy + PartialEq + Send + Sync + 'static,
    {
        let set = move |open: bool| _ = which.try_set(open.then_some(this));
        Self::of(move || which.get() == Some(this), set)
    }

    /// Open while `which` has what the dialog is about, which closing it takes away.
    pub fn about<T, S>(which: RwSignal<Option<T>>, about: fn(T) -> Option<S>) -> Self
    where
        T: Copy + Send + Sync + 'static,
        S: 'static,
    {
        Self::derived(move || which.get().and_then(about).is_some(), move || _ = which.try_set(None))
    }

    fn of(is: impl Fn() -> bool + Send + Sync + 'static, set: impl Fn(bool) + Send + Sync + 'static) -> Self {
        Self(Which::OneOf { is: Memo::new(move |_| is()), set: StoredValue::new(Box::new(set)) })
    }

    /// Whether it is.
    pub fn get(self) -> bool {
        match self.0 {
            Which::Alone(open) => open.get(),
            Which::OneOf { is, .. } => is.get(),
        }
    }

    /// The same, without following it.
    pub fn get_untracked(self) -> bool {
        untrack(|| self.get())
    }

    /// Opens or closes it. Nothing happens once it has gone with its page.
    pub fn set(self, open: bool) {
        match self.0 {
            Which::Alone(signal) => _ = signal.try_set(open),
            // When it is closed, another one of the page's dialogs may be open by now.
            Which::OneOf { is, set } if open || is.try_get_untracked() == Some(true) => {
                _ = set.try_with_value(|set| set(open));
            }
            Which::OneOf { .. } => {}
        }
    }
}

/// What is shown last covers everything else, and what it covers can't be used. A dialog of the class `on-top`, without which
/// nothing continues, is therefore shown again, with the focus where it was.
fn raise_what_is_on_top(focused: Option<web_sys::Element>) {
    let top = document().query_selector("dialog.on-top[open]").ok().flatten();
    let Some(top) = top.and_then(|top| top.dyn_into::<web_sys::HtmlDialogElement>().ok()) else { return };
    top.close();
    // Fails only where the element has left the document.
    _ = top.show_modal();
    let focused = focused.filter(|focused| top.contains(Some(focused)));
    if let Some(focused) = focused.and_then(|focused| focused.dyn_into::<web_sys::HtmlElement>().ok()) {
        // An element that can't take the focus leaves it where it was.
        _ = focused.focus();
    }
}

/// A modal dialog with a heading and **Close**. Escape closes it, and the focus goes back to where it was.
#[component]
pub fn Dialog(
    /// Whether it is open. The dialog sets it to false when the person closes it.
    #[prop(into)]
    open: Open,
    /// The heading, which is the dialog's name too.
    #[prop(into)]
    title: Signal<String>,
    /// What would be lost if the person closed it now; then it is asked first.
    #[prop(into, default = Signal::stored(None))]
    at_stake: Signal<Option<String>>,
    /// Whether it has a table in it, and takes all the room that there is.
    #[prop(default = false)]
    wide: bool,
    /// What it shows. Made again each time that it opens.
    children: ChildrenFn,
) -> impl IntoView {
    let element = NodeRef::<html::Dialog>::new();
    let heading = StoredValue::new(unique_id("dialog"));
    let opener = StoredValue::new_local(None::<RowFocus>);
    follow(move || {
        let Some(dialog) = element.get() else { return };
        if open.get() {
            if !dialog.open() {
                let focused = document().active_element();
                opener.set_value(RowFocus::now());
                // Fails only where the element has left the document, and then there is nothing to show.
                _ = dialog.show_modal();
                raise_what_is_on_top(focused);
            }
        } else if dialog.open() {
            dialog.close();
        }
    });
    let unsaved = use_context::<Unsaved>();
    let close = move || match (unsaved, at_stake.get_untracked()) {
        (Some(unsaved), lost @ Some(_)) => unsaved.leave_losing(lost, move || open.set(false)),
        _ => open.set(false),
    };
    // The key and not the browser's `cancel`, which it sends only once.
    let on_key = move |event: ev::KeyboardEvent| {
        if event.key() == "Escape" && !event.default_prevented() && at_stake.with_untracked(Option::is_some) {
            event.prevent_default();
            close();
        }
    };
    // The browser tells of a closing a moment later, and by then it may be open again.
    let closed = move |_| {
        if element.get_untracked().is_none_or(|dialog| !dialog.open()) {
            open.set(false);
            // The row that it was opened from may have moved in the meantime.
            if let Some(opener) = opener.try_update_value(Option::take).flatten() {
                opener.keep_or_leave();
            }
        }
    };
    view! {
        <dialog class=if wide { "dialog wide" } else { "dialog" } node_ref=element aria-labelledby=heading.get_value() on:close=closed on:keydown=on_key>
            {live(move || {
                open.get()
                    .then(|| {
                        view! {
                            <div class="dialog-body">
                                <header>
                                    <h2 id=heading.get_value() tabindex="-1" autofocus=true>
                                        {live(move || title.get())}
                                    </h2>
                                    <button
                                        type="button"
                                        class="icon-button"
                                        aria-label="Close"
                                        title="Close"
                                        on:click=move |_| close()
                                    >
                                        {glyph(Icon::Close, "")}
                                    </button>
                                </header>
                                {children()}
                            </div>
                        }
                    })
            })}
        </dialog>
    }
}
