//! **Generate Scan Engine Shared Secret**: what one sees of the secret, and what nobody does.

use e2e::{Page, Stack, button, has, heading, link, news, role, tests, text};

use crate::fleet::sign_in;
use crate::pairing_reverse::show;

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

tests! {
    in_chromium: async fn it_is_made_copied_and_shown_and_in_the_document_only_while_it_is_shown(page: Page) {
        let stack = Stack::start().await;
        open(&page, &stack).await;
        page.see(text("There is no valid shared secret. Generate makes one.")).await;
        page.see_no(button("Show")).await;
        page.see_no(button("Revoke")).await;
        page.click(button("Generate")).await;
        page.see_words(news(), "A new shared secret was generated.").await;
        page.see_text_that(role("timer", "Time left"), |text| text == "60:00" || text.starts_with("59:")).await;
        let secret = secret_of(&stack).await;
        page.click(button("Copy")).await;
        page.see_words(news(), "Copied: the shared secret.").await;
        assert!(!document(&page).await.contains(&secret), "it is in the document before Show");
        assert_eq!(page.clipboard().await, secret);
        assert_eq!(show(&page).await, secret);
        page.click(button("Hide")).await;
        page.see_no(text(secret.as_str())).await;
        assert!(!document(&page).await.contains(&secret), "it is in the document after Hide");
        show(&page).await;
        page.click(link("Engines")).await;
        page.see(heading("Scan Engines")).await;
        assert!(!document(&page).await.contains(&secret), "it is in the document after the page was left");

        // Whoever comes later finds it as well, and no other is made.
        page.click(link("Shared Secret")).await;
        page.see(text("A shared secret is valid.")).await;
        page.click(button("Generate")).await;
        page.see_words(news(), "No new shared secret was generated: this one is still valid.").await;
        assert_eq!(show(&page).await, secret);

        // The steps have the real values for both systems.
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
        page.click(button("Copy sudo -i")).await;
        page.see_words(news(), "Copied: sudo -i.").await;
        assert_eq!(page.clipboard().await, "sudo -i");
    }

    in_both_browsers: async fn nothing_of_it_is_left_anywhere_after_signing_out(page: Page) {
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
        page.see(heading("Sign in")).await;
        page.see_no(text(secret.as_str())).await;
    }
}
