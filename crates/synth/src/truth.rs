//! Owns `truth.json`: what really happened, access by access, beside what the log shows of it.
//!
//! Nothing of it may reach a tool under test. Times are UTC; `record` is the record that shows the access, if one does.

use crate::{
    json::{Escapes, Json},
    service::Fate,
    touch::{Actor, Target},
    world::{Life, World},
};

/// The truth about a world, one access a line.
#[must_use]
pub fn truth_json(world: &World, scenario: &str) -> Vec<u8> {
    let mut json = Json::new(Escapes::Minimal);
    json.object(|json| {
        json.field("scenario", scenario);
        json.field_number("seed", i64::try_from(world.horizon.seed).unwrap_or(0));
        json.field("from", &format!("{}Z", world.horizon.from.iso()));
        json.field("until", &format!("{}Z", world.horizon.until.iso()));
        json.field("organization_id", &world.tenant.organization_id);
        mailboxes(json, world);
        intruder(json, world);
        blind(json, world);
        json.key("message_ids");
        json.array(|json| {
            for life in &world.lives {
                line(json);
                json.array(|json| life.messages.iter().for_each(|message| json.text(&message.internet_message_id)));
            }
        });
        json.key("access_columns");
        json.array(|json| {
            ["mailbox", "at", "who", "why", "message", "folder", "fate", "record"]
                .iter()
                .for_each(|column| json.text(column));
        });
        json.key("accesses");
        json.array(|json| {
            for (number, life) in (0_i64..).zip(&world.lives) {
                accesses(json, number, life, world);
            }
        });
    });
    let mut bytes = json.into_bytes();
    bytes.push(b'\n');
    bytes
}

/// A line end between values, for people who look into the file.
fn line(json: &mut Json) {
    json.break_line();
}

fn mailboxes(json: &mut Json, world: &World) {
    json.key("mailboxes");
    json.array(|json| {
        for mailbox in &world.tenant.mailboxes {
            line(json);
            json.object(|json| {
                json.field("mailbox_guid", &mailbox.guid);
                json.field("upn", &mailbox.upn);
                json.field("department", mailbox.department);
                json.field("kind", mailbox.kind.as_str());
            });
        }
    });
}

fn intruder(json: &mut Json, world: &World) {
    json.key("intruder");
    json.array(|json| {
        for (mailbox, life) in world.tenant.mailboxes.iter().zip(&world.lives) {
            let own = || life.touches.iter().filter(|touch| touch.who == Actor::Intruder);
            let (Some(first), Some(last)) = (own().next(), own().next_back()) else { continue };
            let mut messages: Vec<usize> = own()
                .filter_map(|touch| match touch.target {
                    Target::Message(message) => Some(message),
                    Target::Folder(_) => None,
                })
                .collect();
            messages.sort_unstable();
            messages.dedup();
            line(json);
            json.object(|json| {
                json.field("upn", &mailbox.upn);
                json.field("first", &format!("{}Z", first.at.iso()));
                json.field("last", &format!("{}Z", last.at.iso()));
                json.field_number("messages", i64::try_from(messages.len()).unwrap_or(0));
                let folders = own().filter(|touch| matches!(touch.target, Target::Folder(_))).count();
                json.field_number("folder_syncs", i64::try_from(folders).unwrap_or(0));
            });
        }
    });
}

fn blind(json: &mut Json, world: &World) {
    json.key("blind");
    json.array(|json| {
        for (mailbox, life) in world.tenant.mailboxes.iter().zip(&world.lives) {
            for (from, until) in &life.log.blind {
                line(json);
                json.object(|json| {
                    json.field("upn", &mailbox.upn);
                    json.field("from", &format!("{}Z", from.iso()));
                    json.field("until", &format!("{}Z", until.iso()));
                    json.field("why", "throttled");
                });
            }
        }
    });
}

fn accesses(json: &mut Json, number: i64, life: &Life, world: &World) {
    let folders = &world.tenant.mailboxes[usize::try_from(number).unwrap_or(0)].folders.list;
    for (touch, fate) in life.touches.iter().zip(&life.log.fates) {
        line(json);
        json.array(|json| {
            json.number(number);
            json.text(&touch.at.iso());
            json.text(touch.who.as_str());
            json.text(touch.why);
            let (message, folder) = match touch.target {
                Target::Message(message) => (i64::try_from(message).ok(), life.messages[message].folder_at(touch.at)),
                Target::Folder(folder) => (None, folder),
            };
            match message {
                Some(message) => json.number(message),
                None => json.raw(b"null"),
            }
            json.text(&folders[folder].path);
            let (word, record) = match fate {
                Some(Fate::Recorded(index)) => ("recorded", life.log.records.get(*index)),
                Some(Fate::Suppressed) => ("suppressed", None),
                Some(Fate::Throttled) => ("throttled", None),
                Some(Fate::Unaudited) => ("unaudited", None),
                Some(Fate::Lost) | None => ("lost", None),
            };
            json.text(word);
            match record {
                Some(record) => json.text(&record.id),
                None => json.raw(b"null"),
            }
        });
    }
}
