//! **Watching**: what is running on every screen for whoever wants to know how the engines are: it notes the history, keeps reading
//! while the tab is hidden, and notifies.

mod notify;
mod record;
mod settings;

use leptos::{ev, prelude::*};

pub use self::{notify::NotifyMe, notify::NotifyProblem, settings::WatchingButton};
use self::{notify::notify, record::Recorder, settings::WatchingDialog};
use crate::{
    browser::{clock::now, preference::Preference},
    data::Data,
    features::auto_refresh::chosen_interval,
    session::{IDLE, Session},
    ui::{
        commands::{Command, Commands},
        live::follow,
    },
};

const KEEP: Preference = Preference::named("engine-console.keep-watching");
const NOTIFY: Preference = Preference::named("engine-console.notify");
/// How often it is checked whether the list is due, in milliseconds. Browsers let a hidden tab do so once a minute at worst.
const LOOK: std::time::Duration = std::time::Duration::from_secs(30);

/// Who watches, and how. Copy it freely; all copies are the same.
#[derive(Clone, Copy)]
pub struct Watching {
    data: Data,
    session: Session,
    /// Whether the list is read while nobody looks at it.
    keep: RwSignal<bool>,
    /// Whether the browser's notifications are wanted.
    notify: RwSignal<bool>,
    /// Why there are none.
    problem: RwSignal<Option<&'static str>>,
    /// Whether the dialog is open.
    open: RwSignal<bool>,
    recorder: Recorder,
}

impl Watching {
    /// What watches in the app around; follows whether it is there yet.
    pub fn of(data: Data) -> Option<Self> {
        data.history.watching.get::<Self>().map(|watching| *watching)
    }

    /// Opens the dialog with all that can be chosen.
    pub fn open(self) {
        self.open.set(true);
    }

    /// Whether the list is read although nobody looks at it.
    fn is_on(self) -> bool {
        self.keep.get() || self.notify.get()
    }

    fn choose_keep(self, on: bool) {
        KEEP.remember(if on { "on" } else { "off" });
        self.keep.set(on);
        self.sign_out_as_usual();
    }

    /// Who does not watch is signed out after the usual time.
    fn sign_out_as_usual(self) {
        if !untrack(|| self.is_on()) {
            self.session.choose_idle(IDLE);
        }
    }
}

/// Watches as long as someone is signed in.
#[component]
pub fn Watcher() -> impl IntoView {
    let (data, session) = (Data::here(), Session::here());
    let watching = Watching {
        data,
        session,
        keep: RwSignal::new(KEEP.remembered().as_deref() == Some("on")),
        notify: RwSignal::new(NOTIFY.remembered().as_deref() == Some("on") && notify::refusal().is_none()),
        problem: RwSignal::new(None),
        open: RwSignal::new(false),
        recorder: Recorder::start(data),
    };
    watching.sign_out_as_usual();
    data.history.watching.set(watching);
    read_when_due(watching);
    notify(watching);
    Commands::here().offer(Command {
        label: Signal::stored("Watching, notifications and history".to_owned()),
        refused: Signal::stored(None),
        run: Callback::new(move |()| watching.open()),
    });
    view! { <WatchingDialog watching /> }
}

/// Reads the list when it is due and nothing else does: on other screens and while the tab is hidden.
fn read_when_due(watching: Watching) {
    let data = watching.data;
    let look = move || {
        let due = untrack(|| {
            let interval = i64::try_from(chosen_interval()).unwrap_or(i64::MAX).saturating_mul(1000);
            let read_at = data.engines.read_at().map(console_api::Timestamp::unix_ms);
            // A timer may be a little early.
            watching.is_on() && read_at.is_none_or(|at| now() - at >= interval - 1000 || now() < at)
        });
        if due && !untrack(|| data.engines.is_reading()) {
            data.read_engines();
        }
    };
    follow(move || {
        if watching.is_on()
            && let Ok(timer) = set_interval_with_handle(look, LOOK)
        {
            on_cleanup(move || timer.clear());
        }
    });
    // What was noted is kept before the browser lets the tab sleep.
    let hidden = window_event_listener(ev::visibilitychange, move |_| {
        if document().hidden() {
            watching.recorder.save_soon();
        }
    });
    on_cleanup(move || hidden.remove());
}
