//! Which sites an engine has, and how sites get another engine or pool, a few at a time.

use std::{cell::RefCell, pin::pin, rc::Rc};

use console_api::{
    EngineId, Error, Moved, PageRequest, ScannerId, SiteId,
    rules::{OwnedSite, Scanners, SiteMove, Thing, Undo},
};
use futures::{FutureExt, TryStreamExt};
use leptos::prelude::*;
use rustc_hash::FxHashMap;

use super::{
    Data,
    bulk::{AT_ONCE, Item, Job, Trouble},
    sites::Listed,
};

impl Data {
    /// The engines and pools as they were last read: empty before that.
    pub fn scanners(self) -> Scanners {
        let (engines, pools) = (self.engines.value(), self.pools.value());
        Scanners::new(
            engines.as_ref().map_or(&[], |list| &list.items),
            pools.as_ref().map_or(&[], |list| &list.items),
        )
    }

    /// Reads a page of the sites that are assigned to an engine directly; the one that is on screen stays until it is there.
    pub fn read_engine_sites(self, id: EngineId, request: PageRequest) {
        self.engine_sites.read(async move {
            let page = self.session.call(async |console| console.engine_sites(id, &request).await).await?;
            Ok((id, Listed { request, page }))
        });
    }

    /// The sites that are assigned directly to these engines, with their names.
    ///
    /// # Errors
    /// Why those of one of them could not be read.
    pub async fn sites_of(self, engines: Vec<EngineId>) -> Result<Vec<OwnedSite>, Error> {
        let mut sites = Vec::new();
        for engine in engines {
            let read = self.session.call(async move |console| {
                let mut pages = pin!(console.engine_sites_stream(engine, PageRequest::default()));
                let mut sites = Vec::new();
                while let Some(page) = pages.try_next().await? {
                    let owned =
                        |site: console_api::Site| OwnedSite { engine, site: site.id, name: site.name };
                    sites.extend(page.items.into_iter().map(owned));
                }
                Ok(sites)
            });
            sites.extend(read.await?);
        }
        Ok(sites)
    }

    /// Puts it into all that shows sites that these have another engine or pool now.
    pub(super) fn have_moved(self, moves: &[(SiteId, ScannerId)]) {
        if moves.is_empty() {
            return;
        }
        self.all_sites.have_moved(moves);
        let by_site = moves.iter().copied().collect::<FxHashMap<_, _>>();
        self.sites.patch(move |listed| {
            for site in &mut listed.page.items {
                if let Some(scanner) = by_site.get(&site.id) {
                    site.scanner = Some(*scanner);
                }
            }
        });
        if let Some(open) =
            untrack(|| self.site.value()).filter(|it| moves.iter().any(|(site, _)| *site == it.id))
        {
            self.read_site(open.id);
        }
    }

    /// Gives these sites another engine or pool, each by calls of its own, so that a failure stops no other. `doing` is
    /// the heading while it runs. At its end, and at that of each retry, the engines and pools are read again and
    /// `on_end` receives what has not been moved: to do it later, pass just that.
    ///
    /// What scans a site is read again just before. Where that is no longer what the move names, a colleague was faster:
    /// the site stays where it is and counts as failed, with the reason. Whoever then tries again has read it, so that the
    /// move begins at the place where the site is now, once.
    ///
    /// Nothing happens while other bulk work is running: see [`Bulk::is_running`](super::bulk::Bulk::is_running).
    pub fn move_sites(
        self,
        moves: Vec<SiteMove>,
        doing: &'static str,
        on_end: impl Fn(Vec<SiteMove>) + 'static,
    ) {
        self.work.begin_change();
        let items = moves.iter().map(|it| Item { key: it.site.get(), name: it.name.clone() }).collect();
        let order = moves.iter().map(|it| it.site).collect::<Vec<_>>();
        let moves = moves.into_iter().map(|it| (it.site, it)).collect::<FxHashMap<_, _>>();
        let moves = Rc::new(RefCell::new(moves));
        let done = Rc::new(RefCell::new(Vec::new()));
        let finish = {
            let (moves, done) = (Rc::clone(&moves), Rc::clone(&done));
            move || {
                self.have_moved(&std::mem::take(&mut *done.borrow_mut()));
                self.work.begin_change();
                self.read_engines();
                if let Some(open) = untrack(|| self.engine.value()) {
                    self.read_engine(open.id);
                }
                if let Some(listed) = untrack(|| self.engine_sites.value()) {
                    self.read_engine_sites(listed.0, listed.1.request.clone());
                }
                let moves = moves.borrow();
                on_end(order.iter().filter_map(|site| moves.get(site).cloned()).collect());
            }
        };
        let step = move |item: Item| {
            let (moves, done) = (Rc::clone(&moves), Rc::clone(&done));
            async move {
                let site = SiteId(item.key);
                let way = moves.borrow().get(&site).map(|it| (it.from, it.to));
                let Some((from, to)) = way else { return Ok("already there") };
                let moved =
                    self.session.call(async move |console| console.move_site(site, from, to).await).await?;
                let word = match moved {
                    Moved::Done => {
                        if let Some(was) = from {
                            self.bulk.can_be_undone(item.key, Undo::Site { site, was, now: to });
                        }
                        "moved"
                    }
                    Moved::AlreadyThere => "already there",
                    Moved::ElsewhereMeanwhile(now) => {
                        done.borrow_mut().push((site, now));
                        if let Some(it) = moves.borrow_mut().get_mut(&site) {
                            it.from = Some(now);
                        }
                        let now = untrack(|| self.scanners()).label(now);
                        return Err(Trouble::Refrained(format!(
                            "Someone else moved it to {now} in the meantime, so it was left there. Trying again moves it from there."
                        )));
                    }
                };
                moves.borrow_mut().remove(&site);
                done.borrow_mut().push((site, to));
                Ok(word)
            }
            .boxed_local()
        };
        let job = Job { doing, at_once: AT_ONCE, step: Rc::new(step), finish: Rc::new(finish) };
        self.bulk.start_on(Thing::Site, job, items);
    }
}
