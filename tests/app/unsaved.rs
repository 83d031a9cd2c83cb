//! **Leave without saving?**: one question on every way out of a page with something that is not saved.

use leptos::prelude::{document, window};
use wasm_bindgen_test::wasm_bindgen_test;

use super::{
    console::Console,
    person::{ClockAhead, Screen, at_work, look_at_the_window, press, until},
};

const QUESTION: &str = "Leave without saving?";

fn path() -> String {
    window().location().pathname().unwrap()
}

async fn see_path(wanted: &str) {
    until(&format!("the address {wanted}, not {}", path()), || (path() == wanted).then_some(())).await;
}

/// From the list to an engine, where another name is typed.
async fn typing(console: &Console) -> Screen {
    let screen = at_work(console, "/engines").await;
    screen.click("link", "berlin").await;
    screen.see("heading", "Scan Engine Configuration").await;
    see_path("/engines/1").await;
    screen.type_into("Name", "berlin-02").await;
    until("Save to be possible", || {
        let save = screen.all("button", "Save").into_iter().next()?;
        save.get_attribute("aria-disabled").is_none().then_some(())
    })
    .await;
    screen
}

async fn stay(screen: &Screen) {
    screen.see("dialog", QUESTION).await;
    screen.read("The changes to berlin").await;
    screen.click("button", "Stay").await;
    screen.see_gone("dialog", QUESTION).await;
    assert_eq!(path(), "/engines/1", "address and page are the same as before");
    screen.see("heading", "Scan Engine Configuration").await;
    assert_eq!(screen.field("Name").unwrap().value(), "berlin-02", "what was typed stays");
}

async fn leave(screen: &Screen) {
    screen.see("dialog", QUESTION).await;
    screen.click("button", "Leave").await;
}

fn console() -> Console {
    Console::with(&[(1, "berlin", "10.0.0.10", "active"), (2, "aachen", "10.0.0.9", "active")])
}

#[wasm_bindgen_test]
async fn a_link_asks_first_and_what_was_given_up_does_not_come_back() {
    let screen = typing(&console()).await;
    screen.click("link", "Administration").await;
    stay(&screen).await;
    screen.click("link", "Administration").await;
    leave(&screen).await;
    see_path("/administration").await;
    screen.see("heading", "Administration").await;
    screen.see_gone("dialog", QUESTION).await;

    window().history().unwrap().back().unwrap();
    see_path("/engines/1").await;
    until("the saved name", || (screen.field("Name")?.value() == "berlin").then_some(())).await;
    // Nothing is typed: nothing is asked.
    screen.click("link", "Pools").await;
    see_path("/pools").await;
}

#[wasm_bindgen_test]
async fn the_back_button_asks_first_and_address_and_page_stay_together() {
    let screen = typing(&console()).await;
    for _ in 0..2 {
        window().history().unwrap().back().unwrap();
        stay(&screen).await;
    }
    window().history().unwrap().back().unwrap();
    leave(&screen).await;
    see_path("/engines").await;
    screen.see("heading", "Scan Engines").await;
    screen.see_gone("heading", "Scan Engine Configuration").await;
}

#[wasm_bindgen_test]
async fn another_tab_of_the_page_neither_asks_nor_lets_go() {
    let screen = typing(&console()).await;
    screen.click("tab", "Pairing").await;
    screen.see("heading", "Certificates").await;
    window().history().unwrap().back().unwrap();
    until("the form again", || screen.field("Name")).await;
    assert!(screen.all("dialog", QUESTION).is_empty());
    screen.click("tab", "Pairing").await;
    screen.see("heading", "Certificates").await;
    screen.click("link", "Sites").await;
    leave(&screen).await;
    see_path("/sites").await;
}

#[wasm_bindgen_test]
async fn shortcuts_and_signing_out_ask_first() {
    let screen = typing(&console()).await;
    screen.see("heading", "Scan Engine Configuration").await.focus().unwrap();
    press("g");
    press("e");
    stay(&screen).await;
    screen.click("button", "Sign out").await;
    stay(&screen).await;
    screen.click("button", "Sign out").await;
    leave(&screen).await;
    screen.read("You are signed out.").await;
    screen.see_gone("dialog", QUESTION).await;
}

#[wasm_bindgen_test]
async fn closing_the_tab_is_held_up_only_while_something_is_not_saved() {
    let may_close = || {
        let init = web_sys::EventInit::new();
        init.set_cancelable(true);
        let event = web_sys::Event::new_with_event_init_dict("beforeunload", &init).unwrap();
        window().dispatch_event(&event).unwrap()
    };
    let screen = at_work(&console(), "/engines").await;
    screen.click("link", "berlin").await;
    until("the form", || screen.field("Name")).await;
    assert!(may_close());
    screen.type_into("Name", "berlin-02").await;
    until("the tab to be held up", || (!may_close()).then_some(())).await;
    screen.type_into("Name", "berlin").await;
    until("nothing to be held up", || may_close().then_some(())).await;
}

#[wasm_bindgen_test]
async fn neither_saving_nor_a_sign_out_for_inactivity_asks() {
    let console = console();
    let screen = at_work(&console, "/engines").await;
    screen.click("link", "New engine").await;
    screen.type_into("Name", "rome").await;
    screen.type_into("Address", "10.0.0.77").await;
    {
        let _ahead = ClockAhead::by(16.0 * 60_000.0);
        look_at_the_window();
        screen.read("You were signed out after 15 minutes").await;
    }
    assert!(document().query_selector("dialog[open]").unwrap().is_none());
    screen.sign_in("admin").await;
    until("the typed name", || (screen.field("Name")?.value() == "rome").then_some(())).await;
    screen.click("button", "Save").await;
    see_path("/engines/77").await;
    assert!(screen.all("dialog", QUESTION).is_empty());
    screen.click("link", "Pools").await;
    see_path("/pools").await;
}
