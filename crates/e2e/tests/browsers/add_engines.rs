//! Many engines at once from a spreadsheet, one of them a real engine, with what goes wrong in the middle.

use console_api::{PageRequest, ScannerId};
use e2e::{Fault, Stack, any, button, dialog, field, heading, link, role, row, tests, text};

use crate::fleet::{sign_in, site};

const OSLO: &str = "Oslo data centre";

tests! {
    in_chromium: async fn a_table_is_corrected_added_with_pools_and_sites_and_retried(page: Page) {
        let stack = Stack::start().await;
        let oslo = stack.unknown_engine(OSLO).await;
        let bergen = stack.add("Bergen", "192.0.2.10", 40814).await;
        site(&stack, "Oslo office", bergen).await;
        sign_in(&page, &stack).await;
        page.choose("Auto-refresh", "Off").await;
        page.click(link("New engine")).await;
        page.click(link("Add many engines")).await;
        page.see(heading("Add engines")).await;
        page.check_accessibility("add engines").await;
        let (host, port) = (oslo.address().ip(), oslo.address().port());
        let table = format!(
            "Name;Address;Port;Pool;Sites\n{OSLO};{host};{port};Norway;Oslo office\nBergen;192.0.2.51;x;Norway;"
        );
        page.fill("Table of engines (CSV)", &table).await;
        page.click(button("Show as table")).await;
        page.see_attribute(field("Name, row 2"), "aria-invalid", Some("true")).await;
        page.see_attribute(field("Port, row 2"), "aria-invalid", Some("true")).await;
        page.see(text("1 engine will be added, 1 row has errors and will be left out.")).await;
        page.check_screen("add-engines").await;
        page.fill("Name, row 2", "Lyon").await;
        page.fill("Port, row 2", "40814").await;
        page.see(role("checkbox", "Create the pools that don't exist: Norway")).await;

        // The answer to every creation gets lost: the list tells what came of it.
        let broken = stack.proxy().fail("/api/3/scan_engine_pools", Fault::NoAnswer);
        page.click(button("Add 2 engines")).await;
        page.see(dialog("Adding engines – done")).await;
        page.see(text("2 failed.")).await;
        page.check_accessibility("engines that were added in part").await;
        broken.end();
        page.click(button("Retry failed")).await;
        page.see(text("2 completed.")).await;
        page.click(button("Done")).await;
        page.see_no(any("dialog")).await;
        page.see(link(format!("Pairing steps of {OSLO}"))).await;
        page.see(link("Pairing steps of Lyon")).await;

        let (oslo_id, lyon) = (stack.id_of(OSLO).await, stack.id_of("Lyon").await);
        let pools = stack.api().pools().await.expect("the console answers").items;
        let norway = pools.iter().find(|pool| pool.name == "Norway").expect("it was created");
        let mut members = norway.engines.clone();
        members.sort_unstable();
        let mut wanted = vec![oslo_id, lyon];
        wanted.sort_unstable();
        assert_eq!(members, wanted);
        let sites = stack.api().sites(&PageRequest::default()).await.expect("the console answers").items;
        let office = sites.iter().find(|site| site.name == "Oslo office").expect("it is still there");
        assert_eq!(office.scanner, Some(ScannerId::from(oslo_id)));
        page.forgive_problems().await;

        // What was typed is there again after another page.
        page.click(link("Engines")).await;
        page.see(row("Lyon")).await;
        page.back().await;
        page.see_value(field("Name, row 2"), "Lyon").await;
        page.click(button("Download pairing steps")).await;
        page.click(button("Remove finished rows")).await;
        page.see_no(role("table", "Engines to add")).await;
    }
}
