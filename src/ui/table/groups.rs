//! The groups of a table's rows: each begins with a line of its own, which folds it and selects all of it.

use std::sync::Arc;

use super::{
    keys::KeyMap,
    row::{Keys, RowKey},
    window::Stacked,
};

/// Groups have keys of their own, above those of all rows and below those of the gaps.
const GROUP: RowKey = 1 << 62;

/// The key of the group at this place.
fn key_of(place: usize) -> RowKey {
    GROUP + place as RowKey
}

/// Whether this is the key of a group, and not that of a row.
pub(super) fn is_group(key: RowKey) -> bool {
    key >= GROUP
}

/// Which groups there are, and which row is in which.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Groups {
    /// The names of the groups, in order; each once.
    pub names: Vec<String>,
    /// The place of each row's group.
    pub of: KeyMap<usize>,
}

impl Groups {
    /// These rows in the order of their groups; within a group they keep theirs.
    pub fn in_order(&self, rows: &[RowKey]) -> Vec<RowKey> {
        self.parted(rows).concat()
    }

    /// The rows of each group.
    fn parted(&self, rows: &[RowKey]) -> Vec<Vec<RowKey>> {
        let mut members = vec![Vec::new(); self.names.len()];
        for key in rows {
            if let Some(members) = self.of.get(key).and_then(|place| members.get_mut(*place)) {
                members.push(*key);
            }
        }
        members
    }
}

/// The lines of a table on screen.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(super) struct Lines {
    /// The rows, and before those of each group the group.
    pub(super) keys: Keys,
    /// What the lines of the groups are about.
    pub(super) groups: KeyMap<Group>,
    /// The places of those lines, in order.
    pub(super) places: Vec<usize>,
}

/// A group with rows on screen.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Group {
    pub(super) name: String,
    /// Its rows in order, also those of a folded group.
    pub(super) rows: Arc<Vec<RowKey>>,
    pub(super) folded: bool,
}

impl Lines {
    /// Where they stand.
    pub(super) fn stacked(&self) -> Stacked<'_> {
        Stacked { total: self.keys.as_ref().map_or(0, |keys| keys.len()), groups: &self.places }
    }

    /// The rows in their order, each group's together; those of a folded group are left out. `folded` has names.
    pub(super) fn of(rows: &Keys, groups: Option<&Groups>, folded: &[String]) -> Self {
        let (Some(rows), Some(groups)) = (rows, groups) else {
            return Self { keys: rows.clone(), groups: KeyMap::default(), places: Vec::new() };
        };
        let members = groups.parted(rows);
        let mut keys = Vec::with_capacity(rows.len() + groups.names.len());
        let (mut known, mut places) = (KeyMap::default(), Vec::new());
        for (place, (name, rows)) in groups.names.iter().zip(members).enumerate() {
            if rows.is_empty() {
                continue;
            }
            let folded = folded.contains(name);
            places.push(keys.len());
            keys.push(key_of(place));
            if !folded {
                keys.extend_from_slice(&rows);
            }
            known.insert(key_of(place), Group { name: name.clone(), rows: Arc::new(rows), folded });
        }
        Self { keys: Some(Arc::new(keys)), groups: known, places }
    }
}

/// The rows among these keys.
pub(super) fn rows_of(keys: &[RowKey]) -> impl Iterator<Item = RowKey> {
    keys.iter().copied().filter(|key| !is_group(*key))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn lines(folded: &[&str]) -> Lines {
        let groups = Groups {
            names: ["North", "Empty", "South"].map(str::to_owned).to_vec(),
            of: [(1, 0), (2, 2), (3, 0), (4, 2)].into_iter().collect(),
        };
        let folded = folded.iter().map(|name| (*name).to_owned()).collect::<Vec<_>>();
        Lines::of(&Some(Arc::new(vec![4, 3, 2, 1])), Some(&groups), &folded)
    }

    #[test]
    fn each_group_with_rows_stands_before_them_and_they_keep_their_order() {
        let lines = lines(&[]);
        assert_eq!(*lines.keys.unwrap(), [key_of(0), 3, 1, key_of(2), 4, 2]);
        assert_eq!(lines.groups.len(), 2, "one without rows is not there");
    }

    #[test]
    fn a_folded_group_is_there_without_its_rows() {
        let lines = lines(&["North"]);
        assert_eq!(*lines.keys.unwrap(), [key_of(0), key_of(2), 4, 2]);
        assert_eq!(*lines.groups[&key_of(0)].rows, [3, 1]);
    }

    #[test]
    fn without_groups_the_rows_are_the_lines() {
        let rows = Some(Arc::new(vec![2, 1]));
        assert_eq!(Lines::of(&rows, None, &[]).keys, rows);
        assert_eq!(rows_of(&[1, key_of(3), 2]).collect::<Vec<_>>(), [1, 2]);
    }
}
