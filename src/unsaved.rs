//! What is typed or chosen and not saved yet is not lost unasked: one question on every way out of a page.
//!
//! A page says what would be lost with [`Unsaved::guard`]. Links, the back and forward buttons, single-key shortcuts,
//! **Sign out**, and Escape in a dialog with a form lead to **Leave without saving?**; closing or reloading the tab, to the
//! browser's own question. A sign-out for inactivity does not ask: `Drafts` keeps
//! what was typed.

use leptos::{ev, prelude::*};
use leptos_router::{
    hooks::{use_location, use_navigate},
    location::Location,
};
use wasm_bindgen::JsCast;

use crate::{routes, session::Session};

/// One thing that may be lost.
#[derive(Clone, Copy)]
struct Guard {
    /// What would be lost now, as it is in a list; `None` when all is saved.
    at_stake: Callback<(), Option<String>>,
    /// Called when the person leaves all the same.
    give_up: Callback<()>,
}

/// What the person has asked for.
#[derive(Clone, Copy)]
struct Leave {
    way: Callback<()>,
    /// Whether the page is left with all that is guarded. Otherwise nothing but a dialog closes.
    page: bool,
}

/// What only the router knows.
struct Place {
    here: Location,
    go: Box<dyn Fn(&str)>,
}

/// Who asks before a page is left. Copy it freely; all copies are the same.
#[derive(Clone, Copy)]
pub struct Unsaved {
    guards: StoredValue<Vec<(u64, Guard)>>,
    next: StoredValue<u64>,
    place: StoredValue<Option<Place>, LocalStorage>,
    open: RwSignal<bool>,
    lost: RwSignal<Vec<String>>,
    leave: StoredValue<Option<Leave>>,
}

impl Unsaved {
    /// Nothing to be lost yet; put into the context for the components below. To be called before the router is made: what
    /// is asked about must not reach the router's own listeners.
    pub fn provide(session: Session) -> Self {
        let unsaved = Self {
            guards: StoredValue::new(Vec::new()),
            next: StoredValue::new(0),
            place: StoredValue::new_local(None),
            open: RwSignal::new(false),
            lost: RwSignal::new(Vec::new()),
            leave: StoredValue::new(None),
        };
        session.when_it_ends(move || unsaved.forget());
        let handles = [
            window_event_listener(ev::click, move |event| unsaved.meet_link(&event)),
            window_event_listener(ev::popstate, move |event| unsaved.meet_history(&event)),
            window_event_listener(ev::beforeunload, move |event| {
                // Work on several items would stop half way.
                if session.is_at_work() || !unsaved.at_stake().is_empty() {
                    event.prevent_default();
                }
            }),
        ];
        on_cleanup(move || handles.into_iter().for_each(WindowListenerHandle::remove));
        provide_context(unsaved);
        unsaved
    }

    /// The one of the surrounding app.
    pub fn here() -> Self {
        expect_context()
    }

    /// Guards something as long as the surrounding component is there. `at_stake` names what would be lost now, such as "The
    /// changes to berlin", and gives `None` when all is saved; it is asked at the moment of leaving. `give_up` is called
    /// when the person leaves all the same.
    pub fn guard(
        self,
        at_stake: impl Fn() -> Option<String> + Send + Sync + 'static,
        give_up: impl Fn() + Send + Sync + 'static,
    ) {
        let guard = Guard {
            at_stake: Callback::new(move |()| at_stake()),
            give_up: Callback::new(move |()| give_up()),
        };
        let id = self.next.get_value();
        self.next.set_value(id + 1);
        self.guards.update_value(|guards| guards.push((id, guard)));
        on_cleanup(move || {
            self.guards.try_update_value(|guards| guards.retain(|(known, _)| *known != id));
        });
    }

    /// Does what leads away from the page: at once where nothing would be lost, otherwise once the person has chosen
    /// **Leave**.
    pub fn leave_by(self, way: impl Fn() + Send + Sync + 'static) {
        self.ask(self.at_stake(), Leave { way: Callback::new(move |()| way()), page: true });
    }

    /// The same for something that has no guard of its own, such as what is typed into a dialog that closes.
    pub fn leave_losing(self, lost: Option<String>, way: impl Fn() + Send + Sync + 'static) {
        let way = Callback::new(move |()| way());
        match lost {
            None => way.run(()),
            lost => self.ask(lost.into_iter().collect(), Leave { way, page: false }),
        }
    }

    fn at_stake(self) -> Vec<String> {
        let guards = self.guards.try_get_value().unwrap_or_default();
        untrack(|| guards.iter().filter_map(|(_, guard)| guard.at_stake.run(())).collect())
    }

    fn ask(self, lost: Vec<String>, leave: Leave) {
        if lost.is_empty() {
            leave.way.run(());
        } else {
            self.lost.set(lost);
            self.leave.set_value(Some(leave));
            self.open.set(true);
        }
    }

    /// Takes what only the router knows. To be called inside the router.
    pub fn know_router(self) {
        let navigate = use_navigate();
        let go = Box::new(move |href: &str| routes::go(&navigate, href));
        self.place.set_value(Some(Place { here: use_location(), go }));
    }

    /// Whether the question is open.
    pub fn open(self) -> RwSignal<bool> {
        self.open
    }

    /// What would be lost, while the question is open.
    pub fn lost(self) -> Signal<Vec<String>> {
        self.lost.into()
    }

    /// The person leaves. What was named is given up, and nothing else.
    pub fn go_on(self) {
        self.open.set(false);
        let Some(leave) = self.leave.try_update_value(Option::take).flatten() else { return };
        if leave.page {
            // The guards have done their work: what leads away may come back to this page's listeners.
            let guards = self.guards.try_update_value(std::mem::take).unwrap_or_default();
            untrack(|| guards.iter().for_each(|(_, guard)| guard.give_up.run(())));
        }
        leave.way.run(());
    }

    fn forget(self) {
        self.guards.update_value(Vec::clear);
        self.leave.set_value(None);
        self.open.set(false);
    }

    /// A link to another page of the app. Runs before the router's listener, which leaves alone what is prevented here.
    fn meet_link(self, event: &ev::MouseEvent) {
        let other = event.button() != 0
            || event.ctrl_key()
            || event.meta_key()
            || event.shift_key()
            || event.alt_key();
        if other || event.default_prevented() {
            return;
        }
        let target = event.target().and_then(|target| target.dyn_into::<web_sys::Element>().ok());
        let link = target.and_then(|target| target.closest("a[href]").ok().flatten());
        let Some(link) = link.and_then(|link| link.dyn_into::<web_sys::HtmlAnchorElement>().ok()) else {
            return;
        };
        let here = window().location();
        let stays = link.has_attribute("download")
            || !link.target().is_empty()
            || here.origin().ok() != Some(link.origin())
            || here.pathname().ok() == Some(link.pathname());
        let lost = self.at_stake();
        if stays || lost.is_empty() {
            return;
        }
        event.prevent_default();
        let href = format!("{}{}{}", link.pathname(), link.search(), link.hash());
        let way = move |()| self.place.with_value(|place| place.iter().for_each(|place| (place.go)(&href)));
        self.ask(lost, Leave { way: Callback::new(way), page: true });
    }

    /// The back or forward button: the browser has gone to the other address already. The page stays, and its own address
    /// is put on top again. **Leave** then goes one step back, which leads to the other one.
    fn meet_history(self, event: &ev::PopStateEvent) {
        let address = self.place.try_with_value(|place| {
            let Place { here, .. } = place.as_ref()?;
            let path = here.pathname.get_untracked();
            let search = here.search.get_untracked();
            let mark = if search.is_empty() { "" } else { "?" };
            let hash = here.hash.get_untracked();
            let same = window().location().pathname().ok().as_ref() == Some(&path);
            (!same).then(|| format!("{path}{mark}{search}{hash}"))
        });
        let (Some(Some(address)), lost) = (address, self.at_stake()) else { return };
        let Ok(history) = window().history() else { return };
        if lost.is_empty()
            || history.push_state_with_url(&wasm_bindgen::JsValue::NULL, "", Some(&address)).is_err()
        {
            return;
        }
        event.stop_immediate_propagation();
        // Fails only where the document is not shown any more.
        let back = Callback::new(|()| _ = window().history().and_then(|history| history.back()));
        self.ask(lost, Leave { way: back, page: true });
    }
}
