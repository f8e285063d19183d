//! Owns the keys we know: which JSON key or CSV column is which field.

use std::sync::LazyLock;

macro_rules! keys {
    ($(#[$doc:meta])* $name:ident { $($variant:ident = $key:literal),+ $(,)? }) => {
        $(#[$doc])*
        #[derive(Clone, Copy, Debug, PartialEq, Eq)]
        #[allow(missing_docs, reason = "each variant is the key it stands for")]
        pub(crate) enum $name { $($variant),+ }

        impl $name {
            /// Every one, in order.
            pub(crate) const ALL: &'static [Self] = &[$(Self::$variant),+];

            /// The key.
            pub(crate) fn key(self) -> &'static str {
                match self { $(Self::$variant => $key),+ }
            }
        }
    };
}

keys! {
    /// A field that holds a scalar. The second half are the names of containers' own columns.
    Field {
        Id = "Id",
        RecordType = "RecordType",
        CreationTime = "CreationTime",
        Operation = "Operation",
        OrganizationId = "OrganizationId",
        UserType = "UserType",
        UserKey = "UserKey",
        Workload = "Workload",
        ResultStatus = "ResultStatus",
        ObjectId = "ObjectId",
        UserId = "UserId",
        ClientIp = "ClientIP",
        LogonType = "LogonType",
        InternalLogonType = "InternalLogonType",
        MailboxGuid = "MailboxGuid",
        MailboxOwnerUpn = "MailboxOwnerUPN",
        LogonUserSid = "LogonUserSid",
        ExternalAccess = "ExternalAccess",
        ClientInfoString = "ClientInfoString",
        ClientIpAddress = "ClientIPAddress",
        ClientProcessName = "ClientProcessName",
        ClientVersion = "ClientVersion",
        SessionId = "SessionId",
        AppId = "AppId",
        ClientAppId = "ClientAppId",
        ActorInfoString = "ActorInfoString",
        DeviceId = "DeviceId",
        TokenObjectId = "TokenObjectId",
        TokenTenantId = "TokenTenantId",
        OperationCount = "OperationCount",
        MailAccessType = "MailAccessType",
        IsThrottled = "IsThrottled",
        ActorIpAddress = "ActorIpAddress",
        ApplicationId = "ApplicationId",
        ErrorNumber = "ErrorNumber",
        LogonError = "LogonError",
        QueryText = "QueryText",
        // Sentinel's names.
        TimeGenerated = "TimeGenerated",
        OfficeId = "OfficeId",
        SourceRecordId = "SourceRecordId",
        ClientIpAddressSentinel = "Client_IPAddress",
        ClientIpSentinel = "ClientIP_",
        LogonTypeSentinel = "Logon_Type",
        ObjectIdSentinel = "OfficeObjectId",
        // Outer columns, for cross-checks.
        CreationDate = "CreationDate",
        Operations = "Operations",
        UserIds = "UserIds",
        Identity = "Identity",
        RecordId = "RecordId",
        ActionType = "ActionType",
        Timestamp = "Timestamp",
        GraphId = "id",
        GraphCreated = "createdDateTime",
        GraphOperation = "operation",
        GraphRecordType = "auditLogRecordType",
        GraphUserId = "userId",
        EventAction = "action",
        EventCode = "code",
        AtTimestamp = "@timestamp",
        Time = "time",
        Ip = "ip",
        Address = "address",
        Email = "email",
        Name = "name",
    }
}

keys! {
    /// A field that is kept as raw JSON for related events.
    Detail {
        Parameters = "Parameters",
        ModifiedProperties = "ModifiedProperties",
        ExtendedProperties = "ExtendedProperties",
        DeviceProperties = "DeviceProperties",
        AffectedItems = "AffectedItems",
    }
}

keys! {
    /// A field of a container that may hold the record, in the order in which they are tried.
    Body {
        Original = "original",
        AuditData = "AuditData",
        AuditDataGraph = "auditData",
        DynamicProperties = "dynamicProperties",
        RawEventData = "RawEventData",
        RawEventDataLower = "rawEventData",
        Raw = "_raw",
        Result = "result",
        Event = "event",
        O365 = "o365",
        Audit = "audit",
        Office365 = "office365",
        Source = "_source",
        Properties = "properties",
        Record = "record",
        Message = "message",
        Data = "data",
        Client = "client",
        User = "user",
        Organization = "organization",
        SourceAddress = "source",
        Token = "token",
    }
}

/// What a key means.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Key {
    /// A scalar.
    Scalar(Field),
    /// `OperationProperties`.
    OperationProperties,
    /// `Folders`.
    Folders,
    /// `Messages`.
    Messages,
    /// `Item`.
    Item,
    /// `AppAccessContext`.
    AppAccessContext,
    /// Raw JSON for related events.
    Detail(Detail),
    /// Perhaps the record itself.
    Body(Body),
    /// Nothing we use.
    Unknown,
}

/// Keys by length: a record has 30 keys, we know 90 of them, and a miss must cost nothing.
static BY_LENGTH: LazyLock<Vec<Vec<(&'static str, Key)>>> = LazyLock::new(|| {
    let mut known: Vec<(&'static str, Key)> = vec![
        ("OperationProperties", Key::OperationProperties),
        ("Folders", Key::Folders),
        ("ExchangeAggregatedFolders", Key::Folders),
        ("Messages", Key::Messages),
        ("ExchangeAggregatedMessages", Key::Messages),
        ("Item", Key::Item),
        ("AppAccessContext", Key::AppAccessContext),
    ];
    known.extend(Field::ALL.iter().map(|field| (field.key(), Key::Scalar(*field))));
    known.extend(Detail::ALL.iter().map(|detail| (detail.key(), Key::Detail(*detail))));
    known.extend(Body::ALL.iter().map(|body| (body.key(), Key::Body(*body))));
    let longest = known.iter().map(|(key, _)| key.len()).max().unwrap_or(0);
    let mut by_length = vec![Vec::new(); longest + 1];
    for (key, meaning) in known {
        by_length[key.len()].push((key, meaning));
    }
    by_length
});

impl Key {
    /// What a key means.
    pub(crate) fn of(key: &str) -> Self {
        let same_length = BY_LENGTH.get(key.len()).map_or(&[][..], Vec::as_slice);
        same_length.iter().find(|(known, _)| *known == key).map_or(Self::Unknown, |(_, meaning)| *meaning)
    }

    /// The key of a CSV column: case and spaces do not matter, nor a time zone in brackets behind the name.
    pub(crate) fn of_column(column: &str) -> Self {
        let name = column_name(column);
        match Self::of(name) {
            Self::Unknown => BY_LENGTH
                .get(name.len())
                .and_then(|same| same.iter().find(|(known, _)| known.eq_ignore_ascii_case(name)))
                .map_or(Self::Unknown, |(_, meaning)| *meaning),
            known => known,
        }
    }

    /// The name, for notes.
    pub(crate) fn name(self) -> &'static str {
        match self {
            Self::Scalar(field) => field.key(),
            Self::OperationProperties => "OperationProperties",
            Self::Folders => "Folders",
            Self::Messages => "Messages",
            Self::Item => "Item",
            Self::AppAccessContext => "AppAccessContext",
            Self::Detail(detail) => detail.key(),
            Self::Body(body) => body.key(),
            Self::Unknown => "?",
        }
    }
}

/// A column's name without a byte order mark, spaces, quotes or `[UTC]`.
pub(crate) fn column_name(column: &str) -> &str {
    let name = column.trim_matches(|c: char| c.is_whitespace() || matches!(c, '\u{feff}' | '"'));
    match name.split_once('[') {
        Some((bare, zone)) if zone.ends_with(']') => bare.trim_end(),
        _ => name,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_key_is_found_and_no_other() {
        for field in Field::ALL {
            assert_eq!(Key::of(field.key()), Key::Scalar(*field));
        }
        assert_eq!(Key::of("Folders"), Key::Folders);
        assert_eq!(Key::of("folders"), Key::Unknown);
        assert_eq!(Key::of(""), Key::Unknown);
        assert_eq!(Key::of(&"x".repeat(1000)), Key::Unknown);
    }

    #[test]
    fn columns_are_found_whatever_their_dress() {
        assert_eq!(Key::of_column("TimeGenerated [UTC]"), Key::Scalar(Field::TimeGenerated));
        assert_eq!(Key::of_column("\u{feff}\"clientip\" "), Key::Scalar(Field::ClientIp));
        assert_eq!(Key::of_column("Unknown [x"), Key::Unknown);
    }
}
