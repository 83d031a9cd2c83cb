//! **Scans** of a pool. The console has no list of them: they are put together from those of the pool's sites, the newest
//! hundred.

use std::{collections::BTreeSet, sync::Arc};

use console_api::{
    Error, Scan, SiteId,
    rules::{MERGED_SCANS, newest_scans, sites_in_words},
};
use futures::{StreamExt, stream};
use leptos::{prelude::*, task::spawn_local};

use super::scans::{scan_cells, scan_columns};
use crate::{
    browser::{clock::Clock, number},
    data::{Data, site_names::SiteNames},
    ui::{
        button::ActionButton,
        focus::focus_heading_if_lost,
        icon::{Icon, glyph},
        live::{follow, live},
        table::{
            columns::SortBy,
            data_table::{DataTable, RowPlace},
            row::Keys,
        },
    },
};

/// How many sites are asked for their scans at a time.
const AT_ONCE: usize = 3;

/// How far the reading has come.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
struct Progress {
    running: bool,
    done: usize,
    total: usize,
}

/// What the parts share. Copy it freely; all copies are the same.
#[derive(Clone, Copy)]
struct Merged {
    data: Data,
    clock: Clock,
    names: SiteNames,
    sites: Signal<Option<Vec<SiteId>>>,
    scans: RwSignal<Option<Arc<Vec<Scan>>>>,
    progress: RwSignal<Progress>,
    /// The sites whose scans are missing, because they could not be read or someone stopped before, and why the last one.
    missing: RwSignal<BTreeSet<SiteId>>,
    failed: RwSignal<Option<Error>>,
    turn: StoredValue<u64>,
}

impl Merged {
    /// Reads the scans of these sites, in addition to those that are there.
    fn read(self, sites: Vec<SiteId>) {
        let turn = self.turn.get_value() + 1;
        self.turn.set_value(turn);
        self.failed.set(None);
        self.missing.set(sites.iter().copied().collect());
        self.progress.set(Progress { running: !sites.is_empty(), done: 0, total: sites.len() });
        if self.scans.with_untracked(Option::is_none) && sites.is_empty() {
            self.scans.set(Some(Arc::default()));
        }
        spawn_local(async move {
            let is_over = move || self.turn.try_get_value() != Some(turn);
            let mut answers = stream::iter(sites)
                .map(|site| async move { (site, self.data.newest_scans_of(site, MERGED_SCANS as u64).await) })
                .buffer_unordered(AT_ONCE);
            while let Some((site, answer)) = answers.next().await {
                if is_over() {
                    return;
                }
                match answer {
                    Ok(scans) => {
                        let known =
                            self.scans.get_untracked().map_or_else(Vec::new, |known| (*known).clone());
                        let all = known.into_iter().chain(scans).collect();
                        self.scans.set(Some(Arc::new(newest_scans(all, MERGED_SCANS))));
                        self.missing.update(|missing| _ = missing.remove(&site));
                    }
                    Err(Error::Cancelled) => return,
                    Err(error) => self.failed.set(Some(error)),
                }
                self.progress.update(|progress| progress.done += 1);
            }
            if !is_over() {
                self.progress.update(|progress| progress.running = false);
            }
        });
    }

    fn read_all(self) {
        self.scans.set(None);
        self.read(self.sites.get_untracked().unwrap_or_default());
    }

    fn stop(self) {
        self.turn.update_value(|turn| *turn += 1);
        self.progress.update(|progress| progress.running = false);
    }
}

/// The scans of these sites, which a pool has; `None` while or where the console does not report them.
#[component]
pub fn PoolScans(
    /// The sites that use the pool.
    #[prop(into)]
    sites: Signal<Option<Vec<SiteId>>>,
) -> impl IntoView {
    let data = Data::here();
    let merged = Merged {
        data,
        clock: Clock::here(),
        names: SiteNames::new(data),
        sites,
        scans: RwSignal::new(None),
        progress: RwSignal::new(Progress::default()),
        missing: RwSignal::new(BTreeSet::new()),
        failed: RwSignal::new(None),
        turn: StoredValue::new(0),
    };
    let known = Memo::new(move |_| sites.get());
    follow(move || {
        if known.with(Option::is_some) {
            untrack(|| merged.read_all());
        }
    });
    follow(move || {
        let sites = merged.scans.with(|scans| {
            let scans = scans.iter().flat_map(|scans| scans.iter());
            scans.filter_map(|scan| scan.site).collect::<BTreeSet<_>>()
        });
        untrack(|| merged.names.want(&sites.into_iter().collect::<Vec<_>>()));
    });
    on_cleanup(move || merged.turn.update_value(|turn| *turn += 1));
    let keys = Memo::new(move |_| -> Keys {
        let scans = merged.scans.get();
        let none_to_come = !merged.progress.with(|progress| progress.running);
        match scans {
            Some(scans) if !scans.is_empty() || none_to_come => {
                Some(Arc::new(scans.iter().map(|scan| scan.id.get()).collect()))
            }
            _ if none_to_come => Some(Arc::default()),
            _ => None,
        }
    });
    let busy = Signal::derive(move || {
        merged.progress.with(|progress| progress.running).then(|| "The scans are being read.".to_owned())
    });
    view! {
        <div class="scans-frame">
            <div class="picker-head">
                <p class="secondary" role="status">
                    {live(move || summary(merged))}
                </p>
                <div class="actions">
                    {live(move || merged.progress.with(|it| it.running).then(|| view! { <StopButton merged /> }))}
                    <ActionButton
                        icon=Icon::Refresh
                        label="Reload".to_owned()
                        small=true
                        refused=busy
                        on_press=Callback::new(move |()| merged.read_all())
                    />
                </div>
            </div>
            <div role="status" class="troubles over-table">
                <PoolScansTroubles merged />
            </div>
            <DataTable
                name="Scans of the pool"
                class="scans"
                columns=Signal::stored(scan_columns())
                keys
                sort=Memo::new(|_| SortBy::from_query(""))
                on_sort=Callback::new(|_| {})
                cells=Callback::new(move |RowPlace { key, tabindex }| {
                    let scans = merged.scans.get().unwrap_or_default();
                    let scan = scans.iter().find(|scan| scan.id.get() == key);
                    scan.map(|scan| {
                        let name = scan.site.map(|site| merged.names.name(site));
                        scan_cells(merged.clock, scan, name, tabindex)
                    })
                })
                working=Callback::new(|_| false)
                empty=Callback::new(move |()| empty(merged))
            />
        </div>
    }
}

#[component]
fn StopButton(merged: Merged) -> impl IntoView {
    view! {
        <button
            type="button"
            class="button small"
            on:click=move |_| {
                merged.stop();
                focus_heading_if_lost();
            }
        >
            "Cancel"
        </button>
    }
}

/// What the list is, or how far it has come.
fn summary(merged: Merged) -> Option<String> {
    let progress = merged.progress.get();
    let sites = |count: usize| number::count(count as u64);
    if progress.running {
        return Some(format!("Scans read for {} of {} sites.", sites(progress.done), sites(progress.total)));
    }
    let count = merged.scans.with(|scans| scans.as_ref().map(|scans| scans.len()))?;
    let total = merged.sites.with(|sites| sites.as_ref().map_or(0, Vec::len));
    let under_way = merged.scans.with(|scans| {
        scans.iter().flat_map(|scans| scans.iter()).filter(|scan| scan.status.is_under_way()).count()
    });
    let running = match under_way {
        0 => "none under way".to_owned(),
        count => format!("{count} under way"),
    };
    let of = sites_in_words(total);
    Some(if count >= MERGED_SCANS {
        format!("The newest {MERGED_SCANS} scans of its {of}, those under way first ({running}).")
    } else {
        format!("All {count} scans of its {of}, those under way first ({running}).")
    })
}

/// Scans are missing. What is there stays.
#[component]
fn PoolScansTroubles(merged: Merged) -> impl IntoView {
    live(move || {
        let missing = merged.missing.with(BTreeSet::len);
        if missing == 0 || merged.progress.with(|progress| progress.running) {
            return None;
        }
        let what = format!("The scans of {} are missing.", sites_in_words(missing));
        let why = merged.failed.get().map(|error| error.in_full());
        let view = view! {
            <div class="notice bad">
                <strong class="problem-line">{glyph(Icon::Failed, "")} {what}</strong>
                {why.map(|why| view! { <span>{why}</span> })}
                <div>
                    <button
                        type="button"
                        class="button"
                        on:click=move |_| {
                            merged.read(merged.missing.get_untracked().into_iter().collect());
                            focus_heading_if_lost();
                        }
                    >
                        "Read the missing scans"
                    </button>
                </div>
            </div>
        };
        Some(view)
    })
}

fn empty(merged: Merged) -> AnyView {
    if merged.missing.with(|missing| !missing.is_empty()) {
        // The reason is shown above.
        return ().into_any();
    }
    let words = match merged.sites.with(|sites| sites.as_ref().map(Vec::len)) {
        None => "This console does not report which sites use the pool.",
        Some(0) => "No site uses the pool.",
        Some(_) => "Scans appear here once one of its sites is scanned.",
    };
    view! {
        <div class="table-empty">
            <h3>"No scan"</h3>
            <p>{words}</p>
        </div>
    }
    .into_any()
}
