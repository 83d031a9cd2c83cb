//! What came of a change.

use crate::error::Error;

/// Something was created.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Created<I> {
    /// Its id.
    pub id: I,
    /// The failure that came instead of an answer, if the thing was there all the same when the list was read again:
    /// creating an engine that the console can't reach may answer 500 and create it (console-facts §2).
    pub despite: Option<Error>,
}

/// What came of replacing something.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Saved<R> {
    /// It was saved.
    Done,
    /// Nothing was sent, because somebody else changed it since it was opened. This is how it is now. To save all
    /// the same, pass it as what was opened.
    ChangedMeanwhile(R),
}
