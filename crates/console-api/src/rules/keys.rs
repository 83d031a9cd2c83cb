//! Sort keys: made once for each engine, then compared byte by byte, so that ten thousand rows sort at once.

use core::net::IpAddr;

/// A key that sorts like a person would: without regard to case, and runs of digits by their number ("engine 9" before
/// "engine 10", version 6.6.9 before 6.6.123).
///
/// A run of digits becomes `0`, its length without leading zeros, and its digits; so a longer number is a larger one,
/// and numbers keep the place among other characters that their digits have.
pub(crate) fn natural(text: &str) -> Box<[u8]> {
    let lower = text.trim().to_lowercase();
    let mut key = Vec::with_capacity(lower.len() + 4);
    let mut rest = lower.as_bytes();
    while let Some((first, tail)) = rest.split_first() {
        if !first.is_ascii_digit() {
            key.push(*first);
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

/// A key for addresses: IPv4 by number, then IPv6 by number, then host names.
pub(crate) fn address(text: &str) -> Box<[u8]> {
    let text = text.trim();
    let bare = text.strip_prefix('[').and_then(|inner| inner.strip_suffix(']')).unwrap_or(text);
    match bare.parse() {
        Ok(IpAddr::V4(v4)) => with_kind(1, &v4.octets()),
        Ok(IpAddr::V6(v6)) => with_kind(2, &v6.octets()),
        Err(_) => with_kind(3, &natural(text)),
    }
}

fn with_kind(kind: u8, key: &[u8]) -> Box<[u8]> {
    let mut all = Vec::with_capacity(key.len() + 1);
    all.push(kind);
    all.extend_from_slice(key);
    all.into()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn sorted<'a>(key: fn(&str) -> Box<[u8]>, texts: &[&'a str]) -> Vec<&'a str> {
        let mut texts = texts.to_vec();
        texts.sort_by_key(|text| key(text));
        texts
    }

    #[test]
    fn names_sort_with_their_numbers() {
        let order = ["", "Engine", "engine 2", "Engine 10", "Engine 10b", "engine-1", "Zürich"];
        let mut mixed = order;
        mixed.reverse();
        assert_eq!(sorted(natural, &mixed), order);
        assert_eq!(natural("Engine 007"), natural("engine 7"));
    }

    #[test]
    fn versions_sort_by_their_parts() {
        let order = ["6.4.65", "6.6", "6.6.9", "6.6.123", "6.10.0", "2445745114 (2018-10-22)"];
        let mut mixed = order;
        mixed.reverse();
        assert_eq!(sorted(natural, &mixed), order);
    }

    #[test]
    fn addresses_sort_by_number_and_host_names_follow() {
        let order = [
            "9.0.0.1",
            "10.0.0.2",
            "10.0.0.10",
            "[::1]",
            "2001:db8::9",
            "a.example",
            "b2.example",
            "b10.example",
        ];
        let mut mixed = order;
        mixed.reverse();
        assert_eq!(sorted(address, &mixed), order);
    }
}
