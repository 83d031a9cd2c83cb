//! The app with consoles that answer in ways that practitioners have met (docs/api-quirks.md): each with one or two of them.

use std::time::Duration;

use console_api::EngineId;
use e2e::{
    Engine, Page, Stack, any, button, cell, dialog, ends, has, heading, link, news, role, row, tests, text,
};

use crate::fleet::{LOCAL, add_engine, more, pool, sign_in, site};

const OSLO: &str = "Oslo data centre";
/// A call is given up after a minute.
const GIVEN_UP: Duration = Duration::from_secs(90);

/// A console without any engine but its own, with these of the embedded console's quirks.
async fn console(quirks: &[&str]) -> Stack {
    let quirks = quirks.iter().flat_map(|quirk| ["--quirk", quirk]);
    Stack::with(&["--seed", "empty"].into_iter().chain(quirks).collect::<Vec<_>>()).await
}

/// An engine that is paired and active.
async fn paired(stack: &Stack) -> Engine {
    let mut engine = stack.engine(OSLO).await;
    engine.enable_console().await;
    stack.api().version_engines().await.expect("the console asks its engines");
    engine
}

/// Adds the engine through the page. A console like this one says that it failed, and has added it.
async fn engine_added(page: &Page, stack: &Stack, engine: &Engine) -> EngineId {
    add_engine(page, engine).await;
    page.see_words(news(), &format!("{} is added", engine.name())).await;
    stack.id_of(engine.name()).await
}

/// How often the sites were asked for, whichever page.
fn site_calls(stack: &Stack) -> usize {
    stack.proxy().count("GET", "/api/3/sites")
}

tests! {
    in_chromium: async fn a_reversal_that_the_console_refuses_changes_nothing_on_screen(page: Page) {
        let stack = Stack::start().await;
        let mut engine = paired(&stack).await;
        sign_in(&page, &stack).await;
        page.click(link(OSLO)).await;
        page.see_words(role("region", "Summary"), "Active").await;
        engine.kill().await;
        more(&page, "Reverse direction").await;
        let question = dialog(format!("Reverse direction of {OSLO}"));
        page.click(button("Reverse direction").within(question.clone())).await;
        page.see_words(question, "The console did not reverse it.").await;
        page.click(button("Cancel")).await;
        page.see_no(any("dialog")).await;
        page.see_words(role("region", "Summary"), "Console connects to engine").await;
    }

    in_chromium: async fn the_reason_and_the_address_come_from_version_engines(page: Page) {
        for quirks in [&["no-extras", "report-head"][..], &["no-extras", "report-head", "report-bare-names"]] {
            let mut stack = console(quirks).await;
            let _engine = stack.engine(OSLO).await;
            sign_in(&page, &stack).await;
            page.click(button(format!("Refresh {OSLO}"))).await;
            let why = "Unauthorized console connection from: 127.0.0.1";
            page.see_words(cell(OSLO, "Status"), "Pending authorization").await;
            page.see_words(cell(OSLO, "Status"), why).await;
            page.click(button(ends(&format!("({OSLO})")))).await;
            page.see_words(dialog(format!("What to do: {OSLO}")), why).await;
            page.see(button("Copy 127.0.0.1")).await;
            page.click(link("Pairing steps")).await;
            page.see_words(role("region", "Summary"), why).await;
            page.see(text(has("show consoles lists this console as 127.0.0.1"))).await;

            // A console that says nothing is no reason to forget it.
            let silent = ["--seed", "empty", "--quirk", "no-extras", "--quirk", "report-empty"];
            stack.restart_console_with(&silent).await;
            page.click(button("Refresh")).await;
            page.see_words(news(), "The console was asked and returned nothing. What you see is what it knew before.").await;
            page.see_words(role("region", "Summary"), why).await;
            page.forgive_problems().await;
        }
    }

    in_chromium: async fn an_answer_without_output_is_no_refresh(page: Page) {
        let stack = console(&["report-without-output"]).await;
        let _engine = stack.engine(OSLO).await;
        sign_in(&page, &stack).await;
        page.click(button("Refresh displayed engines")).await;
        page.see_words(news(), "Only reloaded: 2 engines").await;
        page.see_words(news(), "The console was asked and returned nothing.").await;
    }

    in_chromium: async fn a_scan_that_may_be_on_an_engine_is_asked_about(page: Page) {
        let stack = console(&["scan-of-pool"]).await;
        let engine = paired(&stack).await;
        let north = pool(&stack, "North", &[engine.id()]).await;
        let harbour = site(&stack, "Harbour", north).await;
        stack.api().start_scan(harbour, None).await.expect("the scan starts");
        sign_in(&page, &stack).await;
        page.click(button(format!("Update {OSLO}"))).await;
        page.see(dialog(format!("Update {OSLO}"))).await;
        page.see(text(has("of Harbour may be on it: North is the pool that it runs in,"))).await;
        page.click(button("Cancel")).await;
        page.see_no(any("dialog")).await;
        page.click(button(format!("Delete {OSLO}"))).await;
        page.see(text(has("of Harbour may be on it: North is the pool that it runs in,"))).await;
        page.click(button("Cancel")).await;
        page.see_no(any("dialog")).await;
        page.click(link(OSLO)).await;
        more(&page, "Replace engine").await;
        page.see(text(has("of Harbour may be on it: North is the pool that it runs in,"))).await;
    }

    in_chromium: async fn an_engine_that_was_added_in_spite_of_an_inner_failure_is_found(page: Page) {
        let stack = console(&["doubtful-creation"]).await;
        sign_in(&page, &stack).await;
        page.click(link("New engine")).await;
        page.see(heading("New engine")).await;
        page.fill("Name", OSLO).await;
        // Nobody listens there.
        page.fill("Address", "127.0.3.99").await;
        page.click(button("Save")).await;
        page.see_words(news(), &format!("{OSLO} is added, although the console reported a failure.")).await;
        page.see(heading("Scan Engine Configuration")).await;
        page.forgive_problems().await;
    }

    in_chromium: async fn a_slow_console_is_asked_for_smaller_pages(page: Page) {
        let stack = Stack::with(&["--seed", "large:20,1200"]).await;
        sign_in(&page, &stack).await;
        page.click(link("Sites")).await;
        page.see(text(has("1–50 of 1,200"))).await;
        let held = stack.proxy().hold("/api/3/sites");
        page.fill("Filter sites", "e").await;
        page.see_within(GIVEN_UP, text(has("the console is slow: it is asked for smaller pages"))).await;
        held.end();
        page.see(text(has("of 1,200 match"))).await;
        page.see_no(text(has("the console is slow"))).await;
        page.forgive_problems().await;
    }

    in_chromium: async fn a_list_without_page_numbers_is_read_to_its_end_and_no_further(page: Page) {
        let stack = Stack::with(&["--seed", "large:20,600", "--quirk", "unpaged"]).await;
        sign_in(&page, &stack).await;
        page.click(link("Sites")).await;
        page.see(heading("Sites")).await;
        page.fill("Filter sites", "e").await;
        page.see(text(has("of 600 match"))).await;
        page.see_no(role("progressbar", "Sites searched")).await;
        assert!(site_calls(&stack) <= 4, "{} calls for 600 sites", site_calls(&stack));
    }

    in_chromium: async fn a_console_without_a_licence_for_pools_says_so_once(page: Page) {
        let stack = console(&["no-pools"]).await;
        let _engine = paired(&stack).await;
        sign_in(&page, &stack).await;
        page.see(row(OSLO)).await;
        page.click(role("checkbox", format!("Select {OSLO}"))).await;
        page.see_attribute(button("Add to pool"), "aria-disabled", Some("true")).await;
        page.see_no(text(has("pools could not be read"))).await;
        page.click(link("Health")).await;
        page.see(heading("Engine Health")).await;
        page.see_no(text(has("pools could not be read"))).await;
        page.click(link("Pools")).await;
        page.see(heading("No engine pools here")).await;
        for name in ["New engine pool", "Move engine", "Split into pools"] {
            page.see_attribute(button(name), "aria-disabled", Some("true")).await;
        }
        page.forgive_problems().await;
    }

    in_chromium: async fn a_console_without_shared_secrets_in_v3_is_asked_where_older_ones_have_them(page: Page) {
        let stack = console(&["no-shared-secret"]).await;
        sign_in(&page, &stack).await;
        page.click(link("Shared Secret")).await;
        page.click(button("Generate")).await;
        page.see_words(news(), "A new shared secret was generated.").await;
        crate::pairing_reverse::show(&page).await;
        page.see_no(button("Revoke")).await;
        page.forgive_problems().await;
    }

    in_chromium: async fn a_console_without_any_shared_secret_is_called_too_old(page: Page) {
        let stack = console(&["no-shared-secret", "no-older-secret"]).await;
        sign_in(&page, &stack).await;
        page.click(link("Shared Secret")).await;
        page.click(button("Generate")).await;
        page.see(text(has("This console is too old for shared secrets here (needs 6.5.50). Use its own page."))).await;
        page.forgive_problems().await;
    }

    in_chromium: async fn an_engine_without_a_command_line_is_paired_by_its_file(page: Page) {
        let stack = Stack::start().await;
        let mut engine = stack.unknown_engine(OSLO).await;
        engine.kill().await;
        sign_in(&page, &stack).await;
        page.click(link("Shared Secret")).await;
        page.click(button("Generate")).await;
        page.see_words(news(), "A new shared secret was generated.").await;
        page.click(button("Copy consoles.xml")).await;
        page.see_words(news(), "Copied: consoles.xml.").await;
        let file = page.clipboard().await;
        assert!(file.contains("plaintext_sharedSecret=\""), "{file}");
        engine.edit_consoles_xml(|_| file.clone());
        engine.start_again().await;
        page.click(link("Engines")).await;
        page.click(button("Refresh displayed engines")).await;
        page.see_words(cell(OSLO, "Status"), "Active").await;
        page.see_words(cell(OSLO, "Status"), "Engine connects to console").await;
        assert!(!engine.consoles_xml().contains("plaintext_sharedSecret"), "the secret stays in the file");
    }

    in_chromium: async fn a_console_that_wants_the_cookie_too_gets_it(page: Page) {
        let stack = Stack::with(&["--seed", "empty", "--data-calls", "cookie"]).await;
        let _engine = paired(&stack).await;
        sign_in(&page, &stack).await;
        page.click(link(OSLO)).await;
        page.see_words(role("region", "Summary"), "Active").await;
        more(&page, "Reverse direction").await;
        page.click(button("Reverse direction").within(dialog(format!("Reverse direction of {OSLO}")))).await;
        page.see_words(news(), &format!("{OSLO}: the direction is reversed.")).await;
        page.forgive_problems().await;
    }

    in_chromium: async fn every_screen_of_a_console_that_is_odd_in_all_ways_comes_to_an_end(page: Page) {
        let stack = Stack::speaking("awkward").await;
        let engine = stack.unknown_engine(OSLO).await;
        sign_in(&page, &stack).await;
        page.see(row(LOCAL)).await;
        let id = engine_added(&page, &stack, &engine).await;
        for (path, shows) in [
            ("/engines".to_owned(), "Scan Engines"),
            ("/engines/new".to_owned(), "New engine"),
            ("/engines/add".to_owned(), "Add engines"),
            (format!("/engines/{id}"), "Scan Engine Configuration"),
            (format!("/engines/{id}?tab=sites"), "Scan Engine Configuration"),
            (format!("/engines/{id}?tab=pools"), "Scan Engine Configuration"),
            (format!("/engines/{id}?tab=scans"), "Scan Engine Configuration"),
            (format!("/engines/{id}?tab=pairing"), "Scan Engine Configuration"),
            ("/pools".to_owned(), "No engine pools here"),
            ("/pools/new".to_owned(), "New engine pool"),
            ("/sites".to_owned(), "Sites"),
            ("/sites/new".to_owned(), "Create site"),
            ("/health".to_owned(), "Engine Health"),
            ("/health?tab=audit".to_owned(), "Engine Health"),
            ("/shared-secret".to_owned(), "Generate Scan Engine Shared Secret"),
            ("/administration".to_owned(), "Administration"),
        ] {
            page.open(stack.url(&path)).await;
            page.sign_in("admin", &stack.password()).await;
            page.see(heading(shows)).await;
            // Nothing is on its way any more.
            page.see_no(role("progressbar", "")).await;
            page.see_no(text(has("is being read"))).await;
        }
        let problems = page.problems().await;
        assert!(problems.is_empty(), "the browser complains: {problems:?}");
        assert!(site_calls(&stack) <= 30, "{} calls for the sites", site_calls(&stack));

        // No false success: what the console says nothing about is not called done.
        page.click(link("Engines")).await;
        page.click(button(format!("Refresh {OSLO}"))).await;
        page.see_words(news(), "The console was asked and returned nothing.").await;
    }
}
