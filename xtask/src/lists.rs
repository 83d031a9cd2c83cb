//! What a test tries of every form, every question and every task of the app: a new one that the test does not know is found here.

use std::{fs, path::Path};

/// The project's folder.
fn root() -> &'static Path {
    Path::new(env!("CARGO_MANIFEST_DIR")).parent().expect("the project has a root")
}

/// What marks it in a file of the app, and the tests that have a list of these files.
const KINDS: [(&str, &str, &[&str]); 3] = [
    ("form", "Edit::open(", &["forms.rs", "sites.rs"]),
    ("question", "<Confirm", &["questions.rs"]),
    ("task", "spawn_local(", &["forms.rs", "questions.rs", "tasks.rs"]),
];

/// Rooms whose tasks belong to the app and not to a page: nothing that they read goes before the app does.
const OF_THE_APP: [&str; 3] = ["src/browser/", "src/data/", "src/session.rs"];

fn rust_files(folder: &Path, found: &mut Vec<(String, String)>) {
    for entry in fs::read_dir(folder).unwrap() {
        let path = entry.unwrap().path();
        if path.is_dir() {
            rust_files(&path, found);
        } else if path.extension().is_some_and(|extension| extension == "rs") {
            let name = path.strip_prefix(root()).unwrap().to_string_lossy().into_owned();
            found.push((name, fs::read_to_string(&path).unwrap()));
        }
    }
}

#[test]
fn every_form_question_and_task_of_the_app_is_in_the_list_of_its_test() {
    let mut files = Vec::new();
    rust_files(&root().join("src"), &mut files);
    let mut missing = Vec::new();
    for (kind, mark, tests) in KINDS {
        let lists = tests.iter().map(|test| fs::read_to_string(root().join("tests/app").join(test)).unwrap());
        let lists = lists.collect::<String>();
        let having = files.iter().filter(|(name, text)| {
            text.contains(mark) && !OF_THE_APP.iter().any(|room| name.starts_with(room))
        });
        let having = having.map(|(name, _)| name).collect::<Vec<_>>();
        assert!(
            !having.is_empty(),
            "no {kind} is found any more: is it written in another way than {mark:?}?"
        );
        let unknown = having.into_iter().filter(|name| !lists.contains(&format!("\"{name}\"")));
        missing.extend(unknown.map(|name| format!("{kind} of {name}: tests/app/{}", tests.join(", "))));
    }
    assert!(missing.is_empty(), "not in the list of their test:\n{}", missing.join("\n"));
}

/// What has the rows of a table in it. A rule that asks these with `:has()` has the browser work out the style of everything in them again with
/// each row that is made: 600 elements instead of 50, in Chromium. A class says the same.
const WITH_ROWS: [&str; 6] = ["html", "body", "main", ".page", ".table", ".engines"];

#[test]
fn no_rule_of_the_style_asks_what_has_rows_for_what_it_has() {
    let mut asking = Vec::new();
    for file in fs::read_dir(root().join("style")).unwrap() {
        let path = file.unwrap().path();
        if path.extension().is_none_or(|extension| extension != "css") {
            continue;
        }
        let text = fs::read_to_string(&path).unwrap();
        // What is printed is made once.
        for line in text.lines().filter(|line| !line.contains("#paper")) {
            for (at, _) in line.match_indices(":has(") {
                let before = &line[..at];
                let start =
                    before.rfind(|c: char| c.is_whitespace() || "{},(".contains(c)).map_or(0, |at| at + 1);
                if WITH_ROWS.contains(&&before[start..]) {
                    asking.push(format!("{}: {}", path.display(), line.trim()));
                }
            }
        }
    }
    assert!(asking.is_empty(), "{}", asking.join("\n"));
}
