//! Engine pools (docs/api-quirks.md, "Changing" and "Special engines and pools").

use console_api::{EngineId, Error, PoolDraft, PoolId, Saved, SiteId, TransportError};
use serde_json::json as value;

use crate::support::{Script, done, json, now, refused};

const POOLS: &str = "GET api/3/scan_engine_pools";
const ONE: &str = "GET api/3/scan_engine_pools/9";
const CREATE: &str = "POST api/3/scan_engine_pools";
const SAVE: &str = "PUT api/3/scan_engine_pools/9";

fn draft(name: &str, engines: &[u64]) -> PoolDraft {
    PoolDraft { name: name.to_owned(), engines: engines.iter().copied().map(EngineId).collect() }
}

#[test]
fn newer_consoles_tell_the_sites_and_older_ones_do_not() {
    let body = r#"{"resources":[
        {"id":9,"name":"North","engines":[1,{"id":2}],"sites":[3],"links":[]},
        {"id":10,"engines":null},
        {"name":"no id"}]}"#;
    let script = Script::new().then(POOLS, json(200, body));
    let pools = now(script.client().pools()).unwrap();
    assert_eq!(pools.unreadable, 1);
    assert_eq!(pools.items[0].engines, [EngineId(1), EngineId(2)]);
    assert_eq!(pools.items[0].sites, Some(vec![SiteId(3)]));
    assert_eq!((pools.items[1].name.as_str(), &pools.items[1].sites), ("Pool 10", &None));
}

#[test]
fn pools_that_lack_their_sites_are_asked_for_them_one_by_one() {
    let body = r#"{"resources":[{"id":9,"sites":[3]},{"id":10},{"id":11,"sites":null}]}"#;
    let script = Script::new()
        .then(POOLS, json(200, body))
        .then("GET api/3/scan_engine_pools/10/sites", json(200, r#"{"resources":[4,5]}"#))
        .then("GET api/3/scan_engine_pools/11/sites", refused(404, "no"));
    let pools = now(script.client().pools_with_sites()).unwrap().items;
    let sites: Vec<_> = pools.into_iter().map(|pool| pool.sites).collect();
    assert_eq!(sites, [Some(vec![SiteId(3)]), Some(vec![SiteId(4), SiteId(5)]), None]);
}

#[test]
fn creating_sends_no_id() {
    let script = Script::new().then(CREATE, json(201, r#"{"id":9}"#));
    assert_eq!(now(script.client().create_pool(&draft("North", &[1, 2]))).unwrap().id, PoolId(9));
    assert_eq!(script.last_body(), value!({"name": "North", "engines": [1, 2]}));
}

#[test]
fn a_pool_may_be_created_empty() {
    let script = Script::new().then(CREATE, json(200, r#"{"id":"9"}"#));
    assert_eq!(now(script.client().create_pool(&draft("North", &[]))).unwrap().id, PoolId(9));
    assert_eq!(script.last_body(), value!({"name": "North", "engines": []}));
}

#[test]
fn after_a_time_out_the_list_tells_whether_the_pool_was_created() {
    let script = Script::new()
        .then(CREATE, Err(TransportError::Timeout))
        .then(POOLS, json(200, r#"{"resources":[{"id":9,"name":"North"}]}"#));
    let created = now(script.client().create_pool(&draft("North", &[]))).unwrap();
    assert_eq!((created.id, created.despite), (PoolId(9), Some(Error::Timeout)));
}

#[test]
fn saving_sends_id_name_engines_and_sites() {
    let script = Script::new()
        .then(ONE, json(200, r#"{"id":9,"name":"North","engines":[2,1],"sites":[3,4]}"#))
        .then(SAVE, done());
    let saved = now(script.client().update_pool(PoolId(9), &draft("North", &[1, 2]), &draft("South", &[2])));
    assert_eq!(saved, Ok(Saved::Done));
    assert_eq!(script.last_body(), value!({"id": 9, "name": "South", "engines": [2], "sites": [3, 4]}));
}

#[test]
fn a_pool_without_sites_is_asked_for_them_before_it_is_saved() {
    let script = Script::new()
        .then(ONE, json(200, r#"{"id":9,"name":"North","engines":[]}"#))
        .then("GET api/3/scan_engine_pools/9/sites", json(200, r#"{"resources":[3,"4"]}"#))
        .then(SAVE, done());
    let saved = now(script.client().update_pool(PoolId(9), &draft("North", &[]), &draft("South", &[])));
    assert_eq!(saved, Ok(Saved::Done));
    assert_eq!(script.last_body()["sites"], value!([3, 4]));
}

#[test]
fn saving_stops_when_somebody_else_was_faster() {
    let script =
        Script::new().then(ONE, json(200, r#"{"id":9,"name":"North","engines":[1,2,5],"sites":[]}"#));
    let saved = now(script.client().update_pool(PoolId(9), &draft("North", &[1, 2]), &draft("North", &[1])));
    assert!(matches!(saved, Ok(Saved::ChangedMeanwhile(theirs)) if theirs.engines.len() == 3));
    script.assert_done();
}

#[test]
fn members_are_read_set_added_and_removed() {
    let script = Script::new()
        .then("GET api/3/scan_engine_pools/9/engines", json(200, r#"{"resources":[1,2],"links":[]}"#))
        .then("PUT api/3/scan_engine_pools/9/engines", done())
        .then("PUT api/3/scan_engine_pools/9/engines/6", done())
        .then("DELETE api/3/scan_engine_pools/9/engines/6", done());
    let client = script.client();
    now(async {
        assert_eq!(client.pool_engines(PoolId(9)).await?, [EngineId(1), EngineId(2)]);
        client.set_pool_engines(PoolId(9), &[EngineId(1), EngineId(6)]).await?;
        assert_eq!(script.last_body(), value!([1, 6]));
        client.assign_to_pool(EngineId(6), PoolId(9)).await?;
        client.remove_from_pool(EngineId(6), PoolId(9)).await
    })
    .unwrap();
    script.assert_done();
}

#[test]
fn a_pool_in_use_is_not_deleted() {
    let script = Script::new().then("DELETE api/3/scan_engine_pools/9", refused(400, "In use."));
    assert!(matches!(now(script.client().delete_pool(PoolId(9))), Err(Error::Rejected { status: 400, .. })));
}
