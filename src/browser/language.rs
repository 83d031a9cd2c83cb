//! The language of times and numbers: the page's, which is English, in the form that the reader's browser prefers.

use js_sys::Array;
use leptos::prelude::window;

/// For `Intl`: the first kind of English among the reader's languages, otherwise one that writes the day before the month and
/// has 24 hours, as most do who read it as a second language.
pub fn english() -> Array {
    let languages = window().navigator().languages();
    Array::of1(&choose(languages.iter().filter_map(|language| language.as_string())).into())
}

fn choose(mut languages: impl Iterator<Item = String>) -> String {
    let english = languages.find(|language| {
        let mut parts = language.split('-');
        parts.next().is_some_and(|part| part.eq_ignore_ascii_case("en"))
    });
    english.unwrap_or_else(|| "en-GB".to_owned())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn times_and_numbers_are_english_as_the_reader_has_it() {
        for (languages, chosen) in [
            (&["de-DE", "en-US", "en"][..], "en-US"),
            (&["en-AU"], "en-AU"),
            (&["de", "fr"], "en-GB"),
            (&["eng-X", "enm"], "en-GB"),
            (&[], "en-GB"),
        ] {
            assert_eq!(choose(languages.iter().map(|language| (*language).to_owned())), chosen);
        }
    }
}
