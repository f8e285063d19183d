//! Owns `mailtrail explain`: what a word of ours means, or which accesses stand behind an id. `source_rows` prints them.

use std::collections::BTreeSet;

use anyhow::Context;
use mailtrail_model::{CoverageState, ExposureClass, IssueCode, Reason, Rules, Severity};
use mailtrail_timeline::{
    APPS, APPS_SOURCE, SERVICES, SERVICES_AS_OF, members_of_session, naming_message, read_accesses, read_burst,
    read_copies, read_numbered,
};

use crate::{
    args::ExplainArgs,
    commands::{explain_burst, report::case_of, source_rows},
    exit::{Ended, Hint},
    out_dir::OutDir,
};

/// Explains one word or id.
pub(crate) fn explain(args: &ExplainArgs) -> anyhow::Result<Ended> {
    let what = args.what.trim();
    if let Some(text) = meaning(what) {
        println!("{text}");
        return Ok(Ended::Clean);
    }
    let record = OutDir::record(&args.out)
        .with_context(|| format!("\"{what}\" is no word of mailtrail's, and there is no run to look for it in"))?;
    if source_rows::is_numbered(what, 'Q') {
        return source_rows::quarantined(what, &args.out, &record);
    }
    let tables = args.out.join("tables");
    let burst = if source_rows::is_numbered(what, 'B') { read_burst(&tables, what)? } else { None };
    if let Some(burst) = &burst {
        explain_burst::describe(burst);
    }
    let found = if let Some(burst) = &burst {
        read_numbered(&tables, &burst.access_nos)?
    } else if source_rows::is_numbered(what, 'V') {
        let members = members_of_session(&tables, &case_of(None, &record)?, what)?;
        read_numbered(&tables, &members)?
    } else {
        let by_id = read_accesses(&tables, |stored| stored.eq_ignore_ascii_case(what))?;
        if by_id.is_empty() { read_numbered(&tables, &naming_message(&tables, what)?)? } else { by_id }
    };
    anyhow::ensure!(
        !found.is_empty(),
        anyhow::Error::new(Hint("ids stand in the tables; words are listed in docs/METHOD.md".into())).context(
            format!("\"{what}\" is no word of mailtrail's, and no burst, session, record or message of this run")
        )
    );
    let ids: BTreeSet<&str> = found.iter().map(|access| &*access.record.record_id).collect();
    let copies = read_copies(&tables, |stored| ids.contains(stored))?;
    source_rows::print(what, &record, &found, &copies, args.limit)?;
    Ok(Ended::Clean)
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
    if same("services") {
        return Some(services());
    }
    if let Some(app) = APPS.iter().find(|app| same(app.id)) {
        let note = if app.note.is_empty() { String::new() } else { format!("\n  {}", app.note) };
        return Some(format!("{}: {}{note}\n  source: {APPS_SOURCE}", app.id, app.name));
    }
    if let Some(text) = explain_burst::meaning(word) {
        return Some(text);
    }
    let rules = Rules::default();
    let (name, value, doc) = rules.entries().into_iter().find(|(name, ..)| same(name))?;
    Some(format!("{name}: rule, default {value:?}\n  {doc}"))
}

/// The dated list by which background services are recognised.
fn services() -> String {
    let mut out = format!(
        "services recognised as Microsoft's background, list of {SERVICES_AS_OF}\n  only together with a service's client string"
    );
    for service in &SERVICES {
        let client = service.client_app_id.map_or_else(String::new, |id| format!(" with ClientAppId {id}"));
        out.push_str(&format!(
            "\n  AppId {}{client}: {}\n      source: {}",
            service.app_id, service.name, service.source
        ));
    }
    out
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
            ("services", "Substrate Context Service"),
            ("00000003-0000-0000-c000-000000000000", "Microsoft Graph"),
        ] {
            assert!(meaning(word).unwrap().contains(part), "{word}");
        }
        assert_eq!(meaning("nonsense"), None);
    }
}
