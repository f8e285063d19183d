//! Owns the look at an object's keys that tells containers apart. The object may be cut anywhere.

/// The keys of an object down to three levels, as paths (`event.original`), and which of them hold arrays.
#[derive(Debug, Default, PartialEq, Eq)]
pub(crate) struct Shape {
    paths: Vec<String>,
    arrays: Vec<(String, usize)>,
}

const LEVELS: usize = 3;
/// Keys beyond these are not looked at: no envelope hides its kind that far in.
const KEYS: usize = 2_000;

impl Shape {
    /// Scans the first object of a text. Text behind it, or its missing end, does not matter.
    pub(crate) fn of(text: &str) -> Self {
        let mut scan = Scan { bytes: text.as_bytes(), at: 0, shape: Self::default(), path: Vec::new() };
        scan.space();
        if scan.bytes.get(scan.at) == Some(&b'{') {
            scan.object();
        }
        scan.shape
    }

    /// Whether the path is there.
    pub(crate) fn has(&self, path: &str) -> bool {
        self.paths.iter().any(|known| known == path)
    }

    /// Whether all paths are there.
    pub(crate) fn has_all(&self, paths: &[&str]) -> bool {
        paths.iter().all(|path| self.has(path))
    }

    /// Whether any of the paths is there.
    pub(crate) fn has_any(&self, paths: &[&str]) -> bool {
        paths.iter().any(|path| self.has(path))
    }

    /// Where the array under a path begins: the byte behind its `[`.
    pub(crate) fn array_at(&self, path: &str) -> Option<usize> {
        self.arrays.iter().find(|(known, _)| known == path).map(|(_, at)| *at)
    }

    /// The keys of the first level, for saying what was seen.
    pub(crate) fn top_keys(&self) -> Vec<&str> {
        self.paths.iter().filter(|path| !path.contains('.')).map(String::as_str).collect()
    }
}

struct Scan<'t> {
    bytes: &'t [u8],
    at: usize,
    shape: Shape,
    path: Vec<String>,
}

impl Scan<'_> {
    /// Reads an object whose brace is next; returns at its end or the text's.
    fn object(&mut self) {
        self.at += 1;
        while self.shape.paths.len() < KEYS {
            self.space();
            match self.bytes.get(self.at) {
                Some(b'"') => {}
                Some(b',') => {
                    self.at += 1;
                    continue;
                }
                Some(_) => {
                    self.at += 1;
                    return;
                }
                None => return,
            }
            let Some(key) = self.string() else { return };
            self.space();
            if self.bytes.get(self.at) != Some(&b':') {
                return;
            }
            self.at += 1;
            self.space();
            self.path.push(key);
            self.shape.paths.push(self.path.join("."));
            self.value();
            self.path.pop();
        }
    }

    fn value(&mut self) {
        match self.bytes.get(self.at) {
            Some(b'{') if self.path.len() < LEVELS => self.object(),
            Some(b'[') => {
                self.shape.arrays.push((self.path.join("."), self.at + 1));
                self.skip_nested();
            }
            Some(b'{') => self.skip_nested(),
            Some(b'"') => {
                if self.string().is_none() {
                    self.at = self.bytes.len();
                }
            }
            _ => {
                while !matches!(self.bytes.get(self.at), None | Some(b',' | b'}' | b']')) {
                    self.at += 1;
                }
            }
        }
    }

    fn skip_nested(&mut self) {
        let mut depth = 0usize;
        while let Some(byte) = self.bytes.get(self.at) {
            match byte {
                b'"' => {
                    if self.string().is_none() {
                        self.at = self.bytes.len();
                    }
                    continue;
                }
                b'{' | b'[' => depth += 1,
                b'}' | b']' => depth -= 1,
                _ => {}
            }
            self.at += 1;
            if depth == 0 {
                return;
            }
        }
    }

    /// A text whose quote is next; `None` if it does not end. Only the beginning of a long text is kept.
    fn string(&mut self) -> Option<String> {
        let start = self.at + 1;
        let mut at = start;
        loop {
            match self.bytes.get(at)? {
                b'"' => break,
                b'\\' => at += 2,
                _ => at += 1,
            }
        }
        self.at = at + 1;
        let text = self.bytes.get(start..at)?;
        if text.contains(&b'\\') && text.len() <= 512 {
            return Some(serde_json::from_slice(self.bytes.get(start - 1..=at)?).unwrap_or_default());
        }
        Some(String::from_utf8_lossy(text.get(..text.len().min(128))?).into_owned())
    }

    fn space(&mut self) {
        while matches!(self.bytes.get(self.at), Some(b' ' | b'\t' | b'\r' | b'\n')) {
            self.at += 1;
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn keys_are_seen_to_three_levels_and_past_a_cut() {
        let text = r#"{"a":{"b":{"c":{"d":1}}},"list":[{"x":1}],"s":"{\"no\":1}","c\u0075t":"and so"#;
        let shape = Shape::of(text);
        assert_eq!(shape.top_keys(), ["a", "list", "s", "cut"]);
        assert!(shape.has_all(&["a.b", "a.b.c", "list", "cut"]) && !shape.has("a.b.c.d") && !shape.has("x"));
        assert!(text[shape.array_at("list").unwrap()..].starts_with(r#"{"x""#));
    }

    #[test]
    fn nonsense_has_no_keys() {
        for text in ["", "[1]", "null", "{", "{\"", "{\"a\"", "}{", "{]}"] {
            assert_eq!(Shape::of(text), Shape::default(), "{text}");
        }
    }
}
