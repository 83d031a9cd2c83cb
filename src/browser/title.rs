//! The document's title: how many problems there are, the page, and the app.

use leptos::prelude::*;

use super::effect::follow;

/// What is in the title. Copy it freely; all copies are the same.
#[derive(Clone, Copy)]
pub struct Title {
    page: RwSignal<String>,
    problems: RwSignal<String>,
}

impl Title {
    /// Keeps the document's title up to date; put into the context for the components below.
    pub fn provide() {
        let title = Self::provide_unseen();
        follow(move || document().set_title(&title.words()));
    }

    /// The same, for what is not in the document: the title stays.
    pub fn provide_unseen() -> Self {
        let title = Self { page: RwSignal::new(String::new()), problems: RwSignal::new(String::new()) };
        provide_context(title);
        title
    }

    /// The title of the surrounding app.
    pub fn here() -> Self {
        expect_context()
    }

    /// The page, such as "Sites".
    pub fn set(self, page: impl Into<String>) {
        self.page.set(page.into());
    }

    /// How many problems there are, as a person writes the number; nothing where there is none or nobody knows.
    pub fn tell_problems(self, count: Option<String>) {
        _ = self.problems.try_set(count.map(|count| format!("({count}) ")).unwrap_or_default());
    }

    fn words(self) -> String {
        self.problems.get() + &self.page.get() + " – Engine console"
    }
}
