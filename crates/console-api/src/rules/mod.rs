//! The rules of the domain, as plain functions. Screens only show their answers.

mod arrow;
mod columns;
mod keys;
mod next_step;
mod permission;
mod rows;
mod staleness;

pub use arrow::Arrow;
pub use columns::{EngineColumn, EngineSort};
pub use keys::fold_case;
pub use next_step::{NextStep, StepAction, next_step};
pub use permission::{Refusal, is_hosted, is_local, may_delete, may_join_pool, may_reverse};
pub use rows::{EngineFilter, EngineRow, StatusCount, pools_of, prepare_rows, select, status_counts};
pub use staleness::{Staleness, Thresholds, staleness};
