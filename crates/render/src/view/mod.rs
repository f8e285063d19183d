//! Views: what each chart will show, decided before anything is drawn. Plain data, built from a [`mailtrail_model::Timeline`].

mod label;
mod swimlanes;

pub(crate) use label::{Labels, name_of};
pub use swimlanes::{CaseMarking, Lane, LaneBar, LaneSync, SessionKind, SwimlanesView};
