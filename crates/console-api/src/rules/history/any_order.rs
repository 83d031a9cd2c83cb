//! What holds for any order of readings, with clocks that jump, and for any bytes.

use proptest::prelude::*;

use super::{
    tests::{ONE, START, at, down, engine, up},
    *,
};

/// How the clock moves, in seconds, and the engines as they are then: id, status, content version.
type Step = (i64, Vec<(u64, u8, u8)>);

/// What someone sees who watches.
fn steps() -> impl Strategy<Value = Vec<Step>> {
    let moves = prop_oneof![
        6 => 0..600_i64,
        1 => 600..200_000_i64,
        1 => -300..0_i64,
        1 => -100_000..0_i64,
        1 => -40_000_000..40_000_000_i64,
    ];
    let engines = prop::collection::btree_map(1..6_u64, (0..4_u8, 0..3_u8), 0..5);
    let engines =
        engines.prop_map(|all| all.into_iter().map(|(id, (status, version))| (id, status, version)));
    prop::collection::vec((moves, engines.prop_map(Iterator::collect)), 1..60)
}

fn status_of(number: u8) -> EngineStatus {
    match number {
        0 => EngineStatus::NotResponding,
        1 => EngineStatus::Unknown,
        2 => EngineStatus::Other("Sleeping".to_owned()),
        _ => EngineStatus::Active,
    }
}

/// What always holds.
fn check(history: &History) -> Result<(), TestCaseError> {
    for pair in history.watched.windows(2) {
        prop_assert!(pair[0].to < pair[1].from, "{:?}", history.watched);
    }
    let last = history.watched.last().map_or(0, |span| span.to);
    for span in &history.watched {
        prop_assert!(span.from <= span.to);
    }
    for track in history.tracks.values() {
        prop_assert!(track.is_sound(), "{track:?}");
        prop_assert!(track.last <= last, "{track:?} {last}");
        let mut state = track.first;
        track.notes().for_each(|(_, what)| state.take(what));
        state.contact = track.now.contact;
        prop_assert_eq!(state, track.now);
        let mut downs = track.downs;
        downs.sort_unstable();
        prop_assert_eq!(downs, track.downs);
    }
    Ok(())
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(96))]

    #[test]
    fn no_clock_and_no_order_of_readings_breaks_it(steps in steps()) {
        let mut history = History::default();
        let mut now = i64::from(START);
        for (step, engines) in steps {
            now += step;
            let listed: Vec<Engine> = engines
                .iter()
                .map(|(id, status, version)| {
                    engine(*id, status_of(*status), &version.to_string(), u32::try_from(now).unwrap_or(0))
                })
                .collect();
            history.note(&listed, Timestamp::from_unix_ms(now * 1000));
            check(&history)?;
            if !history.doubts_clock() {
                // What was read is how it is now.
                for (id, status, _) in &engines {
                    let track = &history.tracks[&EngineId(*id)];
                    prop_assert!(track.now.here);
                    prop_assert_eq!(history.words.status(track.now.status), status_of(*status));
                }
                let here = history.tracks.values().filter(|track| track.now.here).count();
                prop_assert_eq!(here, engines.len());
            }
        }
        let (from, to) = (at(START - 50_000_000), at(START + 90_000_000));
        for id in history.ids() {
            // Without a hole, and nothing is seen that was not watched.
            let mut last = from;
            for period in history.periods(id, from, to) {
                prop_assert_eq!(period.from, last);
                last = period.to;
                if period.seen != Seen::Nothing {
                    let (from, to) = (seconds(period.from), seconds(period.to));
                    prop_assert!(history.watched.iter().any(|span| span.from <= from && to <= span.to));
                }
            }
            prop_assert_eq!(last, to);
            let events = history.timeline(id, to);
            prop_assert!(events.windows(2).all(|pair| pair[0].from >= pair[1].from));
        }
        // Stored and read it is the same.
        let mut read = History::from_head(&history.head()).unwrap();
        for part in 0..HISTORY_PARTS {
            read.add_part(&history.part(part)).unwrap();
        }
        prop_assert_eq!((&read.watched, &read.tracks, &read.words), (&history.watched, &history.tracks, &history.words));
        prop_assert_eq!(&read.doubted, &history.doubted);
        prop_assert_eq!(History::from_text(&history.to_text("me"), "me").unwrap().tracks, read.tracks);
        // What compaction keeps is as it was.
        let before = history.clone();
        history.compact();
        check(&history)?;
        let kept = history.believed_until().saturating_sub(HISTORY_KEPT);
        for id in history.ids() {
            let from = timestamp(kept.max(history.tracks[&id].start).max(seconds(history.begins().unwrap())));
            let whole = |history: &History| history.periods(id, from, to);
            prop_assert_eq!(whole(&history), whole(&before));
            prop_assert_eq!(history.since(id).is_some(), before.since(id).is_some());
        }
    }

    #[test]
    fn one_wrong_clock_costs_a_day_at_most(wrong in 1..u32::MAX, minutes in 13..200_u32) {
        let mut history = History::default();
        for minute in (0..minutes * 5).step_by(5) {
            history.note(&[if minute % 15 == 0 { down(1) } else { up(1) }], at(START + minute * MINUTE));
        }
        let before = history.clone();
        history.note(&[up(1)], at(wrong));
        history.compact();
        let last = before.watched[0].to;
        let until = at(last.saturating_sub(DAY).max(START));
        prop_assert_eq!(history.periods(ONE, at(START), until), before.periods(ONE, at(START), until));
    }

    #[test]
    fn no_bytes_are_too_odd(head: Vec<u8>, part: Vec<u8>, text in "\\PC*") {
        let mut history = History::from_head(&head).unwrap_or_default();
        // Whether they make sense makes no difference.
        _ = history.add_part(&part);
        for id in history.ids() {
            _ = history.periods(id, at(0), at(u32::MAX));
            _ = history.timeline(id, at(START));
            _ = history.since(id);
        }
        _ = history.fleet(at(0), at(u32::MAX), 7);
        _ = History::from_text(&text, "me");
        if history.begin(at(START)).is_some() {
            history.compact();
        }
    }
}
