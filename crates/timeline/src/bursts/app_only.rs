//! Owns R7: an application acted without a signed-in user, and it is no listed service.

use mailtrail_model::{BurstRule, RuleFinding};

use super::{
    episode::{Answer, Episode},
    tail::real,
};

/// R7's answer. UserType 5 and 6 say it; where a record carries an AppAccessContext, the absence of AADSessionId does.
pub(crate) fn finding(episode: &Episode<'_>) -> RuleFinding {
    let facts = &episode.tenant.facts;
    let context = &facts.contexts[episode.route.context as usize];
    let count = |n: usize| real(u64::try_from(n).unwrap_or(u64::MAX));
    let records = episode.places.len();
    let alone = if context.app_only {
        records
    } else {
        episode.places.iter().filter(|place| facts.accesses[**place as usize].flags.sessionless()).count()
    };
    let note = match (context.service.is_some(), context.app_only) {
        (true, _) => "a service on the dated list",
        (false, true) => "UserType says an application, recorded under the owner's name",
        (false, false) if alone > 0 => "AppAccessContext without AADSessionId",
        (false, false) => "a signed-in user, as far as the records state it",
    };
    // Half of the records: one that lacks a session id among many that have it is an incomplete record.
    Answer::of(
        BurstRule::R7,
        "records without a signed-in user",
        context.service.is_none() && alone > 0 && alone * 2 >= records,
    )
    .observed(count(alone))
    .limit(count(records.div_ceil(2)))
    .note(note)
}
