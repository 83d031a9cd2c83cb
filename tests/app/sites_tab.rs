//! The tab **Sites** of an engine, and its dialog **Select Sites**.

use leptos::prelude::window;
use wasm_bindgen_test::wasm_bindgen_test;
use web_sys::HtmlElement;

use super::{
    console::{Console, Fault},
    person::{ClockAhead, Screen, at_work_on, focused, look_at_the_window, press, see_focus_on_row, until},
};

const PANEL: &str = "Scan Engine Configuration";

/// Engine 1 scans all sites; `Europe` is pool 900 with both engines in it.
fn console(sites: u64) -> Console {
    Console::with(&[(1, "berlin", "10.0.0.10", "active"), (2, "aachen", "10.0.0.9", "active")])
        .with_sites(sites)
}

async fn tab_of(console: &Console, engine: u64) -> Screen {
    at_work_on(console, &format!("/engines/{engine}?tab=sites"), PANEL).await
}

async fn select_sites(screen: &Screen) {
    screen.click("button", "Select Sites").await;
    screen.see("dialog", "Select Sites").await;
}

fn last(screen: &Screen, name: &str) -> Option<HtmlElement> {
    screen.all("button", name).into_iter().rfind(|button| button.text_content().as_deref() == Some(name))
}

/// The dialog's button: it stands behind those of the tab.
async fn press_in_dialog(screen: &Screen, name: &str) {
    until(name, || last(screen, name)).await.click();
}

/// Chooses these sites in the dialog and saves it.
async fn choose(screen: &Screen, sites: &[&str]) {
    select_sites(screen).await;
    for site in sites {
        screen.click("checkbox", &format!("Select {site}")).await;
    }
    press_in_dialog(screen, "Save").await;
    screen.see_gone("dialog", "Select Sites").await;
}

async fn save(screen: &Screen) {
    until("Save to be possible", || {
        let save = screen.all("button", "Save").into_iter().next()?;
        save.get_attribute("aria-disabled").is_none().then_some(save)
    })
    .await
    .click();
}

/// The colours behind a site's row and its name: on cards the row has it, in a table each cell.
async fn colours_of(screen: &Screen, site: &str) -> [String; 2] {
    let cell = screen.see("rowheader", site).await;
    let row = screen.row(site).await;
    [row, cell].map(|element| {
        let style = window().get_computed_style(&element).unwrap().unwrap();
        style.get_property_value("background-color").unwrap()
    })
}

fn scanners(console: &Console, sites: std::ops::RangeInclusive<u64>) -> Vec<u64> {
    sites.map(|id| console.site(id).scanner).collect()
}

#[wasm_bindgen_test]
async fn sites_are_selected_then_on_the_tab_then_saved() {
    let console = console(5);
    let screen = tab_of(&console, 2).await;
    screen.read("No site is assigned to this engine directly").await;
    select_sites(&screen).await;
    screen.read("0 of 5 chosen").await;
    screen.read("Nothing moves.").await;
    for site in ["site-0002", "site-0004"] {
        screen.click("checkbox", &format!("Select {site}")).await;
    }
    screen.read("2 of 5 chosen").await;
    screen.read("2 sites to aachen: 2 from berlin").await;
    press_in_dialog(&screen, "Save").await;
    screen.see_gone("dialog", "Select Sites").await;
    screen.see("columnheader", "When you save").await;
    screen.read("2 sites from berlin to aachen").await;
    assert_eq!(scanners(&console, 1..=5), [1; 5], "nothing is sent before the panel is saved");
    save(&screen).await;
    screen.read("Moving sites: 2 moved.").await;
    assert_eq!(scanners(&console, 1..=5), [1, 2, 1, 2, 1]);
    screen.see_gone("columnheader", "When you save").await;
    screen.see("link", "site-0004").await;
    // The sites are known now to be elsewhere.
    select_sites(&screen).await;
    screen.read("2 of 5 chosen").await;
}

#[wasm_bindgen_test]
async fn a_site_that_is_unchecked_needs_another_engine_or_pool() {
    let console = console(3);
    let screen = tab_of(&console, 1).await;
    select_sites(&screen).await;
    screen.read("3 of 3 chosen").await;
    screen.click("checkbox", "Select site-0002").await;
    press_in_dialog(&screen, "Save").await;
    screen.read("A site always needs an engine or a pool").await;
    let home = "New engine or pool for the sites that you unchecked";
    until("the focus on the field", || (focused()?.tag_name() == "INPUT").then_some(())).await;
    screen.type_into(home, "nowhere").await;
    screen.read("“nowhere” is not in the list").await;
    screen.type_into(home, "berlin").await;
    screen.read("This is where they are now.").await;
    screen.type_into(home, "pool europe").await;
    screen.read("1 site from berlin to pool Europe").await;
    press_in_dialog(&screen, "Save").await;
    screen.see_gone("dialog", "Select Sites").await;
    screen.read("Goes to pool Europe").await;
    save(&screen).await;
    screen.read("site-0002: moved.").await;
    assert_eq!(scanners(&console, 1..=3), [1, 900, 1]);
}

#[wasm_bindgen_test]
async fn one_move_that_fails_stops_no_other_and_saving_again_goes_on_with_it() {
    let console = console(4);
    let screen = tab_of(&console, 2).await;
    choose(&screen, &["site-0001", "site-0002", "site-0003"]).await;
    let answer = r#"{"message":"The disk is full."}"#.to_owned();
    console.fault("sites/2/scan_engine", Fault::Answer(500, "application/json", answer));
    save(&screen).await;
    screen.see("dialog", "Moving sites – done").await;
    screen.read("2 moved, 1 failed.").await;
    screen.read("site-0002: The console failed (500): The disk is full.").await;
    assert_eq!(scanners(&console, 1..=4), [2, 1, 2, 1]);
    screen.click("button", "Done").await;
    screen.read("1 site from berlin to aachen").await;
    console.heal();
    save(&screen).await;
    screen.read("site-0002: moved.").await;
    assert_eq!(scanners(&console, 1..=4), [2, 2, 2, 1]);
}

#[wasm_bindgen_test]
async fn a_colleagues_assignment_is_not_taken_back_unseen() {
    let console = console(2);
    let screen = tab_of(&console, 2).await;
    choose(&screen, &["site-0001", "site-0002"]).await;
    console.change_site(1, |site| site.scanner = 900);
    save(&screen).await;
    screen.read("1 moved, 1 failed.").await;
    screen.read("Someone else moved it to pool Europe in the meantime, so it was left there.").await;
    assert_eq!(scanners(&console, 1..=2), [900, 2]);
    screen.click("button", "Done").await;
    // What it would be taken from is told before it is.
    screen.read("1 site from pool Europe to aachen").await;
    save(&screen).await;
    screen.read("site-0001: moved.").await;
    assert_eq!(scanners(&console, 1..=2), [2, 2]);
}

#[wasm_bindgen_test]
async fn general_is_saved_first_and_nothing_moves_when_that_fails() {
    let console = console(2);
    let screen = at_work_on(&console, "/engines/2", PANEL).await;
    screen.type_into("Name", "aachen-02").await;
    screen.click("tab", "Sites").await;
    choose(&screen, &["site-0001"]).await;
    console.change(2, |engine| engine.name = "aix".to_owned());
    save(&screen).await;
    // The tab with the question is shown.
    screen.read("Someone else has changed this engine in the meantime.").await;
    screen.read("Nothing has been saved, and no site was moved.").await;
    assert_eq!(scanners(&console, 1..=2), [1, 1]);
    screen.click("button", "Save mine").await;
    screen.read("aachen-02 is saved.").await;
    screen.read("site-0001: moved.").await;
    assert_eq!(scanners(&console, 1..=2), [2, 1]);
    assert_eq!(console.bodies().iter().filter(|body| body.contains("aachen-02")).count(), 1);
}

#[wasm_bindgen_test]
async fn what_is_chosen_in_the_dialog_is_not_lost_unasked() {
    let console = console(3);
    let screen = tab_of(&console, 2).await;
    select_sites(&screen).await;
    screen.see("checkbox", "Select site-0002").await;
    screen.click("button", "Close").await;
    screen.see_gone("dialog", "Select Sites").await;
    select_sites(&screen).await;
    screen.click("checkbox", "Select site-0002").await;
    screen.read("1 of 3").await;
    screen.click("button", "Close").await;
    screen.see("dialog", "Leave without saving?").await;
    screen.read("The sites that you have chosen").await;
    screen.click("button", "Stay").await;
    screen.see_gone("dialog", "Leave without saving?").await;
    press_in_dialog(&screen, "Save").await;
    screen.see_gone("dialog", "Select Sites").await;
    screen.see("columnheader", "When you save").await;
}

#[wasm_bindgen_test]
async fn one_list_has_the_sites_that_come_those_that_go_and_those_that_stay() {
    let console = console(5);
    console.change_site(4, |site| site.scanner = 2);
    console.change_site(5, |site| site.scanner = 2);
    let screen = tab_of(&console, 2).await;
    screen.see("link", "site-0004").await;
    choose(&screen, &["site-0001"]).await;
    // The moves come first; there is no other list.
    screen.see_names(&["site-0001", "site-0004", "site-0005"]).await;
    assert!(
        screen.row_text("site-0001").unwrap().contains("Comes from berlin"),
        "{:?}",
        screen.row_text("site-0001")
    );
    // Only what moves is marked.
    let stays = colours_of(&screen, "site-0004").await;
    assert_ne!(colours_of(&screen, "site-0001").await, stays);
    assert_eq!(colours_of(&screen, "site-0005").await, stays);
    assert!(!screen.row_text("site-0004").unwrap().contains("Goes to"));
    select_sites(&screen).await;
    screen.click("checkbox", "Select site-0005").await;
    screen.type_into("New engine or pool for the sites that you unchecked", "pool Europe").await;
    press_in_dialog(&screen, "Save").await;
    screen.see_gone("dialog", "Select Sites").await;
    until("it to be marked", || screen.row_text("site-0005")?.contains("Goes to pool Europe").then_some(()))
        .await;
    assert_eq!(screen.names().len(), 3, "each site is there once");
    screen.click("button", "Undo site-0005").await;
    screen.see_names(&["site-0001", "site-0004", "site-0005"]).await;
    assert!(!screen.row_text("site-0005").unwrap().contains("Goes to"));
}

#[wasm_bindgen_test]
async fn a_move_can_be_taken_back_before_it_is_saved() {
    let console = console(3);
    let screen = tab_of(&console, 2).await;
    choose(&screen, &["site-0001", "site-0003"]).await;
    screen.click("button", "Undo site-0001").await;
    screen.read("1 site from berlin to aachen").await;
    select_sites(&screen).await;
    screen.read("1 of 3 chosen").await;
    press_in_dialog(&screen, "Cancel").await;
    screen.see_gone("dialog", "Select Sites").await;
    screen.click("button", "Discard all").await;
    screen.see_gone("columnheader", "When you save").await;
    let disabled = screen.see("button", "Save").await.get_attribute("aria-disabled");
    assert_eq!(disabled.as_deref(), Some("true"), "nothing is left to be saved");
}

#[wasm_bindgen_test]
async fn what_was_chosen_outlives_a_session_that_ended() {
    let console = console(3);
    let screen = tab_of(&console, 2).await;
    choose(&screen, &["site-0003"]).await;
    {
        let _ahead = ClockAhead::by(16.0 * 60_000.0);
        look_at_the_window();
        screen.read("You were signed out after 15 minutes").await;
    }
    assert!(!screen.text().contains("site-0003"), "it is not in the page while nobody is signed in");
    screen.sign_in("admin").await;
    screen.read("1 site from berlin to aachen").await;
    save(&screen).await;
    screen.read("site-0003: moved.").await;
    assert_eq!(console.site(3).scanner, 2);
}

#[wasm_bindgen_test]
async fn a_reading_that_fails_goes_on_where_it_stopped() {
    let console = console(1200);
    let second = "sites?page=1&size=500&sort=id,ASC";
    console.fault(second, Fault::Unreachable);
    let screen = tab_of(&console, 2).await;
    select_sites(&screen).await;
    screen.read("Reading the sites stopped at 500 of 1,200.").await;
    screen.read("The console could not be reached.").await;
    console.heal();
    screen.click("button", "Try again").await;
    screen.read("0 of 1,200 chosen").await;
    assert_eq!(
        console.calls("sites?page=0&size=500&sort=id,ASC"),
        1,
        "the first page is not asked for again"
    );
}

#[wasm_bindgen_test]
async fn a_reading_that_is_cancelled_goes_on_when_it_is_wanted_again() {
    let console = console(1200);
    let release = console.hold("sites?page=1&size=500&sort=id,ASC");
    let screen = tab_of(&console, 2).await;
    select_sites(&screen).await;
    screen.read("500 of 1,200").await;
    press_in_dialog(&screen, "Cancel").await;
    screen.see_gone("dialog", "Select Sites").await;
    release.send(()).unwrap();
    select_sites(&screen).await;
    screen.read("0 of 1,200 chosen").await;
    assert_eq!(console.calls("sites?page=0&size=500&sort=id,ASC"), 1);
}

#[wasm_bindgen_test]
async fn sites_are_filtered_by_name_and_engine_sorted_and_chosen_all_at_once() {
    let console = console(30);
    for id in [3, 13, 23] {
        console.change_site(id, |site| site.scanner = 2);
    }
    let screen = tab_of(&console, 2).await;
    select_sites(&screen).await;
    screen.read("3 of 30 chosen").await;
    screen.type_into("Filter sites", "site-001 berlin").await;
    screen.see("checkbox", "Select all 9 that match").await.click();
    screen.read("9 sites to aachen: 9 from berlin").await;
    screen.type_into("Filter sites", "aachen").await;
    screen.see("checkbox", "Select all 3 that match").await;
    screen.type_into("Filter sites", "nothing like it").await;
    screen.read("No site matches").await;
    screen.type_into("Filter sites", "").await;
    screen.click("button", "Current engine").await;
    let first = || screen.rows().into_iter().find(|row| row.closest("dialog").unwrap().is_some());
    until("the engine's own sites first", || {
        first()?.text_content()?.contains("site-0003aachen").then_some(())
    })
    .await;
    // Down, and chosen with the keyboard alone.
    first().unwrap().focus().unwrap();
    press("ArrowDown");
    see_focus_on_row("site-0013").await;
    press(" ");
    screen.read("11 of 30 chosen").await;
    screen.see("combobox", "New engine or pool for the sites that you unchecked").await;
}

#[wasm_bindgen_test]
async fn a_page_behind_the_last_is_put_right_without_a_step_that_back_would_lead_into() {
    let count = "const push = History.prototype.pushState; history.pushed = 0;
        history.pushState = (...args) => { history.pushed += 1; push.apply(history, args); };";
    js_sys::Function::new_no_args(count).call0(&wasm_bindgen::JsValue::NULL).unwrap();
    let address = "/engines/1?tab=sites&sites-page=9";
    let screen = at_work_on(&console(5), address, PANEL).await;
    screen.read("site-0001").await;
    let search = || window().location().search().unwrap();
    until(&format!("the first page, not {}", search()), || (search() == "?tab=sites").then_some(())).await;
    let pushed = js_sys::Function::new_no_args("delete history.pushState; return history.pushed;");
    let pushed = pushed.call0(&wasm_bindgen::JsValue::NULL).unwrap();
    assert_eq!(pushed.as_f64(), Some(0.0));
}
