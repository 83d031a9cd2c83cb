//! **New engine** and **Scan Engine Configuration**.

use wasm_bindgen_test::wasm_bindgen_test;

use super::{
    console::{Console, Fault},
    person::{ClockAhead, Screen, at_work, at_work_on, focused, press, until},
};

const PANEL: &str = "Scan Engine Configuration";

fn console() -> Console {
    Console::with(&[
        (1, "berlin", "10.0.0.10", "active"),
        (2, "aachen", "10.0.0.9", "not-responding"),
        (3, "Local scan engine", "127.0.0.1", "active"),
    ])
}

fn address() -> String {
    let location = leptos::prelude::window().location();
    format!("{}{}", location.pathname().unwrap(), location.search().unwrap())
}

async fn see_address(wanted: &str) {
    until(&format!("the address {wanted}, not {}", address()), || (address() == wanted).then_some(())).await;
}

fn is_disabled(element: &web_sys::HtmlElement) -> bool {
    element.get_attribute("aria-disabled").as_deref() == Some("true")
}

async fn fill_in(screen: &Screen, name: &str, address: &str) {
    screen.type_into("Name", name).await;
    screen.type_into("Address", address).await;
}

#[wasm_bindgen_test]
async fn the_page_leads_along_the_list_that_was_left_and_back_to_it() {
    let screen = at_work(&console(), "/engines?filter=10.0&sort=-name").await;
    screen.see_names(&["berlin", "aachen"]).await;
    screen.click("link", "berlin").await;
    screen.see("heading", PANEL).await;
    screen.read("1 of 2").await;
    assert!(screen.all("link", "Previous").is_empty());
    screen.click("link", "Next: aachen").await;
    screen.read("2 of 2").await;
    screen.see("heading", "aachen").await;
    screen.see("link", "Previous: berlin").await;
    assert!(screen.all("link", "Next").is_empty());
    screen.click("link", "Back to Scan Engines").await;
    screen.see_names(&["berlin", "aachen"]).await;
    see_address("/engines?filter=10.0&sort=-name").await;
}

#[wasm_bindgen_test]
async fn a_page_that_was_opened_directly_knows_the_way_to_the_list_alone() {
    let screen = at_work_on(&console(), "/engines/1", PANEL).await;
    let back = screen.see("link", "Back to Scan Engines").await;
    assert_eq!(back.get_attribute("href").as_deref(), Some("/engines"));
    assert!(!screen.text().contains(" of "), "{}", screen.text());
}

#[wasm_bindgen_test]
async fn a_new_engine_is_checked_as_one_types() {
    let console = console();
    let screen = at_work_on(&console, "/engines/new", "New engine").await;
    screen.read("Port 40814 is open on every firewall").await;
    assert!(screen.all("textbox", "Name")[0].get_attribute("aria-invalid").is_none(), "nothing typed yet");
    fill_in(&screen, "BERLIN", "http://10.0.0.77").await;
    until("the name to be refused", || screen.field("Name")?.get_attribute("aria-invalid")).await;
    until("the address to be refused", || screen.field("Address")?.get_attribute("aria-invalid")).await;
    // Enter or Save with something wrong leads to the first field that is.
    screen.click("button", "Save").await;
    until("the focus in the name", || (focused()?.get_attribute("name")? == "engine-name").then_some(()))
        .await;
    assert_eq!(console.calls("api/3/scan_engines"), 1, "nothing was sent");
    for port in ["0", "65536", "x", ""] {
        screen.type_into("Port", port).await;
        until(&format!("the port {port} to be refused"), || {
            screen.field("Port")?.get_attribute("aria-invalid")
        })
        .await;
        screen.read("Enter a port from 1 to 65535.").await;
        screen.type_into("Port", "40814").await;
        until("the port to be fine", || (!screen.field("Port")?.has_attribute("aria-invalid")).then_some(()))
            .await;
    }
    fill_in(&screen, "rome", "10.0.0.77").await;
    until("nothing to be refused", || {
        (screen.field("Name")?.get_attribute("aria-invalid").is_none()
            && screen.field("Address")?.get_attribute("aria-invalid").is_none())
        .then_some(())
    })
    .await;
}

#[wasm_bindgen_test]
async fn a_saved_new_engine_leads_to_its_pairing() {
    let console = console();
    let screen = at_work_on(&console, "/engines/new", "New engine").await;
    fill_in(&screen, "rome", "10.0.0.77").await;
    screen.click("button", "Save").await;
    screen.read("rome is added.").await;
    see_address("/engines/77?tab=pairing").await;
    let body = console.bodies().pop().unwrap();
    assert_eq!(body, r#"{"name":"rome","address":"10.0.0.77","port":40814}"#);
}

#[wasm_bindgen_test]
async fn the_consoles_refusal_stands_at_its_field_and_nothing_typed_is_lost() {
    let console = console();
    let screen = at_work_on(&console, "/engines/new", "New engine").await;
    let refusal = r#"{"status":400,"message":"A scan engine with the name rome exists already.","links":[]}"#;
    // The list is there: from now on the path answers a refusal.
    until("the list", || (console.calls("api/3/scan_engines") == 1).then_some(())).await;
    console.fault("api/3/scan_engines", Fault::Answer(400, "application/json", refusal.to_owned()));
    fill_in(&screen, "rome", "10.0.0.77").await;
    screen.click("button", "Save").await;
    screen.read("A scan engine with the name rome exists already.").await;
    assert!(screen.field("Name").unwrap().has_attribute("aria-invalid"));
    assert_eq!(screen.field("Address").unwrap().value(), "10.0.0.77");
    // Another name may be fine.
    screen.type_into("Name", "rome-02").await;
    until("the refusal to go", || (!screen.text().contains("exists already")).then_some(())).await;

    console.fault("api/3/scan_engines", Fault::Answer(403, "text/html", "<h1>No</h1>".to_owned()));
    screen.click("button", "Save").await;
    screen.read("Ask an administrator of the console for the permission.").await;
    assert_eq!(screen.field("Name").unwrap().value(), "rome-02");
}

#[wasm_bindgen_test]
async fn what_was_typed_outlives_a_session_that_ended_for_the_same_user_alone() {
    let console = console();
    let screen = at_work_on(&console, "/engines/new", "New engine").await;
    fill_in(&screen, "rome", "10.0.0.77").await;
    // Fifteen minutes later.
    {
        let _ahead = ClockAhead::by(16.0 * 60_000.0);
        super::person::look_at_the_window();
        screen.read("You were signed out after 15 minutes").await;
    }
    assert!(!screen.text().contains("rome"), "kept input is not in the page while signed out");
    screen.sign_in("admin").await;
    until("the typed name", || (screen.field("Name")?.value() == "rome").then_some(())).await;

    screen.click("button", "Sign out").await;
    screen.click("button", "Leave").await;
    screen.read("You are signed out.").await;
    screen.sign_in("colleague").await;
    screen.see("heading", "New engine").await;
    assert_eq!(screen.field("Name").unwrap().value(), "");
}

#[wasm_bindgen_test]
async fn the_panel_shows_what_is_known_and_saves_a_new_name() {
    let console = console();
    console.tells(
        1,
        r#","serialNumber":"AB12","contentVersion":"2026-11-18","lastUpdatedDate":"2026-11-20T10:00:00Z""#,
    );
    let screen = at_work_on(&console, "/engines/1", PANEL).await;
    for words in ["berlin", "Active", "AB12", "2026-11-18", "1 directly, 2 through pools", "Europe"] {
        screen.read(words).await;
    }
    assert_eq!(leptos::prelude::document().title(), "berlin – Engine console");
    let save = screen.see("button", "Save").await;
    assert!(is_disabled(&save), "nothing was changed");
    screen.type_into("Name", "berlin-02").await;
    screen.click("button", "Save").await;
    screen.read("berlin-02 is saved.").await;
    let body = console.bodies().pop().unwrap();
    assert!(body.contains(r#""name":"berlin-02""#) && body.contains(r#""sites":[1]"#), "{body}");
}

#[wasm_bindgen_test]
async fn another_address_must_be_paired_again_and_the_form_says_so_beforehand() {
    let screen = at_work_on(&console(), "/engines/1", PANEL).await;
    screen.type_into("Address", "10.0.0.99").await;
    screen.read("The engine must be paired again").await;
    screen.type_into("Address", "10.0.0.10").await;
    until("the note to go", || (!screen.text().contains("must be paired again")).then_some(())).await;
    screen.type_into("Port", "40900").await;
    screen.read("The engine must be paired again").await;
    screen.type_into("Port", "40814").await;
    until("the note to go", || (!screen.text().contains("must be paired again")).then_some(())).await;
    // Another name alone is no reason.
    screen.type_into("Name", "berlin-02").await;
    until("Save to be possible", || (!is_disabled(screen.all("button", "Save").first()?)).then_some(()))
        .await;
    assert!(!screen.text().contains("must be paired again"));
}

#[wasm_bindgen_test]
async fn a_colleagues_change_is_shown_beside_mine() {
    let console = console();
    let screen = at_work_on(&console, "/engines/1", PANEL).await;
    screen.type_into("Name", "berlin-mine").await;
    console.change(1, |engine| engine.name = "berlin-theirs".to_owned());
    screen.click("button", "Save").await;
    screen.read("Someone else has changed this engine in the meantime. Nothing was saved.").await;
    screen.read("berlin-theirs").await;
    assert_eq!(screen.field("Name").unwrap().value(), "berlin-mine", "what was typed stays");
    screen.click("button", "Save mine").await;
    screen.read("berlin-mine is saved.").await;
}

#[wasm_bindgen_test]
async fn the_tabs_take_the_arrow_keys_and_the_address_holds_the_chosen_one() {
    let console = console();
    console.tells(2, r#","certificateFingerprint":"AB:CD","consoleFingerprint":"12:34""#);
    let screen = at_work_on(&console, "/engines/2", PANEL).await;
    let general = screen.see("tab", "General").await;
    general.focus().unwrap();
    press("ArrowRight");
    see_address("/engines/2?tab=sites").await;
    press("End");
    see_address("/engines/2?tab=pairing").await;
    assert_eq!(focused().unwrap().text_content().as_deref(), Some("Pairing"));
    // This engine's and this console's values, and both fingerprints.
    for words in ["ssh <user>@10.0.0.9", "add console 10.9.8.7", "AB:CD", "12:34"] {
        screen.read(words).await;
    }
    screen.click("tab", "Windows").await;
    screen.read("consoles.xml").await;
    press("Home");
    screen.click("tab", "Linux").await;
}

#[wasm_bindgen_test]
async fn the_local_engine_needs_no_pairing_and_says_why_it_can_not_be_reversed_or_deleted() {
    let screen = at_work_on(&console(), "/engines/3", PANEL).await;
    for name in ["Reverse direction", "Delete"] {
        let button = screen.see("button", name).await;
        assert!(is_disabled(&button), "{name}");
        assert!(button.title().contains("local"), "{name}: {}", button.title());
    }
    screen.click("tab", "Pairing").await;
    screen.read("This engine needs no pairing").await;
}

#[wasm_bindgen_test]
async fn reversing_warns_about_firewalls_and_shows_the_new_direction() {
    let console = console();
    console.tells(1, r#","connectionDirection":"console-to-engine""#);
    let screen = at_work_on(&console, "/engines/1", PANEL).await;
    screen.read("Console connects to engine").await;
    screen.click("button", "Reverse direction").await;
    screen.see("dialog", "Reverse direction of berlin").await;
    screen.read("The engine will call the console at 10.9.8.7, port 40815.").await;
    let confirm = screen.all("button", "Reverse direction").pop().unwrap();
    confirm.click();
    screen.read("berlin: the direction is reversed.").await;
    screen.read("Engine connects to console").await;
    assert_eq!(console.bodies(), [""; 0], "no body is sent");
}

#[wasm_bindgen_test]
async fn a_failed_reversal_keeps_the_dialog_with_the_consoles_words() {
    let console = console();
    let screen = at_work_on(&console, "/engines/1", PANEL).await;
    console.fault("reverseConnection", Fault::Answer(200, "text/html", "<h1>Sign in</h1>".to_owned()));
    screen.click("button", "Reverse direction").await;
    screen.see("dialog", "Reverse direction of berlin").await;
    screen.all("button", "Reverse direction").pop().unwrap().click();
    screen.read("Use the console's own page for it").await;
    screen.see("dialog", "Reverse direction of berlin").await;
}

#[wasm_bindgen_test]
async fn deleting_names_the_engine_says_what_stands_in_the_way_and_leads_back_to_the_list() {
    let console = console().with_sites(1);
    let screen = at_work_on(&console, "/engines/1", PANEL).await;
    screen.click("button", "Delete").await;
    screen.read("1 site is assigned to it").await;
    screen.read("It is removed from these pools: Europe.").await;
    let delete = screen.see("button", "Move 1 site, then delete").await;
    assert!(is_disabled(&delete));
    screen.click("button", "Cancel").await;
    drop(screen);

    console.tells(2, r#","sites":[]"#);
    let screen = at_work(&console, "/engines").await;
    screen.click("button", "Delete aachen").await;
    let delete = screen.all("button", "Delete aachen").pop().unwrap();
    until("the dialog", || (!screen.all("dialog", "Delete aachen").is_empty()).then_some(())).await;
    delete.click();
    screen.all("button", "Delete aachen").pop().unwrap().click();
    screen.read("aachen is deleted.").await;
    screen.see_names(&["berlin", "Local scan engine"]).await;
}

#[wasm_bindgen_test]
async fn an_engine_with_a_running_scan_can_not_be_deleted_and_the_dialog_says_so() {
    let console = console();
    console.tells(2, r#","sites":[]"#);
    console.scans(r#"{"id":5,"status":"running","engineId":2},{"id":6,"status":"running","engineId":1}"#);
    let screen = at_work_on(&console, "/engines/2", PANEL).await;
    screen.click("button", "Delete").await;
    screen.read("1 scan is under way on it.").await;
    assert!(is_disabled(&screen.see("button", "Delete aachen").await));
}

#[wasm_bindgen_test]
async fn an_engine_that_is_not_there_says_so_and_leads_back() {
    let screen = at_work_on(&console(), "/engines/4711", PANEL).await;
    screen.read("There is no engine with ID 4711").await;
    let back = screen.see("link", "Go to Scan Engines").await;
    assert_eq!(back.get_attribute("href").as_deref(), Some("/engines"));
}

#[wasm_bindgen_test]
async fn an_update_is_followed_until_the_engine_reports_new_versions() {
    let console = console();
    let screen = at_work(&console, "/engines").await;
    screen.update("Update berlin", "berlin").await;
    screen.read("berlin: the update was sent.").await;
    let row = screen.row("berlin").await;
    assert_eq!(row.get_attribute("aria-busy").as_deref(), Some("true"));
    console.tells(1, r#","contentVersion":"2026-11-24""#);
    screen.read("berlin is updated: product version 6.6.1, content version 2026-11-24.").await;
    until("the row to be done", || row.get_attribute("aria-busy").is_none().then_some(())).await;
}

#[wasm_bindgen_test]
async fn each_answer_to_an_update_is_told() {
    let console = console();
    let screen = at_work(&console, "/engines").await;
    for (status, kind, body, words) in [
        (200, "application/json", r#"{"message":"berlin: is up to date"}"#, "berlin is up to date."),
        (
            400,
            "application/json",
            r#"{"status":400,"message":"berlin: is already updating"}"#,
            "is already updating",
        ),
        (200, "text/html", "<h1>Sign in</h1>", "This console does not let the app update berlin."),
        (401, "application/json", r#"{"status":401,"message":"no"}"#, "Use the console's own page for it"),
    ] {
        console.fault("data/engine/1/update", Fault::Answer(status, kind, body.to_owned()));
        screen.update("Update berlin", "berlin").await;
        screen.read(words).await;
        until("the row to be done", || {
            screen.all("row", "berlin").first()?.get_attribute("aria-busy").is_none().then_some(())
        })
        .await;
    }
    // Nor is there a question to sign in again.
    screen.see_gone("dialog", "").await;
}

#[wasm_bindgen_test]
async fn update_all_asks_first_and_shows_what_the_console_printed() {
    let console = console();
    console.prints("berlin: the update was sent\naachen: Scan engine (aachen) is not connected\n");
    let screen = at_work(&console, "/engines").await;
    screen.click("button", "Update all engines").await;
    screen.see("dialog", "Update all engines").await;
    assert_eq!(console.calls("commands"), 0);
    screen.all("button", "Update all engines").pop().unwrap().click();
    screen.see("dialog", "Updates were sent").await;
    screen.read("Scan engine (aachen) is not connected").await;
    screen.click("button", "Done").await;
    assert_eq!(screen.row("berlin").await.get_attribute("aria-busy").as_deref(), Some("true"));
    assert!(screen.row("aachen").await.get_attribute("aria-busy").is_none());
    console.tells(1, r#","contentVersion":"2026-11-24""#);
    screen.read("1 engine updated.").await;
}

/// While it lasts, news that goes by itself goes soon.
struct NewsGoesSoon;

impl NewsGoesSoon {
    fn now() -> Self {
        let take = "window.setTimeoutBefore = window.setTimeout;
            window.setTimeout = (run, time, ...more) => setTimeoutBefore(run, time === 8000 ? 300 : time, ...more);";
        js_sys::Function::new_no_args(take).call0(&wasm_bindgen::JsValue::NULL).unwrap();
        Self
    }
}

impl Drop for NewsGoesSoon {
    fn drop(&mut self) {
        let give_back = js_sys::Function::new_no_args("window.setTimeout = window.setTimeoutBefore;");
        give_back.call0(&wasm_bindgen::JsValue::NULL).unwrap();
    }
}

#[wasm_bindgen_test]
async fn updates_are_waited_for_as_long_as_engines_report_and_the_result_stays_until_it_is_read() {
    let console = console();
    console.prints("berlin: the update was sent\naachen: the update was sent\n");
    let _news = NewsGoesSoon::now();
    let screen = at_work(&console, "/engines").await;
    screen.click("button", "Update all engines").await;
    screen.see("dialog", "Update all engines").await;
    screen.all("button", "Update all engines").pop().unwrap().click();
    screen.see("dialog", "Updates were sent").await;
    screen.click("button", "Done").await;
    let row = screen.row("berlin").await;
    until("the work", || row.get_attribute("aria-busy")).await;
    // One reports before the three minutes are over, the other after them.
    let clock = ClockAhead::by(2.5 * 60_000.0);
    console.tells(1, r#","contentVersion":"2026-11-24""#);
    until("berlin to be done", || row.get_attribute("aria-busy").is_none().then_some(())).await;
    drop(clock);
    let _clock = ClockAhead::by(5.0 * 60_000.0);
    console.tells(2, r#","contentVersion":"2026-11-24""#);
    screen.read("2 engines updated.").await;
    screen.click("button", "Refresh berlin").await;
    screen.read("berlin reloaded: Active.").await;
    until("the other news to go", || (!screen.text().contains("berlin reloaded")).then_some(())).await;
    assert!(screen.text().contains("2 engines updated."));
}
