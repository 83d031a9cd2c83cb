//! Assigning sites to an engine while configuring it, as the document on distributed Scan Engines tells it, and what
//! happens when it does not go.

use console_api::{ScannerId, SiteId};
use e2e::{
    Fault, Key, Page, Stack, any, button, cell, column, dialog, field, has, heading, in_both_browsers,
    in_chromium, link, news, role, row, text,
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

async fn select_sites(page: &Page, names: &[&str]) {
    page.click(button("Select Sites")).await;
    page.see(dialog("Select Sites")).await;
    for name in names {
        page.click(role("checkbox", format!("Select {name}"))).await;
    }
    page.click(button("Save")).await;
    page.see_no(any("dialog")).await;
}

in_both_browsers! {
    async fn sites_are_assigned_to_an_engine_as_the_document_tells(page: Page) {
        let stack = Stack::start().await;
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
        page.see(role("table", "Moves when you save")).await;
        page.see(text(format!("2 sites from {LOCAL} to Frankfurt"))).await;
        page.check_accessibility("the tab Sites with moves").await;
        assert_eq!(scanner(&stack, berlin).await, stack.id_of(LOCAL).await.into(), "nothing is saved yet");
        // “Click Save to save the new Scan Engine information.”
        page.click(button("Save")).await;
        page.see_words(news(), "Moving sites: 2 moved.").await;
        page.see_no(role("table", "Moves when you save")).await;
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

    async fn without_a_mouse(page: Page) {
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

    async fn a_move_that_fails_in_the_middle_stops_no_other_and_is_saved_again(page: Page) {
        let stack = Stack::start().await;
        let engine = ScannerId::from(stack.add("Genoa", "192.0.2.1", 40814).await);
        let [milan, rome, turin, venice] = sites(&stack, ["Milan", "Rome", "Turin", "Venice"]).await;
        sign_in(&page, &stack).await;
        sites_tab(&page, "Genoa").await;
        select_sites(&page, &["Milan", "Rome", "Turin", "Venice"]).await;
        let portal = stack.proxy().fail(&format!("/api/3/sites/{rome}/scan_engine"), Fault::Html);
        let broken = stack.proxy().fail(&format!("/api/3/sites/{turin}/scan_engine"), Fault::NoAnswer);
        page.click(button("Save")).await;
        page.see(dialog("Moving sites – done")).await;
        page.see(text("2 moved, 2 failed.")).await;
        page.see_words(role("group", "Failed"), "Rome: The answer (200) is not what a console gives here.").await;
        page.see_words(role("group", "Failed"), "Turin: The console could not be reached.").await;
        page.check_accessibility("what was moved and what was not").await;
        page.click(button("Done")).await;
        page.see(text(format!("2 sites from {LOCAL} to Genoa"))).await;
        for (site, moved) in [(milan, true), (rome, false), (turin, false), (venice, true)] {
            assert_eq!(scanner(&stack, site).await == engine, moved, "site {site}");
        }
        portal.end();
        broken.end();
        page.click(button("Save")).await;
        page.see_words(news(), "Moving sites: 2 moved.").await;
        assert_eq!(scanner(&stack, rome).await, engine);
    }

    async fn a_colleagues_assignment_stays_until_one_knows_of_it(page: Page) {
        let stack = Stack::start().await;
        let genoa = stack.add("Genoa", "192.0.2.1", 40814).await;
        let pisa = stack.add("Pisa", "192.0.2.2", 40814).await;
        let [milan] = sites(&stack, ["Milan"]).await;
        sign_in(&page, &stack).await;
        sites_tab(&page, "Genoa").await;
        select_sites(&page, &["Milan"]).await;
        if let Err(error) = stack.api().set_site_scanner(milan, pisa.into()).await {
            panic!("the colleague could not assign Milan: {error}");
        }
        // A new name is saved as well, and takes nothing back either.
        page.click(role("tab", "General")).await;
        page.fill("Name", "Genova").await;
        page.click(button("Save")).await;
        page.see(text("1 failed.")).await;
        page.see_words(role("group", "Failed"), "Milan: Somebody else has given it to Pisa meanwhile").await;
        page.click(button("Done")).await;
        page.see_words(news(), "Genova is saved.").await;
        assert_eq!(scanner(&stack, milan).await, pisa.into());
        page.click(role("tab", "Sites")).await;
        page.see(text("1 site from Pisa to Genova")).await;
        page.click(button("Save")).await;
        page.see_words(news(), "Moving sites: 1 moved.").await;
        assert_eq!(scanner(&stack, milan).await, genoa.into());
    }

    async fn a_session_that_ends_while_sites_move_asks_for_sign_in_and_goes_on(page: Page) {
        let mut stack = Stack::start().await;
        let engine = ScannerId::from(stack.add("Genoa", "192.0.2.1", 40814).await);
        let ids = sites(&stack, ["Milan", "Rome", "Turin"]).await;
        sign_in(&page, &stack).await;
        sites_tab(&page, "Genoa").await;
        select_sites(&page, &["Milan", "Rome", "Turin"]).await;
        stack.change_password("quite-another-password").await;
        page.click(button("Save")).await;
        page.see(dialog("Sign in again")).await;
        page.fill("Password", "quite-another-password").await;
        page.click(button("Sign in")).await;
        page.see_no(dialog("Sign in again")).await;
        page.see_words(news(), "Moving sites: 3 moved.").await;
        for site in ids {
            assert_eq!(scanner(&stack, site).await, engine);
        }
    }
}

in_chromium! {
    async fn pictures_of_selecting_sites(page: Page) {
        let stack = Stack::start().await;
        stack.add("Genoa", "192.0.2.1", 40814).await;
        let names: [String; 40] = std::array::from_fn(|at| format!("Office {}", at + 1));
        sites(&stack, names.each_ref().map(String::as_str)).await;
        sign_in(&page, &stack).await;
        sites_tab(&page, LOCAL).await;
        page.see(link("Office 1")).await;
        page.take_pictures("engine-sites").await;
        page.click(button("Select Sites")).await;
        page.click(role("checkbox", "Select Office 2")).await;
        page.click(role("checkbox", "Select Office 4")).await;
        page.fill(HOME, "Genoa").await;
        page.see(text(format!("2 sites from {LOCAL}"))).await;
        page.take_pictures("select-sites").await;
        page.click(button("Save")).await;
        page.see_no(any("dialog")).await;
        page.see(text(format!("2 sites from {LOCAL} to Genoa"))).await;
        page.take_pictures("engine-sites-moves").await;
    }
}
