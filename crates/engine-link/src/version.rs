//! Comparing versions that are no semantic versions, such as `2445745114 (2018-10-22)` (docs/api-quirks.md, "Reading").

use std::cmp::Ordering;

/// The first number of a version: products whose versions differ in it don't work together. `None` without a digit.
#[must_use]
pub fn major_version(version: &str) -> Option<u64> {
    numbers(version).next()
}

/// Compares the numbers of two versions from left to right; a missing number counts as zero. Everything that is no
/// digit only separates.
#[must_use]
pub fn compare_versions(left: &str, right: &str) -> Ordering {
    let (mut left, mut right) = (numbers(left), numbers(right));
    loop {
        let (one, other) = (left.next(), right.next());
        if one.is_none() && other.is_none() {
            return Ordering::Equal;
        }
        let order = one.unwrap_or(0).cmp(&other.unwrap_or(0));
        if order.is_ne() {
            return order;
        }
    }
}

fn numbers(version: &str) -> impl Iterator<Item = u64> + '_ {
    version
        .split(|character: char| !character.is_ascii_digit())
        .filter(|digits| !digits.is_empty())
        // More digits than fit are the same for each other: nobody numbers so.
        .map(|digits| digits.parse().unwrap_or(u64::MAX))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn versions_are_compared_number_by_number() {
        for (left, right, order) in [
            ("6.6.99", "6.6.105", Ordering::Less),
            ("6.6.105", "6.6.105", Ordering::Equal),
            ("6.6", "6.6.0", Ordering::Equal),
            ("7", "6.6.300", Ordering::Greater),
            ("2445745114 (2018-10-22)", "2445745115", Ordering::Less),
            ("", "", Ordering::Equal),
            ("99999999999999999999999", "1", Ordering::Greater),
        ] {
            assert_eq!(compare_versions(left, right), order, "{left} and {right}");
        }
    }

    #[test]
    fn the_major_version_is_the_first_number() {
        assert_eq!(major_version("6.6.300"), Some(6));
        assert_eq!(major_version("v7"), Some(7));
        assert_eq!(major_version("unknown"), None);
    }
}
