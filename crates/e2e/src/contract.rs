//! Holds what goes between browser and console against the console's OpenAPI document, `docs/openapi.json`.
//!
//! Every call must be in it, with its path, method, query, headers and body; every answer of the console with its status,
//! content type and body. What the document does not name is a difference too: an object may have no property more. The
//! document covers consoles of every age. What is odd on purpose (`awkward`, and the quirks that spoil an answer) is exempt, and
//! so is what the proxy itself answers for a fault.

use std::collections::HashMap;
use std::sync::{Arc, LazyLock, Mutex, PoisonError};

use jsonschema::Validator;
use serde_json::{Value, json};

use crate::http::Message;

/// The paths that belong to the console's API and pages. All else are the app's files.
const OF_THE_CONSOLE: [&str; 3] = ["/api", "/data", "/login.jsp"];

/// Where the content type makes no difference, and the body is text.
const ANY: &str = "*/*";

static CONTRACT: LazyLock<Contract> =
    LazyLock::new(|| match serde_json::from_str(include_str!("../../../docs/openapi.json")) {
        Ok(document) => Contract::new(document),
        Err(error) => panic!("docs/openapi.json is not JSON: {error}"),
    });

/// Everything in which a request differs from the document.
pub(crate) fn check_request(request: &Message) -> Vec<String> {
    CONTRACT.request(request)
}

/// Everything in which the console's own answer to a request differs from the document.
pub(crate) fn check_answer(request: &Message, answer: &Message) -> Vec<String> {
    CONTRACT.answer(request, answer)
}

struct Contract {
    document: Value,
    /// With every object closed: what is not named is not there.
    components: Value,
    /// By the text of their schemas.
    validators: Mutex<HashMap<String, Arc<Validator>>>,
}

/// What of the document is about one request.
struct Operation<'a> {
    /// The method and the path with its parameters' names.
    name: String,
    content: &'a Value,
}

impl Contract {
    fn new(document: Value) -> Self {
        let mut components = document["components"].clone();
        close(&mut components);
        Self { document, components, validators: Mutex::default() }
    }

    /// The operation, `None` for the app's files, or in what the request is not in the document.
    fn operation(&self, request: &Message) -> Option<Result<Operation<'_>, String>> {
        let (method, path) = (request.word(0), path(request));
        if !OF_THE_CONSOLE.iter().any(|known| {
            path.strip_prefix(known).is_some_and(|rest| rest.is_empty() || rest.starts_with('/'))
        }) {
            return None;
        }
        let paths = self.document["paths"].as_object()?;
        let found = paths
            .iter()
            .filter(|(template, _)| fits(template, path))
            // A path without parameters goes before one with.
            .min_by_key(|(template, _)| template.matches('{').count());
        let Some((template, methods)) = found else {
            return Some(Err(format!("{method} {path}: the document has no such path")));
        };
        Some(match methods.get(method.to_ascii_lowercase()) {
            Some(content) => Ok(Operation { name: format!("{method} {template}"), content }),
            None => Err(format!("{method} {path}: the document has no such method there")),
        })
    }

    fn request(&self, request: &Message) -> Vec<String> {
        let operation = match self.operation(request) {
            None => return Vec::new(),
            Some(Err(difference)) => return vec![difference],
            Some(Ok(operation)) => operation,
        };
        let mut differences = self.parameters(&operation, request);
        let open = operation.content.get("security").is_some_and(|ways| ways == &json!([{}]));
        if !open && !request.header("authorization").is_some_and(|value| value.starts_with("Basic ")) {
            differences.push("the request carries no Basic credentials".to_owned());
        }
        differences.extend(self.request_body(&operation, request));
        named(&operation, "the request", differences)
    }

    fn parameters(&self, operation: &Operation<'_>, request: &Message) -> Vec<String> {
        let mut differences = Vec::new();
        let empty = Vec::new();
        let parameters = operation.content["parameters"].as_array().unwrap_or(&empty);
        let of = |place: &str| {
            let place = place.to_owned();
            parameters.iter().filter(move |parameter| parameter["in"] == place.as_str())
        };
        for header in of("header").filter(|header| header["required"] == true) {
            let name = header["name"].as_str().unwrap_or_default();
            if request.header(name).is_none() {
                differences.push(format!("the header {name} is missing"));
            }
        }
        let query = request.word(1).split_once('?').map_or("", |(_, query)| query);
        let mut sent: Vec<(String, Vec<String>)> = Vec::new();
        for (name, value) in form_urlencoded::parse(query.as_bytes()) {
            match sent.iter_mut().find(|(known, _)| *known == name) {
                Some((_, values)) => values.push(value.into_owned()),
                None => sent.push((name.into_owned(), vec![value.into_owned()])),
            }
        }
        for (name, values) in sent {
            let Some(parameter) = of("query").find(|parameter| parameter["name"] == name.as_str()) else {
                differences.push(format!("the query has the parameter {name}, which is not in the document"));
                continue;
            };
            let schema = &parameter["schema"];
            let value = match values.as_slice() {
                [one] if !is(schema, "array") => plain(one),
                _ => json!(values),
            };
            differences.extend(self.compare(schema, &value, &format!("the parameter {name}")));
        }
        differences
    }

    fn request_body(&self, operation: &Operation<'_>, request: &Message) -> Vec<String> {
        let Some(wanted) = operation.content.get("requestBody") else {
            return if request.body.is_empty() {
                Vec::new()
            } else {
                vec!["no body is known there".to_owned()]
            };
        };
        if request.body.is_empty() {
            let missing = wanted["required"] == true;
            return if missing { vec!["the body is missing".to_owned()] } else { Vec::new() };
        }
        self.body(&wanted["content"], request)
    }

    fn answer(&self, request: &Message, answer: &Message) -> Vec<String> {
        // What is not in the document was told with the request.
        let Some(Ok(operation)) = self.operation(request) else { return Vec::new() };
        if let Some(length) = answer.header("content-length").and_then(|length| length.parse::<usize>().ok())
            && answer.body.len() < length
        {
            // The console was killed while it answered.
            return Vec::new();
        }
        let status = answer.word(1);
        let Some(wanted) = operation.content["responses"].get(status) else {
            return named(
                &operation,
                "the answer",
                vec![format!("the status {status} is not in the document")],
            );
        };
        let differences = match wanted.get("content") {
            Some(content) => self.body(content, answer),
            None if answer.body.is_empty() => Vec::new(),
            None => vec!["no body is known there".to_owned()],
        };
        named(&operation, &format!("the answer {status}"), differences)
    }

    /// A body against what the document says of its content type.
    fn body(&self, content: &Value, message: &Message) -> Vec<String> {
        let kind = message.header("content-type").unwrap_or_default();
        let essence = kind.split(';').next().unwrap_or_default().trim();
        let Some(wanted) = content.get(essence).or_else(|| content.get(ANY)) else {
            return vec![format!("the content type {kind:?} is not in the document")];
        };
        let Ok(text) = std::str::from_utf8(&message.body) else {
            return vec!["the body is not UTF-8".to_owned()];
        };
        let value = if essence == "application/json" && content.get(essence).is_some() {
            match serde_json::from_str(text) {
                Ok(value) => value,
                Err(error) => return vec![format!("the body is not JSON: {error}")],
            }
        } else {
            json!(text)
        };
        self.compare(&wanted["schema"], &value, "the body")
    }

    fn compare(&self, schema: &Value, value: &Value, what: &str) -> Vec<String> {
        let validator = self.validator(schema);
        validator
            .iter_errors(value)
            .take(5)
            .map(|error| {
                format!("{what} at {:?}: {}", error.instance_path().to_string(), short(&error.to_string()))
            })
            .collect()
    }

    fn validator(&self, schema: &Value) -> Arc<Validator> {
        let mut known = self.validators.lock().unwrap_or_else(PoisonError::into_inner);
        let validator = known.entry(schema.to_string()).or_insert_with(|| {
            let mut whole = schema.clone();
            close(&mut whole);
            whole["components"] = self.components.clone();
            match jsonschema::draft202012::options().should_validate_formats(true).build(&whole) {
                Ok(validator) => Arc::new(validator),
                Err(error) => panic!("the document has a schema that is none: {error}: {schema:#}"),
            }
        });
        Arc::clone(validator)
    }
}

fn named(operation: &Operation<'_>, of: &str, differences: Vec<String>) -> Vec<String> {
    differences.into_iter().map(|difference| format!("{}, {of}: {difference}", operation.name)).collect()
}

fn path(request: &Message) -> &str {
    request.word(1).split('?').next().unwrap_or_default()
}

/// Whether a path is one of a template's: every parameter is an id.
fn fits(template: &str, path: &str) -> bool {
    let (mut wanted, mut found) = (template.split('/'), path.split('/'));
    loop {
        match (wanted.next(), found.next()) {
            (None, None) => return true,
            (Some(name), Some(id)) if name.starts_with('{') => {
                if id.parse::<i64>().is_err() {
                    return false;
                }
            }
            (Some(wanted), Some(found)) if wanted == found => {}
            _ => return false,
        }
    }
}

/// Whether a schema is of that type, or may be.
fn is(schema: &Value, kind: &str) -> bool {
    match &schema["type"] {
        Value::Array(kinds) => kinds.iter().any(|one| one == kind),
        one => one == kind,
    }
}

/// What a parameter's text stands for.
fn plain(text: &str) -> Value {
    match serde_json::from_str(text) {
        Ok(value @ (Value::Bool(_) | Value::Number(_))) => value,
        _ => json!(text),
    }
}

/// Objects with named properties have no others.
fn close(schema: &mut Value) {
    match schema {
        Value::Object(members) => {
            members.values_mut().for_each(close);
            if members.get("type").is_some_and(|kind| kind == "object")
                && members.get("properties").is_some_and(Value::is_object)
            {
                members.entry("additionalProperties").or_insert(Value::Bool(false));
            }
        }
        Value::Array(all) => all.iter_mut().for_each(close),
        _ => {}
    }
}

/// As much of a long text as a person reads.
fn short(text: &str) -> String {
    const MOST: usize = 400;
    match text.char_indices().nth(MOST) {
        Some((end, _)) => format!("{}…", &text[..end]),
        None => text.to_owned(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn request(start: &str, body: &str) -> Message {
        let mut request = Message {
            start: format!("{start} HTTP/1.1"),
            headers: Vec::new(),
            body: body.as_bytes().to_vec(),
        };
        request.set_header("Authorization", "Basic YTpi");
        request.set_header("Content-Type", "application/json");
        request
    }

    fn answer(status: &str, kind: &str, body: &str) -> Message {
        let mut answer = Message {
            start: format!("HTTP/1.1 {status}"),
            headers: Vec::new(),
            body: body.as_bytes().to_vec(),
        };
        answer.set_header("Content-Type", kind);
        answer.set_header("Content-Length", body.len().to_string());
        answer
    }

    const JSON: &str = "application/json;charset=UTF-8";
    const SITE: &str =
        r#"{"links":[],"page":{"number":0,"size":1,"totalPages":0,"totalResources":0},"resources":[]}"#;
    const ENGINE: &str = r#"{"address":"a","id":1,"links":[],"name":"n","port":1,"sites":[]"#;

    #[track_caller]
    fn told(differences: &[String], what: &str) {
        assert!(
            differences.len() == 1 && differences[0].contains(what),
            "wanted one difference with {what:?}: {differences:#?}"
        );
    }

    #[test]
    fn what_is_in_the_document_passes() {
        for (start, body) in [
            ("GET /api/3", ""),
            ("GET /api/3/sites?page=2&size=500&sort=name%2CASC&sort=id", ""),
            ("GET /api/3/scans?active=true", ""),
            ("PUT /api/3/sites/7/scan_engine", "3"),
            ("POST /api/3/administration/commands", "version engines"),
            ("PUT /api/3/scan_engines/1", r#"{"id":1,"name":"n","address":"a","port":1,"sites":[]}"#),
            ("GET /engines", ""),
            ("GET /apiary.css?anything=1", ""),
        ] {
            assert_eq!(check_request(&request(start, body)), [""; 0], "{start}");
        }
        let sites = request("GET /api/3/sites", "");
        assert_eq!(check_answer(&sites, &answer("200 OK", JSON, SITE)), [""; 0]);
        let engine = request("GET /api/3/scan_engines/1", "");
        assert_eq!(check_answer(&engine, &answer("200 OK", JSON, &format!("{ENGINE}}}"))), [""; 0]);
        for status in ["\"400\"", "400"] {
            let body = format!(r#"{{"status":{status},"message":"no","links":[]}}"#);
            let put = request("PUT /api/3/scan_engines/1", "{}");
            assert_eq!(check_answer(&put, &answer("400 Bad Request", JSON, &body)), [""; 0]);
        }
    }

    #[test]
    fn a_request_that_is_not_in_the_document_is_told() {
        let check = |start: &str, body: &str| check_request(&request(start, body));
        told(&check("GET /api/3/assets", ""), "no such path");
        told(&check("GET /api/3/scan_engines/seven", ""), "no such path");
        told(&check("POST /api/3/sites/1", ""), "no such method");
        told(&check("GET /api/3/scan_engines?size=10", ""), "parameter size, which is not in the document");
        told(&check("GET /api/3/sites?page=two", ""), "the parameter page");
        told(&check("GET /api/3/sites?sort=name%2CUP", ""), "the parameter sort");
        told(&check("PUT /api/3/sites/7/scan_engine", "\"3\""), "the body");
        told(&check("PUT /api/3/sites/7/scan_engine", ""), "the body is missing");
        told(&check("GET /api/3", "{}"), "no body is known");
        told(&check("POST /api/3/scan_engines", r#"{"name":"n","address":"a","port":0}"#), "/port");
        told(&check("POST /api/3/scan_engines", r#"{"name":"n","address":"a","port":1,"x":1}"#), "x");
        told(&check("POST /data/engine/1/update", ""), "header nexposeCCSessionID is missing");
        let mut without = request("GET /api/3", "");
        without.headers.retain(|(name, _)| name != "Authorization");
        told(&check_request(&without), "no Basic credentials");
    }

    #[test]
    fn an_answer_that_is_not_in_the_document_is_told() {
        let engine = request("GET /api/3/scan_engines/1", "");
        let check = |status: &str, kind: &str, body: &str| check_answer(&engine, &answer(status, kind, body));
        told(&check("418 Teapot", JSON, "{}"), "the status 418");
        told(&check("200 OK", "text/html", "<p>"), "the content type");
        told(&check("200 OK", JSON, "{"), "not JSON");
        told(&check("200 OK", JSON, &format!(r#"{ENGINE},"surprise":1}}"#)), "oneOf");
        told(&check("200 OK", JSON, &format!(r#"{ENGINE},"status":"fine"}}"#)), "oneOf");
        let scan = request("GET /api/3/sites", "");
        told(&check_answer(&scan, &answer("200 OK", JSON, &SITE.replace("\"number\":0,", ""))), "number");
        let mut cut = answer("200 OK", JSON, "{");
        cut.set_header("Content-Length", "90");
        assert_eq!(check_answer(&engine, &cut), [""; 0], "a killed console");
    }
}
