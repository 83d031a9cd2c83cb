//! **Update** of the selected engines in stages.

use console_api::Method;
use wasm_bindgen_test::wasm_bindgen_test;

use super::{
    console::{Console, Fault, Pool, json},
    person::{Screen, at_work, until},
};

const UPDATED: &str = r#","sites":[],"lastUpdatedDate":"2026-11-30T12:00:00Z""#;
const START: &str = "Update 3 engines in stages";

/// Three engines, two of them in a pool. They take updates, and come back once the test says so.
fn console() -> Console {
    let console = Console::with(&[
        (1, "berlin", "10.0.0.10", "active"),
        (2, "aachen", "10.0.0.9", "active"),
        (3, "cologne", "10.0.0.3", "active"),
    ])
    .with_pools(&[Pool::new(900, "North", &[1, 2], &[])]);
    console.also(|method, path, _| {
        let is_update = method == Method::Post && path.starts_with("data/engine/");
        is_update.then(|| json(r#"{"message":"the update was sent"}"#.to_owned()))
    });
    console
}

async fn opened(console: &Console) -> Screen {
    let screen = at_work(console, "/engines").await;
    screen.see("rowheader", "berlin").await;
    screen.click("checkbox", "Select all 3 that match").await;
    screen.read("3 selected").await;
    screen.click("button", "Update").await;
    screen.see("dialog", "Update 3 engines").await;
    screen.click("button", "In stages…").await;
    screen.see("dialog", START).await;
    until("the plan", || {
        screen.all("button", START).into_iter().find(|it| !it.has_attribute("aria-disabled"))
    })
    .await;
    screen
}

async fn is_sent(console: &Console, id: u64) {
    until(&format!("the update of {id}"), || {
        (console.calls(&format!("engine/{id}/update")) == 1).then_some(())
    })
    .await;
}

fn sent(console: &Console) -> Vec<usize> {
    (1..=3).map(|id| console.calls(&format!("engine/{id}/update"))).collect()
}

#[wasm_bindgen_test]
async fn each_wave_begins_once_the_one_before_has_come_back() {
    let console = console();
    let screen = opened(&console).await;
    screen
        .read("3 engines in 3 waves: first one alone, then one of each pool (up to wave 2), then the others.")
        .await;
    let plan = screen.see("group", "Included").await.text_content().unwrap();
    assert_eq!(plan, "Wave 1: berlin\nWave 2: cologne\nWave 3: aachen");
    screen.click("button", START).await;
    screen.see("dialog", "Updating in stages").await;
    is_sent(&console, 1).await;
    let looked = console.calls("scan_engines/1");
    until("another look at it", || (console.calls("scan_engines/1") > looked).then_some(())).await;
    assert_eq!(sent(&console), [1, 0, 0]);
    console.tells(1, UPDATED);
    is_sent(&console, 3).await;
    console.tells(3, UPDATED);
    is_sent(&console, 2).await;
    console.tells(2, UPDATED);
    screen.read("3 updated.").await;
}

#[wasm_bindgen_test]
async fn when_one_fails_no_other_begins_and_the_rest_can_go_on() {
    let console = console();
    let screen = opened(&console).await;
    let failure =
        Fault::Answer(400, "application/json", r#"{"message":"No update is available."}"#.to_owned());
    console.fault("engine/1/update", failure);
    screen.click("button", START).await;
    screen.see("dialog", "Updating in stages – stopped").await;
    screen.read("1 failed, 2 not started.").await;
    screen.read("No update is available.").await;
    assert_eq!(sent(&console), [1, 0, 0]);
    console.heal();
    screen.click("button", "Continue with the other 2").await;
    is_sent(&console, 3).await;
    console.tells(3, UPDATED);
    is_sent(&console, 2).await;
    console.tells(2, UPDATED);
    screen.read("2 updated.").await;
}

#[wasm_bindgen_test]
async fn an_engine_whose_pool_would_be_without_another_is_skipped_at_the_last_moment() {
    let console = console();
    let screen = opened(&console).await;
    console.change(2, |engine| engine.status = "not-responding");
    screen.click("button", START).await;
    is_sent(&console, 3).await;
    console.tells(3, UPDATED);
    screen.read("1 updated, 2 failed.").await;
    let failed = screen.see("group", "Failed").await.text_content().unwrap();
    assert!(
        failed.contains("berlin: Skipped. Pool North would have no other active engine in the meantime."),
        "{failed}"
    );
    assert!(failed.contains("aachen: Skipped. It is not active"), "{failed}");
    assert_eq!(sent(&console), [0, 0, 1]);
}

#[wasm_bindgen_test]
async fn it_pauses_after_what_is_under_way_and_goes_on() {
    let console = console();
    let screen = opened(&console).await;
    screen.click("button", START).await;
    is_sent(&console, 1).await;
    screen.click("button", "Pause").await;
    console.tells(1, UPDATED);
    screen.see("dialog", "Updating in stages – paused").await;
    screen.read("1 updated, 2 not started.").await;
    assert_eq!(sent(&console), [1, 0, 0]);
    screen.click("button", "Continue with the other 2").await;
    is_sent(&console, 3).await;
    console.tells(3, UPDATED);
    is_sent(&console, 2).await;
    console.tells(2, UPDATED);
    screen.read("2 updated.").await;
}

#[wasm_bindgen_test]
async fn engines_with_scans_are_left_out_unless_the_person_says_otherwise() {
    let console = console();
    console.scans(r#"{"id":1,"engineId":3,"status":"running"}"#);
    let screen = at_work(&console, "/engines").await;
    screen.see("rowheader", "berlin").await;
    screen.click("checkbox", "Select all 3 that match").await;
    screen.read("3 selected").await;
    screen.click("button", "Update").await;
    screen.click("button", "In stages…").await;
    screen.see("dialog", "Update 2 engines in stages").await;
    let left_out = screen.see("group", "Left out").await.text_content().unwrap();
    assert_eq!(left_out, "cologne: Scans are or may be under way on it.");
    screen.click("checkbox", "Skip engines with scans under way").await;
    screen.see("dialog", START).await;
    screen.type_into("Engines at a time", "0").await;
    screen.read("Enter a number from 1 to 100.").await;
    let button = screen.see("button", START).await;
    assert_eq!(button.get_attribute("title").as_deref(), Some("Enter a number from 1 to 100."));
}

#[wasm_bindgen_test]
async fn it_goes_on_after_signing_in_again() {
    let console = console();
    let screen = opened(&console).await;
    screen.click("button", START).await;
    is_sent(&console, 1).await;
    console.set_password("new");
    screen.see("dialog", "Sign in again").await;
    console.tells(1, UPDATED);
    screen.type_into("Password", "new").await;
    screen.click("button", "Sign in").await;
    screen.see_gone("dialog", "Sign in again").await;
    is_sent(&console, 3).await;
    console.tells(3, UPDATED);
    is_sent(&console, 2).await;
    console.tells(2, UPDATED);
    screen.read("3 updated.").await;
}
