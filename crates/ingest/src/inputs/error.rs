//! Owns what is said about an input that cannot be taken: file, row, column, what, and what to do.

use std::fmt;

use mailtrail_model::InputPlace;

/// One complaint. `roster.csv: row 5, column zone: there is no time zone "Europe/Belin"; did you mean "Europe/Berlin"?`
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct InputError {
    /// Where.
    pub place: InputPlace,
    /// The column or key, as the file spells it.
    pub column: Option<String>,
    /// What is wrong, with the value.
    pub what: String,
    /// What to do.
    pub hint: Option<String>,
}

impl fmt::Display for InputError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}", self.place)?;
        if let Some(column) = &self.column {
            write!(f, ", column {column}")?;
        }
        write!(f, ": {}", self.what)?;
        match &self.hint {
            Some(hint) => write!(f, "; {hint}"),
            None => Ok(()),
        }
    }
}

/// Every complaint about the inputs, in file order: a person corrects a file once, not once an error. Never empty.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct InputErrors {
    /// The first complaints.
    pub errors: Vec<InputError>,
    /// How many more there are beyond [`Self::KEPT`].
    pub more: u64,
}

impl InputErrors {
    /// Complaints kept and printed.
    pub const KEPT: usize = 20;
}

impl fmt::Display for InputErrors {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        for (at, error) in self.errors.iter().enumerate() {
            write!(f, "{}{error}", if at == 0 { "" } else { "\n" })?;
        }
        if self.more > 0 {
            write!(f, "\nand {} more", self.more)?;
        }
        Ok(())
    }
}

impl std::error::Error for InputErrors {}

/// Gathers complaints while the rest of a file is read.
#[derive(Debug, Default)]
pub(super) struct Complaints {
    kept: Vec<InputError>,
    more: u64,
}

impl Complaints {
    pub(super) fn add(&mut self, error: InputError) {
        if self.kept.len() < InputErrors::KEPT {
            self.kept.push(error);
        } else {
            self.more += 1;
        }
    }

    pub(super) fn extend(&mut self, errors: InputErrors) {
        self.more += errors.more;
        errors.errors.into_iter().for_each(|error| self.add(error));
    }

    pub(super) fn or<T>(self, value: T) -> Result<T, InputErrors> {
        if self.is_empty() { Ok(value) } else { Err(self.into_errors()) }
    }

    pub(super) fn is_empty(&self) -> bool {
        self.kept.is_empty()
    }

    pub(super) fn into_errors(self) -> InputErrors {
        InputErrors { errors: self.kept, more: self.more }
    }
}
