//! The field in which an engine or a pool is chosen, wherever it stands.

use engine_console::browser::timer::breathe;
use leptos::prelude::document;
use wasm_bindgen::JsValue;
use wasm_bindgen_test::wasm_bindgen_test;
use web_sys::HtmlElement;

use super::{
    console::{Console, Pool},
    person::{Screen, at_work, at_work_on, press, until},
};

const FIELD: &str = "Engine that takes its place";

/// The field that asks who replaces the first engine.
async fn replacing(console: &Console) -> Screen {
    let screen = at_work_on(console, "/engines/1", "Scan Engine Configuration").await;
    screen.click("button", "Replace engine").await;
    until("the field", || screen.field(FIELD)).await.focus().unwrap();
    screen
}

fn console() -> Console {
    let engines = [
        (1, "berlin", "10.0.0.1", "active"),
        (2, "aachen", "10.0.0.2", "not-responding"),
        (3, "cologne", "10.0.0.3", "active"),
        (4, "local", "127.0.0.1", "active"),
    ];
    Console::with(&engines).with_pools(&[Pool::new(900, "Europe", &[1], &[])])
}

fn options(screen: &Screen) -> Vec<String> {
    let words = |option: HtmlElement| {
        let text = option.text_content().unwrap_or_default();
        text.split_whitespace().collect::<Vec<_>>().join(" ")
    };
    screen.all("option", "").into_iter().map(words).collect()
}

/// What the arrow keys have come to, as a screen reader is told.
fn marked(screen: &Screen) -> Option<String> {
    let id = screen.field(FIELD)?.get_attribute("aria-activedescendant")?;
    let option = document().get_element_by_id(&id)?;
    assert_eq!(option.get_attribute("aria-selected").as_deref(), Some("true"));
    Some(option.text_content()?.split_whitespace().next()?.to_owned())
}

#[wasm_bindgen_test]
async fn the_list_says_how_each_one_is_and_why_some_can_not_be_chosen() {
    let screen = replacing(&console()).await;
    assert!(screen.all("listbox", FIELD).is_empty(), "it opens when it is wanted");
    screen.click("combobox", FIELD).await;
    let list = screen.see("listbox", FIELD).await;
    let field = screen.field(FIELD).unwrap();
    assert_eq!(field.get_attribute("aria-expanded").as_deref(), Some("true"));
    assert_eq!(field.get_attribute("aria-controls"), list.get_attribute("id"));
    let shown = options(&screen);
    assert_eq!(shown[..2], ["aachen Not responding, 1 site", "cologne Active, 1 site"]);
    assert!(shown[2].starts_with("local Active, 1 site It can't take over the pools."), "{shown:?}");
    let local = screen.see("option", "local").await;
    assert_eq!(local.get_attribute("aria-disabled").as_deref(), Some("true"));
    local.click();
    assert_eq!(field.value(), "", "it can't be chosen");
    let (field, list) = (field.get_bounding_client_rect(), list.get_bounding_client_rect());
    assert!(
        (list.top() - field.bottom()).abs() < 8.0,
        "it hangs from the field: {} {}",
        list.top(),
        field.bottom()
    );
    assert!(list.width() >= field.width() - 4.0, "{} {}", list.width(), field.width());
    screen.click("option", "cologne").await;
    screen.see_gone("listbox", FIELD).await;
    screen.see("button", "Replace berlin with cologne").await;
}

#[wasm_bindgen_test]
async fn the_keyboard_is_enough() {
    let screen = replacing(&console()).await;
    press("ArrowDown");
    until("the first", || (marked(&screen)? == "aachen").then_some(())).await;
    press("ArrowDown");
    press("ArrowDown");
    until("the last", || (marked(&screen)? == "local").then_some(())).await;
    press("Enter");
    assert_eq!(screen.field(FIELD).unwrap().value(), "", "it can't be chosen");
    press("Home");
    until("the first", || (marked(&screen)? == "aachen").then_some(())).await;
    press("ArrowUp");
    until("the last", || (marked(&screen)? == "local").then_some(())).await;
    press("End");
    press("ArrowUp");
    until("the one before", || (marked(&screen)? == "cologne").then_some(())).await;
    press("Escape");
    screen.see_gone("listbox", FIELD).await;
    screen.see("dialog", "Replace berlin").await;
    press("ArrowUp");
    until("the last", || (marked(&screen)? == "local").then_some(())).await;
    press("Home");
    press("Enter");
    screen.see_gone("listbox", FIELD).await;
    screen.see("button", "Replace berlin with aachen").await;
    screen.read("Its status is Not responding: until it is active, it scans nothing.").await;
    // Who has chosen sees the others as well.
    press("ArrowDown");
    until("all of them", || (options(&screen).len() == 3).then_some(())).await;
}

#[wasm_bindgen_test]
async fn typing_narrows_the_list_and_half_a_name_blocks_the_action_with_the_reason() {
    let screen = replacing(&console()).await;
    screen.type_into(FIELD, "O").await;
    until("those with an o", || (options(&screen).len() == 2).then_some(())).await;
    let refused = "“O” is not in the list: choose one that is.";
    let action = screen.see("button", "Replace berlin").await;
    let action = screen.all("button", "Replace berlin").pop().unwrap_or(action);
    until("the reason", || (action.get_attribute("title")? == refused).then_some(())).await;
    assert!(!screen.field(FIELD).unwrap().has_attribute("aria-invalid"), "it may become a name yet");
    press("Escape");
    screen.read(refused).await;
    screen.type_into(FIELD, "AACH").await;
    until("one", || (options(&screen).len() == 1).then_some(())).await;
    // The only one that is left.
    press("Enter");
    screen.see("button", "Replace berlin with aachen").await;
    assert_eq!(screen.field(FIELD).unwrap().value(), "aachen");
    screen.type_into(FIELD, "hamburg").await;
    screen.read("“hamburg” is not in the list").await;
    assert!(screen.all("listbox", FIELD).is_empty());
}

#[wasm_bindgen_test]
async fn of_many_the_first_are_shown_and_how_many_more_there_are() {
    let screen = replacing(&Console::with_many(251)).await;
    press("ArrowDown");
    screen.read("200 more match: type part of the name.").await;
    assert_eq!(options(&screen).len(), 50);
    press("End");
    let last = screen.all("option", "").pop().unwrap();
    let list = screen.see("listbox", FIELD).await;
    until("the last one in sight", || {
        let (option, list) = (last.get_bounding_client_rect(), list.get_bounding_client_rect());
        (option.bottom() <= list.bottom() + 1.0 && option.top() >= list.top()).then_some(())
    })
    .await;
}

#[wasm_bindgen_test]
async fn what_was_opened_before_the_browser_was_idle_stays_when_it_is() {
    let run = |script: &str| js_sys::Function::new_no_args(script).call0(&JsValue::NULL).unwrap();
    run("window.__held = []; window.requestIdleCallback = (run) => window.__held.push(run);");
    let screen = at_work(&console(), "/engines").await;
    // The browser is idle once, and the part comes; what it adds to the page waits for the next time.
    run("window.__held.splice(0).forEach((run) => run());");
    until("what waits for its turn", || run("return window.__held.length > 4").is_truthy().then_some(()))
        .await;
    screen.click("checkbox", "Select cologne").await;
    screen.click("button", "Add to pool").await;
    screen.type_into("Engine pool", "Euro").await;
    screen.click("combobox", "Engine pool").await;
    let (field, option) = (screen.field("Engine pool").unwrap(), screen.see("option", "New pool…").await);
    run("delete window.requestIdleCallback; window.__held.forEach((run) => run());");
    breathe().await;
    breathe().await;
    assert!(field.is_connected() && option.is_connected());
    assert_eq!(field.value(), "Euro");
}

#[wasm_bindgen_test]
async fn a_new_pool_is_made_where_a_pool_is_asked_for_and_is_chosen() {
    let console = console();
    let screen = at_work(&console, "/engines").await;
    screen.click("checkbox", "Select cologne").await;
    screen.click("button", "Add to pool").await;
    screen.click("combobox", "Engine pool").await;
    screen.click("option", "New pool…").await;
    screen.see("dialog", "Create Engine Pool").await;
    screen.type_into("Name", "Rhine").await;
    screen.click("button", "Save").await;
    screen.see_gone("dialog", "Create Engine Pool").await;
    screen.see("dialog", "Add cologne to Rhine").await;
    assert_eq!(screen.field("Engine pool").unwrap().value(), "Rhine");
    screen.click("button", "Add cologne to Rhine").await;
    screen.read("cologne: added.").await;
    assert_eq!(console.pool("Rhine").unwrap().engines, [3]);
}
