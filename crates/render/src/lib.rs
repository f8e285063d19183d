//! A timeline as pictures and pages: SVG charts with their numbers, self-contained HTML.
//!
//! Owns: how things look and how they are said. Takes `&Timeline`, gives strings. Does not do: touch a path, read the clock,
//! compute a meaning (that is `timeline`), seal anything (that is `evidence`).

mod axis;
mod band;
mod canvas;
mod chart;
mod error;
mod escape;
mod figure;
mod frame;
mod measure;
mod page;
mod paper;
mod sheet;
mod text;
mod theme;
mod view;
mod words;

pub use band::{BandGroup, BandSpan};
pub use chart::{
    ChartNumbers, bursts, changes, charts, coverage, cumulative, folders, heatmap, reach, swimlanes, totals,
};
pub use error::RenderError;
pub use figure::{Chart, ChartTable, ColumnHead};
pub use page::{
    Batch, LEAST, MailboxLinks, MailboxPages, Pseudonyms, ReportInput, Wording, regulator_annex, regulator_csv, report,
};
pub use paper::report_pdf;
pub use sheet::{MessagesSheet, SheetInput, sessions_sheet, sheet_notes};
pub use text::{Preliminary, Summary};
pub use view::{
    BurstStep, BurstStrip, BurstsView, CaseMarking, CoverageRow, CoverageView, CumulativeView, FolderRow, FoldersView,
    GrowthLine, GrowthUnit, HeatCell, HeatUnit, HeatmapView, Lane, LaneBar, LaneSync, LineKind, ReachRow, ReachView,
    SessionKind, Sight, SwimlanesView, TotalsRow, TotalsView,
};
