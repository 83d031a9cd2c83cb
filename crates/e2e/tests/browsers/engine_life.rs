//! Real engines, enabled, killed and started while somebody looks.

use std::time::Duration;

use e2e::{Stack, button, cell, news, tests};

use crate::fleet::sign_in;

/// The console knows of a change within five seconds (and then has to be asked).
const SOON: Duration = Duration::from_secs(8);

tests! {
    in_chromium: async fn an_engine_is_unknown_pending_active_not_responding_and_active_again(page: Page) {
        let stack = Stack::start().await;
        let mut engine = stack.engine("Frankfurt DMZ").await;
        sign_in(&page, &stack).await;
        page.see_words(cell("Frankfurt DMZ", "Status"), "Unknown").await;

        page.click(button("Refresh Frankfurt DMZ")).await;
        page.see_words(cell("Frankfurt DMZ", "Status"), "Pending authorization").await;
        page.see_words(news(), "Frankfurt DMZ: Pending authorization.").await;
        page.see_words(news(), "Cannot refresh scan engine (Frankfurt DMZ): Unauthorized console connection from: 127.0.0.1").await;

        engine.enable_console().await;
        page.click(button("Refresh Frankfurt DMZ")).await;
        page.see_words(cell("Frankfurt DMZ", "Status"), "Active").await;
        page.see_words(news(), "Frankfurt DMZ: Active.").await;
        page.see_attribute(button("Refresh Frankfurt DMZ"), "aria-disabled", None).await;

        engine.kill().await;
        page.click(button("Refresh Frankfurt DMZ")).await;
        page.see_words_within(SOON, cell("Frankfurt DMZ", "Status"), "Not responding").await;

        engine.start_again().await;
        page.click(button("Refresh displayed engines")).await;
        page.see_words_within(SOON, cell("Frankfurt DMZ", "Status"), "Active").await;
    }
}
