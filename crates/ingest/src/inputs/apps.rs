//! Owns the examiner's list of application names, as merill/microsoft-info publishes one (`AppId`, `AppDisplayName`, …).

use std::{collections::BTreeMap, io::Read};

use mailtrail_model::AppName;

use super::{
    InputErrors, Loaded,
    table::{Column, Table, optional, required},
};

pub(super) const COLUMNS: &[Column] = &[
    required("app_id", &["AppId", "Application ID", "ClientAppId", "id"]),
    required("name", &["AppDisplayName", "DisplayName", "Application"]),
    optional("source", &["publisher"]),
];

/// Reads application names, sorted by id. Of two names for one id the first is kept.
///
/// # Errors
/// Every complaint about the list.
pub fn read_apps(file: &str, reader: impl Read) -> Result<Loaded<Vec<AppName>>, InputErrors> {
    let mut table = Table::open("apps", file, reader, COLUMNS)?;
    let mut names: BTreeMap<String, AppName> = BTreeMap::new();
    while table.advance() {
        let (Some(app_id), Some(name)) = (table.needed("app_id"), table.needed("name")) else { continue };
        let app = AppName { app_id: app_id.to_lowercase(), name: name.to_owned(), source: table.text("source") };
        match names.get(&app.app_id) {
            Some(first) if first.name != app.name => {
                table.warn(format!("{} is \"{}\" already; \"{}\" is not used", app.app_id, first.name, app.name));
            }
            Some(_) => {}
            None => {
                names.insert(app.app_id.clone(), app);
            }
        }
    }
    let count = names.len();
    table.finish(names.into_values().collect(), count)
}
