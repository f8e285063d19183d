//! Owns `case.toml`.

use super::{Case, Export};
use crate::{
    export::Container,
    second::{Date, Second},
    world::World,
};

/// The case file: what was exported when, from whom, by which search.
pub(super) fn case_toml(case: &Case, exports: &[(&Export, usize)], world: &World) -> String {
    let time = |at: Second| format!("{}Z", at.iso());
    let mut out = format!(
        "# A worked example of a case file. Everybody in it is invented.\n\
         [case]\nid = \"{}\"\nlegend = \"{}\"\nprofile = \"facts\"\nzone = \"{}\"\nreport_date = {}\n\n\
         [window]\nstart = {}\nend = {}\n",
        case.id,
        case.legend,
        case.zone,
        date(case.report_date),
        time(world.horizon.from),
        time(case.window_until),
    );
    if let Some((start, start_basis, end, end_basis)) = case.period {
        out.push_str(&format!(
            "\n[period]\nstart = {}\nstart_basis = \"{start_basis}\"\nend = {}\nend_basis = \"{end_basis}\"\n",
            time(start),
            time(end),
        ));
    }
    if let Some((end, basis)) = case.baseline {
        out.push_str(&format!(
            "\n[baseline]\nstart = {}\nend = {}\nbasis = \"{basis}\"\n",
            time(world.horizon.from),
            time(end),
        ));
    }
    out.push_str(&format!(
        "\n[policy]\npresume_mailbox_on_sync = true\npresume_mailbox_on_throttle = true\nchosen_by = \"counsel\"\n\
         \n[inputs]\nattribution = \"attribution.toml\"\nroster = \"roster.csv\"\n\
         listings = [{{ path = \"listing.csv\", as_of = {} }}]\n",
        time(case.listed_at),
    ));
    if !case.controls.is_empty() {
        out.push_str(&format!("controls = [{{ path = \"controls.csv\", as_of = {} }}]\n", time(case.listed_at)));
    }
    for (export, rows) in exports {
        let scope = if export.departments.is_empty() {
            "\"all\"".to_owned()
        } else {
            let names: Vec<String> = export.mailboxes(world).map(|upn| format!("\"{upn}\"")).collect();
            format!("[{}]", names.join(", "))
        };
        // A query of OfficeActivity names its operations; MailItemsAccessed is among them.
        let table = matches!(export.container, Container::OfficeActivityCsv | Container::OfficeActivityNdjson);
        let filter = if table { "operations" } else { "none" };
        out.push_str(&format!(
            "\n[[source]]\npath = \"{}\"\nexported_utc = {}\nquery_start = {}\nquery_end = {}\nretention_days = {}\n\
             scope = {scope}\nfilter = \"{filter}\"\ncollector = \"{}\"\nmethod = \"{}\"\nrows_reported = {rows}\n",
            export.path,
            time(export.exported),
            time(export.from),
            time(export.until),
            case.retention_days,
            export.collector,
            export.method,
        ));
    }
    out
}

pub(super) fn date(date: Date) -> String {
    format!("{:04}-{:02}-{:02}", date.year, date.month, date.day)
}
