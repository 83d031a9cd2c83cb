//! The output of the console command `version engines` (docs/api-quirks.md, "Beyond v3").

use crate::model::{Engine, EngineStatus};

/// What `version engines` printed, taken apart.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct VersionReport {
    /// One block for each engine that the console reported about, in its order.
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
    /// `Address (FQDN)` or `Address(FQDN)`, as printed.
    pub address: Option<String>,
    /// `Platform`, such as `Linux64`.
    pub platform: Option<String>,
    /// `Serial No`.
    pub serial_number: Option<String>,
    /// `Version`.
    pub version: Option<String>,
    /// `Last Content Update ID`.
    pub content_update: Option<String>,
    /// `Status`.
    pub status: Option<EngineStatus>,
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

    /// Lines with other keys are left out: there are six of them for each of thousands of engines.
    fn set(&mut self, key: &str, value: &str) {
        if value.is_empty() {
            return;
        }
        let is = |name: &str| key.eq_ignore_ascii_case(name);
        let field = if is("name") {
            &mut self.name
        } else if is("address (fqdn)") || is("address(fqdn)") || is("address") {
            &mut self.address
        } else if is("platform") {
            &mut self.platform
        } else if is("serial no") || is("serial number") {
            &mut self.serial_number
        } else if is("version") {
            &mut self.version
        } else if is("last content update id") {
            &mut self.content_update
        } else {
            if is("status") {
                self.status = Some(EngineStatus::parse(value));
            }
            return;
        };
        *field = Some(value.to_owned());
    }
}

/// What a console says about an engine that it could not ask begins so.
const NOT_REFRESHED: &str = "Cannot refresh scan engine";

impl VersionReport {
    /// The block about this engine, if there is one.
    #[must_use]
    pub fn about(&self, engine: &Engine) -> Option<&EngineVersionBlock> {
        self.engines.iter().find(|block| block.is_about(engine))
    }

    /// Why this engine could not be refreshed, in the console's words.
    #[must_use]
    pub fn problem_of(&self, engine: &Engine) -> Option<&str> {
        let about = |notice: &&String| subjects(notice).any(|name| name == engine.name);
        self.notices.iter().find(about).map(String::as_str)
    }

    /// Whether this tells of any engine. A console that is busy prints nothing, and others print something else
    /// (docs/api-quirks.md, "Beyond v3").
    #[must_use]
    pub fn tells(&self) -> bool {
        !self.engines.is_empty() || self.notices.iter().any(|notice| notice.starts_with(NOT_REFRESHED))
    }
}

/// The names that a notice may be about, longest first: those in its parentheses, or else what it begins with. A name may
/// have parentheses and colons of its own.
pub(crate) fn subjects(notice: &str) -> impl Iterator<Item = &str> {
    let (_, inside) = notice.split_once('(').unwrap_or_default();
    let start = notice.strip_prefix(NOT_REFRESHED).unwrap_or(notice).trim_start();
    inside
        .rmatch_indices(')')
        .map(|(at, _)| &inside[..at])
        .chain(start.rmatch_indices(':').map(|(at, _)| start[..at].trim_end()))
}

/// Reads the output of `version engines` line by line. Nothing in it can make this fail: lines of no known form become
/// notices.
#[derive(Default)]
pub(crate) struct ReportReader {
    report: VersionReport,
    block: Option<EngineVersionBlock>,
}

impl ReportReader {
    /// Reads the next line.
    pub(crate) fn line(&mut self, line: &str) {
        let line = line.trim();
        if line.is_empty() {
            self.end_block();
            return;
        }
        let Some((local, key, value)) = split_line(line) else {
            // The head line tells nothing.
            if !line.eq_ignore_ascii_case("version information") {
                self.report.notices.push(line.to_owned());
            }
            return;
        };
        // A second name, or the other prefix, begins the next engine even when the blank line is missing.
        let next = self.block.as_ref().is_some_and(|block| {
            block.local != local || (key.eq_ignore_ascii_case("name") && block.name.is_some())
        });
        if next {
            self.end_block();
        }
        self.block
            .get_or_insert_with(|| EngineVersionBlock { local, ..EngineVersionBlock::default() })
            .set(key, value);
    }

    fn end_block(&mut self) {
        self.report.engines.extend(self.block.take().filter(|block| !block.is_empty()));
    }

    /// All that was read.
    pub(crate) fn finish(mut self) -> VersionReport {
        self.end_block();
        self.report
    }
}

/// Takes the output of `version engines` apart, in one go.
#[must_use]
pub fn parse_version_engines(output: &str) -> VersionReport {
    let mut reader = ReportReader::default();
    output.lines().for_each(|line| reader.line(line));
    reader.finish()
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
VERSION INFORMATION\r
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
Remote Engine Address(FQDN): 192.0.2.8
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
        assert_eq!((lima.name.as_deref(), &lima.status), (Some("Lima"), &None));
        assert_eq!(lima.address.as_deref(), Some("192.0.2.8"));
        assert_eq!(quito.name.as_deref(), Some("Quito"));
        assert_eq!(report.notices.len(), 1);
    }

    #[test]
    fn what_is_not_the_commands_output_becomes_notices() {
        let report =
            parse_version_engines("Unknown command: version engines\nLocal Engines\nRemote Engine : x");
        assert!(report.engines.is_empty());
        assert_eq!(report.notices.len(), 3);
        assert!(!report.tells());
        assert_eq!(parse_version_engines(""), VersionReport::default());
        assert!(!parse_version_engines("VERSION INFORMATION\n\n").tells());
    }

    #[test]
    fn a_notice_is_about_the_engine_that_it_names_in_either_way() {
        for (notice, names) in [
            ("Cannot refresh scan engine (Oslo): Unauthorized console connection from: 192.0.2.7", "Oslo"),
            ("Cannot refresh scan engine Oslo: Unauthorized console connection from: 192.0.2.7", "Oslo"),
            ("Cannot refresh scan engine (Oslo (north)): Connection refused", "Oslo (north)"),
            ("Cannot refresh scan engine Oslo: the north: Connection refused", "Oslo: the north"),
            ("Cannot refresh scan engine Oslo: Connection refused (Connection timed out)", "Oslo"),
            ("The engine (Oslo) is asleep", "Oslo"),
            ("Oslo: asleep", "Oslo"),
        ] {
            assert!(subjects(notice).any(|name| name == names), "{notice}");
            assert!(!subjects(notice).any(|name| name == "Os" || name == "scan"), "{notice}");
        }
        assert_eq!(subjects("Nothing to tell").count(), 0);
        let longest = subjects("Cannot refresh scan engine A: B: C: D").next();
        assert_eq!(longest, Some("A: B: C"), "the longest name comes first");
    }
}
