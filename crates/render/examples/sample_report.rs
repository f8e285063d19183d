//! Writes the charts and pages of a made-up case into a folder, to be looked at: `sample_report OUT [MAILBOXES] [nothing]`.

use std::path::PathBuf;

#[path = "../tests/it/made_up.rs"]
mod made_up;

fn main() -> Result<(), Box<dyn std::error::Error>> {
    let mut arguments = std::env::args().skip(1);
    let out = PathBuf::from(arguments.next().ok_or("usage: sample_report OUT [MAILBOXES] [nothing]")?);
    let mailboxes = arguments.next().map_or(Ok(16), |text| text.parse())?;
    let said = if arguments.next().is_some() { made_up::Said::Nothing } else { made_up::Said::Both };
    let timeline = made_up::timeline(made_up::Shape { mailboxes, days: 92, said });
    std::fs::create_dir_all(&out)?;
    let chart = mailtrail_render::swimlanes(&mailtrail_render::SwimlanesView::of(&timeline))?;
    let charts = [chart];
    for chart in &charts {
        std::fs::write(out.join(format!("{}.svg", chart.file_stem())), &chart.svg)?;
        std::fs::write(out.join(format!("{}.csv", chart.file_stem())), &chart.csv)?;
    }
    let case = made_up::case(said);
    let input = mailtrail_render::ReportInput {
        timeline: &timeline,
        case: &case,
        charts: &charts,
        wording: mailtrail_render::Wording::Facts,
        tool_version: "0.1.0",
    };
    std::fs::write(out.join("report.html"), mailtrail_render::report(&input)?)?;
    Ok(())
}
