//! Owns `case.toml`: what is declared of the case and its sources, and which other inputs it names. Paths are kept as
//! written; the caller resolves them beside the case file.

use std::io::Read;

use mailtrail_model::{
    Baseline, CaseInputs, FilterKind, InputPlace, MailboxName, Policy, Profile, SourceDeclaration, SourceFilter,
    SourceScope, SuspectPeriod, UtcMicros,
};

use super::{
    InputErrors, Loaded,
    load::read_text,
    suggest::did_you_mean,
    toml_doc::{Fields, Placed, TextOrTable, TomlDoc},
    zone::check_zone,
};

/// A case file: what it states itself, and the other inputs it names.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct CaseFile {
    /// What it states; the parts that come from other files are still empty.
    pub case: CaseInputs,
    /// The other inputs.
    pub inputs: InputPaths,
}

/// A path a case file names.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct InputPath {
    /// As written.
    pub path: String,
    /// Where it is named.
    pub place: InputPlace,
}

/// A listing a case file names.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ListingPath {
    /// The file.
    pub path: InputPath,
    /// The moment it shows.
    pub as_of: Option<UtcMicros>,
    /// The mailbox it is of, for a listing without a mailbox column.
    pub mailbox: Option<MailboxName>,
}

/// The inputs a case file names (`[inputs]`).
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct InputPaths {
    /// `attribution.toml`
    pub attribution: Option<InputPath>,
    /// `roster.csv`
    pub roster: Option<InputPath>,
    /// Listings.
    pub listings: Vec<ListingPath>,
    /// Controls, with the moment each shows.
    pub controls: Vec<(InputPath, Option<UtcMicros>)>,
    /// Entra sign-in exports.
    pub signins: Vec<InputPath>,
    /// Known devices and egress networks.
    pub devices: Option<InputPath>,
    /// `known-gaps.csv`
    pub known_gaps: Option<InputPath>,
    /// `privilege.csv`
    pub privilege: Option<InputPath>,
    /// `rules.toml`
    pub rules: Option<InputPath>,
    /// Names of applications.
    pub apps: Option<InputPath>,
    /// Address databases; `timeline` opens them.
    pub mmdb: Vec<InputPath>,
}

/// Reads a case file.
///
/// # Errors
/// Every complaint about it.
pub fn read_case(file: &str, reader: impl Read) -> Result<Loaded<CaseFile>, InputErrors> {
    let (text, mut receipt) = read_text("case", file, reader)?;
    let doc = TomlDoc::new(file, &text);
    let table = doc.parse()?;
    let mut root = doc.root(&table);
    let mut out = CaseFile::default();
    read_case_section(&mut root, &mut out.case);
    if let Some(mut window) = root.table("window") {
        out.case.window = window.span("start", "end");
        if out.case.window.is_none() {
            require(&window, &["start", "end"]);
        }
        window.finish();
    }
    out.case.period = read_period(&mut root);
    out.case.sources = root.tables("source").into_iter().filter_map(read_source).collect();
    out.case.baseline = read_baseline(&mut root);
    out.case.policy = read_policy(&mut root);
    if let Some(inputs) = root.table("inputs") {
        out.inputs = read_paths(inputs);
    }
    root.finish();
    receipt.entries = u64::try_from(out.case.sources.len()).unwrap_or(u64::MAX);
    let (value, warnings) = doc.finish(out)?;
    Ok(Loaded { value, receipt, warnings })
}

fn read_case_section(root: &mut Fields<'_, '_>, case: &mut CaseInputs) {
    let Some(mut fields) = root.table("case") else { return };
    case.case_id = fields.text("id");
    case.legend = fields.text("legend");
    if let Some(Placed { value, place }) = fields.placed_text("profile") {
        match Profile::parse(&value) {
            Some(profile) => case.profile = profile,
            None => {
                let hint = "write \"counsel\", \"analyst\", \"facts\" or \"regulator\"".to_owned();
                fields.complain(place, "profile", format!("there is no profile \"{value}\""), Some(hint));
            }
        }
    }
    if let Some(Placed { value, place }) = fields.placed_text("zone") {
        match check_zone(&value) {
            Ok(()) => case.zone = Some(value),
            Err((what, hint)) => fields.complain(place, "zone", what, Some(hint)),
        }
    }
    case.report_date = fields.date("report_date");
    fields.finish();
}

fn read_period(root: &mut Fields<'_, '_>) -> Option<SuspectPeriod> {
    let mut fields = root.table("period")?;
    let span = fields.span("start", "end");
    let (start_basis, end_basis) = (fields.text("start_basis"), fields.text("end_basis"));
    let place = fields.place();
    if span.is_none() {
        require(&fields, &["start", "end"]);
    }
    for (key, basis) in [("start_basis", &start_basis), ("end_basis", &end_basis)] {
        if basis.is_none() {
            fields.warn(place.clone(), format!("the suspect period has no {key}: the report will say so"));
        }
    }
    fields.finish();
    Some(SuspectPeriod { span: span?, start_basis, end_basis, place })
}

fn read_baseline(root: &mut Fields<'_, '_>) -> Option<Baseline> {
    let mut fields = root.table("baseline")?;
    let (span, basis, place) = (fields.span("start", "end"), fields.text("basis"), fields.place());
    if span.is_none() {
        require(&fields, &["start", "end"]);
    }
    fields.finish();
    Some(Baseline { span: span?, basis, place })
}

fn read_policy(root: &mut Fields<'_, '_>) -> Policy {
    let mut policy = Policy::default();
    let Some(mut fields) = root.table("policy") else { return policy };
    if let Some(answer) = fields.boolean("presume_mailbox_on_sync") {
        policy.presume_mailbox_on_sync = answer;
    }
    if let Some(answer) = fields.boolean("presume_mailbox_on_throttle") {
        policy.presume_mailbox_on_throttle = answer;
    }
    policy.chosen_by = fields.text("chosen_by");
    if let Some(Placed { value, place }) = fields.real("join_floor") {
        if (0.0..=1.0).contains(&value) {
            policy.join_floor = Some(value);
        } else {
            let hint = Some("it is a share: 0.95 means 95 %".to_owned());
            fields.complain(place, "join_floor", format!("{value} is not between 0 and 1"), hint);
        }
    }
    fields.finish();
    policy
}

fn read_source(mut fields: Fields<'_, '_>) -> Option<SourceDeclaration> {
    let place = fields.place();
    let path = fields.text("path");
    if path.is_none() {
        fields.missing("path", "name the file or folder the declaration is about");
    }
    let exported = fields.time("exported_utc");
    let query = fields.span("query_start", "query_end");
    if let (Some(exported), Some(query)) = (&exported, query)
        && query.end > exported.value
    {
        fields.warn(
            exported.place.clone(),
            format!(
                "the query ends ({}) after the export was made ({}): records of the difference cannot be in it",
                query.end.iso(),
                exported.value.iso()
            ),
        );
    }
    let retention_days = fields.whole("retention_days").map(|days| i64::try_from(days).unwrap_or(i64::MAX));
    let scope = read_scope(&mut fields);
    let filter = read_filter(&mut fields);
    let (collector, method) = (fields.text("collector"), fields.text("method"));
    let rows_reported = fields.whole("rows_reported");
    fields.finish();
    Some(SourceDeclaration {
        path: path?,
        exported: exported.map(|at| at.value),
        query,
        retention_days,
        scope,
        filter,
        collector,
        method,
        rows_reported,
        place,
    })
}

fn read_scope(fields: &mut Fields<'_, '_>) -> SourceScope {
    let names = fields.texts("scope");
    match names.as_slice() {
        [] => SourceScope::NotStated,
        [one] if one.value == "all" => SourceScope::All,
        _ => SourceScope::Mailboxes(
            names.iter().filter_map(|name| mailbox(fields, "scope", name, "\"all\" or mailboxes")).collect(),
        ),
    }
}

fn read_filter(fields: &mut Fields<'_, '_>) -> SourceFilter {
    let names = fields.texts("filter");
    match names.as_slice() {
        [] => SourceFilter::NotStated,
        [one] if one.value == "none" => SourceFilter::None,
        _ => {
            let mut kinds: Vec<FilterKind> = names.iter().filter_map(|name| filter_kind(fields, name)).collect();
            kinds.sort_unstable();
            kinds.dedup();
            SourceFilter::By(kinds)
        }
    }
}

fn filter_kind(fields: &Fields<'_, '_>, name: &Placed<String>) -> Option<FilterKind> {
    let found = FilterKind::ALL.into_iter().find(|kind| kind.as_str() == name.value);
    if found.is_none() {
        let known = FilterKind::ALL.map(FilterKind::as_str);
        let hint = did_you_mean(&name.value, known.into_iter().chain(["none"]))
            .unwrap_or_else(|| format!("known: none, {}", known.join(", ")));
        fields.complain(name.place.clone(), "filter", format!("there is no filter \"{}\"", name.value), Some(hint));
    }
    found
}

/// A mailbox by name, or a complaint.
pub(super) fn mailbox(
    fields: &Fields<'_, '_>,
    key: &str,
    name: &Placed<String>,
    expected: &str,
) -> Option<MailboxName> {
    let found = MailboxName::parse(&name.value);
    if found.is_none() {
        let hint = format!("expected {expected}: an address like ada@contoso.example, or a mailbox GUID");
        fields.complain(name.place.clone(), key, format!("\"{}\" names no mailbox", name.value), Some(hint));
    }
    found
}

fn read_paths(mut fields: Fields<'_, '_>) -> InputPaths {
    let mut paths = InputPaths {
        attribution: path(&mut fields, "attribution"),
        roster: path(&mut fields, "roster"),
        devices: path(&mut fields, "devices"),
        known_gaps: path(&mut fields, "known_gaps"),
        privilege: path(&mut fields, "privilege"),
        rules: path(&mut fields, "rules"),
        apps: path(&mut fields, "apps"),
        ..InputPaths::default()
    };
    for (path, as_of, mailbox) in dated_paths(&mut fields, "listings", HasMailbox::Yes) {
        paths.listings.push(ListingPath { path, as_of, mailbox });
    }
    for (path, as_of, _) in dated_paths(&mut fields, "controls", HasMailbox::No) {
        paths.controls.push((path, as_of));
    }
    paths.signins = fields.texts("signins").into_iter().map(input_path).collect();
    paths.mmdb = fields.texts("mmdb").into_iter().map(input_path).collect();
    fields.finish();
    paths
}

#[derive(Clone, Copy, PartialEq, Eq)]
enum HasMailbox {
    Yes,
    No,
}

fn dated_paths(
    fields: &mut Fields<'_, '_>,
    key: &'static str,
    has_mailbox: HasMailbox,
) -> Vec<(InputPath, Option<UtcMicros>, Option<MailboxName>)> {
    let mut out = Vec::new();
    for entry in fields.texts_or_tables(key) {
        match entry {
            TextOrTable::Text(text) => out.push((input_path(text), None, None)),
            TextOrTable::Table(mut table) => {
                let path = table.placed_text("path");
                if path.is_none() {
                    table.missing("path", "name the file");
                }
                let as_of = table.time("as_of").map(|at| at.value);
                let named = if has_mailbox == HasMailbox::Yes { table.placed_text("mailbox") } else { None };
                let mailbox = named.and_then(|name| mailbox(&table, "mailbox", &name, "a mailbox"));
                table.finish();
                out.extend(path.map(|path| (input_path(path), as_of, mailbox)));
            }
        }
    }
    out
}

fn path(fields: &mut Fields<'_, '_>, key: &'static str) -> Option<InputPath> {
    fields.placed_text(key).map(input_path)
}

fn input_path(text: Placed<String>) -> InputPath {
    InputPath { path: text.value, place: text.place }
}

/// Complains about a section without its span. A key that is there and wrong has its own complaint already.
fn require(fields: &Fields<'_, '_>, keys: &[&'static str]) {
    if keys.iter().all(|key| !fields.stood(key)) {
        fields.missing(keys.first().copied().unwrap_or_default(), "declare start and end, or leave the section out");
    }
}
