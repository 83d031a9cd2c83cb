//! In what consoles differ beyond their age: each quirk alone, over HTTP, and all of them at once.

use std::time::{Duration, Instant};

use embedded_console::config::{Dialect, Quirk};
use http::{Method, StatusCode};
use serde_json::{Value, json};

use crate::fleet_through_api::RunningEngine;
use crate::lab::{Answer, Lab, send};

const ENGINES: &str = "/api/3/scan_engines";
const POOLS: &str = "/api/3/scan_engine_pools";
const SECRET: &str = "/api/3/scan_engines/shared_secret";
const OLDER_SECRET: &str = "/data/admin/global/shared-secret?time-to-live=3600";
const HEADER: &str = "nexposeCCSessionID";
const ZEROS: &str = "0000000000000000000000000000000000000000";
const FAILED: &str = "An unexpected error occurred. See the log file";

async fn lab(quirks: &[Quirk]) -> Lab {
    Lab::with(|config| quirks.iter().for_each(|quirk| config.quirks.insert(*quirk))).await
}

async fn demo(quirks: &[Quirk]) -> Lab {
    Lab::with(|config| {
        config.seed = "demo".parse().unwrap();
        quirks.iter().for_each(|quirk| config.quirks.insert(*quirk));
    })
    .await
}

fn rows(answer: &Answer) -> Vec<Value> {
    answer.json()["resources"].as_array().unwrap_or_else(|| panic!("no rows: {answer:?}")).clone()
}

/// The whole answer to `version engines`.
async fn report(lab: &Lab) -> Value {
    let command = lab.request(Method::POST, "/api/3/administration/commands").body("version engines");
    let answer = send(command).await;
    assert_eq!(answer.status, StatusCode::OK, "{answer:?}");
    answer.json()
}

/// Adds an engine that has not enabled the console.
async fn pending(lab: &Lab) -> RunningEngine {
    let engine = RunningEngine::start("6.6.1").await;
    lab.client().create_engine(&engine.draft("branch-07")).await.unwrap();
    engine
}

#[tokio::test]
async fn a_report_can_have_a_head_line_with_the_notices_and_names_without_parentheses() {
    let usual = lab(&[]).await;
    let _engine = pending(&usual).await;
    let output = report(&usual).await["output"].as_str().unwrap().to_owned();
    assert!(
        output.starts_with("Local Engine  Name: ")
            && output.contains("Remote Engine Address (FQDN): 127.0.0.1"),
        "{output}"
    );
    let notice = "Cannot refresh scan engine (branch-07): Unauthorized console connection from: 127.0.0.1";
    assert!(output.contains(&format!("\n\n{notice}\n")), "a block of its own: {output}");

    let other = lab(&[Quirk::ReportHead, Quirk::ReportBareNames]).await;
    let _engine = pending(&other).await;
    let output = report(&other).await["output"].as_str().unwrap().to_owned();
    let head = "VERSION INFORMATION\nCannot refresh scan engine branch-07: Unauthorized console connection from: 127.0.0.1\n\nLocal Engine  Name: ";
    assert!(output.starts_with(head), "{output}");
    assert!(output.contains("\nRemote Engine Address(FQDN): 127.0.0.1\n"), "{output}");
    assert_eq!(output.matches("Cannot refresh").count(), 1);
}

#[tokio::test]
async fn a_report_can_be_empty_or_missing() {
    let empty = lab(&[Quirk::ReportEmpty]).await;
    assert_eq!(report(&empty).await["output"], "");
    let missing = lab(&[Quirk::ReportWithoutOutput]).await;
    let answer = report(&missing).await;
    assert_eq!((answer.get("output"), answer["links"].is_array()), (None, true), "{answer}");
    // Other commands answer.
    assert!(missing.command("help").await.contains("update engines"));
    let turns = lab(&[Quirk::ReportEmpty, Quirk::ReportWithoutOutput]).await;
    let mut lengths = Vec::new();
    for _ in 0..4 {
        lengths.push(report(&turns).await.get("output").map(|output| output.as_str().unwrap().is_empty()));
    }
    assert_eq!(lengths, [Some(true), Some(false), None, Some(false)]);
}

#[tokio::test]
async fn scans_can_tell_a_username_and_the_name_of_who_stopped_them() {
    let lab = demo(&[Quirk::StartedByUsername]).await;
    let scans = rows(&lab.get("/api/3/scans?size=500").await);
    assert!(
        scans.iter().all(|scan| scan.get("startedBy").is_none() && scan["startedByUsername"].is_string())
    );
    let by = |name: &str| scans.iter().filter(|scan| scan["startedByUsername"] == name).count();
    assert!(by("N/A") > 0 && by("N/A") < scans.len());

    let site = lab.site("Harbour", 1).await;
    let scan = lab.post(&format!("/api/3/sites/{site}/scans"), &json!({})).await.id();
    send(lab.request(Method::POST, &format!("/api/3/scans/{scan}/stop"))).await;
    let scan = lab.get(&format!("/api/3/scans/{scan}")).await.json();
    assert_eq!((&scan["message"], &scan["startedByUsername"]), (&json!("admin"), &json!("admin")));
}

#[tokio::test]
async fn scans_can_name_their_engine_in_other_ways() {
    for (quirk, engine_id, engine_ids, links) in [
        (Quirk::EngineIdsObject, Value::Null, json!({"id": 1, "newScanEngine": true, "scope": "silo"}), 0),
        (Quirk::ScanEngineLink, Value::Null, Value::Null, 1),
    ] {
        let lab = lab(&[quirk]).await;
        let site = lab.site("Harbour", 1).await;
        lab.post(&format!("/api/3/sites/{site}/scans"), &json!({})).await;
        let scan = rows(&lab.get("/api/3/scans?active=true").await)[0].clone();
        assert_eq!((&scan["engineId"], &scan["engineIds"]), (&engine_id, &engine_ids), "{quirk:?}");
        assert_eq!(scan["engineName"], "Local scan engine");
        let to_engine = scan["links"].as_array().unwrap().iter().filter(|link| link["rel"] == "Scan Engine");
        assert_eq!(to_engine.count(), links, "{quirk:?}");
    }
    let lab = demo(&[Quirk::ScanOfPool]).await;
    let pools: Vec<Value> = rows(&lab.get(POOLS).await);
    let names: Vec<&Value> = pools.iter().map(|pool| &pool["name"]).collect();
    let scans = rows(&lab.get("/api/3/scans?size=500").await);
    let (of_pools, others): (Vec<&Value>, Vec<&Value>) =
        scans.iter().partition(|scan| scan["engineId"] == -1);
    assert!(!of_pools.is_empty() && of_pools.iter().all(|scan| names.contains(&&scan["engineName"])));
    assert!(!others.is_empty() && others.iter().all(|scan| scan["engineIds"] == json!([scan["engineId"]])));
}

#[tokio::test]
async fn an_engine_that_cannot_be_reached_can_be_added_with_an_answer_of_failure() {
    let lab = lab(&[Quirk::DoubtfulCreation]).await;
    let body = json!({"name": "Oslo", "address": "192.0.2.7", "port": 40814});
    let words = lab.post(ENGINES, &body).await.error(400);
    assert!(words.starts_with(FAILED), "{words}");
    let engines = rows(&lab.get(ENGINES).await);
    assert_eq!(engines.iter().filter(|engine| engine["name"] == "Oslo").count(), 1, "it is there");
    assert_eq!(lab.post(ENGINES, &body).await.error(400), "A scan engine with the name Oslo already exists.");
    pending(&lab).await;
}

#[tokio::test]
async fn a_console_without_a_licence_knows_no_pools() {
    let lab = demo(&[Quirk::NoPools]).await;
    for path in [
        POOLS,
        "/api/3/scan_engine_pools/2",
        "/api/3/scan_engine_pools/2/engines",
        "/api/3/scan_engines/1/scan_engine_pools",
    ] {
        lab.get(path).await.error(404);
    }
    lab.post(POOLS, &json!({"name": "North"})).await.error(404);
    send(lab.stranger(Method::GET, POOLS)).await.error(401);
    assert!(rows(&lab.get(ENGINES).await).len() > 5);
}

#[tokio::test]
async fn lists_can_come_whole_without_a_page_and_without_regard_to_the_query() {
    let lab = demo(&[Quirk::Unpaged]).await;
    let first = lab.get("/api/3/sites?page=7&size=3&sort=name,DESC").await;
    assert_eq!((rows(&first).len(), first.json().get("page")), (41, None));
    assert_eq!(rows(&first), rows(&lab.get("/api/3/sites").await));
    let active = rows(&lab.get("/api/3/scans?active=true&size=1").await);
    assert!(active.len() > 1 && active.iter().all(|scan| scan["status"] == "running"));
}

#[tokio::test]
async fn v3_can_have_no_secret_and_the_older_call_makes_one() {
    for (quirks, get, post) in [
        (&[Quirk::NoSharedSecret][..], 404, 404),
        (&[Quirk::SharedSecret400], 400, 400),
        (&[Quirk::NoSharedSecret, Quirk::SharedSecret400], 404, 400),
        (&[Quirk::SecretUnauthorized], 401, 201),
    ] {
        let lab = lab(quirks).await;
        assert_eq!(lab.get(SECRET).await.status, get, "{quirks:?}");
        assert_eq!(send(lab.request(Method::POST, SECRET)).await.status, post, "{quirks:?}");
        let older = send(lab.request(Method::PUT, OLDER_SECRET).header(HEADER, ZEROS)).await;
        assert_eq!(older.status, StatusCode::OK, "{older:?}");
        let (key, left) =
            (older.json()["keyString"].clone(), older.json()["timeToLiveInSeconds"].as_u64().unwrap());
        assert!(key.as_str().is_some_and(|key| key.len() == 39) && (3590..=3600).contains(&left), "{left}");
        let again = send(lab.request(Method::PUT, OLDER_SECRET).header(HEADER, ZEROS)).await;
        assert_eq!(again.json()["keyString"], key, "the still valid one");
    }
}

#[tokio::test]
async fn the_older_secret_wants_a_session_and_says_how_long_it_is_wanted() {
    let lab = lab(&[]).await;
    assert_eq!(send(lab.request(Method::PUT, OLDER_SECRET)).await.status, StatusCode::FOUND);
    for wrong in ["", "?time-to-live=", "?time-to-live=0", "?time-to-live=-1", "?time-to-live=soon"] {
        let path = format!("/data/admin/global/shared-secret{wrong}");
        send(lab.request(Method::PUT, &path).header(HEADER, ZEROS)).await.error(400);
    }
    let short = lab.request(Method::PUT, "/data/admin/global/shared-secret?time-to-live=60");
    let left = send(short.header(HEADER, ZEROS)).await.json()["timeToLiveInSeconds"].as_u64().unwrap();
    assert!((1..=60).contains(&left), "{left}");
    assert_eq!(lab.get(SECRET).await.text.len(), 39, "it is the same as v3's");
    let without = self::lab(&[Quirk::NoOlderSecret]).await;
    send(without.request(Method::PUT, OLDER_SECRET).header(HEADER, ZEROS)).await.error(404);
}

#[tokio::test]
async fn lists_can_have_rows_without_a_number_and_a_page_that_says_more_than_there_is() {
    let lab = demo(&[Quirk::OddRows, Quirk::OneRowAndNone]).await;
    for path in [ENGINES, POOLS, "/api/3/sites?size=500", "/api/3/scans?active=true&size=500"] {
        let rows = rows(&lab.get(path).await);
        assert!(rows.iter().any(|row| row["id"].is_string()), "{path}");
        assert!(rows.iter().any(|row| row.as_object().unwrap().keys().eq(["links"])), "{path}");
    }
    let site = lab.site("Harbour", 1).await;
    let empty = lab.get(&format!("/api/3/sites/{site}/scans")).await.json();
    assert_eq!((&empty["resources"], &empty["page"]["totalResources"]), (&json!([]), &json!(1)));
    let links = self::lab(&[Quirk::LinksAlone]).await;
    let empty = links.get("/api/3/sites").await.json();
    assert_eq!(empty.as_object().unwrap().keys().collect::<Vec<_>>(), ["links"]);
}

#[tokio::test]
async fn what_is_not_there_can_be_a_foreign_object_and_errors_can_be_text_or_pages() {
    let foreign = lab(&[Quirk::Foreign]).await;
    for path in
        ["/api/3/scan_engines/99", "/api/3/sites/99", "/api/3/scans/99", "/api/3/scan_engine_pools/99"]
    {
        let answer = foreign.get(path).await;
        assert_eq!((answer.status, answer.json().get("id")), (StatusCode::OK, None), "{path}");
    }
    foreign.delete("/api/3/sites/99").await.error(404);
    let refused = json!({"name": "Local scan engine", "address": "192.0.2.7", "port": 40814});
    for (quirks, of_400, of_404) in [
        (&[Quirk::PlainErrors][..], "text/plain", "text/plain"),
        (&[Quirk::HtmlErrors], "text/html", "text/html"),
        (&[Quirk::PlainErrors, Quirk::HtmlErrors], "text/plain", "text/html"),
    ] {
        let lab = lab(quirks).await;
        let (bad, missing) = (lab.post(ENGINES, &refused).await, lab.get("/api/3/sites/99").await);
        assert_eq!((bad.status, missing.status), (StatusCode::BAD_REQUEST, StatusCode::NOT_FOUND));
        assert!(bad.header("content-type").unwrap().starts_with(of_400), "{bad:?}");
        assert!(missing.header("content-type").unwrap().starts_with(of_404), "{missing:?}");
        if of_400 == "text/plain" {
            assert_eq!(bad.text, "A scan engine with the name Local scan engine already exists.");
        }
        let stranger = send(lab.stranger(Method::GET, "/api/3")).await;
        assert_eq!(stranger.status, StatusCode::UNAUTHORIZED);
    }
}

#[tokio::test]
async fn the_pools_among_the_engines_answer_for_their_pools() {
    let lab = lab(&[Quirk::PoolsAmongEngines]).await;
    let pool = lab.pool("North", &[]).await;
    let of_pool = format!("{ENGINES}/{pool}/scan_engine_pools");
    assert_eq!(lab.get(&of_pool).await.json()["resources"], json!([]));
    let current = self::lab(&[]).await;
    let pool = current.pool("North", &[]).await;
    current.get(&format!("{ENGINES}/{pool}/scan_engine_pools")).await.error(404);
}

#[tokio::test]
async fn a_slow_console_takes_its_time_for_each_row() {
    let time = Duration::from_millis(20);
    let lab = Lab::with(|config| {
        config.seed = "demo".parse().unwrap();
        config.time_per_row = time;
    })
    .await;
    for size in [1, 40] {
        let since = Instant::now();
        assert_eq!(rows(&lab.get(&format!("/api/3/sites?size={size}")).await).len() as u32, size);
        assert!(since.elapsed() >= time * size, "{size}: {:?}", since.elapsed());
    }
}

#[tokio::test]
async fn the_awkward_console_does_all_of_it_at_once_and_works() {
    let lab = Lab::with(|config| {
        config.seed = "demo".parse().unwrap();
        config.speak(Dialect::Awkward);
    })
    .await;
    lab.client().sign_in().await.unwrap();
    let engines = rows(&lab.get(ENGINES).await);
    assert!(
        engines.iter().any(|engine| engine["port"] == -1)
            && engines.iter().any(|engine| engine["id"].is_string())
    );
    assert!(engines.iter().all(|engine| engine.get("statusMessage").is_none()));
    assert_eq!(lab.get(POOLS).await.status, StatusCode::NOT_FOUND);
    assert_eq!(rows(&lab.get("/api/3/sites?size=5").await).len(), 41 + 2);
    assert_eq!(lab.get("/api/3/sites/99").await.status, StatusCode::OK);
    let scans = rows(&lab.get("/api/3/scans").await);
    let told = |name: &str| scans.iter().filter(|scan| scan.get(name).is_some()).count();
    assert!(
        told("engineIds") > 0 && told("engineId") > 0 && told("engineIds") < scans.len(),
        "they take turns"
    );
    let alone = send(lab.request(Method::PUT, OLDER_SECRET).header(HEADER, ZEROS)).await;
    assert_eq!(alone.status, StatusCode::FOUND, "the cookie is missing");
    let both = lab.request(Method::PUT, OLDER_SECRET).header(HEADER, ZEROS);
    let both = send(both.header("cookie", format!("{HEADER}={ZEROS}"))).await;
    assert!(both.json()["keyString"].is_string(), "{both:?}");
}
