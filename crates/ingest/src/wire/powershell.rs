//! Owns the text PowerShell makes of an object it stops at: `@{Name=MailAccessType; Value=Bind}`.
//!
//! The form has no escapes, so it cannot be read with certainty: a new pair begins only where `; ` is followed by a name and
//! `=`. What is read from it is always marked (`flattened-by-powershell`).

/// The members of `@{…}`, in order; `None` if the text is none.
pub(super) fn members(text: &str) -> Option<Vec<(&str, &str)>> {
    let inner = text.trim().strip_prefix("@{")?;
    let inner = inner.strip_suffix('}').unwrap_or(inner);
    let mut members = Vec::new();
    let mut rest = inner;
    while !rest.trim().is_empty() {
        let (name, after) = rest.split_once('=')?;
        let end = end_of_value(after);
        members.push((name.trim(), after[..end].trim()));
        rest = after[end..].strip_prefix(';').unwrap_or("");
    }
    Some(members)
}

/// Where the value ends: at the first `;` outside braces that starts another `name=`.
fn end_of_value(text: &str) -> usize {
    let mut depth = 0usize;
    for (at, c) in text.char_indices() {
        match c {
            '{' => depth += 1,
            '}' => depth = depth.saturating_sub(1),
            ';' if depth == 0 && starts_member(&text[at + 1..]) => return at,
            _ => {}
        }
    }
    text.len()
}

fn starts_member(text: &str) -> bool {
    let text = text.trim_start();
    let name = text.bytes().take_while(u8::is_ascii_alphanumeric).count();
    name > 0 && text.as_bytes().get(name) == Some(&b'=')
}

/// Whether PowerShell wrote a type's name where a value should be.
pub(super) fn is_type_name(text: &str) -> bool {
    text.starts_with("System.") || text.starts_with("Deserialized.System.")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn members_keep_equals_signs_and_semicolons_of_values() {
        assert_eq!(
            members("@{Id=LgAA==; Path=\\Inbox\\a; b; FolderItems=System.Object[]}").unwrap(),
            [("Id", "LgAA=="), ("Path", "\\Inbox\\a; b"), ("FolderItems", "System.Object[]")]
        );
        assert_eq!(members("@{Id=o; ParentFolder=}").unwrap(), [("Id", "o"), ("ParentFolder", "")]);
        assert_eq!(members("@{Item=@{Id=1; Path=x}; Name=y}").unwrap(), [("Item", "@{Id=1; Path=x}"), ("Name", "y")]);
        assert_eq!(members("@{}").unwrap(), []);
        assert_eq!(members("Id=1"), None);
        assert_eq!(members("@{nothing}"), None);
    }
}
