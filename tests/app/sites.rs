//! **Sites**, **Create site** and **Site Configuration**.
//!
//! What `forms.rs` tries of the other forms is tried here of the one in "src/pages/site.rs", whose field is no text.

use engine_console::ui::pager::Paged;
use wasm_bindgen::JsCast;
use wasm_bindgen_test::wasm_bindgen_test;

use super::{
    console::{Console, Fault},
    person::{Screen, at_work_on, choose, focused, press, until},
};

const PANEL: &str = "Site Configuration";

fn console(sites: u64) -> Console {
    let engines = [
        (1, "berlin", "10.0.0.10", "active"),
        (2, "aachen", "10.0.0.9", "not-responding"),
        (3, "Local scan engine", "127.0.0.1", "active"),
    ];
    Console::with(&engines).with_sites(sites)
}

fn address() -> String {
    let location = leptos::prelude::window().location();
    format!("{}{}", location.pathname().unwrap(), location.search().unwrap())
}

async fn see_address(wanted: &str) {
    until(&format!("the address {wanted}, not {}", address()), || (address() == wanted).then_some(())).await;
}

fn is_disabled(element: &web_sys::HtmlElement) -> bool {
    element.get_attribute("aria-disabled").as_deref() == Some("true")
}

/// The first name in the table.
async fn see_first(screen: &Screen, name: &str) {
    until(&format!("{name} first, not {:?}", screen.names().first()), || {
        (screen.names().first().map(String::as_str) == Some(name)).then_some(())
    })
    .await;
}

fn radio(screen: &Screen, name: &str) -> Option<web_sys::HtmlInputElement> {
    screen.all("radio", name).into_iter().next()?.dyn_into().ok()
}

async fn see_chosen(screen: &Screen, name: &str) {
    let label = format!("Choose {name}");
    until(&format!("{name} to be chosen"), || radio(screen, &label)?.checked().then_some(())).await;
    let chosen = screen.all("radio", "").into_iter().filter_map(|it| it.dyn_into().ok());
    let chosen = chosen.filter(|it: &web_sys::HtmlInputElement| it.checked()).count();
    assert_eq!(chosen, 1, "exactly one is chosen");
}

/// The browser groups the digits.
#[wasm_bindgen_test]
fn a_page_is_told_in_the_numbers_of_its_rows() {
    for (page, rows, total, words) in [
        (1, 50, Some(100_000), "51–100 of 100,000"),
        (0, 7, Some(7), "1–7 of 7"),
        (2, 50, None, "101–150"),
        (9, 0, Some(7), "0 of 7"),
    ] {
        assert_eq!(Paged { page, size: 50, rows, total }.in_words(), words);
    }
}

#[wasm_bindgen_test]
async fn the_console_pages_and_sorts_and_the_address_keeps_it() {
    let console = console(130);
    let screen = at_work_on(&console, "/sites", "Sites").await;
    see_first(&screen, "site-0001").await;
    screen.read("1–50 of 130").await;
    assert_eq!(screen.names().len().min(50), screen.names().len(), "no more than a page");
    assert!(is_disabled(&screen.see("button", "Previous page").await));

    let next = screen.see("button", "Next page").await;
    next.focus().unwrap();
    next.click();
    see_first(&screen, "site-0051").await;
    screen.read("51–100 of 130").await;
    see_address("/sites?page=2").await;
    assert_eq!(focused().unwrap().get_attribute("aria-label").as_deref(), Some("Next page"));
    screen.click("button", "Last page").await;
    screen.read("101–130 of 130").await;
    assert!(is_disabled(&screen.see("button", "Next page").await));

    // Another order begins at its first page.
    screen.click("button", "Assets").await;
    see_first(&screen, "site-0001").await;
    screen.click("button", "Assets").await;
    see_first(&screen, "site-0130").await;
    see_address("/sites?sort=-assets").await;
    // By engine or pool the console can't sort.
    assert!(screen.all("button", "Engine or pool").is_empty());
    screen.see("columnheader", "Engine or pool").await;

    // The first row on screen stays on it.
    screen.click("button", "Next page").await;
    see_first(&screen, "site-0080").await;
    let size = screen.see("combobox", "Rows per page").await.dyn_into().unwrap();
    choose(&size, "25");
    screen.read("51–75 of 130").await;
    see_first(&screen, "site-0080").await;
    see_address("/sites?sort=-assets&page=3&size=25").await;
}

#[wasm_bindgen_test]
async fn an_address_brings_back_page_size_and_order() {
    let screen = at_work_on(&console(130), "/sites?page=2&size=25&sort=-name", "Sites").await;
    see_first(&screen, "site-0105").await;
    screen.read("26–50 of 130").await;
    let head = screen.see("columnheader", "Name").await;
    assert_eq!(head.get_attribute("aria-sort").as_deref(), Some("descending"));
}

#[wasm_bindgen_test]
async fn a_row_tells_what_scans_the_site_and_leads_there() {
    let console = console(3);
    console.change_site(2, |site| site.scanner = 900);
    console.change_site(3, |site| site.scanner = 555);
    let screen = at_work_on(&console, "/sites", "Sites").await;
    screen.read("engine or pool 555").await;
    let link = screen.see("link", "berlin").await;
    assert_eq!(link.get_attribute("href").as_deref(), Some("/engines/1"));
    let link = screen.see("link", "pool Europe").await;
    assert_eq!(link.get_attribute("href").as_deref(), Some("/pools/900"));
    let link = screen.see("link", "site-0002").await;
    assert_eq!(link.get_attribute("href").as_deref(), Some("/sites/2"));
    let link = screen.see("link", "Edit site-0002").await;
    assert_eq!(link.get_attribute("href").as_deref(), Some("/sites/2?tab=general"));
    screen.read("1,235").await;
}

#[wasm_bindgen_test]
async fn the_filter_looks_through_all_pages_and_is_in_the_address() {
    let console = console(1200);
    console.change_site(777, |site| site.scanner = 900);
    let screen = at_work_on(&console, "/sites", "Sites").await;
    screen.read("1–50 of 1,200").await;
    screen.type_into("Filter sites", "SITE-11").await;
    screen.read("100 of 1,200 match").await;
    see_first(&screen, "site-1100").await;
    see_address("/sites?filter=SITE-11").await;
    let asked = || console.calls("size=500&sort=name,ASC");
    assert_eq!(asked(), 3, "each page once");
    // The engines' and pools' names count as well; what came already is not asked for again.
    screen.type_into("Filter sites", "europe").await;
    screen.see_names(&["site-0777"]).await;
    screen.type_into("Filter sites", "nothing like it").await;
    screen.see("heading", "No site matches the filter").await;
    assert_eq!(asked(), 3, "each page once");
    screen.click("button", "Show all sites").await;
    screen.read("1–50 of 1,200").await;
}

#[wasm_bindgen_test]
async fn the_filter_can_be_cancelled_and_goes_on_where_it_was() {
    let console = console(1200);
    let second = console.hold("page=1&size=500&sort=name,ASC");
    let screen = at_work_on(&console, "/sites?filter=site", "Sites").await;
    screen.read("500 of 500 match, 1,200 in all").await;
    see_first(&screen, "site-0001").await;
    screen.click("button", "Cancel").await;
    screen.see("button", "Search the rest").await;
    drop(second);
    screen.click("button", "Search the rest").await;
    screen.read("1,200 of 1,200 match").await;
    assert_eq!(console.calls("page=0&size=500&sort=name,ASC"), 1, "what was read is not read again");
}

#[wasm_bindgen_test]
async fn a_filter_that_is_emptied_stops_reading_and_goes_on_when_something_is_typed() {
    let console = console(1200);
    let second = console.hold("page=1&size=500&sort=name,ASC");
    let screen = at_work_on(&console, "/sites?filter=site", "Sites").await;
    screen.read("500 of 500 match, 1,200 in all").await;
    screen.type_into("Filter sites", "").await;
    screen.read("1–50 of 1,200").await;
    drop(second);
    assert_eq!(console.calls("page=2&size=500&sort=name,ASC"), 0, "nobody asked for the rest");
    screen.type_into("Filter sites", "site-0").await;
    screen.read("999 of 1,200 match").await;
    assert_eq!(console.calls("page=0&size=500&sort=name,ASC"), 1, "what was read is not read again");
}

#[wasm_bindgen_test]
async fn a_filter_that_fails_keeps_what_it_found_and_can_go_on() {
    let console = console(1200);
    console.fault("page=2&size=500&sort=name,ASC", Fault::Answer(500, "text/plain", "Boom".to_owned()));
    let screen = at_work_on(&console, "/sites?filter=site-0", "Sites").await;
    screen.read("Not all sites could be searched.").await;
    screen.read("999 of 1,000 match").await;
    console.heal();
    screen.click("button", "Try again").await;
    screen.read("999 of 1,200 match").await;
}

#[wasm_bindgen_test]
async fn the_list_has_its_four_states() {
    const PAGE: &str = "api/3/sites?page=0&size=50&sort=name,ASC";
    let console = console(60);
    let answer = console.hold(PAGE);
    let screen = at_work_on(&console, "/sites", "Sites").await;
    let table = screen.see("table", "Sites").await;
    assert_eq!(table.get_attribute("aria-busy").as_deref(), Some("true"));
    console.fault(PAGE, Fault::Unreachable);
    drop(answer);
    screen.read("The sites could not be read.").await;
    console.heal();
    screen.click("button", "Try again").await;
    screen.read("1–50 of 60").await;
    // What can't be read does not take the place of something else.
    console.fault("page=1&size=50&sort=name,ASC", Fault::Answer(503, "text/html", String::new()));
    screen.click("button", "Next page").await;
    screen.read("The sites could not be read").await;
    until("no rows of another page", || screen.names().is_empty().then_some(())).await;
    console.heal();
    screen.click("button", "Try again").await;
    see_first(&screen, "site-0051").await;
}

#[wasm_bindgen_test]
async fn a_list_without_sites_says_what_to_do_and_a_page_too_many_leads_back() {
    let screen = at_work_on(&console(0), "/sites", "Sites").await;
    screen.see("heading", "No sites").await;
    screen.see("link", "Create a site").await;
    drop(screen);
    let screen = at_work_on(&console(60), "/sites?page=9", "Sites").await;
    screen.see("heading", "There is no page 9").await;
    screen.click("button", "Go to the last page").await;
    see_first(&screen, "site-0051").await;
    see_address("/sites?page=2").await;
}

#[wasm_bindgen_test]
async fn a_site_is_created_with_its_pool_and_leads_to_its_page() {
    let console = console(2);
    let screen = at_work_on(&console, "/sites/new?tab=engines", "Create site").await;
    screen.read("If you choose none, the console's default engine is used.").await;
    screen.click("button", "Save").await;
    // What is missing is on the other tab.
    screen.read("Enter a name.").await;
    until("the focus on the name", || (focused()?.get_attribute("name")? == "site-name").then_some(())).await;
    screen.type_into("Name", "site-0001").await;
    screen.click("tab", "Engines").await;
    until("the table", || radio(&screen, "Choose pool Europe")).await.click();
    screen.read("Chosen: pool Europe").await;
    screen.click("button", "Save").await;
    // The console's refusal stands at the field, and goes with another text.
    screen.read("A site with the name site-0001 already exists.").await;
    assert!(screen.field("Name").unwrap().has_attribute("aria-invalid"));
    screen.type_into("Name", " harbour ").await;
    until("the refusal to go", || (!screen.text().contains("already exists")).then_some(())).await;
    let importance = screen.see("combobox", "Importance").await.dyn_into().unwrap();
    choose(&importance, "high");
    screen.click("button", "Save").await;
    screen.read("harbour is created.").await;
    see_address("/sites/3").await;
    screen.see("heading", PANEL).await;
    let body = console.bodies().into_iter().rfind(|body| body.contains("harbour")).unwrap();
    assert_eq!(body, r#"{"name":"harbour","importance":"high","engineId":900}"#);
    see_chosen(&screen, "pool Europe").await;
}

/// "If you are adding an engine while configuring a new site" of the documents.
#[wasm_bindgen_test]
async fn a_site_and_its_new_engine_are_made_in_one_go() {
    let names =
        (1..=60).map(|id| (id, format!("engine-{id:02}"), format!("10.0.0.{id}"))).collect::<Vec<_>>();
    let engines = names.iter().map(|(id, name, address)| (*id, name.as_str(), address.as_str(), "active"));
    let console = Console::with(&engines.collect::<Vec<_>>()).with_sites(0);
    let shared = console.clone();
    console.also(move |method, path, _| {
        (method == console_api::Method::Post && path == "api/3/scan_engines").then(|| {
            shared.add(77, "zagreb", "10.0.0.77", "unknown");
            super::console::json(r#"{"id":77,"links":[]}"#.to_owned())
        })
    });
    let screen = at_work_on(&console, "/sites/new", "Create site").await;
    screen.type_into("Name", "harbour").await;
    screen.click("tab", "Engines").await;
    screen.type_into("Filter engines and pools", "engine-5").await;
    screen.click("button", "Add Scan Engine").await;
    let dialog = screen.see("dialog", "Add Scan Engine").await;
    screen.read("The engine is installed on its host, and running.").await;
    screen.read("Port 40814 is open on every firewall").await;
    assert!(screen.all("tab", "General").iter().any(|tab| dialog.contains(Some(tab))));
    screen.type_into("Name", "zagreb").await;
    screen.type_into("Address", "10.0.0.77").await;
    let save = screen.all("button", "Save").into_iter().find(|it| dialog.contains(Some(it)));
    save.unwrap().click();
    screen.read("zagreb is added.").await;
    screen.see_gone("dialog", "Add Scan Engine").await;
    screen.read("Chosen: zagreb").await;
    // The last of all, and in sight all the same.
    until("zagreb in sight", || {
        let row = radio(&screen, "Choose zagreb").filter(web_sys::HtmlInputElement::checked)?;
        let frame = row.closest(".table-frame").unwrap()?.get_bounding_client_rect();
        let row = row.get_bounding_client_rect();
        (row.top() >= frame.top() && row.bottom() <= frame.bottom()).then_some(())
    })
    .await;
    screen.read("zagreb is added, and chosen for this site.").await;
    let pairing = screen.see("link", "Pairing of zagreb").await;
    assert_eq!(pairing.get_attribute("href").as_deref(), Some("/engines/77?tab=pairing"));
    assert!(console.site_ids().is_empty(), "the site is created by its own Save alone");
    screen.click("button", "Save").await;
    screen.read("harbour is created.").await;
    see_address("/sites/1").await;
    assert_eq!(console.site(1).scanner, 77);
    screen.read("Its status is Unknown. If it is not paired yet, Pairing shows how.").await;
    screen.see("link", "Pairing of zagreb").await;
}

#[wasm_bindgen_test]
async fn the_summary_names_the_engine_once_that_is_known() {
    let console = console(1);
    let release = console.hold("api/3/scan_engines");
    let screen = at_work_on(&console, "/sites/1", PANEL).await;
    screen.read("engine or pool 1").await;
    drop(release);
    screen.see("link", "berlin").await;
}

#[wasm_bindgen_test]
async fn a_new_site_gets_one_of_the_consoles_scan_templates() {
    let console = console(2);
    console.fault("api/3/scan_templates", Fault::Answer(500, "text/plain", "No disk left.".to_owned()));
    let screen = at_work_on(&console, "/sites/new", "Create site").await;
    screen.read("The console's scan templates could not be read.").await;
    screen.read("No disk left.").await;
    console.heal();
    screen.click("button", "Try again").await;
    let template = screen.see("combobox", "Scan template").await;
    let offered = || {
        let options = template.query_selector_all("option").unwrap();
        (0..options.length()).filter_map(|at| options.get(at)?.text_content()).collect::<Vec<_>>()
    };
    until("the scan templates", || (offered().len() == 3).then_some(())).await;
    assert_eq!(offered(), ["The console's default", "Discovery Scan", "Full audit"]);
    assert!(!screen.text().contains("could not be read"), "{}", screen.text());
    choose(&template.clone().dyn_into().unwrap(), "full-audit");
    screen.type_into("Name", "harbour").await;
    screen.click("button", "Save").await;
    screen.read("harbour is created.").await;
    let body = console.bodies().into_iter().rfind(|body| body.contains("harbour")).unwrap();
    assert_eq!(body, r#"{"name":"harbour","importance":"normal","scanTemplateId":"full-audit"}"#);
}

#[wasm_bindgen_test]
async fn a_new_site_whose_answer_is_lost_is_found_again() {
    let console = console(2);
    let screen = at_work_on(&console, "/sites/new", "Create site").await;
    console.fault("api/3/sites", Fault::Unreachable);
    screen.type_into("Name", "site-0002").await;
    screen.click("button", "Save").await;
    // It is there: the list was read again before anything was offered.
    screen.read("site-0002 is created, although the console reported a failure.").await;
    see_address("/sites/2").await;
}

#[wasm_bindgen_test]
async fn editing_sends_what_else_the_site_has_as_it_is_now() {
    let console = console(2);
    let screen = at_work_on(&console, "/sites/1?tab=general", PANEL).await;
    until("the form", || screen.field("Name")).await;
    assert!(is_disabled(&screen.see("button", "Save").await), "nothing was changed");
    screen.type_into("Name", "harbour").await;
    // A colleague gives it another engine in the meantime: the new name must not take that back.
    console.change_site(1, |site| site.scanner = 2);
    screen.click("button", "Save").await;
    screen.read("harbour is saved.").await;
    assert_eq!((console.site(1).name.as_str(), console.site(1).scanner), ("harbour", 1 + 1));
    let body = console.bodies().pop().unwrap();
    assert_eq!(
        body,
        r#"{"name":"harbour","importance":"normal","description":"","engineId":2,"scanTemplateId":"discovery"}"#
    );
}

#[wasm_bindgen_test]
async fn a_colleagues_change_of_the_name_is_shown_beside_mine() {
    let console = console(2);
    let screen = at_work_on(&console, "/sites/1?tab=general", PANEL).await;
    until("the form", || screen.field("Name")).await;
    screen.type_into("Name", "harbour").await;
    console.change_site(1, |site| site.name = "quay".to_owned());
    screen.click("button", "Save").await;
    screen.read("Someone else has changed this site in the meantime. Nothing was saved.").await;
    screen.see("cell", "quay").await;
    screen.see("cell", "harbour").await;
    screen.click("button", "Take theirs").await;
    until("theirs", || (screen.field("Name")?.value() == "quay").then_some(())).await;
    screen.type_into("Name", "harbour").await;
    console.change_site(1, |site| site.name = "wharf".to_owned());
    screen.click("button", "Save").await;
    screen.click("button", "Save mine").await;
    screen.read("harbour is saved.").await;
    assert_eq!(console.site(1).name, "harbour");
}

#[wasm_bindgen_test]
async fn a_site_gets_another_engine_by_a_bare_number() {
    let console = console(2);
    let screen = at_work_on(&console, "/sites/1", PANEL).await;
    see_chosen(&screen, "berlin").await;
    for words in ["Static", "Not responding", "1 of 2 engines active", "site-0001"] {
        screen.read(words).await;
    }
    screen.see("table", "Scan Engines & Pools").await;
    assert!(is_disabled(&screen.see("button", "Save").await));
    screen.type_into("Filter engines and pools", "pool").await;
    screen.see_names(&["Europe"]).await;
    radio(&screen, "Choose pool Europe").unwrap().click();
    screen.read("The site moves from berlin to pool Europe when you save.").await;
    console.fault("sites/1/scan_engine", Fault::Answer(200, "text/html", "<h1>Welcome</h1>".to_owned()));
    screen.click("button", "Save").await;
    screen.read("The site was not moved to another engine or pool.").await;
    see_chosen(&screen, "pool Europe").await;
    console.heal();
    screen.click("button", "Save").await;
    screen.read("site-0001 is scanned by pool Europe.").await;
    assert_eq!(console.bodies().pop().unwrap(), "900");
    see_address("/sites/1?filter=pool").await;
}

#[wasm_bindgen_test]
async fn space_on_a_row_chooses_it() {
    let screen = at_work_on(&console(1), "/sites/1", PANEL).await;
    see_chosen(&screen, "berlin").await;
    screen.row("aachen").await.focus().unwrap();
    press("ArrowDown");
    press("ArrowDown");
    until("the focus on Europe", || {
        let row = focused()?.closest("tr").unwrap()?;
        row.text_content()?.contains("Europe").then_some(())
    })
    .await;
    press(" ");
    see_chosen(&screen, "pool Europe").await;
}

#[wasm_bindgen_test]
async fn a_colleagues_choice_is_shown_beside_mine() {
    let console = console(1);
    let screen = at_work_on(&console, "/sites/1", PANEL).await;
    see_chosen(&screen, "berlin").await;
    radio(&screen, "Choose pool Europe").unwrap().click();
    console.change_site(1, |site| site.scanner = 2);
    screen.click("button", "Save").await;
    screen
        .read(
            "Someone else has moved this site to another engine or pool in the meantime. Nothing was saved.",
        )
        .await;
    screen.see("cell", "aachen").await;
    screen.see("cell", "pool Europe").await;
    assert_eq!(console.site(1).scanner, 2);
    screen.click("button", "Save mine").await;
    screen.read("site-0001 is scanned by pool Europe.").await;
    assert_eq!(console.site(1).scanner, 900);
}

#[wasm_bindgen_test]
async fn an_engine_that_is_added_here_is_chosen_and_nothing_more() {
    let console = console(1);
    let screen = at_work_on(&console, "/sites/1", PANEL).await;
    see_chosen(&screen, "berlin").await;
    screen.click("button", "Add Scan Engine").await;
    screen.see("dialog", "Add Scan Engine").await;
    screen.type_into("Name", "rome").await;
    screen.type_into("Address", "10.0.0.77").await;
    let save = screen.all("button", "Save").into_iter().find(|it| it.closest("dialog").unwrap().is_some());
    save.unwrap().click();
    screen.read("rome is added.").await;
    screen.see_gone("dialog", "Add Scan Engine").await;
    // The console in memory gives it this number, and does not list it.
    screen.read("The site moves from berlin to engine or pool 77 when you save.").await;
    see_address("/sites/1").await;
    assert_eq!(console.site(1).scanner, 1, "not before Save");
    screen.click("button", "Save").await;
    screen.read("site-0001 is scanned by engine or pool 77.").await;
    assert_eq!(console.site(1).scanner, 77);
}

#[wasm_bindgen_test]
async fn a_choice_and_a_text_outlive_a_session_that_ended() {
    let console = console(1);
    let screen = at_work_on(&console, "/sites/1", PANEL).await;
    see_chosen(&screen, "berlin").await;
    radio(&screen, "Choose aachen").unwrap().click();
    screen.read("The site moves from berlin to aachen when you save.").await;
    {
        let _ahead = super::person::ClockAhead::by(16.0 * 60_000.0);
        super::person::look_at_the_window();
        screen.read("You were signed out after 15 minutes").await;
    }
    screen.sign_in("admin").await;
    see_chosen(&screen, "aachen").await;
    screen.read("The site moves from berlin to aachen when you save.").await;
}

#[wasm_bindgen_test]
async fn a_choice_is_not_lost_unasked() {
    let console = console(1);
    let screen = at_work_on(&console, "/sites/1", PANEL).await;
    see_chosen(&screen, "berlin").await;
    radio(&screen, "Choose aachen").unwrap().click();
    screen.read("The site moves from berlin to aachen when you save.").await;
    // The other tab is no way out.
    screen.click("tab", "General").await;
    until("the form", || screen.field("Name")).await;
    screen.click("link", "Sites").await;
    screen.see("dialog", "Leave without saving?").await;
    screen.read("Another engine or pool for site-0001").await;
    screen.click("button", "Stay").await;
    screen.click("tab", "Engines").await;
    see_chosen(&screen, "aachen").await;
    screen.click("link", "Sites").await;
    screen.click("button", "Leave").await;
    screen.see("heading", "Sites").await;
    screen.click("link", "site-0001").await;
    see_chosen(&screen, "berlin").await;
}

#[wasm_bindgen_test]
async fn a_dialog_with_something_typed_asks_before_it_closes() {
    let screen = at_work_on(&console(1), "/sites/1", PANEL).await;
    see_chosen(&screen, "berlin").await;
    screen.click("button", "Add Scan Engine").await;
    screen.type_into("Name", "rome").await;
    screen.click("button", "Close").await;
    screen.see("dialog", "Leave without saving?").await;
    screen.click("button", "Leave").await;
    screen.see_gone("dialog", "Add Scan Engine").await;
    screen.click("button", "Add Scan Engine").await;
    until("an empty form", || (screen.field("Name")?.value().is_empty()).then_some(())).await;
    assert!(!screen.text().contains("What you typed before is still here."));
}

#[wasm_bindgen_test]
async fn closing_a_dialog_gives_up_what_is_typed_there_and_nothing_else() {
    let screen = at_work_on(&console(1), "/sites/1?tab=general", PANEL).await;
    until("the form", || screen.field("Name")).await;
    screen.type_into("Name", "harbour").await;
    screen.click("tab", "Engines").await;
    screen.click("button", "Add Scan Engine").await;
    screen.type_into("Name", "rome").await;
    screen.click("button", "Close").await;
    screen.see("dialog", "Leave without saving?").await;
    screen.read("The new engine").await;
    screen.click("button", "Leave").await;
    screen.see_gone("dialog", "Add Scan Engine").await;
    screen.click("tab", "General").await;
    until("what was typed", || (screen.field("Name")?.value() == "harbour").then_some(())).await;
    screen.click("link", "Administration").await;
    screen.read("The changes to site-0001").await;
}

#[wasm_bindgen_test]
async fn a_site_that_is_not_there_says_so() {
    let screen = at_work_on(&console(1), "/sites/99", PANEL).await;
    screen.read("There is no site with ID 99, or this account may not see it.").await;
    screen.see("link", "Go to Sites").await;
}

#[wasm_bindgen_test]
async fn the_list_says_how_each_sites_engine_or_pool_is() {
    let console = console(2);
    console.change_site(2, |site| site.scanner = 2);
    let screen = at_work_on(&console, "/sites", "Sites").await;
    until("berlin with its status", || screen.row_text("site-0001")?.contains("berlinActive").then_some(()))
        .await;
    assert!(screen.row_text("site-0002").unwrap().contains("aachenNot responding"), "{}", screen.text());
}

#[wasm_bindgen_test]
async fn selected_sites_of_several_pages_move_to_another_engine_or_pool() {
    let console = console(60);
    console.change_site(51, |site| site.scanner = 900);
    let screen = at_work_on(&console, "/sites", "Sites").await;
    screen.click("checkbox", "Select site-0001").await;
    screen.click("checkbox", "Select site-0002").await;
    screen.click("button", "Next page").await;
    screen.click("checkbox", "Select site-0051").await;
    screen.read("3 selected").await;
    screen.click("button", "Move to another engine or pool").await;
    screen.see("dialog", "Move 3 sites").await;
    let action = screen.all("button", "Move 3 sites").pop().unwrap();
    assert_eq!(action.get_attribute("title").as_deref(), Some("Choose the engine or pool first."));
    screen.pick("Engine or pool", "pool Europe").await;
    screen.see("dialog", "Move 2 sites to pool Europe").await;
    let left_out = screen.see("group", "Left out").await.text_content().unwrap();
    assert_eq!(left_out, "site-0051: It is already there.");
    console.fault(
        "sites/2/scan_engine",
        Fault::Answer(400, "application/json", r#"{"message":"Not now."}"#.to_owned()),
    );
    screen.click("button", "Move 2 sites to pool Europe").await;
    screen.read("1 moved, 1 failed.").await;
    screen.read("site-0002: The console refused (400): Not now.").await;
    console.heal();
    screen.click("button", "Retry failed").await;
    screen.read("1 moved.").await;
    screen.click("button", "Done").await;
    assert_eq!([1, 2, 51].map(|id| console.site(id).scanner), [900; 3]);
    until("nothing to be selected", || (!screen.text().contains(" selected")).then_some(())).await;
    screen.click("button", "Previous page").await;
    until("it to be shown", || screen.row_text("site-0001")?.contains("pool Europe").then_some(())).await;
}

#[wasm_bindgen_test]
async fn sites_that_a_filter_found_move_and_are_shown_as_they_are_then() {
    let console = console(1200);
    let screen = at_work_on(&console, "/sites?filter=site-11 berlin", "Sites").await;
    screen.read("100 of 1,200 match").await;
    screen.click("checkbox", "Select site-1100").await;
    screen.click("button", "Move to another engine or pool").await;
    screen.pick("Engine or pool", "aachen").await;
    screen.read("Its status is Not responding: until it is active, it scans nothing.").await;
    screen.click("button", "Move site-1100 to aachen").await;
    screen.read("site-1100: moved.").await;
    // It is no longer among what the filter looks for.
    screen.read("99 of 1,200 match").await;
    see_first(&screen, "site-1101").await;
}

#[wasm_bindgen_test]
async fn a_site_is_deleted_with_its_scans_after_a_question_that_names_them() {
    let console = console(60);
    console.also(|_, path, _| {
        let query = path.strip_prefix("api/3/sites/2/scans?")?;
        let active = query.contains("active=true");
        let scan = |id: u64| {
            format!(r#"{{"id":{id},"scanName":"weekly {id}","status":"finished","startTime":"2026-11-0{id}T10:00:00Z"}}"#)
        };
        let scans = if active { String::new() } else { (1..=5).map(scan).collect::<Vec<_>>().join(",") };
        let total = if active { 0 } else { 12 };
        let body = format!(r#"{{"resources":[{scans}],"page":{{"number":0,"size":5,"totalPages":3,"totalResources":{total}}}}}"#);
        Some(super::console::json(body))
    });
    let screen = at_work_on(&console, "/sites", "Sites").await;
    screen.click("checkbox", "Select site-0002").await;
    screen.click("button", "Delete site-0002").await;
    screen.see("dialog", "Delete site-0002").await;
    for words in ["12 scans are deleted with it:", "weekly 1, Finished", "and 7 more"] {
        screen.read(words).await;
    }
    let press = || {
        screen
            .all("button", "Delete site-0002")
            .into_iter()
            .rfind(|it| it.closest("dialog").unwrap().is_some())
    };
    let refusal = r#"{"message":"The site is being imported."}"#.to_owned();
    console.fault("api/3/sites/2", Fault::Answer(400, "application/json", refusal));
    press().unwrap().click();
    screen.read("The site is being imported.").await;
    assert_eq!(console.site_ids().len(), 60);
    console.heal();
    press().unwrap().click();
    screen.read("site-0002 is deleted.").await;
    screen.see_gone("dialog", "Delete site-0002").await;
    screen.read("1–50 of 59").await;
    assert!(!console.site_ids().contains(&2));
    assert!(!screen.text().contains(" selected"), "it is no longer selected");
    until("the focus not to be lost", || (focused()?.tag_name() == "H1").then_some(())).await;
}

#[wasm_bindgen_test]
async fn a_site_that_is_being_scanned_is_not_deleted() {
    let console = console(2);
    console.also(|_, path, _| {
        path.strip_prefix("api/3/sites/1/scans?").map(|_| {
            super::console::json(r#"{"resources":[{"id":5,"status":"running"}],"page":{"number":0,"size":5,"totalPages":1,"totalResources":1}}"#.to_owned())
        })
    });
    let screen = at_work_on(&console, "/sites/1", PANEL).await;
    screen.click("button", "Delete").await;
    screen.see("dialog", "Delete site-0001").await;
    screen.read("1 scan of this site is under way.").await;
    let action = screen.see("button", "Delete site-0001").await;
    assert!(is_disabled(&action));
    screen.all("button", "Cancel").pop().unwrap().click();
    screen.see_gone("dialog", "Delete site-0001").await;
    console.also(|_, _, _| None);
    screen.click("button", "Delete").await;
    screen.read("It has no known scans.").await;
    screen.click("button", "Delete site-0001").await;
    screen.read("site-0001 is deleted.").await;
    see_address("/sites").await;
    screen.see_names(&["site-0002"]).await;
}

#[wasm_bindgen_test]
async fn a_site_that_a_filter_found_is_gone_from_it_when_it_is_deleted() {
    let console = console(1200);
    let screen = at_work_on(&console, "/sites?filter=site-11", "Sites").await;
    screen.read("100 of 1,200 match").await;
    screen.click("button", "Delete site-1100").await;
    screen.read("It has no known scans.").await;
    let mut actions = screen.all("button", "Delete site-1100");
    actions.pop().unwrap().click();
    screen.read("99 of 1,199 match").await;
    see_first(&screen, "site-1101").await;
}
