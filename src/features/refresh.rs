//! **Refresh**: what the news says of it.

use console_api::rules::sort_by;
use console_api::{Asked, Engine, EngineId, EngineStatus, Error, Severity, rules::NextStep};
use leptos::{prelude::*, task::spawn_local};
use rustc_hash::FxHashSet;

use crate::{
    browser::number::counted,
    data::Data,
    ui::toast::{News, Toasts, Tone, helps},
};

/// Asks for one engine's status and reports the outcome in the news.
pub fn refresh_engine(data: Data, toasts: Toasts, id: EngineId, name: String) {
    let Some(refreshed) = data.refresh_engine(id) else { return };
    spawn_local(async move {
        match refreshed.await {
            Ok((asked, engine)) => {
                toasts.show(one_refreshed(&asked, &engine, untrack(|| data.next_step(&engine))));
            }
            Err(Error::Cancelled) => {}
            Err(error @ Error::NotFound { .. }) => {
                toasts.say(Tone::Bad, format!("{name} could not be refreshed. {error}"), None);
            }
            Err(error) => {
                toasts.say(Tone::Bad, format!("{name} could not be refreshed. {error}"), helps(&error));
            }
        }
    });
}

/// Asks for the status of these engines, which the page shows, and reports the outcome in the news.
pub fn refresh_displayed(data: Data, toasts: Toasts, ids: &[EngineId]) {
    let Some(refreshed) = data.refresh_displayed(ids) else { return };
    let ids = ids.iter().copied().collect::<FxHashSet<_>>();
    spawn_local(async move {
        match refreshed.await {
            Ok(Some(asked)) => {
                let list = untrack(|| data.engines.value());
                let engines =
                    list.iter().flat_map(|list| &list.items).filter(|engine| ids.contains(&engine.id));
                toasts.show(all_refreshed(&asked, engines));
            }
            // Why the list could not be read stands above it.
            Ok(None) | Err(Error::Cancelled) => {}
            Err(error) => {
                toasts.say(Tone::Bad, format!("The engines could not be refreshed. {error}"), helps(&error));
            }
        }
    });
}

const SILENT: &str = "The console was asked and returned nothing. What you see is what it knew before.";
const NO_RIGHT: &str = "This account can't have the console query its engines: only a Global Administrator can. What you \
                        see is what the console already knew.";

fn why_not(asked: &Asked) -> Option<String> {
    Some(if matches!(asked, Asked::Silent) { SILENT } else { NO_RIGHT }.to_owned())
}

fn one_refreshed(asked: &Asked, engine: &Engine, step: Option<NextStep>) -> News {
    let (name, status) = (&engine.name, &engine.status);
    match asked {
        Asked::Yes(_) => {
            let more = step.map(|step| format!("{} {}", step.why, step.what));
            (tone(status), format!("{name}: {status}."), more)
        }
        Asked::Silent | Asked::NotPermitted => (
            Tone::Uncertain,
            format!("{name} reloaded: {status}. Its engine was not contacted."),
            why_not(asked),
        ),
        Asked::Failed(error) => (
            Tone::Bad,
            format!("{name} reloaded ({status}); its engine was not contacted. {error}"),
            helps(error),
        ),
    }
}

fn all_refreshed<'a>(asked: &Asked, engines: impl Iterator<Item = &'a Engine>) -> News {
    let mut all = 0_usize;
    let mut counts: Vec<(&EngineStatus, usize)> = Vec::new();
    for engine in engines {
        all += 1;
        match counts.iter_mut().find(|(status, _)| *status == &engine.status) {
            Some((_, count)) => *count += 1,
            None => counts.push((&engine.status, 1)),
        }
    }
    sort_by(&mut counts, Ord::cmp);
    let worst = counts.iter().map(|(status, _)| status.severity()).max().unwrap_or(Severity::Good);
    let list =
        counts.iter().map(|(status, count)| format!("{count} {status}")).collect::<Vec<_>>().join(", ");
    let what = format!("{}: {list}.", counted(all, "engine"));
    match asked {
        Asked::Yes(_) => {
            let tone = if worst == Severity::Good { Tone::Good } else { Tone::Uncertain };
            (tone, format!("Refreshed {what}"), None)
        }
        Asked::Silent | Asked::NotPermitted => {
            (Tone::Uncertain, format!("Only reloaded: {what}"), why_not(asked))
        }
        Asked::Failed(error) => (
            Tone::Bad,
            format!("Only reloaded, because the engines could not be queried: {what} {error}"),
            helps(error),
        ),
    }
}

fn tone(status: &EngineStatus) -> Tone {
    match status.severity() {
        Severity::Good => Tone::Good,
        Severity::Uncertain | Severity::Bad => Tone::Uncertain,
    }
}
