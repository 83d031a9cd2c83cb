//! Numbers of things in words.

/// The number and the thing: "1 engine", "0 engines", "5,000 engines".
#[must_use]
pub fn counted(count: usize, thing: &str) -> String {
    format!("{} {}", grouped(count), plural(count, thing))
}

/// The number, its digits in groups: "10,000".
#[must_use]
pub fn grouped(count: usize) -> String {
    let mut text = count.to_string();
    let mut at = text.len();
    while at > 3 {
        at -= 3;
        text.insert(at, ',');
    }
    text
}

/// The thing, in the plural unless there is one. `thing` is a noun whose plural ends in a plain s.
#[must_use]
pub fn plural(count: usize, thing: &str) -> String {
    if count == 1 { thing.to_owned() } else { format!("{thing}s") }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn digits_are_in_groups_of_three() {
        for (count, text) in [
            (0, "0"),
            (999, "999"),
            (1000, "1,000"),
            (12_345, "12,345"),
            (100_000, "100,000"),
            (1_234_567, "1,234,567"),
        ] {
            assert_eq!(grouped(count), text);
        }
        assert_eq!(counted(1, "engine"), "1 engine");
        assert_eq!(counted(8172, "engine"), "8,172 engines");
    }
}
