//! What is changed on the tabs of the panel and not saved yet, and the one **Save** for all of it.

use std::time::Duration;

use console_api::{EngineId, ScannerId, SiteId, rules::SiteMove};
use leptos::{ev, prelude::*, task::spawn_local};
use leptos_router::{NavigateOptions, hooks::use_navigate};

use super::EngineState;
use crate::{
    browser::address::AddressParam,
    forms::{
        draft::Drafts,
        edit::SaveAndCancel,
        engine_form::{General, Outcome},
    },
    routes::{self, Route},
    ui::{
        button::Refused,
        focus::focus_heading_if_lost,
        live::follow,
        toast::{Toasts, Tone},
    },
    unsaved::Unsaved,
};

/// Work that is done sooner shows no dialog.
const SHOW_AFTER: Duration = Duration::from_millis(400);

type Navigate = Box<dyn Fn(&str, NavigateOptions)>;

/// The panel's unsaved changes. Copy it freely; all copies are the same.
#[derive(Clone, Copy)]
pub(super) struct Panel {
    pub(super) page: EngineState,
    pub(super) general: General,
    /// The sites that are to move when the panel is saved.
    pub(super) moves: RwSignal<Vec<SiteMove>>,
    /// Whether the dialog about the work of moving them is open.
    pub(super) working: RwSignal<bool>,
    tab: AddressParam,
    toasts: Toasts,
    drafts: Drafts,
    navigate: StoredValue<Navigate, LocalStorage>,
}

impl Panel {
    /// The panel of the engine that is open, with what was changed before the session ended.
    pub(super) fn open(page: EngineState, tab: AddressParam) -> Self {
        let drafts = Drafts::here();
        let key = draft_key(page.id);
        let kept = drafts.of(&key).unwrap_or_default();
        let panel = Self {
            page,
            general: General::open(untrack(|| page.engine.get()), None),
            moves: RwSignal::new(kept.iter().filter_map(|line| read(line)).collect()),
            working: RwSignal::new(false),
            tab,
            toasts: Toasts::here(),
            drafts,
            navigate: StoredValue::new_local(Box::new(use_navigate())),
        };
        follow(move || panel.moves.with(|moves| keep(drafts, page.id, moves)));
        drafts.guard(Unsaved::here(), key, move || {
            let name = page.engine.with(|engine| engine.as_ref().map(|engine| engine.name.clone()));
            format!(
                "The sites that move to or from {}",
                name.unwrap_or_else(|| format!("engine {}", page.id))
            )
        });
        panel
    }

    /// Whether something is changed that is not saved.
    pub(super) fn is_changed(self) -> bool {
        self.general.is_changed() || self.moves.with(|moves| !moves.is_empty())
    }

    fn refused(self) -> Option<String> {
        let busy = self
            .page
            .data
            .bulk
            .is_running()
            .then(|| "Another job is still running: wait until it has finished.".to_owned());
        let nothing = (!self.is_changed()).then(|| "There are no changes to save.".to_owned());
        self.general.refused().or(busy).or(nothing)
    }

    /// What a form of the panel does when it is sent.
    pub(super) fn on_submit(self) -> impl Fn(ev::SubmitEvent) + Copy + 'static {
        move |event: ev::SubmitEvent| {
            event.prevent_default();
            if untrack(|| self.refused()).is_none() {
                self.save();
            }
        }
    }

    fn give_up(self) {
        self.general.forget();
        self.drafts.forget(&draft_key(self.page.id));
        self.navigate.with_value(|navigate| routes::go(navigate, &Route::Engines.href()));
    }

    /// Saves General, then moves the sites. What can't be saved stays as it is on its tab, to be saved again.
    pub(super) fn save(self) {
        spawn_local(async move {
            if untrack(|| self.general.is_changed()) {
                match self.general.save().await {
                    Outcome::Saved { leads_to, .. } => {
                        if let Some(href) = leads_to {
                            self.navigate.try_with_value(|navigate| routes::go(navigate, &href));
                            focus_heading_if_lost();
                        }
                    }
                    Outcome::Left => return,
                    Outcome::NotSaved => {
                        // What is wrong stands there.
                        self.tab.choose(String::new());
                        if self.moves.try_with_untracked(Vec::is_empty) == Some(false) {
                            self.toasts.say(
                                Tone::Uncertain,
                                "Nothing has been saved, and no site was moved.",
                                Some(
                                    "Resolve what General says, then save again: that also moves the sites."
                                        .to_owned(),
                                ),
                            );
                        }
                        return;
                    }
                }
            }
            self.move_sites();
        });
    }

    fn move_sites(self) {
        let Some(moves) = self.moves.try_get_untracked().filter(|moves| !moves.is_empty()) else { return };
        let Self { page, drafts, working, .. } = self;
        let bulk = page.data.bulk;
        let on_end = move |left: Vec<SiteMove>| {
            let all_done = left.is_empty();
            // Also for whoever has left the page, and comes back to what is left.
            keep(drafts, page.id, &left);
            self.moves.try_set(left);
            // The dialog that is open, or opens now, tells how it ended; otherwise the news do.
            if working.try_set(!all_done).is_none() {
                bulk.end_in_news(all_done);
            }
        };
        page.data.move_sites(moves, "Moving sites", on_end);
        let show = move || {
            // Who has left the page finds the work in the news.
            if working.try_get() == Some(false) && bulk.is_running() {
                working.set(true);
            }
        };
        set_timeout(move || untrack(show), SHOW_AFTER);
    }
}

/// **Save** and **Cancel**.
#[component]
pub(super) fn PanelButtons(panel: Panel) -> impl IntoView {
    let refused: Refused = Signal::derive(move || panel.refused());
    view! { <SaveAndCancel refused cancel=Callback::new(move |()| panel.give_up()) /> }
}

/// Where the drafts keep the moves of an engine's panel.
fn draft_key(id: EngineId) -> String {
    format!("{}#sites", Route::Engine(id).path())
}

fn keep(drafts: Drafts, id: EngineId, moves: &[SiteMove]) {
    let key = draft_key(id);
    if moves.is_empty() {
        drafts.forget(&key);
    } else {
        drafts.keep(&key, moves.iter().map(write).collect());
    }
}

fn write(it: &SiteMove) -> String {
    let from = it.from.map(|from| from.to_string()).unwrap_or_default();
    format!("{} {from} {} {}", it.site, it.to, it.name)
}

fn read(line: &str) -> Option<SiteMove> {
    let mut parts = line.splitn(4, ' ');
    let (site, from, to, name) = (parts.next()?, parts.next()?, parts.next()?, parts.next()?);
    Some(SiteMove {
        site: site.parse::<SiteId>().ok()?,
        name: name.to_owned(),
        from: from.parse::<ScannerId>().ok(),
        to: to.parse::<ScannerId>().ok()?,
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_move_is_kept_as_it_is() {
        for from in [None, Some(ScannerId(7))] {
            let it = SiteMove { site: SiteId(3), name: " two  words ".to_owned(), from, to: ScannerId(9) };
            assert_eq!(read(&write(&it)), Some(it));
        }
        assert_eq!(read("3 7 x y"), None);
    }
}
