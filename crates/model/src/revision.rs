//! Owns what changed between two reports of one case: fields with their values before and after, and messages that changed
//! their class. Why is told by what else changed between the two runs; it is named, not weighed.

use crate::ExposureClass;

/// What changed since an earlier report.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Revision {
    /// How the earlier report is told: its version and when it was made.
    pub since: String,
    /// What was different going in: sources, the examiner's files, thresholds, the tool.
    pub causes: Vec<RevisionChange>,
    /// What is different coming out.
    pub effects: Vec<RevisionChange>,
    /// Messages by class before and after, in class order; a message that one of the two does not list has no class there.
    pub moves: Vec<ClassMove>,
}

/// One field that changed.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct RevisionChange {
    /// Which.
    pub field: String,
    /// Its value in the earlier report; `None` where it was not there.
    pub before: Option<String>,
    /// Its value now; `None` where it is no longer there.
    pub after: Option<String>,
    /// Why: what changed, or what may have moved it.
    pub why: String,
}

/// Messages that went from one class to another, or stayed.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct ClassMove {
    /// The class in the earlier report.
    pub before: Option<ExposureClass>,
    /// The class now.
    pub after: Option<ExposureClass>,
    /// How many.
    pub messages: u64,
}

impl Revision {
    /// Messages of a class before and after.
    #[must_use]
    pub fn totals(&self, class: ExposureClass) -> (u64, u64) {
        let sum =
            |keep: &dyn Fn(&ClassMove) -> bool| self.moves.iter().filter(|one| keep(one)).map(|one| one.messages).sum();
        (sum(&|one| one.before == Some(class)), sum(&|one| one.after == Some(class)))
    }
}
