//! Pages and sorting: `page` (from zero), `size` (up to 500), `sort=property[,ASC|DESC]` as often as one likes
//! (docs/api-quirks.md, "Reading").

use std::time::Duration;

use axum::extract::Query;
use http::Uri;
use serde::Serialize;
use utoipa::ToSchema;

use super::error::{ApiError, INVALID};
use super::links::{Link, Links};
use crate::dialect::{Quirk, Quirks};

/// Entries on a page when the request does not say.
const DEFAULT_SIZE: i64 = 10;
/// The most entries on a page. Live consoles give so many when more are asked for.
const LARGEST_SIZE: i64 = 500;
/// The last page number that is understood: it is a 32-bit number in the console.
const LAST_PAGE: i64 = 2_147_483_647;

/// Rows that a slow console takes its time for: a list that comes whole must come some day.
const MOST_WAITED_FOR: u32 = 500;

/// What can stand behind a property to sort by.
pub(super) const DIRECTIONS: [&str; 4] = ["ASC", "DESC", "asc", "desc"];

/// How often `sort` can be repeated. No list has as many properties to sort by.
pub(super) const MOST_ORDERS: usize = 16;

/// Which page is asked for, in which order.
#[derive(Debug)]
pub(crate) struct Paging {
    page: i64,
    size: i64,
    /// For `ORDER BY`, made of known columns only.
    pub(crate) order: String,
    /// The other parameters, for the links.
    rest: Vec<(String, String)>,
    /// `active=true|false`, where it is known.
    pub(crate) active: Option<bool>,
    /// The list comes whole, whatever the query says.
    is_whole: bool,
}

impl Paging {
    /// Reads the query. `sortable` are the property names with their columns, the first of which is the unique id.
    pub(crate) fn read(uri: &Uri, sortable: &[(&str, &str)], quirks: Quirks) -> Result<Self, ApiError> {
        let Query(parameters) =
            Query::<Vec<(String, String)>>::try_from_uri(uri).map_err(|_| ApiError::invalid())?;
        let is_whole = quirks.has(Quirk::Unpaged);
        let mut paging = Self {
            page: 0,
            size: DEFAULT_SIZE,
            order: String::new(),
            rest: Vec::new(),
            active: None,
            is_whole,
        };
        for (name, value) in parameters {
            match name.as_str() {
                "page" | "size" | "sort" if is_whole => {}
                "page" => {
                    paging.page = number(&value)
                        .filter(|page| (0..=LAST_PAGE).contains(page))
                        .ok_or_else(ApiError::invalid)?;
                }
                "size" => {
                    let size = number(&value).filter(|size| *size > 0).ok_or_else(ApiError::invalid)?;
                    paging.size = size.min(LARGEST_SIZE);
                }
                "sort" => {
                    if paging.rest.iter().filter(|(name, _)| name == "sort").count() >= MOST_ORDERS {
                        return Err(ApiError::refused(format!(
                            "{INVALID} The parameter sort can be there {MOST_ORDERS} times."
                        )));
                    }
                    paging.order.push_str(&order(&value, sortable)?);
                    paging.order.push_str(", ");
                    paging.rest.push((name, value));
                }
                "active" => {
                    paging.active = Some(flag(&value).ok_or_else(ApiError::invalid)?);
                    paging.rest.push((name, paging.active.unwrap_or_default().to_string()));
                }
                // A console does not mind parameters that it does not know.
                _ => {}
            }
        }
        // Without the id as the last word, equal entries could come on two pages, or on none.
        paging.order.push_str(sortable.first().map_or("1", |(_, column)| column));
        Ok(paging)
    }

    /// Entries to leave out.
    pub(crate) fn offset(&self) -> i64 {
        if self.is_whole { 0 } else { self.page * self.size }
    }

    /// The most entries to give; less than none: all of them.
    pub(crate) fn limit(&self) -> i64 {
        if self.is_whole { -1 } else { self.size }
    }

    /// The whole answer.
    pub(crate) fn wrap<T: Serialize>(&self, links: &Links, resources: Vec<T>, total: i64) -> Page<T> {
        if self.is_whole {
            return Page { links: vec![links.this()], page: None, resources };
        }
        let pages = (total + self.size - 1) / self.size;
        let last = (pages - 1).max(0);
        let mut all = vec![self.link(links, 0, "first")];
        if self.page > 0 {
            all.push(self.link(links, (self.page - 1).min(last), "prev"));
        }
        all.push(self.link(links, self.page, "self"));
        if self.page < last {
            all.push(self.link(links, self.page + 1, "next"));
        }
        all.push(self.link(links, last, "last"));
        Page {
            links: all,
            page: Some(PageInfo {
                number: self.page,
                size: self.size,
                total_pages: pages,
                total_resources: total,
            }),
            resources,
        }
    }

    fn link(&self, links: &Links, page: i64, rel: &'static str) -> Link {
        let mut query = format!("page={page}&size={}", self.size);
        for (name, value) in &self.rest {
            query.push('&');
            query.push_str(name);
            query.push('=');
            // Only property names, directions and booleans get here, and they need no escapes.
            query.push_str(value);
        }
        links.with_query(&query, rel)
    }
}

/// Yes or no, in the words that clients have for it (docs/api-quirks.md, "Reading").
fn flag(text: &str) -> Option<bool> {
    match text.to_ascii_lowercase().as_str() {
        "true" | "1" | "yes" | "on" => Some(true),
        "false" | "0" | "no" | "off" => Some(false),
        _ => None,
    }
}

fn number(text: &str) -> Option<i64> {
    text.trim().parse().ok()
}

fn order(value: &str, sortable: &[(&str, &str)]) -> Result<String, ApiError> {
    let (property, direction) = value.split_once(',').unwrap_or((value, "ASC"));
    let column = sortable.iter().find(|(name, _)| *name == property);
    let (Some((_, column)), true) = (column, DIRECTIONS.contains(&direction)) else {
        return Err(ApiError::invalid());
    };
    Ok(format!("{column} {}", direction.to_ascii_uppercase()))
}

/// One page, as the console sends it.
#[derive(Serialize, ToSchema)]
pub(crate) struct Page<T> {
    links: Vec<Link>,
    /// Left out by some consoles, whose lists come whole.
    #[serde(skip_serializing_if = "Option::is_none")]
    page: Option<PageInfo>,
    resources: Vec<T>,
}

impl<T> Page<T> {
    /// Waits as long as a slow console takes for this.
    pub(crate) async fn take_time(&self, per_row: Duration) {
        let rows = u32::try_from(self.resources.len()).unwrap_or(u32::MAX).min(MOST_WAITED_FOR);
        if !per_row.is_zero() && rows > 0 {
            tokio::time::sleep(per_row * rows).await;
        }
    }
}

#[derive(Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
struct PageInfo {
    number: i64,
    size: i64,
    total_pages: i64,
    total_resources: i64,
}

#[cfg(test)]
mod tests {
    use super::*;

    const SORTABLE: &[(&str, &str)] = &[("id", "id"), ("name", "name"), ("lastScanTime", "last_scan")];

    fn read(query: &str) -> Result<Paging, ApiError> {
        Paging::read(&format!("/api/3/sites?{query}").parse().unwrap(), SORTABLE, Quirks::default())
    }

    #[test]
    fn without_parameters_the_first_ten_by_id() {
        let paging = read("").unwrap();
        assert_eq!((paging.offset(), paging.limit(), paging.order.as_str()), (0, 10, "id"));
    }

    #[test]
    fn sorting_can_be_repeated_and_ends_with_the_id() {
        let paging = read("sort=lastScanTime,DESC&sort=name&page=3&size=20&unknown=1").unwrap();
        assert_eq!((paging.offset(), paging.limit()), (60, 20));
        assert_eq!(paging.order, "last_scan DESC, name ASC, id");
        assert_eq!(read("sort=name%2Cdesc").unwrap().order, "name DESC, id");
        assert!(read(&"sort=name&".repeat(MOST_ORDERS)).is_ok());
    }

    #[test]
    fn yes_and_no_are_read_in_any_words() {
        for (yes, no) in [
            ("true", "false"),
            ("True", "False"),
            ("TRUE", "FALSE"),
            ("1", "0"),
            ("yes", "no"),
            ("on", "off"),
        ] {
            assert_eq!(read(&format!("active={yes}")).unwrap().active, Some(true), "{yes}");
            assert_eq!(read(&format!("active={no}")).unwrap().active, Some(false), "{no}");
        }
    }

    #[test]
    fn a_page_has_500_entries_at_most() {
        assert_eq!(read("size=100000").unwrap().limit(), 500);
    }

    #[test]
    fn what_makes_no_sense_is_refused() {
        for query in [
            "page=-1",
            "page=x",
            "page=99999999999",
            "size=0",
            "size=-5",
            "size=ten",
            "sort=",
            "sort=password",
            "sort=name,UP",
            "sort=name,Asc",
            "active=",
            "sort=name;DROP",
            "active=maybe",
            &"sort=name&".repeat(2_500),
        ] {
            assert!(read(query).is_err(), "{query}");
        }
    }
}
