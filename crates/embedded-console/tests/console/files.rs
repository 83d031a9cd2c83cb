//! The app's files.

use std::collections::BTreeSet;
use std::fs;
use std::path::Path;

use embedded_console::{APP_ROUTES, CONTENT_SECURITY_POLICY, Config};
use http::{Method, StatusCode};
use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
use tokio::net::TcpStream;

use crate::lab::{Lab, send};

const SCRIPT: &str = "app-0123456789abcdef.js";

fn build(directory: &Path) {
    fs::create_dir_all(directory.join("snippets")).unwrap();
    for (name, content) in [
        ("index.html", "<!doctype html><title>the app</title>"),
        (SCRIPT, "plain script"),
        ("app-0123456789abcdef.js.br", "brotli script"),
        ("app-0123456789abcdef.js.gz", "gzip script"),
        ("app-0123456789abcdef_bg.wasm", "wasm"),
        ("favicon.svg", "<svg/>"),
    ] {
        fs::write(directory.join(name), content).unwrap();
    }
}

async fn lab_at(public_path: &str) -> (Lab, tempfile::TempDir) {
    let app = tempfile::tempdir().unwrap();
    build(&app.path().join("dist"));
    let lab = Lab::with(|config| {
        config.app_dir = Some(app.path().join("dist"));
        public_path.clone_into(&mut config.public_path);
    })
    .await;
    (lab, app)
}

#[tokio::test]
async fn each_route_of_the_app_answers_with_its_index() {
    let (lab, _app) = lab_at("/").await;
    for route in APP_ROUTES {
        let path = route.replace(":id", "17");
        let answer = send(lab.stranger(Method::GET, &path)).await;
        assert_eq!(
            (answer.status, answer.header("cache-control")),
            (StatusCode::OK, Some("no-cache")),
            "{path}"
        );
        assert!(answer.text.contains("the app"), "{path}");
        assert!(answer.header("content-type").unwrap().starts_with("text/html"));
    }
    for path in ["/engines/17/nothing", "/app.js", "/engines/x.js", "/snippets/", "/snippets"] {
        let answer = send(lab.stranger(Method::GET, path)).await;
        assert_eq!(answer.status, StatusCode::NOT_FOUND, "{path}");
    }
    assert_eq!(send(lab.stranger(Method::POST, "/engines")).await.status, StatusCode::METHOD_NOT_ALLOWED);
}

#[tokio::test]
async fn no_path_leads_out_of_the_apps_directory() {
    let (lab, app) = lab_at("/").await;
    let outside = app.path().join("outside-of-the-app.txt");
    fs::write(outside, "outside").unwrap();
    for path in [
        "/../outside-of-the-app.txt",
        "/%2e%2e/outside-of-the-app.txt",
        "/snippets/../../outside-of-the-app.txt",
        "/..%2foutside-of-the-app.txt",
        "/snippets/%2e%2e%2f%2e%2e%2foutside-of-the-app.txt",
        "//outside-of-the-app.txt",
        "/%00",
    ] {
        // By hand: an HTTP client would tidy up the path before it sends it.
        let mut stream = TcpStream::connect(lab.running.address()).await.unwrap();
        let request = format!("GET {path} HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n");
        stream.write_all(request.as_bytes()).await.unwrap();
        let mut answer = String::new();
        stream.read_to_string(&mut answer).await.unwrap();
        assert!(answer.starts_with("HTTP/1.1 404 "), "{path}: {answer}");
    }
}

#[tokio::test]
async fn under_a_public_path_the_app_is_there_and_the_api_where_it_was() {
    let (lab, _app) = lab_at("/engine-console/").await;
    for path in ["/engine-console/", "/engine-console/engines/3"] {
        assert!(send(lab.stranger(Method::GET, path)).await.text.contains("the app"), "{path}");
    }
    assert_eq!(
        send(lab.stranger(Method::GET, &format!("/engine-console/{SCRIPT}"))).await.text,
        "plain script"
    );
    for path in ["/", "/engine-console"] {
        assert_eq!(
            send(lab.stranger(Method::GET, path)).await.header("location"),
            Some("/engine-console/"),
            "{path}"
        );
    }
    for missing in ["/engines", &format!("/engine-console/{SCRIPT}/")] {
        assert_eq!(send(lab.stranger(Method::GET, missing)).await.status, StatusCode::NOT_FOUND, "{missing}");
    }
    assert_eq!(lab.get("/api/3").await.status, StatusCode::OK);
}

#[tokio::test]
async fn files_with_a_hash_in_their_name_are_kept_for_ever_and_come_compressed() {
    let (lab, _app) = lab_at("/").await;
    let path = format!("/{SCRIPT}");
    for (accepted, encoding, text) in [
        ("br, gzip", Some("br"), "brotli script"),
        ("gzip", Some("gzip"), "gzip script"),
        ("identity", None, "plain script"),
    ] {
        let answer = send(lab.stranger(Method::GET, &path).header("accept-encoding", accepted)).await;
        assert_eq!((answer.header("content-encoding"), answer.text.as_str()), (encoding, text));
        assert_eq!(answer.header("cache-control"), Some("public, max-age=31536000, immutable"));
        assert_eq!(answer.header("vary"), Some("accept-encoding"));
        assert!(answer.header("content-type").unwrap().contains("javascript"), "{answer:?}");
    }
    let wasm = send(lab.stranger(Method::GET, "/app-0123456789abcdef_bg.wasm")).await;
    assert_eq!(wasm.header("content-type"), Some("application/wasm"));
    let icon = send(lab.stranger(Method::GET, "/favicon.svg")).await;
    assert_eq!(icon.header("cache-control"), Some("no-cache"));
    let date = icon.header("last-modified").unwrap();
    let again = send(lab.stranger(Method::GET, "/favicon.svg").header("if-modified-since", date)).await;
    assert_eq!(again.status, StatusCode::NOT_MODIFIED);
}

#[tokio::test]
async fn every_answer_carries_the_security_headers() {
    let (lab, _app) = lab_at("/").await;
    assert_eq!(
        CONTENT_SECURITY_POLICY,
        "default-src 'none'; script-src 'self' 'wasm-unsafe-eval'; style-src 'self'; connect-src 'self'; \
         img-src 'self'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'"
    );
    for path in ["/", "/app-0123456789abcdef.js", "/nothing", "/api/3", "/login.jsp", "/data/x"] {
        let answer = send(lab.stranger(Method::GET, path)).await;
        for (name, value) in [
            ("content-security-policy", CONTENT_SECURITY_POLICY),
            ("x-content-type-options", "nosniff"),
            ("referrer-policy", "no-referrer"),
            ("x-frame-options", "DENY"),
            ("cross-origin-opener-policy", "same-origin"),
            ("cross-origin-resource-policy", "same-origin"),
        ] {
            assert_eq!(answer.header(name), Some(value), "{path}: {name}");
        }
        assert!(answer.header("permissions-policy").is_some(), "{path}");
    }
}

#[tokio::test]
async fn a_link_to_the_app_may_stand_anywhere_but_its_files_belong_to_its_pages() {
    let (lab, _app) = lab_at("/").await;
    let from_a_wiki = lab
        .stranger(Method::GET, "/engines/3")
        .header("sec-fetch-site", "cross-site")
        .header("sec-fetch-mode", "navigate")
        .header("sec-fetch-dest", "document");
    assert_eq!(send(from_a_wiki).await.status, StatusCode::OK);
    let hot_linked = lab
        .stranger(Method::GET, &format!("/{SCRIPT}"))
        .header("sec-fetch-site", "cross-site")
        .header("sec-fetch-mode", "no-cors")
        .header("sec-fetch-dest", "script");
    assert_eq!(send(hot_linked).await.status, StatusCode::FORBIDDEN);
    let framed = lab
        .stranger(Method::GET, "/engines")
        .header("sec-fetch-site", "cross-site")
        .header("sec-fetch-mode", "navigate")
        .header("sec-fetch-dest", "iframe");
    assert_eq!(send(framed).await.status, StatusCode::FORBIDDEN);
}

#[tokio::test]
async fn an_app_that_is_not_built_is_said_to_be_missing() {
    let directory = tempfile::tempdir().unwrap();
    let mut config = Config::new(directory.path().join("data"));
    config.app_dir = Some(directory.path().join("dist"));
    let Err(error) = embedded_console::start(config).await else { panic!("it started without the app") };
    assert!(error.to_string().contains("cargo xtask build"), "{error}");
}

#[test]
fn the_example_for_nginx_knows_the_apps_routes() {
    let example = include_str!("../../../../docs/nginx/engine-console.conf");
    let (_, rest) = example.split_once("rewrite \"^/engine-console/(").unwrap();
    let (routes, _) = rest.split_once(")/?$\" /engine-console/index.html break;").unwrap();
    let theirs: BTreeSet<String> =
        routes.split('|').map(|route| format!("/{}", route.replace("[0-9]+", ":id"))).collect();
    let ours: BTreeSet<String> = APP_ROUTES.iter().map(|&route| route.to_owned()).collect();
    assert_eq!(theirs, ours);
    assert!(
        example
            .contains(&format!("add_header Content-Security-Policy \"{CONTENT_SECURITY_POLICY}\" always;"))
    );
}
