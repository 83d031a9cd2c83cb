//! Many engines at once: selected by hand and on the keyboard, deleted, refreshed, and what happens when it does not go.

use console_api::EngineId;
use e2e::{Fault, Key, Stack, any, button, cell, column, dialog, field, has, role, row, tests, text};

use crate::fleet::{LOCAL, sign_in, site};

async fn four_cities(stack: &Stack) -> [EngineId; 4] {
    let mut ids = Vec::new();
    for (name, host) in [("Berlin", 10), ("Cologne", 20), ("Dresden", 30), ("Essen", 40)] {
        ids.push(stack.add(name, &format!("192.0.2.{host}"), 40814).await);
    }
    ids.try_into().expect("four were added")
}

tests! {
    in_both_browsers: async fn a_refusal_and_a_broken_connection_in_the_middle_stop_nothing(page: Page) {
        let stack = Stack::start().await;
        let [_, cologne, dresden, _] = four_cities(&stack).await;
        sign_in(&page, &stack).await;
        page.choose("Auto-refresh", "Off").await;
        page.see(row("Essen")).await;

        // Three by the keyboard alone.
        page.tab_to(row("Berlin")).await;
        page.press(" ").await;
        page.see(text("1 selected")).await;
        page.press_with_shift(Key::Down).await;
        page.press_with_shift(Key::Down).await;
        page.see(text("3 selected")).await;
        page.see_focus_on(row("Dresden")).await;
        page.tab_to(button("Delete")).await;
        page.press(Key::Enter).await;
        page.see(dialog("Delete 3 engines")).await;
        page.see_words(role("group", "Included"), "Berlin Cologne Dresden").await;
        page.check_accessibility("the question about three engines").await;

        // Meanwhile a colleague gives one a site, and the connection will break for another.
        site(&stack, "Cologne office", cologne).await;
        let broken = stack.proxy().fail(&format!("/api/3/scan_engines/{dresden}"), Fault::NoAnswer);
        page.tab_to(button("Delete 3 engines")).await;
        page.press(Key::Enter).await;
        page.see(text("1 deleted, 2 failed.")).await;
        page.see_words(role("group", "Failed"), "Cologne: The console refused (400)").await;
        page.see_words(role("group", "Failed"), "Dresden: The console could not be reached.").await;
        page.see_focus_on(button("Done")).await;
        page.check_accessibility("the summary").await;

        broken.end();
        page.click(button("Retry failed")).await;
        page.see(text("1 deleted, 1 failed.")).await;
        page.click(button("Done")).await;
        page.see_no(any("dialog")).await;
        page.see_texts(column("Name"), &["Cologne", "Essen", LOCAL]).await;
        page.see(text("1 selected")).await;

        // Now the list knows of the site, and says so before anything is tried.
        page.click(role("checkbox", "Select Essen")).await;
        page.click(button("Delete")).await;
        page.see(dialog("Delete Essen")).await;
        page.see_words(role("group", "Left out"), "Cologne: 1 site is assigned to it.").await;
    }

    in_chromium: async fn a_session_that_ends_in_the_middle_asks_for_sign_in_and_goes_on(page: Page) {
        let mut stack = Stack::start().await;
        four_cities(&stack).await;
        sign_in(&page, &stack).await;
        page.choose("Auto-refresh", "Off").await;
        page.fill("Filter engines", "192.0.2").await;
        page.click(role("checkbox", "Select all 4 that match")).await;
        page.click(button("Delete")).await;
        page.see(dialog("Delete 4 engines")).await;
        stack.change_password("quite-another-password").await;
        page.click(button("Delete 4 engines")).await;
        page.see(dialog("Sign in again")).await;
        page.see_focus_on(field("Password")).await;
        page.fill("Password", "quite-another-password").await;
        page.click(button("Sign in")).await;
        page.see(text("4 deleted.")).await;
        page.click(button("Done")).await;
        page.see_no(any("dialog")).await;
        page.click(button("Empty the filter")).await;
        page.see_texts(column("Name"), &[LOCAL]).await;
    }

    in_chromium: async fn one_that_has_not_answered_can_be_waited_for_with_the_dialog_closed(page: Page) {
        let stack = Stack::start().await;
        let [_, cologne, ..] = four_cities(&stack).await;
        sign_in(&page, &stack).await;
        page.choose("Auto-refresh", "Off").await;
        page.fill("Filter engines", "192.0.2").await;
        page.click(role("checkbox", "Select all 4 that match")).await;
        let answer = stack.proxy().hold(&format!("/api/3/scan_engines/{cologne}"));
        page.click(button("Delete")).await;
        page.click(button("Delete 4 engines")).await;
        page.see(text("3 of 4")).await;
        page.see_attribute(role("progressbar", "Deleting engines"), "value", Some("3")).await;
        page.check_accessibility("the progress").await;
        page.press(Key::Escape).await;
        page.see_no(any("dialog")).await;
        page.see(role("group", "Work on several engines")).await;
        page.check_accessibility("the line about work").await;
        answer.end();
        page.see(text("Deleting engines: 4 deleted.")).await;
        page.see_no(role("group", "Work on several engines")).await;
    }

    in_chromium: async fn engines_join_a_pool_and_those_that_can_not_are_named(page: Page) {
        let stack = Stack::start().await;
        four_cities(&stack).await;
        sign_in(&page, &stack).await;
        page.see(row("Essen")).await;
        page.click(role("checkbox", "Select all 5 that match")).await;
        page.click(button("Add to pool")).await;
        page.see(dialog("Add 4 engines to Default Engine Pool")).await;
        page.see_words(role("group", "Left out"), &format!("{LOCAL}: Not possible for the local engine")).await;
        page.check_accessibility("the question about a pool").await;
        page.click(button("Add 4 engines to Default Engine Pool")).await;
        page.see(text("4 added.")).await;
        page.click(button("Done")).await;
        page.see_words(cell("Essen", "Pools"), "1").await;
        let pools = stack.api().pools().await.expect("the console answers").items;
        assert_eq!(pools.iter().map(|pool| pool.engines.len()).sum::<usize>(), 4);
    }

    in_chromium: async fn ten_thousand_engines_are_selected_at_once(page: Page) {
        let stack = Stack::with(&["--seed", "large:10000,100"]).await;
        sign_in(&page, &stack).await;
        page.click(role("checkbox", "Select all 10,001 that match")).await;
        page.see(text("10,001 selected")).await;
        let rendered = page.texts(column("Name")).await;
        assert!((10..200).contains(&rendered.len()), "{} rows are in the document", rendered.len());
        page.click(button("Delete")).await;
        page.see(any("dialog")).await;
        page.see(role("heading", has("engines will be deleted"))).await;
        page.press(Key::Escape).await;
        page.see_no(any("dialog")).await;
        page.click(button("Clear")).await;
        page.see_no(button("Clear")).await;
    }

    in_both_browsers: async fn columns_and_density_follow_the_rules(page: Page) {
        let stack = Stack::start().await;
        four_cities(&stack).await;
        sign_in(&page, &stack).await;
        page.see(row("Essen")).await;
        page.click(text("Columns")).await;
        for name in ["ID", "Serial number", "Platform"] {
            page.click(role("checkbox", name)).await;
        }
        page.see(role("columnheader", "Serial number")).await;
        page.see_words(cell("Berlin", "Platform"), "–").await;
        page.check_accessibility("the columns").await;
        page.press(Key::Escape).await;
        page.see_no(role("checkbox", "Platform")).await;
        page.choose("Density", "Compact").await;
        page.check_accessibility("compact rows").await;
        page.reload().await;
        page.sign_in("admin", &stack.password()).await;
        page.see(role("columnheader", "Serial number")).await;
    }
}
