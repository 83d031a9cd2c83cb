//! Consoles that answer in ways that practitioners have met (docs/api-quirks.md): what the screens make of it.

use console_api::Method;
use leptos::prelude::window;
use wasm_bindgen::JsCast;
use wasm_bindgen_test::wasm_bindgen_test;
use web_sys::{HtmlElement, HtmlInputElement};

use super::{
    console::{Console, Fault, SECRET, error, json},
    person::{Screen, at_work, at_work_on, until},
};

const PANEL: &str = "Scan Engine Configuration";
const IP: &str = "203.0.113.7";

fn console() -> Console {
    Console::with(&[
        (1, "berlin", "10.0.0.10", "active"),
        (2, "aachen", "10.0.0.9", "not-responding"),
        (3, "Local scan engine", "127.0.0.1", "active"),
    ])
}

fn answer(status: u16, body: &str) -> Fault {
    Fault::Answer(status, "application/json", body.to_owned())
}

fn not_there() -> Fault {
    answer(
        404,
        r#"{"status":404,"message":"The resource does not exist or access is prohibited.","links":[]}"#,
    )
}

fn is_disabled(element: &HtmlElement) -> bool {
    element.get_attribute("aria-disabled").as_deref() == Some("true")
}

async fn confirm(screen: &Screen, name: &str, dialog: &str) {
    screen.click("button", name).await;
    screen.see("dialog", dialog).await;
    screen.all("button", name).pop().unwrap().click();
}

#[wasm_bindgen_test]
async fn a_direction_that_was_not_reversed_stays_on_screen() {
    for answer in [answer(200, "false"), answer(200, r#"{"links":[]}"#), answer(200, "")] {
        let console = console();
        console.tells(1, r#","connectionDirection":"console-to-engine""#);
        let screen = at_work_on(&console, "/engines/1", PANEL).await;
        screen.read("Console connects to engine").await;
        let read = console.calls("scan_engines/1");
        console.fault("reverseConnection", answer);
        confirm(&screen, "Reverse direction", "Reverse direction of berlin").await;
        screen.read("The console did not reverse it.").await;
        screen.see("dialog", "Reverse direction of berlin").await;
        assert!(!screen.text().contains("berlin: the direction is reversed"));
        assert!(screen.text().contains("Console connects to engine"));
        assert_eq!(console.calls("scan_engines/1"), read, "there is nothing new to read");
    }
}

#[wasm_bindgen_test]
async fn a_reversal_without_an_answer_in_time_is_looked_after() {
    let console = console();
    let screen = at_work_on(&console, "/engines/1", PANEL).await;
    screen.see("button", "Reverse direction").await;
    until("the engine", || (console.calls("scan_engines/1") > 0).then_some(())).await;
    let read = console.calls("scan_engines/1");
    console.fault("reverseConnection", Fault::Late);
    confirm(&screen, "Reverse direction", "Reverse direction of berlin").await;
    screen.read("It may have been done anyway.").await;
    until("the engine to be read again", || (console.calls("scan_engines/1") > read).then_some(())).await;
}

/// What the console prints of aachen, which does not take it for its console.
fn print_refusal(console: &Console, of: &str) {
    console.really(2, "pending-authorization");
    console.prints(&format!(
        "VERSION INFORMATION\nCannot refresh scan engine {of}: Unauthorized console connection from: {IP}\n\n\
         Remote Engine Name: berlin\nRemote Engine Status: Active\n\n\
         Remote Engine Name: aachen\nRemote Engine Address(FQDN): 10.0.0.9\nRemote Engine Status: Pending-Auth\n"
    ));
}

#[wasm_bindgen_test]
async fn the_reason_from_version_engines_stands_in_the_row_in_what_to_do_and_on_the_page() {
    for of in ["(aachen)", "aachen"] {
        let console = console();
        print_refusal(&console, of);
        let screen = at_work(&console, "/engines").await;
        screen.click("button", "Refresh aachen").await;
        let why = format!("Cannot refresh scan engine {of}: Unauthorized console connection from: {IP}.");
        let advice = screen.see("button", &why).await;
        assert!(advice.get_attribute("aria-label").unwrap().ends_with("(aachen)"));
        assert!(screen.row("aachen").await.text_content().unwrap().contains(&why));
        assert!(!screen.text().contains("VERSION INFORMATION"), "the head line is no reason");
        advice.click();
        let dialog = screen.see("dialog", "What to do: aachen").await;
        screen.see("button", &format!("Copy {IP}")).await;
        assert!(dialog.text_content().unwrap().contains(&why));
        screen.click("link", "Pairing steps").await;
        screen.see("heading", PANEL).await;
        screen.see_gone("dialog", "What to do: aachen").await;
        screen.read(&why).await;
        screen.see("button", &format!("Copy {IP}")).await;
        screen.read(&format!("show consoles lists this console as {IP}")).await;
        screen.read(&format!("the address {IP}.")).await;
    }
}

#[wasm_bindgen_test]
async fn a_console_that_says_nothing_has_not_refreshed_and_the_last_report_stays() {
    let console = console();
    print_refusal(&console, "(aachen)");
    let screen = at_work(&console, "/engines").await;
    screen.click("button", "Refresh displayed engines").await;
    screen.read(IP).await;
    screen.click("button", "Close this message").await;
    screen.see_gone("button", "Close this message").await;
    for nothing in ["", "Unknown command: version engines"] {
        console.prints(nothing);
        screen.click("button", "Refresh berlin").await;
        screen.read("berlin reloaded: Active. Its engine was not contacted.").await;
        screen.read("The console was asked and returned nothing. What you see is what it knew before.").await;
        assert!(screen.row("aachen").await.text_content().unwrap().contains(IP), "it stays");
        screen.click("button", "Close this message").await;
        screen.see_gone("button", "Close this message").await;
    }
    console.fault("commands", answer(200, r#"{"links":[]}"#));
    screen.click("button", "Refresh displayed engines").await;
    screen.read("Only reloaded: 3 engines").await;
    screen.read("The console was asked and returned nothing.").await;
}

#[wasm_bindgen_test]
async fn a_scan_that_may_be_on_an_engine_is_asked_about_and_told() {
    let console = console();
    console.tells(2, r#","sites":[]"#);
    console
        .scans(r#"{"id":77121,"engineId":-1,"engineName":"Europe","siteName":"Offices","status":"running"}"#);
    let screen = at_work(&console, "/engines").await;
    let maybe = "Scan 77121 of Offices may be on it: Europe is the pool that it runs in,";
    screen.click("button", "Update berlin").await;
    screen.see("dialog", "Update berlin").await;
    screen.read(maybe).await;
    assert_eq!(console.calls("data/engine/1/update"), 0, "nothing is sent unasked");
    screen.click("button", "Cancel").await;
    screen.see_gone("dialog", "Update berlin").await;
    // One that is in no pool is not meant.
    screen.click("button", "Delete aachen").await;
    screen.see("dialog", "Delete aachen").await;
    screen.read(maybe).await;
    assert!(!is_disabled(&screen.all("button", "Delete aachen").pop().unwrap()), "it is not sure");
    screen.all("button", "Cancel").pop().unwrap().click();
    screen.see_gone("dialog", "Delete aachen").await;
    drop(screen);

    let screen = at_work_on(&console, "/engines/1", PANEL).await;
    screen.click("button", "Replace engine").await;
    screen.see("dialog", "Replace berlin").await;
    screen.read(maybe).await;
}

#[wasm_bindgen_test]
async fn a_scan_that_names_its_engine_by_name_or_link_alone_stands_in_the_way() {
    for scan in [
        r#"{"id":5,"engineName":"aachen","status":"running"}"#,
        r#"{"id":5,"engineName":"x","status":"running","links":[{"rel":"Scan Engine","href":"https://c:3780/api/3/scan_engines/2"}]}"#,
        r#"{"id":5,"engineIds":{"id":2,"scope":"silo"},"status":"running"}"#,
    ] {
        let console = console();
        console.tells(2, r#","sites":[]"#);
        console.scans(scan);
        let screen = at_work_on(&console, "/engines/2", PANEL).await;
        screen.click("button", "Delete").await;
        screen.read("1 scan is under way on it.").await;
        assert!(is_disabled(&screen.see("button", "Delete aachen").await), "{scan}");
    }
}

#[wasm_bindgen_test]
async fn who_started_and_who_stopped_a_scan_is_told_from_what_there_is() {
    let console = console();
    console.also(|_, path, _| {
        path.starts_with("api/3/scan_engines/1/scans?").then(|| {
            json(
                r#"{"resources":[
                {"id":9001,"engineId":1,"siteName":"Branch","startedByUsername":"N/A","status":"finished"},
                {"id":9002,"engineId":1,"siteName":"Ad hoc","message":"kim","startedByUsername":"jo","status":"stopped"}],
                "page":{"number":0,"size":25,"totalPages":1,"totalResources":2}}"#
                    .to_owned(),
            )
        })
    });
    let screen = at_work_on(&console, "/engines/1?tab=scans", PANEL).await;
    let by = |row: &HtmlElement| {
        let cell = row.query_selector("[data-label=By]").unwrap().unwrap();
        cell.text_content().unwrap().trim().to_owned()
    };
    let branch = screen.row("Branch").await;
    assert_eq!(by(&branch), "–");
    let ad_hoc = screen.row("Ad hoc").await;
    assert_eq!(by(&ad_hoc), "jo");
    let status = ad_hoc.query_selector("[title='Stopped by kim']").unwrap();
    assert!(status.is_some(), "{}", ad_hoc.outer_html());
}

const INNER: &str = "An unexpected error occurred. See the log file for more information or contact support.";

async fn add_rome(screen: &Screen) {
    screen.type_into("Name", "rome").await;
    screen.type_into("Address", "10.0.0.77").await;
    screen.click("button", "Save").await;
}

#[wasm_bindgen_test]
async fn an_inner_failure_is_not_blamed_on_the_input_and_the_person_hears_what_is_there_now() {
    let console = console();
    console.also(|method, path, _| {
        (method == Method::Post && path == "api/3/scan_engines").then(|| error(400, INNER))
    });
    let screen = at_work_on(&console, "/engines/new", "New engine").await;
    add_rome(&screen).await;
    screen.read("The console failed (400): An unexpected error occurred.").await;
    screen.read("The console was asked again: it was not done.").await;
    for field in ["Name", "Address", "Port"] {
        assert!(!screen.field(field).unwrap().has_attribute("aria-invalid"), "{field}");
    }
    assert_eq!(screen.field("Name").unwrap().value(), "rome");
    drop(screen);

    // Here it was done all the same.
    let there = console.clone();
    console.also(move |method, path, _| {
        (method == Method::Post && path == "api/3/scan_engines").then(|| {
            there.change(2, |engine| {
                engine.name = "rome".to_owned();
                engine.address = "10.0.0.77".to_owned();
            });
            error(400, INNER)
        })
    });
    let screen = at_work_on(&console, "/engines/new", "New engine").await;
    add_rome(&screen).await;
    screen.read("rome is added, although the console reported a failure.").await;
    screen.see("heading", PANEL).await;
}

#[wasm_bindgen_test]
async fn a_deletion_without_an_answer_in_time_is_not_called_failed() {
    let console = console();
    console.tells(2, r#","sites":[]"#);
    let screen = at_work(&console, "/engines").await;
    until("the list", || (console.calls("api/3/scan_engines") > 0).then_some(())).await;
    screen.see("rowheader", "aachen").await;
    let read = console.calls("api/3/scan_engines");
    console.fault("api/3/scan_engines/2", Fault::Late);
    confirm(&screen, "Delete aachen", "Delete aachen").await;
    screen.read("It may have been done anyway.").await;
    until("the list to be read again", || (console.calls("api/3/scan_engines") > read).then_some(())).await;
}

#[wasm_bindgen_test]
async fn a_slow_console_is_asked_for_smaller_pages_and_what_has_come_is_kept() {
    let console = console().with_sites(1200);
    console.fault("page=1&size=500&sort=name,ASC", Fault::Late);
    console.fault("page=2&size=250&sort=name,ASC", Fault::Late);
    let next = console.hold("page=4&size=125&sort=name,ASC");
    let screen = at_work_on(&console, "/sites?filter=site", "Sites").await;
    screen.read("500 of 500 match, 1,200 in all (the console is slow: it is asked for smaller pages").await;
    drop(next);
    screen.read("1,200 of 1,200 match").await;
    assert_eq!(console.calls("page=0&size=500&sort=name,ASC"), 1, "what was read is not read again");
    drop(screen);

    // The same where all are read at once.
    console.heal();
    console.fault("sites?page=1&size=500&sort=id,ASC", Fault::Late);
    let next = console.hold("sites?page=2&size=250&sort=id,ASC");
    let screen = at_work_on(&console, "/engines/2?tab=sites", PANEL).await;
    screen.click("button", "Select Sites").await;
    screen.read("500 of 1,200 (the console is slow").await;
    drop(next);
    screen.read("0 of 1,200 chosen").await;
    assert_eq!(console.calls("sites?page=0&size=500&sort=id,ASC"), 1, "what was read is not read again");
}

#[wasm_bindgen_test]
async fn a_list_that_comes_whole_without_page_numbers_is_not_read_for_ever() {
    for rows in [600_u64, 500] {
        let console = console();
        console.also(move |_, path, _| {
            path.starts_with("api/3/sites?").then(|| {
                let rows = (1..=rows).map(|id| format!(r#"{{"id":{id},"name":"Site {id:03}"}}"#));
                json(format!(r#"{{"resources":[{}],"links":[]}}"#, rows.collect::<Vec<_>>().join(",")))
            })
        });
        let screen = at_work_on(&console, "/sites?filter=Site", "Sites").await;
        screen.read(&format!("{rows} of {rows} match")).await;
        until("the end of the reading", || screen.all("progressbar", "").is_empty().then_some(())).await;
        let asked = console.calls("size=500&sort=name,ASC");
        assert!(asked <= 2, "{asked} questions for {rows} rows");
        drop(screen);

        let screen = at_work_on(&console, "/engines/2?tab=sites", PANEL).await;
        screen.click("button", "Select Sites").await;
        screen.read(&format!("0 of {rows} chosen")).await;
        let asked = console.calls("size=500&sort=id,ASC");
        assert!(asked <= 2, "{asked} questions for {rows} rows");
    }
}

#[wasm_bindgen_test]
async fn a_console_without_pools_says_so_once_and_what_needs_them_says_why_not() {
    let console = console();
    console.fault("scan_engine_pools", not_there());
    let screen = at_work_on(&console, "/pools", "Scan Engine Pools").await;
    screen.see("heading", "No engine pools here").await;
    screen.read("They need a licence").await;
    for name in ["New engine pool", "Move engine", "Split into pools"] {
        let button = screen.see("button", name).await;
        until(&format!("the reason at {name}"), || button.title().contains("licence").then_some(())).await;
        assert!(is_disabled(&button), "{name}");
    }
    assert!(screen.all("button", "Try again").is_empty(), "it is no failure");
    drop(screen);

    let screen = at_work(&console, "/engines").await;
    screen.see("rowheader", "berlin").await;
    until("the pools to be asked for", || (console.calls("scan_engine_pools") > 1).then_some(())).await;
    assert!(!screen.text().contains("pools could not be read"));
    screen.click("checkbox", "Select berlin").await;
    let add = screen.see("button", "Add to pool").await;
    until("the reason", || add.title().contains("licence").then_some(())).await;
    assert!(is_disabled(&add));
    drop(screen);

    let screen = at_work_on(&console, "/health", "Engine Health").await;
    screen.read("aachen").await;
    assert!(!screen.text().contains("pools could not be read"));
}

#[wasm_bindgen_test]
async fn a_console_without_shared_secrets_is_called_too_old() {
    let console = console();
    console.fault("shared_secret", not_there());
    console.fault("time-to-live=3600", Fault::Answer(404, "text/html", "<title>404</title>".to_owned()));
    let screen = at_work_on(&console, "/shared-secret", "Generate Scan Engine Shared Secret").await;
    screen.read("There is no valid shared secret.").await;
    screen.click("button", "Generate").await;
    screen.read("This console is too old for shared secrets here (needs 6.5.50). Use its own page.").await;
}

#[wasm_bindgen_test]
async fn an_older_consoles_secret_comes_from_where_it_has_it() {
    let console = console();
    console.fault("shared_secret", not_there());
    console.also(|method, path, _| {
        (method == Method::Put && path == "data/admin/global/shared-secret?time-to-live=3600")
            .then(|| json(format!(r#"{{"sharedSecret":"{SECRET}","timeToLive":1200}}"#)))
    });
    let screen = at_work_on(&console, "/shared-secret", "Generate Scan Engine Shared Secret").await;
    screen.click("button", "Generate").await;
    screen.read("this one is still valid").await;
    screen.read("19:").await;
    assert!(!screen.text().contains(SECRET));
    assert!(screen.all("button", "Revoke").is_empty(), "there is no call for it");
    screen.click("button", "Show").await;
    screen.read(SECRET).await;
    super::person::look_at_the_window();
    screen.see("button", "Hide").await;
    assert!(screen.text().contains("A shared secret is valid."), "v3 is not asked about it");
}

#[wasm_bindgen_test]
async fn the_file_for_unattended_pairing_has_the_secret_only_where_it_is_taken() {
    let console = console();
    console.secret_for(Some(1800));
    let screen = at_work_on(&console, "/shared-secret", "Generate Scan Engine Shared Secret").await;
    screen.see("heading", "Engines without a command line").await;
    screen.read(r#"lastAddress="10.9.8.7" port="40815" plaintext_sharedSecret="••••""#).await;
    assert!(!screen.text().contains("99DB"));
    screen.see("button", "Copy consoles.xml").await;
    let spy = "const book = { make: URL.createObjectURL, files: [] };
        URL.createObjectURL = (blob) => { blob.text().then((text) => book.files.push(text)); return book.make.call(URL, blob); };
        return (end) => { if (end) URL.createObjectURL = book.make; return book.files[0]; };";
    let spy = js_sys::Function::new_no_args(spy).call0(&wasm_bindgen::JsValue::NULL).unwrap();
    let spy = spy.unchecked_into::<js_sys::Function>();
    screen.click("button", "Download consoles.xml").await;
    let file =
        until("the file", || spy.call1(&wasm_bindgen::JsValue::NULL, &false.into()).unwrap().as_string())
            .await;
    spy.call1(&wasm_bindgen::JsValue::NULL, &true.into()).unwrap();
    assert!(
        file.contains("enabled=\"1\" connectTo=\"1\" name=\"Console\" lastAddress=\"10.9.8.7\""),
        "{file}"
    );
    assert!(file.contains(&format!("plaintext_sharedSecret=\"{SECRET}\"")), "{file}");
    assert!(!screen.text().contains("99DB"));
}

fn forget_marks() {
    window().local_storage().unwrap().unwrap().remove_item("engine-console.run-by-rapid7").unwrap();
}

fn mark(screen: &Screen) -> Option<HtmlInputElement> {
    screen.all("checkbox", "Run by Rapid7").pop()?.dyn_into().ok()
}

#[wasm_bindgen_test]
async fn an_engine_can_be_marked_as_run_by_rapid7_and_is_treated_so_from_then_on() {
    forget_marks();
    let console = console();
    print_refusal(&console, "(aachen)");
    let screen = at_work_on(&console, "/engines/2?tab=pairing", PANEL).await;
    screen.read("it is remembered in this browser only").await;
    screen.see("heading", "The console calls the engine (standard pair)").await;
    screen.click("button", "Refresh").await;
    screen.read(IP).await;
    screen.click("checkbox", "Run by Rapid7").await;
    screen.see("button", &format!("Copy {IP}")).await;
    screen.read("Rapid7 pairs this engine").await;
    screen.read("send Rapid7 Support this console's address").await;
    assert!(
        screen.all("heading", "The console calls the engine").is_empty(),
        "nobody here has its command line"
    );
    assert!(!screen.text().contains("ssh "));
    for name in ["Update", "Reverse direction", "Delete"] {
        assert!(is_disabled(&screen.see("button", name).await), "{name}");
    }
    drop(screen);

    // It is known the next time, and can be taken back.
    let screen = at_work_on(&console, "/engines/2?tab=pairing", PANEL).await;
    until("the mark", || mark(&screen)?.checked().then_some(())).await;
    screen.click("checkbox", "Run by Rapid7").await;
    screen.see("heading", "The console calls the engine (standard pair)").await;
    assert!(!is_disabled(&screen.see("button", "Delete").await));
    drop(screen);
    forget_marks();

    // A host name tells, and needs no mark; nor is the local engine Rapid7's.
    let screen = at_work_on(&console, "/engines/3?tab=pairing", PANEL).await;
    screen.read("This engine needs no pairing").await;
    assert!(mark(&screen).is_none());
}

#[wasm_bindgen_test]
async fn for_a_hosted_engine_nobody_is_sent_to_its_command_line() {
    let console = Console::with(&[(4, "External", "nse.extranet.rapid7.com", "pending-authorization")]);
    let screen = at_work_on(&console, "/engines/4?tab=pairing", PANEL).await;
    screen.read("Rapid7 pairs this engine").await;
    screen.read("Rapid7 Support").await;
    assert!(!screen.text().contains("ssh ") && mark(&screen).is_none());
    console.change(4, |engine| engine.status = "not-responding");
    screen.click("button", "Refresh").await;
    screen.read("look at status.rapid7.com").await;
}
