//! The forms for engines, pools and sites, and the fields in which one of these is chosen. Features and pages may use them;
//! they send what was typed through `data`.

pub mod draft;
pub mod edit;
pub mod edit_conflict;
pub mod engine_form;
pub mod members;
pub mod new_pool;
pub mod picker;
pub mod pool_form;
pub mod scanner_picker;
pub mod site_form;
pub mod unsaved_dialog;
