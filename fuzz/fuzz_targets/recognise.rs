//! What it checks stands in `mailtrail_ingest::fuzzing::recognise`.
#![no_main]

libfuzzer_sys::fuzz_target!(|bytes: &[u8]| mailtrail_ingest::fuzzing::recognise(bytes));
