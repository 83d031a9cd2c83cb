//! Files that the page gives to the person, and the other way round.

use tempfile::TempDir;

use crate::locator::Locator;
use crate::page::Page;

/// What the page gives the browser to save, as a text.
const CATCH: &str = "window.__saved = null; const make = URL.createObjectURL;
    URL.createObjectURL = (blob) => { blob.text().then((text) => { window.__saved = text; }); return make.call(URL, blob); };";
const CAUGHT: &str = "const done = arguments[arguments.length - 1];
    const look = () => (window.__saved ? done(window.__saved) : setTimeout(look, 20)); look();";

impl Page {
    /// From now on, until the page is loaded again, the text that is saved last can be read: see [`saved_file`](Self::saved_file).
    pub async fn catch_files(&self) {
        self.run(CATCH, Vec::new()).await;
    }

    /// The text that the page has given the browser to save. Waits for it.
    ///
    /// # Panics
    /// If none comes.
    pub async fn saved_file(&self) -> String {
        let saved = self.run_async(CAUGHT, Vec::new()).await;
        saved.as_str().unwrap_or_else(|| panic!("no text was saved, but {saved}")).to_owned()
    }

    /// Chooses a file with this text in a field for files. It is there until what is given back is dropped.
    ///
    /// # Panics
    /// If the field is not there, or if the file can't be written.
    pub async fn choose_file(&self, field: Locator, text: &str) -> TempDir {
        let folder = TempDir::with_prefix("engine-console-file-")
            .unwrap_or_else(|error| panic!("no folder for a file: {error}"));
        let path = folder.path().join("chosen.json");
        if let Err(error) = std::fs::write(&path, text) {
            panic!("{} can't be written: {error}", path.display());
        }
        self.type_into(field, &path.to_string_lossy()).await;
        folder
    }
}
