//! **Pools**, **Scans**, **Delete** and **Replace engine** of an engine that has sites and pools.

use std::{cell::RefCell, collections::BTreeMap, rc::Rc};

use console_api::{Method, Response};
use wasm_bindgen_test::wasm_bindgen_test;

use super::{
    console::{Console, Fault, Pool, error, json},
    person::{Screen, at_work, at_work_on, focused, until},
};

const PANEL: &str = "Scan Engine Configuration";

/// Engines, pools and sites that depend on each other, as in a real console.
struct Fleet {
    engines: BTreeMap<u64, (&'static str, &'static str, &'static str)>,
    /// Name and what scans it.
    sites: BTreeMap<u64, (&'static str, u64)>,
    /// Name and engines.
    pools: BTreeMap<u64, (&'static str, Vec<u64>)>,
}

type Shared = Rc<RefCell<Fleet>>;

/// Berlin has two sites, and is in the pool Europe with Oslo and in Asia alone.
fn fleet() -> (Console, Shared) {
    let fleet = Rc::new(RefCell::new(Fleet {
        engines: BTreeMap::from([
            (1, ("berlin", "10.0.0.1", "active")),
            (2, ("oslo", "10.0.0.2", "active")),
            (3, ("Local scan engine", "127.0.0.1", "active")),
            (4, ("rome", "10.0.0.4", "not-responding")),
        ]),
        sites: BTreeMap::from([(7, ("mail", 1)), (8, ("web", 1)), (9, ("lab", 2))]),
        pools: BTreeMap::from([
            (90, ("Europe", vec![1, 2])),
            (91, ("Asia", vec![1])),
            (92, ("America", vec![4])),
        ]),
    }));
    let console = Console::with(&[]);
    let shared = Rc::clone(&fleet);
    console.also(move |method, path, body| answer(&mut shared.borrow_mut(), method, path, body));
    (console, fleet)
}

fn done() -> Response {
    json(r#"{"links":[]}"#.to_owned())
}

fn list(rows: &[String]) -> Response {
    json(format!(r#"{{"resources":[{}]}}"#, rows.join(",")))
}

fn engine_json(fleet: &Fleet, id: u64) -> Option<String> {
    let (name, address, status) = fleet.engines.get(&id)?;
    let sites = fleet.sites.iter().filter(|(_, site)| site.1 == id).map(|(id, _)| id.to_string());
    let sites = sites.collect::<Vec<_>>().join(",");
    Some(format!(
        r#"{{"id":{id},"name":"{name}","address":"{address}","port":40814,"status":"{status}","sites":[{sites}]}}"#
    ))
}

fn answer(fleet: &mut Fleet, method: Method, path: &str, body: &str) -> Option<Response> {
    let path = path.strip_prefix("api/3/")?;
    let path = path.split('?').next()?;
    let parts = path.split('/').collect::<Vec<_>>();
    let id = |at: usize| parts.get(at).and_then(|part| part.parse::<u64>().ok());
    Some(match (method, &parts[..]) {
        (Method::Get, ["scan_engines"]) => {
            list(&fleet.engines.keys().filter_map(|id| engine_json(fleet, *id)).collect::<Vec<_>>())
        }
        (Method::Get, ["scan_engines", _]) => {
            engine_json(fleet, id(1)?).map_or_else(|| error(404, "Not found."), json)
        }
        (Method::Get, ["scan_engines", _, "sites"]) => {
            let sites = fleet.sites.iter().filter(|(_, site)| Some(site.1) == id(1));
            let rows = sites.map(|(id, (name, engine))| {
                format!(r#"{{"id":{id},"name":"{name}","scanEngine":{engine}}}"#)
            });
            list(&rows.collect::<Vec<_>>())
        }
        (Method::Delete, ["scan_engines", _]) => {
            if fleet.sites.values().any(|site| Some(site.1) == id(1)) {
                return Some(error(400, "A site is assigned to it."));
            }
            fleet.engines.remove(&id(1)?);
            fleet.pools.values_mut().for_each(|pool| pool.1.retain(|engine| Some(*engine) != id(1)));
            done()
        }
        (Method::Get, ["scan_engine_pools"]) => {
            let row = |(id, (name, engines)): (&u64, &(&str, Vec<u64>))| {
                let sites = fleet.sites.iter().filter(|(_, site)| site.1 == *id).map(|(id, _)| *id);
                let sites = sites.collect::<Vec<_>>();
                format!(r#"{{"id":{id},"name":"{name}","engines":{engines:?},"sites":{sites:?}}}"#)
            };
            list(&fleet.pools.iter().map(row).collect::<Vec<_>>())
        }
        (Method::Put, ["scan_engine_pools", _, "engines", _]) => {
            let engines = &mut fleet.pools.get_mut(&id(1)?)?.1;
            if !engines.contains(&id(3)?) {
                engines.push(id(3)?);
            }
            done()
        }
        (Method::Delete, ["scan_engine_pools", _, "engines", _]) => {
            fleet.pools.get_mut(&id(1)?)?.1.retain(|engine| Some(*engine) != id(3));
            done()
        }
        (Method::Get, ["sites", _, "scan_engine"]) => {
            json(format!(r#"{{"id":{}}}"#, fleet.sites.get(&id(1)?)?.1))
        }
        (Method::Put, ["sites", _, "scan_engine"]) => {
            fleet.sites.get_mut(&id(1)?)?.1 = body.parse().ok()?;
            done()
        }
        _ => return None,
    })
}

async fn open_panel(console: &Console, address: &str) -> Screen {
    let screen = at_work_on(console, address, PANEL).await;
    until("the actions", || screen.all("button", "Replace engine").into_iter().next()).await;
    until("the pools in the summary", || screen.text().contains("directly").then_some(())).await;
    screen
}

fn is_refused(screen: &Screen, name: &str) -> bool {
    let button = screen.all("button", name).pop();
    button.is_some_and(|button| button.get_attribute("aria-disabled").as_deref() == Some("true"))
}

/// The button of the open dialog: others of the page may have the same name.
async fn press_in_dialog(screen: &Screen, name: &str) {
    let button = until(&format!("the button {name} in the dialog, possible"), || {
        let all = screen.all("button", name).into_iter();
        let mut inside = all.filter(|button| button.closest("dialog[open]").ok().flatten().is_some());
        inside.find(|button| button.get_attribute("aria-disabled").is_none())
    })
    .await;
    button.click();
}

#[wasm_bindgen_test]
async fn an_engine_with_sites_is_deleted_after_they_have_moved() {
    let (console, fleet) = fleet();
    let screen = open_panel(&console, "/engines/1").await;
    screen.click("button", "Delete").await;
    screen.see("dialog", "Delete berlin").await;
    screen.read("2 sites are assigned to it: mail, web.").await;
    screen.read("It is removed from these pools: Europe, Asia.").await;
    assert!(is_refused(&screen, "Move 2 sites, then delete"), "nobody is chosen yet");
    screen.type_into("Move its sites to", "pool Asia").await;
    screen.read("It would have no engine left.").await;
    screen.type_into("Move its sites to", "berlin").await;
    screen.read("“berlin” is not in the list: choose one that is.").await;
    screen.type_into("Move its sites to", "Pool europe").await;
    press_in_dialog(&screen, "Move 2 sites, then delete").await;
    screen.read("2 moved, 1 deleted.").await;
    {
        let fleet = fleet.borrow();
        assert!(!fleet.engines.contains_key(&1));
        assert_eq!((fleet.sites[&7].1, fleet.sites[&8].1, fleet.sites[&9].1), (90, 90, 2));
    }
    screen.click("button", "Done").await;
    screen.see("heading", "Scan Engines").await;
    screen.see_names(&["Local scan engine", "oslo", "rome"]).await;
}

#[wasm_bindgen_test]
async fn a_site_that_does_not_move_keeps_its_engine_there_and_it_can_go_on() {
    let (console, fleet) = fleet();
    let screen = at_work(&console, "/engines").await;
    screen.click("button", "Delete berlin").await;
    screen.see("dialog", "Delete berlin").await;
    console.fault(
        "sites/8/scan_engine",
        Fault::Answer(500, "application/json", r#"{"message":"The disk is full."}"#.to_owned()),
    );
    screen.type_into("Move its sites to", "oslo").await;
    press_in_dialog(&screen, "Move 2 sites, then delete").await;
    screen.read("1 moved, 2 failed.").await;
    let failed = screen.see("group", "Failed").await.text_content().unwrap();
    assert!(failed.contains("web: The console failed (500): The disk is full."), "{failed}");
    assert!(
        failed.contains("Delete berlin: It was not deleted, because of one step that has to come first"),
        "{failed}"
    );
    assert!(fleet.borrow().engines.contains_key(&1));
    assert_eq!(fleet.borrow().sites[&7].1, 2, "what has moved stays moved");
    console.heal();
    screen.click("button", "Retry failed").await;
    screen.read("1 moved, 1 deleted.").await;
    screen.click("button", "Done").await;
    screen.see_names(&["Local scan engine", "oslo", "rome"]).await;
}

#[wasm_bindgen_test]
async fn a_running_scan_stands_in_the_way_of_moving_and_deleting_too() {
    let (console, _) = fleet();
    console.scans(r#"{"id":5,"status":"running","engineIds":[1]}"#);
    let screen = open_panel(&console, "/engines/1").await;
    screen.click("button", "Delete").await;
    screen.read("1 scan is under way on it.").await;
    screen.type_into("Move its sites to", "oslo").await;
    assert!(is_refused(&screen, "Move 2 sites, then delete"));
}

#[wasm_bindgen_test]
async fn a_site_that_comes_while_one_is_asked_is_offered_to_move() {
    let (console, fleet) = fleet();
    let screen = open_panel(&console, "/engines/4").await;
    screen.click("button", "Delete").await;
    screen.see("dialog", "Delete rome").await;
    // A colleague gives it a site.
    fleet.borrow_mut().sites.insert(10, ("late", 4));
    press_in_dialog(&screen, "Delete rome").await;
    screen.read("1 site is assigned to it: late.").await;
    screen.type_into("Move its sites to", "oslo").await;
    press_in_dialog(&screen, "Move 1 site, then delete").await;
    screen.read("1 moved, 1 deleted.").await;
    assert_eq!(fleet.borrow().sites[&10].1, 2);
}

#[wasm_bindgen_test]
async fn many_engines_are_deleted_once_all_their_sites_have_a_place() {
    let (console, fleet) = fleet();
    let screen = at_work(&console, "/engines").await;
    screen.see("rowheader", "berlin").await;
    screen.click("checkbox", "Select all 4 that match").await;
    screen.read("4 selected").await;
    screen.click("button", "Delete").await;
    screen.see("dialog", "Delete rome").await;
    screen.read("Pools that lose engines: Europe, Asia, America.").await;
    let left_out = screen.see("group", "Left out").await.text_content().unwrap();
    assert!(left_out.contains("berlin: 2 sites are assigned to it."), "{left_out}");
    screen.type_into("Move their sites to", "oslo").await;
    screen.read("“oslo” is not in the list: choose one that is.").await;
    // Half a name is no choice, and none either: the engine without sites is not deleted by itself.
    let action = screen.all("button", "Delete rome").pop().unwrap();
    until("it to be refused", || {
        (action.get_attribute("aria-disabled").as_deref() == Some("true")).then_some(())
    })
    .await;
    action.click();
    screen.see("dialog", "Delete rome").await;
    screen.type_into("Move their sites to", "local scan engine").await;
    press_in_dialog(&screen, "Move 3 sites, then delete 3 engines").await;
    screen.read("3 moved, 3 deleted.").await;
    assert_eq!(fleet.borrow().engines.keys().copied().collect::<Vec<_>>(), [3]);
    assert!(fleet.borrow().sites.values().all(|site| site.1 == 3));
}

#[wasm_bindgen_test]
async fn a_successor_takes_over_all_sites_and_pools() {
    let (console, fleet) = fleet();
    let screen = open_panel(&console, "/engines/1").await;
    screen.click("button", "Replace engine").await;
    screen.see("dialog", "Replace berlin").await;
    screen.type_into("Engine that takes its place", "local scan engine").await;
    screen.read("It can't take over the pools.").await;
    screen.type_into("Engine that takes its place", "rome").await;
    screen.read("Its status is Not responding: until it is active, it scans nothing.").await;
    screen.read("rome gets 2 sites: mail, web.").await;
    screen.read("rome takes its place in the pools Europe, Asia: it joins first, then berlin leaves.").await;
    press_in_dialog(&screen, "Replace berlin with rome").await;
    screen.read("2 place taken, 2 moved.").await;
    {
        let fleet = fleet.borrow();
        assert_eq!((&fleet.pools[&90].1, &fleet.pools[&91].1), (&vec![2, 4], &vec![4]));
        assert_eq!((fleet.sites[&7].1, fleet.sites[&8].1), (4, 4));
        assert!(fleet.engines.contains_key(&1), "it is still there");
    }
    screen.click("button", "Done").await;
    screen.read("0 directly, 0 through pools").await;
}

#[wasm_bindgen_test]
async fn a_replacement_that_fails_half_way_says_where_everything_is_and_goes_on() {
    let (console, fleet) = fleet();
    let screen = open_panel(&console, "/engines/1").await;
    // It joins, and the other one can't leave.
    console.fault("scan_engine_pools/91/engines/1", Fault::Answer(500, "text/plain", "Broken.".to_owned()));
    screen.click("button", "Replace engine").await;
    screen.type_into("Engine that takes its place", "oslo").await;
    screen.click("checkbox", "Then delete berlin").await;
    press_in_dialog(&screen, "Replace berlin with oslo, then delete it").await;
    screen.read("1 place taken, 2 moved, 2 failed.").await;
    let failed = screen.see("group", "Failed").await.text_content().unwrap();
    assert!(failed.contains("The new engine is now in pool Asia, and the old one still is too."), "{failed}");
    assert!(failed.contains("Delete berlin: It was not deleted"), "{failed}");
    assert_eq!(fleet.borrow().pools[&91].1, [1, 2], "never without an engine");
    console.heal();
    screen.click("button", "Retry failed").await;
    screen.read("1 place taken, 1 deleted.").await;
    screen.click("button", "Done").await;
    screen.see("heading", "Scan Engines").await;
    assert_eq!(fleet.borrow().pools[&91].1, [2]);
}

#[wasm_bindgen_test]
async fn an_engine_joins_and_leaves_pools_on_its_tab() {
    let (console, fleet) = fleet();
    let screen = open_panel(&console, "/engines/2?tab=pools").await;
    screen.see("link", "Europe").await;
    screen.read("2 engines, 2 active, 0 sites").await;
    screen.click("button", "Add to pool").await;
    screen.read("Choose the pool first.").await;
    assert_eq!(focused().unwrap().get_attribute("role").as_deref(), Some("combobox"));
    screen.pick("Engine pool", "Asia").await;
    console.fault(
        "scan_engine_pools/91/engines/2",
        Fault::Answer(400, "application/json", r#"{"message":"Not today."}"#.to_owned()),
    );
    screen.click("button", "Add to pool").await;
    screen.read("It was not added to pool Asia.").await;
    screen.read("Not today.").await;
    console.heal();
    assert_eq!(screen.field("Engine pool").unwrap().value(), "Asia", "what was chosen is not lost");
    screen.click("button", "Add to pool").await;
    screen.read("oslo is in pool Asia.").await;
    until("the field to be empty", || screen.field("Engine pool")?.value().is_empty().then_some(())).await;
    assert_eq!(fleet.borrow().pools[&91].1, [1, 2]);
    console.fault(
        "scan_engine_pools/90/engines/2",
        Fault::Answer(200, "text/html", "<h1>Welcome</h1>".to_owned()),
    );
    screen.click("button", "Remove from Europe").await;
    screen.read("It was not removed from pool Europe.").await;
    assert_eq!(fleet.borrow().pools[&90].1, [1, 2]);
    console.heal();
    screen.click("button", "Remove from Europe").await;
    screen.read("oslo is no longer in pool Europe.").await;
    screen.see_gone("button", "Remove from Europe").await;
    assert_eq!(fleet.borrow().pools[&90].1, [1]);
}

#[wasm_bindgen_test]
async fn the_last_active_engine_leaves_a_pool_with_sites_only_when_that_is_wanted() {
    let (console, fleet) = fleet();
    fleet.borrow_mut().sites.insert(10, ("far", 91));
    let screen = open_panel(&console, "/engines/1?tab=pools").await;
    screen.click("button", "Remove from Asia").await;
    screen.see("dialog", "Remove from Asia").await;
    screen.read("1 site uses it, and is not scanned until one is.").await;
    assert_eq!(fleet.borrow().pools[&91].1, [1], "not without an answer");
    press_in_dialog(&screen, "Remove from Asia").await;
    screen.read("berlin is no longer in pool Asia.").await;
    assert!(fleet.borrow().pools[&91].1.is_empty());
}

#[wasm_bindgen_test]
async fn an_engine_that_can_not_join_pools_says_why() {
    let (console, _) = fleet();
    let screen = open_panel(&console, "/engines/3?tab=pools").await;
    screen.read("Not possible for the local engine, which comes with the console.").await;
    assert!(is_refused(&screen, "Add to pool"));
    assert!(screen.all("combobox", "Engine pool").is_empty());
}

fn scan(id: u64, status: &str, more: &str) -> String {
    format!(r#"{{"id":{id},"status":"{status}","engineIds":[1],"scanName":"scan {id}"{more}}}"#)
}

#[wasm_bindgen_test]
async fn scans_come_page_by_page_with_those_under_way_on_top() {
    let (console, fleet) = fleet();
    console.scans(r#"{"id":500,"status":"running","engineIds":[1],"siteId":7,"siteName":"mail","startedBy":"nina"},{"id":501,"status":"running","engineIds":[2]}"#);
    let shared = Rc::clone(&fleet);
    console.also(move |method, path, body| {
        let Some(query) = path.strip_prefix("api/3/scan_engines/1/scans?") else {
            return answer(&mut shared.borrow_mut(), method, path, body);
        };
        assert!(query.contains("sort=startTime,DESC"), "{query}");
        let page = if query.contains("page=1&") { 1 } else { 0 };
        let rows = (0..25).map(|at| {
            let more = r#","startTime":"2026-11-20T10:00:00Z","duration":"PT1H5M","assets":1200,"vulnerabilities":{"critical":1,"severe":2,"moderate":3,"total":6}"#;
            scan(400 - page * 25 - at, if at == 1 { "error" } else { "finished" }, more)
        });
        let rows = rows.collect::<Vec<_>>().join(",");
        Some(json(format!(
            r#"{{"resources":[{rows}],"page":{{"number":{page},"size":25,"totalPages":2,"totalResources":50}}}}"#
        )))
    });
    let screen = open_panel(&console, "/engines/1?tab=scans").await;
    screen.read("1 scan is under way.").await;
    until("the running one on top", || (screen.names().first()? == "mail").then_some(())).await;
    screen.see("link", "mail").await;
    for words in ["nina", "1 h 5 min", "1,200", "Error", "Finished", "1–25 of 50"] {
        screen.read(words).await;
    }
    screen.click("button", "Next page").await;
    screen.read("26–50 of 50").await;
    screen.read("scan 375").await;
    let address = leptos::prelude::window().location().search().unwrap();
    assert_eq!(address, "?tab=scans&page=2");

    console.fault("sort=startTime,DESC", Fault::Unreachable);
    screen.click("button", "Reload").await;
    screen.read("The scans could not be reloaded. What you see is from").await;
    screen.read("scan 375").await;
    console.heal();
    screen.click("button", "Try again").await;
    until("the failure to go", || (!screen.text().contains("could not be reloaded")).then_some(())).await;
}

#[wasm_bindgen_test]
async fn no_scans_and_scans_that_can_not_be_read_are_told_apart() {
    let (console, fleet) = fleet();
    let shared = Rc::clone(&fleet);
    console.also(move |method, path, body| match path.contains("/1/scans?") {
        true => Some(json(
            r#"{"resources":[],"page":{"number":0,"size":25,"totalPages":0,"totalResources":0}}"#.to_owned(),
        )),
        false => answer(&mut shared.borrow_mut(), method, path, body),
    });
    console.fault("sort=startTime,DESC", Fault::Unreachable);
    let screen = open_panel(&console, "/engines/1?tab=scans").await;
    screen.read("The scans could not be read.").await;
    assert!(screen.all("heading", "No scans have run on this engine").is_empty());
    console.heal();
    screen.click("button", "Try again").await;
    screen.see("heading", "No scans have run on this engine").await;
    until("the focus to be somewhere", || (focused()?.tag_name() != "BODY").then_some(())).await;
}

#[wasm_bindgen_test]
async fn what_a_browser_sends_for_a_chosen_suggestion_has_no_key_and_does_no_harm() {
    let (console, _) = fleet();
    let screen = open_panel(&console, "/engines/1").await;
    screen.click("button", "Replace engine").await;
    screen.see("dialog", "Replace berlin").await;
    let field = until("the field", || screen.field("Engine that takes its place")).await;
    let script = "const failures = []; const note = (event) => failures.push(event.message);
        addEventListener('error', note);
        field.dispatchEvent(new Event('keydown', { bubbles: true, cancelable: true }));
        removeEventListener('error', note);
        return failures.join();";
    let failures = js_sys::Function::new_with_args("field", script);
    let failures = failures.call1(&wasm_bindgen::JsValue::NULL, &field).unwrap();
    assert_eq!(failures.as_string().as_deref(), Some(""));
}

#[wasm_bindgen_test]
async fn a_pool_that_is_chosen_stays_so_when_the_engine_is_read_again() {
    let console = Console::with(&[(1, "berlin", "10.0.0.10", "active"), (2, "aachen", "10.0.0.9", "active")])
        .with_pools(&[Pool::new(900, "North", &[2], &[]), Pool::new(901, "South", &[2], &[])]);
    let screen = open_panel(&console, "/engines/1?tab=pools").await;
    screen.pick("Engine pool", "South").await;
    let field = screen.field("Engine pool").unwrap();
    field.focus().unwrap();
    console.really(1, "unknown");
    screen.click("button", "Refresh").await;
    screen.read("berlin: Unknown.").await;
    assert!(field.is_connected(), "the field was made anew");
    assert_eq!(field.value(), "South");
    screen.click("button", "Add to pool").await;
    screen.read("berlin is in pool South.").await;
}
