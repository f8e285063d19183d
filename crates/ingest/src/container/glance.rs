//! Owns the decision to leave a row unparsed: its operation column is not wanted and its body says the same operation.
//!
//! Any doubt means parsing: no `Operation` key, two that differ, a key spelled with escapes. So text an intruder chose
//! (a subject holding `MailItemsAccessed`, a column that lies) cannot decide either way.

use std::sync::LazyLock;

use memchr::memmem::{self, Finder};

/// A key between quotes, plain and as a CSV cell doubles them.
struct KeyFinder {
    plain: Finder<'static>,
    doubled: Finder<'static>,
}

impl KeyFinder {
    fn new(plain: &'static str, doubled: &'static str) -> Self {
        Self { plain: Finder::new(plain), doubled: Finder::new(doubled) }
    }
}

static OPERATION: LazyLock<KeyFinder> = LazyLock::new(|| KeyFinder::new("\"Operation\"", "\"\"Operation\"\""));
static CREATION_TIME: LazyLock<KeyFinder> =
    LazyLock::new(|| KeyFinder::new("\"CreationTime\"", "\"\"CreationTime\"\""));
static ESCAPE: LazyLock<Finder<'static>> = LazyLock::new(|| Finder::new("\\u00"));

/// The `CreationTime` of a body that says the operation its column says; `None` if the row must be parsed.
pub(super) fn created_of_unwanted<'a>(raw: &'a str, escaped: bool, operation: &str) -> Option<&'a str> {
    if hides_letters(raw) {
        return None;
    }
    let mut operations = values_of(raw, escaped, &OPERATION);
    let first = operations.next()??;
    if first != operation || operations.any(|value| value != Some(operation)) {
        return None;
    }
    let mut times = values_of(raw, escaped, &CREATION_TIME);
    let created = times.next()??;
    times.next().is_none().then_some(created)
}

/// Whether an ASCII letter may be spelled as `\u00XX`, which would hide a key.
fn hides_letters(raw: &str) -> bool {
    ESCAPE.find_iter(raw.as_bytes()).any(|at| matches!(raw.as_bytes().get(at + 4), None | Some(b'4'..=b'7')))
}

/// The text values of a key, wherever it stands; `None` for a value that is no plain text.
fn values_of<'a>(raw: &'a str, escaped: bool, key: &'static KeyFinder) -> impl Iterator<Item = Option<&'a str>> {
    let (quote, key) = if escaped { ("\"\"", &key.doubled) } else { ("\"", &key.plain) };
    let hits: memmem::FindIter<'a, '_> = key.find_iter(raw.as_bytes());
    hits.filter_map(move |at| {
        let after = raw.get(at + key.needle().len()..)?.trim_start().strip_prefix(':')?.trim_start();
        Some(after.strip_prefix(quote).and_then(|text| {
            let (value, _) = text.split_once(quote)?;
            (!value.contains('\\')).then_some(value)
        }))
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn check(body: &str, expected: Option<&str>) {
        assert_eq!(created_of_unwanted(body, false, "Create"), expected, "{body}");
        let doubled = body.replace('"', "\"\"");
        assert_eq!(created_of_unwanted(&doubled, true, "Create"), expected, "{doubled}");
    }

    #[test]
    fn a_row_is_left_only_if_its_body_says_the_same() {
        check(r#"{"CreationTime":"2023-12-04T18:00:30","Operation":"Create"}"#, Some("2023-12-04T18:00:30"));
        check(r#"{"CreationTime" : "x", "Operation" : "Create", "Subject":"MailItemsAccessed"}"#, Some("x"));
        check(
            r#"{"CreationTime":"x","Operation":"Create","Parameters":[{"Name":"Operation","Value":"y"}]}"#,
            Some("x"),
        );
        check(
            r#"{"CreationTime":"x","Operation":"Create","Detail":"{\"Operation\":\"MailItemsAccessed\"}"}"#,
            Some("x"),
        );
        check(r#"{"CreationTime":"x","Operation":"Create","Path":"\u003cb\u003e"}"#, Some("x"));
    }

    #[test]
    fn any_doubt_means_parsing() {
        check(r#"{"CreationTime":"x","Operation":"MailItemsAccessed"}"#, None);
        check(r#"{"CreationTime":"x","Operation":"Mail\u0049temsAccessed"}"#, None);
        check(r#"{"CreationTime":"x","Operation":"Create","Operation":"MailItemsAccessed"}"#, None);
        check(r#"{"CreationTime":"x","Operation":"Create","Oper\u0061tion":"MailItemsAccessed"}"#, None);
        check(r#"{"CreationTime":"x","Operation":7}"#, None);
        check(r#"{"CreationTime":"x"}"#, None);
        check(r#"{"Operation":"Create"}"#, None);
        check(r#"{"CreationTime":"x","CreationTime":"y","Operation":"Create"}"#, None);
        check("", None);
    }

    proptest::proptest! {
        /// Whatever stands in the body: a row left unparsed would have been another operation.
        #[test]
        fn no_row_is_left_whose_body_says_otherwise(
            keys in proptest::collection::vec(("Operation|Oper\\\\\\\\u0061tion|CreationTime|x", "Create|MailItemsAccessed|[a-z\"]{0,3}", proptest::bool::ANY), 0..6),
        ) {
            let members: Vec<_> = keys.iter().map(|(key, value, nested)| {
                let value = serde_json::Value::from(value.as_str());
                if *nested { format!("\"n\":{{\"{key}\":{value}}}") } else { format!("\"{key}\":{value}") }
            }).collect();
            let body = format!("{{{}}}", members.join(","));
            if created_of_unwanted(&body, false, "Create").is_some() {
                let first = keys.iter().find(|(key, _, nested)| key != "x" && key != "CreationTime" && !nested);
                proptest::prop_assert!(first.is_none_or(|(_, value, _)| value == "Create"), "{}", body);
            }
        }
    }
}
