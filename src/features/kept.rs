//! What is said of what this browser keeps.

use leptos::prelude::*;

use crate::{
    browser::kept::{Kept, Unkept},
    data::Data,
    ui::{
        icon::{Icon, glyph},
        live::live,
    },
};

const fn words(why: Unkept) -> &'static str {
    match why {
        Unkept::Forbidden => {
            "Its settings don't allow this site to store anything, or this is a private window."
        }
        Unkept::Full => {
            "Its storage is full. Delete what you no longer need, here or in the browser's settings."
        }
        Unkept::Busy => "Another tab is blocking the storage. Close the other tabs of this app.",
        Unkept::Newer => {
            "A newer version of this app has stored its data here. Reload the page to get that version."
        }
        Unkept::Failed => "Its storage failed.",
    }
}

/// Says that the browser does not keep what it should, and why. Nothing while it does.
#[component]
pub fn NotKept() -> impl IntoView {
    let kept = StoredValue::new_local(Data::here().kept());
    live(move || {
        let why = kept.with_value(|kept| kept.as_ref().and_then(Kept::trouble))?;
        Some(view! {
            <div class="notice uncertain">
                <strong class="problem-line">
                    {glyph(Icon::Warning, "")} "This browser can't store it: anything new here is lost when you sign out."
                </strong>
                <span>{words(why)}</span>
            </div>
        })
    })
}
