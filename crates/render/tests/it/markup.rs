//! A strict little reader of markup: tags must nest, attributes must be double-quoted, ampersands must be references.
//! Stricter than a browser on purpose: what it accepts leaves nothing to a browser's guessing.

/// One element as it opens.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Element {
    /// Its name.
    pub(crate) name: String,
    /// Its attributes, values as written.
    pub(crate) attributes: Vec<(String, String)>,
}

impl Element {
    /// The value of an attribute.
    pub(crate) fn attribute(&self, name: &str) -> Option<&str> {
        self.attributes.iter().find(|(own, _)| own == name).map(|(_, value)| value.as_str())
    }
}

/// What a document consists of.
#[derive(Debug, Default)]
pub(crate) struct Document {
    /// Elements in order.
    pub(crate) elements: Vec<Element>,
    /// All text outside of `style` and `script`, a space between pieces.
    pub(crate) text: String,
}

const VOID: [&str; 2] = ["meta", "!doctype"];

/// Reads a document or says where it is not well-formed.
pub(crate) fn read(markup: &str) -> Result<Document, String> {
    let mut document = Document::default();
    let mut open: Vec<String> = Vec::new();
    let mut rest = markup;
    let near = |rest: &str| rest.chars().take(80).collect::<String>();
    while let Some(at) = rest.find('<') {
        let (text, tag) = rest.split_at(at);
        references(text)?;
        document.text.push_str(text);
        document.text.push(' ');
        let end = tag_end(tag).ok_or_else(|| format!("a tag does not end: {}", near(tag)))?;
        let inner = &tag[1..end];
        rest = &tag[end + 1..];
        if let Some(name) = inner.strip_prefix('/') {
            match open.pop() {
                Some(last) if last == name => continue,
                last => return Err(format!("{name} closes {last:?}: {}", near(tag))),
            }
        }
        let closed = inner.ends_with('/');
        let element = element(inner.trim_end_matches('/'))?;
        let name = element.name.clone();
        document.elements.push(element);
        if matches!(name.as_str(), "script" | "style") {
            let close = format!("</{name}>");
            let at = rest.find(&close).ok_or_else(|| format!("{name} does not end"))?;
            rest = &rest[at + close.len()..];
        } else if !closed && !VOID.contains(&name.to_ascii_lowercase().as_str()) {
            open.push(name);
        }
    }
    references(rest)?;
    if open.is_empty() { Ok(document) } else { Err(format!("still open: {open:?}")) }
}

/// The `>` that is not inside a quoted value.
fn tag_end(tag: &str) -> Option<usize> {
    let mut quoted = false;
    tag.char_indices().find_map(|(at, c)| {
        quoted ^= c == '"';
        (c == '>' && !quoted).then_some(at)
    })
}

fn element(inner: &str) -> Result<Element, String> {
    let (name, mut rest) = inner.split_once(char::is_whitespace).unwrap_or((inner, ""));
    let good = |text: &str| {
        !text.is_empty() && text.chars().all(|c| c.is_ascii_alphanumeric() || matches!(c, '-' | ':' | '!'))
    };
    if !good(name) {
        return Err(format!("no element name: {inner}"));
    }
    let mut attributes = Vec::new();
    loop {
        rest = rest.trim_start();
        if rest.is_empty() {
            return Ok(Element { name: name.to_owned(), attributes });
        }
        let end = rest.find(|c: char| c == '=' || c.is_whitespace()).unwrap_or(rest.len());
        let (key, after) = rest.split_at(end);
        if !good(key) {
            return Err(format!("no attribute name: {inner}"));
        }
        let Some(value) = after.strip_prefix("=\"") else {
            if after.starts_with('=') {
                return Err(format!("an unquoted value: {inner}"));
            }
            attributes.push((key.to_owned(), String::new()));
            rest = after;
            continue;
        };
        let close = value.find('"').ok_or_else(|| format!("a value does not end: {inner}"))?;
        references(&value[..close])?;
        if value[..close].contains('<') {
            return Err(format!("a tag in a value: {inner}"));
        }
        attributes.push((key.to_owned(), value[..close].to_owned()));
        rest = &value[close + 1..];
    }
}

fn references(text: &str) -> Result<(), String> {
    for part in text.split('&').skip(1) {
        let name = part.split(';').next().unwrap_or("");
        let known = matches!(name, "amp" | "lt" | "gt" | "quot")
            || name
                .strip_prefix('#')
                .is_some_and(|digits| !digits.is_empty() && digits.bytes().all(|b| b.is_ascii_digit()));
        if !known || !part.contains(';') {
            return Err(format!("a bare ampersand: &{}", part.chars().take(20).collect::<String>()));
        }
    }
    match text.chars().find(|c| c.is_control() && !matches!(c, '\n' | '\t')) {
        Some(c) => Err(format!("a raw control character U+{:04X}", u32::from(c))),
        None => Ok(()),
    }
}

#[test]
fn the_reader_refuses_what_a_browser_would_guess_at() {
    for bad in ["<a><b></a>", "<a x=1></a>", "a & b", "<a x=\"<\"></a>", "<a", "\u{1}", "<p>&nope;</p>"] {
        assert!(read(bad).is_err(), "{bad}");
    }
    assert_eq!(read("<p class=\"a\">x &#60; y</p>").unwrap().elements.len(), 1);
}
