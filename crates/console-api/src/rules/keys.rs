//! Sort keys: made once for each engine, then compared byte by byte, so that ten thousand rows sort at once.

use core::cmp::Ordering;
use core::mem;
use core::net::{Ipv4Addr, Ipv6Addr};
use std::borrow::Cow;

/// Lower case for comparing and searching, in every script.
///
/// What the standard library writes in two ways, depending on where it stands or on how it was typed, is one here: both small sigmas of
/// Greek, and the small i that comes from a Turkish İ with its dot as a character of its own.
#[must_use]
pub fn fold_case(text: &str) -> String {
    folded(text.to_owned())
}

/// The same in place, where that is possible.
pub(crate) fn folded(mut text: String) -> String {
    if text.is_ascii() {
        text.make_ascii_lowercase();
        return text;
    }
    // Character by character: a text's own `to_lowercase` only tells the two sigmas apart, with two tables.
    text.chars().flat_map(char::to_lowercase).collect::<String>().replace('ς', "σ").replace("i\u{307}", "i")
}

/// A key that sorts like a person would: without regard to case, and runs of digits by their number ("engine 9" before
/// "engine 10", version 6.6.9 before 6.6.123).
///
/// A run of digits becomes `0`, its length without leading zeros, and its digits; so a longer number is a larger one,
/// and numbers keep the place among other characters that their digits have.
pub(crate) fn natural(text: &str) -> Box<[u8]> {
    let text = text.trim();
    let lower = if text.is_ascii() { Cow::Borrowed(text) } else { Cow::Owned(fold_case(text)) };
    let mut key = Vec::with_capacity(lower.len() + 4);
    let mut rest = lower.as_bytes();
    while let Some((first, tail)) = rest.split_first() {
        if !first.is_ascii_digit() {
            key.push(first.to_ascii_lowercase());
            rest = tail;
            continue;
        }
        let length = rest.iter().position(|byte| !byte.is_ascii_digit()).unwrap_or(rest.len());
        let (run, after) = rest.split_at(length);
        let zeros = run.iter().position(|digit| *digit != b'0').unwrap_or(length);
        let digits = &run[zeros..];
        key.push(b'0');
        // Nobody writes numbers of more than 255 digits; those sort by their first digits.
        key.push(u8::try_from(digits.len()).unwrap_or(u8::MAX));
        key.extend_from_slice(digits);
        rest = after;
    }
    key.into()
}

/// A key for addresses: IPv4 by number, then everything else as names are sorted.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) enum AddressKey {
    V4(Ipv4Addr),
    Other(Box<[u8]>),
}

impl AddressKey {
    pub(crate) fn of(address: &str) -> Self {
        address.trim().parse().map_or_else(|_| Self::Other(natural(address)), Self::V4)
    }
}

/// An address without blanks at its ends and without the brackets of an IPv6 address.
pub(crate) fn bare(address: &str) -> &str {
    let address = address.trim();
    address.strip_prefix('[').and_then(|inner| inner.strip_suffix(']')).unwrap_or(address)
}

/// Whether two addresses are one place: without regard to case, brackets and the spelling of IPv6.
pub(crate) fn same_host(a: &str, b: &str) -> bool {
    let (a, b) = (bare(a), bare(b));
    match (a.parse::<Ipv6Addr>(), b.parse::<Ipv6Addr>()) {
        (Ok(a), Ok(b)) => a == b,
        _ => a.eq_ignore_ascii_case(b),
    }
}

/// The numbers below `length` in sorted order. Everything that is sorted here and in the app is sorted through this one
/// function: each kind of element would bring a sorting algorithm of its own into the app's download, 6 kB before compression.
pub(crate) fn sorted(length: usize, compare: &dyn Fn(usize, usize) -> Ordering) -> Vec<usize> {
    let mut order: Vec<usize> = (0..length).collect();
    order.sort_unstable_by(|a, b| compare(*a, *b));
    order
}

/// Sorts; what is alike keeps its order.
pub fn sort_by<T>(items: &mut [T], compare: impl Fn(&T, &T) -> Ordering) {
    let order = sorted(items.len(), &|a, b| compare(&items[a], &items[b]).then(a.cmp(&b)));
    arrange(items, order);
}

/// Sorts, and leaves each item once: a console may name an engine twice in one pool.
pub fn sort_distinct<T: Ord>(items: &mut Vec<T>) {
    sort_by(items, Ord::cmp);
    items.dedup();
}

/// Sorts by keys that are worked out once for each item; what is alike keeps its order.
pub fn sort_by_cached_key<T, K: Ord>(items: &mut [T], key: impl Fn(&T) -> K) {
    let keys: Vec<K> = items.iter().map(key).collect();
    arrange(items, sorted(items.len(), &|a, b| keys[a].cmp(&keys[b]).then(a.cmp(&b))));
}

/// Puts into each place the item that is at the place that `order` names for it, one circle of places after the other.
fn arrange<T>(items: &mut [T], mut order: Vec<usize>) {
    for start in 0..order.len() {
        let mut at = start;
        loop {
            let from = mem::replace(&mut order[at], at);
            if from == start || from == at {
                break;
            }
            items.swap(at, from);
            at = from;
        }
    }
}

#[cfg(test)]
mod tests {
    use core::cmp::Reverse;

    use super::*;

    fn by<'a, K: Ord>(key: fn(&str) -> K, texts: &[&'a str]) -> Vec<&'a str> {
        let mut texts = texts.to_vec();
        texts.sort_by_key(|text| key(text));
        texts
    }

    #[test]
    fn what_is_alike_keeps_its_order() {
        let mut items = [(3, 'a'), (1, 'b'), (3, 'c'), (2, 'd'), (1, 'e'), (3, 'f')];
        let mut others = items;
        sort_by(&mut items, |one, other| one.0.cmp(&other.0));
        assert_eq!(items, [(1, 'b'), (1, 'e'), (2, 'd'), (3, 'a'), (3, 'c'), (3, 'f')]);
        sort_by_cached_key(&mut others, |item| Reverse(item.0));
        assert_eq!(others, [(3, 'a'), (3, 'c'), (3, 'f'), (2, 'd'), (1, 'b'), (1, 'e')]);
        for length in 0..7_usize {
            let mut numbers: Vec<usize> = (0..length).map(|at| at * 5 % 7).collect();
            let mut std = numbers.clone();
            sort_by(&mut numbers, Ord::cmp);
            std.sort_unstable();
            assert_eq!(numbers, std);
        }
    }

    #[test]
    fn what_is_named_twice_is_there_once() {
        let mut items = vec![3, 1, 3, 2, 1];
        sort_distinct(&mut items);
        assert_eq!(items, [1, 2, 3]);
    }

    #[test]
    fn names_sort_with_their_numbers() {
        let order = ["", "Engine", "engine 2", "Engine 10", "Engine 10b", "engine-1", "Zürich"];
        let mut mixed = order;
        mixed.reverse();
        assert_eq!(by(natural, &mixed), order);
        assert_eq!(natural("Engine 007"), natural("engine 7"));
    }

    #[test]
    fn cases_fold_in_every_script() {
        for (written, folded) in [
            ("BUCUREȘTI", "bucurești"),
            ("ZÜRICH Ωμέγα ÅRHUS Łódź Москва 東京", "zürich ωμέγα århus łódź москва 東京"),
            ("ԵՐԵՎԱՆ ᲗᲑᲘᲚᲘᲡᲘ ẞ", "երեվան თბილისი ß"),
            // A sigma at the end of a word, and one that only ends what was typed so far.
            ("ΟΔΟΣ", "οδοσ"),
            ("οδος", "οδοσ"),
            ("İstanbul", "istanbul"),
            ("ISTANBUL", "istanbul"),
        ] {
            assert_eq!(fold_case(written), folded);
        }
    }

    #[test]
    fn one_place_has_many_spellings() {
        for (a, b) in [
            ("2001:db8::7", " [2001:0DB8:0:0:0:0:0:7] "),
            ("::ffff:192.0.2.1", "::ffff:c000:201"),
            ("Oslo.example", "oslo.EXAMPLE"),
            ("192.0.2.1", "192.0.2.1"),
        ] {
            assert!(same_host(a, b), "{a} {b}");
        }
        for (a, b) in [("::1", "::2"), ("192.0.2.1", "192.0.2.2"), ("oslo", "oslo.example"), ("::1", "")] {
            assert!(!same_host(a, b), "{a} {b}");
        }
    }

    #[test]
    fn versions_sort_by_their_parts() {
        let order = ["6.4.65", "6.6", "6.6.9", "6.6.123", "6.10.0", "2445745114 (2018-10-22)"];
        let mut mixed = order;
        mixed.reverse();
        assert_eq!(by(natural, &mixed), order);
    }

    #[test]
    fn addresses_sort_by_number_and_host_names_follow() {
        let order = [
            "9.0.0.1",
            "10.0.0.2",
            "10.0.0.10",
            "2001:db8::9",
            "2001:db8::10",
            "a.example",
            "b2.example",
            "b10.example",
        ];
        let mut mixed = order;
        mixed.reverse();
        assert_eq!(by(AddressKey::of, &mixed), order);
    }
}
