//! Views: what each chart will show, decided before anything is drawn. Plain data, built from a [`mailtrail_model::Timeline`].

mod bursts;
mod coverage;
mod cumulative;
mod door;
mod folders;
mod heatmap;
mod label;
mod reach;
mod swimlanes;
mod totals;

pub(crate) use bursts::ordered;
pub use bursts::{BurstStep, BurstStrip, BurstsView};
pub use coverage::{CoverageRow, CoverageView};
pub use cumulative::{CumulativeView, GrowthLine, GrowthUnit, LineKind};
pub(crate) use door::Door;
pub use folders::{FolderRow, FoldersView};
pub use heatmap::{HeatCell, HeatUnit, HeatmapView, Sight};
pub(crate) use label::{Labels, name_of};
pub use reach::{ReachRow, ReachView};
pub use swimlanes::{CaseMarking, Lane, LaneBar, LaneSync, SessionKind, SwimlanesView};
pub use totals::{TotalsRow, TotalsView};
