//! Assigning sites to an engine while configuring it, as the document on distributed Scan Engines tells it, and what
//! happens when it does not go.

use console_api::{ScannerId, SiteId};
use e2e::{
    Key, Page, Stack, any, button, cell, column, dialog, field, has, heading, link, news, role, row, tests,
    text,
};

use crate::fleet::{LOCAL, sign_in, site};

const PANEL: &str = "Scan Engine Configuration";
const HOME: &str = "New engine or pool for the sites that you unchecked";

/// Sites that the console's own engine scans.
async fn sites<const N: usize>(stack: &Stack, names: [&str; N]) -> [SiteId; N] {
    let scanner = stack.id_of(LOCAL).await;
    let mut ids = Vec::new();
    for name in names {
        ids.push(site(stack, name, scanner).await);
    }
    ids.try_into().expect("each was created")
}

async fn scanner(stack: &Stack, site: SiteId) -> ScannerId {
    match stack.api().site_scanner(site).await {
        Ok(scanner) => scanner,
        Err(error) => panic!("what scans site {site} can't be read: {error}"),
    }
}

async fn sites_tab(page: &Page, engine: &str) {
    page.click(link(engine)).await;
    page.see(heading(PANEL)).await;
    page.click(role("tab", "Sites")).await;
    page.see(heading("Assigned sites")).await;
}

tests! {
    in_chromium: async fn sites_are_assigned_to_an_engine_as_the_document_tells(page: Page) {
        let mut stack = Stack::start().await;
        let mut engine = stack.engine("Frankfurt").await;
        engine.enable_console().await;
        let [berlin, bonn, hanover] = sites(&stack, ["Berlin office", "Bonn office", "Hanover plant"]).await;
        sign_in(&page, &stack).await;
        sites_tab(&page, "Frankfurt").await;
        page.see(heading("No sites")).await;
        page.check_accessibility("the tab Sites without sites").await;

        // “The console displays a box listing all the sites in your network.”
        page.click(button("Select Sites")).await;
        page.see(dialog("Select Sites")).await;
        page.see_texts(column("Name"), &["Berlin office", "Bonn office", "Hanover plant"]).await;
        page.see_words(cell("Bonn office", "Current engine"), LOCAL).await;
        page.see(text("0 of 3 chosen")).await;
        page.see(text("Nothing moves.")).await;
        // “Click the check boxes for sites you wish to assign to the new Scan Engine and click Save.”
        page.click(role("checkbox", "Select Berlin office")).await;
        page.click(role("checkbox", "Select Hanover plant")).await;
        page.see(text("2 of 3 chosen")).await;
        page.see(text("2 sites to Frankfurt")).await;
        page.check_accessibility("Select Sites").await;
        page.click(button("Save")).await;
        page.see_no(any("dialog")).await;
        // “The sites appear on the Sites page of the Scan Engine Configuration panel.”
        page.see(role("region", "Moves when you save")).await;
        page.see(text(format!("2 sites from {LOCAL} to Frankfurt"))).await;
        page.check_accessibility("the tab Sites with moves").await;
        assert_eq!(scanner(&stack, berlin).await, stack.id_of(LOCAL).await.into(), "nothing is saved yet");
        // “Click Save to save the new Scan Engine information.” The session ends just then: it asks, and goes on.
        stack.change_password("quite-another-password").await;
        page.click(button("Save")).await;
        page.see(dialog("Sign in again")).await;
        page.fill("Password", "quite-another-password").await;
        page.click(button("Sign in")).await;
        page.see_no(dialog("Sign in again")).await;
        page.see_words(news(), "Moving sites: 2 moved.").await;
        page.see_no(role("region", "Moves when you save")).await;
        page.see(link("Berlin office")).await;
        page.see(link("Hanover plant")).await;
        let frankfurt = ScannerId::from(stack.id_of("Frankfurt").await);
        for (site, there) in [(berlin, true), (bonn, false), (hanover, true)] {
            assert_eq!(scanner(&stack, site).await == frankfurt, there, "site {site}");
        }
        // The tab is in the address, and a site leads to its own screen.
        page.see_address(&format!("/engines/{}?tab=sites", frankfurt.get())).await;
        page.click(link("Berlin office")).await;
        page.see(heading("Site Configuration")).await;
        drop(engine);
    }

    in_both_browsers: async fn without_a_mouse(page: Page) {
        let stack = Stack::start().await;
        let engine = stack.add("Genoa", "192.0.2.1", 40814).await;
        let [milan, _, turin] = sites(&stack, ["Milan", "Rome", "Turin"]).await;
        if let Err(error) = stack.api().set_site_scanner(milan, engine.into()).await {
            panic!("Milan was not assigned: {error}");
        }
        sign_in(&page, &stack).await;
        sites_tab(&page, "Genoa").await;
        page.see(link("Milan")).await;
        page.tab_to(button("Select Sites")).await;
        page.press(Key::Enter).await;
        page.see(text("1 of 3 chosen")).await;
        page.tab_to(role("searchbox", "Filter sites")).await;
        page.press("turin").await;
        page.see_texts(column("Name"), &["Turin"]).await;
        page.tab_to(row("Turin")).await;
        page.press(" ").await;
        page.see(text("2 of 3 chosen")).await;
        page.tab_back_to(role("searchbox", "Filter sites")).await;
        for _ in 0..5 {
            page.press(Key::Backspace).await;
        }
        page.see_texts(column("Name"), &["Milan", "Rome", "Turin"]).await;
        page.tab_to(row("Turin")).await;
        page.press(Key::Home).await;
        page.see_focus_on(row("Milan")).await;
        page.press(" ").await;
        page.see(text("1 of 3 chosen")).await;
        // Saving too early leads to what is missing.
        page.tab_to(button("Save")).await;
        page.press(Key::Enter).await;
        page.see_focus_on(field(HOME)).await;
        page.see(text(has("A site always needs an engine or a pool"))).await;
        page.check_accessibility("the choice of a new engine").await;
        page.press(LOCAL).await;
        page.see(text("1 site from Genoa")).await;
        page.tab_to(button("Save")).await;
        page.press(Key::Enter).await;
        page.see_no(any("dialog")).await;
        page.see(text(format!("1 site from Genoa to {LOCAL}"))).await;
        page.tab_to(button("Save")).await;
        page.press(Key::Enter).await;
        page.see_words(news(), "Moving sites: 2 moved.").await;
        assert_eq!(scanner(&stack, turin).await, engine.into());
        assert_eq!(scanner(&stack, milan).await, stack.id_of(LOCAL).await.into());
    }
}
