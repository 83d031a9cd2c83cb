//! What API v3 has no resource for (docs/api-quirks.md, "Beyond v3"), and the console itself.

use std::time::Duration;

use console_api::{Asked, EngineId, EngineStatus, Error, Response, TransportError, UpdateAnswer};

use crate::support::{Answer, Script, done, html, json, now, refused, text, welcome};

const COMMAND: &str = "POST api/3/administration/commands";
const ONE: &str = "GET api/3/scan_engines/6";
const UPDATE: &str = "POST data/engine/6/update";
const REVERSE: &str = "PUT api/2.1/engine/6/reverseConnection";

fn printed(output: &str) -> Answer {
    json(200, &serde_json::json!({"output": output, "links": []}).to_string())
}

fn oslo(status: &str) -> Answer {
    json(200, &format!(r#"{{"id":6,"name":"Oslo","status":"{status}"}}"#))
}

/// A closed door is tried twice: the second time with the cookie.
fn update(answer: Answer) -> Result<UpdateAnswer, Error> {
    let leads_to_sign_in = answer.as_ref().is_ok_and(|it| {
        let is_page = it.content_type.as_deref() == Some("text/html") && it.status < 300;
        it.redirected || is_page || matches!(it.status, 302 | 401)
    });
    let again = leads_to_sign_in.then(|| answer.clone());
    let script =
        again.into_iter().fold(Script::new().then(UPDATE, answer), |script, it| script.then(UPDATE, it));
    let result = now(script.client().update_engine_software(EngineId(6)));
    script.assert_done();
    result
}

#[test]
fn a_command_is_the_bare_body() {
    let script = Script::new().then(COMMAND, printed("done"));
    assert_eq!(now(script.client().run_command("version")).unwrap().output, "done");
    assert_eq!(script.sent()[0].body.as_deref(), Some(b"version".as_slice()));
}

#[test]
fn a_command_may_print_nothing() {
    for body in [r#"{"output":""}"#, r#"{"output":null}"#, r#"{"links":[]}"#] {
        let script = Script::new().then(COMMAND, json(200, body));
        assert_eq!(now(script.client().run_command("version")).unwrap().output, "");
    }
    let script = Script::new().then(COMMAND, json(200, r#"{"output":[1]}"#));
    assert!(now(script.client().run_command("version")).is_err());
}

#[test]
fn version_engines_is_taken_apart() {
    let output = "Local Engine  Name: Local\nLocal Engine  Status: Active\n\nRemote Engine Name: Oslo\n\
                  Remote Engine Serial No: AB12\nRemote Engine Platform: Linux64\nRemote Engine Status: Pending-Auth\n\n\
                  Cannot refresh scan engine (Oslo): Unauthorized console connection from: 192.0.2.1\n";
    let script = Script::new().then(COMMAND, printed(output));
    let report = now(script.client().version_engines()).unwrap();
    assert_eq!(script.sent()[0].body.as_deref(), Some(b"version engines".as_slice()));
    assert_eq!(report.engines.len(), 2);
    let oslo = crate::support::engine(&serde_json::json!({"name": "Oslo", "serialNumber": "ab12"}));
    let block = report.about(&oslo).unwrap();
    assert_eq!(block.status, Some(EngineStatus::PendingAuthorization));
    assert_eq!(block.platform.as_deref(), Some("Linux64"));
    assert!(report.problem_of(&oslo).unwrap().contains("Unauthorized console connection"));
}

#[test]
fn an_answer_that_tells_of_no_engine_is_no_refresh() {
    for answer in [
        printed(""),
        json(200, r#"{"links":[]}"#),
        json(200, r#"{"output":null}"#),
        json(200, r#"{"status":"ok","items":[1]}"#),
        printed("\n  \r\n"),
        printed("VERSION INFORMATION\n\n"),
        printed("Unknown command: version engines"),
        printed("Remote Engine Colour: blue\n"),
    ] {
        let shown = format!("{answer:?}");
        let script = Script::new().then(COMMAND, answer).then(ONE, oslo("active"));
        let refreshed = now(script.client().refresh_engine(EngineId(6))).expect(&shown);
        assert_eq!(refreshed.asked, Asked::Silent, "{shown}");
    }
    // Where the console could reach none, it has told that.
    let told = "Cannot refresh scan engine (Oslo): Unauthorized console connection from: 192.0.2.1";
    let script = Script::new().then(COMMAND, printed(told));
    assert!(matches!(now(script.client().ask_engines()), Ok(Asked::Yes(report)) if report.notices == [told]));
}

#[test]
fn a_long_report_is_read_in_slices() {
    let block = |at: u32| {
        format!(
            "Remote Engine Name: engine-{at:05}\nRemote Engine DN: CN=engine/O=Rapid7\nRemote Engine Version: 6.6.{at}\n\
             Remote Engine Platform: Linux64\nRemote Engine Serial No: S{at}\nRemote Engine Product Name: x\n\
             Remote Engine Last Content Update ID: 1\nRemote Engine Product ID: 2\nRemote Engine Status: Active\n\n"
        )
    };
    let output: String = (0..5_000).map(block).collect();
    let script = Script::new().then(COMMAND, printed(&output));
    let report = now(script.client().version_engines()).unwrap();
    assert_eq!(report.engines.len(), 5_000);
    assert_eq!(report.engines[4_999].serial_number.as_deref(), Some("S4999"));
    let lines = output.lines().count();
    let slices = script.slept();
    assert!(slices.iter().all(Duration::is_zero));
    assert!(lines / slices.len() <= 4_000, "{} slices of {lines} lines", slices.len());
    assert_eq!(report, console_api::parse_version_engines(&output), "where it is cut makes no difference");
}

#[test]
fn refreshing_asks_the_engines_then_reads_one() {
    let script = Script::new().then(COMMAND, printed("Remote Engine Name: Oslo\n")).then(ONE, oslo("active"));
    let refreshed = now(script.client().refresh_engine(EngineId(6))).unwrap();
    assert_eq!(refreshed.engine.status, EngineStatus::Active);
    assert!(matches!(refreshed.asked, Asked::Yes(report) if report.engines.len() == 1));
}

#[test]
fn without_the_right_to_ask_a_refresh_only_reads_and_says_so() {
    let missing_right: [Vec<(&str, Answer)>; 3] = [
        vec![(COMMAND, refused(401, "Global Administrator needed")), ("GET api/3", welcome())],
        vec![(COMMAND, refused(404, ""))],
        vec![(COMMAND, refused(403, ""))],
    ];
    for steps in missing_right {
        let mut script = Script::new();
        for (call, answer) in steps {
            script = script.then(call, answer);
        }
        let script = script.then(ONE, oslo("unknown"));
        let refreshed = now(script.client().refresh_engine(EngineId(6))).unwrap();
        assert_eq!(refreshed.asked, Asked::NotPermitted);
        script.assert_done();
    }
}

#[test]
fn a_command_that_fails_does_not_hide_what_the_console_knows() {
    let script = Script::new().then(COMMAND, Err(TransportError::Timeout)).then(ONE, oslo("not-responding"));
    let refreshed = now(script.client().refresh_engine(EngineId(6))).unwrap();
    assert_eq!(refreshed.asked, Asked::Failed(Error::Timeout));
    assert_eq!(refreshed.engine.status, EngineStatus::NotResponding);
}

#[test]
fn a_session_that_is_over_ends_a_refresh() {
    let script = Script::new()
        .then(COMMAND, refused(401, ""))
        .then("GET api/3", refused(401, ""))
        .then("GET ", html(200, "<title>Sign in</title>"));
    assert_eq!(now(script.client().refresh_engine(EngineId(6))), Err(Error::Unauthorized));
}

#[test]
fn calls_outside_of_v3_carry_the_session_header_and_others_do_not() {
    let script = Script::new().then(UPDATE, json(200, "")).then(ONE, oslo("active"));
    let client = script.client();
    now(client.update_engine_software(EngineId(6))).unwrap();
    now(client.engine(EngineId(6))).unwrap();
    let sent = script.sent();
    assert_eq!(sent[0].header("nexposeCCSessionID"), Some("0".repeat(40).as_str()));
    assert!(sent[0].header("Authorization").is_some());
    assert!(!sent[0].follow_redirects);
    assert_eq!(sent[0].header("X-Requested-With"), Some("XMLHttpRequest"));
    assert_eq!(sent[0].cookie, None);
    assert_eq!(sent[1].header("nexposeCCSessionID"), None);
    assert_eq!(sent[1].cookie, None);
}

#[test]
fn a_console_that_wants_the_cookie_too_gets_it_once() {
    let redirect = || Ok(Response { status: 302, redirected: true, ..Response::default() });
    for closed in [redirect(), text(401, ""), html(200, "<title>Sign in</title>")] {
        let script = Script::new().then(UPDATE, closed).then(UPDATE, text(200, ""));
        assert!(now(script.client().update_engine_software(EngineId(6))).is_ok());
        let sent = script.sent();
        let zeros = "0".repeat(40);
        assert_eq!(sent[0].cookie, None);
        let cookie = sent[1].cookie.map(|(name, value)| (name, value.to_owned()));
        assert_eq!(cookie, Some(("nexposeCCSessionID", zeros.clone())));
        assert_eq!(sent[1].header("nexposeCCSessionID"), Some(zeros.as_str()));
        script.assert_done();
    }
    // What was refused in other ways is not sent twice: nobody knows whether it was done.
    for answer in [html(500, "<html>"), text(404, ""), refused(403, "Forbidden"), text(405, "")] {
        let script = Script::new().then(UPDATE, answer);
        assert!(now(script.client().update_engine_software(EngineId(6))).is_err());
        script.assert_done();
    }
}

#[test]
fn an_update_that_was_sent_may_come_with_words() {
    for (answer, words) in [
        (text(200, ""), None),
        (text(200, "Already up to date"), Some("Already up to date")),
        (json(200, r#"{"message":"Update sent"}"#), Some("Update sent")),
        (json(200, "true"), None),
        (done(), None),
    ] {
        assert_eq!(update(answer), Ok(UpdateAnswer { message: words.map(str::to_owned) }));
    }
}

#[test]
fn an_engine_that_cannot_take_the_update_is_refused_with_words() {
    assert_eq!(
        update(refused(400, "The engine is offline.")),
        Err(Error::Rejected { status: 400, message: "The engine is offline.".to_owned() })
    );
    assert!(matches!(update(refused(404, "No such engine")), Err(Error::NotFound { .. })));
}

#[test]
fn a_redirect_a_page_or_a_401_there_is_no_reason_to_sign_in_again() {
    let redirect = |status| Ok(Response { status, redirected: true, ..Response::default() });
    for answer in [
        redirect(302),
        redirect(0),
        Ok(Response { status: 302, ..Response::default() }),
        Ok(Response { status: 200, redirected: true, body: b"{}".to_vec(), ..Response::default() }),
        html(200, "<html><title>Sign in</title>"),
        html(500, "<html>"),
        html(404, "<html>"),
        text(401, ""),
        refused(401, "Unauthorized"),
        refused(403, "Forbidden"),
        text(404, ""),
        text(405, ""),
    ] {
        let shown = format!("{answer:?}");
        let error = update(answer).expect_err(&shown);
        assert_eq!(error, Error::NotAllowedHere, "{shown}");
        assert!(!error.ends_session());
        assert!(error.what_helps().contains("update engines"));
    }
}

#[test]
fn a_console_that_is_busy_is_not_a_closed_door() {
    assert!(matches!(update(html(503, "<html>")), Err(Error::Busy { status: 503, .. })));
    assert_eq!(
        update(Err(TransportError::Timeout)),
        Err(Error::UnknownOutcome(Box::new(Error::Timeout))),
        "it may have been sent"
    );
}

#[test]
fn updating_all_is_a_console_command() {
    let script = Script::new().then(COMMAND, printed("Updates sent."));
    assert_eq!(now(script.client().update_all_engines()).unwrap().output, "Updates sent.");
    assert_eq!(script.sent()[0].body.as_deref(), Some(b"update engines".as_slice()));
}

fn reverse(answers: Vec<Answer>) -> Result<(), Error> {
    let script = answers.into_iter().fold(Script::new(), |script, answer| script.then(REVERSE, answer));
    let result = now(script.client().reverse_connection(EngineId(6)));
    assert!(script.sent().iter().all(|request| request.body.is_none()), "no body is sent");
    script.assert_done();
    result
}

#[test]
fn a_direction_is_reversed_only_if_the_answer_says_true() {
    for answer in [json(200, "true"), text(200, "true\r\n"), text(201, "true")] {
        assert_eq!(reverse(vec![answer]), Ok(()));
    }
    for answer in [
        json(200, "false"),
        json(200, "false\n"),
        json(200, ""),
        text(204, ""),
        text(200, "False"),
        json(200, "\"true story\""),
        json(200, "1"),
        done(),
        json(200, r#"{"message":"The direction is turned around."}"#),
        text(200, "<SomeResponse success=\"1\"/>"),
    ] {
        let shown = format!("{answer:?}");
        let error = reverse(vec![answer]).expect_err(&shown);
        assert_eq!(error, Error::NotReversed, "{shown}");
        assert_eq!(error.to_string(), "The console did not reverse it.");
    }
}

#[test]
fn a_reversal_that_is_refused_or_lost_says_so() {
    let page = || html(200, "<html>");
    assert_eq!(reverse(vec![page(), page()]), Err(Error::NotAllowedHere));
    let refusal = Error::Rejected { status: 400, message: "Not for this engine.".to_owned() };
    assert_eq!(reverse(vec![refused(400, "Not for this engine.")]), Err(refusal));
    assert_eq!(
        reverse(vec![Err(TransportError::Timeout)]),
        Err(Error::UnknownOutcome(Box::new(Error::Timeout)))
    );
}

#[test]
fn the_console_tells_about_itself_as_far_as_it_likes() {
    let body = r#"{"host":"SERVER","fqdn":"server.acme.com","ip":"192.168.1.99","operatingSystem":"Ubuntu Linux",
        "serial":"729F","version":{"semantic":"6.4.65","platform":"Linux64","build":"2017-12-10-14-11"}}"#;
    let script = Script::new()
        .then("GET api/3/administration/info", json(200, body))
        .then("GET api/3/administration/info", json(200, r#"{"version":"6.6.1","host":"SERVER","fqdn":""}"#));
    let info = now(script.client().console_info()).unwrap();
    assert_eq!(info.name(), Some("server.acme.com"));
    assert_eq!((info.version.as_deref(), info.platform.as_deref()), (Some("6.4.65"), Some("Linux64")));
    let info = now(script.client().console_info()).unwrap();
    assert_eq!((info.name(), info.version.as_deref()), (Some("SERVER"), Some("6.6.1")));
    assert_eq!(info.engine_listener_port, None);
}

#[test]
fn a_console_may_tell_where_it_listens_for_engines() {
    for (port, read) in [("40900", Some(40900)), (r#""40815""#, Some(40815)), ("0", None), ("70000", None)] {
        let body = format!(r#"{{"engineListenerPort":{port}}}"#);
        let script = Script::new().then("GET api/3/administration/info", json(200, &body));
        assert_eq!(now(script.client().console_info()).unwrap().engine_listener_port, read, "{port}");
    }
}
