//! Notes and tags on engines: written, kept, found, grouped by.

use engine_console::browser::timer::breathe;
use leptos::prelude::document;
use wasm_bindgen::JsCast;
use wasm_bindgen_test::wasm_bindgen_test;
use web_sys::{Event, EventInit};

use super::{
    activity::{at_work_as, nothing_is_kept},
    console::Console,
    person::{Screen, choose, until},
};

const PANEL: &str = "Scan Engine Configuration";

fn console() -> Console {
    Console::with(&[(1, "berlin", "10.0.0.10", "active"), (2, "aachen", "10.0.0.9", "active")])
}

/// The note has several lines, unlike the fields of the other tests.
async fn type_note(screen: &Screen, text: &str) {
    let field = screen.see("textbox", "Note").await;
    js_sys::Reflect::set(&field, &"value".into(), &text.into()).unwrap();
    let init = EventInit::new();
    init.set_bubbles(true);
    field.dispatch_event(&Event::new_with_event_init_dict("input", &init).unwrap()).unwrap();
    breathe().await;
}

async fn write(screen: &Screen, tags: &str, text: &str) {
    screen.click("button", "Edit notes and tags").await;
    screen.see("dialog", "Notes and tags of berlin").await;
    screen.type_into("Tags", tags).await;
    type_note(screen, text).await;
    screen.click("button", "Save note").await;
    screen.see_gone("dialog", "Notes and tags of berlin").await;
}

#[wasm_bindgen_test]
async fn a_note_is_kept_found_by_the_filter_and_grouped_by() {
    nothing_is_kept().await;
    let console = console();
    {
        let screen = at_work_as(&console, "admin", "/engines/1", PANEL).await;
        screen.read("No note and no tags.").await;
        write(&screen, "Prod, rack 4,prod", "Behind the old firewall").await;
        screen.read("rack 4").await;
        screen.read("Behind the old firewall").await;
        // The same tag twice is one.
        let tags = document().query_selector_all("[aria-label=Tags] li").unwrap();
        assert_eq!(tags.length(), 2);
        screen.click("button", "Sign out").await;
        screen.see("button", "Sign in").await;
    }
    {
        let screen = at_work_as(&console, "admin", "/engines?filter=tag:prod", "Scan Engines").await;
        screen.see_names(&["berlin"]).await;
        screen.type_into("Filter engines", "-note:firewall").await;
        screen.see_names(&["aachen"]).await;
        screen.type_into("Filter engines", "").await;
        let group = screen.see("combobox", "Group by").await;
        choose(group.unchecked_ref(), "tag");
        screen.read("Prod, rack 4").await;
        screen.read("No tag").await;
    }
    let screen = at_work_as(&console, "colleague", "/engines/1", PANEL).await;
    screen.read("No note and no tags.").await;
}

#[wasm_bindgen_test]
async fn what_is_typed_is_not_lost_without_a_question_and_a_note_can_be_emptied() {
    nothing_is_kept().await;
    let console = console();
    let screen = at_work_as(&console, "admin", "/engines/1", PANEL).await;
    screen.click("button", "Edit notes and tags").await;
    type_note(&screen, "Half").await;
    screen.click("button", "Close").await;
    screen.see("dialog", "Leave without saving?").await;
    screen.read("The note on berlin").await;
    screen.click("button", "Stay").await;
    screen.click("button", "Save note").await;
    screen.read("Half").await;
    write(&screen, "", "").await;
    until("the empty note", || screen.text().contains("No note and no tags.").then_some(())).await;
}
