//! The one table of the app, with its selection. It knows rows by their keys, and not what is in them. Forms, features and
//! pages may use it.

mod body;
pub mod cells;
pub mod columns;
pub mod data_table;
mod group_row;
pub mod groups;
mod heads;
pub mod keys;
pub mod light;
pub mod order;
pub mod place;
pub mod row;
pub mod selection;
pub mod turn;
pub mod widths;
pub mod window;
