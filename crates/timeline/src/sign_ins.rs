//! Owns the join of Entra sign-ins with access sessions: by the very token, else by the session it was issued in.
//!
//! Token ids compare exactly, session ids without case. A join says where a token came from. It makes no class and no
//! attribution: the examiner reads it and decides.

use std::collections::{BTreeMap, BTreeSet};

use mailtrail_model::{CaseInputs, JoinedSignIn, KnownDevice, SignIn, TokenJoin};

use crate::{
    facts::{Facts, Way},
    origins,
    sessions::{self, Cut},
};

/// Sign-ins that join a session of the window, in (session, time, place) order.
pub(crate) fn join(facts: &Facts, cut: &Cut, case: &CaseInputs) -> Vec<JoinedSignIn> {
    if case.signins.is_empty() {
        return Vec::new();
    }
    let by_token = index(&case.signins, |sign_in| sign_in.unique_token_id.clone());
    let by_session = index(&case.signins, |sign_in| sign_in.session_id.as_ref().map(|id| id.to_lowercase()));
    // Ways are few and accesses many: what a way joins is found once.
    let of_way: Vec<BTreeMap<usize, TokenJoin>> =
        facts.ways.iter().map(|way| joins(facts, way, &by_token, &by_session)).collect();
    let mut found: BTreeMap<u32, BTreeMap<usize, TokenJoin>> = BTreeMap::new();
    for (access, session) in facts.accesses.iter().zip(&cut.of) {
        let joins = &of_way[access.way as usize];
        if access.flags.in_window() && !joins.is_empty() {
            let session = found.entry(*session).or_default();
            for (sign_in, by) in joins {
                // The very token says more than its session.
                let known = session.entry(*sign_in).or_insert(*by);
                *known = (*known).min(*by);
            }
        }
    }
    let mut joined: Vec<JoinedSignIn> = Vec::new();
    for (session, sign_ins) in found {
        let first = joined.len();
        joined.extend(sign_ins.into_iter().map(|(at, by)| {
            let sign_in = case.signins[at].clone();
            JoinedSignIn {
                session: sessions::printed(session as usize),
                by,
                known_as: known_as(&case.devices, &sign_in),
                sign_in,
            }
        }));
        // Equal times keep the order of the files.
        joined[first..].sort_by_key(|one| one.sign_in.created);
    }
    joined
}

type Index = BTreeMap<String, BTreeSet<usize>>;

fn index(sign_ins: &[SignIn], key: impl Fn(&SignIn) -> Option<String>) -> Index {
    let mut index = Index::new();
    for (at, sign_in) in sign_ins.iter().enumerate() {
        if let Some(key) = key(sign_in).filter(|key| !key.is_empty()) {
            index.entry(key).or_default().insert(at);
        }
    }
    index
}

fn joins(facts: &Facts, way: &Way, by_token: &Index, by_session: &Index) -> BTreeMap<usize, TokenJoin> {
    let token = facts.text(way.unique_token).and_then(|id| by_token.get(id));
    let session = facts.text(way.token).and_then(|id| by_session.get(&id.to_lowercase()));
    let mut joins = BTreeMap::new();
    joins.extend(session.into_iter().flatten().map(|at| (*at, TokenJoin::Session)));
    joins.extend(token.into_iter().flatten().map(|at| (*at, TokenJoin::UniqueTokenId)));
    joins
}

/// The label of a known device, else of a known network.
fn known_as(devices: &[KnownDevice], sign_in: &SignIn) -> Option<String> {
    let same = |device: &&KnownDevice| match (&device.device_id, &sign_in.device_id) {
        (Some(known), Some(stated)) => known.eq_ignore_ascii_case(stated),
        _ => false,
    };
    if let Some(device) = devices.iter().find(same) {
        return Some(device.label.clone().unwrap_or_else(|| "listed as the organisation's".to_owned()));
    }
    origins::known_network(devices, sign_in.address.as_deref()?.parse().ok()?)
}

#[cfg(test)]
mod tests {
    use mailtrail_model::{InputPlace, PlaceUnit, SignInKind, SignInResult, UtcMicros};

    use super::*;
    use crate::{
        load,
        world::{self, Row},
    };

    fn sign_in(created: i64, session: Option<&str>, token: Option<&str>) -> SignIn {
        SignIn {
            place: InputPlace { file: "signins.json".into(), at: PlaceUnit::Whole },
            created: UtcMicros(created),
            kind: SignInKind::Interactive,
            result: SignInResult::Success,
            principal: None,
            app_id: None,
            app_name: None,
            resource_id: None,
            address: Some("203.0.113.9".to_owned()),
            session_id: session.map(str::to_owned),
            unique_token_id: token.map(str::to_owned),
            device_id: None,
            device_trust: mailtrail_model::DeviceTrust::NotStated,
        }
    }

    #[test]
    fn the_very_token_beats_its_session_and_token_ids_keep_their_case() {
        let row = |at: i64, unique: &str| Row {
            token: "5E55-A".to_owned(),
            token_is_aad: true,
            unique_token: unique.to_owned(),
            ..world::bind("ada", at)
        };
        let case = CaseInputs {
            signins: vec![
                sign_in(20, Some("5e55-a"), None),
                sign_in(10, Some("5e55-a"), Some("tokenX")),
                sign_in(5, None, Some("TOKENx")),
                sign_in(1, Some("other"), None),
            ],
            ..CaseInputs::default()
        };
        let facts = load::of_rows(&[row(100, "tokenX"), row(200, "tokenY")], &case);
        let cut = sessions::cut(&facts, UtcMicros::HOUR);
        let joined = join(&facts, &cut, &case);
        let seen: Vec<_> = joined.iter().map(|one| (&*one.session, one.sign_in.created.0, one.by)).collect();
        assert_eq!(seen, [("V000001", 10, TokenJoin::UniqueTokenId), ("V000001", 20, TokenJoin::Session)]);
    }
}
