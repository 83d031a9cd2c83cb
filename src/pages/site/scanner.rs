//! **Select Scan Engine**: the engine or pool that scans a site, new or not, and the ways to a new one: **Add Scan Engine** and
//! **Create Engine Pool**.

use console_api::{
    EngineId, EngineStatus, Pool, ScannerId,
    rules::{is_hosted, is_local},
};
use leptos::prelude::*;

use crate::{
    data::Data,
    forms::{
        draft::at_stake,
        engine_form::{BeforeAdding, EngineForm, Inside},
        new_pool::NewPoolDialog,
        scanner_picker::ScannerPicker,
    },
    routes::Route,
    ui::{
        button::ActionButton,
        dialog::{Dialog, Open},
        icon::Icon,
        live::live,
        tabs::{Tab, Tabs},
    },
};

/// As the documents have it: the tab **General** of **Add Scan Engine**.
const TABS: &[Tab] = &[("general", "General")];

/// What is added beside the list to choose from, in a dialog.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Adds {
    Engine,
    Pool,
}

/// What is chosen for a site, and what is added for it. Copy it freely; all copies are the same.
#[derive(Clone, Copy)]
pub(super) struct Scanning {
    data: Data,
    /// What is chosen.
    chosen: RwSignal<Option<ScannerId>>,
    adds: RwSignal<Option<Adds>>,
    /// The engine that was added here last.
    added: RwSignal<Option<EngineId>>,
    /// What the list is to show once it has it.
    in_sight: RwSignal<Option<ScannerId>>,
    /// The path of the site's page: under it the drafts keep what is typed in the dialogs.
    path: StoredValue<String>,
}

impl Scanning {
    pub(super) fn new(data: Data, chosen: RwSignal<Option<ScannerId>>, path: String) -> Self {
        Self {
            data,
            chosen,
            adds: RwSignal::new(None),
            added: RwSignal::new(None),
            in_sight: RwSignal::new(None),
            path: StoredValue::new(path),
        }
    }

    /// What is chosen.
    pub(super) fn chosen(self) -> RwSignal<Option<ScannerId>> {
        self.chosen
    }

    fn draft(self, what: &str) -> String {
        self.path.with_value(|path| format!("{path}#{what}"))
    }

    fn choose(self, scanner: ScannerId) {
        self.chosen.set(Some(scanner));
        self.in_sight.set(Some(scanner));
    }
}

/// The table, of which one is chosen, with the ways to a new one.
#[component]
pub(super) fn SelectScanner(
    scanning: Scanning,
    /// What is said where nothing is chosen.
    none: &'static str,
    /// A button beside what is chosen.
    #[prop(optional, into)]
    beside: Option<ViewFn>,
) -> impl IntoView {
    let adds = scanning.adds;
    scanning.in_sight.set(scanning.chosen.get_untracked());
    let actions = move || {
        view! {
            <ActionButton
                icon=Icon::Add
                label="Add Scan Engine".to_owned()
                small=true
                on_press=Callback::new(move |()| adds.set(Some(Adds::Engine)))
            />
            <ActionButton
                icon=Icon::Pool
                label="Create Engine Pool".to_owned()
                small=true
                refused=Signal::derive(move || scanning.data.no_pools())
                on_press=Callback::new(move |()| adds.set(Some(Adds::Pool)))
            />
        }
    };
    view! {
        <h2>"Select Scan Engine"</h2>
        <ScannerPicker chosen=scanning.chosen none in_sight=scanning.in_sight beside actions />
        <div role="status" class="troubles">
            <WayToPairing scanning />
        </div>
    }
}

/// What follows where the chosen engine can't scan yet: it has to be paired, and where that is shown.
#[component]
fn WayToPairing(scanning: Scanning) -> impl IntoView {
    live(move || {
        let chosen = scanning.chosen.get()?;
        let listed = scanning.data.engines.value();
        let engine = listed.as_ref().and_then(|list| list.items.iter().find(|it| chosen == it.id.into()));
        let added = scanning.added.get().filter(|id| chosen == (*id).into());
        let waits = engine.is_some_and(|it| {
            let own = is_local(it) || is_hosted(it);
            !own && matches!(it.status, EngineStatus::Unknown | EngineStatus::PendingAuthorization)
        });
        if added.is_none() && !waits {
            return None;
        }
        let id = engine.map(|it| it.id).or(added)?;
        let name = engine.map_or_else(|| "The engine".to_owned(), |it| it.name.clone());
        let (what, status) = match (added, engine) {
            (Some(_), Some(engine)) if engine.status == EngineStatus::Active => {
                (format!("{name} is added, and chosen for this site."), None)
            }
            (Some(_), _) => (
                format!("{name} is added, and chosen for this site."),
                Some(
                    "It scans once it is paired with this console: save the site, then continue with Pairing."
                        .to_owned(),
                ),
            ),
            (None, engine) => (
                format!("{name} does not scan yet"),
                engine.map(|it| {
                    format!(
                        "Its status is {}. If it is not paired yet, Pairing shows how.",
                        it.status.label()
                    )
                }),
            ),
        };
        let href = Route::Engine(id).href_with("tab", "pairing");
        let view = view! {
            <div class="notice uncertain">
                <strong>{what}</strong>
                {status.map(|status| view! { <span>{status}</span> })}
                <div>
                    <a class="next-link" href=href>
                        {format!("Pairing of {name}")}
                    </a>
                </div>
            </div>
        };
        Some(view)
    })
}

/// The dialogs, closed. They are forms of their own, and are in no other.
#[component]
pub(super) fn AddingDialogs(scanning: Scanning) -> impl IntoView {
    view! {
        <AddEngine scanning />
        <NewPoolDialog
            open={Open::one_of(scanning.adds, Adds::Pool)}
            draft=scanning.draft("new-pool")
            on_created=Callback::new(move |pool: Pool| scanning.choose(pool.id.into()))
            words="The pool is saved immediately, and chosen for this site."
        />
    }
}

/// **Add Scan Engine**: General of a new engine. It is saved first, then chosen for this site.
#[component]
fn AddEngine(scanning: Scanning) -> impl IntoView {
    let open = Open::one_of(scanning.adds, Adds::Engine);
    let draft = scanning.draft("new-engine");
    let at_stake = at_stake(open, draft.clone(), "The new engine");
    let inside = Inside {
        draft: StoredValue::new(draft),
        on_created: Callback::new(move |id: EngineId| {
            scanning.added.set(Some(id));
            scanning.choose(id.into());
            open.set(false);
        }),
        on_cancel: Callback::new(move |()| open.set(false)),
    };
    let general = move |_| {
        view! {
            <BeforeAdding then="Save adds the engine to the console, and chooses it for this site. The engine must then be paired: Pairing, on its own page, shows how." />
            <EngineForm inside />
        }
        .into_any()
    };
    view! {
        <Dialog open title="Add Scan Engine".to_owned() at_stake>
            <Tabs
                name="Add Scan Engine"
                tabs=TABS
                chosen=Signal::stored("general".to_owned())
                on_choose=Callback::new(|_| ())
                panel=Callback::new(general)
            />
        </Dialog>
    }
}
