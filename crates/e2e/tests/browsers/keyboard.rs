//! Everything without a mouse, and the narrow window.

use e2e::{Key, Stack, any, button, cell, dialog, field, has, heading, link, news, role, row, starts, tests};

use crate::fleet::{LOCAL, sign_in};

tests! {
    in_both_browsers: async fn from_signing_in_to_refresh_without_a_mouse(page: Page) {
        let stack = Stack::start().await;
        let engine = stack.engine("Frankfurt DMZ").await;
        stack.add("Genoa", "192.0.2.1", 40814).await;
        page.open(stack.url("/")).await;
        page.see_focus_on(field("Username")).await;
        page.press("admin").await;
        page.press(Key::Tab).await;
        page.press(stack.password()).await;
        page.press(Key::Enter).await;
        page.see_focus_on(heading("Scan Engines")).await;

        page.tab_to(role("combobox", "Filter engines")).await;
        page.tab_to(row("Frankfurt DMZ")).await;
        page.press(Key::Down).await;
        page.see_focus_on(row("Genoa")).await;
        page.press(Key::Down).await;
        page.see_focus_on(row(LOCAL)).await;
        page.press(Key::Home).await;
        page.see_focus_on(row("Frankfurt DMZ")).await;
        page.tab_to(button("Refresh Frankfurt DMZ")).await;
        page.press(Key::Enter).await;
        page.see_words(news(), "Frankfurt DMZ: Pending authorization.").await;
        page.see_words(cell("Frankfurt DMZ", "Status"), "Pending authorization").await;
        // The row was drawn anew; the focus is where it was.
        page.see_focus_in(row("Frankfurt DMZ")).await;
        drop(engine);
    }

    in_both_browsers: async fn palette_history_groups_health_and_activity_without_a_mouse(page: Page) {
        let stack = Stack::start().await;
        let mut engine = stack.engine("Frankfurt DMZ").await;
        engine.enable_console().await;
        stack.api().version_engines().await.expect("the console asks its engines");
        engine.kill().await;
        let genoa = stack.engine("Genoa").await;
        stack.api().version_engines().await.expect("the console asks its engines");
        sign_in(&page, &stack).await;
        page.see_words(cell("Frankfurt DMZ", "Status"), "Not responding").await;

        // The palette leads to an engine by a part of its name.
        page.press_with(Key::Control, "k").await;
        page.see(dialog("Command palette")).await;
        page.press("frank").await;
        page.see(role("option", has("Frankfurt DMZ"))).await;
        page.press(Key::Enter).await;
        page.see_no(any("dialog")).await;
        page.see_focus_on(heading("Scan Engine Configuration")).await;
        page.see(heading("Frankfurt DMZ")).await;
        page.tab_to(role("tab", "General")).await;
        page.press(Key::Left).await;
        page.press(Key::Left).await;
        page.see_focus_on(role("tab", "History")).await;
        page.tab_to(row(has("Not responding"))).await;

        // Groups are folded and chosen as a whole.
        page.press("g").await;
        page.press("e").await;
        page.see_focus_on(heading("Scan Engines")).await;
        page.tab_to(role("combobox", has("Group by"))).await;
        page.press(Key::Down).await;
        page.press(Key::Down).await;
        page.see_address("/engines?group=status").await;
        let group = row(has("Group Not responding"));
        page.tab_to(row("Frankfurt DMZ")).await;
        page.press(Key::Up).await;
        page.see_focus_on(group.clone()).await;
        page.press(Key::Left).await;
        page.see_no(row("Frankfurt DMZ")).await;
        page.press(Key::Right).await;
        page.see(row("Frankfurt DMZ")).await;
        page.see_focus_on(group).await;

        // A problem is muted, and that is undone.
        page.press("g").await;
        page.press("h").await;
        page.see_focus_on(heading("Engine Health")).await;
        page.tab_to(row(has("Frankfurt DMZ: Not responding"))).await;
        page.press(Key::Down).await;
        page.see_focus_on(row(has("Genoa: Pending authorization"))).await;
        page.press(Key::Home).await;
        page.tab_to(button("Mute Frankfurt DMZ: Not responding")).await;
        page.press(Key::Enter).await;
        page.see(dialog("Mute Frankfurt DMZ: Not responding")).await;
        page.tab_to(field("Reason")).await;
        page.press("It is being moved.").await;
        page.press(Key::Enter).await;
        page.see_no(row(has("Frankfurt DMZ: Not responding"))).await;
        page.press_with(Key::Control, "k").await;
        page.see(dialog("Command palette")).await;
        page.press("activity").await;
        page.press(Key::Enter).await;
        page.see_focus_on(heading("Activity")).await;
        page.tab_to(button(starts("Muting"))).await;
        page.press(Key::Enter).await;
        page.tab_to(button("Undo")).await;
        page.press(Key::Enter).await;
        page.see(dialog("Undo 1 change")).await;
        page.tab_to(button("Undo 1 change")).await;
        page.press(Key::Enter).await;
        page.see(row("Undoing changes")).await;
        page.see_no(any("dialog")).await;
        page.see_focus_on(button("Undo")).await;
        drop(genoa);
    }

    in_both_browsers: async fn the_skip_link_and_single_keys_which_can_be_switched_off(page: Page) {
        let stack = Stack::start().await;
        sign_in(&page, &stack).await;
        page.see_focus_on(heading("Scan Engines")).await;
        page.tab_back_to(link("Skip to the page")).await;
        page.see_in_view(link("Skip to the page")).await;
        page.press(Key::Enter).await;
        page.see_focus_on(heading("Scan Engines")).await;
        page.see_address("/engines").await;

        page.press("/").await;
        page.see_focus_on(role("combobox", "Filter engines")).await;
        // In a field they are letters.
        page.press("?").await;
        page.see_value(role("combobox", "Filter engines"), "?").await;
        page.fill("Filter engines", "").await;
        page.tab_to(row(LOCAL)).await;
        page.press("?").await;
        page.see(dialog("Keyboard shortcuts")).await;
        page.click(role("checkbox", "Single-key shortcuts")).await;
        page.click(button("Close")).await;
        page.see_no(any("dialog")).await;
        page.press("?").await;
        page.press("/").await;
        page.see_focus_in(row(LOCAL)).await;
        page.see_no(any("dialog")).await;
    }

    in_both_browsers: async fn in_a_narrow_window_the_navigation_is_a_drawer(page: Page) {
        let stack = Stack::start().await;
        sign_in(&page, &stack).await;
        page.see(link("Engines")).await;
        page.see_no(button("Menu")).await;
        page.resize(600, 800).await;
        page.see_no(link("Engines")).await;
        page.click(button("Menu")).await;
        page.see(link("Engines")).await;
        page.press(Key::Escape).await;
        page.see_no(link("Engines")).await;
        page.click(button("Menu")).await;
        page.click(link("Engines")).await;
        page.see_no(link("Engines")).await;
        page.see(row(LOCAL)).await;
        page.resize(1440, 900).await;
        page.see(link("Engines")).await;
    }
}
