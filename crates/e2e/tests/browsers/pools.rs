//! Engine pools: the list, the form with its two lists, and the work on many things: moving engines, splitting a fleet, deleting
//! a pool that sites use, assigning sites. Each with the failure in its middle that hurts most.

use console_api::{EngineId, Pool};
use e2e::{
    Engine, Fault, Key, Page, Stack, any, button, cell, column, dialog, field, has, heading, link, news,
    role, row, tests, text,
};

use crate::fleet::{LOCAL, pool, sign_in, site};

const DEFAULT: &str = "Default Engine Pool";
const LIST: &str = "Scan Engine Pools";
const ONE: &str = "Scan Engine Pool";

async fn cities(stack: &Stack) -> [EngineId; 4] {
    let mut ids = [EngineId(0); 4];
    for (at, name) in ["Bergen", "Essen", "Lyon", "Turin"].into_iter().enumerate() {
        let address = format!("192.0.2.{}", 10 + at);
        ids[at] = stack.add(name, &address, 40814).await;
    }
    ids
}

/// Engines that really work.
async fn active_engines(stack: &Stack, names: &[&str]) -> Vec<Engine> {
    let mut engines = Vec::new();
    for name in names {
        let mut engine = stack.engine(name).await;
        engine.enable_console().await;
        engines.push(engine);
    }
    stack.api().version_engines().await.expect("the console asks its engines");
    engines
}

/// What the console has now.
async fn pool_now(stack: &Stack, name: &str) -> Option<Pool> {
    let pools = stack.api().pools().await.expect("the console answers").items;
    let mut found = pools.into_iter().find(|pool| pool.name == name)?;
    found.engines.sort_unstable();
    Some(found)
}

async fn engines_of(stack: &Stack, name: &str) -> Vec<EngineId> {
    pool_now(stack, name).await.map(|pool| pool.engines).unwrap_or_default()
}

async fn open_pools(page: &Page, stack: &Stack) {
    sign_in(page, stack).await;
    page.choose("Auto-refresh", "Off").await;
    page.click(link("Pools")).await;
    page.see_focus_on(heading(LIST)).await;
    page.see(row(DEFAULT)).await;
}

fn in_list(engine: &str, list: &'static str) -> e2e::Locator {
    row(engine).within(role("table", list))
}

tests! {
    in_chromium: async fn a_pool_is_made_filled_renamed_and_listed(page: Page) {
        let stack = Stack::start().await;
        let [bergen, essen, lyon, turin] = cities(&stack).await;
        open_pools(&page, &stack).await;
        page.click(link("New engine pool")).await;
        page.see_focus_on(heading("New engine pool")).await;
        // The local engine can't join, and says so.
        page.see_words(in_list(LOCAL, "Available engines"), "Can't join: the local engine").await;
        page.see_attribute(button(format!("Add {LOCAL}")), "aria-disabled", Some("true")).await;
        page.fill("Name", "default engine pool").await;
        page.see_attribute(field("Name"), "aria-invalid", Some("true")).await;
        page.fill("Name", "North").await;
        page.click(button("Add Bergen")).await;
        page.see(in_list("Bergen", "Engines in pool")).await;
        page.check_accessibility("a new pool").await;
        page.click(button("Save")).await;
        page.see_words(news(), "North is created.").await;
        page.see(heading(ONE)).await;
        assert_eq!(engines_of(&stack, "North").await, [bergen]);

        page.fill("Name", "Northern Europe").await;
        page.click(role("checkbox", "Select Essen")).await;
        page.click(role("checkbox", "Select Lyon")).await;
        page.click(button("Add selected")).await;
        page.click(button("Remove Bergen")).await;
        page.see(in_list("Bergen", "Available engines")).await;
        // A colleague adds one meanwhile.
        let north = pool_now(&stack, "North").await.expect("it was created").id;
        stack.api().assign_to_pool(turin, north).await.expect("the console takes it");
        page.click(button("Save")).await;
        page.see(text("Someone else has changed this pool in the meantime. Nothing was saved.")).await;
        page.see(role("cell", "Bergen, Turin")).await;
        page.check_accessibility("two at the same pool").await;
        page.click(button("Save mine")).await;
        page.see_words(news(), "Northern Europe is saved.").await;
        assert_eq!(engines_of(&stack, "Northern Europe").await, [essen, lyon]);
        page.click(link("Pools")).await;
        page.see_words(cell("Northern Europe", "Engines"), "2 0 active").await;
        page.see_words(cell("Northern Europe", "Sites"), "0").await;

        // An empty one, and the filter that looks at the engines' names too.
        page.click(link("New engine pool")).await;
        page.fill("Name", "Later").await;
        page.click(button("Save")).await;
        page.see_words(news(), "Later is created.").await;
        page.click(link("Pools")).await;
        page.see_words(cell("Later", "Engines"), "0").await;
        page.fill("Filter pools", "lyon").await;
        page.see_texts(column("Name"), &["Northern Europe"]).await;
        page.see_address("/pools?filter=lyon").await;
        page.reload().await;
        page.sign_in("admin", &stack.password()).await;
        page.see_texts(column("Name"), &["Northern Europe"]).await;
    }

    in_both_browsers: async fn a_pool_is_made_with_the_keyboard_alone(page: Page) {
        let stack = Stack::start().await;
        let [bergen, essen, ..] = cities(&stack).await;
        open_pools(&page, &stack).await;
        page.tab_to(link("New engine pool")).await;
        page.press(Key::Enter).await;
        page.see_focus_on(heading("New engine pool")).await;
        page.see(in_list("Essen", "Available engines")).await;
        page.tab_to(field("Name")).await;
        page.press("North").await;
        page.tab_to(in_list("Bergen", "Available engines")).await;
        page.press(Key::Enter).await;
        page.see(in_list("Bergen", "Engines in pool")).await;
        // The focus is on the row that took its place.
        page.see_focus_on(in_list("Essen", "Available engines")).await;
        page.press(" ").await;
        page.see_attribute(button("Add selected"), "aria-disabled", None).await;
        page.tab_to(button("Add selected")).await;
        page.press(Key::Enter).await;
        page.see(in_list("Essen", "Engines in pool")).await;
        page.tab_to(button("Save")).await;
        page.press(Key::Enter).await;
        page.see_words(news(), "North is created.").await;
        assert_eq!(engines_of(&stack, "North").await, [bergen, essen]);
    }

    // "Reorganise engine pools" of the documents.
    in_chromium: async fn engines_move_between_pools_and_are_never_in_none(page: Page) {
        let mut stack = Stack::start().await;
        let [bergen, essen, lyon, turin] = cities(&stack).await;
        let north = pool(&stack, "North", &[bergen, essen, lyon]).await;
        pool(&stack, "South", &[turin]).await;
        open_pools(&page, &stack).await;
        page.click(button("Move engine")).await;
        page.see(dialog("Move engine")).await;
        page.fill("From pool", "North").await;
        page.fill("To pool", "South").await;
        page.click(role("checkbox", "Select Bergen")).await;
        page.click(role("checkbox", "Select Essen")).await;
        let question = dialog("Move 2 engines from North to South");
        page.see(question.clone()).await;
        page.see_words(role("table", "What it changes"), "North").await;
        page.see_words(cell("North", "Engines now").within(question.clone()), "3 (0 active)").await;
        page.see_words(cell("North", "Engines after").within(question.clone()), "1 (0 active)").await;
        page.see_words(cell("South", "Engines after").within(question), "3 (0 active)").await;
        page.check_accessibility("moving engines").await;

        // The console dies after the engine was added, before it was taken out.
        let taken_out = stack.proxy().hold(&format!("/api/3/scan_engine_pools/{north}/engines/{essen}"));
        page.click(button("Move 2 engines from North to South")).await;
        page.see(text("1 of 2")).await;
        stack.stop_console().await;
        taken_out.end();
        page.see(text("1 moved, 1 failed.")).await;
        page.see_words(
            role("group", "Failed"),
            "Essen: It was added to South, but could not be removed from North: it is now in both.",
        )
        .await;
        page.check_accessibility("moving engines, half-way").await;
        stack.start_console().await;
        assert_eq!(engines_of(&stack, "North").await, [essen, lyon]);
        assert_eq!(engines_of(&stack, "South").await, [bergen, essen, turin]);
        page.click(button("Retry failed")).await;
        page.see(text("1 moved.")).await;
        page.see_words(role("table", "As it is now"), "North1 (0 active)").await;
        page.click(button("Done")).await;
        page.see_words(cell("North", "Engines"), "1").await;
        assert_eq!(engines_of(&stack, "North").await, [lyon]);
        assert_eq!(engines_of(&stack, "South").await, [bergen, essen, turin]);
        page.forgive_problems().await;
    }

    // "Load-balanced scanning infrastructure" of the documents.
    in_chromium: async fn available_engines_are_split_into_pools(page: Page) {
        let stack = Stack::start().await;
        let engines = active_engines(&stack, &["Bergen", "Essen", "Lyon", "Turin"]).await;
        let ids: Vec<_> = engines.iter().map(Engine::id).collect();
        stack.add("Vienna", "192.0.2.50", 40814).await;
        open_pools(&page, &stack).await;
        page.click(button("Split into pools")).await;
        page.see(dialog("Split into pools")).await;
        page.see(in_list("Bergen", "Engines of new pool 1")).await;
        page.see(in_list("Essen", "Engines of new pool 1")).await;
        page.see(in_list("Lyon", "Engines of new pool 2")).await;
        page.see(in_list("Turin", "Engines of new pool 2")).await;
        page.see_words(role("group", "Left out"), "Vienna: It is not active").await;
        page.see_words(role("group", "Left out"), LOCAL).await;
        page.check_accessibility("splitting").await;
        // One goes over with the keyboard.
        page.tab_to(in_list("Bergen", "Engines of new pool 1")).await;
        page.press(" ").await;
        page.tab_to(button("Move selected of new pool 1")).await;
        page.press(Key::Enter).await;
        page.see(in_list("Bergen", "Engines of new pool 2")).await;
        page.fill("Name of new pool 1", "West").await;
        page.fill("Name of new pool 2", "west").await;
        page.see(text("Another of the new pools has this name.")).await;
        page.see_attribute(button("Create 2 pools"), "aria-disabled", Some("true")).await;
        page.fill("Name of new pool 2", "East").await;
        page.see_words(role("group", "Included"), "West: 1 engine").await;
        page.see_words(role("group", "Included"), "East: 3 engines").await;
        // It does not go unasked.
        page.press(Key::Escape).await;
        page.see(dialog("Leave without saving?")).await;
        page.click(button("Stay")).await;
        page.see_value(field("Name of new pool 1"), "West").await;
        page.click(button("Create 2 pools")).await;
        page.see(text("2 created.")).await;
        page.click(button("Done")).await;
        page.see_no(any("dialog")).await;
        page.see_words(cell("East", "Engines"), "3 3 active").await;
        assert_eq!(engines_of(&stack, "West").await, [ids[1]]);
        let mut east = vec![ids[0], ids[2], ids[3]];
        east.sort_unstable();
        assert_eq!(engines_of(&stack, "East").await, east);
        drop(engines);
    }

    in_chromium: async fn the_scans_of_a_pool_are_those_of_its_sites_and_an_update_asks_first(page: Page) {
        let stack = Stack::start().await;
        let engines = active_engines(&stack, &["Bergen", "Essen"]).await;
        let north = pool(&stack, "North", &[engines[0].id()]).await;
        let harbour = site(&stack, "Harbour", north).await;
        let lodge = site(&stack, "Lodge", north).await;
        let mine = site(&stack, "Mine", engines[1].id()).await;
        for site in [harbour, lodge, mine] {
            stack.api().start_scan(site, None).await.expect("the scan starts");
        }
        open_pools(&page, &stack).await;
        page.click(link("North")).await;
        page.click(button("Show scans")).await;
        let scans = role("table", "Scans of the pool");
        page.see(row("Harbour").within(scans.clone())).await;
        page.see(row("Lodge").within(scans.clone())).await;
        page.see_no(row("Mine").within(scans)).await;
        page.see(text("All 2 scans of its 2 sites, those under way first (2 under way).")).await;
        // It is in the address.
        page.see_address(&format!("/pools/{north}?scans=shown")).await;

        let portal = stack.proxy().fail(&format!("/api/3/sites/{lodge}/scans"), Fault::Html);
        page.click(button("Reload")).await;
        page.see(text("The scans of 1 site are missing.")).await;
        page.see(row("Harbour").within(role("table", "Scans of the pool"))).await;
        portal.end();
        page.click(button("Read the missing scans")).await;
        page.see(row("Lodge").within(role("table", "Scans of the pool"))).await;

        page.click(link("Engines")).await;
        page.click(button("Update Essen")).await;
        page.see(dialog("Update Essen")).await;
        page.see(text(has("1 scan is under way on it."))).await;
        page.check_accessibility("an update while a scan is under way").await;
        page.click(button("Cancel")).await;
        page.see_no(any("dialog")).await;
        page.click(role("checkbox", "Select Essen")).await;
        page.click(button("Update")).await;
        page.see(text("Scans are under way on Essen.")).await;
        page.press(Key::Escape).await;
        page.see_no(any("dialog")).await;
        page.click(button("Update Essen")).await;
        page.click(button("Update Essen").within(dialog("Update Essen"))).await;
        page.see_words(news(), "Essen").await;
        drop(engines);
        page.forgive_problems().await;
    }
}
