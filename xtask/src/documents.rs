//! Tests of the documents: what they refer to is there.

use std::collections::HashSet;
use std::fs;
use std::path::{Path, PathBuf};

use clap::CommandFactory as _;

use crate::args::Arguments;

fn root() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).parent().expect("the project has a root").to_path_buf()
}

fn read(path: &Path) -> String {
    fs::read_to_string(path).unwrap_or_else(|error| panic!("{}: {error}", path.display()))
}

/// The documents, of the root and of `docs`, each with its path from the root.
fn documents_of_the_project() -> Vec<PathBuf> {
    let mut found = Vec::new();
    for folder in ["", "docs"] {
        for entry in fs::read_dir(root().join(folder)).expect("the folder can be read") {
            let name = entry.expect("an entry of a folder").file_name();
            if Path::new(&name).extension().is_some_and(|extension| extension == "md") {
                found.push(Path::new(folder).join(name));
            }
        }
    }
    found
}

/// What links can name of a document: its headings, as GitHub makes anchors of them.
fn anchors(text: &str) -> HashSet<String> {
    let mut is_code = false;
    let mut found = HashSet::new();
    for line in text.lines() {
        is_code ^= line.trim_start().starts_with("```");
        let heading = line.trim_start_matches('#');
        if is_code || heading.len() == line.len() || !heading.starts_with(' ') {
            continue;
        }
        let kept = heading.trim().chars().filter(|c| c.is_alphanumeric() || " -_".contains(*c));
        found.insert(kept.collect::<String>().to_lowercase().replace(' ', "-"));
    }
    found
}

#[test]
fn links_between_documents_lead_somewhere() {
    let documents = documents_of_the_project();
    assert!(documents.len() > 8, "only {} documents were found", documents.len());
    for name in documents {
        let path = root().join(&name);
        let text = read(&path);
        let folder = path.parent().expect("it lies in a folder");
        for link in text.split("](").skip(1).filter_map(|rest| rest.split(')').next()) {
            if link.contains("://") {
                continue;
            }
            let (target, anchor) = link.split_once('#').unwrap_or((link, ""));
            let target = if target.is_empty() { path.clone() } else { folder.join(target) };
            assert!(target.exists(), "{} has a link to {link}", name.display());
            let leads = anchor.is_empty() || anchors(&read(&target)).contains(anchor);
            assert!(leads, "{} has a link to {link}, which is no heading there", name.display());
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
fn every_command_is_in_the_table_of_commands() {
    let page = read(&root().join("docs/commands.md"));
    let (_, page) = page.split_once("\n## Commands\n").expect("the page has the table of commands");
    let arguments = Arguments::command();
    for command in arguments.get_subcommands().filter(|command| !command.is_hide_set()) {
        let line = format!("| `cargo xtask {}", command.get_name());
        let row = page.lines().find(|row| row.starts_with(&line));
        let row = row.unwrap_or_else(|| panic!("{} is not in the table of commands", command.get_name()));
        for option in command.get_arguments().filter_map(|argument| argument.get_long()) {
            assert!(row.contains(&format!("--{option}")), "{}: --{option}", command.get_name());
        }
    }
}

/// What lies in the project's folder and is not its own text.
const NOT_OURS: [&str; 4] = [".git", "target", "dist", "var"];

/// The document whose sections comments name, as they write it: `docs/api-quirks.md, "Reading"`.
const CITED: &str = "docs/api-quirks.md,";

/// Adds every text below a folder, with its path from the root.
fn collect_texts(folder: &Path, found: &mut Vec<(PathBuf, String)>) {
    let entries = fs::read_dir(folder).unwrap_or_else(|error| panic!("{}: {error}", folder.display()));
    for entry in entries {
        let path = entry.expect("an entry of a folder").path();
        let is_ours = path.file_name().is_some_and(|name| NOT_OURS.iter().all(|other| name != *other));
        if path.is_dir() && is_ours {
            collect_texts(&path, found);
        } else if let (true, Ok(text)) = (path.is_file(), fs::read_to_string(&path)) {
            // Pictures are no texts, and can't be read as such.
            found.push((path.strip_prefix(root()).expect("it lies below the root").to_owned(), text));
        }
    }
}

/// The comment of a line of Rust, if it has one; any other line whole.
fn remark(line: &str, is_rust: bool) -> &str {
    if !is_rust {
        return line;
    }
    let starts = line.match_indices("//").map(|(at, _)| at);
    let mut comments = starts.filter(|at| line[..*at].chars().next_back().is_none_or(char::is_whitespace));
    comments.next().map_or("", |at| line[at..].trim_start_matches(['/', '!']))
}

/// The sections that are named first thing in a text, such as ` "Reading" and "Changing"`.
fn sections(text: &str) -> Vec<&str> {
    let mut names = Vec::new();
    let mut rest = text.trim_start();
    while let Some((name, behind)) = rest.strip_prefix('"').and_then(|quoted| quoted.split_once('"')) {
        names.push(name);
        rest = behind.strip_prefix(" and ").or_else(|| behind.strip_prefix(", ")).unwrap_or_default();
    }
    names
}

/// The names of documents in a text, without those in addresses on the web.
fn documents(text: &str) -> impl Iterator<Item = &str> {
    text.split(|c: char| !c.is_ascii_alphanumeric() && !"_./-".contains(c))
        .map(|word| word.trim_end_matches('.'))
        .filter(|word| word.ends_with(".md") && !word.ends_with("/.md") && *word != ".md")
        .filter(|word| !word.starts_with("//"))
}

/// What a text refers to and is not there, each with its line (from 1); and how many sections it names.
fn dead_references(
    text: &str,
    is_rust: bool,
    headings: &HashSet<&str>,
    exists: impl Fn(&str) -> bool,
) -> (Vec<(usize, String)>, usize) {
    let lines: Vec<&str> = text.lines().map(|line| remark(line, is_rust)).collect();
    let mut dead = Vec::new();
    let mut named = 0;
    for (index, line) in lines.iter().enumerate() {
        dead.extend(documents(line).filter(|name| !exists(name)).map(|name| (index + 1, name.to_owned())));
        // The section's name may stand in the next line.
        let both = format!("{line} {}", lines.get(index + 1).map_or("", |next| next.trim_start()));
        for (at, _) in both.match_indices(CITED).filter(|(at, _)| *at < line.len()) {
            for section in sections(&both[at + CITED.len()..]) {
                named += 1;
                if !headings.contains(section) {
                    dead.push((index + 1, format!("{CITED} \"{section}\"")));
                }
            }
        }
        // Sections by number are those of standards (RFC 7617 §2), which keep theirs.
        for (at, _) in line.match_indices('§') {
            let before = line[..at].trim_end();
            if !before.ends_with(|c: char| c.is_ascii_digit()) {
                dead.push((index + 1, format!("{} §", before.rsplit(' ').next().unwrap_or_default())));
            }
        }
    }
    (dead, named)
}

#[test]
fn what_comments_cite_is_there() {
    let quirks = read(&root().join("docs/api-quirks.md"));
    let headings: HashSet<_> = quirks.lines().filter_map(|line| line.strip_prefix("## ")).collect();
    let mut texts = Vec::new();
    collect_texts(&root(), &mut texts);
    let mut dead = Vec::new();
    let mut named = 0;
    for (path, text) in &texts {
        let folder = path.parent().expect("a file lies in a folder");
        let exists = |name: &str| {
            !name.starts_with('/')
                && (root().join(name).is_file() || root().join(folder).join(name).is_file())
        };
        let is_rust = path.extension().is_some_and(|extension| extension == "rs");
        let (here, count) = dead_references(text, is_rust, &headings, exists);
        dead.extend(here.iter().map(|(line, what)| format!("{}:{line}: {what}", path.display())));
        named += count;
    }
    assert!(dead.is_empty(), "these are not there:\n{}", dead.join("\n"));
    assert!(named > 150, "{} texts name {named} sections", texts.len());
}

#[test]
fn a_citation_of_what_is_not_there_is_found_in_its_line() {
    let headings = HashSet::from(["Reading", "Special engines and pools"]);
    let exists = |name: &str| name == "docs/api-quirks.md";
    let text = [
        "//! As docs/api-quirks.md says (docs/api-quirks.md, \"Reading\" and \"Special engines and pools\").",
        "let page = \"gone.md\"; // See https://example.com/other.md and RFC 7617 §2.",
        "/// Not so (docs/api-quirks.md, \"Writing\"), nor in gone.md.",
        "// Nor here (docs/api-quirks.md,",
        "// \"Ports\"), nor by number (facts §2).",
    ]
    .join("\n");
    let (dead, named) = dead_references(&text, true, &headings, exists);
    let dead: Vec<_> = dead.iter().map(|(line, what)| (*line, what.as_str())).collect();
    assert_eq!(
        dead,
        [
            (3, "gone.md"),
            (3, "docs/api-quirks.md, \"Writing\""),
            (4, "docs/api-quirks.md, \"Ports\""),
            (5, "(facts §"),
        ]
    );
    assert_eq!(named, 4);
}
