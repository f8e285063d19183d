//! Owns columns of texts that hardly ever repeat (ids, subjects): what each text shares with the one before it, and the rest.
//!
//! Store ids of one folder differ in their last dozen characters, so little is copied, compressed and kept. The page is
//! Parquet's DELTA_BYTE_ARRAY, which every engine reads.
//!
//! Invariant: a block's first text shares nothing, so blocks' columns are simply put behind each other.

use polars::{
    error::{PolarsError, PolarsResult},
    prelude::ArrowField,
};
use polars_arrow::{
    array::{Array, PrimitiveArray},
    bitmap::{Bitmap, MutableBitmap},
    datatypes::ArrowDataType,
};
use polars_parquet::{
    parquet::{
        CowBuffer,
        metadata::Descriptor,
        page::{DataPage, DataPageHeader, DataPageHeaderV1},
        schema::types::{ParquetType, PrimitiveType},
        statistics::BinaryStatistics,
    },
    write as pq,
};

/// One column of a block.
#[derive(Default)]
pub(crate) struct Texts {
    present: MutableBitmap,
    /// Bytes that a text shares with the one before it.
    shared: Vec<i32>,
    /// Bytes that follow those.
    lengths: Vec<i32>,
    rest: Vec<u8>,
}

impl Texts {
    /// The texts of cells.
    pub(crate) fn of<'c>(cells: impl Iterator<Item = Option<&'c str>>) -> Self {
        let mut texts = Self::default();
        texts.present.reserve(cells.size_hint().0);
        let mut last: &[u8] = &[];
        for cell in cells {
            texts.present.push(cell.is_some());
            let Some(text) = cell.map(str::as_bytes) else { continue };
            let shared = common(last, text);
            texts.shared.push(count(shared));
            texts.lengths.push(count(text.len() - shared));
            texts.rest.extend_from_slice(&text[shared..]);
            last = text;
        }
        texts
    }
}

/// A text is shorter than a row, and a row is far shorter than 2^31: saturation is never reached.
fn count(bytes: usize) -> i32 {
    i32::try_from(bytes).unwrap_or(i32::MAX)
}

/// How many bytes two texts begin with alike; eight are compared at once.
fn common(a: &[u8], b: &[u8]) -> usize {
    let (a_words, b_words) = (a.as_chunks::<8>().0, b.as_chunks::<8>().0);
    let mut at = 0;
    for (a, b) in a_words.iter().zip(b_words) {
        let differs = u64::from_le_bytes(*a) ^ u64::from_le_bytes(*b);
        if differs != 0 {
            return at + usize::try_from(differs.trailing_zeros() / 8).unwrap_or_default();
        }
        at += 8;
    }
    at + a[at..].iter().zip(&b[at..]).take_while(|(a, b)| a == b).count()
}

/// The column of several blocks as one page of a Parquet column.
pub(crate) fn page(blocks: &[&Texts], column: &ParquetType, options: pq::WriteOptions) -> PolarsResult<DataPage> {
    let ParquetType::PrimitiveType(column) = column else {
        return Err(PolarsError::ComputeError("a column of texts is flat".into()));
    };
    let rows = blocks.iter().map(|texts| texts.present.len()).sum();
    let values: usize = blocks.iter().map(|texts| texts.lengths.len()).sum();
    let present: Option<Bitmap> =
        (values < rows).then(|| blocks.iter().flat_map(|texts| texts.present.iter()).collect());
    let mut bytes = Vec::with_capacity(blocks.iter().map(|texts| texts.rest.len() + 4 * texts.lengths.len()).sum());
    pq::write_def_levels(&mut bytes, true, present.as_ref(), rows, options.version)?;
    // Streams of no numbers have a head that engines differ about; no plain texts are no bytes.
    let encoding = if values == 0 { pq::Encoding::Plain } else { pq::Encoding::DeltaByteArray };
    if values > 0 {
        lengths(blocks.iter().flat_map(|texts| texts.shared.iter()), &mut bytes, options)?;
        lengths(blocks.iter().flat_map(|texts| texts.lengths.iter()), &mut bytes, options)?;
    }
    blocks.iter().for_each(|texts| bytes.extend_from_slice(&texts.rest));
    let statistics = BinaryStatistics {
        primitive_type: column.clone(),
        null_count: i64::try_from(rows - values).ok(),
        distinct_count: None,
        max_value: None,
        min_value: None,
    };
    let header = DataPageHeaderV1 {
        num_values: i32::try_from(rows).map_err(|_| PolarsError::ComputeError("too many rows".into()))?,
        encoding: encoding.into(),
        definition_level_encoding: pq::Encoding::Rle.into(),
        repetition_level_encoding: pq::Encoding::Rle.into(),
        statistics: Some(statistics.serialize()),
    };
    Ok(DataPage::new(DataPageHeader::V1(header), CowBuffer::Owned(bytes), descriptor(column), rows))
}

fn descriptor(column: &PrimitiveType) -> Descriptor {
    Descriptor { primitive_type: column.clone(), max_def_level: 0, max_rep_level: 0 }
}

/// Appends numbers as DELTA_BINARY_PACKED: the values of a page of a column that is never null.
fn lengths<'n>(
    numbers: impl Iterator<Item = &'n i32>,
    out: &mut Vec<u8>,
    options: pq::WriteOptions,
) -> PolarsResult<()> {
    let field = ArrowField::new("length".into(), ArrowDataType::Int32, false);
    let numbers: Box<dyn Array> = Box::new(PrimitiveArray::<i32>::from_vec(numbers.copied().collect()));
    let whole = pq::WriteOptions {
        statistics: pq::StatisticsOptions::empty(),
        // One page: the numbers are one stream.
        data_page_size: Some(usize::MAX),
        ..options
    };
    let kind = pq::to_parquet_type(&field)?;
    for pages in pq::array_to_columns(numbers, kind, whole, &[pq::Encoding::DeltaBinaryPacked])? {
        for page in pages {
            if let pq::Page::Data(page) = page? {
                out.extend_from_slice(page.buffer());
            }
        }
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_two_texts_begin_with_is_told_to_the_byte() {
        let long = "AAMkAGI2NGVhZTVlLTI1OGM";
        for at in 0..long.len() {
            let mut other = long.as_bytes().to_vec();
            other[at] ^= 1;
            assert_eq!(common(long.as_bytes(), &other), at);
            assert_eq!(common(long.as_bytes(), &other[..at]), at);
        }
        assert_eq!(common(b"", b"a"), 0);
        assert_eq!(common(long.as_bytes(), long.as_bytes()), long.len());
    }

    #[test]
    fn only_what_is_new_is_kept() {
        let texts = Texts::of([Some("folder/1"), None, Some("folder/23"), Some("x"), Some(""), Some("x")].into_iter());
        assert_eq!(texts.shared, [0, 7, 0, 0, 0]);
        assert_eq!(texts.lengths, [8, 2, 1, 0, 1]);
        assert_eq!(texts.rest, b"folder/123xx");
    }
}
