//! The shared secret (docs/api-quirks.md, "Shared secret").

use std::time::Duration;

use console_api::{Error, SharedSecret};

use crate::support::{Answer, Script, done, html, json, now, refused, text};

const SECRET: &str = "99DB-B9F0-CD8B-5997-06BF-607B-BA21-0A81";
const READ: &str = "GET api/3/scan_engines/shared_secret";
const MAKE: &str = "POST api/3/scan_engines/shared_secret";
const REVOKE: &str = "DELETE api/3/scan_engines/shared_secret";
const TIME: &str = "GET api/3/scan_engines/shared_secret/time_to_live";

fn none() -> Answer {
    refused(404, "No valid shared secret")
}

fn read(answer: Answer) -> Result<Option<SharedSecret>, Error> {
    let script = Script::new().then(READ, answer);
    let secret = now(script.client().shared_secret());
    assert_eq!(script.sent()[0].header("Accept"), Some("text/plain, application/json"));
    secret
}

#[test]
fn the_secret_comes_as_plain_text_or_as_a_json_string() {
    let lower = SECRET.to_lowercase();
    for answer in [
        text(200, SECRET),
        text(200, &format!("{SECRET}\r\n")),
        text(200, &lower),
        json(200, &format!("\"{SECRET}\"")),
    ] {
        assert_eq!(read(answer).unwrap().unwrap().reveal(), SECRET);
    }
}

#[test]
fn a_404_says_that_none_is_valid() {
    assert_eq!(read(none()), Ok(None));
}

#[test]
fn something_like_a_secret_is_not_shown_in_the_error() {
    let error = read(text(200, "99DB-B9F0-CD8B-5997")).unwrap_err();
    assert!(matches!(error, Error::UnexpectedBody { .. }));
    assert!(!format!("{error} {error:?}").contains("99DB"), "{error:?}");
    let page = read(html(200, "<html>Sign in")).unwrap_err();
    assert!(page.to_string().contains("Sign in"), "{page}");
}

#[test]
fn generating_tells_a_new_secret_from_one_that_was_valid_before() {
    let script = Script::new().then(READ, none()).then(MAKE, text(201, SECRET));
    let generated = now(script.client().generate_shared_secret()).unwrap();
    assert_eq!((generated.secret.reveal(), generated.was_valid_before), (SECRET, false));

    let script = Script::new().then(READ, text(200, SECRET)).then(MAKE, text(201, &SECRET.to_lowercase()));
    assert!(now(script.client().generate_shared_secret()).unwrap().was_valid_before);

    let other = SECRET.replace("99DB", "0000");
    let script = Script::new().then(READ, text(200, &other)).then(MAKE, text(201, SECRET));
    assert!(
        !now(script.client().generate_shared_secret()).unwrap().was_valid_before,
        "the other one ran out"
    );
}

#[test]
fn revoking_tells_whether_there_was_one() {
    let script = Script::new().then(REVOKE, done()).then(REVOKE, none());
    assert_eq!(now(script.client().revoke_shared_secret()), Ok(true));
    assert_eq!(now(script.client().revoke_shared_secret()), Ok(false));
}

#[test]
fn the_time_left_is_a_bare_number_of_seconds() {
    for (answer, left) in [
        (json(200, "3599"), Some(Duration::from_secs(3599))),
        (json(200, "\"60\""), Some(Duration::from_secs(60))),
        (json(200, "0"), Some(Duration::ZERO)),
        (json(200, "-1"), None),
        (none(), None),
    ] {
        let script = Script::new().then(TIME, answer);
        assert_eq!(now(script.client().shared_secret_time_to_live()), Ok(left));
    }
    let script = Script::new().then(TIME, json(200, r#"{"seconds":5}"#));
    assert!(matches!(now(script.client().shared_secret_time_to_live()), Err(Error::UnexpectedBody { .. })));
}

#[test]
fn other_refusals_stay_refusals() {
    assert!(matches!(read(refused(500, "x")), Err(Error::Rejected { .. })));
    let script = Script::new().then(READ, none()).then(MAKE, refused(403, "x"));
    assert!(matches!(now(script.client().generate_shared_secret()), Err(Error::NotPermitted { .. })));
}

const OLDER: &str = "PUT data/admin/global/shared-secret?time-to-live=3600";

/// A console without secrets in API v3: what it answers to POST, and where older ones have it.
fn older(post: Answer, put: Answer) -> (Result<console_api::GeneratedSecret, Error>, Script) {
    let script = Script::new().then(READ, none()).then(MAKE, post).then(OLDER, put);
    (now(script.client().generate_shared_secret()), script)
}

#[test]
fn a_console_without_secrets_in_v3_is_asked_where_older_ones_have_them() {
    for (post, put, left, before) in [
        (none(), json(200, &format!(r#"{{"secret":"{SECRET}","timeToLive":1200}}"#)), 1200, true),
        (
            refused(400, "No."),
            json(200, &format!(r#"{{"ttl":"3600","sharedSecret":"{SECRET}"}}"#)),
            3600,
            false,
        ),
        (none(), text(200, &format!("{SECRET} 3599")), 3599, false),
        (none(), text(200, &format!("<SharedSecret value=\"{SECRET}\" time-to-live=\"59\"/>")), 59, true),
        (none(), text(200, SECRET), 3600, false),
        (none(), json(200, &format!("\"{}\"", SECRET.to_lowercase())), 3600, false),
    ] {
        let (generated, script) = older(post, put);
        let generated = generated.unwrap();
        assert_eq!(generated.secret.reveal(), SECRET);
        assert_eq!((generated.left, generated.was_valid_before), (Some(Duration::from_secs(left)), before));
        let sent = script.sent();
        assert!(sent[2].header("nexposeCCSessionID").is_some() && sent[2].body.is_none());
        script.assert_done();
    }
}

#[test]
fn a_console_without_secrets_anywhere_is_called_too_old() {
    let page = || html(200, "<title>Sign in</title>");
    for (post, put, again) in [
        (none(), text(404, ""), None),
        (refused(400, "No."), none(), None),
        (none(), refused(400, "No."), None),
        (none(), page(), Some(page())),
        (none(), refused(401, "No."), Some(refused(401, "No."))),
        (none(), refused(403, "No."), None),
    ] {
        let script = Script::new().then(READ, refused(400, "No.")).then(MAKE, post).then(OLDER, put);
        let script = again.into_iter().fold(script, |script, again| script.then(OLDER, again));
        let error = now(script.client().generate_shared_secret()).unwrap_err();
        assert_eq!(error, Error::TooOldForSecrets);
        assert_eq!(
            error.in_full(),
            "This console is too old for shared secrets here (needs 6.5.50). Use its own page."
        );
        script.assert_done();
    }
    // An answer without a secret in it is not shown.
    let (generated, _) = older(none(), text(200, "99DB-B9F0-CD8B"));
    let error = generated.unwrap_err();
    assert!(matches!(error, Error::UnexpectedBody { .. }) && !error.to_string().contains("99DB"), "{error}");
}

#[test]
fn a_401_on_reading_with_making_allowed_is_none() {
    let script = Script::new()
        .then(READ, refused(401, "No."))
        .then("GET api/3", crate::support::welcome())
        .then(MAKE, text(201, SECRET));
    let generated = now(script.client().generate_shared_secret()).unwrap();
    assert!(!generated.was_valid_before);
    let script = Script::new().then(TIME, refused(401, "No.")).then("GET api/3", crate::support::welcome());
    assert_eq!(now(script.client().shared_secret_time_to_live()), Ok(None));
}

#[test]
fn a_secret_that_may_have_been_made_is_not_called_refused() {
    let script = Script::new().then(READ, none()).then(MAKE, Err(console_api::TransportError::Timeout));
    let error = now(script.client().generate_shared_secret()).unwrap_err();
    assert!(matches!(error, Error::UnknownOutcome(_)), "{error:?}");
    let internal = refused(400, "An unexpected error occurred. See the log file for more information.");
    let script = Script::new().then(READ, none()).then(MAKE, internal);
    let error = now(script.client().generate_shared_secret()).unwrap_err();
    assert!(matches!(error, Error::UnknownOutcome(_)), "no sign of an old console: {error:?}");
}
