//! Lists whose items keep their elements, and with them the focus, when others come and go.

use leptos::prelude::*;

/// An item for each key, in order. All lists of the app go through this one, since the code behind it is large and
/// would be there once for each kind of list.
#[component]
pub fn KeyedList(
    /// The items' keys, each once.
    #[prop(into)]
    keys: Signal<Vec<u64>>,
    /// Makes the item of a key, once, when the key appears.
    item: Callback<u64, AnyView>,
) -> impl IntoView {
    view! { <For each=move || keys.get() key=|key| *key children=move |key| item.run(key) /> }
}
