//! Lists as the console gives them: whole, or page by page.

/// A whole list, without the rows that could not be read.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct List<R> {
    /// The rows that could be read, in the console's order.
    pub items: Vec<R>,
    /// How many rows had to be left out because they lack what makes them usable, such as the id.
    pub unreadable: usize,
}

/// One page of a paged list (docs/api-quirks.md, "Reading"). Pages count from 0. The console's numbers may be missing.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Page<R> {
    /// The rows that could be read, in the console's order.
    pub items: Vec<R>,
    /// How many rows of this page had to be left out because they could not be read.
    pub unreadable: usize,
    /// Which page this is, from 0.
    pub number: Option<u64>,
    /// How many rows a full page has.
    pub size: Option<u64>,
    /// How many pages there are.
    pub total_pages: Option<u64>,
    /// How many rows there are on all pages.
    pub total: Option<u64>,
}

impl<R> Page<R> {
    /// How many rows came, read or not.
    #[must_use]
    pub fn rows(&self) -> usize {
        self.items.len() + self.unreadable
    }
}
