//! What consoles of another age answer. All of the API makes its answers as a current console does; here they are
//! turned into those of an older one.
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

use http::StatusCode;
use serde::Serialize;
use utoipa::ToSchema;

use super::engines::EngineJson;
use super::links::{Link, Links};
use super::pools::PoolJson;
use crate::config::{CONTENT_VERSION, Dialect, Versions};
use crate::db::pools::PoolRow;

/// The port of what is no engine (docs/api-quirks.md, "Reading").
const NO_PORT: i32 = -1;

/// A pool in the list of engines, as older consoles have it.
#[derive(Serialize, ToSchema)]
pub(super) struct PoolAmongEngines {
    address: &'static str,
    id: i64,
    links: [Link; 1],
    name: String,
    /// Not a port: the sign of a pool.
    #[schema(minimum = -1, maximum = -1)]
    port: i32,
}

/// The `status` of an error's body.
#[derive(Serialize, ToSchema)]
#[serde(untagged)]
pub(super) enum ErrorStatus {
    Number(u16),
    Text(String),
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
    pub(super) fn has_extras(self) -> bool {
        self == Self::Current
    }

    /// Whether an engine's answer names its pools.
    pub(super) fn tells_pools_of_engines(self) -> bool {
        self != Self::Current
    }

    /// An engine, without what a console of that age does not tell.
    pub(super) fn engine(self, mut engine: EngineJson) -> EngineJson {
        if !self.has_extras() {
            engine.certificate_fingerprint = None;
            engine.connection_direction = None;
            engine.console_fingerprint = None;
            engine.status_message = None;
        }
        if matches!(self, Self::V6_6_55 | Self::Y2018) {
            engine.is_aws_pre_auth_engine = None;
            engine.serial_number = None;
        }
        if self == Self::Y2018 {
            engine.content_version = None;
            engine.last_refreshed_date = None;
            engine.last_updated_date = None;
            engine.product_version = None;
            engine.status = None;
        }
        engine
    }

    /// A pool, without what a console of that age does not tell.
    pub(super) fn pool(self, mut pool: PoolJson) -> PoolJson {
        if matches!(self, Self::V6_6_55 | Self::Y2018) {
            pool.sites = None;
        }
        pool
    }

    /// How a pool looks among the engines, if it is there at all.
    pub(super) fn among_engines(self, pool: &PoolRow, links: &Links) -> Option<PoolAmongEngines> {
        match self {
            Self::Current => None,
            Self::V6_6_55 | Self::Y2018 => Some(PoolAmongEngines {
                address: "",
                id: pool.id,
                links: [links.to(&format!("/scan_engines/{}", pool.id), "self")],
                name: pool.name.clone(),
                port: NO_PORT,
            }),
        }
    }

    /// The status in the body of an error.
    pub(super) fn error_status(self, status: StatusCode) -> ErrorStatus {
        match self {
            Self::Current => ErrorStatus::Number(status.as_u16()),
            Self::V6_6_55 | Self::Y2018 => ErrorStatus::Text(status.as_u16().to_string()),
        }
    }
}
