//! The form of a site: what is wrong with it as one types, in words (docs/api-quirks.md, "Changing").

use crate::client::SiteDraft;
use crate::rules::engine_form::name_problem;

/// The longest description, in characters.
const LONGEST_DESCRIPTION: usize = 4096;

/// How important a site can be: the console's word, and the one on screen.
pub const IMPORTANCES: [(&str, &str); 5] = [
    ("very_low", "Very low"),
    ("low", "Low"),
    ("normal", "Normal"),
    ("high", "High"),
    ("very_high", "Very high"),
];

/// The word on screen for an importance; one outside the list as the console wrote it.
#[must_use]
pub fn importance_label(word: &str) -> &str {
    IMPORTANCES.iter().find(|(key, _)| *key == word).map_or(word, |(_, label)| label)
}

/// What is wrong with a form.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct SiteCheck {
    /// What is wrong with the name.
    pub name: Option<String>,
    /// What is wrong with the description.
    pub description: Option<String>,
    /// What to send; `None` while anything is wrong.
    pub draft: Option<SiteDraft>,
}

/// Checks a form. Whether another site has the name the console alone can tell: there may be a hundred thousand.
#[must_use]
pub fn check_site(text: &SiteDraft) -> SiteCheck {
    let name = text.name.trim();
    let name_problem = name_problem(name).map(str::to_owned);
    let too_long = text.description.chars().count() > LONGEST_DESCRIPTION;
    let description = too_long.then(|| "A description has at most 4096 characters.".to_owned());
    let is_right = name_problem.is_none() && description.is_none();
    let draft = is_right.then(|| SiteDraft { name: name.to_owned(), ..text.clone() });
    SiteCheck { name: name_problem, description, draft }
}

/// Whether a refusal of the console is about the name, from its words.
#[must_use]
pub fn refuses_site_name(message: &str) -> bool {
    let mut words = message.split(|c: char| !c.is_ascii_alphanumeric());
    words.any(|word| word.eq_ignore_ascii_case("name") || word.eq_ignore_ascii_case("names"))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn draft(name: &str) -> SiteDraft {
        SiteDraft { name: name.to_owned(), importance: "high".to_owned(), description: " HQ ".to_owned() }
    }

    #[test]
    fn a_site_needs_a_name_and_nothing_else() {
        assert_eq!(check_site(&draft(" Oslo ")).draft, Some(draft("Oslo")));
        for name in ["", "  ", "a\tb", "a\u{0}b"] {
            let check = check_site(&draft(name));
            assert!(check.name.is_some() && check.draft.is_none(), "{name:?}");
        }
    }

    #[test]
    fn a_description_may_be_long_but_not_endless() {
        let with = |length| SiteDraft { description: "ä".repeat(length), ..draft("Oslo") };
        assert_eq!(check_site(&with(4096)).draft, Some(with(4096)));
        let check = check_site(&with(4097));
        assert!(check.description.unwrap().contains("4096"));
        assert_eq!((check.name, check.draft), (None, None));
    }

    #[test]
    fn a_refusal_about_the_name_is_known_by_its_words() {
        assert!(refuses_site_name("A site with the name Oslo already exists."));
        assert!(refuses_site_name("Site names must be unique"));
        assert!(!refuses_site_name("One or more arguments supplied in the request is invalid."));
    }

    #[test]
    fn an_importance_that_nobody_knows_is_shown_as_it_is() {
        assert_eq!(importance_label("very_high"), "Very high");
        assert_eq!(importance_label("cosmic"), "cosmic");
    }
}
