//! What can be done with the selected engines: **Refresh**, **Update**, **Add to pool**, **Delete**.

use std::sync::Arc;

use console_api::{
    Engine, PoolId,
    rules::{deletion, may_join_pool, may_update},
};
use leptos::prelude::*;

use super::Page;
use crate::components::{
    bulk::{BulkDialog, BulkLine, Plan},
    button::ActionButton,
    icon::Icon,
    live::live,
};

/// What is asked about the selected engines.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Action {
    Update,
    AddToPool,
    Delete,
}

/// The buttons beside the number of selected engines.
pub(super) fn actions(page: Page) -> AnyView {
    let busy = Signal::derive(move || {
        page.data.bulk.is_running().then(|| "Other work on many engines is under way.".to_owned())
    });
    let ask = move |action| {
        Callback::new(move |()| {
            // What is left of earlier work gives way.
            page.data.bulk.close();
            page.asked.set(Some(action));
            page.asking.set(true);
        })
    };
    view! {
        <ActionButton
            icon=Icon::Refresh
            label="Refresh".to_owned()
            small=true
            refused=Signal::derive(move || {
                page.data.work.refreshing.is_on_any().then(|| "Engines are being refreshed.".to_owned())
            })
            on_press=Callback::new(move |()| {
                let ids = untrack(|| page.selected()).iter().map(|engine| engine.id).collect::<Vec<_>>();
                page.data.refresh_displayed(&ids, page.toasts);
            })
        />
        <ActionButton icon=Icon::Update label="Update".to_owned() small=true refused=busy on_press=ask(Action::Update) />
        <ActionButton icon=Icon::Add label="Add to pool".to_owned() small=true refused=busy on_press=ask(Action::AddToPool) />
        <ActionButton icon=Icon::Delete label="Delete".to_owned() small=true refused=busy on_press=ask(Action::Delete) />
    }
    .into_any()
}

/// The dialog about them, and the line that leads back to it.
pub(super) fn dialog(page: Page) -> AnyView {
    let data = page.data;
    let open = page.asking;
    let chosen = RwSignal::new(None::<PoolId>);
    let pools = move || data.pools.value().map(|list| list.items.clone()).unwrap_or_default();
    // One that is gone, and none, are the first.
    let pool = move || {
        let pools = pools();
        let found = chosen.get().and_then(|id| pools.iter().find(|pool| pool.id == id).cloned());
        found.or_else(|| pools.into_iter().next())
    };
    // Why it can't be done to this engine.
    let obstacle = move |action: Action, engine: &Engine| match action {
        Action::Update => may_update(engine).err().map(|refusal| refusal.to_string()),
        Action::AddToPool => {
            let member = pool().is_some_and(|pool| pool.engines.contains(&engine.id));
            let refused = may_join_pool(engine).err().map(|refusal| refusal.to_string());
            refused.or_else(|| member.then(|| "It is in this pool already.".to_owned()))
        }
        Action::Delete => {
            let check = deletion(engine, &[]);
            let sites = match check.sites {
                0 => None,
                1 => Some("1 site is assigned to it.".to_owned()),
                sites => Some(format!("{sites} sites are assigned to it.")),
            };
            check.refused.or(sites)
        }
    };
    let parts = move |action: Action| {
        let mut meant = Vec::new();
        let mut left_out = Vec::new();
        for engine in page.selected() {
            match obstacle(action, &engine) {
                None => meant.push(engine),
                Some(why) => left_out.push((engine.name, why)),
            }
        }
        (meant, left_out)
    };
    let plan = Memo::new(move |_| {
        let Some(action) = page.asked.get().filter(|_| open.get()) else { return Arc::default() };
        let (meant, left_out) = parts(action);
        let what = match &meant[..] {
            [one] => one.name.clone(),
            many => format!("{} engines", many.len()),
        };
        let (title, refused) = match action {
            Action::Update => (format!("Update {what}"), None),
            Action::AddToPool => match pool() {
                Some(pool) => (format!("Add {what} to {}", pool.name), None),
                None => (format!("Add {what} to a pool"), Some("The console has no engine pool.".to_owned())),
            },
            Action::Delete => (format!("Delete {what}"), None),
        };
        let names = meant.into_iter().map(|engine| engine.name).collect();
        Arc::new(Plan { title, names, left_out, refused })
    });
    let start = Callback::new(move |()| {
        let Some(action) = page.asked.get_untracked() else { return };
        let (meant, _) = untrack(|| parts(action));
        match action {
            Action::Update => data.update_engines(&meant, page.toasts),
            Action::AddToPool => {
                if let Some(pool) = untrack(pool) {
                    data.add_to_pool(&meant, pool.id, page.toasts);
                }
            }
            Action::Delete => data.delete_engines(&meant, page.toasts),
        }
    });
    let pool_choice = move || {
        let options = move || {
            let now = pool().map(|pool| pool.id);
            pools()
                .into_iter()
                .map(|pool| {
                    let selected = Some(pool.id) == now;
                    view! { <option value=pool.id.to_string() selected=selected>{pool.name}</option> }
                })
                .collect_view()
        };
        let choose = move |event| {
            let id = event_target_value(&event);
            chosen.set(untrack(pools).iter().map(|pool| pool.id).find(|pool| pool.to_string() == id));
        };
        view! {
            <p>"A site that uses the pool is then scanned by these engines too. They stay in their other pools."</p>
            <label class="field">
                "Engine pool"
                <select class="select" on:change=choose>
                    {live(options)}
                </select>
            </label>
        }
        .into_any()
    };
    let words = move || {
        match page.asked.get() {
        Some(Action::Update) => view! {
            <p>
                "The console sends the available update to each of these engines. An engine that is being updated is away for a moment, and the scans on it may be interrupted."
            </p>
        }
        .into_any(),
        Some(Action::AddToPool) => pool_choice(),
        Some(Action::Delete) => view! {
            <p>
                "The console forgets these engines and their pairing, and they leave their pools. The engines themselves go on; to use one again, add it and pair it anew."
            </p>
            {live(move || {
                let blocked = plan.with(|plan| plan.left_out.iter().any(|(_, why)| why.ends_with("assigned to it.")));
                blocked
                    .then(|| {
                        view! {
                            <p class="secondary">
                                "A site always needs an engine: give the sites of those that are left out another one first."
                            </p>
                        }
                    })
            })}
        }
        .into_any(),
        None => ().into_any(),
    }
    };
    view! {
        <BulkLine open bulk=data.bulk />
        <BulkDialog
            open
            bulk=data.bulk
            plan
            destructive=Signal::derive(move || page.asked.get() == Some(Action::Delete))
            on_start=start
        >
            {live(words)}
        </BulkDialog>
    }
    .into_any()
}
