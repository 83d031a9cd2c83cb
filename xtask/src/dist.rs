//! From what trunk wrote to what is served: one stylesheet, the public path in the page, compressed siblings, and the
//! size of the first load.

use std::collections::BTreeSet;
use std::fs;
use std::io::Write as _;
use std::path::{Path, PathBuf};

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use sha2::{Digest as _, Sha256, Sha384};

use crate::failure::{Failure, OnFile as _, Outcome, fail};
use crate::html;
use crate::steps::print;

/// The first load is to stay below this, in bytes after brotli…
pub(crate) const SIZE_GOAL: u64 = 150_000;
/// … and above this the tests fail.
pub(crate) const SIZE_LIMIT: u64 = 250_000;
/// The page, one stylesheet, the boot script, the glue module, the program, the icon.
pub(crate) const REQUESTS_GOAL: usize = 6;

/// A finished app.
pub(crate) struct Built {
    /// Its folder.
    pub(crate) dist: PathBuf,
    /// What a browser fetches to show the first page.
    pub(crate) first_load: Vec<Part>,
}

/// One file of the first load, sizes in bytes.
pub(crate) struct Part {
    name: String,
    raw: u64,
    gzip: u64,
    brotli: u64,
}

impl Built {
    /// The first load after brotli, in bytes.
    pub(crate) fn transfer(&self) -> u64 {
        self.first_load.iter().map(|part| part.brotli).sum()
    }
}

/// Finishes the folder that trunk wrote for that public path.
pub(crate) fn finish(dir: &Path, public_url: &str) -> Outcome {
    let index = dir.join("index.html");
    let page = fs::read_to_string(&index).on("read", &index)?;
    let page = one_stylesheet(dir, public_url, &page)?;
    let page = with_base(&page, public_url)?;
    fs::write(&index, page).on("write", &index)?;
    for file in files(dir)? {
        compress(&file)?;
    }
    Ok(())
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

/// Makes one file of all stylesheets, in the order of the page, and leaves one link to it.
fn one_stylesheet(dir: &Path, public_url: &str, page: &str) -> Outcome<String> {
    let tags = html::tags(page);
    let sheets: Vec<_> = tags.iter().filter(|tag| tag.is_link("stylesheet")).collect();
    let mut style = String::new();
    for sheet in &sheets {
        let href = sheet.attr("href").unwrap_or_default();
        let (path, name) = file_of(dir, public_url, href)?;
        let text = fs::read_to_string(&path).on("read", &path)?;
        if text.contains("@import") || text.contains("@charset") {
            return fail(format!(
                "{name}: @import and @charset do not survive being joined: list the file in index.html"
            ));
        }
        style.push_str(&text);
        style.push('\n');
        fs::remove_file(&path).on("remove", &path)?;
    }
    let Some((first, others)) = sheets.split_first() else { return Ok(page.to_owned()) };
    let name = format!("style-{}.css", &hex(&Sha256::digest(&style))[..16]);
    let path = dir.join(&name);
    fs::write(&path, &style).on("write", &path)?;
    let link = format!(
        r#"<link rel="stylesheet" href="{public_url}{name}" integrity="sha384-{}">"#,
        STANDARD.encode(Sha384::digest(&style))
    );
    let mut result = page.to_owned();
    // From the end, so that the earlier places stay right.
    for sheet in others.iter().rev() {
        result.replace_range(sheet.range.clone(), "");
    }
    result.replace_range(first.range.clone(), &link);
    Ok(result)
}

/// Writes the public path into the page, for the router.
fn with_base(page: &str, public_url: &str) -> Outcome<String> {
    let tags = html::tags(page);
    let meta = tags.iter().find(|tag| tag.name == "meta" && tag.attr("name") == Some("engine-console-base"));
    let Some(meta) = meta else {
        return fail("index.html has no <meta name=\"engine-console-base\">: the router needs it");
    };
    let mut result = page.to_owned();
    result.replace_range(
        meta.range.clone(),
        &format!(r#"<meta name="engine-console-base" content="{public_url}">"#),
    );
    Ok(result)
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
    let mut first_load = Vec::new();
    for name in std::iter::once("index.html".to_owned()).chain(names) {
        let path = dist.join(&name);
        let size = |path: PathBuf| fs::metadata(&path).map(|meta| meta.len()).on("read", &path);
        first_load.push(Part {
            raw: size(path.clone())?,
            gzip: size(beside(&path, "gz"))?,
            brotli: size(beside(&path, "br"))?,
            name,
        });
    }
    Ok(Built { dist: dist.to_path_buf(), first_load })
}

/// Prints the first load, file by file.
pub(crate) fn print_sizes(built: &Built) {
    print(&format!("First load of the app in {}/, in bytes:", built.dist.display()));
    let width = built.first_load.iter().map(|part| part.name.len()).max().unwrap_or(0);
    print(&format!("    {:width$} {:>10} {:>10} {:>10}", "file", "raw", "gzip", "brotli"));
    for Part { name, raw, gzip, brotli } in &built.first_load {
        print(&format!("    {name:width$} {raw:>10} {gzip:>10} {brotli:>10}"));
    }
    let sum = |of: fn(&Part) -> u64| built.first_load.iter().map(of).sum::<u64>();
    print(&format!(
        "    {:width$} {:>10} {:>10} {:>10}",
        format!("{} requests", built.first_load.len()),
        sum(|part| part.raw),
        sum(|part| part.gzip),
        built.transfer()
    ));
    print(&format!(
        "    the goal is {} kB after brotli and {REQUESTS_GOAL} requests, the limit {} kB",
        SIZE_GOAL / 1000,
        SIZE_LIMIT / 1000
    ));
}

/// The check of the first load that a test run makes.
pub(crate) fn check_sizes(built: &Built) -> Outcome {
    if built.transfer() > SIZE_LIMIT {
        return Err(Failure::new(format!(
            "the first load is {} bytes after brotli: the limit is {SIZE_LIMIT}",
            built.transfer()
        )));
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn app() -> tempfile::TempDir {
        let dir = tempfile::tempdir().expect("a folder");
        let write = |name: &str, text: &str| fs::write(dir.path().join(name), text).expect("a file");
        write("a-1.css", ":root{--x:1}");
        write("b-2.css", "body{color:var(--x)}");
        write("boot-3.js", "import('x')");
        write(
            "index.html",
            "<!doctype html><meta name=engine-console-base content=/><link rel=stylesheet href=/x/a-1.css \
             integrity=sha384-old><link href=\"/x/b-2.css\" rel=\"stylesheet\"/><script src=/x/boot-3.js type=module></script>",
        );
        dir
    }

    #[test]
    fn the_served_page_has_one_stylesheet_and_knows_its_path() {
        let dir = app();
        finish(dir.path(), "/x/").unwrap();
        let page = fs::read_to_string(dir.path().join("index.html")).expect("the page");
        assert_eq!(page.matches("stylesheet").count(), 1, "{page}");
        assert!(page.contains(r#"<meta name="engine-console-base" content="/x/">"#), "{page}");
        let names: Vec<_> = files(dir.path()).unwrap();
        let style = names.iter().find(|path| path.extension().is_some_and(|end| end == "css")).expect("one");
        assert_eq!(fs::read_to_string(style).expect("it"), ":root{--x:1}\nbody{color:var(--x)}\n");
        assert_eq!(names.len(), 3, "the two old stylesheets are gone: {names:?}");
    }

    #[test]
    fn every_file_has_siblings_and_the_first_load_counts_each_once() {
        let dir = app();
        finish(dir.path(), "/x/").unwrap();
        for path in files(dir.path()).unwrap() {
            assert!(beside(&path, "br").is_file() && beside(&path, "gz").is_file(), "{}", path.display());
        }
        let built = measure(dir.path(), "/x/").unwrap();
        assert_eq!(built.first_load.len(), 3);
        assert_eq!(built.transfer(), built.first_load.iter().map(|part| part.brotli).sum::<u64>());
        assert!(check_sizes(&built).is_ok());
    }

    #[test]
    fn the_brotli_sibling_is_the_file() {
        let dir = app();
        finish(dir.path(), "/x/").unwrap();
        let packed = fs::read(dir.path().join("boot-3.js.br")).expect("it");
        let mut text = Vec::new();
        brotli::BrotliDecompress(&mut packed.as_slice(), &mut text).expect("brotli");
        assert_eq!(text, b"import('x')");
    }

    #[test]
    fn a_stylesheet_that_cannot_be_joined_is_refused() {
        let dir = app();
        fs::write(dir.path().join("b-2.css"), "@import 'c.css';").expect("a file");
        let words = finish(dir.path(), "/x/").unwrap_err().to_string();
        assert!(words.contains("b-2.css") && words.contains("list the file in index.html"), "{words}");
    }

    #[test]
    fn a_page_for_another_path_is_refused() {
        let words = finish(app().path(), "/y/").unwrap_err().to_string();
        assert!(words.contains("not a file below /y/"), "{words}");
    }

    #[test]
    fn a_first_load_over_the_limit_fails() {
        let part = Part { name: "app.wasm".into(), raw: 900_000, gzip: 300_000, brotli: SIZE_LIMIT + 1 };
        let built = Built { dist: "dist".into(), first_load: vec![part] };
        assert!(check_sizes(&built).is_err());
    }
}
