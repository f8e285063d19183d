//! The examiner's inputs: the case file and the files it names. Text in, values and warnings out.
//!
//! Owns: the spelling of each input, and every complaint about one: file, row or line, column, what, and what to do. Does
//! not: open a file (the caller gives readers), guess (a value that cannot be read is an error, never a default), judge what
//! an input means for a message (that is `timeline`).
//!
//! Responders join many exports; they enter by three small interfaces (listing, control, sign-ins), each one reader with a
//! table of column spellings.

mod apps;
mod attribution;
mod case;
mod control;
mod crosscheck;
mod device;
mod error;
mod known_gap;
mod listing;
mod load;
mod privilege;
mod roster;
mod rules;
mod signin;
mod suggest;
mod table;
mod time;
mod toml_doc;
mod zone;

#[cfg(test)]
mod tests;

pub use apps::read_apps;
pub use attribution::read_attribution;
pub use case::{CaseFile, InputPath, InputPaths, ListingPath, read_case};
pub use control::read_controls;
pub use crosscheck::{KnownMailbox, cross_check};
pub use device::read_devices;
pub use error::{InputError, InputErrors};
pub use known_gap::read_known_gaps;
pub use listing::read_listing;
pub use load::{Loaded, load_inputs, read_address_database};
pub use privilege::read_privilege;
pub use roster::read_roster;
pub use rules::read_rules;
pub use signin::read_signins;
pub use zone::zone_exists;
