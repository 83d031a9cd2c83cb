//! **Sites** and **Site Configuration**, against a real console and under its failures.

use console_api::{NewSite, PoolDraft, ScannerId, SiteId};
use e2e::{
    Key, PATIENCE, Page, Stack, any, button, cell, column, dialog, field, has, heading, link, news, role,
    row, starts, tests, text, until,
};

use crate::fleet::{LOCAL, sign_in};

const PICKER: &str = "Scan Engines & Pools";

/// Adds a site through the API, as a colleague does.
pub(crate) async fn add_site(stack: &Stack, name: &str, scanner: Option<ScannerId>) -> SiteId {
    let site =
        NewSite { name: name.to_owned(), importance: None, description: None, scanner, scan_template: None };
    stack.api().create_site(&site).await.expect("the console takes the site").id
}

pub(crate) async fn see_scanner(stack: &Stack, site: SiteId, wanted: impl Into<ScannerId>) {
    let wanted = wanted.into();
    let seen = until(PATIENCE, async || {
        let now = stack.api().site_scanner(site).await.map_err(|error| error.to_string())?;
        if now == wanted { Ok(()) } else { Err(format!("{now}")) }
    });
    seen.await.unwrap_or_else(|now| panic!("site {site} is scanned by {now}, not {wanted}"));
}

/// Opens a site's page by its link in the list.
async fn open_site(page: &Page, stack: &Stack, name: &str) {
    sign_in(page, stack).await;
    page.click(link("Sites")).await;
    page.click(link(name.to_owned())).await;
    page.see(heading("Site Configuration")).await;
    page.see(role("table", PICKER)).await;
}

async fn see_chosen(page: &Page, name: &str) {
    page.see_words(text(starts("Chosen:")), name).await;
}

/// Sends the form that is in the dialog.
async fn save_in(page: &Page, title: &'static str) {
    page.click(button("Save").within(dialog(title))).await;
}

tests! {
    in_chromium: async fn the_console_pages_and_sorts_and_the_filter_looks_through_all_pages(page: Page) {
        let stack = Stack::with(&["--seed", "large:20,1200"]).await;
        sign_in(&page, &stack).await;
        page.click(link("Sites")).await;
        page.see(text("1–50 of 1,200")).await;
        page.click(button("Next page")).await;
        page.see(text("51–100 of 1,200")).await;
        page.see_focus_on(button("Next page")).await;
        page.see_address("/sites?page=2").await;
        let second = page.texts(column("Name")).await;
        page.reload().await;
        page.sign_in("admin", &stack.password()).await;
        page.see(text("51–100 of 1,200")).await;
        assert_eq!(page.texts(column("Name")).await.first(), second.first(), "a reload shows another page");

        page.click(button("Assets")).await;
        page.click(button("Assets")).await;
        page.see_address("/sites?sort=-assets").await;
        page.see(text("1–50 of 1,200")).await;
        let assets: Vec<u64> = page.texts(column("Assets")).await.iter().map(|text| text.replace(',', "").parse().expect("a number")).collect();
        assert!(assets.len() > 5 && assets.is_sorted_by(|a, b| a >= b), "{assets:?}");
        page.choose("Rows per page", "100").await;
        page.see(text("1–100 of 1,200")).await;
        page.click(button("Last page")).await;
        page.see(text("1,101–1,200 of 1,200")).await;
        page.see_attribute(button("Next page"), "aria-disabled", Some("true")).await;
        page.back().await;
        page.see(text("1–100 of 1,200")).await;
        page.back().await;
        page.see(text("1–50 of 1,200")).await;
        page.see_address("/sites?sort=-assets").await;

        add_site(&stack, "Harbour cranes", None).await;
        page.fill("Filter sites", "harbour CRANES").await;
        page.see_texts(column("Name"), &["Harbour cranes"]).await;
        page.see(text("1 of 1,201 match")).await;
        page.see_address("/sites?sort=-assets&filter=harbour+CRANES").await;
        // The engine's name is looked at as well.
        page.fill("Filter sites", "cranes local").await;
        page.see_texts(column("Name"), &["Harbour cranes"]).await;
        page.see_address("/sites?sort=-assets&filter=cranes+local").await;
        page.click(link("Harbour cranes")).await;
        page.see(heading("Site Configuration")).await;
        page.back().await;
        page.see_value(role("searchbox", "Filter sites"), "cranes local").await;
        page.see_texts(column("Name"), &["Harbour cranes"]).await;
        page.click(button("Empty the filter")).await;
        page.see(text("1–50 of 1,201")).await;
    }

    in_chromium: async fn a_site_is_created_found_and_edited(page: Page) {
        let stack = Stack::start().await;
        let oslo = stack.add("Oslo data centre", "192.0.2.6", 40814).await;
        sign_in(&page, &stack).await;
        page.click(link("Sites")).await;
        page.see(heading("No sites")).await;
        page.click(link("Create site")).await;
        page.see(heading("Create site")).await;
        page.fill("Name", "Harbour").await;
        page.choose("Importance", "High").await;
        page.fill("Description", "Cranes and gates").await;
        page.choose("Scan template", "Discovery Scan").await;
        page.click(role("tab", "Engines")).await;
        page.click(role("radio", "Choose Oslo data centre")).await;
        see_chosen(&page, "Oslo data centre").await;
        page.click(button("Save")).await;
        page.see_words(news(), "Harbour is created.").await;
        page.see(heading("Site Configuration")).await;
        for words in ["Harbour", "High", "Cranes and gates", "Oslo data centre", "Never"] {
            page.see_words(role("region", "General information"), words).await;
        }
        page.click(link("Sites")).await;
        page.see_words(cell("Harbour", "Engine or pool"), "Oslo data centre").await;

        page.click(link("Edit Harbour")).await;
        page.see_value(field("Name"), "Harbour").await;
        page.see_value(field("Description"), "Cranes and gates").await;
        page.see_attribute(button("Save"), "aria-disabled", Some("true")).await;
        page.fill("Name", "Quay").await;
        page.click(button("Save")).await;
        page.see_words(news(), "Quay is saved.").await;
        page.see(heading("Quay")).await;
        let site = stack.api().sites(&console_api::PageRequest::default()).await.expect("the list").items.remove(0);
        assert_eq!(
            (site.name.as_str(), site.importance.as_deref(), site.scanner, site.scan_template.as_deref()),
            ("Quay", Some("high"), Some(oslo.into()), Some("discovery"))
        );
        page.click(link("Oslo data centre").within(role("region", "General information"))).await;
        page.see(heading("Scan Engine Configuration")).await;
    }

    // "Adding an engine" of the documents, while configuring a new site.
    in_chromium: async fn a_new_site_and_its_new_engine_are_made_in_one_go(page: Page) {
        let stack = Stack::start().await;
        sign_in(&page, &stack).await;
        page.click(link("Sites")).await;
        page.click(link("Create site")).await;
        page.fill("Name", "Harbour").await;
        page.click(role("tab", "Engines")).await;
        page.click(button("Add Scan Engine")).await;
        let adding = dialog("Add Scan Engine");
        page.see(role("tab", "General").within(adding.clone())).await;
        page.see(text("Port 40814 is open on every firewall between this console and the engine.")).await;
        page.check_accessibility("adding an engine for a new site").await;
        page.fill("Name", "Bergen").await;
        page.fill("Address", "192.0.2.7").await;
        save_in(&page, "Add Scan Engine").await;
        page.see_no(any("dialog")).await;
        see_chosen(&page, "Bergen").await;
        page.see(text("Bergen is added, and chosen for this site.")).await;
        page.check_accessibility("a new site with a new engine").await;
        let sites = stack.api().sites(&console_api::PageRequest::default()).await.expect("the list").items;
        assert!(sites.is_empty(), "the site is created by its own Save alone");
        page.click(button("Save")).await;
        page.see_words(news(), "Harbour is created.").await;
        page.see(heading("Site Configuration")).await;
        let bergen = stack.id_of("Bergen").await;
        let site = stack.api().sites(&console_api::PageRequest::default()).await.expect("the list").items.remove(0);
        assert_eq!(site.scanner, Some(bergen.into()));
        page.click(link("Pairing of Bergen")).await;
        page.see(heading("Scan Engine Configuration")).await;
        page.see_address(&format!("/engines/{bergen}?tab=pairing")).await;
    }

    in_chromium: async fn a_site_gets_another_engine_then_a_new_one_then_a_new_pool(page: Page) {
        let stack = Stack::start().await;
        let oslo = stack.add("Oslo data centre", "192.0.2.6", 40814).await;
        let site = add_site(&stack, "Harbour", None).await;
        open_site(&page, &stack, "Harbour").await;
        see_chosen(&page, LOCAL).await;
        page.see_attribute(button("Save"), "aria-disabled", Some("true")).await;
        page.fill("Filter engines and pools", "oslo").await;
        page.see_count(any("radio"), 1).await;
        page.click(role("radio", "Choose Oslo data centre")).await;
        page.see(text(has("from Local scan engine to Oslo data centre"))).await;
        page.click(button("Save")).await;
        page.see_words(news(), "Harbour is scanned by Oslo data centre.").await;
        see_scanner(&stack, site, oslo).await;

        page.click(button("Add Scan Engine")).await;
        page.see(dialog("Add Scan Engine")).await;
        page.fill("Name", "Bergen").await;
        page.fill("Address", "192.0.2.7").await;
        save_in(&page, "Add Scan Engine").await;
        page.see_no(any("dialog")).await;
        see_chosen(&page, "Bergen").await;
        // Chosen, and not more: the site moves when it is saved.
        see_scanner(&stack, site, oslo).await;
        page.click(button("Save")).await;
        page.see_words(news(), "Harbour is scanned by Bergen.").await;
        see_scanner(&stack, site, stack.id_of("Bergen").await).await;

        page.click(button("Create Engine Pool")).await;
        page.see(dialog("Create Engine Pool")).await;
        page.fill("Name", "North").await;
        save_in(&page, "Create Engine Pool").await;
        page.see_no(any("dialog")).await;
        see_chosen(&page, "pool North").await;
        page.click(button("Save")).await;
        page.see_words(news(), "Harbour is scanned by pool North.").await;
        let pools = stack.api().pools().await.expect("the pools").items;
        let north = pools.iter().find(|pool| pool.name == "North").expect("the pool").id;
        see_scanner(&stack, site, north).await;
    }

    in_chromium: async fn selected_sites_move_together_and_one_is_deleted(page: Page) {
        let stack = Stack::start().await;
        let oslo = stack.add("Oslo data centre", "192.0.2.6", 40814).await;
        let harbour = add_site(&stack, "Harbour", None).await;
        let quay = add_site(&stack, "Quay", None).await;
        sign_in(&page, &stack).await;
        page.click(link("Sites")).await;
        page.see_words(cell("Harbour", "Engine or pool"), LOCAL).await;
        page.click(role("checkbox", "Select Harbour")).await;
        page.click(role("checkbox", "Select Quay")).await;
        page.click(button("Move to another engine or pool")).await;
        page.see(dialog("Move 2 sites")).await;
        page.click(role("combobox", "Engine or pool")).await;
        page.see(role("option", has("Oslo data centre"))).await;
        page.check_accessibility("where selected sites go").await;
        page.click(role("option", has("Oslo data centre"))).await;
        page.click(button("Move 2 sites to Oslo data centre")).await;
        page.see(text("2 moved.")).await;
        page.click(button("Done")).await;
        page.see_words(cell("Quay", "Engine or pool"), "Oslo data centre").await;
        see_scanner(&stack, harbour, oslo).await;
        see_scanner(&stack, quay, oslo).await;

        page.click(button("Delete Quay")).await;
        page.see(dialog("Delete Quay")).await;
        page.see(text("It has no known scans.")).await;
        page.check_accessibility("the question about a site").await;
        page.click(button("Delete Quay").within(dialog("Delete Quay"))).await;
        page.see_words(news(), "Quay is deleted.").await;
        page.see_texts(column("Name"), &["Harbour"]).await;
        assert!(stack.api().site(quay).await.is_err());
    }

    in_chromium: async fn a_rename_never_takes_back_a_colleagues_engine(page: Page) {
        let stack = Stack::start().await;
        let oslo = stack.add("Oslo data centre", "192.0.2.6", 40814).await;
        let site = add_site(&stack, "Harbour", None).await;
        sign_in(&page, &stack).await;
        page.click(link("Sites")).await;
        page.click(link("Edit Harbour")).await;
        page.fill("Name", "Quay").await;
        stack.api().set_site_scanner(site, oslo.into()).await.expect("a colleague's change");
        page.click(button("Save")).await;
        page.see_words(news(), "Quay is saved.").await;
        see_scanner(&stack, site, oslo).await;
    }

    in_both_browsers: async fn a_site_gets_a_pool_without_a_mouse(page: Page) {
        let stack = Stack::start().await;
        let oslo = stack.add("Oslo data centre", "192.0.2.6", 40814).await;
        let pool = PoolDraft { name: "North".to_owned(), engines: vec![oslo] };
        let pool = stack.api().create_pool(&pool).await.expect("the console takes the pool").id;
        let site = add_site(&stack, "Harbour", None).await;
        sign_in(&page, &stack).await;
        page.see_focus_on(heading("Scan Engines")).await;
        // Backwards: forwards the way leads through the browser's own buttons, where Firefox without a window keeps the keys.
        page.tab_back_to(link("Sites")).await;
        page.press(Key::Enter).await;
        page.see_focus_on(heading("Sites")).await;
        page.see(row("Harbour")).await;
        page.press("/").await;
        page.see_focus_on(role("searchbox", "Filter sites")).await;
        page.press("harb").await;
        page.see(text("1 of 1 match")).await;
        page.tab_to(row("Harbour")).await;
        page.press(Key::Enter).await;
        page.see_focus_on(heading("Site Configuration")).await;
        page.tab_to(row("Default Engine Pool")).await;
        page.press(Key::End).await;
        page.see_focus_on(row("Oslo data centre")).await;
        page.press(Key::Up).await;
        page.see_focus_on(row("North")).await;
        page.press(" ").await;
        see_chosen(&page, "pool North").await;
        page.tab_to(button("Save")).await;
        page.press(Key::Enter).await;
        page.see_words(news(), "Harbour is scanned by pool North.").await;
        see_scanner(&stack, site, pool).await;
    }
}
