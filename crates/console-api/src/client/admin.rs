//! The console itself, its commands, and the actions that API v3 has no resource for (docs/api-quirks.md, "Beyond v3").

use core::time::Duration;
use std::sync::Arc;

use crate::client::Client;
use crate::client::call::{CHANGE_TIME, Call, refusal};
use crate::error::Error;
use crate::ids::EngineId;
use crate::model::{CommandOutput, ConsoleInfo, Engine, ReportReader, VersionReport};
use crate::transport::{Method, Response, Transport};
use crate::wire;

/// How long `version engines` may take: the console asks every engine (docs/api-quirks.md, "Beyond v3").
const VERSION_ENGINES_TIME: Duration = Duration::from_secs(300);

/// An output of more bytes is read in slices of so many lines: five thousand engines have 3.5 MB in 80,000 lines.
const LARGE_OUTPUT: usize = 64 * 1024;
const LINES_AT_ONCE: usize = 4_000;

/// Whether the console asked its engines just now.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Asked {
    /// It did, and found out this.
    Yes(Arc<VersionReport>),
    /// It was asked and reported nothing about its engines, as when it is busy (docs/api-quirks.md, "Beyond v3"). What it knew
    /// already is all there is.
    Silent,
    /// The account may not send console commands: that takes a Global Administrator. What the console knew already is
    /// all there is.
    NotPermitted,
    /// The command failed. What the console knew already is all there is.
    Failed(Error),
}

/// An engine, read after the console was told to ask its engines.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Refreshed {
    /// The engine as the console knows it now.
    pub engine: Engine,
    /// Whether that is news.
    pub asked: Asked,
}

/// The console took a call outside of API v3.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct UpdateAnswer {
    /// The console's own words, if it had any.
    pub message: Option<String>,
}

impl<T: Transport> Client<T> {
    /// What the console says about itself.
    ///
    /// # Errors
    /// [`Error::NotPermitted`] for accounts without the right to see it.
    pub async fn console_info(&self) -> Result<ConsoleInfo, Error> {
        wire::one(&self.get("api/3/administration/info").await?)
    }

    /// Runs a console command. Takes a Global Administrator.
    ///
    /// # Errors
    /// Any [`Error`] of a change.
    pub async fn run_command(&self, command: &str) -> Result<CommandOutput, Error> {
        self.command(command, CHANGE_TIME).await
    }

    /// The command is the bare body, without quotes (docs/api-quirks.md, "Beyond v3").
    async fn command(&self, command: &str, timeout: Duration) -> Result<CommandOutput, Error> {
        let call = Call {
            body: Some(command.as_bytes().to_vec()),
            timeout,
            ..Call::change(Method::Post, "api/3/administration/commands", None)
        };
        wire::one(&self.v3(call).await?)
    }

    /// Makes the console ask *every* engine for its version now, which takes up to five minutes. Send it only when a
    /// person wants it, and only one at a time (docs/api-quirks.md, "Beyond v3").
    ///
    /// # Errors
    /// Any [`Error`] of a change; [`Error::NotPermitted`] without the right to send commands.
    pub async fn version_engines(&self) -> Result<VersionReport, Error> {
        let output = self.command("version engines", VERSION_ENGINES_TIME).await?.output;
        let mut reader = ReportReader::default();
        for (at, line) in output.lines().enumerate() {
            // A browser does other things between the slices.
            if at % LINES_AT_ONCE == 0 && output.len() > LARGE_OUTPUT {
                self.transport.sleep(Duration::ZERO).await;
            }
            reader.line(line);
        }
        Ok(reader.finish())
    }

    /// [`version_engines`](Self::version_engines) where a failure is not the end: what the console knows can still be
    /// read.
    ///
    /// # Errors
    /// [`Error::Unauthorized`], [`Error::Maintenance`] and [`Error::Cancelled`], after which reading makes no sense.
    pub async fn ask_engines(&self) -> Result<Asked, Error> {
        match self.version_engines().await {
            Ok(report) if report.tells() => Ok(Asked::Yes(Arc::new(report))),
            Ok(_) => Ok(Asked::Silent),
            // A missing permission can answer 404 as well (docs/api-quirks.md, "Signing in").
            Err(Error::NotPermitted { .. } | Error::NotFound { .. }) => Ok(Asked::NotPermitted),
            Err(error @ (Error::Unauthorized | Error::Maintenance | Error::Cancelled)) => Err(error),
            Err(error) => Ok(Asked::Failed(error)),
        }
    }

    /// Refreshes one engine: makes the console ask its engines, then reads this one.
    ///
    /// # Errors
    /// Any [`Error`] of a read.
    pub async fn refresh_engine(&self, id: EngineId) -> Result<Refreshed, Error> {
        let asked = self.ask_engines().await?;
        let engine = self.engine(id).await?;
        Ok(Refreshed { engine, asked })
    }

    /// Sends the available update to one engine. A success says that it was sent, or that the engine is up to date,
    /// not that it was applied (docs/api-quirks.md, "Beyond v3").
    ///
    /// # Errors
    /// [`Error::Rejected`] if the engine is updating, offline or does not answer. [`Error::NotAllowedHere`] if this
    /// console does not take the call from the app; then there is
    /// [`update_all_engines`](Self::update_all_engines).
    pub async fn update_engine_software(&self, id: EngineId) -> Result<UpdateAnswer, Error> {
        let call = Call::change(Method::Post, format!("data/engine/{id}/update"), None);
        let response = self.outside_v3(call).await?;
        Ok(UpdateAnswer { message: wire::message(&response) })
    }

    /// Sends the available updates to all engines. Takes a Global Administrator.
    ///
    /// # Errors
    /// Any [`Error`] of a change.
    pub async fn update_all_engines(&self) -> Result<CommandOutput, Error> {
        self.run_command("update engines").await
    }

    /// Reverses the direction of a pairing. The console may need a restart. Not for the local and the hosted
    /// engine (docs/api-quirks.md, "Special engines and pools"; see [`may_reverse`](crate::rules::may_reverse)).
    ///
    /// # Errors
    /// [`Error::NotReversed`] for any answer but `true`: then nothing has changed (docs/api-quirks.md, "Beyond v3").
    /// [`Error::NotAllowedHere`] if this console does not take the call from the app.
    pub async fn reverse_connection(&self, id: EngineId) -> Result<(), Error> {
        let path = format!("api/2.1/engine/{id}/reverseConnection");
        let response = self.outside_v3(Call::change(Method::Put, path, None)).await?;
        if response.body.trim_ascii() == b"true" { Ok(()) } else { Err(Error::NotReversed) }
    }

    /// A call of `/data` or `/api/2.1`. A redirect, a page or 401 there is no session's end: some consoles want a cookie
    /// beside the header, and others do not let the app do this (docs/api-quirks.md, "Beyond v3").
    pub(crate) async fn outside_v3(&self, call: Call) -> Result<Response, Error> {
        let mut call = Call { session_header: true, ..call };
        loop {
            let sent = self.exchange(call.clone()).await;
            let response = sent.map_err(|error| Error::from(error).of_change())?;
            if is_sign_in(&response) && !call.session_cookie {
                // The console has not done it: it has not even looked at it.
                call.session_cookie = true;
                continue;
            }
            return match response.status {
                _ if is_closed_door(&response) => Err(Error::NotAllowedHere),
                200..=299 => Ok(response),
                _ => Err(refusal(&response).of_change()),
            };
        }
    }
}

/// Whether an answer outside of API v3 leads to the sign-in page.
fn is_sign_in(response: &Response) -> bool {
    response.redirected
        || matches!(response.status, 0 | 300..=399 | 401)
        || (200..=299).contains(&response.status) && wire::is_html(response)
}

/// Whether an answer outside of API v3 says that the app may not call here.
fn is_closed_door(response: &Response) -> bool {
    match response.status {
        // These come from in front of the console, and pass.
        429 | 502..=504 => false,
        401 | 403 | 405 => true,
        // "No such engine" comes with words; "no such path" without.
        404 => wire::is_html(response) || wire::message(response).is_none(),
        200..=599 => response.redirected || response.status / 100 == 3 || wire::is_html(response),
        _ => true,
    }
}
