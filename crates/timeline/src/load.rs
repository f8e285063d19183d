//! Owns reading the accesses into [`Facts`]: columns in, numbers out, row group by row group on every core, joined in order.
//!
//! Invariant: memory grows with accesses by 40 bytes each and with distinct texts, not with the table's width.

use std::{
    collections::{BTreeMap, BTreeSet},
    path::Path,
};

use hashbrown::HashMap;
use mailtrail_model::{CaseInputs, IssueCode, MailAccessType, MailboxKey, MailboxName, RosterEntry, ThrottleState};
use polars::prelude::StringChunked;
use rayon::prelude::*;

use crate::{
    TimelineError,
    contexts::{self, ContextKey, Stated},
    facts::{Access, Facts, Flags, Mailbox, TokenBasis, Way},
    interner::{Interner, NONE, TextId},
    mailboxes,
    read::{TableReader, count, signed, text, time, truth},
    schema::{self, ACCESSES},
};

const COLUMNS: [&str; 24] = [
    schema::CREATED_UTC,
    schema::IN_WINDOW,
    schema::ACCESS_TYPE,
    schema::THROTTLED,
    schema::RESULT_STATUS,
    schema::MAILBOX,
    schema::MAILBOX_OWNER_UPN,
    schema::USER_ID,
    schema::USER_TYPE,
    schema::LOGON_TYPE,
    schema::ADDRESS,
    schema::CLIENT_INFO_STRING,
    schema::ACTOR_INFO_STRING,
    schema::APP_ID,
    schema::CLIENT_APP_ID,
    schema::EFFECTIVE_APP,
    schema::DEVICE_ID,
    schema::SESSION_ID,
    schema::AAD_SESSION_ID,
    schema::UNIQUE_TOKEN_ID,
    schema::ITEM_COUNT,
    schema::OPERATION_COUNT,
    schema::ISSUES,
    schema::HAS_APP_ACCESS_CONTEXT,
];

/// What a record states of its way in, as numbers of one interner. Case is kept: keys fold it once per distinct way.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
struct RawWay {
    key: [TextId; 8],
    address: TextId,
    token: TextId,
    token_is_aad: bool,
    unique_token: TextId,
    actor_info: TextId,
}

/// One row group, in numbers of its own.
struct Part {
    texts: Interner,
    ways: Vec<RawWay>,
    /// Mailbox and UPN of the row are texts; `way` is an index into `ways`; `no` and `source` are final.
    rows: Vec<(Access, TextId)>,
}

/// Reads `accesses.parquet`. Mailboxes that the roster or a listing names stand in the facts even without a record.
pub(crate) fn accesses(tables: &Path, case: &CaseInputs) -> Result<Facts, TimelineError> {
    let table = TableReader::open(tables, &ACCESSES)?;
    u32::try_from(table.rows()).map_err(|_| TimelineError::TooManyAccesses)?;
    let mut join = Join::default();
    let step = rayon::current_num_threads().max(1) * 2;
    for first in (0..table.groups()).step_by(step) {
        let last = (first + step).min(table.groups());
        let parts: Vec<Part> =
            (first..last).into_par_iter().map(|group| part(&table, group)).collect::<Result<_, _>>()?;
        for part in parts {
            join.add(&part);
        }
    }
    Ok(join.finish(case))
}

fn part(table: &TableReader, group: usize) -> Result<Part, TimelineError> {
    let frame = table.read(group, &COLUMNS)?;
    let (first, height) = table.span(group);
    let mut texts = Interner::default();
    let mut column =
        |name: &str| -> Result<Vec<TextId>, TimelineError> { Ok(numbers(text(&frame, name)?, &mut texts)) };
    let mailbox = column(schema::MAILBOX)?;
    let upn = column(schema::MAILBOX_OWNER_UPN)?;
    let key = [
        column(schema::USER_ID)?,
        column(schema::USER_TYPE)?,
        column(schema::LOGON_TYPE)?,
        column(schema::APP_ID)?,
        column(schema::CLIENT_APP_ID)?,
        column(schema::EFFECTIVE_APP)?,
        column(schema::CLIENT_INFO_STRING)?,
        column(schema::DEVICE_ID)?,
    ];
    let address = column(schema::ADDRESS)?;
    let actor_info = column(schema::ACTOR_INFO_STRING)?;
    let (session, aad) = (column(schema::SESSION_ID)?, column(schema::AAD_SESSION_ID)?);
    let unique_token = column(schema::UNIQUE_TOKEN_ID)?;
    let (created, in_window) = (time(&frame, schema::CREATED_UTC)?, truth(&frame, schema::IN_WINDOW)?);
    let (kind, throttled) = (text(&frame, schema::ACCESS_TYPE)?, truth(&frame, schema::THROTTLED)?);
    let (status, issues) = (text(&frame, schema::RESULT_STATUS)?, text(&frame, schema::ISSUES)?);
    let app_context = truth(&frame, schema::HAS_APP_ACCESS_CONTEXT)?;
    let (items, operations) = (count(&frame, schema::ITEM_COUNT)?, signed(&frame, schema::OPERATION_COUNT)?);

    let mut ways = Vec::new();
    let mut way_numbers: HashMap<RawWay, u32> = HashMap::new();
    let mut rows = Vec::with_capacity(height);
    for row in 0..height {
        let way = RawWay {
            key: key.each_ref().map(|column| column[row]),
            address: address[row],
            token: if aad[row] == NONE { session[row] } else { aad[row] },
            token_is_aad: aad[row] != NONE,
            unique_token: unique_token[row],
            actor_info: actor_info[row],
        };
        let number = *way_numbers.entry(way).or_insert_with(|| {
            ways.push(way);
            number_of(ways.len() - 1)
        });
        let kind = kind.get(row).and_then(MailAccessType::from_table).unwrap_or(MailAccessType::Unknown);
        let throttled = match throttled.get(row) {
            Some(true) => ThrottleState::Yes,
            Some(false) => ThrottleState::No,
            None => ThrottleState::NotStated,
        };
        let flags = Flags::new(kind, throttled)
            .with_succeeded(status.get(row).is_some_and(succeeded))
            .with_in_window(in_window.get(row).unwrap_or(true))
            .with_unnamed(has_issue(issues.get(row), IssueCode::ItemsUnnamed))
            .with_clock(has_issue(issues.get(row), IssueCode::ClockMismatch))
            .with_sessionless(aad[row] == NONE && app_context.get(row) == Some(true));
        let named = items.get(row).unwrap_or_default();
        let stated = operations.get(row).and_then(|n| u32::try_from(n).ok()).unwrap_or_default();
        let access = Access {
            created: created.get(row).unwrap_or_default(),
            no: number_of(first + row),
            mailbox: mailbox[row],
            way: number,
            items: named,
            counted: named.max(stated),
            flags,
        };
        rows.push((access, upn[row]));
    }
    Ok(Part { texts, ways, rows })
}

/// Row numbers fit: `accesses` has checked the table's length.
fn number_of(row: usize) -> u32 {
    u32::try_from(row).unwrap_or(u32::MAX)
}

fn numbers(column: &StringChunked, texts: &mut Interner) -> Vec<TextId> {
    let mut last: (Option<&str>, TextId) = (None, NONE);
    column
        .iter()
        .map(|value| {
            // Neighbours are often equal: one record split over several rows, one client polling.
            if value != last.0 {
                last = (value, texts.add_opt(value));
            }
            last.1
        })
        .collect()
}

fn succeeded(status: &str) -> bool {
    status.eq_ignore_ascii_case("Succeeded") || status.eq_ignore_ascii_case("PartiallySucceeded")
}

fn has_issue(issues: Option<&str>, code: IssueCode) -> bool {
    issues.is_some_and(|codes| codes.split(' ').any(|one| one == code.as_str()))
}

/// Facts made without tables, for tests of what is computed from them.
#[cfg(test)]
pub(crate) fn of_rows(rows: &[crate::world::Row], case: &CaseInputs) -> Facts {
    let mut part = Part { texts: Interner::default(), ways: Vec::new(), rows: Vec::new() };
    for (no, row) in rows.iter().enumerate() {
        let mut add = |text: &str| part.texts.add(text);
        part.ways.push(RawWay {
            key: row.key.each_ref().map(|text| add(text)),
            address: add(&row.address),
            token: add(&row.token),
            token_is_aad: row.token_is_aad,
            unique_token: add(&row.unique_token),
            actor_info: NONE,
        });
        let access = Access {
            created: row.created,
            no: number_of(no),
            mailbox: add(&row.mailbox),
            way: number_of(part.ways.len() - 1),
            items: number_of(row.items.len()),
            counted: number_of(row.items.len()),
            flags: row.flags,
        };
        part.rows.push((access, add(&row.upn)));
    }
    let mut join = Join::default();
    join.add(&part);
    join.finish(case)
}

/// Parts, joined in order.
#[derive(Default)]
struct Join {
    texts: Interner,
    mailboxes: Interner,
    upns: BTreeMap<(TextId, TextId), u64>,
    ways: Vec<Way>,
    way_numbers: HashMap<RawWay, u32>,
    keys: BTreeMap<ContextKey, u32>,
    rows: Vec<Access>,
}

impl Join {
    fn add(&mut self, part: &Part) {
        let mut map: Vec<Option<TextId>> = vec![None; part.texts.texts().len()];
        map[0] = Some(NONE);
        let mut mailbox_map = map.clone();
        let mut ways = Vec::with_capacity(part.ways.len());
        for way in &part.ways {
            ways.push(self.way(way, &part.texts, &mut map));
        }
        for (access, upn) in &part.rows {
            let mailbox = *mailbox_map[access.mailbox as usize]
                .get_or_insert_with(|| self.mailboxes.add(part.texts.get(access.mailbox).unwrap_or("")));
            if *upn != NONE {
                let upn = *map[*upn as usize].get_or_insert_with(|| self.texts.add(part.texts.get(*upn).unwrap_or("")));
                *self.upns.entry((mailbox, upn)).or_default() += 1;
            }
            self.rows.push(Access { mailbox, way: ways[access.way as usize], ..*access });
        }
    }

    fn way(&mut self, raw: &RawWay, texts: &Interner, map: &mut [Option<TextId>]) -> u32 {
        let ours = &mut self.texts;
        let mut number = |id: TextId| *map[id as usize].get_or_insert_with(|| ours.add(texts.get(id).unwrap_or("")));
        let raw = RawWay {
            key: raw.key.map(&mut number),
            address: number(raw.address),
            token: number(raw.token),
            token_is_aad: raw.token_is_aad,
            unique_token: number(raw.unique_token),
            actor_info: number(raw.actor_info),
        };
        if let Some(known) = self.way_numbers.get(&raw) {
            return *known;
        }
        let text = |id: TextId| self.texts.get(id);
        let key = ContextKey::of(&Stated {
            user_id: text(raw.key[0]),
            user_type: text(raw.key[1]),
            logon_type: text(raw.key[2]),
            app_id: text(raw.key[3]),
            client_app_id: text(raw.key[4]),
            effective_app: text(raw.key[5]),
            client_info_string: text(raw.key[6]),
            device_id: text(raw.key[7]),
        });
        let next = number_of(self.keys.len());
        let context = *self.keys.entry(key).or_insert(next);
        let way = Way {
            context,
            address: raw.address,
            token: raw.token,
            basis: match (raw.token, raw.token_is_aad) {
                (NONE, _) => TokenBasis::None,
                (_, true) => TokenBasis::Aad,
                (_, false) => TokenBasis::SessionId,
            },
            unique_token: raw.unique_token,
            client: raw.key[6],
            actor_info: raw.actor_info,
        };
        self.ways.push(way);
        let number = number_of(self.ways.len() - 1);
        self.way_numbers.insert(raw, number);
        number
    }

    fn finish(mut self, case: &CaseInputs) -> Facts {
        let (mailboxes, mailbox_places) = self.mailboxes(case);
        let contexts = contexts::number(self.keys.keys().cloned());
        let mut context_places = vec![0u32; contexts.len()];
        for (place, context) in (0u32..).zip(&contexts) {
            if let Some(number) = self.keys.get(&context.key) {
                context_places[*number as usize] = place;
            }
        }
        for way in &mut self.ways {
            way.context = context_places[way.context as usize];
        }
        let mut rows = self.rows;
        rows.par_iter_mut().for_each(|access| access.mailbox = mailbox_places[access.mailbox as usize]);
        let mut facts = Facts { texts: self.texts, mailboxes, contexts, ways: self.ways, ..Facts::default() };
        facts.arrange(rows);
        facts
    }

    /// Mailboxes in key order, those among them that only the roster or a listing names, and the place of each number.
    fn mailboxes(&self, case: &CaseInputs) -> (Vec<Mailbox>, Vec<u32>) {
        let key = |number: TextId| MailboxKey(self.mailboxes.get(number).unwrap_or("").into());
        let mut found: Vec<(TextId, Mailbox)> = (1..number_of(self.mailboxes.texts().len()))
            .map(|number| (number, Mailbox { key: key(number), upns: Vec::new() }))
            .collect();
        for ((mailbox, upn), rows) in &self.upns {
            let upn = self.texts.get(*upn).unwrap_or("").to_lowercase();
            // Numbers count from 1 and stand in order.
            let upns = &mut found[*mailbox as usize - 1].1.upns;
            match upns.iter_mut().find(|(known, _)| *known == upn) {
                Some((_, sum)) => *sum += rows,
                None => upns.push((upn, *rows)),
            }
        }
        for (_, mailbox) in &mut found {
            mailbox.upns.sort_by(|a, b| b.1.cmp(&a.1).then_with(|| a.0.cmp(&b.0)));
        }
        let organization = found.iter().filter_map(|(_, m)| m.key.as_str().split_once('/')).map(|(org, _)| org).min();
        let organization = organization.map(str::to_owned);
        for entry in &case.roster {
            if found.iter().any(|(_, mailbox)| entry.means(&mailbox.key, mailbox.upn())) {
                continue;
            }
            if let Some(key) = mailboxes::roster_key(entry, organization.as_deref()) {
                found.push((NONE, Mailbox { key, upns: Vec::new() }));
            }
        }
        let listed: BTreeSet<&str> = case.listings.iter().flat_map(|listing| listing.mailboxes()).collect();
        for name in listed.iter().filter_map(|name| MailboxName::parse(name)) {
            let alias = |entry: &RosterEntry| entry.aliases.iter().any(|alias| *alias == name.as_str());
            if case.roster.iter().any(|entry| alias(entry) || entry.upn.as_ref() == Some(&name))
                || found.iter().any(|(_, mailbox)| name.means(&mailbox.key, mailbox.upn()))
            {
                continue;
            }
            let key = match name.as_str() {
                upn if upn.contains('@') && !upn.starts_with("upn:") => MailboxKey::of(None, None, Some(upn)),
                key if key.contains(['/', ':']) => Some(MailboxKey(key.into())),
                guid => MailboxKey::of(organization.as_deref(), Some(guid), None),
            };
            found.extend(key.map(|key| (NONE, Mailbox { key, upns: Vec::new() })));
        }
        // First-appearance numbers become places in a sorted list, so that nothing depends on the order of rows.
        found.sort_by(|a, b| a.1.key.cmp(&b.1.key));
        found.dedup_by(|a, b| a.1.key == b.1.key);
        let mut places = vec![0u32; self.mailboxes.texts().len()];
        for (place, (number, _)) in (0u32..).zip(&found) {
            places[*number as usize] = place;
        }
        (found.into_iter().map(|(_, mailbox)| mailbox).collect(), places)
    }
}
