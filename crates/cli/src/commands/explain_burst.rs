//! Owns what `mailtrail explain` says of unusual access windows: a rule in plain words with a worked example, a tier, a
//! published rule, one burst with its numbers. The rules themselves are `timeline`'s.

use mailtrail_model::{BurstRule, PublishedRule, RuleWeight, Rules};
use mailtrail_timeline::StoredBurst;

use crate::terminal::{bold, safe};

/// What a rule, a tier or a published rule means; `None` for any other word.
pub(crate) fn meaning(word: &str) -> Option<String> {
    if let Some(rule) = BurstRule::parse(word) {
        return Some(rule_in_words(rule));
    }
    if let Some(rule) = PublishedRule::ALL.iter().find(|rule| rule.as_str().eq_ignore_ascii_case(word)) {
        return Some(format!(
            "{}: published rule\n  fires when {}\n  source: {}",
            rule.as_str(),
            rule.states(),
            rule.source()
        ));
    }
    ["tier", "tiers", "burst", "bursts"].iter().any(|name| name.eq_ignore_ascii_case(word)).then(|| {
        "burst: an unusual access window of one mailbox by one way in\n  \
         tier 1: R1 and R2, or one of them with at least one of R3, R4, R5, R7, R11, R12; or R3 where a new token session \
         from a network new to the tenant synchronises the whole mailbox while the way in goes on where it was\n  \
         tier 2: R1, R2, R11, or R3 where the way in is new, or the token session and its network\n  \
         tier 3: only published rules fire\n  \
         `mailtrail explain R2` explains a rule, `mailtrail explain B0001 --in OUT` a burst of a run"
            .to_owned()
    })
}

fn rule_in_words(rule: BurstRule) -> String {
    let rules = Rules::default();
    let weight = match rule.weight() {
        RuleWeight::Opens => "alone tier 2; with another that opens or supports, tier 1",
        RuleWeight::OpensAndSupports => "alone tier 2; raises R1 or R2 to tier 1",
        RuleWeight::OpensByNovelty => {
            "alone tier 2 where the way in is new, or the token session and its network; tier 1 where the network is new to the \
             whole tenant; raises R1 or R2 to tier 1"
        }
        RuleWeight::Supports => "nothing alone; raises R1 or R2 to tier 1",
        RuleWeight::Shown => "shown, no weight",
    };
    let mut out = format!(
        "{}: {}\n  asks: {}\n  weight: {weight}\n  {}",
        rule.as_str(),
        rule.title(),
        rule.asks(),
        example(rule)
    );
    let prefixes: &[&str] = match rule {
        BurstRule::R1 => &["r1_"],
        BurstRule::R2 => &["r2_", "novelty_"],
        BurstRule::R3 => &["novelty_", "r3_"],
        BurstRule::R4 => &["throttle_blind"],
        BurstRule::R5 => &["r5_"],
        BurstRule::R6 => &["r6_"],
        BurstRule::R7 => &[],
        BurstRule::R8 => &["r8_"],
        BurstRule::R10 => &["r10_"],
        BurstRule::R11 => &["r11_", "novelty_days"],
        BurstRule::R12 => &["r12_"],
    };
    for (name, value, doc) in rules.entries() {
        if prefixes.iter().any(|prefix| name.starts_with(prefix)) {
            out.push_str(&format!("\n  {name} = {value:?}: {}", doc.split_whitespace().collect::<Vec<_>>().join(" ")));
        }
    }
    out
}

/// A worked example, with the default thresholds.
fn example(rule: BurstRule) -> &'static str {
    match rule {
        BurstRule::R1 => {
            "example: on 40 working days an owner's clients named 30 to 50 messages for the first time. On a Tuesday one of \
             them names 400. The mailbox's other days lead to expect 40, and scatter so that 140 would already be at the \
             limit: R1 fires. The tail only orders windows; how often such a window occurs in this case is counted and \
             printed beside it"
        }
        BurstRule::R2 => {
            "example: the case file declares 1 to 20 November clean. From 28 November an application unseen in those days \
             names 15 messages a day, from an address of its own each time. On the seventh day it has named 105 distinct \
             messages: R2 fires, although no single day is unusual. Without a declared span the way in must be seen on at \
             most 10 % of covered days, or first after 14 of them, and the burst is marked baseline-unverified"
        }
        BurstRule::R3 => {
            "example: a mailbox that was only opened in the browser is synchronised folder by folder to a desktop client it \
             never had: R3 fires. Where the owner uses Outlook, too, the way in is known, and two questions are asked of each \
             token session that synchronises: is it new, and is the network (/24, /48) it comes from? At 02:11 a session \
             that the span declared clean does not know takes 9 folders in one minute from a network it does not know either; \
             other records of the mailbox name 7 folders, and all 7 are among them: at least 5 folders, at least 80 % of 7 \
             (6), within 24 hours, so R3 fires. The owner's Outlook was in the office the evening before and the morning after: tier \
             1; one that travels rests at home meanwhile: tier 2. The owner's own session from a hotel, a new laptop at home, and the three or \
             four folders in use do not fire it. A Sync without a session id, or from a Microsoft front end, is never called \
             new in this way"
        }
        BurstRule::R4 => {
            "example: a record of the window states IsThrottled True: Bind records stop for up to 24 hours, so 852 messages \
             are at least 852"
        }
        BurstRule::R5 => {
            "example: an application reached at most 2 mailboxes in any week before, and 7 in this one: R5 fires. A backup \
             that always reaches all of them does not"
        }
        BurstRule::R6 => {
            "example: 300 messages, each older than a week, are named newest first without exception: tau-b is 1. Any client \
             that goes through a folder does the same, so it is only shown"
        }
        BurstRule::R7 => {
            "example: UserType says Application, or AppAccessContext carries no AADSessionId, and the pair of ids is not on \
             the dated list of services (`mailtrail explain services`): R7 fires. The account named is the mailbox's owner, \
             who did nothing"
        }
        BurstRule::R8 => {
            "example: the mailbox is used from 08 to 18 local time, the window lies at 03: shown, since people travel"
        }
        BurstRule::R10 => {
            "example: 12 folders are known from other records, the window touches 11 of them: 92 %, shown"
        }
        BurstRule::R11 => {
            "example: after four weeks a pair of AppId and ClientAppId that no mailbox of the tenant had before names 12 \
             messages: R11 fires. This is how the intrusion of 2023 by forged tokens was noticed (CISA AA23-193A)"
        }
        BurstRule::R12 => {
            "example: of an owner's messages 10 % are older than 30 days when first named, of the window's messages 80 %: R12 \
             fires. It needs a listing with times of receipt"
        }
    }
}

/// A burst, line by line as its table has it.
pub(crate) fn describe(burst: &StoredBurst) {
    println!("{}", bold("unusual access window"));
    for (name, value) in &burst.cells {
        // Rows of other tables: the records that follow are these.
        if name == "access_nos" {
            continue;
        }
        let title = BurstRule::parse(name).map_or_else(|| name.clone(), |rule| format!("{name} {}", rule.title()));
        println!("  {:<32} {}", safe(&title), safe(value));
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_rule_is_told_with_an_example_and_its_thresholds() {
        for rule in BurstRule::ALL {
            let text = meaning(rule.as_str()).unwrap();
            assert!(text.contains("example: ") && text.contains("weight: "), "{text}");
        }
        let volume = meaning("r1").unwrap();
        assert!(
            volume.contains("r1_tail") && volume.contains("r1_window_hours") && !volume.contains("r10_"),
            "{volume}"
        );
        assert!(meaning("R9").is_none() && meaning("r1_tail").is_none());
        assert!(meaning("elastic-throttled").unwrap().contains("source"));
    }
}
