//! What a form says when it is not the first: someone else has changed the thing in the meantime, or the person has typed before.

use leptos::prelude::*;

use crate::ui::focus::focus_heading_if_lost;

/// One row of what is compared.
#[component]
pub fn ComparedRow(
    /// What the row compares.
    label: &'static str,
    /// What someone else has made of it.
    theirs: String,
    /// What is typed, as it is typed on.
    children: Children,
) -> impl IntoView {
    view! {
        <tr>
            <th scope="row">{label}</th>
            <td>{theirs}</td>
            <td>{children()}</td>
        </tr>
    }
}

/// Theirs beside yours, and which of the two it shall be.
#[component]
pub fn TheirsBesideYours(
    /// What has changed, and that nothing was saved.
    words: &'static str,
    /// The head of the second column.
    yours: &'static str,
    /// Gives up what is typed.
    take_theirs: Callback<()>,
    /// Saves what is typed over theirs.
    save_mine: Callback<()>,
    /// The rows: [`ComparedRow`].
    children: Children,
) -> impl IntoView {
    let button = |label: &'static str, on_press: Callback<()>| {
        view! {
            <button
                type="button"
                class="button"
                on:click=move |_| {
                    on_press.run(());
                    focus_heading_if_lost();
                }
            >
                {label}
            </button>
        }
        .into_any()
    };
    view! {
        <div class="notice uncertain" role="alert">
            <strong>{words}</strong>
            <table class="compare">
                <thead>
                    <tr>
                        <td></td>
                        <th scope="col">"As it is now"</th>
                        <th scope="col">{yours}</th>
                    </tr>
                </thead>
                <tbody>{children()}</tbody>
            </table>
            <div class="buttons">
                {button("Take theirs", take_theirs)} {button("Save mine", save_mine)}
            </div>
        </div>
    }
}

/// Says that what was typed before is still here, and how to be rid of it.
#[component]
pub fn EarlierInputNotice(
    /// Whether it is still here.
    restored: RwSignal<bool>,
    /// Puts in its place what the console has.
    discard: Callback<()>,
) -> impl IntoView {
    view! {
        <div class="notice buttons" role="status">
            "What you typed before is still here."
            <button
                type="button"
                class="button small"
                on:click=move |_| {
                    discard.run(());
                    restored.set(false);
                    focus_heading_if_lost();
                }
            >
                "Discard it"
            </button>
        </div>
    }
}
