//! The dialog that deletes an engine: from its row and from its page. Where sites stand in the way, they move first.

use std::sync::Arc;

use console_api::{
    Engine, EngineId, Error,
    rules::{
        Change, DeletionCheck, OwnedSite, ScansOn, deletion, retirement, site_successors, sites_in_words,
        some_names,
    },
};
use leptos::{prelude::*, task::spawn_local};
use leptos_router::hooks::use_navigate;

use super::bulk::{BulkDialog, Plan};
use crate::{
    data::{Data, query::Query},
    forms::picker::{Picker, Picking},
    routes::{self, Route},
    ui::{
        confirm::{Asked, Confirm},
        dialog::Open,
        field::problem_line,
        focus::focus_heading_if_lost,
        live::{follow, live},
        load_error::sites_unread,
        toast::{Toasts, Tone},
    },
};

/// How many of its sites are named in the sentence; all of them stand below.
const NAMED: usize = 3;

/// The dialog's two forms.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Form {
    /// Nothing has to move.
    AtOnce,
    /// Its sites move first.
    AfterMoving,
}

/// What the dialog's two forms share. Copy it freely; all copies are the same.
#[derive(Clone, Copy)]
struct Deletion {
    data: Data,
    toasts: Toasts,
    engine: Memo<Option<Arc<Engine>>>,
    check: Memo<Option<DeletionCheck>>,
    /// The scans that are or may be under way on it. Where that can't be read, the console has the last word.
    scans: RwSignal<ScansOn>,
    open: Open,
    /// Which form is open.
    form: Memo<Option<Form>>,
    /// The engine that the console has refused to delete, because it has a site by now.
    sites_came: RwSignal<Option<EngineId>>,
    gone: RwSignal<bool>,
}

impl Deletion {
    fn name(self) -> String {
        self.engine.with(|engine| engine.as_ref().map(|engine| engine.name.clone())).unwrap_or_default()
    }

    fn title(self) -> Signal<String> {
        Signal::derive(move || format!("Delete {}", self.name()))
    }

    /// Why it can't be deleted now, sites apart.
    fn refused(self) -> Option<String> {
        let running = self.scans.with(|scans| scans.sure > 0).then(|| "A scan is running on it.".to_owned());
        self.check.with(|check| check.as_ref()?.refused.clone()).or(running)
    }

    fn open_as(self, form: Form) -> Open {
        Open::derived(move || self.form.get() == Some(form), move || self.open.set(false))
    }
}

/// Asks before an engine is deleted, names it, and says what stands in the way.
#[component]
pub fn DeleteDialog(
    /// The engine that it is about.
    engine: Memo<Option<Arc<Engine>>>,
    /// Whether it is open.
    #[prop(into)]
    open: Open,
    /// Whether the list is to be shown afterwards.
    leave: bool,
) -> impl IntoView {
    let data = Data::here();
    let navigate = use_navigate();
    let check = Memo::new(move |_| {
        let pools = data.pools.value();
        engine.with(|engine| {
            engine.as_ref().map(|engine| deletion(engine, pools.as_ref().map_or(&[], |pools| &pools.items)))
        })
    });
    let sites_came = RwSignal::new(None);
    // Which of the two forms it is does not change while it is open, whatever becomes of the sites.
    let form = Memo::new(move |before: Option<&Option<Form>>| {
        let (open, came) = (open.get(), sites_came.get());
        let is_it = || untrack(|| engine.get()).is_some_and(|it| Some(it.id) == came);
        let has_sites =
            || untrack(|| check.with(|check| check.as_ref().is_some_and(|check| check.sites > 0)));
        match before.copied().flatten().filter(|_| open) {
            Some(_) if is_it() => Some(Form::AfterMoving),
            Some(before) => Some(before),
            None if open => Some(if has_sites() { Form::AfterMoving } else { Form::AtOnce }),
            None => None,
        }
    });
    let it = Deletion {
        data,
        toasts: Toasts::here(),
        engine,
        check,
        scans: RwSignal::new(ScansOn::default()),
        open,
        form,
        sites_came,
        gone: RwSignal::new(false),
    };
    // Which scans run on it is asked when the dialog opens.
    follow(move || {
        it.scans.set(ScansOn::default());
        let Some(target) = engine.get().filter(|_| open.get()) else { return };
        let id = target.id;
        spawn_local(async move {
            if let Ok(scans) = data.scans_on_one(&target).await
                && engine.try_with_untracked(|now| now.as_ref().is_some_and(|now| now.id == id)) == Some(true)
            {
                it.scans.set(scans);
            }
        });
    });
    follow(move || {
        if !it.gone.get() || open.get() {
            return;
        }
        it.gone.set(false);
        if leave {
            routes::go(&navigate, &Route::Engines.href());
        } else {
            // The button that had the focus is gone with its row.
            focus_heading_if_lost();
        }
    });
    view! {
        <AtOnceDialog it />
        <AfterMovingDialog it />
    }
}

/// What stands in the way, and the outcome.
#[component]
fn DeletionInWords(it: Deletion) -> impl IntoView {
    live(move || {
        let running = it.scans.with(|scans| {
            let words =
                || format!("{} Wait until they have ended, or stop them in the console.", scans.words());
            (!scans.is_empty()).then(|| problem_line(words()))
        });
        let pools = it.check.with(|check| check.as_ref().map(|check| check.pools.join(", ")));
        let pools = pools
            .filter(|pools| !pools.is_empty())
            .map(|pools| view! { <p>{format!("It is removed from these pools: {pools}.")}</p> });
        view! {
            {running}
            {pools}
            <p>
                "The engine is removed from the console, and so is its pairing. The engine itself keeps running; to use it again, add it and pair it again."
            </p>
        }
    })
}

/// Nothing has to move.
#[component]
fn AtOnceDialog(it: Deletion) -> impl IntoView {
    let asked = Asked::new(it.open_as(Form::AtOnce));
    let confirm = Callback::new(move |()| {
        let Some(target) = it.engine.get_untracked() else { return };
        spawn_local(async move {
            let failed = format!("{} was not deleted.", target.name);
            match asked.run(failed, Error::in_full, it.data.delete_engine(target.id)).await {
                Ok(()) => {
                    it.toasts.say(Tone::Good, format!("{} is deleted.", target.name), None);
                    _ = it.gone.try_set(true);
                }
                // Someone may have given it a site in the meantime: the dialog then offers to move it.
                Err(Error::Rejected { .. })
                    if it.data.know_engine(target.id).await.is_ok_and(|now| !now.sites.is_empty())
                        && it.form.try_get_untracked().flatten().is_some() =>
                {
                    it.sites_came.set(Some(target.id));
                }
                Err(_) => {}
            }
        });
    });
    view! {
        <Confirm
            asked
            title=it.title()
            action=it.title()
            destructive=true
            refused=Signal::derive(move || it.refused())
            on_confirm=confirm
        >
            <DeletionInWords it />
        </Confirm>
    }
}

/// Its sites get another engine or pool, then it is deleted.
#[component]
fn AfterMovingDialog(it: Deletion) -> impl IntoView {
    let data = it.data;
    let sites = Query::<Vec<OwnedSite>>::new();
    let read = move || {
        if let Some(id) = it.engine.with_untracked(|engine| engine.as_ref().map(|engine| engine.id)) {
            sites.read(data.sites_of(vec![id]));
        }
    };
    let open = it.open_as(Form::AfterMoving);
    follow(move || {
        if open.get() {
            // What is left of earlier work is cleared away.
            data.bulk.close();
            untrack(|| data.want_scanners());
            read();
        }
    });
    let successors = Memo::new(move |_| {
        let (engines, pools) = (data.engines.value(), data.pools.value());
        let id = it.engine.with(|engine| engine.as_ref().map(|engine| engine.id));
        let found = match (engines, pools, id) {
            (Some(engines), Some(pools), Some(id)) => site_successors(&engines.items, &pools.items, &[id]),
            _ => Vec::new(),
        };
        Arc::new(found)
    });
    let picking = Picking::new(successors);
    follow(move || {
        if open.get() {
            picking.clear();
        }
    });
    let plan = Memo::new(move |_| {
        let known = sites.value();
        let count = known.as_ref().map(|sites| sites.len());
        let count = count.or_else(|| it.check.with(|check| check.as_ref().map(|check| check.sites)));
        let refused = it.refused().or_else(|| match (&known, sites.failed()) {
            (_, Some(_)) => Some("Its sites could not be read.".to_owned()),
            (None, None) => Some("Its sites are being read.".to_owned()),
            _ if picking.chosen().is_some() => None,
            _ => picking.wrong().or_else(|| Some("First choose where its sites go.".to_owned())),
        });
        let names = known.map(|sites| sites.iter().map(|site| site.name.clone()).collect());
        Arc::new(Plan {
            title: format!("Move {}, then delete", sites_in_words(count.unwrap_or(0))),
            names: names.unwrap_or_default(),
            what: ("site", "move"),
            left_out: Vec::new(),
            refused,
        })
    });
    let start = Callback::new(move |()| {
        let (Some(engine), Some(known)) = (it.engine.get_untracked(), untrack(|| sites.value())) else {
            return;
        };
        let changes = retirement(&[&engine], &known, untrack(|| picking.chosen()));
        data.carry_out(changes, "Moving sites, then deleting", move |left| {
            if !left.iter().any(|change| matches!(change, Change::Delete { .. })) {
                _ = it.gone.try_set(true);
            }
        });
    });
    let in_the_way = move || {
        let count = it.check.with(|check| check.as_ref().map_or(0, |check| check.sites));
        let known = sites.value().unwrap_or_default();
        let names = known.iter().map(|site| site.name.as_str()).collect::<Vec<_>>();
        let are = if count == 1 { "1 site is".to_owned() } else { format!("{count} sites are") };
        let named = if names.is_empty() { String::new() } else { format!(": {}", some_names(&names, NAMED)) };
        let failed = sites.failed().map(|error| sites_unread(&error, true, read));
        view! {
            {problem_line(format!("{are} assigned to it{named}."))}
            <p>"A site always needs an engine or a pool, so its sites move first. What has moved stays moved, whatever happens next."</p>
            {failed}
        }
        .into_any()
    };
    view! {
        <BulkDialog
            open
            bulk=data.bulk
            heading=it.title()
            plan
            destructive=true
            on_start=start
        >
            {live(in_the_way)}
            <DeletionInWords it />
            <Picker
                label="Move its sites to"
                help="The engine or pool that will scan them. Type part of its name."
                picking
            />
        </BulkDialog>
    }
}
