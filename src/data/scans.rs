//! Scans: which are under way, and on which engine, and what ran on an engine or over a site.

use console_api::{
    Engine, EngineId, Error, Page, PageRequest, Scan, SiteId, Sort,
    rules::{ScansOn, scans_on_each},
};
use leptos::prelude::*;

use super::Data;

/// How many of a site's scans are named; the others are counted.
const NAMED: u64 = 5;

/// The scans of a site.
#[derive(Clone, Debug, PartialEq)]
pub struct ScansOfSite {
    /// How many are under way.
    pub under_way: usize,
    /// How many have ended.
    pub count: u64,
    /// The newest of these.
    pub newest: Vec<Scan>,
}

impl Data {
    /// The scans that are under way on one engine.
    ///
    /// # Errors
    /// Why they could not be read.
    pub async fn scans_on_one(self, engine: &Engine) -> Result<ScansOn, Error> {
        let on = self.scans_on(vec![engine.clone()]).await?;
        Ok(on.into_iter().next().unwrap_or_default())
    }

    /// The scans that are under way on each of these engines, in their order. Which pool is whose is read first where it is
    /// not known: a scan may run in one.
    ///
    /// # Errors
    /// Why it could not be read.
    pub async fn scans_on(self, engines: Vec<Engine>) -> Result<Vec<ScansOn>, Error> {
        let scans = self.scans_under_way().await?;
        if untrack(|| self.pools.value()).is_none() {
            // Without them it is looked at as if there were none.
            _ = self.read_pools_now().await;
        }
        let pools = untrack(|| self.pools.value());
        Ok(scans_on_each(&engines, &scans, pools.as_ref().map_or(&[], |pools| &pools.items)))
    }

    /// One page of the scans that ran on an engine.
    ///
    /// # Errors
    /// Why it could not be read.
    pub async fn scans_of(self, id: EngineId, request: &PageRequest) -> Result<Page<Scan>, Error> {
        self.session.call(async |console| console.engine_scans(id, request).await).await
    }

    /// The scans of a site that are under way, and the newest of the others, so many at most of either: the console tells them
    /// apart. Which site it is stands in each: the console does not say so there.
    ///
    /// # Errors
    /// Why they could not be read.
    pub async fn newest_scans_of(self, site: SiteId, most: u64) -> Result<Vec<Scan>, Error> {
        let newest = vec![Sort { property: "startTime", descending: true }];
        let request = PageRequest { page: 0, size: most, sort: newest };
        let mut scans = Vec::new();
        for active in [true, false] {
            let page = self
                .session
                .call(async |console| console.site_scans(site, Some(active), &request).await)
                .await?;
            scans.extend(page.items.into_iter().map(|scan| Scan { site: Some(site), ..scan }));
        }
        Ok(scans)
    }

    /// The scans that would go with a site.
    ///
    /// # Errors
    /// Why they could not be read.
    pub async fn scans_that_go_with(self, site: SiteId) -> Result<ScansOfSite, Error> {
        let newest = vec![Sort { property: "startTime", descending: true }];
        let request = PageRequest { page: 0, size: NAMED, sort: newest };
        let read = async |console: crate::session::Console| {
            let active = console.site_scans(site, Some(true), &PageRequest::default()).await?;
            // Those that have ended: the console tells the two apart.
            let past = console.site_scans(site, Some(false), &request).await?;
            Ok((active, past))
        };
        let (active, past) = self.session.call(read).await?;
        let under_way = active.items.into_iter().filter(|scan| scan.status.is_under_way()).count();
        let count = past.total.unwrap_or(0).max(past.rows() as u64);
        Ok(ScansOfSite { under_way, count, newest: past.items })
    }

    /// The scans that are under way, on all engines.
    ///
    /// # Errors
    /// Why they could not be read.
    pub async fn scans_under_way(self) -> Result<Vec<Scan>, Error> {
        self.session.call(async |console| console.scans_under_way().await).await
    }
}
