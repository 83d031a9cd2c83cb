//! Numbers of things in words.

/// The number and the thing: "1 engine", "0 engines", "2 engines".
#[must_use]
pub fn counted(count: usize, thing: &str) -> String {
    format!("{count} {}", plural(count, thing))
}

/// The thing, in the plural unless there is one. `thing` is a noun whose plural ends in a plain s.
#[must_use]
pub fn plural(count: usize, thing: &str) -> String {
    if count == 1 { thing.to_owned() } else { format!("{thing}s") }
}
