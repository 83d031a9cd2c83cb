//! One tab for what only one may do at a time.

use std::{cell::Cell, rc::Rc};

use futures::channel::oneshot;
use js_sys::{Function, Promise, Reflect};
use leptos::prelude::window;
use wasm_bindgen::{JsCast, JsValue, prelude::Closure};
use wasm_bindgen_futures::{JsFuture, spawn_local};

/// Lets the next one continue when it is dropped. The browser does so too when the tab is closed.
pub struct Alone {
    end: Option<Function>,
}

impl Drop for Alone {
    fn drop(&mut self) {
        if let Some(end) = self.end.take() {
            // What ends a promise can't fail.
            _ = end.call0(&JsValue::UNDEFINED);
        }
    }
}

/// Waits until no other tab of this address is at what has this name. A browser that can't tell, as over a connection without
/// TLS, lets everybody continue.
pub async fn alone(name: &str) -> Alone {
    let (sender, receiver) = oneshot::channel::<Alone>();
    if ask(name, sender).is_none() {
        return Alone { end: None };
    }
    receiver.await.unwrap_or(Alone { end: None })
}

fn ask(name: &str, granted: oneshot::Sender<Alone>) -> Option<()> {
    let locks = Reflect::get(&window().navigator(), &"locks".into()).ok()?;
    let request = Reflect::get(&locks, &"request".into()).ok()?.dyn_into::<Function>().ok()?;
    let granted = Rc::new(Cell::new(Some(granted)));
    let waiter = Rc::clone(&granted);
    // It is the tab's until this promise ends. Where nobody is waiting any more, that is at once.
    let hold = Closure::once_into_js(move || {
        let mut end = None;
        let promise = Promise::new(&mut |resolve, _| end = Some(resolve));
        if let Some(granted) = granted.take() {
            _ = granted.send(Alone { end });
        }
        promise
    });
    let asked = request.call2(&locks, &name.into(), &hold).ok()?.dyn_into::<Promise>().ok()?;
    spawn_local(async move {
        if JsFuture::from(asked).await.is_err() {
            // The page may not have any: whoever waits continues.
            waiter.take();
        }
    });
    Some(())
}
