//! The folder that is served: one stylesheet, names with hashes, the public path in the page, compressed siblings; and the
//! size of the first load.

use std::collections::BTreeSet;
use std::fmt::Display;
use std::fs;
use std::io::Write as _;
use std::path::{Path, PathBuf};

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use sha2::{Digest as _, Sha256, Sha384};

use crate::failure::{Failure, OnFile as _, Outcome, fail};
use crate::html;
use crate::split::{self, Part, Pieces};
use crate::steps::print;

/// The first load is to stay below this, in bytes after brotli…
pub(crate) const SIZE_GOAL: u64 = 150_000;
/// … and above this the tests fail.
pub(crate) const SIZE_LIMIT: u64 = 250_000;
/// The same for all that the list of engines needs, the first load included.
pub(crate) const LIST_LIMIT: u64 = 300_000;
/// How the name of a part's file ends: several modules are no module.
const PART: &str = ".bin";
/// The page, one stylesheet, the boot script, the glue module, the program, the icon.
pub(crate) const REQUESTS_GOAL: usize = 6;

/// A finished app.
pub(crate) struct Built {
    /// Its folder.
    pub(crate) dist: PathBuf,
    /// What a browser fetches to show the first page, sign-in.
    pub(crate) first_load: Vec<File>,
    /// What it fetches while somebody signs in, for the list of engines.
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

    /// The bytes of the first load: raw, gzip, brotli.
    pub(crate) fn first_load_sums(&self) -> [u64; 3] {
        sums(&self.first_load)
    }
}

/// Writes the app into an empty folder: the page, which tells where the rest is, and all that it needs, under names
/// that change with the content.
pub(crate) fn assemble(pieces: &Pieces, dir: &Path, public_url: &str) -> Outcome {
    let mut glue = pieces.glue.clone();
    for part in &pieces.parts {
        glue = write_part(dir, part, &glue)?;
    }
    let program = write_hashed(dir, "engine-console", "_bg.wasm", &pieces.program)?;
    let glue = write_hashed(dir, "engine-console", ".js", glue.as_bytes())?;
    let start = format!(
        r#"<link rel="modulepreload" href="{public_url}{glue}" crossorigin><link rel="preload" href="{public_url}{program}" as="fetch" type="application/wasm" crossorigin>"#
    );
    let page = fs::read_to_string("index.html").on("read", "index.html")?;
    let page = finish_page(&page, Path::new("."), dir, public_url, &start)?;
    let index = dir.join("index.html");
    fs::write(&index, page).on("write", &index)?;
    for file in files(dir)? {
        compress(&file)?;
    }
    Ok(())
}

/// Writes the modules of a part, one behind the other. Gives the glue module that knows where each lies.
fn write_part(dir: &Path, part: &Part, glue: &str) -> Outcome<String> {
    let content: Vec<u8> = part.modules.iter().flat_map(|module| &module.content).copied().collect();
    let name = write_hashed(dir, &part.name, PART, &content)?;
    let mut glue = glue.to_owned();
    let mut from = 0;
    for module in &part.modules {
        let known = split::place_of(&module.stem);
        if glue.matches(&known).count() != 1 {
            return fail(format!("the glue module does not fetch {} at one place", module.stem));
        }
        let to = from + module.content.len();
        glue = glue.replace(&known, &format!("module(\"{name}\", {from}, {to}, {})", part.modules.len()));
        from = to;
    }
    Ok(glue)
}

/// Writes a file whose name says what is in it. Gives the name.
fn write_hashed(dir: &Path, stem: &str, end: &str, content: &[u8]) -> Outcome<String> {
    let name = format!("{stem}-{}{end}", &hex(&Sha256::digest(content))[..16]);
    let path = dir.join(&name);
    fs::write(&path, content).on("write", &path)?;
    Ok(name)
}

/// What a browser compares a script or a stylesheet with.
fn integrity(content: &str) -> String {
    format!("sha384-{}", STANDARD.encode(Sha384::digest(content)))
}

/// The page as it is served: its references lead to what it refers to in `source`, written into `dir`; the stylesheets
/// have become one; `start` stands before the script; the router's path is in it.
fn finish_page(page: &str, source: &Path, dir: &Path, public_url: &str, start: &str) -> Outcome<String> {
    let read = |href: &str| {
        let path = source.join(href);
        fs::read_to_string(&path).on("read", &path)
    };
    let stem = |href: &str| Path::new(href).file_stem().unwrap_or_default().to_string_lossy().into_owned();
    let tags = html::tags(page);
    let mut style = String::new();
    let mut changes = Vec::new();
    let (mut has_script, mut has_base) = (false, false);
    for tag in &tags {
        let href = tag.attr(if tag.name == "script" { "src" } else { "href" }).unwrap_or_default();
        let new = if tag.is_link("stylesheet") {
            style.push_str(&tidy_style(&read(href)?, href)?);
            String::new()
        } else if tag.is_link("icon") {
            let name = write_hashed(dir, &stem(href), ".svg", read(href)?.as_bytes())?;
            format!(r#"<link rel="icon" href="{public_url}{name}">"#)
        } else if tag.name == "script" {
            has_script = true;
            let script = read(href)?;
            let name = write_hashed(dir, &stem(href), ".js", script.as_bytes())?;
            let integrity = integrity(&script);
            format!(r#"{start}<script type="module" src="{public_url}{name}" integrity="{integrity}">"#)
        } else if tag.name == "meta" && tag.attr("name") == Some("engine-console-base") {
            has_base = true;
            format!(r#"<meta name="engine-console-base" content="{public_url}">"#)
        } else if tag.name == "link" {
            return fail(format!("index.html has a link to {href} of a kind that the build does not know"));
        } else {
            continue;
        };
        changes.push((tag, new));
    }
    if !has_base {
        return fail("index.html has no <meta name=\"engine-console-base\">: the router needs it");
    }
    if !has_script {
        return fail("index.html has no <script>: nothing would start the app");
    }
    if let Some((_, new)) = changes.iter_mut().find(|(tag, _)| tag.is_link("stylesheet")) {
        let name = write_hashed(dir, "style", ".css", style.as_bytes())?;
        let integrity = integrity(&style);
        *new = format!(r#"<link rel="stylesheet" href="{public_url}{name}" integrity="{integrity}">"#);
    }
    let mut result = page.to_owned();
    // From the end, so that the earlier places stay right.
    for (tag, new) in changes.iter().rev() {
        result.replace_range(tag.range.clone(), new);
    }
    let result = without_comments(&result, "<!--", "-->");
    Ok(result
        .lines()
        .map(str::trim)
        .filter(|line| !line.is_empty())
        .fold(String::new(), |page, line| page + line + "\n"))
}

/// A stylesheet without comments and indentation. Refuses what would not mean the same in the middle of another.
fn tidy_style(text: &str, href: &str) -> Outcome<String> {
    if text.contains("@import") || text.contains("@charset") {
        return fail(format!(
            "{href}: @import and @charset do not survive being joined: list the file in index.html"
        ));
    }
    let text = without_comments(text, "/*", "*/");
    Ok(text
        .lines()
        .map(str::trim)
        .filter(|line| !line.is_empty())
        .fold(String::new(), |all, line| all + line + "\n"))
}

/// Takes out all between two marks. Inside of quotes they are text.
fn without_comments(text: &str, open: &str, close: &str) -> String {
    let mut result = String::with_capacity(text.len());
    let mut quote = None;
    let mut rest = text;
    while let Some(c) = rest.chars().next() {
        if quote.is_none() && rest.starts_with(open) {
            rest = rest.split_once(close).map_or("", |(_, after)| after);
            continue;
        }
        // Apostrophes in a page's sentences are no quotes: none of them goes over the end of a line.
        quote = match (quote, c) {
            (None, '"' | '\'') => Some(c),
            (Some(open), _) if open == c || c == '\n' => None,
            (unchanged, _) => unchanged,
        };
        result.push(c);
        rest = &rest[c.len_utf8()..];
    }
    result
}

/// All files of a folder that are no compressed siblings, sorted. An app has no folders inside.
pub(crate) fn files(dir: &Path) -> Outcome<Vec<PathBuf>> {
    let mut all = Vec::new();
    for entry in fs::read_dir(dir).on("read", dir)? {
        let path = entry.on("read", dir)?.path();
        let sibling = path.extension().is_some_and(|end| end == "br" || end == "gz");
        if path.is_file() && !sibling {
            all.push(path);
        }
    }
    all.sort();
    Ok(all)
}

/// The file that a reference of the page means.
fn file_of<'a>(dir: &Path, public_url: &str, href: &'a str) -> Outcome<(PathBuf, &'a str)> {
    match href.strip_prefix(public_url) {
        Some(name) if !name.is_empty() && !name.contains('/') => Ok((dir.join(name), name)),
        _ => fail(format!("the page refers to {href}, which is not a file below {public_url}")),
    }
}

/// Lower-case hexadecimal digits.
pub(crate) fn hex(bytes: &[u8]) -> String {
    bytes.iter().map(|byte| format!("{byte:02x}")).collect()
}

/// Writes the `.br` and `.gz` siblings. No times in them: the same content gives the same bytes.
fn compress(path: &Path) -> Outcome {
    let raw = fs::read(path).on("read", path)?;
    let mut packed = Vec::new();
    let params = brotli::enc::BrotliEncoderParams {
        quality: 11,
        lgwin: 22,
        size_hint: raw.len(),
        ..Default::default()
    };
    brotli::BrotliCompress(&mut raw.as_slice(), &mut packed, &params).on("compress", path)?;
    let sibling = beside(path, "br");
    fs::write(&sibling, &packed).on("write", &sibling)?;
    let mut gzip = flate2::write::GzEncoder::new(Vec::new(), flate2::Compression::best());
    let packed = gzip.write_all(&raw).and_then(|()| gzip.finish()).on("compress", path)?;
    let sibling = beside(path, "gz");
    fs::write(&sibling, packed).on("write", &sibling)
}

fn beside(path: &Path, end: &str) -> PathBuf {
    let mut name = path.as_os_str().to_owned();
    name.push(".");
    name.push(end);
    PathBuf::from(name)
}

/// Measures what a browser fetches before the app's own code asks the console for anything.
pub(crate) fn measure(dist: &Path, public_url: &str) -> Outcome<Built> {
    let index = dist.join("index.html");
    let page = fs::read_to_string(&index).on("read", &index)?;
    let mut names = BTreeSet::new();
    for tag in html::tags(&page) {
        let wanted = match tag.name {
            "script" => tag.attr("src"),
            "link" => tag.attr("href"),
            _ => None,
        };
        if let Some(href) = wanted {
            names.insert(file_of(dist, public_url, href)?.1.to_owned());
        }
    }
    names.insert("index.html".to_owned());
    let first_part = format!("{}-", split::first_part());
    let (mut first_load, mut next, mut later) = (Vec::new(), Vec::new(), Vec::new());
    for path in files(dist)? {
        let size = |path: PathBuf| fs::metadata(&path).map(|meta| meta.len()).on("read", &path);
        let file = File {
            raw: size(path.clone())?,
            gzip: size(beside(&path, "gz"))?,
            brotli: size(beside(&path, "br"))?,
            name: path.file_name().unwrap_or_default().to_string_lossy().into_owned(),
        };
        if names.remove(&file.name) {
            first_load.push(file);
        } else if file.name.starts_with(&first_part) {
            next.push(file);
        } else {
            later.push(file);
        }
    }
    if let Some(name) = names.first() {
        return fail(format!("the page refers to {name}, which is not there"));
    }
    Ok(Built { dist: dist.to_path_buf(), first_load, next, later })
}

/// Prints the first load and what comes after it, file by file.
pub(crate) fn print_sizes(built: &Built) {
    let lines = [
        table(&format!("First load of the app in {}/, in bytes:", built.dist.display()), &built.first_load),
        vec![format!(
            "    the goal is {} kB after brotli and {REQUESTS_GOAL} requests, the limit {} kB",
            SIZE_GOAL / 1000,
            SIZE_LIMIT / 1000
        )],
        table("While somebody signs in, for the list of engines:", &built.next),
        vec![format!(
            "    the list needs {} bytes after brotli, the first load included: the limit is {} kB",
            built.transfer_to_list(),
            LIST_LIMIT / 1000
        )],
        table("Afterwards, when nothing else is to be done or a screen needs it:", &built.later),
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

/// The check of the first load that a test run makes.
pub(crate) fn check_sizes(built: &Built) -> Outcome {
    if built.transfer() > SIZE_LIMIT {
        return Err(Failure::new(format!(
            "the first load is {} bytes after brotli: the limit is {SIZE_LIMIT}",
            built.transfer()
        )));
    }
    if built.transfer_to_list() > LIST_LIMIT {
        return Err(Failure::new(format!(
            "the list of engines needs {} bytes after brotli: the limit is {LIST_LIMIT}",
            built.transfer_to_list()
        )));
    }
    if built.first_load.len() > REQUESTS_GOAL {
        return fail(format!(
            "the first load is {} requests: {REQUESTS_GOAL} are enough",
            built.first_load.len()
        ));
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    const PAGE: &str = "<!doctype html>\n<!-- for people -->\n<meta name=engine-console-base content=/>\n\
        <link rel=icon href=i.svg>\n  <link rel=stylesheet href=a.css>\n  <link href=\"b.css\" rel=\"stylesheet\"/>\n  \
        <script type=module src=boot.js></script>\n<p>It's here</p>\n";

    /// A source folder, and the finished app.
    fn app(page: &str) -> (tempfile::TempDir, tempfile::TempDir, Outcome<String>) {
        let [source, dir] = [(); 2].map(|()| tempfile::tempdir().expect("a folder"));
        let write = |name: &str, text: &str| fs::write(source.path().join(name), text).expect("a file");
        write("a.css", "/* tokens */\n:root { --x: \"/*\"; }\n");
        write("b.css", "body {\n  color: var(--x);\n}\n");
        write("c.css", "@import 'd.css';");
        write("boot.js", "import('x')");
        write("i.svg", "<svg/>");
        let page = finish_page(page, source.path(), dir.path(), "/x/", "<start>");
        if let Ok(page) = &page {
            fs::write(dir.path().join("index.html"), page.replace("<start>", "")).expect("the page");
            for part in ["part-a-0123456789abcdef.bin", "part-workbench-0123456789abcdef.bin"] {
                fs::write(dir.path().join(part), "\0asm").expect("a part");
            }
            files(dir.path()).unwrap().iter().for_each(|file| compress(file).unwrap());
        }
        (source, dir, page)
    }

    #[test]
    fn the_served_page_has_one_stylesheet_and_knows_its_path() {
        let (_source, dir, page) = app(PAGE);
        let page = page.unwrap();
        assert_eq!(page.matches("stylesheet").count(), 1, "{page}");
        assert!(page.contains(r#"<meta name="engine-console-base" content="/x/">"#), "{page}");
        assert!(page.contains(r#"<start><script type="module" src="/x/boot-"#), "{page}");
        assert!(page.ends_with("<p>It's here</p>\n") && !page.contains("for people"), "{page}");
        let names = files(dir.path()).unwrap();
        let style = names.iter().find(|path| path.extension().is_some_and(|end| end == "css")).expect("one");
        assert_eq!(
            fs::read_to_string(style).expect("it"),
            ":root { --x: \"/*\"; }\nbody {\ncolor: var(--x);\n}\n"
        );
    }

    #[test]
    fn names_change_with_what_is_in_the_file() {
        let dir = tempfile::tempdir().expect("a folder");
        let name = |content: &[u8]| write_hashed(dir.path(), "a", "_bg.wasm", content).unwrap();
        assert_eq!(name(b"x"), name(b"x"));
        assert_ne!(name(b"x"), name(b"y"));
        assert_eq!(name(b"x").len(), "a-0123456789abcdef_bg.wasm".len());
    }

    #[test]
    fn every_file_has_siblings_and_the_first_load_is_what_the_page_refers_to() {
        let (_source, dir, _) = app(PAGE);
        for path in files(dir.path()).unwrap() {
            assert!(beside(&path, "br").is_file() && beside(&path, "gz").is_file(), "{}", path.display());
        }
        let built = measure(dir.path(), "/x/").unwrap();
        let names = |files: &[File]| files.iter().map(|file| file.name.clone()).collect::<Vec<_>>();
        assert_eq!(built.first_load.len(), 4, "{:?}", names(&built.first_load));
        assert_eq!(names(&built.next), ["part-workbench-0123456789abcdef.bin"]);
        assert_eq!(names(&built.later), ["part-a-0123456789abcdef.bin"]);
        assert_eq!(built.transfer(), built.first_load.iter().map(|file| file.brotli).sum::<u64>());
        assert!(check_sizes(&built).is_ok());
    }

    #[test]
    fn the_brotli_sibling_is_the_file() {
        let (_source, dir, _) = app(PAGE);
        let names = files(dir.path()).unwrap();
        let script = names.iter().find(|path| path.extension().is_some_and(|end| end == "js")).expect("one");
        let packed = fs::read(beside(script, "br")).expect("it");
        let mut text = Vec::new();
        brotli::BrotliDecompress(&mut packed.as_slice(), &mut text).expect("brotli");
        assert_eq!(text, b"import('x')");
    }

    #[test]
    fn a_page_that_the_build_cannot_finish_is_refused_with_the_reason() {
        for (from, to, reason) in [
            ("b.css", "c.css", "c.css: @import and @charset do not survive"),
            ("b.css", "missing.css", "missing.css"),
            ("engine-console-base", "other", "the router needs it"),
            ("<script type=module src=boot.js></script>", "", "nothing would start the app"),
            ("rel=icon", "rel=manifest", "i.svg of a kind"),
        ] {
            let (_source, _dir, page) = app(&PAGE.replace(from, to));
            let words = page.unwrap_err().to_string();
            assert!(words.contains(reason), "{words}");
        }
    }

    #[test]
    fn a_page_for_another_path_or_with_a_missing_file_is_refused() {
        let (_source, dir, _) = app(PAGE);
        let words = |path| measure(dir.path(), path).err().expect("a failure").to_string();
        assert!(words("/y/").contains("not a file below /y/"), "{}", words("/y/"));
        fs::remove_file(files(dir.path()).unwrap().pop().expect("the style")).expect("removed");
        assert!(words("/x/").contains("which is not there"), "{}", words("/x/"));
    }

    #[test]
    fn a_first_load_over_the_limit_fails() {
        let file = |brotli| File { name: "app.wasm".into(), raw: 900_000, gzip: 300_000, brotli };
        let built =
            |first_load| Built { dist: "dist".into(), first_load, next: Vec::new(), later: Vec::new() };
        assert!(check_sizes(&built(vec![file(SIZE_LIMIT)])).is_ok());
        assert!(check_sizes(&built(vec![file(SIZE_LIMIT + 1)])).is_err(), "too large");
        let list = Built { next: vec![file(LIST_LIMIT - SIZE_LIMIT + 1)], ..built(vec![file(SIZE_LIMIT)]) };
        assert!(check_sizes(&list).is_err(), "the list is too large");
        let many = (0..=REQUESTS_GOAL).map(|_| file(1)).collect();
        assert!(check_sizes(&built(many)).is_err(), "too many requests");
    }
}
