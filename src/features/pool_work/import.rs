//! **Import pool plan…**: what a plan changes is shown before anything is done; what was done can continue or be taken back.

use std::sync::Arc;

use console_api::rules::{
    PlanChange, PlanDifference, PoolPlan, SiteList, counted, plan_difference, taken_back,
};
use leptos::{ev, prelude::*};
use wasm_bindgen::JsCast;
use web_sys::FileList;

use super::pool_list::pool_list;
use crate::{
    browser::{clock::Clock, file::read_first},
    data::{Data, all_sites::Reading},
    features::bulk::Plan,
    ui::{
        field::problem_line,
        icon::{Icon, glyph},
        live::{follow, live},
        load_error::ListFailure,
    },
};

/// What the work is called.
const DOING: &str = "Applying the pool plan";
const TAKING_BACK: &str = "Undoing the pool plan";

/// What is chosen. Copy it freely; all copies are the same.
#[derive(Clone, Copy)]
pub(super) struct Importing {
    data: Data,
    /// The plan as it was pasted, or read from a file.
    text: RwSignal<String>,
    /// Why a file could not be read.
    unread: RwSignal<bool>,
    read: Memo<Option<Result<Arc<PoolPlan>, String>>>,
    difference: Memo<Option<Arc<PlanDifference>>>,
    /// What has been changed so far.
    done: RwSignal<Vec<PlanChange>>,
}

impl Importing {
    pub(super) fn new(data: Data) -> Self {
        let text = RwSignal::new(String::new());
        let read = Memo::new(move |_| {
            text.with(|text| (!text.trim().is_empty()).then(|| PoolPlan::from_json(text).map(Arc::new)))
        });
        let difference = Memo::new(move |_| {
            let plan = read.get()?.ok()?;
            let engines = data.engines.value()?;
            let sites = if plan.has_sites() { data.all_sites.list()? } else { Arc::new(SiteList::default()) };
            let pools = pool_list(data);
            Some(Arc::new(plan_difference(&plan, &engines.items, &pools, &sites, &this_console())))
        });
        Self { data, text, unread: RwSignal::new(false), read, difference, done: RwSignal::new(Vec::new()) }
    }

    pub(super) fn begin(self) {
        self.unread.set(false);
    }

    fn take(self, files: Option<FileList>) {
        read_first(files, move |text| {
            // The page may have been left in the meantime.
            self.unread.try_set(text.is_none());
            if let Some(text) = text {
                self.text.try_set(text);
            }
        });
    }

    pub(super) fn plan(self) -> Plan {
        let found = self.difference.get().unwrap_or_default();
        let scanners = self.data.scanners();
        let names = found.changes.iter().map(|change| change.label(&scanners)).collect::<Vec<_>>();
        let refused = match self.read.get() {
            None => Some("Choose or paste a pool plan first."),
            Some(Err(_)) => Some("The pool plan can't be used."),
            Some(Ok(_)) if self.difference.with(Option::is_none) => Some("The sites have not been read yet."),
            Some(Ok(_)) if names.is_empty() => Some("There is nothing to change."),
            Some(Ok(_)) => None,
        };
        let title = match names.len() {
            0 => "Make changes".to_owned(),
            many => format!("Make {}", counted(many, "change")),
        };
        Plan {
            title,
            names,
            what: ("change", "be made"),
            left_out: found.left_out.clone(),
            refused: refused.map(str::to_owned),
        }
    }

    pub(super) fn start(self) {
        let Some(found) = self.difference.get_untracked() else { return };
        let before = self.done;
        before.set(Vec::new());
        self.data.change_pools(found.changes.clone(), DOING, move |done| _ = before.try_set(done));
    }
}

/// This console, as a plan names it.
pub(super) fn this_console() -> String {
    window().location().host().unwrap_or_default()
}

/// Which plan, and what it comes to.
#[component]
pub(super) fn ImportQuestion(importing: Importing) -> impl IntoView {
    let drop = move |event: ev::DragEvent| {
        let files = event.data_transfer().and_then(|data| data.files()).filter(|files| files.length() > 0);
        if files.is_some() {
            event.prevent_default();
            importing.take(files);
        }
    };
    let choose = move |event: ev::Event| {
        let input = event.target().and_then(|input| input.dyn_into::<web_sys::HtmlInputElement>().ok());
        if let Some(input) = input {
            importing.take(input.files());
            // The same file may be chosen again, once it was corrected.
            input.set_value("");
        }
    };
    let needs_sites =
        Memo::new(move |_| importing.read.with(|read| matches!(read, Some(Ok(plan)) if plan.has_sites())));
    follow(move || {
        if needs_sites.get() {
            importing.data.want_all_sites();
        }
    });
    let problem = move || {
        if importing.unread.get() {
            return Some("The file could not be read. Choose a text file of at most 16 MB.".to_owned());
        }
        importing.read.get()?.err()
    };
    view! {
        <p>
            "The pools get the engines and sites in the plan. Engines are matched by ID, then by address and port, then by name, so a plan still fits after engines have been added again. You see every change before it is made."
        </p>
        <div class="field">
            <label for="pool-plan">"Pool plan (JSON)"</label>
            <textarea
                class="input textarea csv"
                id="pool-plan"
                rows="4"
                spellcheck="false"
                autocomplete="off"
                autocapitalize="none"
                prop:value=move || importing.text.get()
                on:input=move |event| importing.text.set(event_target_value(&event))
                on:drop=drop
            ></textarea>
        </div>
        <div class="buttons">
            <label class="button file-button">
                {glyph(Icon::Import, "")} "Choose a file"
                <input type="file" class="unseen" accept=".json,application/json" on:change=choose />
            </label>
        </div>
        <div role="alert">{live(move || problem().map(problem_line))}</div>
        <SitesOnTheirWay importing />
        <Notes importing />
    }
}

/// What to know before it is done.
#[component]
fn Notes(importing: Importing) -> impl IntoView {
    live(move || {
        let notes = importing.difference.get().map(|found| found.notes.clone()).unwrap_or_default();
        let nothing = importing.difference.with(|found| {
            found.as_ref().is_some_and(|found| found.changes.is_empty() && found.left_out.is_empty())
        });
        let nothing = nothing.then(|| view! { <p>"The pools already match the plan."</p> });
        let list = (!notes.is_empty()).then(|| {
            let items = notes.into_iter().map(|note| view! { <li>{note}</li> }).collect_view();
            view! { <ul class="plain">{items}</ul> }
        });
        view! {
            <div role="status">
                {nothing} {list}
            </div>
        }
    })
}

#[component]
fn SitesOnTheirWay(importing: Importing) -> impl IntoView {
    let data = importing.data;
    live(move || {
        let waits = matches!(importing.read.get(), Some(Ok(_))) && importing.difference.with(Option::is_none);
        match data.all_sites.reading() {
            Reading::Failed(_, error) if waits => {
                let again = Callback::new(move |()| data.go_on_reading_sites());
                view! { <ListFailure things="sites" why=error.in_full() read_at=None clock=Clock::here() reading=false again /> }
                    .into_any()
            }
            Reading::Running(progress) if waits => {
                view! { <p class="secondary">{format!("The sites are being read{}.", progress.slow_words())}</p> }.into_any()
            }
            _ => ().into_any(),
        }
    })
}

/// Afterwards: what was changed can be taken back.
#[component]
pub(super) fn ImportResult(importing: Importing) -> impl IntoView {
    live(move || {
        let bulk = importing.data.bulk;
        let ended = bulk.look(|run| run.is_some_and(|run| !run.running && run.doing == DOING));
        let back = taken_back(&importing.done.get());
        if !ended || back.is_empty() {
            return None;
        }
        let kept = importing.done.with(Vec::len) - back.len();
        let kept = (kept > 0).then(|| {
            format!(
                " {} can't be undone, because it is not known where the sites were.",
                counted(kept, "change")
            )
        });
        let count = counted(back.len(), "change");
        let take_back = move |_| {
            bulk.close();
            importing.done.set(Vec::new());
            importing.data.change_pools(back.clone(), TAKING_BACK, |_| {});
        };
        Some(view! {
            <div class="notice">
                <span>
                    "Retry failed continues with what is left. What was changed can also be undone." {kept}
                </span>
                <div class="buttons">
                    <button type="button" class="button" on:click=take_back>
                        {glyph(Icon::Reverse, "")}
                        {format!("Undo {count}")}
                    </button>
                </div>
            </div>
        })
    })
}
