//! The calls of the console's own pages, and the ways in which consoles refuse them (console-facts §4).

use console_api::{EngineId, Error};
use embedded_console::config::DataCalls;
use http::{Method, StatusCode};

use crate::lab::{Lab, send};

const UPDATE: &str = "/data/engine/1/update";
const HEADER: &str = "nexposeCCSessionID";
const ZEROS: &str = "0000000000000000000000000000000000000000";

#[tokio::test]
async fn forty_zeros_beside_basic_open_a_session_whose_cookie_must_be_repeated() {
    let lab = Lab::start().await;
    let first = send(lab.request(Method::POST, UPDATE).header(HEADER, ZEROS)).await;
    assert_eq!(first.status, StatusCode::OK, "{first:?}");
    let cookie = first.header("set-cookie").unwrap();
    assert!(cookie.ends_with("; Path=/; HttpOnly; SameSite=Strict"), "{cookie}");
    let pair = cookie.split(';').next().unwrap();
    let id = pair.strip_prefix("nexposeCCSessionID=").unwrap();
    let repeated = lab.stranger(Method::POST, UPDATE).header("cookie", pair).header(HEADER, id);
    assert_eq!(send(repeated).await.status, StatusCode::OK);
    for (cookie, header) in [
        (Some(pair), None),
        (None, Some(id)),
        (Some(pair), Some(ZEROS)),
        (Some("nexposeCCSessionID=AB"), Some("AB")),
    ] {
        let mut request = lab.stranger(Method::POST, UPDATE);
        if let Some(cookie) = cookie {
            request = request.header("cookie", cookie);
        }
        if let Some(header) = header {
            request = request.header(HEADER, header);
        }
        assert_eq!(send(request).await.status, StatusCode::FOUND, "{cookie:?} {header:?}");
    }
}

#[tokio::test]
async fn strangers_are_sent_to_a_page_of_html() {
    let lab = Lab::start().await;
    let basic_alone = send(lab.request(Method::POST, UPDATE)).await;
    assert_eq!((basic_alone.status, basic_alone.header("location")), (StatusCode::FOUND, Some("/login.jsp")));
    let page = send(lab.stranger(Method::GET, "/login.jsp")).await;
    assert!(page.header("content-type").unwrap().starts_with("text/html"));
    assert!(page.text.contains("Sign in"));
}

#[tokio::test]
async fn the_local_engine_is_up_to_date_and_others_say_why_not() {
    let lab = Lab::start().await;
    let client = lab.client();
    let answer = client.update_engine_software(EngineId(1)).await.unwrap();
    assert_eq!(answer.message.as_deref(), Some("Local scan engine: is up to date"));
    let unreachable = EngineId(lab.engine("Oslo", 7).await);
    let refused = client.update_engine_software(unreachable).await.unwrap_err();
    assert!(
        matches!(&refused, Error::Rejected { status: 400, message } if message.starts_with("Oslo: ")),
        "{refused:?}"
    );
    let missing = client.update_engine_software(EngineId(99)).await;
    assert!(matches!(missing, Err(Error::NotFound { .. })), "{missing:?}");
}

#[tokio::test]
async fn reversing_is_refused_in_words() {
    let lab = Lab::start().await;
    let engine = EngineId(lab.engine("Oslo", 7).await);
    let refused = lab.client().reverse_connection(engine).await.unwrap_err();
    assert!(
        matches!(&refused, Error::Rejected { status: 501, message } if message.contains("Oslo")),
        "{refused:?}"
    );
}

#[tokio::test]
async fn a_user_without_global_administrator_may_not_update() {
    let lab = Lab::with(|config| config.seed = "demo".parse().unwrap()).await;
    let (password, _) = lab.demo_user("operator");
    let request =
        lab.stranger(Method::POST, UPDATE).basic_auth("operator", Some(password)).header(HEADER, ZEROS);
    send(request).await.error(401);
}

#[tokio::test]
async fn a_console_that_does_not_take_basic_here_is_not_a_reason_to_sign_in_again() {
    for way in [DataCalls::Redirect, DataCalls::Page, DataCalls::Unauthorized] {
        let lab = Lab::with(|config| config.data_calls = way).await;
        let client = lab.client();
        assert_eq!(client.update_engine_software(EngineId(1)).await, Err(Error::NotAllowedHere), "{way:?}");
        client.sign_in().await.unwrap();
    }
}
