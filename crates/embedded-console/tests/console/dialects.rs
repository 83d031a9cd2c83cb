//! The answers of older consoles, read over HTTP and by the app's client, which must make the best of each.

use std::collections::BTreeSet;

use console_api::{
    Engine, EngineDraft, EngineId, EngineStatus, Error, PageRequest, PoolDraft, PoolId, Saved, SiteId,
};
use embedded_console::config::Dialect;
use http::{Method, StatusCode};
use serde_json::{Value, json};

use crate::fleet_through_api::RunningEngine;
use crate::lab::{Answer, Lab, send};

const ENGINES: &str = "/api/3/scan_engines";
const POOLS: &str = "/api/3/scan_engine_pools";
const OLDER: [Dialect; 2] = [Dialect::V6_6_55, Dialect::Y2018];

async fn lab(dialect: Dialect) -> Lab {
    Lab::with(|config| config.speak(dialect)).await
}

/// The names of an object's fields.
fn fields(object: &Value) -> BTreeSet<&str> {
    object.as_object().unwrap().keys().map(String::as_str).collect()
}

fn resources(answer: &Answer) -> Vec<Value> {
    answer.json()["resources"].as_array().unwrap().clone()
}

/// An engine that everything is known of: paired, asked and updated. It is in the pool North.
async fn known_engine(lab: &Lab, product_version: &str) -> (RunningEngine, EngineId, PoolId) {
    let client = lab.client();
    let engine = RunningEngine::start(product_version).await;
    let id = client.create_engine(&engine.draft("Oslo")).await.unwrap().id;
    engine.enable();
    let report = client.version_engines().await.unwrap();
    let block = report.engines.iter().find(|block| block.name.as_deref() == Some("Oslo")).unwrap();
    assert_eq!(block.version.as_deref(), Some(product_version), "it is paired");
    let pool = PoolDraft { name: "North".to_owned(), engines: vec![id] };
    let pool = client.create_pool(&pool).await.unwrap().id;
    (engine, id, pool)
}

#[tokio::test]
async fn each_age_of_a_console_tells_other_fields_of_an_engine() {
    let always = ["address", "id", "links", "name", "port", "sites"];
    let status_and_more = ["contentVersion", "lastRefreshedDate", "productVersion", "status"];
    for (dialect, version, more) in [
        (
            Dialect::Current,
            "6.6.1",
            [
                &status_and_more[..],
                &["serialNumber", "isAWSPreAuthEngine", "connectionDirection"],
                &["certificateFingerprint", "consoleFingerprint"],
            ]
            .concat(),
        ),
        (Dialect::V6_6_55, "6.6.1", [&status_and_more[..], &["enginePools"]].concat()),
        (Dialect::Y2018, "6.4.1", vec!["enginePools"]),
    ] {
        let lab = lab(dialect).await;
        let (_running, id, _) = known_engine(&lab, version).await;
        let expected: BTreeSet<&str> = always.into_iter().chain(more).collect();
        let one = lab.get(&format!("{ENGINES}/{id}")).await.json();
        assert_eq!(fields(&one), expected, "{dialect:?}");
        let list = resources(&lab.get(ENGINES).await);
        let listed = list.iter().find(|engine| engine["id"] == id.get()).unwrap();
        assert_eq!(fields(listed), expected, "{dialect:?}");
        let site = SiteId(lab.site("Office", id.get()).await);
        let of_site = lab.get(&format!("/api/3/sites/{site}/scan_engine")).await.json();
        assert_eq!(fields(&of_site), expected, "{dialect:?}");
    }
}

#[tokio::test]
async fn older_consoles_list_pools_among_the_engines_and_the_client_leaves_them_out() {
    for dialect in OLDER {
        let lab = lab(dialect).await;
        let oslo = lab.engine("Oslo", 7).await;
        let north = lab.pool("North", &[oslo]).await;
        let list = resources(&lab.get(ENGINES).await);
        let names: Vec<&str> = list.iter().map(|entry| entry["name"].as_str().unwrap()).collect();
        assert_eq!(names, ["Local scan engine", "Oslo", "Default Engine Pool", "North"], "{dialect:?}");
        let pool = list.last().unwrap();
        assert_eq!((&pool["port"], &pool["id"]), (&json!(-1), &json!(north)));
        assert_eq!(list[1]["enginePools"], json!([north]));
        assert_eq!(list[0]["enginePools"], json!([]));

        // The link of the entry leads to the same.
        let path = pool["links"][0]["href"].as_str().unwrap();
        let path = path.strip_prefix(lab.running.url().trim_end_matches('/')).unwrap();
        assert_eq!(&lab.get(path).await.json(), pool);

        let client = lab.client();
        let engines = client.engines().await.unwrap();
        assert_eq!(engines.unreadable, 0);
        let names: Vec<&str> = engines.items.iter().map(|engine| engine.name.as_str()).collect();
        assert_eq!(names, ["Local scan engine", "Oslo"]);
        assert_eq!(engines.items[1].pools, Some(vec![PoolId(north)]));
        let as_engine = client.engine(EngineId(north)).await;
        assert!(matches!(as_engine, Err(Error::NotFound { .. })), "{as_engine:?}");
    }
}

#[tokio::test]
async fn what_an_older_console_does_not_tell_is_missing_for_the_client_not_wrong() {
    let told = |engine: &Engine| {
        (engine.product_version.is_some(), engine.content_version.is_some(), engine.last_refreshed.is_some())
    };
    for (dialect, status, version, tells) in [
        (Dialect::V6_6_55, EngineStatus::Active, "6.6.1", (true, true, true)),
        (Dialect::Y2018, EngineStatus::Missing, "6.4.1", (false, false, false)),
    ] {
        let lab = lab(dialect).await;
        let (_running, id, _) = known_engine(&lab, version).await;
        let engine = lab.client().engine(id).await.unwrap();
        assert_eq!((&engine.status, told(&engine)), (&status, tells), "{dialect:?}");
        assert_eq!((engine.direction, &engine.serial_number), (None, &None), "{dialect:?}");
        assert_eq!((&engine.certificate_fingerprint, &engine.console_fingerprint), (&None, &None));
        // The command tells at any age.
        let report = lab.client().version_engines().await.unwrap();
        let block = report.engines.iter().find(|block| block.name.as_deref() == Some("Oslo")).unwrap();
        assert_eq!(block.status, Some(EngineStatus::Active), "{dialect:?}");
        assert!(block.serial_number.is_some(), "{dialect:?}");
    }
}

#[tokio::test]
async fn the_reason_of_a_bad_status_is_an_extra_of_this_console() {
    for (dialect, tells) in [(Dialect::Current, true), (Dialect::V6_6_55, false), (Dialect::Y2018, false)] {
        let lab = lab(dialect).await;
        let id = lab.engine("Oslo", 7).await;
        let engine = lab.get(&format!("{ENGINES}/{id}")).await.json();
        assert_eq!(engine["statusMessage"].is_string(), tells, "{dialect:?}: {engine}");
    }
}

#[tokio::test]
async fn a_pool_of_an_older_console_lacks_its_sites_and_keeps_them_when_it_is_changed() {
    for dialect in OLDER {
        let lab = lab(dialect).await;
        let oslo = lab.engine("Oslo", 7).await;
        let north = lab.pool("North", &[oslo]).await;
        let office = lab.site("Office", north).await;
        let one = lab.get(&format!("{POOLS}/{north}")).await.json();
        let by_engine = resources(&lab.get(&format!("{ENGINES}/{oslo}/scan_engine_pools")).await);
        let by_site = lab.get(&format!("/api/3/sites/{office}/scan_engine")).await.json();
        for pool in [one, resources(&lab.get(POOLS).await)[1].clone(), by_engine[0].clone(), by_site] {
            assert_eq!(fields(&pool), BTreeSet::from(["engines", "id", "links", "name"]), "{dialect:?}");
        }

        let client = lab.client();
        let north = PoolId(north);
        let opened = PoolDraft::of(&client.pool(north).await.unwrap());
        let wanted = PoolDraft { name: "South".to_owned(), engines: Vec::new() };
        assert_eq!(client.update_pool(north, &opened, &wanted).await, Ok(Saved::Done));
        assert_eq!(client.pool_sites(north).await.unwrap(), [SiteId(office)], "{dialect:?}");
    }
}

#[tokio::test]
async fn the_status_in_an_older_consoles_error_is_a_text_and_its_words_are_read_all_the_same() {
    for (dialect, status) in
        [(Dialect::Current, json!(400)), (Dialect::V6_6_55, json!("400")), (Dialect::Y2018, json!("400"))]
    {
        let lab = lab(dialect).await;
        lab.engine("Oslo", 7).await;
        let again = json!({"name": "Oslo", "address": "192.0.2.8", "port": 40814});
        let refused = lab.post(ENGINES, &again).await;
        assert_eq!((refused.status, &refused.json()["status"]), (StatusCode::BAD_REQUEST, &status));
        let draft = EngineDraft { name: "Oslo".to_owned(), address: "192.0.2.8".to_owned(), port: 40814 };
        let message = "A scan engine with the name Oslo already exists.".to_owned();
        let error = lab.client().create_engine(&draft).await.unwrap_err();
        assert_eq!(error, Error::Rejected { status: 400, message }, "{dialect:?}");
        let missing = lab.client().engine(EngineId(99)).await;
        assert!(matches!(missing, Err(Error::NotFound { message: Some(_) })), "{missing:?}");
    }
}

#[tokio::test]
async fn a_console_has_the_versions_of_its_age_and_brings_them_to_its_engines() {
    for (dialect, product, content, before) in [
        (Dialect::Current, "6.6.268", "2026-11-18", "6.6.1"),
        (Dialect::V6_6_55, "6.6.55", "2026-11-18", "6.6.1"),
        (Dialect::Y2018, "6.4.65", "2445745114 (2018-10-22)", "6.4.1"),
    ] {
        let lab = lab(dialect).await;
        let info = lab.get("/api/3/administration/info").await.json();
        assert_eq!(info["version"]["semantic"], product);
        assert_eq!(info["version"]["update"]["content"], content);
        assert_eq!(info.get("engineListenerPort").is_some(), dialect == Dialect::Current);
        let info = lab.client().console_info().await.unwrap();
        assert_eq!(info.version.as_deref(), Some(product));

        let local = lab.client().engine(EngineId(1)).await.unwrap();
        let shown = (dialect != Dialect::Y2018).then_some((product, content));
        assert_eq!(local.product_version.as_deref().zip(local.content_version.as_deref()), shown);
        let (_running, id, _) = known_engine(&lab, before).await;
        lab.client().update_engine_software(id).await.unwrap();
        let updated = async {
            loop {
                let report = lab.client().version_engines().await.unwrap();
                let oslo = report.engines.iter().find(|block| block.name.as_deref() == Some("Oslo"));
                if oslo.is_some_and(|oslo| oslo.version.as_deref() == Some(product)) {
                    return;
                }
                tokio::task::yield_now().await;
            }
        };
        let bound = std::time::Duration::from_secs(15);
        assert!(tokio::time::timeout(bound, updated).await.is_ok(), "{dialect:?}: it was not updated");
    }
}

#[tokio::test]
async fn the_rest_is_the_same_at_any_age() {
    for dialect in [Dialect::Current, Dialect::V6_6_55, Dialect::Y2018] {
        let lab = lab(dialect).await;
        let client = lab.client();
        let (_running, id, _) = known_engine(&lab, "6.4.1").await;
        let site = SiteId(lab.site("Office", id.get()).await);
        let opened = EngineDraft::of(&client.engine(id).await.unwrap());
        let wanted = EngineDraft { name: "Bergen".to_owned(), ..opened.clone() };
        assert_eq!(client.update_engine(id, &opened, &wanted).await, Ok(Saved::Done), "{dialect:?}");
        let engine = client.engine(id).await.unwrap();
        assert_eq!((engine.name.as_str(), &engine.sites[..]), ("Bergen", &[site][..]), "{dialect:?}");

        let scan = client.start_scan(site, None).await.unwrap();
        let answer = lab.get(&format!("/api/3/scans/{scan}")).await.json();
        assert_eq!(answer["engineIds"], json!([id.get()]), "{dialect:?}");
        let scans = client.engine_scans(id, &PageRequest::default()).await.unwrap();
        assert_eq!(scans.items.len(), 1, "{dialect:?}");

        // Version 6.5.50 brought it to v3.
        let path = "/api/3/scan_engines/shared_secret";
        let wanted = if dialect == Dialect::Y2018 { StatusCode::NOT_FOUND } else { StatusCode::CREATED };
        assert_eq!(send(lab.request(Method::POST, path)).await.status, wanted, "{dialect:?}");
    }
}
