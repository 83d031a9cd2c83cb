//! From the program that the compiler made to the files that a browser loads: the parts that the app fetches only when
//! they are needed are cut off, the rest gets its glue module.

use std::fs;
use std::path::Path;
use std::process::Command;

use wasm_split_cli_support::Options;

use crate::cmd;
use crate::failure::{Failure, OnFile as _, Outcome, fail};

/// What the compiled program has become.
pub(crate) struct Pieces {
    /// The module that loads the program and connects it with the browser. It names the parts as [`Part::file`] has it.
    pub(crate) glue: String,
    /// The program without the parts.
    pub(crate) program: Vec<u8>,
    /// What was cut off.
    pub(crate) parts: Vec<Part>,
}

/// One part that was cut off.
pub(crate) struct Part {
    /// What the splitter calls its file.
    pub(crate) file: String,
    /// What it is called in the finished app, without hash and ending.
    pub(crate) name: String,
    pub(crate) content: Vec<u8>,
}

/// The name that wasm-bindgen is to give. It stays inside the program, so it must not have a hash in it.
const NAME: &str = "engine-console";
/// The module that the splitter makes.
const LOADERS: &str = "__wasm_split.js";
/// How the app's code fetches a part.
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
    let mut parts = Vec::new();
    for path in &cut.split_modules {
        let stem = path.file_stem().and_then(|stem| stem.to_str()).unwrap_or_default();
        let content = without_custom_sections(&fs::read(path).on("read", path)?)?;
        let name = match (stem.strip_prefix("split_"), stem.strip_prefix("chunk_")) {
            (Some(screens), _) => format!("part-{}", screens.replace('_', "-")),
            // What several parts have in common, by number.
            (_, Some(number)) => format!("part-shared-{number}"),
            _ => return fail(format!("the splitter made {}, a file of an unknown kind", path.display())),
        };
        parts.push(Part { file: format!("{stem}.wasm"), name, content });
    }
    if parts.is_empty() {
        return fail("nothing could be cut off the program: was it built with the feature `split`?");
    }
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
        program: without_custom_sections(&fs::read(&program).on("read", &program)?)?,
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
    let (before, after) = ("fetch(new URL(\"./", "\", import.meta.url))");
    let fetches = inner.matches("fetch(").count();
    if fetches == 0 || inner.matches(before).count() != fetches || inner.matches(after).count() != fetches {
        return Err(unknown("the loaders fetch in another way than expected"));
    }
    let inner = inner.replace(before, "take(\"").replace(after, "\")");
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

/// A WebAssembly file without names and other notes for tools: what browsers ignore.
fn without_custom_sections(wasm: &[u8]) -> Outcome<Vec<u8>> {
    const HEADER: usize = 8;
    let broken = || Failure::new("a tool has written a file that is not WebAssembly");
    let mut result =
        wasm.get(..HEADER).filter(|head| head.starts_with(b"\0asm")).ok_or_else(broken)?.to_vec();
    let mut at = HEADER;
    while let Some(&kind) = wasm.get(at) {
        let (size, digits) = leb128(&wasm[at + 1..]).ok_or_else(broken)?;
        let end = at + 1 + digits + size;
        let section = wasm.get(at..end).ok_or_else(broken)?;
        if kind != 0 {
            result.extend_from_slice(section);
        }
        at = end;
    }
    Ok(result)
}

/// An unsigned number of up to 32 bits, and how many bytes it takes.
fn leb128(bytes: &[u8]) -> Option<(usize, usize)> {
    let mut value = 0;
    for (place, byte) in bytes.iter().take(5).enumerate() {
        value |= usize::from(byte & 0x7f) << (7 * place);
        if byte & 0x80 == 0 {
            return Some((value, place + 1));
        }
    }
    None
}

#[cfg(test)]
mod tests {
    use super::*;

    const GLUE: &str = "import * as import1 from \"./__wasm_split.js\"\nimport * as import2 from \"./__wasm_split.js\"\n\
        function imports() {\n    return {\n        \"./x_bg.js\": import0,\n        \"./__wasm_split.js\": import1,\n        \
        \"./__wasm_split.js\": import2,\n    };\n}\nexport { initSync, init as default };\n";
    const LOADERS_MADE: &str = "import { initSync } from \"./engine-console.js\";\n\nfunction makeLoad() { initSync(); }\n\
        export const __wasm_split_load_a = wrap(makeLoad(() => {\n    const src = \
        fetch(new URL(\"./split_a.wasm\", import.meta.url));\n}, []));\n";

    #[test]
    fn glue_and_loaders_become_one_module_without_imports() {
        let module = one_module(GLUE, LOADERS_MADE).unwrap();
        assert!(!module.contains("import *") && !module.contains("import {"), "{module}");
        assert_eq!(module.matches("\"./__wasm_split.js\": loaders,").count(), 1, "{module}");
        assert!(module.contains("const src = take(\"split_a.wasm\");"), "{module}");
        assert!(module.contains("return { __wasm_split_load_a };"), "{module}");
        assert!(module.contains("export { initSync, init as default };"), "{module}");
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
    fn only_custom_sections_are_taken_out() {
        let head = b"\0asm\x01\0\0\0".to_vec();
        let section = |kind: u8, content: &[u8]| [&[kind, content.len() as u8], content].concat();
        let long = [&[0, 0x80, 0x01][..], &[7; 128]].concat();
        let wasm =
            [head.clone(), section(1, b"abc"), section(0, b"\x04name"), section(10, b"d"), long].concat();
        assert_eq!(
            without_custom_sections(&wasm).unwrap(),
            [head.clone(), section(1, b"abc"), section(10, b"d")].concat()
        );
        assert!(without_custom_sections(&wasm[..wasm.len() - 1]).is_err(), "cut off");
        assert!(without_custom_sections(b"<!doctype html>").is_err());
    }
}
