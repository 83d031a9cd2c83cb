//! **History**: what is noted, kept and shown; **Keep watching** and **Notify me** on any screen.

use console_api::{
    Engine, EngineId, EngineStatus, Timestamp,
    rules::{HISTORY_PARTS, History},
};
use engine_console::browser::{
    alone::alone,
    clock::now,
    kept::{Kept, Store},
    timer::{breathe, sleep},
};
use js_sys::{Array, Function, Uint8Array};
use leptos::prelude::*;
use wasm_bindgen::{JsCast, JsValue};
use wasm_bindgen_test::wasm_bindgen_test;

use super::{
    console::Console,
    person::{ClockAhead, Screen, Timers, at_work, at_work_on, until},
};

const PANEL: &str = "Scan Engine Configuration";
const MINUTE: i64 = 60_000;
/// How often it is checked whether the list is due.
const LOOK: u32 = 30_000;
const BERLIN: EngineId = EngineId(1);

fn prefer(name: &str, value: Option<&str>) {
    let storage = window().local_storage().unwrap().unwrap();
    let name = format!("engine-console.{name}");
    match value {
        Some(value) => storage.set_item(&name, value).unwrap(),
        None => storage.remove_item(&name).unwrap(),
    }
}

/// Nothing is kept, and nobody watches.
async fn nothing_kept() -> Kept {
    for name in
        ["keep-watching", "notify", "quiet-hours", "engines.columns", "sign-out-after", "auto-refresh"]
    {
        prefer(name, None);
    }
    super::person::put_away();
    // One that failed had no time to put these back.
    let allow = "delete Date.now; Date.now = () => new Date().getTime(); if (window.__open) IDBFactory.prototype.open = window.__open;";
    Function::new_no_args(allow).call0(&JsValue::NULL).unwrap();
    let kept = Kept::of("admin", RwSignal::new(0));
    // Whoever was here before has kept what it had to keep.
    let _mine = alone("engine-console.history: admin").await;
    kept.clear(Store::History).await.unwrap();
    kept
}

fn console() -> Console {
    Console::with(&[(1, "berlin", "10.0.0.10", "active"), (2, "aachen", "10.0.0.9", "active")])
}

/// Until the store has a history of so many engines.
async fn see_kept(kept: &Kept, engines: usize) -> History {
    for _ in 0..200 {
        if let Some(history) = read(kept).await
            && history.engines() == engines
        {
            return history;
        }
        sleep(std::time::Duration::from_millis(10)).await;
    }
    panic!("no history of {engines} engines was kept");
}

async fn read(kept: &Kept) -> Option<History> {
    let bytes = |value: JsValue| value.unchecked_into::<Uint8Array>().to_vec();
    let mut history = None::<History>;
    let pairs = kept.read(Store::History, None).await.unwrap();
    for (key, value) in pairs.iter().rev() {
        match &mut history {
            None if key.as_string().as_deref() == Some("head") => {
                history = History::from_head(&bytes(value.clone())).ok();
            }
            None => return None,
            Some(history) => history.add_part(&bytes(value.clone())).unwrap(),
        }
    }
    history
}

/// Berlin at these minutes before now: whether it was up. Aachen was always up.
fn seen(readings: &[(i64, bool)]) -> History {
    let mut history = History::default();
    let engine = |id: u64, is_up: bool| -> Engine {
        let status = if is_up { EngineStatus::Active } else { EngineStatus::NotResponding };
        Engine {
            id: EngineId(id),
            name: String::new(),
            address: String::new(),
            port: None,
            status,
            status_message: None,
            direction: None,
            certificate_fingerprint: None,
            console_fingerprint: None,
            product_version: None,
            content_version: None,
            serial_number: None,
            aws_pre_authorised: false,
            sites: Vec::new(),
            pools: None,
            run_by_rapid7: false,
            last_refreshed: None,
            last_updated: None,
        }
    };
    for (minutes, is_up) in readings {
        let at = Timestamp::from_unix_ms(now() - minutes * MINUTE);
        history.note(&[engine(1, *is_up), engine(2, true)], at);
    }
    history
}

/// Keeps a history as the app does.
async fn keep(kept: &Kept, history: &History) {
    let bytes = |bytes: Vec<u8>| JsValue::from(Uint8Array::from(&bytes[..]));
    let parts = (0..HISTORY_PARTS).map(|part| (f64::from(part).into(), bytes(history.part(part))));
    let pairs = parts.chain([("head".into(), bytes(history.head()))]).collect();
    kept.put(Store::History, pairs).await.unwrap();
}

async fn open_watching(screen: &Screen) {
    screen.click("button", "Watching").await;
    screen.see("dialog", "Watching").await;
}

#[wasm_bindgen_test]
async fn a_change_is_noted_and_is_still_there_after_a_reload() {
    let kept = nothing_kept().await;
    prefer("keep-watching", Some("on"));
    let console = console();
    let screen = at_work(&console, "/engines").await;
    screen.row("berlin").await;
    see_kept(&kept, 2).await;
    console.change(1, |engine| engine.status = "not-responding");
    let later = ClockAhead::by((5 * MINUTE) as f64);
    // Another screen reads the list as well.
    screen.click("link", "Health").await;
    screen.see("heading", "Engine Health").await;
    until("the change", || screen.all("rowheader", "berlin: Not responding").pop()).await;
    screen.click("link", "Engines").await;
    screen.click("link", "berlin").await;
    screen.click("tab", "History").await;
    screen.see("rowheader", "Not responding, was active").await;
    screen.see("rowheader", "Active").await;
    screen.read("Down since").await;
    screen.read("5 min").await;
    screen.read("stays in this browser for 90 days, for this user and this console only").await;
    drop(screen);

    let screen = at_work_on(&console, "/engines/1?tab=history", PANEL).await;
    screen.see("rowheader", "Not responding, was active").await;
    assert!(screen.row_text("Not watched").is_none());
    drop(screen);
    drop(later);
    // What nobody watched is said.
    let tomorrow = ClockAhead::by((26 * 60 * MINUTE) as f64);
    let screen = at_work_on(&console, "/engines/1?tab=history", PANEL).await;
    screen.see("rowheader", "Not watched").await;
    drop(screen);
    drop(tomorrow);
}

#[wasm_bindgen_test]
async fn another_user_has_another_history() {
    let kept = nothing_kept().await;
    keep(&kept, &seen(&[(60, true), (55, false)])).await;
    let screen = super::person::open(&console(), "/engines/1?tab=history");
    screen.sign_in("colleague").await;
    screen.read("Active since").await;
    assert!(screen.row_text("Not responding").is_none());
}

#[wasm_bindgen_test]
async fn an_engine_that_flaps_is_named_by_health_and_its_page_says_how_often() {
    let kept = nothing_kept().await;
    keep(&kept, &seen(&[(30, true), (25, false), (20, true), (15, false), (10, true), (5, false)])).await;
    let console =
        Console::with(&[(1, "berlin", "10.0.0.10", "not-responding"), (2, "aachen", "10.0.0.9", "active")]);
    let screen = at_work_on(&console, "/health", "Engine Health").await;
    screen.see("rowheader", "berlin keeps going down and coming back").await;
    screen.click("link", "History berlin").await;
    screen.read("third time this week. It keeps going down and coming back.").await;
    let drawn = document().query_selector(".engine-week svg").unwrap().unwrap();
    assert!(drawn.get_attribute("aria-label").unwrap().starts_with("Last 7 days: Down 3 times, watched for"));
}

#[wasm_bindgen_test]
async fn the_list_has_columns_of_what_was_seen() {
    let kept = nothing_kept().await;
    keep(&kept, &seen(&[(130, true), (125, false), (120, true)])).await;
    prefer("engines.columns", Some("status,name,since,last-week"));
    let screen = at_work(&console(), "/engines").await;
    screen.row("berlin").await;
    let drawing = |name: &str| {
        let row = screen.all("rowheader", name).pop()?.closest("tr").ok()??;
        row.query_selector("svg.week").ok()??.get_attribute("aria-label")
    };
    until("the drawing", || drawing("berlin").filter(|it| it.starts_with("Down 1 time, watched for"))).await;
    assert!(drawing("aachen").unwrap().starts_with("Not seen down"));
    let text = screen.row_text("berlin").unwrap();
    assert!(text.contains("2 hr. ago") || text.contains("2 hours ago") || text.contains("2h ago"), "{text}");
    // Berlin had trouble, and its status has changed since: the first of both is what is worst, and what is oldest.
    screen.see_names(&["aachen", "berlin"]).await;
    screen.click("button", "Last 7 days").await;
    screen.see_names(&["berlin", "aachen"]).await;
    screen.click("button", "Since").await;
    screen.see_names(&["aachen", "berlin"]).await;
    screen.click("button", "Since").await;
    screen.see_names(&["berlin", "aachen"]).await;
    prefer("engines.columns", None);
}

#[wasm_bindgen_test]
async fn the_fleet_over_time_is_a_picture_with_a_table_behind_it() {
    let kept = nothing_kept().await;
    keep(&kept, &seen(&[(300, true), (295, false), (290, false)])).await;
    let screen = at_work_on(&console(), "/health?tab=fleet", "Engine Health").await;
    screen.see("heading", "Fleet over time").await;
    screen.read("Up to 2 engines, at most 1 of them not working at once.").await;
    screen.click("summary", "Show as a table").await;
    let table = screen.see("table", "Fleet over time").await;
    let text = table.text_content().unwrap();
    assert!(text.contains("Not watched") && text.contains("Pending authorization"), "{text}");
    let rows = |table: &web_sys::HtmlElement| table.query_selector_all("tbody tr").unwrap().length();
    assert_eq!(rows(&table), 84);
    let range = screen.see("combobox", "Time shown").await.unchecked_into();
    super::person::choose(&range, "day");
    until("a day", || screen.all("table", "Fleet over time").pop().filter(|table| rows(table) == 96)).await;
}

/// What the app has given to the browser to be saved, as a promise of its text.
fn catch_the_file() -> Function {
    let take = "const make = URL.createObjectURL; let text = null; \
        URL.createObjectURL = (blob) => { text = blob.text(); URL.createObjectURL = make; return make.call(URL, blob); }; \
        const click = HTMLAnchorElement.prototype.click; \
        HTMLAnchorElement.prototype.click = function () { HTMLAnchorElement.prototype.click = click; }; \
        return () => text;";
    Function::new_no_args(take).call0(&JsValue::NULL).unwrap().unchecked_into()
}

fn choose_file(text: &str) {
    let choose = "const input = document.querySelector('input[type=file]'); const files = new DataTransfer(); \
        files.items.add(new File([text], 'history.txt', { type: 'text/plain' })); input.files = files.files; \
        input.dispatchEvent(new Event('change', { bubbles: true }));";
    Function::new_with_args("text", choose).call1(&JsValue::NULL, &text.into()).unwrap();
}

#[wasm_bindgen_test]
async fn the_history_is_exported_cleared_and_imported() {
    let kept = nothing_kept().await;
    keep(&kept, &seen(&[(60, true), (55, false), (50, true)])).await;
    let console = console();
    let screen = at_work_on(&console, "/engines/1?tab=history", PANEL).await;
    screen.see("rowheader", "Not responding, was active").await;
    open_watching(&screen).await;
    screen.read("2 engines since").await;
    let file = catch_the_file();
    until("to keep it", || {
        let clear = screen.all("button", "Clear history").pop()?;
        clear.get_attribute("aria-disabled").is_none().then_some(())
    })
    .await;
    screen.click("button", "Export history").await;
    let text = file.call0(&JsValue::NULL).unwrap().unchecked_into::<js_sys::Promise>();
    let text = wasm_bindgen_futures::JsFuture::from(text).await.unwrap().as_string().unwrap();
    assert!(text.starts_with("engine-console history 1\nadmin at http"), "{text}");

    screen.click("button", "Clear history").await;
    screen.see("dialog", "Clear the history").await;
    screen.read("This can't be undone.").await;
    let confirm = |name: &'static str| {
        screen.all("button", name).into_iter().find(|it| it.text_content().as_deref() == Some(name))
    };
    until("the question", || confirm("Clear the history")).await.click();
    screen.read("The history is cleared.").await;
    until("the line to go", || screen.row_text("Not responding, was active").is_none().then_some(())).await;
    assert_eq!(see_kept(&kept, 2).await.downs(BERLIN, Timestamp::from_unix_ms(now())), []);

    choose_file(&text.replace("admin at", "eve at"));
    screen.read("It belongs to another user or another console").await;
    choose_file("name,address");
    screen.read("It is not a history, or is damaged.").await;
    choose_file(&text);
    screen.see("dialog", "Replace the history").await;
    until("the question", || confirm("Replace the history")).await.click();
    screen.read("The history is imported.").await;
    screen.see("rowheader", "Not responding, was active").await;
    assert_eq!(see_kept(&kept, 2).await.downs(BERLIN, Timestamp::from_unix_ms(now())).len(), 1);
}

#[wasm_bindgen_test]
async fn a_tab_in_the_background_reads_on_for_whoever_keeps_watching() {
    nothing_kept().await;
    let console = console();
    let timers = Timers::mine();
    let screen = at_work_on(&console, "/pools", "Scan Engine Pools").await;
    screen.see("link", "Health").await;
    open_watching(&screen).await;
    let calls = || console.calls("api/3/scan_engines");
    until("the first reading", || (calls() > 0).then_some(())).await;
    let before = calls();
    let later = ClockAhead::by((2 * MINUTE) as f64);
    timers.fire(LOOK);
    assert_eq!(calls(), before, "nobody has asked for it");
    screen.click("checkbox", "Keep watching").await;
    breathe().await;
    timers.fire(LOOK);
    until("a reading", || (calls() > before).then_some(())).await;
    let before = calls();
    timers.fire(LOOK);
    assert_eq!(calls(), before, "it is not due yet");
    drop(later);
}

/// The browser allows notifications, and keeps what it would show.
fn allow_notifications() -> Array {
    let allow = "const shown = []; window.Notification = class { \
        static get permission() { return 'granted'; } \
        constructor(title, options) { shown.push(`${title} | ${options.body}`); } }; return shown;";
    Function::new_no_args(allow).call0(&JsValue::NULL).unwrap().unchecked_into()
}

#[wasm_bindgen_test]
async fn notifications_come_on_any_screen_one_for_many_and_none_in_quiet_hours() {
    nothing_kept().await;
    prefer("notify", Some("on"));
    let shown = allow_notifications();
    let console = console();
    let timers = Timers::mine();
    let screen = at_work_on(&console, "/pools", "Scan Engine Pools").await;
    let calls = || console.calls("api/3/scan_engines");
    until("the first reading", || (calls() > 0).then_some(())).await;
    until("the watch", || timers.started(LOOK).then_some(())).await;
    let pass = |minutes: i64| {
        let later = ClockAhead::by((minutes * MINUTE) as f64);
        timers.fire(LOOK);
        later
    };
    for id in [1, 2] {
        console.change(id, |engine| engine.status = "not-responding");
    }
    let later = pass(2);
    until("a notification", || (shown.length() > 0).then_some(())).await;
    let said = shown.get(0).as_string().unwrap();
    assert_eq!(
        said,
        "2 engines: Not responding | berlin, aachen. All are in pool Europe. 2 sites can't be scanned."
    );
    screen.read("berlin failed: Not responding.").await;
    drop(later);
    // From now on it is quiet.
    prefer("quiet-hours", Some("00:00-23:59"));
    console.change(1, |engine| engine.status = "active");
    let before = calls();
    let later = pass(4);
    until("a reading", || (calls() > before).then_some(())).await;
    screen.read("berlin recovered: Active.").await;
    assert_eq!(shown.length(), 1);
    drop(later);
    // What is still so is told when it is over.
    prefer("quiet-hours", None);
    console.change(2, |engine| engine.name = "aachen-2".to_owned());
    let later = pass(6);
    until("a notification", || (shown.length() > 1).then_some(())).await;
    assert_eq!(shown.get(1).as_string().unwrap(), "berlin: Active again | Engine console");
    drop(later);
    // And when the console takes the credentials no longer.
    console.set_password("other");
    let later = pass(8);
    until("a notification", || (shown.length() > 2).then_some(())).await;
    assert!(shown.get(2).as_string().unwrap().starts_with("Engines are no longer watched | "));
    drop(later);
    prefer("notify", None);
}

#[wasm_bindgen_test]
async fn one_tab_keeps_the_history_and_another_goes_on_when_it_is_closed() {
    let kept = nothing_kept().await;
    let other_tab = alone("engine-console.history: admin").await;
    let screen = at_work_on(&console(), "/engines/1?tab=history", PANEL).await;
    screen.see("rowheader", "Active").await;
    open_watching(&screen).await;
    let why = screen.see("button", "Clear history").await.get_attribute("title").unwrap_or_default();
    assert!(why.starts_with("Another tab of this app keeps the history."), "{why}");
    assert_eq!(kept.count(Store::History).await, Ok(0));
    drop(other_tab);
    see_kept(&kept, 2).await;
}

#[wasm_bindgen_test]
async fn what_another_version_has_kept_is_left_alone_until_it_is_cleared() {
    let kept = nothing_kept().await;
    let head = || JsValue::from(Uint8Array::from(&[9_u8][..]));
    kept.put(Store::History, vec![("head".into(), head())]).await.unwrap();
    let screen = at_work_on(&console(), "/engines/1?tab=history", PANEL).await;
    screen.see("rowheader", "Active").await;
    open_watching(&screen).await;
    screen.read("Another version of this app wrote it.").await;
    assert_eq!(kept.count(Store::History).await, Ok(1));
    until("to keep it", || {
        let clear = screen.all("button", "Clear history").pop()?;
        clear.get_attribute("aria-disabled").is_none().then_some(())
    })
    .await;
    screen.click("button", "Clear history").await;
    until("the question", || screen.all("button", "Clear the history").pop()).await.click();
    screen.read("The history is cleared.").await;
    see_kept(&kept, 2).await;
    until("the notice to go", || (!screen.text().contains("Another version")).then_some(())).await;
}

#[wasm_bindgen_test]
async fn without_storage_the_history_is_there_until_the_page_is_left() {
    nothing_kept().await;
    let forbid = "window.__open ??= IDBFactory.prototype.open; \
        IDBFactory.prototype.open = () => { throw new DOMException('no', 'SecurityError'); };";
    Function::new_no_args(forbid).call0(&JsValue::NULL).unwrap();
    {
        let screen = at_work_on(&console(), "/engines/1?tab=history", PANEL).await;
        screen.see("rowheader", "Active").await;
        open_watching(&screen).await;
        screen.read("This browser does not let the app store anything").await;
    }
    let screen = at_work_on(&console(), "/health?tab=fleet", "Engine Health").await;
    screen.see("heading", "Fleet over time").await;
    screen.read("This browser can't store it").await;
}
