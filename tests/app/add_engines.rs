//! **Add engines**: a table of many, checked cell by cell, then added.

use std::{cell::Cell, rc::Rc};

use console_api::Method;
use engine_console::browser::timer::breathe;
use wasm_bindgen::JsValue;
use wasm_bindgen_test::wasm_bindgen_test;
use web_sys::{Event, EventInit};

use super::{
    console::{Console, Fault, Pool, error, json},
    person::{Screen, at_work_on, until},
};

const PAGE: &str = "Add engines";
const CSV: &str = "Table of engines (CSV)";

/// Berlin with two sites, alone in the pool Europe. New engines get the numbers from 40 on; `fails` says how many creations are done and
/// answered by 500 all the same.
fn console(fails: u64) -> Console {
    let console = Console::with(&[(1, "berlin", "10.0.0.10", "active")])
        .with_sites(3)
        .with_pools(&[Pool::new(900, "Europe", &[1], &[])]);
    let (added, fails) = (Rc::new(Cell::new(40)), Rc::new(Cell::new(fails)));
    let here = console.clone();
    console.also(move |method, path, body| {
        if (method, path) != (Method::Post, "api/3/scan_engines") {
            return None;
        }
        let body = js_sys::JSON::parse(body).unwrap();
        let text =
            |key: &str| js_sys::Reflect::get(&body, &JsValue::from_str(key)).unwrap().as_string().unwrap();
        let id = added.replace(added.get() + 1);
        here.add(id, &text("name"), &text("address"), "unknown");
        if fails.get() > 0 {
            fails.set(fails.get() - 1);
            return Some(error(500, "boom"));
        }
        Some(json(format!(r#"{{"id":{id},"links":[]}}"#)))
    });
    console
}

async fn type_csv(screen: &Screen, text: &str) {
    let field = screen.see("textbox", CSV).await;
    js_sys::Reflect::set(&field, &"value".into(), &text.into()).unwrap();
    let init = EventInit::new();
    init.set_bubbles(true);
    field.dispatch_event(&Event::new_with_event_init_dict("input", &init).unwrap()).unwrap();
    breathe().await;
    screen.click("button", "Show as table").await;
}

async fn problem_at(screen: &Screen, cell: &str, words: &str) {
    until(&format!("{words:?} at {cell}"), || {
        let field = screen.field(cell)?;
        let described = field.get_attribute("aria-describedby")?;
        let text = leptos::prelude::document().get_element_by_id(&described)?.text_content()?;
        (field.get_attribute("aria-invalid").as_deref() == Some("true") && text.contains(words)).then_some(())
    })
    .await;
}

#[wasm_bindgen_test]
async fn a_pasted_table_is_corrected_and_added_with_its_pools_and_sites() {
    let console = console(0);
    let screen = at_work_on(&console, "/engines/add", PAGE).await;
    let table = "Name;IP;Port;Pool;Sites;Rack\noslo;10.0.0.20;;europe;site-0002\nBerlin;10.0.0.21;0;Asia;site-0003, nowhere;7\n";
    type_csv(&screen, table).await;
    screen
        .read(
            "2 rows read: separated by semicolons, the first line names the columns. Columns ignored: Rack.",
        )
        .await;
    problem_at(&screen, "Name, row 2", "Another engine is already called berlin.").await;
    problem_at(&screen, "Port, row 2", "Use 1 to 65535.").await;
    problem_at(&screen, "Sites, row 2", "There is no site called nowhere.").await;
    screen.read("1 engine will be added, 1 row has errors and will be left out.").await;
    screen.read("Will be added. Joins Europe. Gets site-0002.").await;

    screen.type_into("Name, row 2", "bergen").await;
    screen.type_into("Port, row 2", "40814").await;
    screen.type_into("Sites, row 2", "site-0003").await;
    screen.see("checkbox", "Create the pools that don't exist: Asia").await.click();
    problem_at(&screen, "Pools, row 2", "There is no pool called Asia.").await;
    screen.click("checkbox", "Create the pools that don't exist: Asia").await;
    screen.click("button", "Add 2 engines").await;
    screen.read("2 added.").await;
    screen.click("button", "Done").await;

    let sent = console.bodies().into_iter().filter(|body| body.contains("address")).collect::<Vec<_>>();
    assert!(sent.contains(&r#"{"name":"bergen","address":"10.0.0.21","port":40814}"#.to_owned()), "{sent:?}");
    assert_eq!(console.pool("Europe").unwrap().engines.len(), 2);
    assert_eq!(console.pool("Asia").unwrap().engines.len(), 1);
    let [oslo, bergen] = [console.site(2).scanner, console.site(3).scanner];
    assert_eq!(oslo + bergen, 40 + 41, "{oslo} {bergen}");
    assert_eq!(console.pool("Asia").unwrap().engines, [bergen]);
    let link = screen.see("link", "Pairing steps of bergen").await;
    assert_eq!(link.get_attribute("href"), Some(format!("/engines/{bergen}?tab=pairing")));
    screen.see("button", "Download pairing steps").await;
    screen.click("button", "Remove finished rows").await;
    screen.see_gone("table", "Engines to add").await;
}

#[wasm_bindgen_test]
async fn what_failed_is_told_at_its_row_and_a_retry_continues_from_there() {
    let console = console(0);
    console.fault(
        "scan_engine_pools/900/engines/40",
        Fault::Answer(403, "application/json", r#"{"message":"No."}"#.to_owned()),
    );
    let screen = at_work_on(&console, "/engines/add", PAGE).await;
    type_csv(&screen, "oslo,10.0.0.20,,Europe\nrome,10.0.0.21").await;
    screen.click("button", "Add 2 engines").await;
    screen.read("1 added, 1 failed.").await;
    screen.read("It was added, but could not join pool Europe.").await;
    console.heal();
    screen.click("button", "Retry failed").await;
    screen.read("1 completed.").await;
    let created = console.bodies().into_iter().filter(|body| body.contains("oslo")).count();
    assert_eq!(created, 1, "it is not created twice");
    assert_eq!(console.pool("Europe").unwrap().engines, [1, 40]);
}

#[wasm_bindgen_test]
async fn an_answer_that_leaves_doubt_is_resolved_by_the_list() {
    let console = console(1);
    let screen = at_work_on(&console, "/engines/add", PAGE).await;
    type_csv(&screen, "oslo,10.0.0.20").await;
    screen.click("button", "Add 1 engine").await;
    screen.see("link", "Pairing steps of oslo").await;
    let created = console.bodies().into_iter().filter(|body| body.contains("oslo")).count();
    assert_eq!(created, 1);
    screen.read("1 is already complete.").await;
}

#[wasm_bindgen_test]
async fn what_was_typed_is_there_again_after_another_page() {
    let console = console(0);
    let screen = at_work_on(&console, "/engines/add", PAGE).await;
    type_csv(&screen, "oslo,10.0.0.20\nrome,10.0.0.21").await;
    screen.type_into("Address, row 2", "rome.example").await;
    screen.click("button", "Remove row 1").await;
    screen.click("link", "Pools").await;
    screen.see("heading", "Scan Engine Pools").await;
    leptos::prelude::window().history().unwrap().back().unwrap();
    screen.see("heading", PAGE).await;
    until("what was typed", || (screen.field("Address, row 1")?.value() == "rome.example").then_some(()))
        .await;
    assert_eq!(screen.field("Name, row 1").unwrap().value(), "rome");
    screen.click("button", "Remove all rows").await;
    screen.see_gone("table", "Engines to add").await;
}
