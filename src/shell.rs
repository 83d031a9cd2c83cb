//! The frame around every page: header, navigation, the page itself.

use leptos::{ev, html, prelude::*};
use leptos_router::hooks::use_location;
use wasm_bindgen::JsCast;
use web_sys::Element;

use crate::{
    browser::theme::Theme,
    data::Data,
    routes::{self, Route},
    session::{Ended, Session},
    ui::{
        commands::Commands,
        focus::focus_heading,
        fold::Fold,
        icon::{Icon, glyph},
        later::{Addition, Later},
        live::{follow_from, live, live_attribute},
    },
    unsaved::Unsaved,
};

/// The id of the navigation, which the menu button of narrow screens opens.
const NAV: &str = "navigation";
/// The id of the number of problems.
const PROBLEM_COUNT: &str = "problem-count";

/// Header, navigation and the page.
#[component]
pub fn Shell(
    /// The chosen theme.
    theme: RwSignal<Theme>,
    /// The page.
    children: Children,
) -> impl IntoView {
    let main = NodeRef::<html::Main>::new();
    let skip = move |event: ev::MouseEvent| {
        // The address is for places in the app; the focus is all that has to move.
        event.prevent_default();
        focus_page(main, None);
    };
    focus_after_navigation(main);
    view! {
        <a class="skip" href="#page" on:click=skip>
            "Skip to the page"
        </a>
        <div class="shell">
            <Header theme />
            <Navigation />
            <main class="shell-main" id="page" tabindex="-1" node_ref=main>
                {children()}
            </main>
        </div>
    }
}

#[component]
fn Header(theme: RwSignal<Theme>) -> impl IntoView {
    let session = Session::here();
    let unsaved = Unsaved::here();
    let palette = Commands::here().open;
    let sign_out = move |_| unsaved.leave_by(move || session.sign_out(Ended::SignedOut));
    let info = Data::here().info;
    let console = move || {
        info.value().map(|info| {
            let version = info.version.as_deref().map(|version| format!("version {version}"));
            let parts = [info.name().map(str::to_owned), version];
            parts.into_iter().flatten().collect::<Vec<_>>().join(" · ")
        })
    };
    let who = move || session.account().map(|account| account.username).unwrap_or_default();
    view! {
        <header class="shell-header">
            <button type="button" class="icon-button menu-button" aria-label="Menu" popovertarget=NAV>
                {glyph(Icon::Menu, "")}
            </button>
            <span class="brand">
                {glyph(Icon::Engine, "")}
                "Engine console"
            </span>
            <span class="console" title=live_attribute(console)>
                {live(console)}
            </span>
            <div class="end">
                <button
                    type="button"
                    class="icon-button"
                    aria-label="Command palette"
                    title="Command palette (Ctrl K)"
                    on:click=move |_| palette.set(true)
                >
                    {glyph(Icon::Search, "")}
                </button>
                <Addition what=Later::ActivityButton wanted=Signal::stored(false) missing=Callback::new(|()| ()) />
                <Fold label="Account" icon=Icon::Account>
                <span class="who" title=live_attribute(move || Some(who()))>
                    <span class="unseen">"Signed in as "</span>
                    {live(who)}
                </span>
                <label class="inline-select">
                    <span class="text">"Theme"</span>
                    <select
                        class="select"
                        aria-label="Theme"
                        prop:value=move || theme.get().key()
                        on:change=move |event| theme.set(Theme::from_key(&event_target_value(&event)))
                    >
                        {Theme::ALL
                            .map(|choice| view! { <option value=choice.key()>{choice.label()}</option> })
                            .collect_view()}
                    </select>
                </label>
                <Addition what=Later::WatchingButton wanted=Signal::stored(false) missing=Callback::new(|()| ()) />
                <button type="button" class="button" on:click=sign_out>
                    "Sign out"
                </button>
                </Fold>
            </div>
        </header>
    }
}

#[component]
fn Navigation() -> impl IntoView {
    let element = NodeRef::<html::Nav>::new();
    // On narrow screens the navigation is a drawer, which has done its work once a place was chosen.
    let close = move |_| {
        if let Some(nav) = element.get_untracked() {
            close_drawer(&nav);
        }
    };
    let here = routes::current();
    // What lies behind the drawer is not to be reached while it is open.
    let left = move |event: ev::FocusEvent| {
        let inside = event.related_target().and_then(|to| to.dyn_into::<web_sys::Node>().ok());
        // Where the whole page goes, nothing of it is there any more.
        let Some(nav) = element.try_get_untracked().flatten() else { return };
        if inside.is_some_and(|to| !nav.contains(Some(&to))) {
            close_drawer(&nav);
        }
    };
    view! {
        <nav id=NAV class="shell-nav" aria-label="Main" popover="auto" node_ref=element on:click=close on:focusout=left>
            <ul>
                <NavigationLink here route=Route::Engines icon=Icon::Engine name="Engines" />
                <NavigationLink here route=Route::Pools icon=Icon::Pool name="Pools" />
                <NavigationLink here route=Route::SharedSecret icon=Icon::Key name="Shared Secret" />
                <NavigationLink here route=Route::Sites icon=Icon::Site name="Sites" />
                <HealthLink here />
                <NavigationLink here route=Route::Administration icon=Icon::Settings name="Administration" />
            </ul>
        </nav>
    }
}

fn close_drawer(nav: &web_sys::HtmlElement) {
    if nav.matches(":popover-open").unwrap_or(false) {
        // It is open, so hiding it can't fail.
        _ = nav.hide_popover();
    }
}

/// **Health**, with the number of problems once its part is there. The number describes the link and is not in its name,
/// which stays what people and tests look for.
#[component]
fn HealthLink(here: Memo<Option<Route>>) -> impl IntoView {
    let route = Route::Health;
    let current = live_attribute(move || here.get().filter(|here| here.is_within(route)).map(|_| "page"));
    view! {
        <li class="with-count">
            <a href=route.href() title="Health" aria-current=current aria-describedby=PROBLEM_COUNT>
                {glyph(Icon::Health, "")}
                <span class="text">"Health"</span>
            </a>
            <span id=PROBLEM_COUNT>
                <Addition what=Later::ProblemCount wanted=Signal::stored(false) missing=Callback::new(|()| ()) />
            </span>
        </li>
    }
}

/// A place of the navigation. The one that the page belongs to is marked.
#[component]
fn NavigationLink(here: Memo<Option<Route>>, route: Route, icon: Icon, name: &'static str) -> impl IntoView {
    let current = live_attribute(move || here.get().filter(|here| here.is_within(route)).map(|_| "page"));
    view! {
        <li>
            <a href=route.href() title=name aria-current=current>
                {glyph(icon, "")}
                <span class="text">{name}</span>
            </a>
        </li>
    }
}

/// After a move to another page the focus goes to its heading, as it would with a page that the browser loads.
fn focus_after_navigation(main: NodeRef<html::Main>) {
    let path = use_location().pathname;
    follow_from(move |before: Option<String>| {
        let path = path.get();
        if before.as_ref() != Some(&path) {
            let left = document().active_element();
            request_animation_frame(move || focus_page(main, left.as_ref()));
        }
        path
    });
}

/// `left` had the focus when the page before was left. Who has put the focus on something of the new page since then keeps it there.
fn focus_page(main: NodeRef<html::Main>, left: Option<&Element>) {
    let Some(main) = main.try_get_untracked().flatten().filter(|main| main.is_connected()) else { return };
    let focused = document().active_element();
    let chosen = focused.as_ref().filter(|focused| {
        Some(*focused) != left && !focused.is_same_node(Some(&main)) && main.contains(Some(focused))
    });
    if chosen.is_none() && !focus_heading() {
        // An element that can't take the focus leaves it where it was.
        _ = main.focus();
    }
}
