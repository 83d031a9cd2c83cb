//! **Generate Scan Engine Shared Secret**: what one sees of the secret, and what nobody does.

use e2e::{
    Page, Stack, any, button, dialog, has, heading, in_both_browsers, in_chromium, link, news, role, text,
};

use crate::fleet::sign_in;
use crate::pairing_reverse::show;

const LIFETIME: &str = "/api/3/scan_engines/shared_secret/time_to_live";

async fn open(page: &Page, stack: &Stack) {
    sign_in(page, stack).await;
    page.click(link("Shared Secret")).await;
    page.see(heading("Generate Scan Engine Shared Secret")).await;
}

/// The secret that is valid now, from the console itself.
async fn secret_of(stack: &Stack) -> String {
    let secret = stack.api().shared_secret().await.expect("the console answers");
    secret.expect("the console has a secret").reveal().to_owned()
}

/// The document as it is now, with what is typed into its fields.
async fn document(page: &Page) -> String {
    let html = page
        .run(
            "const fields = [...document.querySelectorAll('input, textarea')].map((field) => field.value);
             return document.documentElement.outerHTML + fields.join('\\n')",
            vec![],
        )
        .await;
    html.as_str().unwrap_or_default().to_owned()
}

/// Everything that a page can leave behind in the browser.
async fn kept(page: &Page) -> String {
    let kept = page
        .run(
            "return JSON.stringify([{ ...localStorage }, { ...sessionStorage }, document.cookie, location.href,
                history.state, document.title, performance.getEntriesByType('resource').map(({ name }) => name)])",
            vec![],
        )
        .await;
    kept.as_str().unwrap_or_default().to_owned()
}

in_both_browsers! {
    async fn generate_makes_one_or_shows_the_one_that_is_still_valid(page: Page) {
        let stack = Stack::start().await;
        open(&page, &stack).await;
        page.see(text("There is no valid shared secret. Generate makes one.")).await;
        page.see_no(button("Show")).await;
        page.see_no(button("Revoke")).await;
        page.click(button("Generate")).await;
        page.see_words(news(), "A new shared secret was made.").await;
        let first = secret_of(&stack).await;
        page.click(button("Generate")).await;
        page.see_words(news(), "No new shared secret was made: this is the one that is still valid.").await;
        assert_eq!(show(&page).await, first);
        // Whoever comes later finds it as well.
        page.reload().await;
        page.sign_in("admin", &stack.password()).await;
        page.see(text("A shared secret is valid.")).await;
        assert_eq!(show(&page).await, first);
    }

    async fn it_is_not_in_the_document_until_it_is_shown(page: Page) {
        let stack = Stack::start().await;
        open(&page, &stack).await;
        page.click(button("Generate")).await;
        page.see(button("Show")).await;
        let secret = secret_of(&stack).await;
        assert!(!document(&page).await.contains(&secret), "it is in the document before Show");
        assert_eq!(show(&page).await, secret);
        page.click(button("Hide")).await;
        page.see_no(text(secret.as_str())).await;
        assert!(!document(&page).await.contains(&secret), "it is in the document after Hide");
        show(&page).await;
        page.click(link("Engines")).await;
        page.see(heading("Scan Engines")).await;
        assert!(!document(&page).await.contains(&secret), "it is in the document after the page was left");
    }

    async fn the_steps_have_the_real_values_for_both_systems(page: Page) {
        let stack = Stack::start().await;
        open(&page, &stack).await;
        for host in ["Linux", "Windows"] {
            page.click(role("tab", host)).await;
            for command in
                [format!("add console {}", stack.engine_listener()), "connect to console <ID>".to_owned(), "add shared secret <ID>".to_owned(), "enable console <ID>".to_owned()]
            {
                page.see(button(format!("Copy {command}")).within(role("tabpanel", host))).await;
            }
        }
        page.see(text(has("interactive mode"))).await;
        page.click(role("tab", "Linux")).await;
        page.click(button("Copy connect to console <ID>")).await;
        page.see_words(news(), "Copied: connect to console <ID>.").await;
    }

    async fn the_time_left_is_the_consoles_and_not_the_browsers(page: Page) {
        let stack = Stack::start().await;
        open(&page, &stack).await;
        page.click(button("Generate")).await;
        let left = role("timer", "Time left");
        let first = page.see_text_that(left.clone(), |text| text == "60:00" || text.starts_with("59:")).await;
        page.see_text_that(left.clone(), |text| text != first && text.starts_with("59:")).await;
        // Somebody sets the clock: the console is asked again at once, and the time does not jump.
        let asked = stack.proxy().count("GET", LIFETIME);
        // In Firefox scripts have a `Date` of their own: the page's is the window's.
        page.run("const real = window.Date.now; window.Date.now = () => real() + 40 * 60 * 1000", vec![]).await;
        let asks = e2e::until(e2e::PATIENCE, async || {
            if stack.proxy().count("GET", LIFETIME) > asked { Ok(()) } else { Err("the console is not asked".to_owned()) }
        });
        asks.await.expect("the console is asked again");
        page.see_text_that(left, |text| text.starts_with("59:")).await;
    }

    async fn an_expired_secret_says_so_and_a_new_one_can_be_made(page: Page) {
        let stack = Stack::with(&["--seed", "empty", "--shared-secret-lifetime", "3"]).await;
        open(&page, &stack).await;
        page.click(button("Generate")).await;
        page.see(button("Show")).await;
        page.see(text("The shared secret has expired. Generate makes a new one.")).await;
        page.see_no(button("Show")).await;
        page.see_no(button("Copy")).await;
        page.see_no(role("timer", "Time left")).await;
        page.click(button("Generate")).await;
        page.see_words(news(), "A new shared secret was made.").await;
    }

    async fn revoking_asks_first(page: Page) {
        let stack = Stack::start().await;
        open(&page, &stack).await;
        page.click(button("Generate")).await;
        let secret = show(&page).await;
        page.click(button("Revoke")).await;
        page.see(dialog("Revoke the shared secret")).await;
        page.click(button("Cancel")).await;
        page.see_no(any("dialog")).await;
        assert_eq!(secret_of(&stack).await, secret);

        page.click(button("Revoke")).await;
        page.click(button("Revoke the shared secret")).await;
        page.see_words(news(), "The shared secret is revoked.").await;
        page.see(text("There is no valid shared secret. Generate makes one.")).await;
        page.see_no(text(secret.as_str())).await;
        assert_eq!(stack.api().shared_secret().await, Ok(None));
    }

    async fn nothing_of_it_is_left_anywhere_after_signing_out(page: Page) {
        let stack = Stack::start().await;
        open(&page, &stack).await;
        page.click(button("Generate")).await;
        let secret = show(&page).await;
        page.click(button("Copy")).await;
        page.see_words(news(), "the shared secret").await;
        let kept_before = kept(&page).await;
        page.click(button("Sign out")).await;
        page.see(heading("Sign in")).await;
        let places = [
            ("the document", document(&page).await),
            ("the browser while signed in", kept_before),
            ("the browser", kept(&page).await),
            ("a request", stack.proxy().seen().iter().map(|seen| format!("{} {}\n", seen.path, seen.body)).collect()),
            ("the console's log", stack.console_said().join("\n")),
            ("the browser's log", page.problems().await.join("\n")),
        ];
        for (place, words) in places {
            for written in [secret.clone(), secret.to_lowercase(), secret.replace('-', "")] {
                assert!(!words.contains(&written), "the secret is in {place}");
            }
        }
        page.back().await;
        page.see_no(text(secret.as_str())).await;
    }

    async fn a_console_that_cannot_be_asked_is_no_console_without_a_secret(page: Page) {
        let mut stack = Stack::start().await;
        open(&page, &stack).await;
        page.click(button("Generate")).await;
        page.see(button("Show")).await;
        stack.stop_console().await;
        page.click(button("Generate")).await;
        page.see(text(has("The console could not be reached."))).await;
        stack.start_console().await;
        page.click(button("Generate")).await;
        page.see_words(news(), "A new shared secret was made.").await;
    }
}

in_chromium! {
    async fn copy_copies_it_without_showing_it(page: Page) {
        let stack = Stack::start().await;
        open(&page, &stack).await;
        page.click(button("Generate")).await;
        page.click(button("Copy")).await;
        page.see_words(news(), "Copied: the shared secret.").await;
        let secret = secret_of(&stack).await;
        assert!(!document(&page).await.contains(&secret), "it is in the document");
        assert_eq!(page.clipboard().await, secret);
        page.click(button("Copy sudo -i")).await;
        page.see_words(news(), "Copied: sudo -i.").await;
        assert_eq!(page.clipboard().await, "sudo -i");
    }
}
