//! Numbers of things in words, and finding things by their names.

use console_api::rules::{counted, find_by_name};

#[test]
fn one_thing_is_singular_and_any_other_number_is_not() {
    assert_eq!(counted(0, "engine"), "0 engines");
    assert_eq!(counted(1, "engine"), "1 engine");
    assert_eq!(counted(2, "pool"), "2 pools");
}

const NAMES: [&str; 7] =
    ["North Europe", "Oslo", "oslo data centre", "Old Oslo", "Kosloff", "București", "Data centre Oslo"];

fn found(typed: &str, at_most: usize) -> (Vec<&'static str>, usize) {
    let found = find_by_name(typed, NAMES.into_iter().map(|name| (name, name)), at_most);
    (found.best, found.count)
}

#[test]
fn the_name_itself_comes_first_then_what_begins_with_it_then_words_then_the_rest() {
    let all = ["Oslo", "oslo data centre", "Old Oslo", "Data centre Oslo", "Kosloff"];
    assert_eq!(found("OSLO", 9), (all.to_vec(), 5));
    assert_eq!(found("oslo", 2), (vec!["Oslo", "oslo data centre"], 5), "the others are counted");
}

#[test]
fn each_word_typed_must_be_in_the_name_in_any_order() {
    assert_eq!(found("centre oslo", 9).0, ["oslo data centre", "Data centre Oslo"]);
    assert_eq!(found("  eur  nor ", 9).0, ["North Europe"]);
    assert_eq!(found("BUCUREȘTI", 9).0, ["București"]);
    assert_eq!(found("paris", 9), (vec![], 0));
    assert_eq!(found("  ", 9), (vec![], 0), "nothing typed");
}
