//! What is there for whoever has signed in: what the whole app shares, the shell, and in it the screen that an address is.

use std::time::Duration;

use leptos::prelude::*;
use leptos_router::{NavigateOptions, components::Router, hooks::use_navigate};

use crate::{
    browser::{clock::Clock, theme::Theme},
    data::{Data, start_view},
    features::bulk::say_how_it_ends,
    forms::{draft::Drafts, unsaved_dialog::UnsavedDialog},
    pages::{
        engines::{EnginesPage, columns::Layout},
        not_found::NotFound,
        sign_in::{SignInAgain, SignInPage},
    },
    routes::{self, Route},
    session::{Session, State},
    shell::Shell,
    shortcuts::ShortcutKeys,
    ui::{
        commands::Commands,
        later::{Addition, FetchLater, Later, LaterPart, LaterScreen},
        live::live,
        shortcuts::Shortcuts,
        table::place::Places,
        toast::{ToastRegion, Toasts, Tone},
    },
    unsaved::Unsaved,
};

/// What all screens share. The rest of it they find in the context.
#[derive(Clone, Copy)]
pub struct Shared {
    data: Data,
    toasts: Toasts,
    places: Places,
}

impl Shared {
    /// Nothing in it yet; put into the context for the components below.
    pub fn provide(session: Session, fetch_later: FetchLater) -> Self {
        Clock::provide();
        let toasts = Toasts::provide();
        Shortcuts::provide();
        Commands::provide();
        let places = Places::provide();
        let data = Data::provide(session);
        // A memo: a part that did not come must not be fetched again and again.
        LaterPart::provide(fetch_later, Memo::new(move |_| data.engines.value().is_some()));
        Drafts::provide(session);
        Unsaved::provide(session);
        Self { data, toasts, places }
    }
}

/// All that is there for whoever has signed in, and what stays from one visit to the next.
#[component]
pub fn Workbench(
    /// The chosen theme.
    theme: RwSignal<Theme>,
    /// How the other screens are fetched.
    fetch_later: FetchLater,
) -> impl IntoView {
    let session = Session::here();
    let Shared { data, toasts, places } = Shared::provide(session, fetch_later);

    say_how_it_ends(data.bulk, toasts);
    session.when_it_ends(move || {
        data.forget();
        toasts.clear();
        places.forget();
    });

    // Another visit has a page of its own, even when one user takes over from another without a sign-out between.
    let place = Memo::new(move |_| match session.state().get() {
        State::SignedOut(why) => (session.visit(), Some(why)),
        State::SignedIn(_) | State::Over(_) => (session.visit(), None),
    });
    // The list is asked for before anything is built, which takes longer than the answer.
    if shows_list() {
        data.want_engines();
    }
    let asked = RwSignal::new(false);
    set_timeout(move || _ = asked.try_set(true), Duration::ZERO);
    let all = move || {
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
                        <QuestionBeforeUpdate data toasts />
                        <PaletteWhenWanted toasts />
                        <WarningBeforeSignOut session />
                        <UnsavedDialog />
                    }
                    .into_any(),
                })}
                <ToastRegion />
            </Router>
        }
    };
    live(move || asked.get().then(all))
}

/// Whether the address is that of the list of engines.
fn shows_list() -> bool {
    let path = document().location().and_then(|location| location.pathname().ok()).unwrap_or_default();
    let inside = path.strip_prefix(&routes::base());
    is_start(&path) || inside.is_some_and(|inside| Route::parse(inside) == Some(Route::Engines))
}

/// Asks before **Update** of one engine, on whatever screen.
#[component]
fn QuestionBeforeUpdate(data: Data, toasts: Toasts) -> impl IntoView {
    let asked = data.work.update_asked;
    let missing = move |()| {
        asked.set(Vec::new());
        say_missing(toasts);
    };
    let wanted = Signal::derive(move || asked.with(|asked| !asked.is_empty()));
    view! { <Addition what=Later::UpdateQuestion wanted missing=Callback::new(missing) /> }
}

/// The **Command palette**.
#[component]
fn PaletteWhenWanted(toasts: Toasts) -> impl IntoView {
    let open = Commands::here().open;
    let missing = move |()| {
        open.set(false);
        say_missing(toasts);
    };
    view! { <Addition what=Later::Palette wanted=open.into() missing=Callback::new(missing) at_once=true /> }
}

fn say_missing(toasts: Toasts) {
    let advice = "Check that the console is running, then try again.".to_owned();
    toasts.say(Tone::Bad, "This part of the app could not be loaded.", Some(advice));
}

/// Says that the session is about to end because nothing was done. Any key or pointer is activity, the button is where one looks for
/// it.
#[component]
fn WarningBeforeSignOut(session: Session) -> impl IntoView {
    let warning = move || {
        view! {
            <div class="notice uncertain ends-soon">
                <strong>"Signing out in 1 minute"</strong>
                <span>"There has been no activity for a while."</span>
                <button type="button" class="button small" on:click=move |_| session.touch()>
                    "Stay signed in"
                </button>
            </div>
        }
    };
    view! { <div role="alert">{live(move || session.ends_soon().get().then(warning))}</div> }
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
        let start = start_view::of(&Session::here().username());
        if let Some(start) = &start {
            Layout::remember(&start.columns, &start.density);
        }
        let query = start.filter(|start| !start.query.is_empty());
        let query = query.map(|start| format!("?{}", start.query)).unwrap_or_default();
        navigate(&format!("{}{query}", Route::Engines.href()), options);
    }
    live(move || match route.get() {
        Some(Route::Engines) => view! { <EnginesPage /> }.into_any(),
        Some(route) => view! { <LaterScreen route /> }.into_any(),
        None => view! { <NotFound /> }.into_any(),
    })
}

/// Whether the path is the app's start, which is the list of engines: its address says so.
fn is_start(path: &str) -> bool {
    let inside = path.strip_prefix(&routes::base());
    // Hosts of plain files may want the page's own name.
    inside.is_some_and(|inside| matches!(inside.trim_matches('/'), "" | "index.html"))
}
