//! **New engine**: nothing that was typed is lost. What is checked as one types is among the rules of `console-api`.

use e2e::{Fault, Page, Stack, button, field, has, heading, link, news, tests, text};

use crate::fleet::sign_in;

const OSLO: &str = "Oslo data centre";

async fn open_new(page: &Page, stack: &Stack) {
    sign_in(page, stack).await;
    page.click(link("New engine")).await;
    page.see(heading("New engine")).await;
}

async fn fill(page: &Page, name: &str, address: &str, port: &str) {
    page.fill("Name", name).await;
    page.fill("Address", address).await;
    page.fill("Port", port).await;
}

async fn see_typed(page: &Page, name: &str, address: &str, port: &str) {
    page.see_value(field("Name"), name).await;
    page.see_value(field("Address"), address).await;
    page.see_value(field("Port"), port).await;
}

tests! {
    in_chromium: async fn nothing_that_was_typed_is_lost_whatever_goes_wrong(page: Page) {
        let mut stack = Stack::start().await;
        open_new(&page, &stack).await;
        // Saving too early leads to what is missing.
        page.click(button("Save")).await;
        page.see(text("Enter a name.")).await;
        page.see(text("Enter a host name or an IP address.")).await;
        page.see_focus_on(field("Name")).await;
        page.fill("Name", OSLO).await;
        page.click(button("Save")).await;
        page.see_focus_on(field("Address")).await;
        assert_eq!(stack.proxy().count("POST", "/api/3/scan_engines"), 0, "something was sent");

        // A colleague is faster.
        fill(&page, OSLO, "192.0.2.7", "40900").await;
        stack.add(OSLO, "192.0.2.6", 40814).await;
        page.click(button("Save")).await;
        page.see(text(has(&format!("A scan engine with the name {OSLO} already exists.")))).await;
        page.see_attribute(field("Name"), "aria-invalid", Some("true")).await;
        page.see_focus_on(field("Name")).await;
        see_typed(&page, OSLO, "192.0.2.7", "40900").await;
        page.fill("Name", "Bergen").await;
        page.see_no(text(has("already exists"))).await;

        // The connection fails.
        let broken = stack.proxy().fail("/api/3/scan_engines", Fault::NoAnswer);
        page.click(button("Save")).await;
        page.see(text(has("It may have been done anyway."))).await;
        see_typed(&page, "Bergen", "192.0.2.7", "40900").await;
        broken.end();

        // The session ends.
        stack.change_password("quite-another-password").await;
        page.click(button("Save")).await;
        page.fill("Password", "quite-another-password").await;
        page.click(button("Sign in")).await;
        page.see_words(news(), "Bergen is added.").await;
        let id = stack.id_of("Bergen").await;
        page.see_address(&format!("/engines/{id}?tab=pairing")).await;
        page.see(heading("Bergen")).await;
    }
}
