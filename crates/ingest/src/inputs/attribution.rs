//! Owns `attribution.toml`: `[[suspect]]` and `[[accepted]]` entries. Which accesses they match is `timeline`'s.

use std::io::Read;

use mailtrail_model::{
    AccessMatcher, AttributionEntry, FRONT_END_NETWORKS_AS_OF, Marking, Network, PlaceUnit, TextPattern,
    front_end_network,
};

use super::{
    InputErrors, Loaded,
    case::mailbox,
    load::read_text,
    time,
    toml_doc::{Fields, Placed, TomlDoc},
};

/// Reads an attribution file.
///
/// # Errors
/// Every complaint about it: an entry without a field, without a fact, or with nothing but a front-end address.
pub fn read_attribution(file: &str, reader: impl Read) -> Result<Loaded<Vec<AttributionEntry>>, InputErrors> {
    let (text, mut receipt) = read_text("attribution", file, reader)?;
    let doc = TomlDoc::new(file, &text);
    let table = doc.parse()?;
    let mut root = doc.root(&table);
    let mut entries = Vec::new();
    for (key, marking) in [("suspect", Marking::Suspect), ("accepted", Marking::Accepted)] {
        for (at, fields) in root.tables(key).into_iter().enumerate() {
            entries.extend(read_entry(fields, marking, format!("{key}-{}", at + 1)));
        }
    }
    entries.sort_by_key(|entry| match entry.place.at {
        PlaceUnit::Line(line) => line,
        PlaceUnit::Row(_) | PlaceUnit::Whole => 0,
    });
    for (at, entry) in entries.iter().enumerate() {
        if let Some(first) = entries.iter().take(at).find(|other| other.id == entry.id) {
            let hint = Some("ids name entries in the sensitivity table: give each its own".to_owned());
            root.complain(
                entry.place.clone(),
                "id",
                format!("\"{}\" is the id of {}, too", entry.id, first.place),
                hint,
            );
        }
    }
    root.finish();
    receipt.entries = u64::try_from(entries.len()).unwrap_or(u64::MAX);
    let (value, warnings) = doc.finish(entries)?;
    Ok(Loaded { value, receipt, warnings })
}

fn read_entry(mut fields: Fields<'_, '_>, marking: Marking, default_id: String) -> Option<AttributionEntry> {
    let place = fields.place();
    let id = fields.text("id").unwrap_or(default_id);
    let fact = fields.text("fact");
    if fact.is_none() && !fields.stood("fact") {
        fields.missing("fact", "state the fact the entry rests on; it is printed in every profile");
    }
    let (note, by) = (fields.text("note"), fields.text("by"));
    let (date, alternatives) = (fields.date("date"), fields.text("alternatives"));
    let matcher = read_matcher(&mut fields)?;
    if matcher.is_empty() {
        let hint = "name at least one of address, app, app_id, client_app_id, client, client_family, token_session, \
                    unique_token_id, actor, user_type, logon_type, device, mailbox, context, start, end";
        fields.complain(place.clone(), marking.as_str(), "the entry has no field".to_owned(), Some(hint.to_owned()));
    } else if matcher.only_by_person() {
        fields.warn(
            place.clone(),
            format!("{id} takes in everything recorded under a name, the owner's own accesses too: add what tells them apart"),
        );
    }
    refuse_front_end(&fields, &matcher);
    fields.finish();
    Some(AttributionEntry { id, place, marking, matcher, fact: fact?, note, by, date, alternatives })
}

/// The matcher; `None` only if a value was wrong (there is a complaint), so that a wrong value is not "no field" as well.
fn read_matcher(fields: &mut Fields<'_, '_>) -> Option<AccessMatcher> {
    let addresses = fields.texts("address");
    let mailboxes = fields.texts("mailbox");
    let (start, end) = (fields.time("start"), fields.time("end"));
    let values = |texts: Vec<Placed<String>>| texts.into_iter().map(|text| text.value).collect::<Vec<_>>();
    let matcher = AccessMatcher {
        addresses: addresses.iter().filter_map(|address| network(fields, address)).collect(),
        apps: values(fields.texts("app")),
        app_ids: values(fields.texts("app_id")),
        client_app_ids: values(fields.texts("client_app_id")),
        clients: fields.texts("client").iter().map(|text| TextPattern::new(&text.value)).collect(),
        client_families: values(fields.texts("client_family")),
        token_sessions: values(fields.texts("token_session")),
        unique_token_ids: values(fields.texts("unique_token_id")),
        actors: values(fields.texts("actor")),
        user_types: values(fields.texts("user_type")),
        logon_types: values(fields.texts("logon_type")),
        devices: values(fields.texts("device")),
        mailboxes: mailboxes.iter().filter_map(|name| mailbox(fields, "mailbox", name, "a mailbox")).collect(),
        contexts: values(fields.texts("context")),
        start: start.as_ref().map(|at| at.value),
        end: end.as_ref().map(|at| at.value),
    };
    if let (Some(start), Some(end)) = (start, end)
        && let Err(what) = time::span(start.value, end.value)
    {
        fields.complain(end.place, "end", what, Some("end is the first instant no longer meant".to_owned()));
        return None;
    }
    let lost =
        [("address", addresses.len(), matcher.addresses.len()), ("mailbox", mailboxes.len(), matcher.mailboxes.len())];
    let wrong = lost.iter().any(|(_, given, taken)| given != taken)
        || MATCHER_KEYS.iter().any(|key| fields.stood(key)) && matcher.is_empty();
    (!wrong).then_some(matcher)
}

/// The keys that say which accesses an entry means.
const MATCHER_KEYS: [&str; 16] = [
    "address",
    "app",
    "app_id",
    "client_app_id",
    "client",
    "client_family",
    "token_session",
    "unique_token_id",
    "actor",
    "user_type",
    "logon_type",
    "device",
    "mailbox",
    "context",
    "start",
    "end",
];

fn network(fields: &Fields<'_, '_>, text: &Placed<String>) -> Option<Network> {
    let found = Network::parse(&text.value);
    if found.is_none() {
        let hint = Some("write 192.0.2.7, 192.0.2.0/24 or 2001:db8::/32, without a port".to_owned());
        fields.complain(text.place.clone(), "address", format!("\"{}\" is no address", text.value), hint);
    }
    found
}

/// An address inside Microsoft's own networks says nothing about whose request it was: with nothing else beside it, an entry
/// would mark (or accept) every delegated application and every background service at once.
fn refuse_front_end(fields: &Fields<'_, '_>, matcher: &AccessMatcher) {
    if !matcher.only_by_address() {
        return;
    }
    for address in &matcher.addresses {
        if let Some(block) = front_end_network(address) {
            fields.complain(
                fields.place(),
                "address",
                format!(
                    "{address} touches {block}, a Microsoft front-end network (list of {FRONT_END_NETWORKS_AS_OF}), \
                     and nothing but addresses tells the accesses apart"
                ),
                Some("add the application (app), the client, the token session or the device".to_owned()),
            );
        }
    }
}
