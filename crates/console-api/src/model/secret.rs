//! The shared secret of reverse pairing.

use core::fmt;
use core::time::Duration;

use zeroize::Zeroizing;

/// A shared secret: 128 bits as eight groups of four hexadecimal digits (docs/api-quirks.md, "Shared secret"). Compared
/// by its digits without regard to case; wiped when dropped; `Debug` does not show it.
#[derive(Clone, PartialEq, Eq)]
pub struct SharedSecret(Zeroizing<String>);

/// Digits, and the dashes between groups of four.
const DIGITS: usize = 32;
const WRITTEN: usize = DIGITS + DIGITS / 4 - 1;

impl SharedSecret {
    /// Reads a secret as a console or a person writes it: in any case, with or without its dashes and quotes, with
    /// blanks around. `None` if it has not exactly 32 hexadecimal digits.
    #[must_use]
    pub fn parse(text: &str) -> Option<Self> {
        let text = text.trim();
        let text = text.strip_prefix('"').and_then(|text| text.strip_suffix('"')).unwrap_or(text).trim();
        // All the room at once: a growing string would leave copies of the secret behind in memory.
        let mut written = Zeroizing::new(String::with_capacity(WRITTEN));
        let mut digits = 0;
        for c in text.chars() {
            match c {
                '-' => {}
                digit if digit.is_ascii_hexdigit() && digits < DIGITS => {
                    if digits > 0 && digits % 4 == 0 {
                        written.push('-');
                    }
                    written.push(digit.to_ascii_uppercase());
                    digits += 1;
                }
                _ => return None,
            }
        }
        (digits == DIGITS).then_some(Self(written))
    }

    /// The secret itself: eight upper-case groups, joined by dashes.
    #[must_use]
    pub fn reveal(&self) -> &str {
        &self.0
    }
}

impl fmt::Debug for SharedSecret {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("SharedSecret(…)")
    }
}

/// What **Generate** gave.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct GeneratedSecret {
    /// The secret that is valid now.
    pub secret: SharedSecret,
    /// Whether it was there before: the console gives the one that is still valid instead of a new one
    /// (docs/api-quirks.md, "Shared secret").
    pub was_valid_before: bool,
    /// How long it is still valid, to the second, from a console that tells it with the secret; others are asked for it:
    /// [`shared_secret_time_to_live`](crate::Client::shared_secret_time_to_live).
    pub left: Option<Duration>,
}

#[cfg(test)]
mod tests {
    use super::*;

    const SECRET: &str = "99DB-B9F0-CD8B-5997-06BF-607B-BA21-0A81";

    #[test]
    fn a_secret_is_the_same_in_every_way_of_writing_it() {
        let bare = SECRET.replace('-', "").to_lowercase();
        for text in [SECRET, &SECRET.to_lowercase(), &bare, &format!(" \"{SECRET}\"\n")] {
            assert_eq!(SharedSecret::parse(text).unwrap().reveal(), SECRET, "{text}");
        }
    }

    #[test]
    fn anything_else_is_none() {
        for text in ["", "99DB", &SECRET[1..], &format!("{SECRET}0"), &SECRET.replace('D', "G"), "<html>"] {
            assert_eq!(SharedSecret::parse(text), None, "{text}");
        }
    }

    #[test]
    fn debug_does_not_show_it() {
        let shown = format!("{:?}", SharedSecret::parse(SECRET));
        assert!(!shown.contains("99DB"), "{shown}");
    }
}
