//! Owns text encodings of a source: told by byte order mark or by the pattern of zero bytes, turned into UTF-8 as a stream.
//!
//! Invariant: a stretch of transcoded text says how many source bytes it came from ([`Encoding::source_len`]), so locators
//! count bytes of the file as it stands. A byte order mark is left in the text: cutters treat it as no part of a row.

use std::io::{self, Read};

/// How a source's text is written.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Encoding {
    /// UTF-8, with or without a mark. Also ASCII.
    Utf8,
    /// UTF-16, low byte first (what PowerShell 5.1 redirection writes).
    Utf16Le,
    /// UTF-16, high byte first.
    Utf16Be,
}

impl Encoding {
    /// Bytes looked at to tell an encoding.
    pub(crate) const LOOK: usize = 512;

    /// Tells the encoding from a file's first bytes; text is assumed (a binary file is refused later, by its content).
    pub(crate) fn tell(head: &[u8]) -> Self {
        match head {
            [0xff, 0xfe, ..] => return Self::Utf16Le,
            [0xfe, 0xff, ..] => return Self::Utf16Be,
            [0xef, 0xbb, 0xbf, ..] => return Self::Utf8,
            _ => {}
        }
        // Without a mark: exports begin with ASCII, so one byte of the first pairs is zero, always the same one. Names further on
        // may be in any script, so a quarter of such pairs is enough.
        let pairs: Vec<&[u8]> = head.chunks_exact(2).take(Self::LOOK / 2).collect();
        let low_first = |pair: &&&[u8]| pair[0] != 0 && pair[1] == 0;
        let high_first = |pair: &&&[u8]| pair[0] == 0 && pair[1] != 0;
        let low = pairs.iter().filter(low_first).count();
        let high = pairs.iter().filter(high_first).count();
        let begins = |so: &dyn Fn(&&&[u8]) -> bool| pairs.len() > 1 && pairs.iter().take(2).all(|pair| so(&pair));
        if begins(&low_first) && low * 4 >= pairs.len() && high * 20 <= pairs.len() {
            Self::Utf16Le
        } else if begins(&high_first) && high * 4 >= pairs.len() && low * 20 <= pairs.len() {
            Self::Utf16Be
        } else {
            Self::Utf8
        }
    }

    /// The spelling in receipts.
    pub(crate) fn as_str(self) -> &'static str {
        match self {
            Self::Utf8 => "utf-8",
            Self::Utf16Le => "utf-16le",
            Self::Utf16Be => "utf-16be",
        }
    }

    /// How many source bytes a stretch of transcoded text came from. A lone surrogate is two bytes there and U+FFFD here,
    /// which counts as two again.
    pub(crate) fn source_len(self, text: &[u8]) -> u64 {
        let bytes = match self {
            Self::Utf8 => text.len(),
            Self::Utf16Le | Self::Utf16Be => text
                .chunks(120)
                .map(|chunk| {
                    let units: u8 = chunk.iter().map(|b| u8::from(*b & 0xc0 != 0x80) + u8::from(*b >= 0xf0)).sum();
                    usize::from(units) * 2
                })
                .sum(),
        };
        u64::try_from(bytes).unwrap_or(u64::MAX)
    }
}

/// Room in which any character fits, so that decoding always gets on.
const SPILL: usize = 16;

/// A reader of UTF-8 over a reader of any [`Encoding`].
pub(crate) struct Transcoder<R> {
    inner: R,
    decoder: Option<encoding_rs::Decoder>,
    /// Source bytes not yet decoded, `at..end`.
    pending: Vec<u8>,
    at: usize,
    end: usize,
    /// Text that did not fit into the last piece it was read into, `spill_at..spill_end`.
    spill: [u8; SPILL],
    spill_at: usize,
    spill_end: usize,
    ended: bool,
    finished: bool,
    replaced: bool,
}

impl<R: Read> Transcoder<R> {
    const CHUNK: usize = 256 << 10;

    pub(crate) fn new(inner: R, encoding: Encoding) -> Self {
        let decoder = match encoding {
            Encoding::Utf8 => None,
            Encoding::Utf16Le => Some(encoding_rs::UTF_16LE.new_decoder_without_bom_handling()),
            Encoding::Utf16Be => Some(encoding_rs::UTF_16BE.new_decoder_without_bom_handling()),
        };
        let pending = if decoder.is_some() { vec![0; Self::CHUNK] } else { Vec::new() };
        Self {
            inner,
            decoder,
            pending,
            at: 0,
            end: 0,
            spill: [0; SPILL],
            spill_at: 0,
            spill_end: 0,
            ended: false,
            finished: false,
            replaced: false,
        }
    }

    /// Whether anything had to be replaced by U+FFFD so far.
    pub(crate) fn replaced(&self) -> bool {
        self.replaced
    }
}

impl<R: Read> Read for Transcoder<R> {
    fn read(&mut self, out: &mut [u8]) -> io::Result<usize> {
        if self.decoder.is_none() {
            return self.inner.read(out);
        }
        if self.spill_at == self.spill_end {
            if out.len() >= SPILL {
                return self.decode(out);
            }
            let mut spill = [0; SPILL];
            self.spill_end = self.decode(&mut spill)?;
            (self.spill, self.spill_at) = (spill, 0);
        }
        let count = out.len().min(self.spill_end - self.spill_at);
        out[..count].copy_from_slice(&self.spill[self.spill_at..self.spill_at + count]);
        self.spill_at += count;
        Ok(count)
    }
}

impl<R: Read> Transcoder<R> {
    /// Decodes into `out`, which has room for any character; 0 at the end only.
    fn decode(&mut self, out: &mut [u8]) -> io::Result<usize> {
        let Some(decoder) = &mut self.decoder else { return Ok(0) };
        while !self.finished {
            if self.at == self.end && !self.ended {
                self.at = 0;
                self.end = 0;
                self.end = self.inner.read(&mut self.pending)?;
                self.ended = self.end == 0;
            }
            let (result, read, written, replaced) =
                decoder.decode_to_utf8(&self.pending[self.at..self.end], out, self.ended);
            self.at += read;
            self.replaced |= replaced;
            self.finished = self.ended && result == encoding_rs::CoderResult::InputEmpty;
            if written > 0 {
                return Ok(written);
            }
        }
        Ok(0)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn utf16(text: &str, big: bool) -> Vec<u8> {
        text.encode_utf16().flat_map(|u| if big { u.to_be_bytes() } else { u.to_le_bytes() }).collect()
    }

    #[test]
    fn encodings_are_told_with_and_without_a_mark() {
        for text in
            ["CreationDate,UserIds\r\n1,2", "\u{feff}{\"Id\":1}", "[{\"Name\":\"Ωμέγα παράδειγμα\"}, 123456789012345]"]
        {
            assert_eq!(Encoding::tell(&utf16(text, false)), Encoding::Utf16Le, "{text}");
            assert_eq!(Encoding::tell(&utf16(text, true)), Encoding::Utf16Be, "{text}");
            assert_eq!(Encoding::tell(text.as_bytes()), Encoding::Utf8, "{text}");
        }
        assert_eq!(Encoding::tell(b""), Encoding::Utf8);
    }

    #[test]
    fn text_comes_out_whole_however_it_is_read_and_knows_its_source_length() {
        let text = "\u{feff}a\u{e9}\u{20ac}\u{1f600}\r\nlast";
        for big in [false, true] {
            let encoding = if big { Encoding::Utf16Be } else { Encoding::Utf16Le };
            let bytes = utf16(text, big);
            assert_eq!(encoding.source_len(text.as_bytes()), bytes.len() as u64);
            let mut reader = Transcoder::new(&bytes[..], encoding);
            let (mut out, mut piece) = (Vec::new(), [0u8; 3]);
            loop {
                let n = reader.read(&mut piece).unwrap();
                if n == 0 {
                    break;
                }
                out.extend_from_slice(&piece[..n]);
            }
            assert_eq!(String::from_utf8(out).unwrap(), text);
            assert!(!reader.replaced());
        }
    }

    #[test]
    fn a_lone_surrogate_is_replaced_and_still_counts_two_bytes() {
        let bytes = [b'a', 0, 0x00, 0xd8, b'b', 0];
        let mut reader = Transcoder::new(&bytes[..], Encoding::Utf16Le);
        let mut out = [0u8; 64];
        let n = reader.read(&mut out).unwrap();
        assert_eq!(&out[..n], "a\u{fffd}b".as_bytes());
        assert!(reader.replaced());
        assert_eq!(Encoding::Utf16Le.source_len(&out[..n]), 6);
    }
}
