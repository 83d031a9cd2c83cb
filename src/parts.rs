//! The screens that come when they are needed.
//!
//! The first load has what everybody needs at once: sign-in. All else is in parts of the program that the build cuts off
//! (the feature `split`, see ARCHITECTURE.md). The [`Rest`], with the shell and the list of engines, is fetched while
//! somebody signs in. A part with other screens is fetched when one of them is opened, or when the browser has nothing to
//! do. Without the feature all is in one program.

#[cfg(not(feature = "split"))]
use std::future::ready as arrival;
use std::{hint::black_box, time::Duration};

use leptos::{prelude::*, task::spawn_local};
use leptos_router::hooks::use_location;

use crate::{
    app::Workbench,
    components::{
        icon::{Icon, glyph},
        live::{follow, live},
        shell::{focus_heading, focus_heading_if_lost},
        update_engine::update_question,
    },
    data::Data,
    pages::{
        administration::AdministrationPage,
        engine::EnginePage,
        engines::engines_dialogs,
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
    theme::Theme,
};

/// Where the browser does not tell when it has nothing to do, the parts are fetched this long after the list is there.
const SOON: Duration = Duration::from_secs(2);

/// Makes the screens of one part; nothing for a screen of another.
type Render = fn(Route) -> Option<AnyView>;
/// Makes the [`Workbench`].
type Open = fn(RwSignal<Theme>) -> AnyView;

/// The part could not be fetched or is not one of this program. The browser's log has the details.
#[derive(Debug)]
struct Missing;

#[cfg(feature = "split")]
impl From<wasm_split_helpers::SplitLoaderError> for Missing {
    fn from(_: wasm_split_helpers::SplitLoaderError) -> Self {
        Self
    }
}

/// What is there for whoever has signed in: the shell, the list of engines, all that the other screens need.
#[cfg_attr(feature = "split", wasm_split_helpers::wasm_split(workbench, fallible))]
fn workbench() -> Result<Open, Missing> {
    Ok(open)
}

fn open(theme: RwSignal<Theme>) -> AnyView {
    view! { <Workbench theme /> }.into_any()
}

/// Each part with other screens says this. None of them comes before the workbench, which the splitter can't know: to it
/// all that the workbench has belongs to this part as well, so it leaves it in one piece, and not in one for each
/// combination of parts.
fn after_workbench() {
    black_box(open as Open);
}

/// Adding an engine, and one engine with its form and its dialogs.
#[cfg_attr(feature = "split", wasm_split_helpers::wasm_split(engine, fallible))]
fn engine() -> Result<Render, Missing> {
    after_workbench();
    Ok(|route| match route {
        Route::NewEngine => Some(view! { <NewEnginePage /> }.into_any()),
        Route::Engine(id) => Some(view! { <EnginePage id /> }.into_any()),
        _ => None,
    })
}

/// What is about the console as a whole.
#[cfg_attr(feature = "split", wasm_split_helpers::wasm_split(administration, fallible))]
fn administration() -> Result<Render, Missing> {
    after_workbench();
    Ok(|route| match route {
        Route::SharedSecret => Some(view! { <SharedSecretPage /> }.into_any()),
        Route::Administration => Some(view! { <AdministrationPage /> }.into_any()),
        _ => None,
    })
}

/// The engine pools.
#[cfg_attr(feature = "split", wasm_split_helpers::wasm_split(pools, fallible))]
fn pools() -> Result<Render, Missing> {
    after_workbench();
    Ok(|route| match route {
        Route::Pools => Some(view! { <PoolsPage /> }.into_any()),
        Route::NewPool => Some(view! { <PoolPage id=None /> }.into_any()),
        Route::Pool(id) => Some(view! { <PoolPage id=Some(id) /> }.into_any()),
        _ => None,
    })
}

/// The sites.
#[cfg_attr(feature = "split", wasm_split_helpers::wasm_split(sites, fallible))]
fn sites() -> Result<Render, Missing> {
    after_workbench();
    Ok(|route| match route {
        Route::Sites => Some(view! { <SitesPage /> }.into_any()),
        Route::NewSite => Some(view! { <SitePage id=None /> }.into_any()),
        Route::Site(id) => Some(view! { <SitePage id=Some(id) /> }.into_any()),
        _ => None,
    })
}

/// How the fleet is. The list of engines stands for every screen here: what is added to the navigation.
#[cfg_attr(feature = "split", wasm_split_helpers::wasm_split(health, fallible))]
fn health() -> Result<Render, Missing> {
    after_workbench();
    Ok(|route| match route {
        Route::Health => Some(view! { <HealthPage /> }.into_any()),
        Route::Engines => Some(problem_count()),
        _ => None,
    })
}

/// What the list of engines opens: its dialogs, with work on many engines, and the copy to be saved.
#[cfg_attr(feature = "split", wasm_split_helpers::wasm_split(dialogs, fallible))]
fn dialogs() -> Result<Render, Missing> {
    after_workbench();
    Ok(|route| match route {
        Route::Engines => Some(engines_dialogs()),
        // What any screen with **Update** may open.
        Route::Health => Some(update_question()),
        _ => None,
    })
}

/// The cut-off functions above have become futures, which give what the function gives once the part is there.
#[cfg(feature = "split")]
fn arrival<F: Future>(part: F) -> F {
    part
}

/// One part of the program with screens in it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Part {
    /// Adding an engine, and one engine.
    Engine,
    /// Shared Secret and Administration.
    Administration,
    /// The engine pools.
    Pools,
    /// The sites.
    Sites,
    /// How the fleet is.
    Health,
    /// What the list of engines opens.
    Dialogs,
}

impl Part {
    const ALL: [Self; 6] =
        [Self::Engine, Self::Administration, Self::Pools, Self::Sites, Self::Health, Self::Dialogs];

    async fn fetch(self) -> Result<Render, Missing> {
        match self {
            Self::Engine => arrival(engine()).await,
            Self::Administration => arrival(administration()).await,
            Self::Pools => arrival(pools()).await,
            Self::Sites => arrival(sites()).await,
            Self::Health => arrival(health()).await,
            Self::Dialogs => arrival(dialogs()).await,
        }
    }
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

/// The part with all but the sign-in. Copy it freely; all copies are the same.
#[derive(Clone, Copy)]
pub struct Rest(RwSignal<Stage<Open>>);

impl Rest {
    /// On its way.
    pub fn fetch() -> Self {
        let rest = Self(RwSignal::new(Stage::Unasked));
        rest.want();
        rest
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

/// The parts and how far they have come. Copy it freely; all copies are the same.
#[derive(Clone, Copy)]
pub struct Parts([RwSignal<Stage>; Part::ALL.len()]);

impl Parts {
    /// None is here yet; put into the context for the screens below. All are fetched once the list of engines or another
    /// screen is there: they don't hold it up, and a later click works at once, even if the console has been stopped
    /// meanwhile.
    pub fn provide(data: Data) -> Self {
        let parts = Self(Part::ALL.map(|_| RwSignal::new(Stage::Unasked)));
        // A memo: a part that did not come must not be fetched again and again.
        let is_time = Memo::new(move |_| {
            let opened = Part::ALL.iter().any(|part| matches!(parts.stage(*part).get(), Stage::Here(_)));
            opened || data.engines.value().is_some()
        });
        follow(move || {
            if is_time.get() {
                let fetch = move || Part::ALL.into_iter().for_each(|part| parts.want(part));
                if request_idle_callback_with_handle(fetch).is_err() {
                    set_timeout(fetch, SOON);
                }
            }
        });
        provide_context(parts);
        parts
    }

    fn stage(self, part: Part) -> RwSignal<Stage> {
        self.0[part as usize]
    }

    /// Fetches the part unless it is here or on its way.
    fn want(self, part: Part) {
        fetch(self.stage(part), part.fetch());
    }
}

/// A screen of a part: the part is fetched first where it is not here yet.
pub fn screen(part: Part, route: Route) -> AnyView {
    let parts: Parts = expect_context();
    parts.want(part);
    let stage = parts.stage(part);
    let waited = matches!(stage.get_untracked(), Stage::Coming);
    let path = use_location().pathname;
    live(move || {
        let stage = stage.get();
        if matches!(stage, Stage::Missing) || matches!(stage, Stage::Here(_)) && waited {
            pass_focus_on(path.get_untracked(), path);
        }
        match stage {
            Stage::Here(render) => render(route),
            Stage::Unasked | Stage::Coming => Some(skeleton()),
            Stage::Missing => Some(missing(move || parts.want(part))),
        }
    })
}

/// What a part adds to a screen of the first load: nothing before it is there. It is fetched again when it is `wanted` and
/// did not come; when that fails as well, `missing` is told.
pub fn addition(part: Part, route: Route, wanted: Signal<bool>, missing: Callback<()>) -> AnyView {
    let parts: Parts = expect_context();
    let stage = parts.stage(part);
    follow(move || {
        if wanted.get() {
            parts.want(part);
        }
    });
    follow(move || {
        if wanted.get() && matches!(stage.get(), Stage::Missing) {
            missing.run(());
        }
    });
    live(move || match stage.get() {
        Stage::Here(render) => render(route),
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
