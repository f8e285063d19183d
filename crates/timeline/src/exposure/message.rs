//! Owns what the records say of one message, and the class that follows.

use mailtrail_model::{Attribution, ExposureClass, MailAccessType, Policy, Reason};

use super::{
    Assumptions, ListedRow, World,
    scene::{Reasons, Scene, bit},
};
use crate::{interner::TextId, items::Item, mailboxes::is_suspect};

/// What is presumed.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Presumptions {
    /// `presume_mailbox_on_sync`.
    pub(crate) on_sync: bool,
    /// `presume_mailbox_on_throttle`.
    pub(crate) on_throttle: bool,
}

impl Presumptions {
    /// Those of a policy.
    pub(crate) fn of(policy: &Policy) -> Self {
        Self { on_sync: policy.presume_mailbox_on_sync, on_throttle: policy.presume_mailbox_on_throttle }
    }
}

/// One access that names a message: when, in which folder.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Naming {
    /// Place of the access.
    pub(crate) place: u32,
    /// Folder, where stated.
    pub(crate) folder: TextId,
}

/// What the records and listings say of one message.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Named {
    /// On a listing.
    pub(crate) listed: bool,
    /// Earliest receipt a listing states.
    pub(crate) received: Option<i64>,
    /// Accesses of the window that name it.
    pub(crate) accesses: u64,
    /// First and last of those.
    pub(crate) span: Option<(Naming, Naming)>,
    /// First and last that make it class A.
    pub(crate) suspect: Option<(Naming, Naming)>,
    /// Some access of the period names it.
    pub(crate) in_period: bool,
    /// Every access that makes it A is a recognised service's.
    pub(crate) service_only: bool,
    synchronised: bool,
    presumed: bool,
    throttled: bool,
    reasons: Reasons,
    near: Reasons,
}

/// The class of a message with every reason that holds.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Verdict {
    /// The class.
    pub(crate) class: ExposureClass,
    /// The reasons.
    pub(crate) reasons: Reasons,
    /// Those that a suspect access is near to.
    pub(crate) near: Reasons,
}

impl Named {
    /// Looks at the items and listing rows of one message. Items stand in access order.
    pub(crate) fn of(
        world: &World<'_>,
        assumptions: &Assumptions<'_>,
        scene: &Scene,
        run: &[Item],
        rows: &[ListedRow],
    ) -> Self {
        let received = if rows.is_empty() { None } else { world.listed.received(rows) };
        let (reasons, near) = scene.reasons_for(received);
        let binds =
            || run.iter().map(|item| (item.folder, world.facts.accesses[item.place as usize].created)).collect();
        let mut named = Self {
            listed: !rows.is_empty(),
            received,
            accesses: 0,
            span: None,
            suspect: None,
            in_period: false,
            service_only: true,
            synchronised: scene.synchronised(received, binds),
            presumed: scene.presumed(received),
            throttled: scene.throttled(received),
            reasons,
            near,
        };
        for item in run {
            named.access(world, assumptions, scene, item);
        }
        named.service_only &= named.suspect.is_some();
        named
    }

    fn access(&mut self, world: &World<'_>, assumptions: &Assumptions<'_>, scene: &Scene, item: &Item) {
        let access = &world.facts.accesses[item.place as usize];
        let naming = Naming { place: item.place, folder: item.folder };
        self.accesses += 1;
        self.span = Some(self.span.map_or((naming, naming), |(first, _)| (first, naming)));
        if access.flags.clock() {
            self.add(Reason::Clk, scene.is_near_access(access));
        }
        let attribution = assumptions.attribution[item.place as usize];
        if !scene.in_period(access) {
            // Outside the period nothing is class A; but what the marked intruder named is never D.
            if is_suspect(attribution) {
                self.add(Reason::Una, scene.is_near_access(access));
            }
            return;
        }
        self.in_period = true;
        let kind = access.flags.kind();
        let names = matches!(kind, MailAccessType::Bind | MailAccessType::Attachment);
        match attribution {
            Attribution::Suspect | Attribution::Provisional if names && access.flags.succeeded() => {
                self.suspect = Some(self.suspect.map_or((naming, naming), |(first, _)| (first, naming)));
                self.service_only &= world.facts.context(access).service.is_some();
            }
            Attribution::Suspect | Attribution::Provisional => self.add(Reason::Una, true),
            Attribution::Shared => self.add(Reason::Ctx, scene.is_near_access(access)),
            Attribution::Unattributed => self.add(Reason::Una, scene.is_near_access(access)),
            Attribution::Accepted => {}
        }
        if !is_suspect(attribution) && scene.is_suppressed(item.place) {
            self.add(Reason::Sup, true);
        }
    }

    fn add(&mut self, reason: Reason, near: bool) {
        self.reasons |= bit(reason);
        if near {
            self.near |= bit(reason);
        }
    }

    /// The class. Strongest wins; every reason is kept.
    pub(crate) fn verdict(&self, scene: &Scene, presume: Presumptions) -> Verdict {
        let (mut reasons, mut near) = (self.reasons, self.near);
        if self.presumed && !presume.on_sync {
            reasons |= bit(Reason::Syn);
            near |= bit(Reason::Syn);
        }
        let class = if self.suspect.is_some() {
            ExposureClass::A
        } else if self.synchronised {
            ExposureClass::B1
        } else if self.presumed && presume.on_sync {
            ExposureClass::B2
        } else if self.throttled && presume.on_throttle {
            ExposureClass::B3
        } else if near != 0 {
            ExposureClass::CNear
        } else if reasons != 0 {
            ExposureClass::CFar
        } else if !self.listed {
            ExposureClass::N
        } else if self.in_period || scene.any_sync {
            // Nothing but accepted accesses is left: any other would have left a reason.
            ExposureClass::D1
        } else {
            ExposureClass::D0
        };
        Verdict { class, reasons, near }
    }
}
