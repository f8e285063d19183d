//! The samples, made once a test run.

use std::{collections::BTreeMap, sync::OnceLock};

use mailtrail_synth::{Sample, World, sample::SEED};

/// A sample's world.
pub(crate) fn world(sample: Sample) -> &'static World {
    static WORLDS: [OnceLock<World>; 2] = [OnceLock::new(), OnceLock::new()];
    WORLDS[place(sample)].get_or_init(|| sample.world(SEED))
}

/// A sample's files.
pub(crate) fn files(sample: Sample) -> &'static BTreeMap<String, Vec<u8>> {
    static FILES: [OnceLock<BTreeMap<String, Vec<u8>>>; 2] = [OnceLock::new(), OnceLock::new()];
    FILES[place(sample)].get_or_init(|| {
        let mut files = BTreeMap::new();
        sample.write(SEED, &mut files).unwrap();
        files
    })
}

fn place(sample: Sample) -> usize {
    Sample::ALL.iter().position(|other| *other == sample).unwrap()
}
