//! What a row and the page's head open: **What to do**, **Delete {name}**, **Update all engines**.

use std::sync::Arc;

use console_api::{Engine, Error, rules::StepAction};
use leptos::{prelude::*, task::spawn_local};

use super::{EnginesState, Opened};
use crate::{
    features::{delete_engine::DeleteDialog, seen_as::seen_as, update_engine::say_updated},
    routes::Route,
    ui::{
        confirm::{Asked, Confirm},
        dialog::{Dialog, Open},
        icon::{Icon, glyph},
        live::live,
        status::status_mark,
    },
};

/// All of them, closed.
#[component]
pub(super) fn RowDialogs(page: EnginesState) -> impl IntoView {
    view! {
        <AdviceDialog page />
        <DeleteRowDialog page />
        <UpdateAllDialog page />
    }
}

/// **Delete {name}** of a row, which asks first.
#[component]
fn DeleteRowDialog(page: EnginesState) -> impl IntoView {
    let engine = Memo::new(move |_| {
        page.dialog.get().and_then(Opened::deleted).and_then(|id| page.engine(id)).map(Arc::new)
    });
    let open = Open::about(page.dialog, Opened::deleted);
    view! { <DeleteDialog engine open leave=false /> }
}

/// **Update all engines**, which asks first and shows what the console printed.
#[component]
fn UpdateAllDialog(page: EnginesState) -> impl IntoView {
    let open = Open::one_of(page.dialog, Opened::UpdateAll);
    let asked = Asked::new(open);
    let printed = RwSignal::new(None::<String>);
    let confirm = Callback::new(move |()| {
        printed.set(None);
        spawn_local(async move {
            let work = page.data.update_all_engines(move |updated| say_updated(page.toasts, &updated));
            let failed = "The update was not sent.".to_owned();
            if let Ok(output) = asked.run(failed, update_all_failed, work).await {
                _ = printed.try_set(Some(output));
            }
        });
    });
    let shown = Open::derived(move || printed.with(Option::is_some), move || printed.set(None));
    view! {
        <Confirm
            asked
            title="Update all engines".to_owned()
            action="Update all engines".to_owned()
            on_confirm=confirm
        >
            <p>
                "The console sends the available update to every engine, including those that the filter hides. An engine is briefly unavailable while it installs the update, and scans on it may be interrupted."
            </p>
        </Confirm>
        <Dialog open=shown title="Updates were sent".to_owned()>
            <p>"This is the console's answer. Rows show progress until their engines report new versions."</p>
            <pre class="output" tabindex="0">
                {live(move || printed.get().filter(|text| !text.trim().is_empty()).unwrap_or_else(|| "The console printed nothing.".to_owned()))}
            </pre>
            <footer>
                <button type="button" class="button primary" on:click=move |_| shown.set(false)>
                    "Done"
                </button>
            </footer>
        </Dialog>
    }
}

fn update_all_failed(error: &Error) -> String {
    match error {
        Error::NotPermitted { .. } | Error::NotFound { .. } => {
            "This account can't send console commands: only a Global Administrator can.".to_owned()
        }
        error => error.in_full(),
    }
}

/// The dialog **What to do: {name}**: why the status is what it is, and the next step.
#[component]
fn AdviceDialog(page: EnginesState) -> impl IntoView {
    let open = Open::about(page.dialog, Opened::advised);
    let engine = move || page.dialog.get().and_then(Opened::advised).and_then(|id| page.engine(id));
    let title =
        Signal::derive(move || format!("What to do: {}", engine().map(|e| e.name).unwrap_or_default()));
    let content = move || {
        engine().map(|engine| {
            let id = engine.id;
            let step = page.data.next_step(&engine);
            let pairing_helps = step.as_ref().is_some_and(|step| step.pairing_helps);
            let action = step.as_ref().map_or(StepAction::Refresh, |step| step.action);
            let (why, next) = step.map_or_else(
                || (engine.status.meaning().to_owned(), "No action needed.".to_owned()),
                |step| (step.why, step.what),
            );
            view! {
                <dl class="facts">
                    <dt>"Status"</dt>
                    <dd>{status_mark(&engine)}</dd>
                    <dt>"Why"</dt>
                    <dd>{why}</dd>
                    <dt>"Next"</dt>
                    <dd>{next}</dd>
                </dl>
                {seen_as(&engine)}
                <footer>
                    {pairing_helps
                        .then(|| {
                            view! {
                                <a class="button" href=Route::Engine(id).href_with("tab", "pairing")>
                                    "Pairing steps"
                                </a>
                            }
                        })}
                    <StepButton page engine action open />
                </footer>
            }
        })
    };
    view! {
        <Dialog open title>
            {live(content)}
        </Dialog>
    }
}

/// The button that does the next step, as far as the app can.
#[component]
fn StepButton(page: EnginesState, engine: Engine, action: StepAction, open: Open) -> impl IntoView {
    let id = engine.id;
    let (icon, verb) = match action {
        StepAction::Refresh => (Icon::Refresh, "Refresh"),
        StepAction::Update => (Icon::Update, "Update"),
        StepAction::Delete => (Icon::Delete, "Delete"),
    };
    view! {
        <button
            type="button"
            class="button primary"
            on:click=move |_| {
                open.set(false);
                match action {
                    StepAction::Refresh => page.refresh(id),
                    StepAction::Update => page.update(id),
                    // It asks first.
                    StepAction::Delete => page.dialog.set(Some(Opened::Delete(id))),
                }
            }
        >
            {glyph(icon, "")}
            {format!("{verb} {}", engine.name)}
        </button>
    }
}
