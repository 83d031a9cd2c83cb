//! Which saved view the list of engines has when the app is opened.

use crate::browser::preference::Preference;

/// Of the user who chose one last in this browser: the name of the user, the view's key and its query, a line each.
const START: Preference = Preference::named("engine-console.start-view");

fn remembered(user: &str) -> Option<(String, String)> {
    let text = START.remembered()?;
    let mut lines = text.split('\n');
    let (whose, key, query) = (lines.next()?, lines.next()?, lines.next()?);
    (whose == user && !key.is_empty()).then(|| (key.to_owned(), query.to_owned()))
}

/// The key of this user's start view.
pub fn of(user: &str) -> Option<String> {
    remembered(user).map(|(key, _)| key)
}

/// The query of this user's start view, for the list's address.
pub fn query_for(user: &str) -> Option<String> {
    remembered(user).map(|(_, query)| query).filter(|query| !query.is_empty())
}

/// This view is this user's start view from now on; an empty key is none.
pub fn remember(user: &str, key: &str, query: &str) {
    // Where the browser does not keep it, the list begins as usual.
    START.remember(&format!("{user}\n{key}\n{query}"));
}
