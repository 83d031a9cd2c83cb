//! The sites of an engine that is down go elsewhere, and the load is evened out: both shown before, and undone from **Activity**,
//! also where a colleague in another browser was faster.

use e2e::{
    Page, Stack, any, beside, button, cell, dialog, has, heading, link, role, row, starts, tests, text,
};

use crate::{
    fleet::{pool, sign_in, site},
    sites::see_scanner,
};

/// Opens the entry in **Activity** about this, asks for **Undo**, and says yes.
async fn undo(page: &Page, about: &str, changes: &str) {
    page.click(button("Activity")).await;
    page.click(link("Show all activity")).await;
    page.fill("Filter activity", about).await;
    page.click(button("Moving sites")).await;
    page.click(button("Undo")).await;
    let question = format!("Undo {changes}");
    page.click(button(question.as_str()).within(dialog(question.as_str()))).await;
}

tests! {
    in_chromium: async fn sites_leave_an_engine_that_is_down_and_the_load_is_evened_out(page: Page) {
        let stack = Stack::start().await;
        let (mut oslo, mut bergen, mut lyon) =
            (stack.engine("Oslo").await, stack.engine("Bergen").await, stack.engine("Lyon").await);
        for engine in [&mut oslo, &mut bergen, &mut lyon] {
            engine.enable_console().await;
        }
        let north = pool(&stack, "North", &[oslo.id(), bergen.id(), lyon.id()]).await;
        let (harbour, quay) =
            (site(&stack, "Harbour", bergen.id()).await, site(&stack, "Quay", bergen.id()).await);
        let mut depots = Vec::new();
        for number in 1..=5 {
            depots.push(site(&stack, &format!("Depot {number}"), oslo.id()).await);
        }
        bergen.kill().await;
        stack.api().version_engines().await.expect("the console asks its engines");
        sign_in(&page, &stack).await;
        page.click(link("Health")).await;
        page.see(row(has("Bergen: Not responding"))).await;

        page.click(button("Move sites Bergen")).await;
        page.see(dialog("Move the sites of Bergen")).await;
        page.see(text(starts("Proposed: Bergen is in this pool, so its other engines should reach the same sites."))).await;
        page.see_texts(role("group", "Included"), &["Harbour Quay"]).await;
        page.check_screen("move-its-sites").await;
        page.click(button("Move 2 sites to pool North")).await;
        page.see(text("2 moved.")).await;
        see_scanner(&stack, harbour, north).await;
        page.click(button("Done")).await;

        // A colleague gives one of them to another engine.
        beside(&page, async |theirs: Page| {
            sign_in(&theirs, &stack).await;
            theirs.click(link("Sites")).await;
            theirs.click(role("checkbox", "Select Harbour")).await;
            theirs.click(button("Move to another engine or pool")).await;
            theirs.click(role("combobox", "Engine or pool")).await;
            theirs.click(role("option", has("Lyon"))).await;
            theirs.click(button("Move Harbour to Lyon")).await;
            theirs.see_words(cell("Harbour", "Engine or pool"), "Lyon").await;
        })
        .await;
        undo(&page, "Harbour", "2 changes").await;
        page.see(text("1 undone, 1 failed.")).await;
        page.see_words(role("group", "Failed"), "Harbour: It has since been moved to Lyon").await;
        see_scanner(&stack, harbour, lyon.id()).await;
        see_scanner(&stack, quay, bergen.id()).await;
        page.click(button("Done")).await;

        page.click(link("Health")).await;
        page.click(button("Even out the load")).await;
        page.see(dialog("Even out the load")).await;
        page.see_texts(role("group", "Included"), &["Depot 5: from Oslo to Lyon Depot 4: from Oslo to Lyon"]).await;
        for (name, before) in [("Oslo", "5"), ("Lyon", "1")] {
            page.see_texts(cell(name, "Sites now"), &[before]).await;
            page.see_texts(cell(name, "Then"), &["3"]).await;
        }
        page.check_screen("even-out").await;
        page.click(button("Move 2 sites")).await;
        page.see(text("2 moved.")).await;
        see_scanner(&stack, depots[4], lyon.id()).await;
        page.click(button("Done")).await;
        page.see_no(any("dialog")).await;

        undo(&page, "Depot", "2 changes").await;
        page.see(text("2 undone.")).await;
        for depot in depots {
            see_scanner(&stack, depot, oslo.id()).await;
        }
        page.see(heading("Activity").behind_dialog()).await;
    }
}
