//! Reads are repeated after a passing failure; changes never are (docs/api-quirks.md, "Signing in").

use std::time::Duration;

use console_api::{EngineDraft, EngineId, Error, Response, RetryPolicy, TransportError};

use crate::support::{Answer, Script, done, json, now, offline, refused, text};

const ENGINES: &str = "GET api/3/scan_engines";

fn none() -> Answer {
    json(200, r#"{"resources":[]}"#)
}

fn busy(status: u16, retry_after: &str) -> Answer {
    Ok(Response { status, retry_after: Some(retry_after.to_owned()), ..Response::default() })
}

#[test]
fn a_read_is_tried_three_times_with_growing_waits() {
    let script = Script::new().then(ENGINES, offline()).then(ENGINES, text(502, "")).then(ENGINES, none());
    assert!(now(script.client().engines()).is_ok());
    script.assert_done();
    // The script's chance is always 0: half of 300 ms, half of 600 ms.
    assert_eq!(script.slept(), [Duration::from_millis(150), Duration::from_millis(300)]);
}

#[test]
fn a_read_that_keeps_failing_gives_the_last_failure() {
    let script = Script::new().then(ENGINES, text(503, "")).then(ENGINES, offline()).then(ENGINES, offline());
    assert_eq!(now(script.client().engines()), Err(Error::Network("connection refused".to_owned())));
    script.assert_done();
}

#[test]
fn a_connection_that_breaks_in_the_answer_is_tried_again() {
    let broken = || Err(TransportError::CutOff { received: 7 });
    let script = Script::new().then(ENGINES, broken()).then(ENGINES, none());
    assert!(now(script.client().engines()).is_ok());
    let script = Script::new().then(ENGINES, broken()).then(ENGINES, broken()).then(ENGINES, broken());
    assert_eq!(now(script.client().engines()), Err(Error::CutOff { received: 7 }));
}

#[test]
fn the_console_says_how_long_to_wait() {
    for status in [429, 503] {
        let script = Script::new().then(ENGINES, busy(status, "2")).then(ENGINES, none());
        assert!(now(script.client().engines()).is_ok());
        assert_eq!(script.slept(), [Duration::from_secs(2)]);
    }
}

#[test]
fn a_wait_that_is_too_long_is_left_to_the_person() {
    let script = Script::new().then(ENGINES, busy(503, "120"));
    let error = now(script.client().engines()).unwrap_err();
    assert_eq!(
        error,
        Error::Busy { status: 503, retry_after: Some(Duration::from_secs(120)), message: None }
    );
    assert!(error.to_string().contains("120 s"), "{error}");
    assert!(script.slept().is_empty());
}

#[test]
fn a_date_in_retry_after_is_not_used() {
    let script =
        Script::new().then(ENGINES, busy(503, "Wed, 21 Oct 2026 07:28:00 GMT")).then(ENGINES, none());
    assert!(now(script.client().engines()).is_ok());
    assert_eq!(script.slept(), [Duration::from_millis(150)]);
}

#[test]
fn time_outs_and_refusals_are_not_tried_again() {
    for answer in
        [Err(TransportError::Timeout), refused(500, "An unexpected error occurred"), refused(400, "No")]
    {
        let script = Script::new().then(ENGINES, answer);
        assert!(now(script.client().engines()).is_err());
        assert!(script.slept().is_empty());
    }
}

#[test]
fn a_change_is_sent_once() {
    for answer in [offline(), text(503, ""), Err(TransportError::Timeout)] {
        let script = Script::new().then("DELETE api/3/scan_engines/6", answer);
        assert!(now(script.client().delete_engine(EngineId(6))).is_err());
        script.assert_done();
    }
}

#[test]
fn repeating_can_be_switched_off() {
    let script = Script::new().then(ENGINES, offline());
    assert!(now(script.client().with_retry(RetryPolicy::NEVER).engines()).is_err());
    script.assert_done();
}

#[test]
fn each_kind_of_call_has_its_time() {
    let script = Script::new()
        .then(ENGINES, none())
        .then("GET api/3/scan_engines/6", json(200, r#"{"id":6}"#))
        .then("DELETE api/3/scan_engines/6", done())
        .then("POST api/3/administration/commands", json(200, r#"{"output":""}"#));
    let client = script.client();
    now(async {
        client.engines().await?;
        client.engine(EngineId(6)).await?;
        client.delete_engine(EngineId(6)).await?;
        client.version_engines().await
    })
    .unwrap();
    let seconds: Vec<u64> = script.sent().iter().map(|request| request.timeout.as_secs()).collect();
    assert_eq!(seconds, [60, 30, 60, 300]);
}

#[test]
fn the_client_can_be_shared_between_threads_when_its_transport_can() {
    fn shareable(_: impl Send + Sync + Clone + 'static) {}
    let script = Script::new();
    shareable(script.client());
    let draft = EngineDraft { name: "Oslo".to_owned(), address: "192.0.2.6".to_owned(), port: 40814 };
    shareable_future(script.client().create_engine(&draft));
    fn shareable_future(_: impl Future + Send) {}
}
