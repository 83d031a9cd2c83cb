//! The last step of `trunk build --release`, which calls it (see Trunk.toml) when its folder is filled and not in its place
//! yet. It cuts off the program what is fetched later, puts the policy into the page, and compressed siblings beside each
//! file.
//!
//! Trunk has neither splitting nor a hook between cargo and wasm-bindgen. So this takes what cargo made, splits it, calls
//! wasm-bindgen again for the first piece, and replaces what trunk has staged. The pieces' loaders go to the end of the boot
//! script, which has what they need; no other tool's output is cut open. Wherever a tool writes in another form than
//! expected, the build fails and says so.

use std::convert::Infallible;
use std::env;
use std::fs;
use std::io::Write as _;
use std::path::{Path, PathBuf};
use std::process::Command;

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use sha2::{Digest as _, Sha256, Sha384};
use wasm_encoder::reencode::{self, Reencode};
use wasm_split_cli_support::Options;
use wasmparser::{CustomSectionReader, Parser};

use crate::cmd;
use crate::failure::{Failure, OnFile as _, Outcome, fail};
use crate::paths;
use crate::sizes::{FIRST_PART, PART};
use crate::steps::Steps;
use crate::tools::{TRUNK, WASM_BINDGEN};
use crate::wasm::TARGET;

/// What trunk and wasm-bindgen call the program.
const NAME: &str = "engine-console";
/// The boot script's name for trunk, and so for the program, which imports the loaders from there.
const BOOT: &str = "boot";
/// What src/parts.rs calls the part that is fetched first of all.
const FIRST: &str = "workbench";

/// Finishes the folder that trunk is about to put into its place.
pub(crate) fn finish() -> Outcome {
    let folder = env::var_os("TRUNK_STAGING_DIR")
        .ok_or_else(|| Failure::new("`finish` is for trunk: call `trunk build --release`"))?;
    let config = TrunkConfig::load()?;
    let compiled = paths::target().join(TARGET).join("app").join(NAME).with_extension("wasm");
    let bindgen = WASM_BINDGEN.ensure(&mut Steps::new())?;
    let work = tempfile::tempdir().on("make", "a folder for the parts")?;
    let pieces = split(&compiled, &bindgen, work.path())?;
    let mut staging = Staging::open(PathBuf::from(folder))?;
    staging.put_in(&pieces)?;
    staging.set_policy(&config.policy())?;
    staging.close(&config.nonce)
}

fn unknown(tool: &str, what: &str) -> Failure {
    Failure::new(format!("{what}: this version of {tool} is not known here"))
}

/// What the program has become.
struct Pieces {
    /// The module that connects the program with the browser. It imports the loaders from `./boot.js`.
    glue: String,
    /// The program without the parts.
    program: Vec<u8>,
    /// How the parts are fetched, to be added to the boot script.
    loaders: String,
    parts: Vec<Part>,
}

/// One module that was cut off.
struct Part {
    /// What the splitter calls it.
    stem: String,
    /// What it is called in the finished app, without hash and ending.
    name: String,
    content: Vec<u8>,
}

/// Cuts the program into pieces. `bindgen` is the folder with wasm-bindgen, `work` an empty one for what comes between.
fn split(compiled: &Path, bindgen: &Path, work: &Path) -> Outcome<Pieces> {
    let input = fs::read(compiled).on("read", compiled)?;
    let main = work.join("main.wasm");
    let link = format!("./{BOOT}.js");
    let mut options = Options::new(&input);
    options.output_dir = work;
    options.main_out_path = &main;
    options.link_name = &link;
    let cut = wasm_split_cli_support::transform(options)
        .map_err(|error| Failure::new(format!("{} could not be split: {error:#}", compiled.display())))?;
    let Some(first) = cut.prefetch_map.get(FIRST) else {
        return fail(format!("{} has no part {FIRST}: was it built for release?", compiled.display()));
    };
    let mut parts = Vec::new();
    for path in &cut.split_modules {
        let stem = path.file_stem().unwrap_or_default().to_string_lossy().into_owned();
        let content = compact(&fs::read(path).on("read", path)?)?;
        parts.push(Part { name: part_name(&stem, first.contains(&stem)), stem, content });
    }
    let mut run = Command::new(bindgen.join("wasm-bindgen"));
    run.args(["--target", "web", "--no-typescript", "--omit-default-module-path", "--out-name", NAME]);
    // The parts link to these.
    run.args(["--keep-lld-exports", "--no-demangle"]);
    run.arg("--out-dir").arg(work).arg(&main);
    cmd::output(&mut run)?;
    let read = |name: &str| fs::read_to_string(work.join(name)).on("read", work.join(name));
    let program = work.join(format!("{NAME}_bg.wasm"));
    Ok(Pieces {
        glue: tidy(&read(&format!("{NAME}.js"))?),
        program: compact(&fs::read(&program).on("read", &program)?)?,
        loaders: read(&format!("{BOOT}.js"))?,
        parts,
    })
}

/// `part-workbench`, `part-workbench-shared-1`, `part-later`: the name says what it is fetched for.
fn part_name(stem: &str, is_first: bool) -> String {
    let (kind, rest) = stem.split_once('_').unwrap_or((stem, ""));
    match (kind, is_first) {
        ("split", _) => format!("{PART}{}", rest.replace('_', "-")),
        (_, true) => format!("{FIRST_PART}-shared-{rest}"),
        (_, false) => format!("{PART}shared-{rest}"),
    }
}

/// The loaders, as they stand at the end of the boot script: `initSync` and `part` are there. `files` are the parts' stems with
/// the names of their files and what the browser compares these with.
fn loaders(made: &str, files: &[(String, String, String)]) -> Outcome<String> {
    const TOOL: &str = "wasm_split_cli_support";
    let mut text = made
        .strip_prefix("import { initSync } from \"./main.js\";")
        .ok_or_else(|| unknown(TOOL, "the loaders of the parts begin in another way than expected"))?
        .to_owned();
    for (stem, name, integrity) in files {
        let fetches = format!("= fetch(new URL(\"./{stem}.wasm\", import.meta.url));");
        if text.matches(&fetches).count() != 1 {
            return Err(unknown(
                TOOL,
                &format!("the loaders do not fetch {stem} in the way that was expected"),
            ));
        }
        text = text.replace(&fetches, &format!("= part(\"./{name}\", \"{integrity}\");"));
    }
    if text.contains("fetch(") || text.contains("import ") || !text.contains("export const ") {
        return Err(unknown(TOOL, "the loaders fetch, import or export something else than expected"));
    }
    // The app says on the screen that a part did not come, and most come before anybody needs them: that is no error yet.
    Ok(tidy(&text.replace("console.error(", "console.warn(")))
}

/// The folder, and its page, which names the other files.
struct Staging {
    folder: PathBuf,
    page: String,
}

impl Staging {
    fn open(folder: PathBuf) -> Outcome<Self> {
        let index = folder.join("index.html");
        let page = fs::read_to_string(&index).on("read", &index)?;
        Ok(Self { folder, page })
    }

    /// Puts the pieces in the place of what trunk has made of the program. All names become ones that change with the content.
    fn put_in(&mut self, pieces: &Pieces) -> Outcome {
        let mut files = Vec::new();
        for Part { stem, name, content } in &pieces.parts {
            let file = self.add(name, ".wasm", content)?;
            files.push((stem.clone(), file, integrity(content)));
        }
        let loaders = loaders(&pieces.loaders, &files)?;
        let boot = self.replace(BOOT, ".js", |boot| [tidy_bytes(&boot), loaders.into_bytes()].concat())?;
        let import = format!("from \"./{BOOT}.js\"");
        if !pieces.glue.contains(&import) {
            return Err(unknown(
                "wasm-bindgen",
                "the glue module imports the loaders in another way than expected",
            ));
        }
        let glue = pieces.glue.replace(&import, &format!("from \"./{boot}\""));
        let glue = self.replace(NAME, ".js", |_| glue.into_bytes())?;
        self.add_integrity(&glue, "integrity")?;
        let program = self.replace(NAME, "_bg.wasm", |_| pieces.program.clone())?;
        self.add_integrity(&program, "data-integrity")?;
        self.replace("style", ".css", |style| style)?;
        self.replace("later", ".css", |style| style)?;
        self.replace("favicon", ".svg", |icon| icon)?;
        Ok(())
    }

    /// Writes a file whose name says what is in it. Gives the name.
    fn add(&self, stem: &str, end: &str, content: &[u8]) -> Outcome<String> {
        let name = format!("{stem}-{}{end}", &hex::encode(Sha256::digest(content))[..16]);
        let path = self.folder.join(&name);
        fs::write(&path, content).on("write", &path)?;
        Ok(name)
    }

    /// Puts another file in the place of one that trunk has made, in the page as well. Gives its name.
    fn replace(&mut self, stem: &str, end: &str, change: impl FnOnce(Vec<u8>) -> Vec<u8>) -> Outcome<String> {
        let hashed = |name: &str| {
            let hash = name.strip_prefix(stem)?.strip_prefix('-')?.strip_suffix(end)?;
            hash.bytes().all(|byte| byte.is_ascii_hexdigit()).then_some(())
        };
        let names: Vec<String> = files(&self.folder)?
            .iter()
            .filter_map(|path| Some(path.file_name()?.to_str()?.to_owned()))
            .filter(|name| hashed(name).is_some())
            .collect();
        let [old] = names.as_slice() else {
            return Err(unknown(
                TRUNK.package,
                &format!("there is not one {stem}-…{end}, but {}", names.len()),
            ));
        };
        let path = self.folder.join(old);
        let before = fs::read(&path).on("read", &path)?;
        let compared = integrity(&before);
        let content = change(before);
        fs::remove_file(&path).on("remove", &path)?;
        let new = self.add(stem, end, &content)?;
        if !self.page.contains(old.as_str()) {
            return Err(unknown(TRUNK.package, &format!("the page does not name {old}")));
        }
        self.page = self.page.replace(old.as_str(), &new).replace(&compared, &integrity(&content));
        Ok(new)
    }

    /// Writes into the page what the browser, or the boot script, compares a file with. Trunk would write it for the
    /// program in a way that browsers ignore.
    fn add_integrity(&mut self, name: &str, attribute: &str) -> Outcome {
        let path = self.folder.join(name);
        let value = integrity(&fs::read(&path).on("read", &path)?);
        let parts: Vec<_> = self.page.split(name).collect();
        let [before, after] = parts[..] else {
            return Err(unknown(TRUNK.package, &format!("the page does not name {name} once")));
        };
        let (quote, after) = after.strip_prefix('"').map_or(("", after), |after| ("\"", after));
        self.page = format!("{before}{name}{quote} {attribute}={value}{after}");
        Ok(())
    }

    /// Writes the policy into the page, for servers that send no headers. It must stand in front of what it is about.
    fn set_policy(&mut self, policy: &str) -> Outcome {
        let (before, after) = match self.page.split_once("<title>") {
            Some((before, after)) if !before.contains("<link") && !before.contains("<script") => {
                (before, after)
            }
            _ => {
                return fail(
                    "index.html must have its <title> in front of all links and scripts: the policy goes there",
                );
            }
        };
        self.page = format!(
            "{before}<meta http-equiv=\"Content-Security-Policy\" content=\"{policy}\"><title>{after}"
        );
        Ok(())
    }

    fn close(self, nonce: &str) -> Outcome {
        let page = [format!(" nonce=\"{nonce}\""), format!(" nonce={nonce}")]
            .iter()
            .fold(self.page, |page, attribute| page.replace(attribute, ""));
        if page.contains(nonce) {
            return Err(unknown(
                TRUNK.package,
                "the page has the nonce's place in another form than expected",
            ));
        }
        let index = self.folder.join("index.html");
        fs::write(&index, &page).on("write", &index)?;
        let files = files(&self.folder)?;
        for path in files.iter().filter(|path| **path != index) {
            let end = path.extension().unwrap_or_default();
            let name = path.file_name().unwrap_or_default().to_string_lossy();
            let compared = integrity(&fs::read(path).on("read", path)?);
            // The parts are fetched by the loaders, and browsers don't compare icons.
            if end != "svg" && !name.starts_with(PART) && !page.contains(&compared) {
                return Err(unknown(TRUNK.package, &format!("the page has no integrity for {name}")));
            }
        }
        files.iter().try_for_each(|path| compress(path))
    }
}

/// What Trunk.toml has that is needed outside trunk as well.
pub(crate) struct TrunkConfig {
    /// The content security policy's directives.
    csp: Vec<String>,
    /// What stands in the page for the nonce of `trunk serve`.
    nonce: String,
    /// The files and folders that the app is made of.
    pub(crate) watched: Vec<PathBuf>,
}

impl TrunkConfig {
    pub(crate) fn load() -> Outcome<Self> {
        Self::read(&fs::read_to_string("Trunk.toml").on("read", "Trunk.toml")?)
    }

    fn read(text: &str) -> Outcome<Self> {
        let wrong = |what: &str| Failure::new(format!("Trunk.toml: {what}"));
        let table: toml::Table = text.parse().map_err(|error| wrong(&format!("{error}")))?;
        let texts = |section: &str, key: &str| {
            let list = table.get(section).and_then(|section| section.get(key)?.as_array());
            let list = list.ok_or_else(|| wrong(&format!("[{section}] has no {key}")))?;
            let texts = list.iter().map(|part| part.as_str().map(str::to_owned)).collect::<Option<Vec<_>>>();
            texts.ok_or_else(|| wrong(&format!("a part of {key} is no text")))
        };
        let nonce = table.get("build").and_then(|build| build.get("nonce_placeholder")?.as_str());
        Ok(Self {
            csp: texts("serve", "csp")?,
            nonce: nonce.ok_or_else(|| wrong("[build] has no nonce_placeholder"))?.to_owned(),
            watched: texts("watch", "watch")?.into_iter().map(PathBuf::from).collect(),
        })
    }

    /// The policy for a page: without the nonce, which a release doesn't need, and without what only a header may say.
    fn policy(&self) -> String {
        let directives = self.csp.iter().filter(|directive| !directive.starts_with("frame-ancestors"));
        let directives: Vec<_> =
            directives.map(|directive| directive.replace(" 'nonce-{{NONCE}}'", "")).collect();
        directives.join("; ")
    }
}

/// What a browser compares a file with.
fn integrity(content: &[u8]) -> String {
    format!("sha384-{}", STANDARD.encode(Sha384::digest(content)))
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

/// The compressed sibling of a file.
pub(crate) fn beside(path: &Path, end: &str) -> PathBuf {
    let mut name = path.as_os_str().to_owned();
    name.push(".");
    name.push(end);
    PathBuf::from(name)
}

fn tidy_bytes(script: &[u8]) -> Vec<u8> {
    tidy(&String::from_utf8_lossy(script)).into_bytes()
}

/// Takes indentation, empty lines and comments that have lines of their own out of a module. What makes more of it
/// smaller would have to understand it, and gains little after compression: 1.7 kB.
fn tidy(script: &str) -> String {
    // In a text that goes over several lines, the lines' beginnings count.
    if script.lines().any(|line| line.matches('`').count() % 2 == 1) {
        return script.to_owned();
    }
    let mut result = String::with_capacity(script.len());
    let mut in_comment = false;
    for line in script.lines().map(str::trim) {
        in_comment |= line.starts_with("/*");
        let rest = match line.split_once("*/") {
            Some((_, rest)) if in_comment => {
                in_comment = false;
                rest.trim_start()
            }
            _ if in_comment => "",
            _ => line,
        };
        if !rest.is_empty() && !rest.starts_with("//") {
            result.push_str(rest);
            result.push('\n');
        }
    }
    result
}

/// Writes a module anew, without what browsers ignore.
struct Compact;

impl Reencode for Compact {
    type Error = Infallible;

    /// Names and other notes for tools stay out.
    fn parse_custom_section(
        &mut self,
        _module: &mut wasm_encoder::Module,
        _section: CustomSectionReader<'_>,
    ) -> Result<(), reencode::Error<Infallible>> {
        Ok(())
    }
}

/// The same module in fewer bytes: the linker and the splitter leave room in every number, for they change them later.
fn compact(wasm: &[u8]) -> Outcome<Vec<u8>> {
    let mut module = wasm_encoder::Module::new();
    Compact.parse_core_module(&mut module, Parser::new(0), wasm).map_err(|error| {
        Failure::new(format!("a tool has written a file that is not WebAssembly: {error}"))
    })?;
    Ok(module.finish())
}

#[cfg(test)]
mod tests {
    use super::*;

    const MADE: &str = "import { initSync } from \"./main.js\";\n\nfunction makeLoad() { initSync(); }\n\
        export const __wasm_split_load_a = wrap(makeLoad(() => {\n    \
        const src = fetch(new URL(\"./split_a.wasm\", import.meta.url));\n    src.catch(() => {});\n    \
        return async (imports) => (WebAssembly.instantiateStreaming(src, imports));\n}\n, []));\n";
    const PAGE: &str = "<!doctype html><meta charset=utf-8><title>x</title>\
        <link rel=icon href=/x/favicon-1.svg><link rel=stylesheet href=/x/style-2.css integrity=STYLE nonce=TRUNK-NONCE>\
        <link rel=stylesheet href=/x/later-5.css integrity=LATER disabled>\
        <link rel=modulepreload nonce=\"TRUNK-NONCE\" href=\"/x/engine-console-3.js\">\
        <link rel=preload href=/x/engine-console-3_bg.wasm as=fetch>\
        <script src=/x/boot-4.js integrity=BOOT></script>";

    fn made_files() -> [(&'static str, &'static str, &'static str); 6] {
        [
            ("favicon-1.svg", "<svg/>", ""),
            ("style-2.css", "p{}", "STYLE"),
            ("later-5.css", "q{}", "LATER"),
            ("engine-console-3.js", "glue", ""),
            ("engine-console-3_bg.wasm", "program", ""),
            ("boot-4.js", "// why\n  start();\n", "BOOT"),
        ]
    }

    /// A folder as trunk fills it.
    fn staged() -> (tempfile::TempDir, Staging) {
        let folder = tempfile::tempdir().expect("a folder");
        let mut page = PAGE.to_owned();
        for (name, content, compared) in made_files() {
            fs::write(folder.path().join(name), content).expect("a file");
            if !compared.is_empty() {
                page = page.replace(compared, &integrity(content.as_bytes()));
            }
        }
        fs::write(folder.path().join("index.html"), page).expect("the page");
        let staging = Staging::open(folder.path().to_path_buf()).unwrap();
        (folder, staging)
    }

    fn pieces() -> Pieces {
        Pieces {
            glue: "import * as import1 from \"./boot.js\"\nimport * as import2 from \"./boot.js\"\n"
                .to_owned(),
            program: b"\0asm".to_vec(),
            loaders: MADE.to_owned(),
            parts: vec![Part { stem: "split_a".into(), name: "part-a".into(), content: b"\0asm a".to_vec() }],
        }
    }

    fn finished() -> (tempfile::TempDir, Vec<String>, String) {
        let (folder, mut staging) = staged();
        staging.put_in(&pieces()).unwrap();
        staging.set_policy("default-src 'none'").unwrap();
        staging.close("TRUNK-NONCE").unwrap();
        let names = files(folder.path()).unwrap();
        let names = names.iter().map(|path| path.file_name().unwrap().to_str().unwrap().to_owned()).collect();
        let page = fs::read_to_string(folder.path().join("index.html")).expect("the page");
        (folder, names, page)
    }

    #[test]
    fn every_name_changes_with_the_content_and_is_in_the_page_or_the_loaders() {
        let (folder, names, page) = finished();
        let read = |name: &str| fs::read_to_string(folder.path().join(name)).expect(name);
        let named = |start: &str, end: &str| {
            let mut found = names.iter().filter(|name| name.starts_with(start) && name.ends_with(end));
            let name = found.next().unwrap_or_else(|| panic!("{start}…{end} in {names:?}")).clone();
            assert!(found.next().is_none(), "{names:?}");
            assert_eq!(name.len(), start.len() + 16 + end.len(), "{name}");
            name
        };
        for (start, end) in [
            ("favicon-", ".svg"),
            ("style-", ".css"),
            ("later-", ".css"),
            ("engine-console-", "_bg.wasm"),
            ("engine-console-", ".js"),
        ] {
            assert!(page.contains(&format!("/x/{}", named(start, end))), "{page}");
        }
        let (boot, part) = (named("boot-", ".js"), named("part-a-", ".wasm"));
        assert!(
            page.contains(&format!("src=/x/{boot} integrity={}", integrity(read(&boot).as_bytes()))),
            "{page}"
        );
        assert_eq!(read(&named("engine-console-", ".js")).matches(&format!("from \"./{boot}\"")).count(), 2);
        let fetched = format!("= part(\"./{part}\", \"{}\");", integrity(b"\0asm a"));
        let boot = read(&boot);
        assert!(boot.starts_with("start();\nfunction makeLoad()") && boot.contains(&fetched), "{boot}");
        assert_eq!(names.len(), made_files().len() + 2, "{names:?}");
        let glue = named("engine-console-", ".js");
        let compared = integrity(read(&glue).as_bytes());
        assert!(page.contains(&format!("href=\"/x/{glue}\" integrity={compared}>")), "{page}");
        let program = named("engine-console-", "_bg.wasm");
        let compared = integrity(&pieces().program);
        assert!(page.contains(&format!("href=/x/{program} data-integrity={compared} as=fetch>")), "{page}");
        assert!(!page.contains("nonce") && !page.contains("integrity=sha384-\""), "{page}");
    }

    #[test]
    fn the_page_has_the_policy_before_all_that_it_is_about() {
        let (_folder, _, page) = finished();
        let policy =
            page.find("<meta http-equiv=\"Content-Security-Policy\" content=\"default-src 'none'\">");
        assert!(policy.expect("the policy") < page.find("<link").expect("links"), "{page}");
        let (_folder, mut staging) = staged();
        staging.page = staging.page.replace("<title>x</title>", "") + "<title>x</title>";
        assert!(staging.set_policy("x").is_err(), "behind the links it would be too late");
    }

    #[test]
    fn the_policy_is_the_one_of_trunk_serve_without_what_a_page_can_not_say() {
        let config = TrunkConfig::read(
            "[build]\nnonce_placeholder = \"N\"\n[serve]\ncsp = [\"script-src 'self' 'nonce-{{NONCE}}'\", \
             \"img-src 'self'\", \"frame-ancestors 'none'\"]\n[watch]\nwatch = [\"src\"]",
        );
        let config = config.unwrap();
        assert_eq!(
            (config.policy().as_str(), config.nonce.as_str()),
            ("script-src 'self'; img-src 'self'", "N")
        );
        assert_eq!(config.watched, [Path::new("src")]);
        assert!(TrunkConfig::read("[serve]").is_err());
        assert!(TrunkConfig::read("<html>").is_err());
    }

    #[test]
    fn the_same_files_give_the_same_bytes() {
        let content = |folder: &Path| {
            let mut all: Vec<_> = fs::read_dir(folder).unwrap().map(|entry| entry.unwrap().path()).collect();
            all.sort();
            all.iter()
                .map(|path| (path.file_name().unwrap().to_owned(), fs::read(path).unwrap()))
                .collect::<Vec<_>>()
        };
        let (one, names, _) = finished();
        let (other, ..) = finished();
        assert_eq!(content(one.path()), content(other.path()));
        for name in names {
            let path = one.path().join(&name);
            let mut text = Vec::new();
            let packed = fs::read(beside(&path, "br")).expect("the sibling");
            brotli::BrotliDecompress(&mut packed.as_slice(), &mut text).expect("brotli");
            assert_eq!(text, fs::read(&path).expect("it"), "{name}");
            assert!(beside(&path, "gz").is_file(), "{name}");
        }
    }

    #[test]
    fn tools_that_write_something_else_are_not_taken_for_known() {
        let files = [("split_a".to_owned(), "part-a-1.wasm".to_owned(), "sha384-x".to_owned())];
        assert!(loaders(MADE, &files).is_ok());
        for made in [
            MADE.replace("initSync }", "initSync, other }"),
            MADE.replace("fetch(new URL", "fetch(other, new URL"),
            MADE.replace("export const", "export let"),
            MADE.replace("split_a", "split_b"),
            MADE.repeat(2),
        ] {
            let words = loaders(&made, &files).unwrap_err().to_string();
            assert!(words.contains("wasm_split_cli_support is not known here"), "{words}");
        }
        let other_glue = Pieces { glue: "import * from './boot.js'".to_owned(), ..pieces() };
        let words = staged().1.put_in(&other_glue).unwrap_err().to_string();
        assert!(words.contains("wasm-bindgen is not known here"), "{words}");
        for (from, to) in [("/x/boot-4.js", "/x/start.js"), ("nonce=", "data-nonce=x-")] {
            let (_folder, mut staging) = staged();
            staging.page = staging.page.replace(from, to);
            let outcome = staging.put_in(&pieces()).and_then(|()| staging.close("TRUNK-NONCE"));
            let words = outcome.unwrap_err().to_string();
            assert!(words.contains("trunk is not known here"), "{words}");
        }
        // An integrity that is not of the file, and one that is missing, would keep the app from starting or unguarded.
        let (_folder, mut staging) = staged();
        staging.page = staging.page.replace("integrity=sha384-", "integrity=sha512-");
        let words =
            staging.put_in(&pieces()).and_then(|()| staging.close("TRUNK-NONCE")).unwrap_err().to_string();
        assert!(words.contains("no integrity for"), "{words}");
    }

    #[test]
    fn a_parts_name_says_what_it_is_fetched_for() {
        assert_eq!(part_name("split_workbench", true), "part-workbench");
        assert_eq!(part_name("chunk_3", true), "part-workbench-shared-3");
        assert_eq!(part_name("split_later", false), "part-later");
        assert_eq!(part_name("chunk_4", false), "part-shared-4");
    }

    #[test]
    fn a_tidied_script_keeps_every_line_that_does_something() {
        let script = "/**\n * @param {x} y\n */\nfunction f() {\n\n    // why\n    return `//a` + 1; // rest\n}\n/* one */ g();\n";
        assert_eq!(tidy(script), "function f() {\nreturn `//a` + 1; // rest\n}\ng();\n");
        let text_over_lines = "f(`\n    // not a comment\n`);\n";
        assert_eq!(tidy(text_over_lines), text_over_lines);
    }

    #[test]
    fn a_compact_module_is_the_same_without_names_and_padding() {
        let head = b"\0asm\x01\0\0\0".to_vec();
        let section = |kind: u8, content: &[u8]| [&[kind, content.len() as u8], content].concat();
        let (types, functions) = (section(1, b"\x01\x60\0\x01\x7f"), section(3, b"\x01\0"));
        // A function that gives 7, which takes five bytes or one.
        let padded = section(10, b"\x01\x08\0\x41\x87\x80\x80\x80\0\x0b");
        let short = section(10, b"\x01\x04\0\x41\x07\x0b");
        let named = section(0, b"\x04name");
        let wasm = [head.clone(), types.clone(), functions.clone(), padded, named].concat();
        assert_eq!(compact(&wasm).unwrap(), [head, types, functions, short].concat());
        assert!(compact(&wasm[..wasm.len() - 1]).is_err(), "cut off");
        assert!(compact(b"<!doctype html>").is_err());
    }
}
