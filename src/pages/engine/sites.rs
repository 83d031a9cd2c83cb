//! **Sites**: the sites that an engine scans, and which move to it or away from it when the panel is saved.

use std::sync::Arc;

use console_api::{
    Page as SitesPage, PageRequest, Site, SiteId, SiteType, Sort,
    rules::{Scanners, SiteMove, group_moves, pools_of, sites_in_words},
};
use leptos::prelude::*;

use super::panel::{Panel, PanelButtons};
use crate::{
    browser::address::AddressParam,
    data::sites::Listed,
    features::select_sites::SelectSites,
    routes::Route,
    ui::{
        button::ActionButton,
        focus::focus_heading_if_lost,
        icon::{Icon, glyph},
        live::{follow, live},
        pager::{Paged, Pager},
        table::{
            cells::{actions_cell, name_cell, row_button, text_cell},
            columns::{Column, SortBy},
            data_table::{DataTable, RowPlace},
            keys::KeyMap,
            light::El,
        },
    },
};

const ASSIGNED: [Column; 3] = [
    Column { key: "name", label: "Name", numeric: false, sortable: true },
    Column { key: "type", label: "Type", numeric: false, sortable: false },
    Column { key: "last-scan", label: "Last scan", numeric: false, sortable: false },
];
/// While something moves when the panel is saved.
const PENDING: [Column; 2] = [
    Column { key: "change", label: "When you save", numeric: false, sortable: false },
    Column { key: "actions", label: "Actions", numeric: false, sortable: false },
];
const SIZES: [u64; 4] = [10, 25, 50, 100];
const SIZE: u64 = 25;
/// How many ways are told in words above the list.
const WAYS: usize = 6;

/// What is in the tab.
#[component]
pub(super) fn EngineSites(panel: Panel) -> impl IntoView {
    let page = panel.page;
    let scanners = Memo::new(move |_| Arc::new(page.data.scanners()));
    let selecting = RwSignal::new(false);
    let refused = Signal::derive(move || {
        page.data
            .bulk
            .is_running()
            .then(|| "Another job is still running: wait until it has finished.".to_owned())
    });
    let pending = Memo::new(move |_| panel.moves.with(|moves| !moves.is_empty()));
    view! {
        <form class="panel-form" novalidate=true on:submit=panel.on_submit()>
            <div class="picker-head">
                <h2>"Assigned sites"</h2>
                <div class="actions">
                    <ActionButton
                        icon=Icon::Site
                        label="Select Sites".to_owned()
                        refused
                        on_press=Callback::new(move |()| selecting.set(true))
                    />
                </div>
            </div>
            {live(move || pending.get().then(|| view! { <PendingMoves panel scanners /> }))}
            <AssignedSites panel scanners />
            <ThroughPools panel />
            <PanelButtons panel />
        </form>
        <SelectSites
            open=selecting
            scanner=page.id.into()
            scanners
            pending=panel.moves
            on_save=Callback::new(move |moves| panel.moves.set(moves))
        />
    }
}

/// What moves when the panel is saved, in words; the list below marks each site.
#[component]
fn PendingMoves(panel: Panel, scanners: Memo<Arc<Scanners>>) -> impl IntoView {
    let moves = panel.moves;
    let ways = move || {
        let scanners = scanners.get();
        let moves = moves.get();
        let groups = group_moves(&moves);
        let rest = groups.iter().skip(WAYS).map(|group| group.moves.len()).sum::<usize>();
        let rest = (rest > 0)
            .then(|| format!("{} more in {} other moves", sites_in_words(rest), groups.len() - WAYS));
        let ways = groups.iter().take(WAYS).map(|group| group.in_words(&scanners)).chain(rest);
        let spans = ways.enumerate().map(|(at, way)| {
            let before = if at == 0 { "" } else { ", " };
            view! {
                {before}
                <span>{way}</span>
            }
            .into_any()
        });
        spans.collect::<Vec<_>>()
    };
    view! {
        <section class="notice uncertain pending" aria-label="Moves when you save">
            <p role="status">
                <strong>"When you save: "</strong>
                {live(ways)}
            </p>
            <button
                type="button"
                class="button small"
                on:click=move |_| {
                    moves.set(Vec::new());
                    focus_heading_if_lost();
                }
            >
                "Discard all"
            </button>
        </section>
    }
}

/// The sites that are assigned directly, as the console pages and sorts them. Those that move when the panel is saved are marked,
/// and come first.
#[component]
fn AssignedSites(panel: Panel, scanners: Memo<Arc<Scanners>>) -> impl IntoView {
    let page = panel.page;
    let [at, size, sort] = ["sites-page", "sites-size", "sites-sort"].map(AddressParam::of);
    let number = move || at.get().parse::<u64>().unwrap_or(1).max(1) - 1;
    let rows =
        Memo::new(move |_| size.get().parse().ok().filter(|size| SIZES.contains(size)).unwrap_or(SIZE));
    let order = Memo::new(move |_| {
        let by = SortBy::from_query(&sort.get());
        if by.column == "name" { by } else { SortBy::from_query("name") }
    });
    let request = Memo::new(move |_| PageRequest {
        page: number(),
        size: rows.get(),
        sort: vec![Sort { property: "name", descending: order.get().descending }],
    });
    // Read again also when the engine was read again and has other sites.
    let sites_now = Memo::new(move |_| page.engine.with(|engine| engine.as_ref().map(|it| it.sites.clone())));
    follow(move || {
        sites_now.track();
        page.data.read_engine_sites(page.id, request.get());
    });
    let listed = Memo::new(move |_| {
        let (engine, listed) = (*page.data.engine_sites.value()?).clone();
        (engine == page.id).then(|| Arc::new(listed))
    });
    // A page that lies behind the last leads to the last.
    follow(move || {
        let Some(listed) = listed.get() else { return };
        let last = listed.page.total_pages.unwrap_or(0).max(1);
        if listed.page.items.is_empty() && listed.request.page + 1 > last && untrack(number) + 1 > last {
            at.correct(if last == 1 { String::new() } else { last.to_string() });
        }
    });
    let site = move |id: u64| -> Option<Site> {
        listed.with(|listed| listed.as_ref()?.page.items.iter().find(|site| site.id.get() == id).cloned())
    };
    let failed = move || page.data.engine_sites.failed();
    // The moves that are not saved yet, by their sites.
    let pending = Memo::new(move |_| {
        let by_site = |it: &SiteMove| (it.site.get(), it.clone());
        Arc::new(panel.moves.with(|moves| moves.iter().map(by_site).collect::<KeyMap<SiteMove>>()))
    });
    let any = Memo::new(move |_| pending.with(|pending| !pending.is_empty()));
    let keys = Memo::new(move |_| {
        let known = listed.with(|listed| {
            let ids = |listed: &Arc<Listed>| {
                (listed.request.page, listed.page.items.iter().map(|site| site.id.get()).collect::<Vec<_>>())
            };
            listed.as_ref().map(ids)
        });
        let (page, ids) = known.or_else(|| failed().map(|_| (0, Vec::new())))?;
        if page > 0 {
            return Some(Arc::new(ids));
        }
        let mut keys = panel.moves.with(|moves| moves.iter().map(|it| it.site.get()).collect::<Vec<_>>());
        pending.with(|pending| keys.extend(ids.into_iter().filter(|id| !pending.contains_key(id))));
        Some(Arc::new(keys))
    });
    let paged = Memo::new(move |_| {
        let listed = listed.get()?;
        let SitesPage { total, .. } = listed.page;
        Some(Paged {
            page: listed.request.page,
            size: listed.request.size,
            rows: listed.page.rows() as u64,
            total,
        })
    });
    let many =
        Memo::new(move |_| paged.get().is_some_and(|paged| paged.total.is_none_or(|total| total > SIZES[0])));
    let take_back = move |site: u64| {
        panel.moves.update(|moves| moves.retain(|it| it.site.get() != site));
        focus_heading_if_lost();
    };
    // What becomes of a site, and the way back.
    let change = move |moved: Option<SiteMove>, tabindex: &'static str| {
        let label = |id| scanners.with(|scanners| scanners.label(id));
        let pending = moved.is_some();
        let (words, name) = moved.map_or_else(Default::default, |SiteMove { name, from, to, .. }| {
            let words = if to.is_engine(page.id) {
                let from = from.map_or_else(|| "an engine or pool that is not reported".to_owned(), label);
                format!("Comes from {from}")
            } else {
                format!("Goes to {}", label(to))
            };
            (words, name)
        });
        let way = El::new("span", "way").is("hidden", !pending).text(words.clone());
        let undo =
            row_button(Icon::Close, "undo", format!("Undo {name}"), None, tabindex).is("hidden", !pending);
        [El::new("td", "c-change").is("title", words).with(way), actions_cell([undo])]
    };
    let cells = move |place: RowPlace| {
        let moved = pending.with(|pending| pending.get(&place.key).cloned());
        let known = site(place.key);
        let name = moved.as_ref().map(|it| it.name.clone()).or_else(|| Some(known.as_ref()?.name.clone()));
        let name = name?;
        let unknown = || "–".to_owned();
        let kind = known.as_ref().and_then(|site| site.site_type.as_ref());
        let kind = kind.map_or_else(unknown, |kind: &SiteType| kind.label().to_owned());
        let (scanned, exact) = match &known {
            Some(site) => site.last_scan.map_or_else(
                || (unknown(), "Never scanned.".to_owned()),
                |at| (page.clock.relative(at), page.clock.exact(at)),
            ),
            None => (unknown(), String::new()),
        };
        let cells = [
            name_cell(&name, Some(Route::Site(SiteId(place.key)).href()), place.tabindex),
            text_cell("c-type", "", kind, None),
            text_cell("c-scan", "", scanned, Some(exact)),
        ];
        let change = any.get().then(|| change(moved, place.tabindex));
        Some(cells.into_iter().chain(change.into_iter().flatten()).collect())
    };
    let empty = move |()| {
        if failed().is_some() {
            return ().into_any();
        }
        view! {
            <div class="table-empty">
                <h3>"No sites"</h3>
                <p>"No site is assigned to this engine directly. Select Sites assigns some."</p>
            </div>
        }
        .into_any()
    };
    let trouble = move || {
        failed().map(|error| {
            view! {
                <div class="notice bad">
                    <strong class="problem-line">
                        {glyph(Icon::Failed, "")} "The sites of this engine could not be read."
                    </strong>
                    <span>{error.in_full()}</span>
                    <div class="buttons">
                        <button
                            type="button"
                            class="button"
                            on:click=move |_| page.data.read_engine_sites(page.id, request.get_untracked())
                        >
                            "Try again"
                        </button>
                    </div>
                </div>
            }
        })
    };
    let pager = move || {
        many.get().then(|| {
            view! {
                <Pager
                    name="Pages of assigned sites"
                    paged
                    busy=Signal::derive(move || page.data.engine_sites.is_reading())
                    on_page=Callback::new(move |page: u64| {
                        at.choose(if page == 0 { String::new() } else { (page + 1).to_string() });
                    })
                    sizes=&SIZES
                    size=rows
                    on_size=Callback::new(move |rows: u64| {
                        let rows = if rows == SIZE { String::new() } else { rows.to_string() };
                        size.choose_both(&rows, at, "");
                    })
                />
            }
        })
    };
    view! {
        <div role="status" class="troubles">
            {live(trouble)}
        </div>
        <div class="short-table">
            <DataTable
                name="Assigned sites"
                class="assigned"
                columns=Signal::derive(move || {
                    let pending = if any.get() { &PENDING[..] } else { &[] };
                    [&ASSIGNED, pending].concat()
                })
                keys
                sort=order
                on_sort=Callback::new(move |by: SortBy| {
                    sort.choose_both(&if by.descending { by.to_query() } else { String::new() }, at, "");
                })
                cells=Callback::new(cells)
                on_action=Callback::new(move |(key, _)| take_back(key))
                working=Callback::new(|_| false)
                empty=Callback::new(empty)
            />
            {live(pager)}
        </div>
    }
}

/// The sites that the engine may scan because it is in a pool: they are changed there.
#[component]
fn ThroughPools(panel: Panel) -> impl IntoView {
    live(move || {
        let page = panel.page;
        let pools = page.data.pools.value()?;
        let pools = pools_of(page.id, &pools.items);
        if pools.is_empty() {
            return None;
        }
        let lines = pools.iter().map(|pool| {
            let sites =
                pool.sites.as_ref().map_or_else(|| "sites".to_owned(), |sites| sites_in_words(sites.len()));
            view! {
                <li>
                    <a href=Route::Pool(pool.id).href()>{pool.name.clone()}</a>
                    {format!(": {sites}")}
                </li>
            }
            .into_any()
        });
        Some(view! {
            <section class="through" aria-labelledby="through-heading">
                <h3 id="through-heading">"Through pools"</h3>
                <p class="secondary">
                    "The engine shares the sites of its pools with the other engines in them. They are assigned to the pool."
                </p>
                <ul class="plain">{lines.collect::<Vec<_>>()}</ul>
            </section>
        })
    })
}
