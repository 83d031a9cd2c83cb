//! Numbers of things in words.

/// The number and the thing, in the plural unless there is one: "1 engine", "0 engines", "2 engines". `thing` is a noun whose
/// plural ends in a plain s.
#[must_use]
pub fn counted(count: usize, thing: &str) -> String {
    let plural = if count == 1 { "" } else { "s" };
    format!("{count} {thing}{plural}")
}
