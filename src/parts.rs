//! The parts of the program that are fetched later, and how. The only file that knows of splitting.
//!
//! The first load has what everybody needs at once: sign-in. The [`Workbench`], with the shell and the list of engines, is
//! fetched while somebody signs in. All other screens are one part, which is fetched when one of them is opened, or when
//! the browser has nothing to do. A release build is cut in two places here (`xtask/src/finish.rs`, which trunk calls);
//! a debug build is one program.

#[cfg(debug_assertions)]
use std::future::ready as arrival;
use std::{hint::black_box, time::Duration};

use leptos::{prelude::*, task::spawn_local};
use leptos_router::hooks::use_location;

use crate::{
    app::Workbench,
    browser::theme::Theme,
    data::Data,
    features::update_engine::update_question,
    pages::{
        administration::AdministrationPage,
        engine::EnginePage,
        engines::{EnginesPage, engines_dialogs},
        health::{HealthPage, problem_count},
        new_engine::NewEnginePage,
        pool::PoolPage,
        pools::PoolsPage,
        shared_secret::SharedSecretPage,
        sign_in::card,
        site::SitePage,
        sites::SitesPage,
    },
    routes::Route,
    shell::{focus_heading, focus_heading_if_lost},
    ui::{
        icon::{Icon, glyph},
        live::{follow, live},
    },
};

/// Where the browser does not tell when it has nothing to do, the parts are fetched this long after the list is there.
const SOON: Duration = Duration::from_secs(2);

/// What the part with the other screens makes.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Later {
    /// A screen other than the list of engines.
    Screen(Route),
    /// What the list of engines opens: its dialogs, with work on many engines, and the copy to be saved.
    EnginesDialogs,
    /// What **Update** on any screen may ask first.
    UpdateQuestion,
    /// The number of problems beside **Health**.
    ProblemCount,
}

/// Makes what is asked for.
type Render = fn(Later) -> AnyView;
/// Makes the [`Workbench`].
type Open = fn(RwSignal<Theme>) -> AnyView;

/// The part could not be fetched or is not one of this program. The browser's log has the details.
#[derive(Debug)]
struct Missing;

impl From<wasm_split_helpers::SplitLoaderError> for Missing {
    fn from(_: wasm_split_helpers::SplitLoaderError) -> Self {
        Self
    }
}

/// What is there for whoever has signed in: the shell, the list of engines, all that the other screens need.
#[cfg_attr(not(debug_assertions), wasm_split_helpers::wasm_split(workbench, fallible))]
fn workbench() -> Result<Open, Missing> {
    Ok(open)
}

fn open(theme: RwSignal<Theme>) -> AnyView {
    view! { <Workbench theme /> }.into_any()
}

/// All other screens. One part and not one for each: what several of them share is then in it once, which makes the app
/// 22 % smaller in all than seven parts, and 9 requests instead of 23.
#[cfg_attr(not(debug_assertions), wasm_split_helpers::wasm_split(later, fallible))]
fn later() -> Result<Render, Missing> {
    // This part never comes before the workbench, which the splitter can't know. To it all that the workbench has belongs
    // to this part as well, so it leaves it in one piece.
    black_box(open as Open);
    Ok(render)
}

fn render(what: Later) -> AnyView {
    match what {
        Later::Screen(route) => match route {
            Route::Engines => view! { <EnginesPage /> }.into_any(),
            Route::NewEngine => view! { <NewEnginePage /> }.into_any(),
            Route::Engine(id) => view! { <EnginePage id /> }.into_any(),
            Route::Pools => view! { <PoolsPage /> }.into_any(),
            Route::NewPool => view! { <PoolPage id=None /> }.into_any(),
            Route::Pool(id) => view! { <PoolPage id=Some(id) /> }.into_any(),
            Route::Sites => view! { <SitesPage /> }.into_any(),
            Route::NewSite => view! { <SitePage id=None /> }.into_any(),
            Route::Site(id) => view! { <SitePage id=Some(id) /> }.into_any(),
            Route::Health => view! { <HealthPage /> }.into_any(),
            Route::SharedSecret => view! { <SharedSecretPage /> }.into_any(),
            Route::Administration => view! { <AdministrationPage /> }.into_any(),
        },
        Later::EnginesDialogs => engines_dialogs(),
        Later::UpdateQuestion => update_question(),
        Later::ProblemCount => problem_count(),
    }
}

/// The cut-off functions above have become futures, which give what the function gives once the part is there.
#[cfg(not(debug_assertions))]
fn arrival<F: Future>(part: F) -> F {
    part
}

/// How far a part has come. When it is there, it makes views in the way of `T`.
#[derive(Clone, Copy)]
enum Stage<T = Render> {
    Unasked,
    Coming,
    Here(T),
    Missing,
}

/// Fetches a part unless it is here or on its way.
fn fetch<T: Copy + Send + Sync + 'static>(
    stage: RwSignal<Stage<T>>,
    part: impl Future<Output = Result<T, Missing>> + 'static,
) {
    // Nothing: the app has gone while the browser had other things to do.
    if !matches!(stage.try_get_untracked(), Some(Stage::Unasked | Stage::Missing)) {
        return;
    }
    stage.set(Stage::Coming);
    spawn_local(async move {
        stage.try_set(part.await.map_or(Stage::Missing, Stage::Here));
    });
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

    /// Whether it has come.
    pub fn is_here(self) -> bool {
        matches!(self.0.get(), Stage::Here(_))
    }

    /// The [`Workbench`]; until it has come, that it is being loaded, or that it did not come.
    pub fn view(self, theme: RwSignal<Theme>) -> AnyView {
        match self.0.get() {
            Stage::Here(open) => open(theme),
            Stage::Unasked | Stage::Coming => {
                let wait = view! {
                    <h1>"Signed in"</h1>
                    <div aria-busy="true">
                        <p role="status">"The app is being loaded."</p>
                        {bones()}
                    </div>
                };
                card(wait.into_any())
            }
            Stage::Missing => {
                focus_heading_if_lost();
                card((missing_heading(), missing_notice(move || self.want())).into_any())
            }
        }
    }
}

/// The part with the other screens, and how far it has come. Copy it freely; all copies are the same.
#[derive(Clone, Copy)]
pub struct LaterPart(RwSignal<Stage>);

impl LaterPart {
    /// Not here yet; put into the context for the screens below. It is fetched once the list of engines or another screen
    /// is there: it doesn't hold that up, and a later click works at once, even if the console has been stopped meanwhile.
    pub fn provide(data: Data) -> Self {
        let part = Self(RwSignal::new(Stage::Unasked));
        // A memo: a part that did not come must not be fetched again and again.
        let is_time = Memo::new(move |_| data.engines.value().is_some());
        follow(move || {
            if is_time.get() {
                let fetch = move || part.want();
                if request_idle_callback_with_handle(fetch).is_err() {
                    set_timeout(fetch, SOON);
                }
            }
        });
        provide_context(part);
        part
    }

    /// Fetches the part unless it is here or on its way.
    fn want(self) {
        fetch(self.0, async { arrival(later()).await });
    }
}

/// A screen of the later part, which is fetched first where it is not here yet.
pub fn screen(route: Route) -> AnyView {
    let part: LaterPart = expect_context();
    part.want();
    let stage = part.0;
    let waited = matches!(stage.get_untracked(), Stage::Coming);
    let path = use_location().pathname;
    live(move || {
        let stage = stage.get();
        if matches!(stage, Stage::Missing) || matches!(stage, Stage::Here(_)) && waited {
            pass_focus_on(path.get_untracked(), path);
        }
        match stage {
            Stage::Here(render) => render(Later::Screen(route)),
            Stage::Unasked | Stage::Coming => skeleton(),
            Stage::Missing => missing(move || part.want()),
        }
    })
}

/// What the later part adds to what is there before it: nothing until it has come. It is fetched again when it is `wanted`
/// and did not come; when that fails as well, `missing` is told.
pub fn addition(what: Later, wanted: Signal<bool>, missing: Callback<()>) -> AnyView {
    let part: LaterPart = expect_context();
    let stage = part.0;
    follow(move || {
        if wanted.get() {
            part.want();
        }
    });
    follow(move || {
        if wanted.get() && matches!(stage.get(), Stage::Missing) {
            missing.run(());
        }
    });
    live(move || match stage.get() {
        Stage::Here(render) => Some(render(what)),
        Stage::Unasked | Stage::Coming | Stage::Missing => None,
    })
}

/// The focus waits on the page as a whole for the heading that it goes to after navigation.
fn pass_focus_on(from: String, path: Memo<String>) {
    request_animation_frame(move || {
        if path.try_get_untracked() != Some(from) {
            return;
        }
        let waits = document().active_element().is_none_or(|element| {
            let name = element.tag_name();
            name.eq_ignore_ascii_case("body") || name.eq_ignore_ascii_case("main")
        });
        if waits {
            focus_heading();
        }
    });
}

fn skeleton() -> AnyView {
    view! {
        <div class="page">
            <div class="card" aria-busy="true">
                <span class="unseen">"The screen is being loaded."</span>
                {bones()}
            </div>
        </div>
    }
    .into_any()
}

fn bones() -> AnyView {
    let bones = ["w2", "w1", "w3"].map(|width| view! { <p><span class=format!("bone {width}")></span></p> });
    bones.into_iter().collect_view().into_any()
}

fn missing(again: impl Fn() + 'static) -> AnyView {
    view! {
        <section class="page" aria-labelledby="page-heading">
            <div class="page-head">{missing_heading()}</div>
            {missing_notice(again)}
        </section>
    }
    .into_any()
}

fn missing_heading() -> AnyView {
    document().set_title("Not loaded – Engine console");
    view! {
        <h1 id="page-heading" tabindex="-1">
            "This screen is not loaded"
        </h1>
    }
    .into_any()
}

fn missing_notice(again: impl Fn() + 'static) -> AnyView {
    view! {
        <div class="notice bad" role="alert">
            <strong class="problem-line">
                {glyph(Icon::Failed, "")} "The part of the app with this screen could not be fetched."
            </strong>
            <span>
                "The console does not answer, the connection broke, or the console was updated and has another version of the app now. Try again. If that does not help, reload the page: you have to sign in again then."
            </span>
            <div class="buttons">
                <button type="button" class="button" on:click=move |_| again()>
                    "Try again"
                </button>
                <button
                    type="button"
                    class="button"
                    // Fails only where the document is gone.
                    on:click=move |_| _ = window().location().reload()
                >
                    "Reload the page"
                </button>
            </div>
        </div>
    }
    .into_any()
}
