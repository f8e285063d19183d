//! Owns the digests a manifest may use, and computing several of them in one reading.

use std::io::Read;

use sha2::Digest;

/// A digest algorithm, by the name BagIt gives it.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Algorithm {
    /// In other people's bags only.
    Md5,
    /// In other people's bags only.
    Sha1,
    /// In other people's bags only.
    Sha224,
    /// Ours.
    Sha256,
    /// In other people's bags only.
    Sha384,
    /// Ours.
    Sha512,
}

impl Algorithm {
    /// Every algorithm.
    pub const ALL: [Self; 6] = [Self::Md5, Self::Sha1, Self::Sha224, Self::Sha256, Self::Sha384, Self::Sha512];

    /// The name in `manifest-NAME.txt`.
    #[must_use]
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Md5 => "md5",
            Self::Sha1 => "sha1",
            Self::Sha224 => "sha224",
            Self::Sha256 => "sha256",
            Self::Sha384 => "sha384",
            Self::Sha512 => "sha512",
        }
    }

    /// Hex digits of a digest.
    #[must_use]
    pub fn hex_len(self) -> usize {
        match self {
            Self::Md5 => 32,
            Self::Sha1 => 40,
            Self::Sha224 => 56,
            Self::Sha256 => 64,
            Self::Sha384 => 96,
            Self::Sha512 => 128,
        }
    }

    /// The inverse of [`Self::as_str`], in any case and with or without the hyphen (`SHA-256`).
    #[must_use]
    pub fn parse(name: &str) -> Option<Self> {
        let folded = name.to_lowercase().replace('-', "");
        Self::ALL.into_iter().find(|algorithm| algorithm.as_str() == folded)
    }
}

/// One running digest.
#[derive(Clone)]
enum Running {
    Md5(md5::Md5),
    Sha1(sha1::Sha1),
    Sha224(sha2::Sha224),
    Sha256(sha2::Sha256),
    Sha384(sha2::Sha384),
    Sha512(sha2::Sha512),
}

/// Several digests of the same bytes.
#[derive(Clone)]
pub(crate) struct Digests {
    running: Vec<(Algorithm, Running)>,
    bytes: u64,
}

impl Digests {
    pub(crate) fn new(algorithms: &[Algorithm]) -> Self {
        let running = algorithms.iter().map(|&algorithm| {
            let digest = match algorithm {
                Algorithm::Md5 => Running::Md5(md5::Md5::new()),
                Algorithm::Sha1 => Running::Sha1(sha1::Sha1::new()),
                Algorithm::Sha224 => Running::Sha224(sha2::Sha224::new()),
                Algorithm::Sha256 => Running::Sha256(sha2::Sha256::new()),
                Algorithm::Sha384 => Running::Sha384(sha2::Sha384::new()),
                Algorithm::Sha512 => Running::Sha512(sha2::Sha512::new()),
            };
            (algorithm, digest)
        });
        Self { running: running.collect(), bytes: 0 }
    }

    pub(crate) fn update(&mut self, bytes: &[u8]) {
        for (_, running) in &mut self.running {
            match running {
                Running::Md5(digest) => digest.update(bytes),
                Running::Sha1(digest) => digest.update(bytes),
                Running::Sha224(digest) => digest.update(bytes),
                Running::Sha256(digest) => digest.update(bytes),
                Running::Sha384(digest) => digest.update(bytes),
                Running::Sha512(digest) => digest.update(bytes),
            }
        }
        self.bytes = self.bytes.saturating_add(u64::try_from(bytes.len()).unwrap_or(u64::MAX));
    }

    pub(crate) fn finish(self) -> FileDigests {
        let digests = self.running.into_iter().map(|(algorithm, running)| {
            let text = match running {
                Running::Md5(digest) => hex(&digest.finalize()),
                Running::Sha1(digest) => hex(&digest.finalize()),
                Running::Sha224(digest) => hex(&digest.finalize()),
                Running::Sha256(digest) => hex(&digest.finalize()),
                Running::Sha384(digest) => hex(&digest.finalize()),
                Running::Sha512(digest) => hex(&digest.finalize()),
            };
            (algorithm, text)
        });
        FileDigests { digests: digests.collect(), bytes: self.bytes }
    }

    /// Reads to the end.
    pub(crate) fn of(algorithms: &[Algorithm], mut reader: impl Read) -> std::io::Result<FileDigests> {
        let mut digests = Self::new(algorithms);
        let mut buffer = vec![0; 1 << 17];
        loop {
            let count = match reader.read(&mut buffer) {
                Ok(0) => return Ok(digests.finish()),
                Ok(count) => count,
                Err(error) if error.kind() == std::io::ErrorKind::Interrupted => continue,
                Err(error) => return Err(error),
            };
            digests.update(buffer.get(..count).unwrap_or_default());
        }
    }
}

/// The digests of a file, in lower-case hex, and its length.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct FileDigests {
    digests: Vec<(Algorithm, String)>,
    pub(crate) bytes: u64,
}

impl FileDigests {
    pub(crate) fn get(&self, algorithm: Algorithm) -> &str {
        self.digests.iter().find(|(one, _)| *one == algorithm).map_or("", |(_, text)| text)
    }
}

fn hex(bytes: &[u8]) -> String {
    use std::fmt::Write as _;
    bytes.iter().fold(String::with_capacity(bytes.len() * 2), |mut out, byte| {
        // Writing to a String cannot fail; the result is looked at all the same.
        if write!(out, "{byte:02x}").is_err() {
            out.clear();
        }
        out
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn each_digest_agrees_with_the_published_one_of_abc() {
        let digests = Digests::of(&Algorithm::ALL, &b"abc"[..]).unwrap();
        for (algorithm, start) in [
            (Algorithm::Md5, "900150983cd24fb0"),
            (Algorithm::Sha1, "a9993e364706816a"),
            (Algorithm::Sha224, "23097d223405d822"),
            (Algorithm::Sha256, "ba7816bf8f01cfea"),
            (Algorithm::Sha384, "cb00753f45a35e8b"),
            (Algorithm::Sha512, "ddaf35a193617aba"),
        ] {
            assert!(digests.get(algorithm).starts_with(start), "{}", algorithm.as_str());
            assert_eq!(digests.get(algorithm).len(), algorithm.hex_len());
            assert_eq!(Algorithm::parse(&algorithm.as_str().to_uppercase()), Some(algorithm));
        }
        assert_eq!(digests.bytes, 3);
    }
}
