//! The command palette, and the keys that work anywhere.

use leptos::prelude::window;
use wasm_bindgen_test::wasm_bindgen_test;

use super::{
    console::Console,
    person::{Screen, at_work, focused, press, press_with_ctrl, until},
};

const FIND: &str = "Find a screen, engine, pool, site or action";

fn console() -> Console {
    Console::with(&[
        (1, "berlin", "10.0.0.10", "active"),
        (2, "aachen", "10.0.0.9", "not-responding"),
        (3, "Old berlin", "192.168.1.1", "active"),
    ])
}

async fn palette(console: &Console) -> Screen {
    let screen = at_work(console, "/engines").await;
    screen.see("rowheader", "berlin").await;
    screen.see("heading", "Scan Engines").await.focus().unwrap();
    press_with_ctrl("k");
    screen.see("dialog", "Command palette").await;
    until("the focus in the field", || (focused()?.get_attribute("aria-label")? == FIND).then_some(())).await;
    screen
}

fn options(screen: &Screen) -> Vec<String> {
    screen.all("option", "").iter().filter_map(|it| it.text_content()).collect()
}

/// The option that is marked, by what the field says of it.
fn marked(screen: &Screen) -> Option<String> {
    let field = screen.all("combobox", FIND).pop()?;
    let id = field.get_attribute("aria-activedescendant")?;
    let option = leptos::prelude::document().get_element_by_id(&id)?;
    (option.get_attribute("aria-selected")? == "true").then_some(())?;
    option.text_content()
}

#[wasm_bindgen_test]
async fn the_palette_leads_to_anything_by_its_name() {
    let screen = palette(&console()).await;
    assert!(options(&screen).contains(&"Health Screen".to_owned()), "{:?}", options(&screen));
    screen.type_into(FIND, "EUR").await;
    until("the pool", || (options(&screen) == ["Europe Pool"]).then_some(())).await;
    screen.type_into(FIND, "berlin").await;
    let found = ["berlin Active", "Old berlin Active"];
    until("what is called so", || (options(&screen) == found).then_some(())).await;
    assert_eq!(marked(&screen).unwrap(), "berlin Active");
    press("ArrowUp");
    press("ArrowDown");
    until("the first again", || (marked(&screen)? == "berlin Active").then_some(())).await;
    press("ArrowDown");
    until("the second", || (marked(&screen)? == "Old berlin Active").then_some(())).await;
    press("Enter");
    screen.see("heading", "Old berlin").await;
    screen.see_gone("dialog", "Command palette").await;
    assert_eq!(window().location().pathname().unwrap(), "/engines/3");
}

#[wasm_bindgen_test]
async fn a_name_that_nothing_has_is_told_and_enter_does_nothing() {
    let screen = palette(&console()).await;
    screen.type_into(FIND, "paris").await;
    screen.read("No matches.").await;
    press("Enter");
    screen.see("dialog", "Command palette").await;
}

#[wasm_bindgen_test]
async fn the_palette_does_what_can_be_done_to_what_is_selected() {
    let console = console();
    let screen = at_work(&console, "/engines").await;
    screen.click("checkbox", "Select berlin").await;
    screen.click("checkbox", "Select aachen").await;
    screen.read("2 selected").await;
    // The box has the focus.
    press_with_ctrl("k");
    screen.see("dialog", "Command palette").await;
    screen.type_into(FIND, "update 2").await;
    until("the action", || (options(&screen) == ["Update 2 engines Action"]).then_some(())).await;
    screen.all("option", "")[0].click();
    screen.see("dialog", "Update 2 engines").await;
    screen.see_gone("dialog", "Command palette").await;
    screen.click("button", "Cancel").await;
    // Without a selection there is nothing to be done to it.
    screen.see_gone("dialog", "Update 2 engines").await;
    screen.see("heading", "Scan Engines").await.focus().unwrap();
    press("Escape");
    screen.see_gone("button", "Clear").await;
    press_with_ctrl("k");
    screen.see("dialog", "Command palette").await;
    screen.type_into(FIND, "update").await;
    screen.read("No matches.").await;
}

#[wasm_bindgen_test]
async fn ctrl_a_selects_all_that_match_and_escape_selects_nothing() {
    let screen = at_work(&console(), "/engines").await;
    screen.type_into("Filter engines", "berlin").await;
    screen.see_names(&["berlin", "Old berlin"]).await;
    // In the field it is the field's own text that is selected.
    press_with_ctrl("a");
    press("Escape");
    screen.row("berlin").await.focus().unwrap();
    press_with_ctrl("a");
    screen.read("2 selected").await;
    press("Escape");
    screen.see_gone("button", "Clear").await;
    screen.row("berlin").await;
}

#[wasm_bindgen_test]
async fn g_and_a_letter_lead_to_each_screen() {
    let console = console();
    let screen = at_work(&console, "/engines").await;
    screen.see("heading", "Scan Engines").await.focus().unwrap();
    for (letter, heading) in [
        ("i", "Sites"),
        ("h", "Engine Health"),
        ("p", "Scan Engine Pools"),
        ("s", "Generate Scan Engine Shared Secret"),
        ("e", "Scan Engines"),
    ] {
        press("g");
        press(letter);
        screen.see("heading", heading).await;
        until("the focus on it", || (focused()?.text_content()? == heading).then_some(())).await;
    }
}
