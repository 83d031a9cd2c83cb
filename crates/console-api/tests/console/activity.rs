//! What was done here, beside the console's own lists.

use console_api::rules::{Entry, EntryItem, Outcome, Thing};
use console_api::{EngineId, Timestamp};
use serde_json::json as value;

use crate::support::engine;

#[test]
fn what_was_not_done_to_engines_is_known_by_id_and_name() {
    let item = |thing, key: u64, outcome| EntryItem {
        outcome,
        ..EntryItem::waiting(thing, key, format!("engine {key}"))
    };
    let entry = Entry {
        id: 1,
        what: "Updating in stages".to_owned(),
        who: "admin".to_owned(),
        began: Timestamp::from_unix_ms(0),
        ended: None,
        items: vec![
            item(Thing::Engine, 1, Outcome::Done),
            item(Thing::Engine, 2, Outcome::Failed),
            item(Thing::Engine, 3, Outcome::NotBegun),
            item(Thing::Engine, 4, Outcome::Waiting),
            item(Thing::Engine, 5, Outcome::Unknown),
            item(Thing::Site, 6, Outcome::Failed),
            item(Thing::Engine, 7, Outcome::Failed),
        ],
    };
    let named = |id: u64, name: &str| engine(&value!({"id": id, "name": name, "status": "active"}));
    let mut engines: Vec<_> = (1..=6).map(|id| named(id, &format!("engine {id}"))).collect();
    let undone = [2, 3, 4, 5].map(EngineId);
    assert_eq!(entry.undone(&engines), undone, "neither a site nor what is gone is one of them");
    engines[1] = named(2, "added under an id that was free again");
    assert_eq!(entry.undone(&engines), undone[1..]);
}
