//! Sites and scans (console-facts §2).

use std::time::Duration;

use console_api::{
    EngineId, Error, NewSite, PageRequest, PoolId, ScanId, ScanStatus, ScannerId, SiteId, SiteType, Sort,
    Timestamp, TransportError,
};
use serde_json::json as value;

use crate::support::{Script, done, json, now};

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
    assert_eq!(now(script.client().running_scans(EngineId(6))), Ok(3));
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
fn a_lost_answer_to_a_new_site_or_scan_is_an_unknown_outcome() {
    let script = Script::new()
        .then("POST api/3/sites", Err(TransportError::Timeout))
        .then("POST api/3/sites/1/scans", Err(TransportError::Timeout));
    let unknown = Error::UnknownOutcome(Box::new(Error::Timeout));
    let site = NewSite {
        name: "Oslo".to_owned(),
        importance: None,
        description: None,
        scanner: None,
        scan_template: None,
    };
    assert_eq!(now(script.client().create_site(&site)), Err(unknown.clone()));
    assert_eq!(now(script.client().start_scan(SiteId(1), None)), Err(unknown));
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
        (r#""engineIds":null"#, vec![]),
    ] {
        let script = Script::new().then("GET api/3/scans/3", json(200, &format!(r#"{{"id":3,{fields}}}"#)));
        let scan = now(script.client().scan(ScanId(3))).unwrap();
        assert_eq!(scan.engines.into_iter().map(EngineId::get).collect::<Vec<_>>(), engines, "{fields}");
    }
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
