//! What became of an update (docs/api-quirks.md, "Beyond v3").

use console_api::UpdateAnswer;
use console_api::rules::{
    Refusal, UpdateLine, UpdateOutcome, has_new_versions, may_update, parse_update_engines, tells_versions,
    update_outcome,
};
use serde_json::json as value;

use crate::support::engine;

#[test]
fn a_success_is_an_update_that_was_sent_or_nothing_to_send() {
    for (words, outcome) in [
        (None, UpdateOutcome::Sent),
        (Some("Oslo: the update was sent"), UpdateOutcome::Sent),
        (Some("Oslo: is up to date"), UpdateOutcome::UpToDate),
        (Some("Already Up-To-Date."), UpdateOutcome::UpToDate),
        (Some("The engine was not up to date: update sent."), UpdateOutcome::Sent),
        (Some("OK"), UpdateOutcome::Sent),
    ] {
        assert_eq!(update_outcome(&UpdateAnswer { message: words.map(str::to_owned) }), outcome, "{words:?}");
    }
}

#[test]
fn of_an_engine_without_versions_and_dates_nobody_can_tell_that_it_took_an_update() {
    assert!(!tells_versions(&engine(&value!({}))));
    for told in ["productVersion", "contentVersion"] {
        assert!(tells_versions(&engine(&value!({ told: "6.6.1" }))), "{told}");
    }
    assert!(tells_versions(&engine(&value!({"lastUpdatedDate": "2018-10-22T07:00:00Z"}))));
}

#[test]
fn special_engines_are_updated_by_others_and_say_by_whom() {
    assert_eq!(may_update(&engine(&value!({}))), Ok(()));
    assert_eq!(may_update(&engine(&value!({"isAWSPreAuthEngine": true}))), Ok(()));
    let local = may_update(&engine(&value!({"address": "localhost"}))).unwrap_err();
    assert_eq!(local, Refusal::UpdatedWithConsole);
    assert!(local.to_string().contains("together with the console"));
    let hosted = may_update(&engine(&value!({"address": "nse.extranet.rapid7.com"}))).unwrap_err();
    assert!(hosted.to_string().contains("updated by Rapid7"));
}

#[test]
fn the_output_of_update_engines_is_read_engine_by_engine() {
    let names = ["Oslo", "Bergen", "Lima: the south", "Lima", "Quito", "Cuzco"];
    let output = "Bergen: is up to date\r\nOslo: the update was sent\n  Lima: the south: is already updating\n\
                  Quito: Cannot refresh scan engine (Quito): the update could not be sent. Start the engine.\n\
                  Cuzco: the update was not sent\nLima: The update was sent.\n";
    let other = |words: &str| UpdateLine::Other(words.to_owned());
    assert_eq!(
        parse_update_engines(output, &names),
        [
            (1, UpdateLine::UpToDate),
            (0, UpdateLine::Sent),
            (2, other("is already updating")),
            (4, other("Cannot refresh scan engine (Quito): the update could not be sent. Start the engine.")),
            (5, other("the update was not sent")),
            (3, UpdateLine::Sent),
        ]
    );
}

#[test]
fn what_is_not_about_one_of_the_engines_is_passed_over() {
    for output in [
        "",
        "\n\n",
        ":",
        "There is no engine to update.",
        "Unknown command: update engines\nType 'help' for a list of commands.",
        "Oslo 2: the update was sent",
        "oslo: the update was sent",
        "Løgstør: ☃",
    ] {
        assert_eq!(parse_update_engines(output, &["Oslo", ""][..1]), [], "{output:?}");
    }
    assert_eq!(parse_update_engines("Oslo: is up to date", &[]), []);
    assert_eq!(parse_update_engines("Oslo:", &["Oslo"]), [(0, UpdateLine::Other(String::new()))]);
}

#[test]
fn an_update_is_in_use_when_a_version_or_the_time_of_the_update_is_new() {
    let before = value!({"productVersion": "6.6.1", "contentVersion": "100"});
    let changed = |fields: serde_json::Value| {
        let mut now = before.clone();
        for (key, value) in fields.as_object().unwrap() {
            now[key] = value.clone();
        }
        has_new_versions(&engine(&before), &engine(&now))
    };
    assert!(!changed(value!({})));
    assert!(!changed(value!({"status": "not-responding", "lastRefreshedDate": "2024-10-08T12:00:00Z"})));
    assert!(!changed(value!({"productVersion": null, "contentVersion": null})), "an engine that is away");
    assert!(changed(value!({"productVersion": "6.6.2"})));
    assert!(changed(value!({"contentVersion": "101"})));
    assert!(changed(value!({"lastUpdatedDate": "2024-10-08T12:00:00Z"})));
}
