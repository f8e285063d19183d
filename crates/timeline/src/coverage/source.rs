//! Owns what one source says of each instant: its declared range, its export time, its filters, its cuts.

use mailtrail_model::{
    CoverageState, FilterKind, Interval, MailboxKey, MailboxName, Rules, SourceDeclaration, SourceFilter,
    SourceReceipt, SourceScope, UtcMicros,
};

use super::Stretch;

/// From this day on every cmdlet search was complete (message centre MC955752): 3 March 2025.
const HIGH_COMPLETENESS_FROM: i64 = 1_740_960_000_000_000;

/// A source as coverage sees it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct SourceView {
    /// Its declared query range, else the span of its records.
    pub(crate) span: Interval,
    /// Whether the range was declared.
    pub(crate) declared: bool,
    /// When it was made.
    pub(crate) exported: Option<UtcMicros>,
    /// Days the tenant keeps records, where declared.
    pub(crate) retention_days: Option<i64>,
    /// Mailboxes asked for; `None` for all.
    pub(crate) scope: Option<Vec<MailboxName>>,
    /// Narrowed by something that hides accesses.
    pub(crate) filtered: bool,
    /// Stated to be narrowed by nothing that hides accesses.
    pub(crate) unfiltered: bool,
    /// Made by a method that admits incomplete results.
    pub(crate) subset: bool,
    /// Looks cut.
    pub(crate) truncated: bool,
    /// Days of retention where nothing is declared: now and before October 2023; hours to settle.
    pub(crate) defaults: (i64, i64, i64),
}

impl SourceView {
    /// Joins what was read and what was declared; `None` for a source that covers nothing.
    pub(crate) fn of(
        receipt: &SourceReceipt,
        rows_read: u64,
        declared: Option<&SourceDeclaration>,
        rules: &Rules,
    ) -> Option<Self> {
        receipt.container.as_ref()?;
        let query = declared.and_then(|source| source.query);
        let exported = declared.and_then(|source| source.exported);
        Some(Self {
            span: query.or(receipt.span)?,
            declared: query.is_some(),
            exported,
            retention_days: declared.and_then(|source| source.retention_days),
            scope: declared.and_then(|source| match &source.scope {
                SourceScope::Mailboxes(names) => Some(names.clone()),
                SourceScope::All | SourceScope::NotStated => None,
            }),
            filtered: declared.is_some_and(|source| hides_accesses(&source.filter) == Some(true)),
            unfiltered: declared.is_some_and(|source| hides_accesses(&source.filter) == Some(false)),
            subset: is_subset(
                declared.and_then(|source| source.method.as_deref()),
                receipt.container.as_deref(),
                exported,
            ),
            truncated: is_cut(receipt, rows_read, declared),
            defaults: (rules.retention_days, rules.retention_days_before_october_2023, rules.settle_hours),
        })
    }

    /// Whether a mailbox was asked for.
    pub(crate) fn covers(&self, key: &MailboxKey, upn: Option<&str>) -> bool {
        self.scope.as_ref().is_none_or(|names| names.iter().any(|name| name.means(key, upn)))
    }

    /// What it says of each instant of `domain`; instants it says nothing of are left out.
    pub(crate) fn profile(&self, domain: Interval) -> Vec<Stretch> {
        let mut span = self.span;
        if let Some(exported) = self.exported {
            // What happened after the export cannot be in it.
            span.end = span.end.min(exported);
        }
        let Some(span) = span.clip(domain) else { return Vec::new() };
        let whole = self.state_of_the_whole();
        let retained = self.retained_from(span.start);
        let settled = self.exported.map_or(span.end, |at| at.plus(-self.defaults.2 * UtcMicros::HOUR));
        let mut out = Vec::new();
        for (start, end, state) in [
            (span.start, retained, CoverageState::BeforeRetention),
            (span.start.max(retained), settled, whole),
            (span.start.max(retained).max(settled), span.end, whole.min(CoverageState::Unsettled)),
        ] {
            if let Some(part) = (Interval { start, end }).clip(span) {
                super::push(&mut out, part, state);
            }
        }
        out
    }

    fn state_of_the_whole(&self) -> CoverageState {
        let states = [
            (self.truncated, CoverageState::SourceTruncated),
            (self.filtered, CoverageState::Filtered),
            (self.subset, CoverageState::Subset),
            (!self.declared, CoverageState::Inferred),
        ];
        let holding = states.into_iter().filter(|(holds, _)| *holds).map(|(_, state)| state);
        holding.min().unwrap_or(CoverageState::Observed)
    }

    /// The first instant from which the tenant still held records at the export. `from` where nothing is known.
    fn retained_from(&self, from: UtcMicros) -> UtcMicros {
        let Some(exported) = self.exported else { return from };
        let back = |days: i64| exported.plus(-days.saturating_mul(UtcMicros::DAY));
        match self.retention_days {
            Some(days) => back(days),
            None => {
                let (now, before) = (back(self.defaults.0), back(self.defaults.1));
                // Old records were kept for less: they reach back to `before`, new ones to `now`.
                now.max(before.min(Rules::LONGER_RETENTION_FROM))
            }
        }
    }
}

/// Whether a query was narrowed by something that hides accesses; `None` where that is not stated.
fn hides_accesses(filter: &SourceFilter) -> Option<bool> {
    match filter {
        SourceFilter::By(kinds) => Some(kinds.iter().any(|kind| FilterKind::hides_accesses(*kind))),
        SourceFilter::None => Some(false),
        SourceFilter::NotStated => None,
    }
}

fn is_subset(method: Option<&str>, container: Option<&str>, exported: Option<UtcMicros>) -> bool {
    let lower = method.map(str::to_lowercase);
    let cmdlet = match &lower {
        Some(method) => method.contains("search-unifiedauditlog") && !method.contains("highcompleteness"),
        // Only that cmdlet writes these containers; how it was called is not known.
        None => container.is_some_and(|name| name.starts_with("search-ual")),
    };
    cmdlet && exported.is_none_or(|at| at.0 < HIGH_COMPLETENESS_FROM)
}

/// Findings that say rows of the source itself are missing. Others speak of narrowed queries or damaged records: they are
/// printed, and the examiner declares what follows.
const CUT: [&str; 8] = [
    "row-cap",
    "result-count",
    "result-cap",
    "search-failed",
    "reading-stopped",
    "unfinished-file",
    "next-page",
    "missing-parts",
];

/// Whether rows are missing: by what the reader found, or because the service reported more.
fn is_cut(receipt: &SourceReceipt, rows_read: u64, declared: Option<&SourceDeclaration>) -> bool {
    let reported = declared.and_then(|source| source.rows_reported);
    let findings = &receipt.completeness.findings;
    reported.is_some_and(|rows| rows_read < rows)
        || findings.iter().any(|finding| finding.incomplete && CUT.contains(&&*finding.code))
}
