//! **Fleet over time**: how many engines worked, as far as this browser has seen. What nobody watched is a gap.

use console_api::{
    EngineStatus, Severity, Timestamp,
    rules::{FleetCounts, FleetPoint},
};
use leptos::{prelude::*, task::spawn_local};

use crate::{
    browser::{address::AddressParam, clock::now, number, timer::breathe},
    data::Data,
    features::{
        history::{KEPT_HERE, moment},
        kept::NotKept,
        watching::Watching,
    },
    ui::{
        icon::{Icon, glyph},
        live::{follow, live},
    },
};

/// A time that is shown: its key, its name, its hours, and in how many pieces.
type Range = (&'static str, &'static str, i64, u32);

const RANGES: [Range; 3] =
    [("", "Last 7 days", 7 * 24, 84), ("day", "Last 24 hours", 24, 96), ("90", "Last 90 days", 90 * 24, 90)];

/// How many engines are counted in one go.
const AT_ONCE: usize = 100;
/// How wide a piece is drawn, and how high all of it.
const PIECE: usize = 10;
const HEIGHT: u64 = 100;

/// The section.
#[component]
pub(super) fn FleetOverTime(data: Data) -> impl IntoView {
    let range = AddressParam::of("range");
    let chosen = move || {
        let key = range.get();
        RANGES.into_iter().find(|range| range.0 == key).unwrap_or(RANGES[0])
    };
    let counted = StoredValue::new(Vec::<FleetPoint>::new());
    let turn = RwSignal::new(0_u64);
    let begun = StoredValue::new(0_u64);
    follow(move || {
        let (Some(memory), (_, _, hours, pieces)) = (data.history.memory(), chosen()) else { return };
        begun.update_value(|begun| *begun += 1);
        let mine = begun.get_value();
        spawn_local(async move {
            breathe().await;
            let to = now();
            let from = Timestamp::from_unix_ms(to - hours * 3_600_000);
            let to = Timestamp::from_unix_ms(to);
            let (mut counts, ids) =
                memory.with(|history| (FleetCounts::new(history, from, to, pieces), history.ids()));
            for some in ids.chunks(AT_ONCE) {
                memory.with(|history| counts.add(history, some));
                breathe().await;
                if begun.try_get_value() != Some(mine) {
                    return;
                }
            }
            if begun.try_get_value() == Some(mine) {
                counted.set_value(counts.points().to_vec());
                turn.update(|turn| *turn += 1);
            }
        });
    });
    let open = move |_| {
        if let Some(watching) = untrack(|| Watching::of(data)) {
            watching.open();
        }
    };
    view! {
        <section class="fleet" aria-labelledby="over-time-heading">
            <div class="picker-head">
                <h2 id="over-time-heading">"Fleet over time"</h2>
                <div class="actions">
                    <label class="inline-select">
                        <span class="text">"Time shown"</span>
                        <select
                            class="select"
                            aria-label="Time shown"
                            prop:value=move || range.get()
                            on:change=move |event| range.choose(event_target_value(&event))
                        >
                            {RANGES.map(|(key, label, ..)| view! { <option value=key>{label}</option> }).collect_view()}
                        </select>
                    </label>
                    <button type="button" class="button small" on:click=open>
                        {glyph(Icon::History, "")}
                        "Watching"
                        <span class="unseen">": keep watching, export, import, clear"</span>
                    </button>
                </div>
            </div>
            {live(move || {
                turn.get();
                counted.with_value(|points| picture(points))
            })}
            <p class="secondary">{KEPT_HERE}</p>
            <NotKept />
        </section>
    }
}

/// How many of the engines are good, uncertain and bad.
fn by_severity(counts: [u32; 6]) -> [u64; 3] {
    let severities = EngineStatus::KNOWN.map(|status| status.severity());
    let mut sums = [0; 3];
    for (count, severity) in counts.into_iter().zip(severities.into_iter().chain([Severity::Uncertain])) {
        let place = match severity {
            Severity::Good => 0,
            Severity::Uncertain => 1,
            Severity::Bad => 2,
        };
        sums[place] += u64::from(count);
    }
    sums
}

fn picture(points: &[FleetPoint]) -> AnyView {
    let sums: Vec<Option<[u64; 3]>> = points.iter().map(|point| point.counts.map(by_severity)).collect();
    let watched = sums.iter().flatten().count();
    if watched == 0 {
        return view! { <p class="secondary">"Nothing was recorded in this time."</p> }.into_any();
    }
    let most = sums.iter().flatten().map(|sums| sums.iter().sum::<u64>()).max().unwrap_or_default().max(1);
    let mut paths: [String; 3] = Default::default();
    for (place, sums) in sums.iter().enumerate() {
        let Some(sums) = sums else { continue };
        // The bad ones stand at the bottom, where they are compared best.
        let mut below = 0;
        for kind in [2, 1, 0] {
            let (from, to) = (below * HEIGHT / most, (below + sums[kind]) * HEIGHT / most);
            // One of ten thousand is still seen.
            let to = if sums[kind] > 0 { to.max(from + 1) } else { to };
            below += sums[kind];
            if to > from {
                let (left, width) = (place * PIECE, PIECE - 1);
                let (top, height) = (HEIGHT - to.min(HEIGHT), to - from);
                paths[kind].push_str(&format!("M{left} {top}h{width}v{height}h-{width}z"));
            }
        }
    }
    let worst = sums.iter().flatten().map(|sums| sums[2]).max().unwrap_or_default();
    let words = format!(
        "Up to {} engines, at most {} of them not working at once. Recorded in {} of {} intervals.",
        number::count(most),
        number::count(worst),
        number::count(watched as u64),
        number::count(points.len() as u64),
    );
    let [good, uncertain, bad] = paths;
    let ends = points.first().zip(points.last());
    let axis = ends.map(|(first, last)| {
        view! {
            <div class="time-axis secondary" aria-hidden="true">
                <span>{moment(first.at)}</span>
                <span>{moment(last.at)}</span>
            </div>
        }
    });
    view! {
        <figure class="card picture">
            <svg
                class="over-time"
                viewBox=format!("0 0 {} {HEIGHT}", points.len() * PIECE)
                preserveAspectRatio="none"
                role="img"
                aria-label=format!("Fleet over time. {words}")
            >
                <path class="severity-good" d=good></path>
                <path class="severity-uncertain" d=uncertain></path>
                <path class="severity-bad" d=bad></path>
            </svg>
            {axis}
            <figcaption>
                <p class="over-time-key">
                    <span class="severity-bad">{glyph(Icon::Failed, "")} " Bottom: not working"</span>
                    <span class="severity-uncertain">{glyph(Icon::Warning, "")} " Middle: uncertain"</span>
                    <span class="severity-good">{glyph(Icon::Done, "")} " Top: active"</span>
                </p>
                <span class="secondary">{words} " Each bar is the last reading of its interval; gaps were not watched."</span>
            </figcaption>
            <details>
                <summary>"Show as a table"</summary>
                <div class="table-scroll" tabindex="0" role="group" aria-label="Table: Fleet over time">
                    {table(points)}
                </div>
            </details>
        </figure>
    }
    .into_any()
}

fn table(points: &[FleetPoint]) -> impl IntoView + use<> {
    let heads = EngineStatus::KNOWN.map(|status| status.label().to_owned());
    let heads = heads.into_iter().chain(["Others".to_owned()]);
    let rows = points.iter().rev().map(|point| {
        let cells = match point.counts {
            Some(counts) => {
                counts.map(|count| view! { <td>{number::count(count.into())}</td> }).collect_view().into_any()
            }
            None => view! { <td colspan="6">"Not watched"</td> }.into_any(),
        };
        view! {
            <tr>
                <th scope="row">{moment(point.at)}</th>
                {cells}
            </tr>
        }
    });
    view! {
        <table class="compare" aria-label="Fleet over time">
            <thead>
                <tr>
                    <th scope="col">"Time"</th>
                    {heads.map(|head| view! { <th scope="col">{head}</th> }).collect_view()}
                </tr>
            </thead>
            <tbody>{rows.collect_view()}</tbody>
        </table>
    }
}
