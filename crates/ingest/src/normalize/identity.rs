//! Owns the id of an access: as logged, or made from what was logged.

use std::borrow::Cow;

use mailtrail_model::{AccessRecord, IssueCode};
use sha2::{Digest, Sha256};

use crate::wire::Ctx;

/// The record's id: a GUID in lower case, else the text as it stands (anonymised exports); `None` if none is stated.
pub(super) fn record_id<'a>(stated: Option<&'a str>, ctx: Ctx<'a, '_>) -> Option<Cow<'a, str>> {
    let id = stated?;
    let bare = id.strip_prefix('{').and_then(|rest| rest.strip_suffix('}')).unwrap_or(id);
    if !is_guid(bare) {
        ctx.flaws.note(IssueCode::IdNotGuid, id);
        return Some(Cow::Borrowed(id));
    }
    if bare.bytes().any(|b| b.is_ascii_uppercase()) {
        return Some(Cow::Borrowed(ctx.keep(&bare.to_ascii_lowercase())));
    }
    Some(Cow::Borrowed(bare))
}

fn is_guid(text: &str) -> bool {
    text.len() == 36
        && text.bytes().enumerate().all(
            |(at, b)| {
                if matches!(at, 8 | 13 | 18 | 23) { b == b'-' } else { b.is_ascii_hexdigit() }
            },
        )
}

/// An id made of what the record says, the same in whatever container it stands.
pub(super) fn made_id(record: &AccessRecord<'_>) -> String {
    let mut hash = Sha256::new();
    let mut add = |part: &str| {
        hash.update(part.len().to_le_bytes());
        hash.update(part.as_bytes());
    };
    add(&record.created.0.to_string());
    add(record.access_type.as_str());
    add(record.mailbox.as_str());
    add(record.user_id.as_deref().unwrap_or_default());
    add(&record.origin.normalized().unwrap_or_default());
    add(record.client.client_info_string.as_deref().unwrap_or_default());
    add(record.client.effective_app().unwrap_or_default());
    for folder in &record.folders {
        add(folder.id.as_deref().or(folder.path.as_deref()).unwrap_or_default());
    }
    for item in &record.items {
        add(item.internet_message_id.as_deref().unwrap_or_default());
        add(item.attachment_id.as_deref().or(item.item_id.as_deref()).unwrap_or_default());
    }
    let digest = hash.finalize();
    let mut id = String::from("made-");
    for byte in &digest[..16] {
        id.push_str(&format!("{byte:02x}"));
    }
    id
}

#[cfg(test)]
mod tests {
    use super::is_guid;

    #[test]
    fn guids_are_told_from_masked_ids() {
        assert!(is_guid("5F1c2d30-7a41-4a01-2d55-08dbf4d47e9a"));
        assert!(!is_guid("nnnnnnnn-4444-4444-4444-nnnnnnnnnnnn"));
        assert!(!is_guid("5f1c2d307a414a012d5508dbf4d47e9a----"));
        assert!(!is_guid(""));
    }
}
