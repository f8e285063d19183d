//! Owns which accesses stand behind an id of ours: the numbers of a session's accesses, and of those that name a message.
//!
//! Does not read the records themselves: `read_numbered` does, by what is found here.

use std::{collections::BTreeSet, path::Path};

use mailtrail_model::{CaseInputs, MessageKey};

use crate::{
    TimelineError, load,
    read::{self, TableReader},
    schema::{self, ITEMS},
    sessions,
};

/// The accesses of a session (`V` and its number), by their numbers. Sessions are cut again, as they follow from the tables
/// and the case alone; empty if there is no such session.
///
/// # Errors
/// If a table is missing or damaged.
pub fn members_of_session(tables: &Path, case: &CaseInputs, id: &str) -> Result<BTreeSet<u64>, TimelineError> {
    let facts = load::accesses(tables, case)?;
    let cut = sessions::cut(&facts, case.rules.idle_gap());
    let Some(wanted) = (0..cut.sessions.len()).find(|at| sessions::printed(*at).eq_ignore_ascii_case(id)) else {
        return Ok(BTreeSet::new());
    };
    let members = facts.accesses.iter().zip(&cut.of).filter(|(_, session)| **session as usize == wanted);
    Ok(members.map(|(access, _)| u64::from(access.no)).collect())
}

/// The accesses that name a message, in any mailbox, by their numbers.
///
/// # Errors
/// If a table is missing or damaged.
pub fn naming_message(tables: &Path, id: &str) -> Result<BTreeSet<u64>, TimelineError> {
    let wanted = MessageKey::canonical(id);
    let table = TableReader::open(tables, &ITEMS)?;
    let mut found = BTreeSet::new();
    for group in 0..table.groups() {
        let frame = table.read(group, &[schema::ACCESS_NO, schema::INTERNET_MESSAGE_ID])?;
        let (numbers, ids) =
            (read::large(&frame, schema::ACCESS_NO)?, read::text(&frame, schema::INTERNET_MESSAGE_ID)?);
        let names = |text: Option<&str>| text.is_some_and(|text| MessageKey::canonical(text) == wanted);
        let rows = ids.iter().zip(numbers.iter()).filter(|(text, _)| names(*text));
        found.extend(rows.filter_map(|(_, number)| number));
    }
    Ok(found)
}
