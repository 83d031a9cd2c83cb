//! What consoles of another age answer: the API makes its answers as a current console does, and asks here what an older
//! one leaves out or says otherwise.
//!
//! | answer | current | 6.6.55 | 2018 | known from |
//! | --- | --- | --- | --- | --- |
//! | `GET /scan_engines`: pools among the engines, with `port` -1 | no | yes | yes | docs/api-quirks.md, "Reading": before 6.6.79 |
//! | `GET /scan_engines/{id of a pool}` | 404 | as in the list | as in the list | the list: its entry links there |
//! | engine: `enginePools` | no | yes | yes | docs/api-quirks.md, "Reading": older ones only; the Swagger file has it |
//! | engine: `serialNumber` | yes | no | no | docs/api-quirks.md, "Reading": from 6.6.105 |
//! | engine: `isAWSPreAuthEngine` | yes | no | no | docs/api-quirks.md, "Reading": newer ones only; the Swagger file lacks it |
//! | engine: `status` | yes | yes | no | docs/api-quirks.md, "Statuses": can be missing on older consoles |
//! | engine: `productVersion`, `contentVersion`, `lastRefreshedDate`, `lastUpdatedDate` | yes | yes | no | docs/api-quirks.md, "Reading": read-only fields may be absent |
//! | engine: `connectionDirection`, `statusMessage`, both fingerprints | yes | no | no | extras of this console: v3 does not report the direction (docs/api-quirks.md, "Statuses") |
//! | `GET /administration/info`: `engineListenerPort` | yes | no | no | an extra of this console |
//! | pool: `sites` | yes | no | no | docs/api-quirks.md, "Reading": newer ones only; the Swagger file lacks it |
//! | error: `status` | `400` | `"400"` | `"400"` | docs/api-quirks.md, "Signing in": a text in the Swagger file, whose examples are of December 2017 |
//! | the console's product version | its own | 6.6.55 | 6.4.65 | the Swagger file's example, built on 2017-12-10: what a console had at the start of 2018 |
//! | the console's content version | its own | its own | `2445745114 (2018-10-22)` | docs/api-quirks.md, "Reading" |
//!
//! On the rest the sources are silent, so the older consoles answer it as the current one does:
//!
//! - A scan's `engineIds` are integers, as live consoles send them. The newer specification has objects, but from which
//!   version on is not told, and the Swagger file has no such field at all.
//! - An engine's own content version is what the engine reports.
//! - `/scan_engines/{id of a pool}/…`, and changes of a pool by that address, are 404.
//! - A pool among the engines has what the Swagger file requires of an engine (`address`, which is empty, `id`, `name`,
//!   `port`) and its links.
//! - `version engines` prints all keys, and so tells statuses and versions at any age.
//! - What the calls take, and with which status they answer.

use std::str::FromStr;

/// The product version that this console says it has.
pub const PRODUCT_VERSION: &str = "6.6.268";
/// The content version that this console says it has.
pub const CONTENT_VERSION: &str = "2026-11-18";

/// The versions of a console.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Versions {
    /// Such as `6.6.268`.
    pub product: String,
    /// Such as `2026-11-18`.
    pub content: String,
}

impl Default for Versions {
    fn default() -> Self {
        Self { product: PRODUCT_VERSION.to_owned(), content: CONTENT_VERSION.to_owned() }
    }
}

/// Whose answers the API gives: consoles of different ages have different fields. What differs, and how that is known,
/// is the table above.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub enum Dialect {
    /// Everything that a console tells today, and a few fields more that no other console has.
    #[default]
    Current,
    /// Version 6.6.55.
    V6_6_55,
    /// A console of 2018.
    Y2018,
}

impl FromStr for Dialect {
    type Err = String;

    fn from_str(text: &str) -> Result<Self, String> {
        match text {
            "current" => Ok(Self::Current),
            "6.6.55" => Ok(Self::V6_6_55),
            "2018" => Ok(Self::Y2018),
            _ => Err("use current, 6.6.55 or 2018".to_owned()),
        }
    }
}

impl Dialect {
    /// The versions of a console that speaks it.
    #[must_use]
    pub fn versions(self) -> Versions {
        match self {
            Self::Current => Versions::default(),
            Self::V6_6_55 => Versions { product: "6.6.55".to_owned(), content: CONTENT_VERSION.to_owned() },
            Self::Y2018 => {
                Versions { product: "6.4.65".to_owned(), content: "2445745114 (2018-10-22)".to_owned() }
            }
        }
    }

    /// Whether the fields are there that only this console has.
    pub(crate) fn has_extras(self) -> bool {
        self == Self::Current
    }

    /// Whether an engine's answer names its pools.
    pub(crate) fn tells_pools_of_engines(self) -> bool {
        self != Self::Current
    }

    /// Whether the fields are there that came with newer consoles.
    pub(crate) fn has_newer_fields(self) -> bool {
        self == Self::Current
    }

    /// Whether an engine's answer has its status, its versions and its dates.
    pub(crate) fn tells_of_engines(self) -> bool {
        self != Self::Y2018
    }

    /// Whether a pool's answer names its sites.
    pub(crate) fn tells_sites_of_pools(self) -> bool {
        self == Self::Current
    }

    /// Whether pools are listed among the engines.
    pub(crate) fn has_pools_among_engines(self) -> bool {
        self != Self::Current
    }

    /// Whether the status in the body of an error is a text.
    pub(crate) fn has_text_for_error_status(self) -> bool {
        self != Self::Current
    }
}
