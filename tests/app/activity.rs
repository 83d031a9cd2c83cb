//! **Activity**: what was done is listed with its outcome, kept from one visit to the next, and can be tried again or undone.

use engine_console::browser::kept::{Kept, Store, text};
use leptos::prelude::*;
use wasm_bindgen::JsValue;
use wasm_bindgen_test::wasm_bindgen_test;

use super::{
    console::{Console, Fault, Pool},
    person::{Screen, open, until},
};

/// Nothing is kept from tests before.
pub(super) async fn nothing_is_kept() {
    let owner = Owner::new();
    owner.set();
    for user in ["admin", "colleague"] {
        let kept = Kept::of(user, RwSignal::new(0));
        for store in Store::ALL {
            kept.clear(store).await.unwrap();
        }
    }
}

pub(super) async fn at_work_as(console: &Console, user: &str, address: &str, heading: &str) -> Screen {
    let screen = open(console, address);
    screen.sign_in(user).await;
    screen.see("heading", heading).await;
    screen
}

/// Waits for a row of the table with all of these words.
pub(super) async fn see_row(screen: &Screen, words: &[&str]) {
    until(&format!("a row with {words:?}"), || {
        let said = |row: &web_sys::HtmlElement| {
            let text = row.text_content().unwrap_or_default();
            words.iter().all(|word| text.contains(word))
        };
        screen.rows().iter().any(said).then_some(())
    })
    .await;
}

/// Goes to Activity as a person does.
pub(super) async fn go_to_activity(screen: &Screen) {
    screen.click("button", "Activity").await;
    screen.click("link", "Show all activity").await;
    screen.read("kept in this browser only").await;
}

#[wasm_bindgen_test]
async fn a_job_is_listed_with_each_outcome_and_its_failure_can_be_tried_again() {
    nothing_is_kept().await;
    let console = Console::with(&[(1, "berlin", "10.0.0.10", "active"), (3, "aachen", "10.0.0.9", "active")]);
    for id in [1, 3] {
        console.tells(id, r#","sites":[]"#);
    }
    let screen = at_work_as(&console, "admin", "/engines", "Scan Engines").await;
    screen.see("rowheader", "berlin").await;
    let broken = r#"{"message":"The disk is full."}"#.to_owned();
    console.fault("scan_engines/1", Fault::Answer(500, "application/json", broken));
    screen.click("checkbox", "Select all 2 that match").await;
    screen.read("2 selected").await;
    screen.click("button", "Delete").await;
    screen.click("button", "Delete 2 engines").await;
    screen.read("1 deleted, 1 failed.").await;
    screen.click("button", "Done").await;

    go_to_activity(&screen).await;
    see_row(&screen, &["Deleting engines", "2 engines", "1 deleted, 1 failed"]).await;
    screen.click("button", "Deleting engines").await;
    see_row(&screen, &["berlin", "failed: The console failed (500): The disk is full."]).await;
    see_row(&screen, &["aachen", "deleted"]).await;

    screen.click("link", "Show the remaining engine").await;
    screen.see("heading", "Scan Engines").await;
    screen.see_names(&["berlin"]).await;
    go_to_activity(&screen).await;
    screen.click("button", "Deleting engines").await;

    console.heal();
    screen.click("button", "Retry failed").await;
    see_row(&screen, &["Deleting engines", "berlin", "deleted"]).await;
    assert_eq!(console.calls("scan_engines/1"), 2);
}

#[wasm_bindgen_test]
async fn what_was_done_is_there_for_the_same_user_at_the_next_visit_and_for_no_other() {
    nothing_is_kept().await;
    let console = Console::with(&[(1, "berlin", "10.0.0.10", "active")]);
    {
        let screen = at_work_as(&console, "admin", "/engines/1", "Scan Engine Configuration").await;
        screen.type_into("Name", "potsdam").await;
        screen.click("button", "Save").await;
        screen.read("potsdam is saved.").await;
        go_to_activity(&screen).await;
        see_row(&screen, &["Saving an engine", "potsdam", "saved", "admin"]).await;
        screen.click("button", "Sign out").await;
        screen.see("button", "Sign in").await;
    }
    {
        let screen = at_work_as(&console, "admin", "/activity", "Activity").await;
        see_row(&screen, &["Saving an engine", "potsdam", "saved", "admin"]).await;
    }
    let screen = at_work_as(&console, "colleague", "/activity", "Activity").await;
    screen.see("heading", "Nothing has been done yet").await;
}

#[wasm_bindgen_test]
async fn what_ends_right_before_the_tab_is_closed_is_kept() {
    nothing_is_kept().await;
    let console = Console::with(&[(1, "berlin", "10.0.0.10", "active")]);
    let screen = at_work_as(&console, "admin", "/engines/1", "Scan Engine Configuration").await;
    let run = |script: &str| _ = js_sys::Function::new_no_args(script).call0(&JsValue::NULL).unwrap();
    // What happens in this time is put together; here it never passes.
    run("window.__set = window.setTimeout;
        window.setTimeout = (run, wait, ...more) => wait === 200 ? 0 : window.__set(run, wait, ...more);");
    screen.type_into("Name", "potsdam").await;
    screen.click("button", "Save").await;
    screen.read("potsdam is saved.").await;
    window().dispatch_event(&web_sys::Event::new("pagehide").unwrap()).unwrap();
    run("window.setTimeout = window.__set;");
    let kept = Kept::of("admin", RwSignal::new(0));
    let mut entries = Vec::new();
    for _ in 0..100 {
        if entries.is_empty() {
            entries = kept.read(Store::Activity, None).await.unwrap();
        }
    }
    let (_, entry) = entries.pop().unwrap();
    assert!(text(&entry).unwrap().contains("Saving an engine"));
}

#[wasm_bindgen_test]
async fn a_change_of_pool_is_undone_unless_somebody_changed_it_since() {
    nothing_is_kept().await;
    let console = Console::with(&[(1, "berlin", "10.0.0.10", "active"), (2, "aachen", "10.0.0.9", "active")]);
    let console = console.with_pools(&[Pool::new(900, "North", &[2], &[])]);
    let screen = at_work_as(&console, "admin", "/engines", "Scan Engines").await;
    screen.see("rowheader", "berlin").await;
    screen.click("checkbox", "Select berlin").await;
    screen.click("button", "Add to pool").await;
    screen.click("button", "Add berlin to North").await;
    until("the call", || (console.calls("scan_engine_pools/900/engines/1") == 1).then_some(())).await;

    go_to_activity(&screen).await;
    see_row(&screen, &["Adding engines to a pool", "berlin", "added"]).await;
    screen.click("button", "Adding engines to a pool").await;
    screen.click("button", "Undo").await;
    screen.see("dialog", "Undo 1 change").await;
    screen.read("berlin: out of North").await;
    screen.click("button", "Undo 1 change").await;
    see_row(&screen, &["Undoing changes", "berlin", "undone"]).await;
    assert_eq!(console.pool("North").unwrap().engines, [2]);

    // The same again: it is already as it was, and nothing is sent.
    let calls = console.calls("scan_engine_pools/900/engines/1");
    screen.click("button", "Undo").await;
    screen.click("button", "Undo 1 change").await;
    see_row(&screen, &["Undoing changes", "berlin", "already as it was"]).await;
    assert_eq!(console.calls("scan_engine_pools/900/engines/1"), calls);
}

#[wasm_bindgen_test]
async fn activity_can_be_deleted() {
    nothing_is_kept().await;
    let console = Console::with(&[(1, "berlin", "10.0.0.10", "active")]);
    {
        let screen = at_work_as(&console, "admin", "/engines/1", "Scan Engine Configuration").await;
        screen.type_into("Name", "potsdam").await;
        screen.click("button", "Save").await;
        screen.read("potsdam is saved.").await;
        go_to_activity(&screen).await;
        see_row(&screen, &["Saving an engine"]).await;
        screen.click("button", "Stored data").await;
        screen.click("button", "Delete activity").await;
        screen.see("dialog", "Delete activity").await;
        screen.read("What they changed stays changed").await;
        let buttons = screen.all("button", "Delete activity");
        buttons.last().unwrap().click();
        screen.see("heading", "Nothing has been done yet").await;
    }
    let screen = at_work_as(&console, "admin", "/activity", "Activity").await;
    let heading = screen.see("heading", "Nothing has been done yet").await;
    assert_eq!(heading.tag_name(), "H2", "it comes after the screen's own");
}
