//! Owns the examiner's files of the sample: roster, attribution, listing. Made from the world, as an examiner would know it.

use crate::{
    life::POLLER_APP,
    scenario::midnight_blizzard::{APP, OUTLOOK_ADDRESS, OUTLOOK_SESSION},
    second::{Date, Second},
    tenant::Kind,
    world::World,
};

/// When the mailboxes were listed.
pub(super) fn listed_at() -> Second {
    Date::new(2024, 2, 5).at(8, 0)
}

/// `upn,department,kind` and what else is known of it.
pub(super) fn roster(world: &World) -> String {
    let mut out = String::from("upn,department,kind,mailbox_guid,zone,display_name\n");
    for mailbox in &world.tenant.mailboxes {
        let fields =
            [&mailbox.upn, mailbox.department, mailbox.kind.as_str(), &mailbox.guid, mailbox.zone.name, &mailbox.name];
        out.push_str(&format!("{}\n", fields.map(cell).join(",")));
    }
    out
}

/// Suspect: the application and the one Outlook. Accepted: what the company knows to be its own.
pub(super) fn attribution(world: &World) -> String {
    let mut out = format!(
        "# Attribution is of accesses. Entries are alternatives, the fields of an entry must all agree; suspect beats accepted.\n\
         \n\
         [[suspect]]\n\
         app = \"{APP}\"\n\
         fact = \"legacy test application; full_access_as_app assigned on 2023-11-26 by a test account that was signed in to from a residential proxy\"\n\
         date = 2024-01-16\n\
         \n\
         [[suspect]]\n\
         mailbox = \"n.haverkamp@harbourlight.example\"\n\
         token_session = \"{OUTLOOK_SESSION}\"\n\
         fact = \"Outlook sign-in of 2024-01-04 from {OUTLOOK_ADDRESS}; the owner has no Outlook at that address\"\n\
         note = \"her password stood in a mail of 2023-12-21\"\n\
         date = 2024-01-16\n\
         \n\
         [[accepted]]\n\
         app = \"{POLLER_APP}\"\n\
         fact = \"ticketing system of customer support, approved in change 4411; polls support@ from its provider's cloud\"\n\
         date = 2024-01-16\n\
         \n\
         [[accepted]]\n\
         client = \"Client=REST;Client=RESTSystem;*\"\n\
         app = \"8a18aa92-0a1e-4e06-abd0-e118fa4787b1\"\n\
         fact = \"background service of the mail provider: seen in every mailbox since before the baseline\"\n\
         date = 2024-01-17\n\
         \n\
         [[accepted]]\n\
         address = \"192.0.2.0/28\"\n\
         fact = \"egress of the five offices, from the network team's list of 2024-01-15\"\n\
         date = 2024-01-16\n\
         \n\
         [[accepted]]\n\
         address = \"100.64.0.0/10\"\n\
         client = \"Client=OutlookService;Outlook-*\"\n\
         fact = \"managed phones: every enrolled device was checked against the device list\"\n\
         date = 2024-01-17\n"
    );
    for mailbox in world.tenant.mailboxes.iter().filter(|mailbox| mailbox.kind == Kind::User) {
        out.push_str(&format!(
            "\n[[accepted]]\n\
             actor = \"{}\"\n\
             address = \"198.18.{}.0/24\"\n\
             fact = \"home line, confirmed by its holder\"\n\
             date = 2024-01-18\n",
            mailbox.upn,
            mailbox.number % 256
        ));
    }
    out
}

/// Every message that is still there.
pub(super) fn listing(world: &World, as_of: Second) -> String {
    let mut out =
        String::from("mailbox,internet_message_id,folder,received_utc,subject,sender,size_bytes,attachments\n");
    for (mailbox, life) in world.tenant.mailboxes.iter().zip(&world.lives) {
        for message in life.messages.iter().filter(|message| message.is_there(as_of)) {
            let folder = &mailbox.folders.list[message.folder_at(as_of)].path;
            let received = format!("{}Z", message.received.iso());
            let (size, attachments) = (message.size_bytes.to_string(), message.attachments.to_string());
            let fields: [&str; 8] = [
                &mailbox.upn,
                &message.internet_message_id,
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

fn cell(text: &str) -> String {
    if text.contains([',', '"', '\n']) { format!("\"{}\"", text.replace('"', "\"\"")) } else { text.to_owned() }
}
