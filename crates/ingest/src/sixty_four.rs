//! Owns finding bytes sixty-four at a time: which of a block's bytes are a quote, which end the plain part of a JSON text.
//!
//! Quotes stand about ten bytes apart in exported JSON, too near for a search that is called anew for each: one mask answers
//! for a block.

use wide::u8x16;

/// Bytes of a block.
pub(crate) const BLOCK: usize = 64;

/// Which bytes of the block are double quotes; the lowest bit is the first byte.
pub(crate) fn quotes(block: &[u8; BLOCK]) -> u64 {
    mask(block, |lane| lane.simd_eq(u8x16::splat(b'"')))
}

/// Which bytes of the block are double quotes, backslashes or control characters.
pub(crate) fn stops(block: &[u8; BLOCK]) -> u64 {
    mask(block, |lane| {
        let control = lane.min(u8x16::splat(0x1f)).simd_eq(lane);
        lane.simd_eq(u8x16::splat(b'"')) | lane.simd_eq(u8x16::splat(b'\\')) | control
    })
}

fn mask(block: &[u8; BLOCK], told: impl Fn(u8x16) -> u8x16) -> u64 {
    let lanes = block.as_chunks().0.iter().enumerate();
    lanes.fold(0, |mask, (at, lane)| mask | u64::from(told(u8x16::new(*lane)).to_bitmask()) << (16 * at))
}

/// The place of a mask's lowest bit; [`BLOCK`] if it has none.
pub(crate) fn bit(mask: u64) -> usize {
    usize::try_from(mask.trailing_zeros()).unwrap_or(BLOCK)
}

/// The block at `at`, as far as there are bytes; blanks behind them, which are neither quote nor stop.
pub(crate) fn block(bytes: &[u8], at: usize) -> [u8; BLOCK] {
    if let Some(whole) = bytes.get(at..at + BLOCK).and_then(|whole| whole.try_into().ok()) {
        return whole;
    }
    let mut padded = [b' '; BLOCK];
    let rest = bytes.get(at..).unwrap_or_default();
    let count = rest.len().min(BLOCK);
    padded[..count].copy_from_slice(&rest[..count]);
    padded
}

/// Finds the end of quoted text in which quotes are doubled, in bytes that begin behind the opening quote: the quote that is
/// not followed by another, and whether others stand before it. `None` if there is no end.
///
/// Pairs are taken from the left, so that quote is the last of the first run of odd length. The lengths of all runs of a block
/// are told at once, by letting an addition carry through them.
pub(crate) fn closing_quote(bytes: &[u8]) -> Option<(usize, bool)> {
    const EVEN: u64 = 0x5555_5555_5555_5555;
    let mut odd_before = 0u64;
    let mut first = None;
    let mut at = 0;
    while at < bytes.len() {
        let marks = quotes(&block(bytes, at));
        let begins = marks & !(marks << 1);
        let even_places = EVEN ^ odd_before;
        let from_even = marks.wrapping_add(begins & even_places);
        let (from_odd, carried) = marks.overflowing_add(begins & !even_places);
        let behind = !marks & ((from_even & !EVEN) | ((from_odd | odd_before) & EVEN));
        odd_before = u64::from(carried);
        if behind != 0 {
            let end = at + bit(behind);
            let first = first.unwrap_or(at + bit(marks));
            return Some((end - 1, first != end - 1));
        }
        if first.is_none() && marks != 0 {
            first = Some(at + bit(marks));
        }
        at += BLOCK;
    }
    (odd_before == 1).then(|| (bytes.len() - 1, first != Some(bytes.len() - 1)))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_byte_is_told_for_what_it_is() {
        for byte in 0..=255u8 {
            for place in [0, 1, 15, 16, 31, 63] {
                let mut block = [b'x'; BLOCK];
                block[place] = byte;
                let told = |yes: bool| if yes { 1u64 << place } else { 0 };
                assert_eq!(quotes(&block), told(byte == b'"'), "{byte}");
                assert_eq!(stops(&block), told(byte == b'"' || byte == b'\\' || byte < b' '), "{byte}");
            }
        }
    }

    /// The same by walking.
    fn walked(bytes: &[u8]) -> Option<(usize, bool)> {
        let mut at = 0;
        let mut before = false;
        loop {
            let quote = at + bytes.get(at..)?.iter().position(|b| *b == b'"')?;
            if bytes.get(quote + 1) != Some(&b'"') {
                return Some((quote, before));
            }
            (at, before) = (quote + 2, true);
        }
    }

    #[test]
    fn runs_of_quotes_around_the_edge_of_a_block_end_where_they_end() {
        for lead in 55..70 {
            for run in 0..80 {
                for tail in ["", "x", "x\"", "\u{e9}\"\"x\""] {
                    let text = format!("{}{}{tail}", "x".repeat(lead), "\"".repeat(run));
                    assert_eq!(closing_quote(text.as_bytes()), walked(text.as_bytes()), "{lead} {run} {tail}");
                }
            }
        }
    }

    proptest::proptest! {
        #[test]
        fn the_closing_quote_is_the_one_that_walking_finds(text in "([\"]{0,3}[a-z]{0,9}){0,40}") {
            proptest::prop_assert_eq!(closing_quote(text.as_bytes()), walked(text.as_bytes()));
        }
    }
}
