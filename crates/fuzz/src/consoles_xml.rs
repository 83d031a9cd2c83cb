//! `consoles.xml`: what a person can have written into it, and every edit that the engine makes.

use engine_link::{Certificate, MAX_TEXT};
use scan_engine::{ConsoleEntry, ConsolesFile};

/// How many entries of a file are edited: the more, the longer it takes, and the later ones are no different.
const EDITED: usize = 4;

/// The bytes are the file.
///
/// # Panics
/// When an edit does not do what it says, changes another entry, or leaves a file that can't be read.
pub fn consoles_xml(data: &[u8]) {
    let Ok(text) = std::str::from_utf8(data) else { return };
    let Ok(file) = ConsolesFile::parse(text) else { return };
    assert_eq!(file.text(), text);
    let certificate = Certificate::from_der(vec![0x30, 1, 2, 3]);
    // A name as a console may tell it: one line, and anything in it.
    let name: String =
        text.chars().rev().filter(|character| !character.is_control()).take(MAX_TEXT).collect();
    let ids: Vec<u32> = file.entries().map(|entry| entry.id).collect();

    for id in ids.iter().copied().take(EDITED) {
        let edited = edit(&file, id, |file| {
            let values = [
                ("enabled", "1"),
                ("connectTo", "1"),
                ("name", &name),
                ("lastAddress", "::1"),
                ("port", "7"),
            ];
            file.set(id, &values).expect("values with a meaning")
        });
        let entry = entry(&edited, id);
        assert!(entry.enabled && entry.connect_to);
        assert_eq!((entry.name.as_str(), entry.last_address.as_str(), entry.port), (name.as_str(), "::1", 7));

        let edited = edit(&file, id, |file| file.set_certificate(id, &certificate).expect("a certificate"));
        assert_eq!(self::entry(&edited, id).certificate.as_ref(), Some(&certificate));

        let edited = edit(&file, id, |file| file.remove_secret(id).expect("an entry"));
        assert_eq!(self::entry(&edited, id), self::entry(&file, id));
        let secrets = |file: &ConsolesFile| file.secrets().map(|(id, _)| id).collect::<Vec<_>>();
        let others: Vec<u32> = secrets(&file).into_iter().filter(|other| *other != id).collect();
        assert_eq!(secrets(&edited), others);

        let edited = edit(&file, id, |file| file.remove(id).expect("an entry"));
        assert_eq!(edited.entries().count() + 1, ids.len());
    }

    if let Some(id) = ids.iter().max().copied().unwrap_or(0).checked_add(1) {
        let new = ConsoleEntry {
            id,
            enabled: false,
            connect_to: true,
            name,
            last_address: "console.example".to_owned(),
            port: 40815,
            certificate: Some(certificate),
        };
        let edited = edit(&file, id, |file| {
            file.add(&new).expect("a new id");
            true
        });
        assert_eq!(entry(&edited, id), &new);
        assert_eq!(edited.entries().count(), ids.len() + 1);
    }
}

/// The file after an edit of one entry. All others are as they were, and the text says what the entries say.
fn edit(file: &ConsolesFile, id: u32, edit: impl FnOnce(&mut ConsolesFile) -> bool) -> ConsolesFile {
    let mut edited = file.clone();
    assert!(edit(&mut edited), "the entry {id} is there");
    let others = |file: &ConsolesFile| -> Vec<ConsoleEntry> {
        file.entries().filter(|entry| entry.id != id).cloned().collect()
    };
    assert_eq!(others(&edited), others(file));
    let read = ConsolesFile::parse(edited.text()).expect("it can be read again");
    assert_eq!(read.entries().collect::<Vec<_>>(), edited.entries().collect::<Vec<_>>());
    edited
}

fn entry(file: &ConsolesFile, id: u32) -> &ConsoleEntry {
    file.entries().find(|entry| entry.id == id).expect("the entry")
}
