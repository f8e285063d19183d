//! Owns zip archives: which members are read, which are refused and why. A member is a source of its own, with its archive's
//! hash as parent; nothing is ever unpacked to a disk, so a hostile name can only mislead people, and is refused for that.

use std::cell::Cell;
use std::collections::BTreeSet;
use std::io::{self, Cursor, Read, Seek, SeekFrom};
use std::rc::Rc;

use mailtrail_model::{Finding, Sha256};
use zip::ZipArchive;

use crate::read::{Feed, Gone};
use crate::receipt::{Stamp, Told};
use crate::source::ReadSeek;
use crate::stream::{Content, Hashed, Packing};
use crate::transcode::Encoding;

/// A member as the archive's table of contents has it.
struct Member {
    index: usize,
    name: String,
    refusal: Option<&'static str>,
}

impl Feed<'_> {
    /// An archive and its members, sorted by name. `depth` counts this archive.
    pub(crate) fn archive(
        &mut self,
        name: &str,
        parent: Option<Sha256>,
        raw: &mut dyn ReadSeek,
        depth: u32,
    ) -> Result<(), Gone> {
        let options = self.options;
        let mut hashed = Hashed::new(raw, self.progress);
        let drained = hashed.drain();
        let (sha256, bytes) = hashed.finish();
        let stamp = Stamp {
            parent,
            sha256,
            bytes,
            content_bytes: 0,
            encoding: Encoding::Utf8,
            compression: Packing::Zip.as_str(),
        };
        let opened = drained.map_err(|error| format!("cannot be read ({error}); check the disk and hand it in again"));
        let opened = opened.and_then(|()| open(raw, self.options.limits.archive_entries));
        let (mut archive, members, told) = match opened {
            Ok(opened) => opened,
            Err(why) => {
                self.receipt(name, stamp, Told::refused(why));
                return Ok(());
            }
        };
        self.receipt(name, stamp, told);
        for member in members {
            let full_name = format!("{name}!{}", member.name);
            if let Some(why) = member.refusal {
                self.refuse(&full_name, Some(sha256), why.to_owned());
                continue;
            }
            match archive.by_index(member.index) {
                Ok(content) => {
                    let compressed = Rc::new(Cell::new(content.compressed_size()));
                    // The limits hold here, too: a member is hashed to its end even if it is refused.
                    let mut held = Content::held(content, compressed, &options.limits);
                    self.stream(&full_name, Some(sha256), &mut held, depth)?;
                }
                Err(error) => {
                    let why = format!("cannot be unpacked ({error}); unpack the archive and hand in the folder");
                    self.refuse(&full_name, Some(sha256), why);
                }
            }
        }
        Ok(())
    }

    /// An archive within something that can only be read forwards: held in memory, up to a limit.
    pub(crate) fn nested(
        &mut self,
        name: &str,
        parent: Option<Sha256>,
        head: &[u8],
        mut rest: Hashed<'_>,
        depth: u32,
    ) -> Result<(), Gone> {
        let limits = &self.options.limits;
        let cap = limits.nested_archive_bytes;
        let mut bytes = head.to_vec();
        let read = rest.by_ref().take(cap).read_to_end(&mut bytes);
        let too_large = u64::try_from(bytes.len()).unwrap_or(u64::MAX) > cap;
        if depth < limits.archive_depth && read.is_ok() && !too_large {
            return self.archive(name, parent, &mut Cursor::new(bytes), depth + 1);
        }
        let why = match read.and_then(|_| rest.drain()) {
            Err(error) => format!("cannot be read ({error}); download it again"),
            Ok(()) if too_large => {
                format!("an archive of more than {cap} bytes inside an archive; unpack the outer one")
            }
            Ok(()) => "an archive nested too deep; unpack the outer ones".to_owned(),
        };
        let (sha256, bytes) = rest.finish();
        let compression = Packing::Zip.as_str();
        let stamp = Stamp { parent, sha256, bytes, content_bytes: 0, encoding: Encoding::Utf8, compression };
        self.receipt(name, stamp, Told::refused(why));
        Ok(())
    }
}

type Opened<'r> = (ZipArchive<&'r mut dyn ReadSeek>, Vec<Member>, Told);

fn open(raw: &mut dyn ReadSeek, entry_cap: u64) -> Result<Opened<'_>, String> {
    let broken =
        |error: &dyn std::fmt::Display| format!("a zip archive that cannot be read ({error}); download it again");
    let entries = entries_stated(raw).map_err(|error| broken(&error))?;
    if entries.is_some_and(|entries| entries > entry_cap) {
        return Err(format!("a zip archive of more than {entry_cap} entries; unpack it and hand in what is needed"));
    }
    let archive = ZipArchive::new(raw).map_err(|error| broken(&error))?;
    if archive.has_duplicate_names() {
        return Err(
            "a zip archive with two members of one name, so one hides the other; unpack it with a tool that shows both"
                .to_owned(),
        );
    }
    let mut members = Vec::new();
    for index in 0..archive.len() {
        let entry = archive.by_index_data(index).map_err(|error| broken(&error))?;
        let name = entry
            .name()
            .map_or_else(|_| String::from_utf8_lossy(entry.name_raw()).into_owned(), |name| name.into_owned());
        if entry.is_dir() {
            continue;
        }
        let refusal = if entry.is_symlink() {
            Some("a symbolic link; hand in the file it points at")
        } else if entry.encrypted() {
            Some("an encrypted member; unpack the archive with its password and hand in the folder")
        } else {
            unsafe_name(&name)
        };
        members.push(Member { index, name, refusal });
    }
    if members.iter().any(|member| member.name == "[Content_Types].xml") {
        return Err("an Office workbook; save the sheet as CSV (UTF-8), better hand in the original export".to_owned());
    }
    members.sort_by(|a, b| a.name.cmp(&b.name));
    let told = Told { container: Some("zip-archive"), findings: skip_hidden(&mut members), ..Told::default() };
    refuse_twins(&mut members);
    Ok((archive, members, told))
}

/// Leaves out what macOS adds to archives, and says so.
fn skip_hidden(members: &mut Vec<Member>) -> Vec<Finding> {
    let all = members.len();
    members.retain(|member| {
        let file = member.name.rsplit('/').next().unwrap_or_default();
        !(member.name.starts_with("__MACOSX/") || file.starts_with('.'))
    });
    let skipped = all - members.len();
    let finding = |what: &str| Finding {
        code: "archive-members".into(),
        evidence: what.to_owned(),
        ask: None,
        incomplete: false,
    };
    match (skipped, members.len()) {
        (0, 0) => vec![Finding { incomplete: true, ..finding("the archive has no files") }],
        (0, _) => Vec::new(),
        (_, _) => vec![finding(&format!("{skipped} hidden files were skipped"))],
    }
}

/// Names that differ in case only are one file on a responder's laptop.
fn refuse_twins(members: &mut [Member]) {
    let mut seen = BTreeSet::new();
    for member in members {
        if !seen.insert(member.name.to_lowercase()) && member.refusal.is_none() {
            member.refusal =
                Some("its name differs from another member's in case only; unpack the archive and rename one");
        }
    }
}

/// Why a member's name is refused.
fn unsafe_name(name: &str) -> Option<&'static str> {
    const DEVICES: [&str; 4] = ["con", "prn", "aux", "nul"];
    let bytes = name.as_bytes();
    if name.is_empty() || name.contains('\0') {
        return Some("a member without a usable name; unpack the archive and hand in the folder");
    }
    if name.starts_with(['/', '\\']) {
        return Some("an absolute path; unpack the archive with care and hand in the folder");
    }
    if bytes.len() > 1 && bytes[0].is_ascii_alphabetic() && bytes[1] == b':' {
        return Some("a path with a drive letter; unpack the archive with care and hand in the folder");
    }
    let mut parts = name.split(['/', '\\']);
    if parts.clone().any(|part| part == "..") {
        return Some("a path that climbs out of the archive; unpack it with care and hand in the folder");
    }
    let device = parts.any(|part| {
        let stem = part.split('.').next().unwrap_or_default().trim_end().to_ascii_lowercase();
        let numbered = |kind: &str| stem.strip_prefix(kind).is_some_and(|n| matches!(n.as_bytes(), [b'0'..=b'9']));
        DEVICES.contains(&stem.as_str()) || numbered("com") || numbered("lpt")
    });
    device.then_some("a device name; unpack the archive elsewhere, rename it and hand in the folder")
}

/// How many entries the archive's end record states, so that a table of millions is refused before it is read.
fn entries_stated(raw: &mut (impl Read + Seek + ?Sized)) -> io::Result<Option<u64>> {
    const END: &[u8] = b"PK\x05\x06";
    const LONGEST_TAIL: u64 = 22 + 20 + 0xffff;
    let length = raw.seek(SeekFrom::End(0))?;
    let from = length.saturating_sub(LONGEST_TAIL);
    raw.seek(SeekFrom::Start(from))?;
    let mut tail = Vec::new();
    raw.take(LONGEST_TAIL).read_to_end(&mut tail)?;
    let Some(end) = memchr::memmem::rfind(&tail, END) else { return Ok(None) };
    let short = tail.get(end + 10..end + 12).and_then(|b| b.try_into().ok()).map(u16::from_le_bytes);
    if short != Some(u16::MAX) {
        return Ok(short.map(u64::from));
    }
    // Zip64: a locator before the end record says where the long one is.
    let Some(locator) = end.checked_sub(20).filter(|at| tail[*at..].starts_with(b"PK\x06\x07")) else {
        return Ok(short.map(u64::from));
    };
    let Some(offset) = tail.get(locator + 8..locator + 16).and_then(|b| b.try_into().ok()).map(u64::from_le_bytes)
    else {
        return Ok(None);
    };
    raw.seek(SeekFrom::Start(offset))?;
    let mut record = Vec::new();
    raw.take(56).read_to_end(&mut record)?;
    Ok(record.get(32..40).and_then(|b| b.try_into().ok()).map(u64::from_le_bytes))
}

#[cfg(test)]
mod tests {
    use super::unsafe_name;

    #[test]
    fn names_that_mislead_are_refused() {
        for name in [
            "../a",
            "a/../b",
            "..\\a",
            "/etc/x",
            "\\\\host\\share",
            "C:\\x",
            "c:x",
            "NUL",
            "a/con.csv",
            "COM1",
            "lpt9.txt",
            "a\0b",
            "",
        ] {
            assert!(unsafe_name(name).is_some(), "{name:?}");
        }
        for name in
            ["a.csv", "export/ual.json", "console.csv", "com10.csv", "aux_1.csv", "a..b.csv", "Ünïcode/ファイル.csv"]
        {
            assert!(unsafe_name(name).is_none(), "{name:?}");
        }
    }
}
