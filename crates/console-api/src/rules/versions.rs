//! Which versions the engines have, and which one is usual.

use crate::rules::keys;

/// How many engines have a version.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct VersionCount {
    /// The version, as the console writes it.
    pub version: String,
    /// How many engines have it.
    pub count: usize,
}

/// The versions of one kind that the engines have.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Versions {
    /// Each with how many engines have it, the most frequent first; those that as many have, the newest first.
    pub counts: Vec<VersionCount>,
    /// How many engines tell no version.
    pub untold: usize,
}

impl Versions {
    /// Counts the versions of all engines.
    pub fn of<'a>(versions: impl Iterator<Item = Option<&'a str>>) -> Self {
        let (mut told, mut untold) = (Vec::new(), 0);
        for version in versions {
            match version {
                Some(version) => told.push(version),
                None => untold += 1,
            }
        }
        let by_text = keys::sorted(told.len(), &|a, b| told[a].cmp(told[b]));
        let same = by_text.chunk_by(|a, b| told[*a] == told[*b]);
        let found: Vec<(&str, usize)> = same.map(|same| (told[same[0]], same.len())).collect();
        let keys: Vec<Box<[u8]>> = found.iter().map(|(version, _)| keys::natural(version)).collect();
        let order = keys::sorted(found.len(), &|a, b| {
            found[b].1.cmp(&found[a].1).then_with(|| keys[b].cmp(&keys[a])).then(found[a].0.cmp(found[b].0))
        });
        let counts =
            order.into_iter().map(|at| VersionCount { version: found[at].0.to_owned(), count: found[at].1 });
        Self { counts: counts.collect(), untold }
    }

    /// The version that more than half of the engines have that tell one.
    #[must_use]
    pub fn usual(&self) -> Option<&str> {
        let told: usize = self.counts.iter().map(|entry| entry.count).sum();
        self.counts.first().filter(|first| first.count * 2 > told).map(|first| first.version.as_str())
    }

    /// Whether the engines have different versions, and none of them is usual.
    #[must_use]
    pub fn are_scattered(&self) -> bool {
        self.counts.len() > 1 && self.usual().is_none()
    }
}

/// Whether the first version is newer than the second, as far as numbers tell.
pub(crate) fn is_newer(version: &str, than: &str) -> bool {
    keys::natural(version) > keys::natural(than)
}
