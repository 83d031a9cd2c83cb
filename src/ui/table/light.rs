//! The elements of a table's rows, as plain data: what they are to be is compared with what they were, and only texts and attributes that
//! differ are written.
//!
//! Rows are drawn so and not with `view!` because a window of them is drawn for each key in a filter and each step of a scroll. As views a
//! row had 83 nodes, 36 of them comments that end each element's children, and ten effects; so it has at most 45 and shares one effect with all
//! others. Nothing here knows what rows show.

use std::borrow::Cow;

use leptos::prelude::document;
use wasm_bindgen::JsCast;
use web_sys::{Element, HtmlElement, HtmlInputElement, Node};

/// The value of an attribute; nothing where the element does not have it.
pub type Value = Option<Cow<'static, str>>;

/// What becomes the value of an attribute.
pub trait IntoValue {
    /// The value.
    fn into_value(self) -> Value;
}

impl IntoValue for &'static str {
    fn into_value(self) -> Value {
        Some(Cow::Borrowed(self))
    }
}

impl IntoValue for String {
    fn into_value(self) -> Value {
        Some(Cow::Owned(self))
    }
}

impl IntoValue for bool {
    fn into_value(self) -> Value {
        self.then_some(Cow::Borrowed(""))
    }
}

impl<T: IntoValue> IntoValue for Option<T> {
    fn into_value(self) -> Value {
        self.and_then(IntoValue::into_value)
    }
}

/// An element as it is to be. Those that stand in the same place for one row and for the next should have the same tags and attributes in
/// the same order: then no element is made for the next. What a row lacks is `hidden`.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct El {
    tag: &'static str,
    attributes: Vec<(&'static str, Value)>,
    parts: Vec<Part>,
}

#[derive(Clone, Debug, PartialEq, Eq)]
enum Part {
    Text(Cow<'static, str>),
    El(El),
}

impl El {
    /// An element of this class.
    pub fn new(tag: &'static str, class: impl IntoValue) -> Self {
        Self { tag, attributes: vec![("class", class.into_value())], parts: Vec::new() }
    }

    /// With this attribute; `checked`, `indeterminate` and `value` are the properties of an input, `height` is a style, as in "36px".
    pub fn is(mut self, name: &'static str, value: impl IntoValue) -> Self {
        self.attributes.push((name, value.into_value()));
        self
    }

    /// With this text in it.
    pub fn text(mut self, text: impl Into<Cow<'static, str>>) -> Self {
        self.parts.push(Part::Text(text.into()));
        self
    }

    /// With this element in it.
    pub fn with(mut self, element: Self) -> Self {
        self.parts.push(Part::El(element));
        self
    }

    /// With these elements in it.
    pub fn with_all(mut self, elements: impl IntoIterator<Item = Self>) -> Self {
        self.parts.extend(elements.into_iter().map(Part::El));
        self
    }
}

/// An element in the document, and what it was made to be.
pub(super) struct Made {
    pub(super) element: Element,
    tag: &'static str,
    attributes: Vec<(&'static str, Value)>,
    parts: Vec<MadePart>,
}

enum MadePart {
    Text(Node, Cow<'static, str>),
    El(Made),
}

impl MadePart {
    fn of(part: Part) -> Self {
        match part {
            Part::Text(text) => Self::Text(document().create_text_node(&text).unchecked_into(), text),
            Part::El(el) => Self::El(Made::of(el)),
        }
    }

    fn node(&self) -> &Node {
        match self {
            Self::Text(node, _) => node,
            Self::El(made) => &made.element,
        }
    }
}

impl Made {
    /// Makes it.
    pub(super) fn of(el: El) -> Self {
        let namespace = match el.tag {
            "svg" | "use" | "path" => "http://www.w3.org/2000/svg",
            _ => "http://www.w3.org/1999/xhtml",
        };
        #[expect(
            clippy::expect_used,
            reason = "it fails only for a tag that is not one, and these stand in the source"
        )]
        let element = document().create_element_ns(Some(namespace), el.tag).expect("a tag");
        for (name, value) in &el.attributes {
            if value.is_some() {
                set(&element, name, value);
            }
        }
        let parts = el.parts.into_iter().map(MadePart::of).collect::<Vec<_>>();
        for part in &parts {
            append(&element, part.node());
        }
        Self { element, tag: el.tag, attributes: el.attributes, parts }
    }

    /// Makes it this, with the elements that are there.
    pub(super) fn become_this(&mut self, el: El) {
        let mut pairs = self.attributes.iter().zip(&el.attributes);
        if self.attributes.len() != el.attributes.len() || pairs.any(|((was, _), (is, _))| was != is) {
            for (name, _) in &self.attributes {
                set(&self.element, name, &None);
            }
            self.attributes = el.attributes.iter().map(|(name, _)| (*name, None)).collect();
        }
        for ((name, was), (_, value)) in self.attributes.iter_mut().zip(el.attributes) {
            // A box is changed by the browser as well.
            if *was != value || is_property(name) {
                set(&self.element, name, &value);
                *was = value;
            }
        }
        let mut parts = el.parts.into_iter();
        let mut kept = 0;
        for made in &mut self.parts {
            match (made, parts.next()) {
                (MadePart::Text(node, was), Some(Part::Text(text))) => {
                    if *was != text {
                        node.set_node_value(Some(&text));
                        *was = text;
                    }
                }
                (MadePart::El(made), Some(Part::El(el))) if made.tag == el.tag => made.become_this(el),
                (made, Some(part)) => {
                    let new = MadePart::of(part);
                    // Fails only where it is not there, which it is.
                    _ = self.element.replace_child(new.node(), made.node());
                    *made = new;
                }
                (made, None) => {
                    _ = self.element.remove_child(made.node());
                    continue;
                }
            }
            kept += 1;
        }
        self.parts.truncate(kept);
        for part in parts.map(MadePart::of) {
            append(&self.element, part.node());
            self.parts.push(part);
        }
    }

    /// Takes it out of sight, and from what finds a row by what it is.
    pub(super) fn hide(&mut self) {
        for (name, value) in &mut self.attributes {
            let hidden = match *name {
                "hidden" => true.into_value(),
                "data-key" | "aria-rowindex" => None,
                _ => continue,
            };
            if *value != hidden {
                set(&self.element, name, &hidden);
                *value = hidden;
            }
        }
    }
}

fn append(element: &Element, node: &Node) {
    // Fails only where the node has the element in it, and it is new.
    _ = element.append_child(node);
}

fn is_property(name: &str) -> bool {
    matches!(name, "checked" | "indeterminate" | "value")
}

/// Heights are set as a style of the element's own: as an attribute the page's policy refuses it.
const HEIGHT: &str = "height";

fn set(element: &Element, name: &str, value: &Value) {
    if let (true, Some(input)) = (is_property(name), element.dyn_ref::<HtmlInputElement>()) {
        match name {
            "checked" => input.set_checked(value.is_some()),
            // What is there already is not written: the caret would go to its end.
            "value" => {
                let value = value.as_deref().unwrap_or_default();
                if input.value() != value {
                    input.set_value(value);
                }
            }
            _ => input.set_indeterminate(value.is_some()),
        }
        return;
    }
    if let (HEIGHT, Some(element), Some(height)) = (name, element.dyn_ref::<HtmlElement>(), value) {
        // Fails only for a property that is not one.
        _ = element.style().set_property(HEIGHT, height);
        return;
    }
    // Fails only for a name that is not one, and these stand in the source.
    _ = match value {
        Some(value) => element.set_attribute(name, value),
        None => element.remove_attribute(name),
    };
}
