//! Owns what can go wrong while drawing or writing a page. Drawing into memory fails only by a mistake of ours.

use std::convert::Infallible;

use plotters::drawing::DrawingAreaErrorKind;

/// What the drawing library says when an element cannot be placed.
pub(crate) type DrawError = DrawingAreaErrorKind<Infallible>;

/// Why a chart or a page could not be made.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum RenderError {
    /// A chart's element could not be placed.
    #[error("chart {figure} could not be drawn; run `mailtrail report` again and report this as a bug")]
    Draw {
        /// The figure's id (`F01`).
        figure: &'static str,
        /// What the drawing library says.
        #[source]
        source: DrawError,
    },
    /// The case's rows could not be read.
    #[error("page {page}: its rows could not be read")]
    Rows {
        /// The page's name.
        page: &'static str,
        /// What reading them says.
        #[source]
        source: mailtrail_model::RowsError,
    },
    /// A page's template refused its data.
    #[error("page {page} could not be written; run `mailtrail report` again and report this as a bug")]
    Page {
        /// The page's name (`report.html`).
        page: &'static str,
        /// What the template says.
        #[source]
        source: askama::Error,
    },
    /// The PDF could not be made.
    #[error("report.pdf could not be made ({what}); leave --pdf away and report this as a bug")]
    Paper {
        /// What the writer says.
        what: String,
    },
    /// A workbook could not be written.
    #[error("{file} could not be written; check that the disk has room, then run `mailtrail report` again")]
    Workbook {
        /// Which (`messages.xlsx`).
        file: &'static str,
        /// What the writer says.
        #[source]
        source: rust_xlsxwriter::XlsxError,
    },
    /// A file could not be written.
    #[error("{file} could not be written")]
    Write {
        /// Which (`messages.xl.csv`).
        file: &'static str,
        /// What the system says.
        #[source]
        source: std::io::Error,
    },
}

impl RenderError {
    /// Names the figure a drawing error belongs to.
    pub(crate) fn drawing(figure: &'static str) -> impl FnOnce(DrawError) -> Self {
        move |source| Self::Draw { figure, source }
    }
}
