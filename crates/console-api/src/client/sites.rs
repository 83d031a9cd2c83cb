//! Sites.

use futures::Stream;

use crate::client::{Client, Created, PageRequest};
use crate::error::Error;
use crate::ids::{ScannerId, SiteId};
use crate::json::Json;
use crate::model::{Page, Site};
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
    /// The id of a scan template; the console picks one otherwise.
    pub scan_template: Option<String>,
}

impl<T: Transport> Client<T> {
    /// One page of all sites. The console sorts but can't filter them (console-facts §2).
    ///
    /// # Errors
    /// Any [`Error`] of a read.
    pub async fn sites(&self, request: &PageRequest) -> Result<Page<Site>, Error> {
        self.page(SITES, request, Site::row).await
    }

    /// All pages of all sites.
    pub fn sites_stream(
        &self,
        request: PageRequest,
    ) -> impl Stream<Item = Result<Page<Site>, Error>> + use<T> {
        self.pages(SITES.to_owned(), request, Site::row)
    }

    /// One site.
    ///
    /// # Errors
    /// Any [`Error`] of a read.
    pub async fn site(&self, id: SiteId) -> Result<Site, Error> {
        wire::one(&self.get(site_path(id)).await?, Site::read)
    }

    /// Adds a site.
    ///
    /// # Errors
    /// [`Error::Rejected`] for a name that is taken. [`Error::UnknownOutcome`] when the call failed in a way that
    /// does not tell whether the site is there now; the list tells (console-facts §2).
    pub async fn create_site(&self, site: &NewSite) -> Result<Created<SiteId>, Error> {
        let body = [
            ("importance", site.importance.as_deref().map(Json::from)),
            ("description", site.description.as_deref().map(Json::from)),
            ("engineId", site.scanner.map(|scanner| scanner.get().into())),
            ("scanTemplateId", site.scan_template.as_deref().map(Json::from)),
        ]
        .into_iter()
        .filter_map(|(key, value)| Some((key, value?)))
        .fold(Json::object([("name", site.name.trim().into())]), |body, (key, value)| body.with(key, value));
        let unknown = |error| Error::UnknownOutcome(Box::new(error));
        match self.change(Method::Post, SITES, Some(&body)).await {
            Ok(response) => match wire::created_id(&response) {
                Some(id) => Ok(Created { id: SiteId(id), despite: None }),
                None => Err(unknown(wire::unexpected(&response))),
            },
            Err(error) if error.leaves_doubt() => Err(unknown(error)),
            Err(error) => Err(error),
        }
    }

    /// The engine or pool that scans a site.
    ///
    /// # Errors
    /// Any [`Error`] of a read.
    pub async fn site_scanner(&self, id: SiteId) -> Result<ScannerId, Error> {
        wire::one(&self.get(scanner_path(id)).await?, |fields| fields.natural("id")).map(ScannerId)
    }

    /// Gives a site another engine or pool. A site always has one: it can't be given none (console-facts §2).
    ///
    /// # Errors
    /// Any [`Error`] of a change.
    pub async fn set_site_scanner(&self, id: SiteId, scanner: ScannerId) -> Result<(), Error> {
        // The body is the bare number.
        self.change(Method::Put, scanner_path(id), Some(&scanner.get().into())).await.map(drop)
    }
}

const SITES: &str = "api/3/sites";

pub(crate) fn site_path(id: SiteId) -> String {
    format!("{SITES}/{id}")
}

fn scanner_path(id: SiteId) -> String {
    format!("{}/scan_engine", site_path(id))
}
