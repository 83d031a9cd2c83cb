//! Work on the selected engines.

use futures::channel::oneshot;
use wasm_bindgen_test::wasm_bindgen_test;

use super::{
    console::{Console, Fault},
    person::{ClockAhead, Screen, at_work, focused, look_at_the_window, until},
};

/// Two engines that can be deleted, one with a site, and the local one.
fn console() -> Console {
    let console = Console::with(&[
        (1, "berlin", "10.0.0.10", "active"),
        (2, "aachen", "10.0.0.9", "not-responding"),
        (3, "cologne", "192.168.1.1", "active"),
        (4, "local", "127.0.0.1", "active"),
    ]);
    for id in [1, 3, 4] {
        console.tells(id, r#","sites":[]"#);
    }
    console
}

async fn all_selected(console: &Console) -> Screen {
    let screen = at_work(console, "/engines").await;
    screen.see("rowheader", "berlin").await;
    screen.click("checkbox", "Select all 4 that match").await;
    screen.read("4 selected").await;
    screen
}

#[wasm_bindgen_test]
async fn delete_names_all_that_are_meant_and_why_the_others_are_not() {
    let console = console();
    let screen = all_selected(&console).await;
    screen.click("button", "Delete").await;
    screen.see("dialog", "Delete 2 engines").await;
    let included = screen.see("group", "Included").await.text_content().unwrap();
    assert_eq!(included, "berlin\ncologne");
    let left_out = screen.see("group", "Left out").await.text_content().unwrap();
    assert!(left_out.contains("aachen: 1 site is assigned to it."), "{left_out}");
    assert!(left_out.contains("local: Not possible for the local engine"), "{left_out}");
    screen.click("button", "Cancel").await;
    screen.see_gone("dialog", "Delete 2 engines").await;
    screen.see_names(&["aachen", "berlin", "cologne", "local"]).await;
}

#[wasm_bindgen_test]
async fn one_that_fails_stops_nothing_is_told_with_its_reason_and_can_be_retried() {
    let console = console();
    let screen = all_selected(&console).await;
    console.fault(
        "scan_engines/1",
        Fault::Answer(500, "application/json", r#"{"message":"The disk is full."}"#.to_owned()),
    );
    screen.click("button", "Delete").await;
    screen.click("button", "Delete 2 engines").await;
    screen.see("dialog", "Deleting engines – done").await;
    screen.read("1 deleted, 1 failed.").await;
    let failed = screen.see("group", "Failed").await.text_content().unwrap();
    assert!(failed.starts_with("berlin: The console failed (500): The disk is full."), "{failed}");
    until("the focus on Done", || (focused()?.text_content()? == "Done").then_some(())).await;
    console.heal();
    screen.click("button", "Retry failed").await;
    screen.read("1 deleted.").await;
    screen.see_gone("button", "Retry failed").await;
    screen.click("button", "Done").await;
    screen.see_names(&["aachen", "local"]).await;
    // What is gone is no longer selected.
    screen.read("2 selected").await;
}

#[wasm_bindgen_test]
async fn a_missing_permission_is_told_for_each_and_leads_to_no_sign_in() {
    let console = console();
    let screen = all_selected(&console).await;
    for path in ["scan_engines/1", "scan_engines/3"] {
        let refusal = r#"{"message":"No permission."}"#.to_owned();
        console.fault(path, Fault::Answer(401, "application/json", refusal));
    }
    screen.click("button", "Delete").await;
    screen.click("button", "Delete 2 engines").await;
    screen.read("2 failed.").await;
    let failed = screen.see("group", "Failed").await.text_content().unwrap();
    assert_eq!(failed.matches("This account is not permitted to do this.").count(), 2, "{failed}");
    screen.see_gone("dialog", "Sign in again").await;
}

#[wasm_bindgen_test]
async fn cancel_lets_the_one_under_way_end_and_begins_no_other() {
    let console = Console::with_many(6);
    let screen = at_work(&console, "/engines").await;
    screen.click("checkbox", "Select all 6 that match").await;
    screen.click("button", "Add to pool").await;
    // The only one there is.
    until("Europe", || (screen.field("Engine pool")?.value() == "Europe").then_some(())).await;
    let left_out = screen.see("group", "Left out").await.text_content().unwrap();
    assert_eq!(left_out.matches("It is already in this pool.").count(), 2, "{left_out}");
    let release = console.hold("engines/3");
    screen.click("button", "Add 4 engines to Europe").await;
    screen.read("0 of 4").await;
    until("the call", || (console.calls("scan_engine_pools/900/engines/3") == 1).then_some(())).await;
    screen.click("button", "Cancel").await;
    screen.read("Stops once the requests under way have finished.").await;
    release.send(()).unwrap();
    screen.see("dialog", "Adding engines to a pool – cancelled").await;
    screen.read("1 added, 3 not started.").await;
    assert_eq!(console.calls("scan_engine_pools/900/engines/4"), 0);
    screen.click("button", "Continue with the other 3").await;
    screen.read("3 added.").await;
    for id in 4..=6 {
        assert_eq!(console.calls(&format!("scan_engine_pools/900/engines/{id}")), 1);
    }
}

/// Three engines on their way into a pool, at a console that holds the answer for the first until the sender is used.
async fn adding_three() -> (Screen, oneshot::Sender<()>) {
    let console = Console::with_many(5);
    let screen = at_work(&console, "/engines").await;
    screen.click("checkbox", "Select all 5 that match").await;
    screen.click("button", "Add to pool").await;
    let release = console.hold("engines/3");
    screen.click("button", "Add 3 engines to Europe").await;
    screen.read("0 of 3").await;
    (screen, release)
}

#[wasm_bindgen_test]
async fn work_goes_on_while_its_dialog_is_closed_and_a_line_leads_back() {
    let (screen, release) = adding_three().await;
    screen.click("button", "Close").await;
    let line = screen.see("group", "Work on several engines").await;
    assert!(line.text_content().unwrap().contains("0 of 3"));
    let refused = screen.see("button", "Delete").await;
    assert_eq!(refused.get_attribute("aria-disabled").as_deref(), Some("true"), "one work at a time");
    screen.click("button", "Show").await;
    screen.see("dialog", "Adding engines to a pool").await;
    screen.click("button", "Close").await;
    release.send(()).unwrap();
    screen.read("Adding engines to a pool: 3 added.").await;
    screen.see_gone("group", "Work on several engines").await;
}

#[wasm_bindgen_test]
async fn work_that_goes_on_is_activity_until_it_ends() {
    let (screen, release) = adding_three().await;
    {
        let _clock = ClockAhead::by(16.0 * 60_000.0);
        look_at_the_window();
    }
    release.send(()).unwrap();
    screen.read("3 added.").await;
    let _clock = ClockAhead::by(32.0 * 60_000.0);
    look_at_the_window();
    screen.read("You were signed out after 15 minutes without activity.").await;
}

#[wasm_bindgen_test]
async fn update_says_which_were_up_to_date_and_which_console_does_not_let_the_app() {
    let console = console();
    let screen = all_selected(&console).await;
    let up_to_date = r#"{"message":"up to date"}"#.to_owned();
    console.fault("engine/1/update", Fault::Answer(200, "application/json", up_to_date.clone()));
    console.fault("engine/2/update", Fault::Answer(200, "application/json", up_to_date));
    console.fault("engine/3/update", Fault::Answer(401, "text/html", "<h1>Sign in</h1>".to_owned()));
    screen.click("button", "Update").await;
    screen.see("dialog", "Update 3 engines").await;
    screen.click("button", "Update 3 engines").await;
    screen.read("2 up to date, 1 failed.").await;
    screen.read("cologne: This console does not let the app do this.").await;
    screen.see_gone("dialog", "Sign in again").await;
    screen.click("button", "Done").await;
    assert!(screen.row("cologne").await.get_attribute("aria-busy").is_none());
}

#[wasm_bindgen_test]
async fn the_selected_engines_are_refreshed_by_one_question() {
    let console = console();
    console.really(3, "not-responding");
    let screen = at_work(&console, "/engines").await;
    for name in ["berlin", "cologne"] {
        screen.click("checkbox", &format!("Select {name}")).await;
    }
    screen.read("2 selected").await;
    screen.click("button", "Refresh").await;
    screen.read("Refreshed 2 engines: ").await;
    assert_eq!(console.calls("commands"), 1);
    screen.read("2 selected").await;
}

#[wasm_bindgen_test]
async fn a_console_without_pools_says_so() {
    let console = console();
    console
        .fault("scan_engine_pools", Fault::Answer(200, "application/json", r#"{"resources":[]}"#.to_owned()));
    let screen = all_selected(&console).await;
    screen.click("button", "Add to pool").await;
    let button = screen.see("button", "Add 3 engines to a pool").await;
    assert_eq!(button.get_attribute("title").as_deref(), Some("Choose the pool first."));
    button.click();
    screen.see("dialog", "Add 3 engines to a pool").await;
    assert_eq!(console.calls("engines/1"), 0);
    // All that can be chosen is a new one.
    screen.click("combobox", "Engine pool").await;
    let dialog = screen.see("dialog", "Add 3 engines to a pool").await;
    screen.see("option", "New pool…").await;
    assert_eq!(dialog.query_selector_all("[role=option]").unwrap().length(), 1);
}
