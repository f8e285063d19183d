//! Owns the digest of bytes in memory, for rows that are shown, and of a file of ours that a page names.

use sha2::Digest;

/// SHA-256 of some bytes.
#[must_use]
pub fn sha256(bytes: &[u8]) -> mailtrail_model::Sha256 {
    mailtrail_model::Sha256(sha2::Sha256::digest(bytes).into())
}

/// SHA-256 of everything a reader gives, in hex.
///
/// # Errors
/// If reading fails.
pub fn sha256_of(mut reader: impl std::io::Read) -> std::io::Result<String> {
    let mut hash = sha2::Sha256::new();
    let mut buffer = vec![0; 1 << 18];
    loop {
        match reader.read(&mut buffer)? {
            0 => break,
            n => hash.update(buffer.get(..n).unwrap_or_default()),
        }
    }
    Ok(mailtrail_model::Sha256(hash.finalize().into()).to_string())
}

#[cfg(test)]
mod tests {
    #[test]
    fn the_digest_of_nothing_is_the_published_one() {
        assert!(super::sha256(b"").to_string().starts_with("e3b0c44298fc1c14"));
    }
}
