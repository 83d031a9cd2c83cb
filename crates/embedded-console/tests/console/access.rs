//! Signing in, permissions, maintenance, and other sites' pages.

use std::time::{Duration, Instant, SystemTime, UNIX_EPOCH};

use console_api::Error;
use embedded_console::two_factor_token;
use http::{Method, StatusCode};

use crate::lab::{Answer, Lab, first_line, send};

async fn demo() -> Lab {
    Lab::with(|config| config.seed = "demo".parse().unwrap()).await
}

#[tokio::test]
async fn the_administrators_password_is_made_once_and_kept_in_a_private_file() {
    use std::os::unix::fs::PermissionsExt as _;
    let lab = Lab::start().await;
    lab.client().sign_in().await.unwrap();
    let file = lab.running.admin_password_file().to_path_buf();
    assert_eq!(std::fs::metadata(&file).unwrap().permissions().mode() & 0o777, 0o600);
    let data = lab.directory.path().join("data");
    assert_eq!(std::fs::metadata(data.join("console.db")).unwrap().permissions().mode() & 0o077, 0);
    let first = lab.password().to_owned();
    let lab = lab.restart(|_| {}).await;
    assert_eq!(lab.password(), first);
    lab.client().sign_in().await.unwrap();
}

#[tokio::test]
async fn who_changes_the_password_file_has_changed_the_password() {
    let lab = Lab::start().await;
    let old = lab.password().to_owned();
    std::fs::write(lab.running.admin_password_file(), "correct horse battery\n").unwrap();
    let lab = lab.restart(|_| {}).await;
    lab.client_of("admin", "correct horse battery", None).sign_in().await.unwrap();
    assert_eq!(lab.client_of("admin", &old, None).sign_in().await, Err(Error::Unauthorized));
}

#[tokio::test]
async fn wrong_credentials_are_401_whatever_is_wrong_about_them() {
    let lab = Lab::start().await;
    let words = "The username, the password or the token is incorrect.";
    for (user, password) in [("admin", "wrong"), ("nobody", lab.password()), ("Admin", lab.password())] {
        let request = lab.stranger(Method::GET, "/api/3").basic_auth(user, Some(password));
        assert_eq!(send(request).await.error(401), words, "{user}");
    }
    let without = send(lab.stranger(Method::GET, "/api/3/scan_engines")).await;
    without.error(401);
    for authorization in ["Basic", "Basic ####", "Bearer abc", "Basic YWRtaW4="] {
        let request = lab.stranger(Method::GET, "/api/3").header("authorization", authorization);
        send(request).await.error(401);
    }
    send(lab.stranger(Method::GET, "/api/3/there/is/no/such/thing")).await.error(401);
}

#[tokio::test]
async fn tools_get_the_challenge_and_pages_scripts_do_not() {
    let lab = Lab::start().await;
    let tool = send(lab.stranger(Method::GET, "/api/3")).await;
    assert!(tool.header("www-authenticate").unwrap().starts_with("Basic "), "{tool:?}");
    let script = lab.stranger(Method::GET, "/api/3").header("sec-fetch-site", "same-origin");
    let script = send(script.header("sec-fetch-mode", "cors").header("sec-fetch-dest", "empty")).await;
    assert_eq!(script.error(401).is_empty(), script.header("www-authenticate").is_some());
}

#[tokio::test]
async fn a_user_without_global_administrator_is_signed_in_but_may_not_send_commands() {
    let lab = demo().await;
    let (password, _) = lab.demo_user("operator");
    let operator = lab.client_of("operator", &password, None);
    operator.sign_in().await.unwrap();
    assert!(operator.engines().await.unwrap().items.len() > 9);
    let refused = operator.version_engines().await.unwrap_err();
    assert!(
        matches!(&refused, Error::NotPermitted { message: Some(words) } if words.contains("Global Administrator")),
        "{refused:?}"
    );
}

#[tokio::test]
async fn a_two_factor_user_needs_a_token_of_this_half_minute() {
    let lab = demo().await;
    let (password, secret) = lab.demo_user("twofactor");
    let now = SystemTime::now().duration_since(UNIX_EPOCH).unwrap().as_secs();
    let token = two_factor_token(&secret.unwrap(), now).unwrap();
    assert_eq!(lab.client_of("twofactor", &password, None).sign_in().await, Err(Error::Unauthorized));
    assert_eq!(lab.client_of("twofactor", "wrong", Some(&token)).sign_in().await, Err(Error::Unauthorized));
    lab.client_of("twofactor", &password, Some(&token)).sign_in().await.unwrap();
}

#[tokio::test]
async fn a_credential_that_was_right_is_recognised_at_once() {
    let lab = Lab::start().await;
    let client = lab.client();
    let sign_in = async || {
        let start = Instant::now();
        client.sign_in().await.unwrap();
        start.elapsed()
    };
    let hashed = sign_in().await;
    let mut fastest = hashed;
    for _ in 0..20 {
        fastest = fastest.min(sign_in().await);
    }
    // The fastest, so that a busy machine makes no difference.
    assert!(fastest * 3 < hashed, "{fastest:?} against {hashed:?}");
}

#[tokio::test]
async fn failed_sign_ins_are_slowed_down_for_that_user_only() {
    let lab = demo().await;
    let attempt = async |user: &str, password: &str| -> (Answer, Duration) {
        let start = Instant::now();
        let answer = send(lab.stranger(Method::GET, "/api/3").basic_auth(user, Some(password))).await;
        (answer, start.elapsed())
    };
    for number in 0..3 {
        attempt("admin", &format!("wrong {number}")).await.0.error(401);
    }
    let (slow, others) = tokio::join!(attempt("admin", "wrong again"), async {
        let (operator, _) = lab.demo_user("operator");
        attempt("operator", &operator).await
    });
    slow.0.error(401);
    assert!(slow.1 >= Duration::from_millis(450), "the fourth attempt waits: {:?}", slow.1);
    assert_eq!(others.0.status, StatusCode::OK);
    assert!(others.1 < slow.1, "another user does not: {:?}", others.1);
    let (right, waited) = attempt("admin", lab.password()).await;
    assert_eq!(right.status, StatusCode::OK, "the right password counts, after its turn: {waited:?}");
}

#[tokio::test]
async fn a_flood_of_wrong_passwords_is_turned_away() {
    let lab = Lab::start().await;
    let attempts = (0..40).map(|number| {
        let request =
            lab.stranger(Method::GET, "/api/3").basic_auth("admin", Some(format!("wrong {number}")));
        tokio::spawn(async move { request.timeout(Duration::from_secs(2)).send().await })
    });
    let mut turned_away = 0;
    for attempt in attempts.collect::<Vec<_>>() {
        if let Ok(response) = attempt.await.unwrap()
            && response.status() == StatusCode::TOO_MANY_REQUESTS
        {
            assert!(response.headers().contains_key("retry-after"));
            turned_away += 1;
        }
    }
    assert!(turned_away >= 20, "{turned_away}");
}

#[tokio::test]
async fn in_maintenance_every_call_is_401_and_the_root_page_says_so() {
    let lab = Lab::with(|config| config.maintenance = true).await;
    assert_eq!(lab.client().sign_in().await, Err(Error::Maintenance));
    lab.get("/api/3/scan_engines").await.error(401);
    lab.get("/api/3").await.error(401);
    let root = send(lab.stranger(Method::GET, "/")).await;
    assert!(root.text.contains("maintenance"), "{root:?}");
}

#[tokio::test]
async fn requests_from_other_sites_are_403() {
    let lab = Lab::start().await;
    let own = lab.running.url();
    let own = own.trim_end_matches('/');
    for (header, value) in [
        ("origin", "https://evil.example"),
        ("origin", "null"),
        ("origin", "http://127.0.0.1:1"),
        ("sec-fetch-site", "cross-site"),
        ("sec-fetch-site", "same-site"),
    ] {
        for path in ["/api/3", "/data/engine/1/update", "/api/2.1/engine/1/reverseConnection"] {
            let answer = send(lab.request(Method::GET, path).header(header, value)).await;
            answer.error(403);
        }
    }
    for (header, value) in [("origin", own), ("sec-fetch-site", "same-origin"), ("sec-fetch-site", "none")] {
        let answer = send(lab.request(Method::GET, "/api/3").header(header, value)).await;
        assert_eq!(answer.status, StatusCode::OK, "{header}: {value}");
    }
}

#[tokio::test]
async fn behind_a_proxy_origin_and_links_are_the_proxys() {
    let lab = Lab::with(|config| {
        config.behind_proxy = true;
        config.hosts = vec!["console.example".to_owned()];
    })
    .await;
    let request = lab
        .request(Method::GET, "/api/3")
        .header("x-forwarded-proto", "https")
        .header("x-forwarded-host", "console.example:3780")
        .header("origin", "https://console.example:3780");
    let answer = send(request).await;
    assert_eq!(answer.json()["links"][0]["href"], "https://console.example:3780/api/3");
    let trusting = Lab::start().await;
    let forged = trusting.request(Method::GET, "/api/3").header("x-forwarded-host", "evil.example");
    let links = send(forged).await.json();
    assert_eq!(links["links"][0]["href"], trusting.url("/api/3"), "without a proxy nobody forwards");
}

#[tokio::test]
async fn answers_of_the_api_are_never_kept() {
    let lab = Lab::start().await;
    for path in ["/api/3", "/api/3/scan_engines/99", "/api/3/scan_engines"] {
        assert_eq!(lab.get(path).await.header("cache-control"), Some("no-store"), "{path}");
    }
}

#[tokio::test]
async fn the_console_tells_its_version_and_machine() {
    let lab = Lab::start().await;
    lab.client().console_info().await.unwrap();
    let raw = lab.get("/api/3/administration/info").await.json();
    assert_eq!(raw["version"]["semantic"], embedded_console::config::PRODUCT_VERSION);
    assert_eq!(raw["version"]["platform"], "Linux64");
    assert!(!raw["host"].as_str().unwrap().is_empty());
    let password = first_line(lab.running.admin_password_file());
    assert!(!raw.to_string().contains(&password));
}

#[tokio::test]
async fn commands_come_bare_and_unknown_ones_are_said_to_be() {
    let lab = Lab::start().await;
    assert!(lab.command("help").await.contains("version engines"));
    assert!(lab.command("make coffee").await.starts_with("Unknown command: make coffee\n"));
    assert!(lab.command("'version engines'").await.starts_with("Unknown command"));
    assert_eq!(lab.command("update engines").await, "There is no engine to update.\n");
    let report = lab.client().version_engines().await.unwrap();
    let [local] = report.engines.as_slice() else { panic!("{report:?}") };
    assert!(local.local);
    let output = lab.command("version engines").await;
    for key in [
        "Name",
        "DN",
        "Version",
        "Address (FQDN)",
        "Platform",
        "Serial No",
        "Product Name",
        "Last Content Update ID",
        "Last Auto Content Update ID",
        "Last Product Update ID",
        "Software Revision",
        "Product ID",
        "Version ID",
        "VM Version",
        "Status",
    ] {
        assert!(
            output.lines().any(|line| line.starts_with(&format!("Local Engine  {key}:"))),
            "{key} in {output}"
        );
    }
    assert_eq!(local.name.as_deref(), Some("Local scan engine"));
    assert_eq!(local.version.as_deref(), Some(embedded_console::config::PRODUCT_VERSION));
}
