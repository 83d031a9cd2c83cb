//! How to pair an engine with this console: the two documented procedures, with the values of both filled in.

use core::net::IpAddr;

use crate::model::{ConsoleInfo, Engine};
use crate::rules::keys::bare;

/// The port on which a console listens for engines that dial it (docs/api-quirks.md, "Ports").
const CONSOLE_PORT: u16 = 40815;

/// Where engines reach the console.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ConsolePlace {
    /// Its IP address, or else its host name; an IPv6 address without brackets.
    pub address: String,
    /// The port on which it listens for engines, 40815 unless it says another one.
    pub port: u16,
}

impl ConsolePlace {
    /// What stands after `add console`: the address, and the port unless it is 40815, which the engine takes by itself.
    #[must_use]
    pub fn for_add_console(&self) -> String {
        if self.port == CONSOLE_PORT {
            return self.address.clone();
        }
        let port = self.port.to_string();
        if self.address.contains(':') {
            ["[", &self.address, "]:", &port].concat()
        } else {
            [&self.address, ":", &port].concat()
        }
    }
}

/// Where engines reach the console, as far as it tells: its IP address, or else its full name, or else the host in the
/// browser's address bar (with or without port).
///
/// A loopback address is of use to engines on the same machine only. It counts when the browser is there as well.
#[must_use]
pub fn console_place(info: Option<&ConsoleInfo>, browser_host: &str) -> ConsolePlace {
    let browser = host_alone(browser_host);
    let same_machine = is_loopback(browser);
    let useful = |address: &&str| !address.is_empty() && (same_machine || !is_loopback(address));
    let ip = info.and_then(|info| info.ip.as_deref()).map(bare).filter(|ip| is_usable_ip(ip)).filter(useful);
    let fqdn = info.and_then(|info| info.fqdn.as_deref()).map(str::trim).filter(useful);
    ConsolePlace {
        address: ip.or(fqdn).unwrap_or(browser).to_owned(),
        port: info.and_then(|info| info.engine_listener_port).unwrap_or(CONSOLE_PORT),
    }
}

/// An IP address other than the one that means any.
fn is_usable_ip(text: &str) -> bool {
    text.parse::<IpAddr>().is_ok_and(|ip| !ip.is_unspecified())
}

fn is_loopback(host: &str) -> bool {
    host.eq_ignore_ascii_case("localhost") || host.parse::<IpAddr>().is_ok_and(|ip| ip.is_loopback())
}

/// The host of `host`, `host:port`, `[::1]` or `[::1]:port`.
fn host_alone(host: &str) -> &str {
    let host = host.trim();
    if let Some((address, _)) = host.strip_prefix('[').and_then(|rest| rest.split_once(']')) {
        return address;
    }
    match host.split_once(':') {
        // A second colon: an IPv6 address without brackets.
        Some((name, port)) if !port.contains(':') => name,
        _ => host,
    }
}

/// What the engine runs on.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum EngineHost {
    /// Linux.
    Linux,
    /// Windows.
    Windows,
}

impl EngineHost {
    /// Both, the more common one first.
    pub const ALL: [Self; 2] = [Self::Linux, Self::Windows];

    /// The name on screen.
    #[must_use]
    pub const fn label(self) -> &'static str {
        match self {
            Self::Linux => "Linux",
            Self::Windows => "Windows",
        }
    }
}

/// One step of the instructions.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct PairingStep {
    /// What to do, in one sentence or more.
    pub what: String,
    /// What to type, exactly; `<user>`, `<address>` and `<ID>` stand for what this console can't know, and the step
    /// says so.
    pub command: Option<String>,
}

const NEVER_CTRL_C: &str = "Never press ctrl-c in it: that ends the Scan Engine service.";
const LEAVE_SCREEN: &str =
    "Press ctrl-a, then d, to leave the command line. Not ctrl-c: that ends the Scan Engine service.";
const SHOW_CONSOLES: &str = "show consoles";
const ENABLE_CONSOLE: &str = "enable console <ID>";

struct Steps(Vec<PairingStep>);

impl Steps {
    fn say(&mut self, what: &[&str]) {
        self.0.push(PairingStep { what: what.concat(), command: None });
    }

    fn run(&mut self, what: &[&str], command: &str) {
        self.0.push(PairingStep { what: what.concat(), command: Some(command.to_owned()) });
    }

    /// From this computer to the engine's command line on a Linux host.
    fn open_screen(&mut self, engine: Option<&Engine>) {
        let (user, put) = ("<user>@", "Put the name of a user who may run sudo in place of <user>");
        match engine.map(|engine| (engine, bare(&engine.address))) {
            Some((engine, address)) if !address.is_empty() => self.run(
                &["Open a terminal and sign in to the host of ", &engine.name, ". ", put, "."],
                &["ssh ", user, address].concat(),
            ),
            _ => self.run(
                &[
                    "Open a terminal and sign in to the engine's host. ",
                    put,
                    ", and the host's address in place of <address>.",
                ],
                &["ssh ", user, "<address>"].concat(),
            ),
        }
        self.run(&["Start a shell with elevated privileges."], "sudo -i");
        self.run(&["Open the engine's command line. ", NEVER_CTRL_C], "screen -x nexpose");
    }
}

fn name_of(engine: Option<&Engine>) -> &str {
    engine.map_or("the engine", |engine| &engine.name)
}

/// The host for people: the engine's name, with its address if there is one.
fn host_of(engine: Option<&Engine>) -> String {
    match engine {
        None => "the engine's host".to_owned(),
        Some(engine) if engine.address.is_empty() => ["the host of ", &engine.name].concat(),
        Some(engine) => ["the host of ", &engine.name, " (", &engine.address, ")"].concat(),
    }
}

/// The console's address as the engine sees it, when the console has repeated it: `Unauthorized console connection from:
/// <IP>` (docs/api-quirks.md, "Beyond v3"). Between the two may be a translation of addresses.
#[must_use]
pub fn seen_by(engine: &Engine) -> Option<&str> {
    let (_, rest) = engine.status_message.as_deref()?.split_once("connection from")?;
    let ip = rest.trim_start_matches([':', ' ', '/']).split_whitespace().next()?;
    Some(ip.trim_end_matches(['.', ',', ';'])).filter(|ip| is_usable_ip(ip))
}

/// The steps of the standard pairing, in which the console dials the engine (document "Configuring distributed Scan
/// Engines"). The engine has been added to the console already.
#[must_use]
pub fn standard_pairing(host: EngineHost, engine: &Engine, console: &ConsolePlace) -> Vec<PairingStep> {
    let name = &engine.name;
    let (address, seen) = match seen_by(engine) {
        Some(ip) => (ip, [" There, show consoles lists this console as ", ip, "."].concat()),
        None => (console.address.as_str(), String::new()),
    };
    let not_there =
        [" If there is none, refresh ", name, " here: the console's first contact makes it."].concat();
    let mut steps = Steps(Vec::new());
    match host {
        EngineHost::Linux => {
            steps.open_screen(Some(engine));
            steps.run(
                &[
                    "Find the line of this console, with enabled=0 and the address ",
                    address,
                    ". It begins with the console's ID.",
                    &seen,
                    &not_there,
                ],
                SHOW_CONSOLES,
            );
            steps.run(
                &["Let this console use ", name, ". Put that ID in place of <ID>, as in: enable console 1"],
                ENABLE_CONSOLE,
            );
            steps.run(&["Check that the line shows enabled=1 now."], SHOW_CONSOLES);
            steps.say(&[LEAVE_SCREEN, " The engine needs no restart."]);
        }
        EngineHost::Windows => {
            steps.say(&[
                "Sign in to ",
                &host_of(Some(engine)),
                " as a user with administrative permissions.",
            ]);
            steps.say(&["Open [installation_directory]/nse/conf/consoles.xml in a text editor."]);
            steps.say(&[
                "Find the entry of this console, with an ID and the address ",
                address,
                ".",
                &not_there,
            ]);
            steps.say(&["In this entry, change the value of enabled from 0 to 1. Save and close the file."]);
            steps.say(&["Restart the Scan Engine service of ", name, ", so that the change takes effect."]);
        }
    }
    steps.say(&[
        "Refresh ",
        name,
        " here. A green arrow means that it is active: sites can be assigned to it.",
    ]);
    steps.0
}

/// The steps of the reverse pairing, in which the engine dials the console (document "Post-Installation
/// Engine-to-Console Pairing"). With an engine they begin with the shared secret; without one that is at hand already.
#[must_use]
pub fn reverse_pairing(
    host: EngineHost,
    engine: Option<&Engine>,
    console: &ConsolePlace,
) -> Vec<PairingStep> {
    let name = name_of(engine);
    let mut steps = Steps(Vec::new());
    if engine.is_some() {
        steps.say(&[
            "Under Generate Scan Engine Shared Secret, choose Generate, and copy the secret. It is valid for 60 minutes.",
        ]);
    }
    match host {
        EngineHost::Linux => steps.open_screen(engine),
        EngineHost::Windows => {
            steps.say(&["Sign in to ", &host_of(engine), ", with Remote Desktop or on the spot."]);
            steps.say(&["Open the Start menu and browse to the Scan Engine service applet."]);
            steps.say(&["Start the Scan Engine service in interactive mode: that opens its command line."]);
        }
    }
    steps.run(&["Add this console to ", name, "."], &["add console ", &console.for_add_console()].concat());
    steps.run(
        &[
            "Find the line of this console, with the address ",
            &console.address,
            ". It begins with the console's ID.",
        ],
        SHOW_CONSOLES,
    );
    steps.run(
        &["Tell ", name, " to dial this console. Put that ID in place of <ID>, here and below."],
        "connect to console <ID>",
    );
    steps.run(&["Check that the line shows connectTo=1 now."], SHOW_CONSOLES);
    steps.run(
        &[
            "Paste the shared secret when the engine asks for it; it is not shown. The engine says whether the console \
             has taken it.",
        ],
        "add shared secret <ID>",
    );
    steps.run(&["Let this console use ", name, "."], ENABLE_CONSOLE);
    match host {
        EngineHost::Linux => steps.say(&[LEAVE_SCREEN]),
        EngineHost::Windows => steps.say(&["Close the session."]),
    }
    steps.say(&[
        "Choose Refresh displayed engines under Scan Engines. A green arrow from ",
        name,
        " to the console means that it is active.",
    ]);
    steps.0
}

/// The `consoles.xml` for an engine without a command line, such as one in an image or a container: put in place before
/// its first start, it pairs the engine with this console (docs/api-quirks.md, "Engine side").
#[must_use]
pub fn consoles_file(console: &ConsolePlace, secret: &str) -> String {
    let mut address = String::new();
    for c in console.address.chars() {
        match c {
            '&' => address.push_str("&amp;"),
            '<' => address.push_str("&lt;"),
            '"' => address.push_str("&quot;"),
            c => address.push(c),
        }
    }
    [
        "<?xml version=\"1.0\" encoding=\"utf-8\"?>\n<Consoles>\n  <console id=\"1\" enabled=\"1\" connectTo=\"1\" \
         name=\"Console\" lastAddress=\"",
        &address,
        "\" port=\"",
        &console.port.to_string(),
        "\" plaintext_sharedSecret=\"",
        secret,
        "\"><cert></cert></console>\n</Consoles>\n",
    ]
    .concat()
}
