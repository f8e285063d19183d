//! Owns the head of a page: what it is, of which case, for whom, by which tool.

use crate::words;

use super::ReportInput;

/// The head of a page.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Cover {
    /// The document's title, in the browser's tab, too.
    pub(crate) title: String,
    /// The line above the title.
    pub(crate) kind: &'static str,
    /// The line under the title.
    pub(crate) subtitle: String,
    /// The legend the examiner set.
    pub(crate) legend: Option<String>,
    /// Names and values.
    pub(crate) facts: Vec<(&'static str, String)>,
    /// Where a page below another leads up to: words and file.
    pub(crate) up: Option<(&'static str, String)>,
    /// What stands at the head of each printed page.
    pub(crate) running: String,
}

/// The cover of the report.
pub(super) fn cover(input: &ReportInput<'_>) -> Cover {
    let timeline = input.timeline;
    let case = timeline.case_id.as_deref().or(input.case.case_id.as_deref());
    let stated = |text: Option<String>| text.unwrap_or_else(|| "not stated".to_owned());
    let running = match (&input.case.legend, case) {
        (Some(legend), Some(case)) => format!("{legend} · {case}"),
        (Some(one), None) => one.clone(),
        (None, Some(one)) => one.to_owned(),
        (None, None) => "Mail access report".to_owned(),
    };
    Cover {
        title: case.map_or_else(|| "Mail access report".to_owned(), |case| format!("Mail access report, case {case}")),
        kind: "Account of mail access from Microsoft 365 audit records",
        subtitle: words::window(timeline.window.span),
        legend: input.case.legend.clone(),
        facts: vec![
            ("Case", stated(case.map(str::to_owned))),
            ("Report date", stated(input.case.report_date.map(|date| date.to_string()))),
            ("Profile", input.case.profile.as_str().to_owned()),
            (
                "Times",
                input
                    .case
                    .zone
                    .as_ref()
                    .map_or_else(|| "UTC".to_owned(), |zone| format!("UTC (zone of the case: {zone})")),
            ),
            ("Made by", format!("mailtrail {}", input.tool_version)),
            ("Signed off by", String::new()),
        ],
        up: None,
        running,
    }
}
