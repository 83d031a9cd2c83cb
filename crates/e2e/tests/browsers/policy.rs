//! The page's policy, and what the first visit costs.

use std::io::Write as _;

use e2e::{Fault, Page, Stack, heading, http, tests};

use crate::screens::WORKBENCH;

const POLICY: &str = "default-src 'none'; script-src 'self' 'wasm-unsafe-eval'; style-src 'self'; connect-src 'self'; \
                      img-src 'self'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'";

/// The first load may have so many bytes…
const LIMIT: usize = 130_000;
/// … in so many requests.
const REQUESTS: usize = 6;

/// What somebody who found a way to put text into the page would try.
async fn inline_scripts_are_refused(page: &Page) {
    page.see(heading("Sign in")).await;
    assert_eq!(page.problems().await, [""; 0], "the app itself keeps to the policy");
    page.run(
        "const script = document.createElement('script');
         script.textContent = 'document.title = `pwned`';
         document.body.append(script);",
        vec![],
    )
    .await;
    let title = page.run("return document.title", vec![]).await;
    assert_ne!(title, "pwned", "an inline script ran");
    let problems = page.forgive_problems().await;
    assert!(!problems.is_empty(), "the harness did not notice the violation");
}

tests! {
    without_a_browser: async fn the_index_comes_with_the_policy_word_for_word() {
        let stack = Stack::start().await;
        for path in ["/", "/engines", "/engines?filter=a"] {
            let answer = http::get(stack.console_address(), path, &[]).await.expect("the console answers");
            assert_eq!(answer.word(1), "200", "{path}");
            assert_eq!(answer.header("content-security-policy"), Some(POLICY), "{path}");
            assert_eq!(answer.header("x-content-type-options"), Some("nosniff"), "{path}");
            assert_eq!(answer.header("referrer-policy"), Some("no-referrer"), "{path}");
            assert_eq!(answer.header("x-frame-options"), Some("DENY"), "{path}");
        }
    }

    without_a_browser: async fn the_page_itself_has_all_of_the_policy_that_a_page_can_have() {
        let stack = Stack::start().await;
        let answer = http::get(stack.console_address(), "/engines", &[]).await.expect("the console answers");
        let page = String::from_utf8_lossy(&answer.body);
        let policy = POLICY.strip_suffix("; frame-ancestors 'none'").expect("what only a header may say comes last");
        let meta = format!("<meta http-equiv=\"Content-Security-Policy\" content=\"{policy}\">");
        assert!(page.contains(&meta), "{page}");
    }

    /// Every test fails on a violation; this one proves that a violation is noticed.
    in_both_browsers: async fn the_policy_refuses_what_is_not_from_the_console(page: Page) {
        let stack = Stack::start().await;
        page.open(stack.url("/")).await;
        inline_scripts_are_refused(&page).await;
    }

    in_both_browsers: async fn a_host_that_sends_no_headers_serves_it_as_strictly(page: Page) {
        let stack = Stack::start().await;
        let _bare = stack.proxy().fail("/engines", Fault::Bare);
        page.open(stack.url("/engines")).await;
        inline_scripts_are_refused(&page).await;
    }

    in_chromium: async fn the_first_load_is_small(page: Page) {
        let stack = Stack::start().await;
        page.open(stack.url("/")).await;
        page.see(heading("Sign in")).await;
        let mut files: Vec<_> = stack
            .proxy()
            .seen()
            .into_iter()
            // The list of engines comes meanwhile, and has a limit in the build.
            .filter(|seen| !seen.path.starts_with("/api/") && !seen.path.starts_with(WORKBENCH))
            .map(|seen| (seen.path, seen.bytes, seen.encoding.unwrap_or_default()))
            .collect();
        // A browser without a window may leave out the icon.
        let icon = page.run("return new URL(document.querySelector('link[rel=icon]').href).pathname", vec![]).await;
        let icon = icon.as_str().expect("the page has an icon").to_owned();
        if !files.iter().any(|(path, ..)| *path == icon) {
            let answer = http::get(stack.console_address(), &icon, &[("Accept-Encoding", "br")]).await;
            let answer = answer.expect("the console has the icon");
            files.push((icon, answer.body.len(), answer.header("content-encoding").unwrap_or_default().to_owned()));
        }
        let sum: usize = files.iter().map(|(_, bytes, _)| bytes).sum();
        let mut table = String::from("\nfirst load, as it came over the wire:\n");
        for (path, bytes, encoding) in &files {
            table.push_str(&format!("  {bytes:>8}  {encoding:<6} {path}\n"));
        }
        table.push_str(&format!("  {sum:>8}  bytes in {} requests\n", files.len()));
        // Past the test runner, which keeps what passing tests print.
        std::io::stderr().write_all(table.as_bytes()).expect("the table can be printed");
        for (path, _, encoding) in &files {
            assert_eq!(encoding, "br", "{path} came without brotli");
        }
        assert!(files.len() <= REQUESTS, "the first load is {} requests, more than {REQUESTS}", files.len());
        assert!(sum <= LIMIT, "the first load is {sum} bytes, more than {LIMIT}");
    }
}
