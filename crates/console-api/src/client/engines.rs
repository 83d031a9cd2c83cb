//! Scan engines.

use futures::Stream;
use serde::Serialize;

use crate::client::{Client, Created, PageRequest, Saved};
use crate::error::Error;
use crate::ids::{EngineId, SiteId};
use crate::model::{Engine, EngineStatus, EngineSummary, List, Page, Pool, Scan, Site};
use crate::transport::{Method, Transport};
use crate::wire::{self, Row};

/// What a person decides about an engine.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct EngineDraft {
    /// The name; the console refuses one that it has already.
    pub name: String,
    /// Host name or IP address.
    pub address: String,
    /// The port the engine listens on, 1 to 65535.
    pub port: u16,
}

impl EngineDraft {
    /// The port an engine listens on unless changed (docs/api-quirks.md, "Ports").
    pub const DEFAULT_PORT: u16 = 40814;

    /// The engine as it is.
    #[must_use]
    pub fn of(engine: &Engine) -> Self {
        Self {
            name: engine.name.clone(),
            address: engine.address.clone(),
            port: engine.port.unwrap_or(Self::DEFAULT_PORT),
        }
    }

    /// Whether this engine is what the draft describes.
    fn describes(&self, engine: &Engine) -> bool {
        engine.name == self.name.trim()
            && engine.address.eq_ignore_ascii_case(self.address.trim())
            && engine.port.is_none_or(|port| port == self.port)
    }

    fn wire(&self) -> Wire<'_> {
        Wire { id: None, name: self.name.trim(), address: self.address.trim(), port: self.port, sites: None }
    }
}

/// An engine as it is sent. A creation fails with an `id`, though the specification calls it required, and sites in it
/// are ignored or refused; a change needs both (docs/api-quirks.md, "Changing").
#[derive(Serialize)]
struct Wire<'a> {
    #[serde(skip_serializing_if = "Option::is_none")]
    id: Option<EngineId>,
    name: &'a str,
    address: &'a str,
    port: u16,
    #[serde(skip_serializing_if = "Option::is_none")]
    sites: Option<&'a [SiteId]>,
}

impl<T: Transport> Client<T> {
    /// All scan engines. Pools that old consoles list among them are left out (docs/api-quirks.md, "Reading").
    ///
    /// # Errors
    /// Any [`Error`] of a read.
    pub async fn engines(&self) -> Result<List<Engine>, Error> {
        wire::list(&self.get_list("api/3/scan_engines").await?)
    }

    /// The engines that are active: those that can scan now.
    ///
    /// # Errors
    /// Any [`Error`] of a read.
    pub async fn available_engines(&self) -> Result<List<Engine>, Error> {
        let mut list = self.engines().await?;
        list.items.retain(|engine| engine.status == EngineStatus::Active);
        Ok(list)
    }

    /// One scan engine.
    ///
    /// # Errors
    /// [`Error::NotFound`] also when the id is a pool's on a console that mixes them.
    pub async fn engine(&self, id: EngineId) -> Result<Engine, Error> {
        let response = self.get(engine_path(id)).await?;
        match wire::row(&response)? {
            Row::Read(engine) => Ok(engine),
            Row::Skip => Err(Error::NotFound { message: None }),
            Row::Broken => Err(wire::unexpected(&response)),
        }
    }

    /// One engine with its pools and the number of sites assigned to it directly.
    ///
    /// # Errors
    /// Any [`Error`] of a read.
    pub async fn engine_summary(&self, id: EngineId) -> Result<EngineSummary, Error> {
        let engine = self.engine(id).await?;
        let one = PageRequest { size: 1, ..PageRequest::default() };
        let sites = self.engine_sites(id, &one).await?;
        let pools = self.engine_pools(id).await?.items;
        let sites_count = sites.total.unwrap_or(engine.sites.len() as u64);
        Ok(EngineSummary { engine, sites_count, pools })
    }

    /// Adds an engine. It has no sites yet: those are assigned one by one afterwards (docs/api-quirks.md, "Changing").
    ///
    /// After a failure that leaves doubt (500, time-out, lost connection) the list is read again, because the console
    /// may have created the engine all the same; see [`Created::despite`].
    ///
    /// # Errors
    /// [`Error::Rejected`] for a name or an address that is taken. [`Error::NotDone`] when the call failed on the way and
    /// the list does not have the engine, [`Error::UnknownOutcome`] when the list could not be read either.
    pub async fn create_engine(&self, draft: &EngineDraft) -> Result<Created<EngineId>, Error> {
        let body = wire::json(&draft.wire());
        let despite = match self.change(Method::Post, "api/3/scan_engines", Some(body)).await {
            Ok(response) => match wire::created_id(&response) {
                Some(id) => return Ok(Created { id: EngineId(id), despite: None }),
                None => wire::unexpected(&response),
            },
            Err(error) if error.leaves_doubt() => error,
            Err(error) => return Err(error),
        };
        match self.engines().await {
            Ok(list) => match list.items.iter().find(|engine| draft.describes(engine)) {
                Some(engine) => Ok(Created { id: engine.id, despite: Some(despite) }),
                None => Err(despite.not_done()),
            },
            Err(_) => Err(Error::UnknownOutcome(Box::new(despite))),
        }
    }

    /// The engine that a draft describes, as the console has it now: for one whose creation ended in doubt.
    ///
    /// # Errors
    /// Any [`Error`] of a read.
    pub async fn find_engine(&self, draft: &EngineDraft) -> Result<Option<EngineId>, Error> {
        let list = self.engines().await?;
        Ok(list.items.iter().find(|engine| draft.describes(engine)).map(|engine| engine.id))
    }

    /// Changes name, address or port. The engine is read again just before, so that its sites are sent as they are
    /// now and a colleague's change is not overwritten unseen (docs/api-quirks.md, "Changing").
    ///
    /// # Errors
    /// Any [`Error`] of a read or a change.
    pub async fn update_engine(
        &self,
        id: EngineId,
        opened: &EngineDraft,
        wanted: &EngineDraft,
    ) -> Result<Saved<Engine>, Error> {
        let fresh = self.engine(id).await?;
        if EngineDraft::of(&fresh) != *opened {
            return Ok(Saved::ChangedMeanwhile(fresh));
        }
        let body = wire::json(&Wire { id: Some(id), sites: Some(&fresh.sites), ..wanted.wire() });
        self.send(Method::Put, engine_path(id), Some(body)).await?;
        Ok(Saved::Done)
    }

    /// Deletes an engine. It leaves its pools by itself.
    ///
    /// # Errors
    /// [`Error::Rejected`] while it has an assigned site or a running scan (docs/api-quirks.md, "Changing").
    pub async fn delete_engine(&self, id: EngineId) -> Result<(), Error> {
        self.send(Method::Delete, engine_path(id), None).await
    }

    /// One page of the sites assigned to an engine directly.
    ///
    /// # Errors
    /// Any [`Error`] of a read.
    pub async fn engine_sites(&self, id: EngineId, request: &PageRequest) -> Result<Page<Site>, Error> {
        self.page(&format!("{}/sites", engine_path(id)), request).await
    }

    /// All pages of the sites assigned to an engine directly.
    pub fn engine_sites_stream(
        &self,
        id: EngineId,
        request: PageRequest,
    ) -> impl Stream<Item = Result<Page<Site>, Error>> + use<T> {
        self.pages(format!("{}/sites", engine_path(id)), request)
    }

    /// One page of the scans that ran on an engine.
    ///
    /// # Errors
    /// Any [`Error`] of a read.
    pub async fn engine_scans(&self, id: EngineId, request: &PageRequest) -> Result<Page<Scan>, Error> {
        self.page(&format!("{}/scans", engine_path(id)), request).await
    }

    /// All pages of the scans that ran on an engine.
    pub fn engine_scans_stream(
        &self,
        id: EngineId,
        request: PageRequest,
    ) -> impl Stream<Item = Result<Page<Scan>, Error>> + use<T> {
        self.pages(format!("{}/scans", engine_path(id)), request)
    }

    /// The pools an engine is in.
    ///
    /// # Errors
    /// Any [`Error`] of a read.
    pub async fn engine_pools(&self, id: EngineId) -> Result<List<Pool>, Error> {
        wire::list(&self.get(format!("{}/scan_engine_pools", engine_path(id))).await?)
    }
}

pub(crate) fn engine_path(id: EngineId) -> String {
    format!("api/3/scan_engines/{id}")
}
