//! The console itself.

use crate::wire::Fields;

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
    pub(crate) fn read(fields: Fields<'_>) -> Option<Self> {
        let version = fields.inner("version");
        let of_version = |key| version.and_then(|version: Fields<'_>| version.text(key));
        Some(Self {
            host: fields.text("host"),
            fqdn: fields.text("fqdn"),
            ip: fields.text("ip"),
            operating_system: fields.text("operatingSystem"),
            version: of_version("semantic").or_else(|| fields.text("version")),
            platform: of_version("platform"),
            build: of_version("build"),
            serial: fields.text("serial"),
            engine_listener_port: fields.port("engineListenerPort"),
        })
    }

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

impl CommandOutput {
    pub(crate) fn read(fields: Fields<'_>) -> Option<Self> {
        let output = match fields.get("output") {
            None => "",
            Some(value) => value.as_text()?,
        };
        Some(Self { output: output.to_owned() })
    }
}
