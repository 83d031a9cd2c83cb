//! **Filter sites**: the console can't filter them, so they are looked through page by page, in the order that the
//! console makes (docs/api-quirks.md, "Reading").

use std::{collections::hash_map::Entry, sync::Arc};

use console_api::{
    Error, PageRequest, ScannerId, Site, SiteId, SiteType, Sort,
    rules::{Scanners, fold_case},
};
use futures::future::{AbortHandle, abortable};
use leptos::{prelude::*, task::spawn_local};
use rustc_hash::{FxHashMap, FxHashSet};

use super::Data;
use crate::browser::clock;

/// While pages come, what they add is shown this often, in milliseconds: each time the table takes in its rows again.
const SHOW_EVERY_MS: f64 = 250.0;

/// A site, and the text that is looked through.
struct Row {
    site: Site,
    search: Box<str>,
}

/// How far it has come.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Progress {
    /// How many sites have come.
    pub read: u64,
    /// How many there are, where the console reports.
    pub total: Option<u64>,
    /// How many could not be understood.
    pub unreadable: u64,
    /// Whether pages still come.
    pub running: bool,
    /// Whether all have come.
    pub complete: bool,
    /// Why it has stopped.
    pub failed: Option<Error>,
    /// Whether the console is slow, and is asked for smaller pages.
    pub slow: bool,
}

/// What the filter leaves of the sites that have come so far.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Found {
    words: Vec<String>,
    scanners: Arc<Scanners>,
    round: u64,
    looked_at: usize,
    /// The ids of the sites, in the console's order.
    pub keys: Arc<Vec<u64>>,
}

/// The sites as they come. Belongs to the owner that makes it, and stops with it. Copies are the same.
#[derive(Clone, Copy)]
pub struct SiteFilter {
    data: Data,
    rows: StoredValue<Vec<Row>>,
    at: StoredValue<FxHashMap<u64, usize>>,
    order: StoredValue<Vec<Sort>>,
    /// The next page to ask for.
    next: StoredValue<Option<PageRequest>>,
    progress: RwSignal<Progress>,
    /// Which rows there are: the round changes when they are read from the start, the number when some are added.
    shown: RwSignal<(u64, usize)>,
    under_way: StoredValue<Option<AbortHandle>>,
    /// Counts how often sites that have come got another engine or pool.
    changes: RwSignal<u64>,
}

impl SiteFilter {
    /// Nothing is read yet.
    pub fn new(data: Data) -> Self {
        let filter = Self {
            data,
            rows: StoredValue::new(Vec::new()),
            at: StoredValue::new(FxHashMap::default()),
            order: StoredValue::new(Vec::new()),
            next: StoredValue::new(None),
            progress: RwSignal::new(Progress::default()),
            shown: RwSignal::new((0, 0)),
            under_way: StoredValue::new(None),
            changes: RwSignal::new(0),
        };
        on_cleanup(move || filter.give_up());
        data.all_sites.follow_moves(move |moves| filter.have_moved(moves));
        filter
    }

    /// How far it has come.
    pub fn progress(self) -> Progress {
        self.progress.get()
    }

    /// Reads the sites in this order, from the start unless that is under way or done; one that was stopped continues.
    pub fn want(self, order: &[Sort]) {
        let begun = self.next.with_value(Option::is_some) || self.progress.with_untracked(|now| now.complete);
        if !begun || self.order.with_value(|before| before != order) {
            self.begin(order.to_vec());
        } else if self.progress.with_untracked(|now| !now.running && !now.complete) {
            self.go_on();
        }
    }

    /// Reads them in the same order from the start.
    pub fn again(self) {
        self.begin(self.order.get_value());
    }

    fn begin(self, order: Vec<Sort>) {
        self.give_up();
        self.rows.update_value(Vec::clear);
        self.at.update_value(FxHashMap::clear);
        self.order.set_value(order.clone());
        self.next.set_value(Some(PageRequest { sort: order, ..PageRequest::default() }));
        self.progress.set(Progress::default());
        self.shown.update(|(round, count)| {
            *round += 1;
            *count = 0;
        });
        self.go_on();
    }

    /// Continues where it was cancelled or failed.
    pub fn go_on(self) {
        self.progress.update(|now| {
            now.running = true;
            now.failed = None;
        });
        let (read, handle) = abortable(self.read());
        self.under_way.set_value(Some(handle));
        spawn_local(async move {
            // Given up: whoever did it has said how it continues.
            let Ok(failed) = read.await else { return };
            self.show();
            self.progress.try_update(|now| {
                now.running = false;
                now.complete = failed.is_none();
                now.failed = failed.filter(|error| *error != Error::Cancelled);
            });
        });
    }

    /// Stops. What has come stays.
    pub fn cancel(self) {
        self.give_up();
        self.show();
        self.progress.update(|now| now.running = false);
    }

    fn give_up(self) {
        if let Some(handle) = self.under_way.try_update_value(Option::take).flatten() {
            handle.abort();
        }
    }

    /// Reads page after page. Why it stopped before the end.
    async fn read(self) -> Option<Error> {
        let mut shown_at = f64::NEG_INFINITY;
        while let Some(Some(request)) = self.next.try_get_value() {
            let page = match self.data.page_of_sites(&request).await {
                Ok(page) => page,
                Err(error) => match request.smaller().filter(|_| error == Error::Timeout) {
                    Some(smaller) => {
                        self.next.set_value(Some(smaller));
                        self.progress.update(|now| now.slow = true);
                        continue;
                    }
                    None => return Some(error),
                },
            };
            let (after, counted) = (request.after(&page), page.total_pages.is_some());
            let (total, unreadable) = (page.total, page.unreadable as u64);
            let before = self.rows.with_value(Vec::len);
            self.rows.update_value(|rows| {
                self.at.update_value(|at| {
                    for site in page.items {
                        // A list that changes between two pages may bring a site twice.
                        if let Entry::Vacant(place) = at.entry(site.id.get()) {
                            place.insert(rows.len());
                            rows.push(Row { search: searched(&site), site });
                        }
                    }
                });
            });
            // Without the console's numbers, a page that brings nothing new is the last.
            let count = self.rows.with_value(Vec::len);
            self.next.set_value(after.filter(|_| counted || count > before));
            self.progress.update(|now| {
                now.unreadable += unreadable;
                now.read = count as u64 + now.unreadable;
                now.total = total.or(now.total);
            });
            if clock::monotonic_ms() - shown_at > SHOW_EVERY_MS {
                self.show();
                shown_at = clock::monotonic_ms();
            }
        }
        None
    }

    fn have_moved(self, moves: &[(SiteId, ScannerId)]) {
        let mut any = false;
        self.rows.update_value(|rows| {
            for (site, scanner) in moves {
                let at = self.at.with_value(|at| at.get(&site.get()).copied());
                if let Some(row) = at.and_then(|at| rows.get_mut(at)) {
                    row.site.scanner = Some(*scanner);
                    any = true;
                }
            }
        });
        if any {
            self.changes.update(|changes| *changes += 1);
            // What they are scanned by is among what is looked through.
            self.shown.update(|(round, _)| *round += 1);
        }
    }

    /// The site has been deleted. Nothing happens once the page has gone.
    pub fn remove(self, key: u64) {
        let found = self.at.try_with_value(|at| at.get(&key).copied()).flatten();
        let Some(place) = found else { return };
        self.rows.update_value(|rows| _ = rows.remove(place));
        self.at.update_value(|at| {
            at.remove(&key);
            at.values_mut().filter(|at| **at > place).for_each(|at| *at -= 1);
        });
        self.progress.update(|now| {
            now.read = now.read.saturating_sub(1);
            now.total = now.total.map(|total| total.saturating_sub(1));
        });
        let count = self.rows.with_value(Vec::len);
        self.shown.update(|(round, shown)| {
            *round += 1;
            *shown = (*shown).min(count);
        });
    }

    /// Lets the filter see what has come.
    fn show(self) {
        let count = self.rows.try_with_value(Vec::len).unwrap_or_default();
        self.shown.try_update(|(_, shown)| *shown = count);
    }

    /// The site of this id, if it has come.
    pub fn site(self, key: u64) -> Option<Site> {
        self.changes.track();
        let at = self.at.with_value(|at| at.get(&key).copied())?;
        self.rows.with_value(|rows| rows.get(at).map(|row| row.site.clone()))
    }

    /// What the text leaves: each word must occur in name, type or description, or in the label of what scans the site.
    /// `before` is what it left the last time: where only rows were added, only those are looked through.
    pub fn find(self, text: &str, scanners: Arc<Scanners>, before: Option<&Found>) -> Found {
        let (round, count) = self.shown.get();
        let words = text.split_whitespace().map(fold_case).collect::<Vec<_>>();
        let same = |it: &&Found| it.words == words && it.round == round && it.scanners == scanners;
        let (mut keys, from) = match before.filter(same) {
            Some(before) if before.looked_at == count => return before.clone(),
            Some(before) => ((*before.keys).clone(), before.looked_at),
            None => (Vec::new(), 0),
        };
        let by_scanner = words.iter().map(|word| scanned_by(word, &scanners)).collect::<Vec<_>>();
        let passes = |row: &&Row| {
            words.iter().zip(&by_scanner).all(|(word, scanners)| {
                row.search.contains(word.as_str())
                    || row.site.scanner.is_some_and(|scanner| scanners.contains(&scanner))
            })
        };
        self.rows.with_value(|rows| {
            let new = rows.get(from..count).unwrap_or_default();
            keys.extend(new.iter().filter(passes).map(|row| row.site.id.get()));
        });
        Found { words, scanners, round, looked_at: count, keys: Arc::new(keys) }
    }
}

fn searched(site: &Site) -> Box<str> {
    // A line break between the fields, so that no word matches across two of them.
    let kind = site.site_type.as_ref().map_or("", SiteType::label);
    fold_case(&[&site.name, kind, site.description.as_deref().unwrap_or_default()].join("\n")).into()
}

/// The engines and pools in whose label the word occurs.
fn scanned_by(word: &str, scanners: &Scanners) -> FxHashSet<ScannerId> {
    let found = scanners.all().iter().filter(|scanner| fold_case(&scanner.label()).contains(word));
    found.map(|scanner| scanner.id).collect()
}
