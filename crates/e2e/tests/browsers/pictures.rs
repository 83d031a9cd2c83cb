//! How each screen looks, at three widths in both themes; and that none runs out of the window at the side.

use e2e::{
    Fault, Key, Stack, alert, any, button, dialog, ends, field, has, heading, in_chromium, link, news, role,
    row, text,
};

use crate::fleet::{LOCAL, every_status, sign_in};
use crate::screens::{parts, sign_in_before_the_list};
use crate::sites::add_site;

in_chromium! {
    async fn pictures_of_signing_in(page: Page) {
        let stack = Stack::start().await;
        page.open(stack.url("/")).await;
        page.see(heading("Sign in")).await;
        page.take_pictures("sign-in").await;
        page.sign_in("admin", "wrong").await;
        page.see_words(alert(), "did not accept").await;
        page.take_pictures("sign-in-refused").await;

        let stack = Stack::start().await;
        let held = sign_in_before_the_list(&page, &stack).await;
        page.take_pictures("app-loading").await;
        drop(held);

        let stack = Stack::start().await;
        let broken = stack.proxy().fail(&parts(&stack).await.0, Fault::NoAnswer);
        page.open(stack.url("/")).await;
        page.sign_in("admin", &stack.password()).await;
        page.see(heading("This screen is not loaded")).await;
        page.take_pictures("app-not-loaded").await;
        page.forgive_problems().await;
        drop(broken);
    }

    async fn pictures_of_the_engines(page: Page) {
        let stack = Stack::start().await;
        let fleet = every_status(&stack).await;
        sign_in(&page, &stack).await;
        page.see(row("Rome office")).await;
        page.take_pictures("engines").await;
        page.click(button("Refresh Frankfurt DMZ")).await;
        page.see_words(news(), "Frankfurt DMZ: Active.").await;
        page.take_pictures("engines-refreshed").await;
        page.click(button(ends("(Madrid branch)"))).await;
        page.see(dialog("What to do: Madrid branch")).await;
        page.take_pictures("what-to-do").await;
        page.press(Key::Escape).await;
        page.see_no(any("dialog")).await;
        page.press("?").await;
        page.see(dialog("Keyboard shortcuts")).await;
        page.take_pictures("keyboard-shortcuts").await;
        drop(fleet);
    }

    async fn pictures_of_the_states_of_the_list(page: Page) {
        let stack = Stack::start().await;
        let answer = stack.proxy().hold("/api/3/scan_engines");
        sign_in(&page, &stack).await;
        page.take_pictures("engines-loading").await;
        answer.end();
        page.see(row(LOCAL)).await;
        let portal = stack.proxy().fail("/api/3/scan_engines", Fault::Html);
        page.click(button("Refresh displayed engines")).await;
        page.see(text(has("could not be read again"))).await;
        page.take_pictures("engines-stale").await;
        page.click(button("Sign out")).await;
        page.sign_in("admin", &stack.password()).await;
        page.see(text(has("The engines could not be read."))).await;
        page.take_pictures("engines-failed").await;
        portal.end();
        page.click(button("Try again")).await;
        page.see(row(LOCAL)).await;
        page.fill("Filter engines", "nothing like it").await;
        page.see(heading("No engine matches the filter")).await;
        page.take_pictures("engines-empty").await;
        page.open(stack.url("/engines/99999999999999999999")).await;
        page.sign_in("admin", &stack.password()).await;
        page.see(heading("Nothing here")).await;
        page.take_pictures("not-found").await;
    }

    async fn pictures_of_names_that_nobody_expects(page: Page) {
        let stack = Stack::start().await;
        let long = "Donaudampfschifffahrtsgesellschaftskapitänsmützenlager-Süd ".repeat(3);
        stack.add(long.trim(), "scan-engine-with-a-very-long-host-name.department.division.example.com", 40814).await;
        stack.add(&"x".repeat(200), "192.0.2.2", 40814).await;
        stack.add("Überwachungsnetz Größe 日本語 العربية", "192.0.2.3", 40814).await;
        sign_in(&page, &stack).await;
        page.see(row(long.trim())).await;
        page.take_pictures("engines-long-names").await;

        let stack = Stack::start().await;
        stack.add("<script>alert(1)</script>", "192.0.2.1", 40814).await;
        stack.add("<b>bold</b> & \"quoted\"", "192.0.2.2", 40814).await;
        sign_in(&page, &stack).await;
        page.see(row("<script>alert(1)</script>")).await;
        page.take_pictures("engines-markup-in-names").await;
    }

    async fn pictures_of_pairing(page: Page) {
        let stack = Stack::start().await;
        let mut engine = stack.engine("Oslo data centre").await;
        engine.enable_console().await;
        sign_in(&page, &stack).await;
        page.click(link("Administration")).await;
        page.see(heading("Administration")).await;
        page.take_pictures("administration").await;
        page.click(link("Engines")).await;
        page.click(link("New engine")).await;
        page.see(heading("New engine")).await;
        page.take_pictures("new-engine").await;
        page.fill("Name", "oslo DATA centre").await;
        page.fill("Address", "https://oslo.example").await;
        page.fill("Port", "0").await;
        page.see(text("Enter a port from 1 to 65535.")).await;
        page.take_pictures("new-engine-problems").await;
        page.click(link("Engines")).await;
        page.click(button("Leave")).await;
        page.click(link("Oslo data centre")).await;
        page.click(button("Refresh")).await;
        page.see_words(role("region", "Summary"), "Active").await;
        page.take_pictures("engine").await;
        page.fill("Port", "40900").await;
        page.see(text("The engine must be paired again")).await;
        page.take_pictures("engine-moves").await;
        page.fill("Port", &engine.address().port().to_string()).await;
        page.click(role("tab", "Pairing")).await;
        page.see(heading("Certificates")).await;
        page.take_pictures("pairing").await;
        page.click(button("Reverse direction")).await;
        page.see(dialog("Reverse direction of Oslo data centre")).await;
        page.take_pictures("reverse-direction").await;
        page.press(Key::Escape).await;
        page.see_no(any("dialog")).await;
        page.click(button("Delete")).await;
        page.see(dialog("Delete Oslo data centre")).await;
        page.take_pictures("delete-engine").await;
    }

    async fn pictures_of_the_sites(page: Page) {
        let stack = Stack::demo().await;
        let long = "Donaudampfschifffahrtsgesellschaftskapitänsmützenlager-Süd ".repeat(3);
        add_site(&stack, &format!("A {}", long.trim()), None).await;
        sign_in(&page, &stack).await;
        let answer = stack.proxy().hold("/api/3/sites");
        page.click(link("Sites")).await;
        page.see(heading("Sites")).await;
        page.take_pictures("sites-loading").await;
        answer.end();
        page.see(text(has("of 42"))).await;
        page.take_pictures("sites").await;
        page.fill("Filter sites", "office").await;
        page.see(text(has("of 42 match"))).await;
        page.take_pictures("sites-filtered").await;
        page.fill("Filter sites", "nothing like it").await;
        page.see(heading("No site matches the filter")).await;
        page.take_pictures("sites-no-match").await;
        page.click(button("Show all sites")).await;
        page.click(link("Create site")).await;
        page.click(button("Save")).await;
        page.see(text("Enter a name.")).await;
        page.take_pictures("create-site").await;
        page.click(link("Sites")).await;
        page.click(link("Berlin DMZ – mail gateways")).await;
        page.see(role("table", "Scan Engines & Pools")).await;
        page.click(role("radio", "Choose Local scan engine")).await;
        page.see(text(has("when you save"))).await;
        page.take_pictures("site-engines").await;
        page.click(button("Add Scan Engine")).await;
        page.see(dialog("Add Scan Engine")).await;
        page.take_pictures("site-add-engine").await;
        page.press(Key::Escape).await;
        page.see_no(any("dialog")).await;
        page.click(button("Create Engine Pool")).await;
        page.see(dialog("Create Engine Pool")).await;
        page.take_pictures("site-create-pool").await;
        page.press(Key::Escape).await;
        page.see_no(any("dialog")).await;
        page.click(role("tab", "General")).await;
        page.see(field("Description")).await;
        page.take_pictures("site-general").await;
    }

    async fn pictures_of_the_shared_secret(page: Page) {
        let stack = Stack::with(&["--seed", "empty", "--shared-secret-lifetime", "3600"]).await;
        sign_in(&page, &stack).await;
        page.click(link("Shared Secret")).await;
        page.see(text(has("There is no valid shared secret."))).await;
        page.take_pictures("shared-secret-none").await;
        page.click(button("Generate")).await;
        page.see(button("Show")).await;
        page.take_pictures("shared-secret-hidden").await;
        page.click(button("Show")).await;
        page.see(button("Hide")).await;
        page.take_pictures("shared-secret-shown").await;
        page.click(button("Revoke")).await;
        page.see(dialog("Revoke the shared secret")).await;
        page.take_pictures("shared-secret-revoke").await;
    }

    async fn pictures_of_the_pools(page: Page) {
        let stack = Stack::demo().await;
        sign_in(&page, &stack).await;
        page.click(link("Pools")).await;
        page.see(row("Data centres")).await;
        page.take_pictures("pools").await;
        page.click(button("Delete Data centres")).await;
        page.see(dialog(has("Data centres"))).await;
        page.take_pictures("pool-delete").await;
        page.press(Key::Escape).await;
        page.see_no(any("dialog")).await;
        page.click(button("Move engine")).await;
        page.see(dialog("Move engine")).await;
        page.click(role("checkbox", has("Select all"))).await;
        page.see(role("table", "What it changes")).await;
        page.take_pictures("pool-move").await;
        page.press(Key::Escape).await;
        page.see_no(any("dialog")).await;
        page.click(link("New engine pool")).await;
        page.see(role("table", "Available engines")).await;
        page.take_pictures("pool-new").await;
        page.click(link("Pools")).await;
        page.click(link("Data centres")).await;
        page.see(role("table", "Engines in pool")).await;
        page.take_pictures("pool").await;
        page.click(button("Show scans")).await;
        page.see(role("table", "Scans of the pool")).await;
        page.see(text(has("those under way first"))).await;
        page.take_pictures("pool-scans").await;
    }

    async fn pictures_of_splitting(page: Page) {
        let stack = Stack::start().await;
        let fleet = every_status(&stack).await;
        sign_in(&page, &stack).await;
        page.click(link("Pools")).await;
        page.click(button("Split into pools")).await;
        page.see(role("table", "Engines of new pool 2")).await;
        page.take_pictures("pool-split").await;
        drop(fleet);
    }

    async fn pictures_of_health(page: Page) {
        let stack = Stack::start().await;
        sign_in(&page, &stack).await;
        page.click(link("Health")).await;
        page.see(heading("All is well")).await;
        page.take_pictures("health-well").await;
        let stack = Stack::demo().await;
        sign_in(&page, &stack).await;
        page.click(link("Health")).await;
        page.see(heading("Sites per engine")).await;
        page.click(heading("Thresholds")).await;
        page.take_pictures("health").await;
        page.click(role("tab", "Audit")).await;
        page.see(role("table", "Engines with their sites")).await;
        page.click(button(LOCAL)).await;
        page.see(heading(format!("Sites of {LOCAL}"))).await;
        page.take_pictures("audit").await;
        page.click(button("By site")).await;
        page.click(button("Berlin DMZ – mail gateways")).await;
        page.see(heading("Engines that may scan Berlin DMZ – mail gateways")).await;
        page.take_pictures("audit-by-site").await;
    }
}
