//! Numbers of things in words.

/// The number and the thing: "1 engine", "0 engines", "5,000 engines".
#[must_use]
pub fn counted(count: usize, thing: &str) -> String {
    format!("{} {}", grouped(count), plural(count, thing))
}

/// The thing, in the plural unless there is one. `thing` is a noun whose plural ends in a plain s.
#[must_use]
pub fn plural(count: usize, thing: &str) -> String {
    if count == 1 { thing.to_owned() } else { format!("{thing}s") }
}

/// The number with its digits in groups: "5,000".
#[must_use]
pub fn grouped(number: usize) -> String {
    let digits = number.to_string();
    let mut text = String::with_capacity(digits.len() + digits.len() / 3);
    for (at, digit) in digits.chars().enumerate() {
        if at > 0 && (digits.len() - at).is_multiple_of(3) {
            text.push(',');
        }
        text.push(digit);
    }
    text
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn numbers_are_in_groups_and_things_in_the_plural() {
        let all = [0, 1, 999, 1000, 20_000, 1_234_567].map(|count| counted(count, "site"));
        assert_eq!(all, ["0 sites", "1 site", "999 sites", "1,000 sites", "20,000 sites", "1,234,567 sites"]);
    }
}
