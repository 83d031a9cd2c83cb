//! Where sites of an engine should go: away from one that is down, or to even out what engines carry.
//!
//! No console reports which networks an engine reaches. Engines of one pool scan the same sites, and engines in one network probably
//! reach the same: nothing else counts as a sign.

use crate::rules::keys::sort_distinct;
use core::cmp::Ordering;
use core::net::Ipv4Addr;

use rustc_hash::{FxHashMap, FxHashSet};

use crate::ids::{EngineId, ScannerId, SiteId};
use crate::model::{Engine, Pool};
use crate::rules::keys::{self, bare};
use crate::rules::load::{count, may_share};
use crate::rules::{SiteList, SiteMove, is_hosted, is_local, loads, sites_text};

/// An engine or pool that is proposed for the sites of another one.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Relief {
    /// Which.
    pub to: ScannerId,
    /// Why, in a sentence or two.
    pub why: String,
}

/// What is proposed for the sites of an engine: of the pools that it is in, of the active engines in its network, or else of all
/// others, the one that carries the least. `None` where nothing can take them.
#[must_use]
pub fn relief(engine: &Engine, engines: &[Engine], pools: &[Pool]) -> Option<Relief> {
    let carried: FxHashMap<EngineId, f64> =
        engines.iter().zip(loads(engines, pools)).map(|(engine, load)| (engine.id, load.carries())).collect();
    let carries = |id: EngineId| carried.get(&id).copied().unwrap_or_default();
    let active: FxHashSet<EngineId> =
        engines.iter().filter(|it| may_share(it) && it.id != engine.id).map(|it| it.id).collect();
    let network = network(engine);
    let mut best: Option<(u8, f64, Relief)> = None;
    let mut offer = |rank: u8, load: f64, to: ScannerId, why: String| {
        let better = best.as_ref().is_none_or(|(known, least, _)| {
            rank < *known || (rank == *known && load.total_cmp(least) == Ordering::Less)
        });
        if better {
            best = Some((rank, load, Relief { to, why }));
        }
    };
    for pool in pools.iter().filter(|pool| pool.engines.contains(&engine.id)) {
        let working: Vec<EngineId> = pool.engines.iter().filter(|id| active.contains(id)).copied().collect();
        if working.is_empty() {
            continue;
        }
        let load = working.iter().map(|id| carries(*id)).sum::<f64>() / count(working.len());
        let why = format!(
            "{} is in this pool, so its other engines should reach the same sites. Those that are active carry {} each on average.",
            engine.name,
            amount(load)
        );
        offer(0, load, pool.id.into(), why);
    }
    for other in engines.iter().filter(|other| active.contains(&other.id) && takes_sites(other)) {
        let load = carries(other.id);
        match (network, self::network(other)) {
            (Some(here), Some(there)) if here == there => {
                let why = format!(
                    "It is in the same network as {}, so it probably reaches the same sites. Of those it carries the least: {}.",
                    engine.name,
                    amount(load)
                );
                offer(1, load, other.id.into(), why);
            }
            _ => {
                let why = format!(
                    "It carries the least: {}. Nothing shows that it reaches these sites, so check that first.",
                    amount(load)
                );
                offer(2, load, other.id.into(), why);
            }
        }
    }
    best.map(|(_, _, relief)| relief)
}

/// A plan that evens out what engines carry.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct EvenOut {
    /// Which sites move.
    pub moves: Vec<SiteMove>,
    /// What each engine that takes part carries, before and after, in the order of the engines.
    pub loads: Vec<(EngineId, f64, f64)>,
}

/// Evens out what active engines carry: sites move one by one from who carries the most to who carries the least, only between
/// engines that share a pool or a network, and no site moves twice. Where engines differ by one site, nothing moves.
#[must_use]
pub fn even_out(engines: &[Engine], pools: &[Pool], sites: &SiteList) -> EvenOut {
    let before: Vec<f64> = loads(engines, pools).iter().map(crate::rules::Load::carries).collect();
    let at: FxHashMap<EngineId, usize> = engines.iter().enumerate().map(|(at, it)| (it.id, at)).collect();
    let works = |at: &usize| may_share(&engines[*at]);
    let mut groups: Vec<Vec<usize>> = Vec::new();
    for pool in pools {
        let mut members: Vec<usize> =
            pool.engines.iter().filter_map(|id| at.get(id)).copied().filter(works).collect();
        sort_distinct(&mut members);
        groups.push(members);
    }
    let networks: Vec<Option<[u8; 3]>> = engines.iter().map(network).collect();
    let order = keys::sorted(engines.len(), &|a, b| networks[a].cmp(&networks[b]).then(a.cmp(&b)));
    for same in order.chunk_by(|a, b| networks[*a] == networks[*b]) {
        if same.first().is_some_and(|first| networks[*first].is_some()) {
            groups.push(same.iter().copied().filter(works).collect());
        }
    }
    // The sites that each engine has of its own; what moves is taken from the end.
    let mut own: Vec<Vec<(SiteId, usize)>> = vec![Vec::new(); engines.len()];
    for place in 0..sites.len() {
        let owner = sites.scanner(place).and_then(|scanner| at.get(&EngineId(scanner.get())));
        if let (Some(owner), Some(site)) = (owner, sites.id(place)) {
            own[*owner].push((site, place));
        }
    }
    let mut now = before.clone();
    let mut moves = Vec::new();
    groups.retain(|group| group.len() > 1);
    // What one group gives away may leave another one uneven: they are gone through until nothing moves any more.
    loop {
        let moved_before = moves.len();
        for group in &groups {
            loop {
                let by_load = |a: &&usize, b: &&usize| now[**a].total_cmp(&now[**b]).then(a.cmp(b));
                let most = group.iter().filter(|at| !own[**at].is_empty()).max_by(by_load);
                let least = group.iter().filter(|at| takes_sites(&engines[**at])).min_by(by_load);
                let (Some(most), Some(least)) = (most.copied(), least.copied()) else { break };
                if now[most] - now[least] <= 1.0 {
                    break;
                }
                let Some((site, place)) = own[most].pop() else { break };
                now[most] -= 1.0;
                now[least] += 1.0;
                moves.push(SiteMove {
                    site,
                    name: sites.name(place).to_owned(),
                    from: Some(engines[most].id.into()),
                    to: engines[least].id.into(),
                });
            }
        }
        if moves.len() == moved_before {
            break;
        }
    }
    let touched: FxHashSet<ScannerId> =
        moves.iter().flat_map(|it| [it.from, Some(it.to)]).flatten().collect();
    let part = |at: &usize| touched.contains(&engines[*at].id.into());
    let loads = (0..engines.len()).filter(part).map(|at| (engines[at].id, before[at], now[at])).collect();
    EvenOut { moves, loads }
}

/// Whether sites may be given to it unasked: the console's own engine has enough to do, and Rapid7's see only what is public.
fn takes_sites(engine: &Engine) -> bool {
    !is_local(engine) && !is_hosted(engine)
}

/// The network of an IPv4 address: its first three numbers.
fn network(engine: &Engine) -> Option<[u8; 3]> {
    let [a, b, c, _] = bare(&engine.address).parse::<Ipv4Addr>().ok()?.octets();
    (a != 127).then_some([a, b, c])
}

/// For example "1 site", "2.5 sites".
fn amount(load: f64) -> String {
    let text = sites_text(load);
    if text == "1" { "1 site".to_owned() } else { format!("{text} sites") }
}
