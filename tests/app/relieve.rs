//! **Move its sites…** of an engine, and **Even out the load**.

use wasm_bindgen_test::wasm_bindgen_test;

use super::{
    console::{Console, Pool},
    person::{at_work_on, until},
};

fn scanners(console: &Console, sites: std::ops::RangeInclusive<u64>) -> Vec<u64> {
    sites.map(|id| console.site(id).scanner).collect()
}

#[wasm_bindgen_test]
async fn the_sites_of_an_engine_that_is_down_go_where_it_is_proposed_and_back() {
    let console = Console::with(&[
        (1, "berlin", "10.0.0.10", "not-responding"),
        (2, "aachen", "10.9.0.9", "active"),
        (3, "cologne", "10.0.0.3", "active"),
    ])
    .with_sites(3)
    .with_pools(&[Pool::new(900, "North", &[1, 2], &[])]);
    let screen = at_work_on(&console, "/engines/1", "Scan Engine Configuration").await;
    until("the action", || {
        screen.all("button", "Move its sites…").into_iter().find(|it| !it.has_attribute("aria-disabled"))
    })
    .await
    .click();
    screen.see("dialog", "Move the sites of berlin").await;
    screen.read("Proposed: berlin is in this pool, so its other engines should reach the same sites.").await;
    let sites = screen.see("group", "Included").await.text_content().unwrap();
    assert_eq!(sites, "site-0001\nsite-0002\nsite-0003");
    // The person may choose another.
    screen.pick("Move its sites to", "cologne").await;
    screen.see("button", "Move 3 sites to cologne").await;
    assert!(!screen.text().contains("Proposed: "));
    screen.pick("Move its sites to", "pool North").await;
    screen.click("button", "Move 3 sites to pool North").await;
    screen.read("3 moved.").await;
    assert_eq!(scanners(&console, 1..=3), [900, 900, 900]);
    screen.click("button", "Undo 3 moves").await;
    screen.see("dialog", "Moving sites back – done").await;
    assert_eq!(scanners(&console, 1..=3), [1, 1, 1]);
}

#[wasm_bindgen_test]
async fn health_offers_it_where_an_engine_is_down() {
    let console =
        Console::with(&[(1, "berlin", "10.0.0.10", "not-responding"), (3, "cologne", "10.0.0.3", "active")])
            .with_sites(2)
            .with_pools(&[]);
    console.tells(1, r#","sites":[1,2]"#);
    let screen = at_work_on(&console, "/health", "Engine Health").await;
    screen.click("button", "Move sites berlin").await;
    screen.see("dialog", "Move the sites of berlin").await;
    screen.read("It is in the same network as berlin, so it probably reaches the same sites.").await;
    screen.click("button", "Move 2 sites to cologne").await;
    screen.read("2 moved.").await;
    assert_eq!(scanners(&console, 1..=2), [3, 3]);
}

#[wasm_bindgen_test]
async fn the_load_is_evened_out_after_it_was_shown_and_taken_back() {
    let console = Console::with(&[
        (1, "berlin", "10.0.0.10", "active"),
        (2, "aachen", "10.0.0.9", "active"),
        (3, "cologne", "10.7.0.3", "active"),
    ])
    .with_sites(4)
    .with_pools(&[]);
    console.tells(1, r#","sites":[1,2,3,4]"#);
    for id in [2, 3] {
        console.tells(id, r#","sites":[]"#);
    }
    let screen = at_work_on(&console, "/health", "Engine Health").await;
    screen.click("button", "Even out the load").await;
    screen.see("dialog", "Even out the load").await;
    until("the moves", || {
        let moves = screen.all("group", "Included").first()?.text_content()?;
        (moves == "site-0004: from berlin to aachen\nsite-0003: from berlin to aachen").then_some(())
    })
    .await;
    until("what each carries", || {
        let table = screen.all("table", "What each engine carries").first()?.text_content()?;
        (table.contains("berlin42") && table.contains("aachen02") && !table.contains("cologne")).then_some(())
    })
    .await;
    assert_eq!(scanners(&console, 1..=4), [1, 1, 1, 1], "nothing is done unasked");
    screen.click("button", "Move 2 sites").await;
    screen.read("2 moved.").await;
    assert_eq!(scanners(&console, 1..=4), [1, 1, 2, 2]);
    screen.click("button", "Undo 2 moves").await;
    screen.see("dialog", "Moving sites back – done").await;
    assert_eq!(scanners(&console, 1..=4), [1, 1, 1, 1]);
}
