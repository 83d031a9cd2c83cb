//! **Sign in**, and what happens to a session.

use engine_console::rehearsal::Rehearsal;
use leptos::prelude::document;
use wasm_bindgen::JsCast;
use wasm_bindgen_test::wasm_bindgen_test;

use super::{
    console::{Console, Fault},
    person::{
        ClockAhead, MonotonicAhead, Screen, at_work, focused, look_at_the_window, next_frame, open, press,
        until,
    },
};

fn console() -> Console {
    Console::with(&[(1, "berlin", "10.0.0.1", "active")])
}

#[wasm_bindgen_test]
async fn the_right_password_leads_to_the_engines_and_their_heading_has_the_focus() {
    let screen = at_work(&console(), "/").await;
    screen.see_names(&["berlin"]).await;
    assert_eq!(leptos::prelude::window().location().pathname().unwrap(), "/engines");
    until("the focus on the heading", || (focused()?.text_content()? == "Scan Engines").then_some(())).await;
    screen.read("console.example.org · version 6.6.200").await;
    screen.read("Signed in as admin").await;
}

#[wasm_bindgen_test]
async fn who_is_faster_than_the_heading_keeps_the_focus() {
    let screen = at_work(&console(), "/engines").await;
    until("the focus on the heading", || (focused()?.text_content()? == "Scan Engines").then_some(())).await;
    screen.click("link", "Sites").await;
    // The heading's turn comes with the next frame; in the document the page is before it.
    let filter = loop {
        match screen.field("Filter sites") {
            Some(filter) => break filter,
            None => leptos::task::tick().await,
        }
    };
    filter.focus().unwrap();
    next_frame().await;
    next_frame().await;
    assert_eq!(focused().map(|focused| focused.id()), Some(filter.id()));
    assert!(focused().is_some_and(|focused| focused.tag_name() == "INPUT"));
}

#[wasm_bindgen_test]
async fn the_workbench_is_rehearsed_and_nobody_sees_it() {
    let console = console();
    let screen = open(&console, "/");
    let typed = screen.field("Username").unwrap();
    until("the focus", || (focused()?.id() == typed.id()).then_some(())).await;
    let on_screen = || document().query_selector("main").unwrap().unwrap().outer_html();
    let before = on_screen();
    let rehearsal = Rehearsal::begin().unwrap();
    while rehearsal.go_on() {
        next_frame().await;
        next_frame().await;
    }
    until("its rows", || {
        let rows = document().query_selector_all(".rehearsal tr[data-key]:not([hidden])").unwrap();
        (rows.length() == 3).then_some(())
    })
    .await;
    assert!(on_screen() == before, "the sign-in page has changed");
    assert!(screen.rows().is_empty());
    assert_eq!(document().title(), "Sign in – Engine console");
    assert_eq!(focused().map(|focused| focused.id()), Some(typed.id()));
    drop(rehearsal);
    // The app makes one as well.
    let gone = || document().query_selector(".rehearsal").unwrap().is_none();
    until("the rehearsal to go", || gone().then_some(())).await;
    assert_eq!(console.calls(""), 0);
    screen.sign_in("admin").await;
    screen.see_names(&["berlin"]).await;
}

#[wasm_bindgen_test]
async fn a_missing_user_name_is_said_without_asking_the_console() {
    let console = console();
    let screen = open(&console, "/");
    screen.click("button", "Sign in").await;
    screen.read("Enter a user name.").await;
    assert_eq!(console.calls("api/3"), 0);
}

#[wasm_bindgen_test]
async fn a_wrong_password_says_so_and_what_was_typed_stays() {
    let screen = open(&console(), "/");
    screen.type_into("Username", "admin").await;
    screen.type_into("Password", "wrong").await;
    screen.type_into("Token", "123").await;
    screen.click("button", "Sign in").await;
    screen.read("The console did not accept the credentials.").await;
    for (label, text) in [("Username", "admin"), ("Password", "wrong"), ("Token", "123")] {
        let field = screen.field(label).unwrap();
        assert_eq!(field.value(), text, "{label}");
        assert_eq!(field.get_attribute("aria-invalid").as_deref(), Some("true"), "{label}");
    }
}

#[wasm_bindgen_test]
async fn each_way_to_fail_says_what_it_is() {
    for (fault, words) in [
        (Fault::Unreachable, "could not be reached"),
        (Fault::CutOff, "was cut off"),
        (Fault::Answer(200, "text/html", "<h1>Proxy</h1>".to_owned()), "is not what a console sends here"),
        (Fault::Answer(503, "text/plain", String::new()), "can't answer right now"),
    ] {
        let console = console();
        console.fault("api/3", fault);
        let screen = open(&console, "/");
        screen.type_into("Username", "admin").await;
        screen.type_into("Password", "right").await;
        screen.click("button", "Sign in").await;
        screen.read(words).await;
        console.heal();
        screen.click("button", "Sign in").await;
        screen.see("heading", "Scan Engines").await;
    }
}

#[wasm_bindgen_test]
async fn a_console_in_maintenance_says_so() {
    let console = console();
    console
        .fault("", Fault::Answer(200, "text/html", "<p>The console is in maintenance mode.</p>".to_owned()));
    console.fault("api/3", Fault::Answer(401, "application/json", "{}".to_owned()));
    let screen = open(&console, "/");
    screen.type_into("Username", "admin").await;
    screen.type_into("Password", "right").await;
    screen.click("button", "Sign in").await;
    screen.read("The console is in maintenance mode.").await;
}

/// Someone on the list of engines whose password was changed in the meantime, and who was asked for it when they clicked Refresh.
async fn asked_to_sign_in_again(console: &Console) -> Screen {
    let screen = at_work(console, "/").await;
    screen.see_names(&["berlin"]).await;
    console.set_password("new");
    screen.click("button", "Refresh berlin").await;
    screen.see("dialog", "Sign in again").await;
    screen
}

#[wasm_bindgen_test]
async fn a_session_that_ended_asks_again_and_goes_on_with_what_was_under_way() {
    let console = console();
    console.really(1, "not-responding");
    let screen = asked_to_sign_in_again(&console).await;
    screen.see_names(&["berlin"]).await;
    screen.type_into("Password", "new").await;
    screen.click("button", "Sign in").await;
    screen.see_gone("dialog", "Sign in again").await;
    screen.read("berlin: Not responding.").await;
}

#[wasm_bindgen_test]
async fn the_question_for_the_password_comes_back_however_it_is_closed() {
    let screen = asked_to_sign_in_again(&console()).await;
    let dialog: web_sys::HtmlDialogElement = screen.see("dialog", "Sign in again").await.dyn_into().unwrap();
    for _ in 0..2 {
        dialog.close();
        until("it to be there again", || dialog.open().then_some(())).await;
    }
    screen.type_into("Password", "new").await;
    screen.click("button", "Sign in").await;
    screen.see_gone("dialog", "Sign in again").await;
}

#[wasm_bindgen_test]
async fn while_the_session_is_over_nothing_is_sent() {
    let console = console();
    let screen = asked_to_sign_in_again(&console).await;
    let asked = console.calls("");
    // By script, for the dialog is in the way of a person: as a screen asks that reads by itself.
    screen.see("link", "Sites").await.click();
    screen.see("heading", "Sites").await;
    assert_eq!(console.calls(""), asked);
    screen.type_into("Password", "new").await;
    screen.click("button", "Sign in").await;
    screen.see_gone("dialog", "Sign in again").await;
    until("what the screen asks for", || (console.calls("") > asked + 1).then_some(())).await;
}

#[wasm_bindgen_test]
async fn another_user_who_takes_over_starts_clean() {
    let console = console();
    let screen = asked_to_sign_in_again(&console).await;
    let release = console.hold("scan_engines");
    screen.type_into("Username", "colleague").await;
    screen.type_into("Password", "right").await;
    screen.click("button", "Sign in").await;
    screen.read("Signed in as colleague").await;
    screen.see_gone("dialog", "Sign in again").await;
    assert!(!screen.text().contains("berlin"));
    drop(release);
    screen.see_names(&["berlin"]).await;
    assert_eq!(console.calls("commands"), 1, "what the other had begun is not done for this one");
}

#[wasm_bindgen_test]
async fn sign_out_leaves_nothing_of_the_list() {
    let screen = at_work(&console(), "/").await;
    screen.see_names(&["berlin"]).await;
    screen.click("button", "Sign out").await;
    screen.see("heading", "Sign in").await;
    screen.read("You are signed out.").await;
    assert!(!screen.text().contains("berlin"));
    assert_eq!(screen.field("Password").unwrap().value(), "");
}

#[wasm_bindgen_test]
async fn sign_out_is_told_to_a_console_that_offers_it_and_to_no_other() {
    for told in [true, false] {
        let console = console();
        let rel = if told { "Session" } else { "Sites" };
        let links =
            format!(r#"{{"links":[{{"href":"https://console.example.org/api/3/session","rel":"{rel}"}}]}}"#);
        console.fault("api/3", Fault::Answer(200, "application/json", links));
        // Whatever comes of it: the session is over.
        console.fault("api/3/session", Fault::Unreachable);
        let screen = at_work(&console, "/").await;
        screen.see_names(&["berlin"]).await;
        screen.click("button", "Sign out").await;
        screen.read("You are signed out.").await;
        if told {
            until("the call", || (console.calls("api/3/session") == 1).then_some(())).await;
        } else {
            assert_eq!(console.calls("api/3/session"), 0);
        }
    }
}

#[wasm_bindgen_test]
async fn an_answer_that_comes_after_sign_out_is_thrown_away() {
    let console = console();
    let screen = at_work(&console, "/").await;
    screen.see_names(&["berlin"]).await;
    let release = console.hold("commands");
    screen.click("button", "Refresh berlin").await;
    until("the question", || (console.calls("commands") == 1).then_some(())).await;
    screen.click("button", "Sign out").await;
    screen.see("heading", "Sign in").await;
    screen.sign_in("admin").await;
    screen.see_names(&["berlin"]).await;
    drop(release);
    // The question of this visit is another one. Once its answer is here, the late one has been here as well.
    screen.click("button", "Refresh berlin").await;
    screen.read("berlin: Active.").await;
    assert_eq!(console.calls("commands"), 2);
    assert_eq!(console.calls("scan_engines/1"), 1, "the late answer made the app go on with the old refresh");
    assert_eq!(screen.text().matches("berlin: Active.").count(), 1);
}

#[wasm_bindgen_test]
async fn an_update_of_one_visit_is_neither_followed_nor_told_in_the_next() {
    let console = console();
    let screen = at_work(&console, "/").await;
    screen.update("Update berlin", "berlin").await;
    screen.read("berlin: the update was sent.").await;
    until("a look at the engine", || (console.calls("scan_engines/1") > 0).then_some(())).await;
    // The next look is under way when another person takes over.
    let release = console.hold("scan_engines/1");
    let looks = console.calls("scan_engines/1");
    until("the next look", || (console.calls("scan_engines/1") > looks).then_some(())).await;
    screen.click("button", "Sign out").await;
    screen.see("heading", "Sign in").await;
    screen.sign_in("colleague").await;
    let row = screen.row("berlin").await;
    assert!(row.get_attribute("aria-busy").is_none(), "the other's update is shown as this person's");
    screen.update("Update berlin", "berlin").await;
    screen.read("berlin: the update was sent.").await;
    let looks = console.calls("scan_engines/1");
    drop(release);
    until("a look of this visit", || (console.calls("scan_engines/1") > looks).then_some(())).await;
    assert_eq!(
        row.get_attribute("aria-busy").as_deref(),
        Some("true"),
        "the late answer ended this one's update"
    );
    console.tells(1, r#","contentVersion":"2026-11-24""#);
    screen.read("berlin is updated").await;
    assert_eq!(screen.text().matches("berlin is updated").count(), 1, "told for both visits");
}

#[wasm_bindgen_test]
async fn after_a_quarter_of_an_hour_without_activity_the_app_signs_out() {
    let screen = at_work(&console(), "/engines?sort=-name").await;
    screen.see_names(&["berlin"]).await;
    let clock = ClockAhead::by(14.0 * 60_000.0);
    look_at_the_window();
    screen.see_names(&["berlin"]).await;
    drop(clock);
    let _clock = ClockAhead::by(16.0 * 60_000.0);
    look_at_the_window();
    screen.see("heading", "Sign in").await;
    screen.read("You were signed out after 15 minutes without activity.").await;
    assert!(!screen.text().contains("berlin"));
    screen.type_into("Username", "admin").await;
    screen.type_into("Password", "right").await;
    screen.click("button", "Sign in").await;
    screen.see_names(&["berlin"]).await;
    assert_eq!(leptos::prelude::window().location().search().unwrap(), "?sort=-name");
}

#[wasm_bindgen_test]
async fn a_browser_for_which_a_longer_time_was_chosen_stays_signed_in_for_it_and_never_beyond_twelve_hours() {
    let storage = leptos::prelude::window().local_storage().unwrap().unwrap();
    for (chosen, stays, ends) in [("60", 58.0, 61.0), ("99999", 718.0, 721.0), ("1", 13.0, 16.0)] {
        storage.set_item("engine-console.sign-out-after", chosen).unwrap();
        let screen = at_work(&console(), "/engines").await;
        storage.remove_item("engine-console.sign-out-after").unwrap();
        screen.see_names(&["berlin"]).await;
        {
            let _clock = ClockAhead::by(stays * 60_000.0);
            look_at_the_window();
            screen.see_names(&["berlin"]).await;
        }
        let _clock = ClockAhead::by(ends * 60_000.0);
        look_at_the_window();
        screen.see("heading", "Sign in").await;
    }
}

#[wasm_bindgen_test]
async fn a_minute_before_it_signs_out_the_app_says_so_and_one_can_stay() {
    let screen = at_work(&console(), "/engines").await;
    screen.see_names(&["berlin"]).await;
    let _clock = ClockAhead::by(14.5 * 60_000.0);
    look_at_the_window();
    screen.read("Signing out in 1 minute").await;
    screen.click("button", "Stay signed in").await;
    until("the warning to go", || (!screen.text().contains("Signing out in 1 minute")).then_some(())).await;
    let _clock = ClockAhead::by(20.0 * 60_000.0);
    look_at_the_window();
    screen.see_names(&["berlin"]).await;
}

#[wasm_bindgen_test]
async fn a_key_on_a_laptop_that_has_slept_is_no_activity_of_before() {
    let screen = at_work(&console(), "/engines").await;
    screen.see_names(&["berlin"]).await;
    let _clock = ClockAhead::by(16.0 * 60_000.0);
    press("ArrowDown");
    screen.read("You were signed out after 15 minutes without activity.").await;
}

#[wasm_bindgen_test]
async fn a_clock_that_was_set_back_does_not_lengthen_the_session() {
    let screen = at_work(&console(), "/engines").await;
    screen.see_names(&["berlin"]).await;
    let _clock = ClockAhead::by(-3_600_000.0);
    let _time = MonotonicAhead::by(16.0 * 60_000.0);
    look_at_the_window();
    screen.read("You were signed out after 15 minutes without activity.").await;
}
