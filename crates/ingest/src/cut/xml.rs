//! Owns XML rows: `Event` elements of a mailbox audit log search. Everything around them that is no text is wrapper.

use memchr::{memchr, memmem};

use super::{Cut, Fault, MARK, Step, trim_end};

/// Cuts `Event` elements.
#[derive(Clone, Debug, Default)]
pub(crate) struct XmlCutter {
    /// Elements open around the rows.
    open: u32,
}

const OPENING: &[u8] = b"<Event";
const CLOSING: &[u8] = b"</Event>";

impl XmlCutter {
    pub(crate) fn step(&mut self, bytes: &[u8], at: usize, last: bool) -> Step {
        let rest = &bytes[at..];
        if bytes[at].is_ascii_whitespace() {
            let blank = rest.iter().take_while(|b| b.is_ascii_whitespace()).count();
            return Step::Gap { next: at + blank };
        }
        if rest.starts_with(MARK) {
            return Step::Gap { next: at + MARK.len() };
        }
        if !last && rest.len() < OPENING.len() + 1 {
            return Step::More;
        }
        if is_event(rest) {
            return self.event(bytes, at, last);
        }
        if bytes[at] == b'<' { self.tag(bytes, at, last) } else { stray_text(bytes, at, last) }
    }

    #[expect(clippy::unused_self, reason = "cutters share their signatures")]
    pub(crate) fn resume(&self, bytes: &[u8], at: usize) -> Option<usize> {
        let from = bytes.len().min(at + 1);
        memmem::find_iter(&bytes[from..], OPENING).map(|i| from + i).find(|start| is_event(&bytes[*start..]))
    }

    pub(crate) fn unfinished(&self) -> Option<&'static str> {
        (self.open > 0).then_some("the root element is not closed")
    }

    /// An element: to its closing tag, but never past the next one's opening tag.
    fn event(&self, bytes: &[u8], at: usize, last: bool) -> Step {
        let next_event = self.resume(bytes, at);
        let within = &bytes[at..next_event.unwrap_or(bytes.len())];
        let tag = memchr(b'>', within);
        let empty = tag.filter(|i| within[i - 1] == b'/').map(|i| i + 1);
        let whole = empty.or_else(|| memmem::find(within, CLOSING).map(|i| i + CLOSING.len()));
        if let Some(length) = whole {
            return Step::Row(Cut { start: at, end: at + length, next: at + length, fault: None });
        }
        match next_event {
            Some(next) => Step::Row(Cut { start: at, end: trim_end(bytes, at, next), next, fault: None }),
            None if last => {
                let end = trim_end(bytes, at, bytes.len());
                Step::Row(Cut { start: at, end, next: bytes.len(), fault: Some(Fault::Unfinished) })
            }
            None => Step::More,
        }
    }

    /// A tag, comment or declaration outside rows.
    fn tag(&mut self, bytes: &[u8], at: usize, last: bool) -> Step {
        let rest = &bytes[at..];
        let end = if rest.starts_with(b"<!--") {
            memmem::find(rest, b"-->").map(|i| i + 3)
        } else {
            memchr(b'>', rest).map(|i| i + 1)
        };
        match end {
            Some(length) => {
                match rest[1] {
                    b'?' | b'!' => {}
                    b'/' => self.open = self.open.saturating_sub(1),
                    _ if rest[length - 2] == b'/' => {}
                    _ => self.open = self.open.saturating_add(1),
                }
                Step::Gap { next: at + length }
            }
            None if last => stray_text(bytes, at, true),
            None => Step::More,
        }
    }
}

fn is_event(rest: &[u8]) -> bool {
    rest.starts_with(OPENING) && rest.get(OPENING.len()).is_some_and(|b| b.is_ascii_whitespace() || b">/".contains(b))
}

/// Text where an element should be.
fn stray_text(bytes: &[u8], at: usize, last: bool) -> Step {
    match memchr(b'<', &bytes[at + 1..]).map(|i| at + 1 + i) {
        Some(next) => Step::Row(Cut { start: at, end: trim_end(bytes, at, next), next, fault: None }),
        None if last => {
            Step::Row(Cut { start: at, end: trim_end(bytes, at, bytes.len()), next: bytes.len(), fault: None })
        }
        None => Step::More,
    }
}
