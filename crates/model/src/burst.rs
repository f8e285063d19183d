//! Owns what an unusual access window (burst) is: the rules that were asked, what each answered, and the numbers behind it.
//! How the numbers come about is `timeline::bursts`; what the page calls a burst is the page's.

use crate::{Interval, MailboxKey, UtcMicros};

macro_rules! burst_rules {
    ($($variant:ident, $weight:ident, $title:literal, $asks:literal;)+) => {
        /// A test of the method. R9 was dropped: R1 counts first-time messages, so it was implied.
        #[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
        pub enum BurstRule { $(#[doc = $asks] $variant,)+ }

        impl BurstRule {
            /// Every rule, in number order.
            pub const ALL: &'static [Self] = &[$(Self::$variant,)+];
            /// `R1`, …
            #[must_use]
            pub fn as_str(self) -> &'static str { match self { $(Self::$variant => stringify!($variant),)+ } }
            /// Two or three words.
            #[must_use]
            pub fn title(self) -> &'static str { match self { $(Self::$variant => $title,)+ } }
            /// What it asks, in one sentence.
            #[must_use]
            pub fn asks(self) -> &'static str { match self { $(Self::$variant => $asks,)+ } }
            /// What it does to the tier.
            #[must_use]
            pub fn weight(self) -> RuleWeight { match self { $(Self::$variant => RuleWeight::$weight,)+ } }
            /// The inverse of [`Self::as_str`], in any case.
            #[must_use]
            pub fn parse(text: &str) -> Option<Self> {
                Self::ALL.iter().copied().find(|rule| rule.as_str().eq_ignore_ascii_case(text))
            }
        }
    };
}

burst_rules! {
    R1, Opens, "volume", "Are there more first-time messages in a window than this mailbox's own windows lead to expect?";
    R2, Opens, "novelty", "Did a way in that is new to this mailbox reach many distinct messages, at whatever speed?";
    R3, OpensByNovelty, "new client synchronises", "Was a folder synchronised by a way in that is new to this mailbox, or marked suspect; or, in a known one, the whole mailbox by a token session and from a network that are both new?";
    R4, Supports, "throttled", "Was the mailbox throttled meanwhile, so that every count is a lower bound?";
    R5, Supports, "breadth", "Did an application that is not accepted reach more mailboxes than it ever did before?";
    R6, Shown, "order", "Were older messages taken in the order in which they had been received?";
    R7, Supports, "application alone", "Did an application act without a signed-in user, and is it not a listed service?";
    R8, Shown, "unusual hours", "Does the window lie outside the hours in which this mailbox is used?";
    R10, Shown, "folders", "Did the window touch most of the mailbox's known folders?";
    R11, OpensAndSupports, "new application pair", "Is the pair of AppId and ClientAppId new to the tenant and not on the dated list?";
    R12, Supports, "age", "Are the messages older than those this mailbox usually opens?";
}

/// What a rule that fires does to the tier.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum RuleWeight {
    /// Alone tier 2; with another that opens or supports, tier 1.
    Opens,
    /// Alone tier 2; supports a rule that opens (R11).
    OpensAndSupports,
    /// Alone tier 2 where the way in is new, or a token session and its network that take the whole mailbox; tier 1 where that
    /// network is new to the tenant; supports a rule that opens (R3).
    OpensByNovelty,
    /// Raises R1 or R2 to tier 1; nothing alone.
    Supports,
    /// Printed, without weight.
    Shown,
}

/// What a rule answered. A rule that could not be asked did not "not fire".
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Outcome {
    /// The limit is reached.
    Fired,
    /// It is not.
    NotFired,
    /// The data do not allow the question; the finding's note says why.
    NotEvaluable,
}

impl Outcome {
    /// The spelling in our tables.
    #[must_use]
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Fired => "fired",
            Self::NotFired => "not-fired",
            Self::NotEvaluable => "not-evaluable",
        }
    }
}

/// How many tests a burst passed.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Tier {
    /// R1 and R2, or one of them with a rule that supports; or R3 by a whole mailbox from a network
    /// new to the tenant.
    One,
    /// R1, R2, R11, or R3 by novelty (of the way in, or of a token session and its network).
    Two,
    /// Only published rules fire.
    Three,
}

impl Tier {
    /// `1`, `2`, `3`.
    #[must_use]
    pub fn number(self) -> u8 {
        match self {
            Self::One => 1,
            Self::Two => 2,
            Self::Three => 3,
        }
    }
}

/// What novelty was compared with.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum BaselineBasis {
    /// A span the examiner declared clean.
    Declared,
    /// The data's own span: the log may begin after the intruder.
    Unverified,
    /// Too few covered days for any comparison.
    None,
}

impl BaselineBasis {
    /// The spelling in our tables.
    #[must_use]
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Declared => "baseline-declared",
            Self::Unverified => "baseline-unverified",
            Self::None => "baseline-none",
        }
    }
}

/// What one rule answered about one burst, with its numbers. A number that the rule does not have is `None`.
#[derive(Clone, Debug, PartialEq)]
pub struct RuleFinding {
    /// Which.
    pub rule: BurstRule,
    /// Its answer.
    pub outcome: Outcome,
    /// What `observed`, `expected` and `limit` count ("first-time messages in 24 h").
    pub measure: String,
    /// What the records show.
    pub observed: Option<f64>,
    /// What the baseline leads to expect.
    pub expected: Option<f64>,
    /// From where the rule fires (the rule's threshold, or the count that reaches it).
    pub limit: Option<f64>,
    /// One sentence with what the numbers alone do not say; why, where the rule could not be asked.
    pub note: String,
}

/// The place of a window among the mailbox's own, by count.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Rank {
    /// 1 for the largest.
    pub place: u64,
    /// Windows of that length compared.
    pub of: u64,
}

/// Where a benign rate was measured.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum RateBasis {
    /// Every other mailbox of the case, the burst's own application left out where it is new.
    OtherMailboxes,
    /// This mailbox outside the burst: the case has no other mailbox with enough days.
    SameMailbox,
}

impl RateBasis {
    /// The spelling in our tables.
    #[must_use]
    pub fn as_str(self) -> &'static str {
        match self {
            Self::OtherMailboxes => "other-mailboxes",
            Self::SameMailbox => "same-mailbox",
        }
    }
}

/// How often windows at least as unusual occur in this case where nobody marked anything. Measured, never a constant.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct BenignRate {
    /// Where it was measured.
    pub basis: RateBasis,
    /// Windows at least as unusual that were found there.
    pub windows: u64,
    /// Covered mailbox days looked at.
    pub mailbox_days: f64,
}

impl BenignRate {
    /// Windows per mailbox and 30 days.
    #[must_use]
    pub fn per_mailbox_30_days(&self) -> Option<f64> {
        let windows = u32::try_from(self.windows).ok().map(f64::from)?;
        (self.mailbox_days > 0.0).then(|| windows * 30.0 / self.mailbox_days)
    }
}

/// The counts of a burst's lane (its mailbox and context) in equal steps, for drawing: at most 5,000 steps.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct BurstSeries {
    /// Start of the first step; a whole UTC hour.
    pub start: Option<UtcMicros>,
    /// Length of a step: 1, 6, 24 or 168 hours, a window length of R1.
    pub step_hours: i64,
    /// First-time messages (folders of a Sync) of this mailbox and context in each step.
    pub observed: Vec<u64>,
    /// What the mailbox's baseline leads to expect in the step; empty where there is no baseline.
    pub expected: Vec<f64>,
    /// The smallest count at which R1 fires in the step; empty where there is no baseline.
    pub limit: Vec<f64>,
}

/// An unusual access window of one mailbox by one way in.
#[derive(Clone, Debug, PartialEq)]
pub struct Burst {
    /// `B` and its number in (mailbox, start, context) order.
    pub id: String,
    /// The mailbox.
    pub mailbox: MailboxKey,
    /// Id of the way in ([`crate::AccessContext`]).
    pub context: String,
    /// First record to just after the last record of the window.
    pub span: Interval,
    /// Length of R1's strongest window, where R1 fired.
    pub window_hours: Option<i64>,
    /// How many tests it passed.
    pub tier: Tier,
    /// One finding a rule, in rule order.
    pub rules: Vec<RuleFinding>,
    /// Published rules that fire inside it.
    pub published: Vec<PublishedRule>,
    /// First-time distinct messages.
    pub messages: u64,
    /// Folders synchronised for the first time.
    pub folders: u64,
    /// What the mailbox's baseline leads to expect in R1's strongest window; `None` without a baseline.
    pub expected: Option<f64>,
    /// log10 of the upper tail of R1's strongest window. Orders windows; never printed as a probability.
    pub tail_log10: Option<f64>,
    /// Its place among the mailbox's own windows of that length.
    pub rank: Option<Rank>,
    /// Windows of all lengths that were looked at in this mailbox.
    pub windows: u64,
    /// The same over all mailboxes of the case.
    pub windows_in_case: u64,
    /// How often such a window occurs in the case without anybody's mark.
    pub benign: Option<BenignRate>,
    /// What novelty was compared with.
    pub baseline: BaselineBasis,
    /// The mailbox was throttled in or within a blind period of the window: counts are lower bounds.
    pub throttled: bool,
    /// Records of the way in inside the span.
    pub records: u64,
    /// Rows of `accesses.parquet` (`access_no`) of those records, ascending, at most 1,000.
    pub rows: Vec<u64>,
    /// Ids of the sessions that hold them.
    pub sessions: Vec<String>,
    /// The lane, for drawing.
    pub series: BurstSeries,
}

impl Burst {
    /// What a rule answered.
    #[must_use]
    pub fn finding(&self, rule: BurstRule) -> Option<&RuleFinding> {
        self.rules.iter().find(|finding| finding.rule == rule)
    }

    /// Whether a rule fired.
    #[must_use]
    pub fn fired(&self, rule: BurstRule) -> bool {
        self.finding(rule).is_some_and(|finding| finding.outcome == Outcome::Fired)
    }

    /// The rules that fired, in order.
    pub fn fired_rules(&self) -> impl Iterator<Item = BurstRule> + '_ {
        self.rules.iter().filter(|finding| finding.outcome == Outcome::Fired).map(|finding| finding.rule)
    }
}

macro_rules! published_rules {
    ($($variant:ident, $name:literal, $states:literal, $source:literal;)+) => {
        /// A rule that others publish for this log, restated from its public description.
        #[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
        pub enum PublishedRule { $(#[doc = $states] $variant,)+ }

        impl PublishedRule {
            /// Every rule, in the order of the panel.
            pub const ALL: &'static [Self] = &[$(Self::$variant,)+];
            /// The spelling in our tables.
            #[must_use]
            pub fn as_str(self) -> &'static str { match self { $(Self::$variant => $name,)+ } }
            /// What it states, restated.
            #[must_use]
            pub fn states(self) -> &'static str { match self { $(Self::$variant => $states,)+ } }
            /// Where it is public.
            #[must_use]
            pub fn source(self) -> &'static str { match self { $(Self::$variant => $source,)+ } }
        }
    };
}

published_rules! {
    SplunkMailboxes, "splunk-mailboxes", "one application (ClientAppId and client string; Graph, or EWS whose string starts so) reaches more than 5 mailboxes in a 10-minute bucket", "Splunk security_content, multiple mailboxes accessed via API, version 4 of 2024-09-30 (Apache-2.0)";
    ElasticThrottled, "elastic-throttled", "a record says that the mailbox was throttled", "Elastic detection-rules, excessive MailItemsAccessed, first arm, 2026-04-10";
    ElasticOperations, "elastic-operations", "one Bind record counts at least 250 operations (100 until September 2026)", "Elastic detection-rules, excessive MailItemsAccessed, second arm, as raised by pull request 6852";
    SentinelHourly, "sentinel-hourly", "a mailbox has more than 25 records in an hour and more than 50 % of all records of that hour", "Microsoft Sentinel, MailItemsAccessedTimeSeries (b4ceb583); its series decomposition is left out, so it fires at least where the published query does";
    SentinelSigma, "sentinel-sigma", "an application's records of a day exceed its daily mean and 2.5 standard deviations", "Microsoft Sentinel, anomalous access by Graph per client id (5cb88a85)";
    FirstSeenApp, "first-seen-app", "a Bind by a ClientAppId that the mailbox's user did not have in the 14 days before", "Elastic detection-rules, MailItemsAccessed by an unusual client, 2026-04-10";
    CisaSessionJoin, "cisa-session-join", "a record's SessionId is that of a sign-in from a listed address; records that carry only AADSessionId are missed", "CISA, Microsoft Expanded Cloud Logs Implementation Playbook, as quoted in a public copy (2025-01-20)";
}

/// One window in which a published rule fires.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct PublishedHit {
    /// The mailbox.
    pub mailbox: MailboxKey,
    /// From, to.
    pub span: Interval,
    /// The context whose records fire it, where it is one.
    pub context: Option<String>,
}

/// What one published rule, at its default, says of the case.
#[derive(Clone, Debug, PartialEq)]
pub struct PublishedFinding {
    /// Which.
    pub rule: PublishedRule,
    /// Its own threshold, as used here; `None` where it has none.
    pub threshold: Option<f64>,
    /// Whether it could be asked.
    pub outcome: Outcome,
    /// Windows in which it fires, sorted; hits of one mailbox that touch are one window.
    pub hits: Vec<PublishedHit>,
    /// Distinct mailboxes among them.
    pub mailboxes: u64,
    /// Why it could not be asked, or what it cannot see.
    pub note: String,
}
