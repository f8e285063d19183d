//! Owns the coarser notion of a way in that pictures need: an application and its client, whoever's name the log wrote.
//!
//! An access context holds the actor, and the log writes the *owner* as the actor of an application: one application that
//! reached thirty mailboxes is thirty contexts. A picture with thirty equal lines says less than one with one.

use mailtrail_model::{AccessContext, Attribution};

use crate::escape;

/// What contexts have in common that are drawn together.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) struct Door {
    /// The effective application's id; `None` where no record states one.
    pub(crate) app: Option<String>,
    /// The client family.
    pub(crate) family: String,
    /// What the examiner says.
    pub(crate) attribution: Attribution,
    /// Whether it is a background service.
    pub(crate) service: bool,
    /// Whether the log writes it under the owner's name.
    pub(crate) app_only: bool,
}

impl Door {
    /// The door of a context's accesses that are attributed so. A context's own attribution is the strongest of its accesses:
    /// it would count the owner's own accesses as suspect wherever one of them is.
    pub(crate) fn of(context: &AccessContext, attribution: Attribution) -> Self {
        Self {
            app: context.effective_app.as_deref().map(escape::visible),
            family: escape::visible(&context.client_family),
            attribution,
            service: context.service,
            app_only: context.app_only,
        }
    }

    /// Whether it is suspect, shared or provisional.
    pub(crate) fn is_marked(&self) -> bool {
        self.attribution > Attribution::Accepted
    }

    /// The application, or what stands in for it.
    pub(crate) fn name(&self) -> &str {
        self.app.as_deref().unwrap_or("application not stated")
    }

    /// `e9c51622 · REST`: short enough for the end of a line; a GUID's first group tells applications apart at a glance.
    pub(crate) fn short(&self) -> String {
        let name = match self.app.as_deref() {
            Some(app) if app.len() == 36 => app.split('-').next().unwrap_or(app),
            Some(app) => app,
            None => "no application",
        };
        format!("{name} · {}", self.family)
    }

    /// Client family and what is said of it.
    pub(crate) fn second(&self) -> String {
        let said = if self.service && !self.is_marked() { "background service" } else { self.attribution.as_str() };
        let under = if self.app_only { " · under the owner's name" } else { "" };
        format!("{} · {said}{under}", self.family)
    }
}
