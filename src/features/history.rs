//! The history of engines as several screens show it: times, cells of the list, and where it is kept.

use console_api::{
    EngineId, Timestamp,
    rules::{EngineColumn, EngineRow, History, SeenKeys},
};
use js_sys::{Date, Object, Reflect};
use wasm_bindgen::JsValue;

use crate::{
    browser::{
        clock::{self, Clock},
        language::english,
        number::counted,
    },
    data::{
        Data,
        history::{ForTheList, HistoryCell, Memory},
    },
};

/// A time of the day where it is today's, otherwise with its date: "14:20", "27 Nov, 14:20".
pub fn moment(time: Timestamp) -> String {
    let date = |ms: i64| Date::new(&JsValue::from_f64(ms as f64));
    let (then, now) = (date(time.unix_ms()), date(clock::now()));
    let is_today = then.to_date_string() == now.to_date_string();
    let options = Object::new();
    let day: &[_] = if is_today { &[] } else { &[("day", "numeric"), ("month", "short")] };
    for (key, value) in [("hour", "2-digit"), ("minute", "2-digit")].iter().chain(day) {
        // Fails only for frozen objects.
        _ = Reflect::set(&options, &(*key).into(), &JsValue::from(*value));
    }
    let language = english().get(0).as_string().unwrap_or_default();
    then.to_locale_string(&language, &options).into()
}

/// What the list of engines shows of the history, and sorts by.
pub const FOR_THE_LIST: ForTheList = ForTheList { cell, sort_keys };

fn sort_keys(memory: &Memory, rows: &[EngineRow]) -> Vec<SeenKeys> {
    let now = Timestamp::from_unix_ms(clock::now());
    memory.with(|history| rows.iter().map(|row| history.sort_keys(row.engine.id, now)).collect())
}

/// The cell of an engine in the list of engines.
fn cell(data: Data, id: EngineId, column: EngineColumn) -> HistoryCell {
    let nothing = || HistoryCell {
        text: "–".to_owned(),
        title: "This browser has not seen the engine yet.".to_owned(),
        paths: None,
    };
    let clock = Clock::here();
    let Some(memory) = data.history.memory() else { return nothing() };
    match column {
        EngineColumn::LastWeek => {
            let week = memory.with(|history| history.week(id, clock.now()));
            let title = format!("{}. Gaps were not watched.", week.words);
            HistoryCell { text: week.words, title, paths: Some(week.paths) }
        }
        _ => {
            let Some(since) = memory.with(|history| history.since(id)) else { return nothing() };
            let relative = clock.relative(since.at);
            let exact = clock.exact(since.at);
            let (text, title) = if since.exact {
                (relative, format!("{exact}, as seen from this browser."))
            } else {
                (format!("{relative} or earlier"), format!("{exact} or earlier: not watched before then."))
            };
            HistoryCell { text, title, paths: None }
        }
    }
}

/// How much of it there is, in a sentence; `None` where there is nothing.
pub fn extent(history: &History) -> Option<String> {
    let begins = history.begins()?;
    let kilobytes = (history.size() / 1000).max(1);
    let size = if kilobytes < 1000 { format!("{kilobytes} kB") } else { format!("{} MB", kilobytes / 1000) };
    let engines = counted(history.engines(), "engine");
    Some(format!("{engines} since {}, {size}.", moment(begins)))
}

/// What is said of where it is kept.
pub const KEPT_HERE: &str = "The console keeps no history, so this app records what it sees of the engines while it is open. The history stays in this browser for 90 days, for this user and this console only. It holds no secrets.";
