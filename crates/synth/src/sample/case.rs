//! Owns the sample's `case.toml`.

use super::Export;
use crate::{export::Container, second::Second, world::World};

/// The case file: what was exported when, from whom, by which search.
pub(super) fn case_toml(exports: &[(Export, usize)], world: &World) -> String {
    let mut out = String::from(
        "# A worked example: every key of the case file. Everybody in it is invented.\n\
         [case]\n\
         id = \"HL-2024-001\"\n\
         legend = \"Harbourlight Instruments: mail access by a legacy test application\"\n\
         profile = \"facts\"\n\
         zone = \"America/New_York\"\n\
         report_date = 2024-02-12\n\
         \n\
         [window]\n\
         start = 2023-11-01T00:00:00Z\n\
         end = 2024-02-01T00:00:00Z\n\
         \n\
         [period]\n\
         start = 2023-11-24T03:14:00Z\n\
         start_basis = \"first sign-in of the sprayed test account (UserLoggedIn)\"\n\
         end = 2024-01-12T20:00:00Z\n\
         end_basis = \"application removed at 18:32 UTC, plus the life of its last token\"\n\
         \n\
         [baseline]\n\
         start = 2023-11-01T00:00:00Z\n\
         end = 2023-11-20T00:00:00Z\n\
         basis = \"before the first failed sign-in of the spray\"\n\
         \n\
         [policy]\n\
         presume_mailbox_on_sync = true\n\
         presume_mailbox_on_throttle = true\n\
         chosen_by = \"J. Lindgren, counsel\"\n\
         \n\
         [inputs]\n\
         attribution = \"attribution.toml\"\n\
         roster = \"roster.csv\"\n\
         listings = [{ path = \"listing.csv\", as_of = 2024-02-05T08:00:00Z }]\n",
    );
    for (export, rows) in exports {
        let scope = if export.departments.is_empty() {
            "\"all\"".to_owned()
        } else {
            let names: Vec<String> = export.mailboxes(world).map(|upn| format!("\"{upn}\"")).collect();
            format!("[{}]", names.join(", "))
        };
        let filter = if export.container == Container::OfficeActivityCsv { "operations" } else { "none" };
        let time = |at: Second| format!("{}Z", at.iso());
        out.push_str(&format!(
            "\n[[source]]\n\
             path = \"{}\"\n\
             exported_utc = {}\n\
             query_start = {}\n\
             query_end = {}\n\
             retention_days = 180\n\
             scope = {scope}\n\
             filter = \"{filter}\"\n\
             collector = \"{}\"\n\
             method = \"{}\"\n\
             rows_reported = {rows}\n",
            export.path,
            time(export.exported),
            time(export.from),
            time(export.until),
            export.collector,
            export.method,
        ));
    }
    out
}
