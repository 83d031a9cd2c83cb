//! Problems that someone has muted: until a day, or until they change.

use console_api::rules::{Cause, Day, Mute, MuteEnds, Mutes, ProblemKind, Thresholds, by_cause, health};
use console_api::{Engine, EngineId, Pool, ScannerId, Timestamp};
use serde_json::{Value, json as value};

use crate::support::{engine, pool};

fn day(text: &str) -> Day {
    Day::parse(text).unwrap()
}

fn fleet(status: &str) -> Vec<Engine> {
    let engine = |id: u64, status: &str, sites: &Value| {
        engine(&value!({
            "id": id, "name": format!("engine-{id}"), "address": "192.0.2.1", "status": status, "sites": sites,
            "lastRefreshedDate": "2026-07-20T11:00:00Z"
        }))
    };
    vec![engine(1, status, &value!([1])), engine(2, "active", &value!([2])), engine(3, "active", &value!([]))]
}

fn causes(engines: &[Engine], pools: &[Pool]) -> Vec<Cause> {
    let noon = Timestamp::parse("2026-07-20T12:00:00Z").unwrap();
    by_cause(&health(engines, pools, noon, Thresholds::default()).problems, engines, pools)
}

fn mute(kind: ProblemKind, about: u64, ends: MuteEnds) -> Mute {
    let what = format!("engine-{about}");
    Mute { kind, about: Some(ScannerId(about)), what, reason: "It is being moved.".to_owned(), ends }
}

/// The ids of those that a person is told of, how many are muted, and how many mutes have ended.
fn sorted(
    mutes: &Mutes,
    engines: &[Engine],
    pools: &[Pool],
    today: &str,
    all_known: bool,
) -> (Vec<u64>, usize, usize) {
    let causes = causes(engines, pools);
    let engine = |id: EngineId| engines.iter().find(|engine| engine.id == id);
    let sorted = mutes.sort_out(&causes, &engine, day(today), all_known);
    let open = sorted.open.iter().map(|at| causes[*at].problem.about.map_or(0, ScannerId::get));
    (open.collect(), sorted.muted.len(), sorted.ended.len())
}

#[test]
fn a_problem_is_muted_until_it_changes_or_goes() {
    let down = fleet("not-responding");
    let first = &causes(&down, &[])[0];
    let mut mutes = Mutes::read("", "admin");
    assert_eq!(sorted(&mutes, &down, &[], "2026-07-20", true), (vec![1, 3], 0, 0));
    mutes.add(vec![mute(ProblemKind::Status, 1, MuteEnds::OnChange(first.state(Some(&down[0]))))]);
    assert_eq!(sorted(&mutes, &down, &[], "2030-01-01", true), (vec![3], 1, 0), "no day ends it");

    let mut busier = fleet("not-responding");
    busier[0].sites.push(console_api::SiteId(9));
    assert_eq!(
        sorted(&mutes, &busier, &[], "2026-07-20", true),
        (vec![3], 1, 0),
        "one site more is no change"
    );
    let waits = fleet("pending-authorization");
    assert_eq!(sorted(&mutes, &waits, &[], "2026-07-20", true), (vec![1, 3], 0, 1), "another status");
    let unknown = fleet("unknown");
    assert_eq!(sorted(&mutes, &unknown, &[], "2026-07-20", true), (vec![1, 3], 0, 1), "less bad");
    let pools = [pool(20, "P", &[1, 2], &[])];
    assert_eq!(sorted(&mutes, &down, &pools, "2026-07-20", true), (vec![1, 3], 0, 1), "more follows from it");
    assert_eq!(sorted(&mutes, &fleet("active"), &[], "2026-07-20", true), (vec![3], 0, 1), "it is gone");
    // Where the pools could not be read nobody knows.
    assert_eq!(sorted(&mutes, &down, &pools, "2026-07-20", false), (vec![3], 1, 0));
    assert_eq!(sorted(&mutes, &[], &[], "2026-07-20", false), (vec![], 1, 0));
}

#[test]
fn a_problem_is_muted_until_a_day_whatever_it_does() {
    let mut mutes = Mutes::read("", "admin");
    mutes.add(vec![mute(ProblemKind::Status, 1, MuteEnds::OnDay(day("2026-08-01")))]);
    for (what, status, today, result) in [
        ("as it was", "not-responding", "2026-07-31", (vec![3], 1, 0)),
        ("less bad", "unknown", "2026-07-31", (vec![3], 1, 0)),
        ("away for a while", "active", "2026-07-31", (vec![3], 1, 0)),
        ("the day has come", "not-responding", "2026-08-01", (vec![1, 3], 0, 1)),
        ("the day has come and it is away", "active", "2026-08-02", (vec![3], 0, 1)),
    ] {
        assert_eq!(sorted(&mutes, &fleet(status), &[], today, true), result, "{what}");
    }
    assert!(mutes.silences(EngineId(1)) && !mutes.silences(EngineId(2)));
    mutes.remove(&[mutes.list()[0].key()]);
    assert!(!mutes.silences(EngineId(1)));
    assert_eq!(sorted(&mutes, &fleet("unknown"), &[], "2026-07-31", true), (vec![1, 3], 0, 0));
    mutes.add(vec![mute(ProblemKind::Status, 1, MuteEnds::OnChange(String::new()))]);
    assert!(!mutes.silences(EngineId(1)), "a change is what it waits for");
}

#[test]
fn mutes_are_remembered_for_each_user() {
    let mut mine = Mutes::read("", "Admin");
    let odd = "Moved\tto \\rack 7\nuntil\r\n5 May \u{1f527}";
    let mut all = mute(ProblemKind::VersionsScattered, 0, MuteEnds::OnDay(day("2028-02-29")));
    all.about = None;
    mine.add(vec![
        Mute { reason: odd.to_owned(), ..mute(ProblemKind::NoSite, 3, MuteEnds::OnChange(String::new())) },
        all,
    ]);
    let text = mine.to_text();
    assert_eq!(text.lines().count(), 2);
    let again = Mutes::read(&text, "admin");
    assert_eq!(again, mine, "user names have no case");
    assert_eq!(again.list()[0].reason, odd);

    let mut theirs = Mutes::read(&text, "colleague");
    assert!(theirs.list().is_empty());
    theirs.add(vec![mute(ProblemKind::NoSite, 3, MuteEnds::OnChange(String::new()))]);
    let text = theirs.to_text();
    assert_eq!(Mutes::read(&text, "admin").list(), mine.list());
    assert_eq!(Mutes::read(&text, "colleague").list().len(), 1);
}

#[test]
fn what_makes_no_sense_is_dropped_and_what_a_later_version_wrote_stays() {
    let good = "1\tadmin\tno-site\t3\tchange uncertain\tengine-3\tIt is new.";
    let later = "2\tadmin\tno-site\t4\tforever\tsomething else";
    for bad in [
        "",
        "x",
        "\t\t\t\t\t\t",
        "{\"mutes\":[]}",
        "1",
        "1\tadmin",
        "1\tadmin\tno-such-kind\t3\tchange x\ta\tb",
        "1\tadmin\tno-site\tthree\tchange x\ta\tb",
        "1\tadmin\tno-site\t3\tday 2026-02-30\ta\tb",
        "1\tadmin\tno-site\t3\tsome day\ta\tb",
        "1\tadmin\tno-site\t3\tchange x\ta\tb\tc",
        "1\tadmin\tno-site\t3\t\ta\\",
    ] {
        let mutes = Mutes::read(&format!("{bad}\n{good}\n{later}"), "admin");
        assert_eq!(
            mutes.list().iter().map(|it| it.what.as_str()).collect::<Vec<_>>(),
            ["engine-3"],
            "{bad:?}"
        );
        assert_eq!(mutes.to_text(), format!("{later}\n{good}"), "{bad:?}");
    }
    let twice = Mutes::read(&format!("{good}\n{}", good.replace("new", "old")), "admin");
    assert_eq!(twice.list().iter().map(|it| it.reason.as_str()).collect::<Vec<_>>(), ["It is old."]);
}

#[test]
fn days_are_those_of_the_calendar() {
    for (text, words) in
        [("2026-12-05", "5 Dec 2026"), ("2028-02-29", "29 Feb 2028"), ("1999-01-31", "31 Jan 1999")]
    {
        assert_eq!(day(text).in_words(), words);
        assert_eq!(day(text).to_string(), text);
    }
    for none in [
        "",
        "2026",
        "2026-2-3",
        "2026-02-29",
        "2026-13-01",
        "2026-00-10",
        "2026-04-31",
        "+026-01-01",
        "2026-01-01-",
    ] {
        assert_eq!(Day::parse(none), None, "{none:?}");
    }
    assert!(day("2026-12-31") < day("2027-01-01"));
    assert_eq!(Day::new(2026, 11, 30), Day::parse("2026-11-30"));
}
