//! The pieces that every screen is made of, from a button to a dialog. They know no page, nothing of engines, pools and
//! sites beyond how these look, and no data of the console. Forms, features and pages may use them.

pub mod button;
pub mod close;
pub mod commands;
pub mod confirm;
pub mod copy;
pub mod dialog;
pub mod field;
pub mod filter;
pub mod focus;
pub mod fold;
pub mod heading;
pub mod icon;
pub mod keyed;
pub mod later;
pub mod list_box;
pub mod live;
pub mod load_error;
pub mod menu;
pub mod pager;
pub mod shortcuts;
pub mod status;
pub mod steps;
pub mod table;
pub mod tabs;
pub mod toast;
pub mod vendor_page;
