//! **Import pool plan…** and **Export pool plan**.

use std::{cell::RefCell, rc::Rc};

use engine_console::browser::timer::breathe;
use wasm_bindgen::{JsCast, JsValue, closure::Closure};
use wasm_bindgen_test::wasm_bindgen_test;
use web_sys::{Event, EventInit};

use super::{
    console::{Console, Fault, Pool},
    person::{Screen, at_work_on, until},
};

const LIST: &str = "Scan Engine Pools";
const IMPORT: &str = "Import pool plan";
/// Berlin and cologne are in North, which has the first site; the second belongs to South, which is no more.
const PLAN: &str = r#"{"format":"engine-console/pool-plan","version":1,"console":"elsewhere","pools":[
    {"id":900,"name":"North","engines":[{"name":"berlin","address":"10.0.0.10","port":40814},{"name":"cologne"},{"name":"gone","address":"10.9.9.9","port":1}],"sites":[{"name":"site-0001"}]},
    {"name":"South","engines":[{"id":1,"name":"aachen"}],"sites":[{"name":"site-0002"}]}]}"#;

fn console() -> Console {
    let console = Console::with(&[
        (1, "berlin", "10.0.0.10", "active"),
        (2, "aachen", "10.0.0.9", "active"),
        (3, "cologne", "10.0.0.3", "active"),
    ]);
    console.with_sites(2).with_pools(&[Pool::new(900, "North", &[1, 2], &[])])
}

async fn opened(console: &Console, plan: &str) -> Screen {
    let screen = at_work_on(console, "/pools", LIST).await;
    screen.see_names(&["North"]).await;
    screen.click("button", "Import pool plan…").await;
    screen.see("dialog", IMPORT).await;
    let field = screen.see("textbox", "Pool plan (JSON)").await;
    js_sys::Reflect::set(&field, &"value".into(), &plan.into()).unwrap();
    let init = EventInit::new();
    init.set_bubbles(true);
    field.dispatch_event(&Event::new_with_event_init_dict("input", &init).unwrap()).unwrap();
    breathe().await;
    screen
}

async fn group(screen: &Screen, name: &str) -> String {
    screen.see("group", name).await.text_content().unwrap()
}

#[wasm_bindgen_test]
async fn a_plan_is_shown_as_a_difference_then_done_and_can_be_taken_back() {
    let console = console();
    let screen = opened(&console, PLAN).await;
    screen.see("button", "Make 5 changes").await;
    assert_eq!(
        group(&screen, "Included").await,
        "South: is created\nNorth: cologne joins\nSouth: aachen joins\nNorth: gets the site site-0001 from berlin\nSouth: gets the site site-0002 from berlin"
    );
    assert!(
        group(&screen, "Left out").await.contains("North: gone (10.9.9.9, port 1): There is no such engine.")
    );
    screen.read("1 engine was matched by address and port, not by ID.").await;
    screen.read("aachen stays in North, because not all of its engines were found.").await;
    assert_eq!(console.pool("South").map(|pool| pool.id), None, "nothing is done unasked");

    screen.click("button", "Make 5 changes").await;
    screen.see("dialog", "Applying the pool plan – done").await;
    let (north, south) = (console.pool("North").unwrap(), console.pool("South").unwrap());
    assert_eq!((north.engines, north.sites), (vec![1, 2, 3], vec![1]));
    assert_eq!((south.engines, south.sites), (vec![2], vec![2]));

    screen.click("button", "Undo 5 changes").await;
    screen.see("dialog", "Undoing the pool plan – done").await;
    assert_eq!(console.pool("South").map(|pool| pool.id), None);
    assert_eq!(console.pool("North").unwrap().engines, [1, 2]);
    assert_eq!([console.site(1).scanner, console.site(2).scanner], [1, 1]);
}

#[wasm_bindgen_test]
async fn nobody_leaves_a_pool_before_who_joins_it_has() {
    let console = console();
    let plan = r#"{"format":"engine-console/pool-plan","version":1,"pools":[{"name":"North","engines":[{"name":"cologne"}]}]}"#;
    let screen = opened(&console, plan).await;
    console.fault(
        "scan_engine_pools/900/engines/3",
        Fault::Answer(500, "application/json", r#"{"message":"boom"}"#.to_owned()),
    );
    screen.click("button", "Make 3 changes").await;
    screen.read("3 failed.").await;
    assert_eq!(
        group(&screen, "Failed")
            .await
            .matches("It was not removed, because an engine that had to join first has not joined.")
            .count(),
        2
    );
    assert_eq!(console.pool("North").unwrap().engines, [1, 2]);
    console.heal();
    screen.click("button", "Retry failed").await;
    screen.read("1 joined, 2 left.").await;
    assert_eq!(console.pool("North").unwrap().engines, [3]);
}

#[wasm_bindgen_test]
async fn what_is_no_plan_says_why_and_changes_nothing() {
    let console = console();
    let screen = opened(&console, "name,address").await;
    screen.read("This is not a pool plan").await;
    let button = screen.see("button", "Make changes").await;
    assert_eq!(button.get_attribute("title").as_deref(), Some("The pool plan can't be used."));
}

#[wasm_bindgen_test]
async fn the_pools_are_saved_as_a_plan_that_changes_nothing_here() {
    let console = console();
    console.move_site(2, 900);
    let screen = at_work_on(&console, "/pools", LIST).await;
    screen.see_names(&["North"]).await;
    // What the browser is given to save.
    let saved = Rc::new(RefCell::new(None::<web_sys::Blob>));
    let url = js_sys::Reflect::get(&js_sys::global(), &"URL".into()).unwrap();
    let right = js_sys::Reflect::get(&url, &"createObjectURL".into()).unwrap();
    let take = {
        let saved = Rc::clone(&saved);
        Closure::<dyn Fn(JsValue) -> JsValue>::new(move |blob: JsValue| {
            *saved.borrow_mut() = blob.dyn_into().ok();
            JsValue::from_str("#nothing")
        })
    };
    js_sys::Reflect::set(&url, &"createObjectURL".into(), take.as_ref()).unwrap();
    screen.click("button", "Export pool plan").await;
    let blob = until("the file", || saved.borrow().clone()).await;
    js_sys::Reflect::set(&url, &"createObjectURL".into(), &right).unwrap();
    let text = js_sys::Reflect::get(&blob, &"text".into()).unwrap().unchecked_into::<js_sys::Function>();
    let text = text.call0(&blob).unwrap().unchecked_into::<js_sys::Promise>();
    let text = wasm_bindgen_futures::JsFuture::from(text).await.unwrap().as_string().unwrap();
    assert!(text.contains(r#""address": "10.0.0.9""#) && text.contains(r#""name": "site-0002""#), "{text}");

    screen.click("button", "Import pool plan…").await;
    let field = screen.see("textbox", "Pool plan (JSON)").await;
    js_sys::Reflect::set(&field, &"value".into(), &text.into()).unwrap();
    let init = EventInit::new();
    init.set_bubbles(true);
    field.dispatch_event(&Event::new_with_event_init_dict("input", &init).unwrap()).unwrap();
    screen.read("The pools already match the plan.").await;
}
