//! What holds of engines, whoever asks: what is known of them at this moment, and where a new one may be.

use std::net::{Ipv4Addr, Ipv6Addr};

use rusqlite::Transaction;

use crate::clock;
use crate::config::ENGINE_PORT;
use crate::console::Console;
use crate::db::DbError;
use crate::db::engines::{self, EngineKind, EngineRow};
use crate::fleet::{EngineReport, EngineStatus, UpdateOutcome};

/// Why the status of an engine outside of the networks does not change.
pub(crate) const NOT_CONTACTED: &str =
    "This console does not contact the engine: its address lies outside of the networks that it may contact.";

/// An engine with what is known of it at this moment: stored, overlaid with what the fleet reports.
pub(crate) fn current(console: &Console, mut row: EngineRow) -> EngineRow {
    if row.kind == EngineKind::Local {
        // A part of this very process: it runs whenever it can be asked for.
        EngineStatus::Active.as_str().clone_into(&mut row.status);
        row.product_version = Some(console.versions.product.clone());
        row.content_version = Some(console.versions.content.clone());
        row.serial_number = Some(console.serial.clone());
        row.platform = Some(console.host.platform.clone());
        return row;
    }
    let Some(report) = console.fleet.report(row.id) else {
        // It lies outside of the networks: what is stored is all there is, and why nothing helps is worth a sentence.
        if row.status != EngineStatus::Active.as_str() {
            row.status_message.get_or_insert_with(|| NOT_CONTACTED.to_owned());
        }
        return row;
    };
    let EngineReport { status, status_message, direction, last_contact, pinned, .. } = report;
    status.as_str().clone_into(&mut row.status);
    row.status_message = status_message;
    direction.as_str().clone_into(&mut row.direction);
    row.product_version = report.product_version.or(row.product_version);
    row.content_version = report.content_version.or(row.content_version);
    row.serial_number = report.serial_number.or(row.serial_number);
    row.platform = report.platform.or(row.platform);
    row.pinned = pinned.map(|fingerprint| fingerprint.to_string());
    row.last_refreshed = row.last_refreshed.max(last_contact.map(clock::to_millis));
    row
}

/// What became of an update, for a person: `true` when it was sent or nothing had to be.
pub(crate) fn describe(outcome: &UpdateOutcome) -> (bool, String) {
    match outcome {
        UpdateOutcome::Sent => (true, "the update was sent".to_owned()),
        UpdateOutcome::UpToDate => (true, "is up to date".to_owned()),
        UpdateOutcome::AlreadyUpdating => (false, "is already updating".to_owned()),
        UpdateOutcome::Offline(reason) => (false, format!("is offline: {reason}")),
        UpdateOutcome::Incompatible(reason) => {
            (false, format!("is incompatible, and updating the engine does not help: {reason}"))
        }
        UpdateOutcome::NotAuthorized => {
            (false, "has not authorized this console: enable it on the engine first".to_owned())
        }
    }
}

/// A host name or an IP address, in the one way that it is stored: an IPv6 address has many spellings, with brackets
/// and without, and all are one place.
pub(crate) fn host(address: &str) -> Option<String> {
    let bare = address.strip_prefix('[').and_then(|rest| rest.strip_suffix(']'));
    if let Ok(ip) = bare.unwrap_or(address).parse::<Ipv6Addr>() {
        return Some(ip.to_string());
    }
    let name = address.strip_suffix('.').unwrap_or(address);
    let is_name = name.len() <= 253
        && name.split('.').all(|label| {
            (1..=63).contains(&label.len())
                && !label.starts_with('-')
                && !label.ends_with('-')
                && label.bytes().all(|byte| byte.is_ascii_alphanumeric() || byte == b'-' || byte == b'_')
        });
    // No top-level domain is a number, but resolvers read `10.1` and `0x7f.1` as addresses.
    let last = name.rsplit('.').next().unwrap_or_default();
    let is_number =
        last.bytes().all(|byte| byte.is_ascii_digit()) || last.starts_with("0x") || last.starts_with("0X");
    (is_name && (!is_number || address.parse::<Ipv4Addr>().is_ok())).then(|| address.to_owned())
}

/// Whether this is where the local engine listens, by another name than the stored `127.0.0.1`
/// (docs/api-quirks.md, "Special engines and pools").
fn is_local(address: &str, port: u16) -> bool {
    port == ENGINE_PORT && (address == "::1" || address.eq_ignore_ascii_case("localhost"))
}

/// What of a new engine is not free, and the engine that has it.
pub(crate) enum Conflict {
    Name(EngineRow),
    Place(EngineRow),
}

/// Name, and address with port, must be free.
pub(crate) fn conflict(
    tx: &Transaction<'_>,
    name: &str,
    address: &str,
    port: u16,
    except: i64,
) -> Result<Option<Conflict>, DbError> {
    if let Some(engine) = engines::named(tx, name, except)? {
        return Ok(Some(Conflict::Name(engine)));
    }
    let at_place = if is_local(address, port) {
        engines::find(tx, engines::local_id(tx)?)?
    } else {
        engines::at_place(tx, address, port, except)?
    };
    Ok(at_place.map(Conflict::Place))
}

/// Someone else may have deleted the engine while it was being contacted.
pub(crate) async fn forget_if_deleted(console: &Console, id: i64) -> Result<(), DbError> {
    let found = console.db.read(move |tx| engines::find(tx, id)).await?;
    if found.is_none() {
        console.fleet.remove(id);
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::host;

    #[test]
    fn host_names_and_addresses_are_taken() {
        for good in
            ["10.0.0.7", "::1", "engine", "engine-1.acme.com", "scan_engine.local", "a.", "7.acme.com"]
        {
            assert_eq!(host(good).as_deref(), Some(good));
        }
    }

    #[test]
    fn an_ipv6_address_is_one_place_however_it_is_written() {
        for same in ["2001:db8::7", "[2001:db8::7]", "2001:0DB8:0:0::7"] {
            assert_eq!(host(same).as_deref(), Some("2001:db8::7"), "{same}");
        }
    }

    #[test]
    fn everything_else_is_refused() {
        for bad in [
            "",
            "https://engine",
            "engine:40814",
            "two words",
            "-engine",
            "engine-",
            "a..b",
            "ä.de",
            "10.0.0.0/8",
            "999.1.1.1",
            "10.1",
            "1",
            "0x7f.1",
            "10.0.0.7.",
            "[::1",
            "::1]",
            "[10.0.0.7]",
        ] {
            assert_eq!(host(bad), None, "{bad}");
        }
    }
}
