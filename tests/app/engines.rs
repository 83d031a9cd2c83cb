//! **Scan Engines**.

use leptos::prelude::{document, window};
use wasm_bindgen::JsCast;
use wasm_bindgen_test::wasm_bindgen_test;

use super::{
    console::{Console, Fault, Pool},
    person::{Screen, Timers, at_work, choose, focused, press, until},
};

fn console() -> Console {
    Console::with(&[
        (1, "berlin", "10.0.0.10", "active"),
        (2, "aachen", "10.0.0.9", "not-responding"),
        (3, "cologne", "192.168.1.1", "active"),
    ])
}

#[wasm_bindgen_test]
async fn a_click_on_a_head_sorts_and_the_address_holds_it() {
    let screen = at_work(&console(), "/engines").await;
    screen.see_names(&["aachen", "berlin", "cologne"]).await;
    screen.click("button", "Address").await;
    screen.click("button", "Address").await;
    screen.see_names(&["cologne", "berlin", "aachen"]).await;
    let head = screen.see("columnheader", "Address").await;
    assert_eq!(head.get_attribute("aria-sort").as_deref(), Some("descending"));
    assert_eq!(window().location().search().unwrap(), "?sort=-address");
}

#[wasm_bindgen_test]
async fn the_address_brings_filter_status_and_order_back() {
    let screen = at_work(&console(), "/engines?filter=10.0&status=not-responding&sort=-name").await;
    screen.see_names(&["aachen"]).await;
    assert_eq!(screen.field("Filter engines").unwrap().value(), "10.0");
    let count = screen.see("button", "Not responding 1").await;
    assert_eq!(count.get_attribute("aria-pressed").as_deref(), Some("true"));
}

#[wasm_bindgen_test]
async fn what_is_typed_stays_as_it_is_once_it_is_in_the_address() {
    let screen = at_work(&console(), "/engines").await;
    screen.type_into("Filter engines", "50%25 + a&b").await;
    let search = "?filter=50%2525+%2B+a%26b";
    until("the filter in the address", || (window().location().search().unwrap() == search).then_some(()))
        .await;
    screen.see("heading", "No engine matches the filter").await;
    assert_eq!(screen.field("Filter engines").unwrap().value(), "50%25 + a&b");
    drop(screen);
    let screen = at_work(&console(), &format!("/engines{search}")).await;
    assert_eq!(screen.field("Filter engines").unwrap().value(), "50%25 + a&b");
}

#[wasm_bindgen_test]
async fn a_filter_that_nothing_matches_says_so_and_can_be_emptied() {
    let screen = at_work(&console(), "/engines").await;
    screen.type_into("Filter engines", "zurich").await;
    screen.read("No engine matches the filter").await;
    until("the filter in the address", || {
        (window().location().search().unwrap() == "?filter=zurich").then_some(())
    })
    .await;
    screen.click("button", "Show all engines").await;
    screen.see_names(&["aachen", "berlin", "cologne"]).await;
}

#[wasm_bindgen_test]
async fn show_all_takes_filter_and_status_out_of_the_address() {
    let screen = at_work(&console(), "/engines?filter=zurich&status=active&sort=-name").await;
    screen.click("button", "Show all engines").await;
    screen.see_names(&["cologne", "berlin", "aachen"]).await;
    assert_eq!(window().location().search().unwrap(), "?sort=-name");
}

#[wasm_bindgen_test]
async fn status_counts_follow_the_text_and_filter_with_a_click() {
    let screen = at_work(&console(), "/engines").await;
    screen.type_into("Filter engines", "a").await;
    screen.click("button", "Active 2").await;
    screen.see_names(&["berlin", "cologne"]).await;
    screen.click("button", "Active 2").await;
    screen.see_names(&["aachen", "berlin", "cologne"]).await;
}

#[wasm_bindgen_test]
async fn several_statuses_filter_together() {
    let console = console();
    console.change(3, |engine| engine.status = "beta, testing");
    let screen = at_work(&console, "/engines").await;
    // As fast as one can.
    screen.click("button", "Not responding 1").await;
    screen.click("button", "beta, testing 1").await;
    screen.see_names(&["aachen", "cologne"]).await;
    assert_eq!(window().location().search().unwrap(), "?status=not-responding%2Cbeta%252C+testing");
    screen.click("button", "Not responding 1").await;
    screen.see_names(&["cologne"]).await;
    screen.click("button", "All 3").await;
    screen.see_names(&["aachen", "berlin", "cologne"]).await;
}

#[wasm_bindgen_test]
async fn the_filter_offers_how_to_go_on_to_whoever_types() {
    let screen =
        at_work(&console().with_pools(&[Pool::new(900, "North Europe", &[1], &[])]), "/engines").await;
    screen.see("button", "Filter syntax").await;
    screen.type_into("Filter engines", "poo").await;
    let field = screen.field("Filter engines").unwrap();
    assert_eq!(field.get_attribute("role").as_deref(), Some("combobox"));
    until("it to be open", || {
        (field.get_attribute("aria-expanded").as_deref() == Some("true")).then_some(())
    })
    .await;
    screen.see("option", "pools: how many pools it is in").await;
    field.focus().unwrap();
    press("ArrowDown");
    let option = screen.see("option", "pool: the names of its pools").await;
    until("it to be marked", || {
        (option.get_attribute("aria-selected").as_deref() == Some("true")).then_some(())
    })
    .await;
    assert_eq!(field.get_attribute("aria-activedescendant").as_deref(), Some(option.id().as_str()));
    press("Enter");
    until("the key", || (field.value() == "pool:").then_some(())).await;
    screen.click("option", "pool:\"North Europe\"").await;
    until("the pool", || (field.value() == "pool:\"North Europe\" ").then_some(())).await;
    screen.see_gone("listbox", "Suggestions").await;
    screen.type_into("Filter engines", "st").await;
    screen.see("listbox", "Suggestions").await;
    press("Escape");
    screen.see_gone("listbox", "Suggestions").await;
    assert_eq!(field.value(), "st", "the text stays");
}

#[wasm_bindgen_test]
async fn what_the_filter_does_not_understand_is_said_at_it() {
    let screen = at_work(&console(), "/engines?filter=colour:red").await;
    screen.read("There is no field “colour”.").await;
    let field = screen.field("Filter engines").unwrap();
    assert_eq!(field.get_attribute("aria-invalid").as_deref(), Some("true"));
    screen.type_into("Filter engines", "-status:active").await;
    screen.see_names(&["aachen"]).await;
    assert!(!field.has_attribute("aria-invalid"));
}

#[wasm_bindgen_test]
async fn the_next_step_in_a_row_acts_where_nothing_is_to_be_read_first() {
    let console = Console::with(&[(1, "berlin", "10.0.0.10", "unknown")]);
    console.really(1, "active");
    let screen = at_work(&console, "/engines").await;
    screen.click("button", "Refresh (berlin)").await;
    screen.read("berlin: Active.").await;
    assert_eq!(console.calls("commands"), 1);
}

#[wasm_bindgen_test]
async fn a_contact_that_is_too_long_ago_is_marked() {
    let console = console();
    console.tells(1, r#","lastRefreshedDate":"2020-01-01T00:00:00Z""#);
    let screen = at_work(&console, "/engines").await;
    let row = screen.row("berlin").await;
    until("the mark", || row.query_selector("td.stale").unwrap()).await;
}

#[wasm_bindgen_test]
async fn refresh_shows_the_work_on_the_row_then_the_new_status_and_keeps_the_focus() {
    let console = console();
    console.really(1, "pending-authorization");
    let screen = at_work(&console, "/engines").await;
    let release = console.hold("commands");
    let button = screen.see("button", "Refresh berlin").await;
    button.focus().unwrap();
    button.click();
    let row = screen.row("berlin").await;
    until("the row to be busy", || (row.get_attribute("aria-busy").as_deref() == Some("true")).then_some(()))
        .await;
    release.send(()).unwrap();
    screen.read("berlin: Pending authorization.").await;
    until("the row to be done", || row.get_attribute("aria-busy").is_none().then_some(())).await;
    screen.see("button", "Enable… (berlin)").await;
    assert_eq!(focused().unwrap().get_attribute("aria-label").as_deref(), Some("Refresh berlin"));
    assert_eq!(console.calls("commands"), 1);
}

#[wasm_bindgen_test]
async fn rows_share_one_question_to_the_engines() {
    let console = console();
    let screen = at_work(&console, "/engines").await;
    let release = console.hold("commands");
    screen.click("button", "Refresh berlin").await;
    until("the question", || (console.calls("commands") == 1).then_some(())).await;
    screen.click("button", "Refresh cologne").await;
    screen.click("button", "Refresh berlin").await;
    let row = screen.row("cologne").await;
    until("the other row to be busy", || row.get_attribute("aria-busy")).await;
    release.send(()).unwrap();
    screen.read("berlin: Active.").await;
    screen.read("cologne: Active.").await;
    assert_eq!(console.calls("commands"), 1);
    assert_eq!(console.calls("scan_engines/1"), 1);
}

#[wasm_bindgen_test]
async fn without_the_right_to_ask_the_engine_is_only_read_again() {
    let console = console();
    console.forbid_commands();
    let screen = at_work(&console, "/engines").await;
    screen.click("button", "Refresh displayed engines").await;
    screen.read("Only reloaded: 3 engines: 2 Active, 1 Not responding.").await;
    screen.read("only a Global Administrator can").await;
    assert!(screen.all("dialog", "").is_empty(), "no sign-in loop");
}

#[wasm_bindgen_test]
async fn a_question_that_fails_is_news_about_that_engine() {
    let console = console();
    let screen = at_work(&console, "/engines").await;
    console.fault("commands", Fault::Answer(200, "text/html", "<h1>Welcome</h1>".to_owned()));
    screen.click("button", "Refresh berlin").await;
    screen.read("is not what a console sends here").await;
    screen.read("berlin reloaded").await;
    screen.click("button", "Close this message").await;
    screen.see_gone("button", "Close this message").await;
    console.heal();
    screen.click("button", "Refresh berlin").await;
    screen.read("berlin: Active.").await;
}

#[wasm_bindgen_test]
async fn failures_stay_however_many_they_are_and_closing_one_does_not_lose_the_focus() {
    let console = Console::with_many(6);
    let screen = at_work(&console, "/engines").await;
    console
        .fault("commands", Fault::Answer(500, "application/json", r#"{"message":"It rains."}"#.to_owned()));
    let names = (1..=6).map(|at| format!("engine-{at:05}")).collect::<Vec<_>>();
    for name in &names {
        screen.click("button", &format!("Refresh {name}")).await;
    }
    let news = || document().query_selector("[aria-label=News]").unwrap().unwrap().text_content().unwrap();
    until(&format!("six failures, not {}", news()), || {
        names.iter().all(|name| news().contains(name)).then_some(())
    })
    .await;
    let close = screen.see("button", "Close this message").await;
    close.focus().unwrap();
    close.click();
    until("one to go", || (screen.all("button", "Close this message").len() == 5).then_some(())).await;
    until("the focus", || (focused()?.tag_name() != "BODY").then_some(())).await;
}

#[wasm_bindgen_test]
async fn an_engine_that_is_gone_leaves_the_list() {
    let console = console();
    let screen = at_work(&console, "/engines").await;
    screen.see_names(&["aachen", "berlin", "cologne"]).await;
    console
        .fault("scan_engines/1", Fault::Answer(404, "application/json", r#"{"message":"gone"}"#.to_owned()));
    screen.click("button", "Refresh berlin").await;
    screen.read("berlin could not be refreshed.").await;
}

#[wasm_bindgen_test]
async fn a_list_that_can_not_be_read_says_why_and_can_be_tried_again() {
    let console = console();
    console.fault("scan_engines", Fault::Answer(200, "text/html", "<h1>Welcome</h1>".to_owned()));
    let screen = at_work(&console, "/engines").await;
    screen.read("The engines could not be read.").await;
    screen.read("<h1>Welcome</h1>").await;
    console.heal();
    screen.click("button", "Try again").await;
    screen.see_names(&["aachen", "berlin", "cologne"]).await;
    screen.see_gone("button", "Try again").await;
}

#[wasm_bindgen_test]
async fn a_list_that_can_not_be_read_again_stays() {
    let console = console();
    let screen = at_work(&console, "/engines").await;
    screen.see_names(&["aachen", "berlin", "cologne"]).await;
    console.fault("scan_engines", Fault::CutOff);
    screen.click("button", "Refresh displayed engines").await;
    screen.read("What you see is from").await;
    screen.see_names(&["aachen", "berlin", "cologne"]).await;
    console.heal();
    screen.click("button", "Try again").await;
    screen.see_gone("button", "Try again").await;
}

#[wasm_bindgen_test]
async fn pools_that_can_not_be_read_leave_the_engines_on_screen() {
    let console = console();
    console.fault("scan_engine_pools", Fault::Answer(500, "text/html", "<p>boom</p>".to_owned()));
    let screen = at_work(&console, "/engines").await;
    screen.see_names(&["aachen", "berlin", "cologne"]).await;
    screen.read("The pools could not be read").await;
}

#[wasm_bindgen_test]
async fn while_the_list_is_on_its_way_the_table_is_there_already() {
    let console = console();
    console.fault("scan_engines", Fault::Silence);
    let screen = at_work(&console, "/engines").await;
    let table = screen.see("table", "Scan Engines").await;
    assert_eq!(table.get_attribute("aria-busy").as_deref(), Some("true"));
    screen.see("columnheader", "Status").await;
    assert!(screen.rows().is_empty());
    assert!(screen.all("heading", "No scan engines").is_empty(), "not known yet");
}

#[wasm_bindgen_test]
async fn a_console_without_engines_says_what_to_do() {
    let screen = at_work(&Console::with(&[]), "/engines").await;
    screen.read("No scan engines").await;
    let button = screen.see("button", "Refresh displayed engines").await;
    assert_eq!(button.get_attribute("aria-disabled").as_deref(), Some("true"));
}

#[wasm_bindgen_test]
async fn markup_in_a_name_is_text() {
    let name = "<img src=x onerror=alert(1)>";
    let screen = at_work(&Console::with(&[(1, name, "10.0.0.1", "active")]), "/engines").await;
    screen.see_names(&[name]).await;
}

#[wasm_bindgen_test]
async fn a_status_outside_the_list_is_shown_as_it_is() {
    let screen = at_work(&Console::with(&[(1, "berlin", "10.0.0.1", "hibernating")]), "/engines").await;
    screen.see("button", "hibernating 1").await;
    assert!(screen.row("berlin").await.text_content().unwrap().contains("hibernating"));
}

#[wasm_bindgen_test]
async fn a_bad_row_tells_what_to_do_in_a_dialog() {
    let screen = at_work(&console(), "/engines").await;
    screen.click("button", "(aachen)").await;
    screen.see("dialog", "What to do: aachen").await;
    screen.read("Start aachen").await;
    screen.click("button", "Close").await;
    screen.see_gone("dialog", "What to do: aachen").await;
}

#[wasm_bindgen_test]
async fn the_list_is_read_again_by_itself_only_as_often_as_chosen() {
    let console = console();
    let screen = at_work(&console, "/engines").await;
    screen.see_names(&["aachen", "berlin", "cologne"]).await;
    let select =
        screen.see("combobox", "Auto-refresh").await.dyn_into::<web_sys::HtmlSelectElement>().unwrap();
    assert_eq!(select.value(), "30");
    let timers = Timers::mine();
    choose(&select, "60");
    until("a timer of a minute", || timers.started(60_000).then_some(())).await;
    let reads = console.calls("scan_engines");
    timers.fire(60_000);
    until("another reading", || (console.calls("scan_engines") == reads + 1).then_some(())).await;
    assert_eq!(console.calls("commands"), 0, "it never makes the console ask its engines");
    choose(&select, "off");
    until("the timer to stop", || timers.stopped(60_000).then_some(())).await;
    choose(&select, "30");
}

#[wasm_bindgen_test]
async fn the_age_of_the_list_is_told_each_second_and_begins_anew_with_each_reading() {
    let console = console();
    let timers = Timers::mine();
    let screen = at_work(&console, "/engines").await;
    screen.read("Updated 0 s ago").await;
    until("a second to pass", || {
        timers.fire(1_000);
        screen.text().contains("Updated 1 s ago").then_some(())
    })
    .await;
    screen.click("button", "Refresh displayed engines").await;
    screen.read("Refreshed 3 engines").await;
    screen.read("Updated 0 s ago").await;
}

#[wasm_bindgen_test]
async fn the_list_is_read_faster_for_a_while_after_a_change_was_begun_here() {
    let console = console();
    let screen = at_work(&console, "/engines").await;
    screen.see_names(&["aachen", "berlin", "cologne"]).await;
    let timers = Timers::mine();
    assert!(!timers.started(3_000));
    screen.click("button", "Refresh berlin").await;
    screen.read("berlin: Active.").await;
    until("a timer of three seconds", || timers.started(3_000).then_some(())).await;
    let (reads, questions) = (console.calls("scan_engines"), console.calls("commands"));
    timers.fire(3_000);
    until("another reading", || (console.calls("scan_engines") == reads + 1).then_some(())).await;
    assert_eq!(console.calls("commands"), questions, "it never makes the console ask its engines");

    // A console that does not answer is not asked more often than usual.
    console.fault("scan_engines", Fault::Unreachable);
    timers.fire(3_000);
    screen.read("What you see is from").await;
    until("the fast timer to stop", || timers.stopped(3_000).then_some(())).await;
    assert!(timers.started(30_000));
}

fn heads(screen: &Screen) -> Vec<String> {
    let heads = screen.all("columnheader", "").into_iter();
    heads.map(|head| head.text_content().unwrap().trim().to_owned()).filter(|text| !text.is_empty()).collect()
}

/// Forgets what earlier tests chose.
fn with_nothing_chosen() {
    window().local_storage().unwrap().unwrap().clear().unwrap();
}

#[wasm_bindgen_test]
async fn the_visit_may_end_with_the_focus_in_an_open_menu_or_in_the_navigation() {
    for (role, name) in [("summary", "Columns"), ("link", "Pools")] {
        let screen = at_work(&console(), "/engines").await;
        screen.see_names(&["aachen", "berlin", "cologne"]).await;
        if role == "summary" {
            screen.click(role, name).await;
            screen.see("checkbox", "Platform").await.focus().unwrap();
        } else {
            screen.see(role, name).await.focus().unwrap();
        }
        screen.click("button", "Sign out").await;
        screen.see("button", "Sign in").await;
    }
}

#[wasm_bindgen_test]
async fn columns_come_and_go_sort_and_are_remembered() {
    with_nothing_chosen();
    let console = console();
    console.tells(1, r#","serialNumber":"BBB""#);
    console.tells(2, r#","serialNumber":"AAA""#);
    let screen = at_work(&console, "/engines").await;
    screen.see_names(&["aachen", "berlin", "cologne"]).await;
    assert!(!heads(&screen).contains(&"Serial number".to_owned()));
    screen.click("summary", "Columns").await;
    for column in ["Name", "Status"] {
        assert!(screen.see("checkbox", column).await.has_attribute("disabled"), "{column} can't be hidden");
    }
    screen.click("checkbox", "Serial number").await;
    screen.see("columnheader", "Serial number").await;
    screen.read("BBB").await;
    screen.click("checkbox", "Port").await;
    screen.see_gone("columnheader", "Port").await;
    assert_eq!(screen.row("berlin").await.query_selector_all("td, th").unwrap().length(), {
        u32::try_from(heads(&screen).len()).unwrap()
    });
    screen.click("button", "Serial number").await;
    screen.see_names(&["aachen", "berlin", "cologne"]).await;
    screen.click("button", "Serial number").await;
    screen.see_names(&["berlin", "aachen", "cologne"]).await;
    drop(screen);

    let screen = at_work(&console, "/engines").await;
    screen.see("columnheader", "Serial number").await;
    assert!(!heads(&screen).contains(&"Port".to_owned()));
    with_nothing_chosen();
}

#[wasm_bindgen_test]
async fn columns_are_moved_resized_and_put_back() {
    with_nothing_chosen();
    let console = console();
    let screen = at_work(&console, "/engines").await;
    screen.click("summary", "Columns").await;
    let first = screen.see("button", "Move Status left").await;
    assert_eq!(first.get_attribute("aria-disabled").as_deref(), Some("true"));
    screen.click("button", "Move Address left").await;
    until("the order", || (heads(&screen)[1..4] == ["Status", "Address", "Name"]).then_some(())).await;
    let cells = |screen: &Screen| screen.row_text("berlin").unwrap();
    until("the cells", || (cells(&screen).find("10.0.0.10") < cells(&screen).find("berlin")).then_some(()))
        .await;
    for _ in 0..2 {
        screen.click("button", "Make Address wider").await;
    }
    let width = |screen: &Screen| {
        let col = screen.all("table", "Scan Engines")[0].query_selector("col.col-address").unwrap().unwrap();
        col.unchecked_into::<web_sys::HtmlElement>().style().get_property_value("--width").unwrap()
    };
    let chosen = until("a width", || Some(width(&screen)).filter(|width| width.ends_with("px"))).await;
    drop(screen);

    let screen = at_work(&console, "/engines").await;
    until("what was chosen", || (width(&screen) == chosen).then_some(())).await;
    assert_eq!(heads(&screen)[1..4], ["Status", "Address", "Name"]);
    screen.click("summary", "Columns").await;
    screen.click("button", "Reset columns").await;
    until("the usual order", || (heads(&screen)[1..4] == ["Status", "Name", "Address"]).then_some(())).await;
    until("the usual width", || width(&screen).is_empty().then_some(())).await;
    with_nothing_chosen();
}

#[wasm_bindgen_test]
async fn the_platform_is_known_once_the_console_has_asked_its_engines() {
    with_nothing_chosen();
    let console = console();
    console.prints("Remote Engine Name: berlin\nRemote Engine Platform: Linux64\n");
    let screen = at_work(&console, "/engines").await;
    screen.click("summary", "Columns").await;
    screen.click("checkbox", "Platform").await;
    screen.see("columnheader", "Platform").await;
    assert!(!screen.text().contains("Linux64"));
    screen.click("button", "Refresh displayed engines").await;
    screen.read("Linux64").await;
    assert!(screen.row("berlin").await.text_content().unwrap().contains("Linux64"));
    with_nothing_chosen();
}

#[wasm_bindgen_test]
async fn compact_rows_are_28_pixels_high_and_that_is_remembered() {
    with_nothing_chosen();
    let console = Console::with_many(1_000);
    let screen = at_work(&console, "/engines").await;
    let height = |screen: &Screen| {
        screen.rows().first().map(|row| row.get_bounding_client_rect().height()).unwrap_or_default()
    };
    until("rows of 36 pixels", || (height(&screen) == 36.0).then_some(())).await;
    let rows = screen.rows().len();
    let density = screen.see("combobox", "Density").await.dyn_into::<web_sys::HtmlSelectElement>().unwrap();
    choose(&density, "compact");
    until(&format!("rows of 28 pixels, not {}", height(&screen)), || (height(&screen) == 28.0).then_some(()))
        .await;
    until("more rows in view", || (screen.rows().len() > rows).then_some(())).await;
    drop(screen);
    let screen = at_work(&console, "/engines").await;
    until("rows of 28 pixels", || (height(&screen) == 28.0).then_some(())).await;
    with_nothing_chosen();
}

/// The files that the page gives to the browser from now on, as name and text.
fn downloads() -> js_sys::Function {
    let watch = "const files = [];
        const make = URL.createObjectURL;
        const texts = new Map();
        URL.createObjectURL = (blob) => { const url = make.call(URL, blob); texts.set(url, blob.arrayBuffer()); return url; };
        const click = HTMLAnchorElement.prototype.click;
        HTMLAnchorElement.prototype.click = function () {
            if (!this.download) return click.call(this);
            texts.get(this.href).then((bytes) => files.push(this.download + '\\n' + new TextDecoder('utf-8', { ignoreBOM: true }).decode(bytes)));
        };
        return (give) => {
            if (give) { URL.createObjectURL = make; HTMLAnchorElement.prototype.click = click; }
            return files[0];
        };";
    js_sys::Function::new_no_args(watch).call0(&wasm_bindgen::JsValue::NULL).unwrap().unchecked_into()
}

#[wasm_bindgen_test]
async fn the_export_has_what_the_filter_shows_in_the_columns_and_the_order_on_screen() {
    with_nothing_chosen();
    let console = Console::with(&[
        (1, "berlin, \"west\"", "10.0.0.10", "active"),
        (2, "=1+1", "10.0.0.9", "not-responding"),
        (3, "cologne", "192.168.1.1", "active"),
    ]);
    let screen = at_work(&console, "/engines?filter=10.0.0&sort=-name").await;
    screen.see_names(&["berlin, \"west\"", "=1+1"]).await;
    screen.click("summary", "Columns").await;
    for column in ["Address", "Content version", "Last refreshed", "ID"] {
        screen.click("checkbox", column).await;
    }
    screen.see("columnheader", "ID").await;
    let downloads = downloads();
    screen.click("button", "Export CSV").await;
    let file = until("the file", || {
        downloads.call1(&wasm_bindgen::JsValue::NULL, &false.into()).unwrap().as_string()
    })
    .await;
    downloads.call1(&wasm_bindgen::JsValue::NULL, &true.into()).unwrap();
    let (name, text) = file.split_once('\n').unwrap();
    let day = String::from(js_sys::Date::new_0().to_iso_string());
    assert_eq!(name, format!("scan-engines-{}.csv", &day[..10]));
    assert_eq!(
        text,
        "\u{feff}Status,Name,Port,Product version,Sites,Pools,ID\r\n\
         Active,\"berlin, \"\"west\"\"\",40814,6.6.1,3,Europe,1\r\n\
         Not responding,'=1+1,40814,6.6.2,3,Europe,2\r\n"
    );
    with_nothing_chosen();
}
