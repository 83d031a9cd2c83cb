//! Users in the database.

use rusqlite::{OptionalExtension as _, Transaction, params};

use super::DbError;
use crate::auth::Role;

/// What is needed to check a sign-in.
#[derive(Clone)]
pub(crate) struct UserRow {
    /// argon2id, as a PHC string.
    pub(crate) password_hash: String,
    pub(crate) role: Role,
    /// Base32; present for users that need a two-factor token.
    pub(crate) totp_secret: Option<String>,
}

/// One user, by the exact name.
pub(crate) fn find(tx: &Transaction<'_>, name: &str) -> Result<Option<UserRow>, DbError> {
    let mut statement =
        tx.prepare_cached("SELECT password_hash, role, totp_secret FROM users WHERE name = ?1")?;
    let found = statement
        .query_row([name], |row| {
            Ok(UserRow {
                password_hash: row.get(0)?,
                role: Role::from_word(row.get_ref(1)?.as_str()?),
                totp_secret: row.get(2)?,
            })
        })
        .optional()?;
    Ok(found)
}

/// Stores a user, or replaces the one of that name.
pub(crate) fn put(tx: &Transaction<'_>, name: &str, user: &UserRow) -> Result<(), DbError> {
    tx.execute(
        "INSERT INTO users (name, password_hash, role, totp_secret) VALUES (?1, ?2, ?3, ?4) \
         ON CONFLICT (name) DO UPDATE SET password_hash = excluded.password_hash, role = excluded.role, \
         totp_secret = excluded.totp_secret",
        params![name, user.password_hash, user.role.as_str(), user.totp_secret],
    )?;
    Ok(())
}

/// Notes that a two-factor token of this period was accepted. False: one of this period or of a later one was before, and
/// it must not be accepted again (RFC 6238 section 5.2).
pub(crate) fn use_token(tx: &Transaction<'_>, name: &str, step: i64) -> Result<bool, DbError> {
    let changed = tx.execute(
        "UPDATE users SET totp_step = ?2 WHERE name = ?1 AND (totp_step IS NULL OR totp_step < ?2)",
        params![name, step],
    )?;
    Ok(changed == 1)
}
