//! The windowed table, with the keyboard.

use leptos::prelude::window;
use wasm_bindgen::JsCast;
use wasm_bindgen_test::wasm_bindgen_test;
use web_sys::{HtmlElement, HtmlInputElement};

use super::{
    console::{Console, Pool},
    person::{
        Screen, Timers, at_work, at_work_on, choose, click_with_shift, focused, press, press_with_shift,
        see_focus_on_row, until,
    },
};

#[wasm_bindgen_test]
async fn ten_thousand_engines_take_few_rows_of_the_document_and_all_can_be_reached() {
    let screen = at_work(&Console::with_many(10_000), "/engines").await;
    let row = screen.row("engine-00001").await;
    let table = screen.see("table", "Scan Engines").await;
    assert_eq!(table.get_attribute("aria-rowcount").as_deref(), Some("10001"));
    assert!(screen.rows().len() < 100, "{} rows", screen.rows().len());
    row.focus().unwrap();
    press("ArrowDown");
    see_focus_on_row("engine-00002").await;
    press("End");
    see_focus_on_row("engine-10000").await;
    assert_eq!(focused().unwrap().get_attribute("aria-rowindex").as_deref(), Some("10001"));
    press("PageUp");
    until("another row", || (!focused()?.text_content()?.contains("engine-10000")).then_some(())).await;
    press("Home");
    see_focus_on_row("engine-00001").await;
    assert!(screen.rows().len() < 100, "{} rows", screen.rows().len());
}

#[wasm_bindgen_test]
async fn one_row_at_a_time_takes_part_in_the_tab_order() {
    let console = Console::with(&[(1, "a", "10.0.0.1", "unknown"), (2, "b", "10.0.0.2", "unknown")]);
    let screen = at_work(&console, "/engines").await;
    screen.see_names(&["a", "b"]).await;
    let tabbable = || {
        let elements =
            screen.rows().into_iter().filter(|row| row.get_attribute("tabindex").as_deref() == Some("0"));
        elements.map(|row| row.get_attribute("data-key").unwrap()).collect::<Vec<_>>()
    };
    until("the first row", || (tabbable() == ["1"]).then_some(())).await;
    screen.see("button", "Refresh b").await.focus().unwrap();
    until("the second row", || (tabbable() == ["2"]).then_some(())).await;
    assert_eq!(screen.see("button", "Refresh a").await.get_attribute("tabindex").as_deref(), Some("-1"));
}

#[wasm_bindgen_test]
async fn a_filter_that_hides_the_current_row_makes_the_first_one_current() {
    let screen = at_work(&Console::with_many(500), "/engines").await;
    screen.row("engine-00001").await.focus().unwrap();
    press("End");
    see_focus_on_row("engine-00500").await;
    screen.type_into("Filter engines", "engine-0001").await;
    until("ten rows", || (screen.rows().len() == 10).then_some(())).await;
    until("the first row in the tab order", || {
        let row = screen.rows().into_iter().next()?;
        (row.get_attribute("tabindex").as_deref() == Some("0")).then_some(())
    })
    .await;
}

/// The numbers of the engines whose boxes are checked, of those in the document.
fn selected(screen: &Screen) -> Vec<String> {
    let boxes = screen.all("checkbox", "Select engine-").into_iter();
    let checked = boxes.filter(|element| element.unchecked_ref::<HtmlInputElement>().checked());
    checked
        .map(|element| element.get_attribute("aria-label").unwrap().replace("Select engine-000", ""))
        .collect()
}

async fn see_selected(screen: &Screen, numbers: &[&str]) {
    until(&format!("{numbers:?} to be selected, not {:?}", selected(screen)), || {
        (selected(screen) == numbers).then_some(())
    })
    .await;
}

async fn select_box(screen: &Screen, number: &str) -> HtmlElement {
    screen.see("checkbox", &format!("Select engine-000{number}")).await
}

#[wasm_bindgen_test]
async fn a_click_with_shift_selects_all_rows_from_the_last_one_to_this() {
    let screen = at_work(&Console::with_many(10), "/engines").await;
    select_box(&screen, "03").await.click();
    see_selected(&screen, &["03"]).await;
    screen.read("1 selected").await;
    click_with_shift(&select_box(&screen, "06").await);
    see_selected(&screen, &["03", "04", "05", "06"]).await;
    screen.read("4 selected").await;
    select_box(&screen, "04").await.click();
    see_selected(&screen, &["03", "05", "06"]).await;
    // The range goes by the order on screen.
    screen.click("button", "Name").await;
    until("the other order", || (screen.names().first()? == "engine-00010").then_some(())).await;
    click_with_shift(&select_box(&screen, "07").await);
    see_selected(&screen, &["07", "06", "05", "04", "03"]).await;
    screen.click("button", "Clear").await;
    see_selected(&screen, &[]).await;
    screen.see_gone("button", "Clear").await;
}

#[wasm_bindgen_test]
async fn on_the_keyboard_space_selects_and_shift_with_the_arrows_extends() {
    let screen = at_work(&Console::with_many(10), "/engines").await;
    screen.row("engine-00002").await.focus().unwrap();
    press(" ");
    see_selected(&screen, &["02"]).await;
    see_focus_on_row("engine-00002").await;
    press_with_shift("ArrowDown");
    see_focus_on_row("engine-00003").await;
    press_with_shift("ArrowDown");
    see_focus_on_row("engine-00004").await;
    see_selected(&screen, &["02", "03", "04"]).await;
    press_with_shift("ArrowUp");
    see_focus_on_row("engine-00003").await;
    see_selected(&screen, &["02", "03"]).await;
    press("ArrowDown");
    see_focus_on_row("engine-00004").await;
    see_selected(&screen, &["02", "03"]).await;
    press_with_shift("End");
    see_focus_on_row("engine-00010").await;
    until("all from the fourth on", || (selected(&screen).len() == 9).then_some(())).await;
    press(" ");
    until("the last one to be left out", || (selected(&screen).len() == 8).then_some(())).await;
}

#[wasm_bindgen_test]
async fn a_selection_survives_filter_and_reading_and_loses_only_what_is_gone() {
    let console = Console::with_many(10);
    let screen = at_work(&console, "/engines").await;
    for number in ["03", "05"] {
        select_box(&screen, number).await.click();
    }
    screen.type_into("Filter engines", "engine-00005").await;
    see_selected(&screen, &["05"]).await;
    screen.read("2 selected").await;
    screen.click("button", "Empty the filter").await;
    see_selected(&screen, &["03", "05"]).await;
    // Someone else deletes one.
    console.remove(5);
    screen.click("button", "Refresh displayed engines").await;
    see_selected(&screen, &["03"]).await;
    screen.read("1 selected").await;
}

#[wasm_bindgen_test]
async fn all_ten_thousand_that_match_are_selected_at_once_and_no_row_is_made_anew() {
    let screen = at_work(&Console::with_many(10_000), "/engines").await;
    let cell = screen.see("rowheader", "engine-00001").await;
    let rows = screen.all_rows_made().await;
    screen.type_into("Filter engines", "engine-0").await;
    let head = screen.see("checkbox", "Select all 9,999 that match").await;
    head.click();
    screen.read("9,999 selected").await;
    until("all boxes in view", || (selected(&screen).len() == screen.rows().len()).then_some(())).await;
    // The bar of the selection takes some of the room.
    assert!(screen.rows().len() <= rows, "rows outside the window came into the document");
    assert!(cell.is_connected(), "a cell was made anew");
    screen.type_into("Filter engines", "").await;
    let head = screen.see("checkbox", "Select all 10,000 that match").await;
    until("neither all nor none", || head.unchecked_ref::<HtmlInputElement>().indeterminate().then_some(()))
        .await;
    screen.click("button", "Select all 10,000 that match").await;
    screen.read("10,000 selected").await;
    until("all", || head.unchecked_ref::<HtmlInputElement>().checked().then_some(())).await;
    screen.click("button", "Clear").await;
    see_selected(&screen, &[]).await;
}

#[wasm_bindgen_test]
async fn back_leads_to_the_place_that_was_left_and_a_link_begins_anew() {
    let screen = at_work(&Console::with_many(500), "/engines").await;
    screen.row("engine-00001").await.focus().unwrap();
    press("End");
    see_focus_on_row("engine-00500").await;
    press(" ");
    screen.read("1 selected").await;
    press("Enter");
    screen.see("heading", "Scan Engine Configuration").await;
    window().history().unwrap().back().unwrap();
    screen.see("heading", "Scan Engines").await;
    see_focus_on_row("engine-00500").await;
    screen.read("1 selected").await;
    let row = focused().unwrap().get_bounding_client_rect();
    let table =
        screen.see("table", "Scan Engines").await.parent_element().unwrap().get_bounding_client_rect();
    assert!(
        row.bottom() <= table.bottom() + 1.0,
        "the row is out of view: {} below {}",
        row.bottom(),
        table.bottom()
    );

    screen.click("link", "Pools").await;
    screen.see("heading", "Scan Engine Pools").await;
    screen.click("link", "Engines").await;
    screen.see("heading", "Scan Engines").await;
    screen.row("engine-00001").await;
    assert!(!screen.text().contains("1 selected"));
}

#[wasm_bindgen_test]
async fn back_leads_to_the_place_also_where_a_link_had_led_to_the_list() {
    let screen = at_work(&Console::with_many(500), "/engines").await;
    screen.click("link", "Pools").await;
    screen.see("heading", "Scan Engine Pools").await;
    screen.click("link", "Engines").await;
    screen.row("engine-00001").await.focus().unwrap();
    press("End");
    see_focus_on_row("engine-00500").await;
    press("Enter");
    screen.see("heading", "Scan Engine Configuration").await;
    window().history().unwrap().back().unwrap();
    screen.see("heading", "Scan Engines").await;
    see_focus_on_row("engine-00500").await;
    // After that way back a link begins again, whatever lies between.
    screen.click("link", "Administration").await;
    screen.see("heading", "Administration").await;
    screen.click("link", "Engines").await;
    screen.row("engine-00001").await;
}

/// Every list that one leaves and comes back to.
#[wasm_bindgen_test]
async fn back_leads_to_the_place_in_every_list() {
    let pools = (901..=960).map(|id| Pool::new(id, &format!("pool-{id}"), &[1], &[])).collect::<Vec<_>>();
    let console = Console::with_many(600).with_sites(50).with_pools(&pools);
    for (address, heading, first) in [
        ("/engines", "Scan Engines", "engine-00001"),
        ("/pools", "Scan Engine Pools", "pool-901"),
        ("/sites", "Sites", "site-0001"),
        ("/health", "Engine Health", "engine-00010: Not responding"),
        ("/health?tab=audit", "Engine Health", "engine-00001"),
    ] {
        let screen = at_work_on(&console, address, heading).await;
        screen.row(first).await.focus().unwrap();
        press("End");
        let last = until(&format!("the last row of {address}"), || {
            let row = focused()?;
            let rows = row.closest("table").ok()??.get_attribute("aria-rowcount");
            (row.get_attribute("aria-rowindex") == rows).then(|| row.get_attribute("data-key"))
        })
        .await;
        screen.click("link", "Administration").await;
        screen.see("heading", "Administration").await;
        window().history().unwrap().back().unwrap();
        screen.see("heading", heading).await;
        until(&format!("the focus on the last row of {address}"), || {
            (focused()?.get_attribute("data-key") == last).then_some(())
        })
        .await;
    }
}

/// Two engines, by status: the one that does not respond comes first.
async fn by_status() -> (Console, Screen, Timers) {
    let console =
        Console::with(&[(1, "berlin", "10.0.0.1", "not-responding"), (2, "aachen", "10.0.0.2", "active")]);
    let timers = Timers::mine();
    let screen = at_work(&console, "/engines?sort=status").await;
    screen.see_names(&["berlin", "aachen"]).await;
    until("the timer", || timers.started(30_000).then_some(())).await;
    (console, screen, timers)
}

/// The two change places.
fn turn(console: &Console) {
    console.change(1, |engine| engine.status = "active");
    console.change(2, |engine| engine.status = "not-responding");
}

#[wasm_bindgen_test]
async fn while_somebody_is_at_the_rows_a_reading_changes_them_in_place() {
    let (console, screen, timers) = by_status().await;
    screen.row("aachen").await.focus().unwrap();
    turn(&console);
    timers.fire(30_000);
    screen.read("The list has changed since it was sorted.").await;
    screen.see_names(&["berlin", "aachen"]).await;
    until("the new status", || screen.row_text("aachen")?.contains("Not responding").then_some(())).await;
    screen.click("button", "Sort again").await;
    screen.see_names(&["aachen", "berlin"]).await;
    screen.see_gone("button", "Sort again").await;
    // What the person asks for is done at once.
    screen.click("button", "Name").await;
    screen.see_names(&["aachen", "berlin"]).await;
    screen.click("button", "Name").await;
    screen.see_names(&["berlin", "aachen"]).await;
}

#[wasm_bindgen_test]
async fn a_row_that_the_filter_would_hide_now_stays_until_nobody_is_at_it() {
    let (console, screen, timers) = by_status().await;
    screen.click("button", "Not responding").await;
    screen.see_names(&["berlin"]).await;
    screen.row("berlin").await.focus().unwrap();
    turn(&console);
    timers.fire(30_000);
    screen.see_names(&["berlin", "aachen"]).await;
    console.remove(1);
    timers.fire(30_000);
    screen.see_names(&["aachen"]).await;
}

#[wasm_bindgen_test]
async fn rows_that_nobody_is_at_are_put_in_order_by_each_reading() {
    let (console, screen, timers) = by_status().await;
    turn(&console);
    timers.fire(30_000);
    screen.see_names(&["aachen", "berlin"]).await;
    assert!(screen.all("button", "Sort again").is_empty());
}

fn fleet() -> Console {
    Console::with(&[
        (1, "berlin", "10.0.0.10", "active"),
        (2, "aachen", "10.0.0.9", "not-responding"),
        (3, "cologne", "192.168.1.1", "active"),
    ])
}

/// The lines of the table in order: groups in brackets, then what is in them.
fn lines(screen: &Screen) -> Vec<String> {
    let line = |row: &HtmlElement| {
        let head = row.query_selector(".group-head").unwrap();
        match head {
            Some(head) => format!("[{}]", head.text_content().unwrap().trim_start_matches("Group ")),
            None => row.query_selector("th a").unwrap().unwrap().text_content().unwrap(),
        }
    };
    screen.rows().iter().map(line).collect()
}

async fn see_lines(screen: &Screen, expected: &[&str]) {
    until(&format!("{expected:?}, not {:?}", lines(screen)), || (lines(screen) == expected).then_some(()))
        .await;
}

#[wasm_bindgen_test]
async fn engines_are_grouped_and_a_group_is_folded_and_selected_as_a_whole() {
    let screen = at_work(&fleet(), "/engines").await;
    let select = screen.see("combobox", "Group by").await.unchecked_into();
    choose(&select, "status");
    see_lines(&screen, &["[Not responding 1]", "aachen", "[Active 2]", "berlin", "cologne"]).await;
    assert_eq!(window().location().search().unwrap(), "?group=status");
    let table = screen.see("table", "Scan Engines").await;
    assert_eq!(table.get_attribute("aria-rowcount").as_deref(), Some("6"), "groups are rows of the table");

    screen.click("checkbox", "Select all 2 of Active").await;
    screen.read("2 selected").await;
    for name in ["Select berlin", "Select cologne"] {
        assert!(screen.see("checkbox", name).await.unchecked_into::<HtmlInputElement>().checked(), "{name}");
    }
    screen.click("checkbox", "Select berlin").await;
    screen.read("1 selected").await;
    let all = screen.see("checkbox", "Select all 2 of Active").await.unchecked_into::<HtmlInputElement>();
    until("the box to be half", || all.indeterminate().then_some(())).await;

    screen.click("button", "Group Active 2").await;
    see_lines(&screen, &["[Not responding 1]", "aachen", "[Active 2]"]).await;
    let head = screen.see("button", "Group Active 2").await;
    assert_eq!(head.get_attribute("aria-expanded").as_deref(), Some("false"));
    // What is folded is still meant.
    screen.read("1 selected").await;
    screen.click("checkbox", "Select all 3 that match").await;
    screen.read("3 selected").await;

    choose(&select, "");
    see_lines(&screen, &["aachen", "berlin", "cologne"]).await;
}

#[wasm_bindgen_test]
async fn groups_are_folded_and_selected_by_keys() {
    let screen = at_work(&fleet(), "/engines?group=status&filter=e").await;
    see_lines(&screen, &["[Not responding 1]", "aachen", "[Active 2]", "berlin", "cologne"]).await;
    screen.rows()[0].focus().unwrap();
    press("ArrowDown");
    press("ArrowDown");
    until("the focus on the group", || focused()?.text_content()?.contains("Active").then_some(())).await;
    press(" ");
    screen.read("2 selected").await;
    press("ArrowLeft");
    see_lines(&screen, &["[Not responding 1]", "aachen", "[Active 2]"]).await;
    press("ArrowRight");
    see_lines(&screen, &["[Not responding 1]", "aachen", "[Active 2]", "berlin", "cologne"]).await;
    press("Enter");
    see_lines(&screen, &["[Not responding 1]", "aachen", "[Active 2]"]).await;
    press(" ");
    screen.see_gone("button", "Clear").await;
    // A range over a group selects its rows and nothing else.
    press("Enter");
    see_lines(&screen, &["[Not responding 1]", "aachen", "[Active 2]", "berlin", "cologne"]).await;
    press("Home");
    until("the focus on the first", || focused()?.text_content()?.contains("Not responding").then_some(()))
        .await;
    press_with_shift("End");
    screen.read("3 selected").await;
}

#[wasm_bindgen_test]
async fn a_click_with_shift_sorts_by_a_second_column() {
    let screen = at_work(&fleet(), "/engines?sort=status").await;
    screen.see_names(&["aachen", "berlin", "cologne"]).await;
    click_with_shift(&screen.see("button", "Name").await);
    until("the address", || (window().location().search().ok()? == "?sort=status%2Cname").then_some(()))
        .await;
    click_with_shift(&screen.see("button", "Name, second").await);
    screen.see_names(&["aachen", "cologne", "berlin"]).await;
    screen.click("button", "Name, second").await;
    screen.see_names(&["aachen", "berlin", "cologne"]).await;
    assert_eq!(window().location().search().unwrap(), "?sort=name");
}
