//! The app: sign-in, until somebody has signed in and the workbench is there.

use std::time::Duration;

use leptos::{ev, prelude::*};

use crate::{
    browser::{keyboard::keep_keyless_events_away, theme::Theme, title::Title, transport::AppTransport},
    pages::sign_in::SignInPage,
    parts::WorkbenchPart,
    session::{Ended, Session, State},
    ui::live::live,
};

/// The app, over whatever carries its requests. Before the first sign-in it is the sign-in alone: the
/// [`Workbench`](crate::workbench::Workbench) is on its way meanwhile.
#[component]
pub fn App(
    /// How requests travel.
    transport: AppTransport,
) -> impl IntoView {
    keep_keyless_events_away();
    let theme = Theme::provide();
    Title::provide();
    let session = Session::provide(transport);
    let workbench = WorkbenchPart::fetch();
    workbench.rehearse_while(Memo::new(move |_| matches!(session.state().get(), State::SignedOut(_))));
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
