//! Saved views of the list of engines: filter, order, grouping and columns under a name.
//!
//! A view is kept as the text of a query, such as `name=Down&filter=status%3Anot-responding&sort=name`. What another version of the
//! app has put into it stays in it.

use crate::rules::fold_case;
use crate::rules::keys::sort_by_cached_key;

/// What of a view belongs into the address of the list.
pub const VIEW_ADDRESS: [&str; 4] = ["filter", "status", "sort", "group"];

/// A view.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct View {
    fields: Vec<(String, String)>,
}

impl View {
    /// A view with this name and these fields; empty ones are left out.
    #[must_use]
    pub fn new(name: &str, fields: &[(&str, String)]) -> Self {
        let name = ("name".to_owned(), name.trim().to_owned());
        let others = fields.iter().filter(|(_, value)| !value.is_empty());
        let others = others.map(|(key, value)| ((*key).to_owned(), value.clone()));
        Self { fields: [name].into_iter().chain(others).collect() }
    }

    /// Reads what [`to_text`](Self::to_text) wrote. `None`: it has no name.
    #[must_use]
    pub fn from_text(text: &str) -> Option<Self> {
        let view = Self { fields: form_urlencoded::parse(text.as_bytes()).into_owned().collect() };
        (!view.name().trim().is_empty()).then_some(view)
    }

    /// The text that it is kept as.
    #[must_use]
    pub fn to_text(&self) -> String {
        form_urlencoded::Serializer::new(String::new()).extend_pairs(&self.fields).finish()
    }

    /// A field's value; empty where the view has none.
    #[must_use]
    pub fn get(&self, key: &str) -> &str {
        self.fields.iter().find(|(known, _)| known == key).map_or("", |(_, value)| value)
    }

    /// Its name.
    #[must_use]
    pub fn name(&self) -> &str {
        self.get("name")
    }

    /// What tells it from others: its name, whatever its case.
    #[must_use]
    pub fn key(&self) -> String {
        fold_case(self.name().trim())
    }

    /// The query of the list's address that it stands for.
    #[must_use]
    pub fn address(&self) -> String {
        let fields = self.fields.iter().filter(|(key, _)| VIEW_ADDRESS.contains(&key.as_str()));
        form_urlencoded::Serializer::new(String::new()).extend_pairs(fields).finish()
    }

    /// Takes the place of another view of the same name. What that has from another version of the app, all but `known`, stays.
    #[must_use]
    pub fn instead_of(mut self, before: &Self, known: &[&str]) -> Self {
        let is_known = |key: &str| key == "name" || known.contains(&key) || VIEW_ADDRESS.contains(&key);
        self.fields.extend(before.fields.iter().filter(|(key, _)| !is_known(key)).cloned());
        self
    }
}

/// Adds views that come from elsewhere, sorted by their names. One with the name of another view gets a number behind it.
#[must_use]
pub fn merge_views(mut mine: Vec<View>, others: Vec<View>) -> Vec<View> {
    for mut view in others {
        if mine.contains(&view) {
            continue;
        }
        let name = view.name().to_owned();
        let mut number = 2;
        while mine.iter().any(|known| known.key() == view.key()) {
            let numbered = format!("{name} ({number})");
            if let Some((_, value)) = view.fields.iter_mut().find(|(key, _)| key == "name") {
                *value = numbered;
            }
            number += 1;
        }
        mine.push(view);
    }
    sort_by_cached_key(&mut mine, View::key);
    mine
}

#[cfg(all(test, not(target_arch = "wasm32")))]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn view(name: &str, filter: &str) -> View {
        View::new(name, &[("filter", filter.to_owned()), ("columns", "status,name".to_owned())])
    }

    #[test]
    fn a_view_is_read_as_it_was_written_and_leads_to_its_address() {
        let down = view(" Down & out ", "status:not-responding -tag:\"lab 4\"");
        assert_eq!(View::from_text(&down.to_text()), Some(down.clone()));
        assert_eq!(down.name(), "Down & out");
        assert_eq!(down.address(), "filter=status%3Anot-responding+-tag%3A%22lab+4%22");
        assert_eq!(view("All", "").address(), "");
        for nameless in ["", "filter=a", "name=+", "%ff"] {
            assert_eq!(View::from_text(nameless), None, "{nameless}");
        }
    }

    #[test]
    fn what_another_version_has_put_into_it_stays() {
        let text = "name=Down&filter=a&colours=bright&columns=name";
        let theirs = View::from_text(text);
        let theirs = theirs.as_ref();
        assert_eq!(theirs.map(View::to_text).as_deref(), Some(text));
        let saved = theirs.map(|theirs| view("down", "b").instead_of(theirs, &["columns"]));
        let saved = saved.map(|view| view.to_text());
        assert_eq!(saved.as_deref(), Some("name=down&filter=b&columns=status%2Cname&colours=bright"));
    }

    #[test]
    fn views_from_elsewhere_take_no_name_away() {
        let mine = vec![view("Down", "a"), view("down (2)", "b")];
        let merged = merge_views(mine, vec![view("DOWN", "c"), view("Down", "a"), view("Alps", "d")]);
        let names = merged.iter().map(View::name).collect::<Vec<_>>();
        assert_eq!(names, ["Alps", "Down", "down (2)", "DOWN (3)"]);
    }

    proptest! {
        #[test]
        fn any_text_is_read_back(name in "\\PC{1,12}", filter in "\\PC{0,20}") {
            prop_assume!(!name.trim().is_empty());
            let view = view(&name, &filter);
            prop_assert_eq!(View::from_text(&view.to_text()), Some(view));
        }
    }
}
