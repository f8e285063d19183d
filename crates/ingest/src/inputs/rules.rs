//! Owns `rules.toml`: thresholds by the names of [`Rules`], each of its own kind. Those not named keep their default.

use std::io::Read;

use mailtrail_model::{RuleValue, Rules};

use super::{InputErrors, Loaded, load::read_text, toml_doc::TomlDoc};

/// Reads a rules file.
///
/// # Errors
/// Every complaint about it.
pub fn read_rules(file: &str, reader: impl Read) -> Result<Loaded<Rules>, InputErrors> {
    let (text, mut receipt) = read_text("rules", file, reader)?;
    let doc = TomlDoc::new(file, &text);
    let table = doc.parse()?;
    let mut root = doc.root(&table);
    let mut rules = Rules::default();
    let mut set = 0;
    for (name, default, _) in Rules::default().entries() {
        let value = match default {
            RuleValue::Whole(_) => root.whole(name).map(RuleValue::Whole),
            RuleValue::Real(_) => root.real(name).map(|number| RuleValue::Real(number.value)),
            RuleValue::Several(_) => root.wholes(name).map(RuleValue::Several),
        };
        let Some(value) = value else { continue };
        let negative = matches!(value, RuleValue::Real(number) if number < 0.0);
        if negative || rules.set(name, &value).is_err() {
            root.complain(root.place(), name, format!("{value:?} is out of range"), None);
        }
        set += 1;
    }
    root.finish();
    receipt.entries = set;
    let (value, warnings) = doc.finish(rules)?;
    Ok(Loaded { value, receipt, warnings })
}
