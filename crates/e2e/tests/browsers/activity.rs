//! **Activity**: kept in a real browser's storage, undone against a real console.

use console_api::{EngineId, SiteId};
use e2e::{
    Key, PATIENCE, Page, Stack, any, button, cell, column, dialog, has, link, news, role, tests, text, until,
};

use crate::{
    fleet::{LOCAL, sign_in},
    sites::{add_site, see_scanner},
};

/// Two sites that were moved from the local engine to Oslo by hand, and the local engine.
pub(crate) async fn two_moved_sites(page: &Page, stack: &Stack) -> ([SiteId; 2], EngineId) {
    stack.add("Oslo data centre", "192.0.2.6", 40814).await;
    let local = stack.id_of(LOCAL).await;
    let sites = [add_site(stack, "Harbour", None).await, add_site(stack, "Quay", None).await];
    sign_in(page, stack).await;
    page.click(link("Sites")).await;
    page.see_words(cell("Harbour", "Engine or pool"), LOCAL).await;
    page.click(role("checkbox", "Select Harbour")).await;
    page.click(role("checkbox", "Select Quay")).await;
    page.click(button("Move to another engine or pool")).await;
    page.click(role("combobox", "Engine or pool")).await;
    page.click(role("option", has("Oslo data centre"))).await;
    page.click(button("Move 2 sites to Oslo data centre")).await;
    page.see(text("2 moved.")).await;
    page.click(button("Done")).await;
    (sites, local)
}

/// Asks the browser how many entries it has stored.
const STORED: &str = "const done = arguments[arguments.length - 1];
    const request = indexedDB.open('engine-console: admin');
    request.onsuccess = () => {
        const count = request.result.transaction('activity').objectStore('activity').count();
        count.onsuccess = () => { request.result.close(); done(count.result); };
    };";

/// On the engine's own page, by way of the list; until that is the entry of this number in the browser's storage.
async fn rename(page: &Page, engine: &str, name: &str, entry: u64) {
    page.click(link(engine)).await;
    page.fill("Name", name).await;
    page.click(button("Save")).await;
    page.see_words(news(), &format!("{name} is saved.")).await;
    let stored = until(PATIENCE, async || {
        let stored = page.run_async(STORED, Vec::new()).await;
        if stored == entry { Ok(()) } else { Err(stored) }.map_err(|stored| format!("{stored}"))
    });
    stored.await.unwrap_or_else(|stored| panic!("{stored} entries are stored, not {entry}"));
}

tests! {
    in_both_browsers: async fn moves_are_there_after_a_reload_and_undone_where_no_colleague_was_faster(page: Page) {
        let stack = Stack::start().await;
        let paris = stack.add("Paris", "192.0.2.7", 40814).await;
        let ([harbour, quay], local) = two_moved_sites(&page, &stack).await;
        page.click(button("Activity")).await;
        page.see(role("list", "Latest activity")).await;
        page.check_accessibility("the panel of activity").await;
        page.click(link("Show all activity")).await;
        page.see_words(cell("Moving sites", "Outcome"), "2 moved").await;

        // What is on screen now comes from the browser's storage.
        page.reload().await;
        page.sign_in("admin", &stack.password()).await;
        page.see_words(cell("Moving sites", "On"), "2 sites").await;
        page.tab_to(button("Moving sites")).await;
        page.press(Key::Enter).await;
        page.see_words(cell("Quay", "Outcome"), "moved").await;
        page.check_screen("activity").await;

        let api = stack.api();
        api.set_site_scanner(quay, paris.into()).await.expect("a colleague gives Quay to Paris");
        page.click(button("Undo")).await;
        page.see(dialog("Undo 2 changes")).await;
        page.check_accessibility("the question before undoing").await;
        page.click(button("Undo 2 changes").within(dialog("Undo 2 changes"))).await;
        page.see(text("1 undone, 1 failed.")).await;
        page.see_words(role("group", "Failed"), "Quay: It has since been moved to").await;
        page.click(button("Done")).await;
        page.see_no(any("dialog")).await;
        see_scanner(&stack, harbour, local).await;
        see_scanner(&stack, quay, paris).await;
        page.see_words(cell("Undoing changes", "Outcome"), "1 undone, 1 failed").await;
    }

    in_chromium: async fn two_tabs_of_a_browser_keep_what_was_done_in_both(page: Page) {
        let stack = Stack::start().await;
        for (name, address) in [("Oslo", "192.0.2.6"), ("Bergen", "192.0.2.7")] {
            stack.add(name, address, 40814).await;
        }
        sign_in(&page, &stack).await;
        rename(&page, "Oslo", "Oslo harbour", 1).await;
        page.in_another_tab(async || {
            sign_in(&page, &stack).await;
            rename(&page, "Bergen", "Bergen quay", 2).await;
        })
        .await;
        // This tab writes again what it knows, and has not read the other's.
        page.click(link("Engines")).await;
        rename(&page, "Oslo harbour", "Oslo airport", 3).await;
        page.reload().await;
        page.sign_in("admin", &stack.password()).await;
        page.click(button("Activity")).await;
        page.click(link("Show all activity")).await;
        page.see_texts(column("On"), &["Oslo airport", "Bergen quay", "Oslo harbour"]).await;
        page.see_texts(column("Outcome"), &["saved"; 3]).await;
    }
}
