//! From where on something needs attention.

use console_api::rules::{Threshold, Thresholds};
use leptos::{ev, html, prelude::*};

use crate::{
    browser::effect::follow_from,
    data::Data,
    forms::draft::Drafts,
    ui::{
        field::FormField,
        live::live,
        toast::{Toasts, Tone},
    },
};

/// The form's name among the drafts.
const FORM: &str = "/health/thresholds";

const fn words(which: Threshold) -> (&'static str, &'static str) {
    match which {
        Threshold::Warn => ("Warn after (hours)", "No contact for this long is worth a warning."),
        Threshold::Alarm => ("Alarm after (hours)", "No contact for this long is critical."),
        Threshold::LoadTimes => (
            "Overload (times the average)",
            "An engine that carries at least this many times the average of the others is overloaded.",
        ),
        Threshold::LocalSites => (
            "Sites on the local engine",
            "With more than this it is overused, because it shares its machine with the console.",
        ),
    }
}

/// All of them in one line.
fn in_words(thresholds: Thresholds) -> String {
    let [warn, alarm, times, sites] = Threshold::ALL.map(|which| thresholds.get(which));
    let sites = if sites == 1 { "1 site".to_owned() } else { format!("{sites} sites") };
    format!(
        "Warning after {warn} h, alarm after {alarm} h, {times} times the sites of the others, {sites} on the local engine"
    )
}

/// The thresholds with **Save thresholds** and **Restore defaults**.
#[component]
pub(super) fn ThresholdsForm(data: Data) -> impl IntoView {
    let toasts = Toasts::here();
    let drafts = Drafts::here();
    let texts_of = |thresholds: Thresholds| Threshold::ALL.map(|which| thresholds.get(which).to_string());
    let saved = texts_of(untrack(|| data.health.thresholds()));
    let typed = drafts.of(FORM).and_then(|typed| <[String; 4]>::try_from(typed).ok());
    let values = typed.unwrap_or_else(|| saved.clone()).map(RwSignal::new);
    let sent = RwSignal::new(false);
    // What was typed survives a sign-out for inactivity.
    follow_from(move |before: Option<()>| {
        let now = values.map(|value| value.get());
        if before.is_some() {
            drafts.keep(FORM, now.to_vec());
        }
    });
    let alarm_before_warning = move || {
        let [warn, alarm, ..] = values;
        let [warn, alarm] = [warn, alarm].map(|value| value.with(|text| text.trim().parse::<u32>().ok()));
        warn.zip(alarm).is_some_and(|(warn, alarm)| alarm < warn)
    };
    let problems = [0, 1, 2, 3].map(|at| {
        Memo::new(move |_| {
            let which = Threshold::ALL[at];
            match values[at].with(|text| which.parse(text)) {
                Err(problem) => Some(problem),
                Ok(_) if which == Threshold::Alarm && alarm_before_warning() => {
                    Some("The alarm can't come before the warning.".to_owned())
                }
                Ok(_) => None,
            }
        })
    });
    let inputs = [(); 4].map(|()| NodeRef::<html::Input>::new());
    let take = move |thresholds: Thresholds| {
        data.health.set_thresholds(thresholds);
        for (value, text) in values.into_iter().zip(texts_of(thresholds)) {
            value.set(text);
        }
        drafts.forget(FORM);
        sent.set(false);
    };
    let on_submit = move |event: ev::SubmitEvent| {
        event.prevent_default();
        sent.set(true);
        if let Some(first) = problems.iter().position(|problem| problem.with_untracked(Option::is_some)) {
            if let Some(input) = inputs[first].get_untracked() {
                // An element that can't take the focus leaves it where it was.
                _ = input.focus();
            }
            return;
        }
        let thresholds =
            Threshold::ALL.into_iter().zip(values).fold(Thresholds::default(), |all, (which, value)| {
                value.with_untracked(|text| which.parse(text)).map_or(all, |number| all.with(which, number))
            });
        take(thresholds);
        toasts.say(Tone::Good, "The thresholds are saved in this browser.", None);
    };
    let fields = [0, 1, 2, 3].map(|at| {
        let (label, help) = words(Threshold::ALL[at]);
        view! {
            <FormField
                label
                name=Threshold::ALL[at].key()
                value=values[at]
                problem=problems[at]
                sent
                input=inputs[at]
                help
            />
        }
    });
    view! {
        <details class="thresholds">
            <summary>
                <h2>"Thresholds"</h2>
                <span class="secondary">{live(move || in_words(data.health.thresholds()))}</span>
            </summary>
            <form class="threshold-fields" novalidate on:submit=on_submit>
                {fields.into_iter().collect_view()}
                <div class="buttons">
                    <button type="submit" class="button primary">
                        "Save thresholds"
                    </button>
                    <button
                        type="button"
                        class="button"
                        on:click=move |_| {
                            take(Thresholds::default());
                            toasts.say(Tone::Good, "The default thresholds are back.", None);
                        }
                    >
                        "Restore defaults"
                    </button>
                </div>
            </form>
        </details>
    }
}
