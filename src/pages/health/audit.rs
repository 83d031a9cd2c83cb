//! The tab **Audit**: every engine with all of its sites, and every site with the engines that may scan it.

mod output;

use std::sync::Arc;

use console_api::{
    Direction, EngineId, PoolId, SiteId,
    rules::{Arrow, Audit, AuditEngine, AuditSort, AuditedSite, SiteRows, SiteSort},
};
use leptos::{prelude::*, task::spawn_local};

use self::output::{ExportAudit, PrintAudit};
use crate::{
    browser::{address::AddressParam, number, timer::breathe},
    data::{
        Data,
        all_sites::{Progress, Reading},
    },
    routes::Route,
    ui::{
        close::CloseDetails,
        filter::FilterBox,
        focus::focus_heading_if_lost,
        fold::Fold,
        icon::{Icon, glyph},
        live::{follow, live, live_attribute},
        status::mark_title,
        table::{
            cells::{choice_cell, mark_el, name_cell, text_cell},
            columns::{Column, SortBy},
            data_table::{DataTable, RowPlace},
            keys::KeyMap,
            light::El,
            order::Asked,
            row::{Keys, RowKey},
        },
    },
};

const fn column(key: &'static str, label: &'static str, numeric: bool, sortable: bool) -> Column {
    Column { key, label, numeric, sortable }
}

const ENGINE_COLUMNS: [Column; 5] = [
    column("name", "Engine", false, true),
    column("status", "Status", false, false),
    column("direct", "Directly", true, true),
    column("pools", "Through pools", true, true),
    column("sites", "Sites", true, true),
];
const SITE_COLUMNS: [Column; 3] = [
    column("name", "Site", false, true),
    column("scanner", "Engine or pool", false, true),
    column("engines", "Engines that may scan it", true, false),
];
const SITES_OF_COLUMNS: [Column; 2] =
    [column("name", "Site", false, false), column("through", "Through", false, false)];
const ENGINES_OF_COLUMNS: [Column; 2] =
    [column("name", "Engine", false, false), column("status", "Status", false, false)];

/// Who calls whom, by engine.
type Directions = RwSignal<Arc<KeyMap<Direction>>>;

/// What the tab's parts share. Copy it freely; all copies are the same.
#[derive(Clone, Copy)]
struct AuditState {
    data: Data,
    /// Who scans what, once all was read.
    audit: RwSignal<Option<Arc<Audit>>>,
    /// Who calls whom, of the engines that tell.
    directions: Directions,
    /// Whether the sites come first, or else the engines.
    by_site: Memo<bool>,
    filter: AddressParam,
    sort: AddressParam,
    engine: AddressParam,
    site: AddressParam,
    /// What the filter leaves: ids of engines or of sites.
    keys: Memo<Keys>,
}

/// The panel of the tab.
#[component]
pub(super) fn AuditPanel() -> impl IntoView {
    let data = Data::here();
    data.want_all_sites();
    let audit = RwSignal::new(None::<Arc<Audit>>);
    let directions = RwSignal::new(Arc::default());
    put_together(data, audit, directions);
    let [by, filter, sort, engine, site] = ["by", "filter", "sort", "engine", "site"].map(AddressParam::of);
    let by_site = Memo::new(move |_| by.with(|by| by == "site"));
    let keys = Memo::new(move |_| -> Keys {
        let audit = audit.get()?;
        let (text, sort) = (filter.get(), SortBy::from_query(&sort.get()));
        Some(Arc::new(if by_site.get() {
            let by_scanner = sort.column == "scanner";
            audit.select_sites(&text, SiteSort { by_scanner, descending: sort.descending })
        } else {
            let by = match sort.column.as_str() {
                "direct" => AuditSort::Direct,
                "pools" => AuditSort::ThroughPools,
                "sites" => AuditSort::Sites,
                _ => AuditSort::Name,
            };
            audit.select_engines(&text, by, sort.descending)
        }))
    });
    let page = AuditState { data, audit, directions, by_site, filter, sort, engine, site, keys };
    let views = [("", "By engine"), ("site", "By site")].map(|(key, label)| {
        let pressed = live_attribute(move || Some((by_site.get() == (key == "site")).to_string()));
        view! {
            <button
                type="button"
                class="count"
                aria-pressed=pressed
                // The other view has other columns to sort by.
                on:click=move |_| by.choose_both(key, sort, "")
            >
                {label}
            </button>
        }
    });
    view! {
        <div class="toolbar">
            <FilterBox
                label="Search the audit"
                title="Searches the names of engines, pools and sites. All words must occur."
                filter
            />
            <Fold label="Options" icon=Icon::View words=true>
                <div class="counts" role="group" aria-label="View">
                    {views.into_iter().collect_view()}
                </div>
                <div class="end">
                    <ShownCount page /> <ExportAudit page /> <PrintAudit page />
                </div>
            </Fold>
        </div>
        <div role="status" class="troubles">
            <ReadingProgress page />
        </div>
        <div class="audit">
            <div class="audit-table">
                {live(move || {
                    if by_site.get() {
                        view! { <AuditedSites page /> }.into_any()
                    } else {
                        view! { <AuditedEngines page /> }.into_any()
                    }
                })}
            </div>
            {live(move || {
                if by_site.get() {
                    view! { <EnginesOfSite page /> }.into_any()
                } else {
                    view! { <SitesOfEngine page /> }.into_any()
                }
            })}
        </div>
    }
}

/// Puts the audit together whenever something of it was read: in three steps with time for the browser between them.
fn put_together(data: Data, audit: RwSignal<Option<Arc<Audit>>>, directions: Directions) {
    let turn = StoredValue::new(0_u64);
    follow(move || {
        let (sites, engines, pools) = (data.all_sites.list(), data.engines.value(), data.pools.value());
        let without_pools = data.pools.failed().is_some();
        turn.update_value(|turn| *turn += 1);
        let mine = turn.get_value();
        let (Some(sites), Some(engines)) = (sites, engines) else {
            audit.set(None);
            return;
        };
        if pools.is_none() && !without_pools {
            return;
        }
        spawn_local(async move {
            let is_over = move || turn.try_get_value() != Some(mine);
            breathe().await;
            if is_over() {
                return;
            }
            let scanners = Arc::new(untrack(|| data.scanners()));
            breathe().await;
            let rows = SiteRows::new(sites, scanners);
            breathe().await;
            if is_over() {
                return;
            }
            let listed = pools.as_ref().map_or(&[][..], |list| &list.items);
            let new = Audit::new(rows, listed);
            breathe().await;
            if !is_over() {
                let told = engines.items.iter().filter_map(|it| Some((it.id.get(), it.direction?)));
                directions.try_set(Arc::new(told.collect()));
                audit.try_set(Some(Arc::new(new)));
            }
        });
    });
}

#[component]
fn ShownCount(page: AuditState) -> impl IntoView {
    live(move || {
        let shown = page.keys.with(|keys| keys.as_ref().map(|keys| keys.len()))?;
        let all = page.audit.with(|audit| {
            let audit = audit.as_ref()?;
            Some(if page.by_site.get() { audit.list().len() } else { audit.engines().len() })
        })?;
        let what = match (page.by_site.get(), all) {
            (true, 1) => "site",
            (true, _) => "sites",
            (false, 1) => "engine",
            (false, _) => "engines",
        };
        let words = if shown == all {
            format!("{} {what}", number::count(all as u64))
        } else {
            format!("{} of {} {what}", number::count(shown as u64), number::count(all as u64))
        };
        Some(view! { <span role="status">{words}</span> })
    })
}

/// How far the sites have come, and what to do when they don't.
#[component]
fn ReadingProgress(page: AuditState) -> impl IntoView {
    live(move || {
        let data = page.data;
        let unreadable = data.all_sites.list().map_or(0, |list| list.unreadable);
        let progress_words = |progress: &Progress| {
            let done = number::count(progress.done as u64);
            let words = match progress.total {
                Some(total) => format!("Sites read: {done} of {}.", number::count(total)),
                None => format!("Sites read: {done}."),
            };
            words + progress.slow_words()
        };
        let go_on = |label: &'static str| {
            view! {
                <button
                    type="button"
                    class="button"
                    on:click=move |_| {
                        data.go_on_reading_sites();
                        focus_heading_if_lost();
                    }
                >
                    {label}
                </button>
            }
        };
        let view = match data.all_sites.reading() {
            Reading::Running(progress) => view! {
                <div class="notice one-line">
                    <span>{progress_words(&progress)}</span>
                    <progress
                        aria-label="Sites read"
                        max=progress.total.map(|total| total.max(1).to_string())
                        value=progress.total.map(|_| progress.done.to_string())
                    ></progress>
                    <button
                        type="button"
                        class="button small"
                        on:click=move |_| {
                            data.all_sites.stop();
                            focus_heading_if_lost();
                        }
                    >
                        "Cancel"
                    </button>
                </div>
            }
            .into_any(),
            Reading::Stopped(progress) => view! {
                <div class="notice one-line">
                    <span>{progress_words(&progress)} " The audit needs all of them."</span>
                    {go_on("Read the rest")}
                </div>
            }
            .into_any(),
            Reading::Failed(progress, error) => view! {
                <div class="notice bad">
                    <strong class="problem-line">
                        {glyph(Icon::Failed, "")} "Not all sites could be read."
                    </strong>
                    <span>{progress_words(&progress)} " " {error.in_full()}</span>
                    <div>{go_on("Try again")}</div>
                </div>
            }
            .into_any(),
            Reading::Idle if unreadable > 0 => {
                let words = match unreadable {
                    1 => "1 of the console's sites could not be understood and is left out.".to_owned(),
                    many => {
                        format!("{many} of the console's sites could not be understood and are left out.")
                    }
                };
                view! { <div class="notice uncertain">{words}</div> }.into_any()
            }
            Reading::Idle => return None,
        };
        Some(view)
    })
}

fn table(
    page: AuditState,
    name: &'static str,
    class: &'static str,
    columns: &'static [Column],
    cells: impl Fn(&Arc<Audit>, RowPlace) -> Option<Vec<El>> + Send + Sync + 'static,
) -> impl IntoView {
    let sort = page.sort;
    let order = move || {
        let by = SortBy::from_query(&sort.get());
        if by.column.is_empty() { SortBy { column: "name".to_owned(), ..by } } else { by }
    };
    let cells = move |place: RowPlace| page.audit.with(|audit| cells(audit.as_ref()?, place));
    view! {
        <DataTable
            name
            class
            columns=Signal::stored(columns.to_vec())
            keys=page.keys
            asked=Asked::of(move || format!("{} {}", sort.get(), page.filter.get()))
            comes_back=true
            sort=Memo::new(move |_| order())
            on_sort=Callback::new(move |by: SortBy| {
                // By name is how it is at first.
                let text = by.to_query();
                sort.choose_order(if text == "name" { String::new() } else { text });
            })
            cells=Callback::new(cells)
            on_action=Callback::new(move |(key, _): (RowKey, String)| {
                let chosen = if page.by_site.get_untracked() { page.site } else { page.engine };
                chosen.choose(key.to_string());
            })
            working=Callback::new(|_| false)
            empty=Callback::new(move |()| empty(page))
        />
    }
}

fn status_cell(page: AuditState, engine: &AuditEngine) -> El {
    let direction = page.directions.with(|all| all.get(&engine.id.get()).copied());
    let arrow = Arrow { direction, severity: engine.status.severity() };
    let label = engine.status.label();
    El::new("td", "c-status").with(mark_el(Some((arrow, label)), mark_title(arrow, label)))
}

#[component]
fn AuditedEngines(page: AuditState) -> impl IntoView {
    table(page, "Engines with their sites", "audit-engines", &ENGINE_COLUMNS, move |audit, place| {
        let engine = audit.engine(EngineId(place.key))?;
        let id = engine.id.to_string();
        let chosen = page.engine.with(|chosen| *chosen == id);
        let count = |count: usize| number::count(count as u64);
        Some(vec![
            choice_cell("c-name", &engine.name, chosen, place.tabindex),
            status_cell(page, engine),
            text_cell("c-direct numeric", "Directly", count(engine.direct), None),
            text_cell("c-pools numeric", "Through pools", count(engine.through_pools), None),
            text_cell("c-sites numeric", "Sites", count(engine.sites()), None),
        ])
    })
}

#[component]
fn AuditedSites(page: AuditState) -> impl IntoView {
    table(page, "Sites with their engines", "audit-sites", &SITE_COLUMNS, move |audit, place| {
        let at = audit.list().place(SiteId(place.key))?;
        let id = place.key.to_string();
        let chosen = page.site.with(|chosen| *chosen == id);
        let scanner = audit.scanner_label(at);
        let scanner = if scanner.is_empty() { "Not reported".to_owned() } else { scanner };
        let engines = number::count(audit.engines_of(at).len() as u64);
        Some(vec![
            choice_cell("c-name", audit.list().name(at), chosen, place.tabindex),
            text_cell("c-scanner", "", scanner, None),
            text_cell("c-engines numeric", "Engines", engines, None),
        ])
    })
}

/// What is in the table's place when it has no rows.
fn empty(page: AuditState) -> AnyView {
    let what = if page.by_site.get() { "site" } else { "engine" };
    if page.filter.with(|text| text.trim().is_empty()) {
        return view! {
            <div class="table-empty">
                <h2>{format!("No {what}")}</h2>
                <p>{format!("The console has no {what}, or this account may not see any.")}</p>
            </div>
        }
        .into_any();
    }
    view! {
        <div class="table-empty">
            <h2>{format!("No {what} matches the search")}</h2>
            <button type="button" class="button" on:click=move |_| page.filter.choose(String::new())>
                "Show all"
            </button>
        </div>
    }
    .into_any()
}

/// What belongs to the chosen engine or site, as it was read last.
#[derive(Clone, Default, PartialEq, Eq)]
struct Found {
    /// What the engine or site is called.
    name: String,
    /// The way to it.
    href: String,
    note: String,
    keys: Arc<Vec<RowKey>>,
    /// The sites of an engine, by their keys.
    sites: Arc<KeyMap<AuditedSite>>,
}

/// What belongs to what is chosen, or why there is nothing; `None` where nothing is chosen, or not all was read yet.
type Chosen = Memo<Option<Result<Arc<Found>, String>>>;

/// Looks at what belongs to what is chosen.
fn with_found<T: Default>(chosen: Chosen, look: impl FnOnce(&Found) -> T) -> T {
    chosen.with(|chosen| chosen.as_ref()?.as_ref().ok().map(|found| look(found))).unwrap_or_default()
}

/// What belongs to the chosen engine or site. The frame stays while its contents are read again: the focus is in it, and the place in
/// the list.
#[component]
fn AuditDetails(
    chosen: Chosen,
    /// The heading, with the name behind it.
    heading: &'static str,
    /// The heading where what is chosen is not there.
    missing: &'static str,
    /// The name of the table.
    name: &'static str,
    columns: &'static [Column],
    cells: Callback<RowPlace, Option<Vec<El>>>,
    /// What is said where there are no rows.
    nothing: &'static str,
    /// What is emptied to close it.
    close: AddressParam,
) -> impl IntoView {
    let is_there = Memo::new(move |_| chosen.with(|chosen| chosen.as_ref().map(Result::is_ok)));
    let href = Memo::new(move |_| with_found(chosen, |found| found.href.clone()));
    let called = Memo::new(move |_| with_found(chosen, |found| found.name.clone()));
    let keys = Memo::new(move |_| -> Keys { Some(with_found(chosen, |found| Arc::clone(&found.keys))) });
    let words = move || match is_there.get() {
        Some(true) => format!("{heading} {}", called.get()),
        _ => missing.to_owned(),
    };
    let note = move || {
        chosen.with(|chosen| match chosen {
            Some(Ok(found)) => found.note.clone(),
            Some(Err(why)) => why.clone(),
            None => String::new(),
        })
    };
    let link = move || {
        let (href, name) = (href.get(), called.get());
        (!href.is_empty()).then(|| view! { <a href=href>"Open" <span class="unseen">" " {name}</span></a> })
    };
    let table = move || {
        view! {
            <DataTable
                name
                class="audit-of"
                columns=Signal::stored(columns.to_vec())
                keys
                asked=Asked::of(move || close.get())
                sort=Memo::new(|_| SortBy::from_query(""))
                on_sort=Callback::new(|_| ())
                cells
                working=Callback::new(|_| false)
                empty=Callback::new(move |()| view! { <p class="table-empty">{nothing}</p> }.into_any())
            />
        }
    };
    live(move || {
        is_there.get().map(|is_there| {
            view! {
                <section class="audit-details" aria-labelledby="audit-details-heading">
                    <div class="details-head">
                        <h2 id="audit-details-heading">{live(words)}</h2>
                        {live(link)}
                        <CloseDetails chosen=close />
                    </div>
                    <p class="secondary">{live(note)}</p>
                    {is_there.then(table)}
                </section>
            }
        })
    })
}

/// All sites of the chosen engine.
#[component]
fn SitesOfEngine(page: AuditState) -> impl IntoView {
    let chosen = Memo::new(move |_| {
        let id = page.engine.get();
        let audit = page.audit.get().filter(|_| !id.is_empty())?;
        let Some(engine) = id.parse().ok().and_then(|id| audit.engine(EngineId(id))) else {
            return Some(Err(format!("There is no engine with ID {id}, or this account may not see it.")));
        };
        let sites = audit.sites_of(engine);
        Some(Ok(Arc::new(Found {
            name: engine.name.clone(),
            href: Route::Engine(engine.id).href_with("tab", "sites"),
            note: format!(
                "{} directly, {} through pools",
                number::count(engine.direct as u64),
                number::count(engine.through_pools as u64)
            ),
            keys: Arc::new(sites.iter().map(|site| site.id.get()).collect()),
            sites: Arc::new(sites.into_iter().map(|site| (site.id.get(), site)).collect()),
        })))
    });
    let cells = move |place: RowPlace| {
        let site = with_found(chosen, |found| found.sites.get(&place.key).copied())?;
        let audit = page.audit.get()?;
        let through = site.through.map(|pool| (pool, audit.pool_name(pool)));
        let name = audit.list().name(site.place);
        Some(vec![
            name_cell(name, Some(Route::Site(site.id).href()), place.tabindex),
            through_cell(through, place.tabindex),
        ])
    };
    view! {
        <AuditDetails
            chosen
            heading="Sites of"
            missing="Engine not found"
            name="Sites of the engine"
            columns=&SITES_OF_COLUMNS
            cells=Callback::new(cells)
            nothing="It has no site."
            close=page.engine
        />
    }
}

/// The pool through which an engine has a site; nothing if it has it directly.
fn through_cell(pool: Option<(PoolId, &str)>, tabindex: &'static str) -> El {
    let name = pool.map_or("Directly", |(_, name)| name).to_owned();
    let href = pool.map(|(id, _)| Route::Pool(id).href());
    let tabindex = href.is_some().then_some(tabindex);
    let link = El::new("a", None::<String>).is("href", href).is("tabindex", tabindex).text(name.clone());
    let before = if pool.is_some() { "Pool " } else { "" };
    El::new("td", "c-through").is("title", name).text(before).with(link)
}

/// The engines that may scan the chosen site.
#[component]
fn EnginesOfSite(page: AuditState) -> impl IntoView {
    let chosen = Memo::new(move |_| {
        let id = page.site.get();
        let audit = page.audit.get().filter(|_| !id.is_empty())?;
        let site = id.parse().ok().map(SiteId);
        let Some((site, at)) = site.and_then(|id| Some((id, audit.list().place(id)?))) else {
            return Some(Err(format!("There is no site with ID {id}, or this account may not see it.")));
        };
        Some(Ok(Arc::new(Found {
            name: audit.list().name(at).to_owned(),
            href: Route::Site(site).href(),
            note: match (audit.pool_of(at), audit.scanner_label(at)) {
                (Some(pool), _) => format!("It uses the pool {}.", audit.pool_name(pool)),
                (None, label) if label.is_empty() => "The console does not report what scans it.".to_owned(),
                (None, label) => format!("It is assigned to {label} directly."),
            },
            keys: Arc::new(audit.engines_of(at).iter().map(|engine| engine.id.get()).collect()),
            sites: Arc::default(),
        })))
    });
    let cells = move |place: RowPlace| {
        let audit = page.audit.get()?;
        let engine = audit.engine(EngineId(place.key))?;
        Some(vec![
            name_cell(&engine.name, Some(Route::Engine(engine.id).href()), place.tabindex),
            status_cell(page, engine),
        ])
    };
    view! {
        <AuditDetails
            chosen
            heading="Engines that may scan"
            missing="Site not found"
            name="Engines that may scan the site"
            columns=&ENGINES_OF_COLUMNS
            cells=Callback::new(cells)
            nothing="Currently no engine may scan it."
            close=page.site
        />
    }
}
