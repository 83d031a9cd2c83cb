//! axe-core over every screen, in both themes.

use e2e::{
    Fault, Key, Page, Stack, alert, any, button, dialog, ends, has, heading, in_both_browsers, link, news,
    role, row, text,
};

use crate::fleet::{LOCAL, every_status, sign_in};

async fn in_both_themes(page: &Page, screen: &str) {
    for theme in ["Light", "Dark"] {
        page.choose("Theme", theme).await;
        page.check_accessibility(&format!("{screen}, {theme}")).await;
    }
}

in_both_browsers! {
    async fn the_engines_with_every_status_follow_the_rules(page: Page) {
        let stack = Stack::start().await;
        let fleet = every_status(&stack).await;
        sign_in(&page, &stack).await;
        page.see(row("Rome office")).await;
        page.click(button("Refresh Frankfurt DMZ")).await;
        page.see_words(news(), "Frankfurt DMZ: Active.").await;
        in_both_themes(&page, "engines").await;
        page.resize(600, 900).await;
        in_both_themes(&page, "engines as cards").await;
        page.click(button("Menu")).await;
        page.check_accessibility("the drawer").await;
        page.press(Key::Escape).await;
        page.resize(1440, 900).await;
        for theme in ["Light", "Dark"] {
            page.choose("Theme", theme).await;
            page.click(button(ends("(Madrid branch)"))).await;
            page.see(dialog("What to do: Madrid branch")).await;
            page.check_accessibility(&format!("what to do, {theme}")).await;
            page.press(Key::Escape).await;
            page.see_no(any("dialog")).await;
            page.press("?").await;
            page.see(dialog("Keyboard shortcuts")).await;
            page.check_accessibility(&format!("keyboard shortcuts, {theme}")).await;
            page.press(Key::Escape).await;
            page.see_no(any("dialog")).await;
        }
        drop(fleet);
    }

    async fn the_states_of_the_list_follow_the_rules(page: Page) {
        let stack = Stack::start().await;
        let answer = stack.proxy().hold("/api/3/scan_engines");
        sign_in(&page, &stack).await;
        in_both_themes(&page, "loading").await;
        answer.end();
        page.see(row(LOCAL)).await;
        let portal = stack.proxy().fail("/api/3/scan_engines", Fault::Html);
        page.click(button("Refresh displayed engines")).await;
        page.see(text(has("could not be read again"))).await;
        in_both_themes(&page, "stale").await;
        page.click(button("Sign out")).await;
        page.sign_in("admin", &stack.password()).await;
        page.see(text(has("The engines could not be read."))).await;
        in_both_themes(&page, "failed").await;
        portal.end();
        page.click(button("Try again")).await;
        page.see(row(LOCAL)).await;
        page.fill("Filter engines", "nothing like it").await;
        page.see(heading("No engine matches the filter")).await;
        in_both_themes(&page, "no match").await;
        page.open(stack.url("/engines/99999999999999999999")).await;
        page.sign_in("admin", &stack.password()).await;
        page.see(heading("Nothing here")).await;
        in_both_themes(&page, "not found").await;
    }

    async fn signing_in_follows_the_rules(page: Page) {
        let mut stack = Stack::start().await;
        page.open(stack.url("/")).await;
        page.see(heading("Sign in")).await;
        for theme in ["Light", "Dark"] {
            page.sign_in("admin", &stack.password()).await;
            page.see(row(LOCAL)).await;
            page.choose("Theme", theme).await;
            page.click(button("Sign out")).await;
            page.see(heading("Sign in")).await;
            page.check_accessibility(&format!("sign in, {theme}")).await;
            page.sign_in("admin", "wrong").await;
            page.see_words(alert(), "did not accept").await;
            page.check_accessibility(&format!("sign in refused, {theme}")).await;
        }
        page.fill("Password", &stack.password()).await;
        page.click(button("Sign in")).await;
        page.see(row(LOCAL)).await;
        stack.change_password("quite-another-password").await;
        page.click(button("Refresh displayed engines")).await;
        page.see(dialog("Sign in again")).await;
        page.see(role("button", "Sign out")).await;
        page.check_accessibility("sign in again").await;
    }

    async fn the_screens_of_pairing_follow_the_rules(page: Page) {
        let stack = Stack::start().await;
        let mut engine = stack.engine("Oslo").await;
        engine.enable_console().await;
        sign_in(&page, &stack).await;
        page.see(row("Oslo")).await;
        page.click(link("Administration")).await;
        page.see(heading("Administration")).await;
        in_both_themes(&page, "administration").await;

        page.click(link("Shared Secret")).await;
        page.see(text(has("There is no valid shared secret."))).await;
        in_both_themes(&page, "shared secret, none").await;
        page.click(button("Generate")).await;
        page.click(button("Show")).await;
        page.see(button("Hide")).await;
        in_both_themes(&page, "shared secret").await;
        page.click(role("tab", "Windows")).await;
        in_both_themes(&page, "shared secret, Windows").await;
        page.click(button("Revoke")).await;
        page.see(dialog("Revoke the shared secret")).await;
        page.check_accessibility("revoke").await;
        page.click(button("Cancel")).await;

        page.click(link("Engines")).await;
        page.click(link("New engine")).await;
        page.click(button("Save")).await;
        page.see(text("Enter a name.")).await;
        in_both_themes(&page, "new engine with problems").await;

        page.click(link("Engines")).await;
        page.click(link("Oslo")).await;
        page.click(button("Refresh")).await;
        page.see_words(role("region", "Summary"), "Active").await;
        page.fill("Address", "oslo.example").await;
        page.see(text("The engine must be paired again")).await;
        in_both_themes(&page, "general with a new address").await;
        page.click(role("tab", "Pairing")).await;
        page.see_attribute(role("tab", "Pairing"), "aria-selected", Some("true")).await;
        in_both_themes(&page, "pairing").await;
        for (action, question) in [("Reverse direction", "Reverse direction of Oslo"), ("Delete", "Delete Oslo")] {
            for theme in ["Light", "Dark"] {
                page.choose("Theme", theme).await;
                page.click(button(action)).await;
                page.see(dialog(question)).await;
                page.check_accessibility(&format!("{question}, {theme}")).await;
                page.press(Key::Escape).await;
                page.see_no(any("dialog")).await;
            }
        }
        page.click(link("Engines")).await;
        // The new address was not saved.
        page.click(button("Leave")).await;
        page.click(button("Update all engines")).await;
        page.check_accessibility("update all engines").await;
        page.click(button("Update all engines").within(dialog("Update all engines"))).await;
        page.see(dialog("Updates were sent")).await;
        page.check_accessibility("updates were sent").await;
        page.click(button("Done")).await;
        page.resize(600, 900).await;
        page.see(row("Oslo")).await;
        in_both_themes(&page, "engines with their actions as cards").await;
    }

    async fn the_sites_follow_the_rules(page: Page) {
        let stack = Stack::demo().await;
        sign_in(&page, &stack).await;
        page.click(link("Sites")).await;
        page.see(text(has("of 41"))).await;
        in_both_themes(&page, "sites").await;
        page.fill("Filter sites", "office").await;
        page.see(text(has("of 41 match"))).await;
        in_both_themes(&page, "sites, filtered").await;
        page.fill("Filter sites", "nothing like it").await;
        page.see(heading("No site matches the filter")).await;
        in_both_themes(&page, "sites, no match").await;
        page.click(button("Show all sites")).await;
        page.resize(600, 900).await;
        in_both_themes(&page, "sites as cards").await;
        page.resize(1440, 900).await;
        page.click(link("Create site")).await;
        page.click(button("Save")).await;
        page.see(text("Enter a name.")).await;
        in_both_themes(&page, "create site with problems").await;
        page.click(link("Sites")).await;
        page.click(link("Berlin DMZ – mail gateways")).await;
        page.see(role("table", "Scan Engines & Pools")).await;
        page.click(role("radio", "Choose Local scan engine")).await;
        page.see(text(has("when you save"))).await;
        in_both_themes(&page, "a site's engines").await;
        for title in ["Add Scan Engine", "Create Engine Pool"] {
            for theme in ["Light", "Dark"] {
                page.choose("Theme", theme).await;
                page.click(button(title)).await;
                page.see(dialog(title)).await;
                page.check_accessibility(&format!("{title}, {theme}")).await;
                page.press(Key::Escape).await;
                page.see_no(any("dialog")).await;
            }
        }
        page.resize(600, 900).await;
        in_both_themes(&page, "a site's engines as cards").await;
        page.resize(1440, 900).await;
        page.click(role("tab", "General")).await;
        page.see(text("Unique in this console.")).await;
        in_both_themes(&page, "a site's general information").await;
    }

    async fn the_pools_follow_the_rules(page: Page) {
        let stack = Stack::start().await;
        let fleet = every_status(&stack).await;
        sign_in(&page, &stack).await;
        page.click(link("Pools")).await;
        page.see(row("Default Engine Pool")).await;
        in_both_themes(&page, "pools").await;
        for theme in ["Light", "Dark"] {
            page.choose("Theme", theme).await;
            page.click(button("Split into pools")).await;
            page.see(role("table", "Engines of new pool 2")).await;
            page.check_accessibility(&format!("split into pools, {theme}")).await;
            page.press(Key::Escape).await;
            page.see_no(any("dialog")).await;
            page.click(button("Move engine")).await;
            page.see(dialog("Move engine")).await;
            page.check_accessibility(&format!("move engine, {theme}")).await;
            page.press(Key::Escape).await;
            page.see_no(any("dialog")).await;
            page.click(button("Delete Default Engine Pool")).await;
            page.see(dialog("Delete Default Engine Pool")).await;
            page.check_accessibility(&format!("delete a pool, {theme}")).await;
            page.press(Key::Escape).await;
            page.see_no(any("dialog")).await;
        }
        page.resize(600, 900).await;
        in_both_themes(&page, "pools as cards").await;
        page.resize(1440, 900).await;
        page.click(link("New engine pool")).await;
        page.see(role("table", "Available engines")).await;
        in_both_themes(&page, "new pool").await;
        page.click(link("Pools")).await;
        page.click(link("Default Engine Pool")).await;
        page.click(button("Show scans")).await;
        page.see(role("table", "Scans of the pool")).await;
        in_both_themes(&page, "a pool with its scans").await;
        drop(fleet);
    }

    async fn health_follows_the_rules(page: Page) {
        let stack = Stack::demo().await;
        sign_in(&page, &stack).await;
        page.click(link("Health")).await;
        page.see(heading("Sites per engine")).await;
        page.click(heading("Thresholds")).await;
        in_both_themes(&page, "health").await;
        page.resize(600, 900).await;
        in_both_themes(&page, "health as cards").await;
        page.resize(1440, 900).await;
        page.click(role("tab", "Audit")).await;
        page.see(role("table", "Engines with their sites")).await;
        page.click(button(LOCAL)).await;
        page.see(heading(format!("Sites of {LOCAL}"))).await;
        in_both_themes(&page, "audit").await;
        page.click(button("By site")).await;
        page.click(button("Berlin DMZ – mail gateways")).await;
        page.see(heading("Engines that may scan Berlin DMZ – mail gateways")).await;
        in_both_themes(&page, "audit by site").await;
        page.resize(600, 900).await;
        in_both_themes(&page, "audit as cards").await;
    }
}
