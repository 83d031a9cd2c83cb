//! What a browser fetches of the finished app: at first, for the list of engines, and later. It is printed after each build,
//! and the tests hold the limits.

use std::fmt::Display;
use std::fs;
use std::path::{Path, PathBuf};

use crate::failure::{OnFile as _, Outcome, fail};
use crate::finish::{beside, files};
use crate::steps::print;

/// The first load may have so many bytes after brotli…
pub(crate) const FIRST_LOAD_LIMIT: u64 = 130_000;
/// … in so many requests: the page, one of the two stylesheets, the boot script, the glue module, the program, the icon.
pub(crate) const FIRST_LOAD_REQUESTS: usize = 6;
/// All that the list of engines needs, the first load included, in bytes after brotli. The goal is 300,000. Over it are what the
/// list learned about real consoles, rows that keep still, the filter's language (8,000), and groups, columns that move, sheets on
/// narrow screens and the palette's keys (25,000), and what notes the work done, searches notes and tags, and offers saved views (7,000).
pub(crate) const LIST_LIMIT: u64 = 345_000;
/// The whole app, in bytes after brotli. The goal was 680,000, before causes and mutes in Health, the picker, and moving and
/// deleting sites, and 800,000 with activity, history, saved views, notes, many new engines, pool plans, updates in stages and an even
/// load…
pub(crate) const WHOLE_LIMIT: u64 = 969_000;
/// … and in requests.
pub(crate) const WHOLE_REQUESTS: usize = 12;

/// How the name of a part begins.
pub(crate) const PART: &str = "part-";
/// How the name of a part begins that the list of engines needs.
pub(crate) const FIRST_PART: &str = "part-workbench";

/// How the name of the stylesheet begins that is fetched with the later part.
const LATER_STYLE: &str = "later-";

/// A finished app.
pub(crate) struct Built {
    /// Its folder.
    pub(crate) dist: PathBuf,
    /// What a browser fetches to show the first page, sign-in.
    pub(crate) first_load: Vec<File>,
    /// What it fetches while someone signs in, for the list of engines.
    pub(crate) next: Vec<File>,
    /// What it fetches afterwards, when it has nothing else to do or a screen needs it.
    pub(crate) later: Vec<File>,
}

/// One file with its sizes in bytes.
pub(crate) struct File {
    name: String,
    raw: u64,
    gzip: u64,
    brotli: u64,
}

impl File {
    /// The name, and the sizes: raw, gzip, brotli.
    pub(crate) fn cells(&self) -> [String; 4] {
        [self.name.clone(), self.raw.to_string(), self.gzip.to_string(), self.brotli.to_string()]
    }
}

impl Built {
    /// The first load after brotli, in bytes.
    pub(crate) fn transfer(&self) -> u64 {
        self.first_load_sums()[2]
    }

    /// All that the list of engines needs after brotli, in bytes.
    pub(crate) fn transfer_to_list(&self) -> u64 {
        self.transfer() + sums(&self.next)[2]
    }

    /// The whole app after brotli, in bytes.
    pub(crate) fn transfer_of_all(&self) -> u64 {
        self.transfer_to_list() + sums(&self.later)[2]
    }

    /// In how many requests the whole app is fetched.
    pub(crate) fn requests(&self) -> usize {
        self.first_load.len() + self.next.len() + self.later.len()
    }

    /// The bytes of the first load: raw, gzip, brotli.
    pub(crate) fn first_load_sums(&self) -> [u64; 3] {
        sums(&self.first_load)
    }
}

/// Measures a finished app: the page and what it refers to, then the parts.
pub(crate) fn measure(dist: &Path) -> Outcome<Built> {
    let index = dist.join("index.html");
    let page = fs::read_to_string(&index).on("read", &index)?;
    let (mut first_load, mut next, mut later) = (Vec::new(), Vec::new(), Vec::new());
    for path in files(dist)? {
        let size = |path: PathBuf| fs::metadata(&path).map(|meta| meta.len()).on("read", &path);
        let file = File {
            raw: size(path.clone())?,
            gzip: size(beside(&path, "gz"))?,
            brotli: size(beside(&path, "br"))?,
            name: path.file_name().unwrap_or_default().to_string_lossy().into_owned(),
        };
        let name = file.name.as_str();
        if name.starts_with(FIRST_PART) {
            next.push(file);
        } else if name.starts_with(PART) || name.starts_with(LATER_STYLE) {
            later.push(file);
        } else if name == "index.html" || page.contains(name) {
            first_load.push(file);
        } else {
            return fail(format!("{}: neither the page nor the app refers to it", path.display()));
        }
    }
    Ok(Built { dist: dist.to_path_buf(), first_load, next, later })
}

/// Prints the first load and what comes after it, file by file.
pub(crate) fn print_sizes(built: &Built) {
    let lines = [
        table(&format!("First load of the app in {}/, in bytes:", built.dist.display()), &built.first_load),
        vec![format!("    the limit is {FIRST_LOAD_LIMIT} after brotli, in {FIRST_LOAD_REQUESTS} requests")],
        table("While somebody signs in, for the list of engines:", &built.next),
        vec![format!(
            "    the list needs {} after brotli, the first load included: the limit is {LIST_LIMIT}",
            built.transfer_to_list()
        )],
        table("Afterwards, when nothing else is to be done or a screen needs it:", &built.later),
        vec![format!(
            "    the whole app has {} after brotli in {} requests: the limit is {WHOLE_LIMIT} in {WHOLE_REQUESTS}",
            built.transfer_of_all(),
            built.requests()
        )],
    ];
    lines.concat().iter().for_each(|line| print(line));
}

fn sums(files: &[File]) -> [u64; 3] {
    files.iter().fold([0; 3], |sum, file| [sum[0] + file.raw, sum[1] + file.gzip, sum[2] + file.brotli])
}

/// A heading, the files, and their sum.
fn table(heading: &str, files: &[File]) -> Vec<String> {
    let width = files.iter().map(|file| file.name.len()).max().unwrap_or(0);
    let row = |name: &str, [raw, gzip, brotli]: [&dyn Display; 3]| {
        format!("    {name:width$} {raw:>10} {gzip:>10} {brotli:>10}")
    };
    let mut lines = vec![heading.to_owned(), row("file", [&"raw", &"gzip", &"brotli"])];
    lines.extend(files.iter().map(|file| row(&file.name, [&file.raw, &file.gzip, &file.brotli])));
    let [raw, gzip, brotli] = sums(files);
    lines.push(row(&format!("{} requests", files.len()), [&raw, &gzip, &brotli]));
    lines
}

/// Fails where the app is larger than it may be.
pub(crate) fn check_sizes(built: &Built) -> Outcome {
    let first_requests = built.first_load.len() as u64;
    for (what, found, limit) in [
        ("the bytes of the first load after brotli", built.transfer(), FIRST_LOAD_LIMIT),
        ("the requests of the first load", first_requests, FIRST_LOAD_REQUESTS as u64),
        ("the bytes that the list of engines needs after brotli", built.transfer_to_list(), LIST_LIMIT),
        ("the bytes of the whole app after brotli", built.transfer_of_all(), WHOLE_LIMIT),
        ("the requests of the whole app", built.requests() as u64, WHOLE_REQUESTS as u64),
    ] {
        if found > limit {
            return fail(format!("{what} are {found}: the limit is {limit}"));
        }
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn file(name: &str, brotli: u64) -> File {
        File { name: name.into(), raw: 900_000, gzip: 300_000, brotli }
    }

    #[test]
    fn the_first_load_is_what_the_page_refers_to_and_the_parts_come_later() {
        let dist = tempfile::tempdir().expect("a folder");
        let write = |name: &str, text: &str| {
            for end in ["", ".br", ".gz"] {
                fs::write(dist.path().join(format!("{name}{end}")), text).expect("a file");
            }
        };
        write("index.html", "<script src=/x/boot-1.js></script>");
        write("boot-1.js", "xx");
        write("part-later-1.wasm", "xxx");
        write("part-workbench-1.wasm", "xxxx");
        let built = measure(dist.path()).unwrap();
        let names = |files: &[File]| files.iter().map(|file| file.name.clone()).collect::<Vec<_>>();
        assert_eq!(names(&built.first_load), ["boot-1.js", "index.html"]);
        assert_eq!(names(&built.next), ["part-workbench-1.wasm"]);
        assert_eq!(names(&built.later), ["part-later-1.wasm"]);
        assert_eq!(built.transfer_of_all() - built.transfer(), 7);
        assert!(check_sizes(&built).is_ok());
        write("left-over.js", "x");
        assert!(measure(dist.path()).err().expect("a failure").to_string().contains("left-over.js"));
    }

    #[test]
    fn an_app_over_a_limit_fails() {
        let built = |first: Vec<File>, next: u64, later: Vec<File>| Built {
            dist: "dist".into(),
            first_load: first,
            next: vec![file("part-workbench", next)],
            later,
        };
        let full = || vec![file("app.wasm", FIRST_LOAD_LIMIT)];
        let [list, rest] = [LIST_LIMIT - FIRST_LOAD_LIMIT, WHOLE_LIMIT - LIST_LIMIT];
        let files = |count: usize, size| (0..count).map(|_| file("part", size)).collect::<Vec<_>>();
        assert!(check_sizes(&built(full(), list, files(1, rest))).is_ok());
        for (built, words) in [
            (
                built(vec![file("app.wasm", FIRST_LOAD_LIMIT + 1)], 0, Vec::new()),
                "of the first load after brotli",
            ),
            (built(full(), list + 1, Vec::new()), "the list of engines needs"),
            (built(full(), list, files(1, rest + 1)), "of the whole app after brotli"),
            (built(files(FIRST_LOAD_REQUESTS + 1, 1), 0, Vec::new()), "the requests of the first load"),
            (built(full(), 0, files(WHOLE_REQUESTS, 1)), "the requests of the whole app"),
        ] {
            let found = check_sizes(&built).unwrap_err().to_string();
            assert!(found.contains(words), "{found}");
        }
    }
}
