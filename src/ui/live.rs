//! Parts of the page that follow signals.
//!
//! What the framework makes of a closure in `view!` is there once for each closure: 6.6 kB of code for a view that has components in it,
//! 1.3 kB for an attribute, as counted in the app's program before compression. Boxed as here, some 180 views and 50 attributes share one
//! copy each; where a closure gives a text or a class, it is in `view!` as usual.

use std::sync::Arc;

use leptos::prelude::*;

pub use crate::browser::effect::{follow, follow_from};

/// An attribute's value, read again when a signal that it read has changed.
pub type LiveAttribute = Arc<dyn Fn() -> Option<String> + Send + Sync>;

/// A view that follows signals.
pub fn live<V: IntoView + 'static>(content: impl Fn() -> V + Send + 'static) -> AnyView {
    let content: Box<dyn Fn() -> AnyView + Send> = Box::new(move || content().into_any());
    content.into_any()
}

/// An attribute that follows signals; absent where it gives nothing.
pub fn live_attribute<T: Into<String>>(
    value: impl Fn() -> Option<T> + Send + Sync + 'static,
) -> LiveAttribute {
    Arc::new(move || value().map(Into::into))
}
