//! What a status and a body mean (docs/api-quirks.md, "Signing in").

use console_api::{Client, Credentials, EngineId, Error, Response, ScannerId, SiteId, TransportError};

use crate::support::{Script, html, json, now, offline, refused, text, welcome};

const ENGINES: &str = "GET api/3/scan_engines";

fn engines_fail(script: &Script) -> Error {
    let error = now(script.client().engines()).unwrap_err();
    script.assert_done();
    error
}

#[test]
fn credentials_go_with_every_call_but_the_root_page() {
    let script = Script::new()
        .then("GET api/3", refused(401, "Unauthorized"))
        .then("GET ", html(200, "<title>Security Console</title>"));
    let credentials = Credentials::new("admin", "secret", Some("123456")).unwrap();
    let client = Client::new(script.clone(), credentials);
    assert_eq!(now(client.sign_in()), Err(Error::Unauthorized));
    let [sign_in, root] = <[_; 2]>::try_from(script.sent()).unwrap();
    assert_eq!(sign_in.header("Authorization"), Some("Basic YWRtaW46c2VjcmV0"));
    assert_eq!(sign_in.header("token"), Some("123456"));
    assert!(!sign_in.follow_redirects);
    assert_eq!(root.header("Authorization"), None);
    assert_eq!(root.header("Token"), None);
    assert!(root.follow_redirects, "the root page may lie behind a redirect");
}

#[test]
fn a_401_at_sign_in_is_wrong_credentials() {
    let script = Script::new()
        .then("GET api/3", refused(401, "Unauthorized"))
        .then("GET ", html(200, "<title>Security Console</title>"));
    assert_eq!(now(script.client().sign_in()), Err(Error::Unauthorized));
    script.assert_done();
}

#[test]
fn a_401_while_the_root_page_speaks_of_maintenance_is_maintenance_mode() {
    let script = Script::new()
        .then("GET api/3", refused(401, "Unauthorized"))
        .then("GET ", html(200, "<h1>The console is in Maintenance Mode</h1>"));
    assert_eq!(now(script.client().sign_in()), Err(Error::Maintenance));

    let script = Script::new()
        .then(ENGINES, text(401, ""))
        .then("GET api/3", text(401, ""))
        .then("GET ", html(503, "Down for MAINTENANCE"));
    assert_eq!(engines_fail(&script), Error::Maintenance);
}

#[test]
fn a_401_is_about_the_credentials_when_the_root_page_cannot_be_read() {
    let script = Script::new()
        .then("GET api/3", refused(401, ""))
        .then("GET ", offline())
        .then("GET ", offline())
        .then("GET ", offline());
    assert_eq!(now(script.client().sign_in()), Err(Error::Unauthorized));
    script.assert_done();
}

#[test]
fn sign_out_is_offered_by_a_link_of_the_root_alone() {
    for (links, offers) in [
        (r#"[{"href": "https://console/api/3", "rel": "self"}]"#, false),
        (r#"[{"rel": "self"}, {"href": "https://console/api/3/session", "rel": "Session"}]"#, true),
        ("null", false),
        (r#"["Session", 7]"#, false),
    ] {
        let script = Script::new().then("GET api/3", json(200, &format!(r#"{{"links": {links}}}"#)));
        let welcome = now(script.client().sign_in()).unwrap();
        assert_eq!(welcome.offers_sign_out, offers, "{links}");
    }
    let script = Script::new().then("DELETE api/3/session", json(200, r#"{"links": []}"#));
    assert_eq!(now(script.client().sign_out()), Ok(()));
    script.assert_done();
}

#[test]
fn a_401_in_the_middle_of_work_is_not_permitted_while_the_console_still_knows_the_user() {
    let script = Script::new()
        .then(ENGINES, refused(401, "You need Manage Scan Engines"))
        .then("GET api/3", welcome());
    let error = engines_fail(&script);
    assert_eq!(error, Error::NotPermitted { message: Some("You need Manage Scan Engines".to_owned()) });
    assert!(!error.ends_session());
}

#[test]
fn a_401_in_the_middle_of_work_is_unauthorized_when_the_second_look_says_so() {
    let script = Script::new()
        .then(ENGINES, refused(401, ""))
        .then("GET api/3", refused(401, ""))
        .then("GET ", html(200, "<title>Sign in</title>"));
    let error = engines_fail(&script);
    assert_eq!(error, Error::Unauthorized);
    assert!(error.ends_session());
}

#[test]
fn a_401_followed_by_silence_is_no_reason_to_sign_in_again() {
    let script =
        Script::new().then(ENGINES, refused(401, "")).then("GET api/3", Err(TransportError::Timeout));
    assert_eq!(engines_fail(&script), Error::Timeout);
}

#[test]
fn signing_in_at_something_that_is_no_console_shows_what_it_said() {
    let script = Script::new().then("GET api/3", html(200, "<!DOCTYPE html><title>Router</title>"));
    let Err(Error::UnexpectedBody { excerpt, .. }) = now(script.client().sign_in()) else { panic!() };
    assert_eq!(excerpt, "<!DOCTYPE html><title>Router</title>");
    let script = Script::new().then("GET api/3", json(200, "[]"));
    assert!(matches!(now(script.client().sign_in()), Err(Error::UnexpectedBody { .. })));
}

#[test]
fn a_missing_thing_and_a_missing_right_can_both_be_404() {
    let script = Script::new().then(ENGINES, refused(404, "The resource does not exist"));
    let error = engines_fail(&script);
    assert_eq!(error, Error::NotFound { message: Some("The resource does not exist".to_owned()) });
    assert!(error.to_string().contains("may not see it"), "{error}");
}

#[test]
fn a_403_is_not_permitted() {
    let script = Script::new().then(ENGINES, refused(403, "Forbidden"));
    assert_eq!(engines_fail(&script), Error::NotPermitted { message: Some("Forbidden".to_owned()) });
}

#[test]
fn the_status_in_an_error_body_may_be_a_number_or_a_text() {
    for body in [r#"{"status":400,"message":"No."}"#, r#"{"status":"400","message":"No."}"#] {
        let script = Script::new().then(ENGINES, json(400, body));
        assert_eq!(engines_fail(&script), Error::Rejected { status: 400, message: "No.".to_owned() });
    }
}

#[test]
fn error_bodies_may_be_pages_plain_text_or_empty() {
    let cases = [
        (html(415, "<html><head><title>HTTP Status 415</title></head></html>"), 415, "HTTP Status 415"),
        (text(400, "Bad\nrequest"), 400, "Bad request"),
        (text(500, ""), 500, "It gave no message."),
        (json(415, ""), 415, "The console does not accept this kind of request."),
        (json(409, r#"{"message":""#), 409, "It conflicts with something else."),
        (json(418, "[1]"), 418, "No reason was given."),
    ];
    for (answer, status, message) in cases {
        let script = Script::new().then(ENGINES, answer);
        assert_eq!(engines_fail(&script), Error::Rejected { status, message: message.to_owned() });
    }
}

#[test]
fn a_503_that_speaks_of_maintenance_is_maintenance_mode() {
    // Without another try: maintenance takes longer than anyone waits here.
    let script = Script::new().then(ENGINES, refused(503, "The console is in maintenance mode"));
    assert_eq!(engines_fail(&script), Error::Maintenance);
}

#[test]
fn any_2xx_is_a_success() {
    for status in [200, 201, 204] {
        let script = Script::new().then("DELETE api/3/scan_engines/6", text(status, ""));
        assert_eq!(now(script.client().delete_engine(EngineId(6))), Ok(()));
    }
}

#[test]
fn a_page_in_answer_to_a_change_is_no_success() {
    // A portal answers 200 to everything; the console has not seen it.
    let portal = || html(200, "<!doctype html><h1>Please accept our terms</h1>");
    let script = Script::new().then("DELETE api/3/scan_engines/6", portal());
    assert!(matches!(
        now(script.client().delete_engine(EngineId(6))),
        Err(Error::UnexpectedBody { status: 200, .. })
    ));
    let script = Script::new().then("PUT api/3/sites/5/scan_engine", portal());
    let result = now(script.client().set_site_scanner(SiteId(5), ScannerId(6)));
    assert!(matches!(result, Err(Error::UnexpectedBody { status: 200, .. })));
}

#[test]
fn a_page_where_data_belongs_is_shown_in_an_excerpt() {
    let page = format!("<html>\n  <body>Proxy  sign-in {}</body></html>", "x".repeat(1000));
    let script = Script::new().then(ENGINES, html(200, &page));
    let error = engines_fail(&script);
    let Error::UnexpectedBody { status: 200, content_type: Some(kind), excerpt } = &error else {
        panic!("{error:?}")
    };
    assert_eq!(kind, "text/html");
    assert!(excerpt.starts_with("<html> <body>Proxy sign-in xxx") && excerpt.ends_with('…'), "{excerpt}");
    assert!(excerpt.chars().count() <= 161, "{excerpt}");
}

#[test]
fn a_page_is_recognised_without_its_content_type() {
    let script = Script::new().then(ENGINES, json(200, "\n<!doctype HTML><p>"));
    assert!(matches!(engines_fail(&script), Error::UnexpectedBody { .. }));
}

#[test]
fn an_answer_that_ends_too_early_is_called_cut_off() {
    let script = Script::new().then(ENGINES, json(200, r#"{"resources":[{"id":6,"na"#));
    let error = engines_fail(&script);
    assert_eq!(error, Error::CutOff { received: 25 });
    assert!(error.to_string().contains("cut off after 25 bytes"), "{error}");
}

#[test]
fn an_empty_answer_and_one_of_another_shape_are_unexpected() {
    for body in ["", "  ", "7", "null", "{}", r#"{"resources":5}"#, "not json"] {
        let script = Script::new().then(ENGINES, json(200, body));
        assert!(matches!(engines_fail(&script), Error::UnexpectedBody { .. }), "{body:?}");
    }
}

#[test]
fn a_redirect_of_the_api_is_unexpected_not_followed() {
    for status in [0, 302] {
        let answer = Ok(Response { status, redirected: true, ..Response::default() });
        let script = Script::new().then(ENGINES, answer);
        assert!(matches!(engines_fail(&script), Error::UnexpectedBody { .. }), "{status}");
    }
}

#[test]
fn what_the_transport_reports_is_passed_on() {
    for (transport, error) in
        [(TransportError::Timeout, Error::Timeout), (TransportError::Cancelled, Error::Cancelled)]
    {
        let script = Script::new().then(ENGINES, Err(transport));
        assert_eq!(engines_fail(&script), error);
    }
}

/// What a refusal without JSON means, with each status that consoles and what stands before them answer.
#[test]
fn plain_text_and_pages_are_understood_with_each_status() {
    for status in [400, 403, 404, 405, 408, 409, 413, 415, 429, 500, 502, 503, 504] {
        let plain = text(status, "  Nothing\nto see ");
        let page = html(status, "<!DOCTYPE html><html><head><title>Nothing to see</title></head></html>");
        let bare = html(status, "<p>Nothing to quote</p>");
        let empty = text(status, "");
        for (answer, words) in
            [(plain, Some("Nothing to see")), (page, Some("Nothing to see")), (bare, None), (empty, None)]
        {
            let script = Script::new().then(ENGINES, answer);
            let client = script.client().with_retry(console_api::RetryPolicy::NEVER);
            let error = now(client.engines()).unwrap_err();
            let said = match &error {
                Error::NotPermitted { message } if status == 403 => message.as_deref(),
                Error::NotFound { message } if status == 404 => message.as_deref(),
                Error::Busy { status: busy, message, .. } if *busy == status => message.as_deref(),
                Error::Rejected { status: rejected, message } if *rejected == status => {
                    words.map(|_| message.as_str())
                }
                error => panic!("{status}: {error:?}"),
            };
            assert_eq!(said, words, "{status}");
            assert!(error.to_string().ends_with('.'), "{error}");
        }
    }
}

#[test]
fn foreign_things_with_200_are_not_taken_for_engines() {
    for body in [
        r#"{"foo":1}"#,
        r#"{"error":"down"}"#,
        r#"{"id":6,"name":"Oslo"}"#,
        r#"{"resources":{"id":6}}"#,
        r#""engines""#,
        "OK",
    ] {
        let script = Script::new().then(ENGINES, json(200, body));
        assert!(matches!(engines_fail(&script), Error::UnexpectedBody { status: 200, .. }), "{body}");
    }
    for body in [r#"{"links":[]}"#, r#"{"name":"Oslo"}"#, r#"{"id":"1f0c6a0e-7c57"}"#, "[]", "7"] {
        let script = Script::new().then("GET api/3/scan_engines/6", json(200, body));
        let error = now(script.client().engine(EngineId(6))).unwrap_err();
        assert!(matches!(error, Error::UnexpectedBody { .. }), "{body}: {error:?}");
    }
    // Links alone are an empty list, and rows whose ids are no numbers are counted.
    let script = Script::new().then(ENGINES, json(200, r#"{"links":[]}"#));
    assert_eq!(now(script.client().engines()).map(|list| (list.items.len(), list.unreadable)), Ok((0, 0)));
    let rows = r#"{"resources":[{"id":"1f0c6a0e-7c57-4a54-8d0e-0e6a8e1f6d11","name":"a"},{"id":6,"sites":["x",5]}]}"#;
    let script = Script::new().then(ENGINES, json(200, rows));
    let list = now(script.client().engines()).unwrap();
    assert_eq!((list.items.len(), list.unreadable), (1, 1));
    assert_eq!(list.items[0].sites, [SiteId(5)]);
}

#[test]
fn the_insight_platform_is_told_from_a_console() {
    for page in [
        html(200, "<html><title>Insight</title><script src=\"https://us.insight.rapid7.com/x.js\">"),
        html(404, "<html><a href=\"https://insight.rapid7.com/login\">"),
    ] {
        let script = Script::new().then("GET api/3", page);
        assert_eq!(now(script.client().sign_in()), Err(Error::InsightPlatform));
    }
    // A console may speak of it, though not in a page.
    let told = json(200, r#"{"links":[{"href":"https://insight.rapid7.com","rel":"Insight"}]}"#);
    assert!(now(Script::new().then("GET api/3", told).client().sign_in()).is_ok());
    assert!(Error::Unauthorized.what_helps().contains("SAML or the Insight Platform needs a local one"));
}
