//! **Reverse direction**: who opens the connection of a pair.

use e2e::{Engine, Page, Stack, any, button, dialog, in_both_browsers, link, news, role};

use crate::fleet::{LOCAL, sign_in};

const OSLO: &str = "Oslo data centre";

/// A paired engine, and its page.
async fn open_paired(page: &Page, stack: &Stack) -> Engine {
    let mut engine = stack.engine(OSLO).await;
    engine.enable_console().await;
    sign_in(page, stack).await;
    page.click(link(OSLO)).await;
    page.click(button("Refresh")).await;
    see(page, "Active").await;
    engine
}

async fn see(page: &Page, words: &str) {
    page.see_words(role("region", "Summary"), words).await;
}

/// **Reverse direction**, and yes to what the dialog asks.
async fn reverse(page: &Page, warning: &str) {
    let title = format!("Reverse direction of {OSLO}");
    page.click(button("Reverse direction")).await;
    page.see_words(dialog(title.as_str()), warning).await;
    page.click(button("Reverse direction").within(dialog(title))).await;
    page.see_no(any("dialog")).await;
    page.see_words(news(), &format!("{OSLO}: the direction is reversed.")).await;
}

async fn see_refusal(page: &Page, why: &str) {
    page.see_attribute(button("Reverse direction"), "aria-disabled", Some("true")).await;
    let title = page.attribute(button("Reverse direction"), "title").await.unwrap_or_default();
    assert!(title.contains(why), "{title}");
}

in_both_browsers! {
    async fn there_and_back(page: Page) {
        let stack = Stack::start().await;
        let mut engine = open_paired(&page, &stack).await;
        see(&page, "Console connects to engine").await;

        // With a warning about the ports.
        let listener = stack.engine_listener();
        reverse(&page, &format!("The engine will call the console at 127.0.0.1, port {}.", listener.port())).await;
        see(&page, "Engine connects to console").await;
        page.click(button("Refresh")).await;
        see(&page, "Active").await;
        let console = engine.show_console().await;
        assert!(console.connect_to && console.enabled, "{console:?}");
        assert!(engine.consoles_xml().contains("connectTo=\"1\""));

        reverse(&page, &format!("The console will call the engine at 127.0.0.1, port {}.", engine.address().port())).await;
        see(&page, "Console connects to engine").await;
        page.click(button("Refresh")).await;
        see(&page, "Active").await;
        assert!(!engine.show_console().await.connect_to);
    }

    async fn it_stays_turned_when_both_are_started_again(page: Page) {
        let mut stack = Stack::start().await;
        let mut engine = open_paired(&page, &stack).await;
        reverse(&page, "Now the console calls the engine.").await;
        engine.restart().await;
        stack.stop_console().await;
        stack.start_console().await;
        page.click(button("Refresh")).await;
        see(&page, "Engine connects to console").await;
        see(&page, "Active").await;
    }

    async fn an_engine_that_cannot_be_told_is_not_reversed_and_the_button_says_why(page: Page) {
        let stack = Stack::start().await;
        let engine = stack.engine(OSLO).await;
        sign_in(&page, &stack).await;
        page.click(link(OSLO)).await;
        see(&page, "Unknown").await;
        see_refusal(&page, "only a paired engine that is active").await;
        page.click(button("Reverse direction")).await;
        page.see_no(any("dialog")).await;
        drop(engine);
    }

    async fn the_local_engine_is_not_reversed_and_the_button_says_why(page: Page) {
        let stack = Stack::start().await;
        sign_in(&page, &stack).await;
        page.click(link(LOCAL)).await;
        see_refusal(&page, "comes with the console").await;
    }

    async fn a_console_that_does_not_let_the_app_do_it_is_told_in_the_dialog(page: Page) {
        let mut stack = Stack::start().await;
        let engine = open_paired(&page, &stack).await;
        stack.restart_console_with(&["--seed", "empty", "--data-calls", "redirect"]).await;
        page.click(button("Reverse direction")).await;
        let question = dialog(format!("Reverse direction of {OSLO}"));
        page.click(button("Reverse direction").within(question.clone())).await;
        page.see_words(question, "This console does not let the app do this.").await;
        page.click(button("Cancel")).await;
        page.see_no(any("dialog")).await;
        see(&page, "Console connects to engine").await;
        drop(engine);
    }

    async fn a_turn_that_fails_leaves_all_as_it_was(page: Page) {
        let stack = Stack::start().await;
        let mut engine = open_paired(&page, &stack).await;
        engine.kill().await;
        page.click(button("Reverse direction")).await;
        let question = dialog(format!("Reverse direction of {OSLO}"));
        page.click(button("Reverse direction").within(question.clone())).await;
        page.see_words(question, "The console refused").await;
        page.click(button("Cancel")).await;
        engine.start_again().await;
        page.click(button("Refresh")).await;
        see(&page, "Console connects to engine").await;
        see(&page, "Active").await;
    }
}
