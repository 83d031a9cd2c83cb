//! Every path of the app, built and read in one place.
//!
//! Links are written with [`Route`], never by hand, so that a changed path is changed once.

use console_api::{EngineId, PoolId, SiteId, rules::Scanner};
use leptos::prelude::*;
use leptos_router::{
    NavigateOptions,
    hooks::use_location,
    location::{BrowserUrl, LocationProvider},
};

use crate::browser::effect::follow;

/// A screen of the app.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Route {
    /// The list of scan engines.
    Engines,
    /// Adds a scan engine.
    NewEngine,
    /// Adds many scan engines.
    AddEngines,
    /// One scan engine.
    Engine(EngineId),
    /// The list of engine pools.
    Pools,
    /// Adds an engine pool.
    NewPool,
    /// One engine pool.
    Pool(PoolId),
    /// The list of sites.
    Sites,
    /// Adds a site.
    NewSite,
    /// One site.
    Site(SiteId),
    /// How the fleet is, and who scans what.
    Health,
    /// The shared secret for engines that call the console.
    SharedSecret,
    /// What runs, and what was done here.
    Activity,
    /// The way in, as the documents have it.
    Administration,
}

impl Route {
    /// The screen of what scans a site: an engine or a pool.
    pub fn of_scanner(scanner: &Scanner) -> Self {
        match scanner.pool() {
            Some(pool) => Self::Pool(pool),
            None => Self::Engine(EngineId(scanner.id.get())),
        }
    }

    /// The path of the screen below the app's base.
    pub fn path(self) -> String {
        match self {
            Self::Engines => "/engines".to_owned(),
            Self::NewEngine => "/engines/new".to_owned(),
            Self::AddEngines => "/engines/add".to_owned(),
            Self::Engine(id) => format!("/engines/{id}"),
            Self::Pools => "/pools".to_owned(),
            Self::NewPool => "/pools/new".to_owned(),
            Self::Pool(id) => format!("/pools/{id}"),
            Self::Sites => "/sites".to_owned(),
            Self::NewSite => "/sites/new".to_owned(),
            Self::Site(id) => format!("/sites/{id}"),
            Self::Health => "/health".to_owned(),
            Self::SharedSecret => "/shared-secret".to_owned(),
            Self::Activity => "/activity".to_owned(),
            Self::Administration => "/administration".to_owned(),
        }
    }

    /// The screen at a path below the app's base; the start is the list of engines. `None`: there is none.
    pub fn parse(path: &str) -> Option<Self> {
        let path = path.trim_matches('/');
        Some(match path {
            "" | "engines" => Self::Engines,
            "engines/new" => Self::NewEngine,
            "engines/add" => Self::AddEngines,
            "pools" => Self::Pools,
            "pools/new" => Self::NewPool,
            "sites" => Self::Sites,
            "sites/new" => Self::NewSite,
            "health" => Self::Health,
            "shared-secret" => Self::SharedSecret,
            "activity" => Self::Activity,
            "administration" => Self::Administration,
            _ => {
                let (list, id) = path.split_once('/')?;
                match list {
                    "engines" => Self::Engine(EngineId(id.parse().ok()?)),
                    "pools" => Self::Pool(PoolId(id.parse().ok()?)),
                    "sites" => Self::Site(SiteId(id.parse().ok()?)),
                    _ => return None,
                }
            }
        })
    }

    /// The screen's heading, which is there before the rest of it.
    pub const fn heading(self) -> &'static str {
        match self {
            Self::Engines => "Scan Engines",
            Self::NewEngine => "New engine",
            Self::AddEngines => "Add engines",
            Self::Engine(_) => "Scan Engine Configuration",
            Self::Pools => "Scan Engine Pools",
            Self::NewPool => "New engine pool",
            Self::Pool(_) => "Scan Engine Pool",
            Self::Sites => "Sites",
            Self::NewSite => "Create site",
            Self::Site(_) => "Site Configuration",
            Self::Health => "Engine Health",
            Self::SharedSecret => "Generate Scan Engine Shared Secret",
            Self::Activity => "Activity",
            Self::Administration => "Administration",
        }
    }

    /// The path as a link needs it: the app's base in front.
    pub fn href(self) -> String {
        format!("{}{}", base(), self.path())
    }

    /// The path with one parameter behind it, such as the tab.
    pub fn href_with(self, key: &str, value: &str) -> String {
        format!("{}?{key}={value}", self.href())
    }

    /// Whether this is the place that the navigation's link to `place` stands for.
    pub fn is_within(self, place: Self) -> bool {
        let list = match self {
            Self::NewEngine | Self::AddEngines | Self::Engine(_) => Self::Engines,
            Self::NewPool | Self::Pool(_) => Self::Pools,
            Self::NewSite | Self::Site(_) => Self::Sites,
            other => other,
        };
        list == place
    }
}

/// Goes to another screen of the app, by its `href`.
pub fn go(navigate: &impl Fn(&str, NavigateOptions), href: &str) {
    navigate(href, NavigateOptions { resolve: false, ..NavigateOptions::default() });
}

/// The screen that the address stands for, as it changes; `None` for an address without one.
///
/// The router's own tables of routes would bring a copy of their code for each screen; reading the path takes one
/// `match`. What they do besides, [`complete_navigation`] does.
pub fn current() -> Memo<Option<Route>> {
    let path = use_location().pathname;
    Memo::new(move |_| path.with(|path| Route::parse(path.strip_prefix(&base()).unwrap_or(path))))
}

/// Writes each new path into the browser's history: the router waits with it until the new screen is there.
pub fn complete_navigation() {
    let path = use_location().pathname;
    let history = use_context::<BrowserUrl>();
    follow(move || {
        path.track();
        if let Some(history) = &history {
            history.ready_to_complete();
        }
    });
}

/// The public path that the app is served under, without its last slash: `""` or for example `/engine-console`.
///
/// It is the folder of the glue module, to which trunk writes a link: all files of the app are in one folder. A `<base>`
/// element would have to be allowed by the page's policy.
pub fn base() -> String {
    let glue = document()
        .query_selector("link[rel=modulepreload]")
        .ok()
        .flatten()
        .and_then(|link| link.get_attribute("href"))
        .unwrap_or_default();
    trim_base(glue.rsplit_once('/').map_or("", |(folder, _)| folder))
}

fn trim_base(content: &str) -> String {
    let inner = content.trim_matches('/');
    if inner.is_empty() { String::new() } else { format!("/{inner}") }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn base_has_no_last_slash() {
        for (content, base) in [("", ""), ("/", ""), ("/x/", "/x"), ("/a/b/", "/a/b"), ("x", "/x")] {
            assert_eq!(trim_base(content), base, "{content:?}");
        }
    }

    #[test]
    fn every_screen_has_its_path_and_is_found_by_it() {
        for (route, path) in [
            (Route::Engines, "/engines"),
            (Route::NewEngine, "/engines/new"),
            (Route::AddEngines, "/engines/add"),
            (Route::Engine(EngineId(17)), "/engines/17"),
            (Route::Pools, "/pools"),
            (Route::NewPool, "/pools/new"),
            (Route::Pool(PoolId(4)), "/pools/4"),
            (Route::Sites, "/sites"),
            (Route::NewSite, "/sites/new"),
            (Route::Site(SiteId(90)), "/sites/90"),
            (Route::Health, "/health"),
            (Route::SharedSecret, "/shared-secret"),
            (Route::Activity, "/activity"),
            (Route::Administration, "/administration"),
        ] {
            assert_eq!(route.path(), path);
            assert_eq!(Route::parse(path), Some(route));
        }
        assert_eq!(Route::parse("/"), Some(Route::Engines));
        for nowhere in
            ["/engines/seventeen", "/engines/1/2", "/engine", "/engines/-1", "/scans/1", "/pools/x"]
        {
            assert_eq!(Route::parse(nowhere), None, "{nowhere}");
        }
    }
}
