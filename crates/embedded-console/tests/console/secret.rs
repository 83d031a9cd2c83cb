//! The shared secret (docs/api-quirks.md, "Shared secret").

use std::time::Duration;

use http::{Method, StatusCode};

use crate::lab::{Lab, send};

const SECRET: &str = "/api/3/scan_engines/shared_secret";
const TIME_TO_LIVE: &str = "/api/3/scan_engines/shared_secret/time_to_live";

#[tokio::test]
async fn the_secret_is_plain_text_and_its_time_a_bare_number() {
    let lab = Lab::start().await;
    lab.get(SECRET).await.error(404);
    lab.get(TIME_TO_LIVE).await.error(404);
    lab.delete(SECRET).await.error(404);
    let made = send(lab.request(Method::POST, SECRET)).await;
    assert_eq!(made.status, StatusCode::CREATED);
    assert!(made.header("content-type").unwrap().starts_with("text/plain"));
    assert_eq!(made.text.len(), 39, "unquoted: {}", made.text.len());
    let again = send(lab.request(Method::POST, SECRET)).await;
    assert_eq!((again.status, &again.text), (StatusCode::CREATED, &made.text), "the still valid one");
    assert_eq!(lab.get(SECRET).await.text, made.text);
    let seconds: u64 = lab.get(TIME_TO_LIVE).await.text.parse().unwrap();
    assert!((3590..=3600).contains(&seconds), "{seconds}");
    assert_eq!(lab.delete(SECRET).await.json()["links"][0]["rel"], "self");
    lab.get(SECRET).await.error(404);
}

#[tokio::test]
async fn the_apps_client_makes_reads_and_revokes_it() {
    let lab = Lab::start().await;
    let client = lab.client();
    assert!(client.shared_secret().await.unwrap().is_none());
    let made = client.generate_shared_secret().await.unwrap();
    assert!(!made.was_valid_before);
    assert!(client.generate_shared_secret().await.unwrap().was_valid_before);
    assert!(client.shared_secret_time_to_live().await.unwrap().unwrap() > Duration::from_secs(3590));
    assert!(client.revoke_shared_secret().await.unwrap());
    assert!(!client.revoke_shared_secret().await.unwrap());
}

#[tokio::test]
async fn a_secret_expires_and_a_restart_revokes_it() {
    let brief = Lab::with(|config| config.shared_secret_lifetime = Duration::ZERO).await;
    send(brief.request(Method::POST, SECRET)).await;
    brief.get(SECRET).await.error(404);
    let lab = Lab::start().await;
    let made = send(lab.request(Method::POST, SECRET)).await.text;
    let lab = lab.restart(|_| {}).await;
    lab.get(SECRET).await.error(404);
    assert_ne!(send(lab.request(Method::POST, SECRET)).await.text, made);
}
