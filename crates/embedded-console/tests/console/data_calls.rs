//! The calls of the console's own pages, and the ways in which consoles refuse them (docs/api-quirks.md, "Beyond v3").

use console_api::{EngineId, Error};
use embedded_console::config::DataCalls;
use http::{Method, StatusCode};

use crate::fleet_through_api::RunningEngine;
use crate::lab::{Lab, send};
use crate::small_engine::{later_preamble, raw_listener};

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
async fn a_console_that_insists_wants_header_and_cookie_and_both_the_same() {
    let lab = Lab::with(|config| config.data_calls = DataCalls::Cookie).await;
    let zeros = format!("{HEADER}={ZEROS}");
    let both = lab
        .request(Method::POST, UPDATE)
        .header(HEADER, ZEROS)
        .header("cookie", format!("i18next=en; {zeros}"));
    let first = send(both).await;
    assert_eq!(first.status, StatusCode::OK, "{first:?}");
    let cookie = first.header("set-cookie").unwrap();
    assert!(cookie.contains("; HttpOnly"), "{cookie}");
    let pair = cookie.split(';').next().unwrap();
    let id = pair.strip_prefix("nexposeCCSessionID=").unwrap();
    let repeated = lab.stranger(Method::POST, UPDATE).header("cookie", pair).header(HEADER, id);
    assert_eq!(send(repeated).await.status, StatusCode::OK);
    let other = format!("{HEADER}={}", "1".repeat(40));
    for (header, cookie) in
        [(Some(ZEROS), None), (None, Some(&zeros)), (Some(ZEROS), Some(&other)), (None, None)]
    {
        let mut request = lab.request(Method::POST, UPDATE);
        if let Some(header) = header {
            request = request.header(HEADER, header);
        }
        if let Some(cookie) = cookie {
            request = request.header("cookie", cookie);
        }
        assert_eq!(send(request).await.status, StatusCode::FOUND, "{header:?} {cookie:?}");
    }
    let stranger = lab.stranger(Method::POST, UPDATE).header(HEADER, ZEROS).header("cookie", &zeros);
    assert_eq!(send(stranger).await.status, StatusCode::FOUND, "zeros alone are nobody");
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
        matches!(&refused, Error::Rejected { status: 400, message } if message.starts_with("Oslo: is offline: ")),
        "{refused:?}"
    );
    let all = lab.command("update engines").await;
    let [line] = all.lines().collect::<Vec<_>>()[..] else { panic!("one line for each engine: {all}") };
    assert!(line.starts_with("Oslo: is offline: ") && line.contains("outside of the networks"), "{line}");
    let missing = client.update_engine_software(EngineId(99)).await;
    assert!(matches!(missing, Err(Error::NotFound { .. })), "{missing:?}");
}

#[tokio::test]
async fn an_update_that_would_not_help_says_which_side_is_to_be_updated() {
    let lab = Lab::start().await;
    let later = raw_listener(later_preamble()).await;
    let body = serde_json::json!({"name": "Oslo", "address": later.ip(), "port": later.port()});
    let oslo = EngineId(lab.post("/api/3/scan_engines", &body).await.id());
    let newer = RunningEngine::start("7.0.1").await;
    let bergen = lab.client().create_engine(&newer.draft("Bergen")).await.unwrap().id;
    newer.enable();
    for (engine, words) in [
        (
            oslo,
            "Oslo: is incompatible, and updating the engine does not help: Cannot refresh scan engine (Oslo): the other side speaks version 2 of the protocol, this one version 1",
        ),
        (oslo, "Install a newer console."),
        (
            bergen,
            "Bergen: is incompatible, and updating the engine does not help: Scan engine (Bergen) has product version 7.0.1",
        ),
        (bergen, "Update the console."),
    ] {
        let refused = lab.client().update_engine_software(engine).await.unwrap_err();
        assert!(
            matches!(&refused, Error::Rejected { status: 400, message } if message.contains(words)),
            "{words}: {refused:?}"
        );
    }
    assert!(lab.command("update engines").await.lines().all(|line| line.contains(": is incompatible")));
}

#[tokio::test]
async fn the_local_the_hosted_and_an_engine_that_is_not_active_are_not_reversed() {
    let lab = Lab::with(|config| config.seed = "demo".parse().unwrap()).await;
    let oslo = lab.engine("Oslo", 77).await;
    let engines = lab.client().engines().await.unwrap().items;
    let hosted = engines.iter().find(|engine| engine.address == "nse.extranet.rapid7.com").unwrap().id;
    for engine in [EngineId(1), hosted, EngineId(oslo)] {
        let before = lab.get(&format!("/api/3/scan_engines/{engine}")).await.json();
        assert!(!lab.reverse(engine).await, "{before}");
        assert_eq!(lab.get(&format!("/api/3/scan_engines/{engine}")).await.json(), before);
    }
    let request = lab.request(Method::PUT, "/api/2.1/engine/99/reverseConnection");
    send(request.header(HEADER, ZEROS)).await.error(404);
}

#[tokio::test]
async fn a_user_without_global_administrator_may_neither_update_nor_reverse() {
    let lab = Lab::with(|config| config.seed = "demo".parse().unwrap()).await;
    let (password, _) = lab.demo_user("operator");
    for (method, path) in [(Method::POST, UPDATE), (Method::PUT, "/api/2.1/engine/1/reverseConnection")] {
        let request = lab.stranger(method, path).basic_auth("operator", Some(&password));
        send(request.header(HEADER, ZEROS)).await.error(401);
    }
}

#[tokio::test]
async fn a_console_that_does_not_take_basic_here_is_not_a_reason_to_sign_in_again() {
    for way in [DataCalls::Redirect, DataCalls::Page, DataCalls::Unauthorized] {
        let lab = Lab::with(|config| config.data_calls = way).await;
        let client = lab.client();
        assert_eq!(client.update_engine_software(EngineId(1)).await, Err(Error::NotAllowedHere), "{way:?}");
        assert_eq!(client.reverse_connection(EngineId(1)).await, Err(Error::NotAllowedHere), "{way:?}");
        client.sign_in().await.unwrap();
    }
}
