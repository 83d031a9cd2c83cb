//! Console commands (docs/api-quirks.md, "Beyond v3"): the command is the bare body, the answer is what it prints.

use std::fmt::Write as _;
use std::sync::Arc;
use std::sync::atomic::Ordering;

use axum::Extension;
use axum::extract::State;
use axum::response::{IntoResponse as _, Response};
use futures::StreamExt as _;
use http::StatusCode;
use serde::Serialize;
use utoipa::ToSchema;

use super::answer::{about, json};
use super::body::{LONGEST_TEXT, TextBody, not_longer};
use super::document::{Anywhere, Refusable, TooLarge};
use super::error::ApiError;
use super::links::{Link, Links};
use super::sign_in::require_global_administrator;
use crate::auth::User;
use crate::console::Console;
use crate::db::engines::{self, EngineKind, EngineRow};
use crate::dialect::Quirk;
use crate::engine_rules::{NOT_CONTACTED, current, describe};
use crate::fleet::EngineStatus;

/// Engines that are sent an update at the same time.
const UPDATES: usize = 32;
/// The first line of a report, on consoles that have one.
const HEAD: &str = "VERSION INFORMATION";

#[derive(Serialize, ToSchema)]
struct Output {
    links: [Link; 1],
    /// Left out by some consoles while they integrate a scan.
    #[serde(skip_serializing_if = "Option::is_none")]
    output: Option<String>,
}

/// A command, as its own body.
#[derive(ToSchema)]
#[schema(min_length = 1, max_length = 4096, pattern = r"\S")]
#[expect(dead_code, reason = "it describes what is read")]
struct CommandBody(String);

/// `POST /administration/commands`. Needs Global Administrator.
#[utoipa::path(
    post, path = "/api/3/administration/commands", tag = "Administration", operation_id = "runConsoleCommand", summary = "Runs a console command: needs Global Administrator",
    request_body(content = CommandBody, content_type = "*/*", description = "The bare command, such as `version engines` or `update engines`. The content type does not matter."),
    responses((status = 200, description = "What the command printed", body = Output), Refusable, TooLarge, Anywhere)
)]
pub(super) async fn run(
    State(console): State<Arc<Console>>,
    Extension(links): Extension<Links>,
    Extension(user): Extension<User>,
    TextBody(text): TextBody,
) -> Result<Response, ApiError> {
    // Some clients send it as a text of JSON.
    let text = serde_json::from_str(text.trim()).unwrap_or(text);
    not_longer("command", &text, LONGEST_TEXT)?;
    let answer = print(&console, &user, &text)
        .await
        .map(|output| json(StatusCode::OK, &Output { links: [links.this()], output }));
    // Refused or not, what was wanted is for the security log.
    Ok(about(answer.unwrap_or_else(ApiError::into_response), "command", text))
}

/// What the command prints.
async fn print(console: &Arc<Console>, user: &User, text: &str) -> Result<Option<String>, ApiError> {
    require_global_administrator(user)?;
    let words: Vec<String> = text.split_whitespace().map(str::to_lowercase).collect();
    let words: Vec<&str> = words.iter().map(String::as_str).collect();
    match words.as_slice() {
        [] => Err(ApiError::invalid()),
        ["version", "engines"] => {
            console.fleet.ask_all().await;
            match silence(console) {
                Some(silence) => Ok(silence),
                None => version_engines(console).await.map(Some),
            }
        }
        ["update", "engines"] => update_engines(console).await.map(Some),
        ["help" | "?"] => Ok(Some("Commands:\n  help\n  update engines\n  version engines\n".to_owned())),
        _ => Ok(Some(format!("Unknown command: {}\nType 'help' for a list of commands.\n", text.trim()))),
    }
}

async fn engines_now(console: &Arc<Console>) -> Result<Vec<EngineRow>, ApiError> {
    let console = Arc::clone(console);
    console
        .db
        .clone()
        .read(move |tx| {
            Ok::<_, ApiError>(engines::all(tx)?.into_iter().map(|row| current(&console, row)).collect())
        })
        .await
}

/// What is answered instead of a report, where this console says nothing: while a scan is integrated, consoles print
/// nothing, or leave the output out. A console that does both gives a report after each.
fn silence(console: &Console) -> Option<Option<String>> {
    let turn = console.reports.fetch_add(1, Ordering::Relaxed) % 4;
    match (console.has(Quirk::ReportEmpty), console.has(Quirk::ReportWithoutOutput)) {
        (true, false) => Some(Some(String::new())),
        (false, true) => Some(None),
        (true, true) if turn == 0 => Some(Some(String::new())),
        (true, true) if turn == 2 => Some(None),
        _ => None,
    }
}

async fn version_engines(console: &Arc<Console>) -> Result<String, ApiError> {
    let (mut notices, mut blocks) = (String::new(), Vec::new());
    let has_head = console.has(Quirk::ReportHead);
    for engine in engines_now(console).await? {
        let mut block = String::new();
        write_block(&mut block, &engine, has_head);
        blocks.push(block);
        // The console's own sentence about an engine that has not enabled it. Those that it never contacts can be many,
        // and were not asked.
        let Some(mut message) = engine.status_message.filter(|message| message != NOT_CONTACTED) else {
            continue;
        };
        if console.has(Quirk::ReportBareNames) {
            message = message.replacen(&format!("({})", engine.name), &engine.name, 1);
        }
        message.push('\n');
        if has_head {
            notices.push_str(&message);
        } else {
            blocks.push(message);
        }
    }
    if has_head {
        blocks.insert(0, format!("{HEAD}\n{notices}"));
    }
    Ok(blocks.join("\n"))
}

/// The word for a status in the output of `version engines`.
fn status_word(status: &str) -> &'static str {
    match status.parse() {
        Ok(EngineStatus::Active) => "Active",
        Ok(EngineStatus::PendingAuthorization) => "Pending-Auth",
        Ok(EngineStatus::IncompatibleVersion) => "Incompatible",
        Ok(EngineStatus::NotResponding) => "Not-Responding",
        Ok(EngineStatus::Unknown) | Err(_) => "Unknown",
    }
}

/// One engine's lines: every key of docs/api-quirks.md, "Beyond v3", in that order. What is not known is empty.
/// `narrow`: the address's key has no blank.
fn write_block(output: &mut String, engine: &EngineRow, narrow: bool) {
    let prefix = if engine.kind == EngineKind::Local { "Local Engine  " } else { "Remote Engine " };
    let (product, content) = (engine.product_version.as_deref(), engine.content_version.as_deref());
    let lines = [
        ("Name", Some(engine.name.as_str())),
        ("DN", None),
        ("Version", product),
        (if narrow { "Address(FQDN)" } else { "Address (FQDN)" }, Some(engine.address.as_str())),
        ("Platform", engine.platform.as_deref()),
        ("Serial No", engine.serial_number.as_deref()),
        ("Product Name", Some("Scan Engine")),
        ("Last Content Update ID", content),
        ("Last Auto Content Update ID", content),
        ("Last Product Update ID", product),
        ("Software Revision", product),
        ("Product ID", None),
        ("Version ID", product),
        ("VM Version", None),
        ("Status", Some(status_word(&engine.status))),
    ];
    for (key, value) in lines {
        // Writing to a string can't fail.
        let _ = writeln!(output, "{prefix}{key}: {}", value.unwrap_or_default());
    }
}

async fn update_engines(console: &Arc<Console>) -> Result<String, ApiError> {
    let engines = engines_now(console).await?;
    // The local engine is a part of this console and has its versions; the hosted one is updated by Rapid7.
    let remote = engines.into_iter().filter(|engine| engine.kind.is_dialled());
    let mut lines: Vec<(i64, String)> = futures::stream::iter(remote)
        .map(|engine| {
            let fleet = console.fleet.clone();
            async move {
                let (_, text) = describe(&fleet.update(engine.id).await);
                (engine.id, format!("{}: {text}\n", engine.name))
            }
        })
        .buffer_unordered(UPDATES)
        .collect()
        .await;
    lines.sort_unstable();
    let output: String = lines.into_iter().map(|(_, line)| line).collect();
    Ok(if output.is_empty() { "There is no engine to update.\n".to_owned() } else { output })
}
