//! A small fleet in which every status occurs, and the way in.

use console_api::{EngineId, NewSite, PoolDraft, PoolId, ScannerId, SiteId};
use e2e::{Engine, Name, Page, Stack, button, dialog, heading, link};

/// What every console has from the start (docs/api-quirks.md, "Special engines and pools").
pub(crate) const LOCAL: &str = "Local scan engine";

/// Opens the app and signs in as the administrator.
pub(crate) async fn sign_in(page: &Page, stack: &Stack) {
    page.open(stack.url("/")).await;
    page.sign_in("admin", &stack.password()).await;
    page.see(heading("Scan Engines")).await;
}

/// Opens the app and signs in as the demo's user who may not send console commands.
pub(crate) async fn sign_in_as_operator(page: &Page, stack: &Stack) {
    let operator = stack.demo_user("operator");
    page.open(stack.url("/")).await;
    page.sign_in(&operator.name, &operator.password).await;
}

/// **Update** of an engine by the button of this name, with its question.
pub(crate) async fn update(page: &Page, opener: impl Into<Name>, engine: &str) {
    let question = format!("Update {engine}");
    page.click(button(opener)).await;
    page.click(button(question.as_str()).within(dialog(question.as_str()))).await;
}

/// An action of an engine's page that stands behind **More actions**.
pub(crate) async fn more(page: &Page, action: &str) {
    page.click(button("More actions")).await;
    page.click(button(action)).await;
}

/// **New engine** on Scan Engines, filled in for this engine and saved.
pub(crate) async fn add_engine(page: &Page, engine: &Engine) {
    page.click(link("New engine")).await;
    page.see(heading("New engine")).await;
    page.fill("Name", engine.name()).await;
    page.fill("Address", &engine.address().ip().to_string()).await;
    page.fill("Port", &engine.address().port().to_string()).await;
    page.click(button("Save")).await;
}

/// The processes of a fleet; they end with it.
pub(crate) struct Fleet {
    _engines: Vec<Engine>,
}

/// Two active engines and one of each other status, as the console sees them.
pub(crate) async fn every_status(stack: &Stack) -> Fleet {
    let mut frankfurt = stack.engine("Frankfurt DMZ").await;
    let mut london = stack.engine("London office").await;
    let pending = stack.engine("Madrid branch").await;
    let mut outdated = stack.engine_with("Oslo data centre", &["--product-version", "5.17.2"]).await;
    let mut down = stack.engine("Paris DMZ").await;
    for engine in [&mut frankfurt, &mut london, &mut outdated, &mut down] {
        engine.enable_console().await;
    }
    down.kill().await;
    if let Err(error) = stack.api().version_engines().await {
        panic!("the console does not ask its engines: {error}");
    }
    let unknown = stack.engine("Rome office").await;
    Fleet { _engines: vec![frankfurt, london, pending, outdated, down, unknown] }
}

/// A new site that this engine or pool scans.
pub(crate) async fn site(stack: &Stack, name: &str, scanner: impl Into<ScannerId>) -> SiteId {
    let site = NewSite {
        name: name.to_owned(),
        importance: None,
        description: None,
        scanner: Some(scanner.into()),
        scan_template: None,
    };
    match stack.api().create_site(&site).await {
        Ok(created) => created.id,
        Err(error) => panic!("the site {name} was not created: {error}"),
    }
}

/// A new pool of these engines.
pub(crate) async fn pool(stack: &Stack, name: &str, engines: &[EngineId]) -> PoolId {
    let draft = PoolDraft { name: name.to_owned(), engines: engines.to_vec() };
    match stack.api().create_pool(&draft).await {
        Ok(created) => created.id,
        Err(error) => panic!("the pool {name} was not created: {error}"),
    }
}
