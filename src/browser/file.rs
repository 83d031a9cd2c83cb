//! Text files that a person gives to the page.

use std::{cell::Cell, rc::Rc};

use wasm_bindgen::{JsCast, closure::Closure};
use web_sys::{File, FileList, FileReader};

/// The largest file that is read, in bytes: no table or plan is larger, and a film dropped by mistake stops nothing.
const LARGEST: f64 = 16.0 * 1024.0 * 1024.0;

/// Reads the first of some files as a text, and gives it to `then`; `None` where there is none, it is too large, or it can't be read.
pub fn read_first(files: Option<FileList>, then: impl FnOnce(Option<String>) + 'static) {
    let then = Rc::new(Cell::new(Some(then)));
    let tell = move |text: Option<String>| {
        if let Some(then) = then.take() {
            then(text);
        }
    };
    let file = files.and_then(|files| files.get(0)).filter(|file| file.size() <= LARGEST);
    let failed = tell.clone();
    if file.and_then(|file| begin(&file, tell)).is_none() {
        failed(None);
    }
}

fn begin(file: &File, tell: impl Fn(Option<String>) + 'static) -> Option<()> {
    let reader = FileReader::new().ok()?;
    let read = reader.clone();
    // The result is nothing where the file could not be read.
    let done = Closure::once_into_js(move || tell(read.result().ok().and_then(|text| text.as_string())));
    reader.set_onloadend(Some(done.unchecked_ref()));
    reader.read_as_text(file).ok()
}
