//! The list: sorted, filtered, counted, long, and with names that nobody expects.

use e2e::{
    Key, PATIENCE, Stack, any, button, cell, column, dialog, ends, has, heading, role, row, starts, tests,
    text, until,
};

use crate::fleet::{LOCAL, every_status, sign_in};

const TABLE: &str = "Scan Engines";

tests! {
    in_both_browsers: async fn the_address_bar_holds_sort_filter_and_status(page: Page) {
        let stack = Stack::start().await;
        for (name, host) in [("Berlin", 10), ("Amsterdam", 20), ("Cologne", 30)] {
            stack.add(name, &format!("192.0.2.{host}"), 40814).await;
        }
        sign_in(&page, &stack).await;
        page.see_texts(column("Name"), &["Amsterdam", "Berlin", "Cologne", LOCAL]).await;
        page.see_attribute(role("columnheader", "Name"), "aria-sort", Some("ascending")).await;

        page.click(button("Name").within(role("table", TABLE))).await;
        page.see_texts(column("Name"), &[LOCAL, "Cologne", "Berlin", "Amsterdam"]).await;
        page.see_address("/engines?sort=-name").await;
        page.click(button("Address").within(role("table", TABLE))).await;
        page.see_attribute(role("columnheader", "Address"), "aria-sort", Some("ascending")).await;
        page.see_attribute(role("columnheader", "Name"), "aria-sort", None).await;
        page.see_address("/engines?sort=address").await;

        page.fill("Filter engines", "192.0.2").await;
        page.see_texts(column("Name"), &["Berlin", "Amsterdam", "Cologne"]).await;
        page.see_address("/engines?sort=address&filter=192.0.2").await;
        page.click(button(starts("Unknown"))).await;
        page.see(button(starts("Unknown")).pressed(true)).await;
        page.see_address("/engines?sort=address&filter=192.0.2&status=unknown").await;

        // The back button takes back what was chosen, one by one.
        page.back().await;
        page.see_address("/engines?sort=address&filter=192.0.2").await;
        page.see(button(starts("All")).pressed(true)).await;
        page.see_value(role("combobox", "Filter engines"), "192.0.2").await;
        page.back().await;
        page.see_address("/engines?sort=-name").await;
        page.see_texts(column("Name"), &[LOCAL, "Cologne", "Berlin", "Amsterdam"]).await;

        page.reload().await;
        page.sign_in("admin", &stack.password()).await;
        page.see_texts(column("Name"), &[LOCAL, "Cologne", "Berlin", "Amsterdam"]).await;
    }

    in_chromium: async fn every_status_is_told_counted_and_explained(page: Page) {
        let stack = Stack::start().await;
        let fleet = every_status(&stack).await;
        sign_in(&page, &stack).await;
        for (name, status) in [
            ("Frankfurt DMZ", "Active"),
            ("London office", "Active"),
            ("Madrid branch", "Pending authorization"),
            ("Oslo data centre", "Incompatible version"),
            ("Paris DMZ", "Not responding"),
            ("Rome office", "Unknown"),
        ] {
            page.see_words(cell(name, "Status"), status).await;
        }
        // The counts filter, and follow the text filter.
        page.click(button(starts("Not responding"))).await;
        page.see_texts(column("Name"), &["Paris DMZ"]).await;
        page.click(button(starts("Not responding")).pressed(true)).await;
        page.see(row("Rome office")).await;
        page.fill("Filter engines", "DMZ").await;
        page.see_texts(column("Name"), &["Frankfurt DMZ", "Paris DMZ"]).await;
        page.see(button("Active 1")).await;
        page.see(button("All 2")).await;
        page.fill("Filter engines", "no such engine").await;
        page.see(heading("No engine matches the filter")).await;
        page.click(button("Show all engines")).await;
        page.see(row("Rome office")).await;

        // A status that is not good comes with what to do.
        page.click(button(ends("(Madrid branch)"))).await;
        page.see(dialog("What to do: Madrid branch")).await;
        page.see(text(has("Unauthorized console connection from"))).await;
        page.press(Key::Escape).await;
        page.see_no(any("dialog")).await;
        page.see_focus_on(button(ends("(Madrid branch)"))).await;
        page.click(button(ends("(Paris DMZ)"))).await;
        page.see(dialog("What to do: Paris DMZ")).await;
        page.click(button("Close")).await;
        page.see_no(any("dialog")).await;
        drop(fleet);
    }

    in_both_browsers: async fn ten_thousand_engines_stay_quick_to_filter_and_to_walk(page: Page) {
        let stack = Stack::with(&["--seed", "large:10000,100"]).await;
        sign_in(&page, &stack).await;
        // The head, the large seed and the local engine.
        page.see_attribute(role("table", TABLE), "aria-rowcount", Some("10002")).await;
        let rendered = page.texts(column("Name")).await;
        assert!((10..200).contains(&rendered.len()), "{} rows are in the document", rendered.len());

        page.tab_to(row(rendered[0].as_str())).await;
        page.press(Key::End).await;
        page.see_focus_on(any("row").within(role("table", TABLE)).attribute("aria-rowindex", "10002")).await;
        page.see_in_view(any("row").attribute("aria-rowindex", "10002")).await;
        page.press(Key::Up).await;
        page.see_focus_on(any("row").attribute("aria-rowindex", "10001")).await;
        page.press(Key::Home).await;
        page.see_focus_on(row(rendered[0].as_str())).await;
        page.see_in_view(row(rendered[0].as_str())).await;
        page.press(Key::PageDown).await;
        let page_down = until(PATIENCE, async || {
            let index = page.run("return document.activeElement.getAttribute('aria-rowindex')", vec![]).await;
            let index = index.as_str().and_then(|index| index.parse::<usize>().ok());
            if index.is_some_and(|index| (5..100).contains(&index)) { Ok(()) } else { Err(format!("{index:?}")) }
        });
        page_down.await.unwrap_or_else(|index| panic!("a page down from the first row is row {index}"));

        let wanted = rendered[rendered.len() - 1].as_str();
        page.fill("Filter engines", wanted).await;
        page.see(row(wanted)).await;
        page.see_no(row(rendered[0].as_str())).await;
        page.click(button("Empty the filter")).await;
        page.see_attribute(role("table", TABLE), "aria-rowcount", Some("10002")).await;
    }
}
