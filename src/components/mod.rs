//! What the screens share.

pub mod address;
pub mod dialog;
pub mod field;
pub mod icon;
pub mod keyed;
pub mod live;
pub mod shell;
pub mod status;
pub mod table;
pub mod toast;
pub mod window;
