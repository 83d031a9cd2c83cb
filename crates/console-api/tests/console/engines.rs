//! Engines as consoles write them, and what changing them takes (docs/api-quirks.md, "Reading" and "Changing").

use console_api::{
    Direction, EngineDraft, EngineId, EngineStatus, Error, PoolId, Saved, SiteId, Timestamp, TransportError,
};
use serde_json::json as value;

use crate::support::{Script, done, engine, json, now, offline, refused, text};

const ENGINES: &str = "GET api/3/scan_engines";
const ONE: &str = "GET api/3/scan_engines/6";
const CREATE: &str = "POST api/3/scan_engines";

fn draft(name: &str) -> EngineDraft {
    EngineDraft { name: name.to_owned(), address: "192.0.2.6".to_owned(), port: 40814 }
}

fn list(engines: &serde_json::Value) -> crate::support::Answer {
    json(200, &value!({"resources": engines, "links": []}).to_string())
}

fn oslo() -> serde_json::Value {
    value!({"id": 6, "name": "Oslo", "address": "192.0.2.6", "port": 40814, "status": "active", "sites": [1, 2]})
}

#[test]
fn the_documents_own_example_is_read_whole() {
    let body = r#"{
        "id": 6, "name": "Corporate Scan Engine 001", "address": "corporate-scan-engine-001.acme.com", "port": 40894,
        "status": "active", "productVersion": "6.6.123", "contentVersion": "2024-10-07",
        "serialNumber": "ABC123DEF456", "isAWSPreAuthEngine": false, "sites": [42, 43, 44],
        "lastRefreshedDate": "2024-10-07T12:00:00Z", "lastUpdatedDate": "2024-10-07T12:00:00Z",
        "links": [{"href": "https://hostname:3780/api/3/scan_engines/6", "rel": "self"}]}"#;
    let script = Script::new().then(ONE, json(200, body));
    let engine = now(script.client().engine(EngineId(6))).unwrap();
    assert_eq!(engine.id, EngineId(6));
    assert_eq!(engine.name, "Corporate Scan Engine 001");
    assert_eq!(engine.address, "corporate-scan-engine-001.acme.com");
    assert_eq!(engine.port, Some(40894));
    assert_eq!(engine.status, EngineStatus::Active);
    assert_eq!(engine.product_version.as_deref(), Some("6.6.123"));
    assert_eq!(engine.content_version.as_deref(), Some("2024-10-07"));
    assert_eq!(engine.serial_number.as_deref(), Some("ABC123DEF456"));
    assert!(!engine.aws_pre_authorised);
    assert_eq!(engine.sites, [42, 43, 44].map(SiteId));
    assert_eq!(engine.last_refreshed, Timestamp::parse("2024-10-07T12:00:00Z"));
    assert_eq!(engine.last_updated, Timestamp::parse("2024-10-07T12:00:00Z"));
    assert_eq!((engine.direction, engine.status_message, engine.pools), (None, None, None));
    assert_eq!((engine.certificate_fingerprint, engine.console_fingerprint), (None, None));
}

#[test]
fn a_console_may_tell_the_fingerprints_of_both_certificates() {
    let engine = engine(&value!({"certificateFingerprint": "AB:CD", "consoleFingerprint": "01:23"}));
    assert_eq!(engine.certificate_fingerprint.as_deref(), Some("AB:CD"));
    assert_eq!(engine.console_fingerprint.as_deref(), Some("01:23"));
}

#[test]
fn every_field_but_the_id_may_be_absent_or_null() {
    for body in [
        r#"{"id":6}"#,
        r#"{"id":6,"name":null,"address":null,"port":null,"status":null,"productVersion":null,"contentVersion":null,
            "serialNumber":null,"isAWSPreAuthEngine":null,"sites":null,"enginePools":null,"lastRefreshedDate":null,
            "lastUpdatedDate":null,"links":null,"connectionDirection":null,"statusMessage":null}"#,
    ] {
        let script = Script::new().then(ONE, json(200, body));
        let engine = now(script.client().engine(EngineId(6))).unwrap();
        assert_eq!(engine.name, "Engine 6");
        assert_eq!((engine.address.as_str(), engine.port), ("", None));
        assert_eq!(engine.status, EngineStatus::Missing);
        assert_eq!(engine.last_refreshed, None);
        assert!(engine.sites.is_empty());
    }
}

#[test]
fn a_field_of_another_type_costs_only_itself() {
    let engine = engine(&value!({
        "port": "40815", "status": 7, "productVersion": 6, "contentVersion": ["x"], "isAWSPreAuthEngine": "true",
        "sites": {"1": 2}, "lastRefreshedDate": 1_728_302_400_000_i64, "lastUpdatedDate": "soon",
        "connectionDirection": "ENGINE-TO-CONSOLE", "statusMessage": "  ", "enginePools": ["9"]
    }));
    assert_eq!(engine.port, Some(40815));
    assert_eq!(engine.status, EngineStatus::Other("7".to_owned()));
    assert_eq!(engine.product_version.as_deref(), Some("6"));
    assert_eq!(engine.content_version, None);
    assert!(engine.aws_pre_authorised);
    assert!(engine.sites.is_empty());
    assert_eq!(engine.last_refreshed, Timestamp::parse("2024-10-07T12:00:00Z"));
    assert_eq!(engine.last_updated, None);
    assert_eq!(engine.direction, Some(Direction::EngineToConsole));
    assert_eq!(engine.status_message, None);
    assert_eq!(engine.pools, Some(vec![PoolId(9)]));
}

#[test]
fn versions_need_not_be_semantic() {
    let engine = engine(&value!({"contentVersion": "2445745114 (2018-10-22)"}));
    assert_eq!(engine.content_version.as_deref(), Some("2445745114 (2018-10-22)"));
}

#[test]
fn a_port_out_of_range_is_none() {
    for port in [value!(0), value!(65536), value!(-2), value!("x"), value!(1.5)] {
        assert_eq!(engine(&value!({ "port": port })).port, None, "{port}");
    }
}

#[test]
fn a_broken_row_does_not_cost_the_others() {
    let rows = value!([oslo(), {"name": "no id"}, null, 5, {"id": -3}, {"id": "8", "name": "Lima"}]);
    let script = Script::new().then(ENGINES, list(&rows));
    let list = now(script.client().engines()).unwrap();
    assert_eq!(list.items.iter().map(|engine| engine.name.as_str()).collect::<Vec<_>>(), ["Oslo", "Lima"]);
    assert_eq!(list.unreadable, 4);
}

#[test]
fn pools_that_old_consoles_list_among_the_engines_are_left_out() {
    let rows =
        value!([oslo(), {"id": 7, "name": "A pool", "port": -1}, {"id": 8, "name": "Another", "port": "-1"}]);
    let script = Script::new()
        .then(ENGINES, list(&rows))
        .then("GET api/3/scan_engines/7", json(200, &rows[1].to_string()));
    let engines = now(script.client().engines()).unwrap();
    assert_eq!((engines.items.len(), engines.unreadable), (1, 0));
    assert_eq!(now(script.client().engine(EngineId(7))), Err(Error::NotFound { message: None }));
}

#[test]
fn an_empty_list_has_many_forms() {
    for body in ["[]", r#"{"resources":[]}"#, r#"{"resources":null}"#, r#"{"links":[]}"#] {
        let script = Script::new().then(ENGINES, json(200, body));
        let list = now(script.client().engines()).unwrap();
        assert_eq!((list.items.len(), list.unreadable), (0, 0), "{body}");
    }
}

#[test]
fn available_engines_are_the_active_ones() {
    let rows = value!([oslo(), {"id": 7, "status": "Running"}, {"id": 8, "status": "unknown"}, {"id": 9}]);
    let script = Script::new().then(ENGINES, list(&rows));
    let ids: Vec<_> = now(script.client().available_engines())
        .unwrap()
        .items
        .iter()
        .map(|engine| engine.id.get())
        .collect();
    assert_eq!(ids, [6, 7]);
}

#[test]
fn a_summary_counts_sites_and_names_pools() {
    let script = Script::new()
        .then(ONE, json(200, &oslo().to_string()))
        .then(
            "GET api/3/scan_engines/6/sites?page=0&size=1",
            json(200, r#"{"resources":[{"id":1}],"page":{"number":0,"size":1,"totalPages":41,"totalResources":41}}"#),
        )
        .then(
            "GET api/3/scan_engines/6/scan_engine_pools",
            json(200, r#"{"resources":[{"id":9,"name":"North","engines":[6]}]}"#),
        );
    let summary = now(script.client().engine_summary(EngineId(6))).unwrap();
    assert_eq!((summary.engine.name.as_str(), summary.sites_count), ("Oslo", 41));
    assert_eq!(summary.pools[0].name, "North");
}

#[test]
fn creating_sends_neither_id_nor_sites() {
    let script = Script::new().then(CREATE, json(201, r#"{"id":6,"links":[]}"#));
    let created = now(script.client().create_engine(&draft(" Oslo "))).unwrap();
    assert_eq!((created.id, created.despite), (EngineId(6), None));
    assert_eq!(script.last_body(), value!({"name": "Oslo", "address": "192.0.2.6", "port": 40814}));
    assert_eq!(script.sent()[0].header("content-type"), Some("application/json"));
}

#[test]
fn the_new_id_may_stand_in_a_link_only() {
    let body =
        r#"{"links":[{"href":"https://c:3780/api/3"},{"href":"https://c:3780/api/3/scan_engines/12"}]}"#;
    // The first link ends in a number too, but it is the API's.
    let script = Script::new().then(CREATE, json(201, body));
    assert_eq!(now(script.client().create_engine(&draft("Oslo"))).unwrap().id, EngineId(12));
}

#[test]
fn a_taken_name_is_refused_in_the_consoles_words() {
    let script = Script::new().then(CREATE, refused(400, "An engine with this name exists."));
    let error = now(script.client().create_engine(&draft("Oslo"))).unwrap_err();
    assert_eq!(
        error,
        Error::Rejected { status: 400, message: "An engine with this name exists.".to_owned() }
    );
    script.assert_done();
}

#[test]
fn after_a_500_or_a_time_out_the_list_tells_whether_the_engine_was_created() {
    for failure in [refused(500, "An unexpected error occurred"), Err(TransportError::Timeout), offline()] {
        let script = Script::new().then(CREATE, failure.clone()).then(ENGINES, list(&value!([oslo()])));
        let created = now(script.client().create_engine(&draft("Oslo"))).unwrap();
        assert_eq!(created.id, EngineId(6));
        assert!(created.despite.is_some());

        let script = Script::new().then(CREATE, failure).then(ENGINES, list(&value!([oslo()])));
        let error = now(script.client().create_engine(&draft("Lima"))).unwrap_err();
        assert!(matches!(error, Error::NotDone(_)), "the list shows that it is not there: {error:?}");
        assert!(error.to_string().ends_with("it was not done."), "{error}");
        script.assert_done();
    }
}

#[test]
fn the_words_of_an_inner_failure_mean_doubt_whatever_the_status() {
    let words = "An unexpected error occurred. See the log file for more information or contact support.";
    for status in [400, 403, 404, 409, 500, 503] {
        let failure = || refused(status, words);
        let there = Script::new().then(CREATE, failure()).then(ENGINES, list(&value!([oslo()])));
        let created = now(there.client().create_engine(&draft("Oslo"))).unwrap();
        let despite = created.despite.unwrap();
        assert_eq!(despite, Error::Rejected { status, message: words.to_owned() });
        assert!(despite.to_string().starts_with("The console failed"), "{despite}");
        assert!(despite.what_helps().contains("log"), "{}", despite.what_helps());

        let missing = Script::new().then(CREATE, failure()).then(ENGINES, list(&value!([oslo()])));
        let error = now(missing.client().create_engine(&draft("Lima"))).unwrap_err();
        assert!(matches!(error, Error::NotDone(_)), "{error:?}");

        let unread = Script::new().then(CREATE, failure()).then(ENGINES, refused(500, "x"));
        let error = now(unread.client().create_engine(&draft("Oslo"))).unwrap_err();
        assert!(matches!(error, Error::UnknownOutcome(_)), "{error:?}");

        // Where nobody looks, it says so.
        let script = Script::new().then("DELETE api/3/scan_engines/6", failure());
        let error = now(script.client().delete_engine(EngineId(6))).unwrap_err();
        assert!(matches!(error, Error::UnknownOutcome(_)), "{error:?}");
    }
    let script = Script::new().then(CREATE, refused(400, "An error occurred: the name is taken."));
    let error = now(script.client().create_engine(&draft("Oslo"))).unwrap_err();
    assert!(
        matches!(error, Error::Rejected { status: 400, .. }),
        "other words are about the input: {error:?}"
    );
}

#[test]
fn a_change_without_an_answer_in_time_may_have_been_done() {
    let late = || Err(TransportError::Timeout);
    let script = Script::new()
        .then("GET api/3/scan_engines/6", json(200, &oslo().to_string()))
        .then("PUT api/3/scan_engines/6", late())
        .then("DELETE api/3/scan_engines/6", late());
    let client = script.client();
    let opened = EngineDraft::of(&engine(&oslo()));
    let doubt = Error::UnknownOutcome(Box::new(Error::Timeout));
    assert_eq!(now(client.update_engine(EngineId(6), &opened, &draft("Lima"))), Err(doubt.clone()));
    assert_eq!(now(client.delete_engine(EngineId(6))), Err(doubt));
    script.assert_done();
}

#[test]
fn when_the_list_cannot_be_read_either_the_outcome_is_unknown() {
    let script = Script::new().then(CREATE, Err(TransportError::Timeout)).then(ENGINES, refused(500, "x"));
    let error = now(script.client().create_engine(&draft("Oslo"))).unwrap_err();
    assert_eq!(error, Error::UnknownOutcome(Box::new(Error::Timeout)));
    assert!(error.to_string().contains("may have been done anyway"), "{error}");
}

#[test]
fn saving_sends_the_sites_as_they_are_now() {
    let script =
        Script::new().then(ONE, json(200, &oslo().to_string())).then("PUT api/3/scan_engines/6", done());
    let saved = now(script.client().update_engine(EngineId(6), &draft("Oslo"), &draft("Bergen"))).unwrap();
    assert_eq!(saved, Saved::Done);
    assert_eq!(
        script.last_body(),
        value!({"id": 6, "name": "Bergen", "address": "192.0.2.6", "port": 40814, "sites": [1, 2]})
    );
}

#[test]
fn saving_stops_when_somebody_else_was_faster() {
    let script = Script::new().then(ONE, json(200, &oslo().to_string()));
    let saved = now(script.client().update_engine(EngineId(6), &draft("Tromsø"), &draft("Bergen"))).unwrap();
    let Saved::ChangedMeanwhile(theirs) = saved else { panic!("{saved:?}") };
    assert_eq!(theirs.name, "Oslo");
    script.assert_done();
}

#[test]
fn an_engine_that_still_has_sites_is_not_deleted() {
    let script = Script::new().then("DELETE api/3/scan_engines/6", refused(400, "Sites are assigned."));
    let error = now(script.client().delete_engine(EngineId(6))).unwrap_err();
    assert_eq!(error, Error::Rejected { status: 400, message: "Sites are assigned.".to_owned() });
}

#[test]
fn a_plain_text_answer_to_a_read_is_unexpected() {
    let script = Script::new().then(ONE, text(200, "hello"));
    assert!(matches!(now(script.client().engine(EngineId(6))), Err(Error::UnexpectedBody { .. })));
}
