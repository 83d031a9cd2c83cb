//! What can go wrong between the app and the console, in words for the person in front of it.

use core::fmt;
use core::time::Duration;

use crate::transport::TransportError;
use crate::wire::find_ignoring_case;

/// Why a call did not give what was asked for. `Display` says what happened; [`what_helps`](Self::what_helps) says
/// what to do next. Which thing it happened to is the caller's to add.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Error {
    /// The console could not be reached. The text is the network layer's own.
    Network(String),
    /// No answer within the time that the call is given.
    Timeout,
    /// The call was given up on purpose. Nothing needs to be shown.
    Cancelled,
    /// The credentials are wrong, or the two-factor token ran out. Found only after a second look
    /// (docs/api-quirks.md, "Signing in").
    Unauthorized,
    /// Signed in, but this account may not do it: 403, or 401 while `GET /api/3` still answers
    /// (docs/api-quirks.md, "Signing in").
    NotPermitted {
        /// The console's own words, if it had any.
        message: Option<String>,
    },
    /// There is no such thing, or this account may not see it: a real console answers both with 404
    /// (docs/api-quirks.md, "Signing in").
    NotFound {
        /// The console's own words, if it had any.
        message: Option<String>,
    },
    /// The console refused the request or failed in it.
    Rejected {
        /// The HTTP status, 4xx or 5xx.
        status: u16,
        /// The console's own words; what the status means where it had none.
        message: String,
    },
    /// The console is in maintenance mode.
    Maintenance,
    /// The console has too much to do, or a part of it is not there right now (429, 502, 503, 504).
    Busy {
        /// The HTTP status.
        status: u16,
        /// How long to wait, where the console said so.
        retry_after: Option<Duration>,
        /// The console's own words, if it had any.
        message: Option<String>,
    },
    /// A success whose body is not what this call gives, such as an HTML page from a proxy.
    UnexpectedBody {
        /// The HTTP status.
        status: u16,
        /// The `Content-Type` header as it came.
        content_type: Option<String>,
        /// The start of the body, at most 160 characters, on one line. Never a shared secret.
        excerpt: String,
    },
    /// The answer began well and then ended too early.
    CutOff {
        /// How many bytes came; 0 where the platform does not tell.
        received: usize,
    },
    /// This console does not take the call from the app: `/data` and `/api/2.1` answer with a redirect, a page, 401,
    /// 403 or 404 then (docs/api-quirks.md, "Beyond v3"). It is no reason to sign in again.
    NotAllowedHere,
    /// It is not known whether the console did it: the call failed on the way and the look afterwards failed too, or
    /// can't tell (docs/api-quirks.md, "Changing").
    UnknownOutcome(Box<Error>),
    /// The call failed on the way, and the look afterwards has shown that nothing came of it
    /// (docs/api-quirks.md, "Changing").
    NotDone(Box<Error>),
    /// The console answered that it did not turn the direction around (docs/api-quirks.md, "Beyond v3").
    NotReversed,
    /// The console has no shared secrets that the app can use: they came to API v3 with 6.5.50
    /// (docs/api-quirks.md, "Shared secret").
    TooOldForSecrets,
    /// What answers is Rapid7's Insight Platform, not a console.
    InsightPlatform,
}

impl Error {
    /// What the reader can do about it, in one sentence or two. Empty for [`Error::Cancelled`].
    #[must_use]
    pub fn what_helps(&self) -> &'static str {
        match self {
            Self::Network(_) => {
                "Check that the console is running and that this computer can reach it, then try again."
            }
            Self::Timeout => "The console may be busy. Wait a moment, then try again.",
            Self::Cancelled => "",
            Self::Unauthorized => {
                "Check the user name and the password, and the token if the account has one. An account that signs in through SAML or the Insight Platform needs a local one for the API."
            }
            Self::NotPermitted { .. } => "Ask an administrator of the console for the permission.",
            Self::NotFound { .. } => {
                "Read the list again. If it should exist, ask an administrator whether this account may see it."
            }
            Self::Rejected { status, message } if is_failure(*status, message) => {
                "The console had an internal problem. Try again, then check its log."
            }
            Self::Rejected { .. } => "Correct what the console complains about, then try again.",
            Self::Maintenance => {
                "Wait until the maintenance is over, or ask an administrator of the console."
            }
            Self::Busy { .. } => "Wait a moment, then try again.",
            Self::UnexpectedBody { .. } => {
                "Check that this address belongs to a Security Console, and check any proxy in between."
            }
            Self::CutOff { .. } => {
                "Try again. If it keeps happening, something between here and the console is breaking the connection."
            }
            Self::NotAllowedHere => {
                "Use the console's own page for it, or run “update engines” in its command console."
            }
            Self::UnknownOutcome(_) => "Check the list before trying again, so that nothing is done twice.",
            Self::NotDone(_) => "You can try again.",
            Self::TooOldForSecrets => "Use its own page.",
            Self::InsightPlatform => {
                "Use the console's own address: its host and its port, 3780 unless changed."
            }
            Self::NotReversed => "Check the engine's status first, or use the console's own page for it.",
        }
    }

    /// What happened and, behind it, what helps: for where both are in one line.
    #[must_use]
    pub fn in_full(&self) -> String {
        format!("{self} {}", self.what_helps())
    }

    /// Whether trying the same again, unchanged, can go well.
    #[must_use]
    pub fn is_passing(&self) -> bool {
        match self {
            Self::Network(_)
            | Self::Timeout
            | Self::CutOff { .. }
            | Self::Busy { .. }
            | Self::Maintenance
            | Self::NotDone(_) => true,
            Self::Rejected { status, message } => is_failure(*status, message),
            _ => false,
        }
    }

    /// Whether the person has to sign in again before anything can continue.
    #[must_use]
    pub fn ends_session(&self) -> bool {
        matches!(self, Self::Unauthorized)
    }

    /// Whether a call that changes something may have done it in spite of this error: no answer came, or a 5xx one, or
    /// one with the words of a failure inside of the console (docs/api-quirks.md, "Changing").
    pub(crate) fn leaves_doubt(&self) -> bool {
        match self {
            Self::Network(_)
            | Self::Timeout
            | Self::CutOff { .. }
            | Self::UnexpectedBody { .. }
            | Self::UnknownOutcome(_) => true,
            Self::Rejected { status, message } => is_failure(*status, message),
            Self::Busy { status, .. } => *status >= 500,
            _ => false,
        }
    }

    /// The same error of a change after which nobody looks: where the console had the request and failed inside, or was
    /// not heard of in time, nobody knows the outcome (docs/api-quirks.md, "Changing").
    pub(crate) fn of_change(self) -> Self {
        match self {
            Self::Timeout => Self::UnknownOutcome(Box::new(self)),
            Self::Rejected { ref message, .. } if is_unexpected(message) => {
                Self::UnknownOutcome(Box::new(self))
            }
            error => error,
        }
    }

    /// The same error of a change after a look at the outcome: nothing.
    pub(crate) fn not_done(self) -> Self {
        Self::NotDone(Box::new(self.cause()))
    }

    /// What went wrong on the way, without what that means.
    pub(crate) fn cause(self) -> Self {
        match self {
            Self::UnknownOutcome(cause) => *cause,
            error => error,
        }
    }
}

/// Whether these are the words of a failure inside of the console, which come with 500 and with 400
/// (docs/api-quirks.md, "Changing").
pub(crate) fn is_unexpected(message: &str) -> bool {
    find_ignoring_case(message.as_bytes(), b"unexpected error occurred").is_some()
}

/// Whether the console failed, rather than refused.
fn is_failure(status: u16, message: &str) -> bool {
    status >= 500 || is_unexpected(message)
}

/// Ends a sentence that another machine began, without a second full stop.
struct Words<'a>(&'a str);

impl fmt::Display for Words<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let words = self.0.trim();
        f.write_str(words)?;
        if words.ends_with(['.', '!', '?', '…']) { Ok(()) } else { f.write_str(".") }
    }
}

impl fmt::Display for Error {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Network(_) => f.write_str("The console could not be reached."),
            Self::Timeout => f.write_str("The console did not answer in time."),
            Self::Cancelled => f.write_str("Cancelled."),
            Self::Unauthorized => f.write_str("The console did not accept the credentials."),
            Self::NotPermitted { message } => {
                f.write_str("This account is not permitted to do this.")?;
                said(f, message.as_deref())
            }
            Self::NotFound { message } => {
                f.write_str("The console does not have it, or this account may not see it.")?;
                said(f, message.as_deref())
            }
            Self::Rejected { status, message } if is_failure(*status, message) => {
                write!(f, "The console failed ({status}): {}", Words(message))
            }
            Self::Rejected { status, message } => {
                write!(f, "The console refused ({status}): {}", Words(message))
            }
            Self::Maintenance => f.write_str("The console is in maintenance mode."),
            Self::Busy { retry_after, message, .. } => {
                f.write_str("The console can't answer right now.")?;
                if let Some(wait) = retry_after {
                    write!(f, " It asks to wait {} s.", wait.as_secs())?;
                }
                said(f, message.as_deref())
            }
            Self::UnexpectedBody { status, excerpt, .. } if excerpt.is_empty() => {
                write!(f, "The console's answer ({status}) was empty.")
            }
            Self::UnexpectedBody { status, excerpt, .. } => {
                write!(f, "The answer ({status}) is not what a console sends here. It begins: “{excerpt}”")
            }
            Self::CutOff { received: 0 } => f.write_str("The console's answer was cut off."),
            Self::CutOff { received } => {
                write!(f, "The console's answer was cut off after {received} bytes.")
            }
            Self::NotAllowedHere => f.write_str("This console does not let the app do this."),
            Self::UnknownOutcome(cause) => {
                write!(f, "{cause} It may have been done anyway.")
            }
            Self::NotDone(cause) => write!(f, "{cause} The console was asked again: it was not done."),
            Self::TooOldForSecrets => {
                f.write_str("This console is too old for shared secrets here (needs 6.5.50).")
            }
            Self::InsightPlatform => {
                f.write_str("This is the address of the Insight Platform, not of a Security Console.")
            }
            Self::NotReversed => f.write_str("The console did not reverse it."),
        }
    }
}

fn said(f: &mut fmt::Formatter<'_>, message: Option<&str>) -> fmt::Result {
    message.map_or(Ok(()), |message| write!(f, " It says: {}", Words(message)))
}

impl core::error::Error for Error {
    fn source(&self) -> Option<&(dyn core::error::Error + 'static)> {
        match self {
            Self::UnknownOutcome(cause) | Self::NotDone(cause) => Some(cause),
            _ => None,
        }
    }
}

impl From<TransportError> for Error {
    fn from(error: TransportError) -> Self {
        match error {
            TransportError::Network(detail) => Self::Network(detail),
            TransportError::CutOff { received } => Self::CutOff { received },
            TransportError::Timeout => Self::Timeout,
            TransportError::Cancelled => Self::Cancelled,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_refusal_repeats_the_consoles_words_once() {
        let error = Error::Rejected { status: 400, message: "The name is taken.".to_owned() };
        assert_eq!(error.to_string(), "The console refused (400): The name is taken.");
        let error = Error::NotPermitted { message: Some("No".to_owned()) };
        assert_eq!(error.to_string(), "This account is not permitted to do this. It says: No.");
    }

    #[test]
    fn every_error_says_what_happened_and_what_to_do() {
        for error in [
            Error::Network("refused".to_owned()),
            Error::Timeout,
            Error::Unauthorized,
            Error::NotPermitted { message: None },
            Error::NotFound { message: None },
            Error::Rejected { status: 500, message: "Boom".to_owned() },
            Error::Maintenance,
            Error::Busy { status: 503, retry_after: Some(Duration::from_secs(5)), message: None },
            Error::UnexpectedBody { status: 200, content_type: None, excerpt: String::new() },
            Error::CutOff { received: 10 },
            Error::NotAllowedHere,
            Error::UnknownOutcome(Box::new(Error::Timeout)),
            Error::NotDone(Box::new(Error::Timeout)),
            Error::NotReversed,
            Error::TooOldForSecrets,
            Error::InsightPlatform,
        ] {
            assert!(error.to_string().ends_with('.'), "{error}");
            assert!(error.what_helps().ends_with('.'), "{error:?}");
        }
    }

    #[test]
    fn only_the_credentials_end_a_session() {
        assert!(Error::Unauthorized.ends_session());
        assert!(!Error::NotPermitted { message: None }.ends_session());
        assert!(!Error::NotAllowedHere.ends_session());
    }
}
