//! A pool plan: saved, then used to restore the pools after their engines were deleted and added again.

use console_api::ScannerId;
use e2e::{Fault, Stack, any, button, dialog, heading, link, role, row, tests, text};

use crate::fleet::{pool, sign_in, site};

tests! {
    in_both_browsers: async fn a_fleet_is_restored_after_its_engines_were_added_again(page: Page) {
        let stack = Stack::start().await;
        let bergen = stack.add("Bergen", "192.0.2.10", 40814).await;
        let essen = stack.add("Essen", "192.0.2.11", 40814).await;
        let lyon = stack.add("Lyon", "192.0.2.12", 40814).await;
        let north = pool(&stack, "North", &[bergen, essen]).await;
        let harbour = site(&stack, "Harbour", lyon).await;
        stack.api().move_site(harbour, None, ScannerId::from(north)).await.expect("the console takes it");
        sign_in(&page, &stack).await;
        page.choose("Auto-refresh", "Off").await;
        page.click(link("Pools")).await;
        page.see(heading("Scan Engine Pools")).await;
        page.see(row("North")).await;
        page.catch_files().await;
        page.click(button("Export pool plan")).await;
        let plan = page.saved_file().await;
        assert!(plan.contains("192.0.2.11") && plan.contains("Harbour"), "{plan}");

        // A bad day: the site goes to another engine, the pool and its engines are gone, and one engine is added again.
        let api = stack.api();
        api.move_site(harbour, None, ScannerId::from(lyon)).await.expect("the console takes it");
        for engine in [bergen, essen] {
            api.delete_engine(engine).await.expect("nothing stands in the way");
        }
        api.delete_pool(north).await.expect("no site uses it");
        let again = stack.add("Bergen again", "192.0.2.10", 40814).await;
        page.reload().await;
        page.sign_in("admin", &stack.password()).await;
        page.see(heading("Scan Engine Pools")).await;
        page.click(button("Import pool plan…")).await;
        page.see(dialog("Import pool plan")).await;
        page.fill("Pool plan (JSON)", &plan).await;
        page.see_words(role("group", "Included"), "North: is created").await;
        page.see_words(role("group", "Included"), "North: Bergen again joins").await;
        page.see_words(role("group", "Included"), "North: gets the site Harbour from Lyon").await;
        page.see_words(role("group", "Left out"), "North: Essen (192.0.2.11, port 40814)").await;
        page.see(text("1 engine was matched by address and port, not by ID.")).await;
        page.check_screen("import-pool-plan").await;

        // The connection breaks when the site is moved.
        let broken = stack.proxy().fail(&format!("/api/3/sites/{}/scan_engine", harbour.get()), Fault::NoAnswer);
        page.click(button("Make 3 changes")).await;
        page.see(dialog("Applying the pool plan – done")).await;
        page.see_words(role("group", "Failed"), "North: gets the site Harbour from Lyon").await;
        broken.end();
        page.click(button("Retry failed")).await;
        page.see(text("1 moved.")).await;
        page.check_accessibility("a pool plan that was carried out").await;
        let now = api.pools().await.expect("the console answers").items;
        let north = now.iter().find(|pool| pool.name == "North").expect("it was created");
        assert_eq!(north.engines, [again]);
        assert_eq!(north.sites.as_deref(), Some(&[harbour][..]));

        // And back.
        page.click(button("Undo 3 changes")).await;
        page.see(dialog("Undoing the pool plan – done")).await;
        page.click(button("Done")).await;
        page.see_no(any("dialog")).await;
        page.see_no(row("North")).await;
        page.forgive_problems().await;
    }
}
