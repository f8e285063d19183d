//! Owns turning columns into Parquet pages: columns become a compressed row group on whatever thread, a file takes row
//! groups in order.
//!
//! Invariant: the bytes of a row group depend on its rows only, so files do not depend on the number of threads.
//! Why not polars' own `BatchedWriter`: it compresses on the calling thread under its own lock, and unwraps encoding errors.
//! Does not know which rows belong together: see `lane`.

use std::{
    fs::File,
    io::{BufWriter, Cursor, Write as _},
    path::Path,
    sync::{Mutex, PoisonError},
};

use polars::{
    error::{PolarsError, PolarsResult},
    prelude::{ArrowSchema, CompatLevel, DataFrame, DataType, Field},
};
use polars_arrow::datatypes::ArrowDataType;
use polars_parquet::{
    parquet::{
        CowBuffer,
        compression::Compression,
        page::{CompressedDataPage, CompressedDictPage},
    },
    read::{ColumnChunkMetadata, PageReader},
    write as pq,
};

use crate::{
    TimelineError,
    cells::{self, Columns},
    schema::{Kind, Table},
    texts,
};

/// A column of a row group: its compressed pages.
pub(crate) type Pages = Vec<pq::CompressedPage>;

/// A row group's compressed pages, column by column.
pub(crate) struct RowGroup {
    pub(crate) rows: usize,
    pub(crate) columns: Vec<Pages>,
}

/// Encodes frames of one table.
pub(crate) struct Encoder {
    table: &'static Table,
    arrow: ArrowSchema,
    parquet: pq::SchemaDescriptor,
    /// Compressors at rest. One that is made anew for each page costs its tables' memory each time.
    compressors: Mutex<Vec<Compressor>>,
}

/// A compressor and the room it writes to.
struct Compressor {
    zstd: zstd::bulk::Compressor<'static>,
    room: Vec<u8>,
}

/// zstd 1: half the time of 3, for files 2 % larger.
const LEVEL: i32 = 1;

impl Compressor {
    fn new() -> std::io::Result<Self> {
        Ok(Self { zstd: zstd::bulk::Compressor::new(LEVEL)?, room: Vec::new() })
    }

    fn compress(&mut self, bytes: &[u8]) -> std::io::Result<CowBuffer> {
        self.room.clear();
        self.room.reserve(zstd::zstd_safe::compress_bound(bytes.len()));
        self.zstd.compress_to_buffer(bytes, &mut self.room)?;
        Ok(CowBuffer::Owned(self.room.as_slice().to_vec()))
    }

    fn page(&mut self, page: pq::Page) -> std::io::Result<pq::CompressedPage> {
        Ok(match page {
            pq::Page::Dict(page) => pq::CompressedPage::Dict(CompressedDictPage::new(
                self.compress(&page.buffer)?,
                Compression::Zstd,
                page.buffer.len(),
                page.num_values,
                page.is_sorted,
            )),
            pq::Page::Data(page) => pq::CompressedPage::Data(CompressedDataPage::new(
                page.header().clone(),
                self.compress(page.buffer())?,
                Compression::Zstd,
                page.buffer().len(),
                page.descriptor.clone(),
                page.num_rows().unwrap_or_else(|| page.num_values()),
            )),
        })
    }
}

impl Encoder {
    pub(crate) fn new(table: &'static Table) -> Result<Self, TimelineError> {
        let arrow: ArrowSchema = table
            .columns
            .iter()
            .map(|(name, kind)| {
                let field = Field::new((*name).into(), kind.data_type()).to_arrow(CompatLevel::newest());
                (field.name.clone(), field)
            })
            .collect();
        let parquet = pq::to_parquet_schema(&arrow).map_err(|source| encode_error(table, source))?;
        Ok(Self { table, arrow, parquet, compressors: Mutex::default() })
    }

    /// The columns of a frame of the table.
    pub(crate) fn columns(&self, frame: &DataFrame) -> Result<Columns, TimelineError> {
        cells::of_frame(self.table, frame).map_err(|source| encode_error(self.table, source))
    }

    /// Columns of the table as a row group.
    pub(crate) fn encode(&self, columns: Columns) -> Result<RowGroup, TimelineError> {
        let chunks = [columns];
        let columns = (0..self.table.columns.len()).map(|at| self.column(&chunks, at)).collect::<Result<_, _>>()?;
        Ok(RowGroup { rows: chunks[0].rows, columns })
    }

    /// One column of a row group as pages.
    pub(crate) fn column(&self, chunks: &[Columns], at: usize) -> Result<Pages, TimelineError> {
        self.pages(chunks, at).map_err(|source| encode_error(self.table, source))
    }

    fn pages(&self, chunks: &[Columns], at: usize) -> PolarsResult<Pages> {
        let missing = || PolarsError::ColumnNotFound(self.table.file.into());
        let parquet = self.parquet.fields().get(at).ok_or_else(missing)?;
        let (_, kind) = self.table.columns.get(at).ok_or_else(missing)?;
        let mut compressor = match self.at_rest().pop() {
            Some(compressor) => compressor,
            None => Compressor::new()?,
        };
        let mut compressed = Vec::new();
        if *kind == Kind::Unique {
            let page = texts::page(&cells::texts(chunks, at), parquet, options(*kind)?)?;
            compressed.push(compressor.page(pq::Page::Data(page))?);
        } else {
            let array = cells::gather(chunks, at)?;
            let encoding = match array.dtype() {
                ArrowDataType::Dictionary(..) => pq::Encoding::RleDictionary,
                _ => plain_encoding(*kind),
            };
            // One leaf: no column of ours is nested.
            for pages in pq::array_to_columns(array, parquet.clone(), options(*kind)?, &[encoding])? {
                for page in pages {
                    compressed.push(compressor.page(page?)?);
                }
            }
        }
        self.at_rest().push(compressor);
        Ok(compressed)
    }

    fn at_rest(&self) -> std::sync::MutexGuard<'_, Vec<Compressor>> {
        self.compressors.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// The pages of a column chunk that was read as it stands.
pub(crate) fn pages(chunk: Vec<u8>, column: &ColumnChunkMetadata) -> PolarsResult<Pages> {
    let longest = chunk.len();
    let reader = PageReader::new(Cursor::new(chunk.into()), column, Vec::new(), longest);
    reader
        .map(|page| {
            let mut page = page?;
            if let pq::CompressedPage::Data(data) = &mut page {
                // The writer wants the number of rows, which a flat column does not store: it is that of its values.
                data.num_rows = Some(data.num_values());
            }
            Ok(page)
        })
        .collect()
}

/// A Parquet file that is being written.
pub(crate) struct TableFile {
    table: &'static Table,
    writer: pq::FileWriter<BufWriter<File>>,
}

impl TableFile {
    /// Starts a file. It has no footer, so it cannot be mistaken for a table, until `end`.
    pub(crate) fn create(path: &Path, encoder: &Encoder) -> Result<Self, TimelineError> {
        let file = File::create(path).map_err(TimelineError::io(path, "create"))?;
        let out = BufWriter::with_capacity(1 << 18, file);
        let table = encoder.table;
        // No column indexes: they cost memory and bytes by row group and nothing of ours reads them.
        let options = pq::WriteOptions {
            statistics: pq::StatisticsOptions::empty(),
            ..options(Kind::Text).map_err(|source| encode_error(table, source))?
        };
        let writer = pq::FileWriter::try_new(out, encoder.arrow.clone(), options)
            .map_err(|source| encode_error(table, source))?;
        Ok(Self { table, writer })
    }

    /// Appends a row group.
    pub(crate) fn append(&mut self, group: &RowGroup) -> Result<(), TimelineError> {
        let columns = pq::DynIter::new(group.columns.iter().map(|pages| {
            Ok(pq::DynStreamingIterator::new(pq::fallible_streaming_iterator::convert(
                pages.iter().map(PolarsResult::Ok),
            )))
        }));
        let rows = u64::try_from(group.rows).unwrap_or(u64::MAX);
        self.writer.write(rows, columns).map_err(|source| encode_error(self.table, source))
    }

    /// Writes the footer. The disk is not waited for: a table that a power cut left incomplete has no footer and does not
    /// open, and waiting would cost as long as writing did.
    pub(crate) fn end(mut self, path: &Path) -> Result<(), TimelineError> {
        self.writer.end(None).map_err(|source| encode_error(self.table, source))?;
        self.writer.into_inner().flush().map_err(TimelineError::io(path, "write"))
    }
}

fn encode_error(table: &Table, source: PolarsError) -> TimelineError {
    TimelineError::Encode { table: table.file, source }
}

fn plain_encoding(kind: Kind) -> pq::Encoding {
    match kind {
        Kind::Text | Kind::Unique | Kind::Bool | Kind::Real => pq::Encoding::Plain,
        // Rows ascend, items count up, times are near each other: differences are small, and need no dictionary to be tried.
        Kind::Time | Kind::I64 | Kind::U32 | Kind::U64 => pq::Encoding::DeltaBinaryPacked,
    }
}

fn options(kind: Kind) -> PolarsResult<pq::WriteOptions> {
    // Least and greatest of numbers let other engines skip row groups; of texts they only make the footer grow.
    let numeric = kind.data_type() != DataType::String;
    Ok(pq::WriteOptions {
        statistics: pq::StatisticsOptions {
            min_value: numeric,
            max_value: numeric,
            distinct_count: false,
            null_count: true,
            // Named, because the default asks the environment.
            binary_statistics_truncate_length: Some(64),
        },
        compression: pq::CompressionOptions::Zstd(Some(pq::ZstdLevel::try_new(LEVEL)?)),
        version: pq::Version::V1,
        data_page_size: None,
    })
}
