//! The whole system in browsers: one module a subject.

mod activity;
mod add_engines;
mod behind_nginx;
mod bulk;
mod dialects;
mod direction;
mod engine_form;
mod engine_life;
mod engines;
mod failures;
mod faults;
mod fleet;
mod handover;
mod health;
mod history;
mod hosts;
mod keyboard;
mod large;
mod looks;
mod notes;
mod odd_consoles;
mod pairing_reverse;
mod pairing_standard;
mod policy;
mod pool_plan;
mod pools;
mod refresh;
mod relieve;
mod screens;
mod select_sites;
mod shared_secret;
mod sign_in;
mod sites;
mod stages;
mod storage;
mod unsaved;
mod update;

use std::process::ExitCode;

fn main() -> ExitCode {
    // Those that take longest come first, so that none of them is left alone at the end.
    e2e::suite::run([
        faults::tests(),
        health::tests(),
        large::tests(),
        looks::tests(),
        add_engines::tests(),
        activity::tests(),
        behind_nginx::tests(),
        bulk::tests(),
        dialects::tests(),
        direction::tests(),
        engine_form::tests(),
        engine_life::tests(),
        engines::tests(),
        failures::tests(),
        handover::tests(),
        history::tests(),
        hosts::tests(),
        keyboard::tests(),
        notes::tests(),
        odd_consoles::tests(),
        pairing_reverse::tests(),
        pairing_standard::tests(),
        policy::tests(),
        pool_plan::tests(),
        pools::tests(),
        refresh::tests(),
        relieve::tests(),
        screens::tests(),
        select_sites::tests(),
        shared_secret::tests(),
        sign_in::tests(),
        sites::tests(),
        stages::tests(),
        storage::tests(),
        unsaved::tests(),
        update::tests(),
    ])
}
