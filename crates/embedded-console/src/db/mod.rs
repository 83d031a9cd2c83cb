//! The database: one SQLite file in the data directory.
//!
//! Writes go through one connection, one after the other, each a transaction that is on disk before it is
//! acknowledged (`synchronous=FULL`). Reads run beside them on a few connections of their own (WAL). Both run on
//! blocking threads, so that a slow disk never holds up other requests.

pub(crate) mod engines;
pub(crate) mod pools;
pub(crate) mod scans;
pub(crate) mod sites;
pub(crate) mod users;

use std::path::Path;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use rusqlite::{Connection, ErrorCode, OpenFlags, OptionalExtension as _, Transaction, TransactionBehavior};
use tokio::sync::Semaphore;

/// The schema's history. A step is never changed once it has been released: a new one is added.
const MIGRATIONS: &[&str] =
    &[include_str!("migrations/0001_first.sql"), include_str!("migrations/0002_used_tokens.sql")];

/// Reads that may run at the same time.
const READERS: usize = 4;

/// What can go wrong below the rules of the console.
#[derive(Debug, thiserror::Error)]
pub(crate) enum DbError {
    /// SQLite's own words: disk full, file damaged, constraint broken.
    #[error("{0}")]
    Sqlite(#[from] rusqlite::Error),
    /// The data directory was written by a newer program.
    #[error("the database has schema version {found}, this program knows {known}: use a newer program")]
    TooNew {
        /// The version in the file.
        found: i64,
        /// The newest version that this program knows.
        known: usize,
    },
    /// The work on the blocking thread did not come to its end.
    #[error("the database task ended early")]
    Ended,
}

/// What is wrong with the disk below the database.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum DiskTrouble {
    /// There is no room. What was to be written is undone.
    Full,
    /// It can't be read or written, or a limit on the size of files is reached.
    Failed,
}

impl DbError {
    /// Whether the disk is to blame.
    pub(crate) fn disk(&self) -> Option<DiskTrouble> {
        match self {
            Self::Sqlite(error) => match error.sqlite_error_code()? {
                ErrorCode::DiskFull => Some(DiskTrouble::Full),
                ErrorCode::SystemIoFailure => Some(DiskTrouble::Failed),
                _ => None,
            },
            _ => None,
        }
    }

    /// What an administrator can do about it, as the end of a sentence.
    pub(crate) fn hint(&self) -> &'static str {
        match self {
            Self::Sqlite(error) => match error.sqlite_error_code() {
                Some(ErrorCode::DiskFull | ErrorCode::SystemIoFailure) => {
                    "; make room on the disk, or give another --data-dir"
                }
                Some(ErrorCode::NotADatabase | ErrorCode::DatabaseCorrupt) => {
                    "; restore the file from a copy, or move it away to start with an empty database"
                }
                _ => "",
            },
            _ => "",
        }
    }
}

/// A cheap handle to the database.
#[derive(Clone)]
pub(crate) struct Database {
    inner: Arc<Inner>,
}

struct Inner {
    writer: Mutex<Connection>,
    /// As many as there are permits of `read_slots`: whoever holds a permit finds one.
    readers: Mutex<Vec<Connection>>,
    read_slots: Arc<Semaphore>,
}

/// A connection for reading. It goes back when this is dropped, also when the work on it panics: the transaction is rolled
/// back by then, and the connection is fit for use.
struct Lent<'a> {
    readers: &'a Mutex<Vec<Connection>>,
    connection: Option<Connection>,
}

impl<'a> Lent<'a> {
    fn take(readers: &'a Mutex<Vec<Connection>>) -> Self {
        let connection = lock(readers).pop();
        Self { readers, connection }
    }
}

impl Drop for Lent<'_> {
    fn drop(&mut self) {
        lock(self.readers).extend(self.connection.take());
    }
}

impl Database {
    /// Opens the file, or creates it, and brings its schema up to date.
    pub(crate) fn open(path: &Path) -> Result<Self, DbError> {
        let mut writer = Connection::open(path)?;
        configure(&writer)?;
        migrate(&mut writer)?;
        let mut readers = Vec::with_capacity(READERS);
        for _ in 0..READERS {
            let flags = OpenFlags::SQLITE_OPEN_READ_WRITE | OpenFlags::SQLITE_OPEN_NO_MUTEX;
            let reader = Connection::open_with_flags(path, flags)?;
            configure(&reader)?;
            reader.pragma_update(None, "query_only", true)?;
            readers.push(reader);
        }
        Ok(Self {
            inner: Arc::new(Inner {
                writer: Mutex::new(writer),
                readers: Mutex::new(readers),
                read_slots: Arc::new(Semaphore::new(READERS)),
            }),
        })
    }

    /// Runs `work` on a consistent snapshot, on a blocking thread.
    pub(crate) async fn read<T, E, F>(&self, work: F) -> Result<T, E>
    where
        F: FnOnce(&Transaction<'_>) -> Result<T, E> + Send + 'static,
        T: Send + 'static,
        E: From<DbError> + Send + 'static,
    {
        // The slot is taken before the thread: waiting reads don't occupy threads.
        let slots = Arc::clone(&self.inner.read_slots);
        let slot = slots.acquire_owned().await.map_err(|_| E::from(DbError::Ended))?;
        let inner = Arc::clone(&self.inner);
        run_blocking(move || {
            // It belongs to the work, not to whoever waits for it: the work continues when a client goes away, and has
            // the connection until then. Dropped last, when the connection is back.
            let _slot = slot;
            let mut lent = Lent::take(&inner.readers);
            let Some(connection) = &mut lent.connection else { return Err(E::from(DbError::Ended)) };
            let transaction = connection.transaction().map_err(|error| E::from(DbError::from(error)))?;
            work(&transaction)
        })
        .await
    }

    /// Runs `work` in a transaction of its own, on a blocking thread. An error undoes all of it; when this returns
    /// `Ok`, what was written survives a crash. The work is finished even when the caller stops waiting.
    pub(crate) async fn write<T, E, F>(&self, work: F) -> Result<T, E>
    where
        F: FnOnce(&Transaction<'_>) -> Result<T, E> + Send + 'static,
        T: Send + 'static,
        E: From<DbError> + Send + 'static,
    {
        let inner = Arc::clone(&self.inner);
        run_blocking(move || write_now(&mut lock(&inner.writer), work)).await
    }

    /// The same as [`Database::write`] on the current thread: for the start of the program.
    pub(crate) fn write_blocking<T, E, F>(&self, work: F) -> Result<T, E>
    where
        F: FnOnce(&Transaction<'_>) -> Result<T, E>,
        E: From<DbError>,
    {
        write_now(&mut lock(&self.inner.writer), work)
    }
}

fn write_now<T, E, F>(connection: &mut Connection, work: F) -> Result<T, E>
where
    F: FnOnce(&Transaction<'_>) -> Result<T, E>,
    E: From<DbError>,
{
    let transaction =
        connection.transaction_with_behavior(TransactionBehavior::Immediate).map_err(DbError::from)?;
    let result = work(&transaction)?;
    transaction.commit().map_err(DbError::from)?;
    Ok(result)
}

async fn run_blocking<T, E, F>(work: F) -> Result<T, E>
where
    F: FnOnce() -> Result<T, E> + Send + 'static,
    T: Send + 'static,
    E: From<DbError> + Send + 'static,
{
    match tokio::task::spawn_blocking(work).await {
        Ok(result) => result,
        Err(_) => Err(E::from(DbError::Ended)),
    }
}

/// A panic under the lock leaves a connection whose transaction was rolled back: it is fit for use.
fn lock<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}

fn configure(connection: &Connection) -> Result<(), DbError> {
    connection.busy_timeout(Duration::from_secs(10))?;
    connection.pragma_update(None, "journal_mode", "WAL")?;
    connection.pragma_update(None, "synchronous", "FULL")?;
    connection.pragma_update(None, "foreign_keys", true)?;
    // 32 MiB of cache: the whole of a large fleet's lists stays in memory.
    connection.pragma_update(None, "cache_size", -32_768)?;
    connection.set_prepared_statement_cache_capacity(64);
    Ok(())
}

fn migrate(connection: &mut Connection) -> Result<(), DbError> {
    let found: i64 = connection.pragma_query_value(None, "user_version", |row| row.get(0))?;
    let done = usize::try_from(found).unwrap_or(usize::MAX);
    let Some(steps) = MIGRATIONS.get(done..) else {
        return Err(DbError::TooNew { found, known: MIGRATIONS.len() });
    };
    for (version, step) in (found + 1..).zip(steps) {
        let transaction = connection.transaction_with_behavior(TransactionBehavior::Exclusive)?;
        transaction.execute_batch(step)?;
        transaction.pragma_update(None, "user_version", version)?;
        transaction.commit()?;
    }
    Ok(())
}

/// A remembered fact about this installation.
pub(crate) fn meta(tx: &Transaction<'_>, key: &str) -> Result<Option<String>, DbError> {
    Ok(tx.query_row("SELECT value FROM meta WHERE key = ?1", [key], |row| row.get(0)).optional()?)
}

/// Remembers a fact about this installation.
pub(crate) fn set_meta(tx: &Transaction<'_>, key: &str, value: &str) -> Result<(), DbError> {
    tx.execute(
        "INSERT INTO meta (key, value) VALUES (?1, ?2) ON CONFLICT (key) DO UPDATE SET value = excluded.value",
        [key, value],
    )?;
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_database_of_a_newer_program_is_refused_and_left_alone() {
        let directory = tempfile::tempdir().unwrap();
        let path = directory.path().join("console.db");
        drop(Database::open(&path).unwrap());
        let connection = Connection::open(&path).unwrap();
        connection.pragma_update(None, "user_version", 99).unwrap();
        drop(connection);
        let Err(error) = Database::open(&path) else { panic!("the newer schema was opened") };
        assert!(error.to_string().contains("schema version 99"), "{error}");
    }

    #[test]
    fn a_failed_write_leaves_nothing_behind() {
        let directory = tempfile::tempdir().unwrap();
        let database = Database::open(&directory.path().join("console.db")).unwrap();
        let failed: Result<(), DbError> = database.write_blocking(|tx| {
            set_meta(tx, "colour", "green")?;
            Err(DbError::Ended)
        });
        assert!(failed.is_err());
        let found = database.write_blocking::<_, DbError, _>(|tx| meta(tx, "colour")).unwrap();
        assert_eq!(found, None);
    }

    /// A barrier that work on blocking threads waits at, so that a test knows it to be under way.
    fn held() -> (std::sync::mpsc::Sender<()>, Arc<Mutex<std::sync::mpsc::Receiver<()>>>) {
        let (release, held) = std::sync::mpsc::channel();
        (release, Arc::new(Mutex::new(held)))
    }

    async fn reads_something(database: &Database) {
        let found = database.read::<_, DbError, _>(|tx| meta(tx, "colour")).await;
        assert_eq!(found.unwrap(), None);
    }

    #[tokio::test]
    async fn reads_that_are_given_up_take_nothing_from_others() {
        let directory = tempfile::tempdir().unwrap();
        let database = Database::open(&directory.path().join("console.db")).unwrap();
        let (release, held) = held();
        let started = Arc::new(Semaphore::new(0));
        let given_up: Vec<_> = (0..READERS)
            .map(|_| {
                let (database, held, started) = (database.clone(), Arc::clone(&held), Arc::clone(&started));
                tokio::spawn(async move {
                    let work = move |_: &Transaction<'_>| {
                        started.add_permits(1);
                        let _ = lock(&held).recv();
                        Ok::<_, DbError>(())
                    };
                    database.read(work).await
                })
            })
            .collect();
        drop(started.acquire_many(READERS as u32).await.unwrap());
        // Nobody waits for these any more. Their work has the connections all the same.
        given_up.iter().for_each(tokio::task::JoinHandle::abort);
        let others: Vec<_> = (0..READERS * 3)
            .map(|_| {
                let database = database.clone();
                tokio::spawn(async move { reads_something(&database).await })
            })
            .collect();
        for given_up in given_up {
            assert!(given_up.await.unwrap_err().is_cancelled());
        }
        drop(release);
        for other in others {
            other.await.unwrap();
        }
    }

    #[tokio::test]
    async fn a_read_that_panics_loses_no_connection() {
        let directory = tempfile::tempdir().unwrap();
        let database = Database::open(&directory.path().join("console.db")).unwrap();
        for _ in 0..READERS * 2 {
            let failed: Result<(), DbError> = database.read(|_| panic!("on purpose")).await;
            assert!(matches!(failed, Err(DbError::Ended)), "{failed:?}");
        }
        assert_eq!(lock(&database.inner.readers).len(), READERS);
        reads_something(&database).await;
    }

    #[test]
    fn acknowledged_means_on_disk() {
        let directory = tempfile::tempdir().unwrap();
        let database = Database::open(&directory.path().join("console.db")).unwrap();
        let connection = lock(&database.inner.writer);
        let synchronous: i64 = connection.pragma_query_value(None, "synchronous", |row| row.get(0)).unwrap();
        let journal: String = connection.pragma_query_value(None, "journal_mode", |row| row.get(0)).unwrap();
        let keys: bool = connection.pragma_query_value(None, "foreign_keys", |row| row.get(0)).unwrap();
        assert_eq!((synchronous, journal.as_str(), keys), (2, "wal", true));
    }
}
