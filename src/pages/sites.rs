//! **Sites**: all sites of the console, page by page as it sorts them, and what can be done with them.

mod moving;

use console_api::rules::{sort_by, sort_by_cached_key};
use std::sync::Arc;

use console_api::{
    PageRequest, ScannerId, Site, SiteId, SiteType,
    rules::{Scanners, SiteColumn, SiteOrder, fold_case},
};
use leptos::prelude::*;
use rustc_hash::{FxHashMap, FxHashSet};

use self::moving::{MoveSitesDialog, SelectionActions, name_of};
use crate::{
    browser::{address::AddressParam, clock::Clock, number, title::Title},
    data::{
        Data,
        all_sites::SLOW,
        site_filter::{Found, SiteFilter},
        sites::Listed,
    },
    features::delete_site::DeleteSiteDialog,
    forms::scanner_picker,
    routes::Route,
    ui::{
        dialog::Open,
        filter::FilterBox,
        focus::focus_heading_if_lost,
        heading::PageHeading,
        icon::{Icon, glyph},
        live::{follow, live, live_attribute},
        pager::{Paged, Pager},
        table::{
            cells::{actions_cell, name_cell, row_button, row_link, text_cell},
            columns::{Column, SortBy},
            data_table::{DataTable, RowPlace},
            light::El,
            row::Keys,
            selection::{Selecting, Selection, SelectionBar},
        },
    },
};

/// How many rows a page may have; the console gives at most 500 (docs/api-quirks.md, "Reading").
const SIZES: &[u64] = &[25, 50, 100, 500];
/// How many a page has for whoever has not chosen.
const SIZE: u64 = 50;

/// What the page has opened.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Opened {
    /// The question where the selected sites go.
    Move,
    /// The question whether this site is deleted.
    Delete(SiteId),
}

impl Opened {
    fn deleted(self) -> Option<SiteId> {
        match self {
            Self::Delete(id) => Some(id),
            Self::Move => None,
        }
    }
}

/// What the page's parts share. Copy it freely; all copies are the same.
#[derive(Clone, Copy)]
struct SitesState {
    data: Data,
    clock: Clock,
    filter: AddressParam,
    sort: AddressParam,
    /// The page, from 1 as people count; absent for the first.
    page: AddressParam,
    size: AddressParam,
    scanners: Memo<Arc<Scanners>>,
    /// What the address asks the console for.
    request: Memo<PageRequest>,
    /// The console's answer, as far as it is one to this address.
    listed: Memo<Option<Arc<Listed>>>,
    looking: SiteFilter,
    /// What the filter leaves; nothing without a filter.
    found: Memo<Found>,
    selection: Selection,
    /// The sites of all pages that have been on screen: some of them may be selected.
    seen: StoredValue<FxHashMap<u64, Site>>,
    opened: RwSignal<Option<Opened>>,
}

impl SitesState {
    fn is_filtered(self) -> bool {
        self.filter.with(|text| !text.trim().is_empty())
    }

    fn order(self) -> SiteOrder {
        SiteOrder::from_key(&self.sort.get()).unwrap_or_default()
    }

    fn site(self, key: u64) -> Option<Site> {
        let shown = if self.is_filtered() {
            self.looking.site(key)
        } else {
            self.listed.with(|listed| {
                let sites = &listed.as_ref()?.page.items;
                sites.iter().find(|site| site.id.get() == key).cloned()
            })
        };
        // It may be on another page.
        shown.or_else(|| {
            self.seen.with_value(|seen| seen.get(&key).cloned()).or_else(|| self.looking.site(key))
        })
    }

    /// The selected sites, in the order of their names.
    fn selected(self) -> Vec<Site> {
        let mut keys = self.selection.look(|keys| keys.iter().copied().collect::<Vec<_>>());
        sort_by(&mut keys, Ord::cmp);
        let mut sites = keys.into_iter().filter_map(|key| self.site(key)).collect::<Vec<_>>();
        sort_by_cached_key(&mut sites, |site| fold_case(&site.name));
        sites
    }

    fn go_to(self, page: u64) {
        self.page.choose(page_text(page));
        scroll_to_top();
    }

    /// Other rows per page: the first row on screen stays on screen.
    fn choose_size(self, size: u64) {
        let before = self.request.get_untracked();
        let page = before.page.saturating_mul(before.size) / size;
        let size = if size == SIZE { String::new() } else { size.to_string() };
        self.size.choose_both(&size, self.page, &page_text(page));
        scroll_to_top();
    }
}

/// A page as the address has it.
fn page_text(page: u64) -> String {
    if page == 0 { String::new() } else { (page + 1).to_string() }
}

/// Another page begins with its first row.
fn scroll_to_top() {
    if let Some(frame) = document().query_selector(".table-frame").ok().flatten() {
        frame.set_scroll_top(0);
    }
}

/// The screen at `/sites`.
#[component]
pub fn SitesPage() -> impl IntoView {
    let data = Data::here();
    Title::here().set(Route::Sites.heading());
    data.want_engines();

    let [filter, sort, page, size] = ["filter", "sort", "page", "size"].map(AddressParam::of);
    let scanners = Memo::new(move |_| Arc::new(data.scanners()));
    let request = Memo::new(move |_| {
        let size = size.get().parse().ok().filter(|size| SIZES.contains(size)).unwrap_or(SIZE);
        let page = page.get().parse::<u64>().unwrap_or(1).saturating_sub(1);
        let order = SiteOrder::from_key(&sort.get()).unwrap_or_default();
        PageRequest { page, size, sort: order.for_console() }
    });
    // The page before stays on screen while the next is on its way, but not beside a failure.
    let listed = Memo::new(move |_| {
        let listed = data.sites.value()?;
        let stays = data.sites.is_reading() || listed.request == request.get();
        stays.then_some(listed)
    });
    let looking = SiteFilter::new(data);
    let found = Memo::new(move |before: Option<&Found>| {
        let text = filter.get();
        if text.trim().is_empty() {
            return Found::default();
        }
        looking.find(&text, scanners.get(), before)
    });
    let page = SitesState {
        data,
        clock: Clock::here(),
        filter,
        sort,
        page,
        size,
        scanners,
        request,
        listed,
        looking,
        found,
        selection: Selection::new(),
        seen: StoredValue::new(FxHashMap::default()),
        opened: RwSignal::new(None),
    };
    follow(move || {
        if let Some(listed) = listed.get() {
            let sites = listed.page.items.iter().map(|site| (site.id.get(), site.clone()));
            page.seen.update_value(|seen| seen.extend(sites));
        }
    });
    let is_filtered = Memo::new(move |_| page.is_filtered());
    follow(move || {
        let request = request.get();
        if is_filtered.get() {
            looking.want(&request.sort);
        } else {
            // Nobody is waiting any more for what is left of a hundred thousand.
            looking.cancel();
            data.read_sites(request);
        }
    });

    let keys = Memo::new(move |_| -> Keys {
        if is_filtered.get() {
            let keys = found.with(|found| Arc::clone(&found.keys));
            let progress = looking.progress();
            // While the first sites are on their way nobody knows whether one will be found.
            return (!keys.is_empty() || !progress.running).then_some(keys);
        }
        listed.with(|listed| match listed {
            Some(listed) => {
                let mut seen = FxHashSet::default();
                let ids = listed.page.items.iter().map(|site| site.id.get());
                Some(Arc::new(ids.filter(|id| seen.insert(*id)).collect()))
            }
            // A page that could not be read is no longer on its way.
            None => data.sites.failed().map(|_| Arc::default()),
        })
    });
    let columns = SiteColumn::ALL.map(|column| Column {
        key: column.key(),
        label: column.label(),
        numeric: matches!(column, SiteColumn::Assets | SiteColumn::RiskScore),
        sortable: column.property().is_some(),
    });
    let actions = Column { key: "actions", label: "Actions", numeric: false, sortable: false };
    let columns = columns.into_iter().chain([actions]).collect::<Vec<_>>();
    let on_sort = move |by: SortBy| {
        page.sort.choose_both(&by.to_query(), page.page, "");
        scroll_to_top();
    };

    view! {
        <section class="page fills" aria-labelledby="page-heading">
            <div class="page-head">
                <PageHeading route=Route::Sites />
                <div class="actions">
                    <a class="button primary" href=Route::NewSite.href()>
                        {glyph(Icon::Add, "")}
                        "Create site"
                    </a>
                </div>
            </div>
            <div class="toolbar">
                <FilterBox
                    label="Filter sites"
                    title="Searches the name, type, description, and engine or pool of all sites. All words must occur."
                    filter
                /> <div class="end">{live(move || is_filtered.get().then(|| view! { <FilterProgress page /> }))}</div>
            </div>
            <div role="status" class="troubles over-table">
                <SitesTroubles page />
            </div>
            <DataTable
                name="Sites"
                class="sites"
                columns=Signal::stored(columns)
                keys
                comes_back=true
                sort=Memo::new(move |_| SortBy::from_query(&page.order().key()))
                on_sort=Callback::new(on_sort)
                cells=Callback::new(move |place: RowPlace| cells(page, place))
                on_action=Callback::new(move |(key, _)| page.opened.set(Some(Opened::Delete(SiteId(key)))))
                working=Callback::new(|_| false)
                selecting=Selecting {
                    selection: page.selection,
                    name: Callback::new(move |key| name_of(page, key)),
                }
                empty=Callback::new(move |()| empty(page))
            />
            {live(move || (!is_filtered.get()).then(|| view! { <SitesPager page /> }))}
            <SelectionBar selection=page.selection shown=keys>
                <SelectionActions page />
            </SelectionBar>
            <MoveSitesDialog page />
            <DeleteDialog page />
        </section>
    }
}

/// **Delete {name}** of a row.
#[component]
fn DeleteDialog(page: SitesState) -> impl IntoView {
    // What it is about stays while it is open, whatever the list says.
    let site = Memo::new(move |before: Option<&Option<Arc<Site>>>| {
        let id = page.opened.get()?.deleted()?;
        let before = before.cloned().flatten().filter(|site| site.id == id);
        before.or_else(|| untrack(|| page.site(id.get())).map(Arc::new))
    });
    let on_deleted = Callback::new(move |id: SiteId| {
        page.selection.set(&[id.get()], false);
        page.seen.update_value(|seen| _ = seen.remove(&id.get()));
        page.looking.remove(id.get());
        // The button that had the focus is gone with its row.
        focus_heading_if_lost();
    });
    view! { <DeleteSiteDialog site open={Open::about(page.opened, Opened::deleted)} on_deleted /> }
}

#[component]
fn SitesPager(page: SitesState) -> impl IntoView {
    let paged = Memo::new(move |_| {
        page.listed.with(|listed| {
            let Listed { request, page } = &**listed.as_ref()?;
            // A console may give less than was asked for.
            let size = page.size.filter(|size| *size > 0).unwrap_or(request.size);
            Some(Paged { page: request.page, size, rows: page.rows() as u64, total: page.total })
        })
    });
    let busy = Signal::derive(move || {
        let other =
            page.listed.with(|listed| listed.as_ref().is_some_and(|it| it.request != page.request.get()));
        other && page.data.sites.is_reading()
    });
    view! {
        <Pager
            name="Pages of sites"
            paged
            busy
            on_page=Callback::new(move |to| page.go_to(to))
            sizes=SIZES
            size=Signal::derive(move || page.request.with(|request| request.size))
            on_size=Callback::new(move |size| page.choose_size(size))
        />
    }
}

/// How far the filter has come: the console can't filter, so all sites are searched.
#[component]
fn FilterProgress(page: SitesState) -> impl IntoView {
    let looking = page.looking;
    let running = Memo::new(move |_| looking.progress().running);
    let stopped = Memo::new(move |_| {
        let progress = looking.progress();
        !progress.running && !progress.complete
    });
    let words = move || {
        let progress = looking.progress();
        let found = number::count(page.found.with(|found| found.keys.len() as u64));
        let read = number::count(progress.read);
        let words = match (progress.complete, progress.total) {
            (true, _) => format!("{found} of {read} match"),
            (false, Some(total)) => format!("{found} of {read} match, {} in all", number::count(total)),
            (false, None) => format!("{found} of {read} match so far"),
        };
        words + if progress.slow && progress.running { SLOW } else { "" }
    };
    let bar = move || {
        view! {
            <progress
                aria-label="Sites searched"
                max=live_attribute(move || looking.progress().total.map(|total| total.max(1).to_string()))
                value=live_attribute(move || {
                    let progress = looking.progress();
                    progress.total.map(|_| progress.read.to_string())
                })
            ></progress>
            <button
                type="button"
                class="button small"
                on:click=move |_| {
                    looking.cancel();
                    focus_heading_if_lost();
                }
            >
                "Cancel"
            </button>
        }
        .into_any()
    };
    let go_on = move || {
        view! {
            <button
                type="button"
                class="button small"
                on:click=move |_| {
                    looking.go_on();
                    focus_heading_if_lost();
                }
            >
                "Search the rest"
            </button>
        }
        .into_any()
    };
    view! {
        <span class="filter-progress">
            <span role="status">{live(words)}</span>
            {live(move || running.get().then(bar))}
            {live(move || (stopped.get() && looking.progress().failed.is_none()).then(go_on))}
        </span>
    }
}

/// The sites could not be read, or not completely. What is on screen stays.
#[component]
fn SitesTroubles(page: SitesState) -> impl IntoView {
    live(move || {
        let data = page.data;
        let filtered = page.is_filtered();
        let failed = if filtered { page.looking.progress().failed } else { data.sites.failed() };
        let notice = failed.map(|error| {
            let at = data.sites.read_at().filter(|_| page.listed.with(Option::is_some));
            let what = match (filtered, at) {
                (true, _) => "Not all sites could be searched.".to_owned(),
                (false, Some(at)) => {
                    format!("The sites could not be reloaded. What you see is from {}.", page.clock.exact(at))
                }
                (false, None) => "The sites could not be read.".to_owned(),
            };
            let again = move |_| {
                if page.is_filtered() {
                    page.looking.go_on();
                } else {
                    data.read_sites(page.request.get_untracked());
                }
                focus_heading_if_lost();
            };
            // A console may refuse to sort by something.
            let in_order = (!page.sort.get().is_empty()).then(|| {
                view! {
                    <button
                        type="button"
                        class="button"
                        on:click=move |_| {
                            page.sort.choose_both("", page.page, "");
                            focus_heading_if_lost();
                        }
                    >
                        "Sort by name"
                    </button>
                }
            });
            let reading = data.sites.is_reading();
            view! {
                <div class="notice bad">
                    <strong class="problem-line">{glyph(Icon::Failed, "")} {what}</strong>
                    <span>{error.in_full()}</span>
                    <div class="buttons">
                        <button
                            type="button"
                            class="button"
                            aria-disabled=reading.then_some("true")
                            on:click=again
                        >
                            "Try again"
                        </button>
                        {in_order}
                    </div>
                </div>
            }
        });
        let lists = data.engines.failed().or_else(|| data.pools.failed()).filter(|_| notice.is_none());
        let lists = lists.map(|error| {
            format!(
                "The engines and pools could not all be read, so some are shown by their number. {}",
                error.in_full()
            )
        });
        let unreadable = if filtered {
            page.looking.progress().unreadable
        } else {
            page.listed.with(|listed| listed.as_ref().map_or(0, |listed| listed.page.unreadable as u64))
        };
        let unreadable = (unreadable > 0).then(|| {
            format!("{unreadable} of the console's sites could not be understood and are not shown.")
        });
        let lesser = [lists, unreadable].into_iter().flatten();
        (notice, lesser.map(|words| view! { <div class="notice uncertain">{words}</div> }).collect_view())
    })
}

/// What is in the table's place when it has no rows.
fn empty(page: SitesState) -> AnyView {
    if page.is_filtered() {
        let progress = page.looking.progress();
        if progress.failed.is_some() {
            // The reason is shown above.
            return ().into_any();
        }
        let heading = if progress.complete {
            "No site matches the filter"
        } else {
            "No site matches the filter so far"
        };
        return view! {
            <div class="table-empty">
                <h2>{heading}</h2>
                <button
                    type="button"
                    class="button"
                    on:click=move |_| {
                        page.filter.choose(String::new());
                        focus_heading_if_lost();
                    }
                >
                    "Show all sites"
                </button>
            </div>
        }
        .into_any();
    }
    let Some(listed) = page.listed.get() else { return ().into_any() };
    let last = Paged {
        page: listed.request.page,
        size: listed.page.size.filter(|size| *size > 0).unwrap_or(listed.request.size),
        rows: 0,
        total: listed.page.total,
    }
    .last();
    if listed.request.page > 0 {
        let to = last.unwrap_or(0).min(listed.request.page - 1);
        let words = if last.is_some() { "Go to the last page" } else { "Go to the previous page" };
        return view! {
            <div class="table-empty">
                <h2>{format!("There is no page {}", number::count(listed.request.page + 1))}</h2>
                <p>"The list of sites has become shorter, or the address is wrong."</p>
                <button
                    type="button"
                    class="button"
                    on:click=move |_| {
                        page.go_to(to);
                        focus_heading_if_lost();
                    }
                >
                    {words}
                </button>
            </div>
        }
        .into_any();
    }
    view! {
        <div class="table-empty">
            <h2>"No sites"</h2>
            <p>
                "The console has no site, or this account may not see any. Create one, or ask an administrator for the permission."
            </p>
            <a class="button" href=Route::NewSite.href()>
                "Create a site"
            </a>
        </div>
    }
    .into_any()
}

/// The cells of one row.
fn cells(page: SitesState, RowPlace { key, tabindex }: RowPlace) -> Option<Vec<El>> {
    let site = page.site(key)?;
    let unknown = || "–".to_owned();
    let kind = site.site_type.as_ref().map_or_else(unknown, |kind: &SiteType| kind.label().to_owned());
    let assets = site.assets.map_or_else(unknown, number::count);
    let risk = site.risk_score.map_or_else(unknown, number::whole);
    let (scan, exact) = site.last_scan.map_or_else(
        || ("Never".to_owned(), "The console reports no time.".to_owned()),
        |time| (page.clock.relative(time), page.clock.exact(time)),
    );
    Some(vec![
        name_cell(&site.name, Some(Route::Site(site.id).href()), tabindex),
        text_cell("c-type", "", kind, None),
        text_cell("c-assets numeric", "Assets", assets, None),
        text_cell("c-risk numeric", "Risk", risk, None),
        scanner_cell(page, site.scanner, tabindex),
        text_cell("c-scan", "Last scan", scan, Some(exact)),
        actions_cell([
            row_link(Icon::Edit, format!("Edit {}", site.name), edit_href(site.id), tabindex),
            row_button(Icon::Delete, "delete", format!("Delete {}", site.name), None, tabindex),
        ]),
    ])
}

/// Where a site's name, importance and description are changed.
fn edit_href(id: SiteId) -> String {
    Route::Site(id).href_with("tab", "general")
}

/// The engine or pool that scans a site, the way to it, and how it is.
fn scanner_cell(page: SitesState, scanner: Option<ScannerId>, tabindex: &'static str) -> El {
    let scanners = page.scanners.get();
    let known = scanner.and_then(|id| scanners.get(id));
    let label = scanner.map_or_else(|| "–".to_owned(), |id| scanners.label(id));
    let href = known.map(|known| Route::of_scanner(known).href());
    let tabindex = href.is_some().then_some(tabindex);
    let link = El::new("a", None::<String>).is("href", href).is("tabindex", tabindex).text(label.clone());
    let named = El::new("span", "scanned-by").with(link).with(scanner_picker::status_el(page.data, known));
    El::new("td", "c-scanner").is("data-label", "Scanned by").is("title", label).with(named)
}
