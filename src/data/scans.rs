//! Scans: how many run on an engine, which are under way, and what ran on an engine or over a site.

use console_api::{EngineId, Error, Page, PageRequest, Scan, SiteId, Sort};
use rustc_hash::FxHashMap;

use super::Data;

impl Data {
    /// How many scans run on an engine now.
    ///
    /// # Errors
    /// Why it could not be read.
    pub async fn running_scans(self, id: EngineId) -> Result<usize, Error> {
        self.session.call(async move |console| console.running_scans(id).await).await
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

    /// The scans that are under way, on all engines.
    ///
    /// # Errors
    /// Why they could not be read.
    pub async fn scans_under_way(self) -> Result<Vec<Scan>, Error> {
        self.session.call(async |console| console.scans_under_way().await).await
    }

    /// How many scans are under way on each engine that has any.
    ///
    /// # Errors
    /// Why it could not be read.
    pub async fn scans_by_engine(self) -> Result<FxHashMap<EngineId, usize>, Error> {
        let scans = self.scans_under_way().await?;
        let mut count = FxHashMap::default();
        for engine in scans.iter().flat_map(|scan| &scan.engines) {
            *count.entry(*engine).or_default() += 1;
        }
        Ok(count)
    }
}
