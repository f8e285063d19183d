//! Owns the column names and types of every streamed table, once. Writers build by it, readers check against it.
//!
//! Invariant: a name or a type stands nowhere else in the crate. Does not know how a table is written, nor the columns of
//! the small tables (sessions, contexts, …), which are named beside what computes them.
//!
//! Rules that hold for all tables: times end in `_utc` and are microseconds without a zone; an absent value is null, never
//! an empty text; `mailbox` is the text of `MailboxKey`; `source_id` is the printed form (`S0001`); `access_no` is the row
//! number in `accesses.parquet`, from 0, and items and folders stand in its order.

use polars::prelude::{DataType, TimeUnit};

/// The type of a column.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Kind {
    /// Text that repeats within a row group: dictionary pages.
    Text,
    /// Text that hardly ever repeats (ids, subjects): no dictionary is tried, what begins alike is written once.
    Unique,
    /// Microseconds since 1970, UTC.
    Time,
    /// True, false, or null where not stated.
    Bool,
    /// Signed integer as logged.
    I64,
    /// A count.
    U32,
    /// A row number, an offset, a large count.
    U64,
    /// A number that is no count (small tables only).
    Real,
}

impl Kind {
    /// The type in a frame.
    pub(crate) fn data_type(self) -> DataType {
        match self {
            Self::Text | Self::Unique => DataType::String,
            Self::Time => DataType::Datetime(TimeUnit::Microseconds, None),
            Self::Bool => DataType::Boolean,
            Self::I64 => DataType::Int64,
            Self::U32 => DataType::UInt32,
            Self::U64 => DataType::UInt64,
            Self::Real => DataType::Float64,
        }
    }
}

/// A streamed table: its file and its columns, in order.
#[derive(Debug)]
pub(crate) struct Table {
    /// File name in the tables folder.
    pub(crate) file: &'static str,
    /// Name and type of each column.
    pub(crate) columns: &'static [(&'static str, Kind)],
}

/// The names. A name means the same in every table that has it.
macro_rules! names {
    ($($name:ident = $text:literal;)+) => { $(pub(crate) const $name: &str = $text;)+ };
}

names! {
    AAD_SESSION_ID = "aad_session_id";
    ACCESS_NO = "access_no";
    ACCESS_TYPE = "access_type";
    ACCESS_TYPE_BASIS = "access_type_basis";
    ACTOR_INFO_STRING = "actor_info_string";
    ADDRESS = "address";
    API_ID = "api_id";
    APP = "app";
    APP_ID = "app_id";
    ATTACHMENT_ID = "attachment_id";
    BYTE_LEN = "byte_len";
    BYTE_OFFSET = "byte_offset";
    CLIENT_APP_ID = "client_app_id";
    CLIENT_INFO_STRING = "client_info_string";
    CLIENT_IP_ADDRESS = "client_ip_address";
    CLIENT_PROCESS_NAME = "client_process_name";
    CLIENT_VERSION = "client_version";
    CONTEXT_CLIENT_APP_ID = "context_client_app_id";
    CREATED_UTC = "created_utc";
    DETAIL = "detail";
    DEVICE_ID = "device_id";
    EFFECTIVE_APP = "effective_app";
    EXTERNAL_ACCESS = "external_access";
    FOLDER_COUNT = "folder_count";
    FOLDER_HINT = "folder_hint";
    FOLDER_ID = "folder_id";
    FOLDER_NAME = "folder_name";
    FOLDER_PATH = "folder_path";
    HAS_APP_ACCESS_CONTEXT = "has_app_access_context";
    HOUR_UTC = "hour_utc";
    IMMUTABLE_ID = "immutable_id";
    INTERNAL_LOGON_TYPE = "internal_logon_type";
    INTERNET_MESSAGE_ID = "internet_message_id";
    IN_WINDOW = "in_window";
    ISSUED_AT_UTC = "issued_at_utc";
    ISSUES = "issues";
    ITEM_COUNT = "item_count";
    ITEM_ID = "item_id";
    ITEM_INDEX = "item_index";
    KIND = "kind";
    LOGON_TYPE = "logon_type";
    LOGON_USER_SID = "logon_user_sid";
    MAILBOX = "mailbox";
    MAILBOX_GUID = "mailbox_guid";
    MAILBOX_OWNER_UPN = "mailbox_owner_upn";
    OPERATION = "operation";
    OPERATION_COUNT = "operation_count";
    ORGANIZATION_ID = "organization_id";
    RECORD_ID = "record_id";
    RECORD_TYPE = "record_type";
    RESULT_STATUS = "result_status";
    ROW = "row";
    ROWS = "rows";
    SESSION_ID = "session_id";
    SIZE_BYTES = "size_bytes";
    SOURCE_ID = "source_id";
    SUBJECT = "subject";
    TARGET = "target";
    THROTTLED = "throttled";
    TOKEN_OBJECT_ID = "token_object_id";
    TOKEN_TENANT_ID = "token_tenant_id";
    TRUNCATED = "truncated";
    UNIQUE_TOKEN_ID = "unique_token_id";
    USER_ID = "user_id";
    USER_KEY = "user_key";
    USER_TYPE = "user_type";
}

/// One row an access. `throttled` is null where the record does not state it; `issues` are codes joined by a space.
pub(crate) const ACCESSES: Table = Table {
    file: "accesses.parquet",
    columns: &[
        (RECORD_ID, Kind::Unique),
        (CREATED_UTC, Kind::Time),
        (IN_WINDOW, Kind::Bool),
        (ACCESS_TYPE, Kind::Text),
        (ACCESS_TYPE_BASIS, Kind::Text),
        (RECORD_TYPE, Kind::Text),
        (THROTTLED, Kind::Bool),
        (RESULT_STATUS, Kind::Text),
        (MAILBOX, Kind::Text),
        (ORGANIZATION_ID, Kind::Text),
        (MAILBOX_GUID, Kind::Text),
        (MAILBOX_OWNER_UPN, Kind::Text),
        (USER_ID, Kind::Text),
        (USER_TYPE, Kind::Text),
        (USER_KEY, Kind::Text),
        (LOGON_TYPE, Kind::Text),
        (INTERNAL_LOGON_TYPE, Kind::Text),
        (LOGON_USER_SID, Kind::Text),
        (EXTERNAL_ACCESS, Kind::Bool),
        (CLIENT_IP_ADDRESS, Kind::Text),
        (ADDRESS, Kind::Text),
        (CLIENT_INFO_STRING, Kind::Text),
        (ACTOR_INFO_STRING, Kind::Text),
        (APP_ID, Kind::Text),
        (CLIENT_APP_ID, Kind::Text),
        (CONTEXT_CLIENT_APP_ID, Kind::Text),
        (API_ID, Kind::Text),
        (EFFECTIVE_APP, Kind::Text),
        (CLIENT_PROCESS_NAME, Kind::Text),
        (CLIENT_VERSION, Kind::Text),
        (DEVICE_ID, Kind::Text),
        (SESSION_ID, Kind::Text),
        (AAD_SESSION_ID, Kind::Text),
        (UNIQUE_TOKEN_ID, Kind::Text),
        (ISSUED_AT_UTC, Kind::Time),
        (TOKEN_OBJECT_ID, Kind::Text),
        (TOKEN_TENANT_ID, Kind::Text),
        (HAS_APP_ACCESS_CONTEXT, Kind::Bool),
        (OPERATION_COUNT, Kind::I64),
        (ITEM_COUNT, Kind::U32),
        (FOLDER_COUNT, Kind::U32),
        (TRUNCATED, Kind::Bool),
        (ISSUES, Kind::Text),
        (SOURCE_ID, Kind::Text),
        (ROW, Kind::U64),
        (BYTE_OFFSET, Kind::U64),
        (BYTE_LEN, Kind::U64),
    ],
};

/// One row an item a record names, in the order of `accesses` and then of the record.
pub(crate) const ITEMS: Table = Table {
    file: "items.parquet",
    columns: &[
        (ACCESS_NO, Kind::U64),
        (RECORD_ID, Kind::Text),
        (CREATED_UTC, Kind::Time),
        (IN_WINDOW, Kind::Bool),
        (MAILBOX, Kind::Text),
        (ACCESS_TYPE, Kind::Text),
        (ITEM_INDEX, Kind::U32),
        (FOLDER_ID, Kind::Text),
        (FOLDER_PATH, Kind::Text),
        (FOLDER_HINT, Kind::Text),
        (INTERNET_MESSAGE_ID, Kind::Unique),
        (ITEM_ID, Kind::Unique),
        (ATTACHMENT_ID, Kind::Unique),
        (IMMUTABLE_ID, Kind::Unique),
        (SIZE_BYTES, Kind::I64),
        (SUBJECT, Kind::Unique),
    ],
};

/// One row a folder: every folder of a Sync or Unknown record, and of any other record those folders that list no item
/// (a Bind whose items are not named). Filter by `access_type`: a Bind here is not a synchronised folder.
pub(crate) const FOLDER_SYNCS: Table = Table {
    file: "folder_syncs.parquet",
    columns: &[
        (ACCESS_NO, Kind::U64),
        (RECORD_ID, Kind::Text),
        (CREATED_UTC, Kind::Time),
        (IN_WINDOW, Kind::Bool),
        (MAILBOX, Kind::Text),
        (ACCESS_TYPE, Kind::Text),
        (FOLDER_ID, Kind::Text),
        (FOLDER_PATH, Kind::Text),
        (FOLDER_NAME, Kind::Text),
        (FOLDER_HINT, Kind::Text),
    ],
};

/// One row an event of another operation that explains an access, every copy of it.
pub(crate) const RELATED_EVENTS: Table = Table {
    file: "related_events.parquet",
    columns: &[
        (RECORD_ID, Kind::Unique),
        (CREATED_UTC, Kind::Time),
        (IN_WINDOW, Kind::Bool),
        (OPERATION, Kind::Text),
        (USER_ID, Kind::Text),
        (TARGET, Kind::Text),
        (ADDRESS, Kind::Text),
        (APP, Kind::Text),
        (RESULT_STATUS, Kind::Text),
        (DETAIL, Kind::Unique),
        (SOURCE_ID, Kind::Text),
        (ROW, Kind::U64),
        (BYTE_OFFSET, Kind::U64),
        (BYTE_LEN, Kind::U64),
    ],
};

/// Rows by source, operation and hour; `hour_utc` is null where rows state no readable time. A key may stand in several
/// rows: sum.
pub(crate) const ACTIVITY: Table = Table {
    file: "activity.parquet",
    columns: &[(SOURCE_ID, Kind::Text), (OPERATION, Kind::Text), (HOUR_UTC, Kind::Time), (ROWS, Kind::U64)],
};

/// One row a copy of a record that was seen before; `access_no` is the access it repeats, the locator is the copy's own.
pub(crate) const DUPLICATES: Table = Table {
    file: "duplicates.parquet",
    columns: &[
        (RECORD_ID, Kind::Unique),
        (KIND, Kind::Text),
        (ACCESS_NO, Kind::U64),
        (SOURCE_ID, Kind::Text),
        (ROW, Kind::U64),
        (BYTE_OFFSET, Kind::U64),
        (BYTE_LEN, Kind::U64),
    ],
};

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;

    use super::*;

    #[test]
    fn no_table_names_a_column_twice() {
        for table in [ACCESSES, ITEMS, FOLDER_SYNCS, RELATED_EVENTS, ACTIVITY, DUPLICATES] {
            let names: BTreeSet<_> = table.columns.iter().map(|(name, _)| name).collect();
            assert_eq!(names.len(), table.columns.len(), "{}", table.file);
        }
    }

    #[test]
    fn times_are_named_by_their_zone() {
        for table in [ACCESSES, ITEMS, FOLDER_SYNCS, RELATED_EVENTS, ACTIVITY, DUPLICATES] {
            for (name, kind) in table.columns {
                assert_eq!(*kind == Kind::Time, name.ends_with("_utc"), "{}: {name}", table.file);
            }
        }
    }
}
