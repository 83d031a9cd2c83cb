//! Pool plans: what is written, what they change, and how that is taken back.

use std::collections::{BTreeMap, BTreeSet};

use console_api::rules::{
    PlanChange, PlanDifference, PlanStep, PoolPlan, Scanners, SiteList, SiteListBuilder, plan_difference,
    taken_back,
};
use console_api::{Engine, EngineId, EngineStatus, Pool, PoolId, ScannerId, SiteId};
use proptest::prelude::*;
use serde_json::{Value, json as value};

use crate::audit::sites;
use crate::support::{engine, pool};

const HERE: &str = "console.example";

/// A console as far as plans go.
#[derive(Clone, Debug, PartialEq)]
struct Fleet {
    engines: Vec<Engine>,
    /// Names and engines; a pool's sites are told by the sites.
    pools: BTreeMap<u64, (String, BTreeSet<u64>)>,
    scanners: BTreeMap<u64, u64>,
}

impl Fleet {
    /// How many engines and sites; pools with these members, from 100 on, and what scans the sites, from 500 on.
    fn new(engines: u64, pools: &[&[u64]], scanners: &[u64]) -> Self {
        let one = |id: u64| {
            engine(
                &value!({"id": id, "name": format!("e{id}"), "address": format!("10.0.0.{id}"), "port": 40814}),
            )
        };
        Self {
            engines: (1..=engines).map(one).collect(),
            pools: (100..)
                .zip(pools)
                .map(|(id, members)| (id, (format!("Pool {id}"), members.iter().copied().collect())))
                .collect(),
            scanners: (500..).zip(scanners.iter().copied()).collect(),
        }
    }

    fn pool_list(&self) -> Vec<Pool> {
        let one = |(id, (name, members)): (&u64, &(String, BTreeSet<u64>))| {
            let members: Vec<u64> = members.iter().copied().collect();
            let sites: Vec<u64> =
                self.scanners.iter().filter(|(_, to)| *to == id).map(|(site, _)| *site).collect();
            pool(*id, name, &members, &sites)
        };
        self.pools.iter().map(one).collect()
    }

    fn site_list(&self) -> SiteList {
        let names: Vec<String> = self.scanners.keys().map(|id| format!("site {id}")).collect();
        let rows: Vec<(u64, &str, Option<u64>)> = self
            .scanners
            .iter()
            .zip(&names)
            .map(|((id, to), name)| (*id, name.as_str(), Some(*to)))
            .collect();
        let mut builder = SiteListBuilder::default();
        builder.push(&sites(&rows), 0);
        builder.finish()
    }

    fn plan(&self) -> PoolPlan {
        let name = |site: SiteId| Some(format!("site {site}"));
        PoolPlan::of(&self.engines, &self.pool_list(), &name, HERE, "2026-11-30T12:00:00Z")
    }

    fn difference(&self, plan: &PoolPlan) -> PlanDifference {
        plan_difference(plan, &self.engines, &self.pool_list(), &self.site_list(), HERE)
    }

    /// Does the changes, in their order, as a console would; gives them with the ids of pools that are new.
    fn apply(&mut self, changes: &[PlanChange]) -> Vec<PlanChange> {
        let mut done = Vec::new();
        for change in changes {
            let known = self.pools.iter().find(|(_, (name, _))| *name == change.pool).map(|(id, _)| *id);
            let id = change.id.map(PoolId::get).or(known);
            match &change.step {
                PlanStep::Create => {
                    let id = self.pools.keys().max().map_or(100, |id| id + 1);
                    assert!(known.is_none());
                    self.pools.insert(id, (change.pool.clone(), BTreeSet::new()));
                    done.push(PlanChange { id: Some(PoolId(id)), ..change.clone() });
                    continue;
                }
                PlanStep::Rename(from) => {
                    let pool = self.pools.get_mut(&id.unwrap()).unwrap();
                    assert_eq!(pool.0, *from);
                    pool.0.clone_from(&change.pool);
                }
                PlanStep::Join(engine, _) => {
                    assert!(self.pools.get_mut(&id.unwrap()).unwrap().1.insert(engine.get()));
                }
                PlanStep::Leave(engine, _) => {
                    assert!(self.pools.get_mut(&id.unwrap()).unwrap().1.remove(&engine.get()));
                }
                PlanStep::Give { site, from, .. } => {
                    let before = self.scanners.insert(site.get(), id.unwrap());
                    assert_eq!(before.map(ScannerId), *from);
                }
                PlanStep::Return { site, to, .. } => _ = self.scanners.insert(site.get(), to.get()),
                PlanStep::Delete => {
                    let id = id.unwrap();
                    assert!(
                        !self.scanners.values().any(|to| *to == id),
                        "a console keeps a pool that a site uses"
                    );
                    self.pools.remove(&id);
                }
            }
            done.push(PlanChange { id: id.map(PoolId), ..change.clone() });
        }
        done
    }

    fn labels(&self, plan: &PoolPlan) -> Vec<String> {
        let scanners = Scanners::new(&self.engines, &self.pool_list());
        self.difference(plan).changes.iter().map(|change| change.label(&scanners)).collect()
    }
}

#[test]
fn an_export_is_what_the_schema_says() {
    let schema: Value = serde_json::from_str(include_str!("../../../../docs/pool-plan.schema.json")).unwrap();
    let schema = jsonschema::draft202012::new(&schema).unwrap();
    let mut fleet = Fleet::new(3, &[&[1, 2], &[]], &[100, 3]);
    // An engine that the list does not have.
    fleet.pools.get_mut(&101).unwrap().1.insert(77);
    let text = fleet.plan().to_json();
    let written: Value = serde_json::from_str(&text).unwrap();
    let errors = schema.iter_errors(&written).map(|error| error.to_string()).collect::<Vec<_>>();
    assert!(errors.is_empty(), "{errors:?}\n{text}");
    assert_eq!(
        written["pools"][0]["engines"][1],
        value!({"id": 2, "name": "e2", "address": "10.0.0.2", "port": 40814})
    );
    assert_eq!(PoolPlan::from_json(&text), Ok(fleet.plan()));
    assert!(
        !schema
            .is_valid(&value!({"format": "engine-console/pool-plan", "version": 1, "pools": [{"id": "x"}]}))
    );
}

#[test]
fn what_is_no_plan_is_refused_with_the_reason() {
    let plan =
        |more: &str| format!(r#"{{"format":"engine-console/pool-plan","version":1,"pools":[{more}]}}"#);
    for (text, words) in [
        ("", "This is not a pool plan: "),
        ("name,address", "This is not a pool plan: "),
        ("{}", "its “format” is not"),
        (r#"{"format":"engine-console/pool-plan","version":2}"#, "of version 2, which a newer version"),
        (r#"{"format":"engine-console/pool-plan","version":1}"#, "can't be read: missing field `pools`"),
        (&plan(r#"{"name":" "}"#), "has no name"),
        (&plan(r#"{"name":"A"},{"name":"a "}"#), "has the pool a twice"),
        (
            &plan(r#"{"name":"A","sites":[{"name":"x"}]},{"name":"B","sites":[{"name":"X"}]}"#),
            "gives the site X to two pools",
        ),
    ] {
        let said = PoolPlan::from_json(text).unwrap_err();
        assert!(said.contains(words), "{text}: {said}");
    }
    let lenient = PoolPlan::from_json(&plan(r#"{"name":"A","colour":"red"}"#)).unwrap();
    assert!(!lenient.has_sites());
}

#[test]
fn the_difference_is_told_in_an_order_in_which_nothing_is_lost() {
    let plan = Fleet::new(4, &[&[1, 2], &[3]], &[100, 101, 3]).plan();
    let mut now = Fleet::new(4, &[&[2, 4]], &[4, 3, 100]);
    now.pools.get_mut(&100).unwrap().0 = "Renamed".to_owned();
    now.pools.insert(150, ("Other".to_owned(), BTreeSet::new()));
    assert_eq!(
        now.labels(&plan),
        [
            "Pool 101: is created",
            "Pool 100: is renamed from Renamed",
            "Pool 100: e1 joins",
            "Pool 101: e3 joins",
            "Pool 100: gets the site site 500 from e4",
            "Pool 101: gets the site site 501 from e3",
            "Pool 100: e4 leaves",
        ]
    );
    let found = now.difference(&plan);
    assert_eq!(found.left_out, []);
    assert_eq!(found.notes, ["Not in the plan, and stays as it is: Other."]);
    // What has the name is the pool, whatever its id.
    now.pools.get_mut(&150).unwrap().0 = "pool 100".to_owned();
    assert!(now.labels(&plan).contains(&"Pool 100: e2 joins".to_owned()));
}

#[test]
fn engines_are_found_by_id_then_by_place_then_by_name() {
    let fleet = Fleet::new(3, &[&[1, 2, 3]], &[]);
    let plan = fleet.plan();
    let mut now = fleet.clone();
    now.pools.get_mut(&100).unwrap().1.clear();
    // The first is another one by name and place, the second was added again, the third has moved as well.
    let other = |id: u64, name: &str, address: &str| {
        engine(&value!({"id": id, "name": name, "address": address, "port": 40814}))
    };
    now.engines = vec![other(1, "x", "10.9.9.9"), other(12, "e1", "10.0.0.2"), other(13, "E3", "10.9.9.8")];
    assert_eq!(now.labels(&plan), ["Pool 100: x joins", "Pool 100: e1 joins", "Pool 100: E3 joins"]);
    assert_eq!(
        now.difference(&plan).notes,
        ["1 engine was matched by address and port, not by ID.", "1 engine was matched by name, not by ID."]
    );
    // An id of another console means nothing.
    let elsewhere = plan_difference(&plan, &now.engines, &now.pool_list(), &now.site_list(), "other.example");
    let joined: Vec<EngineId> = elsewhere
        .changes
        .iter()
        .filter_map(|change| if let PlanStep::Join(engine, _) = change.step { Some(engine) } else { None })
        .collect();
    assert_eq!(joined, [EngineId(12), EngineId(13)]);
}

#[test]
fn what_is_missing_or_can_not_join_is_left_out_and_nobody_has_to_leave_for_it() {
    let mut fleet = Fleet::new(3, &[&[1, 2]], &[100]);
    let mut plan = fleet.plan();
    plan.pools[0].engines[1].id = None;
    plan.pools[0].engines[1].name = "gone".to_owned();
    plan.pools[0].engines[1].address = String::new();
    plan.pools[0].sites[0].id = Some(999);
    plan.pools[0].sites[0].name = "nowhere".to_owned();
    let found = fleet.difference(&plan);
    assert_eq!(found.changes, []);
    let said = found.left_out.iter().map(|(what, _)| what.as_str()).collect::<Vec<_>>();
    assert_eq!(said, ["Pool 100: gone", "Pool 100: site nowhere"]);
    assert_eq!(found.notes, ["e2 stays in Pool 100, because not all of its engines were found."]);

    let local = engine(&value!({"id": 3, "name": "Local", "address": "127.0.0.1", "port": 40814}));
    fleet.engines[2] = local;
    let mut plan = fleet.plan();
    plan.pools[0].engines[0].id = Some(3);
    let found = fleet.difference(&plan);
    assert_eq!(found.left_out.len(), 1);
    assert!(found.left_out[0].1.contains("local engine"), "{:?}", found.left_out);
}

#[test]
fn a_pool_that_would_be_without_an_active_engine_is_named() {
    let plan = Fleet::new(2, &[&[2]], &[]).plan();
    let mut now = Fleet::new(2, &[&[1]], &[]);
    now.engines[0].status = EngineStatus::Active;
    now.engines[1].status = EngineStatus::Unknown;
    assert!(
        now.difference(&plan)
            .notes
            .contains(&"Pool 100 would have no active engine left to scan with.".to_owned())
    );
}

fn fleets() -> impl Strategy<Value = Fleet> {
    let members = prop::collection::vec(prop::collection::btree_set(1_u64..=5, 0..4), 0..4);
    (members, prop::collection::vec(0_usize..9, 0..6)).prop_map(|(members, owners)| {
        let pools: Vec<Vec<u64>> = members.iter().map(|it| it.iter().copied().collect()).collect();
        let scanner = |at: &usize| if *at < pools.len() { 100 + *at as u64 } else { 1 + (*at as u64 % 5) };
        let scanners: Vec<u64> = owners.iter().map(scanner).collect();
        Fleet::new(5, &pools.iter().map(Vec::as_slice).collect::<Vec<_>>(), &scanners)
    })
}

proptest! {
    #[test]
    fn a_fleet_does_not_differ_from_its_own_plan(fleet in fleets()) {
        prop_assert_eq!(fleet.difference(&fleet.plan()).changes, []);
    }

    /// Once done, nothing is left to do; taken back, all is as it was.
    #[test]
    fn a_plan_is_reached_and_can_be_taken_back(before in fleets(), wanted in fleets()) {
        let mut plan = wanted.plan();
        let sites = before.scanners.len();
        for pool in &mut plan.pools {
            pool.sites.retain(|site| site.id.is_some_and(|id| before.scanners.contains_key(&id)));
        }
        let mut now = before.clone();
        let done = now.apply(&before.difference(&plan).changes);
        prop_assert_eq!(now.difference(&plan).changes, []);
        prop_assert_eq!(now.scanners.len(), sites);
        now.apply(&taken_back(&done));
        prop_assert_eq!(now, before);
    }

    /// Wherever it stops, the rest brings it to the same end.
    #[test]
    fn a_plan_that_stopped_half_way_can_go_on(before in fleets(), wanted in fleets(), stop in 0_usize..20) {
        let mut plan = wanted.plan();
        for pool in &mut plan.pools {
            pool.sites.retain(|site| site.id.is_some_and(|id| before.scanners.contains_key(&id)));
        }
        let changes = before.difference(&plan).changes;
        let mut now = before.clone();
        now.apply(&changes[..stop.min(changes.len())]);
        let rest = now.difference(&plan).changes;
        now.apply(&rest);
        prop_assert_eq!(now.difference(&plan).changes, []);
    }

    /// Engines that were deleted and added again are in their pools again, and the pools have their sites.
    #[test]
    fn a_fleet_is_restored_after_its_engines_were_added_again(fleet in fleets()) {
        let plan = fleet.plan();
        let mut now = fleet.clone();
        for engine in &mut now.engines {
            engine.id = EngineId(engine.id.get() + 20);
        }
        for (_, members) in now.pools.values_mut() {
            members.clear();
        }
        for scanner in now.scanners.values_mut() {
            *scanner = 21;
        }
        now.apply(&now.clone().difference(&plan).changes);
        for (id, (_, members)) in &fleet.pools {
            let again = members.iter().map(|id| id + 20).collect::<BTreeSet<_>>();
            prop_assert_eq!(&now.pools[id].1, &again);
        }
        for (site, scanner) in &fleet.scanners {
            if *scanner >= 100 {
                prop_assert_eq!(now.scanners[site], *scanner);
            }
        }
    }

    #[test]
    fn any_text_is_a_plan_or_refused(text in any::<String>()) {
        prop_assert!(PoolPlan::from_json(&text).is_err());
    }
}
