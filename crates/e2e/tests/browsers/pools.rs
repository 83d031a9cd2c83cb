//! Engine pools: the list, the form with its two lists, and the work on many things: moving engines, splitting a fleet, deleting
//! a pool that sites use, assigning sites. Each with the failure in its middle that hurts most.

use console_api::{EngineId, Pool, ScannerId};
use e2e::{
    Engine, Fault, Key, Page, Stack, any, button, cell, column, dialog, field, has, heading,
    in_both_browsers, link, news, role, row, text,
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

in_both_browsers! {
    async fn a_pool_is_made_filled_renamed_and_listed(page: Page) {
        let stack = Stack::start().await;
        let [bergen, essen, lyon, _] = cities(&stack).await;
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
        page.click(button("Save")).await;
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

    async fn a_pool_is_made_with_the_keyboard_alone(page: Page) {
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

    async fn what_the_console_refuses_stands_at_the_field_and_nothing_is_lost(page: Page) {
        let mut stack = Stack::start().await;
        let [bergen, ..] = cities(&stack).await;
        open_pools(&page, &stack).await;
        page.click(link("New engine pool")).await;
        page.fill("Name", "North").await;
        page.click(button("Add Bergen")).await;
        page.see(in_list("Bergen", "Engines in pool")).await;
        // A colleague is faster.
        pool(&stack, "North", &[]).await;
        page.click(button("Save")).await;
        page.see_attribute(field("Name"), "aria-invalid", Some("true")).await;
        page.see_focus_on(field("Name")).await;
        page.see(in_list("Bergen", "Engines in pool")).await;

        stack.stop_console().await;
        page.fill("Name", "North 2").await;
        page.click(button("Save")).await;
        page.see(text(has("The console could not be reached."))).await;
        page.see_value(field("Name"), "North 2").await;
        stack.start_console().await;
        page.click(button("Save")).await;
        page.see_words(news(), "North 2 is created.").await;
        assert_eq!(engines_of(&stack, "North 2").await, [bergen]);
        page.forgive_problems().await;
    }

    // "Reorganise engine pools" of the documents.
    async fn engines_move_between_pools_and_are_never_in_none(page: Page) {
        let mut stack = Stack::start().await;
        let [bergen, essen, lyon, turin] = cities(&stack).await;
        let north = pool(&stack, "North", &[bergen, essen, lyon]).await;
        pool(&stack, "South", &[turin]).await;
        open_pools(&page, &stack).await;
        page.click(button("Move engine")).await;
        page.see(dialog("Move engine")).await;
        page.choose("From pool", "North (3 engines)").await;
        page.choose("To pool", "South (1 engine)").await;
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
            "Essen: It was added to South, but could not be taken out of North: it is in both now.",
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

    async fn an_engine_that_can_not_be_added_stays_where_it_is(page: Page) {
        let stack = Stack::start().await;
        let [bergen, ..] = cities(&stack).await;
        pool(&stack, "North", &[bergen]).await;
        let south = pool(&stack, "South", &[]).await;
        open_pools(&page, &stack).await;
        page.click(link("North")).await;
        page.see(heading(ONE)).await;
        page.click(button("Move engine")).await;
        page.choose("To pool", "South (0 engines)").await;
        page.click(role("checkbox", "Select Bergen").within(dialog("Move engine"))).await;
        let portal = stack
            .proxy()
            .fail(&format!("/api/3/scan_engine_pools/{south}/engines/{bergen}"), Fault::Html);
        page.click(button("Move Bergen from North to South")).await;
        page.see(text("1 failed.")).await;
        assert_eq!(engines_of(&stack, "North").await, [bergen]);
        assert!(engines_of(&stack, "South").await.is_empty());
        portal.end();
        page.click(button("Retry failed")).await;
        page.see(text("1 moved.")).await;
        assert_eq!(engines_of(&stack, "South").await, [bergen]);
        page.forgive_problems().await;
    }

    // "Load-balanced scanning infrastructure" of the documents.
    async fn available_engines_are_split_into_pools(page: Page) {
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

    async fn a_split_that_fails_half_way_can_go_on_or_be_taken_back(page: Page) {
        let mut stack = Stack::start().await;
        let engines = active_engines(&stack, &["Bergen", "Essen"]).await;
        let ids: Vec<_> = engines.iter().map(Engine::id).collect();
        open_pools(&page, &stack).await;
        page.click(button("Split into pools")).await;
        page.see(in_list("Essen", "Engines of new pool 2")).await;
        // A colleague takes the second name meanwhile.
        pool(&stack, "Pool 2", &[]).await;
        page.click(button("Create 2 pools")).await;
        page.see(text("1 created, 1 failed.")).await;
        page.see(text("These pools exist now: Pool 1.")).await;
        page.check_accessibility("a split that failed half-way").await;
        page.click(button("Change the others")).await;
        page.see(in_list("Essen", "Engines of new pool 1")).await;
        page.fill("Name of new pool 1", "Pool 3").await;
        // And now the console dies.
        stack.stop_console().await;
        page.click(button("Create 1 pool")).await;
        page.see(text("1 failed.")).await;
        stack.start_console().await;
        page.click(button("Retry failed")).await;
        page.see(text("1 created.")).await;
        page.click(button("Done")).await;
        page.see_no(any("dialog")).await;
        assert_eq!(engines_of(&stack, "Pool 1").await, ids[..1]);
        assert_eq!(engines_of(&stack, "Pool 3").await, ids[1..]);

        page.click(button("Split into pools")).await;
        page.see(in_list("Essen", "Engines of new pool 2")).await;
        page.fill("Name of new pool 1", "A").await;
        page.fill("Name of new pool 2", "B").await;
        pool(&stack, "B", &[]).await;
        page.click(button("Create 2 pools")).await;
        page.see(text("1 created, 1 failed.")).await;
        page.click(button("Take back")).await;
        page.see(text("1 deleted.")).await;
        page.click(button("Done")).await;
        page.see_no(row("A")).await;
        page.see(row("B")).await;
        assert!(pool_now(&stack, "A").await.is_none());
        drop(engines);
        page.forgive_problems().await;
    }

    async fn a_pool_that_sites_use_is_deleted_once_they_have_another(page: Page) {
        let stack = Stack::start().await;
        let [bergen, essen, ..] = cities(&stack).await;
        let north = pool(&stack, "North", &[bergen]).await;
        let south = pool(&stack, "South", &[essen]).await;
        let harbour = site(&stack, "Harbour", north).await;
        site(&stack, "Lodge", north).await;
        open_pools(&page, &stack).await;
        page.see_words(cell("North", "Sites"), "2").await;
        page.see_words(cell("North", "Engines"), "none active").await;
        page.click(button("Delete North")).await;
        page.see(dialog("Move 2 sites and delete North")).await;
        page.see(text(has("2 sites use North."))).await;
        page.fill("Move its sites to", "pool South").await;
        page.see_words(role("group", "Included"), "Harbour: gets pool South").await;
        page.check_accessibility("deleting a pool that sites use").await;
        let portal = stack.proxy().fail(&format!("/api/3/sites/{harbour}/scan_engine"), Fault::NoAnswer);
        page.click(button("Move 2 sites and delete North")).await;
        page.see(text("1 moved, 2 failed.")).await;
        assert!(pool_now(&stack, "North").await.is_some(), "a site uses it still");
        portal.end();
        page.click(button("Retry failed")).await;
        page.see(text("1 moved, 1 deleted.")).await;
        page.click(button("Done")).await;
        page.see_no(row("North")).await;
        page.see_words(cell("South", "Sites"), "2").await;
        let scanner = stack.api().site_scanner(harbour).await.expect("the console answers");
        assert_eq!(scanner, ScannerId::from(south));
        page.forgive_problems().await;
    }

    async fn sites_are_assigned_to_a_pool_from_its_page(page: Page) {
        let stack = Stack::start().await;
        let [bergen, essen, ..] = cities(&stack).await;
        let north = pool(&stack, "North", &[bergen]).await;
        let harbour = site(&stack, "Harbour", essen).await;
        site(&stack, "Lodge", essen).await;
        open_pools(&page, &stack).await;
        page.click(link("North")).await;
        page.see(text("No site uses it.")).await;
        page.click(button("Assign sites")).await;
        page.see(dialog("Select Sites")).await;
        page.click(role("checkbox", "Select Harbour")).await;
        page.see(text(has("1 from Essen"))).await;
        page.click(button("Save").within(dialog("Select Sites"))).await;
        page.see(text("1 moved.")).await;
        page.click(button("Done")).await;
        page.see_no(any("dialog")).await;
        page.see(link("Harbour")).await;
        let scanner = stack.api().site_scanner(harbour).await.expect("the console answers");
        assert_eq!(scanner, ScannerId::from(north));
        page.click(link("Harbour")).await;
        page.see(heading("Site Configuration")).await;
    }

    async fn a_pool_that_a_colleague_changed_or_deleted_says_so(page: Page) {
        let stack = Stack::start().await;
        let [bergen, essen, lyon, _] = cities(&stack).await;
        let north = pool(&stack, "North", &[bergen]).await;
        open_pools(&page, &stack).await;
        page.click(link("North")).await;
        page.click(button("Add Essen")).await;
        page.see(in_list("Essen", "Engines in pool")).await;
        stack.api().assign_to_pool(lyon, north).await.expect("the console takes it");
        page.click(button("Save")).await;
        page.see(text("Somebody else has changed this pool meanwhile. Nothing was saved.")).await;
        page.see(role("cell", "Lyon")).await;
        page.see(role("cell", "Essen")).await;
        page.check_accessibility("two at the same pool").await;
        page.click(button("Save mine")).await;
        page.see_words(news(), "North is saved.").await;
        assert_eq!(engines_of(&stack, "North").await, [bergen, essen]);

        page.open(stack.url("/pools/4711")).await;
        page.sign_in("admin", &stack.password()).await;
        page.see(text(has("There is no engine pool with ID 4711, or this account may not see it."))).await;
        page.click(link("Go to Scan Engine Pools")).await;
        page.see(row("North")).await;
        page.forgive_problems().await;
    }

    async fn a_list_of_pools_that_fails_says_why(page: Page) {
        let stack = Stack::start().await;
        sign_in(&page, &stack).await;
        page.choose("Auto-refresh", "Off").await;
        let portal = stack.proxy().fail("/api/3/scan_engine_pools", Fault::Html);
        page.open(stack.url("/pools")).await;
        page.sign_in("admin", &stack.password()).await;
        page.see(text(has("The pools could not be read."))).await;
        page.check_accessibility("pools, failed").await;
        portal.end();
        page.click(button("Try again")).await;
        page.see(row(DEFAULT)).await;
        page.forgive_problems().await;
    }

    async fn the_scans_of_a_pool_are_those_of_its_sites_and_an_update_asks_first(page: Page) {
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
        page.see(text("All 2 scans of its 2 sites, 2 under way: those under way first.")).await;
        // It is in the address.
        page.see_address(&format!("/pools/{north}?scans=shown")).await;

        let portal = stack.proxy().fail(&format!("/api/3/sites/{lodge}/scans"), Fault::Html);
        page.click(button("Read again")).await;
        page.see(text("The scans of 1 site are missing.")).await;
        page.see(row("Harbour").within(role("table", "Scans of the pool"))).await;
        portal.end();
        page.click(button("Read them")).await;
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
        page.click(button("Update all the same")).await;
        page.see_words(news(), "Essen").await;
        drop(engines);
        page.forgive_problems().await;
    }
}
