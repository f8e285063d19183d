//! Owns the examiner's files: roster, attribution, listing.

use std::collections::BTreeSet;

use super::{ListingStyle, Mark, case_file::date};
use crate::{
    context::{EXITS, away_network},
    life::{FETCHER_APP, MIGRATION_APP, POLLER_APP},
    second::{Date, Second},
    tenant::Kind,
    touch::Actor,
    world::World,
};

/// Who has which mailbox, and what is known of it.
pub(super) fn roster(world: &World) -> String {
    let mut out = String::from("upn,department,kind,mailbox_guid,zone,display_name\n");
    for mailbox in &world.tenant.mailboxes {
        let fields =
            [&mailbox.upn, mailbox.department, mailbox.kind.as_str(), &mailbox.guid, mailbox.zone.name, &mailbox.name];
        out.push_str(&format!("{}\n", fields.map(cell).join(",")));
    }
    out
}

/// Suspect: what the plants are known by. Accepted: what the organisation knows to be its own.
pub(super) fn attribution(world: &World, on: Date) -> String {
    let mut out = String::from(
        "# Attribution is of accesses. Entries are alternatives, the fields of an entry must all agree; suspect beats accepted.\n",
    );
    for mark in world.plants.iter().flat_map(|plant| &plant.marks) {
        push_entry(&mut out, "suspect", mark, on);
    }
    for mark in accepted(world) {
        push_entry(&mut out, "accepted", &mark, on);
    }
    out
}

fn push_entry(out: &mut String, kind: &str, mark: &Mark, on: Date) {
    out.push_str(&format!("\n[[{kind}]]\n"));
    for (key, value) in &mark.fields {
        // Times are TOML's own, everything else is text.
        let quote = if matches!(*key, "start" | "end") { "" } else { "\"" };
        out.push_str(&format!("{key} = {quote}{value}{quote}\n"));
    }
    out.push_str(&format!("fact = \"{}\"\n", mark.fact));
    if let Some(note) = mark.note {
        out.push_str(&format!("note = \"{note}\"\n"));
    }
    out.push_str(&format!("date = {}\n", date(on)));
}

fn accepted(world: &World) -> Vec<Mark> {
    let mark = |fields: &[(&'static str, &str)], fact: &str| Mark {
        fields: fields.iter().map(|(key, value)| (*key, (*value).to_owned())).collect(),
        fact: fact.to_owned(),
        note: None,
    };
    let mut marks = vec![
        mark(&[("address", "192.0.2.0/28")], "egress of the offices, from the network team's list"),
        mark(
            &[("address", "100.64.0.0/10"), ("client", "Client=OutlookService;Outlook-*")],
            "managed phones: every enrolled device was checked against the device list",
        ),
    ];
    if world.tenant.mailboxes.iter().any(|mailbox| mailbox.habits.polled) {
        let fact = "ticketing system of customer support, approved in change 4411; polls from its provider's cloud";
        marks.push(mark(&[("app", POLLER_APP)], fact));
    }
    if world.tenant.mailboxes.iter().any(|mailbox| mailbox.habits.fetched) {
        marks.push(mark(
            &[("app", FETCHER_APP)],
            "archiving application, approved in change 3970, in use for two years",
        ));
    }
    if world.lives.iter().flat_map(|life| &life.touches).any(|touch| touch.why == "migration") {
        let fact = "migration tool, approved in change 4502; runs from its provider's cloud";
        marks.push(mark(&[("app", MIGRATION_APP)], fact));
    }
    for mailbox in world.tenant.mailboxes.iter().filter(|mailbox| mailbox.kind == Kind::User) {
        let home = format!("198.18.{}.0/24", mailbox.number % 256);
        marks.push(mark(&[("actor", &mailbox.upn), ("address", &home)], "home line, confirmed by its holder"));
    }
    for (actor, network) in stays(world) {
        marks.push(mark(
            &[("actor", &actor), ("address", &network)],
            "on a journey, confirmed by its holder and the bookings",
        ));
    }
    for mailbox in world.tenant.mailboxes.iter().filter(|mailbox| mailbox.habits.vpn) {
        let fact = "service with changing exits that its holder works through, from the provider's list";
        marks.push(mark(&[("actor", &mailbox.upn), ("address", EXITS)], fact));
    }
    marks
}

/// The networks people worked from on their journeys, by who was there.
fn stays(world: &World) -> BTreeSet<(String, String)> {
    let honest = world.lives.iter().flat_map(|life| &life.touches).filter(|touch| touch.who != Actor::Intruder);
    let away = honest.filter_map(|touch| {
        let network = away_network(&touch.context.address)?;
        Some((touch.context.user_id.to_string(), network))
    });
    away.collect()
}

/// Every message that is still there.
pub(super) fn listing(world: &World, as_of: Second, style: ListingStyle) -> String {
    let mut out =
        String::from("mailbox,internet_message_id,folder,received_utc,subject,sender,size_bytes,attachments\n");
    for (mailbox, life) in world.tenant.mailboxes.iter().zip(&world.lives) {
        for message in life.messages.iter().filter(|message| message.is_there(as_of)) {
            let folder = &mailbox.folders.list[message.folder_at(as_of)].path;
            let received = format!("{}Z", message.received.iso());
            let (size, attachments) = (message.size_bytes.to_string(), message.attachments.to_string());
            let fields: [&str; 8] = [
                &mailbox.upn,
                &spelled(&message.internet_message_id, style),
                folder,
                &received,
                &message.subject,
                &message.sender,
                &size,
                &attachments,
            ];
            out.push_str(&format!("{}\n", fields.map(cell).join(",")));
        }
    }
    out
}

fn spelled(id: &str, style: ListingStyle) -> String {
    if style == ListingStyle::Plain {
        return id.to_owned();
    }
    let bare = if id.len().is_multiple_of(2) { id.trim_matches(['<', '>']) } else { id };
    bare.chars().take(80).collect()
}

fn cell(text: &str) -> String {
    if text.contains([',', '"', '\n']) { format!("\"{}\"", text.replace('"', "\"\"")) } else { text.to_owned() }
}
