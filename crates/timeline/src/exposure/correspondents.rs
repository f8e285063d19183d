//! Owns how many correspondents stand behind each class: distinct addresses among senders and recipients, as a listing states
//! them, the mailbox's own left out. Whose data a message holds is not known from that.

use std::collections::BTreeMap;

use hashbrown::HashMap;
use mailtrail_model::{ExposureClass, ListingRow};

use crate::digest;

/// Addresses seen so far, by digest: a set of texts would cost more than the messages.
#[derive(Debug, Default)]
pub(crate) struct Correspondents {
    /// A bit a class.
    seen: HashMap<u128, u16>,
    by_class: BTreeMap<ExposureClass, u64>,
    scratch: String,
}

impl Correspondents {
    /// Counts the correspondents of one listed message; `own` are the mailbox's addresses in lower case.
    pub(crate) fn add(&mut self, class: ExposureClass, row: &ListingRow<'_>, own: &[String]) {
        let bit = ExposureClass::ALL.iter().position(|one| *one == class).map_or(0, |at| 1 << at);
        for address in [row.sender, row.recipients].into_iter().flatten().flat_map(addresses) {
            let address = address.to_lowercase();
            if own.contains(&address) {
                continue;
            }
            let seen = self.seen.entry(digest::message_key(&address, &mut self.scratch).0).or_default();
            if *seen & bit == 0 {
                *seen |= bit;
                *self.by_class.entry(class).or_default() += 1;
            }
        }
    }

    /// Distinct correspondents by class; one may stand behind several.
    pub(crate) fn finish(self) -> BTreeMap<ExposureClass, u64> {
        self.by_class
    }
}

/// The addresses of a listing's cell: `Ada <ada@x.example>; b@y.example`.
fn addresses(cell: &str) -> impl Iterator<Item = &str> {
    cell.split([' ', ';', ',', '<', '>', '"', '\'', '\t', '\n', '[', ']'])
        .filter(|text| text.rsplit_once('@').is_some_and(|(local, domain)| !local.is_empty() && domain.contains('.')))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn one_address_counts_once_a_class_and_the_mailbox_itself_never() {
        let row = |sender, recipients| ListingRow {
            mailbox: "ada@x.example",
            internet_message_id: "<1@x>",
            folder: None,
            folder_id: None,
            received: None,
            subject: None,
            sender: Some(sender),
            recipients: Some(recipients),
            size_bytes: None,
            attachments: None,
        };
        let own = ["ada@x.example".to_owned()];
        let mut found = Correspondents::default();
        found.add(ExposureClass::A, &row("Bo <BO@y.example>", "ada@x.example; cy@z.example"), &own);
        found.add(ExposureClass::A, &row("bo@y.example", "Ada <ada@x.example>"), &own);
        found.add(ExposureClass::D0, &row("bo@y.example", "nobody"), &own);
        assert_eq!(found.finish(), [(ExposureClass::A, 2), (ExposureClass::D0, 1)].into());
    }
}
