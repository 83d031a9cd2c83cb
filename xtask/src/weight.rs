//! Which crates the app's program is made of, by the names that the compiler leaves in it. Splitting and wasm-bindgen take
//! the names away, so it is the program before both that is looked at.

use std::collections::BTreeMap;
use std::ops::Range;

use wasmparser::{KnownCustom, Name, Parser, Payload, TypeRef};

use crate::failure::{Failure, Outcome, fail};

/// The crates of the standard library. What they do for a type of another crate counts as that one's.
const STANDARD: [&str; 3] = ["alloc", "core", "std"];
/// What has no name of Rust: the compiler's own functions, and what the browser calls.
const NAMELESS: &str = "without a crate in the name";

/// Where a program's bytes are.
#[derive(Debug, Default, PartialEq)]
pub(crate) struct Weight {
    /// The crates, largest first.
    pub(crate) crates: Vec<Crate>,
    /// Bytes of texts and constants, which are not told by crate.
    pub(crate) data: u64,
}

/// What a crate has in the program.
#[derive(Debug, Default, PartialEq)]
pub(crate) struct Crate {
    pub(crate) name: String,
    pub(crate) functions: u64,
    /// The bytes of the functions' bodies.
    pub(crate) code: u64,
}

impl Weight {
    /// Weighs a program that has its names.
    pub(crate) fn of(program: &[u8]) -> Outcome<Self> {
        let wrong = |error| Failure::new(format!("the program can't be read: {error}"));
        let mut names = BTreeMap::new();
        let mut sizes = Vec::new();
        let (mut imported, mut data) = (0_u32, 0);
        for payload in Parser::new(0).parse_all(program) {
            match payload.map_err(wrong)? {
                Payload::ImportSection(imports) => {
                    for import in imports.into_imports() {
                        let import = import.map_err(wrong)?;
                        imported += u32::from(matches!(import.ty, TypeRef::Func(_) | TypeRef::FuncExact(_)));
                    }
                }
                Payload::CodeSectionEntry(body) => sizes.push(length(&body.range())),
                Payload::DataSection(section) => data += length(&section.range()),
                Payload::CustomSection(section) => {
                    let KnownCustom::Name(parts) = section.as_known() else { continue };
                    for part in parts {
                        let Name::Function(map) = part.map_err(wrong)? else { continue };
                        for naming in map {
                            let naming = naming.map_err(wrong)?;
                            names.insert(naming.index, naming.name);
                        }
                    }
                }
                _ => {}
            }
        }
        if names.is_empty() {
            return fail("the program has no names: was it built with `strip = \"none\"`?");
        }
        let mut crates: BTreeMap<String, Crate> = BTreeMap::new();
        for (index, size) in (imported..).zip(sizes) {
            let name = names.get(&index).copied().unwrap_or_default();
            if is_description(name) {
                continue;
            }
            let of = crate_of(name);
            let entry = crates.entry(of.clone()).or_insert_with(|| Crate { name: of, ..Crate::default() });
            entry.functions += 1;
            entry.code += size;
        }
        let mut crates: Vec<_> = crates.into_values().collect();
        crates.sort_by(|a, b| b.code.cmp(&a.code).then_with(|| a.name.cmp(&b.name)));
        Ok(Self { crates, data })
    }

    /// The bytes of all functions.
    pub(crate) fn code(&self) -> u64 {
        self.crates.iter().map(|one| one.code).sum()
    }
}

fn length(range: &Range<u64>) -> u64 {
    range.end - range.start
}

/// Functions that only tell wasm-bindgen of a type or an import: it takes them out.
fn is_description(symbol: &str) -> bool {
    symbol.starts_with("__wbindgen_describe_") || symbol.contains("WasmDescribe$GT$8describe")
}

/// The crate that a function belongs to: that of the path, of the type that a method is for, or, when that is of the
/// standard library or of none, of the trait; and for what drops a type, the type's.
fn crate_of(symbol: &str) -> String {
    let name = format!("{:#}", rustc_demangle::demangle(symbol));
    // The linker's or the compiler's own.
    if name == symbol {
        return NAMELESS.to_owned();
    }
    let dropped = name.strip_prefix("core::ptr::drop_in_place::<");
    let dropped = dropped.or_else(|| name.strip_prefix("core::ptr::drop_in_place<"));
    let mut found = Vec::new();
    if let Some(dropped) = dropped {
        found.extend(first_crates(dropped));
        found.push("core");
    } else if let Some(rest) = name.strip_prefix('<') {
        let (of, does) = halves(rest);
        found.extend(leading_crate(of));
        found.extend(does.and_then(leading_crate));
    } else {
        found.extend(leading_crate(&name));
    }
    let own = found.iter().find(|name| !STANDARD.contains(name));
    own.or(found.first()).map_or_else(|| NAMELESS.to_owned(), |name| (*name).to_owned())
}

/// `A as B>::f` as A and B, without looking into the brackets of either; without ` as ` all of it is A.
fn halves(name: &str) -> (&str, Option<&str>) {
    let mut depth = 0_u32;
    for (at, c) in name.char_indices() {
        match c {
            '<' | '(' | '[' => depth += 1,
            ')' | ']' => depth = depth.saturating_sub(1),
            // Not the end of an arrow.
            '>' if !name[..at].ends_with('-') => match depth.checked_sub(1) {
                Some(less) => depth = less,
                None => return (&name[..at], None),
            },
            ' ' if depth == 0 && name[at..].starts_with(" as ") => {
                return (&name[..at], Some(&name[at + 4..]));
            }
            _ => {}
        }
    }
    (name, None)
}

/// The crate that a path begins with, behind what makes a reference or the likes of it.
fn leading_crate(path: &str) -> Option<&str> {
    let mut path = path;
    while let Some(rest) = ["&", "mut ", "*const ", "*mut ", "dyn ", "<", "[", "("]
        .iter()
        .find_map(|mark| path.strip_prefix(mark))
    {
        path = rest;
    }
    let end = path.find(|c: char| !c.is_alphanumeric() && c != '_')?;
    (end > 0 && path[end..].starts_with("::")).then(|| &path[..end])
}

/// The crates that the paths of a type begin with, in order.
fn first_crates(name: &str) -> impl Iterator<Item = &str> {
    let starts = name.char_indices().map(|(at, _)| at).filter(|at| {
        let before = name[..*at].chars().next_back();
        before.is_none_or(|c| !c.is_alphanumeric() && c != '_' && c != ':')
    });
    starts.filter_map(|at| leading_crate(&name[at..]))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_function_belongs_to_the_crate_of_its_path() {
        for (symbol, of) in [
            ("_ZN14engine_console5pages7engines5cells17h0123456789abcdefE", "engine_console"),
            ("_ZN4core3fmt9Formatter3pad17h0123456789abcdefE", "core"),
            ("_RNvMs1_NtNtCsgXGp5Oqx2Ny_4core3fmt8buildersNtB5_11DebugStruct9is_pretty", "core"),
            ("_RNvMNtCs5cOc02OMXlo_5alloc6stringNtB2_6String13with_capacity", "alloc"),
            ("__wbindgen_malloc", NAMELESS),
            ("memcpy", NAMELESS),
        ] {
            assert_eq!(crate_of(symbol), of, "{symbol}");
        }
    }

    /// A mangled name of the older kind.
    fn symbol(parts: &[&str]) -> String {
        let parts: String = parts.iter().map(|part| format!("{}{part}", part.len())).collect();
        format!("_ZN{parts}17h0123456789abcdefE")
    }

    #[test]
    fn a_method_belongs_to_its_type_and_for_types_of_the_language_to_its_trait() {
        for (parts, of) in [
            // <leptos::view::Thing<T> as core::fmt::Debug>::fmt
            (
                ["_$LT$leptos..view..Thing$LT$T$GT$$u20$as$u20$core..fmt..Debug$GT$", "fmt"].as_slice(),
                "leptos",
            ),
            // <core::option::Option<T> as wasm_bindgen::convert::IntoWasmAbi>::into_abi
            (
                &[
                    "_$LT$core..option..Option$LT$T$GT$$u20$as$u20$wasm_bindgen..convert..IntoWasmAbi$GT$",
                    "into_abi",
                ],
                "wasm_bindgen",
            ),
            // <&T as core::fmt::Display>::fmt
            (&["_$LT$$RF$T$u20$as$u20$core..fmt..Display$GT$", "fmt"], "core"),
            // core::ptr::drop_in_place<alloc::vec::Vec<tachys::view::View>>
            (&["core", "ptr", "drop_in_place$LT$alloc..vec..Vec$LT$tachys..view..View$GT$$GT$"], "tachys"),
            (&["core", "ptr", "drop_in_place$LT$alloc..string..String$GT$"], "alloc"),
        ] {
            assert_eq!(crate_of(&symbol(parts)), of, "{parts:?}");
        }
        assert_eq!(halves("fn(A) -> B as C>::f"), ("fn(A) -> B", Some("C>::f")));
        assert_eq!(halves("A<B as C> as D>::f"), ("A<B as C>", Some("D>::f")));
        assert_eq!(halves("alloc::string::String>::new"), ("alloc::string::String", None));
    }

    /// A section: its number, its length, its content.
    fn section(id: u8, content: &[u8]) -> Vec<u8> {
        [&[id, u8::try_from(content.len()).expect("short")], content].concat()
    }

    /// One imported function and two of its own, of which the second has three bytes more.
    fn program(names: &[u8]) -> Vec<u8> {
        let mut program = b"\0asm\x01\0\0\0".to_vec();
        program.extend(section(1, &[1, 0x60, 0, 0]));
        program.extend(section(2, &[1, 1, b'm', 1, b'f', 0, 0]));
        program.extend(section(3, &[2, 0, 0]));
        program.extend(section(5, &[1, 0, 1]));
        program.extend(section(10, &[2, 2, 0, 0x0b, 5, 0, 1, 1, 1, 0x0b]));
        program.extend(section(11, &[1, 0, 0x41, 0, 0x0b, 3, 1, 2, 3]));
        if !names.is_empty() {
            let named = [b"\x04name", names].concat();
            program.extend(section(0, &named));
        }
        program
    }

    #[test]
    fn bytes_are_added_up_by_crate_and_the_largest_comes_first() {
        let mut map = vec![3];
        for (index, name) in [(0, "_ZN1m1fE"), (1, "_ZN5small1fE"), (2, "_ZN5large1fE")] {
            map.push(index);
            map.push(u8::try_from(name.len()).expect("short"));
            map.extend(name.bytes());
        }
        let weight = Weight::of(&program(&section(1, &map))).unwrap();
        let told: Vec<_> =
            weight.crates.iter().map(|one| (one.name.as_str(), one.functions, one.code)).collect();
        assert_eq!(told, [("large", 1, 5), ("small", 1, 2)]);
        assert_eq!((weight.code(), weight.data), (7, 9));
    }

    #[test]
    fn what_wasm_bindgen_takes_out_has_no_weight() {
        let trait_name = "_$LT$js_sys..Array$u20$as$u20$wasm_bindgen..describe..WasmDescribe$GT$";
        assert!(is_description(&symbol(&[trait_name, "describe"])));
        assert!(is_description("__wbindgen_describe___wbg_now_aa4ccb83129e9e55"));
        assert!(!is_description("__wbindgen_malloc"));
        let mut map = vec![1, 1, 22];
        map.extend(b"__wbindgen_describe_ab");
        let weight = Weight::of(&program(&section(1, &map))).unwrap();
        assert_eq!(weight.crates, [Crate { name: NAMELESS.to_owned(), functions: 1, code: 5 }]);
    }

    #[test]
    fn a_program_without_names_is_refused() {
        assert!(Weight::of(&program(&[])).unwrap_err().to_string().contains("has no names"));
        assert!(Weight::of(b"no program").is_err());
    }
}
