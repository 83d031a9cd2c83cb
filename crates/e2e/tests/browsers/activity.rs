//! **Activity**: kept in a real browser's storage, undone against a real console.

use console_api::{EngineId, SiteId};
use e2e::{Key, Page, Stack, any, button, cell, dialog, has, link, role, tests, text};

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
        page.see_words(role("group", "Failed"), "Quay: It has been given to").await;
        page.click(button("Done")).await;
        page.see_no(any("dialog")).await;
        see_scanner(&stack, harbour, local).await;
        see_scanner(&stack, quay, paris).await;
        page.see_words(cell("Undoing changes", "Outcome"), "1 undone, 1 failed").await;
    }
}
