//! Every question with an action that the console is asked for: it is closed, or its page is left, before the answer has come, and
//! the answer is a failure. It is told all the same.
//!
//! The list has each file that shows such a question; `xtask/src/lists.rs` finds one that is missing. The questions of
//! "src/features/watching/settings.rs" ask the console for nothing: `history.rs` tries them.

use futures::channel::oneshot;
use wasm_bindgen_test::wasm_bindgen_test;

use super::{
    console::{Console, Fault, Pool},
    person::{Screen, at_work_on, until},
};

/// A question: the file that shows it, address and heading of its page, the button that opens it, its own heading, its action, how the
/// call ends that the action makes, and what the news says of a failure.
struct Question {
    file: &'static str,
    page: (&'static str, &'static str),
    opener: &'static str,
    heading: &'static str,
    action: &'static str,
    call: &'static str,
    failed: &'static str,
}

const PANEL: &str = "Scan Engine Configuration";

const QUESTIONS: [Question; 8] = [
    Question {
        file: "src/pages/engine.rs",
        page: ("/engines/1", PANEL),
        opener: "Reverse direction",
        heading: "Reverse direction of berlin",
        action: "Reverse direction",
        call: "reverseConnection",
        failed: "berlin: the direction was not reversed.",
    },
    Question {
        file: "src/pages/engine/pools.rs",
        page: ("/engines/1?tab=pools", PANEL),
        opener: "Remove from North",
        heading: "Remove from North",
        action: "Remove from North",
        call: "scan_engine_pools/900/engines/1",
        failed: "not removed from pool North.",
    },
    Question {
        file: "src/features/delete_engine.rs",
        page: ("/engines/2", PANEL),
        opener: "Delete",
        heading: "Delete aachen",
        action: "Delete aachen",
        call: "scan_engines/2",
        failed: "aachen was not deleted.",
    },
    Question {
        file: "src/features/update_engine.rs",
        page: ("/engines/1", PANEL),
        opener: "Update",
        heading: "Update berlin",
        action: "Update berlin",
        call: "data/engine/1/update",
        failed: "berlin was not updated.",
    },
    Question {
        file: "src/pages/engines/dialogs.rs",
        page: ("/engines", "Scan Engines"),
        opener: "Update all engines",
        heading: "Update all engines",
        action: "Update all engines",
        call: "administration/commands",
        failed: "The update was not sent.",
    },
    Question {
        file: "src/features/delete_site.rs",
        page: ("/sites", "Sites"),
        opener: "Delete site-0001",
        heading: "Delete site-0001",
        action: "Delete site-0001",
        call: "api/3/sites/1",
        failed: "site-0001 was not deleted.",
    },
    Question {
        file: "src/features/delete_site.rs",
        page: ("/sites/1", "Site Configuration"),
        opener: "Delete",
        heading: "Delete site-0001",
        action: "Delete site-0001",
        call: "api/3/sites/1",
        failed: "site-0001 was not deleted.",
    },
    Question {
        file: "src/pages/shared_secret.rs",
        page: ("/shared-secret", "Generate Scan Engine Shared Secret"),
        opener: "Revoke",
        heading: "Revoke the shared secret",
        action: "Revoke the shared secret",
        call: "scan_engines/shared_secret",
        failed: "The shared secret was not revoked",
    },
];

/// Berlin is the only active engine of the pool North, which scans a site, and has a scan under way.
fn console() -> Console {
    let engines = [(1, "berlin", "10.0.0.10", "active"), (2, "aachen", "10.0.0.9", "unknown")];
    let console =
        Console::with(&engines).with_sites(1).with_pools(&[Pool::new(900, "North", &[1, 2], &[70])]);
    console.scans(r#"{"id":1,"engineId":1,"status":"running"}"#);
    console.tells(2, r#","sites":[]"#);
    console.secret_for(Some(1800));
    console
}

/// The button of this name that was made last: a dialog stands behind its page.
fn last(screen: &Screen, name: &str) -> Option<web_sys::HtmlElement> {
    screen.all("button", name).into_iter().rfind(|button| {
        let is_it = button.text_content().is_some_and(|text| text.trim() == name)
            || button.get_attribute("aria-label").as_deref() == Some(name);
        is_it && button.get_attribute("aria-disabled").is_none()
    })
}

/// The question is asked, and its action is under way at a console that holds the answer.
async fn under_way(question: &Question) -> (Console, Screen, oneshot::Sender<()>) {
    let console = console();
    let screen = at_work_on(&console, question.page.0, question.page.1).await;
    until(question.opener, || last(&screen, question.opener)).await.click();
    screen.see("dialog", question.heading).await;
    let calls = console.calls(question.call);
    let release = console.hold(question.call);
    until(question.action, || last(&screen, question.action)).await.click();
    until(&format!("the call of {}", question.file), || (console.calls(question.call) > calls).then_some(()))
        .await;
    (console, screen, release)
}

fn refuse(console: &Console, question: &Question) {
    let body = r#"{"status":400,"message":"It rains."}"#.to_owned();
    console.fault(question.call, Fault::Answer(400, "application/json", body));
}

/// Closes the question, unless it has closed by itself: some continue at once.
async fn close(screen: &Screen, question: &Question) {
    if !screen.all("dialog", question.heading).is_empty() {
        screen.click("button", "Cancel").await;
    }
    screen.see_gone("dialog", question.heading).await;
}

async fn is_told(screen: &Screen, question: &Question) {
    until(&format!("the failure of {}", question.file), || {
        let text = screen.text();
        (text.contains(question.failed) && text.contains("It rains.")).then_some(())
    })
    .await;
}

#[wasm_bindgen_test]
async fn a_failure_after_the_question_was_closed_is_told() {
    for question in &QUESTIONS {
        let (console, screen, release) = under_way(question).await;
        close(&screen, question).await;
        refuse(&console, question);
        drop(release);
        is_told(&screen, question).await;
    }
}

#[wasm_bindgen_test]
async fn a_failure_after_the_page_was_left_is_told() {
    for question in &QUESTIONS {
        let (console, screen, release) = under_way(question).await;
        close(&screen, question).await;
        screen.click("link", "Administration").await;
        screen.see("heading", "Administration").await;
        refuse(&console, question);
        drop(release);
        is_told(&screen, question).await;
        // And the app continues.
        screen.click("link", "Pools").await;
        screen.see("heading", "Scan Engine Pools").await;
    }
}
