//! Engines that dial this console: pairing with the shared secret, and who opens the connection
//! (docs/api-quirks.md, "Beyond v3" and "Shared secret").

use std::net::{IpAddr, Ipv4Addr, SocketAddr};
use std::time::{Duration, Instant};

use console_api::EngineId;
use engine_link::{MAX_FRAME, Message, PairError, PairRefusal, SharedSecret};
use http::{Method, StatusCode};
use serde_json::{Value, json};
use tokio::io::{AsyncRead, AsyncReadExt as _, AsyncWriteExt as _};
use tokio::net::{TcpSocket, TcpStream};
use tokio::time::timeout;

use crate::fleet_through_api::{RunningEngine, until};
use crate::lab::{Lab, send};
use crate::small_engine::{Alive, BOUND, SmallEngine, later_preamble, raw};

const SECRET: &str = "/api/3/scan_engines/shared_secret";
const ENGINES: &str = "/api/3/scan_engines";
/// A status has to be right this long after it changed.
const RIGHT_WITHIN: Duration = Duration::from_secs(5);

async fn secret(lab: &Lab) -> String {
    let made = send(lab.request(Method::POST, SECRET)).await;
    assert_eq!(made.status, StatusCode::CREATED);
    made.text
}

/// An engine that dials from an address of its own on loopback.
fn engine(name: &str, host: u8) -> SmallEngine {
    SmallEngine::new(name, Ipv4Addr::new(127, 0, 3, host), 40_814)
}

async fn all(lab: &Lab) -> Vec<Value> {
    lab.get(ENGINES).await.json()["resources"].as_array().unwrap().clone()
}

async fn named(lab: &Lab, name: &str) -> (EngineId, Value) {
    let engines = all(lab).await;
    let found = engines.iter().find(|engine| engine["name"] == name);
    let found = found.unwrap_or_else(|| panic!("no {name} in {engines:?}")).clone();
    (EngineId(found["id"].as_u64().unwrap()), found)
}

/// An engine that is paired, runs and is active. Its id, and what keeps it alive.
async fn active(lab: &Lab, engine: &SmallEngine) -> (EngineId, Alive) {
    engine.pair(lab, &secret(lab).await).await.unwrap();
    let (id, _) = named(lab, &engine.name).await;
    let alive = engine.start(lab.running.engine_listener()).await;
    lab.command("version engines").await;
    until(lab, id, |engine| engine["status"] == "active").await;
    (id, alive)
}

#[tokio::test]
async fn an_engine_pairs_with_the_secret_and_is_active_after_it_was_asked_for() {
    let lab = Lab::start().await;
    let london = engine("London", 1);
    london.pair(&lab, &secret(&lab).await).await.unwrap();
    let (id, stored) = named(&lab, "London").await;
    assert_eq!(stored["connectionDirection"], "engine-to-console");
    assert_eq!((&stored["address"], &stored["port"]), (&json!("127.0.3.1"), &json!(40_814)));
    assert_eq!(stored["status"], "unknown");
    assert_eq!(stored["certificateFingerprint"], london.fingerprint().to_string());
    assert_eq!(stored["consoleFingerprint"], lab.running.fingerprint().to_string());

    // It holds its connection, and nobody has asked for it.
    let alive = london.start(lab.running.engine_listener()).await;
    let connected = until(&lab, id, |engine| engine["lastRefreshedDate"].is_string()).await;
    assert_eq!((&connected["status"], connected.get("productVersion")), (&json!("unknown"), None));

    assert!(lab.command("version engines").await.contains("Status: Active"));
    let asked = lab.get(&format!("{ENGINES}/{id}")).await.json();
    assert_eq!((&asked["status"], &asked["productVersion"]), (&json!("active"), &json!("6.6.1")));
    assert_eq!(lab.command("update engines").await, "London: is up to date\n");

    let killed = Instant::now();
    drop(alive);
    let gone = until(&lab, id, |engine| engine["status"] == "not-responding").await;
    assert!(killed.elapsed() < RIGHT_WITHIN, "{:?}", killed.elapsed());
    let port = lab.running.engine_listener().port();
    assert_eq!(
        gone["statusMessage"],
        format!(
            "Cannot refresh scan engine (London): the engine is not connected. Start the engine, or open port {port} on \
             the console's firewall."
        )
    );
    let (back, _alive) = (Instant::now(), london.start(lab.running.engine_listener()).await);
    until(&lab, id, |engine| engine["status"] == "active").await;
    assert!(back.elapsed() < RIGHT_WITHIN, "{:?}", back.elapsed());
}

#[tokio::test]
async fn one_secret_pairs_many_engines() {
    let lab = Lab::start().await;
    let secret = secret(&lab).await;
    engine("London", 1).pair(&lab, &secret).await.unwrap();
    engine("Paris", 2).pair(&lab, &secret.to_lowercase()).await.unwrap();
    assert_eq!(all(&lab).await.len(), 3);
}

#[tokio::test]
async fn an_engine_on_which_the_console_is_not_enabled_is_pending() {
    let lab = Lab::start().await;
    let london = SmallEngine { enabled: false, ..engine("London", 1) };
    london.pair(&lab, &secret(&lab).await).await.unwrap();
    let _alive = london.start(lab.running.engine_listener()).await;
    let (id, _) = named(&lab, "London").await;
    let printed = lab.command("version engines").await;
    let words = "Cannot refresh scan engine (London): Unauthorized console connection from: 127.0.0.1";
    assert!(printed.contains(words), "{printed}");
    let pending = until(&lab, id, |engine| engine["status"] == "pending-authorization").await;
    assert_eq!(pending["statusMessage"], words);
}

#[tokio::test]
async fn a_wrong_secret_is_not_accepted_and_an_old_one_is_named_to_those_who_prove_it() {
    let lab = Lab::start().await;
    let london = engine("London", 1);
    let wrong = SharedSecret::generate().unwrap().expose().to_string();
    assert_eq!(london.refusal(&lab, &wrong).await, PairRefusal::NotAccepted, "there is none");
    let revoked = secret(&lab).await;
    lab.delete(SECRET).await;
    assert_eq!(london.refusal(&lab, &revoked).await, PairRefusal::Revoked);
    let valid = secret(&lab).await;
    assert_eq!(london.refusal(&lab, &revoked).await, PairRefusal::Revoked, "also beside a valid one");
    assert_eq!(london.refusal(&lab, &wrong).await, PairRefusal::NotAccepted);
    let other = Lab::start().await;
    assert_eq!(london.refusal(&other, &valid).await, PairRefusal::NotAccepted, "it is another console's");
    assert_eq!(all(&lab).await.len(), 1, "nothing was stored");
    london.pair(&lab, &valid).await.unwrap();
}

#[tokio::test]
async fn a_secret_expires() {
    let lab = Lab::with(|config| config.shared_secret_lifetime = Duration::from_secs(1)).await;
    let brief = secret(&lab).await;
    let london = engine("London", 1);
    london.pair(&lab, &brief).await.unwrap();
    let expired = timeout(BOUND, async { while lab.get(SECRET).await.status == StatusCode::OK {} });
    expired.await.expect("it expires");
    let paris = engine("Paris", 2);
    assert_eq!(paris.refusal(&lab, &brief).await, PairRefusal::Expired);
    secret(&lab).await;
    assert_eq!(paris.refusal(&lab, &brief).await, PairRefusal::Expired);
}

#[tokio::test]
async fn a_restart_revokes_the_secret_and_keeps_the_pairing() {
    let lab = Lab::start().await;
    let london = engine("London", 1);
    let (id, alive) = active(&lab, &london).await;
    let before = secret(&lab).await;
    drop(alive);
    let lab = lab.restart(|_| {}).await;
    assert_eq!(engine("Paris", 2).refusal(&lab, &before).await, PairRefusal::NotAccepted);
    // The stored status stays for the few seconds that engines take to dial again.
    let stored = lab.get(&format!("{ENGINES}/{id}")).await.json();
    assert_eq!(
        (&stored["status"], &stored["connectionDirection"]),
        (&json!("active"), &json!("engine-to-console"))
    );
    until(&lab, id, |engine| engine["status"] == "not-responding").await;
    let _alive = london.start(lab.running.engine_listener()).await;
    until(&lab, id, |engine| engine["status"] == "active").await;
}

#[tokio::test]
async fn a_name_or_place_that_another_engine_has_is_never_taken_over() {
    let lab = Lab::start().await;
    let secret = secret(&lab).await;
    let london = engine("London", 1);
    london.pair(&lab, &secret).await.unwrap();
    // One that was added in the console, and never reached: it has no key.
    let body = json!({"name": "Oslo", "address": "127.0.3.7", "port": 40_814});
    lab.post(ENGINES, &body).await.id();
    let long = "x".repeat(200);
    lab.post(ENGINES, &json!({"name": long, "address": "127.0.3.8", "port": 40_814})).await.id();
    let shown = format!("{}… (ID", "x".repeat(40));
    let before = all(&lab).await;
    for (name, host, port, named) in [
        (long.as_str(), 2, 40_814, shown.as_str()),
        ("Paris", 8, 40_814, shown.as_str()),
        ("LONDON", 2, 40_814, "London (ID"),
        ("Paris", 1, 40_814, "London (ID"),
        ("oslo", 2, 40_814, "Oslo (ID"),
        ("Paris", 7, 40_814, "Oslo (ID"),
    ] {
        let other = SmallEngine::new(name, Ipv4Addr::new(127, 0, 3, host), port);
        let refusal = other.refusal(&lab, &secret).await;
        let PairRefusal::Taken { reason } = &refusal else { panic!("{refusal:?}") };
        assert!(reason.contains(named) && reason.ends_with("then add the shared secret again"), "{reason}");
        assert!(other.connect(lab.running.engine_listener()).await.is_err());
    }
    let here = SmallEngine::new("Paris", Ipv4Addr::LOCALHOST, 40_814);
    let refusal = here.refusal(&lab, &secret).await;
    assert!(
        matches!(&refusal, PairRefusal::Taken { reason } if reason.contains("Local scan engine (ID 1)")),
        "{refusal:?}"
    );
    assert_eq!(all(&lab).await, before, "nothing has changed");
    // The same host with another port is another place.
    SmallEngine::new("Paris", Ipv4Addr::new(127, 0, 3, 1), 40_815).pair(&lab, &secret).await.unwrap();
}

#[tokio::test]
async fn a_name_that_the_console_does_not_take_is_refused() {
    let lab = Lab::start().await;
    let secret = secret(&lab).await;
    let refusal = engine("  ", 1).refusal(&lab, &secret).await;
    assert!(matches!(&refusal, PairRefusal::Failed { reason } if reason.contains("--name")), "{refusal:?}");
    let refusal = SmallEngine::new("London", Ipv4Addr::LOCALHOST, 0).refusal(&lab, &secret).await;
    assert!(matches!(&refusal, PairRefusal::Failed { reason } if reason.contains("port")), "{refusal:?}");
    assert_eq!(all(&lab).await.len(), 1);
}

#[tokio::test]
async fn an_engine_that_is_paired_again_keeps_its_id_name_sites_and_pools() {
    let lab = Lab::start().await;
    let london = engine("London", 1);
    let (id, alive) = active(&lab, &london).await;
    let site = lab.site("Harbour", id.0).await;
    let pool = lab.pool("North", &[id.0]).await;
    drop(alive);
    // Under another name, from another address.
    let moved = SmallEngine {
        name: "Southwark".to_owned(),
        address: "127.0.3.9:40820".parse().unwrap(),
        ..london.clone()
    };
    moved.pair(&lab, &secret(&lab).await).await.unwrap();
    let engines = all(&lab).await;
    let [_, again] = engines.as_slice() else { panic!("{engines:?}") };
    assert_eq!(
        (&again["id"], &again["name"], &again["sites"]),
        (&json!(id.0), &json!("London"), &json!([site]))
    );
    assert_eq!((&again["address"], &again["port"]), (&json!("127.0.3.9"), &json!(40_820)));
    assert_eq!(lab.get(&format!("/api/3/scan_engine_pools/{pool}")).await.json()["engines"], json!([id.0]));
    let _alive = moved.start(lab.running.engine_listener()).await;
    until(&lab, id, |engine| engine["status"] == "active").await;
}

#[tokio::test]
async fn an_engine_that_the_console_dials_can_be_paired_from_its_side() {
    let lab = Lab::start().await;
    let london = SmallEngine::listening("London", 40_900);
    let _alive = london.start(lab.running.engine_listener()).await;
    let other_name = SmallEngine { name: "Headquarters".to_owned(), ..london.clone() };
    let id = EngineId(lab.post(ENGINES, &other_name.draft()).await.id());
    lab.command("version engines").await;
    until(&lab, id, |engine| engine["status"] == "active").await;

    // Not before: this console dials it.
    let refused = london.connect(lab.running.engine_listener()).await.unwrap_err();
    assert!(refused.contains("opens the connection to the engine itself"), "{refused}");
    london.pair(&lab, &secret(&lab).await).await.unwrap();
    london.connect_to.send_replace(true);
    let paired = until(&lab, id, |engine| engine["connectionDirection"] == "engine-to-console").await;
    assert_eq!((&paired["name"], &paired["status"]), (&json!("Headquarters"), &json!("active")));
    let since = paired["lastRefreshedDate"].clone();
    until(&lab, id, |engine| engine["status"] == "active" && engine["lastRefreshedDate"] != since).await;
    assert_eq!(all(&lab).await.len(), 2);
}

#[tokio::test]
async fn a_deleted_engine_is_refused_until_it_is_paired_again() {
    let lab = Lab::start().await;
    let london = engine("London", 1);
    let (id, _alive) = active(&lab, &london).await;
    lab.client().delete_engine(id).await.unwrap();
    let mut refused = london.refused.subscribe();
    let reason = timeout(BOUND, refused.wait_for(Option::is_some)).await.unwrap().unwrap().clone().unwrap();
    assert_eq!(
        reason,
        "this console does not know the engine, or has deleted it: pair it again with a shared secret"
    );
    let lab = lab.restart(|_| {}).await;
    assert_eq!(london.connect(lab.running.engine_listener()).await.unwrap_err(), reason);
    london.pair(&lab, &secret(&lab).await).await.unwrap();
    let (again, _) = named(&lab, "London").await;
    assert_ne!(again, id, "it is a new engine");
    london.connect(lab.running.engine_listener()).await.unwrap();
}

#[tokio::test]
async fn a_rebuilt_engine_is_unknown_and_the_old_one_does_not_respond() {
    let lab = Lab::start().await;
    let london = engine("London", 1);
    let (id, alive) = active(&lab, &london).await;
    drop(alive);
    let rebuilt = engine("London", 1);
    let _alive = rebuilt.start(lab.running.engine_listener()).await;
    let mut refused = rebuilt.refused.subscribe();
    timeout(BOUND, refused.wait_for(Option::is_some)).await.unwrap().unwrap();
    until(&lab, id, |engine| engine["status"] == "not-responding").await;
    let secret = secret(&lab).await;
    assert!(matches!(rebuilt.refusal(&lab, &secret).await, PairRefusal::Taken { .. }));
    lab.client().delete_engine(id).await.unwrap();
    rebuilt.pair(&lab, &secret).await.unwrap();
}

#[tokio::test]
async fn a_rebuilt_engine_that_the_console_dials_has_to_be_deleted_and_added_again() {
    let lab = Lab::start().await;
    let console = lab.running.engine_listener();
    let old = SmallEngine::listening("Oslo", 40_901);
    let alive = old.start(console).await;
    let id = EngineId(lab.post(ENGINES, &old.draft()).await.id());
    lab.command("version engines").await;
    until(&lab, id, |engine| engine["status"] == "active").await;
    drop(alive);
    let rebuilt = SmallEngine::listening("Oslo", 40_901);
    let _alive = rebuilt.start(console).await;
    let refused = until(&lab, id, |engine| {
        engine["statusMessage"].as_str().is_some_and(|message| message.contains("certificate changed"))
    });
    assert_eq!(refused.await["status"], "not-responding");
    assert!(lab.command("version engines").await.contains("certificate changed"));
    lab.client().delete_engine(id).await.unwrap();
    let id = EngineId(lab.post(ENGINES, &rebuilt.draft()).await.id());
    lab.command("version engines").await;
    until(&lab, id, |engine| engine["status"] == "active").await;
}

#[tokio::test]
async fn a_newer_connection_takes_the_place_of_an_older_one() {
    let lab = Lab::start().await;
    let london = engine("London", 1);
    london.pair(&lab, &secret(&lab).await).await.unwrap();
    let console = lab.running.engine_listener();
    let mut first = london.connect(console).await.unwrap();
    let mut second = london.connect(console).await.unwrap();
    let ended = timeout(BOUND, async {
        loop {
            if let Err(error) = first.recv().await {
                return error;
            }
        }
    });
    ended.await.expect("the first one ends");
    let seen = IpAddr::from(Ipv4Addr::LOCALHOST);
    second.send(&Message::Authorization { enabled: true, seen }).await.unwrap();
    let pinged = timeout(BOUND, second.recv()).await.unwrap().unwrap();
    assert!(matches!(pinged, Message::Ping { .. }), "{pinged:?}");
}

#[tokio::test]
async fn guessing_gets_slower_and_slows_down_nobody_else() {
    let lab = Lab::start().await;
    let valid = secret(&lab).await;
    let wrong = SharedSecret::generate().unwrap().expose().to_string();
    let guesser = engine("Guesser", 66);
    let started = Instant::now();
    for _ in 0..5 {
        assert_eq!(guesser.refusal(&lab, &wrong).await, PairRefusal::NotAccepted);
    }
    // Two are free; then half a second, and a second.
    assert!(started.elapsed() >= Duration::from_millis(1500), "{:?}", started.elapsed());

    // The sixth waits for two seconds more.
    let (other, sixth) = tokio::join!(
        async {
            engine("London", 1).pair(&lab, &valid).await.unwrap();
            Instant::now()
        },
        async {
            guesser.refusal(&lab, &wrong).await;
            Instant::now()
        }
    );
    assert!(other < sixth, "an engine at another address does not wait for it");
}

/// Whether the console ends it.
async fn ends(mut stream: impl AsyncRead + Unpin) -> bool {
    let mut rest = Vec::new();
    // A reset is an end as well.
    timeout(BOUND, stream.read_to_end(&mut rest)).await.is_ok()
}

async fn connect_from(host: Ipv4Addr, console: SocketAddr) -> TcpStream {
    let socket = TcpSocket::new_v4().unwrap();
    socket.bind(SocketAddr::from((host, 0))).unwrap();
    socket.connect(console).await.unwrap()
}

#[tokio::test]
async fn connections_that_say_nothing_or_too_much_end() {
    let lab = Lab::start().await;
    let console = lab.running.engine_listener();
    let silent = TcpStream::connect(console).await.unwrap();
    let mut babbling = TcpStream::connect(console).await.unwrap();
    babbling.write_all(b"GET / HTTP/1.1\r\n\r\n").await.unwrap();
    // TLS and the preamble, and then nothing.
    let mut unsaid = engine("London", 1).dial(console).await.unwrap();
    // A frame that says of itself that it is too long, and one of another version of the protocol.
    let too_long = u32::try_from(MAX_FRAME + 1).unwrap().to_be_bytes().to_vec();
    let mut wrong = engine("London", 1).dial(console).await.unwrap();
    wrong.send(&Message::Pong { number: 1 }).await.unwrap();
    let (silent, babbling, too_long, other_version, unsaid, wrong) = tokio::join!(
        ends(silent),
        ends(babbling),
        ends(raw(console, &too_long).await),
        ends(raw(console, &later_preamble()).await),
        timeout(BOUND, unsaid.recv()),
        timeout(BOUND, wrong.recv())
    );
    assert!(silent && babbling && too_long && other_version);
    assert!(unsaid.unwrap().is_err() && wrong.unwrap().is_err());
    // And then it works as before.
    engine("London", 1).pair(&lab, &secret(&lab).await).await.unwrap();
}

#[tokio::test]
async fn silent_connections_from_one_address_do_not_keep_out_the_others() {
    let lab = Lab::start().await;
    let console = lab.running.engine_listener();
    let flooding = Ipv4Addr::new(127, 0, 3, 99);
    let mut kept = Vec::new();
    for _ in 0..64 {
        kept.push(connect_from(flooding, console).await);
    }
    let started = Instant::now();
    kept.push(connect_from(flooding, console).await);
    assert!(ends(kept.remove(0)).await);
    assert!(started.elapsed() < Duration::from_secs(2), "at once: {:?}", started.elapsed());
    engine("London", 1).pair(&lab, &secret(&lab).await).await.unwrap();
}

#[tokio::test]
async fn silent_connections_from_everywhere_do_not_keep_out_an_engine() {
    let lab = Lab::start().await;
    let console = lab.running.engine_listener();
    let london = engine("London", 1);
    let (id, alive) = active(&lab, &london).await;
    let secret = secret(&lab).await;
    let mut kept = Vec::new();
    for number in 0..300_u16 {
        // Some from the engine's own address.
        let host = if number % 3 == 0 { 1 } else { 90 + u8::try_from(number % 4).unwrap() };
        kept.push(connect_from(Ipv4Addr::new(127, 0, 3, host), console).await);
    }
    let started = Instant::now();
    drop(alive);
    let _alive = london.start(console).await;
    engine("Paris", 2).pair(&lab, &secret).await.unwrap();
    // The silent ones have three seconds: it was not their end that has made room.
    assert!(started.elapsed() < Duration::from_secs(3), "{:?}", started.elapsed());
    until(&lab, id, |engine| engine["status"] == "active").await;
}

#[tokio::test]
async fn an_address_outside_of_the_networks_gets_no_answer() {
    let lab = Lab::with(|config| config.engine_networks = vec!["127.0.3.0/24".parse().unwrap()]).await;
    let secret = secret(&lab).await;
    let outside = SmallEngine::new("Outside", Ipv4Addr::new(127, 0, 4, 1), 40_814);
    assert!(matches!(outside.pair(&lab, &secret).await, Err(PairError::Link(_))));
    engine("Inside", 1).pair(&lab, &secret).await.unwrap();
}

#[tokio::test]
async fn another_address_drops_the_pairing_and_another_name_does_not() {
    let lab = Lab::start().await;
    let london = engine("London", 1);
    let (id, _alive) = active(&lab, &london).await;
    let path = format!("{ENGINES}/{id}");
    let renamed = json!({"name": "Southwark", "address": "127.0.3.1", "port": 40_814});
    assert_eq!(lab.put(&path, &renamed).await.status, StatusCode::OK);
    let engine = lab.get(&path).await.json();
    assert_eq!(
        (&engine["status"], &engine["connectionDirection"]),
        (&json!("active"), &json!("engine-to-console"))
    );

    let moved = json!({"name": "Southwark", "address": "127.0.3.200", "port": 40_814});
    assert_eq!(lab.put(&path, &moved).await.status, StatusCode::OK);
    let engine = lab.get(&path).await.json();
    assert_eq!(
        (&engine["status"], &engine["connectionDirection"]),
        (&json!("unknown"), &json!("console-to-engine"))
    );
    assert!(engine.get("certificateFingerprint").is_none() && engine.get("consoleFingerprint").is_none());
    let mut refused = london.refused.subscribe();
    timeout(BOUND, refused.wait_for(Option::is_some)).await.unwrap().unwrap();
}

/// Reads the engine until its status is right in the new direction, and sees no other status on the way.
async fn turns_without_a_flicker(lab: &Lab, id: EngineId, direction: &str) {
    let since = Instant::now();
    let contact = lab.get(&format!("{ENGINES}/{id}")).await.json()["lastRefreshedDate"].clone();
    until(lab, id, |engine| {
        assert_eq!(engine["status"], "active", "{engine}");
        // Long enough to have lost and found the connection.
        engine["connectionDirection"] == direction
            && engine["lastRefreshedDate"] != contact
            && since.elapsed() > Duration::from_secs(4)
    })
    .await;
}

#[tokio::test]
async fn the_direction_is_turned_and_turned_back_without_a_flicker() {
    let lab = Lab::start().await;
    let london = SmallEngine::listening("London", 40_902);
    let _alive = london.start(lab.running.engine_listener()).await;
    let id = EngineId(lab.post(ENGINES, &london.draft()).await.id());
    // Not before it was asked.
    assert!(!lab.reverse(id).await);
    lab.command("version engines").await;
    until(&lab, id, |engine| engine["status"] == "active").await;

    assert!(lab.reverse(id).await);
    turns_without_a_flicker(&lab, id, "engine-to-console").await;
    assert!(*london.connect_to.borrow());

    assert!(lab.reverse(id).await);
    turns_without_a_flicker(&lab, id, "console-to-engine").await;
    assert!(!*london.connect_to.borrow());
    assert_eq!(*london.directions.lock().unwrap(), [true, false]);
}

#[tokio::test]
async fn an_engine_that_cannot_get_through_can_be_had_back() {
    let lab = Lab::start().await;
    let london = SmallEngine::listening("London", 40_903);
    london.connect_to.send_replace(true);
    let (id, alive) = active(&lab, &london).await;
    drop(alive);
    until(&lab, id, |engine| engine["status"] == "not-responding").await;
    assert!(lab.reverse(id).await);
    let stored = lab.get(&format!("{ENGINES}/{id}")).await.json();
    assert_eq!(stored["connectionDirection"], "console-to-engine");

    // It dials where nobody listens, as behind a firewall. The console reaches it, and tells it.
    let _alive = london.start("127.0.3.250:1".parse().unwrap()).await;
    until(&lab, id, |engine| engine["status"] == "active").await;
    let mut connect_to = london.connect_to.subscribe();
    timeout(BOUND, connect_to.wait_for(|dials| !dials)).await.expect("it is told").unwrap();
    // What was stored holds after a restart.
    let lab = lab.restart(|_| {}).await;
    let engine = until(&lab, id, |engine| engine["status"] == "active").await;
    assert_eq!(engine["connectionDirection"], "console-to-engine");
}

#[tokio::test]
async fn an_engine_that_is_not_active_or_does_not_answer_keeps_its_direction() {
    let lab = Lab::start().await;
    let engine = RunningEngine::start("6.6.1").await;
    let oslo = lab.client().create_engine(&engine.draft("Oslo")).await.unwrap().id;
    let old = SmallEngine { turns: false, ..SmallEngine::listening("Bergen", 40_904) };
    let _alive = old.start(lab.running.engine_listener()).await;
    let bergen = EngineId(lab.post(ENGINES, &old.draft()).await.id());
    lab.command("version engines").await;
    until(&lab, oslo, |engine| engine["status"] == "pending-authorization").await;
    until(&lab, bergen, |engine| engine["status"] == "active").await;
    for id in [oslo, bergen] {
        assert!(!lab.reverse(id).await);
        let engine = lab.get(&format!("{ENGINES}/{id}")).await.json();
        assert_eq!(engine["connectionDirection"], "console-to-engine");
    }
}

#[tokio::test]
async fn the_console_tells_where_engines_reach_it() {
    let lab = Lab::start().await;
    let info = lab.get("/api/3/administration/info").await.json();
    assert_eq!(info["engineListenerPort"], lab.running.engine_listener().port());
    assert_eq!(info["ip"], "127.0.0.1");
    let lab = lab.restart(|config| config.engine_listener = "127.0.3.254:0".parse().unwrap()).await;
    let info = lab.get("/api/3/administration/info").await.json();
    assert_eq!(info["ip"], "127.0.3.254");
    let lab = lab.restart(|config| config.engine_listener = "0.0.0.0:0".parse().unwrap()).await;
    assert_eq!(lab.get("/api/3/administration/info").await.json()["ip"], "127.0.0.1", "where the app is");
}
