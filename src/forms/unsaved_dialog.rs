//! **Leave without saving?**: the question on every way out of a page on which something is not saved.

use leptos::prelude::*;

use crate::{
    ui::{dialog::Dialog, live::live},
    unsaved::Unsaved,
};

/// The question. Belongs inside the router.
#[component]
pub fn UnsavedDialog() -> impl IntoView {
    let unsaved = Unsaved::here();
    unsaved.know_router();
    let lost = move || {
        unsaved.lost().with(|lost| {
            lost.iter().map(|lost| view! { <li>{lost.clone()}</li> }.into_any()).collect::<Vec<_>>()
        })
    };
    view! {
        <Dialog open=unsaved.open() title="Leave without saving?".to_owned()>
            <p>"This has not been saved, and will be lost:"</p>
            <ul class="plain">{live(lost)}</ul>
            <footer>
                <button type="button" class="button" on:click=move |_| unsaved.open().set(false)>
                    "Stay"
                </button>
                <button type="button" class="button danger" on:click=move |_| unsaved.go_on()>
                    "Leave"
                </button>
            </footer>
        </Dialog>
    }
}
