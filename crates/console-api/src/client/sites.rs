//! Sites.

use futures::Stream;
use serde::Serialize;

use crate::client::{Client, Created, Moved, PageRequest, Saved, Sort};
use crate::error::Error;
use crate::ids::{ScannerId, SiteId};
use crate::model::{List, Page, ScanTemplate, Site};
use crate::transport::{Method, Transport};
use crate::wire;

/// A site to be created.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct NewSite {
    /// The name; the console refuses one that it has already.
    pub name: String,
    /// How important it is: `very_low`, `low`, `normal`, `high`, `very_high`.
    pub importance: Option<String>,
    /// What it is about.
    pub description: Option<String>,
    /// The engine or pool that scans it; the console picks one otherwise.
    pub scanner: Option<ScannerId>,
    /// The id of one of its [`scan_templates`](Client::scan_templates); the console picks one otherwise, and refuses others.
    pub scan_template: Option<String>,
}

impl NewSite {
    /// Whether this site is what was to be created, as far as it was decided.
    fn describes(&self, site: &Site) -> bool {
        let same = |wanted: &Option<String>, has: &Option<String>| wanted.is_none() || wanted == has;
        site.name == self.name.trim()
            && same(&self.importance, &site.importance)
            && self.description.as_deref().unwrap_or_default()
                == site.description.as_deref().unwrap_or_default()
            && (self.scanner.is_none() || site.scanner.is_none() || self.scanner == site.scanner)
            && (site.scan_template.is_none() || same(&self.scan_template, &site.scan_template))
    }
}

/// What a person decides about a site that is there. Which engine or pool scans it has a call of its own:
/// [`move_site`](Client::move_site).
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct SiteDraft {
    /// The name; the console refuses one that it has already.
    pub name: String,
    /// How important it is, in the console's word: `very_low`, `low`, `normal`, `high`, `very_high`.
    pub importance: String,
    /// What it is about; may be empty.
    pub description: String,
}

impl SiteDraft {
    /// What sites have unless someone decides otherwise.
    pub const DEFAULT_IMPORTANCE: &str = "normal";

    /// The site as it is.
    #[must_use]
    pub fn of(site: &Site) -> Self {
        Self {
            name: site.name.clone(),
            importance: site.importance.clone().unwrap_or_else(|| Self::DEFAULT_IMPORTANCE.to_owned()),
            description: site.description.clone().unwrap_or_default(),
        }
    }
}

/// A site as it is sent.
#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct Wire<'a> {
    name: &'a str,
    #[serde(skip_serializing_if = "Option::is_none")]
    importance: Option<&'a str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    description: Option<&'a str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    engine_id: Option<ScannerId>,
    #[serde(skip_serializing_if = "Option::is_none")]
    scan_template_id: Option<&'a str>,
}

impl<T: Transport> Client<T> {
    /// One page of all sites. The console sorts but can't filter them (docs/api-quirks.md, "Reading").
    ///
    /// # Errors
    /// Any [`Error`] of a read.
    pub async fn sites(&self, request: &PageRequest) -> Result<Page<Site>, Error> {
        self.page(SITES, request).await
    }

    /// All pages of all sites.
    pub fn sites_stream(
        &self,
        request: PageRequest,
    ) -> impl Stream<Item = Result<Page<Site>, Error>> + use<T> {
        self.pages(SITES.to_owned(), request)
    }

    /// One site.
    ///
    /// # Errors
    /// Any [`Error`] of a read.
    pub async fn site(&self, id: SiteId) -> Result<Site, Error> {
        wire::one(&self.get(site_path(id)).await?)
    }

    /// All scan templates.
    ///
    /// # Errors
    /// Any [`Error`] of a read.
    pub async fn scan_templates(&self) -> Result<List<ScanTemplate>, Error> {
        wire::list(&self.get_list("api/3/scan_templates").await?)
    }

    /// Adds a site.
    ///
    /// After a failure that leaves doubt the newest sites are read, because the console may have created it all the same;
    /// see [`Created::despite`].
    ///
    /// # Errors
    /// [`Error::Rejected`] for a name that is taken. [`Error::UnknownOutcome`] when the call failed in a way that
    /// does not tell whether the site is there now, and the list does not tell either (docs/api-quirks.md, "Changing").
    pub async fn create_site(&self, site: &NewSite) -> Result<Created<SiteId>, Error> {
        let body = wire::json(&Wire {
            name: site.name.trim(),
            importance: site.importance.as_deref(),
            description: site.description.as_deref(),
            engine_id: site.scanner,
            scan_template_id: site.scan_template.as_deref(),
        });
        let despite = match self.change(Method::Post, SITES, Some(body)).await {
            Ok(response) => match wire::created_id(&response) {
                Some(id) => return Ok(Created { id: SiteId(id), despite: None }),
                None => wire::unexpected(&response),
            },
            Err(error) if error.leaves_doubt() => error,
            Err(error) => return Err(error),
        };
        // A hundred thousand sites take too long to be looked through; a new one has the largest id.
        let newest =
            PageRequest { sort: vec![Sort { property: "id", descending: true }], ..PageRequest::default() };
        match self.sites(&newest).await {
            Ok(page) => match page.items.iter().find(|it| site.describes(it)) {
                Some(it) => Ok(Created { id: it.id, despite: Some(despite) }),
                None if has_newest(&page) => Err(despite.not_done()),
                None => Err(Error::UnknownOutcome(Box::new(despite))),
            },
            Err(_) => Err(Error::UnknownOutcome(Box::new(despite))),
        }
    }

    /// Changes name, importance or description. The site is read again just before, so that its engine or pool and its
    /// scan template are sent as they are now and a colleague's change is not overwritten unseen
    /// (docs/api-quirks.md, "Changing").
    ///
    /// # Errors
    /// [`Error::Rejected`] for a name that is taken, and any [`Error`] of a read or a change.
    pub async fn update_site(
        &self,
        id: SiteId,
        opened: &SiteDraft,
        wanted: &SiteDraft,
    ) -> Result<Saved<Site>, Error> {
        let fresh = self.site(id).await?;
        if SiteDraft::of(&fresh) != *opened {
            return Ok(Saved::ChangedMeanwhile(fresh));
        }
        let scanner = match fresh.scanner {
            Some(scanner) => scanner,
            None => self.site_scanner(id).await?,
        };
        let body = wire::json(&Wire {
            name: wanted.name.trim(),
            importance: Some(&wanted.importance),
            description: Some(&wanted.description),
            engine_id: Some(scanner),
            // Where the console does not report it, it can't be sent; the console then says what it wants.
            scan_template_id: fresh.scan_template.as_deref(),
        });
        self.send(Method::Put, site_path(id), Some(body)).await?;
        Ok(Saved::Done)
    }

    /// Deletes a site, and its scans with it.
    ///
    /// # Errors
    /// [`Error::Rejected`] while one of its scans is under way.
    pub async fn delete_site(&self, id: SiteId) -> Result<(), Error> {
        self.send(Method::Delete, site_path(id), None).await
    }

    /// The engine or pool that scans a site.
    ///
    /// # Errors
    /// Any [`Error`] of a read.
    pub async fn site_scanner(&self, id: SiteId) -> Result<ScannerId, Error> {
        wire::one(&self.get(scanner_path(id)).await?)
    }

    /// Moves a site to another engine or pool. A site always has one: it can't be given none
    /// (docs/api-quirks.md, "Changing").
    ///
    /// # Errors
    /// Any [`Error`] of a change.
    pub async fn set_site_scanner(&self, id: SiteId, scanner: ScannerId) -> Result<(), Error> {
        // The body is the bare number.
        self.send(Method::Put, scanner_path(id), Some(wire::json(&scanner))).await
    }

    /// Moves a site to another engine or pool, unless it has lost the one that it is to be moved `from`: a colleague's
    /// assignment is never taken back unseen. What it has is read just before, where `from` is known.
    ///
    /// # Errors
    /// Any [`Error`] of a read or a change.
    pub async fn move_site(
        &self,
        id: SiteId,
        from: Option<ScannerId>,
        to: ScannerId,
    ) -> Result<Moved, Error> {
        if let Some(from) = from {
            match self.site_scanner(id).await? {
                now if now == to => return Ok(Moved::AlreadyThere),
                now if now != from => return Ok(Moved::ElsewhereMeanwhile(now)),
                _ => {}
            }
        }
        self.set_site_scanner(id, to).await.map(|()| Moved::Done)
    }
}

const SITES: &str = "api/3/sites";

/// Whether this page surely has the newest sites: it has all there are, or the console did sort it by id, the largest
/// first.
fn has_newest(page: &Page<Site>) -> bool {
    let all = page.total.is_some_and(|total| total <= page.rows() as u64);
    all || page.unreadable == 0 && page.items.len() > 1 && page.items.is_sorted_by(|a, b| a.id > b.id)
}

pub(crate) fn site_path(id: SiteId) -> String {
    format!("{SITES}/{id}")
}

fn scanner_path(id: SiteId) -> String {
    format!("{}/scan_engine", site_path(id))
}
