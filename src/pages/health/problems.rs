//! The tab **Attention**: the problems by their causes, worst first, each with what to do about it.

mod actions;
mod listed;
mod mute;
mod remedy;

use std::sync::Arc;

use console_api::{
    EngineId, Severity,
    rules::{About, Cause, ProblemKind, ProblemWords, fold_case, severity_word},
};
use leptos::{prelude::*, task::spawn_local};

use self::{
    actions::{ProblemActions, ProblemDialogs},
    listed::Listed,
    mute::{MuteDialog, MutedProblems},
    remedy::{FIRST, name_of, remedy_control},
};
use super::thresholds::ThresholdsForm;
use crate::{
    browser::{address::AddressParam, clock::Clock, number, timer::breathe},
    data::Data,
    routes::Route,
    ui::{
        filter::FilterBox,
        fold::Fold,
        icon::{Icon, glyph},
        live::{follow, live},
        status::severity_class,
        table::{
            cells::{glyph_el, row_button},
            columns::{Column, SortBy},
            data_table::{DataTable, RowPlace},
            light::El,
            order::Asked,
            row::{Keys, RowKey},
            selection::{Selecting, Selection, SelectionBar},
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

/// How many things to do are offered in a row, because there is room for no more, and what their buttons say to the table.
const REMEDIES: [&str; 4] = [FIRST, "1", "2", "3"];

/// Which of the dialogs is open.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Opened {
    /// Work on several engines or sites.
    Work,
    /// **Mute**.
    Mute,
    /// **Select Sites**.
    Sites,
    /// The sites of an engine go elsewhere.
    MoveSites,
}

/// What the tab's parts share. Copy it freely; all copies are the same.
#[derive(Clone, Copy)]
struct ProblemsState {
    data: Data,
    toasts: Toasts,
    clock: Clock,
    kind: AddressParam,
    filter: AddressParam,
    listed: RwSignal<Option<Arc<Listed>>>,
    selection: Selection,
    dialog: RwSignal<Option<Opened>>,
    /// What is being muted.
    muting: RwSignal<Arc<Vec<RowKey>>>,
    /// The engine that sites are selected for.
    sites_of: RwSignal<Option<EngineId>>,
}

impl ProblemsState {
    /// Asks for the reason to mute these.
    fn mute(self, keys: Vec<RowKey>) {
        self.muting.set(Arc::new(keys));
        self.dialog.set(Some(Opened::Mute));
    }

    /// The selected problems, worst first.
    fn selected(self) -> Vec<RowKey> {
        let keys = self.listed.with(|listed| {
            let open = listed.iter().flat_map(|listed| listed.attention.open());
            open.map(|cause| cause.problem.key()).collect::<Vec<_>>()
        });
        self.selection.look(|chosen| keys.into_iter().filter(|key| chosen.contains(key)).collect())
    }

    /// The words for a cause.
    fn said(self, listed: &Listed, cause: &Cause) -> Option<ProblemWords> {
        let problem = &cause.problem;
        let engine = problem.engine().and_then(|id| listed.engine_at(id));
        let health = &listed.attention.found.health;
        let about = About {
            engine: engine.map(|(_, engine)| engine),
            load: engine.and_then(|(at, _)| health.loads.get(at)),
            pool: problem.pool().and_then(|id| listed.pool_with_active(id)),
            health,
            thresholds: self.data.health.thresholds(),
            place: &self.data.place(),
            now: self.clock.now(),
        };
        cause.words(&about, &|id| listed.pool_with_active(id))
    }

    /// What is wrong, in a few words.
    fn what(self, key: RowKey) -> String {
        let listed = self.listed.get();
        let words = listed.and_then(|listed| self.said(&listed, listed.cause(key)?));
        words.map(|words| words.what).unwrap_or_default()
    }
}

/// The panel of the tab.
#[component]
pub(super) fn AttentionPanel(data: Data) -> impl IntoView {
    // Each a moment after the other: what ten thousand engines take at once would hold the browser up.
    let listed = RwSignal::new(None::<Arc<Listed>>);
    follow(move || {
        let attention = data.health.attention();
        spawn_local(async move {
            breathe().await;
            let new = attention.map(|attention| Arc::new(Listed::of(attention)));
            breathe().await;
            listed.try_set(new);
        });
    });
    let page = ProblemsState {
        data,
        toasts: Toasts::here(),
        clock: Clock::here(),
        kind: AddressParam::of("kind"),
        filter: AddressParam::of("filter"),
        listed,
        selection: Selection::new(),
        dialog: RwSignal::new(None),
        muting: RwSignal::new(Arc::default()),
        sites_of: RwSignal::new(None),
    };
    let matching = matching(page);
    let keys = shown(page, matching);
    // A problem that is gone, or muted, is no longer meant.
    follow(move || {
        if let Some(listed) = listed.get() {
            page.selection.keep(|key| listed.has(key));
        }
    });
    let selecting = Selecting { selection: page.selection, name: Callback::new(move |key| page.what(key)) };
    view! {
        <section class="problems" aria-labelledby="problems-heading">
            <ThresholdsForm data />
            <div class="toolbar">
                <h2 id="problems-heading">{live(move || heading(page))}</h2>
                <FilterBox
                    label="Filter problems"
                    title="Searches names of engines and pools, addresses, statuses and kinds of problems. All words must occur."
                    filter=page.filter
                />
                <Fold label=Signal::derive(move || chosen_kind(page)) icon=Icon::Filter words=true>
                    <div class="whole">
                        <KindFilter page matching />
                    </div>
                </Fold>
            </div>
            <DataTable
                name="Problems"
                class="problems-table"
                columns=Signal::stored(COLUMNS.to_vec())
                keys
                asked=Asked {
                    choice: Signal::derive(move || format!("{} {}", page.kind.get(), page.filter.get())),
                    is_there: Callback::new(move |key| listed.with(|it| it.as_ref().is_some_and(|it| it.has(key)))),
                }
                comes_back=true
                sort=Memo::new(|_| SortBy::from_query(""))
                on_sort=Callback::new(|_| ())
                cells=Callback::new(move |place: RowPlace| cells(page, place))
                on_action=Callback::new(move |(key, action): (RowKey, String)| act(page, key, &action))
                working=Callback::new(move |key| {
                    let about = listed.with(|listed| listed.as_ref()?.cause(key)?.problem.engine());
                    about.is_some_and(|id| data.work.is_on(id))
                })
                selecting
                empty=Callback::new(move |()| empty(page))
            />
            <SelectionBar selection=page.selection shown=keys>
                <ProblemActions page />
            </SelectionBar>
            <ProblemDialogs page />
            <MuteDialog page />
            <MutedProblems page />
        </section>
    }
}

/// The problems that the filter leaves, by their places among all causes; `None` before they are known.
type Matching = Memo<Option<Arc<Vec<usize>>>>;

fn matching(page: ProblemsState) -> Matching {
    let words = Memo::new(move |_| {
        page.filter.with(|text| text.split_whitespace().map(fold_case).collect::<Vec<_>>())
    });
    let searches = Memo::new(move |_| words.with(|words| !words.is_empty()));
    // Made once for all that is typed.
    let texts = Memo::new(move |_| {
        let listed = page.listed.get().filter(|_| searches.get())?;
        Some(Arc::new(listed.attention.open().map(|cause| listed.search_text(cause)).collect::<Vec<_>>()))
    });
    Memo::new(move |_| {
        let listed = page.listed.get()?;
        let (words, texts) = (words.get(), texts.get());
        let matches = |at: usize| {
            let text = texts.as_ref().and_then(|texts| texts.get(at));
            text.is_none_or(|text| words.iter().all(|word| text.contains(word.as_str())))
        };
        let open = listed.attention.sorted.open.iter().enumerate();
        Some(Arc::new(open.filter(|(at, _)| matches(*at)).map(|(_, place)| *place).collect()))
    })
}

/// The keys of the problems that the kind and the filter leave.
fn shown(page: ProblemsState, matching: Matching) -> Memo<Keys> {
    Memo::new(move |_| {
        let kind = page.kind.get();
        let kind = ProblemKind::ALL.into_iter().find(|it| it.key() == kind);
        let (Some(listed), Some(matching)) = (page.listed.get(), matching.get()) else {
            // A list that could not be read is no longer on its way.
            return page.data.engines.failed().map(|_| Arc::default());
        };
        let causes = matching.iter().filter_map(|at| listed.attention.found.causes.get(*at));
        let shown = causes.filter(|cause| kind.is_none_or(|kind| cause.has(kind)));
        Some(Arc::new(shown.map(|cause| cause.problem.key()).collect()))
    })
}

/// How many there are, in words.
fn heading(page: ProblemsState) -> String {
    let count = page.listed.with(|listed| listed.as_ref().map(|it| it.attention.sorted.open.len()));
    match count {
        None => "What needs attention".to_owned(),
        Some(0) => "Nothing needs attention".to_owned(),
        Some(1) => "1 problem needs attention".to_owned(),
        Some(many) => format!("{} problems need attention, the worst first", number::count(many as u64)),
    }
}

/// What the button says that opens the kinds of problems on narrow screens.
fn chosen_kind(page: ProblemsState) -> String {
    let chosen = page.kind.with(|key| ProblemKind::ALL.into_iter().find(|kind| kind.key() == key));
    chosen.map_or("Kind", |kind| kind.label()).to_owned()
}

/// The kinds of problems that there are, of which one filters, each with how many the search leaves.
#[component]
fn KindFilter(page: ProblemsState, matching: Matching) -> impl IntoView {
    live(move || {
        let (listed, matching) = (page.listed.get()?, matching.get()?);
        let chosen = page.kind.get();
        let is_there = |kind| listed.attention.open().any(|cause| cause.has(kind));
        let kinds = ProblemKind::ALL.into_iter().filter(|kind| is_there(*kind) || kind.key() == chosen);
        let causes = || matching.iter().filter_map(|at| listed.attention.found.causes.get(*at));
        let count = |kind| causes().filter(|cause| cause.has(kind)).count();
        let each = kinds.map(|kind| (kind.key().to_owned(), kind.label(), count(kind))).collect::<Vec<_>>();
        if each.is_empty() {
            return None;
        }
        let all = (String::new(), "All", matching.len());
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
fn cells(page: ProblemsState, RowPlace { key, tabindex }: RowPlace) -> Option<Vec<El>> {
    let listed = page.listed.get();
    let listed = listed.as_ref()?;
    let cause = listed.cause(key)?;
    let words = page.said(listed, cause)?;
    let severity = cause.severity();
    let icon = if severity == Severity::Bad { Icon::Failed } else { Icon::Warning };
    let ProblemWords { what, also, why, advice, remedies } = words;
    let more = [also, Some(why)].into_iter().flatten().collect::<Vec<_>>().join(" ");
    let remedies = REMEDIES.into_iter().enumerate().map(|(at, action)| {
        let remedy = remedies.get(at).copied();
        let name = remedy.map(|remedy| name_of(listed, remedy)).unwrap_or_default();
        remedy_control(page, remedy, &name, action, tabindex)
    });
    let word = El::new("span", "word").text(severity_word(severity));
    let mark = El::new("span", format!("mark {}", severity_class(severity)))
        .with(glyph_el(icon, ""))
        .text(" ")
        .with(word);
    let mute = row_button(Icon::Mute, "mute", format!("Mute {what}"), None, tabindex);
    let why = |text: String| El::new("span", "why").text(text);
    Some(vec![
        El::new("td", "c-severity").with(mark),
        El::new("th", "c-problem")
            .is("scope", "row")
            .is("title", format!("{what}. {more}"))
            .with(El::new("strong", None::<String>).text(what))
            .with(why(more)),
        El::new("td", "c-advice").is("title", advice.clone()).with(why(advice)),
        El::new("td", "c-remedy").with(El::new("div", "remedies").with_all(remedies.flatten()).with(mute)),
    ])
}

/// Does what a button of the row says.
fn act(page: ProblemsState, key: RowKey, action: &str) {
    if action == "mute" {
        return page.mute(vec![key]);
    }
    let said = untrack(|| {
        let listed = page.listed.get()?;
        page.said(&listed, listed.cause(key)?)
    });
    let at = REMEDIES.iter().position(|it| *it == action);
    if let Some(remedy) = said.zip(at).and_then(|(words, at)| words.remedies.get(at).copied()) {
        remedy::act(page, remedy);
    }
}

/// What is in the table's place when it has no rows.
fn empty(page: ProblemsState) -> AnyView {
    let Some(listed) = page.listed.get() else {
        // Why it could not be read stands above.
        return ().into_any();
    };
    let sorted = &listed.attention.sorted;
    if !sorted.open.is_empty() {
        return view! {
            <div class="table-empty">
                <h3>"No problem matches the filter"</h3>
                <button
                    type="button"
                    class="button"
                    on:click=move |_| page.filter.choose_both("", page.kind, "")
                >
                    "Show all problems"
                </button>
            </div>
        }
        .into_any();
    }
    let engines = listed.attention.found.engines.items.len();
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
    let muted = sorted.muted.iter().filter(|(_, cause)| cause.is_some()).count();
    if muted > 0 {
        let words = if muted == 1 { "The only problem is muted." } else { "All problems are muted." };
        return view! {
            <div class="table-empty">
                <h3>"Nothing new"</h3>
                <p>{words}</p>
            </div>
        }
        .into_any();
    }
    let words = if engines == 1 {
        "The engine works, and has been in contact recently.".to_owned()
    } else {
        format!(
            "All {} engines work and have been in contact recently, and each site has an engine that may scan it.",
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
