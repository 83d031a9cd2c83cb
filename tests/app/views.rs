//! Saved views of the list of engines.

use leptos::prelude::*;
use wasm_bindgen::JsCast;
use wasm_bindgen_test::wasm_bindgen_test;

use super::{
    activity::{at_work_as, nothing_is_kept},
    console::Console,
    person::{Screen, choose, until},
};

const ENGINES: &str = "Scan Engines";

fn console() -> Console {
    Console::with(&[(1, "berlin", "10.0.0.10", "active"), (2, "aachen", "10.0.0.9", "not-responding")])
}

async fn save_as(screen: &Screen, name: &str) {
    screen.click("summary", "Views").await;
    screen.type_into("Name of the view", name).await;
    screen.click("button", "Save view").await;
    screen.see("button", name).await;
}

#[wasm_bindgen_test]
async fn a_view_brings_back_filter_grouping_and_columns_and_can_be_the_start() {
    nothing_is_kept().await;
    window().local_storage().unwrap().unwrap().remove_item("engine-console.start-view").unwrap();
    let console = console();
    {
        let screen = at_work_as(&console, "admin", "/engines?filter=berlin&group=status", ENGINES).await;
        screen.see_names(&["berlin"]).await;
        let density = screen.see("combobox", "Density").await;
        choose(density.unchecked_ref(), "compact");
        save_as(&screen, "Only Berlin").await;
        let density = screen.see("combobox", "Density").await;
        choose(density.unchecked_ref(), "comfortable");
        screen.type_into("Filter engines", "").await;
        screen.see_names(&["aachen", "berlin"]).await;
        screen.click("button", "Sign out").await;
        screen.see("button", "Sign in").await;
    }
    {
        let screen = at_work_as(&console, "admin", "/engines", ENGINES).await;
        screen.see_names(&["aachen", "berlin"]).await;
        screen.click("summary", "Views").await;
        screen.click("button", "Only Berlin").await;
        screen.see_names(&["berlin"]).await;
        let density = screen.see("combobox", "Density").await;
        assert_eq!(density.unchecked_ref::<web_sys::HtmlSelectElement>().value(), "compact");
        let group = screen.see("combobox", "Group by").await;
        until("the grouping", || {
            (group.unchecked_ref::<web_sys::HtmlSelectElement>().value() == "status").then_some(())
        })
        .await;
        screen.click("button", "Start view: Only Berlin").await;
        choose(density.unchecked_ref(), "comfortable");
        screen.click("button", "Sign out").await;
        screen.see("button", "Sign in").await;
    }
    {
        let screen = at_work_as(&console, "admin", "/", ENGINES).await;
        screen.see_names(&["berlin"]).await;
        let density = screen.see("combobox", "Density").await;
        assert_eq!(density.unchecked_ref::<web_sys::HtmlSelectElement>().value(), "compact");
        // Saved again under its name it is still the start, as it is now.
        choose(density.unchecked_ref(), "comfortable");
        screen.type_into("Filter engines", "aachen").await;
        screen.see_names(&["aachen"]).await;
        save_as(&screen, "only berlin").await;
        screen.click("button", "Sign out").await;
        screen.see("button", "Sign in").await;
    }
    {
        let screen = at_work_as(&console, "admin", "/", ENGINES).await;
        screen.see_names(&["aachen"]).await;
        let density = screen.see("combobox", "Density").await;
        assert_eq!(density.unchecked_ref::<web_sys::HtmlSelectElement>().value(), "comfortable");
        screen.click("summary", "Views").await;
        screen.click("button", "Delete only berlin").await;
        screen.read("No views saved yet.").await;
    }
    // Neither the view nor the start is a colleague's.
    let screen = at_work_as(&console, "colleague", "/", ENGINES).await;
    screen.see_names(&["aachen", "berlin"]).await;
}
