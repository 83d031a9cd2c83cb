//! The app as static files behind nginx, beside a console that knows nothing of it: the configuration is the one in
//! `docs/nginx`, which docs/serving.md explains.

use console_api::{Client, Credentials, EngineId, NativeTransport};
use e2e::{Nginx, Page, Stack, button, cell, field, heading, http, link, news, row, tests};

const BASE: &str = "/engine-console";
const FRANKFURT: &str = "Frankfurt DMZ";
/// What the console itself puts on the app's page, when it serves it (the policy is checked word for word elsewhere).
const HEADERS: [&str; 9] = [
    "content-security-policy",
    "x-content-type-options",
    "referrer-policy",
    "x-frame-options",
    "cross-origin-opener-policy",
    "cross-origin-resource-policy",
    "permissions-policy",
    "cache-control",
    "vary",
];

/// A console behind a proxy, and nginx in front of it. What goes between them is held against the console's document.
async fn served() -> (Stack, Nginx) {
    let stack = Stack::with(&["--seed", "empty", "--behind-proxy"]).await;
    let nginx = Nginx::start(stack.proxy().address()).await;
    (stack, nginx)
}

async fn get(nginx: &Nginx, path: &str, headers: &[(&str, &str)]) -> http::Message {
    let answer = http::get(nginx.address(), path, headers).await;
    answer.unwrap_or_else(|error| panic!("nginx does not answer {path}: {error}"))
}

/// The names of the files that the app's page refers to. A release has quotes only where they are needed.
fn files_of(page: &str) -> Vec<String> {
    let start = format!("{BASE}/");
    let words = page.split(['"', '=', ' ', '>']);
    let files: Vec<_> = words
        .filter_map(|word| word.strip_prefix(&start))
        .filter(|name| !name.is_empty())
        .map(str::to_owned)
        .collect();
    assert!(files.len() >= 5, "the page refers to {files:?}");
    files
}

tests! {
    without_a_browser: async fn nginx_sends_the_headers_that_the_console_sends_word_for_word() {
        let (stack, nginx) = served().await;
        for path in ["/", "/engines", "/engines/17", "/sites/new", "/health/", "/no-such-file.js"] {
            let theirs = http::get(stack.console_address(), path, &[]).await.expect("the console answers");
            let ours = get(&nginx, &format!("{BASE}{path}"), &[]).await;
            assert_eq!(ours.word(1), theirs.word(1), "{path}");
            // What is not there is told by a page of nginx's own.
            let same = if ours.word(1) == "200" { &HEADERS[..] } else { &HEADERS[..7] };
            for header in same {
                assert_eq!(ours.header(header), theirs.header(header), "{header} of {path}");
            }
        }
    }

    without_a_browser: async fn nginx_adds_the_cookie_that_some_consoles_insist_on() {
        let stack = Stack::with(&["--seed", "empty", "--behind-proxy", "--data-calls", "cookie"]).await;
        let nginx = Nginx::start(stack.proxy().address()).await;
        let transport = NativeTransport::new(&nginx.url("/")).expect("nginx has an address");
        let credentials = Credentials::new("admin", &stack.password(), None).expect("the password fits");
        let updated = Client::new(transport, credentials).update_engine_software(EngineId(1)).await;
        updated.expect("the console takes the call");
        // What else is asked has the cookies that it has, and no others.
        for (own, cookie) in [(Some(("Cookie", "a=b")), true), (None, false)] {
            // Who that is makes no difference: what is looked at is what nginx hands on.
            let headers = [("Authorization", "Basic YTpi")].into_iter().chain(own).collect::<Vec<_>>();
            get(&nginx, "/api/3", &headers).await;
            let seen = stack.proxy().seen();
            assert_eq!(seen.last().map(|last| (last.path.as_str(), last.cookie)), Some(("/api/3", cookie)));
        }
    }

    without_a_browser: async fn nginx_sends_every_file_compressed_as_the_browser_likes() {
        let (stack, nginx) = served().await;
        let page = get(&nginx, &format!("{BASE}/"), &[]).await;
        assert_eq!(page.header("content-encoding"), None);
        let page = String::from_utf8(page.body).expect("the page is text");
        let without = Nginx::without_brotli(stack.proxy().address()).await;
        for file in files_of(&page).into_iter().chain(["engines".to_owned()]) {
            let path = format!("{BASE}/{file}");
            let likes = |what| [("Accept-Encoding", what)];
            for (nginx, liked, sent) in
                [(&nginx, "gzip, br", "br"), (&nginx, "gzip", "gzip"), (&without, "gzip, br", "gzip")]
            {
                let answer = get(nginx, &path, &likes(liked)).await;
                assert_eq!((answer.word(1), answer.header("content-encoding")), ("200", Some(sent)), "{path}");
                assert_eq!(answer.header("vary"), Some("accept-encoding"), "{path}");
            }
            let kind = match file.rsplit_once('.').map(|(_, end)| end) {
                Some("js") => "application/javascript; charset=utf-8",
                Some("wasm") => "application/wasm",
                Some("css") => "text/css; charset=utf-8",
                Some("svg") => "image/svg+xml",
                _ => "text/html; charset=utf-8",
            };
            let answer = get(&nginx, &path, &likes("br")).await;
            assert_eq!(answer.header("content-type"), Some(kind), "{path}");
            let kept =
                if kind.starts_with("text/html") { "no-cache" } else { "public, max-age=31536000, immutable" };
            assert_eq!(answer.header("cache-control"), Some(kept), "{path}");
        }
    }

    without_a_browser: async fn only_the_apps_routes_answer_with_its_page() {
        let (_stack, nginx) = served().await;
        for path in
            ["/", "/engines", "/engines/", "/engines/17", "/engines?filter=a", "/pools/3", "/administration"]
        {
            let answer = get(&nginx, &format!("{BASE}{path}"), &[]).await;
            assert_eq!(answer.word(1), "200", "{path}");
            assert!(String::from_utf8_lossy(&answer.body).contains("rel=modulepreload"), "{path}");
        }
        for path in [
            "/engine",
            "/engines/x",
            "/engines/17/scans",
            "/favicon.ico",
            "/index.htm",
            "/..%2fpasswd",
            "/nowhere/",
        ] {
            let answer = get(&nginx, &format!("{BASE}{path}"), &[]).await;
            assert_eq!(answer.word(1), "404", "{path}");
        }
        let answer = get(&nginx, BASE, &[]).await;
        assert_eq!((answer.word(1), answer.header("location")), ("302", Some("/engine-console/")));
    }

    without_a_browser: async fn the_consoles_challenge_is_kept_from_the_browser_and_its_words_are_not() {
        let (stack, nginx) = served().await;
        let path = "/api/3/scan_engines";
        let theirs = http::get(stack.console_address(), path, &[]).await.expect("the console answers");
        assert!(theirs.header("www-authenticate").is_some(), "the console sends a challenge by itself");
        let request = |name: &str| http::Message {
            start: format!("GET {path} HTTP/1.1"),
            headers: vec![
                ("Host".to_owned(), name.to_owned()),
                ("Authorization".to_owned(), "Basic YTpi".to_owned()),
            ],
            body: Vec::new(),
        };
        let ours = http::exchange(nginx.address(), request(&nginx.address().to_string())).await;
        let ours = ours.expect("nginx answers");
        assert_eq!((ours.word(1), ours.header("www-authenticate")), ("401", None));
        let words = String::from_utf8_lossy(&ours.body).into_owned();
        assert!(words.contains("is incorrect"), "{words}");
        // The console's links lead to where the browser is, not to where nginx went.
        assert!(words.contains(&format!("http://{}{path}", nginx.address())), "{words}");
    }

    in_chromium: async fn behind_nginx_an_engine_is_paired_and_deep_links_reloads_and_the_back_button_work(page: Page) {
        let (stack, nginx) = served().await;
        let mut engine = stack.engine(FRANKFURT).await;
        sign_in(&page, &stack, &nginx, "/").await;
        page.see_address("/engine-console/engines").await;
        page.click(button(format!("Refresh {FRANKFURT}"))).await;
        page.see_words(cell(FRANKFURT, "Status"), "Pending authorization").await;
        engine.enable_console().await;
        page.click(button(format!("Refresh {FRANKFURT}"))).await;
        page.see_words(cell(FRANKFURT, "Status"), "Active").await;
        page.see_words(news(), FRANKFURT).await;

        let id = engine.id();
        let address = format!("/engine-console/engines/{id}");
        sign_in(&page, &stack, &nginx, &format!("/engines/{id}")).await;
        page.see(heading(FRANKFURT)).await;
        page.see_address(&address).await;
        page.reload().await;
        page.sign_in("admin", &stack.password()).await;
        page.see_value(field("Name"), FRANKFURT).await;
        page.see_address(&address).await;
        page.click(link("Engines")).await;
        page.see(row(FRANKFURT)).await;
        page.see_address("/engine-console/engines").await;
        page.back().await;
        page.see(heading(FRANKFURT)).await;
        page.open(nginx.url("/engine-console/engines?filter=frank&sort=-name")).await;
        page.sign_in("admin", &stack.password()).await;
        page.see_value(e2e::role("combobox", "Filter engines"), "frank").await;
        page.see(row(FRANKFURT)).await;
    }

    in_both_browsers: async fn behind_nginx_a_wrong_password_brings_no_window_of_the_browsers_own(page: Page) {
        let (stack, nginx) = served().await;
        page.open(nginx.url("/engine-console/")).await;
        page.sign_in("admin", "not-the-password").await;
        page.see_words(e2e::alert(), "The console did not accept the credentials.").await;
        page.fill("Password", &stack.password()).await;
        page.click(button("Sign in")).await;
        page.see(row("Local scan engine")).await;
    }
}
async fn sign_in(page: &Page, stack: &Stack, nginx: &Nginx, path: &str) {
    page.open(nginx.url(&format!("{BASE}{path}"))).await;
    page.sign_in("admin", &stack.password()).await;
}
