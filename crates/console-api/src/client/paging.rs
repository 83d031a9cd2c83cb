//! Paged lists: one page, or a stream of all of them (console-facts §2).

use core::fmt::Write as _;

use futures::Stream;
use futures::stream::try_unfold;
use percent_encoding::{AsciiSet, NON_ALPHANUMERIC, utf8_percent_encode};

use crate::client::Client;
use crate::error::Error;
use crate::model::Page;
use crate::transport::Transport;
use crate::wire::{self, Fields, Row};

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
            path.extend(utf8_percent_encode(sort.property, RESERVED));
            path.push_str(if sort.descending { ",DESC" } else { ",ASC" });
        }
        path
    }

    /// The page after this one, which was answered with `page`; `None` after the last.
    #[must_use]
    pub fn after<R>(&self, page: &Page<R>) -> Option<Self> {
        has_next(page, self).then(|| Self { page: self.page + 1, ..self.clone() })
    }

    fn rows(&self) -> u64 {
        self.size.clamp(1, Self::LARGEST)
    }
}

/// All that is not free to stand in a query's value as it is (RFC 3986, section 2.3).
const RESERVED: &AsciiSet = &NON_ALPHANUMERIC.remove(b'-').remove(b'_').remove(b'.').remove(b'~');

impl<T: Transport> Client<T> {
    pub(crate) async fn page<R>(
        &self,
        path: &str,
        request: &PageRequest,
        read: fn(Fields<'_>) -> Row<R>,
    ) -> Result<Page<R>, Error> {
        wire::page(&self.get(request.on(path)).await?, read)
    }

    /// All pages from the requested one on. The stream ends after the last page or the first error.
    pub(crate) fn pages<R>(
        &self,
        path: String,
        request: PageRequest,
        read: fn(Fields<'_>) -> Row<R>,
    ) -> impl Stream<Item = Result<Page<R>, Error>> + use<T, R> {
        let client = self.clone();
        try_unfold(Some(request), move |request| {
            let (client, path) = (client.clone(), path.clone());
            async move {
                let Some(request) = request else { return Ok(None) };
                let page = client.page(&path, &request, read).await?;
                let next = request.after(&page);
                Ok(Some((page, next)))
            }
        })
    }
}

/// Whether another page follows. The console's own numbers decide; where they are missing, a full page does. A page
/// that is empty, or another one than asked for, ends it: the list shrank, or this console does not page.
fn has_next<R>(page: &Page<R>, request: &PageRequest) -> bool {
    if page.rows() == 0 || page.number.is_some_and(|number| number != request.page) {
        return false;
    }
    match page.total_pages {
        Some(total) => request.page.saturating_add(1) < total,
        None => page.rows() as u64 >= page.size.unwrap_or_else(|| request.rows()),
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
        assert!(
            !has_next(&page(10, Some(0), Some(10), Some(9)), &request),
            "this console ignores the page number"
        );
    }
}
