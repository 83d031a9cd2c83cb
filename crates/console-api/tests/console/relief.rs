//! Where the sites of an engine should go.

use std::collections::BTreeMap;

use console_api::rules::{SiteList, SiteListBuilder, even_out, loads, relief};
use console_api::{Engine, EngineId, EngineStatus, Pool, ScannerId, SiteId};
use proptest::prelude::*;
use serde_json::json as value;

use crate::audit::sites;
use crate::support::{engine, pool};

/// An engine for each address, with so many sites of its own.
fn fleet(engines: &[(&str, usize)]) -> Vec<Engine> {
    let plain = engine(&value!({}));
    let mut site = 1000;
    let one = |(at, (address, count)): (usize, &(&str, usize))| {
        let own = (site..site + *count as u64).map(SiteId).collect();
        site += *count as u64;
        Engine {
            id: EngineId(at as u64 + 1),
            name: format!("e{}", at + 1),
            address: (*address).to_owned(),
            sites: own,
            ..plain.clone()
        }
    };
    engines.iter().enumerate().map(one).collect()
}

fn list(engines: &[Engine]) -> SiteList {
    let names: Vec<(u64, String, u64)> = engines
        .iter()
        .flat_map(|engine| engine.sites.iter().map(|site| (site.get(), format!("s{site}"), engine.id.get())))
        .collect();
    let rows: Vec<(u64, &str, Option<u64>)> =
        names.iter().map(|(id, name, owner)| (*id, name.as_str(), Some(*owner))).collect();
    let mut builder = SiteListBuilder::default();
    builder.push(&sites(&rows), 0);
    builder.finish()
}

fn proposed(engines: &[Engine], pools: &[Pool]) -> Option<(u64, String)> {
    relief(&engines[0], engines, pools).map(|it| (it.to.get(), it.why))
}

#[test]
fn a_pool_of_its_own_comes_first_then_its_network_then_the_others_each_by_load() {
    let engines =
        fleet(&[("10.0.0.1", 3), ("10.0.0.2", 5), ("10.0.0.3", 2), ("10.9.0.1", 0), ("127.0.0.1", 0)]);
    let pools = [pool(90, "A", &[1, 2], &[]), pool(91, "B", &[1, 3], &[]), pool(92, "Down", &[1], &[])];
    let (to, why) = proposed(&engines, &pools).unwrap();
    assert_eq!(to, 91);
    assert_eq!(
        why,
        "e1 is in this pool, so its other engines should reach the same sites. Those that are active carry 2 sites each on average."
    );
    let (to, why) = proposed(&engines, &[]).unwrap();
    assert_eq!(
        (to, why.contains("in the same network as e1") && why.contains("the least: 2 sites")),
        (3, true)
    );
    let (to, why) = proposed(&[&engines[..1], &engines[3..]].concat(), &[]).unwrap();
    assert_eq!((to, why.contains("Nothing shows that it reaches these sites")), (4, true));
    // The console's own engine is never proposed, and none that is down.
    let mut alone = vec![engines[0].clone(), engines[1].clone(), engines[4].clone()];
    alone[1].status = EngineStatus::NotResponding;
    assert_eq!(proposed(&alone, &[]), None);
}

#[test]
fn sites_move_from_the_most_loaded_to_the_least_within_a_network_or_pool() {
    let engines = fleet(&[("10.0.0.1", 6), ("10.0.0.2", 0), ("10.9.0.1", 0), ("host", 0), ("127.0.0.1", 9)]);
    let even = even_out(&engines, &[pool(90, "A", &[1, 4], &[])], &list(&engines));
    let loads: BTreeMap<u64, (f64, f64)> =
        even.loads.iter().map(|(id, before, after)| (id.get(), (*before, *after))).collect();
    assert_eq!(loads, BTreeMap::from([(1, (6.0, 2.0)), (2, (0.0, 1.0)), (4, (0.0, 3.0))]));
    assert_eq!(even.moves.len(), 4);
    assert!(even.moves.iter().all(|it| it.from == Some(ScannerId(1))));
    let level = fleet(&[("10.0.0.1", 2), ("10.0.0.2", 1)]);
    assert_eq!(even_out(&level, &[], &list(&level)).moves, []);
    // The pool is even until its first engine gives a site to its network.
    let chain = fleet(&[("10.0.2.1", 4), ("10.0.2.2", 1), ("10.0.0.1", 5)]);
    let even = even_out(&chain, &[pool(90, "p", &[1, 3], &[])], &list(&chain));
    assert_eq!(even.loads.iter().map(|it| it.2).collect::<Vec<_>>(), [3.0, 3.0, 4.0]);
}

proptest! {
    #[test]
    fn evening_out_only_moves_sites_to_active_engines_and_never_makes_the_worst_worse(
        shape in prop::collection::vec((0_usize..3, 0_usize..9, any::<bool>()), 1..9),
        members in prop::collection::vec(prop::collection::btree_set(1_u64..=8, 0..5), 0..4),
    ) {
        let addresses: Vec<String> = shape.iter().enumerate().map(|(at, (net, ..))| format!("10.0.{net}.{}", at + 1)).collect();
        let plan: Vec<(&str, usize)> = addresses.iter().zip(&shape).map(|(address, (_, count, _))| (address.as_str(), *count)).collect();
        let mut engines = fleet(&plan);
        for (engine, (.., down)) in engines.iter_mut().zip(&shape) {
            if *down {
                engine.status = EngineStatus::NotResponding;
            }
        }
        let pools: Vec<Pool> = (90..).zip(members).map(|(id, it)| pool(id, "p", &it.into_iter().collect::<Vec<_>>(), &[])).collect();
        let even = even_out(&engines, &pools, &list(&engines));
        let mut after = engines.clone();
        for it in &even.moves {
            let from = it.from.unwrap();
            let source = after.iter_mut().find(|engine| engine.id.get() == from.get()).unwrap();
            let had = source.sites.len();
            source.sites.retain(|site| *site != it.site);
            prop_assert_eq!(source.sites.len() + 1, had, "it has the site, and no site moves twice");
            let target = after.iter_mut().find(|engine| engine.id.get() == it.to.get()).unwrap();
            prop_assert_eq!(&target.status, &EngineStatus::Active);
            target.sites.push(it.site);
        }
        let spread = |engines: &[Engine]| loads(engines, &pools).iter().map(|load| load.carries() * load.carries()).sum::<f64>();
        let most = |engines: &[Engine]| loads(engines, &pools).iter().map(console_api::rules::Load::carries).fold(0.0, f64::max);
        prop_assert!(most(&after) <= most(&engines));
        for (id, _, told) in &even.loads {
            let at = after.iter().position(|engine| engine.id == *id).unwrap();
            prop_assert!((loads(&after, &pools)[at].carries() - told).abs() < 1e-9);
        }
        // A plan made right after it may be longer all the same: what has moved may move on.
        prop_assert!(even.moves.is_empty() || spread(&after) < spread(&engines));
    }
}
