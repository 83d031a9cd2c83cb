//! What is there on every screen once the part has come: how the fleet is, the number of problems in the navigation and
//! in the browser tab's title.

use std::sync::Arc;

use console_api::{
    Engine, List, Pool,
    rules::{ProblemKind, health_under, loads},
};
use leptos::{prelude::*, task::spawn_local};
use wasm_bindgen::{JsCast, closure::Closure};
use web_sys::{MutationObserver, MutationObserverInit};

use crate::{
    browser::{clock::Clock, number, timer::breathe},
    data::{Data, health::Found},
    ui::live::{follow, live},
};

/// The number of problems beside **Health**; nothing while it is not known. Keeps it up to date as well.
pub fn problem_count() -> AnyView {
    let data = Data::here();
    // Screens that don't need the engines don't read them; the number does.
    follow(move || {
        let unknown = data.engines.value().is_none() && data.engines.failed().is_none();
        if unknown && !untrack(|| data.engines.is_reading()) {
            data.read_engines();
        }
    });
    find_out(data);
    let count = Memo::new(move |_| data.health.found().map(|found| found.health.problems.len() as u64));
    tell_in_title(count);
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
    follow(move || {
        data.engines.value();
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
            // What is drawn of it is a task of its own as well.
            breathe().await;
            if !is_over() {
                data.health.find(Found { health, engines, pools });
            }
        });
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

/// Puts the number in front of the document's title, also when a screen sets another one.
fn tell_in_title(count: Memo<Option<u64>>) {
    let tell = move || {
        let Some(count) = count.try_get_untracked() else { return };
        let title = document().title();
        let bare = without_count(&title);
        let wanted = match count {
            None | Some(0) => bare.to_owned(),
            Some(count) => format!("({}) {bare}", number::count(count)),
        };
        if wanted != title {
            document().set_title(&wanted);
        }
    };
    let closure = Closure::<dyn FnMut()>::new(tell);
    let observer = MutationObserver::new(closure.as_ref().unchecked_ref()).ok();
    let element = document().query_selector("head > title").ok().flatten();
    if let (Some(observer), Some(element)) = (&observer, element) {
        let what = MutationObserverInit::new();
        what.set_child_list(true);
        // Fails only for options that contradict each other.
        _ = observer.observe_with_options(&element, &what);
    }
    let watching = StoredValue::new_local(Some((observer, closure)));
    on_cleanup(move || {
        if let Some((Some(observer), _)) = watching.try_update_value(Option::take).flatten() {
            observer.disconnect();
        }
        let title = document().title();
        document().set_title(without_count(&title));
    });
    follow(move || {
        count.track();
        tell();
    });
}

/// The title without a number in front, such as "(12) ".
fn without_count(title: &str) -> &str {
    let rest = title.strip_prefix('(').and_then(|rest| rest.split_once(") "));
    match rest {
        Some((number, bare)) if number.starts_with(|c: char| c.is_numeric()) => bare,
        _ => title,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_title_loses_its_number_and_nothing_else() {
        for (title, bare) in [
            ("(12) Sites – Engine console", "Sites – Engine console"),
            ("(1,234) Sites", "Sites"),
            ("Sites", "Sites"),
            ("(lab) berlin – Engine console", "(lab) berlin – Engine console"),
            ("(3)", "(3)"),
        ] {
            assert_eq!(without_count(title), bare);
        }
    }
}
