//! The screens that are not in the first load: their parts of the program come while somebody signs in, or when nothing
//! else is to be done.

use std::collections::BTreeSet;

use e2e::{Fault, PATIENCE, Page, Stack, Standing, button, heading, http, link, tests, text, until};

use crate::fleet::sign_in;

/// How the path of the part with the list of engines begins.
pub(crate) const WORKBENCH: &str = "/part-workbench-";

/// The paths of the parts that the app's program has been cut into: what the list of engines needs, and the others.
pub(crate) async fn parts(stack: &Stack) -> (Vec<String>, Vec<String>) {
    let console = stack.console_address();
    let read = async |path: &str| {
        let file = http::get(console, path, &[]).await.expect("the console answers");
        String::from_utf8_lossy(&file.body).into_owned()
    };
    let index = read("/engines").await;
    let boot = index
        .split(['"', '=', ' ', '>'])
        .find(|word| word.starts_with("/boot-") && word.ends_with(".js"))
        .expect("the page names its boot script")
        .to_owned();
    let boot = read(&boot).await;
    let named = boot.split('"').filter(|word| word.starts_with("./part-") && word.ends_with(".wasm"));
    let parts: BTreeSet<_> = named.map(|name| name.trim_start_matches('.').to_owned()).collect();
    let (first, others): (Vec<_>, Vec<_>) = parts.into_iter().partition(|path| path.starts_with(WORKBENCH));
    assert!(!first.is_empty() && !others.is_empty(), "the boot script names no parts");
    (first, others)
}

/// From now on the list of engines does not come whole. The fault ends when what is given back is dropped.
pub(crate) async fn break_the_list(stack: &Stack, fault: Fault) -> Vec<Standing> {
    parts(stack).await.0.iter().map(|part| stack.proxy().fail(part, fault.clone())).collect()
}

/// Signs in while the part with the list of engines is on its way. It comes when what is given back is dropped.
pub(crate) async fn sign_in_before_the_list(page: &Page, stack: &Stack) -> Vec<Standing> {
    let held = parts(stack).await.0.iter().map(|part| stack.proxy().hold(part)).collect();
    page.open(stack.url("/engines")).await;
    page.sign_in("admin", &stack.password()).await;
    page.see(text("The app is being loaded.")).await;
    held
}

/// Without the menu for it, which is not there yet.
async fn check_both_themes(page: &Page, screen: &str) {
    for theme in ["light", "dark"] {
        page.run("document.documentElement.dataset.theme = arguments[0]", vec![theme.into()]).await;
        page.check_accessibility(&format!("{screen}, {theme}")).await;
    }
}

tests! {
    in_both_browsers: async fn they_are_there_when_the_console_has_gone(page: Page) {
        let mut stack = Stack::start().await;
        let (first, others) = parts(&stack).await;
        let parts = [first, others].concat();
        sign_in(&page, &stack).await;
        let all_asked = until(PATIENCE, async || {
            let missing: Vec<_> = parts.iter().filter(|part| stack.proxy().count("GET", part) == 0).collect();
            if missing.is_empty() { Ok(()) } else { Err(format!("not fetched: {missing:?}")) }
        });
        all_asked.await.unwrap_or_else(|problem| panic!("{problem}"));
        // What was fetched has come to the end as well once a screen of it is open.
        page.click(link("Administration")).await;
        page.see(heading("Administration")).await;
        page.see_no(text("The screen is being loaded.")).await;
        page.click(link("Engines")).await;
        page.see(heading("Scan Engines")).await;

        stack.stop_console().await;
        page.click(link("Administration")).await;
        page.see_focus_on(heading("Administration")).await;
        assert!(parts.iter().all(|part| stack.proxy().count("GET", part) == 1), "a part was fetched twice");
        page.forgive_problems().await;
    }

    in_chromium: async fn one_on_its_way_shows_its_heading_which_stays_where_it_is(page: Page) {
        let stack = Stack::start().await;
        let held: Vec<_> = parts(&stack).await.1.iter().map(|part| stack.proxy().hold(part)).collect();
        sign_in(&page, &stack).await;
        page.click(link("Administration")).await;
        page.see(text("The screen is being loaded.")).await;
        page.see_focus_on(heading("Administration")).await;
        check_both_themes(&page, "a screen is being loaded").await;
        let place = async || page.run("return document.querySelector('h1').getBoundingClientRect().y", vec![]).await;
        let before = place().await;
        drop(held);
        page.see_no(text("The screen is being loaded.")).await;
        page.see_focus_on(heading("Administration")).await;
        assert_eq!(place().await, before, "the heading has moved");
    }

    in_both_browsers: async fn one_that_breaks_off_says_so_and_can_be_tried_again(page: Page) {
        let stack = Stack::start().await;
        let broken: Vec<_> =
            parts(&stack).await.1.iter().map(|part| stack.proxy().fail(part, Fault::CutOff)).collect();
        sign_in(&page, &stack).await;
        page.click(link("Administration")).await;
        page.see_focus_on(heading("This screen is not loaded")).await;
        page.see(text("The part of the app with this screen could not be fetched.")).await;
        page.click(button("Try again")).await;
        page.see(heading("This screen is not loaded")).await;
        page.forgive_problems().await;

        drop(broken);
        page.click(button("Try again")).await;
        page.see_focus_on(heading("Administration")).await;
        // What else is in the app goes on.
        page.click(link("Engines")).await;
        page.see(heading("Scan Engines")).await;
    }

    in_chromium: async fn who_signs_in_before_the_list_has_come_waits_for_it(page: Page) {
        let stack = Stack::start().await;
        let held = sign_in_before_the_list(&page, &stack).await;
        check_both_themes(&page, "the app is being loaded").await;
        drop(held);
        page.see_focus_on(heading("Scan Engines")).await;
        page.see_no(text("The app is being loaded.")).await;
    }

    in_both_browsers: async fn a_list_that_comes_broken_says_so_and_can_be_tried_again(page: Page) {
        for fault in [Fault::CutOff, Fault::CutShort, Fault::NoAnswer] {
            // At an address of its own: what came whole from another one stays in the browser's cache.
            let stack = Stack::start().await;
            let broken = break_the_list(&stack, fault).await;
            page.open(stack.url("/engines")).await;
            page.sign_in("admin", &stack.password()).await;
            page.see_focus_on(heading("This screen is not loaded")).await;
            check_both_themes(&page, "the app is not loaded").await;
            page.click(button("Try again")).await;
            page.see_focus_on(heading("This screen is not loaded")).await;
            page.forgive_problems().await;
            drop(broken);
            page.click(button("Try again")).await;
            page.see_focus_on(heading("Scan Engines")).await;
        }
    }

    // A script of the driver can set the clock of the page's own scripts in Chromium only.
    in_chromium: async fn who_is_signed_out_before_the_list_has_come_can_sign_in(page: Page) {
        let stack = Stack::start().await;
        let held = sign_in_before_the_list(&page, &stack).await;
        // A quarter of an hour later, as when a laptop wakes.
        let later = "const now = Date.now; Date.now = () => now() + 16 * 60_000; window.dispatchEvent(new Event('focus'))";
        page.run(later, vec![]).await;
        page.see(heading("Sign in")).await;
        page.see(text("You were signed out after 15 minutes without activity. Sign in to continue where you left off.")).await;
        drop(held);
        page.sign_in("admin", &stack.password()).await;
        page.see_focus_on(heading("Scan Engines")).await;
    }
}
