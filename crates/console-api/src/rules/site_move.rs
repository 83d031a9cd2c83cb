//! Sites that are to get another engine or pool: what moves from where to where, in words.

use crate::ids::{ScannerId, SiteId};
use crate::rules::{Scanners, counted, keys};

/// A site that is to get another engine or pool.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct SiteMove {
    /// The site.
    pub site: SiteId,
    /// Its name.
    pub name: String,
    /// What scans it now, as far as is known. If that turns out to be another by then, someone else was faster, and the
    /// site is left where it is.
    pub from: Option<ScannerId>,
    /// What is to scan it.
    pub to: ScannerId,
}

/// Sites that go the same way.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct MoveGroup {
    /// What scans them now; `None` where the console does not report.
    pub from: Option<ScannerId>,
    /// What is to scan them.
    pub to: ScannerId,
    /// The moves, by their places in the list that was given, in its order.
    pub moves: Vec<usize>,
}

impl MoveGroup {
    /// For example "12 sites from berlin to pool Europe".
    #[must_use]
    pub fn in_words(&self, scanners: &Scanners) -> String {
        let from = self
            .from
            .map_or_else(|| "an engine or pool that is not known".to_owned(), |it| scanners.label(it));
        format!("{} from {from} to {}", sites_in_words(self.moves.len()), scanners.label(self.to))
    }
}

/// The moves by where they come from and lead to, in the order in which each way first occurs.
#[must_use]
pub fn group_moves(moves: &[SiteMove]) -> Vec<MoveGroup> {
    let way = |at: usize| (moves[at].from, moves[at].to);
    let order = keys::sorted(moves.len(), &|a, b| way(a).cmp(&way(b)).then(a.cmp(&b)));
    let ways: Vec<&[usize]> = order.chunk_by(|a, b| way(*a) == way(*b)).collect();
    let first = keys::sorted(ways.len(), &|a, b| ways[a].first().cmp(&ways[b].first()));
    let group = |at: usize| {
        let (from, to) = way(*ways[at].first()?);
        Some(MoveGroup { from, to, moves: ways[at].to_vec() })
    };
    first.into_iter().filter_map(group).collect()
}

/// What moves from where to where, for example "12 sites from berlin to pool Europe, 1 site from oslo to berlin"; empty
/// where nothing does.
#[must_use]
pub fn moves_in_words(moves: &[SiteMove], scanners: &Scanners) -> String {
    let groups = group_moves(moves);
    groups.iter().map(|group| group.in_words(scanners)).collect::<Vec<_>>().join(", ")
}

/// "1 site", "2 sites".
#[must_use]
pub fn sites_in_words(count: usize) -> String {
    counted(count, "site")
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::ids::{EngineId, PoolId};
    use crate::model::Pool;

    fn site(id: u64, from: Option<u64>, to: u64) -> SiteMove {
        SiteMove {
            site: SiteId(id),
            name: format!("site {id}"),
            from: from.map(ScannerId),
            to: ScannerId(to),
        }
    }

    #[test]
    fn moves_are_summed_up_by_their_ways_in_the_order_in_which_they_came() {
        let pool = Pool { id: PoolId(9), name: "Europe".to_owned(), engines: vec![EngineId(1)], sites: None };
        let scanners = Scanners::new(&[], &[pool]);
        let moves = [site(1, Some(3), 9), site(2, None, 3), site(3, Some(3), 9), site(4, Some(2), 9)];
        assert_eq!(
            moves_in_words(&moves, &scanners),
            "2 sites from engine or pool 3 to pool Europe, \
             1 site from an engine or pool that is not known to engine or pool 3, \
             1 site from engine or pool 2 to pool Europe"
        );
        assert_eq!(group_moves(&moves)[0].moves, [0, 2]);
        assert_eq!(moves_in_words(&[], &scanners), "");
    }
}
