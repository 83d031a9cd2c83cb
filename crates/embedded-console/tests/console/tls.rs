//! TLS on the console's own address.

use std::fs;
use std::time::Duration;

use embedded_console::Config;
use embedded_console::config::TlsFiles;
use http::StatusCode;
use rcgen::{CertifiedKey, generate_simple_self_signed};
use tokio::net::TcpStream;

use crate::lab::first_line;

#[tokio::test]
async fn with_a_certificate_the_console_speaks_tls_and_silent_peers_hold_up_nobody() {
    let directory = tempfile::tempdir().unwrap();
    let CertifiedKey { cert, signing_key } = generate_simple_self_signed(["localhost".to_owned()]).unwrap();
    let files =
        TlsFiles { certificate: directory.path().join("cert.pem"), key: directory.path().join("key.pem") };
    fs::write(&files.certificate, cert.pem()).unwrap();
    fs::write(&files.key, signing_key.serialize_pem()).unwrap();
    let mut config = Config::new(directory.path().join("data"));
    config.tls = Some(files);
    let running = embedded_console::start(config).await.unwrap();
    assert!(running.url().starts_with("https://"), "{}", running.url());

    let mut silent = Vec::new();
    for _ in 0..5 {
        silent.push(TcpStream::connect(running.address()).await.unwrap());
    }
    let _ = rustls::crypto::ring::default_provider().install_default();
    let client = reqwest::Client::builder()
        .tls_certs_only([reqwest::Certificate::from_pem(cert.pem().as_bytes()).unwrap()])
        .resolve("localhost", running.address())
        .timeout(Duration::from_secs(10))
        .build()
        .unwrap();
    let url = format!("https://localhost:{}/api/3", running.address().port());
    let password = first_line(running.admin_password_file());
    let response = client.get(&url).basic_auth("admin", Some(password)).send().await.unwrap();
    assert_eq!(response.status(), StatusCode::OK);
    assert!(response.headers().contains_key("strict-transport-security"));
    let text = response.text().await.unwrap();
    assert!(text.contains(&format!("\"{url}\"")), "links are https too: {text}");
    let plain = client.get(url.replace("https", "http")).send().await;
    assert!(plain.is_err(), "nothing is answered in the clear");
    running.shutdown().await;
}

#[tokio::test]
async fn an_address_that_others_can_reach_needs_tls_or_a_proxy() {
    let directory = tempfile::tempdir().unwrap();
    let mut config = Config::new(directory.path());
    config.listen = ([0, 0, 0, 0], 0).into();
    let Err(error) = embedded_console::start(config.clone()).await else { panic!("it listens in the clear") };
    assert!(error.to_string().contains("--tls-cert"), "{error}");
    config.behind_proxy = true;
    embedded_console::start(config).await.unwrap().shutdown().await;
}

#[tokio::test]
async fn a_key_that_is_no_key_is_named() {
    let directory = tempfile::tempdir().unwrap();
    let file = directory.path().join("nothing.pem");
    fs::write(&file, "hello").unwrap();
    let mut config = Config::new(directory.path().join("data"));
    config.tls = Some(TlsFiles { certificate: file.clone(), key: file });
    let Err(error) = embedded_console::start(config).await else { panic!("it started") };
    assert!(error.to_string().contains("nothing.pem"), "{error}");
}
