//! Owns the way home: the bytes of a row from the export it was read from, by its locator.
//!
//! Reads forward only, through the same unpacking as the first reading, so a locator means the same bytes again.

use std::cell::Cell;
use std::io::{self, Cursor, Read, SeekFrom};
use std::rc::Rc;

use mailtrail_model::Locator;
use zip::ZipArchive;

use crate::limits::Limits;
use crate::source::{ReadSeek, SourceInput};
use crate::stream::{Content, Packing, read_full};
use crate::transcode::{Encoding, Transcoder};

/// A row as it stands in its export.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct RawRow {
    /// Where it stands.
    pub locator: Locator,
    /// Its bytes, after decompression and before transcoding; a row beyond the line cap is cut there.
    pub bytes: Vec<u8>,
    /// The same as text.
    pub text: String,
}

/// Why a row could not be read again.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum RereadError {
    /// The file or what it is packed in cannot be read.
    #[error("{name}: cannot be read again; is it still where it was, and unchanged?")]
    Unreadable {
        /// The source.
        name: String,
        /// What the system said.
        #[source]
        source: io::Error,
    },
    /// The archive no longer has the member.
    #[error("{name}: no longer in its archive; compare the archive's SHA-256 with its receipt")]
    NoMember {
        /// The member, with its archive.
        name: String,
    },
    /// The source ends before the row does.
    #[error("{name}: ends before byte {end}, where a row was read; compare its SHA-256 with its receipt")]
    Ended {
        /// The source.
        name: String,
        /// Where the row ended.
        end: u64,
    },
}

/// Reads rows of one source again. `name` is the receipt's name of the source: the input's, or `archive.zip!member`.
/// The rows come back in the order asked for; the source is read once.
///
/// # Errors
/// If the source cannot be read, or is not the one it was.
pub fn reread(
    input: &SourceInput,
    name: &str,
    locators: &[Locator],
    limits: &Limits,
) -> Result<Vec<RawRow>, RereadError> {
    let unreadable = |source| RereadError::Unreadable { name: name.to_owned(), source };
    let no_member = || RereadError::NoMember { name: name.to_owned() };
    let mut raw = (input.open)().map_err(unreadable)?;
    match name.strip_prefix(&input.name) {
        Some("") => plain_or_packed(&mut *raw, name, locators, limits),
        Some(rest) => {
            let member = rest.strip_prefix('!').ok_or_else(no_member)?;
            in_archive(&mut *raw, name, member, locators, limits, limits.archive_depth)
        }
        None => Err(no_member()),
    }
}

fn plain_or_packed(
    raw: &mut dyn ReadSeek,
    name: &str,
    locators: &[Locator],
    limits: &Limits,
) -> Result<Vec<RawRow>, RereadError> {
    let mut head = vec![0; Encoding::LOOK];
    let (count, read) = read_full(raw, &mut head);
    let rewound = read.and_then(|()| raw.rewind());
    rewound.map_err(|source| RereadError::Unreadable { name: name.to_owned(), source })?;
    head.truncate(count);
    if Packing::tell(&head) != Packing::Plain {
        return from_stream(raw, name, locators, limits);
    }
    // A plain file can be entered anywhere.
    let encoding = Encoding::tell(&head);
    rows(&mut Seeking(raw), name, encoding, locators, limits)
}

/// `member` is the rest of the name: a member, or a member and a member of that.
fn in_archive(
    raw: &mut dyn ReadSeek,
    name: &str,
    member: &str,
    locators: &[Locator],
    limits: &Limits,
    depth: u32,
) -> Result<Vec<RawRow>, RereadError> {
    let no_member = || RereadError::NoMember { name: name.to_owned() };
    let unreadable = |source| RereadError::Unreadable { name: name.to_owned(), source };
    let broken = |error: zip::result::ZipError| unreadable(io::Error::other(error));
    let mut archive = ZipArchive::new(raw).map_err(broken)?;
    let mut found = None;
    for index in 0..archive.len() {
        let entry = archive.by_index_data(index).map_err(broken)?;
        let entry_name = entry
            .name()
            .map_or_else(|_| String::from_utf8_lossy(entry.name_raw()).into_owned(), std::borrow::Cow::into_owned);
        match member.strip_prefix(entry_name.as_str()) {
            Some("") => found = Some((index, None)),
            Some(rest) if found.is_none() => {
                found = rest.strip_prefix('!').map(|inner| (index, Some(inner.to_owned())));
            }
            _ => {}
        }
    }
    let (index, inner) = found.ok_or_else(no_member)?;
    let mut content = archive.by_index(index).map_err(broken)?;
    let Some(inner) = inner else { return from_stream(&mut content, name, locators, limits) };
    if depth <= 1 {
        return Err(no_member());
    }
    let mut bytes = Vec::new();
    content.take(limits.nested_archive_bytes).read_to_end(&mut bytes).map_err(unreadable)?;
    in_archive(&mut Cursor::new(bytes), name, &inner, locators, limits, depth - 1)
}

fn from_stream(
    raw: &mut dyn Read,
    name: &str,
    locators: &[Locator],
    limits: &Limits,
) -> Result<Vec<RawRow>, RereadError> {
    let unreadable = |source| RereadError::Unreadable { name: name.to_owned(), source };
    let mut head = vec![0; Encoding::LOOK];
    let (count, read) = read_full(raw, &mut head);
    read.map_err(unreadable)?;
    head.truncate(count);
    let packing = Packing::tell(&head);
    // The limits were held when the source was first read.
    let unlimited = Limits { ratio: u64::MAX, content_bytes: u64::MAX, ..limits.clone() };
    let raw = Cursor::new(head).chain(raw);
    let mut content = Content::new(raw, packing, Rc::new(Cell::new(0)), &unlimited).map_err(unreadable)?;
    let mut start = vec![0; Encoding::LOOK];
    let (count, read) = read_full(&mut content, &mut start);
    read.map_err(unreadable)?;
    start.truncate(count);
    let encoding = Encoding::tell(&start);
    rows(&mut Forward(Cursor::new(start).chain(content)), name, encoding, locators, limits)
}

/// A way to get past bytes.
trait Skip: Read {
    fn skip(&mut self, count: u64) -> io::Result<()>;
}

/// A file.
struct Seeking<'r>(&'r mut dyn ReadSeek);

impl Read for Seeking<'_> {
    fn read(&mut self, out: &mut [u8]) -> io::Result<usize> {
        self.0.read(out)
    }
}

impl Skip for Seeking<'_> {
    fn skip(&mut self, count: u64) -> io::Result<()> {
        let by = i64::try_from(count).map_err(|_| io::Error::other("an offset beyond any file"))?;
        self.0.seek(SeekFrom::Current(by)).map(|_| ())
    }
}

/// What a decompressor lets out.
struct Forward<R>(R);

impl<R: Read> Read for Forward<R> {
    fn read(&mut self, out: &mut [u8]) -> io::Result<usize> {
        self.0.read(out)
    }
}

impl<R: Read> Skip for Forward<R> {
    fn skip(&mut self, count: u64) -> io::Result<()> {
        io::copy(&mut (&mut self.0).take(count), &mut io::sink()).map(|_| ())
    }
}

/// The rows, from a reader that stands at the start of the content.
fn rows(
    reader: &mut impl Skip,
    name: &str,
    encoding: Encoding,
    locators: &[Locator],
    limits: &Limits,
) -> Result<Vec<RawRow>, RereadError> {
    let unreadable = |source| RereadError::Unreadable { name: name.to_owned(), source };
    let mut order: Vec<usize> = (0..locators.len()).collect();
    order.sort_by_key(|index| (locators[*index].byte_offset, locators[*index].byte_len));
    let mut found: Vec<Option<RawRow>> = vec![None; locators.len()];
    let (mut at, mut before) = (0u64, None::<usize>);
    for index in order {
        let locator = locators[index];
        if let Some(same) = before.filter(|before| locators[*before].byte_offset == locator.byte_offset) {
            found[index] = found[same].clone();
            continue;
        }
        reader.skip(locator.byte_offset.saturating_sub(at)).map_err(unreadable)?;
        let cap = u64::try_from(limits.row_bytes).unwrap_or(u64::MAX);
        let wanted = locator.byte_len.min(cap);
        let mut bytes = Vec::new();
        reader.by_ref().take(wanted).read_to_end(&mut bytes).map_err(unreadable)?;
        let got = u64::try_from(bytes.len()).unwrap_or(u64::MAX);
        if got < wanted {
            return Err(RereadError::Ended { name: name.to_owned(), end: locator.byte_offset + wanted });
        }
        at = locator.byte_offset + got;
        let text = text_of(&bytes, encoding).map_err(unreadable)?;
        found[index] = Some(RawRow { locator, bytes, text });
        before = Some(index);
    }
    Ok(found.into_iter().flatten().collect())
}

fn text_of(bytes: &[u8], encoding: Encoding) -> io::Result<String> {
    let mut text = Vec::new();
    Transcoder::new(bytes, encoding).read_to_end(&mut text)?;
    Ok(String::from_utf8_lossy(&text).into_owned())
}
