//! Whether something can be undone without harm: only what nobody has changed since.

use crate::ids::{EngineId, PoolId, ScannerId, SiteId};

/// How something can be undone.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Undo {
    /// A site was given from one engine or pool to another.
    Site {
        /// The site.
        site: SiteId,
        /// What it had before.
        was: ScannerId,
        /// What it was given.
        now: ScannerId,
    },
    /// An engine was taken out of a pool, put into one, or both.
    Pools {
        /// The engine.
        engine: EngineId,
        /// The pool that it was taken out of.
        left: Option<PoolId>,
        /// The pool that it was put into.
        joined: Option<PoolId>,
    },
    /// A problem was muted, in the way that has this [stamp](crate::rules::Mute::stamp).
    Mute {
        /// The stamp.
        stamp: u64,
    },
}

impl Undo {
    /// How undoing it is undone, where it can be.
    #[must_use]
    pub const fn reversed(self) -> Option<Self> {
        Some(match self {
            Self::Site { site, was, now } => Self::Site { site, was: now, now: was },
            Self::Pools { engine, left, joined } => Self::Pools { engine, left: joined, joined: left },
            Self::Mute { .. } => return None,
        })
    }
}

/// What is to be done about something that a person wants undone.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Verdict {
    /// All is as it was left: it can be undone.
    Safe,
    /// It is as it was before: there is nothing to do.
    BackAlready,
    /// Someone has changed it since: it is left alone.
    ChangedSince,
}

/// Whether facts are still as a change left them. Of each: what it was before, what it was made, and what it is read as now.
#[must_use]
pub fn verdict<T: PartialEq>(facts: &[(T, T, T)]) -> Verdict {
    if facts.iter().all(|(_, made, read)| read == made) {
        Verdict::Safe
    } else if facts.iter().all(|(was, _, read)| read == was) {
        Verdict::BackAlready
    } else {
        Verdict::ChangedSince
    }
}

#[cfg(all(test, not(target_arch = "wasm32")))]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn only_what_is_as_it_was_left_is_undone() {
        let (a, b, c) = (ScannerId(1), ScannerId(2), ScannerId(3));
        for (read, told) in [(b, Verdict::Safe), (a, Verdict::BackAlready), (c, Verdict::ChangedSince)] {
            assert_eq!(verdict(&[(a, b, read)]), told);
        }
        // Out of one pool, into another: the engine is in the first, in the second?
        let moved = |first, second| verdict(&[(true, false, first), (false, true, second)]);
        assert_eq!(moved(false, true), Verdict::Safe);
        assert_eq!(moved(true, false), Verdict::BackAlready);
        assert_eq!(moved(true, true), Verdict::ChangedSince, "a colleague has put it back as well");
        assert_eq!(moved(false, false), Verdict::ChangedSince, "a colleague has taken it out");
    }

    proptest! {
        #[test]
        fn what_somebody_changed_since_is_never_undone(
            facts in proptest::collection::vec((0_u8..3, 0_u8..3, 0_u8..3), 1..5),
        ) {
            let told = verdict(&facts);
            let changed = facts.iter().any(|(_, made, read)| read != made);
            prop_assert_eq!(told == Verdict::Safe, !changed);
            if told == Verdict::BackAlready {
                prop_assert!(facts.iter().all(|(was, _, read)| was == read));
            }
        }

        #[test]
        fn undoing_twice_leads_back(was in 0_u64..9, now in 0_u64..9) {
            let site = Undo::Site { site: SiteId(5), was: ScannerId(was), now: ScannerId(now) };
            let pools = Undo::Pools { engine: EngineId(5), left: Some(PoolId(was)), joined: None };
            prop_assert_eq!(site.reversed().and_then(Undo::reversed), Some(site));
            prop_assert_eq!(pools.reversed().and_then(Undo::reversed), Some(pools));
        }
    }
}
