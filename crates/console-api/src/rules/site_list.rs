//! All sites of a console, a hundred thousand of them: kept small, put in order bit by bit, filtered at a keystroke.
//!
//! What would take long in one go is done in steps that each take a few milliseconds in a browser: a page at a time is
//! added to a [`SiteListBuilder`], and its sorted runs are merged two at a time. The rows of the finished [`SiteList`] stand
//! in the order of their names, so that nothing is sorted again.

use std::sync::Arc;

use rustc_hash::FxHashSet;

use crate::ids::{ScannerId, SiteId};
use crate::model::Site;
use crate::rules::{Scanner, Scanners, SiteMove, fold_case, keys};

/// Up to this id a table by id is worth its memory.
const DENSE: usize = 1_000_000;
/// No engine or pool has this id.
const NO_SCANNER: u64 = u64::MAX;

/// Many texts in one.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
struct Texts {
    all: Vec<u8>,
    ends: Vec<u32>,
}

impl Texts {
    fn push(&mut self, text: &[u8]) {
        self.all.extend_from_slice(text);
        // So that no word is found across two texts.
        self.all.push(b'\n');
        self.ends.push(u32::try_from(self.all.len()).unwrap_or(u32::MAX));
    }

    fn start(&self, at: usize) -> usize {
        at.checked_sub(1).and_then(|before| self.ends.get(before)).map_or(0, |end| *end as usize)
    }

    fn get(&self, at: usize) -> &[u8] {
        let end = self.ends.get(at).map_or(0, |end| *end as usize);
        self.all.get(self.start(at)..end.saturating_sub(1)).unwrap_or_default()
    }

    /// The texts in this order.
    fn in_order(&self, order: &[u32]) -> Self {
        let mut texts =
            Self { all: Vec::with_capacity(self.all.len()), ends: Vec::with_capacity(self.ends.len()) };
        for at in order {
            texts.push(self.get(*at as usize));
        }
        texts
    }

    /// Marks the texts that contain this word, which is not empty and has no line break.
    fn mark(&self, word: &[u8], marks: &mut [bool]) {
        let Some(first) = word.first() else { return };
        let (mut from, mut row) = (0, 0);
        while let Some(offset) =
            self.all.get(from..).and_then(|rest| rest.iter().position(|byte| byte == first))
        {
            let at = from + offset;
            from = at + 1;
            if self.all.get(at..at + word.len()) != Some(word) {
                continue;
            }
            while self.ends.get(row).is_some_and(|end| *end as usize <= at) {
                row += 1;
            }
            let (Some(mark), Some(end)) = (marks.get_mut(row), self.ends.get(row)) else { return };
            *mark = true;
            from = *end as usize;
        }
    }
}

/// What does not change when a site gets another engine or pool.
#[derive(Debug, Default, PartialEq, Eq)]
struct Names {
    /// In the order of the names, as everything here.
    ids: Vec<u64>,
    /// The places in the order of the ids.
    by_id: Vec<u32>,
    texts: Texts,
    folded: Texts,
}

/// All sites of a console, in the order of their names, with what scans them. A copy with changed scanners shares the
/// rest.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct SiteList {
    names: Arc<Names>,
    scanners: Vec<u64>,
    /// How many sites were left out, because they could not be read.
    pub unreadable: usize,
}

impl SiteList {
    /// How many sites there are.
    #[must_use]
    pub fn len(&self) -> usize {
        self.names.ids.len()
    }

    /// Whether there is none.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.names.ids.is_empty()
    }

    /// The place of a site in the order of the names, from 0.
    #[must_use]
    pub fn place(&self, id: SiteId) -> Option<usize> {
        let names = &self.names;
        let id_at = |place: &u32| names.ids.get(*place as usize).copied().unwrap_or_default();
        let at = names.by_id.binary_search_by_key(&id.get(), id_at).ok()?;
        names.by_id.get(at).map(|place| *place as usize)
    }

    /// The site at a place.
    #[must_use]
    pub fn id(&self, place: usize) -> Option<SiteId> {
        self.names.ids.get(place).copied().map(SiteId)
    }

    /// The name of the site at a place; empty where there is none.
    #[must_use]
    pub fn name(&self, place: usize) -> &str {
        core::str::from_utf8(self.names.texts.get(place)).unwrap_or_default()
    }

    /// What scans the site at a place, as far as the console reported.
    #[must_use]
    pub fn scanner(&self, place: usize) -> Option<ScannerId> {
        self.scanners.get(place).copied().filter(|scanner| *scanner != NO_SCANNER).map(ScannerId)
    }

    /// The sites that this engine or pool scans, in the order of their names.
    pub fn of(&self, scanner: ScannerId) -> impl Iterator<Item = SiteId> + '_ {
        let places = self.scanners.iter().enumerate().filter(move |(_, it)| **it == scanner.get());
        places.filter_map(|(place, _)| self.id(place))
    }

    /// A site has got another engine or pool. One that is not in the list is passed over.
    pub fn set_scanner(&mut self, site: SiteId, scanner: ScannerId) {
        if let Some(place) = self.place(site)
            && let Some(now) = self.scanners.get_mut(place)
        {
            *now = scanner.get();
        }
    }
}

/// Makes a [`SiteList`] of pages as they come.
#[derive(Debug, Default)]
pub struct SiteListBuilder {
    ids: Vec<u64>,
    scanners: Vec<u64>,
    texts: Texts,
    sort_keys: Texts,
    /// Sorted runs of the places above, the earliest first.
    runs: Vec<Vec<u32>>,
    unreadable: usize,
}

impl SiteListBuilder {
    /// How many sites there are so far.
    #[must_use]
    pub fn len(&self) -> usize {
        self.ids.len()
    }

    /// Whether there is none yet.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.ids.is_empty()
    }

    /// Whether one of these sites is not there yet. Where a console does not count its pages, one that brings none is the
    /// last (docs/api-quirks.md, "Reading").
    #[must_use]
    pub fn lacks_any_of(&self, sites: &[Site]) -> bool {
        let mut new: FxHashSet<u64> = sites.iter().map(|site| site.id.get()).collect();
        for id in &self.ids {
            new.remove(id);
        }
        !new.is_empty()
    }

    /// Adds a page: its sites, and how many of its rows could not be read. A site that a later page repeats counts
    /// once.
    pub fn push(&mut self, sites: &[Site], unreadable: usize) {
        self.unreadable += unreadable;
        let first = self.ids.len();
        for site in sites {
            self.ids.push(site.id.get());
            self.scanners.push(site.scanner.map_or(NO_SCANNER, ScannerId::get));
            self.texts.push(site.name.as_bytes());
            self.sort_keys.push(&keys::natural(&site.name));
        }
        let order = keys::sorted(self.ids.len() - first, &|a, b| self.compare(first + a, first + b));
        // More sites than 32 bits count don't fit into a browser's memory.
        let run = order.into_iter().filter_map(|at| u32::try_from(first + at).ok()).collect();
        self.runs.push(run);
    }

    fn compare(&self, a: usize, b: usize) -> core::cmp::Ordering {
        self.sort_keys.get(a).cmp(self.sort_keys.get(b)).then(a.cmp(&b))
    }

    /// Merges two runs if that is due, and tells whether it did: call it until there is nothing to do, with time for other
    /// things between. While pages still come, runs of like length are merged; after the `last`, all.
    pub fn merge(&mut self, last: bool) -> bool {
        let [.., before, after] = self.runs.as_slice() else { return false };
        if !last && before.len() > after.len() {
            return false;
        }
        let mut merged = Vec::with_capacity(before.len() + after.len());
        let (mut left, mut right) = (before.iter().copied().peekable(), after.iter().copied().peekable());
        while let (Some(a), Some(b)) = (left.peek(), right.peek()) {
            let next =
                if self.compare(*a as usize, *b as usize).is_le() { left.next() } else { right.next() };
            merged.extend(next);
        }
        merged.extend(left);
        merged.extend(right);
        self.runs.truncate(self.runs.len() - 2);
        self.runs.push(merged);
        true
    }

    /// The list. What [`merge`](Self::merge) has left is merged first.
    #[must_use]
    pub fn finish(mut self) -> SiteList {
        while self.merge(true) {}
        let mut order = self.runs.pop().unwrap_or_default();
        // As they came is by their ids, unless the console did not sort them or repeated some.
        let mut by_id: Vec<u32> = order.clone();
        if self.ids.is_sorted_by(|a, b| a < b) {
            for (at, slot) in (0..).zip(&mut by_id) {
                *slot = at;
            }
        } else {
            let sorted = keys::sorted(self.ids.len(), &|a, b| self.ids[a].cmp(&self.ids[b]).then(a.cmp(&b)));
            by_id = sorted.into_iter().filter_map(|at| u32::try_from(at).ok()).collect();
            by_id.dedup_by_key(|at| self.ids[*at as usize]);
            let mut kept = vec![false; self.ids.len()];
            for at in &by_id {
                kept[*at as usize] = true;
            }
            order.retain(|at| kept[*at as usize]);
        }
        let mut places: Vec<u32> = vec![0; self.ids.len()];
        for (place, at) in (0..).zip(&order) {
            places[*at as usize] = place;
        }
        for at in &mut by_id {
            *at = places[*at as usize];
        }
        let at = |place: usize| order.get(place).map_or(0, |at| *at as usize);
        let ids: Vec<u64> = order.iter().map(|at| self.ids[*at as usize]).collect();
        let scanners = (0..ids.len()).map(|place| self.scanners[at(place)]).collect();
        let texts = self.texts.in_order(&order);
        let mut folded =
            Texts { all: Vec::with_capacity(texts.all.len()), ends: Vec::with_capacity(texts.ends.len()) };
        for place in 0..ids.len() {
            let name = core::str::from_utf8(texts.get(place)).unwrap_or_default();
            if name.is_ascii() {
                folded.push_lower(name);
            } else {
                folded.push(fold_case(name).as_bytes());
            }
        }
        let names = Arc::new(Names { ids, by_id, texts, folded });
        SiteList { names, scanners, unreadable: self.unreadable }
    }
}

impl Texts {
    /// Adds a text of ASCII alone in lower case, without a copy of its own.
    fn push_lower(&mut self, text: &str) {
        self.all.extend(text.bytes().map(|byte| byte.to_ascii_lowercase()));
        self.all.push(b'\n');
        self.ends.push(u32::try_from(self.all.len()).unwrap_or(u32::MAX));
    }
}

/// By what a table of sites is sorted.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct SiteSort {
    /// By the engine or pool that scans them, and then by name; otherwise by name.
    pub by_scanner: bool,
    /// Largest first.
    pub descending: bool,
}

/// Which sites have to move so that an engine or pool scans just those that were chosen: places in a [`SiteList`].
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct SiteChanges {
    /// Those that it is to scan and does not yet.
    pub come: Vec<usize>,
    /// Those that it scans and is not to: they need another engine or pool.
    pub leave: Vec<usize>,
}

/// The sites with the engines and pools that scan them, to be filtered and sorted.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct SiteRows {
    list: Arc<SiteList>,
    scanners: Arc<Scanners>,
    /// Which of the scanners each site has, by its place in their order; behind those, one for scanners that are not
    /// among them, and one for sites whose scanner the console does not report.
    ranks: Vec<u32>,
}

impl SiteRows {
    /// Finds out once which scanner each site has.
    #[must_use]
    pub fn new(list: Arc<SiteList>, scanners: Arc<Scanners>) -> Self {
        let count = scanners.all().len();
        // A table by id where the ids are as dense as a console gives them: a hundred thousand look-ups by hash take longer.
        let largest = scanners.all().iter().map(|scanner| scanner.id.get()).max().unwrap_or(0);
        let dense = usize::try_from(largest).ok().filter(|largest| *largest <= DENSE).map(|largest| {
            let mut table = vec![count; largest + 1];
            for (rank, scanner) in scanners.all().iter().enumerate() {
                if let Some(slot) = usize::try_from(scanner.id.get()).ok().and_then(|id| table.get_mut(id)) {
                    *slot = rank;
                }
            }
            table
        });
        let rank = |scanner: u64| match (scanner, &dense) {
            (NO_SCANNER, _) => count + 1,
            (known, None) => scanners.position(ScannerId(known)).unwrap_or(count),
            (known, Some(table)) => {
                usize::try_from(known).ok().and_then(|id| table.get(id).copied()).unwrap_or(count)
            }
        };
        let ranks = list.scanners.iter().map(|scanner| u32::try_from(rank(*scanner)).unwrap_or(u32::MAX));
        let ranks = ranks.collect();
        Self { list, scanners, ranks }
    }

    /// The sites.
    #[must_use]
    pub const fn list(&self) -> &Arc<SiteList> {
        &self.list
    }

    /// The engines and pools.
    #[must_use]
    pub fn scanners(&self) -> &Arc<Scanners> {
        &self.scanners
    }

    /// What scans the site at a place, in words; empty where the console does not report.
    #[must_use]
    pub fn scanner_label(&self, place: usize) -> String {
        self.list.scanner(place).map(|scanner| self.scanners.label(scanner)).unwrap_or_default()
    }

    /// The ids of the sites that pass the filter, in order. Each word must occur in the site's name or in that of its
    /// engine or pool, without regard to case.
    #[must_use]
    pub fn select(&self, filter: &str, sort: SiteSort) -> Vec<u64> {
        self.select_where(filter, sort, &|_, _| false)
    }

    /// [`select`](Self::select), where a word may also be one that `also` finds in what scans the site. It gets the word
    /// in lower case.
    #[must_use]
    pub fn select_where(
        &self,
        filter: &str,
        sort: SiteSort,
        also: &dyn Fn(&Scanner, &str) -> bool,
    ) -> Vec<u64> {
        let mut passes: Option<Vec<bool>> = None;
        for word in filter.split_whitespace().map(fold_case) {
            let marks = self.marks(&word, also);
            passes = Some(match passes {
                None => marks,
                Some(before) => before.into_iter().zip(marks).map(|(a, b)| a && b).collect(),
            });
        }
        let passing = |place: &usize| passes.as_ref().is_none_or(|passes| passes[*place]);
        let ids = &self.list.names.ids;
        let places = 0..ids.len();
        match (sort.by_scanner, sort.descending) {
            (false, false) => places.filter(passing).map(|place| ids[place]).collect(),
            (false, true) => places.rev().filter(passing).map(|place| ids[place]).collect(),
            (true, descending) => self.by_scanner(places.filter(passing).collect(), descending),
        }
    }

    /// What has to change so that an engine or pool scans just the sites that are `chosen`.
    #[must_use]
    pub fn changes(&self, scanner: ScannerId, chosen: &dyn Fn(u64) -> bool) -> SiteChanges {
        let mut changes = SiteChanges::default();
        let sites = self.list.names.ids.iter().zip(&self.list.scanners).enumerate();
        for (place, (id, now)) in sites {
            match (*now == scanner.get(), chosen(*id)) {
                (false, true) => changes.come.push(place),
                (true, false) => changes.leave.push(place),
                _ => {}
            }
        }
        changes
    }

    /// What scans the sites at these places, with how many of them it scans: the most first. `None` is what the console
    /// does not tell.
    #[must_use]
    pub fn origins(&self, places: &[usize]) -> Vec<(Option<ScannerId>, usize)> {
        let mut found: Vec<(u32, Option<ScannerId>, usize)> = Vec::new();
        let mut at = vec![usize::MAX; self.scanners.all().len() + 2];
        for place in places {
            let (rank, scanner) = (self.ranks[*place], self.list.scanner(*place));
            // Those that the lists don't have share one rank, and are few.
            let known = match found.get(at[rank as usize]) {
                Some((_, first, _)) if *first == scanner => Some(at[rank as usize]),
                Some(_) => found.iter().position(|(_, other, _)| *other == scanner),
                None => None,
            };
            match known {
                Some(known) => found[known].2 += 1,
                None => {
                    at[rank as usize] = found.len();
                    found.push((rank, scanner, 1));
                }
            }
        }
        let order = keys::sorted(found.len(), &|a, b| {
            let (a, b) = (&found[a], &found[b]);
            b.2.cmp(&a.2).then(a.0.cmp(&b.0)).then(a.1.cmp(&b.1))
        });
        order.into_iter().map(|at| (found[at].1, found[at].2)).collect()
    }

    /// The site at a place as one that moves to another engine or pool.
    #[must_use]
    pub fn moved(&self, place: usize, to: ScannerId) -> Option<SiteMove> {
        let (site, from) = (self.list.id(place)?, self.list.scanner(place));
        Some(SiteMove { site, name: self.list.name(place).to_owned(), from, to })
    }

    /// Which engines and pools, by their places in their order, have a site in whose name this word, in lower case, occurs.
    pub(crate) fn scanners_with_site(&self, word: &str) -> Vec<bool> {
        let mut marks = vec![false; self.list.len()];
        self.list.names.folded.mark(word.as_bytes(), &mut marks);
        let mut scanners = vec![false; self.scanners.all().len() + 2];
        for (rank, _) in self.ranks.iter().zip(marks).filter(|(_, marked)| *marked) {
            scanners[*rank as usize] = true;
        }
        scanners
    }

    /// The places of all sites, those of one scanner after those of the other, and where each scanner's begin, with the end
    /// behind the last.
    pub(crate) fn grouped(&self) -> (Vec<u32>, Vec<u32>) {
        let mut starts = vec![0_u32; self.scanners.all().len() + 3];
        for rank in &self.ranks {
            starts[*rank as usize + 1] += 1;
        }
        for at in 1..starts.len() {
            starts[at] += starts[at - 1];
        }
        let mut next = starts.clone();
        let mut places = vec![0; self.ranks.len()];
        for (place, rank) in (0..).zip(&self.ranks) {
            let slot = &mut next[*rank as usize];
            places[*slot as usize] = place;
            *slot += 1;
        }
        (starts, places)
    }

    fn marks(&self, word: &str, also: &dyn Fn(&Scanner, &str) -> bool) -> Vec<bool> {
        let mut marks = vec![false; self.list.len()];
        self.list.names.folded.mark(word.as_bytes(), &mut marks);
        let scanners =
            self.scanners.all().iter().map(|it| fold_case(&it.label()).contains(word) || also(it, word));
        let scanners: Vec<bool> = scanners.collect();
        if scanners.iter().any(|passes| *passes) {
            for (mark, rank) in marks.iter_mut().zip(&self.ranks) {
                *mark = *mark || scanners.get(*rank as usize).is_some_and(|passes| *passes);
            }
        }
        marks
    }

    /// Counts how many sites each scanner has, and puts each site into its scanner's part: comparing them all would take
    /// longer.
    fn by_scanner(&self, places: Vec<usize>, descending: bool) -> Vec<u64> {
        let mut counts = vec![0_usize; self.scanners.all().len() + 2];
        for place in &places {
            counts[self.ranks[*place] as usize] += 1;
        }
        let (mut starts, mut start) = (vec![0; counts.len()], 0);
        // What the console does not report stays last in both directions.
        let known = self.scanners.all().len();
        let order: Vec<usize> = if descending { (0..known).rev().collect() } else { (0..known).collect() };
        for rank in order.into_iter().chain(known..counts.len()) {
            starts[rank] = start;
            start += counts[rank];
        }
        let mut sorted = vec![0; places.len()];
        for place in places {
            let start = &mut starts[self.ranks[place] as usize];
            sorted[*start] = self.list.names.ids[place];
            *start += 1;
        }
        sorted
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::ids::{EngineId, PoolId};
    use crate::model::Pool;

    fn site(id: u64, name: &str, scanner: Option<u64>) -> Site {
        Site {
            id: SiteId(id),
            name: name.to_owned(),
            description: None,
            site_type: None,
            importance: None,
            assets: None,
            risk_score: None,
            scanner: scanner.map(ScannerId),
            scan_template: None,
            last_scan: None,
        }
    }

    fn pool(id: u64, name: &str) -> Pool {
        Pool { id: PoolId(id), name: name.to_owned(), engines: vec![EngineId(1)], sites: None }
    }

    fn names(rows: &SiteRows, filter: &str, sort: SiteSort) -> Vec<String> {
        let ids = rows.select(filter, sort).into_iter();
        ids.map(|id| rows.list.name(rows.list.place(SiteId(id)).unwrap()).to_owned()).collect()
    }

    #[test]
    fn pages_become_one_list_in_the_order_of_the_names() {
        let mut builder = SiteListBuilder::default();
        for page in 0..40_u64 {
            let sites: Vec<Site> = (0..25)
                .map(|at| page * 25 + at)
                .map(|id| site(id, &format!("Site {}", (id * 7) % 1000), Some(id % 3)))
                .collect();
            builder.push(&sites, usize::from(page == 0));
            while builder.merge(false) {}
        }
        assert_eq!(builder.len(), 1000);
        let list = builder.finish();
        assert_eq!((list.len(), list.unreadable), (1000, 1));
        for place in 0..1000 {
            assert_eq!(list.name(place), format!("Site {place}"));
            let id = list.id(place).unwrap();
            assert_eq!(list.place(id), Some(place));
            assert_eq!(list.scanner(place), Some(ScannerId(id.get() % 3)));
        }
        assert_eq!(list.place(SiteId(1000)), None);
        assert_eq!(list.of(ScannerId(2)).count(), 333);
    }

    #[test]
    fn a_site_that_a_page_repeats_is_there_once() {
        let mut builder = SiteListBuilder::default();
        assert!(builder.lacks_any_of(&[site(1, "a", None)]));
        builder.push(&[site(1, "a", None), site(2, "b", None)], 0);
        assert!(builder.lacks_any_of(&[site(2, "b", None), site(3, "c", None)]));
        assert!(!builder.lacks_any_of(&[site(2, "b", None), site(1, "a", None)]));
        builder.push(&[site(2, "b", None), site(3, "c", None)], 0);
        assert_eq!(builder.finish().len(), 3);
    }

    #[test]
    fn a_console_that_does_not_sort_is_survived() {
        let mut builder = SiteListBuilder::default();
        builder.push(&[site(7, "b", Some(1)), site(2, "a", Some(2)), site(5, "c", None)], 0);
        let list = builder.finish();
        for (id, place) in [(2, 0), (7, 1), (5, 2)] {
            assert_eq!(list.place(SiteId(id)), Some(place));
        }
        assert_eq!((list.scanner(0), list.scanner(2)), (Some(ScannerId(2)), None));
    }

    #[test]
    fn sites_are_filtered_by_their_names_and_by_those_of_their_scanners() {
        let mut builder = SiteListBuilder::default();
        let sites = [
            site(1, "Zürich DMZ", Some(9)),
            site(2, "Oslo", Some(8)),
            site(3, "oslo dmz", Some(7)),
            site(4, "Bergen", None),
        ];
        builder.push(&sites, 0);
        let scanners = Arc::new(Scanners::new(&[], &[pool(9, "Alps"), pool(8, "North")]));
        let rows = SiteRows::new(Arc::new(builder.finish()), scanners);
        let by_name = SiteSort::default();
        assert_eq!(names(&rows, "", by_name), ["Bergen", "Oslo", "oslo dmz", "Zürich DMZ"]);
        assert_eq!(names(&rows, "DMZ", by_name), ["oslo dmz", "Zürich DMZ"]);
        assert_eq!(names(&rows, "zÜr alps", by_name), ["Zürich DMZ"]);
        assert_eq!(names(&rows, "pool", by_name), ["Oslo", "Zürich DMZ"]);
        assert_eq!(names(&rows, "oslodmz", by_name), Vec::<String>::new());
        assert_eq!(names(&rows, "zo", by_name), Vec::<String>::new(), "not across two names");
        let by_scanner = SiteSort { by_scanner: true, descending: false };
        assert_eq!(names(&rows, "", by_scanner), ["Zürich DMZ", "Oslo", "oslo dmz", "Bergen"]);
        let down = SiteSort { by_scanner: true, descending: true };
        assert_eq!(names(&rows, "", down), ["Oslo", "Zürich DMZ", "oslo dmz", "Bergen"]);
        assert_eq!(names(&rows, "", SiteSort { by_scanner: false, descending: true })[0], "Zürich DMZ");
        assert_eq!(rows.scanner_label(rows.list.place(SiteId(3)).unwrap()), "engine or pool 7");
    }

    #[test]
    fn what_was_chosen_says_which_sites_come_and_which_leave() {
        let mut builder = SiteListBuilder::default();
        let sites =
            [(1, Some(9)), (2, Some(8)), (3, Some(8)), (4, None), (5, Some(7)), (6, Some(6)), (7, Some(7))];
        builder.push(&sites.map(|(id, scanner)| site(id, &format!("site {id}"), scanner)), 0);
        let scanners = Arc::new(Scanners::new(&[], &[pool(9, "Alps"), pool(8, "North")]));
        let rows = SiteRows::new(Arc::new(builder.finish()), scanners);
        let changes = rows.changes(ScannerId(8), &|id| id != 3);
        assert_eq!(changes, SiteChanges { come: vec![0, 3, 4, 5, 6], leave: vec![2] });
        let known = [9, 6].map(|id| (Some(ScannerId(id)), 1));
        assert_eq!(rows.origins(&changes.come), [(Some(ScannerId(7)), 2), known[0], known[1], (None, 1)]);
        let moved = rows.moved(2, ScannerId(9)).unwrap();
        assert_eq!((moved.site, moved.name.as_str(), moved.from), (SiteId(3), "site 3", Some(ScannerId(8))));
        assert_eq!(rows.moved(99, ScannerId(9)), None);
    }

    #[test]
    fn a_moved_site_has_its_new_scanner_in_the_copy_alone() {
        let mut builder = SiteListBuilder::default();
        builder.push(&[site(1, "a", Some(5))], 0);
        let old = builder.finish();
        let mut new = old.clone();
        new.set_scanner(SiteId(1), ScannerId(6));
        new.set_scanner(SiteId(2), ScannerId(6));
        assert_eq!((old.scanner(0), new.scanner(0)), (Some(ScannerId(5)), Some(ScannerId(6))));
    }
}
