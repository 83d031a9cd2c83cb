//! The native transport against a real socket.
#![cfg(not(target_arch = "wasm32"))]
#![expect(clippy::unwrap_used, reason = "a helper that fails fails its test")]

use std::io::{Read as _, Write as _};
use std::net::TcpListener;
use std::thread;
use std::time::Duration;

use console_api::{Client, Credentials, EngineId, Error, NativeTransport, RetryPolicy};

/// Serves each connection one of these answers in turn, and gives back what was asked.
fn serve(answers: Vec<String>) -> (String, thread::JoinHandle<Vec<String>>) {
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    let root = format!("http://{}/base/", listener.local_addr().unwrap());
    let server = thread::spawn(move || {
        let mut asked = Vec::new();
        for answer in answers {
            let (mut stream, _) = listener.accept().unwrap();
            let mut request = Vec::new();
            let mut buffer = [0; 1024];
            while !request.windows(4).any(|end| end == b"\r\n\r\n") {
                let count = stream.read(&mut buffer).unwrap();
                assert_ne!(count, 0, "the request was cut off");
                request.extend_from_slice(&buffer[..count]);
            }
            asked.push(String::from_utf8_lossy(&request).into_owned());
            stream.write_all(answer.as_bytes()).unwrap();
        }
        asked
    });
    (root, server)
}

fn http(status: &str, more: &str, body: &str) -> String {
    format!("HTTP/1.1 {status}\r\nConnection: close\r\nContent-Length: {}\r\n{more}\r\n{body}", body.len())
}

fn client(root: &str) -> Client<NativeTransport> {
    let credentials = Credentials::new("admin", "secret", None).unwrap();
    Client::new(NativeTransport::new(root).unwrap(), credentials).with_retry(RetryPolicy::NEVER)
}

#[tokio::test]
async fn a_call_reaches_the_console_under_its_path() {
    let body = r#"{"resources":[{"id":6,"name":"Oslo"}]}"#;
    let (root, server) = serve(vec![http("200 OK", "Content-Type: application/json\r\n", body)]);
    let engines = client(&root).engines().await.unwrap();
    assert_eq!(engines.items[0].name, "Oslo");
    let asked = server.join().unwrap().remove(0);
    assert!(asked.starts_with("GET /base/api/3/scan_engines HTTP/1.1\r\n"), "{asked}");
    assert!(asked.to_lowercase().contains("authorization: basic "), "{asked}");
}

#[tokio::test]
async fn redirects_are_followed_on_the_root_page_only() {
    let (root, server) = serve(vec![
        http("302 Found", "Location: /login\r\n", ""),
        http("302 Found", "Location: /login\r\n", ""),
        http("401 Unauthorized", "", ""),
        http("302 Found", "Location: /login\r\n", ""),
        http("200 OK", "Content-Type: text/html\r\n", "<p>Maintenance Mode</p>"),
    ]);
    let client = client(&root);
    assert_eq!(client.update_engine_software(EngineId(6)).await, Err(Error::NotAllowedHere));
    assert_eq!(client.sign_in().await, Err(Error::Maintenance));
    let asked = server.join().unwrap();
    let cookie = format!("cookie: nexposeccsessionid={}", "0".repeat(40));
    let has_cookie = |at: usize| asked[at].to_lowercase().contains(&cookie);
    assert!(!has_cookie(0) && has_cookie(1) && !has_cookie(2), "{asked:?}");
    assert!(asked[4].starts_with("GET /login "), "{}", asked[4]);
}

#[tokio::test]
async fn an_answer_that_breaks_off_is_called_cut_off() {
    let whole = http("200 OK", "", &"x".repeat(100));
    let (root, server) = serve(vec![whole[..whole.len() - 60].to_owned()]);
    assert_eq!(client(&root).engines().await, Err(Error::CutOff { received: 40 }));
    server.join().unwrap();
}

#[tokio::test]
async fn the_wait_that_the_console_asks_for_is_seen() {
    let (root, server) = serve(vec![http("503 Service Unavailable", "Retry-After: 120\r\n", "")]);
    let error = client(&root).engines().await.unwrap_err();
    assert!(matches!(error, Error::Busy { retry_after: Some(wait), .. } if wait == Duration::from_secs(120)));
    server.join().unwrap();
}

#[tokio::test]
async fn nobody_listening_is_a_network_error_with_its_cause() {
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    let root = format!("http://{}", listener.local_addr().unwrap());
    drop(listener);
    let Err(Error::Network(cause)) = client(&root).engines().await else { panic!() };
    assert!(cause.to_lowercase().contains("refused"), "{cause}");
}

#[test]
fn a_root_must_be_an_http_address() {
    for root in ["", "console", "ftp://console/", "http://"] {
        assert!(NativeTransport::new(root).is_err(), "{root:?}");
    }
}
