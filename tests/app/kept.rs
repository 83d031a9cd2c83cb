//! What is kept in the browser, in its real database.

use engine_console::browser::{
    clock::now,
    kept::{Kept, Store, Unkept, beginning_with, estimated_bytes, text},
};
use js_sys::{Function, Uint8Array};
use leptos::prelude::*;
use wasm_bindgen::{JsCast, JsValue, prelude::Closure};
use wasm_bindgen_test::wasm_bindgen_test;

use super::person::until;

/// A user whom nobody was before.
fn somebody(name: &str) -> Kept {
    Kept::of(&format!("{name} {} {}", now(), js_sys::Math::random()), RwSignal::new(0))
}

fn pair(key: &str, value: &str) -> (JsValue, JsValue) {
    (key.into(), value.into())
}

async fn keys(kept: &Kept) -> Vec<String> {
    let all = kept.read(Store::Notes, None).await.unwrap();
    all.iter().filter_map(|(key, _)| text(key)).collect()
}

#[wasm_bindgen_test]
async fn what_is_kept_is_read_again_in_the_order_of_its_keys() {
    let owner = Owner::new();
    owner.set();
    let kept = somebody("reader");
    assert_eq!(kept.get(Store::Notes, "b").await, Ok(None));
    let pairs = vec![pair("b", "two"), pair("a", "one"), pair("c", "three"), pair("ca", "four")];
    kept.put(Store::Notes, pairs).await.unwrap();
    kept.put(Store::Activity, vec![pair("b", "elsewhere")]).await.unwrap();
    assert_eq!(kept.get(Store::Notes, "b").await, Ok(Some("two".into())));
    assert_eq!(keys(&kept).await, ["a", "b", "c", "ca"]);
    assert_eq!(kept.count(Store::Notes).await, Ok(4));
    let some = kept.read(Store::Notes, Some(("a".into(), "c".into()))).await.unwrap();
    assert_eq!(some, [pair("a", "one"), pair("b", "two")]);
    let begun = kept.read(Store::Notes, Some(beginning_with("c"))).await.unwrap();
    assert_eq!(begun, [pair("c", "three"), pair("ca", "four")]);

    kept.change(Store::Notes, vec![beginning_with("c")], vec![pair("c", "new")]).await.unwrap();
    assert_eq!(keys(&kept).await, ["a", "b", "c"]);
    kept.clear(Store::Notes).await.unwrap();
    assert_eq!(keys(&kept).await, [""; 0]);
    assert_eq!(kept.count(Store::Activity).await, Ok(1));
    assert_eq!(kept.trouble(), None);
    assert!(estimated_bytes().await.is_some_and(|bytes| bytes > 0));
}

#[wasm_bindgen_test]
async fn numbers_are_in_their_order_and_bytes_come_back() {
    let owner = Owner::new();
    owner.set();
    let kept = somebody("numbers");
    let bytes = Uint8Array::from(&[1_u8, 0, 255][..]);
    let pairs = vec![(10.0.into(), bytes.into()), (9.0.into(), "nine".into())];
    kept.put(Store::History, pairs).await.unwrap();
    let all = kept.read(Store::History, None).await.unwrap();
    assert_eq!(all[0], (9.0.into(), "nine".into()));
    assert_eq!(all[1].1.unchecked_ref::<Uint8Array>().to_vec(), [1, 0, 255]);
}

#[wasm_bindgen_test]
async fn another_user_sees_nothing_of_it() {
    let owner = Owner::new();
    owner.set();
    let (one, other) = (somebody("one"), somebody("other"));
    one.put(Store::Notes, vec![pair("a", "one")]).await.unwrap();
    assert_eq!(other.get(Store::Notes, "a").await, Ok(None));
}

#[wasm_bindgen_test]
async fn what_a_later_version_has_kept_is_left_alone() {
    let owner = Owner::new();
    owner.set();
    let name = format!("later {} {}", now(), js_sys::Math::random());
    let kept = Kept::of(&name, RwSignal::new(0));
    let factory: web_sys::IdbFactory =
        js_sys::Reflect::get(&window(), &"indexedDB".into()).unwrap().unchecked_into();
    let request = factory.open_with_u32(&format!("engine-console: {name}"), 99).unwrap();
    let opened = RwSignal::new(false);
    let tell = Closure::<dyn Fn()>::new(move || opened.set(true));
    request.set_onsuccess(Some(tell.as_ref().unchecked_ref()));
    until("the later version", || opened.get_untracked().then_some(())).await;
    request.result().unwrap().unchecked_into::<web_sys::IdbDatabase>().close();

    assert_eq!(kept.put(Store::Notes, vec![pair("a", "one")]).await, Err(Unkept::Newer));
    assert_eq!(kept.trouble(), Some(Unkept::Newer));
}

#[wasm_bindgen_test]
async fn a_key_that_is_none_fails_as_a_whole() {
    let owner = Owner::new();
    owner.set();
    let kept = somebody("whole");
    let pairs = vec![pair("a", "one"), (JsValue::NULL, "nowhere".into())];
    assert_eq!(kept.put(Store::Notes, pairs).await, Err(Unkept::Failed));
    assert_eq!(kept.trouble(), Some(Unkept::Failed));
    assert_eq!(keys(&kept).await, [""; 0]);
    assert_eq!(kept.trouble(), None);
}

#[wasm_bindgen_test]
async fn a_browser_whose_settings_forbid_it_is_told_from_one_whose_storage_failed() {
    // As Chromium does both with all cookies blocked.
    let forbid = "window.__open ??= IDBFactory.prototype.open;
        IDBFactory.prototype.open = () => {
            const request = window.__open.call(indexedDB, 'never');
            request.addEventListener('upgradeneeded', () => request.transaction.abort());
            Object.defineProperty(request, 'error', { value: new DOMException('denied', 'UnknownError') });
            return request;
        };
        window.__storage ??= Object.getOwnPropertyDescriptor(window, 'localStorage');
        const get = () => { throw new DOMException('denied', 'SecurityError'); };
        return (name) => Object.defineProperty(window, 'localStorage', name === 'forbid' ? { configurable: true, get } : window.__storage);";
    let owner = Owner::new();
    owner.set();
    let kept = somebody("nobody");
    let settings: Function = Function::new_no_args(forbid).call0(&JsValue::NULL).unwrap().unchecked_into();
    let failed = kept.count(Store::Notes).await;
    settings.call1(&JsValue::NULL, &"forbid".into()).unwrap();
    let forbidden = kept.count(Store::Notes).await;
    settings.call1(&JsValue::NULL, &"allow".into()).unwrap();
    let allow = "IDBFactory.prototype.open = window.__open;";
    Function::new_no_args(allow).call0(&JsValue::NULL).unwrap();
    assert_eq!((failed, forbidden), (Err(Unkept::Failed), Err(Unkept::Forbidden)));
    assert_eq!(kept.trouble(), Some(Unkept::Forbidden));
    assert_eq!(kept.count(Store::Notes).await, Ok(0));
}
