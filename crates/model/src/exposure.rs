//! Owns the vocabulary of attribution and exposure: who, and what happened to a message. Labels are docs/METHOD.md's.

/// What the examiner says of an access.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Attribution {
    /// Nobody said anything.
    Unattributed,
    /// Accepted by the examiner, on a stated fact.
    Accepted,
    /// Suspect only through a token session whose address or device is accepted.
    Shared,
    /// Suspect by a burst, no attribution given: provisional.
    Provisional,
    /// Suspect, marked by the examiner.
    Suspect,
}

impl Attribution {
    /// Every one, weakest first.
    pub const ALL: [Self; 5] = [Self::Unattributed, Self::Accepted, Self::Shared, Self::Provisional, Self::Suspect];

    /// The inverse of [`Self::as_str`].
    #[must_use]
    pub fn parse(text: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|one| one.as_str() == text)
    }

    /// The spelling in our tables.
    #[must_use]
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Unattributed => "unattributed",
            Self::Accepted => "accepted",
            Self::Shared => "shared",
            Self::Provisional => "provisional",
            Self::Suspect => "suspect",
        }
    }
}

/// What the records say about one message of one mailbox in the suspect period; strongest first.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum ExposureClass {
    /// Recorded.
    A,
    /// Synchronised folder.
    B1,
    /// Presumed, mailbox sync.
    B2,
    /// Presumed, throttled.
    B3,
    /// Not excluded, near.
    CNear,
    /// Not excluded, far.
    CFar,
    /// No suspect access recorded, recording shown.
    D1,
    /// No access recorded, recording shown.
    D0,
    /// Not classified.
    N,
}

impl ExposureClass {
    /// Every class, strongest first.
    pub const ALL: [Self; 9] =
        [Self::A, Self::B1, Self::B2, Self::B3, Self::CNear, Self::CFar, Self::D1, Self::D0, Self::N];

    /// The inverse of [`Self::as_str`].
    #[must_use]
    pub fn parse(text: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|class| class.as_str() == text)
    }

    /// The short name in tables.
    #[must_use]
    pub fn as_str(self) -> &'static str {
        match self {
            Self::A => "A",
            Self::B1 => "B1",
            Self::B2 => "B2",
            Self::B3 => "B3",
            Self::CNear => "C-near",
            Self::CFar => "C-far",
            Self::D1 => "D1",
            Self::D0 => "D0",
            Self::N => "N",
        }
    }

    /// The label in reports.
    #[must_use]
    pub fn label(self) -> &'static str {
        match self {
            Self::A => "recorded",
            Self::B1 => "synchronised folder",
            Self::B2 => "presumed, mailbox sync",
            Self::B3 => "presumed, throttled",
            Self::CNear => "not excluded, near",
            Self::CFar => "not excluded, far",
            Self::D1 => "no suspect access recorded, recording shown",
            Self::D0 => "no access recorded, recording shown",
            Self::N => "not classified",
        }
    }
}

macro_rules! reasons {
    ($($variant:ident, $name:literal, $meaning:literal;)+) => {
        /// Why a message cannot be excluded, or why an hour is not covered.
        #[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
        pub enum Reason { $(#[doc = $meaning] $variant,)+ }

        impl Reason {
            /// Every reason.
            pub const ALL: &'static [Self] = &[$(Self::$variant,)+];
            /// The three letters.
            #[must_use]
            pub fn as_str(self) -> &'static str { match self { $(Self::$variant => $name,)+ } }
            /// The inverse of [`Self::as_str`].
            #[must_use]
            pub fn parse(text: &str) -> Option<Self> { Self::ALL.iter().copied().find(|one| one.as_str() == text) }
            /// One line.
            #[must_use]
            pub fn meaning(self) -> &'static str { match self { $(Self::$variant => $meaning,)+ } }
        }
    };
}

reasons! {
    Lic, "LIC", "auditing of this mailbox or logon type is not shown (kind, licence, audit list, or no record at all)";
    Byp, "BYP", "an actor on the audit bypass list could reach the mailbox";
    Geo, "GEO", "a delegate in another geography is not recorded";
    Ret, "RET", "older than the retention of the export";
    Gap, "GAP", "no source covers the time";
    Trn, "TRN", "the source is cut";
    Thr, "THR", "Bind records stop while a mailbox is throttled";
    Thu, "THU", "throttling is not stated and not excluded by count";
    Sil, "SIL", "the mailbox shows no sign of life in the log";
    Flt, "FLT", "the source was filtered";
    Cmp, "CMP", "the export method admits incomplete results";
    Lat, "LAT", "the export was made before late records could arrive";
    Inf, "INF", "the source's query range is not declared";
    Una, "UNA", "a recorded access is unattributed";
    Syn, "SYN", "a suspect Sync in the mailbox, presumption off";
    Sup, "SUP", "an access may be suppressed or merged under another context";
    Ctx, "CTX", "suspect only through a shared token session";
    Qua, "QUA", "a row that could not be read is in scope";
    Idl, "IDL", "a record names items without message ids";
    Clk, "CLK", "clocks disagree";
    Inv, "INV", "the listing is older than the period's end or incomplete";
    Unm, "UNM", "the listing does not join the logged message ids";
    Key, "KEY", "the mailbox's identity is uncertain";
    Pth, "PTH", "another way out was open";
    Pro, "PRO", "attribution is provisional";
}

/// Messages by class. Totals are always rows, never one number.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct ExposureTotals {
    /// Count by class.
    pub by_class: std::collections::BTreeMap<ExposureClass, u64>,
    /// Messages of class C by reason (a message may have several).
    pub by_reason: std::collections::BTreeMap<Reason, u64>,
}
