//! Owns the bytes of one record in our own temporary files: everything it states, without its locator.
//!
//! Invariant: equal statements are equal bytes, and `read` gives back what `write` took. So the bytes serve twice: as what
//! is fingerprinted, and as what is spilled. Nothing outlives a run: the format may change at any time.

use std::borrow::Cow;

use mailtrail_model::{
    AccessRecord, AccessTypeBasis, Address, Client, Folder, IssueCode, ItemAccess, Locator, LogonType, MailAccessType,
    MailboxKey, Origin, RecordType, ThrottleState, Token, UserType, UtcMicros,
};

/// Appends everything `record` states.
pub(crate) fn write(out: &mut Vec<u8>, record: &AccessRecord<'_>) {
    string(out, &record.record_id);
    out.extend_from_slice(&record.created.0.to_le_bytes());
    text(out, record.record_type.as_ref().map(RecordType::as_str));
    string(out, record.access_type.as_str());
    string(out, record.access_type_basis.as_str());
    truth(out, throttled(record.throttled));
    text(out, record.result_status.as_deref());
    string(out, record.mailbox.as_str());
    text(out, record.organization_id.as_deref());
    text(out, record.mailbox_guid.as_deref());
    text(out, record.mailbox_owner_upn.as_deref());
    text(out, record.user_id.as_deref());
    text(out, record.user_type.as_ref().map(UserType::as_str));
    text(out, record.user_key.as_deref());
    text(out, record.logon_type.as_ref().map(LogonType::as_str));
    text(out, record.internal_logon_type.as_ref().map(LogonType::as_str));
    text(out, record.logon_user_sid.as_deref());
    truth(out, record.external_access);
    origin(out, &record.origin);
    client(out, &record.client);
    token(out, &record.token);
    signed(out, record.operation_count);
    truth(out, Some(record.truncated));
    length(out, record.folders.len());
    for folder in &record.folders {
        text(out, folder.id.as_deref());
        text(out, folder.path.as_deref());
        text(out, folder.name.as_deref());
    }
    length(out, record.items.len());
    for item in &record.items {
        length(out, item.folder.and_then(|at| usize::try_from(at).ok()).map_or(0, |at| at + 1));
        text(out, item.internet_message_id.as_deref());
        text(out, item.item_id.as_deref());
        text(out, item.attachment_id.as_deref());
        text(out, item.immutable_id.as_deref());
        signed(out, item.size_bytes);
        text(out, item.subject.as_deref());
    }
    length(out, record.issues.len());
    record.issues.iter().for_each(|code| string(out, code.as_str()));
}

fn origin(out: &mut Vec<u8>, origin: &Origin<'_>) {
    text(out, origin.raw.as_deref());
    match &origin.address {
        Address::None => out.push(0),
        Address::Unreadable => out.push(1),
        Address::Host(host) => {
            out.push(2);
            string(out, host);
        }
        Address::Ip(ip) => {
            out.push(3);
            match ip {
                std::net::IpAddr::V4(ip) => bytes(out, &ip.octets()),
                std::net::IpAddr::V6(ip) => bytes(out, &ip.octets()),
            }
        }
    }
}

fn client(out: &mut Vec<u8>, client: &Client<'_>) {
    text(out, client.client_info_string.as_deref());
    text(out, client.actor_info_string.as_deref());
    text(out, client.app_id.as_deref());
    text(out, client.client_app_id.as_deref());
    text(out, client.context_client_app_id.as_deref());
    text(out, client.api_id.as_deref());
    text(out, client.client_process_name.as_deref());
    text(out, client.client_version.as_deref());
    text(out, client.device_id.as_deref());
}

fn token(out: &mut Vec<u8>, token: &Token<'_>) {
    text(out, token.session_id.as_deref());
    text(out, token.aad_session_id.as_deref());
    text(out, token.unique_token_id.as_deref());
    signed(out, token.issued_at.map(|at| at.0));
    text(out, token.token_object_id.as_deref());
    text(out, token.token_tenant_id.as_deref());
    truth(out, Some(token.has_app_access_context));
}

fn throttled(state: ThrottleState) -> Option<bool> {
    match state {
        ThrottleState::Yes => Some(true),
        ThrottleState::No => Some(false),
        ThrottleState::NotStated => None,
    }
}

/// Seven bits a byte, the high bit says that more follow.
fn length(out: &mut Vec<u8>, length: usize) {
    let mut rest = length;
    while rest >= 0x80 {
        out.push(0x80 | (rest & 0x7f).to_le_bytes()[0]);
        rest >>= 7;
    }
    out.push(rest.to_le_bytes()[0]);
}

fn bytes(out: &mut Vec<u8>, bytes: &[u8]) {
    length(out, bytes.len());
    out.extend_from_slice(bytes);
}

fn string(out: &mut Vec<u8>, text: &str) {
    bytes(out, text.as_bytes());
}

/// Absent is 0, so lengths are shifted by one.
fn text(out: &mut Vec<u8>, text: Option<&str>) {
    match text {
        None => out.push(0),
        Some(text) => {
            length(out, text.len() + 1);
            out.extend_from_slice(text.as_bytes());
        }
    }
}

fn truth(out: &mut Vec<u8>, value: Option<bool>) {
    out.push(match value {
        None => 0,
        Some(false) => 1,
        Some(true) => 2,
    });
}

fn signed(out: &mut Vec<u8>, value: Option<i64>) {
    out.push(u8::from(value.is_some()));
    if let Some(value) = value {
        out.extend_from_slice(&value.to_le_bytes());
    }
}

/// Reads a record back and gives it a locator; `None` if the bytes are not what `write` wrote.
pub(crate) fn read(bytes: &[u8], locator: Locator) -> Option<AccessRecord<'static>> {
    let mut from = Cursor { rest: bytes };
    let record = AccessRecord {
        locator,
        record_id: from.string()?.into(),
        created: UtcMicros(i64::from_le_bytes(from.array()?)),
        record_type: from.text()?.map(|t| RecordType::parse(&t)),
        access_type: MailAccessType::from_table(&from.string()?)?,
        access_type_basis: basis(&from.string()?)?,
        throttled: match from.truth()? {
            None => ThrottleState::NotStated,
            Some(true) => ThrottleState::Yes,
            Some(false) => ThrottleState::No,
        },
        result_status: from.text()?,
        mailbox: MailboxKey(from.string()?.into()),
        organization_id: from.text()?,
        mailbox_guid: from.text()?,
        mailbox_owner_upn: from.text()?,
        user_id: from.text()?,
        user_type: from.text()?.map(|t| UserType::parse(&t)),
        user_key: from.text()?,
        logon_type: from.text()?.map(|t| LogonType::parse(&t)),
        internal_logon_type: from.text()?.map(|t| LogonType::parse(&t)),
        logon_user_sid: from.text()?,
        external_access: from.truth()?,
        origin: from.origin()?,
        client: from.client()?,
        token: from.token()?,
        operation_count: from.signed()?,
        truncated: from.truth()??,
        folders: from.list(|from| Some(Folder { id: from.text()?, path: from.text()?, name: from.text()? }))?,
        items: from.list(Cursor::item)?,
        issues: from.list(|from| issue(&from.string()?))?,
    };
    from.rest.is_empty().then_some(record)
}

/// The basis of a spelling in our tables.
pub(crate) fn basis(text: &str) -> Option<AccessTypeBasis> {
    [AccessTypeBasis::Stated, AccessTypeBasis::RecordType, AccessTypeBasis::None]
        .into_iter()
        .find(|basis| basis.as_str() == text)
}

/// The issue code of a name.
pub(crate) fn issue(name: &str) -> Option<IssueCode> {
    IssueCode::ALL.iter().copied().find(|code| code.as_str() == name)
}

struct Cursor<'b> {
    rest: &'b [u8],
}

impl<'b> Cursor<'b> {
    fn take(&mut self, length: usize) -> Option<&'b [u8]> {
        let (taken, rest) = self.rest.split_at_checked(length)?;
        self.rest = rest;
        Some(taken)
    }

    fn array<const N: usize>(&mut self) -> Option<[u8; N]> {
        self.take(N)?.try_into().ok()
    }

    fn byte(&mut self) -> Option<u8> {
        self.array::<1>().map(|[byte]| byte)
    }

    fn length(&mut self) -> Option<usize> {
        let mut value = 0usize;
        for shift in (0..usize::BITS).step_by(7) {
            let byte = self.byte()?;
            value |= usize::from(byte & 0x7f).checked_shl(shift)?;
            if byte & 0x80 == 0 {
                return Some(value);
            }
        }
        None
    }

    fn owned(&mut self, length: usize) -> Option<String> {
        String::from_utf8(self.take(length)?.to_vec()).ok()
    }

    fn string(&mut self) -> Option<String> {
        let length = self.length()?;
        self.owned(length)
    }

    fn text(&mut self) -> Option<Option<Cow<'static, str>>> {
        match self.length()?.checked_sub(1) {
            None => Some(None),
            Some(length) => self.owned(length).map(|text| Some(text.into())),
        }
    }

    fn truth(&mut self) -> Option<Option<bool>> {
        match self.byte()? {
            0 => Some(None),
            1 => Some(Some(false)),
            2 => Some(Some(true)),
            _ => None,
        }
    }

    fn signed(&mut self) -> Option<Option<i64>> {
        match self.byte()? {
            0 => Some(None),
            _ => Some(Some(i64::from_le_bytes(self.array()?))),
        }
    }

    fn list<T>(&mut self, mut one: impl FnMut(&mut Self) -> Option<T>) -> Option<Vec<T>> {
        let length = self.length()?;
        (0..length).map(|_| one(self)).collect()
    }

    fn item(&mut self) -> Option<ItemAccess<'static>> {
        Some(ItemAccess {
            folder: match self.length()? {
                0 => None,
                at => Some(u32::try_from(at - 1).ok()?),
            },
            internet_message_id: self.text()?,
            item_id: self.text()?,
            attachment_id: self.text()?,
            immutable_id: self.text()?,
            size_bytes: self.signed()?,
            subject: self.text()?,
        })
    }

    fn origin(&mut self) -> Option<Origin<'static>> {
        let raw = self.text()?;
        let address = match self.byte()? {
            0 => Address::None,
            1 => Address::Unreadable,
            2 => Address::Host(self.string()?.into()),
            _ => match self.length()? {
                4 => Address::Ip(std::net::IpAddr::from(self.array::<4>()?)),
                16 => Address::Ip(std::net::IpAddr::from(self.array::<16>()?)),
                _ => return None,
            },
        };
        Some(Origin { raw, address })
    }

    fn client(&mut self) -> Option<Client<'static>> {
        Some(Client {
            client_info_string: self.text()?,
            actor_info_string: self.text()?,
            app_id: self.text()?,
            client_app_id: self.text()?,
            context_client_app_id: self.text()?,
            api_id: self.text()?,
            client_process_name: self.text()?,
            client_version: self.text()?,
            device_id: self.text()?,
        })
    }

    fn token(&mut self) -> Option<Token<'static>> {
        Some(Token {
            session_id: self.text()?,
            aad_session_id: self.text()?,
            unique_token_id: self.text()?,
            issued_at: self.signed()?.map(UtcMicros),
            token_object_id: self.text()?,
            token_tenant_id: self.text()?,
            has_app_access_context: self.truth()??,
        })
    }
}
