//! Paged lists: one page, or a stream of all of them (docs/api-quirks.md, "Reading").

use core::fmt::Write as _;

use form_urlencoded::byte_serialize;
use futures::Stream;
use futures::stream::try_unfold;
use rustc_hash::FxHashSet;

use crate::client::Client;
use crate::error::Error;
use crate::model::Page;
use crate::transport::Transport;
use crate::wire::{self, Read};

/// One property to sort by. The console sorts.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Sort {
    /// The property, in the console's word: `name`, `riskScore`.
    pub property: &'static str,
    /// Whether the largest comes first.
    pub descending: bool,
}

/// Which page of a list.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct PageRequest {
    /// The page, from 0.
    pub page: u64,
    /// How many rows, 1 to 500; what lies outside is moved to the nearest end.
    pub size: u64,
    /// What to sort by, the most important first.
    pub sort: Vec<Sort>,
}

/// The first page, as long as the console makes it, in the console's order.
impl Default for PageRequest {
    fn default() -> Self {
        Self { page: 0, size: Self::LARGEST, sort: Vec::new() }
    }
}

impl PageRequest {
    /// The most rows that the console gives in one page.
    pub const LARGEST: u64 = 500;

    /// The path with this page's query; `path` may have a query already.
    pub(crate) fn on(&self, path: &str) -> String {
        let mut path = path.to_owned();
        let first = if path.contains('?') { '&' } else { '?' };
        // Writing to a string can't fail.
        let _ = write!(path, "{first}page={}&size={}", self.page, self.rows());
        for sort in &self.sort {
            path.push_str("&sort=");
            path.extend(byte_serialize(sort.property.as_bytes()));
            path.push_str(if sort.descending { ",DESC" } else { ",ASC" });
        }
        path
    }

    /// The page after this one, which was answered with `page`; `None` after the last.
    #[must_use]
    pub fn after<R>(&self, page: &Page<R>) -> Option<Self> {
        has_next(page, self).then(|| Self { page: self.page + 1, ..self.clone() })
    }

    /// The same place in the list with fewer rows a page: about half as many, for a console that did not answer in time
    /// (docs/api-quirks.md, "Reading"). Rows that come twice then are the reader's to leave out. `None` at 60 rows.
    #[must_use]
    pub fn smaller(&self) -> Option<Self> {
        let rows = self.rows();
        let size = [250, 125, 60].into_iter().find(|size| *size < rows)?;
        Some(Self { page: self.page * rows / size, size, sort: self.sort.clone() })
    }

    fn rows(&self) -> u64 {
        self.size.clamp(1, Self::LARGEST)
    }
}

impl<T: Transport> Client<T> {
    pub(crate) async fn page<R: Read>(&self, path: &str, request: &PageRequest) -> Result<Page<R>, Error> {
        wire::page(&self.get_list(request.on(path)).await?)
    }

    /// All pages from the requested one on. The stream ends after the last page or the first error; a time-out is none as
    /// long as smaller pages can be asked for. Each row is there once: a page that brings none that is new is the last.
    pub(crate) fn pages<R: Read>(
        &self,
        path: String,
        request: PageRequest,
    ) -> impl Stream<Item = Result<Page<R>, Error>> + use<T, R> {
        let client = self.clone();
        try_unfold((Some(request), FxHashSet::default()), move |(request, mut seen)| {
            let (client, path) = (client.clone(), path.clone());
            async move {
                let Some(mut request) = request else { return Ok(None) };
                let mut page = loop {
                    match (client.page::<R>(&path, &request).await, request.smaller()) {
                        (Err(Error::Timeout), Some(smaller)) => request = smaller,
                        (page, _) => break page?,
                    }
                };
                let next = request.after(&page);
                let came = page.items.len();
                page.items.retain(|row| row.key().is_none_or(|key| seen.insert(key)));
                let next = next.filter(|_| came == 0 || !page.items.is_empty());
                Ok(Some((page, (next, seen))))
            }
        })
    }
}

/// Whether another page follows. The console's own numbers decide; where they are missing, a full page does. A page
/// that is empty, another one than asked for, or without numbers and with more rows than asked for, ends it: the list
/// shrank, or this console does not page (docs/api-quirks.md, "Reading").
fn has_next<R>(page: &Page<R>, request: &PageRequest) -> bool {
    if page.rows() == 0 || page.number.is_some_and(|number| number != request.page) {
        return false;
    }
    match page.total_pages {
        Some(total) => request.page.saturating_add(1) < total,
        // If no row can be read, nothing is known about what follows.
        None if page.items.is_empty() => false,
        None => {
            (page.size.unwrap_or_else(|| request.rows())..=request.rows()).contains(&(page.rows() as u64))
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_query_names_page_size_and_every_sort() {
        let sort = vec![
            Sort { property: "riskScore", descending: true },
            Sort { property: "a&b", descending: false },
        ];
        let request = PageRequest { page: 2, size: 9_999, sort };
        assert_eq!(
            request.on("api/3/sites"),
            "api/3/sites?page=2&size=500&sort=riskScore,DESC&sort=a%26b,ASC"
        );
        assert_eq!(PageRequest::default().on("x?active=true"), "x?active=true&page=0&size=500");
    }

    #[test]
    fn a_smaller_page_begins_no_later_and_has_at_least_60_rows() {
        let mut request = PageRequest { page: 3, ..PageRequest::default() };
        let mut places = Vec::new();
        while let Some(smaller) = request.smaller() {
            let (before, now) = (request.page * request.size, smaller.page * smaller.size);
            assert!(now <= before && before < now + smaller.size, "{before} {now}");
            places.push((smaller.page, smaller.size));
            request = smaller;
        }
        assert_eq!(places, [(6, 250), (12, 125), (25, 60)]);
        assert_eq!(PageRequest { size: 100, ..PageRequest::default() }.smaller().map(|it| it.size), Some(60));
    }

    #[test]
    fn the_last_page_is_found_with_and_without_the_consoles_numbers() {
        let page = |rows: usize, number, size, total_pages| Page {
            items: vec![(); rows],
            unreadable: 0,
            number,
            size,
            total_pages,
            total: None,
        };
        let request = PageRequest { page: 1, size: 10, sort: Vec::new() };
        assert!(has_next(&page(10, Some(1), Some(10), Some(3)), &request));
        assert!(!has_next(&page(10, Some(1), Some(10), Some(2)), &request));
        assert!(has_next(&page(10, None, None, None), &request));
        assert!(!has_next(&page(9, None, None, None), &request));
        assert!(has_next(&page(5, None, Some(5), None), &request));
        assert!(!has_next(&page(0, Some(1), Some(10), Some(9)), &request));
        assert!(!has_next(&page(11, None, None, None), &request), "it has given all at once");
        assert!(has_next(&page(11, Some(1), Some(11), Some(3)), &request), "its numbers say so");
        assert!(
            !has_next(&page(10, Some(0), Some(10), Some(9)), &request),
            "this console ignores the page number"
        );
    }
}
