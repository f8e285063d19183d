//! Owns `tables/*.xlsx` and `tables/*.xl.csv` of a run: where they lie, and that rows pass from the table to the sheet one by one.

use anyhow::Context;
use mailtrail_model::{CaseInputs, Profile, Timeline};
use mailtrail_render::{MessagesSheet, SheetInput, sessions_sheet};
use mailtrail_timeline::read_classed;

use crate::out_dir::{OutDir, Unfinished};

/// Writes them; the caller ends each, so that they can be written beside the pages.
pub(crate) fn write(case: &CaseInputs, timeline: &Timeline, out: &OutDir) -> anyhow::Result<Vec<Unfinished>> {
    if case.profile == Profile::Regulator {
        // Pseudonymised aggregates only: no row of a session or a message.
        return Ok(Vec::new());
    }
    let tables = out.tables();
    let version = env!("CARGO_PKG_VERSION");
    let input = SheetInput { timeline, case, tool_version: version, scratch: &tables };
    let mut written = Vec::new();
    let (mut csv, mut xlsx) = (out.begin("tables/sessions.xl.csv")?, out.begin("tables/sessions.xlsx")?);
    sessions_sheet(&input, &mut csv.file, &mut xlsx.file)?;
    written.extend([csv, xlsx]);
    if timeline.exposure.is_some() {
        let (mut csv, mut xlsx) = (out.begin("tables/messages.xl.csv")?, out.begin("tables/messages.xlsx")?);
        let mut sheet = MessagesSheet::create(&input, &mut csv.file)?;
        read_classed(&tables, |message| Ok::<(), anyhow::Error>(sheet.push(message)?))
            .context("the classed messages cannot be read back")?;
        sheet.finish(&mut xlsx.file)?;
        written.extend([csv, xlsx]);
    }
    Ok(written)
}
