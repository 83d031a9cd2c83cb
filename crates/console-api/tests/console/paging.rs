//! Paging as a stream: zero-based pages of at most 500 rows (docs/api-quirks.md, "Reading").

use std::time::Duration;

use console_api::{EngineId, Error, PageRequest, TransportError};
use futures::{StreamExt as _, TryStreamExt as _};

use crate::support::{Answer, Script, json, now, refused};

fn page(number: u64, total: u64, ids: &[u64]) -> Answer {
    let rows: Vec<_> = ids.iter().map(|id| serde_json::json!({ "id": id })).collect();
    let info = serde_json::json!({"number": number, "size": 2, "totalPages": total, "totalResources": 5});
    json(200, &serde_json::json!({"resources": rows, "page": info}).to_string())
}

fn two() -> PageRequest {
    PageRequest { size: 2, ..PageRequest::default() }
}

#[test]
fn a_stream_gives_every_page_in_turn() {
    let script = Script::new()
        .then("GET api/3/sites?page=0&size=2", page(0, 3, &[1, 2]))
        .then("GET api/3/sites?page=1&size=2", page(1, 3, &[3, 4]))
        .then("GET api/3/sites?page=2&size=2", page(2, 3, &[5]));
    let pages: Vec<_> = now(script.client().sites_stream(two()).try_collect()).unwrap();
    let ids: Vec<_> = pages.iter().flat_map(|page| page.items.iter().map(|site| site.id.get())).collect();
    assert_eq!(ids, [1, 2, 3, 4, 5]);
    assert_eq!(pages[0].total, Some(5), "the total is known with the first page, for a progress bar");
    script.assert_done();
}

#[test]
fn a_stream_reads_no_page_before_it_is_asked_for() {
    let script = Script::new().then("GET api/3/scans?active=false&page=0&size=2", page(0, 3, &[1, 2]));
    let mut pages = Box::pin(script.client().scans_stream(Some(false), two()));
    assert!(script.sent().is_empty());
    assert!(now(pages.next()).is_some());
    script.assert_done();
}

#[test]
fn a_stream_ends_with_the_first_error() {
    let script = Script::new()
        .then("GET api/3/scan_engines/6/sites?page=0&size=2", page(0, 3, &[1, 2]))
        .then("GET api/3/scan_engines/6/sites?page=1&size=2", refused(404, "gone"));
    let pages: Vec<_> = now(script.client().engine_sites_stream(EngineId(6), two()).collect());
    assert_eq!(pages.len(), 2);
    assert!(matches!(pages[1], Err(Error::NotFound { .. })));
}

#[test]
fn a_list_that_shrinks_meanwhile_ends_the_stream() {
    let script = Script::new()
        .then("GET api/3/scan_engines/6/scans?page=0&size=2", page(0, 3, &[1, 2]))
        .then("GET api/3/scan_engines/6/scans?page=1&size=2", page(1, 3, &[]));
    let pages: Vec<_> = now(script.client().engine_scans_stream(EngineId(6), two()).collect());
    assert_eq!(pages.len(), 2);
    script.assert_done();
}

#[test]
fn without_page_numbers_a_short_page_is_the_last() {
    let script = Script::new()
        .then("GET api/3/sites?page=0&size=2", json(200, r#"{"resources":[{"id":1},{"name":"broken"}]}"#))
        .then("GET api/3/sites?page=1&size=2", json(200, r#"{"resources":[{"id":3}]}"#));
    let pages: Vec<_> = now(script.client().sites_stream(two()).try_collect()).unwrap();
    assert_eq!(pages.iter().map(|page| page.unreadable).sum::<usize>(), 1);
    script.assert_done();
}

fn rows(ids: impl IntoIterator<Item = u64>) -> Answer {
    let rows: Vec<_> = ids.into_iter().map(|id| serde_json::json!({ "id": id })).collect();
    json(200, &serde_json::json!({"resources": rows, "links": []}).to_string())
}

fn site_ids(script: &Script, request: PageRequest) -> Vec<u64> {
    let pages: Vec<_> = now(script.client().sites_stream(request).try_collect()).unwrap();
    script.assert_done();
    pages.iter().flat_map(|page| page.items.iter().map(|site| site.id.get())).collect()
}

#[test]
fn a_list_without_page_numbers_that_has_more_rows_than_asked_for_is_whole() {
    let script = Script::new().then("GET api/3/sites?page=0&size=500", rows(1..=600));
    assert_eq!(site_ids(&script, PageRequest::default()), (1..=600).collect::<Vec<_>>());
}

#[test]
fn a_page_that_brings_no_new_row_ends_a_list_and_each_row_is_there_once() {
    // It ignores the query, and happens to have as many rows as a page.
    let script = Script::new()
        .then("GET api/3/sites?page=0&size=500", rows(1..=500))
        .then("GET api/3/sites?page=1&size=500", rows(1..=500));
    assert_eq!(site_ids(&script, PageRequest::default()), (1..=500).collect::<Vec<_>>());
    // It repeats its last page for ever.
    let script = Script::new()
        .then("GET api/3/sites?page=0&size=2", rows([1, 2]))
        .then("GET api/3/sites?page=1&size=2", rows([3, 4]))
        .then("GET api/3/sites?page=2&size=2", rows([4, 3]));
    assert_eq!(site_ids(&script, two()), [1, 2, 3, 4]);
    // A row that has moved to the next page in the meantime does not end it.
    let script = Script::new()
        .then("GET api/3/sites?page=0&size=2", rows([1, 2]))
        .then("GET api/3/sites?page=1&size=2", rows([2, 3]))
        .then("GET api/3/sites?page=2&size=2", rows([4]));
    assert_eq!(site_ids(&script, two()), [1, 2, 3, 4]);
}

#[test]
fn rows_without_a_number_for_their_id_are_counted_and_do_not_go_on_for_ever() {
    let uuids = r#"{"resources":[{"id":"1f0c6a0e-7c57-4a54-8d0e-0e6a8e1f6d11"},{"id":"x"}],"links":[]}"#;
    let script = Script::new().then("GET api/3/sites?page=0&size=2", json(200, uuids));
    let pages: Vec<_> = now(script.client().sites_stream(two()).try_collect()).unwrap();
    assert_eq!(pages.iter().map(|page| (page.items.len(), page.unreadable)).collect::<Vec<_>>(), [(0, 2)]);
    script.assert_done();
}

#[test]
fn a_console_that_promises_rows_and_has_none_ends_the_list() {
    for body in [
        r#"{"resources":[],"page":{"number":0,"size":500,"totalPages":1,"totalResources":1},"links":[]}"#,
        r#"{"page":{"number":0,"size":500,"totalPages":9,"totalResources":4001},"links":[]}"#,
        r#"{"links":[]}"#,
    ] {
        let script = Script::new().then("GET api/3/sites?page=0&size=500", json(200, body));
        assert_eq!(site_ids(&script, PageRequest::default()), [0; 0], "{body}");
    }
}

#[test]
fn after_a_time_out_a_list_goes_on_in_smaller_pages_and_keeps_what_it_has() {
    let late = || Err(TransportError::Timeout);
    let script = Script::new()
        .then("GET api/3/sites?page=0&size=500", rows(0..500))
        .then("GET api/3/sites?page=1&size=500", late())
        .then("GET api/3/sites?page=2&size=250", late())
        .then("GET api/3/sites?page=4&size=125", late())
        .then("GET api/3/sites?page=8&size=60", rows(480..540))
        .then("GET api/3/sites?page=9&size=60", rows(540..560));
    assert_eq!(site_ids(&script, PageRequest::default()), (0..560).collect::<Vec<_>>());
    assert!(script.sent().iter().all(|request| request.timeout == Duration::from_secs(60)));

    // There is no smaller one.
    let script = Script::new().then("GET api/3/sites?page=0&size=60", late());
    let request = PageRequest { size: 60, ..PageRequest::default() };
    let pages: Vec<_> = now(script.client().sites_stream(request).collect());
    assert_eq!(pages, [Err(Error::Timeout)]);
    script.assert_done();
}
