//! Ten thousand engines on the screens that keep something or work on many.

use e2e::{
    Key, Stack, any, button, cell, column, dialog, has, heading, link, role, row, starts, tests, text,
};

use crate::fleet::sign_in;

tests! {
    in_chromium: async fn ten_thousand_engines_are_grouped_planned_for_found_and_evened_out(page: Page) {
        let stack = Stack::with(&["--seed", "large:10000,2000"]).await;
        sign_in(&page, &stack).await;
        page.see_attribute(role("table", "Scan Engines"), "aria-rowcount", Some("10002")).await;
        let name = page.texts(column("Name")).await.swap_remove(3);
        page.click(button("Refresh displayed engines")).await;
        page.choose("Group by", "Status").await;
        page.see(row(has("Group Not responding"))).await;
        page.click(role("checkbox", starts("Select all 10,001"))).await;
        page.click(button("Update")).await;
        page.click(button("In stages…")).await;
        page.see(text(has("waves: first one alone"))).await;
        let plan = page.texts(role("group", "Included")).await;
        assert!(plan.concat().matches("Wave ").count() > 8000, "not all are planned for");
        page.click(button("Cancel")).await;
        page.see_no(any("dialog")).await;

        page.press_with(Key::Control, "k").await;
        page.see(dialog("Command palette")).await;
        page.press(name.as_str()).await;
        page.see(role("option", starts(&name))).await;
        page.press(Key::Enter).await;
        page.see(heading(name.as_str())).await;
        page.click(role("tab", "History")).await;
        page.see_count(any("row").within(role("table", "History")), 2).await;

        page.click(link("Health")).await;
        page.click(button("Even out the load")).await;
        page.see(role("group", "Included")).await;
        page.click(button("Cancel")).await;
        page.see_no(any("dialog")).await;

        page.click(button("Activity")).await;
        page.click(link("Show all activity")).await;
        page.see_words(cell("Refreshing engines", "On"), "displayed engines").await;
    }
}
