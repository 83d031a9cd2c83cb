//! The output of the console command `version engines` (docs/api-quirks.md, "Beyond v3").

use crate::model::{Engine, EngineStatus};

/// What `version engines` printed, taken apart.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct VersionReport {
    /// One block for each engine that the console told about, in its order.
    pub engines: Vec<EngineVersionBlock>,
    /// The lines that belong to no block, such as `Cannot refresh scan engine (<name>): Unauthorized console
    /// connection from: <IP>` (docs/api-quirks.md, "Beyond v3").
    pub notices: Vec<String>,
}

/// What the console found out about one engine.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct EngineVersionBlock {
    /// Whether it is the engine that came with the console.
    pub local: bool,
    /// `Name`.
    pub name: Option<String>,
    /// `Address (FQDN)`, as printed.
    pub address: Option<String>,
    /// `Platform`, such as `Linux64`.
    pub platform: Option<String>,
    /// `Serial No`.
    pub serial_number: Option<String>,
    /// `Version`.
    pub version: Option<String>,
    /// `Product Name`.
    pub product_name: Option<String>,
    /// `Last Content Update ID`.
    pub content_update: Option<String>,
    /// `Last Product Update ID`.
    pub product_update: Option<String>,
    /// `VM Version`.
    pub vm_version: Option<String>,
    /// `Status`.
    pub status: Option<EngineStatus>,
    /// All the other lines: key and value, as printed.
    pub other: Vec<(String, String)>,
}

impl EngineVersionBlock {
    /// Whether this block tells about that engine: by serial number if both have one, or else by name.
    #[must_use]
    pub fn is_about(&self, engine: &Engine) -> bool {
        match (&self.serial_number, &engine.serial_number) {
            (Some(mine), Some(its)) => mine.eq_ignore_ascii_case(its),
            _ => self.name.as_deref() == Some(engine.name.as_str()),
        }
    }

    fn is_empty(&self) -> bool {
        *self == Self { local: self.local, ..Self::default() }
    }

    fn set(&mut self, key: &str, value: &str) {
        let text = (!value.is_empty()).then(|| value.to_owned());
        let normal = key.to_ascii_lowercase();
        let field = match normal.as_str() {
            "name" => &mut self.name,
            "address (fqdn)" | "address" => &mut self.address,
            "platform" => &mut self.platform,
            "serial no" | "serial number" => &mut self.serial_number,
            "version" => &mut self.version,
            "product name" => &mut self.product_name,
            "last content update id" => &mut self.content_update,
            "last product update id" => &mut self.product_update,
            "vm version" => &mut self.vm_version,
            "status" => {
                self.status = text.as_deref().map(EngineStatus::parse);
                return;
            }
            _ => {
                self.other.push((key.to_owned(), value.to_owned()));
                return;
            }
        };
        *field = text;
    }
}

impl VersionReport {
    /// The block about this engine, if there is one.
    #[must_use]
    pub fn about(&self, engine: &Engine) -> Option<&EngineVersionBlock> {
        self.engines.iter().find(|block| block.is_about(engine))
    }

    /// Why this engine could not be refreshed, in the console's words.
    #[must_use]
    pub fn problem_of(&self, engine: &Engine) -> Option<&str> {
        let name = format!("({})", engine.name);
        self.notices.iter().find(|notice| notice.contains(&name)).map(String::as_str)
    }
}

/// Takes the output of `version engines` apart. Nothing in it can make this fail: lines of no known form become
/// notices.
#[must_use]
pub fn parse_version_engines(output: &str) -> VersionReport {
    let mut report = VersionReport::default();
    let mut block: Option<EngineVersionBlock> = None;
    for line in output.lines() {
        let line = line.trim();
        if line.is_empty() {
            finish(&mut report, &mut block);
            continue;
        }
        let Some((local, key, value)) = split_line(line) else {
            report.notices.push(line.to_owned());
            continue;
        };
        // A second name, or the other prefix, begins the next engine even when the blank line is missing.
        let next = block.as_ref().is_some_and(|block| {
            block.local != local || (key.eq_ignore_ascii_case("name") && block.name.is_some())
        });
        if next {
            finish(&mut report, &mut block);
        }
        block
            .get_or_insert_with(|| EngineVersionBlock { local, ..EngineVersionBlock::default() })
            .set(key, value);
    }
    finish(&mut report, &mut block);
    report
}

fn finish(report: &mut VersionReport, block: &mut Option<EngineVersionBlock>) {
    report.engines.extend(block.take().filter(|block| !block.is_empty()));
}

/// `Local Engine  Key: value` or `Remote Engine Key: value`.
fn split_line(line: &str) -> Option<(bool, &str, &str)> {
    let (local, rest) = match line.strip_prefix("Local Engine") {
        Some(rest) => (true, rest),
        None => (false, line.strip_prefix("Remote Engine")?),
    };
    let (key, value) = rest.strip_prefix([' ', '\t'])?.split_once(':')?;
    let key = key.trim();
    (!key.is_empty()).then_some((local, key, value.trim()))
}

#[cfg(test)]
mod tests {
    use super::*;

    const OUTPUT: &str = "\
Local Engine  Name: Local scan engine\r
Local Engine  DN: CN=Rapid7 Scan Engine/O=Rapid7\r
Local Engine  Version: 6.6.123\r
Local Engine  Address (FQDN): 127.0.0.1 (console.example)\r
Local Engine  Platform: Linux64\r
Local Engine  Serial No: AAAA\r
Local Engine  Status: Active\r
\r
Remote Engine Name: Oslo: the north
Remote Engine Serial No: BBBB
Remote Engine Last Content Update ID: 2445745114
Remote Engine Colour: blue
Remote Engine Status: Pending-Auth

Cannot refresh scan engine (Oslo: the north): Unauthorized console connection from: 192.0.2.7
Remote Engine Name: Lima
Remote Engine Status:
Remote Engine Name: Quito
";

    #[test]
    fn blocks_are_taken_apart() {
        let report = parse_version_engines(OUTPUT);
        let [local, oslo, lima, quito] = report.engines.as_slice() else { panic!("{report:#?}") };
        assert!(local.local && !oslo.local);
        assert_eq!(local.address.as_deref(), Some("127.0.0.1 (console.example)"));
        assert_eq!(local.platform.as_deref(), Some("Linux64"));
        assert_eq!(local.version.as_deref(), Some("6.6.123"));
        assert_eq!(local.status, Some(EngineStatus::Active));
        assert_eq!(oslo.name.as_deref(), Some("Oslo: the north"));
        assert_eq!(oslo.status, Some(EngineStatus::PendingAuthorization));
        assert_eq!(oslo.content_update.as_deref(), Some("2445745114"));
        assert_eq!(oslo.other, [("Colour".to_owned(), "blue".to_owned())]);
        assert_eq!((lima.name.as_deref(), &lima.status), (Some("Lima"), &None));
        assert_eq!(quito.name.as_deref(), Some("Quito"));
        assert_eq!(report.notices.len(), 1);
    }

    #[test]
    fn what_is_not_the_commands_output_becomes_notices() {
        let report =
            parse_version_engines("Unknown command: version engines\nLocal Engines\nRemote Engine : x");
        assert!(report.engines.is_empty());
        assert_eq!(report.notices.len(), 3);
        assert_eq!(parse_version_engines(""), VersionReport::default());
    }
}
