//! **Group by**: which engine is in which group. It comes with the rest of the app, and the list is there without it.

use std::sync::Arc;

use console_api::rules::{EngineGrouping, group_engines};
use leptos::prelude::*;

use super::EnginesState;
use crate::ui::{live::follow, table::groups::Groups};

/// Keeps the groups of the list in the context, as long as it is there.
#[component]
pub fn EngineGroups() -> impl IntoView {
    let page: EnginesState = expect_context();
    follow(move || {
        let grouping = page.group.with(|key| EngineGrouping::from_key(key));
        let groups = grouping.zip(page.rows.get()).map(|(grouping, rows)| {
            let notes = (grouping == EngineGrouping::Tag).then(|| page.data.notes()).flatten();
            let (names, of) = group_engines(&rows.all, grouping, notes.as_deref());
            let ids = rows.all.iter().map(|row| row.engine.id.get());
            Arc::new(Groups { names, of: ids.zip(of).collect() })
        });
        page.groups.set(groups);
    });
    on_cleanup(move || _ = page.groups.try_set(None));
}
