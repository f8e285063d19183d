//! Owns Microsoft's closed lists (enums of the audit schema). An unseen spelling is kept as text, never defaulted.

/// How mail was reached. From `OperationProperties.MailAccessType`, never from the protocol: Outlook for Windows writes
/// both kinds (Microsoft Learn, "Use MailItemsAccessed to investigate compromised accounts").
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum MailAccessType {
    /// Individual messages, named by `InternetMessageId`.
    Bind,
    /// A whole folder, synchronised to a desktop Outlook; lists no items.
    Sync,
    /// An `AttachmentAccess` record: attachments of a message, by item id.
    Attachment,
    /// Not stated and not derivable: treated as Sync for exposure and marked, never as Bind.
    Unknown,
}

impl MailAccessType {
    /// The spelling in our tables.
    #[must_use]
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Bind => "Bind",
            Self::Sync => "Sync",
            Self::Attachment => "Attachment",
            Self::Unknown => "Unknown",
        }
    }

    /// The inverse of [`Self::as_str`].
    #[must_use]
    pub fn from_table(text: &str) -> Option<Self> {
        [Self::Bind, Self::Sync, Self::Attachment, Self::Unknown].into_iter().find(|kind| kind.as_str() == text)
    }
}

/// Where the access type was taken from.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum AccessTypeBasis {
    /// `OperationProperties` stated it.
    Stated,
    /// Only the record type spoke (2 → Sync, 50 → Bind), or the operation name (`AttachmentAccess`).
    RecordType,
    /// Nothing did.
    None,
}

impl AccessTypeBasis {
    /// The spelling in our tables.
    #[must_use]
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Stated => "stated",
            Self::RecordType => "record-type",
            Self::None => "none",
        }
    }
}

/// `IsThrottled`, which has three values: absent is *not stated*, never *No*.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum ThrottleState {
    /// The flag is True: Bind records stop for up to 24 hours.
    Yes,
    /// The flag is False.
    No,
    /// The record does not carry the flag.
    NotStated,
}

impl ThrottleState {
    /// The spelling in our tables.
    #[must_use]
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Yes => "yes",
            Self::No => "no",
            Self::NotStated => "not-stated",
        }
    }
}

macro_rules! coded {
    ($(#[$doc:meta])* $name:ident { $($(#[$vdoc:meta])* $variant:ident = $code:literal),+ $(,)? }) => {
        $(#[$doc])*
        #[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
        pub enum $name {
            $($(#[$vdoc])* $variant,)+
            /// A value this list does not know, as spelled.
            Other(Box<str>),
        }

        impl $name {
            /// Reads the number, the number as text (`"5"`, `"5.0"`), or the name in any case.
            #[must_use]
            pub fn parse(text: &str) -> Self {
                let text = text.trim();
                let whole = text.strip_suffix(".0").unwrap_or(text);
                $(if whole == stringify!($code) || text.eq_ignore_ascii_case(stringify!($variant)) { return Self::$variant; })+
                Self::Other(text.into())
            }

            /// The spelling in our tables: Microsoft's name, or the text as logged.
            #[must_use]
            pub fn as_str(&self) -> &str {
                match self {
                    $(Self::$variant => stringify!($variant),)+
                    Self::Other(text) => text,
                }
            }

            /// Microsoft's number, where the value is known.
            #[must_use]
            pub fn code(&self) -> Option<i32> {
                match self {
                    $(Self::$variant => Some($code),)+
                    Self::Other(text) => text.parse().ok(),
                }
            }
        }
    };
}

coded! {
    /// `RecordType` (Office 365 Management Activity API schema, AuditLogRecordType).
    RecordType {
        /// Exchange admin audit.
        ExchangeAdmin = 1,
        /// One item: **Sync** records of MailItemsAccessed.
        ExchangeItem = 2,
        /// Several items.
        ExchangeItemGroup = 3,
        /// Aggregated operations.
        ExchangeAggregatedOperation = 19,
        /// Aggregated items: **Bind** records of MailItemsAccessed.
        ExchangeItemAggregated = 50,
    }
}

coded! {
    /// `UserType` (Office 365 Management Activity API schema).
    UserType {
        /// A person.
        Regular = 0,
        /// Reserved.
        Reserved = 1,
        /// An administrator.
        Admin = 2,
        /// A Microsoft data-centre administrator.
        DcAdmin = 3,
        /// A system account.
        System = 4,
        /// An application: recorded in the owner's name, as an owner logon.
        Application = 5,
        /// A service principal.
        ServicePrincipal = 6,
        /// A custom policy.
        CustomPolicy = 7,
        /// A system policy.
        SystemPolicy = 8,
        /// A partner's technician.
        PartnerTechnician = 9,
        /// A guest.
        Guest = 10,
    }
}

coded! {
    /// `LogonType` (Office 365 Management Activity API schema).
    LogonType {
        /// The owner, or an application in the owner's name.
        Owner = 0,
        /// An administrator (eDiscovery, content search).
        Admin = 1,
        /// A delegate, including an administrator with full access.
        Delegated = 2,
        /// Transport.
        Transport = 3,
        /// A system service.
        SystemService = 4,
        /// Best access.
        BestAccess = 5,
        /// A delegated administrator.
        DelegatedAdmin = 6,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn codes_are_read_as_numbers_texts_and_names() {
        for (text, expected) in [
            ("50", RecordType::ExchangeItemAggregated),
            ("exchangeItemAggregated", RecordType::ExchangeItemAggregated),
            ("2.0", RecordType::ExchangeItem),
            (" ExchangeItem ", RecordType::ExchangeItem),
        ] {
            assert_eq!(RecordType::parse(text), expected, "{text}");
        }
        assert_eq!(UserType::parse("5"), UserType::Application);
        assert_eq!(LogonType::parse("Delegated"), LogonType::Delegated);
    }

    #[test]
    fn an_unseen_spelling_is_kept() {
        assert_eq!(RecordType::parse("Novel").as_str(), "Novel");
        assert_eq!(RecordType::parse("77").code(), Some(77));
        assert_eq!(LogonType::parse("Novel").code(), None);
    }
}
