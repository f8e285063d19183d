//! Owns BagIt's tag files of labels and values (`bagit.txt`, `bag-info.txt`): reading any, writing ours.

/// Labels and values, in file order; a label may repeat.
pub(crate) type Labels = Vec<(String, String)>;

/// The encoding that `bagit.txt` declares for all other tag files.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum TagEncoding {
    Utf8,
    /// With a byte order mark, else big-endian.
    Utf16,
    Latin1,
}

impl TagEncoding {
    pub(crate) fn parse(name: &str) -> Option<Self> {
        match name.to_ascii_uppercase().as_str() {
            "UTF-8" | "US-ASCII" | "ASCII" => Some(Self::Utf8),
            "UTF-16" | "UTF-16BE" => Some(Self::Utf16),
            "ISO-8859-1" | "LATIN1" => Some(Self::Latin1),
            _ => None,
        }
    }

    /// The text; `None` if the bytes are none. A byte order mark is dropped.
    pub(crate) fn decode(self, bytes: &[u8]) -> Option<String> {
        match self {
            Self::Utf8 => {
                let bytes = bytes.strip_prefix(b"\xef\xbb\xbf").unwrap_or(bytes);
                std::str::from_utf8(bytes).ok().map(str::to_owned)
            }
            Self::Latin1 => Some(bytes.iter().map(|byte| char::from(*byte)).collect()),
            Self::Utf16 => {
                if !bytes.len().is_multiple_of(2) {
                    return None;
                }
                let (little, bytes) = match bytes {
                    [0xff, 0xfe, rest @ ..] => (true, rest),
                    [0xfe, 0xff, rest @ ..] => (false, rest),
                    rest => (false, rest),
                };
                let units = bytes.chunks_exact(2).map(|pair| {
                    let pair = [pair.first().copied().unwrap_or(0), pair.get(1).copied().unwrap_or(0)];
                    if little { u16::from_le_bytes(pair) } else { u16::from_be_bytes(pair) }
                });
                char::decode_utf16(units).collect::<Result<String, _>>().ok()
            }
        }
    }
}

/// What `bagit.txt` declares.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Declaration {
    pub(crate) version: (u32, u32),
    pub(crate) encoding: TagEncoding,
}

impl Declaration {
    /// Reads `bagit.txt`: two lines, no byte order mark, one colon and one blank between label and value.
    pub(crate) fn parse(bytes: &[u8]) -> Result<Self, String> {
        if bytes.starts_with(b"\xef\xbb\xbf") {
            return Err("a byte order mark stands before it".to_owned());
        }
        let text = std::str::from_utf8(bytes).map_err(|_| "not UTF-8".to_owned())?;
        let mut lines = text.lines();
        let mut value = |label: &str| {
            let line = lines.next().ok_or(format!("no line {label}"))?;
            let value = line.strip_prefix(label).and_then(|rest| rest.strip_prefix(": "));
            value
                .filter(|value| !value.is_empty() && value.trim() == *value)
                .map(str::to_owned)
                .ok_or(format!("\"{}\" is not \"{label}: …\"", line.escape_default()))
        };
        let version = value("BagIt-Version")?;
        let encoding = value("Tag-File-Character-Encoding")?;
        if lines.any(|line| !line.is_empty()) {
            return Err("more than two lines".to_owned());
        }
        let (major, minor) = version
            .split_once('.')
            .and_then(|(major, minor)| Some((major.parse().ok()?, minor.parse().ok()?)))
            .ok_or(format!("\"{}\" is no version", version.escape_default()))?;
        if !((major == 0 && (93..=97).contains(&minor)) || (major == 1 && minor == 0)) {
            return Err(format!("version {major}.{minor} is not known (0.93 to 1.0 are)"));
        }
        let encoding = TagEncoding::parse(&encoding).ok_or(format!(
            "the encoding {} is not known; UTF-8, UTF-16 and ISO-8859-1 are",
            encoding.escape_default()
        ))?;
        Ok(Self { version: (major, minor), encoding })
    }

    pub(crate) fn is_1_0(self) -> bool {
        self.version >= (1, 0)
    }
}

/// Reads labels and values; a line that starts with a blank continues the one before.
pub(crate) fn parse_labels(text: &str) -> Result<Labels, String> {
    let mut labels: Labels = Vec::new();
    for line in text.lines().filter(|line| !line.trim().is_empty()) {
        if line.starts_with([' ', '\t']) {
            match labels.last_mut() {
                Some((_, value)) => {
                    value.push(' ');
                    value.push_str(line.trim());
                }
                None => return Err("the first line continues none".to_owned()),
            }
        } else {
            let (label, value) = line.split_once(':').ok_or(format!("\"{}\" has no label", line.escape_default()))?;
            labels.push((label.trim().to_owned(), value.trim().to_owned()));
        }
    }
    Ok(labels)
}

/// Labels and values as text; a line end inside a value is folded.
pub(crate) fn labels_text(labels: &[(String, String)]) -> String {
    labels.iter().map(|(label, value)| format!("{label}: {}\n", value.lines().collect::<Vec<_>>().join(" "))).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_declaration_is_two_exact_lines() {
        let good = "BagIt-Version: 0.97\nTag-File-Character-Encoding: UTF-8\n";
        let declared = Declaration { version: (0, 97), encoding: TagEncoding::Utf8 };
        assert_eq!(Declaration::parse(good.as_bytes()), Ok(declared));
        assert_eq!(Declaration::parse(good.replace('\n', "\r\n").as_bytes()), Ok(declared));
        for wrong in [
            "\u{feff}BagIt-Version: 0.97\nTag-File-Character-Encoding: UTF-8\n",
            "BagIt-Version : 0.97\nTag-File-Character-Encoding: UTF-8\n",
            "BagIt-Version:  0.97\nTag-File-Character-Encoding: UTF-8\n",
            "BagIt-Version:0.97\nTag-File-Character-Encoding: UTF-8\n",
            " BagIt-Version: 0.97\nTag-File-Character-Encoding: UTF-8\n",
            "BagIt-Version: 0.97\n",
            "BagIt-Version: 2.0\nTag-File-Character-Encoding: UTF-8\n",
            "BagIt-Version: 1\nTag-File-Character-Encoding: UTF-8\n",
            "BagIt-Version: 0.97\nTag-File-Character-Encoding: EBCDIC\n",
            "BagIt-Version: 0.97\nTag-File-Character-Encoding: UTF-8\nmore\n",
            "",
        ] {
            assert!(Declaration::parse(wrong.as_bytes()).is_err(), "{wrong}");
        }
    }

    #[test]
    fn tag_files_are_decoded_as_declared() {
        assert_eq!(TagEncoding::Utf16.decode(b"\xff\xfea\0").as_deref(), Some("a"));
        assert_eq!(TagEncoding::Utf16.decode(b"\0a").as_deref(), Some("a"));
        assert_eq!(TagEncoding::Utf16.decode(b"a"), None);
        assert_eq!(TagEncoding::Latin1.decode(b"\xe9").as_deref(), Some("é"));
        assert_eq!(TagEncoding::Utf8.decode(b"\xe9"), None);
        assert_eq!(parse_labels("A: 1\n  2\nB:3\n").unwrap(), [("A".into(), "1 2".into()), ("B".into(), "3".into())]);
        assert!(parse_labels("no label\n").is_err() && parse_labels(" x\n").is_err());
    }
}
