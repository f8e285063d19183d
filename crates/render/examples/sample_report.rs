//! Writes the charts and pages of a made-up case into a folder, to be looked at: `sample_report OUT [MAILBOXES] [nothing] [classed]`.

use std::path::PathBuf;

#[path = "../tests/it/made_up.rs"]
mod made_up;

fn main() -> Result<(), Box<dyn std::error::Error>> {
    let mut arguments = std::env::args().skip(1);
    let out = PathBuf::from(arguments.next().ok_or("usage: sample_report OUT [MAILBOXES] [nothing] [classed]")?);
    let mailboxes = arguments.next().map_or(Ok(16), |text| text.parse())?;
    let words: Vec<String> = arguments.collect();
    let says = |word: &str| words.iter().any(|given| given == word);
    let said = if says("nothing") { made_up::Said::Nothing } else { made_up::Said::Both };
    let timeline = made_up::timeline(made_up::Shape { mailboxes, days: 92, said, classed: says("classed") });
    std::fs::create_dir_all(&out)?;
    let charts = mailtrail_render::charts(&timeline, &mailtrail_render::ChartNumbers::default())?;
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
        mailbox_links: mailtrail_render::MailboxLinks::Pages,
        tool_version: "0.1.0",
    };
    std::fs::write(out.join("report.html"), mailtrail_render::report(&input)?)?;
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
