//! What a person or a screen reader would call a part of the page.

use std::fmt;

use serde::Serialize;

/// A name, whole or in part.
#[derive(Clone, Debug, Serialize)]
#[serde(rename_all = "camelCase")]
pub enum Name {
    /// The whole name.
    Is(String),
    /// How it begins.
    Starts(String),
    /// How it ends.
    Ends(String),
    /// Words in it.
    Has(String),
}

impl fmt::Display for Name {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Is(name) => write!(f, "“{name}”"),
            Self::Starts(name) => write!(f, "“{name}…”"),
            Self::Ends(name) => write!(f, "“…{name}”"),
            Self::Has(name) => write!(f, "“…{name}…”"),
        }
    }
}

impl From<&str> for Name {
    fn from(name: &str) -> Self {
        Self::Is(name.to_owned())
    }
}

impl From<String> for Name {
    fn from(name: String) -> Self {
        Self::Is(name)
    }
}

/// A name that begins like this.
pub fn starts(name: &str) -> Name {
    Name::Starts(name.to_owned())
}

/// A name that ends like this.
pub fn ends(name: &str) -> Name {
    Name::Ends(name.to_owned())
}

/// A name with these words in it.
pub fn has(name: &str) -> Name {
    Name::Has(name.to_owned())
}

#[derive(Clone, Debug, Serialize)]
#[serde(rename_all = "camelCase")]
enum By {
    Role { role: &'static str, name: Option<Name> },
    Label { name: Name },
    Text { name: Name },
    Row { name: Name },
    Cell { row: Name, column: &'static str },
    Column { column: &'static str },
}

/// A part of the page, looked up again each time that it is used.
///
/// While a modal dialog is open only what is in it is found, as with a person; see [`behind_dialog`](Self::behind_dialog).
#[derive(Clone, Debug, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct Locator {
    by: By,
    within: Option<Box<Locator>>,
    pressed: Option<bool>,
    expanded: Option<bool>,
    attribute: Option<(&'static str, &'static str)>,
    behind_dialog: bool,
}

impl Locator {
    fn new(by: By) -> Self {
        Self { by, within: None, pressed: None, expanded: None, attribute: None, behind_dialog: false }
    }

    /// Only inside that other part.
    #[must_use]
    pub fn within(mut self, outer: Self) -> Self {
        self.within = Some(Box::new(outer));
        self
    }

    /// Only when pressed in, or not (`aria-pressed`).
    #[must_use]
    pub fn pressed(mut self, pressed: bool) -> Self {
        self.pressed = Some(pressed);
        self
    }

    /// Only when what it opens is open, or not (`aria-expanded`).
    #[must_use]
    pub fn expanded(mut self, expanded: bool) -> Self {
        self.expanded = Some(expanded);
        self
    }

    /// Only with an attribute of that value, for what assistive technology counts by (`aria-rowindex`).
    #[must_use]
    pub fn attribute(mut self, name: &'static str, value: &'static str) -> Self {
        self.attribute = Some((name, value));
        self
    }

    /// Also behind an open modal dialog, where one sees it but can't reach it.
    #[must_use]
    pub fn behind_dialog(mut self) -> Self {
        self.behind_dialog = true;
        self
    }
}

impl fmt::Display for Locator {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match &self.by {
            By::Role { role, name: Some(name) } => write!(f, "{role} {name}")?,
            By::Role { role, name: None } => f.write_str(role)?,
            By::Label { name } => write!(f, "field {name}")?,
            By::Text { name } => write!(f, "text {name}")?,
            By::Row { name } => write!(f, "row of {name}")?,
            By::Cell { row, column } => write!(f, "{column} of {row}")?,
            By::Column { column } => write!(f, "column “{column}”")?,
        }
        if let Some(pressed) = self.pressed {
            f.write_str(if pressed { ", pressed" } else { ", not pressed" })?;
        }
        if let Some((name, value)) = self.attribute {
            write!(f, " with {name}={value}")?;
        }
        if let Some(outer) = &self.within {
            write!(f, " in {outer}")?;
        }
        Ok(())
    }
}

/// By role and accessible name.
pub fn role(role: &'static str, name: impl Into<Name>) -> Locator {
    Locator::new(By::Role { role, name: Some(name.into()) })
}

/// By role, whatever the name.
pub fn any(role: &'static str) -> Locator {
    Locator::new(By::Role { role, name: None })
}

/// A button by its name.
pub fn button(name: impl Into<Name>) -> Locator {
    role("button", name)
}

/// A link by its name.
pub fn link(name: impl Into<Name>) -> Locator {
    role("link", name)
}

/// A heading by its name.
pub fn heading(name: impl Into<Name>) -> Locator {
    role("heading", name)
}

/// A dialog by its name.
pub fn dialog(name: impl Into<Name>) -> Locator {
    role("dialog", name)
}

/// What is announced at once because something is wrong.
pub fn alert() -> Locator {
    any("alert")
}

/// The polite place for news.
pub fn news() -> Locator {
    role("status", "News")
}

/// A form field by its label. Password fields have no role: this is the only way to them.
pub fn field(name: impl Into<Name>) -> Locator {
    Locator::new(By::Label { name: name.into() })
}

/// The innermost element whose own text this is.
pub fn text(name: impl Into<Name>) -> Locator {
    Locator::new(By::Text { name: name.into() })
}

/// The row of a table of which one cell reads like this.
pub fn row(name: impl Into<Name>) -> Locator {
    Locator::new(By::Row { name: name.into() })
}

/// The cell of that row below that column's header.
pub fn cell(row: impl Into<Name>, column: &'static str) -> Locator {
    Locator::new(By::Cell { row: row.into(), column })
}

/// All cells below that column's header, of the rows that are in the document.
pub fn column(column: &'static str) -> Locator {
    Locator::new(By::Column { column })
}
