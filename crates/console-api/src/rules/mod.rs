//! The rules of the domain, as plain functions. Screens only show their answers.

mod arrow;
mod columns;
mod csv;
mod deletion;
mod engine_form;
mod keys;
mod next_step;
mod pairing;
mod permission;
mod rows;
mod staleness;
mod update;

pub use arrow::Arrow;
pub use columns::{EngineColumn, EngineSort};
pub use csv::csv_row;
pub use deletion::{DeletionCheck, deletion};
pub use engine_form::{
    EngineCheck, EngineField, EngineText, check_engine, field_of_refusal, needs_pairing_again,
};
pub use keys::fold_case;
pub use next_step::{NextStep, StepAction, next_step, next_step_at};
pub use pairing::{ConsolePlace, EngineHost, PairingStep, console_place, reverse_pairing, standard_pairing};
pub use permission::{
    Refusal, is_hosted, is_local, may_delete, may_join_pool, may_reverse, may_update, reverse_refusal,
};
pub use rows::{
    EngineFilter, EngineRow, StatusCount, complete, pools_of, prepare_rows, select, status_counts,
};
pub use staleness::{Staleness, Thresholds, staleness};
pub use update::{
    UpdateLine, UpdateOutcome, has_new_versions, parse_update_engines, tells_versions, update_outcome,
};
