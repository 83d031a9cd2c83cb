//! The rules about one engine (docs/api-quirks.md, "Statuses" and "Special engines and pools").

use std::time::Duration;

use console_api::rules::{
    Arrow, ConsolePlace, DeletionCheck, Refusal, Staleness, StepAction, Thresholds, deletion, is_hosted,
    is_local, may_be_hosted, may_delete, may_join_pool, may_reverse, may_update, next_step, next_step_at,
    pools_of, reverse_refusal, staleness,
};
use console_api::{Direction, Engine, EngineId, Severity, Timestamp};
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
fn an_engine_that_somebody_has_marked_is_treated_like_a_hosted_one() {
    let marked = Engine { run_by_rapid7: true, ..engine(&value!({})) };
    assert!(is_hosted(&marked));
    assert_eq!((may_join_pool(&marked), may_reverse(&marked)), (Err(Refusal::Hosted), Err(Refusal::Hosted)));
    assert_eq!(
        (may_delete(&marked), may_update(&marked)),
        (Err(Refusal::Hosted), Err(Refusal::UpdatedByRapid7))
    );
    for (address, may_be) in [
        ("203.0.113.9", true),
        ("2001:db8::9", true),
        ("[2001:db8::9]", true),
        ("127.0.0.1", false),
        ("scan-a.example", false),
        ("", false),
    ] {
        assert_eq!(may_be_hosted(&engine(&value!({"address": address}))), may_be, "{address}");
    }
}

#[test]
fn nobody_is_sent_to_the_command_line_of_an_engine_that_rapid7_runs() {
    let told = "Cannot refresh scan engine (Oslo): Unauthorized console connection from: 203.0.113.7";
    for told in [value!(told), value!(null)] {
        let fields = |status: &str| value!({"address": "nse.extranet.rapid7.com", "status": status, "statusMessage": told});
        let pending = next_step(&engine(&fields("pending-authorization"))).unwrap();
        assert!(pending.what.contains("Rapid7 Support"), "{}", pending.what);
        assert_eq!(pending.what.contains("203.0.113.7"), told.is_string(), "{}", pending.what);
        let down = next_step(&engine(&fields("not-responding"))).unwrap();
        assert!(down.what.contains("status.rapid7.com") && down.what.contains("Support"), "{}", down.what);
        for step in [pending, down] {
            assert_eq!((step.action, step.pairing_helps), (StepAction::Refresh, false));
            assert!(!step.what.contains("command line") && !step.what.contains("on port"), "{}", step.what);
        }
    }
    let marked = Engine { run_by_rapid7: true, ..engine(&value!({"status": "pending-authorization"})) };
    assert!(next_step(&marked).unwrap().what.contains("Rapid7 Support"));
}

#[test]
fn a_console_that_has_moved_is_named_to_the_engines_that_call_it() {
    let console = ConsolePlace { address: "10.0.0.1".to_owned(), port: 40815 };
    let what = |direction: serde_json::Value| {
        let fields = value!({"status": "not-responding", "connectionDirection": direction});
        next_step_at(&engine(&fields), &console).unwrap().what
    };
    let reverse = what(value!("engine-to-console"));
    assert!(reverse.contains("set lastAddress to 10.0.0.1 in the engine's consoles.xml"), "{reverse}");
    assert!(reverse.contains("restart the engine"), "{reverse}");
    assert!(what(value!(null)).contains("lastAddress in its consoles.xml is 10.0.0.1"));
    assert!(!what(value!("console-to-engine")).contains("lastAddress"));
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
    let told = "Unauthorized console connection from: 203.0.113.7";
    let fields = value!({"status": "pending-authorization", "statusMessage": told});
    let step = next_step(&engine(&fields)).unwrap();
    assert!(step.what.contains("enable this console (203.0.113.7)"), "{}", step.what);

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
fn each_status_that_is_not_good_has_a_next_step_short_enough_for_a_row() {
    let hosted = "nse.extranet.rapid7.com";
    for (fields, brief) in [
        (value!({"status": "unknown"}), "Refresh"),
        (value!({"status": "halted"}), "Refresh"),
        (value!({"status": null}), "Refresh"),
        (value!({"status": "unknown", "statusMessage": "It is outside of the networks."}), "Allow…"),
        (value!({"status": "not-responding", "statusMessage": "It is outside of the networks."}), "Allow…"),
        (value!({"status": "pending-authorization"}), "Enable…"),
        (value!({"status": "pending-authorization", "address": hosted}), "Ask Rapid7…"),
        (value!({"status": "incompatible-version"}), "Update"),
        (
            value!({"status": "incompatible-version", "statusMessage": "Update the console."}),
            "Update the console…",
        ),
        (value!({"status": "not-responding"}), "Start…"),
        (value!({"status": "not-responding", "address": hosted}), "Ask Rapid7…"),
        (
            value!({"status": "not-responding", "statusMessage": "The certificate has changed."}),
            "Pair again…",
        ),
    ] {
        let step = next_step(&engine(&fields)).unwrap();
        assert_eq!(step.brief, brief, "{fields}");
        let acts = match step.action {
            StepAction::Refresh => "Refresh",
            StepAction::Update => "Update",
            StepAction::Delete => "",
        };
        assert!(step.brief.ends_with('…') || step.brief == acts, "{fields}");
    }
}

#[test]
fn the_reason_is_the_consoles_own_if_it_gives_one() {
    let plain = next_step(&engine(&value!({"status": "not-responding"}))).unwrap();
    assert_eq!(plain.why, "The engine is down, or the console can't reach it.");
    let told = value!({"status": "not-responding", "statusMessage": "certificate changed"});
    let step = next_step(&engine(&told)).unwrap();
    assert_eq!((step.why.as_str(), step.action), ("certificate changed.", StepAction::Delete));
    assert!(step.what.contains("add it again"), "{}", step.what);
    assert!(next_step(&engine(&value!({"status": "Sleeping"}))).is_some());
}

#[test]
fn the_next_step_names_the_console_where_it_is_known() {
    let console = ConsolePlace { address: "10.0.0.1".to_owned(), port: 40900 };
    let what = |fields: serde_json::Value| next_step_at(&engine(&fields), &console).unwrap().what;
    let pending = what(value!({"status": "pending-authorization"}));
    assert!(pending.contains("Oslo (192.0.2.6)") && pending.contains("(10.0.0.1)"), "{pending}");
    let down = value!({"status": "not-responding", "connectionDirection": "engine-to-console"});
    assert!(what(down.clone()).contains("this console at 10.0.0.1 on port 40900"), "{}", what(down));
    let unknown = what(value!({"status": "not-responding"}));
    assert!(unknown.contains("on port 40814") && unknown.contains("on port 40900"), "{unknown}");
    assert_eq!(next_step_at(&engine(&value!({})), &console), None);
}

#[test]
fn a_reverse_pair_with_a_new_key_is_paired_with_a_secret_again() {
    let step = |direction: &str| {
        let fields = value!({"status": "not-responding", "statusMessage": "The certificate changed.",
            "connectionDirection": direction});
        next_step(&engine(&fields)).unwrap()
    };
    assert!(step("engine-to-console").what.contains("shared secret"));
    assert!(step("console-to-engine").what.contains("add it again"));
    assert_eq!(step("engine-to-console").action, StepAction::Delete);
}

#[test]
fn a_console_that_is_behind_its_engine_is_what_to_update() {
    let told = "Scan engine (Oslo) has product version 7.0, this console 6.6: they do not work together. Update the console.";
    let step =
        next_step(&engine(&value!({"status": "incompatible-version", "statusMessage": told}))).unwrap();
    assert_eq!(
        (step.what.as_str(), step.action),
        ("Update the console, then refresh Oslo.", StepAction::Refresh)
    );
}

#[test]
fn the_direction_turns_when_the_engine_can_be_told_and_back_always() {
    let refusal = |fields: serde_json::Value| reverse_refusal(&engine(&fields));
    assert_eq!(refusal(value!({})), None);
    assert_eq!(refusal(value!({"connectionDirection": "console-to-engine"})), None);
    for status in ["unknown", "pending-authorization", "incompatible-version", "not-responding"] {
        for direction in [value!(null), value!("console-to-engine")] {
            let why = refusal(value!({"status": status, "connectionDirection": direction})).unwrap();
            assert!(why.contains("this needs a paired engine that is active"), "{why}");
        }
        assert_eq!(refusal(value!({"status": status, "connectionDirection": "engine-to-console"})), None);
    }
    for status in [value!(null), value!("Sleeping")] {
        assert_eq!(refusal(value!({ "status": status })), None, "nobody knows, so the console decides");
    }
    assert!(refusal(value!({"address": "127.0.0.1"})).unwrap().contains("local engine"));
    let hosted = value!({"address": "nse.extranet.rapid7.com", "connectionDirection": "engine-to-console"});
    assert!(refusal(hosted).unwrap().contains("hosted"));
}

#[test]
fn sites_stand_in_the_way_of_deleting_and_pools_do_not() {
    let pools = [pool(9, "North", &[6, 7], &[1]), pool(10, "South", &[7], &[])];
    let check = deletion(&engine(&value!({"sites": [1, 2]})), &pools);
    assert_eq!(check, DeletionCheck { refused: None, sites: 2, pools: vec!["North".to_owned()] });
    assert!(check.is_blocked());
    assert!(!deletion(&engine(&value!({})), &pools).is_blocked());
    let local = deletion(&engine(&value!({"address": "127.0.0.1"})), &[]);
    assert!(local.is_blocked() && local.refused.unwrap().contains("local engine"));
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
    let hour = Thresholds {
        warn: Duration::from_secs(3600),
        alarm: Duration::from_secs(7200),
        ..Thresholds::default()
    };
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
