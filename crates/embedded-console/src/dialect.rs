//! In what consoles differ. The API makes its answers as a current console does, and asks here what another one leaves out
//! or says otherwise.
//!
//! [`DIFFERENCES`] is the table of it: each difference is a [`Quirk`], with the dialects that have it and the source. Where the
//! sources are silent, nothing differs:
//!
//! - An engine's own content version is what the engine reports.
//! - `/scan_engines/{id of a pool}` and `/scan_engines/{id of a pool}/scan_engine_pools` answer where pools are among the
//!   engines; the other paths below it, and changes of a pool by that address, are 404.
//! - A pool among the engines has what the Swagger file requires of an engine (`address`, which is empty, `id`, `name`,
//!   `port`) and its links.
//! - `version engines` prints all keys, and so tells statuses and versions at any age.
//! - What the calls take, and with which status they answer.
//!
//! A dialect has versions of its own as well: 6.6.55; for 2018 the Swagger file's example of December 2017, 6.4.65, with a
//! content version of that year (docs/api-quirks.md, "Reading").
//!
//! `awkward` has everything that practitioners met, as far as it holds together: calls of the console's own pages that insist
//! on header and cookie ([`crate::config::DataCalls::Cookie`]), lists that take [`AWKWARD_TIME_PER_ROW`], and the quirks of its column.
//! It leaves out:
//!
//! - [`Quirk::NoEngineDetails`], for without any status hardly anything else would be seen;
//! - [`Quirk::NoOlderSecret`], for nothing would be left to make a secret with;
//! - [`Quirk::SecretUnauthorized`], for where v3 has no secret, 404 says so.
//!
//! Where several quirks are about one thing, they take turns: the two empty answers to `version engines` with a report after
//! each, the three ways of a scan to name its engine from scan to scan, and the two forms of errors from status to status.

use std::fmt;
use std::str::FromStr;
use std::time::Duration;

/// The product version that this console says it has.
pub const PRODUCT_VERSION: &str = "6.6.268";
/// The content version that this console says it has.
pub const CONTENT_VERSION: &str = "2026-11-18";
/// How long a list takes for each of its rows in the dialect `awkward`.
pub(crate) const AWKWARD_TIME_PER_ROW: Duration = Duration::from_millis(5);

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

/// Whose answers the API gives.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub enum Dialect {
    /// Everything that a console reports today, and a few fields more that no other console has.
    #[default]
    Current,
    /// Version 6.6.55.
    V6_6_55,
    /// A console of 2018.
    Y2018,
    /// None of one age: what practitioners met, all at once.
    Awkward,
}

impl FromStr for Dialect {
    type Err = String;

    fn from_str(text: &str) -> Result<Self, String> {
        match text {
            "current" => Ok(Self::Current),
            "6.6.55" => Ok(Self::V6_6_55),
            "2018" => Ok(Self::Y2018),
            "awkward" => Ok(Self::Awkward),
            _ => Err("use current, 6.6.55, 2018 or awkward".to_owned()),
        }
    }
}

impl fmt::Display for Dialect {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Current => "current",
            Self::V6_6_55 => "6.6.55",
            Self::Y2018 => "2018",
            Self::Awkward => "awkward",
        })
    }
}

impl Dialect {
    /// The versions of a console that speaks it.
    #[must_use]
    pub fn versions(self) -> Versions {
        match self {
            Self::Current | Self::Awkward => Versions::default(),
            Self::V6_6_55 => Versions { product: "6.6.55".to_owned(), content: CONTENT_VERSION.to_owned() },
            Self::Y2018 => {
                Versions { product: "6.4.65".to_owned(), content: "2445745114 (2018-10-22)".to_owned() }
            }
        }
    }

    /// What it has of the table.
    #[must_use]
    pub fn quirks(self) -> Quirks {
        let has = |difference: &&Difference| difference.dialects.contains(&self);
        DIFFERENCES.iter().filter(has).map(|difference| difference.quirk).collect()
    }
}

macro_rules! differences {
    ($($quirk:ident $name:literal [$($dialect:ident)*] $what:literal, $source:literal;)*) => {
        /// One thing in which a console can differ from a current one. [`DIFFERENCES`] has its name and its source.
        #[derive(Debug, Clone, Copy, PartialEq, Eq)]
        pub enum Quirk {
            $(#[doc = $what] $quirk,)*
        }

        /// The table of differences.
        pub const DIFFERENCES: &[Difference] = &[
            $(Difference {
                quirk: Quirk::$quirk,
                name: $name,
                dialects: &[$(Dialect::$dialect),*],
                what: $what,
                source: $source,
            },)*
        ];
    };
}

/// A row of the table.
#[derive(Debug)]
pub struct Difference {
    /// The difference.
    pub quirk: Quirk,
    /// What it is called on the command line.
    pub name: &'static str,
    /// The dialects that have it.
    pub dialects: &'static [Dialect],
    /// What is answered.
    pub what: &'static str,
    /// How that is known.
    pub source: &'static str,
}

impl fmt::Display for Difference {
    /// Its line in the table, with tabs between the columns.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let dialects: Vec<String> = self.dialects.iter().map(ToString::to_string).collect();
        write!(f, "{}\t{}\t{}\t{}", self.name, dialects.join(" "), self.what, self.source)
    }
}

differences! {
    NoExtras "no-extras" [V6_6_55 Y2018 Awkward]
        "no `connectionDirection`, no `statusMessage` and no fingerprints of an engine, no `engineListenerPort` and no `/session`",
        "extras of this console: v3 does not report them (docs/api-quirks.md, \"Statuses\")";
    PoolsAmongEngines "pools-among-engines" [V6_6_55 Y2018 Awkward]
        "`GET /scan_engines` lists pools too, with `port` -1; their entries' links lead to the same",
        "docs/api-quirks.md, \"Reading\": before 6.6.79";
    EnginePools "engine-pools" [V6_6_55 Y2018 Awkward]
        "an engine has `enginePools`",
        "docs/api-quirks.md, \"Reading\": older ones only; the Swagger file has it";
    NoNewerFields "no-newer-fields" [V6_6_55 Y2018 Awkward]
        "no `serialNumber` and no `isAWSPreAuthEngine` of an engine",
        "docs/api-quirks.md, \"Reading\": from 6.6.105, and newer ones only";
    NoEngineDetails "no-engine-details" [Y2018]
        "no status, no versions and no dates of an engine",
        "docs/api-quirks.md, \"Statuses\" and \"Reading\": can be missing on older consoles";
    NoPoolSites "no-pool-sites" [V6_6_55 Y2018 Awkward]
        "a pool has no `sites`",
        "docs/api-quirks.md, \"Reading\": newer ones only; the Swagger file lacks it";
    TextErrorStatus "text-error-status" [V6_6_55 Y2018 Awkward]
        "the `status` in an error's body is a text",
        "docs/api-quirks.md, \"Signing in\": a text in the Swagger file, whose examples are of December 2017";
    NoSharedSecret "no-shared-secret" [Y2018 Awkward]
        "v3 has no shared secret: 404",
        "docs/api-quirks.md, \"Shared secret\": before 6.5.50";
    SharedSecret400 "shared-secret-400" [Awkward]
        "v3 has no shared secret: 400; beside no-shared-secret for POST alone",
        "docs/api-quirks.md, \"Shared secret\": some answer so";
    SecretUnauthorized "shared-secret-401" []
        "GET of the shared secret is 401 while there is none",
        "docs/api-quirks.md, \"Shared secret\"";
    NoOlderSecret "no-older-secret" []
        "404 for `PUT /data/admin/global/shared-secret`, which older consoles make the secret with",
        "docs/api-quirks.md, \"Shared secret\": uncertain whether every console has it";
    ReportHead "report-head" [Awkward]
        "`version engines` begins with `VERSION INFORMATION` and the notices, and writes `Address(FQDN)`",
        "docs/api-quirks.md, \"Beyond v3\": transcripts of practitioners";
    ReportBareNames "report-bare-names" [Awkward]
        "`Cannot refresh scan engine` without parentheses around the name",
        "docs/api-quirks.md, \"Beyond v3\": transcripts of practitioners";
    ReportEmpty "report-empty" [Awkward]
        "`version engines` prints nothing",
        "docs/api-quirks.md, \"Beyond v3\": while a scan is integrated";
    ReportWithoutOutput "report-without-output" [Awkward]
        "the answer to `version engines` has no `output`",
        "docs/api-quirks.md, \"Beyond v3\": while a scan is integrated";
    StartedByUsername "started-by-username" [Awkward]
        "a scan has `startedByUsername` instead of `startedBy`, `N/A` for what the console started; the message of a stopped one is a name",
        "docs/api-quirks.md, \"Reading\": recorded from 2018 to 2024";
    EngineIdsObject "engine-ids-object" [Awkward]
        "a scan has its engine as one object in `engineIds`, and no `engineId`",
        "docs/api-quirks.md, \"Reading\"";
    ScanEngineLink "scan-engine-link" [Awkward]
        "a scan names its engine by `engineName` and by the link `Scan Engine`, and has no `engineId`",
        "docs/api-quirks.md, \"Reading\"";
    ScanOfPool "scan-of-pool" [Awkward]
        "a scan of a site that uses a pool has `engineId` -1 and the pool's name",
        "docs/api-quirks.md, \"Reading\"";
    DoubtfulCreation "doubtful-creation" [Awkward]
        "adding an engine that can't be reached is 400 with the words of an internal failure, and the engine is there",
        "docs/api-quirks.md, \"Changing\": seen live";
    NoPools "no-pools" [Awkward]
        "404 for all of `/scan_engine_pools`, and for the pools of an engine",
        "docs/api-quirks.md, \"Special engines and pools\": no licence for pools";
    Unpaged "unpaged" [Awkward]
        "paged lists have no `page`, come whole, and take no notice of the query but for `active`",
        "docs/api-quirks.md, \"Reading\": a cache that drops the query. With `active` dropped as well it would be another list";
    OddRows "odd-rows" [Awkward]
        "lists have two rows more: one whose id is a UUID, and one that has links alone",
        "docs/api-quirks.md, \"Reading\"";
    OneRowAndNone "one-row-and-none" [Awkward]
        "the `page` of an empty list says that there is one row",
        "docs/api-quirks.md, \"Reading\"";
    LinksAlone "links-alone" [Awkward]
        "an empty list has `links` alone; beside one-row-and-none where it has no `page`",
        "docs/api-quirks.md, \"Reading\"";
    Foreign "foreign-objects" [Awkward]
        "a single engine, pool, site or scan that is not there is 200 with an object that says nothing",
        "docs/api-quirks.md, \"Signing in\": a portal or a proxy in between";
    PlainErrors "plain-errors" [Awkward]
        "errors are plain text; beside html-errors those with 400 are",
        "docs/api-quirks.md, \"Signing in\"";
    HtmlErrors "html-errors" [Awkward]
        "errors are pages; beside plain-errors those with another status than 400 are",
        "docs/api-quirks.md, \"Signing in\"";
}

/// A set of quirks.
#[derive(Clone, Copy, Default, PartialEq, Eq)]
pub struct Quirks(u64);

impl Quirks {
    const fn bit(quirk: Quirk) -> u64 {
        1 << quirk as u64
    }

    /// Whether this one is among them.
    #[must_use]
    pub const fn has(self, quirk: Quirk) -> bool {
        self.0 & Self::bit(quirk) != 0
    }

    /// Adds one.
    pub fn insert(&mut self, quirk: Quirk) {
        self.0 |= Self::bit(quirk);
    }
}

impl FromIterator<Quirk> for Quirks {
    fn from_iter<T: IntoIterator<Item = Quirk>>(quirks: T) -> Self {
        let mut all = Self::default();
        quirks.into_iter().for_each(|quirk| all.insert(quirk));
        all
    }
}

impl fmt::Debug for Quirks {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let has = |difference: &&Difference| self.has(difference.quirk);
        f.debug_set().entries(DIFFERENCES.iter().filter(has).map(|difference| difference.quirk)).finish()
    }
}

impl FromStr for Quirk {
    type Err = String;

    fn from_str(text: &str) -> Result<Self, String> {
        let found = DIFFERENCES.iter().find(|difference| difference.name == text);
        found.map(|difference| difference.quirk).ok_or_else(|| {
            let names: Vec<&str> = DIFFERENCES.iter().map(|difference| difference.name).collect();
            format!("use one of {}", names.join(", "))
        })
    }
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;

    use super::*;

    #[test]
    fn every_difference_has_a_name_of_its_own_and_is_found_by_it() {
        let names: BTreeSet<&str> = DIFFERENCES.iter().map(|difference| difference.name).collect();
        assert_eq!(names.len(), DIFFERENCES.len());
        for difference in DIFFERENCES {
            assert_eq!(difference.name.parse(), Ok(difference.quirk));
        }
        assert!("loud".parse::<Quirk>().unwrap_err().starts_with("use one of no-extras, "));
        assert!(DIFFERENCES.len() <= 64, "a set has 64 places");
    }

    #[test]
    fn a_dialect_has_what_the_table_says_of_it() {
        assert_eq!(Dialect::Current.quirks(), Quirks::default());
        assert!(Dialect::Y2018.quirks().has(Quirk::NoSharedSecret));
        assert!(!Dialect::V6_6_55.quirks().has(Quirk::NoSharedSecret));
        let left_out: Vec<Quirk> = DIFFERENCES
            .iter()
            .map(|difference| difference.quirk)
            .filter(|quirk| !Dialect::Awkward.quirks().has(*quirk))
            .collect();
        assert_eq!(left_out, [Quirk::NoEngineDetails, Quirk::SecretUnauthorized, Quirk::NoOlderSecret]);
    }
}
