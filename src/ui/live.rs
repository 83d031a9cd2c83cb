//! Parts of the page that follow signals.
//!
//! The code that keeps a closure's view or attribute up to date is large, and the compiler makes it once for
//! each closure. Boxed as here, each kind shares one copy.

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
