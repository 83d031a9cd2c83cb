//! What came of a change.

use crate::error::Error;
use crate::ids::ScannerId;

/// Something was created.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Created<I> {
    /// Its id.
    pub id: I,
    /// The failure that came instead of an answer, if the thing was there all the same when the list was read again:
    /// creating an engine that the console can't reach may answer 500 and create it (docs/api-quirks.md, "Changing").
    pub despite: Option<Error>,
}

/// What came of replacing something.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Saved<R> {
    /// It was saved.
    Done,
    /// Nothing was sent, because someone else changed it since it was opened. This is how it is now. To save all
    /// the same, pass it as what was opened.
    ChangedMeanwhile(R),
}

/// What came of giving a site another engine or pool.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Moved {
    /// It has the new one.
    Done,
    /// It had that one already. Nothing was sent.
    AlreadyThere,
    /// Nothing was sent, because someone else has given it this one in the meantime. To move it all the same, pass this one as
    /// what it had.
    ElsewhereMeanwhile(ScannerId),
}

/// What came of moving an engine from one pool to another. It is never in none of them: it is added first and taken out
/// after that.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum PoolMoved {
    /// It is in the other pool, and no longer in the first.
    Done,
    /// It is in both: it was added, and why it could not be taken out is this.
    InBoth(Error),
    /// It is still in the first pool. Whether it was added to the other is not known: why that failed is this, and where
    /// the engine is could not be read.
    Unknown(Error),
}
