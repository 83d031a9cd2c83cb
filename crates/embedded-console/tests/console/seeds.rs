//! What a database is filled with.

use std::collections::HashMap;

use embedded_console::seed::{DEMO_FLEET, DemoState};
use http::StatusCode;

use crate::lab::Lab;

#[test]
fn the_demo_fleet_has_one_of_each_kind() {
    let count = |state| DEMO_FLEET.iter().filter(|engine| engine.state == state).count();
    assert_eq!((count(DemoState::NotEnabled), count(DemoState::Stopped)), (1, 1));
    let versions: Vec<&str> = DEMO_FLEET.iter().map(|engine| engine.product_version).collect();
    assert_eq!(versions.iter().filter(|version| **version == "6.6.251").count(), 1, "one is outdated");
    assert_eq!(versions.iter().filter(|version| version.starts_with("5.")).count(), 1, "one is incompatible");
    for engine in DEMO_FLEET {
        assert!(engine.address.starts_with("127.0.1."), "{engine}");
        assert!(
            engine.name.bytes().all(|byte| byte.is_ascii_alphanumeric() || byte == b'-'),
            "it names a directory"
        );
    }
    assert_eq!(DEMO_FLEET[0].to_string(), "berlin-dmz-01\t127.0.1.1:40814\t6.6.268\t2026-11-18\tenabled");
}

#[tokio::test]
async fn the_demo_is_a_believable_organisation() {
    let lab = Lab::with(|config| config.seed = "demo".parse().unwrap()).await;
    let engines = lab.client().engines().await.unwrap().items;
    for demo in DEMO_FLEET {
        assert!(
            engines.iter().any(|engine| engine.name == demo.name && engine.address == demo.address),
            "{demo}"
        );
    }
    let pools = lab.client().pools().await.unwrap().items;
    assert_eq!(pools.len(), 6);
    assert_eq!(pools.iter().filter(|pool| pool.engines.is_empty()).count(), 1, "the default one");
    let scans = lab.get("/api/3/scans?size=500").await.json();
    let mut by_status: HashMap<&str, usize> = HashMap::new();
    let scans = scans["resources"].as_array().unwrap();
    for scan in scans {
        *by_status.entry(scan["status"].as_str().unwrap()).or_default() += 1;
        assert!(scan["startTime"].as_str() < scan["endTime"].as_str(), "{scan}");
        assert_ne!(scan["engineName"], "zurich-pci-01", "the console was never enabled on it");
    }
    assert!(by_status["finished"] > 150 && by_status.len() > 2, "{by_status:?}");
}

#[tokio::test]
async fn a_seed_is_for_an_empty_database_only() {
    let lab = Lab::start().await;
    lab.engine("Oslo", 7).await;
    let lab = lab.restart(|config| config.seed = "demo".parse().unwrap()).await;
    let names: Vec<String> =
        lab.client().engines().await.unwrap().items.into_iter().map(|engine| engine.name).collect();
    assert_eq!(names, ["Local scan engine", "Oslo"]);
}

#[tokio::test]
async fn the_large_seed_has_every_status_and_names_that_careless_code_trips_over() {
    let lab = Lab::with(|config| config.seed = "large:2000,100".parse().unwrap()).await;
    let engines = lab.get("/api/3/scan_engines").await.json();
    let engines = engines["resources"].as_array().unwrap();
    assert_eq!(engines.len(), 2001);
    let mut statuses: HashMap<&str, usize> = HashMap::new();
    let mut places = std::collections::HashSet::new();
    for engine in engines {
        *statuses.entry(engine["status"].as_str().unwrap()).or_default() += 1;
        assert!(
            places.insert((engine["address"].as_str().unwrap(), engine["port"].as_u64().unwrap())),
            "{engine}"
        );
    }
    assert_eq!(statuses.len(), 5, "{statuses:?}");
    let name = |part: &str| engines.iter().any(|engine| engine["name"].as_str().unwrap().contains(part));
    assert!(name("<b onclick") && name("東京") && name("very-long-name") && name("=HYPERLINK"));
    assert_eq!(lab.client().pools().await.unwrap().items.len(), 101);
    // Outside the networks: asked or not, they keep what is stored.
    lab.command("version engines").await;
    let after = lab.get("/api/3/scan_engines?x").await;
    assert_eq!(after.status, StatusCode::OK);
    for (before, after) in engines.iter().zip(after.json()["resources"].as_array().unwrap()) {
        assert_eq!(before["status"], after["status"], "{before}");
    }
}
