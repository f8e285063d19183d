//! Owns when two copies of a record are one access, and what that access then states.
//!
//! The rule: copies are compatible if each field stated in both agrees and one item list contains the other (so does one
//! folder list). Then they are one access with the fields of both. Copies that contradict are accesses of their own.
//! A count that one states and items that the other lists do not contradict.
//!
//! Invariant: the outcome depends on the set of copies, not on their order. Copies are compared fullest first, ties broken
//! by everything they state, and the spelling of the fullest stands. Only the locator is the first copy's.

mod fields;
mod lists;

use std::cmp::Reverse;

use mailtrail_model::{AccessRecord, IssueCode, Locator};

use crate::{record_bytes, stored};

/// A copy of a record, with its place in source order.
#[derive(Clone, Debug, PartialEq)]
pub(crate) struct Candidate {
    /// Place in source order; the copy that stands in the tables has place 0.
    pub(crate) place: u64,
    /// What it states.
    pub(crate) record: AccessRecord<'static>,
}

/// One access made of compatible copies.
#[derive(Clone, Debug)]
pub(crate) struct Cluster {
    /// The access, with the locator of its first copy.
    pub(crate) access: AccessRecord<'static>,
    /// Place of its first copy.
    pub(crate) place: u64,
    /// Where each copy stands and how many items it lists, the first copy first.
    pub(crate) copies: Vec<(Locator, usize)>,
    /// Some copy states less than the access.
    pub(crate) fuller: bool,
    /// The field in which it contradicts the fullest cluster; `None` for that cluster itself.
    pub(crate) contradicts: Option<&'static str>,
}

/// Sorts copies of one id into accesses, the one that holds the first copy first, then by place.
pub(crate) fn clusters(copies: Vec<Candidate>) -> Vec<Cluster> {
    let mut ordered = copies;
    ordered.iter_mut().for_each(|copy| stored::settle(&mut copy.record));
    ordered.sort_by_cached_key(|Candidate { place, record }| {
        let mut content = Vec::new();
        record_bytes::write(&mut content, record);
        (Reverse((record.items.len(), fields::stated(record))), content, *place)
    });

    let mut groups: Vec<Group> = Vec::new();
    'copies: for copy in ordered {
        let mut contradicts = None;
        for group in &mut groups {
            match fields::merge(&group.merged, &copy.record) {
                Ok(merged) => {
                    group.merged = merged;
                    group.copies.push(copy);
                    continue 'copies;
                }
                Err(field) => contradicts = contradicts.or(Some(field)),
            }
        }
        groups.push(Group { merged: copy.record.clone(), copies: vec![copy], contradicts });
    }
    let conflict = groups.len() > 1;
    let mut clusters: Vec<Cluster> = groups.into_iter().map(|group| group.close(conflict)).collect();
    clusters.sort_by_key(|cluster| cluster.place);
    clusters
}

struct Group {
    merged: AccessRecord<'static>,
    copies: Vec<Candidate>,
    contradicts: Option<&'static str>,
}

impl Group {
    fn close(mut self, conflict: bool) -> Cluster {
        stored::settle(&mut self.merged);
        let stated = fields::stated(&self.merged);
        let fuller = self.copies.iter().any(|copy| fields::stated(&copy.record) < stated);
        let mut access = self.merged;
        access.issues = issues(&access, &self.copies);
        if fuller {
            access.issues.push(IssueCode::FullerBodyKept);
        }
        if conflict {
            access.issues.push(IssueCode::IdConflict);
        }
        access.issues.sort_unstable();
        access.issues.dedup();
        self.copies.sort_by_key(|copy| copy.place);
        let place = self.copies.first().map_or(0, |first| {
            access.locator = first.record.locator;
            first.place
        });
        let copies = self.copies.iter().map(|copy| (copy.record.locator, copy.record.items.len())).collect();
        Cluster { access, place, copies, fuller, contradicts: self.contradicts }
    }
}

/// Issues of the merged access: what one copy lacks and another states is no longer an issue.
fn issues(access: &AccessRecord<'_>, copies: &[Candidate]) -> Vec<IssueCode> {
    let has = |copy: &Candidate, code: &IssueCode| copy.record.issues.contains(code);
    let mut codes: Vec<IssueCode> = copies.iter().flat_map(|copy| copy.record.issues.iter().copied()).collect();
    codes.sort_unstable();
    codes.dedup();
    codes.retain(|code| match code {
        IssueCode::AccessTypeFromRecordType
        | IssueCode::AccessTypeUnknown
        | IssueCode::ThrottleNotStated
        | IssueCode::ItemsUnnamed
        | IssueCode::Truncated
        | IssueCode::FlattenedByPowershell
        | IssueCode::LossySource => copies.iter().all(|copy| has(copy, code)),
        IssueCode::OperationCountMismatch => {
            access.operation_count.is_some_and(|count| usize::try_from(count) != Ok(access.items.len()))
        }
        _ => true,
    });
    codes
}
