//! Owns when two message ids are the same message id.

/// The key of a message: a 128-bit digest of its InternetMessageId without `<>`, unfolded, trimmed, case-folded.
///
/// Senders choose ids, so one key may stand for several messages; all of them get the strongest class.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct MessageKey(pub u128);

impl MessageKey {
    /// The canonical text two equal ids share.
    #[must_use]
    pub fn canonical(internet_message_id: &str) -> String {
        let unfolded: String = internet_message_id.chars().filter(|c| !matches!(c, '\r' | '\n' | '\t')).collect();
        let trimmed = unfolded.trim();
        let bare = trimmed.strip_prefix('<').unwrap_or(trimmed);
        let bare = bare.strip_suffix('>').unwrap_or(bare);
        bare.trim().to_lowercase()
    }
}
