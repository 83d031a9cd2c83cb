//! The cells that tables share.

use console_api::rules::Arrow;

use super::light::El;
use crate::ui::{
    icon::Icon,
    status::{arrow_class, arrow_reference, severity_class},
};

/// A cell of text alone. On hover it shows the text, or what `title` says.
pub fn text_cell(class: &'static str, label: &'static str, text: String, title: Option<String>) -> El {
    let title = title.unwrap_or_else(|| text.clone());
    El::new("td", class).is("data-label", label).is("title", title).text(text)
}

/// The head of a row: what it is about, and the way to it where there is one.
pub fn name_cell(name: &str, href: Option<String>, tabindex: &'static str) -> El {
    let link = El::new("a", "clamp").is("href", href).is("tabindex", tabindex).text(name.to_owned());
    row_head(name).with(link)
}

/// The head of a row that can be chosen: its button says `choose`.
pub fn choice_cell(class: &'static str, name: &str, chosen: bool, tabindex: &'static str) -> El {
    let button = El::new("button", "link-button")
        .is("type", "button")
        .is("data-action", "choose")
        .is("aria-pressed", chosen.to_string())
        .is("tabindex", tabindex)
        .text(name.to_owned());
    El::new("th", class).is("scope", "row").is("title", name.to_owned()).with(button)
}

/// The head of a row, for what is to stand in it.
pub fn row_head(name: &str) -> El {
    El::new("th", "c-name").is("scope", "row").is("title", name.to_owned())
}

/// The cell of a row's buttons.
pub fn actions_cell(buttons: impl IntoIterator<Item = El>) -> El {
    // Not a cell that is a flexible box itself: Firefox gives the focus to the row instead of the first button then.
    El::new("td", "c-actions").with(El::new("div", "row-actions").with_all(buttons))
}

/// A button of a row: an icon whose name is said and shown on hover. The table does what `action` says, unless it is refused: then the
/// reason is shown.
pub fn row_button(
    icon: Icon,
    action: &'static str,
    label: String,
    refused: Option<String>,
    tabindex: &'static str,
) -> El {
    El::new("button", "icon-button")
        .is("type", "button")
        .is("data-action", action)
        .is("aria-disabled", refused.is_some().then_some("true"))
        .is("title", refused.unwrap_or_else(|| label.clone()))
        .is("aria-label", label)
        .is("tabindex", tabindex)
        .with(glyph_el(icon, ""))
}

/// A link of a row that looks like its buttons.
pub fn row_link(icon: Icon, label: String, href: String, tabindex: &'static str) -> El {
    El::new("a", "icon-button")
        .is("href", href)
        .is("title", label.clone())
        .is("aria-label", label)
        .is("tabindex", tabindex)
        .with(glyph_el(icon, ""))
}

/// An icon, as `ui::icon::glyph` draws it.
pub fn glyph_el(icon: Icon, class: &'static str) -> El {
    let class = if class.is_empty() { "icon".to_owned() } else { format!("icon {class}") };
    El::new("svg", class)
        .is("aria-hidden", "true")
        .with(El::new("use", None::<String>).is("href", icon.reference()))
}

/// The arrow and the word of a status, as `ui::status::mark` draws them.
pub fn mark_parts(arrow: Arrow, label: &str) -> [El; 3] {
    let drawing = El::new("svg", arrow_class(arrow))
        .is("aria-hidden", "true")
        .with(El::new("use", None::<String>).is("href", arrow_reference(arrow)));
    let word = El::new("span", format!("word {}", severity_class(arrow.severity))).text(label.to_owned());
    let direction = El::new("span", "unseen").text(format!(". {}.", arrow.direction_label()));
    [drawing, word, direction]
}

/// The same with `title` on hover; where there is no status, out of sight.
pub fn mark_el(mark: Option<(Arrow, &str)>, title: String) -> El {
    let (arrow, label) =
        mark.unwrap_or((Arrow { direction: None, severity: console_api::Severity::Good }, ""));
    El::new("span", "mark").is("title", title).is("hidden", mark.is_none()).with_all(mark_parts(arrow, label))
}
