//! **Generate Scan Engine Shared Secret**.

use wasm_bindgen_test::wasm_bindgen_test;

use super::{
    console::{Console, Fault, SECRET},
    person::{ClockAhead, Screen, at_work_on, look_at_the_window, until},
};

const HEADING: &str = "Generate Scan Engine Shared Secret";

async fn open(console: &Console) -> Screen {
    at_work_on(console, "/shared-secret", HEADING).await
}

fn console() -> Console {
    Console::with(&[(1, "berlin", "10.0.0.10", "active")])
}

#[wasm_bindgen_test]
async fn a_secret_is_made_and_stays_out_of_the_document_until_it_is_shown() {
    let console = console();
    let screen = open(&console).await;
    screen.read("There is no valid shared secret.").await;
    screen.click("button", "Generate").await;
    screen.read("A new shared secret was generated.").await;
    screen.read("A shared secret is valid.").await;
    assert!(!screen.text().contains(SECRET));
    screen.click("button", "Show").await;
    screen.read(SECRET).await;
    screen.click("button", "Hide").await;
    until("the secret to go", || (!screen.text().contains(SECRET)).then_some(())).await;

    screen.click("button", "Generate").await;
    screen.read("this one is still valid").await;
}

#[wasm_bindgen_test]
async fn nothing_of_the_secret_is_left_after_sign_out() {
    let console = console();
    console.secret_for(Some(1800));
    let screen = open(&console).await;
    screen.click("button", "Show").await;
    screen.read(SECRET).await;
    screen.click("button", "Sign out").await;
    screen.read("You are signed out.").await;
    let page = leptos::prelude::document().document_element().unwrap().outer_html();
    assert!(!page.contains(SECRET));
    assert!(!leptos::prelude::window().location().href().unwrap().contains("99DB"));
    let storage = leptos::prelude::window().local_storage().unwrap().unwrap();
    for at in 0..storage.length().unwrap() {
        let key = storage.key(at).unwrap().unwrap();
        assert!(!storage.get_item(&key).unwrap().unwrap().contains("99DB"), "{key}");
    }
}

#[wasm_bindgen_test]
async fn the_time_left_is_the_consoles_and_is_asked_again_after_a_sleep_or_a_changed_clock() {
    let console = console();
    console.secret_for(Some(1800));
    let screen = open(&console).await;
    screen.read("30:00").await;
    // An hour passes for this computer's clock alone, as when it slept: the console has the last word.
    console.secret_for(Some(61));
    let asked = console.calls("time_to_live");
    let ahead = ClockAhead::by(3_600_000.0);
    until("the console to be asked", || (console.calls("time_to_live") > asked).then_some(())).await;
    screen.read("01:0").await;
    drop(ahead);
    screen.read("01:0").await;
    look_at_the_window();
    screen.read("01:0").await;
}

#[wasm_bindgen_test]
async fn a_secret_that_a_colleague_has_replaced_is_not_shown_any_more() {
    let console = console();
    console.secret_for(Some(1200));
    let screen = open(&console).await;
    screen.click("button", "Show").await;
    screen.read(SECRET).await;
    console.secret_for(Some(3600));
    look_at_the_window();
    screen.read("60:00").await;
    until("the old secret to go", || (!screen.text().contains(SECRET)).then_some(())).await;
}

#[wasm_bindgen_test]
async fn an_expired_secret_says_so_and_is_not_shown_any_more() {
    let console = console();
    console.secret_for(Some(1));
    let screen = open(&console).await;
    screen.click("button", "Show").await;
    screen.read(SECRET).await;
    console.secret_for(None);
    screen.read("The shared secret has expired. Generate makes a new one.").await;
    assert!(!screen.text().contains(SECRET));
    screen.see("button", "Generate").await;
    assert!(screen.all("button", "Revoke").is_empty());
}

#[wasm_bindgen_test]
async fn a_secret_that_the_console_lost_before_its_time_says_so() {
    let console = console();
    console.secret_for(Some(1800));
    let screen = open(&console).await;
    screen.read("30:00").await;
    console.secret_for(None);
    look_at_the_window();
    screen.read("it was revoked, or the console was restarted").await;
}

#[wasm_bindgen_test]
async fn revoking_asks_first() {
    let console = console();
    console.secret_for(Some(1800));
    let screen = open(&console).await;
    screen.click("button", "Revoke").await;
    screen.see("dialog", "Revoke the shared secret").await;
    screen.click("button", "Cancel").await;
    assert!(screen.all("button", "Generate").len() == 1);
    screen.click("button", "Revoke").await;
    screen.all("button", "Revoke the shared secret").pop().unwrap().click();
    screen.read("The shared secret is revoked.").await;
    screen.read("There is no valid shared secret.").await;
}

#[wasm_bindgen_test]
async fn a_console_that_can_not_be_asked_is_told_and_asked_again() {
    let console = console();
    console.fault("time_to_live", Fault::Answer(500, "text/html", "<h1>No</h1>".to_owned()));
    let screen = open(&console).await;
    screen.read("The console could not be asked about the secret.").await;
    console.heal();
    console.secret_for(Some(1800));
    screen.click("button", "Try again").await;
    screen.read("A shared secret is valid.").await;
}

#[wasm_bindgen_test]
async fn the_steps_have_this_consoles_address() {
    let screen = open(&console()).await;
    screen.read("add console 10.9.8.7").await;
    screen.read("add shared secret").await;
    screen.see("button", "Copy add console 10.9.8.7").await;
    screen.click("tab", "Windows").await;
    screen.read("interactive mode").await;
    screen.click("tab", "Linux").await;
    screen.read("screen -x nexpose").await;
}
