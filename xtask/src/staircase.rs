//! Tests of the house: which file of the app may import which, and that none import each other in a circle. ARCHITECTURE.md,
//! "The staircase", says why.
//!
//! It reads `use` and the paths that begin with `crate`, `super` or `self`, and follows what is handed on with `pub use` to
//! where it is. What a child has of its own module and of those around it does not count: they are one thing.

use std::collections::{BTreeMap, BTreeSet};
use std::fs;
use std::path::{Path, PathBuf};

/// The app's floors from the top. A file imports from the floors below its own and from its own room, never from above or
/// across.
const FLOORS: [&[&str]; 14] = [
    &["main"],
    &["lib"],
    &["app"],
    &["parts"],
    &["rehearsal"],
    &["workbench"],
    &["shell", "shortcuts"],
    &["pages"],
    &["features"],
    &["forms"],
    &["data", "ui"],
    &["unsaved"],
    &["routes", "session"],
    &["browser"],
];

/// The largest circle that the crates may have.
const CRATES_MAY_HAVE: usize = 3;

type Module = Vec<String>;

/// The files of one crate and what each takes from another.
struct House {
    files: Vec<PathBuf>,
    modules: Vec<Module>,
    texts: Vec<String>,
    by_module: BTreeMap<Module, usize>,
}

impl House {
    fn empty() -> Self {
        Self { files: Vec::new(), modules: Vec::new(), texts: Vec::new(), by_module: BTreeMap::new() }
    }

    /// All of `src`, a crate's folder, from the project's root.
    fn open(src: &str) -> Self {
        let root = Path::new(env!("CARGO_MANIFEST_DIR")).parent().expect("the project has a root");
        let mut house = Self::empty();
        let mut folders = vec![root.join(src)];
        while let Some(folder) = folders.pop() {
            let entries =
                fs::read_dir(&folder).unwrap_or_else(|error| panic!("{}: {error}", folder.display()));
            for path in entries.map(|entry| entry.expect("a folder can be read").path()) {
                if path.is_dir() {
                    folders.push(path);
                } else if path.extension().is_some_and(|end| end == "rs") {
                    let text = fs::read_to_string(&path).expect("a source can be read");
                    house.add(path.strip_prefix(root).expect("it is below the root"), src, &text);
                }
            }
        }
        assert!(!house.files.is_empty(), "{src} has no sources");
        house
    }

    fn add(&mut self, path: &Path, src: &str, text: &str) {
        let inside = path.strip_prefix(src).expect("it is below src").with_extension("");
        let mut module: Module = inside.iter().map(|part| part.to_string_lossy().into_owned()).collect();
        let is_root = matches!(module.as_slice(), [one] if one == "lib" || one == "main");
        if is_root || module.last().is_some_and(|last| last == "mod") {
            module.pop();
        }
        // A program beside a library is a root as well, and nothing imports it.
        if !is_root || path.ends_with("lib.rs") || !self.by_module.contains_key(&module) {
            self.by_module.insert(module.clone(), self.files.len());
        }
        self.files.push(path.to_path_buf());
        self.modules.push(module);
        self.texts.push(code(text));
    }

    /// What each file imports, by their numbers.
    fn imports(&self) -> Vec<BTreeSet<usize>> {
        let of = |at: usize| {
            let here = &self.modules[at];
            let used = uses(&self.texts[at]).into_iter().map(|(path, _)| path);
            let paths = used.chain(inline_paths(&self.texts[at]));
            let found = paths.filter_map(|path| self.find(&self.absolute(here, &path)?, 0));
            found.filter(|to| *to != at && !here.starts_with(&self.modules[*to])).collect()
        };
        (0..self.files.len()).map(of).collect()
    }

    /// The same path from the crate's root; `None`: it is of another crate.
    fn absolute(&self, here: &Module, path: &[String]) -> Option<Module> {
        let mut base = here.clone();
        let mut rest = path;
        match rest.first()?.as_str() {
            "crate" => (base, rest) = (Module::new(), &rest[1..]),
            "self" => rest = &rest[1..],
            "super" => {
                while rest.first().is_some_and(|part| part == "super") {
                    base.pop();
                    rest = &rest[1..];
                }
            }
            first => {
                base.push(first.to_owned());
                if !self.by_module.contains_key(&base) {
                    return None;
                }
                rest = &rest[1..];
            }
        }
        base.extend(rest.iter().cloned());
        Some(base)
    }

    /// The file in which the thing is that this path leads to.
    fn find(&self, path: &Module, depth: usize) -> Option<usize> {
        let known = (0..=path.len()).rev().find(|len| self.by_module.contains_key(&path[..*len]))?;
        let (module, at) = (path[..known].to_vec(), self.by_module[&path[..known]]);
        let Some(name) = path.get(known).filter(|_| depth < 8) else { return Some(at) };
        let handed_on = uses(&self.texts[at]).into_iter().filter(|(_, public)| *public);
        for (used, _) in handed_on {
            let glob = used.last().is_some_and(|last| last == "*");
            let Some(mut target) = self.absolute(&module, &used) else { continue };
            if glob {
                target.pop();
                let from = self.by_module.get(&target);
                if !from.is_some_and(|from| defines(&self.texts[*from], name)) {
                    continue;
                }
                target.push(name.clone());
            } else if used.last() != Some(name) {
                continue;
            }
            return self.find(&target, depth + 1);
        }
        Some(at)
    }

    /// The imports that go up the staircase or across it.
    fn wrong_ways(&self) -> Vec<String> {
        let mut wrong = Vec::new();
        for (at, imports) in self.imports().into_iter().enumerate() {
            for to in imports {
                let (from_room, to_room) =
                    (room(&self.modules[at], &self.files[at]), room(&self.modules[to], &self.files[to]));
                let page = |module: &Module| module.get(1).cloned();
                let allowed = if from_room == to_room {
                    // Each page is a room of its own.
                    from_room != "pages"
                        || at_root(&self.modules[at])
                        || page(&self.modules[at]) == page(&self.modules[to])
                } else {
                    floor(&from_room, &self.name(at)) < floor(&to_room, &self.name(to))
                };
                if !allowed {
                    wrong.push(format!("{} imports {}", self.name(at), self.name(to)));
                }
            }
        }
        wrong
    }

    fn name(&self, at: usize) -> String {
        self.files[at].to_string_lossy().into_owned()
    }

    /// The files that import each other in a circle, whatever its length.
    fn circles(&self) -> Vec<Circle> {
        let imports = self.imports();
        let reached: Vec<BTreeSet<usize>> = (0..imports.len())
            .map(|from| {
                let mut reached = BTreeSet::new();
                let mut open = vec![from];
                while let Some(at) = open.pop() {
                    open.extend(imports[at].iter().filter(|to| reached.insert(**to)));
                }
                reached
            })
            .collect();
        let mut circles = BTreeSet::new();
        for (at, from_here) in reached.iter().enumerate() {
            let round: Vec<_> = from_here.iter().copied().filter(|to| reached[*to].contains(&at)).collect();
            if !round.is_empty() {
                circles.insert(round);
            }
        }
        let describe = |round: Vec<usize>| {
            let steps = round.iter().flat_map(|from| {
                let within = imports[*from].iter().filter(|to| round.contains(to));
                within.map(|to| format!("{} imports {}", self.name(*from), self.name(*to)))
            });
            Circle { steps: steps.collect(), files: round.iter().map(|at| self.name(*at)).collect() }
        };
        circles.into_iter().map(describe).collect()
    }
}

/// Files that import each other.
struct Circle {
    files: Vec<String>,
    /// Which file imports which.
    steps: Vec<String>,
}

fn steps_of(circles: &[Circle]) -> String {
    circles.iter().map(|circle| circle.steps.join("\n")).collect::<Vec<_>>().join("\n\n")
}

/// The text without comments and without its tests.
fn code(text: &str) -> String {
    let text = text.split("#[cfg(test)]\nmod tests {").next().unwrap_or_default();
    let lines = text.lines().map(|line| line.split("//").next().unwrap_or_default());
    lines.collect::<Vec<_>>().join("\n")
}

/// What is imported, each as one path, and whether it is handed on.
fn uses(code: &str) -> Vec<(Vec<String>, bool)> {
    let mut all = Vec::new();
    let mut rest = code;
    while let Some(start) = rest.find("use ") {
        let (before, after) = rest.split_at(start);
        let line = before.rsplit('\n').next().unwrap_or_default().trim();
        rest = &after[4..];
        if line.is_empty() || line.starts_with("pub") && !line.contains(['=', ';']) {
            let (tree, after) = rest.split_once(';').unwrap_or((rest, ""));
            let mut paths = Vec::new();
            leaves(tree, &[], &mut paths);
            all.extend(paths.into_iter().map(|path| (path, !line.is_empty())));
            rest = after;
        }
    }
    all
}

/// Takes `a::{b, c::d}` apart into its paths.
fn leaves(tree: &str, before: &[String], paths: &mut Vec<Vec<String>>) {
    let tree = tree.trim();
    let parts = |path: &str| {
        path.split("::")
            .map(|part| part.trim().to_owned())
            .filter(|part| !part.is_empty())
            .collect::<Vec<_>>()
    };
    let Some((path, inner)) = tree.split_once('{') else {
        let path = tree.split(" as ").next().unwrap_or_default();
        let mut path = [before, &parts(path)].concat();
        if path.len() > 1 && path.last().is_some_and(|last| last == "self") {
            path.pop();
        }
        if !path.is_empty() && !tree.is_empty() {
            paths.push(path);
        }
        return;
    };
    let before = [before, &parts(path)].concat();
    let inner = inner.trim_end().strip_suffix('}').unwrap_or(inner);
    let (mut depth, mut start) = (0, 0);
    for (at, character) in inner.char_indices() {
        match character {
            '{' => depth += 1,
            '}' => depth -= 1,
            ',' if depth == 0 => {
                leaves(&inner[start..at], &before, paths);
                start = at + 1;
            }
            _ => {}
        }
    }
    leaves(&inner[start..], &before, paths);
}

/// Paths in the middle of code that say from where they are.
fn inline_paths(code: &str) -> Vec<Vec<String>> {
    let is_word = |c: char| c.is_alphanumeric() || c == '_';
    let mut all = Vec::new();
    for start in ["crate::", "super::", "self::"].iter().flat_map(|word| code.match_indices(word)) {
        let (before, after) = code.split_at(start.0);
        if before.ends_with("use ") || before.ends_with(|c: char| is_word(c) || c == ':' || c == '$') {
            continue;
        }
        let end = after.find(|c: char| !is_word(c) && c != ':').unwrap_or(after.len());
        let path = after[..end].split("::").map(str::to_owned).filter(|part| !part.is_empty());
        all.push(path.collect());
    }
    all
}

/// Whether something of this name is defined here.
fn defines(code: &str, name: &str) -> bool {
    let kinds = ["fn", "struct", "enum", "trait", "type", "const", "static", "mod"];
    let mut words = code.split(|c: char| !c.is_alphanumeric() && c != '_').filter(|word| !word.is_empty());
    let mut before = words.next().unwrap_or_default();
    words.any(|word| {
        word == name && kinds.contains(&std::mem::replace(&mut before, word)) || {
            before = word;
            false
        }
    })
}

/// A file's room: its folder, or the file itself.
fn room(module: &[String], file: &Path) -> String {
    let root = || file.file_stem().unwrap_or_default().to_string_lossy().into_owned();
    module.first().cloned().unwrap_or_else(root)
}

fn floor(room: &str, file: &str) -> usize {
    let found = FLOORS.iter().position(|rooms| rooms.contains(&room));
    found.unwrap_or_else(|| panic!("{file} is in no room of the staircase (xtask/src/staircase.rs)"))
}

#[test]
fn the_app_imports_only_from_the_floors_below() {
    let wrong = House::open("src").wrong_ways();
    assert!(wrong.is_empty(), "these imports go up or across:\n{}", wrong.join("\n"));
}

fn at_root(module: &Module) -> bool {
    module.len() < 2
}

/// What needs a browser is in `tests/app`: the files of the app are tested natively alone, so that nothing would run it here.
#[test]
fn tests_that_need_a_browser_are_where_they_run() {
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).parent().expect("the project has a root");
    let needs_a_browser = |file: &&PathBuf| {
        fs::read_to_string(root.join(file)).expect("a source can be read").contains("wasm_bindgen_test")
    };
    let misplaced = House::open("src").files.iter().filter(needs_a_browser).cloned().collect::<Vec<_>>();
    assert_eq!(misplaced, Vec::<PathBuf>::new(), "these belong into tests/app");
}

#[test]
fn no_files_of_the_app_import_each_other_in_a_circle() {
    let circles = House::open("src").circles();
    assert!(circles.is_empty(), "these files import each other in a circle:\n{}", steps_of(&circles));
}

#[test]
fn the_crates_have_no_large_circles() {
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).parent().expect("the project has a root");
    let mut folders = vec!["xtask/src".to_owned()];
    for entry in fs::read_dir(root.join("crates")).expect("there are crates") {
        let name = entry.expect("a folder can be read").file_name();
        folders.push(format!("crates/{}/src", name.to_string_lossy()));
    }
    let mut wrong = Vec::new();
    for folder in folders.iter().filter(|folder| root.join(folder).is_dir()) {
        let circles = House::open(folder).circles();
        wrong.extend(circles.into_iter().filter(|circle| circle.files.len() > CRATES_MAY_HAVE));
    }
    assert!(wrong.is_empty(), "these files import each other in a circle:\n{}", steps_of(&wrong));
}

/// A crate with these files in `src`.
fn made_up(files: &[(&str, &str)]) -> House {
    let mut house = House::empty();
    for (name, text) in files {
        house.add(&Path::new("src").join(name), "src", text);
    }
    house
}

#[test]
fn a_circle_is_found_and_what_children_have_of_their_parent_is_none() {
    let parent = ("data/mod.rs", "mod query;\npub use query::Query;\npub struct Data(Query);");
    let child = ("data/query.rs", "use super::Data;\npub struct Query;");
    assert!(made_up(&[parent, child]).circles().is_empty());
    let circle = [
        parent,
        ("data/query.rs", "use crate::ui::{icon::Icon, live};"),
        ("ui/icon.rs", "pub struct Icon;"),
        ("ui/live.rs", "fn live() -> crate::data::Query { todo() }"),
    ];
    let circles = made_up(&circle).circles();
    let [Circle { files, steps }] = circles.as_slice() else { panic!("{}", steps_of(&circles)) };
    assert_eq!(files, &["src/data/query.rs", "src/ui/live.rs"]);
    assert!(steps.contains(&"src/ui/live.rs imports src/data/query.rs".to_owned()));
}

#[test]
fn an_import_that_goes_up_or_across_is_found() {
    let house = made_up(&[
        ("data/bulk.rs", "use crate::ui::toast::Toasts;"),
        ("ui/toast.rs", "pub struct Toasts;"),
        ("pages/pool.rs", "use super::pools::asking;\nuse crate::ui::toast;"),
        ("pages/pools/asking.rs", "use crate::browser::clock;"),
        ("browser/clock.rs", ""),
    ]);
    let wrong =
        ["src/data/bulk.rs imports src/ui/toast.rs", "src/pages/pool.rs imports src/pages/pools/asking.rs"];
    assert_eq!(house.wrong_ways(), wrong);
}

#[test]
fn a_use_is_taken_apart() {
    let code = code(
        "use crate::{a::{self, B}, c::*};\npub use super::d as e; // use crate::f;\nlet x = crate::g::h();",
    );
    let expected = ["crate::a", "crate::a::B", "crate::c::*", "super::d"].map(str::to_owned);
    let found: Vec<_> = uses(&code).into_iter().map(|(path, _)| path.join("::")).collect();
    assert_eq!(found, expected);
    assert!(inline_paths(&code).contains(&vec!["crate".to_owned(), "g".to_owned(), "h".to_owned()]));
}
