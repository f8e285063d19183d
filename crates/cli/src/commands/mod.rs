//! Owns the commands, one a file. Each turns arguments into calls of the workers and their answers into text.

pub(crate) mod attribute;
pub(crate) mod explain;
mod explain_burst;
pub(crate) mod init;
pub(crate) mod inspect;
pub(crate) mod message;
pub(crate) mod report;
pub(crate) mod run;
pub(crate) mod shell;
mod source_rows;
