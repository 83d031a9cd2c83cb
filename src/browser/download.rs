//! Files that the browser saves.

use console_api::Timestamp;
use js_sys::Array;
use leptos::prelude::*;
use wasm_bindgen::{JsCast, JsValue};
use web_sys::{Blob, BlobPropertyBag, HtmlAnchorElement, Url};

use super::clock::now;

/// What a file of comma-separated values begins with: spreadsheets take a text without this mark for one of their
/// country's old encoding.
pub const CSV_MARK: &str = "\u{feff}";

/// The file's name with the day, for example `scan-engines-2026-07-20.csv`. The day is UTC's, as the times in the files are.
pub fn csv_name(what: &str) -> String {
    dated_name(what, "csv")
}

/// The same with another ending.
pub fn dated_name(what: &str, ending: &str) -> String {
    let day = Timestamp::from_unix_ms(now()).to_string();
    format!("{what}-{}.{ending}", day.get(..10).unwrap_or_default())
}

/// Gives texts, one after the other, to the browser as a file to be saved.
///
/// # Errors
/// The browser did not take it.
pub fn save_csv(name: &str, texts: &Array) -> Result<(), JsValue> {
    save(name, "text/csv;charset=utf-8", texts)
}

/// The same for a file of another kind.
///
/// # Errors
/// The browser did not take it.
pub fn save(name: &str, kind: &str, texts: &Array) -> Result<(), JsValue> {
    let options = BlobPropertyBag::new();
    options.set_type(kind);
    let blob = Blob::new_with_str_sequence_and_options(texts, &options)?;
    let url = Url::create_object_url_with_blob(&blob)?;
    let link = document().create_element("a")?.unchecked_into::<HtmlAnchorElement>();
    link.set_href(&url);
    link.set_download(name);
    link.click();
    // By then the download holds the content itself.
    set_timeout(move || _ = Url::revoke_object_url(&url), std::time::Duration::from_secs(60));
    Ok(())
}
