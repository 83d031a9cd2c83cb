//! **History**: what this browser saw of an engine, and has kept.

use std::time::Duration;

use e2e::{Engine, Page, Stack, button, cell, dialog, has, link, role, row, tests, text};

use crate::fleet::sign_in;

const NAME: &str = "Frankfurt DMZ";
/// The console knows of a change within five seconds (and then has to be asked).
const SOON: Duration = Duration::from_secs(8);

/// An engine that is active.
async fn at_work(stack: &Stack) -> Engine {
    let mut engine = stack.engine(NAME).await;
    engine.enable_console().await;
    engine
}

/// Asks the engines, and reads the list: what the list says is noted.
async fn refresh(page: &Page, status: &str) {
    page.click(button("Refresh displayed engines")).await;
    page.see_words_within(SOON, cell(NAME, "Status"), status).await;
    page.see_attribute(button("Refresh displayed engines"), "aria-disabled", None).await;
}

/// The tab **History** of the engine, by way of the list.
async fn open_history(page: &Page) {
    page.click(link(NAME)).await;
    page.click(role("tab", "History")).await;
}

tests! {
    in_chromium: async fn what_happened_to_an_engine_is_noted_and_kept(page: Page) {
        let stack = Stack::start().await;
        let mut engine = at_work(&stack).await;
        sign_in(&page, &stack).await;
        refresh(&page, "Active").await;
        open_history(&page).await;
        page.see(row(has("Active"))).await;
        page.see(text(has("for this user and this console only"))).await;
        page.click(link("Back to Scan Engines")).await;

        engine.kill().await;
        refresh(&page, "Not responding").await;
        open_history(&page).await;
        page.see(row(has("Not responding, was active"))).await;
        page.see(text(has("Down since"))).await;

        // It is in the browser, and not in the page.
        page.reload().await;
        page.sign_in("admin", &stack.password()).await;
        page.see(row(has("Not responding, was active"))).await;
        page.see(text(has("Down since"))).await;

        engine.start_again().await;
        page.click(link("Back to Scan Engines")).await;
        refresh(&page, "Active").await;
        open_history(&page).await;
        page.see(row(has("Active, was not responding"))).await;
        page.see(text(has("It was down 1 time in the last 7 days."))).await;
        page.check_screen("history").await;
        page.click(button("Watching")).await;
        page.see(dialog("Watching")).await;
        page.check_screen("watching").await;
    }
}
