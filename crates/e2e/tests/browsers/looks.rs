//! Every screen and every dialog: axe-core in both themes, and how it looks at three widths (`Page::check_screen`); lists
//! as cards too.

use e2e::{
    Fault, Key, Locator, Page, Stack, alert, any, button, dialog, ends, field, has, heading, link, news,
    role, row, tests, text,
};

use crate::fleet::{LOCAL, every_status, more, pool, sign_in, site};
use crate::screens::{break_the_list, sign_in_before_the_list};
use crate::sites::add_site;

const LONG: &str = "Donaudampfschifffahrtsgesellschaftskapitänsmützenlager-Süd";
const OSLO: &str = "Oslo data centre";
const QUESTION: &str = "Leave without saving?";

/// By the menu.
async fn in_both_themes(page: &Page, screen: &str) {
    for theme in ["Light", "Dark"] {
        page.choose("Theme", theme).await;
        page.check_accessibility(&format!("{screen}, {theme}")).await;
    }
    page.choose("Theme", "System").await;
}

/// A screen in a window as narrow as a phone. The theme is chosen in a wide one: there it is in sight.
async fn check_cards(page: &Page, screen: &str) {
    for theme in ["Light", "Dark"] {
        page.choose("Theme", theme).await;
        page.resize(390, 844).await;
        page.check_accessibility(&format!("{screen}, {theme}")).await;
        page.resize(1440, 900).await;
    }
    page.choose("Theme", "System").await;
}

/// The sheets of a narrow window, each by its button and something that is in it.
async fn check_sheets(page: &Page, sheets: &[(&'static str, Locator)]) {
    page.resize(390, 844).await;
    for (opener, inside) in sheets {
        page.click(button(*opener)).await;
        page.see(inside.clone()).await;
        page.check_accessibility(&format!("the sheet {opener}")).await;
        page.press(Key::Escape).await;
        page.see_no(inside.clone()).await;
        page.see_focus_on(button(*opener)).await;
    }
    page.resize(1440, 900).await;
}

/// Closes the dialog.
async fn escape(page: &Page) {
    page.press(Key::Escape).await;
    page.see_no(any("dialog")).await;
}

/// Opens a dialog by a button, looks at it and closes it.
async fn check_dialog(page: &Page, opener: &str, title: &str, screen: &str) {
    page.click(button(opener)).await;
    page.see(dialog(title)).await;
    page.check_screen(screen).await;
    escape(page).await;
}

/// Berlin with three sites and in the console's one pool, and Cologne with nothing.
async fn two_cities(stack: &Stack) {
    let berlin = stack.add("Berlin", "192.0.2.10", 40814).await;
    stack.add("Cologne", "192.0.2.20", 40814).await;
    let pools = stack.api().pools().await.expect("the console answers").items;
    let pool = pools.first().expect("there is a pool from the start").id;
    stack.api().assign_to_pool(berlin, pool).await.expect("the console takes it");
    for name in ["Mail", "Web", "Printers"] {
        site(stack, name, berlin).await;
    }
}

tests! {
    in_both_browsers: async fn the_engines_with_every_status(page: Page) {
        let stack = Stack::start().await;
        let fleet = every_status(&stack).await;
        sign_in(&page, &stack).await;
        page.see(row("Rome office")).await;
        page.check_screen("engines").await;
        page.click(button("Refresh Frankfurt DMZ")).await;
        page.see_words(news(), "Frankfurt DMZ: Active.").await;
        news_comes_without_a_scrollbar(&page).await;
        page.check_screen("engines-refreshed").await;
        in_both_themes(&page, "engines").await;
        check_cards(&page, "engines as cards").await;
        let sheets = [
            ("Menu", link("Engines")),
            ("View", role("combobox", "Group by")),
            ("Status", button(has("Pending authorization"))),
            ("More actions", button("Update all engines")),
            ("Account", button("Sign out")),
        ];
        check_sheets(&page, &sheets).await;
        page.click(text("Columns")).await;
        page.see(button("Reset columns")).await;
        page.check_screen("engines-columns-panel").await;
        page.press(Key::Escape).await;
        page.choose("Group by", "Status").await;
        page.see(button(has("Group Pending authorization"))).await;
        page.check_screen("engines-grouped").await;
        check_cards(&page, "groups as cards").await;
        page.choose("Group by", "Nothing").await;
        page.click(button("Command palette")).await;
        page.see(dialog("Command palette")).await;
        page.press("rome").await;
        page.see(role("option", has("Rome office"))).await;
        page.check_screen("palette").await;
        escape(&page).await;
        page.click(button(ends("(Madrid branch)"))).await;
        page.see(dialog("What to do: Madrid branch")).await;
        page.check_screen("what-to-do").await;
        escape(&page).await;
        page.press("?").await;
        page.see(dialog("Keyboard shortcuts")).await;
        page.check_screen("keyboard-shortcuts").await;
        escape(&page).await;
        page.click(button("Filter syntax")).await;
        page.see(heading("Filter syntax")).await;
        page.check_screen("filter-help").await;
        page.press(Key::Escape).await;
        page.see_no(heading("Filter syntax")).await;
        page.fill("Filter engines", "st").await;
        page.see(role("listbox", "Suggestions")).await;
        page.check_screen("filter-suggestions").await;
        drop(fleet);
    }

    in_chromium: async fn the_states_of_the_list(page: Page) {
        let stack = Stack::start().await;
        let answer = stack.proxy().hold("/api/3/scan_engines");
        sign_in(&page, &stack).await;
        page.check_screen("engines-loading").await;
        answer.end();
        page.see(row(LOCAL)).await;
        let portal = stack.proxy().fail("/api/3/scan_engines", Fault::Html);
        page.click(button("Refresh displayed engines")).await;
        page.see(text(has("could not be reloaded"))).await;
        page.check_screen("engines-stale").await;
        page.click(button("Sign out")).await;
        page.sign_in("admin", &stack.password()).await;
        page.see(text(has("The engines could not be read."))).await;
        page.check_screen("engines-failed").await;
        portal.end();
        page.click(button("Try again")).await;
        page.see(row(LOCAL)).await;
        page.fill("Filter engines", "nothing like it").await;
        page.see(heading("No engine matches the filter")).await;
        page.check_screen("engines-empty").await;
        page.open(stack.url("/engines/99999999999999999999")).await;
        page.sign_in("admin", &stack.password()).await;
        page.see(heading("Nothing here")).await;
        page.check_screen("not-found").await;
        page.click(link("Go to Scan Engines")).await;
        page.see(row(LOCAL)).await;
        page.see_focus_on(heading("Scan Engines")).await;
        let broken = stack.proxy().fail("/api/3/scan_engine_pools", Fault::Html);
        page.open(stack.url("/pools")).await;
        page.sign_in("admin", &stack.password()).await;
        page.see(text(has("The pools could not be read."))).await;
        page.check_accessibility("pools, failed").await;
        broken.end();
        page.click(button("Try again")).await;
        page.see(row("Default Engine Pool")).await;
    }

    in_chromium: async fn signing_in(page: Page) {
        let mut stack = Stack::start().await;
        page.open(stack.url("/")).await;
        page.see(heading("Sign in")).await;
        page.check_screen("sign-in").await;
        page.sign_in("admin", "wrong").await;
        page.see_words(alert(), "did not accept").await;
        page.check_screen("sign-in-refused").await;
        page.fill("Password", &stack.password()).await;
        page.click(button("Sign in")).await;
        page.see(row(LOCAL)).await;
        stack.change_password("quite-another-password").await;
        page.click(button("Refresh displayed engines")).await;
        page.see(dialog("Sign in again")).await;
        page.see(role("button", "Sign out")).await;
        page.check_accessibility("sign in again").await;
    }

    in_chromium: async fn before_the_list_has_come(page: Page) {
        let stack = Stack::start().await;
        let held = sign_in_before_the_list(&page, &stack).await;
        page.check_screen("app-loading").await;
        drop(held);

        // At an address of its own: what came from another one stays in the browser's cache.
        let stack = Stack::start().await;
        let broken = break_the_list(&stack, Fault::NoAnswer).await;
        page.open(stack.url("/")).await;
        page.sign_in("admin", &stack.password()).await;
        page.see(heading("This screen is not loaded")).await;
        page.check_screen("app-not-loaded").await;
        page.forgive_problems().await;
        drop(broken);
    }

    in_chromium: async fn names_that_nobody_expects(page: Page) {
        let stack = Stack::start().await;
        let long = format!("{LONG} ").repeat(3);
        stack.add(long.trim(), "scan-engine-with-a-very-long-host-name.department.division.example.com", 40814).await;
        stack.add(&"x".repeat(200), "192.0.2.2", 40814).await;
        stack.add("Überwachungsnetz Größe 日本語 العربية", "192.0.2.3", 40814).await;
        stack.add("<b>bold</b> & \"quoted\"", "192.0.2.4", 40814).await;
        let name = "<img src=x onerror=\"document.title='pwned'\"><b>bold</b> & <!-- so -->";
        stack.add(name, "192.0.2.1", 40814).await;
        sign_in(&page, &stack).await;
        page.see(row(long.trim())).await;
        page.check_screen("engines-long-names").await;
        page.see(row(name)).await;
        page.see(button(format!("Refresh {name}"))).await;
        page.click(button(ends(&format!("({name})")))).await;
        page.see(dialog(format!("What to do: {name}"))).await;
        let made = page.run("return document.querySelectorAll('img, td b, th b, dialog b').length", vec![]).await;
        assert_eq!(made, serde_json::json!(0), "the name became markup");
    }

    in_chromium: async fn pairing_and_the_form_of_an_engine(page: Page) {
        let stack = Stack::start().await;
        let mut engine = stack.engine(OSLO).await;
        engine.enable_console().await;
        sign_in(&page, &stack).await;
        page.see(row(OSLO)).await;
        page.click(link("Administration")).await;
        page.see(heading("Administration")).await;
        page.check_screen("administration").await;
        page.click(link("Engines")).await;
        page.click(link("New engine")).await;
        page.see(heading("New engine")).await;
        page.check_screen("new-engine").await;
        page.fill("Name", "oslo DATA centre").await;
        page.fill("Address", "https://oslo.example").await;
        page.fill("Port", "0").await;
        page.see(text("Enter a port from 1 to 65535.")).await;
        page.check_screen("new-engine-problems").await;
        page.click(link("Engines")).await;
        page.see(dialog(QUESTION)).await;
        page.check_screen("leave-without-saving").await;
        page.click(button("Leave")).await;

        page.click(link(OSLO)).await;
        page.click(button("Refresh")).await;
        page.see_words(role("region", "Summary"), "Active").await;
        page.check_screen("engine").await;
        page.fill("Address", "oslo.example").await;
        page.see(text("The engine must be paired again")).await;
        page.check_screen("engine-moves").await;
        page.fill("Address", &engine.address().ip().to_string()).await;
        page.click(role("tab", "Pairing")).await;
        page.see(heading("Certificates")).await;
        page.check_screen("pairing").await;
        for (action, title, picture) in [
            ("Reverse direction", "Reverse direction of Oslo data centre", "reverse-direction"),
            ("Delete", "Delete Oslo data centre", "delete-engine"),
        ] {
            more(&page, action).await;
            page.see(dialog(title)).await;
            page.check_screen(picture).await;
            escape(&page).await;
        }
        page.click(link("Engines")).await;
        page.click(button("Update all engines")).await;
        page.check_accessibility("update all engines").await;
        page.click(button("Update all engines").within(dialog("Update all engines"))).await;
        page.see(dialog("Updates were sent")).await;
        page.check_accessibility("updates were sent").await;
        page.click(button("Done")).await;
        page.see(row(OSLO)).await;
        check_cards(&page, "engines with their actions as cards").await;
    }

    in_chromium: async fn the_shared_secret(page: Page) {
        let stack = Stack::with(&["--seed", "empty", "--shared-secret-lifetime", "3600"]).await;
        sign_in(&page, &stack).await;
        page.click(link("Shared Secret")).await;
        page.see(text(has("There is no valid shared secret."))).await;
        page.check_screen("shared-secret-none").await;
        page.click(button("Generate")).await;
        page.see(button("Show")).await;
        page.check_screen("shared-secret-hidden").await;
        page.click(button("Show")).await;
        page.see(button("Hide")).await;
        page.check_screen("shared-secret-shown").await;
        page.click(role("tab", "Windows")).await;
        in_both_themes(&page, "shared secret, Windows").await;
        check_dialog(&page, "Revoke", "Revoke the shared secret", "shared-secret-revoke").await;
    }

    in_chromium: async fn the_list_of_sites(page: Page) {
        let stack = Stack::demo().await;
        add_site(&stack, &format!("A {}", format!("{LONG} ").repeat(3).trim()), None).await;
        sign_in(&page, &stack).await;
        let answer = stack.proxy().hold("/api/3/sites");
        page.click(link("Sites")).await;
        page.see(heading("Sites")).await;
        page.check_screen("sites-loading").await;
        answer.end();
        page.see(text(has("of 42"))).await;
        page.check_screen("sites").await;
        page.fill("Filter sites", "office").await;
        page.see(text(has("of 42 match"))).await;
        page.check_screen("sites-filtered").await;
        page.fill("Filter sites", "nothing like it").await;
        page.see(heading("No site matches the filter")).await;
        page.check_screen("sites-no-match").await;
        page.click(button("Show all sites")).await;
        check_cards(&page, "sites as cards").await;
    }

    in_chromium: async fn the_form_of_a_site(page: Page) {
        let stack = Stack::demo().await;
        sign_in(&page, &stack).await;
        page.click(link("Sites")).await;
        page.click(link("Create site")).await;
        page.click(button("Save")).await;
        page.see(text("Enter a name.")).await;
        page.check_screen("create-site").await;
        page.click(role("tab", "Engines")).await;
        page.see(role("table", "Scan Engines & Pools")).await;
        page.check_screen("create-site-engines").await;
        page.click(link("Sites")).await;
        page.click(link("Berlin DMZ – mail gateways")).await;
        page.see(role("table", "Scan Engines & Pools")).await;
        page.click(role("radio", "Choose Local scan engine")).await;
        page.see(text(has("when you save"))).await;
        page.check_screen("site-engines").await;
        check_dialog(&page, "Add Scan Engine", "Add Scan Engine", "site-add-engine").await;
        check_dialog(&page, "Create Engine Pool", "Create Engine Pool", "site-create-pool").await;
        check_cards(&page, "a site's engines as cards").await;
        page.click(role("tab", "General")).await;
        page.see(text("Unique in this console.")).await;
        page.see(field("Description")).await;
        page.check_screen("site-general").await;
    }

    in_chromium: async fn the_pools(page: Page) {
        let stack = Stack::demo().await;
        sign_in(&page, &stack).await;
        page.click(link("Pools")).await;
        page.see(row("Data centres")).await;
        page.check_screen("pools").await;
        check_cards(&page, "pools as cards").await;
        page.click(button("Delete Data centres")).await;
        page.see(dialog(has("Data centres"))).await;
        page.check_screen("pool-delete").await;
        escape(&page).await;
        page.click(button("Move engine")).await;
        page.see(dialog("Move engine")).await;
        page.fill("To pool", "Default Engine Pool").await;
        page.click(role("checkbox", has("Select all"))).await;
        page.see(role("table", "What it changes")).await;
        page.check_screen("pool-move").await;
        escape(&page).await;
        page.click(link("New engine pool")).await;
        page.see(role("table", "Available engines")).await;
        page.check_screen("pool-new").await;
        page.click(link("Pools")).await;
        page.click(link("Data centres")).await;
        page.see(role("table", "Engines in pool")).await;
        page.check_screen("pool").await;
        page.click(button("Show scans")).await;
        page.see(role("table", "Scans of the pool")).await;
        page.see(text(has("those under way first"))).await;
        page.check_screen("pool-scans").await;
    }

    in_chromium: async fn splitting_into_pools(page: Page) {
        let stack = Stack::start().await;
        let fleet = every_status(&stack).await;
        sign_in(&page, &stack).await;
        page.click(link("Pools")).await;
        page.click(button("Split into pools")).await;
        page.see(role("table", "Engines of new pool 2")).await;
        page.check_screen("pool-split").await;
        // A colleague takes the second name meanwhile.
        pool(&stack, "Pool 2", &[]).await;
        page.click(button("Create 2 pools")).await;
        page.see(text("1 created, 1 failed.")).await;
        page.check_accessibility("a split that failed half-way").await;
        page.click(button("Delete the new pools")).await;
        page.see_words(news(), "Pool 1: deleted.").await;
        page.see_no(any("dialog")).await;
        page.click(button("Delete Default Engine Pool")).await;
        page.see(dialog("Delete Default Engine Pool")).await;
        page.check_accessibility("the question about a pool that no site uses").await;
        drop(fleet);
    }

    in_chromium: async fn health_and_audit(page: Page) {
        let stack = Stack::start().await;
        sign_in(&page, &stack).await;
        page.click(link("Health")).await;
        page.see(heading("All is well")).await;
        page.check_screen("health-well").await;
        let stack = Stack::demo().await;
        sign_in(&page, &stack).await;
        page.click(link("Health")).await;
        page.see(heading(ends("the worst first"))).await;
        page.check_screen("health").await;
        check_cards(&page, "health as cards").await;
        page.click(heading("Thresholds")).await;
        page.check_screen("thresholds").await;
        page.click(heading("Thresholds")).await;
        page.click(role("checkbox", has("Select all "))).await;
        page.click(button("Mute")).await;
        page.click(role("radio", "Until a date")).await;
        page.click(button("Mute").within(any("dialog"))).await;
        page.see(text("Type a reason.")).await;
        page.check_screen("mute").await;
        page.click(role("radio", "Until it changes")).await;
        page.fill("Reason", "The whole network is being moved.").await;
        page.click(button("Mute").within(any("dialog"))).await;
        page.see(heading("Nothing new")).await;
        page.click(text(has("Muted ("))).await;
        page.check_screen("muted").await;
        page.click(button("Unmute all")).await;
        page.click(role("tab", "Fleet")).await;
        page.see(heading("Sites per engine")).await;
        page.check_screen("fleet").await;
        page.click(role("tab", "Audit")).await;
        page.see(role("table", "Engines with their sites")).await;
        page.click(button(LOCAL)).await;
        page.see(heading(format!("Sites of {LOCAL}"))).await;
        page.check_screen("audit").await;
        page.click(button("By site")).await;
        page.click(button("Berlin DMZ – mail gateways")).await;
        page.see(heading("Engines that may scan Berlin DMZ – mail gateways")).await;
        page.check_screen("audit-by-site").await;
        check_cards(&page, "audit as cards").await;
    }

    in_chromium: async fn handing_over(page: Page) {
        let stack = Stack::start().await;
        two_cities(&stack).await;
        sign_in(&page, &stack).await;
        page.choose("Auto-refresh", "Off").await;
        page.click(link("Berlin")).await;
        page.see(heading("Scan Engine Configuration")).await;
        page.click(role("tab", "Pools")).await;
        page.see(link("Default Engine Pool").within(role("tabpanel", "Pools"))).await;
        page.check_screen("engine-pools").await;
        page.click(role("tab", "Scans")).await;
        page.see(heading("No scans have run on this engine")).await;
        page.check_screen("engine-scans-none").await;
        for (action, title, target) in [
            ("Delete", "Delete Berlin", "Move its sites to"),
            ("Replace engine", "Replace Berlin", "Engine that takes its place"),
        ] {
            more(&page, action).await;
            page.see(dialog(title)).await;
            page.fill(target, "nobody").await;
            page.see(text(has("“nobody” is not in the list"))).await;
            page.check_accessibility(&format!("{title}, nobody is called so")).await;
            page.fill(target, "Cologne").await;
            let (known, picture) = if action == "Delete" {
                (button("Move 3 sites, then delete"), "engine-delete-move")
            } else {
                (text(has("Cologne gets 3 sites")), "engine-replace")
            };
            page.see_attribute(known, "aria-disabled", None).await;
            page.check_screen(picture).await;
            escape(&page).await;
        }
        page.click(link("Engines")).await;
        for name in ["Berlin", "Cologne"] {
            page.click(role("checkbox", format!("Select {name}"))).await;
        }
        page.click(button("Delete")).await;
        page.see_words(role("group", "Left out"), "Berlin: 3 sites are assigned to it.").await;
        page.see(text("Pools that lose engines: Default Engine Pool.")).await;
        page.fill("Move their sites to", LOCAL).await;
        page.see(dialog("Move 3 sites, then delete 2 engines")).await;
        page.check_accessibility("the question about many").await;
    }

    in_chromium: async fn scans_of_an_engine(page: Page) {
        let stack = Stack::demo().await;
        sign_in(&page, &stack).await;
        page.click(link(LOCAL)).await;
        page.click(role("tab", "Scans")).await;
        page.see(role("table", "Scans")).await;
        page.see(button("Reload")).await;
        page.check_screen("engine-scans").await;
    }

    in_chromium: async fn work_on_many_engines(page: Page) {
        let stack = Stack::start().await;
        for (name, host) in [("Berlin", 10), ("Cologne", 20), ("Dresden", 30), ("Essen", 40)] {
            stack.add(name, &format!("192.0.2.{host}"), 40814).await;
        }
        sign_in(&page, &stack).await;
        page.see(row("Essen")).await;
        page.click(role("checkbox", "Select all 5 that match")).await;
        page.see(text("5 selected")).await;
        page.check_screen("engines-selected").await;
        page.click(button("Delete")).await;
        page.see(dialog("Delete 4 engines")).await;
        page.check_screen("engines-delete").await;
        let broken = stack.proxy().fail(&format!("/api/3/scan_engines/{}", stack.id_of("Dresden").await), Fault::NoAnswer);
        page.click(button("Delete 4 engines")).await;
        page.see(text("3 deleted, 1 failed.")).await;
        page.check_screen("engines-deleted").await;
        broken.end();
        page.click(button("Done")).await;
        page.click(text("Columns")).await;
        page.see(role("checkbox", "Platform")).await;
        page.check_screen("engines-columns").await;
    }

    in_chromium: async fn selecting_sites(page: Page) {
        let stack = Stack::start().await;
        stack.add("Genoa", "192.0.2.1", 40814).await;
        let local = stack.id_of(LOCAL).await;
        for number in 1..=40 {
            site(&stack, &format!("Office {number}"), local).await;
        }
        sign_in(&page, &stack).await;
        page.click(link(LOCAL)).await;
        page.click(role("tab", "Sites")).await;
        page.see(link("Office 1")).await;
        page.check_screen("engine-sites").await;
        page.click(button("Select Sites")).await;
        page.click(role("checkbox", "Select Office 2")).await;
        page.click(role("checkbox", "Select Office 4")).await;
        page.fill("New engine or pool for the sites that you unchecked", "Genoa").await;
        page.see(text(format!("2 sites from {LOCAL}"))).await;
        page.check_screen("select-sites").await;
        page.click(button("Save")).await;
        page.see_no(any("dialog")).await;
        page.see(text(format!("2 sites from {LOCAL} to Genoa"))).await;
        page.check_screen("engine-sites-moves").await;
    }

    in_chromium: async fn consoles_of_each_age(page: Page) {
        for dialect in ["current", "6.6.55", "2018"] {
            let stack = Stack::speaking(dialect).await;
            // Older than any of these consoles.
            let old = ["--product-version", "6.4.1", "--content-version", "2017-12-01"];
            let mut oslo = stack.engine_with(OSLO, &old).await;
            oslo.enable_console().await;
            let north = pool(&stack, "Northern Europe", &[oslo.id()]).await;
            site(&stack, "Office", north).await;
            stack.add("Rome office", "192.0.2.7", 40814).await;
            stack.api().version_engines().await.expect("the console asks its engines");
            sign_in(&page, &stack).await;
            page.see(row(OSLO)).await;
            page.check_screen(&format!("engines-of-{dialect}")).await;
            page.click(link(OSLO)).await;
            page.see_words(role("region", "Summary"), "Northern Europe").await;
            page.check_screen(&format!("engine-of-{dialect}")).await;
        }
    }
}

/// While a piece of news glides into its place, its text does not make room for a scrollbar, nor does its button move sideways.
async fn news_comes_without_a_scrollbar(page: &Page) {
    let script = "
        const [news] = [...document.querySelectorAll('[role=status]')].filter((it) => it.ariaLabel === 'News');
        news.firstElementChild.style.animationName = 'none';
        news.offsetWidth;
        news.firstElementChild.style.animationName = '';
        const [begins] = news.firstElementChild.getAnimations();
        begins.pause();
        begins.currentTime = 0;
        const found = `${begins.animationName}: ${news.offsetWidth - news.clientWidth} px of scrollbar`;
        begins.finish();
        return found;";
    let found = page.run(script, Vec::new()).await;
    assert_eq!(found.as_str(), Some("appear: 0 px of scrollbar"));
}
