//! The OpenAPI document: what is committed, and what is served.

use std::collections::BTreeSet;
use std::path::Path;
use std::{env, fs};

use embedded_console::openapi;
use http::{Method, StatusCode};
use serde_json::Value;

use crate::lab::{Lab, send};

/// With this variable set, the test writes the committed document instead of comparing it.
const RENEW: &str = "ENGINE_CONSOLE_RENEW";

#[test]
fn the_committed_document_is_that_of_the_code() {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../docs/openapi.json");
    let now = serde_json::to_string_pretty(&openapi()).unwrap() + "\n";
    if env::var_os(RENEW).is_some() {
        fs::write(&path, &now).unwrap();
        return;
    }
    let committed = fs::read_to_string(&path).unwrap();
    let first = committed.lines().zip(now.lines()).find(|(then, now)| then != now);
    assert!(
        committed == now,
        "docs/openapi.json is not what the code says (first difference: {first:?}). If the change is meant: \
         {RENEW}=1 cargo test -p embedded-console --test console document"
    );
}

#[tokio::test]
async fn the_document_is_served_to_those_who_have_signed_in() {
    let lab = Lab::start().await;
    let answer = send(lab.request(Method::GET, "/api/3/json")).await;
    assert_eq!(answer.status, StatusCode::OK);
    assert_eq!(answer.json(), openapi());
    send(lab.stranger(Method::GET, "/api/3/json")).await.error(401);
}

#[test]
fn every_reference_leads_somewhere_and_no_schema_is_left_over() {
    let document = openapi();
    let mut wanted = BTreeSet::new();
    references(&document, &mut wanted);
    for reference in &wanted {
        let pointer = reference.strip_prefix('#').unwrap();
        assert!(document.pointer(pointer).is_some(), "{reference} leads nowhere");
    }
    for name in document["components"]["schemas"].as_object().unwrap().keys() {
        assert!(wanted.contains(&format!("#/components/schemas/{name}")), "nothing refers to {name}");
    }
}

#[test]
fn every_call_has_a_name_of_its_own_and_says_what_a_stranger_gets() {
    let document = openapi();
    let mut names = BTreeSet::new();
    for (path, methods) in document["paths"].as_object().unwrap() {
        for (method, operation) in methods.as_object().unwrap() {
            let name = operation["operationId"].as_str().unwrap();
            assert!(names.insert(name.to_owned()), "{name} is there twice");
            let statuses = operation["responses"].as_object().unwrap();
            let open = operation.get("security").is_some_and(|security| security == &serde_json::json!([{}]));
            assert!(open || statuses.contains_key("401"), "{method} {path}");
        }
    }
    assert!(names.len() > 35, "{names:?}");
}

fn references(value: &Value, into: &mut BTreeSet<String>) {
    match value {
        Value::Object(members) => {
            if let Some(Value::String(reference)) = members.get("$ref") {
                into.insert(reference.clone());
            }
            members.values().for_each(|member| references(member, into));
        }
        Value::Array(all) => all.iter().for_each(|one| references(one, into)),
        _ => {}
    }
}
