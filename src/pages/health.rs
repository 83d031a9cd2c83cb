//! **Engine Health**: what needs attention, worst first, and who scans what.

mod audit;
mod over_time;
mod pictures;
mod problems;
mod thresholds;
mod watch;

use leptos::prelude::*;

pub use self::watch::ProblemCount;
use self::{audit::AuditPanel, over_time::FleetOverTime, pictures::FleetPanel, problems::AttentionPanel};
use crate::{
    browser::{address::AddressParam, clock::Clock, title::Title},
    data::Data,
    features::{
        auto_refresh::{AutoRefresh, ListAge},
        relieve::EvenOutDialog,
        watching::{NotifyMe, NotifyProblem},
    },
    routes::Route,
    ui::{
        button::ActionButton,
        focus::focus_heading_if_lost,
        fold::Fold,
        heading::PageHeading,
        icon::Icon,
        live::live,
        load_error::ListFailure,
        tabs::{Tab, Tabs},
    },
};

const TABS: &[Tab] = &[("attention", "Attention"), ("audit", "Audit"), ("fleet", "Fleet")];

/// The screen at `/health`.
#[component]
pub fn HealthPage() -> impl IntoView {
    let data = Data::here();
    Title::here().set(Route::Health.heading());
    data.want_engines();
    let tab = AddressParam::of("tab");
    // The pictures scroll as a page; the other tabs are tables, which scroll by themselves.
    let class = move || if tab.with(|tab| tab == "fleet") { "page health" } else { "page health fills" };
    let evening_out = RwSignal::new(false);
    view! {
        <section class=class aria-labelledby="page-heading">
            <div class="page-head">
                <PageHeading route=Route::Health />
                <div class="actions">
                    <Fold label="View" icon=Icon::View>
                        <div class="head-line end">
                            <ListAge /> <AutoRefresh /> <NotifyMe />
                        </div>
                    </Fold>
                    <ActionButton
                        icon=Icon::Reverse
                        label="Even out the load".to_owned()
                        refused=Signal::derive(move || {
                            data.bulk.is_running().then(|| "Another job is still running.".to_owned())
                        })
                        on_press=Callback::new(move |()| evening_out.set(true))
                    />
                </div>
            </div>
            <div role="status" class="troubles">
                <NotifyProblem /> <HealthTroubles data />
            </div>
            <Tabs
                name="Health"
                tabs=TABS
                chosen=Signal::derive(move || tab.get())
                on_choose=Callback::new(move |chosen: &'static str| {
                    tab.choose(if chosen == TABS[0].0 { String::new() } else { chosen.to_owned() });
                })
                panel=Callback::new(move |chosen| match chosen {
                    "audit" => view! { <AuditPanel /> }.into_any(),
                    "fleet" => view! { <FleetPanel data /> <FleetOverTime data /> }.into_any(),
                    _ => view! { <AttentionPanel data /> }.into_any(),
                })
            />
            <EvenOutDialog open=evening_out />
        </section>
    }
}

/// The lists could not be read, or not completely. What is on screen stays.
#[component]
fn HealthTroubles(data: Data) -> impl IntoView {
    live(move || {
        let clock = Clock::here();
        let failed = data.engines.failed().map(|error| {
            let again = Callback::new(move |()| {
                data.read_engines();
                focus_heading_if_lost();
            });
            let (read_at, reading) = (data.engines.read_at(), data.engines.is_reading());
            view! { <ListFailure things="engines" why=error.in_full() read_at clock reading again /> }
        });
        let pools = data.pools.failed().filter(|_| failed.is_none()).map(|error| {
            let what = if data.pools.read_at().is_some() {
                "The pools could not be reloaded, so what you see of them may be out of date."
            } else {
                "The pools could not be read, so pools and sites through pools are left out."
            };
            format!("{what} {}", error.in_full())
        });
        let unreadable = data.engines.value().map_or(0, |list| list.unreadable);
        let unreadable = match unreadable {
            0 => None,
            1 => Some("1 of the console's engines could not be understood and is left out.".to_owned()),
            many => {
                Some(format!("{many} of the console's engines could not be understood and are left out."))
            }
        };
        let lesser = [pools, unreadable].into_iter().flatten();
        (failed, lesser.map(|words| view! { <div class="notice uncertain">{words}</div> }).collect_view())
    })
}
