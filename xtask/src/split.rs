//! From the program that the compiler made to the files that a browser loads: the parts that the app fetches only when
//! they are needed are cut off, the rest gets its glue module.

use std::collections::BTreeMap;
use std::convert::Infallible;
use std::fs;
use std::path::Path;
use std::process::Command;

use wasm_encoder::reencode::{self, Reencode};
use wasm_split_cli_support::Options;
use wasmparser::{CustomSectionReader, Parser};

use crate::cmd;
use crate::failure::{Failure, OnFile as _, Outcome, fail};

/// What the compiled program has become.
pub(crate) struct Pieces {
    /// The module that loads the program and connects it with the browser. It fetches modules as [`place_of`] has it.
    pub(crate) glue: String,
    /// The program without the parts.
    pub(crate) program: Vec<u8>,
    /// What was cut off.
    pub(crate) parts: Vec<Part>,
}

/// What was cut off and is fetched together, as one file.
#[derive(Debug, PartialEq)]
pub(crate) struct Part {
    /// What it is called in the finished app, without hash and ending.
    pub(crate) name: String,
    pub(crate) modules: Vec<Module>,
}

/// One module that was cut off.
#[derive(Clone, Debug, PartialEq)]
pub(crate) struct Module {
    /// What the splitter calls it.
    pub(crate) stem: String,
    pub(crate) content: Vec<u8>,
}

/// What stands in the glue module where the splitter's loaders fetch a module, until it is known where that lies.
pub(crate) fn place_of(stem: &str) -> String {
    format!("module(\"{stem}.wasm\")")
}

/// The part that is fetched first of all.
const FIRST: &str = "workbench";
/// What that part's file is called, without hash and ending.
pub(crate) fn first_part() -> String {
    named(FIRST)
}

fn named(part: &str) -> String {
    format!("part-{part}")
}

/// What several later parts have in common has a file of its own from this many bytes on. All that is smaller is fetched
/// together.
const LARGE: usize = 16_000;

/// Puts what is fetched together into one part each: a request costs more than some kilobytes. `first` are the modules
/// that the first part needs.
fn group(modules: Vec<Module>, first: &[String]) -> Outcome<Vec<Part>> {
    let mut parts: BTreeMap<String, Vec<Module>> = BTreeMap::new();
    for module in modules {
        let name = match (module.stem.strip_prefix("split_"), module.stem.strip_prefix("chunk_")) {
            _ if first.contains(&module.stem) => FIRST.to_owned(),
            (Some(screens), _) => screens.replace('_', "-"),
            // What several parts have in common, by number.
            (_, Some(number)) if module.content.len() >= LARGE => format!("shared-{number}"),
            (_, Some(_)) => "shared".to_owned(),
            _ => return fail(format!("the splitter made {}, a module of an unknown kind", module.stem)),
        };
        parts.entry(name).or_default().push(module);
    }
    if !parts.contains_key(FIRST) {
        return fail(format!(
            "the part {FIRST} could not be cut off the program: was it built with the feature `split`?"
        ));
    }
    Ok(parts.into_iter().map(|(name, modules)| Part { name: named(&name), modules }).collect())
}

/// The name that wasm-bindgen is to give. It stays inside the program, so it must not have a hash in it.
const NAME: &str = "engine-console";
/// The module that the splitter makes.
const LOADERS: &str = "__wasm_split.js";
/// How the splitter's loaders fetch a module: before and behind its file's name.
const FETCH: (&str, &str) = (
    "() => {\n    const src = fetch(new URL(\"./",
    "\", import.meta.url));\n    src.catch(() => {});\n    return async (imports) => \
     (WebAssembly.instantiateStreaming(src, imports));\n}\n",
);
/// How they do it in the app.
const TAKE: &str = include_str!("../../web/parts.js");

/// Cuts the program into pieces. `bindgen` is the folder with wasm-bindgen, `work` an empty one for what comes between.
pub(crate) fn split(compiled: &Path, bindgen: &Path, work: &Path) -> Outcome<Pieces> {
    let input = fs::read(compiled).on("read", compiled)?;
    let main = work.join("main.wasm");
    let mut options = Options::new(&input);
    options.output_dir = work;
    options.main_out_path = &main;
    let module = format!("./{NAME}.js");
    options.main_module = &module;
    let cut = wasm_split_cli_support::transform(options)
        .map_err(|error| Failure::new(format!("{} could not be split: {error:#}", compiled.display())))?;
    let mut modules = Vec::new();
    for path in &cut.split_modules {
        let stem = path.file_stem().unwrap_or_default().to_string_lossy().into_owned();
        modules.push(Module { stem, content: compact(&fs::read(path).on("read", path)?)? });
    }
    let parts = group(modules, cut.prefetch_map.get(FIRST).map_or(&[], Vec::as_slice))?;
    let mut run = Command::new(bindgen.join("wasm-bindgen"));
    run.args(["--target", "web", "--no-typescript", "--omit-default-module-path", "--out-name", NAME]);
    // The parts link to these.
    run.args(["--keep-lld-exports", "--no-demangle"]);
    run.arg("--out-dir").arg(work).arg(&main);
    cmd::output(&mut run)?;
    let read = |name: &str| {
        let path = work.join(name);
        fs::read_to_string(&path).on("read", &path)
    };
    let program = work.join(format!("{NAME}_bg.wasm"));
    Ok(Pieces {
        glue: tidy(&one_module(&read(&format!("{NAME}.js"))?, &read(LOADERS)?)?),
        program: compact(&fs::read(&program).on("read", &program)?)?,
        parts,
    })
}

/// Puts the parts' loaders into the glue module, which they refer to and which refers to them: one request less.
fn one_module(glue: &str, loaders: &str) -> Outcome<String> {
    let unknown = |what: &str| Failure::new(format!("{what}: this version of the tools is not known here"));
    // The loaders use one thing of the glue module, and here they see it without importing it.
    let import = format!("import {{ initSync }} from \"./{NAME}.js\";");
    let inner = loaders
        .strip_prefix(&import)
        .ok_or_else(|| unknown("the loaders begin in another way than expected"))?;
    let exports: Vec<_> = inner
        .lines()
        .filter_map(|line| line.strip_prefix("export const ")?.split_once(" = "))
        .map(|(name, _)| name)
        .collect();
    let inner = inner.replace("export const ", "const ");
    if exports.is_empty() || inner.contains("export ") || inner.contains("import ") {
        return Err(unknown("the loaders export or import other things than expected"));
    }
    let (before, after) = FETCH;
    let fetches = inner.matches("fetch(").count();
    if fetches == 0 || inner.matches(before).count() != fetches || inner.matches(after).count() != fetches {
        return Err(unknown("the loaders fetch in another way than expected"));
    }
    let inner = inner.replace(before, "module(\"").replace(after, "\")");
    // The app says on the screen that a part did not come, and most come before anybody needs them: that is no error yet.
    let inner = inner.replace("console.error(", "console.warn(");

    let mut joined = String::with_capacity(glue.len() + inner.len() + TAKE.len());
    let mut uses = 0;
    for line in glue.lines() {
        let imports = line.starts_with("import * as ") && line.contains(LOADERS);
        let entry = line.trim_start().starts_with(&format!("\"./{LOADERS}\": "));
        if entry && uses == 0 {
            joined.push_str(&format!("\"./{LOADERS}\": loaders,\n"));
        } else if !imports && !entry {
            joined.push_str(line);
            joined.push('\n');
        }
        uses += usize::from(entry);
    }
    if uses == 0 || joined.matches(LOADERS).count() != 1 {
        return Err(unknown("the glue module imports the loaders in another way than expected"));
    }
    let exports = exports.join(", ");
    joined
        .push_str(&format!("const loaders = (() => {{\n{TAKE}\n{inner}\nreturn {{ {exports} }};\n}})();\n"));
    Ok(joined)
}

/// Takes indentation, empty lines and comments that have lines of their own out of a module. What makes more of it
/// smaller would have to understand it, and gains little after compression.
pub(crate) fn tidy(script: &str) -> String {
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

    const GLUE: &str = "import * as import1 from \"./__wasm_split.js\"\nimport * as import2 from \"./__wasm_split.js\"\n\
        function imports() {\n    return {\n        \"./x_bg.js\": import0,\n        \"./__wasm_split.js\": import1,\n        \
        \"./__wasm_split.js\": import2,\n    };\n}\nexport { initSync, init as default };\n";
    const LOADERS_MADE: &str = "import { initSync } from \"./engine-console.js\";\n\nfunction makeLoad() { initSync(); }\n\
        export const __wasm_split_load_a = wrap(makeLoad(() => {\n    \
        const src = fetch(new URL(\"./split_a.wasm\", import.meta.url));\n    src.catch(() => {});\n    \
        return async (imports) => (WebAssembly.instantiateStreaming(src, imports));\n}\n, []));\n";

    #[test]
    fn glue_and_loaders_become_one_module_without_imports() {
        let module = one_module(GLUE, LOADERS_MADE).unwrap();
        assert!(!module.contains("import *") && !module.contains("import {"), "{module}");
        assert_eq!(module.matches("\"./__wasm_split.js\": loaders,").count(), 1, "{module}");
        assert!(module.contains(&format!("= wrap(makeLoad({}, []));", place_of("split_a"))), "{module}");
        assert!(module.contains("return { __wasm_split_load_a };"), "{module}");
        assert!(module.contains("export { initSync, init as default };"), "{module}");
    }

    #[test]
    fn what_is_fetched_together_becomes_one_part() {
        let module = |stem: &str, size| Module { stem: stem.to_owned(), content: vec![0; size] };
        let modules = [
            ("split_workbench", 9),
            ("split_new_engine", 9),
            ("chunk_2", LARGE),
            ("chunk_3", 9),
            ("chunk_4", 8),
            ("chunk_5", LARGE),
        ];
        let modules = modules.map(|(stem, size)| module(stem, size)).to_vec();
        let first = ["chunk_2", "chunk_3", "split_workbench"].map(str::to_owned);
        let parts = group([modules.clone(), vec![module("chunk_6", 7)]].concat(), &first).unwrap();
        let stems =
            |part: &Part| part.modules.iter().map(|module| module.stem.clone()).collect::<Vec<_>>().join(" ");
        let grouped: Vec<_> = parts.iter().map(|part| format!("{}: {}", part.name, stems(part))).collect();
        assert_eq!(
            grouped,
            [
                "part-new-engine: split_new_engine",
                "part-shared: chunk_4 chunk_6",
                "part-shared-5: chunk_5",
                "part-workbench: split_workbench chunk_2 chunk_3",
            ]
        );
        assert!(group(vec![module("other", 1)], &first).is_err(), "a kind that is not known");
        assert!(group(modules[1..2].to_vec(), &[]).is_err(), "no first part");
    }

    #[test]
    fn tools_that_write_something_else_are_not_taken_for_known() {
        for (glue, loaders) in [
            (GLUE, LOADERS_MADE.replace("initSync }", "initSync, other }")),
            (GLUE, LOADERS_MADE.replace("fetch(new URL", "fetch(other, new URL")),
            (GLUE, LOADERS_MADE.replace("export const", "export let")),
            ("export {};", LOADERS_MADE.to_owned()),
        ] {
            let words = one_module(glue, &loaders).unwrap_err().to_string();
            assert!(words.contains("not known here"), "{words}");
        }
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
