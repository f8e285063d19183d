//! Owns Microsoft's spelling: what a record states, field by field, everything optional, borrowed from the block or its arena.
//!
//! Judges nothing: a wrong type, a null and an absence are kept apart ([`Loose`]), a repeated key keeps its first value and
//! leaves a note. The judge is `normalize`.

mod context;
mod field;
mod flaws;
mod folders;
mod list;
mod loose;
mod powershell;
mod properties;
mod quick;
mod record;
mod repair;
mod shape;

pub(crate) use field::{Body, Detail, Field, Key, column_name};
pub(crate) use flaws::{Ctx, Flaws};
pub(crate) use folders::{WireFolder, WireItem};
pub(crate) use loose::{Loose, json_text};
pub(crate) use record::{WireRecord, named_values, read, read_cell};
pub(crate) use shape::Shape;
