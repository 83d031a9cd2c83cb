//! In which order the rows stand while somebody is at them: a reading that the app makes by itself must not move the row that is about
//! to be clicked.

use std::sync::Arc;

use leptos::prelude::*;

use super::{
    keys::KeySet,
    row::{Keys, RowKey},
};

/// What a person chose of the rows, and what became of it later.
#[derive(Clone, Copy)]
pub struct Asked {
    /// The filter, the order and the like as one text: where it changes, the rows are put in order at once.
    pub choice: Signal<String>,
    /// Whether a row is still there that the choice would hide now. It stays where it was as well.
    pub is_there: Callback<RowKey, bool>,
}

impl Asked {
    /// Rows that the choice would hide now go, as where a row is moved from one list to another.
    pub fn of(choice: impl Fn() -> String + Send + Sync + 'static) -> Self {
        Self { choice: Signal::derive(choice), is_there: Callback::new(|_| false) }
    }
}

/// The rows on screen.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Ordered {
    pub(super) keys: Keys,
    /// Whether the order is that of an earlier reading.
    pub(super) is_older: bool,
    choice: String,
    turn: u64,
}

/// The rows in their order: anew with another choice, another `turn`, or while nobody is at them. Otherwise each row stays where it
/// was, and new ones come last.
pub(super) fn ordered(
    keys: Memo<Keys>,
    asked: Option<Asked>,
    turn: RwSignal<u64>,
    is_busy: impl Fn() -> bool + Send + Sync + 'static,
) -> Memo<Ordered> {
    Memo::new(move |before: Option<&Ordered>| {
        let (now, turn) = (keys.get(), turn.get());
        let choice = asked.map(|asked| asked.choice.get()).unwrap_or_default();
        let before = before.filter(|before| before.choice == choice && before.turn == turn);
        let held = match (asked, before.and_then(|before| before.keys.as_ref()), &now) {
            (Some(asked), Some(before), Some(now)) if before != now && is_busy() => {
                Some(Arc::new(keep_order(before, now, |key| untrack(|| asked.is_there.run(key)))))
            }
            _ => None,
        };
        let is_older = held.is_some() && held != now;
        Ordered { keys: held.or(now), is_older, choice, turn }
    })
}

/// The rows of before in their order, as far as they are among those of now or `is_there` says so, then the new ones.
fn keep_order(before: &[RowKey], now: &[RowKey], is_there: impl Fn(RowKey) -> bool) -> Vec<RowKey> {
    let shown = now.iter().copied().collect::<KeySet>();
    let known = before.iter().copied().collect::<KeySet>();
    let kept = before.iter().copied().filter(|key| shown.contains(key) || is_there(*key));
    kept.chain(now.iter().copied().filter(|key| !known.contains(key))).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn rows_stay_where_they_were_and_new_ones_come_last() {
        assert_eq!(keep_order(&[1, 2, 3], &[3, 4, 1, 2], |_| false), [1, 2, 3, 4]);
        assert_eq!(keep_order(&[1, 2, 3], &[3, 1], |_| false), [1, 3], "what is gone goes");
        assert_eq!(
            keep_order(&[1, 2, 3], &[3, 1], |key| key == 2),
            [1, 2, 3],
            "what the filter would hide now stays"
        );
    }
}
