//! **Mute**: problems that someone does not want to be told of for a while, with the reason, and the list of them.

use std::sync::Arc;

use console_api::rules::{Day, Mute, MuteEnds};
use leptos::{ev, html, prelude::*};

use super::{Opened, ProblemsState};
use crate::{
    browser::{clock::day_in, number::counted},
    ui::{
        dialog::{Dialog, Open, unique_id},
        field::{FormField, problem_line},
        focus::focus_heading_if_lost,
        icon::{Icon, glyph},
        live::{live, live_attribute},
        table::row::RowKey,
        toast::Tone,
    },
};

/// How many muted problems are listed; the rest is counted.
const LISTED: usize = 100;
/// As many characters may a reason have.
const LONGEST: usize = 500;

/// The dialog that asks for the reason and for how long.
#[component]
pub(super) fn MuteDialog(page: ProblemsState) -> impl IntoView {
    let open = Open::one_of(page.dialog, Opened::Mute);
    let reason = RwSignal::new(String::new());
    let title = Signal::derive(move || {
        let keys = page.muting.get();
        match &keys[..] {
            [one] => format!("Mute {}", page.what(*one)),
            many => format!("Mute {}", counted(many.len(), "problem")),
        }
    });
    let at_stake = Signal::derive(move || {
        reason.with(|text| !text.trim().is_empty()).then(|| "The reason that you have typed".to_owned())
    });
    view! {
        <Dialog open title at_stake>
            <MuteForm page open reason />
        </Dialog>
    }
}

#[component]
fn MuteForm(page: ProblemsState, open: Open, reason: RwSignal<String>) -> impl IntoView {
    reason.set(String::new());
    let sent = RwSignal::new(false);
    let until_day = RwSignal::new(false);
    let day = RwSignal::new(String::new());
    let tomorrow = day_in(1);
    let [reason_input, day_input] = [(); 2].map(|()| NodeRef::<html::Input>::new());
    let reason_problem = Memo::new(move |_| {
        let length = reason.with(|text| text.trim().chars().count());
        match length {
            0 => Some("Type a reason.".to_owned()),
            1..=LONGEST => None,
            _ => Some(format!("At most {LONGEST} characters.")),
        }
    });
    let chosen_day = Memo::new(move |_| {
        day.with(|text| Day::parse(text)).filter(|day| tomorrow.is_none_or(|it| *day >= it))
    });
    let day_problem = Memo::new(move |_| {
        (until_day.get() && chosen_day.get().is_none()).then_some("Choose tomorrow or a later day.")
    });
    let focus = |input: NodeRef<html::Input>| {
        if let Some(input) = input.get_untracked() {
            // An element that can't take the focus leaves it where it was.
            _ = input.focus();
        }
    };
    let on_submit = move |event: ev::SubmitEvent| {
        event.prevent_default();
        sent.set(true);
        if reason_problem.with_untracked(Option::is_some) {
            focus(reason_input);
        } else if day_problem.get_untracked().is_some() {
            focus(day_input);
        } else {
            let day = chosen_day.get_untracked().filter(|_| until_day.get_untracked());
            mute(page, reason.get_untracked().trim(), day);
            open.set(false);
            focus_heading_if_lost();
        }
    };
    let (name, day_id) = (unique_id("mute-until"), unique_id("mute-day"));
    let day_problem_id = format!("{day_id}-problem");
    let choice = |ends_on_day: bool, label: &'static str, name: String| {
        view! {
            <label class="check">
                <input
                    type="radio"
                    name=name
                    prop:checked=move || until_day.get() == ends_on_day
                    on:change=move |_| until_day.set(ends_on_day)
                />
                {label}
            </label>
        }
    };
    view! {
        <form class="form" novalidate on:submit=on_submit>
            <p>
                "A muted problem is not listed or counted. It is muted only for you, in this browser."
            </p>
            <FormField
                label="Reason"
                name="reason"
                value=reason
                problem=reason_problem
                sent
                input=reason_input
                help="Shown in the list of muted problems."
            />
            <fieldset class="mute-until">
                <legend>"How long"</legend>
                {choice(false, "Until it changes", name.clone())}
                <p class="help">"It is listed again when its status, its severity or its consequences change."</p>
                {choice(true, "Until a date", name)}
                {live(move || {
                    let (day_id, problem_id) = (day_id.clone(), day_problem_id.clone());
                    let shown = move || day_problem.get().filter(|_| sent.get());
                    until_day
                        .get()
                        .then(|| {
                            view! {
                                <div class="field">
                                    <label for=day_id.clone()>"Date"</label>
                                    <input
                                        class="input"
                                        id=day_id
                                        type="date"
                                        min=tomorrow.map(|day| day.to_string())
                                        node_ref=day_input
                                        prop:value=move || day.get()
                                        on:input=move |event| day.set(event_target_value(&event))
                                        aria-invalid=live_attribute(move || shown().map(|_| "true"))
                                        aria-describedby=problem_id.clone()
                                    />
                                    <div id=problem_id aria-live="polite">
                                        {live(move || shown().map(|words| problem_line(words.to_owned())))}
                                    </div>
                                </div>
                            }
                        })
                })}
            </fieldset>
            <div class="form-actions">
                <button type="button" class="button" on:click=move |_| open.set(false)>
                    "Cancel"
                </button>
                <button type="submit" class="button primary">
                    "Mute"
                </button>
            </div>
        </form>
    }
}

/// Mutes what is meant: until the day, or else until it changes.
fn mute(page: ProblemsState, reason: &str, day: Option<Day>) {
    let keys = page.muting.get_untracked();
    let Some(listed) = page.listed.get_untracked() else { return };
    let mutes = keys.iter().filter_map(|key| {
        let cause = listed.cause(*key)?;
        let state = || cause.state(cause.problem.engine().and_then(|id| listed.engine(id)));
        Some(Mute {
            kind: cause.problem.kind,
            about: cause.problem.about,
            what: untrack(|| page.said(&listed, cause))?.what,
            reason: reason.to_owned(),
            ends: day.map_or_else(|| MuteEnds::OnChange(state()), MuteEnds::OnDay),
        })
    });
    let mutes = mutes.collect::<Vec<_>>();
    let what = match mutes.len() {
        0 => return,
        1 => "1 problem is muted.".to_owned(),
        many => format!("{} are muted.", counted(many, "problem")),
    };
    page.data.note_mutes(&mutes);
    page.data.health.change_mutes(|all| all.add(mutes));
    if untrack(|| page.data.health.keeps_mutes()) {
        page.toasts.say(Tone::Good, what, Some("They are listed below the problems.".to_owned()));
    } else {
        page.toasts.say(Tone::Uncertain, what, Some(NOT_KEPT.to_owned()));
    }
}

const NOT_KEPT: &str =
    "This browser can't store it: what is muted is listed again after the page is reloaded.";

/// **Muted**: what is muted, why and for how long, and the way to undo it.
#[component]
pub(super) fn MutedProblems(page: ProblemsState) -> impl IntoView {
    let count = Memo::new(move |_| {
        page.listed.with(|listed| listed.as_ref().map_or(0, |it| it.attention.sorted.muted.len()))
    });
    let any = Memo::new(move |_| count.get() > 0);
    live(move || {
        any.get().then(|| {
            view! {
                <details class="muted">
                    <summary>{live(move || format!("Muted ({})", count.get()))}</summary>
                    {live(move || (!page.data.health.keeps_mutes()).then(|| problem_line(NOT_KEPT.to_owned())))}
                    {live(move || muted_list(page))}
                </details>
            }
        })
    })
}

fn unmute(page: ProblemsState, keys: &[RowKey]) {
    page.data.health.change_mutes(|all| all.remove(keys));
    focus_heading_if_lost();
}

fn muted_list(page: ProblemsState) -> impl IntoView + use<> {
    let listed = page.listed.get();
    let muted = listed.iter().flat_map(|listed| {
        let attention = &listed.attention;
        attention.sorted.muted.iter().filter_map(move |(at, cause)| {
            let cause = cause.and_then(|at| attention.found.causes.get(at));
            Some((listed, attention.mutes.list().get(*at)?, cause))
        })
    });
    // The newest first.
    let muted = muted.collect::<Vec<_>>().into_iter().rev().collect::<Vec<_>>();
    let more = muted.len().saturating_sub(LISTED);
    let keys = Arc::new(muted.iter().map(|(_, mute, _)| mute.key()).collect::<Vec<_>>());
    let lines = muted.into_iter().take(LISTED).map(|(listed, mute, cause)| {
        let words = cause.and_then(|cause| page.said(listed, cause));
        let what = words.map_or_else(|| mute.what.clone(), |words| words.what);
        let until = match (&mute.ends, cause) {
            (MuteEnds::OnDay(day), None) => format!("Until {}. Not a problem now.", day.in_words()),
            (MuteEnds::OnDay(day), Some(_)) => format!("Until {}", day.in_words()),
            (MuteEnds::OnChange(_), _) => "Until it changes".to_owned(),
        };
        let key = mute.key();
        view! {
            <li class="row-line">
                <strong>{what.clone()}</strong>
                <span class="reason">{mute.reason.clone()}</span>
                <span class="secondary">{until}</span>
                <button type="button" class="button small" on:click=move |_| unmute(page, &[key])>
                    "Unmute" <span class="unseen">" " {what}</span>
                </button>
            </li>
        }
    });
    let all = (keys.len() > 1).then(|| {
        view! {
            <button type="button" class="button small" on:click=move |_| unmute(page, &keys)>
                {glyph(Icon::Close, "")}
                "Unmute all"
            </button>
        }
    });
    view! {
        <ul class="rows" aria-label="Muted problems">
            {lines.collect_view()}
        </ul>
        {(more > 0).then(|| view! { <p class="secondary">{format!("and {more} more.")}</p> })}
        {all}
    }
}
