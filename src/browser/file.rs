//! Text files that a person gives to the page.

use wasm_bindgen_futures::{JsFuture, spawn_local};
use web_sys::{File, FileList, HtmlInputElement};

/// The largest table or plan that is read, in bytes: none is larger, and a film dropped by mistake stops nothing.
const LARGEST: f64 = 16.0 * 1024.0 * 1024.0;

/// Reads the first of some files as a text, and gives it to `then`; `None` where there is none, it is too large, or it can't be read.
pub fn read_first(files: Option<FileList>, then: impl FnOnce(Option<String>) + 'static) {
    match files.and_then(|files| files.get(0)).filter(|file| file.size() <= LARGEST) {
        Some(file) => read(file, then),
        None => then(None),
    }
}

/// Reads the text of the file that was chosen in a field, however large, and gives it to `then`; `None` if it could not be read. The field is
/// empty again then: the same file can be chosen once more. Nothing happens if none was chosen.
pub fn read_chosen(field: &HtmlInputElement, then: impl FnOnce(Option<String>) + 'static) {
    let Some(file) = field.files().and_then(|files| files.get(0)) else { return };
    field.set_value("");
    read(file, then);
}

/// `then` may only touch what the app has, as the page may be left in the meantime.
fn read(file: File, then: impl FnOnce(Option<String>) + 'static) {
    spawn_local(async move {
        let text = JsFuture::from(file.text()).await.ok();
        then(text.and_then(|text| text.as_string()));
    });
}
