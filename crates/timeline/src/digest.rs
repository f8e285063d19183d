//! Owns 128-bit keys: of message ids, of contexts, of anything whose text is too long to compare millions of times.
//!
//! BLAKE3, cut to 128 bits: senders choose message ids, so a digest one could steer would let a sender decide which
//! messages share a class. Equal keys of unequal texts are looked for where texts are written (`exposure`).

use mailtrail_model::MessageKey;

/// The digest of a few texts, told apart from any other division of the same characters.
pub(crate) fn of_parts(parts: &[Option<&str>]) -> u128 {
    let mut hasher = blake3::Hasher::new();
    for part in parts {
        match part {
            None => hasher.update(&[0]),
            Some(text) => {
                let length = u64::try_from(text.len()).unwrap_or(u64::MAX);
                hasher.update(&[1]).update(&length.to_le_bytes()).update(text.as_bytes())
            }
        };
    }
    cut(&hasher.finalize())
}

/// The key of a message id: the digest of its canonical text. `scratch` is reused between calls.
pub(crate) fn message_key(internet_message_id: &str, scratch: &mut String) -> MessageKey {
    canonical_into(internet_message_id, scratch);
    MessageKey(cut(&blake3::hash(scratch.as_bytes())))
}

/// [`MessageKey::canonical`] without an allocation for the ids that nearly all messages have.
pub(crate) fn canonical_into(internet_message_id: &str, out: &mut String) {
    out.clear();
    let plain = internet_message_id.bytes().all(|b| (0x21..0x7f).contains(&b));
    if !plain {
        out.push_str(&MessageKey::canonical(internet_message_id));
        return;
    }
    let bare = internet_message_id.strip_prefix('<').unwrap_or(internet_message_id);
    out.push_str(bare.strip_suffix('>').unwrap_or(bare));
    out.make_ascii_lowercase();
}

fn cut(hash: &blake3::Hash) -> u128 {
    let bytes = hash.as_bytes();
    let mut half = [0u8; 16];
    half.copy_from_slice(&bytes[..16]);
    u128::from_be_bytes(half)
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    proptest! {
        #[test]
        fn the_quick_canonical_form_is_the_models(text in "\\PC{0,40}|<[!-~]{0,30}>?|[ \t\r\n<>a-zA-Z@.]{0,20}") {
            let mut quick = String::new();
            canonical_into(&text, &mut quick);
            prop_assert_eq!(quick, MessageKey::canonical(&text));
        }
    }

    #[test]
    fn parts_are_told_apart_from_their_concatenation() {
        assert_ne!(of_parts(&[Some("ab"), Some("c")]), of_parts(&[Some("a"), Some("bc")]));
        assert_ne!(of_parts(&[None, Some("a")]), of_parts(&[Some("a"), None]));
        assert_ne!(of_parts(&[Some("")]), of_parts(&[None]));
    }

    #[test]
    fn spellings_of_one_id_share_a_key() {
        let mut scratch = String::new();
        let keys = ["<A@x.example>", "a@x.example", " <a@X.example>\r\n"].map(|id| message_key(id, &mut scratch));
        assert!(keys.windows(2).all(|pair| pair[0] == pair[1]));
    }
}
