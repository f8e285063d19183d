//! The measuring itself: the same numbers whatever the threads, the shape that others rely on, the scenarios with a name.

use mailtrail_model::Rules;
use mailtrail_synth::evaluate::{Evaluation, Size, Which, json};
use serde_json::Value;

fn tiny(threads: usize) -> Size {
    Size {
        mailboxes: 4,
        rotations: 1,
        class_tenants: 1,
        world_tenants: 0,
        curve_tenants: (1, 3),
        named: false,
        threads,
        ..Size::small(vec![911, 912])
    }
}

#[test]
fn numbers_do_not_depend_on_threads_and_have_the_stated_shape() {
    let rules = Rules::default();
    let (one, two) = (Evaluation::of(tiny(1), &rules).unwrap(), Evaluation::of(tiny(2), &rules).unwrap());
    let text = json(&one);
    assert!(text == json(&two), "threads change the numbers");
    let value: Value = serde_json::from_slice(&text).unwrap();
    for (name, attack) in value["attacks"].as_object().unwrap() {
        for key in ["recall", "recall_overlap", "item_coverage", "n", "ci"] {
            assert!(attack.get(key).is_some(), "{name} lacks {key}");
        }
    }
    assert!(
        value["alerts_per_mailbox_30d"]["tier1"].is_number() && value["alerts_per_mailbox_30d"]["tier2"].is_number()
    );
    assert_eq!(value["false_d"], 0);
    assert!(value["published_rules"].as_object().unwrap().len() >= 5);
    assert!(one.settings.len() > 10 && one.settings[0].0.is_empty());
    assert!(one.attacks.iter().all(|attack| attack.recall_overlap.value >= attack.recall.value));
}

/// Every mailbox that truth.json names is found in tier 1, within a day, and no other is in tier 1.
fn is_found(which: Which, mailboxes: usize) {
    let found = which.run(901, &Rules::default()).unwrap();
    assert_eq!((found.mailboxes, found.tier1, found.tier2), (mailboxes, mailboxes, 0), "{found:?}");
    assert!(found.missed.is_empty() && found.wrong.is_empty(), "{found:?}");
    assert!(found.start_hours.unwrap() <= 24.0 && found.end_hours.unwrap() <= 24.0, "{found:?}");
}

#[test]
fn midnight_blizzard_is_found_in_tier_one_in_its_eight_mailboxes_and_in_no_other_within_a_day() {
    is_found(Which::MidnightBlizzard, 8);
}

#[test]
fn storm_0558_is_found_in_tier_one_in_its_five_mailboxes_and_in_no_other_within_a_day() {
    is_found(Which::Storm0558, 5);
}

#[test]
fn a_sanctioned_rotating_poller_is_in_neither_tier_and_rotating_proxies_are_found() {
    let poller = Which::RotatingPoller.run(901, &Rules::default()).unwrap();
    assert_eq!((poller.mailboxes, poller.tier1, poller.tier2), (1, 0, 0), "{poller:?}");
    let proxies = Which::RotatingProxies.run(901, &Rules::default()).unwrap();
    assert_eq!((proxies.mailboxes, proxies.tier1 + proxies.tier2), (1, 1), "{proxies:?}");
}
