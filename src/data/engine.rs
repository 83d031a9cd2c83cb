//! One scan engine: read, added, saved, deleted, reversed.

use std::slice;

use console_api::{Created, Engine, EngineDraft, EngineId, Error, Saved, rules::Thing};
use leptos::{prelude::*, task::spawn_local};

use super::{Data, activity::Noting};

impl Data {
    /// Reads one engine, and the list with the pools if it is not there yet. What is known of the engine already shows
    /// at once.
    pub fn open_engine(self, id: EngineId) {
        let (known, listed) = untrack(|| {
            let list = self.engines.value();
            let listed = list.and_then(|list| list.items.iter().find(|engine| engine.id == id).cloned());
            (self.engine.value().is_some_and(|engine| engine.id == id), listed)
        });
        if !known {
            self.engine.forget();
        }
        if let Some(engine) = listed {
            self.engine.set(engine);
        }
        self.read_engine(id);
        if untrack(|| self.engines.value().is_none()) {
            self.read_engines();
        }
    }

    /// Reads one engine again.
    pub fn read_engine(self, id: EngineId) {
        self.engine.read(self.ask_for(id));
    }

    /// The engine as the console has it now.
    pub(super) async fn ask_for(self, id: EngineId) -> Result<Engine, Error> {
        let mut engine = self.session.call(async move |console| console.engine(id).await).await?;
        self.fill_in(slice::from_mut(&mut engine));
        Ok(engine)
    }

    /// Reads one engine again, for all that shows it.
    ///
    /// # Errors
    /// Why it could not be read.
    pub async fn know_engine(self, id: EngineId) -> Result<Engine, Error> {
        let engine = self.ask_for(id).await?;
        self.engine_is(engine.clone());
        Ok(engine)
    }

    /// Puts what is known of an engine now into all that shows it.
    pub fn engine_is(self, mut engine: Engine) {
        self.fill_in(slice::from_mut(&mut engine));
        if untrack(|| self.engine.value()).is_some_and(|shown| shown.id == engine.id) {
            self.engine.set(engine.clone());
        }
        self.engines.patch(move |list| {
            if let Some(old) = list.items.iter_mut().find(|old| old.id == engine.id) {
                old.clone_from(&engine);
            }
        });
    }

    /// Adds an engine.
    ///
    /// # Errors
    /// Why the console did not take it.
    pub async fn create_engine(self, draft: EngineDraft) -> Result<Created<EngineId>, Error> {
        self.work.begin_change();
        let noting = self.noting("Adding an engine", Thing::Engine, 0, draft.name.clone());
        let created =
            self.session.call(async move |console| console.create_engine(&draft.clone()).await).await;
        noting.ends(created.as_ref().err(), "added");
        let created = created?;
        self.read_engines();
        Ok(created)
    }

    /// Saves an engine's name, address and port, unless someone else has changed them since they were `opened`.
    ///
    /// # Errors
    /// Why the console did not take it.
    pub async fn save_engine(
        self,
        id: EngineId,
        opened: EngineDraft,
        wanted: EngineDraft,
    ) -> Result<Saved<Engine>, Error> {
        self.work.begin_change();
        let noting = self.noting("Saving an engine", Thing::Engine, id.get(), wanted.name.clone());
        let saved = self
            .session
            .call(async move |console| console.update_engine(id, &opened.clone(), &wanted.clone()).await)
            .await;
        match &saved {
            Ok(Saved::Done) | Err(Error::UnknownOutcome(_)) => self.changed(id),
            Ok(Saved::ChangedMeanwhile(theirs)) => self.engine_is(theirs.clone()),
            Err(_) => {}
        }
        noting.saved(&saved);
        saved
    }

    /// Deletes an engine.
    ///
    /// # Errors
    /// What stands in the way. [`Error::NotFound`] is none: it is gone.
    pub async fn delete_engine(self, id: EngineId) -> Result<(), Error> {
        self.work.begin_change();
        let noting = self.noting_engine("Deleting an engine", id);
        let done = self.erase_engine(id).await;
        noting.ends(done.as_ref().err(), "deleted");
        if done.is_ok() {
            self.engines.patch(move |list| list.items.retain(|engine| engine.id != id));
        }
        if matches!(done, Ok(()) | Err(Error::UnknownOutcome(_))) {
            self.read_engines();
        }
        done
    }

    /// Takes an engine out of the console, and leaves the list on screen as it is. One that is already gone is not a failure.
    pub(super) async fn erase_engine(self, id: EngineId) -> Result<(), Error> {
        match self.session.call(async move |console| console.delete_engine(id).await).await {
            Ok(()) | Err(Error::NotFound { .. }) => Ok(()),
            Err(error) => Err(error),
        }
    }

    /// Reverses who opens the connection, and reads the engine again.
    ///
    /// # Errors
    /// Why the console did not do it.
    pub async fn reverse_engine(self, id: EngineId) -> Result<(), Error> {
        self.work.begin_change();
        let noting = self.noting_engine("Reversing the connection", id);
        let done = self.session.call(async move |console| console.reverse_connection(id).await).await;
        noting.ends(done.as_ref().err(), "reversed");
        if matches!(done, Ok(()) | Err(Error::UnknownOutcome(_))) {
            self.changed(id);
        }
        done
    }

    /// One engine is about to be changed.
    pub(super) fn noting_engine(self, what: &str, id: EngineId) -> Noting {
        self.noting(what, Thing::Engine, id.get(), self.name_of(Thing::Engine, id.get()))
    }

    /// Reads an engine again that was changed.
    fn changed(self, id: EngineId) {
        spawn_local(async move {
            match self.ask_for(id).await {
                Ok(engine) => self.engine_is(engine),
                // What is shown stays until the next read; whoever looks is told why that fails.
                Err(_) => self.read_engines(),
            }
        });
    }
}
