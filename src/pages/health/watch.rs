//! What is there on every screen once the part has come: how the fleet is, the number of problems in the navigation and
//! in the browser tab's title.

use std::sync::Arc;

use console_api::{
    Engine, EngineId, List, Pool,
    rules::{ProblemKind, by_cause, health_under, loads},
};
use leptos::{prelude::*, task::spawn_local};

use crate::{
    browser::{
        clock::{Clock, day_in},
        number,
        timer::breathe,
        title::Title,
    },
    data::{Data, health::Found},
    session::Session,
    ui::live::{follow, live},
};

/// The number of problems beside **Health**; nothing while it is not known. Keeps it up to date as well.
#[component]
pub fn ProblemCount() -> impl IntoView {
    let data = Data::here();
    // Screens that don't need the engines don't read them; the number does.
    follow(move || {
        let unknown = data.engines.value().is_none() && data.engines.failed().is_none();
        if unknown && !untrack(|| data.engines.is_reading()) {
            data.read_engines();
        }
    });
    find_out(data);
    leave_out_what_is_muted(data);
    let count = Memo::new(move |_| data.health.attention().map(|it| it.sorted.open.len() as u64));
    let title = Title::here();
    follow(move || title.tell_problems(count.get().filter(|count| *count > 0).map(number::count)));
    on_cleanup(move || title.tell_problems(None));
    live(move || {
        let count = count.get()?;
        let words = match count {
            0 => "No problem".to_owned(),
            1 => "1 problem".to_owned(),
            many => format!("{} problems", number::count(many)),
        };
        let shown = (count > 0).then(|| {
            view! {
                <span class="nav-count" aria-hidden="true">
                    {number::count(count)}
                </span>
            }
        });
        Some(view! {
            {shown}
            <span class="unseen">{words}</span>
        })
    })
}

/// Finds out how the fleet is whenever something of it has changed: in a task of its own, since the screen has its
/// own work with the same news.
fn find_out(data: Data) {
    let clock = Clock::here();
    let turn = StoredValue::new(0_u64);
    // As a text, which is compared: most readings change nothing of it.
    let flapping = Memo::new(move |_| {
        let ids = data.history.memory().map(|memory| memory.with(|history| history.flapping(clock.now())));
        ids.unwrap_or_default().iter().map(ToString::to_string).collect::<Vec<_>>().join(" ")
    });
    follow(move || {
        data.engines.value();
        flapping.track();
        data.pools.value();
        data.pools.failed();
        data.health.thresholds();
        clock.now();
        turn.update_value(|turn| *turn += 1);
        let mine = turn.get_value();
        let is_over = move || turn.try_get_value() != Some(mine);
        spawn_local(async move {
            breathe().await;
            if is_over() {
                return;
            }
            let Some((engines, pools)) = untrack(|| known(data)) else { return };
            let listed = pools.as_ref().map_or(&[][..], |list| &list.items);
            let loads = loads(&engines.items, listed);
            breathe().await;
            if is_over() {
                return;
            }
            let (now, thresholds) = untrack(|| (clock.now(), data.health.thresholds()));
            let mut health = health_under(loads, &engines.items, listed, now, thresholds);
            if pools.is_none() {
                health
                    .problems
                    .retain(|it| !matches!(it.kind, ProblemKind::NoSite | ProblemKind::Overloaded));
            }
            let flapping = flapping.get_untracked();
            let ids = flapping.split(' ').filter_map(|id| id.parse::<u64>().ok().map(EngineId));
            health.add_flapping(&ids.collect::<Vec<_>>(), &engines.items, listed);
            breathe().await;
            if is_over() {
                return;
            }
            let causes = by_cause(&health.problems, &engines.items, listed);
            // What is drawn of it is a task of its own as well.
            breathe().await;
            if !is_over() {
                data.health.find(Found { health, causes, engines, pools });
            }
        });
    });
}

/// Sorts out what is muted whenever something was found out, someone has muted something, or another day has begun.
fn leave_out_what_is_muted(data: Data) {
    let clock = Clock::here();
    if let Some(account) = untrack(|| Session::here().account()) {
        data.health.load_mutes(&account.username);
    }
    let today = Memo::new(move |_| {
        clock.now();
        day_in(0)
    });
    follow(move || {
        if let Some(today) = today.get() {
            data.health.sort_out(today);
        }
    });
}

/// The engines and, where they can be read, the pools.
type Known = (Arc<List<Engine>>, Option<Arc<List<Pool>>>);

fn known(data: Data) -> Option<Known> {
    let engines = data.engines.value()?;
    let pools = data.pools.value();
    // Without the pools many an engine would seem to have no site.
    (pools.is_some() || data.pools.failed().is_some()).then_some((engines, pools))
}
