//! The lists are read again all the time while somebody works on a screen. What can have the focus stays then: a button, a link or a
//! field that is made anew loses the focus, and what was typed.

use engine_console::browser::timer::breathe;
use leptos::prelude::{document, window};
use wasm_bindgen::JsCast;
use wasm_bindgen_test::wasm_bindgen_test;
use web_sys::HtmlElement;

use super::{
    console::{Console, Pool},
    person::{ClockAhead, Screen, Timers, at_work_on, until},
};

const ENGINE: &str = "Scan Engine Configuration";
const HEALTH: &str = "Engine Health";

/// What is clicked, by role and name.
type Click = (&'static str, &'static str);

/// Each screen with its tabs: its address, its heading, and what is clicked there before the lists are read again.
const SCREENS: [(&str, &str, &[Click]); 24] = [
    ("/engines", "Scan Engines", &[("checkbox", "Select aachen")]),
    ("/engines?group=pool", "Scan Engines", &[]),
    ("/engines", "Scan Engines", &[("checkbox", "Select aachen"), ("button", "Update")]),
    ("/engines", "Scan Engines", &[("checkbox", "Select aachen"), ("button", "Delete")]),
    ("/engines", "Scan Engines", &[("checkbox", "Select aachen"), ("button", "Add to pool")]),
    ("/engines/1", ENGINE, &[]),
    ("/engines/1?tab=pairing", ENGINE, &[]),
    ("/engines/1?tab=sites", ENGINE, &[]),
    ("/engines/1?tab=sites", ENGINE, &[("button", "Select Sites")]),
    ("/engines/1?tab=pools", ENGINE, &[]),
    ("/engines/1?tab=scans", ENGINE, &[]),
    ("/engines/1?tab=history", ENGINE, &[]),
    ("/pools", "Scan Engine Pools", &[]),
    ("/pools/900", "Scan Engine Pool", &[]),
    ("/pools/new", "New engine pool", &[]),
    ("/sites", "Sites", &[]),
    ("/sites/1", "Site Configuration", &[]),
    ("/sites/new?tab=engines", "Create site", &[]),
    ("/health", HEALTH, &[]),
    ("/health?tab=fleet", HEALTH, &[]),
    ("/health?tab=audit", HEALTH, &[("button", "berlin")]),
    ("/health?tab=audit&by=site", HEALTH, &[("button", "site-0001")]),
    ("/shared-secret", "Generate Scan Engine Shared Secret", &[]),
    ("/activity", "Activity", &[]),
];

/// All that can have the focus, but for what the browser itself keeps elsewhere.
const CONTROLS: &str = "main :is(a[href], button, input, select, textarea, summary, [tabindex]), dialog[open] :is(a[href], button, input, select, textarea)";

fn controls() -> Vec<HtmlElement> {
    let all = document().query_selector_all(CONTROLS).unwrap();
    (0..all.length()).filter_map(|at| all.item(at)?.dyn_into::<HtmlElement>().ok()).collect()
}

async fn rest(screen: &Screen) {
    // What the last answer leads to is drawn when nothing changes any more.
    let mut before = String::new();
    for _ in 0..200 {
        breathe().await;
        let now = screen.text();
        if now == before {
            return;
        }
        before = now;
    }
}

#[wasm_bindgen_test]
async fn nothing_that_can_have_the_focus_is_made_anew_when_the_lists_are_read_again() {
    let storage = window().local_storage().unwrap().unwrap();
    storage.set_item("engine-console.keep-watching", "on").unwrap();
    let mut anew = Vec::new();
    for (address, heading, clicks) in SCREENS {
        let console =
            Console::with(&[(1, "berlin", "10.0.0.10", "active"), (2, "aachen", "10.0.0.9", "unknown")])
                .with_sites(2)
                .with_pools(&[Pool::new(900, "North", &[1, 2], &[]), Pool::new(901, "South", &[2], &[])]);
        console.move_site(1, 900);
        console.move_site(2, 1);
        let timers = Timers::mine();
        let screen = at_work_on(&console, address, heading).await;
        rest(&screen).await;
        for (role, name) in clicks {
            screen.click(role, name).await;
            rest(&screen).await;
        }
        until("the timer of who watches", || timers.started(30_000).then_some(())).await;
        let before = controls();
        assert!(before.len() > 3, "{address} has its controls");
        // A colleague was at work, and an engine was in contact.
        console.add(3, "cologne", "10.0.0.11", "active");
        console.change_pool(901, |pool| pool.engines = vec![1, 2]);
        console.change(1, |engine| engine.status = "not-responding");
        let reads = console.calls("api/3/scan_engine_pools");
        let later = ClockAhead::by(40_000.0);
        timers.fire(30_000);
        until("another reading", || (console.calls("api/3/scan_engine_pools") > reads).then_some(())).await;
        rest(&screen).await;
        drop(later);
        let gone = before.into_iter().filter(|it| !it.is_connected());
        anew.extend(gone.map(|it| {
            let html = it.outer_html();
            format!("{address} {clicks:?}: {}", html.chars().take(160).collect::<String>())
        }));
    }
    storage.remove_item("engine-console.keep-watching").unwrap();
    assert!(anew.is_empty(), "made anew:\n{}", anew.join("\n"));
}
