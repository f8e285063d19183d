//! Owns what F08 shows: the messages of each mailbox by class. There is no such view until the classes are computed: a number
//! that is not computed is not zero.

use mailtrail_model::{ExposureClass, ExposureTotals, Timeline};

use super::{Labels, label};

/// Rows a chart may carry; the CSV and the table hold the others.
const ROW_LIMIT: usize = 200;

/// One mailbox.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct TotalsRow {
    /// `M007`.
    pub id: String,
    /// Its whole name.
    pub name: String,
    /// The part before the `@`.
    pub local: String,
    /// Messages by class, in the order of [`ExposureClass::ALL`]; `None` where they are not computed for this mailbox.
    pub by_class: Option<[u64; 9]>,
}

/// F08, laid out.
#[derive(Clone, Debug, PartialEq)]
pub struct TotalsView {
    /// Rows: most recorded messages first.
    pub rows: Vec<TotalsRow>,
    /// Mailboxes beyond the limit.
    pub rows_left_off: usize,
    /// All mailboxes.
    pub total: [u64; 9],
}

impl TotalsView {
    /// `None` where the classes of the case are not computed.
    #[must_use]
    pub fn of(timeline: &Timeline) -> Option<Self> {
        let total = numbers(timeline.exposure.as_ref()?);
        let labels = Labels::of(&timeline.mailboxes);
        let mut rows: Vec<TotalsRow> = timeline
            .mailboxes
            .iter()
            .map(|mailbox| {
                let name = labels.name(&mailbox.key);
                TotalsRow {
                    id: mailbox.id.clone(),
                    local: label::split(&name).0,
                    name,
                    by_class: mailbox.exposure.as_ref().map(numbers),
                }
            })
            .collect();
        rows.sort_by(|a, b| (&b.by_class, &a.name, &a.id).cmp(&(&a.by_class, &b.name, &b.id)));
        let rows_left_off = rows.len().saturating_sub(ROW_LIMIT);
        Some(Self { rows, rows_left_off, total })
    }

    /// The rows that are drawn.
    #[must_use]
    pub fn drawn(&self) -> &[TotalsRow] {
        &self.rows[..self.rows.len().min(ROW_LIMIT)]
    }
}

fn numbers(totals: &ExposureTotals) -> [u64; 9] {
    ExposureClass::ALL.map(|class| totals.by_class.get(&class).copied().unwrap_or(0))
}
