//! The app with older consoles: one of 2018, which tells no status, no versions and no dates of an engine, and version
//! 6.6.55. Both list pools among the engines, tell no direction, and write the status of an error as a text.

use console_api::{EngineId, SiteId};
use e2e::{
    PATIENCE, Page, Stack, any, button, cell, column, dialog, field, has, heading, link, news, role, row,
    tests, text, until,
};

use crate::fleet::{LOCAL, more, pool, sign_in, site, update};
use crate::pairing_reverse::show;

const OLDER: [&str; 2] = ["6.6.55", "2018"];
const OSLO: &str = "Oslo data centre";
const POOL: &str = "Northern Europe";
/// Older than any of these consoles.
const OLD: [&str; 4] = ["--product-version", "6.4.1", "--content-version", "2017-12-01"];

/// Adds an engine to a pool that has a site.
async fn give_pool_with_site(stack: &Stack, engine: EngineId) -> SiteId {
    let pool = pool(stack, POOL, &[engine]).await;
    site(stack, "Office", pool).await
}

/// Until the console knows that the engine has taken the update.
async fn wait_for_version(stack: &Stack, wanted: &str) {
    let found = until(PATIENCE, async || {
        let report = stack.api().version_engines().await.map_err(|error| error.to_string())?;
        let oslo = report.engines.iter().find(|block| block.name.as_deref() == Some(OSLO));
        let version = oslo.and_then(|block| block.version.clone());
        if version.as_deref() == Some(wanted) { Ok(()) } else { Err(format!("{version:?}")) }
    })
    .await;
    if let Err(version) = found {
        panic!("{OSLO} is not updated to {wanted}: {version}");
    }
}

async fn see(page: &Page, words: &str) {
    page.see_words(role("region", "Summary"), words).await;
}

tests! {
    in_chromium: async fn a_console_of_2018_tells_little_and_refresh_finds_the_rest_out(page: Page) {
        let stack = Stack::speaking("2018").await;
        let mut engine = stack.engine_with(OSLO, &OLD).await;
        sign_in(&page, &stack).await;
        page.see_words(cell(OSLO, "Status"), "No status").await;
        page.see(button(format!("Refresh ({OSLO})"))).await;
        page.see(button("No status 2")).await;
        page.click(button(format!("Refresh {OSLO}"))).await;
        page.see_words(cell(OSLO, "Status"), "Pending authorization").await;
        page.see_words(news(), &format!("{OSLO}: Pending authorization.")).await;
        engine.enable_console().await;
        page.click(button("Refresh displayed engines")).await;
        page.see_words(news(), "Refreshed 2 engines: 2 Active.").await;
        page.see_words(cell(OSLO, "Status"), "Active").await;
        page.see_words(cell(OSLO, "Product version"), "6.4.1").await;
        page.see_words(cell(OSLO, "Last refreshed"), "this minute").await;
        page.see_words(cell(LOCAL, "Status"), "Active").await;
        // What was found out is kept when the list is read again.
        stack.add("Bergen", "192.0.2.7", 40814).await;
        page.click(link("Administration")).await;
        page.click(link("Engines")).await;
        page.see(row("Bergen")).await;
        page.see_words(cell("Bergen", "Status"), "No status").await;
        page.see_words(cell(OSLO, "Status"), "Active").await;

        // Its page says what is not told, and finds it out.
        page.reload().await;
        page.sign_in("admin", &stack.password()).await;
        page.click(link(OSLO)).await;
        see(&page, "No status").await;
        see(&page, "The console does not report a status.").await;
        see(&page, "Direction not reported").await;
        page.click(button("Refresh")).await;
        page.see_words(news(), &format!("{OSLO}: Active.")).await;
        see(&page, "6.4.1").await;
        more(&page, "Reverse direction").await;
        let question = dialog(format!("Reverse direction of {OSLO}"));
        page.see_words(question, "This console does not report which side connects").await;
        page.click(button("Cancel")).await;
        page.see_no(any("dialog")).await;
        page.click(role("tab", "Pairing")).await;
        page.see(heading("Certificates")).await;
        page.see_count(text("Not available yet"), 2).await;
        page.click(link("Engines")).await;
        page.see_words(cell(OSLO, "Product version"), "6.4.1").await;

        // An update whose end is not told is not waited for.
        update(&page, format!("Update {OSLO}"), OSLO).await;
        page.see_words(news(), &format!("This console does not report when {OSLO} has installed the update.")).await;
        page.see_attribute(row(OSLO), "aria-busy", None).await;
        wait_for_version(&stack, "6.4.65").await;
        page.click(button(format!("Refresh {OSLO}"))).await;
        page.see_words(cell(OSLO, "Product version"), "6.4.65").await;
    }

    in_chromium: async fn version_6_6_55_tells_status_versions_and_dates_but_no_direction(page: Page) {
        let stack = Stack::speaking("6.6.55").await;
        let mut engine = stack.engine_with(OSLO, &OLD).await;
        engine.enable_console().await;
        sign_in(&page, &stack).await;
        page.click(button("Refresh displayed engines")).await;
        page.see_words(cell(OSLO, "Status"), "Active").await;
        page.reload().await;
        page.sign_in("admin", &stack.password()).await;
        page.see_words(cell(OSLO, "Status"), "Active").await;
        page.see_words(cell(OSLO, "Status"), "Direction not reported.").await;
        page.see_words(cell(OSLO, "Product version"), "6.4.1").await;
        page.see_words(cell(OSLO, "Last refreshed"), "this minute").await;
        page.click(link(OSLO)).await;
        see(&page, "Direction not reported").await;
        page.click(role("tab", "Pairing")).await;
        page.see_count(text("Not available yet"), 2).await;
    }

    in_chromium: async fn engines_pools_sites_and_the_secret_of_older_consoles_are_of_use(page: Page) {
        for dialect in OLDER {
            let stack = Stack::speaking(dialect).await;
            let oslo = stack.add(OSLO, "192.0.2.6", 40814).await;
            let office = give_pool_with_site(&stack, oslo).await;
            sign_in(&page, &stack).await;
            page.see(row(OSLO)).await;
            // Pools, which these consoles list among the engines, are none; neither their members nor their sites are lost.
            page.see(button("All 2")).await;
            page.see_no(row(POOL)).await;
            page.see_no(row("Default Engine Pool")).await;
            page.see_words(cell(OSLO, "Pools"), "1").await;
            page.see_words(cell(OSLO, "Sites"), "1").await;
            page.click(link(OSLO)).await;
            see(&page, "0 directly, 1 through pools").await;
            see(&page, POOL).await;

            // A refusal is said in the console's words.
            page.see_value(field("Name"), OSLO).await;
            page.fill("Name", "Bergen").await;
            // A colleague is faster.
            stack.add("Bergen", "192.0.2.7", 40814).await;
            page.click(button("Save")).await;
            page.see(text(has("A scan engine with the name Bergen already exists."))).await;
            page.see_attribute(field("Name"), "aria-invalid", Some("true")).await;
            page.fill("Name", "Tromsø").await;
            page.click(button("Save")).await;
            page.see(heading("Tromsø")).await;

            // A site gets another engine, and a name.
            page.click(link("Sites")).await;
            page.click(link("Office")).await;
            page.see(role("table", "Scan Engines & Pools")).await;
            page.see_texts(column("Name"), &["Bergen", "Default Engine Pool", LOCAL, POOL, "Tromsø"]).await;
            page.click(role("radio", "Choose Tromsø")).await;
            page.click(button("Save")).await;
            page.see_words(news(), "Office is scanned by Tromsø.").await;
            assert_eq!(stack.api().site_scanner(office).await, Ok(oslo.into()));
            page.click(role("tab", "General")).await;
            page.fill("Name", "Quay").await;
            page.click(button("Save")).await;
            page.see_words(news(), "Quay is saved.").await;

            // An engine with a site stays; one without goes.
            page.click(link("Engines")).await;
            page.click(button("Delete Tromsø")).await;
            page.see_words(dialog("Delete Tromsø"), "1 site is assigned to it").await;
            page.click(button("Cancel")).await;
            page.see_no(any("dialog")).await;
            page.click(button("Delete Bergen")).await;
            let question = dialog("Delete Bergen");
            page.see(question.clone()).await;
            let bergen = stack.id_of("Bergen").await;
            let quay = site(&stack, "Pier", bergen).await;
            page.click(button("Delete Bergen").within(question.clone())).await;
            // A colleague was faster again: the dialog then offers to move the site.
            page.see_words(question, "1 site is assigned to it").await;
            page.click(button("Cancel")).await;
            page.see_no(any("dialog")).await;
            stack.api().set_site_scanner(quay, oslo.into()).await.expect("the console takes it");
            page.click(button("Refresh displayed engines")).await;
            page.see_words(cell("Bergen", "Sites"), "0").await;
            page.click(button("Delete Bergen")).await;
            page.click(button("Delete Bergen").within(dialog("Delete Bergen"))).await;
            page.see_words(news(), "Bergen is deleted.").await;
            page.see_no(row("Bergen")).await;

            page.click(link("Shared Secret")).await;
            page.see(text(has("There is no valid shared secret."))).await;
            page.click(button("Generate")).await;
            page.see_words(news(), "A new shared secret was generated.").await;
            // The one that is still valid, wherever this console has it.
            let known = stack.api().generate_shared_secret().await.expect("the console answers");
            assert_eq!(show(&page).await, known.secret.reveal());
        }
    }
}
