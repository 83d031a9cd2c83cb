//! The **Command palette**: goes to any screen, engine, pool or site by name, and does what can be done on the page.

use console_api::rules::{Found, find_by_name};
use leptos::{ev, html, prelude::*};
use leptos_router::hooks::use_navigate;

use crate::{
    browser::number,
    data::{Data, all_sites::Reading},
    routes::{self, Route},
    ui::{
        commands::{Command, Commands},
        dialog::Dialog,
        icon::{Icon, glyph},
        list_box,
        live::{follow, live, live_attribute},
    },
    unsaved::Unsaved,
};

/// The id of the list box.
const OPTIONS: &str = "palette-options";
/// What is looked for.
const LABEL: &str = "Find a screen, engine, pool, site or action";
/// How many engines are offered at most; as many pools, and as many sites.
const OF_EACH: usize = 8;

/// The screens that have no name of their own in a list.
const SCREENS: [(Route, &str, Icon); 11] = [
    (Route::Engines, "Engines", Icon::Engine),
    (Route::Pools, "Pools", Icon::Pool),
    (Route::SharedSecret, "Shared Secret", Icon::Key),
    (Route::Sites, "Sites", Icon::Site),
    (Route::Health, "Health", Icon::Health),
    (Route::Activity, "Activity", Icon::Activity),
    (Route::Administration, "Administration", Icon::Settings),
    (Route::NewEngine, "New engine", Icon::Add),
    (Route::AddEngines, "Add many engines", Icon::Add),
    (Route::NewPool, "New engine pool", Icon::Add),
    (Route::NewSite, "Create site", Icon::Add),
];

/// What an option leads to.
#[derive(Clone, Copy)]
enum Goal {
    Do(Command),
    Go(Route),
}

/// A line of the list box.
#[derive(Clone)]
struct Choice {
    icon: Icon,
    name: String,
    /// What kind of thing it is.
    kind: String,
    /// Why it can't be chosen now.
    refused: Option<String>,
    goal: Goal,
}

impl Choice {
    fn page(name: String, kind: &str, icon: Icon, route: Route) -> Self {
        Self { icon, name, kind: kind.to_owned(), refused: None, goal: Goal::Go(route) }
    }
}

/// What fits what is typed, and what else there is to say.
#[derive(Clone, Default)]
struct Offer {
    choices: Vec<Choice>,
    /// How many engines, pools or sites fit and are not shown.
    more: usize,
}

impl Offer {
    fn add(&mut self, found: Found<Choice>) {
        self.more += found.count - found.best.len();
        self.choices.extend(found.best);
    }

    fn add_named<T>(&mut self, typed: &str, things: &[T], name: fn(&T) -> &str, choice: fn(&T) -> Choice) {
        let named = things.iter().map(|thing| (thing, name(thing)));
        let Found { best, count } = find_by_name(typed, named, OF_EACH);
        self.add(Found { best: best.into_iter().map(choice).collect(), count });
    }
}

fn offer(data: Data, commands: Commands, typed: &str) -> Offer {
    let mut offer = Offer::default();
    let actions = commands.offered().into_iter().map(|command| Choice {
        icon: Icon::Next,
        name: command.label.get(),
        kind: "Action".to_owned(),
        refused: command.refused.get(),
        goal: Goal::Do(command),
    });
    let screens = SCREENS.map(|(route, name, icon)| Choice::page(name.to_owned(), "Screen", icon, route));
    let own = actions.chain(screens);
    if typed.trim().is_empty() {
        offer.choices.extend(own);
        return offer;
    }
    let named = |choice: Choice| {
        let name = choice.name.clone();
        (choice, name)
    };
    offer.add(find_by_name(typed, own.map(named), usize::MAX));
    if let Some(engines) = data.engines.value() {
        offer.add_named(
            typed,
            &engines.items,
            |it| &it.name,
            |it| Choice::page(it.name.clone(), it.status.label(), Icon::Engine, Route::Engine(it.id)),
        );
    }
    if let Some(pools) = data.pools.value() {
        offer.add_named(
            typed,
            &pools.items,
            |it| &it.name,
            |it| Choice::page(it.name.clone(), "Pool", Icon::Pool, Route::Pool(it.id)),
        );
    }
    if let Some(sites) = data.all_sites.list() {
        let places = (0..sites.len()).map(|place| (place, sites.name(place)));
        let Found { best, count } = find_by_name(typed, places, OF_EACH);
        let best = best.into_iter().filter_map(|place| {
            let name = sites.name(place).to_owned();
            Some(Choice::page(name, "Site", Icon::Site, Route::Site(sites.id(place)?)))
        });
        offer.add(Found { best: best.collect(), count });
    }
    offer
}

/// The palette, open while [`Commands::open`] says so.
#[component]
pub fn Palette() -> impl IntoView {
    let open = Commands::here().open;
    view! {
        <Dialog open title="Command palette".to_owned()>
            <Search />
        </Dialog>
    }
}

/// A combobox with a list box, after the pattern of ARIA's authoring practices: the focus stays in the field.
#[component]
fn Search() -> impl IntoView {
    let data = Data::here();
    let commands = Commands::here();
    let unsaved = Unsaved::here();
    let navigate = use_navigate();
    let input = NodeRef::<html::Input>::new();
    let typed = RwSignal::new(String::new());
    let marked = RwSignal::new(0_usize);
    data.read_engines();
    // All sites are read for whoever looks for something.
    follow(move || {
        if typed.with(|typed| !typed.trim().is_empty()) {
            data.want_all_sites();
        }
    });
    follow(move || {
        if let Some(input) = input.get() {
            // The dialog itself puts the focus on its heading.
            request_animation_frame(move || _ = input.focus());
        }
    });
    // Worked out once for each key: several parts read it, and there may be a hundred thousand sites. What it offers can't be
    // compared, so each one counts as another.
    let offer =
        Memo::new_with_compare(move |_| typed.with(|typed| offer(data, commands, typed)), |_, _| true);
    let choose = Callback::new(move |at: usize| {
        let Some(choice) = offer.with_untracked(|offer| offer.choices.get(at).cloned()) else { return };
        if choice.refused.is_some() {
            return;
        }
        commands.open.set(false);
        match choice.goal {
            Goal::Do(command) => command.run.run(()),
            Goal::Go(route) => {
                let navigate = navigate.clone();
                unsaved.leave_by(move || routes::go(&navigate, &route.href()));
            }
        }
    });
    let on_key = move |event: ev::KeyboardEvent| {
        let (count, at) = (offer.with_untracked(|offer| offer.choices.len()), marked.get_untracked());
        match event.key().as_str() {
            "ArrowDown" if count > 0 => marked.set(list_box::below(Some(at), count)),
            "ArrowUp" if count > 0 => marked.set(list_box::above(Some(at), count)),
            "Enter" => choose.run(at),
            _ => return,
        }
        event.prevent_default();
        if let Some(option) = document().get_element_by_id(&option_id(marked.get_untracked())) {
            option.scroll_into_view_with_bool(false);
        }
    };
    let options = move || {
        let choices = offer.with(|offer| offer.choices.clone());
        choices
            .into_iter()
            .enumerate()
            .map(|(at, choice)| view! { <Line at choice marked choose /> })
            .collect_view()
    };
    view! {
        <search class="search">
            {glyph(Icon::Search, "")}
            <input
                class="input"
                type="text"
                role="combobox"
                aria-label=LABEL
                placeholder=LABEL
                aria-autocomplete="list"
                aria-expanded="true"
                aria-controls=OPTIONS
                aria-activedescendant=live_attribute(move || Some(option_id(marked.get())))
                spellcheck="false"
                autocomplete="off"
                autocapitalize="none"
                node_ref=input
                prop:value=move || typed.get()
                on:input=move |event| {
                    marked.set(0);
                    typed.set(event_target_value(&event));
                }
                on:keydown=on_key
            />
        </search>
        <ul class="palette" id=OPTIONS role="listbox" aria-label=LABEL>
            {live(options)}
        </ul>
        <p class="palette-note" role="status">
            {live(move || note(data, &offer.get()))}
        </p>
    }
}

/// What is said below the list.
fn note(data: Data, offer: &Offer) -> String {
    let mut words = Vec::new();
    match (offer.choices.is_empty(), offer.more) {
        (true, _) => words.push("No matches.".to_owned()),
        (false, 0) => {}
        (false, more) => words.push(format!("{} more: type more of the name.", number::count(more as u64))),
    }
    match data.all_sites.reading() {
        Reading::Running(progress) => {
            words.push(format!(
                "Sites are being read: {} so far.{}",
                number::count(progress.done as u64),
                progress.slow_words()
            ));
        }
        Reading::Failed(_, error) => words.push(format!("The sites could not be read. {}", error.in_full())),
        Reading::Idle | Reading::Stopped(_) => {}
    }
    words.join(" ")
}

fn option_id(at: usize) -> String {
    format!("{OPTIONS}-{at}")
}

#[component]
fn Line(at: usize, choice: Choice, marked: RwSignal<usize>, choose: Callback<usize>) -> impl IntoView {
    let selected = move || Some((marked.get() == at).to_string());
    let kind = choice.refused.clone().unwrap_or(choice.kind);
    view! {
        <li
            id=option_id(at)
            role="option"
            aria-selected=live_attribute(selected)
            aria-disabled=choice.refused.is_some().then_some("true")
            // The focus stays in the field.
            on:mousedown=|event| event.prevent_default()
            on:click=move |_| choose.run(at)
        >
            {glyph(choice.icon, "")}
            <span class="name">{choice.name}</span>
            " "
            <span class="about">{kind}</span>
        </li>
    }
}
