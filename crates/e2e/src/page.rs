//! What a person does with the page, and what they see of it.

use std::collections::BTreeSet;
use std::fmt;
use std::future::Future;
use std::panic::Location;
use std::path::Path;
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use serde::Deserialize;
use serde_json::{Value, json};
use thirtyfour::error::{WebDriverError, WebDriverErrorInner, WebDriverResult};
use thirtyfour::{Key, TypingData, WebDriver, WebElement};

use crate::browser::Kind;
use crate::locator::{Locator, field, role};
use crate::settings::settings;
use crate::wait::{PATIENCE, until};

/// The page in a browser. Cheap to clone; all clones are the same page.
///
/// Each method waits for what it needs, at most ten seconds, and otherwise panics with what was missing and the line of
/// the test that wanted it.
#[derive(Clone, Debug)]
pub struct Page {
    pub(crate) driver: WebDriver,
    kind: Kind,
    pub(crate) problems: Arc<Mutex<Vec<String>>>,
    /// The origins that were opened: for them the browser may keep something.
    visited: Arc<Mutex<BTreeSet<String>>>,
}

impl Page {
    pub(crate) fn new(driver: WebDriver, kind: Kind) -> Self {
        Self { driver, kind, problems: Arc::default(), visited: Arc::default() }
    }

    /// The origins that were opened so far.
    pub(crate) fn visited(&self) -> BTreeSet<String> {
        self.visited.lock().unwrap_or_else(PoisonError::into_inner).clone()
    }

    /// Which browser this is.
    #[must_use]
    pub fn kind(&self) -> Kind {
        self.kind
    }

    // --- places ---

    /// Opens an address, as from the address bar.
    #[track_caller]
    pub fn open(&self, url: impl Into<String>) -> impl Future<Output = ()> {
        let (at, page, url) = (Location::caller(), self.clone(), url.into());
        async move {
            page.keep_problems().await;
            let origin: Vec<_> = url.splitn(4, '/').take(3).collect();
            page.visited.lock().unwrap_or_else(PoisonError::into_inner).insert(origin.join("/"));
            page.driver.goto(url.as_str()).await.or_fail(at, || format!("open {url}"));
        }
    }

    /// Does something in another tab of the same browser, closes it, and goes on here. In Firefox that tab would have another
    /// container, and so another storage.
    pub async fn in_another_tab(&self, body: impl AsyncFnOnce()) {
        let at = Location::caller();
        let open = async {
            let here = self.driver.window().await?;
            let tab = self.driver.new_tab().await?;
            self.driver.switch_to_window(tab).await?;
            WebDriverResult::Ok(here)
        };
        let here = open.await.or_fail(at, || "open another tab".to_owned());
        body().await;
        self.keep_problems().await;
        let close = async {
            self.driver.close_window().await?;
            self.driver.switch_to_window(here).await
        };
        close.await.or_fail(at, || "close the other tab".to_owned());
    }

    /// Loads the page again.
    #[track_caller]
    pub fn reload(&self) -> impl Future<Output = ()> {
        let (at, page) = (Location::caller(), self.clone());
        async move {
            page.keep_problems().await;
            page.driver.refresh().await.or_fail(at, || "load the page again".to_owned());
        }
    }

    /// The back button.
    #[track_caller]
    pub fn back(&self) -> impl Future<Output = ()> {
        let (at, page) = (Location::caller(), self.clone());
        async move {
            page.keep_problems().await;
            page.driver.back().await.or_fail(at, || "go back".to_owned());
        }
    }

    /// The address bar's path and query.
    #[track_caller]
    pub fn address(&self) -> impl Future<Output = String> {
        let (at, page) = (Location::caller(), self.clone());
        async move {
            let url = page.driver.current_url().await.or_fail(at, || "read the address".to_owned());
            url.query().map_or_else(|| url.path().to_owned(), |query| format!("{}?{query}", url.path()))
        }
    }

    /// Waits until the address bar's path and query are these.
    #[track_caller]
    pub fn see_address(&self, wanted: &str) -> impl Future<Output = ()> {
        let (at, page, wanted) = (Location::caller(), self.clone(), wanted.to_owned());
        async move {
            let result = until(PATIENCE, async || {
                let address = page.address().await;
                if address == wanted { Ok(()) } else { Err(address) }
            })
            .await;
            if let Err(address) = result {
                fail(at, &format!("the address bar says {address}, not {wanted}"));
            }
        }
    }

    // --- what one sees ---

    /// Waits until exactly one is there.
    #[track_caller]
    pub fn see(&self, what: impl Into<Locator>) -> impl Future<Output = ()> {
        let (at, page, what) = (Location::caller(), self.clone(), what.into());
        async move {
            page.element(at, &what, PATIENCE).await;
        }
    }

    /// Waits longer than usual until exactly one is there.
    #[track_caller]
    pub fn see_within(&self, bound: Duration, what: impl Into<Locator>) -> impl Future<Output = ()> {
        let (at, page, what) = (Location::caller(), self.clone(), what.into());
        async move {
            page.element(at, &what, bound).await;
        }
    }

    /// Waits until none is there.
    #[track_caller]
    pub fn see_no(&self, what: impl Into<Locator>) -> impl Future<Output = ()> {
        let (at, page, what) = (Location::caller(), self.clone(), what.into());
        async move { page.counts(at, &what, 0).await }
    }

    /// Waits until so many are there.
    #[track_caller]
    pub fn see_count(&self, what: impl Into<Locator>, count: usize) -> impl Future<Output = ()> {
        let (at, page, what) = (Location::caller(), self.clone(), what.into());
        async move { page.counts(at, &what, count).await }
    }

    /// Waits until the one that is meant has these words in its text.
    #[track_caller]
    pub fn see_words(&self, what: impl Into<Locator>, words: &str) -> impl Future<Output = ()> {
        let (at, page, what, words) = (Location::caller(), self.clone(), what.into(), words.to_owned());
        async move { page.has_words(at, &what, &words, PATIENCE).await }
    }

    /// The same with another bound than ten seconds.
    #[track_caller]
    pub fn see_words_within(
        &self,
        bound: Duration,
        what: impl Into<Locator>,
        words: &str,
    ) -> impl Future<Output = ()> {
        let (at, page, what, words) = (Location::caller(), self.clone(), what.into(), words.to_owned());
        async move { page.has_words(at, &what, &words, bound).await }
    }

    /// Waits until the texts of all that are meant are these, in order.
    #[track_caller]
    pub fn see_texts(&self, what: impl Into<Locator>, wanted: &[&str]) -> impl Future<Output = ()> {
        let (at, page, what) = (Location::caller(), self.clone(), what.into());
        let wanted: Vec<_> = wanted.iter().map(|&text| text.to_owned()).collect();
        async move {
            let result = until(PATIENCE, async || {
                let texts = page.look("texts", &what).await.or_fail(at, || format!("read {what}")).texts;
                if texts == wanted { Ok(()) } else { Err(texts) }.map_err(|texts| format!("{texts:?}"))
            })
            .await;
            if let Err(texts) = result {
                fail(at, &format!("{what}: {texts}, not {wanted:?}"));
            }
        }
    }

    /// The texts of all that are there now, which may be none.
    #[track_caller]
    pub fn texts(&self, what: impl Into<Locator>) -> impl Future<Output = Vec<String>> {
        let (at, page, what) = (Location::caller(), self.clone(), what.into());
        async move { page.look("texts", &what).await.or_fail(at, || format!("read {what}")).texts }
    }

    /// Waits until the field holds this.
    #[track_caller]
    pub fn see_value(&self, what: impl Into<Locator>, wanted: &str) -> impl Future<Output = ()> {
        let (at, page, what, wanted) = (Location::caller(), self.clone(), what.into(), wanted.to_owned());
        async move {
            let result = until(PATIENCE, async || {
                let values = page.look("values", &what).await.or_fail(at, || format!("read {what}")).texts;
                if values == [wanted.as_str()] { Ok(()) } else { Err(format!("{values:?}")) }
            })
            .await;
            if let Err(values) = result {
                fail(at, &format!("{what} holds {values}, not {wanted:?}"));
            }
        }
    }

    /// Waits until it has the keyboard's focus.
    #[track_caller]
    pub fn see_focus_on(&self, what: impl Into<Locator>) -> impl Future<Output = ()> {
        let (at, page, what) = (Location::caller(), self.clone(), what.into());
        async move { page.holds(at, "focused", &what, "does not have the focus").await }
    }

    /// Waits until it, or something in it, has the keyboard's focus.
    #[track_caller]
    pub fn see_focus_in(&self, what: impl Into<Locator>) -> impl Future<Output = ()> {
        let (at, page, what) = (Location::caller(), self.clone(), what.into());
        async move { page.holds(at, "focus within", &what, "does not have the focus in it").await }
    }

    /// Waits until it is not scrolled out of sight.
    #[track_caller]
    pub fn see_in_view(&self, what: impl Into<Locator>) -> impl Future<Output = ()> {
        let (at, page, what) = (Location::caller(), self.clone(), what.into());
        async move { page.holds(at, "in view", &what, "is not in view").await }
    }

    /// An attribute of the one that is meant; `None` without it.
    #[track_caller]
    pub fn attribute(
        &self,
        what: impl Into<Locator>,
        name: &'static str,
    ) -> impl Future<Output = Option<String>> {
        let (at, page, what) = (Location::caller(), self.clone(), what.into());
        async move {
            let element = page.element(at, &what, PATIENCE).await;
            element.attr(name).await.or_fail(at, || format!("read {name} of {what}"))
        }
    }

    /// Waits until an attribute of the one that is meant is this.
    #[track_caller]
    pub fn see_attribute(
        &self,
        what: impl Into<Locator>,
        name: &'static str,
        wanted: Option<&'static str>,
    ) -> impl Future<Output = ()> {
        let (at, page, what) = (Location::caller(), self.clone(), what.into());
        async move {
            let result = until(PATIENCE, async || {
                let element = page.element(at, &what, PATIENCE).await;
                let value = element.attr(name).await.map_err(|error| error.to_string())?;
                if value.as_deref() == wanted { Ok(()) } else { Err(format!("{value:?}")) }
            })
            .await;
            if let Err(value) = result {
                fail(at, &format!("{what}: {name} is {value}, not {wanted:?}"));
            }
        }
    }

    // --- what one does ---

    /// Clicks.
    #[track_caller]
    pub fn click(&self, what: impl Into<Locator>) -> impl Future<Output = ()> {
        let (at, page, what) = (Location::caller(), self.clone(), what.into());
        async move {
            let result = until(PATIENCE, async || {
                let element = page.one(&what).await?;
                match element.click().await {
                    Ok(()) => Ok(Ok(())),
                    Err(error) if passing(&error) => Err(error.to_string()),
                    Err(error) => Ok(Err(error)),
                }
            })
            .await;
            match result {
                Ok(Ok(())) => {}
                Ok(Err(error)) => fail(at, &format!("click {what}: {error}")),
                Err(missing) => fail(at, &format!("click {what}: {missing}")),
            }
        }
    }

    /// Empties the field of that label and types the text.
    #[track_caller]
    pub fn fill(&self, label: &str, text: &str) -> impl Future<Output = ()> {
        let (at, page, what, text) = (Location::caller(), self.clone(), field(label), text.to_owned());
        async move {
            let element = page.element(at, &what, PATIENCE).await;
            // As by hand: the driver's own way to empty a field tells the page nothing of it.
            let keys = if text.is_empty() { TypingData::from(Key::Backspace) } else { text.into() };
            let typed = async {
                element.send_keys(Key::Control + "a").await?;
                element.send_keys(keys).await
            };
            typed.await.or_fail(at, || format!("type into {what}"));
        }
    }

    /// Gives the keys to a part of the page, whatever it holds already.
    #[track_caller]
    pub(crate) fn type_into(&self, what: Locator, text: &str) -> impl Future<Output = ()> {
        let (at, page, text) = (Location::caller(), self.clone(), text.to_owned());
        async move {
            let element = page.element(at, &what, PATIENCE).await;
            element.send_keys(text).await.or_fail(at, || format!("type into {what}"));
        }
    }

    /// Presses keys, whatever has the focus.
    #[track_caller]
    pub fn press(&self, keys: impl Into<TypingData>) -> impl Future<Output = ()> {
        let (at, page, keys) = (Location::caller(), self.clone(), keys.into());
        async move {
            page.take_focus(at).await;
            let pressed = page.driver.action_chain().send_keys(keys).perform().await;
            pressed.or_fail(at, || "press a key".to_owned());
        }
    }

    /// Presses a key while Shift is down, whatever has the focus.
    #[track_caller]
    pub fn press_with_shift(&self, key: Key) -> impl Future<Output = ()> {
        self.press_with(Key::Shift, key)
    }

    /// Presses a key while another one is down, whatever has the focus.
    #[track_caller]
    pub fn press_with(&self, held: Key, key: impl Into<TypingData>) -> impl Future<Output = ()> {
        let (at, page, key) = (Location::caller(), self.clone(), key.into());
        async move {
            page.take_focus(at).await;
            let chain = page.driver.action_chain().key_down(held.clone()).send_keys(key).key_up(held);
            chain.perform().await.or_fail(at, || "press a key".to_owned());
        }
    }

    /// Presses Tab until it has the focus.
    #[track_caller]
    pub fn tab_to(&self, what: impl Into<Locator>) -> impl Future<Output = ()> {
        let (at, page, what) = (Location::caller(), self.clone(), what.into());
        async move { page.tab(at, &what, false).await }
    }

    /// Presses Shift and Tab until it has the focus.
    #[track_caller]
    pub fn tab_back_to(&self, what: impl Into<Locator>) -> impl Future<Output = ()> {
        let (at, page, what) = (Location::caller(), self.clone(), what.into());
        async move { page.tab(at, &what, true).await }
    }

    /// Chooses in a select of that name.
    #[track_caller]
    pub fn choose(&self, select: &'static str, option: &'static str) -> impl Future<Output = ()> {
        self.click(role("option", option).within(role("combobox", select)))
    }

    /// Signs in on the page that is open.
    #[track_caller]
    pub fn sign_in(&self, username: &str, password: &str) -> impl Future<Output = ()> {
        let fill = (self.fill("Username", username), self.fill("Password", password));
        let submit = self.click(role("button", "Sign in"));
        async move {
            fill.0.await;
            fill.1.await;
            submit.await;
        }
    }

    /// Makes the window's inside this large, in CSS pixels. Browsers keep windows wider than about 500.
    #[track_caller]
    pub fn resize(&self, width: u32, height: u32) -> impl Future<Output = ()> {
        let (at, page) = (Location::caller(), self.clone());
        async move {
            let inside =
                page.run("return [outerWidth - innerWidth, outerHeight - innerHeight]", vec![]).await;
            let frame: (u32, u32) = serde_json::from_value(inside).unwrap_or((0, 0));
            let resized = page.driver.set_window_rect(0, 0, width + frame.0, height + frame.1).await;
            resized.or_fail(at, || format!("resize the window to {width} × {height}"));
        }
    }

    /// What lies in the clipboard. Chromium only: Firefox lets no page read it.
    #[track_caller]
    pub fn clipboard(&self) -> impl Future<Output = String> {
        assert_eq!(self.kind, Kind::Chromium, "only Chromium lets the clipboard be read");
        let page = self.clone();
        async move {
            let permissions = json!({ "permissions": ["clipboardReadWrite", "clipboardSanitizedWrite"] });
            page.devtools("Browser.grantPermissions", permissions).await;
            let read = page
                .run_async(
                    "const done = arguments[arguments.length - 1];
                     navigator.clipboard.readText().then(done, (error) => done(String(error)));",
                    Vec::new(),
                )
                .await;
            read.as_str().unwrap_or_default().to_owned()
        }
    }

    /// Waits until the text of the one that is meant passes the check, and gives it.
    #[track_caller]
    pub fn see_text_that(
        &self,
        what: impl Into<Locator>,
        check: impl Fn(&str) -> bool,
    ) -> impl Future<Output = String> {
        let (at, page, what) = (Location::caller(), self.clone(), what.into());
        async move {
            let result = until(PATIENCE, async || {
                let texts = page.look("texts", &what).await.map_err(|error| error.to_string())?.texts;
                match texts.as_slice() {
                    [text] if check(text) => Ok(text.clone()),
                    texts => Err(format!("{texts:?}")),
                }
            });
            match result.await {
                Ok(text) => text,
                Err(texts) => fail(at, &format!("{what} says {texts}, which is not it")),
            }
        }
    }

    // --- underneath ---

    /// Runs JavaScript in the page, as a function body.
    #[track_caller]
    pub fn run(&self, script: &'static str, arguments: Vec<Value>) -> impl Future<Output = Value> {
        let (at, page) = (Location::caller(), self.clone());
        async move {
            let result = page.driver.execute(script, arguments).await.or_fail(at, || format!("run {script}"));
            result.json().clone()
        }
    }

    /// Runs JavaScript that ends by calling its last argument.
    #[track_caller]
    pub fn run_async(&self, script: &'static str, arguments: Vec<Value>) -> impl Future<Output = Value> {
        let (at, page) = (Location::caller(), self.clone());
        async move {
            let result = page.driver.execute_async(script, arguments).await;
            result.or_fail(at, || format!("run {script}")).json().clone()
        }
    }

    /// Sends a command of the Chrome DevTools protocol, in Chromium, and gives its answer.
    #[track_caller]
    pub fn devtools(&self, method: &'static str, parameters: Value) -> impl Future<Output = Value> {
        let (at, page) = (Location::caller(), self.clone());
        async move { page.driver.cdp().send_raw(method, parameters).await.or_fail(at, || method.to_owned()) }
    }

    /// A picture of what is in the window, as PNG.
    #[track_caller]
    pub(crate) fn picture(&self) -> impl Future<Output = Vec<u8>> {
        let (at, page) = (Location::caller(), self.clone());
        async move { page.driver.screenshot_as_png().await.or_fail(at, || "take a screenshot".to_owned()) }
    }

    async fn element(&self, at: &'static Location<'static>, what: &Locator, bound: Duration) -> WebElement {
        match until(bound, async || self.one(what).await).await {
            Ok(element) => element,
            Err(missing) => {
                fail(at, &format!("{what}: {missing} after {bound:?}; there is:\n{}", self.in_sight().await))
            }
        }
    }

    /// For whoever reads a failure: the text of the dialog that is open, or else of the page, what its fields hold, and what has the
    /// focus.
    async fn in_sight(&self) -> String {
        let script = "
            const place = [...document.querySelectorAll('dialog[open]')].at(-1) ?? document.body;
            const fields = [...place.querySelectorAll('input, select, textarea')]
                .filter((it) => it.type !== 'password' && it.checkVisibility())
                .map((it) => `${it.labels?.[0]?.innerText ?? it.ariaLabel ?? ''}: ${it.type === 'checkbox' ? it.checked : it.value}`);
            return [place.innerText.slice(0, 2000), ...fields.slice(0, 40), `Focus: ${document.activeElement?.outerHTML.slice(0, 200)}`]
                .join('\\n')";
        match self.driver.execute(script, Vec::new()).await {
            Ok(sight) => sight.json().as_str().unwrap_or_default().to_owned(),
            Err(error) => error.to_string(),
        }
    }

    async fn one(&self, what: &Locator) -> Result<WebElement, String> {
        let looked = self.look("find", what).await.map_err(|error| error.to_string())?;
        match (looked.count, looked.elements.into_iter().next()) {
            (1, Some(element)) => WebElement::from_json(element, self.driver.handle().clone())
                .map_err(|error| error.to_string()),
            (0, _) => Err("none is there".to_owned()),
            (count, _) => Err(format!("{count} are there")),
        }
    }

    /// Brings Firefox' focus into the page. It may be in the address field, even some time after the tab was opened: then keys get to
    /// the page all the same, but Enter and Space press no button.
    async fn take_focus(&self, at: &'static Location<'static>) {
        if self.kind() != Kind::Firefox {
            return;
        }
        let result = until(PATIENCE, async || {
            let has = self.driver.execute("return document.hasFocus()", Vec::new()).await;
            if has.is_ok_and(|has| has.json() == true) {
                return Ok(());
            }
            let window = self.driver.window().await.map_err(|error| error.to_string())?;
            let switched = self.driver.switch_to_window(window).await;
            Err(switched
                .map_or_else(|error| error.to_string(), |()| "the page does not get the focus".to_owned()))
        })
        .await;
        if let Err(problem) = result {
            fail(at, &problem);
        }
    }

    async fn tab(&self, at: &'static Location<'static>, what: &Locator, back: bool) {
        self.element(at, what, PATIENCE).await;
        for _ in 0..60 {
            if back {
                self.press_with_shift(Key::Tab).await;
            } else {
                self.press(Key::Tab).await;
            }
            if self.look("focused", what).await.or_fail(at, || format!("find {what}")).yes {
                return;
            }
        }
        fail(at, &format!("{what} does not come with the Tab key"));
    }

    async fn counts(&self, at: &'static Location<'static>, what: &Locator, wanted: usize) {
        let result = until(PATIENCE, async || {
            let count = self.look("find", what).await.map_err(|error| error.to_string())?.count;
            if count == wanted { Ok(()) } else { Err(format!("{count} are there")) }
        })
        .await;
        if let Err(found) = result {
            fail(at, &format!("{what}: {found}, not {wanted}; there is:\n{}", self.in_sight().await));
        }
    }

    async fn has_words(&self, at: &'static Location<'static>, what: &Locator, words: &str, bound: Duration) {
        let result = until(bound, async || {
            let texts = self.look("texts", what).await.map_err(|error| error.to_string())?.texts;
            match texts.as_slice() {
                [text] if text.contains(words) => Ok(()),
                [] => Err("is not there".to_owned()),
                texts => Err(format!("says {texts:?}")),
            }
        })
        .await;
        if let Err(said) = result {
            fail(at, &format!("{what} {said}, not “{words}”, after {bound:?}"));
        }
    }

    async fn holds(&self, at: &'static Location<'static>, operation: &str, what: &Locator, otherwise: &str) {
        let result = until(PATIENCE, async || {
            let looked = self.look(operation, what).await.map_err(|error| error.to_string())?;
            if looked.yes { Ok(()) } else { Err(otherwise.to_owned()) }
        })
        .await;
        if let Err(problem) = result {
            let active = self.run("return document.activeElement?.outerHTML.slice(0, 300)", vec![]).await;
            fail(at, &format!("{what} {problem}; the focus is on {active}"));
        }
    }

    pub(crate) async fn look(&self, operation: &str, what: &Locator) -> WebDriverResult<Looked> {
        loop {
            let arguments = vec![json!(operation), json!(what)];
            let looked = self
                .driver
                .execute("return window.__look?.(...arguments) ?? { missing: true }", arguments)
                .await?;
            let looked: Looked = looked.convert()?;
            if !looked.missing {
                return Ok(looked);
            }
            self.inject_queries().await?;
        }
    }

    async fn inject_queries(&self) -> WebDriverResult<()> {
        let file = settings()
            .node_tools()
            .join("node_modules/@testing-library/dom/dist/@testing-library/dom.umd.min.js");
        // The library is told that it is in a module, so that it leaves the page's names alone.
        let (library, ours) = (script(&file), include_str!("page.js"));
        let script =
            format!("const queries = {{}}, exports = queries, module = {{ exports }};\n{library}\n{ours}");
        self.driver.execute(script, Vec::new()).await.map(drop)
    }
}

/// What `page.js` answers.
#[derive(Debug, Default, Deserialize)]
#[serde(default)]
pub(crate) struct Looked {
    missing: bool,
    elements: Vec<Value>,
    count: usize,
    texts: Vec<String>,
    yes: bool,
}

/// A script of one of the packages in the tools folder.
pub(crate) fn script(file: &Path) -> String {
    std::fs::read_to_string(file).unwrap_or_else(|error| panic!("{} can't be read: {error}", file.display()))
}

/// The page changed under the hand, or something lies above: a person would try again.
fn passing(error: &WebDriverError) -> bool {
    matches!(
        error.as_inner(),
        WebDriverErrorInner::StaleElementReference(_)
            | WebDriverErrorInner::ElementClickIntercepted(_)
            | WebDriverErrorInner::ElementNotInteractable(_)
            | WebDriverErrorInner::NoSuchElement(_)
    )
}

fn fail(at: &'static Location<'static>, message: &str) -> ! {
    panic!("{at}: {message}")
}

trait OrFail<T> {
    fn or_fail(self, at: &'static Location<'static>, what: impl FnOnce() -> String) -> T;
}

impl<T, E: fmt::Display> OrFail<T> for Result<T, E> {
    fn or_fail(self, at: &'static Location<'static>, what: impl FnOnce() -> String) -> T {
        match self {
            Ok(value) => value,
            Err(error) => fail(at, &format!("can't {}: {error}", what())),
        }
    }
}
