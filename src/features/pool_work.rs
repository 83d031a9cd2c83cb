//! What is asked about pools, in the one dialog about work on several items: **Move engine**, **Split into pools**,
//! **Delete {name}**, **Import pool plan…**; and **Export pool plan**, which asks nothing.

mod delete;
mod export;
mod import;
mod moving;
mod pool_list;
mod split;

use std::sync::Arc;

use console_api::PoolId;
use leptos::prelude::*;

use self::{
    delete::{DeleteQuestion, Deleting},
    export::{follow_export, has_sites},
    import::{ImportQuestion, ImportResult, Importing},
    moving::{MoveQuestion, MoveResult, Moving},
    split::{SplitQuestion, SplitResult, Splitting},
};
use super::bulk::{BulkDialog, BulkLine, Plan};
use crate::{
    data::Data,
    forms::members::EngineRows,
    ui::{button::Refused, dialog::Open, live::live, toast::Toasts},
};

/// What is asked.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Question {
    /// Which engines go to which pool, at first from this one.
    Move(Option<PoolId>),
    /// How the available engines make new pools.
    Split,
    /// Whether this pool is deleted.
    Delete(PoolId),
    /// Which pool plan is carried out.
    Import,
    /// Which sites the pool gets whose page is open. The page has this dialog.
    Sites,
}

/// The dialog, and what is chosen in it. Copy it freely; all copies are the same.
#[derive(Clone, Copy)]
pub struct Asking {
    data: Data,
    asked: RwSignal<Option<Question>>,
    open: RwSignal<bool>,
    moving: Moving,
    splitting: Splitting,
    deleting: Deleting,
    importing: Importing,
    /// Whether a pool plan is to be saved.
    exporting: RwSignal<bool>,
}

impl Asking {
    /// Nothing is asked yet.
    pub fn new(data: Data) -> Self {
        let rows = EngineRows::follow(data);
        Self {
            data,
            asked: RwSignal::new(None),
            open: RwSignal::new(false),
            moving: Moving::new(data, rows),
            splitting: Splitting::new(data, rows),
            deleting: Deleting::new(data),
            importing: Importing::new(data),
            exporting: RwSignal::new(false),
        }
    }

    /// Asks it.
    pub fn ask(self, question: Question) {
        // What is left of earlier work is cleared away.
        self.data.bulk.close();
        match question {
            Question::Move(from) => self.moving.begin(from),
            Question::Split => self.splitting.begin(),
            Question::Delete(pool) => self.deleting.begin(pool),
            Question::Import => self.importing.begin(),
            Question::Sites => {}
        }
        self.asked.set(Some(question));
        self.open.set(question != Question::Sites);
    }

    /// Saves the pools as a plan.
    pub fn export(self) {
        if untrack(|| has_sites(self.data)) {
            self.data.want_all_sites();
        }
        self.exporting.set(true);
    }

    /// Whether the page's dialog with the sites is open.
    pub fn sites(self) -> Open {
        Open::one_of(self.asked, Question::Sites)
    }

    /// Shows work that has just begun without a question.
    pub fn watch(self) {
        self.asked.set(None);
        self.open.set(true);
    }

    /// Why nothing can be asked now.
    pub fn busy(self) -> Refused {
        Signal::derive(move || {
            self.data.bulk.is_running().then(|| "Another job is still running.".to_owned())
        })
    }

    /// Whether it was asked to delete a pool, and that has gone well.
    pub fn has_deleted(self) -> bool {
        matches!(self.asked.get(), Some(Question::Delete(_))) && !self.open.get() && self.deleting.is_gone()
    }

    fn plan(self) -> Plan {
        match self.asked.get().filter(|_| self.open.get()) {
            None | Some(Question::Sites) => Plan::default(),
            Some(Question::Move(_)) => self.moving.plan(),
            Some(Question::Split) => self.splitting.plan(),
            Some(Question::Delete(_)) => self.deleting.plan(),
            Some(Question::Import) => self.importing.plan(),
        }
    }
}

/// The dialog, closed, and the line that leads back to what is running.
#[component]
pub fn PoolWorkDialog(
    /// What is asked, and what is chosen.
    asking: Asking,
) -> impl IntoView {
    let data = asking.data;
    let plan = Memo::new(move |_| Arc::new(asking.plan()));
    follow_export(data, Toasts::here(), asking.exporting);
    let start = Callback::new(move |()| match asking.asked.get_untracked() {
        None | Some(Question::Sites) => {}
        Some(Question::Move(_)) => asking.moving.start(),
        Some(Question::Split) => asking.splitting.start(),
        Some(Question::Delete(_)) => asking.deleting.start(),
        Some(Question::Import) => asking.importing.start(),
    });
    let words = move || match asking.asked.get() {
        None | Some(Question::Sites) => ().into_any(),
        Some(Question::Move(_)) => view! { <MoveQuestion moving=asking.moving /> }.into_any(),
        Some(Question::Split) => view! { <SplitQuestion splitting=asking.splitting /> }.into_any(),
        Some(Question::Delete(_)) => view! { <DeleteQuestion deleting=asking.deleting /> }.into_any(),
        Some(Question::Import) => view! { <ImportQuestion importing=asking.importing /> }.into_any(),
    };
    let after = move |()| match asking.asked.get() {
        Some(Question::Move(_)) => view! { <MoveResult moving=asking.moving /> }.into_any(),
        Some(Question::Split) => view! { <SplitResult splitting=asking.splitting /> }.into_any(),
        Some(Question::Import) => view! { <ImportResult importing=asking.importing /> }.into_any(),
        Some(Question::Delete(_) | Question::Sites) | None => ().into_any(),
    };
    let heading = Signal::derive(move || match asking.asked.get() {
        Some(Question::Split) => "Split into pools".to_owned(),
        Some(Question::Import) => "Import pool plan".to_owned(),
        _ => plan.with(|plan| plan.title.clone()),
    });
    view! {
        <BulkLine open=asking.open bulk=data.bulk name="Work on several items" />
        <BulkDialog
            open=asking.open
            bulk=data.bulk
            plan
            destructive=Signal::derive(move || matches!(asking.asked.get(), Some(Question::Delete(_))))
            on_start=start
            heading
            after=Callback::new(after)
            at_stake=Signal::derive(move || {
                (asking.asked.get() == Some(Question::Split)).then(|| asking.splitting.at_stake()).flatten()
            })
        >
            {live(words)}
        </BulkDialog>
    }
}
