//! Charts: one a file; each takes its view and gives a [`crate::Chart`]. Nothing is decided here but places in the picture.

mod bursts;
mod changes;
mod coverage;
mod cumulative;
mod folders;
mod heatmap;
mod reach;
mod swimlanes;
mod totals;

pub use bursts::bursts;
pub use changes::changes;
pub use coverage::coverage;
pub use cumulative::cumulative;
pub use folders::folders;
pub use heatmap::heatmap;
pub use reach::reach;
pub use swimlanes::swimlanes;
pub use totals::totals;

use mailtrail_model::{FolderCount, Growth, HourCount, Revision, Timeline};

use crate::error::RenderError;
use crate::figure::Chart;
use crate::page::Wording;
use crate::view::{
    BurstsView, CoverageView, CumulativeView, FoldersView, HeatmapView, ReachView, SwimlanesView, TotalsView,
};

/// Numbers that are too many for a [`Timeline`] and that the caller may have taken from the tables. Without them the charts
/// say what they counted instead.
#[derive(Clone, Copy, Debug, Default)]
pub struct ChartNumbers<'a> {
    /// Access records by hour and attribution.
    pub hours: Option<&'a [HourCount]>,
    /// First namings by way in.
    pub growth: Option<&'a [Growth]>,
    /// Messages by folder and class.
    pub folders: Option<&'a [FolderCount]>,
    /// What changed since an earlier report.
    pub revision: Option<&'a Revision>,
}

/// Every chart the account of a case allows, in the order of their ids.
///
/// # Errors
/// [`RenderError::Draw`] if an element cannot be placed, which would be a bug.
pub fn charts(timeline: &Timeline, numbers: &ChartNumbers<'_>) -> Result<Vec<Chart>, RenderError> {
    let mut charts = vec![
        swimlanes(&SwimlanesView::of(timeline))?,
        heatmap(&HeatmapView::of(timeline, numbers.hours))?,
        cumulative(&CumulativeView::of(timeline, numbers.growth))?,
        reach(&ReachView::of(timeline))?,
        coverage(&CoverageView::of(timeline))?,
    ];
    // A file that goes into a filing has the facts' word, whoever's report it stands in.
    if let Some(view) = BurstsView::of(timeline, Wording::Facts.burst()) {
        charts.push(bursts(&view)?);
    }
    if let Some(view) = numbers.folders.and_then(FoldersView::of) {
        charts.push(folders(&view)?);
    }
    if let Some(view) = TotalsView::of(timeline) {
        charts.push(totals(&view)?);
    }
    if let Some(revision) = numbers.revision {
        charts.push(changes(revision)?);
    }
    charts.sort_by_key(|chart| chart.id);
    Ok(charts)
}
