//! **Scans** of an engine: those under way first, then the others, newest first, page by page as the console has them.

use std::sync::Arc;

use console_api::{Page as ScanPage, PageRequest, Scan, Sort, rules::scan_rows};
use leptos::prelude::*;

use super::EngineState;
use crate::{
    browser::address::AddressParam,
    data::query::Query,
    features::scans::{scan_cells, scan_columns},
    ui::{
        focus::focus_heading_if_lost,
        icon::{Icon, glyph},
        live::{follow, live, live_attribute},
        pager::{Paged, Pager},
        table::{
            columns::SortBy,
            data_table::{DataTable, RowPlace},
            light::El,
            row::Keys,
        },
    },
};

const SIZES: &[u64] = &[25, 50, 100, 500];
const SIZE: u64 = 25;

/// A page of scans, and what was asked for.
#[derive(Clone, Debug, PartialEq)]
struct Listed {
    request: PageRequest,
    page: ScanPage<Scan>,
}

/// What the tab's parts share. Copy it freely; all copies are the same.
#[derive(Clone, Copy)]
struct Tab {
    page: EngineState,
    scans: Query<Listed>,
    under_way: Query<Vec<Scan>>,
    request: Memo<PageRequest>,
    /// The console's answer, as far as it is one to this address.
    listed: Memo<Option<Arc<Listed>>>,
    rows: Memo<Option<Arc<Vec<Scan>>>>,
}

impl Tab {
    fn read(self) {
        let request = self.request.get_untracked();
        self.scans.read(async move {
            let page = self.page.data.scans_of(self.page.id, &request).await?;
            Ok(Listed { request, page })
        });
        self.under_way.read(self.page.data.scans_under_way());
    }
}

/// The tab.
#[component]
pub(super) fn EngineScans(page: EngineState) -> impl IntoView {
    let [number, size] = ["page", "size"].map(AddressParam::of);
    let request = Memo::new(move |_| {
        let size = size.get().parse().ok().filter(|size| SIZES.contains(size)).unwrap_or(SIZE);
        let page = number.get().parse::<u64>().unwrap_or(1).saturating_sub(1);
        PageRequest { page, size, sort: vec![Sort { property: "startTime", descending: true }] }
    });
    let (scans, under_way) = (Query::<Listed>::new(), Query::<Vec<Scan>>::new());
    let listed = Memo::new(move |_| scans.value().filter(|listed| listed.request == request.get()));
    let rows = Memo::new(move |_| {
        let (listed, engine) = (listed.get()?, page.engine.get()?);
        let under_way = under_way.value().unwrap_or_default();
        let pools = page.data.pools.value();
        let pools = pools.as_ref().map_or(&[][..], |pools| &pools.items);
        let first = listed.request.page == 0;
        Some(Arc::new(scan_rows(&engine, pools, first, &under_way, &listed.page.items)))
    });
    let tab = Tab { page, scans, under_way, request, listed, rows };
    follow(move || {
        request.track();
        untrack(|| tab.read());
    });
    let keys = Memo::new(move |_| -> Keys {
        match rows.get() {
            Some(rows) => Some(Arc::new(rows.iter().map(|scan| scan.id.get()).collect())),
            // A page that could not be read is no longer on its way.
            None => scans.failed().map(|_| Arc::default()),
        }
    });
    let to_text = |page: u64| if page == 0 { String::new() } else { (page + 1).to_string() };
    let paged = Memo::new(move |_| {
        let listed = listed.get()?;
        let size = listed.page.size.filter(|size| *size > 0).unwrap_or(listed.request.size);
        let rows = listed.page.rows() as u64;
        Some(Paged { page: listed.request.page, size, rows, total: listed.page.total })
    });
    view! {
        <div class="scans-frame">
            <div class="picker-head">
                <p class="secondary" role="status">
                    {live(move || summary(tab))}
                </p>
                <div class="actions">
                    <button
                        type="button"
                        class="button small"
                        aria-disabled=live_attribute(move || scans.is_reading().then_some("true"))
                        on:click=move |_| {
                            if !scans.is_reading() {
                                tab.read();
                            }
                        }
                    >
                        {glyph(Icon::Refresh, "")}
                        "Reload"
                    </button>
                </div>
            </div>
            <div role="status" class="troubles over-table">
                <EngineScansTroubles tab />
            </div>
            <DataTable
                name="Scans"
                class="scans"
                columns=Signal::stored(scan_columns())
                keys
                sort=Memo::new(|_| SortBy::from_query(""))
                on_sort=Callback::new(|_| {})
                cells=Callback::new(move |place: RowPlace| cells(tab, place))
                working=Callback::new(|_| false)
                empty=Callback::new(move |()| empty(tab))
            />
            <Pager
                name="Pages of scans"
                paged
                busy=Signal::derive(move || scans.is_reading())
                on_page=Callback::new(move |page| number.choose(to_text(page)))
                sizes=SIZES
                size=Signal::derive(move || request.with(|request| request.size))
                on_size=Callback::new(move |chosen: u64| {
                    let before = request.get_untracked();
                    let page = before.page.saturating_mul(before.size) / chosen;
                    let text = if chosen == SIZE { String::new() } else { chosen.to_string() };
                    size.choose_both(&text, number, &to_text(page));
                })
            />
        </div>
    }
}

/// How many are under way, and how old that is.
fn summary(tab: Tab) -> Option<String> {
    let at = tab.scans.read_at()?;
    let rows = tab.rows.get()?;
    let count = rows.iter().filter(|scan| scan.status.is_under_way()).count();
    let running = match count {
        0 => "No scan is under way.".to_owned(),
        1 => "1 scan is under way.".to_owned(),
        count => format!("{count} scans are under way."),
    };
    let first = tab.listed.with(|listed| listed.as_ref().is_some_and(|it| it.request.page == 0));
    let running = if first { running } else { String::new() };
    Some(format!("{running} Updated {}.", tab.page.clock.relative(at)).trim_start().to_owned())
}

/// The scans could not be read. What is on screen stays.
#[component]
fn EngineScansTroubles(tab: Tab) -> impl IntoView {
    live(move || {
        let there = tab.rows.with(Option::is_some);
        let at = tab.scans.read_at().filter(|_| there);
        let (error, what) = match (tab.scans.failed(), tab.under_way.failed()) {
            (Some(error), _) => {
                let what = at.map_or_else(
                    || "The scans could not be read.".to_owned(),
                    |at| {
                        format!(
                            "The scans could not be reloaded. What you see is from {}.",
                            tab.page.clock.exact(at)
                        )
                    },
                );
                (error, what)
            }
            (None, Some(error)) if there => (
                error,
                "The scans under way could not be read: some that started long ago may be missing at the top."
                    .to_owned(),
            ),
            _ => return None,
        };
        let view = view! {
            <div class="notice bad">
                <strong class="problem-line">{glyph(Icon::Failed, "")} {what}</strong>
                <span>{error.in_full()}</span>
                <div>
                    <button
                        type="button"
                        class="button"
                        on:click=move |_| {
                            tab.read();
                            focus_heading_if_lost();
                        }
                    >
                        "Try again"
                    </button>
                </div>
            </div>
        };
        Some(view)
    })
}

fn empty(tab: Tab) -> AnyView {
    if tab.scans.failed().is_some() {
        // The reason is shown above.
        return ().into_any();
    }
    let first = tab.request.with(|request| request.page == 0);
    let (what, more) = match first {
        true => (
            "No scans have run on this engine",
            "Scans appear here once one of its sites, or a site of one of its pools, is scanned.",
        ),
        false => {
            ("This page has no scans", "There are fewer pages now. The first page has the newest scans.")
        }
    };
    view! {
        <div class="table-empty">
            <h2>{what}</h2>
            <p>{more}</p>
        </div>
    }
    .into_any()
}

fn cells(tab: Tab, RowPlace { key, tabindex }: RowPlace) -> Option<Vec<El>> {
    let rows = tab.rows.get().unwrap_or_default();
    let scan = rows.iter().find(|scan| scan.id.get() == key)?;
    let name = scan.site_name.clone().or_else(|| scan.name.clone());
    Some(scan_cells(tab.page.clock, scan, name, tabindex))
}
