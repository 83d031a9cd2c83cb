//! The rules about one engine (console-facts §1 and §5).

use std::time::Duration;

use console_api::rules::{
    Arrow, Refusal, Staleness, StepAction, Thresholds, is_hosted, is_local, may_delete, may_join_pool,
    may_reverse, next_step, pools_of, staleness,
};
use console_api::{Direction, EngineId, Severity, Timestamp};
use serde_json::json as value;

use crate::support::{engine, pool};

#[test]
fn the_arrow_is_neutral_when_the_console_does_not_tell_the_direction() {
    let arrow = Arrow::of(&engine(&value!({})));
    assert_eq!(arrow, Arrow { direction: None, severity: Severity::Good });
    assert_eq!(arrow.direction_label(), "Direction not reported");
    let reverse = engine(&value!({"connectionDirection": "engine-to-console", "status": "not-responding"}));
    let arrow = Arrow::of(&reverse);
    assert_eq!(arrow, Arrow { direction: Some(Direction::EngineToConsole), severity: Severity::Bad });
    assert_eq!(arrow.direction_label(), "Engine connects to console");
}

#[test]
fn the_local_engine_is_on_loopback_and_port_40814() {
    for address in ["127.0.0.1", "localhost", "LOCALHOST", "::1", "[::1]", "0:0:0:0:0:0:0:1"] {
        assert!(is_local(&engine(&value!({"address": address, "port": 40814}))), "{address}");
        assert!(!is_local(&engine(&value!({"address": address, "port": 40815}))), "{address}");
        assert!(!is_local(&engine(&value!({"address": address, "port": null}))), "{address}");
    }
    for address in ["127.0.1.1", "127.0.0.2", "192.0.2.1", "localhost.example", "::2"] {
        assert!(!is_local(&engine(&value!({"address": address, "port": 40814}))), "{address}");
    }
}

#[test]
fn hosted_engines_have_their_host_name() {
    for address in ["nse.extranet.rapid7.com", "NSE.extranet.rapid7.com."] {
        assert!(is_hosted(&engine(&value!({ "address": address }))), "{address}");
    }
    assert!(!is_hosted(&engine(&value!({"address": "nse.extranet.rapid7.com.example"}))));
}

#[test]
fn special_engines_cannot_join_pools_and_say_why() {
    let local = engine(&value!({"address": "127.0.0.1"}));
    let hosted = engine(&value!({"address": "nse.extranet.rapid7.com"}));
    let aws = engine(&value!({"isAWSPreAuthEngine": true}));
    let down = engine(&value!({"status": "not-responding"}));
    assert_eq!(may_join_pool(&local), Err(Refusal::Local));
    assert_eq!(may_join_pool(&hosted), Err(Refusal::Hosted));
    assert_eq!(may_join_pool(&aws), Err(Refusal::AwsPreAuthorised));
    assert_eq!(may_join_pool(&down), Ok(()), "engines of any status may join");
    assert_eq!((may_reverse(&local), may_reverse(&aws)), (Err(Refusal::Local), Ok(())));
    assert_eq!((may_delete(&hosted), may_delete(&aws)), (Err(Refusal::Hosted), Ok(())));
    assert!(Refusal::Local.to_string().contains("comes with the console"));
}

#[test]
fn the_next_step_names_the_engine_and_where_it_is() {
    assert_eq!(next_step(&engine(&value!({}))), None);

    let step = next_step(&engine(&value!({"status": "pending-authorization"}))).unwrap();
    assert!(step.what.contains("Oslo (192.0.2.6)") && step.what.contains("enable"), "{}", step.what);
    assert!(step.pairing_helps);

    let step = next_step(&engine(&value!({"status": "incompatible-version"}))).unwrap();
    assert_eq!((step.what.as_str(), step.action), ("Update Oslo.", StepAction::Update));

    let step = next_step(&engine(&value!({"status": "unknown"}))).unwrap();
    assert_eq!((step.what.as_str(), step.pairing_helps), ("Refresh Oslo.", false));

    let down = |direction| {
        let fields = value!({"status": "not-responding", "port": 40900, "connectionDirection": direction});
        next_step(&engine(&fields)).unwrap().what
    };
    assert!(down(value!("console-to-engine")).contains("at 192.0.2.6 on port 40900"));
    assert!(!down(value!("console-to-engine")).contains("40815"));
    assert!(down(value!("engine-to-console")).contains("port 40815"));
    assert!(!down(value!("engine-to-console")).contains("40900"));
    let unknown = down(value!(null));
    assert!(unknown.contains("40900") && unknown.contains("40815"), "{unknown}");
}

#[test]
fn the_reason_is_the_consoles_own_if_it_gives_one() {
    let plain = next_step(&engine(&value!({"status": "not-responding"}))).unwrap();
    assert_eq!(plain.why, "The engine is down, or the console can't reach it.");
    let told = value!({"status": "not-responding", "statusMessage": "certificate changed"});
    let step = next_step(&engine(&told)).unwrap();
    assert_eq!((step.why.as_str(), step.action), ("certificate changed", StepAction::Delete));
    assert!(step.what.contains("add it again"), "{}", step.what);
    assert!(next_step(&engine(&value!({"status": "Sleeping"}))).is_some());
}

#[test]
fn an_engine_is_stale_after_a_day_and_alarming_after_a_day_and_a_half() {
    let now = Timestamp::parse("2024-10-08T12:00:00Z").unwrap();
    let of = |time: serde_json::Value| {
        staleness(&engine(&value!({ "lastRefreshedDate": time })), now, Thresholds::default())
    };
    assert_eq!(of(value!("2024-10-08T10:00:00Z")), Staleness::Fresh);
    assert_eq!(of(value!("2024-10-07T12:00:01Z")), Staleness::Fresh);
    assert_eq!(of(value!("2024-10-07T12:00:00Z")), Staleness::Warning);
    assert_eq!(of(value!("2024-10-07T00:00:00Z")), Staleness::Alarm);
    assert_eq!(of(value!("2024-10-09T00:00:00Z")), Staleness::Fresh, "clocks differ");
    assert_eq!(of(value!(null)), Staleness::Never);
    let local = engine(&value!({"address": "localhost"}));
    assert_eq!(staleness(&local, now, Thresholds::default()), Staleness::Fresh);
    let hour = Thresholds { warn: Duration::from_secs(3600), alarm: Duration::from_secs(7200) };
    let of = staleness(&engine(&value!({"lastRefreshedDate": "2024-10-08T10:30:00Z"})), now, hour);
    assert_eq!(of, Staleness::Warning);
}

#[test]
fn the_pools_of_an_engine_are_those_that_name_it() {
    let pools = [pool(9, "North", &[6, 7], &[]), pool(10, "South", &[7], &[])];
    let names =
        |id| pools_of(EngineId(id), &pools).into_iter().map(|pool| pool.name.as_str()).collect::<Vec<_>>();
    assert_eq!(names(7), ["North", "South"]);
    assert_eq!(names(6), ["North"]);
    assert_eq!(names(8), [""; 0]);
}
