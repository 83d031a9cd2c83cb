//! Real engines, seen through the API: what the fleet learns gets into answers and into the database.

use std::net::SocketAddr;
use std::path::Path;
use std::time::Duration;

use console_api::{EngineDraft, EngineId, EngineStatus, Saved};
use rusqlite::{Connection, OpenFlags};
use scan_engine::{Engine, Options};
use serde_json::json;
use tempfile::TempDir;
use tokio::net::TcpListener;

use crate::lab::Lab;

/// A scan engine of this process.
pub(crate) struct RunningEngine {
    _directory: TempDir,
    pub(crate) address: SocketAddr,
    engine: Engine,
}

impl RunningEngine {
    pub(crate) async fn start(product_version: &str) -> Self {
        let directory = tempfile::tempdir().unwrap();
        let options = Options {
            product_version: Some(product_version.to_owned()),
            content_version: Some("2026-01-01".to_owned()),
            update_time: Duration::from_millis(50),
            ..Options::new(directory.path())
        };
        let engine = Engine::open(options).unwrap();
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let address = listener.local_addr().unwrap();
        let serving = engine.clone();
        tokio::spawn(async move { serving.serve(listener).await });
        Self { _directory: directory, address, engine }
    }

    /// What an administrator types on the engine's command line.
    pub(crate) fn enable(&self) {
        assert_eq!(self.engine.command("enable console 1").text, "console 1 is enabled now");
    }

    pub(crate) fn draft(&self, name: &str) -> EngineDraft {
        EngineDraft {
            name: name.to_owned(),
            address: self.address.ip().to_string(),
            port: self.address.port(),
        }
    }
}

/// Reads the engine again until it is as wanted. The limit is far beyond the five seconds that are promised.
pub(crate) async fn until(
    lab: &Lab,
    id: EngineId,
    wanted: impl Fn(&serde_json::Value) -> bool,
) -> serde_json::Value {
    let path = format!("/api/3/scan_engines/{id}");
    let mut pause = tokio::time::interval(Duration::from_millis(20));
    let wait = async {
        loop {
            let engine = lab.get(&path).await.json();
            if wanted(&engine) {
                return engine;
            }
            pause.tick().await;
        }
    };
    match tokio::time::timeout(Duration::from_secs(15), wait).await {
        Ok(engine) => engine,
        Err(_) => panic!("it did not come to that: {}", lab.get(&path).await.text),
    }
}

#[tokio::test]
async fn an_engine_is_added_asked_enabled_and_updated() {
    let lab = Lab::start().await;
    let client = lab.client();
    let engine = RunningEngine::start("6.6.1").await;
    let id = client.create_engine(&engine.draft("Oslo")).await.unwrap().id;
    // The answer came after the first contact: the entry is there.
    assert!(engine.engine.command("show consoles").text.contains("enabled=0"));
    assert_eq!(client.engine(id).await.unwrap().status, EngineStatus::Unknown);

    let report = client.version_engines().await.unwrap();
    let refused = "Cannot refresh scan engine (Oslo): Unauthorized console connection from: 127.0.0.1";
    assert!(report.notices.iter().any(|notice| notice == refused), "{report:?}");
    let pending = lab.get(&format!("/api/3/scan_engines/{id}")).await.json();
    assert_eq!(
        (&pending["status"], &pending["statusMessage"]),
        (&json!("pending-authorization"), &json!(refused))
    );
    assert_eq!(pending["connectionDirection"], "console-to-engine");

    engine.enable();
    let active = until(&lab, id, |engine| engine["status"] == "active").await;
    assert_eq!(active["productVersion"], "6.6.1");
    assert!(active["lastRefreshedDate"].is_string() && active.get("statusMessage").is_none(), "{active}");

    client.update_engine_software(id).await.unwrap();
    let product = embedded_console::config::PRODUCT_VERSION;
    let updated = until(&lab, id, |engine| {
        engine["productVersion"] == product && engine["lastUpdatedDate"].is_string()
    });
    assert_eq!(updated.await["contentVersion"], embedded_console::config::CONTENT_VERSION);
    until(&lab, id, |engine| engine["status"] == "active").await;
    let report = client.version_engines().await.unwrap();
    let block = report.engines.iter().find(|block| block.name.as_deref() == Some("Oslo")).unwrap();
    assert_eq!((block.version.as_deref(), block.status.clone()), (Some(product), Some(EngineStatus::Active)));
    assert_eq!(lab.command("update engines").await, "Oslo: is up to date\n");
}

#[tokio::test]
async fn an_engine_pairs_from_its_side_is_updated_and_turned_and_turned_back() {
    let lab = Lab::start().await;
    let client = lab.client();
    let engine = RunningEngine::start("6.6.1").await;
    let type_in = |line: &str| engine.engine.command(line).text;
    let secret = client.generate_shared_secret().await.unwrap().secret;
    type_in(&format!("add console {}", lab.running.engine_listener()));
    type_in("connect to console 1");
    engine.engine.add_shared_secret(1, secret.reveal()).await.unwrap();
    engine.enable();
    lab.command("version engines").await;
    let engines = client.engines().await.unwrap().items;
    let found = engines.iter().find(|found| found.port == Some(engine.address.port())).unwrap();
    let id = found.id;
    let active = until(&lab, id, |engine| engine["status"] == "active").await;
    assert_eq!(active["connectionDirection"], "engine-to-console");
    assert_eq!(active["certificateFingerprint"], engine.engine.fingerprint().to_string());

    client.update_engine_software(id).await.unwrap();
    let product = embedded_console::config::PRODUCT_VERSION;
    until(&lab, id, |engine| engine["productVersion"] == product && engine["status"] == "active").await;
    for (direction, connect_to) in
        [("console-to-engine", "connectTo=0"), ("engine-to-console", "connectTo=1")]
    {
        assert!(lab.reverse(id).await);
        assert!(type_in("show consoles").contains(connect_to), "{}", type_in("show consoles"));
        let turned = lab.get(&format!("/api/3/scan_engines/{id}")).await.json();
        assert_eq!(
            (&turned["status"], &turned["connectionDirection"]),
            (&json!("active"), &json!(direction))
        );
        let since = turned["lastRefreshedDate"].clone();
        until(&lab, id, |engine| engine["status"] == "active" && engine["lastRefreshedDate"] != since).await;
    }
    client.delete_engine(id).await.unwrap();
    comes("the engine knows that it is refused", || {
        type_in("show consoles").contains("pair it again with a shared secret")
    })
    .await;
}

#[tokio::test]
async fn what_was_learned_survives_a_restart_of_the_console() {
    let lab = Lab::start().await;
    let engine = RunningEngine::start("6.6.1").await;
    let id = lab.client().create_engine(&engine.draft("Oslo")).await.unwrap().id;
    engine.enable();
    lab.command("version engines").await;
    until(&lab, id, |engine| engine["status"] == "active").await;
    let lab = lab.restart(|config| config.engine_networks = vec!["10.0.0.0/8".parse().unwrap()]).await;
    let stored = lab.get(&format!("/api/3/scan_engines/{id}")).await.json();
    assert_eq!(stored["productVersion"], "6.6.1", "{stored}");
    assert_eq!(stored["status"], "active", "outside the networks the stored status stays");
    assert!(stored["lastRefreshedDate"].is_string());
    let lab = lab.restart(|_| {}).await;
    until(&lab, id, |engine| engine["status"] == "active").await;
}

#[tokio::test]
async fn at_another_address_it_is_an_unknown_engine_again() {
    let lab = Lab::start().await;
    let client = lab.client();
    let (old, new) = (RunningEngine::start("6.6.1").await, RunningEngine::start("6.6.2").await);
    let id = client.create_engine(&old.draft("Oslo")).await.unwrap().id;
    old.enable();
    lab.command("version engines").await;
    until(&lab, id, |engine| engine["status"] == "active").await;
    assert_eq!(client.update_engine(id, &old.draft("Oslo"), &new.draft("Oslo")).await.unwrap(), Saved::Done);
    let moved = lab.get(&format!("/api/3/scan_engines/{id}")).await.json();
    assert_eq!(moved["status"], "unknown");
    assert!(moved.get("productVersion").is_none(), "that belonged to the old place: {moved}");
    assert!(
        new.engine.command("show consoles").text.contains("enabled=0"),
        "the first contact was made there"
    );
    new.enable();
    lab.command("version engines").await;
    until(&lab, id, |engine| engine["status"] == "active" && engine["productVersion"] == "6.6.2").await;
}

#[tokio::test]
async fn a_deleted_engine_is_left_alone() {
    let lab = Lab::start().await;
    let client = lab.client();
    let engine = RunningEngine::start("6.6.1").await;
    let id = client.create_engine(&engine.draft("Oslo")).await.unwrap().id;
    client.delete_engine(id).await.unwrap();
    let again = client.create_engine(&engine.draft("Oslo")).await.unwrap().id;
    assert_ne!(id, again);
    engine.enable();
    lab.command("version engines").await;
    until(&lab, again, |engine| engine["status"] == "active").await;
}

/// What the database has of an engine: its status, and when it last talked to the console.
pub(crate) fn stored(data: &Path, id: u64) -> (String, Option<i64>) {
    let database =
        Connection::open_with_flags(data.join("console.db"), OpenFlags::SQLITE_OPEN_READ_ONLY).unwrap();
    let row = "SELECT status, last_refreshed FROM engines WHERE id = ?1";
    database.query_row(row, [id.cast_signed()], |row| Ok((row.get(0)?, row.get(1)?))).unwrap()
}

/// Asks until it is so.
pub(crate) async fn comes(what: &str, mut so: impl FnMut() -> bool) {
    let mut pause = tokio::time::interval(Duration::from_millis(20));
    let wait = async {
        while !so() {
            pause.tick().await;
        }
    };
    assert!(tokio::time::timeout(Duration::from_secs(15), wait).await.is_ok(), "not so: {what}");
}

#[tokio::test]
async fn contact_times_are_kept_in_memory_and_written_now_and_then() {
    let rarely = Duration::from_secs(3600);
    let lab = Lab::with(|config| config.contacts_every = rarely).await;
    let data = lab.directory.path().join("data");
    let engine = RunningEngine::start("6.6.1").await;
    let id = lab.client().create_engine(&engine.draft("Oslo")).await.unwrap().id;
    let number = id.to_string().parse().unwrap();
    engine.enable();
    lab.command("version engines").await;
    comes("the new status is stored at once", || stored(&data, number).0 == "active").await;
    let (_, at_first) = stored(&data, number);
    let shown = |engine: &serde_json::Value| engine["lastRefreshedDate"].as_str().map(str::to_owned);
    let mut last = shown(&lab.get(&format!("/api/3/scan_engines/{id}")).await.json());
    for _ in 0..2 {
        // It is pinged every second.
        last = shown(&until(&lab, id, |engine| shown(engine) > last).await);
    }
    assert_eq!(stored(&data, number).1, at_first, "nothing was written for a contact that changed nothing");

    // A stop writes them, and so does each interval.
    let lab = lab.restart(|config| config.contacts_every = Duration::from_millis(50)).await;
    let (_, at_the_stop) = stored(&data, number);
    assert!(at_the_stop > at_first);
    comes("the time is written while the console runs", || stored(&data, number).1 > at_the_stop).await;
    drop(lab);
}
