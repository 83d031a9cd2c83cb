//! Sort keys: made once for each engine, then compared byte by byte, so that ten thousand rows sort at once.

use core::cmp::Ordering;

/// Lower case for comparing, by ranges: Latin, Greek and Cyrillic letters; others stay as they are.
///
/// The standard library knows every script, and its tables cost the app 8 kB to download (brotli).
#[must_use]
pub fn fold_case(text: &str) -> String {
    text.chars().map(fold_char).collect()
}

fn fold_char(c: char) -> char {
    let code = u32::from(c);
    let odd = code % 2 == 1;
    let lower = match code {
        // ASCII; Latin-1 without the sign for multiplication; Greek; Cyrillic.
        0x41..=0x5a | 0xc0..=0xd6 | 0xd8..=0xde | 0x391..=0x3a1 | 0x3a3..=0x3ab | 0x410..=0x42f => {
            code + 0x20
        }
        // Latin Extended-A: pairs, which begin with an even number or, in two places, with an odd one.
        0x130 => 0x69,
        0x100..=0x137 | 0x14a..=0x177 if !odd => code + 1,
        0x139..=0x148 | 0x179..=0x17e if odd => code + 1,
        0x178 => 0xff,
        // Greek with accents, and the second small sigma.
        0x386 => 0x3ac,
        0x388..=0x38a => code + 0x25,
        0x38c => 0x3cc,
        0x38e | 0x38f => code + 0x3f,
        0x3c2 => 0x3c3,
        // Cyrillic beyond Russian.
        0x400..=0x40f => code + 0x50,
        _ => return c,
    };
    char::from_u32(lower).unwrap_or(c)
}

/// A key that sorts like a person would: without regard to case, and runs of digits by their number ("engine 9" before
/// "engine 10", version 6.6.9 before 6.6.123).
///
/// A run of digits becomes `0`, its length without leading zeros, and its digits; so a longer number is a larger one,
/// and numbers keep the place among other characters that their digits have.
pub(crate) fn natural(text: &str) -> Box<[u8]> {
    let lower = fold_case(text.trim());
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

/// A key for addresses: IPv4 by number, then everything else as names are sorted.
pub(crate) fn address(text: &str) -> Box<[u8]> {
    match ipv4(text.trim()) {
        Some(octets) => [[1].as_slice(), &octets].concat().into(),
        None => [[2].as_slice(), &natural(text)].concat().into(),
    }
}

/// The octets of an IPv4 address, without leading zeros. The standard library's parsers of addresses cost the app 1 kB
/// to download.
pub(crate) fn ipv4(text: &str) -> Option<[u8; 4]> {
    let mut octets = [0; 4];
    let mut parts = text.split('.');
    for octet in &mut octets {
        let part = parts.next()?;
        // A zero before other digits means octal to some programs.
        if part.starts_with('+') || (part.len() > 1 && part.starts_with('0')) {
            return None;
        }
        *octet = part.parse().ok()?;
    }
    parts.next().is_none().then_some(octets)
}

/// The groups of an IPv6 address, in any of its spellings but without brackets and zone.
pub(crate) fn ipv6(text: &str) -> Option<[u16; 8]> {
    let (head, tail) = match text.split_once("::") {
        Some((head, tail)) => (head, Some(tail)),
        None => (text, None),
    };
    let mut address = [0; 8];
    let length = groups(head, tail.is_none(), &mut address)?;
    let Some(tail) = tail else { return (length == 8).then_some(address) };
    let mut last = [0; 8];
    let tail_length = groups(tail, true, &mut last)?;
    // The two colons stand for one group at least.
    if length + tail_length > 7 {
        return None;
    }
    address[8 - tail_length..].copy_from_slice(&last[..tail_length]);
    Some(address)
}

/// Reads groups into the start of `address`, and tells how many. The last two may be written as an IPv4 address at the
/// end of the whole text only.
fn groups(text: &str, at_end: bool, address: &mut [u16; 8]) -> Option<usize> {
    let mut length = 0;
    if text.is_empty() {
        return Some(0);
    }
    let mut parts = text.split(':').peekable();
    while let Some(part) = parts.next() {
        if let (true, None, Some([a, b, c, d])) = (at_end, parts.peek(), ipv4(part)) {
            let last = address.get_mut(length..length + 2)?;
            last.copy_from_slice(&[u16::from_be_bytes([a, b]), u16::from_be_bytes([c, d])]);
            return Some(length + 2);
        }
        if part.len() > 4 || part.starts_with('+') {
            return None;
        }
        *address.get_mut(length)? = u16::from_str_radix(part, 16).ok()?;
        length += 1;
    }
    Some(length)
}

/// An address without blanks at its ends and without the brackets of an IPv6 address.
pub(crate) fn bare(address: &str) -> &str {
    let address = address.trim();
    address.strip_prefix('[').and_then(|inner| inner.strip_suffix(']')).unwrap_or(address)
}

/// Whether two addresses are one place: without regard to case, brackets and the spelling of IPv6.
pub(crate) fn same_host(a: &str, b: &str) -> bool {
    let (a, b) = (bare(a), bare(b));
    match (ipv6(a), ipv6(b)) {
        (Some(a), Some(b)) => a == b,
        _ => a.eq_ignore_ascii_case(b),
    }
}

/// The numbers below `length` in sorted order. Everything that is sorted here is sorted through this one function:
/// each kind of element would bring a sorting algorithm of its own into the app's download.
pub(crate) fn sorted(length: usize, compare: &dyn Fn(usize, usize) -> Ordering) -> Vec<usize> {
    let mut order: Vec<usize> = (0..length).collect();
    order.sort_unstable_by(|a, b| compare(*a, *b));
    order
}

#[cfg(test)]
mod tests {
    use super::*;

    fn by<'a>(key: fn(&str) -> Box<[u8]>, texts: &[&'a str]) -> Vec<&'a str> {
        let mut texts = texts.to_vec();
        texts.sort_by_key(|text| key(text));
        texts
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
    fn cases_fold_as_in_the_standard_library_for_the_scripts_of_europe() {
        for c in (0..0x180).chain(0x386..0x3d0).chain(0x400..0x460).filter_map(char::from_u32) {
            let expected = match c {
                // The standard library makes two characters of the first; the second it keeps apart.
                'İ' => "i".to_owned(),
                'ς' => "σ".to_owned(),
                // No letter of Greek: the sign for Kai.
                'Ϗ' => "Ϗ".to_owned(),
                _ => c.to_lowercase().to_string(),
            };
            assert_eq!(fold_case(&c.to_string()), expected);
        }
        assert_eq!(fold_case("ZÜRICH Ωμέγα ÅRHUS Łódź Москва 東京"), "zürich ωμέγα århus łódź москва 東京");
    }

    #[test]
    fn an_ipv4_address_has_four_numbers_to_255() {
        assert_eq!(ipv4("192.0.2.255"), Some([192, 0, 2, 255]));
        for bad in ["", "1.2.3", "1.2.3.4.5", "1.2.3.256", "1.2.3.+4", "1.2.3.x", "1..2.3", "::1", "1.2.3.04"]
        {
            assert_eq!(ipv4(bad), None, "{bad}");
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
        assert_eq!(by(address, &mixed), order);
    }
}
