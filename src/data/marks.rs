//! Which engines a person has marked as **Run by Rapid7**: nothing in API v3 tells those with an IP address of their own apart
//! (docs/api-quirks.md, "Special engines and pools"). The marks are kept in this browser, by address.

use console_api::{Engine, rules::may_be_hosted};

use super::Data;
use crate::browser::preference::Preference;

/// The addresses, with blanks between.
const MARKED: Preference = Preference::named("engine-console.run-by-rapid7");

/// Puts the marks on these engines.
pub(super) fn put_on(engines: &mut [Engine]) {
    let marked = MARKED.remembered().unwrap_or_default();
    if marked.is_empty() {
        return;
    }
    for engine in engines.iter_mut().filter(|engine| may_be_hosted(engine)) {
        engine.run_by_rapid7 = marked.split(' ').any(|address| address == engine.address);
    }
}

impl Data {
    /// Marks an engine as run by Rapid7, or takes the mark away.
    pub fn mark_run_by_rapid7(self, engine: &Engine, is: bool) {
        let marked = MARKED.remembered().unwrap_or_default();
        let others = marked.split(' ').filter(|address| !address.is_empty() && *address != engine.address);
        let all = others.chain(is.then_some(engine.address.as_str())).collect::<Vec<_>>();
        MARKED.remember(&all.join(" "));
        self.engine_is(Engine { run_by_rapid7: is, ..engine.clone() });
    }
}
