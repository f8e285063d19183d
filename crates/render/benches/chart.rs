//! How long each chart takes to draw, of a case of a hundred mailboxes and a quarter of a year: `cargo bench -p mailtrail-render`.
#![allow(clippy::unwrap_used, reason = "a chart that cannot be drawn has no time")]

use divan::Bencher;
use mailtrail_render::{
    ChartNumbers, CoverageView, CumulativeView, HeatmapView, ReachView, SwimlanesView, charts, coverage, cumulative,
    heatmap, reach, swimlanes,
};

#[allow(dead_code, reason = "made for the tests, which use more of it")]
#[path = "../tests/it/made_up.rs"]
mod made_up;

fn main() {
    divan::main();
}

fn case() -> mailtrail_model::Timeline {
    made_up::timeline(made_up::Shape { mailboxes: 100, days: 92, said: made_up::Said::Both, classed: true })
}

#[divan::bench]
fn all(bencher: Bencher<'_, '_>) {
    let case = case();
    bencher.bench_local(|| charts(&case, &ChartNumbers::default()).unwrap().len());
}

#[divan::bench]
fn one_coverage(bencher: Bencher<'_, '_>) {
    let case = case();
    bencher.bench_local(|| coverage(&CoverageView::of(&case)).unwrap());
}

#[divan::bench]
fn one_cumulative(bencher: Bencher<'_, '_>) {
    let case = case();
    bencher.bench_local(|| cumulative(&CumulativeView::of(&case, None)).unwrap());
}

#[divan::bench]
fn one_heatmap(bencher: Bencher<'_, '_>) {
    let case = case();
    bencher.bench_local(|| heatmap(&HeatmapView::of(&case, None)).unwrap());
}

#[divan::bench]
fn one_reach(bencher: Bencher<'_, '_>) {
    let case = case();
    bencher.bench_local(|| reach(&ReachView::of(&case)).unwrap());
}

#[divan::bench]
fn one_swimlanes(bencher: Bencher<'_, '_>) {
    let case = case();
    bencher.bench_local(|| swimlanes(&SwimlanesView::of(&case)).unwrap());
}
