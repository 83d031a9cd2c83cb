//! What a person does with the page: finds things by role and name, waits for them, clicks and types.

use std::{
    cell::RefCell,
    panic,
    sync::{Mutex, Once},
    time::Duration,
};

use engine_console::{
    app::App,
    browser::timer::{breathe, sleep},
};
use futures::channel::oneshot;
use leptos::{
    mount::{UnmountHandle, mount_to},
    prelude::*,
    server_fn::redirect::set_redirect_hook,
};
use wasm_bindgen::JsCast;
use web_sys::{
    Element, Event, EventInit, HtmlElement, HtmlInputElement, KeyboardEvent, KeyboardEventInit, MouseEvent,
    MouseEventInit,
};

use super::console::Console;

/// The app on screen; it goes when this goes.
pub(crate) struct Screen {
    root: HtmlElement,
}

/// The app's element, and what unmounts it.
type Mounted = (HtmlElement, Box<dyn std::any::Any>);

thread_local! {
    /// Of the test that runs. One that failed had no time to put it away: two apps in one document would take each other's clicks.
    static MOUNTED: RefCell<Option<Mounted>> = const { RefCell::new(None) };
}

/// What went wrong where no test looks: in what the browser calls, and in tasks.
static PANICS: Mutex<Vec<String>> = Mutex::new(Vec::new());

fn panics() -> Vec<String> {
    std::mem::take(&mut *PANICS.lock().unwrap())
}

fn watch_for_panics() {
    static WATCHED: Once = Once::new();
    WATCHED.call_once(|| {
        let before = panic::take_hook();
        panic::set_hook(Box::new(move |info| {
            PANICS.lock().unwrap().push(info.to_string());
            before(info);
        }));
    });
    // Those of a test that has failed have been told.
    panics();
}

/// Puts away what a test before has left on screen.
pub(crate) fn put_away() {
    if let Some((root, mounted)) = MOUNTED.take() {
        drop(mounted);
        root.remove();
    }
}

impl Drop for Screen {
    fn drop(&mut self) {
        if MOUNTED.with_borrow(|mounted| mounted.as_ref().is_some_and(|(root, _)| *root == self.root)) {
            put_away();
            let panics = panics();
            assert!(panics.is_empty(), "something panicked meanwhile: {}", panics.join("\n"));
        }
    }
}

/// Opens the app at this address.
pub(crate) fn open(console: &Console, address: &str) -> Screen {
    put_away();
    watch_for_panics();
    wear_the_style();
    let history = window().history().unwrap();
    history.replace_state_with_url(&wasm_bindgen::JsValue::NULL, "", Some(address)).unwrap();
    // The router would keep the first app for ever, for a hook that nothing here uses; its listeners would take the clicks.
    _ = set_redirect_hook(|_| {});
    let root = document().create_element("div").unwrap().unchecked_into::<HtmlElement>();
    document().body().unwrap().append_child(&root).unwrap();
    let transport = console.transport();
    let mounted: UnmountHandle<_> = mount_to(root.clone(), move || view! { <App transport /> });
    MOUNTED.set(Some((root.clone(), Box::new(mounted))));
    Screen { root }
}

/// Without the style a table is as long as its rows, and nothing is windowed.
fn wear_the_style() {
    const STYLE: &str = concat!(
        include_str!("../../style/tokens.css"),
        include_str!("../../style/base.css"),
        include_str!("../../style/controls.css"),
        include_str!("../../style/shell.css"),
        include_str!("../../style/status.css"),
        include_str!("../../style/table.css"),
        include_str!("../../style/engines.css"),
        include_str!("../../style/pages.css"),
        include_str!("../../style/one.css"),
        include_str!("../../style/bulk.css"),
        include_str!("../../style/opened.css"),
        include_str!("../../style/sites.css"),
        include_str!("../../style/pools.css"),
        include_str!("../../style/health.css"),
        include_str!("../../style/history.css"),
        include_str!("../../style/activity.css"),
        include_str!("../../style/picker.css"),
        include_str!("../../style/plans.css"),
        include_str!("../../style/overlays.css"),
    );
    if document().query_selector("style#app").unwrap().is_none() {
        let style = document().create_element("style").unwrap();
        style.set_id("app");
        style.set_text_content(Some(STYLE));
        document().head().unwrap().append_child(&style).unwrap();
    }
}

/// Opens the app and signs in.
pub(crate) async fn at_work(console: &Console, address: &str) -> Screen {
    at_work_on(console, address, "Scan Engines").await
}

/// Opens the app, signs in, and waits for the page with this heading.
pub(crate) async fn at_work_on(console: &Console, address: &str, heading: &str) -> Screen {
    let screen = open(console, address);
    screen.sign_in("admin").await;
    screen.see("heading", heading).await;
    screen
}

/// Waits until the browser is about to draw.
pub(crate) async fn next_frame() {
    let (drawn, frame) = oneshot::channel();
    request_animation_frame(move || _ = drawn.send(()));
    frame.await.unwrap();
}

/// Longer than anything here takes.
const PATIENCE: u32 = 300;
const LOOK_AGAIN: Duration = Duration::from_millis(10);

/// Waits until this gives something.
pub(crate) async fn until<T>(what: &str, mut look: impl FnMut() -> Option<T>) -> T {
    for _ in 0..PATIENCE {
        if let Some(found) = look() {
            return found;
        }
        sleep(LOOK_AGAIN).await;
    }
    let page = document().body().unwrap().inner_text();
    panic!("waited in vain for {what}; the page says:\n{page}");
}

impl Screen {
    pub(crate) async fn sign_in(&self, user: &str) {
        self.type_into("Username", user).await;
        self.type_into("Password", "right").await;
        self.click("button", "Sign in").await;
    }

    /// All elements with this role whose name contains the text.
    pub(crate) fn all(&self, role: &str, name: &str) -> Vec<HtmlElement> {
        let nodes = self.root.query_selector_all("*").unwrap();
        (0..nodes.length())
            .filter_map(|at| nodes.get(at)?.dyn_into::<HtmlElement>().ok())
            .filter(|element| role_of(element) == role && name_of(element).contains(name))
            .filter(|element| element.closest("[aria-hidden=true], [hidden]").unwrap().is_none())
            .collect()
    }

    /// Waits for exactly this.
    pub(crate) async fn see(&self, role: &str, name: &str) -> HtmlElement {
        until(&format!("{role} “{name}”"), || {
            let all = self.all(role, name);
            all.iter().find(|element| name_of(element) == name).or(all.first()).cloned()
        })
        .await
    }

    /// Waits until it is gone.
    pub(crate) async fn see_gone(&self, role: &str, name: &str) {
        until(&format!("{role} “{name}” to go"), || self.all(role, name).is_empty().then_some(())).await;
    }

    /// Waits for words anywhere on the page.
    pub(crate) async fn read(&self, words: &str) {
        until(&format!("the words “{words}”"), || self.text().contains(words).then_some(())).await;
    }

    /// All words on the page, but those of hidden elements.
    pub(crate) fn text(&self) -> String {
        let seen = self.root.clone_node_with_deep(true).unwrap().unchecked_into::<Element>();
        let hidden = seen.query_selector_all("[hidden]").unwrap();
        for at in 0..hidden.length() {
            hidden.get(at).unwrap().unchecked_into::<Element>().remove();
        }
        seen.text_content().unwrap_or_default()
    }

    pub(crate) async fn click(&self, role: &str, name: &str) {
        self.see(role, name).await.click();
    }

    /// **Update** of an engine by the button of this name, with its question.
    pub(crate) async fn update(&self, opener: &str, engine: &str) {
        self.click("button", opener).await;
        let question = format!("Update {engine}");
        self.see("dialog", &question).await;
        until(&question, || self.all("button", &question).pop()).await.click();
    }

    pub(crate) async fn type_into(&self, label: &str, text: &str) {
        let field = until(label, || self.field(label)).await;
        field.focus().unwrap();
        field.set_value(text);
        let init = EventInit::new();
        init.set_bubbles(true);
        field.dispatch_event(&Event::new_with_event_init_dict("input", &init).unwrap()).unwrap();
        // Nobody is so fast that the page has not met this before what comes next.
        breathe().await;
    }

    /// Opens the list of a field in which an engine or a pool is chosen, and takes this one.
    pub(crate) async fn pick(&self, label: &str, option: &str) {
        self.click("combobox", label).await;
        self.click("option", option).await;
        self.see_gone("listbox", label).await;
    }

    pub(crate) fn field(&self, label: &str) -> Option<HtmlInputElement> {
        let find = |role| self.all(role, label).into_iter().next();
        find("textbox").or_else(|| find("searchbox")).or_else(|| find("combobox"))?.dyn_into().ok()
    }

    /// The table's rendered rows, head excluded.
    pub(crate) fn rows(&self) -> Vec<HtmlElement> {
        self.all("row", "").into_iter().filter(|row| row.get_attribute("data-key").is_some()).collect()
    }

    /// Waits until all rows in view are made, which are made a few at a time. Gives how many they are.
    pub(crate) async fn all_rows_made(&self) -> usize {
        let mut before = 0;
        loop {
            next_frame().await;
            next_frame().await;
            let rows = self.rows().len();
            if rows > 0 && rows == before {
                return rows;
            }
            before = rows;
        }
    }

    /// The names in the table, in order.
    pub(crate) fn names(&self) -> Vec<String> {
        self.all("rowheader", "").iter().map(|cell| name_of(cell)).collect()
    }

    pub(crate) async fn see_names(&self, names: &[&str]) {
        until(&format!("the engines {names:?}, not {:?}", self.names()), || {
            (self.names() == names).then_some(())
        })
        .await;
    }

    /// The words of the row with this name, if it is there.
    pub(crate) fn row_text(&self, name: &str) -> Option<String> {
        let cell = self.all("rowheader", name).into_iter().next()?;
        cell.closest("tr").ok()??.text_content()
    }

    pub(crate) async fn row(&self, name: &str) -> HtmlElement {
        let cell = self.see("rowheader", name).await;
        cell.closest("tr").unwrap().unwrap().unchecked_into()
    }
}

/// Presses a key where the focus is.
pub(crate) fn press(key: &str) {
    press_as(key, false);
}

/// Presses a key where the focus is, while Ctrl is down.
pub(crate) fn press_with_ctrl(key: &str) {
    let init = key_press(key);
    init.set_ctrl_key(true);
    send(&init);
}

/// Presses a key where the focus is, while Shift is down.
pub(crate) fn press_with_shift(key: &str) {
    press_as(key, true);
}

fn press_as(key: &str, shift: bool) {
    let init = key_press(key);
    init.set_shift_key(shift);
    send(&init);
}

fn key_press(key: &str) -> KeyboardEventInit {
    let init = KeyboardEventInit::new();
    init.set_key(key);
    init.set_bubbles(true);
    init.set_cancelable(true);
    init
}

fn send(init: &KeyboardEventInit) {
    let target = document().active_element().unwrap();
    target
        .dispatch_event(&KeyboardEvent::new_with_keyboard_event_init_dict("keydown", init).unwrap())
        .unwrap();
}

/// Clicks while Shift is down.
pub(crate) fn click_with_shift(element: &HtmlElement) {
    let init = MouseEventInit::new();
    init.set_shift_key(true);
    init.set_bubbles(true);
    init.set_cancelable(true);
    element.dispatch_event(&MouseEvent::new_with_mouse_event_init_dict("click", &init).unwrap()).unwrap();
}

/// Chooses an option.
pub(crate) fn choose(select: &web_sys::HtmlSelectElement, value: &str) {
    select.set_value(value);
    let init = EventInit::new();
    init.set_bubbles(true);
    select.dispatch_event(&Event::new_with_event_init_dict("change", &init).unwrap()).unwrap();
}

/// The page's repeating timers, in the test's hand until this goes.
pub(crate) struct Timers {
    book: wasm_bindgen::JsValue,
}

impl Timers {
    pub(crate) fn mine() -> Self {
        let take = "const book = { set: window.setInterval, clear: window.clearInterval, timers: new Map(), next: 1e6 };
            window.setInterval = (run, period) => { book.timers.set(++book.next, { run, period }); return book.next; };
            window.clearInterval = (id) => { if (book.timers.has(id)) book.timers.get(id).over = true; else book.clear.call(window, id); };
            return book;";
        let book = js_sys::Function::new_no_args(take).call0(&wasm_bindgen::JsValue::NULL).unwrap();
        Self { book }
    }

    fn ask(&self, period: u32, question: &str) -> bool {
        let ask = format!(
            "const all = [...book.timers.values()].filter((t) => t.period === {period}); return {question};"
        );
        let ask = js_sys::Function::new_with_args("book", &ask);
        ask.call1(&wasm_bindgen::JsValue::NULL, &self.book).unwrap().is_truthy()
    }

    pub(crate) fn started(&self, period: u32) -> bool {
        self.ask(period, "all.some((t) => !t.over)")
    }

    pub(crate) fn stopped(&self, period: u32) -> bool {
        self.ask(period, "all.length > 0 && all.every((t) => t.over)")
    }

    /// Lets the time of this period pass.
    pub(crate) fn fire(&self, period: u32) {
        self.ask(period, "all.filter((t) => !t.over).forEach((t) => t.run())");
    }
}

impl Drop for Timers {
    fn drop(&mut self) {
        let give_back = "window.setInterval = book.set; window.clearInterval = book.clear;";
        let give_back = js_sys::Function::new_with_args("book", give_back);
        give_back.call1(&wasm_bindgen::JsValue::NULL, &self.book).unwrap();
    }
}

/// The window gets the focus, as when a laptop wakes.
pub(crate) fn look_at_the_window() {
    window().dispatch_event(&Event::new("focus").unwrap()).unwrap();
}

/// The browser's clock, ahead of the time until this goes.
pub(crate) struct ClockAhead {
    right: wasm_bindgen::JsValue,
}

impl ClockAhead {
    pub(crate) fn by(milliseconds: f64) -> Self {
        let date = js_sys::Reflect::get(&js_sys::global(), &"Date".into()).unwrap();
        let right = js_sys::Reflect::get(&date, &"now".into()).unwrap();
        let ahead = js_sys::Function::new_no_args(&format!("return new Date().getTime() + {milliseconds}"));
        js_sys::Reflect::set(&date, &"now".into(), &ahead).unwrap();
        Self { right }
    }
}

impl Drop for ClockAhead {
    fn drop(&mut self) {
        let date = js_sys::Reflect::get(&js_sys::global(), &"Date".into()).unwrap();
        js_sys::Reflect::set(&date, &"now".into(), &self.right).unwrap();
    }
}

/// The browser's other clock, which nobody can set, ahead by some milliseconds as long as this lives.
pub(crate) struct MonotonicAhead;

impl MonotonicAhead {
    pub(crate) fn by(milliseconds: f64) -> Self {
        let body =
            format!("performance.now = () => Performance.prototype.now.call(performance) + {milliseconds}");
        js_sys::Function::new_no_args(&body).call0(&wasm_bindgen::JsValue::UNDEFINED).unwrap();
        Self
    }
}

impl Drop for MonotonicAhead {
    fn drop(&mut self) {
        let undo = js_sys::Function::new_no_args("delete performance.now");
        undo.call0(&wasm_bindgen::JsValue::UNDEFINED).unwrap();
    }
}

/// The element that has the focus.
pub(crate) fn focused() -> Option<Element> {
    document().active_element()
}

/// Waits until the row with this text has the focus: the row itself, for while nothing has it, it is on the page as a
/// whole, which has the text as well.
pub(crate) async fn see_focus_on_row(row: &str) {
    until(&format!("the focus on {row}"), || {
        let focused = focused()?;
        (focused.tag_name() == "TR" && focused.text_content()?.contains(row)).then_some(())
    })
    .await;
}

fn role_of(element: &Element) -> String {
    if let Some(role) = element.get_attribute("role") {
        return role;
    }
    let kind = element.get_attribute("type").unwrap_or_default();
    match (element.tag_name().as_str(), kind.as_str()) {
        ("BUTTON", _) => "button",
        ("A", _) => "link",
        ("H1" | "H2" | "H3", _) => "heading",
        ("TABLE", _) => "table",
        ("TR", _) => "row",
        ("TD", _) => "cell",
        ("TH", _) if element.get_attribute("scope").as_deref() == Some("row") => "rowheader",
        ("TH", _) => "columnheader",
        ("INPUT", "search") => "searchbox",
        ("INPUT", "checkbox") => "checkbox",
        ("INPUT", "radio") => "radio",
        ("FIELDSET", _) => "group",
        ("NAV", _) => "navigation",
        ("TEXTAREA" | "INPUT", _) => "textbox",
        ("SELECT", _) => "combobox",
        ("SUMMARY", _) => "summary",
        ("DIALOG", _) if element.has_attribute("open") => "dialog",
        ("MAIN", _) => "main",
        _ => "",
    }
    .to_owned()
}

fn name_of(element: &Element) -> String {
    let referred = |id: String| document().get_element_by_id(&id).and_then(|element| element.text_content());
    let around = || {
        let label = element.closest("label").unwrap()?;
        match element.tag_name().as_str() {
            "INPUT" => label.text_content(),
            "SELECT" => label.child_nodes().get(0)?.text_content(),
            _ => None,
        }
    };
    let labelled = || {
        let id = element.get_attribute("id").filter(|id| !id.is_empty())?;
        document().query_selector(&format!("label[for='{id}']")).unwrap()?.text_content()
    };
    let name = element
        .get_attribute("aria-label")
        .or_else(|| element.get_attribute("aria-labelledby").and_then(referred))
        .or_else(labelled)
        .or_else(around)
        .or_else(|| element.text_content())
        .unwrap_or_default();
    name.split_whitespace().collect::<Vec<_>>().join(" ")
}
