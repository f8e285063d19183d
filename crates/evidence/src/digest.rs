//! Owns the digest of bytes in memory, for rows that are shown. Files are hashed where they are read.

use sha2::Digest;

/// SHA-256 of some bytes.
#[must_use]
pub fn sha256(bytes: &[u8]) -> mailtrail_model::Sha256 {
    mailtrail_model::Sha256(sha2::Sha256::digest(bytes).into())
}

#[cfg(test)]
mod tests {
    #[test]
    fn the_digest_of_nothing_is_the_published_one() {
        assert!(super::sha256(b"").to_string().starts_with("e3b0c44298fc1c14"));
    }
}
