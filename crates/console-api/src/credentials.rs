//! Who signs in: user name, password and the two-factor token, and the headers made of them.

use core::fmt;

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use zeroize::Zeroizing;

use crate::transport::Header;

/// The credentials of one user. They live in memory only, are wiped when dropped, and `Debug` does not show them.
#[derive(Clone, PartialEq, Eq)]
pub struct Credentials {
    username: String,
    password: Zeroizing<String>,
    token: Option<Zeroizing<String>>,
}

/// Why the text can't be sent as credentials at all.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum CredentialsError {
    /// The user name is empty.
    UsernameMissing,
    /// HTTP Basic ends the user name at the first colon (RFC 7617 §2), so a user name can't hold one.
    UsernameHasColon,
    /// A control character in the user name or the password (RFC 7617 §2 forbids them).
    ControlCharacter,
    /// The token holds something else than letters, digits and the like, which a header can't carry.
    TokenNotPlain,
}

impl fmt::Display for CredentialsError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::UsernameMissing => "Enter a user name.",
            Self::UsernameHasColon => "A user name can't contain a colon.",
            Self::ControlCharacter => {
                "The user name or the password contains a character that can't be sent."
            }
            Self::TokenNotPlain => "The token contains a character that can't be sent.",
        })
    }
}

impl core::error::Error for CredentialsError {}

impl Credentials {
    /// Credentials for HTTP Basic, with the two-factor token if the account has one (docs/api-quirks.md, "Signing in").
    /// Blanks around user name and token are dropped, those of the password are kept; an empty token counts as none.
    ///
    /// # Errors
    /// [`CredentialsError`] when HTTP can't carry them.
    pub fn new(username: &str, password: &str, token: Option<&str>) -> Result<Self, CredentialsError> {
        let username = username.trim();
        if username.is_empty() {
            return Err(CredentialsError::UsernameMissing);
        }
        if username.contains(':') {
            return Err(CredentialsError::UsernameHasColon);
        }
        if username.chars().chain(password.chars()).any(char::is_control) {
            return Err(CredentialsError::ControlCharacter);
        }
        let token = token.map(str::trim).filter(|token| !token.is_empty());
        if token.is_some_and(|token| !token.bytes().all(|byte| byte.is_ascii_graphic())) {
            return Err(CredentialsError::TokenNotPlain);
        }
        Ok(Self {
            username: username.to_owned(),
            password: Zeroizing::new(password.to_owned()),
            token: token.map(|token| Zeroizing::new(token.to_owned())),
        })
    }

    /// The user name, for the page's header.
    #[must_use]
    pub fn username(&self) -> &str {
        &self.username
    }

    /// Whether the account signs in with a two-factor token. Such a session ends when the token runs out.
    #[must_use]
    pub fn has_token(&self) -> bool {
        self.token.is_some()
    }

    /// The same user with another two-factor token, for when the old one ran out.
    ///
    /// # Errors
    /// [`CredentialsError::TokenNotPlain`] when a header can't carry the token.
    pub fn with_token(&self, token: &str) -> Result<Self, CredentialsError> {
        Self::new(&self.username, &self.password, Some(token))
    }

    /// `Authorization` (Basic, UTF-8 as in RFC 7617 §2.1) and `Token` where there is one.
    pub(crate) fn headers(&self) -> Vec<Header> {
        let plain = Zeroizing::new([self.username.as_str(), ":", self.password.as_str()].concat());
        // Room for all of it at once: a growing string would leave copies behind in memory.
        let mut value = Zeroizing::new(String::with_capacity(6 + plain.len().div_ceil(3) * 4));
        value.push_str("Basic ");
        STANDARD.encode_string(plain.as_bytes(), &mut value);
        let mut headers = vec![Header { name: "Authorization", value }];
        if let Some(token) = &self.token {
            headers.push(Header { name: "Token", value: token.clone() });
        }
        headers
    }
}

impl fmt::Debug for Credentials {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Credentials").field("has_token", &self.has_token()).finish_non_exhaustive()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn basic_is_utf_8_and_the_token_goes_beside_it() {
        let headers = Credentials::new(" zoë ", "pä:ß", Some(" 123456 ")).unwrap().headers();
        assert_eq!(headers[0].name, "Authorization");
        assert_eq!(headers[0].value.as_str(), "Basic em/Dqzpww6Q6w58=");
        assert_eq!((headers[1].name, headers[1].value.as_str()), ("Token", "123456"));
    }

    #[test]
    fn an_empty_token_is_none_and_can_be_given_later() {
        let credentials = Credentials::new("admin", " spaced ", Some("")).unwrap();
        assert!(!credentials.has_token());
        assert!(credentials.with_token("42").unwrap().has_token());
        assert_eq!(credentials.with_token("a b"), Err(CredentialsError::TokenNotPlain));
    }

    #[test]
    fn what_http_cannot_carry_is_refused_in_words() {
        assert_eq!(Credentials::new("  ", "x", None), Err(CredentialsError::UsernameMissing));
        assert_eq!(Credentials::new("a:b", "x", None), Err(CredentialsError::UsernameHasColon));
        assert_eq!(Credentials::new("a", "x\r\nHost: y", None), Err(CredentialsError::ControlCharacter));
        assert_eq!(Credentials::new("a", "x", Some("é")), Err(CredentialsError::TokenNotPlain));
    }

    #[test]
    fn debug_shows_no_secret() {
        let credentials = Credentials::new("admin", "hunter2", Some("998877")).unwrap();
        let shown = format!("{credentials:?} {:?}", credentials.headers());
        assert!(
            !shown.contains("hunter2") && !shown.contains("998877") && !shown.contains("Basic"),
            "{shown}"
        );
    }
}
