//! Paging as a stream: zero-based pages of at most 500 rows (docs/api-quirks.md, "Reading").

use console_api::{EngineId, Error, PageRequest};
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
