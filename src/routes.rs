//! Every path of the app, built in one place.
//!
//! Links are written with [`Route`], never by hand, so that a changed path is changed once.

use leptos::prelude::document;

/// A screen of the app.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Route {
    /// The list of scan engines.
    Engines,
}

impl Route {
    /// The path of the screen below the app's base, as the router matches it.
    pub const fn pattern(self) -> &'static str {
        match self {
            Self::Engines => "/engines",
        }
    }

    /// The path as a link needs it: the app's base in front.
    pub fn href(self) -> String {
        format!("{}{}", base(), self.pattern())
    }
}

/// The public path that the app is served under, without its last slash: `""` or for example `/engine-console`.
///
/// The build writes it into the page as `<meta name="engine-console-base">`, since the policy
/// of the page's content and the router both do without a `<base>` element.
pub fn base() -> String {
    let content = document()
        .query_selector("meta[name=engine-console-base]")
        .ok()
        .flatten()
        .and_then(|meta| meta.get_attribute("content"))
        .unwrap_or_default();
    trim_base(&content)
}

fn trim_base(content: &str) -> String {
    let inner = content.trim_matches('/');
    if inner.is_empty() { String::new() } else { format!("/{inner}") }
}

#[cfg(all(test, target_arch = "wasm32"))]
mod tests {
    use wasm_bindgen_test::wasm_bindgen_test;

    use super::*;

    #[wasm_bindgen_test]
    fn base_has_no_last_slash() {
        for (content, base) in [("", ""), ("/", ""), ("/x/", "/x"), ("/a/b/", "/a/b"), ("x", "/x")] {
            assert_eq!(trim_base(content), base, "{content:?}");
        }
    }
}
