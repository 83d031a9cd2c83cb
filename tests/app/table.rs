//! The windowed table, with the keyboard.

use wasm_bindgen_test::wasm_bindgen_test;

use super::{
    console::Console,
    person::{at_work, focused, press, until},
};

async fn see_focus_on(row: &str) {
    until(&format!("the focus on {row}"), || {
        let focused = focused()?;
        (focused.tag_name() == "TR" && focused.text_content()?.contains(row)).then_some(())
    })
    .await;
}

#[wasm_bindgen_test]
async fn ten_thousand_engines_take_few_rows_of_the_document_and_all_can_be_reached() {
    let screen = at_work(&Console::with_many(10_000), "/engines").await;
    let row = screen.row("engine-00001").await;
    let table = screen.see("table", "Scan Engines").await;
    assert_eq!(table.get_attribute("aria-rowcount").as_deref(), Some("10001"));
    assert!(screen.rows().len() < 100, "{} rows", screen.rows().len());
    row.focus().unwrap();
    press("ArrowDown");
    see_focus_on("engine-00002").await;
    press("End");
    see_focus_on("engine-10000").await;
    assert_eq!(focused().unwrap().get_attribute("aria-rowindex").as_deref(), Some("10001"));
    press("PageUp");
    until("another row", || (!focused()?.text_content()?.contains("engine-10000")).then_some(())).await;
    press("Home");
    see_focus_on("engine-00001").await;
    assert!(screen.rows().len() < 100, "{} rows", screen.rows().len());
}

#[wasm_bindgen_test]
async fn one_row_at_a_time_takes_part_in_the_tab_order() {
    let console = Console::with(&[(1, "a", "10.0.0.1", "unknown"), (2, "b", "10.0.0.2", "unknown")]);
    let screen = at_work(&console, "/engines").await;
    screen.see_names(&["a", "b"]).await;
    let tabbable = || {
        let elements =
            screen.rows().into_iter().filter(|row| row.get_attribute("tabindex").as_deref() == Some("0"));
        elements.map(|row| row.get_attribute("data-key").unwrap()).collect::<Vec<_>>()
    };
    until("the first row", || (tabbable() == ["1"]).then_some(())).await;
    screen.see("button", "Refresh b").await.focus().unwrap();
    until("the second row", || (tabbable() == ["2"]).then_some(())).await;
    assert_eq!(screen.see("button", "Refresh a").await.get_attribute("tabindex").as_deref(), Some("-1"));
}

#[wasm_bindgen_test]
async fn a_filter_that_hides_the_current_row_makes_the_first_one_current() {
    let screen = at_work(&Console::with_many(500), "/engines").await;
    screen.row("engine-00001").await.focus().unwrap();
    press("End");
    see_focus_on("engine-00500").await;
    screen.type_into("Filter engines", "engine-0001").await;
    until("ten rows", || (screen.rows().len() == 10).then_some(())).await;
    until("the first row in the tab order", || {
        let row = screen.rows().into_iter().next()?;
        (row.get_attribute("tabindex").as_deref() == Some("0")).then_some(())
    })
    .await;
}
