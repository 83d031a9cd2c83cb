//! The rules of the domain, as plain functions. Screens only show their answers.

mod activity;
mod arrow;
mod audit;
mod candidates;
mod cause;
mod columns;
mod counted;
mod csv;
mod csv_engines;
mod csv_read;
mod deletion;
mod engine_filter;
mod engine_form;
mod grouping;
mod health;
mod health_words;
mod history;
mod keys;
mod load;
mod mute;
mod name_search;
mod new_engines;
mod next_step;
mod notes;
mod notices;
mod pairing;
mod pairing_script;
mod permission;
mod pool_form;
mod pool_move;
mod pool_plan;
mod pool_plan_changes;
mod pool_rows;
mod pool_split;
mod relief;
mod rows;
mod scan_merge;
mod scan_rows;
mod scanner;
mod scanner_rows;
mod scans_on;
mod site_columns;
mod site_form;
mod site_list;
mod site_move;
mod staged_update;
mod staleness;
mod takeover;
mod turns;
mod update;
mod versions;
mod views;

pub use activity::{
    ENTRY_HEADS, Entry, EntryItem, KEPT_ENTRIES, Outcome, Thing, Undo, Verdict, csv_of_entry,
    entry_from_json, entry_to_json, kept_file, merge_entries, read_kept_file, search_words, verdict,
};
pub use arrow::Arrow;
pub use audit::{Audit, AuditEngine, AuditSort, AuditedSite};
pub use candidates::{
    Candidate, engine_successors, find_candidate, matching_candidates, pool_candidates, scanner_candidates,
    site_successors,
};
pub use cause::{Cause, by_cause, severity_word};
pub use columns::{EngineColumn, EngineSort};
pub use counted::{counted, grouped, plural};
pub use csv::csv_row;
pub use csv_engines::{NewEngineField, NewEngineText, PastedEngines, read_engines_csv};
pub use csv_read::{CsvTable, read_csv};
pub use deletion::{DeletionCheck, deletion};
pub use engine_filter::{
    EngineFilter, FILTER_FLAGS, FILTER_KEYS, FilterProblem, FilterSuggestion, Fleet, filter_suggestions,
};
pub use engine_form::{
    EngineCheck, EngineField, EngineText, check_engine, field_of_refusal, needs_pairing_again,
};
pub use grouping::{EngineGrouping, group_engines};
pub use health::{Health, Problem, ProblemKind, health, health_under};
pub use health_words::{About, ProblemWords, Remedy};
pub use history::{
    FLAPPING_TIMES, FleetCounts, FleetPoint, HISTORY_KEPT, HISTORY_PARTS, Happened, History, HistoryEvent,
    HistoryProblem, Period, Reading, Seen, Since, WATCHED_GAP, WeekDrawing, event_words, history_sentence,
};
pub use keys::{fold_case, sort_by, sort_by_cached_key, sort_distinct};
pub use load::{Load, loads, sites_text};
pub use mute::{Day, Mute, MuteEnds, Mutes, SortedOut};
pub use name_search::{Found, find_by_name};
pub use new_engines::{
    KnownFleet, NewEngineCheck, NewEngineSite, check_new_engines, names_sites, pools_to_create,
};
pub use next_step::{NextStep, StepAction, next_step, next_step_at};
pub use notes::{LONGEST_NOTE, Note, Notes, merge_notes, tags_from};
pub use notices::{Notice, QuietHours, notices};
pub use pairing::{
    ConsolePlace, EngineHost, PairingStep, console_place, consoles_file, reverse_pairing, seen_by,
    standard_pairing,
};
pub use pairing_script::pairing_script;
pub use permission::{
    Refusal, is_hosted, is_local, may_be_hosted, may_delete, may_join_pool, may_reverse, may_update,
    reverse_refusal,
};
pub use pool_form::{PoolCheck, check_new_pools, check_pool, only_in};
pub use pool_move::{PoolChange, halfway, pool_changes};
pub use pool_plan::{PlannedEngine, PlannedPool, PlannedSite, PoolPlan};
pub use pool_plan_changes::{PlanChange, PlanDifference, PlanStep, plan_difference, taken_back};
pub use pool_rows::{PoolColumn, PoolRow, prepare_pool_rows, select_pools};
pub use pool_split::{SplitProposal, new_pool_names, split_evenly, unavailable};
pub use relief::{EvenOut, Relief, even_out, relief};
pub use rows::{
    EngineRow, SeenKeys, StatusCount, complete, in_order, pools_of, prepare_rows, select, status_counts,
};
pub use scan_merge::{MERGED_SCANS, newest_scans};
pub use scan_rows::{duration_in_words, scan_message, scan_rows, scan_severity};
pub use scanner::{Scanner, ScannerKind, Scanners};
pub use scanner_rows::{ScannerColumn, select_scanners};
pub use scans_on::{ScansOn, scans_on, scans_on_each};
pub use site_columns::{SiteColumn, SiteOrder};
pub use site_form::{IMPORTANCES, SiteCheck, check_site, importance_label, refuses_site_name};
pub use site_list::{SiteChanges, SiteList, SiteListBuilder, SiteRows, SiteSort};
pub use site_move::{MoveGroup, SiteMove, group_moves, moves_in_words, sites_in_words};
pub use staged_update::{StagedUpdate, is_back, staged_update, update_obstacle_now};
pub use staleness::{Staleness, Threshold, Thresholds, staleness};
pub use takeover::{Change, OwnedSite, replacement, retirement, some_names};
pub use turns::{Turn, turns, turns_in_words};
pub use update::{
    UpdateLine, UpdateOutcome, has_new_versions, parse_update_engines, tells_versions, update_outcome,
};
pub use versions::{VersionCount, Versions};
pub use views::{VIEW_ADDRESS, View, merge_views};
