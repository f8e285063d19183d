//! Owns the columns of rows on their way to a file: what a worker makes of a block, and several blocks' columns as one.
//!
//! Texts that repeat are interned while the columns are made: a number a cell, each word once. Frames would copy each text
//! into each cell, and the encoder would then hash all of them twice to find the words again; this was half of the time.
//!
//! Invariant: words stand in order of first appearance, so the bytes written depend on the rows only.

use foldhash::fast::FixedState;
use hashbrown::HashMap;
use polars::{
    error::{PolarsError, PolarsResult},
    prelude::{CompatLevel, DataFrame},
};
use polars_arrow::{
    array::{
        Array, DictionaryArray, MutableBinaryViewArray, MutableUtf8Array, PrimitiveArray, Utf8Array, Utf8ViewArray,
    },
    bitmap::Bitmap,
    compute::concatenate::concatenate,
    datatypes::{ArrowDataType, IntegerType},
};

use crate::{
    schema::{Kind, Table},
    texts::Texts,
};

/// A map from word to number.
pub(crate) type Numbers<'w> = HashMap<&'w str, u32, FixedState>;

/// Columns of a table, in its order.
#[derive(Default)]
pub(crate) struct Columns {
    pub(crate) rows: usize,
    pub(crate) cells: Vec<Cells>,
}

/// One column of a block.
pub(crate) enum Cells {
    /// Texts that repeat.
    Words(Words),
    /// Texts that hardly ever repeat.
    Texts(Texts),
    /// Anything else.
    Array(Box<dyn Array>),
}

/// Texts as numbers of words.
#[derive(Default)]
pub(crate) struct Words {
    numbers: Vec<u32>,
    text: String,
    ends: Vec<usize>,
}

/// The number of a cell without a text.
const NONE: u32 = u32::MAX;

impl Words {
    /// The words of cells.
    pub(crate) fn of<'c>(cells: impl Iterator<Item = Option<&'c str>>) -> Self {
        Self::with(cells, &mut Numbers::default())
    }

    /// The words of cells, told apart in a map that is used for one column after the other.
    pub(crate) fn with<'c>(cells: impl Iterator<Item = Option<&'c str>>, known: &mut Numbers<'c>) -> Self {
        let mut words = Self { numbers: Vec::with_capacity(cells.size_hint().0), ..Self::default() };
        known.clear();
        let mut last: (&str, u32) = ("", NONE);
        for cell in cells {
            let number = match cell {
                None => NONE,
                // The items of a record share its texts: not equal ones, the same.
                Some(text) if std::ptr::eq(text, last.0) && last.1 != NONE => last.1,
                Some(text) => {
                    let next = u32::try_from(words.ends.len()).unwrap_or(NONE);
                    let number = *known.entry(text).or_insert(next);
                    if number == next {
                        words.text.push_str(text);
                        words.ends.push(words.text.len());
                    }
                    last = (text, number);
                    number
                }
            };
            words.numbers.push(number);
        }
        words
    }

    fn iter(&self) -> impl Iterator<Item = &str> {
        let mut start = 0;
        self.ends.iter().map(move |end| {
            let word = &self.text[start..*end];
            start = *end;
            word
        })
    }
}

/// One column of several blocks whose texts hardly ever repeat; none if it is another kind of column.
pub(crate) fn texts(chunks: &[Columns], at: usize) -> Vec<&Texts> {
    let cells = chunks.iter().filter_map(|chunk| chunk.cells.get(at));
    cells
        .filter_map(|cells| match cells {
            Cells::Texts(texts) => Some(texts),
            Cells::Words(_) | Cells::Array(_) => None,
        })
        .collect()
}

/// One column of several blocks as one array, ready to be encoded.
pub(crate) fn gather(chunks: &[Columns], at: usize) -> PolarsResult<Box<dyn Array>> {
    let cells: Vec<&Cells> = chunks.iter().filter_map(|chunk| chunk.cells.get(at)).collect();
    let arrays: Vec<&dyn Array> = cells
        .iter()
        .filter_map(|cells| match cells {
            Cells::Array(array) => Some(array.as_ref()),
            Cells::Words(_) | Cells::Texts(_) => None,
        })
        .collect();
    match arrays.as_slice() {
        [] => {
            let words = cells.iter().filter_map(|cells| match cells {
                Cells::Words(words) => Some(words),
                Cells::Array(_) | Cells::Texts(_) => None,
            });
            gather_words(&words.collect::<Vec<_>>())
        }
        [one] => Ok(one.to_boxed()),
        several => concatenate(several),
    }
}

fn gather_words(chunks: &[&Words]) -> PolarsResult<Box<dyn Array>> {
    let rows = chunks.iter().map(|words| words.numbers.len()).sum();
    let mut known = Numbers::default();
    let mut words: Vec<&str> = Vec::new();
    let mut numbers: Vec<u32> = Vec::with_capacity(rows);
    for chunk in chunks {
        let moved: Vec<u32> = chunk
            .iter()
            .map(|word| {
                let next = u32::try_from(words.len()).unwrap_or(NONE);
                let number = *known.entry(word).or_insert(next);
                if number == next {
                    words.push(word);
                }
                number
            })
            .collect();
        let number = |old: u32| usize::try_from(old).ok().and_then(|old| moved.get(old)).copied().unwrap_or(NONE);
        numbers.extend(chunk.numbers.iter().map(|old| number(*old)));
    }
    // A dictionary pays while words repeat; of few rows it costs nothing.
    if rows > 128 && words.len() > rows / 4 * 3 {
        let mut texts = MutableUtf8Array::<i64>::with_capacities(rows, 0);
        numbers.iter().for_each(|n| texts.push(usize::try_from(*n).ok().and_then(|n| words.get(n))));
        let texts: Utf8Array<i64> = texts.into();
        return Ok(Box::new(texts));
    }
    let present = numbers.contains(&NONE).then(|| numbers.iter().map(|n| *n != NONE).collect::<Bitmap>());
    numbers.iter_mut().filter(|n| **n == NONE).for_each(|n| *n = 0);
    let mut values = MutableBinaryViewArray::<str>::with_capacity(words.len());
    words.iter().for_each(|word| values.push_value(word));
    let values: Utf8ViewArray = values.into();
    let words_type = ArrowDataType::Dictionary(IntegerType::UInt32, Box::new(ArrowDataType::Utf8View), false);
    let numbers = PrimitiveArray::new(ArrowDataType::UInt32, numbers.into(), present);
    Ok(Box::new(DictionaryArray::<u32>::try_new(words_type, numbers, Box::new(values))?))
}

/// The columns of a frame of a table.
pub(crate) fn of_frame(table: &Table, frame: &DataFrame) -> PolarsResult<Columns> {
    let cells = table
        .columns
        .iter()
        .map(|(name, kind)| {
            let column = frame.column(name)?;
            match kind {
                Kind::Text => Ok(Cells::Words(Words::of(column.str()?.iter()))),
                Kind::Unique => Ok(Cells::Texts(Texts::of(column.str()?.iter()))),
                _ => {
                    let series = column.as_materialized_series().rechunk();
                    if *series.dtype() != kind.data_type() {
                        return Err(PolarsError::SchemaMismatch((*name).to_owned().into()));
                    }
                    Ok(Cells::Array(series.to_arrow(0, CompatLevel::newest())))
                }
            }
        })
        .collect::<PolarsResult<_>>()?;
    Ok(Columns { rows: frame.height(), cells })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn cells(array: &dyn Array) -> Vec<Option<String>> {
        let words = array.as_any().downcast_ref::<DictionaryArray<u32>>().unwrap();
        let values = words.values().as_any().downcast_ref::<Utf8ViewArray>().unwrap();
        words.keys().iter().map(|n| n.map(|n| values.value(usize::try_from(*n).unwrap()).to_owned())).collect()
    }

    #[test]
    fn words_of_several_blocks_are_numbered_by_first_appearance() {
        let blocks = [vec![Some("b"), None, Some("a"), Some("b")], vec![], vec![Some("a"), Some(""), Some("c")]];
        let chunks: Vec<Words> = blocks.iter().map(|block| Words::of(block.iter().copied())).collect();
        let array = gather_words(&chunks.iter().collect::<Vec<_>>()).unwrap();
        let expected: Vec<Option<String>> = blocks.concat().into_iter().map(|cell| cell.map(str::to_owned)).collect();
        assert_eq!(cells(array.as_ref()), expected);
        let words = array.as_any().downcast_ref::<DictionaryArray<u32>>().unwrap();
        assert_eq!(words.keys().values().as_slice(), [0, 0, 1, 0, 1, 2, 3]);
    }

    #[test]
    fn a_frame_and_the_rows_it_was_made_of_give_the_same_columns() {
        use polars::prelude::{Column, NamedFrom, Series};
        const TABLE: Table = Table { file: "t", columns: &[("a", Kind::Text), ("b", Kind::Unique), ("c", Kind::U64)] };
        let texts = [Some("x"), None, Some("x")];
        let text = |name: &str| Column::from(Series::new(name.into(), texts));
        let numbers = Column::from(Series::new("c".into(), [3u64, 1, 2]));
        let frame = DataFrame::new(3, vec![numbers, text("b"), text("a")]).unwrap();
        let columns = of_frame(&TABLE, &frame).unwrap();
        assert_eq!(cells(gather(&[columns], 0).unwrap().as_ref()), texts.map(|text| text.map(str::to_owned)));
        let twice = [of_frame(&TABLE, &frame).unwrap(), of_frame(&TABLE, &frame.slice(1, 2)).unwrap()];
        let numbers = gather(&twice, 2).unwrap();
        let numbers = numbers.as_any().downcast_ref::<PrimitiveArray<u64>>().unwrap();
        assert_eq!(numbers.values().as_slice(), [3, 1, 2, 1, 2]);
        let other = DataFrame::new(0, vec![]).unwrap();
        assert!(of_frame(&TABLE, &other).is_err(), "a frame of another table");
    }

    #[test]
    fn texts_that_hardly_repeat_need_no_dictionary() {
        let texts: Vec<String> = (0..200).map(|n| n.to_string()).collect();
        let words = Words::of(texts.iter().map(|text| Some(text.as_str())));
        let array = gather_words(&[&words]).unwrap();
        let plain = array.as_any().downcast_ref::<Utf8Array<i64>>().unwrap();
        assert!(plain.values_iter().eq(texts.iter()));
    }
}
