//! What a form says when it is not the first: somebody else has changed the thing meanwhile, or the person has typed before.

use leptos::prelude::*;

use crate::ui::focus::focus_heading_if_lost;

/// One row of what is compared: its label, theirs, and yours as it is typed on.
pub fn compared(label: &'static str, theirs: String, yours: AnyView) -> AnyView {
    view! {
        <tr>
            <th scope="row">{label}</th>
            <td>{theirs}</td>
            <td>{yours}</td>
        </tr>
    }
    .into_any()
}

/// Theirs beside yours, and which of the two it shall be. `words` say what has changed and that nothing was saved, `yours` is the
/// head of the second column.
pub fn theirs_beside_yours(
    words: &'static str,
    yours: &'static str,
    rows: AnyView,
    take_theirs: impl Fn() + 'static,
    save_mine: impl Fn() + 'static,
) -> AnyView {
    let button = |label: &'static str, on_press: Box<dyn Fn()>| {
        view! {
            <button
                type="button"
                class="button"
                on:click=move |_| {
                    on_press();
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
                <tbody>{rows}</tbody>
            </table>
            <div class="buttons">
                {button("Take theirs", Box::new(take_theirs))} {button("Save mine", Box::new(save_mine))}
            </div>
        </div>
    }
    .into_any()
}

/// Says that what was typed before is still here, and how to be rid of it.
pub fn earlier_input(restored: RwSignal<bool>, discard: impl Fn() + 'static) -> AnyView {
    view! {
        <div class="notice buttons" role="status">
            "What you typed before is still here."
            <button
                type="button"
                class="button small"
                on:click=move |_| {
                    discard();
                    restored.set(false);
                    focus_heading_if_lost();
                }
            >
                "Discard it"
            </button>
        </div>
    }
    .into_any()
}
