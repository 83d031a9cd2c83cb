//! The part of the program that comes later: what of it a page asks for, how far it has come, and what stands in its place
//! until then. Which part that is, and how it is fetched, only `parts.rs` knows.

use std::time::Duration;

use leptos::{prelude::*, task::spawn_local};
use leptos_router::hooks::use_location;

use super::{
    focus::focus_heading,
    heading::PageHeading,
    icon::{Icon, glyph},
    live::{follow, live},
};
use crate::{browser::title::Title, routes::Route};

/// Where the browser does not tell when it has nothing to do, the parts are fetched this long after the list is there.
const SOON: Duration = Duration::from_secs(2);

/// What the part with the other screens makes.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Later {
    /// A screen other than the list of engines.
    Screen(Route),
    /// What the list of engines opens: its dialogs, with work on many engines, and the copy to be saved.
    EnginesDialogs,
    /// What the list of engines is grouped by.
    EngineGroups,
    /// Which columns the list of engines has.
    ColumnChoice,
    /// The ways to begin, where there is no engine yet.
    FirstSteps,
    /// What helps with the filter of the list of engines.
    FilterHelp,
    /// What **Update** on any screen may ask first.
    UpdateQuestion,
    /// The **Command palette**, and what watches the engines on every screen.
    Palette,
    /// The number of problems beside **Health**.
    ProblemCount,
    /// **Watching** in the header.
    WatchingButton,
    /// The saved views of the list of engines.
    SavedViews,
    /// **Activity** in the header, which keeps what is done as well.
    ActivityButton,
}

/// Makes what is asked for.
pub type Render = fn(Later) -> AnyView;
/// The part could not be fetched or is not one of this program. The browser's log has the details.
#[derive(Debug)]
pub struct Missing;

/// How far a part has come. When it is there, it makes views in the way of `T`.
#[derive(Clone, Copy)]
pub enum Stage<T = Render> {
    /// Nobody has asked for it.
    Unasked,
    /// It is on its way.
    Coming,
    /// It is here.
    Here(T),
    /// It did not come.
    Missing,
}

/// Fetches a part unless it is here or on its way.
pub fn fetch<T: Copy + Send + Sync + 'static>(
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

/// Fetches the part, unless it is here or on its way.
pub type FetchLater = fn(RwSignal<Stage>);

/// The part with the other screens, and how far it has come. Copy it freely; all copies are the same.
#[derive(Clone, Copy)]
pub struct LaterPart {
    stage: RwSignal<Stage>,
    fetch: FetchLater,
}

impl LaterPart {
    /// Not here yet; put into the context for the screens below. `fetch` fetches it, once `is_time`, that is, once the list of
    /// engines or another screen is there: it doesn't hold that up, and a later click works at once, even if the console has
    /// been stopped meanwhile.
    pub fn provide(fetch: FetchLater, is_time: Memo<bool>) -> Self {
        let part = Self { stage: RwSignal::new(Stage::Unasked), fetch };
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
        (self.fetch)(self.stage);
    }
}

/// A screen of the later part, which is fetched first where it is not here yet.
#[component]
pub fn LaterScreen(
    /// Which one.
    route: Route,
) -> impl IntoView {
    let part: LaterPart = expect_context();
    part.want();
    let stage = part.stage;
    let waited = matches!(stage.get_untracked(), Stage::Coming);
    let path = use_location().pathname;
    live(move || {
        let stage = stage.get();
        if matches!(stage, Stage::Missing) || matches!(stage, Stage::Here(_)) && waited {
            pass_focus_on(path.get_untracked(), path);
        }
        match stage {
            Stage::Here(render) => render(Later::Screen(route)),
            Stage::Unasked | Stage::Coming => view! { <Frame route /> }.into_any(),
            Stage::Missing => {
                let again = Callback::new(move |()| part.want());
                view! { <MissingScreen again /> }.into_any()
            }
        }
    })
}

/// What the later part adds to what is there before it: nothing until it has come. It is fetched again when it is `wanted`
/// and did not come; when that fails as well, `missing` is told.
#[component]
pub fn Addition(
    /// Which part of it.
    what: Later,
    /// Whether the person waits for it.
    wanted: Signal<bool>,
    /// Told that it did not come.
    missing: Callback<()>,
    /// Whether other screens count on it: then it comes with the part.
    #[prop(optional)]
    at_once: bool,
) -> impl IntoView {
    let part: LaterPart = expect_context();
    let stage = part.stage;
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
    // What nobody waits for comes when the browser has nothing to do, one after the other: all at once they would be a task of 100 ms.
    let its_turn = RwSignal::new(false);
    follow(move || {
        if matches!(stage.get(), Stage::Here(_)) && !its_turn.get_untracked() {
            let come = move || {
                // It may have been wanted in the meantime. Made anew it would lose what is typed in it.
                if its_turn.try_get_untracked() == Some(false) {
                    its_turn.set(true);
                }
            };
            if at_once || wanted.get() || request_idle_callback_with_handle(come).is_err() {
                come();
            }
        }
    });
    live(move || match stage.get() {
        Stage::Here(render) if its_turn.get() => Some(render(what)),
        _ => None,
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

/// What a screen shows before its part has come: its heading where it will stand, in the frame that it will have.
#[component]
fn Frame(route: Route) -> impl IntoView {
    Title::here().set(route.heading());
    let class = match route {
        Route::Pools | Route::Sites | Route::Health | Route::Activity => "page fills",
        Route::Engine(_) | Route::Site(_) => "page of-one",
        _ => "page",
    };
    let back = matches!(route, Route::Engine(_)).then(|| {
        view! {
            <nav class="way-back" aria-label="List of engines">
                <a href=Route::Engines.href()>"Back to Scan Engines"</a>
            </nav>
        }
    });
    view! {
        <section class=class aria-labelledby="page-heading">
            {back}
            <div class="page-head">
                <PageHeading route />
            </div>
            <div class="card" aria-busy="true">
                <span class="unseen">"The screen is being loaded."</span>
                <Bones />
            </div>
        </section>
    }
}

/// What stands in the place of a screen that is on its way.
#[component]
pub fn Bones() -> impl IntoView {
    let bones = ["w2", "w1", "w3"].map(|width| view! { <p><span class=format!("bone {width}")></span></p> });
    bones.into_iter().collect_view()
}

#[component]
fn MissingScreen(again: Callback<()>) -> impl IntoView {
    view! {
        <section class="page" aria-labelledby="page-heading">
            <div class="page-head">
                <MissingHeading />
            </div>
            <MissingNotice again />
        </section>
    }
}

/// The heading of a screen that did not come, which is the document's title as well.
#[component]
pub fn MissingHeading() -> impl IntoView {
    Title::here().set("Not loaded");
    view! {
        <h1 id="page-heading" tabindex="-1">
            "This screen is not loaded"
        </h1>
    }
}

/// Why it may not have come, and **Try again**.
#[component]
pub fn MissingNotice(
    /// Fetches it again.
    again: Callback<()>,
) -> impl IntoView {
    view! {
        <div class="notice bad" role="alert">
            <strong class="problem-line">
                {glyph(Icon::Failed, "")} "The part of the app with this screen could not be fetched."
            </strong>
            <span>
                "The console does not answer, the connection broke, or the console was updated and has another version of the app now. Try again. If that does not help, reload the page: you have to sign in again then."
            </span>
            <div class="buttons">
                <button type="button" class="button" on:click=move |_| again.run(())>
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
}
