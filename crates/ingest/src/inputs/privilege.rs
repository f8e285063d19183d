//! Owns `privilege.csv`: what makes a message a privilege candidate. Never printed outside the counsel package.

use std::io::Read;

use mailtrail_model::{PrivilegeKind, PrivilegeTerm};

use super::{
    InputErrors, Loaded,
    suggest::did_you_mean,
    table::{Column, Table, optional, required},
};

pub(super) const COLUMNS: &[Column] =
    &[required("kind", &["type"]), required("value", &["term"]), optional("matter", &["case", "note"])];

/// Reads privilege terms.
///
/// # Errors
/// Every complaint about them.
pub fn read_privilege(file: &str, reader: impl Read) -> Result<Loaded<Vec<PrivilegeTerm>>, InputErrors> {
    let mut table = Table::open("privilege", file, reader, COLUMNS)?;
    let mut terms = Vec::new();
    while table.advance() {
        let kind = table.needed("kind").and_then(|text| kind(&table, text));
        let value = table.needed("value").map(str::to_owned);
        let (Some(kind), Some(value)) = (kind, value) else { continue };
        let wrong = match kind {
            PrivilegeKind::Address => !value.contains('@'),
            PrivilegeKind::Domain => value.contains('@') || !value.contains('.'),
            PrivilegeKind::Subject | PrivilegeKind::MessageId => false,
        };
        if wrong {
            let hint = "an address holds an @, a domain a dot and no @".to_owned();
            table.complain("value", format!("\"{value}\" is no {}", kind.as_str()), Some(hint));
            continue;
        }
        terms.push(PrivilegeTerm { place: table.place(), kind, value, matter: table.text("matter") });
    }
    let count = terms.len();
    table.finish(terms, count)
}

fn kind<R: Read>(table: &Table<R>, text: &str) -> Option<PrivilegeKind> {
    const ALL: [PrivilegeKind; 4] =
        [PrivilegeKind::Address, PrivilegeKind::Domain, PrivilegeKind::Subject, PrivilegeKind::MessageId];
    let found = ALL.into_iter().find(|kind| kind.as_str().eq_ignore_ascii_case(text));
    if found.is_none() {
        let known = ALL.map(PrivilegeKind::as_str);
        let hint = did_you_mean(text, known).unwrap_or_else(|| format!("known: {}", known.join(", ")));
        table.complain("kind", format!("there is no kind \"{text}\""), Some(hint));
    }
    found
}
