//! **Select Sites**: which sites of the console an engine or a pool is to scan, chosen among all of them.

use std::{sync::Arc, time::Duration};

use console_api::{
    ScannerId, SiteId,
    rules::{
        Scanners, SiteChanges, SiteList, SiteMove, SiteRows, SiteSort, scanner_candidates, sites_in_words,
    },
};
use leptos::{html, prelude::*};
use rustc_hash::{FxHashMap, FxHashSet};

use crate::{
    browser::{clock::Clock, number},
    data::{
        Data,
        all_sites::{Progress, Reading},
    },
    forms::picker::{Picker, Picking},
    ui::{
        dialog::{Dialog, Open},
        filter::SearchBox,
        icon::{Icon, glyph},
        live::{follow, live, live_attribute},
        table::{
            cells::row_head,
            columns::{Column, SortBy},
            data_table::{DataTable, RowPlace},
            light::El,
            selection::{Selecting, Selection},
        },
    },
};

const COLUMNS: [Column; 2] = [
    Column { key: "name", label: "Name", numeric: false, sortable: true },
    Column { key: "scanner", label: "Current engine", numeric: false, sortable: true },
];
/// How many places that sites come from are named; the others are counted.
const NAMED: usize = 5;

/// The dialog. What is chosen in it goes to `on_save` as the moves that it takes; nothing is sent to the console.
#[component]
pub fn SelectSites(
    /// Whether it is open.
    #[prop(into)]
    open: Open,
    /// The engine or pool.
    scanner: ScannerId,
    /// All engines and pools.
    scanners: Memo<Arc<Scanners>>,
    /// The moves that were chosen before and not sent yet.
    #[prop(into)]
    pending: Signal<Vec<SiteMove>>,
    /// Called with the moves that are to be made instead of the pending ones.
    on_save: Callback<Vec<SiteMove>>,
) -> impl IntoView {
    let changed = RwSignal::new(false);
    let at_stake = Signal::derive(move || changed.get().then(|| "The sites that you have chosen".to_owned()));
    view! {
        <Dialog open title="Select Sites".to_owned() wide=true at_stake>
            <Choosing open scanner scanners pending=pending.get_untracked() on_save changed />
        </Dialog>
    }
}

/// What the dialog's parts share. Copy it freely; all copies are the same.
#[derive(Clone, Copy)]
struct Choice {
    data: Data,
    clock: Clock,
    scanner: ScannerId,
    scanners: Memo<Arc<Scanners>>,
    rows: Memo<Option<Arc<SiteRows>>>,
    selection: Selection,
    filter: RwSignal<String>,
    sort: RwSignal<SortBy>,
    changes: Memo<Arc<SiteChanges>>,
    /// Where the sites go that were unchecked when the dialog was open before.
    decided: StoredValue<FxHashMap<SiteId, ScannerId>>,
    /// How many sites were unchecked now, and need another engine or pool.
    homeless: Memo<usize>,
    /// The one that they get.
    elsewhere: Picking,
    /// Whether **Save** was pressed too early: then what is missing is shown.
    sent: RwSignal<bool>,
}

impl Choice {
    fn label(self) -> String {
        self.scanners.with(|scanners| scanners.label(self.scanner))
    }

    /// Where a site goes that leaves.
    fn goes_to(self, site: SiteId) -> Option<ScannerId> {
        self.decided.with_value(|decided| decided.get(&site).copied()).or_else(|| self.elsewhere.chosen())
    }

    /// What is missing before it can be saved.
    fn missing(self) -> Option<String> {
        if self.homeless.get() == 0 || self.elsewhere.chosen().is_some() {
            return None;
        }
        let none = "A site always needs an engine or a pool: choose one for those that you unchecked.";
        self.elsewhere.wrong().or_else(|| Some(none.to_owned()))
    }

    fn moves(self) -> Vec<SiteMove> {
        let Some(rows) = self.rows.get() else { return Vec::new() };
        let changes = self.changes.get();
        let come = changes.come.iter().filter_map(|place| rows.moved(*place, self.scanner));
        let leave = changes.leave.iter().filter_map(|place| {
            let to = self.goes_to(rows.list().id(*place)?)?;
            rows.moved(*place, to)
        });
        come.chain(leave).collect()
    }
}

#[component]
fn Choosing(
    open: Open,
    scanner: ScannerId,
    scanners: Memo<Arc<Scanners>>,
    pending: Vec<SiteMove>,
    on_save: Callback<Vec<SiteMove>>,
    /// Whether closing the dialog would lose something.
    changed: RwSignal<bool>,
) -> impl IntoView {
    let data = Data::here();
    data.want_all_sites();
    on_cleanup(move || {
        // Half of a list is useless to anyone. It continues from there when the dialog is opened again.
        if data.all_sites.list_now().is_none() {
            data.all_sites.stop();
        }
    });
    let rows = Memo::new(move |_| {
        let list = data.all_sites.list()?;
        Some(Arc::new(SiteRows::new(list, scanners.get())))
    });
    let selection = Selection::new();
    choose_as_it_is(selection, scanner, rows, &pending);
    let leaving = pending.iter().filter(|it| it.to != scanner);
    let decided = StoredValue::new(leaving.map(|it| (it.site, it.to)).collect::<FxHashMap<_, _>>());
    let changes = Memo::new(move |_| {
        rows.with(|rows| {
            let rows = rows.as_ref()?;
            Some(Arc::new(selection.look(|chosen| rows.changes(scanner, &|site| chosen.contains(&site)))))
        })
        .unwrap_or_default()
    });
    // Whether closing the dialog would lose something.
    let known = pending.iter().map(|it| it.site).collect::<FxHashSet<_>>();
    follow(move || {
        let (rows, changes) = (rows.get(), changes.get());
        let is_known = |place: &usize| {
            let site = rows.as_ref().and_then(|rows| rows.list().id(*place));
            site.is_some_and(|site| known.contains(&site))
        };
        let same = changes.come.len() + changes.leave.len() == known.len()
            && changes.come.iter().chain(&changes.leave).all(is_known);
        changed.set(rows.is_some() && !same);
    });
    on_cleanup(move || _ = changed.try_set(false));
    let homeless = Memo::new(move |_| {
        let (rows, changes) = (rows.get(), changes.get());
        let is_decided = |place: &&usize| {
            let site = rows.as_ref().and_then(|rows| rows.list().id(**place));
            decided.with_value(|decided| site.is_some_and(|site| decided.contains_key(&site)))
        };
        changes.leave.iter().filter(|place| !is_decided(place)).count()
    });
    let others = Memo::new(move |_| {
        let here = |it: ScannerId| (it == scanner).then(|| "This is where they are now.".to_owned());
        Arc::new(scanners.with(|scanners| scanner_candidates(scanners, |it| here(it.id))))
    });
    let choice = Choice {
        data,
        clock: Clock::here(),
        scanner,
        scanners,
        rows,
        selection,
        filter: RwSignal::new(String::new()),
        sort: RwSignal::new(SortBy::from_query("name")),
        changes,
        decided,
        homeless,
        elsewhere: Picking::new(others),
        sent: RwSignal::new(false),
    };
    // The table is drawn a moment after its rows were made: both at once would take the browser too long.
    let there = RwSignal::new(false);
    follow(move || {
        if rows.with(Option::is_some) && !there.get_untracked() {
            set_timeout(move || _ = there.try_set(true), Duration::ZERO);
        }
    });
    let input = NodeRef::<html::Input>::new();
    let save = move |_| {
        choice.sent.set(true);
        if !there.get_untracked() {
            return;
        }
        if untrack(|| choice.missing()).is_some() {
            // The field may only now come into the document.
            request_animation_frame(move || {
                if let Some(input) = input.try_get_untracked().flatten() {
                    // An element that can't take the focus leaves it where it was.
                    _ = input.focus();
                }
            });
            return;
        }
        on_save.run(untrack(|| choice.moves()));
        open.set(false);
    };
    let refused = move || (!there.get()).then_some("The sites have to be read first.");
    view! {
        {live(move || {
            if there.get() {
                view! { <SitesTable choice /> }.into_any()
            } else {
                view! { <Arrival choice /> }.into_any()
            }
        })}
        {live(move || there.get().then(|| view! { <MovesInWords choice input /> }))}
        <footer>
            <button type="button" class="button" on:click=move |_| open.set(false)>
                "Cancel"
            </button>
            <button
                type="button"
                class="button primary"
                aria-disabled=live_attribute(move || refused().map(|_| "true"))
                title=live_attribute(refused)
                on:click=save
            >
                "Save"
            </button>
        </footer>
    }
}

/// The boxes begin as it is now and as it was chosen before. When the list is read again, a site that has come or gone
/// meanwhile changes its box; what was chosen here stays.
fn choose_as_it_is(
    selection: Selection,
    scanner: ScannerId,
    rows: Memo<Option<Arc<SiteRows>>>,
    pending: &[SiteMove],
) {
    let (come, leave) = pending.iter().partition::<Vec<_>, _>(|it| it.to == scanner);
    let [come, leave] = [come, leave].map(|moves| moves.iter().map(|it| it.site.get()).collect::<Vec<_>>());
    let before = StoredValue::new(None::<Arc<SiteList>>);
    follow(move || {
        let Some(list) = rows.with(|rows| rows.as_ref().map(|rows| Arc::clone(rows.list()))) else { return };
        let now = || list.of(scanner).map(SiteId::get);
        match before.get_value() {
            None => {
                selection.choose(now());
                selection.set(&come, true);
                selection.set(&leave, false);
            }
            Some(before) if !Arc::ptr_eq(&before, &list) => {
                let had = |list: &SiteList, site: u64| {
                    list.place(SiteId(site)).and_then(|place| list.scanner(place)) == Some(scanner)
                };
                let new = now().filter(|site| !had(&before, *site)).collect::<Vec<_>>();
                let gone = before.of(scanner).map(SiteId::get).filter(|site| !had(&list, *site));
                let gone = gone.collect::<Vec<_>>();
                selection.set(&new, true);
                selection.set(&gone, false);
            }
            Some(_) => {}
        }
        selection.keep(|site| list.place(SiteId(site)).is_some());
        before.set_value(Some(list));
    });
}

/// For example "4,500 of 100,000".
fn in_words(progress: &Progress) -> String {
    let done = number::count(progress.done as u64);
    let slow = progress.slow_words();
    progress.total.map_or_else(|| done.clone(), |total| format!("{done} of {}", number::count(total))) + slow
}

/// How the first reading goes, in the table's place.
#[component]
fn Arrival(choice: Choice) -> impl IntoView {
    let data = choice.data;
    let content = move || {
        match data.all_sites.reading() {
        Reading::Running(progress) => {
            let max = progress.total.map(|total| total.max(1).to_string());
            let value = max.as_ref().map(|_| progress.done.to_string());
            view! {
                <p>"The sites are being read."</p>
                <div class="bulk-progress">
                    <progress aria-label="Reading sites" max=max value=value></progress>
                    <span class="bulk-count">{in_words(&progress)}</span>
                </div>
            }
            .into_any()
        }
        Reading::Failed(progress, error) => {
            view! {
                <div class="notice bad" role="alert">
                    <strong class="problem-line">
                        {glyph(Icon::Failed, "")} {format!("Reading the sites stopped at {}.", in_words(&progress))}
                    </strong>
                    <span>{error.in_full()}</span>
                    <div class="buttons">
                        <button type="button" class="button" on:click=move |_| data.go_on_reading_sites()>
                            "Try again"
                        </button>
                    </div>
                </div>
            }
            .into_any()
        }
        // Only whoever closes the dialog stops it, and who opens it lets it continue.
        Reading::Stopped(_) | Reading::Idle => ().into_any(),
    }
    };
    view! { <div class="arrival">{live(content)}</div> }
}

/// The list is there and is read again, or could not be.
#[component]
fn SitesAge(choice: Choice) -> impl IntoView {
    let data = choice.data;
    let content = move || match data.all_sites.reading() {
        Reading::Running(progress) => {
            view! { <span class="secondary">{format!("Reloading: {}", in_words(&progress))}</span> }
                .into_any()
        }
        reading => {
            let at = data.all_sites.read_at().map(|at| (choice.clock.relative(at), choice.clock.exact(at)));
            let (at, exact) = at.unwrap_or_default();
            let failed = match reading {
                Reading::Failed(_, error) => Some(view! {
                    <span class="problem-line">
                        {glyph(Icon::Failed, "")} {format!("The sites could not be reloaded. {}", error.in_full())}
                    </span>
                }),
                _ => None,
            };
            view! {
                {failed}
                <span class="secondary" title=exact>
                    {format!("Updated {at}")}
                </span>
                <button type="button" class="button small" on:click=move |_| data.read_all_sites()>
                    {glyph(Icon::Refresh, "")}
                    "Reload"
                </button>
            }
            .into_any()
        }
    };
    view! { <div class="end" role="status">{live(content)}</div> }
}

#[component]
fn SitesTable(choice: Choice) -> impl IntoView {
    let keys = Memo::new(move |_| {
        let rows = choice.rows.get()?;
        let sort = choice.sort.get();
        let sort = SiteSort { by_scanner: sort.column == "scanner", descending: sort.descending };
        Some(Arc::new(rows.select(&choice.filter.get(), sort)))
    });
    let name_of = move |site: u64| {
        choice.rows.with(|rows| {
            let list = rows.as_ref()?.list();
            Some(list.name(list.place(SiteId(site))?).to_owned())
        })
    };
    let selecting = Selecting {
        selection: choice.selection,
        name: Callback::new(move |site| name_of(site).unwrap_or_default()),
    };
    let chosen = move || {
        let all = choice.rows.with(|rows| rows.as_ref().map_or(0, |rows| rows.list().len()));
        let chosen = choice.selection.count();
        format!("{} of {} chosen", number::count(chosen as u64), number::count(all as u64))
    };
    let unreadable = move || {
        let count = choice.rows.with(|rows| rows.as_ref().map_or(0, |rows| rows.list().unreadable));
        (count > 0).then(|| {
            let what = format!("{} could not be read and are left out.", sites_in_words(count));
            view! { <p class="notice uncertain">{what}</p> }
        })
    };
    let empty = move |()| {
        let none = choice.rows.with(|rows| rows.as_ref().is_some_and(|rows| rows.list().is_empty()));
        let (what, more) = if none {
            ("No sites", "The console has no site yet, or this account may not see any.")
        } else {
            (
                "No site matches",
                "Each word of the filter must occur in a site's name or in that of its engine or pool.",
            )
        };
        view! {
            <div class="table-empty">
                <h3>{what}</h3>
                <p>{more}</p>
            </div>
        }
        .into_any()
    };
    view! {
        <div class="toolbar">
            <SearchBox
                label="Filter sites"
                title="Searches the names of sites and of their engines and pools. All words must occur."
                value=choice.filter
            />
            <span role="status" class="selected-count">
                {live(chosen)}
            </span>
            <SitesAge choice />
        </div>
        {live(unreadable)}
        <DataTable
            name="Sites of the console"
            class="choose-sites"
            columns=Signal::stored(COLUMNS.to_vec())
            keys
            sort=Memo::new(move |_| choice.sort.get())
            on_sort=Callback::new(move |sort| choice.sort.set(sort))
            selecting
            cells=Callback::new(move |place: RowPlace| cells(choice, SiteId(place.key)))
            working=Callback::new(|_| false)
            empty=Callback::new(empty)
        />
    }
}

fn cells(choice: Choice, site: SiteId) -> Option<Vec<El>> {
    let rows = choice.rows.get()?;
    let place = rows.list().place(site)?;
    let (name, now) = (rows.list().name(place).to_owned(), rows.scanner_label(place));
    let here = rows.list().scanner(place) == Some(choice.scanner);
    let now = if now.is_empty() { "Not reported".to_owned() } else { now };
    let to = match (here, choice.selection.contains(site.get())) {
        (false, true) => Some(choice.label()),
        (true, false) => {
            let to = choice.goes_to(site);
            Some(to.map_or_else(|| "?".to_owned(), |to| choice.scanners.with(|scanners| scanners.label(to))))
        }
        _ => None,
    };
    let way = El::new("span", "way")
        .is("hidden", to.is_none())
        .with(El::new("span", None::<String>).is("aria-hidden", "true").text("→ "))
        .with(El::new("span", "unseen").text("moves to "))
        .text(to.unwrap_or_default());
    let scanner = El::new("td", "c-scanner").is("title", now.clone()).text(now).text(" ").with(way);
    Some(vec![row_head(&name).text(name), scanner])
}

/// What moves from where to where, and what is still to be chosen for it.
#[component]
fn MovesInWords(choice: Choice, input: NodeRef<html::Input>) -> impl IntoView {
    let leaves = Memo::new(move |_| choice.homeless.get() > 0);
    let field = move || {
        leaves.get().then(|| {
            let missing = Signal::derive(move || choice.missing().filter(|_| choice.sent.get()));
            view! {
                <Picker
                    label="New engine or pool for the sites that you unchecked"
                    picking=choice.elsewhere
                    missing
                    input
                />
            }
        })
    };
    view! {
        <div class="moves-in-words">
            <div role="status">
                <MovesSummary choice />
            </div>
            {live(field)}
        </div>
    }
}

#[component]
fn MovesSummary(choice: Choice) -> impl IntoView {
    live(move || {
        let Some(rows) = choice.rows.get() else { return ().into_any() };
        let (changes, name) = (choice.changes.get(), choice.label());
        if changes.come.is_empty() && changes.leave.is_empty() {
            return view! { <p class="secondary">"Nothing moves."</p> }.into_any();
        }
        let come = (!changes.come.is_empty()).then(|| {
            let origins = rows.origins(&changes.come);
            let mut named = origins
                .iter()
                .take(NAMED)
                .map(|(from, count)| {
                    let from = from.map_or_else(
                        || "an engine or pool that is not reported".to_owned(),
                        |it| rows.scanners().label(it),
                    );
                    format!("{} from {from}", number::count(*count as u64))
                })
                .collect::<Vec<_>>();
            let rest = origins.iter().skip(NAMED).map(|(_, count)| count).sum::<usize>();
            if rest > 0 {
                named.push(format!(
                    "{} from {} others",
                    number::count(rest as u64),
                    number::count((origins.len() - NAMED) as u64)
                ));
            }
            let sites = counted(changes.come.len());
            view! { <p><strong>{format!("{sites} to {name}")}</strong>": "{named.join(", ")}</p> }
        });
        let mut leave: Vec<(Option<ScannerId>, usize)> = Vec::new();
        for site in changes.leave.iter().filter_map(|place| rows.list().id(*place)) {
            let to = choice.goes_to(site);
            match leave.iter_mut().find(|(known, _)| *known == to) {
                Some((_, count)) => *count += 1,
                None => leave.push((to, 1)),
            }
        }
        let leave = leave.into_iter().map(|(to, count)| {
            let to = to.map_or_else(
                || "an engine or pool that is still to be chosen".to_owned(),
                |to| rows.scanners().label(to),
            );
            view! { <p><strong>{format!("{} from {name}", counted(count))}</strong>" to "{to}</p> }.into_any()
        });
        (come, leave.collect::<Vec<_>>()).into_any()
    })
}

fn counted(count: usize) -> String {
    number::counted(count, "site")
}
