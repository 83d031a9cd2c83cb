//! The one place for news: what was done and what failed, in a polite live region.

use std::time::Duration;

use console_api::Error;
use leptos::prelude::*;

use super::{
    focus::focus_heading_if_lost,
    icon::{Icon, glyph},
    keyed::KeyedList,
    live::follow,
};

/// The tone of a piece of news.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Tone {
    /// Done.
    Good,
    /// Done, with something to look at.
    Uncertain,
    /// Failed. It stays until it is closed.
    Bad,
}

impl Tone {
    const fn icon(self) -> Icon {
        match self {
            Self::Good => Icon::Done,
            Self::Uncertain => Icon::Warning,
            Self::Bad => Icon::Failed,
        }
    }

    const fn class(self) -> &'static str {
        match self {
            Self::Good => "toast good",
            Self::Uncertain => "toast uncertain",
            Self::Bad => "toast bad",
        }
    }
}

#[derive(Clone, Debug)]
struct Toast {
    id: u64,
    tone: Tone,
    what: String,
    more: Option<String>,
    /// Whether it is there until someone closes it.
    stays: bool,
}

/// A piece of news: its tone, what happened, what to do.
pub type News = (Tone, String, Option<String>);

/// What helps against a failure, as the second line of a piece of news.
pub fn helps(error: &Error) -> Option<String> {
    Some(error.what_helps().to_owned()).filter(|text| !text.is_empty())
}

/// The news that is on screen. Copy it freely; all copies are the same list.
#[derive(Clone, Copy, Debug)]
pub struct Toasts {
    list: RwSignal<Vec<Toast>>,
    next: StoredValue<u64>,
    held: RwSignal<bool>,
    /// What they stand above: a class, or nothing.
    above: RwSignal<String>,
}

/// How long news stays that is not a failure.
const STAYS: Duration = Duration::from_secs(8);
/// More than this at once would hide the page: the oldest goes. Failures stay all the same, and can be scrolled.
const AT_ONCE: usize = 4;

impl Toasts {
    /// An empty list, put into the context for the components below.
    pub fn provide() -> Self {
        let toasts = Self {
            list: RwSignal::new(Vec::new()),
            next: StoredValue::new(0),
            held: RwSignal::new(false),
            above: RwSignal::new(String::new()),
        };
        provide_context(toasts);
        toasts
    }

    /// The list of the surrounding app.
    pub fn here() -> Self {
        expect_context()
    }

    /// Shows a line, and under it perhaps what to do.
    pub fn say(self, tone: Tone, what: impl Into<String>, more: Option<String>) {
        self.add(tone, what.into(), more, tone == Tone::Bad);
    }

    /// The same for what ends long after it was begun: it stays until someone has closed it.
    pub fn keep(self, tone: Tone, what: impl Into<String>, more: Option<String>) {
        self.add(tone, what.into(), more, true);
    }

    /// Leaves room for what stands at the foot of the screen, as long as the component around is there and `is_there` says so. `class` is the
    /// room's.
    pub fn stand_above(self, class: &'static str, is_there: impl Fn() -> bool + 'static) {
        follow(move || self.above.set(if is_there() { class.to_owned() } else { String::new() }));
        on_cleanup(move || _ = self.above.try_set(String::new()));
    }

    fn add(self, tone: Tone, what: String, more: Option<String>, stays: bool) {
        let id = self.next.get_value();
        self.next.set_value(id + 1);
        self.list.update(|list| {
            let oldest = list.iter().position(|toast| !toast.stays);
            list.push(Toast { id, tone, what, more, stays });
            if let Some(oldest) = oldest.filter(|_| list.len() > AT_ONCE) {
                list.remove(oldest);
            }
        });
        if !stays {
            self.leave_later(id);
        }
    }

    /// Shows what [`say`](Self::say) takes, made elsewhere.
    pub fn show(self, (tone, what, more): News) {
        self.say(tone, what, more);
    }

    /// Takes everything away, as on sign-out.
    pub fn clear(self) {
        self.list.update(Vec::clear);
    }

    fn leave_later(self, id: u64) {
        set_timeout(
            move || {
                // While someone is reading, nothing disappears.
                if self.held.try_get_untracked() == Some(true) {
                    self.leave_later(id);
                } else {
                    self.close(id);
                }
            },
            STAYS,
        );
    }

    fn close(self, id: u64) {
        self.list.try_update(|list| list.retain(|toast| toast.id != id));
    }
}

/// Shows the news. There is one, at the end of the app.
#[component]
pub fn ToastRegion() -> impl IntoView {
    let toasts = Toasts::here();
    let keys = Signal::derive(move || {
        toasts.list.with(|list| list.iter().map(|toast| toast.id).collect::<Vec<_>>())
    });
    let item = move |id: u64| {
        let found = toasts.list.with_untracked(|list| list.iter().find(|toast| toast.id == id).cloned());
        found.map(|toast| view! { <ToastView toasts toast /> }).into_any()
    };
    view! {
        <div
            class=move || format!("toasts {}", toasts.above.get())
            role="status"
            aria-label="News"
            on:mouseenter=move |_| toasts.held.set(true)
            on:mouseleave=move |_| toasts.held.set(false)
            on:focusin=move |_| toasts.held.set(true)
            on:focusout=move |_| toasts.held.set(false)
        >
            <KeyedList keys=keys item=Callback::new(item) />
        </div>
    }
}

#[component]
fn ToastView(toasts: Toasts, toast: Toast) -> impl IntoView {
    view! {
        <div class=toast.tone.class()>
            {glyph(toast.tone.icon(), "")}
            <div>
                <div>{toast.what}</div>
                <div class="secondary">{toast.more}</div>
            </div>
            <button
                type="button"
                class="icon-button"
                aria-label="Close this message"
                title="Close"
                on:click=move |_| {
                    toasts.close(toast.id);
                    toasts.held.set(false);
                    // The button that had the focus is gone.
                    focus_heading_if_lost();
                }
            >
                {glyph(Icon::Close, "")}
            </button>
        </div>
    }
}
