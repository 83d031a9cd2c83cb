//! A believable organisation: a logistics company with offices, data centres and a plant.

use std::collections::HashMap;
use std::fmt;

use rusqlite::Transaction;

use super::Base;
use super::random::Random;
use crate::clock;
use crate::config::{CONTENT_VERSION, ENGINE_PORT, PRODUCT_VERSION};
use crate::db::engines::{self, EngineKind, EngineRow};
use crate::db::scans::{self, NewScan};
use crate::db::sites::{self, Findings, NewSite};
use crate::db::{DbError, pools};

/// In what state a demo engine is to be found.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum DemoState {
    /// It runs, and the console is enabled on it.
    Enabled,
    /// It runs, and nobody has enabled the console on it.
    NotEnabled,
    /// It does not run.
    Stopped,
}

impl DemoState {
    /// The word that `--print-demo-fleet` prints.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Enabled => "enabled",
            Self::NotEnabled => "not-enabled",
            Self::Stopped => "stopped",
        }
    }
}

/// An engine of the demo seed. As text: name, address and port, product version, content version and state, with tabs
/// between them.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct DemoEngine {
    /// Its name, also the name of its directory.
    pub name: &'static str,
    /// Its loopback address.
    pub address: &'static str,
    /// The product version that it starts with.
    pub product_version: &'static str,
    /// The content version that it starts with.
    pub content_version: &'static str,
    /// In what state it is to be found.
    pub state: DemoState,
}

impl fmt::Display for DemoEngine {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(
            f,
            "{}\t{}:{ENGINE_PORT}\t{}\t{}\t{}",
            self.name,
            self.address,
            self.product_version,
            self.content_version,
            self.state.as_str()
        )
    }
}

const fn engine(name: &'static str, address: &'static str) -> DemoEngine {
    DemoEngine {
        name,
        address,
        product_version: PRODUCT_VERSION,
        content_version: CONTENT_VERSION,
        state: DemoState::Enabled,
    }
}

/// The loopback engines of the demo seed: which processes must run for the demo to be what it tells. One is outdated,
/// one not enabled, one stopped, one of another major version.
pub const DEMO_FLEET: [DemoEngine; 9] = [
    engine("berlin-dmz-01", "127.0.1.1"),
    engine("berlin-core-01", "127.0.1.2"),
    engine("frankfurt-dc-01", "127.0.1.3"),
    DemoEngine {
        product_version: "6.6.251",
        content_version: "2026-07-02",
        ..engine("frankfurt-dc-02", "127.0.1.4")
    },
    engine("vienna-office-01", "127.0.1.5"),
    DemoEngine { state: DemoState::NotEnabled, ..engine("zurich-pci-01", "127.0.1.6") },
    DemoEngine { state: DemoState::Stopped, ..engine("warsaw-plant-01", "127.0.1.7") },
    DemoEngine {
        product_version: "5.22.9",
        content_version: "2022-03-16",
        ..engine("london-office-01", "127.0.1.8")
    },
    engine("singapore-dc-01", "127.0.1.9"),
];

const POOLS: [(&str, &[&str]); 5] = [
    ("Germany", &["berlin-dmz-01", "berlin-core-01", "frankfurt-dc-01", "frankfurt-dc-02"]),
    ("Data centres", &["frankfurt-dc-01", "frankfurt-dc-02", "singapore-dc-01"]),
    ("Offices", &["vienna-office-01", "london-office-01"]),
    ("Plants", &["warsaw-plant-01"]),
    ("PCI zone", &["berlin-dmz-01", "zurich-pci-01"]),
];

/// Who starts scans by hand.
const PEOPLE: [&str; 4] = ["admin", "operator", "j.brandt", "m.kowalska"];

const WEB: &str = "full-audit-with-web-spider";
const FULL: &str = "full-audit-without-web-spider";
const DISCOVERY: &str = "discovery";
const PCI: &str = "pci-audit";
const CIS: &str = "cis";

/// Name, type, importance, engine or pool (empty: the local engine), template, assets.
type DemoSite = (&'static str, &'static str, &'static str, &'static str, &'static str, i64);

const SITES: [DemoSite; 41] = [
    ("Berlin HQ – workstations", "static", "normal", "Germany", FULL, 412),
    ("Berlin HQ – servers", "static", "high", "berlin-core-01", FULL, 96),
    ("Berlin HQ – printers and phones", "static", "low", "berlin-core-01", DISCOVERY, 148),
    ("Berlin HQ – guest Wi-Fi", "static", "very_low", "berlin-core-01", DISCOVERY, 61),
    ("Berlin DMZ – web front ends", "static", "very_high", "berlin-dmz-01", WEB, 24),
    ("Berlin DMZ – mail gateways", "static", "high", "berlin-dmz-01", FULL, 6),
    ("Berlin DMZ – VPN and remote access", "static", "very_high", "berlin-dmz-01", FULL, 9),
    ("Berlin DMZ – partner interfaces", "static", "high", "berlin-dmz-01", WEB, 17),
    ("Frankfurt DC – hypervisors", "dynamic", "very_high", "Data centres", CIS, 42),
    ("Frankfurt DC – Linux servers", "static", "high", "Data centres", FULL, 318),
    ("Frankfurt DC – Windows servers", "static", "high", "Data centres", FULL, 227),
    ("Frankfurt DC – databases", "static", "very_high", "frankfurt-dc-01", FULL, 38),
    ("Frankfurt DC – storage", "static", "high", "frankfurt-dc-01", DISCOVERY, 14),
    ("Frankfurt DC – backup", "static", "high", "frankfurt-dc-01", FULL, 11),
    ("Frankfurt DC – management network", "static", "very_high", "frankfurt-dc-02", CIS, 73),
    ("Frankfurt DC – Kubernetes nodes", "dynamic", "high", "frankfurt-dc-02", FULL, 64),
    ("Frankfurt DC – network devices", "static", "high", "frankfurt-dc-02", DISCOVERY, 88),
    ("Vienna – workstations", "static", "normal", "Offices", FULL, 134),
    ("Vienna – servers", "static", "normal", "vienna-office-01", FULL, 12),
    ("Vienna – meeting rooms", "static", "low", "vienna-office-01", DISCOVERY, 27),
    ("London – workstations", "static", "normal", "Offices", FULL, 171),
    ("London – servers", "static", "normal", "london-office-01", FULL, 15),
    ("London – trading desk", "static", "high", "london-office-01", FULL, 22),
    ("Zürich – cardholder data", "static", "very_high", "PCI zone", PCI, 31),
    ("Zürich – payment terminals", "static", "very_high", "PCI zone", PCI, 57),
    ("Zürich – payment web shop", "static", "very_high", "zurich-pci-01", PCI, 8),
    ("Warsaw plant – office", "static", "normal", "Plants", FULL, 83),
    ("Warsaw plant – conveyor control", "static", "high", "Plants", DISCOVERY, 46),
    ("Warsaw plant – warehouse scanners", "static", "normal", "warsaw-plant-01", DISCOVERY, 129),
    ("Singapore DC – Linux servers", "static", "high", "singapore-dc-01", FULL, 142),
    ("Singapore DC – Windows servers", "static", "high", "singapore-dc-01", FULL, 97),
    ("Singapore DC – databases", "static", "very_high", "singapore-dc-01", FULL, 19),
    ("Singapore DC – edge routers", "static", "high", "singapore-dc-01", DISCOVERY, 12),
    ("Rapid7 Insight Agents", "agent", "normal", "", FULL, 1_246),
    ("External perimeter", "static", "very_high", "Rapid7 Hosted Scan Engine", WEB, 33),
    ("AWS Frankfurt – production", "dynamic", "high", "aws-frankfurt-preauth", FULL, 118),
    ("AWS Frankfurt – staging", "dynamic", "normal", "aws-frankfurt-preauth", FULL, 54),
    ("vSphere – test lab", "dynamic", "low", "berlin-core-01", FULL, 39),
    ("DHCP – all offices", "dynamic", "low", "berlin-core-01", DISCOVERY, 640),
    ("Consoles and security tools", "static", "very_high", "", CIS, 7),
    ("Decommissioning – old ERP", "static", "low", "berlin-core-01", FULL, 4),
];

const MINUTE: i64 = 60_000;
const HOUR: i64 = 60 * MINUTE;
const DAY: i64 = 24 * HOUR;
/// Weeks of history.
const WEEKS: i64 = 5;

/// Fills the database, with history that ends now.
pub(super) fn fill(tx: &Transaction<'_>, base: &Base) -> Result<(), DbError> {
    let now = clock::now();
    let mut scanners = engines(tx, base, now)?;
    let mut members = HashMap::new();
    for (name, engines) in POOLS {
        let pool = pools::insert(tx, name)?;
        let ids = |wanted: &dyn Fn(&str) -> bool| -> Vec<i64> {
            engines
                .iter()
                .filter(|name| wanted(name))
                .filter_map(|name| scanners.get(name).copied())
                .collect()
        };
        pools::set_engines(tx, pool, &ids(&|_| true))?;
        // Only these share the load (docs/api-quirks.md, "Special engines and pools"), so only these have a history.
        members.insert(pool, ids(&|name| fit_to_scan(name)));
        scanners.insert(name, pool);
    }
    let mut random = Random::new(2_026);
    for (number, site) in (0_i64..).zip(SITES) {
        let scanner = scanners.get(site.3).copied().unwrap_or(base.local);
        let run_by = match members.get(&scanner) {
            Some(members) => members.clone(),
            None if was_ever_enabled(site.3) => vec![scanner],
            None => Vec::new(),
        };
        self::site(tx, site, number, scanner, &run_by, &mut random, now)?;
    }
    Ok(())
}

fn demo_engine(name: &str) -> Option<&'static DemoEngine> {
    DEMO_FLEET.iter().find(|engine| engine.name == name)
}

/// Whether the console has ever been enabled on an engine; one that is stopped now was.
fn was_ever_enabled(name: &str) -> bool {
    demo_engine(name).is_none_or(|engine| engine.state != DemoState::NotEnabled)
}

/// Whether an engine could scan until now: a stopped one has stopped just before.
fn fit_to_scan(name: &str) -> bool {
    let major = |version: &'static str| version.split('.').next();
    was_ever_enabled(name)
        && demo_engine(name).is_none_or(|engine| major(engine.product_version) == major(PRODUCT_VERSION))
}

/// All engines by name. What the console will learn from the processes is not stored: it learns it soon enough.
fn engines(tx: &Transaction<'_>, base: &Base, now: i64) -> Result<HashMap<&'static str, i64>, DbError> {
    let mut ids = HashMap::from([("", base.local)]);
    let hosted = "Rapid7 Hosted Scan Engine";
    ids.insert(
        hosted,
        engines::insert(tx, EngineKind::Hosted, hosted, "nse.extranet.rapid7.com", ENGINE_PORT)?,
    );
    for (engine, days) in DEMO_FLEET.iter().zip(1..) {
        let id = engines::insert(tx, EngineKind::Distributed, engine.name, engine.address, ENGINE_PORT)?;
        ids.insert(engine.name, id);
        let Some(row) = engines::find(tx, id)? else { continue };
        // Asked: the demo's engines are watched from the start, without a first Refresh.
        let last_updated = Some(now - days * 3 * DAY);
        let mut row = EngineRow { asked: true, last_updated, ..row };
        if engine.state == DemoState::Stopped {
            // It can't tell any more; this is what it told before it stopped.
            row.product_version = Some(engine.product_version.to_owned());
            row.content_version = Some(engine.content_version.to_owned());
            row.last_refreshed = Some(now - 5 * HOUR);
        }
        engines::store_knowledge(tx, &row)?;
    }
    let aws = "aws-frankfurt-preauth";
    ids.insert(aws, engines::insert(tx, EngineKind::Aws, aws, "10.24.8.15", ENGINE_PORT)?);
    Ok(ids)
}

fn connection_type(name: &str) -> Option<&'static str> {
    [
        ("AWS", "aws"),
        ("vSphere", "vsphere"),
        ("hypervisors", "vsphere"),
        ("DHCP", "dhcp"),
        ("Kubernetes", "vsphere"),
    ]
    .into_iter()
    .find_map(|(word, kind)| name.contains(word).then_some(kind))
}

fn site(
    tx: &Transaction<'_>,
    (name, kind, importance, _, template, assets): DemoSite,
    number: i64,
    scanner: i64,
    run_by: &[i64],
    random: &mut Random,
    now: i64,
) -> Result<(), DbError> {
    let new = NewSite {
        name,
        description: None,
        kind,
        connection_type: if kind == "dynamic" { connection_type(name) } else { None },
        importance,
        scan_engine: scanner,
        scan_template: template,
        scope: None,
    };
    let id = sites::insert(tx, &new)?;
    let findings = Findings {
        assets,
        critical: assets * random.between(5, 90) / 100,
        severe: assets * random.between(60, 240) / 100,
        moderate: assets * random.between(20, 120) / 100,
    };
    let last = if kind == "agent" {
        Some(now - 7 * MINUTE)
    } else {
        history(tx, id, number, name, run_by, findings, random, now)?
    };
    #[expect(clippy::cast_precision_loss, reason = "a score of a few millions")]
    let risk = (findings.critical * 830 + findings.severe * 410 + findings.moderate * 95) as f64
        + 0.25 * assets as f64;
    sites::set_findings(tx, id, findings, risk, last)
}

/// A scan each week at the site's own hour, a little different each time. Some did not end well, and every tenth site
/// is being scanned now. Returns when the last one ended.
#[expect(clippy::too_many_arguments, reason = "all of it describes one site's past")]
fn history(
    tx: &Transaction<'_>,
    site_id: i64,
    number: i64,
    site_name: &str,
    run_by: &[i64],
    findings: Findings,
    random: &mut Random,
    now: i64,
) -> Result<Option<i64>, DbError> {
    if run_by.is_empty() {
        return Ok(None);
    }
    let mut last_end = None;
    let offset = (number % 7) * DAY + (number % 5) * HOUR + random.between(5, 55) * MINUTE;
    for week in (0..WEEKS).rev() {
        let start_time = now - week * 7 * DAY - offset - 2 * HOUR;
        let end_time =
            start_time + findings.assets * random.between(6, 14) * 1_000 + random.between(4, 30) * MINUTE;
        let end_time = end_time.min(now - HOUR);
        let (status, message) = match random.between(0, 20) {
            0 => ("stopped", Some("The scan was stopped by a user.")),
            1 => ("aborted", Some("The scan exceeded its maximum duration.")),
            2 => ("error", Some("The scan engine did not respond.")),
            _ => ("finished", None),
        };
        let share = if status == "finished" { random.between(93, 101) } else { random.between(5, 60) };
        insert(tx, site_id, site_name, run_by, random, |scan| {
            scan.status = status;
            scan.message = message;
            scan.start_time = start_time;
            scan.end_time = Some(end_time);
            scan.findings = scaled(findings, share);
        })?;
        if status == "finished" {
            last_end = Some(end_time);
        }
    }
    if number % 10 == 4 {
        insert(tx, site_id, site_name, run_by, random, |scan| {
            scan.status = "running";
            scan.start_time = now - (10 + number) * MINUTE;
            // Long enough for an afternoon of trying things out.
            scan.planned_end = Some(now + 8 * HOUR + number * MINUTE);
            scan.findings = scaled(findings, 20 + number);
        })?;
    }
    Ok(last_end)
}

fn scaled(findings: Findings, percent: i64) -> Findings {
    let part = |count: i64| count * percent.min(100) / 100;
    Findings {
        assets: part(findings.assets),
        critical: part(findings.critical),
        severe: part(findings.severe),
        moderate: part(findings.moderate),
    }
}

fn insert(
    tx: &Transaction<'_>,
    site_id: i64,
    site_name: &str,
    run_by: &[i64],
    random: &mut Random,
    describe: impl FnOnce(&mut NewScan<'_>),
) -> Result<(), DbError> {
    let Some(&engine_id) = run_by.get(random.index(run_by.len())) else { return Ok(()) };
    let engine_name = engines::find(tx, engine_id)?.map(|engine| engine.name).unwrap_or_default();
    let by_hand = random.between(0, 6) == 0;
    let started_by = if by_hand { PEOPLE[random.index(PEOPLE.len())] } else { "System" };
    let name = if by_hand { format!("{site_name} – check") } else { format!("{site_name} – weekly") };
    let mut scan = NewScan {
        site_id,
        engine_id,
        engine_name: &engine_name,
        name: &name,
        kind: if by_hand { "manual" } else { "scheduled" },
        status: "finished",
        message: None,
        started_by,
        start_time: 0,
        end_time: None,
        planned_end: None,
        findings: Findings { assets: 0, critical: 0, severe: 0, moderate: 0 },
    };
    describe(&mut scan);
    scans::insert(tx, &scan)?;
    Ok(())
}
