//! Owns what may be wrong with a row or a source: stable codes, their meaning, what to do.

use crate::Locator;

/// One thing noticed about one row.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Issue {
    /// What.
    pub code: IssueCode,
    /// Where.
    pub locator: Locator,
    /// In words, with the value that caused it.
    pub detail: String,
}

/// What an issue does to the row it is about.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Severity {
    /// The row was taken; the reader should know.
    Note,
    /// The row was taken, but something in it could not be.
    Lossy,
    /// The row is in quarantine.
    Rejected,
}

macro_rules! issue_codes {
    ($($(#[$doc:meta])* $variant:ident, $name:literal, $severity:ident, $meaning:literal, $advice:literal;)+) => {
        /// A kind of issue. Names never change; `mailtrail explain CODE` prints meaning and advice.
        #[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
        pub enum IssueCode {
            $(#[doc = $meaning] $variant,)+
        }

        impl IssueCode {
            /// Every code.
            pub const ALL: &'static [Self] = &[$(Self::$variant,)+];

            /// The stable name.
            #[must_use]
            pub fn as_str(self) -> &'static str {
                match self { $(Self::$variant => $name,)+ }
            }

            /// What it does to the row.
            #[must_use]
            pub fn severity(self) -> Severity {
                match self { $(Self::$variant => Severity::$severity,)+ }
            }

            /// One line: what it means.
            #[must_use]
            pub fn meaning(self) -> &'static str {
                match self { $(Self::$variant => $meaning,)+ }
            }

            /// One line: what to do.
            #[must_use]
            pub fn advice(self) -> &'static str {
                match self { $(Self::$variant => $advice,)+ }
            }
        }
    };
}

issue_codes! {
    RowMalformed, "row-malformed", Rejected, "The row is not well-formed (broken CSV or JSON).", "Look at its bytes in quarantine.jsonl; export the row again if it is an access.";
    RowTooLong, "row-too-long", Rejected, "The row exceeds the line cap.", "Check that the file is an audit export; the cap is printed in run.json.";
    RowTooDeep, "row-too-deep", Rejected, "The row nests deeper than any audit record does.", "Check where the file came from; nothing the audit log writes nests like this.";
    NotUtf8, "not-utf8", Rejected, "The row is not valid UTF-8.", "Export again with -Encoding UTF8.";
    NoBody, "no-body", Rejected, "The row has no record body (no AuditData or its like).", "Export again with the AuditData column.";
    BodyUnreadable, "body-unreadable", Rejected, "The record body is not JSON and nothing could be salvaged.", "Export the record again; see `mailtrail inspect` for the usual causes.";
    NoRecordId, "no-record-id", Lossy, "The record has no Id; it got one made of its bytes.", "Duplicates of such a record in other containers cannot be recognised.";
    NoTime, "no-time", Rejected, "The record has no readable CreationTime.", "Export again with the AuditData column untouched.";
    NoMailbox, "no-mailbox", Rejected, "The record names no mailbox (neither MailboxGuid nor MailboxOwnerUPN).", "Export again with the record body.";
    TooManyItems, "too-many-items", Rejected, "The record lists more items than the item cap.", "Check where the file came from; the cap is printed in run.json.";
    IdNotGuid, "id-not-guid", Note, "The record's Id is no GUID (anonymised or rewritten export); kept as text.", "Prefer the original export where there is one.";
    AccessTypeFromRecordType, "access-type-from-record-type", Lossy, "MailAccessType is not stated; taken from RecordType (2 Sync, 50 Bind).", "Prefer an export that carries OperationProperties.";
    AccessTypeUnknown, "access-type-unknown", Lossy, "Neither MailAccessType nor RecordType tells Bind from Sync; treated as Sync for exposure.", "Prefer an export that carries OperationProperties.";
    ThrottleNotStated, "throttle-not-stated", Note, "The record does not carry IsThrottled: throttling is unknown, not absent.", "Nothing; coverage accounts for it.";
    OperationCountMismatch, "operation-count-mismatch", Lossy, "OperationCount differs from the number of items listed.", "The export was cut, edited or redacted: obtain the original record.";
    ItemsUnnamed, "items-unnamed", Lossy, "Items without InternetMessageId, or a Bind without items.", "Obtain the record from another export; until then its folder or mailbox cannot be excluded.";
    Truncated, "truncated", Lossy, "The body was cut; every whole item up to the cut was kept.", "Obtain the original export: spreadsheets cut cells at 32,767 characters, the old portal at 3,060.";
    FlattenedByPowershell, "flattened-by-powershell", Lossy, "PowerShell's JSON depth turned nested values into text (@{…}).", "Export again with ConvertTo-Json -Depth 100.";
    ClockMismatch, "clock-mismatch", Note, "The container's date column and the body's CreationTime differ; the body was used.", "Check whether the file was edited or its dates were re-read in another culture.";
    ColumnMismatch, "column-mismatch", Note, "An outer column disagrees with the record body; the body was used.", "Check whether the file was edited.";
    AddressUnreadable, "address-unreadable", Lossy, "The client address is neither an IP address nor a host name; kept as text.", "Nothing; the raw text is in the table.";
    ValueUnreadable, "value-unreadable", Lossy, "A field holds a value of the wrong type; the field is treated as not stated.", "Look at the source row.";
    UnequalColumns, "unequal-columns", Lossy, "The CSV row has more or fewer cells than the header.", "Check whether the file was edited or cut.";
    InvalidUtf8Replaced, "invalid-utf8-replaced", Lossy, "Bytes that are no text were replaced in this row.", "Export again with -Encoding UTF8.";
    FullerBodyKept, "fuller-body-kept", Note, "Two copies of the record state different amounts; they were merged into one access.", "Nothing; both locators are in tables/duplicates.";
    IdConflict, "id-conflict", Lossy, "Two different records share one id; both were kept.", "One of the exports was anonymised or edited: find out which.";
    DuplicateKey, "duplicate-key", Lossy, "A JSON object repeats a key; the first value was kept.", "Check whether the file was edited.";
    LossySource, "lossy-source", Note, "The container is a derived or flattened export that cannot carry every field.", "Prefer the raw export.";
    UnfinishedFile, "unfinished-file", Lossy, "The file ends in the middle of a row or array.", "The export was interrupted: run it again.";
}

#[cfg(test)]
mod tests {
    use super::IssueCode;

    #[test]
    fn names_are_unique_kebab_case() {
        let mut names: Vec<_> = IssueCode::ALL.iter().map(|c| c.as_str()).collect();
        let all = names.len();
        names.sort_unstable();
        names.dedup();
        assert_eq!(names.len(), all);
        assert!(names.iter().all(|n| n.bytes().all(|b| b.is_ascii_lowercase() || b.is_ascii_digit() || b == b'-')));
    }
}
