//! What the screens share.

pub mod address;
pub mod bulk;
pub mod button;
pub mod confirm;
pub mod copy;
pub mod delete_engine;
pub mod dialog;
pub mod engine_form;
pub mod field;
pub mod icon;
pub mod keyed;
pub mod live;
pub mod selection;
pub mod shell;
pub mod status;
pub mod steps;
pub mod table;
pub mod tabs;
pub mod toast;
pub mod window;
