//! The console itself.

use serde::Deserialize;

use crate::wire::{Any, Field, Nested, Read, Row};

/// What the console says about itself (`GET /administration/info`). Every part may be missing.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct ConsoleInfo {
    /// The host's short name.
    pub host: Option<String>,
    /// The host's full name.
    pub fqdn: Option<String>,
    /// The host's IP address.
    pub ip: Option<String>,
    /// The operating system, with its version.
    pub operating_system: Option<String>,
    /// The console's version, such as `6.6.123`.
    pub version: Option<String>,
    /// The platform it was built for, such as `Linux64`.
    pub platform: Option<String>,
    /// The build's stamp.
    pub build: Option<String>,
    /// The serial number of the installation.
    pub serial: Option<String>,
    /// The port on which it listens for engines that dial it, 1 to 65535. Real consoles do not tell: theirs is 40815
    /// (docs/api-quirks.md, "Ports").
    pub engine_listener_port: Option<u16>,
}

impl ConsoleInfo {
    /// The best name for the console: its full name, or else its short one, or else its address.
    #[must_use]
    pub fn name(&self) -> Option<&str> {
        [&self.fqdn, &self.host, &self.ip].into_iter().find_map(|name| name.as_deref())
    }
}

/// What a console command printed.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct CommandOutput {
    /// The text; empty if the command printed nothing.
    pub output: String,
}

/// What the console says about itself, as it comes.
#[derive(Default, Deserialize)]
#[serde(default, rename_all = "camelCase")]
pub(crate) struct InfoWire<'a> {
    #[serde(borrow)]
    host: Field<'a>,
    fqdn: Field<'a>,
    ip: Field<'a>,
    operating_system: Field<'a>,
    version: Nested<'a, VersionWire<'a>>,
    serial: Field<'a>,
    engine_listener_port: Field<'a>,
}

/// The parts of its version, as they come.
#[derive(Default, Deserialize)]
#[serde(default)]
pub(crate) struct VersionWire<'a> {
    #[serde(borrow)]
    semantic: Field<'a>,
    platform: Field<'a>,
    build: Field<'a>,
}

impl Read for ConsoleInfo {
    type Wire<'a> = InfoWire<'a>;

    fn read(wire: InfoWire<'_>) -> Row<Self> {
        let version = match wire.version {
            Any::Object(version) => version,
            // The number alone.
            Any::Value(semantic) => VersionWire { semantic, ..VersionWire::default() },
            Any::List(_) => VersionWire::default(),
        };
        Row::Read(Self {
            host: wire.host.text(),
            fqdn: wire.fqdn.text(),
            ip: wire.ip.text(),
            operating_system: wire.operating_system.text(),
            version: version.semantic.text(),
            platform: version.platform.text(),
            build: version.build.text(),
            serial: wire.serial.text(),
            engine_listener_port: wire.engine_listener_port.port(),
        })
    }
}

/// What a command printed, as it comes.
#[derive(Default, Deserialize)]
#[serde(default)]
pub(crate) struct OutputWire<'a> {
    #[serde(borrow)]
    output: Field<'a>,
}

impl Read for CommandOutput {
    type Wire<'a> = OutputWire<'a>;

    fn read(wire: OutputWire<'_>) -> Row<Self> {
        if wire.output.is_missing() {
            return Row::Read(Self { output: String::new() });
        }
        wire.output.words().map(|output| Self { output: output.into_owned() }).into()
    }
}
