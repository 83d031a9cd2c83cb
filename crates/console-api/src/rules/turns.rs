//! Which engines failed or came back between two readings of the list.

use rustc_hash::FxHashMap;

use crate::ids::EngineId;
use crate::model::{Engine, EngineStatus, Severity};

/// An engine that failed or came back.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Turn {
    /// Which engine.
    pub engine: EngineId,
    /// Its name.
    pub name: String,
    /// What its status is now.
    pub status: EngineStatus,
}

impl Turn {
    /// Whether it failed; otherwise it came back.
    #[must_use]
    pub fn is_bad(&self) -> bool {
        self.status.severity() == Severity::Bad
    }
}

/// Which engines failed, and which that were bad are active again, in the order of the later list. An engine that was
/// not there before has not turned.
#[must_use]
pub fn turns(before: &[Engine], now: &[Engine]) -> Vec<Turn> {
    let known: FxHashMap<EngineId, Severity> =
        before.iter().map(|engine| (engine.id, engine.status.severity())).collect();
    let turned = now.iter().filter(|engine| {
        let was_bad = known.get(&engine.id).map(|severity| *severity == Severity::Bad);
        match engine.status.severity() {
            Severity::Bad => was_bad == Some(false),
            Severity::Good => was_bad == Some(true),
            Severity::Uncertain => false,
        }
    });
    let turn = |engine: &Engine| Turn {
        engine: engine.id,
        name: engine.name.clone(),
        status: engine.status.clone(),
    };
    turned.map(turn).collect()
}

/// How many engines are named one by one; more are told in one sentence.
const ONE_BY_ONE: usize = 2;
/// How many are named in a sentence about many.
const NAMED: usize = 3;

/// What happened, in a sentence for each engine, or in one for many.
#[must_use]
pub fn turns_in_words(turns: &[Turn]) -> Vec<(Severity, String)> {
    let mut words = Vec::new();
    for (severity, verb) in [(Severity::Bad, "failed"), (Severity::Good, "recovered")] {
        let these: Vec<&Turn> =
            turns.iter().filter(|turn| turn.is_bad() == (severity == Severity::Bad)).collect();
        if these.len() <= ONE_BY_ONE {
            let each = these.iter().map(|turn| match severity {
                Severity::Bad => (severity, format!("{} failed: {}.", turn.name, turn.status)),
                _ => (severity, format!("{} recovered: {}.", turn.name, turn.status)),
            });
            words.extend(each);
        } else {
            let named: Vec<&str> = these.iter().take(NAMED).map(|turn| turn.name.as_str()).collect();
            let more = match these.len() - named.len() {
                0 => String::new(),
                more => format!(" and {more} more"),
            };
            words.push((severity, format!("{} engines {verb}: {}{more}.", these.len(), named.join(", "))));
        }
    }
    words
}
