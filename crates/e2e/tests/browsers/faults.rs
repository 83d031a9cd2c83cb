//! What a person sees of work on many engines when something fails in the middle of it: nothing stops the rest, and
//! what was done and what was not is told.

use std::time::Duration;

use console_api::{EngineId, PoolId};
use e2e::{Page, Stack, any, button, dialog, role, row, tests, text};

use crate::fleet::sign_in;

/// The app gives a change up after a minute.
const GIVEN_UP: Duration = Duration::from_secs(90);

const POOL: &str = "Default Engine Pool";

/// A console with four engines, all of them about to join its pool.
async fn about_to_join(page: &Page, stack: &Stack) -> ([EngineId; 4], PoolId) {
    let mut ids = Vec::new();
    for (name, host) in [("Berlin", 10), ("Cologne", 20), ("Dresden", 30), ("Essen", 40)] {
        ids.push(stack.add(name, &format!("192.0.2.{host}"), 40814).await);
    }
    sign_in(page, stack).await;
    page.choose("Auto-refresh", "Off").await;
    page.fill("Filter engines", "192.0.2").await;
    page.click(role("checkbox", "Select all 4 that match")).await;
    page.click(button("Add to pool")).await;
    page.see(dialog(format!("Add 4 engines to {POOL}"))).await;
    (ids.try_into().expect("four were added"), members(stack).await.0)
}

/// The pool and the engines in it, as the console has them.
async fn members(stack: &Stack) -> (PoolId, Vec<EngineId>) {
    let pools = stack.api().pools().await.expect("the console answers").items;
    let pool = pools.into_iter().find(|pool| pool.name == POOL).expect("each console has this pool");
    (pool.id, pool.engines)
}

fn member(pool: PoolId, engine: EngineId) -> String {
    format!("/api/3/scan_engine_pools/{pool}/engines/{engine}")
}

tests! {
    in_chromium: async fn an_answer_that_does_not_come_is_given_up_after_a_minute(page: Page) {
        let stack = Stack::start().await;
        let ([_, cologne, ..], pool) = about_to_join(&page, &stack).await;
        let held = stack.proxy().hold(&member(pool, cologne));
        page.click(button(format!("Add 4 engines to {POOL}"))).await;
        page.see(text("1 of 4")).await;
        page.see_within(GIVEN_UP, text("3 added, 1 failed.")).await;
        page.see_words(role("group", "Failed"), "Cologne: The console did not answer in time.").await;
        held.end();
        page.click(button("Retry failed")).await;
        page.see(text("1 added.")).await;
        assert_eq!(members(&stack).await.1.len(), 4);
    }

    in_chromium: async fn a_console_that_restarts_loses_nothing(page: Page) {
        let mut stack = Stack::start().await;
        let ([_, cologne, ..], pool) = about_to_join(&page, &stack).await;
        let held = stack.proxy().hold(&member(pool, cologne));
        page.click(button(format!("Add 4 engines to {POOL}"))).await;
        page.see(text("1 of 4")).await;
        stack.stop_console().await;
        held.end();
        page.see(text("1 added, 3 failed.")).await;
        page.see_words(role("group", "Failed"), "Cologne: The console could not be reached.").await;
        stack.start_console().await;
        assert_eq!(members(&stack).await.1.len(), 1, "what was done outlives the restart");
        page.click(button("Retry failed")).await;
        page.see(text("3 added.")).await;
        assert_eq!(members(&stack).await.1.len(), 4);
        page.click(button("Done")).await;
        page.see_no(any("dialog")).await;
        page.see(row("Essen")).await;
    }
}
