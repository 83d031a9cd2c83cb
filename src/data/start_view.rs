//! Which saved view the list of engines has when the app is opened.

use console_api::rules::View;

use crate::browser::preference::Preference;

/// Of the user who chose one last in this browser: the name of the user, the view's key, its query, its columns and its density, a
/// line each.
const START: Preference = Preference::named("engine-console.start-view");

/// What the list begins with.
pub struct Start {
    /// The view's key.
    key: String,
    /// The query of the list's address.
    pub query: String,
    /// The keys of the columns, with commas between; empty if the view has none.
    pub columns: String,
    /// The density; empty if the view has none.
    pub density: String,
}

/// This user's start view.
pub fn of(user: &str) -> Option<Start> {
    let text = START.remembered()?;
    let mut lines = text.split('\n').map(str::to_owned);
    let whose = lines.next()?;
    let mut next = || lines.next().unwrap_or_default();
    let start = Start { key: next(), query: next(), columns: next(), density: next() };
    (whose == user && !start.key.is_empty()).then_some(start)
}

/// The key of this user's start view; empty if there is none.
pub fn key_of(user: &str) -> String {
    of(user).map(|start| start.key).unwrap_or_default()
}

/// This view is this user's start view from now on; without one the list begins as usual.
pub fn remember(user: &str, view: Option<&View>) {
    let lines = view.map(|view| {
        let [columns, density] = ["columns", "density"].map(|key| view.get(key).to_owned());
        [view.key(), view.address(), columns, density].join("\n")
    });
    // Where the browser does not keep it, the list begins as usual.
    START.remember(&format!("{user}\n{}", lines.unwrap_or_default()));
}
