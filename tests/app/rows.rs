//! The rows of a table are made once: what is scrolled, sorted, filtered or read into view is put into the elements that are there.

use wasm_bindgen::{JsCast, JsValue, closure::Closure};
use wasm_bindgen_test::wasm_bindgen_test;
use web_sys::{Element, HtmlElement, MutationObserver, MutationObserverInit, Node};

use super::{
    console::Console,
    person::{Screen, at_work, at_work_on, focused, next_frame, press, until},
};

/// Counts what becomes of a table's elements.
struct Watch {
    observer: MutationObserver,
    body: Element,
    _callback: Closure<dyn FnMut(JsValue)>,
}

impl Watch {
    async fn on(screen: &Screen, table: &str) -> Self {
        let table = screen.see("table", table).await;
        screen.all_rows_made().await;
        let callback = Closure::<dyn FnMut(JsValue)>::new(|_| ());
        let observer = MutationObserver::new(callback.as_ref().unchecked_ref()).unwrap();
        let body = table.query_selector("tbody").unwrap().unwrap();
        let watch = Self { observer, body, _callback: callback };
        watch.begin();
        watch
    }

    fn begin(&self) {
        let what = MutationObserverInit::new();
        what.set_child_list(true);
        what.set_subtree(true);
        self.observer.observe_with_options(&self.body, &what).unwrap();
    }

    /// What has been made or removed.
    fn see_nothing_made(&self, when: &str) {
        let records = self.observer.take_records();
        let changed = records.iter().map(|record| {
            let target = js_sys::Reflect::get(&record, &"target".into()).unwrap().unchecked_into::<Element>();
            target.outer_html()
        });
        assert_eq!(changed.collect::<Vec<_>>(), Vec::<String>::new(), "{when}");
    }

    fn frame(&self) -> HtmlElement {
        self.body.closest(".table-frame").unwrap().unwrap().unchecked_into()
    }

    /// Scrolls to here, and waits until the rows are those.
    async fn scroll(&self, screen: &Screen, top: i32) {
        // One row is kept, wherever the view is, because it has the focus.
        let of = |at: usize| Some(screen.rows().get(at)?.get_attribute("aria-rowindex"));
        let before = of(1);
        self.frame().set_scroll_top(top);
        until("other rows", || (of(1) != before).then_some(())).await;
        next_frame().await;
        next_frame().await;
    }
}

/// The nodes of an element, itself among them.
fn nodes(node: &Node) -> usize {
    let mut count = 1;
    let mut child = node.first_child();
    while let Some(node) = child {
        count += nodes(&node);
        child = node.next_sibling();
    }
    count
}

#[wasm_bindgen_test]
async fn a_row_of_the_list_has_at_most_45_nodes() {
    let screen = at_work(&Console::with_many(20), "/engines").await;
    for name in ["engine-00001", "engine-00010"] {
        let row = screen.row(name).await;
        assert!(nodes(&row) <= 45, "{} nodes: {}", nodes(&row), row.outer_html());
    }
}

#[wasm_bindgen_test]
async fn scrolling_sorting_filtering_and_reading_ten_thousand_engines_make_no_element() {
    let console = Console::with_many(10_000);
    let screen = at_work(&console, "/engines").await;
    screen.row("engine-00001").await.focus().unwrap();
    let watch = Watch::on(&screen, "Scan Engines").await;
    for top in [700, 100_000, 350_000, 0] {
        watch.scroll(&screen, top).await;
        watch.see_nothing_made(&format!("scrolled to {top}"));
        let row = focused().and_then(|row| row.get_attribute("data-key"));
        assert_eq!(row.as_deref(), Some("1"), "the focus stays with its row, scrolled to {top}");
    }
    press("End");
    super::person::see_focus_on_row("engine-10000").await;
    watch.see_nothing_made("End");
    screen.click("button", "Name").await;
    until("the other order", || (focused()?.get_attribute("aria-rowindex")? == "2").then_some(())).await;
    watch.see_nothing_made("another order");
    screen.type_into("Filter engines", "engine-0").await;
    until("another first row", || {
        (screen.rows().first()?.get_attribute("data-key")? == "9999").then_some(())
    })
    .await;
    watch.see_nothing_made("a filter");
    console.really(9_999, "unknown");
    screen.click("button", "Refresh displayed engines").await;
    until("the new status", || screen.row_text("engine-09999")?.contains("Unknown").then_some(())).await;
    watch.see_nothing_made("a reading");
}

#[wasm_bindgen_test]
async fn no_table_makes_elements_when_it_is_scrolled() {
    for (address, heading, table) in [
        ("/sites?size=500", "Sites", "Sites"),
        ("/health", "Engine Health", "Problems"),
        ("/health?tab=audit", "Engine Health", "Engines with their sites"),
        ("/health?tab=audit&by=site", "Engine Health", "Sites with their engines"),
        ("/pools/900", "Scan Engine Pool", "Available engines"),
    ] {
        let console = Console::with_many(400).with_sites(400);
        let screen = at_work_on(&console, address, heading).await;
        let watch = Watch::on(&screen, table).await;
        watch.scroll(&screen, 4_000).await;
        watch.see_nothing_made(table);
        watch.scroll(&screen, 0).await;
        watch.see_nothing_made(table);
    }
    let console = Console::with_many(3).with_sites(400);
    let screen = at_work_on(&console, "/engines/2?tab=sites", "Scan Engine Configuration").await;
    screen.click("button", "Select Sites").await;
    screen.see("dialog", "Select Sites").await;
    let watch = Watch::on(&screen, "Sites").await;
    watch.scroll(&screen, 4_000).await;
    watch.see_nothing_made("Select Sites");
}

#[wasm_bindgen_test]
async fn the_focus_stays_with_a_button_whose_row_moves() {
    let console = Console::with_many(200);
    let screen = at_work(&console, "/engines").await;
    screen.all_rows_made().await;
    let delete = screen.see("button", "Delete engine-00005").await;
    delete.focus().unwrap();
    let on = || focused()?.get_attribute("aria-label");
    screen.click("button", "Name").await;
    until("the other order", || (screen.rows().first()?.get_attribute("data-key")? == "200").then_some(()))
        .await;
    next_frame().await;
    assert_eq!(on().as_deref(), Some("Delete engine-00005"), "its row is far below now");
    screen.type_into("Filter engines", "engine-0000").await;
    until("nine rows", || (screen.rows().len() == 9).then_some(())).await;
    screen.see("button", "Delete engine-00005").await.focus().unwrap();
    // Someone else deletes it: nobody is to delete another one with the next key.
    console.remove(5);
    screen.click("button", "Refresh displayed engines").await;
    until("eight rows", || (screen.rows().len() == 8).then_some(())).await;
    until("the focus to leave the rows", || {
        focused().is_none_or(|it| it.closest("tr").unwrap().is_none()).then_some(())
    })
    .await;
}

#[wasm_bindgen_test]
async fn after_an_engine_is_deleted_the_focus_is_not_on_the_button_that_deletes_the_next() {
    let console = Console::with_many(200);
    console.tells(5, r#","sites":[]"#);
    let screen = at_work(&console, "/engines").await;
    screen.all_rows_made().await;
    let delete = screen.see("button", "Delete engine-00005").await;
    delete.focus().unwrap();
    delete.click();
    screen.see("dialog", "Delete engine-00005").await;
    screen.all("button", "Delete engine-00005").pop().unwrap().click();
    screen.read("engine-00005 is deleted.").await;
    screen.see_gone("rowheader", "engine-00005").await;
    next_frame().await;
    let label = focused().and_then(|it| it.get_attribute("aria-label"));
    assert!(!label.clone().unwrap_or_default().starts_with("Delete"), "{label:?}");
}
