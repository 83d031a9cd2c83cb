//! **Update in stages** with real engines: the plan, a pause, and an engine that goes down in the middle of its update.

use e2e::{
    Engine, PATIENCE, Stack, any, button, cell, column, dialog, has, link, role, row, tests, text, until,
};

use crate::fleet::{LOCAL, pool, sign_in};

/// Older than what the console brings.
const OLD: [&str; 4] = ["--product-version", "6.6.200", "--content-version", "2026-01-01"];

/// How often the browser has asked for an update of the engine.
fn asked(stack: &Stack, engine: &Engine) -> usize {
    stack.proxy().count("POST", &update_of(engine))
}

fn update_of(engine: &Engine) -> String {
    format!("/data/engine/{}/update", engine.id())
}

/// Waits until the engine has begun with its update.
async fn applies(engine: &Engine) {
    let begun = until(PATIENCE, async || {
        let said = engine.said().join("\n");
        if said.contains("applying update") { Ok(()) } else { Err(said) }
    });
    begun.await.unwrap_or_else(|said| panic!("{} takes no update:\n{said}", engine.name()));
}

tests! {
    // A script of the driver can set the clock of the page's own scripts in Chromium only.
    in_chromium: async fn waves_go_on_after_a_pause_and_stop_at_an_engine_that_does_not_come_back(page: Page) {
        let stack = Stack::start().await;
        let mut engines = Vec::new();
        for name in ["Oslo", "Alta", "Bergen", "Tromsø", "Voss", "Lyon", "Paris"] {
            let mut engine = stack.engine_with(name, &OLD).await;
            engine.enable_console().await;
            engines.push(engine);
        }
        let [oslo, alta, bergen, tromso, voss, lyon, paris] = &mut engines[..] else { unreachable!() };
        pool(&stack, "North", &[oslo.id(), bergen.id()]).await;
        pool(&stack, "South", &[lyon.id(), paris.id()]).await;
        stack.api().version_engines().await.expect("the console asks its engines");
        paris.kill().await;
        let wanted = stack.api().console_info().await.expect("the console answers").version.expect("it has a version");
        sign_in(&page, &stack).await;
        page.choose("Auto-refresh", "Off").await;
        page.click(button("Refresh displayed engines")).await;
        page.see_words(cell("Paris", "Status"), "Not responding").await;

        page.click(role("checkbox", "Select all 8 that match")).await;
        page.click(button("Update")).await;
        page.click(button("In stages…")).await;
        page.see(dialog("Update 5 engines in stages")).await;
        page.fill("Engines at a time", "2").await;
        page.fill("Minutes for each engine", "1").await;
        let waves = "Wave 1: Oslo Wave 2: Alta Wave 3: Bergen Wave 3: Tromsø Wave 4: Voss";
        page.see_words(role("group", "Included"), waves).await;
        for left_out in ["Paris: It is not active", "Lyon: Pool South would have no other active engine", LOCAL] {
            page.see_words(role("group", "Left out"), left_out).await;
        }
        page.check_screen("update-in-stages").await;

        // Held until **Pause** is pressed: what is under way comes to its end, and no more.
        let held = stack.proxy().hold(&update_of(oslo));
        page.click(button("Update 5 engines in stages").within(any("dialog"))).await;
        page.see(dialog("Updating in stages")).await;
        page.click(button("Pause")).await;
        held.end();
        page.see(dialog("Updating in stages – paused")).await;
        page.see(text("1 updated, 4 not started.")).await;
        page.check_accessibility("an update that pauses").await;
        assert_eq!(asked(&stack, alta), 0, "the second wave has begun");

        page.click(button("Continue with the other 4")).await;
        applies(bergen).await;
        bergen.kill().await;
        assert_eq!(asked(&stack, alta), 1);
        page.see_words(text(has("of 4")), "2 of 4").await;
        // Its minute is over, in steps that are shorter than what a call may take.
        for _ in 0..2 {
            page.run("const now = Date.now; Date.now = () => now() + 45_000", vec![]).await;
        }
        page.see(dialog("Updating in stages – stopped")).await;
        page.see(text("2 updated, 1 failed, 1 not started.")).await;
        page.see_words(role("group", "Failed"), "Bergen: The update was sent, but the engine did not report new versions").await;
        page.see_texts(role("group", "Not started"), &["Voss"]).await;
        assert_eq!((asked(&stack, tromso), asked(&stack, voss), asked(&stack, lyon)), (1, 0, 0));

        page.click(button("Done")).await;
        page.see_no(any("dialog")).await;
        for name in ["Oslo", "Alta", "Tromsø"] {
            page.see_words(cell(name, "Product version"), &wanted).await;
        }
        page.see_words(cell("Voss", "Product version"), "6.6.200").await;
        page.click(button("Activity")).await;
        page.click(link("Show all activity")).await;
        page.see_count(row("Updating in stages"), 2).await;
        let outcomes = page.texts(column("Outcome")).await;
        assert!(outcomes[0].contains("2 updated, 1 failed, 1 not started"), "{outcomes:?}");
    }
}
