//! Owns exit codes and how an error reads: `error:`, its causes, then `hint:`.

use std::process::ExitCode;

use crate::terminal::safe;

/// How a command ended, short of an error.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Ended {
    /// Everything was taken: 0.
    Clean,
    /// Done, but rows were quarantined or a source looks incomplete: 3.
    WithIssues,
    /// The answer is no (a package that is not whole, nothing known among the inputs): 1.
    Negative,
}

/// What to try next, attached to an error as context and printed last.
#[derive(Debug)]
pub(crate) struct Hint(pub(crate) String);

impl std::fmt::Display for Hint {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "hint: {}", self.0)
    }
}

impl std::error::Error for Hint {}

/// The exit code of a command; prints its error, if it has one.
pub(crate) fn code(result: anyhow::Result<Ended>) -> ExitCode {
    match result {
        Ok(Ended::Clean) => ExitCode::SUCCESS,
        Ok(Ended::Negative) => ExitCode::from(1),
        Ok(Ended::WithIssues) => ExitCode::from(3),
        Err(error) => {
            let mut prefix = "error: ";
            for cause in error.chain().filter(|c| !c.is::<Hint>()) {
                // A complaint about the examiner's files has a line an error.
                for line in cause.to_string().lines() {
                    eprintln!("{prefix}{}", safe(line));
                    prefix = "       ";
                }
                prefix = "  because: ";
            }
            if let Some(hint) = error.chain().find_map(|c| c.downcast_ref::<Hint>()) {
                eprintln!("hint: {}", safe(&hint.0));
            }
            ExitCode::from(1)
        }
    }
}
