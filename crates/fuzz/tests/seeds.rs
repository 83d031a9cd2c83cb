//! The fuzzer's first inputs, and what it has found before.

use std::fs;
use std::path::Path;

fn all(of: &str, try_one: fn(&[u8])) {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("seeds").join(of);
    let mut count = 0;
    for file in fs::read_dir(folder).expect("seeds") {
        try_one(&fs::read(file.expect("a file").path()).expect("a seed"));
        count += 1;
    }
    assert!(count > 0);
}

#[test]
fn frames_keep_their_promises() {
    all("frames", fuzz::frames);
}

#[test]
fn edits_of_consoles_xml_keep_their_promises() {
    all("consoles_xml", fuzz::consoles_xml);
}
