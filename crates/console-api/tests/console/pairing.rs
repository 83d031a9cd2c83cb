//! The instructions for pairing: the documents' steps, with the values of this engine and this console.

use console_api::ConsoleInfo;
use console_api::rules::{
    ConsolePlace, EngineHost, PairingStep, console_place, consoles_file, reverse_pairing, seen_by,
    standard_pairing,
};
use serde_json::json as value;

use crate::support::engine;

fn place(address: &str, port: u16) -> ConsolePlace {
    ConsolePlace { address: address.to_owned(), port }
}

fn info(ip: &str, fqdn: &str) -> ConsoleInfo {
    let text = |text: &str| (!text.is_empty()).then(|| text.to_owned());
    ConsoleInfo { ip: text(ip), fqdn: text(fqdn), ..ConsoleInfo::default() }
}

fn commands(steps: &[PairingStep]) -> Vec<&str> {
    steps.iter().filter_map(|step| step.command.as_deref()).collect()
}

fn words(steps: &[PairingStep]) -> String {
    steps.iter().map(|step| step.what.as_str()).collect::<Vec<_>>().join("\n")
}

#[test]
fn engines_reach_the_console_where_it_says_it_is() {
    for (ip, fqdn, browser, address) in [
        ("10.0.0.1", "console.example", "localhost:3780", "10.0.0.1"),
        ("2001:db8::1", "", "console", "2001:db8::1"),
        ("0.0.0.0", "console.example", "c:3780", "console.example"),
        ("::", "", "c:3780", "c"),
        ("unknown", "", "c:3780", "c"),
        ("", "", "[2001:db8::1]:3780", "2001:db8::1"),
        ("", "", "[2001:db8::1]", "2001:db8::1"),
        ("", "", "2001:db8::1", "2001:db8::1"),
        ("", "", "192.0.2.1", "192.0.2.1"),
        // Loopback is of use on one machine only.
        ("127.0.0.1", "", "localhost:3780", "127.0.0.1"),
        ("127.0.0.1", "", "127.0.0.1:3780", "127.0.0.1"),
        ("127.0.1.1", "localhost", "console.example", "console.example"),
        ("::1", "console.example", "c", "console.example"),
    ] {
        assert_eq!(console_place(Some(&info(ip, fqdn)), browser), place(address, 40815), "{ip} {browser}");
    }
    assert_eq!(console_place(None, "console.example:3780"), place("console.example", 40815));
    let other = ConsoleInfo { engine_listener_port: Some(40900), ..info("10.0.0.1", "") };
    assert_eq!(console_place(Some(&other), "c"), place("10.0.0.1", 40900));
}

#[test]
fn add_console_takes_the_port_unless_it_is_40815() {
    for (address, port, written) in [
        ("10.0.0.1", 40815, "10.0.0.1"),
        ("10.0.0.1", 40900, "10.0.0.1:40900"),
        ("2001:db8::1", 40815, "2001:db8::1"),
        ("2001:db8::1", 40900, "[2001:db8::1]:40900"),
        ("console.example", 40900, "console.example:40900"),
    ] {
        assert_eq!(place(address, port).for_add_console(), written);
    }
}

#[test]
fn standard_pairing_on_linux_is_the_documents_procedure() {
    let steps = standard_pairing(EngineHost::Linux, &engine(&value!({})), &place("10.0.0.1", 40815));
    assert_eq!(
        commands(&steps),
        [
            "ssh <user>@192.0.2.6",
            "sudo -i",
            "screen -x nexpose",
            "show consoles",
            "enable console <ID>",
            "show consoles"
        ]
    );
    let words = words(&steps);
    for part in
        ["enabled=0", "10.0.0.1", "enable console 1", "enabled=1", "ctrl-a, then d", "ctrl-c", "Refresh Oslo"]
    {
        assert!(words.contains(part), "{part}\n{words}");
    }
    assert!(words.contains("in place of <ID>") && words.contains("in place of <user>"), "{words}");
    assert!(words.contains("no restart"), "{words}");
}

#[test]
fn standard_pairing_on_windows_edits_the_file() {
    let steps = standard_pairing(EngineHost::Windows, &engine(&value!({})), &place("10.0.0.1", 40815));
    assert_eq!(commands(&steps), [""; 0]);
    let words = words(&steps);
    for part in [
        "Oslo (192.0.2.6)",
        "[installation_directory]/nse/conf/consoles.xml",
        "10.0.0.1",
        "from 0 to 1",
        "Restart the Scan Engine service of Oslo",
        "Refresh Oslo",
    ] {
        assert!(words.contains(part), "{part}\n{words}");
    }
}

#[test]
fn the_consoles_address_is_the_one_that_the_engine_has_seen_if_that_is_known() {
    let told = "Cannot refresh scan engine (Oslo): Unauthorized console connection from: 203.0.113.5";
    for host in EngineHost::ALL {
        for (message, address) in [
            (value!(told), "203.0.113.5"),
            (value!(format!("{told} (full)")), "203.0.113.5"),
            (value!("Unauthorized console connection from: this console"), "10.0.0.1"),
            (value!(null), "10.0.0.1"),
        ] {
            let engine = engine(&value!({"status": "pending-authorization", "statusMessage": message}));
            let words = words(&standard_pairing(host, &engine, &place("10.0.0.1", 40815)));
            assert!(words.contains(&format!("the address {address}.")), "{words}");
        }
    }
}

#[test]
fn reverse_pairing_is_the_documents_procedure() {
    let console = place("10.0.0.1", 40900);
    let on_engine = [
        "add console 10.0.0.1:40900",
        "show consoles",
        "connect to console <ID>",
        "show consoles",
        "add shared secret <ID>",
        "enable console <ID>",
    ];
    let oslo = engine(&value!({"address": "[2001:db8::6]"}));

    let linux = reverse_pairing(EngineHost::Linux, Some(&oslo), &console);
    assert_eq!(commands(&linux)[..3], ["ssh <user>@2001:db8::6", "sudo -i", "screen -x nexpose"]);
    assert_eq!(commands(&linux)[3..], on_engine);
    assert!(linux[0].what.contains("choose Generate") && linux[0].what.contains("60 minutes"));

    let windows = reverse_pairing(EngineHost::Windows, Some(&oslo), &console);
    assert_eq!(commands(&windows), on_engine);
    assert!(words(&windows).contains("interactive mode"));
    assert!(!words(&windows).contains("ctrl-"), "a Windows host has no screen session");

    for steps in [linux, windows] {
        let words = words(&steps);
        for part in ["10.0.0.1", "connectTo=1", "Paste", "in place of <ID>", "Refresh displayed engines"] {
            assert!(words.contains(part), "{part}\n{words}");
        }
    }
}

#[test]
fn for_an_engine_that_the_console_does_not_know_the_address_is_left_open() {
    let steps = reverse_pairing(EngineHost::Linux, None, &place("10.0.0.1", 40815));
    assert_eq!(commands(&steps)[0], "ssh <user>@<address>");
    assert!(steps[0].what.contains("in place of <address>"), "the secret is at hand: {:?}", steps[0]);
    assert!(commands(&steps).contains(&"add console 10.0.0.1"));
    let nameless = engine(&value!({"address": ""}));
    for host in EngineHost::ALL {
        let words = words(&standard_pairing(host, &nameless, &place("10.0.0.1", 40815)));
        assert!(!words.contains("()"), "{words}");
    }
}

#[test]
fn every_step_is_a_sentence_and_says_what_to_put_for_what_is_left_open() {
    let oslo = engine(&value!({}));
    let console = place("10.0.0.1", 40815);
    for host in EngineHost::ALL {
        for steps in [
            standard_pairing(host, &oslo, &console),
            reverse_pairing(host, Some(&oslo), &console),
            reverse_pairing(host, None, &console),
        ] {
            for open in ["<user>", "<address>", "<ID>"] {
                let first =
                    steps.iter().find(|step| step.command.as_deref().is_some_and(|c| c.contains(open)));
                if let Some(step) = first {
                    assert!(step.what.contains(open), "{step:?}");
                }
            }
        }
    }
}

#[test]
fn an_engine_without_a_command_line_is_paired_by_a_file() {
    let secret = "0F1E-2D3C-4B5A-6978-8796-A5B4-C3D2-E1F0";
    let file = consoles_file(&place("127.0.0.1", 40815), secret);
    let shape = "<?xml version=\"1.0\" encoding=\"utf-8\"?>\n<Consoles>\n  <console id=\"1\" enabled=\"1\" connectTo=\"1\" \
                 name=\"Console\" lastAddress=\"127.0.0.1\" port=\"40815\" plaintext_sharedSecret=\"0F1E-2D3C-4B5A-6978-8796-A5B4-C3D2-E1F0\">\
                 <cert></cert></console>\n</Consoles>\n";
    assert_eq!(file, shape);
    let odd = consoles_file(&place("a\"<&b", 40900), secret);
    assert!(odd.contains("lastAddress=\"a&quot;&lt;&amp;b\" port=\"40900\""), "{odd}");
}

#[test]
fn the_address_that_the_engine_has_seen_is_found_in_every_spelling() {
    for (message, ip) in [
        ("Unauthorized console connection from: 203.0.113.7", Some("203.0.113.7")),
        (
            "Cannot refresh scan engine Oslo: Unauthorized console connection from 203.0.113.7.",
            Some("203.0.113.7"),
        ),
        ("Unauthorized console connection from: /203.0.113.7, refused", Some("203.0.113.7")),
        ("Unauthorized console connection from: 2001:db8::7", Some("2001:db8::7")),
        ("Unauthorized console connection from: 0.0.0.0", None),
        ("Connection refused", None),
    ] {
        let oslo = engine(&value!({"status": "pending-authorization", "statusMessage": message}));
        assert_eq!(seen_by(&oslo), ip, "{message}");
    }
    let told = value!({"status": "pending-authorization",
        "statusMessage": "Unauthorized console connection from: 203.0.113.7"});
    let steps = words(&standard_pairing(EngineHost::Linux, &engine(&told), &place("10.0.0.1", 40815)));
    assert!(steps.contains("show consoles lists this console as 203.0.113.7"), "{steps}");
}
