//! **Scan Engine Pools**, the form of a pool, **Move engine**, **Split into pools** and **Delete {name}**.

use leptos::prelude::document;
use wasm_bindgen::JsCast;
use wasm_bindgen_test::wasm_bindgen_test;
use web_sys::{DragEvent, DragEventInit, HtmlElement, HtmlInputElement, HtmlSelectElement};

use super::{
    console::{Console, Fault, Pool},
    person::{Screen, at_work_on, choose, focused, press, see_focus_on_row, until},
};

const LIST: &str = "Scan Engine Pools";
const ONE: &str = "Scan Engine Pool";
const NEW: &str = "New engine pool";

/// Five engines that can join, one of them down, and the three kinds that can't; three pools.
fn console() -> Console {
    let console = Console::with(&[
        (1, "berlin", "10.0.0.1", "active"),
        (2, "aachen", "10.0.0.2", "not-responding"),
        (3, "cologne", "10.0.0.3", "active"),
        (4, "dresden", "10.0.0.4", "active"),
        (5, "essen", "10.0.0.5", "active"),
        (6, "local", "127.0.0.1", "active"),
        (7, "hosted", "nse.extranet.rapid7.com", "active"),
        (8, "aws", "10.0.0.8", "active"),
    ]);
    console.tells(8, r#","isAWSPreAuthEngine":true"#);
    console.with_pools(&[
        Pool::new(900, "North", &[1, 2], &[7, 8]),
        Pool::new(901, "South", &[3], &[]),
        Pool::new(902, "Default Engine Pool", &[], &[]),
    ])
}

fn refusal(message: &str) -> Fault {
    Fault::Answer(500, "application/json", format!(r#"{{"status":500,"message":"{message}"}}"#))
}

fn path() -> String {
    leptos::prelude::window().location().pathname().unwrap()
}

async fn see_path(wanted: &str) {
    until(&format!("the address {wanted}, not {}", path()), || (path() == wanted).then_some(())).await;
}

/// The names in a table, in order.
fn names_in(screen: &Screen, table: &str) -> Vec<String> {
    let tables = screen.all("table", table);
    let Some(table) = tables.iter().find(|it| it.get_attribute("aria-label").as_deref() == Some(table))
    else {
        return Vec::new();
    };
    let heads = table.query_selector_all("tbody tr:not([hidden]) th[scope=row]").unwrap();
    let text = |at| heads.get(at).and_then(|head| head.text_content()).unwrap_or_default();
    (0..heads.length()).map(text).collect()
}

async fn see_in(screen: &Screen, table: &str, names: &[&str]) {
    until(&format!("{names:?} in {table}, not {:?}", names_in(screen, table)), || {
        (names_in(screen, table) == names).then_some(())
    })
    .await;
}

async fn lists(screen: &Screen, available: &[&str], inside: &[&str]) {
    see_in(screen, "Available engines", available).await;
    see_in(screen, "Engines in pool", inside).await;
}

fn is_disabled(element: &HtmlElement) -> bool {
    element.get_attribute("aria-disabled").as_deref() == Some("true")
}

async fn select(screen: &Screen, label: &str) -> HtmlSelectElement {
    screen.see("combobox", label).await.unchecked_into()
}

fn value_of(screen: &Screen, label: &str) -> Option<String> {
    Some(screen.field(label)?.value())
}

#[wasm_bindgen_test]
async fn the_list_counts_engines_active_ones_and_sites_and_filters_by_both_names() {
    let console = console();
    let screen = at_work_on(&console, "/pools", LIST).await;
    screen.see_names(&["Default Engine Pool", "North", "South"]).await;
    let cells = |name: &'static str| async {
        let row = screen.row(name).await;
        row.text_content().unwrap().split_whitespace().collect::<Vec<_>>().join(" ")
    };
    assert!(cells("North").await.contains("2 1 active"), "{}", cells("North").await);
    assert!(cells("South").await.contains("1 1 active"));
    screen.click("button", "Sites").await;
    screen.click("button", "Sites").await;
    screen.see_names(&["North", "Default Engine Pool", "South"]).await;
    assert!(leptos::prelude::window().location().search().unwrap().contains("sort=-sites"));
    screen.type_into("Filter pools", "colo").await;
    screen.see_names(&["South"]).await;
    screen.type_into("Filter pools", "nowhere").await;
    screen.read("No pool matches").await;
    screen.click("button", "Show all pools").await;
    screen.see_names(&["North", "Default Engine Pool", "South"]).await;
    let link = screen.see("link", "Edit North").await;
    assert_eq!(link.get_attribute("href").as_deref(), Some("/pools/900"));
}

#[wasm_bindgen_test]
async fn the_head_keeps_its_lines_above_a_long_list() {
    let pools = (1..=100).map(|id| Pool::new(id, &format!("pool {id:03}"), &[], &[])).collect::<Vec<_>>();
    let screen = at_work_on(&console().with_pools(&pools), "/pools", LIST).await;
    screen.see("link", "pool 001").await;
    let head = document().query_selector(".page-head").unwrap().unwrap().unchecked_into::<HtmlElement>();
    let one_line = head.client_height();
    head.style().set_property("max-inline-size", "400px").unwrap();
    assert!(head.client_height() > one_line, "its actions do not fit into one line");
    assert!(head.scroll_height() <= head.client_height(), "they lie over what is below");
}

#[wasm_bindgen_test]
async fn a_pool_without_an_active_engine_that_sites_use_is_marked_in_words() {
    let console = console().with_pools(&[Pool::new(900, "North", &[2], &[7])]);
    let screen = at_work_on(&console, "/pools", LIST).await;
    screen.see_names(&["North"]).await;
    assert!(screen.row("North").await.text_content().unwrap().contains("none active"));
}

#[wasm_bindgen_test]
async fn the_list_says_when_it_is_empty_when_it_failed_and_when_it_is_old() {
    let console = console().with_pools(&[]);
    console.fault("scan_engine_pools", refusal("boom"));
    let screen = at_work_on(&console, "/pools", LIST).await;
    screen.read("The pools could not be read.").await;
    console.heal();
    screen.click("button", "Try again").await;
    screen.see("heading", "No engine pools").await;
    until("the focus not to be lost", || (focused()?.tag_name() == "H1").then_some(())).await;
}

#[wasm_bindgen_test]
async fn a_new_pool_takes_engines_by_mouse_and_by_keyboard_and_says_who_can_not_join() {
    let console = console();
    let screen = at_work_on(&console, "/pools/new", NEW).await;
    let all = ["aachen", "berlin", "cologne", "dresden", "essen", "aws", "hosted", "local"];
    lists(&screen, &all, &[]).await;
    for (name, why) in [
        ("aws", "an AWS pre-authorised engine"),
        ("hosted", "an engine hosted by Rapid7"),
        ("local", "the local engine"),
    ] {
        let row = screen.row(name).await;
        assert!(row.text_content().unwrap().contains(&format!("Can't join: {why}")), "{name}");
        assert!(is_disabled(&screen.see("button", &format!("Add {name}")).await));
    }
    screen.see("button", "Add local").await.click();
    // By mouse; the focus goes to the row that takes the place.
    let add = screen.see("button", "Add berlin").await;
    add.focus().unwrap();
    add.click();
    lists(&screen, &["aachen", "cologne", "dresden", "essen", "aws", "hosted", "local"], &["berlin"]).await;
    see_focus_on_row("cologne").await;
    // By keyboard: Enter adds this one, Space selects others.
    press("Enter");
    lists(&screen, &["aachen", "dresden", "essen", "aws", "hosted", "local"], &["berlin", "cologne"]).await;
    see_focus_on_row("dresden").await;
    press(" ");
    press("ArrowDown");
    see_focus_on_row("essen").await;
    press(" ");
    screen.click("button", "Add selected").await;
    lists(&screen, &["aachen", "aws", "hosted", "local"], &["berlin", "cologne", "dresden", "essen"]).await;
    screen.read("2 engines added.").await;
    screen.click("button", "Remove essen").await;
    lists(&screen, &["aachen", "essen", "aws", "hosted", "local"], &["berlin", "cologne", "dresden"]).await;
    screen.read("3 (3 active)").await;

    screen.type_into("Name", "north").await;
    screen.read("Another pool is already called North.").await;
    screen.click("button", "Save").await;
    assert_eq!(console.pool("north").map(|pool| pool.id), None);
    screen.type_into("Name", "East").await;
    screen.click("button", "Save").await;
    screen.read("East is created.").await;
    see_path("/pools/903").await;
    assert_eq!(console.pool("East").unwrap().engines, [1, 3, 4]);
}

#[wasm_bindgen_test]
async fn an_empty_pool_can_be_created_and_a_refusal_stands_at_the_field() {
    let console = console();
    let screen = at_work_on(&console, "/pools/new", NEW).await;
    screen.click("button", "Save").await;
    screen.read("Enter a name.").await;
    screen.type_into("Name", "East").await;
    // Someone else takes the name before it is sent.
    console.change_pool(901, |pool| pool.name = "East".to_owned());
    screen.click("button", "Save").await;
    screen.read("A scan engine pool with the name East already exists.").await;
    until("the focus on the name", || {
        (focused()?.get_attribute("name").as_deref() == Some("pool-name")).then_some(())
    })
    .await;
    assert_eq!(value_of(&screen, "Name").as_deref(), Some("East"), "what was typed stays");
    screen.type_into("Name", "West").await;
    console.fault("scan_engine_pools", Fault::Unreachable);
    screen.click("button", "Save").await;
    screen.read("The console could not be reached.").await;
    assert_eq!(value_of(&screen, "Name").as_deref(), Some("West"), "what was typed stays");
    console.heal();
    screen.click("button", "Save").await;
    screen.read("West is created.").await;
    assert!(console.pool("West").unwrap().engines.is_empty());
}

#[wasm_bindgen_test]
async fn a_pool_is_renamed_and_its_engines_changed_in_one_go() {
    let console = console();
    let screen = at_work_on(&console, "/pools/900", ONE).await;
    see_in(&screen, "Engines in pool", &["aachen", "berlin"]).await;
    assert!(is_disabled(&screen.see("button", "Save").await), "nothing was changed");
    screen.click("button", "Remove aachen").await;
    screen.click("button", "Add dresden").await;
    screen.type_into("Name", "Northern").await;
    screen.click("button", "Save").await;
    screen.read("Northern is saved.").await;
    let pool = console.pool("Northern").unwrap();
    assert_eq!((pool.engines, pool.sites), (vec![1, 4], vec![7, 8]));
    until("nothing to save", || is_disabled(&screen.all("button", "Save")[0]).then_some(())).await;
}

#[wasm_bindgen_test]
async fn an_engine_that_the_list_does_not_have_stays_in_the_pool() {
    let console = console().with_pools(&[Pool::new(900, "North", &[1, 77], &[])]);
    let screen = at_work_on(&console, "/pools/900", ONE).await;
    see_in(&screen, "Engines in pool", &["berlin", "Engine 77"]).await;
    screen.read("Not in the list of engines").await;
    screen.click("button", "Add dresden").await;
    screen.click("button", "Save").await;
    screen.read("North is saved.").await;
    assert_eq!(console.pool("North").unwrap().engines, [1, 77, 4]);
}

#[wasm_bindgen_test]
async fn who_was_slower_sees_theirs_beside_mine_and_chooses() {
    let console = console();
    let screen = at_work_on(&console, "/pools/900", ONE).await;
    see_in(&screen, "Engines in pool", &["aachen", "berlin"]).await;
    screen.click("button", "Add dresden").await;
    console.change_pool(900, |pool| pool.engines.push(5));
    screen.click("button", "Save").await;
    screen.read("Someone else has changed this pool in the meantime. Nothing was saved.").await;
    let rows = screen.text();
    assert!(rows.contains("essen") && rows.contains("dresden"), "{rows}");
    assert_eq!(console.pool("North").unwrap().engines, [1, 2, 5]);
    screen.click("button", "Save mine").await;
    screen.read("North is saved.").await;
    assert_eq!(console.pool("North").unwrap().engines, [1, 2, 4]);
    // The other way.
    screen.click("button", "Add cologne").await;
    console.change_pool(900, |pool| pool.name = "Theirs".to_owned());
    screen.click("button", "Save").await;
    screen.click("button", "Take theirs").await;
    until("their name", || (value_of(&screen, "Name")? == "Theirs").then_some(())).await;
    see_in(&screen, "Engines in pool", &["aachen", "berlin", "dresden"]).await;
}

#[wasm_bindgen_test]
async fn ten_thousand_engines_are_filtered_and_added_in_one_go() {
    let console = Console::with_many(10_000).with_pools(&[Pool::new(90_000, "All", &[], &[])]);
    let screen = at_work_on(&console, "/pools/90000", ONE).await;
    screen.read("Available engines: 10,000").await;
    assert!(screen.rows().len() < 60, "only the rows in view are in the document");
    screen.type_into("Filter available engines", "engine-099").await;
    screen.read("Available engines: 100").await;
    screen.click("checkbox", "Select all 100 that match").await;
    screen.click("button", "Add selected").await;
    screen.read("100 (90 active)").await;
    screen.click("button", "Save").await;
    screen.read("All is saved.").await;
    assert_eq!(console.pool("All").unwrap().engines.len(), 100);
}

#[wasm_bindgen_test]
async fn a_pool_shows_its_sites_by_name() {
    let console = console().with_sites(3);
    console.move_site(2, 900);
    let screen = at_work_on(&console, "/pools/900", ONE).await;
    let link = screen.see("link", "site-0002").await;
    assert_eq!(link.get_attribute("href").as_deref(), Some("/sites/2"));
    // The name of one that this account may not see is not known.
    screen.see("link", "Site 7").await;
}

#[wasm_bindgen_test]
async fn a_pool_that_is_gone_says_so() {
    let console = console();
    let screen = at_work_on(&console, "/pools/4711", ONE).await;
    screen.read("There is no engine pool with ID 4711").await;
    screen.see("link", "Go to Scan Engine Pools").await;
}

async fn opened_move(console: &Console) -> Screen {
    let screen = at_work_on(console, "/pools", LIST).await;
    screen.see_names(&["Default Engine Pool", "North", "South"]).await;
    screen.click("button", "Move engine").await;
    screen.see("dialog", "Move engine").await;
    screen.pick("From pool", "North").await;
    screen.pick("To pool", "South").await;
    see_in(&screen, "Engines to move", &["aachen", "berlin"]).await;
    screen
}

#[wasm_bindgen_test]
async fn engines_move_with_a_summary_before_and_after() {
    let console = console();
    let screen = opened_move(&console).await;
    assert!(is_disabled(
        &screen.all("dialog", "Move engine")[0]
            .query_selector("footer .primary")
            .unwrap()
            .unwrap()
            .unchecked_into()
    ));
    screen.click("checkbox", "Select berlin").await;
    screen.see("dialog", "Move berlin from North to South").await;
    screen.read("2 sites use North, which would have no active engine left to scan with.").await;
    screen.click("checkbox", "Select aachen").await;
    until("the pools before and after", || {
        let table = screen.all("table", "What it changes").first()?.text_content()?;
        (table.contains("2 (1 active)0 (0 active)2") && table.contains("1 (1 active)3 (2 active)0"))
            .then_some(())
    })
    .await;
    screen.click("button", "Move 2 engines from North to South").await;
    screen.read("2 moved.").await;
    assert!(console.pool("North").unwrap().engines.is_empty());
    assert_eq!(console.pool("South").unwrap().engines, [3, 1, 2]);
    until("the pools as they are now", || {
        let table = screen.all("table", "As it is now").first()?.text_content()?;
        (table.contains("North0 (0 active)2") && table.contains("South3 (2 active)0")).then_some(())
    })
    .await;
    screen.click("button", "Done").await;
}

#[wasm_bindgen_test]
async fn an_engine_that_stops_half_way_is_in_both_pools_and_retry_finishes_it() {
    let console = console();
    let screen = opened_move(&console).await;
    screen.click("checkbox", "Select all 2 that match").await;
    // It can't be taken out of North.
    console.fault("900/engines/1", refusal("Locked"));
    screen.click("button", "Move 2 engines from North to South").await;
    screen.read("1 moved, 1 failed.").await;
    let failed = screen.see("group", "Failed").await.text_content().unwrap();
    assert!(
        failed.contains(
            "berlin: It was added to South, but could not be removed from North: it is now in both."
        ),
        "{failed}"
    );
    assert!(failed.contains("Locked"), "{failed}");
    assert_eq!(console.pool("North").unwrap().engines, [1]);
    assert_eq!(console.pool("South").unwrap().engines, [3, 1, 2]);
    console.heal();
    screen.click("button", "Retry failed").await;
    screen.read("1 moved.").await;
    assert!(console.pool("North").unwrap().engines.is_empty());
    assert_eq!(console.pool("South").unwrap().engines.len(), 3);
}

#[wasm_bindgen_test]
async fn an_engine_that_can_not_be_added_stays_where_it_is() {
    let console = console();
    let screen = opened_move(&console).await;
    screen.click("checkbox", "Select berlin").await;
    console.fault(
        "901/engines/1",
        Fault::Answer(400, "application/json", r#"{"message":"The pool is full."}"#.to_owned()),
    );
    screen.click("button", "Move berlin from North to South").await;
    screen.read("1 failed.").await;
    screen.read("The pool is full.").await;
    assert_eq!(console.pool("North").unwrap().engines, [1, 2]);
    assert_eq!(console.pool("South").unwrap().engines, [3]);
}

async fn opened_split(console: &Console) -> Screen {
    let screen = at_work_on(console, "/pools", LIST).await;
    screen.see_names(&["Default Engine Pool", "North", "South"]).await;
    screen.click("button", "Split into pools").await;
    screen.see("dialog", "Split into pools").await;
    see_in(&screen, "Engines of new pool 1", &["berlin", "cologne"]).await;
    see_in(&screen, "Engines of new pool 2", &["dresden", "essen"]).await;
    screen
}

async fn set_count(screen: &Screen, count: &str) {
    let input: HtmlInputElement = screen.see("textbox", "Number of pools").await.unchecked_into();
    input.set_value(count);
    input.dispatch_event(&web_sys::Event::new("change").unwrap()).unwrap();
}

#[wasm_bindgen_test]
async fn the_available_engines_are_split_evenly_changed_by_hand_and_created() {
    let console = console();
    let screen = opened_split(&console).await;
    let left_out = screen.see("group", "Left out").await.text_content().unwrap();
    for why in [
        "aachen: It is not active: Not responding.",
        "local: Not possible",
        "aws: Not possible",
        "hosted: Not",
    ] {
        assert!(left_out.contains(why), "{left_out}");
    }
    set_count(&screen, "3").await;
    see_in(&screen, "Engines of new pool 1", &["berlin", "cologne"]).await;
    see_in(&screen, "Engines of new pool 2", &["dresden"]).await;
    see_in(&screen, "Engines of new pool 3", &["essen"]).await;
    set_count(&screen, "99").await;
    see_in(&screen, "Engines of new pool 4", &["essen"]).await;
    set_count(&screen, "2").await;
    // By keyboard.
    screen.see("checkbox", "Select berlin").await.click();
    screen.click("button", "Move selected of new pool 1").await;
    see_in(&screen, "Engines of new pool 2", &["dresden", "essen", "berlin"]).await;
    screen.read("berlin moved to new pool 2.").await;
    screen.click("button", "Distribute evenly").await;
    see_in(&screen, "Engines of new pool 1", &["berlin", "cologne"]).await;
    // By dragging.
    let grip = screen.row("essen").await.query_selector(".grip").unwrap().unwrap();
    let drag = |kind: &str| {
        let init = DragEventInit::new();
        init.set_bubbles(true);
        init.set_cancelable(true);
        DragEvent::new_with_event_init_dict(kind, &init).unwrap()
    };
    grip.dispatch_event(&drag("dragstart")).unwrap();
    let card = screen.all("", "New pool 1").into_iter().find(|it| it.tag_name() == "SECTION").unwrap();
    assert!(!card.dispatch_event(&drag("dragover")).unwrap(), "it may be dropped here");
    card.dispatch_event(&drag("drop")).unwrap();
    see_in(&screen, "Engines of new pool 1", &["berlin", "cologne", "essen"]).await;

    screen.type_into("Name of new pool 1", "south").await;
    screen.read("Another pool is already called South.").await;
    assert!(is_disabled(&screen.see("button", "Create 2 pools").await));
    screen.type_into("Name of new pool 1", "Pool 2").await;
    screen.read("Another of the new pools has this name.").await;
    screen.type_into("Name of new pool 1", "West").await;
    until("the preview", || {
        let included = screen.all("group", "Included").first()?.text_content()?;
        (included == "West: 3 engines\nPool 2: 1 engine").then_some(())
    })
    .await;
    screen.click("button", "Create 2 pools").await;
    screen.read("2 created.").await;
    assert_eq!(console.pool("West").unwrap().engines, [1, 3, 5]);
    assert_eq!(console.pool("Pool 2").unwrap().engines, [4]);
    screen.click("button", "Done").await;
    screen.see_names(&["Default Engine Pool", "North", "Pool 2", "South", "West"]).await;
}

#[wasm_bindgen_test]
async fn new_pools_that_were_changed_by_hand_are_not_lost_unasked() {
    let screen = opened_split(&console()).await;
    screen.type_into("Name of new pool 1", "West").await;
    screen.click("button", "Close").await;
    screen.see("dialog", "Leave without saving?").await;
    screen.read("The new pools as you changed them").await;
    screen.click("button", "Stay").await;
    screen.see_gone("dialog", "Leave without saving?").await;
    assert_eq!(value_of(&screen, "Name of new pool 1").as_deref(), Some("West"));
    screen.click("button", "Close").await;
    screen.click("button", "Leave").await;
    screen.see_gone("dialog", "Split into pools").await;
}

#[wasm_bindgen_test]
async fn engines_that_are_in_a_pool_can_be_left_out_and_the_order_chosen() {
    let console = console();
    let screen = opened_split(&console).await;
    screen.see("checkbox", "Only engines that aren't in a pool yet").await.click();
    see_in(&screen, "Engines of new pool 1", &["dresden"]).await;
    see_in(&screen, "Engines of new pool 2", &["essen"]).await;
    let left_out = screen.see("group", "Left out").await.text_content().unwrap();
    assert!(left_out.contains("berlin: It is already in North."), "{left_out}");
    screen.see("checkbox", "Only engines that aren't in a pool yet").await.click();
    console.change(1, |engine| engine.address = "10.0.0.99".to_owned());
    choose(&select(&screen, "Distribute by").await, "address");
    see_in(&screen, "Engines of new pool 1", &["berlin", "cologne"]).await;
}

#[wasm_bindgen_test]
async fn when_one_of_the_new_pools_fails_one_can_change_it_and_go_on() {
    let console = console();
    let screen = opened_split(&console).await;
    // Someone else takes the second name in the meantime.
    console.change_pool(902, |pool| pool.name = "Pool 2".to_owned());
    screen.click("button", "Create 2 pools").await;
    screen.read("1 created, 1 failed.").await;
    screen.read("These pools were created: Pool 1.").await;
    screen.click("button", "Change the others").await;
    screen.see("dialog", "Split into pools").await;
    see_in(&screen, "Engines of new pool 1", &["dresden", "essen"]).await;
    screen.type_into("Name of new pool 1", "Pool 3").await;
    screen.click("button", "Create 1 pool").await;
    screen.read("Pool 3: created.").await;
    assert_eq!(console.pool("Pool 1").unwrap().engines, [1, 3]);
    assert_eq!(console.pool("Pool 3").unwrap().engines, [4, 5]);
}

#[wasm_bindgen_test]
async fn when_one_of_the_new_pools_fails_the_others_can_be_taken_back() {
    let console = console();
    let screen = opened_split(&console).await;
    console.change_pool(902, |pool| pool.name = "Pool 2".to_owned());
    screen.click("button", "Create 2 pools").await;
    screen.read("1 created, 1 failed.").await;
    assert!(console.pool("Pool 1").is_some());
    screen.click("button", "Delete the new pools").await;
    screen.read("Pool 1: deleted.").await;
    assert!(console.pool("Pool 1").is_none());
    assert!(console.pool("Pool 2").is_some(), "what somebody else has made stays");
    screen.see_names(&["North", "Pool 2", "South"]).await;
}

#[wasm_bindgen_test]
async fn a_pool_that_no_site_uses_is_deleted_after_a_question() {
    let console = console();
    let screen = at_work_on(&console, "/pools", LIST).await;
    screen.click("button", "Delete South").await;
    screen.see("dialog", "Delete South").await;
    screen.read("No site uses it.").await;
    screen.read("Its engine stays in the console").await;
    screen
        .all("button", "Delete South")
        .into_iter()
        .find(|it| it.closest("dialog").unwrap().is_some())
        .unwrap()
        .click();
    screen.read("South: deleted.").await;
    screen.see_gone("dialog", "Delete South").await;
    screen.see_names(&["Default Engine Pool", "North"]).await;
    assert!(console.pool("South").is_none());
}

#[wasm_bindgen_test]
async fn a_pool_that_sites_use_is_deleted_after_they_have_another_one() {
    let console = console().with_sites(3);
    console.move_site(2, 900);
    console.move_site(3, 900);
    console.change_pool(900, |pool| pool.sites.clear());
    let screen = at_work_on(&console, "/pools", LIST).await;
    screen.click("button", "Delete North").await;
    screen.see("dialog", "Move 2 sites and delete North").await;
    screen.read("2 sites use North.").await;
    screen.read("site-0002").await;
    let start = screen.see("button", "Move 2 sites and delete North").await;
    assert_eq!(
        start.get_attribute("title").as_deref(),
        Some("Choose the engine or pool that its sites get.")
    );
    screen.type_into("Move its sites to", "nowhere").await;
    screen.read("“nowhere” is not in the list").await;
    screen.type_into("Move its sites to", "pool North").await;
    screen.read("This is the pool itself.").await;
    screen.type_into("Move its sites to", "pool South").await;
    screen.read("site-0002: moves to pool South").await;
    console.fault("sites/3/scan_engine", refusal("Busy"));
    screen.click("button", "Move 2 sites and delete North").await;
    screen.read("1 moved, 2 failed.").await;
    assert!(console.pool("North").is_some(), "the console keeps it as long as a site uses it");
    console.heal();
    screen.click("button", "Retry failed").await;
    screen.read("1 moved, 1 deleted.").await;
    screen.click("button", "Done").await;
    screen.see_names(&["Default Engine Pool", "South"]).await;
    assert_eq!(console.pool("South").unwrap().sites, [2, 3]);
}

#[wasm_bindgen_test]
async fn deleting_from_the_pools_own_page_leads_to_the_list() {
    let console = console();
    let screen = at_work_on(&console, "/pools/901", ONE).await;
    screen.click("button", "Delete").await;
    screen.see("dialog", "Delete South").await;
    screen.click("button", "Delete South").await;
    screen.read("South: deleted.").await;
    see_path("/pools").await;
    screen.see("heading", LIST).await;
}

#[wasm_bindgen_test]
async fn sites_are_assigned_to_a_pool_from_its_page() {
    let console = console().with_sites(3);
    let screen = at_work_on(&console, "/pools/901", ONE).await;
    screen.read("No site uses it.").await;
    screen.click("button", "Assign sites").await;
    screen.see("dialog", "Select Sites").await;
    screen.see("checkbox", "Select site-0002").await.click();
    let save = until("Save of the dialog", || {
        screen.all("button", "Save").into_iter().find(|it| it.closest("dialog").unwrap().is_some())
    });
    save.await.click();
    screen.read("site-0002: moved.").await;
    screen.see("link", "site-0002").await;
    assert_eq!(console.pool("South").unwrap().sites, [2]);
}

#[wasm_bindgen_test]
async fn what_was_chosen_is_not_lost_by_following_a_link_unasked() {
    let console = console();
    let screen = at_work_on(&console, "/pools/900", ONE).await;
    see_in(&screen, "Engines in pool", &["aachen", "berlin"]).await;
    screen.click("button", "Add dresden").await;
    screen.type_into("Name", "Northern").await;
    until("Save", || (!is_disabled(&screen.all("button", "Save")[0])).then_some(())).await;
    see_in(&screen, "Engines in pool", &["aachen", "berlin", "dresden"]).await;
    // A link within the app asks first, and staying loses nothing.
    screen.click("link", "Engines").await;
    screen.see("dialog", "Leave without saving?").await;
    screen.read("The changes to North").await;
    screen.click("button", "Stay").await;
    see_in(&screen, "Engines in pool", &["aachen", "berlin", "dresden"]).await;
    assert_eq!(value_of(&screen, "Name").as_deref(), Some("Northern"));
}
