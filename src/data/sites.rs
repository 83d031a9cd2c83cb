//! Sites: a page of them, one of them, and what changes it.

use console_api::{
    Created, Error, Moved, NewSite, Page, PageRequest, Saved, ScannerId, Site, SiteDraft, SiteId,
    rules::{Thing, Undo},
};
use leptos::prelude::*;

use super::Data;

/// A page of sites, and what was asked for: the answer alone does not tell by what it is sorted.
#[derive(Clone, Debug, PartialEq)]
pub struct Listed {
    /// Which page, and in which order.
    pub request: PageRequest,
    /// The answer.
    pub page: Page<Site>,
}

impl Data {
    /// Reads a page of sites; the one that is on screen stays until it is there.
    pub fn read_sites(self, request: PageRequest) {
        self.sites.read(async move {
            let page = self.page_of_sites(&request).await?;
            Ok(Listed { request, page })
        });
    }

    /// A page of sites, which is kept nowhere.
    pub(super) async fn page_of_sites(self, request: &PageRequest) -> Result<Page<Site>, Error> {
        self.session.call(async |console| console.sites(request).await).await
    }

    /// Reads one site, and the engines and pools if they are not there yet. What is known of the site already shows at once.
    pub fn open_site(self, id: SiteId) {
        let (known, listed) = untrack(|| {
            let listed = self.sites.value();
            let listed =
                listed.and_then(|listed| listed.page.items.iter().find(|site| site.id == id).cloned());
            (self.site.value().is_some_and(|site| site.id == id), listed)
        });
        if !known {
            self.site.forget();
        }
        if let Some(site) = listed {
            self.site.set(site);
        }
        self.read_site(id);
        self.want_scanners();
    }

    /// Reads the engines and pools if they are not there yet.
    pub fn want_scanners(self) {
        if untrack(|| self.engines.value().is_none() || self.pools.value().is_none()) {
            self.read_engines();
        }
    }

    /// Reads one site again. Where the console does not report what scans it in the same answer, that is asked for.
    pub fn read_site(self, id: SiteId) {
        self.site.read(async move {
            let read = async move |console: crate::session::Console| {
                let mut site = console.site(id).await?;
                if site.scanner.is_none() {
                    // It is shown as not known then.
                    site.scanner = console.site_scanner(id).await.ok();
                }
                Ok(site)
            };
            self.session.call(read).await
        });
    }

    /// Puts what is known of a site now into all that shows it.
    pub fn site_is(self, site: Site) {
        if untrack(|| self.site.value()).is_some_and(|shown| shown.id == site.id) {
            self.site.set(site.clone());
        }
        self.sites.patch(move |listed| {
            if let Some(old) = listed.page.items.iter_mut().find(|old| old.id == site.id) {
                old.clone_from(&site);
            }
        });
    }

    /// Reads the scan templates.
    pub fn read_scan_templates(self) {
        self.scan_templates.read(self.session.call(async |console| console.scan_templates().await));
    }

    /// Adds a site.
    ///
    /// # Errors
    /// Why the console did not take it.
    pub async fn create_site(self, site: NewSite) -> Result<Created<SiteId>, Error> {
        let noting = self.noting("Creating a site", Thing::Site, 0, site.name.trim().to_owned());
        let created = self.session.call(async |console| console.create_site(&site).await).await;
        noting.ends(created.as_ref().err(), "created");
        let created = created?;
        self.read_engines();
        Ok(created)
    }

    /// Saves a site's name, importance and description, unless someone else has changed them since they were `opened`.
    ///
    /// # Errors
    /// Why the console did not take it.
    pub async fn save_site(
        self,
        id: SiteId,
        opened: SiteDraft,
        wanted: SiteDraft,
    ) -> Result<Saved<Site>, Error> {
        let noting = self.noting("Saving a site", Thing::Site, id.get(), wanted.name.trim().to_owned());
        let saved = self.session.call(async |console| console.update_site(id, &opened, &wanted).await).await;
        match &saved {
            Ok(Saved::Done) | Err(Error::UnknownOutcome(_)) => self.read_site(id),
            Ok(Saved::ChangedMeanwhile(theirs)) => self.site_is(theirs.clone()),
            Err(_) => {}
        }
        noting.saved(&saved);
        saved
    }

    /// Deletes a site, and its scans with it. One that is already gone is not a failure.
    ///
    /// # Errors
    /// What stands in the way.
    pub async fn delete_site(self, id: SiteId) -> Result<(), Error> {
        let noting =
            self.noting("Deleting a site", Thing::Site, id.get(), self.name_of(Thing::Site, id.get()));
        let done = match self.session.call(async move |console| console.delete_site(id).await).await {
            Ok(()) | Err(Error::NotFound { .. }) => Ok(()),
            Err(error) => Err(error),
        };
        noting.ends(done.as_ref().err(), "deleted");
        if done.is_ok() {
            self.sites.patch(move |listed| {
                let before = listed.page.items.len();
                listed.page.items.retain(|site| site.id != id);
                if listed.page.items.len() < before {
                    listed.page.total = listed.page.total.map(|total| total.saturating_sub(1));
                }
            });
            // Read again once someone wants it.
            self.all_sites.forget();
        }
        if matches!(done, Ok(()) | Err(Error::UnknownOutcome(_))) {
            // How many sites each of them has, and what comes up to the end of the page.
            self.read_engines();
            if let Some(listed) = untrack(|| self.sites.value()) {
                self.read_sites(listed.request.clone());
            }
        }
        done
    }

    /// Gives one site another engine or pool, unless it has lost the one that it had when it was opened.
    ///
    /// # Errors
    /// Why the console did not do it.
    pub async fn assign_site(
        self,
        id: SiteId,
        from: Option<ScannerId>,
        to: ScannerId,
    ) -> Result<Moved, Error> {
        let noting = self.noting("Moving a site", Thing::Site, id.get(), self.name_of(Thing::Site, id.get()));
        let moved = self.session.call(async |console| console.move_site(id, from, to).await).await;
        let label = |scanner| untrack(|| self.scanners()).label(scanner);
        match &moved {
            Ok(Moved::Done) => {
                let undo = from.map(|was| Undo::Site { site: id, was, now: to });
                noting.ends_undoable(None, &format!("moved to {}", label(to)), undo);
            }
            Ok(Moved::AlreadyThere) => noting.ends(None, "already there"),
            Ok(Moved::ElsewhereMeanwhile(now)) => noting.refrained(&format!(
                "Someone else moved it to {} in the meantime, so it was left there.",
                label(*now)
            )),
            Err(error) => noting.ends(Some(error), ""),
        }
        // How many sites each of them has; after a failure nobody may know.
        if matches!(moved, Ok(_) | Err(Error::UnknownOutcome(_))) {
            self.read_engines();
            self.read_site(id);
        }
        moved
    }
}
