//! The form of an engine: what it takes, and what it says to everything else.

use std::net::{Ipv4Addr, Ipv6Addr};

use console_api::rules::{
    EngineCheck, EngineField, EngineText, check_engine, field_of_refusal, needs_pairing_again,
};
use console_api::{Engine, EngineDraft, EngineId};
use proptest::prelude::*;
use serde_json::json as value;

use crate::support::engine;

fn typed(name: &str, address: &str, port: &str) -> EngineText {
    EngineText { name: name.to_owned(), address: address.to_owned(), port: port.to_owned() }
}

fn draft(address: &str, port: u16) -> EngineDraft {
    EngineDraft { name: "Oslo".to_owned(), address: address.to_owned(), port }
}

fn alone(text: &EngineText) -> EngineCheck {
    check_engine(text, None, &[])
}

fn with_address(address: &str) -> EngineCheck {
    alone(&typed("Oslo", address, "40814"))
}

/// The local engine (1), Oslo (6) and Bergen (7).
fn fleet() -> Vec<Engine> {
    vec![
        engine(&value!({"id": 1, "name": "Local scan engine", "address": "127.0.0.1"})),
        engine(&value!({})),
        engine(&value!({"id": 7, "name": "Bergen", "address": "2001:db8::7", "port": 40900})),
    ]
}

#[test]
fn a_new_form_has_the_documented_port() {
    assert_eq!(EngineText::default(), typed("", "", "40814"));
    assert_eq!(EngineText::of(&fleet()[2]), typed("Bergen", "2001:db8::7", "40900"));
    assert_eq!(EngineText::of(&engine(&value!({"port": null}))).port, "40814");
}

#[test]
fn what_is_right_becomes_a_draft_without_the_blanks_around_it() {
    let check = alone(&typed(" Oslo ", " oslo.example ", " 40814 "));
    assert_eq!(
        check,
        EngineCheck { name: None, address: None, port: None, draft: Some(draft("oslo.example", 40814)) }
    );
}

#[test]
fn each_field_says_what_is_wrong_with_it() {
    let check = alone(&typed(" ", "", "0"));
    assert_eq!(check.name.as_deref(), Some("Enter a name."));
    assert_eq!(check.address.as_deref(), Some("Enter a host name or an IP address."));
    assert_eq!(check.port.as_deref(), Some("Enter a port from 1 to 65535."));
    assert_eq!(check.draft, None);
    assert!(alone(&typed("a\tb", "oslo", "1")).name.unwrap().contains("control characters"));
    assert_eq!(alone(&typed(&"ø".repeat(255), "oslo", "1")).name, None);
    assert!(alone(&typed(&"ø".repeat(256), "oslo", "1")).name.unwrap().contains("255"));
}

#[test]
fn a_port_is_a_number_from_1_to_65535() {
    for (text, port) in [("1", 1), ("65535", 65535), (" 40814", 40814)] {
        assert_eq!(alone(&typed("Oslo", "oslo", text)).draft, Some(draft("oslo", port)), "{text}");
    }
    for text in ["", "0", "65536", "-1", "+1", "1.0", "4e4", "40 814", "port", "٤"] {
        let check = alone(&typed("Oslo", "oslo", text));
        assert!(check.port.is_some() && check.draft.is_none(), "{text}");
    }
}

#[test]
fn host_names_and_ip_addresses_are_taken() {
    for good in [
        "10.0.0.7",
        "::1",
        "[::1]",
        "2001:0DB8:0:0::7",
        "::ffff:192.0.2.1",
        "engine",
        "engine-1.acme.com",
        "scan_engine.local",
        "a.",
        "7.acme.com",
    ] {
        assert_eq!(with_address(good).draft, Some(draft(good, 40814)), "{good}");
    }
}

#[test]
fn everything_else_says_what_to_type_instead() {
    for (bad, words) in [
        ("https://engine", "without “https://”"),
        ("engine/path", "alone"),
        ("10.0.0.0/8", "alone"),
        ("root@engine", "alone"),
        ("engine:40814", "its own field"),
        ("192.0.2.1:40814", "its own field"),
        ("[::1]:40814", "its own field"),
        ("engine:", "its own field"),
        ("engine:x", "IPv6"),
        ("1:2:3", "IPv6"),
        ("::1%eth0", "IPv6"),
        (":::", "IPv6"),
        ("[10.0.0.7]", "brackets"),
        ("[::1", "IPv6"),
        ("two words", "letters a to z"),
        ("ä.de", "letters a to z"),
        ("999.1.1.1", "IPv4"),
        ("10.1", "IPv4"),
        ("1", "IPv4"),
        ("0x7f.1", "IPv4"),
        ("10.0.0.7.", "IPv4"),
        ("10.0.0.07", "IPv4"),
        ("0xengine", "IPv4"),
        ("-engine", "hyphen"),
        ("engine-", "hyphen"),
        ("a..b", "hyphen"),
        (".", "hyphen"),
    ] {
        let check = with_address(bad);
        let problem = check.address.unwrap_or_else(|| panic!("{bad} was taken"));
        assert!(problem.contains(words), "{bad}: {problem}");
        assert_eq!(check.draft, None, "{bad}");
    }
    assert!(with_address(&"a".repeat(64)).address.unwrap().contains("63"));
    assert!(with_address(&vec!["a".repeat(63); 4].join(".")).address.unwrap().contains("253"));
}

#[test]
fn a_name_is_free_unless_another_engine_has_it_in_any_case() {
    let name = |text: &str, this| check_engine(&typed(text, "192.0.2.99", "1"), this, &fleet()).name;
    assert_eq!(name("OSLO ", None).as_deref(), Some("Another engine is already called Oslo."));
    assert_eq!(name("oslo", Some(EngineId(6))), None, "its own name");
    assert!(name("oslo", Some(EngineId(7))).is_some());
    assert_eq!(name("Oslo 2", None), None);
}

#[test]
fn address_and_port_are_free_unless_another_engine_has_both() {
    let address = |text: &str, port: &str, this| {
        let check = check_engine(&typed("New", text, port), this, &fleet());
        assert_eq!(check.draft.is_none(), check.address.is_some());
        check.address
    };
    assert_eq!(
        address("192.0.2.6", "40814", None).as_deref(),
        Some("Oslo already has this address and this port.")
    );
    assert_eq!(address("192.0.2.6", "40815", None), None);
    assert_eq!(address("192.0.2.6", "40814", Some(EngineId(6))), None);
    for same in ["2001:db8::7", "[2001:DB8::7]", "2001:0db8:0:0:0:0:0:7"] {
        assert!(address(same, "40900", None).unwrap().starts_with("Bergen"), "{same}");
        assert_eq!(address(same, "40814", None), None, "{same}");
    }
    for local in ["127.0.0.1", "localhost", "LocalHost", "::1", "[::1]"] {
        assert!(address(local, "40814", None).unwrap().starts_with("Local scan engine"), "{local}");
        assert_eq!(address(local, "40900", None), None, "{local}");
    }
}

#[test]
fn a_wrong_port_is_not_compared_with_others() {
    let check = check_engine(&typed("New", "192.0.2.6", "x"), None, &fleet());
    assert!(check.port.is_some() && check.address.is_none() && check.draft.is_none());
}

#[test]
fn the_consoles_refusal_goes_to_the_field_that_it_names_first() {
    for (message, field) in [
        ("A scan engine with the name port address already exists.", Some(EngineField::Name)),
        (
            "A scan engine with the address 192.0.2.6 and the port 40814 already exists.",
            Some(EngineField::Address),
        ),
        ("Host is not valid", Some(EngineField::Address)),
        ("Invalid port number: 0", Some(EngineField::Port)),
        ("The address of this scan engine cannot be changed.", Some(EngineField::Address)),
        ("One or more arguments supplied in the request is invalid.", None),
        ("Importing and reporting is unsupported; renamed.", None),
        ("", None),
    ] {
        assert_eq!(field_of_refusal(message), field, "{message}");
    }
}

#[test]
fn another_address_or_port_needs_pairing_again_another_name_does_not() {
    let before = draft("oslo.example", 40814);
    let renamed = EngineDraft { name: "Bergen".to_owned(), ..before.clone() };
    assert!(!needs_pairing_again(&before, &renamed));
    assert!(!needs_pairing_again(&before, &draft(" oslo.example ", 40814)));
    assert!(needs_pairing_again(&before, &draft("oslo.example", 40900)));
    assert!(needs_pairing_again(&before, &draft("192.0.2.6", 40814)));
    assert!(!needs_pairing_again(&draft("2001:db8::7", 1), &draft("[2001:0DB8::7]", 1)));
    assert!(needs_pairing_again(&draft("2001:db8::7", 1), &draft("2001:db8::8", 1)));
}

/// What the embedded console takes, with the standard library's parsers.
fn console_takes(address: &str) -> bool {
    let bare = address.strip_prefix('[').and_then(|rest| rest.strip_suffix(']'));
    if bare.unwrap_or(address).parse::<Ipv6Addr>().is_ok() {
        return true;
    }
    let name = address.strip_suffix('.').unwrap_or(address);
    let label = |label: &str| {
        (1..=63).contains(&label.len())
            && !label.starts_with('-')
            && !label.ends_with('-')
            && label.bytes().all(|byte| byte.is_ascii_alphanumeric() || b"-_".contains(&byte))
    };
    let last = name.rsplit('.').next().unwrap_or_default();
    let number = last.bytes().all(|byte| byte.is_ascii_digit()) || last.to_lowercase().starts_with("0x");
    name.len() <= 253 && name.split('.').all(label) && (!number || address.parse::<Ipv4Addr>().is_ok())
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(4_000))]

    #[test]
    fn the_form_takes_what_the_console_takes(address in "[0-9a-fx.:\\[\\]_/é-]{1,24}") {
        prop_assert_eq!(with_address(&address).address.is_none(), console_takes(&address));
    }

    #[test]
    fn the_form_takes_ip_addresses_like_the_standard_library(
        address in "(\\[)?([0-9]{1,3}\\.){3}[0-9]{1,3}(\\])?|([0-9a-f]{0,5}:){0,8}(:)?[0-9a-f]{0,4}|::(f{4}:)?([0-9]{1,3}\\.){3}[0-9]{1,3}",
    ) {
        prop_assume!(!address.is_empty());
        prop_assert_eq!(with_address(&address).address.is_none(), console_takes(&address));
    }

    #[test]
    fn one_ipv6_address_in_two_spellings_is_one_place(groups in any::<[u16; 8]>()) {
        let short = Ipv6Addr::from(groups).to_string();
        let long = groups.map(|group| format!("{group:04X}")).join(":");
        prop_assert!(!needs_pairing_again(&draft(&short, 1), &draft(&long, 1)));
        let mut other = groups;
        other[5] ^= 1;
        let other = Ipv6Addr::from(other).to_string();
        prop_assert!(needs_pairing_again(&draft(&other, 1), &draft(&long, 1)));
    }
}
