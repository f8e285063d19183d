//! Owns what really happens to mail, before the audit service sees it: one touch a message or folder, with who and why.

use std::sync::Arc;

use crate::{context::Context, second::Second};

/// Who really acted. The log does not say; only the simulator knows.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Actor {
    /// The mailbox owner.
    Owner,
    /// Somebody with permission.
    Delegate,
    /// Microsoft's background services and sanctioned applications.
    Service,
    /// The planted intruder.
    Intruder,
}

impl Actor {
    /// The word in `truth.json`.
    #[must_use]
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Owner => "owner",
            Self::Delegate => "delegate",
            Self::Service => "service",
            Self::Intruder => "intruder",
        }
    }
}

/// What is touched.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Target {
    /// A message, by its place in the mailbox's message list.
    Message(usize),
    /// A whole folder, by its place in the folder list: a Sync.
    Folder(usize),
}

/// One touch.
#[derive(Clone, Debug)]
pub struct Touch {
    /// When.
    pub at: Second,
    /// What.
    pub target: Target,
    /// How.
    pub context: Arc<Context>,
    /// Who.
    pub who: Actor,
    /// Why, as a short word.
    pub why: &'static str,
}
