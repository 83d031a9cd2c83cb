//! Numbers in the page's language.

use console_api::rules::plural;
use js_sys::{Intl, Object};
use wasm_bindgen::{JsCast, JsValue};

use super::language::english;

thread_local! {
    static WHOLE: Intl::NumberFormat = {
        let options = Object::new();
        // Fails only for frozen objects.
        _ = js_sys::Reflect::set(&options, &"maximumFractionDigits".into(), &JsValue::from(0));
        Intl::NumberFormat::new(&english(), &options)
    };
}

/// The number without a fraction, its digits in groups: "100,000".
pub fn whole(number: f64) -> String {
    let text = WHOLE.with(|format| format.format().call1(&JsValue::UNDEFINED, &number.into()));
    text.ok().and_then(|text| text.dyn_into::<js_sys::JsString>().ok()).map(String::from).unwrap_or_default()
}

/// How many of a thing, its digits in groups: "1 engine", "5,000 engines". `thing` is a noun whose plural ends in a plain s.
pub fn counted(number: usize, thing: &str) -> String {
    format!("{} {}", count(number as u64), plural(number, thing))
}

/// How many, its digits in groups.
pub fn count(number: u64) -> String {
    // Counts stay far below 2^53.
    whole(number as f64)
}
