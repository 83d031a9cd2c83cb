//! Many engines and sites, for finding out what is slow. All of it in networks that are reserved for documentation
//! (RFC 5737): nothing there is ever contacted.

use rusqlite::Transaction;

use super::Base;
use super::random::Random;
use crate::clock;
use crate::db::engines::{self, EngineKind, EngineRow};
use crate::db::scans::{self, NewScan};
use crate::db::sites::{self, Findings, NewSite};
use crate::db::{DbError, pools};

const NETWORKS: [&str; 3] = ["192.0.2", "198.51.100", "203.0.113"];
/// Hosts in each network; there are more engines than addresses, so that each address has many ports.
const HOSTS: u32 = 254;
const PLACES: [&str; 16] = [
    "amsterdam",
    "berlin",
    "chicago",
    "dallas",
    "dublin",
    "frankfurt",
    "helsinki",
    "london",
    "madrid",
    "milan",
    "mumbai",
    "osaka",
    "oslo",
    "paris",
    "singapore",
    "sydney",
];
const ROLES: [&str; 6] = ["dc", "dmz", "office", "plant", "lab", "branch"];
const KINDS: [&str; 6] = ["servers", "workstations", "network", "printers", "cameras", "databases"];
/// With their share of a hundred.
const STATUSES: [(&str, i64); 5] = [
    ("active", 82),
    ("not-responding", 6),
    ("unknown", 5),
    ("pending-authorization", 4),
    ("incompatible-version", 3),
];
const IMPORTANCES: [&str; 5] = ["very_low", "low", "normal", "high", "very_high"];
/// Every so many-th name is one that careless code trips over.
const ODD_EVERY: u32 = 250;
const DAY: i64 = 24 * 3_600_000;

/// Fills the database with `engines` engines, `engines / 20` pools, `sites` sites and a scan for each tenth site.
pub(super) fn fill(tx: &Transaction<'_>, base: &Base, engines: u32, sites: u32) -> Result<(), DbError> {
    let mut random = Random::new(u64::from(engines) << 32 | u64::from(sites));
    let now = clock::now();
    let mut ids = Vec::with_capacity(engines as usize);
    let mut joinable = Vec::with_capacity(engines as usize);
    for number in 0..engines {
        let (id, kind) = engine(tx, number, &mut random, now)?;
        ids.push(id);
        if kind == EngineKind::Distributed {
            joinable.push(id);
        }
    }
    let mut scanners = ids.clone();
    for number in 0..engines / 20 {
        let pool = pools::insert(
            tx,
            &odd(number, format!("{} pool {number:04}", PLACES[random.index(PLACES.len())])),
        )?;
        for _ in 0..random.between(0, 30) {
            if let Some(engine) = joinable.get(random.index(joinable.len())) {
                pools::add_engine(tx, pool, *engine)?;
            }
        }
        // Often enough that about a third of the sites use pools.
        scanners.extend(std::iter::repeat_n(pool, 10));
    }
    for number in 0..sites {
        let scanner = scanners.get(random.index(scanners.len())).copied().unwrap_or(base.local);
        let engine = ids.get(random.index(ids.len())).copied().unwrap_or(base.local);
        site(tx, number, scanner, engine, &mut random, now)?;
    }
    Ok(())
}

/// Most names pass; some are replaced by one with markup, other scripts, or no end.
fn odd(number: u32, name: String) -> String {
    if number % ODD_EVERY != ODD_EVERY - 1 {
        return name;
    }
    match number / ODD_EVERY % 5 {
        0 => format!("<b onclick=\"alert(1)\">{name}</b> & 'co'"),
        1 => format!("東京データセンター {name} – Zürich 🛰"),
        2 => format!("مركز البيانات {name}"),
        3 => format!("{name} {}", "very-long-name-without-any-place-to-break".repeat(5)),
        _ => format!("=HYPERLINK(\"x\"), \"{name}\"; 100% {{name}} \\u0041"),
    }
}

fn engine(
    tx: &Transaction<'_>,
    number: u32,
    random: &mut Random,
    now: i64,
) -> Result<(i64, EngineKind), DbError> {
    let host = number % (HOSTS * 3);
    let network = usize::try_from(host / HOSTS).unwrap_or_default();
    let address = format!("{}.{}", NETWORKS[network], host % HOSTS + 1);
    // A million engines need some 1,300 ports.
    let port = u16::try_from(40_814 + number / (HOSTS * 3)).unwrap_or(u16::MAX);
    let place = PLACES[random.index(PLACES.len())];
    let name = odd(number, format!("{place}-{}-{number:05}", ROLES[random.index(ROLES.len())]));
    let kind = if number % 50 == 49 { EngineKind::Aws } else { EngineKind::Distributed };
    let id = engines::insert(tx, kind, &name, &address, port)?;

    let status = status(random);
    let (major, minor) = if status == "incompatible-version" { (5, 22) } else { (6, 6) };
    let known = !matches!(status, "unknown" | "pending-authorization");
    let contact = match status {
        "active" => Some(now - random.between(0, DAY / 2)),
        "not-responding" | "incompatible-version" => Some(now - random.between(DAY / 24, 20 * DAY)),
        _ => None,
    };
    let message = match status {
        "pending-authorization" => Some(format!(
            "Cannot refresh scan engine ({name}): Unauthorized console connection from: 192.0.2.1"
        )),
        _ => None,
    };
    let row = EngineRow {
        id,
        kind,
        name,
        address,
        port,
        direction: "console-to-engine".to_owned(),
        status: status.to_owned(),
        status_message: message,
        product_version: known.then(|| format!("{major}.{minor}.{}", random.between(240, 269))),
        content_version: known
            .then(|| clock::iso(now - random.between(0, 60 * DAY)).chars().take(10).collect()),
        serial_number: known.then(|| format!("{number:08X}{:032X}", random.between(0, i64::MAX))),
        platform: known.then(|| "Linux64".to_owned()),
        last_refreshed: contact,
        last_updated: contact.map(|at| at - random.between(0, 30 * DAY)),
        pinned: None,
        asked: status != "unknown",
    };
    engines::store_knowledge(tx, &row)?;
    Ok((id, kind))
}

fn status(random: &mut Random) -> &'static str {
    let mut dice = random.between(0, 100);
    for (status, share) in STATUSES {
        if dice < share {
            return status;
        }
        dice -= share;
    }
    "active"
}

fn site(
    tx: &Transaction<'_>,
    number: u32,
    scanner: i64,
    engine: i64,
    random: &mut Random,
    now: i64,
) -> Result<(), DbError> {
    let place = PLACES[random.index(PLACES.len())];
    let name = odd(number, format!("{place} {} {number:06}", KINDS[random.index(KINDS.len())]));
    let is_dynamic = number % 25 == 24;
    let id = sites::insert(
        tx,
        &NewSite {
            name: &name,
            description: None,
            kind: if is_dynamic { "dynamic" } else { "static" },
            connection_type: is_dynamic.then_some("vsphere"),
            importance: IMPORTANCES[random.index(IMPORTANCES.len())],
            scan_engine: scanner,
            scan_template: "full-audit-without-web-spider",
            scope: None,
        },
    )?;
    let assets = random.between(1, 255);
    let findings = Findings {
        assets,
        critical: random.between(0, assets),
        severe: random.between(0, assets * 3),
        moderate: random.between(0, assets * 2),
    };
    let last = (!number.is_multiple_of(17)).then(|| now - random.between(0, 30 * DAY));
    #[expect(clippy::cast_precision_loss, reason = "a score of a few hundred thousands")]
    let risk = (findings.critical * 830 + findings.severe * 410 + findings.moderate * 95) as f64;
    sites::set_findings(tx, id, findings, risk, last)?;
    if let Some(end) = last.filter(|_| number.is_multiple_of(10)) {
        let engine_name = engines::find(tx, engine)?.map(|row| row.name).unwrap_or_default();
        scans::insert(
            tx,
            &NewScan {
                site_id: id,
                engine_id: engine,
                engine_name: &engine_name,
                name: "weekly",
                kind: "scheduled",
                status: "finished",
                message: None,
                started_by: "System",
                start_time: end - random.between(300_000, 7_200_000),
                end_time: Some(end),
                planned_end: None,
                findings,
            },
        )?;
    }
    Ok(())
}
