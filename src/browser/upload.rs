//! Files that a person chooses.

use wasm_bindgen::JsValue;
use wasm_bindgen_futures::{JsFuture, spawn_local};
use web_sys::HtmlInputElement;

/// Reads the text of the file that was chosen in a field, and gives it to `then`; `None` if it could not be read. The field is empty
/// again then: the same file can be chosen once more. Nothing happens if none was chosen.
pub fn read_chosen(field: &HtmlInputElement, then: impl FnOnce(Option<String>) + 'static) {
    let Some(file) = field.files().and_then(|files| files.get(0)) else { return };
    field.set_value("");
    // `then` may only touch what the app has, as the page may be left meanwhile.
    spawn_local(async move {
        let text = JsFuture::from(file.text()).await.ok();
        then(text.as_ref().and_then(JsValue::as_string));
    });
}
