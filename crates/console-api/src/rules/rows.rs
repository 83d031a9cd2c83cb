//! The rows of the table of engines: prepared once, then filtered and sorted at every keystroke.

use core::borrow::Borrow;
use core::cmp::Ordering;
use std::sync::{Arc, OnceLock};

use rustc_hash::FxHashMap;

use crate::ids::{EngineId, PoolId, SiteId};
use crate::model::{Engine, EngineStatus, EngineVersionBlock, Pool, Severity, VersionReport, subjects};
use crate::rules::keys::{self, AddressKey, folded};
use crate::rules::{EngineColumn, EngineFilter, EngineSort};
use crate::timestamp::Timestamp;

/// What a word is looked for in, put together when it is first looked for: until then nobody waits for it. It follows from the rest of the
/// row, so all are alike.
#[derive(Clone, Debug, Default)]
struct Searched(OnceLock<String>);

impl PartialEq for Searched {
    fn eq(&self, _: &Self) -> bool {
        true
    }
}

impl Eq for Searched {}

/// One engine, with what the table shows about it and with its keys for filtering and sorting.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct EngineRow {
    /// The engine.
    pub engine: Engine,
    /// The pools it is in, in the order of their names.
    pub pools: Vec<PoolId>,
    /// The names of those pools, joined by commas; empty for none.
    pub pool_names: String,
    /// How many sites it may scan because they use one of its pools. Pools whose sites the console does not report
    /// count as none.
    pub sites_through_pools: usize,
    /// The platform, if `version engines` has told.
    pub platform: Option<String>,
    search: Searched,
    name_key: Box<[u8]>,
    address_key: AddressKey,
    pub(super) product_key: Option<Arc<[u8]>>,
    pub(super) content_key: Option<Arc<[u8]>>,
}

impl EngineRow {
    /// How many sites it scans, directly and through pools. A site has one scanner, so none counts twice.
    #[must_use]
    pub fn sites_count(&self) -> usize {
        self.engine.sites.len() + self.sites_through_pools
    }

    fn new(engine: Engine, pools: &[&Pool], platform: Option<String>, known: &mut Known) -> Self {
        let ids: Vec<PoolId> = pools.iter().map(|pool| pool.id).collect();
        let names: Vec<&str> = pools.iter().map(|pool| pool.name.as_str()).collect();
        let pool_names = names.join(", ");
        Self {
            pool_names,
            sites_through_pools: known.sites_through(pools, &ids),
            pools: ids,
            platform,
            search: Searched::default(),
            name_key: keys::natural(&engine.name),
            address_key: AddressKey::of(&engine.address),
            product_key: known.key_of(0, engine.product_version.as_deref()),
            content_key: known.key_of(1, engine.content_version.as_deref()),
            engine,
        }
    }

    /// What a word is looked for in.
    pub(super) fn searched(&self) -> &str {
        let engine = &self.engine;
        self.search.0.get_or_init(|| {
            // A line break between the fields, so that no word matches across two of them.
            let fields = [
                engine.name.as_str(),
                &engine.address,
                engine.status.label(),
                engine.product_version.as_deref().unwrap_or_default(),
                engine.content_version.as_deref().unwrap_or_default(),
                &self.pool_names,
                self.platform.as_deref().unwrap_or_default(),
                engine.serial_number.as_deref().unwrap_or_default(),
            ];
            folded(fields.join("\n"))
        })
    }

    fn given_address_key(&self) -> Option<&AddressKey> {
        (!self.engine.address.is_empty()).then_some(&self.address_key)
    }

    fn given_pool_names(&self) -> Option<&str> {
        (!self.pool_names.is_empty()).then_some(&self.pool_names)
    }

    /// The order of two rows, of which the history has `seen` this. Equal ones, and missing values, fall back to name and id.
    fn compare(&self, other: &Self, sorts: &[EngineSort], seen: [SeenKeys; 2]) -> Ordering {
        let by = |sort: &EngineSort| {
            let [mine, its] = seen;
            match sort.column {
                EngineColumn::Since => missing_last(mine.since, its.since, sort.descending),
                // The most trouble first.
                EngineColumn::LastWeek => missing_last(mine.trouble, its.trouble, !sort.descending),
                _ => self.compare_by(other, *sort),
            }
        };
        let by_columns = sorts.iter().map(by).find(|it| it.is_ne());
        by_columns
            .unwrap_or_else(|| self.name_key.cmp(&other.name_key))
            .then_with(|| self.engine.id.cmp(&other.engine.id))
    }

    fn compare_by(&self, other: &Self, sort: EngineSort) -> Ordering {
        let down = sort.descending;
        let (mine, its) = (&self.engine, &other.engine);
        match sort.column {
            EngineColumn::Name => directed(self.name_key.cmp(&other.name_key), down),
            EngineColumn::Address => missing_last(self.given_address_key(), other.given_address_key(), down),
            EngineColumn::Port => missing_last(mine.port, its.port, down),
            EngineColumn::Status => missing_last(status_rank(&mine.status), status_rank(&its.status), down),
            EngineColumn::ProductVersion => {
                missing_last(self.product_key.as_ref(), other.product_key.as_ref(), down)
            }
            EngineColumn::ContentVersion => {
                missing_last(self.content_key.as_ref(), other.content_key.as_ref(), down)
            }
            EngineColumn::Sites => directed(self.sites_count().cmp(&other.sites_count()), down),
            EngineColumn::Pools => missing_last(self.given_pool_names(), other.given_pool_names(), down),
            EngineColumn::LastRefreshed => missing_last(mine.last_refreshed, its.last_refreshed, down),
            EngineColumn::Id => directed(mine.id.cmp(&its.id), down),
            EngineColumn::SerialNumber => {
                missing_last(mine.serial_number.as_ref(), its.serial_number.as_ref(), down)
            }
            EngineColumn::LastUpdated => missing_last(mine.last_updated, its.last_updated, down),
            EngineColumn::AwsPreAuthorised => {
                // Those that are come first: that is what one sorts for.
                directed(its.aws_pre_authorised.cmp(&mine.aws_pre_authorised), down)
            }
            EngineColumn::Platform => missing_last(self.platform.as_ref(), other.platform.as_ref(), down),
            EngineColumn::Since | EngineColumn::LastWeek => Ordering::Equal,
        }
    }
}

fn directed(order: Ordering, descending: bool) -> Ordering {
    if descending { order.reverse() } else { order }
}

fn missing_last<K: Ord>(mine: Option<K>, its: Option<K>, descending: bool) -> Ordering {
    match (mine, its) {
        (Some(mine), Some(its)) => directed(mine.cmp(&its), descending),
        (mine, its) => its.is_some().cmp(&mine.is_some()),
    }
}

/// Worst first; statuses outside the list among themselves by their text.
pub(super) fn status_rank(status: &EngineStatus) -> Option<(u8, &str)> {
    Some(match status {
        EngineStatus::NotResponding => (0, ""),
        EngineStatus::IncompatibleVersion => (1, ""),
        EngineStatus::PendingAuthorization => (2, ""),
        EngineStatus::Other(text) => (3, text),
        EngineStatus::Unknown => (4, ""),
        EngineStatus::Active => (5, ""),
        EngineStatus::Missing => return None,
    })
}

/// Prepares the rows of the table. The pools of an engine come from the list of pools, because newer consoles don't
/// tell them with the engine (docs/api-quirks.md, "Reading"); `report` is what `version engines` told, if anything.
#[must_use]
pub fn prepare_rows(engines: Vec<Engine>, pools: &[Pool], report: Option<&VersionReport>) -> Vec<EngineRow> {
    let members = Members::of(pools);
    let blocks = Blocks::of(report);
    let mut known = Known::default();
    engines
        .into_iter()
        .map(|engine| {
            let platform = blocks.about(&engine).and_then(|block| block.platform.clone());
            let pools = members.pools_of(engine.id);
            EngineRow::new(engine, &pools, platform, &mut known)
        })
        .collect()
}

/// Fills in what a console does not report of its engines: to those without a status (docs/api-quirks.md, "Statuses") it
/// adds what `version engines` told `at` that time, and to those whose status is not good, the reason that it gave. An
/// engine that was active then was in contact then. The others stay as they are.
pub fn complete(engines: &mut [Engine], report: &VersionReport, at: Timestamp) {
    add_missing(engines, report, at);
    add_reasons(engines, report);
}

/// A reason belongs to the status that the engine had when it was given.
fn add_reasons(engines: &mut [Engine], report: &VersionReport) {
    let bad = |engine: &Engine| engine.status.severity() != Severity::Good && engine.status_message.is_none();
    let bad: Vec<usize> = (0..engines.len()).filter(|at| bad(&engines[*at])).collect();
    if bad.is_empty() || report.notices.is_empty() {
        return;
    }
    let by_name = keys::sorted(bad.len(), &|a, b| engines[bad[a]].name.cmp(&engines[bad[b]].name));
    let blocks = Blocks::of(Some(report));
    for notice in &report.notices {
        let place = subjects(notice)
            .find_map(|name| by_name.binary_search_by(|at| engines[bad[*at]].name.as_str().cmp(name)).ok());
        let Some(engine) = place.and_then(|place| engines.get_mut(bad[by_name[place]])) else { continue };
        let then = blocks.about(engine).and_then(|block| block.status.as_ref());
        if then.is_none_or(|then| *then == engine.status) {
            engine.status_message.get_or_insert_with(|| notice.clone());
        }
    }
}

fn add_missing(engines: &mut [Engine], report: &VersionReport, at: Timestamp) {
    let mut silent = engines.iter_mut().filter(|engine| engine.status == EngineStatus::Missing).peekable();
    if silent.peek().is_none() {
        return;
    }
    let blocks = Blocks::of(Some(report));
    for engine in silent {
        let Some(block) = blocks.about(engine) else { continue };
        if let Some(status) = &block.status {
            engine.status = status.clone();
            if engine.status == EngineStatus::Active && engine.last_refreshed.is_none() {
                engine.last_refreshed = Some(at);
            }
        }
        for (field, told) in [
            (&mut engine.product_version, &block.version),
            (&mut engine.content_version, &block.content_update),
            (&mut engine.serial_number, &block.serial_number),
        ] {
            if field.is_none() {
                field.clone_from(told);
            }
        }
    }
}

/// What many rows have in common, worked out once: with ten thousand engines that halves the time until the first row.
#[derive(Default)]
struct Known {
    /// The version that was met last, and its key: most engines have the same.
    last: [Option<(String, Arc<[u8]>)>; 2],
    /// How many sites use a pool, or several.
    sites: FxHashMap<Vec<PoolId>, usize>,
}

impl Known {
    /// The key of a version of the software, or else, with 1, of the content.
    fn key_of(&mut self, which: usize, version: Option<&str>) -> Option<Arc<[u8]>> {
        let version = version?;
        let last = &mut self.last[which];
        if last.as_ref().is_none_or(|(known, _)| known != version) {
            *last = Some((version.to_owned(), keys::natural(version).into()));
        }
        last.as_ref().map(|(_, key)| Arc::clone(key))
    }

    /// How many different sites use these pools, which have these ids.
    fn sites_through(&mut self, pools: &[&Pool], ids: &[PoolId]) -> usize {
        if let Some(count) = self.sites.get(ids) {
            return *count;
        }
        let sites = pools.iter().filter_map(|pool| pool.sites.as_deref()).flatten();
        let count = distinct(&sites.copied().collect::<Vec<_>>());
        self.sites.insert(ids.to_vec(), count);
        count
    }
}

/// How many different sites there are.
fn distinct(sites: &[SiteId]) -> usize {
    let order = keys::sorted(sites.len(), &|a, b| sites[a].cmp(&sites[b]));
    order.chunk_by(|a, b| sites[*a] == sites[*b]).count()
}

/// The pools of every engine: looking through all pools for each of ten thousand engines would take too long.
pub(crate) struct Members<'a> {
    /// Each engine with each of its pools, by engine and then by the pool's name.
    pairs: Vec<(EngineId, &'a Pool)>,
}

impl<'a> Members<'a> {
    pub(crate) fn of(pools: &'a [Pool]) -> Self {
        let names: Vec<Box<[u8]>> = pools.iter().map(|pool| keys::natural(&pool.name)).collect();
        let by_name = keys::sorted(pools.len(), &|a, b| names[a].cmp(&names[b]).then(a.cmp(&b)));
        let all: Vec<(EngineId, &Pool)> = by_name
            .iter()
            .flat_map(|index| pools[*index].engines.iter().map(|engine| (*engine, &pools[*index])))
            .collect();
        let by_engine = keys::sorted(all.len(), &|a, b| all[a].0.cmp(&all[b].0).then(a.cmp(&b)));
        Self { pairs: by_engine.into_iter().map(|index| all[index]).collect() }
    }

    pub(crate) fn pools_of(&self, engine: EngineId) -> Vec<&'a Pool> {
        let first = self.pairs.partition_point(|(member, _)| *member < engine);
        let mut pools: Vec<&Pool> = self.pairs[first..]
            .iter()
            .take_while(|(member, _)| *member == engine)
            .map(|(_, pool)| *pool)
            .collect();
        // A console that names an engine twice in one pool must not show the pool twice.
        pools.dedup_by_key(|pool| pool.id);
        pools
    }
}

/// The blocks of `version engines`, to be found by name and by serial number.
struct Blocks<'a> {
    sorted: Vec<(&'a str, &'a EngineVersionBlock)>,
}

impl<'a> Blocks<'a> {
    fn of(report: Option<&'a VersionReport>) -> Self {
        let blocks = report.map_or(&[][..], |report| &report.engines);
        let all: Vec<(&str, &EngineVersionBlock)> = blocks
            .iter()
            .flat_map(|block| {
                [&block.serial_number, &block.name].into_iter().flatten().map(move |key| (&**key, block))
            })
            .collect();
        let order = keys::sorted(all.len(), &|a, b| all[a].0.cmp(all[b].0).then(a.cmp(&b)));
        Self { sorted: order.into_iter().map(|index| all[index]).collect() }
    }

    fn about(&self, engine: &Engine) -> Option<&'a EngineVersionBlock> {
        let keys = [engine.serial_number.as_deref(), Some(engine.name.as_str())];
        keys.into_iter().flatten().find_map(|key| {
            let first = self.sorted.partition_point(|(other, _)| *other < key);
            let named = self.sorted[first..].iter().take_while(|(other, _)| *other == key);
            named.map(|(_, block)| *block).find(|block| block.is_about(engine))
        })
    }
}

/// The pools that an engine is in.
#[must_use]
pub fn pools_of(engine: EngineId, pools: &[Pool]) -> Vec<&Pool> {
    pools.iter().filter(|pool| pool.engines.contains(&engine)).collect()
}

/// What the history has seen of an engine, to sort by; see [`History::sort_keys`](super::History::sort_keys).
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct SeenKeys {
    /// Since when it has had its status.
    pub since: Option<Timestamp>,
    /// For how many seconds of the last seven days its status was bad, and for how many it was uncertain.
    pub trouble: Option<(u32, u32)>,
}

/// The indices of all rows, in sorted order: by the first of `sorts`, where that makes no difference by the next. `seen` has what the
/// history knows of each row; rows beyond its end have no history.
#[must_use]
pub fn in_order<R: Borrow<EngineRow>>(rows: &[R], sorts: &[EngineSort], seen: &[SeenKeys]) -> Vec<usize> {
    let seen = |at: usize| seen.get(at).copied().unwrap_or_default();
    keys::sorted(rows.len(), &|a, b| rows[a].borrow().compare(rows[b].borrow(), sorts, [seen(a), seen(b)]))
}

/// The indices of the rows that pass the filter, in sorted order.
#[must_use]
pub fn select<R: Borrow<EngineRow>>(rows: &[R], filter: &EngineFilter, sort: EngineSort) -> Vec<usize> {
    let chosen: Vec<usize> = (0..rows.len()).filter(|index| filter.matches(rows[*index].borrow())).collect();
    let rows: Vec<&EngineRow> = chosen.iter().map(|index| rows[*index].borrow()).collect();
    in_order(&rows, &[sort], &[]).into_iter().map(|index| chosen[index]).collect()
}

/// How many engines have a status.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct StatusCount {
    /// The status.
    pub status: EngineStatus,
    /// How many engines have it.
    pub count: usize,
}

/// How many engines have which status: the five of the specification always, in their order, then those outside the
/// list and the missing one where they occur.
#[must_use]
pub fn status_counts<'a>(statuses: impl IntoIterator<Item = &'a EngineStatus>) -> Vec<StatusCount> {
    // Kept in the order of the enum: known, other, missing.
    let mut counts: Vec<StatusCount> =
        EngineStatus::KNOWN.into_iter().map(|status| StatusCount { status, count: 0 }).collect();
    for status in statuses {
        match counts.binary_search_by(|entry| entry.status.cmp(status)) {
            Ok(index) => counts[index].count += 1,
            Err(index) => counts.insert(index, StatusCount { status: status.clone(), count: 1 }),
        }
    }
    counts
}
