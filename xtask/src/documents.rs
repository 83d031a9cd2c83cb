//! Tests of the documents: what they refer to is there.

use std::fs;
use std::path::{Path, PathBuf};

use clap::CommandFactory as _;

use crate::args::Arguments;

const DOCUMENTS: [&str; 8] = [
    "ARCHITECTURE.md",
    "CHANGELOG.md",
    "CONTRIBUTING.md",
    "README.md",
    "SECURITY.md",
    "docs/api-quirks.md",
    "docs/benchmarks.md",
    "docs/permissions.md",
];

fn root() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).parent().expect("the project has a root").to_path_buf()
}

fn read(path: &Path) -> String {
    fs::read_to_string(path).unwrap_or_else(|error| panic!("{}: {error}", path.display()))
}

#[test]
fn the_readme_shows_the_configuration_that_is_tested() {
    let shown = format!("```nginx\n{}```\n", read(&root().join("docs/nginx/engine-console.conf")));
    assert!(
        read(&root().join("README.md")).contains(&shown),
        "README.md and docs/nginx/engine-console.conf differ"
    );
}

#[test]
fn links_between_documents_lead_somewhere() {
    for name in DOCUMENTS {
        let path = root().join(name);
        let text = read(&path);
        let folder = path.parent().expect("it lies in a folder");
        for target in text.split("](").skip(1).filter_map(|rest| rest.split([')', '#']).next()) {
            let elsewhere = target.is_empty() || target.contains("://");
            assert!(elsewhere || folder.join(target).exists(), "{name} has a link to {target}");
        }
    }
}

/// The last column of each table names files, and behind each what in it deals with the quirk.
#[test]
fn what_deals_with_a_quirk_is_where_the_document_says() {
    let text = read(&root().join("docs/api-quirks.md"));
    let mut named = 0;
    for row in text.lines().filter(|line| line.starts_with("| ") && !line.contains("| ---")) {
        let cells: Vec<_> = row.trim_end_matches('|').split(" | ").collect();
        let mut file = String::new();
        for word in cells.last().expect("a row has cells").split('`').skip(1).step_by(2) {
            if word.contains('.') {
                let below = if word.starts_with("src/") || word.starts_with("crates/") {
                    PathBuf::from(word)
                } else {
                    Path::new("crates/console-api/src").join(word)
                };
                file = read(&root().join(below));
                named += 1;
            } else {
                assert!(file.contains(word), "{word} is not in the file that this row names: {row}");
            }
        }
    }
    assert!(named > 40, "the document names {named} files");
}

#[test]
fn every_command_is_in_the_readme() {
    let readme = read(&root().join("README.md"));
    let arguments = Arguments::command();
    for command in arguments.get_subcommands().filter(|command| !command.is_hide_set()) {
        let line = format!("| `cargo xtask {}", command.get_name());
        let row = readme.lines().find(|row| row.starts_with(&line));
        let row = row.unwrap_or_else(|| panic!("{} is not in the table of commands", command.get_name()));
        for option in command.get_arguments().filter_map(|argument| argument.get_long()) {
            assert!(row.contains(&format!("--{option}")), "{}: --{option}", command.get_name());
        }
    }
}
