//! The dialog that deletes an engine: from its row and from its page.

use std::sync::Arc;

use console_api::{Engine, Error, rules::deletion};
use leptos::{prelude::*, task::spawn_local};
use leptos_router::hooks::use_navigate;

use super::{
    confirm::Confirm,
    field::problem_line,
    live::{follow, live},
    shell::focus_heading_if_lost,
    toast::{Toasts, Tone},
};
use crate::{
    data::Data,
    routes::{self, Route},
};

/// Asks before an engine is deleted, names it, and says what stands in the way.
#[component]
pub fn DeleteDialog(
    /// The engine that it is about.
    engine: Memo<Option<Arc<Engine>>>,
    /// Whether it is open.
    open: RwSignal<bool>,
    /// Whether the list is to be shown afterwards.
    leave: bool,
) -> impl IntoView {
    let data = Data::here();
    let toasts = Toasts::here();
    let navigate = use_navigate();
    let (busy, problem) = (RwSignal::new(false), RwSignal::new(None::<String>));
    let name =
        move || engine.with(|engine| engine.as_ref().map(|engine| engine.name.clone())).unwrap_or_default();
    let check = Memo::new(move |_| {
        let pools = data.pools.value();
        engine.with(|engine| {
            engine.as_ref().map(|engine| deletion(engine, pools.as_ref().map_or(&[], |pools| &pools.items)))
        })
    });
    // How many scans run on it is asked when the dialog opens. Where that can't be read, the console has the last word.
    let scans = RwSignal::new(0_usize);
    follow(move || {
        scans.set(0);
        let Some(id) = engine.with(|engine| engine.as_ref().map(|engine| engine.id)).filter(|_| open.get())
        else {
            return;
        };
        spawn_local(async move {
            if let Ok(count) = data.running_scans(id).await
                && engine.try_with_untracked(|now| now.as_ref().is_some_and(|now| now.id == id)) == Some(true)
            {
                scans.set(count);
            }
        });
    });
    let refused = Signal::derive(move || {
        let running = (scans.get() > 0).then(|| "A scan is running on it.".to_owned());
        check.with(|check| {
            let check = check.as_ref()?;
            let sites = (check.sites > 0).then(|| "It has sites.".to_owned());
            check.refused.clone().or(sites).or(running)
        })
    });
    let words = move || {
        let check = check.get()?;
        let sites = (check.sites > 0).then(|| {
            let sites = if check.sites == 1 { "1 site is".to_owned() } else { format!("{} sites are", check.sites) };
            problem_line(format!(
                "{sites} assigned to it. A site always needs an engine or a pool: assign another one to it first."
            ))
        });
        let scans = scans.get();
        let running = (scans > 0).then(|| {
            let scans = if scans == 1 { "1 scan is".to_owned() } else { format!("{scans} scans are") };
            problem_line(format!(
                "{scans} running on it. Wait until they have ended, or stop them in the console."
            ))
        });
        let pools = (!check.pools.is_empty())
            .then(|| view! { <p>{format!("It leaves these pools: {}.", check.pools.join(", "))}</p> });
        Some((
            sites,
            running,
            pools,
            view! {
                <p>
                    "The console forgets the engine and its pairing. The engine itself goes on; to use it again, add it and pair it anew."
                </p>
            },
        ))
    };
    let confirm = Callback::new(move |()| {
        let Some(target) = engine.get_untracked() else { return };
        let navigate = navigate.clone();
        busy.set(true);
        spawn_local(async move {
            let result = data.delete_engine(target.id).await;
            busy.set(false);
            match result {
                Ok(()) => {
                    open.set(false);
                    toasts.say(Tone::Good, format!("{} is deleted.", target.name), None);
                    if leave {
                        routes::go(&navigate, &Route::Engines.href());
                    } else {
                        // The button that had the focus is gone with its row.
                        focus_heading_if_lost();
                    }
                }
                Err(Error::Cancelled) => {}
                Err(error) => problem.set(Some(error.in_full())),
            }
        });
    });
    view! {
        <Confirm
            open
            title=Signal::derive(move || format!("Delete {}", name()))
            action=Signal::derive(move || format!("Delete {}", name()))
            destructive=true
            refused
            on_confirm=confirm
            busy
            problem
        >
            {live(words)}
        </Confirm>
    }
}
