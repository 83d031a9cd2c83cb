//! **Engine Health**: what needs attention with real engines that go down and come back, the audit, and how fast all of it
//! is with ten thousand engines and a hundred thousand sites.

use std::time::Duration;

use e2e::{
    Engine, Fault, Key, Page, Stack, button, cell, column, dialog, ends, field, has, heading, link, news,
    role, row, tests, text,
};

use crate::fleet::{LOCAL, every_status, pool, sign_in, site, update};

const OSLO: &str = "Oslo data centre";

/// An active engine of the same versions as the local one: nothing about it needs attention but that it has no site.
async fn engine_like_the_local_one(stack: &Stack) -> Engine {
    let engines = stack.api().engines().await.expect("the console answers").items;
    let local = engines.into_iter().find(|engine| engine.name == LOCAL).expect("it is there from the start");
    let [product, content] = [local.product_version, local.content_version].map(Option::unwrap_or_default);
    let mut engine =
        stack.engine_with(OSLO, &["--product-version", &product, "--content-version", &content]).await;
    engine.enable_console().await;
    stack.api().version_engines().await.expect("the console asks its engines");
    engine
}

async fn open_health(page: &Page) {
    page.click(link("Health")).await;
    page.see_focus_on(heading("Engine Health")).await;
}

tests! {
    // "Monitor engine health" of the documents.
    in_chromium: async fn an_engine_that_goes_down_and_comes_back_is_told_while_the_page_is_open(page: Page) {
        let stack = Stack::start().await;
        let mut engine = engine_like_the_local_one(&stack).await;
        site(&stack, "Oslo offices", engine.id()).await;
        sign_in(&page, &stack).await;
        page.see_words(cell(OSLO, "Status"), "Active").await;
        open_health(&page).await;
        page.see(heading("All is well")).await;
        page.see_attribute(link("Health"), "aria-current", Some("page")).await;
        allow_notifications(&page).await;
        page.choose("Auto-refresh", "30 s").await;

        engine.kill().await;
        page.see_words_within(Duration::from_secs(60), news(), &format!("{OSLO} failed: Not responding.")).await;
        // What follows from it stands with it.
        page.see(row(has(&format!("{OSLO}: Not responding")))).await;
        page.see(row(has("Also: 1 site can't be scanned."))).await;
        page.see(heading("1 problem needs attention")).await;
        let title = page.run("return document.title", vec![]).await;
        assert_eq!(title.as_str(), Some("(1) Engine Health – Engine console"));
        let shown = read_when_there(&page, "return window.__shown.join('; ') || null").await;
        assert_eq!(shown, format!("{OSLO}: Not responding"));

        engine.start_again().await;
        page.click(button(format!("Refresh {OSLO}"))).await;
        page.see_words_within(Duration::from_secs(60), news(), &format!("{OSLO} recovered: Active.")).await;
        page.see(heading("All is well")).await;
        let title = page.run("return document.title", vec![]).await;
        assert_eq!(title.as_str(), Some("Engine Health – Engine console"));
    }

    in_chromium: async fn each_problem_has_its_reason_and_what_does_something_about_it(page: Page) {
        let stack = Stack::start().await;
        let fleet = every_status(&stack).await;
        let down = stack.id_of("Paris DMZ").await;
        pool(&stack, "Europe", &[down]).await;
        sign_in(&page, &stack).await;
        open_health(&page).await;
        page.see(row(has("Paris DMZ: Not responding"))).await;
        page.see(row(has("Madrid branch: Pending authorization"))).await;
        page.see(row(has("Oslo data centre: Incompatible version"))).await;
        page.see(row(has("Rome office: Unknown"))).await;
        page.see(row(has("Frankfurt DMZ has no site"))).await;
        page.see(row(has("Also: pool Europe has no active engine."))).await;
        let order = page.texts(column("Severity")).await;
        let worst = order.iter().position(|word| word == "Warning").unwrap_or(order.len());
        assert!(worst > 0 && order[worst..].iter().all(|word| word == "Warning"), "{order:?}");

        page.click(role("button", has("Without site"))).await;
        page.see_address("/health?kind=no-site").await;
        page.see_count(row(has("Paris DMZ: Not responding")), 0).await;
        page.reload().await;
        page.sign_in("admin", &stack.password()).await;
        page.see(row(has("Frankfurt DMZ has no site"))).await;
        page.see_count(row(has("Paris DMZ: Not responding")), 0).await;
        page.click(role("button", has("All "))).await;

        page.fill("Filter problems", "europe").await;
        page.see(row(has("Paris DMZ: Not responding"))).await;
        page.see_count(row(has("Frankfurt DMZ has no site")), 0).await;
        page.fill("Filter problems", "").await;

        // What is muted is not listed, also after a reload, until that is undone.
        page.click(button("Mute Rome office: Unknown")).await;
        page.fill("Reason", "It is being moved.").await;
        page.click(button("Mute").within(dialog("Mute Rome office: Unknown"))).await;
        page.see_count(row(has("Rome office: Unknown")), 0).await;
        page.reload().await;
        page.sign_in("admin", &stack.password()).await;
        page.see(row(has("Paris DMZ: Not responding"))).await;
        page.see_count(row(has("Rome office: Unknown")), 0).await;
        page.click(text("Muted (1)")).await;
        page.see(text("It is being moved.")).await;
        page.click(button("Unmute Rome office: Unknown")).await;
        page.see(row(has("Rome office: Unknown"))).await;

        // The pictures have words and a table behind them, which leads to the engines.
        page.click(role("tab", "Fleet")).await;
        for picture in ["Engines by status", "Product versions", "Sites per engine"] {
            page.see(heading(picture)).await;
        }
        page.click(text("Table").within(role("figure", "Engines by status"))).await;
        page.see_words(role("table", "Engines by status"), "Not responding").await;
        page.click(link("Not responding")).await;
        page.see_address("/engines?status=not-responding").await;
        page.see(row("Paris DMZ")).await;
        page.back().await;
        page.see_focus_on(heading("Engine Health")).await;

        page.click(role("tab", "Attention")).await;
        update(&page, "Update Oslo data centre", "Oslo data centre").await;
        page.see_words(news(), "Oslo data centre is updated").await;
        page.see_count(row(has("Oslo data centre: Incompatible version")), 0).await;
        page.click(link("Open pool Europe")).await;
        page.see(heading("Scan Engine Pool")).await;
        page.back().await;
        page.click(link("Pairing Madrid branch")).await;
        page.see_attribute(role("tab", "Pairing"), "aria-selected", Some("true")).await;
        drop(fleet);
    }

    in_chromium: async fn thresholds_are_changed_and_remembered(page: Page) {
        let stack = Stack::start().await;
        // Where the local engine is the only one, it may have as many sites as it likes.
        let engine = engine_like_the_local_one(&stack).await;
        site(&stack, "Oslo offices", engine.id()).await;
        let local = stack.id_of(LOCAL).await;
        for name in ["Offices", "Printers"] {
            site(&stack, name, local).await;
        }
        sign_in(&page, &stack).await;
        open_health(&page).await;
        page.see(heading("All is well")).await;
        page.click(heading("Thresholds")).await;
        page.see_value(field("Warn after (hours)"), "24").await;
        page.fill("Alarm after (hours)", "12").await;
        page.click(button("Save thresholds")).await;
        page.see(text("The alarm can't come before the warning.")).await;
        page.see_focus_on(field("Alarm after (hours)")).await;
        page.fill("Alarm after (hours)", "48").await;
        page.fill("Sites on the local engine", "1").await;
        page.click(button("Save thresholds")).await;
        page.see_words(news(), "The thresholds are saved").await;
        page.see(row(has(&format!("{LOCAL}, the local engine, has 2 sites")))).await;

        page.reload().await;
        page.sign_in("admin", &stack.password()).await;
        page.see(row(has(&format!("{LOCAL}, the local engine, has 2 sites")))).await;
        page.click(heading("Thresholds")).await;
        page.see_value(field("Alarm after (hours)"), "48").await;
        page.click(button("Restore defaults")).await;
        page.see_count(row(has("the local engine, has 2 sites")), 0).await;
        drop(engine);
    }

    // "Audit engine assignments" of the documents.
    in_chromium: async fn the_audit_tells_who_scans_what_directly_and_through_pools(page: Page) {
        let stack = Stack::start().await;
        let bergen = stack.add("Bergen", "192.0.2.1", 40814).await;
        let oslo = stack.add("Oslo", "192.0.2.2", 40814).await;
        let norway = pool(&stack, "Norway", &[bergen, oslo]).await;
        site(&stack, "Harbour", bergen).await;
        let lodge = site(&stack, "Mountain lodge", norway).await;
        sign_in(&page, &stack).await;
        open_health(&page).await;
        page.click(role("tab", "Audit")).await;
        page.see_words(cell("Bergen", "Sites"), "2").await;
        page.see_words(cell("Oslo", "Through pools"), "1").await;
        page.click(button("Bergen")).await;
        page.see(heading("Sites of Bergen")).await;
        page.see_words(cell("Harbour", "Through"), "Directly").await;
        page.see_words(cell("Mountain lodge", "Through"), "Pool Norway").await;

        // A colleague gets the same by the address.
        let address = page.address().await;
        assert_eq!(address, format!("/health?tab=audit&engine={bergen}"));
        page.reload().await;
        page.sign_in("admin", &stack.password()).await;
        page.see(heading("Sites of Bergen")).await;

        page.fill("Search the audit", "lodge oslo").await;
        page.see_count(button("Bergen"), 0).await;
        page.see(button("Oslo")).await;
        page.click(button("By site")).await;
        page.see_words(cell("Mountain lodge", "Engine or pool"), "pool Norway").await;
        page.see_count(button("Harbour"), 0).await;
        page.click(button("Mountain lodge")).await;
        page.see(heading("Engines that may scan Mountain lodge")).await;
        page.see(row("Bergen")).await;
        page.see(row("Oslo")).await;
        page.click(link(ends("Mountain lodge"))).await;
        page.see(heading("Site Configuration")).await;
        page.see_address(&format!("/sites/{lodge}")).await;
    }

    in_both_browsers: async fn the_audit_goes_into_a_file_and_onto_paper(page: Page) {
        let stack = Stack::start().await;
        let oslo = stack.add("=Oslo, \"north\"", "192.0.2.2", 40814).await;
        site(&stack, "Harbour", oslo).await;
        sign_in(&page, &stack).await;
        page.open(stack.url("/health?tab=audit")).await;
        page.sign_in("admin", &stack.password()).await;
        page.see(button("=Oslo, \"north\"")).await;
        page.run(
            "const make = URL.createObjectURL; \
             URL.createObjectURL = (blob) => { blob.text().then((text) => { window.__file = text; }); return make.call(URL, blob); }; \
             window.print = () => { window.__paper = document.getElementById('paper').textContent; };",
            vec![],
        )
        .await;
        page.click(button("Export CSV")).await;
        let file = read_when_there(&page, "return window.__file ?? null").await;
        assert!(file.contains("Engine,Engine ID,Status,Site,Site ID,Through\r\n"), "{file}");
        assert!(file.contains("\"'=Oslo, \"\"north\"\"\""), "{file}");
        assert!(file.contains(",Harbour,") && file.contains(",Directly\r\n"), "{file}");

        page.click(button("Print")).await;
        let paper = read_when_there(&page, "return window.__paper ?? null").await;
        assert!(paper.contains("Directly: 1 site: Harbour."), "{paper}");
        let shown = page.run("return getComputedStyle(document.getElementById('paper')).display", vec![]).await;
        assert_eq!(shown.as_str(), Some("none"), "on screen the paper is not there");
        page.run("window.dispatchEvent(new Event('afterprint'))", vec![]).await;
        let left = page.run("return document.getElementById('paper')", vec![]).await;
        assert!(left.is_null());
    }

    // "Error handling" of the documents: 404, 401, and others.
    in_chromium: async fn failures_say_what_they_are_and_leave_what_is_known(page: Page) {
        let mut stack = Stack::start().await;
        let bergen = stack.add("Bergen", "192.0.2.1", 40814).await;
        sign_in(&page, &stack).await;
        page.open(stack.url("/health?tab=audit&engine=999")).await;
        page.sign_in("admin", &stack.password()).await;
        page.see(text("There is no engine with ID 999, or this account may not see it.")).await;

        page.click(role("tab", "Attention")).await;
        page.see(row(has("Bergen has never been in contact"))).await;
        page.choose("Auto-refresh", "Off").await;
        let broken = stack.proxy().fail(&format!("/api/3/scan_engines/{bergen}"), Fault::Html);
        page.click(button("Refresh Bergen")).await;
        page.see(text(has("Bergen could not be refreshed."))).await;
        page.see(row(has("Bergen has never been in contact"))).await;
        broken.end();

        let pools = stack.proxy().fail("/api/3/scan_engine_pools", Fault::Html);
        page.reload().await;
        page.sign_in("admin", &stack.password()).await;
        page.see(text(has("The pools could not be read, so pools and sites through pools are left out."))).await;
        page.see(row(has("Bergen has never been in contact"))).await;
        pools.end();

        stack.change_password("quite-another-password").await;
        page.click(button("Refresh Bergen")).await;
        page.see(role("dialog", "Sign in again")).await;
        page.forgive_problems().await;
    }

    in_both_browsers: async fn the_keyboard_alone_is_enough(page: Page) {
        let stack = Stack::start().await;
        stack.add("Bergen", "192.0.2.1", 40814).await;
        stack.add("Oslo", "192.0.2.2", 40814).await;
        sign_in(&page, &stack).await;
        page.see_focus_on(heading("Scan Engines")).await;
        page.tab_back_to(link("Health")).await;
        page.press(Key::Enter).await;
        page.see_focus_on(heading("Engine Health")).await;
        page.see(row(has("Bergen has never been in contact"))).await;
        page.tab_to(role("tab", "Attention")).await;
        page.press(Key::Right).await;
        page.see_focus_on(role("tab", "Audit")).await;
        page.see(button("Oslo")).await;
        page.tab_to(row("Bergen")).await;
        page.press(Key::Down).await;
        page.press(Key::Down).await;
        page.see_focus_on(row("Oslo")).await;
        page.press(Key::Enter).await;
        page.see(heading("Sites of Oslo")).await;
        page.tab_to(button("Close")).await;
        page.press(Key::Enter).await;
        page.see_count(heading("Sites of Oslo"), 0).await;
        page.see_focus_on(heading("Engine Health")).await;
    }
}

/// **Notify me**: first the browser says no, then yes. What it would ask a person, and what it would show, is kept.
async fn allow_notifications(page: &Page) {
    page.run(
        "window.__asked = 0; window.__shown = []; let permission = 'default'; \
         window.Notification = class { \
           static get permission() { return permission; } \
           static requestPermission() { window.__asked += 1; permission = window.__answer; return Promise.resolve(permission); } \
           constructor(title) { window.__shown.push(title); } \
         }; window.__answer = 'denied';",
        vec![],
    )
    .await;
    page.click(role("checkbox", "Notify me")).await;
    page.see(text(has("The browser blocks notifications from this address."))).await;
    page.run("window.Notification = class extends window.Notification { static get permission() { return 'granted'; } }", vec![]).await;
    page.click(role("checkbox", "Notify me")).await;
    page.see_no(text(has("The browser blocks notifications"))).await;
    let asked = page.run("return window.__asked", vec![]).await;
    assert_eq!(asked.as_i64(), Some(1), "a permission that is given is not asked for again");
}

async fn read_when_there(page: &Page, script: &'static str) -> String {
    let read = e2e::until(e2e::PATIENCE, async || {
        page.run(script, vec![]).await.as_str().map(str::to_owned).ok_or_else(|| "nothing yet".to_owned())
    });
    read.await.unwrap_or_else(|problem| panic!("{script}: {problem}"))
}
