//! Engines from a spreadsheet: which column is what is found out.

use core::net::IpAddr;

use crate::rules::keys::{bare, fold_case};
use crate::rules::read_csv;

/// What can be told of an engine that is to be added.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum NewEngineField {
    /// **Name**.
    Name,
    /// **Address**.
    Address,
    /// **Port**.
    Port,
    /// **Pools**: the pools that it joins.
    Pools,
    /// **Sites**: the sites that it gets.
    Sites,
}

impl NewEngineField {
    /// All of them, in the order in which they are in a table without heads.
    pub const ALL: [Self; 5] = [Self::Name, Self::Address, Self::Port, Self::Pools, Self::Sites];

    /// The column's head.
    #[must_use]
    pub const fn label(self) -> &'static str {
        match self {
            Self::Name => "Name",
            Self::Address => "Address",
            Self::Port => "Port",
            Self::Pools => "Pools",
            Self::Sites => "Sites",
        }
    }

    /// Its place in [`NewEngineText`].
    #[must_use]
    pub const fn at(self) -> usize {
        self as usize
    }

    /// The field that a column's head means.
    fn of_head(head: &str) -> Option<Self> {
        let letters: String = fold_case(head).chars().filter(|c| c.is_alphanumeric()).collect();
        Some(match letters.as_str() {
            "name" | "engine" | "enginename" | "scanengine" | "scanenginename" => Self::Name,
            "address" | "ip" | "ipaddress" | "host" | "hostname" | "hostaddress" | "fqdn"
            | "engineaddress" => Self::Address,
            "port" | "engineport" => Self::Port,
            "pool" | "pools" | "enginepool" | "enginepools" | "scanenginepool" | "scanenginepools" => {
                Self::Pools
            }
            "site" | "sites" | "assignedsites" | "sitename" | "sitenames" => Self::Sites,
            _ => return None,
        })
    }
}

/// An engine that is to be added, as it was typed: a text for each of [`NewEngineField::ALL`].
pub type NewEngineText = [String; 5];

/// What was found in a text.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct PastedEngines {
    /// The engines, as typed.
    pub rows: Vec<NewEngineText>,
    /// What stood between the cells.
    pub separator: char,
    /// Whether the first line had the columns' heads.
    pub has_heads: bool,
    /// The heads of columns that mean nothing here; for a column without one, its number.
    pub ignored: Vec<String>,
}

/// Takes the engines out of comma-separated values. With heads the columns may stand in any order; without, they are name, address,
/// port, pools and sites, and a line with one cell is an address, which is the name too.
#[must_use]
pub fn read_engines_csv(text: &str) -> PastedEngines {
    let table = read_csv(text);
    let mut rows = table.rows.into_iter().peekable();
    let heads = rows.next_if(|row| has_heads(row));
    let width = heads.as_ref().map_or(0, Vec::len).max(rows.clone().map(|row| row.len()).max().unwrap_or(0));
    let mut fields: Vec<Option<NewEngineField>> = Vec::new();
    let mut ignored = Vec::new();
    for at in 0..width {
        let head = heads.as_ref().and_then(|heads| heads.get(at)).map(|head| head.trim());
        let field = match &heads {
            None => NewEngineField::ALL.get(at).copied(),
            Some(_) => head.and_then(NewEngineField::of_head),
        };
        // Of two columns with the same head, the first is meant.
        let field = field.filter(|field| !fields.contains(&Some(*field)));
        if field.is_none() {
            let named = head.filter(|head| !head.is_empty());
            ignored.push(named.map_or_else(|| format!("column {}", at + 1), str::to_owned));
        }
        fields.push(field);
    }
    let has_heads = heads.is_some();
    let engine = |row: Vec<String>| {
        let mut engine = NewEngineText::default();
        match <[String; 1]>::try_from(row) {
            Ok([only]) if !has_heads => {
                engine[NewEngineField::Name.at()].clone_from(&only);
                engine[NewEngineField::Address.at()] = only;
            }
            Ok([only]) => put(&mut engine, fields.first(), only),
            Err(cells) => {
                for (at, cell) in cells.into_iter().enumerate() {
                    put(&mut engine, fields.get(at), cell);
                }
            }
        }
        engine
    };
    let rows = rows.map(engine).filter(|engine| engine.iter().any(|text| !text.trim().is_empty())).collect();
    PastedEngines { rows, separator: table.separator, has_heads, ignored }
}

fn put(engine: &mut NewEngineText, field: Option<&Option<NewEngineField>>, cell: String) {
    if let Some(Some(field)) = field {
        engine[field.at()] = cell;
    }
}

/// Whether a line has the columns' heads: it names two fields, or nothing else than fields, and has neither address nor number.
fn has_heads(row: &[String]) -> bool {
    let filled = row.iter().filter(|cell| !cell.trim().is_empty());
    let known = row.iter().filter(|cell| NewEngineField::of_head(cell).is_some()).count();
    let is_value = |cell: &String| {
        let cell = cell.trim();
        bare(cell).parse::<IpAddr>().is_ok()
            || (!cell.is_empty() && cell.bytes().all(|digit| digit.is_ascii_digit()))
    };
    known > 0 && (known >= 2 || known == filled.count()) && !row.iter().any(is_value)
}

#[cfg(all(test, not(target_arch = "wasm32")))]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn rows(text: &str) -> Vec<[String; 5]> {
        read_engines_csv(text).rows
    }

    fn row(cells: [&str; 5]) -> [String; 5] {
        cells.map(str::to_owned)
    }

    #[test]
    fn columns_are_found_by_their_heads_or_by_their_order() {
        let berlin = row(["berlin", "10.0.0.1", "40814", "Europe", "site a"]);
        for text in [
            "berlin,10.0.0.1,40814,Europe,site a",
            "Name;Address;Port;Pool;Sites\nberlin;10.0.0.1;40814;Europe;site a",
            "PORT\tIP address\tEngine name\tAssigned sites\tEngine pools\n40814\t10.0.0.1\tberlin\tsite a\tEurope",
            "\"name\",\"host_name\",\"port\",\"pool\",\"site\"\r\n\"berlin\",\"10.0.0.1\",\"40814\",\"Europe\",\"site a\"\r\n",
        ] {
            assert_eq!(rows(text), std::slice::from_ref(&berlin), "{text}");
        }
        let few = "address,name\n10.0.0.1,berlin\n10.0.0.2";
        assert_eq!(rows(few), [row(["berlin", "10.0.0.1", "", "", ""]), row(["", "10.0.0.2", "", "", ""])]);
        assert_eq!(rows("host-1\nhost-2"), ["host-1", "host-2"].map(|host| row([host, host, "", "", ""])));
        // Not heads: an engine may be called so.
        assert_eq!(rows("name,10.0.0.1\n"), [row(["name", "10.0.0.1", "", "", ""])]);
        assert_eq!(rows("Name\n"), Vec::<[String; 5]>::new());
        assert_eq!(rows(""), Vec::<[String; 5]>::new());
    }

    #[test]
    fn what_means_nothing_here_is_named() {
        let read = read_engines_csv("Name,Address,Status,,Name\nberlin,10.0.0.1,active,x,y");
        assert_eq!(read.ignored, ["Status", "column 4", "Name"]);
        assert!(read.has_heads);
        assert_eq!(read.rows, [row(["berlin", "10.0.0.1", "", "", ""])]);
        let read = read_engines_csv("berlin,10.0.0.1,40814,Europe,a,b");
        assert_eq!((read.ignored, read.has_heads), (vec!["column 6".to_owned()], false));
    }

    proptest! {
        #[test]
        fn any_text_is_read_and_no_row_is_blank(text in any::<String>()) {
            for row in rows(&text) {
                prop_assert!(row.iter().any(|cell| !cell.trim().is_empty()));
            }
        }
    }
}
