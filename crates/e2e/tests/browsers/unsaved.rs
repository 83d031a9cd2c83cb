//! **Leave without saving?**: what was typed is never lost unasked, and the address always belongs to the page.

use e2e::{Key, Page, Stack, any, button, dialog, field, heading, link, tests, text};

use crate::fleet::sign_in;

const QUESTION: &str = "Leave without saving?";

/// From the list to an engine, where another name is typed.
async fn typing(page: &Page, stack: &Stack) -> String {
    let id = stack.add("Oslo", "192.0.2.6", 40814).await;
    sign_in(page, stack).await;
    page.click(link("Oslo")).await;
    page.see_value(field("Name"), "Oslo").await;
    page.fill("Name", "Bergen").await;
    format!("/engines/{id}")
}

async fn still_here(page: &Page, address: &str) {
    page.see_no(any("dialog")).await;
    page.see(heading("Scan Engine Configuration")).await;
    page.see_value(field("Name"), "Bergen").await;
    page.see_address(address).await;
}

tests! {
    in_both_browsers: async fn every_way_out_asks_first(page: Page) {
        let stack = Stack::start().await;
        let address = typing(&page, &stack).await;

        page.click(link("Pools")).await;
        page.see(dialog(QUESTION)).await;
        page.see(text("The changes to Oslo")).await;
        page.click(button("Stay")).await;
        still_here(&page, &address).await;

        for _ in 0..2 {
            page.back().await;
            page.see(dialog(QUESTION)).await;
            page.press(Key::Escape).await;
            still_here(&page, &address).await;
        }
        page.click(button("Sign out")).await;
        page.see(dialog(QUESTION)).await;
        page.click(button("Stay")).await;
        still_here(&page, &address).await;

        page.back().await;
        page.see(dialog(QUESTION)).await;
        page.click(button("Leave")).await;
        page.see(heading("Scan Engines")).await;
        page.see_address("/engines").await;
        page.click(link("Oslo")).await;
        page.see_value(field("Name"), "Oslo").await;
    }

    in_both_browsers: async fn a_shortcut_asks_first_and_the_keyboard_alone_answers(page: Page) {
        let stack = Stack::start().await;
        let address = typing(&page, &stack).await;
        page.tab_back_to(button("Sign out")).await;
        page.press("g").await;
        page.press("e").await;
        page.see(dialog(QUESTION)).await;
        page.tab_to(button("Stay")).await;
        page.press(Key::Enter).await;
        still_here(&page, &address).await;
        // Where it was before the question.
        page.see_focus_on(button("Sign out")).await;
        page.press("g").await;
        page.press("e").await;
        page.tab_to(button("Leave")).await;
        page.press(Key::Enter).await;
        page.see(heading("Scan Engines")).await;
        page.see_focus_on(heading("Scan Engines")).await;
    }
}
