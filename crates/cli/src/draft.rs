//! Owns `attribution.draft.toml`: ways in that nobody has attributed yet, commented out, with counts and why they are here.
//! Which they are is `timeline`'s; whether to mark one is the examiner's.

use std::fmt::Write;

use mailtrail_model::Timeline;

use crate::terminal::{safe, thousands};

const HEAD: &str = "\
# Ways in that might be marked, most telling first. Nothing here has any effect: it is a draft.
#
# To mark one, run
#     mailtrail attribute ID suspect --fact \"what shows it\" --in OUT
# (or `accepted`), or copy its lines into attribution.toml, without the `#`, and fill in the fact. The fact is printed in
# every report. Then run `mailtrail report OUT`: it takes seconds and reads no export.
";

/// The text of the draft.
pub(crate) fn text(timeline: &Timeline) -> String {
    let mut out = HEAD.to_owned();
    if timeline.findings.drafts.is_empty() {
        out.push_str("\n# Every way in is attributed.\n");
    }
    let names = |key: &mailtrail_model::MailboxKey| {
        timeline.mailboxes.iter().find(|m| m.key == *key).map_or_else(|| key.to_string(), |m| m.name.clone())
    };
    for draft in &timeline.findings.drafts {
        let mut mailboxes: Vec<String> = draft.mailboxes.iter().take(5).map(names).collect();
        if draft.mailboxes.len() > 5 {
            mailboxes.push(format!("and {} more", draft.mailboxes.len() - 5));
        }
        // Every text may be a stranger's: `safe` leaves no line end, so a comment stays a comment.
        let lines = [
            format!("# {}: {}", safe(&draft.context), safe(&draft.what)),
            format!("#   why here: {}", safe(&draft.why)),
            format!(
                "#   {} records, {} messages, {} to {}",
                thousands(draft.records),
                thousands(draft.messages),
                draft.span.start.iso(),
                draft.span.end.plus(-1).iso()
            ),
            format!("#   mailboxes: {}", safe(&mailboxes.join(", "))),
            "# [[suspect]]".to_owned(),
            format!("# context = \"{}\"", safe(&draft.context)),
            "# fact = \"\"".to_owned(),
        ];
        for line in [String::new()].iter().chain(&lines) {
            // Writing to a String cannot fail; were it to, the draft would only be shorter.
            if writeln!(out, "{line}").is_err() {
                return out;
            }
        }
    }
    out
}
