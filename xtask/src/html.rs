//! Just enough of HTML to read and change the tags of the app's page.

use std::ops::Range;

/// One opening tag.
#[derive(Debug, PartialEq)]
pub(crate) struct Tag<'a> {
    /// `link`, `script`, …
    pub(crate) name: &'a str,
    /// Where it stands in the page, angle brackets included.
    pub(crate) range: Range<usize>,
    attrs: Vec<(&'a str, &'a str)>,
}

impl<'a> Tag<'a> {
    /// The value of an attribute; empty for one without value.
    pub(crate) fn attr(&self, name: &str) -> Option<&'a str> {
        self.attrs.iter().find(|(known, _)| *known == name).map(|(_, value)| *value)
    }

    /// True for `<link rel="…">` of that kind.
    pub(crate) fn is_link(&self, rel: &str) -> bool {
        self.name == "link" && self.attr("rel") == Some(rel)
    }
}

/// The opening tags of a page in their order, comments left out.
pub(crate) fn tags(page: &str) -> Vec<Tag<'_>> {
    let mut found = Vec::new();
    let mut at = 0;
    while let Some(open) = page[at..].find('<').map(|offset| at + offset) {
        if page[open..].starts_with("<!--") {
            at = page[open..].find("-->").map_or(page.len(), |offset| open + offset + 3);
        } else if page[open + 1..].starts_with(|c: char| c.is_ascii_alphabetic()) {
            let tag = read_tag(page, open);
            at = tag.range.end;
            found.push(tag);
        } else {
            at = open + 1;
        }
    }
    found
}

fn read_tag(page: &str, open: usize) -> Tag<'_> {
    let ends_name = |c: char| c.is_ascii_whitespace() || c == '>' || c == '/';
    let length =
        |from: usize, ends: &dyn Fn(char) -> bool| page[from..].find(ends).unwrap_or(page.len() - from);
    let name_end = open + 1 + length(open + 1, &ends_name);
    let mut tag = Tag { name: &page[open + 1..name_end], range: open..page.len(), attrs: Vec::new() };
    let mut at = name_end;
    loop {
        at += length(at, &|c: char| !c.is_ascii_whitespace() && c != '/');
        if page[at..].is_empty() {
            return tag;
        }
        if page[at..].starts_with('>') {
            tag.range.end = at + 1;
            return tag;
        }
        // A name of at least one character, so that this always moves on.
        let first = page[at..].chars().next().map_or(1, char::len_utf8);
        let end = at + first + length(at + first, &|c: char| ends_name(c) || c == '=');
        let attr = &page[at..end];
        at = end;
        let mut value = "";
        if page[at..].starts_with('=') {
            at += 1;
            match page[at..].chars().next() {
                Some(quote @ ('"' | '\'')) => {
                    let end = at + 1 + length(at + 1, &|c: char| c == quote);
                    value = &page[at + 1..end];
                    at = (end + 1).min(page.len());
                }
                _ => {
                    let end = at + length(at, &|c: char| c.is_ascii_whitespace() || c == '>');
                    value = &page[at..end];
                    at = end;
                }
            }
        }
        tag.attrs.push((attr, value));
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn tags_are_read_with_and_without_quotes() {
        let page = r#"<!doctype html><html lang=en><meta content=/ name=engine-console-base>
            <!-- <link rel="stylesheet" href="/no.css"> --><link rel="stylesheet" href='/a b.css' integrity="sha384-x="/>
            <link rel=stylesheet href=/x/b.css><script type=module src=/boot.js></script>"#;
        let tags = tags(page);
        let names: Vec<_> = tags.iter().map(|tag| tag.name).collect();
        assert_eq!(names, ["html", "meta", "link", "link", "script"]);
        assert_eq!(tags[1].attr("content"), Some("/"));
        assert!(tags[2].is_link("stylesheet"));
        assert_eq!(tags[2].attr("href"), Some("/a b.css"));
        assert_eq!(tags[2].attr("integrity"), Some("sha384-x="));
        assert_eq!(&page[tags[3].range.clone()], "<link rel=stylesheet href=/x/b.css>");
        assert_eq!(tags[4].attr("src"), Some("/boot.js"));
        assert_eq!(tags[4].attr("defer"), None);
    }

    #[test]
    fn a_page_that_breaks_off_is_read_as_far_as_it_goes() {
        for page in
            ["<", "<l", "<link rel", "<link rel=", "<link rel=\"sty", "<!-- x", "a < b", "<p ö=ü", "<a / "]
        {
            let _ = tags(page);
        }
        assert_eq!(tags("<link rel=\"icon\"").len(), 1);
    }
}
