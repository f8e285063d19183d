//! Owns how an evaluation is told: as JSON for programs, as docs/ERROR-RATES.md for people. Numbers come from `summary`.

use std::fmt::Write as _;

use super::{
    Evaluation,
    gates::{ITEM_TARGETS, ITEMS, LOAD, RESOLVED},
    published::PUBLISHED,
    stats,
    summary::{ClassSummary, Estimate, OPEN, TARGETS, TOLD, default_of, mean_recall},
};
use crate::{
    json::{Escapes, Json},
    scenario::attack::Attack,
};

/// The evaluation as JSON: the four keys that others may rely on first, more behind them.
#[must_use]
pub fn json(of: &Evaluation) -> Vec<u8> {
    let mut json = Json::new(Escapes::Minimal);
    json.object(|json| {
        json.key("attacks");
        json.object(|json| {
            for attack in &of.attacks {
                json.key(attack.name);
                json.object(|json| {
                    real(json, "recall", attack.recall.value);
                    real(json, "recall_overlap", attack.recall_overlap.value);
                    real(json, "item_coverage", attack.item_coverage.value);
                    json.field_number("n", i64::try_from(attack.plants).unwrap_or(i64::MAX));
                    pair(json, "ci", attack.recall.interval);
                    real(json, "recall_tier1", attack.tier1.value);
                    real(json, "taken_before_first_alert", attack.before.value);
                });
            }
        });
        let load = of.loads.iter().find(|load| load.family == "ordinary");
        json.key("alerts_per_mailbox_30d");
        json.object(|json| {
            real(json, "tier1", load.and_then(|load| load.tiers[0].value));
            real(json, "tier2", load.and_then(|load| load.tiers[1].value));
        });
        json.field_number("false_d", i64::try_from(of.false_d.score.false_d()).unwrap_or(i64::MAX));
        json.key("published_rules");
        json.object(|json| {
            for (rule, test) in PUBLISHED.iter().enumerate() {
                let tuned = default_of(rule);
                json.key(test.name);
                json.object(|json| {
                    real(json, "threshold", Some(test.default));
                    real(json, "alerts_per_mailbox_30d", load.and_then(|load| load.published.get(&tuned).copied()));
                    json.key("recall");
                    json.object(|json| {
                        for attack in &of.attacks {
                            real(json, attack.name, attack.published.get(&tuned).copied());
                        }
                    });
                });
            }
        });
        let covered = of.worlds.iter().find(|world| world.name == "fully-covered");
        real(json, "resolved_share", covered.and_then(|world| world.score.resolved().share()));
        json.field_number("tenants", i64::try_from(of.size.seeds.len()).unwrap_or(i64::MAX));
        real(json, "mailbox_months", load.map(|load| load.months));
        json.field("conditional_on", "the simulated model");
        json.key("short_of_target");
        json.array(|json| of.short().iter().for_each(|line| json.text(line)));
    });
    let mut bytes = json.into_bytes();
    bytes.push(b'\n');
    bytes
}

fn real(json: &mut Json, key: &str, value: Option<f64>) {
    json.key(key);
    json.raw(value.map_or("null".to_owned(), |value| format!("{value:.4}")).as_bytes());
}

fn pair(json: &mut Json, key: &str, interval: Option<(f64, f64)>) {
    json.key(key);
    match interval {
        Some((low, high)) => json.raw(format!("[{low:.4},{high:.4}]").as_bytes()),
        None => json.raw(b"null"),
    }
}

fn show(value: Option<f64>, digits: usize) -> String {
    value.map_or("–".to_owned(), |value| format!("{value:.digits$}"))
}

fn estimate(of: Estimate, digits: usize) -> String {
    match of.interval {
        Some((low, high)) => format!("{} ({low:.digits$} – {high:.digits$})", show(of.value, digits)),
        None => show(of.value, digits),
    }
}

/// Every plant in a line of CSV: what became of it, so that anybody can look at those that were missed.
#[must_use]
pub fn plants_csv(of: &Evaluation) -> String {
    let mut out =
        "attack,seed,mailbox,tier,overlaps,recorded,covered,taken,before,start_hours,end_hours,rules\n".to_owned();
    for plant in &of.plants {
        let number = |value: Option<u64>| value.map(|value| value.to_string()).unwrap_or_default();
        let hours = |value: Option<f64>| value.map(|value| format!("{value:.1}")).unwrap_or_default();
        let rules: Vec<&str> = plant.rules.iter().map(|rule| rule.as_str()).collect();
        line(
            &mut out,
            format_args!(
                "{},{},{},{},{},{},{},{},{},{},{},{}",
                plant.attack,
                plant.seed,
                plant.mailbox,
                number(plant.tier.map(u64::from)),
                plant.overlaps,
                plant.recorded,
                plant.covered,
                plant.taken,
                number(plant.before),
                hours(plant.boundary_hours.map(|both| both.0)),
                hours(plant.boundary_hours.map(|both| both.1)),
                rules.join(" ")
            ),
        );
    }
    out
}

/// The evaluation as a document. `command` and `minutes` say how it came about.
#[must_use]
pub fn markdown(of: &Evaluation, command: &str, minutes: u64) -> String {
    let mut out = String::new();
    head(&mut out, of, command, minutes);
    targets(&mut out, of);
    attacks(&mut out, of);
    loads(&mut out, of);
    curves(&mut out, of);
    equal_load(&mut out, of);
    hard_cases(&mut out, of);
    classes(&mut out, of);
    scenarios(&mut out, of);
    sensitivity(&mut out, of);
    limits(&mut out);
    out
}

/// Writing into a String cannot fail.
fn line(out: &mut String, text: std::fmt::Arguments<'_>) {
    if out.write_fmt(text).is_ok() {
        out.push('\n');
    }
}

fn head(out: &mut String, of: &Evaluation, command: &str, minutes: u64) {
    let size = &of.size;
    let (first, last) = (size.seeds.first().copied().unwrap_or(0), size.seeds.last().copied().unwrap_or(0));
    let months: f64 = of.loads.iter().map(|load| load.months).sum();
    let plants: u64 = of.attacks.iter().map(|attack| attack.plants).sum();
    line(
        out,
        format_args!(
            "# Error rates\n\n\
         Measured by `{command}` in {minutes} minutes on {} threads. Generated: do not edit.\n\n\
         **Every number here is conditional on the simulated model**, which the authors of the detector wrote. It says how the tool\n\
         does on simulated tenants, not how often it is wrong on yours. Seeds are free: run your own.\n\n\
         - **Tenants**: {} of the ordinary family (seeds {first} to {last}; {} mailboxes, 45 days, day-to-day variance sd 0.5 of the\n  \
           logarithm, records as of 2023) and {} of each held-out family; {months:.0} mailbox-months without an intruder.\n\
         - **Plants**: {plants}. Every mailbox of a tenant gets one attack by an intruder of its own (own application and address), in\n  \
           {} rotations. *app-only* (a third of the mailboxes), *from-day-zero* (half) get the tenant for themselves once; *log-gap* and\n  \
           *content-search* reach over the whole tenant, so there is one of each a tenant: fewer than of the others.\n\
         - **Kept apart**: thresholds may be chosen on seeds 1 to 99 of the ordinary family only. This document uses seeds from 1000\n  \
           on. No threshold was chosen on the held-out families (other variance, holidays, schema of other years, 120 days).\n\
         - **What the tool gets**: exports and an examiner's files, through the same two halves as on the command line. Alerts are\n  \
           measured before anybody marked anything, with the first third of the span declared clean (where the intruder is there\n  \
           from the first day: nothing declared). Classes are measured with the intruder marked by truth, and imperfectly.\n\
         - **Paired**: an alert (tier 1 or 2) counts for a plant if it overlaps it in time and the same mailbox without the plant does\n  \
           not raise it (same way in, overlapping). *Overlap* drops the second condition.\n\
         - **Intervals** are 95 %: Wilson's for proportions, a bootstrap over tenants (500 draws, seeded) for rates and times; none of\n  \
           n tenants is bounded by 3/n.\n",
            size.threads,
            size.seeds.len(),
            size.mailboxes,
            size.family_tenants,
            size.rotations
        ),
    );
}

fn targets(out: &mut String, of: &Evaluation) {
    line(out, format_args!("## Targets\n\n| what | target | measured | |\n|---|---|---|---|"));
    let mut row = |what: &str, target: String, measured: String, met: Option<bool>| {
        let word = match met {
            Some(true) => "met",
            Some(false) => "**missed**",
            None => "not measured",
        };
        line(out, format_args!("| {what} | {target} | {measured} | {word} |"));
    };
    for (name, target) in TARGETS {
        let recall = of.attacks.iter().find(|attack| attack.name == name).map(|attack| attack.recall);
        let value = recall.and_then(|recall| recall.value);
        let measured = recall.map_or("–".to_owned(), |recall| estimate(recall, 3));
        row(&format!("recall of {name}"), format!("≥ {target:.2}"), measured, value.map(|value| value >= target));
    }
    let items = |name: &str| of.attacks.iter().find(|one| one.name == name).and_then(|one| one.item_coverage.value);
    let least = ITEM_TARGETS.iter().filter_map(|name| items(name)).reduce(f64::min);
    let what = "items covered, the least of these but own-context";
    row(what, format!("≥ {ITEMS:.2}"), show(least, 3), least.map(|value| value >= ITEMS));
    let own = items("own-context");
    row("items covered of own-context", format!("≥ {ITEMS:.2}"), show(own, 3), own.map(|value| value >= ITEMS));
    if let Some(load) = of.loads.iter().find(|load| load.family == "ordinary") {
        let both = load.tiers[0].value.zip(load.tiers[1].value).map(|(one, two)| one + two);
        let what = "alerts per mailbox and 30 days, tier 1 and 2";
        row(what, format!("≤ {}", LOAD.0), show(both, 3), both.map(|value| value <= LOAD.0));
        let one = load.tiers[0];
        row("of these tier 1", format!("≤ {}", LOAD.1), estimate(one, 3), one.value.map(|value| value <= LOAD.1));
    }
    let covered = of.worlds.iter().find(|world| world.name == "fully-covered").map(|world| world.score.resolved());
    let share = covered.and_then(stats::Proportion::share);
    let what = "unaccessed messages resolved in fully covered worlds";
    row(what, format!("≥ {RESOLVED}"), show(share, 4), share.map(|value| value >= RESOLVED));
    let (false_d, tenants) = (of.false_d.score.false_d(), of.false_d.tenants);
    let bound = stats::rule_of_three(tenants);
    let measured = format!("{false_d} in {tenants} tenants (share of tenants below {})", show(bound, 3));
    row("false D in worlds that follow the documents", "0".to_owned(), measured, (tenants > 0).then_some(false_d == 0));
    out.push('\n');
}

fn attacks(out: &mut String, of: &Evaluation) {
    line(
        out,
        format_args!(
            "## By attack\n\nRecall with its interval; items are recorded messages and folders that lie inside the alerts. *Before* is the median of what was\n\
         taken when the first alert could be raised (of what was taken in all). Boundary: median distance of first and last record of\n\
         the windows from the intruder's own.\n\n\
         | attack | plants | tenants | recall | tier 1 | overlap | items | before (of) | boundary, h | rules that fired |\n|---|---|---|---|---|---|---|---|---|---|"
        ),
    );
    for attack in &of.attacks {
        let boundary = attack.boundary_hours.map_or("–".to_owned(), |(from, to)| format!("{from:.1} / {to:.1}"));
        let rules: Vec<String> =
            attack.rules.iter().map(|(rule, share)| format!("{rule} {:.0} %", share * 100.0)).collect();
        line(
            out,
            format_args!(
                "| {} | {} | {} | {} | {} | {} | {} | {} ({}) | {boundary} | {} |",
                attack.name,
                attack.plants,
                attack.tenants,
                estimate(attack.recall, 3),
                show(attack.tier1.value, 3),
                show(attack.recall_overlap.value, 3),
                estimate(attack.item_coverage, 3),
                estimate(attack.before, 0),
                show(attack.taken, 0),
                rules.join(", ")
            ),
        );
    }
    out.push('\n');
    for attack in Attack::ALL {
        line(out, format_args!("- *{}*: {}", attack.name(), attack.says()));
    }
    out.push('\n');
}

/// Mailbox-months a real case stands against, where somebody asks what an alert is worth.
const PREVALENCE: [f64; 2] = [1_000.0, 10_000.0];

fn loads(out: &mut String, of: &Evaluation) {
    line(
        out,
        format_args!(
            "## Alerts without an intruder\n\nPer mailbox and 30 days. The families below the first had no part in choosing thresholds.\n\n\
         | family | tenants | mailbox-months | tier 1 | tier 2 |\n|---|---|---|---|---|"
        ),
    );
    for load in &of.loads {
        line(
            out,
            format_args!(
                "| {} | {} | {:.0} | {} | {} |",
                load.family,
                load.tenants,
                load.months,
                estimate(load.tiers[0], 3),
                estimate(load.tiers[1], 3)
            ),
        );
    }
    if let Some(load) = of.loads.iter().find(|load| load.family == "ordinary") {
        let both = load.tiers[0].value.unwrap_or(0.0) + load.tiers[1].value.unwrap_or(0.0);
        let recall = mean_recall(&of.plants, |plant| plant.tier.is_some());
        line(
            out,
            format_args!(
                "\nWhat that means for a real case, at a stated prevalence (mean recall {}):\n",
                show(recall, 3)
            ),
        );
        for months in PREVALENCE {
            let per_case = recall.map(|recall| both * months / recall.max(f64::MIN_POSITIVE));
            let one = load.tiers[0].value.unwrap_or(0.0) * months;
            line(
                out,
                format_args!(
                    "- one case in {months:.0} mailbox-months: {} alerts without a cause for each case found, {one:.0} of them tier 1",
                    show(per_case, 0)
                ),
            );
        }
        line(
            out,
            format_args!(
                "\nWhat raised them (rules that fired, and what really happened):\n\n| alerts | what |\n|---|---|"
            ),
        );
        for (cause, count) in load.causes.iter().take(12) {
            line(out, format_args!("| {count} | {cause} |"));
        }
    }
    out.push('\n');
}

fn curves(out: &mut String, of: &Evaluation) {
    line(
        out,
        format_args!(
            "## Beside published rules\n\nEach rule restated from its public description, on the same tenants, at its default (bold) and at other thresholds. An\n\
         application is ClientAppId, else AppId, which finds more than some of the originals. Load is alerts per mailbox and 30 days\n\
         without an intruder; recall is paired. *Mean* is over the seven attacks that have a target, each counted alike.\n"
        ),
    );
    let Some(load) = of.loads.iter().find(|load| load.family == "ordinary") else { return };
    let names: Vec<&str> = TARGETS.iter().map(|(name, _)| *name).collect();
    line(out, format_args!("| rule | threshold | load | mean | {} |", names.join(" | ")));
    line(out, format_args!("|---|---|---|---{}|", "|---".repeat(names.len())));
    let cells = |of_attack: &dyn Fn(&super::AttackSummary) -> Option<f64>| -> String {
        let cell = |name: &&str| show(of.attacks.iter().find(|one| *one.name == **name).and_then(of_attack), 2);
        names.iter().map(cell).collect::<Vec<_>>().join(" | ")
    };
    let both = load.tiers[0].value.zip(load.tiers[1].value).map(|(one, two)| one + two);
    line(
        out,
        format_args!(
            "| **ours, tier 1 and 2** | default | {} | {} | {} |",
            show(both, 3),
            show(mean_recall(&of.plants, |plant| plant.tier.is_some()), 2),
            cells(&|attack| attack.recall.value)
        ),
    );
    line(
        out,
        format_args!(
            "| **ours, tier 1** | default | {} | {} | {} |",
            show(load.tiers[0].value, 3),
            show(mean_recall(&of.plants, |plant| plant.tier == Some(1)), 2),
            cells(&|attack| attack.tier1.value)
        ),
    );
    for (rule, test) in PUBLISHED.iter().enumerate() {
        for (at, threshold) in test.thresholds.iter().enumerate() {
            let tuned = (rule, at);
            let bold = if *threshold == test.default { "**" } else { "" };
            line(
                out,
                format_args!(
                    "| {bold}{}{bold} | {threshold} | {} | {} | {} |",
                    test.name,
                    show(load.published.get(&tuned).copied(), 3),
                    show(mean_recall(&of.plants, |plant| plant.published.contains(&tuned)), 2),
                    cells(&|attack| attack.published.get(&tuned).copied())
                ),
            );
        }
    }
    out.push('\n');
    for test in PUBLISHED {
        line(out, format_args!("- *{}*: {} ({})", test.name, test.states, test.source));
    }
    line(
        out,
        format_args!(
            "- CISA's session join needs a list of addresses that somebody else found; it is not scored. *elastic-operations* cannot fire on\n  \
         records of 2023, which hold at most 11 items.\n"
        ),
    );
}

/// Ours and theirs on the same tenants, at the same number of alerts.
fn equal_load(out: &mut String, of: &Evaluation) {
    if of.equal_load.is_empty() {
        return;
    }
    line(
        out,
        format_args!(
            "### At equal load\n\nOn {} tenants of {} mailboxes, one rotation of plants and the application alone. Our curve first: the counts of R1, R2\n\
         and R11 times a factor and R1's tail to that power (1: the defaults), both tiers and tier 1 alone.\n\n\
         | ours | factor | load | mean recall |\n|---|---|---|---|",
            of.size.curve_tenants.0, of.size.curve_tenants.1
        ),
    );
    for point in &of.own_curve {
        let bold = if point.threshold == 1.0 { "**" } else { "" };
        let recall = show(point.recall, 3);
        line(out, format_args!("| {bold}{}{bold} | {} | {:.3} | {recall} |", point.name, point.threshold, point.load));
    }
    line(
        out,
        format_args!(
            "\nThen each published rule at its default (bold) and at other thresholds, beside the best point of our curve that raises no\n\
         more alerts (–: none of our points raises so few).\n\n\
         | rule | threshold | its load | its mean recall | ours at no more | our load | |\n|---|---|---|---|---|---|---|"
        ),
    );
    for (theirs, ours) in &of.equal_load {
        let default = PUBLISHED.iter().any(|test| test.name == theirs.name && test.default == theirs.threshold);
        let bold = if default { "**" } else { "" };
        let best = ours.as_ref().and_then(|ours| ours.recall);
        let word = match best.zip(theirs.recall) {
            Some((own, other)) if own > other => "ours",
            Some((own, other)) if own < other => "**theirs**",
            Some(_) => "equal",
            None => "–",
        };
        line(
            out,
            format_args!(
                "| {bold}{}{bold} | {} | {:.3} | {} | {} | {} | {word} |",
                theirs.name,
                theirs.threshold,
                theirs.load,
                show(theirs.recall, 3),
                show(best, 3),
                show(ours.as_ref().map(|ours| ours.load), 3)
            ),
        );
    }
    out.push('\n');
}

/// What is missed by its nature, and what it would cost to miss less.
fn hard_cases(out: &mut String, of: &Evaluation) {
    line(
        out,
        format_args!(
            "## What is hard\n\n**The owner's own session.** No way in is new, so volume is all there is: a take must stand out from the mailbox's own busy\n\
         days. What is missed are small mailboxes (fewer messages than a busy week names) and very uneven ones. The trade-off, on the\n\
         tenants of the curves:\n\n| factor | load | recall | items covered |\n|---|---|---|---|"
        ),
    );
    for (factor, load, recall, items) in &of.own_context_curve {
        let bold = if *factor == 1.0 { "**" } else { "" };
        line(out, format_args!("| {bold}{factor}{bold} | {load:.3} | {} | {} |", show(*recall, 3), show(*items, 3)));
    }
    line(
        out,
        format_args!(
            "\n**From the first day on, slowly.** Where the intruder is in the log from its first day, every day, and nothing can be declared\n\
         clean, its application is neither new nor rare in time, and 15 messages a day are no volume: by every test over time it *is*\n\
         the mailbox's habit. A better test compares with the tenant instead: an application that one mailbox alone uses, on no list\n\
         and accepted by nobody, and that names many messages (least frequency of occurrence). It is not built in, and not scored\n\
         here: the simulated people have no add-ins of their own, so it would look better than it is. Until then: declare a clean\n\
         span from an older export, or go through `contexts.csv`, where such an application stands with its messages and mailboxes.\n"
        ),
    );
}

fn class_row(out: &mut String, one: &ClassSummary) {
    let score = &one.score;
    let share = |classes: &[_]| show(score.share(classes).share(), 3);
    let accessed = score.share(&[]).of;
    let per = |count: u64| {
        if accessed > 0 { show(Some(stats::real(count) / stats::real(accessed)), 2) } else { "–".to_owned() }
    };
    let resolved = show(score.resolved().share(), 3);
    line(
        out,
        format_args!(
            "| {} | {} | {} | {accessed} | {} | {} | {} | {} | {resolved} | {} | {} |",
            one.name,
            one.tenants,
            one.planted,
            share(&[mailtrail_model::ExposureClass::A]),
            share(&TOLD[1..]),
            share(&OPEN),
            score.false_d(),
            per(score.over_notified(&TOLD)),
            per(score.over_notified(&OPEN)),
        ),
    );
}

const CLASS_HEAD: &str = "| | tenants | mailboxes with an intruder | accessed messages | A | B | C | false D | resolved | told too many: A, B | C |\n|---|---|---|---|---|---|---|---|---|---|---|";

fn classes(out: &mut String, of: &Evaluation) {
    line(
        out,
        format_args!(
            "## Classes\n\n*Accessed* is every message the intruder opened, recorded or not, and every message in a folder it synchronised. *Resolved*:\n\
         share of messages it did not access that are D, in mailboxes without a suspect Sync, throttling or deletions. *Told too many*:\n\
         messages it did not access in those classes, for each one it did.\n\n### By world, the intruder marked by truth\n\n{CLASS_HEAD}"
        ),
    );
    for world in of.worlds.iter().filter(|world| world.documented) {
        class_row(out, world);
    }
    line(
        out,
        format_args!(
            "\nWorlds that do **not** follow the documents; what the tool cannot know is not held against it, and is counted:\n\n{CLASS_HEAD}"
        ),
    );
    for world in of.worlds.iter().filter(|world| !world.documented) {
        class_row(out, world);
    }
    for world in of.worlds.iter().filter(|world| !world.documented && world.score.false_d() > 0) {
        line(out, format_args!("\nFalse D in *{}*: {}.", world.name, why(&world.name)));
    }
    line(out, format_args!("\n### By attack, in worlds that follow the documents\n\n{CLASS_HEAD}"));
    of.class_attacks.iter().for_each(|attack| class_row(out, attack));
    line(
        out,
        format_args!(
            "\n### With a share of the intruder's ways in unmarked\n\nThe ordinary family; each way in is left out of the attribution by chance.\n\n{CLASS_HEAD}"
        ),
    );
    of.unmarked.iter().for_each(|(_, one)| class_row(out, one));
    line(
        out,
        format_args!(
            "\nA false D among these is an access that the examiner *accepted*: the intruder in the owner's own session, from the owner's own\n\
         line, which an accepted entry covers once the suspect entry is missing. An access that nobody marked is C."
        ),
    );
    out.push('\n');
}

/// Why a world that does not follow the documents gives false D.
fn why(world: &str) -> &'static str {
    match world {
        "random-loss" => "a record that was never written names nothing, and nothing shows that it is missing",
        "late-records" => "a record that comes weeks late is not in an export that was made in good time",
        "unflagged-throttling" => {
            "recording stops without a flag and below the count from which throttling is suspected"
        }
        "silent-mailbox" => "the silence is shorter than the mailbox's own longest",
        "delegates-unaudited" | "cross-geo" => {
            "a delegate's access leaves no record, and no audit list or geography was supplied"
        }
        "bypass-unknown" => "an actor on the bypass list leaves no record, and no bypass list was supplied",
        "deleted-mail" => "see the examples in the JSON",
        _ => "not explained yet",
    }
}

fn scenarios(out: &mut String, of: &Evaluation) {
    line(
        out,
        format_args!(
            "## Named scenarios\n\n| scenario | mailboxes reached | found in tier 1 | in tier 2 | others in tier 1 | start, h | end, h |\n|---|---|---|---|---|---|---|"
        ),
    );
    for one in &of.scenarios {
        line(
            out,
            format_args!(
                "| {} | {} | {} | {} | {} | {} | {} |",
                one.name,
                one.mailboxes,
                one.tier1,
                one.tier2,
                one.wrong.len(),
                show(one.start_hours, 1),
                show(one.end_hours, 1)
            ),
        );
    }
    for one in &of.scenarios {
        for (word, list) in [("Not found", &one.missed), ("In tier 1 without having been reached", &one.wrong)] {
            if !list.is_empty() {
                line(out, format_args!("\n{word} in *{}*: {}.", one.name, list.join("; ")));
            }
        }
    }
    line(
        out,
        format_args!(
            "\nDistances are the largest over the mailboxes found. The rotating poller is sanctioned, was there before, fetches about 30 new\n\
         messages a day over 126 addresses for 60 days, and must be in neither tier. The rotating proxies change their address each\n\
         ten messages and must be found.\n"
        ),
    );
}

fn sensitivity(out: &mut String, of: &Evaluation) {
    if of.settings.is_empty() {
        return;
    }
    line(
        out,
        format_args!(
            "## Sensitivity\n\n{} tenants of {} mailboxes; every threshold of the windows alone at half and at twice its value, a tail in decades. Mean\n\
         recall as above.\n\n| threshold | factor | load | mean recall |\n|---|---|---|---|",
            of.size.curve_tenants.0, of.size.curve_tenants.1
        ),
    );
    for (name, factor, load, recall) in &of.settings {
        let name = if name.is_empty() { "**all at their defaults**".to_owned() } else { format!("`{name}`") };
        line(out, format_args!("| {name} | {factor} | {load:.3} | {} |", show(*recall, 3)));
    }
    out.push('\n');
}

fn limits(out: &mut String) {
    line(
        out,
        format_args!(
            "## What this does not say\n\n\
         - Nothing about real tenants: habits, clients and services are invented after public descriptions and two public lab tenants.\n\
         - Nothing about an intruder who reads this document: attacks are fixed rates and ways in.\n\
         - Plants in one tenant share its people; intervals resample tenants where that matters, Wilson's intervals do not.\n\
         - *Before* assumes that somebody looks at each record as it comes; the tool runs on exports, afterwards."
        ),
    );
}
