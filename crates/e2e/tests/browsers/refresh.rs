//! Refresh: one question to the console for any number of rows.

use e2e::{Stack, any, button, cell, in_both_browsers, news, row};

use crate::fleet::{sign_in, sign_in_as_operator};

const COMMANDS: &str = "/api/3/administration/commands";

in_both_browsers! {
    async fn rows_that_are_refreshed_share_one_question(page: Page) {
        let stack = Stack::start().await;
        let berlin = stack.engine("Berlin").await;
        let cologne = stack.engine("Cologne").await;
        sign_in(&page, &stack).await;
        let question = stack.proxy().hold(COMMANDS);
        page.click(button("Refresh Berlin")).await;
        page.click(button("Refresh Cologne")).await;
        page.see_attribute(row("Berlin"), "aria-busy", Some("true")).await;
        page.see_attribute(row("Cologne"), "aria-busy", Some("true")).await;
        page.see_words(cell("Berlin", "Status"), "Unknown").await;
        question.end();
        page.see_words(cell("Berlin", "Status"), "Pending authorization").await;
        page.see_words(cell("Cologne", "Status"), "Pending authorization").await;
        page.see_attribute(row("Cologne"), "aria-busy", None).await;
        assert_eq!(stack.proxy().count("POST", COMMANDS), 1, "each row asked for itself");
        drop((berlin, cologne));
    }

    async fn all_displayed_engines_are_refreshed_at_once(page: Page) {
        let stack = Stack::start().await;
        let mut berlin = stack.engine("Berlin DMZ").await;
        let cologne = stack.engine("Cologne DMZ").await;
        berlin.enable_console().await;
        sign_in(&page, &stack).await;
        page.fill("Filter engines", "DMZ").await;
        page.see(button("All 2")).await;
        page.click(button("Refresh displayed engines")).await;
        page.see_words(cell("Berlin DMZ", "Status"), "Active").await;
        page.see_words(cell("Cologne DMZ", "Status"), "Pending authorization").await;
        page.see_words(news(), "Refreshed 2 engines: ").await;
        page.see(button("Active 1")).await;
        assert_eq!(stack.proxy().count("POST", COMMANDS), 1, "the console was asked more than once");
        drop(cologne);
    }

    async fn without_the_right_refresh_reads_again_and_says_so(page: Page) {
        let stack = Stack::demo().await;
        sign_in_as_operator(&page, &stack).await;
        page.see(button("Refresh Local scan engine")).await;
        page.click(button("Refresh Local scan engine")).await;
        page.see_words(news(), "Local scan engine was only read again").await;
        page.see_words(news(), "that takes a Global Administrator").await;
        page.see_no(any("dialog")).await;
    }
}
