//! Finding things by their names: what the command palette offers for what is typed.

use super::fold_case;
use crate::rules::keys::sort_by_cached_key;

/// How well a name fits, the best first.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
enum Fit {
    /// The name itself.
    Whole,
    /// How the name begins.
    Start,
    /// How each word typed begins a word of the name.
    WordStarts,
    /// Each word typed is somewhere in the name.
    Within,
}

/// The things whose names fit what is typed, the best first and at most so many, and how many fit in all.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Found<T> {
    /// The best of them.
    pub best: Vec<T>,
    /// How many fit.
    pub count: usize,
}

/// Finds things by name, without regard to case: each word that is `typed` must be in the name. A name that begins with
/// what is typed comes before one that has it inside; shorter names come first among equals, then the given order.
/// Nothing is found for nothing typed.
pub fn find_by_name<T, N: AsRef<str>>(
    typed: &str,
    things: impl Iterator<Item = (T, N)>,
    at_most: usize,
) -> Found<T> {
    let typed = fold_case(typed.trim());
    let words = typed.split_whitespace().collect::<Vec<_>>();
    if words.is_empty() {
        return Found { best: Vec::new(), count: 0 };
    }
    let mut found = things
        .filter_map(|(thing, name)| {
            let name = fold_case(name.as_ref());
            Some((fit(&name, &typed, &words)?, name.chars().count(), thing))
        })
        .collect::<Vec<_>>();
    sort_by_cached_key(&mut found, |(fit, length, _)| (*fit, *length));
    let count = found.len();
    Found { best: found.into_iter().take(at_most).map(|(_, _, thing)| thing).collect(), count }
}

fn fit(name: &str, typed: &str, words: &[&str]) -> Option<Fit> {
    if name == typed {
        return Some(Fit::Whole);
    }
    if name.starts_with(typed) {
        return Some(Fit::Start);
    }
    if !words.iter().all(|word| name.contains(word)) {
        return None;
    }
    let parts = name.split(|character: char| !character.is_alphanumeric()).collect::<Vec<_>>();
    let starts = words.iter().all(|word| parts.iter().any(|part| part.starts_with(word)));
    Some(if starts { Fit::WordStarts } else { Fit::Within })
}
