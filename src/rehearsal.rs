//! The workbench is rehearsed while somebody types the password: built once with three made-up engines, out of sight, and thrown away.
//!
//! Browsers compile a function when it is called first, and look for a font when a text needs it. All that a list of engines needs for the
//! first time made up half of the time from **Sign in** to the first row. A rehearsal takes it from when nobody waits. Nobody notices: what
//! is `inert` is neither read out, found nor focused, it is not drawn, and its requests are answered here.

use console_api::{Request, Response};
use futures::channel::oneshot;
use leptos::{
    mount::{UnmountHandle, mount_to},
    prelude::*,
    tachys::view::any_view::AnyViewState,
};
use leptos_router::components::Router;
use wasm_bindgen::JsCast;
use web_sys::HtmlElement;

use crate::{
    browser::{
        theme::Theme,
        title::Title,
        transport::{Answer, AppTransport},
    },
    pages::engines::EnginesPage,
    routes,
    session::Session,
    shell::Shell,
    ui::{live::live, table::turn::TableTurn},
    workbench::Shared,
};

/// The engines: a good one, one that needs something, and one of which nothing is known.
const ENGINES: &str = r#"{"resources":[
{"id":1,"name":"a","address":"192.0.2.1","port":40814,"status":"active","productVersion":"1","contentVersion":"1","sites":[1],"lastRefreshedDate":"2026-01-01T00:00:00Z"},
{"id":2,"name":"b","address":"192.0.2.2","port":40814,"status":"not-responding","sites":[]},
{"id":3,"name":"c"}]}"#;
const POOLS: &str = r#"{"resources":[{"id":1,"name":"d","engines":[1,2],"sites":[1]}]}"#;
/// The slices: what all share, the shell, the list without its table, the table, its rows. A key that is pressed meanwhile waits for one of them at most.
const SLICES: u8 = 5;

/// Who waits for an answer.
type Waiting = StoredValue<Vec<oneshot::Sender<()>>, LocalStorage>;

/// What is being rehearsed. It goes when this is dropped.
pub struct Rehearsal {
    element: HtmlElement,
    done: RwSignal<u8>,
    waiting: Waiting,
    _stage: UnmountHandle<AnyViewState>,
}

impl Rehearsal {
    /// Begins one; nothing where the browser makes no element for it.
    pub fn begin() -> Option<Self> {
        let element = document().create_element("div").ok()?.dyn_into::<HtmlElement>().ok()?;
        element.set_class_name("rehearsal");
        element.set_inert(true);
        element.set_attribute("aria-hidden", "true").ok()?;
        document().body()?.append_child(&element).ok()?;
        let done = RwSignal::new(0);
        let waiting = StoredValue::new_local(Vec::new());
        let stage = mount_to(element.clone(), move || view! { <Stage done waiting /> }.into_any());
        Some(Self { element, done, waiting, _stage: stage })
    }

    /// Goes on by one slice. False at its end.
    pub fn go_on(&self) -> bool {
        self.done.update(|done| *done += 1);
        let done = self.done.get_untracked();
        if done == SLICES - 1 {
            self.waiting.set_value(Vec::new());
        }
        done < SLICES
    }
}

impl Drop for Rehearsal {
    fn drop(&mut self) {
        self.element.remove();
    }
}

#[component]
fn Stage(done: RwSignal<u8>, waiting: Waiting) -> impl IntoView {
    Title::provide_unseen();
    let session = Session::rehearsed(AppTransport::from_fn(move |request| answer(&request, waiting)));
    Shared::provide(session, |_| ());
    let theme = RwSignal::new(Theme::System);
    let is_after = move |slice: u8| Memo::new(move |_| done.get() > slice);
    let (shell, list) = (is_after(0), is_after(1));
    provide_context(TableTurn(is_after(2)));
    let all = move || {
        view! {
            <Router base=routes::base()>
                <Shell theme>{live(move || list.get().then(|| view! { <EnginesPage /> }))}</Shell>
            </Router>
        }
    };
    live(move || shell.get().then(all))
}

/// Answers as a console does that has nothing but those engines, when nobody has to wait any more.
fn answer(request: &Request, waiting: Waiting) -> Answer {
    let body = match request.path_and_query.as_str() {
        "api/3/scan_engines" => ENGINES,
        "api/3/scan_engine_pools" => POOLS,
        _ => "{}",
    };
    let (body, content_type) = (body.as_bytes().to_vec(), Some("application/json".to_owned()));
    let (sender, turn) = oneshot::channel();
    waiting.update_value(|waiting| waiting.push(sender));
    Box::pin(async {
        // It ends as what it waits for is thrown away.
        _ = turn.await;
        Ok(Response { status: 200, content_type, body, ..Response::default() })
    })
}
