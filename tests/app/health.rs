//! **Health**: problems by their causes, the search, work on many of them, **Mute**, and **Select sites**.

use leptos::prelude::{document, window};
use wasm_bindgen::JsCast;
use wasm_bindgen_test::wasm_bindgen_test;
use web_sys::{Element, HtmlElement};

use super::{
    activity::{go_to_activity, nothing_is_kept, see_row},
    console::{Console, Pool},
    person::{ClockAhead, Screen, at_work_on, until},
};

const HEALTH: &str = "Engine Health";
const MUTED: &str = "engine-console.muted-problems";
const DAY_MS: f64 = 24.0 * 60.0 * 60.0 * 1000.0;
/// The clock that tells this is ahead: heard of just now, whenever that is.
const JUST_NOW: &str = r#","lastRefreshedDate":"2099-01-01T00:00:00Z""#;
const IDLE: &str = r#","lastRefreshedDate":"2099-01-01T00:00:00Z","sites":[]"#;

/// Berlin is down, has a site, and is in the pool Europe with aachen; cairo is in no pool and has no site. All have different
/// versions, which is a problem too. Nothing is muted.
fn console() -> Console {
    forget_mutes();
    let engines = [
        (1, "berlin", "10.0.0.10", "not-responding"),
        (2, "aachen", "10.0.0.9", "active"),
        (3, "cairo", "10.0.0.8", "active"),
    ];
    let console = Console::with(&engines).with_pools(&[Pool::new(900, "Europe", &[1, 2], &[7])]);
    for (id, more) in [(1, JUST_NOW), (2, JUST_NOW), (3, IDLE)] {
        console.tells(id, more);
    }
    console
}

fn forget_mutes() {
    window().local_storage().unwrap().unwrap().remove_item(MUTED).unwrap();
}

async fn health(console: &Console) -> Screen {
    let screen = at_work_on(console, "/health", HEALTH).await;
    screen.see("heading", "3 problems need attention, the worst first").await;
    screen
}

/// The rows have these problems, in this order.
async fn see_problems(screen: &Screen, problems: &[&str]) {
    until(&format!("the problems {problems:?}"), || {
        let names = screen.all("rowheader", "");
        let same = names.len() == problems.len()
            && names
                .iter()
                .zip(problems)
                .all(|(name, problem)| name.text_content().is_some_and(|text| text.starts_with(problem)));
        same.then_some(())
    })
    .await;
}

const BERLIN: &str = "berlin: Not responding";
const VERSIONS: &str = "The engines have many different versions";
const CAIRO: &str = "cairo has no site";

/// Opens the dialog for what is selected.
async fn ask_to_mute(screen: &Screen) {
    until("Mute", || {
        let buttons = screen.all("button", "Mute").into_iter();
        buttons.into_iter().find(|it| it.text_content().is_some_and(|text| text.trim() == "Mute"))
    })
    .await
    .click();
    screen.see("dialog", "Mute").await;
}

async fn press_mute(screen: &Screen) {
    let last = |button: &HtmlElement| button.text_content().is_some_and(|text| text.trim() == "Mute");
    until("Mute", || screen.all("button", "Mute").into_iter().rfind(last)).await.click();
}

async fn mute_berlin(screen: &Screen) {
    screen.click("checkbox", &format!("Select {BERLIN}")).await;
    ask_to_mute(screen).await;
    screen.see("dialog", &format!("Mute {BERLIN}")).await;
    screen.type_into("Reason", "Its rack is being moved.").await;
}

#[wasm_bindgen_test]
async fn an_engine_that_is_down_is_one_problem_with_what_follows_from_it() {
    let console = console();
    let screen = health(&console).await;
    see_problems(&screen, &[BERLIN, VERSIONS, CAIRO]).await;
    screen.read("Also: 1 site can't be scanned; pool Europe has only 1 active engine.").await;
    until("the number in the title", || document().title().starts_with("(3) ").then_some(())).await;
    // Both kinds find it.
    for kind in ["Sites not scanned 1", "Small pool 1", "Status 1"] {
        screen.click("button", kind).await;
        see_problems(&screen, &[BERLIN]).await;
    }
    screen.click("button", "All 3").await;
    see_problems(&screen, &[BERLIN, VERSIONS, CAIRO]).await;
}

#[wasm_bindgen_test]
async fn problems_are_found_by_words() {
    let console = console();
    let screen = health(&console).await;
    for (words, found) in [
        ("europe", vec![BERLIN]),
        ("10.0.0.8", vec![CAIRO]),
        ("Has NO site", vec![CAIRO]),
        ("warning", vec![VERSIONS, CAIRO]),
        ("not responding", vec![BERLIN]),
        ("berlin cairo", vec![]),
    ] {
        screen.type_into("Filter problems", words).await;
        see_problems(&screen, &found).await;
    }
    screen.see("button", "All 0").await;
    screen.click("button", "Show all problems").await;
    screen.see("button", "All 3").await;
    see_problems(&screen, &[BERLIN, VERSIONS, CAIRO]).await;
}

#[wasm_bindgen_test]
async fn the_table_is_the_only_thing_that_scrolls_and_has_twelve_rows() {
    forget_mutes();
    let console = Console::with_many(200);
    let screen = at_work_on(&console, "/health", HEALTH).await;
    screen.see("heading", "need attention, the worst first").await;
    let row = until("a row", || screen.rows().into_iter().next()).await;
    let frame = row.closest(".table-frame").unwrap().unwrap();
    let height = row.get_bounding_client_rect().height();
    assert!(frame.scroll_height() > frame.client_height());
    // In a window of 900 px, of which the browser has some for itself.
    let room = f64::from(frame.client_height()) + 900.0 - window().inner_height().unwrap().as_f64().unwrap();
    let head = frame.query_selector("thead").unwrap().unwrap().get_bounding_client_rect().height();
    assert!((room - head) / height >= 12.0, "{room} px for rows of {height} px under a head of {head} px");
    let main = document().query_selector("main").unwrap().unwrap();
    assert!(
        main.scroll_height() <= main.client_height(),
        "{} {}",
        main.scroll_height(),
        main.client_height()
    );
    let all = document().document_element().unwrap();
    assert!(all.scroll_height() <= all.client_height(), "{} {}", all.scroll_height(), all.client_height());
}

#[wasm_bindgen_test]
async fn a_muted_problem_is_not_counted_and_is_listed_with_its_reason() {
    let console = console();
    let screen = health(&console).await;
    screen.click("checkbox", &format!("Select {BERLIN}")).await;
    ask_to_mute(&screen).await;
    screen.read("in this browser").await;
    press_mute(&screen).await;
    screen.read("Type a reason.").await;
    screen.type_into("Reason", "Its rack is being moved.").await;
    press_mute(&screen).await;
    screen.see_gone("dialog", "Mute").await;
    see_problems(&screen, &[VERSIONS, CAIRO]).await;
    screen.see("heading", "2 problems need attention, the worst first").await;
    until("the number in the title", || document().title().starts_with("(2) ").then_some(())).await;
    screen.see("summary", "Muted (1)").await;
    screen.see("button", &format!("Unmute {BERLIN}")).await;
    screen.read("Its rack is being moved.").await;
    screen.read("Until it changes").await;
    assert!(
        screen.all("group", "Selection").iter().all(|bar| !bar.text_content().unwrap().contains("selected"))
    );
    drop(screen);

    // It is remembered, for this user alone.
    let screen = at_work_on(&console, "/health", HEALTH).await;
    screen.see("heading", "2 problems need attention, the worst first").await;
    screen.click("button", &format!("Unmute {BERLIN}")).await;
    see_problems(&screen, &[BERLIN, VERSIONS, CAIRO]).await;
    screen.see_gone("summary", "Muted").await;
    mute_berlin(&screen).await;
    press_mute(&screen).await;
    screen.see("summary", "Muted (1)").await;
    drop(screen);
    let screen = super::person::open(&console, "/health");
    screen.sign_in("colleague").await;
    screen.see("heading", "3 problems need attention, the worst first").await;
}

#[wasm_bindgen_test]
async fn a_mute_ends_when_the_problem_changes() {
    let console = console();
    let screen = health(&console).await;
    mute_berlin(&screen).await;
    press_mute(&screen).await;
    screen.see("heading", "2 problems need attention, the worst first").await;
    // Someone has begun to pair it again.
    console.really(1, "pending-authorization");
    screen.click("checkbox", &format!("Select {CAIRO}")).await;
    screen.click("button", "Refresh").await;
    see_problems(&screen, &["berlin: Pending authorization", VERSIONS, CAIRO]).await;
    screen.see_gone("summary", "Muted").await;
    let kept = window().local_storage().unwrap().unwrap().get_item(MUTED).unwrap();
    assert_eq!(kept.as_deref(), Some(""));
}

#[wasm_bindgen_test]
async fn a_mute_until_a_date_lasts_until_then() {
    let console = console();
    let screen = health(&console).await;
    mute_berlin(&screen).await;
    screen.click("radio", "Until a date").await;
    press_mute(&screen).await;
    screen.read("Choose tomorrow or a later day.").await;
    let date = screen.see("textbox", "Date").await;
    let tomorrow = date.get_attribute("min").unwrap();
    let today = js_sys::Date::new_0();
    assert!(!tomorrow.ends_with(&format!("-{:02}", today.get_date())), "{tomorrow}");
    screen.type_into("Date", &tomorrow).await;
    press_mute(&screen).await;
    screen.see("summary", "Muted (1)").await;
    // Also while it is something else.
    console.change(1, |engine| engine.status = "unknown");
    drop(screen);
    let screen = at_work_on(&console, "/health", HEALTH).await;
    screen.see("button", "Unmute berlin: Unknown").await;
    drop(screen);
    let tomorrow = ClockAhead::by(DAY_MS);
    let screen = at_work_on(&console, "/health", HEALTH).await;
    see_problems(&screen, &["berlin: Unknown", VERSIONS, CAIRO]).await;
    drop(tomorrow);
}

#[wasm_bindgen_test]
async fn a_browser_that_stores_nothing_mutes_until_the_page_is_reloaded() {
    let console = console();
    let screen = health(&console).await;
    let forbid = "const set = Storage.prototype.setItem; \
                  Storage.prototype.setItem = () => { throw new DOMException('full', 'QuotaExceededError'); }; \
                  return () => { Storage.prototype.setItem = set; };";
    let allow = js_sys::Function::new_no_args(forbid).call0(&wasm_bindgen::JsValue::NULL).unwrap();
    mute_berlin(&screen).await;
    press_mute(&screen).await;
    see_problems(&screen, &[VERSIONS, CAIRO]).await;
    screen.read("This browser can't store it").await;
    screen.click("button", &format!("Mute {CAIRO}")).await;
    screen.type_into("Reason", "It is new.").await;
    press_mute(&screen).await;
    screen.see("summary", "Muted (2)").await;
    screen.click("button", "Unmute all").await;
    see_problems(&screen, &[BERLIN, VERSIONS, CAIRO]).await;
    allow.unchecked_into::<js_sys::Function>().call0(&wasm_bindgen::JsValue::NULL).unwrap();
}

#[wasm_bindgen_test]
async fn the_engines_of_the_selected_problems_are_refreshed_and_updated_together() {
    let console = console();
    let screen = health(&console).await;
    screen.click("checkbox", &format!("Select {VERSIONS}")).await;
    let refresh = screen.see("button", "Refresh").await;
    let refused = |button: &HtmlElement| button.get_attribute("title").unwrap_or_default();
    until("the reason", || {
        let button = screen.all("button", "Refresh").into_iter();
        button.into_iter().find(|it| refused(it) == "None of them is about an engine.")
    })
    .await;
    drop(refresh);
    screen.click("checkbox", "Select all 3 that match").await;
    screen.read("3 selected").await;
    console.really(1, "active");
    until("Refresh to be possible", || {
        let mut buttons = screen.all("button", "Refresh").into_iter();
        buttons.find(|it| {
            it.text_content().is_some_and(|text| text.trim() == "Refresh") && refused(it).is_empty()
        })
    })
    .await
    .click();
    screen.read("Refreshed 2 engines").await;
    see_problems(&screen, &[VERSIONS, CAIRO]).await;
    until("Update", || {
        let mut buttons = screen.all("button", "Update").into_iter();
        buttons.find(|it| it.text_content().is_some_and(|text| text.trim() == "Update"))
    })
    .await
    .click();
    screen.see("dialog", "Update cairo").await;
    screen.read("It is not about one engine.").await;
}

#[wasm_bindgen_test]
async fn sites_are_selected_for_an_engine_that_has_none() {
    let console = console().with_sites(2);
    let screen = health(&console).await;
    screen.click("button", "Select sites cairo").await;
    screen.see("dialog", "Select Sites").await;
    screen.click("checkbox", "Select site-0002").await;
    console.tells(3, r#","lastRefreshedDate":"2099-01-01T00:00:00Z","sites":[2]"#);
    screen.click("button", "Save").await;
    screen.read("site-0002: moved.").await;
    assert_eq!(console.site(2).scanner, 3);
    see_problems(&screen, &[BERLIN, VERSIONS]).await;
}

#[wasm_bindgen_test]
async fn the_audit_counts_one_as_one_and_shows_who_calls_whom() {
    forget_mutes();
    let console = Console::with(&[(1, "berlin", "10.0.0.10", "active")]).with_sites(1);
    console.tells(1, r#","connectionDirection":"engine-to-console""#);
    let screen = at_work_on(&console, "/health?tab=audit", HEALTH).await;
    screen.row("berlin").await;
    until("the number of engines", || {
        let mut all = screen.all("status", "1 engine").into_iter();
        all.find(|it| it.text_content().as_deref() == Some("1 engine"))
    })
    .await;
    screen.read("Engine connects to console").await;
    let status = screen.see("cell", "Active").await;
    assert!(status.scroll_width() <= status.client_width());
    screen.type_into("Search the audit", "paris").await;
    let heading = screen.see("heading", "No engine matches the search").await;
    assert_eq!(heading.tag_name(), "H2", "it comes after the screen's own");
}

#[wasm_bindgen_test]
async fn a_mute_is_undone_from_activity_unless_it_was_muted_in_another_way_since() {
    nothing_is_kept().await;
    forget_mutes();
    let console = console();
    let screen = health(&console).await;
    mute_berlin(&screen).await;
    press_mute(&screen).await;
    screen.see("summary", "Muted (1)").await;
    go_to_activity(&screen).await;
    see_row(&screen, &["Muting problems", BERLIN, "muted"]).await;
    screen.click("button", "Muting problems").await;
    screen.click("button", "Undo").await;
    screen.read("no longer muted").await;
    screen.click("button", "Undo 1 change").await;
    see_row(&screen, &["Undoing changes", "undone"]).await;
    screen.click("button", "Undo").await;
    screen.click("button", "Undo 1 change").await;
    see_row(&screen, &["Undoing changes", "no longer muted this way"]).await;
    screen.click("link", "Health").await;
    see_problems(&screen, &[BERLIN, VERSIONS, CAIRO]).await;
    forget_mutes();
}

#[wasm_bindgen_test]
async fn what_leads_nowhere_is_no_link() {
    let console = console().with_sites(7);
    let _screen = at_work_on(&console, "/health?tab=audit&engine=1", HEALTH).await;
    let directly = until("the sites of berlin", || {
        document().query_selector(".audit-of .c-through a").unwrap().filter(|it| !it.has_attribute("hidden"))
    })
    .await;
    assert_eq!(directly.text_content().as_deref(), Some("Directly"));
    assert!(!directly.has_attribute("tabindex"), "it takes the focus");
    let colour = |element: &Element| {
        window().get_computed_style(element).unwrap().unwrap().get_property_value("color").unwrap()
    };
    assert_eq!(colour(&directly), colour(&directly.parent_element().unwrap()), "it looks like a link");
}
