//! Requests that are made at random from the console's OpenAPI document: every answer must be in the document, and what the
//! document does not allow must not be taken.

use std::time::{Duration, Instant};

use embedded_console::config::{DIFFERENCES, Dialect, Quirk, Quirks};
use embedded_console::{Config, openapi};
use fastrand::Rng;
use http::{Method, StatusCode};
use jsonschema::Validator;
use reqwest::RequestBuilder;
use serde_json::{Map, Value, json};

use crate::lab::{Answer, Lab, send};

/// How long requests are made, and how many at most.
const TIME: Duration = Duration::from_secs(12);
const MOST: usize = 4_000;
/// Each call is made as often as this at least, however slow the machine is.
const ROUNDS: usize = 6;
/// What the console says to arguments that it can't take.
const INVALID: &str = "One or more arguments supplied in the request is invalid.";
/// Where the random numbers begin: the same requests each time.
const SEED: u64 = 2_026;

/// One call of the document.
struct Operation {
    method: Method,
    path: String,
    content: Value,
}

struct Contract {
    components: Value,
    /// The same, where an object has no property that is not named.
    closed: Value,
    operations: Vec<Operation>,
}

impl Contract {
    fn new() -> Self {
        let document = openapi();
        let mut operations = Vec::new();
        for (path, methods) in document["paths"].as_object().unwrap() {
            for (method, content) in methods.as_object().unwrap() {
                let method = method.to_ascii_uppercase().parse().unwrap();
                operations.push(Operation { method, path: path.clone(), content: content.clone() });
            }
        }
        let components = document["components"].clone();
        let mut closed = components.clone();
        close(&mut closed);
        Self { components, closed, operations }
    }

    fn resolve<'a>(&'a self, schema: &'a Value) -> &'a Value {
        match schema.get("$ref").and_then(Value::as_str) {
            Some(reference) => {
                let name = reference.rsplit('/').next().unwrap();
                self.resolve(&self.components["schemas"][name])
            }
            None => schema,
        }
    }

    /// What of a value is not as the schema says. `closed`: objects have no property that is not named.
    fn differences(&self, schema: &Value, value: &Value, closed: bool) -> Vec<String> {
        let mut whole = schema.clone();
        if closed {
            close(&mut whole);
        }
        whole["components"] = if closed { self.closed.clone() } else { self.components.clone() };
        let validator: Validator = jsonschema::draft202012::options().build(&whole).unwrap();
        validator.iter_errors(value).map(|error| format!("{}: {error}", error.instance_path())).collect()
    }

    /// A value as the schema says, or nearly.
    fn value(&self, schema: &Value, name: &str, rng: &mut Rng) -> Value {
        let schema = self.resolve(schema);
        if let Some(ways) = schema.get("oneOf").and_then(Value::as_array) {
            return self.value(&ways[rng.usize(..ways.len())], name, rng);
        }
        if let Some(words) = schema.get("enum").and_then(Value::as_array) {
            return words[rng.usize(..words.len())].clone();
        }
        let kind = match &schema["type"] {
            Value::Array(kinds) => kinds[rng.usize(..kinds.len())].as_str().unwrap_or_default(),
            kind => kind.as_str().unwrap_or("object"),
        };
        match kind {
            "null" => Value::Null,
            "boolean" => rng.bool().into(),
            "integer" => {
                let least = schema["minimum"].as_i64().unwrap_or(-1);
                let most = schema["maximum"].as_i64().unwrap_or(i64::MAX);
                let some = [least, most, 0, 1, 2, 3, rng.i64(0..60), 40_814];
                some[rng.usize(..some.len())].clamp(least, most).into()
            }
            "array" => {
                let length = rng.usize(..4);
                (0..length).map(|_| self.value(&schema["items"], name, rng)).collect()
            }
            "string" if name == "address" => format!("192.0.2.{}", rng.u8(..)).into(),
            "string" if name == "importance" => {
                ["very_low", "low", "normal", "high", "very_high"][rng.usize(..5)].into()
            }
            "string" => [
                format!("Thing {}", rng.u16(..)),
                "ä".repeat(schema["maxLength"].as_u64().map_or(20, |most| most.min(4_096) as usize)),
                "full-audit".to_owned(),
                "version engines".to_owned(),
            ][rng.usize(..4)]
            .clone()
            .into(),
            _ => {
                let required: Vec<&str> =
                    schema["required"].as_array().into_iter().flatten().filter_map(Value::as_str).collect();
                let mut object = Map::new();
                for (name, inner) in schema["properties"].as_object().into_iter().flatten() {
                    if required.contains(&name.as_str()) || rng.u8(..3) == 0 {
                        object.insert(name.clone(), self.value(inner, name, rng));
                    }
                }
                object.into()
            }
        }
    }
}

/// Objects with named properties have no others.
fn close(schema: &mut Value) {
    match schema {
        Value::Object(members) => {
            members.values_mut().for_each(close);
            if members.get("properties").is_some_and(Value::is_object)
                && members.get("type").is_some_and(|kind| kind == "object")
            {
                members.entry("additionalProperties").or_insert(false.into());
            }
        }
        Value::Array(all) => all.iter_mut().for_each(close),
        _ => {}
    }
}

/// What nobody asked for.
fn junk(rng: &mut Rng) -> Value {
    [
        Value::Null,
        json!(""),
        json!(" "),
        json!("a\u{7}b"),
        json!("x".repeat(300)),
        json!(-1),
        json!(0),
        json!(1.5),
        json!(i64::MAX),
        json!(true),
        json!([]),
        json!([1, "two"]),
        json!({}),
    ][rng.usize(..13)]
    .clone()
}

/// Spoils one thing of a body.
fn spoil(body: &mut Value, rng: &mut Rng) {
    match body {
        Value::Object(members) if !members.is_empty() && rng.u8(..8) > 0 => {
            let names: Vec<String> = members.keys().cloned().collect();
            let name = &names[rng.usize(..names.len())];
            if rng.bool() {
                members.remove(name);
            } else {
                members.insert(name.clone(), junk(rng));
            }
        }
        _ => *body = junk(rng),
    }
}

/// What a request is, and whether the document allows it.
struct Made {
    told: String,
    is_allowed: bool,
    /// Only its body is not allowed.
    has_wrong_body: bool,
    /// Its body names other things, which need not be there; or it has none.
    refers: bool,
}

fn make(contract: &Contract, operation: &Operation, lab: &Lab, rng: &mut Rng) -> (RequestBuilder, Made) {
    let Operation { method, path, content } = operation;
    let mut is_allowed = true;
    let mut filled = path.clone();
    while let Some((start, end)) = filled.find('{').zip(filled.find('}')) {
        let ids = ["1", "2", "3", "7", "12", "99", "-1", "9223372036854775807", "nine", "1.5", "discovery"];
        // Of the first ones there are things.
        let id = ids[if rng.u8(..4) > 0 { rng.usize(..5) } else { rng.usize(..ids.len()) }];
        is_allowed &= id.parse::<i64>().is_ok() || path.contains("scan_templates");
        filled.replace_range(start..=end, id);
    }
    let mut query = Vec::new();
    let mut request_headers = Vec::new();
    for parameter in content["parameters"].as_array().into_iter().flatten() {
        let name = parameter["name"].as_str().unwrap();
        match parameter["in"].as_str().unwrap() {
            "query" if parameter["required"] == true || rng.bool() => {
                let value = if rng.u8(..5) == 0 {
                    junk(rng)
                } else {
                    contract.value(&parameter["schema"], name, rng)
                };
                let values = match value {
                    Value::Array(values) => values,
                    value => vec![value],
                };
                for value in values {
                    let text = value.as_str().map_or_else(|| value.to_string(), str::to_owned);
                    query.push(form(name, &text));
                }
                // Whether it is allowed as a text is for the console to say.
                is_allowed = false;
            }
            "header" if rng.u8(..6) > 0 => request_headers.push((name.to_owned(), "0".repeat(40))),
            "query" | "header" => is_allowed &= parameter["required"] != true,
            _ => {}
        }
    }
    let address = if query.is_empty() { filled } else { format!("{filled}?{}", query.join("&")) };
    let is_signed_in = rng.u8(..20) > 0;
    let mut request = if is_signed_in {
        lab.request(method.clone(), &address)
    } else {
        lab.stranger(method.clone(), &address)
    };
    is_allowed &= is_signed_in;
    for (name, value) in request_headers {
        request = request.header(name, value);
    }
    let mut told = format!("{method} {address}");
    let (mut has_wrong_body, mut refers) = (false, true);
    if let Some(kinds) = content["requestBody"]["content"].as_object() {
        let (kind, wanted) = kinds.iter().next().unwrap();
        let mut body = contract.value(&wanted["schema"], "", rng);
        if rng.bool() {
            spoil(&mut body, rng);
        }
        let is_right = contract.differences(&wanted["schema"], &body, false).is_empty();
        has_wrong_body = is_allowed && !is_right;
        is_allowed &= is_right;
        refers = body.as_object().is_none_or(|body| {
            ["id", "engineId", "engines", "sites"]
                .iter()
                .any(|name| body.get(*name).is_some_and(|value| !value.is_null()))
        });
        let text = if kind == "application/json" {
            body.to_string()
        } else {
            body.as_str().unwrap_or_default().to_owned()
        };
        told = format!("{told} {text}");
        request = request.header("content-type", "application/json").body(text);
    }
    (request, Made { told, is_allowed, has_wrong_body, refers })
}

fn form(name: &str, text: &str) -> String {
    let escaped: String = text.bytes().map(|byte| format!("%{byte:02X}")).collect();
    format!("{name}={escaped}")
}

/// In what an answer is not as the document says.
fn wrong(contract: &Contract, operation: &Operation, made: &Made, answer: &Answer) -> Vec<String> {
    let status = answer.status.as_str();
    let Some(wanted) = operation.content["responses"].get(status) else {
        return vec![format!("the status {status} is not in the document")];
    };
    let mut wrong = Vec::new();
    let kind = answer.header("content-type").unwrap_or_default();
    let essence = kind.split(';').next().unwrap_or_default();
    match wanted.get("content").map(|content| &content[essence]) {
        None if answer.text.is_empty() => {}
        None | Some(Value::Null) => wrong.push(format!("the content type {kind:?} is not in the document")),
        Some(content) if essence == "application/json" => {
            wrong.extend(contract.differences(&content["schema"], &answer.json(), true));
        }
        Some(_) => {}
    }
    if made.is_allowed && answer.status.is_server_error() {
        wrong.push("it failed, and the document allows the request".to_owned());
    }
    if made.is_allowed && !made.refers && answer.text.contains(INVALID) {
        wrong.push("it is called invalid, and the document allows it".to_owned());
    }
    if made.has_wrong_body && answer.status.is_success() {
        wrong.push("it was taken, and the document does not allow the body".to_owned());
    }
    wrong
}

/// A console with the demo's things, none of whose engines is contacted.
async fn console(change: impl FnOnce(&mut Config)) -> Lab {
    Lab::with(|config| {
        config.seed = "demo".parse().unwrap();
        config.engine_networks = vec!["198.51.100.0/24".parse().unwrap()];
        change(config);
    })
    .await
}

/// Makes requests for that long, each call some times at least, and looks at the answers. How many requests there were,
/// and how many were taken.
async fn hold_against_the_document(lab: &Lab, time: Duration) -> (usize, usize) {
    let contract = Contract::new();
    let mut rng = Rng::with_seed(SEED);
    let since = Instant::now();
    let (mut sent, mut taken, mut rounds) = (0, 0, 0);
    while rounds < ROUNDS || (since.elapsed() < time && sent < MOST) {
        for operation in &contract.operations {
            // Each sign-in takes a password's time.
            if operation.content["operationId"] == "signOut" && rounds > 0 {
                continue;
            }
            let (request, made) = make(&contract, operation, lab, &mut rng);
            let answer = send(request).await;
            let wrong = wrong(&contract, operation, &made, &answer);
            assert!(wrong.is_empty(), "{}: {}\n{answer:?}", made.told, wrong.join("\n"));
            sent += 1;
            taken += usize::from(answer.status.is_success());
        }
        rounds += 1;
    }
    assert_eq!(lab.get("/api/3").await.status, StatusCode::OK);
    (sent, taken)
}

#[tokio::test]
async fn no_answer_is_outside_of_the_document_and_nothing_is_taken_that_it_does_not_allow() {
    let lab = console(|_| {}).await;
    let (sent, taken) = hold_against_the_document(&lab, TIME).await;
    // Otherwise the requests would say nothing.
    assert!(taken > sent / 4, "{taken} of {sent} requests were taken");
}

#[tokio::test]
async fn the_document_covers_every_dialect_and_every_quirk_that_does_not_spoil_an_answer() {
    const SPOILING: [Quirk; 6] = [
        Quirk::OddRows,
        Quirk::OneRowAndNone,
        Quirk::LinksAlone,
        Quirk::Foreign,
        Quirk::PlainErrors,
        Quirk::HtmlErrors,
    ];
    let all = DIFFERENCES.iter().map(|difference| difference.quirk);
    let all: Quirks = all.filter(|quirk| !SPOILING.contains(quirk)).collect();
    for quirks in [Dialect::V6_6_55.quirks(), Dialect::Y2018.quirks(), all] {
        let lab = console(|config| config.quirks = quirks).await;
        hold_against_the_document(&lab, Duration::ZERO).await;
    }
}
