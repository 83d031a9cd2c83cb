//! **General** of an engine: checked as one types, and nothing that was typed is lost.

use e2e::{Fault, Page, Stack, button, field, has, heading, in_both_browsers, link, news, role, row, text};

use crate::fleet::{LOCAL, sign_in};

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

in_both_browsers! {
    async fn each_field_is_checked_as_one_types(page: Page) {
        let stack = Stack::start().await;
        stack.add(OSLO, "192.0.2.6", 40814).await;
        open_new(&page, &stack).await;
        page.see_value(field("Port"), "40814").await;
        page.see_attribute(field("Name"), "aria-invalid", None).await;

        page.fill("Name", " oslo DATA centre ").await;
        page.see(text(format!("Another engine is called {OSLO} already."))).await;
        page.see_attribute(field("Name"), "aria-invalid", Some("true")).await;
        page.fill("Name", "Bergen").await;
        page.see_attribute(field("Name"), "aria-invalid", None).await;

        for (address, problem) in [
            ("https://bergen.example", "without “https://”"),
            ("bergen.example:40814", "Enter the port in its own field"),
            ("10.0.0", "four numbers from 0 to 255"),
            ("bergen example", "letters a to z"),
            ("192.0.2.6", "Oslo data centre has this address and this port already."),
            ("", "Enter a host name or an IP address."),
        ] {
            page.fill("Address", address).await;
            page.see(text(has(problem))).await;
            page.see_attribute(field("Address"), "aria-invalid", Some("true")).await;
        }
        page.fill("Address", "192.0.2.6").await;
        page.fill("Port", "40900").await;
        page.see_attribute(field("Address"), "aria-invalid", None).await;
        for port in ["0", "65536", "x", ""] {
            page.fill("Port", port).await;
            page.see(text("Enter a port from 1 to 65535.")).await;
        }
        assert_eq!(stack.proxy().count("POST", "/api/3/scan_engines"), 0, "something was sent");
    }

    async fn saving_an_empty_form_leads_to_what_is_missing(page: Page) {
        let stack = Stack::start().await;
        open_new(&page, &stack).await;
        page.click(button("Save")).await;
        page.see(text("Enter a name.")).await;
        page.see(text("Enter a host name or an IP address.")).await;
        page.see_focus_on(field("Name")).await;
        page.fill("Name", OSLO).await;
        page.click(button("Save")).await;
        page.see_focus_on(field("Address")).await;
        assert_eq!(stack.proxy().count("POST", "/api/3/scan_engines"), 0, "something was sent");
    }

    async fn what_the_console_refuses_stays_typed_and_stands_at_its_field(page: Page) {
        let stack = Stack::start().await;
        open_new(&page, &stack).await;
        fill(&page, OSLO, "192.0.2.7", "40814").await;
        // A colleague is faster.
        stack.add(OSLO, "192.0.2.6", 40814).await;
        page.click(button("Save")).await;
        page.see(text(has(&format!("A scan engine with the name {OSLO} already exists.")))).await;
        page.see_attribute(field("Name"), "aria-invalid", Some("true")).await;
        page.see_focus_on(field("Name")).await;
        see_typed(&page, OSLO, "192.0.2.7", "40814").await;

        page.fill("Name", "Bergen").await;
        page.see_no(text(has("already exists"))).await;
        page.click(button("Save")).await;
        page.see_words(news(), "Bergen is added.").await;
        let id = stack.id_of("Bergen").await;
        page.see_address(&format!("/engines/{id}?tab=pairing")).await;
        page.see(heading("Bergen")).await;
    }

    async fn a_connection_that_fails_takes_nothing_away(page: Page) {
        let stack = Stack::start().await;
        open_new(&page, &stack).await;
        fill(&page, OSLO, "192.0.2.6", "40900").await;
        let broken = stack.proxy().fail("/api/3/scan_engines", Fault::NoAnswer);
        page.click(button("Save")).await;
        page.see(text(has("It is not known whether it was done all the same."))).await;
        see_typed(&page, OSLO, "192.0.2.6", "40900").await;
        broken.end();
        page.click(button("Save")).await;
        page.see_words(news(), &format!("{OSLO} is added.")).await;
    }

    async fn a_session_that_ends_in_the_form_goes_on_where_it_was(page: Page) {
        let mut stack = Stack::start().await;
        open_new(&page, &stack).await;
        fill(&page, OSLO, "192.0.2.6", "40900").await;
        stack.change_password("quite-another-password").await;
        page.click(button("Save")).await;
        page.fill("Password", "quite-another-password").await;
        page.click(button("Sign in")).await;
        page.see_words(news(), &format!("{OSLO} is added.")).await;
    }

    async fn an_engine_is_renamed_without_a_word_about_pairing(page: Page) {
        let stack = Stack::start().await;
        stack.add(OSLO, "192.0.2.6", 40814).await;
        sign_in(&page, &stack).await;
        page.click(link(format!("Edit {OSLO}"))).await;
        see_typed(&page, OSLO, "192.0.2.6", "40814").await;
        page.see_attribute(button("Save"), "aria-disabled", Some("true")).await;
        page.fill("Name", "Bergen").await;
        page.see_attribute(button("Save"), "aria-disabled", None).await;
        page.see_no(text("The engine must be paired again")).await;
        page.fill("Port", "40900").await;
        page.see(text("The engine must be paired again")).await;
        page.fill("Port", "40814").await;
        page.see_no(text("The engine must be paired again")).await;
        page.click(button("Save")).await;
        page.see_words(news(), "Bergen is saved.").await;
        page.see(heading("Bergen")).await;
        page.click(button("Cancel")).await;
        page.see(row("Bergen")).await;
        page.see_no(row(OSLO)).await;
    }

    async fn a_colleagues_change_is_shown_beside_ones_own(page: Page) {
        let stack = Stack::start().await;
        let id = stack.add(OSLO, "192.0.2.6", 40814).await;
        sign_in(&page, &stack).await;
        page.click(link(OSLO)).await;
        see_typed(&page, OSLO, "192.0.2.6", "40814").await;
        let draft = |name: &str| console_api::EngineDraft { name: name.to_owned(), address: "192.0.2.6".to_owned(), port: 40814 };
        page.fill("Name", "Bergen").await;
        let renamed = stack.api().update_engine(id, &draft(OSLO), &draft("Tromsø")).await;
        assert_eq!(renamed, Ok(console_api::Saved::Done));

        page.click(button("Save")).await;
        page.see(text(has("Somebody else has changed this engine meanwhile. Nothing was saved."))).await;
        page.see(role("cell", "Tromsø")).await;
        page.see(role("cell", "Bergen")).await;
        page.see_value(field("Name"), "Bergen").await;
        page.click(button("Save mine")).await;
        page.see_words(news(), "Bergen is saved.").await;
        page.see(heading("Bergen")).await;
    }

    async fn the_local_engine_needs_no_pairing(page: Page) {
        let stack = Stack::start().await;
        sign_in(&page, &stack).await;
        page.click(link(LOCAL)).await;
        page.click(role("tab", "Pairing")).await;
        page.see(text("This engine needs no pairing")).await;
    }
}
