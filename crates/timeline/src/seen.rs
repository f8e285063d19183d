//! Owns the set of record ids seen so far: which access has an id, and a fingerprint of what it states.
//!
//! Invariant: at most 72 bytes a record, growth included. An entry takes 28 bytes and a control byte; a table that has just
//! doubled is 7/16 full, which makes 66. 256 shards grow at different moments, so the copy made while growing stays small.
//!
//! A GUID is its own key, so two GUIDs never meet. Other ids are digests; should two meet, their fingerprints differ and
//! the later one goes through the spill, where ids are compared as text. Fingerprints are keyed by a secret of the process:
//! nobody can prepare a copy that differs and looks equal, and no result depends on the key.

use std::{
    collections::{HashMap, hash_map::Entry},
    hash::{BuildHasher as _, RandomState},
};

use foldhash::{SharedSeed, quality::SeedableRandomState};

/// The key of a record id.
type Key = [u32; 4];

/// What is known of a record.
#[derive(Clone, Copy)]
struct Known {
    fingerprint: [u32; 2],
    access_no: u32,
}

/// What the set says of a record.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Sighting {
    /// Not seen before; it is noted now.
    First,
    /// An access has this id and states the same.
    Same {
        /// Which one.
        access_no: u32,
    },
    /// An access has this id and states something else.
    Other {
        /// Which one.
        access_no: u32,
    },
}

/// The ids seen so far.
pub(crate) struct Seen {
    shards: Vec<HashMap<Key, Known, SeedableRandomState>>,
    hashers: [SeedableRandomState; 3],
}

impl Default for Seen {
    fn default() -> Self {
        let secret = RandomState::new();
        let hasher = |n: u64| SeedableRandomState::with_seed(secret.hash_one(n), SharedSeed::global_fixed());
        Self {
            shards: (0..256).map(|n| HashMap::with_hasher(hasher(n + 3))).collect(),
            hashers: [hasher(0), hasher(1), hasher(2)],
        }
    }
}

impl Seen {
    /// Looks a record up, and notes it as access `next` if it is the first of its id. `content` is everything it states.
    pub(crate) fn look(&mut self, record_id: &str, content: &[u8], next: u32) -> Sighting {
        let key = guid_key(record_id).unwrap_or_else(|| {
            let [a, b] = halves(self.hashers[0].hash_one(record_id));
            let [c, d] = halves(self.hashers[1].hash_one(record_id));
            [a, b, c, d]
        });
        let fingerprint = halves(self.hashers[2].hash_one(content));
        // Any mix will do to choose a shard: an uneven one costs nothing but an uneven moment of growth.
        let shard =
            usize::from(key.iter().fold(0, |mix, part| mix ^ part).to_le_bytes().iter().fold(0, |mix, b| mix ^ b));
        match self.shards[shard].entry(key) {
            Entry::Vacant(entry) => {
                entry.insert(Known { fingerprint, access_no: next });
                Sighting::First
            }
            Entry::Occupied(entry) => {
                let Known { fingerprint: known, access_no } = *entry.get();
                if known == fingerprint { Sighting::Same { access_no } } else { Sighting::Other { access_no } }
            }
        }
    }
}

fn halves(value: u64) -> [u32; 2] {
    let [a, b, c, d, e, f, g, h] = value.to_le_bytes();
    [u32::from_le_bytes([a, b, c, d]), u32::from_le_bytes([e, f, g, h])]
}

/// The 128 bits of `8-4-4-4-12` lower-case hex digits.
fn guid_key(text: &str) -> Option<Key> {
    let bytes = text.as_bytes();
    if bytes.len() != 36 {
        return None;
    }
    let mut key = [0u32; 4];
    let mut digits = 0;
    for (at, byte) in bytes.iter().enumerate() {
        if matches!(at, 8 | 13 | 18 | 23) {
            if *byte != b'-' {
                return None;
            }
            continue;
        }
        let digit = match byte {
            b'0'..=b'9' => byte - b'0',
            b'a'..=b'f' => byte - b'a' + 10,
            _ => return None,
        };
        key[digits / 8] = key[digits / 8] << 4 | u32::from(digit);
        digits += 1;
    }
    Some(key)
}

#[cfg(test)]
mod tests {
    use super::*;

    const GUID: &str = "5f1c2d30-7a41-4a01-2d55-08dbf4d47e9a";

    #[test]
    fn a_record_is_first_then_same_then_other_by_what_it_states() {
        let mut seen = Seen::default();
        assert_eq!(seen.look(GUID, b"x", 7), Sighting::First);
        assert_eq!(seen.look(GUID, b"x", 8), Sighting::Same { access_no: 7 });
        assert_eq!(seen.look(GUID, b"y", 9), Sighting::Other { access_no: 7 });
        assert_eq!(seen.look("anonymous-1", b"x", 10), Sighting::First);
        assert_eq!(seen.look("anonymous-1", b"x", 11), Sighting::Same { access_no: 10 });
        assert_eq!(seen.look("anonymous-2", b"x", 12), Sighting::First);
    }

    #[test]
    fn only_lower_case_guids_are_their_own_key() {
        assert_eq!(guid_key(GUID), Some([0x5f1c_2d30, 0x7a41_4a01, 0x2d55_08db, 0xf4d4_7e9a]));
        assert_eq!(guid_key(&GUID.to_uppercase()), None);
        assert_eq!(guid_key("5f1c2d30-7a41-4a01-2d55+08dbf4d47e9a"), None);
        assert_eq!(guid_key(""), None);
    }

    #[test]
    fn an_entry_is_small_enough_for_72_bytes_a_record() {
        let entry = std::mem::size_of::<(Key, Known)>() + 1;
        assert!(entry * 16 / 7 <= 72, "{entry} bytes an entry");
    }
}
