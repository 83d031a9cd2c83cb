//! Scan engines.

use console_api::{EngineDraft, EngineStatus, Saved};
use http::{Method, StatusCode};
use serde_json::json;

use crate::lab::{Lab, send};

const ENGINES: &str = "/api/3/scan_engines";

#[tokio::test]
async fn a_new_console_has_its_local_engine_and_it_is_active() {
    let lab = Lab::start().await;
    let engines = lab.client().engines().await.unwrap().items;
    let [local] = engines.as_slice() else { panic!("{engines:?}") };
    assert_eq!((local.name.as_str(), local.address.as_str()), ("Local scan engine", "127.0.0.1"));
    assert_eq!(local.status, EngineStatus::Active);
    let raw = lab.get(ENGINES).await.json();
    let raw = &raw["resources"][0];
    assert!(raw.get("lastRefreshedDate").is_none(), "the local engine often has none: {raw}");
    assert_eq!(raw["productVersion"], embedded_console::config::PRODUCT_VERSION);
    assert_eq!(raw["serialNumber"].as_str().unwrap().len(), 40);
    assert_eq!(raw["isAWSPreAuthEngine"], false);
    assert_eq!(raw["connectionDirection"], "console-to-engine", "it can't be reversed");
}

#[tokio::test]
async fn an_engine_is_created_read_changed_and_deleted() {
    let lab = Lab::start().await;
    let client = lab.client();
    let draft = EngineDraft { name: "Oslo".into(), address: "192.0.2.7".into(), port: 40_814 };
    let id = client.create_engine(&draft).await.unwrap().id;
    let engine = client.engine(id).await.unwrap();
    assert_eq!((engine.name.as_str(), engine.status), ("Oslo", EngineStatus::Unknown));
    let wanted = EngineDraft { name: "Bergen".into(), address: "bergen.example".into(), port: 50_000 };
    assert_eq!(client.update_engine(id, &draft, &wanted).await.unwrap(), Saved::Done);
    assert_eq!(EngineDraft::of(&client.engine(id).await.unwrap()), wanted);
    client.delete_engine(id).await.unwrap();
    assert!(client.engine(id).await.is_err());
    assert_eq!(
        lab.delete(&format!("{ENGINES}/{id}")).await.error(404),
        "The resource does not exist or access is prohibited."
    );
}

#[tokio::test]
async fn creating_answers_with_the_id_and_where_the_engine_is() {
    let lab = Lab::start().await;
    let answer = lab
        .post(ENGINES, &json!({"name": "Oslo", "address": "192.0.2.7", "port": 40814, "sites": [1]}))
        .await;
    assert_eq!(answer.status, StatusCode::CREATED);
    let id = answer.id();
    let body = answer.json();
    assert_eq!(body["links"], json!([{"href": lab.url(&format!("{ENGINES}/{id}")), "rel": "self"}]));
    let engine = lab.get(&format!("{ENGINES}/{id}")).await.json();
    assert_eq!(engine["sites"], json!([]), "sites are assigned one by one, not here");
    assert!(engine.get("productVersion").is_none(), "what is not known is left out");
    let relations: Vec<&str> =
        engine["links"].as_array().unwrap().iter().map(|link| link["rel"].as_str().unwrap()).collect();
    assert_eq!(relations, ["self", "Engine Pools", "Scans", "Sites"]);
}

#[tokio::test]
async fn a_body_with_an_id_or_without_sense_is_refused() {
    let lab = Lab::start().await;
    let invalid = "One or more arguments supplied in the request is invalid.";
    for body in [
        json!({"id": 9, "name": "Oslo", "address": "192.0.2.7", "port": 40814}),
        json!({"name": "Oslo", "address": "192.0.2.7"}),
        json!({"name": "Oslo", "port": 40814}),
        json!({"address": "192.0.2.7", "port": 40814}),
        json!({"name": " ", "address": "192.0.2.7", "port": 40814}),
        json!({"name": "Os\nlo", "address": "192.0.2.7", "port": 40814}),
        json!({"name": "Oslo", "address": "http://192.0.2.7", "port": 40814}),
        json!({"name": "Oslo", "address": "192.0.2.7", "port": 0}),
        json!({"name": "Oslo", "address": "192.0.2.7", "port": 65536}),
        json!({"name": "Oslo", "address": "192.0.2.7", "port": "many"}),
        json!({"name": "Oslo", "address": "192.0.2.7", "port": "40814"}),
        json!({"name": "Oslo", "address": "999.0.2.7", "port": 40814}),
        json!([null, "Oslo", "192.0.2.7", 40814, null]),
        json!("Oslo"),
        json!(null),
    ] {
        assert_eq!(lab.post(ENGINES, &body).await.error(400), invalid, "{body}");
    }
    let cut_off =
        lab.request(Method::POST, ENGINES).header("content-type", "application/json").body("{\"name\": ");
    assert_eq!(send(cut_off).await.error(400), invalid);
    let form = lab.request(Method::POST, ENGINES).header("content-type", "text/plain").body("name=Oslo");
    assert_eq!(send(form).await.status, StatusCode::UNSUPPORTED_MEDIA_TYPE);
    let endless = lab.request(Method::POST, ENGINES).header("content-type", "application/json");
    send(endless.body(" ".repeat(8 * 1024 * 1024 + 1))).await.error(413);
    assert_eq!(lab.client().engines().await.unwrap().items.len(), 1, "none of them was created");
}

#[tokio::test]
async fn a_name_is_taken_once_and_so_is_an_address_with_its_port() {
    let lab = Lab::start().await;
    lab.engine("Oslo", 7).await;
    let same_name = json!({"name": "oslo", "address": "192.0.2.8", "port": 40814});
    assert_eq!(
        lab.post(ENGINES, &same_name).await.error(400),
        "A scan engine with the name oslo already exists."
    );
    let same_place = json!({"name": "Bergen", "address": "192.0.2.7", "port": 40814});
    let words = lab.post(ENGINES, &same_place).await.error(400);
    assert_eq!(words, "A scan engine with the address 192.0.2.7 and the port 40814 already exists.");
    let other_port = json!({"name": "Bergen", "address": "192.0.2.7", "port": 40815});
    let id = lab.post(ENGINES, &other_port).await.id();
    let takes_the_name = json!({"name": "Oslo", "address": "192.0.2.7", "port": 40815});
    lab.put(&format!("{ENGINES}/{id}"), &takes_the_name).await.error(400);
}

#[tokio::test]
async fn one_place_is_taken_once_however_its_address_is_written() {
    let lab = Lab::start().await;
    let at = |name: &str, address: &str| json!({"name": name, "address": address, "port": 40814});
    let id = lab.post(ENGINES, &at("Oslo", "[2001:DB8:0::7]")).await.id();
    assert_eq!(lab.get(&format!("{ENGINES}/{id}")).await.json()["address"], "2001:db8::7");
    lab.post(ENGINES, &at("Bergen", "2001:db8::0:7")).await.error(400);
    for local in ["127.0.0.1", "localhost", "LocalHost", "::1"] {
        let words = lab.post(ENGINES, &at("Local again", local)).await.error(400);
        assert!(words.ends_with("and the port 40814 already exists."), "{local}: {words}");
    }
    let other_port = json!({"name": "Beside it", "address": "localhost", "port": 40815});
    assert_eq!(lab.post(ENGINES, &other_port).await.status, StatusCode::CREATED);
}

#[tokio::test]
async fn changing_replaces_the_whole_engine_and_sites_left_out_go_to_the_local_one() {
    let lab = Lab::start().await;
    let engine = lab.engine("Oslo", 7).await;
    let (kept, lost) = (lab.site("Kept", engine).await, lab.site("Lost", engine).await);
    let other = lab.site("Other", 1).await;
    let path = format!("{ENGINES}/{engine}");
    let body =
        json!({"id": engine, "name": "Oslo", "address": "192.0.2.7", "port": 40814, "sites": [kept, other]});
    assert_eq!(lab.put(&path, &body).await.status, StatusCode::OK);
    assert_eq!(lab.get(&path).await.json()["sites"], json!([kept, other]));
    assert_eq!(lab.get(&format!("/api/3/sites/{lost}")).await.json()["scanEngine"], 1);
    let unknown_site =
        json!({"name": "Renamed", "address": "192.0.2.7", "port": 40814, "sites": [kept, 999]});
    lab.put(&path, &unknown_site).await.error(400);
    assert_eq!(lab.get(&path).await.json()["name"], "Oslo", "a refused change changes nothing");
    let nameless = json!({"address": "192.0.2.7", "port": 40814, "sites": [kept]});
    lab.put(&path, &nameless).await.error(400);
    let without_sites = json!({"name": "Oslo", "address": "192.0.2.7", "port": 40814});
    assert_eq!(lab.put(&path, &without_sites).await.status, StatusCode::OK);
    assert_eq!(lab.get(&path).await.json()["sites"], json!([]));
}

#[tokio::test]
async fn an_engine_in_use_stays() {
    let lab = Lab::start().await;
    let engine = lab.engine("Oslo", 7).await;
    let site = lab.site("Harbour", engine).await;
    let pool = lab.pool("North", &[engine]).await;
    let path = format!("{ENGINES}/{engine}");
    assert_eq!(
        lab.delete(&path).await.error(400),
        "The scan engine Oslo cannot be deleted: it is assigned to 1 site(s)."
    );
    assert_eq!(
        lab.put(&format!("/api/3/sites/{site}/scan_engine"), &json!(pool)).await.status,
        StatusCode::OK
    );
    assert_eq!(lab.delete(&path).await.status, StatusCode::OK);
    assert_eq!(lab.get(&format!("/api/3/scan_engine_pools/{pool}")).await.json()["engines"], json!([]));
    let again = lab.engine("Oslo", 7).await;
    assert!(again > engine, "an id is never used twice");
}

#[tokio::test]
async fn an_engine_with_a_running_scan_stays() {
    let lab = Lab::start().await;
    let site = lab.site("Headquarters", 1).await;
    let scan = lab.post(&format!("/api/3/sites/{site}/scans"), &json!({"name": "by hand"})).await;
    assert_eq!(scan.status, StatusCode::OK);
    assert_eq!(
        lab.delete(&format!("{ENGINES}/1")).await.error(400),
        "The scan engine Local scan engine belongs to the Security Console and cannot be deleted."
    );
    let scans = lab.get(&format!("{ENGINES}/1/scans")).await.json();
    assert_eq!(scans["resources"][0]["status"], "running");
}

#[tokio::test]
async fn a_thousand_engines_come_in_one_answer() {
    let lab = Lab::with(|config| config.seed = "large:1000,3000".parse().unwrap()).await;
    let engines = lab.client().engines().await.unwrap();
    assert_eq!((engines.items.len(), engines.unreadable), (1001, 0));
    let direct: usize = engines.items.iter().map(|engine| engine.sites.len()).sum();
    let pools = lab.client().pools().await.unwrap();
    let pooled: usize = pools.items.iter().map(|pool| pool.sites.as_ref().unwrap().len()).sum();
    assert_eq!(direct + pooled, 3000, "each site is under its engine or its pool, and under one only");
}
