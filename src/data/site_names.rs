//! The names of some sites: a pool tells only the ids of its own.

use std::collections::BTreeMap;

use console_api::SiteId;
use futures::future::join_all;
use leptos::{prelude::*, task::spawn_local};

use super::Data;

/// How many sites are asked for one by one; for more of them all sites are read, page by page.
const FEW: usize = 24;
/// How many calls are under way at a time.
const AT_ONCE: usize = 4;

/// The names of sites that a screen shows. Copy it freely; all copies are the same.
#[derive(Clone, Copy)]
pub struct SiteNames {
    data: Data,
    known: RwSignal<BTreeMap<SiteId, String>>,
    asked: StoredValue<Vec<SiteId>>,
}

impl SiteNames {
    /// None is known yet.
    pub fn new(data: Data) -> Self {
        Self { data, known: RwSignal::new(BTreeMap::new()), asked: StoredValue::new(Vec::new()) }
    }

    /// Makes sure that the names of these are read, unless they are known. Where that fails, the ids stand for them.
    pub fn want(self, sites: &[SiteId]) {
        let all = untrack(|| self.data.all_sites.list());
        let known = |id: &SiteId| all.as_ref().is_some_and(|all| all.place(*id).is_some());
        let asked = self.asked.get_value();
        let missing =
            sites.iter().filter(|id| !known(id) && !asked.contains(id)).copied().collect::<Vec<_>>();
        if missing.is_empty() {
            return;
        }
        self.asked.update_value(|asked| asked.extend(&missing));
        if missing.len() > FEW {
            self.data.want_all_sites();
            return;
        }
        let (data, known) = (self.data, self.known);
        spawn_local(async move {
            for some in missing.chunks(AT_ONCE) {
                let sites = some.iter().map(|id| {
                    let id = *id;
                    data.session.call(async move |console| console.site(id).await)
                });
                let sites = join_all(sites).await;
                known.try_update(|known| {
                    known.extend(sites.into_iter().flatten().map(|site| (site.id, site.name)));
                });
            }
        });
    }

    /// The name of a site; its id in words as long as the name is not known.
    pub fn name(self, id: SiteId) -> String {
        let one = self.known.with(|known| known.get(&id).cloned());
        let listed = || {
            let all = self.data.all_sites.list()?;
            all.place(id).map(|place| all.name(place).to_owned())
        };
        one.or_else(listed).unwrap_or_else(|| format!("Site {id}"))
    }
}
