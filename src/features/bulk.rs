//! Work on several items: asked once with all their names, then shown as it goes, then summed up.

use std::sync::Arc;

use leptos::prelude::*;
use wasm_bindgen::JsCast;

use crate::{
    browser::number::{count, counted},
    data::bulk::{Bulk, Run},
    ui::{
        dialog::{Dialog, Open},
        icon::{Icon, glyph},
        live::{follow, follow_from, live, live_attribute},
        toast::{Toasts, Tone},
    },
};

/// What is going to be done: to which things, and to which not.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Plan {
    /// The verb and the things, for heading and button.
    pub title: String,
    /// The names of the items.
    pub names: Vec<String>,
    /// What they are, and what will happen to them: a noun whose plural ends in a plain s, and a verb ("site", "move").
    pub what: (&'static str, &'static str),
    /// Those that are left out, with the reason.
    pub left_out: Vec<(String, String)>,
    /// Why it can't be done at all now.
    pub refused: Option<String>,
}

/// What the dialog shows.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Phase {
    Asks,
    Runs,
    Sums,
}

/// The one dialog about work on several items. Closing it while the work continues does not end it.
#[component]
pub fn BulkDialog(
    /// Whether it is open.
    #[prop(into)]
    open: Open,
    /// The work.
    bulk: Bulk,
    /// What is asked.
    plan: Memo<Arc<Plan>>,
    /// Whether it is destructive.
    #[prop(into)]
    destructive: Signal<bool>,
    /// Begins.
    on_start: Callback<()>,
    /// What it is called while it asks, if not by what it does.
    #[prop(optional, into)]
    heading: Option<Signal<String>>,
    /// Whether stopping it is called a pause.
    #[prop(default = false)]
    pauses: bool,
    /// What the summary says besides, and offers.
    #[prop(optional)]
    after: Option<Callback<(), AnyView>>,
    /// What would be lost if the person closed it before the work begins.
    #[prop(into, default = Signal::stored(None))]
    at_stake: Signal<Option<String>>,
    /// What it means, and what else is to be chosen.
    children: ChildrenFn,
) -> impl IntoView {
    let children = StoredValue::new(children);
    let asks = move |()| {
        let start = move |_| {
            if plan.with_untracked(|plan| refusal(plan).is_none()) {
                on_start.run(());
            }
        };
        view! {
            {children.with_value(|children| children())}
            {live(move || plan.with(|plan| planned(plan)))}
            <footer>
                <button type="button" class="button" on:click=move |_| open.set(false)>
                    "Cancel"
                </button>
                <button
                    type="button"
                    class=move || if destructive.get() { "button danger" } else { "button primary" }
                    aria-disabled=live_attribute(move || plan.with(|plan| refusal(plan).map(|_| "true")))
                    title=live_attribute(move || plan.with(|plan| refusal(plan)))
                    on:click=start
                >
                    {live(move || plan.with(|plan| plan.title.clone()))}
                </button>
            </footer>
        }
        .into_any()
    };
    let title = heading.unwrap_or_else(|| Signal::derive(move || plan.with(|plan| plan.title.clone())));
    let asks = Asks { title, at_stake, content: Callback::new(asks), pauses };
    view! { <PhasesDialog open bulk asks after /> }
}

/// The dialog about work on several items that needs no question of its own, because the page shows what it is about.
#[component]
pub fn WorkDialog(
    /// Whether it is open.
    #[prop(into)]
    open: Open,
    /// The work.
    bulk: Bulk,
) -> impl IntoView {
    // Without work there is nothing to show.
    follow(move || {
        if open.get() && bulk.look(|run| run.is_none()) {
            open.set(false);
        }
    });
    let asks = Asks {
        title: Signal::stored(String::new()),
        at_stake: Signal::stored(None),
        content: Callback::new(|()| ().into_any()),
        pauses: false,
    };
    view! { <PhasesDialog open bulk asks after=None /> }
}

/// The dialog before the work begins. Copy it freely; all copies are the same.
#[derive(Clone, Copy)]
struct Asks {
    title: Signal<String>,
    at_stake: Signal<Option<String>>,
    content: Callback<(), AnyView>,
    pauses: bool,
}

/// The dialog: the question before the work begins, then how far it has come, then the outcome.
#[component]
fn PhasesDialog(open: Open, bulk: Bulk, asks: Asks, after: Option<Callback<(), AnyView>>) -> impl IntoView {
    let Asks { title: asked, at_stake, content: asks, pauses } = asks;
    let phase = Memo::new(move |_| {
        bulk.look(|run| match run {
            None => Phase::Asks,
            Some(run) if run.running => Phase::Runs,
            Some(_) => Phase::Sums,
        })
    });
    let watches = StoredValue::new(false);
    let watch = move |now: bool| {
        let before = watches.try_update_value(|watches| std::mem::replace(watches, now));
        if before.is_some_and(|before| before != now) {
            bulk.watch(now);
        }
    };
    follow_from(move |before: Option<bool>| {
        let open = open.get();
        watch(open);
        // A summary that was seen is put away.
        if before == Some(true) && !open {
            bulk.close();
        }
        open
    });
    on_cleanup(move || watch(false));
    // The button that led to another phase is gone with it; the focus goes on to the next.
    follow_from(move |before: Option<Phase>| {
        let now = phase.get();
        if before.is_some_and(|before| before != now) && open.get_untracked() {
            if (before, now) == (Some(Phase::Runs), Phase::Asks) {
                // It went well, and the news says so.
                open.set(false);
            } else {
                request_animation_frame(focus_first);
            }
        }
        now
    });
    let title = Signal::derive(move || {
        bulk.look(|run| {
            run.map(|run| match (run.running, run.cancelled) {
                (true, _) => run.doing.to_owned(),
                (false, true) if pauses => format!("{} – paused", run.doing),
                (false, true) => format!("{} – cancelled", run.doing),
                (false, false) if !run.left.is_empty() => format!("{} – stopped", run.doing),
                (false, false) => format!("{} – done", run.doing),
            })
        })
        .unwrap_or_else(|| asked.get())
    });
    let at_stake = Signal::derive(move || (phase.get() == Phase::Asks).then(|| at_stake.get()).flatten());
    view! {
        <Dialog open title at_stake>
            {live(move || match phase.get() {
                Phase::Asks => asks.run(()),
                Phase::Runs => view! { <WorkProgress bulk pauses /> }.into_any(),
                Phase::Sums => view! { <WorkSummary bulk open after /> }.into_any(),
            })}
        </Dialog>
    }
}

fn refusal(plan: &Plan) -> Option<String> {
    plan.refused.clone().or_else(|| plan.names.is_empty().then(|| none_can(plan)))
}

fn planned(plan: &Plan) -> impl IntoView + use<> {
    let left_out = plan.left_out.iter().map(|(name, why)| format!("{name}: {why}")).collect::<Vec<_>>();
    let (thing, verb) = plan.what;
    let heading = format!("{} will {verb}", counted(plan.names.len(), thing));
    let nothing = plan.names.is_empty() && !left_out.is_empty();
    (
        nothing.then(|| view! { <p>{none_can(plan)}</p> }),
        name_list("Included", heading, Icon::Done, &plan.names),
        names("Left out", Icon::Warning, &left_out),
    )
}

fn none_can(plan: &Plan) -> String {
    let (thing, verb) = plan.what;
    match plan.left_out.len() {
        0 | 1 => format!("This {thing} can't {verb} now."),
        many => format!("None of these {} can {verb} now.", counted(many, thing)),
    }
}

/// A heading with a number, and all names in one text that scrolls: there may be ten thousand.
pub fn names(heading: &'static str, icon: Icon, lines: &[String]) -> AnyView {
    name_list(heading, format!("{heading}: {}", count(lines.len() as u64)), icon, lines)
}

fn name_list(label: &'static str, heading: String, icon: Icon, lines: &[String]) -> AnyView {
    if lines.is_empty() {
        return ().into_any();
    }
    let text = lines.join("\n");
    view! {
        <section class="bulk-names">
            <h3>
                {glyph(icon, "")} {heading}
            </h3>
            <div class="names" role="group" aria-label=label tabindex="0">
                {text}
            </div>
        </section>
    }
    .into_any()
}

fn count_in_words(run: &Run) -> String {
    let failed = match run.failed.len() {
        0 => String::new(),
        failed => format!(", {} failed", count(failed as u64)),
    };
    let stops = if run.cancelled { ". Stops once the requests under way have finished." } else { "" };
    format!("{} of {}{failed}{stops}", count(run.finished() as u64), count(run.total as u64))
}

/// How far it has come, as a bar and in words.
#[component]
pub fn ProgressBar(
    /// The work.
    bulk: Bulk,
) -> impl IntoView {
    let at = move || bulk.look(|run| run.map_or((0, 1), |run| (run.finished(), run.total)));
    view! {
        <progress
            aria-label=live_attribute(move || bulk.look(|run| run.map(|run| run.doing)))
            max=live_attribute(move || Some(at().1.to_string()))
            value=live_attribute(move || Some(at().0.to_string()))
        ></progress>
        <span class="bulk-count">{live(move || bulk.look(|run| run.map(count_in_words)))}</span>
    }
}

#[component]
fn WorkProgress(bulk: Bulk, pauses: bool) -> impl IntoView {
    view! {
        <div class="bulk-progress">
            <ProgressBar bulk />
        </div>
        <footer>
            <button type="button" class="button" data-first="" on:click=move |_| bulk.cancel()>
                {if pauses { "Pause" } else { "Cancel" }}
            </button>
        </footer>
    }
}

#[component]
fn WorkSummary(bulk: Bulk, open: Open, after: Option<Callback<(), AnyView>>) -> impl IntoView {
    live(move || {
        let Some(run) = bulk.now() else { return ().into_any() };
        let failed = run
            .failed
            .iter()
            .map(|failed| format!("{}: {}", failed.item.name, failed.why))
            .collect::<Vec<_>>();
        let left = run.left.iter().map(|item| item.name.clone()).collect::<Vec<_>>();
        let go_on = (!left.is_empty()).then(|| {
            view! {
                <button type="button" class="button" on:click=move |_| bulk.go_on()>
                    {format!("Continue with the other {}", count(left.len() as u64))}
                </button>
            }
        });
        let retry = (!failed.is_empty()).then(|| {
            view! {
                <button type="button" class="button" on:click=move |_| bulk.retry()>
                    {glyph(Icon::Refresh, "")}
                    "Retry failed"
                </button>
            }
        });
        view! {
            <p role="status">{format!("{}.", run.summary())}</p>
            {names("Failed", Icon::Failed, &failed)}
            {names("Not started", Icon::Warning, &left)}
            {after.map(|after| live(move || after.run(())))}
            <footer>
                {go_on} {retry}
                <button type="button" class="button primary" data-first="" on:click=move |_| open.set(false)>
                    "Done"
                </button>
            </footer>
        }
        .into_any()
    })
}

fn focus_first() {
    let first = document().query_selector("dialog[open] [data-first]").ok().flatten();
    if let Some(first) = first.and_then(|first| first.dyn_into::<web_sys::HtmlElement>().ok()) {
        // An element that can't take the focus leaves it where it was.
        _ = first.focus();
    }
}

/// Where work continues, or failed, whose dialog was closed: a line below the table leads back to it.
#[component]
pub fn BulkLine(
    /// Whether the dialog is open.
    #[prop(into)]
    open: Open,
    /// The work.
    bulk: Bulk,
    /// The line's accessible name.
    #[prop(default = "Work on several engines")]
    name: &'static str,
) -> impl IntoView {
    let shown = Memo::new(move |_| !open.get() && bulk.look(|run| run.is_some()));
    let running = Memo::new(move |_| bulk.is_running());
    let focus_after = RwSignal::new(false);
    follow(move || {
        if focus_after.get() && open.get() {
            focus_after.set(false);
            request_animation_frame(focus_first);
        }
    });
    let what = move || {
        bulk.look(|run| {
            run.map(|run| match run.running {
                true => run.doing.to_owned(),
                false => format!("{}: {}", run.doing, run.summary()),
            })
        })
    };
    live(move || {
        shown.get().then(|| {
            view! {
                <div class="selection-bar" role="group" aria-label=name>
                    <span class="selected-count">{live(what)}</span>
                    {live(move || running.get().then(|| view! { <ProgressBar bulk /> }))}
                    <div class="actions">
                        <button
                            type="button"
                            class="button"
                            on:click=move |_| {
                                focus_after.set(true);
                                open.set(true);
                            }
                        >
                            "Show"
                        </button>
                        {live(move || {
                            (!running.get())
                                .then(|| {
                                    view! {
                                        <button type="button" class="button quiet" on:click=move |_| bulk.close()>
                                            "Dismiss"
                                        </button>
                                    }
                                })
                        })}
                    </div>
                </div>
            }
        })
    })
}

/// Says in the news how work on several items ended, where nobody watched or where it was about one thing.
pub fn say_how_it_ends(bulk: Bulk, toasts: Toasts) {
    bulk.when_it_ends(move |run| {
        let tone = if run.failed.is_empty() { Tone::Good } else { Tone::Bad };
        let more = run.failed.first().map(|failed| format!("{}: {}", failed.item.name, failed.why));
        let words = match (&run.only, &run.done[..]) {
            (Some(name), [(done, _)]) => format!("{name}: {done}."),
            _ => format!("{}: {}.", run.doing, run.summary()),
        };
        toasts.say(tone, words, more);
    });
}
