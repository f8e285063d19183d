//! Owns `mailtrail explain`: what a word of ours means, or the source rows behind an id.

use mailtrail_model::{CoverageState, ExposureClass, IssueCode, Reason, Rules, Severity};

use crate::{
    args::ExplainArgs,
    exit::{Ended, Hint},
};

/// Explains one word or id.
pub(crate) fn explain(args: &ExplainArgs) -> anyhow::Result<Ended> {
    if let Some(text) = meaning(args.what.trim()) {
        println!("{text}");
        return Ok(Ended::Clean);
    }
    anyhow::bail!(
        anyhow::Error::new(Hint("codes, states, classes, reasons and rules are listed in docs/METHOD.md".into()))
            .context(format!("\"{}\" is no word of mailtrail's", args.what))
    )
}

/// The meaning of an issue code, a coverage state, a class, a reason or a rule.
pub(crate) fn meaning(word: &str) -> Option<String> {
    let same = |name: &str| name.eq_ignore_ascii_case(word);
    if let Some(code) = IssueCode::ALL.iter().find(|c| same(c.as_str())) {
        let kind = match code.severity() {
            Severity::Rejected => "the row is in quarantine",
            Severity::Lossy => "the row was taken, not all of it",
            Severity::Note => "the row was taken; a note",
        };
        return Some(format!(
            "{}: issue ({kind})\n  {}\n  what to do: {}",
            code.as_str(),
            code.meaning(),
            code.advice()
        ));
    }
    if let Some(state) = CoverageState::ALL.iter().find(|s| same(s.as_str())) {
        let reason = state
            .reason()
            .map_or_else(|| "the log could see".to_owned(), |r| format!("{}: {}", r.as_str(), r.meaning()));
        return Some(format!("{}: coverage state\n  {reason}", state.as_str()));
    }
    if let Some(class) = ExposureClass::ALL.iter().find(|c| same(c.as_str())) {
        return Some(format!("{}: exposure class\n  {}", class.as_str(), class.label()));
    }
    if let Some(reason) = Reason::ALL.iter().find(|r| same(r.as_str())) {
        return Some(format!("{}: reason\n  {}", reason.as_str(), reason.meaning()));
    }
    let rules = Rules::default();
    let (name, value, doc) = rules.entries().into_iter().find(|(name, ..)| same(name))?;
    Some(format!("{name}: rule, default {value:?}\n  {doc}"))
}

#[cfg(test)]
mod tests {
    use super::meaning;

    #[test]
    fn every_word_of_the_vocabulary_is_explained() {
        for (word, part) in [
            ("id-conflict", "both were kept"),
            ("blind-throttled", "THR"),
            ("C-near", "not excluded"),
            ("thr", "throttled"),
            ("idle_gap_minutes", "120"),
        ] {
            assert!(meaning(word).unwrap().contains(part), "{word}");
        }
        assert_eq!(meaning("nonsense"), None);
    }
}
