//! The parts of the program that are fetched later, and how. The only file that knows of splitting.
//!
//! The first load has what everybody needs at once: sign-in. The [`Workbench`], with the shell and the list of engines, is
//! fetched while somebody signs in. All other screens are one part, which is fetched when one of them is opened, or when
//! the browser has nothing to do. A release build is cut in two places here (`xtask/src/finish.rs`, which trunk calls);
//! a debug build is one program.

#[cfg(debug_assertions)]
use std::future::ready as arrival;
use std::{cell::Cell, hint::black_box};

use leptos::prelude::*;

use crate::{
    browser::theme::Theme,
    features::{
        palette::Palette,
        update_engine::UpdateQuestion,
        watching::{Watcher, WatchingButton},
    },
    pages::{
        activity::{ActivityButton, ActivityPage},
        add_engines::AddEnginesPage,
        administration::AdministrationPage,
        engine::EnginePage,
        engines::{
            ColumnChoice, EngineGroups, EnginesDialogs, EnginesPage, FilterHelp, FirstSteps, SavedViews,
        },
        health::{HealthPage, ProblemCount},
        new_engine::NewEnginePage,
        pool::PoolPage,
        pools::PoolsPage,
        shared_secret::SharedSecretPage,
        sign_in::SignInCard,
        site::SitePage,
        sites::SitesPage,
    },
    rehearsal::Rehearsal,
    routes::Route,
    ui::{
        focus::focus_heading_if_lost,
        later::{Bones, Later, Missing, MissingHeading, MissingNotice, Render, Stage, fetch},
        live::follow,
    },
    workbench::Workbench,
};

/// What the part with the [`Workbench`] does.
#[derive(Clone, Copy)]
struct Open {
    /// Makes it.
    open: fn(RwSignal<Theme>) -> AnyView,
    /// Rehearses that.
    rehearse: fn() -> Option<Rehearsal>,
}

impl From<wasm_split_helpers::SplitLoaderError> for Missing {
    fn from(_: wasm_split_helpers::SplitLoaderError) -> Self {
        Self
    }
}

/// What is there for whoever has signed in: the shell, the list of engines, all that the other screens need.
#[cfg_attr(not(debug_assertions), wasm_split_helpers::wasm_split(workbench, fallible))]
fn workbench() -> Result<Open, Missing> {
    Ok(OPEN)
}

const OPEN: Open = Open { open, rehearse: Rehearsal::begin };

fn open(theme: RwSignal<Theme>) -> AnyView {
    view! { <Workbench theme fetch_later /> }.into_any()
}

/// All other screens. One part and not one for each: what several of them share is then in it once, which makes the app
/// 22 % smaller in all than seven parts, and 9 requests instead of 23.
#[cfg_attr(not(debug_assertions), wasm_split_helpers::wasm_split(later, fallible))]
fn later() -> Result<Render, Missing> {
    // This part never comes before the workbench, which the splitter can't know. To it all that the workbench has belongs
    // to this part as well, so it leaves it in one piece.
    black_box(OPEN);
    Ok(render)
}

/// Fetches it, for the workbench, from which all of it is asked for; and its stylesheet, which is much smaller and here first.
fn fetch_later(stage: RwSignal<Stage>) {
    if let Ok(Some(style)) = document().query_selector("link[rel=stylesheet][disabled]") {
        // Fails only for a name that is not one.
        _ = style.remove_attribute("disabled");
    }
    fetch(stage, async { arrival(later()).await });
}

fn render(what: Later) -> AnyView {
    match what {
        Later::Screen(route) => match route {
            Route::Engines => view! { <EnginesPage /> }.into_any(),
            Route::NewEngine => view! { <NewEnginePage /> }.into_any(),
            Route::AddEngines => view! { <AddEnginesPage /> }.into_any(),
            Route::Engine(id) => view! { <EnginePage id /> }.into_any(),
            Route::Pools => view! { <PoolsPage /> }.into_any(),
            Route::NewPool => view! { <PoolPage id=None /> }.into_any(),
            Route::Pool(id) => view! { <PoolPage id=Some(id) /> }.into_any(),
            Route::Sites => view! { <SitesPage /> }.into_any(),
            Route::NewSite => view! { <SitePage id=None /> }.into_any(),
            Route::Site(id) => view! { <SitePage id=Some(id) /> }.into_any(),
            Route::Health => view! { <HealthPage /> }.into_any(),
            Route::SharedSecret => view! { <SharedSecretPage /> }.into_any(),
            Route::Activity => view! { <ActivityPage /> }.into_any(),
            Route::Administration => view! { <AdministrationPage /> }.into_any(),
        },
        Later::EnginesDialogs => view! { <EnginesDialogs /> }.into_any(),
        Later::ColumnChoice => view! { <ColumnChoice /> }.into_any(),
        Later::FirstSteps => view! { <FirstSteps /> }.into_any(),
        Later::EngineGroups => view! { <EngineGroups /> }.into_any(),
        Later::FilterHelp => view! { <FilterHelp /> }.into_any(),
        Later::UpdateQuestion => view! { <UpdateQuestion /> }.into_any(),
        Later::Palette => view! {
            <Palette />
            <Watcher />
        }
        .into_any(),
        Later::ProblemCount => view! { <ProblemCount /> }.into_any(),
        Later::WatchingButton => view! { <WatchingButton /> }.into_any(),
        Later::SavedViews => view! { <SavedViews /> }.into_any(),
        Later::ActivityButton => view! { <ActivityButton /> }.into_any(),
    }
}

/// The next slice, when the browser has nothing to do again. After the last one the rehearsal goes.
fn go_on(rehearsal: StoredValue<Option<Rehearsal>, LocalStorage>) {
    when_idle(move || {
        if rehearsal.try_with_value(|it| it.as_ref().is_some_and(Rehearsal::go_on)) == Some(true) {
            go_on(rehearsal);
        } else {
            _ = rehearsal.try_set_value(None);
        }
    });
}

/// A browser that does not tell does nothing. Boxed, both uses share what is made of it.
fn when_idle(act: impl Fn() + 'static) {
    let act: Box<dyn Fn()> = Box::new(act);
    _ = request_idle_callback_with_handle(act);
}

/// The cut-off functions above have become futures, which give what the function gives once the part is there.
#[cfg(not(debug_assertions))]
fn arrival<F: Future>(part: F) -> F {
    part
}

/// The part with the [`Workbench`]. Copy it freely; all copies are the same.
#[derive(Clone, Copy)]
pub struct WorkbenchPart(RwSignal<Stage<Open>>);

impl WorkbenchPart {
    /// On its way.
    pub fn fetch() -> Self {
        let part = Self(RwSignal::new(Stage::Unasked));
        part.want();
        part
    }

    fn want(self) {
        fetch(self.0, async { arrival(workbench()).await });
    }

    /// When it has come, it is rehearsed once, as long as `is_time` and the browser has nothing to do.
    pub fn rehearse_while(self, is_time: Memo<bool>) {
        let rehearsal = StoredValue::new_local(None);
        let is_due = Cell::new(true);
        follow(move || match self.0.get() {
            Stage::Here(part) if is_time.get() && is_due.replace(false) => when_idle(move || {
                if is_time.try_get_untracked() == Some(true) {
                    rehearsal.set_value((part.rehearse)());
                    go_on(rehearsal);
                }
            }),
            _ => rehearsal.set_value(None),
        });
    }

    /// Whether it has come.
    pub fn is_here(self) -> bool {
        matches!(self.0.get(), Stage::Here(_))
    }

    /// The [`Workbench`]; until it has come, that it is being loaded, or that it did not come.
    pub fn view(self, theme: RwSignal<Theme>) -> AnyView {
        match self.0.get() {
            Stage::Here(part) => (part.open)(theme),
            Stage::Unasked | Stage::Coming => view! {
                <SignInCard>
                    <h1>"Signed in"</h1>
                    <div aria-busy="true">
                        <p role="status">"The app is being loaded."</p>
                        <Bones />
                    </div>
                </SignInCard>
            }
            .into_any(),
            Stage::Missing => {
                focus_heading_if_lost();
                let again = Callback::new(move |()| self.want());
                view! {
                    <SignInCard>
                        <MissingHeading />
                        <MissingNotice again />
                    </SignInCard>
                }
                .into_any()
            }
        }
    }
}
