//! **Update** for one engine and for all, and every way in which it does not go.

use e2e::{Stack, any, button, cell, dialog, has, link, news, role, row, tests, text};

use crate::fleet::{LOCAL, sign_in, update};

const OSLO: &str = "Oslo data centre";
/// Older than what an engine has that was told nothing else.
const OLD: [&str; 4] = ["--product-version", "6.6.200", "--content-version", "2026-01-01"];

tests! {
    in_chromium: async fn an_engine_is_updated_from_its_row_and_from_its_own_page_with_progress_until_it_reports(page: Page) {
        let stack = Stack::start().await;
        let mut engine = stack.engine_with(OSLO, &OLD).await;
        let mut bergen = stack.engine_with("Bergen", &OLD).await;
        // Of another major version: by the update it becomes active.
        let mut lyon = stack.engine_with("Lyon", &["--product-version", "5.17.2"]).await;
        for engine in [&mut engine, &mut bergen, &mut lyon] {
            engine.enable_console().await;
        }
        sign_in(&page, &stack).await;
        page.click(button("Refresh displayed engines")).await;
        page.see_words(cell(OSLO, "Product version"), "6.6.200").await;
        page.see_words(cell("Lyon", "Status"), "Incompatible version").await;
        let wanted = stack.api().console_info().await.expect("the console answers").version.expect("it has a version");

        update(&page, format!("Update {OSLO}"), OSLO).await;
        page.see_words(news(), &format!("{OSLO}: the update was sent.")).await;
        page.see_attribute(row(OSLO), "aria-busy", Some("true")).await;
        page.see_attribute(button(format!("Update {OSLO}")), "aria-disabled", Some("true")).await;
        page.see_words(news(), &format!("{OSLO} is updated: product version {wanted}")).await;
        page.see_words(cell(OSLO, "Product version"), &wanted).await;
        page.see_words(cell(OSLO, "Status"), "Active").await;
        page.see_attribute(row(OSLO), "aria-busy", None).await;

        update(&page, format!("Update {OSLO}"), OSLO).await;
        page.see_words(news(), &format!("{OSLO} is up to date.")).await;
        page.see_attribute(row(OSLO), "aria-busy", None).await;

        update(&page, "Update Lyon", "Lyon").await;
        page.see_words(news(), "Lyon is updated: product version").await;
        page.see_words(cell("Lyon", "Status"), "Active").await;

        page.click(link("Bergen")).await;
        page.see_words(role("region", "Summary"), "6.6.200").await;
        update(&page, "Update", "Bergen").await;
        page.see_attribute(role("region", "Summary"), "aria-busy", Some("true")).await;
        page.see_words(news(), "Bergen is updated: product version").await;
        page.see_attribute(role("region", "Summary"), "aria-busy", None).await;
    }

    in_chromium: async fn an_update_that_does_not_go_says_why(page: Page) {
        let stack = Stack::start().await;
        let mut away = stack.engine("Paris").await;
        let unpaired = stack.engine("Rome").await;
        let mut newer = stack.engine_with("Lyon", &["--product-version", "99.1.0"]).await;
        let mut shared = stack.engine_with(OSLO, &OLD).await;
        for engine in [&mut away, &mut newer, &mut shared] {
            engine.enable_console().await;
        }
        stack.api().version_engines().await.expect("the console asks its engines");
        // So high that the news don't lie over the rows.
        page.resize(1440, 1600).await;
        sign_in(&page, &stack).await;
        page.see_words(cell(OSLO, "Status"), "Active").await;
        page.see_words(cell("Lyon", "Status"), "Incompatible version").await;
        away.kill().await;
        for (name, reasons) in [
            ("Paris", ["offline", ""]),
            ("Rome", ["has not authorized this console", ""]),
            ("Lyon", ["incompatible", "Update the console"]),
        ] {
            update(&page, format!("Update {name}"), name).await;
            page.see_words(news(), &format!("{name} was not updated.")).await;
            for reason in reasons {
                page.see_words(news(), reason).await;
            }
            page.see_attribute(row(name), "aria-busy", None).await;
        }

        // A colleague does it already: the two come one right after the other.
        let path = format!("/data/engine/{}/update", shared.id());
        let mine = stack.proxy().hold(&path);
        update(&page, format!("Update {OSLO}"), OSLO).await;
        page.see_attribute(row(OSLO), "aria-busy", Some("true")).await;
        stack.api().update_engine_software(shared.id()).await.expect("the engine takes the colleague's update");
        mine.end();
        page.see_words(news(), &format!("{OSLO} was not updated.")).await;
        page.see_words(news(), "is already updating").await;

        // The local one comes with the console.
        let refused = button(format!("Update {LOCAL}"));
        page.see_attribute(refused.clone(), "aria-disabled", Some("true")).await;
        let why = page.attribute(refused, "title").await.unwrap_or_default();
        assert!(why.contains("together with the console"), "{why}");
        drop((unpaired, newer));
    }

    in_chromium: async fn a_console_that_does_not_let_the_app_do_it_is_told_and_nobody_is_signed_out(page: Page) {
        let mut stack = Stack::start().await;
        let mut engine = stack.engine(OSLO).await;
        engine.enable_console().await;
        sign_in(&page, &stack).await;
        page.see(row(OSLO)).await;
        for way in ["redirect", "page", "unauthorized"] {
            stack.restart_console_with(&["--seed", "empty", "--data-calls", way]).await;
            update(&page, format!("Update {OSLO}"), OSLO).await;
            page.see_words(news(), &format!("This console does not let the app update {OSLO}.")).await;
            page.see_words(news(), "update engines").await;
            page.see_no(any("dialog")).await;
            page.see_attribute(row(OSLO), "aria-busy", None).await;
            page.click(button("Close this message")).await;
            page.see_no(button("Close this message")).await;
        }
        // What it names goes.
        page.click(button("Update all engines")).await;
        page.click(button("Update all engines").within(dialog("Update all engines"))).await;
        page.see(dialog("Updates were sent")).await;
    }

    in_chromium: async fn all_engines_are_updated_at_once(page: Page) {
        let stack = Stack::start().await;
        let mut oslo = stack.engine_with("Oslo", &OLD).await;
        let mut bergen = stack.engine_with("Bergen", &OLD).await;
        let mut down = stack.engine_with("Tromsø", &OLD).await;
        for engine in [&mut oslo, &mut bergen, &mut down] {
            engine.enable_console().await;
        }
        down.kill().await;
        sign_in(&page, &stack).await;
        page.click(button("Refresh displayed engines")).await;
        page.see_words(cell("Oslo", "Product version"), "6.6.200").await;

        page.click(button("Update all engines")).await;
        page.see(dialog("Update all engines")).await;
        page.click(button("Cancel")).await;
        page.see_no(any("dialog")).await;
        assert_eq!(stack.proxy().count("POST", "/api/3/administration/commands"), 1, "sent without asking");

        page.click(button("Update all engines")).await;
        page.click(button("Update all engines").within(dialog("Update all engines"))).await;
        page.see(dialog("Updates were sent")).await;
        // The console's own words, for each engine.
        for words in ["Oslo: the update was sent", "Bergen: the update was sent", "Tromsø: is offline"] {
            page.see(text(has(words)).within(dialog("Updates were sent"))).await;
        }
        page.click(button("Done")).await;
        page.see_words(news(), "2 engines updated.").await;
        for name in ["Oslo", "Bergen"] {
            page.see_attribute(row(name), "aria-busy", None).await;
            let texts = page.texts(cell(name, "Product version")).await;
            assert!(texts.iter().all(|text| !text.contains("6.6.200")), "{texts:?}");
        }
        page.see_attribute(row("Tromsø"), "aria-busy", None).await;
    }
}
