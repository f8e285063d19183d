//! Owns R4: the mailbox was throttled in or just before the stretch. A fact, not a test: every count is a lower bound.

use mailtrail_model::{BurstRule, RuleFinding, ThrottleState};

use super::{
    episode::{Answer, Episode},
    tail::real,
};
use crate::spans;

/// Whether the stretch shares time with a blind period.
pub(crate) fn is_throttled(episode: &Episode<'_>) -> bool {
    spans::overlaps(&episode.mailbox.blind, episode.span)
}

/// R4's answer.
pub(crate) fn finding(episode: &Episode<'_>) -> RuleFinding {
    let facts = &episode.tenant.facts;
    let flagged = facts
        .of(episode.mailbox.mailbox)
        .iter()
        .filter(|access| {
            access.flags.throttled() == ThrottleState::Yes
                && episode.span.contains(mailtrail_model::UtcMicros(access.created))
        })
        .count();
    let throttled = is_throttled(episode);
    let note = if throttled {
        "Bind records stop for up to 24 h after such a record: every count of this window is a lower bound"
    } else {
        "no throttled record in the window or the day before it"
    };
    Answer::of(BurstRule::R4, "throttled records of the mailbox in the window", throttled)
        .observed(real(u64::try_from(flagged).unwrap_or(u64::MAX)))
        .note(note)
}
