//! Owns pseudonyms: a name by a keyed hash (HMAC-SHA-256, RFC 2104). Whoever has the key can tell names again, nobody else;
//! where the key comes from and where it is kept is the caller's.

use sha2::{Digest as _, Sha256};

const BLOCK: usize = 64;

/// A key for pseudonyms.
#[derive(Clone, PartialEq, Eq)]
pub struct PseudonymKey(pub [u8; 32]);

// A key in a log or a panic would undo every pseudonym.
impl std::fmt::Debug for PseudonymKey {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("PseudonymKey(kept)")
    }
}

impl PseudonymKey {
    /// `M-` and twelve hex digits: the name of a mailbox for those who must not know it. The same key and name give the same
    /// pseudonym in every revision.
    #[must_use]
    pub fn mailbox(&self, name: &str) -> String {
        let hex: String = hmac(&self.0, name.as_bytes()).iter().take(6).map(|byte| format!("{byte:02x}")).collect();
        format!("M-{hex}")
    }

    /// The key as it is kept: 64 hex digits.
    #[must_use]
    pub fn to_hex(&self) -> String {
        self.0.iter().map(|byte| format!("{byte:02x}")).collect()
    }

    /// The inverse of [`Self::to_hex`].
    #[must_use]
    pub fn parse(text: &str) -> Option<Self> {
        let text = text.trim();
        let digits: Vec<u8> = (0..text.len() / 2)
            .map(|at| text.get(2 * at..2 * at + 2).and_then(|pair| u8::from_str_radix(pair, 16).ok()))
            .collect::<Option<_>>()?;
        if text.len() == 64 { digits.try_into().ok().map(Self) } else { None }
    }
}

fn hmac(key: &[u8], message: &[u8]) -> [u8; 32] {
    let mut padded = [0_u8; BLOCK];
    padded.iter_mut().zip(key).for_each(|(to, from)| *to = *from);
    let inner = Sha256::new().chain_update(padded.map(|byte| byte ^ 0x36)).chain_update(message).finalize();
    Sha256::new().chain_update(padded.map(|byte| byte ^ 0x5c)).chain_update(inner).finalize().into()
}

#[cfg(test)]
mod tests {
    use super::{PseudonymKey, hmac};

    #[test]
    fn the_keyed_hash_is_the_published_one() {
        // RFC 4231, test case 2.
        let hex: String =
            hmac(b"Jefe", b"what do ya want for nothing?").iter().map(|byte| format!("{byte:02x}")).collect();
        assert_eq!(hex, "5bdcc146bf60754e6a042426089575c75a003f089d2739839dec58b964ec3843");
    }

    #[test]
    fn another_key_gives_another_name_and_no_key_is_printed() {
        let (one, other) = (PseudonymKey([1; 32]), PseudonymKey([2; 32]));
        assert_ne!(one.mailbox("a@x.example"), other.mailbox("a@x.example"));
        assert_eq!(one.mailbox("a@x.example").len(), 14);
        assert!(!format!("{one:?}").contains('1'));
        assert_eq!(PseudonymKey::parse(&one.to_hex()), Some(one));
        assert_eq!(PseudonymKey::parse("zz"), None);
    }
}
