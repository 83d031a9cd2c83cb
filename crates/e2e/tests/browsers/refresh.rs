//! Refresh: one question to the console for any number of rows; and who may ask.

use e2e::{Stack, any, button, cell, dialog, has, news, role, row, tests, text};

use crate::fleet::{LOCAL, sign_in, sign_in_as_operator};

const COMMANDS: &str = "/api/3/administration/commands";

tests! {
    in_chromium: async fn rows_a_selection_and_all_that_is_displayed_are_refreshed_by_one_question_each(page: Page) {
        let stack = Stack::start().await;
        let mut berlin = stack.engine("Berlin DMZ").await;
        let cologne = stack.engine("Cologne DMZ").await;
        sign_in(&page, &stack).await;
        let question = stack.proxy().hold(COMMANDS);
        page.click(button("Refresh Berlin DMZ")).await;
        page.click(button("Refresh Cologne DMZ")).await;
        page.see_attribute(row("Berlin DMZ"), "aria-busy", Some("true")).await;
        page.see_attribute(row("Cologne DMZ"), "aria-busy", Some("true")).await;
        page.see_words(cell("Berlin DMZ", "Status"), "Unknown").await;
        question.end();
        page.see_words(cell("Berlin DMZ", "Status"), "Pending authorization").await;
        page.see_words(cell("Cologne DMZ", "Status"), "Pending authorization").await;
        page.see_attribute(row("Cologne DMZ"), "aria-busy", None).await;
        assert_eq!(stack.proxy().count("POST", COMMANDS), 1, "each row asked for itself");

        berlin.enable_console().await;
        for name in ["Berlin DMZ", "Cologne DMZ"] {
            page.click(role("checkbox", format!("Select {name}"))).await;
        }
        page.see(text("2 selected")).await;
        page.click(button("Refresh")).await;
        page.see_words(cell("Berlin DMZ", "Status"), "Active").await;
        page.see_words(news(), "Refreshed 2 engines: ").await;
        assert_eq!(stack.proxy().count("POST", COMMANDS), 2, "each selected engine was asked for by itself");

        page.fill("Filter engines", "DMZ").await;
        page.see(button("All 2")).await;
        page.see(button("Active 1")).await;
        berlin.kill().await;
        page.click(button("Refresh displayed engines")).await;
        page.see_words(cell("Berlin DMZ", "Status"), "Not responding").await;
        page.see(button("Not responding 1")).await;
        assert_eq!(stack.proxy().count("POST", COMMANDS), 3, "the console was asked more than once");
        drop(cologne);
    }

    in_chromium: async fn what_takes_a_global_administrator_is_refused_without_asking_to_sign_in_again(page: Page) {
        let stack = Stack::demo().await;
        sign_in_as_operator(&page, &stack).await;
        page.see(row(LOCAL)).await;
        page.click(button("Refresh Local scan engine")).await;
        page.see_words(news(), "Local scan engine reloaded").await;
        page.see_words(news(), "only a Global Administrator can").await;
        page.see_no(any("dialog")).await;

        page.click(button("Update all engines")).await;
        page.click(button("Update all engines").within(dialog("Update all engines"))).await;
        page.see_words(dialog("Update all engines"), "only a Global Administrator can").await;
        page.click(button("Cancel")).await;
        page.see_no(any("dialog")).await;

        page.click(role("checkbox", has("Select all "))).await;
        page.click(button("Update")).await;
        page.click(button(has("Update ")).within(any("dialog"))).await;
        page.see(dialog("Updating engines – done")).await;
        page.see_words(role("group", "Failed"), "This console does not let the app do this.").await;
        page.see_no(dialog("Sign in again")).await;
        page.click(button("Done")).await;
        page.see_no(any("dialog")).await;
    }
}
