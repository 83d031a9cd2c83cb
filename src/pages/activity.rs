//! **Activity**: what runs, and what was done here by whom and with which outcome.

mod button;
mod details;
mod kept;

use std::{cmp::Reverse, sync::Arc, time::Duration};

use console_api::rules::{
    ENTRY_HEADS, Entry, Outcome, csv_of_entry, csv_row, duration_in_words, search_words,
};
use js_sys::Array;
use leptos::prelude::*;

pub use self::button::ActivityButton;
use self::{details::Details, kept::KeptData};
use crate::{
    browser::{
        address::AddressParam,
        clock::Clock,
        download::{CSV_MARK, csv_name, save_csv},
        number,
        title::Title,
    },
    data::Data,
    features::kept::NotKept,
    routes::Route,
    session::Session,
    ui::{
        button::ActionButton,
        filter::FilterBox,
        heading::PageHeading,
        icon::Icon,
        live::live,
        table::{
            cells::{choice_cell, glyph_el, text_cell},
            columns::{Column, SortBy},
            data_table::{DataTable, RowPlace},
            light::El,
            order::Asked,
            row::Keys,
        },
        toast::{Toasts, Tone},
    },
};

const fn column(key: &'static str, label: &'static str) -> Column {
    Column { key, label, numeric: false, sortable: false }
}

const COLUMNS: [Column; 6] = [
    column("what", "What"),
    column("on", "On"),
    column("outcome", "Outcome"),
    column("who", "By"),
    column("when", "Began"),
    column("took", "Took"),
];

/// What the page's parts share. Copy it freely; all copies are the same.
#[derive(Clone, Copy)]
struct ActivityState {
    data: Data,
    clock: Clock,
    filter: AddressParam,
    /// The id of the entry whose things are shown.
    chosen: AddressParam,
}

impl ActivityState {
    fn entry(self, id: u64) -> Option<Arc<Entry>> {
        let entries = self.data.entries()?;
        let at = entries.binary_search_by_key(&Reverse(id), |entry| Reverse(entry.id)).ok()?;
        entries.get(at).cloned()
    }
}

/// How an entry ended, or how far it has come: an icon, the icon's class, and words.
struct Looks {
    icon: Icon,
    class: &'static str,
    words: String,
}

fn looks(data: Data, entry: &Entry) -> Looks {
    if entry.ended.is_none() {
        if data.activity.goes_on(entry.id) {
            let done = entry.items.len() - entry.open();
            let words = if entry.items.len() > 1 {
                format!("{} of {}", number::count(done as u64), number::count(entry.items.len() as u64))
            } else {
                "running".to_owned()
            };
            return Looks { icon: Icon::Activity, class: "", words };
        }
        // It runs in another tab, or its page was closed.
        let words = format!("end unknown: {}", entry.summary());
        return Looks { icon: Icon::Warning, class: "uncertain", words };
    }
    let count = |outcome| entry.count(outcome);
    let (icon, class) = if count(Outcome::Failed) > 0 {
        (Icon::Failed, "bad")
    } else if count(Outcome::Unknown) + count(Outcome::NotBegun) > 0 {
        (Icon::Warning, "uncertain")
    } else {
        (Icon::Done, "good")
    };
    Looks { icon, class, words: entry.summary() }
}

/// The screen at `/activity`.
#[component]
pub fn ActivityPage() -> impl IntoView {
    let data = Data::here();
    Title::here().set(Route::Activity.heading());
    data.want_scanners();
    let [filter, chosen] = ["filter", "entry"].map(AddressParam::of);
    let page = ActivityState { data, clock: Clock::here(), filter, chosen };
    let user = Session::here().username();
    let keys = Memo::new(move |_| -> Keys {
        let words = filter.with(|text| search_words(text));
        let entries = data.entries()?;
        let shown = entries.iter().filter(|entry| entry.matches(&words)).map(|entry| entry.id);
        Some(Arc::new(shown.collect()))
    });
    view! {
        <section class="page fills" aria-labelledby="page-heading">
            <div class="page-head">
                <PageHeading route=Route::Activity />
                <div class="actions">
                    <KeptData page />
                </div>
            </div>
            <p class="secondary">
                {format!("What {user} did at this console with this app. It is kept in this browser only: no other user or browser has it.")}
            </p>
            <div role="status" class="troubles">
                <NotKept />
            </div>
            <div class="toolbar">
                <FilterBox
                    label="Filter activity"
                    title="Searches actions, users, names and outcomes. All words must occur."
                    filter
                />
                <div class="end">
                    <ShownCount page keys /> <ExportCsv page keys />
                </div>
            </div>
            <div class="audit">
                <div class="audit-table">
                    <DataTable
                        name="Activity"
                        class="activity-table"
                        columns=Signal::stored(COLUMNS.to_vec())
                        keys
                        asked=Asked::of(move || filter.get())
                        comes_back=true
                        sort=Memo::new(|_| SortBy::from_query(""))
                        on_sort=Callback::new(|_| ())
                        cells=Callback::new(move |place| cells(page, place))
                        on_action=Callback::new(move |(key, _): (u64, String)| page.chosen.choose(key.to_string()))
                        working=Callback::new(move |id| data.activity.goes_on(id))
                        empty=Callback::new(move |()| empty(page))
                    />
                </div>
                <Details page />
            </div>
        </section>
    }
}

#[component]
fn ShownCount(page: ActivityState, keys: Memo<Keys>) -> impl IntoView {
    live(move || {
        let shown = keys.with(|keys| keys.as_ref().map(|keys| keys.len()))?;
        let all = page.data.entries()?.len();
        let words = if shown == all {
            number::counted(all, "action")
        } else {
            format!("{} of {}", number::count(shown as u64), number::count(all as u64))
        };
        Some(view! { <span role="status">{words}</span> })
    })
}

fn cells(page: ActivityState, place: RowPlace) -> Option<Vec<El>> {
    let entry = page.entry(place.key)?;
    let id = entry.id.to_string();
    let pressed = page.chosen.with(|chosen| *chosen == id);
    let Looks { icon, class, words } = looks(page.data, &entry);
    let took = entry.took_ms().map(|took| duration_in_words(Duration::from_millis(took)));
    let when = page.clock.relative(entry.began);
    let outcome = El::new("td", "c-outcome").is("title", words.clone()).with(glyph_el(icon, class)).text(" ");
    Some(vec![
        choice_cell("c-what", &entry.what, pressed, place.tabindex),
        text_cell("c-on", "", entry.on(), None),
        outcome.text(words),
        text_cell("c-who", "By", entry.who.clone(), None),
        text_cell("c-when", "", when, Some(page.clock.exact(entry.began))),
        text_cell("c-took", "Took", took.unwrap_or_default(), None),
    ])
}

/// What is in the table's place when it has no rows.
fn empty(page: ActivityState) -> AnyView {
    if page.filter.with(|text| text.trim().is_empty()) {
        return view! {
            <div class="table-empty">
                <h2>"Nothing has been done yet"</h2>
                <p>"Each change and each refresh that you make with this app is listed here, with its outcome."</p>
            </div>
        }
        .into_any();
    }
    view! {
        <div class="table-empty">
            <h2>"Nothing matches the filter"</h2>
            <button type="button" class="button" on:click=move |_| page.filter.choose(String::new())>
                "Show all"
            </button>
        </div>
    }
    .into_any()
}

/// **Export CSV**: a row for each thing of each entry that the filter shows.
#[component]
fn ExportCsv(page: ActivityState, keys: Memo<Keys>) -> impl IntoView {
    let toasts = Toasts::here();
    let refused = Signal::derive(move || {
        let none = keys.with(|keys| keys.as_ref().is_none_or(|keys| keys.is_empty()));
        none.then(|| "There is nothing to export yet.".to_owned())
    });
    let on_press = Callback::new(move |()| {
        let mut text = CSV_MARK.to_owned();
        csv_row(&mut text, ENTRY_HEADS);
        let keys = keys.get_untracked().unwrap_or_default();
        for entry in untrack(|| keys.iter().filter_map(|id| page.entry(*id)).collect::<Vec<_>>()) {
            csv_of_entry(&mut text, &entry);
        }
        if save_csv(&csv_name("activity"), &Array::of1(&text.into())).is_err() {
            let advice = "Try again, or check its download settings.".to_owned();
            toasts.say(Tone::Bad, "The browser did not save the file.", Some(advice));
        }
    });
    view! { <ActionButton icon=Icon::Export label="Export CSV".to_owned() small=true refused on_press /> }
}
