//! The tab **Attention**: the problems, worst first, each with what to do about it; below, the fleet at a glance.

use std::sync::Arc;

use console_api::{
    Engine, EngineId, Pool, Severity,
    rules::{About, Problem, ProblemKind, ProblemWords, Remedy, may_update},
};
use leptos::{prelude::*, task::spawn_local};

use super::{
    pictures::{Patterns, Pictures},
    thresholds::ThresholdsForm,
};
use crate::{
    browser::{address::AddressParam, clock::Clock, number, timer::breathe},
    data::{Data, health::Found},
    features::refresh::refresh_engine,
    routes::Route,
    ui::{
        focus::focus_heading_if_lost,
        icon::{Icon, glyph},
        live::{follow, live},
        status::severity_class,
        table::{
            data_table::{Column, DataTable, RowPlace, SortBy},
            keys::KeyMap,
            order::Asked,
            row::{Keys, RowKey},
        },
        toast::Toasts,
    },
};

const COLUMNS: [Column; 4] = [
    Column { key: "severity", label: "Severity", numeric: false, sortable: false },
    Column { key: "problem", label: "Problem", numeric: false, sortable: false },
    Column { key: "advice", label: "Recommended action", numeric: false, sortable: false },
    Column { key: "remedy", label: "Action", numeric: false, sortable: false },
];

/// The problems with the places of what they are about.
struct Listed {
    found: Arc<Found>,
    problems: KeyMap<usize>,
    engines: KeyMap<usize>,
    pools: KeyMap<usize>,
}

impl PartialEq for Listed {
    fn eq(&self, other: &Self) -> bool {
        Arc::ptr_eq(&self.found, &other.found)
    }
}

impl Listed {
    fn of(found: Arc<Found>) -> Self {
        let problems = found.health.problems.iter().enumerate().map(|(at, it)| (it.key(), at)).collect();
        let engines = found.engines.items.iter().enumerate().map(|(at, it)| (it.id.get(), at)).collect();
        let pools = found.pools.iter().flat_map(|list| &list.items);
        let pools = pools.enumerate().map(|(at, it)| (it.id.get(), at)).collect();
        Self { found, problems, engines, pools }
    }

    fn problem(&self, key: RowKey) -> Option<Problem> {
        self.found.health.problems.get(*self.problems.get(&key)?).copied()
    }

    fn engine(&self, id: EngineId) -> Option<(usize, &Engine)> {
        let at = *self.engines.get(&id.get())?;
        Some((at, self.found.engines.items.get(at)?))
    }

    fn pool(&self, problem: &Problem) -> Option<(&Pool, usize)> {
        let at = *self.pools.get(&problem.pool()?.get())?;
        let pool = self.found.pools.as_ref()?.items.get(at)?;
        let mut active = pool.engines.iter().collect::<Vec<_>>();
        active.sort_unstable();
        active.dedup();
        let is_active = |id: &&&EngineId| {
            self.engine(***id).is_some_and(|(_, engine)| engine.status.severity() == Severity::Good)
        };
        let active = active.iter().filter(is_active).count();
        Some((pool, active))
    }
}

/// What the tab's parts share. Copy it freely; all copies are the same.
#[derive(Clone, Copy)]
struct ProblemsState {
    data: Data,
    toasts: Toasts,
    clock: Clock,
    kind: AddressParam,
    listed: RwSignal<Option<Arc<Listed>>>,
}

/// The panel of the tab.
#[component]
pub(super) fn Attention(data: Data) -> impl IntoView {
    // Each a moment after the other: what ten thousand engines take at once would hold the browser up.
    let listed = RwSignal::new(None::<Arc<Listed>>);
    let pictured = RwSignal::new(None::<Arc<Found>>);
    follow(move || {
        let found = data.health.found();
        spawn_local(async move {
            breathe().await;
            let new = found.clone().map(|found| Arc::new(Listed::of(found)));
            breathe().await;
            listed.try_set(new);
            breathe().await;
            pictured.try_set(found);
        });
    });
    let page = ProblemsState {
        data,
        toasts: Toasts::here(),
        clock: Clock::here(),
        kind: AddressParam::of("kind"),
        listed,
    };
    let keys = Memo::new(move |_| -> Keys {
        let kind = page.kind.get();
        let kind = ProblemKind::ALL.into_iter().find(|it| it.key() == kind);
        let Some(listed) = listed.get() else {
            // A list that could not be read is no longer on its way.
            return data.engines.failed().map(|_| Arc::default());
        };
        let problems = listed.found.health.problems.iter();
        let shown = problems.filter(|problem| kind.is_none_or(|kind| problem.kind == kind));
        Some(Arc::new(shown.map(Problem::key).collect()))
    });
    view! {
        <Patterns />
        <section class="problems" aria-labelledby="problems-heading">
            <h2 id="problems-heading">{live(move || heading(page))}</h2>
            <KindFilter page />
            <DataTable
                name="Problems"
                class="problems-table"
                columns=Signal::stored(COLUMNS.to_vec())
                keys
                asked=Asked {
                    choice: Signal::derive(move || page.kind.get()),
                    is_there: Callback::new(move |key| listed.with(|it| it.as_ref().is_some_and(|it| it.problems.contains_key(&key)))),
                }
                comes_back=true
                sort=Memo::new(|_| SortBy::from_query(""))
                on_sort=Callback::new(|_| ())
                cells=Callback::new(move |place: RowPlace| cells(page, place))
                working=Callback::new(move |key| {
                    let about = listed.with(|listed| listed.as_ref()?.problem(key)?.engine());
                    about.is_some_and(|id| data.work.is_on(id))
                })
                empty=Callback::new(move |()| empty(page))
            />
        </section>
        <section class="fleet" aria-labelledby="fleet-heading">
            <h2 id="fleet-heading">"The fleet at a glance"</h2>
            {live(move || pictured.get().map(|found| view! { <Pictures found /> }))}
        </section>
        <ThresholdsForm data />
    }
}

/// How many there are, in words.
fn heading(page: ProblemsState) -> String {
    let count = page.listed.with(|listed| listed.as_ref().map(|listed| listed.found.health.problems.len()));
    match count {
        None => "What needs attention".to_owned(),
        Some(0) => "Nothing needs attention".to_owned(),
        Some(1) => "1 problem needs attention".to_owned(),
        Some(many) => format!("{} problems need attention, the worst first", number::count(many as u64)),
    }
}

/// The kinds of problems that there are, of which one filters.
#[component]
fn KindFilter(page: ProblemsState) -> impl IntoView {
    live(move || {
        let listed = page.listed.get()?;
        let problems = &listed.found.health.problems;
        let counts =
            ProblemKind::ALL.map(|kind| (kind, problems.iter().filter(|it| it.kind == kind).count()));
        let chosen = page.kind.get();
        let is_known = |key: &str| counts.iter().any(|(kind, count)| kind.key() == key && *count > 0);
        if problems.is_empty() && !is_known(&chosen) {
            return None;
        }
        let all = (String::new(), "All", problems.len());
        let each = counts.into_iter().filter(|(kind, count)| *count > 0 || kind.key() == chosen);
        let each = each.map(|(kind, count)| (kind.key().to_owned(), kind.label(), count));
        let buttons = std::iter::once(all).chain(each).map(|(key, label, count)| {
            let pressed = key == chosen;
            view! {
                <button
                    type="button"
                    class="count"
                    aria-pressed=pressed.to_string()
                    on:click=move |_| page.kind.choose(if pressed { String::new() } else { key.clone() })
                >
                    {label}
                    " "
                    <span class="number">{number::count(count as u64)}</span>
                </button>
            }
        });
        let view = view! {
            <div class="counts" role="group" aria-label="Kind of problem">
                {buttons.collect_view()}
            </div>
        };
        Some(view)
    })
}

/// The cells of a problem.
fn cells(page: ProblemsState, RowPlace { key, tabindex }: RowPlace) -> AnyView {
    let listed = page.listed.get();
    // A row that has just left the list is gone in the same breath.
    let Some((problem, words)) = listed.and_then(|listed| said(page, &listed, key)) else {
        return ().into_any();
    };
    let (icon, word) = match problem.severity {
        Severity::Bad => (Icon::Failed, "Critical"),
        Severity::Uncertain | Severity::Good => (Icon::Warning, "Warning"),
    };
    let name = name_of(page, &problem);
    let remedies = words.remedies.iter().map(|remedy| remedy_button(page, *remedy, &name, tabindex));
    view! {
        <td class="c-severity">
            <span class=format!("mark {}", severity_class(problem.severity))>
                {glyph(icon, "")} <span class="word">{word}</span>
            </span>
        </td>
        <th scope="row" class="c-problem" title=format!("{}. {}", words.what, words.why)>
            <strong>{words.what.clone()}</strong>
            <span class="why">{words.why.clone()}</span>
        </th>
        <td class="c-advice" title=words.advice.clone()>
            <span class="why">{words.advice.clone()}</span>
        </td>
        <td class="c-remedy">
            <div class="remedies">{remedies.collect_view()}</div>
        </td>
    }
    .into_any()
}

fn said(page: ProblemsState, listed: &Listed, key: RowKey) -> Option<(Problem, ProblemWords)> {
    let problem = listed.problem(key)?;
    let engine = problem.engine().and_then(|id| listed.engine(id));
    let words = problem.words(&About {
        engine: engine.map(|(_, engine)| engine),
        load: engine.and_then(|(at, _)| listed.found.health.loads.get(at)),
        pool: listed.pool(&problem),
        health: &listed.found.health,
        thresholds: page.data.health.thresholds(),
        place: &page.data.place(),
        now: page.clock.now(),
    })?;
    Some((problem, words))
}

fn name_of(page: ProblemsState, problem: &Problem) -> String {
    page.listed
        .with(|listed| {
            let listed = listed.as_ref()?;
            let engine =
                problem.engine().and_then(|id| listed.engine(id)).map(|(_, engine)| engine.name.clone());
            engine.or_else(|| listed.pool(problem).map(|(pool, _)| pool.name.clone()))
        })
        .unwrap_or_default()
}

/// The button, or the link, that does it. Its name has the thing's.
fn remedy_button(page: ProblemsState, remedy: Remedy, name: &str, tabindex: &'static str) -> AnyView {
    let link = |icon, words: &'static str, href: String| {
        view! {
            <a class="button small" href=href tabindex=tabindex>
                {glyph(icon, "")}
                {words}
                <span class="unseen">" " {name.to_owned()}</span>
            </a>
        }
        .into_any()
    };
    match remedy {
        Remedy::Refresh(id) => {
            let busy = page.data.work.refreshing.is_on(id).then(|| "It is being refreshed.".to_owned());
            let on_press = Callback::new(move |()| {
                if let Some(engine) = engine_of(page, id) {
                    refresh_engine(page.data, page.toasts, id, engine.name);
                }
            });
            view! { <RemedyButton icon=Icon::Refresh verb="Refresh" name=name.to_owned() refused=busy tabindex on_press /> }
                .into_any()
        }
        Remedy::Update(id) => {
            let busy = page.data.work.updating.is_on(id).then(|| "It is being updated.".to_owned());
            let refused = busy.or_else(|| {
                engine_of(page, id).and_then(|engine| may_update(&engine).err()).map(|why| why.to_string())
            });
            let on_press = Callback::new(move |()| {
                if let Some(engine) = engine_of(page, id) {
                    page.data.update_engine(engine);
                }
            });
            view! { <RemedyButton icon=Icon::Update verb="Update" name=name.to_owned() refused tabindex on_press /> }
                .into_any()
        }
        Remedy::Pairing(id) => link(Icon::Key, "Pairing", Route::Engine(id).href_with("tab", "pairing")),
        Remedy::SelectSites(id) => {
            link(Icon::Site, "Select sites", Route::Engine(id).href_with("tab", "sites"))
        }
        Remedy::OpenEngine(id) => link(Icon::Engine, "Open", Route::Engine(id).href()),
        Remedy::OpenPool(id) => link(Icon::Pool, "Open pool", Route::Pool(id).href()),
        Remedy::CompareVersions => {
            link(Icon::Engine, "Compare versions", Route::Engines.href_with("sort", "product-version"))
        }
    }
}

#[component]
fn RemedyButton(
    icon: Icon,
    verb: &'static str,
    /// The thing's name.
    name: String,
    /// Why not now.
    refused: Option<String>,
    tabindex: &'static str,
    /// Does it.
    on_press: Callback<()>,
) -> impl IntoView {
    let disabled = refused.is_some();
    view! {
        <button
            type="button"
            class="button small"
            aria-disabled=disabled.then_some("true")
            title=refused
            tabindex=tabindex
            on:click=move |_| {
                if !disabled {
                    on_press.run(());
                    focus_heading_if_lost();
                }
            }
        >
            {glyph(icon, "")}
            {verb}
            <span class="unseen">" " {name}</span>
        </button>
    }
}

fn engine_of(page: ProblemsState, id: EngineId) -> Option<Engine> {
    untrack(|| page.listed.with(|listed| listed.as_ref()?.engine(id).map(|(_, engine)| engine.clone())))
}

/// What stands in the table's place when it has no rows.
fn empty(page: ProblemsState) -> AnyView {
    let Some(listed) = page.listed.get() else {
        // Why it could not be read stands above.
        return ().into_any();
    };
    if !listed.found.health.problems.is_empty() {
        return view! {
            <div class="table-empty">
                <h3>"No problem of this kind"</h3>
                <button type="button" class="button" on:click=move |_| page.kind.choose(String::new())>
                    "Show all problems"
                </button>
            </div>
        }
        .into_any();
    }
    let engines = listed.found.engines.items.len();
    if engines == 0 {
        return view! {
            <div class="table-empty">
                <h3>"No scan engines"</h3>
                <p>"The console has no engine, or this account may not see any."</p>
                <a class="button" href=Route::NewEngine.href()>
                    "Add an engine"
                </a>
            </div>
        }
        .into_any();
    }
    let words = if engines == 1 {
        "The engine works, and has been heard of lately.".to_owned()
    } else {
        format!(
            "All {} engines work and have been heard of lately, and each site has an engine that may scan it.",
            number::count(engines as u64)
        )
    };
    view! {
        <div class="table-empty all-well">
            <span class="severity-good">{glyph(Icon::Done, "")}</span>
            <h3>"All is well"</h3>
            <p>{words}</p>
        </div>
    }
    .into_any()
}
