//! Owns the check of the examiner's names against the mailboxes that records name: a slip of the pen, a file of another
//! tenant. It needs the records, so it runs after they were read.

use std::collections::BTreeSet;

use mailtrail_model::{
    CaseInputs, ControlStatement, GapScope, InputPlace, InputWarning, MailboxKey, MailboxName, PlaceUnit, SourceScope,
};

use super::{
    error::{Complaints, InputError, InputErrors},
    suggest::nearest_address,
};

/// A mailbox that records name.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct KnownMailbox {
    /// Its key.
    pub key: MailboxKey,
    /// The UPN records state for it.
    pub upn: Option<String>,
}

/// Compares every mailbox the inputs name with those the records and the roster name.
///
/// A roster may name mailboxes without a record (they are in scope); one a slip away from a mailbox with records that the
/// roster lacks, or none of whose domains the records know, is an error. Elsewhere an unknown name is an error.
///
/// # Errors
/// Every name that is unknown.
pub fn cross_check(case: &CaseInputs, known: &[KnownMailbox]) -> Result<Vec<InputWarning>, InputErrors> {
    let mut check = Check { known, case, complaints: Complaints::default(), warnings: Vec::new() };
    check.roster();
    for listing in &case.listings {
        let names = listing.mailboxes();
        let unknown: Vec<&str> = names
            .iter()
            .copied()
            .filter(|name| MailboxName::parse(name).is_none_or(|name| !check.knows(&name)))
            .collect();
        let place = InputPlace { file: listing.file.clone(), at: PlaceUnit::Whole };
        if !names.is_empty() && unknown.len() == names.len() {
            let what = format!("none of its {} mailboxes is in the records or the roster", names.len());
            let hint = format!("is it of another tenant? its first is {}", names.first().copied().unwrap_or_default());
            check.complaints.add(InputError { place, column: None, what, hint: Some(hint) });
        } else if let Some(first) = unknown.first() {
            let detail = format!(
                "{} of its {} mailboxes are in neither records nor roster; the first is {first}",
                unknown.len(),
                names.len()
            );
            check.warnings.push(InputWarning { place, detail });
        }
    }
    for control in &case.controls {
        if let Some(name) = mailbox_of(&control.statement) {
            check.name(&control.place, "mailbox", name, Unknown::Warning);
        }
    }
    for gap in &case.known_gaps {
        if let GapScope::Mailboxes(names) = &gap.scope {
            names.iter().for_each(|name| check.name(&gap.place, "scope", name, Unknown::Error));
        }
    }
    for source in &case.sources {
        if let SourceScope::Mailboxes(names) = &source.scope {
            names.iter().for_each(|name| check.name(&source.place, "scope", name, Unknown::Warning));
        }
    }
    for entry in &case.attribution {
        entry.matcher.mailboxes.iter().for_each(|name| check.name(&entry.place, "mailbox", name, Unknown::Error));
    }
    check.complaints.or(check.warnings)
}

/// What an unknown name is.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Unknown {
    Error,
    Warning,
}

struct Check<'a> {
    known: &'a [KnownMailbox],
    case: &'a CaseInputs,
    complaints: Complaints,
    warnings: Vec<InputWarning>,
}

impl Check<'_> {
    fn recorded(&self, name: &MailboxName) -> bool {
        self.known.iter().any(|mailbox| name.means(&mailbox.key, mailbox.upn.as_deref()))
    }

    fn knows(&self, name: &MailboxName) -> bool {
        self.recorded(name)
            || self.case.roster.iter().any(|entry| {
                entry.upn.as_ref() == Some(name)
                    || entry.mailbox_guid.as_ref() == Some(name)
                    || entry.former.contains(name)
                    || entry.aliases.iter().any(|alias| alias == name.as_str())
            })
    }

    fn roster(&mut self) {
        let domains: BTreeSet<String> = self
            .known
            .iter()
            .filter_map(|mailbox| mailbox.upn.as_deref()?.rsplit_once('@').map(|(_, domain)| domain.to_lowercase()))
            .collect();
        let roster = &self.case.roster;
        let unlisted: Vec<String> = self
            .known
            .iter()
            .filter(|mailbox| !roster.iter().any(|entry| entry.means(&mailbox.key, mailbox.upn.as_deref())))
            .filter_map(|mailbox| mailbox.upn.as_deref().map(str::to_lowercase))
            .collect();
        let mut silent: Option<(&InputPlace, u64)> = None;
        for entry in roster {
            if self.known.iter().any(|mailbox| entry.means(&mailbox.key, mailbox.upn.as_deref())) {
                continue;
            }
            let name = entry.upn.as_ref().or(entry.mailbox_guid.as_ref());
            let Some(name) = name.map(MailboxName::as_str) else { continue };
            let foreign =
                name.rsplit_once('@').is_some_and(|(_, domain)| !domains.is_empty() && !domains.contains(domain));
            let near = nearest_address(name, unlisted.iter().map(String::as_str));
            let hint = match near {
                Some(near) => format!("did you mean \"{near}\"?"),
                None if foreign => {
                    format!("the records know {}", domains.iter().cloned().collect::<Vec<_>>().join(", "))
                }
                None => {
                    silent = Some(silent.map_or((&entry.place, 1), |(first, count)| (first, count + 1)));
                    continue;
                }
            };
            let what = format!("no record names the mailbox {name}");
            let column = Some("upn".to_owned());
            self.complaints.add(InputError { place: entry.place.clone(), column, what, hint: Some(hint) });
        }
        if let Some((place, count)) = silent {
            let detail = format!(
                "{count} mailboxes from here on have no record: they are in scope, and their recording is not shown"
            );
            self.warnings.push(InputWarning { place: place.clone(), detail });
        }
    }

    fn name(&mut self, place: &InputPlace, column: &str, name: &MailboxName, unknown: Unknown) {
        if self.knows(name) {
            return;
        }
        let names: Vec<String> = self.known.iter().filter_map(|mailbox| mailbox.upn.clone()).collect();
        let roster = self.case.roster.iter().filter_map(|entry| entry.upn.as_ref().map(MailboxName::as_str));
        let near = nearest_address(name.as_str(), names.iter().map(String::as_str).chain(roster)).map(str::to_owned);
        let what = format!("the mailbox {name} is in neither records nor roster");
        match (unknown, near) {
            (Unknown::Warning, None) => {
                self.warnings.push(InputWarning { place: place.clone(), detail: what });
            }
            (_, near) => {
                let hint = near.map_or("add it to the roster if it is meant".to_owned(), |near| {
                    format!("did you mean \"{near}\"?")
                });
                let column = Some(column.to_owned());
                self.complaints.add(InputError { place: place.clone(), column, what, hint: Some(hint) });
            }
        }
    }
}

fn mailbox_of(statement: &ControlStatement) -> Option<&MailboxName> {
    match statement {
        ControlStatement::FolderStatistics { mailbox, .. }
        | ControlStatement::AuditSettings { mailbox, .. }
        | ControlStatement::Licence { mailbox, .. } => Some(mailbox),
        ControlStatement::Permission { mailbox, .. } => mailbox.as_ref(),
        ControlStatement::AuditRecord { .. }
        | ControlStatement::Bypass { .. }
        | ControlStatement::Geo { .. }
        | ControlStatement::OrganizationAudit { .. } => None,
    }
}
