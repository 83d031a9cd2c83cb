//! Sites and scans (docs/api-quirks.md, "Reading" and "Changing").

use std::time::Duration;

use console_api::rules::{ScansOn, scan_message, scan_rows, scans_on, scans_on_each};
use console_api::{
    EngineId, Error, Moved, NewSite, PageRequest, PoolId, Saved, ScanId, ScanStatus, ScannerId, SiteDraft,
    SiteId, SiteType, Sort, Timestamp, TransportError,
};
use serde_json::json as value;

use crate::support::{Script, done, engine, json, now, pool, refused};

#[test]
fn sites_are_paged_and_sorted_by_the_console() {
    let body = r#"{"page":{"number":1,"size":2,"totalPages":3,"totalResources":"5"},"resources":[
        {"id":1,"name":"Oslo","type":"static","assets":768,"riskScore":4457823.78,"scanEngine":9,
         "lastScanTime":"2018-02-13T20:35:35.076Z","importance":"high","scanTemplate":"full-audit","description":"HQ"},
        {"id":2,"type":"lunar","riskScore":"12.5","scanEngine":-1}]}"#;
    let script = Script::new().then("GET api/3/sites?page=1&size=2&sort=riskScore,DESC", json(200, body));
    let request =
        PageRequest { page: 1, size: 2, sort: vec![Sort { property: "riskScore", descending: true }] };
    let page = now(script.client().sites(&request)).unwrap();
    assert_eq!((page.number, page.size, page.total_pages, page.total), (Some(1), Some(2), Some(3), Some(5)));
    let [oslo, other] = page.items.as_slice() else { panic!() };
    assert_eq!(oslo.site_type, Some(SiteType::Static));
    assert_eq!((oslo.assets, oslo.risk_score), (Some(768), Some(4_457_823.78)));
    assert!(oslo.scanner.is_some_and(|scanner| scanner.is_pool(PoolId(9))));
    assert_eq!(oslo.last_scan, Timestamp::parse("2018-02-13T20:35:35.076Z"));
    assert_eq!((other.name.as_str(), other.scanner), ("Site 2", None));
    assert_eq!(other.site_type, Some(SiteType::Other("lunar".to_owned())));
    assert_eq!(other.risk_score, Some(12.5));
}

#[test]
fn scans_that_occupy_an_engine_are_counted_through_all_pages() {
    let first = r#"{"page":{"number":0,"size":500,"totalPages":2},"resources":[
        {"id":1,"engineId":6,"status":"running"},
        {"id":2,"engineIds":[{"id":6},{"id":7}],"status":"paused"},
        {"id":3,"engineId":7,"status":"running"},
        {"id":4,"engineId":6,"status":"finished"}]}"#;
    let second = r#"{"page":{"number":1,"size":500,"totalPages":2},"resources":[
        {"id":5,"engineIds":[6],"status":"integrating"}]}"#;
    let script = Script::new()
        .then("GET api/3/scans?active=true&page=0&size=500", json(200, first))
        .then("GET api/3/scans?active=true&page=1&size=500", json(200, second));
    let scans = now(script.client().scans_under_way()).unwrap();
    let here = |it: &ScansOn| (it.sure, it.maybe.len());
    assert_eq!(here(&scans_on(&engine(&value!({})), &scans, &[])), (3, 0));
    script.assert_done();
}

#[test]
fn a_sites_scanner_is_a_bare_number() {
    let script = Script::new()
        .then("PUT api/3/sites/1/scan_engine", done())
        .then("GET api/3/sites/1/scan_engine", json(200, r#"{"id":9,"name":"North","port":-1}"#));
    let client = script.client();
    now(client.set_site_scanner(SiteId(1), ScannerId::from(EngineId(6)))).unwrap();
    assert_eq!(script.sent()[0].body.as_deref(), Some(b"6".as_slice()));
    assert_eq!(script.sent()[0].header("Content-Type"), Some("application/json"));
    assert_eq!(now(client.site_scanner(SiteId(1))), Ok(ScannerId(9)));
}

#[test]
fn a_site_is_deleted_unless_a_scan_of_it_is_under_way() {
    let script = Script::new()
        .then("DELETE api/3/sites/1", refused(400, "1 scan(s) of it are running."))
        .then("DELETE api/3/sites/1", done());
    let client = script.client();
    let error = now(client.delete_site(SiteId(1))).unwrap_err();
    assert!(matches!(error, Error::Rejected { status: 400, .. }), "{error:?}");
    assert_eq!(now(client.delete_site(SiteId(1))), Ok(()));
    script.assert_done();
}

#[test]
fn a_site_is_moved_only_from_where_it_was_seen() {
    let has = |id: u64| json(200, &format!(r#"{{"id":{id},"name":"x"}}"#));
    let site = SiteId(1);
    for (from, now_at, sent, moved) in [
        (Some(6), Some(6), true, Moved::Done),
        (Some(6), Some(9), false, Moved::AlreadyThere),
        (Some(6), Some(7), false, Moved::ElsewhereMeanwhile(ScannerId(7))),
        // The console did not tell what it has: nothing can have been seen.
        (None, None, true, Moved::Done),
    ] {
        let mut script = Script::new();
        if let Some(now_at) = now_at {
            script = script.then("GET api/3/sites/1/scan_engine", has(now_at));
        }
        if sent {
            script = script.then("PUT api/3/sites/1/scan_engine", done());
        }
        let result = now(script.client().move_site(site, from.map(ScannerId), ScannerId(9)));
        assert_eq!(result, Ok(moved));
        script.assert_done();
    }
}

#[test]
fn a_site_whose_scanner_can_not_be_read_is_left_alone() {
    let script = Script::new().then("GET api/3/sites/1/scan_engine", Err(TransportError::Timeout));
    let result = now(script.client().move_site(SiteId(1), Some(ScannerId(6)), ScannerId(9)));
    assert_eq!(result, Err(Error::Timeout));
    script.assert_done();
}

#[test]
fn a_new_site_sends_what_was_decided() {
    let script = Script::new()
        .then("POST api/3/sites", json(201, r#"{"id":7}"#))
        .then("POST api/3/sites", json(201, r#"{"id":8}"#));
    let mut site = NewSite {
        name: "Oslo".to_owned(),
        importance: Some("high".to_owned()),
        description: Some("HQ".to_owned()),
        scanner: Some(ScannerId(9)),
        scan_template: Some("full-audit".to_owned()),
    };
    assert_eq!(now(script.client().create_site(&site)).unwrap().id, SiteId(7));
    assert_eq!(
        script.last_body(),
        value!({"name": "Oslo", "importance": "high", "description": "HQ", "engineId": 9, "scanTemplateId": "full-audit"})
    );
    (site.importance, site.description, site.scanner, site.scan_template) = (None, None, None, None);
    now(script.client().create_site(&site)).unwrap();
    assert_eq!(script.last_body(), value!({"name": "Oslo"}));
}

#[test]
fn scan_templates_have_an_id_and_perhaps_a_name() {
    let script = Script::new().then(
        "GET api/3/scan_templates",
        json(
            200,
            r#"{"links":[],"resources":[{"id":"full-audit","name":"Full audit"},{"id":"pci","name":null},{"name":"lost"},7]}"#,
        ),
    );
    let list = now(script.client().scan_templates()).unwrap();
    let named: Vec<_> = list.items.iter().map(|it| (it.id.as_str(), it.name.as_str())).collect();
    assert_eq!((named.as_slice(), list.unreadable), (&[("full-audit", "Full audit"), ("pci", "pci")][..], 2));
}

fn oslo() -> NewSite {
    NewSite {
        name: "Oslo".to_owned(),
        importance: None,
        description: None,
        scanner: None,
        scan_template: None,
    }
}

const NEWEST: &str = "GET api/3/sites?page=0&size=500&sort=id,DESC";

#[test]
fn a_new_site_whose_answer_was_lost_is_looked_for_among_the_newest() {
    let lost = || Err(TransportError::Timeout);
    let unknown = || Err(Error::UnknownOutcome(Box::new(Error::Timeout)));
    let there = r#"{"id":8,"name":"Bergen"},{"id":7,"name":"Oslo","importance":"normal"}"#;
    for (list, found) in [
        (json(200, &format!(r#"{{"resources":[{there}]}}"#)), Ok((7, true))),
        // Another site of that name: the console has refused, or will.
        (
            json(
                200,
                r#"{"page":{"totalResources":1},"resources":[{"id":7,"name":"Oslo","description":"HQ"}]}"#,
            ),
            Err(Error::NotDone(Box::new(Error::Timeout))),
        ),
        // The newest are there, and it is not among them.
        (
            json(200, r#"{"page":{"totalResources":900},"resources":[{"id":8},{"id":6}]}"#),
            Err(Error::NotDone(Box::new(Error::Timeout))),
        ),
        // This console has not sorted: it may be on another page.
        (json(200, r#"{"page":{"totalResources":900},"resources":[{"id":1},{"id":2}]}"#), unknown()),
        (lost(), unknown()),
    ] {
        let script = Script::new().then("POST api/3/sites", lost()).then(NEWEST, list);
        let result = now(script.client().create_site(&oslo()));
        let result = result.map(|created| (created.id.get(), created.despite == Some(Error::Timeout)));
        assert_eq!(result, found);
        script.assert_done();
    }
}

#[test]
fn a_refused_site_is_not_looked_for() {
    let script = Script::new().then("POST api/3/sites", refused(400, "The name is taken."));
    let result = now(script.client().create_site(&oslo()));
    assert_eq!(result, Err(Error::Rejected { status: 400, message: "The name is taken.".to_owned() }));
}

#[test]
fn a_lost_answer_to_a_new_scan_is_an_unknown_outcome() {
    let script = Script::new().then("POST api/3/sites/1/scans", Err(TransportError::Timeout));
    let unknown = Error::UnknownOutcome(Box::new(Error::Timeout));
    assert_eq!(now(script.client().start_scan(SiteId(1), None)), Err(unknown));
}

fn draft(name: &str, importance: &str, description: &str) -> SiteDraft {
    SiteDraft {
        name: name.to_owned(),
        importance: importance.to_owned(),
        description: description.to_owned(),
    }
}

#[test]
fn a_site_is_replaced_with_the_scanner_and_the_template_that_it_has_now() {
    let site = r#"{"id":1,"name":"Oslo","importance":"high","scanEngine":9,"scanTemplate":"discovery"}"#;
    let script = Script::new().then("GET api/3/sites/1", json(200, site)).then("PUT api/3/sites/1", done());
    let (opened, wanted) = (draft("Oslo", "high", ""), draft(" Bergen ", "low", "HQ"));
    assert_eq!(now(script.client().update_site(SiteId(1), &opened, &wanted)), Ok(Saved::Done));
    assert_eq!(
        script.last_body(),
        value!({"name": "Bergen", "importance": "low", "description": "HQ", "engineId": 9, "scanTemplateId": "discovery"})
    );
    script.assert_done();
}

#[test]
fn a_console_that_does_not_tell_the_scanner_of_a_site_is_asked_for_it() {
    let script = Script::new()
        .then("GET api/3/sites/1", json(200, r#"{"id":1,"name":"Oslo"}"#))
        .then("GET api/3/sites/1/scan_engine", json(200, r#"{"id":6,"name":"x"}"#))
        .then("PUT api/3/sites/1", done());
    let (opened, wanted) = (draft("Oslo", "normal", ""), draft("Oslo", "normal", "HQ"));
    assert_eq!(now(script.client().update_site(SiteId(1), &opened, &wanted)), Ok(Saved::Done));
    assert_eq!(
        script.last_body(),
        value!({"name": "Oslo", "importance": "normal", "description": "HQ", "engineId": 6})
    );
    script.assert_done();
}

#[test]
fn a_site_that_a_colleague_has_changed_is_not_replaced_unseen() {
    let site = r#"{"id":1,"name":"Oslo","importance":"low","scanEngine":9,"scanTemplate":"discovery"}"#;
    let script = Script::new().then("GET api/3/sites/1", json(200, site));
    let (opened, wanted) = (draft("Oslo", "high", ""), draft("Bergen", "high", ""));
    let saved = now(script.client().update_site(SiteId(1), &opened, &wanted));
    let Ok(Saved::ChangedMeanwhile(theirs)) = saved else { panic!("{saved:?}") };
    assert_eq!(SiteDraft::of(&theirs), draft("Oslo", "low", ""));
    script.assert_done();
}

#[test]
fn one_site_is_read_by_its_id() {
    let script =
        Script::new().then("GET api/3/sites/1", json(200, r#"{"id":1,"name":"Oslo","type":"AGENT"}"#));
    assert_eq!(now(script.client().site(SiteId(1))).unwrap().site_type, Some(SiteType::Agent));
}

#[test]
fn a_scan_names_its_engines_in_three_ways() {
    for (fields, engines) in [
        (r#""engineId":6"#, vec![6]),
        (r#""engineIds":[6,7]"#, vec![6, 7]),
        (r#""engineId":6,"engineIds":[{"id":6,"scope":"x"},{"id":7}]"#, vec![6, 7]),
        (r#""engineIds":{"id":7,"newScanEngine":true,"scope":"silo"}"#, vec![7]),
        (r#""engineId":"6","engineIds":{"id":"7"}"#, vec![6, 7]),
        (
            r#""engineName":"a","links":[{"rel":"self","href":"https://c/api/3/scans/3"},{"rel":"Scan Engine","href":"https://c/api/3/scan_engines/7"}]"#,
            vec![7],
        ),
        (r#""engineId":6,"links":[{"rel":"Scan Engine","href":"https://c/api/3/scan_engines/7"}]"#, vec![6]),
        (r#""engineId":-1,"links":[{"rel":"Scan Engine","href":"https://c/api/3"}]"#, vec![]),
        (r#""engineIds":null,"links":{}"#, vec![]),
    ] {
        let script = Script::new().then("GET api/3/scans/3", json(200, &format!(r#"{{"id":3,{fields}}}"#)));
        let scan = now(script.client().scan(ScanId(3))).unwrap();
        assert_eq!(scan.engines.into_iter().map(EngineId::get).collect::<Vec<_>>(), engines, "{fields}");
    }
}

#[test]
fn who_started_a_scan_stands_in_either_of_two_fields() {
    for (fields, by) in [
        (r#""startedBy":"kim""#, Some("kim")),
        (r#""startedBy":null,"startedByUsername":"kim""#, Some("kim")),
        (r#""startedBy":"kim","startedByUsername":"jo""#, Some("kim")),
        (r#""startedBy":"N/A","startedByUsername":"jo""#, Some("jo")),
        (r#""startedByUsername":"n/a""#, None),
        (r#""startedBy":" ""#, None),
    ] {
        let script = Script::new().then("GET api/3/scans/3", json(200, &format!(r#"{{"id":3,{fields}}}"#)));
        assert_eq!(now(script.client().scan(ScanId(3))).unwrap().started_by.as_deref(), by, "{fields}");
    }
}

#[test]
fn a_stopped_scans_name_is_who_stopped_it() {
    for (status, message, by, words) in [
        ("stopped", "kim", None, "Stopped by kim"),
        ("stopped", "CORP\\\\kim", None, "Stopped by CORP\\kim"),
        ("stopped", "Kim Larsen", Some("Kim Larsen"), "Stopped by Kim Larsen"),
        ("stopped", "The window was over", None, "The window was over"),
        ("stopped", "Stopped", None, "Stopped"),
        ("stopped", "Ended.", None, "Ended."),
        ("error", "kim", None, "kim"),
    ] {
        let by = by.map(|by| format!(r#","startedBy":"{by}""#)).unwrap_or_default();
        let body = format!(r#"{{"id":3,"status":"{status}","message":"{message}"{by}}}"#);
        let script = Script::new().then("GET api/3/scans/3", json(200, &body));
        let scan = now(script.client().scan(ScanId(3))).unwrap();
        assert_eq!(scan_message(&scan).as_deref(), Some(words));
    }
}

/// What is known of the scans on engine 6, "Oslo" with the site 5, which is in the pool 9, "North" with the site 15.
fn on_oslo(scan: &str) -> ScansOn {
    let body = format!(r#"{{"id":77,"status":"running",{scan}}}"#);
    let script = Script::new().then("GET api/3/scans/77", json(200, &body));
    let scan = now(script.client().scan(ScanId(77))).unwrap();
    let pools = [pool(9, "North", &[6, 7], &[15]), pool(10, "South", &[7], &[16])];
    let (oslo, scans) = (engine(&value!({"sites": [5]})), [scan]);
    let on = scans_on(&oslo, &scans, &pools);
    assert_eq!(scans_on_each(&[oslo], &scans, &pools), std::slice::from_ref(&on));
    on
}

#[test]
fn a_scan_is_on_an_engine_surely_or_perhaps_or_not() {
    for sure in [
        r#""engineId":6"#,
        r#""engineIds":{"id":6}"#,
        r#""engineName":"Oslo","links":[{"rel":"Scan Engine","href":"https://c/api/3/scan_engines/6"}]"#,
        r#""engineName":"Oslo""#,
    ] {
        assert_eq!(on_oslo(sure), ScansOn { sure: 1, maybe: Vec::new() }, "{sure}");
    }
    for (maybe, why) in [
        (
            r#""engineId":9,"siteName":"Plant""#,
            "Scan 77 of Plant may be on it: North is the pool that it runs in,",
        ),
        (r#""engineId":-1,"engineName":"North""#, "Scan 77 may be on it: North is the pool that it runs in,"),
        (r#""engineName":"North""#, "North is the pool"),
        (r#""engineId":-1,"engineName":"N/A""#, "it runs in a pool, and the console does not say in which."),
        (r#""engineId":-1"#, "it runs in a pool, and the console does not say in which."),
        (r#""siteId":5"#, "its site is assigned to this engine"),
        (r#""siteId":15"#, "its site may use a pool of this engine"),
        (r#""siteName":"Plant""#, "Scan 77 of Plant may be on it: the console does not say where it runs."),
    ] {
        let on = on_oslo(maybe);
        assert_eq!((on.sure, on.maybe.len()), (0, 1), "{maybe}");
        assert!(on.words().contains(why), "{maybe}: {}", on.words());
    }
    for not in [
        r#""engineId":7"#,
        r#""engineId":10"#,
        r#""engineId":-1,"engineName":"South""#,
        r#""engineId":-1,"engineName":"Oslo""#,
        r#""engineName":"Lima""#,
        r#""siteId":16"#,
        r#""engineIds":[7,10]"#,
    ] {
        assert!(on_oslo(not).is_empty(), "{not}");
    }
}

#[test]
fn scans_on_an_engine_are_told_in_sentences_and_not_without_end() {
    let maybe = |count: usize| (0..count).map(|at| format!("Scan {at} may be on it: x.")).collect::<Vec<_>>();
    assert_eq!(ScansOn::default().words(), "");
    assert_eq!(ScansOn { sure: 1, maybe: maybe(0) }.words(), "1 scan is under way on it.");
    assert_eq!(
        ScansOn { sure: 2, maybe: maybe(1) }.words(),
        "2 scans are under way on it. Scan 0 may be on it: x."
    );
    assert!(ScansOn { sure: 0, maybe: maybe(3) }.words().ends_with("Scan 2 may be on it: x."));
    assert!(ScansOn { sure: 0, maybe: maybe(5) }.words().ends_with("The same is true of 2 more."));
}

#[test]
fn a_scan_is_read_whole() {
    let body = r#"{"id":"3","scanName":"Nightly","scanType":"Scheduled","status":"RUNNING","message":null,
        "startedBy":"jdoe","startTime":"2018-02-13T20:35:35Z","duration":"PT8H21M7.978S","assets":12,
        "vulnerabilities":{"critical":16,"severe":76,"moderate":3,"total":95},"engineName":"Oslo","siteId":1,
        "siteName":"HQ"}"#;
    let script = Script::new().then("GET api/3/scans/3", json(200, body));
    let scan = now(script.client().scan(ScanId(3))).unwrap();
    assert_eq!(scan.status, ScanStatus::Running);
    assert!(scan.status.is_under_way());
    assert_eq!(scan.duration, Some(Duration::from_millis(30_067_978)));
    assert_eq!(scan.vulnerabilities.map(|found| (found.critical, found.total)), Some((16, 95)));
    assert_eq!((scan.site, scan.site_name.as_deref()), (Some(SiteId(1)), Some("HQ")));
    assert_eq!((scan.ended, scan.message), (None, None));
}

#[test]
fn scan_statuses_are_those_of_the_specification_and_others() {
    for word in [
        "aborted",
        "unknown",
        "running",
        "finished",
        "stopped",
        "error",
        "paused",
        "dispatched",
        "integrating",
    ] {
        let status = ScanStatus::parse(word);
        assert!(
            status.label().eq_ignore_ascii_case(word) && !matches!(status, ScanStatus::Other(_)),
            "{word}"
        );
    }
    assert_eq!(ScanStatus::parse("Dreaming"), ScanStatus::Other("Dreaming".to_owned()));
}

#[test]
fn scans_are_listed_for_all_for_a_site_and_for_an_engine() {
    let page = || json(200, r#"{"resources":[{"id":3,"status":"finished"}]}"#);
    let script = Script::new()
        .then("GET api/3/scans?active=true&page=0&size=500", page())
        .then("GET api/3/sites/1/scans?page=0&size=500", page())
        .then("GET api/3/scan_engines/6/scans?page=0&size=500&sort=id,DESC", page());
    let (client, first) = (script.client(), PageRequest::default());
    let newest =
        PageRequest { sort: vec![Sort { property: "id", descending: true }], ..PageRequest::default() };
    now(async {
        client.scans(Some(true), &first).await?;
        client.site_scans(SiteId(1), None, &first).await?;
        client.engine_scans(EngineId(6), &newest).await
    })
    .unwrap();
    script.assert_done();
}

#[test]
fn a_scan_can_be_started_on_another_engine() {
    let script = Script::new().then("POST api/3/sites/1/scans", json(201, r#"{"id":44}"#));
    assert_eq!(now(script.client().start_scan(SiteId(1), Some(ScannerId(6)))), Ok(ScanId(44)));
    assert_eq!(script.last_body(), value!({"engineId": 6}));
}

#[test]
fn scans_under_way_are_on_top_of_the_first_page_and_each_is_there_once() {
    let read = |scans: &str| {
        let script = Script::new().then("GET api/3/scans?page=0&size=500", json(200, scans));
        now(script.client().scans(None, &PageRequest::default())).unwrap().items
    };
    let under_way = read(
        r#"[{"id":5,"engineId":6,"status":"running","siteId":8},{"id":3,"engineName":"Oslo","status":"paused"},
        {"id":6,"engineId":2,"status":"running"},{"id":7,"engineId":9,"status":"running"}]"#,
    );
    let page = read(
        r#"[{"id":9,"engineId":6,"status":"finished"},{"id":5,"engineId":6,"status":"running"},
        {"id":4,"engineId":6,"status":"error"}]"#,
    );
    let (oslo, pools) = (engine(&value!({})), [pool(9, "North", &[6], &[])]);
    let ids = |first| {
        let rows = scan_rows(&oslo, &pools, first, &under_way, &page);
        rows.iter().map(|row| row.id.get()).collect::<Vec<_>>()
    };
    assert_eq!(ids(true), [5, 3, 9, 4], "one that may be elsewhere is not its own");
    assert_eq!(ids(false), [9, 5, 4]);
    assert_eq!(scan_rows(&oslo, &pools, true, &under_way, &page)[0].site, Some(SiteId(8)));
}
