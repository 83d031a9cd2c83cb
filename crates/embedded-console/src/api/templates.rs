//! Scan templates: those that every console comes with. This console scans nothing, so they are names only.

use axum::Extension;
use axum::extract::Path;
use axum::response::Response;
use http::StatusCode;
use serde::Serialize;
use utoipa::ToSchema;

use super::answer::{Resources, json};
use super::document::{Anywhere, Missing};
use super::error::ApiError;
use super::links::{Link, Links};
use crate::templates::{TEMPLATES, Template};

/// A scan template as the API shows it.
#[derive(Serialize, ToSchema)]
#[schema(as = ScanTemplate)]
struct TemplateJson {
    description: &'static str,
    id: &'static str,
    links: [Link; 1],
    name: &'static str,
}

impl TemplateJson {
    fn new(template: &Template, links: &Links) -> Self {
        let Template { id, name, description } = *template;
        Self { description, id, links: [links.to(&format!("/scan_templates/{id}"), "self")], name }
    }
}

/// `GET /scan_templates`: all of them, unpaged.
#[utoipa::path(
    get, path = "/api/3/scan_templates", tag = "Scan Templates", operation_id = "getScanTemplates", summary = "All scan templates, unpaged",
    responses((status = 200, description = "The templates", body = Resources<TemplateJson>), Anywhere)
)]
pub(super) async fn list(Extension(links): Extension<Links>) -> Response {
    let templates = TEMPLATES.iter().map(|template| TemplateJson::new(template, &links)).collect();
    json(StatusCode::OK, &Resources::new(&links, templates))
}

/// `GET /scan_templates/{id}`.
#[utoipa::path(
    get, path = "/api/3/scan_templates/{id}", tag = "Scan Templates", operation_id = "getScanTemplate", summary = "One scan template",
    params(("id" = String, Path, description = "The template's id, which is a word")),
    responses((status = 200, description = "The template", body = TemplateJson), Missing, Anywhere)
)]
pub(super) async fn one(
    Extension(links): Extension<Links>,
    id: Result<Path<String>, axum::extract::rejection::PathRejection>,
) -> Result<Response, ApiError> {
    // What is no UTF-8 is no template either.
    let Ok(Path(id)) = id else { return Err(ApiError::missing()) };
    let template = TEMPLATES.iter().find(|template| template.id == id).ok_or_else(ApiError::missing)?;
    Ok(json(StatusCode::OK, &TemplateJson::new(template, &links)))
}
