//! Identifiers in paths.

use axum::extract::{FromRequestParts, Path};
use http::request::Parts;

use super::error::ApiError;

/// An identifier in the path. What is not a number is not found.
pub(super) struct Id(pub(super) i64);

impl<S: Send + Sync> FromRequestParts<S> for Id {
    type Rejection = ApiError;

    async fn from_request_parts(parts: &mut Parts, state: &S) -> Result<Self, ApiError> {
        let Path(id) =
            Path::<i64>::from_request_parts(parts, state).await.map_err(|_| ApiError::missing())?;
        Ok(Self(id))
    }
}

/// Two identifiers in the path.
pub(super) struct TwoIds(pub(super) i64, pub(super) i64);

impl<S: Send + Sync> FromRequestParts<S> for TwoIds {
    type Rejection = ApiError;

    async fn from_request_parts(parts: &mut Parts, state: &S) -> Result<Self, ApiError> {
        let Path((one, two)) =
            Path::<(i64, i64)>::from_request_parts(parts, state).await.map_err(|_| ApiError::missing())?;
        Ok(Self(one, two))
    }
}
