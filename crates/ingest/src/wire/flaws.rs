//! Owns what is noticed while a row is read, and the arena its texts go to.

use std::cell::{Cell, RefCell};

use bumpalo::Bump;
use mailtrail_model::IssueCode;

use crate::row::Notes;

/// What every reader of a part of a row carries along.
#[derive(Clone, Copy)]
pub(crate) struct Ctx<'a, 'f> {
    /// Unescaped texts live here, as long as the block.
    pub(crate) arena: &'a Bump,
    /// What was noticed.
    pub(crate) flaws: &'f Flaws,
}

impl<'a> Ctx<'a, '_> {
    /// The text, borrowed if the parser could borrow it, else copied into the arena.
    pub(crate) fn keep(self, text: &str) -> &'a str {
        self.arena.alloc_str(text)
    }
}

/// What was noticed in one row.
#[derive(Debug, Default)]
pub(crate) struct Flaws {
    notes: RefCell<Notes>,
    cut: Cell<bool>,
    flattened: Cell<bool>,
    too_many: Cell<bool>,
}

impl Flaws {
    /// Adds a note. The first of a code is the one that is told, so that a row of a million repeated keys costs one.
    pub(crate) fn note(&self, code: IssueCode, detail: impl Into<String>) {
        let mut notes = self.notes.borrow_mut();
        if !notes.iter().any(|(known, _)| *known == code) {
            notes.push((code, detail.into()));
        }
    }

    /// A field holds a value it cannot hold.
    pub(crate) fn unreadable(&self, field: &str, what: impl std::fmt::Display) {
        self.note(IssueCode::ValueUnreadable, format!("{field}: {what}"));
    }

    /// The body was cut and closed again.
    pub(crate) fn cut(&self) {
        self.cut.set(true);
    }

    /// Whether it was.
    pub(crate) fn is_cut(&self) -> bool {
        self.cut.get()
    }

    /// Nested values became text on the way (`@{…}`, `System.Object[]`).
    pub(crate) fn flattened(&self) {
        self.flattened.set(true);
    }

    /// Whether they did.
    pub(crate) fn is_flattened(&self) -> bool {
        self.flattened.get()
    }

    /// The item cap was reached.
    pub(crate) fn too_many(&self) {
        self.too_many.set(true);
    }

    /// Whether it was.
    pub(crate) fn is_too_many(&self) -> bool {
        self.too_many.get()
    }

    /// How many notes there are, to come back to with [`Self::rewind`].
    pub(crate) fn mark(&self) -> usize {
        self.notes.borrow().len()
    }

    /// Drops the notes of an attempt that is made again.
    pub(crate) fn rewind(&self, mark: usize) {
        self.notes.borrow_mut().truncate(mark);
    }

    /// Takes the notes.
    pub(crate) fn take_notes(&self) -> Notes {
        self.notes.take()
    }
}
