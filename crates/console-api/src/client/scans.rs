//! Scans.

use core::pin::pin;

use futures::{Stream, TryStreamExt as _};
use serde::Serialize;

use crate::client::sites::site_path;
use crate::client::{Client, PageRequest};
use crate::error::Error;
use crate::ids::{ScanId, ScannerId, SiteId};
use crate::model::{Page, Scan};
use crate::transport::{Method, Transport};
use crate::wire;

impl<T: Transport> Client<T> {
    /// One page of all scans; with `active`, of those that run or have ended only.
    ///
    /// # Errors
    /// Any [`Error`] of a read.
    pub async fn scans(&self, active: Option<bool>, request: &PageRequest) -> Result<Page<Scan>, Error> {
        self.page(&with_active("api/3/scans", active), request).await
    }

    /// All pages of all scans; with `active`, of those that run or have ended only.
    pub fn scans_stream(
        &self,
        active: Option<bool>,
        request: PageRequest,
    ) -> impl Stream<Item = Result<Page<Scan>, Error>> + use<T> {
        self.pages(with_active("api/3/scans", active), request)
    }

    /// The scans that occupy an engine now, of all engines; none can be deleted while it has one
    /// (docs/api-quirks.md, "Changing"). Which engine tells [`scans_on`](crate::rules::scans_on). Read from the list of active
    /// scans, which is short, and not from an engine's own, which goes back for years.
    ///
    /// # Errors
    /// Any [`Error`] of a read.
    pub async fn scans_under_way(&self) -> Result<Vec<Scan>, Error> {
        let mut pages = pin!(self.scans_stream(Some(true), PageRequest::default()));
        let mut scans = Vec::new();
        while let Some(page) = pages.try_next().await? {
            scans.extend(page.items.into_iter().filter(|scan| scan.status.is_under_way()));
        }
        Ok(scans)
    }

    /// One scan.
    ///
    /// # Errors
    /// Any [`Error`] of a read.
    pub async fn scan(&self, id: ScanId) -> Result<Scan, Error> {
        wire::one(&self.get(format!("api/3/scans/{id}")).await?)
    }

    /// One page of the scans of a site.
    ///
    /// # Errors
    /// Any [`Error`] of a read.
    pub async fn site_scans(
        &self,
        site: SiteId,
        active: Option<bool>,
        request: &PageRequest,
    ) -> Result<Page<Scan>, Error> {
        self.page(&with_active(&site_scans_path(site), active), request).await
    }

    /// Starts a scan of a site, by its own engine or pool or by another one.
    ///
    /// # Errors
    /// [`Error::UnknownOutcome`] when the call failed in a way that does not tell whether the scan runs now.
    pub async fn start_scan(&self, site: SiteId, scanner: Option<ScannerId>) -> Result<ScanId, Error> {
        #[derive(Serialize)]
        #[serde(rename_all = "camelCase")]
        struct Wire {
            #[serde(skip_serializing_if = "Option::is_none")]
            engine_id: Option<ScannerId>,
        }
        let body = wire::json(&Wire { engine_id: scanner });
        let unknown = |error| Error::UnknownOutcome(Box::new(error));
        match self.change(Method::Post, site_scans_path(site), Some(body)).await {
            Ok(response) => match wire::created_id(&response) {
                Some(id) => Ok(ScanId(id)),
                None => Err(unknown(wire::unexpected(&response))),
            },
            Err(error) if error.leaves_doubt() => Err(unknown(error)),
            Err(error) => Err(error),
        }
    }
}

fn site_scans_path(site: SiteId) -> String {
    format!("{}/scans", site_path(site))
}

fn with_active(path: &str, active: Option<bool>) -> String {
    match active {
        Some(active) => format!("{path}?active={active}"),
        None => path.to_owned(),
    }
}
