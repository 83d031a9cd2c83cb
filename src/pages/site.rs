//! **Site Configuration**: one site, and the engine or pool that scans it. Also the form that adds one.

mod scanner;

use std::{convert::Infallible, sync::Arc};

use console_api::{
    Error, Moved, ScannerId, Site, SiteId, SiteType,
    rules::{Scanners, importance_label},
};
use futures::FutureExt;
use leptos::{prelude::*, task::spawn_local};
use leptos_router::hooks::use_navigate;

use self::scanner::{AddingDialogs, Scanning, SelectScanner};
use crate::{
    browser::{address::AddressParam, clock::Clock, number, title::Title},
    data::Data,
    features::delete_site::DeleteSiteDialog,
    forms::{
        draft::Drafts,
        edit::{Conflict, Edit, Fields, RefusalLine, Sent, Words, fill},
        edit_conflict::ComparedRow,
        scanner_picker,
        site_form::{SiteEdit, SiteFields, SiteForm, SiteFormFrame},
    },
    routes::{self, Route},
    ui::{
        button::{ActionButton, Refused},
        focus::focus_heading_if_lost,
        heading::PageHeading,
        icon::Icon,
        live::{follow, live, live_attribute},
        load_error::{LoadError, LoadFailure},
        tabs::{Tab, Tabs},
        toast::Toasts,
    },
    unsaved::Unsaved,
};

const TABS: &[Tab] = &[("general", "General"), ("engines", "Engines")];
/// The tab that is shown unless the address names another: the reason why one comes here.
const FIRST: &str = "engines";

/// The screen.
#[component]
pub fn SitePage(
    /// The site; none for a new one.
    id: Option<SiteId>,
) -> impl IntoView {
    match id {
        Some(id) => view! { <OneSite id /> }.into_any(),
        None => view! { <NewSite /> }.into_any(),
    }
}

/// **Create site**: the tabs of Site Configuration before there is a site. Its own **Save** alone creates it.
#[component]
fn NewSite() -> impl IntoView {
    Title::here().set(Route::NewSite.heading());
    Drafts::here().guard(Unsaved::here(), Route::NewSite.path(), || "The new site".to_owned());
    let form = SiteEdit::open(None);
    let scanning = Scanning::new(Data::here(), form.scanner(), Route::NewSite.path());
    let tab = AddressParam::of("tab");
    let choose = move |key: &str| {
        tab.choose(if key == TABS[0].0 { String::new() } else { key.to_owned() });
    };
    let panel = move |tab| match tab {
        "engines" => view! { <NewSiteEngines scanning /> }.into_any(),
        _ => view! { <SiteFields form /> }.into_any(),
    };
    view! {
        <section class="page" aria-labelledby="page-heading">
            <div class="page-head">
                <PageHeading route=Route::NewSite />
            </div>
            <SiteFormFrame form on_bad=Callback::new(move |()| choose(TABS[0].0))>
                <Tabs
                    name="Site Configuration"
                    tabs=TABS
                    chosen=Signal::derive(move || tab.get())
                    on_choose=Callback::new(choose)
                    panel=Callback::new(panel)
                />
            </SiteFormFrame>
            <AddingDialogs scanning />
        </section>
    }
}

/// **Engines** of a new site: the console decides where nothing is chosen.
#[component]
fn NewSiteEngines(scanning: Scanning) -> impl IntoView {
    let chosen = scanning.chosen();
    let none = move || {
        live(move || {
            chosen.get().map(|_| {
                view! {
                    <button
                        type="button"
                        class="button small"
                        on:click=move |_| {
                            chosen.set(None);
                            focus_heading_if_lost();
                        }
                    >
                        "Let the console decide"
                    </button>
                }
            })
        })
    };
    view! { <SelectScanner scanning none="If you choose none, the console's default engine is used." beside=none /> }
}

/// What the page's parts share. Copy it freely; all copies are the same.
#[derive(Clone, Copy)]
struct SiteState {
    id: SiteId,
    data: Data,
    clock: Clock,
    /// The site, once it was read.
    site: Memo<Option<Arc<Site>>>,
    scanners: Memo<Arc<Scanners>>,
}

/// The screen at `/sites/:id`.
#[component]
fn OneSite(id: SiteId) -> impl IntoView {
    let data = Data::here();
    data.open_site(id);
    let site = Memo::new(move |_| data.site.value().filter(|site| site.id == id));
    let scanners = Memo::new(move |_| Arc::new(data.scanners()));
    let page = SiteState { id, data, clock: Clock::here(), site, scanners };
    let title = Title::here();
    follow(move || {
        let name = site.with(|site| site.as_ref().map(|site| site.name.clone()));
        let name = name.unwrap_or_else(|| format!("Site {id}"));
        title.set(name);
    });
    let there = Memo::new(move |_| site.with(Option::is_some));
    // Also while the other tab is shown.
    let (drafts, unsaved) = (Drafts::here(), Unsaved::here());
    let name = move || site.with_untracked(|site| site.as_ref().map(|site| site.name.clone()));
    let name = move || name().unwrap_or_else(|| format!("site {id}"));
    drafts.guard(unsaved, Route::Site(id).path(), move || format!("The changes to {}", name()));
    drafts.guard(unsaved, choice_draft(id), move || format!("Another engine or pool for {}", name()));
    let deleting = RwSignal::new(false);
    let navigate = use_navigate();
    let on_deleted = Callback::new(move |_| {
        // What was typed has nowhere to go any more.
        drafts.forget(&Route::Site(id).path());
        drafts.forget(&choice_draft(id));
        routes::go(&navigate, &Route::Sites.href());
    });
    view! {
        <section class="page of-one" aria-labelledby="page-heading">
            <div class="page-head">
                <PageHeading route=Route::Site(id) />
                <div class="actions">
                    {live(move || {
                        there
                            .get()
                            .then(|| {
                                view! {
                                    <ActionButton
                                        icon=Icon::Delete
                                        label="Delete".to_owned()
                                        on_press=Callback::new(move |()| deleting.set(true))
                                    />
                                }
                            })
                    })}
                </div>
            </div>
            <div role="status" class="troubles">
                <SiteTroubles page />
            </div>
            <SiteSummary page />
            {live(move || there.get().then(|| view! { <SiteTabs page /> }))}
            <DeleteSiteDialog site open=deleting on_deleted />
        </section>
    }
}

/// The site could not be read. What is on screen stays.
#[component]
fn SiteTroubles(page: SiteState) -> impl IntoView {
    live(move || {
        let error = page.data.site.failed()?;
        let known_since = page.data.site.read_at().filter(|_| page.site.with(Option::is_some));
        let which = format!("site with ID {}", page.id);
        let thing = LoadError { which, kind: "site", list: ("Go to Sites", Route::Sites.href()) };
        let again = Callback::new(move |()| page.data.read_site(page.id));
        Some(view! { <LoadFailure thing error known_since clock=page.clock again /> })
    })
}

/// General information.
#[component]
fn SiteSummary(page: SiteState) -> impl IntoView {
    live(move || {
        let Some(site) = page.site.get() else {
            if page.data.site.failed().is_some() {
                return ().into_any();
            }
            let bones =
                ["w2", "w1", "w3"].map(|width| view! { <p><span class=format!("bone {width}")></span></p> });
            return view! {
                <div class="card" aria-busy="true">
                    <span class="unseen">"The site is being read."</span>
                    {bones.into_iter().collect_view()}
                </div>
            }
            .into_any();
        };
        let unknown = || ("–".to_owned(), "Not reported by this console".to_owned());
        let plain = |text: String| (text, String::new());
        let kind = site.site_type.as_ref().map(|kind: &SiteType| plain(kind.label().to_owned()));
        let importance = site.importance.as_deref().map(|word| plain(importance_label(word).to_owned()));
        let scan = site.last_scan;
        // The time passes, and the rest stays: it has a link.
        let ago = move || scan.map_or_else(|| "Never".to_owned(), |time| page.clock.relative(time));
        let exact = move || {
            scan.map_or_else(|| "The console reports no time.".to_owned(), |time| page.clock.exact(time))
        };
        let facts = [
            ("Type", kind.unwrap_or_else(unknown)),
            ("Importance", importance.unwrap_or_else(unknown)),
            ("Assets", site.assets.map_or_else(unknown, |assets| plain(number::count(assets)))),
            ("Risk score", site.risk_score.map_or_else(unknown, |risk| plain(number::whole(risk)))),
        ];
        let facts = facts.map(|(label, (value, title))| {
            view! {
                <div>
                    <dt>{label}</dt>
                    <dd title=title>{value}</dd>
                </div>
            }
        });
        let description = site.description.clone().filter(|text| !text.trim().is_empty());
        view! {
            <section class="card summary" aria-label="General information">
                <div class="summary-head">
                    <h2>{site.name.clone()}</h2>
                </div>
                {description.map(|text| view! { <p class="secondary description">{text}</p> })}
                <dl class="summary-facts site-facts">
                    {facts.into_iter().collect_view()} <div>
                        <dt>"Last scan"</dt>
                        <dd title=exact>{ago}</dd>
                    </div> <div>
                        <dt>"Engine or pool"</dt>
                        <dd>
                            <ScannerLink page id=site.scanner />
                        </dd>
                    </div>
                </dl>
            </section>
        }
        .into_any()
    })
}

/// What scans the site, how it is, and the way to it.
#[component]
fn ScannerLink(page: SiteState, id: Option<ScannerId>) -> impl IntoView {
    // The link stays while only the status changes.
    let label = Memo::new(move |_| {
        id.map_or_else(|| "–".to_owned(), |id| page.scanners.with(|scanners| scanners.label(id)))
    });
    let href = Memo::new(move |_| {
        page.scanners.with(|scanners| scanners.get(id?).map(|known| Route::of_scanner(known).href()))
    });
    let status = move || {
        page.scanners.with(|scanners| scanners.get(id?).map(|known| scanner_picker::status(page.data, known)))
    };
    live(move || match (label.get(), href.get()) {
        (label, None) => label.into_any(),
        (label, href) => view! {
            <span class="scanned-by">
                <a href=href>{label}</a>
                {live(status)}
            </span>
        }
        .into_any(),
    })
}

#[component]
fn SiteTabs(page: SiteState) -> impl IntoView {
    let tab = AddressParam::of("tab");
    let panel = move |tab| match tab {
        "general" => untrack(|| page.site.get()).map(|site| view! { <SiteForm site /> }).into_any(),
        _ => view! { <SiteEngines page /> }.into_any(),
    };
    let chosen = move || tab.with(|tab| if tab.is_empty() { FIRST.to_owned() } else { tab.clone() });
    view! {
        <Tabs
            name="Site Configuration"
            tabs=TABS
            chosen=Signal::derive(chosen)
            on_choose=Callback::new(move |key: &'static str| {
                tab.choose(if key == FIRST { String::new() } else { key.to_owned() });
            })
            panel=Callback::new(panel)
        />
    }
}

/// The one field of **Engines**: the engine or pool that is chosen to scan the site.
#[derive(Clone, Copy)]
struct Chosen(RwSignal<Option<ScannerId>>);

impl Fields for Chosen {
    type Thing = Option<ScannerId>;
    type Typed = Option<ScannerId>;
    // What is refused is the one field.
    type Field = Infallible;

    fn typed(self) -> Self::Typed {
        self.0.get()
    }

    fn of(scanner: Option<&Self::Thing>) -> Self::Typed {
        scanner.copied().flatten()
    }

    fn same(one: &Self::Typed, other: &Self::Typed, _: Option<Infallible>) -> bool {
        one == other
    }

    fn fill(self, now: Self::Typed, before: Option<&Self::Typed>) {
        fill(self.0, now, before);
    }

    fn to_texts(chosen: &Self::Typed) -> Vec<String> {
        chosen.iter().map(ScannerId::to_string).collect()
    }

    fn from_texts(texts: Vec<String>) -> Option<Self::Typed> {
        Some(Some(ScannerId(texts.first()?.parse().ok()?)))
    }
}

/// What the parts of **Engines** share. Copy it freely; all copies are the same.
#[derive(Clone, Copy)]
struct Choice {
    page: SiteState,
    edit: Edit<Chosen>,
}

impl Choice {
    fn label(self, id: Option<ScannerId>) -> String {
        let unknown = || "an engine or pool that the console does not report".to_owned();
        id.map_or_else(unknown, |id| self.page.scanners.with(|scanners| scanners.label(id)))
    }

    /// Gives the site what is chosen.
    fn save(self) {
        let Self { page: SiteState { id, data, site, .. }, edit } = self;
        let opened = edit.opened().flatten();
        let Some(to) = untrack(|| edit.fields.typed().filter(|_| edit.refused().is_none())) else { return };
        let name = site.with_untracked(|site| site.as_ref().map(|site| site.name.clone()));
        let name = name.unwrap_or_else(|| format!("Site {id}"));
        let words = Words {
            saved: format!("{name} is scanned by {}.", untrack(|| self.label(Some(to)))),
            not_saved: format!("{name} was not moved to another engine or pool."),
        };
        let work = async move {
            data.assign_site(id, opened, to).await.map(|moved| match moved {
                Moved::Done | Moved::AlreadyThere => Sent::Saved(Some(to), ()),
                Moved::ElsewhereMeanwhile(now) => Sent::Theirs(Some(now)),
            })
        };
        let explain = move |error: &Error| {
            if matches!(error, Error::NotFound { .. }) {
                data.read_site(id);
            }
            (None, format!("The site was not moved to another engine or pool. {}", error.in_full()))
        };
        spawn_local(async move {
            _ = edit.save(words, work.boxed_local(), explain).await;
        });
    }
}

/// Under which key the drafts keep what was chosen.
fn choice_draft(id: SiteId) -> String {
    format!("{}#engines", Route::Site(id).path())
}

/// **Engines**: the engine or pool that scans the site.
#[component]
fn SiteEngines(page: SiteState) -> impl IntoView {
    let navigate = use_navigate();
    let now = move || page.site.with(|site| site.as_ref().and_then(|site| site.scanner));
    let opened = untrack(now);
    let fields = Chosen(RwSignal::new(opened));
    let edit = Edit::open(fields, Some(opened), StoredValue::new(choice_draft(page.id)));
    edit.follow_the_console(move || Some(Arc::new(now())));
    let choice = Choice { page, edit };
    let save = Callback::new(move |()| choice.save());
    let refused: Refused = Signal::derive(move || edit.refused_alone());
    let cancel = move |_| {
        edit.forget();
        routes::go(&navigate, &Route::Sites.href());
    };
    let scanning = Scanning::new(page.data, fields.0, Route::Site(page.id).path());
    Toasts::here().stand_above("above-buttons", || true);
    view! {
        {live(move || edit.theirs().map(|theirs| {
            let label = choice.label(theirs);
            view! { <ChoiceConflict choice theirs label save /> }
        }))}
        <SelectScanner scanning none="The console does not report what scans this site." />
        <p class="change" role="status">
            {live(move || change_in_words(choice))}
        </p>
        <RefusalLine edit />
        <div class="form-actions">
            <button type="button" class="button" on:click=cancel>
                "Cancel"
            </button>
            <button
                type="button"
                class="button primary"
                aria-disabled=live_attribute(move || refused.get().map(|_| "true"))
                title=live_attribute(move || refused.get())
                on:click=move |_| {
                    if untrack(|| refused.get().is_none()) {
                        save.run(());
                    }
                }
            >
                "Save"
            </button>
        </div>
        <AddingDialogs scanning />
    }
}

/// What **Save** would do.
fn change_in_words(choice: Choice) -> Option<String> {
    let edit = choice.edit;
    (edit.is_changed() && edit.theirs().is_none()).then(|| {
        let (from, to) = (choice.label(edit.opened_now().flatten()), choice.label(edit.fields.typed()));
        format!("The site moves from {from} to {to} when you save.")
    })
}

/// Theirs beside yours, and which of the two it shall be.
#[component]
fn ChoiceConflict(
    choice: Choice,
    theirs: Option<ScannerId>,
    /// What theirs is called.
    label: String,
    save: Callback<()>,
) -> impl IntoView {
    view! {
        <Conflict
            edit=choice.edit
            words="Someone else has moved this site to another engine or pool in the meantime. Nothing was saved."
            yours="What you chose"
            theirs
            send=save
        >
            <ComparedRow label="Engine or pool" theirs=label>
                {live(move || choice.label(choice.edit.fields.typed()))}
            </ComparedRow>
        </Conflict>
    }
}
