//! An engine that goes: its sites and pools get to another, and what happens when that does not go; its tabs **Pools** and
//! **Scans**; and two people at the same engine.

use console_api::{EngineId, PoolId, SiteId};
use e2e::{
    Fault, Key, Page, Stack, any, beside, button, cell, column, dialog, field, has, heading, link, news,
    role, row, tests, text,
};

use crate::fleet::{LOCAL, more, sign_in, site};

async fn scanner_of(stack: &Stack, site: SiteId) -> u64 {
    stack.api().site_scanner(site).await.expect("the console answers").get()
}

/// Berlin with three sites and in the console's one pool, and Cologne with nothing.
async fn two_cities(stack: &Stack) -> (EngineId, EngineId, PoolId, Vec<SiteId>) {
    let berlin = stack.add("Berlin", "192.0.2.10", 40814).await;
    let cologne = stack.add("Cologne", "192.0.2.20", 40814).await;
    let pools = stack.api().pools().await.expect("the console answers").items;
    let pool = pools.first().expect("there is a pool from the start").id;
    stack.api().assign_to_pool(berlin, pool).await.expect("the console takes it");
    let mut sites = Vec::new();
    for name in ["Mail", "Web", "Printers"] {
        sites.push(site(stack, name, berlin).await);
    }
    (berlin, cologne, pool, sites)
}

async fn open_engine(page: &Page, stack: &Stack, name: &str) {
    sign_in(page, stack).await;
    page.choose("Auto-refresh", "Off").await;
    page.click(link(name.to_owned())).await;
    page.see(heading("Scan Engine Configuration")).await;
    page.see(heading(name.to_owned())).await;
}

tests! {
    in_chromium: async fn sites_move_first_and_then_the_engine_is_deleted(page: Page) {
        let stack = Stack::start().await;
        let (berlin, cologne, pool, sites) = two_cities(&stack).await;
        open_engine(&page, &stack, "Berlin").await;
        // With the keyboard alone.
        page.tab_to(button("More actions")).await;
        page.press(Key::Enter).await;
        page.tab_to(button("Delete")).await;
        page.press(Key::Enter).await;
        page.see(dialog("Delete Berlin")).await;
        page.see(text(has("3 sites are assigned to it"))).await;
        page.see(text(has("It is removed from these pools: Default Engine Pool."))).await;
        page.see_attribute(button("Move 3 sites, then delete"), "aria-disabled", Some("true")).await;
        page.tab_to(field("Move its sites to")).await;
        page.press(Key::Down).await;
        page.see(role("listbox", "Move its sites to: choices")).await;
        page.see(role("option", has("Cologne")).within(any("listbox"))).await;
        page.check_accessibility("the list of engines and pools").await;
        page.press("pool default engine pool").await;
        page.see(text(has("can't be chosen. It would have no engine left."))).await;
        page.fill("Move its sites to", "Cologne").await;
        page.see_attribute(button("Move 3 sites, then delete"), "aria-disabled", None).await;
        page.check_accessibility("the question about moving and deleting").await;
        page.tab_to(button("Move 3 sites, then delete")).await;
        page.press(Key::Enter).await;
        page.see(text("3 moved, 1 deleted.")).await;
        page.see_focus_on(button("Done")).await;
        page.press(Key::Enter).await;
        page.see(heading("Scan Engines")).await;
        page.see_texts(column("Name"), &["Cologne", LOCAL]).await;
        page.see_words(cell("Cologne", "Sites"), "3").await;
        for site in sites {
            assert_eq!(scanner_of(&stack, site).await, cologne.get());
        }
        assert!(stack.api().engine(berlin).await.is_err());
        assert!(stack.api().pool_engines(pool).await.expect("the console answers").is_empty());
    }

    in_chromium: async fn a_console_that_dies_in_the_middle_leaves_the_rest_to_be_done_later(page: Page) {
        let mut stack = Stack::start().await;
        let (berlin, cologne, _, sites) = two_cities(&stack).await;
        sign_in(&page, &stack).await;
        page.choose("Auto-refresh", "Off").await;
        page.click(button("Delete Berlin")).await;
        page.see(dialog("Delete Berlin")).await;
        page.fill("Move its sites to", "Cologne").await;
        let answer = stack.proxy().hold(&format!("/api/3/sites/{}/scan_engine", sites[2]));
        page.click(button("Move 3 sites, then delete")).await;
        page.see(text("2 of 4")).await;
        stack.stop_console().await;
        answer.end();
        page.see(text("2 moved, 2 failed.")).await;
        page.see_words(role("group", "Failed"), "The console could not be reached.").await;
        page.see_words(role("group", "Failed"), "Delete Berlin: It was not deleted").await;
        page.check_accessibility("moving that failed").await;
        stack.start_console().await;
        assert_eq!(scanner_of(&stack, sites[0]).await, cologne.get(), "what has moved stays moved");
        assert!(stack.api().engine(berlin).await.is_ok(), "it has a site still");
        page.click(button("Retry failed")).await;
        page.see(text("1 moved, 1 deleted.")).await;
        page.click(button("Done")).await;
        page.see_texts(column("Name"), &["Cologne", LOCAL]).await;
        assert_eq!(scanner_of(&stack, sites[2]).await, cologne.get());
    }

    in_chromium: async fn another_engine_takes_over_sites_and_pools_of_one_that_scans(page: Page) {
        let stack = Stack::start().await;
        let mut old = stack.engine("Oslo").await;
        let mut new = stack.engine("Bergen").await;
        old.enable_console().await;
        new.enable_console().await;
        stack.api().version_engines().await.expect("the console asks its engines");
        let pools = stack.api().pools().await.expect("the console answers").items;
        let pool = pools.first().expect("there is a pool from the start").id;
        stack.api().assign_to_pool(old.id(), pool).await.expect("the console takes it");
        let harbour = site(&stack, "Harbour", old.id()).await;
        let shared = site(&stack, "Shared", pool).await;
        stack.api().start_scan(harbour, None).await.expect("the scan starts");

        open_engine(&page, &stack, "Oslo").await;
        page.click(role("tab", "Scans")).await;
        page.see_words(row("Harbour"), "Running").await;
        page.see(text(has("1 scan is under way."))).await;
        page.see(link("Harbour")).await;
        page.check_accessibility("scans").await;

        more(&page, "Replace engine").await;
        page.see(dialog("Replace Oslo")).await;
        page.fill("Engine that takes its place", LOCAL).await;
        page.see_words(dialog("Replace Oslo"), "It can't take over the pools.").await;
        page.fill("Engine that takes its place", "Bergen").await;
        page.see(text("Bergen gets 1 site: Harbour.")).await;
        page.see(text("Bergen takes its place in the pool Default Engine Pool: it joins first, then Oslo leaves.")).await;
        page.see(text("1 scan is under way on it. Scans under way on it finish there.")).await;
        page.check_accessibility("the question about replacing").await;
        // It joins the pool; that the old one leaves fails.
        let broken = stack.proxy().fail(&format!("/api/3/scan_engine_pools/{pool}/engines/{}", old.id()), Fault::NoAnswer);
        page.click(button("Replace Oslo with Bergen")).await;
        page.see(text("1 moved, 1 failed.")).await;
        page.see_words(role("group", "Failed"), "The new engine is now in pool Default Engine Pool, and the old one still is too.").await;
        broken.end();
        page.click(button("Retry failed")).await;
        page.see(text("1 place taken.")).await;
        page.click(button("Done")).await;
        page.see_words(role("region", "Summary"), "0 directly, 0 through pools").await;
        assert_eq!(stack.api().pool_engines(pool).await, Ok(vec![new.id()]));
        assert_eq!(scanner_of(&stack, harbour).await, new.id().get());
        assert_eq!(scanner_of(&stack, shared).await, pool.get(), "a pool's sites keep their pool");
        drop((old, new));
    }

    in_chromium: async fn two_people_edit_the_same_engine_and_each_sees_what_the_other_did(page: Page) {
        let stack = Stack::start().await;
        let (berlin, ..) = two_cities(&stack).await;
        open_engine(&page, &stack, "Berlin").await;
        page.fill("Name", "Berlin mine").await;
        beside(&page, async |colleague| {
            open_engine(&colleague, &stack, "Berlin").await;
            colleague.fill("Name", "Berlin theirs").await;
            colleague.fill("Port", "40900").await;
            colleague.click(button("Save")).await;
            colleague.see_words(news(), "Berlin theirs is saved.").await;

            page.click(button("Save")).await;
            page.see(text(has("Someone else has changed this engine in the meantime. Nothing was saved."))).await;
            page.see(role("cell", "Berlin theirs")).await;
            page.see(role("cell", "Berlin mine")).await;
            page.see(role("cell", "40900")).await;
            page.check_accessibility("theirs beside yours").await;
            // The new port leads to how the engine is paired again. The colleague goes on with the name.
            colleague.click(role("tab", "General")).await;
            colleague.fill("Name", "Berlin again").await;
            page.click(button("Save mine")).await;
            page.see_words(news(), "Berlin mine is saved.").await;

            // Now it is the colleague whose page is old.
            colleague.click(button("Save")).await;
            colleague.see(role("cell", "Berlin mine")).await;
            colleague.click(button("Take theirs")).await;
            colleague.see_value(field("Name"), "Berlin mine").await;
        })
        .await;
        let engine = stack.api().engine(berlin).await.expect("the console answers");
        assert_eq!((engine.name.as_str(), engine.sites.len()), ("Berlin mine", 3), "no site was lost");
    }
}
