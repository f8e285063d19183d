//! Owns the accesses of a case in columns of numbers: what every algorithm of the second half walks over.
//!
//! Invariant: `accesses` is sorted by (mailbox, time, row number) and every number in it is in range. Texts, ways in and
//! mailboxes are held once. Does not know how tables are stored (that is `load`), nor what any of it means.

use mailtrail_model::{MailAccessType, MailboxKey, ThrottleState, UtcMicros};

use crate::{
    contexts::Context,
    interner::{Interner, NONE, TextId},
};

/// One access, 32 bytes: ten million of them fit where one thousand records would.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Access {
    /// `CreationTime`, in microseconds.
    pub(crate) created: i64,
    /// Row in `accesses.parquet`.
    pub(crate) no: u32,
    /// Index into [`Facts::mailboxes`].
    pub(crate) mailbox: u32,
    /// Index into [`Facts::ways`].
    pub(crate) way: u32,
    /// Items named.
    pub(crate) items: u32,
    /// Items it speaks of: the larger of those named and `OperationCount`. Throttling counts these.
    pub(crate) counted: u32,
    /// See the methods.
    pub(crate) flags: Flags,
}

/// What an access is, in bits.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(crate) struct Flags(u16);

impl Flags {
    const SUCCEEDED: u16 = 1 << 4;
    const IN_WINDOW: u16 = 1 << 5;
    const UNNAMED: u16 = 1 << 6;
    const CLOCK: u16 = 1 << 7;
    const SESSIONLESS: u16 = 1 << 8;

    /// Packs what the algorithms ask for.
    pub(crate) fn new(kind: MailAccessType, throttled: ThrottleState) -> Self {
        let kind = match kind {
            MailAccessType::Bind => 0,
            MailAccessType::Sync => 1,
            MailAccessType::Attachment => 2,
            MailAccessType::Unknown => 3,
        };
        let throttled = match throttled {
            ThrottleState::No => 0,
            ThrottleState::Yes => 1,
            ThrottleState::NotStated => 2,
        };
        Self(kind | throttled << 2)
    }

    fn with(self, bit: u16, set: bool) -> Self {
        if set { Self(self.0 | bit) } else { self }
    }

    /// ResultStatus is Succeeded or PartiallySucceeded.
    pub(crate) fn with_succeeded(self, set: bool) -> Self {
        self.with(Self::SUCCEEDED, set)
    }

    /// Inside the case window.
    pub(crate) fn with_in_window(self, set: bool) -> Self {
        self.with(Self::IN_WINDOW, set)
    }

    /// Items without message ids, or a Bind without items.
    pub(crate) fn with_unnamed(self, set: bool) -> Self {
        self.with(Self::UNNAMED, set)
    }

    /// The container's clock and the body's disagree.
    pub(crate) fn with_clock(self, set: bool) -> Self {
        self.with(Self::CLOCK, set)
    }

    /// An AppAccessContext without AADSessionId: an application acted without a signed-in user.
    pub(crate) fn with_sessionless(self, set: bool) -> Self {
        self.with(Self::SESSIONLESS, set)
    }

    /// Bind, Sync, …
    pub(crate) fn kind(self) -> MailAccessType {
        match self.0 & 3 {
            0 => MailAccessType::Bind,
            1 => MailAccessType::Sync,
            2 => MailAccessType::Attachment,
            _ => MailAccessType::Unknown,
        }
    }

    /// `IsThrottled`.
    pub(crate) fn throttled(self) -> ThrottleState {
        match (self.0 >> 2) & 3 {
            0 => ThrottleState::No,
            1 => ThrottleState::Yes,
            _ => ThrottleState::NotStated,
        }
    }

    /// See [`Self::with_succeeded`].
    pub(crate) fn succeeded(self) -> bool {
        self.0 & Self::SUCCEEDED != 0
    }

    /// See [`Self::with_in_window`].
    pub(crate) fn in_window(self) -> bool {
        self.0 & Self::IN_WINDOW != 0
    }

    /// See [`Self::with_unnamed`].
    pub(crate) fn unnamed(self) -> bool {
        self.0 & Self::UNNAMED != 0
    }

    /// See [`Self::with_clock`].
    pub(crate) fn clock(self) -> bool {
        self.0 & Self::CLOCK != 0
    }

    /// See [`Self::with_sessionless`].
    pub(crate) fn sessionless(self) -> bool {
        self.0 & Self::SESSIONLESS != 0
    }

    /// Whether a whole folder may have gone: a Sync, or what cannot be told from one.
    pub(crate) fn takes_folders(self) -> bool {
        matches!(self.kind(), MailAccessType::Sync | MailAccessType::Unknown)
    }

    /// Whether it is a MailItemsAccessed record: those feed the heartbeat and the throttle.
    pub(crate) fn is_mail_items_accessed(self) -> bool {
        self.kind() != MailAccessType::Attachment
    }
}

/// Which value of a record is its token session. The two are never merged with each other.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub(crate) enum TokenBasis {
    /// `AppAccessContext.AADSessionId`.
    Aad,
    /// `SessionId`.
    SessionId,
    /// Neither is stated.
    None,
}

/// A context with its attributes: what two accesses share when only time, mailbox and items differ.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Way {
    /// Index into [`Facts::contexts`].
    pub(crate) context: u32,
    /// Normalized address.
    pub(crate) address: TextId,
    /// Token session.
    pub(crate) token: TextId,
    /// Which value the token session is.
    pub(crate) basis: TokenBasis,
    /// `UniqueTokenId`.
    pub(crate) unique_token: TextId,
    /// `ClientInfoString`.
    pub(crate) client: TextId,
    /// `ActorInfoString`.
    pub(crate) actor_info: TextId,
}

/// A mailbox as the records name it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Mailbox {
    /// Its key.
    pub(crate) key: MailboxKey,
    /// UPNs that records state, most frequent first, then by text.
    pub(crate) upns: Vec<(String, u64)>,
}

impl Mailbox {
    /// The UPN most records state.
    pub(crate) fn upn(&self) -> Option<&str> {
        self.upns.first().map(|(upn, _)| upn.as_str())
    }

    /// How a page names it.
    pub(crate) fn name(&self) -> &str {
        self.upn().unwrap_or_else(|| self.key.as_str().trim_start_matches("upn:"))
    }
}

/// The accesses of a case.
#[derive(Debug, Default)]
pub(crate) struct Facts {
    /// Texts that ways name.
    pub(crate) texts: Interner,
    /// Mailboxes, in key order.
    pub(crate) mailboxes: Vec<Mailbox>,
    /// Contexts, in id order.
    pub(crate) contexts: Vec<Context>,
    /// Ways in, in no order that means anything.
    pub(crate) ways: Vec<Way>,
    /// Accesses, by (mailbox, time, row number).
    pub(crate) accesses: Vec<Access>,
    /// Where the accesses of mailbox `m` start; one entry more than mailboxes.
    pub(crate) starts: Vec<u32>,
    /// The place in `accesses` of row `no` of the table.
    pub(crate) place: Vec<u32>,
}

impl Facts {
    /// Sorts and numbers: the only way to make `accesses`, so the invariant holds.
    pub(crate) fn arrange(&mut self, mut accesses: Vec<Access>) {
        use rayon::prelude::*;
        accesses.par_sort_unstable_by_key(|access| (access.mailbox, access.created, access.no));
        self.place = vec![0; accesses.len()];
        for (at, access) in (0u32..).zip(&accesses) {
            self.place[access.no as usize] = at;
        }
        self.starts = (0u32..=u32::try_from(self.mailboxes.len()).unwrap_or(u32::MAX))
            .map(|mailbox| {
                let at = accesses.partition_point(|access| access.mailbox < mailbox);
                u32::try_from(at).unwrap_or(u32::MAX)
            })
            .collect();
        self.accesses = accesses;
    }

    /// The places of a mailbox's accesses.
    pub(crate) fn range(&self, mailbox: usize) -> std::ops::Range<usize> {
        self.starts[mailbox] as usize..self.starts[mailbox + 1] as usize
    }

    /// The accesses of a mailbox, in time order.
    pub(crate) fn of(&self, mailbox: usize) -> &[Access] {
        &self.accesses[self.range(mailbox)]
    }

    /// The way of an access.
    pub(crate) fn way(&self, access: &Access) -> &Way {
        &self.ways[access.way as usize]
    }

    /// The context of an access.
    pub(crate) fn context(&self, access: &Access) -> &Context {
        &self.contexts[self.way(access).context as usize]
    }

    /// First and last instant of the accesses in the window.
    pub(crate) fn span(&self) -> Option<(UtcMicros, UtcMicros)> {
        let times = || self.accesses.iter().filter(|access| access.flags.in_window()).map(|access| access.created);
        Some((UtcMicros(times().min()?), UtcMicros(times().max()?)))
    }

    /// Whether a text is stated.
    pub(crate) fn text(&self, id: TextId) -> Option<&str> {
        if id == NONE { None } else { self.texts.get(id) }
    }
}
