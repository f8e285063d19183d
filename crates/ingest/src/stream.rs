//! Owns the way of bytes from a file to content: hashed as they pass, decompressed by what they are, held to the limits.

use std::cell::Cell;
use std::io::{self, BufReader, Read};
use std::rc::Rc;

use mailtrail_model::Sha256;
use sha2::Digest as _;

use crate::limits::Limits;
use crate::source::Progress;

/// Buffer before a decompressor.
const COMPRESSED_CHUNK: usize = 256 << 10;

/// How bytes are packed, told by their first bytes.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Packing {
    Plain,
    Gzip,
    Zstd,
    Zip,
}

impl Packing {
    pub(crate) fn tell(head: &[u8]) -> Self {
        match head {
            [0x1f, 0x8b, 0x08, ..] => Self::Gzip,
            [0x28, 0xb5, 0x2f, 0xfd, ..] => Self::Zstd,
            [b'P', b'K', 3, 4, ..] | [b'P', b'K', 5, 6, ..] => Self::Zip,
            _ => Self::Plain,
        }
    }

    pub(crate) fn as_str(self) -> Option<&'static str> {
        match self {
            Self::Plain => None,
            Self::Gzip => Some("gzip"),
            Self::Zstd => Some("zstd"),
            Self::Zip => Some("zip"),
        }
    }
}

/// Bytes as they stand on disk, hashed and counted as they pass.
pub(crate) struct Hashed<'r> {
    inner: &'r mut dyn Read,
    hasher: sha2::Sha256,
    passed: Rc<Cell<u64>>,
    progress: &'r dyn Progress,
}

impl<'r> Hashed<'r> {
    pub(crate) fn new(inner: &'r mut dyn Read, progress: &'r dyn Progress) -> Self {
        Self { inner, hasher: sha2::Sha256::new(), passed: Rc::default(), progress }
    }

    /// Bytes that passed so far, to be read while something else holds the reader.
    pub(crate) fn passed(&self) -> Rc<Cell<u64>> {
        Rc::clone(&self.passed)
    }

    /// Lets the rest pass, so that the hash is the whole file's.
    pub(crate) fn drain(&mut self) -> io::Result<()> {
        let mut chunk = vec![0; COMPRESSED_CHUNK];
        while self.read(&mut chunk)? > 0 {}
        Ok(())
    }

    pub(crate) fn finish(self) -> (Sha256, u64) {
        (Sha256(self.hasher.finalize().into()), self.passed.get())
    }
}

impl Read for Hashed<'_> {
    fn read(&mut self, out: &mut [u8]) -> io::Result<usize> {
        let count = read_some(self.inner, out)?;
        self.hasher.update(&out[..count]);
        let more = u64::try_from(count).unwrap_or(u64::MAX);
        self.passed.set(self.passed.get() + more);
        self.progress.bytes(more);
        Ok(count)
    }
}

/// Content, held to the ratio and size limits.
pub(crate) struct Content<'r> {
    inner: Box<dyn Read + 'r>,
    packed: bool,
    compressed: Rc<Cell<u64>>,
    out: Rc<Cell<u64>>,
    limits: &'r Limits,
}

impl<'r> Content<'r> {
    /// Content of `raw`, packed as told; `compressed` counts the bytes that went in.
    pub(crate) fn new(
        raw: impl Read + 'r,
        packing: Packing,
        compressed: Rc<Cell<u64>>,
        limits: &'r Limits,
    ) -> io::Result<Self> {
        let inner: Box<dyn Read + 'r> = match packing {
            Packing::Gzip => {
                Box::new(flate2::bufread::MultiGzDecoder::new(BufReader::with_capacity(COMPRESSED_CHUNK, raw)))
            }
            Packing::Zstd => {
                let mut decoder = zstd::stream::read::Decoder::new(raw)?;
                decoder.window_log_max(limits.zstd_window_log)?;
                Box::new(decoder)
            }
            Packing::Plain | Packing::Zip => Box::new(raw),
        };
        Ok(Self { inner, packed: packing != Packing::Plain, compressed, out: Rc::default(), limits })
    }

    /// What an archive's own reader unpacks, held to the limits.
    pub(crate) fn held(unpacked: impl Read + 'r, compressed: Rc<Cell<u64>>, limits: &'r Limits) -> Self {
        Self { inner: Box::new(unpacked), packed: true, compressed, out: Rc::default(), limits }
    }

    /// Content bytes that came out so far, to be read while something else holds the reader.
    pub(crate) fn counter(&self) -> Rc<Cell<u64>> {
        Rc::clone(&self.out)
    }

    fn check(&self, out: u64) -> io::Result<()> {
        let stop = |what: String| Err(io::Error::other(what));
        if out > self.limits.content_bytes {
            return stop(format!("more than {} bytes of content", self.limits.content_bytes));
        }
        let ratio_matters = self.packed && out > self.limits.ratio_floor_bytes;
        if ratio_matters && out / self.limits.ratio > self.compressed.get() {
            return stop(format!("unpacks to more than {} times its size", self.limits.ratio));
        }
        Ok(())
    }
}

impl Read for Content<'_> {
    fn read(&mut self, out: &mut [u8]) -> io::Result<usize> {
        let count = read_some(&mut *self.inner, out)?;
        let total = self.out.get() + u64::try_from(count).unwrap_or(u64::MAX);
        self.check(total)?;
        self.out.set(total);
        Ok(count)
    }
}

/// One read, again if it was interrupted.
pub(crate) fn read_some(reader: &mut (impl Read + ?Sized), out: &mut [u8]) -> io::Result<usize> {
    loop {
        match reader.read(out) {
            Err(error) if error.kind() == io::ErrorKind::Interrupted => {}
            other => return other,
        }
    }
}

/// Reads until `out` is full or the end; a count with an error says what came before it.
pub(crate) fn read_full(reader: &mut (impl Read + ?Sized), out: &mut [u8]) -> (usize, io::Result<()>) {
    let mut filled = 0;
    while filled < out.len() {
        match read_some(reader, &mut out[filled..]) {
            Ok(0) => break,
            Ok(count) => filled += count,
            Err(error) => return (filled, Err(error)),
        }
    }
    (filled, Ok(()))
}
