//! The security log: who signed in and who was refused, and what was changed or read that matters. One line of JSON each, on
//! the standard error among the other lines and, if that is wanted, in a file of its own.
//!
//! Nothing secret gets into it: neither passwords, tokens and shared secrets, nor what was typed as the name of a user who
//! is not there. What others sent is cut and escaped: a line is a line, and shows what it says.

use std::fs::{File, OpenOptions};
use std::io::{self, Write as _};
use std::os::unix::fs::{OpenOptionsExt as _, PermissionsExt as _};
use std::path::Path;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Mutex, PoisonError};
use std::time::{Duration, Instant};

use http::Method;

use crate::clock;

/// The most characters of one value.
const LONGEST: usize = 300;
/// Refusals that are written one after the other. A flood of them must not fill the disk.
const BURST: u32 = 50;
/// After this another one may be written.
const REFILL: Duration = Duration::from_millis(200);

/// One line.
#[derive(Debug, Clone)]
pub(crate) struct Entry(String);

impl Entry {
    /// A line about this.
    pub(crate) fn new(event: &'static str) -> Self {
        Self(format!("{{\"time\":\"{}\"", clock::iso(clock::now()))).with("event", event)
    }

    /// The same line with a value more.
    pub(crate) fn with(mut self, name: &'static str, value: impl AsRef<str>) -> Self {
        self.0.push_str(",\"");
        self.0.push_str(name);
        self.0.push_str("\":");
        push_text(&mut self.0, value.as_ref());
        self
    }

    /// The same line with a number more.
    pub(crate) fn with_number(mut self, name: &'static str, value: u64) -> Self {
        self.0.push_str(&format!(",\"{name}\":{value}"));
        self
    }

    fn line(mut self) -> String {
        self.0.push('}');
        self.0
    }
}

/// A text of JSON. Escaped is all that could end the line, move the cursor, or show other than what is there.
fn push_text(line: &mut String, text: &str) {
    line.push('"');
    let mut characters = text.chars();
    for character in characters.by_ref().take(LONGEST) {
        match character {
            '"' | '\\' => line.extend(['\\', character]),
            _ if character.is_control() || is_invisible(character) => {
                for unit in character.encode_utf16(&mut [0; 2]) {
                    line.push_str(&format!("\\u{unit:04x}"));
                }
            }
            _ => line.push(character),
        }
    }
    if characters.next().is_some() {
        line.push('…');
    }
    line.push('"');
}

/// What changes the direction of text or shows as nothing (Unicode's categories Cf, Zl and Zp, as far as they matter).
fn is_invisible(character: char) -> bool {
    matches!(character,
        '\u{ad}' | '\u{61c}' | '\u{180e}' | '\u{200b}'..='\u{200f}' | '\u{2028}'..='\u{202e}'
        | '\u{2060}'..='\u{206f}' | '\u{feff}' | '\u{fff9}'..='\u{fffb}' | '\u{e0000}'..='\u{e007f}')
}

/// Where the lines go.
pub(crate) struct Audit {
    file: Option<Mutex<File>>,
    is_failing: AtomicBool,
    refusals: Mutex<Budget>,
}

struct Budget {
    left: u32,
    filled: Instant,
    left_out: u64,
}

impl Audit {
    /// Opens the file, or makes it for its owner alone.
    ///
    /// # Errors
    /// What the file system says; [`io::ErrorKind::PermissionDenied`] when others may read or change the file.
    pub(crate) fn open(path: Option<&Path>) -> io::Result<Self> {
        let file = path.map(|path| {
            let file = OpenOptions::new().append(true).create(true).mode(0o600).open(path)?;
            let mode = file.metadata()?.permissions().mode() & 0o777;
            if mode & 0o077 != 0 {
                let words = format!("others may read or change it (mode {mode:03o}): chmod 600 it");
                return Err(io::Error::new(io::ErrorKind::PermissionDenied, words));
            }
            Ok(Mutex::new(file))
        });
        let budget = Budget { left: BURST, filled: Instant::now(), left_out: 0 };
        Ok(Self { file: file.transpose()?, is_failing: AtomicBool::new(false), refusals: Mutex::new(budget) })
    }

    /// Writes a line.
    pub(crate) fn write(&self, entry: Entry) {
        let mut line = entry.line();
        tracing::info!(target: "audit", "audit {line}");
        let Some(file) = &self.file else { return };
        line.push('\n');
        // One write, so that no line is half there when several write.
        let written = file.lock().unwrap_or_else(PoisonError::into_inner).write_all(line.as_bytes());
        let failed = written.is_err();
        if let Err(error) = written
            && !self.is_failing.load(Ordering::Relaxed)
        {
            tracing::error!(%error, "the security log can't be written");
        }
        self.is_failing.store(failed, Ordering::Relaxed);
    }

    /// Writes a line about something that a stranger can cause as often as he likes: only so many in a time. How many were
    /// left out is in the next one.
    pub(crate) fn refused(&self, entry: Entry) {
        let left_out = {
            let mut budget = self.refusals.lock().unwrap_or_else(PoisonError::into_inner);
            let earned = budget.filled.elapsed().as_millis() / REFILL.as_millis();
            let earned = u32::try_from(earned).unwrap_or(BURST).min(BURST);
            if earned > 0 {
                budget.left = (budget.left + earned).min(BURST);
                budget.filled = Instant::now();
            }
            let Some(left) = budget.left.checked_sub(1) else {
                budget.left_out += 1;
                return;
            };
            budget.left = left;
            std::mem::take(&mut budget.left_out)
        };
        self.write(if left_out > 0 { entry.with_number("leftOut", left_out) } else { entry });
    }
}

/// What more is to be told of a request: an extension of its answer.
#[derive(Debug, Clone, Default)]
pub(crate) struct Details {
    /// What it was, where the call alone does not tell.
    pub(crate) event: Option<&'static str>,
    /// Names and values.
    pub(crate) told: Vec<(&'static str, String)>,
}

/// What the log calls a call of API v3. None: it changes nothing, and what it reads is not a secret.
pub(crate) fn event(method: &Method, path: &str) -> Option<&'static str> {
    let path = path.strip_prefix("/api/3")?;
    Some(match (method.as_str(), path) {
        ("POST", "/administration/commands") => "command",
        ("DELETE", "/session") => "sign-out",
        ("POST", "/scan_engines") => "engine-created",
        ("PUT", "/scan_engines/{id}") => "engine-changed",
        ("DELETE", "/scan_engines/{id}") => "engine-deleted",
        ("GET", "/scan_engines/shared_secret") => "secret-read",
        ("POST", "/scan_engines/shared_secret") => "secret-made",
        ("DELETE", "/scan_engines/shared_secret") => "secret-revoked",
        ("POST", "/scan_engine_pools") => "pool-created",
        ("PUT", "/scan_engine_pools/{id}" | "/scan_engine_pools/{id}/engines")
        | ("PUT" | "DELETE", "/scan_engine_pools/{id}/engines/{engine}") => "pool-changed",
        ("DELETE", "/scan_engine_pools/{id}") => "pool-deleted",
        ("POST", "/sites") => "site-created",
        ("PUT", "/sites/{id}" | "/sites/{id}/scan_engine") => "site-changed",
        ("DELETE", "/sites/{id}") => "site-deleted",
        ("POST", "/sites/{id}/scans") => "scan-started",
        ("POST", "/scans/{id}/pause") => "scan-paused",
        ("POST", "/scans/{id}/resume") => "scan-resumed",
        ("POST", "/scans/{id}/stop") => "scan-stopped",
        _ => return None,
    })
}

#[cfg(test)]
mod tests {
    use std::fs;

    use super::*;

    fn text(entry: Entry) -> String {
        entry.line()
    }

    #[test]
    fn a_line_is_json_on_one_line_whatever_is_in_it() {
        let nasty = "a\"b\\c\nd\r\u{1b}[31m\u{202e}evil\u{2066}\u{85}\u{2028}\u{e0041}\u{7f}ä";
        let line = text(Entry::new("engine-created").with("name", nasty).with_number("id", 7));
        assert!(!line.chars().any(|character| character.is_control() || is_invisible(character)), "{line}");
        let parsed: serde_json::Value = serde_json::from_str(&line).unwrap();
        assert_eq!(parsed["name"], nasty, "nothing is lost");
        assert_eq!((&parsed["event"], &parsed["id"]), (&"engine-created".into(), &7.into()));
    }

    #[test]
    fn a_long_value_is_cut() {
        let line = text(Entry::new("command").with("command", "x".repeat(100_000)));
        assert!(line.len() < 500, "{line}");
    }

    #[test]
    fn the_file_is_appended_to_and_is_for_its_owner_alone() {
        let directory = tempfile::tempdir().unwrap();
        let path = directory.path().join("audit.log");
        for event in ["sign-in", "sign-out"] {
            Audit::open(Some(&path)).unwrap().write(Entry::new(event));
        }
        let content = fs::read_to_string(&path).unwrap();
        let events: Vec<bool> = content.lines().map(|line| line.contains("\"event\":\"sign-")).collect();
        assert_eq!(events, [true, true]);
        assert_eq!(fs::metadata(&path).unwrap().permissions().mode() & 0o777, 0o600);
        fs::set_permissions(&path, fs::Permissions::from_mode(0o644)).unwrap();
        let Err(error) = Audit::open(Some(&path)) else { panic!("a file that others read was taken") };
        assert!(error.to_string().contains("chmod 600"), "{error}");
    }

    #[test]
    fn a_flood_of_refusals_is_counted_instead_of_written() {
        let directory = tempfile::tempdir().unwrap();
        let path = directory.path().join("audit.log");
        let audit = Audit::open(Some(&path)).unwrap();
        for _ in 0..10_000 {
            audit.refused(Entry::new("sign-in-refused"));
        }
        let written = fs::read_to_string(&path).unwrap().lines().count();
        assert!((BURST as usize..1_000).contains(&written), "{written}");
        audit.refusals.lock().unwrap().left = 1;
        audit.refused(Entry::new("sign-in-refused"));
        let content = fs::read_to_string(&path).unwrap();
        assert!(content.lines().any(|line| line.contains("\"leftOut\":")), "{content}");
    }

    #[test]
    fn every_call_that_changes_something_has_a_name_here() {
        let document = crate::openapi();
        for (path, methods) in document["paths"].as_object().unwrap() {
            for method in methods.as_object().unwrap().keys().filter(|method| *method != "get") {
                let method: Method = method.to_ascii_uppercase().parse().unwrap();
                let is_v3 = path.starts_with("/api/3");
                assert_eq!(event(&method, path).is_some(), is_v3, "{method} {path}");
            }
        }
        assert_eq!(event(&Method::GET, "/api/3/scan_engines"), None);
    }
}
