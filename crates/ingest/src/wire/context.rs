//! Owns `AppAccessContext`: the sign-in behind an access, one object in records, a JSON string in tables.

use mailtrail_model::IssueCode;
use serde::de::{IgnoredAny, MapAccess};

use super::flaws::Ctx;
use super::list::Gather;
use super::loose::{Loose, LooseSeed};
use super::properties::{clip, key_seed};

/// The members that we use, as spelled.
#[derive(Clone, Copy, Debug, Default)]
pub(crate) struct AppContext<'a> {
    /// `AADSessionId`.
    pub(crate) aad_session_id: Loose<'a>,
    /// `UniqueTokenId`.
    pub(crate) unique_token_id: Loose<'a>,
    /// `IssuedAtTime`.
    pub(crate) issued_at_time: Loose<'a>,
    /// `APIId`.
    pub(crate) api_id: Loose<'a>,
    /// `ClientAppId`.
    pub(crate) client_app_id: Loose<'a>,
}

#[derive(Clone, Copy)]
enum ContextKey {
    AadSessionId,
    UniqueTokenId,
    IssuedAtTime,
    ApiId,
    ClientAppId,
    Other,
}

impl ContextKey {
    fn of(key: &str) -> Self {
        match key {
            "AADSessionId" => Self::AadSessionId,
            "UniqueTokenId" => Self::UniqueTokenId,
            "IssuedAtTime" => Self::IssuedAtTime,
            "APIId" => Self::ApiId,
            "ClientAppId" => Self::ClientAppId,
            _ => Self::Other,
        }
    }
}

impl<'a> AppContext<'a> {
    fn put(&mut self, key: ContextKey, value: Loose<'a>, ctx: Ctx<'a, '_>) {
        let slot = match key {
            ContextKey::AadSessionId => &mut self.aad_session_id,
            ContextKey::UniqueTokenId => &mut self.unique_token_id,
            ContextKey::IssuedAtTime => &mut self.issued_at_time,
            ContextKey::ApiId => &mut self.api_id,
            ContextKey::ClientAppId => &mut self.client_app_id,
            ContextKey::Other => return,
        };
        if *slot == Loose::Absent {
            *slot = value;
        } else {
            ctx.flaws.note(IssueCode::DuplicateKey, "AppAccessContext");
        }
    }
}

/// Gathers an [`AppContext`].
pub(super) struct ContextGather<'g, 'a, 'f> {
    pub(super) ctx: Ctx<'a, 'f>,
    pub(super) out: &'g mut Option<AppContext<'a>>,
}

impl<'a> Gather<'a> for ContextGather<'_, 'a, '_> {
    fn field(&self) -> &'static str {
        "AppAccessContext"
    }

    fn ctx(&self) -> Ctx<'a, '_> {
        self.ctx
    }

    fn mark(&self) -> (usize, usize) {
        (usize::from(self.out.is_some()), 0)
    }

    fn rewind(&mut self, (some, _): (usize, usize)) {
        if some == 0 {
            *self.out = None;
        }
    }

    fn object<A: MapAccess<'a>>(&mut self, mut map: A) -> Result<(), A::Error> {
        let mut read = self.out.unwrap_or_default();
        while let Some(key) = map.next_key_seed(key_seed(ContextKey::of))? {
            if let ContextKey::Other = key {
                map.next_value::<IgnoredAny>()?;
            } else {
                let value = map.next_value_seed(LooseSeed(self.ctx))?;
                read.put(key, value, self.ctx);
            }
        }
        *self.out = Some(read);
        Ok(())
    }

    fn members(&mut self, members: &[(&'a str, &'a str)]) {
        let mut read = self.out.unwrap_or_default();
        members.iter().for_each(|(key, value)| read.put(ContextKey::of(key), Loose::Text(value), self.ctx));
        *self.out = Some(read);
    }

    fn plain(&mut self, text: &'a str) {
        self.ctx.flaws.unreadable("AppAccessContext", format_args!("`{}`", clip(text)));
    }
}
