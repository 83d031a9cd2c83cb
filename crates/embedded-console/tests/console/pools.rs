//! Engine pools.

use console_api::{EngineId, PoolDraft, PoolId};
use http::StatusCode;
use serde_json::json;

use crate::lab::Lab;

const POOLS: &str = "/api/3/scan_engine_pools";

#[tokio::test]
async fn the_default_pool_is_there_from_the_start_and_empty() {
    let lab = Lab::start().await;
    let pools = lab.client().pools().await.unwrap().items;
    let [pool] = pools.as_slice() else { panic!("{pools:?}") };
    assert_eq!(pool.name, "Default Engine Pool");
    assert!(pool.engines.is_empty());
}

#[tokio::test]
async fn engines_and_pools_share_one_id_space() {
    let lab = Lab::start().await;
    let engine = lab.engine("Oslo", 7).await;
    let pool = lab.pool("North", &[engine]).await;
    assert_ne!(engine, pool);
    lab.get(&format!("/api/3/scan_engines/{pool}")).await.error(404);
    lab.get(&format!("{POOLS}/{engine}")).await.error(404);
}

#[tokio::test]
async fn a_pool_is_created_changed_and_deleted_by_the_apps_client() {
    let lab = Lab::start().await;
    let (one, two) = (EngineId(lab.engine("Oslo", 7).await), EngineId(lab.engine("Bergen", 8).await));
    let client = lab.client();
    let draft = PoolDraft { name: "North".into(), engines: vec![one] };
    let id = client.create_pool(&draft).await.unwrap().id;
    client.assign_to_pool(two, id).await.unwrap();
    assert_eq!(client.pool_engines(id).await.unwrap(), [one, two]);
    client.remove_from_pool(one, id).await.unwrap();
    assert!(client.remove_from_pool(one, id).await.is_err(), "it is not in it any more");
    client.set_pool_engines(id, &[one, two]).await.unwrap();
    assert_eq!(client.engine_pools(two).await.unwrap().items[0].id, id);
    client.delete_pool(id).await.unwrap();
    assert!(client.pool(id).await.is_err());
}

#[tokio::test]
async fn a_new_pool_must_not_have_an_id_and_a_changed_one_must() {
    let lab = Lab::start().await;
    let pool = lab.pool("North", &[]).await;
    lab.post(POOLS, &json!({"id": 4, "name": "South"})).await.error(400);
    let path = format!("{POOLS}/{pool}");
    let words = lab.put(&path, &json!({"name": "South", "engines": [], "sites": []})).await.error(500);
    assert!(words.starts_with("An unexpected error occurred"), "{words}");
    lab.put(&path, &json!({"id": pool + 1, "name": "South"})).await.error(400);
    let whole = json!({"id": pool, "name": "South", "engines": [], "sites": []});
    assert_eq!(lab.put(&path, &whole).await.status, StatusCode::OK);
    assert_eq!(lab.get(&path).await.json()["name"], "South");
}

#[tokio::test]
async fn the_name_of_a_pool_is_its_own() {
    let lab = Lab::start().await;
    let words = lab.post(POOLS, &json!({"name": "Default Engine Pool"})).await.error(400);
    assert_eq!(words, "A scan engine pool with the name Default Engine Pool already exists.");
}

#[tokio::test]
async fn changing_a_pool_replaces_engines_and_sites() {
    let lab = Lab::start().await;
    let (one, two) = (lab.engine("Oslo", 7).await, lab.engine("Bergen", 8).await);
    let pool = lab.pool("North", &[one]).await;
    let (kept, lost) = (lab.site("Kept", pool).await, lab.site("Lost", pool).await);
    let path = format!("{POOLS}/{pool}");
    lab.put(&path, &json!({"id": pool, "name": "North", "engines": [two], "sites": [kept]})).await;
    let body = lab.get(&path).await.json();
    assert_eq!((&body["engines"], &body["sites"]), (&json!([two]), &json!([kept])));
    assert_eq!(lab.get(&format!("{path}/sites")).await.json()["resources"], json!([kept]));
    assert_eq!(lab.get(&format!("/api/3/sites/{lost}")).await.json()["scanEngine"], 1);
    let unknown = json!({"id": pool, "name": "North", "engines": [999], "sites": [kept]});
    lab.put(&path, &unknown).await.error(400);
    assert_eq!(lab.get(&path).await.json()["engines"], json!([two]), "a refused change changes nothing");
}

#[tokio::test]
async fn the_local_the_hosted_and_aws_engines_cannot_join() {
    let lab = Lab::with(|config| config.seed = "demo".parse().unwrap()).await;
    let engines = lab.client().engines().await.unwrap().items;
    for name in ["Local scan engine", "Rapid7 Hosted Scan Engine", "aws-frankfurt-preauth"] {
        let engine = engines.iter().find(|engine| engine.name == name).unwrap();
        let words = lab.put(&format!("{POOLS}/2/engines/{}", engine.id), &json!(null)).await.error(400);
        assert!(words.starts_with(&format!("The scan engine {name} cannot join a pool")), "{words}");
        lab.put(&format!("{POOLS}/2/engines"), &json!([engine.id.get()])).await.error(400);
    }
    assert!(lab.client().pool_engines(PoolId(2)).await.unwrap().is_empty());
}

#[tokio::test]
async fn a_pool_that_a_site_uses_stays() {
    let lab = Lab::start().await;
    let pool = lab.pool("North", &[]).await;
    let site = lab.site("Harbour", pool).await;
    let path = format!("{POOLS}/{pool}");
    lab.delete(&path).await.error(400);
    lab.put(&format!("/api/3/sites/{site}/scan_engine"), &json!(1)).await;
    assert_eq!(lab.delete(&path).await.status, StatusCode::OK);
    lab.get(&format!("{path}/engines")).await.error(404);
}
