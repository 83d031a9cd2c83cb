//! The OpenAPI document: made from the handlers and the types of this module's neighbours, served at `/api/3/json`, and
//! committed as `docs/openapi.json`, which a test compares with it.
//!
//! It tells what this console answers at every age ([`crate::config::Dialect`]): what some ages don't tell is no required
//! property.

use axum::Extension;
use axum::response::Response;
use bytes::Bytes;
use http::StatusCode;
use serde_json::{Map, Value, json};
use utoipa::openapi::path::{Parameter, ParameterBuilder, ParameterIn};
use utoipa::openapi::schema::{ArrayBuilder, ObjectBuilder, Type};
use utoipa::openapi::security::{ApiKey, ApiKeyValue, HttpAuthScheme, HttpBuilder, SecurityScheme};
use utoipa::openapi::{
    ComponentsBuilder, ContentBuilder, InfoBuilder, LicenseBuilder, OpenApi, OpenApiBuilder, Ref, RefOr,
    Required, ResponseBuilder, SecurityRequirement, Server,
};
use utoipa::{IntoParams, IntoResponses, openapi};

use super::answer::json_bytes;
use super::paging::{DIRECTIONS, MOST_ORDERS};
use crate::db::{scans, sites};

type Responses = std::collections::BTreeMap<String, RefOr<openapi::Response>>;

fn error(description: &str) -> RefOr<openapi::Response> {
    let content = ContentBuilder::new().schema(Some(Ref::from_schema_name("Error"))).build();
    RefOr::T(ResponseBuilder::new().description(description).content("application/json", content).build())
}

fn errors<const N: usize>(all: [(u16, &str); N]) -> Responses {
    all.into_iter().map(|(status, description)| (status.to_string(), error(description))).collect()
}

/// What every call can answer.
pub(super) struct Anywhere;

impl IntoResponses for Anywhere {
    fn responses() -> Responses {
        errors([
            (401, "Wrong credentials, a token that ran out, no permission for this, or maintenance mode"),
            (403, "Another site's page sent the request"),
            (421, "The request is for a host that this console does not answer for"),
            (
                429,
                "Too many sign-ins of this user wait for their turn: `Retry-After` tells how long, in seconds",
            ),
            (500, "The console failed: what happened is in its log"),
        ])
    }
}

/// What a call with a thing's id in its path can answer.
pub(super) struct Missing;

impl IntoResponses for Missing {
    fn responses() -> Responses {
        errors([(404, "There is no such thing, or this user may not see it")])
    }
}

/// What a call can answer whose arguments can be wrong, or that can be refused.
pub(super) struct Refusable;

impl IntoResponses for Refusable {
    fn responses() -> Responses {
        errors([(400, "An argument is not valid, or the console refuses the change: `message` says why")])
    }
}

/// What a call with a body can answer.
pub(super) struct WithBody;

impl IntoResponses for WithBody {
    fn responses() -> Responses {
        errors([
            (400, "An argument is not valid, or the console refuses the change: `message` says why"),
            (408, "The body did not come within a minute"),
            (413, "The body is larger than 8 MiB"),
            (415, "The body is not `application/json`"),
        ])
    }
}

/// What a call with a body of text can answer.
pub(super) struct TooLarge;

impl IntoResponses for TooLarge {
    fn responses() -> Responses {
        errors([(408, "The body did not come within a minute"), (413, "The body is larger than 8 MiB")])
    }
}

/// What a page of the console itself can answer to another site's page.
pub(super) struct NotFromHere;

impl IntoResponses for NotFromHere {
    fn responses() -> Responses {
        errors([
            (403, "Another site's page sent the request"),
            (421, "The request is for a host that this console does not answer for"),
        ])
    }
}

/// A page of sites is asked for.
pub(super) struct PageOfSites;

impl IntoParams for PageOfSites {
    fn into_params(place: impl Fn() -> Option<ParameterIn>) -> Vec<Parameter> {
        page_parameters(place, sites::SORTABLE)
    }
}

/// A page of scans is asked for.
pub(super) struct PageOfScans;

impl IntoParams for PageOfScans {
    fn into_params(place: impl Fn() -> Option<ParameterIn>) -> Vec<Parameter> {
        page_parameters(place, scans::SORTABLE)
    }
}

fn page_parameters(place: impl Fn() -> Option<ParameterIn>, sortable: &[(&str, &str)]) -> Vec<Parameter> {
    let orders = sortable.iter().flat_map(|(property, _)| {
        let directed = DIRECTIONS.map(|direction| format!("{property},{direction}"));
        std::iter::once((*property).to_owned()).chain(directed)
    });
    let order = ObjectBuilder::new().schema_type(Type::String).enum_values(Some(orders)).build();
    let sort = ParameterBuilder::new()
        .name("sort")
        .parameter_in(ParameterIn::Query)
        .description(Some(
            "A property, and `ASC` or `DESC` after a comma. It can be repeated, up to 16 times: the first counts most.",
        ))
        .required(Required::False)
        .schema(Some(ArrayBuilder::new().items(order).max_items(Some(MOST_ORDERS)).build()))
        .build();
    let mut all = PageParameters::into_params(place);
    all.push(sort);
    all
}

/// What a paged list is asked for, besides its order.
#[derive(IntoParams)]
#[into_params(parameter_in = Query)]
#[expect(dead_code, reason = "it describes what `Paging::read` reads")]
struct PageParameters {
    /// The page, counted from zero.
    #[param(minimum = 0, maximum = 2_147_483_647, default = 0)]
    page: Option<i64>,
    /// How many things a page has. More than 500 are never given.
    #[param(minimum = 1, default = 10)]
    size: Option<i64>,
}

/// Which scans a list has.
#[derive(IntoParams)]
#[into_params(parameter_in = Query)]
#[expect(dead_code, reason = "it describes what `Paging::read` reads")]
pub(super) struct ActiveParameter {
    /// Scans that are under way, or those that are over.
    #[param(default = false)]
    active: Option<bool>,
}

/// The schema of a property that is refused.
pub(super) fn must_not_be_there() -> openapi::Object {
    ObjectBuilder::new().schema_type(Type::Null).description(Some("It must not be there")).build()
}

/// The finished document, as it is sent.
#[derive(Clone)]
pub(super) struct Document(Bytes);

impl Document {
    pub(super) fn new(paths: OpenApi) -> Self {
        // A map of strings and numbers is always written.
        Self(serde_json::to_vec(&finished(paths)).unwrap_or_default().into())
    }
}

/// `GET /api/3/json`: this document.
#[utoipa::path(
    get, path = "/api/3/json", tag = "Root", operation_id = "getOpenApi", summary = "This document",
    responses((status = 200, description = "An OpenAPI 3.1 document", body = Object), Anywhere)
)]
pub(super) async fn read(Extension(document): Extension<Document>) -> Response {
    json_bytes(StatusCode::OK, document.0.to_vec())
}

/// What the paths are put into.
pub(super) fn frame() -> OpenApi {
    let license =
        LicenseBuilder::new().name("MIT OR Apache-2.0").identifier(Some("MIT OR Apache-2.0")).build();
    let info = InfoBuilder::new()
        .title("Security Console API, version 3, of the embedded console")
        .description(Some(
            "What the embedded console of the engine console has of a Security Console's REST API v3, and of the calls of \
             the console's own pages (`/data`, `/api/2.1`) that have no resource there. A property that is not known is \
             left out; it is never null.",
        ))
        .version(env!("CARGO_PKG_VERSION"))
        .license(Some(license))
        .build();
    let basic =
        HttpBuilder::new().scheme(HttpAuthScheme::Basic).description(Some("User name and password")).build();
    let token = ApiKeyValue::with_description("Token", "The two-factor token, for users that need one");
    let components = ComponentsBuilder::new()
        .security_scheme("basic", SecurityScheme::Http(basic))
        .security_scheme("token", SecurityScheme::ApiKey(ApiKey::Header(token)))
        .schema_from::<super::error::ErrorBody<'static>>()
        .schema_from::<super::error::ErrorStatus>()
        .build();
    let nothing = || Vec::<String>::new();
    OpenApiBuilder::new()
        .info(info)
        .servers(Some([Server::new("/")]))
        .components(Some(components))
        .security(Some([
            SecurityRequirement::new("basic", nothing()),
            SecurityRequirement::new("basic", nothing()).add("token", nothing()),
        ]))
        .build()
}

/// The document for readers: what this console sends is left out when it is not known, and never null; and what has a
/// name is told once.
pub(super) fn finished(paths: OpenApi) -> Value {
    let mut document = serde_json::to_value(paths).unwrap_or_default();
    let Some(Value::Object(mut schemas)) = document.pointer_mut("/components/schemas").map(Value::take)
    else {
        return document;
    };
    for (name, schema) in &mut schemas {
        // What is sent to the console may be null.
        if !name.ends_with("Body") {
            never_null(schema);
        }
    }
    only_one_scope(&mut schemas);
    let named = schemas.clone();
    for schema in schemas.values_mut().filter_map(Value::as_object_mut) {
        schema.values_mut().for_each(|inner| refer(inner, &named));
    }
    document["components"]["schemas"] = Value::Object(schemas);
    say_unclear_host(&mut document);
    // Whether objects keep an order of their own depends on what else is built together with this.
    document.sort_all_objects();
    document
}

/// A site scans assets or a connection, not both: utoipa has no word for that.
fn only_one_scope(schemas: &mut Map<String, Value>) {
    if let Some(scope) = schemas.get_mut("ScopeBody") {
        let both = ["assets", "connection"];
        let given = json!({ "type": "object" });
        scope["not"] = json!({ "required": both, "properties": { "assets": given, "connection": given } });
    }
}

/// Every call is 400 for a request that does not say once which host it is for.
fn say_unclear_host(document: &mut Value) {
    let unclear = json!({
        "description": "The request does not say which host it is for, or says it twice",
        "content": { "application/json": { "schema": { "$ref": "#/components/schemas/Error" } } },
    });
    let methods = document["paths"].as_object_mut().into_iter().flat_map(|paths| paths.values_mut());
    for operation in methods.filter_map(Value::as_object_mut).flat_map(|methods| methods.values_mut()) {
        if let Some(responses) = operation["responses"].as_object_mut() {
            responses.entry("400").or_insert_with(|| unclear.clone());
        }
    }
}

/// Puts a reference where a schema stands that has a name: lists of things have the thing itself in them.
fn refer(schema: &mut Value, named: &Map<String, Value>) {
    if let Some((name, _)) = named.iter().find(|(_, known)| *known == schema) {
        *schema = json!({ "$ref": format!("#/components/schemas/{name}") });
        return;
    }
    match schema {
        Value::Object(members) => members.values_mut().for_each(|inner| refer(inner, named)),
        Value::Array(all) => all.iter_mut().for_each(|inner| refer(inner, named)),
        _ => {}
    }
}

fn never_null(schema: &mut Value) {
    match schema {
        Value::Object(members) => {
            if let Some(Value::Array(kinds)) = members.get_mut("type") {
                kinds.retain(|kind| kind != "null");
                if let [only] = kinds.as_slice() {
                    members["type"] = only.clone();
                }
            }
            if let Some(Value::Array(ways)) = members.get_mut("oneOf") {
                ways.retain(|way| way != &json!({ "type": "null" }));
                if let [only] = ways.as_slice() {
                    *schema = only.clone();
                    return never_null(schema);
                }
            }
            members.values_mut().for_each(never_null);
        }
        Value::Array(all) => all.iter_mut().for_each(never_null),
        _ => {}
    }
}
