//! Ids as types of their own, so that a pool's id can't be passed where an engine's is meant.

use core::fmt;
use core::str::FromStr;

use serde::Serialize;

use crate::wire::{Field, Read, Row, WithId};

/// The text is not an id: ids are whole numbers from 0 up.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct ParseIdError;

impl fmt::Display for ParseIdError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("an id is a whole number")
    }
}

impl core::error::Error for ParseIdError {}

macro_rules! id {
    ($(#[$doc:meta])* $name:ident) => {
        $(#[$doc])*
        #[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize)]
        pub struct $name(pub u64);

        impl $name {
            /// The number as the console knows it.
            #[must_use]
            pub const fn get(self) -> u64 {
                self.0
            }
        }

        /// In a list of ids, what is none is left out.
        impl Read for $name {
            type Wire<'a> = WithId<'a>;

            fn read(wire: WithId<'_>) -> Row<Self> {
                Self::read_value(wire.id)
            }

            fn read_value(value: Field<'_>) -> Row<Self> {
                value.natural().map_or(Row::Skip, |id| Row::Read(Self(id)))
            }
        }

        impl fmt::Display for $name {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                fmt::Display::fmt(&self.0, f)
            }
        }

        impl FromStr for $name {
            type Err = ParseIdError;

            fn from_str(text: &str) -> Result<Self, ParseIdError> {
                // A sign is not part of an id, though `u64` would take a plus.
                if text.starts_with('+') {
                    return Err(ParseIdError);
                }
                text.parse().map(Self).map_err(|_| ParseIdError)
            }
        }
    };
}

id! {
    /// A scan engine. Engines and pools share one id space (docs/api-quirks.md, "Reading").
    EngineId
}
id! {
    /// An engine pool. Engines and pools share one id space (docs/api-quirks.md, "Reading").
    PoolId
}
id! {
    /// A site.
    SiteId
}
id! {
    /// A scan.
    ScanId
}
id! {
    /// What scans a site: an engine or a pool. Both come from one id space, so the number alone does not tell which
    /// (docs/api-quirks.md, "Reading").
    ScannerId
}

impl ScannerId {
    /// Whether this is that engine.
    #[must_use]
    pub const fn is_engine(self, engine: EngineId) -> bool {
        self.0 == engine.0
    }

    /// Whether this is that pool.
    #[must_use]
    pub const fn is_pool(self, pool: PoolId) -> bool {
        self.0 == pool.0
    }
}

impl From<EngineId> for ScannerId {
    fn from(id: EngineId) -> Self {
        Self(id.0)
    }
}

impl From<PoolId> for ScannerId {
    fn from(id: PoolId) -> Self {
        Self(id.0)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_id_reads_what_it_writes_and_nothing_else() {
        assert_eq!("42".parse(), Ok(EngineId(42)));
        assert_eq!(EngineId(42).to_string(), "42");
        for bad in ["", "-1", "+1", "1.0", " 1", "x"] {
            assert_eq!(bad.parse::<SiteId>(), Err(ParseIdError), "{bad:?}");
        }
    }

    #[test]
    fn a_scanner_is_an_engine_or_a_pool() {
        let scanner = ScannerId::from(PoolId(7));
        assert!(scanner.is_pool(PoolId(7)));
        assert!(!scanner.is_engine(EngineId(8)));
    }
}
