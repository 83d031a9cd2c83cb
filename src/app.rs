//! The app: what is the same on every screen.

use std::time::Duration;

use leptos::{ev, prelude::*};
use leptos_router::{NavigateOptions, components::Router, hooks::use_navigate};

use crate::{
    browser::{clock::Clock, theme::Theme, transport::AppTransport},
    data::Data,
    forms::draft::Drafts,
    pages::{
        engines::EnginesPage,
        not_found::NotFound,
        sign_in::{SignInAgain, SignInPage},
    },
    parts::{Later, LaterPart, WorkbenchPart, addition, screen},
    routes::{self, Route},
    session::{Ended, Session, State},
    shell::Shell,
    shortcuts::{ShortcutKeys, Shortcuts},
    ui::{
        live::live,
        toast::{ToastRegion, Toasts, Tone},
    },
    unsaved::{Unsaved, UnsavedDialog},
};

/// The app, over whatever carries its requests. Before the first sign-in it is the sign-in alone: the
/// [`Workbench`] is on its way meanwhile.
#[component]
pub fn App(
    /// How requests travel.
    transport: AppTransport,
) -> impl IntoView {
    let theme = Theme::provide();
    let session = Session::provide(transport);
    let workbench = WorkbenchPart::fetch();
    watch_activity(session);
    // Once it is open, the workbench stays: it outlives a visit.
    let place = Memo::new(move |before| match (before, session.state().get()) {
        (Some(Place::Open), _) => Place::Open,
        (_, State::SignedOut(why)) => Place::SignIn(why),
        (_, State::SignedIn(_) | State::Over(_)) if workbench.is_here() => Place::Open,
        (_, State::SignedIn(_) | State::Over(_)) => Place::Wait,
    });
    live(move || match place.get() {
        Place::SignIn(why) => view! { <SignInPage why /> }.into_any(),
        Place::Wait | Place::Open => workbench.view(theme),
    })
}

/// What stands on the screen.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Place {
    /// Sign-in, for nobody was signed in yet.
    SignIn(Option<Ended>),
    /// Somebody is signed in, and the workbench is on its way.
    Wait,
    /// The [`Workbench`].
    Open,
}

/// All that is there for whoever has signed in, and what stays from one visit to the next.
#[component]
pub fn Workbench(
    /// The chosen theme.
    theme: RwSignal<Theme>,
) -> impl IntoView {
    let session = Session::here();
    Clock::provide();
    let toasts = Toasts::provide();
    Shortcuts::provide();
    let data = Data::provide(session);
    LaterPart::provide(data);
    Drafts::provide(session);
    Unsaved::provide(session);

    session.when_it_ends(move || {
        data.forget();
        toasts.clear();
    });

    // Another visit has a page of its own, even when one user takes over from another without a sign-out between.
    let place = Memo::new(move |_| match session.state().get() {
        State::SignedOut(why) => (session.visit(), Some(why)),
        State::SignedIn(_) | State::Over(_) => (session.visit(), None),
    });
    view! {
        <Router base=routes::base()>
            {live(move || match place.get().1 {
                Some(why) => view! { <SignInPage why /> }.into_any(),
                None => view! {
                    <Shell theme>
                        <Screen />
                    </Shell>
                    <SignInAgain />
                    <ShortcutKeys />
                    {question_before_update(data, toasts)}
                    <UnsavedDialog />
                }
                .into_any(),
            })}
            <ToastRegion />
        </Router>
    }
}

/// What meets **Update** of one engine on whatever screen, and asks first where scans are under way on it.
fn question_before_update(data: Data, toasts: Toasts) -> AnyView {
    let asked = data.work.update_asked;
    let missing = move |()| {
        asked.set(Vec::new());
        let advice = "Check that the console is running, then try again.".to_owned();
        toasts.say(Tone::Bad, "This part of the app could not be fetched.", Some(advice));
    };
    let wanted = Signal::derive(move || asked.with(|asked| !asked.is_empty()));
    addition(Later::UpdateQuestion, wanted, Callback::new(missing))
}

/// The screen that the address stands for.
#[component]
fn Screen() -> impl IntoView {
    let route = routes::current();
    routes::complete_navigation();
    let navigate = use_navigate();
    if document().location().and_then(|location| location.pathname().ok()).is_some_and(|path| is_start(&path))
    {
        let options = NavigateOptions { resolve: false, replace: true, ..NavigateOptions::default() };
        navigate(&Route::Engines.href(), options);
    }
    live(move || match route.get() {
        Some(Route::Engines) => view! { <EnginesPage /> }.into_any(),
        Some(route) => screen(route),
        None => view! { <NotFound /> }.into_any(),
    })
}

/// Whether the path is the app's start, which is the list of engines: its address says so.
fn is_start(path: &str) -> bool {
    let inside = path.strip_prefix(&routes::base());
    // Hosts of plain files may want the page's own name.
    inside.is_some_and(|inside| matches!(inside.trim_matches('/'), "" | "index.html"))
}

/// Keys and pointers are activity; reads that the app makes by itself are not.
fn watch_activity(session: Session) {
    let handles = [
        window_event_listener(ev::pointerdown, move |_| session.touch()),
        window_event_listener(ev::keydown, move |_| session.touch()),
        window_event_listener(ev::wheel, move |_| session.touch()),
    ];
    // A laptop that slept shows nothing of the list when it wakes.
    let woken = window_event_listener(ev::focus, move |_| session.sign_out_if_idle());
    let timer = set_interval_with_handle(move || session.sign_out_if_idle(), Duration::from_secs(10)).ok();
    on_cleanup(move || {
        for handle in handles {
            handle.remove();
        }
        woken.remove();
        if let Some(timer) = timer {
            timer.clear();
        }
    });
}
