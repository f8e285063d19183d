//! Writes the charts and pages of a made-up case into a folder, to be looked at:
//! `sample_report OUT [MAILBOXES] [nothing] [classed] [hostile]`. With `hostile` it writes one case a hostile text, each in a
//! folder of its own, every field of which is that text.

use std::path::{Path, PathBuf};

use mailtrail_model::{CaseInputs, Timeline};

#[path = "../tests/it/made_up.rs"]
mod made_up;
#[path = "../tests/it/poison.rs"]
mod poison;

type Done = Result<(), Box<dyn std::error::Error>>;

fn main() -> Done {
    let mut arguments = std::env::args().skip(1);
    let usage = "usage: sample_report OUT [MAILBOXES] [nothing] [classed] [hostile]";
    let out = PathBuf::from(arguments.next().ok_or(usage)?);
    let mailboxes = arguments.next().map_or(Ok(16), |text| text.parse())?;
    let words: Vec<String> = arguments.collect();
    let says = |word: &str| words.iter().any(|given| given == word);
    let said = if says("nothing") { made_up::Said::Nothing } else { made_up::Said::Both };
    let days = if says("hostile") { 18 } else { 92 };
    let make = || made_up::timeline(made_up::Shape { mailboxes, days, said, classed: says("classed") });
    if !says("hostile") {
        return write(&make(), &made_up::case(said), &out, Paper::Yes);
    }
    for (place, text) in poison::texts().iter().enumerate() {
        let (mut timeline, mut case) = (make(), made_up::case(said));
        poison::poison(&mut timeline, &mut case, text);
        write(&timeline, &case, &out.join(format!("{place:02}")), Paper::No)?;
    }
    Ok(())
}

/// Whether the report is laid out on paper as well. Hostile cases are for browsers; the PDF has its own test of them.
#[derive(Clone, Copy, PartialEq)]
enum Paper {
    Yes,
    No,
}

fn write(timeline: &Timeline, case: &CaseInputs, out: &Path, paper: Paper) -> Done {
    std::fs::create_dir_all(out)?;
    let charts = mailtrail_render::charts(timeline, &mailtrail_render::ChartNumbers::default())?;
    for chart in &charts {
        std::fs::write(out.join(format!("{}.svg", chart.file_stem())), &chart.svg)?;
        std::fs::write(out.join(format!("{}.csv", chart.file_stem())), &chart.csv)?;
    }
    let input = mailtrail_render::ReportInput {
        timeline,
        case,
        charts: &charts,
        wording: mailtrail_render::Wording::Facts,
        mailbox_links: mailtrail_render::MailboxLinks::Pages,
        rows: None,
        exposure_sha256: None,
        revision: None,
        tool_version: "0.1.0",
    };
    std::fs::write(out.join("report.html"), mailtrail_render::report(&input)?)?;
    if paper == Paper::Yes {
        std::fs::write(out.join("report.pdf"), mailtrail_render::report_pdf(&input)?)?;
    }
    let pages = mailtrail_render::MailboxPages::of(&input);
    let folder = out.join("mailboxes");
    std::fs::create_dir_all(&folder)?;
    std::fs::write(folder.join("index.html"), pages.index()?)?;
    for place in 0..pages.len() {
        if let (Some(name), Some(page)) = (pages.file_name(place), pages.page(place)?) {
            std::fs::write(folder.join(name), page)?;
        }
    }
    Ok(())
}
