//! The history as a whole.

use std::time::Instant;

use super::{words::ordinal, *};
use crate::rules::SeenKeys;

pub(super) const START: u32 = 1_790_000_000;

pub(super) fn at(seconds: u32) -> Timestamp {
    timestamp(seconds)
}

pub(super) fn engine(id: u64, status: EngineStatus, content: &str, contact: u32) -> Engine {
    Engine {
        id: EngineId(id),
        name: format!("engine {id}"),
        address: "10.0.0.1".to_owned(),
        port: Some(40814),
        status,
        status_message: None,
        direction: None,
        certificate_fingerprint: None,
        console_fingerprint: None,
        product_version: Some("7.2.0".to_owned()),
        content_version: Some(content.to_owned()),
        serial_number: None,
        aws_pre_authorised: false,
        sites: Vec::new(),
        pools: None,
        run_by_rapid7: false,
        last_refreshed: (contact > 0).then(|| at(contact)),
        last_updated: None,
    }
}

pub(super) fn up(id: u64) -> Engine {
    engine(id, EngineStatus::Active, "1", 0)
}

pub(super) fn down(id: u64) -> Engine {
    engine(id, EngineStatus::NotResponding, "1", 0)
}

/// Notes engine 1 at these minutes: up or down.
fn noted(minutes: &[(u32, bool)]) -> History {
    let mut history = History::default();
    for (minute, is_up) in minutes {
        history.note(&[if *is_up { up(1) } else { down(1) }], at(START + minute * MINUTE));
    }
    history
}

pub(super) const ONE: EngineId = EngineId(1);

/// The periods of engine 1 in minutes, with a letter each.
fn drawn(history: &History, to: u32) -> Vec<(u32, u32, char)> {
    let minute = |time: Timestamp| (seconds(time) - START) / MINUTE;
    let periods = history.periods(ONE, at(START), at(START + to * MINUTE));
    let letter = |seen: &Seen| match seen {
        Seen::Status(EngineStatus::Active) => 'u',
        Seen::Status(_) => 'd',
        Seen::Gone => 'g',
        Seen::Nothing => '-',
    };
    periods.iter().map(|it| (minute(it.from), minute(it.to), letter(&it.seen))).collect()
}

/// When something is: the minutes since the start.
fn when(time: Timestamp) -> String {
    format!("minute {}", (seconds(time) - START) / MINUTE)
}

fn sentence(history: &History, status: &EngineStatus, minute: u32) -> Option<String> {
    history_sentence(history, ONE, status, at(START + minute * MINUTE), &when)
}

#[test]
fn what_was_not_watched_is_a_gap_and_never_a_line() {
    let history = noted(&[(0, true), (5, true), (10, false), (60, false), (65, true)]);
    let expected = [(0, 10, 'u'), (10, 10, 'd'), (10, 60, '-'), (60, 65, 'd'), (65, 65, 'u'), (65, 90, '-')];
    assert_eq!(drawn(&history, 90), expected);
    assert_eq!(drawn(&History::default(), 90), [(0, 90, '-')]);
}

#[test]
fn a_change_in_a_gap_is_found_after_it() {
    let history = noted(&[(0, true), (5, true), (100, false), (105, false)]);
    assert_eq!(drawn(&history, 105), [(0, 5, 'u'), (5, 100, '-'), (100, 105, 'd')]);
    let since = history.since(ONE).unwrap();
    let before = Some(at(START + 5 * MINUTE));
    assert_eq!(since, Since { at: at(START + 100 * MINUTE), exact: false, before });
    assert_eq!(
        sentence(&history, &EngineStatus::NotResponding, 106).as_deref(),
        Some("Down since minute 100 or earlier (not watched from minute 5).")
    );
}

#[test]
fn engines_are_sorted_by_the_time_that_their_status_was_bad() {
    let keys = |minutes: &[(u32, bool)], now: u32| noted(minutes).sort_keys(ONE, at(START + now * MINUTE));
    let down_from_5_to_15 = keys(&[(0, true), (5, false), (10, false), (15, true), (20, true)], 20);
    assert_eq!(down_from_5_to_15.trouble, Some((10 * MINUTE, 0)));
    assert_eq!(down_from_5_to_15.since, Some(at(START + 15 * MINUTE)));
    assert_eq!(keys(&[(0, true), (5, false)], 5).trouble, Some((1, 0)), "a single reading counts");
    assert_eq!(keys(&[(0, true), (5, true)], 5).trouble, Some((0, 0)));
    let week_later = keys(&[(0, false), (5, true)], 5 + 8 * 24 * 60);
    assert_eq!(week_later.trouble, None, "what is older does not count, and later nobody watched");
    assert_eq!(week_later.since, Some(at(START + 5 * MINUTE)));
    assert_eq!(History::default().sort_keys(ONE, at(START)), SeenKeys::default());
}

#[test]
fn a_sentence_says_since_when_and_how_often() {
    let history = noted(&[(0, true), (5, false), (10, true), (15, false), (20, true), (25, false)]);
    assert_eq!(history.since(ONE).map(|it| it.exact), Some(true));
    assert_eq!(
        sentence(&history, &EngineStatus::NotResponding, 25).as_deref(),
        Some("Down since minute 25, third time this week. It keeps going down and coming back.")
    );
    let history = noted(&[(0, true), (5, false), (10, true)]);
    assert_eq!(
        sentence(&history, &EngineStatus::Active, 10).as_deref(),
        Some("Active since minute 10. It was down 1 time in the last 7 days.")
    );
    assert_eq!(
        sentence(&noted(&[(3, true)]), &EngineStatus::Active, 3).as_deref(),
        Some("Active since minute 3 or earlier.")
    );
    // The engine alone was read after the list.
    assert_eq!(
        sentence(&noted(&[(3, true), (5, true)]), &EngineStatus::NotResponding, 6).as_deref(),
        Some("Down now. When the list was last read, at minute 5, it was active.")
    );
    assert_eq!(sentence(&History::default(), &EngineStatus::Active, 0), None);
    let numbers = [1, 2, 10, 11, 12, 13, 21, 22, 23, 111].map(ordinal);
    assert_eq!(
        numbers,
        ["first", "second", "tenth", "11th", "12th", "13th", "21st", "22nd", "23rd", "111th"]
    );
}

#[test]
fn three_times_within_a_day_is_flapping() {
    let at_hours = |hours: &[u32]| {
        let mut history = History::default();
        history.note(&[up(1)], at(START));
        for hour in hours {
            history.note(&[down(1)], at(START + hour * HOUR));
            history.note(&[up(1)], at(START + hour * HOUR + 5 * MINUTE));
        }
        history
    };
    let now = at(START + 30 * HOUR);
    assert_eq!(at_hours(&[8, 16, 29]).flapping(now), [ONE]);
    assert_eq!(at_hours(&[8, 16]).flapping(now), []);
    // The first of them is more than a day ago.
    assert_eq!(at_hours(&[5, 16, 29]).flapping(now), []);
    assert_eq!(at_hours(&[5, 8, 16, 29]).flapping(now), [ONE]);
    let mut gone = at_hours(&[8, 16, 29]);
    gone.note(&[up(2)], now);
    assert_eq!(gone.flapping(now), []);
}

#[test]
fn a_timeline_tells_changes_versions_gaps_and_contacts() {
    let mut history = History::default();
    let note = |history: &mut History, minute: u32, engine: Option<Engine>| {
        history.note(engine.as_slice(), at(START + minute * MINUTE));
    };
    note(&mut history, 0, Some(engine(1, EngineStatus::Active, "1", START)));
    note(&mut history, 5, Some(engine(1, EngineStatus::Active, "2", START + 290)));
    note(&mut history, 10, Some(engine(1, EngineStatus::NotResponding, "2", START + 290)));
    note(&mut history, 15, None);
    note(&mut history, 60, Some(engine(1, EngineStatus::Active, "2", START + 3590)));
    let now = at(START + 62 * MINUTE);
    let lines = |history: &History, now| {
        let line = |it: &HistoryEvent| {
            let end = if it.goes_on { "now".to_owned() } else { it.to.map_or("-".to_owned(), when) };
            format!("{} to {end}: {}", when(it.from), event_words(it))
        };
        history.timeline(ONE, now).iter().map(line).collect::<Vec<_>>()
    };
    assert_eq!(
        lines(&history, now),
        [
            "minute 60 to now: Active",
            "minute 15 to minute 60: Not watched",
            "minute 15 to minute 15: Not in the console's list",
            "minute 10 to minute 15: Not responding, was active",
            "minute 5 to -: Content version 2, was 1",
            "minute 0 to minute 10: Active",
        ]
    );
    assert_eq!(lines(&history, at(START + 90 * MINUTE))[0], "minute 60 to now: Not watched");
    let down = history.timeline(ONE, now).into_iter().find_map(|it| match it.what {
        Happened::Status { status: EngineStatus::NotResponding, contact, .. } => Some(contact),
        _ => None,
    });
    assert_eq!(down, Some(Some(at(START + 290))), "its last contact before it went down");
    assert_eq!(history.timeline(EngineId(7), now), []);
}

#[test]
fn the_fleet_is_counted_where_it_was_watched() {
    let mut history = History::default();
    for minute in [0, 5, 10] {
        history.note(&[up(1), down(2)], at(START + minute * MINUTE));
    }
    for minute in [40, 45, 50] {
        let sleeping = engine(3, EngineStatus::Other("Sleeping".to_owned()), "1", 0);
        history.note(&[up(1), up(2), sleeping], at(START + minute * MINUTE));
    }
    let points = history.fleet(at(START), at(START + 60 * MINUTE), 6);
    let counts: Vec<_> = points.iter().map(|it| it.counts).collect();
    let (before, after) = (Some([1, 0, 0, 0, 1, 0]), Some([2, 0, 0, 0, 0, 1]));
    // The moment between two pieces belongs to both.
    assert_eq!(counts, [before, before, None, after, after, after]);
    assert_eq!(points[2].at, at(START + 25 * MINUTE));
    assert_eq!(points[5].at, at(START + 50 * MINUTE), "when it was counted");
    assert!(History::default().fleet(at(START), at(START), 3).iter().all(|it| it.counts.is_none()));
}

#[test]
fn a_clock_that_goes_back_a_little_takes_back_what_it_said() {
    let mut history = noted(&[(0, true), (5, true), (10, false)]);
    // Another tab's reading.
    history.note(&[down(1)], at(START + 9 * MINUTE));
    assert_eq!(drawn(&history, 10), [(0, 10, 'u'), (10, 10, 'd')]);
    history.note(&[up(1)], at(START + 6 * MINUTE));
    assert_eq!(drawn(&history, 6), [(0, 6, 'u')]);
    assert_eq!(history.last_reading(), Some(at(START + 6 * MINUTE)));
    assert!(!history.doubts_clock());
}

#[test]
fn a_clock_that_is_far_behind_is_believed_after_an_hour() {
    let mut history = noted(&[(0, true), (5, true)]);
    let before = history.clone();
    let wrong = START - 400 * DAY;
    for minute in (0..60).step_by(5) {
        history.note(&[down(1)], at(wrong + minute * MINUTE));
        assert!(history.doubts_clock());
        assert_eq!((&history.watched, &history.tracks), (&before.watched, &before.tracks));
    }
    history.note(&[down(1)], at(wrong + 60 * MINUTE));
    assert!(!history.doubts_clock());
    assert_eq!(history.last_reading(), Some(at(wrong + 60 * MINUTE)));
    // One that was wrong for a moment has changed nothing.
    let mut history = before.clone();
    history.note(&[down(1)], at(wrong));
    history.note(&[up(1)], at(START + 10 * MINUTE));
    assert_eq!(drawn(&history, 10), [(0, 10, 'u')]);
}

#[test]
fn a_clock_that_is_far_ahead_for_a_moment_makes_nothing_old() {
    let mut history = History::default();
    for minute in (0..120).step_by(5) {
        history.note(&[up(1)], at(START + minute * MINUTE));
    }
    history.note(&[down(1)], at(START + 400 * DAY));
    history.compact();
    assert_eq!(history.begins(), Some(at(START)));
    for minute in (120..185).step_by(5) {
        history.note(&[up(1)], at(START + minute * MINUTE));
    }
    assert_eq!(history.last_reading(), Some(at(START + 180 * MINUTE)));
    assert_eq!(drawn(&history, 180), [(0, 115, 'u'), (115, 180, '-'), (180, 180, 'u')]);
}

#[test]
fn what_is_old_is_forgotten_and_contacts_are_thinned() {
    let mut history = History::default();
    let mut minute = 0;
    while minute < 100 * 24 * 60 {
        let contact = START + minute * MINUTE;
        let status = if minute == 20 * 24 * 60 { EngineStatus::NotResponding } else { EngineStatus::Active };
        history.note(&[engine(1, status, "1", contact)], at(contact));
        minute += 10;
    }
    history.note(&[up(2)], at(START + minute * MINUTE));
    let before = history.size();
    assert!(history.is_compaction_due());
    history.compact();
    assert!(!history.is_compaction_due());
    let until = START + minute * MINUTE;
    assert_eq!(history.begins(), Some(at(until - HISTORY_KEPT)));
    assert!(history.size() * 3 < before, "{} of {before}", history.size());
    let track = &history.tracks[&ONE];
    let contacts = track.notes().filter(|(_, what)| matches!(what, What::Contact(_))).count();
    assert!((88 + 24..=92 + 48).contains(&contacts), "{contacts}");
    let down = history.timeline(ONE, at(until)).into_iter().filter(|it| {
        matches!(&it.what, Happened::Status { status: EngineStatus::NotResponding, contact: Some(_), .. })
    });
    assert_eq!(down.count(), 1);
    // Twice is as once.
    let once = history.clone();
    history.compact();
    assert_eq!(history.tracks, once.tracks);
}

#[test]
fn an_engine_that_changes_all_the_time_takes_no_more_than_its_share() {
    let mut history = History::default();
    for reading in 0..30_000 {
        let engine = if reading % 2 == 0 { up(1) } else { down(1) };
        history.note(&[engine], at(START + reading * 30));
    }
    history.compact();
    assert!(history.tracks[&ONE].size() <= MOST, "{}", history.tracks[&ONE].size());
    let last = START + 29_999 * 30;
    assert_eq!(history.since(ONE).map(|it| it.at), Some(at(last)));
    // What is not kept is a gap.
    let first = history.periods(ONE, at(START), at(last)).swap_remove(0);
    assert_eq!((first.from, first.seen), (at(START), Seen::Nothing));
}

#[test]
fn a_change_is_written_without_the_rest() {
    let mut history = History::default();
    history.note(&[up(1), up(2), up(65)], at(START));
    assert_eq!(history.take_changed(), [1, 2]);
    assert!(history.take_news());
    history.note(&[up(1), up(2), up(65)], at(START + MINUTE));
    assert!(!history.take_news());
    assert!(history.take_changed().is_empty());
    history.note(&[up(1), down(2), up(65)], at(START + 2 * MINUTE));
    assert_eq!(history.take_changed(), [2]);
    history.not_written(&[2]);
    assert_eq!(history.take_changed(), [2]);
    assert!(history.take_news());
    assert!(!history.take_news());
}

#[test]
fn what_was_exported_is_imported_for_the_same_owner_alone() {
    let history = noted(&[(0, true), (5, false), (60, true)]);
    let text = history.to_text("admin at console.example");
    let mut read = History::from_text(&text, "admin at console.example").unwrap();
    assert_eq!(read.take_changed().len(), HISTORY_PARTS as usize);
    assert_eq!(
        (&read.watched, &read.tracks, &read.words),
        (&history.watched, &history.tracks, &history.words)
    );
    let problem = |text: &str, owner: &str| History::from_text(text, owner).unwrap_err();
    assert_eq!(problem(&text, "eve at console.example"), HistoryProblem::OtherOwner);
    assert_eq!(problem("name,address\n", "a"), HistoryProblem::Broken);
    assert_eq!(problem(&text.replacen("history 1", "history 2", 1), "a"), HistoryProblem::OtherVersion);
    // In the middle of the engine's notes, behind which nothing comes but empty parts.
    assert_eq!(problem(&text[..text.len() - 80], "admin at console.example"), HistoryProblem::Broken);
    assert_eq!(History::from_head(&[9]), Err(HistoryProblem::OtherVersion));
    assert_eq!(History::from_head(&[]), Err(HistoryProblem::Broken));
}

#[test]
fn a_week_is_drawn_with_gaps_and_the_worse_the_higher() {
    let history = noted(&[(0, true), (5, true), (10, false), (20, false), (600, true)]);
    let now = at(START + 660 * MINUTE);
    let week = history.week(ONE, now);
    let first = 7 * 24 * 60 - 660;
    assert_eq!(week.paths[0], format!("M{first} 11h60v4h-60zM{} 11h60v4h-60z", first + 600));
    assert_eq!(week.paths[1], "");
    assert_eq!(week.paths[2], format!("M{} 1h60v14h-60z", first + 10));
    assert_eq!(week.words, "Down 1 time, watched for 20 min");
    assert_eq!(history.week(EngineId(7), now).words, "Not watched");
    assert_eq!(noted(&[(0, true)]).week(ONE, at(START)).words, "Not seen down, watched for 0 s");
}

/// Ten thousand engines, watched for 90 days: read every five minutes, in contact all the time, four changes a day, new content twice a
/// day.
#[test]
fn ten_thousand_engines_over_90_days_are_small_and_load_fast() {
    let mut history = History::default();
    let some: Vec<u64> = (1..=20).collect();
    for reading in 0..90 * 24 * 12_u32 {
        let now = START + reading * 5 * MINUTE;
        let engines: Vec<Engine> = some
            .iter()
            .map(|id| {
                let turn = (u64::from(reading) + id * 17) % 144;
                let status = if turn < 6 { EngineStatus::NotResponding } else { EngineStatus::Active };
                engine(*id, status, &(reading / 144).to_string(), now - (turn * 3) as u32)
            })
            .collect();
        history.note(&engines, at(now));
        if history.is_compaction_due() {
            history.compact();
        }
    }
    for id in 21..=10_000_u64 {
        let track = history.tracks[&EngineId(id % 20 + 1)].clone();
        history.tracks.insert(EngineId(id), track);
    }
    assert!(history.size() < 50 << 20);
    let parts: Vec<Vec<u8>> = (0..HISTORY_PARTS).map(|part| history.part(part)).collect();
    let head = history.head();
    let bytes = parts.iter().map(Vec::len).sum::<usize>() + head.len();
    let begun = Instant::now();
    let mut read = History::from_head(&head).unwrap();
    for part in &parts {
        read.add_part(part).unwrap();
    }
    let loading = begun.elapsed();
    assert_eq!(read.tracks, history.tracks);
    let begun = Instant::now();
    let points = read.fleet(at(START), at(START + 90 * DAY), 90);
    let counting = begun.elapsed();
    assert_eq!(points[50].counts.map(|it| it.iter().sum()), Some(10_000));
    println!(
        "{bytes} bytes stored, {} in memory, loaded in {loading:?}, counted in {counting:?}",
        history.size()
    );
    assert!(bytes < 50 << 20, "{bytes}");
    // Many times what it takes, for a machine that is busy with other tests.
    assert!(loading.as_millis() < 300, "{loading:?}");
}
