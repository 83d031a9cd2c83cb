//! What every form does while a save is under way: the forms of engines, pools and sites, new ones and those that are there.
//! `xtask/src/lists.rs` finds one that is missing.

use futures::channel::oneshot;
use leptos::prelude::{document, window};
use wasm_bindgen_test::wasm_bindgen_test;

use super::{
    console::{Console, Fault, Pool},
    person::{Screen, at_work_on, until},
};

/// A form: its file, its address, its heading, and how the calls end that save it.
type Form = (&'static str, &'static str, &'static str, &'static str);

const FORMS: [Form; 6] = [
    ("src/forms/engine_form.rs", "/engines/1", "Scan Engine Configuration", "scan_engines/1"),
    ("src/forms/engine_form.rs", "/engines/new", "New engine", "api/3/scan_engines"),
    ("src/forms/pool_form.rs", "/pools/900", "Scan Engine Pool", "scan_engine_pools/900"),
    ("src/forms/pool_form.rs", "/pools/new", "New engine pool", "api/3/scan_engine_pools"),
    ("src/forms/site_form.rs", "/sites/1?tab=general", "Site Configuration", "sites/1"),
    ("src/forms/site_form.rs", "/sites/new", "Create site", "api/3/sites"),
];

fn console() -> Console {
    let engines = [(1, "berlin", "10.0.0.10", "active"), (2, "aachen", "10.0.0.9", "active")];
    Console::with(&engines).with_sites(2).with_pools(&[Pool::new(900, "North", &[1], &[])])
}

/// The form with a name typed, and what else a new engine needs.
async fn typed(console: &Console, (_, address, heading, _): Form, name: &str) -> Screen {
    let screen = at_work_on(console, address, heading).await;
    until("the form", || screen.field("Name")).await;
    screen.type_into("Name", name).await;
    if screen.field("Address").is_some_and(|address| address.value().is_empty()) {
        screen.type_into("Address", "10.0.0.77").await;
    }
    screen
}

async fn can_save(screen: &Screen) {
    until("Save to be possible", || {
        let save = screen.all("button", "Save").into_iter().next()?;
        save.get_attribute("aria-disabled").is_none().then_some(())
    })
    .await;
}

/// A form with the name harbour, sent to a console that holds its answer until the sender is dropped.
async fn sent(form: Form) -> (Console, Screen, oneshot::Sender<()>) {
    let console = console();
    let screen = typed(&console, form, "harbour").await;
    can_save(&screen).await;
    let (.., call) = form;
    let release = console.hold(call);
    let before = console.calls(call);
    screen.click("button", "Save").await;
    until("the call", || (console.calls(call) > before).then_some(())).await;
    (console, screen, release)
}

/// The answer to it is a refusal.
fn refuse(console: &Console, (.., call): Form) {
    console.fault(call, Fault::Answer(400, "application/json", r#"{"message":"It rains."}"#.to_owned()));
}

/// Leaves while the save is held.
async fn leave(screen: &Screen) {
    screen.click("link", "Administration").await;
    screen.see("dialog", "Leave without saving?").await;
    screen.click("button", "Leave").await;
    screen.see("heading", "Administration").await;
}

fn is_over(screen: &Screen) -> bool {
    screen.text().contains("because of a defect")
}

/// Whether the form says so, not the page around, which may have read something in the meantime.
fn is_refused() -> bool {
    let alert = document().query_selector("form [role=alert]").unwrap();
    alert.is_some_and(|alert| alert.text_content().unwrap().contains("It rains."))
}

#[wasm_bindgen_test]
async fn a_save_that_is_under_way_ends_though_its_page_is_left_and_the_news_tell() {
    for form in FORMS {
        let (_console, screen, release) = sent(form).await;
        leave(&screen).await;
        drop(release);
        screen.read("harbour is ").await;
        assert!(!is_over(&screen), "{}", form.1);
        assert_eq!(window().location().pathname().unwrap(), "/administration", "nobody is led away");
    }
}

#[wasm_bindgen_test]
async fn a_save_that_fails_after_its_page_was_left_is_told_and_what_was_typed_is_there_again() {
    for form in FORMS {
        let (console, screen, release) = sent(form).await;
        leave(&screen).await;
        refuse(&console, form);
        drop(release);
        screen.read("harbour was not saved.").await;
        screen.read("It rains.").await;
        console.heal();
        window().history().unwrap().back().unwrap();
        screen.read("What you typed before is still here.").await;
        until("it", || (screen.field("Name")?.value() == "harbour").then_some(())).await;
    }
}

#[wasm_bindgen_test]
async fn what_is_typed_while_a_save_is_under_way_stays() {
    // This console does not keep what is new.
    for form in FORMS.into_iter().filter(|(_, address, ..)| !address.ends_with("/new")) {
        let (_console, screen, release) = sent(form).await;
        screen.type_into("Name", "wharf").await;
        drop(release);
        screen.read("harbour is ").await;
        until(&format!("wharf at {}", form.1), || (screen.field("Name")?.value() == "wharf").then_some(()))
            .await;
        can_save(&screen).await;
    }
}

#[wasm_bindgen_test]
async fn a_refusal_is_about_what_was_sent_and_not_about_what_was_typed_since() {
    for form in FORMS {
        let (console, screen, release) = sent(form).await;
        refuse(&console, form);
        screen.type_into("Name", "wharf").await;
        drop(release);
        can_save(&screen).await;
        assert!(!is_refused(), "{}", form.1);
        screen.type_into("Name", "harbour").await;
        until("the refusal", || is_refused().then_some(())).await;
    }
}
