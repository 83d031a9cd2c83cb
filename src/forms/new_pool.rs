//! **Create Engine Pool**: a new pool, made on the way to something else.

use console_api::Pool;
use leptos::prelude::*;

use super::{draft::at_stake, pool_form::PoolForm};
use crate::ui::dialog::{Dialog, Open};

/// The dialog. The pool is saved at once, and `on_created` is called.
#[component]
pub fn NewPoolDialog(
    /// Whether it is open.
    #[prop(into)]
    open: Open,
    /// Under which key [`Drafts`](super::draft::Drafts) keeps what is typed.
    draft: String,
    /// Called with the pool, after the news has told.
    on_created: Callback<Pool>,
    /// What the pool is for, as a sentence.
    #[prop(default = "The pool is saved immediately, and chosen.")]
    words: &'static str,
) -> impl IntoView {
    let at_stake = at_stake(open, draft.clone(), "The new pool");
    let on_saved = Callback::new(move |pool: Pool| {
        on_created.run(pool);
        open.set(false);
    });
    let on_cancel = Callback::new(move |()| open.set(false));
    view! {
        <Dialog open title="Create Engine Pool".to_owned() at_stake>
            <p>{words}</p>
            <PoolForm pool=None draft=draft.clone() on_saved on_cancel />
        </Dialog>
    }
}
