//! The app with older consoles: one of 2018, which tells no status, no versions and no dates of an engine, and version
//! 6.6.55. Both list pools among the engines, tell no direction, and write the status of an error as a text.

use console_api::EngineId;
use e2e::{
    PATIENCE, Page, Stack, any, button, cell, dialog, field, has, heading, in_both_browsers, in_chromium,
    link, news, role, row, text, until,
};

use crate::fleet::{LOCAL, pool, sign_in, site};
use crate::pairing_reverse::show;

const OLDER: [&str; 2] = ["6.6.55", "2018"];
const OSLO: &str = "Oslo data centre";
const POOL: &str = "Northern Europe";
/// Older than any of these consoles.
const OLD: [&str; 4] = ["--product-version", "6.4.1", "--content-version", "2017-12-01"];

/// Puts an engine into a pool that has a site.
async fn give_pool_with_site(stack: &Stack, engine: EngineId) {
    let pool = pool(stack, POOL, &[engine]).await;
    site(stack, "Office", pool).await;
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

in_both_browsers! {
    async fn pools_that_an_older_console_lists_among_its_engines_are_no_engines(page: Page) {
        for dialect in OLDER {
            let stack = Stack::speaking(dialect).await;
            let oslo = stack.add(OSLO, "192.0.2.6", 40814).await;
            give_pool_with_site(&stack, oslo).await;
            sign_in(&page, &stack).await;
            page.see(row(OSLO)).await;
            page.see(button("All 2")).await;
            page.see_no(row(POOL)).await;
            page.see_no(row("Default Engine Pool")).await;
            // Neither the pool's members nor its sites are lost.
            page.see_words(cell(OSLO, "Pools"), "1").await;
            page.see_words(cell(OSLO, "Sites"), "1").await;
            page.click(link(OSLO)).await;
            see(&page, "0 directly, 1 through pools").await;
            see(&page, POOL).await;
        }
    }

    async fn without_a_status_the_list_advises_to_refresh_and_refresh_finds_it_out(page: Page) {
        let stack = Stack::speaking("2018").await;
        let mut engine = stack.engine_with(OSLO, &OLD).await;
        sign_in(&page, &stack).await;
        page.see_words(cell(OSLO, "Status"), "No status").await;
        page.see_words(cell(OSLO, "Status"), "Refresh the engine.").await;
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
    }

    async fn an_engine_of_2018_has_a_page_that_says_what_is_not_told(page: Page) {
        let stack = Stack::speaking("2018").await;
        let mut engine = stack.engine_with(OSLO, &OLD).await;
        engine.enable_console().await;
        sign_in(&page, &stack).await;
        page.click(link(OSLO)).await;
        see(&page, "No status").await;
        see(&page, "The console does not report a status.").await;
        see(&page, "Direction not reported").await;
        page.click(button("Refresh")).await;
        page.see_words(news(), &format!("{OSLO}: Active.")).await;
        see(&page, "6.4.1").await;
        page.click(link("Engines")).await;
        page.click(link(OSLO)).await;
        see(&page, "Active").await;

        page.click(button("Reverse direction")).await;
        let question = dialog(format!("Reverse direction of {OSLO}"));
        page.see_words(question, "This console does not tell who calls whom now").await;
        page.click(button("Cancel")).await;
        page.see_no(any("dialog")).await;
        page.click(role("tab", "Pairing")).await;
        page.see(heading("Certificates")).await;
        page.see_count(text("This console does not tell."), 2).await;
    }

    async fn an_update_whose_end_the_console_does_not_tell_is_not_waited_for(page: Page) {
        let stack = Stack::speaking("2018").await;
        let mut engine = stack.engine_with(OSLO, &OLD).await;
        engine.enable_console().await;
        sign_in(&page, &stack).await;
        page.click(button(format!("Refresh {OSLO}"))).await;
        page.see_words(cell(OSLO, "Product version"), "6.4.1").await;
        page.click(button(format!("Update {OSLO}"))).await;
        page.see_words(news(), &format!("This console does not tell when {OSLO} has taken the update.")).await;
        page.see_attribute(row(OSLO), "aria-busy", None).await;
        wait_for_version(&stack, "6.4.65").await;
        page.click(button(format!("Refresh {OSLO}"))).await;
        page.see_words(cell(OSLO, "Product version"), "6.4.65").await;
    }

    async fn version_6_6_55_tells_status_versions_and_dates_but_no_direction(page: Page) {
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
        page.see_count(text("This console does not tell."), 2).await;
    }

    async fn what_an_older_console_refuses_is_said_in_its_words(page: Page) {
        for dialect in OLDER {
            let stack = Stack::speaking(dialect).await;
            let oslo = stack.add(OSLO, "192.0.2.6", 40814).await;
            sign_in(&page, &stack).await;
            page.click(link(OSLO)).await;
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

            page.click(button("Delete")).await;
            let question = dialog("Delete Tromsø");
            page.see(question.clone()).await;
            site(&stack, "Office", oslo).await;
            page.click(button("Delete Tromsø").within(question.clone())).await;
            // The dialog then offers to move the site.
            page.see_words(question, "1 site is assigned to it").await;
            page.click(button("Cancel")).await;
            page.see_no(any("dialog")).await;

            page.click(link("Engines")).await;
            page.click(button("Delete Bergen")).await;
            page.click(button("Delete Bergen").within(dialog("Delete Bergen"))).await;
            page.see_words(news(), "Bergen is deleted.").await;
            page.see_no(row("Bergen")).await;
        }
    }

    async fn a_shared_secret_comes_from_a_console_of_any_age(page: Page) {
        for dialect in OLDER {
            let stack = Stack::speaking(dialect).await;
            sign_in(&page, &stack).await;
            page.click(link("Shared Secret")).await;
            page.see(text(has("There is no valid shared secret."))).await;
            page.click(button("Generate")).await;
            page.see_words(news(), "A new shared secret was made.").await;
            let secret = stack.api().shared_secret().await.expect("the console answers");
            assert_eq!(show(&page).await, secret.expect("there is one").reveal());
        }
    }
}

in_chromium! {
    async fn pictures_of_older_consoles(page: Page) {
        for dialect in ["current", "6.6.55", "2018"] {
            let stack = Stack::speaking(dialect).await;
            let mut oslo = stack.engine_with(OSLO, &OLD).await;
            oslo.enable_console().await;
            give_pool_with_site(&stack, oslo.id()).await;
            stack.add("Rome office", "192.0.2.7", 40814).await;
            stack.api().version_engines().await.expect("the console asks its engines");
            sign_in(&page, &stack).await;
            page.see(row(OSLO)).await;
            page.take_pictures(&format!("engines-of-{dialect}")).await;
            page.click(link(OSLO)).await;
            see(&page, POOL).await;
            page.take_pictures(&format!("engine-of-{dialect}")).await;
        }
    }
}
