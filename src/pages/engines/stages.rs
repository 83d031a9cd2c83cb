//! **In stages…**: the selected engines are updated wave by wave, after a plan that can be read.

use std::sync::Arc;

use console_api::{
    Engine, EngineId,
    rules::{StagedUpdate, counted, staged_update},
};
use leptos::{html, prelude::*, task::spawn_local};

use super::{EnginesState, Opened};
use crate::{
    data::staged_update::StageRules,
    features::bulk::{BulkDialog, Plan},
    ui::{
        dialog::Open,
        field::{FormField, problem_line},
        live::{follow, live},
    },
};

/// How many engines are updated together unless changed.
const AT_ONCE: &str = "5";
/// How many minutes an engine has unless changed.
const MINUTES: &str = "10";
/// More than these make no sense.
const MOST_AT_ONCE: u32 = 100;
const MOST_MINUTES: u32 = 24 * 60;

/// What is known of the scans on the selected engines.
#[derive(Clone, PartialEq)]
enum Scans {
    Reading,
    /// Those with scans that are or may be under way.
    On(Vec<EngineId>),
    /// Why it could not be read.
    Failed(String),
}

/// What is chosen. Copy it freely; all copies are the same.
#[derive(Clone, Copy)]
struct Stages {
    page: EnginesState,
    open: Open,
    at_once: RwSignal<String>,
    minutes: RwSignal<String>,
    skip_scanning: RwSignal<bool>,
    scans: RwSignal<Scans>,
    /// The engines that were selected when it was opened.
    chosen: RwSignal<Vec<Engine>>,
    plan: Memo<Arc<StagedUpdate>>,
}

impl Stages {
    fn new(page: EnginesState) -> Self {
        let open = Open::one_of(page.dialog, Opened::Stages);
        let at_once = RwSignal::new(AT_ONCE.to_owned());
        let skip_scanning = RwSignal::new(true);
        let scans = RwSignal::new(Scans::Reading);
        let chosen = RwSignal::new(Vec::new());
        let data = page.data;
        let plan = Memo::new(move |_| {
            let (engines, pools) = (data.engines.value(), data.pools.value());
            let (Some(engines), Some(pools), true) = (engines, pools, open.get()) else {
                return Arc::default();
            };
            let on = match scans.get() {
                Scans::On(on) if skip_scanning.get() => on,
                _ => Vec::new(),
            };
            let most = number(&at_once.get(), MOST_AT_ONCE).unwrap_or(1) as usize;
            chosen.with(|chosen| {
                Arc::new(staged_update(chosen, &engines.items, &pools.items, most, &|id| on.contains(&id)))
            })
        });
        let stages = Self {
            page,
            open,
            at_once,
            minutes: RwSignal::new(MINUTES.to_owned()),
            skip_scanning,
            scans,
            chosen,
            plan,
        };
        follow(move || {
            if open.get() {
                stages.begin();
            }
        });
        stages
    }

    fn begin(self) {
        let selected = untrack(|| self.page.selected());
        self.chosen.set(selected.clone());
        self.scans.set(Scans::Reading);
        let ids = selected.iter().map(|engine| engine.id).collect::<Vec<_>>();
        spawn_local(async move {
            let found = self.page.data.scans_on(selected).await;
            let found = match found {
                Ok(on) => Scans::On(
                    ids.into_iter().zip(on).filter(|(_, on)| !on.is_empty()).map(|(id, _)| id).collect(),
                ),
                Err(error) => Scans::Failed(error.in_full()),
            };
            // The page may have been left in the meantime.
            self.scans.try_set(found);
        });
    }

    /// Asked for thousands in a row: the list knows its engines by their ids.
    fn name(self, id: EngineId) -> String {
        let listed = untrack(|| self.page.name_of(id));
        if !listed.is_empty() {
            return listed;
        }
        let chosen =
            self.chosen.with_untracked(|all| all.iter().find(|it| it.id == id).map(|it| it.name.clone()));
        chosen.unwrap_or_default()
    }

    fn refused(self) -> Option<String> {
        let data = self.page.data;
        if data.engines.value().is_none() || data.pools.value().is_none() {
            return Some("The engines and pools have not been read yet.".to_owned());
        }
        at_once_problem(&self.at_once.get()).or_else(|| minutes_problem(&self.minutes.get())).or_else(|| {
            let reading = self.skip_scanning.get() && self.scans.with(|scans| *scans == Scans::Reading);
            reading.then(|| "The scans are being read.".to_owned())
        })
    }

    /// The plan, engine by engine with its wave.
    fn words(self) -> Plan {
        let plan = self.plan.get();
        let waves = plan.waves.iter().enumerate();
        let names = waves
            .flat_map(|(at, wave)| wave.iter().map(move |id| format!("Wave {}: {}", at + 1, self.name(*id))))
            .collect();
        let left_out = plan.left_out.iter().map(|(id, why)| (self.name(*id), why.clone())).collect();
        Plan {
            title: match plan.count() {
                0 => "Update in stages".to_owned(),
                many => format!("Update {} in stages", counted(many, "engine")),
            },
            names,
            what: ("engine", "be updated"),
            left_out,
            refused: self.refused(),
        }
    }

    fn start(self) {
        let rules = StageRules {
            at_once: number(&self.at_once.get_untracked(), MOST_AT_ONCE).unwrap_or(1) as usize,
            minutes: number(&self.minutes.get_untracked(), MOST_MINUTES).unwrap_or(1),
            skip_scanning: self.skip_scanning.get_untracked(),
        };
        let plan = self.plan.get_untracked();
        self.page.data.update_in_stages(&plan, rules, &|id| untrack(|| self.name(id)));
    }
}

/// A whole number from 1 to `most`.
fn number(text: &str, most: u32) -> Option<u32> {
    text.trim().parse().ok().filter(|number| (1..=most).contains(number))
}

fn at_once_problem(text: &str) -> Option<String> {
    number(text, MOST_AT_ONCE).is_none().then(|| format!("Enter a number from 1 to {MOST_AT_ONCE}."))
}

fn minutes_problem(text: &str) -> Option<String> {
    number(text, MOST_MINUTES)
        .is_none()
        .then(|| format!("Enter a number of minutes from 1 to {MOST_MINUTES}."))
}

/// The dialog.
#[component]
pub(super) fn StagesDialog(page: EnginesState) -> impl IntoView {
    let stages = Stages::new(page);
    let plan = Memo::new(move |_| Arc::new(if stages.open.get() { stages.words() } else { Plan::default() }));
    view! {
        <BulkDialog
            open=stages.open
            bulk=page.data.bulk
            plan
            destructive=Signal::stored(false)
            pauses=true
            on_start=Callback::new(move |()| stages.start())
        >
            <Choices stages />
        </BulkDialog>
    }
}

#[component]
fn Choices(stages: Stages) -> impl IntoView {
    let Stages { at_once, minutes, skip_scanning, .. } = stages;
    let field = |label, name, value: RwSignal<String>, problem: fn(&str) -> Option<String>, help| {
        let problem = Memo::new(move |_| problem(&value.get()));
        let input = NodeRef::<html::Input>::new();
        view! { <FormField label name value problem sent=RwSignal::new(true) input help /> }
    };
    let scans = move || match stages.scans.get() {
        Scans::Reading => Some(view! { <p>"Looking for scans on them…"</p> }.into_any()),
        Scans::Failed(why) => Some(
            problem_line(format!(
                "Their scans could not be read. {why} They are checked again before each update."
            ))
            .into_any(),
        ),
        Scans::On(_) => None,
    };
    view! {
        <p>
            "A wave starts once all engines of the previous one are back with new versions. If an engine fails or does not come back in time, no other starts. No pool is ever left without an active engine: this is checked again right before each update."
        </p>
        <div class="stage-rules">
            {field("Engines at a time", "stages-at-once", at_once, at_once_problem, "How many are updated together.")}
            {field("Minutes for each engine", "stages-minutes", minutes, minutes_problem, "The time it has to come back, active and with new versions.")}
        </div>
        <label class="check">
            <input
                type="checkbox"
                prop:checked=move || skip_scanning.get()
                on:change=move |event| skip_scanning.set(event_target_checked(&event))
            />
            "Skip engines with scans under way"
        </label>
        <div role="status">
            {live(scans)}
            <p>{live(move || stages.plan.with(|plan| (plan.count() > 0).then(|| plan.in_words())))}</p>
        </div>
    }
}
