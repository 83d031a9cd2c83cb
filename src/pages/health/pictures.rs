//! The tab **Fleet**, the fleet at a glance: engines by status, by version, and how many sites they carry. Each picture is bars with their
//! words and numbers, told apart by pattern as well as by colour, with a table behind it.

use std::sync::Arc;

use console_api::{
    Severity,
    rules::{Arrow, Load, Versions, sites_text},
};
use leptos::{prelude::*, task::spawn_local};

use crate::{
    browser::{number, timer::breathe},
    data::{Data, health::Found},
    routes::Route,
    ui::{
        live::{follow, live},
        status::status_arrow,
    },
};

/// How many versions have a bar of their own; the rest share one.
const VERSIONS: usize = 6;
/// How many engines have a bar: those that carry most.
const BUSIEST: usize = 8;
/// How many rows has the table behind a picture at most: the list of engines has them all.
const TABLE: usize = 50;

/// The patterns that bars are filled with. They stand once on the page.
#[component]
fn Patterns() -> impl IntoView {
    let pattern = |id: &'static str, class: &'static str, line: &'static str| {
        view! {
            <pattern id=id width="6" height="6" patternUnits="userSpaceOnUse" class=class>
                <rect class="ground" width="6" height="6"></rect>
                <path d=line></path>
            </pattern>
        }
    };
    view! {
        <svg class="patterns" aria-hidden="true">
            <defs>
                {pattern("bar-uncertain", "severity-uncertain", "M-1 1 1 -1M-1 7 7 -1M5 7 7 5")}
                {pattern("bar-bad", "severity-bad", "M-1 1 1 -1M-1 7 7 -1M5 7 7 5M-1 5 1 7M-1 -1 7 7M5 -1 7 1")}
                {pattern("bar-pools", "bar-accent", "M-1 1 1 -1M-1 7 7 -1M5 7 7 5")}
                {pattern("bar-other", "bar-muted", "M3 0V6")}
            </defs>
        </svg>
    }
}

/// One part of a bar: from where, how long, in hundredths of the width, and its fill.
type Part = (f64, f64, &'static str);

const GOOD: &str = "currentColor";

#[component]
fn Bar(class: &'static str, parts: Vec<Part>) -> impl IntoView {
    let percent = |share: f64| {
        let hundredths = (share.clamp(0.0, 100.0) * 100.0) as u32;
        format!("{}.{:02}%", hundredths / 100, hundredths % 100)
    };
    let rects = parts.into_iter().filter(|part| part.1 > 0.0).map(|(from, length, fill)| {
        // So that one of ten thousand is still seen.
        let length = length.max(0.8);
        view! { <rect x=percent(from) y="0" width=percent(length) height="100%" fill=fill></rect> }
    });
    view! {
        <svg class=format!("bar {class}") aria-hidden="true">
            {rects.collect_view()}
        </svg>
    }
}

fn share(count: f64, most: f64) -> f64 {
    if most > 0.0 { count / most * 100.0 } else { 0.0 }
}

#[component]
fn Picture(
    title: &'static str,
    note: String,
    /// The bars: [`BarRow`].
    rows: Vec<AnyView>,
    /// The heads of the table behind it.
    heads: &'static [&'static str],
    /// Its rows.
    table: Vec<Vec<String>>,
) -> impl IntoView {
    let head = heads.iter().map(|head| view! { <th scope="col">{*head}</th> }).collect_view();
    let body = table
        .into_iter()
        .map(|cells| {
            let mut cells = cells.into_iter();
            view! {
                <tr>
                    <th scope="row">{cells.next()}</th>
                    {cells.map(|cell| view! { <td>{cell}</td> }).collect_view()}
                </tr>
            }
        })
        .collect_view();
    view! {
        <figure class="card picture" aria-label=title>
            <figcaption>
                <h3>{title}</h3>
                <span class="secondary">{note}</span>
            </figcaption>
            <ul class="bars">{rows}</ul>
            <details>
                <summary>
                    "Table" <span class="unseen">": " {title}</span>
                </summary>
                <div class="table-scroll" tabindex="0" role="group" aria-label=format!("Table: {title}")>
                    <table class="compare" aria-label=title>
                        <thead>
                            <tr>{head}</tr>
                        </thead>
                        <tbody>{body}</tbody>
                    </table>
                </div>
            </details>
        </figure>
    }
}

#[component]
fn BarRow(
    title: String,
    class: &'static str,
    parts: Vec<Part>,
    /// What stands behind the bar.
    number: String,
    /// What stands before it.
    children: Children,
) -> impl IntoView {
    view! {
        <li>
            <span class="bar-label" title=title>
                {children()}
            </span>
            <Bar class parts />
            <span class="bar-number">{number}</span>
        </li>
    }
}

/// The panel of the tab.
#[component]
pub(super) fn FleetPanel(data: Data) -> impl IntoView {
    // A moment after what was found: both at once would hold the browser up.
    let pictured = RwSignal::new(None::<Arc<Found>>);
    follow(move || {
        let found = data.health.found();
        spawn_local(async move {
            breathe().await;
            pictured.try_set(found);
        });
    });
    view! {
        <Patterns />
        <section class="fleet" aria-labelledby="fleet-heading">
            <h2 id="fleet-heading">"The fleet at a glance"</h2>
            {live(move || pictured.get().map(|found| view! { <Pictures found /> }))}
        </section>
    }
}

/// All pictures.
#[component]
fn Pictures(found: Arc<Found>) -> impl IntoView {
    let health = &found.health;
    view! {
        <div class="pictures">
            <EnginesByStatus found=Arc::clone(&found) />
            <EnginesByVersion title="Product versions" versions=health.product.clone() />
            <EnginesByVersion title="Content versions" versions=health.content.clone() />
            <SitesPerEngine found />
        </div>
    }
}

#[component]
fn EnginesByStatus(found: Arc<Found>) -> impl IntoView {
    let counts = &found.health.statuses;
    let most = counts.iter().map(|it| it.count).max().unwrap_or_default() as f64;
    let rows = counts.iter().filter(|it| it.count > 0).map(|it| {
        let severity = it.status.severity();
        let (class, fill) = match severity {
            Severity::Good => ("severity-good", GOOD),
            Severity::Uncertain => ("severity-uncertain", "url(#bar-uncertain)"),
            Severity::Bad => ("severity-bad", "url(#bar-bad)"),
        };
        let label = it.status.label().to_owned();
        let parts = vec![(0.0, share(it.count as f64, most), fill)];
        let href = Route::Engines.href_with("status", it.status.key());
        view! {
            <BarRow title=label.clone() class parts number=number::count(it.count as u64)>
                <a href=href>{status_arrow(Arrow { direction: None, severity })} {label}</a>
            </BarRow>
        }
        .into_any()
    });
    let table = counts.iter().map(|it| vec![it.status.label().to_owned(), number::count(it.count as u64)]);
    let total = number::count(found.engines.items.len() as u64);
    view! {
        <Picture
            title="Engines by status"
            note=format!("{total} in all")
            rows=rows.collect()
            heads=&["Status", "Engines"]
            table=table.collect()
        />
    }
}

#[component]
fn EnginesByVersion(title: &'static str, versions: Versions) -> impl IntoView {
    let usual = versions.usual();
    let most = versions.counts.first().map_or(0, |it| it.count);
    let rest = versions.counts.iter().skip(VERSIONS);
    let rest = (rest.len(), rest.map(|it| it.count).sum::<usize>());
    let most = most.max(rest.1) as f64;
    let mut rows: Vec<AnyView> = Vec::new();
    for it in versions.counts.iter().take(VERSIONS) {
        let is_usual = usual == Some(it.version.as_str());
        let (class, fill) =
            if is_usual { ("bar-accent", GOOD) } else { ("severity-uncertain", "url(#bar-uncertain)") };
        let mark = is_usual.then(|| view! { <span class="secondary">" usual"</span> });
        let parts = vec![(0.0, share(it.count as f64, most), fill)];
        let (version, href) = (it.version.clone(), Route::Engines.href_with("filter", &it.version));
        let row = view! {
            <BarRow title=version.clone() class parts number=number::count(it.count as u64)>
                <a class="mono" href=href>
                    {version}
                </a>
                {mark}
            </BarRow>
        };
        rows.push(row.into_any());
    }
    for (label, count) in [
        (format!("{} other versions", number::count(rest.0 as u64)), rest.1),
        ("Not reported".to_owned(), versions.untold),
    ] {
        if count > 0 {
            let parts = vec![(0.0, share(count as f64, most), "url(#bar-other)")];
            let row = view! {
                <BarRow title=label.clone() class="bar-muted" parts number=number::count(count as u64)>
                    {label}
                </BarRow>
            };
            rows.push(row.into_any());
        }
    }
    let note = match (usual, versions.counts.len()) {
        (_, 0) => "The console reports none".to_owned(),
        (_, 1) => "One version".to_owned(),
        (Some(_), many) => format!("{} versions, one of them usual", number::count(many as u64)),
        (None, many) => format!("{} versions, none of them usual", number::count(many as u64)),
    };
    let table = versions.counts.iter().take(TABLE).map(|it| {
        let what = if usual == Some(it.version.as_str()) { "Usual" } else { "Differs" };
        vec![it.version.clone(), number::count(it.count as u64), what.to_owned()]
    });
    let heads = &["Version", "Engines", "Compared with most"];
    view! { <Picture title note rows heads table=table.collect() /> }
}

/// The engines that carry most, by their places.
fn busiest(loads: &[Load], most: usize) -> Vec<usize> {
    let mut top: Vec<usize> = Vec::new();
    for (at, load) in loads.iter().enumerate() {
        let carried = load.carries();
        if top.len() == most && top.last().is_none_or(|last| loads[*last].carries() >= carried) {
            continue;
        }
        let place = top.partition_point(|other| loads[*other].carries() >= carried);
        top.insert(place, at);
        top.truncate(most);
    }
    top
}

#[component]
fn SitesPerEngine(found: Arc<Found>) -> impl IntoView {
    let loads = &found.health.loads;
    let top = busiest(loads, TABLE);
    let most = top.first().map_or(0.0, |at| loads[*at].carries());
    let rows = top.iter().take(BUSIEST).filter_map(|at| {
        let (engine, load) = (found.engines.items.get(*at)?, loads[*at]);
        let direct = share(load.direct as f64, most);
        let parts = vec![(0.0, direct, GOOD), (direct, share(load.share_of_pools, most), "url(#bar-pools)")];
        let (name, href) = (engine.name.clone(), Route::Engine(engine.id).href_with("tab", "sites"));
        let number = if load.through_pools > 0 {
            format!("{} + {}", number::count(load.direct as u64), tenths(load.share_of_pools))
        } else {
            number::count(load.direct as u64)
        };
        let row = view! {
            <BarRow title=name.clone() class="bar-accent" parts number>
                <a href=href>{name}</a>
            </BarRow>
        };
        Some(row.into_any())
    });
    let table = top.iter().filter_map(|at| {
        let (engine, load) = (found.engines.items.get(*at)?, loads[*at]);
        Some(vec![
            engine.name.clone(),
            number::count(load.direct as u64),
            number::count(load.through_pools as u64),
            tenths(load.carries()),
        ])
    });
    let shown = if loads.len() > BUSIEST { "The engines that carry most.  " } else { "" };
    let average = tenths(found.health.average());
    let note = format!("{shown}Solid: directly; striped: their share through pools. On average {average}");
    view! {
        <Picture
            title="Sites per engine"
            note
            rows=rows.collect()
            heads=&["Engine", "Sites directly", "Sites of its pools", "Carries"]
            table=table.collect()
        />
    }
}

/// A number of sites, which may be a share of some.
fn tenths(sites: f64) -> String {
    if sites >= 10.0 { number::whole(sites) } else { sites_text(sites) }
}
