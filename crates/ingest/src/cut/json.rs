//! Owns JSON rows: objects, however they are strung together: a line each, in an array, in several arrays one after another,
//! with only commas between them, in pages (`{"value": […]}`), in an array whose end is missing.
//!
//! Between rows, brackets, commas, white space and byte order marks are separators. A row is an object, or whatever else
//! stands where one should: its container says what is wrong. A row that never closes (a lost quote or brace) ends where the
//! next object with the same first key begins, so one damaged byte costs one row.

use memchr::{memchr, memchr3, memmem};

use super::{Cut, Fault, MARK, Step, count, trim_end};

/// How far a line's end is looked for before brackets are counted instead: an array without line ends must not be searched
/// to its end for each of its rows.
const LINE_LOOK: usize = 64 << 10;

/// A number or word is shorter than this.
const LITERAL: usize = 64;

/// Ways to begin that are remembered. Records of one export begin in two or three ways.
const OPENINGS: usize = 8;

/// How far behind a row the line's end is looked for.
const GAP_LOOK: usize = 64;

/// Cuts JSON rows.
#[derive(Debug)]
pub(crate) struct JsonCutter {
    /// The last row stood alone on its line: then the line end finds the next, and counting braces is check enough.
    lines: bool,
    /// How rows begin, as far as they were seen to.
    openings: Vec<Opening>,
    /// A row was given up, and no row that begins as rows do was seen since: what stands here may be a part of one.
    astray: bool,
    /// Where the rows of a page stand, from its top: `["value"]`.
    descend: &'static [&'static str],
    depth_cap: usize,
    arrays: u32,
    page: Page,
    /// Whether the last page named another one after it; `None` before any page.
    more_pages: Option<bool>,
}

/// The first two keys of a row, with their quotes. Objects within rows seldom begin with both.
#[derive(Debug)]
struct Opening {
    first: memmem::Finder<'static>,
    second: Option<Vec<u8>>,
}

/// Where in a page the cutter is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Page {
    Outside,
    /// Among the rows, inside so many objects.
    Rows {
        objects: usize,
        single: bool,
    },
    /// After the rows, inside so many objects.
    Tail {
        objects: usize,
    },
}

/// What stands at an object's start, if pages are expected.
enum Descent {
    /// A page: its rows begin here.
    Into {
        next: usize,
        single: bool,
    },
    Other,
    More,
}

/// How a value ends.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum ValueEnd {
    /// One past its last byte, and how deep it nests.
    At { end: usize, depth: usize },
    /// Not in these bytes.
    Open,
    /// Something no JSON value holds stands here.
    Broken(usize),
}

impl JsonCutter {
    /// `first` is the text of the first row; it may be cut.
    pub(crate) fn new(first: &[u8], descend: &'static [&'static str], depth_cap: usize) -> Self {
        Self {
            lines: true,
            openings: Opening::of(first).into_iter().collect(),
            astray: false,
            descend,
            depth_cap,
            arrays: 0,
            page: Page::Outside,
            more_pages: None,
        }
    }

    pub(crate) fn step(&mut self, bytes: &[u8], at: usize, last: bool) -> Step {
        if let Page::Tail { objects } = self.page {
            return self.tail(bytes, at, objects, last);
        }
        match bytes[at] {
            b'{' => self.object(bytes, at, last),
            b'[' => {
                self.arrays = self.arrays.saturating_add(1);
                Step::Gap { next: at + 1 }
            }
            b']' => {
                self.close_array();
                Step::Gap { next: at + 1 }
            }
            b',' => Step::Gap { next: at + 1 },
            b if b.is_ascii_whitespace() => {
                let blank = bytes[at..].iter().take_while(|b| b.is_ascii_whitespace()).count();
                Step::Gap { next: at + blank }
            }
            0xef if bytes[at..].starts_with(MARK) => Step::Gap { next: at + MARK.len() },
            0xef if !last && bytes.len() - at < MARK.len() => Step::More,
            _ => scalar(bytes, at, last),
        }
    }

    /// The nearest place that looks like a row's beginning, else one that may be; for a row that was given up.
    pub(crate) fn resume(&mut self, bytes: &[u8], at: usize) -> Option<usize> {
        self.astray = true;
        self.next_row(bytes, at).found().or_else(|| next_object(bytes, at))
    }

    /// The nearest place that looks like a row's beginning.
    fn next_row(&self, bytes: &[u8], at: usize) -> Search {
        let from = bytes.len().min(at + 1);
        let line = memmem::find(&bytes[from..], b"\n{").map(|i| from + i + 1);
        // Not beyond that line: a file of broken rows must not be searched to its end for each of them.
        let within = &bytes[..line.unwrap_or(bytes.len())];
        let openings = self.openings.iter().map(|opening| opening.find(within, from));
        match (openings.fold(Search::Nowhere, Search::or_nearer), line) {
            (Search::At(at), _) => Search::At(at),
            (_, Some(line)) => Search::At(line),
            (search, None) => search,
        }
    }

    /// Remembers how a whole row begins, so that the next one is found behind a broken one.
    fn learn(&mut self, row: &[u8]) {
        let known = (self.astray || self.openings.len() < OPENINGS) && self.openings.iter().any(|it| it.begins(row));
        if known {
            self.astray = false;
        } else if !self.astray && self.openings.len() < OPENINGS {
            self.openings.extend(Opening::of(row));
        }
    }

    pub(crate) fn unfinished(&self) -> Option<&'static str> {
        match (self.arrays, self.page) {
            (0, Page::Outside) => None,
            (_, Page::Outside) => Some("an array is not closed"),
            _ => Some("a page of rows is not closed"),
        }
    }

    /// Whether the last page named another one after it; `None` if there was no page.
    pub(crate) fn more_pages(&self) -> Option<bool> {
        self.more_pages
    }

    fn close_array(&mut self) {
        self.arrays = self.arrays.saturating_sub(1);
        if let (0, Page::Rows { objects, single: false }) = (self.arrays, self.page) {
            self.page = Page::Tail { objects };
        }
    }

    fn object(&mut self, bytes: &[u8], at: usize, last: bool) -> Step {
        if !self.descend.is_empty() && self.page == Page::Outside {
            match descent(bytes, at, self.descend) {
                Descent::Into { next, single } => {
                    self.page = Page::Rows { objects: self.descend.len(), single };
                    self.more_pages = Some(names_next_page(&bytes[at..next]));
                    // Arrays around a page belong to what follows it; pages are not nested in practice.
                    self.arrays = u32::from(!single);
                    return Step::Gap { next };
                }
                Descent::More if !last => return Step::More,
                Descent::More | Descent::Other => {}
            }
        }
        let step = self.row(bytes, at, last);
        if let (Step::Row(_), Page::Rows { objects, single: true }) = (step, self.page) {
            self.page = Page::Tail { objects };
        }
        step
    }

    fn row(&mut self, bytes: &[u8], at: usize, last: bool) -> Step {
        if self.lines {
            let seen = &bytes[at..bytes.len().min(at + LINE_LOOK)];
            match memchr(b'\n', seen) {
                None if !last && seen.len() < LINE_LOOK => return Step::More,
                None => {}
                Some(line_end) => {
                    if let Some(cut) = self.line(bytes, at, at + line_end) {
                        return Step::Row(cut);
                    }
                }
            }
        }
        match value_end(bytes, at) {
            ValueEnd::At { end, depth } => {
                let after = end + bytes[end..].iter().take(GAP_LOOK).take_while(|b| b" \t\r,".contains(b)).count();
                if after == bytes.len() && !last && after - end < GAP_LOOK {
                    return Step::More;
                }
                self.lines = bytes.get(after).is_none_or(|b| *b == b'\n');
                self.learn(&bytes[at..end]);
                let fault = (depth > self.depth_cap).then_some(Fault::TooDeep);
                Step::Row(Cut { start: at, end, next: end, fault })
            }
            ValueEnd::Open if !last => Step::More,
            // An object that was cut off, or one that lost a quote or a brace: then the next one stands inside it.
            ValueEnd::Open => self.broken(bytes, at, self.next_row(bytes, at).found(), Some(Fault::Unfinished)),
            ValueEnd::Broken(_) => match self.next_row(bytes, at) {
                Search::Unsure(_) | Search::Nowhere if !last => Step::More,
                search => self.broken(bytes, at, search.found().or_else(|| next_object(bytes, at)), None),
            },
        }
    }

    /// The object on this line, if it is plainly the only thing on it.
    fn line(&self, bytes: &[u8], at: usize, line_end: usize) -> Option<Cut> {
        let mut end = trim_end(bytes, at, line_end);
        if bytes[end - 1] == b',' {
            end = trim_end(bytes, at, end - 1);
        }
        let row = &bytes[at..end];
        let whole = row.ends_with(b"}") && count(row, b'{') == count(row, b'}');
        let alone = || self.openings.iter().all(|opening| opening.find(row, 1).found().is_none());
        (whole && !self.openings.is_empty() && alone()).then_some(Cut { start: at, end, next: end, fault: None })
    }

    /// The row at `at` up to where the next one seems to begin; to the end of the source if there is none.
    fn broken(&mut self, bytes: &[u8], at: usize, next_row: Option<usize>, at_end: Option<Fault>) -> Step {
        self.astray = true;
        let Some(next) = next_row else {
            let end = trim_end(bytes, at, bytes.len());
            return Step::Row(Cut { start: at, end, next: bytes.len(), fault: at_end });
        };
        let mut end = trim_end(bytes, at, next);
        while end > at + 1 && matches!(bytes[end - 1], b',' | b'[') {
            end = trim_end(bytes, at, end - 1);
        }
        Step::Row(Cut { start: at, end, next: end, fault: None })
    }

    /// The rest of a page after its rows.
    fn tail(&mut self, bytes: &[u8], at: usize, objects: usize, last: bool) -> Step {
        match walk(bytes, at, objects) {
            ValueEnd::At { end, .. } => {
                self.page = Page::Outside;
                self.more_pages = self.more_pages.map(|before| before || names_next_page(&bytes[at..end]));
                Step::Gap { next: end }
            }
            ValueEnd::Open if !last => Step::More,
            ValueEnd::Open => Step::Gap { next: bytes.len() },
            ValueEnd::Broken(_) => {
                // Not the tail of a page after all: what follows is cut as rows.
                self.page = Page::Outside;
                Step::Gap { next: at }
            }
        }
    }
}

/// The next object in a list: within a row as often as not, but what begins no row is rejected, and rows behind it are found.
fn next_object(bytes: &[u8], at: usize) -> Option<usize> {
    let from = bytes.len().min(at + 1);
    memchr::memchr_iter(b'{', &bytes[from..]).map(|i| from + i).find(|brace| {
        let comma = trim_end(bytes, from, *brace);
        comma > from && bytes[comma - 1] == b',' && {
            let closing = trim_end(bytes, from, comma - 1);
            closing > from && bytes[closing - 1] == b'}'
        }
    })
}

/// Whether a page's frame links to a next page.
fn names_next_page(frame: &[u8]) -> bool {
    memmem::find_iter(frame, b"nextLink\"").any(|at| {
        let colon = skip_space(frame, at + b"nextLink\"".len());
        frame.get(colon) == Some(&b':') && frame.get(skip_space(frame, colon + 1)) == Some(&b'"')
    })
}

/// Something that is no object where one should be: a row of its own, up to the next separator or object.
fn scalar(bytes: &[u8], at: usize, last: bool) -> Step {
    let end = if bytes[at] == b'"' {
        match string_end(bytes, at) {
            ValueEnd::At { end, .. } => Some(end),
            ValueEnd::Open if !last => return Step::More,
            ValueEnd::Open | ValueEnd::Broken(_) => None,
        }
    } else {
        None
    };
    let stop = |b: &u8| b"\n{[],".contains(b);
    let Some(end) = end.or_else(|| bytes[at + 1..].iter().position(stop).map(|i| at + 1 + i)) else {
        return if last {
            Step::Row(Cut { start: at, end: trim_end(bytes, at, bytes.len()), next: bytes.len(), fault: None })
        } else {
            Step::More
        };
    };
    Step::Row(Cut { start: at, end: trim_end(bytes, at, end), next: end, fault: None })
}

impl Opening {
    fn of(row: &[u8]) -> Option<Self> {
        let (first, value) = key(row, row.strip_prefix(b"{").map(|_| 1)?)?;
        let second = match any_value_end(row, value) {
            Some(ValueEnd::At { end, .. }) => key(row, skip_comma(row, end)).map(|(second, _)| second.to_vec()),
            _ => None,
        };
        Some(Self { first: memmem::Finder::new(first).into_owned(), second })
    }

    /// Whether an object begins with these keys.
    fn begins(&self, row: &[u8]) -> bool {
        let first = skip_space(row, 1);
        row.get(first..).is_some_and(|rest| rest.starts_with(self.first.needle()))
            && self.goes_on(row, first) == Some(true)
    }

    /// The next object that begins with these keys.
    fn find(&self, bytes: &[u8], from: usize) -> Search {
        for key in self.first.find_iter(bytes.get(from..).unwrap_or_default()).map(|i| from + i) {
            let brace = trim_end(bytes, from, key);
            if brace == from || bytes[brace - 1] != b'{' {
                continue;
            }
            match self.goes_on(bytes, key) {
                Some(true) => return Search::At(brace - 1),
                Some(false) => {}
                None => return Search::Unsure(brace - 1),
            }
        }
        Search::Nowhere
    }

    /// Whether the second key follows the first, which stands at `first`; `None` if these bytes do not tell.
    fn goes_on(&self, bytes: &[u8], first: usize) -> Option<bool> {
        let Some(second) = &self.second else { return Some(true) };
        let colon = skip_space(bytes, first + self.first.needle().len());
        if *bytes.get(colon)? != b':' {
            return Some(false);
        }
        let end = match any_value_end(bytes, skip_space(bytes, colon + 1))? {
            ValueEnd::At { end, .. } => end,
            ValueEnd::Open => return None,
            ValueEnd::Broken(_) => return Some(false),
        };
        let next = skip_space(bytes, end);
        if *bytes.get(next)? != b',' {
            return Some(false);
        }
        let rest = bytes.get(skip_space(bytes, next + 1)..)?;
        if rest.len() < second.len() && second.starts_with(rest) {
            return None;
        }
        Some(rest.starts_with(second))
    }
}

/// Where something was found.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Search {
    At(usize),
    /// Perhaps here: these bytes do not tell.
    Unsure(usize),
    Nowhere,
}

impl Search {
    fn found(self) -> Option<usize> {
        match self {
            Self::At(at) => Some(at),
            Self::Unsure(_) | Self::Nowhere => None,
        }
    }

    fn or_nearer(self, other: Self) -> Self {
        let at = |search| match search {
            Self::At(at) | Self::Unsure(at) => at,
            Self::Nowhere => usize::MAX,
        };
        if at(other) < at(self) { other } else { self }
    }
}

/// The key at or after `at`, with its quotes, and where its value begins.
fn key(bytes: &[u8], at: usize) -> Option<(&[u8], usize)> {
    let quote = skip_space(bytes, at);
    let ValueEnd::At { end, .. } = string_end(bytes, quote) else { return None };
    let colon = skip_space(bytes, end);
    (bytes.get(colon) == Some(&b':')).then(|| (&bytes[quote..end], skip_space(bytes, colon + 1)))
}

fn skip_comma(bytes: &[u8], at: usize) -> usize {
    let comma = skip_space(bytes, at);
    if bytes.get(comma) == Some(&b',') { skip_space(bytes, comma + 1) } else { comma }
}

fn skip_space(bytes: &[u8], at: usize) -> usize {
    at + bytes.get(at..).map_or(0, |rest| rest.iter().take_while(|b| b.is_ascii_whitespace()).count())
}

/// Looks among an object's members for the rows of a page.
fn descent(bytes: &[u8], at: usize, path: &[&str]) -> Descent {
    let Some((name, deeper)) = path.split_first() else { return Descent::Other };
    let mut member = at + 1;
    loop {
        member = skip_space(bytes, member);
        match bytes.get(member) {
            None => return Descent::More,
            Some(b',') => member += 1,
            Some(b'"') => {
                let key_end = match string_end(bytes, member) {
                    ValueEnd::At { end, .. } => end,
                    ValueEnd::Open => return Descent::More,
                    ValueEnd::Broken(_) => return Descent::Other,
                };
                let colon = skip_space(bytes, key_end);
                match bytes.get(colon) {
                    None => return Descent::More,
                    Some(b':') => {}
                    Some(_) => return Descent::Other,
                }
                let value = skip_space(bytes, colon + 1);
                let Some(opening) = bytes.get(value) else { return Descent::More };
                if bytes[member + 1..key_end - 1] == *name.as_bytes() {
                    return match (opening, deeper.is_empty()) {
                        (b'[', true) => Descent::Into { next: value + 1, single: false },
                        (b'{', true) => Descent::Into { next: value, single: true },
                        (b'{', false) => descent(bytes, value, deeper),
                        _ => Descent::Other,
                    };
                }
                match any_value_end(bytes, value) {
                    Some(ValueEnd::At { end, .. }) => member = end,
                    Some(ValueEnd::Broken(_)) => return Descent::Other,
                    Some(ValueEnd::Open) | None => return Descent::More,
                }
            }
            Some(_) => return Descent::Other,
        }
    }
}

/// The end of whatever value stands at `at`.
fn any_value_end(bytes: &[u8], at: usize) -> Option<ValueEnd> {
    let end = match bytes.get(at)? {
        b'{' | b'[' => value_end(bytes, at),
        b'"' => string_end(bytes, at),
        _ => match bytes[at..].iter().take(LITERAL).position(|b| b",}]".contains(b)) {
            Some(length) => ValueEnd::At { end: at + length, depth: 0 },
            None if bytes.len() - at < LITERAL => ValueEnd::Open,
            None => ValueEnd::Broken(at),
        },
    };
    Some(end)
}

/// The end of the object or array that opens at `at`.
pub(crate) fn value_end(bytes: &[u8], at: usize) -> ValueEnd {
    walk(bytes, at + 1, 1)
}

/// What a byte outside a string does.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Class {
    Plain,
    Quote,
    Opens,
    Closes,
    Foreign,
}

/// Outside strings stand white space, punctuation, numbers and the letters of `true`, `false`, `null`, `NaN`, `Infinity`.
const CLASSES: [Class; 256] = {
    let mut classes = [Class::Foreign; 256];
    let plain = b" \t\r\n:,0123456789+-.eEtrufalsnNIiy";
    let mut i = 0;
    while i < plain.len() {
        classes[plain[i] as usize] = Class::Plain;
        i += 1;
    }
    classes[b'"' as usize] = Class::Quote;
    classes[b'{' as usize] = Class::Opens;
    classes[b'[' as usize] = Class::Opens;
    classes[b'}' as usize] = Class::Closes;
    classes[b']' as usize] = Class::Closes;
    classes
};

/// Walks on, inside `open` objects or arrays, to where the outermost closes. Counts, so no depth can exhaust the stack.
fn walk(bytes: &[u8], from: usize, open: usize) -> ValueEnd {
    let (mut at, mut depth, mut deepest) = (from, open, open);
    while let Some(byte) = bytes.get(at) {
        match CLASSES[usize::from(*byte)] {
            Class::Plain => at += 1,
            Class::Quote => match string_end(bytes, at) {
                ValueEnd::At { end, .. } => at = end,
                other => return other,
            },
            Class::Opens => {
                depth += 1;
                deepest = deepest.max(depth);
                at += 1;
            }
            Class::Closes => {
                depth -= 1;
                at += 1;
                if depth == 0 {
                    return ValueEnd::At { end: at, depth: deepest };
                }
            }
            Class::Foreign => return ValueEnd::Broken(at),
        }
    }
    ValueEnd::Open
}

/// The end of the string whose opening quote stands at `at`. A line end inside one is a lost quote.
fn string_end(bytes: &[u8], at: usize) -> ValueEnd {
    if bytes.get(at) != Some(&b'"') {
        return ValueEnd::Broken(at);
    }
    let mut from = at + 1;
    loop {
        let Some(rest) = bytes.get(from..) else { return ValueEnd::Open };
        let Some(found) = memchr3(b'"', b'\\', b'\n', rest).map(|i| from + i) else { return ValueEnd::Open };
        match bytes[found] {
            b'"' => return ValueEnd::At { end: found + 1, depth: 0 },
            b'\\' => from = found + 2,
            _ => return ValueEnd::Broken(found),
        }
    }
}

/// Whether braces and brackets nest deeper than `cap`. Strings are not told apart, as the row may be a CSV cell or broken: ask
/// only about rows that could not be read.
pub(crate) fn deeper_than(text: &str, cap: usize) -> bool {
    let mut depth = 0usize;
    text.bytes().any(|byte| {
        match byte {
            b'{' | b'[' => depth += 1,
            b'}' | b']' => depth = depth.saturating_sub(1),
            _ => {}
        }
        depth > cap
    })
}
