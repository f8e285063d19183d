//! Owns what a receipt is made of: what a source's bytes said, what its rows told, and the findings only the reader can make.

use mailtrail_model::{Finding, Sha256};

use crate::transcode::Encoding;

/// The finding's name where an answer goes on in another file.
pub(crate) const NEXT_PAGE: &str = "next-page";

/// What reading a source's rows told.
#[derive(Default)]
pub(crate) struct Told {
    pub(crate) container: Option<&'static str>,
    /// What of a record the source cannot carry.
    pub(crate) cannot_tell: Option<&'static str>,
    pub(crate) refused: Option<String>,
    pub(crate) findings: Vec<Finding>,
}

impl Told {
    pub(crate) fn refused(why: impl Into<String>) -> Self {
        Self { refused: Some(why.into()), ..Self::default() }
    }
}

/// What is known of a source's bytes.
pub(crate) struct Stamp {
    pub(crate) parent: Option<Sha256>,
    pub(crate) sha256: Sha256,
    pub(crate) bytes: u64,
    pub(crate) content_bytes: u64,
    pub(crate) encoding: Encoding,
    pub(crate) compression: Option<&'static str>,
}

/// The finding's name where the container cannot carry all of a record.
pub(crate) const LOSSY: &str = "lossy-container";

/// What to ask for is said once the source's span is known.
pub(crate) fn lossy(what: &str) -> Finding {
    Finding {
        code: LOSSY.into(),
        evidence: format!("this kind of export cannot tell {what}"),
        ask: None,
        incomplete: false,
    }
}

pub(crate) fn stopped(error: &std::io::Error) -> Finding {
    Finding {
        code: "reading-stopped".into(),
        evidence: format!("reading stopped before the end: {error}; rows before that stand"),
        ask: Some("a whole copy of this file".to_owned()),
        incomplete: true,
    }
}

pub(crate) fn nothing(code: &'static str, what: &str) -> Finding {
    Finding {
        code: code.into(),
        evidence: what.to_owned(),
        ask: Some("the export again, or the search's own count of zero as proof that there is nothing".to_owned()),
        incomplete: true,
    }
}

pub(crate) fn next_page() -> Finding {
    Finding {
        code: NEXT_PAGE.into(),
        evidence: "the file is a page of an answer and names a next page".to_owned(),
        ask: Some("the pages after this one, up to the one without @odata.nextLink".to_owned()),
        incomplete: true,
    }
}

pub(crate) fn unfinished(what: &str) -> Finding {
    Finding {
        code: "unfinished-file".into(),
        evidence: format!("{what}: the export was interrupted"),
        ask: Some("the export again, run to its end".to_owned()),
        incomplete: true,
    }
}
