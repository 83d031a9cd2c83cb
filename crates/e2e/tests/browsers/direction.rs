//! **Reverse direction**: who opens the connection of a pair.

use e2e::{Engine, Key, Page, Stack, any, button, dialog, link, news, role, tests};

use crate::fleet::{LOCAL, more, sign_in};

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
    more(page, "Reverse direction").await;
    page.see_words(dialog(title.as_str()), warning).await;
    page.click(button("Reverse direction").within(dialog(title))).await;
    page.see_no(any("dialog")).await;
    page.see_words(news(), &format!("{OSLO}: the direction is reversed.")).await;
}

/// **Reverse direction**, and yes, and then it does not go.
async fn refused(page: &Page, why: &str) {
    more(page, "Reverse direction").await;
    let question = dialog(format!("Reverse direction of {OSLO}"));
    page.click(button("Reverse direction").within(question.clone())).await;
    page.see_words(question, why).await;
    page.click(button("Cancel")).await;
    page.see_no(any("dialog")).await;
}

/// The button can't be used, and says why.
async fn see_refusal(page: &Page, why: &str) {
    page.click(button("More actions")).await;
    page.see_attribute(button("Reverse direction"), "aria-disabled", Some("true")).await;
    let title = page.attribute(button("Reverse direction"), "title").await.unwrap_or_default();
    assert!(title.contains(why), "{title}");
    page.press(Key::Escape).await;
    page.see_no(button("Reverse direction")).await;
}

tests! {
    in_chromium: async fn there_and_back_and_kept_when_both_are_started_again(page: Page) {
        let mut stack = Stack::start().await;
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

        engine.restart().await;
        stack.stop_console().await;
        stack.start_console().await;
        page.click(button("Refresh")).await;
        see(&page, "Engine connects to console").await;
        see(&page, "Active").await;

        reverse(&page, &format!("The console will call the engine at 127.0.0.1, port {}.", engine.address().port())).await;
        see(&page, "Console connects to engine").await;
        page.click(button("Refresh")).await;
        see(&page, "Active").await;
        assert!(!engine.show_console().await.connect_to);
    }

    in_chromium: async fn what_can_not_be_reversed_says_why_and_stays_as_it_was(page: Page) {
        let mut stack = Stack::start().await;
        let mut engine = stack.engine(OSLO).await;
        sign_in(&page, &stack).await;
        page.click(link(LOCAL)).await;
        see_refusal(&page, "comes with the console").await;
        page.click(link("Engines")).await;
        page.click(link(OSLO)).await;
        see(&page, "Unknown").await;
        see_refusal(&page, "this needs a paired engine that is active").await;
        more(&page, "Reverse direction").await;
        page.see_no(any("dialog")).await;

        engine.enable_console().await;
        page.click(button("Refresh")).await;
        see(&page, "Active").await;
        engine.kill().await;
        refused(&page, "The console did not reverse it.").await;
        engine.start_again().await;
        page.click(button("Refresh")).await;
        see(&page, "Console connects to engine").await;
        see(&page, "Active").await;

        // A console that does not let the app do it is told in the dialog.
        stack.restart_console_with(&["--seed", "empty", "--data-calls", "redirect"]).await;
        refused(&page, "This console does not let the app do this.").await;
        see(&page, "Console connects to engine").await;
    }
}
