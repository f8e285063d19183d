//! Charts: one a file; each takes its view and gives a [`crate::Chart`]. Nothing is decided here but places in the picture.

mod swimlanes;

pub use swimlanes::swimlanes;
