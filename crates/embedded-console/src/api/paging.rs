//! Pages and sorting: `page` (from zero), `size` (up to 500), `sort=property[,ASC|DESC]` as often as one likes
//! (docs/api-quirks.md, "Reading").

use axum::extract::Query;
use http::Uri;
use serde::Serialize;
use utoipa::ToSchema;

use super::error::{ApiError, INVALID};
use super::links::{Link, Links};

/// Entries on a page when the request does not say.
const DEFAULT_SIZE: i64 = 10;
/// The most entries on a page. Live consoles give so many when more are asked for.
const LARGEST_SIZE: i64 = 500;
/// The last page number that is understood: it is a 32-bit number in the console.
const LAST_PAGE: i64 = 2_147_483_647;

/// How often `sort` can be repeated. No list has as many properties to sort by.
const MOST_ORDERS: usize = 16;

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
}

impl Paging {
    /// Reads the query. `sortable` are the property names with their columns, the first of which is the unique id.
    pub(crate) fn read(uri: &Uri, sortable: &[(&str, &str)]) -> Result<Self, ApiError> {
        let Query(parameters) =
            Query::<Vec<(String, String)>>::try_from_uri(uri).map_err(|_| ApiError::invalid())?;
        let mut paging =
            Self { page: 0, size: DEFAULT_SIZE, order: String::new(), rest: Vec::new(), active: None };
        for (name, value) in parameters {
            match name.as_str() {
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
                    paging.active = Some(value.parse().map_err(|_| ApiError::invalid())?);
                    paging.rest.push((name, value));
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
        self.page * self.size
    }

    /// The most entries to give.
    pub(crate) fn limit(&self) -> i64 {
        self.size
    }

    /// The whole answer.
    pub(crate) fn wrap<T: Serialize>(&self, links: &Links, resources: Vec<T>, total: i64) -> Page<T> {
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
            page: PageInfo { number: self.page, size: self.size, total_pages: pages, total_resources: total },
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

fn number(text: &str) -> Option<i64> {
    text.trim().parse().ok()
}

fn order(value: &str, sortable: &[(&str, &str)]) -> Result<String, ApiError> {
    let (property, direction) = value.split_once(',').unwrap_or((value, "ASC"));
    let column = sortable.iter().find(|(name, _)| *name == property);
    let (Some((_, column)), true) =
        (column, direction.eq_ignore_ascii_case("asc") || direction.eq_ignore_ascii_case("desc"))
    else {
        return Err(ApiError::invalid());
    };
    Ok(format!("{column} {}", direction.to_ascii_uppercase()))
}

/// One page, as the console sends it.
#[derive(Serialize, ToSchema)]
pub(crate) struct Page<T> {
    links: Vec<Link>,
    page: PageInfo,
    resources: Vec<T>,
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
        Paging::read(&format!("/api/3/sites?{query}").parse().unwrap(), SORTABLE)
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
            "sort=name;DROP",
            "active=maybe",
            &"sort=name&".repeat(2_500),
        ] {
            assert!(read(query).is_err(), "{query}");
        }
    }
}
